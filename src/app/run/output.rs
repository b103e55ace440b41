//! What the commands of a run wrote, command by command: for which step, which command, how it ended, and its last lines.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

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
    /// The columns of a row.
    columns: usize,
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
    lines: VecDeque<Written>,
    /// How many of its first lines are held no longer.
    left_out: usize,
}

/// A line that a command wrote.
#[derive(Clone, Debug)]
struct Written {
    text: String,
    /// How many rows it takes, so that only those in view are broken for a frame.
    rows: usize,
}

/// A place in the output that stays the same however wide it is: a row of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputPlace {
    /// The number of the record that began the command.
    command: u64,
    /// The line, counted from the first that it wrote; `None` for what stands above its lines.
    line: Option<usize>,
    /// The row of that.
    row: usize,
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

    /// Takes how many columns a row has from now on.
    pub fn fit(&mut self, columns: usize) {
        if columns == self.columns {
            return;
        }
        self.columns = columns;
        for line in self.commands.values_mut().flat_map(|command| &mut command.lines) {
            line.rows = line_rows(&line.text, columns);
        }
    }

    /// Takes lines that a command wrote, and says how many rows fewer there are for that at the top.
    pub fn wrote(&mut self, number: u64, lines: Vec<String>) -> usize {
        self.held += lines.len();
        let columns = self.columns;
        let lines = lines.into_iter().map(|text| Written {
            rows: line_rows(&text, columns),
            text,
        });
        self.command(number).lines.extend(lines);
        let surplus = self.held.saturating_sub(Self::HELD);
        let (mut left, mut fewer) = (surplus, 0);
        for command in self.commands.values_mut() {
            let count = left.min(command.lines.len());
            let was_left_out = command.left_out > 0;
            let rows: usize = command.lines.drain(..count).map(|line| line.rows).sum();
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

    /// The last lines that were written for a step, at most so many; where there are none, those of the last step for which there
    /// are some. Before them stands which step it is, as far as records say.
    pub fn last(&self, step: Option<Step>, count: usize) -> (Option<Step>, Vec<&str>) {
        let ran = |command: &CommandOutput| command.ran.as_ref().map(|(step, _)| *step);
        let writers = || self.commands.values().rev().filter(|command| !command.lines.is_empty());
        let is_own = step.is_some() && writers().any(|command| ran(command) == step);
        let whose = if is_own { step } else { writers().next().and_then(ran) };
        let newest = writers()
            .filter(|command| ran(command) == whose)
            .flat_map(|command| command.lines.iter().rev());
        let mut lines: Vec<&str> = newest.take(count).map(|line| line.text.as_str()).collect();
        lines.reverse();
        (whose, lines)
    }

    /// How many rows there are.
    pub fn length(&self) -> usize {
        let columns = self.columns;
        self.each()
            .map(|(_, command, is_first)| command.length(is_first, columns))
            .sum()
    }

    /// The place of a row; `None` after the last.
    pub fn place_at(&self, row: usize) -> Option<OutputPlace> {
        let mut left = row;
        for (number, command, is_first) in self.each() {
            let length = command.length(is_first, self.columns);
            if left < length {
                return Some(command.place_at(number, left, is_first, self.columns));
            }
            left -= length;
        }
        None
    }

    /// The row of a place; where its line is held no longer, that of the next one.
    pub fn row_of(&self, place: OutputPlace) -> usize {
        self.each()
            .take_while(|(number, ..)| *number <= place.command)
            .map(|(number, command, is_first)| {
                if number == place.command {
                    command.row_of(place, is_first, self.columns)
                } else {
                    command.length(is_first, self.columns)
                }
            })
            .sum()
    }

    /// The commands by their numbers, and whether one is the first, so that nothing parts it from one before.
    fn each(&self) -> impl Iterator<Item = (u64, &CommandOutput, bool)> {
        let commands = self.commands.iter().enumerate();
        commands.map(|(index, (number, command))| (*number, command, index == 0))
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
        self.each()
            .flat_map(move |(_, command, is_first)| command.rows(is_first, columns, 0))
    }

    /// The rows from one on. Those before it are not made.
    pub fn rows_from(&self, top: usize) -> impl Iterator<Item = OutputRow<'_>> {
        let columns = self.columns;
        let mut left = top;
        self.each().flat_map(move |(_, command, is_first)| {
            let passed = left.min(command.length(is_first, columns));
            left -= passed;
            command.rows(is_first, columns, passed)
        })
    }
}

impl CommandOutput {
    fn is_silent(&self) -> bool {
        self.lines.is_empty() && self.left_out == 0 && self.outcome.is_some()
    }

    /// The rows above its lines.
    fn head(&self, is_first: bool, columns: usize) -> Vec<OutputRow<'_>> {
        let mut rows: Vec<OutputRow<'_>> = Vec::new();
        rows.extend((!is_first).then_some(OutputRow::Blank));
        if let Some((_, command)) = &self.ran {
            rows.push(OutputRow::Step(self));
            rows.extend(parts(command, columns, 0).into_iter().map(OutputRow::Command));
        }
        rows.extend((self.left_out > 0).then_some(OutputRow::LeftOut(self.left_out)));
        rows.extend(self.is_silent().then_some(OutputRow::Nothing));
        rows
    }

    fn length(&self, is_first: bool, columns: usize) -> usize {
        self.head(is_first, columns).len() + self.lines.iter().map(|line| line.rows).sum::<usize>()
    }

    /// The line in which a row below the head is, and which of its rows that is.
    fn line_at(&self, row: usize) -> (usize, usize) {
        let mut left = row;
        let passed = self.lines.iter().take_while(|line| {
            let is_passed = line.rows <= left;
            left -= if is_passed { line.rows } else { 0 };
            is_passed
        });
        let line = passed.count();
        (line, left)
    }

    fn place_at(&self, command: u64, row: usize, is_first: bool, columns: usize) -> OutputPlace {
        let (line, row) = match row.checked_sub(self.head(is_first, columns).len()) {
            None => (None, row),
            Some(below) => {
                let (line, row) = self.line_at(below);
                (Some(self.left_out + line), row)
            }
        };
        OutputPlace { command, line, row }
    }

    fn row_of(&self, place: OutputPlace, is_first: bool, columns: usize) -> usize {
        let head = self.head(is_first, columns).len();
        let Some(line) = place.line else {
            return place.row.min(head.saturating_sub(1));
        };
        let Some(at) = line.checked_sub(self.left_out) else {
            return head;
        };
        let before: usize = self.lines.iter().take(at).map(|line| line.rows).sum();
        let within = self.lines.get(at).map_or(0, |line| place.row.min(line.rows - 1));
        head + before + within
    }

    /// Its rows from one on.
    fn rows(&self, is_first: bool, columns: usize, passed: usize) -> impl Iterator<Item = OutputRow<'_>> {
        let head = self.head(is_first, columns);
        let (line, within) = match passed.checked_sub(head.len()) {
            Some(below) if below > 0 => self.line_at(below),
            _ => (0, 0),
        };
        let lines = self.lines.iter().skip(line);
        let lines = lines.flat_map(move |line| parts(&line.text, columns, BAR.len()).into_iter());
        head.into_iter()
            .skip(passed)
            .chain(lines.map(OutputRow::Line).skip(within))
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

/// How many rows of so many columns a line takes, one at least.
fn line_rows(line: &str, columns: usize) -> usize {
    parts(line, columns, BAR.len()).len()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_their_place_and_made_from_any_of_them_on() {
        let mut output = Output::default();
        output.fit(12);
        let long = |number: usize| format!("line {number} with more than a row has room for");
        for command in [3, 7, 9] {
            output.command(command).ran = Some((Step::Enable, "kestra server restart now".to_owned()));
        }
        output.command(7).outcome = Some(Outcome::Found { words: String::new() });
        output.wrote(3, (0..5).map(long).collect());
        output.wrote(9, (0..Output::HELD).map(long).collect());
        for columns in [12, 30, 80] {
            output.fit(columns);
            let all: Vec<String> = output.rows(columns).map(|row| format!("{row:?}")).collect();
            assert_eq!(output.length(), all.len());
            for top in [0, 1, 2, 5, 8, 13, 40, all.len() - 1] {
                let from = output.rows_from(top).take(20).map(|row| format!("{row:?}"));
                assert!(from.eq(all.iter().skip(top).take(20).cloned()), "{columns} {top}");
                let place = output.place_at(top).unwrap();
                assert_eq!(output.row_of(place), top, "{columns} {place:?}");
            }
            assert_eq!(output.place_at(all.len()), None);
        }
        // A place whose line is gone is that of the next line.
        let place = OutputPlace {
            command: 9,
            line: Some(0),
            row: 0,
        };
        output.wrote(9, (0..3).map(long).collect());
        let at = output.row_of(place);
        let row = output.rows_from(at).next().and_then(|row| row.said(false));
        assert_eq!(row.as_deref(), Some("| line 3 with more than a row has room for"));
    }
}
