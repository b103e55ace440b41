//! One tenant: what it is and holds, its roles, who holds them, its users and groups; and one role of it, if open.

use std::sync::Arc;

use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::assignable::Assignable;
use crate::domain::mapping::{self, Translation};
use crate::domain::permission::Permissions;
use crate::domain::problem::ProblemKind;
use crate::domain::query::Query;
use crate::domain::release::{PermissionModel, Release};
use crate::domain::role::Role;
use crate::domain::tenant::{CreatedTenant, Tenant, TenantScope};

use super::cursor::{Cursor, Motion};
use super::matrix::{Matrix, MatrixCursor};
use super::remote::Remote;
use super::tabs::{Tab, TabLists};

/// The screen of one tenant.
#[derive(Clone, Debug)]
pub struct TenantView {
    /// Which tenant.
    pub scope: TenantScope,
    /// The tenant itself; never asked for the default tenant, which is no object.
    pub tenant: Remote<Tenant>,
    /// Who may do what in it.
    pub access: Remote<TenantAccess>,
    /// What lives in it.
    pub footprint: Remote<Footprint>,
    /// The tab shown.
    pub tab: Tab,
    /// The lists under the tabs.
    pub lists: TabLists,
    /// First line in view of the overview.
    pub scroll: usize,
    /// The role that is open over the tabs.
    pub role: Option<RoleView>,
    /// What came with the tenant, if it was created a moment ago.
    pub created: Option<CreatedTenant>,
    /// The row that was selected and is gone, if nobody was told yet.
    pub lost_row: Option<String>,
    /// A role to open as soon as it is known.
    pub wanted_role: Option<String>,
}

/// Which half of the role screen has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RolePane {
    /// Its permissions.
    #[default]
    Matrix,
    /// Who holds it.
    Holders,
}

/// The screen of one role.
#[derive(Clone, Debug, Default)]
pub struct RoleView {
    /// Id of the role.
    pub id: String,
    /// The half that has the keys.
    pub pane: RolePane,
    /// The selected cell of the matrix.
    pub cursor: MatrixCursor,
    /// Whether it is shown as what it becomes in 2.0.
    pub translated: bool,
    /// The selected holder.
    pub holder: Cursor,
}

impl RoleView {
    /// What a role becomes in 2.0, if it is shown so.
    pub fn translation(&self, role: &Role, release: Release) -> Option<Translation> {
        let is_old = release.permission_model() == PermissionModel::Crud;
        (self.translated && is_old).then(|| mapping::in_2_0(role))
    }

    /// The matrix of a role as it is shown, and what it allows.
    pub fn matrix(&self, role: &Role, assignable: Arc<Assignable>) -> (Matrix, Permissions) {
        match self.translation(role, assignable.release()) {
            Some(translation) => (
                Matrix::new([&translation.permissions], Assignable::of(Release::new(2, 0))),
                translation.permissions,
            ),
            None => (Matrix::new([&role.permissions], assignable), role.permissions.clone()),
        }
    }
}

impl TenantView {
    /// Whether the operator stopped the reading of something on it that was never read.
    pub fn was_stopped(&self) -> bool {
        let tenant = self.scope.id().is_some() && self.tenant.was_given_up();
        tenant || self.access.was_given_up() || self.footprint.was_given_up()
    }

    /// Whether who may do what is shown as it was read, and may not be read any more.
    pub fn is_withheld(&self) -> bool {
        let refusal = self.access.problem().filter(|_| self.access.is_stale());
        refusal.is_some_and(|problem| problem.kind == ProblemKind::Denied)
    }

    /// Whether its roles are what is looked at, and a question of their own tells all of them.
    pub fn shows_roles(&self) -> bool {
        let are_few = |access: &TenantAccess| access.roles.len() < Query::MAX_SIZE as usize;
        let is_there = self.access.value().is_some_and(are_few) && !self.access.is_stale();
        is_there && self.access.job().is_none() && (self.tab == Tab::Roles || self.role.is_some())
    }

    /// The screen of a tenant of which nothing is known yet.
    pub fn new(scope: TenantScope, tab: Tab) -> Self {
        Self {
            scope,
            tenant: Remote::default(),
            access: Remote::default(),
            footprint: Remote::default(),
            tab,
            lists: TabLists::default(),
            scroll: 0,
            role: None,
            created: None,
            lost_row: None,
            wanted_role: None,
        }
    }

    /// The role that is open.
    pub fn open_role(&self) -> Option<&Role> {
        let view = self.role.as_ref()?;
        self.role_by_id(&view.id)
    }

    /// The role of this id, as far as roles were read.
    pub fn role_by_id(&self, id: &str) -> Option<&Role> {
        self.access.value()?.roles.iter().find(|role| role.id == id)
    }

    /// The id of a row of the tab shown, by its position in the whole list.
    pub fn id_of(&self, row: usize) -> Option<String> {
        let access = self.access.value()?;
        match self.tab {
            Tab::Overview => None,
            Tab::Roles => access.roles.get(row).map(|role| role.id.clone()),
            Tab::Holders => access.bindings.get(row).map(|binding| binding.id.clone()),
            Tab::Users => access.users.get(row).map(|user| user.id.clone()),
            Tab::Groups => access.groups.get(row).map(|group| group.id.clone()),
        }
    }

    /// How many rows the tab shown has, whether they pass its filter or not.
    pub fn rows(&self) -> Option<usize> {
        let access = self.access.value()?;
        Some(match self.tab {
            Tab::Overview => 0,
            Tab::Roles => access.roles.len(),
            Tab::Holders => access.bindings.len(),
            Tab::Users => access.users.len(),
            Tab::Groups => access.groups.len(),
        })
    }

    /// The id of the selected row of the tab shown.
    pub fn selected_id(&self) -> Option<&str> {
        self.lists.get(self.tab)?.selected_id()
    }

    /// The role that Enter would open: the selected one, or the one the selected binding gives.
    pub fn selected_role(&self) -> Option<&Role> {
        let access = self.access.value()?;
        match self.tab {
            Tab::Roles => access.roles.get(self.lists.selected(Tab::Roles)?),
            Tab::Holders => {
                let binding = access.bindings.get(self.lists.selected(Tab::Holders)?)?;
                self.role_by_id(&binding.role_id)
            }
            Tab::Overview => access.roles.iter().find(|role| role.is_admin()),
            Tab::Users | Tab::Groups => None,
        }
    }

    /// Takes newly read access: arranges the lists, and opens the role that was asked for.
    pub fn arrange(&mut self, height: usize) {
        if let Some(access) = self.access.value() {
            let gone = self.lists.arrange(access, height);
            let here = gone.into_iter().find(|(tab, _)| *tab == self.tab);
            self.lost_row = here.map(|(_, id)| id).or(self.lost_row.take());
            if let Some(id) = self.wanted_role.take()
                && access.roles.iter().any(|role| role.id == id)
            {
                self.open_role_by_id(id);
            }
        }
    }

    /// Opens a role over the tabs.
    pub fn open_role_by_id(&mut self, id: String) {
        self.role = Some(RoleView {
            id,
            ..RoleView::default()
        });
    }

    /// Moves within the tab.
    pub fn go(&mut self, motion: Motion, height: usize, overview_lines: usize) {
        match self.lists.get_mut(self.tab) {
            Some(list) => list.go(motion, height),
            None => self.scroll = scrolled(self.scroll, motion, overview_lines, height),
        }
    }
}

/// The first line in view of `lines` lines of text after a movement.
pub fn scrolled(top: usize, motion: Motion, lines: usize, height: usize) -> usize {
    let last = lines.saturating_sub(height);
    let half = (height / 2).max(1);
    match motion {
        Motion::Up => top.saturating_sub(1),
        Motion::Down => top.saturating_add(1),
        Motion::HalfUp => top.saturating_sub(half),
        Motion::HalfDown => top.saturating_add(half),
        Motion::PageUp => top.saturating_sub(height),
        Motion::PageDown => top.saturating_add(height),
        Motion::First => 0,
        Motion::Last => last,
    }
    .min(last)
}
