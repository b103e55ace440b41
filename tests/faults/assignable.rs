//! Roles on a server that lists other resources than its release is known for, or does not list them at all.

use kestra_admin::backend::Backend;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant};

use crate::desk::Desk;
use crate::people::runtime;
use crate::support::fault_proxy::{Fault, Rule, answer};

const LISTS: &str = "GET /api/v1/acme/acls/";
const PERMISSIONS: &str = "GET /api/v1/acme/acls/permissions";
const TEMPLATES: &str = "GET /api/v1/acme/acls/templates";
const CREATE: &str = "POST /api/v1/acme/roles";

fn desk(release: Release) -> Desk {
    let desk = Desk::new(release);
    let tenant = NewTenant {
        tenant: Tenant::new("acme".parse().unwrap(), "Acme"),
        admin: None,
    };
    runtime().block_on(desk.local.create_tenant(&tenant)).unwrap();
    desk
}

fn json(body: &str) -> Fault {
    Fault::Answer(answer("200 OK", "Content-Type: application/json\r\n", body))
}

fn create(rest: &[&'static str]) -> Vec<&'static str> {
    let fixed = ["roles", "create", "--name", "Ops", "--tenant", "acme", "--yes"];
    [&fixed, rest].concat()
}

#[test]
fn what_only_the_server_lists_is_sent_and_what_it_does_not_list_is_refused() {
    let desk = desk(Release::new(2, 0));
    let listed = || {
        Rule::always(
            PERMISSIONS,
            json(r#"{"FLOW":["VIEW","LIST"],"ROCKET":["VIEW","LAUNCH"]}"#),
        )
    };
    let made = r#"{"id":"r1","name":"Ops","permissions":{"ROCKET":["VIEW","LAUNCH"]},"isDefault":false}"#;
    let rules = vec![listed(), Rule::always(CREATE, json(made))];
    let outcome = desk.run(rules, &create(&["--allow", "ROCKET:*"]));
    assert_eq!(outcome.code, 0, "{outcome:#?}");
    assert_eq!(outcome.count(CREATE), 1);
    for (cell, words) in [
        (
            "POLICY:VIEW",
            "does not list POLICY among what roles can hold.\nIt lists FLOW, ROCKET.",
        ),
        ("FLOW:EXECUTE", "has no EXECUTE on FLOW.\nIt has VIEW, LIST."),
        ("ROCKT:VIEW", "Did you mean ROCKET?"),
    ] {
        let outcome = desk.run(vec![listed()], &create(&["--allow", cell]));
        outcome.says(2, &[words]);
        assert_eq!(outcome.count(CREATE), 0);
    }
}

#[test]
fn templates_are_the_servers_own() {
    let desk = desk(Release::new(2, 0));
    let pilot = Rule::always(TEMPLATES, json(r#"{"PILOT":{"FLOW":["VIEW"]}}"#));
    let outcome = desk.run(vec![pilot.clone()], &create(&["--from-template", "pilot"]));
    assert_eq!(outcome.code, 0, "{outcome:#?}");
    let outcome = desk.run(vec![pilot], &create(&["--from-template", "Viewer"]));
    outcome.says(2, &["It ships `PILOT`."]);
    // Before 2.0 no server gives any: that ours are taken is said.
    let desk = self::desk(Release::new(1, 3));
    let outcome = desk.run(Vec::new(), &create(&["--from-template", "viewer"]));
    assert_eq!(outcome.code, 0, "{outcome:#?}");
    let words = "Viewer is taken as Kestra 1.3 is known to ship it: Templates of roles came with Kestra 2.0";
    assert!(outcome.words.contains(words), "{outcome:#?}");
}

#[test]
fn where_nothing_is_listed_the_release_is_known() {
    for release in [Release::new(1, 3), Release::new(2, 0)] {
        for fault in [
            Fault::Answer(answer("403 Forbidden", "", "")),
            Fault::Answer(answer("404 Not Found", "Content-Type: text/html\r\n", "<html>")),
            json(r#""FLOW""#),
            json("{}"),
        ] {
            let desk = desk(release);
            let outcome = desk.run(vec![Rule::always(LISTS, fault)], &create(&["--allow", "SECRET:DELETE"]));
            assert_eq!(outcome.code, 0, "{outcome:#?}");
            let words = format!("What roles can hold is taken as Kestra {release} is known: ");
            assert!(outcome.words.contains(&words), "{outcome:#?}");
        }
    }
}

#[test]
fn what_a_role_is_called_is_changed_without_asking_what_roles_can_hold() {
    let desk = desk(Release::new(2, 0));
    let outcome = desk.run(Vec::new(), &create(&["--allow", "FLOW:VIEW"]));
    assert_eq!(outcome.count(PERMISSIONS), 1);
    let rename = ["roles", "update", "Ops", "--name", "Desk", "--tenant", "acme", "--yes"];
    let outcome = desk.run(Vec::new(), &rename);
    assert_eq!((outcome.code, outcome.count(LISTS)), (0, 0), "{outcome:#?}");
}
