//! How the records of a journal add up to a state, one after the other.

use crate::migration::action::{Action, Outcome};
use crate::migration::record::{Ending, Event, Record};
use crate::migration::step::Step;

use super::{Acted, Halted, Open, RunState, StepState, StepStatus, Undoing};

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
}
