//! All that is known of one account, and what one shall be.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::redact::MARK;
use super::user::{Membership, User, UserKind};

/// A group that an account is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountGroup {
    /// The tenant of the group; `None` is the default tenant.
    pub tenant: Option<String>,
    /// Id of the group.
    pub id: String,
    /// Name of the group.
    pub name: String,
    /// Owner or member.
    pub membership: Membership,
}

/// What goes when an account is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoesWithAccount {
    /// What it holds itself, in numbers; a sentence.
    pub held: String,
    /// What others lose, and what could not be looked at; a sentence each.
    pub warnings: Vec<String>,
}

/// A user or service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Opaque id.
    pub id: String,
    /// Login name.
    pub username: String,
    /// Name for people, where it was given as one.
    pub display_name: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// What a service account is for.
    pub description: Option<String>,
    /// Person or program.
    pub kind: UserKind,
    /// Superadmin, called instance owner from 2.0.
    pub superadmin: bool,
    /// May not change its own profile.
    pub restricted: bool,
    /// Id of its password among the ways to sign in, if it has one.
    pub password_id: Option<String>,
    /// The tenants with an id that it has access to: id and name.
    pub tenants: Vec<(String, String)>,
    /// The groups it is in.
    pub groups: Vec<AccountGroup>,
}

impl Account {
    /// The same as lists of users have it.
    pub fn as_user(&self) -> User {
        User {
            id: self.id.clone(),
            username: self.username.clone(),
            display_name: self.display_name.clone(),
            kind: self.kind,
            superadmin: self.superadmin,
        }
    }

    /// The name to show: as given, or first and last name, or the login name.
    pub fn shown_name(&self) -> String {
        if let Some(name) = &self.display_name {
            return name.clone();
        }
        let parts: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .filter(|part| !part.is_empty())
            .collect();
        if parts.is_empty() {
            self.username.clone()
        } else {
            parts.join(" ")
        }
    }
}

/// What an account shall be. `None` leaves out on creation and, but for names, keeps on a change.
///
/// It is written as JSON without its password, and without what no form asks for.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Login name: the e-mail address of a user from 0.20 on, the name of a service account.
    pub username: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// What a service account is for.
    pub description: Option<String>,
    /// A password to sign in with.
    #[serde(skip)]
    pub password: Option<String>,
    /// Ids of the tenants it shall have access to.
    #[serde(skip)]
    pub tenants: Option<Vec<String>>,
    /// The groups it shall be in, each with its tenant; `None` as a tenant is the one of the request, or the default
    /// tenant.
    #[serde(skip)]
    pub groups: Option<Vec<(Option<String>, String)>>,
    /// Superadmin.
    #[serde(skip)]
    pub superadmin: Option<bool>,
    /// May not change its own profile.
    #[serde(skip)]
    pub restricted: Option<bool>,
}

/// Without the password.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("username", &self.username)
            .field("first_name", &self.first_name)
            .field("last_name", &self.last_name)
            .field("description", &self.description)
            .field("password", &self.password.as_ref().map(|_| MARK))
            .field("tenants", &self.tenants)
            .field("groups", &self.groups)
            .field("superadmin", &self.superadmin)
            .field("restricted", &self.restricted)
            .finish()
    }
}

/// Whether a text can be the name of a service account or a token: small letters, digits and single hyphens, 63 at most.
pub fn is_account_name(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.len() <= 63 && name.split('-').all(is_part)
}

/// A role that somebody has in a tenant, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Id of the role.
    pub role_id: String,
    /// The namespace it is narrowed to.
    pub namespace: Option<String>,
    /// Id of the group it comes through; `None` is a binding of the user's own.
    pub group: Option<String>,
    /// Id of the binding.
    pub binding: String,
}
