//! Tenants are counted once more before they are deleted; until that is answered nothing was sent, and it can be stopped.

use kestra_admin::app::effect::Request;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::tenant::TenantScope;

use crate::support::Console;

fn has_asked(console: &Console, question: &str) -> bool {
    let mut asked = console.asked.iter();
    asked.any(|request| format!("{request:?}").starts_with(question))
}

#[track_caller]
fn nothing_is_sent(console: &Console) {
    let mut asked = console.asked.iter();
    assert!(
        !asked.any(|request| matches!(request, Request::Do(..))),
        "nothing is sent"
    );
}

fn billing() -> TenantScope {
    TenantScope::Named("billing".parse().unwrap())
}

/// A console with another context.
fn console() -> Console {
    let mut console = Console::usual();
    console.with_contexts(["default", "prod", "rehearsal"]);
    console
}

/// One tenant, which is counted again.
fn counting_one() -> Console {
    let mut console = console();
    console.keys("j D").type_text("acme").shows("and with it: 1 role");
    console.held = true;
    console.keys("tab enter").shows("counting again").lacks("sent");
    console
}

/// All three tenants, which are counted again.
fn counting_all() -> Console {
    let mut console = console();
    console.keys("* D").type_text("3 tenants");
    console.held = true;
    console
        .keys("tab enter")
        .wait(200)
        .shows("counting again; Esc deletes nothing");
    console
}

#[test]
fn a_deletion_goes_to_no_other_instance_than_the_one_that_was_shown() {
    let is_refused = |console: &mut Console| {
        console
            .keys("2 shift-tab D")
            .answer_first("Footprint")
            .answer_first("Footprint")
            .type_text("acme");
        console.shows("deletes tenant acme on default").keys("tab enter");
        console.shows("Not now: another context is being opened");
        assert!(!has_asked(console, "CountAgain"));
    };
    let mut console = console();
    console.keys("j enter esc");
    console.held = true;
    console.keys(":").type_text("context prod").keys("enter");
    console.answer_first("Contexts");
    is_refused(&mut console);
    console.answer().shows("Switched to prod").lacks("deletes tenant");
    nothing_is_sent(&console);

    // A rehearsal that gets ready meanwhile is not entered.
    let mut console = self::console();
    console.keys("j enter esc c");
    console.held = true;
    console.keys("T tab enter").shows("Contexts > Rehearsal");
    console
        .keys("2 shift-tab D")
        .answer_first("Footprint")
        .answer_first("Footprint")
        .type_text("acme");
    console.answer_first("Rehearse").keys("tab enter");
    assert_eq!(console.entered, None);
    assert!(has_asked(&console, "CountAgain"));
}

#[test]
fn no_other_context_is_entered_while_tenants_are_counted_again() {
    let mut console = counting_all();
    console.keys(":").type_text("context prod").keys("enter");
    console.shows("Not now: something was sent, and the answer is awaited");
    console.keys("c").answer_first("Contexts");
    console.keys("n").type_text("https://kestra.example.com").keys("ctrl-o");
    console.shows("Not now: something was sent, and the answer is awaited");
    assert!(!has_asked(&console, "Switch") && !has_asked(&console, "Connect"));
}

#[test]
fn a_deletion_is_given_up_while_its_tenants_are_counted_again() {
    for keys in ["esc", "ctrl-c", "tab enter"] {
        let mut console = counting_one();
        console.keys("enter").shows("counted again first");
        console
            .keys(keys)
            .shows("Nothing was deleted: it was cancelled before anything was sent");
        console
            .lacks("deletes tenant")
            .answer()
            .lacks("Tenant acme deleted")
            .shows("acme");
        nothing_is_sent(&console);
        assert!(!console.is_stopped && !console.has_quit);
        console
            .keys("D")
            .type_text("acme")
            .keys("tab enter")
            .shows("Tenant acme deleted");
    }
    for keys in ["esc", "ctrl-c"] {
        let mut console = counting_all();
        console
            .keys(keys)
            .shows("Nothing was deleted: it was cancelled before anything was sent");
        console.answer().shows("3 marked");
        nothing_is_sent(&console);
        console
            .keys("D")
            .type_text("3 tenants")
            .keys("tab enter")
            .shows("3 tenants deleted");
    }
    let console = counting_one();
    assert!(
        console.linear().contains("counted again; nothing has been sent yet"),
        "{}",
        console.linear()
    );
}

#[test]
fn nothing_is_deleted_where_changes_were_locked_while_its_tenants_were_counted_again() {
    let mut console = counting_all();
    console.keys("W").shows("default RO").answer();
    console
        .shows("Nothing was deleted: changes are locked; W unlocks them")
        .shows("3 marked");
    nothing_is_sent(&console);
    // By itself, too.
    let mut console = console_unlocked();
    console.held = true;
    console.keys("tab enter").wait(16 * 60_000).answer();
    console
        .shows("Nothing was deleted: changes are locked")
        .lacks("deletes tenant");
    nothing_is_sent(&console);
}

/// A protected context, unlocked, with the question about a tenant on screen.
fn console_unlocked() -> Console {
    let mut console = console();
    console.model.session.protected = true;
    console.keys("W").type_text("default").keys("tab enter").shows("RW*");
    console.keys("j D").type_text("acme default").wait(4_000);
    console
}

#[test]
fn what_could_not_be_counted_is_asked_about_as_it_was() {
    let mut console = console();
    let problem = Problem::new(ProblemKind::Failed, "Broken.", "It broke.", "Mend it.");
    console
        .fail_next("Footprint", problem)
        .keys("* D")
        .shows("acme: cannot be counted");
    console.type_text("3 tenants");
    console.meanwhile(async |other| {
        other.create_group(&billing(), "Team", None).unwrap();
    });
    console.keys("tab enter").shows("billing has 1 group (0 before)");
    console.shows("acme: cannot be counted").lacks("counting...");
    console
        .type_text("3 tenants")
        .keys("tab enter")
        .shows("3 tenants deleted");
}

#[test]
fn the_question_about_leaving_goes_with_the_deletion_that_it_was_about() {
    let mut console = counting_all();
    console.keys(":").type_text("quit").keys("enter");
    console.shows("Leave the program").shows("Leaving deletes nothing.");
    console.meanwhile(async |other| {
        other.create_group(&billing(), "Team", None).unwrap();
    });
    console.answer().lacks("Leave the program");
    console.shows("Nothing was deleted, there is more than was shown");
    nothing_is_sent(&console);
}
