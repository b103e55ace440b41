//! Carries effects out: questions to the instance, and what is kept for the next start.
//!
//! One task per question, under the question's id; cancelling the id drops the task. What comes of it goes back as a
//! message, also where the task panicked. The runner knows nothing of the terminal: copying, suspending and leaving are the
//! loop's. See [`question`] for what is asked, [`saver`] and [`resume_file`] for what is kept, [`contained`] for panics.

pub mod contained;
pub mod contexts;
pub mod deeds;
pub mod migrations;
pub mod opening;
pub mod people;
pub mod question;
pub mod resume_file;
pub mod saver;
pub mod snapshots;
mod watches;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, JoinHandle};

use crate::app::effect::{Answer, Effect, JobId, Request};
use crate::app::list_columns::ListKind;
use crate::app::msg::Msg;
use crate::app::people::{PeopleAnswer, PeopleQuestion};
use crate::backend::Backend;
use crate::backend::trace::traced;
use crate::domain::leading::{led, led_check};
use crate::domain::problem::{Problem, ProblemKind};

use contained::Contained;
use contexts::{Contexts, OpenedContext};
use deeds::Course;
use migrations::Migrations;
use opening::Opening;
use resume_file::ResumeFile;
use saver::{Present, Saver};
use watches::Watches;

/// Carries effects out and sends messages back. Lives within a tokio runtime.
pub struct Runner {
    /// The instance that is worked on; a switch puts another in its place.
    place: Arc<Mutex<Place>>,
    /// Where a switch may lead to, until the application enters it or another.
    opened: OpenedPlaces,
    contexts: Arc<dyn Contexts>,
    /// Other contexts that something was asked of, by their names.
    elsewhere: Arc<Mutex<HashMap<String, Arc<dyn Backend>>>>,
    messages: UnboundedSender<Msg>,
    underway: HashMap<JobId, Underway>,
    saver: Saver,
    watches: Watches,
    /// Tells how opening the first place went.
    opening: Option<AbortHandle>,
    /// Whether it was asked what the instance is. The first such question is answered by the first attempt to open it.
    asked_what_it_is: bool,
    /// Keeps columns, and ends with whether they could not be kept.
    keeping: Option<JoinHandle<bool>>,
}

/// A question under way.
struct Underway {
    task: AbortHandle,
    course: Arc<Course>,
}

impl Underway {
    /// Ends it. What it is doing where it may block goes on, and learns that nobody wants it.
    fn give_up(self) {
        self.course.stop();
        self.task.abort();
    }
}

/// An instance, and its migrations where they can be carried out from here.
#[derive(Clone)]
struct Place {
    backend: Opening,
    migrations: Option<Arc<dyn Migrations>>,
}

/// A place that was opened and is not worked on yet, with the file in which it is kept.
struct Opened {
    place: Place,
    file: Option<Arc<ResumeFile>>,
    /// The question that led there.
    job: JobId,
}

/// What was opened, by the names of the contexts.
type OpenedPlaces = Arc<Mutex<HashMap<String, Opened>>>;

impl Place {
    fn migrations(&self) -> Result<Arc<dyn Migrations>, Problem> {
        self.migrations.clone().ok_or_else(no_migrations)
    }
}

impl Runner {
    /// A runner that asks `backend`, answers through `messages`, and keeps what is to be resumed in `resume_file`.
    pub fn new(backend: Arc<dyn Backend>, messages: UnboundedSender<Msg>, resume_file: ResumeFile) -> Self {
        Self::around(Opening::done(backend), messages, resume_file)
    }

    /// The same, of an instance that may still be opening: what is asked of it waits. What is to be said of it, or that it cannot be
    /// opened, is told unless another place was entered by then.
    pub fn opening(opening: Opening, messages: UnboundedSender<Msg>, resume_file: ResumeFile) -> Self {
        let mut runner = Self::around(opening.clone(), messages.clone(), resume_file);
        let telling = tokio::spawn(async move {
            match opening.told().await {
                Ok(notes) => notes
                    .into_iter()
                    .for_each(|words| drop(messages.send(Msg::Noted(words)))),
                Err(problem) => drop(messages.send(Msg::NotOpened(problem))),
            }
        });
        runner.opening = Some(telling.abort_handle());
        runner
    }

    fn around(backend: Opening, messages: UnboundedSender<Msg>, resume_file: ResumeFile) -> Self {
        Self {
            saver: Saver::new(resume_file, messages.clone()),
            place: Arc::new(Mutex::new(Place {
                backend,
                migrations: None,
            })),
            opened: Arc::default(),
            contexts: Arc::new(contexts::None),
            elsewhere: Arc::default(),
            watches: Watches::new(messages.clone()),
            messages,
            underway: HashMap::new(),
            opening: None,
            asked_what_it_is: false,
            keeping: None,
        }
    }

    /// The same, able to lead the console to these contexts.
    pub fn with_contexts(mut self, contexts: Arc<dyn Contexts>) -> Self {
        self.contexts = contexts;
        self
    }

    /// The same, able to carry out migrations of the instance.
    pub fn with_migrations(self, migrations: Option<Arc<dyn Migrations>>) -> Self {
        held(&self.place).migrations = migrations;
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
                if let Some(asked) = self.underway.remove(&job) {
                    asked.give_up();
                }
                // What it led to is not entered; its file is free again.
                held(&self.opened).retain(|_, opened| opened.job != job);
            }
            Effect::Stop(job) => {
                if let Some(asked) = self.underway.get(&job) {
                    asked.course.stop();
                }
            }
            Effect::Save(resume) => self.saver.save(*resume),
            Effect::Forget => self.saver.forget(),
            Effect::Enter(name) => {
                // Nobody enters the others any more; their files are free again.
                let opened = std::mem::take(&mut *held(&self.opened)).remove(&name);
                if let Some(Opened { place, file, .. }) = opened {
                    if let Some(telling) = self.opening.take() {
                        telling.abort();
                    }
                    *held(&self.place) = place;
                    if let Some(file) = file {
                        self.saver.keep_in(file);
                    }
                }
            }
            Effect::Watch(run) => {
                let place = held(&self.place).clone();
                self.watches.watch(run, place.migrations());
            }
            Effect::Unwatch(run) => self.watches.unwatch(&run),
            Effect::Reopen => {
                let mut place = held(&self.place);
                if let Some(migrations) = place.migrations.clone() {
                    let before = place.backend.clone();
                    // One that cannot be opened now says so when it is asked something.
                    place.backend = Opening::of(async move {
                        match blocking(move || migrations.reopen()).await {
                            Ok(Some(backend)) => Ok((backend, Vec::new())),
                            Ok(None) | Err(_) => Ok((before.backend().await?, Vec::new())),
                        }
                    });
                }
            }
            Effect::ExpectFilter => {
                let place = held(&self.place).clone();
                tokio::spawn(async move {
                    // The filter itself says what is wrong, if anything is.
                    if let Ok(backend) = place.backend.backend().await {
                        let _ = backend.expect_filter().await;
                    }
                });
            }
            Effect::KeepColumns(list, names) => self.keep_columns(list, names),
            Effect::Found(commands, is_done) => {
                let (contexts, messages) = (Arc::clone(&self.contexts), self.messages.clone());
                tokio::spawn(async move {
                    if let Err(problem) = blocking(move || contexts.found(&commands, is_done)).await {
                        drop(messages.send(Msg::NotRecorded(problem)));
                    }
                });
            }
            Effect::Welcomed => self.contexts.welcomed(),
            Effect::Copy(_) | Effect::Suspend | Effect::Repaint | Effect::Quit => {}
        }
    }

    /// Keeps the columns of a list, after those that are still being kept.
    fn keep_columns(&mut self, list: ListKind, names: Option<Vec<String>>) {
        let (before, contexts) = (self.keeping.take(), Arc::clone(&self.contexts));
        let messages = self.messages.clone();
        self.keeping = Some(tokio::spawn(async move {
            let was_failing = match before {
                Some(before) => before.await.unwrap_or(false),
                None => false,
            };
            let kept = blocking(move || contexts.keep_columns(list, names)).await;
            let is_failing = kept.is_err();
            let words = match kept {
                Ok(words) => words.map(Msg::Noted),
                // Saying so each time would help nobody.
                Err(problem) => (!was_failing).then_some(Msg::NotSaved(problem)),
            };
            words.map(|words| messages.send(words));
            is_failing
        }));
    }

    /// Stops all questions and waits until what was to be kept is on disk.
    pub async fn finish(&mut self) {
        self.watches.end();
        for (_, asked) in self.underway.drain() {
            asked.give_up();
        }
        if let Some(keeping) = self.keeping.take() {
            // Whether it failed was said.
            drop(keeping.await);
        }
        self.saver.settle().await;
    }

    fn ask(&mut self, job: JobId, request: Request) {
        self.underway.retain(|_, asked| !asked.task.is_finished());
        if request == Request::Instance {
            // With it begins whatever reads all again.
            let mut place = held(&self.place);
            if let Some(retried) = place.backend.retried().filter(|_| self.asked_what_it_is) {
                place.backend = retried;
            }
            drop(place);
            self.asked_what_it_is = true;
        }
        let (slot, contexts) = (Arc::clone(&self.place), Arc::clone(&self.contexts));
        let elsewhere = Arc::clone(&self.elsewhere);
        let (messages, steps) = (self.messages.clone(), self.messages.clone());
        let progress = self.messages.clone();
        let course = Arc::new(match &request {
            Request::Do(deed, ..) if deed.goes_item_by_item() => {
                Course::told(move |tally, is_silent| drop(progress.send(Msg::Progress(job, tally, is_silent))))
            }
            _ => Course::default(),
        });
        let own_course = Arc::clone(&course);
        let way = Way {
            job,
            course: Arc::clone(&course),
            ready: Arc::clone(&self.opened),
            contexts: Arc::clone(&contexts),
            present: Arc::clone(self.saver.file()),
        };
        // That it is on its way is written first: the console may be gone before the answer.
        let written = request.changes().then(|| self.saver.written()).flatten();
        // What is said of another context names commands that lead there, wherever it is told.
        let lead = match &request {
            Request::Reach(name) | Request::Elsewhere(name, _) | Request::Switch(name) | Request::Examine(name) => {
                self.contexts.leads(name)
            }
            _ => Vec::new(),
        };
        let led_there = lead.clone();
        let task = tokio::spawn(async move {
            if let Some(written) = written {
                // It ends by being dropped.
                drop(written.await);
            }
            let asked = Contained::new(async move {
                match request {
                    Request::Contexts => blocking(move || contexts.list().map(Answer::Contexts)).await,
                    Request::Reach(name) => {
                        let Some(opened) = blocking(move || contexts.look(&name)).await? else {
                            return Ok(Answer::NotMade);
                        };
                        let instance = opened.backend.instance().await?;
                        Ok(Answer::Reached(format!("{} {}", instance.edition, instance.version)))
                    }
                    Request::Elsewhere(name, request) => {
                        let known = held(&elsewhere).get(&name).cloned();
                        let backend = match known {
                            Some(backend) => backend,
                            None => {
                                let wanted = name.clone();
                                let opened = blocking(move || contexts.look(&wanted)).await?;
                                let opened = opened.ok_or_else(|| not_made(&name))?;
                                Arc::clone(held(&elsewhere).entry(name.clone()).or_insert(opened.backend))
                            }
                        };
                        let answer = question::ask(backend.as_ref(), *request, &course).await;
                        if answer
                            .as_ref()
                            .is_err_and(|problem| problem.kind == ProblemKind::Denied)
                        {
                            // Its credentials may be mended in the file before it is asked again.
                            held(&elsewhere).remove(&name);
                        }
                        answer
                    }
                    Request::Switch(name) => {
                        held(&elsewhere).remove(&name);
                        let opened = blocking(move || contexts.open(&name)).await?;
                        // One that does not answer is none to work on; the old one stays.
                        opened.backend.instance().await?;
                        way.make_ready(opened).await
                    }
                    Request::Examine(name) => {
                        blocking(move || {
                            contexts.examine(&name, &mut |check| {
                                drop(steps.send(Msg::Checked(job, led_check(check, &led_there))));
                            })?;
                            Ok(Answer::Examined)
                        })
                        .await
                    }
                    Request::Connect(new) => {
                        // A context may be another one by the same name after this.
                        held(&elsewhere).clear();
                        let opened = blocking(move || {
                            let is_wanted = || !course.is_stopped();
                            contexts.connect(&new, &is_wanted, &mut |check| {
                                drop(steps.send(Msg::Checked(job, check)));
                            })
                        })
                        .await?;
                        way.make_ready(opened).await
                    }
                    Request::People(question) if *question == PeopleQuestion::Activity => {
                        let mut rows = blocking(move || contexts.activity()).await?;
                        rows.reverse();
                        Ok(Answer::People(Box::new(PeopleAnswer::Activity(rows))))
                    }
                    Request::Rehearse => {
                        held(&elsewhere).clear();
                        let opened = blocking(move || {
                            let is_wanted = || !course.is_stopped();
                            contexts.rehearse(&is_wanted, &mut |check| drop(steps.send(Msg::Checked(job, check))))
                        })
                        .await?;
                        let there = opened.backend.instance().await;
                        there.map_err(|problem| led(problem, &opened.facts.command_words))?;
                        way.make_ready(opened).await
                    }
                    request => {
                        let place = held(&slot).clone();
                        match request {
                            Request::Survey => {
                                let migrations = place.migrations()?;
                                let mut tell = move |what| drop(steps.send(Msg::Surveying(job, what)));
                                blocking(move || migrations.survey(&mut tell))
                                    .await
                                    .map(|surveyed| Answer::Surveyed(Box::new(surveyed)))
                            }
                            Request::StartRun(plan) => {
                                let migrations = place.migrations()?;
                                blocking(move || migrations.start(&plan)).await.map(Answer::RunStarted)
                            }
                            Request::Runs => {
                                let migrations = place.migrations()?;
                                blocking(move || migrations.runs()).await.map(Answer::Runs)
                            }
                            Request::ControlRun(run, control) => {
                                let migrations = place.migrations()?;
                                blocking(move || migrations.control(&run, control))
                                    .await
                                    .map(Answer::Controlled)
                            }
                            request => {
                                let backend = place.backend.backend().await?;
                                let aim = match &request {
                                    Request::Do(_, aim, _) => aim.clone(),
                                    _ => String::new(),
                                };
                                let asked = question::ask(backend.as_ref(), request, &course);
                                let (answer, requests) = traced(aim, asked).await;
                                if !requests.is_empty() {
                                    drop(steps.send(Msg::Sent(job, requests)));
                                }
                                if let Some(problem) = backend.unrecorded() {
                                    drop(steps.send(Msg::NotRecorded(problem)));
                                }
                                answer
                            }
                        }
                    }
                }
            });
            let reply = asked.await.unwrap_or_else(|panic| Err(unexpected(&panic)));
            let reply = reply.map_err(|problem| led(problem, &lead));
            // Nobody listens any more when the program is about to end.
            drop(messages.send(Msg::Reply(job, reply)));
        });
        let asked = Underway {
            task: task.abort_handle(),
            course: own_course,
        };
        if let Some(previous) = self.underway.insert(job, asked) {
            previous.give_up();
        }
    }
}

/// What is behind a lock, also after a panic of whoever held it.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The way to another place.
struct Way {
    job: JobId,
    course: Arc<Course>,
    ready: OpenedPlaces,
    contexts: Arc<dyn Contexts>,
    present: Present,
}

impl Way {
    /// Makes ready what was opened, with what was kept there, for when the application enters it: it may have been told
    /// meanwhile to stay. Where one is by then counts, and not where it was asked for.
    async fn make_ready(self, opened: OpenedContext) -> Result<Answer, Problem> {
        blocking(move || {
            let mut facts = opened.facts;
            facts.migrates = opened.migrations.is_some();
            facts.operator = opened.migrations.as_ref().and_then(|migrations| migrations.operator());
            // One that was opened before and not entered holds the file.
            held(&self.ready).remove(&facts.name);
            let mut file = None;
            if let Some(first) = self.contexts.resume_file(&facts.name) {
                let present = Arc::clone(&held(&self.present));
                facts.is_here = present.is_of(&first);
                file = Some(if facts.is_here {
                    present
                } else {
                    drop(present);
                    let (mut file, resume) = ResumeFile::take(&first);
                    facts.notices.extend(file.unread());
                    facts.kept = resume.map(Box::new);
                    Arc::new(file)
                });
            }
            let place = Place {
                backend: Opening::done(opened.backend),
                migrations: opened.migrations,
            };
            let (name, job) = (facts.name.clone(), self.job);
            let mut ready = held(&self.ready);
            // Nobody enters what was stopped or given up meanwhile.
            if !self.course.is_stopped() {
                ready.insert(name, Opened { place, file, job });
            }
            Ok(Answer::Switched(Box::new(facts)))
        })
        .await
    }
}

/// The problem of a console that cannot carry out migrations of the instance it works on.
fn no_migrations() -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "Migrations cannot be carried out from here.",
        "The console was opened without the means for it.",
        "Use `kestra-admin migrate` on the machine that can.",
    )
}

/// Runs what may block where it holds nothing up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(unexpected(&error.to_string())))
}

/// The problem of whoever asks a context whose instance is made only when it is worked on.
fn not_made(context: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("There is nothing in `{context}` yet."),
        "It is made once it is worked on.",
        "Switch to it first.",
    )
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
