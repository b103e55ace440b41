//! What a list of runs shows, and what may be asked of a run.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::columns::RUN_COLUMNS;
use crate::domain::moment::{to_the_minute, to_the_second};
use crate::domain::query::Row;

use super::choices::Choices;
use super::inspection::Inspection;
use super::plan::Means;
use super::record::Record;
use super::step::Step;

/// A run in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    /// Its id.
    pub id: String,
    /// What people call the instance.
    pub context: String,
    /// When it was planned, RFC 3339.
    pub started_at: String,
    /// Who started it: account and machine.
    pub by: String,
    /// Whether a process is at work on it.
    pub alive: bool,
    /// What was asked of the process at work, and not done yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// Whether the process at work waits for what only the operator does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
    /// Whether it has come to an end that nothing follows.
    pub finished: bool,
    /// The step it is at; none where it is at its end.
    pub step: Option<Step>,
    /// That step's place among all, from 1.
    pub position: usize,
    /// How many steps there are.
    pub steps: usize,
    /// Where it is, or how it ended, in a sentence.
    pub words: String,
    /// The answers that its plan was made of.
    #[serde(skip)]
    pub choices: Choices,
}

impl RunSummary {
    /// Whether it came to rest before it did more than look, so that nothing is left to go on with.
    pub fn has_only_looked(&self) -> bool {
        !self.alive && !self.finished && self.step == Some(Step::Inspect)
    }

    /// How it stands, in a word.
    pub fn state(&self) -> &'static str {
        match (self.alive, self.finished) {
            (true, _) if self.waits => "waiting",
            (true, _) => "at work",
            (false, true) => "ended",
            (false, false) => "halted",
        }
    }

    /// Where it is: `5 of 11`.
    pub fn place(&self) -> String {
        format!("{} of {}", self.position, self.steps)
    }

    /// The id of the step it is at; empty where it is at its end.
    pub fn step_name(&self) -> &'static str {
        self.step.map_or("", Step::id)
    }

    fn started(&self, words: fn(i64) -> String) -> Cow<'_, str> {
        let time = self.moment("started");
        time.map_or_else(|| self.started_at.as_str().into(), |time| words(time).into())
    }
}

impl Row for RunSummary {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "state" => self.state().into(),
            "step" => self.place().into(),
            "name" => self.step_name().into(),
            "outcome" => self.words.as_str().into(),
            "started" => self.started(to_the_second),
            "by" => self.by.as_str().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        RUN_COLUMNS
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "started" => Some(self.started(to_the_minute)),
            _ => self.column(name),
        }
    }

    fn moment(&self, name: &str) -> Option<i64> {
        let time: Timestamp = self.started_at.parse().ok()?;
        (name == "started").then(|| time.as_millisecond())
    }
}

/// What somebody asked of a run that is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// To stop after the action.
    Stop,
    /// To stop after the step.
    Pause,
}

/// What may be asked of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "control", rename_all = "kebab-case")]
pub enum Control {
    /// Stop after the action that is under way.
    Stop,
    /// Stop after the step that is under way.
    Pause,
    /// Go on; of one that is at work: do not stop or pause, as was asked.
    Resume {
        /// With this step, passing over those before it.
        from: Option<Step>,
    },
    /// Undo what it changed, back to before this step.
    Rollback {
        /// The first step to be undone.
        to: Step,
    },
}

/// What came of that, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Controlled {
    /// It does so.
    Done(String),
    /// There was nothing to do any more.
    Nothing(String),
}

impl Controlled {
    /// The sentence.
    pub fn words(&self) -> &str {
        match self {
            Self::Done(words) | Self::Nothing(words) => words,
        }
    }
}

/// What was found at an instance, and how its servers are reached: all that a plan is made of besides the choices.
#[derive(Clone, Debug, PartialEq)]
pub struct Surveyed {
    /// What people call the instance; typed to confirm.
    pub context: String,
    /// Where it is: a URL or a directory.
    pub place: String,
    /// What was found.
    pub inspection: Inspection,
    /// How the servers are reached.
    pub means: Means,
}

/// What is new about a run since it was last looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunNews {
    /// Records of its journal.
    pub records: Vec<Record>,
    /// Lines that its commands wrote, harmless to a terminal and without secrets.
    pub output: Vec<String>,
    /// Whether a process is at work on it.
    pub alive: bool,
    /// What was asked of that process, and not done yet.
    pub asked: Option<Asked>,
}
