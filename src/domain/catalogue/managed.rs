//! The roles Kestra ships in every tenant.
//!
//! Only Admin is documented for every release; Developer, Editor, Launcher and Viewer from 1.0 on. What exactly each holds
//! is not published, so that the lists here are derived from their descriptions in Kestra's documentation of roles; a live
//! server has the last word.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::super::permission::{Action, Permissions};
use super::super::release::{PermissionModel, Release, TenantCreators};
use super::super::role::ADMIN;
use super::{Level, ResourceInfo, resources};
use crate::domain::sorting;

/// A role Kestra ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedRole {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it allows.
    pub permissions: Permissions,
}

/// Computed once for each release, as lists of roles ask for them row by row.
static ROLES: LazyLock<BTreeMap<Release, Vec<ManagedRole>>> = LazyLock::new(|| {
    let of_each = Release::KNOWN.into_iter().map(|release| (release, compute(release)));
    sorting::map(of_each)
});

/// The roles that Kestra of a release ships in every tenant, Admin first.
pub fn managed_roles(release: Release) -> &'static [ManagedRole] {
    // A release between or after the known ones ships what the one before it did.
    ROLES
        .range(..=release)
        .next_back()
        .map_or(&[], |(_, roles)| roles.as_slice())
}

/// What the role of this name allows, if Kestra of this release ships one.
pub fn managed_role(release: Release, name: &str) -> Option<&'static ManagedRole> {
    managed_roles(release).iter().find(|role| role.name == name)
}

fn compute(release: Release) -> Vec<ManagedRole> {
    let role = |name, description, allows: &dyn Fn(&str, &str) -> bool| ManagedRole {
        name,
        description,
        permissions: permissions(release, allows),
    };
    let mut roles = vec![role(ADMIN, "Everything in its tenant.", &|resource, _| {
        resource != "TENANT" || release.tenant_creators() == TenantCreators::PermissionHolders
    })];
    if release.at_least(1, 0) {
        let is_read = move |action: &str| reads(release, action);
        let own_account = |resource: &str| matches!(resource, "IMPERSONATE" | "SETTING");
        let editor = move |resource: &str, action: &str| {
            const EDITED: &[&str] = &[
                "FLOW",
                "EXECUTION",
                "TRIGGER",
                "KVSTORE",
                "REUSABLE_INPUTS",
                "DASHBOARD",
                "APP",
                "APPEXECUTION",
                "TEST",
                "TESTSUITE",
                "ASSET",
                "MCP_SERVER",
                "SETTING",
                "TENANT_SETTINGS",
                "AI_COPILOT",
                "COPILOT",
            ];
            EDITED.contains(&resource) || (is_read(action) && matches!(resource, "BLUEPRINT" | "NAMESPACE"))
        };
        roles.push(role(
            "Developer",
            "What Editor may do, and namespaces with their files, secrets, credentials and blueprints.",
            &move |resource, action| {
                editor(resource, action) || matches!(resource, "NAMESPACE" | "SECRET" | "CREDENTIAL" | "BLUEPRINT")
            },
        ));
        roles.push(role(
            "Editor",
            "Flows, executions and what belongs to them; no namespace files, secrets or users.",
            &move |resource, action| editor(resource, action),
        ));
        roles.push(role(
            "Launcher",
            "Starts and follows executions; reads everything else.",
            &move |resource, action| {
                let launches = match release.permission_model() {
                    PermissionModel::Crud => resource == "EXECUTION" && matches!(action, "CREATE" | "UPDATE"),
                    PermissionModel::ResourceActions => match resource {
                        "FLOW" | "APP" => action == "EXECUTE",
                        "EXECUTION" => matches!(
                            action,
                            "CREATE"
                                | "REPLAY"
                                | "RESTART"
                                | "CHANGE_LABELS"
                                | "ACCESS_LOGS"
                                | "ACCESS_OUTPUTS"
                                | "ACCESS_FILES"
                                | "FOLLOW"
                        ),
                        _ => false,
                    },
                };
                launches || (is_read(action) && is_content(resource) && !own_account(resource))
            },
        ));
        roles.push(role(
            "Viewer",
            "Sees flows, executions, triggers and namespaces; changes nothing.",
            &move |resource, action| {
                (is_read(action) || action == "EXPORT")
                    && matches!(resource, "FLOW" | "EXECUTION" | "TRIGGER" | "NAMESPACE")
            },
        ));
    }
    roles
}

/// What is worked with, as opposed to who may.
fn is_content(resource: &str) -> bool {
    !matches!(
        resource,
        "USER"
            | "SERVICE_ACCOUNT"
            | "GROUP"
            | "GROUP_MEMBERSHIP"
            | "ROLE"
            | "BINDING"
            | "INVITATION"
            | "TENANT_ACCESS"
            | "IMPERSONATE"
            | "AUDITLOG"
            | "SECRET"
            | "CREDENTIAL"
            | "SYSTEM_SETTINGS"
            | "POLICY"
            | "SUPPORT"
    )
}

fn reads(release: Release, action: &str) -> bool {
    match release.permission_model() {
        PermissionModel::Crud => action == "READ",
        PermissionModel::ResourceActions => matches!(action, "VIEW" | "LIST"),
    }
}

fn permissions(release: Release, allows: &dyn Fn(&str, &str) -> bool) -> Permissions {
    let assignable = |info: &&'static ResourceInfo| info.assignable && info.level != Level::Instance;
    resources(release)
        .into_iter()
        .filter(assignable)
        .filter_map(|info| {
            let name = info.name.as_str();
            let actions: Vec<Action> = info
                .actions()
                .filter(|action| allows(name, action))
                .map(Action::known)
                .collect();
            (!actions.is_empty()).then(|| (info.name.clone(), actions))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::assignable::Assignable;
    use super::*;

    #[test]
    fn every_shipped_role_is_valid_in_its_release() {
        for release in Release::KNOWN {
            let roles = managed_roles(release);
            assert_eq!(roles.first().map(|role| role.name), Some(ADMIN));
            assert_eq!(roles.len(), if release.at_least(1, 0) { 5 } else { 1 }, "{release}");
            for role in roles {
                assert_eq!(
                    Assignable::of(release).complaints(&role.permissions),
                    [],
                    "{release} {}",
                    role.name
                );
                assert!(!role.permissions.is_empty());
            }
        }
    }

    #[test]
    fn tenants_are_created_by_admins_only_before_0_20() {
        let may = |release| {
            managed_role(release, ADMIN).is_some_and(|role| role.permissions.allows(&"TENANT".into(), &"CREATE".into()))
        };
        assert!(may(Release::new(0, 19)));
        assert!(!may(Release::new(0, 21)));
    }

    #[test]
    fn roles_differ_as_they_are_described() {
        for release in [Release::new(1, 0), Release::new(1, 3), Release::new(2, 0)] {
            let allows = |role: &str, resource: &str, action: &str| {
                managed_role(release, role)
                    .unwrap()
                    .permissions
                    .allows(&resource.into(), &action.into())
            };
            let read = if release.at_least(2, 0) { "VIEW" } else { "READ" };
            assert!(allows("Developer", "SECRET", "UPDATE") && !allows("Editor", "SECRET", "UPDATE"));
            assert!(allows("Editor", "FLOW", "UPDATE") && !allows("Launcher", "FLOW", "UPDATE"));
            assert!(allows("Launcher", "EXECUTION", "CREATE") && !allows("Viewer", "EXECUTION", "CREATE"));
            assert!(allows("Viewer", "FLOW", read) && !allows("Viewer", "SECRET", read));
            assert!(!allows("Editor", "ROLE", read) && allows(ADMIN, "ROLE", read));
        }
    }
}
