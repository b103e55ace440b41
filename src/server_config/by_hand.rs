//! What an operator has to write where this program does not dare to.

use super::file::{ConfigFile, Layer, Occurrence};
use super::key::{Key, PARENTS, spelled_like};
use super::plan::Change;
use super::reading::{Kind, Reading};
use super::sheet_edit::nested;

/// The lines to change or to add by hand, in the form of the file. Nothing else of the file is shown.
pub(super) fn lines(file: &ConfigFile, change: Change) -> Vec<String> {
    let occurrences = file.occurrences();
    let mut lines = Vec::new();
    let mut missing = Vec::new();
    for (key, value) in change.wanted() {
        let found: Vec<&Occurrence> = occurrences.iter().filter(|found| found.key == key).collect();
        if found.is_empty() {
            missing.push((key, value));
        }
        for occurrence in found {
            let word = spelled_like(occurrence.raw.as_deref().unwrap_or_default(), value);
            let sign = match (occurrence.layer, file.kind()) {
                (Layer::Environment, Kind::EnvFile) => "=",
                _ => ": ",
            };
            let leaf = match occurrence.layer {
                Layer::Environment => occurrence.spelling.as_str(),
                Layer::File => occurrence.spelling.as_str(),
            };
            lines.push(format!("line {}: {leaf}{sign}{word}", occurrence.line));
        }
    }
    if !missing.is_empty() {
        lines.extend(to_add(file.kind(), &missing));
    }
    lines
}

fn to_add(kind: Kind, missing: &[(Key, bool)]) -> Vec<String> {
    if kind == Kind::EnvFile {
        return missing
            .iter()
            .map(|(key, value)| format!("{}={value}", key.variable()))
            .collect();
    }
    let (first, before): (&str, &[&str]) = match kind {
        Kind::Compose => ("# in the text of KESTRA_CONFIGURATION", &[]),
        Kind::Helm => (
            "# charts from 1.0; up to 0.24 below `configuration` alone",
            &["configurations", "application"],
        ),
        Kind::Application | Kind::Unknown | Kind::EnvFile => ("# in Kestra's configuration", &[]),
    };
    let parts: Vec<&str> = before.iter().copied().chain(PARENTS).collect();
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
