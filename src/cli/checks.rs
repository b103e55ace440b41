//! `contexts test`: the way to an instance, step by step.

use serde_json::{Value, json};

use super::failure::Failure;
use super::printer::{Column, Layout, Printer};
use crate::backend::Backend;
use crate::backend::http::HttpInstance;
use crate::backend::local::LocalInstance;
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::target::{Reach, Target};
use crate::connect;
use crate::domain::check::{Check, Outcome};
use crate::domain::problem::{Problem, ProblemKind};

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
    match &target.reach.value {
        Reach::Store(directory) => of_store(target, directory, paths),
        Reach::Host { .. } => {
            of_host(target, environment).unwrap_or_else(|problem| vec![failed("credentials", &problem)])
        }
    }
}

fn failed(name: &'static str, problem: &Problem) -> Check {
    Check::new(name, Outcome::Fail, format!("{} {}", problem.what, problem.why)).with_next(&problem.next)
}

fn of_host(target: &Target, environment: &Environment) -> Result<Vec<Check>, Problem> {
    let instance = HttpInstance::new(connect::http_settings(target, environment)?)?;
    let mut checks = Vec::new();
    runtime()?.block_on(instance.examine(&mut |check| checks.push(check)));
    Ok(checks)
}

fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Problem::new(
                ProblemKind::Failed,
                "Nothing could be looked at.",
                "The system gave no means to wait for answers.",
                "Try again.",
            )
            .with_detail(error)
        })
}

fn of_store(target: &Target, directory: &std::path::Path, paths: &Paths) -> Vec<Check> {
    let missing = target.created_on_first_use && !directory.join("instance.db").exists();
    if missing {
        return vec![Check::new(
            "store",
            Outcome::Pass,
            format!("it will be made in `{}` on first use", paths.instances().display()),
        )];
    }
    let acting_as = target.acting_as.as_ref().map(|username| username.value.as_str());
    let instance = match LocalInstance::open(directory, acting_as) {
        Ok(instance) => instance,
        Err(problem) => return vec![failed("store", &problem)],
    };
    let mut checks = vec![Check::new(
        "store",
        Outcome::Pass,
        format!("opened `{}`", directory.display()),
    )];
    for note in instance.notes() {
        checks.push(Check::new("store", Outcome::Warn, note.as_str()).with_next("Look at its settings file."));
    }
    let described = runtime().and_then(|runtime| runtime.block_on(instance.instance()));
    match described {
        Err(problem) => checks.push(failed("identity", &problem)),
        Ok(described) => {
            let tenancy = described.tenancy;
            let settings = if described.release.has_default_tenant() {
                format!(
                    "multi-tenancy {}, default tenant {}",
                    if tenancy.enabled { "on" } else { "off" },
                    if tenancy.default_tenant { "on" } else { "off" }
                )
            } else {
                "tenants are mandatory".to_owned()
            };
            checks.push(Check::new("release", Outcome::Pass, described.version));
            checks.push(Check::new("settings", Outcome::Pass, settings));
            checks.push(Check::new("identity", Outcome::Pass, described.identity.username));
            checks.push(match described.rights.create_tenant {
                Ok(()) => Check::new("rights", Outcome::Pass, "may create tenants"),
                Err(why) => Check::new("rights", Outcome::Warn, format!("may not create tenants: {why}"))
                    .with_next("Reading works all the same."),
            });
        }
    }
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
