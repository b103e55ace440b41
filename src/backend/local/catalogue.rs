//! The managed roles of a release, until the catalogue of permissions knows them.

use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::release::{PermissionModel, Release};
use crate::domain::role::ADMIN;

pub(super) struct ManagedRole {
    pub name: &'static str,
    pub description: &'static str,
    pub permissions: Permissions,
}

pub(super) fn managed_roles(release: Release) -> Vec<ManagedRole> {
    let actions: &[&'static str] = match release.permission_model() {
        PermissionModel::Crud => &["CREATE", "READ", "UPDATE", "DELETE"],
        PermissionModel::ResourceActions => &["VIEW", "LIST", "CREATE", "UPDATE", "DELETE"],
    };
    let mut resources = vec![
        "FLOW",
        "EXECUTION",
        "NAMESPACE",
        "USER",
        "GROUP",
        "ROLE",
        "BINDING",
        "TENANT_ACCESS",
    ];
    if !release.at_least(0, 20) {
        resources.push("TENANT");
    }
    let permissions = resources
        .into_iter()
        .map(|resource| {
            let actions = actions.iter().map(|action| Action::known(action)).collect();
            (Resource::known(resource), actions)
        })
        .collect();
    vec![ManagedRole {
        name: ADMIN,
        description: "Everything in its tenant.",
        permissions,
    }]
}
