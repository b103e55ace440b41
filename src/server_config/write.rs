//! Carrying a planned change out: whole or not at all, with a copy beside it, and only if nobody changed the file meanwhile.
//!
//! A link is followed to its file. Owner, group and mode stay, or nothing is written. The clock is not read here: who calls
//! says which time the copy is named after.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file::hash;
use super::plan::{Edit, shown};
use crate::domain::problem::{Problem, ProblemKind};

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// The file that was written: that at the end of all links.
    pub path: PathBuf,
    /// The copy of what was in it before; `None` if nothing had to be written.
    pub copy: Option<PathBuf>,
    /// SHA-256 of what was in it before, in hexadecimal.
    pub before_hash: String,
    /// SHA-256 of what is in it now.
    pub after_hash: String,
    /// What an operator should know, a sentence each.
    pub notes: Vec<String>,
}

/// How many copies of one moment there may be.
const COPIES: u32 = 100;

/// Carries a change out. `stamp` becomes a part of the name of the copy, such as `20260131T120000Z`.
///
/// # Errors
/// A conflict if the file is not as it was when the change was planned; nothing is written then, nor on any other error.
pub fn apply(edit: &Edit, stamp: &str) -> Result<Applied, Problem> {
    let target = fs::canonicalize(&edit.path).map_err(|error| failed(&edit.path, "found", &error))?;
    let mut applied = Applied {
        path: target.clone(),
        copy: None,
        before_hash: edit.before_hash.clone(),
        after_hash: edit.after_hash.clone(),
        notes: Vec::new(),
    };
    let before = unchanged(&target, &edit.before_hash)?;
    if edit.is_noop() {
        return Ok(applied);
    }
    let metadata = fs::metadata(&target).map_err(|error| failed(&target, "looked at", &error))?;
    if metadata.nlink() > 1 {
        applied.notes.push(format!(
            "`{}` had a further name, by a hard link; under that name the old text stays.",
            shown(&target)
        ));
    }
    let copy = copy(&target, &before, &metadata, stamp)?;
    if let Err(problem) = replace(&target, &edit.new_bytes, &metadata, &edit.before_hash) {
        // Nothing was changed, so the copy is of no use.
        let _ = fs::remove_file(&copy);
        return Err(problem);
    }
    applied.copy = Some(copy);
    Ok(applied)
}

/// Puts a copy back in the place of a file, if the file is still what this program made of it. The copy stays.
///
/// # Errors
/// A conflict if somebody changed the file since.
pub fn restore(path: &Path, copy: &Path, expected_current_hash: &str) -> Result<(), Problem> {
    let target = fs::canonicalize(path).map_err(|error| failed(path, "found", &error))?;
    let current = unchanged(&target, expected_current_hash)?;
    let old = fs::read(copy).map_err(|error| failed(copy, "read", &error))?;
    if current == old {
        return Ok(());
    }
    let metadata = fs::metadata(&target).map_err(|error| failed(&target, "looked at", &error))?;
    replace(&target, &old, &metadata, expected_current_hash)
}

/// What is in a file, if it is what it should be.
fn unchanged(path: &Path, expected: &str) -> Result<Vec<u8>, Problem> {
    let bytes = fs::read(path).map_err(|error| failed(path, "read", &error))?;
    if hash(&bytes) == expected {
        return Ok(bytes);
    }
    Err(Problem::new(
        ProblemKind::Conflict,
        format!("`{}` was not changed.", shown(path)),
        "Somebody changed it since it was looked at.",
        "Look at it with `kestra-admin config show`, then run the command again.",
    ))
}

/// A time as it stands in the name of a copy: `2026-01-31T12:00:00.123Z` as `20260131T120000Z`.
pub fn stamp(time: &str) -> String {
    let seconds = time.split(['.', 'Z']).next().unwrap_or(time);
    seconds
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .chain(['Z'])
        .collect()
}

/// What a copy of a file is called, such as `application.yml.20260131T120000Z.bak`.
pub fn copy_name(name: &OsStr, stamp: &str) -> OsString {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let mut copy = name.to_owned();
    copy.push(format!(".{}.bak", stamp.chars().filter(is_plain).collect::<String>()));
    copy
}

/// Leaves a copy beside a file, for no more eyes than the file itself.
fn copy(target: &Path, bytes: &[u8], metadata: &fs::Metadata, stamp: &str) -> Result<PathBuf, Problem> {
    let name = target.file_name().unwrap_or_default();
    for number in 1..=COPIES {
        let path = target.with_file_name(if number > 1 {
            copy_name(name, &format!("{stamp}-{number}"))
        } else {
            copy_name(name, stamp)
        });
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(failed(&path, "made", &error)),
        };
        // A copy that belongs to whoever made it is private enough, so that is no reason to stop.
        let is_same_owner = own(&file, metadata).is_ok();
        let written = file.write_all(bytes).and_then(|()| {
            if is_same_owner {
                file.set_permissions(Permissions::from_mode(metadata.mode() & 0o777))
            } else {
                Ok(())
            }
        });
        return match written.and_then(|()| file.sync_all()) {
            Ok(()) => Ok(path),
            Err(error) => {
                let _ = fs::remove_file(&path);
                Err(failed(&path, "written", &error))
            }
        };
    }
    Err(Problem::new(
        ProblemKind::Failed,
        format!("`{}` was not changed.", shown(target)),
        "There are too many copies of this moment beside it.",
        "Take some of them away, then try again.",
    ))
}

/// Writes a file whole or not at all, if it is still what it should be at the last moment.
fn replace(target: &Path, bytes: &[u8], metadata: &fs::Metadata, expected: &str) -> Result<(), Problem> {
    let directory = target.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(".kestra-admin-")
        .tempfile_in(directory)
        .map_err(|error| failed(target, "written beside", &error))?;
    let mode = Permissions::from_mode(metadata.mode() & 0o7777);
    new.write_all(bytes)
        .map_err(|error| failed(target, "written", &error))?;
    own(new.as_file(), metadata).map_err(|error| cannot_keep_owner(target, &error))?;
    new.as_file()
        .set_permissions(mode)
        .and_then(|()| new.as_file().sync_all())
        .map_err(|error| failed(target, "written", &error))?;
    unchanged(target, expected)?;
    new.persist(target)
        .map_err(|error| failed(target, "replaced", &error.error))?;
    // The new name is not on the disk before its directory is. Where that cannot be asked for, it comes by itself.
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
    Ok(())
}

/// Gives a file the owner and the group of another one.
fn own(file: &File, like: &fs::Metadata) -> io::Result<()> {
    let now = file.metadata()?;
    let owner = (now.uid() != like.uid()).then(|| like.uid());
    let group = (now.gid() != like.gid()).then(|| like.gid());
    if owner.is_none() && group.is_none() {
        return Ok(());
    }
    fchown(file, owner, group)
}

fn cannot_keep_owner(target: &Path, error: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        format!("`{}` was not changed.", shown(target)),
        format!("It would not belong to the same owner and group afterwards: {error}."),
        "Run the command as its owner, or change the lines by hand.",
    )
}

fn failed(path: &Path, what: &str, error: &io::Error) -> Problem {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ProblemKind::NotFound,
        _ => ProblemKind::Failed,
    };
    Problem::new(
        kind,
        format!("`{}` could not be {what}.", shown(path)),
        format!("The system says: {error}."),
        "Check its directory, who may write there, and whether the disk is full; the file itself is as it was.",
    )
}
