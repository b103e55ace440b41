//! While another context is being opened nothing is sent, to whichever of the two: what was typed stays, and goes when that
//! was stopped.

use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::migration::step::Step;

use crate::screens::tenants::people;
use crate::support::migrations::{Fake, US, grown, plan};
use crate::support::{Console, Setup};

/// A console on the way to another context, whose rest is answered.
fn opening(mut console: Console) -> Console {
    console.with_contexts(["default", "prod", "prod-eu"]).held = true;
    console.keys(":").type_text("context prod").keys("enter");
    console.answer_but("Switch");
    console
}

/// The same, on the roles of tenant acme and where keys lead from there.
fn on(keys: &str) -> Console {
    let mut console = Setup::default().open(people);
    console.keys("j enter esc");
    let mut console = opening(console);
    console.keys("2").answer_but("Switch").keys(keys).answer_but("Switch");
    console
}

fn changes(console: &Console) -> usize {
    let is_change = |request: &&Request| {
        matches!(
            request,
            Request::Create(_)
                | Request::Update { .. }
                | Request::Do(..)
                | Request::StartRun(_)
                | Request::ControlRun(..)
                | Request::Connect(_)
        )
    };
    console.asked.iter().filter(is_change).count()
}

/// It is refused; stopping the other context and sending it again sends it.
#[track_caller]
fn is_held(console: &mut Console, stop: &str, again: &str) {
    console.shows("Not now: another context is being opened");
    assert_eq!(changes(console), 0, "nothing is sent");
    console.keys(stop).keys(again);
    assert_eq!(changes(console), 1, "it is sent then");
    assert_eq!(console.entered, None);
}

#[test]
fn the_form_of_a_tenant_stays() {
    let mut console = on("shift-tab e");
    console
        .shows("Edit tenant acme")
        .type_text(" and more")
        .keys("ctrl-o")
        .shows("Review before sending");
    console.keys("enter").shows("Ctrl-c stops that");
    is_held(&mut console, "ctrl-c", "enter");

    // It is there again after a switch that could not be stopped.
    let mut console = on("shift-tab e");
    console
        .type_text(" and more")
        .keys("ctrl-o enter")
        .answer()
        .shows("Switched to prod");
    assert_eq!(changes(&console), 0);
    assert!(console.saved.as_ref().unwrap().draft.is_some());
}

#[test]
fn the_editor_of_a_role_stays() {
    let mut console = on("n");
    console.type_text("Ops").keys("enter A ctrl-o enter");
    is_held(&mut console, "ctrl-c", "enter");
}

#[test]
fn lines_stay_as_they_were_typed() {
    // A group, a user, and an invitation from its first line to the last list.
    let mut console = on("tab tab tab n");
    console.shows("New group").type_text("Zebras").keys("ctrl-o");
    console.shows("once that has ended, it can be sent").shows("Zebras");
    console.fail_next("Switch", unreachable()).answer();
    console.held = true;
    console.keys("ctrl-o");
    assert_eq!(changes(&console), 1);

    let mut console = on("tab tab n");
    console.shows("New user").type_text("dora@example.com").keys("ctrl-o");
    console
        .shows("Not now: another context is being opened")
        .shows("dora@example.com");
    assert_eq!(changes(&console), 0);

    let mut console = on("tab tab I");
    console.keys("n").type_text("new@example.com").keys("enter");
    console.type_text("Operators").keys("enter").answer_but("Switch");
    console.keys("enter").type_text("Night").keys("enter");
    console.shows("Not now: another context is being opened");
    console.shows("Which groups come with the invitation").shows("/ Night");
    assert_eq!(changes(&console), 0);
    console.fail_next("Switch", unreachable()).answer();
    console.keys("enter").shows("new@example.com invited");
}

#[test]
fn a_list_to_pick_from_stays_as_it_was() {
    let mut console = on("tab b");
    console
        .type_text("anna")
        .keys("enter")
        .type_text("Operators")
        .keys("enter")
        .answer_but("Switch");
    console.type_text("company.other").keys("enter");
    console
        .shows("Not now: another context is being opened")
        .shows("/ company.other");
    assert_eq!(changes(&console), 0);
    console.fail_next("Switch", unreachable()).answer();
    console.keys("enter");
    assert_eq!(changes(&console), 1);
}

fn unreachable() -> Problem {
    Problem::new(
        ProblemKind::Unreachable,
        "`prod` cannot be reached.",
        "Nobody answers.",
        "Start it.",
    )
}

#[test]
fn no_run_is_started_and_none_is_asked_for_anything() {
    let mut console = opening(crate::migration::console(grown()));
    console.send(Msg::Run("migration".to_owned())).answer_but("Switch");
    console.keys("enter enter enter n d e v ctrl-o").answer_but("Switch");
    console.keys("enter enter enter tab enter");
    is_held(&mut console, "ctrl-c", "enter tab enter");
}

#[test]
fn a_run_is_left_alone() {
    let fake = Fake::new(grown());
    fake.begin(&plan(&grown(), &["dev"]), US);
    fake.go(Some(Step::SyncAccess));
    let setup = Setup {
        fake,
        ..Setup::default()
    };
    let mut console = opening(setup.open(people));
    console.keys("3").answer_but("Switch");
    console.keys("enter").answer_but("Switch");
    console.keys("P");
    is_held(&mut console, "ctrl-c", "P");
}

#[test]
fn no_other_kestra_is_connected_to_meanwhile() {
    let mut console = opening(Console::usual());
    console.keys("n").type_text("https://kestra.example.com").keys("tab");
    console
        .type_text("ana")
        .keys("tab tab")
        .type_text("hunter2")
        .keys("ctrl-o");
    is_held(&mut console, "ctrl-c", "ctrl-o");
}

#[test]
fn what_is_on_its_way_is_kept_until_it_is_answered() {
    let mut console = Setup::default().open(people);
    console.keys("j p tab I n").type_text("new@example.com").keys("enter");
    console.type_text("Operators").keys("enter enter").type_text("Night");
    console.held = true;
    console.keys("enter").wait(1_000);
    let kept = console.saved.as_ref().unwrap();
    assert!(kept.pick.is_some(), "the invitation");
    console.answer().shows("new@example.com invited").wait(1_000);
    assert!(console.saved.as_ref().unwrap().pick.is_none());

    // Lines that wait for the answer, too, or for a second look at what they come to.
    let mut console = Setup::default().open(people);
    console.keys("j p tab tab n").type_text("Zebras");
    console.held = true;
    console.keys("ctrl-o").lacks("New group").wait(1_000);
    let sent = &console.saved.as_ref().unwrap().sent;
    assert!(sent.iter().any(|doubt| doubt.entry.is_some()), "the group");
    console.answer().wait(1_000);
    assert!(!console.saved.as_ref().unwrap().is_sent());
}
