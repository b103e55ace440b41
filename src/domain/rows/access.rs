//! Rows of the lists that a tenant has: its roles, who holds them, users and groups.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::domain::access::TenantAccess;
use crate::domain::binding::Binding;
use crate::domain::columns::BINDING_COLUMNS;
use crate::domain::effective_access::{HeldRole, roles_of_each};
use crate::domain::query::{Filter, Row};
use crate::domain::role::Role;
use crate::domain::user::{Group, User};

use super::yes_no;

impl Row for Role {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "name" => self.name.as_str().into(),
            "description" => self.description.as_deref().unwrap_or_default().into(),
            "managed" => yes_no(self.is_managed),
            "default" => yes_no(self.is_default),
            "rights" => self.permissions.count().to_string().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "name", "description"]
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "managed" => Some(kind(self).into()),
            _ => self.column(name),
        }
    }
}

/// A role, and how many bindings give it.
#[derive(Clone, Copy)]
pub struct CountedRole<'a>(pub &'a Role, usize);

/// The roles with how many of the bindings give each.
pub fn counted_roles<'a>(roles: &'a [Role], bindings: &[Binding]) -> Vec<CountedRole<'a>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for binding in bindings {
        *counts.entry(&binding.role_id).or_default() += 1;
    }
    let count = |role: &Role| counts.get(role.id.as_str()).copied().unwrap_or(0);
    roles.iter().map(|role| CountedRole(role, count(role))).collect()
}

impl Row for CountedRole<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "holders" => Some(self.1.to_string().into()),
            _ => self.0.column(name),
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        self.0.columns()
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "holders" => self.column(name),
            _ => self.0.shown(name),
        }
    }
}

/// The kinds of roles, as the list of roles says them: Kestra's own and the tenant's, each the default or not.
pub const MANAGED_DEFAULT: &str = "managed, default";
/// One that Kestra ships.
pub const MANAGED: &str = "managed";
/// One of the tenant that is its default.
pub const OWN_DEFAULT: &str = "own, default";
/// One of the tenant.
pub const OWN: &str = "own";

/// What the kind of a role is called.
pub fn kind(role: &Role) -> &'static str {
    match (role.is_managed, role.is_default) {
        (true, true) => MANAGED_DEFAULT,
        (true, false) => MANAGED,
        (false, true) => OWN_DEFAULT,
        (false, false) => OWN,
    }
}

impl Row for Binding {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "type" => self.subject_kind.word().into(),
            "name" => self.subject_name.as_str().into(),
            "role" => self.role_name.as_str().into(),
            "namespace" => self.namespace.as_deref().unwrap_or_default().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        BINDING_COLUMNS
    }

    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "namespace" => Some(place(self).into()),
            _ => self.column(name),
        }
    }
}

impl Row for User {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "username" => self.username.as_str().into(),
            "name" => self.display_name.as_deref().unwrap_or_default().into(),
            "type" => self.kind.word().into(),
            "superadmin" => yes_no(self.superadmin),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "username", "name", "type"]
    }
}

impl Row for Group {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "id" => self.id.as_str().into(),
            "name" => self.name.as_str().into(),
            "description" => self.description.as_deref().unwrap_or_default().into(),
            "members" => self.members.len().to_string().into(),
            _ => return None,
        })
    }

    fn columns(&self) -> &'static [&'static str] {
        &["id", "name", "description"]
    }
}

/// What a role that is narrowed to no namespace is held in, as the list of holders says it.
pub const WHOLE_TENANT: &str = "whole tenant";

/// Where a role is held, as the list of holders says it.
pub fn place(binding: &Binding) -> &str {
    binding.namespace.as_deref().unwrap_or(WHOLE_TENANT)
}

/// A user, and where the rights come from if a filter asks for it.
pub struct ShownUser<'a>(pub &'a User, Option<String>);

/// The users as a filter sees them. Where their rights come from is worked out only if it looks at that.
pub fn users_by<'a>(access: &'a TenantAccess, filter: &Filter) -> Vec<ShownUser<'a>> {
    let held = if filter.looks_at("rights") {
        roles_of_each(access, &access.users)
    } else {
        Vec::new()
    };
    let mut held = held.into_iter();
    let users = access.users.iter();
    users
        .map(|user| ShownUser(user, held.next().map(|held| rights(user, &held))))
        .collect()
}

impl Row for ShownUser<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "rights" => self.1.as_deref().map(Cow::Borrowed),
            _ => self.0.column(name),
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        self.0.columns()
    }
}

/// Where the rights of a user come from, in words.
pub fn rights(user: &User, held: &[HeldRole]) -> String {
    let mut names: Vec<String> = held
        .iter()
        .map(|held| match &held.via_group {
            Some(group) => format!("{} by {}", held.role_name, group.name),
            None => held.role_name.clone(),
        })
        .collect();
    names.dedup();
    match (names.is_empty(), user.superadmin) {
        (true, true) => "superadmin".to_owned(),
        (true, false) => "nothing".to_owned(),
        (false, _) => names.join(", "),
    }
}
