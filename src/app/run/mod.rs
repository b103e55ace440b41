//! A run as the console follows it: what its journal adds up to, the last lines its commands wrote, and where one looks.
//!
//! What is said about it is in [`text`], and in [`said`] for those who hear it; a step in full in [`details`]; what its commands
//! wrote in [`output`]; undoing it in [`rollback`]; the list of runs in [`list`].

pub mod details;
pub mod list;
pub mod output;
pub mod rollback;
pub mod said;
pub mod text;

use std::collections::BTreeMap;

use crate::domain::problem::Problem;
use crate::migration::action::Action;
use crate::migration::plan::Plan;
use crate::migration::record::{Event, Record};
use crate::migration::run_summary::{Asked, Control, RunNews};
use crate::migration::state::RunState;
use crate::migration::step::Step;

use super::cursor::Cursor;
use super::effect::{JobId, Millis};
use super::geometry::Size;
use super::key_words::shown;
use super::search::Search;
use output::{Output, OutputPlace};
use rollback::Progress;
use said::Said;

/// Milliseconds without news after which that is said.
const QUIET: Millis = 30_000;
/// Milliseconds after which the process at work should have done something.
const STUCK: Millis = 120_000;

/// Something that was asked of a run, and is not answered yet.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The question.
    pub job: JobId,
    /// The run.
    pub run: String,
    /// What was asked.
    pub control: Control,
    /// The last record of the run that was known then.
    pub seq: Option<u64>,
    /// Whether it is to be stopped as soon as it is at work.
    pub then_stop: bool,
}

impl Asking {
    /// Whether it sets a process to work.
    pub fn sets_to_work(&self) -> bool {
        matches!(self.control, Control::Resume { .. } | Control::Rollback { .. })
    }
}

/// A run on screen.
#[derive(Clone, Debug)]
pub struct RunView {
    /// Its id; empty for a dry run.
    pub run: String,
    /// What its journal adds up to; `None` until it was read.
    pub state: Option<Box<RunState>>,
    /// What its commands wrote.
    pub output: Output,
    /// Whether a process is at work on it.
    pub alive: bool,
    /// What was asked of that process, and not done yet.
    pub asked: Option<Asked>,
    /// Since when it has been waited for, and when it was last heard of.
    pub heard_at: Millis,
    /// Whether it was heard of at all.
    pub is_read: bool,
    /// Why nothing is heard of it.
    pub problem: Option<Problem>,
    /// The step that is selected.
    pub cursor: Cursor,
    /// Whether the selection follows the step under way.
    pub follows: bool,
    /// Whether the output fills the screen.
    pub shows_output: bool,
    /// What of the output is at the top of the screen, where it fills that; `None` follows its end.
    pub output_top: Option<OutputPlace>,
    /// What is looked for in it.
    pub search: Search,
    /// Whether the report is to be shown as soon as the run was read.
    pub wants_report: bool,
    /// Whether nothing is done and everything only *would* be.
    pub is_dry: bool,
    /// What happened, a line each, for those who hear it.
    pub told: Said,
    /// Whether that it was cut short is among it, and nothing came after.
    is_told_cut_short: bool,
}

impl RunView {
    /// A run that is about to be read.
    pub fn new(run: impl Into<String>, now: Millis) -> Self {
        Self {
            run: run.into(),
            state: None,
            output: Output::default(),
            alive: false,
            asked: None,
            heard_at: now,
            is_read: false,
            problem: None,
            cursor: Cursor::default(),
            follows: true,
            shows_output: false,
            output_top: None,
            search: Search::default(),
            wants_report: false,
            is_dry: false,
            told: Said::default(),
            is_told_cut_short: false,
        }
    }

    /// A plan as if it were a run, of which nothing is done.
    pub fn dry(plan: &Plan, now: Millis) -> Self {
        let planned = Record {
            seq: 1,
            at: plan.inspection.taken_at.clone(),
            event: Event::Planned {
                plan: Box::new(plan.clone()),
                hash: plan.hash(),
                by: String::new(),
                program: String::new(),
            },
        };
        Self {
            state: RunState::of(&[planned]).map(Box::new),
            is_dry: true,
            is_read: true,
            follows: false,
            ..Self::new(String::new(), now)
        }
    }

    /// Takes what is new. Records that are known already are passed over. `writers` says which commands wrote the lines of
    /// output: the number of the record that began each, and how many lines in a row are its own.
    pub fn hear(&mut self, news: RunNews, writers: &[(u64, usize)], now: Millis, size: Size) {
        self.output.fit(size.text_columns());
        self.heard_at = now;
        let was_read = std::mem::replace(&mut self.is_read, true);
        let mut lines = news.output.into_iter();
        let mut written: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (number, count) in writers {
            written.entry(*number).or_default().extend(lines.by_ref().take(*count));
        }
        self.problem = None;
        (self.alive, self.asked) = (news.alive, news.asked);
        for record in &news.records {
            if self.state.as_ref().is_some_and(|state| record.seq <= state.seq) {
                continue;
            }
            if let Event::Outcome {
                step,
                action: Action::Run { .. },
                outcome,
            } = &record.event
            {
                // What a command wrote is said before what came of it; what it wrote before we came is not.
                let own = self.open_command().and_then(|number| written.remove_entry(&number));
                if let Some((number, lines)) = own {
                    self.wrote(number, lines, was_read, now);
                }
                self.told.flush(now);
                self.output.ended(*step, outcome);
            }
            match &mut self.state {
                None => self.state = RunState::of(std::slice::from_ref(record)).map(Box::new),
                Some(state) => state.apply(record),
            }
            let Some(state) = &self.state else { continue };
            if let Event::Intent {
                step,
                action: Action::Run { command },
            } = &record.event
            {
                self.output.began(record.seq, *step, &state.plan, *command);
            }
            if let Some(line) = said::told(state, record) {
                self.told.say(line);
            }
        }
        let open = self.open_command();
        for (number, lines) in written {
            self.wrote(number, lines, was_read || open == Some(number), now);
        }
        self.tell_cut_short(now);
        self.follow(size.step_rows(self.length().max(1)));
    }

    /// Tells that it was cut short, once, when that becomes known.
    fn tell_cut_short(&mut self, now: Millis) {
        let state = self.state.as_ref().filter(|_| !self.alive);
        let words = state.and_then(|state| said::cut_short(state));
        let was_told = std::mem::replace(&mut self.is_told_cut_short, words.is_some());
        if let Some([what, next]) = words.filter(|_| !was_told) {
            self.told.flush(now);
            self.told.say(shown(&format!("{what} {next}")));
        }
    }

    /// The number of the record that began the command under way.
    fn open_command(&self) -> Option<u64> {
        Some(self.state.as_ref()?.open.as_ref()?.seq)
    }

    fn wrote(&mut self, number: u64, lines: Vec<String>, is_said: bool, now: Millis) {
        if is_said {
            self.told.wrote(&lines, now);
        }
        let fewer = self.output.wrote(number, lines);
        if self.shows_output {
            self.search.at = self.search.at.and_then(|at| at.checked_sub(fewer));
        }
    }

    /// Takes the size of the screen. What of the output is at its top stays there, however lines are broken.
    pub fn fit(&mut self, size: Size) {
        let sought = self.search.at.filter(|_| self.shows_output);
        let sought = sought.and_then(|at| self.output.place_at(at));
        self.output.fit(size.text_columns());
        if let Some(place) = sought {
            self.search.at = Some(self.output.row_of(place));
        }
        self.follow(size.step_rows(self.length().max(1)));
    }

    /// The first row of the output in view where so many are, and how many rows there are.
    pub fn output_in_view(&self, rows: usize) -> (usize, usize) {
        let length = self.output.length();
        let end = length.saturating_sub(rows);
        let top = self.output_top.map_or(end, |place| self.output.row_of(place));
        (top.min(end), length)
    }

    /// Brings a row of the output to the top where so many are in view; at its end it goes on following.
    pub fn scroll_output(&mut self, top: usize, rows: usize) {
        let is_end = top + rows >= self.output.length();
        self.output_top = self.output.place_at(top).filter(|_| !is_end);
    }

    /// Puts the selection on the step under way, unless somebody moved it elsewhere.
    pub fn follow(&mut self, rows: usize) {
        let at = if self.follows { self.current() } else { self.cursor.at() };
        let length = self.length();
        self.cursor.select(at, length, rows);
    }

    /// After how many milliseconds without news it is said that there are none, and that this is odd; of one at work.
    pub fn silences(&self) -> Vec<Millis> {
        if self.alive { vec![QUIET, STUCK] } else { Vec::new() }
    }

    /// How many steps there are.
    pub fn length(&self) -> usize {
        self.state.as_ref().map_or(0, |state| state.steps.len())
    }

    /// The place of the step that is under way or comes next, from 0; the last where all are over.
    pub fn current(&self) -> usize {
        self.state.as_ref().map_or(0, |state| {
            if let Some((step, _)) = Progress::of(state).and_then(|progress| progress.next) {
                return state.steps.iter().position(|it| it.step == step).unwrap_or(0);
            }
            state
                .steps
                .iter()
                .position(|step| !step.status.is_over())
                .unwrap_or(state.steps.len().saturating_sub(1))
        })
    }

    /// The steps that are passed over where it begins with a later one.
    pub fn passed_over(&self, from: Step) -> Vec<Step> {
        let steps = self.state.iter().flat_map(|state| &state.steps);
        steps
            .take_while(|step| step.step != from)
            .filter(|step| !step.status.is_over() && step.step != Step::Inspect)
            .map(|step| step.step)
            .collect()
    }

    /// Whether it has come to an end that nothing follows.
    pub fn is_finished(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.is_finished())
    }

    /// Who carries it out, if that is somebody else than we.
    pub fn other_operator<'a>(&'a self, us: Option<&str>) -> Option<&'a str> {
        let worker = self.state.as_ref()?.workers.last()?;
        (self.alive && us.is_some_and(|us| us != worker)).then_some(worker.as_str())
    }
}
