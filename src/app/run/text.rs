//! What there is to say about a run: its steps, how it stands and what can be done about it.

use crate::domain::equivalent::program;
use crate::domain::problem::Problem;
use crate::domain::text::capital;
use crate::migration::action::{Action, Outcome};
use crate::migration::record::Halt;
use crate::migration::report::{needs_tenant, told};
use crate::migration::run_summary::Asked;
use crate::migration::state::{Halted, RunState, StepState, StepStatus};
use crate::migration::step::Step;

use super::super::clock::{roughly, seconds_between, span};
use super::super::model::Model;
use super::super::page_line::{PageLine, Tone};
use super::super::wizard::plan_page::would;
use super::rollback::{Progress, says};
use super::said::cut_short;
use super::{RunView, STUCK};

/// The mark of a status.
pub fn mark(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Pending => "[ ]",
        StepStatus::Running => "[>]",
        StepStatus::Done | StepStatus::Found => "[x]",
        StepStatus::Skipped | StepStatus::NotDone => "[-]",
        StepStatus::Halted => "[=]",
        StepStatus::Waiting => "[?]",
        StepStatus::Failed => "[!]",
        StepStatus::Undone => "[<]",
    }
}

/// What a status means.
pub fn tone(status: StepStatus) -> Tone {
    match status {
        StepStatus::Pending | StepStatus::Skipped | StepStatus::NotDone => Tone::Muted,
        StepStatus::Running => Tone::Strong,
        StepStatus::Done | StepStatus::Found => Tone::Good,
        StepStatus::Waiting | StepStatus::Halted | StepStatus::Undone => Tone::Warning,
        StepStatus::Failed => Tone::Danger,
    }
}

/// The status of a step in a word.
pub fn status_word(view: &RunView, step: &StepState) -> &'static str {
    if is_halted(view, step) {
        return StepStatus::Halted.word();
    }
    match undo(view, step) {
        Some(Undo::Now) => return "undoing",
        Some(Undo::Stuck(status)) => return status.word(),
        Some(Undo::Over) => return StepStatus::Undone.word(),
        None => {}
    }
    match status(view, step) {
        StepStatus::Pending if view.is_dry => "would",
        StepStatus::Found => "found",
        status => status.word(),
    }
}

/// Whether a step was under way when the last process ended.
pub fn is_halted(view: &RunView, step: &StepState) -> bool {
    let is_halted = match undo(view, step) {
        Some(undo) => undo == Undo::Now && !view.alive,
        None => status(view, step) == StepStatus::Halted,
    };
    !view.is_dry && is_halted
}

/// How far the undoing of a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// It is being undone, or was when the last process ended.
    Now,
    /// What undoes it waits or failed.
    Stuck(StepStatus),
    /// All of it is undone.
    Over,
}

/// How far the undoing of a step is, while a run is being undone.
pub fn undo(view: &RunView, step: &StepState) -> Option<Undo> {
    let state = view.state.as_ref()?;
    let progress = Progress::of(state)?;
    if progress.over.contains(&step.step) {
        return Some(Undo::Over);
    }
    let (next, _) = progress.next?;
    if next != step.step {
        return None;
    }
    Some(match &state.stuck {
        Some(Outcome::Failed { .. }) => Undo::Stuck(StepStatus::Failed),
        Some(Outcome::Waiting { .. }) => Undo::Stuck(StepStatus::Waiting),
        _ => Undo::Now,
    })
}

/// The status of a step, as it is drawn.
pub fn status(view: &RunView, step: &StepState) -> StepStatus {
    match undo(view, step) {
        Some(Undo::Now | Undo::Over) => StepStatus::Undone,
        Some(Undo::Stuck(status)) => status,
        None => view
            .state
            .as_ref()
            .map_or(step.status, |state| state.status_now(step, view.alive)),
    }
}

fn skipped(view: &RunView, step: Step) -> Option<&str> {
    view.state.as_ref()?.plan.step(step)?.skipped.as_deref()
}

/// What there is to say of a step, in a sentence.
pub fn words(view: &RunView, step: &StepState) -> String {
    if let Some(state) = &view.state
        && undo(view, step) == Some(Undo::Now)
    {
        let next = Progress::of(state).and_then(|progress| progress.next);
        let said = next.and_then(|(step, action)| says(state, step, &action));
        if let Some(words) = state.note.clone().or(said) {
            return words;
        }
    }
    if !view.is_dry && step.status != StepStatus::Pending {
        let note = view.state.as_ref().and_then(|state| state.note.as_deref());
        return match (step.status, note) {
            (StepStatus::Running, Some(note)) => note.to_owned(),
            _ => step.words.clone(),
        };
    }
    match (skipped(view, step.step), view.is_dry) {
        (Some(why), _) => why.to_owned(),
        (None, true) => match would_do(view, step.step).as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first, second] => format!("{}; {second}", first.trim_end_matches(['.', ':'])),
            [first, rest @ ..] => format!("{}, and {} more", first.trim_end_matches(['.', ':']), rest.len()),
        },
        (None, false) => step.words.clone(),
    }
}

/// All that a step would do, a sentence each; the word before them says that it would.
fn would_do(view: &RunView, step: Step) -> Vec<String> {
    let planned = view.state.as_ref().and_then(|state| state.plan.step(step));
    let does = planned.iter().flat_map(|planned| &planned.does);
    does.map(|line| {
        let words = would(line);
        words
            .strip_prefix("would ")
            .map_or_else(|| words.clone(), str::to_owned)
    })
    .collect()
}

/// What there is to say of a step, a line for each of several things that it would do.
pub fn all_words(view: &RunView, step: &StepState) -> Vec<String> {
    if view.is_dry && skipped(view, step.step).is_none() {
        return would_do(view, step.step);
    }
    vec![words(view, step)]
}

/// What the rows of the steps say.
pub fn steps(view: &RunView) -> Vec<String> {
    let steps = view.state.iter().flat_map(|state| &state.steps);
    steps
        .map(|step| {
            let words = all_words(view, step).join(" ");
            format!("{}, {}: {words}", step.step, status_word(view, step))
        })
        .collect()
}

/// How long a step took, or has taken: all the time that a process was at work on it, as the journal says. Nothing where a process
/// ended without a word right after it began.
pub fn elapsed(model: &Model, view: &RunView, step: &StepState) -> Option<String> {
    let state = view.state.as_ref()?;
    let undo = undo(view, step);
    let is_undone = step.status == StepStatus::Undone || undo.is_some();
    let (began, ended) = if is_undone {
        // How long it took to do it says nothing about how long it takes to undo it.
        (step.undo_began_at.as_deref()?, step.undo_ended_at.as_ref())
    } else {
        let began = step.tried_at.as_deref().or(step.began_at.as_deref())?;
        (began, step.ended_at.as_ref())
    };
    if !is_undone && state.undoing.is_some() && ended.is_none() {
        return None;
    }
    let earlier = step.earlier.iter().filter(|_| !is_undone);
    let before: u64 = earlier.filter_map(|(from, until)| seconds_between(from, until)).sum();
    let all = |seconds: u64| span(before + seconds);
    let is_open = matches!(undo, Some(Undo::Now | Undo::Stuck(_)));
    if let Some(ended) = ended.filter(|_| !is_open) {
        return seconds_between(began, ended).map(all);
    }
    if view.alive && (step.status == StepStatus::Running || is_open) {
        return seconds_since(model, began).map(all);
    }
    let last = state.halted.as_ref().map_or(&state.last_at, |halted| &halted.at);
    let seconds = seconds_between(began, last)?;
    (state.halted.is_some() || before + seconds > 0).then(|| all(seconds))
}

fn seconds_since(model: &Model, at: &str) -> Option<u64> {
    super::super::clock::milliseconds(at).map(|at| model.wall().saturating_sub(at) / 1000)
}

/// Where a run is among its steps: `step 5 of 11`.
pub fn place(view: &RunView) -> String {
    let Some(state) = &view.state else {
        return String::new();
    };
    let count = state.steps.len();
    if view.is_dry {
        format!("{count} steps")
    } else if state
        .halted
        .as_ref()
        .is_some_and(|halted| halted.halt == Halt::RolledBack)
    {
        "rolled back".to_owned()
    } else if let Some(progress) = Progress::of(state) {
        let Progress { done, count, .. } = progress;
        if view.alive {
            format!("undoing, {} of {count}", (done + 1).min(count))
        } else {
            format!("half undone, {done} of {count}")
        }
    } else if state.current().is_none() {
        let skipped = |step: &&StepState| step.status == StepStatus::Skipped;
        let skipped = state.steps.iter().filter(skipped).count();
        match skipped {
            0 => format!("{count} done"),
            _ => format!("{} done, {skipped} skipped", count - skipped),
        }
    } else {
        let stands = if view.alive { "" } else { "stopped at " };
        format!("{stands}step {} of {count}", view.current() + 1)
    }
}

/// What a run is called.
pub fn title(view: &RunView) -> String {
    match (&view.state, view.is_dry) {
        (None, _) => format!("Run {}", view.run),
        (Some(state), true) => format!("Dry run: migration of {} to multi-tenancy", state.plan.context),
        (Some(state), false) => format!("Migration of {} to multi-tenancy", state.plan.context),
    }
}

/// The command that leads back to a run.
pub fn attach(model: &Model) -> String {
    format!("{} migrate attach", program(model.session.lead_words()))
}

/// What is said of a rehearsal that is left while it is made.
pub const SERVER_MAY_RUN: &str = "Its server may run by then; `kestra-admin rehearsal stop` ends it.";

/// What is said once the console was left while a run is at work, that it goes on and how it is followed again, or while a
/// rehearsal was made.
pub fn parting(model: &Model) -> Option<String> {
    let made = model
        .rehearsing()
        .map(|_| format!("The rehearsal is made no further. {SERVER_MAY_RUN}"));
    let run = model.alive_runs().into_iter().next().map(|run| {
        let command = attach(model);
        format!("Run {run} is at work and goes on by itself; `{command}` follows it again.")
    });
    let words: Vec<String> = run.into_iter().chain(made).collect();
    (!words.is_empty()).then(|| words.join("\n"))
}

/// How a run stands, and what can be done about it.
pub fn standing(model: &Model, view: &RunView) -> Vec<PageLine> {
    let Some(state) = &view.state else {
        return match (&view.problem, view.is_read) {
            (Some(problem), _) => three(problem),
            (None, true) => vec![PageLine::plain("Its journal holds nothing yet.")],
            (None, false) => Vec::new(),
        };
    };
    let mut lines = Vec::new();
    if view.is_dry {
        let text = "Nothing is done: this is what a run would do. <esc> goes back to the plan.";
        lines.push(PageLine::strong(model.keyed_below(text)));
        return lines;
    }
    if let Some(problem) = &view.problem {
        lines.push(PageLine::warning(format!(
            "No news of it: {} {}",
            problem.what, problem.why
        )));
    }
    if view.alive {
        lines.extend(at_work(model, view, state));
    } else {
        lines.extend(halted(model, state));
    }
    lines
}

fn three(problem: &Problem) -> Vec<PageLine> {
    vec![
        PageLine::Text(Tone::Danger, 0, format!("! {}", problem.what)),
        PageLine::plain(problem.why.as_str()),
        PageLine::plain(problem.next.as_str()),
    ]
}

/// That nothing was heard of a run at work for long, and where that is nothing to be waited for, who holds its lock.
fn silence(model: &Model, view: &RunView, state: &RunState) -> Vec<PageLine> {
    let waited = model.now.saturating_sub(view.heard_at);
    let Some(from) = view.silences().into_iter().rev().find(|from| waited >= *from) else {
        return Vec::new();
    };
    // Where nothing counts, it is said how long it has been at least.
    let seconds = if model.session.reduced_motion { from } else { waited } / 1000;
    let time = roughly(seconds);
    let open = state.open.as_ref().map(|open| &open.action);
    if from < STUCK {
        vec![PageLine::muted(format!("No news for {time}."))]
    } else if let Some(Action::Run { .. } | Action::AwaitSettings { .. } | Action::AwaitDown | Action::AwaitUp) = open {
        vec![PageLine::muted(format!("No news for {time}, nothing written."))]
    } else {
        let who = state.workers.last().map_or("somebody", String::as_str);
        let pid = state.pid.map_or_else(String::new, |pid| format!(", pid {pid}"));
        vec![
            PageLine::warning(format!("Runner not responding for {time}: lock held by {who}{pid}.")),
            PageLine::plain("Look at that process there; once it has ended, P goes on and does nothing twice."),
        ]
    }
}

fn at_work(model: &Model, view: &RunView, state: &RunState) -> Vec<PageLine> {
    let mut lines = silence(model, view, state);
    if let Some(undoing) = &state.undoing {
        lines.push(PageLine::warning(format!("Rolling back to before `{}`.", undoing.to)));
    }
    if let Some(open) = state.open.as_ref().filter(|_| state.awaits_operator()) {
        let since = seconds_since(model, &open.at).map(roughly);
        let waited = since.map_or_else(String::new, |since| format!(", for {since} now"));
        let what = state.note.as_deref().map(capital).unwrap_or_default();
        lines.push(PageLine::warning(format!("It waits for you{waited}. {what}")));
    }
    let other = view.other_operator(model.session.operator.as_deref());
    if let Some(asked) = view.asked {
        let will = match asked {
            Asked::Pause => "It pauses after this step.",
            Asked::Stop => "It stops after what it is doing now.",
        };
        let takes_back = if other.is_none() {
            "   P lets it go on instead"
        } else {
            ""
        };
        lines.push(PageLine::warning(format!("{will}{takes_back}")));
    }
    if let Some(other) = other {
        lines.push(PageLine::plain(format!(
            "{other} carries it out; here it can only be followed."
        )));
    } else if model.size.height >= 16 {
        lines.push(PageLine::plain(format!(
            "You may close this window; the run goes on.  Again:  {}",
            attach(model)
        )));
    }
    lines
}

/// How a roll back stands that was left half done.
fn half_undone(model: &Model, halted: &Halted, progress: &Progress) -> Vec<PageLine> {
    let Progress { done, count, .. } = progress;
    let far = format!("{done} of {count} is undone");
    match halted.halt {
        Halt::Waiting => vec![
            PageLine::warning(format!("Rolling back waits for you, {far}. {}", capital(&halted.words))),
            PageLine::plain(once_done(model)),
        ],
        Halt::Failed => {
            let mut lines = match &halted.problem {
                Some(problem) => three(problem),
                None => vec![PageLine::Text(Tone::Danger, 0, format!("! {}", halted.words))],
            };
            lines.push(PageLine::warning(format!("It is rolled back by half: {far}.")));
            lines
        }
        _ => {
            vec![PageLine::warning(format!(
                "Rolling back was stopped after {done} of {count}: {}",
                halted.words
            ))]
        }
    }
}

fn halted(model: &Model, state: &RunState) -> Vec<PageLine> {
    let Some(halted) = &state.halted else {
        let [what, next] = cut_short(state).unwrap_or_default();
        return vec![PageLine::warning(what), PageLine::plain(model.keyed(&next))];
    };
    if let Some(progress) = Progress::of(state) {
        return half_undone(model, halted, &progress);
    }
    let since = seconds_since(model, &halted.at).map(roughly);
    match halted.halt {
        Halt::Fulfilled => fulfilled(state),
        Halt::Waiting => {
            let waited = since.map_or_else(String::new, |since| format!(", for {since} now"));
            vec![
                PageLine::warning(format!("It waits for you{waited}. {}", capital(&halted.words))),
                PageLine::plain(once_done(model)),
            ]
        }
        Halt::Failed => {
            let mut lines = match &halted.problem {
                Some(problem) => three(problem),
                None => vec![PageLine::Text(Tone::Danger, 0, format!("! {}", halted.words))],
            };
            let is_unchanged = state.has_only_looked();
            lines.extend(is_unchanged.then(|| PageLine::plain("Nothing was changed.")));
            lines
        }
        Halt::Stopped | Halt::Reached => vec![PageLine::warning(halted.words.as_str())],
        Halt::RolledBack => vec![PageLine::Text(Tone::Good, 0, halted.words.clone())],
    }
}

/// Whether it stopped because somebody holds less than before.
pub fn has_found_losses(state: &RunState) -> bool {
    let at = state.current();
    at.is_some_and(|at| at.step == Step::VerifyAccess && at.status == StepStatus::Failed)
}

/// Which key goes on with a run that waits for the operator. Keys that need no such word stand in the footer.
fn once_done(model: &Model) -> String {
    model.keyed("<P> goes on once that is done.")
}

fn fulfilled(state: &RunState) -> Vec<PageLine> {
    let mut lines = vec![PageLine::Text(Tone::Good, 0, fulfilled_words(state))];
    lines.extend(
        told(state, Step::Verify)
            .into_iter()
            .flatten()
            .map(|line| PageLine::Text(Tone::Plain, 2, line.clone())),
    );
    let needs = needs_tenant(state);
    if !needs.is_empty() {
        lines.push(PageLine::strong("What needs a tenant in its path now"));
        lines.extend(needs.into_iter().map(|line| PageLine::Text(Tone::Plain, 2, line)));
    }
    lines
}

fn fulfilled_words(state: &RunState) -> String {
    let took = seconds_between(&state.planned_at, &state.last_at)
        .map_or_else(String::new, |seconds| format!(" in {}", span(seconds)));
    format!("The plan is fulfilled{took}.")
}
