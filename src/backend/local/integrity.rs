//! Whether the database of a local instance is whole.

use super::LocalInstance;
use super::failure::Failure;
use crate::domain::problem::Problem;

/// Findings beyond this number say nothing new.
const MOST: usize = 5;

impl LocalInstance {
    /// What SQLite finds wrong with the file and with references between its rows; nothing, where all is well.
    ///
    /// # Errors
    /// If it cannot be looked at.
    pub fn damages(&self) -> Result<Vec<String>, Problem> {
        self.core.store.read(|db| {
            let mut found: Vec<String> = db
                .prepare("PRAGMA quick_check(5)")?
                .query_map((), |row| row.get::<_, String>(0))?
                .collect::<Result<_, _>>()
                .map_err(Failure::from)?;
            found.retain(|line| line != "ok");
            let mut references = db.prepare("PRAGMA foreign_key_check")?;
            let rows = references.query_map((), |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                Ok(format!(
                    "a row of {table} refers to a row of {parent} that is not there"
                ))
            })?;
            for row in rows.take(MOST) {
                found.push(row?);
            }
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::release::Release;

    #[test]
    fn a_row_that_refers_to_nothing_is_found() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, Release::DEFAULT).unwrap();
        let instance = LocalInstance::open(&directory, None).unwrap();
        assert_eq!(instance.damages().unwrap(), Vec::<String>::new());
        let db = rusqlite::Connection::open(directory.join("instance.db")).unwrap();
        db.pragma_update(None, "foreign_keys", false).unwrap();
        db.execute_batch("INSERT INTO passwords VALUES (999, 'x', x'00', x'00')")
            .unwrap();
        let found = instance.damages().unwrap();
        assert!(found.iter().any(|line| line.contains("passwords")), "{found:?}");
    }
}
