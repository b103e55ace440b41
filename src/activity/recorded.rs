//! A backend that notes each change it is asked for in the activity record, and hands everything on to another one.
//!
//! Reads pass as they are. A change is noted before it is asked for, and again when its outcome is known, so that a process
//! that ends in between leaves a row. What becomes of a change is never touched by that.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::log::ActivityLog;
use super::names::Names;
use crate::backend::{Backend, trace};
use crate::domain::activity::{Activity, ActivityResult, Outcome};
use crate::domain::change::Change;
use crate::domain::problem::Problem;
use crate::domain::release::Release;

mod changes;
#[cfg(test)]
mod tests;

/// Who acts from here, and where: what all rows of one backend have in common.
#[derive(Clone, Debug)]
pub struct Place {
    /// Account and machine: `ana@jump1`.
    pub operator: String,
    /// What people call the instance.
    pub context: String,
    /// Its URL or directory.
    pub place: String,
    /// Words that lead a command to the same instance.
    pub command_words: Vec<String>,
    /// The run that it is done for, if it is.
    pub within: Option<Within>,
}

impl Place {
    /// Something on this machine that no instance is asked for, such as a context or a rehearsal: its name, and where it lies.
    pub fn here(operator: String, (context, place): (&str, &Path)) -> Self {
        Self {
            operator,
            context: context.to_owned(),
            place: place.display().to_string(),
            command_words: Vec::new(),
            within: None,
        }
    }

    /// A row of something that is about to be done there, of which nobody knows yet how it ends: in whose name, what it is about,
    /// the command that does the same, and an id of its own.
    pub(super) fn row(&self, identity: Option<String>, about: String, command: String, id: String) -> Activity {
        Activity {
            time: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            account: self.operator.clone(),
            context: self.context.clone(),
            place: self.place.clone(),
            identity,
            about: Some(about),
            command,
            result: ActivityResult::Unknown,
            problem: None,
            id: Some(id),
        }
        .redacted()
    }
}

/// A run of a migration, for which things are done.
#[derive(Clone, Debug)]
pub struct Within {
    /// Its id.
    pub run: String,
    /// The release of the instance.
    pub release: Release,
    /// Login name in Kestra, as the plan found it.
    pub identity: String,
}

/// A backend whose changes are noted.
pub struct Recorded {
    inner: Arc<dyn Backend>,
    log: ActivityLog,
    place: Place,
    /// Release and login name, once the instance told them.
    known: Mutex<Option<(Release, String)>>,
    /// What was read is called so.
    names: Names,
    trouble: Mutex<Trouble>,
    /// When this began, in milliseconds since 1970 and hexadecimal digits.
    started: String,
    /// How many changes were begun.
    begun: AtomicU64,
    /// Whether one of them was made.
    has_changed: AtomicBool,
}

/// What could not be noted. It is told once; a second time would tell nothing new.
#[derive(Default)]
enum Trouble {
    #[default]
    None,
    ToTell(Problem),
    Told,
}

impl Recorded {
    /// A backend that hands everything on to `inner`, and notes changes in `log`.
    pub fn new(inner: Arc<dyn Backend>, log: ActivityLog, place: Place) -> Self {
        let within = place.within.as_ref();
        let known = within.map(|within| (within.release, within.identity.clone()));
        Self {
            inner,
            log,
            place,
            known: Mutex::new(known),
            names: Names::default(),
            trouble: Mutex::default(),
            started: format!("{:x}", Timestamp::now().as_millisecond()),
            begun: AtomicU64::new(0),
            has_changed: AtomicBool::new(false),
        }
    }

    /// Keeps what things are called that were read.
    fn learnt<T>(&self, read: Result<T, Problem>, learn: impl FnOnce(&Names, &T)) -> Result<T, Problem> {
        read.inspect(|read| learn(&self.names, read))
    }

    /// Notes what is about to be asked for, before it is.
    fn begin(&self, changes: &[Change<'_>]) -> Begun {
        let rows: Vec<Activity> = changes.iter().map(|change| self.row(*change)).collect();
        let is_noted = rows.is_empty() || self.append(|log| log.append(&rows));
        Begun { rows, is_noted }
    }

    /// Notes what came of it. A problem is told by the names of what was read.
    fn note<T>(&self, begun: &Begun, result: Result<T, Problem>) -> Result<T, Problem> {
        let result = result.map_err(|problem| self.names.told(problem));
        self.end(begun, [done(&result)]);
        result
    }

    /// The same where nothing may have been left to do: false says so.
    fn note_if_done(&self, begun: &Begun, result: Result<bool, Problem>) -> Result<bool, Problem> {
        let result = result.map_err(|problem| self.names.told(problem));
        self.end(begun, [done_or_not(&result)]);
        result
    }

    fn end<'p>(&self, begun: &Begun, ends: impl IntoIterator<Item = Result<ActivityResult, &'p Problem>>) {
        let ends = ends.into_iter().map(Outcome::of);
        let outcomes: Vec<(&Activity, Outcome)> = begun.rows.iter().zip(ends).collect();
        if outcomes.is_empty() {
            return;
        }
        let is_done = |(_, outcome): &(&Activity, Outcome)| outcome.result == ActivityResult::Done;
        if outcomes.iter().any(is_done) {
            self.has_changed.store(true, Ordering::Relaxed);
        }
        self.append(|log| log.end(&outcomes, begun.is_noted));
    }

    /// Writes to the record, and says whether that worked.
    fn append(&self, write: impl FnOnce(&ActivityLog) -> Result<(), Problem>) -> bool {
        let Err(problem) = write(&self.log) else { return true };
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*trouble, Trouble::None) {
            *trouble = Trouble::ToTell(problem);
        }
        false
    }

    fn row(&self, change: Change<'_>) -> Activity {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Which fields of a tenant there are is told by its release; the newest knows most of them.
        let release = known.as_ref().map_or(Release::new(2, 0), |(release, _)| *release);
        let within = self.place.within.as_ref();
        let within = within.map_or_else(String::new, |within| format!(", for run {}", within.run));
        // What takes a change back may read as that does: both change role Ops.
        let about = trace::aim() + &change.about(&|id| self.names.of(id)) + &within;
        let command = change.recorded_command(&self.place.command_words, release);
        let identity = known.map(|(_, username)| username);
        self.place.row(identity, about, command, self.new_id())
    }

    /// An id that no other row has, of whatever process.
    fn new_id(&self) -> String {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        format!("{}-{:x}-{number:x}", self.started, std::process::id())
    }
}

/// Changes that were begun, as they were noted.
struct Begun {
    rows: Vec<Activity>,
    /// Whether they could be noted.
    is_noted: bool,
}

fn done<T>(result: &Result<T, Problem>) -> Result<ActivityResult, &Problem> {
    result.as_ref().map(|_| ActivityResult::Done)
}

fn done_or_not(result: &Result<bool, Problem>) -> Result<ActivityResult, &Problem> {
    result.as_ref().map(|done| {
        if *done {
            ActivityResult::Done
        } else {
            ActivityResult::Unchanged
        }
    })
}
