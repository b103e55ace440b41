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
        |request: &&Request| matches!(request, Request::Create(_) | Request::Update { .. } | Request::Do(..));
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
    console.keys("n").shows("Not now: changes are locked; W unlocks them");
    // Nothing is protected, so that nothing locks by itself.
    console
        .keys("W")
        .shows("default RW ")
        .shows("Changes are unlocked; W locks them")
        .lacks("15 minutes");
    console.wait(16 * 60 * 1000).shows("default RW ");
    console.keys("n").shows("New tenant");
}

/// What is read-only and no more is unlocked by the key alone, and the header does not say that it is protected.
#[test]
fn a_read_only_context_is_writable_once_unlocked_and_locks_itself_again() {
    let mut console = Setup {
        session: session(|session| session.read_only_context = true),
        ..Setup::default()
    }
    .open(usual);
    console
        .shows("default RO ")
        .keys("W")
        .shows("default RW ")
        .shows("Changes are unlocked; they lock after 15 minutes without a key");
    console.keys("n").shows("New tenant").keys("esc");
    console
        .wait(15 * 60 * 1000)
        .shows("default RO ")
        .shows("default locked itself after 15 minutes; W unlocks it");
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
    console
        .shows("It does not match yet")
        .paste("-eu")
        .lacks("It does not match yet");
    console.keys("esc").shows("prod-eu RO");
    console
        .keys("W")
        .type_text("prod-eu")
        .shows("matches")
        .keys("tab enter");
    console
        .shows("prod-eu RW*")
        .keys("D")
        .shows("This context is protected: Delete works 3 seconds after the question.")
        .shows("Type acme prod-eu to continue");
    console.type_text("acme prod-eu").keys("tab").shows("wait 3 s");
    console.keys("enter").shows("Wait a moment: this context is protected");
    assert_eq!(changes(&console), 0);
    console.wait(2_999).shows("wait 3 s").wait(1).shows("matches");
    console.keys("enter").shows("Tenant acme deleted");
    assert_eq!(changes(&console), 1);
}

#[test]
fn in_a_protected_context_the_review_waits_at_the_button_that_changes_nothing() {
    let mut console = protected();
    console.keys("W").type_text("prod-eu").keys("tab enter");
    console
        .keys("n")
        .type_text("New")
        .keys("ctrl-o")
        .shows("( Send ) [ Back ]");
    // The key that opened the review, pressed once more, does not go past it.
    console
        .keys("ctrl-o")
        .shows("Not now: Back has the focus; Tab, then Enter sends it")
        .shows("( Send ) [ Back ]");
    assert_eq!(changes(&console), 0);
    console.keys("tab ctrl-o").shows("Tenant new created");
}

#[test]
fn by_lines_a_review_in_a_protected_context_is_sent_by_saying_so() {
    let mut console = protected();
    for line in ["W", "prod-eu", "n", "New", ":form-review"] {
        console.line(line);
    }
    assert!(console.linear().contains("Review before sending"));
    console.line("").line("ctrl-o");
    assert_eq!(changes(&console), 0);
    console.line("send");
    assert!(console.linear().contains("Tenant new created"), "{}", console.linear());
}

#[test]
fn what_was_typed_and_enter_alone_destroy_nothing() {
    let mut console = Console::usual();
    console.keys("j D").shows("[ Cancel ]");
    // Until it matches, the dialog says what is to be typed before the keys that go on; none presses what cannot be pressed.
    console
        .shows("First type acme, then Tab, Enter: Delete Esc: Cancel")
        .lacks("Enter press");
    console.lacks("Tab, then Enter").lacks(">[");
    // The line that has the keys is told by a sign, and not by its colour alone.
    console
        .type_text("acm")
        .shows(">[ acm")
        .keys("backspace backspace backspace");
    // Enter in the line goes to the button that changes nothing, and says how to reach the other one.
    console.type_text("acme").shows("matches");
    console
        .shows("Tab, then Enter: Delete Esc: Cancel")
        .shows("Enter press")
        .keys("enter");
    console
        .shows("[ Cancel ]")
        .shows("Tab, then Enter presses Delete; Enter alone");
    console.keys("enter").lacks("Delete tenant");
    assert_eq!(changes(&console), 0);
    // Whatever is typed at a button takes the focus from it.
    console.keys("D").type_text("acm").keys("tab").shows("[ Delete ]");
    console.type_text("e").shows("( Delete )").keys("enter enter");
    console
        .keys("D tab")
        .shows("[ Delete ]")
        .paste("acme\n")
        .shows("( Delete )")
        .keys("enter enter");
    assert_eq!(changes(&console), 0);
    console.keys("D tab backspace").shows("( Delete )");
    console.type_text("acme").keys("tab").shows("Enter: Delete Esc: Cancel");
    console.keys("enter").shows("Tenant acme deleted");
    assert_eq!(changes(&console), 1);
}

#[test]
fn what_is_typed_ahead_of_the_counts_is_kept_and_deletes_nothing_before_they_are_there() {
    let mut console = Console::usual();
    console.keys("j").held = true;
    console.keys("D").shows("counting...");
    console.type_text("acme").shows("still counting").keys("enter");
    console.shows("Delete waits for what is still being counted; what was typed stays");
    console.keys("tab enter").shows("what was typed stays").shows("[ acme");
    assert_eq!(changes(&console), 0);
    console.answer().shows("matches").shows("[ Delete ]");
    assert_eq!(changes(&console), 0);
    console.keys("enter").shows("Tenant acme deleted");
}

#[test]
fn by_lines_what_is_typed_ahead_of_the_counts_waits_for_them_and_is_said_once_more() {
    let mut console = Console::usual();
    console.held = true;
    console.line("2 delete-tenant").line("acme");
    assert!(
        console
            .linear()
            .contains("Delete waits for what is still being counted"),
        "{}",
        console.linear()
    );
    console.answer();
    assert_eq!(changes(&console), 0);
    console.line("acme");
    assert_eq!(changes(&console), 1);
}

#[test]
fn a_long_name_is_asked_for_whole_at_every_size() {
    for (width, height) in [(40, 12), (60, 20), (80, 24), (200, 60)] {
        let mut console = Setup {
            size: (width, height),
            session: session(|session| {
                "the-production-of-the-european-branch-and-all-of-its-offices-behind-the-alps"
                    .clone_into(&mut session.context);
                session.protected = true;
            }),
            ..Setup::default()
        }
        .open(usual);
        console.keys("W");
        let shown: String = console
            .screen()
            .chars()
            .filter(|sign| sign.is_ascii_alphabetic() || *sign == '-')
            .collect();
        let typed = "european-branch-and-all-of-its-offices-behind-the-alps";
        assert!(
            shown.matches("the-production-of-the-").count() >= 1 && shown.contains(typed),
            "{}",
            console.screen()
        );
        console.shows("[ Stay locked ]");
    }
}

#[test]
fn what_is_unlocked_locks_itself_after_a_quarter_of_an_hour_without_a_key() {
    let mut console = protected();
    console
        .keys("W")
        .type_text("prod-eu")
        .keys("tab enter")
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
    console.keys("W").type_text("prod-eu").keys("tab enter").keys("j");
    // The machine slept: the key is there before the deadline that has long passed.
    console.sleep(60 * 60 * 1000).keys("D").shows("prod-eu RO");
    console.lacks("Delete tenant").shows("changes are locked");
}

#[test]
fn a_form_that_is_open_when_changes_lock_keeps_what_was_typed_and_sends_nothing() {
    let mut console = protected();
    console.keys("W").type_text("prod-eu").keys("tab enter");
    console.keys("n").type_text("New").keys("ctrl-o tab").shows("[ Send ]");
    console.wait(15 * 60 * 1000).keys("enter");
    console.shows("Not now: changes are locked").shows("[ Send ]");
    assert_eq!(changes(&console), 0);
    // Back is no change.
    console.keys("tab enter").shows("Name New").lacks("Review before");
    console.keys("ctrl-o W").type_text("prod-eu").keys("tab enter");
    console.keys("tab ctrl-o").shows("Tenant new created");
}

#[test]
fn a_delete_dialog_that_is_open_when_changes_lock_deletes_nothing() {
    let mut console = protected();
    console.keys("W").type_text("prod-eu").keys("tab enter");
    console.keys("j D").type_text("acme prod-eu").keys("tab");
    console
        .wait(15 * 60 * 1000)
        .keys("enter")
        .shows("Not now: changes are locked");
    assert_eq!(changes(&console), 0);
}
