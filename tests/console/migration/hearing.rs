//! A migration by ear: what is new is said once, and of what a command writes the last lines now and then.

use kestra_admin::app::msg::Msg;
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::step::Step;
use kestra_admin::ui::linear;

use super::console;
use super::following::running;
use crate::support::Console;
use crate::support::migrations::grown;

fn said(console: &Console) -> Vec<String> {
    console.linear().lines().map(str::to_owned).collect()
}

#[test]
fn what_a_command_writes_is_said_a_few_lines_at_a_time() {
    let mut console = running(Some(Step::SyncAccess));
    assert!(linear::grows(&console.model));
    console.fake.act(0);
    for line in 1..=10 {
        console.fake.write(&format!("user {line}"));
    }
    console.news();
    let lines = said(&console);
    assert_eq!(
        lines[lines.len() - 4..],
        ["| (7 lines left out)", "| user 8", "| user 9", "| user 10"]
    );
    console.fake.write("user 11");
    console.news().wait(1_000);
    assert!(!said(&console).contains(&"| user 11".to_owned()), "too soon");
    console.wait(1_500);
    assert_eq!(said(&console).last().unwrap(), "| user 11");
    console.fake.write("user 12");
    console.fake.go(Some(Step::VerifyAccess));
    console.news();
    let lines = said(&console);
    assert_eq!(
        lines[lines.len() - 3..],
        [
            "| user 12",
            "Step 5 of 11 done: sync-access: done",
            "Step 6 of 11 begins: verify-access"
        ]
    );
    console.line("o");
    let lines = said(&console);
    assert!(lines.contains(&"| user 1".to_owned()), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.starts_with("sync-access: docker compose")),
        "{lines:?}"
    );
}

#[test]
fn that_a_run_was_cut_short_is_said_once_when_it_becomes_known_and_to_whoever_comes_later() {
    let words = "It was cut short: no process is at work on it any more. P goes on;";
    let cut = |console: &Console| said(console).iter().filter(|line| line.starts_with(words)).count();
    let mut console = running(Some(Step::VerifyAccess));
    assert_eq!(cut(&console), 0);
    console.fake.kill();
    console.news();
    assert!(
        said(&console).last().unwrap().starts_with(words),
        "{:?}",
        said(&console)
    );
    console.news();
    assert_eq!(cut(&console), 1);
    console.keys("q m");
    assert_eq!(cut(&console), 1, "{:?}", said(&console));
    console.keys("P");
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news();
    assert_eq!(cut(&console), 1);
    assert!(said(&console).contains(&"Stopped by ana@jump1.".to_owned()));
}

#[test]
fn how_a_run_stands_is_a_sentence_with_one_full_stop() {
    let mut console = running(Some(Step::VerifyAccess));
    console.fake.halt(Halt::Stopped, "Stopped by ana@jump1.");
    console.news().keys("q");
    assert!(said(&console).contains(&"Run 7f3a: Stopped by ana@jump1. The command `migration` shows it.".to_owned()));
    console.keys("3");
    let said = console.linear();
    assert!(said.contains(", Stopped by ana@jump1, started "), "{said}");
}

#[test]
fn what_was_written_before_we_came_is_not_said_unless_asked_for() {
    let console = {
        let mut before = running(Some(Step::SyncAccess));
        before.fake.act(0);
        before.fake.write("user 1");
        before.fake.go(Some(Step::VerifyAccess));
        before.keys("q").news().keys("m");
        before
    };
    assert!(!console.linear().contains("| user 1"), "{}", console.linear());
}

#[test]
fn what_is_looked_at_is_said_once() {
    let mut console = console(grown());
    console.held = true;
    console.keys("m");
    let job = console.model.wizard.as_ref().unwrap().survey.job().unwrap();
    let mut before = said(&console);
    for what in ["release and edition", "settings"] {
        console.send(Msg::Surveying(job, what.to_owned()));
        let now = said(&console);
        let new: Vec<&String> = now.iter().filter(|line| !before.contains(line)).collect();
        assert_eq!(new, [&format!("look: {what}")]);
        before = now;
    }
    assert!(linear::grows(&console.model));
    console.answer();
    assert!(!linear::grows(&console.model), "a page with a question is said whole");
    assert!(console.linear().starts_with("Migration of prod-eu, page 1 of 6, Check"));
}
