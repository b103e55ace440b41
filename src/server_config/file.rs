//! One configuration file: its bytes, what it is, and each place in it that sets one of the two settings.
//!
//! Pure but for [`ConfigFile::read`]. Text of the file goes out through [`visible`], and only the two settings do.

use std::fs;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::key::{Key, MISSPELLED, boolean};
use super::reading::{Kind, Reading, Sheet, Trouble};
use super::search::{Found, Through};
use super::variables::{Variable, Variables};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::sorting;
use crate::domain::text::{hexadecimal, visible};

/// How a file comes to the server, which decides whether it beats environment variables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Named in `MICRONAUT_CONFIG_FILES`, mounted into a container, or written down for one: environment variables beat it.
    #[default]
    Listed,
    /// Given to the server with `-c` or `--config`: it beats environment variables.
    CommandLine,
    /// `~/.kestra/config.yml`, which is read as if it were given with `-c` where nothing else is.
    Home,
}

/// Which layer of configuration a place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// A configuration file, or a text that becomes one.
    File,
    /// An environment variable.
    Environment,
}

/// A place that sets one of the two settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// What it sets.
    pub key: Key,
    /// The value, if it is a yes or a no.
    pub value: Option<bool>,
    /// The value as it stands there; `None` if another place gives it.
    pub raw: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The key as it is spelled there.
    pub spelling: String,
    /// Where that is, in words: `the file`, `` `KESTRA_CONFIGURATION` of service `kestra` ``.
    pub place: String,
    /// The services of a compose file that are set by it; empty if that cannot be told apart.
    pub services: Vec<String>,
    /// The layer it belongs to.
    pub layer: Layer,
    /// Whether it counts for nothing, because the same key stands again further down.
    pub lost: bool,
    /// A remark, a sentence.
    pub note: Option<String>,
}

/// A key that looks like one of the settings and sets nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misspelled {
    /// As it stands there.
    pub spelling: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, a sentence.
    pub note: String,
}

/// A configuration file as it was read.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) hash: String,
    pub(super) role: Role,
    pub(super) reading: Result<Reading, Trouble>,
}

impl ConfigFile {
    /// Reads a file. One that cannot be understood is read all the same; see [`Self::trouble`].
    pub fn read(path: &Path) -> Result<Self, Problem> {
        match fs::read(path) {
            Ok(bytes) => Ok(Self::of(path, bytes)),
            Err(error) => Err(cannot_read(path, &error)),
        }
    }

    /// A file whose bytes are at hand.
    pub fn of(path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self {
            path: path.into(),
            hash: hash(&bytes),
            reading: Reading::of(&bytes),
            role: Role::default(),
            bytes,
        }
    }

    /// The same file in another role.
    pub fn with_role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it, byte by byte.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of what is in it, in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// How it comes to the server.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.reading.as_ref().map_or(Kind::Unknown, |reading| reading.kind)
    }

    /// Why it cannot be understood, a sentence.
    pub fn trouble(&self) -> Option<String> {
        self.reading.as_ref().err().map(|trouble| trouble.why.clone())
    }

    /// Whether all of it that may hold settings could be read.
    pub fn is_understood(&self) -> bool {
        self.reading.as_ref().is_ok_and(|reading| !reading.is_partly_broken)
    }

    /// Remarks on the file as a whole, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        self.reading
            .as_ref()
            .map(|reading| reading.notes.clone())
            .unwrap_or_default()
    }

    /// The services of a compose file that are given Kestra's configuration.
    pub(super) fn services(&self) -> Vec<&str> {
        let mut services: Vec<&str> = Vec::new();
        if let Ok(reading) = &self.reading {
            let of_sheets = reading.sheets.iter().flat_map(|sheet| &sheet.services);
            let of_variables = reading.variables.iter().flat_map(|variables| &variables.services);
            for service in of_sheets.chain(of_variables) {
                if !services.contains(&service.as_str()) {
                    services.push(service);
                }
            }
        }
        services
    }

    /// Each place that sets one of the two settings, in the order of the file.
    pub fn occurrences(&self) -> Vec<Occurrence> {
        let Ok(reading) = &self.reading else {
            return Vec::new();
        };
        let mut occurrences: Vec<Occurrence> = reading.sheets.iter().flat_map(in_sheet).collect();
        occurrences.extend(reading.variables.iter().flat_map(in_variables));
        sorting::by_key(&mut occurrences, |occurrence| occurrence.line);
        occurrences
    }

    /// Each key that looks like one of the settings and sets nothing.
    pub fn misspelled(&self) -> Vec<Misspelled> {
        let Ok(reading) = &self.reading else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for sheet in &reading.sheets {
            for wrong in MISSPELLED {
                let mut path = sheet.path.get(..sheet.before()).unwrap_or_default().to_vec();
                path.extend(wrong);
                for (_, leaf) in sheet.search_for(&path).leaves {
                    found.push(Misspelled {
                        line: sheet.line(sheet.tree.span(leaf.key).start),
                        note: format!("`{}` has no effect; the key is `kestra.ee.tenants`.", wrong.join(".")),
                        spelling: visible(&leaf.spelling).into_owned(),
                    });
                }
            }
        }
        for entry in reading.variables.iter().flat_map(|variables| &variables.entries) {
            if entry.sets.is_none() {
                found.push(Misspelled {
                    spelling: visible(&entry.name).into_owned(),
                    line: entry.line,
                    note: format!(
                        "A variable of this name has no effect; they are `{}` and `{}`.",
                        Key::Enabled.variable(),
                        Key::DefaultTenant.variable()
                    ),
                });
            }
        }
        sorting::by_key(&mut found, |misspelled| misspelled.line);
        found
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, bytes).as_ref())
}

fn in_sheet(sheet: &Sheet) -> Vec<Occurrence> {
    let leaves = sheet.search().leaves;
    leaves.iter().map(|(key, found)| of_leaf(sheet, *key, found)).collect()
}

fn of_leaf(sheet: &Sheet, key: Key, found: &Found) -> Occurrence {
    let tree = &sheet.tree;
    let value = tree.resolved(found.value);
    let raw = tree.text(value).filter(|_| !tree.is_null(value));
    let lost = found
        .lost
        .then(|| "The same key stands again further down, and only the last one counts.".to_owned());
    let note = lost.or_else(|| match found.through {
        Through::Merge => Some("It is brought in by a merge key (`<<`).".to_owned()),
        Through::Alias => Some("It is brought in by an alias.".to_owned()),
        Through::Keys => match (raw, &sheet.shared_as) {
            (None, _) if tree.is_null(value) => Some("It has no value, which counts as not set.".to_owned()),
            (None, _) => Some("Its value is no plain word.".to_owned()),
            (Some(raw), _) if boolean(raw).is_none() => Some(no_boolean(raw)),
            (Some(_), Some(anchor)) => Some(format!("These lines are shared by the anchor `&{anchor}`.")),
            (Some(_), None) => None,
        },
    });
    Occurrence {
        key,
        value: raw.and_then(boolean),
        raw: raw.map(shown_value),
        line: sheet.line(tree.span(found.key).start),
        spelling: visible(&found.spelling).into_owned(),
        place: visible(&sheet.place).into_owned(),
        services: sheet.services.clone(),
        layer: Layer::File,
        lost: found.lost,
        note: note.map(|note| visible(&note).into_owned()),
    }
}

fn in_variables(variables: &Variables) -> Vec<Occurrence> {
    let later = |index: usize, key: Key| {
        let rest = variables.entries.iter().skip(index + 1);
        rest.filter(|entry| entry.sets == Some(key)).count() > 0
    };
    variables
        .entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| Some(of_variable(variables, entry, entry.sets?, later(index, entry.sets?))))
        .collect()
}

fn of_variable(variables: &Variables, entry: &Variable, key: Key, lost: bool) -> Occurrence {
    let note = match &entry.raw {
        _ if lost => Some("The same variable stands again further down, and only the last one counts.".to_owned()),
        None => Some("Its value is not given there but taken over from elsewhere.".to_owned()),
        Some(raw) if boolean(raw).is_none() => Some(no_boolean(raw)),
        Some(_) => variables
            .shared_as
            .as_ref()
            .map(|anchor| format!("These lines are shared by the anchor `&{anchor}`.")),
    };
    Occurrence {
        key,
        value: entry.raw.as_deref().and_then(boolean),
        raw: entry.raw.as_deref().map(shown_value),
        line: entry.line,
        spelling: visible(&entry.name).into_owned(),
        place: visible(&variables.place).into_owned(),
        services: variables.services.clone(),
        layer: Layer::Environment,
        lost,
        note: note.map(|note| visible(&note).into_owned()),
    }
}

/// A value that may be shown: a yes or no, or a short word. Anything else could be a secret that went astray.
fn shown_value(raw: &str) -> String {
    if raw.is_empty() || boolean(raw).is_some() {
        return raw.trim().to_owned();
    }
    // The default in a placeholder may be anything; its name is no secret.
    let name = raw
        .strip_prefix("${")
        .and_then(|rest| rest.split([':', '}', '-']).next());
    match name {
        Some(name)
            if name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) =>
        {
            format!("${{{name}}}")
        }
        _ => "(something else)".to_owned(),
    }
}

fn no_boolean(raw: &str) -> String {
    if raw.contains("${") || raw.contains("{{") || raw.starts_with('$') {
        "Its value is filled in from elsewhere, by a template or a variable.".to_owned()
    } else {
        "Its value is neither true nor false.".to_owned()
    }
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Problem {
    let shown = path.display();
    if error.kind() == std::io::ErrorKind::NotFound {
        return Problem::new(
            ProblemKind::NotFound,
            format!("There is no file `{shown}`."),
            "Kestra's configuration was to be read from it.",
            "Check the path, or name another file with `--file`.",
        );
    }
    Problem::new(
        ProblemKind::Failed,
        format!("The file `{shown}` cannot be read."),
        format!("The system says: {error}."),
        "Check who owns it and who may read it, then try again.",
    )
}
