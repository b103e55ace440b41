//! What the commands of a run wrote, command by command; and what a step came to where its row is too short for it.

use kestra_admin::migration::action::{CommandKind, Outcome};
use kestra_admin::migration::run_summary::Control;
use kestra_admin::migration::step::Step;

use super::following::{controls, running};
use super::keep;
use crate::support::migrations::usual_outcome;

#[test]
fn each_command_has_a_heading_that_says_how_it_ended() {
    let mut console = running(Some(Step::Restart));
    console
        .keys("o")
        .shows("kestra backups create FULL")
        .shows("It wrote nothing.");
    console.fake.act(0);
    console.fake.write("Container kestra-1  Starting");
    console.news();
    console.shows("restart running").shows("docker compose up -d");
    console.fake.go(Some(Step::SyncAccess));
    console.fake.act(0);
    for line in 1..=4 {
        console.fake.write(&format!("INFO synchronising access of user {line}"));
    }
    console.news();
    keep("run_output_grouped", &mut console);
    console
        .keys("g g")
        .shows("backup ended with 0 after 0:09")
        .shows("restart ended with 0 after 0:09")
        .shows("| Container kestra-1 Starting")
        .shows("sync-access running");
    console.fake.kill();
    console.news().shows("sync-access cut off; how it ended is not known");
    console.keys("o P");
    console.fake.script(|step, action| match action {
        kestra_admin::migration::action::Action::Run {
            command: CommandKind::SyncAccess,
        } => Outcome::Failed {
            problem: Box::new(kestra_admin::domain::problem::Problem::new(
                kestra_admin::domain::problem::ProblemKind::Failed,
                "It ended with 1.",
                "The database is down.",
                "Mend it.",
            )),
        },
        _ => usual_outcome(step, action),
    });
    console.fake.go(None);
    console.news().keys("o").shows("sync-access failed");
    assert_eq!(controls(&console), [Control::Resume { from: None }]);
}

#[test]
fn of_a_long_command_the_end_is_shown() {
    let mut console = running(Some(Step::SyncAccess));
    console.keys("o").resize(60, 20);
    console.fake.act(0);
    console.news().shows("auths users sync-access").shows("docker compose ");
}

#[test]
fn what_another_step_wrote_stands_under_its_name() {
    let mut console = running(Some(Step::SyncAccess));
    console.lacks("wrote:");
    console.fake.act(0);
    console.fake.write("INFO synchronising access of user 1");
    console.news().shows("| INFO synchronising").lacks("wrote:");
    console
        .keys("j")
        .shows("sync-access wrote: | INFO synchronising access of user 1");
    for size in [(60, 20), (80, 24), (200, 60)] {
        console.resize(size.0, size.1);
        console.shows("| INFO synchronising access of user 1");
        assert!(
            console.words().contains("sync-access wrote:") != console.words().contains("sync-access | INFO"),
            "{}",
            console.screen()
        );
    }
    console.keys("k").lacks("wrote:");
    // What a step wrote itself is shown, whatever others wrote since.
    console.fake.go(Some(Step::VerifyAccess));
    console.fake.act(0);
    console.news().keys("g g").shows("sync-access wrote:");
}

#[test]
fn where_a_line_has_no_room_its_columns_are_closed_up() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    console
        .fake
        .write("  09:47:38,564 INFO  main         users        Access of 37 users");
    console.news().keys("o").resize(80, 24);
    let spaced = "|   09:47:38,564 INFO  main         users        Access of 37 users";
    assert!(console.screen().contains(spaced));
    console.resize(60, 20);
    let closed = "|   09:47:38,564 INFO main users Access of 37 users";
    assert!(console.screen().contains(closed), "{}", console.screen());
}

#[test]
fn lines_that_stand_below_each_other_are_closed_up_together() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    let lines = [
        "  09:47:38,564 INFO  main         users        Access of 37 users",
        "  09:47:39,071 ERROR main         users        No access",
    ];
    for line in lines {
        console.fake.write(line);
    }
    console.news().resize(80, 24);
    for line in lines {
        assert!(console.screen().contains(&format!("| {line}")), "{}", console.screen());
    }
    console.resize(60, 26);
    for line in ["INFO main users Access of 37 users", "ERROR main users No access"] {
        assert!(console.screen().contains(line), "{}", console.screen());
    }
}

#[test]
fn a_line_that_is_longer_than_the_screen_goes_on_in_the_next() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    let words: Vec<String> = (1..=60).map(|number| format!("word{number}")).collect();
    console.fake.write(&format!("  {}", words.join(" ")));
    console.fake.write(&"x".repeat(200));
    console.news().keys("o").resize(60, 40);
    for word in &words {
        console.shows(word);
    }
    let screen = console.screen();
    assert!(
        !screen.lines().any(|line| line.contains("| ") && line.contains('…')),
        "{screen}"
    );
    console.resize(60, 20).keys("g g").lacks("word60");
    // It is searched as it is broken, and the page moves by its rows.
    console
        .keys("/")
        .type_text("word59 word60")
        .keys("enter")
        .shows("match 1 of 1");
    console.keys("esc G").shows("step 5 of 11; following").shows("| xxxx");
    // Where there is more room, less is broken.
    console.resize(200, 60).shows("| word1 word2");
}

#[test]
fn rows_that_go_at_the_top_do_not_move_what_is_read() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    for line in 1..=2_000 {
        console
            .fake
            .write(&format!("line {line} {}", "of many words ".repeat(8)));
    }
    console.news().keys("o").resize(80, 24).keys("pgup pgup");
    let before = console.screen().lines().nth(6).unwrap_or_default().to_owned();
    for line in 2_001..=2_100 {
        console.fake.write(&format!("line {line}"));
    }
    console.news();
    assert_eq!(console.screen().lines().nth(6).unwrap_or_default(), before);
}

#[test]
fn what_is_read_stays_at_the_top_where_lines_are_broken_anew() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    for line in 1..=400 {
        console
            .fake
            .write(&format!("line {line} {}", "of many words ".repeat(8)));
    }
    console.news().keys("o").resize(80, 24);
    // So that a line begins at the top.
    let at_top = |screen: &str| screen.lines().nth(3).unwrap_or_default().to_owned();
    console.keys("pgup pgup pgup pgup");
    while !at_top(&console.screen()).contains("| line ") {
        console.keys("up");
    }
    let top = at_top(&console.screen());
    let line: String = top.split(" of ").next().unwrap_or_default().to_owned();
    for (width, height) in [(200, 40), (60, 20), (80, 24)] {
        console.resize(width, height);
        let screen = console.screen();
        let row = screen.lines().find(|row| row.contains("| ")).unwrap_or_default();
        assert!(row.contains(line.trim_end()), "{line}\n{screen}");
    }
    assert_eq!(at_top(&console.screen()), top);
}

#[test]
fn what_was_left_out_of_much_output_is_counted() {
    let mut console = running(Some(Step::SyncAccess));
    console.fake.act(0);
    for line in 1..=2_010 {
        console.fake.write(&format!("line {line}"));
    }
    console.news().keys("o").shows("| line 2010");
    console.keys("g g").shows("(10 lines left out)").shows("| line 11");
}

#[test]
fn what_does_not_fit_into_the_row_of_a_step_stands_below_it() {
    let mut console = running(Some(Step::SyncAccess));
    console.lacks("default-tenant true");
    console
        .keys("k k")
        .shows("enable: `application.yml`: enabled true, default-tenant true");
    console.keys("k").lacks("backup: done");
    console.keys("G k").shows(
        "verify: Compares settings, tenants and access with this plan, to name what now needs a tenant in its path.",
    );
    keep("run_step_in_full", &mut console);
}
