//! `contexts test`: the way to an instance, step by step, each shown as soon as it is done.
//!
//! The steps themselves are [`connect::examine`]; here they are printed. Nothing is changed, and nothing is made that is
//! not there. [`super::doctor`] shows the same and more.

use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use super::failure::Failure;
use super::printer::{Column, Layout, ListPrinter, Printer};
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::target::Target;
use crate::connect;
use crate::domain::check::{Check, Outcome};
use crate::domain::leading::led_check;
use crate::domain::problem::{Problem, ProblemKind};

/// How checks are printed.
static LAYOUT: Layout<Check> = Layout {
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

/// Shows steps that are all known.
pub fn all(printer: &mut Printer<'_>, checks: &[Check]) -> Result<(), Failure> {
    printer.whole_list(&LAYOUT, checks)
}

/// Steps on their way out, with those that failed.
pub struct Report<'p, 'a> {
    list: ListPrinter<'p, 'a, Check>,
    lead: Vec<String>,
    count: u64,
    /// The steps that failed, in order.
    pub failed: Vec<Check>,
}

impl<'p, 'a> Report<'p, 'a> {
    /// Begins a report. Its columns are sized before anything is known, since each line is shown at once.
    pub fn new(printer: &'p mut Printer<'a>) -> Result<Self, Failure> {
        let usual = Check::new("answers as Kestra", Outcome::Skipped, "x".repeat(40));
        Ok(Self {
            lead: printer.leads().to_vec(),
            list: printer.list(&LAYOUT).sized_by(&[usual])?,
            count: 0,
            failed: Vec::new(),
        })
    }

    /// Shows a step.
    pub fn add(&mut self, check: Check) -> Result<(), Failure> {
        let check = led_check(check, &self.lead);
        self.list.rows(std::slice::from_ref(&check))?;
        self.list.flush()?;
        self.count += 1;
        if check.outcome == Outcome::Fail {
            self.failed.push(check);
        }
        Ok(())
    }

    /// Ends it, and gives back the steps that failed.
    pub fn finish(self) -> Result<Vec<Check>, Failure> {
        self.list.finish(self.count)?;
        Ok(self.failed)
    }
}

/// A step that failed with a problem.
pub fn failed(name: &'static str, problem: &Problem) -> Check {
    Check::new(name, Outcome::Fail, format!("{} {}", problem.what, problem.why)).with_next(&problem.next)
}

/// Goes the way to an instance, and shows each step as it comes. Returns what kind of failure stopped it, if one did.
pub fn walk(
    report: &mut Report<'_, '_>,
    target: &Target,
    environment: &Environment,
    paths: &Paths,
) -> Result<Option<ProblemKind>, Failure> {
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        // Nobody listens any more where the output is closed.
        let walking =
            scope.spawn(move || connect::examine(target, environment, paths, &mut |check| drop(tell.send(check))));
        for check in told {
            report.add(check)?;
        }
        walking.join().map_err(|_| {
            Problem::new(
                ProblemKind::Failed,
                "The way to the instance was not looked at to its end.",
                "A part of this program ended before its time.",
                "Try again, and report it if it happens again.",
            )
            .into()
        })
    })
}

/// `contexts test`
pub fn test(
    printer: &mut Printer<'_>,
    target: &Target,
    environment: &Environment,
    paths: &Paths,
) -> Result<(), Failure> {
    let mut report = Report::new(printer)?;
    let kind = walk(&mut report, target, environment, paths)?;
    match (kind, report.finish()?.into_iter().next()) {
        (Some(kind), Some(first)) => Err(Problem::new(
            kind,
            format!("The way to `{}` is not clear.", target.name),
            format!("The step `{}` failed: {}", first.name, first.found),
            first.next.unwrap_or_else(|| "Mend that, then try again.".to_owned()),
        )
        .into()),
        _ => Ok(()),
    }
}
