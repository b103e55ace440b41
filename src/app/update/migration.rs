//! Where a migration begins and is found again: the wizard or the run in progress, the list of runs, answers about both,
//! and which runs are followed.

use std::collections::BTreeSet;

use crate::domain::problem::Problem;
use crate::migration::action::{Action, Outcome};
use crate::migration::record::{Event, Record};
use crate::migration::run_summary::{Control, Controlled, RunNews, RunSummary};

use super::super::command::{CommandId, Scope};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::key_words::key_names;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::run::{Asking, RunView};
use super::super::screen::Screen;
use super::super::wizard::Wizard;
use super::{lists, pages, places, resumed, runs, wizard};

/// Milliseconds between looks at whether a run that is not on screen is still alive.
const LOOK_AGAIN: u64 = 1_000;

/// Opens the run in progress, or the wizard.
pub fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.run_in_progress().map(|run| run.id.clone()) {
        Some(run) => open_run(model, run),
        None => {
            let is_restored = |wizard: &Wizard| wizard.is_touched() && wizard.surveyed().is_none();
            if model.wizard.as_deref().is_some_and(is_restored) {
                let text = "Resumed: the wizard, with what was answered before";
                model.messages.tell(model.now, Level::Warning, text);
            }
            wizard::open(model, effects);
        }
    }
    ask_runs(model, effects);
}

/// Opens a run, as the innermost screen. One that is open further down comes up as it is: it is followed already, and
/// what it has heard is not told again.
pub fn open_run(model: &mut Model, run: String) {
    let is_it = |screen: &Screen| matches!(screen, Screen::Run(view) if view.run == run && !view.is_dry);
    let open = model.screens.iter().position(is_it).map(|at| model.screens.remove(at));
    model.screens.retain(|screen| !matches!(screen, Screen::Run(_)));
    let screen = open.unwrap_or_else(|| Screen::Run(Box::new(RunView::new(run, model.now))));
    model.screens.push(screen);
}

/// Opens the list of runs.
pub fn open_runs(model: &mut Model, effects: &mut Vec<Effect>) {
    model.screens.push(Screen::Runs(Box::default()));
    ask_runs(model, effects);
}

/// Asks which runs there are, where there can be some.
pub fn ask_runs(model: &mut Model, effects: &mut Vec<Effect>) {
    model.runs_due = None;
    if !model.session.migrates || model.runs.job().is_some() {
        return;
    }
    let (job, effect) = model.ask(Request::Runs);
    model.runs.ask(job, model.now);
    effects.push(effect);
}

/// Takes an answer about migrations, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    if model.runs.job() == Some(job) {
        settle_runs(model, job, reply, effects);
        return true;
    }
    if let Some(asking) = model.controlling.take_if(|asking| asking.job == job) {
        controlled(model, asking, reply, effects);
        return true;
    }
    wizard::settle(model, job, reply, effects)
}

fn settle_runs(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) {
    let answer = match reply {
        Ok(Answer::Runs(runs)) => Ok(runs.clone()),
        Ok(_) => Ok(Vec::new()),
        Err(problem) => Err(problem.clone()),
    };
    let were_alive: BTreeSet<String> = alive(model).map(|run| run.id.clone()).collect();
    let now = model.now;
    model.runs.settle(job, now, answer);
    resumed::tell(model);
    let rests: Vec<RunSummary> = model
        .runs
        .value()
        .into_iter()
        .flatten()
        .filter(|run| !run.alive && were_alive.contains(&run.id) && !is_on_screen(model, &run.id))
        .cloned()
        .collect();
    if !rests.is_empty() {
        settings_changed(model, effects);
    }
    for run in rests {
        let words = run.words.trim_end_matches('.');
        if run.finished {
            let text = format!("Run {}: {words}.", run.id);
            model.messages.tell(now, Level::Done, text);
        } else {
            let shows = if run.has_only_looked() {
                CommandId::GoRuns
            } else {
                CommandId::Migration
            };
            let text = match model.keymap.key_of(shows, &[Scope::Tenants, Scope::Global]) {
                Some(key) => format!("Run {}: {words}; {} shows it", run.id, key_names(&key)),
                None => format!("Run {}: {words}", run.id),
            };
            model.messages.tell(now, Level::Warning, text);
        }
    }
    let rows = model.size.list_rows();
    let runs = model.runs.value().map_or(&[][..], Vec::as_slice);
    for screen in &mut model.screens {
        if let Screen::Runs(view) = screen {
            view.list.arrange(runs, rows);
        }
    }
    // It was opened before it was known that somebody is at work already.
    if let Some(run) = at_work(model).filter(|_| matches!(model.screens.last(), Some(Screen::Wizard))) {
        model.screens.pop();
        let text = format!("Run {run} is at work on this instance; the answers of the wizard are kept");
        open_run(model, run);
        model.messages.tell(now, Level::Warning, text);
    }
}

fn alive(model: &Model) -> impl Iterator<Item = &RunSummary> {
    model.runs.value().into_iter().flatten().filter(|run| run.alive)
}

/// The run that a process is at work on, as far as is known.
pub fn at_work(model: &Model) -> Option<String> {
    alive(model).next().map(|run| run.id.clone())
}

fn is_on_screen(model: &Model, run: &str) -> bool {
    model
        .screens
        .iter()
        .any(|screen| matches!(screen, Screen::Run(view) if view.run == run))
}

fn controlled(model: &mut Model, asking: Asking, reply: &Reply, effects: &mut Vec<Effect>) {
    match reply {
        Ok(Answer::Controlled(Controlled::Done(words))) => {
            model.messages.tell(model.now, Level::Done, words);
            if asking.sets_to_work() {
                // What can be asked of one at work can be asked before there is news of that.
                if let Some(view) = view_of(model, &asking.run)
                    && view.state.as_ref().map(|state| state.seq) == asking.seq
                {
                    view.alive = true;
                }
                if asking.then_stop {
                    runs::ask_of(model, asking.run, Control::Stop, effects);
                }
            }
        }
        Ok(Answer::Controlled(Controlled::Nothing(words))) => model.messages.tell(model.now, Level::Warning, words),
        Ok(_) => {}
        Err(problem) => model.messages.problem(model.now, problem.clone()),
    }
    // What it does now is worth a look at once.
    effects.extend(model.watching.iter().cloned().map(Effect::Watch));
    ask_runs(model, effects);
}

/// Takes what is new of a run.
pub fn news(model: &mut Model, run: &str, news: RunNews, writers: &[(u64, usize)], effects: &mut Vec<Effect>) {
    let (now, size) = (model.now, model.size);
    let Some(view) = view_of(model, run) else { return };
    let (was_alive, was_read) = (view.alive, view.is_read);
    let seq = view.state.as_ref().map(|state| state.seq);
    let restarted = was_read && (was_alive && !news.alive || news.records.iter().any(has_restarted));
    view.hear(news, writers, now, size);
    let report = std::mem::take(&mut view.wants_report);
    let is_changed = view.alive != was_alive || view.state.as_ref().map(|state| state.seq) != seq;
    if view.alive != was_alive || !was_read {
        ask_runs(model, effects);
    }
    if is_changed {
        runs::keep_rollback_up(model, run);
    }
    if report {
        runs::report(model);
        pages::note(model, CommandId::RunReport, "");
    }
    if restarted {
        settings_changed(model, effects);
    }
}

/// Reads again what a run may have changed: settings, and so everything that is listed.
fn settings_changed(model: &mut Model, effects: &mut Vec<Effect>) {
    effects.push(Effect::Reopen);
    places::ask_instance(model, effects);
    lists::refresh(model, true, effects);
}

/// Says what the commands of runs wrote, where its time has come.
pub fn keep_up(model: &mut Model) {
    let now = model.now;
    for screen in &mut model.screens {
        if let Screen::Run(view) = screen {
            view.told.keep_up(now);
        }
    }
}

/// Whether servers were seen to be back.
fn has_restarted(record: &Record) -> bool {
    matches!(
        &record.event,
        Event::Outcome {
            action: Action::AwaitSettings { .. } | Action::AwaitUp,
            outcome: Outcome::Done { .. },
            ..
        }
    )
}

/// Takes that a run cannot be read.
pub fn lost(model: &mut Model, run: &str, problem: Problem) {
    let now = model.now;
    let Some(view) = view_of(model, run) else { return };
    let is_news = view.problem.as_ref() != Some(&problem);
    view.problem = Some(problem.clone());
    view.is_read = true;
    if is_news {
        model.messages.problem(now, problem);
    }
}

pub(super) fn view_of<'a>(model: &'a mut Model, run: &str) -> Option<&'a mut RunView> {
    model.screens.iter_mut().find_map(|screen| match screen {
        Screen::Run(view) if view.run == run && !view.is_dry => Some(&mut **view),
        _ => None,
    })
}

/// Follows the runs that are on screen and no others, and looks now and then at those that are alive elsewhere.
pub fn follow(model: &mut Model, effects: &mut Vec<Effect>) {
    let wanted: BTreeSet<String> = model
        .screens
        .iter()
        .filter_map(|screen| match screen {
            Screen::Run(view) if !view.is_dry => Some(view.run.clone()),
            _ => None,
        })
        .collect();
    if wanted != model.watching {
        effects.extend(model.watching.difference(&wanted).cloned().map(Effect::Unwatch));
        effects.extend(wanted.difference(&model.watching).cloned().map(Effect::Watch));
        let left_one = !model.watching.is_subset(&wanted);
        model.watching = wanted;
        if left_one {
            ask_runs(model, effects);
        }
    }
    let unseen = alive(model).any(|run| !model.watching.contains(&run.id));
    if !unseen {
        model.runs_due = None;
    } else if model.runs_due.is_none() && model.runs.job().is_none() {
        model.runs_due = Some(model.now + LOOK_AGAIN);
    }
}

/// Begins anew with a plan of its own, with the answers of the run on screen or selected where others were not begun.
pub fn plan_anew(model: &mut Model, effects: &mut Vec<Effect>) {
    let of_run = runs::view(model)
        .and_then(|view| Some(view.state.as_ref()?.plan.choices.clone()))
        .or_else(|| {
            let run = runs::target(model)?.run;
            let all = model.runs.value()?.iter();
            all.filter(|known| known.id == run)
                .map(|known| known.choices.clone())
                .next()
        });
    if let Some(choices) = of_run
        && model.wizard.as_ref().is_none_or(|wizard| !wizard.is_touched())
    {
        model.wizard = Some(Box::new(Wizard::of(choices)));
    }
    places::close(model, effects);
    wizard::open(model, effects);
}
