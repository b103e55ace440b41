//! Which of several places counts, and why, in words.
//!
//! From high to low: a file given with `-c` (or `~/.kestra/config.yml`), environment variables, `KESTRA_CONFIGURATION` and
//! listed files (a later one before an earlier one), the defaults of the release. Kestra's `App` hands the first of these
//! to Micronaut as properties of the application, which stand above everything else.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::file::{ConfigFile, Layer, Occurrence, Role};
use super::key::{Key, WHOLE_CONFIGURATION, boolean};
use super::reading::{Kind, quoted};
use crate::domain::instance::Tenancy;
use crate::domain::release::Release;
use crate::domain::sorting;
use crate::domain::text::visible;

/// One setting, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Effective {
    /// Which setting.
    pub key: Key,
    /// What it is; `None` if the place that counts says neither yes nor no.
    pub value: Option<bool>,
    /// The place that counts, in words.
    pub origin: String,
    /// The file of that place.
    pub file: Option<PathBuf>,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// Why it counts, a sentence.
    pub wins_because: String,
}

/// Something outside of configuration files that sets a setting, and counts more than they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// Which setting.
    pub key: Key,
    /// What it is set to, if that is a yes or a no.
    pub value: Option<bool>,
    /// The environment variable, if it is one.
    pub variable: Option<String>,
    /// The file it stands in; `None` for the environment itself.
    pub file: Option<PathBuf>,
    /// Where it stands, in words.
    pub origin: String,
}

/// What the files and the environment come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// `kestra.ee.tenants.enabled`
    pub enabled: Effective,
    /// `kestra.ee.tenants.default-tenant`
    pub default_tenant: Effective,
    /// What an operator should know, a sentence each.
    pub notes: Vec<String>,
    /// What counts more than the files.
    pub overrides: Vec<Override>,
}

impl Explained {
    /// One of the two.
    pub fn of(&self, key: Key) -> &Effective {
        match key {
            Key::Enabled => &self.enabled,
            Key::DefaultTenant => &self.default_tenant,
        }
    }

    /// Both settings, if both are known.
    pub fn tenancy(&self) -> Option<Tenancy> {
        Some(Tenancy {
            enabled: self.enabled.value?,
            default_tenant: self.default_tenant.value?,
        })
    }

    /// An environment variable that counts more than a configuration file does, if there is one.
    pub fn overridden_by_environment(&self) -> Option<&Override> {
        self.overrides.iter().find(|found| found.variable.is_some())
    }
}

/// How much a place counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    File,
    Environment,
    CommandLine,
}

struct Candidate {
    rank: Rank,
    occurrence: Occurrence,
    role: Role,
    kind: Kind,
    /// `None` for the environment of this process.
    file: Option<PathBuf>,
}

impl Candidate {
    fn origin(&self) -> String {
        let occurrence = &self.occurrence;
        match &self.file {
            None => format!("variable `{}` of this environment", occurrence.spelling),
            Some(file) => {
                let place = match (self.kind, occurrence.layer) {
                    (Kind::Application, _) => format!("key `{}`", occurrence.spelling),
                    (Kind::EnvFile, _) => format!("variable `{}`", occurrence.spelling),
                    (_, Layer::Environment) => format!("variable `{}` in {}", occurrence.spelling, occurrence.place),
                    (_, Layer::File) => format!("key `{}` in {}", occurrence.spelling, occurrence.place),
                };
                format!("{place}, line {} of `{}`", occurrence.line, file.display())
            }
        }
    }
}

/// Says what counts, for files in the order in which Kestra reads them.
///
/// `environment` gives the variables that the server would be started with, if they are known.
pub fn effective(files: &[ConfigFile], environment: &dyn Fn(&str) -> Option<String>, release: Release) -> Explained {
    let mut notes = Vec::new();
    let candidates = candidates(files, environment, &mut notes);
    let is_blind = files.iter().any(|file| !file.is_understood());
    let [enabled, default_tenant] = Key::ALL.map(|key| decide(key, &candidates, release, is_blind));
    for file in files {
        about_file(file, release, &mut notes);
    }
    if !release.has_default_tenant() && !candidates.is_empty() {
        notes.push(format!(
            "`kestra.ee.tenants` has no effect in Kestra {release}, where tenants are mandatory."
        ));
    }
    if enabled.value == Some(false) && default_tenant.value == Some(false) {
        notes.push("With both off nothing could be reached; Kestra documents no such state.".to_owned());
    }
    notes.dedup();
    Explained {
        overrides: overrides(&candidates),
        enabled,
        default_tenant,
        notes,
    }
}

fn candidates(
    files: &[ConfigFile],
    environment: &dyn Fn(&str) -> Option<String>,
    notes: &mut Vec<String>,
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    // Containers are given their own environment; that of this process reaches a plain server only.
    let is_apart = !files.is_empty()
        && files
            .iter()
            .all(|file| matches!(file.kind(), Kind::Compose | Kind::Helm));
    for key in Key::ALL {
        let Some(raw) = environment(key.variable()).filter(|raw| !raw.is_empty()) else {
            continue;
        };
        if is_apart {
            notes.push(format!(
                "`{}` is set in this environment; containers do not see that unless it is passed on.",
                key.variable()
            ));
            continue;
        }
        candidates.push(Candidate {
            rank: Rank::Environment,
            occurrence: Occurrence {
                key,
                value: boolean(&raw),
                raw: None,
                line: 0,
                spelling: key.variable().to_owned(),
                place: "this environment".to_owned(),
                services: Vec::new(),
                layer: Layer::Environment,
                lost: false,
                note: None,
            },
            role: Role::Listed,
            kind: Kind::EnvFile,
            file: None,
        });
    }
    let whole = environment(WHOLE_CONFIGURATION).filter(|text| !text.is_empty() && !is_apart);
    let whole = whole.map(|text| ConfigFile::of(format!("${WHOLE_CONFIGURATION}"), text));
    for file in files.iter().chain(&whole) {
        for occurrence in file.occurrences() {
            let is_set = occurrence.raw.is_some() || occurrence.layer == Layer::Environment;
            if occurrence.lost || !is_set {
                continue;
            }
            let rank = match (occurrence.layer, file.role()) {
                (Layer::Environment, _) => Rank::Environment,
                (Layer::File, Role::Listed) => Rank::File,
                (Layer::File, Role::CommandLine | Role::Home) => Rank::CommandLine,
            };
            candidates.push(Candidate {
                rank,
                occurrence,
                role: file.role(),
                kind: file.kind(),
                file: Some(file.path().to_owned()),
            });
        }
    }
    candidates
}

fn decide(key: Key, candidates: &[Candidate], release: Release, is_blind: bool) -> Effective {
    let default = match key {
        Key::Enabled => release.tenancy_defaults().enabled,
        Key::DefaultTenant => release.tenancy_defaults().default_tenant,
    };
    let mut of_key: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| candidate.occurrence.key == key)
        .collect();
    // Stable, so that the later one of two alike stays behind the earlier one.
    sorting::by_key(&mut of_key, |candidate| candidate.rank);
    let nothing = |wins_because: String| Effective {
        key,
        value: Some(default),
        origin: format!("default of Kestra {release}"),
        file: None,
        line: None,
        wins_because,
    };
    let Some((winner, others)) = of_key.split_last() else {
        // What could not be read may well set it.
        return Effective {
            value: (!is_blind).then_some(default),
            ..nothing(
                if is_blind {
                    "Nothing that could be understood sets it."
                } else {
                    "Nothing sets it."
                }
                .to_owned(),
            )
        };
    };
    if !release.has_default_tenant() {
        return nothing("This release does not read the key any more.".to_owned());
    }
    Effective {
        key,
        value: winner.occurrence.value,
        origin: winner.origin(),
        file: winner.file.clone(),
        line: winner.file.is_some().then_some(winner.occurrence.line),
        wins_because: why(winner, others.last().copied()),
    }
}

fn why(winner: &Candidate, second: Option<&Candidate>) -> String {
    let Some(second) = second else {
        return "Nothing else sets it.".to_owned();
    };
    let rule = match (winner.rank, second.rank) {
        (Rank::CommandLine, Rank::CommandLine) | (Rank::File, Rank::File) if winner.file != second.file => {
            "Of several files the later one counts"
        }
        (Rank::CommandLine, other) if other != Rank::CommandLine && winner.role == Role::Home => {
            "`~/.kestra/config.yml` counts more than environment variables and other files, unless Kestra is started with `-c`"
        }
        (Rank::CommandLine, other) if other != Rank::CommandLine => {
            "A file given with `-c` counts more than environment variables and other files"
        }
        (Rank::Environment, Rank::File) => "Environment variables count more than configuration files",
        _ if winner.occurrence.services != second.occurrence.services => {
            "Each service has its own; this is the last one"
        }
        (Rank::Environment, _) => "Of several variables the last one counts",
        _ => "Of several lines the last one counts",
    };
    format!("{rule}, so {} is not used.", second.origin())
}

/// What counts more than a plain configuration file and does not stand in one.
fn overrides(candidates: &[Candidate]) -> Vec<Override> {
    candidates
        .iter()
        .filter(|candidate| match candidate.rank {
            Rank::Environment => candidate.kind == Kind::EnvFile || candidate.occurrence.raw.is_none(),
            Rank::CommandLine => candidate.role == Role::Home,
            Rank::File => false,
        })
        .map(|candidate| Override {
            key: candidate.occurrence.key,
            value: candidate.occurrence.value,
            variable: (candidate.rank == Rank::Environment).then(|| candidate.occurrence.spelling.clone()),
            file: candidate.file.clone(),
            origin: candidate.origin(),
        })
        .collect()
}

fn about_file(file: &ConfigFile, release: Release, notes: &mut Vec<String>) {
    let shown = visible(&file.path().display().to_string()).into_owned();
    if let Some(why) = file.trouble() {
        notes.push(format!("`{shown}` cannot be understood: {}", visible(&why)));
    }
    for note in file.notes() {
        notes.push(format!("`{shown}`: {}", visible(&note)));
    }
    for misspelled in file.misspelled() {
        notes.push(format!("`{shown}`, line {}: {}", misspelled.line, misspelled.note));
    }
    if file.kind() == Kind::Compose {
        services_that_differ(file, release, &shown, notes);
    }
    if file.kind() == Kind::EnvFile && !file.occurrences().is_empty() {
        notes.push(format!(
            "`{shown}` reaches Kestra only where something hands its variables on, such as `env_file` or `EnvironmentFile`."
        ));
    }
}

/// All services have to say the same, or they disagree about which tenant something is in.
fn services_that_differ(file: &ConfigFile, release: Release, shown: &str, notes: &mut Vec<String>) {
    let occurrences = file.occurrences();
    let services = file.services();
    for key in Key::ALL {
        let default = match key {
            Key::Enabled => release.tenancy_defaults().enabled,
            Key::DefaultTenant => release.tenancy_defaults().default_tenant,
        };
        let (on, off): (Vec<&str>, Vec<&str>) = services.iter().partition(|service| {
            occurrences
                .iter()
                .filter(|found| found.key == key && !found.lost && found.services.iter().any(|name| name == *service))
                .max_by_key(|found| found.layer)
                .map_or(default, |found| found.value.unwrap_or(default))
        });
        if !on.is_empty() && !off.is_empty() {
            notes.push(format!(
                "`{shown}`: services do not agree on `{}`: true for {}, false for {}.",
                key.name(),
                visible(&quoted(on)),
                visible(&quoted(off))
            ));
        }
    }
}
