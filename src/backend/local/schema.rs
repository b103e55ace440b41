//! Versions of the database, and how an older one becomes a newer one.
//!
//! The version is SQLite's `user_version`: how many of [`MIGRATIONS`] have been applied. A migration that has been
//! released is never edited; a change is a new one.

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::problem::{Problem, ProblemKind};

use super::failure::Failure;

/// Each step from one version to the next.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// Brings a database up to date. Reads one number and does nothing else where it is.
///
/// Two processes may do this at once: the second waits, looks again and finds nothing to do.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Failure> {
    if pending(connection)?.is_empty() {
        return Ok(());
    }
    // Otherwise dropping a table to make it anew would empty those that refer to it. Has no effect in a transaction.
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    let outcome = apply(connection);
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    outcome
}

/// Whether a database needs nothing to be brought up to date.
pub(super) fn is_current(connection: &Connection) -> Result<bool, Failure> {
    Ok(pending(connection)?.is_empty())
}

fn apply(connection: &mut Connection) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in pending(&transaction)? {
        transaction.execute_batch(step)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {}", MIGRATIONS.len()))?;
    transaction.commit()?;
    Ok(())
}

fn pending(connection: &Connection) -> Result<&'static [&'static str], Failure> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    usize::try_from(version)
        .ok()
        .and_then(|version| MIGRATIONS.get(version..))
        .ok_or_else(|| {
            Problem::new(
                ProblemKind::Failed,
                "This local instance was written by a newer kestra-admin.",
                format!(
                    "Its database has version {version}; this program knows versions up to {}.",
                    MIGRATIONS.len()
                ),
                "Use that newer kestra-admin, or name another instance with `--store`.",
            )
            .into()
        })
}

#[cfg(test)]
mod tests {
    use super::super::store;
    use super::*;

    #[test]
    fn a_database_of_the_first_version_is_brought_up_to_date_and_keeps_what_it_holds() {
        let mut connection = Connection::open_in_memory().unwrap();
        store::add_functions(&connection).unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection
            .execute_batch(
                "PRAGMA user_version = 1;
                 INSERT INTO users (id, username, kind, superadmin) VALUES ('u', 'anna', 'STANDARD', 1);
                 INSERT INTO tenants (id, name, name_key)
                 VALUES ('acme', 'Acme', 'acme'), ('lodz', 'Łódź', 'łódź'), ('lyon', 'Lyon', 'lyon'), ('zoo', 'Zoo', 'zoo');
                 INSERT INTO tenant_access (tenant, user) VALUES ('acme', 1);",
            )
            .unwrap();
        for _ in 0..2 {
            migrate(&mut connection).unwrap();
            let (username, restricted): (String, bool) = connection
                .query_row("SELECT username, restricted FROM users", (), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .unwrap();
            assert_eq!((username.as_str(), restricted), ("anna", false));
            let access: i64 = connection
                .query_row("SELECT count(*) FROM tenant_access", (), |row| row.get(0))
                .unwrap();
            assert_eq!(access, 1, "what refers to a table that is made anew stays");
            let by_name: Vec<String> = connection
                .prepare("SELECT id FROM tenants ORDER BY coalesce(name_order, name_key), id")
                .unwrap()
                .query_map((), |row| row.get(0))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert_eq!(by_name, ["acme", "lodz", "lyon", "zoo"]);
            let broken = connection
                .prepare("PRAGMA foreign_key_check")
                .unwrap()
                .exists(())
                .unwrap();
            assert!(!broken);
            let on: bool = connection
                .pragma_query_value(None, "foreign_keys", |row| row.get(0))
                .unwrap();
            assert!(on);
            let tokens: i64 = connection
                .query_row("SELECT count(*) FROM api_tokens", (), |row| row.get(0))
                .unwrap();
            assert_eq!(tokens, 0);
        }
        connection.execute_batch("PRAGMA user_version = 99").unwrap();
        let Err(Failure::Problem(problem)) = migrate(&mut connection) else {
            panic!("a newer database was opened");
        };
        assert!(problem.what.contains("newer"), "{problem}");
    }
}
