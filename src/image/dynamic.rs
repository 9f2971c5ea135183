//! What does the dynamic loader see of an image?

use super::Image;
use crate::error::Fault;

/// t
#[derive(Clone, Debug, Default)]
pub struct DynamicView {
    /// t
    pub libraries: Vec<Vec<u8>>,
    /// t
    pub imports: Vec<Import>,
    /// t
    pub exports: Vec<Export>,
    /// t
    pub faults: Vec<Fault>,
}

/// t
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// t
    pub name: Vec<u8>,
    /// t
    pub library: Option<Vec<u8>>,
}

/// t
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// t
    pub name: Vec<u8>,
    /// t
    pub address: u64,
    /// t
    pub size: u64,
    /// t
    pub letter: u8,
}

/// t
#[must_use]
pub fn read(_image: &Image) -> DynamicView {
    DynamicView::default()
}
