//! Reading arguments as Kestra's command line does: options with `=` or a word of their own, anywhere among the rest.

use super::commands::{COMMANDS, COMMON, Command, NOT_IMITATED, Opt};
use super::console::Level;
use crate::domain::release::Release;
use crate::domain::text::visible;

/// What the arguments of a command say.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    values: Vec<(&'static str, String)>,
    positionals: Vec<String>,
    /// Which log lines are wanted.
    pub level: Level,
}

impl Parsed {
    /// The value of an option, by its first name; the last one where it was given again.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values(name).last()
    }

    /// All values of an option, by its first name.
    pub(super) fn values(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.values
            .iter()
            .filter(move |(option, _)| *option == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether an option without value was given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value != "false")
    }

    /// The argument at a place, counted from 0 without options.
    pub(super) fn positional(&self, at: usize) -> Option<&str> {
        self.positionals.get(at).map(String::as_str)
    }
}

/// What is to be done.
pub(super) enum Understood {
    /// Name the version.
    Version,
    /// Print this help.
    Help {
        /// The help.
        text: String,
        /// Which log lines are wanted.
        level: Level,
    },
    /// Run a command.
    Command {
        /// The command.
        command: &'static Command,
        /// Its arguments.
        parsed: Parsed,
    },
    /// Nothing: it cannot be understood.
    Misused {
        /// Why.
        why: String,
        /// How it is written.
        usage: String,
    },
}

/// Reads all arguments after `kestra`.
pub(super) fn understand(arguments: &[String], release: Release) -> Understood {
    let mut path: Vec<&str> = Vec::new();
    let mut reader = Reader::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let command = COMMANDS
            .iter()
            .find(|command| command.path == path.as_slice() && command.exists_in(release));
        let options: Vec<&'static Opt> = command
            .into_iter()
            .flat_map(|command| command.options)
            .filter(|option| option.exists_in(release))
            .chain(COMMON)
            .collect();
        if word.len() > 1 && word.starts_with('-') {
            if let Err(why) = reader.option(word, &mut words, &options) {
                return misused(why, command, &path, release);
            }
        } else if let Some(command) = command {
            if reader.parsed.positionals.len() >= command.positionals.len() {
                let why = format!("Unmatched argument: '{}'", visible(word));
                return misused(why, Some(command), &path, release);
            }
            reader.parsed.positionals.push(word.clone());
        } else {
            let mut longer = path.clone();
            longer.push(word);
            if !below(&longer, release).any(|_| true) {
                return misused(unknown(&longer, release), None, &path, release);
            }
            path = longer;
        }
    }
    let command = COMMANDS
        .iter()
        .find(|command| command.path == path.as_slice() && command.exists_in(release));
    let level = reader.parsed.level;
    match command {
        _ if reader.version => Understood::Version,
        Some(command) if reader.help => Understood::Help {
            text: command.usage(release),
            level,
        },
        // A group without a command tells what is in it.
        None => Understood::Help {
            text: usage_of_group(&path, release),
            level,
        },
        Some(command) => {
            let missing: Vec<String> = command
                .options
                .iter()
                .filter(|option| option.required && reader.parsed.value(option.name()).is_none())
                .map(|option| format!("'{}'", option.shown()))
                .chain(
                    command
                        .positionals
                        .iter()
                        .skip(reader.parsed.positionals.len())
                        .filter(|positional| positional.required)
                        .map(|positional| format!("'<{}>'", positional.name)),
                )
                .collect();
            if missing.is_empty() {
                return Understood::Command {
                    command,
                    parsed: reader.parsed,
                };
            }
            let why = format!("Missing: {}", missing.join(", "));
            misused(why, Some(command), &path, release)
        }
    }
}

#[derive(Default)]
struct Reader {
    parsed: Parsed,
    help: bool,
    version: bool,
}

impl Reader {
    fn option<'a>(
        &mut self,
        word: &str,
        words: &mut impl Iterator<Item = &'a String>,
        options: &[&'static Opt],
    ) -> Result<(), String> {
        let (name, inline) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        // `-vv` is `-v` twice.
        let is_verbose = name.len() > 1 && name.bytes().skip(1).all(|letter| letter == b'v');
        let Some(option) = options
            .iter()
            .find(|option| option.names.contains(&name) || (is_verbose && option.names.contains(&"-v")))
        else {
            return Err(format!("Unknown option: '{}'", visible(name)));
        };
        let value = match (option.value, inline) {
            (None, value) => value.unwrap_or_default(),
            (Some(_), Some(value)) => value,
            (Some(_), None) => words
                .next()
                .cloned()
                .ok_or_else(|| format!("Missing value of option '{}'", option.shown()))?,
        };
        match option.name() {
            "--help" => self.help = true,
            "--version" => self.version = true,
            "--verbose" => self.parsed.level = Level::Debug,
            "--log-level" => {
                self.parsed.level = Level::named(&value)
                    .ok_or_else(|| format!("Invalid value of '--log-level': '{}'", visible(&value)))?;
            }
            name => self.parsed.values.push((name, value)),
        }
        Ok(())
    }
}

/// The commands of a release whose path starts so.
fn below<'a>(path: &'a [&'a str], release: Release) -> impl Iterator<Item = &'static Command> + 'a {
    COMMANDS
        .iter()
        .filter(move |command| command.exists_in(release) && command.path.starts_with(path))
}

fn unknown(path: &[&str], release: Release) -> String {
    let shown = visible(&path.join(" ")).into_owned();
    if COMMANDS.iter().any(|command| command.path.starts_with(path)) {
        format!("Kestra {release} has no command '{shown}'")
    } else if NOT_IMITATED.iter().any(|other| path.starts_with(other)) {
        format!("'{shown}' is a command of Kestra that a rehearsal does not imitate")
    } else {
        format!("Unknown command: '{shown}'")
    }
}

fn misused(why: String, command: Option<&Command>, path: &[&str], release: Release) -> Understood {
    Understood::Misused {
        why,
        usage: command.map_or_else(|| usage_of_group(path, release), |command| command.usage(release)),
    }
}

fn usage_of_group(path: &[&str], release: Release) -> String {
    let mut lines = vec![format!("Usage: {} <command> [options]", line(path)), String::new()];
    lines.extend(below(path, release).map(|command| format!("  {:<34} {}", line(command.path), command.about)));
    lines.join("\n")
}

fn line(path: &[&str]) -> String {
    let words: Vec<&str> = std::iter::once("kestra").chain(path.iter().copied()).collect();
    words.join(" ")
}
