//! The program put together in one process: command line, configuration, instance and console.
//!
//! The only place besides the terminal's that knows about this process; everything below is handed what it needs.

mod columns_file;
mod coming_back;
mod contexts;
mod keeping;
mod terminal;

use std::ffi::OsString;
use std::io::{self, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::activity::log::ActivityLog;
use crate::app::appearance;
use crate::app::command::field_keys::FIELD_KEYS;
use crate::app::command::{COMMANDS, Command, Safety, Scope};
use crate::app::keymap::Keymap;
use crate::app::list_columns::ColumnChoices;
use crate::app::own_keys;
use crate::app::session::Session;
use crate::cli::keys::{KeyReport, KeyRow};
use crate::cli::{self, ConsoleArguments, Surroundings};
use crate::config::auth::Auth;
use crate::config::environment::Environment;
use crate::config::interface::{ColorDepth, ContextColor, Glyphs, Interface, KeyBinding, Theme};
use crate::config::layers::{self, Flags};
use crate::config::paths::Paths;
use crate::config::private;
use crate::config::secret;
use crate::config::target::{Origin, Reach, Target};
use crate::connect;
use crate::console::{self, Start};
use crate::domain::check::Check;
use crate::domain::problem::Problem;
use crate::migrations::Desk;
use crate::term::caps;

use columns_file::ColumnsFile;
use contexts::ConfiguredContexts;

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
            output_is_terminal: io::stdout().is_terminal(),
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

/// The console's commands under the keys in effect, a row for each and the scopes in which it has the same keys, and what is to be said about the operator's own.
fn key_rows(own: &[KeyBinding]) -> (Vec<KeyRow>, Vec<KeyReport>) {
    let (keymap, reports) = keymap(own);
    let row = |command: &Command, scopes: &[Scope], keys: Vec<String>| KeyRow {
        command: command.name.to_owned(),
        keys,
        title: command.title.to_owned(),
        doc: command.doc.to_owned(),
        scope: scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" "),
        safety: command.safety.word().to_owned(),
    };
    let mut rows = Vec::new();
    for command in COMMANDS {
        let groups = keymap.keys_by_scope(command).into_iter();
        rows.extend(groups.map(|(scopes, keys)| row(command, &scopes, keys)));
    }
    rows.extend(FIELD_KEYS.iter().map(|keys| KeyRow {
        command: "-".to_owned(),
        keys: keys.keys.iter().map(|key| (*key).to_owned()).collect(),
        title: "in a field".to_owned(),
        doc: keys.doc.to_owned(),
        scope: keys.field.to_owned(),
        safety: Safety::Observe.word().to_owned(),
    }));
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

fn open_console(
    arguments: ConsoleArguments,
    environment: &Environment,
    paths: &Paths,
) -> Result<(u8, Option<String>), Problem> {
    let ConsoleArguments {
        target,
        command_words,
        interface,
        linear,
        read_only,
        fresh,
    } = arguments;
    let (keymap, _) = keymap(&interface.keys);
    let contexts = ConfiguredContexts {
        environment: environment.clone(),
        paths: paths.clone(),
        config: config_in(&command_words),
        read_only: matches!(target.read_only.origin, Origin::Flag(_)) && target.read_only.value,
    };
    let begun = coming_back::begin(target, command_words, fresh, &contexts)?;
    let (target, command_words) = (begun.target, begun.command_words);
    let flags = contexts.flags_without_context();
    let is_configured = layers::configuration_file(&flags, environment, paths).0.exists();
    let first_start = matches!(target.chosen_by, Origin::Default) && !is_configured && !welcomed_file(paths).exists();
    let mut session = session(&target, command_words.clone(), &interface, environment);
    session.first_start = first_start;
    session.read_only_configuration = read_only;
    session.program = about_program(&flags, environment, paths);
    (session.came_back, session.notices) = (begun.came_back, begun.notices);
    let columns = kept_columns(paths, &mut session.notices);
    // Where its directory cannot be made, saving says so.
    let resume_file = resume_file(&target, paths);
    let caps = caps_of(&interface, linear, environment);
    if caps.linear && io::stdin().is_terminal() {
        secret::keep_terminal();
    }
    let contexts = Arc::new(contexts);
    let again = begun.can_fail.then(|| contexts.again(&target));
    let desk = Desk::new(target.clone(), paths.clone(), environment.clone(), command_words);
    let (exit, words) = console::run(Start {
        coming: begun.coming,
        again,
        session,
        keymap,
        theme: theme_name(interface.theme).to_owned(),
        caps,
        borders: interface.borders,
        mouse: interface.mouse,
        copy_command: interface.clipboard_command,
        resume_file,
        migrations: Some(Arc::new(desk)),
        contexts,
        fresh,
        columns,
    })?;
    Ok((exit.code(), words))
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

fn url_of(target: &Target) -> Option<String> {
    match &target.reach.value {
        Reach::Host { url, .. } => Some(url.to_string()),
        Reach::Store(_) => None,
    }
}

/// Whether a name and a password say who we are there.
fn signs_in_by_password(target: &Target) -> bool {
    match &target.reach.value {
        Reach::Host { auth: Some(auth), .. } => matches!(auth.value, Auth::Basic { .. }),
        _ => false,
    }
}

/// Version and files of this program, for the help.
fn about_program(flags: &Flags, environment: &Environment, paths: &Paths) -> Vec<(&'static str, String)> {
    let shown = |path: &Path| path.display().to_string();
    let (configuration, _) = layers::configuration_file(flags, environment, paths);
    vec![
        ("kestra-admin", env!("CARGO_PKG_VERSION").to_owned()),
        ("configuration", shown(&configuration)),
        (
            "secrets typed to connect",
            shown(&private::secrets_beside(&configuration)),
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
    if let Reach::Host { connection, .. } = &target.reach.value {
        session.timeout = u64::from(connection.timeout_seconds) * 1000;
    }
    session.place = target.place();
    session.url = url_of(target);
    session.by_password = signs_in_by_password(target);
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

/// The columns that were chosen the last time, and what is to be said of them.
fn kept_columns(paths: &Paths, notices: &mut Vec<String>) -> ColumnChoices {
    let file = ColumnsFile::in_state(&paths.state);
    let (mut columns, words) = file.read().unwrap_or_else(|problem| {
        let words = format!("Columns are as they come. {} {}", problem.what, problem.why);
        (ColumnChoices::default(), Some(words))
    });
    notices.extend(words);
    if let Some(words) = columns.forget_unknown() {
        // Said once: the next start finds them no more, where that can be kept.
        notices.push(words);
        let _ = file.change(|kept| drop(kept.forget_unknown()));
    }
    columns
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
    use crate::config::file::Configuration;
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
