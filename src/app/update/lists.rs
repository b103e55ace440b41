//! Lists: what has to be read, filters, orders.

use crate::domain::columns::TENANT_COLUMNS;
use crate::domain::query::Sort;

use super::super::effect::{Effect, Request};
use super::super::model::{Model, Screen};
use super::{TYPING_PAUSE, places};

/// Asks for the pages of tenants that are in view and not there, unless the operator stopped that.
pub fn load(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.tenants.is_stopped() && model.instance.was_given_up() {
        places::ask_instance(model, effects);
    }
    if !model.lists_tenants() || model.tenants.problem.is_some() {
        return;
    }
    if model.tenants.is_to_be_searched() {
        search(model, effects);
        return;
    }
    for page in model.tenants.missing(model.size.list_rows()) {
        ask_page(model, page, effects);
    }
    let uncounted = model.tenants.uncounted(model.size.list_rows());
    if !uncounted.is_empty() {
        let (job, effect) = model.ask(Request::AdminCounts(uncounted.clone()));
        model.tenants.ask_counts(job, uncounted);
        effects.push(effect);
    }
}

fn ask_page(model: &mut Model, page: u64, effects: &mut Vec<Effect>) {
    let job = model.new_job();
    let query = model.tenants.ask(job, page, model.now);
    effects.push(Effect::Ask(job, Request::Tenants(query)));
}

/// Reads the rows in view again, and the counts that go with them.
pub fn refresh(model: &mut Model, effects: &mut Vec<Effect>) {
    for job in model.tenants.give_up() {
        effects.extend(model.cancel(job));
    }
    model.tenants.problem = None;
    if model.lists_tenants() {
        for page in model.tenants.refresh(model.size.list_rows()) {
            ask_page(model, page, effects);
        }
    }
    ask_default_admins(model, effects);
}

/// Asks how many admins the default tenant has, if it has a row.
pub fn ask_default_admins(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.tenants.has_default {
        let (job, effect) = model.ask(Request::AdminCount(crate::domain::tenant::TenantScope::Default));
        model.tenants.default_admins.ask(job, model.now);
        effects.push(effect);
    }
}

/// Asks for the rows under a new filter or order.
pub fn search(model: &mut Model, effects: &mut Vec<Effect>) {
    model.tenants.problem = None;
    let job = model.new_job();
    let (outdated, query) = model.tenants.ask_anew(job, model.now);
    for job in outdated {
        effects.extend(model.cancel(job));
    }
    effects.push(Effect::Ask(job, Request::Tenants(query)));
}

/// Follows up on a change of what is typed into the filter on screen.
pub fn filter_changed(model: &mut Model, effects: &mut Vec<Effect>) {
    let tab_rows = model.size.tab_rows();
    match model.screens.last_mut() {
        None => {
            if model.tenants.filter.read(TENANT_COLUMNS) {
                if model.session.remote {
                    model.search_due = Some(model.now + TYPING_PAUSE);
                } else {
                    search(model, effects);
                }
            }
        }
        Some(Screen::Tenant(view)) => {
            let tab = view.tab;
            if let Some(list) = view.lists.get_mut(tab) {
                list.filter.read(tab.columns());
            }
            view.arrange(tab_rows);
        }
        Some(Screen::Records(view)) => {
            let columns = view.filter_columns();
            view.list.filter.read(columns);
            view.arrange(model.size.list_rows());
        }
        Some(Screen::Messages(view)) => {
            view.filter.read(super::super::messages::MESSAGE_COLUMNS);
            view.cursor = super::super::cursor::Cursor::default();
        }
        Some(_) => {}
    }
}

/// The columns of the list on screen that an order may name.
pub fn columns(model: &Model) -> &'static [&'static str] {
    match model.screens.last() {
        None => TENANT_COLUMNS,
        Some(Screen::Tenant(view)) => view.tab.columns(),
        Some(_) => &[],
    }
}

/// Orders the list on screen by a column: the named one, or the one after the present one.
pub fn sort(model: &mut Model, column: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let columns = columns(model);
    if columns.is_empty() {
        return Err("there is nothing to order here".to_owned());
    }
    let present = current_sort(model);
    let next = if column.is_empty() {
        let at = present
            .as_ref()
            .and_then(|sort| columns.iter().position(|name| *name == sort.column));
        let at = at.map_or(0, |at| (at + 1) % columns.len().max(1));
        // The list's own order is by its first column, so that the first step goes on to the second.
        let at = if present.is_none() && columns.len() > 1 { 1 } else { at };
        columns.get(at).copied().unwrap_or_default()
    } else {
        let wanted = column.trim_start_matches('-');
        columns
            .iter()
            .copied()
            .find(|name| *name == wanted)
            .ok_or_else(|| format!("there is no column `{wanted}`; columns are {}", columns.join(", ")))?
    };
    let sort = Sort {
        column: next.to_owned(),
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

fn current_sort(model: &Model) -> Option<Sort> {
    match model.screens.last() {
        None => model.tenants.sort.clone(),
        Some(Screen::Tenant(view)) => view.lists.get(view.tab).and_then(|list| list.sort.clone()),
        Some(_) => None,
    }
}

fn set_sort(model: &mut Model, sort: Option<Sort>, effects: &mut Vec<Effect>) {
    let rows = model.size.tab_rows();
    match model.screens.last_mut() {
        None => {
            model.tenants.sort = sort;
            search(model, effects);
        }
        Some(Screen::Tenant(view)) => {
            let tab = view.tab;
            if let Some(list) = view.lists.get_mut(tab) {
                list.sort = sort;
            }
            view.arrange(rows);
        }
        Some(_) => {}
    }
}
