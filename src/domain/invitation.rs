//! Invitations to a tenant.

use serde::{Deserialize, Serialize};

/// A role that comes with an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedRole {
    /// Id of the role.
    pub id: String,
    /// The namespaces it is narrowed to; none is the whole tenant.
    #[serde(default)]
    pub namespaces: Vec<String>,
}

/// An invitation to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// Whom it is for.
    pub email: String,
    /// Whether to create the user instead of waiting for an acceptance.
    pub create_user: bool,
    /// Whether the user becomes a superadmin.
    pub superadmin: bool,
    /// Roles that come with it.
    pub roles: Vec<InvitedRole>,
    /// Ids of groups that come with it.
    pub groups: Vec<String>,
}

/// An invitation. Times are in milliseconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Opaque id.
    pub id: String,
    /// The tenant; `None` is the default tenant.
    pub tenant: Option<String>,
    /// Whom it is for.
    pub email: String,
    /// Whether the user becomes a superadmin.
    pub superadmin: bool,
    /// Roles that come with it.
    pub roles: Vec<InvitedRole>,
    /// Ids of groups that come with it.
    pub groups: Vec<String>,
    /// When it was made.
    pub sent: i64,
    /// When it ends.
    pub expires: i64,
}

impl Invitation {
    /// Whether it can still be accepted at a time, in a word.
    pub fn state(&self, now: i64) -> &'static str {
        if self.expires != 0 && self.expires <= now {
            "expired"
        } else {
            "pending"
        }
    }
}

/// What became of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invited {
    /// It waits to be accepted.
    Waiting(Invitation),
    /// The user is there, and has access now.
    Granted,
}
