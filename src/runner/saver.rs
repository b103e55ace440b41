//! Keeps what the next start goes on from, off the loop's thread.
//!
//! Only the latest of several states is written. Where it lies is [`super::resume_file`]; when to save is the
//! application's to decide.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::msg::Msg;
use crate::app::resume::Resume;
use crate::domain::problem::{Problem, ProblemKind};

use super::held;
use super::resume_file::ResumeFile;

/// The file in which is kept what is to be gone on with, now: a switch puts another in its place.
pub type Present = Arc<Mutex<Arc<ResumeFile>>>;

/// Writes and removes the file, one thing after the other, off the loop's thread.
pub struct Saver {
    file: Present,
    messages: UnboundedSender<Msg>,
    running: Option<Running>,
    /// Ends when what was to be kept last has been written, or could not be.
    last: Option<oneshot::Receiver<()>>,
    /// Those of files that were kept before, which may not have written everything yet.
    ending: Vec<JoinHandle<bool>>,
    /// Whether the last attempt failed and the operator knows.
    failing: bool,
}

struct Running {
    states: UnboundedSender<State>,
    /// Ends when `states` is closed, with whether the last attempt failed.
    task: JoinHandle<bool>,
}

/// What is to be kept from now on; `None` removes the file. With what is dropped once that was tried.
type State = (Option<Resume>, oneshot::Sender<()>);

impl Saver {
    /// A saver for this file, which complains through `messages`.
    pub fn new(file: ResumeFile, messages: UnboundedSender<Msg>) -> Self {
        Self {
            file: Arc::new(Mutex::new(Arc::new(file))),
            messages,
            running: None,
            last: None,
            ending: Vec::new(),
            failing: false,
        }
    }

    /// Keeps what comes from now on in another file. What is under way is written where it belongs.
    pub fn keep_in(&mut self, file: Arc<ResumeFile>) {
        *held(&self.file) = file;
        // The keeper of the old file ends once it has written what it was given, and only then lets go of it.
        self.ending.retain(|task| !task.is_finished());
        self.ending.extend(self.running.take().map(|running| running.task));
    }

    /// The file, also as it will be.
    pub fn file(&self) -> &Present {
        &self.file
    }

    /// Keeps this from now on.
    pub fn save(&mut self, resume: Resume) {
        self.put(Some(resume));
    }

    /// Keeps nothing.
    pub fn forget(&mut self) {
        self.put(None);
    }

    /// Ends when what was to be kept last has been written, or could not be; `None` where somebody waits for that already.
    pub fn written(&mut self) -> Option<oneshot::Receiver<()>> {
        self.last.take()
    }

    /// Waits until all this is on disk, or could not be put there.
    pub async fn settle(&mut self) {
        if let Some(Running { states, task }) = self.running.take() {
            drop(states);
            self.failing = task.await.unwrap_or(false);
        }
        for task in self.ending.drain(..) {
            // Whether it failed was said.
            drop(task.await);
        }
    }

    fn put(&mut self, state: Option<Resume>) {
        let running = self.running.get_or_insert_with(|| {
            let (states, incoming) = unbounded_channel();
            let keeper = keep(
                Arc::clone(&held(&self.file)),
                self.messages.clone(),
                incoming,
                self.failing,
            );
            Running {
                states,
                task: tokio::spawn(keeper),
            }
        });
        let (tried, last) = oneshot::channel();
        self.last = Some(last);
        // The task ends only after this end is dropped.
        drop(running.states.send((state, tried)));
    }
}

async fn keep(
    file: Arc<ResumeFile>,
    messages: UnboundedSender<Msg>,
    mut states: UnboundedReceiver<State>,
    mut failing: bool,
) -> bool {
    while let Some((mut state, mut tried)) = states.recv().await {
        let mut before = Vec::new();
        while let Ok(later) = states.try_recv() {
            state = later.0;
            before.push(std::mem::replace(&mut tried, later.1));
        }
        let held = Arc::clone(&file);
        let written = tokio::task::spawn_blocking(move || match state {
            Some(resume) => held.write(&resume),
            None => held.remove(),
        });
        let outcome = written.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        drop((before, tried));
        match outcome {
            Ok(()) => failing = false,
            Err(error) => {
                // It is tried again with each change; saying so each time would help nobody.
                if !std::mem::replace(&mut failing, true) {
                    drop(messages.send(Msg::NotSaved(not_saved(file.path(), &error))));
                }
            }
        }
    }
    failing
}

fn not_saved(file: &Path, error: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "What you do here is not kept for the next start.",
        format!("`{}` cannot be written: {error}.", file.display()),
        "Make room or mend the permissions of its directory; it is tried again with your next change.",
    )
}
