//! The records of a journal, and the state that they add up to. State is what the journal says, and nothing else.

use serde::{Deserialize, Serialize};

use super::action::{Action, Outcome};
use super::plan::Plan;
use super::step::Step;
use crate::domain::problem::Problem;

/// One record of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its number, from 1 on, without gaps.
    pub seq: u64,
    /// When it was written, RFC 3339. The clock may be set back; order is by number.
    pub at: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Its work was done.
    Done,
    /// Its work had been done already.
    Found,
    /// It was not wanted.
    Skipped,
}

/// Why a run is not at work any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Halt {
    /// The plan is fulfilled.
    Fulfilled,
    /// Everything that can be undone was undone.
    RolledBack,
    /// The step it was to stop after is done.
    Reached,
    /// The operator stopped it.
    Stopped,
    /// It waits for the operator, or for the servers.
    Waiting,
    /// Something did not work, or needs a decision.
    Failed,
}

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// What is to be done; the first record.
    Planned {
        /// The plan.
        plan: Box<Plan>,
        /// Its digest.
        hash: String,
        /// Who started it: account and machine.
        by: String,
        /// The version of this program.
        program: String,
    },
    /// A process went to work.
    Began {
        /// Its id.
        pid: u32,
        /// Whose account, and on which machine.
        by: String,
        /// The last step it is to do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Step>,
        /// The step it is to begin with: those before it count as skipped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Step>,
        /// Undo instead, back to before this step; all of it where it is the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undo_to: Option<Step>,
    },
    /// A step began.
    StepBegan {
        /// Which.
        step: Step,
    },
    /// An action is about to be done.
    Intent {
        /// For which step.
        step: Step,
        /// Which.
        action: Action,
    },
    /// What came of it.
    Outcome {
        /// For which step.
        step: Step,
        /// Which.
        action: Action,
        /// What came of it.
        outcome: Outcome,
    },
    /// A word on the way.
    Note {
        /// For which step.
        step: Step,
        /// In a sentence.
        words: String,
    },
    /// A step ended.
    StepEnded {
        /// Which.
        step: Step,
        /// How.
        ending: Ending,
        /// In a sentence.
        words: String,
    },
    /// A step was undone.
    StepUndone {
        /// Which.
        step: Step,
        /// In a sentence.
        words: String,
    },
    /// No process is at work from here on.
    Halted {
        /// Why.
        halt: Halt,
        /// In a sentence.
        words: String,
        /// What did not work.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<Box<Problem>>,
    },
}
