//! The forms in which data is printed. How values are written in each is in [`crate::domain::written`].

use clap::ValueEnum;

pub use crate::domain::written::{json_line, json_lines, yaml};

/// The form of what is printed on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// One YAML document.
    Yaml,
    /// Comma-separated values with a line of names; exact, so that a spreadsheet may take a cell that begins with
    /// =, +, - or @ for a formula.
    Csv,
}
