//! The first start: nothing is configured, and a panel says how to go on.

use kestra_admin::app::effect::Request;
use kestra_admin::domain::check::{Check, Outcome};
use kestra_admin::domain::problem::{Problem, ProblemKind};

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
            .shows("stopped, r goes on")
            .shows("Stopped, nothing is left running; r goes on");
        console.answer().keys("q").shows("First start");
        assert_eq!(console.model.session.context, "default");
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
    console.send(kestra_admin::app::msg::Msg::Run("rehearse".to_owned()));
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
