//! What do Go's own rules say of a pull's target?
//!
//! ```no_run
//! use gonym::scan::{Files, Request, Target, scan};
//! use gonym::source::modules::Places;
//!
//! let here = std::env::current_dir()?;
//! let places = Places::of_this_process(here.clone(), Vec::new());
//! let files = Files::Built(Target::default());
//! let request = Request { folder: here, places, files, deps: false, std: false };
//! for permit in scan(&request)?.rows.iter().filter_map(|row| row.facts.permit.as_ref()) {
//!     println!("{}: {}", permit.state, permit.replacement.as_deref().unwrap_or("-"));
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

/// What Go's own rules say about the target of a pull; see [`crate::rules`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permit {
    /// `unchecked`, `marked`, `std-only`, `blocked`, `not-marked`, `gone` or `unknown`.
    pub state: String,
    /// The first Go 1.N that refuses it.
    pub blocked_since: Option<u16>,
    /// The packages that may still pull a blocked name.
    pub allowed: Vec<String>,
    /// Whether the linker refuses a reference to it.
    pub refused: bool,
    /// Whether the link needs `-checklinkname=0`: the linker refuses it, and compiled code refers to it.
    pub needs_flag: bool,
    /// Whether the build information records that flag; none if it records no flags.
    pub flag_recorded: Option<bool>,
    /// The packages that Go's source lists as pulling it, the hall of shame.
    pub shame: Vec<String>,
    /// The API to use instead.
    pub replacement: Option<String>,
    /// The first Go 1.N that has it, if not every known release does.
    pub replacement_since: Option<u16>,
}
