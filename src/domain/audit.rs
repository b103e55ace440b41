//! Kestra's audit log: who changed what, and when.

use serde::{Deserialize, Serialize};

/// Which changes are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Text that the id of the thing or the name of the actor contains, in any case.
    pub text: Option<String>,
    /// Id of the user who did it.
    pub user: Option<String>,
    /// Kinds of thing; none is all.
    pub resources: Vec<String>,
    /// `CREATE`, `UPDATE` or `DELETE`.
    pub action: Option<String>,
    /// Earliest time, in milliseconds since 1970 UTC.
    pub from: Option<i64>,
    /// Latest time.
    pub until: Option<i64>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Rows before the first.
    pub offset: u64,
    /// Rows at most.
    pub size: u32,
}

/// A change as the API lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub id: String,
    /// When, in milliseconds since 1970 UTC.
    pub time: i64,
    /// Login name of who did it, or Kestra's command line.
    pub actor: String,
    /// Id of that user, if it is one that still exists.
    pub user_id: Option<String>,
    /// `CREATE`, `UPDATE` or `DELETE`.
    pub action: String,
    /// The kind of thing.
    pub resource: String,
    /// Its id.
    pub object: String,
    /// Its tenant; empty for the default tenant and for the instance.
    pub tenant: String,
}
