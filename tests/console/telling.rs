//! What is told, and when: an error of the background, keys without a meaning.

use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::own_keys::KeyRow;
use kestra_admin::backend::Backend;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::ui::linear;

use crate::on_its_way::over_a_network;
use crate::outages_by_lines::answers;
use crate::states::unreachable;
use crate::support::{Console, usual};
use crate::undoing::{renamed, three_and_bob};

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

/// By lines an outage is news once, however often it is looked whether it is over; whoever asks hears again, and the next one
/// is news.
#[test]
fn by_lines_an_outage_is_told_once() {
    let mut console = over_a_network(usual);
    console.wait(12_000).held = true;
    // What a listener is told: which message it is and when it was news, and what the place says of it.
    let mut heard = Vec::new();
    let mut hear = |console: &Console| {
        let place = linear::text(&console.model);
        let told = linear::notice(&console.model, &place).map(|(news, ..)| news);
        let stands = place.contains("`kestra.example.com` does not answer.");
        if heard.last() != Some(&(told, stands)) {
            heard.push((told, stands));
        }
        heard.len()
    };
    assert_eq!(hear(&console), 1);
    for _ in 0..60 {
        console.wait(1_000);
        let before = hear(&console);
        answers(&mut console, Some(&unreachable()));
        assert!(before <= 2 && hear(&console) <= 2);
    }
    assert_eq!(hear(&console), 2, "it was told");
    // Whoever asks is told.
    console.keys("r");
    answers(&mut console, Some(&unreachable()));
    assert_eq!(hear(&console), 3);
    console.wait(40_000);
    answers(&mut console, None);
    assert_eq!(hear(&console), 4, "it is over");
    let over = linear::notice(&console.model, "").map(|(_, words, _)| words);
    assert_eq!(over.as_deref(), Some("ok: default answers again"));
    console.wait(12_000);
    answers(&mut console, Some(&unreachable()));
    assert_eq!(hear(&console), 5, "this is another one");
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
    console
        .lacks("Undo:")
        .shows("filter: y")
        .shows("Nothing was taken back");
    console.keys("esc u").shows("Undo: Change tenant acme");
}

/// A console with three tenants that are to be deleted, and somebody who deletes the ids meanwhile.
fn deleting(gone: &[&str]) -> Console {
    let mut console = three_and_bob();
    console.keys("* D").type_text("3 tenants");
    console.meanwhile(async |other| {
        for id in gone {
            other.delete_tenant(&id.parse().unwrap()).await.unwrap();
        }
    });
    console.keys("enter tab enter");
    console
}

#[test]
fn where_several_things_went_alike_what_is_told_says_where_each_result_is() {
    let mut console = deleting(&[]);
    console
        .shows("ok 3 tenants deleted L each result")
        .lacks("How each of them went")
        .keys("L enter")
        .shows("done: t1")
        .shows("done: t3");
    // What is told stays whole beside it, and the key is the operator's.
    let mut console = three_and_bob();
    let row = KeyRow {
        command: "messages".to_owned(),
        keys: vec!["Y".to_owned()],
        ..KeyRow::default()
    };
    console.model.keymap = Keymap::with(&[row]).0;
    console.keys("g g j space j j space A").type_text("bob");
    console.keys("enter tab enter");
    console.shows("ok bob@example.com is Admin of 2 tenants now; u takes it back Y each result");
    assert!(
        console.linear().ends_with("u takes it back\nY has each result."),
        "{}",
        console.linear()
    );
    // One thing has no such results.
    let mut console = three_and_bob();
    console.keys("g g j A").type_text("bob").keys("enter tab enter");
    console
        .shows("bob@example.com is Admin of tenant t1 now")
        .lacks("each result");
}

#[test]
fn where_several_things_went_in_several_ways_each_result_is_shown_at_once() {
    let mut console = deleting(&["t2"]);
    console
        .shows("3 done, 1 of them already.")
        .shows("done already: t2")
        .shows("done: t3");
    let words = console.words();
    assert!(words.find("done already: t2") < words.find("done: t1"), "{words}");
    console
        .keys("esc")
        .shows("ok 2 tenants deleted, 1 gone already L each result");
    let mut console = deleting(&["t1", "t2", "t3"]);
    console.lacks("How each of them went").shows("L each result");
}
