//! The rules of effective access, applied: what each role gives, and what somebody may do by all they hold.
//!
//! This is the one place that judges rights. It is built once for a tenant and asked about any number of users; answers
//! borrow from the tenant, so that evaluating everybody copies nothing.

use std::collections::HashMap;

use super::super::access::TenantAccess;
use super::super::binding::Binding;
use super::super::catalogue::{self, Level};
use super::super::permission::{Action, Resource};
use super::super::release::Release;
use super::super::role::Role;
use super::super::user::{Group, Membership, User};
use super::cells::{Axes, Cells};
use super::relations::Relations;
use super::{HeldRole, covers};

/// What a role gives by a binding.
#[derive(Debug)]
struct Given<'a> {
    role: &'a Role,
    /// Without a namespace.
    whole: Cells,
    /// With one.
    narrowed: Cells,
}

/// Who may do what in one tenant of one release, ready to be asked.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(super) relations: Relations<'a>,
    pub(super) release: Release,
    axes: Axes<'a>,
    /// Cells that exist: in the release, or because a role of the tenant names them.
    existing: Cells,
    roles: HashMap<&'a str, Given<'a>>,
    /// Users of the instance without access to the tenant.
    outside: HashMap<&'a str, &'a User>,
}

/// One way in which somebody holds a role.
#[derive(Clone, Copy, Debug)]
pub struct Holding<'a> {
    /// The binding that gives it, with the namespace it is narrowed to.
    pub binding: &'a Binding,
    /// The role.
    pub role: &'a Role,
    /// The group by which it is held; `None` if directly.
    pub group: Option<&'a Group>,
}

impl Holding<'_> {
    /// The same, for keeping.
    pub fn held(&self) -> HeldRole {
        super::held(self.binding, self.group)
    }
}

/// Where somebody may do one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// The resource has no such action in the release.
    Absent,
    /// Nowhere.
    Nowhere,
    /// In some namespaces and their children; [`Reach::namespaces`] tells which.
    Namespaces,
    /// In the whole tenant.
    Everywhere,
}

impl Extent {
    /// Whether it may be done anywhere.
    pub fn is_allowed(self) -> bool {
        self >= Self::Namespaces
    }
}

/// All that one user may do in the tenant by roles: a grid of resources and actions, and the paths to each cell.
#[derive(Debug)]
pub struct Reach<'e, 'a> {
    pub(super) evaluator: &'e Evaluator<'a>,
    /// The user; `None` if they have no access to the tenant, and so may do nothing.
    pub user: Option<&'a User>,
    /// The same, or what else is known of them.
    pub(super) account: Option<&'a User>,
    holdings: Vec<(Holding<'a>, &'e Given<'a>)>,
    everywhere: Cells,
    /// By namespace, each once.
    narrowed: Vec<(&'a str, Cells)>,
    /// All of these together.
    in_namespaces: Cells,
}

impl<'a> Evaluator<'a> {
    /// Arranges the access of a tenant for questions.
    pub fn new(access: &'a TenantAccess, release: Release) -> Self {
        let axes = Axes::new(&access.roles, release);
        let mut existing = axes.in_release(release);
        for (resource, action) in access.roles.iter().flat_map(|role| role.permissions.pairs()) {
            if let Some(cell) = axes.cell(resource, catalogue::meant_by(release, action)) {
                existing.insert(cell);
            }
        }
        let roles = access
            .roles
            .iter()
            .map(|role| (role.id.as_str(), given(role, &axes, release)))
            .collect();
        Self {
            relations: Relations::new(access),
            release,
            axes,
            existing,
            roles,
            outside: HashMap::new(),
        }
    }

    /// The same, knowing users of the instance who need not have access to the tenant. Without it they do nothing in it by
    /// roles, but a superadmin among them administers it all the same.
    pub fn with_users(mut self, users: impl IntoIterator<Item = &'a User>) -> Self {
        self.outside
            .extend(users.into_iter().map(|user| (user.id.as_str(), user)));
        self
    }

    /// The rows of the grid: resources that a role of the release can hold, then what roles of the tenant name beyond.
    pub fn resources(&self) -> &[&'a Resource] {
        &self.axes.resources
    }

    /// The columns of the grid: actions of the release, then what roles of the tenant name beyond.
    pub fn actions(&self) -> &[&'a Action] {
        &self.axes.actions
    }

    /// What a user may do, by id. Somebody who has no access to the tenant may do nothing.
    pub fn reach(&self, user_id: &str) -> Reach<'_, 'a> {
        let user = self.relations.users.get(user_id).copied();
        let mut reach = Reach {
            evaluator: self,
            user,
            account: user.or_else(|| self.outside.get(user_id).copied()),
            holdings: Vec::new(),
            everywhere: Cells::none(self.axes.len()),
            narrowed: Vec::new(),
            in_namespaces: Cells::none(self.axes.len()),
        };
        if reach.user.is_none() {
            return reach;
        }
        for (binding, group) in self.relations.reaching(user_id) {
            if let Some(given) = self.roles.get(binding.role_id.as_str()) {
                let role = given.role;
                reach.holdings.push((Holding { binding, role, group }, given));
                match binding.namespace.as_deref() {
                    None => reach.everywhere.add(&given.whole),
                    Some(namespace) => {
                        reach.in_namespaces.add(&given.narrowed);
                        match reach.narrowed.iter_mut().find(|(other, _)| *other == namespace) {
                            Some((_, cells)) => cells.add(&given.narrowed),
                            None => reach.narrowed.push((namespace, given.narrowed.clone())),
                        }
                    }
                }
            }
        }
        reach
    }

    /// What everybody with access to the tenant may do, in its order.
    pub fn everybody(&self) -> impl Iterator<Item = Reach<'_, 'a>> {
        self.relations.access.users.iter().map(|user| self.reach(&user.id))
    }

    /// The number of a cell, by whatever name of its action the release takes.
    fn cell(&self, resource: &Resource, action: &Action) -> Option<usize> {
        self.axes.cell(resource, catalogue::meant_by(self.release, action))
    }

    /// Whether a role gives a cell by a binding, and by one that is narrowed to a namespace.
    pub(super) fn gives(&self, role_id: &str, resource: &Resource, action: &Action) -> (bool, bool) {
        match (self.roles.get(role_id), self.cell(resource, action)) {
            (Some(given), Some(cell)) => (given.whole.contains(cell), given.narrowed.contains(cell)),
            _ => (false, false),
        }
    }
}

/// What a role gives. A superadmin's powers and what only audit logs name are in no role, whatever it says.
fn given<'a>(role: &'a Role, axes: &Axes<'a>, release: Release) -> Given<'a> {
    let mut given = Given {
        role,
        whole: Cells::none(axes.len()),
        narrowed: Cells::none(axes.len()),
    };
    for (resource, actions) in role.permissions.iter() {
        let level = catalogue::level(release, resource);
        for action in actions {
            if let Some(cell) = axes.cell(resource, catalogue::meant_by(release, action)) {
                if level != Level::Instance {
                    given.whole.insert(cell);
                }
                if level == Level::Namespace {
                    given.narrowed.insert(cell);
                }
            }
        }
    }
    given
}

impl<'a> Reach<'_, 'a> {
    /// Every way in which the user holds a role, direct ones first. A binding to a role that is gone gives none.
    pub fn holdings(&self) -> impl Iterator<Item = &Holding<'a>> {
        self.holdings.iter().map(|(holding, _)| holding)
    }

    /// Where the user may do something.
    pub fn extent(&self, resource: &Resource, action: &Action) -> Extent {
        self.evaluator
            .cell(resource, action)
            .map_or(Extent::Absent, |cell| self.extent_of(cell))
    }

    /// Each row of the grid with where the user may do each action, in the order of [`Evaluator::actions`].
    pub fn rows(&self) -> impl Iterator<Item = (&'a Resource, impl Iterator<Item = Extent>)> {
        let columns = self.evaluator.axes.actions.len();
        let rows = self.evaluator.axes.resources.iter().enumerate();
        rows.map(move |(row, resource)| {
            let cells = row * columns..(row + 1) * columns;
            (*resource, cells.map(|cell| self.extent_of(cell)))
        })
    }

    fn extent_of(&self, cell: usize) -> Extent {
        if self.everywhere.contains(cell) {
            Extent::Everywhere
        } else if self.in_namespaces.contains(cell) {
            Extent::Namespaces
        } else if self.evaluator.existing.contains(cell) {
            Extent::Nowhere
        } else {
            Extent::Absent
        }
    }

    /// The namespaces in which the user may do something, in order, without those that another one covers. Empty if they
    /// may nowhere, or everywhere.
    pub fn namespaces(&self, resource: &Resource, action: &Action) -> Vec<&'a str> {
        match self.evaluator.cell(resource, action) {
            Some(cell) if !self.everywhere.contains(cell) => self.namespaces_of(cell),
            _ => Vec::new(),
        }
    }

    fn namespaces_of(&self, cell: usize) -> Vec<&'a str> {
        let mut names: Vec<&str> = self
            .narrowed
            .iter()
            .filter(|(_, cells)| cells.contains(cell))
            .map(|(name, _)| *name)
            .collect();
        names.sort_unstable();
        let all = names.clone();
        names.retain(|name| !all.iter().any(|other| other != name && covers(other, name)));
        names
    }

    /// The ways in which the user holds what lets them do something: in a namespace, or anywhere if none is named.
    pub fn paths(
        &self,
        resource: &Resource,
        action: &Action,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = &Holding<'a>> {
        let cell = self.evaluator.cell(resource, action);
        self.holdings.iter().filter_map(move |(holding, given)| {
            let cell = cell?;
            let gives = match (holding.binding.namespace.as_deref(), namespace) {
                (None, _) => given.whole.contains(cell),
                (Some(_), None) => given.narrowed.contains(cell),
                (Some(bound), Some(namespace)) => covers(bound, namespace) && given.narrowed.contains(cell),
            };
            gives.then_some(holding)
        })
    }

    /// Whether the user may do something: in a namespace, or anywhere if none is named.
    pub fn may(&self, resource: &Resource, action: &Action, namespace: Option<&str>) -> bool {
        let Some(cell) = self.evaluator.cell(resource, action) else {
            return false;
        };
        let reaches = |bound: &str| namespace.is_none_or(|namespace| covers(bound, namespace));
        self.everywhere.contains(cell)
            || self
                .narrowed
                .iter()
                .any(|(bound, cells)| cells.contains(cell) && reaches(bound))
    }

    /// Whether no role lets the user do anything.
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_empty() && self.in_namespaces.is_empty()
    }

    /// Everything the user may do somewhere, in the order of the grid.
    pub fn pairs(&self) -> Vec<(&'a Resource, &'a Action)> {
        let mut all = self.everywhere.clone();
        all.add(&self.in_namespaces);
        all.iter().filter_map(|cell| self.evaluator.axes.pair(cell)).collect()
    }

    /// Whether the user is a superadmin, who needs no role for what [`catalogue::is_of_superadmins`] names.
    pub fn is_superadmin(&self) -> bool {
        self.account.is_some_and(|user| user.superadmin)
    }

    /// Whether the user is a superadmin who needs no role for a resource.
    pub fn needs_no_role(&self, resource: &Resource) -> bool {
        self.is_superadmin() && catalogue::is_of_superadmins(self.evaluator.release, resource)
    }

    /// The groups the user owns: they manage the members of these without any permission. Source: Kestra's permissions
    /// reference.
    pub fn owned_groups(&self) -> Vec<&'a Group> {
        let Some(user) = self.user else { return Vec::new() };
        let owns = |group: &&Group| {
            let mut members = group.members.iter();
            members.any(|member| member.user_id == user.id && member.membership == Membership::Owner)
        };
        self.evaluator.relations.access.groups.iter().filter(owns).collect()
    }

    /// What this user may do in more places than another reach over the same resources gives, such as before a change
    /// over after it. In the order of the grid.
    pub fn beyond(&self, other: &Reach<'_, '_>) -> Vec<(&'a Resource, &'a Action)> {
        let mut more = self.pairs();
        more.retain(
            |(resource, action)| match (self.extent(resource, action), other.extent(resource, action)) {
                (_, Extent::Everywhere) => false,
                (Extent::Namespaces, Extent::Namespaces) => {
                    let others = other.namespaces(resource, action);
                    let covered = |name: &str| others.iter().any(|bound| covers(bound, name));
                    !self.namespaces(resource, action).into_iter().all(covered)
                }
                _ => true,
            },
        );
        more
    }
}
