//! Effective access by data: what each rule gives and does not give.

use proptest::prelude::*;

use super::super::binding::Binding;
use super::super::role::Role;
use super::super::user::{Group, GroupMember, Membership, UserKind};
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
