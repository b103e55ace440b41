//! A change to who may do what, or that takes tenants away, as the console keeps it: proposed, confirmed, carried out,
//! told, undone.
//!
//! Unlike a [`Change`] it owns what it is about, with the names that people know it by. Carrying it out is the runner's;
//! whether it is asked about is `app::safety`'s. What takes one back is in [`super::undo`].

mod tally;
mod words;

use serde::{Deserialize, Serialize};

use super::account::{Account, Profile};
use super::binding::{Binding, NewBinding, SubjectKind};
use super::bringing::Bringing;
use super::change::Change;
use super::count::counted;
use super::invitation::{Invitation, Invited, NewInvitation};
use super::loss::{Loss, Removal};
use super::problem::Problem;
use super::release::Release;
use super::role::{NewRole, Role};
use super::tenant::{Tenant, TenantScope};
use super::tenant_id::TenantId;
use super::token::{ApiToken, CreatedToken, NewToken};
use super::user::{Entrant, Group, Membership, NewGroup, User, UserKind};
pub use tally::Tally;
use words::{held, told_apart};

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
/// Those that can be kept, to be taken back after a restart, are written as JSON; the others, among them all that hold a
/// secret, cannot be: see [`Deed::is_kept`].
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
    #[serde(skip)]
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
    #[serde(skip)]
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

    /// Each thing it does, one line each.
    pub fn items(&self) -> Vec<String> {
        match self {
            Self::Grant(_, bindings) => told_apart(bindings.iter().map(|binding| {
                let words = held(&binding.role, &binding.subject, binding.new.namespace.as_deref());
                (words, binding.new.subject_id.as_str())
            })),
            Self::Restore(_, restored) => restored.iter().map(Restored::words).collect(),
            Self::TakeBack(_, given) => given.iter().map(Given::words).collect(),
            Self::Revoke(_, bindings) => told_apart(bindings.iter().map(|binding| {
                let words = held(&binding.role_name, &binding.subject_name, binding.namespace.as_deref());
                (words, binding.subject_id.as_str())
            })),
            Self::GiveAccess(_, users) => told_apart(users.iter().map(|who| (who.username().to_owned(), who.key()))),
            Self::SetMembership { users, .. } | Self::TakeAccess(_, users) => {
                told_apart(users.iter().map(|user| (user.username.clone(), user.id.as_str())))
            }
            Self::DeleteTenants(ids) => ids.iter().map(TenantId::to_string).collect(),
            Self::Bring(bringing) => bringing.items.clone(),
            Self::EnsureAdmin(scopes, username) if scopes.len() > 1 => scopes
                .iter()
                .map(|scope| format!("{username} in tenant {scope}"))
                .collect(),
            Self::TakeAdmin(given, _) => {
                let word = |by: &AdminBy| match by {
                    AdminBy::Binding(_) => "",
                    AdminBy::LetIn(_) => ", and the access to it",
                };
                let items = given.iter();
                items
                    .map(|(scope, by)| format!("{} in tenant {scope}{}", by.username(), word(by)))
                    .collect()
            }
            _ => vec![self.object()],
        }
    }

    /// Whether its items are sent one after the other, so that it can be stopped between them.
    pub fn goes_item_by_item(&self) -> bool {
        self.len() > 1
    }

    /// How many things it does.
    pub fn len(&self) -> usize {
        match self {
            Self::Grant(_, bindings) => bindings.len(),
            Self::Revoke(_, bindings) => bindings.len(),
            Self::Restore(_, restored) => restored.len(),
            Self::TakeBack(_, given) => given.len(),
            Self::GiveAccess(_, users) => users.len(),
            Self::SetMembership { users, .. } | Self::TakeAccess(_, users) => users.len(),
            Self::DeleteTenants(ids) => ids.len(),
            Self::EnsureAdmin(scopes, _) => scopes.len(),
            Self::TakeAdmin(given, _) => given.len(),
            Self::Bring(bringing) => bringing.items.len(),
            _ => 1,
        }
    }

    /// Takes what came of a snapshot that was brought, instead of what was to be done, and says how each thing went.
    pub fn brought(
        &mut self,
        came: &[(String, Result<Made, Problem>)],
        remarks: &[String],
    ) -> Vec<Result<Made, Problem>> {
        if let Self::Bring(bringing) = self {
            bringing.items = came.iter().map(|(item, _)| item.clone()).collect();
            bringing.remarks = remarks.to_vec();
            bringing.snapshot = None;
        }
        came.iter().map(|(_, result)| result.clone()).collect()
    }

    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The deed without those of its items that came out well, to try again; `None` if all did.
    pub fn remaining(&self, results: &[Result<Made, Problem>]) -> Option<Self> {
        let failed: Vec<bool> = results.iter().map(Result::is_err).collect();
        self.only(&failed)
    }

    /// The deed with those of its items alone of which it is said here, in order; `None` if that is none.
    pub fn only(&self, stays: &[bool]) -> Option<Self> {
        fn of<T: Clone>(all: &[T], stays: &[bool]) -> Vec<T> {
            let pairs = all.iter().zip(stays);
            pairs
                .filter(|(_, stays)| **stays)
                .map(|(item, _)| item.clone())
                .collect()
        }
        let left = match self {
            Self::Grant(scope, bindings) => Self::Grant(scope.clone(), of(bindings, stays)),
            Self::Revoke(scope, bindings) => Self::Revoke(scope.clone(), of(bindings, stays)),
            Self::Restore(scope, restored) => Self::Restore(scope.clone(), of(restored, stays)),
            Self::DeleteTenants(ids) => Self::DeleteTenants(of(ids, stays)),
            Self::EnsureAdmin(scopes, username) => Self::EnsureAdmin(of(scopes, stays), username.clone()),
            Self::TakeBack(scope, given) => Self::TakeBack(scope.clone(), of(given, stays)),
            Self::TakeAdmin(given, _) => Self::TakeAdmin(of(given, stays), None),
            Self::GiveAccess(scope, users) => Self::GiveAccess(scope.clone(), of(users, stays)),
            Self::TakeAccess(scope, users) => Self::TakeAccess(scope.clone(), of(users, stays)),
            Self::SetMembership {
                scope,
                group,
                users,
                wanted,
            } => Self::SetMembership {
                scope: scope.clone(),
                group: group.clone(),
                users: of(users, stays),
                wanted: *wanted,
            },
            _ if stays.contains(&true) => self.clone(),
            _ => return None,
        };
        (!left.is_empty()).then_some(left)
    }

    /// What does it again of what was taken back of it: of those who are to be let in only those whose access was taken, as
    /// somebody else may have taken that of the others.
    pub fn of_what_was_taken(self, back: &Self, results: &[Result<Made, Problem>]) -> Option<Self> {
        let (Self::GiveAccess(_, entrants), Self::TakeAccess(_, users)) = (&self, back) else {
            return Some(self);
        };
        let was_taken = |entrant: &Entrant| {
            let mut taken = users.iter().zip(results);
            taken.any(|(user, result)| {
                user.username == entrant.username() && result.as_ref().is_ok_and(|made| *made != Made::Already)
            })
        };
        let stays: Vec<bool> = entrants.iter().map(was_taken).collect();
        self.only(&stays)
    }

    /// The changes it consists of, one for each item.
    pub fn changes(&self) -> Vec<Change<'_>> {
        match self {
            Self::UpdateTenant { before, after } => vec![Change::UpdateTenant { before, after }],
            Self::CreateRole(scope, new) => vec![Change::CreateRole(scope, new)],
            Self::UpdateRole { scope, before, after } => vec![Change::UpdateRole { scope, before, after }],
            Self::DeleteRole(scope, role) => vec![Change::DeleteRole(scope, &role.id)],
            Self::Grant(scope, bindings) => bindings
                .iter()
                .map(|binding| Change::CreateBinding(scope, &binding.new))
                .collect(),
            Self::EnsureAdmin(scopes, username) => scopes
                .iter()
                .map(|scope| Change::EnsureAdmin(scope, username))
                .collect(),
            Self::TakeAdmin(given, _) => given
                .iter()
                .map(|(scope, by)| match by {
                    AdminBy::Binding(binding) => Change::DeleteBinding(scope, &binding.id),
                    AdminBy::LetIn(user) => Change::TakeAccess(scope, user),
                })
                .collect(),
            Self::DeleteTenants(ids) => ids.iter().map(Change::DeleteTenant).collect(),
            Self::Restore(scope, restored) => restored
                .iter()
                .map(|restored| match restored {
                    Restored::Binding(binding) => Change::CreateBinding(scope, &binding.new),
                    Restored::Member { group, user } => Change::SetMembership {
                        scope,
                        group: &group.id,
                        user: &user.id,
                        wanted: Some(Membership::Member),
                    },
                })
                .collect(),
            Self::Revoke(scope, bindings) => bindings
                .iter()
                .map(|binding| Change::DeleteBinding(scope, &binding.id))
                .collect(),
            Self::TakeBack(scope, given) => given
                .iter()
                .map(|given| match given {
                    Given::Binding(binding) => Change::DeleteBinding(scope, &binding.id),
                    Given::Member { group, user } => Change::SetMembership {
                        scope,
                        group: &group.id,
                        user: &user.id,
                        wanted: None,
                    },
                })
                .collect(),
            Self::CreateGroup(scope, new) => vec![Change::CreateGroup(scope, new)],
            Self::UpdateGroup { scope, before, after } => vec![Change::UpdateGroup { scope, before, after }],
            Self::DeleteGroup(scope, group) => vec![Change::DeleteGroup(scope, &group.id)],
            Self::SetMembership {
                scope,
                group,
                users,
                wanted,
            } => users
                .iter()
                .map(|user| Change::SetMembership {
                    scope,
                    group: &group.id,
                    user: &user.id,
                    wanted: *wanted,
                })
                .collect(),
            Self::CreateAccount(scope, kind, profile) => vec![Change::CreateAccount(scope.as_ref(), *kind, profile)],
            Self::DeleteAccount(scope, user) => vec![Change::DeleteAccount(scope.as_ref(), user)],
            Self::SetSuperadmin(user, on) => vec![Change::SetSuperadmin(user, *on)],
            Self::SetPassword(scope, user, _) => vec![Change::SetPassword(scope.as_ref(), user)],
            Self::GiveAccess(scope, users) => users.iter().map(|who| Change::GiveAccess(scope, who)).collect(),
            Self::TakeAccess(scope, users) => users.iter().map(|user| Change::TakeAccess(scope, user)).collect(),
            Self::CreateToken(scope, owner, new) => vec![Change::CreateToken(scope.as_ref(), owner, new)],
            Self::DeleteToken(scope, owner, token) => vec![Change::DeleteToken(scope.as_ref(), owner, &token.id)],
            Self::Invite(scope, new) => vec![Change::Invite(scope, new)],
            Self::DeleteInvitation(scope, invitation) => vec![Change::DeleteInvitation(scope, &invitation.id)],
            // Each is made and recorded by itself.
            Self::Bring(_) => Vec::new(),
        }
    }

    /// The commands of this program that do the same, a line each. `context` are words that lead to the same instance.
    pub fn command(&self, context: &[String], release: Release) -> String {
        if let Self::Bring(bringing) = self {
            return bringing.command(context);
        }
        let lines = self
            .changes()
            .into_iter()
            .map(|change| change.command(context, release));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What it takes away in its tenant, to be judged by [`super::loss::loss`].
    pub fn removals(&self) -> Vec<Removal> {
        match self {
            Self::CreateRole(_, new) => Removal::by_creation(new),
            Self::UpdateRole { before, after, .. } => Removal::by_update(before, after),
            Self::DeleteRole(_, role) => vec![Removal::Role(role.id.clone())],
            Self::Revoke(_, bindings) => bindings
                .iter()
                .map(|binding| Removal::Binding(binding.id.clone()))
                .collect(),
            Self::TakeBack(_, given) => given
                .iter()
                .map(|given| match given {
                    Given::Binding(binding) => Removal::Binding(binding.id.clone()),
                    Given::Member { group, user } => Removal::Member {
                        group: group.id.clone(),
                        user: user.id.clone(),
                    },
                })
                .collect(),
            Self::DeleteGroup(_, group) => vec![Removal::Group(group.id.clone())],
            Self::SetMembership {
                group, users, wanted, ..
            } => users
                .iter()
                .filter_map(|user| Removal::by_membership(group, &user.id, *wanted))
                .collect(),
            Self::DeleteAccount(_, user) => vec![Removal::User(user.id.clone())],
            Self::SetSuperadmin(user, false) => vec![Removal::Superadmin(user.id.clone())],
            Self::TakeAccess(_, users) => users
                .iter()
                .map(|user| Removal::TenantAccess(user.id.clone()))
                .collect(),
            _ => Vec::new(),
        }
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
