//! Clients that we did not write, made for Kestra, against a rehearsal.
//!
//! Kestra's Python client of 2.0 ships the tests that Kestra runs against live servers; those about what a rehearsal
//! offers are run as they are, but for the address they go to. The client of 1.0 follows a script beside this file.
//! `tests/peers/setup` installs both clients; where it has not been run, the tests say so and are skipped.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and uses of the shared parts what it needs"
)]

#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use kestra_admin::backend::local::LocalInstance;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::user::UserKind;
use support::rehearsal::{PASSWORD, Served, USERNAME};

/// The Python of a client, if it is installed.
fn python(version: &str) -> Option<PathBuf> {
    let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers").join(version);
    if environment.join("complete").exists() {
        return Some(environment.join("bin/python"));
    }
    eprintln!("skipped: Kestra's client {version} is not installed; tests/peers/setup does that");
    None
}

/// A rehearsal of a release, with a superadmin who has a password.
fn rehearsal(home: &Path, release: Release) -> (LocalInstance, Served) {
    let directory = home.join("instance");
    LocalInstance::create(&directory, release).unwrap();
    let local = LocalInstance::open(&directory, None).unwrap();
    local.set_password(USERNAME, PASSWORD).unwrap();
    let served = Served::over(&directory);
    (local, served)
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_client_of_1_0_creates_reads_updates_searches_and_deletes() {
    let Some(python) = python("1.0.0") else { return };
    let home = tempfile::tempdir().unwrap();
    let (_local, served) = rehearsal(home.path(), Release::new(1, 0));
    run(Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/kestrapy_1_0.py"))
        .arg(format!("http://{}", served.address()))
        .args([USERNAME, PASSWORD]));
}

/// Files of Kestra's own tests that are about what a rehearsal offers.
const OFFICIAL: [&str; 13] = [
    "test_auditlogs_api.py",
    "test_instance_family_api.py",
    "test_invitations_api.py",
    "test_queryfilters.py",
    "test_tenants_coverage_421.py",
    "test_tenants_api.py",
    "test_roles_api.py",
    "test_bindings_api.py",
    "test_groups_api.py",
    "test_users_api.py",
    "test_service_account_api.py",
    "test_tenant_access_api.py",
    "test_me_api.py",
];

/// Of those, what a rehearsal does not do, and why.
const LEFT_OUT: &[(&str, &str)] = &[(
    "test_users_api.py::test_impersonate_basic",
    "nobody is practised on in the name of somebody else",
)];

#[test]
fn kestras_own_tests_of_2_0_pass() {
    let Some(python) = python("2.0.3") else { return };
    let home = tempfile::tempdir().unwrap();
    let (local, served) = rehearsal(home.path(), Release::new(2, 0));
    // The account and the tenant that those tests expect.
    local
        .create_user(&NewUser {
            username: "root@root.com".to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: true,
            tenant: None,
            groups: Vec::new(),
        })
        .unwrap();
    local.set_password("root@root.com", "Root!1234").unwrap();
    local.create_tenant_by_command(&main_tenant()).unwrap();

    let packages = std::fs::read_dir(python.parent().unwrap().parent().unwrap().join("lib"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
        .join("site-packages/testApis");
    let tests = home.path().join("tests");
    std::fs::create_dir(&tests).unwrap();
    for file in OFFICIAL.iter().chain(&["conftest.py", "test_helpers.py"]) {
        let text = std::fs::read_to_string(packages.join(file)).unwrap();
        let text = text.replace("http://localhost:9902", &format!("http://{}", served.address()));
        std::fs::write(tests.join(file), text).unwrap();
    }
    let mut command = Command::new(python);
    command
        .current_dir(&tests)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    for (test, reason) in LEFT_OUT {
        assert!(!reason.is_empty());
        command.arg(format!("--deselect={test}"));
    }
    run(&mut command);
}

fn main_tenant() -> kestra_admin::domain::tenant::NewTenant {
    kestra_admin::domain::tenant::NewTenant {
        tenant: kestra_admin::domain::tenant::Tenant::new("main".parse().unwrap(), "main"),
        admin: None,
    }
}
