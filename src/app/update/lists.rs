//! Lists: what has to be read, filters, orders.

use crate::domain::columns::{MOST_COUNTED, TENANT_COLUMNS, counts_admins, meant};
use crate::domain::count::counted;
use crate::domain::nearest::nearest;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Sort;
use crate::domain::tenant::TenantScope;

use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::line_edit::LineEdit;
use super::super::list_columns::ListKind;
use super::super::messages::Level;
use super::super::model::{Beginning, Model};
use super::super::records::SEARCHED;
use super::super::screen::Screen;
use super::super::tab_list::TabList;
use super::super::tabs::Tab;
use super::super::tenant_marks::Range;
use super::{TYPING_PAUSE, ahead, messages, places, resuming};

/// Asks for the pages of tenants that are in view and not there, unless the operator stopped that.
pub fn load(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.tenants.is_stopped() && model.instance.was_given_up() {
        places::ask_instance(model, effects);
    }
    if !model.lists_tenants() || model.tenants.problem.is_some() || model.tenants.doubted.is_some() {
        return;
    }
    if model.tenants.is_to_be_searched() {
        search(model, effects);
        return;
    }
    for page in model.tenants.missing(model.size.list_rows()) {
        if model.tenants.lacks_all() {
            ask_all(model, effects);
        }
        ask_page(model, page, effects);
    }
    for query in model.tenants.marks.look() {
        let last = u64::from(query.size) - 1;
        let (job, effect) = model.ask(Request::Tenants(query));
        let all = Range {
            from: 0,
            to: last,
            toggles: false,
        };
        model.tenants.marks.ask(job, all);
        effects.push(effect);
    }
    let uncounted = model.tenants.uncounted(model.size.list_rows());
    if !uncounted.is_empty() {
        let (job, effect) = model.ask(Request::AdminCounts(uncounted.clone()));
        model.tenants.ask_counts(job, uncounted);
        effects.push(effect);
    }
}

/// Says so where the row that was selected is gone since rows were read again.
pub fn tell_lost(model: &mut Model, effects: &mut Vec<Effect>) {
    // What is typed in between is not told of.
    let lost = if model.tenants.filter.editing {
        None
    } else {
        model.tenants.take_lost()
    };
    if let Some((TenantScope::Named(id), true)) = lost {
        let text = format!("Tenant {id}, which was selected, was not found in the list");
        model.messages.tell_behind(model.now, Level::Warning, text);
    } else if let Some((hidden, _)) = &lost
        && model.tenants.is_hidden()
    {
        ahead::drop(model, ahead::NOT_THERE);
        // That there is no row at all is on screen, and why a filter is refused is said already.
        let is_refused = model.tenants.filter.unreadable().is_some();
        if let Some(selected) = model.tenants.selected_scope().filter(|_| !is_refused) {
            let text = format!("\"{hidden}\" is not in the list as filtered; {selected} is selected");
            model.messages.tell_of_rows(model.now, Level::Warning, text);
        }
    } else if let Some((TenantScope::Named(id), false)) = lost {
        // It may only have gone on to a part of the list that was not read.
        let (job, effect) = model.ask(Request::IdTaken(id.clone()));
        model.losing = Some((job, id));
        effects.push(effect);
    }
    let lost = match model.screens.last_mut() {
        Some(Screen::Tenant(view)) => view.lost_row.take().zip(Some(view.tab.thing())),
        Some(Screen::Records(view)) => view.lost_row.take().zip(Some(view.kind.thing())),
        _ => None,
    };
    if let Some((_, thing)) = lost.filter(|(id, _)| !model.taken_away.contains(id)) {
        let text = format!("The {thing} that was selected is gone");
        model.messages.tell_behind(model.now, Level::Warning, text);
    }
    let marks = here(model).map(|(thing, list)| (thing, std::mem::take(&mut list.gone_marks)));
    if let Some((thing, mut gone)) = marks {
        gone.retain(|id| !model.taken_away.contains(id));
        let words = match gone.len() {
            0 => None,
            1 => Some("was marked is gone; its mark is taken off"),
            _ => Some("were marked are gone; their marks are taken off"),
        };
        if let Some(words) = words {
            let text = format!("{} that {words}", counted(gone.len() as u64, thing));
            model.messages.tell_before(model.now, Level::Warning, &text);
        }
    }
    if model.running() == 0 {
        model.taken_away.clear();
    }
}

/// The list on screen, if it is one of a tab or of records, and what a row of it is called.
fn here(model: &mut Model) -> Option<(&'static str, &mut TabList)> {
    match model.screens.last_mut()? {
        Screen::Tenant(view) => Some(view.tab.thing()).zip(view.lists.get_mut(view.tab)),
        Screen::Records(view) => Some((view.kind.thing(), &mut view.list)),
        _ => None,
    }
}

/// Takes the answer to whether a tenant is gone, and says whether it was one.
pub fn settle_lost(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let Some((_, id)) = model.losing.take_if(|(asked, _)| *asked == job) else {
        return false;
    };
    let rows = model.size.list_rows();
    // What was given up meanwhile is not looked for, nor is anything said of it.
    let is_awaited = model.tenants.leads_to().and_then(TenantScope::id) == Some(&id);
    let may_be_listed = !is_awaited || !model.tenants.filter.is_active() || !model.tenants.are_all_held();
    if *reply == Ok(Answer::IdTaken(true)) && may_be_listed {
        model.tenants.look_for_lost(rows);
        return true;
    }
    let stands_in = model.tenants.stands_in();
    if *reply == Ok(Answer::IdTaken(false)) {
        model.tenants.go_beside(rows);
    } else {
        model.tenants.end_seek();
    }
    let text = match reply {
        _ if stands_in => return true,
        Ok(Answer::IdTaken(false)) if model.taken_away.iter().any(|gone| gone == id.as_str()) => return true,
        Ok(Answer::IdTaken(false)) => format!("Tenant {id}, which was selected, is gone"),
        Ok(Answer::IdTaken(true)) => format!("Tenant {id}, which was selected, does not match the filter any more"),
        _ => return true,
    };
    model.messages.tell_behind(model.now, Level::Warning, text);
    true
}

/// Asks whether the tenant is there that was named to begin in.
pub fn ask_beginning(model: &mut Model, effects: &mut Vec<Effect>) {
    let opens = model
        .resume
        .as_ref()
        .is_none_or(|resume| !resume.is_current() || !resume.is_place());
    model.beginning = model.session.tenant.as_deref().map(resuming::scope_of).map(|scope| {
        let asked = scope.id().cloned().map(|id| {
            let (job, effect) = model.ask(Request::IdTaken(id));
            effects.push(effect);
            job
        });
        Beginning { asked, scope, opens }
    });
}

/// Opens no tenant to begin in, as something else was asked for meanwhile.
pub fn begin_nowhere(model: &mut Model) {
    if let Some(beginning) = &mut model.beginning {
        beginning.opens = false;
    }
}

/// Begins in the default tenant where that was named, once the instance said whether it is in reach.
pub fn begin_in_default(model: &mut Model, effects: &mut Vec<Effect>) {
    let named = model.beginning.take_if(|beginning| beginning.asked.is_none());
    // While multi-tenancy is off it is all there is.
    if let Some(beginning) = named.filter(|_| model.lists_tenants()) {
        let is_there = model.tenants.has_default();
        begin(model, beginning, is_there, effects);
    }
}

/// Takes the answer to whether the tenant to begin in is there, and says whether it was one.
pub fn settle_beginning(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let Some(beginning) = model.beginning.take_if(|beginning| beginning.asked == Some(job)) else {
        return false;
    };
    if let Ok(Answer::IdTaken(is_there)) = reply {
        begin(model, beginning, *is_there, effects);
    }
    true
}

/// Opens the tenant to begin in where nothing else is on screen, or tells that it is not there.
fn begin(model: &mut Model, beginning: Beginning, is_there: bool, effects: &mut Vec<Effect>) {
    let Beginning { scope, opens, .. } = beginning;
    let is_at_list = model.screens.is_empty();
    if !is_there {
        model.session.tenant = None;
        let shown = if is_at_list {
            "the list of tenants"
        } else {
            "where you were"
        };
        let context = &model.session.context;
        let text = format!("There is no tenant {scope} in {context}; {shown} is shown instead");
        model.messages.tell(model.now, Level::Warning, text);
    } else if opens && is_at_list && model.overlays.is_empty() {
        model.tenants.want(scope.clone(), model.size.list_rows());
        places::open_tenant(model, scope, Tab::Overview, effects);
    }
}

/// Orders tenants by id again where they cannot be listed in the order in effect, as too many admins would have to be counted: that
/// is what was refused, as nothing else was asked for. Says whether it is so.
pub fn gives_way(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let tenants = &mut model.tenants;
    let is_refused = matches!(reply, Err(problem) if problem.kind == ProblemKind::Invalid);
    if !is_refused || !tenants.awaits(job) || tenants.filter.is_active() || tenants.sort.is_none() {
        return false;
    }
    tenants.sort = None;
    search(model, effects);
    let text =
        format!("The list is ordered by id again: the admins of more than {MOST_COUNTED} tenants are not counted");
    model.messages.tell(model.now, Level::Warning, text);
    true
}

/// Takes the answer to how many tenants there are in all, and says whether it was one.
pub fn settle_all(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let total = match reply {
        Ok(Answer::Tenants(page)) => Some(page.total),
        _ => None,
    };
    model.tenants.settle_all(job, total)
}

fn ask_page(model: &mut Model, page: u64, effects: &mut Vec<Effect>) {
    let job = model.new_job();
    let query = model.tenants.ask(job, page, model.now);
    effects.push(Effect::Ask(job, Request::Tenants(query)));
}

/// Asks how many tenants there are without the filter.
fn ask_all(model: &mut Model, effects: &mut Vec<Effect>) {
    let job = model.new_job();
    let query = model.tenants.ask_all(job);
    effects.push(Effect::Ask(job, Request::Tenants(query)));
}

/// Reads the rows in view again, and if wished the counts that go with them, each of which is a request of its own over a
/// network.
pub fn refresh(model: &mut Model, counts: bool, effects: &mut Vec<Effect>) {
    for job in model.tenants.give_up() {
        effects.extend(model.cancel(job));
    }
    (model.tenants.problem, model.tenants.doubted) = (None, None);
    model.tenants.marks.look_again();
    if model.lists_tenants() {
        for page in model.tenants.refresh(model.size.list_rows(), counts) {
            ask_page(model, page, effects);
        }
        if model.tenants.hides_all() {
            ask_all(model, effects);
        }
    }
    ask_default_admins(model, effects);
}

/// Asks how many admins the default tenant has, if it has a row.
pub fn ask_default_admins(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.tenants.has_default() {
        let (job, effect) = model.ask(Request::AdminCount(TenantScope::Default));
        model.tenants.default_admins.ask(job, model.now);
        effects.push(effect);
    }
}

/// Asks for the rows under a new filter or order.
pub fn search(model: &mut Model, effects: &mut Vec<Effect>) {
    (model.tenants.problem, model.tenants.doubted) = (None, None);
    if model.tenants.lacks_all() {
        ask_all(model, effects);
    }
    let job = model.new_job();
    let (outdated, query) = model.tenants.ask_anew(job, model.now);
    for job in outdated {
        effects.extend(model.cancel(job));
    }
    effects.push(Effect::Ask(job, Request::Tenants(query)));
}

/// Gives the keys back to the rows under a filter.
pub fn filter_done(model: &mut Model) {
    let Some(filter) = model.filter_mut() else { return };
    filter.editing = false;
    // Beside the rows, which are as before, there is room for a word about it only. Among messages it would be a row itself.
    let unreadable = filter.unreadable();
    if let Some(words) = unreadable.filter(|_| !matches!(model.screens.last(), Some(Screen::Messages(_)))) {
        model.messages.tell_here(model.now, Level::Warning, words);
    }
    if let Some((thing, _)) = here(model).filter(|(_, list)| list.hides_selected()) {
        let text = format!("The {thing} that was selected is not in the list as filtered");
        model.messages.tell_of_rows(model.now, Level::Warning, text);
    }
}

/// Takes the filter on screen away; what was selected stays so, where it is read.
pub fn clear_filter(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(filter) = model.filter_mut() else { return };
    filter.line = LineEdit::default();
    filter.editing = false;
    filter_changed(model, effects);
}

/// Sets the filter of the list of tenants to a text, and says whether it is another one than before.
pub fn set_tenant_filter(model: &mut Model, text: &str, effects: &mut Vec<Effect>) -> bool {
    let shown = model.columns.words_in(ListKind::Tenants);
    model.tenants.note_selected();
    let is_other = model.tenants.filter.set(text, TENANT_COLUMNS, &shown);
    if is_other {
        forget_refusal(model);
        for job in model.tenants.filter_changed() {
            effects.extend(model.cancel(job));
        }
    }
    is_other
}

/// Takes what was said of a filter off the screen, now that it is another one.
fn forget_refusal(model: &mut Model) {
    let notice = model.messages.notice().and_then(|notice| notice.problem.as_ref());
    let is_refusal = |problem: &Problem| problem.kind != ProblemKind::Unreachable;
    if notice.is_some_and(is_refusal) && notice == model.tenants.problem.as_ref() {
        model.messages.dismiss();
    }
}

/// Follows up on a change of what is typed into the filter on screen, or of the columns in which its words look.
pub fn filter_changed(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.search().is_some() {
        super::search::changed(model);
        return;
    }
    let Some(columns) = filter_columns(model) else { return };
    let shown = ListKind::on_screen(model).map(|list| model.columns.words_in(list));
    let shown = &shown.unwrap_or_default();
    match model.screens.last_mut() {
        None => {
            model.tenants.note_selected();
            if model.tenants.filter.read(columns, shown) {
                forget_refusal(model);
                for job in model.tenants.filter_changed() {
                    effects.extend(model.cancel(job));
                }
                if model.session.remote {
                    model.search_due = Some(model.now + TYPING_PAUSE);
                } else {
                    search(model, effects);
                }
            }
        }
        Some(Screen::Messages(_)) => messages::read_filter(model, columns, shown),
        Some(screen) => {
            if screen.list_mut().is_some_and(|list| list.read_filter(columns, shown)) {
                look_anew(screen);
            }
            arrange(model);
        }
    }
}

/// The columns that the filter on screen may name.
fn filter_columns(model: &Model) -> Option<&'static [&'static str]> {
    Some(match model.screens.last() {
        None => TENANT_COLUMNS,
        Some(Screen::Tenant(view)) => view.tab.columns(),
        Some(Screen::Records(view)) => view.filter_columns(),
        Some(Screen::Messages(_)) => ListKind::Messages.filter_columns(),
        Some(Screen::Contexts(_)) => ListKind::Contexts.filter_columns(),
        Some(Screen::Runs(_)) => ListKind::Runs.filter_columns(),
        Some(_) => return None,
    })
}

/// Ages in the filter on screen are counted from now.
pub fn age_filter(model: &mut Model) {
    // Messages know how long after the start they were, other rows what time it was.
    let as_of = match model.screens.last() {
        Some(Screen::Messages(_)) => model.now,
        _ => model.wall(),
    };
    if let Some(filter) = model.filter_mut() {
        filter.as_of = i64::try_from(as_of).unwrap_or(i64::MAX);
    }
}

/// The columns that the list on screen can be ordered by.
pub fn columns(model: &Model) -> Vec<&'static str> {
    let columns = ListKind::on_screen(model).map_or(&[][..], ListKind::columns);
    let sorting = columns.iter().filter(|column| column.sorts);
    sorting.map(|column| column.name).collect()
}

/// Why the list on screen cannot be ordered by one of its columns now.
pub fn refusal(model: &Model, column: &str) -> Option<String> {
    let is_counted = model.screens.is_empty() && model.session.remote && counts_admins(column);
    let is_long = model.tenants.total().is_some_and(|total| total > MOST_COUNTED as u64);
    (is_counted && is_long).then(|| {
        format!("Kestra lists no admins, and those of more than {MOST_COUNTED} tenants are not counted; filter first")
    })
}

/// Orders the list on screen by a column, `-` before it for descending.
pub fn sort(model: &mut Model, column: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let columns = columns(model);
    let wanted = column.trim_start_matches('-');
    let known = ListKind::on_screen(model).map_or(&[][..], ListKind::columns);
    if known.iter().any(|column| column.name == wanted && !column.sorts) {
        return Err("it gives no order".to_owned());
    }
    let found = meant(wanted, &columns).ok_or_else(|| {
        let near = nearest(wanted, columns.iter().copied());
        let near = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        format!(
            "there is no column `{wanted}`{near}; columns are {}",
            columns.join(", ")
        )
    })?;
    if let Some(reason) = refusal(model, found) {
        return Err(reason);
    }
    let sort = Sort {
        column: found.to_owned(),
        descending: column.starts_with('-'),
    };
    set_sort(model, Some(sort), effects);
    Ok(())
}

/// Turns the order of the list on screen round.
pub fn reverse(model: &mut Model, effects: &mut Vec<Effect>) {
    let present = current_sort(model).or_else(|| {
        columns(model).first().map(|column| Sort {
            column: (*column).to_owned(),
            descending: false,
        })
    });
    let turned = present.map(|sort| Sort {
        descending: !sort.descending,
        ..sort
    });
    set_sort(model, turned, effects);
}

/// The order of the list on screen; `None` is its own.
pub fn current_sort(model: &Model) -> Option<Sort> {
    match model.screens.last() {
        None => model.tenants.sort.clone(),
        Some(Screen::Messages(view)) => view.sort.clone(),
        Some(screen) => screen.list().and_then(|list| list.sort.clone()),
    }
}

fn set_sort(model: &mut Model, sort: Option<Sort>, effects: &mut Vec<Effect>) {
    match model.screens.last_mut() {
        None => {
            model.tenants.sort = sort;
            search(model, effects);
        }
        Some(Screen::Messages(view)) => view.sort = sort,
        Some(screen) => {
            if let Some(list) = screen.list_mut() {
                list.sort = sort;
            }
            look_anew(screen);
            arrange(model);
        }
    }
}

/// Another filter or order is looked for as far as the first.
fn look_anew(screen: &mut Screen) {
    if let Screen::Records(view) = screen {
        view.most = SEARCHED;
    }
    if let Some(list) = screen.list_mut() {
        list.begin_anew();
    }
}

/// Decides anew which rows of the list on screen are visible, and in which order.
pub fn arrange(model: &mut Model) {
    let (list_rows, tab_rows) = (model.size.list_rows(), model.size.tab_rows());
    let runs = model.runs.value().map_or(&[][..], Vec::as_slice);
    match model.screens.last_mut() {
        Some(Screen::Tenant(view)) => view.arrange(tab_rows),
        Some(Screen::Records(view)) => view.arrange(list_rows),
        Some(Screen::Contexts(view)) => view.arrange(model.session.listed(), list_rows),
        Some(Screen::Runs(view)) => {
            view.list.arrange(runs, list_rows);
        }
        _ => {}
    }
}
