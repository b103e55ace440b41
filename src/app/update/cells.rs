//! Cells of a matrix by their names, as linear mode has them typed.

use crate::domain::permission::{Action, Resource};

use super::super::access_view;
use super::super::matrix::{Matrix, MatrixCursor};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::role_editor::RoleFocus;
use super::super::screen::Screen;

/// The matrix on screen, if there is one.
pub fn matrix_on_screen(model: &Model) -> Option<Matrix> {
    match model.screens.last()? {
        Screen::RoleEditor(editor) if editor.focus != RoleFocus::Matrix || editor.review.is_some() => None,
        screen => matrix_of(model, screen),
    }
}

/// The matrix of a screen, if it has one.
pub fn matrix_of(model: &Model, screen: &Screen) -> Option<Matrix> {
    match screen {
        Screen::RoleEditor(editor) => Some(editor.matrix()),
        Screen::Tenant(view) => {
            let assignable = model.assignable(&view.scope)?;
            Some(view.role.as_ref()?.matrix(view.open_role()?, assignable).0)
        }
        Screen::Access(view) => {
            let release = model.instance.value()?.release;
            Some(access_view::matrix_of(
                super::known_access(model, &view.scope)?,
                release,
            ))
        }
        Screen::Comparison(view) => Some(view.matrix()),
        _ => None,
    }
}

/// The selected cell of that.
pub fn cursor_of(screen: &Screen) -> Option<&MatrixCursor> {
    match screen {
        Screen::RoleEditor(editor) => Some(&editor.cursor),
        Screen::Tenant(view) => view.role.as_ref().map(|role| &role.cursor),
        Screen::Access(view) => Some(&view.cursor),
        Screen::Comparison(view) => Some(&view.cursor),
        _ => None,
    }
}

/// The same, to be changed.
pub fn cursor_mut_of(screen: &mut Screen) -> Option<&mut MatrixCursor> {
    match screen {
        Screen::RoleEditor(editor) => Some(&mut editor.cursor),
        Screen::Tenant(view) => view.role.as_mut().map(|role| &mut role.cursor),
        Screen::Access(view) => Some(&mut view.cursor),
        Screen::Comparison(view) => Some(&mut view.cursor),
        _ => None,
    }
}

/// The matrix of the role that is open, if one is.
pub fn matrix_of_role(model: &Model) -> Option<Matrix> {
    let screen = model.screens.last()?;
    matches!(screen, Screen::Tenant(_)).then(|| matrix_of(model, screen))?
}

/// Selects a cell, or a resource where no action was named; in the editor of a role a named cell is turned around.
pub fn name(model: &mut Model, resource: &Resource, action: Option<&Action>) {
    let Some(matrix) = matrix_on_screen(model) else { return };
    if let Some(action) = action.filter(|action| !matrix.has(resource, action)) {
        let text = format!("There is no {action} on {resource}");
        model.messages.tell(model.now, Level::Warning, text);
        return;
    }
    let height = model.size.list_rows();
    let Some(cursor) = model.screens.last_mut().and_then(cursor_mut_of) else {
        return;
    };
    let before = matrix.at(cursor).map(|(_, action)| action);
    let has = |action: &&Action| matrix.has(resource, action);
    let first = matrix
        .actions_of(resource)
        .first()
        .and_then(|at| matrix.actions.get(*at));
    if let Some(target) = action.or(before.filter(has)).or(first) {
        cursor.select(&matrix, resource, target, height);
    }
    let Some(action) = action else { return };
    if let Some(Screen::RoleEditor(editor)) = model.screens.last_mut() {
        editor.toggle();
    } else {
        let text = format!("{resource} {action} is selected; here it is only shown");
        model.messages.tell_here(model.now, Level::Done, text);
    }
}
