//! Readers that leave early, and disks that are full.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use kestra_admin::domain::tenant::{NewTenant, Tenant};

use crate::desk::{Desk, words};

/// More tenants than fit into a pipe that nobody reads.
fn crowded() -> Desk {
    let desk = Desk::with_tenants("1.3");
    let tenants: Vec<String> = (0..3000)
        .map(|number| format!("- id: tenant-number-{number}"))
        .collect();
    desk.file("many.yaml", &tenants.join("\n"));
    let output = desk.run("kestra-admin tenants create --from many.yaml -o csv");
    assert!(output.status.success());
    desk
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    let desk = crowded();
    for form in ["table", "json", "ndjson", "yaml", "csv"] {
        let mut child = desk
            .program()
            .args(["tenants", "list", "-o", form])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{form}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{form}");
    }
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Desk::with_tenants("1.3")
        .program()
        .args(["users", "list"])
        .stdout(full)
        .output()
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(words.starts_with("The output could not be written.\n"), "{words}");
    assert_eq!(words.lines().count(), 3);
}

#[test]
fn what_was_changed_before_output_could_not_be_written_is_said() {
    let desk = Desk::with_tenants("1.3");
    let said = |words: &[&str]| {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = desk.program().args(words).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let add = [
        "contexts",
        "add",
        "eu",
        "--host",
        "https://eu.example.com",
        "-o",
        "json",
    ];
    let made = "The change was made, but the output could not be written.\n";
    for words in [&["tenants", "create", "--tenant", "new", "-o", "json"][..], &add] {
        let words = said(words);
        assert!(words.contains(made) && !words.contains("try again"), "{words}");
        assert!(
            words.ends_with("Look at what is there before you do it again; send the output elsewhere, or make room.\n"),
            "{words}"
        );
    }
    assert!(desk.run("kestra-admin tenants get new").status.success());
    assert!(desk.run("kestra-admin contexts show eu").status.success());
    let words = said(&["tenants", "create", "--tenant", "never", "--dry-run"]);
    assert!(words.contains("The output could not be written.\n"), "{words}");
}

/// Runs a command whose output goes to a full disk, and gives back its exit code and its words.
fn into_full(desk: &Desk, line: &str) -> (i32, String) {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = desk.program().args(words(line)).stdout(full).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// The command in backticks that begins like this.
#[track_caller]
fn command<'w>(words: &'w str, start: &str) -> &'w str {
    let mut quoted = words.split('`').filter(|quoted| quoted.starts_with(start));
    quoted.next().unwrap_or_else(|| panic!("no `{start}`: {words}"))
}

#[test]
fn a_run_whose_report_could_not_be_written_says_what_was_done_and_how_to_see_it() {
    let desk = Desk::new();
    desk.instance("default", "0.21", "");
    let (code, words) = into_full(&desk, "migrate run --yes --no-backup --until inspect -o json");
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("was done, but the output could not be written."),
        "{words}"
    );
    assert!(
        !words.contains("try again") && words.contains("No space left"),
        "{words}"
    );
    assert!(command(&words, "kestra-admin migrate resume ").len() > 28, "{words}");
    for start in ["kestra-admin migrate status ", "kestra-admin migrate report "] {
        let seen = desk.run(command(&words, start));
        assert!(seen.status.success() && !seen.stdout.is_empty(), "{start}");
    }
    let (code, words) = into_full(&desk, "migrate resume --yes -o yaml");
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("was done, but the output could not be written."),
        "{words}"
    );
    assert!(!words.contains("migrate resume"), "nothing is left: {words}");
    let (code, words) = into_full(&desk, "migrate rollback --yes -o json");
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("was done, but the output could not be written."),
        "{words}"
    );
    let (_, words) = into_full(&desk, "migrate plan -o json");
    assert!(
        words.contains("The output could not be written.\n") && words.contains("try again"),
        "{words}"
    );
}

#[test]
fn of_a_run_that_was_stopped_it_is_not_said_that_all_was_done() {
    let desk = Desk::new();
    desk.instance("default", "0.21", "");
    let ran = desk.run("kestra-admin migrate run --yes --no-backup --until inspect");
    assert!(ran.status.success(), "{ran:?}");
    // As if it had been stopped there.
    let journal = find(&desk.path(".local/state/kestra-admin/runs"), "journal.ndjson").expect("a journal");
    let records = std::fs::read_to_string(&journal).unwrap();
    let stopped = records.replace(r#""halt":"reached""#, r#""halt":"stopped""#);
    assert_ne!(stopped, records);
    std::fs::write(&journal, stopped).unwrap();
    let (code, words) = into_full(&desk, "migrate attach -o json");
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("was stopped, and the output could not be written.") && !words.contains("was done, but"),
        "{words}"
    );
    assert!(command(&words, "kestra-admin migrate resume ").len() > 28, "{words}");
}

/// The first file of this name in a directory, or in those below it.
fn find(directory: &Path, name: &str) -> Option<PathBuf> {
    let paths = std::fs::read_dir(directory).ok()?.map(|entry| entry.unwrap().path());
    let mut paths = paths.collect::<Vec<_>>().into_iter();
    paths.find_map(|path| {
        if path.is_dir() {
            return find(&path, name);
        }
        path.ends_with(name).then_some(path)
    })
}

#[test]
fn a_token_that_nobody_could_read_is_said_to_be_lost_with_the_command_that_deletes_it() {
    let desk = Desk::with_tenants("1.3");
    assert!(desk.run("kestra-admin tenants create --tenant acme").status.success());
    for (owner, place) in [
        ("admin@kestra.local", ""),
        ("bot", " --tenant acme"),
        ("bot", " --instance"),
    ] {
        if place == " --tenant acme" {
            let made = desk.run("kestra-admin users service-accounts create bot --tenant acme");
            assert!(made.status.success(), "{made:?}");
        }
        for form in ["table", "json", "csv"] {
            let line = format!("users tokens create {owner} --name deploy --store default{place} -o {form}");
            let (code, words) = into_full(&desk, &line);
            assert_eq!(code, 1, "{words}");
            assert!(
                words.contains("its text is lost.") && !words.contains("shown this once"),
                "{words}"
            );
            let delete = command(&words, "kestra-admin --store default users tokens delete ");
            assert!(delete.ends_with(place), "{delete}");
            let deleted = desk.run(delete);
            assert!(deleted.status.success(), "{deleted:?}");
        }
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let line = "users tokens create admin@kestra.local --name unread";
    let output = desk.program().args(words(line)).stdout(writer).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("its text is lost.") && said.contains("Whoever was to read"),
        "{said}"
    );
}

#[test]
fn by_lines_too_output_that_cannot_be_written_is_a_failure() {
    let desk = Desk::with_tenants("1.3");
    // The end of the input comes before or after that is known.
    let (reader, _writer) = std::io::pipe().unwrap();
    for input in [Stdio::null(), reader.into()] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = desk
            .program()
            .arg("--linear")
            .stdin(input)
            .stdout(full)
            .output()
            .unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(words.starts_with("The output could not be written.\n"), "{words}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = desk
        .program()
        .arg("--linear")
        .stdin(Stdio::null())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn a_change_is_made_whole_even_if_nobody_reads_what_came_of_it() {
    let desk = Desk::with_tenants("1.3");
    desk.file("many.json", &serde_json::to_string(&entries()).unwrap());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = desk
        .program()
        .args(["tenants", "create", "--from", "many.json"])
        .stdout(writer)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    let output = desk.run("kestra-admin tenants list -o ndjson");
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 50);
}

fn entries() -> Vec<serde_json::Value> {
    (0..50)
        .map(|number| {
            let new = NewTenant {
                tenant: Tenant::new(format!("t{number}").parse().unwrap(), "T"),
                admin: None,
            };
            new.tenant.to_json()
        })
        .collect()
}
