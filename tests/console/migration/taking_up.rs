//! Left on any page, and taken up again: at once, after a lost connection, days later.

use std::sync::Arc;

use kestra_admin::app::msg::Msg;
use kestra_admin::app::resume::Resume;
use kestra_admin::app::screen::Screen;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::migration::choices::DefaultTenantChoice;
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::step::Step;

use super::{console, setup};
use crate::support::migrations::{Fake, STARTED_AT, US, grown, plan};
use crate::support::{Console, Setup, session};

/// What was kept, as the next start reads it.
fn kept(console: &mut Console) -> Resume {
    let saved = console.saved.take().expect("something was kept");
    let text = serde_json::to_string(&saved).unwrap();
    assert!(!text.contains("confirmed"), "{text}");
    serde_json::from_str(&text).unwrap()
}

fn again(resume: Resume, fake: &Arc<Fake>) -> Console {
    Setup {
        resume: Some(resume),
        ..setup(Arc::clone(fake))
    }
    .open(|_, _| {})
}

const WAYS: [(&str, &str); 6] = [
    ("m", "check"),
    ("m enter", "backup"),
    ("m enter j enter", "restart"),
    ("m enter j enter enter n x ctrl-o", "tenants"),
    ("m enter j enter enter n x ctrl-o enter", "default tenant"),
    ("m enter j enter enter n x ctrl-o enter enter", "plan"),
];

#[test]
fn every_page_can_be_left_and_is_gone_on_from() {
    for (keys, page) in WAYS {
        let mut console = console(grown());
        console.keys(keys).shows(&format!("Migration of prod-eu: {page}"));
        console.keys("q").shows("Multi-tenancy is off on this instance.");
        console.keys("m").shows(&format!("Migration of prod-eu: {page}"));
    }
}

#[test]
fn after_a_lost_connection_the_page_is_there_again_with_its_answers() {
    for (keys, page) in WAYS {
        let mut before = console(grown());
        before.keys(keys).send(Msg::Ended);
        let fake = Arc::clone(&before.fake);
        let mut console = again(kept(&mut before), &fake);
        console
            .shows(&format!("Migration of prod-eu: {page}"))
            .shows("Resumed: the wizard");
        let wizard = console.model.wizard.as_ref().unwrap();
        assert_eq!(wizard.tenants.len(), usize::from(keys.contains('x')), "{page}");
        assert_eq!(wizard.backup.is_some(), keys.contains('j'), "{page}");
    }
}

#[test]
fn a_clean_exit_keeps_the_answers_too() {
    let mut before = console(grown());
    before.keys("m enter j enter enter n x ctrl-o q q");
    assert!(before.has_quit);
    let fake = Arc::clone(&before.fake);
    let mut console = again(kept(&mut before), &fake);
    console.shows("Multi-tenancy is off on this instance.").lacks("Resumed");
    console
        .keys("m")
        .shows("> 1. x admin anna")
        .shows("Resumed: the wizard, with what was answered before");
    // It is told once.
    console.keys("q m").lacks("Resumed");
    // And once more without having looked at it.
    let mut untouched = again(kept_after(&mut console), &fake);
    untouched.keys("q");
    let mut last = again(kept(&mut untouched), &fake);
    last.keys("m").shows("> 1. x admin anna");
}

fn kept_after(console: &mut Console) -> Resume {
    console.keys("q q");
    assert!(console.has_quit);
    kept(console)
}

#[test]
fn a_tenant_that_is_being_typed_comes_back_and_a_confirmation_does_not() {
    let mut before = console(grown());
    before.keys("m enter enter enter n").type_text("half").send(Msg::Ended);
    let fake = Arc::clone(&before.fake);
    let mut console = again(kept(&mut before), &fake);
    console
        .shows("Id half")
        .type_text("way")
        .keys("ctrl-o enter j enter")
        .type_text("prod-eu")
        .keys("tab enter");
    console.shows("page 6 of 6").lacks("was not confirmed").send(Msg::Ended);
    let mut last = again(kept(&mut console), &fake);
    last.shows("page 6 of 6")
        .shows("was not confirmed yet")
        .keys("enter")
        .shows("( Disable )");
    assert_eq!(
        last.model.wizard.as_ref().unwrap().default_tenant,
        Some(DefaultTenantChoice::Disable)
    );
}

#[test]
fn nothing_is_kept_of_a_wizard_that_was_only_looked_at_or_has_done_its_work() {
    let mut console = console(grown());
    console.keys("m q q");
    assert!(console.has_quit && console.saved.is_none());
    let mut console = super::console(grown());
    console.keys(super::SHORTEST).keys("q q");
    assert!(console.has_quit && console.saved.is_none());
}

#[test]
fn a_run_on_screen_is_on_screen_again() {
    let mut before = console(grown());
    before.keys(super::SHORTEST).send(Msg::Ended);
    let fake = Arc::clone(&before.fake);
    let mut console = again(kept(&mut before), &fake);
    console
        .shows("Resumed: run 7f3a at step 1 of 11. Esc goes back")
        .shows("run 7f3a step 1 of 11");
}

/// What is cut at the end matters least.
#[test]
fn what_was_not_sent_and_where_a_run_is_are_told_before_where_one_is() {
    let mut before = console(grown());
    before
        .keys(super::SHORTEST)
        .keys("c C")
        .type_text("https://k")
        .send(Msg::Ended);
    let fake = Arc::clone(&before.fake);
    fake.go(Some(Step::SyncAccess));
    let resume = Resume {
        filter: String::new(),
        ..kept(&mut before)
    };
    let mut console = Setup {
        resume: Some(resume),
        session: session(|session| {
            "prod-eu".clone_into(&mut session.context);
            session.came_back = Some("context prod-eu".to_owned());
            session.started_at = STARTED_AT;
        }),
        ..setup(Arc::clone(&fake))
    }
    .open(|_, _| {});
    let told = console.model.messages.log.back().unwrap().text.clone();
    let parts: Vec<&str> = told
        .split_once(": ")
        .unwrap()
        .1
        .split(". ")
        .next()
        .unwrap()
        .split(", ")
        .collect();
    assert_eq!(parts.first(), Some(&"run 7f3a at step 5 of 11"), "{told}");
    assert_eq!(parts.last(), Some(&"context prod-eu"), "{told}");
    console.shows("run 7f3a at step 5 of 11");
}

#[test]
fn a_run_that_has_begun_is_kept_at_once_in_place_of_the_wizard() {
    let mut console = console(grown());
    console.keys(super::SHORTEST).shows("Run 7f3a has begun");
    let fake = Arc::clone(&console.fake);
    again(kept(&mut console), &fake).shows("Resumed: run 7f3a");
}

#[test]
fn a_run_at_work_comes_before_a_wizard_that_was_left_open() {
    let mut before = console(grown());
    before
        .keys("m enter enter enter n x ctrl-o enter enter")
        .send(Msg::Ended);
    let fake = Arc::clone(&before.fake);
    fake.begin(&plan(&grown(), &["x"]), US);
    let mut console = Setup {
        resume: Some(kept(&mut before)),
        hold: true,
        ..setup(fake)
    }
    .open(|_, _| {});
    // Servers that are being restarted answer later than the files here.
    let problem = Problem::new(ProblemKind::Unreachable, "Nobody answers.", "It restarts.", "Wait.");
    console.fail_next("Instance", problem).answer();
    console.keys("r");
    console
        .shows("Resumed: run 7f3a")
        .shows("run 7f3a step 1 of 11")
        .lacks("Migration of prod-eu: plan");
}

#[test]
fn a_switch_of_contexts_keeps_the_answers_where_they_were_given() {
    let mut console = console(grown());
    console.with_contexts(["other"]);
    console
        .keys("m enter j enter enter n x ctrl-o q")
        .send(Msg::Run("context other".to_owned()));
    assert_eq!(console.entered.as_deref(), Some("other"));
    let kept = console.saved.as_ref().unwrap().migration.as_ref().unwrap();
    assert_eq!(kept.tenants.len(), 1);
    assert!(console.model.wizard.is_none());
}

#[test]
fn the_wizard_has_the_keys_where_they_were() {
    for (keys, typed) in [
        ("m enter j j", ""),
        ("m enter k", ""),
        ("m enter enter enter enter j", ""),
        ("m enter enter enter n a ctrl-o n b ctrl-o k", ""),
        ("m enter enter enter n", "half"),
        ("m enter enter enter n h a l f tab", "Half a na"),
        ("m enter enter enter n h a l f tab tab", "x"),
        ("m enter enter enter n a ctrl-o e", "b"),
        // What was in view of the text of a page.
        ("m enter j enter enter n x ctrl-o enter enter j j j", ""),
        ("m enter j enter enter n x ctrl-o enter enter G k", ""),
    ] {
        let mut before = console(grown());
        before.keys(keys).type_text(typed).send(Msg::Ended);
        let fake = Arc::clone(&before.fake);
        let mut again = again(kept(&mut before), &fake);
        assert_eq!(body(&again), body(&before), "{keys}\n{}", again.screen());
        if keys.ends_with('e') {
            again.keys("ctrl-o").shows("> 1. ab").lacks("2.");
        }
    }
}

#[test]
fn runs_and_a_step_of_one_are_selected_again() {
    for keys in ["3 j", "3 / 7 f 3 b enter", "3 l s", "m g g j", "m o", "3 j m k k"] {
        let fake = Fake::new(grown());
        for _ in 0..3 {
            fake.begin(&plan(&grown(), &["dev"]), US);
            fake.go(Some(Step::SyncAccess));
            fake.kill();
        }
        let mut before = setup(Arc::clone(&fake)).open(|_, _| {});
        before.keys(keys).send(Msg::Ended);
        let mut again = again(kept(&mut before), &fake);
        assert_eq!(body(again.news()), body(&before), "{keys}\n{}", again.screen());
    }
}

/// All that is on screen, but for what is told, with where the cursor of the terminal is.
fn body(console: &Console) -> (String, Option<(u16, u16)>) {
    let screen = console.screen();
    let lines: Vec<&str> = screen.lines().skip(1).collect();
    (lines[..lines.len() - 2].join("\n"), console.drawn().cursor)
}

/// How a run was shown is set once: what is pressed before its journal is read is not undone.
#[test]
fn the_output_of_a_run_is_closed_before_the_run_is_read() {
    let mut console = super::following::running(Some(Step::SyncAccess));
    console.wait(1_000);
    let steps = console.screen();
    console.keys("o").wait(1_000);
    assert_ne!(console.screen(), steps);
    let is_output = |console: &Console| {
        let view = console.model.screens.iter().find_map(|screen| match screen {
            Screen::Run(view) => Some(view.shows_output),
            _ => None,
        });
        view.unwrap()
    };
    assert!(is_output(&console));
    console.held = true;
    console.journals_wait = true;
    console.start_again();
    console.answer_first("Instance");
    assert!(is_output(&console));
    console.keys("q");
    assert!(!is_output(&console));
    console.wait(2_000);
    assert!(!console.saved.as_ref().unwrap().stood[0].other);
    console.journals_wait = false;
    console.news().answer();
    assert!(!is_output(&console), "{}", console.screen());
}

/// How far a run is to be rolled back is chosen again where one was choosing it.
#[test]
fn what_was_chosen_to_roll_back_to_is_chosen_again() {
    let mut console = super::following::running(Some(Step::Verify));
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().keys("b j").wait(1_000);
    let before = body(&console);
    console.shows("> Roll back");
    console.start_again();
    console.news();
    assert_eq!(body(&console), before);
    console.keys("q").lacks("> Roll back").shows("> Run ");
}

/// What was in view of the output of a run is in view again, wherever that was.
#[test]
fn the_output_of_a_run_is_in_view_as_it_was() {
    let mut console = super::following::running(Some(Step::Verify));
    for keys in ["o g g", "j", "G k"] {
        console.keys(keys).wait(1_000);
        let before = body(&console);
        console.start_again();
        console.news();
        assert_eq!(body(&console), before, "{keys}");
    }
}

#[test]
fn what_was_read_of_a_run_is_open_again_as_far_down_as_it_was() {
    let mut console = super::following::running(Some(Step::Verify));
    for keys in ["R", "j j", "esc k k enter", "esc d"] {
        console.keys(keys).wait(1_000);
        assert_eq!(console.model.overlays.len(), 1, "{keys}\n{}", console.screen());
        let before = body(&console);
        console.start_again();
        console.news();
        assert_eq!(body(&console), before, "{keys}");
    }
}

/// What was opened from the wizard lies above it again.
#[test]
fn what_was_open_above_the_wizard_is_open_above_it_again() {
    for keys in ["c", "6", "6 c"] {
        let mut console = console(grown());
        console.keys("m enter j enter").keys(keys).wait(1_000);
        let before = body(&console);
        assert!(
            console.screen().contains("> Migration > Restart > "),
            "{}",
            console.screen()
        );
        console.start_again();
        assert_eq!(body(&console), before, "{keys}");
        for _ in keys.split(' ') {
            console.keys("esc");
        }
        console.shows("> Migration > Restart");
    }
}
