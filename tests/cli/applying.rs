//! What `apply` and `import snapshot` say before anything is sent, and what becomes of it: the same.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use crate::desk::Desk;

const VERBS: [&str; 2] = ["import snapshot", "apply"];

/// Exit code, the document on standard output, and the words.
fn run(desk: &Desk, line: &str) -> (i32, Value, String) {
    let Output { status, stdout, stderr } = desk.run(&format!("kestra-admin {line} -o json"));
    let words = String::from_utf8(stderr).unwrap();
    let printed = serde_json::from_slice(&stdout).unwrap_or_else(|error| panic!("{line}: {error}\n{words}"));
    (status.code().unwrap(), printed, words)
}

#[track_caller]
fn well(desk: &Desk, line: &str) -> Value {
    let (code, printed, words) = run(desk, line);
    assert_eq!(code, 0, "{line}: {words}");
    printed
}

/// A desk with a sample of 1.3 in the file `full.json`: five tenants, and a role that only later releases can hold.
fn desk() -> (Desk, Value) {
    let desk = Desk::new();
    well(&desk, "rehearsal create full --release 1.3");
    let snapshot = desk.run("kestra-admin --store full export snapshot").stdout;
    desk.file("full.json", std::str::from_utf8(&snapshot).unwrap());
    (desk, serde_json::from_slice(&snapshot).unwrap())
}

/// The line of words that counts, with the words of a dry run as those of a run.
#[track_caller]
fn counts(words: &str) -> String {
    let line = words.lines().find(|line| line.contains(" there already"));
    let line = line.unwrap_or_else(|| panic!("nothing is counted: {words}"));
    line.replace("would be ", "").replace("would fail", "failed")
}

/// Why rows failed, in order.
fn reasons(printed: &Value) -> Vec<(String, String)> {
    let rows = printed["results"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.filter(|row| !row["problem"].is_null())
        .map(|row| (text(&row["problem"]["what"]), text(&row["problem"]["why"])))
        .collect()
}

#[test]
fn a_dry_run_counts_what_the_run_then_counts_and_prints_what_fails_with_it() {
    let (desk, _) = desk();
    for release in ["0.21", "0.23", "1.3", "2.0"] {
        for verb in VERBS {
            let name = format!("empty-{release}-{}", verb.len());
            let settings = "kestra: {ee: {tenants: {enabled: true, default-tenant: true}}}\n";
            desk.instance(&name, release, if release == "0.21" { settings } else { "" });
            // Once into nothing, once more over what is there then.
            for _ in 0..2 {
                let line = format!("--store {name} {verb} full.json");
                let (dry_code, plan, said) = run(&desk, &format!("{line} --dry-run"));
                let (code, done, words) = run(&desk, &format!("{line} --yes"));
                assert_eq!(counts(&said), counts(&words), "{release} {verb}");
                assert_eq!(reasons(&plan), reasons(&done), "{release} {verb}");
                assert_eq!(dry_code, code, "{release} {verb}: {said}{words}");
            }
        }
    }
}

#[test]
fn over_http_a_dry_run_counts_what_the_run_then_counts() {
    let (desk, _) = desk();
    for release in ["0.23", "1.3", "2.0"] {
        well(&desk, &format!("rehearsal up lab --release {release} --sample 1"));
        let line = "--context lab apply full.json";
        let (_, plan, said) = run(&desk, &format!("{line} --dry-run"));
        let (_, done, words) = run(&desk, &format!("{line} --yes"));
        desk.run("kestra-admin rehearsal stop lab");
        desk.run("kestra-admin rehearsal delete lab --confirm lab");
        assert_eq!(reasons(&plan), reasons(&done), "{release}");
        assert_eq!(counts(&said), counts(&words), "{release}");
    }
}

#[test]
fn where_there_can_be_no_tenants_nothing_that_is_only_for_them_is_made() {
    let (desk, _) = desk();
    for verb in VERBS {
        let name = format!("single-{}", verb.len());
        desk.instance(&name, "0.21", "");
        let accounts = |desk: &Desk| well(desk, &format!("--store {name} users list --instance"))["total"].clone();
        let before = accounts(&desk);
        let line = format!("--store {name} {verb} full.json --tenant main --tenant tokyo");
        let (dry_code, plan, said) = run(&desk, &format!("{line} --dry-run"));
        let (code, done, words) = run(&desk, &format!("{line} --yes"));
        assert_eq!((dry_code, code), (3, 3), "{said}{words}");
        assert_eq!(counts(&said), "0 created, 0 there already, 2 failed.");
        assert_eq!(counts(&said), counts(&words));
        assert_eq!(reasons(&plan), reasons(&done));
        let why = &reasons(&done)[0].1;
        assert!(why.starts_with("Multi-tenancy is off: "), "{why}");
        let command = format!("`kestra-admin --store {name} migrate run`");
        assert!(words.contains(&command), "{words}");
        assert!(done.to_string().contains(&command), "{done:#}");
        assert!(words.contains("What is only for tenant `main` was left out"), "{words}");
        assert_eq!(accounts(&desk), before, "{verb}");
    }
}

#[test]
fn what_is_only_for_a_tenant_that_cannot_be_made_is_left_out_and_the_rest_is_done() {
    let (desk, mut snapshot) = desk();
    let parts = snapshot["tenants"].as_array_mut().unwrap();
    let tokyo = parts.iter_mut().find(|part| part["tenant"]["id"] == "tokyo").unwrap();
    tokyo["tenant"]["noSuchField"] = json!("x");
    desk.file("full.json", &snapshot.to_string());
    desk.instance("empty", "1.3", "");
    let line = "--store empty apply full.json --tenant tokyo --tenant leman";
    let (_, plan, said) = run(&desk, &format!("{line} --dry-run"));
    let (code, done, words) = run(&desk, &format!("{line} --yes"));
    assert_eq!(code, 6, "{words}");
    assert_eq!(counts(&said), counts(&words));
    assert_eq!(reasons(&plan), reasons(&done));
    let of = |id: &str| {
        let one = desk
            .run(&format!("kestra-admin --store full export snapshot --tenant {id}"))
            .stdout;
        let one: Value = serde_json::from_slice(&one).unwrap();
        let users = one["users"].as_array().unwrap().iter();
        users
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (tokyo, leman) = (of("tokyo"), of("leman"));
    let now = well(&desk, "--store empty users list --instance --size 500");
    let now: Vec<&str> = now["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["username"].as_str().unwrap())
        .collect();
    for name in &tokyo {
        assert_eq!(now.contains(&name.as_str()), leman.contains(name), "{name}");
    }
    assert!(tokyo.iter().any(|name| !leman.contains(name)) && !leman.is_empty());
    fs::remove_file(desk.path("full.json")).unwrap();
}

#[test]
fn a_dry_run_has_a_row_for_what_would_fail() {
    let (desk, _) = desk();
    desk.instance(
        "empty",
        "0.21",
        "kestra: {ee: {tenants: {enabled: true, default-tenant: true}}}\n",
    );
    for verb in VERBS {
        let output = desk.run(&format!("kestra-admin --store empty {verb} full.json --dry-run"));
        let table = String::from_utf8(output.stdout).unwrap();
        let fails: Vec<&str> = table.lines().filter(|line| line.starts_with("fail ")).collect();
        assert_eq!(fails.len(), 2, "{fails:#?}");
        assert!(
            fails[0].contains("role `Access auditor`") && fails[0].contains("exists from Kestra 0.24 on"),
            "{fails:#?}"
        );
    }
}
