//! Making a local instance: whole or not at all.
//!
//! Everything is written into a hidden directory beside the wanted one, flushed, and then renamed. Of several processes
//! that do this at once one wins; the others are told that it exists.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rusqlite::Connection;

use crate::domain::catalogue::managed_roles;
use crate::domain::instance::Tenancy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;

use super::failure::{Failure, io_problem, shown};
use super::ids::new_id;
use super::settings;
use super::store::Store;

/// The name of the database in the directory of an instance.
pub(super) const DATABASE: &str = "instance.db";
/// The name of the settings file in it.
pub(super) const SETTINGS: &str = "application.yml";
/// The username of the first user, who is a superadmin.
pub const FIRST_USER: &str = "admin@kestra.local";

/// Makes the instance.
pub(super) fn create(directory: &Path, release: Release) -> Result<(), Problem> {
    refuse_occupied(directory)?;
    // Without a parent a relative name such as `lab` lies in the working directory.
    let parent = match directory.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let creating = |error: io::Error| io_problem(&error, directory, "Creating the local instance");
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(parent)
        .map_err(creating)?;
    let draft = tempfile::Builder::new()
        .prefix(".new-instance-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .map_err(creating)?;
    write_file(&draft.path().join(SETTINGS), settings::initial_file(release).as_bytes()).map_err(creating)?;
    let database = draft.path().join(DATABASE);
    write_file(&database, b"").map_err(creating)?;
    Store::create(&database, |transaction| fill(transaction, release))?;
    flush_directory(draft.path()).map_err(creating)?;
    match std::fs::rename(draft.path(), directory) {
        Ok(()) => flush_directory(parent).map_err(creating),
        // Somebody else was faster, or put something there meanwhile.
        Err(error) => Err(refuse_occupied(directory).err().unwrap_or_else(|| creating(error))),
    }
}

/// Whether the directory holds a local instance.
pub(super) fn is_instance(directory: &Path) -> bool {
    directory.join(DATABASE).exists()
}

fn refuse_occupied(directory: &Path) -> Result<(), Problem> {
    if is_instance(directory) {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!("There is a local instance at `{}` already.", shown(directory)),
            "A directory holds one instance, and an existing one is never replaced.",
            "Open it, or choose another name.",
        ));
    }
    let is_free = std::fs::symlink_metadata(directory).is_err()
        || std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_none());
    if is_free {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Conflict,
        format!("`{}` is not a local instance.", shown(directory)),
        "It exists and holds something else, which is never overwritten.",
        "Choose another directory, or empty this one.",
    ))
}

fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn flush_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// What every new instance holds: its release, and the user that Kestra's setup page would have made.
fn fill(db: &Connection, release: Release) -> Result<(), Failure> {
    db.execute("INSERT INTO instance VALUES ('release', ?1)", [release.to_string()])?;
    db.execute(
        "INSERT INTO users (id, username, kind, superadmin) VALUES (?1, ?2, 'STANDARD', 1)",
        (new_id(), FIRST_USER),
    )?;
    let user = db.last_insert_rowid();
    if !release.has_default_tenant() {
        return Ok(());
    }
    let Tenancy { enabled, .. } = release.tenancy_defaults();
    for role in managed_roles(release) {
        let id = new_id();
        db.execute(
            "INSERT INTO roles (tenant, id, name, attributed) VALUES ('', ?1, ?2, ?3)",
            (&id, role.name, enabled),
        )?;
        if role.name == crate::domain::role::ADMIN {
            db.execute(
                "INSERT INTO bindings (tenant, id, user, role_id, attributed) VALUES ('', ?1, ?2, ?3, ?4)",
                (new_id(), user, &id, enabled),
            )?;
        }
    }
    db.execute(
        "INSERT INTO tenant_access (tenant, user, attributed) VALUES ('', ?1, ?2)",
        (user, enabled),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_may_look_into_a_new_instance() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("instances/lab");
        create(&directory, Release::DEFAULT).unwrap();
        assert_eq!(mode(&home.path().join("instances")), 0o700);
        assert_eq!(mode(&directory), 0o700);
        assert_eq!(mode(&directory.join(SETTINGS)), 0o600);
        assert_eq!(mode(&directory.join(DATABASE)), 0o600);
        let store = Store::open(&directory.join(DATABASE)).unwrap();
        store
            .write(|db| Ok(db.execute("INSERT INTO instance VALUES ('a', '')", ())?))
            .unwrap();
        assert_eq!(mode(&directory.join("instance.db-wal")), 0o600);
        let left: Vec<_> = std::fs::read_dir(home.path().join("instances")).unwrap().collect();
        assert_eq!(left.len(), 1, "no draft is left behind: {left:?}");
    }

    #[test]
    fn an_existing_instance_and_anything_else_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        create(&directory, Release::DEFAULT).unwrap();
        let before = std::fs::read(directory.join(DATABASE)).unwrap();
        let again = create(&directory, Release::new(2, 0)).unwrap_err();
        assert_eq!(again.kind, ProblemKind::Conflict);
        assert!(again.what.contains("already"), "{again}");
        assert_eq!(std::fs::read(directory.join(DATABASE)).unwrap(), before);

        let other = home.path().join("letters");
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("to-anna.txt"), "").unwrap();
        let refused = create(&other, Release::DEFAULT).unwrap_err();
        assert!(refused.what.contains("is not a local instance"), "{refused}");
        let file = create(&other.join("to-anna.txt"), Release::DEFAULT).unwrap_err();
        assert_eq!(file.kind, ProblemKind::Conflict);
        assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);

        let empty = home.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        create(&empty, Release::DEFAULT).unwrap();
        assert_eq!(mode(&empty), 0o700);
    }

    #[test]
    fn of_many_that_create_at_once_exactly_one_succeeds() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| create(&directory, Release::DEFAULT)))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
        assert_eq!(refused.len(), 7);
        assert!(
            refused.iter().all(|problem| problem.kind == ProblemKind::Conflict),
            "{refused:?}"
        );
        assert!(Store::open(&directory.join(DATABASE)).is_ok());
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let problem = create(&file.join("lab"), Release::DEFAULT).unwrap_err();
        assert!(problem.what.contains("lab") && problem.detail.is_some(), "{problem}");
    }
}
