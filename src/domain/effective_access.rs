//! Who may do what in a tenant, in which namespace, and through which binding or group.
//!
//! A binding without a namespace covers the tenant. One with a namespace covers it and its children (`prod` covers
//! `prod.web`, not `production`), and gives only what takes effect in namespaces: Kestra documents the other permissions as
//! of the whole tenant, so that a narrowed binding does not give them. A superadmin needs no role to administer the
//! instance, and has no other access without one. Source: Kestra's documentation of access control and permissions.

use std::collections::{BTreeMap, HashMap};

use super::access::TenantAccess;
use super::binding::{Binding, SubjectKind};
use super::catalogue::{self, Level};
use super::permission::{Action, Resource};
use super::release::Release;
use super::role::Role;
use super::user::{Group, User};

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

/// The relations of a tenant, arranged for looking up.
struct Index<'a> {
    access: &'a TenantAccess,
    roles: HashMap<&'a str, &'a Role>,
    groups: HashMap<&'a str, &'a Group>,
    /// Groups each user is in.
    groups_of: HashMap<&'a str, Vec<&'a Group>>,
    /// Bindings of each user or group.
    bindings_of: HashMap<(SubjectKind, &'a str), Vec<&'a Binding>>,
}

impl<'a> Index<'a> {
    fn new(access: &'a TenantAccess) -> Self {
        let mut groups_of: HashMap<&str, Vec<&Group>> = HashMap::new();
        for group in &access.groups {
            for member in &group.members {
                groups_of.entry(member.user_id.as_str()).or_default().push(group);
            }
        }
        let mut bindings_of: HashMap<(SubjectKind, &str), Vec<&Binding>> = HashMap::new();
        for binding in &access.bindings {
            bindings_of
                .entry((binding.subject_kind, binding.subject_id.as_str()))
                .or_default()
                .push(binding);
        }
        Self {
            access,
            roles: access.roles.iter().map(|role| (role.id.as_str(), role)).collect(),
            groups: access.groups.iter().map(|group| (group.id.as_str(), group)).collect(),
            groups_of,
            bindings_of,
        }
    }

    fn bindings(&self, kind: SubjectKind, id: &'a str) -> impl Iterator<Item = &'a Binding> {
        self.bindings_of.get(&(kind, id)).into_iter().flatten().copied()
    }

    /// Each binding that reaches a user, with the group it comes by.
    fn reaching(&self, user: &'a str) -> Vec<(&'a Binding, Option<&'a Group>)> {
        let direct = self.bindings(SubjectKind::User, user).map(|binding| (binding, None));
        let groups = self.groups_of.get(user).into_iter().flatten().copied();
        let by_group = groups.flat_map(|group| {
            self.bindings(SubjectKind::Group, &group.id)
                .map(move |binding| (binding, Some(group)))
        });
        direct.chain(by_group).collect()
    }
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

/// The roles a user holds, directly ones first.
pub fn roles_of(access: &TenantAccess, user_id: &str) -> Vec<HeldRole> {
    Index::new(access)
        .reaching(user_id)
        .into_iter()
        .map(|(binding, group)| held(binding, group))
        .collect()
}

/// The roles each of some users holds, in their order; for lists, which show many users at once.
pub fn roles_of_each<'a>(access: &'a TenantAccess, users: impl IntoIterator<Item = &'a User>) -> Vec<Vec<HeldRole>> {
    let index = Index::new(access);
    let roles = |user: &'a User| {
        index
            .reaching(&user.id)
            .into_iter()
            .map(|(binding, group)| held(binding, group))
            .collect()
    };
    users.into_iter().map(roles).collect()
}

/// Everything a user may do in the tenant.
pub fn grants_of(access: &TenantAccess, user_id: &str, release: Release) -> Vec<Grant> {
    grants(&Index::new(access), user_id, release, &|_, _, _| true)
}

/// What is asked of a grant: resource, action, and the namespace of its binding.
type Asked<'q> = &'q dyn Fn(&Resource, &Action, Option<&str>) -> bool;

/// The grants of a user that are asked for. They are chosen before they are copied: a large tenant has hundreds of thousands.
fn grants<'a>(index: &Index<'a>, user_id: &'a str, release: Release, asked: Asked<'_>) -> Vec<Grant> {
    let mut grants = Vec::new();
    for (binding, group) in index.reaching(user_id) {
        let Some(role) = index.roles.get(binding.role_id.as_str()) else {
            continue;
        };
        for (resource, actions) in role.permissions.iter() {
            if binding.namespace.is_some() && level(release, resource) != Level::Namespace {
                continue;
            }
            let wanted = actions
                .iter()
                .filter(|action| asked(resource, action, binding.namespace.as_deref()));
            grants.extend(wanted.map(|action| Grant {
                resource: resource.clone(),
                action: action.clone(),
                held: held(binding, group),
            }));
        }
    }
    grants
}

/// Where a permission takes effect. One nobody knows is taken as of the whole tenant, which promises less.
fn level(release: Release, resource: &Resource) -> Level {
    catalogue::resource(release, resource).map_or(Level::Tenant, |info| info.level)
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
    grants(
        &Index::new(access),
        user_id,
        release,
        &matching(resource, action, namespace),
    )
}

/// Whether a grant lets somebody do `action` on `resource` in `namespace`.
fn matching<'q>(
    resource: &'q Resource,
    action: &'q Action,
    namespace: Option<&'q str>,
) -> impl Fn(&Resource, &Action, Option<&str>) -> bool + 'q {
    let reaches = move |bound: Option<&str>| match (bound, namespace) {
        (None, _) | (_, None) => true,
        (Some(bound), Some(namespace)) => covers(bound, namespace),
    };
    move |its_resource, its_action, bound| its_resource == resource && its_action == action && reaches(bound)
}

/// The users who may do something, with the grants that let them, by username.
pub fn who_can(
    access: &TenantAccess,
    resource: &Resource,
    action: &Action,
    namespace: Option<&str>,
    release: Release,
) -> Vec<(User, Vec<Grant>)> {
    let index = Index::new(access);
    let asked = matching(resource, action, namespace);
    let mut found: Vec<(User, Vec<Grant>)> = access
        .users
        .iter()
        .map(|user| (user, grants(&index, &user.id, release, &asked)))
        .filter(|(_, grants)| !grants.is_empty())
        .map(|(user, grants)| (user.clone(), grants))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.username.cmp(&b.username));
    found
}

/// The users who hold a role, each once, by username. A group without members holds nothing.
///
/// Somebody a binding names who has no access to the tenant is not among them, as their binding gives them nothing.
pub fn holders(access: &TenantAccess, role_id: &str) -> Vec<Holder> {
    let index = Index::new(access);
    let users: HashMap<&str, &User> = access.users.iter().map(|user| (user.id.as_str(), user)).collect();
    let mut found: BTreeMap<(&str, &str), Holder> = BTreeMap::new();
    let mut add = |user_id: &str, binding: &Binding, group: Option<&Group>| {
        let Some(user) = users.get(user_id) else { return };
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
    for binding in index
        .access
        .bindings
        .iter()
        .filter(|binding| binding.role_id == role_id)
    {
        match binding.subject_kind {
            SubjectKind::User => add(&binding.subject_id, binding, None),
            SubjectKind::Group => {
                if let Some(group) = index.groups.get(binding.subject_id.as_str()) {
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
    let index = Index::new(access);
    let mut found: BTreeMap<(&str, &str), ViaGroup> = BTreeMap::new();
    let of_role = access.bindings.iter().filter(|binding| binding.role_id == role_id);
    for binding in of_role.filter(|binding| binding.subject_kind == SubjectKind::Group) {
        if let Some(group) = index.groups.get(binding.subject_id.as_str())
            && group.members.is_empty()
        {
            found.insert((&group.name, &group.id), via(group));
        }
    }
    found.into_values().collect()
}

/// How many users hold the Admin role in the whole tenant, directly or through a group.
pub fn admins(access: &TenantAccess) -> usize {
    let mut names: Vec<String> = access
        .roles
        .iter()
        .filter(|role| role.is_admin())
        .flat_map(|role| holders(access, &role.id))
        .filter(|holder| holder.how.iter().any(|via| via.namespace.is_none()))
        .map(|holder| holder.user.id)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::user::{GroupMember, Membership, UserKind};
    use super::*;

    const RELEASE: Release = Release::new(1, 3);

    fn user(id: &str) -> User {
        User {
            id: id.to_owned(),
            username: format!("{id}@example.com"),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
        }
    }

    fn role(id: &str, name: &str, pairs: &[(&str, &str)]) -> Role {
        Role {
            id: id.to_owned(),
            name: name.to_owned(),
            description: None,
            permissions: pairs
                .iter()
                .map(|(resource, actions)| ((*resource).into(), actions.split(' ').map(Action::from).collect()))
                .collect(),
            is_default: false,
            is_managed: name == "Admin",
        }
    }

    fn binding(id: &str, kind: SubjectKind, subject: &str, role: &str, namespace: Option<&str>) -> Binding {
        Binding {
            id: id.to_owned(),
            subject_kind: kind,
            subject_id: subject.to_owned(),
            subject_name: subject.to_owned(),
            role_id: role.to_owned(),
            role_name: role.to_owned(),
            namespace: namespace.map(str::to_owned),
        }
    }

    fn group(id: &str, members: &[&str]) -> Group {
        let member = |id: &&str| GroupMember {
            user_id: (*id).to_owned(),
            username: (*id).to_owned(),
            membership: Membership::Member,
        };
        Group {
            id: id.to_owned(),
            name: format!("group {id}"),
            description: None,
            members: members.iter().map(member).collect(),
        }
    }

    fn sample() -> TenantAccess {
        use SubjectKind::{Group, User};
        TenantAccess {
            roles: vec![
                role("admin", "Admin", &[("FLOW", "CREATE READ"), ("ROLE", "READ")]),
                role("reader", "Reader", &[("FLOW", "READ"), ("DASHBOARD", "READ")]),
            ],
            bindings: vec![
                binding("b1", User, "anna", "admin", None),
                binding("b2", Group, "ops", "admin", None),
                binding("b3", User, "bob", "reader", Some("prod")),
                binding("b4", Group, "empty", "reader", None),
                binding("b5", User, "gone", "reader", None),
            ],
            groups: vec![group("ops", &["carol", "anna"]), group("empty", &[])],
            users: vec![user("carol"), user("anna"), user("bob")],
        }
    }

    #[test]
    fn a_role_is_held_once_by_each_user_in_every_way() {
        let holders = holders(&sample(), "admin");
        let told: Vec<(String, usize)> = holders
            .iter()
            .map(|holder| (holder.user.id.clone(), holder.how.len()))
            .collect();
        assert_eq!(told, [("anna".to_owned(), 2), ("carol".to_owned(), 1)]);
        assert_eq!(
            holders[1].how[0].group.as_ref().map(|group| group.name.as_str()),
            Some("group ops")
        );
        assert_eq!(admins(&sample()), 2);
        assert_eq!(
            super::holders(&sample(), "reader").len(),
            1,
            "empty groups and strangers hold nothing"
        );
    }

    #[test]
    fn groups_without_members_are_told_apart_from_holders() {
        let empty = |role: &str| {
            empty_groups(&sample(), role)
                .into_iter()
                .map(|group| group.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(empty("reader"), ["empty"]);
        assert_eq!(empty("admin"), Vec::<String>::new());
    }

    #[test]
    fn a_namespace_narrows_and_covers_its_children() {
        let ask = |resource: &str, namespace: Option<&str>| {
            !can(&sample(), "bob", &resource.into(), &"READ".into(), namespace, RELEASE).is_empty()
        };
        for (resource, namespace, expected) in [
            ("FLOW", Some("prod"), true),
            ("FLOW", Some("prod.web.eu"), true),
            ("FLOW", Some("production"), false),
            ("FLOW", Some("dev"), false),
            ("FLOW", None, true),
            ("DASHBOARD", Some("prod"), false),
        ] {
            assert_eq!(ask(resource, namespace), expected, "{resource} {namespace:?}");
        }
    }

    #[test]
    fn the_way_a_role_is_held_is_told() {
        let held = roles_of(&sample(), "anna");
        assert_eq!(held.len(), 2);
        assert_eq!((held[0].binding_id.as_str(), &held[0].via_group), ("b1", &None));
        assert_eq!(held[1].via_group.as_ref().map(|group| group.id.as_str()), Some("ops"));
        assert_eq!(roles_of_each(&sample(), &sample().users)[1], held);
    }

    proptest! {
        #[test]
        fn who_can_and_can_agree(
            members in prop::collection::vec((0usize..4, 0usize..3), 0..8),
            bound in prop::collection::vec((any::<bool>(), 0usize..4, 0usize..2, prop::option::of(0usize..3)), 0..10),
            asked in prop::option::of(0usize..3),
        ) {
            let namespaces = ["a", "a.b", "ab"];
            let name = |index: usize| format!("x{index}");
            let groups: Vec<Group> = (0..3)
                .map(|index| {
                    let inside: Vec<String> = members.iter().filter(|(_, group)| *group == index).map(|(user, _)| name(*user)).collect();
                    group(&name(index), &inside.iter().map(String::as_str).collect::<Vec<_>>())
                })
                .collect();
            let bindings = bound.iter().enumerate().map(|(index, (by_group, subject, role, namespace))| {
                let kind = if *by_group { SubjectKind::Group } else { SubjectKind::User };
                binding(&format!("b{index}"), kind, &name(*subject), &name(*role), namespace.map(|at| namespaces[at]))
            }).collect();
            let access = TenantAccess {
                roles: vec![role("x0", "A", &[("FLOW", "READ")]), role("x1", "B", &[("DASHBOARD", "READ"), ("FLOW", "CREATE")])],
                bindings,
                groups,
                users: (0..4).map(|index| user(&name(index))).collect(),
            };
            let namespace = asked.map(|at| namespaces[at]);
            for (resource, action) in [("FLOW", "READ"), ("FLOW", "CREATE"), ("DASHBOARD", "READ")] {
                let (resource, action) = (Resource::from(resource), Action::from(action));
                let who: Vec<String> = who_can(&access, &resource, &action, namespace, RELEASE).into_iter().map(|(user, _)| user.id).collect();
                for user in &access.users {
                    let grants = can(&access, &user.id, &resource, &action, namespace, RELEASE);
                    prop_assert_eq!(who.contains(&user.id), !grants.is_empty());
                    for grant in grants {
                        let all = grants_of(&access, &user.id, RELEASE);
                        prop_assert!(all.contains(&grant));
                    }
                }
            }
        }
    }
}
