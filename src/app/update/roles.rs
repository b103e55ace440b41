//! Changing roles: deleting, copying, and the editor.

use crate::domain::deed::Deed;
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;

use super::super::effect::Effect;
use super::super::model::Model;
use super::super::tabs::Tab;
use super::deeds;

/// The role that is open or selected, with its tenant.
pub fn current(model: &Model) -> Option<(TenantScope, &Role)> {
    let view = model.tenant_view()?;
    let role = match &view.role {
        Some(_) => view.open_role(),
        None => view.selected_role().filter(|_| view.tab == Tab::Roles),
    }?;
    Some((view.scope.clone(), role))
}

/// Asks whether to delete the role that is open or selected.
pub fn delete(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some((scope, role)) = current(model).map(|(scope, role)| (scope, role.clone())) {
        deeds::propose(model, Deed::DeleteRole(scope, role), effects);
    }
}
