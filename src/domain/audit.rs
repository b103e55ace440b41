//! Kestra's audit log: who changed what, and when.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::release::Release;

/// The actions that the audit log of a release has. Source: `CrudEventType` and `AuditableAction` in the OpenAPI documents
/// of 0.21 to 2.0; what came with 0.23 was not there in 0.21.
pub fn actions(release: Release) -> &'static [&'static str] {
    const ALL: &[&str] = &[
        "READ",
        "CREATE",
        "UPDATE",
        "DELETE",
        "LOGIN",
        "LOGOUT",
        "IMPERSONATE",
        "LOGIN_FAILURE",
        "ACCOUNT_LOCKED",
        "PROMOTE",
        "UNKNOWN",
    ];
    let known = match release {
        release if release.at_least(2, 0) => ALL.len(),
        release if release.at_least(0, 23) => 9,
        _ => 7,
    };
    ALL.get(..known).unwrap_or(ALL)
}

/// Which changes are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Text that the id of the thing or the name of the actor contains, in any case.
    pub text: Option<String>,
    /// Id of the user who did it.
    pub user: Option<String>,
    /// Kinds of thing; none is all.
    pub resources: Vec<String>,
    /// One of [`actions`].
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

impl AuditQuery {
    /// Whether it asks for some changes rather than all.
    pub fn narrows(&self) -> bool {
        let all = Self {
            oldest_first: self.oldest_first,
            offset: self.offset,
            size: self.size,
            ..Self::default()
        };
        *self != all
    }
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
    /// One of [`actions`], or one of a newer release.
    pub action: String,
    /// The kind of thing.
    pub resource: String,
    /// Its id.
    pub object: String,
    /// Its tenant; empty for the default tenant and for the instance.
    pub tenant: String,
    /// The address it was done from, where Kestra tells it.
    pub address: Option<String>,
    /// Id of whoever did it in the name of the actor.
    pub impersonated_by: Option<String>,
    /// What is told of the thing, under Kestra's names; empty where that is its kind and id alone.
    pub detail: Map<String, Value>,
    /// What changed, as a JSON patch (RFC 6902); empty where Kestra does not tell it.
    pub changes: Vec<Value>,
}
