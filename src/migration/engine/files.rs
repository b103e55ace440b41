//! The configuration file of a run: looking at it, copying it, editing it, putting it back.

use std::path::{Path, PathBuf};

use super::site::Site;
use crate::domain::instance::Tenancy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::migration::action::{Action, Outcome, Receipt, WrittenSettings};
use crate::migration::inspection::{FoundFile, Inspection};
use crate::migration::machine::{BOTH_ON, NAMED_ONLY};
use crate::migration::plan_text::settings;
use crate::migration::state::RunState;
use crate::server_config::{self, Change, ConfigFile, Edit, Key, apply, plan_edit};

/// Looks at the file and at what would win over it.
pub(super) fn look(site: &Site, inspection: &mut Inspection) {
    let Some(path) = &site.means.config_file else {
        return;
    };
    let file = match ConfigFile::read(Path::new(path)) {
        Ok(file) => file,
        Err(problem) => {
            inspection.remarks.push(format!("{} {}", problem.what, problem.why));
            inspection.file = Some(FoundFile {
                path: path.clone(),
                cannot_edit: Some(format!("{} {}", problem.what, problem.why)),
                ..FoundFile::default()
            });
            return;
        }
    };
    let files = [file];
    let explained = server_config::effective(&files, &|name| (site.variable)(name), inspection.release);
    inspection.configured = explained.tenancy();
    inspection.environment_wins = explained
        .overridden_by_environment()
        .map(|found| format!("The setting comes from {}.", found.origin));
    inspection.remarks.extend(explained.notes.iter().cloned());
    let [file] = &files;
    let written = written(file);
    let mut found = FoundFile {
        path: path.clone(),
        kind: file.kind().words().to_owned(),
        hash: file.hash().to_owned(),
        enabled: written.enabled,
        default_tenant: written.default_tenant,
        misspelled: !file.misspelled().is_empty(),
        ..FoundFile::default()
    };
    if inspection.release.has_default_tenant() {
        match plan_edit(file, Change::from(BOTH_ON)) {
            Ok(edit) => {
                found.enable_diff = lines(&edit);
                let after = ConfigFile::of(path, edit.new_bytes);
                match plan_edit(&after, Change::from(NAMED_ONLY)) {
                    Ok(edit) => found.disable_diff = lines(&edit),
                    Err(problem) => found.cannot_edit = Some(in_words(&problem)),
                }
            }
            Err(problem) => found.cannot_edit = Some(in_words(&problem)),
        }
    } else if file
        .occurrences()
        .iter()
        .any(|it| matches!(it.key, Key::Enabled | Key::DefaultTenant))
    {
        inspection
            .remarks
            .push("The file still sets keys of `kestra.ee.tenants` that this release does not have.".to_owned());
    }
    inspection.file = Some(found);
}

fn in_words(problem: &Problem) -> String {
    match &problem.detail {
        Some(detail) => format!("{}\n{detail}", problem.why),
        None => problem.why.clone(),
    }
}

fn lines(edit: &Edit) -> Vec<String> {
    if edit.is_noop() {
        return Vec::new();
    }
    edit.diff.iter().map(server_config::DiffLine::shown).collect()
}

/// What a file says of the two settings.
fn written(file: &ConfigFile) -> WrittenSettings {
    let of = |key| {
        file.occurrences()
            .iter()
            .rev()
            .find(|it| it.key == key && !it.lost)
            .and_then(|it| it.value)
    };
    WrittenSettings {
        enabled: of(Key::Enabled),
        default_tenant: of(Key::DefaultTenant),
    }
}

fn configured(state: &RunState) -> Option<PathBuf> {
    state
        .plan
        .inspection
        .file
        .as_ref()
        .map(|file| PathBuf::from(&file.path))
}

fn read(path: &Path) -> Result<(ConfigFile, WrittenSettings), Problem> {
    let file = ConfigFile::read(path)?;
    let written = written(&file);
    Ok((file, written))
}

/// Copies the file into the directory of the run, so that it is at hand whatever happens to the original.
pub(super) fn copy(run: &crate::migration::runs::Run, state: &RunState, stamp: &str) -> Result<Outcome, Problem> {
    let Some(path) = configured(state) else {
        return Ok(Outcome::Found {
            words: "no file is configured".to_owned(),
        });
    };
    let file = ConfigFile::read(&path)?;
    let name = path.file_name().unwrap_or("configuration".as_ref());
    let copy = run.write(&server_config::copy_name(name, stamp).to_string_lossy(), file.bytes())?;
    Ok(Outcome::proved(
        format!("`{}` copied", path.display()),
        Receipt::Copied {
            path: path.display().to_string(),
            copy: copy.display().to_string(),
        },
    ))
}

/// Sets both settings.
pub(super) fn edit(site: &Site, state: &RunState, to: Tenancy, stamp: &str, waited: bool) -> Result<Outcome, Problem> {
    let Some(path) = configured(state) else {
        return Ok(if waited {
            Outcome::done("set by hand")
        } else {
            Outcome::Waiting {
                words: format!(
                    "Set {} in the servers' configuration (`kestra.ee.tenants.enabled: {}`, `default-tenant: {}`), then \
                     go on with `kestra-admin migrate resume`.",
                    settings(to),
                    to.enabled,
                    to.default_tenant
                ),
            }
        });
    };
    let (file, before) = read(&path)?;
    let explained = server_config::effective(
        std::slice::from_ref(&file),
        &|name| (site.variable)(name),
        state.plan.inspection.release,
    );
    if let Some(wins) = explained.overridden_by_environment()
        && explained.tenancy() != Some(to)
    {
        return Err(Problem::new(
            ProblemKind::Partly,
            format!("`{}` was not edited.", path.display()),
            format!("The setting comes from {}, which would win over the file.", wins.origin),
            "Take the variable away or set it there, then go on with `kestra-admin migrate resume`.",
        ));
    }
    let edit = match plan_edit(&file, Change::from(to)) {
        Ok(edit) => edit,
        // By hand, then; resuming looks again.
        Err(problem) => {
            return Ok(Outcome::Waiting {
                words: format!(
                    "{} {} Change it by hand to {}, then go on with `kestra-admin migrate resume`.",
                    problem.what,
                    problem.why,
                    settings(to)
                ),
            });
        }
    };
    if edit.is_noop() {
        return Ok(Outcome::Found {
            words: format!("`{}` says so already", path.display()),
        });
    }
    let diff = lines(&edit);
    let applied = apply(&edit, stamp)?;
    Ok(edited(
        &path,
        applied.copy.as_deref(),
        &edit.before_hash,
        &edit.after_hash,
        before,
        diff,
    ))
}

fn edited(
    path: &Path,
    copy: Option<&Path>,
    before_hash: &str,
    after_hash: &str,
    before: WrittenSettings,
    diff: Vec<String>,
) -> Outcome {
    let added = diff.iter().filter(|line| line.starts_with('+')).count();
    let removed = diff.iter().filter(|line| line.starts_with('-')).count();
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    Outcome::proved(
        format!("{name}: +{added} -{removed} lines"),
        Receipt::Edited {
            path: path.display().to_string(),
            copy: copy.map(|copy| copy.display().to_string()).unwrap_or_default(),
            before_hash: before_hash.to_owned(),
            after_hash: after_hash.to_owned(),
            before,
            diff,
        },
    )
}

/// What came of an edit that was begun: the copy it leaves first tells what was there before.
pub(super) fn settle_edit(state: &RunState, to: Tenancy, stamp: &str) -> Result<Option<Outcome>, Problem> {
    let Some(path) = configured(state) else {
        return Ok(None);
    };
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    let Some(name) = path.file_name() else {
        return Ok(None);
    };
    let copy = path.with_file_name(server_config::copy_name(name, stamp));
    if !copy.exists() {
        return Ok(None);
    }
    let (old, before) = read(&copy)?;
    let (now, written) = read(&path)?;
    let edit = plan_edit(&old, Change::from(to)).ok();
    if let Some(edit) = edit.filter(|edit| edit.after_hash == now.hash() && !edit.is_noop()) {
        return Ok(Some(edited(
            &path,
            Some(&copy),
            old.hash(),
            now.hash(),
            before,
            lines(&edit),
        )));
    }
    // The copy was made, perhaps not even whole, and no more: the file is replaced in one go, after that.
    let wanted = WrittenSettings {
        enabled: Some(to.enabled),
        default_tenant: Some(to.default_tenant),
    };
    if written == wanted {
        // Somebody else did it.
        return Ok(Some(Outcome::Found {
            words: format!("`{}` says so already", path.display()),
        }));
    }
    // The next try makes a copy of its own.
    let _ = std::fs::remove_file(&copy);
    Ok(None)
}

/// Undoes an edit: the old text where nobody touched the new one, else the old settings in whatever others made of it.
pub(super) fn restore(
    state: &RunState,
    path: &str,
    copy: &str,
    after_hash: &str,
    before: WrittenSettings,
    stamp: &str,
) -> Result<Outcome, Problem> {
    let path = Path::new(path);
    let (file, written) = read(path)?;
    let restored = |words: String, diff: Vec<String>| {
        Outcome::proved(
            words,
            Receipt::Restored {
                path: path.display().to_string(),
                diff,
            },
        )
    };
    let old = ConfigFile::read(Path::new(copy));
    if let Ok(old) = &old {
        if old.hash() == file.hash() {
            return Ok(Outcome::Found {
                words: format!("`{}` is as it was", path.display()),
            });
        }
        if file.hash() == after_hash {
            server_config::restore(path, Path::new(copy), after_hash)?;
            return Ok(restored(format!("`{}` is as it was", path.display()), Vec::new()));
        }
    }
    // Others changed it since, or the copy is gone. Their work stays; the settings go back, if they are still ours.
    let is_ours = [BOTH_ON, NAMED_ONLY].iter().any(|to| {
        written
            == WrittenSettings {
                enabled: Some(to.enabled),
                default_tenant: Some(to.default_tenant),
            }
            && state.acted.iter().any(|acted| acted.action == Action::Edit { to: *to })
    });
    if written != before && !is_ours {
        return Ok(Outcome::Found {
            words: format!("`{}` stays: somebody changed the settings since", path.display()),
        });
    }
    if written == before {
        return Ok(Outcome::Found {
            words: format!("`{}` says what it said before", path.display()),
        });
    }
    let defaults = state.plan.inspection.release.tenancy_defaults();
    let change = Change {
        enabled: Some(before.enabled.unwrap_or(defaults.enabled)),
        default_tenant: Some(before.default_tenant.unwrap_or(defaults.default_tenant)),
    };
    let edit = plan_edit(&file, change)?;
    apply(&edit, stamp)?;
    Ok(restored(
        format!(
            "`{}` has its old settings, and what others changed since",
            path.display()
        ),
        lines(&edit),
    ))
}
