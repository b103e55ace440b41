//! Roles: named sets of permissions in one tenant.

use serde::{Deserialize, Serialize};

use super::permission::Permissions;

/// The name of the managed role that may do everything in its tenant.
pub const ADMIN: &str = "Admin";

/// A role of a tenant. Names are not unique in Kestra; resolve by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Opaque id, 22 characters of base 62 in Kestra.
    pub id: String,
    /// Name, not empty.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it allows.
    #[serde(default)]
    pub permissions: Permissions,
    /// Given to every new user of the tenant.
    #[serde(default)]
    pub is_default: bool,
    /// Shipped by Kestra and immutable.
    #[serde(default)]
    pub is_managed: bool,
}

/// A role to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRole {
    /// Name, not necessarily unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it allows.
    pub permissions: Permissions,
    /// Whether users newly given access to the tenant get it.
    pub is_default: bool,
}

impl From<&Role> for NewRole {
    fn from(role: &Role) -> Self {
        Self {
            name: role.name.clone(),
            description: role.description.clone(),
            permissions: role.permissions.clone(),
            is_default: role.is_default,
        }
    }
}

impl Role {
    /// Whether this is the managed role that may do everything in its tenant.
    pub fn is_admin(&self) -> bool {
        self.is_managed && self.name == ADMIN
    }

    /// Its name, if it is one that Kestra ships.
    pub fn managed_name(&self) -> Option<&str> {
        self.is_managed.then_some(&*self.name)
    }
}
