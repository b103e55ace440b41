//! Effective access by data: what each rule gives and does not give.

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

/// May `user` do it, and the reasons.
fn why(access: &TenantAccess, user: &str, asked: (&str, &str, Option<&str>)) -> (bool, String, Vec<String>) {
    let (resource, action, namespace) = asked;
    let evaluator = Evaluator::new(access, RELEASE);
    let why = evaluator.why(user, &resource.into(), &action.into(), namespace);
    (why.is_allowed(), why.summary(), why.reasons())
}

#[test]
fn reasons_are_told_in_words() {
    let mut access = sample();
    for name in ["Auditor", "Keeper"] {
        access.roles.push(role(name, name, &[("ROLE", "READ")]));
    }
    for (user, asked, summary, reasons) in [
        (
            "anna",
            ("FLOW", "CREATE", Some("dev")),
            "`anna@example.com` may CREATE FLOW in `dev`.",
            vec![
                "Role `Admin`, held directly (binding `b1`), gives it in the whole tenant.",
                "Role `Admin`, held through group `group ops` (binding `b2`), gives it in the whole tenant.",
            ],
        ),
        (
            "bob",
            ("FLOW", "READ", Some("prod.web")),
            "`bob@example.com` may READ FLOW in `prod.web`.",
            vec!["Role `Reader`, held directly (binding `b3`), gives it in `prod` and below."],
        ),
        (
            "bob",
            ("FLOW", "READ", Some("production")),
            "`bob@example.com` may not READ FLOW in `production`.",
            vec![
                "Role `Reader`, held directly (binding `b3`), gives it, but only in `prod` and below, which `production` is not.",
                "Role `Admin` gives it to group `group ops`, and `bob@example.com` is not in it.",
            ],
        ),
        (
            "bob",
            ("DASHBOARD", "READ", None),
            "`bob@example.com` may not READ DASHBOARD anywhere in this tenant.",
            vec![
                "Role `Reader`, held directly (binding `b3`), names it, but is narrowed to `prod`, and DASHBOARD is of the \
                 whole tenant: only a binding without a namespace gives it.",
            ],
        ),
        (
            "carol",
            ("DASHBOARD", "READ", None),
            "`carol@example.com` may not READ DASHBOARD anywhere in this tenant.",
            vec!["Role `Reader` gives it to group `group empty`, and `carol@example.com` is not in it."],
        ),
        (
            "bob",
            ("ROLE", "READ", None),
            "`bob@example.com` may not READ ROLE anywhere in this tenant.",
            vec![
                "Role `Admin` gives it to group `group ops`, and `bob@example.com` is not in it.",
                "Roles `Auditor` and `Keeper` would allow it, but `bob@example.com` holds none of them.",
            ],
        ),
        (
            "bob",
            ("SECRET", "READ", None),
            "`bob@example.com` may not READ SECRET anywhere in this tenant.",
            vec!["No role of this tenant allows READ on SECRET."],
        ),
        (
            "bob",
            ("BINDING", "UPDATE", None),
            "`bob@example.com` may not UPDATE BINDING anywhere in this tenant.",
            vec!["Kestra 1.3 has no UPDATE on BINDING; it has CREATE, READ, DELETE."],
        ),
        (
            "bob",
            ("FLWO", "READ", None),
            "`bob@example.com` may not READ FLWO anywhere in this tenant.",
            vec!["Kestra 1.3 has no resource FLWO."],
        ),
        (
            "bob",
            ("TENANT", "CREATE", None),
            "`bob@example.com` may not CREATE TENANT anywhere in this tenant.",
            vec!["No role gives TENANT in Kestra 1.3; it belongs to whoever is a superadmin."],
        ),
    ] {
        let told = why(&access, user, asked);
        assert_eq!(told.1, summary);
        assert_eq!(told.2, reasons, "{summary}");
        assert_eq!(told.0, !summary.contains("may not"));
    }
}

#[test]
fn without_access_to_the_tenant_bindings_give_nothing() {
    let (allowed, summary, reasons) = why(&sample(), "gone", ("FLOW", "READ", None));
    assert!(!allowed);
    assert_eq!(summary, "This user may not READ FLOW anywhere in this tenant.");
    assert_eq!(
        reasons.first().map(String::as_str),
        Some("They have no access to this tenant, and without it no role gives anything.")
    );
    assert!(grants_of(&sample(), "gone", RELEASE).is_empty());
    assert_eq!(
        roles_of(&sample(), "gone").len(),
        1,
        "the binding is there all the same"
    );
}

#[test]
fn a_binding_whose_role_is_gone_is_told() {
    let mut access = sample();
    access.roles.retain(|role| role.id != "reader");
    let (allowed, _, reasons) = why(&access, "bob", ("DASHBOARD", "READ", None));
    assert!(!allowed);
    assert_eq!(
        reasons,
        [
            "No role of this tenant allows READ on DASHBOARD.",
            "Binding `b3` names role `reader`, which is gone, and gives nothing.",
        ]
    );
}

#[test]
fn a_superadmin_administers_without_a_role_and_sees_no_flows() {
    let mut access = sample();
    access.users.push(User {
        superadmin: true,
        ..user("root")
    });
    let (may_bind, _, reasons) = why(&access, "root", ("BINDING", "CREATE", None));
    assert!(may_bind);
    assert_eq!(reasons, ["They are a superadmin, who needs no role for this."]);
    assert!(!why(&access, "root", ("FLOW", "READ", None)).0);
    let evaluator = Evaluator::new(&access, RELEASE);
    assert!(evaluator.reach("root").is_superadmin() && evaluator.reach("root").is_empty());
}

#[test]
fn a_superadmin_without_access_to_the_tenant_administers_it_all_the_same() {
    let access = sample();
    let root = User {
        superadmin: true,
        ..user("root")
    };
    let asked = |evaluator: &Evaluator<'_>, resource: &str| {
        let why = evaluator.why("root", &resource.into(), &"READ".into(), None);
        (why.is_allowed(), why.summary())
    };
    let knowing = Evaluator::new(&access, RELEASE).with_users([&root]);
    assert_eq!(
        asked(&knowing, "ROLE"),
        (true, "`root@example.com` may READ ROLE in this tenant.".to_owned())
    );
    assert_eq!(
        asked(&knowing, "FLOW"),
        (
            false,
            "`root@example.com` may not READ FLOW anywhere in this tenant.".to_owned()
        )
    );
    assert!(!asked(&Evaluator::new(&access, RELEASE), "ROLE").0);
}

#[test]
fn owners_of_groups_are_told_apart() {
    let mut access = sample();
    access.groups[0].members[0].membership = Membership::Owner;
    let evaluator = Evaluator::new(&access, RELEASE);
    let owned = |user: &str| evaluator.reach(user).owned_groups().len();
    assert_eq!((owned("carol"), owned("anna")), (1, 0));
}

#[test]
fn read_in_a_role_of_2_0_is_view_and_nothing_else() {
    let mut access = sample();
    access.roles[1] = role("reader", "Reader", &[("FLOW", "READ")]);
    let release = Release::new(2, 0);
    let evaluator = Evaluator::new(&access, release);
    let extent = |action: &str| evaluator.reach("bob").extent(&"FLOW".into(), &action.into());
    assert_eq!(extent("VIEW"), Extent::Namespaces);
    assert_eq!(extent("READ"), Extent::Namespaces);
    assert_eq!(extent("LIST"), Extent::Nowhere);
    assert_eq!(extent("IMPERSONATE"), Extent::Absent);
    assert_eq!(
        evaluator.reach("bob").namespaces(&"FLOW".into(), &"VIEW".into()),
        ["prod"]
    );
}

#[test]
fn namespaces_that_another_covers_are_left_out() {
    let mut access = sample();
    for (id, namespace) in [("b6", "prod.web"), ("b7", "dev"), ("b8", "production")] {
        access
            .bindings
            .push(binding(id, SubjectKind::User, "bob", "reader", Some(namespace)));
    }
    let evaluator = Evaluator::new(&access, RELEASE);
    let reach = evaluator.reach("bob");
    assert_eq!(
        reach.namespaces(&"FLOW".into(), &"READ".into()),
        ["dev", "prod", "production"]
    );
    assert_eq!(reach.paths(&"FLOW".into(), &"READ".into(), Some("prod.web")).count(), 2);
}
