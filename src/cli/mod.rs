//! The command line: a second front end over the same core, for scripts.
//!
//! [`args`] declares it, the file of each noun carries it out, [`printer`] is the only one that prints. What reaches
//! no instance is led to its file by [`mod@without_instance`], what reaches one by [`mod@with_instance`].
//!
//! Nothing here draws a screen or knows what is behind a [`crate::backend::Backend`]. Start at [`run`].

pub mod access;
pub mod access_ask;
pub mod access_grant;
pub mod access_of;
pub mod access_restore;
pub mod access_revoke;
pub mod activity;
pub mod args;
pub mod args_access;
pub mod args_contexts;
pub mod args_migrate;
pub mod args_records;
pub mod args_rehearsal;
pub mod args_roles;
pub mod args_snapshot;
pub mod args_tenants;
pub mod args_users;
pub mod audit;
pub mod checks;
pub mod complete;
pub mod complete_names;
pub mod config_files;
pub mod config_set;
pub mod config_show;
pub mod contexts;
pub mod contexts_edit;
pub mod contexts_import;
pub mod doctor;
pub mod doctor_files;
pub mod export;
pub mod failure;
pub mod format;
pub mod groups;
pub mod invitations;
pub mod kept;
pub mod keys;
pub mod list;
pub mod listing;
pub mod lookup;
pub mod losses;
pub mod manual;
pub mod migrate;
pub mod migrate_follow;
pub mod migrate_plan;
pub mod migrate_would;
pub mod moments;
pub mod printer;
pub mod prompt;
pub mod reference;
pub mod rehearsal;
pub mod rehearsal_context;
pub mod rehearsal_create;
pub mod rehearsal_process;
pub mod rehearsal_state;
pub mod request;
pub mod role_changes;
pub mod role_content;
pub mod role_create;
pub mod role_diff;
pub mod roles;
pub mod session;
pub mod snapshot;
pub mod snapshot_diff;
pub mod snapshot_import;
pub mod table;
pub mod tenant_admin;
pub mod tenant_bulk;
pub mod tenant_compare;
pub mod tenant_create;
pub mod tenant_delete;
pub mod tenant_fields;
pub mod tenant_file;
pub mod tenant_plan;
pub mod tenant_update;
pub mod tenant_wanted;
pub mod tenants;
pub mod tokens;
pub mod user_changes;
pub mod users;
pub mod with_instance;
pub mod without_instance;

use std::ffi::OsString;
use std::io::{BufRead, Write};

use clap::{Parser, ValueEnum};

use crate::config::environment::Environment;
use crate::config::interface::{Interface, KeyBinding};
use crate::config::layers;
use crate::config::nearest;
use crate::config::paths::Paths;
use crate::config::secret;
use crate::config::target::Target;
use crate::domain::check::Check;
use crate::domain::problem::{Problem, invalid};
use crate::domain::text::visible_lines;
use args::{Arguments, ConsoleFlags, InstanceFlags, Noun};
use args_migrate::MigrateVerb;
use complete_names::Names;
use failure::Failure;
use format::Format;
use keys::{KeyReport, KeyRow};
use printer::Printer;
use prompt::Input;
use session::{Connect, Session};
use with_instance::with_instance;
use without_instance::{Layered, changes_without_instance, without_instance};

/// Gives the rows of `keys`, under the keys that the operator has changed, and what is to be said about those.
pub type KeyRows<'a> = dyn Fn(&[KeyBinding]) -> (Vec<KeyRow>, Vec<KeyReport>) + 'a;

/// Everything around a run: what it reads, where it prints, and what it cannot know itself.
pub struct Surroundings<'a> {
    /// Environment variables.
    pub environment: &'a Environment,
    /// Our directories.
    pub paths: &'a Paths,
    /// Standard input.
    pub input: &'a mut dyn BufRead,
    /// Whether a person sits at standard input.
    pub input_is_terminal: bool,
    /// Standard output.
    pub output: &'a mut dyn Write,
    /// Whether it is a terminal.
    pub output_is_terminal: bool,
    /// Standard error.
    pub words: &'a mut dyn Write,
    /// Opens an instance.
    pub connect: &'a Connect<'a>,
    /// What is known of the terminal, for `doctor`.
    pub terminal: &'a dyn Fn() -> Vec<Check>,
    /// The rows of `keys`: the console's commands, under the keys that the operator has changed.
    pub key_rows: &'a KeyRows<'a>,
    /// Opens the console, and comes back with its exit code and what there is to say once it was left.
    pub console: &'a dyn Fn(ConsoleArguments) -> Result<(u8, Option<String>), Problem>,
}

/// What the console is opened with.
#[derive(Clone, Debug)]
pub struct ConsoleArguments {
    /// The instance.
    pub target: Target,
    /// Words that lead a command to the same instance, such as `--context prod`.
    pub command_words: Vec<String>,
    /// How it looks and behaves.
    pub interface: Interface,
    /// Whether `--linear` was given: print lines instead of drawing a screen.
    pub linear: bool,
    /// Whether the whole configuration is read-only, whatever the instance is.
    pub read_only: bool,
    /// Start anew instead of where the last session ended.
    pub fresh: bool,
}

/// What a command line asks for.
#[derive(Debug)]
pub enum Invocation {
    /// The console.
    Console(ConsoleFlags),
    /// A command.
    Command(InstanceFlags, Option<String>, Box<Noun>),
    /// Help or version, harmless to a terminal.
    Text(String),
    /// A mistake on the command line.
    Mistake(Problem),
}

/// Reads a command line; its first word is the name of the program.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Invocation {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(flags) = ConsoleFlags::alone(&arguments) {
        return Invocation::Console(flags);
    }
    match Arguments::try_parse_from(&arguments) {
        Ok(Arguments { console, noun }) => match noun {
            Some(noun) => Invocation::Command(console.instance, console.tenant, Box::new(noun)),
            None => Invocation::Console(console),
        },
        Err(error) if error.use_stderr() => Invocation::Mistake(failure::usage(&error, &arguments)),
        Err(error) => Invocation::Text(visible_lines(error.render().to_string().trim_end())),
    }
}

/// Carries a command line out and gives back the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, mut surroundings: Surroundings<'_>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // The program is called by its name in the activity record, wherever it lies.
    let given = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
    let words: Vec<String> = std::iter::once("kestra-admin".to_owned()).chain(given).collect();
    match parse(arguments) {
        Invocation::Console(arguments) => open_console(&arguments, &mut surroundings),
        Invocation::Command(flags, tenant, noun) => command(&flags, tenant, &noun, &words, surroundings),
        Invocation::Mistake(problem) => {
            let mut printer = Printer::new(surroundings.output, surroundings.words, Format::Table, false);
            conclude(Err(problem.into()), &mut printer)
        }
        Invocation::Text(text) => {
            let mut printer = Printer::new(surroundings.output, surroundings.words, Format::Table, false);
            let shown = printer.text(text.as_bytes()).and_then(|()| printer.text(b"\n"));
            conclude(shown, &mut printer)
        }
    }
}

fn open_console(arguments: &ConsoleFlags, surroundings: &mut Surroundings<'_>) -> u8 {
    let environment = surroundings.environment;
    let flags = arguments.instance.target_flags(arguments.tenant.clone());
    let opened = layers::read_configuration(&flags, environment, surroundings.paths).and_then(|configuration| {
        let target = layers::resolve(&flags, environment, &configuration, surroundings.paths)?;
        (surroundings.console)(ConsoleArguments {
            command_words: target.command_words(),
            target,
            interface: configuration.interface,
            read_only: configuration.read_only,
            linear: arguments.linear,
            fresh: arguments.fresh,
        })
    });
    let verbose = arguments.instance.verbose;
    let mut printer = Printer::new(surroundings.output, surroundings.words, Format::Table, verbose);
    match opened {
        Ok((code, words)) => {
            if let Some(words) = words {
                printer.say(&words);
            }
            code
        }
        Err(problem) => conclude(Err(problem.into()), &mut printer),
    }
}

fn command(
    flags: &InstanceFlags,
    tenant: Option<String>,
    noun: &Noun,
    given: &[String],
    surroundings: Surroundings<'_>,
) -> u8 {
    let Surroundings {
        environment,
        paths,
        input,
        input_is_terminal,
        output,
        output_is_terminal,
        words,
        connect,
        terminal,
        key_rows,
        ..
    } = surroundings;
    let mut input = Input {
        reader: input,
        is_terminal: input_is_terminal,
    };
    let format = match format_of(noun, flags, environment) {
        Ok(format) => format,
        Err(problem) => {
            let mut printer = Printer::new(output, words, Format::Table, flags.verbose);
            return conclude(Err(problem.into()), &mut printer);
        }
    };
    let mut printer = Printer::new(output, words, format, flags.verbose).on_terminal(output_is_terminal);
    if let Noun::Apart { words } = noun {
        return conclude(Err(secret::become_apart(words).into()), &mut printer);
    }
    if let Noun::Complete { word, quoted, before } = noun {
        let names = Names {
            environment,
            paths,
            connect,
        };
        let completed = if *quoted {
            let before: Vec<String> = before.iter().map(|word| complete::unquoted(word)).collect();
            complete::complete(&mut printer, &names, &before, &complete::unquoted(word))
        } else {
            complete::complete(&mut printer, &names, before, word)
        };
        return conclude(completed, &mut printer);
    }
    let target_flags = flags.target_flags(tenant_of(noun).cloned().or(tenant));
    let layered = Layered {
        flags: &target_flags,
        environment,
        paths,
        words: given,
    };
    let result = without_instance(noun, &layered, &mut printer, &mut input, terminal, key_rows);
    if let Some(result) = result {
        let has_changed = result.is_ok() && changes_without_instance(noun);
        let result = written_out(result, &mut printer, has_changed);
        return conclude(result, &mut printer);
    }
    let target = match layered.target() {
        Ok(target) => target,
        Err(problem) => return conclude(Err(problem.into()), &mut printer),
    };
    let words = target.command_words();
    printer.lead(words.clone());
    let mut session = Session {
        target,
        of_instance: of_instance(noun),
        environment,
        paths,
        words,
        config: target_flags.config.clone(),
        printer,
        input,
        connect,
        notes: Vec::new(),
        backend: None,
    };
    if let Noun::Migrate(migrate) = noun {
        // Its work is done in other processes and threads, which wait by themselves.
        let result = migrate::run(&mut session, &migrate.verb);
        let has_changed = result.is_ok() && matches!(migrate.verb, MigrateVerb::Stop { dry_run: false, .. });
        let result = written_out(result, &mut session.printer, has_changed);
        return conclude(result, &mut session.printer);
    }
    let result = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => {
            let result = runtime.block_on(with_instance(&mut session, noun));
            // Work that nobody waits for any more must not hold the exit up.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    let has_changed = session.backend.as_ref().is_some_and(|backend| backend.has_changed());
    let result = written_out(result, &mut session.printer, has_changed);
    if result.is_ok() {
        for note in &session.notes {
            session.printer.say(note);
        }
        if let Some(problem) = session.backend.as_ref().and_then(|backend| backend.unrecorded()) {
            session.printer.problem(&problem);
        }
    }
    conclude(result, &mut session.printer)
}

fn tenant_of(noun: &Noun) -> Option<&String> {
    match noun {
        Noun::Roles(roles) => roles.tenant.tenant.as_ref(),
        Noun::Access(access) => access.tenant.tenant.as_ref(),
        Noun::Users(users) => users.tenant.tenant.as_ref(),
        Noun::Audit(audit) => audit.tenant.tenant.as_ref(),
        Noun::Tenants(_)
        | Noun::Export(_)
        | Noun::Import(_)
        | Noun::Diff(_)
        | Noun::Apply(_)
        | Noun::Activity(_)
        | Noun::Config(_)
        | Noun::Contexts(_)
        | Noun::Migrate(_)
        | Noun::Rehearsal(_)
        | Noun::Doctor
        | Noun::Keys { .. }
        | Noun::Completions { .. }
        | Noun::Apart { .. }
        | Noun::Complete { .. }
        | Noun::Man { .. } => None,
    }
}

/// Whether the whole instance is meant, whatever tenant the context names.
fn of_instance(noun: &Noun) -> bool {
    match noun {
        Noun::Users(users) => users.tenant.instance,
        Noun::Audit(audit) => audit.tenant.instance,
        _ => false,
    }
}

/// The form of what a command prints. One that the environment asks for and the command does not have is passed over.
fn format_of(noun: &Noun, flags: &InstanceFlags, environment: &Environment) -> Result<Format, Problem> {
    format::refuse_if_never_printed(noun, flags.output)?;
    if let Some(format) = flags.output {
        return Ok(format);
    }
    let Some(word) = environment.get(layers::OUTPUT) else {
        return Ok(Format::default());
    };
    let had = |format| match format::refuse_if_never_printed(noun, Some(format)) {
        Ok(()) => format,
        Err(_) => Format::default(),
    };
    Format::from_str(word, true).map(had).map_err(|_| {
        let known: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
        invalid(
            format!("`{word}` is no form of output."),
            format!("`{}` asks for it.", layers::OUTPUT),
            match nearest(word, known.iter().map(String::as_str)) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Known are {}.", known.join(", ")),
            },
        )
    })
}

/// Writes out what is left. Where that cannot be done after something was changed, it says so.
fn written_out(result: Result<(), Failure>, printer: &mut Printer<'_>, has_changed: bool) -> Result<(), Failure> {
    match result.and(printer.flush()) {
        Err(Failure::Unwritten(problem)) if has_changed => Err(problem.after_a_change().into()),
        other => other,
    }
}

/// Writes out what is left, says what went wrong, and gives back the exit code.
fn conclude(result: Result<(), Failure>, printer: &mut Printer<'_>) -> u8 {
    let flushed = printer.flush();
    match result.and(flushed) {
        Ok(()) | Err(Failure::ClosedPipe) => 0,
        Err(Failure::Exit(code)) => code,
        Err(Failure::Problem(problem) | Failure::Unwritten(problem)) => {
            printer.problem(&problem);
            problem.kind.exit_code()
        }
    }
}
