//! The screen of runs.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::domain::query::Row;
use crate::migration::run_summary::RunSummary;

use super::super::clock::minute;
use super::super::tab_list::TabList;

/// The screen. The runs themselves are the model's, for its header counts them, too.
#[derive(Clone, Debug, Default)]
pub struct RunsView {
    /// Which of them are visible, and which is selected.
    pub list: TabList,
}

impl RunsView {
    /// The selected run.
    pub fn selected<'r>(&self, runs: &'r [RunSummary]) -> Option<&'r RunSummary> {
        runs.get(self.list.selected()?)
    }
}

/// The columns of the runs that a filter may name.
pub const RUN_COLUMNS: &[&str] = &["id", "state", "step", "name", "outcome", "started", "by"];

impl Row for RunSummary {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "state" => word(self).into(),
            "step" => place(self).into(),
            "name" => self.step.map_or("", |step| step.id()).into(),
            "outcome" => self.words.as_str().into(),
            "started" => minute(&self.started_at).into(),
            "by" => self.by.as_str().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        RUN_COLUMNS
    }

    fn moment(&self, name: &str) -> Option<i64> {
        let time: Timestamp = self.started_at.parse().ok()?;
        (name == "started").then(|| time.as_millisecond())
    }
}

/// How a run stands, in a word.
pub fn word(run: &RunSummary) -> &'static str {
    match (run.alive, run.finished) {
        (true, _) if run.waits => "waiting",
        (true, _) => "at work",
        (false, true) => "ended",
        (false, false) => "halted",
    }
}

/// Where a run is: `5 of 11`.
pub fn place(run: &RunSummary) -> String {
    format!("{} of {}", run.position, run.steps)
}
