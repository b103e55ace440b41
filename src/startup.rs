//! The program put together in one process: command line, configuration, instance and console.
//!
//! The only place besides the terminal's that knows about this process; everything below is handed what it needs.

mod terminal;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::activity::log::ActivityLog;
use crate::activity::recorded::Place;
use crate::app::appearance;
use crate::app::command::{COMMANDS, Scope};
use crate::app::connect::{NewConnection, NewSecret};
use crate::app::contexts::{ContextFacts, ContextRow};
use crate::app::keymap::Keymap;
use crate::app::list_columns::ColumnChoices;
use crate::app::own_keys;
use crate::app::session::Session;
use crate::backend::http::{Credentials, HttpInstance, HttpSettings};
use crate::cli::keys::{KeyReport, KeyRow};
use crate::cli::rehearsal::{self, Here};
use crate::cli::{self, ConsoleArguments, Surroundings};
use crate::config::auth::Auth;
use crate::config::context::ContextReach;
use crate::config::edit::{Editing, NewAuth, NewContext, SecretPlace};
use crate::config::environment::Environment;
use crate::config::file::Configuration;
use crate::config::interface::{ColorDepth, ContextColor, Glyphs, Interface, KeyBinding, Theme};
use crate::config::layers::{self, Flags};
use crate::config::paths::{DEFAULT_INSTANCE, Paths};
use crate::config::private;
use crate::config::secret::SecretSource;
use crate::config::target::{Origin, Reach, Target};
use crate::connect;
use crate::console::{self, Start};
use crate::domain::activity::Activity;
use crate::domain::check::{Check, Outcome};
use crate::domain::problem::{Problem, ProblemKind};
use crate::migrations::Desk;
use crate::runner::contexts::{Contexts, OpenedContext};
use crate::runner::migrations::Migrations;
use crate::term::caps;

/// Carries a command line out in this process; its first word is the name of the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let environment = Environment::of_process();
    // None of these is locked: the console reads and writes from threads of its own.
    let (mut output, mut words) = (io::stdout(), io::stderr());
    let mut input = BufReader::new(io::stdin());
    let paths = match Paths::of_this_account() {
        Ok(paths) => paths,
        Err(problem) => {
            cli::printer::Printer::new(&mut output, &mut words, cli::format::Format::Table, false).problem(&problem);
            return ExitCode::from(problem.kind.exit_code());
        }
    };
    let code = cli::run(
        arguments,
        Surroundings {
            environment: &environment,
            paths: &paths,
            input: &mut input,
            input_is_terminal: io::stdin().is_terminal(),
            output: &mut output,
            words: &mut words,
            connect: &|target| connect::open(target, &paths, &environment),
            terminal: &|| terminal_checks(&environment),
            key_rows: &key_rows,
            console: &|arguments| open_console(arguments, &environment, &paths),
        },
    );
    ExitCode::from(code)
}

/// What the console would find out about the terminal, for `doctor`.
fn terminal_checks(environment: &Environment) -> Vec<Check> {
    let size = rustix::termios::tcgetwinsize(io::stdout())
        .ok()
        .filter(|size| size.ws_col > 0)
        .map(|size| (size.ws_col, size.ws_row));
    let caps = caps_of(&Interface::default(), false, environment);
    terminal::checks(caps, environment.get("TERM"), size)
}

fn caps_of(interface: &Interface, linear: bool, environment: &Environment) -> caps::Caps {
    caps::detect(
        wishes(interface, linear),
        &caps::Surroundings {
            variable: &|name| environment.get(name).map(str::to_owned),
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
        },
    )
}

/// The console's commands under the keys in effect, a row each, and what is to be said about the operator's own.
fn key_rows(own: &[KeyBinding]) -> (Vec<KeyRow>, Vec<KeyReport>) {
    let (keymap, reports) = keymap(own);
    let rows = COMMANDS
        .iter()
        .map(|command| KeyRow {
            command: command.name.to_owned(),
            keys: keymap.keys_of(command.id),
            title: command.title.to_owned(),
            doc: command.doc.to_owned(),
            scope: command
                .scopes
                .iter()
                .map(|scope: &Scope| scope.word())
                .collect::<Vec<_>>()
                .join(" "),
            safety: command.safety.word().to_owned(),
        })
        .collect();
    let reports = reports
        .into_iter()
        .map(|report| KeyReport {
            line: report.line,
            command: report.command,
            left_out: report.left_out,
            words: report.words,
        })
        .collect();
    (rows, reports)
}

fn keymap(own: &[KeyBinding]) -> (Keymap, Vec<own_keys::KeyReport>) {
    let rows: Vec<own_keys::KeyRow> = own
        .iter()
        .map(|binding| own_keys::KeyRow {
            command: binding.command.clone(),
            keys: binding.keys.clone(),
            scope: binding.scope.clone(),
            line: binding.line,
        })
        .collect();
    Keymap::with(&rows)
}

fn open_console(arguments: ConsoleArguments, environment: &Environment, paths: &Paths) -> Result<u8, Problem> {
    let ConsoleArguments {
        target,
        command_words,
        interface,
        linear,
        fresh,
    } = arguments;
    let (keymap, _) = keymap(&interface.keys);
    let target_config = config_in(&command_words);
    let target_read_only = matches!(target.read_only.origin, Origin::Flag(_)) && target.read_only.value;
    let flags = Flags {
        config: target_config.clone(),
        ..Flags::default()
    };
    let is_configured = layers::configuration_file(&flags, environment, paths).0.exists();
    let first_start = matches!(target.chosen_by, Origin::Default) && !is_configured && !welcomed_file(paths).exists();
    let mut session = session(&target, command_words.clone(), &interface, environment);
    session.first_start = first_start;
    session.program = about_program(&flags, environment, paths);
    let opened = connect::open(&target, paths, environment)?;
    let resume_file = resume_file(&target, paths);
    if let Some(directory) = resume_file.parent() {
        private::create_directory(directory)?;
    }
    let caps = caps_of(&interface, linear, environment);
    let desk = Desk::new(target.clone(), paths.clone(), environment.clone(), command_words);
    let exit = console::run(Start {
        backend: opened.backend,
        session,
        keymap,
        theme: theme_name(interface.theme).to_owned(),
        caps,
        borders: interface.borders,
        mouse: interface.mouse,
        copy_command: interface.clipboard_command,
        resume_file,
        migrations: Some(Arc::new(desk)),
        contexts: Arc::new(ConfiguredContexts {
            environment: environment.clone(),
            paths: paths.clone(),
            config: target_config,
            read_only: target_read_only,
        }),
        fresh,
        columns: kept_columns(paths),
    })?;
    Ok(exit.code())
}

/// The file that `--config` named, as the words of a command carry it.
fn config_in(words: &[String]) -> Option<PathBuf> {
    let mut words = words.iter();
    words
        .by_ref()
        .find(|word| *word == "--config")
        .and_then(|_| words.next())
        .map(PathBuf::from)
}

/// Writes a connection down as a context, a typed secret into a private file of its own. The first context there is
/// becomes the one that opens where none is named; returns whether it did.
fn keep(editing: &mut Editing, config_file: &Path, name: &str, new: &NewConnection) -> Result<bool, Problem> {
    // Whoever keeps the first one means to come back to it.
    let is_first = editing.names().is_empty();
    let place = match &new.secret {
        NewSecret::Variable(name) => SecretPlace::Variable(name.clone()),
        NewSecret::File(path) => SecretPlace::File(PathBuf::from(path)),
        NewSecret::Typed(secret) => {
            let secrets = config_file.parent().unwrap_or(Path::new(".")).join("secrets");
            private::create_directory(&secrets)?;
            let kind = if new.username.is_some() { "password" } else { "token" };
            let file = secrets.join(format!("{name}.{kind}"));
            private::write_secret(&file, secret)?;
            SecretPlace::File(file)
        }
    };
    editing.put(&NewContext {
        name: name.to_owned(),
        host: Some(new.url.clone()),
        auth: Some(match &new.username {
            Some(username) => NewAuth::Basic {
                username: username.clone(),
                password: place,
            },
            None => NewAuth::Token(place),
        }),
        protected: new.protected,
        ..NewContext::default()
    });
    if is_first {
        editing.set_default(name);
    }
    editing.save()?;
    Ok(is_first)
}

/// The contexts of the configuration, read anew each time.
struct ConfiguredContexts {
    environment: Environment,
    paths: Paths,
    config: Option<PathBuf>,
    read_only: bool,
}

impl ConfiguredContexts {
    fn flags_without_context(&self) -> Flags {
        Flags {
            config: self.config.clone(),
            ..Flags::default()
        }
    }

    fn flags(&self, name: &str) -> Flags {
        Flags {
            config: self.config.clone(),
            context: Some(name.to_owned()),
            read_only: self.read_only,
            ..Flags::default()
        }
    }

    fn target(&self, name: &str) -> Result<Target, Problem> {
        let mut flags = self.flags(name);
        let configuration = layers::read_configuration(&flags, &self.environment, &self.paths)?;
        if !self.lists_local(&configuration) || name != DEFAULT_INSTANCE {
            return layers::resolve(&flags, &self.environment, &configuration, &self.paths);
        }
        // By its whole path, so that nothing that is called so where we are is taken for it.
        flags.context = None;
        flags.store = Some(self.local().display().to_string());
        let mut target = layers::resolve(&flags, &self.environment, &configuration, &self.paths)?;
        name.clone_into(&mut target.name);
        Ok(target)
    }

    /// Where the local instance lies that opens where nothing is configured.
    fn local(&self) -> PathBuf {
        self.paths.instances().join(DEFAULT_INSTANCE)
    }

    /// Whether that instance has a row of its own beside the contexts.
    fn lists_local(&self, configuration: &Configuration) -> bool {
        !configuration.contexts.contains_key(DEFAULT_INSTANCE)
            && (configuration.default_context.is_none() || self.local().is_dir())
    }
}

impl Contexts for ConfiguredContexts {
    fn activity(&self) -> Result<Vec<Activity>, Problem> {
        // More than anybody reads; the command lists all of them.
        const KEPT: usize = 5_000;
        let mut rows = VecDeque::new();
        ActivityLog::in_state(&self.paths.state).read(|row| {
            rows.push_back(row);
            if rows.len() > KEPT {
                rows.pop_front();
            }
        })?;
        Ok(rows.into())
    }

    fn list(&self) -> Result<Vec<ContextRow>, Problem> {
        let flags = self.flags_without_context();
        let configuration = layers::read_configuration(&flags, &self.environment, &self.paths)?;
        let local = self.lists_local(&configuration).then(|| ContextRow {
            name: DEFAULT_INSTANCE.to_owned(),
            place: format!("local {DEFAULT_INSTANCE}"),
            who: String::new(),
            changes: changes(self.read_only || configuration.read_only, false),
            is_default: configuration.default_context.is_none(),
        });
        let configured = configuration.contexts.iter().map(|(name, context)| ContextRow {
            name: name.clone(),
            place: match &context.reach {
                ContextReach::Host { url, .. } => url.to_string(),
                ContextReach::Store(store) => format!("local {store}"),
            },
            who: match &context.auth {
                Some(Auth::Token(_)) => "an API token".to_owned(),
                Some(Auth::Basic { username, .. } | Auth::Username(username)) => username.clone(),
                None => String::new(),
            },
            changes: changes(
                self.read_only || context.read_only.unwrap_or(configuration.read_only),
                context.protected,
            ),
            is_default: configuration.default_context.as_ref() == Some(name),
        });
        Ok(local.into_iter().chain(configured).collect())
    }

    fn open(&self, name: &str) -> Result<OpenedContext, Problem> {
        let target = self.target(name)?;
        let opened = connect::open(&target, &self.paths, &self.environment)?;
        let mut command_words = Vec::new();
        if let Some(file) = &self.config {
            command_words.extend(["--config".to_owned(), file.display().to_string()]);
        }
        // A context is named by the layer that chose it; the local instance of no context is not.
        let flag = match target.chosen_by {
            Origin::Flag("--store") => "--store",
            _ => "--context",
        };
        command_words.extend([flag.to_owned(), name.to_owned()]);
        let desk = Desk::new(
            target.clone(),
            self.paths.clone(),
            self.environment.clone(),
            command_words.clone(),
        );
        Ok(OpenedContext {
            backend: opened.backend,
            migrations: Some(Arc::new(desk)),
            facts: ContextFacts {
                url: url_of(&target),
                tenant: target.tenant.map(|tenant| tenant.value),
                name: target.name,
                command_words,
                remote: matches!(target.reach.value, Reach::Host { .. }),
                read_only: target.read_only.value,
                protected: target.protected.value,
                color: target.color.map(ContextColor::word),
                ..ContextFacts::default()
            },
        })
    }

    fn examine(&self, name: &str, report: &mut (dyn FnMut(Check) + Send)) -> Result<(), Problem> {
        let target = self.target(name)?;
        connect::examine(&target, &self.environment, &self.paths, report);
        Ok(())
    }

    fn connect(&self, new: &NewConnection, report: &mut (dyn FnMut(Check) + Send)) -> Result<OpenedContext, Problem> {
        let configuration = layers::read_configuration(&self.flags_without_context(), &self.environment, &self.paths)?;
        let config_file = configuration.file.clone();
        let mut editing = Editing::of(&config_file)?;
        if let Some(name) = new.name.as_ref().filter(|name| editing.has(name)) {
            return Err(Problem::new(
                ProblemKind::Conflict,
                format!("There is a context `{name}` already."),
                "A context keeps what it was written down with.",
                "Choose another name, or leave it empty.",
            ));
        }
        let read = |source: &SecretSource| {
            let source = configuration.secret_source(source, &self.environment);
            source.read(&self.environment).map(|secret| secret.reveal().to_owned())
        };
        let secret = match &new.secret {
            NewSecret::Typed(secret) => secret.clone(),
            NewSecret::Variable(name) => read(&SecretSource::Variable(name.clone()))?,
            NewSecret::File(path) => read(&SecretSource::File(PathBuf::from(path)))?,
        };
        let credentials = match &new.username {
            Some(username) => Credentials::Basic {
                username: username.clone(),
                password: secret,
            },
            None => Credentials::Token(secret),
        };
        let settings = HttpSettings::new(new.url.clone(), credentials);
        let mut failed: Option<Check> = None;
        connect::examine_instance(&HttpInstance::new(settings.clone())?, &mut |check| {
            if check.outcome == Outcome::Fail && failed.is_none() {
                failed = Some(check.clone());
            }
            report(check);
        })?;
        if let Some(check) = failed {
            return Err(Problem::new(
                ProblemKind::Unreachable,
                format!("`{}` was not connected.", new.url),
                format!("{}: {}.", check.name, check.found.trim_end_matches('.')),
                check
                    .next
                    .unwrap_or_else(|| "Look at the steps, then try again.".to_owned()),
            ));
        }
        let mut command_words = vec!["--host".to_owned(), new.url.clone()];
        let mut opens_from_now_on = false;
        if let Some(name) = &new.name {
            opens_from_now_on = keep(&mut editing, &config_file, name, new)?;
            command_words = vec!["--context".to_owned(), name.clone()];
        }
        // A Kestra without a context has no servers that a migration could touch, and nobody could come back to it.
        let migrations = match &new.name {
            Some(name) => Some(Arc::new(Desk::new(
                self.target(name)?,
                self.paths.clone(),
                self.environment.clone(),
                command_words.clone(),
            )) as Arc<dyn Migrations>),
            None => None,
        };
        Ok(OpenedContext {
            // Not the one that was examined: its connections ended with the examination.
            backend: connect::recorded(
                Arc::new(HttpInstance::new(settings)?),
                &self.paths,
                Place {
                    operator: self.environment.operator(),
                    context: new.shown_name().to_owned(),
                    place: new.url.clone(),
                    command_words: command_words.clone(),
                },
            ),
            migrations,
            facts: ContextFacts {
                name: new.shown_name().to_owned(),
                command_words,
                remote: true,
                url: Some(new.url.clone()),
                read_only: self.read_only
                    || layers::read_configuration(&self.flags_without_context(), &self.environment, &self.paths)
                        .is_ok_and(|configuration| configuration.read_only),
                protected: new.protected,
                opens_from_now_on,
                ..ContextFacts::default()
            },
        })
    }

    fn rehearse(&self, report: &mut (dyn FnMut(Check) + Send)) -> Result<OpenedContext, Problem> {
        if self.read_only {
            return Err(Problem::new(
                ProblemKind::Unconfirmed,
                "No rehearsal was made.",
                "The console was started with `--read-only`.",
                "Leave that out to make one.",
            ));
        }
        let (config_file, _) =
            layers::configuration_file(&self.flags_without_context(), &self.environment, &self.paths);
        let here = Here {
            paths: &self.paths,
            config_file: &config_file,
            config_flag: self.config.as_deref(),
        };
        let name = rehearsal::practise(&here, report)?;
        self.open(&name)
    }

    fn keep_columns(&self, columns: &ColumnChoices) {
        // Where they cannot be kept they are as they come the next time, which is no reason to trouble anybody.
        let file = columns_file(&self.paths);
        let _ = file.parent().map(private::create_directory);
        let _ = private::replace_file(&file, &serde_json::to_vec_pretty(columns).unwrap_or_default());
    }

    fn welcomed(&self) {
        // Where it cannot be noted the panel comes again, which is no reason to trouble anybody.
        let file = welcomed_file(&self.paths);
        let _ = file.parent().map(private::create_directory);
        let _ = private::replace_file(&file, b"");
    }

    fn resume_file(&self, name: &str) -> Option<PathBuf> {
        let file = match self.target(name) {
            Ok(target) => resume_file(&target, &self.paths),
            // What is used this time only is called by its URL.
            Err(_) => self.paths.resume_file(name),
        };
        private::create_directory(file.parent()?).ok()?;
        Some(file)
    }
}

/// Whether changes are sent right after entering a context, as the header says it there.
fn changes(read_only: bool, protected: bool) -> &'static str {
    match (read_only, protected) {
        (true, _) => "RO",
        (false, true) => "RO protected",
        (false, false) => "RW",
    }
}

fn url_of(target: &Target) -> Option<String> {
    match &target.reach.value {
        Reach::Host { url, .. } => Some(url.to_string()),
        Reach::Store(_) => None,
    }
}

/// Version and files of this program, for the help.
fn about_program(flags: &Flags, environment: &Environment, paths: &Paths) -> Vec<(&'static str, String)> {
    let shown = |path: &Path| path.display().to_string();
    vec![
        ("kestra-admin", env!("CARGO_PKG_VERSION").to_owned()),
        (
            "configuration",
            shown(&layers::configuration_file(flags, environment, paths).0),
        ),
        ("local instances", shown(&paths.instances())),
        ("state, runs and drafts", shown(&paths.state)),
        ("activity record", shown(ActivityLog::in_state(&paths.state).file())),
    ]
}

fn session(target: &Target, command_words: Vec<String>, interface: &Interface, environment: &Environment) -> Session {
    // It also keeps how long ago it was unlocked, which is nobody else's business; so it is filled in, not built.
    let mut session = Session::default();
    session.context.clone_from(&target.name);
    session.command_words = command_words;
    session.remote = matches!(target.reach.value, Reach::Host { .. });
    session.url = url_of(target);
    session.tenant = target.tenant.as_ref().map(|tenant| tenant.value.clone());
    session.read_only_flag = target.read_only.value && matches!(target.read_only.origin, Origin::Flag(_));
    session.read_only_context = target.read_only.value;
    session.protected = target.protected.value;
    session.color = target.color.map(ContextColor::word);
    session.started_at = milliseconds_since_1970();
    session.reduced_motion = interface.reduced_motion || environment.get("KESTRA_ADMIN_MOTION") == Some("0");
    session.refresh_seconds = u64::from(interface.refresh_seconds);
    session
}

fn wishes(interface: &Interface, linear: bool) -> caps::Wishes {
    caps::Wishes {
        depth: match interface.color_depth {
            ColorDepth::Auto => None,
            ColorDepth::Mono => Some(appearance::Depth::Mono),
            ColorDepth::Sixteen => Some(appearance::Depth::Ansi16),
            ColorDepth::Palette => Some(appearance::Depth::Ansi256),
            ColorDepth::TrueColor => Some(appearance::Depth::TrueColor),
        },
        glyphs: match interface.glyphs {
            Glyphs::Auto => None,
            Glyphs::Unicode => Some(appearance::Glyphs::Unicode),
            Glyphs::Ascii => Some(appearance::Glyphs::Ascii),
        },
        linear,
    }
}

fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::Default => "default",
        Theme::Dark => "dark",
        Theme::Light => "light",
        Theme::HighContrast => "high-contrast",
        Theme::Mono => "mono",
    }
}

/// Is there once somebody said how to go on from the first start.
fn welcomed_file(paths: &Paths) -> PathBuf {
    paths.state.join("welcomed")
}

/// Which columns of each list are shown.
fn columns_file(paths: &Paths) -> PathBuf {
    paths.state.join("columns.json")
}

/// The columns that were chosen the last time. A file that cannot be read is as good as none.
fn kept_columns(paths: &Paths) -> ColumnChoices {
    let text = std::fs::read_to_string(columns_file(paths)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Where the console of a target keeps what it needs to go on: a file of its own for each instance.
fn resume_file(target: &Target, paths: &Paths) -> PathBuf {
    paths.resume_file(&target.place())
}

fn milliseconds_since_1970() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::ui::look::Look;

    #[test]
    fn the_keys_and_themes_of_the_configuration_are_those_of_the_console() {
        let example = include_str!("../config.example.toml");
        let rows: String = example
            .lines()
            .skip_while(|line| *line != "#[[keys]]")
            .map(|line| line.trim_start_matches('#'))
            .collect::<Vec<_>>()
            .join("\n");
        let configuration = Configuration::parse(&rows, Path::new("x")).unwrap();
        let (listed, reports) = key_rows(&configuration.interface.keys);
        let new = listed.iter().find(|row| row.command == "new-tenant").unwrap();
        assert_eq!(new.keys, ["n", "ctrl-n"]);
        assert_eq!(reports, []);
        for theme in [
            Theme::Default,
            Theme::Dark,
            Theme::Light,
            Theme::HighContrast,
            Theme::Mono,
        ] {
            assert!(
                Look::new(
                    theme_name(theme),
                    appearance::Depth::TrueColor,
                    appearance::Glyphs::Ascii
                )
                .is_ok()
            );
        }
    }
}
