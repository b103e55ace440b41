//! The state of a run: what the records of its journal add up to.

use super::action::{Action, Outcome, Receipt};
use super::inspection::Inspection;
use super::plan::Plan;
use super::record::{Ending, Event, Halt, Record};
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
    /// The state that the records of a whole journal add up to; `None` if they do not begin with a plan.
    pub fn of(records: &[Record]) -> Option<Self> {
        let (first, rest) = records.split_first()?;
        let Event::Planned {
            plan,
            hash,
            by,
            program,
        } = &first.event
        else {
            return None;
        };
        let steps = plan
            .steps
            .iter()
            .map(|planned| StepState {
                step: planned.step,
                status: StepStatus::Pending,
                words: planned.does.first().cloned().unwrap_or_default(),
                began_at: None,
                ended_at: None,
                tried_at: None,
                earlier: Vec::new(),
                undo_began_at: None,
                undo_ended_at: None,
            })
            .collect();
        let mut state = Self {
            plan: (**plan).clone(),
            hash: hash.clone(),
            by: by.clone(),
            planned_at: first.at.clone(),
            program: program.clone(),
            steps,
            acted: Vec::new(),
            open: None,
            until: None,
            from: None,
            undoing: None,
            stuck: None,
            halted: None,
            workers: Vec::new(),
            pid: None,
            seq: first.seq,
            last_at: first.at.clone(),
            note: None,
        };
        for record in rest {
            state.apply(record);
        }
        Some(state)
    }

    /// Takes one more record.
    pub fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        let before = std::mem::replace(&mut self.last_at, record.at.clone());
        let at = Some(record.at.clone());
        match &record.event {
            Event::Planned { .. } => {}
            Event::Began {
                pid,
                by,
                until,
                from,
                undo_to,
            } => {
                self.pid = Some(*pid);
                self.workers.push(by.clone());
                self.halted = None;
                self.stuck = None;
                self.until = *until;
                self.from = from.or(self.from);
                if let Some(to) = undo_to {
                    let acted = self.undoing.take().map(|undoing| undoing.acted).unwrap_or_default();
                    self.undoing = Some(Undoing { to: *to, acted });
                }
                let undoes = self.undoing.is_some();
                for state in &mut self.steps {
                    if undoes && state.undo_ended_at.is_none() {
                        state.undo_began_at = None;
                    } else if !undoes && state.began_at.is_some() && state.ended_at.is_none() {
                        let tried = state.tried_at.clone().or_else(|| state.began_at.clone());
                        state.earlier.extend(tried.map(|tried| (tried, before.clone())));
                        state.tried_at.clone_from(&at);
                    }
                }
            }
            Event::StepBegan { step } => {
                self.note = None;
                if let Some(state) = self.step_mut(*step) {
                    state.status = StepStatus::Running;
                    state.began_at = at;
                    state.ended_at = None;
                    state.tried_at = None;
                    state.earlier.clear();
                }
            }
            Event::Intent { step, action } => {
                self.note = None;
                self.open = Some(Open {
                    step: *step,
                    action: action.clone(),
                    seq: record.seq,
                    at: record.at.clone(),
                    forward: self.undoing.is_none(),
                });
                let undoes = self.undoing.is_some();
                let planned = self.plan.step(*step).and_then(|planned| planned.does.first());
                let planned = planned.cloned().unwrap_or_default();
                if let Some(state) = self.step_mut(*step) {
                    // What it failed with last time is not what it does now.
                    if !undoes && state.status == StepStatus::Failed {
                        state.words = planned;
                    }
                    if undoes {
                        state.undo_began_at = state.undo_began_at.take().or(at);
                        state.undo_ended_at = None;
                    } else {
                        state.status = StepStatus::Running;
                    }
                }
            }
            Event::Outcome { step, action, outcome } => self.settle(record, *step, action, outcome),
            Event::Note { words, .. } => self.note = Some(words.clone()),
            Event::StepEnded { step, ending, words } => {
                self.note = None;
                if let Some(state) = self.step_mut(*step) {
                    state.status = match ending {
                        Ending::Done => StepStatus::Done,
                        Ending::Found => StepStatus::Found,
                        Ending::Skipped => StepStatus::Skipped,
                    };
                    state.words.clone_from(words);
                    state.ended_at = at;
                }
            }
            Event::StepUndone { step, words } => {
                if let Some(state) = self.step_mut(*step) {
                    state.status = StepStatus::Undone;
                    state.words.clone_from(words);
                    state.ended_at = at;
                }
            }
            Event::Halted { halt, words, problem } => {
                self.halted = Some(Halted {
                    at: record.at.clone(),
                    halt: *halt,
                    words: words.clone(),
                    problem: problem.as_deref().cloned(),
                });
            }
        }
    }

    fn settle(&mut self, record: &Record, step: Step, action: &Action, outcome: &Outcome) {
        // What was begun going forward is a part of that, although it was looked at only to undo it.
        let forward = self.open.take().is_none_or(|open| open.forward);
        let undoes = self.undoing.is_some() && !forward;
        let is_late = self.undoing.is_some() && forward;
        self.stuck = (!outcome.is_settled() && !is_late).then(|| outcome.clone());
        let acted = Acted {
            at: record.at.clone(),
            step,
            action: action.clone(),
            outcome: outcome.clone(),
        };
        if let Some(state) = self.step_mut(step) {
            let (status, words) = match outcome {
                Outcome::Done { words, .. } | Outcome::Found { words } => (StepStatus::Running, words.clone()),
                Outcome::Waiting { words } => (StepStatus::Waiting, words.clone()),
                Outcome::Failed { problem } => (StepStatus::Failed, problem.what.clone()),
            };
            state.words = words;
            if !undoes {
                state.status = status;
            } else if outcome.is_settled() {
                state.undo_ended_at = Some(record.at.clone());
            }
        }
        match &mut self.undoing {
            Some(undoing) if undoes => undoing.acted.push(acted),
            _ => self.acted.push(acted),
        }
    }

    fn step_mut(&mut self, step: Step) -> Option<&mut StepState> {
        self.steps.iter_mut().find(|state| state.step == step)
    }

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
mod tests {
    use super::*;
    use crate::domain::access::Footprint;
    use crate::domain::instance::{Edition, Identity, Tenancy};
    use crate::domain::release::Release;
    use crate::migration::access_snapshot::AccessSnapshot;
    use crate::migration::choices::Choices;
    use crate::migration::plan::{Means, plan};

    fn inspection() -> Inspection {
        Inspection {
            taken_at: "2026-11-26T12:00:00Z".to_owned(),
            release: Release::new(0, 21),
            version: "0.21.4".to_owned(),
            edition: Edition::Enterprise,
            tenancy: Tenancy {
                enabled: false,
                default_tenant: true,
            },
            identity: Identity {
                id: "1".to_owned(),
                username: "ana".to_owned(),
                superadmin: true,
            },
            cannot_create: None,
            file: None,
            configured: None,
            environment_wins: None,
            remarks: Vec::new(),
            services: Vec::new(),
            footprint: Footprint::default(),
            namespaces: Vec::new(),
            access: AccessSnapshot::default(),
            only_here: Vec::new(),
            looked_into: 0,
            sync_unfinished: false,
            tenants: 0,
            tenant_ids: Vec::new(),
        }
    }

    fn records(events: Vec<(&str, Event)>) -> Vec<Record> {
        let plan = plan("lab", "here", inspection(), &Means::default(), Choices::default()).unwrap();
        let planned = Event::Planned {
            hash: plan.hash(),
            plan: Box::new(plan),
            by: "ana@jump1".to_owned(),
            program: "0.1.0".to_owned(),
        };
        std::iter::once(("2026-11-26T12:00:00Z", planned))
            .chain(events)
            .enumerate()
            .map(|(index, (at, event))| Record {
                seq: index as u64 + 1,
                at: at.to_owned(),
                event,
            })
            .collect()
    }

    fn began() -> Event {
        Event::Began {
            pid: 1,
            by: "ana@jump1".to_owned(),
            until: None,
            from: None,
            undo_to: None,
        }
    }

    #[test]
    fn a_clock_that_was_set_back_changes_nothing() {
        let step = Step::Inspect;
        let state = RunState::of(&records(vec![
            ("2026-11-26T12:00:01Z", began()),
            ("2026-11-26T11:00:00Z", Event::StepBegan { step }),
            (
                "2026-11-26T10:00:00Z",
                Event::StepEnded {
                    step,
                    ending: Ending::Done,
                    words: "as planned".to_owned(),
                },
            ),
        ]))
        .unwrap();
        assert_eq!(state.step(step).unwrap().status, StepStatus::Done);
        assert_eq!(state.current().unwrap().step, Step::Backup);
        assert_eq!(state.seq, 4);
    }

    #[test]
    fn an_intent_without_outcome_stays_open_over_a_halt() {
        let state = RunState::of(&records(vec![
            ("t", began()),
            ("t", Event::StepBegan { step: Step::Enable }),
            (
                "t",
                Event::Intent {
                    step: Step::Enable,
                    action: Action::CopyFile,
                },
            ),
            (
                "t",
                Event::Halted {
                    halt: Halt::Failed,
                    words: "Not known.".to_owned(),
                    problem: None,
                },
            ),
            ("t", began()),
        ]))
        .unwrap();
        assert_eq!(state.open.as_ref().map(|open| open.seq), Some(4));
        assert!(state.halted.is_none());
    }

    #[test]
    fn what_is_begun_when_a_run_is_undone_is_halted_and_the_rest_not_done() {
        let step = Step::Enable;
        let undo = Event::Began {
            pid: 1,
            by: "ana@jump1".to_owned(),
            until: None,
            from: None,
            undo_to: Some(Step::Inspect),
        };
        let rolled_back = Event::Halted {
            halt: Halt::RolledBack,
            words: "Undone.".to_owned(),
            problem: None,
        };
        let all = records(vec![
            ("t", began()),
            ("t", Event::StepBegan { step }),
            ("t", undo),
            ("t", rolled_back),
        ]);
        let word = |count: usize, step: Step| {
            let state = RunState::of(&all[..count]).unwrap();
            state.status(state.step(step).unwrap()).word()
        };
        assert_eq!(
            [3, 4, 5].map(|count| word(count, step)),
            ["running", "halted", "halted"]
        );
        assert_eq!(
            [3, 4, 5].map(|count| word(count, Step::Report)),
            ["pending", "not done", "not done"]
        );
        // What the plan leaves out is skipped, as it says itself.
        assert_eq!(word(5, Step::DisableDefault), "skipped");
    }

    #[test]
    fn a_step_in_the_middle_of_which_a_run_was_stopped_is_halted_until_it_goes_on() {
        let step = Step::CreateTenants;
        let waits = Outcome::Waiting {
            words: "It waits.".to_owned(),
        };
        let action = Action::AwaitUp;
        let halted = |halt| Event::Halted {
            halt,
            words: "Stopped.".to_owned(),
            problem: None,
        };
        let all = records(vec![
            ("t", began()),
            ("t", Event::StepBegan { step }),
            ("t", halted(Halt::Stopped)),
            ("t", began()),
            (
                "t",
                Event::Outcome {
                    step,
                    action,
                    outcome: waits,
                },
            ),
            ("t", halted(Halt::Waiting)),
        ]);
        let word = |count: usize| {
            let state = RunState::of(&all[..count]).unwrap();
            state.status(state.step(step).unwrap()).word()
        };
        assert_eq!(
            [3, 4, 5, 6, 7].map(word),
            ["running", "halted", "running", "waiting", "waiting"]
        );
    }

    #[test]
    fn a_step_that_is_tried_again_says_what_it_does_and_keeps_the_time_it_took() {
        let step = Step::Backup;
        let action = || Action::CopyFile;
        let failed = Outcome::Failed {
            problem: Box::new(Problem::new(
                crate::domain::problem::ProblemKind::Failed,
                "It broke.",
                "Why.",
                "Next.",
            )),
        };
        let state = RunState::of(&records(vec![
            ("2026-11-26T12:00:01Z", began()),
            ("2026-11-26T12:00:02Z", Event::StepBegan { step }),
            ("2026-11-26T12:00:03Z", Event::Intent { step, action: action() }),
            (
                "2026-11-26T12:00:14Z",
                Event::Outcome {
                    step,
                    action: action(),
                    outcome: failed,
                },
            ),
            ("2026-11-26T13:00:00Z", began()),
            ("2026-11-26T13:00:01Z", Event::Intent { step, action: action() }),
        ]))
        .unwrap();
        let planned = state.plan.step(step).unwrap().does.first().cloned().unwrap_or_default();
        let tried = state.step(step).unwrap();
        assert_eq!(
            (tried.words.as_str(), tried.status),
            (planned.as_str(), StepStatus::Running)
        );
        let spent = ("2026-11-26T12:00:02Z".to_owned(), "2026-11-26T12:00:14Z".to_owned());
        assert_eq!(tried.earlier, [spent]);
        assert_eq!(tried.tried_at.as_deref(), Some("2026-11-26T13:00:00Z"));
    }

    #[test]
    fn without_a_plan_there_is_no_run() {
        assert!(RunState::of(&[]).is_none());
        assert!(RunState::of(&records(vec![("t", began())])[1..]).is_none());
    }
}
