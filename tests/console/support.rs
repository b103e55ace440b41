//! A console to press keys at.

pub mod migrations;
mod setup;

pub use setup::{Setup, context, create, session, tenants, user, usual};

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::app::contexts::{ContextFacts, ContextRow};
use kestra_admin::app::doing::Turn;
use kestra_admin::app::effect::{Answer, Effect, JobId, Millis, Reply, Request};
use kestra_admin::app::input::parse_sequence;
use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::list_columns::ColumnChoices;
use kestra_admin::app::model::Model;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::people::{PeopleAnswer, PeopleQuestion};
use kestra_admin::app::pointer::{Act, Pointer};
use kestra_admin::app::resume::Resume;
use kestra_admin::app::update::{start, update};
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::activity::Activity;
use kestra_admin::domain::assignable::Assignable;
use kestra_admin::domain::check::Check;
use kestra_admin::domain::deed::{Deed, Made};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::text::Columns;
use kestra_admin::runner::deeds::Course;
use kestra_admin::runner::migrations::{Migrations, RunWatch};
use kestra_admin::ui::look::Look;
use kestra_admin::ui::{Drawn, linear, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};
use tempfile::TempDir;

use migrations::{Fake, Shared};

/// A console over a local instance, with all the time in the world.
pub struct Console {
    pub model: Model,
    pub look: Look,
    pub copied: Vec<String>,
    pub saved: Option<Resume>,
    pub has_quit: bool,
    /// How often the screen was to be drawn anew, or by lines all of it to be said again.
    pub repaints: usize,
    /// Whether what was sent is not to go on.
    pub is_stopped: bool,
    /// Questions as they were asked, for tests that look at what is sent.
    pub asked: Vec<Request>,
    /// What to answer instead of asking the instance, oldest first, by name of the question.
    failures: VecDeque<(&'static str, Problem)>,
    /// What the instance says that roles can hold, if it is not what its release is known for.
    pub assignable: Option<Assignable>,
    /// Items of changes that fail, by a part of what they say.
    failing_items: Vec<(&'static str, Problem)>,
    /// Whether questions wait until [`Console::answer`].
    pub held: bool,
    /// Whether no journal of a run is read for now.
    pub journals_wait: bool,
    pub waiting: VecDeque<(JobId, Request)>,
    /// The context that is worked on, after a switch.
    pub entered: Option<String>,
    /// What is kept of each context.
    pub files: BTreeMap<String, Resume>,
    /// The contexts there are, and what each answers.
    pub contexts: Vec<(ContextRow, Result<String, Problem>)>,
    /// What this program did, the newest first.
    pub activity: Vec<Activity>,
    /// Whether the panel of the first start was sent away for good.
    pub welcomed: bool,
    /// Whether the instance cannot tell cheaply that something changed, as over HTTP.
    pub stampless: bool,
    /// Whether words are not looked for among the admins of tenants, as over HTTP where they are many.
    pub leaves_out: bool,
    /// Whether a list of tenants has no admins, so that they are counted by themselves, as over HTTP.
    pub uncounted: bool,
    /// How often the instance was told that its tenants are about to be filtered.
    pub filters_expected: usize,
    /// The requests that the next answer took, as over HTTP.
    pub sent: Vec<String>,
    /// Which columns are kept for the next start.
    pub kept_columns: Option<ColumnChoices>,
    /// What was found of changes whose outcome was not known: the command of each, and whether it was done.
    pub found: Vec<(String, bool)>,
    /// How often the instance was to be opened anew.
    pub reopened: usize,
    /// What is found on the way to any of them.
    pub checks: Vec<Check>,
    /// The tenant that every context names to start in.
    pub begins_in: Option<&'static str>,
    /// Migrations without processes and files.
    pub fake: Arc<Fake>,
    /// The runs that are followed.
    watches: BTreeMap<String, Box<dyn RunWatch>>,
    pub backend: Arc<LocalInstance>,
    runtime: tokio::runtime::Runtime,
    directory: TempDir,
    now: Millis,
    drawn: Mutex<Drawn>,
}

impl Console {
    /// The usual console: release 0.21, multi-tenancy on, three tenants of which one has no admin.
    pub fn usual() -> Self {
        Setup::default().open(usual)
    }

    /// Where the instance lies.
    pub fn store(&self) -> std::path::PathBuf {
        self.directory.path().join("instance")
    }

    /// The context that is worked on.
    fn present(&self) -> &str {
        self.entered.as_deref().unwrap_or("default")
    }

    /// Presses keys, written as in the keymap and parted by spaces.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in parse_sequence(keys).unwrap() {
            self.send(Msg::Key(key));
        }
        self
    }

    /// Types text, letter by letter.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            self.send(Msg::Key(kestra_admin::app::input::Key::char(character)));
        }
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.send(Msg::Paste(text.to_owned()))
    }

    /// A line as linear mode reads it.
    pub fn line(&mut self, line: &str) -> &mut Self {
        for msg in kestra_admin::app::linear::messages(&self.model, line) {
            self.send(msg);
        }
        self
    }

    pub fn send(&mut self, msg: Msg) -> &mut Self {
        let effects = update(&mut self.model, self.now, msg);
        self.carry_out(effects);
        self
    }

    /// Lets time pass. Every deadline on the way is kept, and nothing else happens: what no deadline brings about stays
    /// as it was, as it would on a terminal.
    pub fn wait(&mut self, milliseconds: Millis) -> &mut Self {
        let until = self.now + milliseconds;
        while let Some(deadline) = self.model.next_deadline().filter(|deadline| *deadline <= until) {
            assert!(
                deadline > self.now || self.model.now < deadline,
                "a deadline in the past would spin: {deadline}"
            );
            self.now = deadline.max(self.now);
            self.send(Msg::Deadline);
            assert!(
                self.model.next_deadline() != Some(deadline),
                "the deadline {deadline} is not kept"
            );
        }
        self.now = until;
        self
    }

    /// Lets time pass without the console noticing, as while a laptop sleeps.
    pub fn sleep(&mut self, milliseconds: Millis) -> &mut Self {
        self.now += milliseconds;
        self
    }

    /// Lets the next question of a name fail.
    pub fn fail_next(&mut self, question: &'static str, problem: Problem) -> &mut Self {
        self.failures.push_back((question, problem));
        self
    }

    /// Lets an item fail of the next change of many.
    pub fn fail_item(&mut self, item: &'static str, problem: Problem) -> &mut Self {
        self.failing_items.push((item, problem));
        self
    }

    /// Carries a change out, but for those of its items that are to fail.
    fn carry_out_partly(&mut self, deed: &Deed) -> Answer {
        let failing = std::mem::take(&mut self.failing_items);
        let failure = |item: &String| failing.iter().find(|(part, _)| item.contains(part));
        let is_left = |item: &String| failure(item).map_or_else(|| Err(no_problem()), |_| Ok(Made::Done));
        let left: Vec<_> = deed.items().iter().map(is_left).collect();
        let mut done = match deed
            .remaining(&left)
            .map(|left| self.ask(Request::Do(Box::new(left), String::new(), Turn::Forth)))
        {
            Some(Ok(Answer::Done(results))) => results,
            _ => Vec::new(),
        }
        .into_iter();
        let results = deed.items().into_iter().map(|item| match failure(&item) {
            Some((_, problem)) => Err(problem.clone()),
            None => done.next().unwrap(),
        });
        Answer::Done(results.collect())
    }

    /// Answers everything that was held back.
    pub fn answer(&mut self) -> &mut Self {
        self.held = false;
        while let Some((job, request)) = self.waiting.pop_front() {
            self.reply(job, request);
        }
        self
    }

    /// Answers the first question of a name that was held back; the others wait on.
    #[track_caller]
    pub fn answer_first(&mut self, question: &str) -> &mut Self {
        let is_it = |(_, request): &(JobId, Request)| format!("{request:?}").starts_with(question);
        let at = self.waiting.iter().position(is_it).expect("it was asked");
        let (job, request) = self.waiting.remove(at).unwrap();
        self.reply(job, request);
        self
    }

    /// Answers everything that was held back, but for the questions of a name: they wait on.
    pub fn answer_but(&mut self, question: &str) -> &mut Self {
        let is_other = |(_, request): &(JobId, Request)| !format!("{request:?}").starts_with(question);
        while let Some(at) = self.waiting.iter().position(is_other) {
            let (job, request) = self.waiting.remove(at).unwrap();
            self.reply(job, request);
        }
        self
    }

    /// Contexts of these names are there, and what answers at each is of Kestra 1.3.
    pub fn with_contexts<const N: usize>(&mut self, names: [&str; N]) -> &mut Self {
        let reached = |name| (context(name), Ok("EE 1.3.26".to_owned()));
        self.contexts = names.map(reached).into();
        self
    }

    /// The program is started again on the same instance, with what was kept the last time.
    pub fn start_again(&mut self) -> &mut Self {
        let kept = serde_json::to_string(&self.saved.take().expect("something was kept")).unwrap();
        let mut model = Model::new(self.model.session.clone(), Keymap::default(), self.model.size);
        model.resume = Some(serde_json::from_str(&kept).unwrap());
        self.model = model;
        self.has_quit = false;
        self.watches.clear();
        let effects = start(&mut self.model, self.now);
        self.carry_out(effects);
        self
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(job, request) => {
                    self.asked.push(request.clone());
                    if self.held {
                        self.waiting.push_back((job, request));
                    } else {
                        self.reply(job, request);
                    }
                }
                Effect::Cancel(job) => self.waiting.retain(|(waiting, _)| *waiting != job),
                Effect::Copy(text) => self.copied.push(text),
                Effect::Save(resume) => {
                    self.files.insert(self.present().to_owned(), (*resume).clone());
                    self.saved = Some(*resume);
                }
                Effect::Forget => {
                    let context = self.present().to_owned();
                    self.files.remove(&context);
                    self.saved = None;
                }
                Effect::Stop(_) => self.is_stopped = true,
                Effect::Quit => self.has_quit = true,
                Effect::Enter(name) => self.entered = Some(name),
                Effect::Watch(run) => {
                    if !self.watches.contains_key(&run) {
                        self.watches
                            .insert(run.clone(), Shared(Arc::clone(&self.fake)).watch(&run).unwrap());
                    }
                    if !self.journals_wait {
                        self.look_at(&run);
                    }
                }
                Effect::Unwatch(run) => {
                    self.watches.remove(&run);
                }
                Effect::Reopen => self.reopened += 1,
                Effect::Welcomed => self.welcomed = true,
                Effect::KeepColumns(list, names) => self.kept_columns.get_or_insert_default().put(list, names),
                Effect::ExpectFilter => self.filters_expected += 1,
                Effect::Repaint => self.repaints += 1,
                Effect::Found(commands, is_done) => self
                    .found
                    .extend(commands.into_iter().map(|command| (command, is_done))),
                Effect::Suspend => {}
            }
        }
    }

    /// Multi-tenancy is turned off by somebody else, and the instance is started again.
    pub fn restart_without_tenants(&mut self) -> &mut Self {
        let path = self.instance_directory();
        setup::write_settings(&path, Some(false), Some(true));
        self.backend = Arc::new(LocalInstance::open(&path, None).unwrap());
        self
    }

    /// Looks at every run that is followed, as the runner does a few times a second.
    pub fn news(&mut self) -> &mut Self {
        for run in self.watches.keys().cloned().collect::<Vec<_>>() {
            self.look_at(&run);
        }
        self
    }

    fn look_at(&mut self, run: &str) {
        let watch = self.watches.get_mut(run).unwrap();
        let news = watch.news();
        let writers = watch.writers();
        let msg = match news {
            Ok(news) => Msg::RunNews(run.to_owned(), Box::new(news), writers),
            Err(problem) => Msg::RunLost(run.to_owned(), problem),
        };
        self.send(msg);
    }

    /// The runs that are followed.
    pub fn followed(&self) -> Vec<&str> {
        self.watches.keys().map(String::as_str).collect()
    }

    fn reply(&mut self, job: JobId, request: Request) {
        let name = format!("{request:?}");
        let failing = self
            .failures
            .iter()
            .position(|(question, _)| name.starts_with(question));
        // A rehearsal that was stopped comes to its first step.
        let stops = self.is_stopped && request == Request::Rehearse;
        if let Request::Examine(_) | Request::Connect(_) | Request::Rehearse = &request {
            let most = if stops { 1 } else { usize::MAX };
            for check in self.checks.iter().take(most).cloned().collect::<Vec<_>>() {
                self.send(Msg::Checked(job, check));
            }
        }
        let mut looked_at = Vec::new();
        let reply: Reply = match failing.and_then(|index| self.failures.remove(index)) {
            Some((_, problem)) => Err(problem),
            None if stops => Err(Problem::new(
                ProblemKind::Interrupted,
                "No rehearsal was opened.",
                "It was stopped, and nothing is left running.",
                "Try again.",
            )),
            None if request == Request::Survey => Shared(Arc::clone(&self.fake))
                .survey(&mut |what| looked_at.push(what))
                .map(|surveyed| Answer::Surveyed(Box::new(surveyed))),
            None if self.stampless && request == Request::ChangeStamp => Ok(Answer::ChangeStamp(None)),
            None => match &request {
                Request::Do(deed, ..) if !self.failing_items.is_empty() => Ok(self.carry_out_partly(deed)),
                _ => self.ask(request),
            },
        };
        for what in looked_at {
            self.send(Msg::Surveying(job, what));
        }
        let reply = self.moved(reply);
        if !self.sent.is_empty() {
            let sent = std::mem::take(&mut self.sent);
            self.send(Msg::Sent(job, sent));
        }
        self.send(Msg::Reply(job, reply));
    }

    /// What the instance answers to a question, or the configuration to one about contexts.
    pub fn ask(&self, mut request: Request) -> Reply {
        if let Request::SaveSnapshot(_, file) | Request::CompareSnapshot(_, file) | Request::PlanSnapshot(file, ..) =
            &mut request
        {
            // No test writes where it was started.
            *file = self.directory.path().join(&*file).display().to_string();
        }
        let answers = |name: &str| {
            let found = self.contexts.iter().find(|(row, _)| row.name == name);
            found.map_or_else(
                || {
                    let what = format!("There is no context `{name}`.");
                    Err(Problem::new(
                        ProblemKind::NotFound,
                        what,
                        "None is called so.",
                        "Check the name.",
                    ))
                },
                |(_, answer)| answer.clone(),
            )
        };
        match &request {
            Request::Contexts => {
                let rows = self.contexts.iter().map(|(row, _)| row.clone()).collect();
                return Ok(Answer::Contexts(rows));
            }
            Request::Reach(name) => return answers(name).map(Answer::Reached),
            // Every context leads to the same instance.
            Request::Elsewhere(name, request) => return answers(name).and_then(|_| self.ask((**request).clone())),
            Request::Switch(name) => {
                return answers(name).map(|_| {
                    Answer::Switched(Box::new(ContextFacts {
                        name: name.clone(),
                        command_words: vec!["--context".to_owned(), name.clone()],
                        remote: true,
                        tenant: self.begins_in.map(str::to_owned),
                        protected: name == "prod",
                        is_here: name == self.present(),
                        kept: self
                            .files
                            .get(name)
                            .filter(|_| name != self.present())
                            .cloned()
                            .map(Box::new),
                        ..ContextFacts::default()
                    }))
                });
            }
            Request::Connect(new) => {
                return answers(&new.url).map(|_| {
                    Answer::Switched(Box::new(ContextFacts {
                        name: new.shown_name().to_owned(),
                        remote: true,
                        opens_from_now_on: new.name.is_some(),
                        ..ContextFacts::default()
                    }))
                });
            }
            Request::Rehearse => {
                return answers("rehearsal").map(|_| {
                    Answer::Switched(Box::new(ContextFacts {
                        name: "rehearsal".to_owned(),
                        command_words: ["--context", "rehearsal"].map(str::to_owned).into(),
                        remote: true,
                        ..ContextFacts::default()
                    }))
                });
            }
            Request::People(question) if **question == PeopleQuestion::Activity => {
                let rows = self.activity.clone();
                return Ok(Answer::People(Box::new(PeopleAnswer::Activity(rows))));
            }
            Request::Examine(_) => return Ok(Answer::Examined),
            Request::StartRun(plan) => return Shared(Arc::clone(&self.fake)).start(plan).map(Answer::RunStarted),
            Request::Runs => return Shared(Arc::clone(&self.fake)).runs().map(Answer::Runs),
            Request::ControlRun(run, control) => {
                return Shared(Arc::clone(&self.fake))
                    .control(run, *control)
                    .map(Answer::Controlled);
            }
            Request::Assignable(_) if self.assignable.is_some() => {
                return Ok(Answer::Assignable(Box::new(self.assignable.clone().unwrap())));
            }
            _ => {}
        }
        let backend = Arc::clone(&self.backend);
        let course = Course::default();
        if self.is_stopped {
            course.stop();
        }
        self.runtime
            .block_on(async move { kestra_admin::runner::question::ask(backend.as_ref(), request, &course).await })
    }

    /// The same answer from an instance that lies at a place of its own, so that no screen differs from run to run.
    fn moved(&self, reply: Reply) -> Reply {
        let here = self.instance_directory().to_string_lossy().into_owned();
        let moved = |text: &str| text.replace(&here, "/data/instances/default");
        let moved_right = |right: Result<(), String>| right.map_err(|reason| moved(&reason));
        match reply {
            Ok(Answer::Instance(mut instance)) => {
                instance.settings_source = instance.settings_source.as_deref().map(moved);
                let rights = &mut instance.rights;
                for right in [
                    &mut rights.create_tenant,
                    &mut rights.update_tenant,
                    &mut rights.delete_tenant,
                ] {
                    *right = moved_right(std::mem::replace(right, Ok(())));
                }
                Ok(Answer::Instance(instance))
            }
            Ok(Answer::Tenants(mut page)) => {
                page.leaves_out = self.leaves_out;
                if self.uncounted {
                    page.rows.iter_mut().for_each(|row| row.admins = None);
                }
                Ok(Answer::Tenants(page))
            }
            Err(mut problem) => {
                for text in [&mut problem.what, &mut problem.why, &mut problem.next] {
                    *text = moved(text);
                }
                problem.detail = problem.detail.as_deref().map(moved);
                Err(problem)
            }
            other => other,
        }
    }

    fn instance_directory(&self) -> std::path::PathBuf {
        self.directory.path().join("instance")
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.send(Msg::Resize(width, height))
    }

    pub fn look(&mut self, theme: &str, depth: Depth, glyphs: Glyphs) -> &mut Self {
        self.look = Look::new(theme, depth, glyphs).unwrap();
        self
    }

    fn buffer(&self) -> Buffer {
        let size = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        terminal
            .draw(|frame| *self.drawn.lock().unwrap() = view(&self.model, &self.look, frame))
            .unwrap();
        terminal.backend().buffer().clone()
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        let buffer = self.buffer();
        let screen = rows(&buffer).join("\n");
        assert!(!shows_brackets(&screen), "a key in its brackets:\n{screen}");
        screen
    }

    /// Where the cursor belongs on the screen as it is now.
    pub fn drawn(&self) -> Drawn {
        self.buffer();
        self.drawn.lock().unwrap().clone()
    }

    /// The signs of each row. What a wide sign covers is left out.
    pub fn cells(&self) -> Vec<Vec<String>> {
        cells(&self.buffer())
    }

    /// The screen as text, then a line for each run of a style, then where the cursor is.
    pub fn styled(&self) -> String {
        let buffer = self.buffer();
        let mut text = rows(&buffer).join("\n");
        text.push_str("\n---\n");
        for y in 0..buffer.area.height {
            let mut runs = Vec::new();
            let mut x = 0;
            while x < buffer.area.width {
                let style = buffer[(x, y)].style();
                let start = x;
                while x < buffer.area.width && buffer[(x, y)].style() == style {
                    x += 1;
                }
                let words = style_words(style);
                if !words.is_empty() {
                    runs.push(format!("{start}-{} {words}", x - 1));
                }
            }
            if !runs.is_empty() {
                writeln!(text, "{y:>2}: {}", runs.join(", ")).unwrap();
            }
        }
        let drawn = self.drawn.lock().unwrap().clone();
        let typing = if drawn.typing { ", typing" } else { "" };
        match drawn.cursor {
            Some((x, y)) => write!(text, "cursor at {x},{y}{typing}").unwrap(),
            None => text.push_str("no cursor"),
        }
        text
    }

    /// The screen as text, and below it where the cursor is.
    pub fn pictured(&self) -> String {
        let drawn = self.drawn();
        let typing = if drawn.typing { ", typing" } else { "" };
        match drawn.cursor {
            Some((x, y)) => format!("{}\ncursor at {x},{y}{typing}", self.screen()),
            None => format!("{}\nno cursor", self.screen()),
        }
    }

    /// The screen without frames and runs of spaces, for looking for words.
    pub fn words(&self) -> String {
        let text: String = self
            .screen()
            .chars()
            .map(|c| if "─│┌┐└┘\n".contains(c) { ' ' } else { c })
            .collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn linear(&self) -> String {
        let place = linear::text(&self.model);
        match linear::notice(&self.model, &place) {
            Some((_, notice, false)) => format!("{place}\n{notice}"),
            _ => place,
        }
    }

    /// Fails unless the screen says this.
    #[track_caller]
    pub fn shows(&mut self, text: &str) -> &mut Self {
        assert!(self.words().contains(text), "no `{text}` on\n{}", self.screen());
        self
    }

    /// Fails if the screen says this.
    #[track_caller]
    pub fn lacks(&mut self, text: &str) -> &mut Self {
        assert!(!self.words().contains(text), "`{text}` on\n{}", self.screen());
        self
    }

    /// Lets somebody else do something to the instance, in a process of their own as far as the console can tell.
    pub fn meanwhile<T>(&self, work: impl AsyncFnOnce(&LocalInstance) -> T) -> T {
        let other = LocalInstance::open(&self.instance_directory(), None).unwrap();
        self.runtime.block_on(work(&other))
    }

    /// The same by somebody else.
    pub fn meanwhile_as<T>(&self, who: &str, work: impl AsyncFnOnce(&LocalInstance) -> T) -> T {
        let other = LocalInstance::open(&self.instance_directory(), Some(who)).unwrap();
        self.runtime.block_on(work(&other))
    }

    /// What the last command to copy was.
    #[track_caller]
    pub fn copy(&mut self, keys: &str) -> String {
        self.copied.clear();
        self.keys(keys);
        assert_eq!(self.copied.len(), 1, "<{keys}> copies once\n{}", self.screen());
        self.copied.remove(0)
    }

    /// Presses the button of a mouse on a text of the screen, and lets it go there.
    #[track_caller]
    pub fn click(&mut self, text: &str) -> &mut Self {
        self.mouse(text, &[Act::Press, Act::Release])
    }

    /// Does something with a mouse on a text of the screen.
    #[track_caller]
    pub fn mouse(&mut self, text: &str, acts: &[Act]) -> &mut Self {
        let screen = self.screen();
        let place = (0_u16..).zip(screen.lines()).find_map(|(row, line)| {
            let at = line.find(text)?;
            Some((u16::try_from(line[..at].width()).unwrap(), row))
        });
        let (column, row) = place.unwrap_or_else(|| panic!("no `{text}` on\n{screen}"));
        for act in acts {
            let hit = self.drawn().hits.at(column, row);
            self.send(Msg::Pointer(Pointer {
                act: *act,
                column,
                row,
                hit,
            }));
        }
        self
    }

    /// The text of the selected row, without frames.
    pub fn selected_row(&self) -> String {
        let screen = self.screen();
        let row = screen.lines().find(|line| line.starts_with("│>"));
        row.unwrap_or_default()
            .trim_matches(['│', '>', ' '])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Puts the focus of the form on the field of a label.
    #[track_caller]
    pub fn field(&mut self, label: &str) -> &mut Self {
        for _ in 0..80 {
            let focused = self.screen().lines().any(|line| {
                line.strip_prefix("│>")
                    .is_some_and(|rest| rest.starts_with(label) && rest[label.len()..].starts_with("  "))
            });
            if focused {
                return self;
            }
            self.keys("tab");
        }
        panic!("no field `{label}`\n{}", self.screen());
    }
}

/// Whether a key stands in the brackets by which sentences name it, which are never shown.
fn shows_brackets(screen: &str) -> bool {
    screen.split('<').skip(1).any(|rest| {
        let mut signs = rest.chars();
        signs.next().is_some_and(char::is_alphabetic) && signs.next() == Some('>')
    })
}

fn no_problem() -> Problem {
    Problem::new(ProblemKind::Failed, "What.", "Why.", "Next.")
}

fn cells(buffer: &Buffer) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for y in 0..buffer.area.height {
        let (mut row, mut x) = (Vec::new(), 0);
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol().to_owned();
            x += u16::try_from(symbol.width().max(1)).unwrap();
            row.push(symbol);
        }
        rows.push(row);
    }
    rows
}

fn rows(buffer: &Buffer) -> Vec<String> {
    cells(buffer)
        .into_iter()
        .map(|row| row.concat().trim_end().to_owned())
        .collect()
}

fn style_words(style: Style) -> String {
    let mut words = Vec::new();
    if let Some(color) = style.fg.filter(|color| *color != ratatui::style::Color::Reset) {
        words.push(format!("{color:?}").to_lowercase());
    }
    if let Some(color) = style.bg.filter(|color| *color != ratatui::style::Color::Reset) {
        words.push(format!("on-{color:?}").to_lowercase());
    }
    for (modifier, word) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "underline"),
        (Modifier::REVERSED, "reverse"),
    ] {
        if style.add_modifier.contains(modifier) {
            words.push(word.to_owned());
        }
    }
    words.join("+")
}
