//! `activity list` and `activity get`: what this program did, from its own record.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::Value;

use super::args_records::ActivityFlags;
use super::failure::Failure;
use super::moments;
use super::printer::{Column, Layout, Printer};
use crate::activity::log::ActivityLog;
use crate::domain::activity::{Activity, ActivityResult};
use crate::domain::columns::ACTIVITY_COLUMNS;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::shaped::value_of;

static LAYOUT: Layout<Activity> = Layout {
    columns: &[
        Column {
            head: "TIME",
            cell: |row| row.time.clone(),
        },
        Column {
            head: "OPERATOR",
            cell: |row| row.who().to_owned(),
        },
        Column {
            head: "ACCOUNT",
            cell: |row| row.account.clone(),
        },
        Column {
            head: "CONTEXT",
            cell: |row| row.context.clone(),
        },
        Column {
            head: "RESULT",
            cell: |row| row.result.word().to_owned(),
        },
        Column {
            head: "ABOUT",
            cell: |row| row.about.clone().unwrap_or_default(),
        },
        Column {
            head: "COMMAND",
            cell: |row| row.command.clone(),
        },
        Column {
            head: "PROBLEM",
            cell: |row| row.problem.clone().unwrap_or_default(),
        },
        Column {
            head: "ID",
            cell: |row| row.id.clone().unwrap_or_default(),
        },
    ],
    json,
};

/// A row as it is kept, and who did it in one word as in every list of these rows: `operator` is the `identity` in Kestra, or where
/// that is not known the `account` of the machine, such as `ana@jump1`.
fn json(row: &Activity) -> Value {
    let mut value = value_of(row).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("operator".to_owned(), Value::from(row.who()));
    }
    value
}

/// `activity list`
pub fn list(printer: &mut Printer<'_>, log: &ActivityLog, flags: &ActivityFlags) -> Result<(), Failure> {
    let keeping = flags.kept.of(ACTIVITY_COLUMNS, &LAYOUT)?;
    let now = Timestamp::now();
    let moment =
        |flag: &str, text: &Option<String>| text.as_deref().map(|text| moments::parse(flag, text, now)).transpose();
    let (since, until) = (moment("--since", &flags.since)?, moment("--until", &flags.until)?);
    let text = flags.text.as_ref().map(|text| text.to_lowercase());
    let is_wanted = |row: &Activity| {
        let time: Option<Timestamp> = row.time.parse().ok();
        since.is_none_or(|since| time.is_some_and(|time| time >= since))
            && until.is_none_or(|until| time.is_some_and(|time| time <= until))
            && flags
                .place
                .as_ref()
                .is_none_or(|place| *place == row.context || *place == row.place)
            && (!flags.failed || !matches!(row.result, ActivityResult::Done | ActivityResult::Unchanged))
            && text
                .as_ref()
                .is_none_or(|text| json(row).to_string().to_lowercase().contains(text))
    };
    let mut rows = VecDeque::new();
    log.read(|row| {
        if is_wanted(&row) && keeping.keeps(&row) {
            rows.push_back(row);
            if flags.last.is_some_and(|last| rows.len() > last) {
                rows.pop_front();
            }
        }
    })?;
    printer.whole_list(&LAYOUT, rows.make_contiguous())?;
    if rows.is_empty() {
        printer.say("Nothing like that was done from here.");
    }
    Ok(())
}

/// `activity get`
pub fn get(printer: &mut Printer<'_>, log: &ActivityLog, id: &str) -> Result<(), Failure> {
    let mut found = None;
    log.read(|row| {
        if row.id.as_deref() == Some(id) {
            found = Some(row);
        }
    })?;
    let Some(row) = found else {
        return Err(Problem::new(
            ProblemKind::NotFound,
            format!("There is no row `{id}` in the activity record."),
            "None of its rows has this id.",
            "`kestra-admin activity list` shows them.",
        )
        .into());
    };
    let mut lines: Vec<(String, String)> = LAYOUT
        .columns
        .iter()
        .map(|column| (column.head.to_lowercase(), (column.cell)(&row)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    lines.push(("place".to_owned(), row.place.clone()));
    printer.object(&lines, &json(&row))
}

/// `activity path`
pub fn path(printer: &mut Printer<'_>, log: &ActivityLog) -> Result<(), Failure> {
    let path = log.file().display().to_string();
    let value = serde_json::json!({"path": path});
    match printer.format() {
        super::format::Format::Table => printer.lines(&[path]),
        _ => printer.object(&[("path".to_owned(), path)], &value),
    }
}
