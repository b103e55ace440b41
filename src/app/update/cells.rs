//! Cells of a matrix by their names, as linear mode has them typed.

use crate::domain::permission::{Action, Resource};

use super::super::access_view::matrix_of;
use super::super::matrix::Matrix;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::role_editor::RoleFocus;
use super::super::screen::Screen;

/// The matrix on screen, if there is one.
pub fn matrix_on_screen(model: &Model) -> Option<Matrix> {
    let release = model.instance.value().map(|instance| instance.release);
    match model.screens.last()? {
        Screen::RoleEditor(editor) if editor.focus == RoleFocus::Matrix && editor.review.is_none() => {
            Some(editor.matrix())
        }
        Screen::Tenant(_) => matrix_of_role(model),
        Screen::Access(view) => Some(matrix_of(super::known_access(model, &view.scope)?, release?)),
        Screen::Comparison(view) => Some(view.matrix()),
        _ => None,
    }
}

/// The matrix of the role that is open, if one is.
pub fn matrix_of_role(model: &Model) -> Option<Matrix> {
    let view = model.tenant_view()?;
    let assignable = model.assignable(&view.scope)?;
    Some(view.role.as_ref()?.matrix(view.open_role()?, assignable).0)
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
    let cursor = match model.screens.last_mut() {
        Some(Screen::RoleEditor(editor)) => Some(&mut editor.cursor),
        Some(Screen::Tenant(view)) => view.role.as_mut().map(|role| &mut role.cursor),
        Some(Screen::Access(view)) => Some(&mut view.cursor),
        Some(Screen::Comparison(view)) => Some(&mut view.cursor),
        _ => None,
    };
    let Some(cursor) = cursor else { return };
    let before = matrix.at(cursor).map(|(_, action)| action);
    let has = |action: &&Action| matrix.has(resource, action);
    let first = matrix
        .actions_of(resource)
        .first()
        .and_then(|at| matrix.actions.get(*at));
    if let Some(target) = action.or(before.filter(has)).or(first) {
        cursor.select(&matrix, resource, target, height);
    }
    if let (Some(_), Some(Screen::RoleEditor(editor))) = (action, model.screens.last_mut()) {
        editor.toggle();
    }
}
