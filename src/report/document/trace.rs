//! `addr --trace`: the frames of a Go trace, found in an executable.
//!
//! ```no_run
//! use gonym::report::document::trace::TracedBinary;
//!
//! let text = b"goroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n";
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let document = TracedBinary::new(&binary, "app", true, text, None);
//!     println!("{} of {} frames fit", document.fitting(), document.frames.len());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use super::aliases::AliasName;
use crate::binary::Binary;
use crate::binary::lookup::CodeFrame;
use crate::names;
use crate::outcome::Outcome;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::{Command, Reported, address};
use crate::symbols::aliases::Class;
use crate::trace::text::{Frame, Kind, Stop, Trace};
use crate::trace::{Doubt, Found, Holder, complete};

/// One executable and the frames of a trace.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TracedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// How far behind where it is linked to be the program was loaded; null if that is not known.
    pub slide: Option<String>,
    /// The frames, and those that the trace leaves out, in their order.
    pub frames: Vec<TraceFrame>,
    /// Other lines with an address of code.
    pub stops: Vec<TraceStop>,
    /// The text.
    #[serde(skip)]
    pub text: Vec<u8>,
}

/// One frame.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TraceFrame {
    /// The number of its first line in the text, from 1; null for a frame that the trace leaves out.
    pub text_line: Option<usize>,
    /// What it is.
    pub kind: FrameKind,
    /// Its function, in the function table's spelling.
    #[serde(flatten)]
    pub function: Field<Name>,
    /// The function that it was inlined into.
    #[serde(flatten)]
    pub inlined_into: Field<Option<Name>>,
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// Where the code goes on, or was stopped, as linked.
    pub address: Option<String>,
    /// The same at run time.
    pub pc: Option<String>,
    /// The package that its source belongs to, if it is another than that of the name: a linkname, or assembly.
    pub package: Option<String>,
    /// Other names of the function.
    pub aliases: Vec<AliasName>,
    /// The C function that `runtime.cgocall` calls.
    #[serde(flatten)]
    pub calls: Field<Option<Name>>,
    /// Why nothing is said of it.
    pub doubt: Option<FrameDoubt>,
    /// Its place as bytes, and whether the text has its pc.
    #[serde(skip)]
    pub shown: (Name, bool),
    /// Its name as a trace prints it.
    #[serde(skip)]
    pub printed: Name,
    /// Whether type arguments are left out of that.
    #[serde(skip)]
    pub shortened: bool,
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FrameKind {
    /// The function that holds the code.
    Call,
    /// A body that was inlined.
    Inlined,
    /// What made the goroutine.
    CreatedBy,
    /// A frame of the goroutine that made this one.
    Ancestor,
}

/// Why nothing is said of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FrameDoubt {
    /// The program has no such function there.
    NoFunction,
    /// The program has another line there.
    OtherPlace,
    /// Several places of the program fit.
    Ambiguous,
    /// It was inlined into a function that the trace does not show.
    HiddenHolder,
}

/// A line with an address of code.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TraceStop {
    /// The number of the line, from 1.
    pub text_line: usize,
    /// The address at run time.
    pub pc: String,
    /// The address as linked; null if it is not known how far it was moved.
    pub address: Option<String>,
    /// The innermost function there, or the symbol of code that is not Go's.
    #[serde(flatten)]
    pub function: Field<Option<Name>>,
    /// The file.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
}

/// How many frames there are.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct TraceSummary {
    /// All of them.
    pub frames: usize,
    /// Those that were found in the program.
    pub found: usize,
    /// Those of them that the trace leaves out.
    pub hidden: usize,
}

impl TracedBinary {
    /// The frames of `text` in `binary`; `path` is its name in reports. `slide` says how far behind where it is linked to
    /// be the program was loaded, where that is known.
    #[must_use]
    pub fn new(
        binary: &Binary,
        path: &str,
        complete_file: bool,
        text: &[u8],
        slide: Option<u64>,
    ) -> Self {
        let trace = Trace::read(text);
        let completed = complete(binary, &trace, slide);
        let maker = Maker { binary, trace: &trace, slide: completed.slide };
        let found = trace.frames.iter().zip(&completed.frames).enumerate();
        let mut frames: Vec<TraceFrame> = Vec::new();
        for (index, (printed, found)) in found {
            match found {
                // Told with the function that holds it.
                Found::Inlined(_) => {}
                Found::Holder(holder) => frames.extend(maker.stack(index, printed, holder)),
                Found::Not(doubt) => frames.push(maker.doubtful(printed, *doubt)),
            }
        }
        let stops = trace.stops.iter().map(|stop| maker.stop(stop)).collect();
        Self {
            about: About::new(binary, path, complete_file),
            slide: completed.slide.map(address),
            frames,
            stops,
            text: text.to_vec(),
        }
    }

    /// How many frames of the trace were found in the program.
    #[must_use]
    pub fn fitting(&self) -> usize {
        let printed = self.frames.iter().filter(|frame| frame.text_line.is_some());
        printed.filter(|frame| frame.doubt.is_none()).count()
    }

    /// How many frames of the trace were not.
    #[must_use]
    pub fn doubtful(&self) -> usize {
        self.frames.iter().filter(|frame| frame.doubt.is_some()).count()
    }

    /// Writes the text with each frame completed. Other lines are written byte for byte.
    ///
    /// # Errors
    /// What `out` reports.
    #[cfg(feature = "cli")]
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        text::trace::completed(out, self)
    }
}

/// What frames are made of.
struct Maker<'a, 'n> {
    binary: &'a Binary,
    trace: &'n Trace<'n>,
    slide: Option<u64>,
}

impl Maker<'_, '_> {
    /// All frames at the code of one printed frame, in the order of a trace.
    fn stack(&self, index: usize, printed: &Frame<'_>, holder: &Holder<'_>) -> Vec<TraceFrame> {
        let last = holder.frames.last().map(|(frame, _)| frame.function);
        let frames = holder.frames.iter().map(|(frame, shown)| {
            let is_holder = frame.outermost;
            let line =
                shown.and_then(|shown| self.trace.frames.get(shown)).map(|frame| frame.at + 1);
            let own = *shown == Some(index);
            let kind = match (own, printed.kind) {
                (true, Kind::Creator) => FrameKind::CreatedBy,
                (true, Kind::Ancestor) => FrameKind::Ancestor,
                _ if is_holder => FrameKind::Call,
                _ => FrameKind::Inlined,
            };
            let into = last.filter(|_| !is_holder).map(Name::new);
            // The place of `created by` is that of the innermost body.
            let position = frame.position.filter(|_| kind != FrameKind::CreatedBy);
            let (file, source_line) =
                position.map_or((printed.file, printed.line), |place| (place.file, place.line));
            let at = (is_holder || own).then_some(holder.address);
            TraceFrame {
                text_line: line,
                kind,
                function: Field::of("function", frame.function),
                inlined_into: Field::new("inlinedInto", into),
                file: crate::printable::printable(file),
                line: source_line,
                address: at.map(address),
                pc: at.and_then(|at| Some(address(at.wrapping_add(self.slide?)))),
                package: self.foreign_package(frame),
                aliases: if is_holder { self.aliases(holder.entry) } else { Vec::new() },
                calls: Field::new("calls", if own { self.cgo_call(printed) } else { None }),
                doubt: None,
                shown: (Name::new(file), own && printed.pc.is_some()),
                printed: Name::new(&crate::trace::text::printed(frame.function)),
                shortened: names::is_instance(frame.function)
                    && *crate::trace::text::printed(frame.function) != *frame.function,
            }
        });
        frames.collect()
    }

    fn doubtful(&self, printed: &Frame<'_>, doubt: Doubt) -> TraceFrame {
        TraceFrame {
            text_line: Some(printed.at + 1),
            kind: match printed.kind {
                Kind::Call => FrameKind::Call,
                Kind::Inlined => FrameKind::Inlined,
                Kind::Ancestor => FrameKind::Ancestor,
                Kind::Creator => FrameKind::CreatedBy,
            },
            function: Field::of("function", printed.name),
            inlined_into: Field::new("inlinedInto", None),
            file: crate::printable::printable(printed.file),
            line: printed.line,
            address: None,
            pc: printed.pc.map(address),
            package: None,
            aliases: Vec::new(),
            calls: Field::new("calls", None),
            doubt: Some(match doubt {
                Doubt::NoFunction => FrameDoubt::NoFunction,
                Doubt::OtherPlace => FrameDoubt::OtherPlace,
                Doubt::Ambiguous => FrameDoubt::Ambiguous,
                Doubt::HiddenHolder => FrameDoubt::HiddenHolder,
            }),
            shown: (Name::new(printed.file), printed.pc.is_some()),
            printed: Name::new(printed.name),
            shortened: false,
        }
    }

    /// The package of the source, if it is not that of the name.
    fn foreign_package(&self, frame: &CodeFrame<'_>) -> Option<String> {
        let package = frame.package?;
        let named = names::import_text(frame.function)?;
        let owners = self.binary.functions().ok()?.owners();
        let same = named == package || named == owners.as_named(package);
        (!same).then(|| package.to_owned())
    }

    /// The other names of the function that begins at `entry`.
    fn aliases(&self, entry: u64) -> Vec<AliasName> {
        let at = self.binary.at(entry);
        let own = at.function().map(|function| function.name());
        let others = at.aliases().into_iter().filter(|alias| {
            let is_name = matches!(alias.class, Class::Alias | Class::CAlias);
            is_name && Some(names::without_abi(alias.symbol.name)) != own
        });
        let named = others.map(|alias| AliasName {
            name: Field::of("name", alias.symbol.name),
            class: alias.class,
        });
        named.collect()
    }

    /// The C function whose address is the first argument of `runtime.cgocall`.
    fn cgo_call(&self, printed: &Frame<'_>) -> Option<Name> {
        let line = self.trace.lines.get(printed.at)?;
        let arguments = line.strip_prefix(b"runtime.cgocall(0x")?;
        let end = arguments.iter().position(|byte| !byte.is_ascii_hexdigit())?;
        let digits = std::str::from_utf8(arguments.get(..end)?).ok()?;
        let called = u64::from_str_radix(digits, 16).ok()?.wrapping_sub(self.slide?);
        Some(Name::new(self.binary.at(called).holding_symbol()?.name))
    }

    fn stop(&self, stop: &Stop) -> TraceStop {
        let linked = self.slide.map(|slide| stop.pc.wrapping_sub(slide));
        let at = linked.map(|linked| self.binary.at(linked));
        let frame = at.and_then(|at| at.frames().into_iter().next());
        let symbol = || Some(Name::new(at?.holding_symbol()?.name));
        let position = frame.and_then(|frame| frame.position);
        let function = frame.map(|frame| Name::new(frame.function)).or_else(symbol);
        TraceStop {
            text_line: stop.at + 1,
            pc: address(stop.pc),
            address: linked.map(address),
            function: Field::new("function", function),
            file: position.map(|position| crate::printable::printable(position.file)),
            line: position.map(|position| position.line),
        }
    }
}

impl Document for TracedBinary {
    type Summary = TraceSummary;

    const COMMAND: Command = Command::Addr;
    const LISTED_AS: Option<&'static str> = None;

    fn findings(&self) -> Vec<Reported> {
        self.about.findings()
    }

    fn count(&self, summary: &mut TraceSummary) {
        summary.frames += self.frames.len();
        summary.found += self.frames.len() - self.doubtful();
        summary.hidden += self.frames.iter().filter(|frame| frame.text_line.is_none()).count();
    }

    /// A trace of which nothing fits is of another program.
    fn outcome(&self) -> Outcome {
        Outcome { asked: self.fitting() > 0, ..Outcome::default() }
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, _: Detail) -> io::Result<()> {
        self.write(out)
    }
}
