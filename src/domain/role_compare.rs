//! What two roles allow, compared cell by cell: two roles, or one in two tenants, or in two releases.
//!
//! Where the releases lie on different sides of 2.0, the older role is shown as what it becomes there
//! ([`super::mapping`]), so that cells mean the same on both sides.

use super::count::counted;
use super::mapping::{self, Translation};
use super::permission::{Action, Permissions, Resource};
use super::release::{PermissionModel, Release};
use super::role_edit;

/// One of the two that are compared.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What it is called, such as `Operator` or `Operator in acme`; goes into the summary.
    pub name: &'a str,
    /// What it allows.
    pub permissions: &'a Permissions,
    /// The release of its instance.
    pub release: Release,
    /// The name of the role, if it is one that Kestra manages: the upgrade to 2.0 replaces it.
    pub managed: Option<&'a str>,
}

/// Which of the two have a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The first alone.
    OnlyA,
    /// The second alone.
    OnlyB,
    /// Both.
    Both,
}

/// A cell that at least one of the two has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedCell {
    /// Its resource.
    pub resource: Resource,
    /// Its action.
    pub action: Action,
    /// Who has it.
    pub which: Which,
}

/// What two roles have in common and what not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What the first is called.
    pub a: String,
    /// What the second is called.
    pub b: String,
    /// The release whose resources and actions the cells are of: the newer one.
    pub release: Release,
    /// Every cell that one of them has, in the order of the matrix of that release; what it does not know comes last.
    pub cells: Vec<ComparedCell>,
    /// Which one was translated to 2.0, and what came of it.
    pub translated: Option<(Which, Translation)>,
}

/// Compares two roles.
pub fn compare(a: Side<'_>, b: Side<'_>) -> Comparison {
    let release = a.release.max(b.release);
    let is_old = |side: Side<'_>| side.release.permission_model() == PermissionModel::Crud;
    let differs = a.release.permission_model() != b.release.permission_model();
    let translate =
        |side: Side<'_>| (differs && is_old(side)).then(|| mapping::as_in_2_0(side.permissions, side.managed));
    let (new_a, new_b) = (translate(a), translate(b));
    let of_a = new_a
        .as_ref()
        .map_or(a.permissions, |translation| &translation.permissions);
    let of_b = new_b
        .as_ref()
        .map_or(b.permissions, |translation| &translation.permissions);
    let mut pairs: Vec<role_edit::Pair> = of_a
        .pairs()
        .chain(of_b.pairs().filter(|(resource, action)| !of_a.allows(resource, action)))
        .map(|(resource, action)| (resource.clone(), action.clone()))
        .collect();
    role_edit::sort(&mut pairs, release);
    let cells = pairs
        .into_iter()
        .map(|(resource, action)| ComparedCell {
            which: match (of_a.allows(&resource, &action), of_b.allows(&resource, &action)) {
                (true, true) => Which::Both,
                (true, false) => Which::OnlyA,
                _ => Which::OnlyB,
            },
            resource,
            action,
        })
        .collect();
    Comparison {
        a: a.name.to_owned(),
        b: b.name.to_owned(),
        release,
        cells,
        translated: new_a
            .map(|translation| (Which::OnlyA, translation))
            .or_else(|| new_b.map(|translation| (Which::OnlyB, translation))),
    }
}

impl Comparison {
    /// Who has a cell; `None` if neither has it.
    pub fn cell(&self, resource: &Resource, action: &Action) -> Option<Which> {
        let found = self
            .cells
            .iter()
            .find(|cell| cell.resource == *resource && cell.action == *action);
        found.map(|cell| cell.which)
    }

    /// The cells that these have, in the order of the matrix.
    pub fn only(&self, which: Which) -> impl Iterator<Item = &ComparedCell> {
        self.cells.iter().filter(move |cell| cell.which == which)
    }

    /// Whether both allow the same.
    pub fn is_same(&self) -> bool {
        self.cells.iter().all(|cell| cell.which == Which::Both)
    }

    /// The result in one sentence.
    pub fn summary(&self) -> String {
        let count = |which| self.only(which).count() as u64;
        let (a, b, both) = (count(Which::OnlyA), count(Which::OnlyB), count(Which::Both));
        let rights = |number| counted(number, "right");
        match (a, b) {
            (0, 0) if both == 0 => format!("`{}` and `{}` both allow nothing.", self.a, self.b),
            (0, 0) => format!("`{}` and `{}` allow the same: {}.", self.a, self.b, rights(both)),
            (a, 0) => format!(
                "`{}` allows all that `{}` does, and {} more.",
                self.a,
                self.b,
                rights(a)
            ),
            (0, b) => format!(
                "`{}` allows all that `{}` does, and {} more.",
                self.b,
                self.a,
                rights(b)
            ),
            (a, b) => format!(
                "`{}` alone has {}, `{}` alone has {}; they share {}.",
                self.a,
                rights(a),
                self.b,
                rights(b),
                rights(both)
            ),
        }
    }

    /// What is to be known about the translation of one side, in sentences; empty if none was needed.
    pub fn remarks(&self) -> Vec<String> {
        let Some((which, translation)) = &self.translated else {
            return Vec::new();
        };
        let name = if *which == Which::OnlyA { &self.a } else { &self.b };
        let mut remarks = vec![format!("`{name}` is shown as what it becomes in 2.0.")];
        remarks.extend(translation.remarks());
        remarks
    }

    /// From the first to the second: what would have to be added and taken away, as an edit says it.
    pub fn change(&self) -> role_edit::Change {
        let of = |which| {
            self.only(which)
                .map(|cell| (cell.resource.clone(), cell.action.clone()))
                .collect()
        };
        role_edit::Change {
            added: of(Which::OnlyB),
            removed: of(Which::OnlyA),
        }
    }
}

#[cfg(test)]
mod tests;
