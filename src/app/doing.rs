//! Changes to who may do what on their way: the one that was sent, and those that can be taken back.

use crate::domain::deed::Deed;

use super::effect::{JobId, Millis};

/// A change that was sent and has not been answered.
#[derive(Clone, Debug)]
pub struct Doing {
    /// The question under which it was sent.
    pub job: JobId,
    /// What it is.
    pub deed: Deed,
    /// Whether it takes another one back.
    pub undoes: bool,
}

/// A change that can be taken back.
#[derive(Clone, Debug)]
pub struct Undoable {
    /// What takes it back.
    pub deed: Deed,
    /// What was done, in words.
    pub words: String,
    /// When it was done.
    pub at: Millis,
}

impl Undoable {
    /// Milliseconds after which a change is not taken back any more: too much may have been built on it.
    pub const EXPIRES: Millis = 24 * 60 * 60 * 1000;
    /// How many are kept.
    pub const KEPT: usize = 50;
}
