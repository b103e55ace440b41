//! The commands that reach no instance: contexts, files, keys, records, the rehearsal.

use std::path::PathBuf;

use super::args::{ConfigVerb, Noun};
use super::args_contexts::ContextsVerb;
use super::args_records::ActivityVerb;
use super::args_rehearsal::RehearsalVerb;
use super::failure::Failure;
use super::printer::Printer;
use super::prompt::Input;
use super::{
    KeyRows, activity, checks, config_files, config_set, config_show, contexts, contexts_edit, contexts_import, doctor,
    keys, reference, rehearsal,
};
use crate::activity::log::ActivityLog;
use crate::config::environment::Environment;
use crate::config::file::Configuration;
use crate::config::layers::{self, Flags};
use crate::config::paths::Paths;
use crate::config::target::Target;
use crate::domain::check::Check;
use crate::domain::problem::{Problem, ProblemKind};

/// Flags, environment and paths, from which configuration and target follow.
pub(super) struct Layered<'a> {
    pub(super) flags: &'a Flags,
    pub(super) environment: &'a Environment,
    pub(super) paths: &'a Paths,
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

    /// Refuses a change of our own files under `--read-only`.
    fn allow_change(&self) -> Result<(), Problem> {
        if !self.flags.read_only {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Unconfirmed,
            "Nothing was changed.",
            "This command is read-only: `--read-only` says so.",
            "Leave that out to change something, or look with `--dry-run` first.",
        ))
    }
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
    if !is_only_looked_at(verb) {
        layered.allow_change()?;
    }
    let file = layered.configuration_file();
    match verb {
        ContextsVerb::Add(flags) => contexts_edit::add(printer, &file, layered.paths, layered.flags, flags),
        ContextsVerb::Remove(flags) => contexts_edit::remove(printer, input, &file, flags),
        ContextsVerb::Use { name, dry_run } => contexts_edit::use_by_default(printer, &file, name, *dry_run),
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
            contexts_import::import(printer, &file, layered.environment, &asked)
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
    if verb.changes() {
        layered.allow_change()?;
    }
    // A configuration that is broken is no reason not to stop a server, so it is not read here.
    let here = rehearsal::Here {
        paths: layered.paths,
        config_file: &layered.configuration_file(),
        config_flag: layered.flags.config.as_deref(),
    };
    rehearsal::run(printer, input, &here, verb)
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
