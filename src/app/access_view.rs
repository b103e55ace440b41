//! What one user may do in a tenant, and who may do one thing in it.
//!
//! Both look at the access that the tenant's own screen below them holds, and keep nothing of it.

use std::collections::HashSet;

use crate::domain::access::TenantAccess;
use crate::domain::assignable::Assignable;
use crate::domain::catalogue::is_of_superadmins;
use crate::domain::effective_access::{Evaluator, Holding, Reach};
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::release::Release;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::user::User;

use super::cursor::Cursor;
use super::filter_edit::FilterEdit;
use super::matrix::{Matrix, MatrixCursor};
use super::remote::Remote;

/// The screen of what one user may do.
#[derive(Clone, Debug)]
pub struct AccessView {
    /// The tenant.
    pub scope: TenantScope,
    /// The user.
    pub user: User,
    /// The namespace it is about; nothing is anywhere in the tenant.
    pub namespace: FilterEdit,
    /// The selected cell.
    pub cursor: MatrixCursor,
}

/// The screen of who may do one thing.
#[derive(Clone, Debug)]
pub struct WhoCanView {
    /// The tenant.
    pub scope: TenantScope,
    /// What is acted on.
    pub resource: Resource,
    /// What is done to it.
    pub action: Action,
    /// The namespace it is about; nothing is anywhere in the tenant.
    pub namespace: FilterEdit,
    /// The selected user.
    pub cursor: Cursor,
    /// Superadmins of the whole instance, and whether these are all; read once, where what is done takes no role.
    pub superadmins: Remote<(Vec<User>, bool)>,
}

/// Somebody who may do it, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Who.
    pub user: User,
    /// Through what, in words: `Viewer by group Night shift`.
    pub through: String,
    /// Where: in the whole tenant, or in which namespaces.
    pub place: String,
}

/// What a namespace typed into a filter means.
fn namespace(filter: &FilterEdit) -> Option<&str> {
    Some(filter.line.text().trim()).filter(|text| !text.is_empty())
}

/// The matrix that has room for all that roles of a tenant name.
pub fn matrix_of(access: &TenantAccess, release: Release) -> Matrix {
    let all: Vec<&Permissions> = access.roles.iter().map(|role| &role.permissions).collect();
    Matrix::new(all, Assignable::of(release))
}

impl AccessView {
    /// The screen of a user.
    pub fn new(scope: TenantScope, user: User) -> Self {
        Self {
            scope,
            user,
            namespace: FilterEdit::default(),
            cursor: MatrixCursor::default(),
        }
    }

    /// The namespace asked about.
    pub fn namespace(&self) -> Option<&str> {
        namespace(&self.namespace)
    }

    /// What the page is called that says in full why: whose access to what it is about.
    pub fn page_title(&self, access: &TenantAccess, release: Release) -> String {
        let who = &self.user.username;
        match matrix_of(access, release).at(&self.cursor) {
            Some((resource, action)) => format!("Access of {who}: {action} {resource}"),
            None => format!("Access of {who}"),
        }
    }

    /// Why the user may do what is selected, or why not: a summary, then each path or obstacle.
    pub fn reasons(&self, access: &TenantAccess, release: Release) -> Vec<String> {
        let matrix = matrix_of(access, release);
        let Some((resource, action)) = matrix.at(&self.cursor) else {
            return Vec::new();
        };
        let why = Evaluator::new(access, release).why(&self.user.id, resource, action, self.namespace());
        let mut lines = vec![why.summary()];
        lines.extend(why.reasons());
        lines
    }
}

impl WhoCanView {
    /// The screen of who may do something.
    pub fn new(scope: TenantScope, resource: Resource, action: Action) -> Self {
        Self {
            scope,
            resource,
            action,
            namespace: FilterEdit::default(),
            cursor: Cursor::default(),
            superadmins: Remote::default(),
        }
    }

    /// The namespace asked about.
    pub fn namespace(&self) -> Option<&str> {
        namespace(&self.namespace)
    }

    /// Whether superadmins may do it without a role.
    pub fn needs_no_role(&self, release: Release) -> bool {
        is_of_superadmins(release, &self.resource)
    }

    /// What is missing among those who may: superadmins that are not known.
    pub fn missing(&self, release: Release) -> Option<String> {
        let are_all = self.superadmins.value().is_some_and(|(_, are_all)| *are_all);
        let is_unknown = self.needs_no_role(release) && !are_all && self.superadmins.job().is_none();
        is_unknown.then(|| format!("not every {} is known", release.superadmin_word()))
    }

    /// Everybody who may, by username.
    pub fn rows(&self, access: &TenantAccess, release: Release) -> Vec<Allowed> {
        let evaluator = Evaluator::new(access, release);
        let mut rows: Vec<Allowed> = evaluator
            .everybody()
            .filter_map(|reach| self.allowed(&reach, &evaluator, release))
            .collect();
        // Those of the instance need not be in the tenant.
        let known: HashSet<&str> = access.users.iter().map(|user| user.id.as_str()).collect();
        let superadmins = self.superadmins.value().into_iter().flat_map(|(users, _)| users);
        let elsewhere = superadmins.filter(|user| self.needs_no_role(release) && !known.contains(user.id.as_str()));
        rows.extend(elsewhere.map(|user| Allowed {
            user: user.clone(),
            through: release.superadmin_word().to_owned(),
            place: "whole tenant".to_owned(),
        }));
        sorting::by(&mut rows, |a, b| a.user.username.cmp(&b.user.username));
        rows
    }

    fn allowed(&self, reach: &Reach<'_, '_>, evaluator: &Evaluator<'_>, release: Release) -> Option<Allowed> {
        let user = reach.user?;
        let namespace = self.namespace();
        if !reach.may(&self.resource, &self.action, namespace) && !reach.is_superadmin() {
            return None;
        }
        let why = evaluator.why(&user.id, &self.resource, &self.action, namespace);
        if !why.is_allowed() {
            return None;
        }
        let mut through: Vec<String> = Vec::new();
        let mut places: Vec<String> = Vec::new();
        if why.by_superadmin {
            through.push(release.superadmin_word().to_owned());
            places.push("whole tenant".to_owned());
        }
        for path in &why.paths {
            push_once(&mut through, role_in_words(path));
            let place = path.binding.namespace.as_deref().unwrap_or("whole tenant");
            push_once(&mut places, place.to_owned());
        }
        Some(Allowed {
            user: user.clone(),
            through: through.join(", "),
            place: places.join(", "),
        })
    }
}

fn push_once(all: &mut Vec<String>, one: String) {
    if !all.contains(&one) {
        all.push(one);
    }
}

/// A role and the group it is held by: `Viewer by group Night shift`.
fn role_in_words(path: &Holding<'_>) -> String {
    match path.group {
        Some(group) => format!("{} by group {}", path.role.name, group.name),
        None => path.role.name.clone(),
    }
}
