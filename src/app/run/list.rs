//! The screen of runs.

use crate::migration::run_summary::RunSummary;

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
