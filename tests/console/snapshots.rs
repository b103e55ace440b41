//! Snapshots: tenants saved into a file, and a file compared with what is there.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use serde_json::Value;

use crate::support::{Console, create};

/// The ids of the tenants in a file; that of the default tenant is nothing.
fn ids(file: &Path) -> Vec<String> {
    let snapshot: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(snapshot["kestra-admin-snapshot"], 1);
    let tenants = snapshot["tenants"].as_array().unwrap();
    let id = |part: &Value| part["tenant"]["id"].as_str().unwrap_or_default().to_owned();
    tenants.iter().map(id).collect()
}

/// Empties the line that is typed in, and types another text into it.
fn retype(console: &mut Console, text: &str) {
    console.keys("ctrl-u").paste(text);
}

#[test]
fn the_selected_tenant_is_saved_into_a_private_file_that_a_command_could_have_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("acme.json");
    let mut console = Console::usual();
    console.resize(160, 30).keys("g g j E");
    console
        .shows("Save a snapshot")
        .shows("File acme.json")
        .shows("Tenants acme");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter enter").shows("Saved a snapshot of 1 tenant and");
    assert_eq!(ids(&file), ["acme"]);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // The log has the command that does the same.
    console.resize(300, 30).keys("L enter");
    console.shows(&format!("export snapshot --tenant acme > {}", file.display()));
}

#[test]
fn what_is_there_is_never_written_over_and_what_was_typed_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("kept.json");
    fs::write(&file, "mine").unwrap();
    let mut console = Console::usual();
    console.resize(160, 30).keys("g g j E");
    retype(&mut console, file.to_str().unwrap());
    console
        .keys("enter enter")
        .shows("There is something of that name already.");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let other = directory.path().join("other.json");
    retype(&mut console, other.to_str().unwrap());
    console.keys("enter enter").shows("Saved a snapshot of 1 tenant");
    assert_eq!(ids(&other), ["acme"]);
}

#[test]
fn those_that_are_marked_or_all_of_them_are_saved() {
    let directory = tempfile::tempdir().unwrap();
    let mut console = Console::usual();
    console.resize(160, 30).keys("g g j space j space E");
    let (some, all) = (directory.path().join("some.json"), directory.path().join("all.json"));
    console.shows("Tenants acme");
    retype(&mut console, some.to_str().unwrap());
    console.keys("enter enter").shows("Saved a snapshot of 2 tenants");
    assert_eq!(ids(&some).len(), 2);
    console.keys("E");
    retype(&mut console, all.to_str().unwrap());
    console.keys("enter");
    retype(&mut console, "");
    console.keys("enter").shows("Saved a snapshot of 4 tenants");
    assert_eq!(ids(&all)[0], "", "the default tenant comes first");
    assert!(matches!(console.asked.last(), Some(Request::SaveSnapshot(scopes, _)) if scopes.is_empty()));
}

#[test]
fn what_is_no_tenant_is_said_before_anything_is_asked() {
    let mut console = Console::usual();
    console.keys("g g j E enter");
    retype(&mut console, "acme No:");
    console.keys("enter").shows("No: is not the id of a tenant.");
    assert!(
        !console
            .asked
            .iter()
            .any(|asked| matches!(asked, Request::SaveSnapshot(..)))
    );
}

#[test]
fn a_failure_is_told_and_a_snapshot_can_be_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("acme.json");
    let mut console = Console::usual();
    let gone = Problem::new(
        ProblemKind::Unreachable,
        "The instance cannot be reached.",
        "Nothing answers.",
        "Try again.",
    );
    console.fail_next("SaveSnapshot", gone).keys("g g j E");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter enter").shows("The instance cannot be reached.");
    console.keys("esc").held = true;
    console.keys("E");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter enter").shows("Taking a snapshot");
    console.keys("ctrl-c").shows("Stopped reading").answer();
    assert!(!file.exists());
}

#[test]
fn by_lines() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("acme.json");
    let mut console = Console::usual();
    console.send(Msg::RunAt(2, "save-snapshot".to_owned()));
    assert!(console.linear().contains("Save a snapshot"), "{}", console.linear());
    console.line(file.to_str().unwrap());
    console.line("acme");
    assert!(
        console.linear().contains("Saved a snapshot of 1 tenant"),
        "{}",
        console.linear()
    );
    assert_eq!(ids(&file), ["acme"]);
}

/// A console whose tenants are in a file, all of them, as they are.
fn kept(file: &Path) -> Console {
    let mut console = Console::usual();
    console.resize(160, 40).keys("g g j E");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter");
    retype(&mut console, "");
    console.keys("enter").shows("Saved a snapshot of 4 tenants");
    console
}

#[test]
fn a_file_is_compared_with_what_is_there_now() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("before.json");
    let mut console = kept(&file);
    console.keys("F").shows("Compare with a snapshot").shows("Tenant acme");
    retype(&mut console, file.to_str().unwrap());
    // One tenant of many in the file is compared with the same one.
    console.keys("enter enter").shows("says what is there now");
    console.keys("esc");
    console.meanwhile(async |instance| create(instance, "later", "Later").await);
    console.keys("F");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter");
    retype(&mut console, "");
    console
        .keys("enter")
        .shows("Tenant later")
        .shows("in the file: nothing now: yes");
    let screen = console.screen();
    assert!(screen.contains("Compared with a snapshot"), "{screen}");
    console.keys("esc").lacks("Compared with a snapshot");
}

#[test]
fn what_is_asked_fits_at_every_size() {
    let mut console = Console::usual();
    let mut shown = String::new();
    for key in ["E", "F"] {
        console.keys("g g j").keys(key);
        for (width, height) in [(80, 24), (40, 12)] {
            console.resize(width, height);
            writeln!(shown, "{width}x{height}\n{}\n", console.pictured()).unwrap();
        }
        console.keys("esc").resize(80, 24);
    }
    insta::assert_snapshot!("snapshot_files", shown);
}

#[test]
fn what_cannot_be_compared_is_told_where_it_was_typed() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("words.json");
    fs::write(&file, "{\"id\": \"acme\"}").unwrap();
    let mut console = Console::usual();
    console.resize(160, 30).keys("g g j F");
    retype(&mut console, directory.path().join("none.json").to_str().unwrap());
    console.keys("enter enter").shows("There is no file");
    retype(&mut console, file.to_str().unwrap());
    console
        .keys("enter enter")
        .shows("is no snapshot. It has no `kestra-admin-snapshot`.");
    console.keys("tab");
    retype(&mut console, "acme beta");
    console.keys("enter").shows("One tenant at a time");
}

#[test]
fn a_comparison_by_lines() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("before.json");
    let mut console = kept(&file);
    console.meanwhile(async |instance| create(instance, "later", "Later").await);
    console.line("compare-snapshot");
    console.line(file.to_str().unwrap());
    console.line("-");
    let lines = console.linear();
    assert!(
        lines.contains("Compared with a snapshot") && lines.contains("Tenant later"),
        "{lines}"
    );
}
