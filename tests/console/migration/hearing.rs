//! A migration by ear: what is new is said once, and of what a command writes the last lines now and then.

use kestra_admin::app::msg::Msg;
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
