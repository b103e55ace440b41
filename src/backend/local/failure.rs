//! What SQLite reports, turned into words for the operator.
//!
//! Inside the store work fails with a [`Failure`]; what leaves it is a [`Problem`].

use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;

/// Why a piece of work on the database failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// SQLite could not do it.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// It may not, or cannot, be done.
    #[error(transparent)]
    Problem(#[from] Problem),
}

impl Failure {
    /// The problem to show, for a database at `path`.
    pub(super) fn into_problem(self, path: &Path) -> Problem {
        match self {
            Self::Sql(error) => sql_problem(&error, path),
            Self::Problem(problem) => problem,
        }
    }
}

/// A path as it may be shown.
pub(super) fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

/// A file or directory that could not be read or written, in words.
pub(super) fn io_problem(error: &std::io::Error, path: &Path, what: &str) -> Problem {
    use std::io::ErrorKind;

    let (why, next) = match error.kind() {
        ErrorKind::PermissionDenied => (
            "This account may not write there.",
            "Allow it to, or name another directory with `--store`.",
        ),
        ErrorKind::ReadOnlyFilesystem => (
            "The file system is mounted read-only.",
            "Mount it for writing, or name another directory with `--store`.",
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            ("There is no space left.", "Free some space, then try again.")
        }
        _ => (
            "The operating system refused it.",
            "See to the cause named in the details, then try again.",
        ),
    };
    Problem::new(
        ProblemKind::Failed,
        format!("{what} `{}` failed.", shown(path)),
        why,
        next,
    )
    .with_detail(error)
}

fn sql_problem(error: &rusqlite::Error, path: &Path) -> Problem {
    let file = shown(path);
    let (what, why, next) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => (
            format!("The local instance `{file}` stayed locked."),
            "Another program kept writing to it for longer than 30 seconds.",
            "Wait for that program or end it, then try again.",
        ),
        Some(ErrorCode::DiskFull) => (
            format!("The local instance `{file}` could not be written."),
            "There is no space left for it; nothing was changed.",
            "Free some space, then try again.",
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (
            format!("The local instance `{file}` could not be written."),
            "The file, its directory or its file system is read-only.",
            "Make both the file and its directory writable for this account, then try again.",
        ),
        Some(ErrorCode::CannotOpen) => (
            format!("The local instance `{file}` could not be opened."),
            "The file cannot be read, or its directory does not allow files beside it.",
            "Give this account read and write access to the directory and the files in it.",
        ),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => (
            format!("The local instance `{file}` is damaged."),
            "Its content is not what SQLite wrote.",
            "Put back a copy, or move the directory away to start a new instance.",
        ),
        Some(ErrorCode::SystemIoFailure) => (
            format!("The local instance `{file}` could not be read or written."),
            "The disk or file system reported an error.",
            "Check the disk, then try again.",
        ),
        _ => (
            format!("The local instance `{file}` could not be used."),
            "The database refused the operation.",
            "Try again; if it happens again, report it with the details.",
        ),
    };
    Problem::new(ProblemKind::Failed, what, why, next).with_detail(error)
}

/// Whether the file system cannot do what SQLite's write-ahead log needs, such as memory shared between processes.
pub(super) fn is_log_refused(error: &rusqlite::Error) -> bool {
    let code = match error {
        rusqlite::Error::SqliteFailure(error, _) => error.extended_code,
        _ => return false,
    };
    matches!(
        code,
        ffi::SQLITE_CANTOPEN
            | ffi::SQLITE_IOERR_SHMOPEN
            | ffi::SQLITE_IOERR_SHMSIZE
            | ffi::SQLITE_IOERR_SHMLOCK
            | ffi::SQLITE_IOERR_SHMMAP
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_sqlite_has_its_own_words() {
        let path = Path::new("/data/lab/instance.db");
        let mut seen = std::collections::HashSet::new();
        for code in [
            ffi::SQLITE_BUSY,
            ffi::SQLITE_FULL,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_CANTOPEN,
            ffi::SQLITE_NOTADB,
            ffi::SQLITE_IOERR,
            ffi::SQLITE_MISUSE,
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let problem = Failure::from(error).into_problem(path);
            assert!(problem.what.contains("`/data/lab/instance.db`"), "{}", problem.what);
            assert!(problem.detail.is_some());
            assert!(
                seen.insert((problem.what, problem.why)),
                "{code} says what another says"
            );
        }
    }
}
