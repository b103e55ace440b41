//! The files from which the next start goes on: one for each console that is open on an instance.
//!
//! A console holds its file by a lock on another one beside it, which the system takes back however the process ends. So a
//! file that nobody holds is of a console that is gone, and only from such a one anybody goes on. A second console finds the
//! first file held and takes the next number; it neither sees nor changes what the first one keeps. Where a file system
//! knows no locks all consoles of an instance share one file, and the last one that writes wins.
//!
//! A file is replaced whole, through a temporary one in the same directory, so that a reader finds the old or the new one
//! and never half of either. What is in it is [`crate::app::resume`].

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::app::resume::Resume;
use crate::domain::sorting;

/// As many of what could not be read are kept beside a file.
const ASIDE: usize = 9;
/// More consoles of one instance than this share the first file.
const MOST: usize = 100;

/// The file of one console on one instance, held for as long as this lives.
#[derive(Debug)]
pub struct ResumeFile {
    file: PathBuf,
    _lock: Option<File>,
    /// What could not be read and was put aside, each in a sentence, until it is told.
    put_aside: Vec<String>,
}

/// What a file is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A start: what waits to be gone on with is taken before anything else.
    Start,
    /// Coming from another context: what has not been sent is left to a start.
    Visit,
}

impl From<PathBuf> for ResumeFile {
    /// A file that nobody else is about; it is not locked.
    fn from(file: PathBuf) -> Self {
        Self {
            file,
            _lock: None,
            put_aside: Vec::new(),
        }
    }
}

/// A file that nobody held.
struct Free {
    held: ResumeFile,
    resume: Option<Resume>,
    written: Option<SystemTime>,
}

impl Free {
    fn waits(&self) -> bool {
        self.resume.as_ref().is_some_and(Resume::waits)
    }

    fn serves(&self, wanted: Wanted) -> bool {
        wanted == Wanted::Start || !self.resume.as_ref().is_some_and(Resume::is_unsent)
    }
}

impl ResumeFile {
    /// Takes a file of the instance whose first one this is, and what is in it.
    ///
    /// Of several the newest is taken. What is in those that nobody holds and nobody is to go on with, such as changes that
    /// can be taken back, is put into it, and they are removed.
    pub fn take(first: &Path, wanted: Wanted) -> (Self, Option<Resume>) {
        // Where it cannot be made, saving says so.
        drop(make_directory_of(first));
        let mut free = Vec::new();
        for number in 1..=MOST {
            let file = numbered(first, number);
            let lock = file.with_extension("lock");
            let is_enough = free.iter().any(|free: &Free| free.serves(wanted));
            if is_enough && !lock.exists() {
                break;
            }
            let mut held = match try_lock(&lock) {
                Ok(held) => ResumeFile {
                    file,
                    _lock: Some(held),
                    put_aside: Vec::new(),
                },
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(_)) => break,
            };
            free.push(Free {
                resume: held.read_or_put_aside(),
                written: written(&held.file),
                held,
            });
        }
        let put_aside = free
            .iter_mut()
            .flat_map(|free| std::mem::take(&mut free.held.put_aside));
        let put_aside: Vec<String> = put_aside.collect();
        let rank = |free: &Free| (free.waits(), free.resume.is_some(), free.written);
        let best = (0..free.len())
            .filter(|at| free.get(*at).is_some_and(|free| free.serves(wanted)))
            // Of equals the first.
            .rev()
            .max_by_key(|at| free.get(*at).map(rank));
        let Some(best) = best.map(|at| free.swap_remove(at)) else {
            let mut shared = Self::from(first.to_owned());
            let resume = shared.read_or_put_aside();
            return (shared, resume);
        };
        let others = free
            .into_iter()
            .filter(|other| other.resume.is_some() && !other.waits());
        let Free {
            mut held, mut resume, ..
        } = best;
        held.put_aside = put_aside;
        for Free {
            held: other,
            resume: theirs,
            ..
        } in others
        {
            // The best has something kept where any of the others has.
            let (Some(resume), Some(theirs)) = (&mut resume, theirs) else {
                continue;
            };
            resume.join(theirs);
            // Nothing is removed before it is written elsewhere.
            if held.write(resume).is_ok() {
                drop(other.remove());
            }
        }
        (held, resume)
    }

    /// The newest file in a directory, written since `since`, whose console is gone and was in a context that one can come
    /// back to, as the words that led to it say: the first file of its instance, and the words.
    pub fn last(
        directory: &Path,
        since: SystemTime,
        comes_back: impl Fn(&[String]) -> bool,
    ) -> Option<(PathBuf, Vec<String>)> {
        let files = files_of(directory).into_iter();
        let recent = files.take_while(|(written, _)| *written >= Some(since));
        recent.filter(|(_, file)| is_free(file)).find_map(|(_, file)| {
            let words = read(&file)?.words.filter(|words| comes_back(words))?;
            Some((first_of(&file), words))
        })
    }

    /// Forgets where the consoles of a directory were that are gone, but not what they kept: of the instance whose first
    /// file this is, or of all.
    pub fn forget_where(directory: &Path, first: Option<&Path>) {
        // The newest stays the newest.
        for (_, file) in files_of(directory).into_iter().rev() {
            if first.is_some_and(|first| first_of(&file) != first) || !is_free(&file) {
                continue;
            }
            let Ok(lock) = try_lock(&file.with_extension("lock")) else {
                continue;
            };
            let held = Self {
                file,
                _lock: Some(lock),
                put_aside: Vec::new(),
            };
            if let Some(resume) = held.read().filter(|resume| resume.words.is_some()) {
                // Where it cannot be written one comes back once more.
                drop(held.write(&Resume { words: None, ..resume }));
            }
        }
    }

    /// Whether it is one of those of the instance whose first file this is.
    pub fn is_of(&self, first: &Path) -> bool {
        first_of(&self.file) == first
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// What could not be read when it was taken and lies beside it now, each in a sentence. It is told once.
    pub fn put_aside(&mut self) -> Vec<String> {
        std::mem::take(&mut self.put_aside)
    }

    /// What is in it. What cannot be read, as after the machine was lost in the middle of writing, or written by a newer
    /// version, is put aside before anything is written over it.
    fn read_or_put_aside(&mut self) -> Option<Resume> {
        let resume = self.read();
        if resume.is_none() && self.file.exists() {
            let aside = |number| self.file.with_extension(format!("unread-{number}"));
            let free = (1..=ASIDE).map(aside).find(|aside| !aside.exists());
            let free = free.or_else(|| Some(aside(ASIDE)));
            let place = free.filter(|aside| std::fs::rename(&self.file, aside).is_ok());
            let place = place.as_deref().unwrap_or(&self.file).display().to_string();
            self.put_aside.push(format!(
                "What was kept of the last time cannot be read; it lies in {place}"
            ));
        }
        resume
    }

    /// What is in it, if that can be read.
    pub fn read(&self) -> Option<Resume> {
        read(&self.file)
    }

    /// Writes it and, if need be, its directory, for this user alone.
    pub fn write(&self, resume: &Resume) -> io::Result<()> {
        let directory = make_directory_of(&self.file)?;
        let mut temporary = tempfile::Builder::new().prefix(".resume-").tempfile_in(directory)?;
        serde_json::to_writer(&mut temporary, resume)?;
        // Not synced to the disk: a process whose terminal is gone would have to wait for that before it can end. What a lost
        // machine leaves half written is told and put aside by the next start.
        temporary.write_all(b"\n")?;
        temporary.persist(&self.file)?;
        Ok(())
    }

    /// Removes it, if it is there.
    pub fn remove(&self) -> io::Result<()> {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The files of a directory, the newest first, with when they were written.
fn files_of(directory: &Path) -> Vec<(Option<SystemTime>, PathBuf)> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        // Others are writing meanwhile; each file is asked once.
        .map(|file| (written(&file), file))
        .collect();
    sorting::by_key(&mut files, |(written, _)| std::cmp::Reverse(*written));
    files
}

/// Whether no console holds this file.
fn is_free(file: &Path) -> bool {
    // Shared, so that those who look do not take each other for a console.
    File::open(file.with_extension("lock")).is_ok_and(|lock| lock.try_lock_shared().is_ok())
}

/// How often a lock is tried that somebody has who only looks, with a millisecond between.
const TRIES: usize = 50;

fn try_lock(path: &Path) -> Result<File, TryLockError> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(TryLockError::Error)?;
    for _ in 1..TRIES {
        match file.try_lock() {
            // A console keeps out those who look, too.
            Err(TryLockError::WouldBlock) if file.try_lock_shared().is_ok() => {
                file.unlock().map_err(TryLockError::Error)?;
                sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
            Ok(()) => return Ok(file),
        }
    }
    file.try_lock()?;
    Ok(file)
}

fn read(file: &Path) -> Option<Resume> {
    let resume: Option<Resume> = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok();
    resume.filter(|resume| resume.version <= Resume::VERSION)
}

fn written(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// What parts a number from the name of the first file, which never has one of these.
const NUMBER: char = '~';

/// The file of this number beside the first.
fn numbered(first: &Path, number: usize) -> PathBuf {
    if number < 2 {
        return first.to_owned();
    }
    let name = first.file_stem().unwrap_or_default().to_string_lossy();
    first.with_file_name(format!("{name}{NUMBER}{number}.json"))
}

/// The first of those that this file is one of.
fn first_of(file: &Path) -> PathBuf {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = name.split(NUMBER).next().unwrap_or_default();
    file.with_file_name(format!("{name}.json"))
}

fn make_directory_of(file: &Path) -> io::Result<&Path> {
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    Ok(directory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::resume::Draft;

    fn cut_off(filter: &str) -> Resume {
        Resume {
            words: Some(vec!["--context".to_owned(), filter.to_owned()]),
            filter: filter.to_owned(),
            ..Resume::default()
        }
    }

    fn left(line: &str) -> Resume {
        Resume {
            history: vec![line.to_owned()],
            ..Resume::default()
        }
    }

    /// Nothing is synced, so that a machine that is lost may leave a file empty or without its end.
    #[test]
    fn what_cannot_be_read_is_told_and_put_aside_before_anything_is_written_over_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = directory.path().join("x.json");
        let whole = serde_json::to_string(&cut_off("acme")).unwrap();
        let newer = whole.replace("\"version\":0", "\"version\":99");
        assert!(newer.contains("99"));
        let unreadable = ["", &whole[..whole.len() / 2], "\0\0\0\0", &newer];
        for (number, torn) in unreadable.into_iter().enumerate() {
            std::fs::write(&first, torn).unwrap();
            let (mut taken, resume) = ResumeFile::take(&first, Wanted::Start);
            assert_eq!(resume, None);
            let aside = directory.path().join(format!("x.unread-{}", number + 1));
            let told = taken.put_aside();
            assert!(told.len() == 1 && told[0].contains(aside.to_str().unwrap()), "{told:?}");
            taken.write(&left("tenants")).unwrap();
            assert_eq!(std::fs::read_to_string(aside).unwrap(), torn);
            assert_eq!(taken.put_aside(), [""; 0]);
        }
        // The draft of another console that can be read is not lost by it.
        ResumeFile::from(numbered(&first, 2)).write(&cut_off("kept")).unwrap();
        std::fs::write(numbered(&first, 2).with_extension("lock"), "").unwrap();
        std::fs::write(&first, "{").unwrap();
        let (mut taken, resume) = ResumeFile::take(&first, Wanted::Start);
        assert_eq!(resume.map(|resume| resume.filter), Some("kept".to_owned()));
        assert_eq!(taken.put_aside().len(), 1);
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.ends_with("json")).collect();
        names.sort();
        names
    }

    #[test]
    fn nobody_goes_on_from_a_console_that_is_still_there() {
        let home = tempfile::tempdir().unwrap();
        let first = home.path().join("resume/x.json");
        let (one, nothing) = ResumeFile::take(&first, Wanted::Start);
        assert_eq!(nothing, None);
        one.write(&cut_off("one")).unwrap();
        let (two, nothing) = ResumeFile::take(&first, Wanted::Start);
        assert_eq!(nothing, None);
        two.write(&cut_off("two")).unwrap();
        assert_eq!(names(&home.path().join("resume")), ["x.json", "x~2.json"]);
        assert!(one.is_of(&first) && two.is_of(&first));
        assert_eq!(one.read(), Some(cut_off("one")));
        // Both are cut off; each start goes on from one of them.
        drop((one, two));
        let (next, resume) = ResumeFile::take(&first, Wanted::Start);
        let (other, other_resume) = ResumeFile::take(&first, Wanted::Start);
        let mut found = [resume.unwrap().filter, other_resume.unwrap().filter];
        found.sort();
        assert_eq!(found, ["one", "two"]);
        drop((next, other));
    }

    #[test]
    fn a_visit_leaves_what_was_not_sent_to_a_start() {
        let home = tempfile::tempdir().unwrap();
        let first = home.path().join("x.json");
        let unsent = Resume {
            draft: Some(Draft::default()),
            ..cut_off("unsent")
        };
        for (kept, is_taken) in [(cut_off("seen"), true), (unsent, false)] {
            ResumeFile::from(first.clone()).write(&kept).unwrap();
            let (visit, found) = ResumeFile::take(&first, Wanted::Visit);
            assert_eq!(found, is_taken.then(|| kept.clone()));
            assert_eq!(visit.path() == first, is_taken);
            drop(visit);
            assert_eq!(ResumeFile::take(&first, Wanted::Start).1, Some(kept));
        }
    }

    #[test]
    fn what_several_left_is_put_together_and_what_waits_is_taken_first() {
        let home = tempfile::tempdir().unwrap();
        let first = home.path().join("x.json");
        let held: Vec<_> = (0..3).map(|_| ResumeFile::take(&first, Wanted::Start).0).collect();
        held[0].write(&left("a")).unwrap();
        held[1].write(&cut_off("waits")).unwrap();
        held[2].write(&left("b")).unwrap();
        drop(held);
        let (taken, resume) = ResumeFile::take(&first, Wanted::Start);
        let resume = resume.unwrap();
        assert_eq!((resume.filter.as_str(), resume.history.len()), ("waits", 2));
        assert_eq!(taken.read(), Some(resume));
        assert_eq!(names(home.path()), ["x~2.json"]);
    }

    #[test]
    fn the_last_console_that_is_gone_says_where_it_was_until_that_is_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let (one, two) = (home.path().join("one.json"), home.path().join("two.json"));
        let (held, _) = ResumeFile::take(&one, Wanted::Start);
        held.write(&cut_off("one")).unwrap();
        assert_eq!(ResumeFile::last(home.path(), SystemTime::UNIX_EPOCH, |_| true), None);
        drop(held);
        let (held, _) = ResumeFile::take(&two, Wanted::Start);
        held.write(&left("quit")).unwrap();
        drop(held);
        let long_ago = SystemTime::UNIX_EPOCH;
        let words = vec!["--context".to_owned(), "one".to_owned()];
        let later = SystemTime::now() + Duration::from_mins(1);
        assert_eq!(ResumeFile::last(home.path(), later, |_| true), None);
        assert_eq!(
            ResumeFile::last(home.path(), long_ago, |_| true),
            Some((one.clone(), words))
        );
        assert_eq!(ResumeFile::last(home.path(), long_ago, |_| false), None);
        ResumeFile::forget_where(home.path(), None);
        assert_eq!(ResumeFile::last(home.path(), long_ago, |_| true), None);
        assert_eq!(read(&one).unwrap().filter, "one");
    }

    #[test]
    fn who_only_looks_is_waited_for_and_no_console_is() {
        let home = tempfile::tempdir().unwrap();
        let first = home.path().join("x.json");
        ResumeFile::take(&first, Wanted::Start)
            .0
            .write(&cut_off("waits"))
            .unwrap();
        let lock = File::open(first.with_extension("lock")).unwrap();
        lock.lock_shared().unwrap();
        let looker = std::thread::spawn(move || {
            sleep(Duration::from_millis(5));
            drop(lock);
        });
        let (taken, resume) = ResumeFile::take(&first, Wanted::Start);
        assert_eq!(resume, Some(cut_off("waits")));
        looker.join().unwrap();
        assert!(!is_free(&first));
        drop(taken);
        assert!(is_free(&first));
    }

    #[test]
    fn where_nothing_can_be_made_there_is_one_file() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("state"), "not a directory").unwrap();
        let first = home.path().join("state/x.json");
        let (taken, nothing) = ResumeFile::take(&first, Wanted::Start);
        assert_eq!((taken.path(), nothing), (first.as_path(), None));
    }
}
