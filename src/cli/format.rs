//! The forms in which data is printed. How values are written in each is in [`crate::domain::written`].

use clap::ValueEnum;

use super::args::Noun;
use super::args_migrate::MigrateVerb;
use super::args_rehearsal::RehearsalVerb;
use super::args_snapshot::ExportVerb;
use crate::domain::problem::{Problem, invalid};

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

/// Why what is said of a run is no table.
const REPORT: &str = "What is said of a run is one document, not rows.";

/// Refuses a form that `-o` asks for where a command does not print it. What the environment asks for is meant for those
/// that do.
///
/// # Errors
/// What the command prints, and what can be had.
pub fn refuse_if_never_printed(noun: &Noun, asked: Option<Format>) -> Result<(), Problem> {
    let Some(asked) = asked else { return Ok(()) };
    let none = "Leave out `-o`.";
    let (command, why, next) = match noun {
        Noun::Export(export) => match &export.verb {
            ExportVerb::Terraform(_) => ("export terraform", "It prints HCL and nothing else.", none),
            ExportVerb::Snapshot(_) if matches!(asked, Format::Table | Format::Csv) => (
                "export snapshot",
                "A snapshot is one document, not rows.",
                "Use `-o json`, `ndjson` or `yaml`, or leave out `-o` for JSON.",
            ),
            ExportVerb::Snapshot(_) => return Ok(()),
        },
        Noun::Completions { .. } => ("completions", "It prints a script and nothing else.", none),
        Noun::Man { .. } => ("man", "It prints a manual page and nothing else.", none),
        Noun::Rehearsal(rehearsal) if matches!(rehearsal.verb, RehearsalVerb::Kestra { .. }) => (
            "rehearsal kestra",
            "It prints what the commands of Kestra print and nothing else.",
            none,
        ),
        Noun::Migrate(migrate) if asked == Format::Csv => {
            let (command, why) = match &migrate.verb {
                MigrateVerb::Plan { .. } => ("migrate plan", "A plan is one document, not rows."),
                MigrateVerb::Report { .. } => ("migrate report", REPORT),
                MigrateVerb::Run(_) => ("migrate run", REPORT),
                MigrateVerb::Attach { .. } => ("migrate attach", REPORT),
                MigrateVerb::Resume { .. } => ("migrate resume", REPORT),
                MigrateVerb::Rollback { .. } => ("migrate rollback", REPORT),
                _ => return Ok(()),
            };
            let next = "Use `-o json`, `ndjson` or `yaml`, or leave out `-o` for a text to read.";
            (command, why, next)
        }
        _ => return Ok(()),
    };
    let form = asked
        .to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned());
    Err(invalid(format!("`{command}` prints no `{form}`."), why, next))
}
