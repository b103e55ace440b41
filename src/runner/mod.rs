//! Carries effects out: questions to the instance, and what is kept for the next start.
//!
//! One task per question, under the question's id; cancelling the id drops the task. What comes of it goes back as a
//! message, also where the task panicked. The runner knows nothing of the terminal: copying, suspending and leaving are the
//! loop's. See [`question`] for what is asked, [`saver`] for the file, [`contained`] for panics.

pub mod contained;
pub mod contexts;
pub mod migrations;
pub mod question;
pub mod saver;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

use crate::app::effect::{Answer, Effect, JobId, Request};
use crate::app::msg::Msg;
use crate::backend::Backend;
use crate::domain::problem::{Problem, ProblemKind};

use contained::Contained;
use contexts::Contexts;
use saver::Saver;

/// Carries effects out and sends messages back. Lives within a tokio runtime.
pub struct Runner {
    /// The instance that is worked on; a switch puts another in its place.
    backend: Arc<Mutex<Arc<dyn Backend>>>,
    contexts: Arc<dyn Contexts>,
    messages: UnboundedSender<Msg>,
    underway: HashMap<JobId, AbortHandle>,
    saver: Saver,
}

impl Runner {
    /// A runner that asks `backend`, answers through `messages`, and keeps what is to be resumed in `resume_file`.
    pub fn new(backend: Arc<dyn Backend>, messages: UnboundedSender<Msg>, resume_file: PathBuf) -> Self {
        Self {
            saver: Saver::new(resume_file, messages.clone()),
            backend: Arc::new(Mutex::new(backend)),
            contexts: Arc::new(contexts::None),
            messages,
            underway: HashMap::new(),
        }
    }

    /// The same, able to lead the console to these contexts.
    pub fn with_contexts(mut self, contexts: Arc<dyn Contexts>) -> Self {
        self.contexts = contexts;
        self
    }

    /// Where messages go to, for others who have something to say.
    pub fn messages(&self) -> &UnboundedSender<Msg> {
        &self.messages
    }

    /// Carries an effect out, as far as it is the runner's: questions, their cancelling, saving and forgetting.
    pub fn start(&mut self, effect: Effect) {
        match effect {
            Effect::Ask(job, request) => self.ask(job, request),
            Effect::Cancel(job) => {
                if let Some(task) = self.underway.remove(&job) {
                    task.abort();
                }
            }
            Effect::Save(resume) => self.saver.save(*resume),
            Effect::Forget => self.saver.forget(),
            Effect::KeepIn(name) => {
                if let Some(file) = self.contexts.resume_file(&name) {
                    self.saver.keep_in(file);
                }
            }
            Effect::Welcomed => self.contexts.welcomed(),
            Effect::Copy(_) | Effect::Suspend | Effect::Repaint | Effect::Quit => {}
        }
    }

    /// Stops all questions and waits until what was to be kept is on disk.
    pub async fn finish(&mut self) {
        for (_, task) in self.underway.drain() {
            task.abort();
        }
        self.saver.settle().await;
    }

    fn ask(&mut self, job: JobId, request: Request) {
        self.underway.retain(|_, task| !task.is_finished());
        let (slot, contexts) = (Arc::clone(&self.backend), Arc::clone(&self.contexts));
        let (messages, steps) = (self.messages.clone(), self.messages.clone());
        let task = tokio::spawn(async move {
            let asked = Contained::new(async move {
                match request {
                    Request::Contexts => blocking(move || contexts.list().map(Answer::Contexts)).await,
                    Request::Reach(name) => {
                        let opened = blocking(move || contexts.open(&name)).await?;
                        let instance = opened.backend.instance().await?;
                        Ok(Answer::Reached(format!("{} {}", instance.edition, instance.version)))
                    }
                    Request::Switch(name) => {
                        let opened = blocking(move || contexts.open(&name)).await?;
                        // One that does not answer is none to work on; the old one stays.
                        opened.backend.instance().await?;
                        *slot.lock().unwrap_or_else(PoisonError::into_inner) = opened.backend;
                        Ok(Answer::Switched(Box::new(opened.facts)))
                    }
                    Request::Examine(name) => {
                        blocking(move || {
                            contexts.examine(&name, &mut |check| drop(steps.send(Msg::Checked(job, check))))?;
                            Ok(Answer::Examined)
                        })
                        .await
                    }
                    Request::Connect(new) => {
                        let opened = blocking(move || {
                            contexts.connect(&new, &mut |check| drop(steps.send(Msg::Checked(job, check))))
                        })
                        .await?;
                        *slot.lock().unwrap_or_else(PoisonError::into_inner) = opened.backend;
                        Ok(Answer::Switched(Box::new(opened.facts)))
                    }
                    Request::Rehearse => {
                        let opened = blocking(move || {
                            contexts.rehearse(&mut |check| drop(steps.send(Msg::Checked(job, check))))
                        })
                        .await?;
                        opened.backend.instance().await?;
                        *slot.lock().unwrap_or_else(PoisonError::into_inner) = opened.backend;
                        Ok(Answer::Switched(Box::new(opened.facts)))
                    }
                    request => {
                        let backend = Arc::clone(&slot.lock().unwrap_or_else(PoisonError::into_inner));
                        question::ask(backend.as_ref(), request).await
                    }
                }
            });
            let reply = asked.await.unwrap_or_else(|panic| Err(unexpected(&panic)));
            // Nobody listens any more when the program is about to end.
            drop(messages.send(Msg::Reply(job, reply)));
        });
        if let Some(previous) = self.underway.insert(job, task.abort_handle()) {
            previous.abort();
        }
    }
}

/// Runs what may block where it holds nothing up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(unexpected(&error.to_string())))
}

/// The problem of a task that panicked with this message.
fn unexpected(panic: &str) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "The request was cut short by a fault in this program.",
        "It stopped at a place that should never be reached, so whether a change took effect is unknown.",
        "Refresh to see what is true now, and report the detail below.",
    )
    .with_detail(panic)
}

#[cfg(test)]
mod tests;
