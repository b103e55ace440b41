//! The runs of an instance on disk: a directory each, one lock for all of them.
//!
//! ```text
//! lock                held by the process that is at work, with the id of its run
//! 7f3a/journal.ndjson what happened
//! 7f3a/request        what somebody asked of it: stop, pause
//! 7f3a/launching      held by whoever sets a process to work on it, from before what was asked of the last one is forgotten
//! 7f3a/starting       held while that process is being set to work on it
//! 7f3a/output/        what its commands wrote, and how they ended
//! 7f3a/report.md, report.json, worker.log
//! ```

use std::cmp::Reverse;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::journal::{Follower, Journal};
use super::plan::Plan;
use super::record::{Event, Halt};
use super::run_summary::{Asked, RunSummary};
use super::state::RunState;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::sorting;
use crate::domain::text::visible;

/// The runs of one instance.
#[derive(Clone, Debug)]
pub struct Runs {
    directory: PathBuf,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its id.
    pub id: String,
    directory: PathBuf,
}

/// What keeps others from working on the same instance, until it is dropped.
pub struct Held {
    _lock: File,
}

impl Runs {
    /// The runs kept in a directory, which need not be there yet.
    pub fn in_directory(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Makes a new run with a plan as its first record.
    pub fn create(&self, plan: &Plan, at: &str, by: &str, random: u64) -> Result<Run, Problem> {
        make_directory(&self.directory)?;
        // Four digits are easily said over a phone; where they are taken there are more.
        let digits = format!("{random:016x}");
        let id = (4..=digits.len())
            .filter_map(|length| digits.get(..length))
            .find(|id| !self.directory.join(id).exists())
            .unwrap_or(&digits);
        made_whole(self.run(id), |run| {
            make_directory(&run.directory)?;
            make_directory(&run.output())?;
            let planned = Event::Planned {
                plan: Box::new(plan.clone()),
                hash: plan.hash(),
                by: by.to_owned(),
                program: env!("CARGO_PKG_VERSION").to_owned(),
            };
            Journal::create(&run.journal())?.add(at, planned).map(drop)
        })
    }

    fn run(&self, id: &str) -> Run {
        Run {
            id: id.to_owned(),
            directory: self.directory.join(id),
        }
    }

    /// A run by its id, or by the beginning of it.
    pub fn find(&self, id: &str) -> Result<Run, Problem> {
        let ids = self.ids();
        let mut matching = ids.iter().filter(|known| known.starts_with(id));
        let exact = ids.iter().find(|known| *known == id);
        match (exact, matching.next(), matching.next()) {
            (Some(id), ..) | (None, Some(id), None) if !id.is_empty() => Ok(self.run(id)),
            (None, Some(_), Some(_)) => Err(Problem::new(
                ProblemKind::Invalid,
                format!("More than one run begins with `{}`.", visible(id)),
                format!("There are {}.", ids.join(", ")),
                "Name it in full.",
            )),
            _ => Err(Problem::new(
                ProblemKind::NotFound,
                format!("There is no run `{}` of this instance.", visible(id)),
                if ids.is_empty() {
                    "There are none at all.".to_owned()
                } else {
                    format!("There are {}.", ids.join(", "))
                },
                "Check the id and the context; `kestra-admin migrate status` lists the runs.",
            )),
        }
    }

    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().join(JOURNAL).is_file())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// All of them, the newest first. One whose journal cannot be read is left out. Of two made within the same second the
    /// one that did no more than look is the older: it was killed, or the other one could not have begun.
    pub fn list(&self) -> Vec<(Run, RunState)> {
        let mut runs: Vec<(Run, RunState)> = self
            .ids()
            .iter()
            .filter_map(|id| {
                let run = self.run(id);
                let state = run.state().ok()?;
                Some((run, state))
            })
            .collect();
        sorting::by_key(&mut runs, |(_, state)| {
            (Reverse(state.planned_at.clone()), state.has_only_looked())
        });
        runs
    }

    /// The id of the run that a process is at work on, if there is one.
    pub fn at_work(&self) -> Option<String> {
        let mut file = File::open(self.directory.join(LOCK)).ok()?;
        // Shared, so that those who look do not take each other for somebody at work.
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {
                let mut id = String::new();
                // Whoever has only just taken it has not written its name yet.
                let _ = file.read_to_string(&mut id);
                Some(id.trim().to_owned())
            }
            // Nobody holds it, and it is given back at once; or nobody can on this file system.
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }

    /// Takes the lock for a run; a problem where another process has it.
    pub fn take(&self, run: &Run) -> Result<Held, Problem> {
        make_directory(&self.directory)?;
        let path = self.directory.join(LOCK);
        let Some(mut file) = lock_for_good(&path)? else {
            // Whoever has only just taken it has not written its name yet.
            return Err(busy(fs::read_to_string(&path).unwrap_or_default().trim()));
        };
        self.refuse_beside_a_command(Some(run))?;
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(run.id.as_bytes()))
            .map_err(|error| io_problem("locked", &path, &error))?;
        Ok(Held { _lock: file })
    }

    /// Refuses another run while one is at work. The instance itself is not asked, so whoever holds that up is named at once.
    ///
    /// # Errors
    /// If a run is at work, or the command of one.
    pub fn refuse_beside_another(&self) -> Result<(), Problem> {
        match self.at_work() {
            Some(id) => Err(busy(&id)),
            None => self.refuse_beside_a_command(None),
        }
    }

    /// Refuses to work while the command of another run goes on although nobody waits for it any more.
    ///
    /// # Errors
    /// If there is one.
    pub fn refuse_beside_a_command(&self, but: Option<&Run>) -> Result<(), Problem> {
        let is_other = |id: &String| but.is_none_or(|run| run.id != *id);
        let has_a_command = |id: &String| {
            fs::read_dir(self.run(id).output())
                .into_iter()
                .flatten()
                .flatten()
                .filter(|entry| entry.path().extension().is_some_and(|end| end == "lock"))
                .any(|entry| is_locked(&entry.path()))
        };
        match self.ids().into_iter().filter(is_other).find(has_a_command) {
            None => Ok(()),
            Some(other) => Err(Problem::new(
                ProblemKind::Conflict,
                format!("A command of run `{other}` is still at work on this instance."),
                "The process that waited for it is gone, and two commands at once could do harm.",
                format!("Go on with that run: `kestra-admin migrate resume {other}`."),
            )),
        }
    }

    /// The run that is meant where none is named: the one at work, else the newest that is not at its end, else the newest.
    /// One that did no more than look, and was followed by others, is left behind.
    pub fn usual(&self) -> Option<(Run, RunState)> {
        let at_work = self.at_work();
        let mut runs = self.list();
        let is_at_work = |(run, _): &(Run, RunState)| at_work.as_deref() == Some(run.id.as_str());
        let at = runs
            .iter()
            .position(is_at_work)
            .or_else(|| {
                let mut listed = runs.iter().enumerate();
                listed.position(|(at, (_, state))| !state.is_finished() && (at == 0 || !state.has_only_looked()))
            })
            .unwrap_or(0);
        (at < runs.len()).then(|| runs.swap_remove(at))
    }

    /// A run in a few words.
    pub fn summary(&self, run: &Run, state: &RunState) -> RunSummary {
        let alive = self.is_alive(run);
        // It may have ended since, and has written down why by then.
        let ended = (!alive && state.halted.is_none()).then(|| run.state().ok()).flatten();
        summary_of(run, ended.as_ref().unwrap_or(state), alive)
    }

    /// The same with the state it is in, read once.
    ///
    /// # Errors
    /// If its journal cannot be read.
    pub fn present(&self, run: &Run) -> Result<(RunSummary, RunState), Problem> {
        // In this order: whoever is not at work any more has written down all there is.
        let alive = self.is_alive(run);
        let state = run.state()?;
        Ok((summary_of(run, &state, alive), state))
    }

    /// Whether a process is at work on a run.
    pub fn is_alive(&self, run: &Run) -> bool {
        self.at_work().as_deref() == Some(run.id.as_str())
    }
}

fn summary_of(run: &Run, state: &RunState, alive: bool) -> RunSummary {
    let current = state.current();
    let words = match (&state.halted, current) {
        _ if alive => current.map_or_else(String::new, |step| step.words.clone()),
        (Some(halted), _) => halted.words.clone(),
        // Whoever was at work did not get to say that it ended.
        (None, _) => "Its process ended in the middle; resume it.".to_owned(),
    };
    RunSummary {
        id: run.id.clone(),
        context: state.plan.context.clone(),
        started_at: state.planned_at.clone(),
        by: state.by.clone(),
        alive,
        asked: run.asked().filter(|_| alive),
        waits: alive && state.awaits_operator(),
        finished: state.is_finished(),
        step: current.filter(|_| !state.is_finished()).map(|step| step.step),
        position: state.steps.iter().take_while(|step| step.status.is_over()).count() + usize::from(current.is_some()),
        steps: state.steps.len(),
        words,
        choices: state.plan.choices.clone(),
    }
}

/// The run, once it is made. Where it could not be, as on a full disk, nothing is left of it that could be gone on with.
fn made_whole(run: Run, make: impl FnOnce(&Run) -> Result<(), Problem>) -> Result<Run, Problem> {
    match make(&run) {
        Ok(()) => Ok(run),
        Err(problem) => {
            run.discard();
            Err(Problem {
                next: "Nothing was begun. Make room on the disk, or look at the owner and mode of that path; then begin anew, \
                       here or with `kestra-admin migrate run`."
                    .to_owned(),
                ..problem
            })
        }
    }
}

/// The problem of whoever comes second.
pub fn busy(id: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "A run is at work on this instance already.",
        format!("It is run `{}`; one at a time may change an instance.", visible(id)),
        "Follow it with `kestra-admin migrate attach`, or stop it with `kestra-admin migrate stop`.",
    )
}

/// Whether somebody holds the lock on a file for good. Looking disturbs nobody else who looks.
pub(super) fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Opens a file, made where there is none, and takes the lock on it for good, past those who only look for a moment. `None` if
/// somebody else holds it.
pub(super) fn lock_for_good(path: &Path) -> Result<Option<File>, Problem> {
    const TRIES: u32 = 20;
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(25);
    let failed = |error: io::Error| io_problem("locked", path, &error);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    for left in (0..TRIES).rev() {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if left > 0 => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Ok(None)
}

const JOURNAL: &str = "journal.ndjson";
const LOCK: &str = "lock";
const REQUEST: &str = "request";
const LAUNCHING: &str = "launching";
const STARTING: &str = "starting";

/// What says that a process is being set to work on a run, until it is dropped.
pub struct Starting {
    // In this order: whoever is next finds it no longer seen.
    _seen: Option<File>,
    _lock: File,
}

impl Run {
    /// Says that a process is about to be set to work on it. What was asked of the one before is forgotten before that is seen,
    /// and no more afterwards, so that what is asked of the new one reaches it however early. `None` where somebody else does
    /// the same.
    ///
    /// # Errors
    /// If that cannot be written down.
    pub fn starting(&self, is_at_work: impl Fn() -> bool) -> Result<Option<Starting>, Problem> {
        let Some(lock) = lock_for_good(&self.directory.join(LAUNCHING))? else {
            return Ok(None);
        };
        if !is_at_work() {
            self.forget_request();
        }
        let seen = lock_for_good(&self.directory.join(STARTING))?;
        Ok(Some(Starting {
            _seen: seen,
            _lock: lock,
        }))
    }

    /// Whether a process is being set to work on it.
    pub fn is_starting(&self) -> bool {
        is_locked(&self.directory.join(STARTING))
    }

    /// Its journal.
    pub fn journal(&self) -> PathBuf {
        self.directory.join(JOURNAL)
    }

    /// Where it lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What its commands wrote.
    pub fn output(&self) -> PathBuf {
        self.directory.join("output")
    }

    /// Its state as its journal has it now.
    pub fn state(&self) -> Result<RunState, Problem> {
        let records = Follower::new(&self.journal()).read()?;
        RunState::of(&records).ok_or_else(|| {
            Problem::new(
                ProblemKind::Failed,
                format!("Run `{}` cannot be read.", self.id),
                "Its journal does not begin with a plan: it was stopped while it was made.",
                "Nothing was changed by it; begin a new one.",
            )
        })
    }

    /// Asks something of the process that is at work on it.
    pub fn ask(&self, asked: Asked) -> Result<(), Problem> {
        let word = match asked {
            Asked::Stop => "stop",
            Asked::Pause => "pause",
        };
        write_file(&self.directory.join(REQUEST), word.as_bytes())
    }

    /// What was asked of it.
    pub fn asked(&self) -> Option<Asked> {
        match fs::read_to_string(self.directory.join(REQUEST)).ok()?.trim() {
            "stop" => Some(Asked::Stop),
            "pause" => Some(Asked::Pause),
            _ => None,
        }
    }

    /// Takes a run away that nothing was done for.
    pub fn discard(&self) {
        // What cannot be taken away is listed as a run that did nothing.
        let _ = fs::remove_dir_all(&self.directory);
    }

    /// Forgets what was asked of it.
    pub fn forget_request(&self) {
        // Where there is none there is nothing to forget.
        let _ = fs::remove_file(self.directory.join(REQUEST));
    }

    /// Writes a file of the run, whole, for this account's eyes only.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, Problem> {
        let path = self.directory.join(name);
        write_file(&path, content)?;
        Ok(path)
    }
}

/// The exit code of a command that followed a run to where it halted.
pub fn exit_kind(halt: Halt) -> Option<ProblemKind> {
    match halt {
        Halt::Fulfilled | Halt::RolledBack | Halt::Reached | Halt::Stopped => None,
        Halt::Waiting => Some(ProblemKind::Waiting),
        Halt::Failed => Some(ProblemKind::Partly),
    }
}

fn make_directory(path: &Path) -> Result<(), Problem> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| io_problem("made", path, &error))
}

/// Writes a file whole or not at all.
pub(super) fn write_file(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let failed = |error: io::Error| io_problem("written", path, &error);
    let directory = path.parent().unwrap_or(Path::new("."));
    // The library makes its files 0600.
    let mut new = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    new.write_all(content)
        .and_then(|()| new.as_file().sync_all())
        .map_err(failed)?;
    new.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

pub(super) fn io_problem(done: &str, path: &Path, error: &io::Error) -> Problem {
    let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    Problem::new(
        ProblemKind::Failed,
        format!("`{}` was not {done}.", path.display()),
        format!("The system says: {error}."),
        if full {
            "Make room on the disk, then go on with `kestra-admin migrate resume`."
        } else {
            "Look at the path, its owner and mode, then try again."
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_run_that_could_not_be_made_nothing_is_left_and_the_next_step_is_one_that_works() {
        let home = tempfile::tempdir().unwrap();
        let runs = Runs::in_directory(home.path().join("runs"));
        let problem = made_whole(runs.run("7f3a"), |run| {
            make_directory(&run.directory)?;
            File::create(run.journal()).unwrap();
            let error = io::Error::from(io::ErrorKind::StorageFull);
            Err(io_problem("written", &run.journal(), &error))
        })
        .err()
        .unwrap();
        assert!(problem.why.contains("no storage space"), "{problem}");
        assert!(problem.next.contains("`kestra-admin migrate run`"), "{problem}");
        assert!(!problem.next.contains("resume"), "{problem}");
        assert!(!runs.run("7f3a").directory.exists() && runs.ids().is_empty());
    }
}
