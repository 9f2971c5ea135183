//! Which place in a program does a line of text ask about: an address, or a frame of a Go trace?
//!
//! A trace is what Go 1.19 to 1.27 print of goroutines: a panic, a fatal error, SIGQUIT, `debug.PrintStack`; a log may
//! stand around it. [`complete`] finds each printed frame in a program: its address, and the functions that were inlined
//! there. The program may be stripped: the runtime prints names and lines out of the same table. This room reads text
//! and looks addresses up; it prints nothing.
//!
//! ```no_run
//! use gonym::trace::{Found, complete, text::Trace};
//!
//! let text = b"goroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n";
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let trace = Trace::read(text);
//!     for frame in complete(&binary, &trace, None).frames {
//!         if let Found::Holder(place) = frame {
//!             println!("{:#x}: {} functions", place.address, place.frames.len());
//!         }
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

pub mod asked;
mod base;
mod fit;
pub mod text;

use crate::binary::Binary;
use crate::binary::lookup::CodeFrame;
use crate::golang::pclntab::Position;
use crate::image::FileKind;
use fit::{Fit, Names};
use text::{Frame, Kind, Trace};

/// A trace that was compared with a program.
#[derive(Debug)]
#[non_exhaustive]
pub struct Completed<'a> {
    /// How far the program was loaded behind where it is linked to be; none where neither the trace nor the file tells.
    pub slide: Option<u64>,
    /// What was found of each frame of the trace.
    pub frames: Vec<Found<'a>>,
}

/// What was found of one printed frame.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Found<'a> {
    /// The function that holds the code.
    Holder(Holder<'a>),
    /// An inlined body: it belongs to the frame of this number.
    Inlined(usize),
    /// It does not fit the program, or cannot be told.
    Not(Doubt),
}

/// Why nothing is said of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// The program has no function of that name.
    NoFunction,
    /// The program has such a function, with another line at that place: the trace is of another build.
    OtherPlace,
    /// Several places of the program fit.
    Ambiguous,
    /// It was inlined into a function that the trace does not show.
    HiddenHolder,
}

/// A frame whose code was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Holder<'a> {
    /// Where it stands in the program, as linked: where it goes on, or where it was stopped.
    pub address: u64,
    /// Where the function begins.
    pub entry: u64,
    /// The functions there, the innermost first, each with the number of the frame that prints it.
    pub frames: Vec<(CodeFrame<'a>, Option<usize>)>,
}

/// Finds each frame of `trace` in `binary`. `slide` says how far the program was loaded behind where it is linked to be,
/// where that is known.
#[must_use]
pub fn complete<'a>(binary: &'a Binary, trace: &Trace<'_>, slide: Option<u64>) -> Completed<'a> {
    let names = Names::new(binary);
    let fixed = (binary.image.kind == FileKind::Executable).then_some(0);
    let slide = slide.or_else(|| base::deduced(&names, trace)).or(fixed);
    let mut fit = Fit::new(binary, &names, trace, slide);
    let mut frames: Vec<Found<'a>> =
        trace.frames.iter().map(|_| Found::Not(Doubt::HiddenHolder)).collect();
    let mut first = 0;
    for (index, frame) in trace.frames.iter().enumerate() {
        if frame.after_gap {
            first = index;
        }
        if frame.kind == Kind::Inlined {
            continue;
        }
        let found = fit.holder(first..index, index);
        if let Found::Holder(holder) = &found {
            let inlined = holder.frames.iter().filter_map(|(_, printed)| *printed);
            for printed in inlined.filter(|printed| *printed != index) {
                if let Some(place) = frames.get_mut(printed) {
                    *place = Found::Inlined(index);
                }
            }
        }
        if let Some(place) = frames.get_mut(index) {
            *place = found;
        }
        first = index + 1;
    }
    Completed { slide, frames }
}

/// Whether `frame` prints the function `name` at `position`: file and line are those that the trace has. The runtime
/// prints `?:0` where there is none.
fn prints(frame: &Frame<'_>, name: &[u8], position: Option<Position<'_>>) -> bool {
    let (file, line) = position.map_or((&b"?"[..], 0), |position| (position.file, position.line));
    frame.file == file && frame.line == line && text::is_printed_as(name, frame.name)
}
