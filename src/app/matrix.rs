//! The permissions of a role as a matrix: resources down, actions across.

use crate::domain::catalogue;
use crate::domain::permission::{Action, Resource};
use crate::domain::release::Release;
use crate::domain::role::Role;

/// What a cell of the matrix says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// The role allows it.
    Allowed,
    /// The role does not allow it.
    Denied,
    /// There is no such action on this resource.
    Absent,
}

/// The rows and columns of a role's matrix on an instance of one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Resources: those a role of the release can name, then what else this role names.
    pub resources: Vec<Resource>,
    /// Actions: those of the release, then what else this role names.
    pub actions: Vec<Action>,
    release: Release,
}

impl Matrix {
    /// The matrix of a role.
    pub fn new(role: &Role, release: Release) -> Self {
        let mut resources: Vec<Resource> = catalogue::resources(release)
            .into_iter()
            .filter(|info| info.assignable)
            .map(|info| info.name.clone())
            .collect();
        let mut actions: Vec<Action> = catalogue::actions(release).to_vec();
        for (resource, allowed) in role.permissions.iter() {
            if !resources.contains(resource) {
                resources.push(resource.clone());
            }
            for action in allowed {
                if !actions.contains(action) {
                    actions.push(action.clone());
                }
            }
        }
        Self {
            resources,
            actions,
            release,
        }
    }

    /// What a cell says.
    pub fn cell(&self, role: &Role, resource: &Resource, action: &Action) -> Cell {
        if role.permissions.allows(resource, action) {
            Cell::Allowed
        } else if catalogue::actions_of(self.release, resource).contains(action) {
            Cell::Denied
        } else {
            Cell::Absent
        }
    }
}
