//! The loop of linear mode: lines in, lines out, for screen readers, pipes and terminals that can do no more.
//!
//! No raw mode, no cursor movement, and not one escape sequence: whatever is printed goes through
//! [`visible_lines`]. Only what is new is said: of a place all of it once, then the lines that changed, unless rows did, which
//! make sense together alone. While answers are on their way nothing is said for a moment, so that a place is not heard
//! twice. Where input comes from a pipe, a line waits for the answers to the questions of the line before, so that a script
//! needs no pauses. A terminal does not echo what is secret.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use rustix::termios::isatty;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver};

use crate::app::effect::{Effect, JobId, Millis, Request};
use crate::app::msg::Msg;
use crate::domain::problem::Problem;
use crate::domain::text::visible_lines;
use crate::runner::Runner;

use super::clipboard::{Clipboard, Copied};
use super::echo::Echo;
use super::lines::{Typed, read_lines};
use super::news::{begins, is_row, news_in, with_errors};
use super::output::{Output, write_all};
use super::run_loop::{Clock, LEAVING, Options, until, unusable};
use super::signals::{Exit, Notice, Signals};

/// What linear mode runs.
pub trait LinearApplication {
    /// The operator entered a line, without its end.
    fn line(&mut self, now: Millis, line: &str) -> Vec<Effect>;
    /// Something else happened.
    fn update(&mut self, now: Millis, msg: Msg) -> Vec<Effect>;
    /// What is said, as the terminal can show it.
    fn shown(&self, text: String) -> String {
        text
    }
    /// What there is to say.
    fn say(&self) -> Said;
    /// What is said where a line brought nothing new; `is_read` is whether something was read for it.
    fn nothing_new(&self, _now: Millis, _is_read: bool) -> String {
        String::new()
    }
    /// When [`Msg::Deadline`] is wanted next.
    fn next_deadline(&self) -> Option<Millis>;
}

/// What there is to say, of which only what is new is printed.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The current place as text, without a prompt.
    pub place: String,
    /// What was told last: which message, and when it was news, its words, and whether the place says them, too.
    pub notice: Option<((usize, Millis), String, bool)>,
    /// Whether the place grows by itself, so that its rows need not be said together.
    pub grows: bool,
    /// Whether the place has still to be read by itself, so that lines of a script wait.
    pub loads: bool,
    /// Whether what is asked for is secret, so that it must not be seen while it is typed.
    pub hides: bool,
}

/// What is printed where a line is awaited.
const PROMPT: &str = "> ";
/// So many lines wait for the answers to those before; more are not read until then.
const MOST_WAITING: usize = 1000;

/// Runs the application on lines until it ends or there are no more. The same as [`super::run_loop::run`] otherwise.
pub async fn run<A: LinearApplication>(
    app: &mut A,
    runner: &mut Runner,
    inbox: &mut UnboundedReceiver<Msg>,
    first: Vec<Effect>,
    options: &Options,
) -> Result<Exit, Problem> {
    let mut teletype = Teletype::open(app, runner, inbox, options).map_err(|error| unusable(&error))?;
    for effect in first {
        teletype.carry_out(effect);
    }
    let exit = teletype.run().await;
    match teletype.close(exit).await {
        // A terminal that is gone is left quietly; a file or a pipe that takes no more lacks what was said.
        Some(error) if error.kind() != io::ErrorKind::BrokenPipe && !isatty(io::stdout()) => {
            Err(Problem::unwritten(error))
        }
        _ => Ok(exit),
    }
}

/// So long nothing is said of a place while answers are on their way to it.
const PATIENCE: Millis = 300;
/// And so much longer while the place is read for the first time.
const LOADING: Millis = 2_000;
/// How long the answers to the last lines are waited for once the input has ended.
const LAST_ANSWERS: Millis = 5_000;

/// What an answer is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// To know what became of a change.
    Change,
    /// To show what was asked for.
    Read,
    /// To know whether another instance can be reached, which holds no end up.
    Probe,
}

impl Waiting {
    fn of(request: &Request) -> Self {
        match request {
            Request::Create(_)
            | Request::Update { .. }
            | Request::Do(..)
            | Request::CountAgain(_)
            | Request::StartRun(_)
            | Request::ControlRun(..)
            | Request::Switch(_)
            | Request::Connect(_)
            | Request::Rehearse => Self::Change,
            Request::Reach(_) => Self::Probe,
            _ => Self::Read,
        }
    }
}

enum Event {
    Notice(Notice),
    Message(Msg),
    Copied(String, Copied),
    Typed(Typed),
    Written(io::Result<()>),
    /// Answers have been waited for long enough.
    Waited,
    Deadline,
}

struct Teletype<'a, A> {
    app: &'a mut A,
    runner: &'a mut Runner,
    inbox: &'a mut UnboundedReceiver<Msg>,
    clipboard: Clipboard,
    clock: Clock,
    signals: Signals,
    typed: Receiver<Typed>,
    output: Output,
    /// Whether a person types, and sees what is typed.
    interactive: bool,
    /// Lines that wait for answers to those before.
    waiting: VecDeque<Typed>,
    unanswered: BTreeMap<JobId, Waiting>,
    /// When the end of the input was read.
    ended: Option<Millis>,
    /// The text of the place as it was printed last.
    shown: Option<String>,
    /// Of places that grow, by their first line, what was said: whoever comes back hears what came since.
    grown: BTreeMap<String, String>,
    /// The notice that was printed last.
    noticed: Option<(usize, Millis)>,
    /// Until when nothing is said while answers are on their way.
    quiet_until: Millis,
    echo: Echo,
    /// Whether a line was answered of which nothing was said yet.
    answered: bool,
    /// Whether a line brought nothing new so far, and whether something is read for it.
    unsaid: Option<bool>,
    /// Whether a prompt stands at the start of the current line.
    prompted: bool,
    /// What is printed before the place.
    notes: String,
    exit: Option<Exit>,
    /// Why what was printed could not be written.
    unwritten: Option<io::Error>,
}

impl<'a, A: LinearApplication> Teletype<'a, A> {
    fn open(
        app: &'a mut A,
        runner: &'a mut Runner,
        inbox: &'a mut UnboundedReceiver<Msg>,
        options: &Options,
    ) -> io::Result<Self> {
        Ok(Self {
            app,
            runner,
            inbox,
            clipboard: Clipboard::new(options.ways()),
            clock: Clock::start(),
            signals: Signals::ending()?,
            typed: read_lines()?,
            output: Output::start(|bytes| write_all(&io::stdout(), bytes))?,
            interactive: isatty(io::stdin()),
            waiting: VecDeque::new(),
            unanswered: BTreeMap::new(),
            ended: None,
            shown: None,
            grown: BTreeMap::new(),
            noticed: None,
            quiet_until: 0,
            echo: Echo::default(),
            answered: false,
            unsaid: None,
            prompted: false,
            notes: String::new(),
            exit: None,
            unwritten: None,
        })
    }

    async fn run(&mut self) -> Exit {
        loop {
            if let Some(exit) = self.exit {
                return exit;
            }
            // What was answered is printed before the next line changes it.
            self.print();
            self.take_lines();
            if self.exit.is_some() {
                continue;
            }
            self.print();
            let mut event = Some(self.wait().await);
            while let Some(happened) = event {
                self.handle(happened);
                event = self.ready();
            }
        }
    }

    async fn wait(&mut self) -> Event {
        let deadline = self.app.next_deadline().and_then(|deadline| self.clock.at(deadline));
        // Lines that wait for answers come first, then the end; past its moment only what becomes of a change counts.
        let quiet = Some(self.quiet_until).filter(|_| self.awaits());
        let loads = quiet.map(|_| self.loads_until());
        let next = [self.ends_at(), quiet, loads].into_iter().flatten();
        let end = next.filter(|at| *at > self.clock.now()).min();
        let end = end.and_then(|at| self.clock.at(at));
        tokio::select! {
            biased;
            notice = self.signals.next() => Event::Notice(notice),
            Some(message) = self.inbox.recv() => Event::Message(message),
            (text, copied) = self.clipboard.next() => Event::Copied(text, copied),
            () = until(end) => Event::Waited,
            Some(typed) = self.typed.recv(), if self.waiting.len() < MOST_WAITING => Event::Typed(typed),
            written = self.output.written() => Event::Written(written),
            () = until(deadline) => Event::Deadline,
        }
    }

    fn ready(&mut self) -> Option<Event> {
        if let Some(notice) = self.signals.ready() {
            return Some(Event::Notice(notice));
        }
        if let Ok(message) = self.inbox.try_recv() {
            return Some(Event::Message(message));
        }
        if let Some((text, copied)) = self.clipboard.ready() {
            return Some(Event::Copied(text, copied));
        }
        self.output.ready().map(Event::Written)
    }

    fn handle(&mut self, event: Event) {
        match event {
            // A person presses it to stop something, and twice to leave. After the end of the input nothing else can be said.
            Event::Notice(Notice::End(Exit::Interrupted)) if self.interactive && self.ended.is_none() => {
                self.update(Msg::Interrupt);
            }
            Event::Notice(Notice::End(exit)) => self.end(exit),
            Event::Notice(Notice::Stop | Notice::Continued | Notice::Resized)
            | Event::Written(Ok(()))
            | Event::Waited => {}
            Event::Message(message) => self.update(message),
            Event::Copied(text, copied) => self.copied(&text, copied),
            Event::Typed(typed) => {
                if !matches!(typed, Typed::Line(_)) {
                    self.ended.get_or_insert(self.clock.now());
                }
                self.waiting.push_back(typed);
            }
            // A reader that has seen enough, such as `head`, is no failure.
            Event::Written(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => self.end(Exit::Quit),
            Event::Written(Err(error)) => {
                self.unwritten = Some(error);
                self.end(Exit::HungUp);
            }
            Event::Deadline => self.update(Msg::Deadline),
        }
    }

    /// Whether answers are on their way that may change the place.
    fn awaits(&self) -> bool {
        self.unanswered.values().any(|waiting| *waiting != Waiting::Probe)
    }

    fn is_settled(&self) -> bool {
        self.unanswered.is_empty() && self.clipboard.is_idle()
    }

    /// Whether the end of the input, which is what comes next, may be the end of it all.
    fn may_end(&self) -> bool {
        let waits_for = |what| self.unanswered.values().any(|waiting| *waiting == what);
        let is_late = self.ends_at().is_none_or(|at| self.clock.now() >= at);
        matches!(self.waiting.front(), Some(Typed::End | Typed::Lost))
            && !waits_for(Waiting::Change)
            && (is_late || !waits_for(Waiting::Read) && self.clipboard.is_idle() && !self.app.say().loads)
    }

    /// Until when nothing is said of a place that is being read for the first time.
    fn loads_until(&self) -> Millis {
        self.quiet_until.saturating_add(LOADING)
    }

    fn ends_at(&self) -> Option<Millis> {
        self.ended.map(|ended| ended.saturating_add(LAST_ANSWERS))
    }

    /// Hands lines over, as long as nothing they depend on is still to come.
    fn take_lines(&mut self) {
        let is_ready = |it: &Self| it.interactive || it.may_end() || it.is_settled() && !it.app.say().loads;
        while self.exit.is_none() && !self.waiting.is_empty() && is_ready(self) {
            match self.waiting.pop_front() {
                None => return,
                Some(Typed::Line(line)) => {
                    // A person's own Enter ended the line of the prompt; from a pipe nothing did.
                    if self.interactive {
                        self.prompted = false;
                    }
                    self.answered = true;
                    let effects = self.app.line(self.clock.now(), &line);
                    self.unsaid = Some(effects.iter().any(|effect| matches!(effect, Effect::Ask(..))));
                    self.carry_out_all(effects);
                    if !self.interactive {
                        self.print();
                    }
                }
                Some(Typed::End) => self.end(Exit::Quit),
                Some(Typed::Lost) => self.end(Exit::HungUp),
            }
        }
    }

    fn update(&mut self, message: Msg) {
        if let Msg::Reply(job, _) = &message {
            self.unanswered.remove(job);
        }
        let effects = self.app.update(self.clock.now(), message);
        self.carry_out_all(effects);
    }

    fn carry_out_all(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match &effect {
            Effect::Ask(job, request) => {
                if !self.awaits() {
                    self.quiet_until = self.clock.now().saturating_add(PATIENCE);
                }
                self.unanswered.insert(*job, Waiting::of(request));
            }
            Effect::Cancel(job) => {
                self.unanswered.remove(job);
            }
            _ => {}
        }
        match effect {
            Effect::Copy(text) => self.clipboard.start(text),
            Effect::Repaint => {
                self.shown = None;
                self.grown.clear();
            }
            Effect::Quit => self.exit = self.exit.or(Some(Exit::Quit)),
            // Lines need no giving back: Ctrl-Z does here what it does everywhere.
            Effect::Suspend => {}
            Effect::Ask(..)
            | Effect::Cancel(_)
            | Effect::Save(_)
            | Effect::Forget
            | Effect::Enter(_)
            | Effect::Stop(_)
            | Effect::Watch(_)
            | Effect::Unwatch(_)
            | Effect::Reopen
            | Effect::ExpectFilter
            | Effect::KeepColumns(..)
            | Effect::Found(..)
            | Effect::Welcomed => {
                self.runner.start(effect);
            }
        }
    }

    fn copied(&mut self, text: &str, copied: Copied) {
        // Sending it to the terminal would take an escape sequence; a reader can copy what is printed.
        let printed = "Printed above".to_owned();
        let words = match copied {
            Copied::Said(Ok(words)) => words,
            other => {
                self.notes.push_str(text);
                self.notes.push('\n');
                match other {
                    Copied::Said(Err(words)) => format!("{words}; it is printed above"),
                    _ => printed,
                }
            }
        };
        self.update(Msg::Copied(words));
    }

    fn end(&mut self, exit: Exit) {
        if self.exit.is_none() {
            // Interrupting it is a way to leave it.
            let is_left = matches!(exit, Exit::Quit | Exit::Interrupted);
            self.update(if is_left { Msg::Closed } else { Msg::Ended });
        }
        self.exit = Some(exit);
    }

    /// Prints what is new, and a prompt where there is none.
    fn print(&mut self) {
        let said = self.app.say();
        let is_over = self.exit.is_some() || self.may_end();
        // Where no line can come any more, there is no hurry: the last place is said once, as a whole.
        let quiet_until = self.ends_at().unwrap_or(self.quiet_until);
        if self.awaits() && !said.grows && !is_over && self.clock.now() < quiet_until {
            return;
        }
        // A place that is not there yet is said once it is, and not bit by bit.
        // The same goes for another page of a list, whose rows are said once, with what is counted of them.
        let is_new = begins(self.shown.as_deref(), &said.place);
        if self.awaits() && said.loads && is_new && !is_over && self.clock.now() < self.loads_until() {
            return;
        }
        if self.interactive {
            self.echo.hide(said.hides);
        }
        let mut text = std::mem::take(&mut self.notes);
        let notice = said.notice.filter(|(news, ..)| self.noticed != Some(*news));
        let mut news = self.news(&said.place, said.grows);
        if std::mem::take(&mut self.answered) {
            news = with_errors(&news, &said.place);
        }
        self.noticed = notice.as_ref().map(|(news, ..)| *news).or(self.noticed);
        // What the place says among what is new is said once; what it said before may be what was asked for again.
        let told = notice.filter(|(_, _, is_said)| !is_said || news.is_empty());
        let told = told.map(|(_, words, _)| words).unwrap_or_default();
        for part in [news, told].map(|part| self.app.shown(part)) {
            text.push_str(&part);
            if !part.is_empty() && !part.ends_with('\n') {
                text.push('\n');
            }
        }
        // Rows are said together again.
        if said.grows && !said.place.lines().any(is_row) {
            let name = said.place.lines().next().unwrap_or_default();
            self.grown.insert(name.to_owned(), said.place.clone());
        }
        self.shown = Some(said.place);
        if !text.is_empty() {
            self.unsaid = None;
        } else if self.is_settled()
            && !said.loads
            && !is_over
            && let Some(is_read) = self.unsaid.take()
        {
            text = self.app.nothing_new(self.clock.now(), is_read);
        }
        if text.is_empty() && self.prompted {
            return;
        }
        let mut printed = String::from(if self.prompted { "\n" } else { "" });
        printed.push_str(&visible_lines(&text));
        printed.push_str(PROMPT);
        self.prompted = true;
        self.output.send(printed.into_bytes());
    }

    /// What has to be said of a place. One that grows and was left says its name, and what came since.
    fn news(&self, place: &str, grows: bool) -> String {
        let name = place.lines().next().unwrap_or_default();
        let is_here = self
            .shown
            .as_deref()
            .is_some_and(|shown| shown.lines().next() == Some(name));
        match self.grown.get(name).filter(|_| grows && !is_here) {
            Some(before) => format!("{name}\n{}", news_in(Some(before), place, true)),
            None => news_in(self.shown.as_deref(), place, grows).into_owned(),
        }
    }

    /// Sees to it that what was to be kept is kept, and that all was printed unless somebody is in a hurry. Returns why it could not
    /// be, if so.
    async fn close(mut self, exit: Exit) -> Option<io::Error> {
        if self.prompted && exit == Exit::Quit {
            self.output.send(b"\n".to_vec());
        }
        drop(tokio::time::timeout(LEAVING, self.runner.finish()).await);
        if exit == Exit::Quit {
            tokio::select! {
                biased;
                _ = self.signals.next() => {}
                settled = self.output.settle() => self.unwritten = self.unwritten.or(settled.err()),
            }
        }
        self.unwritten
    }
}
