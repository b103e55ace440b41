//! The audit log: a row for each change, kept for ever, also when its tenant is deleted.

use std::time::{SystemTime, UNIX_EPOCH};

use super::failure::Failure;
use super::semantics::Session;

/// One change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When, in milliseconds since 1970 UTC.
    pub time: i64,
    /// Login name of who did it, or Kestra's command line.
    pub actor: String,
    /// `CREATE`, `UPDATE` or `DELETE`.
    pub action: String,
    /// The kind of thing: `TENANT`, `ROLE`, ...
    pub resource: String,
    /// Its id.
    pub id: String,
    /// The tenant it belongs to; empty for the default tenant and for what belongs to the instance.
    pub tenant: String,
}

impl Session<'_> {
    /// Notes a change.
    pub(super) fn audit(&self, action: &str, resource: &str, id: &str, tenant: &str) -> Result<(), Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        self.db
            .prepare_cached(
                "INSERT INTO audit_log (time, actor, action, resource, id, tenant) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((time, self.actor_name(), action, resource, id, tenant))?;
        Ok(())
    }

    /// The latest changes, the newest first.
    pub(super) fn audit_log(&self, most: u32) -> Result<Vec<AuditEntry>, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT time, actor, action, resource, id, tenant FROM audit_log ORDER BY key DESC LIMIT ?1",
        )?;
        let entries = statement.query_map([most], |row| {
            Ok(AuditEntry {
                time: row.get(0)?,
                actor: row.get(1)?,
                action: row.get(2)?,
                resource: row.get(3)?,
                id: row.get(4)?,
                tenant: row.get(5)?,
            })
        })?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}
