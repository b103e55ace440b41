//! The matrix follows what the instance says that roles can hold.

use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::domain::assignable::Assignable;
use kestra_admin::domain::catalogue;
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::release::Release;

use crate::roles::of_2_0;
use crate::support::Console;

const NEW: Release = Release::new(2, 0);

/// A server that lists a resource we do not know, and does without one that we do.
fn another_server() -> Assignable {
    let known = Assignable::of(NEW);
    let without = known.rows().iter().filter(|(name, _)| name.as_str() != "POLICY");
    let rows = without
        .cloned()
        .chain([("ROCKET".into(), vec!["VIEW".into(), "LAUNCH".into()])]);
    let mut pilot = Permissions::default();
    pilot.allow("ROCKET".into(), "LAUNCH".into());
    Assignable::told(NEW, rows.collect(), Ok(vec![("PILOT".to_owned(), pilot)]))
}

fn denied() -> Problem {
    Problem::new(
        ProblemKind::Denied,
        "You may not.",
        "Kestra refused it to `ana`.",
        "Ask an admin.",
    )
}

fn times_asked(console: &Console) -> usize {
    let asked = console.asked.iter();
    asked
        .filter(|request| matches!(request, Request::Assignable(_)))
        .count()
}

#[test]
fn rows_columns_and_templates_are_those_of_the_server() {
    let mut console = of_2_0();
    console.assignable = Some(another_server());
    assert_eq!(times_asked(&console), 0, "the list of roles does not need it");
    console.keys("n").type_text("Ops").keys("enter G");
    console
        .shows("VIEW on ROCKET: not allowed")
        .shows("16-26 of 26 resources")
        .lacks("POLICY");
    console
        .keys("a")
        .shows("2 rights")
        .keys("u t")
        .shows("PILOT")
        .type_text("pil")
        .keys("enter");
    console
        .shows("1 right")
        .keys("ctrl-o")
        .shows("+ ROCKET: LAUNCH")
        .shows("--allow ROCKET:LAUNCH");
    console.keys("esc esc tab enter enter").shows("Role Admin");
    // What Admin holds is shown although the server does not list it.
    console.shows("1-12 of 27");
    assert_eq!(times_asked(&console), 1, "asked once for the tenant");
}

#[test]
fn a_server_that_lists_all_of_the_document_has_37_rows_that_can_be_read_at_80_columns() {
    let rows = catalogue::resources(NEW).into_iter().map(|info| {
        let own: Vec<Action> = info.actions().map(Action::known).collect();
        let own = if own.is_empty() {
            vec!["VIEW".into(), "LIST".into()]
        } else {
            own
        };
        (info.name.clone(), own)
    });
    let mut console = of_2_0();
    console.assignable = Some(Assignable::told(NEW, rows.collect(), Err(denied())));
    console
        .keys("n")
        .type_text("Ops")
        .keys("enter")
        .shows("of 37 resources");
    for title in ["VIEW", "LIST", "CREATE", "UPDATE", "DELETE", "OTHERS"] {
        console.shows(title);
    }
    console
        .keys("G")
        .shows("VIEW on INSTANCE: not allowed")
        .keys("space")
        .shows("1 right");
    console.keys("t").shows("of Kestra, as 2.0 is known");
}

#[test]
fn no_key_waits_for_it_and_what_was_set_meanwhile_stays() {
    let mut console = of_2_0();
    console.assignable = Some(another_server());
    console.held = true;
    console.keys("n").type_text("Ops").keys("enter j space");
    console
        .shows("VIEW on EXECUTION: allowed")
        .shows("of 26 resources")
        .lacks("is known");
    console
        .send(Msg::Cell(Resource::from("POLICY"), Some(Action::from("VIEW"))))
        .shows("2 rights");
    console
        .answer()
        .shows("VIEW on POLICY: allowed")
        .shows("2 rights")
        .shows("of 27");
    console
        .keys("ctrl-o")
        .shows("1 right that this Kestra 2.0 does not list; it may refuse them");
}

#[test]
fn a_draft_keeps_what_only_the_server_knows() {
    let mut console = of_2_0();
    console.assignable = Some(another_server());
    console.keys("n").type_text("Ops").keys("enter");
    console.send(Msg::Cell(Resource::from("ROCKET"), Some(Action::from("LAUNCH"))));
    console.shows("LAUNCH on ROCKET: allowed").shows("1 right").wait(1_000);
    // A draft comes back whole before anything is known.
    let mut again = of_2_0();
    again.assignable = Some(another_server());
    again.saved.clone_from(&console.saved);
    again
        .start_again()
        .shows("1 right")
        .keys("ctrl-o")
        .shows("+ ROCKET: LAUNCH");
}

#[test]
fn where_the_server_does_not_say_it_the_release_does_with_a_quiet_word_until_it_is_read_again() {
    let mut console = of_2_0();
    console.assignable = Some(Assignable::unsaid(NEW, denied()));
    console.keys("enter").shows("as 2.0 is known");
    console
        .shows("What roles can hold is shown as Kestra 2.0 is known: Kestra refuse")
        .shows("L all");
    console.keys("q enter").shows("as 2.0 is known");
    assert_eq!(times_asked(&console), 1);
    console.assignable = Some(another_server());
    console.keys("r").lacks("as 2.0 is known").shows("1-12 of 27");
    assert_eq!(times_asked(&console), 2);
    // One that does not answer holds nothing up, either.
    let mut console = of_2_0();
    let down = Problem::new(
        ProblemKind::Unreachable,
        "It does not answer.",
        "Refused.",
        "Try again.",
    );
    console
        .fail_next("Assignable", down)
        .keys("n")
        .type_text("Ops")
        .keys("enter space");
    console.shows("1 right").shows("as 2.0 is known").lacks("error");
}
