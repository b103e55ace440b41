//! A change to who may do what, or that takes tenants away, as the console keeps it: proposed, confirmed, carried out,
//! told, undone.
//!
//! Unlike a [`Change`](super::change::Change) it owns what it is about, with the names that people know it by. What it does
//! item by item is in [`items`], what it asks a backend for in [`changes`], how it is said in [`words`]. Carrying it out is the
//! runner's; whether it is asked about is `app::safety`'s. What takes one back is in [`super::undo`].

mod changes;
mod items;
mod tally;
mod words;

use serde::{Deserialize, Serialize};

use super::account::{Account, Profile};
use super::binding::{Binding, NewBinding, SubjectKind};
use super::bringing::Bringing;
use super::count::counted;
use super::invitation::{Invitation, Invited, NewInvitation};
use super::loss::Loss;
use super::release::Release;
use super::role::{NewRole, Role};
use super::tenant::{Tenant, TenantScope};
use super::tenant_id::TenantId;
use super::token::{ApiToken, CreatedToken, NewToken};
use super::user::{Entrant, Group, Membership, NewGroup, User, UserKind};
pub use tally::Tally;
use words::held;

/// A role to be given, with the names of who gets it and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedBinding {
    /// The binding.
    pub new: NewBinding,
    /// Login name of the user, or name of the group.
    pub subject: String,
    /// Name of the role.
    pub role: String,
}

impl From<&Binding> for NamedBinding {
    fn from(binding: &Binding) -> Self {
        Self {
            new: NewBinding {
                subject_kind: binding.subject_kind,
                subject_id: binding.subject_id.clone(),
                role_id: binding.role_id.clone(),
                namespace: binding.namespace.clone(),
            },
            subject: binding.subject_name.clone(),
            role: binding.role_name.clone(),
        }
    }
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Something that somebody held and shall hold again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Restored {
    /// A role.
    Binding(NamedBinding),
    /// A place in a group.
    Member {
        /// The group as it is.
        group: Group,
        /// Who was in it.
        user: User,
    },
}

impl Restored {
    fn words(&self) -> String {
        match self {
            Self::Binding(binding) => held(&binding.role, &binding.subject, binding.new.namespace.as_deref()),
            Self::Member { group, user } => format!("{} in group {}", user.username, group.name),
        }
    }
}

/// Something that somebody holds, by a change that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Given {
    /// A role.
    Binding(Binding),
    /// A place in a group.
    Member {
        /// The group.
        group: Group,
        /// Who is in it.
        user: User,
    },
}

impl Given {
    fn words(&self) -> String {
        match self {
            Self::Binding(binding) => held(&binding.role_name, &binding.subject_name, binding.namespace.as_deref()),
            Self::Member { group, user } => format!("{} in group {}", user.username, group.name),
        }
    }
}

/// What made somebody Admin of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdminBy {
    /// A role that was given.
    Binding(Binding),
    /// Being let in, with the role.
    LetIn(User),
}

impl AdminBy {
    /// What made somebody Admin, as an answer tells it.
    pub(super) fn of(made: &Made) -> Option<Self> {
        match made {
            Made::Binding(binding) => Some(Self::Binding((**binding).clone())),
            Made::LetIn(user) => Some(Self::LetIn((**user).clone())),
            _ => None,
        }
    }

    /// Who it is.
    pub fn username(&self) -> &str {
        match self {
            Self::Binding(binding) => &binding.subject_name,
            Self::LetIn(user) => &user.username,
        }
    }
}

/// A change to who may do what, or to the fields of a tenant. Where no tenant is named, `None` is the whole instance.
///
/// Those that can be kept, to be taken back after a restart, are written as JSON: see [`Deed::is_kept`]. So are an account and a
/// token that are made, without a password, to be looked for; the others, among them all that hold a secret, cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Fields of a tenant that is read again first: those that differ between the two, which hold no secrets.
    UpdateTenant {
        /// As they are expected to be.
        before: Tenant,
        /// As they shall be.
        after: Tenant,
    },
    /// A role is created.
    CreateRole(TenantScope, NewRole),
    /// A role is replaced.
    UpdateRole {
        /// Its tenant.
        scope: TenantScope,
        /// As it was read.
        before: Role,
        /// As it shall be.
        after: NewRole,
    },
    /// A role is deleted, with the bindings to it.
    DeleteRole(TenantScope, Role),
    /// Roles are given.
    Grant(TenantScope, Vec<NamedBinding>),
    /// A user, by login name, is made Admin of tenants.
    EnsureAdmin(Vec<TenantScope>, String),
    /// What made somebody Admin of tenants is taken away in each. What that takes from whom is known once it was looked at.
    TakeAdmin(Vec<(TenantScope, AdminBy)>, #[serde(skip)] Option<Box<Loss>>),
    /// Tenants are deleted, with everything in them.
    DeleteTenants(Vec<TenantId>),
    /// What people held is given back to them.
    Restore(TenantScope, Vec<Restored>),
    /// Roles are taken away.
    Revoke(TenantScope, Vec<Binding>),
    /// Roles and places in groups are taken away.
    TakeBack(TenantScope, Vec<Given>),
    /// A group is created.
    CreateGroup(TenantScope, NewGroup),
    /// A group gets another name or description.
    UpdateGroup {
        /// Its tenant.
        scope: TenantScope,
        /// As it was read.
        before: Group,
        /// As it shall be; its members are no part of it.
        after: NewGroup,
    },
    /// A group is deleted, with the bindings of it.
    DeleteGroup(TenantScope, Group),
    /// Users become members or owners of a group, or leave it (`None`).
    SetMembership {
        /// The tenant of the group.
        scope: TenantScope,
        /// The group as it was read.
        group: Group,
        /// Who.
        users: Vec<User>,
        /// What they are to be.
        wanted: Option<Membership>,
    },
    /// A user or a service account is created.
    CreateAccount(Option<TenantScope>, UserKind, Profile),
    /// An account is deleted, in all tenants.
    #[serde(skip)]
    DeleteAccount(Option<TenantScope>, User),
    /// An account becomes a superadmin, or a common one again.
    SetSuperadmin(User, bool),
    /// A user gets another password.
    #[serde(skip)]
    SetPassword(Option<TenantScope>, User, Hidden),
    /// Users are let into a tenant.
    GiveAccess(TenantScope, Vec<Entrant>),
    /// Users' access to a tenant is taken away, with their bindings and memberships there.
    TakeAccess(TenantScope, Vec<User>),
    /// A token is made.
    CreateToken(Option<TenantScope>, User, NewToken),
    /// A token is ended.
    #[serde(skip)]
    DeleteToken(Option<TenantScope>, User, ApiToken),
    /// Somebody is invited.
    #[serde(skip)]
    Invite(TenantScope, NewInvitation),
    /// An invitation is withdrawn.
    #[serde(skip)]
    DeleteInvitation(TenantScope, Invitation),
    /// What a snapshot in a file says is brought to the instance.
    #[serde(skip)]
    Bring(Box<Bringing>),
}

/// What came of one item of a deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was done.
    Done,
    /// It was so already, and nothing was done.
    Already,
    /// A tenant as it is now.
    Tenant(Box<Tenant>),
    /// Somebody was let into the tenant, and given a role there.
    LetIn(Box<User>),
    /// A role as it is now.
    Role(Box<Role>),
    /// A binding that was made.
    Binding(Box<Binding>),
    /// A group as it is now.
    Group(Box<Group>),
    /// An account that was created.
    Account(Box<Account>),
    /// A token, to be shown this once.
    Token(Box<CreatedToken>),
    /// An invitation, or access that was given at once.
    Invited(Box<Invited>),
}

/// How far a deed reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It adds something, or what it changes can be changed back.
    Reversible,
    /// It cannot be taken back as it was, but can be made up for.
    Final,
    /// Something is gone for good.
    Destroys,
}

impl Deed {
    /// Of how many tenants somebody is made Admin at most if that is to be taken back: what there was before is read in each.
    pub const MOST_ADMINS: usize = 100;

    /// The tenant it is about.
    pub fn scope(&self) -> Option<&TenantScope> {
        match self {
            Self::CreateRole(scope, _)
            | Self::UpdateRole { scope, .. }
            | Self::DeleteRole(scope, _)
            | Self::Grant(scope, _)
            | Self::Restore(scope, _)
            | Self::Revoke(scope, _)
            | Self::TakeBack(scope, _)
            | Self::CreateGroup(scope, _)
            | Self::UpdateGroup { scope, .. }
            | Self::DeleteGroup(scope, _)
            | Self::SetMembership { scope, .. }
            | Self::GiveAccess(scope, _)
            | Self::TakeAccess(scope, _)
            | Self::Invite(scope, _)
            | Self::DeleteInvitation(scope, _) => Some(scope),
            Self::CreateAccount(scope, ..)
            | Self::DeleteAccount(scope, _)
            | Self::SetPassword(scope, ..)
            | Self::CreateToken(scope, ..)
            | Self::DeleteToken(scope, ..) => scope.as_ref(),
            Self::EnsureAdmin(scopes, _) => match scopes.as_slice() {
                [scope] => Some(scope),
                _ => None,
            },
            Self::TakeAdmin(given, _) => match given.as_slice() {
                [(scope, _)] => Some(scope),
                _ => None,
            },
            Self::UpdateTenant { .. } | Self::SetSuperadmin(..) | Self::DeleteTenants(_) | Self::Bring(_) => None,
        }
    }

    /// How far it reaches.
    pub fn weight(&self) -> Weight {
        match self {
            Self::UpdateTenant { .. }
            | Self::CreateRole(..)
            | Self::UpdateRole { .. }
            | Self::Grant(..)
            | Self::Restore(..)
            | Self::Revoke(..)
            | Self::TakeBack(..)
            | Self::TakeAdmin(..)
            | Self::CreateGroup(..)
            | Self::UpdateGroup { .. }
            | Self::SetMembership { .. }
            | Self::CreateAccount(..)
            | Self::GiveAccess(..)
            | Self::CreateToken(..)
            | Self::Invite(..) => Weight::Reversible,
            Self::EnsureAdmin(scopes, _) if scopes.len() <= Self::MOST_ADMINS => Weight::Reversible,
            Self::Bring(bringing) if bringing.deletes => Weight::Destroys,
            Self::EnsureAdmin(..)
            | Self::Bring(_)
            | Self::SetSuperadmin(..)
            | Self::SetPassword(..)
            | Self::TakeAccess(..)
            | Self::DeleteInvitation(..) => Weight::Final,
            Self::DeleteTenants(_)
            | Self::DeleteRole(..)
            | Self::DeleteGroup(..)
            | Self::DeleteAccount(..)
            | Self::DeleteToken(..) => Weight::Destroys,
        }
    }

    /// What has to be repeated where what can be taken back is dangerous: whose account it is about, or else the tenant, as
    /// the command wants it after `--confirm`.
    pub fn place_or_name(&self) -> Option<String> {
        match (self, self.scope()) {
            (Self::SetSuperadmin(user, _), _) => Some(user.username.clone()),
            (_, Some(scope)) => Some(scope.to_string()),
            (_, None) => self.typed(),
        }
    }

    /// What is typed before something is gone for good: its name, or its id where the name cannot be typed; of several how
    /// many there are. `None` of what is about the whole of a context.
    pub fn typed(&self) -> Option<String> {
        let (name, id) = match self {
            Self::DeleteTenants(_) if self.len() == 1 => return self.items().pop(),
            Self::DeleteTenants(_) => return Some(counted(self.len() as u64, "tenant")),
            Self::DeleteRole(_, role) => (&role.name, &role.id),
            Self::DeleteGroup(_, group) => (&group.name, &group.id),
            Self::DeleteAccount(_, user) => (&user.username, &user.id),
            Self::DeleteToken(_, _, token) => (&token.name, &token.id),
            _ => return None,
        };
        let can_be_typed =
            !name.is_empty() && name.trim() == name && name.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        Some(if can_be_typed { name } else { id }.clone())
    }

    /// Whether only a superadmin may do it in a release. Where others may, a role has to let them, which the instance
    /// judges.
    pub fn takes_superadmin(&self, release: Release) -> bool {
        match self {
            Self::SetSuperadmin(..) => true,
            Self::CreateAccount(scope, kind, _) => {
                *kind == UserKind::Standard && release.at_least(0, 24) || scope.is_none()
            }
            Self::DeleteAccount(_, user) => user.kind == UserKind::Standard && release.at_least(0, 24),
            _ => false,
        }
    }
}

impl NamedBinding {
    /// A role for a user or a group.
    pub fn new(kind: SubjectKind, subject: (&str, &str), role: &Role, namespace: Option<String>) -> Self {
        let (id, name) = subject;
        Self {
            new: NewBinding {
                subject_kind: kind,
                subject_id: id.to_owned(),
                role_id: role.id.clone(),
                namespace,
            },
            subject: name.to_owned(),
            role: role.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
