//! `doctor`: our files, the terminal, and the way to the instance; each line with what to do.
//!
//! Looks, and changes nothing: what it writes to try a directory is gone when it returns, and no command is run for a
//! secret. The way to the instance is [`super::checks`].

use std::path::{Path, PathBuf};

use super::checks::{Report, failed, walk};
use super::doctor_files as files;
use super::failure::Failure;
use super::keys::{KeyReport, left_out};
use super::printer::Printer;
use super::rehearsal_state::Place;
use crate::backend::local::LocalInstance;
use crate::config::auth::Auth;
use crate::config::environment::Environment;
use crate::config::file::Configuration;
use crate::config::paths::Paths;
use crate::config::secret::SecretSource;
use crate::config::target::{Reach, Target};
use crate::domain::check::{Check, Outcome};
use crate::domain::count::counted;
use crate::domain::problem::{Problem, ProblemKind};

/// What is looked at.
pub struct Patient<'a> {
    /// Our directories.
    pub paths: &'a Paths,
    /// Environment variables.
    pub environment: &'a Environment,
    /// The configuration file in effect.
    pub config_file: PathBuf,
    /// What is in it.
    pub configuration: Result<Configuration, Problem>,
    /// What is to be said about the operator's own keys.
    pub keys: Vec<KeyReport>,
    /// The instance a command would reach.
    pub target: Result<Target, Problem>,
    /// What is known of the terminal.
    pub terminal: Vec<Check>,
}

/// `doctor`
pub fn examine(printer: &mut Printer<'_>, patient: Patient<'_>) -> Result<(), Failure> {
    let mut report = Report::new(printer)?;
    for check in configuration(&patient) {
        report.add(check)?;
    }
    if let Some(check) = keys(&patient.keys) {
        report.add(check)?;
    }
    for check in directories(&patient) {
        report.add(check)?;
    }
    for check in patient.terminal {
        report.add(check)?;
    }
    report.add(rehearsals(patient.paths))?;
    match (&patient.configuration, &patient.target) {
        // It has been told already.
        (Err(_), _) => {}
        (Ok(_), Err(problem)) => report.add(failed("context", problem))?,
        (Ok(_), Ok(target)) => {
            report.add(Check::new(
                "context",
                Outcome::Pass,
                format!("`{}`, by {}", target.name, target.chosen_by),
            ))?;
            if let Some(check) = stopped_rehearsal(target, patient.paths) {
                report.add(check)?;
            }
            walk(&mut report, target, patient.environment, patient.paths)?;
            if let Some(check) = integrity(target) {
                report.add(check)?;
            }
        }
    }
    let failed = report.finish()?;
    let Some(first) = failed.first() else {
        return Ok(());
    };
    let count = u64::try_from(failed.len()).unwrap_or(u64::MAX);
    Err(Problem::new(
        ProblemKind::Failed,
        format!("Not all is well: {} failed.", counted(count, "check")),
        format!("The first is `{}`: {}", first.name, first.found),
        first.next.clone().unwrap_or_else(|| "Mend that first.".to_owned()),
    )
    .into())
}

fn configuration(patient: &Patient<'_>) -> Vec<Check> {
    const NAME: &str = "configuration";
    let shown = patient.config_file.display();
    let configuration = match &patient.configuration {
        Err(problem) => return vec![failed(NAME, problem)],
        Ok(configuration) if !configuration.exists => {
            return vec![Check::new(
                NAME,
                Outcome::Pass,
                format!("none at `{shown}`, and none is needed"),
            )];
        }
        Ok(configuration) => configuration,
    };
    let count = u64::try_from(configuration.contexts.len()).unwrap_or(u64::MAX);
    let mut checks = vec![
        Check::new(NAME, Outcome::Pass, format!("`{shown}`, {}", counted(count, "context"))),
        files::mode("its mode", &patient.config_file, 0o022),
    ];
    checks.extend(secrets(configuration, patient.environment));
    checks
}

/// How many rows of the operator's own keys the console does without, if any.
fn keys(reports: &[KeyReport]) -> Option<Check> {
    let words = left_out(reports)?;
    let check = Check::new("keys", Outcome::Warn, words);
    Some(check.with_next("See `kestra-admin keys --check`: it says why."))
}

/// Whether each secret that the contexts name could be read. Commands are not run: they may ask for something.
fn secrets(configuration: &Configuration, environment: &Environment) -> Vec<Check> {
    const NAME: &str = "secrets";
    let mut checks = Vec::new();
    let (mut read, mut not_run) = (0_u64, 0_u64);
    for (name, context) in &configuration.contexts {
        let Some(Auth::Token(source) | Auth::Basic { password: source, .. }) = &context.auth else {
            continue;
        };
        if matches!(source, SecretSource::Command(_)) {
            not_run += 1;
            continue;
        }
        let source = configuration.secret_source(source, environment);
        match (&source, source.read(environment)) {
            (_, Ok(_)) => read += 1,
            // It may be set where that context is used.
            (SecretSource::Variable(_), Err(problem)) => checks.push(
                Check::new(
                    NAME,
                    Outcome::Warn,
                    format!("Context `{name}`: {} {}", problem.what, problem.why),
                )
                .with_next(problem.next),
            ),
            (_, Err(problem)) => checks.push(
                Check::new(
                    NAME,
                    Outcome::Fail,
                    format!("Context `{name}`: {} {}", problem.what, problem.why),
                )
                .with_next(problem.next),
            ),
        }
    }
    if read > 0 {
        checks.push(Check::new(
            NAME,
            Outcome::Pass,
            format!("{} can be read", counted(read, "secret")),
        ));
    }
    if not_run > 0 {
        checks.push(Check::new(
            NAME,
            Outcome::Skipped,
            format!("{} not run", counted(not_run, "command")),
        ));
    }
    checks
}

fn directories(patient: &Patient<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    let configuration = patient.config_file.parent().filter(|_| patient.config_file.exists());
    if let Some(directory) = configuration.filter(|directory| !directory.as_os_str().is_empty()) {
        checks.push(files::mode("its directory", directory, 0o022));
    }
    for (name, directory) in [
        ("data directory", &patient.paths.data),
        ("state directory", &patient.paths.state),
    ] {
        checks.push(files::writable(name, directory));
        if directory.is_dir() {
            checks.push(files::mode(name, directory, 0o077));
        }
        checks.extend(files::over_network(name, directory));
    }
    checks
}

/// The rehearsals there are, and which of them run.
fn rehearsals(paths: &Paths) -> Check {
    const NAME: &str = "rehearsals";
    let shown: Vec<String> = Place::all(paths)
        .iter()
        .map(|place| {
            let remembered = place.remembered();
            match remembered.host().filter(|_| place.is_running()) {
                Some(host) => format!("`{}` runs at {host}", place.name),
                None => format!("`{}` is stopped", place.name),
            }
        })
        .collect();
    if shown.is_empty() {
        return Check::new(NAME, Outcome::Pass, "none");
    }
    Check::new(NAME, Outcome::Pass, shown.join(", "))
}

/// A word about the rehearsal that a context leads to, where it does not run.
fn stopped_rehearsal(target: &Target, paths: &Paths) -> Option<Check> {
    let Reach::Host { .. } = target.reach.value else {
        return None;
    };
    let settings = target.server.config_file.as_deref()?;
    let place = Place::all(paths)
        .into_iter()
        .find(|place| settings.starts_with(&place.directory))?;
    (!place.is_running()).then(|| {
        Check::new(
            "rehearsal",
            Outcome::Warn,
            format!("`{}` is a rehearsal that is stopped.", place.name),
        )
        .with_next(format!("Start it with `kestra-admin rehearsal start {}`.", place.name))
    })
}

fn integrity(target: &Target) -> Option<Check> {
    const NAME: &str = "integrity";
    let Reach::Store(directory) = &target.reach.value else {
        return None;
    };
    // What cannot be opened has been told already.
    let instance = LocalInstance::open(directory, None).ok()?;
    Some(match instance.damages() {
        Ok(damages) if damages.is_empty() => Check::new(NAME, Outcome::Pass, "the database is whole"),
        Ok(damages) => Check::new(
            NAME,
            Outcome::Fail,
            format!("The database is damaged: {}.", damages.join("; ")),
        )
        .with_next(format!(
            "Put a backup in the place of `{}`, or make a new instance.",
            place_of(directory).display()
        )),
        Err(problem) => failed(NAME, &problem),
    })
}

fn place_of(directory: &Path) -> PathBuf {
    std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned())
}
