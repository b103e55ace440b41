//! The connection to the database of a local instance.
//!
//! One connection, one piece of work at a time, each in a transaction: reads see one moment, writes are all or nothing
//! and durable when they return. It knows nothing of tenants; those are in the files beside it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::domain::letters;
use crate::domain::problem::Problem;
use crate::domain::query;

use super::failure::{Failure, is_log_refused};
use super::schema;

/// How long to wait for another writer. SQLite is not fair: under constant pressure one writer waited 2.6 s.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Prepared statements kept for another time.
const STATEMENTS: usize = 128;

/// The database of a local instance.
pub(super) struct Store {
    connection: Mutex<Connection>,
    path: PathBuf,
    note: Option<String>,
}

impl Store {
    /// Opens an existing database and brings it up to date.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        Self::open_through(path, None)
    }

    fn open_through(path: &Path, file_system: Option<&str>) -> Result<Self, Problem> {
        let opened = connect(path, file_system, Access::Shared).and_then(|mut connection| {
            schema::migrate(&mut connection)?;
            Ok(connection)
        });
        let (connection, note) = match opened {
            Ok(connection) => (connection, None),
            Err(Failure::Sql(error)) if is_log_refused(&error) => {
                let connection = without_log(path, file_system).map_err(|_| Failure::Sql(error).into_problem(path))?;
                (connection, Some(NO_LOG))
            }
            Err(failure) => return Err(failure.into_problem(path)),
        };
        let note = match note {
            Some(note) => Some(note),
            None if has_log(&connection).map_err(|error| Failure::from(error).into_problem(path))? => None,
            None => Some(NO_LOG),
        };
        Ok(Self {
            connection: Mutex::new(connection),
            path: path.to_owned(),
            note: note.map(str::to_owned),
        })
    }

    /// Whether the database at `path` is up to date and can be read at once.
    pub(super) fn is_ready(path: &Path) -> bool {
        let looked = connect(path, None, Access::Shared).and_then(|connection| {
            connection.busy_timeout(Duration::ZERO)?;
            schema::is_current(&connection)
        });
        looked.unwrap_or(false)
    }

    /// Fills the empty file at `path` with a new database, all in one transaction, and closes it.
    pub(super) fn create(
        path: &Path,
        fill: impl FnOnce(&Transaction<'_>) -> Result<(), Failure>,
    ) -> Result<(), Problem> {
        Self::create_through(path, None, fill).map_err(|failure| failure.into_problem(path))
    }

    fn create_through(
        path: &Path,
        file_system: Option<&str>,
        fill: impl FnOnce(&Transaction<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut connection = connect(path, file_system, Access::Shared)?;
        // Where the file system cannot do it, SQLite answers with the mode it stays in; opening notes that.
        connection.query_row("PRAGMA journal_mode = WAL", (), |_| Ok(()))?;
        schema::migrate(&mut connection)?;
        let transaction = begin(&mut connection, TransactionBehavior::Immediate)?;
        fill(&transaction)?;
        commit(transaction)?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(())
    }

    /// Reads at one moment.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Problem> {
        self.transact(TransactionBehavior::Deferred, work)
    }

    /// Writes, all or nothing. What it returns is on the disk.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Problem> {
        self.transact(TransactionBehavior::Immediate, work)
    }

    fn transact<T>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Problem> {
        let mut connection = self.lock();
        let run = || {
            let transaction = begin(&mut connection, behavior)?;
            let result = work(&transaction)?;
            commit(transaction)?;
            Ok(result)
        };
        run().map_err(|failure: Failure| failure.into_problem(&self.path))
    }

    /// Copies the database as it is at one moment into the empty file at `path`, and lets `change` work on the copy.
    pub(super) fn copy<T>(
        &self,
        path: &Path,
        change: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Problem> {
        let copy = || -> Result<T, Failure> {
            let target = path.to_string_lossy();
            self.lock().execute("VACUUM INTO ?1", [&target])?;
            let mut connection = connect(path, None, Access::Alone)?;
            let transaction = begin(&mut connection, TransactionBehavior::Immediate)?;
            let result = change(&transaction)?;
            commit(transaction)?;
            connection.close().map_err(|(_, error)| error)?;
            Ok(result)
        };
        copy().map_err(|failure| failure.into_problem(path))
    }

    /// A number that changes when another connection has changed the database.
    pub(super) fn change_stamp(&self) -> Result<u64, Problem> {
        let version: Result<i64, _> = self.lock().pragma_query_value(None, "data_version", |row| row.get(0));
        version
            .map(i64::cast_unsigned)
            .map_err(|error| Failure::from(error).into_problem(&self.path))
    }

    /// Adds a function of the text in one column, for use in SQL.
    pub(super) fn define(&self, name: &str, function: impl Fn(&str) -> String + Send + 'static) -> Result<(), Problem> {
        define(&self.lock(), name, function).map_err(|error| Failure::from(error).into_problem(&self.path))
    }

    /// A remark for the operator about how the file is used.
    pub(super) fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// A thread that panicked in the middle has had its transaction rolled back, so the connection is fit for use.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// Both are compiled once and not for each kind of work.

#[inline(never)]
fn begin(connection: &mut Connection, behavior: TransactionBehavior) -> Result<Transaction<'_>, Failure> {
    Ok(connection.transaction_with_behavior(behavior)?)
}

#[inline(never)]
fn commit(transaction: Transaction<'_>) -> Result<(), Failure> {
    Ok(transaction.commit()?)
}

const NO_LOG: &str =
    "This file system cannot keep SQLite's write-ahead log, so readers and writers wait for each other.";

/// Whether other processes may use the file at the same time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Shared,
    Alone,
}

fn connect(path: &Path, file_system: Option<&str>, access: Access) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match file_system {
        None => Connection::open_with_flags(path, flags)?,
        Some(name) => Connection::open_with_flags_and_vfs(path, flags, name)?,
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if access == Access::Alone {
        // Has to come before the first look into the file.
        connection.query_row("PRAGMA locking_mode = EXCLUSIVE", (), |_| Ok(()))?;
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    add_functions(&connection)?;
    Ok(connection)
}

/// Adds the functions that statements use.
pub(super) fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    define(connection, "fold", str::to_lowercase)?;
    define(connection, "ordered", |text| {
        letters::key(&text.to_lowercase()).into_owned()
    })?;
    define(connection, "worker_group", worker_group)?;
    connection.create_scalar_function(
        "compared",
        2,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |context| {
            let text = |index| context.get_raw(index).as_str().map_err(rusqlite::Error::from);
            Ok(query::compare(text(0)?, text(1)?) as i64)
        },
    )
}

/// The key of the worker group in the other fields of a tenant, which most do not have.
fn worker_group(rest: &str) -> String {
    let fields = rest
        .contains("workerGroup")
        .then(|| serde_json::from_slice::<serde_json::Value>(rest.as_bytes()).ok());
    let key = fields.flatten();
    let key = key
        .as_ref()
        .and_then(|fields| fields.get("workerGroup")?.get("key")?.as_str());
    key.unwrap_or_default().to_owned()
}

fn define(
    connection: &Connection,
    name: &str,
    function: impl Fn(&str) -> String + Send + 'static,
) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function(name, 1, flags, move |context| {
        Ok(function(context.get_raw(0).as_str()?))
    })
}

fn has_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "journal_mode", |row| {
        row.get::<_, String>(0).map(|mode| mode == "wal")
    })
}

/// Opens a database that has a write-ahead log where that log cannot be shared, and gives the log up.
fn without_log(path: &Path, file_system: Option<&str>) -> Result<Connection, Failure> {
    // Alone with the file, SQLite needs no shared memory to take the log in.
    let mut connection = connect(path, file_system, Access::Alone)?;
    connection.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(()))?;
    connection.query_row("PRAGMA locking_mode = NORMAL", (), |_| Ok(()))?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use crate::domain::problem::ProblemKind;

    use super::*;

    /// A file system of SQLite's own that cannot share memory between processes, as some network file systems cannot.
    const WITHOUT_SHARED_MEMORY: Option<&str> = Some("unix-dotfile");

    fn new_file() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("instance.db");
        std::fs::File::create(&path).unwrap();
        (directory, path)
    }

    fn new_store() -> (tempfile::TempDir, Store) {
        let (directory, path) = new_file();
        Store::create(&path, |_| Ok(())).unwrap();
        let store = Store::open(&path).unwrap();
        (directory, store)
    }

    fn put(connection: &Connection, name: &str) -> Result<usize, Failure> {
        Ok(connection.execute("INSERT INTO instance VALUES (?1, '')", [name])?)
    }

    #[test]
    fn a_write_that_fails_leaves_nothing() {
        let (_directory, store) = new_store();
        let failed = store.write(|connection| {
            put(connection, "a")?;
            put(connection, "a")
        });
        assert_eq!(failed.unwrap_err().kind, ProblemKind::Failed);
        let rows: i64 = store
            .read(|connection| Ok(connection.query_row("SELECT count(*) FROM instance", (), |row| row.get(0))?))
            .unwrap();
        assert_eq!(rows, 0);
    }

    #[test]
    fn the_stamp_changes_with_the_writes_of_others_only() {
        let (_directory, store) = new_store();
        let other = Store::open(&store.path).unwrap();
        let before = store.change_stamp().unwrap();
        store.write(|connection| put(connection, "mine")).unwrap();
        assert_eq!(store.change_stamp().unwrap(), before);
        other.write(|connection| put(connection, "theirs")).unwrap();
        assert_ne!(store.change_stamp().unwrap(), before);
    }

    #[test]
    fn without_shared_memory_a_new_file_does_without_the_log_and_says_so() {
        let (_directory, path) = new_file();
        Store::create_through(&path, WITHOUT_SHARED_MEMORY, |_| Ok(())).unwrap();
        let store = Store::open_through(&path, WITHOUT_SHARED_MEMORY).unwrap();
        assert_eq!(store.note(), Some(NO_LOG));
        store.write(|connection| put(connection, "a")).unwrap();
    }

    #[test]
    fn without_shared_memory_a_file_with_a_log_gives_it_up_and_keeps_its_content() {
        let (_directory, path) = new_file();
        Store::create(&path, |transaction| put(transaction, "kept").map(drop)).unwrap();
        assert_eq!(Store::open(&path).unwrap().note(), None);
        let store = Store::open_through(&path, WITHOUT_SHARED_MEMORY).unwrap();
        assert_eq!(store.note(), Some(NO_LOG));
        let name: String = store
            .read(|connection| Ok(connection.query_row("SELECT name FROM instance", (), |row| row.get(0))?))
            .unwrap();
        assert_eq!(name, "kept");
    }

    #[test]
    fn a_newer_file_is_refused_in_words_and_left_alone() {
        let (_directory, path) = new_file();
        Store::create(&path, |transaction| {
            Ok(transaction.pragma_update(None, "user_version", 99)?)
        })
        .unwrap();
        let before = std::fs::read(&path).unwrap();
        let problem = Store::open(&path).err().unwrap();
        assert!(problem.what.contains("newer kestra-admin"), "{problem}");
        assert!(problem.why.contains("99"));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_damaged_file_is_named_as_such() {
        let (_directory, path) = new_file();
        std::fs::write(
            &path,
            "this is not a database, and long enough to be sure of it".repeat(100),
        )
        .unwrap();
        let problem = Store::open(&path).err().unwrap();
        assert!(problem.what.contains("is damaged"), "{problem}");

        let (_directory, store) = new_store();
        let path = store.path.clone();
        drop(store);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[4096..].fill(0xa5);
        std::fs::write(&path, bytes).unwrap();
        let problem = Store::open(&path)
            .and_then(|store| store.write(|connection| put(connection, "a")))
            .unwrap_err();
        assert!(problem.what.contains("is damaged"), "{problem}");
    }

    #[test]
    fn a_full_disk_is_named_and_changes_nothing() {
        let (_directory, store) = new_store();
        store
            .read(|connection| {
                let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
                connection.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |_| Ok(()))?;
                Ok(())
            })
            .unwrap();
        let problem = store
            .write(|connection| {
                for index in 0..10_000 {
                    put(connection, &format!("name-{index}"))?;
                }
                Ok(())
            })
            .unwrap_err();
        assert!(problem.why.contains("no space left"), "{problem}");
        let rows: i64 = store
            .read(|connection| Ok(connection.query_row("SELECT count(*) FROM instance", (), |row| row.get(0))?))
            .unwrap();
        assert_eq!(rows, 0);
    }

    #[test]
    fn a_lock_that_is_never_given_up_is_named() {
        let (_directory, store) = new_store();
        let other = Store::open(&store.path).unwrap();
        other.lock().busy_timeout(Duration::ZERO).unwrap();
        let problem = store
            .write(|connection| {
                put(connection, "a")?;
                Ok(other.write(|connection| put(connection, "b")).unwrap_err())
            })
            .unwrap();
        assert!(problem.what.contains("stayed locked"), "{problem}");
    }

    #[test]
    fn a_read_only_file_is_named() {
        let (_directory, store) = new_store();
        store.lock().execute_batch("PRAGMA query_only = ON").unwrap();
        let problem = store.write(|connection| put(connection, "a")).unwrap_err();
        assert!(problem.why.contains("read-only"), "{problem}");
    }
}
