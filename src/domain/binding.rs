//! Bindings: who holds which role, and in which namespace.

use serde::{Deserialize, Serialize};

/// What kind of subject a binding names. Service accounts bind as users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubjectKind {
    /// A user or a service account.
    User,
    /// A group.
    Group,
}

impl SubjectKind {
    /// The kind in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }
}

/// A role given to a user or a group, in the whole tenant or in one namespace and its children.
///
/// Bindings are immutable: a change is a delete and a create. Source: Kestra's access control documentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    /// Opaque id.
    pub id: String,
    /// User or group.
    #[serde(rename = "type")]
    pub subject_kind: SubjectKind,
    /// Id of the user or group.
    #[serde(rename = "externalId")]
    pub subject_id: String,
    /// Username or group name, for people.
    #[serde(rename = "name")]
    pub subject_name: String,
    /// Id of the role.
    pub role_id: String,
    /// Name of the role, for people.
    #[serde(rename = "roleName")]
    pub role_name: String,
    /// The namespace it is narrowed to; covers its children. `None` is the whole tenant, never an empty text.
    #[serde(rename = "namespaceId", default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// A binding to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBinding {
    /// User or group; service accounts bind as users.
    pub subject_kind: SubjectKind,
    /// Id of the user or group.
    pub subject_id: String,
    /// Id of the role.
    pub role_id: String,
    /// The namespace it is narrowed to; `None` is the whole tenant.
    pub namespace: Option<String>,
}

impl Binding {
    /// Whether it gives what another one would: the same role to the same subject in the same place.
    pub fn gives(&self, new: &NewBinding) -> bool {
        self.subject_kind == new.subject_kind
            && self.subject_id == new.subject_id
            && self.role_id == new.role_id
            && self.namespace == new.namespace
    }
}
