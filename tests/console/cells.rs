//! What every view says where there is nothing, while it waits, when it fails, and when it is out of date: a test for each
//! of these that no other file holds.

use kestra_admin::app::msg::Msg;
use kestra_admin::domain::check::{Check, Outcome};
use kestra_admin::domain::problem::Problem;
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::step::Step;

use crate::migration::following::running;
use crate::screens::tenants::people;
use crate::states::{unreachable, waiting};
use crate::support::{Console, Setup, context, session, usual};

/// The rows inside the frame of the screen.
fn rows(console: &Console) -> Vec<String> {
    let screen = console.screen();
    let rows = screen.lines().filter_map(|line| line.strip_prefix('│'));
    rows.map(|row| row.trim_end_matches('│').trim_end().to_owned())
        .collect()
}

/// Fails unless there are rows that say they are not there yet, below the titles of a list and the word for its reading.
#[track_caller]
fn has_skeleton(console: &Console, title: &str, word: &str) {
    let rows = rows(console);
    let at = rows.iter().position(|row| row.contains(word));
    let at = at.unwrap_or_else(|| panic!("no `{word}` in\n{}", rows.join("\n")));
    assert!(rows[at - 1].contains(title), "{}", rows.join("\n"));
    for row in &rows[at + 1..at + 4] {
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert!(
            cells.len() > 1 && cells.iter().all(|cell| *cell == "..."),
            "{}",
            rows.join("\n")
        );
    }
}

/// Fails if there is anything inside the frame.
#[track_caller]
fn is_bare(console: &Console) {
    let rows = rows(console);
    let tabs = |row: &&String| row.contains("Overview");
    assert!(
        rows.iter().filter(|row| !tabs(row)).all(String::is_empty),
        "{}",
        rows.join("\n")
    );
}

/// Leaves the console waiting for what keys ask for.
fn held(console: &mut Console, keys: &str) {
    console.held = true;
    console.keys(keys);
}

#[test]
fn tenants_that_are_not_there_yet_have_rows_that_say_so() {
    let mut console = waiting();
    is_bare(console.wait(149));
    console.wait(1);
    has_skeleton(&console, "ADMINS", "reading tenants");
    console.wait(1_850).shows("reading tenants 2 s Esc cancels");
    console.resize(40, 12);
    has_skeleton(&console, "STATE", "reading tenants 2 s");
    console
        .keys("esc")
        .shows("Reading tenants was stopped.")
        .lacks("ADMINS");
}

#[test]
fn other_lists_that_are_not_there_yet_have_such_rows_too() {
    for (keys, title, word) in [
        ("j enter tab", "HOLDERS", "reading access"),
        ("j enter tab tab", "NAMESPACE", "reading access"),
        ("6", "RESULT", "reading changes"),
        ("7", "SUPERADMIN", "reading users"),
        ("c", "LEADS TO", "reading the configuration"),
    ] {
        let mut console = Console::usual();
        held(&mut console, keys);
        is_bare(console.wait(149));
        console.wait(1);
        has_skeleton(&console, title, word);
    }
    let mut console = waiting();
    console.keys("3").wait(150);
    has_skeleton(&console, "OUTCOME", "reading runs");
}

#[test]
fn a_role_that_is_not_there_yet_has_its_matrix_without_signs() {
    let mut console = Console::usual();
    console.keys("j enter tab enter").shows("CREATE on").keys("1");
    held(&mut console, "-");
    is_bare(console.wait(149));
    console.wait(1);
    let rows = rows(&console);
    let flow = rows.iter().find(|row| row.contains(" FLOW "));
    let flow = flow.unwrap_or_else(|| panic!("{}", console.screen()));
    assert_eq!(
        flow.split_whitespace().collect::<Vec<_>>(),
        ["FLOW", "...", "...", "...", "..."]
    );
    console.shows("reading role").wait(1_900).shows("Esc cancels");
    console.answer().shows("CREATE on").lacks("FLOW ...");
}

#[test]
fn an_empty_list_says_what_fills_it_or_why_we_cannot() {
    let nobody = || Setup {
        default_tenant: Some(false),
        ..Setup::default()
    };
    nobody()
        .open(|_, _| {})
        .shows("No tenants on default that you may see.")
        .shows("n creates one; I imports those of a snapshot in a file.");
    let mut console = Setup {
        acting_as: Some("ben@example.com"),
        ..nobody()
    }
    .open(|instance, _| crate::support::user(instance, "ben@example.com"));
    console.shows("You cannot create one: ").lacks("n creates one");
}

#[test]
fn a_filter_that_nothing_matches_is_repeated_with_the_key_that_clears_it() {
    let mut console = Console::usual();
    console.keys("/").type_text("state:failed").keys("enter");
    console.shows("No tenant matches state:failed. Esc clears");
    console.keys("esc").shows("3 tenants");
}

#[test]
fn rows_that_are_old_are_dimmed_wherever_there_are_any() {
    // The line in which a row with this word has its style.
    let style = |console: &Console, word: &str| {
        let picture = console.styled();
        let (screen, styles) = picture.split_once("\n---\n").unwrap();
        let row = screen.lines().position(|line| line.contains(word));
        let row = row.unwrap_or_else(|| panic!("no `{word}` on\n{screen}"));
        let start = format!("{row:>2}: ");
        let line = styles.lines().find(|line| line.starts_with(&start));
        line.unwrap_or_default().to_owned()
    };
    for (keys, question, word) in [
        ("g g", "Tenants", "Billing"),
        ("j enter tab", "Access", "Unused"),
        ("7", "People", "anna@example.com"),
    ] {
        let mut console = Setup::default().open(people);
        console.keys(keys);
        let fresh = style(&console, word);
        console.wait(120_000).fail_next(question, unreachable()).keys("r");
        console.shows("as of 2 min ago, r reads again");
        assert_ne!(style(&console, word), fresh, "{word}\n{}", console.styled());
    }
}

#[test]
fn while_an_id_is_looked_up_its_field_says_so() {
    let mut console = Console::usual();
    console.keys("n");
    console.held = true;
    console.type_text("Initech").wait(400).shows("checking id...");
    console.answer().shows("free").lacks("checking id");
}

#[test]
fn a_tenant_without_roles_says_how_to_make_one() {
    let mut console = Console::usual();
    console.send(Msg::Run("tenant (default)".to_owned())).keys("tab");
    console
        .shows("0 roles")
        .shows("No roles in this tenant. n creates one; in its matrix t starts from a template.");
    console
        .keys("n")
        .type_text("Ops")
        .keys("tab tab tab t")
        .shows("type to search");
}

#[test]
fn each_check_of_a_migration_says_that_it_is_under_way_and_what_is_wrong_has_a_mark() {
    let mut console = Console::usual();
    console.with_contexts(["default"]);
    console.checks = vec![
        Check::new("name", Outcome::Pass, "It has an address."),
        Check::new("release", Outcome::Warn, "0.13.1").with_next("It is old; upgrade it."),
        Check::new("rights", Outcome::Fail, "Nobody may do anything.").with_next("Ask a superadmin."),
    ];
    console.keys("c t").shows("pass name It has an address.");
    for size in [(80, 24), (60, 20), (40, 12)] {
        console.resize(size.0, size.1).keys("g g");
        console.shows("! warn release").keys("G");
        console.shows("! fail rights").shows("Ask a superadmin.");
    }
    console.lacks("! pass");
}

#[test]
fn a_run_of_which_nothing_is_heard_says_since_when() {
    let mut console = running(Some(Step::Restart));
    console.wait(29_000).lacks("No news");
    console.wait(11_000).shows("No news for 40 s.");
    console.fake.note(Step::Restart, "back");
    console.news().lacks("No news");
    // A command may be silent for long; that is no fault of whoever waits for it.
    console.fake.act(0);
    console.news().wait(180_000);
    console
        .shows("No news for 3 min, nothing written.")
        .lacks("not responding");
}

#[test]
fn a_run_whose_process_does_nothing_says_who_holds_its_lock() {
    let mut console = running(Some(Step::Restart));
    console.wait(180_000);
    console.shows("! Runner not responding for 3 min: lock held by ana@jump1, pid 4711.");
    console.shows("once it has ended, P goes on");
    for size in [(60, 20), (40, 12)] {
        console
            .resize(size.0, size.1)
            .shows("lock held by ana@jump1, pid 4711.");
    }
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().lacks("not responding");
}

#[test]
fn with_reduced_motion_silence_is_said_and_not_counted() {
    let mut console = running(Some(Step::Restart));
    console.model.session.reduced_motion = true;
    console.wait(30_000).shows("No news for 30 s.");
    console.wait(90_000).shows("Runner not responding for 2 min");
    assert_eq!(console.model.next_deadline(), None);
}

#[test]
fn contexts_say_how_many_servers_are_still_asked() {
    let mut console = Console::usual();
    console.contexts = ["one", "two", "three", "four"]
        .map(|name| (context(name), Err::<String, Problem>(unreachable())))
        .to_vec();
    console.keys("c");
    held(&mut console, "r");
    console.answer_first("Contexts").wait(149).lacks("checking").wait(1);
    console.shows("checking 4 servers 4 contexts");
    console.answer_first("Reach").shows("checking 3 servers");
    console.wait(2_000).shows("checking 3 servers 2 s");
    // Each says for itself why it cannot be used.
    console
        .answer()
        .shows("one RW https://one.example.com ! The connection")
        .lacks("checking");
}

#[test]
fn a_refusal_to_list_says_that_it_needs_a_superadmin_and_who_can_help() {
    let mut console = Setup {
        hold: true,
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(usual);
    // As it comes from a server; see `refusal.rs`.
    let refused = Problem::new(
        kestra_admin::domain::problem::ProblemKind::Denied,
        "You may not list the tenants.",
        "Kestra refused it to `ana`.",
        "It needs a superadmin: no role of a tenant allows it. Ask one.",
    );
    console.fail_next("Tenants", refused).answer();
    console
        .shows("! You may not list the tenants.")
        .shows("It needs a superadmin")
        .shows("r tries again c other context ! details");
}
