//! What the command writes: log lines and results to the standard output, complaints to the standard error.
//!
//! Secrets never come here.

use std::io::{ErrorKind, Write};

use jiff::Timestamp;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;

/// Which log lines are written: these and more urgent ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Everything.
    Trace,
    /// What helps to find mistakes.
    Debug,
    /// What happens.
    #[default]
    Info,
    /// What may surprise.
    Warn,
    /// What failed.
    Error,
}

impl Level {
    /// The level of a name as `--log-level` takes it.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().as_str() {
            "TRACE" => Self::Trace,
            "DEBUG" => Self::Debug,
            "INFO" => Self::Info,
            "WARN" => Self::Warn,
            "ERROR" => Self::Error,
            _ => return None,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// Where a command writes. A closed pipe silences it; other failures come out at the [`end`](Self::end).
pub(super) struct Console<'a> {
    output: &'a mut dyn Write,
    errors: &'a mut dyn Write,
    level: Level,
    failed: Option<std::io::Error>,
}

impl<'a> Console<'a> {
    /// Writes there.
    pub(super) fn new(output: &'a mut dyn Write, errors: &'a mut dyn Write) -> Self {
        Self {
            output,
            errors,
            level: Level::default(),
            failed: None,
        }
    }

    /// What every command says first, for every one starts the application, even to print its help.
    pub(super) fn boot(&mut self, release: Release, level: Level) {
        self.level = level;
        self.log(Level::Debug, "context", "Environments active: [cli, ee]");
        self.log(
            Level::Info,
            "database",
            "Checked the schema: 2 versions known, none to apply",
        );
        self.log(
            Level::Info,
            "plugins",
            "Looked for plugins: none beyond those of the core",
        );
        self.log(
            Level::Info,
            "context",
            &format!("Kestra {release}.0 is up for one command"),
        );
    }

    /// A log line of something that happened.
    pub(super) fn inform(&mut self, source: &str, text: &str) {
        self.log(Level::Info, source, text);
    }

    /// A log line of something that may surprise.
    pub(super) fn warn(&mut self, source: &str, text: &str) {
        self.log(Level::Warn, source, text);
    }

    fn log(&mut self, level: Level, source: &str, text: &str) {
        if level >= self.level {
            let time = Timestamp::now().strftime("%Y-%m-%d %H:%M:%S,%3f");
            let line = format!("{time} {:<5} main         {source:<10} {text}", level.word());
            self.say(&line);
        }
    }

    /// A line of the result.
    pub(super) fn say(&mut self, text: &str) {
        let written = writeln!(self.output, "{text}").and_then(|()| self.output.flush());
        self.note(written);
    }

    /// A line about what cannot be.
    pub(super) fn complain(&mut self, text: &str) {
        let written = writeln!(self.errors, "{text}").and_then(|()| self.errors.flush());
        self.note(written);
    }

    /// Why something was not done.
    pub(super) fn refuse(&mut self, problem: &Problem) {
        for line in [&problem.what, &problem.why, &problem.next] {
            self.complain(line);
        }
        if let Some(detail) = &problem.detail {
            self.complain(detail);
        }
    }

    fn note(&mut self, written: std::io::Result<()>) {
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => self.failed = Some(error),
            _ => {}
        }
    }

    /// The exit code, unless something could not be written.
    pub(super) fn end(self, code: u8) -> Result<u8, Problem> {
        match self.failed {
            None => Ok(code),
            Some(error) => Err(Problem::new(
                ProblemKind::Failed,
                "What the command says could not be written.",
                "The output does not take it.",
                "Look whether there is space left where it goes; the command itself has run.",
            )
            .with_detail(error)),
        }
    }
}
