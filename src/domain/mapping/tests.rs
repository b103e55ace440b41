//! What roles from before 2.0 become.

use proptest::prelude::*;

use super::super::assignable::Assignable;
use super::super::catalogue::managed_roles;
use super::super::permission::permissions;
use super::*;

fn printed(permissions: &Permissions) -> Vec<String> {
    let words = |actions: &[Action]| actions.iter().map(Action::as_str).collect::<Vec<_>>().join(" ");
    permissions
        .iter()
        .map(|(resource, actions)| format!("{resource}: {}", words(actions)))
        .collect()
}

#[test]
fn permissions_translate_as_the_guide_says() {
    for (old, new) in [
        (vec![("FLOW", "READ")], vec!["FLOW: VIEW LIST EXPORT"]),
        (
            vec![("FLOW", "CREATE UPDATE")],
            vec!["FLOW: CREATE IMPORT UPDATE EXECUTE DISABLE ENABLE VALIDATE"],
        ),
        (
            vec![("SETTING", "READ UPDATE")],
            vec!["SYSTEM_SETTINGS: VIEW UPDATE", "TENANT_SETTINGS: VIEW UPDATE"],
        ),
        (
            vec![("APP", "READ"), ("APPEXECUTION", "UPDATE")],
            vec!["APP: VIEW LIST UPDATE EXECUTE ACCESS_FILES ACCESS_LOGS"],
        ),
        (vec![("TENANT_ACCESS", "CREATE")], vec!["USER: CREATE"]),
        (vec![("AI_COPILOT", "READ")], vec!["COPILOT: USE"]),
        (vec![("TEST", "DELETE")], vec!["TESTSUITE: DELETE"]),
        (vec![("BINDING", "CREATE UPDATE")], vec!["BINDING: CREATE"]),
    ] {
        assert_eq!(
            printed(&to_resource_actions(&permissions(&old)).permissions),
            new,
            "{old:?}"
        );
    }
}

#[test]
fn what_is_lost_is_said() {
    let translation = to_resource_actions(&permissions(&[
        ("IMPERSONATE", "READ"),
        ("AUDITLOG", "READ DELETE"),
        ("ME", "READ"),
    ]));
    let dropped: Vec<&str> = translation
        .dropped
        .iter()
        .map(|dropped| dropped.resource.as_str())
        .collect();
    assert_eq!(dropped, ["IMPERSONATE", "AUDITLOG", "ME"]);
    assert!(translation.dropped[0].why.contains("USER IMPERSONATE"));
}

#[test]
fn a_role_that_starts_flows_is_flagged_unless_it_may_update_them() {
    let launcher = to_resource_actions(&permissions(&[("FLOW", "READ"), ("EXECUTION", "READ CREATE")]));
    assert_eq!(launcher.review.len(), 1);
    let editor = to_resource_actions(&permissions(&[("FLOW", "READ UPDATE"), ("EXECUTION", "READ CREATE")]));
    assert_eq!(editor.review, Vec::<String>::new());
}

#[test]
fn remarks_say_in_words_what_is_lost_and_what_to_look_at() {
    for (old, expected) in [
        (vec![("FLOW", "READ UPDATE")], vec![]),
        (
            vec![("SETTING", "READ DELETE")],
            vec![
                "SETTING DELETE is lost: settings can only be seen and changed.",
                "SETTING becomes two resources, SYSTEM_SETTINGS and TENANT_SETTINGS: take away the one that is not \
                 wanted.",
            ],
        ),
        (
            vec![("IMPERSONATE", "READ"), ("TEMPLATE", "READ CREATE")],
            vec![
                "IMPERSONATE READ is lost: 2.0 has it as an action: add USER IMPERSONATE by hand where it is still \
                 wanted.",
                "TEMPLATE READ, CREATE are lost: templates are gone.",
            ],
        ),
        (
            vec![("BINDING", "READ UPDATE"), ("APPEXECUTION", "READ")],
            vec![
                "BINDING UPDATE is lost: bindings cannot be changed.",
                "APPEXECUTION becomes APP: what the role allowed on the one, it allows on the other as a whole.",
                "APP is of the whole tenant in 2.0: a binding that is narrowed to a namespace does not give it any more.",
            ],
        ),
        (
            vec![("FLOW", "READ"), ("EXECUTION", "READ CREATE")],
            vec![
                "This role could start flows by EXECUTION CREATE. In 2.0 starting is FLOW EXECUTE, which nothing here \
                 gives: add it if the role is to start flows.",
            ],
        ),
        (
            vec![("FLOW", "UPDATE")],
            vec![
                "This role names nothing that only one of the two models has. It was taken as one from before 2.0; if \
                 it is one of 2.0 already, keep it as it is.",
            ],
        ),
        (
            vec![("OF_ITS_OWN", "READ")],
            vec!["OF_ITS_OWN READ is lost: 2.0 does not know it."],
        ),
    ] {
        assert_eq!(to_resource_actions(&permissions(&old)).remarks(), expected, "{old:?}");
    }
}

/// The whole table of the guide, row by row, as it is printed: `-` is nothing.
#[test]
fn every_row_of_the_guide_is_kept() {
    let plain = ["VIEW LIST", "CREATE", "UPDATE", "DELETE"];
    let mut rows: Vec<(&str, &str, [&str; 4])> = vec![
        (
            "FLOW",
            "FLOW",
            [
                "VIEW LIST EXPORT",
                "CREATE IMPORT",
                "UPDATE EXECUTE DISABLE ENABLE VALIDATE",
                "DELETE",
            ],
        ),
        (
            "EXECUTION",
            "EXECUTION",
            [
                "VIEW LIST ACCESS_LOGS ACCESS_OUTPUTS ACCESS_FILES EXPORT FOLLOW",
                "CREATE",
                "UPDATE RESTART KILL REPLAY PAUSE RESUME CHANGE_LABELS UNQUEUE FORCE_RUN",
                "DELETE",
            ],
        ),
        (
            "TRIGGER",
            "TRIGGER",
            [
                "VIEW LIST EXPORT",
                "CREATE",
                "UNLOCK RESTART DISABLE ENABLE BACKFILL",
                "DELETE",
            ],
        ),
        (
            "NAMESPACE",
            "NAMESPACE",
            ["VIEW LIST", "CREATE", "UPDATE MANAGE_FILES", "DELETE"],
        ),
        (
            "APP",
            "APP",
            [
                "VIEW LIST",
                "CREATE",
                "UPDATE EXECUTE ACCESS_FILES ACCESS_LOGS",
                "DELETE",
            ],
        ),
        (
            "APPEXECUTION",
            "APP",
            [
                "VIEW LIST",
                "CREATE",
                "UPDATE EXECUTE ACCESS_FILES ACCESS_LOGS",
                "DELETE",
            ],
        ),
        (
            "USER",
            "USER",
            ["VIEW LIST", "CREATE", "UPDATE MANAGE_GROUP_MEMBERSHIP", "DELETE"],
        ),
        (
            "TENANT_ACCESS",
            "USER",
            ["VIEW LIST", "CREATE", "UPDATE MANAGE_GROUP_MEMBERSHIP", "DELETE"],
        ),
        (
            "GROUP",
            "GROUP",
            ["VIEW LIST", "CREATE", "UPDATE MANAGE_MEMBERS", "DELETE"],
        ),
        (
            "GROUP_MEMBERSHIP",
            "GROUP",
            ["VIEW LIST", "CREATE", "UPDATE MANAGE_MEMBERS", "DELETE"],
        ),
        ("AUDITLOG", "AUDITLOG", ["VIEW LIST EXPORT", "-", "-", "-"]),
        ("SETTING", "SYSTEM_SETTINGS", ["VIEW", "-", "UPDATE", "-"]),
        ("SETTING", "TENANT_SETTINGS", ["VIEW", "-", "UPDATE", "-"]),
        ("AI_COPILOT", "COPILOT", ["USE", "-", "-", "-"]),
        ("TEST", "TESTSUITE", plain),
        ("BINDING", "BINDING", ["VIEW LIST", "CREATE", "-", "DELETE"]),
    ];
    for same in [
        "KVSTORE",
        "SECRET",
        "BLUEPRINT",
        "DASHBOARD",
        "ROLE",
        "SERVICE_ACCOUNT",
        "INVITATION",
        "CREDENTIAL",
        "ASSET",
    ] {
        rows.push((same, same, plain));
    }
    for (old, new, columns) in rows {
        for (action, becomes) in OLD_ACTIONS.into_iter().zip(columns) {
            let translation = to_resource_actions(&permissions(&[(old, action)]));
            let actions = translation
                .permissions
                .iter()
                .find(|(resource, _)| resource.as_str() == new);
            let told = actions.map_or("-".to_owned(), |(_, actions)| {
                actions.iter().map(Action::as_str).collect::<Vec<_>>().join(" ")
            });
            // An ambiguous pair such as TRIGGER CREATE reads as 2.0 and as before 2.0 alike.
            assert_eq!(told, becomes, "{old} {action}");
            assert_eq!(translation.dropped.is_empty(), becomes != "-", "{old} {action}");
        }
    }
    for gone in ["IMPERSONATE", "TEMPLATE", "UNKNOWN"] {
        let translation = to_resource_actions(&permissions(&[(gone, "READ")]));
        assert!(
            translation.permissions.is_empty() && translation.dropped.len() == 1,
            "{gone}"
        );
    }
}

#[test]
fn what_speaks_of_2_0_is_left_as_it_is() {
    for role in [
        vec![("USER", "CREATE IMPERSONATE")],
        vec![("EXECUTION", "UPDATE RESTART")],
        vec![("FLOW", "CREATE EXPORT")],
        vec![("TENANT_SETTINGS", "UPDATE")],
        vec![("TESTSUITE", "DELETE")],
        vec![("POLICY", "CREATE"), ("FLOW", "UPDATE")],
    ] {
        let role = permissions(&role);
        let translation = to_resource_actions(&role);
        assert_eq!(translation.permissions, role);
        assert_eq!(translation.dropped, [], "{role:?}");
        assert_eq!(translation.review, Vec::<String>::new(), "{role:?}");
    }
}

#[test]
fn a_read_left_in_a_role_of_2_0_is_flagged() {
    let role = permissions(&[("FLOW", "READ EXECUTE"), ("SECRET", "VIEW")]);
    let translation = to_resource_actions(&role);
    assert_eq!(translation.permissions, role);
    assert_eq!(translation.review.len(), 1);
    assert!(translation.review[0].contains("READ on FLOW is only VIEW"));
}

#[test]
fn names_that_only_the_table_of_gone_ones_knows_are_not_new() {
    assert!(!is_translated(&permissions(&[
        ("TENANT", "CREATE"),
        ("TENANT_ACCESS", "CREATE")
    ])));
}

/// Any role a release before 2.0 can have.
fn old_role() -> impl Strategy<Value = Permissions> {
    let known: Vec<Resource> = ROWS
        .iter()
        .map(|(name, ..)| *name)
        .chain(GONE.iter().map(|(name, _)| *name))
        .map(Resource::known)
        .collect();
    let actions = prop::sample::subsequence(OLD_ACTIONS.to_vec(), 0..=4);
    prop::collection::vec((prop::sample::select(known), actions), 0..8).prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(resource, actions)| (resource, actions.into_iter().map(Action::known).collect()))
            .collect()
    })
}

proptest! {
    #[test]
    fn any_old_role_becomes_valid_and_translating_it_again_changes_nothing(old in old_role()) {
        let once = to_resource_actions(&old).permissions;
        prop_assert_eq!(Assignable::of(Release::new(2, 0)).complaints(&once), []);
        let twice = to_resource_actions(&once);
        prop_assert_eq!(twice.permissions, once);
        prop_assert_eq!(twice.dropped, []);
    }
}

#[test]
fn every_shipped_role_translates_to_something_valid_and_only_once() {
    for release in Release::KNOWN.into_iter().filter(|release| !release.at_least(2, 0)) {
        for role in managed_roles(release) {
            let once = to_resource_actions(&role.permissions);
            assert_eq!(
                Assignable::of(Release::new(2, 0)).complaints(&once.permissions),
                [],
                "{release} {}",
                role.name
            );
            assert_eq!(to_resource_actions(&once.permissions).permissions, once.permissions);
        }
    }
}
