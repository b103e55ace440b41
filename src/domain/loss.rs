//! What is taken away from whom by a change to who may do what, before it is made.
//!
//! Works on the access of one tenant before and after; nothing is asked or written here. Rights are judged by
//! [`super::effective_access`] alone. Accesses to other tenants are not seen from here, and sentences that depend on
//! them say so.

mod told;

use std::collections::BTreeMap;

use super::access::TenantAccess;
use super::binding::SubjectKind;
use super::effective_access::Evaluator;
use super::permission::{Action, Permissions, Resource};
use super::release::Release;
use super::role::{NewRole, Role};
use super::tenant::TenantScope;
use super::user::{Group, Membership, User};
use crate::domain::sorting;

/// What the deletion of a role or a group, in a word, means for those who were invited with it.
pub fn of_invited(thing: &str) -> String {
    format!("Whoever was invited with this {thing} comes in without it.")
}

/// Something to be taken away. Each names ids; one that is not there takes nothing away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// A binding is revoked.
    Binding(String),
    /// A role is deleted, with the bindings to it.
    Role(String),
    /// A role is changed to allow this and nothing else.
    Permissions {
        /// The role.
        role: String,
        /// What it allows afterwards.
        permissions: Permissions,
    },
    /// An owner of a group becomes a common member of it.
    Owner {
        /// The group.
        group: String,
        /// The user.
        user: String,
    },
    /// Somebody is taken out of a group.
    Member {
        /// The group.
        group: String,
        /// The user.
        user: String,
    },
    /// A group is deleted, with the bindings of it.
    Group(String),
    /// Somebody's access to the tenant is revoked, with their bindings and memberships in it.
    TenantAccess(String),
    /// A user or service account is deleted from the instance.
    User(String),
    /// Somebody is no superadmin any more.
    Superadmin(String),
    /// The default role is the default no longer.
    DefaultRole,
    /// Another role, by its name, is the default in its place.
    AnotherDefault(String),
}

impl Removal {
    /// What replacing a role takes away.
    pub fn by_update(before: &Role, after: &NewRole) -> Vec<Self> {
        let mut pairs = before.permissions.pairs();
        let takes = pairs.any(|(resource, action)| !after.permissions.allows(resource, action));
        let permissions = takes.then(|| Self::Permissions {
            role: before.id.clone(),
            permissions: after.permissions.clone(),
        });
        let default = match (before.is_default, after.is_default) {
            (true, false) => Some(Self::DefaultRole),
            (false, true) => Some(Self::AnotherDefault(after.name.clone())),
            _ => None,
        };
        permissions.into_iter().chain(default).collect()
    }

    /// Whether somebody may miss something by it. That another role is the default is no more than to be known.
    pub fn takes_away(&self) -> bool {
        !matches!(self, Self::AnotherDefault(_))
    }

    /// What creating a role takes away.
    pub fn by_creation(new: &NewRole) -> Vec<Self> {
        let default = new.is_default.then(|| Self::AnotherDefault(new.name.clone()));
        default.into_iter().collect()
    }

    /// What making somebody this in a group takes away, by what they are in it now; `None` takes them out.
    pub fn by_membership(group: &Group, user: &str, wanted: Option<Membership>) -> Option<Self> {
        let (group_id, user_id) = (group.id.clone(), user.to_owned());
        let mut members = group.members.iter();
        let now = members
            .find(|member| member.user_id == user)
            .map(|member| member.membership);
        match (now, wanted) {
            (_, None) => Some(Self::Member {
                group: group_id,
                user: user_id,
            }),
            (Some(Membership::Owner), Some(Membership::Member)) => Some(Self::Owner {
                group: group_id,
                user: user_id,
            }),
            _ => None,
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// To be known.
    Notice,
    /// Somebody will miss something.
    Warning,
    /// Hard to undo, or it locks people out.
    Danger,
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Nobody is Admin of the tenant any more.
    LastAdmin,
    /// Whoever does this is not Admin any more.
    OwnAdmin,
    /// Whoever does this is no superadmin any more.
    OwnSuperadmin,
    /// Whoever does this can do nothing in the tenant any more.
    OwnAccess,
    /// People whose only access came through it.
    OnlyAccess,
    /// People who lose some rights and keep others.
    Rights,
    /// New users of the tenant are given no role, or another one.
    DefaultRole,
    /// Groups that nobody manages any more.
    GroupOwners,
    /// Superadmins who are none any more.
    Superadmin,
    /// People who leave their last group, which in some releases takes their access to the tenant.
    LastGroup,
    /// The same user in other tenants.
    OtherTenants,
}

/// One thing to know before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub topic: Topic,
    /// One sentence, with at most three names.
    pub sentence: String,
    /// Everybody it is about, by name.
    pub names: Vec<String>,
}

/// What one person loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLoss {
    /// Who.
    pub user: User,
    /// Pairs of resource and action that they may use in fewer places than before, or nowhere.
    pub rights: Vec<(Resource, Action)>,
    /// Whether they may still do anything in the tenant by a role.
    pub keeps_some: bool,
}

/// All that is taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// What to tell, worst first.
    pub warnings: Vec<Warning>,
    /// Everybody who loses a right, by username.
    pub people: Vec<PersonLoss>,
}

impl Loss {
    /// One that is as bad as this, for tests.
    #[cfg(test)]
    pub fn of(severity: Severity) -> Self {
        Self {
            warnings: vec![Warning {
                severity,
                topic: Topic::LastAdmin,
                sentence: String::new(),
                names: Vec::new(),
            }],
            people: Vec::new(),
        }
    }

    /// The worst severity; `None` if there is nothing to tell.
    pub fn worst(&self) -> Option<Severity> {
        self.warnings.iter().map(|warning| warning.severity).max()
    }

    /// Adds what is to be told of one of several tenants.
    pub fn add(&mut self, scope: &TenantScope, one: Self) {
        self.warnings.extend(one.warnings.into_iter().map(|mut warning| {
            warning.sentence = format!("Tenant `{scope}`: {}", warning.sentence);
            warning
        }));
    }

    /// Whether it takes from whoever does it what they would need to take it back.
    pub fn is_lost_to_oneself(&self) -> bool {
        let own = [Topic::OwnAdmin, Topic::OwnSuperadmin];
        self.warnings
            .iter()
            .any(|warning| warning.severity == Severity::Danger && own.contains(&warning.topic))
    }

    /// The warning about something.
    pub fn warning(&self, topic: Topic) -> Option<&Warning> {
        self.warnings.iter().find(|warning| warning.topic == topic)
    }

    /// How many people lose each right, most first.
    pub fn rights(&self) -> Vec<(Resource, Action, usize)> {
        let mut counts: BTreeMap<(&Resource, &Action), usize> = BTreeMap::new();
        for (resource, action) in self.people.iter().flat_map(|person| &person.rights) {
            *counts.entry((resource, action)).or_default() += 1;
        }
        let mut rights: Vec<(Resource, Action, usize)> = counts
            .into_iter()
            .map(|((resource, action), people)| (resource.clone(), action.clone(), people))
            .collect();
        sorting::by_key(&mut rights, |(.., people)| std::cmp::Reverse(*people));
        rights
    }
}

/// The access of a tenant once all of these are done.
pub fn after(access: &TenantAccess, removals: &[Removal]) -> TenantAccess {
    let mut after = access.clone();
    for removal in removals {
        remove(&mut after, removal);
    }
    after
}

fn remove(access: &mut TenantAccess, removal: &Removal) {
    let leave = |access: &mut TenantAccess, user: &str| {
        access.users.retain(|other| other.id != user);
        access
            .bindings
            .retain(|binding| binding.subject_kind != SubjectKind::User || binding.subject_id != user);
        for group in &mut access.groups {
            group.members.retain(|member| member.user_id != user);
        }
    };
    match removal {
        Removal::Binding(id) => access.bindings.retain(|binding| binding.id != *id),
        Removal::Role(id) => {
            access.roles.retain(|role| role.id != *id);
            access.bindings.retain(|binding| binding.role_id != *id);
        }
        Removal::Permissions { role, permissions } => {
            for role in access.roles.iter_mut().filter(|other| other.id == *role) {
                role.permissions = permissions.clone();
            }
        }
        Removal::Member { group, user } => {
            for group in access.groups.iter_mut().filter(|other| other.id == *group) {
                group.members.retain(|member| member.user_id != *user);
            }
        }
        Removal::Owner { group, user } => {
            for group in access.groups.iter_mut().filter(|other| other.id == *group) {
                for member in group.members.iter_mut().filter(|member| member.user_id == *user) {
                    member.membership = Membership::Member;
                }
            }
        }
        Removal::Group(id) => {
            access.groups.retain(|group| group.id != *id);
            access
                .bindings
                .retain(|binding| binding.subject_kind != SubjectKind::Group || binding.subject_id != *id);
        }
        Removal::TenantAccess(user) | Removal::User(user) => leave(access, user),
        Removal::Superadmin(id) => {
            for user in access.users.iter_mut().filter(|user| user.id == *id) {
                user.superadmin = false;
            }
        }
        Removal::DefaultRole | Removal::AnotherDefault(_) => {
            for role in &mut access.roles {
                role.is_default = false;
            }
        }
    }
}

/// Everybody who may do less afterwards, by username.
fn people(before: &TenantAccess, after: &TenantAccess, release: Release) -> Vec<PersonLoss> {
    let (was, is) = (Evaluator::new(before, release), Evaluator::new(after, release));
    let loses = |user: &User| {
        let now = is.reach(&user.id);
        let rights = was.reach(&user.id).beyond(&now);
        let rights: Vec<(Resource, Action)> = rights.into_iter().map(|(r, a)| (r.clone(), a.clone())).collect();
        (!rights.is_empty()).then(|| PersonLoss {
            user: user.clone(),
            rights,
            keeps_some: !now.is_empty(),
        })
    };
    let mut people: Vec<PersonLoss> = before.users.iter().filter_map(loses).collect();
    sorting::by(&mut people, |a, b| a.user.username.cmp(&b.user.username));
    people
}

/// What these take away from the tenant's people. `me` is the id of whoever does it, if known.
pub fn loss(before: &TenantAccess, removals: &[Removal], me: Option<&str>, release: Release) -> Loss {
    loss_between(before, &after(before, removals), removals, me, release)
}

/// The same where something is given at once, as when a binding is replaced: `after` is the access once all is done, and
/// `removals` are the part of it that takes away.
pub fn loss_between(
    before: &TenantAccess,
    after: &TenantAccess,
    removals: &[Removal],
    me: Option<&str>,
    release: Release,
) -> Loss {
    let people = people(before, after, release);
    let told = told::Told {
        before,
        after,
        removals,
        me,
        release,
        people: &people,
    };
    let mut warnings: Vec<Warning> = [
        told.last_admin(),
        told.own_admin(),
        told.own_superadmin(),
        told.own_access(),
        told.only_access(),
        told.rights(),
        told.default_role(),
        told.group_owners(),
        told.superadmins(),
        told.last_group(),
        told.other_tenants(),
    ]
    .into_iter()
    .flatten()
    .collect();
    sorting::by_key(&mut warnings, |warning| std::cmp::Reverse(warning.severity));
    Loss { warnings, people }
}

#[cfg(test)]
mod tests;
