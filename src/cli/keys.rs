//! `keys`: the keys of the console, as its table of commands has them, and what is wrong with the operator's own.

use std::path::Path;

use serde_json::json;

use super::failure::Failure;
use super::printer::{Column, Layout, Printer};
use crate::domain::count::counted;
use crate::domain::problem::invalid;

/// A row of the console's table of commands, handed in by whoever puts the program together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Id of the command, as the configuration's `[[keys]]` names it.
    pub command: String,
    /// Key sequences that run it.
    pub keys: Vec<String>,
    /// What it is called.
    pub title: String,
    /// What it does, in one sentence.
    pub doc: String,
    /// Where it works.
    pub scope: String,
    /// Whether it observes, changes or destroys.
    pub safety: String,
}

static LAYOUT: Layout<KeyRow> = Layout {
    columns: &[
        Column {
            head: "COMMAND",
            cell: |row| row.command.clone(),
        },
        Column {
            head: "KEYS",
            cell: |row| row.keys.join(" "),
        },
        Column {
            head: "SCOPE",
            cell: |row| row.scope.clone(),
        },
        Column {
            head: "SAFETY",
            cell: |row| row.safety.clone(),
        },
        Column {
            head: "TITLE",
            cell: |row| row.title.clone(),
        },
        Column {
            head: "DOC",
            cell: |row| row.doc.clone(),
        },
    ],
    json: |row| {
        json!({
            "command": row.command,
            "keys": row.keys,
            "scope": row.scope,
            "safety": row.safety,
            "title": row.title,
            "doc": row.doc,
        })
    },
};

/// Something to be said about a row of `[[keys]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyReport {
    /// Its line in the file, from 1.
    pub line: Option<usize>,
    /// The command it names.
    pub command: String,
    /// Whether the row is left out because of it.
    pub left_out: bool,
    /// What is to be said.
    pub words: String,
}

static REPORTS: Layout<KeyReport> = Layout {
    columns: &[
        Column {
            head: "LINE",
            cell: |report| report.line.map_or_else(|| "-".to_owned(), |line| line.to_string()),
        },
        Column {
            head: "ROW",
            cell: |report| if report.left_out { "left out" } else { "in effect" }.to_owned(),
        },
        Column {
            head: "COMMAND",
            cell: |report| report.command.clone(),
        },
        Column {
            head: "WHY",
            cell: |report| report.words.clone(),
        },
    ],
    json: |report| {
        json!({
            "line": report.line,
            "leftOut": report.left_out,
            "command": report.command,
            "why": report.words,
        })
    },
};

/// How many rows the console does without, in words; `None` if there is no such row.
pub fn left_out(reports: &[KeyReport]) -> Option<String> {
    let count = reports.iter().filter(|report| report.left_out).count();
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    (count > 0).then(|| format!("{} of `[[keys]]` left out", counted(count, "row")))
}

/// `keys`
pub fn list(printer: &mut Printer<'_>, rows: &[KeyRow], reports: &[KeyReport]) -> Result<(), Failure> {
    printer.whole_list(&LAYOUT, rows)?;
    if let Some(words) = left_out(reports) {
        printer.say(&format!("{words}; `kestra-admin keys --check` says why."));
    }
    Ok(())
}

/// `keys --check`
pub fn check(printer: &mut Printer<'_>, file: &Path, reports: &[KeyReport]) -> Result<(), Failure> {
    printer.whole_list(&REPORTS, reports)?;
    let Some(words) = left_out(reports) else {
        printer.say("All rows of `[[keys]]` are in effect.");
        return Ok(());
    };
    let problem = invalid(
        format!("{words}."),
        format!("`{}` asks for keys that the console cannot give.", file.display()),
        "Mend those rows, or take them out; the console starts without them.",
    );
    Err(problem.into())
}
