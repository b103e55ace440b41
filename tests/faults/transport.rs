//! Reads while the network is what it is.

use kestra_admin::domain::release::Release;

use crate::desk::Desk;
use crate::support::fault_proxy::{Fault, Rule};

const LIST: [&str; 2] = ["tenants", "list"];
const SEARCH: &str = "GET /api/v1/tenants/search";

#[test]
fn nothing_listens_there() {
    let desk = Desk::new(Release::new(1, 3));
    let port = Desk::closed_port();
    desk.run_at(&format!("http://{port}"), &LIST)
        .says(9, &[&port.to_string(), "Nothing listens"]);
}

#[test]
fn a_name_that_nobody_knows() {
    let desk = Desk::new(Release::new(1, 3));
    desk.run_at("http://kestra.invalid:8080", &LIST)
        .says(9, &["kestra.invalid", "name"]);
}

#[test]
fn a_read_that_breaks_once_is_made_again_and_nobody_notices() {
    for release in [Release::new(0, 21), Release::new(1, 3), Release::new(2, 0)] {
        let desk = Desk::new(release);
        for fault in [
            Fault::ResetAfterRequest,
            Fault::ResetAfterCarryingOut,
            Fault::Truncate(3),
            Fault::Trickle,
            Fault::Stall,
        ] {
            let outcome = desk.run(vec![Rule::once(SEARCH, fault.clone())], &LIST);
            assert_eq!(outcome.code, 0, "{fault:?}: {outcome:#?}");
        }
    }
}

#[test]
fn a_read_that_always_breaks_ends_in_words_after_a_few_tries() {
    let desk = Desk::new(Release::new(1, 3));
    for (fault, words) in [
        (Fault::ResetAfterRequest, ["closed", "again"]),
        (Fault::Truncate(3), ["half", "again"]),
        (Fault::Stall, ["1 second", "timeout-seconds"]),
    ] {
        let outcome = desk.run(vec![Rule::always(SEARCH, fault.clone())], &LIST);
        outcome.says(9, &words);
        let tries = outcome.count(SEARCH);
        assert!((2..=4).contains(&tries), "{fault:?}: {tries} tries");
    }
}

#[test]
fn a_connection_that_is_reset_at_once_ends_in_words() {
    let desk = Desk::new(Release::new(1, 3));
    desk.run(vec![Rule::always("", Fault::ResetBefore)], &LIST)
        .says(9, &["closed before the answer"]);
}

#[test]
fn an_answer_without_an_end_is_given_up() {
    let desk = Desk::new(Release::new(1, 3));
    let outcome = desk.run(vec![Rule::always(SEARCH, Fault::Endless)], &LIST);
    assert!(outcome.code == 1 || outcome.code == 9, "{outcome:#?}");
    assert_eq!(outcome.words.lines().count(), 3, "{outcome:#?}");
}
