//! The screen of contexts: which there are, whether they can be reached, and what was found on the way to one.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::check::{Check, Outcome};
use crate::domain::columns::ANSWERS;
use crate::domain::problem::Problem;
use crate::domain::query::Row;
use crate::domain::rows::contexts::UsedContext;

use super::effect::{JobId, Millis};
use super::page_line::{PageLine, ShownLine, Tone, broken};
use super::remote::Remote;
use super::resume::Resume;
use super::search::Search;
use super::session::{Mode, Session};
use super::tab_list::TabList;
pub use crate::domain::rows::contexts::{ContextRow, Leads};

impl ContextRow {
    /// Whether changes are sent there as things stand: of the one in use its mode, of others as it would be entered.
    pub fn changes_now(&self, session: &Session) -> &'static str {
        let mode = session.mode();
        let is_as_entered =
            self.name != session.listed() || mode == Mode::ReadOnly && self.changes.starts_with(mode.word());
        if is_as_entered { self.changes } else { mode.word() }
    }
}

/// What is known of the way to a context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reachability {
    /// Nobody asked.
    #[default]
    Unknown,
    /// It was asked, and has not answered.
    Asking(JobId, Millis),
    /// It is known that it failed, which is shown while it is asked once more.
    AskingAgain(JobId, Millis, Problem),
    /// It answered: its version, and after how many milliseconds.
    Reached(String, Millis),
    /// There is nothing to reach yet: it is made once it is switched to.
    NotMade,
    /// It cannot be reached, or not used.
    Failed(Problem),
}

impl Reachability {
    /// The same in words.
    pub fn words(&self) -> String {
        match self {
            Self::Unknown => "not asked".to_owned(),
            Self::Asking(..) => "asking".to_owned(),
            Self::NotMade => "not made yet".to_owned(),
            Self::Reached(version, milliseconds) => format!("ok, {version}, {milliseconds} ms"),
            Self::Failed(problem) | Self::AskingAgain(_, _, problem) => problem.why.clone(),
        }
    }

    /// The question that was asked and is not answered, and since when.
    pub fn asked(&self) -> Option<(JobId, Millis)> {
        match self {
            Self::Asking(job, since) | Self::AskingAgain(job, since, _) => Some((*job, *since)),
            Self::Unknown | Self::Reached(..) | Self::NotMade | Self::Failed(_) => None,
        }
    }

    /// Stops waiting for an answer, and says for which: what was known before is known still.
    fn give_up(&mut self) -> Option<JobId> {
        let (job, _) = self.asked()?;
        *self = match std::mem::take(self) {
            Self::AskingAgain(_, _, problem) => Self::Failed(problem),
            _ => Self::Unknown,
        };
        Some(job)
    }
}

/// A context with what is known of the way to it, as the list shows it where the context of a name is worked on.
struct Tried<'a>(UsedContext<'a>, &'a Reachability);

impl Row for Tried<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            ANSWERS => Some(self.1.words().into()),
            _ => self.0.column(name),
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        self.0.columns()
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            ANSWERS => self.column(name),
            _ => self.0.shown(name),
        }
    }
}

/// What the console takes over from a context that it is switched to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextFacts {
    /// Its name.
    pub name: String,
    /// The words that lead a command to the same instance, such as `--context prod`.
    pub command_words: Vec<String>,
    /// The URL or directory of the instance; empty where that is not known.
    pub place: String,
    /// Whether answers come over a network.
    pub remote: bool,
    /// The base URL of the instance, where it is reached over HTTP.
    pub url: Option<String>,
    /// Whether we sign in there with a name and a password, rather than with a token.
    pub by_password: bool,
    /// The tenant where screens of tenants start, if the context names one.
    pub tenant: Option<String>,
    /// Whether it asks for read-only.
    pub read_only: bool,
    /// Whether it is protected.
    pub protected: bool,
    /// The colour that marks it.
    pub color: Option<&'static str>,
    /// Whether migrations of it can be carried out; the runner says so.
    pub migrates: bool,
    /// Who we are as records of its runs say it; the runner says so.
    pub operator: Option<String>,
    /// Whether it is the instance that one is in already, so that what was sent and not found yet is known here; the runner says so.
    pub is_here: bool,
    /// What was kept when it was left the last time, unless it is where one is; the runner reads it.
    pub kept: Option<Box<Resume>>,
    /// What is to be said of it; the runner says so.
    pub notices: Vec<String>,
    /// Whether it became the one that opens where none is named.
    pub opens_from_now_on: bool,
}

/// The screen.
#[derive(Clone, Debug, Default)]
pub struct ContextsView {
    /// The contexts, in the order of the configuration.
    pub rows: Remote<Vec<ContextRow>>,
    /// What is known of each, in the same order.
    pub reached: Vec<Reachability>,
    /// Which of them are visible, and which is selected.
    pub list: TabList,
    /// The switch that is under way.
    pub switching: Option<JobId>,
}

impl ContextsView {
    /// How many there are.
    pub fn length(&self) -> usize {
        self.rows.value().map_or(0, Vec::len)
    }

    /// Decides anew which of them are visible, where the context of a name is worked on.
    pub fn arrange(&mut self, present: &str, height: usize) {
        if let Some(rows) = self.rows.value() {
            let tried = rows.iter().zip(&self.reached);
            let tried: Vec<Tried<'_>> = tried
                .map(|(row, reached)| Tried(UsedContext(row, present), reached))
                .collect();
            self.list.arrange(&tried, height);
        }
    }

    /// The one that is selected.
    pub fn selected(&self) -> Option<&ContextRow> {
        self.rows.value()?.get(self.list.selected()?)
    }

    /// Those that are visible, in order, and what is known of each.
    pub fn visible(&self) -> Vec<(&ContextRow, &Reachability)> {
        let rows = self.rows.value().map_or(&[][..], Vec::as_slice);
        let visible = self.list.visible().iter();
        visible
            .filter_map(|at| rows.get(*at).zip(self.reached.get(*at)))
            .collect()
    }

    /// Since when the first of those that are asked has been waited for.
    pub fn waiting_since(&self) -> Option<Millis> {
        self.rows.waiting_since().or_else(|| self.asked().into_iter().min())
    }

    /// Since when each of those is waited for that were asked and have not answered.
    pub fn asked(&self) -> Vec<Millis> {
        let asked = self.reached.iter().filter_map(Reachability::asked);
        asked.map(|(_, since)| since).collect()
    }

    /// Stops waiting, and returns what is to be cancelled.
    pub fn give_up(&mut self) -> Vec<JobId> {
        let mut jobs: Vec<JobId> = self.rows.give_up().into_iter().collect();
        jobs.extend(self.give_up_asking());
        jobs
    }

    /// Stops asking whether contexts can be reached, and any switch; which there are is still read.
    pub fn give_up_asking(&mut self) -> Vec<JobId> {
        let mut jobs: Vec<JobId> = self.switching.take().into_iter().collect();
        jobs.extend(self.reached.iter_mut().filter_map(Reachability::give_up));
        jobs
    }
}

/// What has been found on the way to a context, step by step.
#[derive(Clone, Debug, Default)]
pub struct ChecksView {
    /// The context.
    pub name: String,
    /// The steps so far.
    pub checks: Vec<Check>,
    /// The examination, while it is under way, and since when.
    pub job: Option<(JobId, Millis)>,
    /// What kept it from being made.
    pub problem: Option<Problem>,
    /// Whether it makes and starts a rehearsal, and does not only look.
    pub rehearses: bool,
    /// Whether the operator stopped it before its end, which of a rehearsal is awaited then.
    pub stopped: bool,
    /// The first line in view, once somebody scrolled.
    pub scroll: Option<usize>,
    /// What is looked for in it.
    pub search: Search,
}

impl ChecksView {
    /// What it is called.
    pub fn title(&self) -> String {
        if self.rehearses {
            "Rehearsal".to_owned()
        } else {
            format!("Test {}", self.name)
        }
    }

    /// The steps, and behind them what kept them from being made.
    pub fn page(&self) -> Vec<PageLine> {
        let mut lines: Vec<PageLine> = self.checks.iter().flat_map(PageLine::check).collect();
        let has_failed = self.checks.iter().any(|check| check.outcome == Outcome::Fail);
        if let Some(problem) = self.problem.as_ref().filter(|_| !has_failed) {
            let found = format!("{} {}", problem.what, problem.why);
            let attempt = Check::new("connecting", Outcome::Fail, found).with_next(problem.next.clone());
            lines.extend(PageLine::check(&attempt));
        }
        lines
    }

    /// The same as lines of a width.
    pub fn lines(&self, columns: usize) -> Vec<ShownLine> {
        broken(&self.page(), columns)
    }

    /// The lines of the first step that failed.
    pub fn failed(lines: &[ShownLine]) -> Option<Range<usize>> {
        let first_part = |line: &ShownLine| line.parts.first().map(|(at, tone, _)| (*at, *tone));
        let start = lines
            .iter()
            .position(|line| first_part(line) == Some((0, Tone::Danger)))?;
        let after = lines.iter().skip(start + 1);
        let length = after
            .take_while(|line| first_part(line).is_none_or(|(at, _)| at > 0))
            .count();
        Some(start..start + 1 + length)
    }

    /// The first line in view: what somebody scrolled to, or else the step that failed, or the one that was made last.
    pub fn top(&self, lines: &[ShownLine], rows: usize) -> usize {
        let last = lines.len().saturating_sub(rows);
        let by_itself = || match Self::failed(lines) {
            Some(failed) if failed.end <= rows => 0,
            Some(failed) => failed.start,
            None if self.job.is_some() => last,
            None => 0,
        };
        self.scroll.unwrap_or_else(by_itself).min(last)
    }

    /// The question under which it is gone, while it is.
    pub fn asked(&self) -> Option<JobId> {
        self.job.map(|(job, _)| job)
    }

    /// Stops it because the operator said so.
    pub fn stop(&mut self) {
        self.stopped |= self.job.take().is_some();
    }

    /// How a rehearsal stands that is not being made, with what its key does then, and that in the words of the footer.
    pub fn made(&self) -> Option<(&'static str, &'static str)> {
        if !self.rehearses || self.job.is_some() {
            return None;
        }
        Some(if self.stopped {
            ("stopped, <r> goes on", "go on")
        } else if self.verdict().is_some() {
            ("ready, <r> goes there", "go there")
        } else {
            ("failed, <r> tries again", "try again")
        })
    }

    /// How it went in a sentence, once it is over.
    pub fn verdict(&self) -> Option<&'static str> {
        if self.job.is_some() || self.stopped || self.problem.is_some() || self.checks.is_empty() {
            return None;
        }
        let any = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
        Some(if any(Outcome::Fail) {
            "It cannot be used as it is."
        } else if any(Outcome::Warn) {
            "It can be used; look at what is marked."
        } else {
            "Everything is as it should be."
        })
    }
}
