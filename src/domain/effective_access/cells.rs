//! Sets of cells of a matrix, as bits: what a role gives, what somebody may do.
//!
//! Rows are the resources that a role of the release can hold, columns its actions; what roles of the tenant name beyond
//! that follows. A set for 37 rows and 31 columns is 18 words, so that a thousand users are evaluated in milliseconds.

use std::collections::HashMap;

use super::super::catalogue;
use super::super::permission::{Action, Resource};
use super::super::release::Release;
use super::super::role::Role;

/// The rows and columns.
#[derive(Debug)]
pub(super) struct Axes<'a> {
    pub(super) resources: Vec<&'a Resource>,
    pub(super) actions: Vec<&'a Action>,
    rows: HashMap<&'a str, usize>,
    columns: HashMap<&'a str, usize>,
}

impl<'a> Axes<'a> {
    pub(super) fn new(roles: &'a [Role], release: Release) -> Self {
        let mut axes = Self {
            resources: Vec::new(),
            actions: Vec::new(),
            rows: HashMap::new(),
            columns: HashMap::new(),
        };
        for info in catalogue::resources(release).into_iter().filter(|info| info.assignable) {
            axes.add_row(&info.name);
        }
        for action in catalogue::actions(release) {
            axes.add_column(action);
        }
        for (resource, action) in roles.iter().flat_map(|role| role.permissions.pairs()) {
            axes.add_row(resource);
            axes.add_column(catalogue::meant_by(release, action));
        }
        axes
    }

    fn add_row(&mut self, resource: &'a Resource) {
        let next = self.resources.len();
        if *self.rows.entry(resource.as_str()).or_insert(next) == next {
            self.resources.push(resource);
        }
    }

    fn add_column(&mut self, action: &'a Action) {
        let next = self.actions.len();
        if *self.columns.entry(action.as_str()).or_insert(next) == next {
            self.actions.push(action);
        }
    }

    /// The number of a cell, if there are such a row and column.
    pub(super) fn cell(&self, resource: &Resource, action: &Action) -> Option<usize> {
        let row = self.rows.get(resource.as_str())?;
        let column = self.columns.get(action.as_str())?;
        Some(row * self.actions.len() + column)
    }

    /// The resource and action of a cell.
    pub(super) fn pair(&self, cell: usize) -> Option<(&'a Resource, &'a Action)> {
        let columns = self.actions.len().max(1);
        Some((*self.resources.get(cell / columns)?, *self.actions.get(cell % columns)?))
    }

    /// The cells that a role of the release can hold.
    pub(super) fn in_release(&self, release: Release) -> Cells {
        let mut cells = Cells::none(self.len());
        for info in catalogue::resources(release).into_iter().filter(|info| info.assignable) {
            for action in info.actions() {
                if let Some(cell) = self.cell(&info.name, &Action::known(action)) {
                    cells.insert(cell);
                }
            }
        }
        cells
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.resources.len() * self.actions.len()
    }
}

/// A set of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells(Vec<u64>);

impl Cells {
    /// None of so many.
    pub(super) fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, cell: usize) {
        if let Some(word) = self.0.get_mut(cell / 64) {
            *word |= 1 << (cell % 64);
        }
    }

    pub(super) fn contains(&self, cell: usize) -> bool {
        self.0.get(cell / 64).is_some_and(|word| word >> (cell % 64) & 1 == 1)
    }

    /// Adds those of another set over the same cells.
    pub(super) fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Each cell in it, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    index * 64 + bit
                })
            })
        })
    }
}
