//! Effective access once more, slow and obviously correct, for tests to compare with; and random tenants to compare on.
//!
//! Written from the rules in words, with nested loops over all there is. It must share nothing with the evaluator: neither
//! the catalogue of permissions nor a helper. The rules, from Kestra's documentation of access control:
//!
//! 1. Who has no access to the tenant may do nothing in it.
//! 2. A role is held by a binding that names the user, or a group that the user is in, as member or as owner.
//! 3. A binding to a role that is gone gives nothing.
//! 4. A binding without a namespace gives all of its role in the whole tenant.
//! 5. One with a namespace gives it there and in its children, and only what takes effect in namespaces.
//! 6. What is of the instance no role gives. Being a superadmin is no role.
//! 7. 2.0 reads `READ` as `VIEW`.

use proptest::prelude::*;

use super::super::access::TenantAccess;
use super::super::binding::{Binding, SubjectKind};
use super::super::permission::{Action, Permissions, Resource};
use super::super::release::Release;
use super::super::role::Role;
use super::super::user::{Group, GroupMember, Membership, User, UserKind};

/// Where something takes effect in a release.
#[derive(Clone, Copy, PartialEq)]
enum Effect {
    Namespaces,
    Tenant,
    Nothing,
}

/// An effect, up to the release before this one.
type Span = ((u16, u16), Effect);

/// What tenants of the test are made of: the resource and its effect, release by release.
#[rustfmt::skip] // a table reads as rows
const RESOURCES: [(&str, &[Span]); 11] = [
    ("FLOW", &[((9, 0), Effect::Namespaces)]),
    ("SECRET", &[((9, 0), Effect::Namespaces)]),
    ("CREDENTIAL", &[((1, 3), Effect::Tenant), ((9, 0), Effect::Namespaces)]),
    ("TEST", &[((0, 23), Effect::Tenant), ((2, 0), Effect::Namespaces), ((9, 0), Effect::Tenant)]),
    ("TRIGGER", &[((2, 0), Effect::Tenant), ((9, 0), Effect::Namespaces)]),
    ("DASHBOARD", &[((9, 0), Effect::Tenant)]),
    ("ROLE", &[((9, 0), Effect::Tenant)]),
    ("TENANT", &[((0, 20), Effect::Tenant), ((9, 0), Effect::Nothing)]),
    ("TENANT_ACCESS", &[((2, 0), Effect::Tenant), ((9, 0), Effect::Nothing)]),
    ("KILL_SWITCH", &[((2, 0), Effect::Tenant), ((9, 0), Effect::Nothing)]),
    ("OF_A_NEWER_SERVER", &[((9, 0), Effect::Tenant)]),
];
const ACTIONS: [&str; 6] = ["READ", "VIEW", "LIST", "CREATE", "UPDATE", "OF_A_NEWER_SERVER"];
pub(in crate::domain) const NAMESPACES: [&str; 7] =
    ["prod", "prod.web", "prod.web.eu", "prod.we", "production", "dev", "p"];
const USERS: usize = 5;
const GROUPS: usize = 3;
const ROLES: usize = 4;

fn effect(resource: &str, release: Release) -> Effect {
    for (name, spans) in RESOURCES {
        if name == resource {
            for ((major, minor), effect) in spans {
                if release < Release::new(*major, *minor) {
                    return *effect;
                }
            }
        }
    }
    panic!("{resource} is not in the table of the test");
}

/// Each way in which a user may do something: the binding, and the group it comes by. With a namespace: there. Without
/// one: anywhere.
pub(in crate::domain) fn ways(
    access: &TenantAccess,
    user: &str,
    resource: &str,
    action: &str,
    namespace: Option<&str>,
    release: Release,
) -> Vec<(String, Option<String>)> {
    let mut ways = Vec::new();
    for somebody in &access.users {
        if somebody.id != user {
            continue;
        }
        for binding in &access.bindings {
            if !gives(access, binding, resource, action, release) {
                continue;
            }
            if let Some(bound) = &binding.namespace {
                if effect(resource, release) != Effect::Namespaces {
                    continue;
                }
                if let Some(namespace) = namespace {
                    let is_it = namespace == bound;
                    let is_below = namespace.starts_with(&format!("{bound}."));
                    if !is_it && !is_below {
                        continue;
                    }
                }
            }
            if binding.subject_kind == SubjectKind::User && binding.subject_id == user {
                ways.push((binding.id.clone(), None));
            }
            if binding.subject_kind == SubjectKind::Group {
                for group in &access.groups {
                    for member in &group.members {
                        if group.id == binding.subject_id && member.user_id == user {
                            ways.push((binding.id.clone(), Some(group.id.clone())));
                        }
                    }
                }
            }
        }
    }
    ways
}

/// Whether the role of a binding names something that roles can give.
fn gives(access: &TenantAccess, binding: &Binding, resource: &str, action: &str, release: Release) -> bool {
    if effect(resource, release) == Effect::Nothing {
        return false;
    }
    let is_new = release >= Release::new(2, 0);
    for role in &access.roles {
        for (its_resource, its_actions) in role.permissions.iter() {
            for its_action in its_actions {
                let same = its_action.as_str() == action
                    || (is_new && its_action.as_str() == "READ" && action == "VIEW")
                    || (is_new && its_action.as_str() == "VIEW" && action == "READ");
                if role.id == binding.role_id && its_resource.as_str() == resource && same {
                    return true;
                }
            }
        }
    }
    false
}

/// Whether a user may do something in the whole tenant: a binding without a namespace lets them.
pub(in crate::domain) fn everywhere(
    access: &TenantAccess,
    user: &str,
    resource: &str,
    action: &str,
    release: Release,
) -> bool {
    let mut whole = access.clone();
    whole.bindings.retain(|binding| binding.namespace.is_none());
    !ways(&whole, user, resource, action, None, release).is_empty()
}

/// The name of any user of a random tenant, also of one who has no access to it.
pub(in crate::domain) fn any_user() -> impl Strategy<Value = String> {
    (0..USERS).prop_map(|index| format!("u{index}"))
}

/// A resource and an action that roles of random tenants may name.
pub(in crate::domain) fn any_pair() -> impl Strategy<Value = (&'static str, &'static str)> {
    (0..RESOURCES.len(), prop::sample::select(&ACTIONS[..])).prop_map(|(at, action)| (RESOURCES[at].0, action))
}

/// Every pair that roles of a tenant name, and what they are read as.
pub(in crate::domain) fn named_pairs(access: &TenantAccess) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for role in &access.roles {
        for (resource, actions) in role.permissions.iter() {
            for action in actions {
                pairs.push((resource.to_string(), action.to_string()));
                if action.as_str() == "READ" {
                    pairs.push((resource.to_string(), "VIEW".to_owned()));
                }
            }
        }
    }
    pairs.sort();
    pairs.dedup();
    pairs
}

/// Any release.
pub(in crate::domain) fn any_release() -> impl Strategy<Value = Release> {
    prop::sample::select(&Release::KNOWN[..])
}

/// Any small tenant: users without access, superadmins, owners, members who are nobody, bindings that hang in the air.
pub(in crate::domain) fn any_access() -> impl Strategy<Value = TenantAccess> {
    let users = prop::collection::vec((prop::bool::weighted(0.8), prop::bool::weighted(0.2)), USERS);
    let members = prop::collection::vec((0..USERS, 0..GROUPS, any::<bool>()), 0..7);
    let roles = prop::collection::vec(prop::collection::vec(any_pair(), 0..5), ROLES - 1);
    let namespace = prop::option::of(prop::sample::select(&NAMESPACES[..]));
    let bindings = prop::collection::vec((any::<bool>(), 0..USERS, 0..ROLES, namespace), 0..9);
    (users, members, roles, bindings).prop_map(|(users, members, roles, bindings)| TenantAccess {
        users: users
            .into_iter()
            .enumerate()
            .filter(|(_, (has_access, _))| *has_access)
            .map(|(index, (_, superadmin))| user(index, superadmin))
            .collect(),
        groups: (0..GROUPS - 1).map(|index| group(index, &members)).collect(),
        roles: roles
            .into_iter()
            .enumerate()
            .map(|(index, pairs)| role(index, &pairs))
            .collect(),
        bindings: bindings
            .into_iter()
            .enumerate()
            .map(|(index, (by_group, subject, role, namespace))| Binding {
                id: format!("b{index}"),
                subject_kind: if by_group {
                    SubjectKind::Group
                } else {
                    SubjectKind::User
                },
                subject_id: if by_group {
                    format!("g{}", subject % GROUPS)
                } else {
                    format!("u{subject}")
                },
                subject_name: String::new(),
                role_id: format!("r{role}"),
                role_name: format!("r{role}"),
                namespace: namespace.map(str::to_owned),
            })
            .collect(),
    })
}

fn user(index: usize, superadmin: bool) -> User {
    User {
        id: format!("u{index}"),
        username: format!("u{index}@example.com"),
        display_name: None,
        kind: if index == 0 {
            UserKind::ServiceAccount
        } else {
            UserKind::Standard
        },
        superadmin,
    }
}

fn group(index: usize, members: &[(usize, usize, bool)]) -> Group {
    let mut inside: Vec<GroupMember> = Vec::new();
    for (user, group, is_owner) in members {
        if *group == index && !inside.iter().any(|member| member.user_id == format!("u{user}")) {
            inside.push(GroupMember {
                user_id: format!("u{user}"),
                username: format!("u{user}@example.com"),
                membership: if *is_owner {
                    Membership::Owner
                } else {
                    Membership::Member
                },
            });
        }
    }
    Group {
        id: format!("g{index}"),
        name: format!("group {index}"),
        description: None,
        members: inside,
    }
}

/// The first role is Admin by name, and the second the default, whatever they allow.
fn role(index: usize, pairs: &[(&str, &str)]) -> Role {
    let mut permissions = Permissions::default();
    for (resource, action) in pairs {
        permissions.allow(Resource::from(*resource), Action::from(*action));
    }
    Role {
        id: format!("r{index}"),
        name: if index == 0 {
            "Admin".to_owned()
        } else {
            format!("role {index}")
        },
        description: None,
        permissions,
        is_default: index == 1,
        is_managed: index == 0,
    }
}
