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

impl NewRole {
    /// What was sent and is not in a role as it is stored, or was to go and is there still: `name`, `permissions.FLOW.READ`.
    pub fn lost(&self, stored: &Role) -> Vec<String> {
        let text = |description: &Option<String>| description.clone().unwrap_or_default();
        let [wanted, there] = [&self.permissions, &stored.permissions];
        let missing = wanted
            .pairs()
            .filter(|(resource, action)| !there.allows(resource, action));
        let surplus = there
            .pairs()
            .filter(|(resource, action)| !wanted.allows(resource, action));
        let known = [
            ("name", self.name != stored.name),
            ("description", text(&self.description) != text(&stored.description)),
            ("isDefault", self.is_default != stored.is_default),
        ];
        let known = known.into_iter().filter(|(_, differs)| *differs);
        let rights = missing.chain(surplus);
        known
            .map(|(field, _)| field.to_owned())
            .chain(rights.map(|(resource, action)| format!("permissions.{resource}.{action}")))
            .collect()
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
