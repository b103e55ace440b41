//! Files as they lie on a disk: modes, links, copies, and others who write at the same time.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use kestra_admin::domain::problem::ProblemKind;
use kestra_admin::server_config::{Applied, ConfigFile, Edit, apply, copy_name, plan_edit, restore, stamp};

use crate::corpus::change;

const TEXT: &str = "# ours\r\nkestra:\r\n  ee:\r\n    tenants:\r\n      enabled: false";
const AFTER: &str = "# ours\r\nkestra:\r\n  ee:\r\n    tenants:\r\n      enabled: true\r\n      default-tenant: true";
const STAMP: &str = "20260131T120000Z";

struct Disk(tempfile::TempDir);

impl Disk {
    fn new() -> Self {
        let disk = Self(tempfile::tempdir().unwrap());
        fs::write(disk.path("application.yml"), TEXT).unwrap();
        disk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn planned(path: &Path) -> Edit {
    plan_edit(&ConfigFile::read(path).unwrap(), change(true, true)).unwrap()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_file_is_replaced_and_its_copy_lies_beside_it() {
    for bits in [0o600, 0o640, 0o644, 0o664, 0o400] {
        let disk = Disk::new();
        let path = disk.path("application.yml");
        fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
        let before = fs::metadata(&path).unwrap();
        let Applied { copy, notes, .. } = apply(&planned(&path), STAMP).unwrap();
        let copy = copy.unwrap();
        assert_eq!(text(&path), AFTER);
        assert_eq!(text(&copy), TEXT);
        assert!(notes.is_empty(), "{notes:?}");
        let name = copy.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(disk.names(), ["application.yml".to_owned(), name.clone()]);
        assert_eq!(name, "application.yml.20260131T120000Z.bak");
        assert_eq!((mode(&path), mode(&copy)), (bits, bits));
        let after = fs::metadata(&path).unwrap();
        assert_eq!((before.uid(), before.gid()), (after.uid(), after.gid()));
    }
}

#[test]
fn every_copy_is_called_by_its_time_in_one_form() {
    assert_eq!(stamp("2026-01-31T12:00:00.123Z"), STAMP);
    assert_eq!(stamp("2026-01-31T12:00:00Z"), STAMP);
    let name = |stamp: &str| copy_name("values.yaml".as_ref(), stamp).into_string().unwrap();
    assert_eq!(name(STAMP), "values.yaml.20260131T120000Z.bak");
    assert_eq!(name(&format!("{STAMP}-12")), "values.yaml.20260131T120000Z-12.bak");
}

#[test]
fn a_change_of_nothing_writes_nothing() {
    let disk = Disk::new();
    let path = disk.path("application.yml");
    fs::write(&path, AFTER).unwrap();
    let before = fs::metadata(&path).unwrap();
    let edit = planned(&path);
    assert!(edit.is_noop() && edit.diff.is_empty() && edit.added + edit.removed == 0);
    assert_eq!(apply(&edit, STAMP).unwrap().copy, None);
    assert_eq!(disk.names(), ["application.yml"]);
    assert_eq!(fs::metadata(&path).unwrap().ino(), before.ino());
}

#[test]
fn a_link_is_followed_to_its_file() {
    let disk = Disk::new();
    fs::create_dir(disk.path("etc")).unwrap();
    fs::rename(disk.path("application.yml"), disk.path("etc/real.yml")).unwrap();
    symlink("etc/real.yml", disk.path("application.yml")).unwrap();
    let applied = apply(&planned(&disk.path("application.yml")), STAMP).unwrap();
    assert!(fs::symlink_metadata(disk.path("application.yml")).unwrap().is_symlink());
    assert_eq!(text(&disk.path("etc/real.yml")), AFTER);
    assert_eq!(applied.path, fs::canonicalize(disk.path("etc/real.yml")).unwrap());
    assert_eq!(applied.copy.unwrap().parent(), applied.path.parent());
}

#[test]
fn a_further_name_of_a_file_is_mentioned() {
    let disk = Disk::new();
    fs::hard_link(disk.path("application.yml"), disk.path("other.yml")).unwrap();
    let applied = apply(&planned(&disk.path("application.yml")), STAMP).unwrap();
    assert_eq!(applied.notes.len(), 1);
    assert_eq!(text(&disk.path("other.yml")), TEXT);
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_not_lost() {
    let disk = Disk::new();
    let path = disk.path("application.yml");
    let edit = planned(&path);
    fs::write(&path, "kestra: {}\n").unwrap();
    let problem = apply(&edit, STAMP).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict);
    assert_eq!(text(&path), "kestra: {}\n");
    assert_eq!(disk.names(), ["application.yml"]);
    fs::remove_file(&path).unwrap();
    assert_eq!(apply(&edit, STAMP).unwrap_err().kind, ProblemKind::NotFound);
}

#[test]
fn copies_of_one_moment_do_not_hide_each_other() {
    let disk = Disk::new();
    let path = disk.path("application.yml");
    for _ in 0..3 {
        fs::write(&path, TEXT).unwrap();
        apply(&planned(&path), STAMP).unwrap();
    }
    assert_eq!(disk.names().len(), 4);
    // A stamp is a part of a name, and cannot lead elsewhere.
    fs::write(&path, TEXT).unwrap();
    let copy = apply(&planned(&path), "../../x y").unwrap().copy.unwrap();
    assert_eq!(
        copy,
        fs::canonicalize(disk.0.path()).unwrap().join("application.yml.xy.bak")
    );
}

#[test]
fn a_copy_is_put_back_unless_the_file_was_changed_since() {
    let disk = Disk::new();
    let path = disk.path("application.yml");
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let edit = planned(&path);
    let copy = apply(&edit, STAMP).unwrap().copy.unwrap();
    restore(&path, &copy, &edit.after_hash).unwrap();
    assert_eq!((text(&path).as_str(), mode(&path)), (TEXT, 0o640));
    assert!(copy.exists());
    // What is not there any more cannot be put back once more.
    assert_eq!(
        restore(&path, &copy, &edit.after_hash).unwrap_err().kind,
        ProblemKind::Conflict
    );
    restore(&path, &copy, &edit.before_hash).unwrap();
    assert_eq!(
        restore(&path, &disk.path("none"), &edit.before_hash).unwrap_err().kind,
        ProblemKind::NotFound
    );
}

#[test]
fn where_nothing_may_be_written_nothing_is() {
    let disk = Disk::new();
    let path = disk.path("application.yml");
    let edit = planned(&path);
    fs::set_permissions(disk.0.path(), Permissions::from_mode(0o500)).unwrap();
    let result = apply(&edit, STAMP);
    fs::set_permissions(disk.0.path(), Permissions::from_mode(0o700)).unwrap();
    // Root may write everywhere, and then there is nothing to see.
    if let Err(problem) = result {
        assert_eq!(problem.kind, ProblemKind::Failed);
        assert_eq!(text(&path), TEXT);
        assert_eq!(disk.names(), ["application.yml"]);
    }
}

#[test]
fn a_file_that_is_not_there_or_no_file_says_so() {
    let disk = Disk::new();
    let missing = ConfigFile::read(&disk.path("none.yml")).unwrap_err();
    assert_eq!(missing.kind, ProblemKind::NotFound);
    assert_eq!(ConfigFile::read(disk.0.path()).unwrap_err().kind, ProblemKind::Failed);
}
