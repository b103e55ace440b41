//! What the commands of a run wrote, command by command: for which step, which command, how it ended, and its last lines.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use crate::domain::text::visible;
use crate::migration::action::{CommandKind, Outcome, Receipt};
use crate::migration::plan::{Plan, shown_command};
use crate::migration::step::Step;

use super::super::clock::span;
use super::super::page_line::Tone;
use super::super::wrap::{closed_up, fits, wrap};

/// What the commands of a run wrote.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// By the number of the record that began each.
    commands: BTreeMap<u64, CommandOutput>,
    /// Lines of all commands.
    held: usize,
}

/// What stands before each line that a command wrote.
pub const BAR: &str = "| ";

/// What one command wrote.
#[derive(Clone, Debug, Default)]
pub struct CommandOutput {
    /// For which step it ran, and the command as it may be shown; `None` where no record says.
    pub ran: Option<(Step, String)>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    lines: VecDeque<String>,
    /// How many of its first lines are held no longer.
    left_out: usize,
}

/// A row of the page that shows all of it.
#[derive(Clone, Debug)]
pub enum OutputRow<'a> {
    /// Between two commands.
    Blank,
    /// For which step a command ran, and how it ended.
    Step(&'a CommandOutput),
    /// The command, or as much of it as a row has room for.
    Command(Cow<'a, str>),
    /// How many lines stood here.
    LeftOut(usize),
    /// A line that it wrote, or as much of it as a row has room for.
    Line(Cow<'a, str>),
    /// It ended and wrote nothing.
    Nothing,
}

impl Output {
    /// How many lines are held.
    pub const HELD: usize = 2_000;

    /// Takes that a command was begun.
    pub fn began(&mut self, number: u64, step: Step, plan: &Plan, kind: CommandKind) {
        let words = command_words(plan, kind);
        if !words.is_empty() {
            let command = self.command(number);
            command.ran = Some((step, shown_command(&words)));
        }
    }

    /// Takes what came of the command that was begun last for a step.
    pub fn ended(&mut self, step: Step, outcome: &Outcome) {
        let of_step = |command: &&mut CommandOutput| command.ran.as_ref().is_some_and(|(of, _)| *of == step);
        if let Some(command) = self.commands.values_mut().rev().find(of_step) {
            command.outcome = Some(outcome.clone());
        }
    }

    /// Takes lines that a command wrote, and says how many rows of so many columns fewer there are for that at the top.
    pub fn wrote(&mut self, number: u64, lines: Vec<String>, columns: usize) -> usize {
        self.held += lines.len();
        self.command(number).lines.extend(lines);
        let surplus = self.held.saturating_sub(Self::HELD);
        let (mut left, mut fewer) = (surplus, 0);
        for command in self.commands.values_mut() {
            let count = left.min(command.lines.len());
            let was_left_out = command.left_out > 0;
            let gone = command.lines.drain(..count);
            let rows: usize = gone.map(|line| parts(&line, columns, BAR.len()).len()).sum();
            command.left_out += count;
            left -= count;
            // That some are left out takes a row, too.
            let taken = usize::from(!was_left_out && command.left_out > 0);
            fewer += rows.saturating_sub(taken);
        }
        self.held -= surplus;
        fewer
    }

    fn command(&mut self, number: u64) -> &mut CommandOutput {
        self.commands.entry(number).or_default()
    }

    /// The last lines, at most so many.
    pub fn last(&self, count: usize) -> Vec<&str> {
        let newest = self
            .commands
            .values()
            .rev()
            .flat_map(|command| command.lines.iter().rev());
        let mut lines: Vec<&str> = newest.take(count).map(String::as_str).collect();
        lines.reverse();
        lines
    }

    /// How many rows of so many columns there are.
    pub fn length(&self, columns: usize) -> usize {
        self.rows(columns).count()
    }

    /// The rows of so many columns as text, as they are looked through.
    pub fn texts(&self, is_alive: bool, columns: usize) -> Vec<String> {
        let text = |row: OutputRow<'_>| match row {
            OutputRow::Blank => String::new(),
            OutputRow::Step(command) => {
                let step = command.ran.as_ref().map_or("", |(step, _)| step.id());
                format!("{step} {}", command.ending(is_alive).1)
            }
            OutputRow::Command(text) | OutputRow::Line(text) => text.into_owned(),
            OutputRow::LeftOut(count) => left_out(count),
            OutputRow::Nothing => NOTHING.to_owned(),
        };
        self.rows(columns).map(text).collect()
    }

    /// The rows of so many columns, command by command in the order in which they were begun.
    pub fn rows(&self, columns: usize) -> impl Iterator<Item = OutputRow<'_>> {
        self.commands.values().enumerate().flat_map(move |(index, command)| {
            let blank = (index > 0).then_some(OutputRow::Blank);
            blank.into_iter().chain(command.rows(columns))
        })
    }
}

impl CommandOutput {
    fn is_silent(&self) -> bool {
        self.lines.is_empty() && self.left_out == 0 && self.outcome.is_some()
    }

    fn rows(&self, columns: usize) -> impl Iterator<Item = OutputRow<'_>> {
        let head = self.ran.iter().flat_map(move |(_, command)| {
            let words = parts(command, columns, 0).into_iter().map(OutputRow::Command);
            std::iter::once(OutputRow::Step(self)).chain(words)
        });
        let lines = self.lines.iter();
        head.chain((self.left_out > 0).then_some(OutputRow::LeftOut(self.left_out)))
            .chain(lines.flat_map(move |line| parts(line, columns, BAR.len()).into_iter().map(OutputRow::Line)))
            .chain(self.is_silent().then_some(OutputRow::Nothing))
    }

    /// How it ended, or that it did not yet, with what that means.
    pub fn ending(&self, is_alive: bool) -> (Tone, String) {
        match &self.outcome {
            None if is_alive => (Tone::Strong, "running".to_owned()),
            None => (Tone::Warning, "cut off; how it ended is not known".to_owned()),
            Some(Outcome::Done {
                receipt: Some(Receipt::Ran { exit_code, seconds, .. }),
                ..
            }) => {
                let tone = if *exit_code == 0 { Tone::Good } else { Tone::Danger };
                (tone, format!("ended with {exit_code} after {}", span(*seconds)))
            }
            Some(Outcome::Done { .. } | Outcome::Found { .. }) => (Tone::Good, "done".to_owned()),
            Some(Outcome::Waiting { .. }) => (Tone::Warning, "waits".to_owned()),
            Some(Outcome::Failed { .. }) => (Tone::Danger, "failed".to_owned()),
        }
    }
}

impl OutputRow<'_> {
    /// The row in words, for those who hear it; nothing for what only parts.
    pub fn said(&self, is_alive: bool) -> Option<String> {
        Some(match self {
            // The command is said with its step.
            Self::Blank | Self::Command(_) => return None,
            Self::Step(command) => {
                let (step, words) = command.ran.as_ref()?;
                format!("{step}: {}: {}", visible(words), command.ending(is_alive).1)
            }
            Self::LeftOut(count) => left_out(*count),
            Self::Line(line) => format!("| {line}"),
            Self::Nothing => NOTHING.to_owned(),
        })
    }
}

/// A line as it is broken into rows of so many columns, of which a mark takes some. One that has no room keeps its indent, but
/// the columns within it are closed up.
fn parts(line: &str, columns: usize, mark: usize) -> Vec<Cow<'_, str>> {
    let room = columns.saturating_sub(mark).max(1);
    if fits(line, room) {
        return vec![Cow::Borrowed(line)];
    }
    wrap(&closed_up(line), room).into_iter().map(Cow::Owned).collect()
}

/// What is said of a command that wrote nothing.
pub const NOTHING: &str = "It wrote nothing.";

/// That so many lines are not there.
pub fn left_out(count: usize) -> String {
    format!("{} left out", crate::domain::count::counted(count as u64, "line"))
}

/// The words of a command; none where nobody said how, or where it is done on the store.
fn command_words(plan: &Plan, kind: CommandKind) -> Vec<String> {
    let means = &plan.means;
    match kind {
        CommandKind::Restart => means.restart_command.clone(),
        CommandKind::Stop => means.stop_command.clone(),
        CommandKind::Start => means.start_command.clone(),
        CommandKind::DatabaseBackup => means.backup_command.clone(),
        _ if means.kestra_command.is_empty() => Vec::new(),
        _ => {
            let arguments = kind.kestra_arguments(plan.choices.tenants.first());
            let words = means.kestra_command.iter().cloned();
            words.chain(arguments.into_iter().flatten()).collect()
        }
    }
}
