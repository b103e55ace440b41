//! Runs: looking at them, and what may be asked of them.

use crate::migration::report;
use crate::migration::run_summary::{Asked, Control};
use crate::migration::step::Step;

use super::super::command::{Availability, Command, CommandId, Scope};
use super::super::cursor::Motion;
use super::super::effect::{Effect, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Page, Question};
use super::super::page_line::{broken, scrolled_to};
use super::super::run::rollback::{RollbackView, deleted};
use super::super::run::{Asking, RunView, details, text};
use super::super::screen::Screen;
use super::super::search::Search;
use super::super::tenant_view::scrolled;
use super::{deeds, migration};

/// The run on screen.
pub fn view(model: &Model) -> Option<&RunView> {
    match model.screens.last() {
        Some(Screen::Run(view)) => Some(view),
        _ => None,
    }
}

fn view_mut(model: &mut Model) -> Option<&mut RunView> {
    match model.screens.last_mut() {
        Some(Screen::Run(view)) => Some(view),
        _ => None,
    }
}

/// A run that something is asked of: the one on screen, or the selected one of the list.
pub(super) struct Target {
    /// Its id.
    pub(super) run: String,
    alive: bool,
    /// What was asked of the process at work, and not done yet.
    asked: Option<Asked>,
    finished: bool,
    /// Who carries it out, if that is somebody else.
    other: Option<String>,
    is_known: bool,
}

pub(super) fn target(model: &Model) -> Option<Target> {
    let us = model.session.operator.as_deref();
    match model.screens.last() {
        Some(Screen::Run(view)) if !view.is_dry => Some(Target {
            run: view.run.clone(),
            alive: view.alive,
            asked: view.asked,
            finished: view.is_finished(),
            other: view.other_operator(us).map(str::to_owned),
            is_known: view.state.is_some(),
        }),
        Some(Screen::Runs(view)) => {
            let run = view.selected(model.runs.value()?)?;
            Some(Target {
                run: run.id.clone(),
                alive: run.alive,
                asked: run.asked,
                finished: run.finished,
                other: (run.alive && us.is_some_and(|us| us != run.by)).then(|| run.by.clone()),
                is_known: true,
            })
        }
        _ => None,
    }
}

/// What the key that pauses does of the run that would be asked, in a word.
pub fn pause_title(model: &Model) -> &'static str {
    match target(model) {
        Some(target) if target.alive && target.asked.is_some() => "go on",
        Some(target) if target.alive => "pause",
        _ => "go on",
    }
}

/// Whether something can be done about the run on screen or the selected one.
pub fn availability(model: &Model, id: CommandId) -> Availability {
    let because = |reason: &str| Availability::Disabled(reason.to_owned());
    if view(model).is_some_and(|view| view.is_dry) {
        return match id {
            CommandId::RunDetails | CommandId::RunDiff => Availability::Ready,
            _ => because("nothing is carried out: this is a dry run"),
        };
    }
    let Some(target) = target(model) else {
        return because("no run is selected");
    };
    if !target.is_known {
        return because("it has not been read yet");
    }
    let controls = matches!(
        id,
        CommandId::RunPause | CommandId::RunFrom | CommandId::RunStop | CommandId::RunRollback
    );
    if controls && let Some(other) = &target.other {
        return because(&format!("{other} carries it out; here it can only be followed"));
    }
    if controls && let Some(asking) = &model.controlling {
        // What is only being set to work is stopped once it is.
        let can_stop = asking.sets_to_work() && asking.run == target.run && !asking.then_stop;
        return if can_stop && id == CommandId::RunStop {
            Availability::Ready
        } else {
            because("something was asked of it; the answer is awaited")
        };
    }
    match id {
        CommandId::RunPause | CommandId::RunFrom if target.finished => because("it has come to its end"),
        CommandId::RunFrom if target.alive => because("it is at work; <S> stops it first"),
        CommandId::RunFrom => view(model).map_or(Availability::Hidden, from_selected),
        CommandId::RunStop if !target.alive => because("no process is at work on it"),
        CommandId::RunRollback => {
            let state = view(model).and_then(|view| view.state.as_ref());
            match state {
                _ if target.alive => because("it is at work; <S> stops it first"),
                Some(state) if state.can_be_undone() => Availability::Ready,
                _ => because("it changed nothing that can be undone from here"),
            }
        }
        CommandId::RunDiff => {
            let has_diff = view(model).is_some_and(|view| details::diff(view, None).is_some());
            if has_diff {
                Availability::Ready
            } else {
                because("it changes no file")
            }
        }
        CommandId::PlanAnew if target.alive => because("it is at work; one run at a time"),
        _ => Availability::Ready,
    }
}

/// Whether a run that halted can begin with the selected step.
fn from_selected(view: &RunView) -> Availability {
    let because = |reason: String| Availability::Disabled(reason);
    let (Some(state), Some(step)) = (&view.state, selected_step(view)) else {
        return because("no step is selected".to_owned());
    };
    let is_over = state.step(step).is_some_and(|step| step.status.is_over());
    if state.undoing.is_some() {
        because("it is being undone; <P> goes on with that".to_owned())
    } else if is_over {
        because(format!("`{step}` is over, and what is done is not done again"))
    } else if view.passed_over(step).is_empty() {
        because(format!("it goes on with `{step}` anyway; <P> does that"))
    } else {
        Availability::Ready
    }
}

/// The place of a command in the footer of a run: what helps in the state it is in comes first, what cannot be done last.
pub fn footer_weight(model: &Model, view: &RunView, command: &Command) -> Option<u8> {
    let usual = (command.footer > 0).then_some(command.footer)?;
    // What is on screen leads back first.
    if view.shows_output && command.id == CommandId::RunOutput {
        return Some(0);
    }
    let first: &[CommandId] = match &view.state {
        _ if view.is_dry || view.alive => &[],
        Some(state) if state.is_finished() => &[CommandId::RunReport, CommandId::RunRollback, CommandId::PlanAnew],
        Some(state) if state.has_only_looked() => &[CommandId::PlanAnew, CommandId::RunPause, CommandId::RunReport],
        Some(state) if state.is_half_undone() => &[CommandId::RunPause, CommandId::RunReport],
        Some(state) if text::has_found_losses(state) => &[
            CommandId::RestoreAccess,
            CommandId::RunPause,
            CommandId::RunRollback,
            CommandId::RunReport,
        ],
        Some(_) => &[
            CommandId::RunPause,
            CommandId::RunFrom,
            CommandId::RunRollback,
            CommandId::RunReport,
        ],
        None => &[],
    };
    let is_ready = availability(model, command.id) == Availability::Ready;
    let is_of_runs = command.scopes.contains(&Scope::Run);
    if !is_of_runs || is_ready {
        let place = first.iter().position(|id| *id == command.id);
        let place = place.and_then(|place| u8::try_from(place).ok());
        // Help and the palette stay at the end.
        let later = if first.is_empty() {
            usual
        } else {
            usual.saturating_add(10)
        };
        return Some(place.unwrap_or(if usual < 80 { later } else { usual }));
    }
    if command.id == CommandId::RunFrom {
        return None;
    }
    let controls = matches!(command.id, CommandId::RunPause | CommandId::RunStop);
    (!controls || view.alive || view.is_dry).then_some(usual.saturating_add(40))
}

/// Asks something of a run, unless another context is being opened.
pub fn control(model: &mut Model, run: String, control: Control, effects: &mut Vec<Effect>) {
    if !deeds::is_leaving(model) {
        ask_of(model, run, control, effects);
    }
}

/// Asks something of a run that was wanted before another context was.
pub fn ask_of(model: &mut Model, run: String, control: Control, effects: &mut Vec<Effect>) {
    let seq = migration::view_of(model, &run).and_then(|view| Some(view.state.as_ref()?.seq));
    let (job, effect) = model.ask(Request::ControlRun(run.clone(), control));
    model.controlling = Some(Asking {
        job,
        run,
        control,
        seq,
        then_stop: false,
    });
    effects.push(effect);
}

/// Pauses the run after the step under way, takes that or a stop back as long as it is not done, or lets it go on.
pub fn pause(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(target) = target(model) else { return };
    if target.alive {
        let is_asked = target.asked.is_some();
        let asked = if is_asked {
            Control::Resume { from: None }
        } else {
            Control::Pause
        };
        control(model, target.run, asked, effects);
    } else if model.session.protected {
        ask_resume(model, target.run, None);
    } else {
        resume(model, target.run, None, effects);
    }
}

/// Asks whether the run is to begin with the selected step.
pub fn resume_from(model: &mut Model) {
    let Some(view) = view(model) else { return };
    if let Some(step) = selected_step(view) {
        let run = view.run.clone();
        ask_resume(model, run, Some(step));
    }
}

fn ask_resume(model: &mut Model, run: String, from: Option<Step>) {
    let dialog = Dialog::new(Question::Resume { run, from }, None);
    model.overlays.push(Overlay::Dialog(Box::new(dialog)));
}

/// Lets a run go on.
pub fn resume(model: &mut Model, run: String, from: Option<Step>, effects: &mut Vec<Effect>) {
    if deeds::is_locked(model) {
        return;
    }
    control(model, run, Control::Resume { from }, effects);
}

/// The words of the command that does what helps the run on screen, or the selected one, in the state it is in.
pub fn command_words(model: &Model) -> Option<Vec<String>> {
    let target = target(model)?;
    let from = view(model)
        .filter(|view| from_selected(view) == Availability::Ready)
        .and_then(selected_step);
    let mut words = vec!["migrate".to_owned()];
    let verb = match (target.alive, target.finished) {
        (true, _) => "attach",
        (false, true) => "report",
        (false, false) => "resume",
    };
    words.extend([verb.to_owned(), target.run]);
    if let Some(step) = from.filter(|_| verb == "resume") {
        words.extend(["--from".to_owned(), step.to_string()]);
    }
    Some(words)
}

/// Stops the run after the action under way; one that is only being set to work as soon as it is.
pub fn stop(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(asking) = &mut model.controlling {
        asking.then_stop = true;
        let text = "It is stopped as soon as it is at work";
        model.messages.tell(model.now, Level::Done, text);
        return;
    }
    if let Some(target) = target(model) {
        control(model, target.run, Control::Stop, effects);
    }
}

/// Opens the selected run of the list.
pub fn open_selected(model: &mut Model) {
    if let Some(target) = target(model) {
        migration::open_run(model, target.run);
    }
}

/// Shows the report of the run on screen, or opens the selected one of the list for it.
pub fn report(model: &mut Model) {
    if view(model).is_none() {
        open_selected(model);
        // One that is open further down may have been read already.
        if let Some(view) = view_mut(model).filter(|view| view.state.is_none()) {
            view.wants_report = true;
            return;
        }
    }
    if let Some(text) = report_text(model) {
        page(model, "Report", text);
    }
}

/// The report of the run on screen, in Markdown.
pub fn report_text(model: &Model) -> Option<String> {
    let view = view(model)?;
    let state = view.state.as_ref()?;
    Some(report::markdown(state, &view.run, view.alive))
}

fn page(model: &mut Model, title: impl Into<String>, text: String) {
    model.overlays.push(Overlay::Page(Page::new(title.into(), text)));
}

fn selected_step(view: &RunView) -> Option<Step> {
    let state = view.state.as_ref()?;
    state.steps.get(view.cursor.at()).map(|step| step.step)
}

/// Shows the selected step in full.
pub fn details(model: &mut Model) {
    let Some(view) = view(model) else { return };
    let Some(step) = selected_step(view).and_then(|step| view.state.as_ref()?.step(step)) else {
        return;
    };
    let (title, text) = (format!("Step {}", step.step), details::details(view, step));
    page(model, title, text);
}

/// Shows what the selected step changes in files; what all do, where it changes nothing.
pub fn diff(model: &mut Model) {
    let found = view(model).and_then(|view| details::diff(view, selected_step(view)));
    if let Some(text) = found {
        let page = Page::new("Diff", text);
        model.overlays.push(Overlay::Page(Page { is_diff: true, ..page }));
    }
}

/// Lets the output fill the screen, or not any more.
pub fn toggle_output(model: &mut Model) {
    if let Some(view) = view_mut(model) {
        view.shows_output = !view.shows_output;
        view.output_top = None;
        view.search = Search::default();
    }
}

/// Moves the selection among the steps, or through the output.
pub fn go(model: &mut Model, motion: Motion) {
    let size = model.size;
    let Some(view) = view_mut(model) else { return };
    if view.shows_output {
        let rows = size.text_lines();
        let (top, length) = view.output_in_view(rows);
        view.scroll_output(scrolled(top, motion, length, rows), rows);
        return;
    }
    let length = view.length();
    view.cursor.go(motion, length, size.step_rows(length.max(1)));
    view.follows = view.cursor.at() == view.current() && !view.is_dry;
}

/// Opens the page on which one chooses how far to roll back. The run is looked at once more, for somebody else may have done so.
pub fn open_rollback(model: &mut Model, effects: &mut Vec<Effect>) {
    let run = view(model).map(|view| view.run.clone());
    if push_rollback(model, None) {
        effects.extend(run.map(Effect::Watch));
    }
}

/// Shows that page for the run on screen as it is known, with a step to go back before, or the first; says whether it is known.
pub(super) fn push_rollback(model: &mut Model, to: Option<Step>) -> bool {
    let Some(view) = view(model) else { return false };
    let Some(state) = view.state.clone() else { return false };
    let mut rollback = RollbackView {
        run: view.run.clone(),
        state,
        at: 0,
        scroll: 0,
        search: Search::default(),
    };
    let at = rollback.targets().iter().position(|step| Some(*step) == to);
    rollback.at = at.unwrap_or_default();
    model.screens.push(Screen::Rollback(Box::new(rollback)));
    true
}

/// Brings the page on which one chooses how far to roll back up to what the journal of its run says now. Where nothing can be
/// rolled back any more it goes, and so does what was asked about what it said before.
pub(super) fn keep_rollback_up(model: &mut Model, run: &str) {
    let is_it = |screen: &Screen| matches!(screen, Screen::Rollback(view) if view.run == run);
    let Some(at) = model.screens.iter().position(is_it) else {
        return;
    };
    let Some((state, alive)) = migration::view_of(model, run).and_then(|view| Some((view.state.clone()?, view.alive)))
    else {
        return;
    };
    let can_be = !alive && state.can_be_undone();
    let Some(Screen::Rollback(view)) = model.screens.get_mut(at) else {
        return;
    };
    if can_be && view.state.seq == state.seq {
        return;
    }
    if can_be {
        let target = view.target();
        view.state = state;
        view.at = view
            .targets()
            .iter()
            .position(|step| Some(*step) == target)
            .unwrap_or(0);
    } else {
        model.screens.remove(at);
    }
    model.overlays.retain(
        |overlay| !matches!(overlay, Overlay::Dialog(dialog) if matches!(dialog.question, Question::Rollback { .. })),
    );
    let text = format!("Somebody else went on with run {run} meanwhile; this is how it stands now");
    model.messages.tell(model.now, Level::Warning, text);
}

/// Moves the choice on the page of rolling back; larger steps move its text.
pub fn go_rollback(model: &mut Model, motion: Motion) {
    let (columns, rows) = model.size.page();
    let Some(Screen::Rollback(view)) = model.screens.last_mut() else {
        return;
    };
    let count = view.targets().len();
    match motion {
        Motion::Up => view.at = view.at.saturating_sub(1),
        Motion::Down => view.at = (view.at + 1).min(count.saturating_sub(1)),
        Motion::First => view.at = 0,
        Motion::Last => view.at = count.saturating_sub(1),
        _ => {
            let length = broken(&view.lines(), columns).len();
            view.scroll = scrolled(view.scroll, motion, length, rows);
            return;
        }
    }
    view.scroll = scrolled_to(&broken(&view.lines(), columns), view.at, view.scroll, rows);
}

/// Asks once more before anything is undone.
pub fn ask_rollback(model: &mut Model) {
    let Some(Screen::Rollback(view)) = model.screens.last() else {
        return;
    };
    let Some(to) = view.target() else { return };
    let destroys = !deleted(&view.state, to).is_empty();
    let expected = destroys.then(|| model.session.context.clone());
    let question = Question::Rollback {
        run: view.run.clone(),
        to,
    };
    model
        .overlays
        .push(Overlay::Dialog(Box::new(Dialog::new(question, expected))));
}

/// Rolls back: the page of the choice gives way to the run.
pub fn rollback(model: &mut Model, run: String, to: Step, effects: &mut Vec<Effect>) {
    if deeds::is_locked(model) {
        return;
    }
    model.overlays.pop();
    model.screens.retain(|screen| !matches!(screen, Screen::Rollback(_)));
    control(model, run, Control::Rollback { to }, effects);
}
