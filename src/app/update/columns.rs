//! The menus of columns: ordering the list on screen by one of them, and choosing which are shown.

use super::super::column_menu::ColumnMenu;
use super::super::column_room::columns_on_screen;
use super::super::command::CommandId;
use super::super::cursor::{Cursor, Motion};
use super::super::effect::Effect;
use super::super::geometry::Size;
use super::super::list_columns::ListKind;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::{lists, places};

/// Lines of the menu that are in view.
pub fn rows_in_view(size: Size) -> usize {
    usize::from(size.height.saturating_sub(6)).max(1)
}

/// Orders the list on screen by the column that has the focus. Where it is so already, or cannot be, another is chosen from a
/// menu.
pub fn sort(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(list) = ListKind::on_screen(model) else { return };
    let present = lists::current_sort(model);
    let focused = model.columns.focused(list, present.as_ref());
    let Some(column) = focused.filter(|column| present.is_none_or(|sort| sort.column != column.name)) else {
        open_sort(model);
        return;
    };
    if let Err(reason) = lists::sort(model, column.name, effects) {
        open_sort(model);
        let text = format!("Not by {}: {reason}", column.title);
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Gives the focus to the column of the list on screen so many places further on, and says whether there is such a list.
pub fn step(model: &mut Model, by: isize) -> bool {
    let Some(list) = ListKind::on_screen(model) else {
        return false;
    };
    let sort = lists::current_sort(model);
    model.columns.step(list, sort.as_ref(), by);
    true
}

/// Opens the menu that orders the list on screen. The column after the one in effect is selected.
pub fn open_sort(model: &mut Model) {
    let Some(list) = ListKind::on_screen(model) else { return };
    let rows: Vec<_> = model
        .columns
        .all(list)
        .into_iter()
        .filter(|(at, _)| list.columns().get(*at).is_some_and(|column| column.sorts))
        .collect();
    let sort = lists::current_sort(model);
    let is_present = |(at, _): &(usize, bool)| {
        let column = list.columns().get(*at);
        column
            .zip(sort.as_ref())
            .is_some_and(|(column, sort)| column.name == sort.column)
    };
    // The list's own order is by its first column, so that the first step goes on to the second.
    let present = rows.iter().position(is_present).unwrap_or(0);
    push(model, list, true, rows, present + 1);
}

/// Opens the menu that chooses the columns of the list on screen.
pub fn open_columns(model: &mut Model) {
    let Some(list) = ListKind::on_screen(model) else { return };
    let rows = model.columns.all(list);
    push(model, list, false, rows, 0);
}

fn push(model: &mut Model, list: ListKind, sorts: bool, rows: Vec<(usize, bool)>, selected: usize) {
    let length = rows.len();
    let refusals = rows.iter().filter_map(|(at, _)| {
        let name = list.columns().get(*at)?.name;
        Some((name, lists::refusal(model, name)?))
    });
    let disabled = refusals.filter(|_| sorts).collect();
    let mut cursor = Cursor::default();
    let at = if selected < length { selected } else { 0 };
    cursor.select(at, length, rows_in_view(model.size));
    model.overlays.push(Overlay::Columns(Box::new(ColumnMenu {
        list,
        sorts,
        rows,
        disabled,
        cursor,
    })));
}

fn menu_mut(model: &mut Model) -> Option<&mut ColumnMenu> {
    match model.overlays.last_mut() {
        Some(Overlay::Columns(menu)) => Some(menu),
        _ => None,
    }
}

/// Moves the selection of the menu, and says whether one is on screen.
pub fn go(model: &mut Model, motion: Motion) -> bool {
    let height = rows_in_view(model.size);
    let Some(menu) = menu_mut(model) else { return false };
    menu.cursor.go(motion, menu.rows.len(), height);
    true
}

/// Selects a line of the menu by its number from 1, and says whether there is one. `None` where no menu is on screen.
pub fn point(model: &mut Model, number: usize) -> Option<bool> {
    let height = rows_in_view(model.size);
    let menu = menu_mut(model)?;
    let length = menu.rows.len();
    let index = number.checked_sub(1).filter(|index| *index < length);
    match index {
        Some(index) => menu.cursor.select(index, length, height),
        None => places::tell_no_row(model, number),
    }
    Some(index.is_some())
}

/// Selects a line of the menu by its number from 1, and does what it is there for.
pub fn choose(model: &mut Model, number: usize, effects: &mut Vec<Effect>) {
    if point(model, number) != Some(true) {
        return;
    }
    let Some(menu) = menu_mut(model) else { return };
    let id = if menu.sorts {
        CommandId::ColumnsTake
    } else {
        CommandId::ColumnToggle
    };
    run(model, id, effects);
}

/// Carries a command of the menus out.
pub fn run(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) {
    let height = rows_in_view(model.size);
    match id {
        CommandId::Wide => {
            if let Some(list) = ListKind::on_screen(model) {
                let before = columns_on_screen(model, list);
                model.columns.toggle_wide(list);
                let shown = columns_on_screen(model, list);
                if shown == before && shown.len() == list.columns().len() {
                    let text = "This list has no other columns than those on screen";
                    model.messages.tell(model.now, Level::Warning, text);
                } else if shown == before {
                    let text = "There is no room for more columns; <C> chooses which are shown";
                    model.messages.tell_here(model.now, Level::Warning, text);
                }
                lists::filter_changed(model, effects);
            }
            return;
        }
        CommandId::Columns => return open_columns(model),
        CommandId::ColumnsTake => return take(model, effects),
        CommandId::ColumnsClose => {
            model.overlays.pop();
            return;
        }
        _ => {}
    }
    let Some(menu) = menu_mut(model) else { return };
    match id {
        CommandId::SortNext => {
            let next = (menu.cursor.at() + 1) % menu.rows.len().max(1);
            menu.cursor.select(next, menu.rows.len(), height);
        }
        CommandId::ColumnToggle => {
            if let Err(reason) = menu.toggle() {
                model.messages.tell(model.now, Level::Warning, reason);
            }
        }
        CommandId::ColumnEarlier => menu.shift(false),
        CommandId::ColumnLater => menu.shift(true),
        CommandId::ColumnsReset => {
            let list = menu.list;
            model.columns.put(list, None);
            let rows = model.columns.all(list);
            if let Some(menu) = menu_mut(model) {
                menu.rows = rows;
            }
            keep(model, list, effects);
        }
        _ => {}
    }
}

fn take(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(menu) = menu_mut(model).map(|menu| menu.clone()) else {
        return;
    };
    if let Some(reason) = menu.refusal(menu.cursor.at()) {
        model.messages.not_now(model.now, reason);
        return;
    }
    model.overlays.pop();
    if !menu.sorts {
        model.columns.take(menu.list, &menu.rows);
        lists::filter_changed(model, effects);
        keep(model, menu.list, effects);
        return;
    }
    // What is taken is where the focus is.
    model.columns.focus.remove(menu.list.word());
    if let Some(column) = menu.selected()
        && let Err(reason) = lists::sort(model, column.name, effects)
    {
        model.messages.tell(model.now, Level::Warning, reason);
    }
}

fn keep(model: &Model, list: ListKind, effects: &mut Vec<Effect>) {
    let names = model.columns.shown.get(list.word()).cloned();
    effects.push(Effect::KeepColumns(list, names));
}
