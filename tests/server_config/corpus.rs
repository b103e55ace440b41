//! Each file of `corpus/`, with what is expected of it in `expected/`: what is found there, and two changes.
//!
//! `CORPUS=write cargo test --test server_config` writes what is found into `expected/`, to be read before it is committed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kestra_admin::domain::release::Release;
use kestra_admin::server_config::{Change, ConfigFile, Layer, effective, plan_edit};

use crate::invariants;

pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<PathBuf> = fs::read_dir(directory("corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                fs::read(&path).unwrap(),
            )
        })
        .collect()
}

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/server_config")
        .join(name)
}

pub fn change(enabled: bool, default_tenant: bool) -> Change {
    Change {
        enabled: Some(enabled),
        default_tenant: Some(default_tenant),
    }
}

#[test]
fn every_file_is_read_explained_and_edited_as_expected() {
    let writes = std::env::var_os("CORPUS").is_some_and(|value| value == "write");
    let mut wrong = Vec::new();
    let files = files();
    assert!(files.len() >= 60, "{}", files.len());
    for (name, bytes) in &files {
        let found = told(name, bytes);
        let path = directory("expected").join(format!("{name}.txt"));
        if writes {
            fs::write(&path, found).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != found {
            wrong.push(format!("== {name}\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let expected = fs::read_dir(directory("expected")).unwrap().count();
    assert_eq!(
        expected,
        files.len(),
        "something is expected of a file that is not there"
    );
}

/// Everything this module says about a file.
fn told(name: &str, bytes: &[u8]) -> String {
    let file = ConfigFile::of(name, bytes);
    let mut told = format!("{}\n", file.kind().words());
    if let Some(trouble) = file.trouble() {
        writeln!(told, "! {trouble}").unwrap();
    }
    for found in file.occurrences() {
        let layer = match found.layer {
            Layer::File => "",
            Layer::Environment => " (variable)",
        };
        let note = found.note.map(|note| format!(" - {note}")).unwrap_or_default();
        writeln!(
            told,
            "line {}: {} = {} in {}{layer}{note}",
            found.line,
            found.spelling,
            found.raw.as_deref().unwrap_or("?"),
            found.place
        )
        .unwrap();
    }
    let explained = effective(std::slice::from_ref(&file), &|_| None, Release::new(0, 21));
    for setting in [&explained.enabled, &explained.default_tenant] {
        let value = setting.value.map_or("?".to_owned(), |value| value.to_string());
        writeln!(told, "{value}: {}. {}", setting.origin, setting.wins_because).unwrap();
    }
    for note in &explained.notes {
        writeln!(told, "note: {note}").unwrap();
    }
    for wanted in [change(true, true), change(true, false)] {
        writeln!(
            told,
            "\n-> {}/{}",
            wanted.enabled.unwrap(),
            wanted.default_tenant.unwrap()
        )
        .unwrap();
        match plan_edit(&file, wanted) {
            Ok(edit) if edit.is_noop() => told.push_str("says so already\n"),
            Ok(edit) => {
                for note in &edit.notes {
                    writeln!(told, "note: {note}").unwrap();
                }
                for line in &edit.diff {
                    writeln!(told, "{}", line.shown().trim_end()).unwrap();
                }
                // What is shown hides other settings, so the true lines are told, too.
                let (before, after) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&edit.new_bytes));
                for line in invariants::raw_changes(&before, &after) {
                    writeln!(told, "{line}").unwrap();
                }
            }
            Err(problem) => {
                writeln!(told, "{problem}").unwrap();
                for line in problem.detail.unwrap_or_default().lines() {
                    writeln!(told, "| {line}").unwrap();
                }
            }
        }
    }
    told
}

#[test]
fn what_must_hold_for_any_file_holds_for_these() {
    for (name, bytes) in files() {
        invariants::hold(&name, &bytes);
    }
}

#[test]
fn nothing_of_other_settings_is_told() {
    for (name, bytes) in files() {
        let shown: String = told(&name, &bytes)
            .lines()
            .filter(|line| !line.starts_with("raw "))
            .collect();
        for secret in ["hunter2", "s3cret", "k3str4", "MII-", "not for you"] {
            assert!(!shown.contains(secret), "{name}: {shown}");
        }
    }
}
