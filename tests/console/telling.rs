//! What is told, and when: an error of the background, keys without a meaning.

use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::states::unreachable;
use crate::support::Console;
use crate::undoing::renamed;

fn other() -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "Nobody answers any more.",
        "It answered 500.",
        "Wait.",
    )
}

/// A console whose rows could not be read, so that it tries again by itself, after the error was dismissed.
fn trying() -> Console {
    let mut console = Console::usual();
    console
        .fail_next("Tenants", unreachable())
        .keys("r")
        .shows("does not answer")
        .keys("esc")
        .lacks("does not answer");
    console
}

#[test]
fn an_error_of_the_background_waits_until_what_was_done_was_read() {
    let mut console = trying();
    console
        .fail_next("Tenants", other())
        .wait(1_500)
        .keys("W")
        .shows("Changes are locked");
    console.wait(1_000).shows("Changes are locked").lacks("Nobody answers");
    console.keys("!").shows("Nobody answers any more.").keys("esc");

    let mut console = trying();
    console.fail_next("Tenants", other()).wait(1_500).keys("W");
    console
        .wait(2_500)
        .shows("Changes are locked")
        .keys("L")
        .shows("Nobody answers any more.")
        .shows("Changes are locked")
        .keys("q");
    // Its time is over: the error stays until it is dismissed.
    console
        .wait(5_000)
        .shows("error Nobody answers any more.")
        .lacks("Changes are locked");
    console.wait(60_000).shows("error Nobody answers any more.");
}

#[test]
fn an_error_of_the_background_comes_at_once_where_nothing_is_read() {
    let mut console = trying();
    console
        .fail_next("Tenants", other())
        .wait(3_000)
        .shows("error Nobody answers any more.");
}

#[test]
fn a_key_without_a_meaning_says_so_and_leaves_nothing_behind() {
    let mut console = Console::usual();
    console.keys("Z").shows("Z does nothing here; ? shows what does");
    console.wait(4_000).lacks("does nothing here");
    // All that was said is with the messages, and what was said twice in a row is there once.
    console
        .keys("Z Z L")
        .shows("note Z does nothing here; ? shows what does (x 3,");
    console.shows("1 message").keys("q");
    console
        .keys("Z")
        .shows("Z does nothing here")
        .keys("j")
        .lacks("does nothing here");
    console.keys("ctrl-k").shows("Ctrl-k does nothing here");
    // Whatever was told stays on screen before it.
    console.keys("W").shows("Changes are locked").keys("Z");
    console.shows("Changes are locked").lacks("does nothing here");
    console.keys("W").wait(8_000);
    // Where text is typed a key is text, or none of the business of others.
    for keys in ["n ctrl-z ctrl-x", "/ ctrl-x", ": ctrl-x", "j D ctrl-x"] {
        console.keys(keys).lacks("does nothing here").keys("esc esc");
    }
}

/// What would be taken back is asked only of somebody who is not in the middle of something, and otherwise that is said.
#[test]
fn what_is_typed_meanwhile_is_not_taken_for_an_answer_to_undoing() {
    let mut console = renamed();
    console.held = true;
    console.keys("u /").type_text("y").answer();
    console.lacks("Undo:").shows("filter: y").shows("Nothing was undone");
    console.keys("esc u").shows("Undo: Change tenant acme");
}
