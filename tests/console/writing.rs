//! Whether changes are sent: read-only, locked, protected, and locking by itself.

use kestra_admin::app::effect::Request;

use crate::support::{Console, Setup, session, usual};

fn protected() -> Console {
    Setup {
        session: session(|session| {
            "prod-eu".clone_into(&mut session.context);
            session.protected = true;
        }),
        ..Setup::default()
    }
    .open(usual)
}

fn changes(console: &Console) -> usize {
    let is_change =
        |request: &&Request| matches!(request, Request::Create(_) | Request::Update { .. } | Request::Do(_));
    console.asked.iter().filter(is_change).count()
}

#[test]
fn with_the_flag_nothing_is_changed_and_nothing_unlocks() {
    let mut console = Setup {
        session: session(|session| session.read_only_flag = true),
        ..Setup::default()
    }
    .open(usual);
    console.shows("default RO admin@kestra.local");
    for key in ["n", "j e", "D"] {
        console
            .keys(key)
            .shows("Not now: changes are locked: it was started with --read-only");
    }
    console.keys("W").shows("Not now: it was started with --read-only");
    console.keys("n").shows("--read-only").lacks("New tenant");
    assert_eq!(changes(&console), 0);
}

#[test]
fn writing_is_locked_and_unlocked_by_one_key_where_nothing_is_protected() {
    let mut console = Console::usual();
    console
        .shows("default RW ")
        .keys("W")
        .shows("default RO ")
        .shows("Changes are locked; W unlocks them");
    console
        .keys("n")
        .shows("Not now: changes are locked in this context; W unlocks them");
    console.keys("W").shows("default RW* ").shows("Changes are unlocked");
    console.keys("n").shows("New tenant");
}

#[test]
fn a_protected_context_is_unlocked_by_typing_its_name_and_deletes_only_after_three_seconds() {
    let mut console = protected();
    console
        .shows("prod-eu RO")
        .keys("j D")
        .shows("Not now: changes are locked");
    // Enter alone keeps it locked, and so does what is typed wrongly.
    console.keys("W").shows("Unlock changes in prod-eu").keys("enter");
    console.lacks("Unlock changes in").shows("prod-eu RO");
    console.keys("W").type_text("prod").keys("enter");
    console.shows("It does not match yet").keys("esc").shows("prod-eu RO");
    console
        .keys("W")
        .type_text("prod-eu")
        .shows("matches")
        .keys("enter enter");
    console
        .shows("prod-eu RW*")
        .keys("D")
        .shows("Type acme prod-eu to continue");
    console.type_text("acme prod-eu").keys("enter").shows("wait 3 s");
    console.keys("enter").shows("Wait a moment: this context is protected");
    assert_eq!(changes(&console), 0);
    console.wait(2_999).shows("wait 3 s").wait(1).shows("matches");
    console.keys("enter").shows("Tenant acme deleted");
    assert_eq!(changes(&console), 1);
}

#[test]
fn in_a_protected_context_the_review_waits_at_the_button_that_changes_nothing() {
    let mut console = protected();
    console.keys("W").type_text("prod-eu").keys("enter enter");
    console
        .keys("n")
        .type_text("New")
        .keys("ctrl-o")
        .shows("( Create ) [ Back ]");
}

#[test]
fn what_is_unlocked_locks_itself_after_a_quarter_of_an_hour_without_a_key() {
    let mut console = protected();
    console
        .keys("W")
        .type_text("prod-eu")
        .keys("enter enter")
        .shows("prod-eu RW*");
    console
        .wait(14 * 60 * 1000)
        .keys("j")
        .wait(14 * 60 * 1000)
        .shows("prod-eu RW*");
    console
        .wait(60 * 1000)
        .shows("prod-eu RO")
        .shows("prod-eu locked itself after 15 minutes; W unlocks it");
}

#[test]
fn a_key_that_comes_before_the_clock_is_looked_at_does_not_keep_it_unlocked() {
    let mut console = protected();
    console.keys("W").type_text("prod-eu").keys("enter enter").keys("j");
    // The machine slept: the key is there before the deadline that has long passed.
    console.sleep(60 * 60 * 1000).keys("D").shows("prod-eu RO");
    console.lacks("Delete tenant").shows("changes are locked");
}

#[test]
fn a_form_that_is_open_when_changes_lock_keeps_what_was_typed_and_sends_nothing() {
    let mut console = protected();
    console.keys("W").type_text("prod-eu").keys("enter enter");
    console
        .keys("n")
        .type_text("New")
        .keys("ctrl-o tab")
        .shows("[ Create ]");
    console.wait(15 * 60 * 1000).keys("enter");
    console.shows("Not now: changes are locked").shows("[ Create ]");
    assert_eq!(changes(&console), 0);
    // Back is no change.
    console.keys("tab enter").shows("Name New").lacks("Review before");
    console.keys("ctrl-o W").type_text("prod-eu").keys("enter enter");
    console.keys("ctrl-o").shows("Tenant new created");
}

#[test]
fn a_delete_dialog_that_is_open_when_changes_lock_deletes_nothing() {
    let mut console = protected();
    console.keys("W").type_text("prod-eu").keys("enter enter");
    console.keys("j D").type_text("acme prod-eu").keys("enter");
    console
        .wait(15 * 60 * 1000)
        .keys("enter")
        .shows("Not now: changes are locked");
    assert_eq!(changes(&console), 0);
}
