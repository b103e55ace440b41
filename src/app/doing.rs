//! Changes to who may do what on their way: the one that was sent, and those that can be taken back.

use crate::domain::deed::Deed;
use crate::domain::role::NewRole;
use crate::domain::tenant::TenantScope;

use super::comparison_view::Compared;
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

/// What the access of another tenant is read for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// To copy a role into it.
    CopyRole(Box<NewRole>),
    /// To compare a role with the one of the same name.
    CompareRole {
        /// The role.
        role: Box<Compared>,
        /// Its name in its tenant.
        name: String,
    },
}

/// Something to be done once the access of another tenant has been read.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The question under which it is read.
    pub job: JobId,
    /// The tenant.
    pub scope: TenantScope,
    /// What for.
    pub what: Purpose,
}
