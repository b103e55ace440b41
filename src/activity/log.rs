//! The file of the activity record.
//!
//! A change has two lines: its row, written before it is asked for, and its outcome, written when that is known, which
//! names the row; what is found of it later is one more, and the last counts. Lines are appended whole, in one write, so that several programs at once do not mix theirs. A line that
//! was cut off, by a full disk or a crash, is passed over when it is read; a row without an outcome is unknown,
//! and an outcome may say that it is.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::config::private;
use crate::domain::activity::{Activity, ActivityResult, Outcome};
use crate::domain::problem::{Problem, ProblemKind};

/// The activity record of this account.
#[derive(Clone, Debug)]
pub struct ActivityLog {
    file: PathBuf,
}

impl ActivityLog {
    /// The record in a directory of state.
    pub fn in_state(state: &Path) -> Self {
        Self {
            file: state.join("activity.ndjson"),
        }
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Appends rows.
    ///
    /// # Errors
    /// If the directory or the file cannot be made or written to.
    pub fn append(&self, rows: &[Activity]) -> Result<(), Problem> {
        let mut lines = Vec::new();
        for row in rows {
            push(&mut lines, row);
        }
        self.append_lines(lines)
    }

    /// Appends how changes ended: a line that names the row, or the whole row where it could not be noted before.
    ///
    /// # Errors
    /// As [`ActivityLog::append`].
    pub fn end(&self, outcomes: &[(&Activity, Outcome)], is_noted: bool) -> Result<(), Problem> {
        let mut lines = Vec::new();
        for (row, outcome) in outcomes {
            if is_noted {
                let of = row.id.clone().unwrap_or_default();
                push(&mut lines, &Outcome { of, ..outcome.clone() });
            } else {
                push(
                    &mut lines,
                    &Activity {
                        id: None,
                        result: outcome.result,
                        problem: outcome.problem.clone(),
                        ..(*row).clone()
                    },
                );
            }
        }
        self.append_lines(lines)
    }

    /// Appends what was found of changes whose outcome nobody knew, by their commands: the last of each is meant. Where there is
    /// none, nothing is appended.
    ///
    /// # Errors
    /// If the file cannot be read or written to.
    pub fn found(&self, commands: &[String], is_done: bool) -> Result<(), Problem> {
        let mut ids: HashMap<&str, Option<String>> = commands.iter().map(|command| (command.as_str(), None)).collect();
        self.read(|row| {
            if let Some(id) = ids
                .get_mut(row.command.as_str())
                .filter(|_| row.result == ActivityResult::Unknown)
            {
                *id = row.id;
            }
        })?;
        let mut lines = Vec::new();
        for of in commands.iter().filter_map(|command| ids.remove(command.as_str())?) {
            let (result, problem) = if is_done {
                (ActivityResult::Done, None)
            } else {
                (ActivityResult::Failed, Some(NOT_THERE.to_owned()))
            };
            push(&mut lines, &Outcome { of, result, problem });
        }
        if lines.is_empty() {
            Ok(())
        } else {
            self.append_lines(lines)
        }
    }

    fn append_lines(&self, lines: Vec<u8>) -> Result<(), Problem> {
        if let Some(directory) = self.file.parent() {
            private::create_directory(directory)?;
        }
        self.write(lines).map_err(|error| {
            Problem::new(
                ProblemKind::Failed,
                "What was done could not be noted in the activity record.",
                format!("`{}` cannot be written to: {error}.", self.file.display()),
                "The change itself is not touched by that. Make room, or look at the file and its mode.",
            )
        })
    }

    fn write(&self, mut lines: Vec<u8>) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.file)?;
        if ends_torn(&mut file)? {
            lines.insert(0, b'\n');
        }
        file.write_all(&lines)
    }

    /// Hands over each row with its outcome, the oldest first.
    ///
    /// # Errors
    /// If the file cannot be read. One that is not there has no rows.
    pub fn read(&self, mut each: impl FnMut(Activity)) -> Result<(), Problem> {
        // An outcome stands after its row, and other rows in between; so the file is gone through twice.
        let mut outcomes = HashMap::new();
        self.lines(|line| {
            if line.starts_with(OUTCOME)
                && let Ok(outcome) = serde_json::from_slice::<Outcome>(line)
            {
                outcomes.insert(outcome.of, (outcome.result, outcome.problem));
            }
        })?;
        self.lines(|line| {
            let Ok(mut row) = serde_json::from_slice::<Activity>(line) else {
                return;
            };
            if let Some(id) = &row.id {
                (row.result, row.problem) = outcomes.remove(id).unwrap_or_else(|| {
                    let why = "It was begun, and its end was not noted: it is under way, or this program was ended.";
                    (ActivityResult::Unknown, Some(why.to_owned()))
                });
            }
            each(row);
        })
    }

    fn lines(&self, mut each: impl FnMut(&[u8])) -> Result<(), Problem> {
        let failed = |error: io::Error| private::io_problem("read", &self.file, &error);
        let file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        for line in BufReader::new(file).split(b'\n') {
            each(&line.map_err(failed)?);
        }
        Ok(())
    }
}

/// What is said of a change that was not made.
const NOT_THERE: &str = "Its answer was lost, and it was not there when it was looked for.";

/// How the line of an outcome begins, and no other.
const OUTCOME: &[u8] = b"{\"of\":";

fn push(lines: &mut Vec<u8>, line: &impl Serialize) {
    // It is texts only, which cannot fail.
    lines.extend(serde_json::to_vec(line).unwrap_or_default());
    lines.push(b'\n');
}

/// Whether the last line was cut off.
fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn row(command: &str) -> Activity {
        Activity {
            time: "2026-01-31T12:00:00Z".to_owned(),
            account: "ana@jump1".to_owned(),
            context: "prod".to_owned(),
            place: "https://kestra.example.com".to_owned(),
            identity: Some("ana@example.com".to_owned()),
            about: None,
            command: command.to_owned(),
            result: ActivityResult::Done,
            problem: None,
            id: None,
        }
    }

    fn commands(log: &ActivityLog) -> Vec<String> {
        let mut commands = Vec::new();
        log.read(|row| commands.push(row.command)).unwrap();
        commands
    }

    #[test]
    fn rows_are_appended_to_a_private_file_and_a_torn_one_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let log = ActivityLog::in_state(&home.path().join("state"));
        assert_eq!(commands(&log), Vec::<String>::new());
        log.append(&[row("one"), row("two\nlines")]).unwrap();
        let mode = std::fs::metadata(log.file()).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let mut file = OpenOptions::new().append(true).open(log.file()).unwrap();
        file.write_all(b"{\"time\":\"20").unwrap();
        log.append(&[row("three")]).unwrap();
        assert_eq!(commands(&log), ["one", "two\nlines", "three"]);
    }

    #[test]
    fn what_is_found_later_is_put_right_of_the_last_that_was_not_known() {
        let home = tempfile::tempdir().unwrap();
        let log = ActivityLog::in_state(home.path());
        let of = |command: &str, id: &str| Activity {
            id: Some(id.to_owned()),
            ..row(command)
        };
        log.append(&[of("one", "1"), of("one", "2"), of("two", "3"), of("three", "4")])
            .unwrap();
        let lost = Problem::new(ProblemKind::Unreachable, "What.", "Why.", "Next.").unknown();
        log.end(&[(&of("one", "2"), Outcome::of(Err(&lost)))], true).unwrap();
        log.end(&[(&of("three", "4"), Outcome::of(Ok(ActivityResult::Done)))], true)
            .unwrap();
        log.found(&["one".to_owned(), "four".to_owned()], true).unwrap();
        log.found(&["two".to_owned(), "three".to_owned()], false).unwrap();
        let mut results = Vec::new();
        log.read(|row| results.push((row.result.word(), row.problem))).unwrap();
        let words: Vec<&str> = results.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, ["unknown", "done", "failed", "done"]);
        assert_eq!(results[1].1, None);
        assert_eq!(results[2].1.as_deref(), Some(NOT_THERE));
    }

    #[test]
    fn what_cannot_be_written_says_where() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("activity.ndjson")).unwrap();
        let problem = ActivityLog::in_state(home.path()).append(&[row("one")]).unwrap_err();
        assert!(problem.why.contains("activity.ndjson"), "{problem}");
    }
}
