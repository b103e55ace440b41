//! A row of the activity record for what this program does itself, around any backend: a file of settings that it changes, a run
//! of a migration that it works on.

use jiff::Timestamp;

use super::log::ActivityLog;
use super::recorded::Place;
use crate::domain::activity::{Activity, Outcome};
use crate::domain::problem::Problem;

/// A row that was begun.
pub struct Entry {
    log: ActivityLog,
    row: Activity,
    /// Whether it could be noted.
    is_noted: bool,
}

impl Entry {
    /// Notes what is about to be done, before it is: what it is about, and the command that does the same.
    pub fn begin(log: ActivityLog, place: &Place, about: String, command: String) -> Self {
        let id = format!("{:x}-{:x}-own", Timestamp::now().as_millisecond(), std::process::id());
        let identity = place.within.as_ref().map(|within| within.identity.clone());
        let row = place.row(identity, about, command, id);
        // Where it could not, the whole row is tried again when it ends.
        let is_noted = log.append(std::slice::from_ref(&row)).is_ok();
        Self { log, row, is_noted }
    }

    /// Notes how it ended. Returns why it could not be, if so.
    pub fn end(self, outcome: Outcome) -> Option<Problem> {
        self.log.end(&[(&self.row, outcome)], self.is_noted).err()
    }
}
