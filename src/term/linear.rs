//! The loop of linear mode: lines in, lines out, for screen readers, pipes and terminals that can do no more.
//!
//! No raw mode, no cursor movement, and not one escape sequence: whatever is printed goes through
//! [`visible_lines`]. The place is printed again only when its text changed, and of one that grows by itself only what is
//! new. Where input comes from a pipe, a line waits
//! for the answers to the questions of the line before, so that a script needs no pauses.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead, Read};
use std::thread;

use rustix::termios::isatty;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::app::effect::{Effect, JobId, Millis, Request};
use crate::app::msg::Msg;
use crate::domain::problem::Problem;
use crate::domain::text::visible_lines;
use crate::runner::Runner;

use super::clipboard::{Clipboard, Copied};
use super::output::{Output, write_all};
use super::run_loop::{Clock, Options, SAVING, until, unusable};
use super::signals::{Exit, Notice, Signals};

/// What linear mode runs.
pub trait LinearApplication {
    /// The operator entered a line, without its end.
    fn line(&mut self, now: Millis, line: &str) -> Vec<Effect>;
    /// Something else happened.
    fn update(&mut self, now: Millis, msg: Msg) -> Vec<Effect>;
    /// The current place as text, without a prompt.
    fn lines(&self) -> String;
    /// Whether the current place grows by itself, so that only what is new has to be printed.
    fn grows(&self) -> bool;
    /// When [`Msg::Deadline`] is wanted next.
    fn next_deadline(&self) -> Option<Millis>;
}

/// What is printed where a line is awaited.
const PROMPT: &str = "> ";
/// A longer line is handed over in pieces of so many bytes.
const LONGEST_LINE: u64 = 64 * 1024;

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
    teletype.close(exit).await;
    Ok(exit)
}

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
            Request::Create(_) | Request::Update { .. } | Request::Do(_) => Self::Change,
            Request::Reach(_) => Self::Probe,
            _ => Self::Read,
        }
    }
}

/// What came from standard input.
enum Typed {
    Line(String),
    End,
    Lost,
}

enum Event {
    Notice(Notice),
    Message(Msg),
    Copied(String, Copied),
    Typed(Typed),
    Written(io::Result<()>),
    /// The last answers have been waited for long enough.
    InputOver,
    Deadline,
}

struct Teletype<'a, A> {
    app: &'a mut A,
    runner: &'a mut Runner,
    inbox: &'a mut UnboundedReceiver<Msg>,
    clipboard: Clipboard,
    clock: Clock,
    signals: Signals,
    typed: UnboundedReceiver<Typed>,
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
    /// Whether a prompt stands at the start of the current line.
    prompted: bool,
    /// What is printed before the place.
    notes: String,
    exit: Option<Exit>,
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
            prompted: false,
            notes: String::new(),
            exit: None,
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
        let end = self.ends_at().filter(|at| *at > self.clock.now());
        let end = end.and_then(|at| self.clock.at(at));
        tokio::select! {
            biased;
            notice = self.signals.next() => Event::Notice(notice),
            Some(message) = self.inbox.recv() => Event::Message(message),
            (text, copied) = self.clipboard.next() => Event::Copied(text, copied),
            () = until(end) => Event::InputOver,
            Some(typed) = self.typed.recv() => Event::Typed(typed),
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
            Event::Notice(Notice::End(exit)) => self.end(exit),
            Event::Notice(Notice::Stop | Notice::Continued | Notice::Resized)
            | Event::Written(Ok(()))
            | Event::InputOver => {}
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
            Event::Written(Err(_)) => self.end(Exit::HungUp),
            Event::Deadline => self.update(Msg::Deadline),
        }
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
            && (is_late || !waits_for(Waiting::Read) && self.clipboard.is_idle())
    }

    fn ends_at(&self) -> Option<Millis> {
        self.ended.map(|ended| ended.saturating_add(LAST_ANSWERS))
    }

    /// Hands lines over, as long as nothing they depend on is still to come.
    fn take_lines(&mut self) {
        while self.exit.is_none() && (self.interactive || self.is_settled() || self.may_end()) {
            match self.waiting.pop_front() {
                None => return,
                Some(Typed::Line(line)) => {
                    // A person's own Enter ended the line of the prompt; from a pipe nothing did.
                    if self.interactive {
                        self.prompted = false;
                    }
                    let effects = self.app.line(self.clock.now(), &line);
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
                self.unanswered.insert(*job, Waiting::of(request));
            }
            Effect::Cancel(job) => {
                self.unanswered.remove(job);
            }
            _ => {}
        }
        match effect {
            Effect::Copy(text) => self.clipboard.start(text),
            Effect::Repaint => self.shown = None,
            Effect::Quit => self.exit = self.exit.or(Some(Exit::Quit)),
            // Lines need no giving back: Ctrl-Z does here what it does everywhere.
            Effect::Suspend => {}
            Effect::Ask(..)
            | Effect::Cancel(_)
            | Effect::Save(_)
            | Effect::Forget
            | Effect::KeepIn(_)
            | Effect::Watch(_)
            | Effect::Unwatch(_)
            | Effect::Reopen
            | Effect::KeepColumns(_)
            | Effect::Welcomed => {
                self.runner.start(effect);
            }
        }
    }

    fn copied(&mut self, text: &str, copied: Copied) {
        let words = match copied {
            Copied::Said(words) => words,
            // Sending it to the terminal would take an escape sequence; a reader can copy what is printed.
            Copied::ForTerminal(_) | Copied::TooLong => {
                self.notes.push_str(text);
                self.notes.push('\n');
                Ok("Printed above".to_owned())
            }
        };
        self.update(Msg::Copied(words));
    }

    fn end(&mut self, exit: Exit) {
        if self.exit.is_none() {
            self.update(Msg::Ended);
        }
        self.exit = Some(exit);
    }

    /// Prints the place if its text changed, and a prompt where there is none.
    fn print(&mut self) {
        let place = self.app.lines();
        let is_news = self.shown.as_deref() != Some(place.as_str());
        let news = if is_news {
            news_in(self.shown.as_deref(), &place, self.app.grows())
        } else {
            Cow::Borrowed("")
        };
        if is_news && self.notes.is_empty() && self.prompted && news.is_empty() {
            // Something is said no longer, and there is nothing else.
            self.shown = Some(place);
            return;
        }
        if !is_news && self.notes.is_empty() && self.prompted {
            return;
        }
        let mut text = String::new();
        if self.prompted {
            text.push('\n');
        }
        text.push_str(&visible_lines(&std::mem::take(&mut self.notes)));
        if is_news {
            text.push_str(&visible_lines(&news));
            if !news.ends_with('\n') && !news.is_empty() {
                text.push('\n');
            }
            drop(news);
            self.shown = Some(place);
        }
        text.push_str(PROMPT);
        self.prompted = true;
        self.output.send(text.into_bytes());
    }

    /// Sees to it that what was to be kept is kept, and that all was printed unless somebody is in a hurry.
    async fn close(mut self, exit: Exit) {
        if self.prompted && exit == Exit::Quit {
            self.output.send(b"\n".to_vec());
        }
        drop(tokio::time::timeout(SAVING, self.runner.finish()).await);
        if exit == Exit::Quit {
            tokio::select! {
                biased;
                _ = self.signals.next() => {}
                () = self.output.settle() => {}
            }
        }
    }
}

/// What has to be said of a place after another was: where lines were only added, those. Of one that grows by itself, every
/// line that did not stand there before, wherever it stands.
fn news_in<'a>(shown: Option<&str>, place: &'a str, grows: bool) -> Cow<'a, str> {
    let Some(shown) = shown.filter(|shown| !shown.is_empty()) else {
        return Cow::Borrowed(place);
    };
    if shown.strip_prefix(place).is_some_and(|rest| rest.starts_with('\n')) {
        return Cow::Borrowed("");
    }
    if let Some(added) = place.strip_prefix(shown).and_then(|rest| rest.strip_prefix('\n')) {
        return Cow::Borrowed(added);
    }
    // Its first line says which place it is.
    if !grows || shown.lines().next() != place.lines().next() {
        return Cow::Borrowed(place);
    }
    let mut before: BTreeMap<&str, usize> = BTreeMap::new();
    for line in shown.lines() {
        *before.entry(line).or_default() += 1;
    }
    let mut news = Vec::new();
    for line in place.lines() {
        match before.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ => news.push(line),
        }
    }
    Cow::Owned(news.join("\n"))
}

/// Reads standard input on a thread of its own, which stays behind when the program ends.
fn read_lines() -> io::Result<UnboundedReceiver<Typed>> {
    let (sender, receiver) = unbounded_channel();
    thread::Builder::new().name("line input".to_owned()).spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut bytes = Vec::new();
            let typed = match stdin.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
                Ok(0) => Typed::End,
                Ok(_) => Typed::Line(without_end(&bytes)),
                Err(_) => Typed::Lost,
            };
            let is_last = !matches!(typed, Typed::Line(_));
            if sender.send(typed).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(receiver)
}

fn without_end(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    text.strip_suffix('\r').unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_lines_that_were_added_only_those_are_said() {
        for (shown, place, news) in [
            (None, "a\nb", "a\nb"),
            (Some("a"), "a\nb\nc", "b\nc"),
            (Some("a"), "ab", "ab"),
            (Some("a\nb"), "a", ""),
            (Some("ab"), "a", "a"),
            (Some("a\nb"), "a\nc", "a\nc"),
        ] {
            assert_eq!(news_in(shown, place, false), news);
        }
    }

    #[test]
    fn of_a_place_that_grows_what_is_new_is_said_wherever_it_stands() {
        for (shown, place, news) in [
            (None, "run\na", "run\na"),
            (Some("run\na\nok: paused"), "run\na\nb\nok: paused", "b"),
            (Some("run\na\nok: paused"), "run\na\nb", "b"),
            (Some("run\na\na"), "run\na\na\na", "a"),
            (Some("run\na\nnote"), "run\na", ""),
            (Some("run\na\nb"), "run\nb", ""),
            (Some("page\na"), "run\na\nb", "run\na\nb"),
        ] {
            assert_eq!(news_in(shown, place, true), news, "{shown:?} {place:?}");
        }
    }

    #[test]
    fn lines_lose_their_end_and_nothing_else() {
        for (bytes, line) in [
            (&b"1\n"[..], "1"),
            (b"1\r\n", "1"),
            (b" a b ", " a b "),
            (b"\n", ""),
            (b"\xff\n", "\u{fffd}"),
        ] {
            assert_eq!(without_end(bytes), line);
        }
    }
}
