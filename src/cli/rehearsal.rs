//! `rehearsal`: local instances that are served, to practise on.
//!
//! What lies where is in [`super::rehearsal_state`], how a server comes and goes in [`super::rehearsal_process`].

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::{Listening, NewRehearsal, RehearsalVerb};
use super::failure::{Failure, invalid};
use super::printer::{Column, Layout, Printer};
use super::rehearsal_process::{self as process, Program};
use super::rehearsal_state::{Place, Remembered};
use crate::backend::local::{LocalInstance, Profile};
use crate::config::edit::{Editing, NewAuth, NewContext, NewServer, SecretPlace};
use crate::config::paths::Paths;
use crate::config::private;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;
use crate::rehearsal::kestra_command;
use crate::rehearsal::sample::{self, SampleSize};

/// The name of a rehearsal that nobody named.
const USUAL: &str = "rehearsal";

/// What the commands need to know of this run.
pub struct Here<'a> {
    /// Our directories.
    pub paths: &'a Paths,
    /// The configuration file in effect.
    pub config_file: &'a Path,
    /// `--config`, if it was given.
    pub config_flag: Option<&'a Path>,
}

impl Here<'_> {
    fn place(&self, name: Option<&String>) -> Result<Place, Problem> {
        Place::of(name.map_or(USUAL, String::as_str), self.paths)
    }
}

/// Carries a verb out.
pub fn run(printer: &mut Printer<'_>, here: &Here<'_>, verb: &RehearsalVerb) -> Result<(), Failure> {
    match verb {
        RehearsalVerb::Up { name, new, listening } => up(printer, here, &here.place(name.as_ref())?, new, listening),
        RehearsalVerb::Create { name, new } => {
            let place = here.place(Some(name))?;
            if place.exists() {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    format!("There is a rehearsal `{name}` already."),
                    format!("Its local instance lies in `{}`.", place.directory.display()),
                    "Choose another name, or delete it first.",
                )
                .into());
            }
            create(printer, here, &place, new)?;
            show(printer, &place)
        }
        RehearsalVerb::Serve {
            name,
            listening,
            detached,
        } => {
            let place = here.place(name.as_ref())?;
            place.require()?;
            process::serve(printer, &place, listening, *detached)
        }
        RehearsalVerb::Start { name, listening } => {
            let place = here.place(name.as_ref())?;
            place.require()?;
            start(printer, &place, listening)?;
            show(printer, &place)
        }
        RehearsalVerb::Stop { name } => {
            let place = here.place(name.as_ref())?;
            place.require()?;
            let was_running = process::stop(&place)?;
            printer.say(&if was_running {
                format!("`{}` is stopped.", place.name)
            } else {
                format!("`{}` was not running.", place.name)
            });
            Ok(())
        }
        RehearsalVerb::Restart { name } => {
            let place = here.place(name.as_ref())?;
            place.require()?;
            process::stop(&place)?;
            start(printer, &place, &Listening::default())?;
            show(printer, &place)
        }
        RehearsalVerb::Status { name: Some(name) } => {
            let place = here.place(Some(name))?;
            place.require()?;
            show(printer, &place)
        }
        RehearsalVerb::Status { name: None } => list(printer, here),
        RehearsalVerb::Delete { name, confirm } => delete(printer, here, name, confirm.as_deref()),
        RehearsalVerb::Kestra { name, arguments } => {
            let place = here.place(name.as_ref())?;
            place.require()?;
            kestra(printer, &place, arguments)
        }
    }
}

/// What a rehearsal is and whether it runs.
struct Shown {
    name: String,
    release: String,
    host: Option<String>,
    health: Option<String>,
    pid: Option<u32>,
    username: String,
    password_file: PathBuf,
    config_file: PathBuf,
    store: PathBuf,
}

impl Shown {
    fn of(place: &Place) -> Result<Self, Problem> {
        let remembered = place.remembered();
        let instance = LocalInstance::open(&place.directory, None)?;
        let url = |address: Option<std::net::SocketAddr>, path: &str| address.map(|at| format!("http://{at}{path}"));
        Ok(Self {
            name: place.name.clone(),
            release: instance.release().to_string(),
            host: url(remembered.listen, ""),
            health: url(remembered.management, "/health"),
            pid: remembered.pid.filter(|_| place.is_running()),
            username: match &remembered.username {
                Some(username) => username.clone(),
                None => instance.myself()?.username,
            },
            password_file: place.password_file(&remembered),
            config_file: instance.settings_file().to_owned(),
            store: place.directory.clone(),
        })
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "release": self.release,
            "host": self.host,
            "health": self.health,
            "pid": self.pid,
            "username": self.username,
            "passwordFile": self.password_file,
            "configFile": self.config_file,
            "store": self.store,
        })
    }

    fn state(&self) -> String {
        self.pid
            .map_or_else(|| "stopped".to_owned(), |pid| format!("running as {pid}"))
    }
}

static LAYOUT: Layout<Shown> = Layout {
    columns: &[
        Column {
            head: "NAME",
            cell: |shown| shown.name.clone(),
        },
        Column {
            head: "RELEASE",
            cell: |shown| shown.release.clone(),
        },
        Column {
            head: "STATE",
            cell: Shown::state,
        },
        Column {
            head: "HOST",
            cell: |shown| shown.host.clone().unwrap_or_default(),
        },
    ],
    json: Shown::json,
};

fn show(printer: &mut Printer<'_>, place: &Place) -> Result<(), Failure> {
    let shown = Shown::of(place)?;
    let text = |path: &Path| path.display().to_string();
    let fields = [
        ("name", shown.name.clone()),
        ("release", shown.release.clone()),
        ("state", shown.state()),
        ("host", shown.host.clone().unwrap_or_default()),
        ("health", shown.health.clone().unwrap_or_default()),
        ("username", shown.username.clone()),
        ("password", format!("in {}", text(&shown.password_file))),
        ("settings", text(&shown.config_file)),
        ("store", text(&shown.store)),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    printer.object(&fields, &shown.json())
}

/// Those that have been served once: other local instances are no rehearsals.
fn list(printer: &mut Printer<'_>, here: &Here<'_>) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for name in here.paths.instance_names() {
        let Ok(place) = Place::of(&name, here.paths) else {
            continue;
        };
        if place.exists() && place.remembered() != Remembered::default() {
            rows.push(Shown::of(&place)?);
        }
    }
    printer.whole_list(&LAYOUT, &rows)?;
    if rows.is_empty() {
        printer.say("There are no rehearsals. `kestra-admin rehearsal up` makes one.");
    }
    Ok(())
}

fn create(printer: &mut Printer<'_>, here: &Here<'_>, place: &Place, new: &NewRehearsal) -> Result<(), Failure> {
    let release = match &new.release {
        None => Release::DEFAULT,
        Some(text) => text.parse().map_err(|error: crate::domain::release::ReleaseError| {
            invalid(
                format!("Rehearsal `{}` was not made.", place.name),
                format!("The release is not known: {error}."),
                "Name a release from 0.13 on, such as 0.21 or 1.3.",
            )
        })?,
    };
    let size: SampleSize = new.sample.as_deref().unwrap_or("small").parse().map_err(|error| {
        invalid(
            format!("Rehearsal `{}` was not made.", place.name),
            format!("The size of the sample is not known: {error}."),
            "Write `--sample small`, `--sample large`, or a number of tenants.",
        )
    })?;
    let given = match (&new.username, &new.password_file) {
        (Some(username), Some(file)) => Some((username.clone(), given_password(file)?, file.clone())),
        (None, None) => None,
        _ => {
            return Err(invalid(
                format!("Rehearsal `{}` was not made.", place.name),
                "`--username` and `--password-file` go together.",
                "Give both, or neither for a random password.",
            )
            .into());
        }
    };
    private::create_directory(&here.paths.instances())?;
    LocalInstance::create(&place.directory, release)?;
    let done = fill(place, size, given);
    let summary = match done {
        Ok(summary) => summary,
        Err(problem) => {
            // Half of one would be taken for a whole one.
            drop(std::fs::remove_dir_all(&place.directory));
            return Err(problem.into());
        }
    };
    printer.say(&format!("`{}` is made, a Kestra {release} with {summary}.", place.name));
    Ok(())
}

fn given_password(file: &Path) -> Result<String, Problem> {
    let Some((text, mode)) = private::read(file)? else {
        return Err(Problem::new(
            ProblemKind::NotFound,
            format!("There is no file `{}`.", file.display()),
            "A password is to be read from it.",
            "Check the path.",
        ));
    };
    private::refuse_if_shared(file, mode)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn fill(place: &Place, size: SampleSize, given: Option<(String, String, PathBuf)>) -> Result<String, Problem> {
    let instance = LocalInstance::open(&place.directory, None)?;
    let mut remembered = place.remembered();
    let first = instance.myself()?.username;
    if let Some((username, password, file)) = given {
        if username != first {
            instance.update_myself(&Profile {
                username: username.clone(),
                ..Profile::default()
            })?;
        }
        instance.set_password(&username, &password)?;
        let file = std::path::absolute(&file).unwrap_or(file);
        (remembered.username, remembered.password_file) = (Some(username), Some(file));
    } else {
        let password = process::random_password()?;
        instance.set_password(&first, &password)?;
        private::write_secret(&place.password_file(&remembered), &password)?;
        remembered.username = Some(first);
    }
    let summary = sample::fill(&instance, size)?;
    place.remember(&remembered)?;
    Ok(summary.to_string())
}

fn start(printer: &mut Printer<'_>, place: &Place, listening: &Listening) -> Result<(), Failure> {
    let program = Program::this()?;
    if process::start(place, listening, &program)? {
        let remembered = place.remembered();
        if let Some(address) = remembered.listen {
            printer.say(&format!("`{}` answers at http://{address}.", place.name));
            if !address.ip().is_loopback() {
                printer.say("Other machines can reach it: whoever knows a password of the sample can sign in.");
            }
        }
    } else {
        printer.say(&format!("`{}` is running already.", place.name));
    }
    Ok(())
}

/// Makes what is missing: the instance, the server, the context.
fn up(
    printer: &mut Printer<'_>,
    here: &Here<'_>,
    place: &Place,
    new: &NewRehearsal,
    listening: &Listening,
) -> Result<(), Failure> {
    if place.exists() {
        check_release(place, new)?;
    } else {
        create(printer, here, place, new)?;
    }
    start(printer, place, listening)?;
    add_context(printer, here, place)?;
    show(printer, place)?;
    printer.say(&format!("Go on with `kestra-admin --context {}`.", place.name));
    Ok(())
}

/// What is there stays as it is, so a release that is asked for has to be the one it has.
fn check_release(place: &Place, new: &NewRehearsal) -> Result<(), Failure> {
    let Some(wanted) = &new.release else { return Ok(()) };
    let release = LocalInstance::open(&place.directory, None)?.release();
    if wanted.parse() == Ok(release) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Conflict,
        format!("Rehearsal `{}` is a Kestra {release}.", place.name),
        format!(
            "Kestra {} is asked for, and a rehearsal keeps its release.",
            crate::domain::text::visible(wanted)
        ),
        format!(
            "Choose another name, or delete it with `kestra-admin rehearsal delete {0} --confirm {0}`.",
            place.name
        ),
    )
    .into())
}

fn add_context(printer: &mut Printer<'_>, here: &Here<'_>, place: &Place) -> Result<(), Failure> {
    let mut editing = Editing::of(here.config_file)?;
    let shown = Shown::of(place)?;
    let (Some(host), Some(health)) = (shown.host, shown.health) else {
        return Ok(());
    };
    if editing.has(&place.name) {
        let written = crate::config::file::Configuration::read(here.config_file, false)?;
        let is_ours = written.contexts.get(&place.name).is_some_and(|context| {
            matches!(&context.reach, crate::config::context::ContextReach::Host { url, .. } if url.to_string() == host)
        });
        if !is_ours {
            printer.say(&format!(
                "There is a context `{}` that leads elsewhere; it stays. Reach the rehearsal with `--host {host}`.",
                place.name
            ));
        }
        return Ok(());
    }
    let program = Program::this()?;
    let command = |words: &[&str]| program.words(here.config_flag, words);
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
    Ok(())
}

fn delete(printer: &mut Printer<'_>, here: &Here<'_>, name: &str, confirm: Option<&str>) -> Result<(), Failure> {
    let place = Place::of(name, here.paths)?;
    place.require()?;
    if confirm != Some(name) {
        return Err(Problem::new(
            ProblemKind::Unconfirmed,
            format!("Rehearsal `{name}` was not deleted."),
            "Everything in it would be gone.",
            format!("Add `--confirm {name}` to delete it."),
        )
        .into());
    }
    process::stop(&place)?;
    std::fs::remove_dir_all(&place.directory)
        .map_err(|error| private::io_problem("deleted", &place.directory, &error))?;
    printer.say(&format!("`{name}` is deleted."));
    let mut editing = Editing::of(here.config_file)?;
    let written = crate::config::file::Configuration::read(here.config_file, false)?;
    let leads_here = written.contexts.get(name).is_some_and(|context| {
        context
            .server
            .config_file
            .as_ref()
            .is_some_and(|file| file.starts_with(&place.directory))
    });
    if leads_here && editing.remove(name).is_some() {
        editing.save()?;
        printer.say(&format!("Context `{name}` went with it."));
    }
    Ok(())
}

/// The emulated `kestra` command line: what it prints is printed as it is, and its exit code is ours.
fn kestra(printer: &mut Printer<'_>, place: &Place, arguments: &[String]) -> Result<(), Failure> {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let code = kestra_command::run(&place.directory, arguments, &mut output, &mut errors)?;
    printer.text(&output)?;
    printer.flush()?;
    for line in String::from_utf8_lossy(&errors).lines() {
        printer.say(line);
    }
    if code == 0 { Ok(()) } else { Err(Failure::Exit(code)) }
}
