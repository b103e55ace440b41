//! What was sent and is not known yet is not sent once more, from wherever that is asked for.

use kestra_admin::app::effect::Request;
use kestra_admin::domain::change::Change;
use kestra_admin::domain::release::Release;

use crate::on_its_way::{LATE, held_back, is_told, of_release, over_a_network};
use crate::screens::tenants::people;
use crate::sent::{is_change, sends_nothing, sent};
use crate::support::Console;

pub const FIRST: &str = "It was sent before; what came of that is looked at first";

/// What is to be made, by which keys, and as what it is told.
type Made = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
);

const MADE: [Made; 2] = [
    (
        "j p tab N c i ctrl-o / c i enter t",
        "n d e p l o y",
        &[],
        "Token deploy of ci was made, and its value was never shown",
        "Not done: Make token deploy of ci; send it again",
    ),
    (
        "j p tab",
        "n d o r a @ x . o r g tab tab",
        &["Secret-1234", "Secret-1234"],
        "User dora@x.org created; it is as you sent it",
        "Not done: Create user dora@x.org; send it again",
    ),
];

fn typed(console: &mut Console, (_, keys, more, ..): Made) {
    console.keys(keys);
    for text in more {
        console.keys("tab").type_text(text);
    }
}

#[test]
fn what_is_made_is_not_made_twice() {
    for made in MADE {
        for arrives in [true, false] {
            let mut console = over_a_network(people);
            console.keys(made.0);
            typed(&mut console, made);
            let late = held_back(&mut console, "ctrl-o");
            assert!(is_told(&console, "Not there yet, looked at again"));
            typed(&mut console, made);
            console.keys("ctrl-o");
            // What was typed stays.
            console
                .shows("New ")
                .shows(made.1.get(2..5).unwrap_or_default().replace(' ', "").as_str());
            assert!(
                is_told(&console, FIRST) && sends_nothing(&console),
                "{}",
                console.screen()
            );
            if arrives {
                console.ask(late).unwrap();
            }
            console.wait(40_000);
            assert!(
                is_told(&console, if arrives { made.3 } else { made.4 }),
                "{}",
                console.screen()
            );
            assert!(sends_nothing(&console));
            console.keys("ctrl-o");
            assert!(!sends_nothing(&console), "{}", console.screen());
            // Nothing that was sent before is opened over it, or after it.
            if !arrives {
                console.lacks("New user");
            }
        }
    }
}

#[test]
fn what_is_taken_away_is_not_taken_away_twice() {
    let mut console = over_a_network(people);
    console.keys("j p / a n n a enter D tab");
    let late = held_back(&mut console, "enter");
    console
        .keys("D")
        .shows("Not there yet, looked at again")
        .lacks("Take away role Operators from anna@example.com?");
    assert!(is_told(&console, FIRST) && sends_nothing(&console));
    console.ask(late).unwrap();
    console.keys("D");
    assert!(is_told(&console, "it is as you sent it; u takes it back"));
    console.wait(1_000);
    assert_eq!(console.saved.as_ref().unwrap().undos.len(), 1);
    // What cannot come any more can be sent again.
    let mut console = over_a_network(people);
    console.keys("j p / a n n a enter D tab");
    held_back(&mut console, "enter");
    console
        .wait(40_000)
        .keys("D tab enter")
        .shows("taken away; u takes it back");
}

/// One of many that are to be done is named.
#[test]
fn what_is_on_its_way_is_not_among_many_that_are_sent() {
    let mut console = over_a_network(people);
    console.keys("j p / O p e r enter j D tab");
    held_back(&mut console, "enter");
    console.keys("* D").lacks("[ Cancel ]");
    assert!(is_told(&console, "role Operators of "), "{}", console.screen());
    assert!(is_told(
        &console,
        "was sent before; what came of that is looked at first"
    ));
    assert!(sends_nothing(&console));
    // Nor is one of many.
    let mut console = over_a_network(people);
    console.keys("j p / O p e r enter * D tab");
    held_back(&mut console, "enter");
    console.keys("esc esc p / O p e r enter D");
    assert!(
        is_told(&console, FIRST) && sends_nothing(&console),
        "{}",
        console.screen()
    );
    let tenants = || {
        let mut console = over_a_network(crate::support::usual);
        console.with_contexts(["default"]);
        console
    };
    let mut console = tenants();
    console.keys("j D").type_text("acme").keys("tab").held = true;
    console.keys("enter").answer_first("CountAgain");
    console.waiting.retain(|(_, request)| !is_change(request));
    console.answer().start_again();
    console.asked.clear();
    console.keys("G * D");
    assert!(is_told(
        &console,
        "acme was sent before; what came of that is looked at first"
    ));
    assert!(sends_nothing(&console), "{}", console.screen());
}

/// That nobody has its value is what stays on screen, however it was found.
#[test]
fn that_the_value_of_a_token_is_lost_stays_on_screen() {
    let mut console = over_a_network(people);
    console.keys(MADE[0].0);
    typed(&mut console, MADE[0]);
    let late = held_back(&mut console, "ctrl-o");
    console.keys("esc esc").wait(5_000);
    console.ask(late).unwrap();
    console.wait(5_000).shows(MADE[0].3);
    console.keys("j k").shows(MADE[0].3);
}

/// Nor is it passed over because what it would do is there already.
#[test]
fn an_undo_is_not_offered_while_it_is_not_known() {
    let mut console = over_a_network(people);
    console.keys("j p / a n n a enter D tab enter").shows("u takes it back");
    console.keys("u").shows("Undo: Give ");
    let late = held_back(&mut console, "tab enter");
    console.keys("u").shows("Not there yet, looked at again: Undo: Give ");
    assert!(is_told(&console, FIRST) && console.model.overlays.is_empty());
    console.ask(late).unwrap();
    console.keys("u");
    assert!(is_told(&console, "it is as you sent it") && !is_told(&console, "Not undone"));
    assert!(sends_nothing(&console));
    console.keys("ctrl-r").shows("Redo: Take away ");
}

/// Nothing that was not sent is said to have been.
#[test]
fn the_rest_of_an_undo_names_nothing_that_was_not_sent() {
    let mut console = over_a_network(people);
    console
        .keys("j p / O p e r enter * D tab enter")
        .keys("u")
        .shows("Undo: Give ");
    sent(&mut console, "tab enter", false);
    let saved = console.saved.as_mut().unwrap();
    let undo = saved.undos.last_mut().and_then(|undo| undo.deed.as_mut()).unwrap();
    let first: Vec<bool> = (0..undo.len()).map(|at| at == 0).collect();
    let others: Vec<bool> = first.iter().map(|is_first| !is_first).collect();
    assert!(undo.len() > 2);
    saved.sent[0].change.deed = undo.only(&first);
    *undo = undo.only(&others).unwrap();
    console.start_again();
    console.asked.clear();
    console.keys("u");
    assert!(
        is_told(&console, FIRST) && console.model.overlays.is_empty(),
        "{}",
        console.screen()
    );
    assert!(sends_nothing(&console));
}

/// Nor where it has a secret, of which nothing is kept.
#[test]
fn a_new_tenant_is_not_sent_twice() {
    let with = |fields: &'static [(&str, &str)]| {
        move || {
            let mut console = of_release("1.3", crate::support::usual);
            console.keys("n").type_text("New");
            for (field, text) in fields {
                console.field(field).type_text(text);
            }
            console.wait(1_000);
            console
        }
    };
    not_sent_twice(with(&[]));
    not_sent_twice(with(&[
        ("Secrets type", "vault"),
        ("Secrets settings", "token: hunter2"),
    ]));
    not_sent_twice(with(&[("SDK API token", "hunter2")]));
}

fn not_sent_twice(ready: impl Fn() -> Console) {
    let keys = LATE[0].1;
    for leave in ["esc tab enter", ""] {
        for arrives in [true, false] {
            let mut console = ready();
            let late = held_back(&mut console, keys);
            let Request::Create(new) = &late else {
                panic!("{late:?}")
            };
            let command =
                Change::CreateTenant(new).recorded_command(&console.model.session.command_words, Release::new(1, 3));
            console.wait(1_000);
            if leave.is_empty() {
                console.held = true;
                console.start_again();
                console.keys("6").answer();
                console.asked.clear();
                console.keys("esc");
            } else {
                console.keys(leave);
            }
            console.keys("n").type_text("New").keys("ctrl-o ctrl-o");
            assert!(is_told(&console, FIRST), "{}", console.screen());
            assert!(sends_nothing(&console));
            let kept = serde_json::to_string(&console.saved).unwrap();
            assert!(!kept.contains("hunter"), "{kept}");
            if arrives {
                console.ask(late).unwrap();
            }
            console.wait(40_000);
            let told = if arrives {
                "Tenant new is as you sent it"
            } else {
                "Not done: Create tenant new; send it again"
            };
            assert!(is_told(&console, told), "{}", console.screen());
            assert_eq!(console.found, [(command, arrives)]);
            // It can be sent once it is known not to be there.
            console.keys("ctrl-o");
            assert_eq!(sends_nothing(&console), arrives, "{}", console.screen());
        }
    }
}
