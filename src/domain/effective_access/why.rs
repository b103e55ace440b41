//! Why somebody may do something, or why not, in words.

use super::super::binding::{Binding, SubjectKind};
use super::super::catalogue::{self, Level};
use super::super::count::listed;
use super::super::permission::{Action, Resource};
use super::super::release::Release;
use super::super::role::Role;
use super::super::user::{Group, User};
use super::evaluator::{Evaluator, Holding};

/// The answer to "may they do this here, and why".
#[derive(Clone, Debug)]
pub struct Why<'a> {
    /// The user, if they have access to the tenant or are known otherwise ([`Evaluator::with_users`]).
    pub user: Option<&'a User>,
    /// The resource asked about.
    pub resource: Resource,
    /// The action asked about.
    pub action: Action,
    /// The namespace asked about; `None` is "anywhere in the tenant".
    pub namespace: Option<String>,
    /// Each way in which a role lets them; empty if none does.
    pub paths: Vec<Holding<'a>>,
    /// They may as a superadmin, without a role.
    pub by_superadmin: bool,
    /// If they may not: what stands in the way, the closest first. Empty if they may.
    pub obstacles: Vec<Obstacle<'a>>,
    release: Release,
}

/// What keeps somebody from doing something.
#[derive(Clone, Debug)]
pub enum Obstacle<'a> {
    /// They have no access to the tenant; what bindings name them gives nothing.
    NoAccess,
    /// They hold a role that gives it, narrowed to a namespace that does not cover the one asked about.
    OtherNamespace(Holding<'a>),
    /// They hold a role that would give it, but narrowed to a namespace, and it is of the whole tenant.
    OfTheTenant(Holding<'a>),
    /// Groups hold a role that gives it here, and they are in none of them.
    NotInGroup {
        /// The groups, in the order of the tenant's bindings.
        groups: Vec<&'a Group>,
        /// The role.
        role: &'a Role,
    },
    /// There are other roles that give it, which neither they nor a group hold here.
    NotBound(Vec<&'a Role>),
    /// A binding names them or their group, and its role is gone.
    RoleGone(&'a Binding),
    /// No role of the tenant gives it.
    NoRole,
    /// No role can give it: it belongs to superadmins.
    OfTheInstance,
    /// The release has no such resource.
    NoSuchResource,
    /// The resource has no such action in the release.
    NoSuchAction,
}

impl Why<'_> {
    /// The answer in one sentence.
    pub fn summary(&self) -> String {
        let who = self.name().unwrap_or_else(|| "This user".to_owned());
        let verb = if self.is_allowed() { "may" } else { "may not" };
        let place = match &self.namespace {
            Some(namespace) => format!("in `{namespace}`"),
            None if self.is_allowed() => "in this tenant".to_owned(),
            None => "anywhere in this tenant".to_owned(),
        };
        format!("{who} {verb} {} {} {place}.", self.action, self.resource)
    }

    /// Who it is about, as in a sentence.
    fn name(&self) -> Option<String> {
        self.user.map(|user| format!("`{}`", user.username))
    }

    /// Each path, or each obstacle, in a sentence.
    pub fn reasons(&self) -> Vec<String> {
        let superadmin = self
            .by_superadmin
            .then(|| format!("They are {}, who needs no role for this.", self.release.a_superadmin()));
        let paths = self.paths.iter().map(path_in_words);
        let obstacles = self.obstacles.iter().map(|obstacle| self.obstacle_in_words(obstacle));
        superadmin.into_iter().chain(paths).chain(obstacles).collect()
    }

    fn obstacle_in_words(&self, obstacle: &Obstacle<'_>) -> String {
        let (resource, action, release) = (&self.resource, &self.action, self.release);
        match obstacle {
            Obstacle::NoAccess => {
                "They have no access to this tenant, and without it no role gives anything.".to_owned()
            }
            Obstacle::OtherNamespace(holding) => {
                let held = held_in_words(holding);
                let bound = holding.binding.namespace.as_deref().unwrap_or_default();
                let namespace = self.namespace.as_deref().unwrap_or_default();
                format!("{held} gives it, but only in `{bound}` and below, which `{namespace}` is not.")
            }
            Obstacle::OfTheTenant(holding) => {
                let held = held_in_words(holding);
                let bound = holding.binding.namespace.as_deref().unwrap_or_default();
                format!(
                    "{held} names it, but is narrowed to `{bound}`, and {resource} is of the whole tenant: only a binding \
                     without a namespace gives it."
                )
            }
            Obstacle::NotInGroup { groups, role } => {
                let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
                let who = self.name().unwrap_or_else(|| "this user".to_owned());
                let (word, not_in) = match names.len() {
                    1 => ("group", "not in it"),
                    _ => ("groups", "in none of them"),
                };
                format!(
                    "Role `{}` gives it to {word} {}, and {who} is {not_in}.",
                    role.name,
                    listed(&names)
                )
            }
            Obstacle::NotBound(roles) => {
                let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
                let who = self.name().unwrap_or_else(|| "this user".to_owned());
                let (word, holds) = match names.len() {
                    1 => ("Role", "does not hold it"),
                    _ => ("Roles", "holds none of them"),
                };
                format!("{word} {} would allow it, but {who} {holds}.", listed(&names))
            }
            Obstacle::RoleGone(binding) => format!(
                "Binding `{}` names role `{}`, which is gone, and gives nothing.",
                binding.id, binding.role_name
            ),
            Obstacle::NoRole => format!("No role of this tenant allows {action} on {resource}."),
            Obstacle::OfTheInstance => format!(
                "No role gives {resource} in Kestra {release}; it belongs to whoever is {}.",
                release.a_superadmin()
            ),
            Obstacle::NoSuchResource => format!("Kestra {release} has no resource {resource}."),
            Obstacle::NoSuchAction => {
                let known = catalogue::actions_of(release, resource);
                let known: Vec<&str> = known.iter().map(Action::as_str).collect();
                match known.as_slice() {
                    [] => format!(
                        "Kestra {release} has no {action} on {resource}, and nothing else that a role could hold."
                    ),
                    known => format!(
                        "Kestra {release} has no {action} on {resource}; it has {}.",
                        known.join(", ")
                    ),
                }
            }
        }
    }

    /// Whether they may.
    pub fn is_allowed(&self) -> bool {
        self.by_superadmin || !self.paths.is_empty()
    }
}

/// A way in which a role is held, in a sentence: which role, by what, where.
pub fn path_in_words(holding: &Holding<'_>) -> String {
    let place = match holding.binding.namespace.as_deref() {
        Some(namespace) => format!("in `{namespace}` and below"),
        None => "in the whole tenant".to_owned(),
    };
    format!("{} gives it {place}.", held_in_words(holding))
}

fn held_in_words(holding: &Holding<'_>) -> String {
    let how = match holding.group {
        Some(group) => format!("held through group `{}`", group.name),
        None => "held directly".to_owned(),
    };
    let (role, binding) = (&holding.role.name, &holding.binding.id);
    format!("Role `{role}`, {how} (binding `{binding}`),")
}

impl<'a> Evaluator<'a> {
    /// Whether a user, by id, may do something: in a namespace, or anywhere if none is named; and why, or why not.
    pub fn why(&self, user_id: &str, resource: &Resource, action: &Action, namespace: Option<&str>) -> Why<'a> {
        let reach = self.reach(user_id);
        let mut why = Why {
            user: reach.account,
            resource: resource.clone(),
            action: action.clone(),
            namespace: namespace.map(str::to_owned),
            paths: reach.paths(resource, action, namespace).copied().collect(),
            by_superadmin: reach.needs_no_role(resource),
            obstacles: Vec::new(),
            release: self.release,
        };
        if !why.is_allowed() {
            why.obstacles = self.obstacles(user_id, resource, action, namespace);
        }
        why
    }

    fn obstacles(
        &self,
        user_id: &str,
        resource: &Resource,
        action: &Action,
        namespace: Option<&str>,
    ) -> Vec<Obstacle<'a>> {
        let reach = self.reach(user_id);
        let mut found = Vec::new();
        if reach.user.is_none() {
            found.push(Obstacle::NoAccess);
        }
        let gives = |role: &Role| self.gives(&role.id, resource, action);
        let access = self.relations.access;
        let giving: Vec<&'a Role> = access.roles.iter().filter(|role| gives(role).0).collect();
        if giving.is_empty() {
            found.push(match catalogue::resource(self.release, resource) {
                _ if catalogue::level(self.release, resource) == Level::Instance => Obstacle::OfTheInstance,
                None => Obstacle::NoSuchResource,
                Some(_)
                    if !catalogue::has_action(self.release, resource, catalogue::meant_by(self.release, action)) =>
                {
                    Obstacle::NoSuchAction
                }
                Some(_) => Obstacle::NoRole,
            });
        }
        for holding in reach.holdings().filter(|holding| gives(holding.role).0) {
            found.push(if gives(holding.role).1 {
                Obstacle::OtherNamespace(*holding)
            } else {
                Obstacle::OfTheTenant(*holding)
            });
        }
        let held = |role: &Role| reach.holdings().any(|holding| holding.role.id == role.id);
        let mut not_bound = Vec::new();
        for role in giving.into_iter().filter(|role| !held(role)) {
            let would = |binding: &&Binding| match (binding.namespace.as_deref(), namespace) {
                (None, _) => true,
                (Some(_), None) => gives(role).1,
                (Some(bound), Some(namespace)) => super::covers(bound, namespace) && gives(role).1,
            };
            let of_role = access.bindings.iter().filter(|binding| binding.role_id == role.id);
            let of_groups = of_role.filter(|binding| binding.subject_kind == SubjectKind::Group);
            let mut groups: Vec<&'a Group> = of_groups
                .filter(would)
                .filter_map(|binding| self.relations.groups.get(binding.subject_id.as_str()).copied())
                .collect();
            groups.dedup_by_key(|group| group.id.as_str());
            if groups.is_empty() {
                not_bound.push(role);
            } else {
                found.push(Obstacle::NotInGroup { groups, role });
            }
        }
        if !not_bound.is_empty() {
            found.push(Obstacle::NotBound(not_bound));
        }
        let gone = self.relations.reaching(user_id).into_iter().map(|(binding, _)| binding);
        let gone = gone.filter(|binding| !access.roles.iter().any(|role| role.id == binding.role_id));
        found.extend(gone.map(Obstacle::RoleGone));
        found
    }
}
