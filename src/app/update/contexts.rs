//! The screen of contexts: asking whether each can be reached, switching, going the way to one step by step.

use crate::domain::check::{CONTEXT, Check, Outcome};
use crate::domain::equivalent::program;
use crate::domain::problem::{Problem, ProblemKind};

use super::super::contexts::{ChecksView, ContextFacts, ContextsView, Reachability};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Then;
use super::super::page_line::ShownLine;
use super::super::screen::Screen;
use super::super::tenant_list::TenantList;
use super::super::trail::{Former, entered_context, named_context};
use super::{places, results, resuming};

/// Contexts that are asked at once.
const AT_ONCE: usize = 4;
/// How broad the steps are that are kept with a message, which is broken to the screen anyway.
const STEPS_COLUMNS: usize = 1_000;

/// Opens the screen, and asks which contexts there are.
pub fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    model.screens.push(Screen::Contexts(Box::default()));
    refresh(model, effects);
}

/// Asks again which contexts there are, and whether they can be reached.
pub fn refresh(model: &mut Model, effects: &mut Vec<Effect>) {
    let (job, effect) = model.ask(Request::Contexts);
    let now = model.now;
    if let Some(view) = view_mut(model) {
        view.rows.ask(job, now);
        effects.push(effect);
    }
}

fn view_mut(model: &mut Model) -> Option<&mut ContextsView> {
    view_of(&mut model.screens)
}

/// The one that asked a question.
fn asking(model: &mut Model, job: JobId) -> Option<&mut ContextsView> {
    views(&mut model.screens).find(|view| {
        view.switching == Some(job)
            || view.rows.job() == Some(job)
            || view
                .reached
                .iter()
                .any(|reached| reached.asked().is_some_and(|(asked, _)| asked == job))
    })
}

/// Of several the one that was opened last.
fn view_of(screens: &mut [Screen]) -> Option<&mut ContextsView> {
    views(screens).next_back()
}

fn views(screens: &mut [Screen]) -> impl DoubleEndedIterator<Item = &mut ContextsView> {
    screens.iter_mut().filter_map(|screen| match screen {
        Screen::Contexts(view) => Some(&mut **view),
        _ => None,
    })
}

/// Decides anew which contexts are visible.
fn arrange(model: &mut Model) {
    if let Some(view) = view_of(&mut model.screens) {
        view.arrange(model.session.listed(), model.size.list_rows());
    }
}

fn view(model: &Model) -> Option<&ContextsView> {
    model.screens.iter().rev().find_map(|screen| match screen {
        Screen::Contexts(view) => Some(&**view),
        _ => None,
    })
}

/// Asks those that nobody has asked yet, a few at once.
pub fn reach(model: &mut Model, effects: &mut Vec<Effect>) {
    loop {
        let Some(view) = view(model) else { return };
        let asking = view.asked().len();
        let next = view
            .reached
            .iter()
            .position(|reached| *reached == Reachability::Unknown)
            .filter(|_| asking < AT_ONCE && view.switching.is_none());
        let Some(name) = next.and_then(|index| view.rows.value()?.get(index).map(|row| row.name.clone())) else {
            return;
        };
        let (job, effect) = model.ask(Request::Reach(name));
        let now = model.now;
        let slot = view_mut(model)
            .zip(next)
            .and_then(|(view, index)| view.reached.get_mut(index));
        if let Some(slot) = slot {
            *slot = Reachability::Asking(job, now);
            effects.push(effect);
        }
    }
}

/// Shows what is known already of the context in use, that it could not be reached, while it is asked again.
fn ask_present_again(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(problem) = model.instance.problem().cloned() else {
        return;
    };
    let name = model.session.context.clone();
    let rows = view(model).and_then(|view| view.rows.value());
    let Some(at) = rows.and_then(|rows| rows.iter().position(|row| row.name == name)) else {
        return;
    };
    let (job, effect) = model.ask(Request::Reach(name));
    let now = model.now;
    let Some(view) = view_mut(model) else { return };
    if let Some(slot) = view.reached.get_mut(at) {
        *slot = Reachability::AskingAgain(job, now, problem);
        effects.push(effect);
    }
}

/// Opens the selected context in the place of the present one.
pub fn switch(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(name) = view(model).and_then(ContextsView::selected).map(|row| row.name.clone()) else {
        return;
    };
    // What was to follow another switch, which was given up, is not for this one.
    model.then = None;
    if let Some(former) = &mut model.former {
        former.returns = false;
    }
    switch_to(model, name, effects);
}

/// Opens a context by its name.
pub fn switch_to(model: &mut Model, name: String, effects: &mut Vec<Effect>) {
    if name.is_empty() {
        let text = "Write the name of a context after it, such as `context prod`";
        model.messages.tell(model.now, Level::Warning, text);
        return;
    }
    if is_refused(model) {
        return;
    }
    if places::loses(model) {
        places::ask_discard(model, Then::Switch(name));
        return;
    }
    if view(model).is_none() {
        open(model, effects);
    }
    let (job, effect) = model.ask(Request::Switch(name));
    if let Some(view) = view_mut(model) {
        // What was asked before this matters less, and would wait with it.
        let jobs = view.give_up_asking();
        view.switching = Some(job);
        for job in jobs {
            effects.extend(model.cancel(job));
        }
    }
    effects.push(effect);
}

/// Says that no other context is entered before what was sent is answered, if something was.
pub(super) fn is_refused(model: &mut Model) -> bool {
    let awaits = model.is_sending() || model.is_asking_a_run();
    if awaits {
        let reason = "something was sent, and the answer is awaited";
        model.messages.not_now(model.now, reason);
    }
    awaits
}

/// Goes the way to the selected context step by step.
pub fn examine(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(name) = view(model).and_then(ContextsView::selected).map(|row| row.name.clone()) else {
        return;
    };
    let (job, effect) = model.ask(Request::Examine(name.clone()));
    let since = model.now;
    model.screens.push(Screen::Checks(Box::new(ChecksView {
        name,
        job: Some((job, since)),
        ..ChecksView::default()
    })));
    effects.push(effect);
}

/// Examines again what is on screen.
pub fn examine_again(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Screen::Checks(view)) = model.screens.last() else {
        return;
    };
    let before = view.asked();
    let request = if view.rehearses {
        Request::Rehearse
    } else {
        Request::Examine(view.name.clone())
    };
    if request == Request::Rehearse && is_refused(model) {
        return;
    }
    if let Some(job) = before {
        effects.extend(model.cancel(job));
    }
    let (job, effect) = model.ask(request);
    let now = model.now;
    if let Some(Screen::Checks(view)) = model.screens.last_mut() {
        view.checks.clear();
        view.scroll = None;
        view.problem = None;
        view.stopped = false;
        view.job = Some((job, now));
        effects.push(effect);
    }
}

/// The way that is gone under a question, on a screen or where its page is closed.
fn way_mut(model: &mut Model, job: JobId) -> Option<&mut ChecksView> {
    let shown = model.screens.iter_mut().filter_map(|screen| match screen {
        Screen::Checks(view) => Some(&mut **view),
        Screen::Connect(form) => Some(&mut form.way),
        _ => None,
    });
    let mut ways = shown.chain(model.making.as_deref_mut());
    ways.find(|way| way.asked() == Some(job))
}

/// Takes one step of an examination.
pub fn checked(model: &mut Model, job: JobId, check: Check) {
    let Some(way) = way_mut(model, job) else { return };
    let is_kept = way.rehearses && check.name == CONTEXT && check.outcome == Outcome::Pass;
    if way.rehearses {
        // A server that was started and stopped again is no longer where it answered.
        way.checks.retain(|former| former.name != check.name);
    }
    way.checks.push(check);
    if is_kept {
        // Something is configured from now on, whatever comes of the rest.
        model.welcome = None;
    }
}

/// Closes the page on which a rehearsal is being made, which goes on.
pub(super) fn set_aside(model: &mut Model) {
    let is_it = |screen: &Screen| matches!(screen, Screen::Checks(view) if view.rehearses && view.job.is_some());
    let at = model.screens.iter().position(is_it);
    if let Some(Screen::Checks(view)) = at.map(|at| model.screens.remove(at)) {
        model.making = Some(view);
    }
}

/// Says that a rehearsal goes on being made where its page, which was on top, was left.
pub(super) fn tell_left(model: &mut Model, making: Option<JobId>) {
    let goes_on = |way: &ChecksView| way.asked() == making && !way.stopped;
    if model.making_in_front() != making && model.rehearsing().is_some_and(goes_on) {
        let text = "The rehearsal is made on, and told once it is ready; <T> shows how far it is";
        model.messages.tell_behind(model.now, Level::Warning, text);
    }
}

/// Lets the rehearsal that the screen on top makes go no further, and says whether it makes one. What came of it is awaited.
pub(super) fn stop_making(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    let Some(Screen::Checks(view)) = model.screens.last_mut() else {
        return false;
    };
    let Some(job) = view.asked().filter(|_| view.rehearses && !view.stopped) else {
        return false;
    };
    view.stopped = true;
    effects.push(Effect::Stop(job));
    let text = "It is being stopped; what came of it is told";
    model.messages.tell(model.now, Level::Warning, text);
    true
}

/// Whether what was made under a question is entered by itself: where its page is in front, was not stopped, and nothing that was
/// typed or sent would be lost.
pub(super) fn enters(model: &Model, job: JobId) -> bool {
    let below = model.screens.iter().rev().skip(1);
    model.making_in_front() == Some(job)
        && model.overlays.is_empty()
        && !model.search().is_some_and(|search| search.field.editing)
        && !model.is_sending()
        && !model.is_asking_a_run()
        && below.map(Screen::would_lose).all(|loses| !loses)
}

/// Says that what was made is ready where it is not entered by itself, and how one goes there.
pub(super) fn tell_ready(model: &mut Model, facts: &ContextFacts, way: &ChecksView, effects: &mut Vec<Effect>) {
    (model.welcome, model.context_names) = (None, None);
    let name = &facts.name;
    let text = if way.stopped {
        let program = program(&facts.command_words);
        format!("Too late to stop: {name} is there and runs; <c> leads to it, `{program} rehearsal stop` ends it")
    } else {
        format!("{name} is ready; <c>, the contexts, leads to it")
    };
    tell_there(model, text, facts, Some(way));
    if view(model).is_some() {
        refresh(model, effects);
    }
}

/// Takes an answer about contexts, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    if let Ok(Answer::Contexts(rows)) = reply {
        model.context_names = Some(rows.iter().map(|row| row.name.clone()).collect());
    }
    if model.naming_contexts == Some(job) {
        // It only helps with typing; whoever wants the list is told what is wrong with it there.
        model.naming_contexts = None;
        return true;
    }
    if settle_examination(model, job, reply, effects) {
        return true;
    }
    let now = model.now;
    let Some(view) = asking(model, job) else { return false };
    if view.switching == Some(job) {
        view.switching = None;
        match reply {
            Ok(Answer::Switched(facts)) => switched(model, facts, None, effects),
            Ok(_) => {}
            Err(problem) => {
                model.then = None;
                model.messages.problem(now, problem.clone());
                reach(model, effects);
            }
        }
        return true;
    }
    if view.rows.job() == Some(job) {
        let rows = match reply {
            Ok(Answer::Contexts(rows)) => Ok(rows.clone()),
            Ok(_) => Ok(Vec::new()),
            Err(problem) => Err(problem.clone()),
        };
        view.reached = vec![Reachability::Unknown; rows.as_ref().map_or(0, Vec::len)];
        view.rows.settle(job, now, rows);
        tell_edited(model);
        ask_present_again(model, effects);
        select_present(model);
        reach(model, effects);
        return true;
    }
    let asked = view.reached.iter_mut().find_map(|reached| match reached.asked() {
        Some((asked, since)) if asked == job => Some((since, reached)),
        _ => None,
    });
    let Some((since, slot)) = asked else { return false };
    *slot = match reply {
        Ok(Answer::Reached(version)) => Reachability::Reached(version.clone(), now.saturating_sub(since)),
        Ok(Answer::NotMade) => Reachability::NotMade,
        Ok(_) => Reachability::Unknown,
        Err(problem) => Reachability::Failed(problem.clone()),
    };
    arrange(model);
    reach(model, effects);
    true
}

fn settle_examination(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let now = model.now;
    let (enters, in_front) = (enters(model, job), model.screens.last().and_then(Screen::way));
    let again = if in_front.is_some_and(|way| way.asked() == Some(job)) {
        "<r>"
    } else {
        "<T>"
    };
    let Some(way) = way_mut(model, job) else {
        return false;
    };
    way.job = None;
    match reply {
        // A rehearsal that is ready is worked on.
        Ok(Answer::Switched(facts)) if enters => switched(model, facts, None, effects),
        Ok(Answer::Switched(facts)) => {
            let made = way.clone();
            way.stopped = false;
            tell_ready(model, facts, &made, effects);
        }
        Err(problem) if way.stopped && problem.kind == ProblemKind::Interrupted => {
            let text = format!("{}; {again} goes on", problem.why.trim_end_matches('.'));
            model.messages.tell(now, Level::Warning, text);
        }
        Err(problem) => {
            way.stopped = false;
            way.problem = Some(problem.clone());
            if way.rehearses {
                model.messages.problem(now, problem.clone());
            }
        }
        Ok(_) => {}
    }
    model.making.take_if(|way| way.job.is_none());
    results::close_leaving(model);
    true
}

/// Says so where the context that is worked in is none any more, or leads elsewhere or here again, or may not be changed by now. What
/// locks it there locks it here.
fn tell_edited(model: &mut Model) {
    let rows = view(model).and_then(|view| view.rows.value());
    let (Some(name), Some(rows)) = (entered_context(&model.session), rows) else {
        return;
    };
    let row = rows.iter().find(|row| row.name == name);
    let session = &model.session;
    let (strayed, place) = (session.strays(), &session.place);
    let strays = match row {
        // What it means cannot be found out.
        Some(row) if row.place.is_empty() => strayed,
        Some(row) => row.place != *place,
        None => true,
    };
    let read_only = session.read_only_context || row.is_some_and(|row| row.read_only);
    let protected = session.protected || row.is_some_and(|row| row.protected);
    let elsewhere = format!("leads elsewhere by now; this is read-only, and stays {place}");
    let (is_gone, turned) = (row.is_none(), strays != strayed);
    let news = [
        (read_only && !session.read_only_context, "is read-only by now"),
        (protected && !session.protected, "is protected by now"),
        (
            is_gone && turned,
            "is gone from the configuration; here it is read-only",
        ),
        (!is_gone && turned && strays, &elsewhere),
        (!is_gone && turned && !strays, "leads here again"),
    ];
    let told: Vec<&str> = news
        .into_iter()
        .filter_map(|(is_new, text)| is_new.then_some(text))
        .collect();
    if told.is_empty() {
        return;
    }
    let text = format!("Context {name} {}", told.join(", and "));
    model.session.starts_locked_by(read_only, protected);
    model.session.stray(strays);
    model.messages.lead = model.session.lead_words().to_vec();
    model.messages.tell(model.now, Level::Warning, text);
}

/// Puts the selection on the context that the console works in, where none is selected yet.
fn select_present(model: &mut Model) {
    let (present, rows) = (model.session.context.clone(), model.size.list_rows());
    if let Some(view) = view_mut(model).filter(|view| view.list.kept_id().is_none()) {
        view.list.want(present, rows);
    }
    arrange(model);
}

/// Says in which context one is now. What was warned of on the way to it, which is off the screen with that, is said with it, and
/// all of the way is kept with the message.
fn tell_switched(model: &mut Model, facts: &ContextFacts, way: Option<&ChecksView>) {
    let verb = if way.is_some() { "Connected" } else { "Switched" };
    tell_there(model, format!("{verb} to {}", facts.name), facts, way);
}

fn tell_there(model: &mut Model, mut text: String, facts: &ContextFacts, way: Option<&ChecksView>) {
    let checks = way.map_or(&[][..], |way| &way.checks);
    let warnings = checks.iter().filter(|check| check.outcome == Outcome::Warn);
    let before = text.len();
    warnings.for_each(|check| text.extend(["; ", check.name, ": ", check.found.trim_end_matches('.')]));
    let is_warned = text.len() > before;
    if facts.opens_from_now_on {
        text += "; the next start opens it, too";
    }
    let level = if is_warned { Level::Warning } else { Level::Done };
    model.messages.tell(model.now, level, text);
    if let (true, Some(way), Some(message)) = (is_warned, way, model.messages.log.back_mut()) {
        let lines = way.lines(STEPS_COLUMNS);
        message.results = Some(lines.iter().map(ShownLine::text).collect::<Vec<_>>().join("\n"));
    }
}

/// Begins anew in another context: nothing of the old one stays but what was said. `way` is what was found on the way there, if
/// one was just connected to it.
pub fn switched(model: &mut Model, facts: &ContextFacts, way: Option<&ChecksView>, effects: &mut Vec<Effect>) {
    set_aside(model);
    // What was answered there is taken up there again, and one comes back to what stands below the way out.
    while matches!(
        model.screens.last(),
        Some(Screen::Contexts(_) | Screen::Checks(_) | Screen::Connect(_))
    ) {
        model.screens.pop();
    }
    resuming::save_left(model, effects);
    for job in model.cancellable() {
        effects.extend(model.cancel(job));
    }
    let left = Former::of(model);
    if let Some(left) = &left {
        let trail = std::mem::take(&mut model.trail).lightened();
        model.trails.insert(left.context.clone(), trail);
    }
    let back_at =
        std::mem::replace(&mut model.former, left).filter(|former| former.returns && former.context == facts.name);
    model.session.enter(facts);
    model.messages.lead.clone_from(&facts.command_words);
    model.welcome = None;
    super::ahead::drop(model, super::ahead::DROPPED);
    model.screens.clear();
    model.overlays.clear();
    model.instance = super::super::remote::Remote::default();
    model.tenants = TenantList::default();
    model.resumed = None;
    if !facts.is_here {
        model.doubts.clear();
        let mut kept = facts.kept.as_deref().cloned().unwrap_or_default().left();
        resuming::take_up(model, &mut kept);
        model.kept = kept.kept;
    }
    super::doubts::give_up(model);
    super::doubts::tell(model);
    model.assignable.clear();
    model.runs = super::super::remote::Remote::default();
    model.runs_due = None;
    model.looking_back = None;
    effects.extend(std::mem::take(&mut model.watching).into_iter().map(Effect::Unwatch));
    // What waits for the answer of the instance one is in waits on.
    model.resume = model.resume.take().filter(|_| facts.is_here);
    model.forget_place();
    // Where one was there is come back to with it.
    let trail = named_context(&model.session).and_then(|name| model.trails.remove(name));
    model.trail = trail.unwrap_or_default();
    effects.push(Effect::Enter(facts.name.clone()));
    tell_switched(model, facts, way);
    // Nothing is sent to another instance than the one that was shown.
    super::deleting::give_up(model, "another context was entered before anything was sent", effects);
    model.last_tenant = None;
    model.session.notices.clone_from(&facts.notices);
    effects.extend(super::start(model, model.now));
    if !facts.is_here {
        super::reopening::tell_kept(model);
    }
    let back_at = back_at.and_then(|former| former.place);
    if back_at.is_some() || model.then.is_some() {
        super::lists::begin_nowhere(model);
    }
    if let Some(place) = back_at {
        super::trail::take(model, place, effects);
    }
    if let Some(line) = model.then.take() {
        super::palette::run_line(model, &line, effects);
    }
}

/// The problem of a console that cannot be led elsewhere.
pub fn cannot() -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "Contexts cannot be read here.",
        "The console was opened without its configuration.",
        "Start it again in the ordinary way.",
    )
}
