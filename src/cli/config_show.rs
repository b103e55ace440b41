//! `config show`: every place that sets multi-tenancy, which one counts, and why.

use serde_json::{Value, json};

use super::config_files::{Files, shown};
use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout, Printer};
use crate::config::environment::Environment;
use crate::domain::release::Release;
use crate::server_config::{ConfigFile, Effective, Explained, Key, Occurrence, effective};

/// What the files and the environment come to, with the release it is said for.
pub fn explain(files: &Files, environment: &Environment, release: Option<Release>) -> (Explained, Release) {
    let release = release.or(files.release).unwrap_or(Release::DEFAULT);
    let texts: Vec<ConfigFile> = files.found.iter().map(|found| found.file.clone()).collect();
    let get = |name: &str| {
        if files.is_open {
            environment.get(name).map(str::to_owned)
        } else {
            None
        }
    };
    (effective(&texts, &get, release), release)
}

/// A place, or what counts where there is none.
struct Row {
    key: Key,
    value: String,
    counts: bool,
    file: String,
    line: Option<usize>,
    place: String,
}

static LAYOUT: Layout<Row> = Layout {
    columns: &[
        Column {
            head: "SETTING",
            cell: |row| row.key.name().to_owned(),
        },
        Column {
            head: "VALUE",
            cell: |row| row.value.clone(),
        },
        Column {
            head: "COUNTS",
            cell: |row| if row.counts { "yes" } else { "" }.to_owned(),
        },
        Column {
            head: "FILE",
            cell: |row| row.file.clone(),
        },
        Column {
            head: "LINE",
            cell: |row| row.line.map(|line| line.to_string()).unwrap_or_default(),
        },
        Column {
            head: "PLACE",
            cell: |row| row.place.clone(),
        },
    ],
    json: |_| Value::Null,
};

/// `config show`
pub fn show(
    printer: &mut Printer<'_>,
    files: &Files,
    environment: &Environment,
    release: Option<Release>,
) -> Result<(), Failure> {
    let (explained, of_release) = explain(files, environment, release);
    match printer.format() {
        Format::Table | Format::Csv => printer.whole_list(&LAYOUT, &rows(files, &explained))?,
        _ => printer.object(&[], &object(files, &explained, of_release))?,
    }
    for setting in [&explained.enabled, &explained.default_tenant] {
        printer.say(&format!(
            "`{}` is {}: {}. {}",
            setting.key.name(),
            word(setting.value),
            setting.origin,
            setting.wins_because
        ));
    }
    if files.found.is_empty() {
        printer.say("No file is known; name one with `--file`, or as `config-file` of the context.");
    }
    for note in notes(files, &explained) {
        printer.say(&note);
    }
    let is_guessed = release.or(files.release).is_none();
    if is_guessed
        && [&explained.enabled, &explained.default_tenant]
            .iter()
            .any(|setting| setting.file.is_none())
    {
        printer.say(&format!(
            "Defaults are those of Kestra {of_release}; `--release` says which release it is."
        ));
    }
    Ok(())
}

/// Remarks on the whole, and on single places.
fn notes(files: &Files, explained: &Explained) -> Vec<String> {
    let mut notes = Vec::new();
    for found in &files.found {
        for occurrence in found.file.occurrences() {
            if let Some(note) = occurrence.note {
                notes.push(format!(
                    "`{}`, line {}: {note}",
                    shown(found.file.path()),
                    occurrence.line
                ));
            }
        }
    }
    notes.extend(explained.notes.iter().cloned());
    notes
}

fn word(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "not certain",
    }
}

fn rows(files: &Files, explained: &Explained) -> Vec<Row> {
    let mut rows = Vec::new();
    for key in Key::ALL {
        let counting = explained.of(key);
        for found in &files.found {
            let occurrences = found.file.occurrences();
            let of_key = occurrences.iter().filter(|occurrence| occurrence.key == key);
            rows.extend(of_key.map(|occurrence| of_occurrence(&found.file, occurrence, counting)));
        }
        if !rows.iter().any(|row: &Row| row.key == key && row.counts) {
            rows.push(Row {
                key,
                value: counting.value.map_or_else(|| "?".to_owned(), |value| value.to_string()),
                counts: true,
                file: counting.file.as_deref().map(shown).unwrap_or_default(),
                line: counting.line,
                place: counting.origin.clone(),
            });
        }
    }
    rows
}

fn of_occurrence(file: &ConfigFile, occurrence: &Occurrence, counting: &Effective) -> Row {
    Row {
        key: occurrence.key,
        value: occurrence.raw.clone().unwrap_or_else(|| "?".to_owned()),
        counts: counting.file.as_deref() == Some(file.path()) && counting.line == Some(occurrence.line),
        file: shown(file.path()),
        line: Some(occurrence.line),
        place: format!("`{}` in {}", occurrence.spelling, occurrence.place),
    }
}

fn object(files: &Files, explained: &Explained, release: Release) -> Value {
    let of_files: Vec<Value> = files
        .found
        .iter()
        .map(|found| {
            json!({
                "file": found.file.path(),
                "kind": found.file.kind(),
                "role": found.file.role(),
                "because": found.because,
                "sha256": found.file.hash(),
                "trouble": found.file.trouble(),
                "occurrences": found.file.occurrences(),
                "misspelled": found.file.misspelled(),
            })
        })
        .collect();
    json!({
        "release": release.to_string(),
        "enabled": explained.enabled,
        "defaultTenant": explained.default_tenant,
        "notes": explained.notes,
        "overrides": explained.overrides,
        "files": of_files,
    })
}
