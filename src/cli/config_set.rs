//! `config set-tenancy`: the two settings of multi-tenancy changed in Kestra's configuration, and nothing else.
//!
//! All files are planned before the first is written, so that a refusal leaves all of them alone.

use jiff::Timestamp;
use serde_json::json;

use super::args::SetTenancy;
use super::config_files::{Files, shown};
use super::config_show::explain;
use super::failure::Failure;
use super::format::Format;
use super::printer::Printer;
use super::prompt::{self, Input};
use super::without_instance::read_only;
use crate::activity::entry::Entry;
use crate::activity::log::ActivityLog;
use crate::config::environment::Environment;
use crate::config::target::Target;
use crate::connect;
use crate::domain::activity::{ActivityResult, Outcome};
use crate::domain::equivalent::program;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::release::Release;
use crate::domain::text::visible_lines;
use crate::server_config::{
    Applied, Change, ConfigFile, DiffLine, Edit, Explained, Key, Kind, Layer, apply, effective, plan_edit, stamp,
};

/// What has to be typed.
const CONFIRMATION: &str = "yes";

/// `config set-tenancy`
pub fn set_tenancy(
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
    (target, log): (&Target, ActivityLog),
    environment: &Environment,
    flags: &SetTenancy,
) -> Result<(), Failure> {
    let change = Change {
        enabled: flags.enabled,
        default_tenant: flags.default_tenant,
    };
    refuse_both_off(change.enabled, change.default_tenant)?;
    if !flags.dry_run {
        allow_change(target)?;
    }
    let files = Files::find(target, environment, &flags.file)?;
    let meant = files.meant()?;
    let (explained, release) = explain(&files, environment, flags.release);
    refuse_without_effect(release)?;
    refuse_both_off(
        change.enabled.or(explained.enabled.value),
        change.default_tenant.or(explained.default_tenant.value),
    )?;
    let mut edits = Vec::new();
    for file in &meant {
        match plan_edit(file, change) {
            Ok(edit) => edits.push(edit),
            Err(problem) => return Err(by_hand(printer, file, problem)?),
        }
    }
    refuse_overridden(&files, &meant, environment, change, release)?;
    warn(printer, &explained, change);
    let is_noop = edits.iter().all(Edit::is_noop);
    if is_noop || flags.dry_run {
        show(printer, &edits, &[])?;
        say_what_is_so(printer, &edits);
        if flags.dry_run && !is_noop {
            printer.say("Nothing was written.");
        }
        return Ok(());
    }
    if printer.format() == Format::Table {
        show(printer, &edits, &[])?;
    }
    confirm(printer, input, flags.yes)?;
    let entry = noted(log, target, environment, &edits, change);
    let written = write(&edits);
    let outcome = Outcome::of(written.as_ref().map(|_| ActivityResult::Done));
    if let Some(problem) = entry.end(outcome) {
        printer.problem(&problem);
    }
    let applied = written?;
    if printer.format() != Format::Table {
        show(printer, &edits, &applied)?;
    }
    say_what_is_so(printer, &edits);
    for done in &applied {
        let Some(copy) = &done.copy else { continue };
        printer.say(&format!(
            "`{}` was written; what was in it before is in `{}`.",
            shown(&done.path),
            shown(copy)
        ));
        for note in &done.notes {
            printer.say(note);
        }
    }
    printer.say(if files.is_open {
        "Settings are read at start only: restart every Kestra server that reads them."
    } else {
        "Settings are read at start only: restart what has this instance open."
    });
    Ok(())
}

/// Notes in the activity record which files are about to be changed, and how.
fn noted(log: ActivityLog, target: &Target, environment: &Environment, edits: &[Edit], change: Change) -> Entry {
    let place = connect::place_of(target, environment, None);
    let mut words = place.command_words.clone();
    words.extend(["config", "set-tenancy"].map(str::to_owned));
    let changed = edits.iter().filter(|edit| !edit.is_noop());
    let whole = |edit: &Edit| std::path::absolute(&edit.path).unwrap_or_else(|_| edit.path.clone());
    let paths: Vec<String> = changed.map(|edit| shown(&whole(edit))).collect();
    for path in &paths {
        words.extend(["--file".to_owned(), path.clone()]);
    }
    let mut settings = Vec::new();
    for (name, value) in [("enabled", change.enabled), ("default-tenant", change.default_tenant)] {
        if let Some(value) = value {
            words.extend([format!("--{name}"), value.to_string()]);
            settings.push(format!("{name} {value}"));
        }
    }
    words.push("--yes".to_owned());
    let about = format!("set {} in {}", settings.join(", "), paths.join(", "));
    Entry::begin(log, &place, about, program(&words))
}

fn refuse_both_off(enabled: Option<bool>, default_tenant: Option<bool>) -> Result<(), Problem> {
    if (enabled, default_tenant) != (Some(false), Some(false)) {
        return Ok(());
    }
    Err(invalid(
        "Nothing was changed.",
        "With multi-tenancy off and no default tenant nothing could be reached.",
        "Set one of the two to true.",
    ))
}

fn refuse_without_effect(release: Release) -> Result<(), Problem> {
    if release.has_default_tenant() {
        return Ok(());
    }
    Err(invalid(
        "Nothing was changed.",
        format!("Kestra {release} does not read these settings any more; tenants are mandatory there."),
        "Run `kestra migrate default-tenant` with its servers stopped, to give a tenant to what has none.",
    ))
}

fn allow_change(target: &Target) -> Result<(), Problem> {
    if target.read_only.value {
        return Err(read_only(&target.read_only.origin));
    }
    Ok(())
}

/// Shows the lines to change by hand.
fn by_hand(printer: &mut Printer<'_>, file: &ConfigFile, problem: Problem) -> Result<Failure, Failure> {
    let lines = problem.detail.clone().unwrap_or_default();
    if printer.format() == Format::Table {
        printer.text(visible_lines(&lines).as_bytes())?;
        printer.text(b"\n")?;
    } else {
        let lines: Vec<&str> = lines.lines().collect();
        let object = json!({"file": file.path(), "written": false, "refused": problem.why, "byHand": lines});
        let fields = [
            ("file", shown(file.path())),
            ("written", "false".to_owned()),
            ("refused", problem.why.clone()),
            ("byHand", lines.join("\n")),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        printer.object(&fields, &object)?;
    }
    // They have been shown.
    let problem = Problem {
        detail: None,
        ..problem
    };
    Ok(Failure::Problem(problem))
}

/// Refuses a change that something else would undo at the next start.
fn refuse_overridden(
    files: &Files,
    meant: &[&ConfigFile],
    environment: &Environment,
    change: Change,
    release: Release,
) -> Result<(), Problem> {
    let refused = |key: Key, what: &str| {
        Err(Problem::new(
            ProblemKind::Conflict,
            "Nothing was changed.",
            format!(
                "`{}` would have no effect there: {what} counts more than the file, and says something else.",
                key.name()
            ),
            "Change or remove that first, or name its file with a further `--file`.",
        ))
    };
    let get = |name: &str| environment.get(name).map(str::to_owned);
    let texts: Vec<ConfigFile> = meant.iter().map(|file| (*file).clone()).collect();
    for found in effective(&texts, &get, release).overrides {
        let wanted = change.of(found.key);
        if files.is_open && found.file.is_none() && wanted.is_some() && found.value != wanted {
            return refused(found.key, &found.origin);
        }
    }
    for found in files
        .found
        .iter()
        .filter(|found| !found.is_meant && found.file.kind() == Kind::Compose)
    {
        for occurrence in found.file.occurrences() {
            let wanted = change.of(occurrence.key);
            let is_variable = occurrence.layer == Layer::Environment && !occurrence.lost;
            if is_variable && wanted.is_some() && occurrence.value != wanted {
                let place = format!(
                    "variable `{}` on line {} of `{}`",
                    occurrence.spelling,
                    occurrence.line,
                    shown(found.file.path())
                );
                return refused(occurrence.key, &place);
            }
        }
    }
    Ok(())
}

fn warn(printer: &mut Printer<'_>, explained: &Explained, change: Change) {
    if change.default_tenant == Some(false) && explained.default_tenant.value == Some(true) {
        printer.say(
            "What lives in the default tenant cannot be reached by anybody after this. `kestra-admin migrate` counts it \
             before, and shows who would lose access.",
        );
    }
    for found in explained.overrides.iter().filter(|found| found.variable.is_none()) {
        let wanted = change.of(found.key);
        if wanted.is_some() && found.value != wanted {
            printer.say(&format!(
                "Where Kestra is started without `-c`, {} counts more, and says something else.",
                found.origin
            ));
        }
    }
}

fn confirm(printer: &mut Printer<'_>, input: &mut Input<'_>, yes: bool) -> Result<(), Problem> {
    if yes {
        return Ok(());
    }
    let question = format!("Type `{CONFIRMATION}` to write this:");
    let why = match prompt::typed(input, printer, &question, CONFIRMATION) {
        Some(true) => return Ok(()),
        Some(false) => format!("What was typed is not `{CONFIRMATION}`."),
        None => "There is no terminal to confirm it at.".to_owned(),
    };
    Err(Problem::new(
        ProblemKind::Unconfirmed,
        "Nothing was changed.",
        why,
        "Add `--yes` to write it, or `--dry-run` to look first.",
    ))
}

/// Writes the files, one after the other.
fn write(edits: &[Edit]) -> Result<Vec<Applied>, Problem> {
    let stamp = stamp(&Timestamp::now().to_string());
    let mut applied: Vec<Applied> = Vec::new();
    for edit in edits {
        match apply(edit, &stamp) {
            Ok(done) => applied.push(done),
            Err(problem) => {
                let written: Vec<String> = applied
                    .iter()
                    .filter(|done| done.copy.is_some())
                    .map(|done| format!("`{}`", shown(&done.path)))
                    .collect();
                if written.is_empty() {
                    return Err(problem);
                }
                return Err(Problem {
                    kind: ProblemKind::Partly,
                    why: format!("{} {} was written before.", problem.why, written.join(", ")),
                    ..problem
                });
            }
        }
    }
    Ok(applied)
}

fn say_what_is_so(printer: &mut Printer<'_>, edits: &[Edit]) {
    for edit in edits {
        if edit.is_noop() {
            printer.say(&format!("`{}` says so already.", shown(&edit.path)));
        }
        for note in &edit.notes {
            printer.say(note);
        }
    }
}

/// Shows what changes: as `diff -u` does in a table, as an object in every other form.
fn show(printer: &mut Printer<'_>, edits: &[Edit], applied: &[Applied]) -> Result<(), Failure> {
    let lines = |edit: &Edit| -> Vec<String> { edit.diff.iter().map(DiffLine::shown).collect() };
    if printer.format() == Format::Table {
        for edit in edits.iter().filter(|edit| !edit.is_noop()) {
            let path = shown(&edit.path);
            let text = format!("--- {path}\n+++ {path}\n{}\n", lines(edit).join("\n"));
            printer.text(visible_lines(&text).as_bytes())?;
        }
        return Ok(());
    }
    let files: Vec<_> = edits
        .iter()
        .enumerate()
        .map(|(index, edit)| {
            let done = applied.get(index);
            json!({
                "file": edit.path,
                "kind": edit.kind,
                "written": done.is_some_and(|done| done.copy.is_some()),
                "copy": done.and_then(|done| done.copy.as_ref()),
                "beforeHash": edit.before_hash,
                "afterHash": edit.after_hash,
                "diff": lines(edit),
                "notes": edit.notes,
            })
        })
        .collect();
    let written = applied.iter().any(|done| done.copy.is_some());
    let fields = [
        (
            "files",
            edits.iter().map(|edit| shown(&edit.path)).collect::<Vec<_>>().join(" "),
        ),
        ("written", written.to_string()),
        ("diff", edits.iter().flat_map(lines).collect::<Vec<_>>().join("\n")),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    printer.object(&fields, &json!({"files": files, "written": written}))
}
