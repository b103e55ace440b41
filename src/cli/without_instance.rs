//! The commands that reach no instance: contexts, files, keys, records, the rehearsal.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::args::{ConfigVerb, Noun};
use super::args_contexts::ContextsVerb;
use super::args_records::ActivityVerb;
use super::args_rehearsal::RehearsalVerb;
use super::failure::Failure;
use super::printer::Printer;
use super::prompt::Input;
use super::rehearsal_context::read_only_by;
use super::rehearsal_state::Place;
use super::{
    KeyRows, activity, checks, config_files, config_set, config_show, contexts, contexts_edit, contexts_import, doctor,
    keys, reference, rehearsal,
};
use crate::activity::entry::Entry;
use crate::activity::log::ActivityLog;
use crate::activity::recorded;
use crate::config::environment::Environment;
use crate::config::file::Configuration;
use crate::config::layers::{self, Flags};
use crate::config::paths::Paths;
use crate::config::target::{Origin, Target};
use crate::domain::activity::{ActivityResult, Outcome};
use crate::domain::check::Check;
use crate::domain::host_url::HostUrl;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact::{self, MARK};
use crate::migration::plan::shown_command;

/// Flags, environment and paths, from which configuration and target follow.
pub(super) struct Layered<'a> {
    pub(super) flags: &'a Flags,
    pub(super) environment: &'a Environment,
    pub(super) paths: &'a Paths,
    /// The command line, for the activity record.
    pub(super) words: &'a [String],
}

impl Layered<'_> {
    pub(super) fn configuration(&self) -> Result<Configuration, Problem> {
        layers::read_configuration(self.flags, self.environment, self.paths)
    }

    pub(super) fn target(&self) -> Result<Target, Problem> {
        layers::resolve(self.flags, self.environment, &self.configuration()?, self.paths)
    }

    /// The target that another context than that of the flags would be, if one is named.
    fn target_named(&self, name: Option<&String>) -> Result<Target, Problem> {
        let mut flags = self.flags.clone();
        flags.context = name.cloned().or(flags.context);
        let named = Layered { flags: &flags, ..*self };
        named.target()
    }

    /// The configuration file, whether it is there or not.
    fn configuration_file(&self) -> PathBuf {
        layers::configuration_file(self.flags, self.environment, self.paths).0
    }

    /// The configuration, empty where there is none yet.
    fn written(&self) -> Result<Configuration, Problem> {
        Configuration::read(&self.configuration_file(), false)
    }

    /// Refuses a change of our own files under `--read-only`, or where the whole configuration is read-only.
    fn allow_change(&self) -> Result<(), Problem> {
        let setting = self.written().is_ok_and(|configuration| configuration.read_only);
        match Origin::of_read_only(self.flags.read_only, setting) {
            Some(origin) => Err(read_only(&origin)),
            None => Ok(()),
        }
    }

    /// Refuses a change of a rehearsal under `--read-only`, or where the configuration keeps it as it is. What is done on its
    /// host is nothing that a configuration of ours keeps, as little as that of another Kestra.
    fn allow_rehearsal(&self, place: &Place, verb: &RehearsalVerb) -> Result<(), Problem> {
        if self.flags.read_only {
            return self.allow_change();
        }
        if verb.is_on_its_host() {
            return Ok(());
        }
        let configuration = self.written()?;
        let chosen = self.flags.context.as_deref();
        match read_only_by(&configuration, (self.environment, self.paths), chosen, place) {
            Some(origin) => Err(read_only(&origin)),
            None => Ok(()),
        }
    }

    /// Does something that no instance is asked for, with a row in the activity record: what it is done to, as it was named, where
    /// that lies, and what is done.
    fn noted(
        &self,
        printer: &mut Printer<'_>,
        (name, file): (&str, &Path),
        about: &str,
        work: &mut dyn FnMut(&mut Printer<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let shown = redact::name(name);
        let place = recorded::Place::here(self.environment.operator(), (&shown, file));
        let log = ActivityLog::in_state(&self.paths.state);
        let entry = Entry::begin(log, &place, format!("{about} {shown}"), kept_command(self.words, name));
        let done = work(printer);
        let outcome = Outcome::of(match &done {
            Err(Failure::Problem(problem)) => Err(problem),
            // What could not be printed was done all the same.
            _ => Ok(ActivityResult::Done),
        });
        if let Some(problem) = entry.end(outcome) {
            printer.problem(&problem);
        }
        done
    }
}

/// A command line as it is kept. In a host that is no address of one anything may stand, in a proxy's address and in the place of a
/// name who signs in, and in a header a secret instead of where it lies: none of them is kept. `name` is that of what is changed.
fn kept_command(words: &[String], name: &str) -> String {
    let mut words = words.to_vec();
    let mut before = String::new();
    for word in &mut words {
        let (flag, at) = match word.split_once('=') {
            Some((flag, _)) if flag.starts_with("--") => (flag, flag.len() + 1),
            _ => (&*before, 0),
        };
        let value = word.get(at..).unwrap_or_default();
        let kept = match flag {
            "--host" if HostUrl::from_str(value).is_err() => MARK.to_owned(),
            "--proxy" if !contexts_edit::is_proxy(value) => MARK.to_owned(),
            "--header" if !value.contains("=env:") => MARK.to_owned(),
            "--context" | "--store" => redact::name(value),
            _ if word == name => redact::name(word),
            _ => value.to_owned(),
        };
        before.clone_from(word);
        word.replace_range(at.., &kept);
    }
    shown_command(&words)
}

/// What is said of a change that a setting forbids.
pub(super) fn read_only(origin: &Origin) -> Problem {
    Problem::new(
        ProblemKind::Unconfirmed,
        "Nothing was changed.",
        format!("This command is read-only: `{origin}` says so."),
        "Leave that out to change something, or look with `--dry-run` first.",
    )
}

/// The commands that reach no instance; `None` for all others.
pub(super) fn without_instance(
    noun: &Noun,
    layered: &Layered<'_>,
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
    terminal: &dyn Fn() -> Vec<Check>,
    key_rows: &KeyRows<'_>,
) -> Option<Result<(), Failure>> {
    Some(match noun {
        Noun::Completions { shell } => reference::completions(printer, *shell),
        Noun::Man { command } => reference::manual(printer, command),
        Noun::Keys { check } => layered
            .configuration()
            .map_err(Failure::from)
            .and_then(|configuration| {
                let (rows, reports) = key_rows(&configuration.interface.keys);
                if *check {
                    keys::check(printer, &configuration.file, &reports)
                } else {
                    keys::list(printer, &rows, &reports)
                }
            }),
        Noun::Contexts(contexts) => match &contexts.verb {
            ContextsVerb::List(kept) => layered
                .configuration()
                .map_err(Failure::from)
                .and_then(|configuration| {
                    let present = layered.target().map(|target| target.name).unwrap_or_default();
                    contexts::list(printer, &configuration, kept, &present)
                }),
            ContextsVerb::Show { name } => layered
                .target_named(name.as_ref())
                .map_err(Failure::from)
                .and_then(|target| contexts::show(printer, &target)),
            ContextsVerb::Test { name } => {
                layered
                    .target_named(name.as_ref())
                    .map_err(Failure::from)
                    .and_then(|target| {
                        printer.lead(target.command_words());
                        checks::test(printer, &target, layered.environment, layered.paths)
                    })
            }
            verb => change_contexts(verb, layered, printer, input),
        },
        Noun::Config(config) => server_configuration(&config.verb, layered, printer, input),
        Noun::Rehearsal(rehearsal) => carry_out_rehearsal(&rehearsal.verb, layered, printer, input),
        Noun::Doctor => {
            let configuration = layered.configuration();
            let own = configuration.as_ref().map_or(&[][..], |known| &known.interface.keys);
            let patient = doctor::Patient {
                paths: layered.paths,
                environment: layered.environment,
                config_file: layered.configuration_file(),
                keys: key_rows(own).1,
                configuration,
                target: layered.target(),
                terminal: terminal(),
            };
            if let Ok(target) = &patient.target {
                printer.lead(target.command_words());
            }
            doctor::examine(printer, patient)
        }
        Noun::Activity(activity) => {
            let log = ActivityLog::in_state(&layered.paths.state);
            match &activity.verb {
                ActivityVerb::List(flags) => activity::list(printer, &log, flags),
                ActivityVerb::Get { id } => activity::get(printer, &log, id),
                ActivityVerb::Path => activity::path(printer, &log),
            }
        }
        Noun::Tenants(_)
        | Noun::Roles(_)
        | Noun::Access(_)
        | Noun::Users(_)
        | Noun::Audit(_)
        | Noun::Migrate(_)
        | Noun::Export(_)
        | Noun::Import(_)
        | Noun::Diff(_)
        | Noun::Apply(_)
        | Noun::Apart { .. }
        | Noun::Complete { .. } => return None,
    })
}

/// What is done to the contexts of the configuration. The file need not be there yet.
fn change_contexts(
    verb: &ContextsVerb,
    layered: &Layered<'_>,
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
) -> Result<(), Failure> {
    let file = layered.configuration_file();
    let (name, about) = match verb {
        _ if is_only_looked_at(verb) => return alter_contexts(verb, layered, &file, printer, input),
        ContextsVerb::Remove(flags) => (&*flags.name, "remove context"),
        ContextsVerb::Use { name, .. } => (&**name, "use context"),
        ContextsVerb::Add(flags) => (&*flags.name, "add context"),
        _ => ("kestractl", "import the contexts of"),
    };
    layered.allow_change()?;
    layered.noted(printer, (name, &file), about, &mut |printer| {
        alter_contexts(verb, layered, &file, printer, input)
    })
}

fn alter_contexts(
    verb: &ContextsVerb,
    layered: &Layered<'_>,
    file: &Path,
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
) -> Result<(), Failure> {
    match verb {
        ContextsVerb::Add(flags) => contexts_edit::add(printer, file, layered.paths, layered.flags, flags),
        ContextsVerb::Remove(flags) => contexts_edit::remove(printer, input, file, flags),
        ContextsVerb::Use { name, dry_run } => contexts_edit::use_by_default(printer, file, name, *dry_run),
        ContextsVerb::ImportKestractl {
            file: from,
            replace,
            dry_run,
        } => {
            let asked = contexts_import::Import {
                from: from.as_deref(),
                replace: *replace,
                dry_run: *dry_run,
            };
            contexts_import::import(printer, file, layered.environment, &asked)
        }
        ContextsVerb::List(_) | ContextsVerb::Show { .. } | ContextsVerb::Test { .. } => Ok(()),
    }
}

/// What is done with Kestra's own configuration files. No instance is reached for it.
fn server_configuration(
    verb: &ConfigVerb,
    layered: &Layered<'_>,
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
) -> Result<(), Failure> {
    let target = layered.target()?;
    printer.lead(target.command_words());
    let environment = layered.environment;
    match verb {
        ConfigVerb::Show { files } => {
            let found = config_files::Files::find(&target, environment, &files.file)?;
            config_show::show(printer, &found, environment, files.release)
        }
        ConfigVerb::Path { files } => config_files::path(printer, &target, environment, &files.file),
        ConfigVerb::SetTenancy(flags) => {
            let log = ActivityLog::in_state(&layered.paths.state);
            config_set::set_tenancy(printer, input, (&target, log), environment, flags)
        }
    }
}

fn carry_out_rehearsal(
    verb: &RehearsalVerb,
    layered: &Layered<'_>,
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
) -> Result<(), Failure> {
    let flags = layered.flags;
    let here = rehearsal::Here {
        // No server is meant that is another one than these say.
        named: flags.store.as_ref().or(flags.context.as_ref()).or(flags.host.as_ref()),
        paths: layered.paths,
        config_file: &layered.configuration_file(),
        config_flag: flags.config.as_deref(),
    };
    if !verb.changes() {
        return rehearsal::run(printer, input, &here, verb);
    }
    let place = here.place(verb.name())?;
    layered.allow_rehearsal(&place, verb)?;
    match verb.deed() {
        Some(deed) => {
            let about = format!("{deed} rehearsal");
            layered.noted(printer, (&place.name, &place.directory), &about, &mut |printer| {
                rehearsal::run(printer, input, &here, verb)
            })
        }
        None => rehearsal::run(printer, input, &here, verb),
    }
}

/// Whether a command that reaches no instance changes something where it ends well.
pub(super) fn changes_without_instance(noun: &Noun) -> bool {
    match noun {
        Noun::Contexts(contexts) => !is_only_looked_at(&contexts.verb),
        Noun::Config(config) => matches!(&config.verb, ConfigVerb::SetTenancy(flags) if !flags.dry_run),
        Noun::Rehearsal(rehearsal) => rehearsal.verb.changes(),
        _ => false,
    }
}

/// Whether nothing is done to the contexts of the configuration.
fn is_only_looked_at(verb: &ContextsVerb) -> bool {
    match verb {
        ContextsVerb::Add(flags) => flags.dry_run,
        ContextsVerb::Remove(flags) => flags.dry_run,
        ContextsVerb::Use { dry_run, .. } | ContextsVerb::ImportKestractl { dry_run, .. } => *dry_run,
        ContextsVerb::List(_) | ContextsVerb::Show { .. } | ContextsVerb::Test { .. } => true,
    }
}
