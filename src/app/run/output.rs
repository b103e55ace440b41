//! What the commands of a run wrote, command by command: for which step, which command, how it ended, and its last lines.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::text::visible;
use crate::migration::action::{CommandKind, Outcome, Receipt};
use crate::migration::plan::{Plan, shown_command};
use crate::migration::step::Step;

use super::super::clock::span;
use super::super::page_line::Tone;

/// What the commands of a run wrote.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// By the number of the record that began each.
    commands: BTreeMap<u64, CommandOutput>,
    /// Lines of all commands.
    held: usize,
}

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

/// A line of the page that shows all of it.
#[derive(Clone, Copy, Debug)]
pub enum OutputRow<'a> {
    /// Between two commands.
    Blank,
    /// For which step a command ran, and how it ended.
    Step(&'a CommandOutput),
    /// The command.
    Command(&'a str),
    /// How many lines stood here.
    LeftOut(usize),
    /// A line that it wrote.
    Line(&'a str),
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

    /// Takes lines that a command wrote, and says how many rows fewer there are for that at the top.
    pub fn wrote(&mut self, number: u64, lines: Vec<String>) -> usize {
        self.held += lines.len();
        self.command(number).lines.extend(lines);
        let surplus = self.held.saturating_sub(Self::HELD);
        let (mut left, mut fewer) = (surplus, 0);
        for command in self.commands.values_mut() {
            let (count, rows) = (left.min(command.lines.len()), command.length());
            command.lines.drain(..count);
            command.left_out += count;
            left -= count;
            // That some are left out takes a row, too.
            fewer += rows.saturating_sub(command.length());
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

    /// How many rows there are.
    pub fn length(&self) -> usize {
        let rows: usize = self.commands.values().map(CommandOutput::length).sum();
        rows + self.commands.len().saturating_sub(1)
    }

    /// The rows as text, as they are looked through.
    pub fn texts(&self, is_alive: bool) -> Vec<String> {
        let text = |row: OutputRow<'_>| match row {
            OutputRow::Blank => String::new(),
            OutputRow::Step(command) => {
                let step = command.ran.as_ref().map_or("", |(step, _)| step.id());
                format!("{step} {}", command.ending(is_alive).1)
            }
            OutputRow::Command(words) => words.to_owned(),
            OutputRow::LeftOut(count) => left_out(count),
            OutputRow::Line(line) => line.to_owned(),
            OutputRow::Nothing => NOTHING.to_owned(),
        };
        self.rows().map(text).collect()
    }

    /// The rows, command by command in the order in which they were begun.
    pub fn rows(&self) -> impl Iterator<Item = OutputRow<'_>> {
        self.commands.values().enumerate().flat_map(|(index, command)| {
            let blank = (index > 0).then_some(OutputRow::Blank);
            blank.into_iter().chain(command.rows())
        })
    }
}

impl CommandOutput {
    fn is_silent(&self) -> bool {
        self.lines.is_empty() && self.left_out == 0 && self.outcome.is_some()
    }

    fn length(&self) -> usize {
        let head = if self.ran.is_some() { 2 } else { 0 };
        head + usize::from(self.left_out > 0) + usize::from(self.is_silent()) + self.lines.len()
    }

    fn rows(&self) -> impl Iterator<Item = OutputRow<'_>> {
        let head = self.ran.iter();
        head.flat_map(|(_, command)| [OutputRow::Step(self), OutputRow::Command(command)])
            .chain((self.left_out > 0).then_some(OutputRow::LeftOut(self.left_out)))
            .chain(self.lines.iter().map(|line| OutputRow::Line(line)))
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
