//! What is taken away: by data, and compared with looking at everything before and after.

use proptest::prelude::*;

use super::super::binding::Binding;
use super::super::effective_access::oracle::{
    NAMESPACES, any_access, any_release, any_user, everywhere, named_pairs, ways,
};
use super::super::role::Role;
use super::super::user::{Group, GroupMember, Membership, UserKind};
use super::*;

const RELEASE: Release = Release::new(1, 3);

fn user(id: &str) -> User {
    User {
        id: id.to_owned(),
        username: format!("{id}@x"),
        display_name: None,
        kind: UserKind::Standard,
        superadmin: id == "root",
    }
}

fn role(name: &str, pairs: &[(&str, &str)]) -> Role {
    let actions = |text: &str| text.split(' ').map(Action::from).collect();
    Role {
        id: name.to_lowercase(),
        name: name.to_owned(),
        description: None,
        permissions: pairs
            .iter()
            .map(|(resource, text)| ((*resource).into(), actions(text)))
            .collect(),
        is_default: name == "Reader",
        is_managed: name == "Admin",
    }
}

fn binding(id: &str, subject: (SubjectKind, &str), role: &str, namespace: Option<&str>) -> Binding {
    Binding {
        id: id.to_owned(),
        subject_kind: subject.0,
        subject_id: subject.1.to_owned(),
        subject_name: subject.1.to_owned(),
        role_id: role.to_owned(),
        role_name: role.to_owned(),
        namespace: namespace.map(str::to_owned),
    }
}

/// Anna is Admin, root a superadmin and Admin through nothing; the group `ops` of five reads, and Bob, its owner, also
/// reads by himself in `prod`.
fn sample() -> TenantAccess {
    let member = |id: &&str| GroupMember {
        user_id: (*id).to_owned(),
        username: format!("{id}@x"),
        membership: if *id == "bob" {
            Membership::Owner
        } else {
            Membership::Member
        },
    };
    TenantAccess {
        roles: vec![
            role("Admin", &[("FLOW", "CREATE READ UPDATE DELETE"), ("ROLE", "READ")]),
            role("Reader", &[("FLOW", "READ"), ("EXECUTION", "READ")]),
        ],
        bindings: vec![
            binding("b1", (SubjectKind::User, "anna"), "admin", None),
            binding("b2", (SubjectKind::Group, "ops"), "reader", None),
            binding("b3", (SubjectKind::User, "bob"), "reader", Some("prod")),
        ],
        groups: vec![Group {
            id: "ops".to_owned(),
            name: "Operators".to_owned(),
            description: None,
            members: ["bob", "carl", "dora", "emil", "fran"].iter().map(member).collect(),
        }],
        users: ["anna", "bob", "carl", "dora", "emil", "fran", "root"]
            .map(user)
            .to_vec(),
    }
}

/// The warnings of removals as lines, worst first.
fn told(removals: &[Removal], me: &str) -> Vec<String> {
    let loss = loss(&sample(), removals, Some(me), RELEASE);
    let line = |warning: &Warning| format!("{:?}: {}", warning.severity, warning.sentence);
    loss.warnings.iter().map(line).collect()
}

#[test]
fn each_removal_says_what_it_takes_away() {
    let id = str::to_owned;
    for (removal, me, expected) in [
        (
            Removal::Binding(id("b1")),
            "root",
            vec![
                "Danger: Nobody would be Admin of this tenant any more; now `anna@x` is.",
                "Warning: 1 person would lose all they may do in this tenant: `anna@x`.",
            ],
        ),
        (
            Removal::Binding(id("b1")),
            "anna",
            vec![
                "Danger: Nobody would be Admin of this tenant any more; now `anna@x` is.",
                "Danger: You would not be Admin of this tenant any more.",
                "Danger: No role would let you do anything in this tenant any more.",
                "Warning: 1 person would lose all they may do in this tenant: `anna@x`.",
            ],
        ),
        (
            Removal::Group(id("ops")),
            "anna",
            vec![
                "Warning: 4 people would lose all they may do in this tenant: `carl@x`, `dora@x`, `emil@x` and 1 more.",
                "Warning: `bob@x`, `carl@x`, `dora@x` and 2 more would leave their last group, for which Kestra 1.3 may \
                 take their access to the tenant as well.",
                "Notice: 1 person would lose some of what they may do, 2 rights in all: `bob@x`.",
            ],
        ),
        (
            Removal::Role(id("reader")),
            "anna",
            vec![
                "Warning: 5 people would lose all they may do in this tenant: `bob@x`, `carl@x`, `dora@x` and 2 more.",
                "Warning: New users of this tenant would be given no role; now they are given `Reader`.",
            ],
        ),
        (
            Removal::DefaultRole,
            "anna",
            vec!["Warning: New users of this tenant would be given no role; now they are given `Reader`."],
        ),
        (
            Removal::AnotherDefault("Ops".to_owned()),
            "anna",
            vec!["Notice: New users of this tenant would be given `Ops`, and `Reader` no longer."],
        ),
        (
            Removal::Member {
                group: id("ops"),
                user: id("bob"),
            },
            "anna",
            vec![
                "Warning: `bob@x` would leave their last group, for which Kestra 1.3 may take their access to the tenant \
                 as well.",
                "Notice: 1 person would lose some of what they may do, 2 rights in all: `bob@x`.",
                "Notice: `Operators` would have no owner any more.",
            ],
        ),
        (
            Removal::TenantAccess(id("anna")),
            "anna",
            vec![
                "Danger: Nobody would be Admin of this tenant any more; now `anna@x` is.",
                "Danger: You would not be Admin of this tenant any more.",
                "Danger: You would have no access to this tenant any more.",
                "Warning: 1 person would lose all they may do in this tenant: `anna@x`.",
            ],
        ),
        (
            Removal::User(id("carl")),
            "anna",
            vec!["Warning: `carl@x` would be gone from every other tenant as well."],
        ),
        (
            Removal::Superadmin(id("root")),
            "root",
            vec![
                "Danger: You would be no superadmin any more, and only another superadmin could change that.",
                "Warning: `root@x` would be no superadmin any more, on the whole instance.",
            ],
        ),
        (Removal::Binding(id("gone")), "anna", vec![]),
    ] {
        assert_eq!(told(std::slice::from_ref(&removal), me), expected, "{removal:?}");
    }
}

#[test]
fn several_removals_are_judged_together() {
    let both = [Removal::Binding("b2".to_owned()), Removal::Binding("b3".to_owned())];
    let of = |removals: &[Removal]| loss(&sample(), removals, None, RELEASE);
    assert_eq!(of(&both[..1]).warning(Topic::OnlyAccess).unwrap().names.len(), 4);
    assert_eq!(of(&both[1..]).warnings, [], "the group gives Bob all of it as well");
    let all = of(&both);
    assert_eq!(all.warning(Topic::OnlyAccess).unwrap().names.len(), 5);
    assert_eq!(all.worst(), Some(Severity::Warning));
    assert_eq!(
        all.rights(),
        [
            ("EXECUTION".into(), "READ".into(), 5),
            ("FLOW".into(), "READ".into(), 5)
        ]
    );
}

#[test]
fn what_is_given_at_once_is_not_lost() {
    let before = sample();
    let removals = [Removal::Binding("b2".to_owned())];
    let mut replaced = after(&before, &removals);
    replaced
        .bindings
        .push(binding("b9", (SubjectKind::Group, "ops"), "reader", None));
    assert_eq!(
        loss_between(&before, &replaced, &removals, None, RELEASE),
        Loss::default()
    );
    replaced.bindings.last_mut().unwrap().namespace = Some("prod".to_owned());
    let narrowed = loss_between(&before, &replaced, &removals, None, RELEASE);
    assert_eq!(narrowed.warning(Topic::Rights).unwrap().names.len(), 5);
}

#[test]
fn a_role_that_allows_less_takes_that_away() {
    let edited = Removal::Permissions {
        role: "reader".to_owned(),
        permissions: role("Reader", &[("FLOW", "READ CREATE")]).permissions,
    };
    let loss = loss(&sample(), &[edited], Some("anna"), RELEASE);
    let sentences: Vec<&str> = loss.warnings.iter().map(|warning| warning.sentence.as_str()).collect();
    assert_eq!(
        sentences,
        ["5 people would lose some of what they may do, 1 right in all: `bob@x`, `carl@x`, `dora@x` and 2 more."]
    );
}

#[test]
fn service_accounts_are_counted_apart() {
    let mut access = sample();
    access.users[2].kind = UserKind::ServiceAccount;
    let sentence = |access: &TenantAccess| {
        let loss = loss(access, &[Removal::Group("ops".to_owned())], None, RELEASE);
        loss.warning(Topic::OnlyAccess).unwrap().sentence.clone()
    };
    assert!(sentence(&access).starts_with("3 people and 1 service account would lose all"));
    access.groups[0].members.retain(|member| member.user_id == "carl");
    assert!(sentence(&access).starts_with("1 service account would lose all"));
}

#[test]
fn an_admin_among_others_loses_only_their_own() {
    let mut access = sample();
    access
        .bindings
        .push(binding("b4", (SubjectKind::User, "root"), "admin", None));
    let of = |me: &str, id: &str| loss(&access, &[Removal::Binding(id.to_owned())], Some(me), RELEASE);
    assert_eq!(of("root", "b1").worst(), Some(Severity::Warning));
    assert_eq!(
        of("anna", "b1").warning(Topic::OwnAdmin).unwrap().sentence,
        "You would not be Admin of this tenant any more; `root@x` could give it back."
    );
    let own = of("root", "b4");
    let own = own.warning(Topic::OwnAdmin).unwrap();
    assert_eq!(own.severity, Severity::Warning);
    assert_eq!(
        own.sentence,
        "You would not be Admin of this tenant any more; as a superadmin you can take it back."
    );
}

fn any_removal() -> impl Strategy<Value = Removal> {
    prop_oneof![
        (0..9).prop_map(|at| Removal::Binding(format!("b{at}"))),
        (0..4).prop_map(|at| Removal::Role(format!("r{at}"))),
        ((0..3), any_user()).prop_map(|(at, user)| Removal::Member {
            group: format!("g{at}"),
            user
        }),
        (0..3).prop_map(|at| Removal::Group(format!("g{at}"))),
        any_user().prop_map(Removal::TenantAccess),
        any_user().prop_map(Removal::User),
        any_user().prop_map(Removal::Superadmin),
        Just(Removal::DefaultRole),
        Just(Removal::AnotherDefault("Ops".to_owned())),
    ]
}

/// The users for whom a binding to the managed Admin role of the whole tenant counts, found by looking at everything.
fn admins_by_hand(access: &TenantAccess) -> Vec<String> {
    let mut found = Vec::new();
    for user in &access.users {
        for binding in access.bindings.iter().filter(|binding| binding.namespace.is_none()) {
            let is_admin_role = access
                .roles
                .iter()
                .any(|role| role.id == binding.role_id && role.is_managed && role.name == "Admin");
            let names_user = binding.subject_kind == SubjectKind::User && binding.subject_id == user.id;
            let names_group = binding.subject_kind == SubjectKind::Group
                && access.groups.iter().any(|group| {
                    group.id == binding.subject_id && group.members.iter().any(|member| member.user_id == user.id)
                });
            if is_admin_role && (names_user || names_group) && !found.contains(&user.username) {
                found.push(user.username.clone());
            }
        }
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn losses_are_the_difference_between_before_and_after(
        release in any_release(),
        before in any_access(),
        removals in prop::collection::vec(any_removal(), 1..3),
        me in any_user(),
    ) {
        let after = after(&before, &removals);
        let loss = loss(&before, &removals, Some(&me), release);
        let mut losing_all = Vec::new();
        let mut losing_some = Vec::new();
        for user in &before.users {
            let may = |access: &TenantAccess, pair: &(String, String), namespace| {
                !ways(access, &user.id, &pair.0, &pair.1, namespace, release).is_empty()
            };
            let whole = |access: &TenantAccess, pair: &(String, String)| everywhere(access, &user.id, &pair.0, &pair.1, release);
            let pairs = named_pairs(&before);
            // In 2.0 READ is only another name of VIEW, which is among the pairs.
            let told_by_itself = |pair: &&(String, String)| release < Release::new(2, 0) || pair.1 != "READ";
            let lost: Vec<(String, String)> = pairs.iter().filter(told_by_itself).filter(|pair| {
                (whole(&before, pair) && !whole(&after, pair))
                    || NAMESPACES.iter().any(|namespace| may(&before, pair, Some(*namespace)) && !may(&after, pair, Some(*namespace)))
            }).cloned().collect();
            let keeps = pairs.iter().any(|pair| may(&after, pair, None));
            // That nothing is left to an account that is deleted goes without saying.
            let is_deleted = removals.contains(&Removal::User(user.id.clone()));
            match (lost.is_empty(), keeps) {
                (false, true) => losing_some.push(user.username.clone()),
                (false, false) if !is_deleted => losing_all.push(user.username.clone()),
                _ => {}
            }
            let person = loss.people.iter().find(|person| person.user.id == user.id);
            let mut told: Vec<(String, String)> = person
                .map(|person| person.rights.iter().map(|(r, a)| (r.to_string(), a.to_string())).collect())
                .unwrap_or_default();
            told.sort();
            prop_assert_eq!(told, lost, "{} {:?}", user.id, removals);
        }
        let names = |topic| loss.warning(topic).map(|warning| warning.names.clone()).unwrap_or_default();
        prop_assert_eq!(names(Topic::OnlyAccess), losing_all);
        prop_assert_eq!(names(Topic::Rights), losing_some);
        let (was, is) = (admins_by_hand(&before), admins_by_hand(&after));
        prop_assert_eq!(loss.warning(Topic::LastAdmin).is_some(), !was.is_empty() && is.is_empty());
        let my_name = format!("{me}@example.com");
        prop_assert_eq!(loss.warning(Topic::OwnAdmin).is_some(), was.contains(&my_name) && !is.contains(&my_name));
        prop_assert!(loss.warnings.is_sorted_by_key(|warning| std::cmp::Reverse(warning.severity)));
    }

    #[test]
    fn what_is_not_there_takes_nothing_away(before in any_access(), release in any_release()) {
        let none = [Removal::Binding("x".to_owned()), Removal::Role("x".to_owned()), Removal::Group("x".to_owned()), Removal::User("x".to_owned())];
        prop_assert_eq!(loss(&before, &none, None, release), Loss::default());
    }
}
