//! Files that hold a snapshot.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::private;
use crate::domain::objects::{self, About};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::shaped::{shaped, value_of};
use crate::domain::snapshot::{MARK, Snapshot, VERSION};
use crate::domain::tenant_id::TenantId;
use crate::domain::written;

/// A snapshot as a JSON value.
///
/// # Errors
/// If it cannot be written as one, which is a defect.
pub fn value(snapshot: &Snapshot) -> Result<Value, Problem> {
    value_of(snapshot).map_err(|error| {
        Problem::new(
            ProblemKind::Failed,
            "The snapshot could not be written.",
            format!("The system says: {error}."),
            "Report this.",
        )
    })
}

/// A snapshot as the text of a file.
///
/// # Errors
/// As [`value`].
pub fn text(snapshot: &Snapshot) -> Result<Vec<u8>, Problem> {
    let mut text = Vec::new();
    written::json_lines(&value(snapshot)?, &mut text)
        .map_err(|error| private::io_problem("written", Path::new("the snapshot"), &error))?;
    text.push(b'\n');
    Ok(text)
}

/// Writes a snapshot into a new file that nobody else may read, whole or not at all. What is there stays.
///
/// # Errors
/// A conflict, if there is something of that name; what the system says, if it cannot be written.
pub fn write(path: &Path, snapshot: &Snapshot) -> Result<(), Problem> {
    let text = text(snapshot)?;
    refuse_existing(path)?;
    private::create_whole(path, &text)
}

/// Refuses to write where there is something already.
///
/// # Errors
/// A conflict, if there is.
pub fn refuse_existing(path: &Path) -> Result<(), Problem> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Conflict,
        format!("`{}` was not written.", path.display()),
        "There is something of that name already.",
        "Name another file, or move that one away.",
    ))
}

const SNAPSHOT: About = About {
    one: "a snapshot",
    many: "snapshot",
    example: "kestra-admin-snapshot: 1",
};

/// The snapshot in a text, which comes from somewhere with a name.
///
/// # Errors
/// If it is none, or one that this program cannot read.
pub fn of_text(text: &str, name: &str) -> Result<Snapshot, Problem> {
    let entries = objects::of_text(text, name, SNAPSHOT)?;
    let refused =
        |why: String, next: &str| Problem::new(ProblemKind::Invalid, format!("{name} is no snapshot."), why, next);
    let written = "Write one with `kestra-admin export snapshot`.";
    let [entry] = entries.as_slice() else {
        return Err(refused(format!("It holds {} objects.", entries.len()), written));
    };
    match entry.object.get(MARK).map(Value::as_u64) {
        Some(Some(version)) if version == u64::from(VERSION) => {}
        Some(version) => {
            let version = version.map_or_else(|| "that is no number".to_owned(), |version| version.to_string());
            return Err(refused(
                format!("Its version is {version}, and this program reads {VERSION}."),
                "Read it with the program that wrote it, or a newer one.",
            ));
        }
        None => return Err(refused(format!("It has no `{MARK}`."), written)),
    }
    let snapshot: Snapshot = shaped(&Value::Object(entry.object.clone()))
        .map_err(|error| refused(format!("The system says: {error}."), written))?;
    for tenant in snapshot.tenants.iter().filter_map(|part| part.tenant.as_ref()) {
        if let Err(error) = tenant.id.as_str().parse::<TenantId>() {
            return Err(refused(
                format!("`{}` is not the id of a tenant: {error}.", tenant.id),
                "Correct that, and try again.",
            ));
        }
    }
    refuse_twice(&snapshot)?;
    Ok(snapshot)
}

/// Refuses a snapshot that says twice what one tenant is to be.
///
/// # Errors
/// If it does.
pub fn refuse_twice(snapshot: &Snapshot) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    match snapshot.tenants.iter().find(|part| !seen.insert(part.scope())) {
        None => Ok(()),
        Some(twice) => Err(Problem::new(
            ProblemKind::Invalid,
            "Nothing was changed.",
            format!("Tenant `{}` is there twice.", twice.scope()),
            "Leave one of them out.",
        )),
    }
}

/// The snapshot in a file.
///
/// # Errors
/// If there is no such file, or as [`of_text`].
pub fn read(path: &Path) -> Result<Snapshot, Problem> {
    refuse_endless(path)?;
    match private::read(path)? {
        Some((text, _)) => of_text(&text, &format!("`{}`", path.display())),
        None => Err(Problem::new(
            ProblemKind::NotFound,
            format!("There is no file `{}`.", path.display()),
            "It was named to be read.",
            "Check the path.",
        )),
    }
}

/// Refuses to read what is no file, and so may never end. How large one may be is judged where it is read.
fn refuse_endless(path: &Path) -> Result<(), Problem> {
    let Ok(metadata) = fs::metadata(path) else {
        // Reading it says what is wrong.
        return Ok(());
    };
    if metadata.is_file() {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Invalid,
        format!("`{}` is no snapshot.", path.display()),
        "It is no file.",
        "Name a file that `export snapshot` wrote.",
    ))
}

/// The path that somebody typed: `~/` is the home directory.
pub fn path(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(typed),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::PermissionsExt;

    use crate::domain::release::Release;

    use super::*;

    #[test]
    fn what_is_no_file_or_too_large_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let large = directory.path().join("large.json");
        File::create(&large).unwrap().set_len(private::MOST_BYTES + 1).unwrap();
        for (path, why) in [
            (Path::new("/dev/zero"), "no file"),
            (directory.path(), "no file"),
            (&large, "1 GiB"),
        ] {
            let problem = read(path).unwrap_err();
            assert!(
                problem.kind == ProblemKind::Invalid && problem.why.contains(why),
                "{problem:?}"
            );
        }
    }

    #[test]
    fn a_snapshot_goes_into_a_new_private_file_and_never_over_another() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("all.json");
        let snapshot = Snapshot {
            version: VERSION,
            release: Release::DEFAULT,
            taken: None,
            redacted: Vec::new(),
            tenants: Vec::new(),
            users: Vec::new(),
        };
        write(&path, &snapshot).unwrap();
        let written = fs::read(&path).unwrap();
        assert_eq!(written, text(&snapshot).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(write(&path, &snapshot).unwrap_err().kind, ProblemKind::Conflict);
        std::os::unix::fs::symlink(directory.path().join("none"), directory.path().join("link")).unwrap();
        let link = directory.path().join("link");
        assert_eq!(write(&link, &snapshot).unwrap_err().kind, ProblemKind::Conflict);
        assert_eq!(fs::read(&path).unwrap(), written);
        let nowhere = write(&directory.path().join("no/where.json"), &snapshot).unwrap_err();
        assert_eq!(nowhere.kind, ProblemKind::NotFound);
    }
}
