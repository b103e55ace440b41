//! Where a path leads: in which tenant, in whose capacity, to which noun.
//!
//! Up to 0.22 a path may do without a tenant, and a superadmin has routes of its own into any tenant; 0.23 keeps those
//! and makes the tenant mandatory; from 0.24 there is one way to everything. Where a tenant could be called like a fixed
//! route, the fixed route wins, as in Kestra.

use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

/// Nouns of a tenant that a superadmin reaches below `tenants` (0.13 to 0.23).
const BELOW_TENANTS: [&str; 6] = ["bindings", "groups", "invitations", "namespaces", "roles", "users"];

/// First segments that belong to the instance in every release.
const OF_THE_INSTANCE: [&str; 5] = ["configs", "invitation", "license-info", "setup", "tenants"];

/// Those that came with 0.24, when a path without a tenant began to mean the instance.
const SINCE_0_24: [&str; 7] = [
    "auditlogs",
    "instance",
    "license",
    "logout",
    "me",
    "service-accounts",
    "users",
];

/// Those of a tenant that stood without one for the default tenant (0.13 to 0.22).
const WITHOUT_TENANT: [&str; 14] = [
    "acls",
    "auditlogs",
    "bindings",
    "cluster",
    "executions",
    "flows",
    "groups",
    "invitations",
    "me",
    "namespaces",
    "roles",
    "service-accounts",
    "usages",
    "users",
];

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The tenant; `None` is the instance.
    pub scope: Option<TenantScope>,
    /// Whether it is a route for superadmins alone.
    pub for_superadmins: bool,
    /// What is left of the path, from the noun on.
    pub rest: Vec<&'a str>,
}

impl<'a> Place<'a> {
    /// Where the segments after `/api/v1` lead in a release.
    pub fn of(release: Release, segments: &[&'a str]) -> Option<Self> {
        let (first, after) = segments.split_first()?;
        if OF_THE_INSTANCE.contains(first) || release.at_least(0, 24) && SINCE_0_24.contains(first) {
            return Some(Self::in_instance(release, segments));
        }
        if release.has_default_tenant() && WITHOUT_TENANT.contains(first) {
            return Some(Self::in_tenant(TenantScope::Default, segments));
        }
        // `login` is a route of 2.0, and no tenant.
        if release.at_least(2, 0) && after.is_empty() {
            return Some(Self::in_instance(release, segments));
        }
        let second = after.first()?;
        let of_the_instance = ["configs", "tenants"].contains(second) || *second == "me" && first.is_empty();
        if release.has_default_tenant() && of_the_instance {
            return Some(Self::in_instance(release, after));
        }
        Some(Self::in_tenant(TenantScope::Named(TenantId::existing(*first)), after))
    }

    fn in_tenant(scope: TenantScope, rest: &[&'a str]) -> Self {
        Self {
            scope: Some(scope),
            for_superadmins: false,
            rest: rest.to_vec(),
        }
    }

    fn in_instance(release: Release, rest: &[&'a str]) -> Self {
        let is_old = !release.at_least(0, 24);
        let (scope, rest) = match rest {
            ["tenants", "users", ..] if is_old => (None, rest.get(1..)),
            ["tenants", noun, ..] if is_old && BELOW_TENANTS.contains(noun) => {
                (Some(TenantScope::Default), rest.get(1..))
            }
            ["tenants", tenant, noun, ..] if is_old && BELOW_TENANTS.contains(noun) => {
                (Some(TenantScope::Named(TenantId::existing(*tenant))), rest.get(2..))
            }
            _ => {
                return Self {
                    scope: None,
                    for_superadmins: false,
                    rest: rest.to_vec(),
                };
            }
        };
        Self {
            scope,
            for_superadmins: true,
            rest: rest.unwrap_or_default().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(release: (u16, u16), path: &'static str) -> Option<(String, bool, String)> {
        let segments: Vec<&str> = path.split('/').collect();
        let place = Place::of(Release::new(release.0, release.1), &segments)?;
        let scope = place
            .scope
            .map_or_else(|| "instance".to_owned(), |scope| scope.to_string());
        Some((scope, place.for_superadmins, place.rest.join("/")))
    }

    #[test]
    fn paths_lead_where_each_release_says() {
        for (release, path, scope, superadmins, rest) in [
            ((0, 21), "roles/search", "(default)", false, "roles/search"),
            ((0, 21), "acme/roles/search", "acme", false, "roles/search"),
            ((0, 21), "tenants/search", "instance", false, "tenants/search"),
            ((0, 21), "acme/tenants/search", "instance", false, "tenants/search"),
            ((0, 21), "tenants/acme/roles/search", "acme", true, "roles/search"),
            ((0, 21), "main/tenants/acme/roles/x", "acme", true, "roles/x"),
            ((0, 21), "tenants/roles/search", "(default)", true, "roles/search"),
            ((0, 21), "tenants/users/search", "instance", true, "users/search"),
            ((0, 21), "tenants/acme/logo", "instance", false, "tenants/acme/logo"),
            ((0, 21), "me", "(default)", false, "me"),
            ((0, 21), "acme/me", "acme", false, "me"),
            ((0, 23), "acme/me", "acme", false, "me"),
            ((0, 23), "tenants/acme/users/search", "acme", true, "users/search"),
            ((0, 23), "roles/search", "roles", false, "search"),
            ((1, 3), "users", "instance", false, "users"),
            ((1, 3), "acme/users/1/groups", "acme", false, "users/1/groups"),
            ((1, 3), "tenants/acme/roles", "instance", false, "tenants/acme/roles"),
            (
                (1, 3),
                "instance/services/active",
                "instance",
                false,
                "instance/services/active",
            ),
            ((2, 0), "login", "instance", false, "login"),
        ] {
            let expected = Some((scope.to_owned(), superadmins, rest.to_owned()));
            assert_eq!(place(release, path), expected, "{release:?} {path}");
        }
        assert_eq!(place((1, 3), "acme"), None);
    }
}
