//! How much of a report does a person want to read?

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Every fact and full file names, not only what the verdict rests on.
    pub verbose: bool,
}
