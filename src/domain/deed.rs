//! A change to who may do what, or that takes tenants away, as the console keeps it: proposed, confirmed, carried out,
//! told, undone.
//!
//! Unlike a [`Change`] it owns what it is about, with the names that people know it by. Carrying it out is the runner's;
//! whether it is asked about is `app::safety`'s. What takes one back is in [`super::undo`].

use serde::{Deserialize, Serialize};

use super::account::{Account, Profile};
use super::binding::{Binding, NewBinding, SubjectKind};
use super::bringing::Bringing;
use super::change::Change;
use super::count::{counted, thousands};
use super::invitation::{Invitation, Invited, NewInvitation};
use super::loss::{Loss, Removal};
use super::problem::{Problem, ProblemKind};
use super::release::Release;
use super::role::{NewRole, Role};
use super::tenant::{Tenant, TenantScope};
use super::tenant_id::TenantId;
use super::token::{ApiToken, CreatedToken, NewToken};
use super::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

/// What is said of a part of a change that was left, as the change had come to its end before.
pub const LEFT: &str = "It was not sent.";

/// Whether a part of a change was left, and not even begun.
pub fn is_left(problem: &Problem) -> bool {
    problem.kind == ProblemKind::Unconfirmed && problem.what == LEFT
}

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
        match self {
            Self::Grant(..) => false,
            Self::EnsureAdmin(scopes, _) if scopes.len() > Self::MOST_ADMINS => false,
            _ => self.len() > 1,
        }
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
        fn failed<T: Clone>(all: &[T], results: &[Result<Made, Problem>]) -> Vec<T> {
            let pairs = all.iter().zip(results);
            pairs
                .filter(|(_, result)| result.is_err())
                .map(|(item, _)| item.clone())
                .collect()
        }
        let left = match self {
            Self::Grant(scope, bindings) => Self::Grant(scope.clone(), failed(bindings, results)),
            Self::Revoke(scope, bindings) => Self::Revoke(scope.clone(), failed(bindings, results)),
            Self::Restore(scope, restored) => Self::Restore(scope.clone(), failed(restored, results)),
            Self::DeleteTenants(ids) => Self::DeleteTenants(failed(ids, results)),
            Self::EnsureAdmin(scopes, username) => Self::EnsureAdmin(failed(scopes, results), username.clone()),
            Self::TakeBack(scope, given) => Self::TakeBack(scope.clone(), failed(given, results)),
            Self::TakeAdmin(given, _) => Self::TakeAdmin(failed(given, results), None),
            Self::GiveAccess(scope, users) => Self::GiveAccess(scope.clone(), failed(users, results)),
            Self::TakeAccess(scope, users) => Self::TakeAccess(scope.clone(), failed(users, results)),
            Self::SetMembership {
                scope,
                group,
                users,
                wanted,
            } => Self::SetMembership {
                scope: scope.clone(),
                group: group.clone(),
                users: failed(users, results),
                wanted: *wanted,
            },
            _ if results.iter().any(Result::is_err) => self.clone(),
            _ => return None,
        };
        (!left.is_empty()).then_some(left)
    }

    /// What it is done to, in words: `role Ops`.
    fn object(&self) -> String {
        match self {
            Self::UpdateTenant { before, .. } => format!("tenant {}", before.id),
            Self::CreateRole(_, role) => format!("role {}", role.name),
            Self::UpdateRole { before, .. } => format!("role {}", before.name),
            Self::DeleteRole(_, role) => format!("role {}", role.name),
            Self::CreateGroup(_, group) => format!("group {}", group.name),
            Self::UpdateGroup { before, .. } => format!("group {}", before.name),
            Self::DeleteGroup(_, group) => format!("group {}", group.name),
            Self::CreateAccount(_, kind, profile) => format!("{} {}", kind.word(), profile.username),
            Self::DeleteAccount(_, user) => format!("{} {}", user.kind.word(), user.username),
            Self::SetSuperadmin(user, _) | Self::SetPassword(_, user, _) => user.username.clone(),
            Self::CreateToken(_, owner, token) => format!("token {} of {}", token.name, owner.username),
            Self::DeleteToken(_, owner, token) => format!("token {} of {}", token.name, owner.username),
            Self::Invite(_, invitation) => format!("invitation of {}", invitation.email),
            Self::DeleteInvitation(_, invitation) => format!("invitation of {}", invitation.email),
            Self::EnsureAdmin(_, username) => username.clone(),
            Self::TakeAdmin(given, _) => given
                .first()
                .map_or_else(String::new, |(_, by)| by.username().to_owned()),
            Self::Bring(bringing) => bringing.file.clone(),
            Self::DeleteTenants(ids) => match ids.as_slice() {
                [id] => format!("tenant {id}"),
                _ => counted(ids.len() as u64, "tenant"),
            },
            Self::Grant(..) | Self::Revoke(..) => counted(self.len() as u64, "role"),
            Self::Restore(..) | Self::TakeBack(..) => counted(self.len() as u64, "role or place in a group"),
            Self::SetMembership { .. } | Self::GiveAccess(..) | Self::TakeAccess(..) => self
                .items()
                .first()
                .filter(|_| self.len() == 1)
                .cloned()
                .unwrap_or_else(|| people(self.len())),
        }
    }

    /// What is about to be done, in words: `Delete role Ops`.
    pub fn words(&self, release: Release) -> String {
        let (object, one) = (self.object(), self.len() == 1);
        let item = || self.items().into_iter().next().unwrap_or_default();
        match self {
            Self::CreateRole(..) | Self::CreateGroup(..) | Self::CreateAccount(..) => format!("Create {object}"),
            Self::UpdateTenant { .. } | Self::UpdateRole { .. } | Self::UpdateGroup { .. } => {
                format!("Change {object}")
            }
            Self::DeleteTenants(_) | Self::DeleteRole(..) | Self::DeleteGroup(..) | Self::DeleteAccount(..) => {
                format!("Delete {object}")
            }
            Self::Grant(..) if one => format!("Give {}", item()),
            Self::Grant(..) => format!("Give {object}"),
            Self::EnsureAdmin(scopes, _) => format!("Make {object} Admin of {}", tenants(scopes, scopes.len())),
            Self::TakeAdmin(given, _) => match given.as_slice() {
                [(scope, AdminBy::LetIn(_))] => format!("Take the access of {object} to tenant {scope}"),
                [(scope, AdminBy::Binding(_))] => format!("Make {object} Admin of tenant {scope} no more"),
                _ => format!(
                    "Make {object} Admin of {} no more",
                    counted(given.len() as u64, "tenant")
                ),
            },
            Self::Restore(..) => format!("Give back {}", if one { item() } else { "what was lost".to_owned() }),
            Self::Revoke(..) | Self::TakeBack(..) if one => format!("Take away {}", item()),
            Self::Revoke(..) => format!("Take away {object}"),
            Self::TakeBack(..) => "Take away what was given back".to_owned(),
            Self::SetMembership { group, wanted, .. } => match wanted {
                Some(Membership::Owner) => format!("Make {object} owner of group {}", group.name),
                Some(Membership::Member) => format!("Make {object} member of group {}", group.name),
                None => format!("Take {object} out of group {}", group.name),
            },
            Self::SetSuperadmin(_, true) => format!("Make {object} {}", release.a_superadmin()),
            Self::SetSuperadmin(_, false) => format!("Make {object} no {} any more", release.superadmin_word()),
            Self::SetPassword(..) => format!("Set the password of {object}"),
            Self::GiveAccess(scope, _) => format!("Let {object} into tenant {scope}"),
            Self::TakeAccess(scope, _) => format!("Take the access of {object} to tenant {scope}"),
            Self::CreateToken(..) => format!("Make {object}"),
            Self::DeleteToken(..) => format!("End {object}"),
            Self::Invite(_, invitation) => format!("Invite {}", invitation.email),
            Self::DeleteInvitation(..) => format!("Withdraw the {object}"),
            Self::Bring(bringing) => format!("{} {object}", bringing.reach.verb()),
        }
    }

    /// What was done, in words: `Role Ops deleted`. Counts only what came out well.
    pub fn done_words(&self, results: &[Result<Made, Problem>], release: Release) -> String {
        let done = results.iter().filter(|result| result.is_ok()).count();
        let object = capital(&self.object());
        let one = self.len() == 1;
        let item = || capital(&self.items().into_iter().next().unwrap_or_default());
        let who = if one { object.clone() } else { people(done) };
        let already = done > 0 && results.iter().flatten().all(|made| *made == Made::Already);
        match self {
            Self::CreateRole(scope, _) => format!("{object} created in tenant {scope}"),
            Self::CreateGroup(..) | Self::CreateAccount(..) => format!("{object} created"),
            Self::UpdateTenant { .. } | Self::UpdateRole { .. } | Self::UpdateGroup { .. } => {
                format!("{object} changed")
            }
            Self::DeleteTenants(_) if already => format!("{object} was deleted by somebody else already"),
            Self::DeleteTenants(_) if !one => {
                let gone = results.iter().flatten().filter(|made| **made == Made::Already).count();
                let words = format!("{} deleted", counted((done - gone) as u64, "tenant"));
                match gone {
                    0 => words,
                    gone => format!("{words}, {} gone already", thousands(gone as u64)),
                }
            }
            Self::DeleteTenants(_) | Self::DeleteRole(..) | Self::DeleteGroup(..) | Self::DeleteAccount(..) => {
                format!("{object} deleted")
            }
            Self::Grant(..) if one => format!("{} given", item()),
            Self::Grant(..) => format!("{} given", capital(&counted(done as u64, "role"))),
            Self::EnsureAdmin(scopes, _) if already => {
                format!("{object} was Admin of {} already", tenants(scopes, done))
            }
            Self::EnsureAdmin(scopes, _) => format!("{object} is Admin of {} now", tenants(scopes, done)),
            Self::TakeAdmin(given, _) => match given.as_slice() {
                [(scope, AdminBy::LetIn(_))] => {
                    format!("Access of {} to tenant {scope} taken away", self.object())
                }
                [(scope, AdminBy::Binding(_))] => format!("{object} is Admin of tenant {scope} no more"),
                _ => format!("{object} is Admin of {} no more", counted(done as u64, "tenant")),
            },
            Self::Restore(..) if one => format!("{} given back", item()),
            Self::Restore(..) => format!(
                "{} of {} given back",
                thousands(done as u64),
                thousands(self.len() as u64)
            ),
            Self::Revoke(..) | Self::TakeBack(..) if one => format!("{} taken away", item()),
            Self::TakeBack(..) => format!(
                "{} of {} taken away",
                thousands(done as u64),
                thousands(self.len() as u64)
            ),
            Self::Revoke(..) => format!("{} taken away", capital(&counted(done as u64, "role"))),
            Self::SetMembership { group, wanted, .. } => match wanted {
                Some(Membership::Owner) => format!("{who} now owner of group {}", group.name),
                Some(Membership::Member) => format!("{who} now in group {}", group.name),
                None => format!("{who} taken out of group {}", group.name),
            },
            Self::SetSuperadmin(_, true) => format!("{object} is now {}", release.a_superadmin()),
            Self::SetSuperadmin(_, false) => format!("{object} is no {} any more", release.superadmin_word()),
            Self::SetPassword(..) => format!("Password of {} set", self.object()),
            Self::GiveAccess(scope, _) if already => format!("{who} had access to tenant {scope} already"),
            Self::GiveAccess(scope, _) => format!("{who} let into tenant {scope}"),
            Self::TakeAccess(scope, _) => format!(
                "Access of {} to tenant {scope} taken away",
                if one { self.object() } else { people(done) }
            ),
            Self::CreateToken(..) => format!("{object} made"),
            Self::DeleteToken(..) => format!("{object} ended"),
            Self::Invite(_, invitation) => match results {
                [Ok(Made::Invited(invited))] if **invited == Invited::Granted => {
                    format!("{} is a user already, and was let in at once", invitation.email)
                }
                _ => format!("{} invited", invitation.email),
            },
            Self::DeleteInvitation(..) => format!("{object} withdrawn"),
            Self::Bring(_) => format!(
                "{}: {} of {} done",
                self.object(),
                thousands(done as u64),
                thousands(results.len() as u64)
            ),
        }
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

/// `tenant acme`, or how many.
fn tenants(scopes: &[TenantScope], number: usize) -> String {
    match scopes {
        [scope] => format!("tenant {scope}"),
        _ => counted(number as u64, "tenant"),
    }
}

/// Words for each of many, with its id where another one would be called the same.
fn told_apart<'i>(items: impl Iterator<Item = (String, &'i str)>) -> Vec<String> {
    let items: Vec<(String, &str)> = items.collect();
    let is_shared = |words: &str, id: &str| items.iter().any(|(other, its)| other == words && *its != id);
    items
        .iter()
        .map(|(words, id)| {
            let id = if is_shared(words, id) {
                format!(" ({id})")
            } else {
                String::new()
            };
            format!("{words}{id}")
        })
        .collect()
}

/// `role Viewer to anna in company.team`.
fn held(role: &str, subject: &str, namespace: Option<&str>) -> String {
    let place = namespace.map_or_else(String::new, |namespace| format!(" in {namespace}"));
    format!("role {role} of {subject}{place}")
}

fn people(number: usize) -> String {
    if number == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", thousands(number as u64))
    }
}

fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    // A login name or a namespace keeps its letters.
    if !matches!(
        first,
        "tenant" | "role" | "group" | "user" | "service" | "token" | "invitation"
    ) {
        return text.to_owned();
    }
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
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
mod tests {
    use super::super::tenant_id::TenantId;
    use super::*;

    fn scope() -> TenantScope {
        TenantScope::Named(TenantId::existing("acme"))
    }

    fn role(name: &str) -> Role {
        Role {
            id: "r1".to_owned(),
            name: name.to_owned(),
            description: None,
            permissions: super::super::permission::Permissions::default(),
            is_default: false,
            is_managed: false,
        }
    }

    fn binding(subject: &str) -> Binding {
        Binding {
            id: format!("b-{subject}"),
            subject_kind: SubjectKind::User,
            subject_id: format!("u-{subject}"),
            subject_name: subject.to_owned(),
            role_id: "r1".to_owned(),
            role_name: "Ops".to_owned(),
            namespace: None,
        }
    }

    fn failed() -> Result<Made, Problem> {
        let kind = ProblemKind::Failed;
        Err(Problem::new(kind, "What.", "Why.", "Next."))
    }

    #[test]
    fn words_before_and_after() {
        let release = Release::new(1, 3);
        let delete = Deed::DeleteRole(scope(), role("Ops"));
        assert_eq!(delete.words(release), "Delete role Ops");
        assert_eq!(delete.done_words(&[Ok(Made::Done)], release), "Role Ops deleted");
        let revoke = Deed::Revoke(scope(), vec![binding("anna"), binding("bob")]);
        assert_eq!(revoke.words(release), "Take away 2 roles");
        assert_eq!(
            revoke.done_words(&[Ok(Made::Done), failed()], release),
            "1 role taken away"
        );
        assert_eq!(revoke.items(), ["role Ops of anna", "role Ops of bob"]);
    }

    #[test]
    fn what_cannot_be_typed_is_typed_by_its_id() {
        assert_eq!(Deed::DeleteRole(scope(), role("Ops")).typed().as_deref(), Some("Ops"));
        assert_eq!(
            Deed::DeleteRole(scope(), role("O\u{202e}ps")).typed().as_deref(),
            Some("r1")
        );
        assert_eq!(Deed::DeleteRole(scope(), role(" ")).typed().as_deref(), Some("r1"));
    }

    #[test]
    fn only_what_was_done_is_taken_back_and_only_what_failed_is_tried_again() {
        let revoke = Deed::Revoke(scope(), vec![binding("anna"), binding("bob")]);
        let results = [Ok(Made::Done), failed()];
        assert_eq!(
            revoke.inverse(&results),
            Some(Deed::Grant(scope(), vec![(&binding("anna")).into()]))
        );
        assert_eq!(
            revoke.remaining(&results),
            Some(Deed::Revoke(scope(), vec![binding("bob")]))
        );
        assert_eq!(revoke.remaining(&[Ok(Made::Done), Ok(Made::Done)]), None);
        assert_eq!(Deed::DeleteRole(scope(), role("Ops")).inverse(&[Ok(Made::Done)]), None);
    }

    fn user(name: &str) -> User {
        User {
            id: format!("u-{name}"),
            username: name.to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
        }
    }

    #[test]
    fn access_that_was_given_is_taken_from_whom_it_was_given_to() {
        let (anna, bob) = (user("anna"), user("bob"));
        let who = vec![
            Entrant::Known(anna.clone()),
            Entrant::Named("carl".to_owned()),
            Entrant::Known(bob),
        ];
        let give = Deed::GiveAccess(scope(), who);
        let inverse = give.inverse(&[Ok(Made::Done), Ok(Made::Done), Ok(Made::Already)]);
        assert_eq!(inverse, Some(Deed::TakeAccess(scope(), vec![anna])));
        let by_name = Deed::GiveAccess(scope(), vec![Entrant::Named("carl".to_owned())]);
        assert!(!by_name.can_be_taken_back());
        assert_eq!(by_name.inverse(&[Ok(Made::Done)]), None);
    }

    #[test]
    fn those_of_one_name_are_told_apart_by_their_ids() {
        let ci = |id: &str| User {
            id: id.to_owned(),
            ..user("ci")
        };
        let take = Deed::TakeAccess(scope(), vec![ci("1"), user("anna"), ci("2")]);
        assert_eq!(take.items(), ["ci (1)", "anna", "ci (2)"]);
    }

    #[test]
    fn making_a_role_the_default_one_is_not_taken_back_by_leaving_none() {
        let (before, now) = (
            role("Ops"),
            Role {
                is_default: true,
                ..role("Ops")
            },
        );
        let update = |before: &Role, after: &Role| Deed::UpdateRole {
            scope: scope(),
            before: before.clone(),
            after: NewRole::from(after),
        };
        let made = |role: &Role| [Ok(Made::Role(Box::new(role.clone())))];
        assert_eq!(update(&before, &now).inverse(&made(&now)), None);
        assert!(!update(&before, &now).can_be_taken_back());
        assert!(!Deed::CreateRole(scope(), NewRole::from(&now)).can_be_taken_back());
        assert_eq!(
            update(&now, &before).inverse(&made(&before)),
            Some(update(&before, &now))
        );
    }

    #[test]
    fn an_owner_who_becomes_a_member_is_told_of_and_taken_back() {
        let member = |name: &str, membership| super::super::user::GroupMember {
            user_id: format!("u-{name}"),
            username: name.to_owned(),
            membership,
        };
        let group = Group {
            id: "g".to_owned(),
            name: "ops".to_owned(),
            description: None,
            members: vec![member("anna", Membership::Owner), member("bob", Membership::Member)],
        };
        let set = |users: &[&str], wanted| Deed::SetMembership {
            scope: scope(),
            group: group.clone(),
            users: users.iter().map(|name| user(name)).collect(),
            wanted,
        };
        let demote = set(&["anna"], Some(Membership::Member));
        let access = super::super::access::TenantAccess {
            groups: vec![group.clone()],
            ..Default::default()
        };
        let lost = super::super::loss::loss(&access, &demote.removals(), None, Release::new(1, 3));
        assert!(
            lost.warning(super::super::loss::Topic::GroupOwners).is_some(),
            "{lost:?}"
        );
        let back = demote.inverse(&[Ok(Made::Done)]);
        assert!(
            matches!(&back, Some(Deed::SetMembership { wanted: Some(Membership::Owner), users, .. }) if *users == [user("anna")]),
            "{back:?}"
        );
        assert_eq!(set(&["bob"], Some(Membership::Owner)).removals(), []);
        assert!(
            !set(&["anna", "bob"], None).can_be_taken_back(),
            "they were different things"
        );
        assert!(!Deed::CreateAccount(None, UserKind::Standard, Profile::default()).can_be_taken_back());
    }

    #[test]
    fn a_password_is_never_printed() {
        let user = user("anna");
        let deed = Deed::SetPassword(None, user, Hidden("s3cret".to_owned()));
        assert!(!format!("{deed:?}").contains("s3cret"));
        let profile = Profile {
            password: Some("s3cret".to_owned()),
            ..Profile::default()
        };
        assert!(!format!("{:?}", Deed::CreateAccount(None, UserKind::Standard, profile)).contains("s3cret"));
    }
}
