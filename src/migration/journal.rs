//! The journal of a run: a file of records, a line each, only ever added to, and flushed to disk before anything is done.
//!
//! A last line that was torn by a crash is dropped. Anything else that cannot be read is refused in words.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::record::{Event, Record};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;

/// A journal that is open for adding to it.
pub struct Journal {
    file: File,
    path: PathBuf,
    seq: u64,
}

impl Journal {
    /// Makes a new one. There must be none yet.
    pub fn create(path: &Path) -> Result<Self, Problem> {
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| failed(path, "made", &error))?;
        // The name, too, has to survive a power cut.
        if let Some(directory) = path.parent() {
            File::open(directory)
                .and_then(|directory| directory.sync_all())
                .map_err(|error| failed(path, "made", &error))?;
        }
        Ok(Self {
            file,
            path: path.to_owned(),
            seq: 0,
        })
    }

    /// Opens one to add to it, and gives what it holds. A torn last line is cut off.
    pub fn open(path: &Path) -> Result<(Self, Vec<Record>), Problem> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(path)
            .map_err(|error| failed(path, "opened", &error))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| failed(path, "read", &error))?;
        let (records, whole) = parse(&bytes, path)?;
        if whole < bytes.len() {
            file.set_len(whole as u64)
                .and_then(|()| file.sync_all())
                .map_err(|error| failed(path, "mended", &error))?;
        }
        let seq = records.last().map_or(0, |record| record.seq);
        let journal = Self {
            file,
            path: path.to_owned(),
            seq,
        };
        Ok((journal, records))
    }

    /// Adds a record, and returns when it is on disk.
    ///
    /// # Errors
    /// If it could not be written whole, such as when the disk is full. What was written of it is cut off again.
    pub fn add(&mut self, at: &str, event: Event) -> Result<Record, Problem> {
        let record = Record {
            seq: self.seq + 1,
            at: at.to_owned(),
            event,
        };
        let mut line = serde_json::to_vec(&record).map_err(|error| {
            failed(
                &self.path,
                "added to",
                &io::Error::new(io::ErrorKind::InvalidData, error),
            )
        })?;
        line.push(b'\n');
        let before = self
            .file
            .metadata()
            .map_err(|error| failed(&self.path, "added to", &error))?
            .len();
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // If not even that works, the line is torn, and dropped when it is read.
            let _ = self.file.set_len(before);
            return Err(failed(&self.path, "added to", &error));
        }
        self.seq = record.seq;
        Ok(record)
    }
}

/// Reads a journal that somebody else may be adding to, from where the last reading ended.
pub struct Follower {
    path: PathBuf,
    offset: u64,
}

impl Follower {
    /// Reads from the beginning.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            offset: 0,
        }
    }

    /// The records that were added since.
    pub fn read(&mut self) -> Result<Vec<Record>, Problem> {
        let read = || -> io::Result<Vec<u8>> {
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(self.offset))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|error| failed(&self.path, "read", &error))?;
        let (records, whole) = parse(&bytes, &self.path)?;
        self.offset += whole as u64;
        Ok(records)
    }
}

/// The records of a journal's bytes, and how many of the bytes they take: all but a torn last line.
fn parse(bytes: &[u8], path: &Path) -> Result<(Vec<Record>, usize), Problem> {
    let mut records: Vec<Record> = Vec::new();
    let mut whole = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_last = whole + line.len() == bytes.len();
        match serde_json::from_slice::<Record>(line) {
            Ok(record) if line.ends_with(b"\n") => {
                let follows = records.last().is_none_or(|last| record.seq == last.seq + 1);
                if !follows {
                    return Err(damaged(path, records.len() + 1, "a record is missing before it"));
                }
                whole += line.len();
                records.push(record);
            }
            _ if is_last => break,
            Ok(_) => break,
            Err(error) => return Err(damaged(path, records.len() + 1, &error.to_string())),
        }
    }
    Ok((records, whole))
}

fn damaged(path: &Path, line: usize, why: &str) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        format!("The journal `{}` is damaged.", visible(&path.display().to_string())),
        format!("Line {line} cannot be read: {}.", visible(why)),
        "Look at it; it is plain text. What the run did stands in the lines before. A new run finds what is done already.",
    )
}

fn failed(path: &Path, done: &str, error: &io::Error) -> Problem {
    let shown = path.display();
    let next = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "Make room on the disk, then go on with `kestra-admin migrate resume`."
        }
        io::ErrorKind::NotFound => "Check the path; `kestra-admin migrate status` lists the runs.",
        _ => "Look at the disk and the owner of the file, then go on with `kestra-admin migrate resume`.",
    };
    Problem::new(
        if error.kind() == io::ErrorKind::NotFound {
            ProblemKind::NotFound
        } else {
            ProblemKind::Failed
        },
        format!("The journal `{shown}` was not {done}."),
        format!("The system says: {error}."),
        next,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::step::Step;

    fn note(words: &str) -> Event {
        Event::Note {
            step: Step::Inspect,
            words: words.to_owned(),
        }
    }

    fn place() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.ndjson");
        (directory, path)
    }

    #[test]
    fn what_was_added_is_read_back_in_order() {
        let (_directory, path) = place();
        let mut journal = Journal::create(&path).unwrap();
        assert_eq!(journal.add("t1", note("one")).unwrap().seq, 1);
        drop(journal);
        let (mut journal, records) = Journal::open(&path).unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(journal.add("t0", note("two")).unwrap().seq, 2);
        let mut follower = Follower::new(&path);
        assert_eq!(follower.read().unwrap().len(), 2);
        assert!(follower.read().unwrap().is_empty());
        journal.add("t3", note("three")).unwrap();
        assert_eq!(follower.read().unwrap()[0].event, note("three"));
        assert!(Journal::create(&path).is_err());
    }

    #[test]
    fn a_torn_last_line_is_dropped_wherever_it_was_torn() {
        let (_directory, path) = place();
        let mut journal = Journal::create(&path).unwrap();
        journal.add("t", note("one")).unwrap();
        let whole = std::fs::read(&path).unwrap();
        journal.add("t", note("two, with ü and \"quotes\"")).unwrap();
        let both = std::fs::read(&path).unwrap();
        for length in whole.len()..both.len() {
            std::fs::write(&path, &both[..length]).unwrap();
            assert_eq!(Follower::new(&path).read().unwrap().len(), 1);
            let (mut journal, records) = Journal::open(&path).unwrap();
            assert_eq!(records.len(), 1, "{length}");
            assert_eq!(journal.add("t", note("again")).unwrap().seq, 2);
            assert_eq!(Journal::open(&path).unwrap().1.len(), 2);
        }
    }

    #[test]
    fn a_line_in_the_middle_that_cannot_be_read_is_refused() {
        let (_directory, path) = place();
        let mut journal = Journal::create(&path).unwrap();
        for words in ["one", "two", "three"] {
            journal.add("t", note(words)).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"two\"", "\"two")).unwrap();
        let problem = Journal::open(&path).err().unwrap();
        assert!(problem.why.contains("Line 2"), "{problem}");
        let gap: String = text
            .lines()
            .filter(|line| !line.contains("two"))
            .flat_map(|line| [line, "\n"])
            .collect();
        std::fs::write(&path, gap).unwrap();
        assert!(Journal::open(&path).is_err());
    }

    #[test]
    fn a_full_disk_leaves_no_half_record() {
        let Ok(mut full) = OpenOptions::new().append(true).open("/dev/full") else {
            eprintln!("skipped: this system has no /dev/full");
            return;
        };
        assert_eq!(full.write_all(b"x").unwrap_err().kind(), io::ErrorKind::StorageFull);
        let mut journal = Journal {
            file: full,
            path: PathBuf::from("/dev/full"),
            seq: 4,
        };
        let problem = journal.add("t", note("lost")).unwrap_err();
        assert!(problem.next.contains("Make room"), "{problem}");
        assert_eq!(journal.seq, 4);
    }
}
