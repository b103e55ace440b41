//! Users, service accounts, and groups of them.

use serde::{Deserialize, Serialize};

/// What kind of account a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserKind {
    /// A person.
    Standard,
    /// A program. Kestra binds it like a user.
    ServiceAccount,
}

impl UserKind {
    /// The kind in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "user",
            Self::ServiceAccount => "service account",
        }
    }
}

/// An account on the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Opaque id.
    pub id: String,
    /// Login name; an e-mail address from 0.20 on.
    pub username: String,
    /// Name for people, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Person or program.
    #[serde(rename = "type")]
    pub kind: UserKind,
    /// Superadmin, called instance owner from 2.0.
    pub superadmin: bool,
}

/// A user of a login name, to test with: the id is the name behind `u-`.
#[cfg(test)]
pub fn somebody(name: &str) -> User {
    User {
        id: format!("u-{name}"),
        username: name.to_owned(),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: false,
    }
}

/// Somebody to be let into a tenant. Names of service accounts repeat, so whoever is known goes by the id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entrant {
    /// An account that was found.
    Known(User),
    /// A login name as it was typed: not everybody who may let somebody in may see who there is.
    Named(String),
}

impl Entrant {
    /// The login name.
    pub fn username(&self) -> &str {
        match self {
            Self::Known(user) => &user.username,
            Self::Named(username) => username,
        }
    }

    /// What tells them from everybody else as far as it is known: the id, or the name.
    pub fn key(&self) -> &str {
        match self {
            Self::Known(user) => &user.id,
            Self::Named(username) => username,
        }
    }

    /// The account, if it was found.
    pub fn known(&self) -> Option<&User> {
        match self {
            Self::Known(user) => Some(user),
            Self::Named(_) => None,
        }
    }
}

/// What a member is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Membership {
    /// Manages the members.
    Owner,
    /// Is in it.
    Member,
}

/// A user's place in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMember {
    /// Id of the user.
    pub user_id: String,
    /// Login name of the user.
    pub username: String,
    /// Owner or member.
    pub membership: Membership,
}

/// A group to be created, or what one shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGroup {
    /// Name, unique in the tenant.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Ids of the users in it; only for a new one.
    pub members: Vec<String>,
}

/// A group of users in one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Opaque id.
    pub id: String,
    /// Name, unique in the tenant.
    pub name: String,
    /// What it is for, if anybody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who is in it.
    #[serde(default)]
    pub members: Vec<GroupMember>,
}

/// Whether two login names are the same. Kestra keeps e-mail addresses as they were typed, and compares them without case.
pub fn is_same_username(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl User {
    /// Whether it is the one of this id.
    pub fn has_id(&self, id: &str) -> bool {
        self.id == id
    }

    /// Whether it is called so.
    pub fn has_username(&self, username: &str) -> bool {
        is_same_username(&self.username, username)
    }
}

impl Group {
    /// What a user is in it, by id.
    pub fn membership_of(&self, user: &str) -> Option<Membership> {
        let member = self.members.iter().find(|member| member.user_id == user);
        member.map(|member| member.membership)
    }

    /// Whether it is the one of this id.
    pub fn has_id(&self, id: &str) -> bool {
        self.id == id
    }

    /// Whether it is called so.
    pub fn has_name(&self, name: &str) -> bool {
        self.name == name
    }
}
