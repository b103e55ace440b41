//! A tenant is created while the connection breaks: it is there once, or not at all, and the program knows which.

use kestra_admin::domain::release::Release;

use crate::desk::Desk;
use crate::support::fault_proxy::{Fault, Rule, answer};

const CREATE: [&str; 6] = ["tenants", "create", "--tenant", "acme", "--name", "Acme"];
const POST: &str = "POST /api/v1/tenants";

fn desk() -> Desk {
    Desk::new(Release::new(1, 3))
}

#[test]
fn without_a_fault_it_is_created_by_one_request() {
    let desk = desk();
    let outcome = desk.run(Vec::new(), &CREATE);
    assert_eq!(outcome.code, 0, "{outcome:#?}");
    assert_eq!(outcome.count(POST), 1);
    assert_eq!(desk.tenants(), ["acme"]);
}

#[test]
fn an_answer_that_never_came_is_made_up_for_by_a_read() {
    let after = [
        Fault::ResetAfterCarryingOut,
        Fault::StallAfterCarryingOut,
        Fault::Truncate(10),
        Fault::CarryOutAndAnswer(answer(
            "502 Bad Gateway",
            "Content-Type: text/html\r\n",
            "<html>Bad gateway</html>",
        )),
        Fault::CarryOutAndAnswer(answer("504 Gateway Timeout", "", "")),
        Fault::Trickle,
    ];
    for fault in after {
        let desk = desk();
        let outcome = desk.run(vec![Rule::once(POST, fault.clone())], &CREATE);
        assert_eq!(outcome.code, 0, "{fault:?}: {outcome:#?}");
        assert_eq!(outcome.count(POST), 1, "{fault:?}: {outcome:#?}");
        assert_eq!(desk.tenants(), ["acme"], "{fault:?}");
    }
}

#[test]
fn a_request_whose_answer_never_came_may_still_be_carried_out_and_can_be_repeated() {
    let gateway = Fault::Answer(answer("504 Gateway Timeout", "", ""));
    let failed = Fault::Answer(answer("500 Internal Server Error", "", ""));
    let unknown: &[&str] = &[
        "not known whether tenant `acme` was created",
        "look whether it is there",
    ];
    for (fault, code, words) in [
        (Fault::ResetAfterRequest, 9, unknown),
        (Fault::Stall, 9, unknown),
        (gateway, 9, unknown),
        // The server said that it has ended.
        (failed, 1, &["`acme` was not created"]),
    ] {
        let desk = desk();
        let outcome = desk.run(vec![Rule::once(POST, fault.clone())], &CREATE);
        outcome.says(code, words);
        assert_eq!(outcome.count(POST), 1, "{fault:?}: {outcome:#?}");
        assert!(desk.tenants().is_empty(), "{fault:?}");
        let again = desk.run(Vec::new(), &CREATE);
        assert_eq!(again.code, 0, "{again:#?}");
        assert_eq!(desk.tenants(), ["acme"], "{fault:?}");
    }
}

#[test]
fn where_no_read_can_tell_the_outcome_is_said_to_be_unknown() {
    let desk = desk();
    let rules = vec![
        Rule::once(POST, Fault::ResetAfterCarryingOut),
        Rule::always("GET /api/v1/tenants", Fault::ResetAfterRequest),
    ];
    let outcome = desk.run(rules, &CREATE);
    outcome.says(9, &["not known"]);
    assert_eq!(outcome.count(POST), 1, "{outcome:#?}");
    assert_eq!(desk.tenants(), ["acme"]);
    // Whoever repeats the command learns that it is there, and makes no second one.
    let again = desk.run(Vec::new(), &CREATE);
    again.says(5, &["acme"]);
    assert_eq!(desk.tenants(), ["acme"]);
}

#[test]
fn a_server_that_dies_between_request_and_answer_leaves_no_doubt_about_what_is_known() {
    let mut desk = desk();
    desk.stop_server();
    let outcome = desk.run(Vec::new(), &CREATE);
    assert_eq!(outcome.code, 9, "{outcome:#?}");
    assert!(desk.tenants().is_empty());
}

#[test]
fn an_update_and_a_delete_are_settled_by_a_read_as_well() {
    for fault in [
        Fault::ResetAfterCarryingOut,
        Fault::StallAfterCarryingOut,
        Fault::Truncate(5),
    ] {
        let desk = desk();
        assert_eq!(desk.run(Vec::new(), &CREATE).code, 0);
        let put = "PUT /api/v1/tenants/acme";
        let changed = desk.run(
            vec![Rule::once(put, fault.clone())],
            &["tenants", "update", "acme", "--name", "Another"],
        );
        assert_eq!(changed.code, 0, "{fault:?}: {changed:#?}");
        assert_eq!(changed.count(put), 1);
        let delete = "DELETE /api/v1/tenants/acme";
        let deleted = desk.run(
            vec![Rule::once(delete, fault.clone())],
            &["tenants", "delete", "acme", "--confirm", "acme"],
        );
        assert_eq!(deleted.code, 0, "{fault:?}: {deleted:#?}");
        assert_eq!(deleted.count(delete), 1);
        assert!(desk.tenants().is_empty(), "{fault:?}");
    }
}

#[test]
fn a_refused_write_is_sent_once_and_loses_nothing() {
    for (status, code) in [
        ("400 Bad Request", 2),
        ("401 Unauthorized", 3),
        ("403 Forbidden", 3),
        ("409 Conflict", 5),
        ("422 Unprocessable Entity", 2),
    ] {
        let desk = desk();
        let body = r#"{"message":"Invalid entity: create.tenant.id: no such thing","_links":{"self":[{"href":"/api/v1/tenants","templated":false}]}}"#;
        let refusal = answer(status, "Content-Type: application/json\r\n", body);
        let outcome = desk.run(vec![Rule::always(POST, Fault::Answer(refusal))], &CREATE);
        outcome.says(code, &[]);
        assert_eq!(outcome.count(POST), 1, "{status}: {outcome:#?}");
        assert!(desk.tenants().is_empty());
    }
}

#[test]
fn a_program_killed_while_it_waits_for_the_answer_leaves_a_row_of_what_it_began() {
    let desk = desk();
    desk.kill_at(POST, vec![Rule::always(POST, Fault::Stall)], &CREATE);
    let listed = desk.run(Vec::new(), &["activity", "list", "-o", "csv"]);
    assert_eq!(listed.output.lines().count(), 2, "{listed:#?}");
    assert!(
        listed.output.contains(",unknown,") && listed.output.contains("tenants create --tenant acme"),
        "{listed:#?}"
    );
    assert_eq!(desk.run(Vec::new(), &CREATE).code, 0);
    let listed = desk.run(Vec::new(), &["activity", "list", "-o", "csv"]);
    assert_eq!(listed.output.matches(",done,").count(), 1, "{listed:#?}");
    let failed = desk.run(Vec::new(), &["activity", "list", "--failed", "-o", "csv"]);
    assert_eq!(failed.output.lines().count(), 2, "{failed:#?}");
}
