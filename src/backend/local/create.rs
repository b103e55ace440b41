//! Making a local instance: whole or not at all.
//!
//! Everything is written into a hidden directory beside the wanted one, flushed, and then renamed. Of several processes
//! that do this at once one wins; the others are told that it exists.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rusqlite::Connection;

use crate::domain::instance::Tenancy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;

use super::catalogue;
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
    // Its directory is 0700 from the start.
    let draft = tempfile::Builder::new()
        .prefix(".new-instance-")
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
    let is_free = match std::fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
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
    for role in catalogue::managed_roles(release) {
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
