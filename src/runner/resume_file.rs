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

use serde_json::Value;

use crate::app::doing::{Doubt, Undoable};
use crate::app::resume::Resume;
use crate::domain::count::counted;
use crate::domain::shaped::shaped;
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
    /// What could not be read and where it was put, and that more waits elsewhere, each in a sentence, until it is told.
    unread: Vec<String>,
}

impl From<PathBuf> for ResumeFile {
    /// A file that nobody else is about; it is not locked.
    fn from(file: PathBuf) -> Self {
        Self {
            file,
            _lock: None,
            unread: Vec::new(),
        }
    }
}

/// A file that nobody held.
struct Free {
    held: ResumeFile,
    resume: Option<Resume>,
    /// What was sent, which is not in that any more.
    sent: Vec<Doubt>,
    written: Option<SystemTime>,
}

impl Free {
    fn waits(&self) -> bool {
        self.resume.as_ref().is_some_and(Resume::waits)
    }

    fn is_unsent(&self) -> bool {
        self.resume.as_ref().is_some_and(Resume::is_unsent)
    }
}

impl ResumeFile {
    /// Takes a file of the instance whose first one this is, and what is in it.
    ///
    /// Of several one with something unsent is taken, or else one with a place to come back to, and of those the newest. What is in
    /// those that nobody holds and nobody is to go on with, such as changes that can be taken back, is put into it, and they are
    /// removed. So is what was sent in any of them, which the others lose by it.
    pub fn take(first: &Path) -> (Self, Option<Resume>) {
        // Where it cannot be made, saving says so.
        drop(make_directory_of(first));
        let mut free = Vec::new();
        for number in 1..=MOST {
            let file = numbered(first, number);
            let lock = file.with_extension("lock");
            if !free.is_empty() && !lock.exists() {
                break;
            }
            let mut held = match try_lock(&lock) {
                Ok(held) => ResumeFile {
                    file,
                    _lock: Some(held),
                    unread: Vec::new(),
                },
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(_)) => break,
            };
            let mut resume = held.read_or_put_aside();
            free.push(Free {
                sent: resume.as_mut().map(Resume::take_sent).unwrap_or_default(),
                resume,
                written: written(&held.file),
                held,
            });
        }
        let unread: Vec<String> = free.iter_mut().flat_map(|free| free.held.unread()).collect();
        let rank = |free: &Free| (free.is_unsent(), free.waits(), free.resume.is_some(), free.written);
        // Of equals the first.
        let best = (0..free.len()).rev().max_by_key(|at| free.get(*at).map(rank));
        let Some(best) = best.map(|at| free.swap_remove(at)) else {
            let mut shared = Self::from(first.to_owned());
            let resume = shared.read_or_put_aside();
            return (shared, resume);
        };
        let Free {
            mut held,
            mut resume,
            sent,
            ..
        } = best;
        held.unread = unread;
        if free.iter().any(Free::is_unsent) {
            let text = "Another console that is gone left something unsent, too: one more start beside this opens it, or offers \
                        it by `:kept`";
            held.unread.push(text.to_owned());
        }
        if let Some(resume) = &mut resume {
            resume.sent = sent;
        }
        for other in free {
            let (waits, is_sent) = (other.waits(), !other.sent.is_empty());
            let Some(theirs) = other.resume.filter(|_| is_sent || !waits) else {
                continue;
            };
            let resume = resume.get_or_insert_with(|| Resume {
                version: theirs.version,
                ..Resume::default()
            });
            resume.sent.extend(other.sent);
            sorting::by_key(&mut resume.sent, |doubt| doubt.change.at);
            if !waits {
                resume.join(theirs.clone());
            }
            // Nothing is removed before it is written elsewhere.
            if held.write(resume).is_ok() {
                drop(if waits {
                    other.held.write(&theirs)
                } else {
                    other.held.remove()
                });
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
            let words = read(&file)?.0.words.filter(|words| comes_back(words))?;
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
                unread: Vec::new(),
            };
            // What another version wrote into it would be lost by writing it again.
            if let Some((resume, 0)) = read(&held.file)
                && resume.words.is_some()
            {
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

    /// What could not be read when it was taken, each in a sentence: what lies beside it now, and changes that this build
    /// does not know. It is told once.
    pub fn unread(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unread)
    }

    /// What is in it. What cannot be read, as after the machine was lost in the middle of writing, or written by a newer
    /// version, is put aside before anything is written over it.
    fn read_or_put_aside(&mut self) -> Option<Resume> {
        let (resume, unknown) = read(&self.file).unzip();
        if let Some(unknown @ 1..) = unknown {
            self.unread.push(format!(
                "{} of the last time cannot be taken back or done again: this version does not know how",
                counted(unknown as u64, "change")
            ));
        }
        if resume.is_none() && self.file.exists() {
            let place = put_aside(&self.file);
            let place = place.as_deref().unwrap_or(&self.file).display().to_string();
            self.unread.push(format!(
                "What was kept of the last time cannot be read; it lies in {place}"
            ));
        }
        resume
    }

    /// What is in it, if that can be read.
    pub fn read(&self) -> Option<Resume> {
        Some(read(&self.file)?.0)
    }

    /// Writes it and, if need be, its directory, for this user alone.
    pub fn write(&self, resume: &Resume) -> io::Result<()> {
        let directory = make_directory_of(&self.file)?;
        let mut temporary = tempfile::Builder::new().prefix(".resume-").tempfile_in(directory)?;
        temporary.write_all(&serde_json::to_vec(resume)?)?;
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

/// Puts a file that cannot be read beside where it was, and returns where; `None` where it cannot be moved.
pub fn put_aside(file: &Path) -> Option<PathBuf> {
    let aside = |number| file.with_extension(format!("unread-{number}"));
    let free = (1..=ASIDE).map(aside).find(|aside| !aside.exists());
    let place = free.unwrap_or_else(|| aside(ASIDE));
    std::fs::rename(file, &place).ok().map(|()| place)
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

/// What is in a file, if that can be read, and how many changes are left out of it because this build does not know them.
fn read(file: &Path) -> Option<(Resume, usize)> {
    let text = std::fs::read(file).ok()?;
    let read = serde_json::from_slice(&text).ok().map(|resume| (resume, 0));
    let (resume, unknown): (Resume, usize) = read.or_else(|| without_unknown(&text))?;
    (resume.version <= Resume::VERSION).then_some((resume, unknown))
}

/// What is in a text but for the changes that this build does not know, and how many those are.
fn without_unknown(text: &[u8]) -> Option<(Resume, usize)> {
    let mut kept: Value = serde_json::from_slice(text).ok()?;
    let mut unknown = 0;
    for changes in ["undos", "redos"] {
        if let Some(changes) = kept.get_mut(changes).and_then(Value::as_array_mut) {
            let all = changes.len();
            changes.retain(|change| shaped::<Undoable>(change).is_ok());
            unknown += all - changes.len();
        }
    }
    Some((shaped(&kept).ok()?, unknown))
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
#[path = "resume_file_tests.rs"]
mod tests;
