//! Making a local instance behave as a newer release, as an operator's new image does with the same database.
//!
//! Everything stays as it is but what the server's own migrations change: roles are put into the words of 2.0, and the
//! roles that the new release ships are added. Settings and the rows of the default tenant are left to the operator, for
//! that is what there is to rehearse. It must never go back.

use std::path::Path;

use crate::domain::mapping::to_resource_actions;
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::{PermissionModel, Release};

use super::LocalInstance;
use super::failure::Failure;
use super::semantics::{Session, World, damaged};

impl LocalInstance {
    /// Refuses a release that is older than the one it behaves as.
    ///
    /// # Errors
    /// Invalid for an older one.
    pub fn require_newer(&self, to: Release) -> Result<(), Problem> {
        let from = self.release();
        if to >= from {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Invalid,
            "The local instance was not changed.",
            format!("It behaves as Kestra {from}, and a database does not go back to {to}."),
            "Create another instance for the older release.",
        ))
    }

    /// Upgrades the instance in a directory. The same release again changes nothing.
    ///
    /// # Errors
    /// Invalid for an older release than the one it behaves as.
    pub fn upgrade(directory: &Path, to: Release) -> Result<(), Problem> {
        let instance = Self::open(directory, None)?;
        let from = instance.release();
        instance.require_newer(to)?;
        if to == from {
            return Ok(());
        }
        let world = World::new(to, to.tenancy_defaults(), instance.settings_file().to_owned());
        instance.core.store.write(|db| {
            let session = Session {
                db,
                world: &world,
                actor: None,
            };
            db.execute(
                "UPDATE instance SET value = ?1 WHERE name = 'release'",
                [to.to_string()],
            )?;
            if from.permission_model() != PermissionModel::ResourceActions
                && to.permission_model() == PermissionModel::ResourceActions
            {
                session.translate_roles()?;
            }
            let tenants: Vec<String> = db
                .prepare("SELECT DISTINCT tenant FROM roles WHERE tenant <> ''")?
                .query_map((), |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            tenants.iter().try_for_each(|tenant| session.add_managed_roles(tenant))
        })
    }
}

impl Session<'_> {
    fn translate_roles(&self) -> Result<(), Failure> {
        let roles: Vec<(String, String, String)> = self
            .db
            .prepare("SELECT tenant, id, permissions FROM roles WHERE permissions IS NOT NULL")?
            .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        for (tenant, id, stored) in roles {
            let old: Permissions = serde_json::from_slice(stored.as_bytes()).map_err(|error| damaged(&error))?;
            let new = to_resource_actions(&old).permissions;
            let stored = serde_json::to_string(&new).map_err(|error| damaged(&error))?;
            self.db
                .prepare_cached("UPDATE roles SET permissions = ?3 WHERE tenant = ?1 AND id = ?2")?
                .execute((tenant, id, stored))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backend;
    use crate::domain::query::Query;
    use crate::domain::role::NewRole;
    use crate::domain::tenant::{NewTenant, Tenant, TenantScope};

    #[test]
    fn roles_speak_the_words_of_the_new_release() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, Release::new(0, 24)).unwrap();
        let instance = LocalInstance::open(&directory, None).unwrap();
        let scope = TenantScope::Named("acme".parse().unwrap());
        let tenant = Tenant::new("acme".parse().unwrap(), "Acme");
        instance
            .create_tenant_by_command(&NewTenant { tenant, admin: None })
            .unwrap();
        let mut permissions = Permissions::default();
        permissions.allow("FLOW".into(), "READ".into());
        instance
            .create_role(
                &scope,
                &NewRole {
                    name: "Reader".to_owned(),
                    description: None,
                    permissions,
                    is_default: false,
                },
            )
            .unwrap();
        LocalInstance::upgrade(&directory, Release::new(2, 0)).unwrap();
        let instance = LocalInstance::open(&directory, None).unwrap();
        assert_eq!(instance.release(), Release::new(2, 0));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let roles = runtime
            .block_on(instance.roles(&scope, &Query::first(20)))
            .unwrap()
            .rows;
        let reader = roles.iter().find(|role| role.name == "Reader").unwrap();
        assert!(reader.permissions.allows(&"FLOW".into(), &"VIEW".into()));
        assert!(!reader.permissions.allows(&"FLOW".into(), &"READ".into()));
        assert!(roles.iter().any(|role| role.name == "Viewer" && role.is_managed));
        let back = LocalInstance::upgrade(&directory, Release::new(1, 3)).unwrap_err();
        assert_eq!(back.kind, ProblemKind::Invalid);
    }
}
