//! How a command ends when it does not end well.

use std::ffi::OsString;
use std::io;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::{Value, json};

use super::args::Arguments;
use crate::domain::equivalent::flag;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::text::sentence;

/// Why a command stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Something went wrong, and the operator should know.
    Problem(Problem),
    /// Something was to be printed and could not be written, as on a full disk.
    Unwritten(Problem),
    /// Whoever read the output has had enough, as `head` does. Nothing is wrong.
    ClosedPipe,
    /// A command that was run for the operator ended with this code, and has said why itself.
    Exit(u8),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Unwritten(Problem::unwritten(error))
    }
}

/// What is wrong with a command line, from what clap says of it.
pub fn usage(error: &clap::Error, arguments: &[OsString]) -> Problem {
    let text = error.render().to_string();
    let (words, command) = command_of(arguments);
    let help = format!("`{words} --help` shows how it is written.");
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let known: Vec<&str> = command
            .get_subcommands()
            .filter(|verb| !verb.is_hide_set() && verb.get_name() != "help")
            .map(clap::Command::get_name)
            .collect();
        let why = match known.as_slice() {
            [] => "It needs arguments.".to_owned(),
            known => format!("One of these has to follow it: {}.", known.join(", ")),
        };
        return invalid(format!("`{words}` is not a whole command."), why, help);
    }
    let mut paragraphs = text.trim_end().split("\n\n");
    let first = paragraphs.next().unwrap_or_default();
    let mut lines = first.trim_start_matches("error: ").lines().map(str::trim);
    let head = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    let why = match (head.ends_with(':'), rest.is_empty()) {
        (_, true) => head.to_owned(),
        (true, false) => format!("{head} {}", rest.join(", ")),
        (false, false) => format!("{head} {}", rest.join(" ")),
    };
    let tips = paragraphs.filter_map(|paragraph| paragraph.trim().strip_prefix("tip: "));
    let mut next: Vec<String> = match with_its_flag(error, arguments, &command) {
        Some(words) => vec![format!(
            "A value that begins with a hyphen is written with its flag: `{words}`."
        )],
        None => tips.map(in_sentence).collect(),
    };
    next.push(help);
    invalid(
        format!("`{words}` was not understood."),
        in_sentence(&why),
        next.join(" "),
    )
}

/// How a value that begins with a hyphen is written that stands behind its flag, and was taken for another one.
fn with_its_flag(error: &clap::Error, arguments: &[OsString], command: &clap::Command) -> Option<String> {
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let all = Arguments::command();
    let takes_value = |name: &str| {
        let mut flags = command.get_arguments().chain(all.get_arguments());
        flags.any(|flag| flag.get_long() == Some(name) && flag.get_action().takes_values())
    };
    arguments
        .iter()
        .zip(arguments.iter().skip(1))
        .find_map(|(name, value)| {
            let (name, value) = (name.to_str()?, value.to_str()?);
            let is_it = value.starts_with(unknown.as_str()) && takes_value(name.strip_prefix("--")?);
            is_it.then(|| flag(name, value))
        })
}

/// A clause of clap's as a sentence of ours.
fn in_sentence(clause: &str) -> String {
    sentence(&clause.replace('\'', "`"))
}

/// The command that a command line names, as far as there is one, and its words.
fn command_of(arguments: &[OsString]) -> (String, clap::Command) {
    let mut command = Arguments::command();
    let mut words = vec![command.get_name().to_owned()];
    for argument in arguments.iter().skip(1) {
        let Some(verb) = argument.to_str().and_then(|word| command.find_subcommand(word)) else {
            continue;
        };
        words.push(verb.get_name().to_owned());
        command = verb.clone();
    }
    (words.join(" "), command)
}

/// How a command ends that was to do many things: well, in part, or the way all of them failed.
///
/// # Errors
/// If one of them failed. `next` says what to do about those.
pub fn ending_of_many(failed: &[&Problem], all: usize, summary: String, next: &str) -> Result<(), Problem> {
    let Some(first) = failed.first() else {
        return Ok(());
    };
    let kind = if failed.len() < all {
        ProblemKind::Partly
    } else if failed.iter().all(|problem| problem.kind == first.kind) {
        first.kind
    } else {
        ProblemKind::Failed
    };
    let why = format!("The first that failed: {} {}", first.what, first.why);
    let details: Vec<String> = failed.iter().map(|problem| reason(problem)).collect();
    Err(Problem::new(kind, summary, why, next).with_detail(details.join("\n")))
}

/// How it went with one of many that was not done: nobody may know whether it was.
pub fn not_done(problem: &Problem) -> &'static str {
    if problem.is_unknown { "unknown" } else { "failed" }
}

/// How many of many were not done, in words: `2 failed`, or `2 failed, 1 unknown`.
pub fn not_done_words(problems: &[&Problem]) -> String {
    let unknown = problems.iter().filter(|problem| problem.is_unknown).count();
    let failed = format!("{} failed", problems.len() - unknown);
    match unknown {
        0 => failed,
        _ => format!("{failed}, {unknown} unknown"),
    }
}

/// What is told of one of many that failed, on its line.
pub fn reason(problem: &Problem) -> String {
    format!("{} {}", problem.what, problem.why)
}

/// The same in JSON.
pub fn problem_json(problem: &Problem) -> Value {
    json!({"kind": problem.kind, "what": problem.what, "why": problem.why, "next": problem.next})
}

/// What to do about some of many that failed, where repeating the command is harmless.
pub const REPEAT: &str = "Correct them and repeat the command; what is done already stays as it is.";
