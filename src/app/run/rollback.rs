//! Undoing a run: from which step on, what that undoes, in reverse, with what it changes in files.

use crate::domain::sorting;
use crate::migration::action::{Action, CommandKind, Receipt};
use crate::migration::machine::undo_actions;
use crate::migration::plan::shown_command;
use crate::migration::plan_text::settings;
use crate::migration::state::RunState;
use crate::migration::step::Step;

use super::super::page_line::{PageLine, Tone};
use super::super::search::Search;

/// The page on which one chooses how far to go back.
#[derive(Clone, Debug)]
pub struct RollbackView {
    /// The run.
    pub run: String,
    /// The state it was in when the page was opened.
    pub state: Box<RunState>,
    /// Which of the choices is selected.
    pub at: usize,
    /// The first line in view.
    pub scroll: usize,
    /// What is looked for in it.
    pub search: Search,
}

impl RollbackView {
    /// The steps that can be gone back to before, the first undoes everything.
    pub fn targets(&self) -> Vec<Step> {
        targets(&self.state)
    }

    /// The step that is selected.
    pub fn target(&self) -> Option<Step> {
        self.targets().get(self.at).copied()
    }

    /// What the page says: the choices, then what the selected one undoes.
    pub fn lines(&self) -> Vec<PageLine> {
        let targets = self.targets();
        let mut lines = vec![PageLine::strong("How far is it rolled back?"), PageLine::Blank];
        for (index, step) in targets.iter().enumerate() {
            let title = if index == 0 {
                format!("All of it, back to before `{step}`")
            } else {
                format!("Back to before `{step}`")
            };
            lines.push(PageLine::Choice {
                index,
                title,
                text: String::new(),
            });
        }
        if let Some(to) = self.target() {
            lines.push(PageLine::Blank);
            lines.push(PageLine::strong("What that undoes, in this order"));
            lines.extend(undone(&self.state, to));
            lines.push(PageLine::Blank);
            lines.push(PageLine::muted(
                "What others changed since is left alone. It is asked once more before anything is undone.",
            ));
        }
        lines
    }
}

/// How far the undoing of a run is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// How much of it is done.
    pub done: usize,
    /// How much there is to do.
    pub count: usize,
    /// What is under way or comes next.
    pub next: Option<(Step, Action)>,
    /// The steps of which all is undone.
    pub over: Vec<Step>,
}

impl Progress {
    /// How far a run is undone; `None` where nobody undoes it, or all of it is.
    pub fn of(state: &RunState) -> Option<Self> {
        let undoing = state.undoing.as_ref().filter(|_| state.is_half_undone())?;
        let actions = undo_actions(state, undoing.to);
        let is_done = |(step, action): &(Step, Action)| {
            let mut tried = undoing.acted.iter().rev();
            tried
                .find(|acted| acted.step == *step && acted.action == *action)
                .is_some_and(|acted| acted.outcome.is_settled())
        };
        let done = actions.iter().take_while(|action| is_done(action)).count();
        let left: Vec<Step> = actions.iter().skip(done).map(|(step, _)| *step).collect();
        let over = actions.iter().take(done).map(|(step, _)| *step);
        Some(Self {
            done,
            count: actions.len(),
            over: over.filter(|step| !left.contains(step)).collect(),
            next: actions.into_iter().nth(done),
        })
    }
}

/// The steps that changed something that can be undone, in order.
pub fn targets(state: &RunState) -> Vec<Step> {
    let mut steps: Vec<Step> = state
        .receipts()
        .filter(|(_, receipt)| matches!(receipt, Receipt::Edited { .. } | Receipt::Created { .. }))
        .map(|(step, _)| step)
        .collect();
    sorting::by_key(&mut steps, |step| state.plan.route.position(*step));
    steps.dedup();
    steps
}

/// The tenants that going back to before a step deletes.
pub fn deleted(state: &RunState, to: Step) -> Vec<String> {
    undo_actions(state, to)
        .into_iter()
        .filter_map(|(_, action)| match action {
            Action::DeleteTenant { id, .. } => Some(id),
            _ => None,
        })
        .collect()
}

/// What going back to before a step does, in order.
pub fn undone(state: &RunState, to: Step) -> Vec<PageLine> {
    let mut lines = Vec::new();
    let actions = undo_actions(state, to);
    let said = actions
        .iter()
        .filter_map(|(step, action)| Some((step, action, says(state, *step, action)?)));
    for (number, (_, action, words)) in said.enumerate() {
        let tone = match action {
            Action::DeleteTenant { .. } => Tone::Warning,
            _ => Tone::Plain,
        };
        lines.push(PageLine::Text(tone, 2, format!("{}. {words}", number + 1)));
        if let Action::RestoreFile { path, after_hash, .. } = action {
            lines.extend(
                reversed(state, path, after_hash)
                    .into_iter()
                    .map(|line| PageLine::diff(&line, 6)),
            );
        }
    }
    lines
}

/// What an action that undoes something does, in a sentence.
pub fn says(state: &RunState, step: Step, action: &Action) -> Option<String> {
    Some(match action {
        Action::RestoreFile { path, .. } => format!("Puts `{path}` back as it was before `{step}`."),
        Action::DeleteTenant { id, name } => format!("Deletes tenant `{id}` ({name}), if nothing lives in it."),
        Action::Run {
            command: CommandKind::Restart,
        } => {
            let command = &state.plan.means.restart_command;
            if command.is_empty() && !state.plan.means.local {
                "Waits until you have restarted all servers.".to_owned()
            } else if command.is_empty() {
                "Opens the store anew.".to_owned()
            } else {
                format!("Runs `{}`.", shown_command(command))
            }
        }
        Action::AwaitSettings { wanted } => format!("Waits until the instance reports {}.", settings(*wanted)),
        _ => return None,
    })
}

/// The diff of an edit, the other way round.
fn reversed(state: &RunState, path: &str, hash: &str) -> Vec<String> {
    let diff = state.receipts().find_map(|(_, receipt)| match receipt {
        Receipt::Edited {
            path: edited,
            after_hash,
            diff,
            ..
        } if edited == path && after_hash == hash => Some(diff),
        _ => None,
    });
    let turned = |line: &String| match (line.strip_prefix('+'), line.strip_prefix('-')) {
        (Some(rest), _) => format!("-{rest}"),
        (_, Some(rest)) => format!("+{rest}"),
        _ => line.clone(),
    };
    let mut lines: Vec<String> = Vec::new();
    for line in diff.into_iter().flatten().map(turned) {
        // What goes stands before what comes, as in any diff.
        let at = if line.starts_with('-') {
            lines
                .iter()
                .rposition(|before| !before.starts_with('+'))
                .map_or(0, |at| at + 1)
        } else {
            lines.len()
        };
        lines.insert(at, line);
    }
    lines
}
