//! `doctor`: our files, the terminal, and the way to the instance; each line with what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Layered;
use super::checks;
use super::failure::Failure;
use super::printer::Printer;
use crate::config::environment::Environment;
use crate::domain::check::{Check, Outcome};
use crate::domain::problem::ProblemKind;

/// `doctor`
pub(super) fn examine(printer: &mut Printer<'_>, layered: &Layered<'_>) -> Result<(), Failure> {
    let mut found = Vec::new();
    let configuration = layered.configuration();
    match &configuration {
        Ok(configuration) if configuration.exists => {
            let count = crate::domain::count::counted(configuration.contexts.len() as u64, "context");
            found.push(Check::new(
                "configuration",
                Outcome::Pass,
                format!("`{}`, {count}", configuration.file.display()),
            ));
            found.push(mode("configuration mode", &configuration.file, 0o022));
        }
        Ok(configuration) => found.push(Check::new(
            "configuration",
            Outcome::Pass,
            format!("none at `{}`, and none is needed", configuration.file.display()),
        )),
        Err(problem) => found.push(
            Check::new(
                "configuration",
                Outcome::Fail,
                format!("{} {}", problem.what, problem.why),
            )
            .with_next(&problem.next),
        ),
    }
    for (name, directory) in [
        ("data directory", &layered.paths.data),
        ("state directory", &layered.paths.state),
    ] {
        found.push(writable(name, directory));
        if directory.is_dir() {
            found.push(mode(name, directory, 0o077));
        }
    }
    found.extend(terminal(layered.environment));
    if configuration.is_ok() {
        match layered.target() {
            Ok(target) => found.extend(checks::of_target(&target, layered.environment, layered.paths)),
            Err(problem) => found.push(
                Check::new("context", Outcome::Fail, format!("{} {}", problem.what, problem.why))
                    .with_next(&problem.next),
            ),
        }
    }
    printer.whole_list(&checks::LAYOUT, &found)?;
    if found.iter().any(|check| check.outcome == Outcome::Fail) {
        return Err(Failure::Exit(ProblemKind::Failed.exit_code()));
    }
    Ok(())
}

/// Whether others may do with a file what `forbidden` says.
fn mode(name: &'static str, path: &Path, forbidden: u32) -> Check {
    let Ok(metadata) = fs::metadata(path) else {
        return Check::new(name, Outcome::Skipped, format!("`{}` is not there", path.display()));
    };
    let mode = metadata.permissions().mode() & 0o777;
    let shown = path.display();
    if mode & forbidden == 0 {
        return Check::new(name, Outcome::Pass, format!("mode {mode:04o}"));
    }
    let wanted = mode & !forbidden;
    Check::new(
        name,
        Outcome::Warn,
        format!("mode {mode:04o}: other accounts may reach `{shown}`"),
    )
    .with_next(format!("Run `chmod {wanted:o} {shown}`."))
}

/// Whether files can be made in a directory, or in the nearest parent that is there.
fn writable(name: &'static str, directory: &Path) -> Check {
    let Some(there) = directory.ancestors().find(|path| path.is_dir()) else {
        return Check::new(
            name,
            Outcome::Fail,
            format!("nothing of `{}` is there", directory.display()),
        )
        .with_next("Set `HOME` to a directory.");
    };
    match tempfile::Builder::new().prefix(".doctor-").tempfile_in(there) {
        Ok(_) => Check::new(name, Outcome::Pass, format!("`{}`", directory.display())),
        Err(error) => Check::new(
            name,
            Outcome::Fail,
            format!("nothing can be written in `{}`: {error}", there.display()),
        )
        .with_next("Look who owns it, and whether the disk is full."),
    }
}

/// What the environment says of the terminal. It is not asked anything.
fn terminal(environment: &Environment) -> Vec<Check> {
    let mut found = Vec::new();
    found.push(match environment.get("TERM") {
        None => Check::new("terminal", Outcome::Warn, "`TERM` is not set")
            .with_next("Set `TERM`, such as xterm-256color; until then the console prints lines."),
        Some("dumb") => Check::new("terminal", Outcome::Warn, "`TERM` is dumb")
            .with_next("The console prints lines, as with `--linear`."),
        Some(term) => Check::new("terminal", Outcome::Pass, term),
    });
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| environment.get(name));
    found.push(match locale {
        Some(locale) if locale.to_ascii_lowercase().replace('-', "").contains("utf8") => {
            Check::new("locale", Outcome::Pass, locale)
        }
        Some(locale) => Check::new("locale", Outcome::Warn, format!("{locale} is not UTF-8"))
            .with_next("Set `LANG` to a UTF-8 locale for lines and marks; ASCII is used until then."),
        None => Check::new("locale", Outcome::Warn, "none is set")
            .with_next("Set `LANG` to a UTF-8 locale for lines and marks; ASCII is used until then."),
    });
    if environment.get("NO_COLOR").is_some() {
        found.push(Check::new("color", Outcome::Pass, "off by `NO_COLOR`"));
    }
    if environment.get("TMUX").is_some() {
        found.push(
            Check::new("tmux", Outcome::Pass, "inside tmux")
                .with_next("For the clipboard, `set -g set-clipboard on` in its configuration."),
        );
    }
    if environment.get("SSH_CONNECTION").is_some() {
        found.push(Check::new("ssh", Outcome::Pass, "over SSH"));
    }
    found
}
