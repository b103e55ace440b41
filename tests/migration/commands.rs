//! How the commands of a run are run: where, and never a second time because a keeper came late.

use std::path::Path;

use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::domain::release::Release;
use kestra_admin::migration::choices::Choices;
use kestra_admin::migration::engine::Task;
use kestra_admin::migration::engine::keeper::{Kept, Order, keep};
use kestra_admin::migration::record::Halt;
use kestra_admin::migration::step::Step;

use super::stage::Stage;

fn order(words: &[&str]) -> Order {
    Order {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        limit_seconds: 30,
        directory: None,
    }
}

fn until(step: Step) -> Task {
    Task {
        until: Some(step),
        ..Task::default()
    }
}

/// What the command of this name wrote.
fn output(run: &Path, command: &str) -> String {
    std::fs::read_dir(run.join("output"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(&format!("{command}.log")))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .unwrap()
}

#[test]
fn commands_run_where_the_plan_was_made_wherever_it_is_resumed_from() {
    let mut stage = Stage::new(Release::new(0, 21), false);
    let planned_in = tempfile::tempdir().unwrap();
    let resumed_in = tempfile::tempdir().unwrap();
    let place = |directory: &tempfile::TempDir| Some(directory.path().canonicalize().unwrap().display().to_string());
    stage.site.means.directory = place(&planned_in);
    stage.site.means.backup_command = vec!["pwd".to_owned()];
    let plan = stage.plan(Choices::default()).unwrap();
    let run = stage.create(&plan);
    assert_eq!(stage.carry_out(&run, until(Step::Inspect)).unwrap(), Halt::Reached);
    stage.site.means.directory = place(&resumed_in);
    assert_eq!(stage.carry_out(&run, until(Step::Backup)).unwrap(), Halt::Reached);
    assert_eq!(
        output(run.directory(), "database-backup").trim(),
        place(&planned_in).unwrap()
    );
}

#[test]
fn a_directory_that_is_gone_is_named() {
    let mut stage = Stage::new(Release::new(0, 21), false);
    stage.site.means.directory = Some(stage.home.path().join("gone").display().to_string());
    stage.site.means.backup_command = vec!["pwd".to_owned()];
    let plan = stage.plan(Choices::default()).unwrap();
    let run = stage.create(&plan);
    assert_eq!(stage.carry_out(&run, until(Step::Backup)).unwrap(), Halt::Failed);
    let problem = run.state().unwrap().halted.unwrap().problem.unwrap();
    assert!(problem.why.contains("there is no directory"), "{problem}");
}

#[test]
fn a_keeper_that_comes_after_the_order_was_taken_back_runs_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let ran = directory.path().join("ran");
    let kept = Kept::new(directory.path(), "0007-restart");
    kept.order(&order(&["touch", &ran.display().to_string()])).unwrap();
    assert!(kept.withdraw().unwrap());
    let late = keep(directory.path(), "0007-restart", &mut "[]".as_bytes()).unwrap_err();
    assert_eq!(late.kind, ProblemKind::Failed, "{late}");
    assert!(!ran.exists());
}

#[test]
fn an_order_whose_keeper_heard_no_secrets_is_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let kept = Kept::new(directory.path(), "0007-restart");
    kept.order(&order(&["true"])).unwrap();
    keep(directory.path(), "0007-restart", &mut "".as_bytes()).unwrap_err();
    assert!(!kept.was_begun());
    assert!(kept.withdraw().unwrap());
}

#[test]
fn what_was_run_is_not_taken_back() {
    let directory = tempfile::tempdir().unwrap();
    let kept = Kept::new(directory.path(), "0007-restart");
    kept.order(&order(&["true"])).unwrap();
    keep(directory.path(), "0007-restart", &mut "[]".as_bytes()).unwrap();
    assert!(kept.was_begun());
    assert!(!kept.withdraw().unwrap());
    assert_eq!(kept.ended().unwrap().exit_code, 0);
}
