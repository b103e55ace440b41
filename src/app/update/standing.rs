//! How screens stand: told to be kept with where one is, and set again at the next start, as soon as what is on them is known.

use crate::domain::effective_access;

use super::super::cursor::Cursor;
use super::super::list_columns::ListKind;
use super::super::matrix::MatrixCursor;
use super::super::model::Model;
use super::super::records::MOST_PAGES;
use super::super::run::RunView;
use super::super::screen::Screen;
use super::super::stood::Stood;
use super::super::tab_list::TabList;
use super::super::tenant_view::{RolePane, RoleView, TenantView};
use super::cells;
use super::deeds::known_access;
use super::resuming::{sort_of, sort_word};
use super::runs;

/// How the screen at a depth stands, below the role that may be open on it.
pub fn of(model: &Model, at: usize) -> Stood {
    let Some(screen) = model.screens.get(at) else {
        return Stood::default();
    };
    match screen {
        Screen::Tenant(view) => Stood {
            scroll: view.scroll,
            ..view.lists.get(view.tab).map_or_else(Stood::default, of_list)
        },
        Screen::Records(view) => Stood {
            pages: view.pages.max(view.least),
            ..of_list(&view.list)
        },
        Screen::Contexts(view) => of_list(&view.list),
        Screen::Runs(view) => of_list(&view.list),
        Screen::Messages(view) => Stood {
            filter: view.filter.line.text().to_owned(),
            sort: view.sort.as_ref().map(sort_word),
            ..Stood::default()
        },
        Screen::Access(_) | Screen::WhoCan(_) | Screen::Comparison(_) | Screen::Run(_) => {
            let stood = waiting(model, at).unwrap_or_else(|| of_selected(model, screen));
            match screen {
                Screen::Run(view) => Stood {
                    other: view.shows_output,
                    output: view.output_top,
                    rollback: rollback_above(model, at).or(stood.rollback),
                    ..stood
                },
                _ => stood,
            }
        }
        _ => Stood::default(),
    }
}

/// How the role stands that is open on the screen at a depth, or is to be, with its id.
pub fn of_role(model: &Model, at: usize) -> Option<(&str, Stood)> {
    let screen = model.screens.get(at)?;
    let Screen::Tenant(view) = screen else { return None };
    let id = view.role.as_ref().map(|role| &role.id).or(view.wanted_role.as_ref())?;
    let stood = waiting(model, at).unwrap_or_else(|| of_selected(model, screen));
    Some((id, stood))
}

fn of_list(list: &TabList) -> Stood {
    Stood {
        filter: list.filter.line.text().to_owned(),
        sort: list.sort.as_ref().map(sort_word),
        row: list.kept_id().map(str::to_owned),
        cursor: list.kept_cursor(),
        marks: list.marks().iter().cloned().collect(),
        ..Stood::default()
    }
}

/// How the screen at a depth is to stand once what is on it is known.
fn waiting(model: &Model, at: usize) -> Option<Stood> {
    let waiting = model.standing.iter().find(|(of, _)| *of == at);
    waiting.map(|(_, stood)| stood.clone())
}

/// What is selected on a screen that has no list.
fn of_selected(model: &Model, screen: &Screen) -> Stood {
    let matrix = cells::matrix_of(model, screen);
    let cursor = cells::cursor_of(screen);
    let cell = matrix
        .as_ref()
        .zip(cursor)
        .and_then(|(matrix, cursor)| matrix.at(cursor));
    let stood = Stood {
        cell: cell.map(|(resource, action)| (resource.clone(), action.clone())),
        cursor: cursor.map_or_else(Cursor::default, |cursor| cursor.resource),
        ..Stood::default()
    };
    match screen {
        Screen::Tenant(view) => match &view.role {
            Some(role) => Stood {
                row: holder(view, role),
                second: role.pane == RolePane::Holders,
                other: role.translated,
                ..stood
            },
            None => stood,
        },
        Screen::WhoCan(view) if view.cursor.at() > 0 => {
            let release = model.instance.value().map(|instance| instance.release);
            let rows = known_access(model, &view.scope)
                .zip(release)
                .map(|(access, release)| view.rows(access, release));
            let row = rows.into_iter().flatten().nth(view.cursor.at());
            Stood {
                row: row.map(|row| row.user.id),
                cursor: view.cursor,
                ..stood
            }
        }
        Screen::Comparison(view) => Stood {
            other: view.shows_all,
            ..stood
        },
        Screen::Run(view) => Stood {
            row: step(view).filter(|_| !view.follows),
            ..stood
        },
        _ => stood,
    }
}

fn holder(view: &TenantView, role: &RoleView) -> Option<String> {
    let holders = effective_access::holders(view.access.value()?, &role.id);
    Some(holders.get(role.holder.at())?.user.id.clone())
}

fn step(view: &RunView) -> Option<String> {
    let step = view.state.as_ref()?.steps.get(view.cursor.at())?;
    Some(step.step.id().to_owned())
}

/// How far the run at a depth would be rolled back as is being chosen above it.
fn rollback_above(model: &Model, at: usize) -> Option<String> {
    match model.screens.get(at + 1)? {
        Screen::Rollback(view) => Some(view.target()?.id().to_owned()),
        _ => None,
    }
}

/// Lets the screen on top, which was opened a moment ago, stand as it stood. Rows that are not there yet are waited for.
pub fn begin(model: &mut Model, stood: &Stood) {
    let at = model.screens.len().saturating_sub(1);
    let rows = match model.screens.last() {
        Some(Screen::Tenant(_)) => model.size.tab_rows(),
        _ => model.size.list_rows(),
    };
    if let Some(list) = ListKind::on_screen(model) {
        let (columns, shown) = (list.filter_columns(), model.columns.words_in(list));
        let sort = stood.sort.as_deref().and_then(|sort| sort_of(sort, columns));
        match model.screens.last_mut() {
            Some(Screen::Messages(view)) => {
                view.filter.set(&stood.filter, columns, &shown);
                view.sort = sort;
            }
            Some(screen) => {
                let mut more = false;
                if let Screen::Records(view) = screen {
                    view.least = stood.pages.clamp(1, MOST_PAGES);
                    more = view.least > 1;
                }
                if let Some(list) = screen.list_mut() {
                    list.filter.set(&stood.filter, columns, &shown);
                    list.sort = sort;
                    list.mark_again(&stood.marks);
                    list.stand(stood.cursor, stood.row.as_ref(), more, rows);
                }
            }
            None => {}
        }
        return;
    }
    match model.screens.last_mut() {
        Some(Screen::Tenant(view)) => view.scroll = stood.scroll,
        Some(screen) => {
            if let Screen::Run(view) = screen {
                (view.shows_output, view.output_top) = (stood.other, stood.output);
            }
            await_it(model, at, stood);
        }
        None => {}
    }
}

/// Lets the role that is to be opened on the screen on top stand as it stood.
pub fn begin_role(model: &mut Model, stood: &Stood) {
    await_it(model, model.screens.len().saturating_sub(1), stood);
}

fn await_it(model: &mut Model, at: usize, stood: &Stood) {
    model.standing.retain(|(of, _)| *of != at);
    model.standing.push((at, stood.clone()));
}

/// Lets screens stand as they stood on which that is known by now. What is gone is not waited for.
pub fn settle(model: &mut Model) {
    for (at, stood) in std::mem::take(&mut model.standing) {
        if !is_settled(model, at, &stood) {
            model.standing.push((at, stood));
        }
    }
}

fn is_settled(model: &mut Model, at: usize, stood: &Stood) -> bool {
    let (list_rows, tab_rows) = (model.size.list_rows(), model.size.tab_rows());
    let is_on_top = at + 1 == model.screens.len() && model.overlays.is_empty();
    match model.screens.get_mut(at) {
        Some(Screen::Tenant(view)) => {
            if view.wanted_role.is_some() {
                return false;
            }
            let holders = view.role.as_ref().zip(view.access.value());
            let holders = holders.map_or_else(Vec::new, |(role, access)| effective_access::holders(access, &role.id));
            let holder = holders
                .iter()
                .position(|holder| Some(&holder.user.id) == stood.row.as_ref());
            let length = holders.len();
            let Some(role) = &mut view.role else { return true };
            if stood.second {
                role.pane = RolePane::Holders;
            }
            role.translated = stood.other;
            if let Some(holder) = holder.filter(|_| role.holder == Cursor::default()) {
                role.holder.select(holder, length, tab_rows);
            }
        }
        Some(Screen::WhoCan(view)) => {
            if view.superadmins.job().is_some() {
                return false;
            }
            let view = view.clone();
            let Some(access) = known_access(model, &view.scope) else {
                return false;
            };
            let Some(instance) = model.instance.value() else {
                return false;
            };
            let rows = view.rows(access, instance.release);
            let row = rows.iter().position(|row| Some(&row.user.id) == stood.row.as_ref());
            if let Some(Screen::WhoCan(view)) = model.screens.get_mut(at)
                && let Some(row) = row.filter(|_| view.cursor == Cursor::default())
            {
                view.cursor = stood.cursor;
                view.cursor.select(row, rows.len(), list_rows);
            }
            return true;
        }
        Some(Screen::Comparison(view)) => {
            if view.shows_all != stood.other {
                view.toggle_all(tab_rows);
            }
            view.cursor = MatrixCursor::default();
        }
        Some(Screen::Run(view)) => {
            let Some(state) = &view.state else { return false };
            let undoes = state.can_be_undone();
            let is_it = |row: &String| state.steps.iter().position(|step| step.step.id() == row);
            if let Some(row) = stood.row.as_ref().and_then(is_it).filter(|_| view.follows) {
                let (length, rows) = (view.length(), model.size.step_rows(view.length().max(1)));
                view.follows = false;
                view.cursor.select(row, length, rows);
            }
            let can_be = undoes && !view.alive;
            if let Some(step) = stood.rollback.as_ref().filter(|_| can_be && is_on_top) {
                runs::push_rollback(model, step.parse().ok());
            }
            return true;
        }
        Some(Screen::Access(_)) => {}
        _ => return true,
    }
    let Some(screen) = model.screens.get(at) else {
        return true;
    };
    let Some(matrix) = cells::matrix_of(model, screen) else {
        return false;
    };
    let cursor = model.screens.get_mut(at).and_then(cells::cursor_mut_of);
    if let Some((cursor, (resource, action))) = cursor.zip(stood.cell.as_ref())
        && *cursor == MatrixCursor::default()
        && matrix.resources.contains(resource)
    {
        // What was in view is so again, as far as there is as much.
        cursor.resource = stood.cursor;
        cursor.select(&matrix, resource, action, tab_rows);
    }
    true
}
