//! Editing what a role allows, cell by cell, row by row or column by column.
//!
//! A value that knows what the role was and what it is to be. Only pairs that a role can hold on the instance can be added;
//! what it does not list (an older role's action) stays as it came unless somebody takes that very cell away. Which cells are shown where is `app::matrix`; sending the result is the caller's.

use std::sync::Arc;

use super::assignable::Assignable;
use super::catalogue;
use super::permission::{Action, Permissions, Resource};
use super::release::Release;
use crate::domain::sorting;

/// A pair of a resource and an action: one cell of the matrix.
pub type Pair = (Resource, Action);

/// Who or what a role's permissions are taken from when an edit starts or starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template<'a> {
    /// Nothing is allowed.
    Empty,
    /// What a role that Kestra ships allows, by its name.
    Managed(&'a str),
    /// What another role allows; pairs that the release does not have are left out.
    Permissions(&'a Permissions),
}

/// Permissions on their way from what they were to what they are to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleEdit {
    assignable: Arc<Assignable>,
    before: Permissions,
    now: Permissions,
    /// What the last template allows beyond what is known that roles can hold, until something else is done.
    left_out: Permissions,
}

impl RoleEdit {
    /// An edit of what a role allows, nothing for a new role, where roles can hold so much.
    pub fn new(before: Permissions, assignable: Arc<Assignable>) -> Self {
        Self {
            assignable,
            now: before.clone(),
            before,
            left_out: Permissions::default(),
        }
    }

    /// What roles can hold.
    pub fn assignable(&self) -> &Arc<Assignable> {
        &self.assignable
    }

    /// Takes what has been learnt about what roles can hold. What was set stays, and what the last template allows and
    /// could not be set comes in now if it can.
    pub fn learn(&mut self, assignable: Arc<Assignable>) {
        self.assignable = assignable;
        for (resource, action) in std::mem::take(&mut self.left_out).pairs() {
            if self.is_known(resource, action) {
                self.now.allow(resource.clone(), action.clone());
            } else {
                self.left_out.allow(resource.clone(), action.clone());
            }
        }
    }

    /// Makes it come to exactly this, which it was before or is known to be wanted.
    pub fn set(&mut self, permissions: Permissions) {
        self.now = permissions;
        self.left_out = Permissions::default();
    }

    /// What the role is to allow, without resources that nothing is allowed on.
    pub fn permissions(&self) -> &Permissions {
        &self.now
    }

    /// What it allowed when the edit began.
    pub fn before(&self) -> &Permissions {
        &self.before
    }

    /// The release it is edited for.
    pub fn release(&self) -> Release {
        self.assignable.release()
    }

    /// Whether a role can hold a pair.
    fn is_known(&self, resource: &Resource, action: &Action) -> bool {
        self.assignable.has(resource, action)
    }

    /// Whether the role is to allow `action` on `resource`.
    pub fn allows(&self, resource: &Resource, action: &Action) -> bool {
        self.now.allows(resource, action)
    }

    /// Whether a cell can be set: a role can hold it, or the role had it already.
    pub fn can_allow(&self, resource: &Resource, action: &Action) -> bool {
        self.is_known(resource, action) || self.before.allows(resource, action)
    }

    /// Turns one cell around. Whether that was possible.
    pub fn toggle(&mut self, resource: &Resource, action: &Action) -> bool {
        self.left_out = Permissions::default();
        if self.now.deny(resource, action) {
            return true;
        }
        let can = self.can_allow(resource, action);
        if can {
            self.now.allow(resource.clone(), action.clone());
        }
        can
    }

    /// Allows every action on a resource, or none if all are allowed. Whether anything changed.
    pub fn toggle_row(&mut self, resource: &Resource) -> bool {
        let cells = self.cells(|other, _| other == resource);
        self.turn(&cells)
    }

    /// Allows an action on every resource that has it, or on none if it is allowed on all. Whether anything changed.
    pub fn toggle_column(&mut self, action: &Action) -> bool {
        let cells = self.cells(|_, other| other == action);
        self.turn(&cells)
    }

    /// The cells that a role can hold of which something is so.
    fn cells(&self, is_meant: impl Fn(&Resource, &Action) -> bool) -> Vec<Pair> {
        let pairs = self
            .assignable
            .every_pair()
            .filter(|(resource, action)| is_meant(resource, action));
        pairs
            .map(|(resource, action)| (resource.clone(), action.clone()))
            .collect()
    }

    /// Sets all of some cells, or clears them if all are set.
    fn turn(&mut self, cells: &[Pair]) -> bool {
        self.left_out = Permissions::default();
        let is_full = cells.iter().all(|(resource, action)| self.allows(resource, action));
        for (resource, action) in cells {
            if is_full {
                self.now.deny(resource, action);
            } else {
                self.now.allow(resource.clone(), action.clone());
            }
        }
        !cells.is_empty()
    }

    /// Starts anew from a template. What no role can hold of the present permissions stays. Returns false, and changes
    /// nothing, if there is no managed role of that name.
    pub fn start_from(&mut self, template: Template<'_>) -> bool {
        let assignable = Arc::clone(&self.assignable);
        let taken = match template {
            Template::Empty => None,
            Template::Permissions(permissions) => Some(permissions),
            Template::Managed(name) => match assignable.template(name) {
                Some(template) => Some(&template.permissions),
                None => return false,
            },
        };
        let (mut next, mut left_out) = (Permissions::default(), Permissions::default());
        for (resource, action) in taken.into_iter().flat_map(Permissions::pairs) {
            let into = if assignable.has(resource, action) {
                &mut next
            } else {
                &mut left_out
            };
            into.allow(resource.clone(), action.clone());
        }
        for (resource, action) in self.now.pairs() {
            if !assignable.has(resource, action) {
                next.allow(resource.clone(), action.clone());
            }
        }
        self.now = next;
        self.left_out = left_out;
        true
    }

    /// Goes back to what the role was.
    pub fn reset(&mut self) {
        self.set(self.before.clone());
    }

    /// Pairs that the role is to allow and no role can hold as far as is known, in the order of the role.
    pub fn unknown(&self) -> Vec<Pair> {
        let unknown = self
            .now
            .pairs()
            .filter(|(resource, action)| !self.is_known(resource, action));
        unknown
            .map(|(resource, action)| (resource.clone(), action.clone()))
            .collect()
    }

    /// Takes away what no role can hold, which a server may refuse.
    pub fn drop_unknown(&mut self) {
        for (resource, action) in self.unknown() {
            self.now.deny(&resource, &action);
        }
    }

    /// Whether the role is to allow anything else than it did. The order of permissions does not matter.
    pub fn is_changed(&self) -> bool {
        !self.change().is_empty()
    }

    /// What the edit adds and takes away.
    pub fn change(&self) -> Change {
        Change::between(&self.before, &self.now, self.release())
    }
}

/// What one set of permissions has over another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What is allowed that was not, in the order of the matrix.
    pub added: Vec<Pair>,
    /// What was allowed and is not any more, in the order of the matrix.
    pub removed: Vec<Pair>,
}

impl Change {
    /// From one set of permissions to another.
    pub fn between(before: &Permissions, after: &Permissions, release: Release) -> Self {
        let over = |a: &Permissions, b: &Permissions| {
            let pairs = a.pairs().filter(|(resource, action)| !b.allows(resource, action));
            let mut pairs: Vec<Pair> = pairs
                .map(|(resource, action)| (resource.clone(), action.clone()))
                .collect();
            sort(&mut pairs, release);
            pairs
        };
        Self {
            added: over(after, before),
            removed: over(before, after),
        }
    }

    /// Whether both are the same.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// All of it in one line: `+FLOW:CREATE,UPDATE -EXECUTION:DELETE`. Empty if nothing changes.
    pub fn words(&self) -> String {
        let parts = grouped(&self.added).map(|part| format!("+{part}"));
        let parts = parts.chain(grouped(&self.removed).map(|part| format!("-{part}")));
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// Pairs of the same resource as one word: `FLOW:CREATE,UPDATE`.
fn grouped(pairs: &[Pair]) -> impl Iterator<Item = String> {
    pairs.chunk_by(|(a, _), (b, _)| a == b).filter_map(|of_one| {
        let actions: Vec<&str> = of_one.iter().map(|(_, action)| action.as_str()).collect();
        of_one
            .first()
            .map(|(resource, _)| format!("{resource}:{}", actions.join(",")))
    })
}

/// Sorts pairs as the matrix of a release shows them; what the release does not know comes last, by name.
pub fn sort(pairs: &mut [Pair], release: Release) {
    let resources = catalogue::resources(release);
    let actions = catalogue::actions(release);
    sorting::by_cached_key(pairs, false, |(resource, action)| {
        let row = resources.iter().position(|info| info.name == *resource);
        let column = actions.iter().position(|known| known == action);
        (
            row.unwrap_or(usize::MAX),
            resource.clone(),
            column.unwrap_or(usize::MAX),
            action.clone(),
        )
    });
}

#[cfg(test)]
mod tests;
