//! Who may do what in a tenant, in which namespace, and through which binding or group.
//!
//! A binding without a namespace covers the tenant. One with a namespace covers it and its children (`prod` covers
//! `prod.web`, not `production`), and gives only what takes effect in namespaces: Kestra documents the other permissions as
//! of the whole tenant, so that a narrowed binding does not give them. A superadmin needs no role to administer the
//! instance, and has no other access without one. Whoever has no access to the tenant may do nothing in it, whatever
//! bindings name them. Source: Kestra's documentation of access control and permissions.
//!
//! [`Evaluator`] judges, and is the only one that does; the functions here ask it. [`Why`] puts an answer into words.

mod cells;
mod evaluator;
mod relations;
mod why;

use std::collections::BTreeMap;

pub use evaluator::{Evaluator, Extent, Holding, Reach};
pub use why::{Obstacle, Why, path_in_words};

use relations::Relations;

use super::access::TenantAccess;
use super::binding::{Binding, SubjectKind};
use super::permission::{Action, Resource};
use super::release::Release;
use super::user::{Group, User};
use crate::domain::sorting;

/// A group by which somebody holds a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViaGroup {
    /// Id of the group.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A role somebody holds, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRole {
    /// Id of the role.
    pub role_id: String,
    /// Its name.
    pub role_name: String,
    /// The namespace it is narrowed to.
    pub namespace: Option<String>,
    /// The binding that gives it.
    pub binding_id: String,
    /// The group by which it is held; `None` if directly.
    pub via_group: Option<ViaGroup>,
}

impl HeldRole {
    /// What a list of them is ordered by: those held directly first, then by role and place.
    pub fn order(&self) -> (Option<&str>, &str, Option<&str>) {
        let group = self.via_group.as_ref().map(|group| group.name.as_str());
        (group, &self.role_name, self.namespace.as_deref())
    }
}

/// One pair of resource and action somebody may use, and how it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The resource.
    pub resource: Resource,
    /// The action.
    pub action: Action,
    /// The role that gives it, with its binding and namespace.
    pub held: HeldRole,
}

/// One way in which a role is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// The binding.
    pub binding_id: String,
    /// The group, unless it is held directly.
    pub group: Option<ViaGroup>,
    /// The namespace it is narrowed to.
    pub namespace: Option<String>,
}

/// A user who holds a role, in all the ways in which they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user.
    pub user: User,
    /// How; never empty.
    pub how: Vec<Via>,
}

fn via(group: &Group) -> ViaGroup {
    ViaGroup {
        id: group.id.clone(),
        name: group.name.clone(),
    }
}

fn held(binding: &Binding, group: Option<&Group>) -> HeldRole {
    HeldRole {
        role_id: binding.role_id.clone(),
        role_name: binding.role_name.clone(),
        namespace: binding.namespace.clone(),
        binding_id: binding.id.clone(),
        via_group: group.map(via),
    }
}

/// The roles that bindings give a user, direct ones first, whether or not they have access to the tenant.
pub fn roles_of(access: &TenantAccess, user_id: &str) -> Vec<HeldRole> {
    roles(&Relations::new(access), user_id)
}

/// The same for each of some users, in their order; for lists, which show many users at once.
pub fn roles_of_each<'a>(access: &'a TenantAccess, users: impl IntoIterator<Item = &'a User>) -> Vec<Vec<HeldRole>> {
    let relations = Relations::new(access);
    users.into_iter().map(|user| roles(&relations, &user.id)).collect()
}

fn roles(relations: &Relations<'_>, user_id: &str) -> Vec<HeldRole> {
    let reaching = relations.reaching(user_id).into_iter();
    reaching.map(|(binding, group)| held(binding, group)).collect()
}

/// Everything a user may do in the tenant, once for each way in which they may. Copies all of it; to look at many users,
/// or only at parts, ask an [`Evaluator`].
pub fn grants_of(access: &TenantAccess, user_id: &str, release: Release) -> Vec<Grant> {
    let evaluator = Evaluator::new(access, release);
    let reach = evaluator.reach(user_id);
    let pairs = reach.pairs().into_iter();
    pairs
        .flat_map(|(resource, action)| grants(&reach, resource, action, None))
        .collect()
}

/// The grants that let a user do one thing.
fn grants(reach: &Reach<'_, '_>, resource: &Resource, action: &Action, namespace: Option<&str>) -> Vec<Grant> {
    let paths = reach.paths(resource, action, namespace);
    let grant = |path: &Holding<'_>| Grant {
        resource: resource.clone(),
        action: action.clone(),
        held: path.held(),
    };
    paths.map(grant).collect()
}

/// Whether a binding narrowed to `bound` reaches `namespace`.
pub fn covers(bound: &str, namespace: &str) -> bool {
    namespace
        .strip_prefix(bound)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The grants that let a user do something: in a namespace, or anywhere in the tenant if none is named. None means no.
pub fn can(
    access: &TenantAccess,
    user_id: &str,
    resource: &Resource,
    action: &Action,
    namespace: Option<&str>,
    release: Release,
) -> Vec<Grant> {
    let evaluator = Evaluator::new(access, release);
    grants(&evaluator.reach(user_id), resource, action, namespace)
}

/// The users who may do something, with the grants that let them, by username. Superadmins are not among them unless a
/// role lets them, too.
pub fn who_can(
    access: &TenantAccess,
    resource: &Resource,
    action: &Action,
    namespace: Option<&str>,
    release: Release,
) -> Vec<(User, Vec<Grant>)> {
    let evaluator = Evaluator::new(access, release);
    let mut found: Vec<(User, Vec<Grant>)> = evaluator
        .everybody()
        .filter_map(|reach| Some((reach.user?.clone(), grants(&reach, resource, action, namespace))))
        .filter(|(_, grants)| !grants.is_empty())
        .collect();
    sorting::by(&mut found, |(a, _), (b, _)| a.username.cmp(&b.username));
    found
}

/// The users who hold a role, each once, by username. A group without members holds nothing.
///
/// Somebody a binding names who has no access to the tenant is not among them, as their binding gives them nothing.
pub fn holders(access: &TenantAccess, role_id: &str) -> Vec<Holder> {
    let relations = Relations::new(access);
    let mut found: BTreeMap<(&str, &str), Holder> = BTreeMap::new();
    let mut add = |user_id: &str, binding: &Binding, group: Option<&Group>| {
        let Some(user) = relations.users.get(user_id) else {
            return;
        };
        let holder = found
            .entry((user.username.as_str(), user.id.as_str()))
            .or_insert_with(|| Holder {
                user: (*user).clone(),
                how: Vec::new(),
            });
        holder.how.push(Via {
            binding_id: binding.id.clone(),
            group: group.map(via),
            namespace: binding.namespace.clone(),
        });
    };
    for binding in access.bindings.iter().filter(|binding| binding.role_id == role_id) {
        match binding.subject_kind {
            SubjectKind::User => add(&binding.subject_id, binding, None),
            SubjectKind::Group => {
                if let Some(group) = relations.groups.get(binding.subject_id.as_str()) {
                    for member in &group.members {
                        add(&member.user_id, binding, Some(group));
                    }
                }
            }
        }
    }
    found.into_values().collect()
}

/// The groups a role is bound to that have no members, each once, by name: the role is given there, and nobody holds it.
pub fn empty_groups(access: &TenantAccess, role_id: &str) -> Vec<ViaGroup> {
    let relations = Relations::new(access);
    let mut found: BTreeMap<(&str, &str), ViaGroup> = BTreeMap::new();
    let of_role = access.bindings.iter().filter(|binding| binding.role_id == role_id);
    for binding in of_role.filter(|binding| binding.subject_kind == SubjectKind::Group) {
        if let Some(group) = relations.groups.get(binding.subject_id.as_str())
            && group.members.is_empty()
        {
            found.insert((&group.name, &group.id), via(group));
        }
    }
    found.into_values().collect()
}

/// Whoever holds the Admin role in the whole tenant, directly or through a group, each once, by username.
pub fn admin_users(access: &TenantAccess) -> Vec<User> {
    let admin_roles = access.roles.iter().filter(|role| role.is_admin());
    let mut found: BTreeMap<(String, String), User> = BTreeMap::new();
    for holder in admin_roles.flat_map(|role| holders(access, &role.id)) {
        if holder.how.iter().any(|via| via.namespace.is_none()) {
            found.insert((holder.user.username.clone(), holder.user.id.clone()), holder.user);
        }
    }
    found.into_values().collect()
}

/// How many users hold the Admin role in the whole tenant, directly or through a group.
pub fn admins(access: &TenantAccess) -> usize {
    admin_users(access).len()
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
pub(super) mod oracle;
#[cfg(test)]
mod tests;
