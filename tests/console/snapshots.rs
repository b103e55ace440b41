//! Snapshots: tenants saved into a file, and a file compared with what is there.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::backend::Backend;
use kestra_admin::domain::deed::Tally;
use kestra_admin::domain::permission::Permissions;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::tenant_id::TenantId;
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
pub fn retype(console: &mut Console, text: &str) {
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
    // What was typed is still there.
    console
        .shows("Save a snapshot")
        .shows("acme.json")
        .shows("! The instance cannot be reached.");
    console.held = true;
    console.keys("enter enter").shows("Taking a snapshot");
    console.keys("ctrl-c").shows("Stopped reading").answer();
    assert!(!file.exists());
}

#[test]
fn what_was_typed_for_a_snapshot_that_fails_comes_back_after_what_somebody_went_on_to() {
    let gone = || {
        Problem::new(
            ProblemKind::Unreachable,
            "The instance cannot be reached.",
            "Nothing answers.",
            "Try again.",
        )
    };
    for (key, question, title) in [
        ("E", "SaveSnapshot", "Save a snapshot"),
        ("F", "CompareSnapshot", "Compare with a snapshot"),
    ] {
        for (on, off) in [("?", "esc"), ("/", "esc"), ("e", "esc")] {
            let mut console = Console::usual();
            console.fail_next(question, gone()).keys("g g j").keys(key);
            retype(&mut console, "/somewhere/acme.json");
            console.held = true;
            console.keys("enter enter").lacks(title).keys(on).answer();
            console.shows("The instance cannot be reached.").lacks(title);
            console.held = false;
            console.keys(off).shows(title).shows("/somewhere/acme.json");
            console.shows("! The instance cannot be reached.");
            console.keys("esc tab enter").lacks(title);
        }
    }
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
pub fn kept(console: Console, file: &Path) -> Console {
    kept_of(console, file, 4)
}

pub fn kept_of(mut console: Console, file: &Path, tenants: usize) -> Console {
    console.resize(160, 40).keys("g g j E");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter");
    retype(&mut console, "");
    console
        .keys("enter")
        .shows(&format!("Saved a snapshot of {tenants} tenants"));
    console
}

#[test]
fn a_file_is_compared_with_what_is_there_now() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("before.json");
    let mut console = kept(Console::usual(), &file);
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
    let mut console = kept(Console::usual(), &file);
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

/// A console whose tenants are all in a file, and of which one is gone since.
pub fn lacking(file: &Path) -> Console {
    let mut console = kept(Console::usual(), file);
    console.meanwhile(async |instance| {
        let gone = TenantId::existing("acme");
        instance.delete_tenant(&gone).await.unwrap();
    });
    console.keys("r");
    console
}

/// Looks through a file that is to be imported, or applied.
pub fn look_through(console: &mut Console, key: &str, file: &Path) {
    console.keys(key);
    retype(console, file.to_str().unwrap());
    console.keys("enter enter");
}

pub fn has(console: &Console, id: &str) -> bool {
    let id = TenantId::existing(id);
    console.meanwhile(async |instance| instance.tenant(&id).await.is_ok())
}

#[test]
fn what_is_missing_is_imported_after_a_review_and_each_thing_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = lacking(&file);
    console.keys("I").shows("Import a snapshot").keys("esc");
    look_through(&mut console, "I", &file);
    console
        .shows("create tenant acme")
        .shows("there already, and stay as they are.")
        .shows("[ Cancel ]");
    let copied = console.copy("ctrl-y");
    assert!(
        copied.ends_with(&format!("import snapshot {}", file.display())),
        "{copied}"
    );
    // Enter alone changes nothing, and what was typed comes back.
    console.keys("enter").shows("Import a snapshot");
    assert!(!has(&console, "acme"));
    console.keys("enter").shows("create tenant acme").keys("tab enter");
    console.shows("How each of them went").shows("done: create tenant acme");
    console.keys("x").lacks("apply a snapshot").keys("esc");
    assert!(has(&console, "acme"));
    console.keys("esc").shows("acme");
    // The log has the command that does the same.
    console.resize(300, 30).keys("L enter");
    console
        .shows(&format!("import snapshot {}", file.display()))
        .keys("esc q");
    // Once more there is nothing to do.
    look_through(&mut console, "I", &file);
    console.shows("is to be done").lacks("[ Cancel ]");
}

#[test]
fn a_tenant_of_a_file_is_imported_under_another_id() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    console.keys("I");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter");
    retype(&mut console, "acme=No:");
    console.keys("enter").shows("No: is not the id of a tenant.");
    retype(&mut console, "acme=acme-test");
    console
        .keys("enter")
        .shows("create tenant acme-test")
        .keys("tab enter")
        .shows("done: create tenant acme-test");
    assert!(has(&console, "acme-test"));
    retype(console.keys("esc I"), file.to_str().unwrap());
    console.keys("enter");
    retype(&mut console, "none");
    console.keys("enter").shows("The snapshot has no tenant");
}

#[test]
fn what_was_not_sent_of_an_import_is_told_first() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = lacking(&file);
    look_through(&mut console, "I", &file);
    console.held = true;
    console.keys("tab enter");
    let job = console.model.doing().unwrap().job;
    let come = Tally {
        done: 1,
        ..Tally::default()
    };
    console
        .send(Msg::Progress(job, come, false))
        .wait(150)
        .shows("sending: 1 of ");
    console.keys("ctrl-c").shows("Nothing more is sent").answer();
    console
        .shows("How each of them went")
        .shows("! not begun: create tenant acme. It was not sent.")
        .shows("! not begun: create binding user");
    assert!(!has(&console, "acme"));
}

#[test]
fn nothing_is_imported_where_changes_are_refused_and_a_protected_context_wants_the_number() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = lacking(&file);
    console
        .keys("W I")
        .lacks("Import a snapshot")
        .shows("changes are locked");
    console.keys("W");
    console.model.session.protected = true;
    console.model.session.unlock(console.model.now);
    look_through(&mut console, "I", &file);
    console
        .shows("to continue")
        .type_text("1")
        .keys("tab enter")
        .shows("not match");
    assert!(!has(&console, "acme"));
}

#[test]
fn what_differs_is_applied_from_the_page_that_shows_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    console.keys("g g j e ctrl-u").type_text("Renamed").keys("ctrl-o enter");
    console.keys("F");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter enter").shows("a makes it as the file says");
    console
        .keys("a")
        .shows("Apply a snapshot")
        .shows("Tenants acme")
        .shows("Delete no");
    console
        .keys("enter enter enter")
        .shows("change tenant acme")
        .keys("tab enter")
        .shows("done: change tenant acme");
    console.keys("esc").lacks("Renamed");
}

#[test]
fn what_the_file_does_not_have_is_deleted_only_if_told_so_and_the_context_is_typed() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    console.meanwhile(async |instance| {
        let new = NewRole {
            name: "Later".to_owned(),
            description: None,
            permissions: Permissions::default(),
            is_default: false,
        };
        let scope = TenantScope::Named(TenantId::existing("acme"));
        Backend::create_role(instance, &scope, &new).await.unwrap();
    });
    look_through(&mut console, "a", &file);
    console.keys("enter").shows("is to be done").lacks("delete role");
    look_through(&mut console, "a", &file);
    retype(&mut console, "yes");
    console
        .keys("enter")
        .shows("delete role Later in tenant acme")
        .shows("There is no undo.")
        .type_text("acme")
        .keys("tab enter")
        .shows("not matching");
    let copied = console.copy("ctrl-y");
    assert!(copied.ends_with("--prune --confirm default"), "{copied}");
    console
        .keys("backspace backspace backspace backspace")
        .type_text("default")
        .keys("tab enter");
    console.shows("done: delete role Later in tenant acme");
}

#[test]
fn a_file_that_is_named_in_the_palette_is_in_the_form() {
    let mut console = Console::usual();
    for command in ["save-snapshot", "compare-snapshot", "import-snapshot", "apply-snapshot"] {
        console
            .keys(":")
            .type_text(&format!("{command} of-mine.json"))
            .keys("enter");
        console.shows("File of-mine.json").keys("esc");
        // A path with slashes and blanks is one, and no filter.
        for line in ["/of/mine and /yours.json", "\"/of/mine and /yours.json\""] {
            console.keys(":").type_text(&format!("{command} {line}")).keys("enter");
            console
                .shows("File /of/mine and /yours.json")
                .lacks("Nothing was filtered")
                .keys("esc");
        }
    }
}

#[test]
fn an_import_and_an_application_by_lines() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    for command in ["import-snapshot", "apply-snapshot"] {
        let _ = fs::remove_file(&file);
        let mut console = lacking(&file);
        console.line(&format!("{command} {}", file.display()));
        console.line(file.to_str().unwrap());
        console.line("acme=by-lines");
        if command == "apply-snapshot" {
            console.line("no");
        }
        let lines = console.linear();
        assert!(lines.contains("create tenant by-lines"), "{lines}");
        console.line("no");
        assert!(!has(&console, "by-lines"), "{}", console.linear());
        // What was typed comes back, at its last line.
        console.line(if command == "apply-snapshot" {
            "no"
        } else {
            "acme=by-lines"
        });
        console.line("yes");
        let lines = console.linear();
        assert!(lines.contains("done: create tenant by-lines"), "{lines}");
        assert!(has(&console, "by-lines"));
    }
}
