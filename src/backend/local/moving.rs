//! Moving what lives in the default tenant into a tenant with an id: `kestra migrate default-tenant`, from 0.23 on.
//!
//! An instance that was upgraded from 0.22 or earlier still holds rows without a tenant, which nobody reaches. Moving them
//! a second time finds none. It must never overwrite what the target holds. Source: Kestra's guide for 0.23, and the
//! command of the open source edition.

use rusqlite::ErrorCode;

use crate::domain::catalogue::managed_roles;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_change::{refuse, wrong_when_created};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::LocalInstance;
use super::failure::Failure;
use super::ids::new_id;
use super::semantics::Session;

/// What a table holds for the default tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableRows {
    /// The kind of thing, as Kestra names its tables.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
}

/// A table with rows of tenants.
struct Table {
    name: &'static str,
    /// How Kestra calls it.
    called: &'static str,
    /// Whether it says if rows were recorded before multi-tenancy.
    attributed: bool,
    /// Whether an equal row of the target makes one needless; where it does not, it is a conflict.
    merges: bool,
}

const fn table(name: &'static str, called: &'static str, attributed: bool, merges: bool) -> Table {
    Table {
        name,
        called,
        attributed,
        merges,
    }
}

const TABLES: &[Table] = &[
    table("roles", "roles", true, false),
    table("groups", "groups", true, false),
    table("group_members", "groupmembers", false, true),
    table("bindings", "bindings", true, false),
    table("tenant_access", "tenantaccess", true, true),
    table("invitations", "invitations", false, false),
    table("namespaces", "namespaces", false, true),
    table("flows", "flows", false, false),
    table("triggers", "triggers", false, false),
    table("executions", "executions", false, false),
];

/// Namespace of the flows that Kestra brings along to learn by; it puts them into each tenant anew.
const TUTORIAL: &str = "tutorial";

impl LocalInstance {
    /// What the default tenant holds, reachable or not.
    pub fn default_tenant_rows(&self) -> Result<Vec<TableRows>, Problem> {
        self.command(held_by_default_tenant)
    }

    /// Moves everything without a tenant into the one of this id, which is created unless it exists.
    ///
    /// # Errors
    /// Denied up to 0.22, where the default tenant lives on. A conflict where the target holds an object of the same id;
    /// nothing is moved then.
    pub fn move_default_tenant(&self, id: &TenantId, name: &str) -> Result<Vec<TableRows>, Problem> {
        self.command(|session| session.move_default_tenant(id, name))
    }
}

fn held_by_default_tenant(session: &Session<'_>) -> Result<Vec<TableRows>, Failure> {
    TABLES
        .iter()
        .map(|table| {
            let rows: i64 = session
                .db
                .prepare_cached(&format!("SELECT count(*) FROM {} WHERE tenant = ''", table.name))?
                .query_row((), |row| row.get(0))?;
            Ok(TableRows {
                table: table.called,
                rows: rows.cast_unsigned(),
            })
        })
        .collect()
}

impl Session<'_> {
    fn move_default_tenant(&self, id: &TenantId, name: &str) -> Result<Vec<TableRows>, Failure> {
        let release = self.world.release;
        if release.has_default_tenant() {
            return Err(Problem::new(
                ProblemKind::Denied,
                "The default tenant was not moved.",
                format!("In Kestra {release} it lives on; it goes away with 0.23."),
                "Upgrade the instance first.",
            )
            .into());
        }
        for table in ["triggers", "flows"] {
            self.db
                .prepare_cached(&format!("DELETE FROM {table} WHERE tenant = '' AND namespace = ?1"))?
                .execute([TUTORIAL])?;
        }
        // The rows of a tenant refer to each other; that they fit is checked when all have moved.
        self.db.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        if self.space(&TenantScope::Named(id.clone())).is_err() {
            let tenant = Tenant::new(id.clone(), name);
            refuse(id, "created", wrong_when_created(&tenant, release))?;
            self.insert(&tenant)?;
            self.audit("CREATE", "TENANT", id.as_str(), id.as_str())?;
        }
        self.join_managed_roles(id)?;
        let moved: Vec<TableRows> = TABLES
            .iter()
            .map(|table| self.move_table(table, id))
            .collect::<Result<_, _>>()?;
        self.add_managed_roles(id.as_str())?;
        self.db
            .prepare_cached(
                "UPDATE tenants SET admins = (SELECT count(DISTINCT user) FROM admins WHERE tenant = ?1) WHERE id = ?1",
            )?
            .execute([id.as_str()])?;
        self.audit("UPDATE", "TENANT", id.as_str(), id.as_str())?;
        Ok(moved)
    }

    /// Where the target has a role that Kestra ships, bindings go to that one, and the one of the default tenant away.
    fn join_managed_roles(&self, id: &TenantId) -> Result<(), Failure> {
        let pairs: Vec<(String, String)> = self
            .db
            .prepare_cached(
                "SELECT a.id, b.id FROM roles a JOIN roles b ON b.name = a.name
                 WHERE a.tenant = '' AND b.tenant = ?1 AND a.permissions IS NULL AND b.permissions IS NULL",
            )?
            .query_map([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (from, to) in pairs {
            self.db
                .prepare_cached("UPDATE bindings SET role_id = ?2 WHERE tenant = '' AND role_id = ?1")?
                .execute((&from, &to))?;
            self.db
                .prepare_cached("DELETE FROM roles WHERE tenant = '' AND id = ?1")?
                .execute([&from])?;
        }
        Ok(())
    }

    fn move_table(&self, table: &Table, id: &TenantId) -> Result<TableRows, Failure> {
        let name = table.name;
        let otherwise = if table.merges { "OR IGNORE " } else { "" };
        let attributed = if table.attributed { ", attributed = 1" } else { "" };
        let sql = format!("UPDATE {otherwise}{name} SET tenant = ?1{attributed} WHERE tenant = ''");
        let moved = self.db.prepare_cached(&sql)?.execute([id.as_str()]);
        let rows = moved.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Failure::from(
                Problem::new(
                    ProblemKind::Conflict,
                    "The default tenant was not moved.",
                    format!(
                        "Tenant `{}` holds something in `{}` of the same id already: a duplicate key.",
                        visible(id.as_str()),
                        table.called
                    ),
                    "Delete it there or name another tenant, then try again.",
                )
                .with_detail(error),
            ),
            _ => error.into(),
        })?;
        if table.merges {
            self.db.execute(&format!("DELETE FROM {name} WHERE tenant = ''"), ())?;
        }
        Ok(TableRows {
            table: table.called,
            rows: rows as u64,
        })
    }

    /// Adds the roles that Kestra ships and a tenant has not.
    pub(super) fn add_managed_roles(&self, tenant: &str) -> Result<(), Failure> {
        for role in managed_roles(self.world.release) {
            let is_there = self
                .db
                .prepare_cached("SELECT 1 FROM roles WHERE tenant = ?1 AND name = ?2 AND permissions IS NULL")?
                .exists((tenant, role.name))?;
            if !is_there {
                self.db
                    .prepare_cached("INSERT INTO roles (tenant, id, name) VALUES (?1, ?2, ?3)")?
                    .execute((tenant, new_id(), role.name))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backend;
    use crate::backend::local::FIRST_USER;
    use crate::backend::local::admin::{FlowStub, NewUser};
    use crate::domain::binding::NewBinding;
    use crate::domain::binding::SubjectKind;
    use crate::domain::query::Query;
    use crate::domain::release::Release;
    use crate::domain::user::UserKind;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    fn flow(namespace: &str, id: &str) -> FlowStub {
        FlowStub {
            namespace: namespace.to_owned(),
            id: id.to_owned(),
            disabled: false,
        }
    }

    /// An instance of 0.21 without multi-tenancy, with a user who holds Admin and some flows, upgraded to `release`.
    fn upgraded(home: &std::path::Path, release: Release) -> LocalInstance {
        let directory = home.join("lab");
        LocalInstance::create(&directory, Release::new(0, 21)).unwrap();
        let old = LocalInstance::open(&directory, None).unwrap();
        let anna = old
            .create_user(&NewUser {
                username: "anna@example.com".to_owned(),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
                tenant: None,
                groups: Vec::new(),
            })
            .unwrap();
        let roles = block_on(old.roles(&TenantScope::Default, &Query::first(10))).unwrap();
        old.create_binding(
            &TenantScope::Default,
            &NewBinding {
                subject_kind: SubjectKind::User,
                subject_id: anna.id,
                role_id: roles.rows[0].id.clone(),
                namespace: None,
            },
        )
        .unwrap();
        old.add_flows(
            &TenantScope::Default,
            &[flow("acme.sales", "load"), flow(TUTORIAL, "hello")],
        )
        .unwrap();
        drop(old);
        LocalInstance::upgrade(&directory, release).unwrap();
        LocalInstance::open(&directory, None).unwrap()
    }

    #[test]
    fn people_find_what_they_had_in_the_tenant_it_was_moved_to() {
        for release in [Release::new(0, 23), Release::new(1, 3), Release::new(2, 0)] {
            let home = tempfile::tempdir().unwrap();
            let instance = upgraded(home.path(), release);
            let anna = instance.acting_as("anna@example.com").unwrap();
            assert!(block_on(anna.footprint(&TenantScope::Default)).is_err(), "{release}");
            let main: TenantId = "main".parse().unwrap();
            let scope = TenantScope::Named(main.clone());
            let held = instance.default_tenant_rows().unwrap();
            let moved = instance.move_default_tenant(&main, "Main").unwrap();
            let of = |rows: &[TableRows], table| rows.iter().find(|rows| rows.table == table).unwrap().rows;
            assert_eq!(
                (of(&held, "flows"), of(&moved, "flows")),
                (2, 1),
                "the tutorial goes away"
            );
            assert_eq!(of(&moved, "tenantaccess"), 2);
            let footprint = block_on(anna.footprint(&scope)).unwrap();
            assert_eq!((footprint.flows, footprint.users), (Some(1), Some(2)), "{release}");
            assert_eq!(
                footprint.roles,
                Some(managed_roles(release).len() as u64),
                "{release}: each managed role once"
            );
            assert_eq!(block_on(anna.admin_count(&scope)).unwrap(), 2, "{release}");
            assert!(block_on(anna.roles(&scope, &Query::first(10))).is_ok(), "{release}");
            let again = instance.move_default_tenant(&main, "Main").unwrap();
            assert!(again.iter().all(|rows| rows.rows == 0), "{again:?}");
            assert_eq!(instance.damages().unwrap(), Vec::<String>::new(), "{release}");
        }
    }

    #[test]
    fn what_the_target_holds_is_not_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let instance = upgraded(home.path(), Release::new(0, 23));
        let main: TenantId = "main".parse().unwrap();
        instance
            .create_tenant_by_command(&crate::domain::tenant::NewTenant {
                tenant: Tenant::new(main.clone(), "Main"),
                admin: Some(FIRST_USER.to_owned()),
            })
            .unwrap();
        let scope = TenantScope::Named(main.clone());
        instance.add_flows(&scope, &[flow("acme.sales", "load")]).unwrap();
        let before = instance.default_tenant_rows().unwrap();
        let problem = instance.move_default_tenant(&main, "Main").unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Conflict);
        assert!(problem.why.contains("duplicate key"), "{problem}");
        assert_eq!(instance.default_tenant_rows().unwrap(), before, "nothing has moved");
        instance
            .command(|session| Ok(session.db.execute("DELETE FROM flows WHERE tenant = 'main'", ())?))
            .unwrap();
        instance.move_default_tenant(&main, "Main").unwrap();
        assert_eq!(block_on(instance.admin_count(&scope)).unwrap(), 2);
        let roles = block_on(instance.roles(&scope, &Query::first(10))).unwrap();
        assert_eq!(roles.total, 1, "one Admin role, not two");
    }

    #[test]
    fn releases_with_a_default_tenant_keep_it() {
        let home = tempfile::tempdir().unwrap();
        let instance = upgraded(home.path(), Release::new(0, 22));
        let problem = instance
            .move_default_tenant(&"main".parse().unwrap(), "Main")
            .unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Denied);
    }
}
