//! Resources down, actions across: what every screen of permissions has in common, whatever its cells say.
//!
//! Actions that most resources have get a column of their own. The others, which exist on one or two resources only, are
//! named in words beside or below their row: 31 columns would be legible on no screen.

use std::sync::Arc;

use crate::domain::assignable::Assignable;
use crate::domain::catalogue;
use crate::domain::permission::{Action, Permissions, Resource};

use super::cursor::{Cursor, Motion};

/// The rows and columns of permissions on an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Resources: those a role can hold there, then what else these permissions name.
    pub resources: Vec<Resource>,
    /// Actions: those there are on them, then what else these permissions name.
    pub actions: Vec<Action>,
    /// How many of the actions, from the first on, have a column.
    pub columns: usize,
    assignable: Arc<Assignable>,
    extra: Permissions,
}

/// The selected cell of a matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatrixCursor {
    /// The resource.
    pub resource: Cursor,
    /// Position of the action.
    pub action: usize,
}

impl Matrix {
    /// A matrix of what roles can hold that has room for each of these, too.
    pub fn new<'p>(permissions: impl IntoIterator<Item = &'p Permissions>, assignable: Arc<Assignable>) -> Self {
        let mut resources: Vec<Resource> = assignable.rows().iter().map(|(name, _)| name.clone()).collect();
        let mut actions: Vec<Action> = assignable.actions().to_vec();
        let mut extra = Permissions::default();
        for (resource, action) in permissions.into_iter().flat_map(Permissions::pairs) {
            if assignable.has(resource, action) {
                continue;
            }
            extra.allow(resource.clone(), action.clone());
            if !resources.contains(resource) {
                resources.push(resource.clone());
            }
            if !actions.contains(action) {
                actions.push(action.clone());
            }
        }
        Self {
            resources,
            actions,
            columns: assignable.columns(),
            assignable,
            extra,
        }
    }

    /// Whether a resource has an action, by itself or because somebody names it.
    pub fn has(&self, resource: &Resource, action: &Action) -> bool {
        self.assignable.has(resource, action) || self.extra.allows(resource, action)
    }

    /// Positions of the actions a resource has.
    pub fn actions_of(&self, resource: &Resource) -> Vec<usize> {
        let actions = self.actions.iter().enumerate();
        actions
            .filter(|(_, action)| self.has(resource, action))
            .map(|(index, _)| index)
            .collect()
    }

    /// Positions of the actions of a resource that have no column.
    pub fn others_of(&self, resource: &Resource) -> Vec<usize> {
        let mut all = self.actions_of(resource);
        all.retain(|index| *index >= self.columns);
        all
    }

    /// The resource and action of a cursor.
    pub fn at(&self, cursor: &MatrixCursor) -> Option<(&Resource, &Action)> {
        Some((
            self.resources.get(cursor.resource.at())?,
            self.actions.get(cursor.action)?,
        ))
    }

    /// What a resource is about, in a few words.
    pub fn about(&self, resource: &Resource) -> &'static str {
        catalogue::resource(self.assignable.release(), resource).map_or("", |info| info.doc)
    }
}

impl MatrixCursor {
    /// Moves up or down.
    pub fn go(&mut self, motion: Motion, matrix: &Matrix, height: usize) {
        self.resource.go(motion, matrix.resources.len(), height);
    }

    /// Moves to the next action that the resource has, to the left or right; stays at the ends.
    pub fn sideways(&mut self, by: isize, matrix: &Matrix) {
        let Some(resource) = matrix.resources.get(self.resource.at()) else {
            return;
        };
        let actions = matrix.actions_of(resource);
        let next = if by < 0 {
            actions.into_iter().rev().find(|index| *index < self.action)
        } else {
            actions.into_iter().find(|index| *index > self.action)
        };
        self.action = next.unwrap_or(self.action);
    }

    /// Stays on its cell although the matrix has become another; on the first one where that is gone.
    pub fn carry(&mut self, old: &Matrix, new: &Matrix, height: usize) {
        if old.resources == new.resources && old.actions == new.actions {
            return;
        }
        match old.at(self).filter(|(resource, _)| new.resources.contains(resource)) {
            Some((resource, action)) => self.select(new, resource, action, height),
            None => *self = Self::default(),
        }
    }

    /// Selects a cell, if the matrix has it.
    pub fn select(&mut self, matrix: &Matrix, resource: &Resource, action: &Action, height: usize) {
        if let Some(row) = matrix.resources.iter().position(|other| other == resource) {
            self.resource.select(row, matrix.resources.len(), height);
        }
        if let Some(column) = matrix.actions.iter().position(|other| other == action) {
            self.action = column;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::release::Release;

    use super::*;

    #[test]
    fn only_common_actions_have_columns_and_going_sideways_skips_what_is_not_there() {
        let matrix = Matrix::new([], Assignable::of(Release::new(2, 0)));
        assert_eq!(matrix.columns, 5);
        assert_eq!(Matrix::new([], Assignable::of(Release::new(0, 21))).columns, 4);
        let mut cursor = MatrixCursor::default();
        for _ in 0..5 {
            cursor.sideways(1, &matrix);
        }
        assert_eq!(matrix.at(&cursor), Some((&"FLOW".into(), &"EXECUTE".into())));
        cursor.go(Motion::Last, &matrix, 10);
        cursor.sideways(-1, &matrix);
        assert_eq!(matrix.at(&cursor), Some((&"TENANT_SETTINGS".into(), &"UPDATE".into())));
        for _ in 0..50 {
            cursor.sideways(1, &matrix);
        }
        assert_eq!(cursor.action, 3, "nothing lies beyond the last action of a resource");
    }

    #[test]
    fn what_a_release_does_not_know_has_its_place_at_the_end() {
        let mut permissions = Permissions::default();
        permissions.allow("ROCKET".into(), "LAUNCH".into());
        let matrix = Matrix::new([&permissions], Assignable::of(Release::new(2, 0)));
        assert_eq!(matrix.resources.last(), Some(&"ROCKET".into()));
        assert!(matrix.has(&"ROCKET".into(), &"LAUNCH".into()) && !matrix.has(&"FLOW".into(), &"LAUNCH".into()));
    }
}
