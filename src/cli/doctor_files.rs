//! What `doctor` finds out about files and directories: modes, whether they can be written, where they lie.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::domain::check::{Check, Outcome};

/// Whether others may do with a file what the bits of `forbidden` say.
pub fn mode(name: &'static str, path: &Path, forbidden: u32) -> Check {
    let shown = path.display();
    let Ok(metadata) = fs::metadata(path) else {
        return Check::new(name, Outcome::Skipped, format!("`{shown}` is not there"));
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & forbidden == 0 {
        return Check::new(name, Outcome::Pass, format!("mode {mode:04o}"));
    }
    let wanted = mode & !forbidden;
    Check::new(
        name,
        Outcome::Warn,
        format!("Other accounts may reach `{shown}`: its mode is {mode:04o}."),
    )
    .with_next(format!("Run `chmod {wanted:o} {shown}`."))
}

/// Whether files can be made in a directory, or, where it is not there yet, in its nearest parent that is.
pub fn writable(name: &'static str, directory: &Path) -> Check {
    let shown = directory.display();
    let Some(there) = nearest(directory) else {
        return Check::new(name, Outcome::Fail, format!("Nothing of `{shown}` is there."))
            .with_next("Set `HOME` to a directory.");
    };
    match tempfile::Builder::new().prefix(".doctor-").tempfile_in(there) {
        Ok(_) => Check::new(name, Outcome::Pass, format!("`{shown}`")),
        Err(error) => Check::new(
            name,
            Outcome::Fail,
            format!("Nothing can be written in `{}`: {error}.", there.display()),
        )
        .with_next("Look who owns it, and whether the disk is full."),
    }
}

fn nearest(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|path| path.is_dir())
}

/// A warning where a directory lies on a file system of another machine: locks and databases suffer there.
#[cfg(target_os = "linux")]
pub fn over_network(name: &'static str, directory: &Path) -> Option<Check> {
    /// Numbers by which Linux tells file systems, from its `magic.h` and the file systems' own sources.
    const KINDS: [(u64, &str); 5] = [
        (0x6969, "NFS"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB"),
        (0x0102_1997, "9P"),
        (0x00c3_6400, "Ceph"),
    ];
    let found = rustix::fs::statfs(nearest(directory)?).ok()?;
    // The number has 32 bits, and its type differs from processor to processor.
    let number = u64::try_from(i128::from(found.f_type) & 0xffff_ffff).ok()?;
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == number)?;
    Some(
        Check::new(
            name,
            Outcome::Warn,
            format!(
                "`{}` lies on {kind}, where locks and databases are not safe.",
                directory.display()
            ),
        )
        .with_next("Point `XDG_DATA_HOME` and `XDG_STATE_HOME` at a disk of this machine."),
    )
}

/// Elsewhere there is no telling.
#[cfg(not(target_os = "linux"))]
pub fn over_network(_: &'static str, _: &Path) -> Option<Check> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_reach_is_told_with_the_cure() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        assert_eq!(mode("x", &file, 0o077).outcome, Outcome::Skipped);
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
        let check = mode("x", &file, 0o022);
        assert_eq!(check.outcome, Outcome::Warn);
        assert_eq!(check.next, Some(format!("Run `chmod 644 {}`.", file.display())));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(mode("x", &file, 0o077), Check::new("x", Outcome::Pass, "mode 0600"));
    }

    #[test]
    fn a_directory_that_is_not_there_is_tried_where_it_would_be() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(writable("x", &home.path().join("a/b")).outcome, Outcome::Pass);
        assert!(fs::read_dir(home.path()).unwrap().next().is_none());
    }
}
