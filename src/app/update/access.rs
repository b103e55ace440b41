//! What one user may do, and who may do one thing: which, and the screens.

use crate::domain::binding::SubjectKind;
use crate::domain::effective_access;
use crate::domain::permission::{Action, Resource};
use crate::domain::tenant::TenantScope;
use crate::domain::user::User;

use super::super::access_view::{AccessView, WhoCanView, matrix_of};
use super::super::choice::{Choice, ChoiceRow, Choosing};
use super::super::effect::{Effect, Request};
use super::super::matrix::Matrix;
use super::super::model::Model;
use super::super::overlay::{Overlay, Page};
use super::super::people::PeopleQuestion;
use super::super::screen::Screen;
use super::super::tabs::Tab;
use super::super::tenant_view::RolePane;
use super::{choices, deeds};

/// The user that is selected: in a list of users, of holders of a role, or of who may do something.
pub fn selected_user(model: &Model) -> Option<(TenantScope, User)> {
    match model.screens.last()? {
        Screen::Tenant(view) => {
            let access = view.access.value()?;
            let user = |id: &str| access.users.iter().find(|user| user.id == id).cloned();
            let user = match (&view.role, view.tab) {
                (Some(role), _) => {
                    let holders = effective_access::holders(access, &role.id);
                    holders
                        .get(role.holder.at())
                        .filter(|_| role.pane == RolePane::Holders)?
                        .user
                        .clone()
                }
                (None, Tab::Users) => access.users.get(view.lists.selected(Tab::Users)?)?.clone(),
                (None, Tab::Holders) => {
                    let binding = access.bindings.get(view.lists.selected(Tab::Holders)?)?;
                    user(&binding.subject_id).filter(|_| binding.subject_kind == SubjectKind::User)?
                }
                (None, _) => return None,
            };
            Some((view.scope.clone(), user))
        }
        Screen::WhoCan(view) => {
            let access = deeds::known_access(model, &view.scope)?;
            let release = model.instance.value()?.release;
            let row = view.rows(access, release).into_iter().nth(view.cursor.at())?;
            Some((view.scope.clone(), row.user))
        }
        _ => None,
    }
}

/// Opens what the selected user may do.
pub fn open(model: &mut Model) {
    let Some((scope, user)) = selected_user(model) else {
        return;
    };
    let mut view = AccessView::new(scope, user);
    if let Some((resource, action)) = cell(model)
        && let Some((access, release)) =
            deeds::known_access(model, &view.scope).zip(model.instance.value().map(|instance| instance.release))
    {
        let matrix = matrix_of(access, release);
        view.cursor.select(&matrix, &resource, &action, model.size.tab_rows());
    }
    if let Some(Screen::WhoCan(asked)) = model.screens.last() {
        view.namespace = asked.namespace.clone();
    }
    model.screens.push(Screen::Access(Box::new(view)));
}

/// The cell that is selected on screen.
pub fn cell(model: &Model) -> Option<(Resource, Action)> {
    let release = model.instance.value()?.release;
    let of = |matrix: &Matrix, cursor| {
        matrix
            .at(cursor)
            .map(|(resource, action)| (resource.clone(), action.clone()))
    };
    match model.screens.last()? {
        Screen::Tenant(view) => {
            let open = view.role.as_ref().filter(|role| !role.translated)?;
            let matrix = Matrix::new([&view.open_role()?.permissions], model.assignable(&view.scope)?);
            of(&matrix, &open.cursor)
        }
        Screen::Access(view) => {
            let access = deeds::known_access(model, &view.scope)?;
            of(&matrix_of(access, release), &view.cursor)
        }
        Screen::WhoCan(view) => Some((view.resource.clone(), view.action.clone())),
        _ => None,
    }
}

/// How many are listed on screen who may do something.
pub fn count_allowed(model: &Model) -> usize {
    match (model.screens.last(), model.instance.value()) {
        (Some(Screen::WhoCan(view)), Some(instance)) => {
            deeds::known_access(model, &view.scope).map_or(0, |access| view.rows(access, instance.release).len())
        }
        _ => 0,
    }
}

/// Opens who may do what the selected cell says, or asks what.
pub fn who_can(model: &mut Model, effects: &mut Vec<Effect>) {
    let scope = match model.screens.last() {
        Some(Screen::Tenant(view)) => view.scope.clone(),
        Some(Screen::Access(view)) => view.scope.clone(),
        _ => return,
    };
    let is_choosing = model.tenant_view().is_some_and(|view| view.role.is_none());
    match cell(model).filter(|_| !is_choosing) {
        Some((resource, action)) => push_who_can(model, scope, resource, action, effects),
        None => ask_resource(model, scope),
    }
}

/// Opens who may do something, and asks once for the superadmins of the instance where these need no role for it.
pub fn push_who_can(
    model: &mut Model,
    scope: TenantScope,
    resource: Resource,
    action: Action,
    effects: &mut Vec<Effect>,
) {
    let mut view = WhoCanView::new(scope, resource, action);
    // Before the instance has answered what it is, only asking tells.
    let release = model.instance.value().map(|instance| instance.release);
    if release.is_none_or(|release| view.needs_no_role(release)) {
        let (job, effect) = model.ask(Request::People(Box::new(PeopleQuestion::Superadmins)));
        view.superadmins.ask(job, model.now);
        effects.push(effect);
    }
    model.screens.push(Screen::WhoCan(Box::new(view)));
}

/// Asks what the question who can do something is about.
pub fn ask_resource(model: &mut Model, scope: TenantScope) {
    let Some(release) = model.instance.value().map(|instance| instance.release) else {
        return;
    };
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let matrix = matrix_of(access, release);
    let rows = matrix
        .resources
        .iter()
        .map(|resource| ChoiceRow::new(resource.as_str(), resource.as_str(), matrix.about(resource)))
        .collect();
    let purpose = Choosing::Resource(scope);
    choices::open(
        model,
        Choice::new("Who can do something to", "There is nothing.", purpose, rows),
    );
}

/// Goes on from a resource to its actions.
pub fn ask_action(model: &mut Model, scope: TenantScope, resource: &str) {
    let Some(release) = model.instance.value().map(|instance| instance.release) else {
        return;
    };
    let Some(access) = deeds::known_access(model, &scope) else {
        return;
    };
    let matrix = matrix_of(access, release);
    let resource = Resource::from(resource);
    let actions = matrix.actions_of(&resource).into_iter();
    let rows = actions
        .filter_map(|index| matrix.actions.get(index))
        .map(|action| ChoiceRow::new(action.as_str(), action.as_str(), ""))
        .collect();
    let title = format!("Who can do what to {resource}");
    let purpose = Choosing::Action(scope, resource);
    choices::open(
        model,
        Choice::new(title, "There is nothing that can be done to it.", purpose, rows),
    );
}

/// Opens who may do what was chosen.
pub fn chosen(model: &mut Model, scope: TenantScope, resource: Resource, action: &str, effects: &mut Vec<Effect>) {
    push_who_can(model, scope, resource, Action::from(action), effects);
}

/// Shows everything about the selected cell, uncut.
pub fn reasons(model: &mut Model) {
    let Some(Screen::Access(view)) = model.screens.last() else {
        return;
    };
    let release = model.instance.value().map(|instance| instance.release);
    let Some((access, release)) = deeds::known_access(model, &view.scope).zip(release) else {
        return;
    };
    let (title, text) = (
        view.page_title(access, release),
        view.reasons(access, release).join("\n\n"),
    );
    let page = Page {
        beside: true,
        ..Page::new(title, text)
    };
    model.overlays.push(Overlay::Page(page));
}
