//! `keys`: the keys of the console, as its table of commands has them.

use serde_json::json;

use super::failure::Failure;
use super::printer::{Column, Layout, Printer};

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

/// `keys`
pub fn list(printer: &mut Printer<'_>, rows: &[KeyRow]) -> Result<(), Failure> {
    printer.whole_list(&LAYOUT, rows)
}
