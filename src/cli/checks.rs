//! `contexts test`: the way to an instance, step by step.

use serde_json::{Value, json};

use super::failure::Failure;
use super::printer::{Column, Layout, Printer};
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::target::Target;
use crate::connect;
use crate::domain::check::{Check, Outcome};
use crate::domain::problem::ProblemKind;

/// How checks are printed.
pub static LAYOUT: Layout<Check> = Layout {
    columns: &[
        Column {
            head: "CHECK",
            cell: |check| check.name.to_owned(),
        },
        Column {
            head: "RESULT",
            cell: |check| word(check.outcome).to_owned(),
        },
        Column {
            head: "FOUND",
            cell: |check| check.found.clone(),
        },
        Column {
            head: "WHAT NEXT",
            cell: |check| check.next.clone().unwrap_or_default(),
        },
    ],
    json: |check| {
        let mut object = json!({"name": check.name, "outcome": word(check.outcome), "found": check.found});
        if let (Some(next), Some(object)) = (&check.next, object.as_object_mut()) {
            object.insert("next".to_owned(), Value::from(next.as_str()));
        }
        object
    },
};

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Warn => "warn",
        Outcome::Fail => "fail",
        Outcome::Skipped => "skipped",
    }
}

/// The exit code that checks end with: that of the first that failed, by what it was about.
pub fn verdict(checks: &[Check]) -> Result<(), Failure> {
    let Some(failed) = checks.iter().find(|check| check.outcome == Outcome::Fail) else {
        return Ok(());
    };
    let kind = match failed.name {
        "name resolution" | "connection" | "TLS" | "answers as Kestra" => ProblemKind::Unreachable,
        "identity" | "rights" => ProblemKind::Denied,
        _ => ProblemKind::Failed,
    };
    Err(Failure::Exit(kind.exit_code()))
}

/// Each step of the way to an instance.
pub fn of_target(target: &Target, environment: &Environment, paths: &Paths) -> Vec<Check> {
    let mut checks = Vec::new();
    connect::examine(target, environment, paths, &mut |check| checks.push(check));
    checks
}

/// `contexts test`
pub fn test(
    printer: &mut Printer<'_>,
    target: &Target,
    environment: &Environment,
    paths: &Paths,
) -> Result<(), Failure> {
    let checks = of_target(target, environment, paths);
    printer.whole_list(&LAYOUT, &checks)?;
    verdict(&checks)
}
