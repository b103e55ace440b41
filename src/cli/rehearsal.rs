//! `rehearsal`: local instances that are served, to practise on.
//!
//! What lies where is in [`super::rehearsal_state`], how a server comes and goes in [`super::rehearsal_process`], how an
//! instance is made in [`super::rehearsal_create`], and the context that leads to one in [`super::rehearsal_context`].

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::args_rehearsal::{Listening, NewRehearsal, RehearsalVerb};
use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout, Printer};
use super::prompt::{self, Input};
use super::rehearsal_process::{self as process, Program};
use super::rehearsal_state::Place;
use super::request::{self, Deed};
use super::{rehearsal_context as context, rehearsal_create as creation};
use crate::backend::local::LocalInstance;
use crate::config::paths::Paths;
use crate::config::private;
use crate::domain::check::{CONTEXT, Check, Outcome};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;
use crate::migration::plan::shown_command;
use crate::rehearsal::kestra_command;

/// The name of a rehearsal that nobody named.
const USUAL: &str = "rehearsal";

/// What the commands need to know of this run.
pub struct Here<'a> {
    /// Our directories.
    pub paths: &'a Paths,
    /// The configuration file in effect, whether it is there or not.
    pub config_file: &'a Path,
    /// `--config`, if it was given.
    pub config_flag: Option<&'a Path>,
    /// The rehearsal that is meant where none is named: `--store`, `--context` or `--host`, if one was given.
    pub named: Option<&'a String>,
}

impl Here<'_> {
    /// The place of the rehearsal of a name, or else of the one that the flags name, or of the usual one.
    pub fn place(&self, name: Option<&String>) -> Result<Place, Problem> {
        Place::of(name.or(self.named).map_or(USUAL, String::as_str), self.paths)
    }

    fn existing(&self, name: Option<&String>) -> Result<Place, Problem> {
        let place = self.place(name)?;
        place.require()?;
        Ok(place)
    }
}

/// Carries a verb out.
pub fn run(
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
    here: &Here<'_>,
    verb: &RehearsalVerb,
) -> Result<(), Failure> {
    if let Some(deeds) = would(here, verb)? {
        return request::print_deeds(printer, &deeds);
    }
    match verb {
        RehearsalVerb::Up { name, new, listening } => up(printer, here, &here.place(name.as_ref())?, new, listening),
        RehearsalVerb::Create { name, new } => {
            let place = here.place(Some(name))?;
            creation::create(printer, here.paths, &place, new)?;
            show(printer, &place)
        }
        RehearsalVerb::Serve {
            name,
            listening,
            detached,
            ..
        } => {
            let place = here.existing(name.as_ref())?;
            creation::prepare(&place)?;
            process::serve(printer, &place, listening, *detached)
        }
        RehearsalVerb::Start { name, listening, .. } => {
            let place = here.existing(name.as_ref())?;
            start(printer, here, &place, listening)?;
            show(printer, &place)
        }
        RehearsalVerb::Stop { name, .. } => {
            let place = here.existing(name.as_ref())?;
            let was_running = process::stop(&place)?;
            printer.say(&if was_running {
                format!("`{}` is stopped.", place.name)
            } else {
                format!("`{}` was not running.", place.name)
            });
            Ok(())
        }
        RehearsalVerb::Restart { name, .. } => {
            let place = here.existing(name.as_ref())?;
            process::stop(&place)?;
            start(printer, here, &place, &Listening::default())?;
            show(printer, &place)
        }
        RehearsalVerb::Upgrade { name, release, .. } => {
            let place = here.existing(Some(name))?;
            let release = upgradable(&place, release)?;
            LocalInstance::upgrade(&place.directory, release)?;
            show(printer, &place)
        }
        RehearsalVerb::Dump { name, .. } => {
            let place = here.existing(Some(name))?;
            dump(printer, &place.directory)
        }
        RehearsalVerb::Status { name: Some(name) } => show(printer, &here.existing(Some(name))?),
        RehearsalVerb::Status { name: None } => list(printer, here),
        RehearsalVerb::Delete { name, confirm, dry_run } => {
            let place = here.existing(Some(name))?;
            delete(printer, input, here, &place, confirm.as_deref(), *dry_run)
        }
        RehearsalVerb::Kestra { name, arguments, .. } => {
            let place = here.existing(name.as_ref())?;
            refuse_beside_a_server(&place, arguments)?;
            let (output, errors) = printer.streams()?;
            // What it prints is printed as it comes, and its exit code is ours.
            match kestra_command::run(&place.directory, arguments, output, errors)? {
                0 => Ok(()),
                code => Err(Failure::Exit(code)),
            }
        }
    }
}

/// What a verb would do, where it is asked for a dry run. Looks, and refuses what would be refused.
fn would(here: &Here<'_>, verb: &RehearsalVerb) -> Result<Option<Vec<Deed>>, Problem> {
    if verb.changes() {
        return Ok(None);
    }
    Ok(Some(match verb {
        RehearsalVerb::Up { name, new, listening } => would_up(here, &here.place(name.as_ref())?, new, listening)?,
        RehearsalVerb::Create { name, new } => vec![creation::would_create(&here.place(Some(name))?, new)?],
        RehearsalVerb::Serve { name, listening, .. } => {
            let place = here.existing(name.as_ref())?;
            process::require_stopped(&place)?;
            vec![process::would_start(&place, listening)]
        }
        RehearsalVerb::Start { name, listening, .. } => would_start(&here.existing(name.as_ref())?, listening),
        RehearsalVerb::Stop { name, .. } => vec![process::would_stop(&here.existing(name.as_ref())?)],
        RehearsalVerb::Restart { name, .. } => {
            let place = here.existing(name.as_ref())?;
            let stop = Some(process::would_stop(&place)).filter(|_| place.is_running());
            let start = process::would_start(&place, &Listening::default());
            stop.into_iter().chain([start]).collect()
        }
        RehearsalVerb::Upgrade { name, release, .. } => {
            let place = here.existing(Some(name))?;
            let to = upgradable(&place, release)?;
            let instance = LocalInstance::open(&place.directory, None)?;
            instance.require_newer(to)?;
            match instance.release() {
                from if from == to => vec![("leave unchanged", format!("`{name}`, which is a Kestra {to}"))],
                from => vec![("upgrade", format!("`{name}` from Kestra {from} to {to}"))],
            }
        }
        RehearsalVerb::Dump { name, .. } => {
            let dumps = here.existing(Some(name))?.directory.join("dumps");
            vec![("copy", format!("the store of `{name}` into `{}`", dumps.display()))]
        }
        RehearsalVerb::Kestra { name, arguments, .. } => {
            let place = here.existing(name.as_ref())?;
            refuse_beside_a_server(&place, arguments)?;
            let words: Vec<String> = std::iter::once("kestra".to_owned())
                .chain(arguments.iter().cloned())
                .collect();
            vec![("run", format!("`{}` on `{}`", shown_command(&words), place.name))]
        }
        // What would be deleted is shown as it is.
        RehearsalVerb::Delete { .. } | RehearsalVerb::Status { .. } => return Ok(None),
    }))
}

/// The release that a rehearsal can be upgraded to.
fn upgradable(place: &Place, release: &str) -> Result<Release, Problem> {
    let name = &place.name;
    let release = creation::release(place, Some(release))?;
    if place.is_running() {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!("`{name}` was not upgraded."),
            "It is running, and servers of two releases must not share a database.",
            format!("Stop it first with `kestra-admin rehearsal stop {name}`."),
        ));
    }
    Ok(release)
}

/// Dumps the store in a directory, and says where to.
pub fn dump(printer: &mut Printer<'_>, directory: &Path) -> Result<(), Failure> {
    let file = LocalInstance::open(directory, None)?.dump()?.display().to_string();
    printer.object(&[("dump".to_owned(), file.clone())], &json!({"dump": file}))
}

/// The command that changes every row of the database is dangerous while a server works on it; Kestra's documentation
/// says so, and here it is refused.
fn refuse_beside_a_server(place: &Place, arguments: &[String]) -> Result<(), Problem> {
    let words: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let moves = words.starts_with(&["migrate", "default-tenant"]) && !arguments.iter().any(|word| word == "--dry-run");
    if !moves || !place.is_running() {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Failed,
        "The default tenant was not migrated.",
        format!(
            "`{}` is running, and all servers have to be stopped for it.",
            place.name
        ),
        format!(
            "Stop it with `kestra-admin rehearsal stop {}`, then try again.",
            place.name
        ),
    ))
}

/// What a rehearsal is and whether it runs.
pub struct Shown {
    name: String,
    release: String,
    /// Base URL of the API, once it was served.
    pub host: Option<String>,
    /// URL of its health, once it was served.
    pub health: Option<String>,
    pid: Option<u32>,
    /// Login name of the first superadmin.
    pub username: String,
    /// Where the password lies.
    pub password_file: PathBuf,
    /// Its settings, as Kestra's servers have them.
    pub config_file: PathBuf,
    store: PathBuf,
}

impl Shown {
    /// Looks at a rehearsal.
    pub fn of(place: &Place) -> Result<Self, Problem> {
        let remembered = place.remembered();
        let instance = LocalInstance::open(&place.directory, None)?;
        Ok(Self {
            name: place.name.clone(),
            release: instance.release().to_string(),
            host: remembered.host(),
            health: remembered.health(),
            pid: remembered
                .process
                .filter(|_| place.is_running())
                .map(|process| process.pid),
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

fn list(printer: &mut Printer<'_>, here: &Here<'_>) -> Result<(), Failure> {
    creation::sweep(printer, &here.paths.instances());
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for place in Place::all(here.paths) {
        match Shown::of(&place) {
            Ok(shown) => rows.push(shown),
            // One that cannot be opened does not hide the others.
            Err(problem) => broken.push(format!(
                "`{}` is left out: {} {}",
                place.name, problem.what, problem.why
            )),
        }
    }
    printer.whole_list(&LAYOUT, &rows)?;
    for words in &broken {
        printer.say(words);
    }
    if rows.is_empty() && broken.is_empty() {
        printer.say("There are no rehearsals. `kestra-admin rehearsal up` makes one.");
    }
    Ok(())
}

fn start(printer: &mut Printer<'_>, here: &Here<'_>, place: &Place, listening: &Listening) -> Result<(), Failure> {
    creation::prepare(place)?;
    if process::start(place, listening, &Program::this()?)? {
        process::say_where(printer, place);
        context::follow(printer, here, place)?;
        return Ok(());
    }
    printer.say(&format!("`{}` is running already.", place.name));
    let remembered = place.remembered();
    let elsewhere = |asked: Option<SocketAddr>, there: Option<SocketAddr>| {
        // Any port will do for whoever asks for port 0.
        asked.is_some_and(|asked| asked.port() != 0 && Some(asked) != there)
    };
    if elsewhere(listening.listen, remembered.listen) || elsewhere(listening.management, remembered.management) {
        printer.say("It goes on listening where it did; stop it first to have it listen elsewhere.");
    }
    Ok(())
}

/// What starting would do.
fn would_start(place: &Place, listening: &Listening) -> Vec<Deed> {
    vec![if place.is_running() {
        ("leave unchanged", format!("`{}`, which is running already", place.name))
    } else {
        process::would_start(place, listening)
    }]
}

/// What `up` would do.
fn would_up(here: &Here<'_>, place: &Place, new: &NewRehearsal, listening: &Listening) -> Result<Vec<Deed>, Problem> {
    let mut deeds = Vec::new();
    if place.exists() {
        let keeps = creation::compare(place, new)?;
        deeds.extend(keeps.map(|words| ("leave unchanged", words)));
    } else {
        deeds.push(creation::would_create(place, new)?);
    }
    deeds.extend(would_start(place, listening));
    deeds.extend(context::would_add(here, place)?);
    Ok(deeds)
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
        if let Some(words) = creation::compare(place, new)? {
            printer.say(&words);
        }
    } else {
        creation::create(printer, here.paths, place, new)?;
    }
    start(printer, here, place, listening)?;
    context::add(printer, here, place)?;
    show(printer, place)
}

/// What `up` does without being told anything, step by step for whoever watches. Returns the name of the context, and whether it
/// opens from now on where none is named. Once it is not wanted any more it goes no further, and stops the server that it started.
///
/// # Errors
/// The step that failed, which has been reported as well; that it was stopped, or that a context of that name leads elsewhere.
pub fn practise(
    here: &Here<'_>,
    is_wanted: &dyn Fn() -> bool,
    report: &mut (dyn FnMut(Check) + Send),
) -> Result<(String, bool), Problem> {
    /// Whoever tries again waits until what was stopped before has ended.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let place = here.place(None)?;
    let stopped = || {
        let why = if place.is_running() {
            "It was stopped, and the server runs on as it did before."
        } else {
            "It was stopped, and nothing is left running."
        };
        Problem::new(ProblemKind::Interrupted, "No rehearsal was opened.", why, "Try again.")
    };
    context::require_ours_or_none(here, &place)?;
    if !is_wanted() {
        return Err(stopped());
    }
    step("rehearsal", report, |printer| {
        if !place.exists() {
            match creation::create(printer, here.paths, &place, &NewRehearsal::default()) {
                // Somebody else was faster, and what they made does as well.
                Err(_) if place.exists() => {}
                made => return made,
            }
        }
        printer.say(&format!("`{}` is there already.", place.name));
        Ok(())
    })?;
    if !is_wanted() {
        return Err(stopped());
    }
    let was_running = place.is_running();
    step("server", report, |printer| {
        start(printer, here, &place, &Listening::default())
    })?;
    if !is_wanted() {
        if !was_running {
            process::stop(&place)?;
            report(Check::new(
                "server",
                Outcome::Pass,
                format!("`{}` is stopped.", place.name),
            ));
        }
        return Err(stopped());
    }
    step(CONTEXT, report, |printer| {
        context::require_ours_or_none(here, &place)?;
        context::add(printer, here, &place)
    })?;
    let opens_from_now_on = context::open_by_default(here, &place)?;
    Ok((place.name, opens_from_now_on))
}

/// Does a step, and reports what it said.
fn step(
    name: &'static str,
    report: &mut (dyn FnMut(Check) + Send),
    work: impl FnOnce(&mut Printer<'_>) -> Result<(), Failure>,
) -> Result<(), Problem> {
    let (mut output, mut words) = (Vec::new(), Vec::new());
    let done = work(&mut Printer::new(&mut output, &mut words, Format::Table, false));
    let problem = match done {
        Ok(()) => {
            let words = String::from_utf8_lossy(&words);
            // What to type next is for whoever is at a command line.
            let found: Vec<&str> = words.lines().filter(|line| !line.starts_with("Go on with")).collect();
            let found = if found.is_empty() {
                "as it was".to_owned()
            } else {
                found.join(" ")
            };
            report(Check::new(name, Outcome::Pass, found));
            return Ok(());
        }
        Err(Failure::Problem(problem) | Failure::Unwritten(problem)) => problem,
        // Nobody reads what is printed here, and nothing is run whose exit code would matter.
        Err(Failure::ClosedPipe | Failure::Exit(_)) => Problem::new(
            ProblemKind::Failed,
            "The rehearsal is not ready.",
            format!("The step `{name}` ended without saying why."),
            "Run `kestra-admin rehearsal up` to watch it.",
        ),
    };
    report(Check::new(name, Outcome::Fail, format!("{} {}", problem.what, problem.why)).with_next(&problem.next));
    Err(problem)
}

fn delete(
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
    here: &Here<'_>,
    place: &Place,
    confirm: Option<&str>,
    dry_run: bool,
) -> Result<(), Failure> {
    let name = &place.name;
    if dry_run {
        show(printer, place)?;
        printer.say("It would be stopped and deleted, with everything in it. Nothing was done.");
        return Ok(());
    }
    let refused = |why: &str| {
        Problem::new(
            ProblemKind::Unconfirmed,
            format!("Rehearsal `{name}` was not deleted."),
            why,
            format!("Add `--confirm {name}` to delete it with everything in it; there is no undo."),
        )
    };
    match confirm {
        Some(confirmed) if confirmed == name => {}
        Some(_) => return Err(refused("What `--confirm` says is not its name.").into()),
        None => {
            let question = format!("Everything in `{name}` will be gone. Type its name to delete it:");
            match prompt::typed(input, printer, &question, name) {
                Some(true) => {}
                Some(false) => return Err(refused("What was typed is not its name.").into()),
                None => return Err(refused("There is no terminal to confirm it at.").into()),
            }
        }
    }
    process::stop(place)?;
    std::fs::remove_dir_all(&place.directory)
        .map_err(|error| private::io_problem("deleted", &place.directory, &error))?;
    printer.say(&format!("`{name}` is deleted."));
    context::remove(printer, here, place)
}
