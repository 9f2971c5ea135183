//! Shows on a terminal that a step takes long; shows nothing elsewhere.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A step shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(500);

/// A line on standard error that appears after a second and is removed when this value is dropped.
pub(super) struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts; shows `what` with the seconds that have passed.
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
                // If the terminal is gone, there is nowhere to report it.
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
            // A thread that panicked has nothing left to show.
            _ = thread.join();
        }
    }
}
