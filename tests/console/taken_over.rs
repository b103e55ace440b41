//! What was sent belongs to the instance: however one comes to that, it is looked for there, and not sent twice meanwhile.

use kestra_admin::app::effect::Request;

use crate::not_twice::FIRST;
use crate::on_its_way::{LATE, held_back, is_told, over_a_network};
use crate::roles::{acme, roles_of};
use crate::screens::tenants::people;
use crate::sent::{is_change, sends_nothing, sent};
use crate::support::Console;

const EARLY: &str = "Not there yet, looked at again: Take away ";

/// Somebody takes a role away, and the console is gone before the answer.
fn taking_away() -> Console {
    let mut console = over_a_network(people);
    console.with_contexts(["default", "large"]);
    console.keys("j p / a n n a enter D tab");
    sent(&mut console, "enter", false);
    console
}

/// A start in which keys are pressed before the instance answers.
fn start_and_press(console: &mut Console, keys: &str) {
    console.held = true;
    console.start_again();
    console.asked.clear();
    if !keys.is_empty() {
        console.keys(keys);
    }
    console.answer();
}

/// The same is asked for once more, and not sent.
fn is_barred(console: &mut Console) {
    console.keys("esc esc j p / a n n a enter D");
    assert!(is_told(console, FIRST), "{}", console.screen());
    console.lacks("Take away role Operators from anna@example.com?");
    assert!(sends_nothing(console));
}

#[test]
fn a_key_before_the_instance_answers_leaves_nothing_behind_that_was_sent() {
    let mut console = taking_away();
    start_and_press(&mut console, "6");
    console.lacks("Take away role Operators from anna@example.com, sent");
    assert!(is_told(&console, EARLY), "{}", console.screen());
    is_barred(&mut console);
    // What cannot come any more is said not to be done.
    console.wait(40_000);
    assert!(is_told(&console, "Not done: Take away "), "{}", console.screen());
}

#[test]
fn what_was_sent_is_kept_when_one_leaves_before_it_is_found() {
    for keys in ["6", ""] {
        let mut console = taking_away();
        start_and_press(&mut console, keys);
        console.keys("esc esc esc q q q");
        assert!(console.has_quit, "{}", console.screen());
        assert!(console.saved.as_ref().is_some_and(|saved| saved.sent.len() == 1));
        console.start_again();
        assert!(is_told(&console, EARLY), "{keys}: {}", console.screen());
        // Nor does it go where nothing had answered yet.
        console.wait(1_000).held = true;
        console.start_again();
        console.keys("q q q");
        assert!(console.saved.as_ref().is_some_and(|saved| saved.sent.len() == 1));
    }
}

#[test]
fn what_was_sent_is_looked_for_in_its_own_context_and_not_in_another() {
    let mut console = taking_away();
    console.start_again();
    console.asked.clear();
    console.keys("esc esc").line(":context large").shows("large > Tenants");
    console.wait(20_000);
    console.asked.clear();
    console.wait(20_000).keys("r");
    let looks = |console: &Console| console.asked.iter().any(|asked| matches!(asked, Request::Look(_)));
    assert!(!looks(&console), "it is of another instance");
    assert!(console.saved.as_ref().is_some_and(|saved| saved.sent.is_empty()));
    console.line(":context default").shows("default > Tenants");
    assert!(looks(&console));
    assert!(is_told(&console, "Not done: Take away "), "{}", console.screen());

    let mut console = taking_away();
    console.start_again();
    console.keys("esc esc").line(":context large").line(":context default");
    console.asked.clear();
    is_barred(&mut console);
}

#[test]
fn who_enters_the_context_one_is_in_loses_nothing_of_it() {
    for keys in ["c enter", ":"] {
        let mut console = taking_away();
        console.start_again();
        console.keys("esc esc");
        match keys {
            ":" => console.line(":context default"),
            keys => console.keys(keys),
        };
        assert!(is_told(&console, "Switched to default"), "{}", console.screen());
        console.wait(1_000);
        assert!(console.saved.as_ref().is_some_and(|saved| saved.sent.len() == 1));
        console.asked.clear();
        is_barred(&mut console);
    }
    // What can be taken back, as well.
    let mut console = over_a_network(people);
    console.with_contexts(["default", "large"]);
    console.keys("j p / a n n a enter D tab enter").shows("u takes it back");
    console.line(":context default").keys("u").shows("Undo: Give ");
}

/// Nor what waits for that to answer.
#[test]
fn who_enters_it_before_it_answers_loses_nothing_of_it_either() {
    let mut console = over_a_network(people);
    console.with_contexts(["default", "large"]);
    console.keys("j p / a n n a enter D tab enter").shows("u takes it back");
    console.wait(1_000).held = true;
    console.start_again();
    console.line(":context default").answer_first("Switch").answer();
    console.shows("> acme > ").keys("u").shows("Undo: Give ");
}

#[test]
fn what_a_form_sent_is_looked_for_wherever_the_form_is() {
    let left = ["Create tenant new", "Change tenant acme", "Create role Ops"];
    for ((ready, keys, what, done, _), left) in LATE.into_iter().zip(left) {
        for arrives in [true, false] {
            // It waits below another place.
            let mut console = ready();
            sent(&mut console, keys, false);
            start_and_press(&mut console, "6");
            assert!(
                is_told(&console, "Not there yet, looked at again: "),
                "{}",
                console.screen()
            );
            assert!(sends_nothing(&console), "{what}");

            // It was left, and its context entered once more.
            let mut console = ready();
            console.with_contexts(["default", "large"]);
            console.held = true;
            console.keys(keys);
            let at = console.waiting.iter().position(|(_, request)| is_change(request));
            let (_, late) = console.waiting.remove(at.expect("it was sent")).unwrap();
            console.waiting.clear();
            console.held = false;
            console.start_again();
            console.asked.clear();
            console.keys("esc tab enter").line(":context default");
            if arrives {
                console.ask(late).unwrap();
            }
            console.wait(40_000);
            let told = if arrives {
                done.replace("updated", "changed")
            } else {
                format!("Not done: {left}; send it again")
            };
            assert!(is_told(&console, &told), "{what}: {}", console.screen());
            assert!(sends_nothing(&console), "{what}");
            let found: Vec<bool> = console.found.iter().map(|(_, is_done)| *is_done).collect();
            assert_eq!(found, [arrives], "{what}: {:?}", console.found);
        }
    }
}

/// A form that is offered is of what was sent, too: once that is found, it is not opened as if it had not been sent.
#[test]
fn a_form_that_was_offered_goes_with_what_it_sent() {
    for arrives in [true, false] {
        let (ready, keys, ..) = LATE[2];
        let mut console = ready();
        sent(&mut console, keys, arrives);
        start_and_press(&mut console, "6");
        console.wait(40_000);
        console.line(":kept");
        if arrives {
            assert!(is_told(
                &console,
                "Role Ops created in tenant acme; it is as you sent it"
            ));
            console.lacks("New role");
        } else {
            assert!(is_told(&console, "Not done: Create role Ops"), "{}", console.screen());
            console.shows("New role").lacks("outcome is not known");
            console.asked.clear();
            console.keys("ctrl-o ctrl-o");
            assert!(!sends_nothing(&console), "{}", console.screen());
        }
    }
}

/// What was typed since is an edit of what is found: nothing is made a second time, and nobody else has changed anything.
#[test]
fn what_was_typed_since_is_an_edit_of_what_is_found() {
    let typed = [
        ("", "Edit tenant new", "New2", "Tenant new updated"),
        ("", "Edit tenant acme", "Ltd2", "Tenant acme updated"),
        ("tab", "Edit role Ops", "Ops2", "Role Ops changed"),
    ];
    for ((ready, keys, what, ..), (focus, title, text, told)) in LATE.into_iter().zip(typed) {
        for is_offered in [false, true] {
            let mut console = ready();
            let late = held_back(&mut console, keys);
            if !focus.is_empty() {
                console.keys(focus);
            }
            console.type_text("2").wait(1_000);
            if is_offered {
                start_and_press(&mut console, "6");
            }
            console.ask(late).unwrap();
            console.asked.clear();
            console.wait(40_000);
            if is_offered {
                console.line(":kept");
            }
            console.shows(title).shows(text);
            assert!(
                !is_told(&console, "hanged on the instance"),
                "{what}: {}",
                console.screen()
            );
            assert!(sends_nothing(&console), "{what}");
            console.wait(1_000);
            let undos = console.saved.as_ref().map(|saved| saved.undos.len());
            assert_eq!(undos, Some(1), "{what} was found once");
            console.keys("ctrl-o ctrl-o").shows(told);
            if what == "Role Ops" {
                let roles = roles_of(&console, &acme());
                assert_eq!(roles.iter().filter(|role| role.name.starts_with("Ops")).count(), 1);
            }
        }
    }
}

/// What is offered besides stays, and nothing is offered that has nothing in it.
#[test]
fn only_the_place_whose_form_is_found_goes() {
    let (ready, keys, ..) = LATE[1];
    let mut console = ready();
    let late = held_back(&mut console, keys);
    console.wait(1_000);
    start_and_press(&mut console, "6");
    console.keys("esc n").type_text("Other").wait(1_000);
    start_and_press(&mut console, "6");
    console.wait(1_000);
    let kept = console.saved.as_ref().and_then(|saved| saved.kept.as_ref());
    assert!(kept.is_some_and(|kept| kept.kept.is_some()), "{kept:?}");
    console.ask(late).unwrap();
    console.wait(40_000);
    assert!(is_told(&console, "Tenant acme changed; it is as you sent it"));
    let kept = console.saved.as_ref().and_then(|saved| saved.kept.as_ref());
    assert!(kept.is_some_and(|kept| kept.kept.is_none()), "{kept:?}");
    console.line(":kept").shows("New tenant").shows("Other");
}
