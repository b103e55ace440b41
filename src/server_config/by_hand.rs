//! What an operator has to write where this program does not dare to.

use super::file::ConfigFile;
use super::key::{Key, PARENTS, spelled_like};
use super::plan::Change;
use super::reading::{Kind, Reading};
use super::sheet_edit::nested;
use crate::domain::sorting;
use crate::domain::text::visible;

/// A place in a file that says something about a setting.
struct Place {
    key: Key,
    line: usize,
    /// The key as it is written on that line, with the sign between it and its value.
    written: String,
    raw: String,
}

/// The lines to change or to add by hand, in the form of the file. Nothing else of the file is shown.
pub(super) fn lines(file: &ConfigFile, change: Change) -> Vec<String> {
    let reading = file.reading.as_ref().ok();
    let places = reading.map(places).unwrap_or_default();
    let mut lines = Vec::new();
    let mut missing = Vec::new();
    for (key, value) in change.wanted() {
        let mut found = places.iter().filter(|place| place.key == key).peekable();
        if found.peek().is_none() {
            missing.push((key, value));
        }
        for place in found {
            let word = spelled_like(&place.raw, value);
            lines.push((place.line, format!("line {}: {}{word}", place.line, place.written)));
        }
    }
    // Below the other one, where there is one: a second `kestra:` would hide the first.
    if let ([(key, value)], Some(beside)) = (missing.as_slice(), places.first()) {
        let written = match beside.written.strip_suffix(": ") {
            Some(name) if name == beside.key.variable() => format!("{}: ", key.variable()),
            Some(name) => {
                let before = name
                    .rsplit_once('.')
                    .map_or(String::new(), |(before, _)| format!("{before}."));
                format!("{before}{}: ", key.leaf())
            }
            None => format!("{}=", key.variable()),
        };
        lines.push((beside.line, format!("below line {}: {written}{value}", beside.line)));
        missing.clear();
    }
    sorting::by_key(&mut lines, |(line, _)| *line);
    let mut lines: Vec<String> = lines.into_iter().map(|(_, line)| visible(&line).into_owned()).collect();
    if !missing.is_empty() {
        lines.extend(to_add(file.kind(), reading, &missing));
    }
    lines
}

fn places(reading: &Reading) -> Vec<Place> {
    let mut places = Vec::new();
    for sheet in &reading.sheets {
        let tree = &sheet.tree;
        places.extend(sheet.search().leaves.iter().map(|(key, found)| Place {
            key: *key,
            line: sheet.line(tree.span(found.key).start),
            written: format!("{}: ", tree.text(found.key).unwrap_or_default()),
            raw: tree.text(tree.resolved(found.value)).unwrap_or_default().to_owned(),
        }));
    }
    let sign = if reading.kind == Kind::EnvFile { "=" } else { ": " };
    for entry in reading.variables.iter().flat_map(|variables| &variables.entries) {
        if let Some(key) = entry.sets {
            places.push(Place {
                key,
                line: entry.line,
                written: format!("{}{sign}", entry.name),
                raw: entry.raw.clone().unwrap_or_default(),
            });
        }
    }
    places
}

fn to_add(kind: Kind, reading: Option<&Reading>, missing: &[(Key, bool)]) -> Vec<String> {
    if kind == Kind::EnvFile {
        let line = |(key, value): &(Key, bool)| format!("{}={value}", key.variable());
        return missing.iter().map(line).collect();
    }
    let sheet = reading.and_then(|reading| reading.sheets.last());
    let (first, parts): (&str, Vec<&str>) = match (kind, sheet) {
        (Kind::Helm, Some(sheet)) => ("# in the values", sheet.path.clone()),
        (Kind::Helm, None) => (
            "# in the values; for charts up to 0.24 below `configuration` instead",
            ["configurations", "application"].into_iter().chain(PARENTS).collect(),
        ),
        (Kind::Compose, _) => ("# in the text of KESTRA_CONFIGURATION", PARENTS.to_vec()),
        _ => ("# in Kestra's configuration", PARENTS.to_vec()),
    };
    let mut lines = vec![first.to_owned()];
    lines.extend(nested(0, 2, &parts, missing));
    lines
}

/// Why there is no place in a file for the settings, a clause.
pub(super) fn nowhere(reading: &Reading) -> &'static str {
    match reading.kind {
        Kind::Compose => {
            "no service in it is given `KESTRA_CONFIGURATION`, or one of its variables; if it mounts a file, name that file"
        }
        Kind::Helm => "it holds neither `configuration` (charts up to 0.24) nor `configurations` (from 1.0)",
        Kind::EnvFile => "none of its variables is Kestra's",
        Kind::Application | Kind::Unknown => "nothing in it is Kestra's",
    }
}
