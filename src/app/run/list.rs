//! The screen of runs.

use crate::migration::run_summary::RunSummary;

use super::super::cursor::Cursor;

/// The screen. The runs themselves are the model's, for its header counts them, too.
#[derive(Clone, Debug, Default)]
pub struct RunsView {
    /// The selection.
    pub cursor: Cursor,
}

/// How a run stands, in a word.
pub fn word(run: &RunSummary) -> &'static str {
    match (run.alive, run.finished) {
        (true, _) => "at work",
        (false, true) => "ended",
        (false, false) => "halted",
    }
}

/// Where a run is: `5 of 11`.
pub fn place(run: &RunSummary) -> String {
    format!("{} of {}", run.position, run.steps)
}
