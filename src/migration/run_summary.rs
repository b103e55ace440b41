//! What a list of runs shows, and what may be asked of a run.

use serde::{Deserialize, Serialize};

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
