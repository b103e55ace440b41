//! Every command that changes something can be looked at first: `--dry-run` prints what would be done, and does nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::CommandFactory;
use kestra_admin::cli::args::Arguments;

use crate::desk::Desk;

/// The commands that change nothing, whatever is asked of them.
const READERS: &[&str] = &[
    "tenants list",
    "tenants get",
    "roles list",
    "roles get",
    "roles diff",
    "access list",
    "access who-can",
    "access can",
    "access of",
    "users list",
    "users get",
    "users groups list",
    "users groups get",
    "users service-accounts list",
    "users tokens list",
    "users invitations list",
    "audit list",
    "audit get",
    "activity list",
    "activity get",
    "activity path",
    "migrate check",
    "migrate plan",
    "migrate status",
    "migrate attach",
    "migrate report",
    "export terraform",
    "export snapshot",
    "diff",
    "config show",
    "config path",
    "contexts list",
    "contexts show",
    "contexts test",
    "rehearsal status",
    "doctor",
    "keys",
    "completions",
    "complete",
    "man",
];

/// The commands that only this program runs: as worker and keeper of a migration, as Kestra's own command line, and for what may
/// have no terminal.
const INNER: &[&str] = &["migrate work", "migrate keep", "migrate on-store", "apart"];

/// The commands that have none below them, by their words.
pub fn leaves(command: &clap::Command, before: &str, found: &mut BTreeMap<String, clap::Command>) {
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let words = format!("{before} {}", verb.get_name()).trim_start().to_owned();
        if verb.has_subcommands() {
            leaves(verb, &words, found);
        } else {
            found.insert(words, verb.clone());
        }
    }
}

#[test]
fn every_command_reads_or_has_a_dry_run() {
    let mut commands = BTreeMap::new();
    leaves(&Arguments::command(), "", &mut commands);
    for words in READERS.iter().chain(INNER) {
        assert!(commands.contains_key(*words), "there is no `{words}`");
    }
    for (words, command) in &commands {
        let words = words.as_str();
        if INNER.contains(&words) {
            assert!(command.is_hide_set(), "`{words}` is for people after all");
            continue;
        }
        let has_dry_run = command
            .get_arguments()
            .any(|argument| argument.get_long() == Some("dry-run"));
        assert_ne!(
            has_dry_run,
            READERS.contains(&words),
            "`{words}` reads, or has --dry-run, and not both"
        );
    }
}

/// The files below a directory with what is in them, but for the locks that looking takes.
fn files(directory: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if !path.to_string_lossy().contains("instance.db-") {
            found.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn dry_runs_of_rehearsals_and_contexts_print_what_would_be_done_and_do_nothing() {
    let desk = Desk::new();
    assert!(
        desk.run("kestra-admin rehearsal create lab --release 0.21")
            .status
            .success()
    );
    desk.file(
        ".kestractl/config.yaml",
        "contexts:\n  dev: {host: 'http://localhost:8080', tenant: dev}\ndefault_context: dev\n",
    );
    desk.file(
        ".config/kestra-admin/config.toml",
        "[contexts.prod]\nhost = \"https://kestra.example.com\"\n",
    );
    let state = || {
        let mut found = BTreeMap::new();
        files(&desk.path(""), &mut found);
        found
    };
    let before = state();
    desk.plays("dry_run_here.txt");
    assert_eq!(state(), before);
}

#[test]
fn dry_runs_of_what_is_done_with_a_run_print_it_and_do_nothing() {
    let desk = Desk::new();
    desk.instance("lab", "0.21", "kestra: {ee: {tenants: {enabled: false}}}\n");
    let run = |line: &str| {
        let output = desk.run(&format!("kestra-admin --store lab {line}"));
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, _, words) = run("migrate run --until enable --yes");
    assert_eq!(code, Some(0), "{words}");
    let state = || {
        let mut found = BTreeMap::new();
        files(&desk.path(""), &mut found);
        found
    };
    let before = state();
    let (code, output, words) = run("migrate stop --dry-run");
    assert_eq!(code, Some(0), "{words}");
    assert!(
        output.starts_with("WOULD            WHAT\nleave unchanged  run `"),
        "{output}"
    );
    assert_eq!(words, "Nothing was done.\n");
    let (code, output, words) = run("migrate resume --until sync-access --dry-run");
    assert_eq!((code, words.as_str()), (Some(0), "Nothing was changed.\n"), "{output}");
    for line in [
        "enable           stay as it is: done",
        "verify-access    not be reached",
    ] {
        assert!(output.contains(line), "{output}");
    }
    let (code, output, words) = run("--read-only migrate rollback --dry-run -o ndjson");
    assert_eq!((code, words.as_str()), (Some(0), "Nothing was changed.\n"), "{output}");
    assert!(output.starts_with("{\"step\":\"enable\",\"would\":\""), "{output}");
    assert_eq!(state(), before);
    assert_eq!(run("--read-only migrate stop").0, Some(7));
}

/// Every command that has a dry run, with what it needs to have something to do. `$B` is a binding.
const CHANGES: &[(&str, &str)] = &[
    ("tenants create", "--tenant new"),
    ("tenants update", "a --name Other"),
    ("tenants delete", "a"),
    ("tenants repair-admin", "b --admin-username ana@example.com"),
    ("roles create", "--name More --allow FLOW:READ --tenant a"),
    ("roles update", "Some --allow FLOW:UPDATE --tenant a"),
    ("roles delete", "Some --tenant a"),
    ("roles copy", "Some --to b --tenant a"),
    ("access grant", "--user ana@example.com --role Viewer --tenant a"),
    ("access revoke", "$B --tenant a"),
    ("access replace", "$B --role Viewer --tenant a"),
    ("access restore", "--store old"),
    ("users create", "new@example.com"),
    ("users delete", "ana@example.com"),
    ("users superadmin", "ana@example.com on"),
    ("users password", "ana@example.com --password-file password"),
    ("users access", "ana@example.com take --tenant a"),
    ("users groups create", "more --tenant a"),
    ("users groups update", "ops --name night --tenant a"),
    ("users groups delete", "ops --tenant a"),
    ("users groups add", "ops admin@kestra.local --tenant a"),
    ("users groups remove", "ops ana@example.com --tenant a"),
    ("users groups owner", "ops ana@example.com --tenant a"),
    ("users service-accounts create", "more"),
    ("users service-accounts delete", "ci"),
    ("users tokens create", "ana@example.com --name more"),
    ("users tokens delete", "ana@example.com deploy"),
    ("users invitations create", "new@example.com --tenant a"),
    ("users invitations delete", "guest@example.com --tenant a"),
    ("import snapshot", "before.json"),
    ("apply", "before.json"),
    ("config set-tenancy", "--file kestra.yml --enabled true"),
    ("contexts add", "eu --host https://eu.example.com"),
    ("contexts remove", "prod"),
    ("contexts use", "prod"),
    ("contexts import-kestractl", "kestractl.yaml"),
    ("rehearsal create", "new"),
    ("rehearsal up", "new"),
    ("rehearsal serve", "old"),
    ("rehearsal start", "old"),
    ("rehearsal stop", "old"),
    ("rehearsal restart", "old"),
    ("rehearsal upgrade", "old --release 0.22"),
    ("rehearsal dump", "old"),
    ("rehearsal delete", "old"),
    ("rehearsal kestra", "--name old"),
    ("migrate run", "--store older"),
    ("migrate resume", "--store old"),
    ("migrate stop", "--store old"),
    ("migrate rollback", "--store old"),
];

#[test]
fn every_dry_run_prints_what_would_be_done_and_changes_nothing() {
    let mut commands = BTreeMap::new();
    leaves(&Arguments::command(), "", &mut commands);
    commands.retain(|words, _| !READERS.contains(&words.as_str()) && !INNER.contains(&words.as_str()));
    let known: BTreeMap<&str, &str> = CHANGES.iter().copied().collect();
    let all: Vec<&str> = commands.keys().map(String::as_str).collect();
    assert_eq!(known.keys().copied().collect::<Vec<_>>(), all);

    let desk = Desk::with_tenants("1.3");
    for name in ["old", "older"] {
        desk.instance(name, "0.21", "kestra: {ee: {tenants: {enabled: false}}}\n");
    }
    desk.file("password", "Chosen-Passw0rd\n");
    desk.file("kestra.yml", "kestra.ee.tenants.enabled: false\n");
    desk.file("kestractl.yaml", "contexts:\n  dev: {host: 'http://localhost:8080'}\n");
    for line in [
        "tenants create --tenant a --admin-username admin@kestra.local",
        "tenants create --tenant b",
        "roles create --name Some --allow FLOW:READ --tenant a",
        "users create ana@example.com --tenant a",
        "users groups create ops --member ana@example.com --tenant a",
        "users service-accounts create ci",
        "users tokens create ana@example.com --name deploy",
        "users invitations create guest@example.com --tenant a",
        "access grant --user ana@example.com --role Some --tenant a",
        "contexts add prod --host https://kestra.example.com",
        "--store old migrate run --until enable --yes",
    ] {
        let output = desk.run(&format!("kestra-admin {line}"));
        assert!(output.status.success(), "{line}: {output:?}");
    }
    let snapshot = desk.run("kestra-admin export snapshot --tenant a");
    let text = String::from_utf8(snapshot.stdout).unwrap();
    desk.file("before.json", &text.replace("\"Some\"", "\"Another\""));
    let bindings = desk.run("kestra-admin access list name:ana --tenant a -o ndjson");
    let binding: serde_json::Value =
        serde_json::from_slice(bindings.stdout.split(|b| *b == b'\n').next().unwrap()).unwrap();
    let binding = binding["id"].as_str().unwrap();

    let state = || {
        let mut found = BTreeMap::new();
        files(&desk.path(""), &mut found);
        found
    };
    let before = state();
    let mut wrong = Vec::new();
    for (words, rest) in CHANGES {
        let rest = rest.replace("$B", binding);
        let output = desk.run(&format!("kestra-admin {words} --dry-run {rest}"));
        let has_data = !output.stdout.is_empty() || *words == "access restore";
        if !output.status.success() || !has_data {
            wrong.push(format!("{words} {rest}: {output:?}"));
        }
        if state() != before {
            wrong.push(format!("{words} {rest} changed something"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let apply = desk.run("kestra-admin apply before.json --dry-run").stdout;
    let apply = String::from_utf8(apply).unwrap();
    assert!(apply.contains("leave unchanged  tenant `a`\n"), "{apply}");
}

#[test]
fn runs_and_settings_that_were_changed_are_in_the_activity_record() {
    let desk = Desk::new();
    desk.instance("lab", "0.21", "kestra: {ee: {tenants: {enabled: false}}}\n");
    let run = |line: &str| {
        let output = desk.run(&format!("kestra-admin --store lab {line}"));
        assert!(output.status.success(), "{line}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run("migrate run --tenant dev --until create-tenants --yes");
    run("migrate resume");
    run("migrate rollback --yes");
    run("config set-tenancy --enabled true --default-tenant true --yes");
    let rows: Vec<serde_json::Value> = run("activity list -o ndjson")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |field: &str| -> Vec<String> {
        let text = |row: &serde_json::Value| row[field].as_str().unwrap_or_default().to_owned();
        rows.iter().map(text).collect()
    };
    let about = of("about");
    let id = about[0].rsplit(' ').next().unwrap();
    let file = desk.instance_directory("lab").join("application.yml");
    assert_eq!(
        about,
        [
            format!("migrate to multi-tenancy until create-tenants, run {id}"),
            format!("create tenant dev, for run {id}"),
            format!("go on with run {id}"),
            format!("roll back run {id} to before inspect"),
            format!("delete tenant dev, for run {id}"),
            format!("set enabled true, default-tenant true in {}", file.display()),
        ]
    );
    assert!(of("result").iter().all(|result| result == "DONE"), "{rows:?}");
    let operators = of("operator");
    assert!(
        operators[..5].iter().all(|who| who == "admin@kestra.local"),
        "{operators:?}"
    );
    let commands = of("command");
    assert!(
        commands[0].ends_with("migrate run --tenant dev=dev --until create-tenants --yes"),
        "{commands:?}"
    );
    assert!(
        commands[3].ends_with(&format!("migrate rollback {id} --to inspect --yes")),
        "{commands:?}"
    );
    // Once more there is nothing to undo.
    let again = desk.run("kestra-admin --store lab migrate rollback --yes");
    let words = String::from_utf8(again.stderr).unwrap();
    assert!(
        again.status.success() && words.contains("is rolled back already"),
        "{words}"
    );
}
