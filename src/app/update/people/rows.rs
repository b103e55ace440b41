//! Rows of lists to pick from: users, groups, roles and places.

use crate::domain::access::TenantAccess;
use crate::domain::binding::Binding;
use crate::domain::count::counted;
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;
use crate::domain::text::small;
use crate::domain::user::{Group, User};

use super::super::super::choice::ChoiceRow;
use super::super::super::people::Subject;

/// The key of the row that is a whole tenant.
pub(super) const WHOLE_TENANT: &str = "";
/// What is said of a role that all hold in the whole tenant.
pub(super) const HELD: &str = "held already";

pub(super) fn user_row(user: &User, note: &str) -> ChoiceRow {
    let name = user.display_name.as_deref().filter(|name| *name != user.username);
    let parts = [Some(note).filter(|note| !note.is_empty()), name, Some(user.kind.word())];
    let note = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    ChoiceRow::new(user.id.clone(), user.username.clone(), note)
}

pub(super) fn group_row(group: &Group) -> ChoiceRow {
    let count = counted(group.members.len() as u64, "member");
    ChoiceRow::new(group.id.clone(), group.name.clone(), format!("group, {count}"))
}

/// The roles of a tenant, and whether those who are given one hold it already.
pub(super) fn role_rows(access: &TenantAccess, subjects: &[Subject]) -> Vec<ChoiceRow> {
    let row = |role: &Role| {
        let kind = if role.is_managed { "managed" } else { "own" };
        let held = held(access, role, subjects).map_or_else(String::new, |held| format!(", {held}"));
        let note = match &role.description {
            // Kestra's own sentence goes on after the colon; how somebody wrote theirs is left alone.
            Some(description) if role.is_managed => format!("{kind}{held}: {}", small(description)),
            Some(description) => format!("{kind}{held}: {description}"),
            None => format!("{kind}{held}"),
        };
        ChoiceRow::new(role.id.clone(), role.name.clone(), note)
    };
    access.roles.iter().map(row).collect()
}

/// How far some hold a role themselves, in words; `None` where none of them does.
pub(super) fn held(access: &TenantAccess, role: &Role, subjects: &[Subject]) -> Option<&'static str> {
    let holds = |subject: &Subject, is_enough: fn(&Binding) -> bool| {
        let mut bindings = access.bindings.iter().filter(|binding| is_enough(binding));
        bindings
            .any(|held| (held.subject_kind, &held.subject_id, &held.role_id) == (subject.kind, &subject.id, &role.id))
    };
    let is_any_held = subjects.iter().any(|subject| holds(subject, |_| true));
    match subjects {
        _ if !is_any_held => None,
        all if all
            .iter()
            .all(|subject| holds(subject, |held| held.namespace.is_none())) =>
        {
            Some(HELD)
        }
        [_] => Some("held in part"),
        _ => Some("held by some"),
    }
}

pub(super) fn place_rows(scope: &TenantScope, namespaces: &[String]) -> Vec<ChoiceRow> {
    let whole = ChoiceRow::new(WHOLE_TENANT, "whole tenant", scope.to_string());
    let rows = namespaces
        .iter()
        .map(|name| ChoiceRow::new(name.clone(), name.clone(), "and all below it"));
    std::iter::once(whole).chain(rows).collect()
}
