//! The state of a run: what the records of its journal add up to, and what can be asked of that.
//!
//! How they add up is told in [`adding`], the one place where a state changes.

mod adding;

use super::action::{Action, Outcome, Receipt};
use super::inspection::Inspection;
use super::plan::Plan;
use super::record::Halt;
use super::step::Step;
use crate::domain::problem::Problem;

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    /// Not begun.
    Pending,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Found done.
    Found,
    /// Not wanted.
    Skipped,
    /// Waiting for the operator, or for the servers.
    Waiting,
    /// Did not work, or needs a decision.
    Failed,
    /// Done, and undone again.
    Undone,
    /// Begun and not over, and nothing goes on with it.
    Halted,
    /// Not begun, and nothing begins it any more.
    NotDone,
}

impl StepStatus {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Found => "found done",
            Self::Skipped => "skipped",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::Halted => "halted",
            Self::NotDone => "not done",
        }
    }

    /// Whether nothing more happens to it while a run goes forward.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Found | Self::Skipped | Self::Undone | Self::NotDone
        )
    }
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct StepState {
    /// Which.
    pub step: Step,
    /// Where it stands.
    pub status: StepStatus,
    /// What there is to say, in a sentence.
    pub words: String,
    /// When it began, RFC 3339.
    pub began_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// When it was last tried, where that is not when it began.
    pub tried_at: Option<String>,
    /// From when to when it was tried before, as far as the journal says: until the last record of the process that did.
    pub earlier: Vec<(String, String)>,
    /// When undoing it was last begun.
    pub undo_began_at: Option<String>,
    /// When undoing it was over.
    pub undo_ended_at: Option<String>,
}

/// An action whose outcome is not written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// For which step.
    pub step: Step,
    /// Which.
    pub action: Action,
    /// The number of the record of its intent.
    pub seq: u64,
    /// When that was written, RFC 3339.
    pub at: String,
    /// Whether it was begun going forward, and not to undo something.
    pub forward: bool,
}

/// An action and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// When, RFC 3339.
    pub at: String,
    /// For which step.
    pub step: Step,
    /// Which.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
}

/// Why no process is at work.
#[derive(Clone, Debug, PartialEq)]
pub struct Halted {
    /// When, RFC 3339.
    pub at: String,
    /// Why.
    pub halt: Halt,
    /// In a sentence.
    pub words: String,
    /// What did not work.
    pub problem: Option<Problem>,
}

/// What is being undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Undoing {
    /// Back to before this step.
    pub to: Step,
    /// What was done for it.
    pub acted: Vec<Acted>,
}

/// The state of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    /// What is to be done.
    pub plan: Plan,
    /// Its digest.
    pub hash: String,
    /// Who started it.
    pub by: String,
    /// When it was planned, RFC 3339.
    pub planned_at: String,
    /// The version of the program that planned it.
    pub program: String,
    /// Its steps, in order.
    pub steps: Vec<StepState>,
    /// What was done going forward, in order.
    pub acted: Vec<Acted>,
    /// The action that was begun and has no outcome.
    pub open: Option<Open>,
    /// The last step it is to do.
    pub until: Option<Step>,
    /// The step it is to begin with.
    pub from: Option<Step>,
    /// What is being undone, or was.
    pub undoing: Option<Undoing>,
    /// What the present process cannot get past.
    pub stuck: Option<Outcome>,
    /// Why no process is at work; `None` while one is, or was until it was killed.
    pub halted: Option<Halted>,
    /// Who was at work on it, one after the other.
    pub workers: Vec<String>,
    /// The process that the last of them began.
    pub pid: Option<u32>,
    /// The number of the last record.
    pub seq: u64,
    /// When the last record was written.
    pub last_at: String,
    /// The last word on the way of the step under way.
    pub note: Option<String>,
}

impl RunState {
    /// A step of it.
    pub fn step(&self, step: Step) -> Option<&StepState> {
        self.steps.iter().find(|state| state.step == step)
    }

    /// Whether the action under way waits for what only the operator does, as there is no command for it.
    pub fn awaits_operator(&self) -> bool {
        let means = &self.plan.means;
        let command = match self.open.as_ref().map(|open| &open.action) {
            Some(Action::AwaitSettings { .. }) => &means.restart_command,
            Some(Action::AwaitDown) => &means.stop_command,
            Some(Action::AwaitUp) => &means.start_command,
            _ => return false,
        };
        !means.local && command.is_empty()
    }

    /// Where a step stands: a wait for the operator included, that what the plan leaves out is not still to come, and that nothing
    /// goes on with it where the run was halted or goes no further.
    pub fn status(&self, step: &StepState) -> StepStatus {
        let is_open = self.open.as_ref().is_some_and(|open| open.step == step.step);
        let is_planned = || {
            self.plan
                .step(step.step)
                .is_none_or(|planned| planned.skipped.is_none())
        };
        match step.status {
            StepStatus::Running if is_open && self.awaits_operator() => StepStatus::Waiting,
            StepStatus::Pending if !is_planned() => StepStatus::Skipped,
            StepStatus::Pending if !self.goes_forward() => StepStatus::NotDone,
            StepStatus::Running | StepStatus::Waiting if !self.goes_forward() => StepStatus::Halted,
            StepStatus::Running if self.halted.is_some() => StepStatus::Halted,
            status => status,
        }
    }

    /// The same where it is known whether a process is at work: nothing goes on with what one left in the middle.
    pub fn status_now(&self, step: &StepState, at_work: bool) -> StepStatus {
        match step.status {
            StepStatus::Running if !at_work => StepStatus::Halted,
            _ => self.status(step),
        }
    }

    /// What there is to say of a step: of one that the plan leaves out, why.
    pub fn words<'a>(&'a self, step: &'a StepState) -> &'a str {
        let why = self.plan.step(step.step).and_then(|planned| planned.skipped.as_deref());
        why.filter(|_| step.status == StepStatus::Pending)
            .unwrap_or(&step.words)
    }

    /// Whether the process at work ended in the middle, without saying why, where none is at work now.
    pub fn is_cut_off(&self, at_work: bool) -> bool {
        !at_work && self.halted.is_none()
    }

    /// Whether steps that are not over may still be done: not once it is fulfilled, or is or was being undone.
    fn goes_forward(&self) -> bool {
        self.undoing.is_none() && !self.is_finished()
    }

    /// The step that is under way, or comes next.
    pub fn current(&self) -> Option<&StepState> {
        self.steps.iter().find(|state| !state.status.is_over())
    }

    /// What came of an action of a step the last time it was tried.
    pub fn last_outcome(&self, step: Step, action: &Action) -> Option<&Outcome> {
        last(&self.acted, step, action)
    }

    /// What was found at the beginning of the run itself, before it changed anything; what was found for the plan until
    /// then.
    pub fn baseline(&self) -> &Inspection {
        self.receipts()
            .find_map(|(_, receipt)| match receipt {
                Receipt::Inspected { inspection } => Some(&**inspection),
                _ => None,
            })
            .unwrap_or(&self.plan.inspection)
    }

    /// What was changed or learned going forward, in order.
    pub fn receipts(&self) -> impl DoubleEndedIterator<Item = (Step, &Receipt)> {
        self.acted.iter().filter_map(|acted| match &acted.outcome {
            Outcome::Done {
                receipt: Some(receipt), ..
            } => Some((acted.step, receipt)),
            _ => None,
        })
    }

    /// Whether it has come to an end that nothing follows.
    pub fn is_finished(&self) -> bool {
        self.halted
            .as_ref()
            .is_some_and(|halted| matches!(halted.halt, Halt::Fulfilled | Halt::RolledBack))
    }

    /// Whether it is being undone, or was until it was halted.
    pub fn is_half_undone(&self) -> bool {
        let rolled_back = |halted: &Halted| halted.halt == Halt::RolledBack;
        self.undoing.is_some() && !self.halted.as_ref().is_some_and(rolled_back)
    }

    /// Whether all that it did from a step on is undone already.
    pub fn is_undone_to(&self, to: Step) -> bool {
        let route = self.plan.route;
        let halted = self.halted.as_ref();
        halted.is_some_and(|halted| halted.halt == Halt::RolledBack)
            && (self.undoing.as_ref()).is_some_and(|undoing| route.position(undoing.to) <= route.position(to))
    }

    /// Whether it has done no more than look.
    pub fn has_only_looked(&self) -> bool {
        let is_look = |action: &Action| *action == Action::Inspect;
        self.undoing.is_none()
            && self.acted.iter().all(|acted| is_look(&acted.action))
            && self.open.iter().all(|open| is_look(&open.action))
    }

    /// Whether it has changed something that can be undone.
    pub fn can_be_undone(&self) -> bool {
        let rolled_back = self
            .halted
            .as_ref()
            .is_some_and(|halted| halted.halt == Halt::RolledBack);
        !rolled_back
            && self
                .receipts()
                .any(|(_, receipt)| matches!(receipt, Receipt::Edited { .. } | Receipt::Created { .. }))
    }
}

/// What came of an action the last time it was tried.
pub(super) fn last<'a>(acted: &'a [Acted], step: Step, action: &Action) -> Option<&'a Outcome> {
    acted
        .iter()
        .rev()
        .find(|it| it.step == step && it.action == *action)
        .map(|it| &it.outcome)
}

#[cfg(test)]
mod tests;
