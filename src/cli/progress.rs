//! Says on a terminal what takes long; elsewhere nothing.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What takes less time needs no word.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(500);

/// A line on standard error that is there while this value lives, once it has lived for a second.
pub(super) struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins; `what` is shown with the seconds that it has taken.
    pub(super) fn start(what: &'static str) -> Self {
        if !io::stderr().is_terminal() {
            return Self { running: None };
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            let began = Instant::now();
            let mut wait = PATIENCE;
            let mut shown = false;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                // Nowhere is left to say that the terminal is gone.
                _ = write!(io::stderr(), "\rgonym: {what}, {} s", began.elapsed().as_secs());
                (wait, shown) = (STEP, true);
            }
            if shown {
                _ = write!(io::stderr(), "\r\x1b[K");
            }
        });
        Self { running: Some((stop, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            // A thread that panicked has nothing more to show.
            _ = thread.join();
        }
    }
}
