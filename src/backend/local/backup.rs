//! Backups of a local instance: a copy of its database at one moment, of the whole instance or of one tenant.
//!
//! As in Kestra, executions and the audit log come along only when asked for, and a backup of a tenant holds neither
//! users nor tenants. A copy is not encrypted, and is for this account's eyes only.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use crate::domain::problem::Problem;
use crate::domain::tenant::TenantScope;

use super::LocalInstance;
use super::failure::{Failure, io_problem};

/// How many of a kind a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// The kind of thing, as Kestra's summary names it.
    pub kind: &'static str,
    /// How many.
    pub number: u64,
}

/// A table, what its rows are called, and whether they come along only when data is asked for.
const KINDS: &[(&str, &str, bool)] = &[
    ("audit_log", "AUDIT_LOG", true),
    ("bindings", "BINDING", false),
    ("executions", "EXECUTION", true),
    ("flows", "FLOW", false),
    ("groups", "GROUP", false),
    ("invitations", "INVITATION", false),
    ("namespaces", "NAMESPACE", false),
    ("roles", "ROLE", false),
    ("tenants", "TENANT", false),
    ("tenant_access", "TENANT_ACCESS", false),
    ("triggers", "TRIGGER", false),
    ("users", "USER", false),
];
/// Tables that a backup of one tenant leaves out.
const OF_INSTANCE: [&str; 3] = ["tenants", "users", "tenant_access"];

impl LocalInstance {
    /// Writes a backup to `file`, which must not exist yet: of one tenant, or of the whole instance.
    pub fn back_up(&self, only: Option<&TenantScope>, with_data: bool, file: &Path) -> Result<Vec<BackedUp>, Problem> {
        let tenant = match only {
            Some(scope) => Some(self.command(|session| session.space(scope))?.tenant),
            None => None,
        };
        prepare(file).map_err(|error| io_problem(&error, file, "Writing the backup"))?;
        let counts = self
            .core
            .store
            .copy(file, |copy| reduce(copy, tenant.as_deref(), with_data));
        if counts.is_err() {
            // What is left would look like a backup.
            let _ = std::fs::remove_file(file);
        }
        counts
    }

    /// Copies the whole store, as a dump of a database does, into a new file beside it, and says which.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn dump(&self) -> Result<PathBuf, Problem> {
        let now = Timestamp::now().strftime("%Y%m%d-%H%M%S-%3f");
        let file = self.directory().join("dumps").join(format!("store-{now}.sqlite"));
        self.back_up(None, true, &file)?;
        Ok(file)
    }
}

/// Makes the directories and an empty file that nobody else may read.
fn prepare(file: &Path) -> std::io::Result<()> {
    if let Some(directory) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    Ok(())
}

/// Takes out of a copy what does not belong into it, and counts the rest.
fn reduce(copy: &Connection, tenant: Option<&str>, with_data: bool) -> Result<Vec<BackedUp>, Failure> {
    let mut counts = Vec::new();
    for (table, kind, is_data) in KINDS {
        let is_left_out = (*is_data && !with_data) || (tenant.is_some() && OF_INSTANCE.contains(table));
        let number: i64 = if is_left_out {
            0
        } else {
            let sql = format!("SELECT count(*) FROM {table}");
            match tenant {
                Some(tenant) => copy.query_row(&format!("{sql} WHERE tenant = ?1"), [tenant], |row| row.get(0))?,
                None => copy.query_row(&sql, (), |row| row.get(0))?,
            }
        };
        counts.push(BackedUp {
            kind,
            number: number.cast_unsigned(),
        });
    }
    if let Some(tenant) = tenant {
        for (table, _, _) in KINDS.iter().filter(|(table, ..)| !OF_INSTANCE.contains(table)) {
            copy.execute(&format!("DELETE FROM {table} WHERE tenant <> ?1"), [tenant])?;
        }
        copy.execute("DELETE FROM tenants WHERE id <> ?1", [tenant])?;
        copy.execute_batch("DELETE FROM api_tokens; DELETE FROM passwords;")?;
    }
    for (table, ..) in KINDS.iter().filter(|(_, _, is_data)| *is_data && !with_data) {
        copy.execute(&format!("DELETE FROM {table}"), ())?;
    }
    copy.execute("DELETE FROM sign_in_failures", ())?;
    counts.retain(|backed_up| backed_up.number > 0);
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::backend::local::admin::ExecutionStub;
    use crate::domain::release::Release;
    use crate::domain::tenant::{NewTenant, Tenant};

    fn number(counts: &[BackedUp], kind: &str) -> u64 {
        counts
            .iter()
            .find(|backed_up| backed_up.kind == kind)
            .map_or(0, |backed_up| backed_up.number)
    }

    #[test]
    fn a_backup_holds_what_was_asked_for_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, Release::new(1, 3)).unwrap();
        let instance = LocalInstance::open(&directory, None).unwrap();
        for id in ["acme", "globex"] {
            let tenant = Tenant::new(id.parse().unwrap(), id);
            instance
                .create_tenant_by_command(&NewTenant { tenant, admin: None })
                .unwrap();
            let execution = ExecutionStub {
                id: format!("{id}-1"),
                namespace: "a".to_owned(),
                flow: "b".to_owned(),
                state: "SUCCESS".to_owned(),
            };
            let scope = TenantScope::Named(id.parse().unwrap());
            instance.add_executions(&scope, &[execution]).unwrap();
            instance.add_namespaces(&scope, &["a".to_owned()]).unwrap();
        }
        let backups = directory.join("storage/backups");
        let full = backups.join("full.kestra");
        let counts = instance.back_up(None, false, &full).unwrap();
        assert_eq!(
            (
                number(&counts, "TENANT"),
                number(&counts, "USER"),
                number(&counts, "EXECUTION")
            ),
            (2, 1, 0)
        );
        assert_eq!(std::fs::metadata(&full).unwrap().permissions().mode() & 0o777, 0o600);
        let acme = TenantScope::Named("acme".parse().unwrap());
        let one = backups.join("acme.kestra");
        let counts = instance.back_up(Some(&acme), true, &one).unwrap();
        assert_eq!(
            (
                number(&counts, "USER"),
                number(&counts, "NAMESPACE"),
                number(&counts, "EXECUTION")
            ),
            (0, 1, 1)
        );
        let copy = Connection::open(&one).unwrap();
        let strangers: i64 = copy
            .query_row("SELECT count(*) FROM executions WHERE tenant <> 'acme'", (), |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(strangers, 0);
        assert!(instance.back_up(None, false, &full).is_err(), "never over another");
        let nowhere = TenantScope::Named("nowhere".parse().unwrap());
        assert!(instance.back_up(Some(&nowhere), false, &backups.join("x")).is_err());
        assert!(!backups.join("x").exists());
    }
}
