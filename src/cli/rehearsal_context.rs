//! The context that leads to a rehearsal: added by `up`, follows the rehearsal to other ports, goes with it.
//!
//! A context is a rehearsal's own if its `server` table names the settings of that rehearsal. Others are left alone.

use std::path::Path;

use super::failure::Failure;
use super::printer::Printer;
use super::rehearsal::{Here, Shown};
use super::rehearsal_process::Program;
use super::rehearsal_state::Place;
use super::request::Deed;
use crate::backend::http::leads_to;
use crate::config::context::ContextReach;
use crate::config::edit::{Editing, NewAuth, NewContext, NewServer, SecretPlace};
use crate::config::environment::Environment;
use crate::config::file::Configuration;
use crate::config::layers;
use crate::config::paths::Paths;
use crate::config::target::{Origin, Reach, Target};
use crate::domain::problem::{Problem, ProblemKind};

/// What is known of the context of a rehearsal's name.
enum Found {
    /// There is none.
    Nothing,
    /// It leads to the rehearsal, at this URL.
    Ours(String),
    /// It leads elsewhere.
    Others,
}

fn find(file: &Path, place: &Place) -> Result<Found, Problem> {
    let written = Configuration::read(file, false)?;
    Ok(match written.contexts.get(&place.name) {
        None => Found::Nothing,
        Some(context) => {
            let names_it = context
                .server
                .config_file
                .as_ref()
                .is_some_and(|settings| settings.starts_with(&place.directory));
            match &context.reach {
                ContextReach::Host { url, .. } if names_it => Found::Ours(url.to_string()),
                _ => Found::Others,
            }
        }
    })
}

/// The setting that keeps a rehearsal as it is, if one does: that of the context that the command names, else that of one that leads
/// to the rehearsal, whatever others do, else that of the whole configuration where none leads there.
pub fn read_only_by(
    configuration: &Configuration,
    (environment, paths): (&Environment, &Paths),
    chosen: Option<&str>,
    place: &Place,
) -> Option<Origin> {
    let of = |name: &str| layers::of_context(name, environment, configuration, paths).ok();
    if let Some(target) = chosen.and_then(of).filter(|target| target.read_only.value) {
        return Some(target.read_only.origin);
    }
    let listen = place.remembered().listen;
    let leads = |target: &Target| match &target.reach.value {
        Reach::Store(directory) => is_same(directory, &place.directory),
        Reach::Host { url, .. } => {
            let settings = target.server.config_file.as_deref().and_then(Path::parent);
            listen.is_some_and(|listen| leads_to(url.as_str(), listen))
                || settings.is_some_and(|directory| is_same(directory, &place.directory))
        }
    };
    let mut may_change = false;
    for target in configuration.contexts.keys().filter_map(|name| of(name)).filter(leads) {
        if target.read_only.value {
            return Some(target.read_only.origin);
        }
        may_change = true;
    }
    Origin::of_read_only(false, configuration.read_only && !may_change)
}

/// Whether two paths are one directory.
fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole(one) == whole(other)
}

/// Refuses where the name of a rehearsal is that of a context that leads elsewhere.
pub fn require_ours_or_none(here: &Here<'_>, place: &Place) -> Result<(), Problem> {
    match find(here.config_file, place)? {
        Found::Ours(_) | Found::Nothing => Ok(()),
        Found::Others => Err(Problem::new(
            ProblemKind::Conflict,
            format!("There is a context `{}` that leads elsewhere.", place.name),
            "The context of the rehearsal would be called so. Nothing was made or started.",
            "Make one of another name with `kestra-admin rehearsal up NAME`.",
        )),
    }
}

/// What [`add`] would do.
pub fn would_add(here: &Here<'_>, place: &Place) -> Result<Option<Deed>, Problem> {
    let (name, file) = (&place.name, here.config_file.display());
    Ok(match find(here.config_file, place)? {
        Found::Ours(_) => None,
        Found::Others => Some(("leave unchanged", format!("context `{name}`, which leads elsewhere"))),
        Found::Nothing => Some(("add", format!("context `{name}` to `{file}`"))),
    })
}

/// Adds the context of a rehearsal that was served, and says how to go on.
pub fn add(printer: &mut Printer<'_>, here: &Here<'_>, place: &Place) -> Result<(), Failure> {
    let shown = Shown::of(place)?;
    let (Some(host), Some(health)) = (shown.host, shown.health) else {
        return Ok(());
    };
    match find(here.config_file, place)? {
        Found::Ours(_) => {}
        Found::Others => {
            printer.say(&format!(
                "There is a context `{}` that leads elsewhere, and it stays. Go on with `kestra-admin --host {host}`.",
                place.name
            ));
            return Ok(());
        }
        Found::Nothing => {
            let program = Program::this()?;
            let config = here
                .config_flag
                .map(|file| std::path::absolute(file).unwrap_or_else(|_| file.to_owned()));
            let command = |words: &[&str]| program.words(config.as_deref(), words);
            let mut editing = Editing::locked(here.config_file)?;
            if editing.has(&place.name) {
                // Somebody else was faster.
                drop(editing);
                return add(printer, here, place);
            }
            editing.put(&NewContext {
                name: place.name.clone(),
                host: Some(host),
                auth: Some(NewAuth::Basic {
                    username: shown.username,
                    password: SecretPlace::File(shown.password_file),
                }),
                server: Some(NewServer {
                    config_file: shown.config_file,
                    kestra_command: command(&["rehearsal", "kestra", "--name", &place.name, "--"]),
                    restart_command: command(&["rehearsal", "restart", &place.name]),
                    stop_command: command(&["rehearsal", "stop", &place.name]),
                    start_command: command(&["rehearsal", "start", &place.name]),
                    backup_command: command(&["rehearsal", "dump", &place.name]),
                    health_url: health,
                }),
                ..NewContext::default()
            });
            editing.save()?;
            printer.say(&format!(
                "Context `{}` is in `{}`.",
                place.name,
                here.config_file.display()
            ));
        }
    }
    printer.say(&format!("Go on with `kestra-admin --context {}`.", place.name));
    Ok(())
}

/// Lets the context of a rehearsal open where none is named, if it is the only one and nothing else was chosen; says whether it does so
/// from now on.
pub fn open_by_default(here: &Here<'_>, place: &Place) -> Result<bool, Problem> {
    let is_first = |editing: &Editing| editing.names() == [place.name.as_str()] && editing.default_context().is_none();
    if !is_first(&Editing::of(here.config_file)?) {
        return Ok(false);
    }
    let mut editing = Editing::locked(here.config_file)?;
    let is_still_first = is_first(&editing);
    if is_still_first {
        editing.set_default(&place.name);
        editing.save()?;
    }
    Ok(is_still_first)
}

/// Lets the context of a rehearsal lead to where that listens now.
pub fn follow(printer: &mut Printer<'_>, here: &Here<'_>, place: &Place) -> Result<(), Failure> {
    let remembered = place.remembered();
    let (Some(host), Some(health)) = (remembered.host(), remembered.health()) else {
        return Ok(());
    };
    let written = match find(here.config_file, place) {
        Ok(Found::Ours(written)) => written,
        Ok(Found::Nothing | Found::Others) => return Ok(()),
        // The server runs all the same.
        Err(problem) => {
            printer.say(&problem.what);
            printer.say("The context of the rehearsal was not looked at.");
            return Ok(());
        }
    };
    if written != host {
        let mut editing = Editing::locked(here.config_file)?;
        editing.move_host(&place.name, &host, &health);
        editing.save()?;
        printer.say(&format!("Context `{}` leads there now.", place.name));
    }
    Ok(())
}

/// Takes the context of a rehearsal out, now that the rehearsal is gone.
pub fn remove(printer: &mut Printer<'_>, here: &Here<'_>, place: &Place) -> Result<(), Failure> {
    if let Found::Ours(_) = find(here.config_file, place)? {
        let mut editing = Editing::locked(here.config_file)?;
        if editing.remove(&place.name).is_some() {
            editing.save()?;
            printer.say(&format!("Context `{}` went with it.", place.name));
        }
    }
    Ok(())
}
