//! Moving in what is on screen: rows, lines, cells of a matrix, panes and tabs.

use crate::domain::effective_access;
use crate::domain::tenant::TenantScope;

use super::super::access_view::matrix_of;
use super::super::cursor::Motion;
use super::super::dialog_layout::DialogLayout;
use super::super::dialog_text::dialog_text;
use super::super::matrix::{Matrix, MatrixCursor};
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::screen::Screen;
use super::super::tenant_view::{RolePane, scrolled};
use super::{access, cells, choices, columns, deeds, forms, menus, runs, welcome, wizard};

/// Moves the selection, or scrolls where there is none.
pub fn go(model: &mut Model, motion: Motion) {
    let size = model.size;
    if let Some(Overlay::Page(page)) = model.overlays.last_mut() {
        let (lines, height) = page.lines(size);
        page.scroll = scrolled(page.scroll, motion, lines.len(), height);
        return;
    }
    if let Some(Overlay::Dialog(dialog)) = model.overlays.last() {
        let layout = DialogLayout::new(&dialog_text(model, dialog), dialog.expected.as_deref(), size);
        let scroll = scrolled(dialog.scroll, motion, layout.lines.len(), layout.in_view);
        if let Some(Overlay::Dialog(dialog)) = model.overlays.last_mut() {
            dialog.scroll = scroll;
        }
        return;
    }
    if columns::go(model, motion) || welcome::go(model, motion) {
        return;
    }
    let overview_lines = model.overview_lines();
    let matrix = cells::matrix_of_role(model);
    match model.screens.last_mut() {
        None => model.tenants.go(motion, size.list_rows()),
        Some(Screen::Tenant(view)) => {
            let holders = view.role.as_ref().zip(view.access.value());
            let holders = holders.map_or(0, |(role, access)| effective_access::holders(access, &role.id).len());
            match view.role.as_mut() {
                Some(role) => match (role.pane, matrix) {
                    (RolePane::Matrix, Some(matrix)) => role.cursor.go(motion, &matrix, size.tab_rows()),
                    (RolePane::Matrix, None) => {}
                    (RolePane::Holders, _) => role.holder.go(motion, holders, size.tab_rows()),
                },
                None => view.go(motion, size.tab_rows(), overview_lines),
            }
        }
        Some(Screen::Records(view)) => view.go(motion, size.list_rows()),
        Some(Screen::RoleEditor(editor)) if editor.review.is_none() => {
            let matrix = editor.matrix();
            editor.cursor.go(motion, &matrix, size.tab_rows());
        }
        Some(Screen::Comparison(view)) => {
            let matrix = view.matrix();
            view.cursor.go(motion, &matrix, size.tab_rows());
        }
        Some(Screen::Access(view)) => {
            let scope = view.scope.clone();
            if let Some((matrix, cursor)) = access_matrix(model, &scope)
                && let Some(Screen::Access(view)) = model.screens.last_mut()
            {
                view.cursor = cursor;
                view.cursor.go(motion, &matrix, size.tab_rows());
            }
        }
        Some(Screen::WhoCan(_)) => {
            let rows = access::count_allowed(model);
            if let Some(Screen::WhoCan(view)) = model.screens.last_mut() {
                view.cursor.go(motion, rows, size.list_rows());
            }
        }
        Some(Screen::Form(_) | Screen::RoleEditor(_)) => forms::scroll(model, motion),
        Some(Screen::Connect(form)) => {
            let layout = form.layout(size);
            form.way.scroll = Some(scrolled(layout.top, motion, layout.way.len(), layout.rows));
        }
        Some(Screen::Wizard) => wizard::go(model, motion),
        Some(Screen::Run(_)) => runs::go(model, motion),
        Some(Screen::Rollback(_)) => runs::go_rollback(model, motion),
        Some(Screen::Runs(view)) => view.list.go(motion, size.list_rows()),
        Some(Screen::Contexts(view)) => view.list.go(motion, size.list_rows()),
        Some(Screen::Checks(view)) => {
            let (columns, rows) = size.page();
            let lines = view.lines(columns);
            view.scroll = Some(scrolled(view.top(&lines, rows), motion, lines.len(), rows));
        }
        Some(Screen::Messages(_)) => {
            let length = model.visible_messages().len();
            if let Some(Screen::Messages(view)) = model.screens.last_mut() {
                view.cursor.go(motion, length, size.list_rows());
            }
        }
    }
}

/// The matrix of the user on screen, and the selected cell.
fn access_matrix(model: &Model, scope: &TenantScope) -> Option<(Matrix, MatrixCursor)> {
    let release = model.instance.value()?.release;
    let Some(Screen::Access(view)) = model.screens.last() else {
        return None;
    };
    Some((matrix_of(deeds::known_access(model, scope)?, release), view.cursor))
}

/// Goes to another cell of a matrix, or to another tab.
pub fn sideways(model: &mut Model, by: isize) {
    if columns::step(model, by) {
        return;
    }
    let matrix = cells::matrix_of_role(model);
    match model.screens.last_mut() {
        Some(Screen::Tenant(view)) => match (&mut view.role, matrix) {
            (Some(role), Some(matrix)) => role.cursor.sideways(by, &matrix),
            (Some(_), None) => {}
            (None, _) => view.tab = view.tab.step(by),
        },
        Some(Screen::Comparison(view)) => {
            let matrix = view.matrix();
            view.cursor.sideways(by, &matrix);
        }
        Some(Screen::Access(view)) => {
            let scope = view.scope.clone();
            if let Some((matrix, _)) = access_matrix(model, &scope)
                && let Some(Screen::Access(view)) = model.screens.last_mut()
            {
                view.cursor.sideways(by, &matrix);
            }
        }
        _ => {}
    }
}

/// Goes to the other pane of a role, or to another tab.
pub fn pane(model: &mut Model, by: isize) {
    let Some(view) = model.tenant_view_mut() else { return };
    match &mut view.role {
        Some(role) => {
            role.pane = match role.pane {
                RolePane::Matrix => RolePane::Holders,
                RolePane::Holders => RolePane::Matrix,
            }
        }
        None => view.tab = view.tab.step(by),
    }
}

/// Moves the selection of what is chosen from.
pub fn go_in_menu(model: &mut Model, motion: Motion) {
    if choices::is_open(model) {
        choices::go(model, motion);
    } else {
        menus::go(model, motion);
    }
}
