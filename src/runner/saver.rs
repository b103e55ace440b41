//! The file from which the next start goes on.
//!
//! It is replaced whole, through a temporary file in the same directory, so that a reader finds the old or the new one and
//! never half of either. Only the latest of several states is written. What is in it is [`crate::app::resume`]; when to
//! save is the application's to decide.

use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::app::msg::Msg;
use crate::app::resume::Resume;
use crate::domain::problem::{Problem, ProblemKind};

/// Writes and removes the file, one thing after the other, off the loop's thread.
pub struct Saver {
    file: PathBuf,
    messages: UnboundedSender<Msg>,
    running: Option<Running>,
    /// Whether the last attempt failed and the operator knows.
    failing: bool,
}

struct Running {
    /// What is to be kept from now on; `None` removes the file.
    states: UnboundedSender<Option<Resume>>,
    /// Ends when `states` is closed, with whether the last attempt failed.
    task: JoinHandle<bool>,
}

impl Saver {
    /// A saver for this file, which complains through `messages`.
    pub fn new(file: PathBuf, messages: UnboundedSender<Msg>) -> Self {
        Self {
            file,
            messages,
            running: None,
            failing: false,
        }
    }

    /// Keeps what comes from now on in another file. What is under way is written where it belongs.
    pub fn keep_in(&mut self, file: PathBuf) {
        self.file = file;
        // The keeper of the old file ends once it has written what it was given.
        self.running = None;
    }

    /// Keeps this from now on.
    pub fn save(&mut self, resume: Resume) {
        self.put(Some(resume));
    }

    /// Keeps nothing.
    pub fn forget(&mut self) {
        self.put(None);
    }

    /// Waits until all this is on disk, or could not be put there.
    pub async fn settle(&mut self) {
        if let Some(Running { states, task }) = self.running.take() {
            drop(states);
            self.failing = task.await.unwrap_or(false);
        }
    }

    fn put(&mut self, state: Option<Resume>) {
        let running = self.running.get_or_insert_with(|| {
            let (states, incoming) = unbounded_channel();
            let keeper = keep(self.file.clone(), self.messages.clone(), incoming, self.failing);
            Running {
                states,
                task: tokio::spawn(keeper),
            }
        });
        // The task ends only after this end is dropped.
        drop(running.states.send(state));
    }
}

async fn keep(
    file: PathBuf,
    messages: UnboundedSender<Msg>,
    mut states: UnboundedReceiver<Option<Resume>>,
    mut failing: bool,
) -> bool {
    while let Some(mut state) = states.recv().await {
        while let Ok(later) = states.try_recv() {
            state = later;
        }
        let path = file.clone();
        let written = tokio::task::spawn_blocking(move || match state {
            Some(resume) => write(&path, &resume),
            None => remove(&path),
        });
        let outcome = written.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        match outcome {
            Ok(()) => failing = false,
            Err(error) => {
                // It is tried again with each change; saying so each time would help nobody.
                if !std::mem::replace(&mut failing, true) {
                    drop(messages.send(Msg::NotSaved(not_saved(&file, &error))));
                }
            }
        }
    }
    failing
}

/// Writes the file and, if need be, its directory, for this user alone.
fn write(file: &Path, resume: &Resume) -> io::Result<()> {
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut temporary = tempfile::Builder::new().prefix(".resume-").tempfile_in(directory)?;
    serde_json::to_writer(&mut temporary, resume)?;
    temporary.write_all(b"\n")?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    Ok(())
}

fn remove(file: &Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn not_saved(file: &Path, error: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "What you do here is not kept for the next start.",
        format!("`{}` cannot be written: {error}.", file.display()),
        "Make room or mend the permissions of its directory; it is tried again with your next change.",
    )
}
