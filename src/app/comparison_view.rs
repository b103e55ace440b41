//! Two roles side by side, cell by cell.

use serde::{Deserialize, Serialize};

use crate::domain::assignable::Assignable;
use crate::domain::permission::Permissions;
use crate::domain::release::Release;
use crate::domain::role_compare::{Comparison, Side, Which, compare};
use crate::domain::tenant::TenantScope;

use super::matrix::{Matrix, MatrixCursor};

/// The screen of two roles.
#[derive(Clone, Debug)]
pub struct ComparisonView {
    /// What they have in common and what not.
    pub comparison: Comparison,
    /// The two, to compare them again after a lost connection.
    pub compared: [Compared; 2],
    /// Whether rows in which both are the same are shown, too.
    pub shows_all: bool,
    /// The selected cell.
    pub cursor: MatrixCursor,
    /// Tenant and id of each; nothing where a release ships it.
    pub origins: [Option<(TenantScope, String)>; 2],
    matrix: Matrix,
}

/// One of the two: what it is called, what it allows, of which release it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What it is called.
    pub name: String,
    /// What it allows.
    pub permissions: Permissions,
    /// The release of its instance.
    pub release: Release,
    /// Its tenant and its id; nothing where a release ships it.
    pub origin: Option<(TenantScope, String)>,
    /// The context it is of, if that is not the one that was open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The name of the role, if it is one that Kestra manages and is compared as what the upgrade to 2.0 makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<String>,
}

impl Compared {
    fn side(&self) -> Side<'_> {
        Side {
            name: &self.name,
            permissions: &self.permissions,
            release: self.release,
            managed: self.managed.as_deref(),
        }
    }
}

impl ComparisonView {
    /// The screen of these two. Only differences are shown, if there are any.
    pub fn new(a: &Compared, b: &Compared) -> Self {
        let comparison = compare(a.side(), b.side());
        let mut all = Permissions::default();
        for cell in &comparison.cells {
            all.allow(cell.resource.clone(), cell.action.clone());
        }
        let mut view = Self {
            shows_all: comparison.is_same(),
            matrix: Matrix::new([&all], Assignable::of(comparison.release)),
            cursor: MatrixCursor::default(),
            origins: [a.origin.clone(), b.origin.clone()],
            comparison,
            compared: [a.clone(), b.clone()],
        };
        view.select_first_difference();
        view
    }

    fn select_first_difference(&mut self) {
        let matrix = self.matrix();
        let first = self.comparison.cells.iter().find(|cell| cell.which != Which::Both);
        if let Some(cell) = first {
            self.cursor.select(&matrix, &cell.resource, &cell.action, 1);
        }
    }

    /// The rows and columns on screen.
    pub fn matrix(&self) -> Matrix {
        let mut matrix = self.matrix.clone();
        if !self.shows_all {
            matrix.resources.retain(|resource| {
                let mut cells = self.comparison.cells.iter();
                cells.any(|cell| cell.resource == *resource && cell.which != Which::Both)
            });
        }
        matrix
    }

    /// Shows only what differs, or all. The selected cell stays, if it is still there.
    pub fn toggle_all(&mut self, height: usize) {
        let before = self.matrix();
        let selected = before
            .at(&self.cursor)
            .map(|(resource, action)| (resource.clone(), action.clone()));
        self.shows_all = !self.shows_all;
        let matrix = self.matrix();
        self.cursor.resource.select(0, matrix.resources.len(), height);
        if let Some((resource, action)) = selected {
            self.cursor.select(&matrix, &resource, &action, height);
        }
    }
}
