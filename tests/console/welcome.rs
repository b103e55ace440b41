//! The first start: nothing is configured, and a panel says how to go on.

use kestra_admin::app::effect::{Effect, Request};
use kestra_admin::app::msg::Msg;
use kestra_admin::app::run::text::parting;
use kestra_admin::app::update::update;
use kestra_admin::domain::check::{Check, Outcome};
use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::states::unreachable;
use crate::support::{Console, Setup, create, session};

/// A console at the first start, over the local instance as it is made: multi-tenancy is off.
pub fn first_start() -> Console {
    let mut console = Setup {
        enabled: None,
        default_tenant: None,
        session: session(|session| session.first_start = true),
        ..Setup::default()
    }
    .open(|_, _| {});
    console.with_contexts(["rehearsal"]);
    console.checks = vec![
        Check::new(
            "rehearsal",
            Outcome::Pass,
            "`rehearsal` is made, a Kestra 0.21 with 8 tenants.",
        ),
        Check::new(
            "server",
            Outcome::Pass,
            "`rehearsal` answers at http://127.0.0.1:40001.",
        ),
        Check::new(
            "context",
            Outcome::Pass,
            "Context `rehearsal` is in `/home/anna/config.toml`.",
        ),
    ];
    console
}

#[test]
fn the_first_start_says_how_to_go_on() {
    let mut console = first_start();
    insta::assert_snapshot!("welcome-80x24", console.pictured());
    console.resize(200, 50);
    insta::assert_snapshot!("welcome-200x50", console.pictured());
    console.resize(60, 20);
    insta::assert_snapshot!("welcome-60x20", console.pictured());
    console.resize(40, 12);
    console
        .shows("n Connect to a Kestra")
        .shows("T Practise")
        .shows("Esc Go on here");
    insta::assert_snapshot!("welcome-40x12", console.pictured());
    console.resize(1, 1).screen();
}

#[test]
fn the_panel_is_sent_away_by_esc_for_good() {
    for keys in ["esc", "j j enter", "G enter"] {
        let mut console = first_start();
        console.keys(keys).lacks("First start").shows("Multi-tenancy is off");
        assert!(console.welcomed, "<{keys}>");
        console.keys("L q c q").wait(60_000).lacks("First start");
    }
    // The keys of everywhere work on it, and it is there again after them.
    let mut console = first_start();
    console
        .keys("L")
        .shows("Nothing to report.")
        .keys("q")
        .shows("First start");
    console
        .keys("?")
        .shows("Help")
        .shows("welcome-choose")
        .keys("esc")
        .shows("First start");
    assert!(!console.welcomed);
    console.keys("q");
    assert!(console.has_quit);
}

#[test]
fn the_panel_leads_to_a_connection() {
    for keys in ["enter", "n", "j k enter"] {
        let mut console = first_start();
        console
            .keys(keys)
            .shows("Connect to a Kestra")
            .shows("Such as https://");
        // Whoever turns back is asked again.
        console.keys("esc").shows("First start");
        assert!(!console.welcomed);
    }
}

#[test]
fn the_panel_leads_to_a_rehearsal_that_is_made_step_by_step() {
    for keys in ["j enter", "T"] {
        let mut console = first_start();
        console.held = true;
        console
            .keys(keys)
            .shows("Rehearsal")
            .lacks("The way to")
            .wait(2_000)
            .shows("making it ready 2 s");
        console
            .answer()
            .shows("rehearsal > Tenants")
            .shows("Switched to rehearsal");
        console.lacks("First start");
        assert_eq!(console.model.session.context, "rehearsal");
        assert_eq!(console.entered.as_deref(), Some("rehearsal"));
        assert!(!console.welcomed);
    }
}

#[test]
fn a_rehearsal_that_cannot_be_made_says_at_which_step_and_can_be_tried_again() {
    let mut console = first_start();
    let problem = Problem::new(
        ProblemKind::Failed,
        "`rehearsal` was not started.",
        "It ended at once.",
        "Look into its log.",
    );
    console.checks[1] = Check::new(
        "server",
        Outcome::Fail,
        "`rehearsal` was not started. It ended at once.",
    )
    .with_next("Look into its log.");
    console.checks.truncate(2);
    console.fail_next("Rehearse", problem).keys("T");
    console.shows("failed, r tries again").shows(" r try again");
    insta::assert_snapshot!("rehearse-failed-80x24", console.screen());
    // By lines it is said once, too.
    let said = console.linear();
    for words in ["It ended at once.", "Look into its log."] {
        assert_eq!(said.matches(words).count(), 1, "{said}");
    }
    console.keys("r").shows("rehearsal > Tenants");
    assert_eq!(
        console
            .asked
            .iter()
            .filter(|request| matches!(request, Request::Rehearse))
            .count(),
        2
    );
}

#[test]
fn whoever_does_not_wait_for_a_rehearsal_is_not_taken_there() {
    for keys in ["ctrl-c", "esc", "q"] {
        let mut console = first_start();
        console.held = true;
        console
            .keys("T")
            .keys(keys)
            .wait(2_000)
            .shows("stopping 2 s")
            .shows("It is being stopped; what came of it is told");
        console
            .answer()
            .shows("stopped, r goes on")
            .shows(" r go on")
            .shows("It was stopped, and nothing is left running; r goes on");
        console
            .keys("ctrl-c")
            .shows("Nothing is going on; r goes on, Ctrl-c again leaves");
        console.keys("q").shows("First start");
        assert_eq!(console.model.session.context, "default");
    }
    // Its end is told elsewhere, too.
    let mut console = first_start();
    console.held = true;
    console.keys("T esc esc").shows("First start").answer();
    console.shows("It was stopped, and nothing is left running; T goes on");
    console.is_stopped = false;
    console.keys("T").shows("rehearsal > Tenants");
}

#[test]
fn a_server_that_was_stopped_again_is_not_said_to_answer() {
    let mut console = first_start();
    let begun = std::mem::replace(
        &mut console.checks,
        vec![Check::new("server", Outcome::Pass, "`rehearsal` is stopped.")],
    );
    console.held = true;
    console.keys("T");
    let (job, _) = console.waiting.back().cloned().unwrap();
    for check in begun.into_iter().take(2) {
        console.send(Msg::Checked(job, check));
    }
    console.shows("answers at").keys("q").answer();
    console
        .shows("`rehearsal` is made")
        .shows("`rehearsal` is stopped.")
        .lacks("answers at");
}

#[test]
fn a_stop_that_came_too_late_says_that_the_rehearsal_is_there() {
    for keys in ["ctrl-c", "esc", "q"] {
        let mut console = first_start();
        console.held = true;
        console.keys("T").keys(keys);
        console.is_stopped = false;
        console
            .answer()
            .shows("ready, r goes there")
            .shows(" r go there")
            .keys("L");
        console.shows("Too late to stop: rehearsal is there and runs; c leads to it");
        console
            .keys("enter")
            .shows("`kestra-admin --context rehearsal rehearsal stop` ends it");
        // Something is configured by then.
        console.keys("esc q q").lacks("First start").shows("default > Tenants");
        assert_eq!(console.entered, None);
    }
}

#[test]
fn a_rehearsal_that_gets_ready_while_something_else_is_in_front_takes_nothing_away() {
    for (keys, typed) in [
        ("1", ""),
        ("c", ""),
        ("3", ""),
        ("L", ""),
        ("?", ""),
        ("/", "server"),
        ("c n", "https://kestra.example.com"),
        ("7 n", "dora@example.com"),
    ] {
        let mut console = first_start();
        console.checks.truncate(1);
        console.held = true;
        console.keys("T");
        if keys == "/" {
            let (job, _) = console.waiting.back().cloned().unwrap();
            let check = console.checks[0].clone();
            console.send(Msg::Checked(job, check));
        }
        console.keys(keys).answer_but("Rehearse").type_text(typed);
        if !["?", "/"].contains(&keys) {
            let told = "The rehearsal is made on, and told once it is ready; T shows how far it is";
            let is_told = |console: &Console| console.model.messages.log.iter().any(|message| message.text == told);
            assert!(is_told(&console), "<{keys}>\n{}", console.screen());
        }
        // Nor does what stops reading stop it.
        if keys == "1" {
            console.keys("ctrl-c").shows("Nothing is going on");
        }
        let asked = |console: &Console| console.asked.iter().filter(|it| **it == Request::Contexts).count();
        let before = asked(&console);
        console.held = false;
        console.answer_first("Rehearse").shows(typed);
        let last = console.model.messages.log.back().unwrap().text.clone();
        assert_eq!(last, "rehearsal is ready; c, the contexts, leads to it", "<{keys}>");
        assert_eq!(console.entered, None, "<{keys}>");
        assert_eq!(asked(&console) - before, usize::from(keys.starts_with('c')), "<{keys}>");
        assert!(!console.has_quit);
    }
}

#[test]
fn a_rehearsal_that_is_being_made_is_come_back_to_and_not_made_twice() {
    for keys in ["1 T", "c q", "c T", "3 T", "c 1 T"] {
        let mut console = first_start();
        console.held = true;
        console.keys("T").keys(keys).answer_but("Rehearse");
        console.wait(1_000).shows("making it ready");
        let made = console.asked.iter().filter(|it| **it == Request::Rehearse).count();
        assert_eq!(made, 1, "<{keys}>");
        console.answer().shows("Switched to rehearsal");
        assert_eq!(console.entered.as_deref(), Some("rehearsal"), "<{keys}>");
    }
    // It goes on in another context.
    let mut console = first_start();
    console.with_contexts(["rehearsal", "lab"]).held = true;
    console.keys("T c").answer_but("Rehearse");
    console.keys("G enter").answer_but("Rehearse");
    assert_eq!(console.entered.as_deref(), Some("lab"));
    console.answer().shows("rehearsal is ready");
    assert_eq!(console.entered.as_deref(), Some("lab"));
}

fn made(console: &Console) -> usize {
    console.asked.iter().filter(|it| **it == Request::Rehearse).count()
}

/// The instance stays out of reach, or is changed by somebody else, for two minutes.
fn goes_on(console: &mut Console, is_away: bool) {
    let begun = console.asked.len();
    for at in 0..24 {
        if is_away {
            console.fail_next("Instance", unreachable());
            console.fail_next("Tenants", unreachable());
        } else {
            let id = format!("acme-{begun}-{at}");
            console.meanwhile(async |other| create(other, &id, "Acme").await);
        }
        console.wait(5_000).answer_but("Rehearse");
    }
}

#[test]
fn a_rehearsal_is_not_begun_anew_by_what_reads_again_by_itself() {
    for is_away in [true, false] {
        let begun = || {
            let mut console = Setup {
                session: session(|session| (session.first_start, session.refresh_seconds) = (true, 10)),
                ..Setup::default()
            }
            .open(|_, _| {});
            console.with_contexts(["rehearsal"]).checks = first_start().checks;
            if is_away {
                console
                    .fail_next("Instance", unreachable())
                    .fail_next("Tenants", unreachable());
                console.keys("r");
            }
            console.held = true;
            console.send(Msg::Run("rehearse".to_owned()));
            if made(&console) == 0 {
                console.keys("tab enter");
            }
            console
        };
        // While it is made,
        let mut console = begun();
        let asked = console.asked.len();
        goes_on(&mut console, is_away);
        assert!(console.asked.len() > asked + 2, "something was read meanwhile");
        assert_eq!(made(&console), 1, "{is_away}");
        console.shows("making it ready 120 s");
        // where it was stopped,
        console
            .keys("ctrl-c")
            .answer_first("Rehearse")
            .shows("stopped, r goes on");
        goes_on(&mut console, is_away);
        assert_eq!(made(&console), 1, "{is_away}");
        // where it failed,
        let mut console = begun();
        console.fail_next("Rehearse", unreachable()).answer_first("Rehearse");
        goes_on(&mut console, is_away);
        assert_eq!(made(&console), 1, "{is_away}");
        // and where it is ready and was not to be entered.
        let mut console = begun();
        console.keys("?").answer_first("Rehearse").keys("esc");
        goes_on(&mut console, is_away);
        assert_eq!((made(&console), &console.entered), (1, &None), "{is_away}");
    }
}

#[test]
fn a_rehearsal_that_is_being_made_is_not_begun_again_by_hand_either() {
    let mut console = first_start();
    console.held = true;
    console.keys("T r").shows("Not now: it is being made; q stops it");
    assert_eq!(made(&console), 1);
    console.answer().shows("Switched to rehearsal");
}

/// Nor is one that is being stopped, from the page of one that failed before.
#[test]
fn what_came_of_a_stop_is_awaited_on_another_page_too() {
    let mut console = first_start();
    console.fail_next("Rehearse", unreachable()).keys("T");
    console.held = true;
    console.send(Msg::Run("rehearse".to_owned()));
    if made(&console) == 1 {
        console.keys("tab enter");
    }
    console.keys("q q r");
    console.shows("Not now: it is being stopped, and what came of that is told first");
    assert_eq!(made(&console), 2);
    console.answer();
    console.is_stopped = false;
    console.keys("r").shows("Switched to rehearsal");
}

#[test]
fn what_came_of_a_stop_is_awaited_before_it_is_begun_again() {
    let mut console = first_start();
    console.held = true;
    console.keys("T ctrl-c r");
    console.shows("Not now: it is being stopped, and what came of that is told first");
    assert_eq!(made(&console), 1);
    console
        .answer()
        .shows("It was stopped, and nothing is left running; r goes on");
    console.is_stopped = false;
    console.keys("r").shows("Switched to rehearsal");
}

#[test]
fn whoever_leaves_while_a_rehearsal_is_made_is_asked_and_told_of_its_server() {
    let server = "`kestra-admin rehearsal stop` ends it";
    let quit = || Msg::Run("quit".to_owned());
    for keys in ["T 1", "T", "T ?"] {
        let mut console = first_start();
        console.held = true;
        console.keys(keys).answer_but("Rehearse");
        if keys == "T 1" {
            console.keys("q");
        } else {
            console.send(quit());
        }
        console
            .shows("A rehearsal is being made, and leaving stops that.")
            .shows(server)
            .lacks("typed");
        assert!(!console.has_quit, "<{keys}>");
        console.keys("enter").lacks("leaving stops");
        assert!(!console.has_quit, "<{keys}>");
        console.send(quit()).keys("tab enter");
        assert!(console.has_quit, "<{keys}>");
        let told = parting(&console.model).unwrap();
        assert!(told.contains(server), "{told}");
    }
    // The question goes once it is ready.
    let mut console = first_start();
    console.held = true;
    console.keys("T 1 q").shows("leaving stops that").answer();
    console.lacks("Leave the program").shows("rehearsal is ready");
    assert_eq!(parting(&console.model), None);
    // Nothing is asked where it is being stopped; that its server may run is told all the same.
    let mut console = first_start();
    console.held = true;
    console
        .keys("T ctrl-c ctrl-c")
        .shows("It is being stopped; Ctrl-c again leaves");
    console.keys("ctrl-c");
    assert!(console.has_quit);
    assert!(parting(&console.model).is_some());
    // What was typed is said beside it.
    let mut console = first_start();
    console.held = true;
    console.keys("T c n").answer_but("Rehearse").type_text("https://x");
    console
        .send(quit())
        .shows("What was typed has not been sent and would be lost.")
        .shows("A rehearsal is being made");
    assert_eq!(parting(&first_start().model), None);
}

#[test]
fn what_is_ready_and_not_entered_is_given_up() {
    for (keys, is_entered) in [("T 1", false), ("T", true)] {
        let mut console = first_start();
        console.held = true;
        console.keys(keys).answer_but("Rehearse");
        let (job, request) = console.waiting.pop_back().unwrap();
        let reply = console.ask(request);
        let now = console.model.now;
        let effects = update(&mut console.model, now, Msg::Reply(job, reply));
        assert_eq!(effects.contains(&Effect::Enter("rehearsal".to_owned())), is_entered);
        assert_eq!(effects.contains(&Effect::Cancel(job)), !is_entered);
    }
}

#[test]
fn a_rehearsal_can_be_asked_for_by_name_from_anywhere() {
    let mut console = first_start();
    console.keys("esc L :").type_text("rehearse").keys("enter");
    console
        .shows("the console switches to it")
        .keys("tab enter")
        .shows("rehearsal > Tenants");
    // What was typed is not lost by it.
    let mut console = first_start();
    console.keys("n").type_text("https://x");
    console.send(Msg::Run("rehearse".to_owned()));
    console.shows("`rehearse` can be done then").shows("https://x");
}

#[test]
fn where_nothing_is_changed_no_rehearsal_is_offered() {
    for (is_flag, why) in [
        (true, "Not now: it was started with --read-only"),
        (false, "Not now: the configuration is read-only"),
    ] {
        let mut console = first_start();
        console.model.session.read_only_flag = is_flag;
        console.model.session.read_only_configuration = !is_flag;
        // Neither the panel nor the key, the palette and the help ask first.
        console.shows(&format!("Practise on a rehearsal: {}", &why["Not now: ".len()..]));
        console.keys("T").shows(why).lacks("Rehearsal ");
        console.keys("j").shows(&format!("{why}.")).keys("enter").shows(why);
        console.keys("esc T").shows(why).lacks("the console switches to it");
        console.keys(":").type_text("rehearse").shows(why);
        assert!(!console.asked.contains(&Request::Rehearse));
    }
}

#[test]
fn the_panel_is_not_there_where_there_are_tenants_or_something_is_configured() {
    let mut console = Setup {
        session: session(|session| session.first_start = true),
        ..Setup::default()
    }
    .open(crate::support::usual);
    console
        .lacks("First start")
        .shows("3 tenants")
        .keys("enter")
        .shows("Tenant (default)");
    let mut console = Setup {
        enabled: None,
        default_tenant: None,
        ..Setup::default()
    }
    .open(|_, _| {});
    console.lacks("First start").shows("Multi-tenancy is off");
    // A tenant that appears sends it away.
    let mut console = Setup {
        session: session(|session| session.first_start = true),
        ..Setup::default()
    }
    .open(|_, _| {});
    console.shows("First start");
    console.meanwhile(async |other| create(other, "acme", "Acme").await);
    console.keys("r").lacks("First start").shows("1 tenant");
}

#[test]
fn the_panel_goes_by_lines() {
    let mut console = first_start();
    assert!(
        console.linear().contains("2. Practise on a rehearsal"),
        "{}",
        console.linear()
    );
    console
        .line("4")
        .shows("There is no row 4 here")
        .line("2")
        .shows("rehearsal > Tenants");
    let mut console = first_start();
    console.line("3").lacks("First start");
    assert!(console.welcomed);
    assert!(
        !console.linear().contains("Nothing is configured"),
        "{}",
        console.linear()
    );
}
