//! One message: what it says, how much it matters, and its row.

use std::borrow::Cow;

use crate::app::clock::time_of_day;
use crate::app::effect::Millis;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Row;

/// How much a message matters, and how long it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something was done.
    Done,
    /// Something to think about.
    Warning,
    /// Something failed. Stays until dismissed or replaced, because operators look away.
    Error,
}

impl Level {
    /// The level in a word, as it stands before the message.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::Warning => "note",
            Self::Error => "error",
        }
    }

    pub(super) fn lasts(self) -> Option<Millis> {
        match self {
            Self::Done => Some(4_000),
            Self::Warning => Some(8_000),
            Self::Error => None,
        }
    }
}

/// Something the operator was told.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which one it is; it stays so when the same is told again.
    pub number: usize,
    /// When, in milliseconds since the start.
    pub at: Millis,
    /// When it was told last, and how often in all; the same problem again is no message of its own.
    pub last: Millis,
    /// How often it was told.
    pub times: u32,
    /// When it was told last, but for what nobody asked for and found the same again; `None` once that is over.
    pub news_at: Option<Millis>,
    /// How often the operator had done something by then.
    pub(super) turn: usize,
    /// How much it matters.
    pub level: Level,
    /// Whether it was said in passing, so that nobody has to look into it.
    pub in_passing: bool,
    /// One line.
    pub text: String,
    /// The whole problem, if it was one.
    pub problem: Option<Problem>,
    /// The command line that does what was done, if there is one.
    pub command: Option<String>,
    /// How each of several things went, where that is more than the message says.
    pub results: Option<String>,
    /// The requests that it took over HTTP, a line each, with the ids under which logs on the way have them.
    pub requests: Vec<String>,
}

impl Message {
    pub(super) fn new(at: Millis, level: Level, text: String) -> Self {
        Self {
            number: 0,
            at,
            last: at,
            times: 1,
            news_at: Some(at),
            turn: 0,
            level,
            in_passing: false,
            text,
            problem: None,
            command: None,
            results: None,
            requests: Vec::new(),
        }
    }

    /// How often it was told and when last, where that is more than once. `started_at` is when the console began.
    pub fn repeated(&self, started_at: Millis) -> Option<String> {
        let last = time_of_day(started_at + self.last);
        (self.times > 1).then(|| format!("x {}, last {last}", self.times))
    }

    /// Its line, with how often it was told.
    pub fn line(&self, started_at: Millis) -> String {
        match self.repeated(started_at) {
            Some(repeated) => format!("{} ({repeated})", self.text),
            None => self.text.clone(),
        }
    }

    /// Whether it says that what was wrong is over.
    pub fn says_over(&self) -> bool {
        self.in_passing && self.level == Level::Done
    }

    pub(super) fn is_of(&self, kind: ProblemKind) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.kind == kind)
    }

    pub(super) fn is_same_problem(&self, other: &Self) -> bool {
        let said = |message: &Self| {
            let problem = message.problem.as_ref()?;
            Some((problem.kind, problem.what.clone(), problem.why.clone()))
        };
        said(self).is_some() && said(self) == said(other)
    }

    /// Everything there is to say: the whole problem, or the message; the command that does the same; what was sent.
    pub fn full_text(&self) -> String {
        let mut text = match &self.problem {
            Some(problem) => problem_text(problem),
            None => self.text.clone(),
        };
        if let Some(results) = &self.results {
            text.push_str("\n\n");
            text.push_str(results);
        }
        if let Some(command) = self.command.as_deref().filter(|command| !command.is_empty()) {
            text.push_str("\n\n");
            text.push_str(command);
        }
        if !self.requests.is_empty() {
            text.push_str("\n\nSent:\n");
            text.push_str(&self.requests.join("\n"));
        }
        text
    }
}

/// A problem in full: its three sentences, then what was said of single fields, then the detail.
pub fn problem_text(problem: &Problem) -> String {
    let mut text = format!("{}\n\n{}\n\n{}", problem.what, problem.why, problem.next);
    for field in &problem.fields {
        text.extend(["\n\n", &field.path, ": ", &field.message]);
    }
    if let Some(detail) = &problem.detail {
        text.push_str("\n\n");
        text.push_str(detail);
    }
    text
}

impl Row for Message {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "id" | "time" => Some(self.at.to_string().into()),
            "level" => Some(self.level.word().into()),
            "command" => self.command.as_deref().map(Cow::Borrowed),
            "text" => Some(self.text.as_str().into()),
            _ => None,
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        &["level", "text"]
    }

    /// Since the start of the console, as ages are counted here.
    fn moment(&self, name: &str) -> Option<i64> {
        (name == "time").then(|| i64::try_from(self.at).unwrap_or(i64::MAX))
    }
}

/// A message as its row shows it in a console that was started at a time.
pub struct ShownMessage<'a>(pub &'a Message, pub Millis);

impl Row for ShownMessage<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.column(name)
    }

    fn columns(&self) -> &'static [&'static str] {
        self.0.columns()
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "time" => Some(time_of_day(self.1 + self.0.at).into()),
            "text" => Some(self.0.line(self.1).into()),
            _ => self.column(name),
        }
    }

    fn moment(&self, name: &str) -> Option<i64> {
        self.0.moment(name)
    }
}

/// The columns of the messages that a filter may name.
pub const MESSAGE_COLUMNS: &[&str] = &["time", "level", "text", "command"];
