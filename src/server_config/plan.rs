//! A change of the two settings as a plan: the new bytes of a file, and the lines in which they differ.
//!
//! Pure. What cannot be changed safely is refused here with the lines to change by hand, and every plan has passed the
//! [`super::guard`]. Carried out by [`super::write`].

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::diff::{DiffLine, diff};
use super::file::{ConfigFile, hash};
use super::key::Key;
use super::reading::{Kind, Reading, Sheet, Stands};
use super::splice::{Splice, apply};
use super::{by_hand, guard, sheet_edit, variable_edit};
use crate::domain::instance::Tenancy;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;

/// What the settings shall be. What is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// `kestra.ee.tenants.enabled`
    pub enabled: Option<bool>,
    /// `kestra.ee.tenants.default-tenant`
    pub default_tenant: Option<bool>,
}

impl Change {
    /// What one of them shall be.
    pub fn of(self, key: Key) -> Option<bool> {
        match key {
            Key::Enabled => self.enabled,
            Key::DefaultTenant => self.default_tenant,
        }
    }

    /// Those that shall be something.
    pub(super) fn wanted(self) -> Vec<(Key, bool)> {
        Key::ALL
            .into_iter()
            .filter_map(|key| Some((key, self.of(key)?)))
            .collect()
    }
}

impl From<Tenancy> for Change {
    fn from(tenancy: Tenancy) -> Self {
        Self {
            enabled: Some(tenancy.enabled),
            default_tenant: Some(tenancy.default_tenant),
        }
    }
}

/// What a file shall become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// SHA-256 of what has to be in it before, in hexadecimal.
    pub before_hash: String,
    /// SHA-256 of what is in it afterwards.
    pub after_hash: String,
    /// What is in it afterwards. Never written into a journal or a report, because it holds the secrets of the file.
    #[serde(skip)]
    pub new_bytes: Vec<u8>,
    /// The lines that change, with their neighbours; without any secret.
    pub diff: Vec<DiffLine>,
    /// How many lines come.
    pub added: usize,
    /// How many lines go.
    pub removed: usize,
    /// What an operator should know of it, a sentence each.
    pub notes: Vec<String>,
}

impl Edit {
    /// Whether the file says all of it already.
    pub fn is_noop(&self) -> bool {
        self.before_hash == self.after_hash
    }
}

/// Why a place cannot be changed; a clause such as `its value is an alias of another place`, and a line from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub line: Option<usize>,
    pub why: String,
}

impl Refusal {
    pub fn new(line: Option<usize>, why: impl Into<String>) -> Self {
        Self { line, why: why.into() }
    }
}

/// Plans the change of a file.
///
/// # Errors
/// If it cannot be changed safely. The details of the problem are the lines to change by hand.
pub fn plan_edit(file: &ConfigFile, change: Change) -> Result<Edit, Problem> {
    plan(file, change).map_err(|refusal| refused(file, change, &refusal))
}

fn plan(file: &ConfigFile, change: Change) -> Result<Edit, Refusal> {
    let reading = file
        .reading
        .as_ref()
        .map_err(|trouble| Refusal::new(None, trouble.why.trim_end_matches('.')))?;
    let mut notes = Vec::new();
    let splices = splices(reading, change, &mut notes);
    if let Some(why) = &reading.untouchable
        && !splices.as_ref().is_ok_and(Vec::is_empty)
    {
        return Err(Refusal::new(None, why.trim_end_matches('.')));
    }
    let splices = splices?;
    let text = if splices.is_empty() {
        // There is nothing to do only where all of it is said.
        let found = file.occurrences();
        let is_said = |(key, value): (Key, bool)| {
            let mut of_key = found.iter().filter(|found| found.key == key).peekable();
            of_key.peek().is_some() && of_key.all(|found| found.value == Some(value))
        };
        if !change.wanted().into_iter().all(is_said) {
            return Err(Refusal::new(None, by_hand::nowhere(reading)));
        }
        reading.text.clone()
    } else {
        let changed = apply(&reading.text, &reading.lines, splices)
            .ok_or_else(|| Refusal::new(None, "there is no safe place for the lines"))?;
        guard::check(reading, &changed, change).map_err(|why| Refusal::new(None, why))?;
        changed
    };
    let diff = diff(&reading.text, &text);
    let count = |sign| diff.iter().filter(|line| line.sign == sign).count();
    Ok(Edit {
        path: file.path.clone(),
        kind: reading.kind,
        before_hash: file.hash.clone(),
        after_hash: hash(text.as_bytes()),
        new_bytes: text.into_bytes(),
        added: count('+'),
        removed: count('-'),
        diff,
        notes,
    })
}

fn splices(reading: &Reading, change: Change, notes: &mut Vec<String>) -> Result<Vec<Splice>, Refusal> {
    let mut splices = Vec::new();
    let wanted = change.wanted();
    for sheet in &reading.sheets {
        let here: Vec<(Key, bool)> = wanted
            .iter()
            .copied()
            .filter(|(key, _)| sheet.search().of_key(*key).next().is_some() || has_to_hold(reading, sheet, *key))
            .collect();
        let changes = sheet_edit::splices(sheet, &here)?;
        if changes.is_empty() {
            continue;
        }
        if let Stands::Quoted(line, why) = &sheet.stands {
            return Err(Refusal::new(Some(line + 1), format!("in {} {why}", sheet.place)));
        }
        if let Some(anchor) = &sheet.shared_as {
            notes.push(visible(&format!("All who use `&{anchor}` are changed by it: {}.", sheet.place)).into_owned());
        }
        for splice in changes {
            let outside = splice.outside(sheet);
            splices.push(outside.ok_or_else(|| Refusal::new(None, "there is no safe place for the lines"))?);
        }
    }
    for variables in &reading.variables {
        let is_alone = !reading.sheets.iter().any(|sheet| {
            sheet.services.is_empty() || sheet.services.iter().any(|name| variables.services.contains(name))
        });
        let changes = variable_edit::splices(reading, variables, &wanted, is_alone)?;
        if let (false, Some(anchor)) = (changes.is_empty(), &variables.shared_as) {
            notes.push(
                visible(&format!(
                    "All who use `&{anchor}` are changed by it: {}.",
                    variables.place
                ))
                .into_owned(),
            );
        }
        splices.extend(changes);
    }
    let nowhere = reading.sheets.is_empty() && reading.variables.iter().all(|variables| !can_hold(variables));
    if nowhere && !wanted.is_empty() {
        return Err(Refusal::new(None, by_hand::nowhere(reading)));
    }
    Ok(splices)
}

fn can_hold(variables: &super::variables::Variables) -> bool {
    variables.last_line.is_some() || variables.entries.iter().any(|entry| entry.sets.is_some())
}

/// Whether a setting that a sheet does not hold belongs into it.
fn has_to_hold(reading: &Reading, sheet: &Sheet, key: Key) -> bool {
    let given_otherwise = |service: Option<&String>| {
        reading.variables.iter().any(|variables| {
            variables.of_key(key).next().is_some()
                && service.is_none_or(|name| variables.services.is_empty() || variables.services.contains(name))
        })
    };
    let by_variable = match sheet.services.as_slice() {
        [] => reading.kind != Kind::Compose && given_otherwise(None),
        services => services.iter().all(|service| given_otherwise(Some(service))),
    };
    if by_variable {
        return false;
    }
    // Of several texts those that are about Kestra already, or the last one.
    let holds_kestra = |sheet: &Sheet| sheet.search().parents.iter().any(|(depth, _)| *depth > sheet.before());
    match reading.kind {
        Kind::Helm if reading.sheets.len() > 1 => {
            let holders = reading.sheets.iter().filter(|sheet| holds_kestra(sheet)).count();
            match holders {
                0 => reading.sheets.last().is_some_and(|last| std::ptr::eq(last, sheet)),
                _ => holds_kestra(sheet),
            }
        }
        // What stands in `configs` may be for another program.
        Kind::Compose if sheet.services.is_empty() => holds_kestra(sheet),
        _ => true,
    }
}

fn refused(file: &ConfigFile, change: Change, refusal: &Refusal) -> Problem {
    let place = refusal.line.map(|line| format!("Line {line}: ")).unwrap_or_default();
    Problem::new(
        ProblemKind::Invalid,
        format!("`{}` was not changed.", shown(&file.path)),
        visible(&sentence(&format!("{place}{}", refusal.why))).into_owned(),
        "Change it by hand, then look with `kestra-admin config show`.",
    )
    .with_detail(by_hand::lines(file, change).join("\n"))
}

pub(super) fn shown(path: &Path) -> String {
    visible(&path.display().to_string()).into_owned()
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
