//! What was made anew by taking a change back, or by doing it again, is what the other changes are about from then on.

use crate::screens::tenants::people;
use crate::support::{Console, Setup};

/// A console in a tab of tenant acme.
fn on(keys: &str) -> Console {
    let mut console = Setup::default().open(people);
    console.keys("j").keys(keys);
    console
}

/// One key takes back or does again what is said; what is deleted by that is named.
fn turn(console: &mut Console, key: &str, title: &str, name: &str) {
    console.keys(key).shows(title).type_text(name).keys("tab enter");
    console.lacks("could not").lacks(title);
}

fn with_role() -> Console {
    let mut console = on("enter tab n");
    console.type_text("Ops4").keys("enter A ctrl-o ctrl-o");
    console.shows("Role Ops4 created in tenant acme; u takes it back");
    console
}

#[test]
fn a_role_that_was_given_anew_is_taken_back_to_the_end_and_done_again() {
    for restarts in [false, true] {
        let mut console = with_role();
        let start = |console: &mut Console| {
            if restarts {
                console.keys("q").start_again();
            }
        };
        console
            .keys("esc esc")
            .keys("g g j enter tab /")
            .type_text("Ops4")
            .keys("enter enter b");
        console
            .shows("Who is given role Ops4")
            .type_text("bob")
            .keys("enter enter");
        console.shows("Role Ops4 of bob@example.com given; u takes it back");
        console
            .keys(":")
            .type_text("tenants")
            .keys("enter g g j p /")
            .type_text("name:bob role:Ops4");
        console.keys("enter D");
        console.shows("taken away; u takes it back");
        start(&mut console);
        turn(&mut console, "u", "Undo: Give role Ops4", "");
        start(&mut console);
        turn(&mut console, "u", "Undo: Take away role Ops4", "");
        turn(&mut console, "u", "Undo: Delete role Ops4", "Ops4");
        console.keys("u").shows("nothing is left to take back");
        start(&mut console);
        turn(&mut console, "ctrl-r", "Redo: Create role Ops4", "");
        start(&mut console);
        turn(&mut console, "ctrl-r", "Redo: Give role Ops4", "");
        turn(&mut console, "ctrl-r", "Redo: Take away role Ops4", "");
        console.keys("ctrl-r").shows("nothing has been taken back");
        // All of it can be taken back once more.
        turn(&mut console, "u", "Undo: Give role Ops4", "");
        turn(&mut console, "u", "Undo: Take away role Ops4", "");
        turn(&mut console, "u", "Undo: Delete role Ops4", "Ops4");
    }
}

#[test]
fn a_role_or_a_group_that_was_made_anew_is_changed_again() {
    for is_role in [true, false] {
        let mut console = if is_role { with_role() } else { on("p tab tab n") };
        let name = if is_role {
            console.keys("esc esc").keys("g g j enter tab /").type_text("Ops4");
            console
                .keys("enter e tab ctrl-u")
                .type_text("Night")
                .keys("ctrl-o enter");
            console.shows("Role Ops4 changed; u takes it back");
            "Ops4"
        } else {
            console.type_text("Day").keys("ctrl-o").shows("Group Day created");
            console
                .keys("/")
                .type_text("day")
                .keys("enter e ctrl-u")
                .type_text("Night");
            console.keys("ctrl-o").shows("Group Day changed; u takes it back");
            "Day"
        };
        let each = if is_role { "role" } else { "group" };
        let titles = |turn: &str, change: &str| format!("{turn}: {change} {each} ");
        for _ in 0..2 {
            turn(&mut console, "u", &titles("Undo", "Change"), "");
            turn(&mut console, "u", &titles("Undo", "Delete"), name);
            console.keys("u").shows("nothing is left to take back");
            turn(&mut console, "ctrl-r", &titles("Redo", "Create"), "");
            turn(&mut console, "ctrl-r", &titles("Redo", "Change"), "");
            console.keys("ctrl-r").shows("nothing has been taken back");
        }
    }
}

#[test]
fn somebody_is_invited_again_to_a_role_that_was_made_anew() {
    let mut console = with_role();
    console
        .keys("esc esc")
        .keys("g g j p tab I")
        .shows("Nobody is invited")
        .keys("n");
    console
        .type_text("new@example.com")
        .keys("enter")
        .type_text("Ops4")
        .keys("enter");
    console
        .type_text("whole")
        .keys("enter")
        .shows("Which groups")
        .keys("enter");
    console.shows("new@example.com invited");
    turn(&mut console, "u", "Undo: Withdraw", "");
    turn(&mut console, "u", "Undo: Delete role Ops4", "Ops4");
    turn(&mut console, "ctrl-r", "Redo: Create role Ops4", "");
    turn(&mut console, "ctrl-r", "Redo: Invite new@example.com", "");
    console.shows("Ops4");
}
