//! Which of Kestra's configuration files a command is about: those named, those of the context, and those that Kestra would
//! read besides.
//!
//! A local instance reads its own file and nothing else, so there nothing else is looked at.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout, Printer};
use crate::backend::local::LocalInstance;
use crate::config::environment::Environment;
use crate::config::target::{Reach, Target};
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::release::Release;
use crate::domain::text::visible;
use crate::server_config::{ConfigFile, Kind, Role};

/// The variable that lists Kestra's configuration files.
const LISTED_FILES: &str = "MICRONAUT_CONFIG_FILES";
/// Files that often lie beside one that is named, and may set the same.
const BESIDE: [&str; 5] = [
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    ".env",
];

/// A file, and why it is looked at.
pub struct Found {
    /// The file.
    pub file: ConfigFile,
    /// Why, in words.
    pub because: &'static str,
    /// Whether it is what the command is about, and not looked at besides.
    pub is_meant: bool,
}

/// The files, in the order in which Kestra reads them, and what else counts.
pub struct Files {
    /// The files.
    pub found: Vec<Found>,
    /// Whether the environment of this process and files at home may count.
    pub is_open: bool,
    /// The release, if it is known.
    pub release: Option<Release>,
}

impl Files {
    /// Finds them. With `named`, those are meant; else that of the target.
    pub fn find(target: &Target, environment: &Environment, named: &[PathBuf]) -> Result<Self, Problem> {
        let meant = match named {
            [] => of_target(target).into_iter().collect(),
            named => named.to_vec(),
        };
        let mut files = Self {
            found: Vec::new(),
            is_open: true,
            release: None,
        };
        // Of a local instance, be it served or not, everything is known.
        if let [only] = meant.as_slice()
            && let Some(directory) = only.parent()
            && LocalInstance::is_at(directory)
        {
            files.is_open = false;
            files.release = LocalInstance::open(directory, None)
                .ok()
                .map(|instance| instance.release());
        }
        if files.is_open {
            for path in environment.get(LISTED_FILES).unwrap_or_default().split(',') {
                let path = Path::new(path.trim());
                if !meant.iter().any(|meant| is_same(meant, path)) {
                    files.add_if_there(path, "listed in `MICRONAUT_CONFIG_FILES`", Role::Listed, |_| true);
                }
            }
        }
        for path in &meant {
            if files.found.iter().any(|found| is_same(found.file.path(), path)) {
                continue;
            }
            let is_home = home_file(environment).is_some_and(|home| is_same(&home, path));
            files.found.push(Found {
                file: ConfigFile::read(path)?.with_role(if is_home { Role::Home } else { Role::Listed }),
                because: if named.is_empty() { "of the context" } else { "named" },
                is_meant: true,
            });
        }
        if files.is_open {
            for path in &meant {
                for name in BESIDE {
                    let says_something = |file: &ConfigFile| {
                        matches!(file.kind(), Kind::Compose | Kind::EnvFile)
                            && (!file.occurrences().is_empty() || !file.misspelled().is_empty())
                    };
                    files.add_if_there(
                        &path.with_file_name(name),
                        "lies beside it",
                        Role::Listed,
                        says_something,
                    );
                }
            }
            if let Some(home) = home_file(environment) {
                files.add_if_there(&home, "read where Kestra is started without `-c`", Role::Home, |_| true);
            }
        }
        Ok(files)
    }

    /// What nobody asked for is left out if it cannot be read.
    fn add_if_there(&mut self, path: &Path, because: &'static str, role: Role, counts: impl Fn(&ConfigFile) -> bool) {
        if !path.is_file() || self.found.iter().any(|found| is_same(found.file.path(), path)) {
            return;
        }
        let Ok(file) = ConfigFile::read(path) else { return };
        if counts(&file) {
            self.found.push(Found {
                file: file.with_role(role),
                because,
                is_meant: false,
            });
        }
    }

    /// The files a change is about, or a word on how to name one.
    pub fn meant(&self) -> Result<Vec<&ConfigFile>, Problem> {
        let meant: Vec<&ConfigFile> = self
            .found
            .iter()
            .filter(|found| found.is_meant)
            .map(|found| &found.file)
            .collect();
        if meant.is_empty() {
            return Err(invalid(
                "It is not said which file holds Kestra's configuration.",
                "No `--file` names it, and neither does `config-file` of the context.",
                "Add `--file FILE`: Kestra's own configuration, a compose file, Helm values or a file of variables.",
            ));
        }
        Ok(meant)
    }
}

fn of_target(target: &Target) -> Option<PathBuf> {
    match &target.reach.value {
        Reach::Store(directory) => Some(directory.join("application.yml")),
        Reach::Host { .. } => target.server.config_file.clone(),
    }
}

fn home_file(environment: &Environment) -> Option<PathBuf> {
    environment
        .get("HOME")
        .map(|home| Path::new(home).join(".kestra/config.yml"))
}

fn is_same(left: &Path, right: &Path) -> bool {
    left == right || matches!((fs::canonicalize(left), fs::canonicalize(right)), (Ok(left), Ok(right)) if left == right)
}

/// A path as people may see it.
pub fn shown(path: &Path) -> String {
    visible(&path.display().to_string()).into_owned()
}

static LAYOUT: Layout<Found> = Layout {
    columns: &[
        Column {
            head: "FILE",
            cell: |found| shown(found.file.path()),
        },
        Column {
            head: "KIND",
            cell: |found| found.file.kind().words().to_owned(),
        },
        Column {
            head: "WHY",
            cell: |found| found.because.to_owned(),
        },
    ],
    json: |found| {
        json!({
            "file": found.file.path(),
            "kind": found.file.kind(),
            "because": found.because,
            "sha256": found.file.hash(),
        })
    },
};

/// A file that is not there, and why it would be looked at.
type Expected = (PathBuf, &'static str);

static EXPECTED: Layout<Expected> = Layout {
    columns: &[
        Column {
            head: "FILE",
            cell: |(file, _)| shown(file),
        },
        Column {
            head: "KIND",
            // One of several may be there and another not; then none is read.
            cell: |(file, _)| match file.try_exists() {
                Ok(true) => "not read".to_owned(),
                _ => "not there".to_owned(),
            },
        },
        Column {
            head: "WHY",
            cell: |(_, because)| (*because).to_owned(),
        },
    ],
    json: |(file, because)| json!({"file": file, "kind": null, "because": because, "sha256": null}),
};

/// Where files would be, if there were any.
fn expected(target: &Target, environment: &Environment, named: &[PathBuf]) -> Vec<Expected> {
    if !named.is_empty() {
        return named.iter().map(|file| (file.clone(), "named")).collect();
    }
    let meant = of_target(target).map(|file| (file, "of the context"));
    let home = || home_file(environment).map(|file| (file, "read where Kestra is started without `-c`"));
    meant.or_else(home).into_iter().collect()
}

/// `config path`
pub fn path(
    printer: &mut Printer<'_>,
    target: &Target,
    environment: &Environment,
    named: &[PathBuf],
) -> Result<(), Failure> {
    let missing = match Files::find(target, environment, named) {
        Ok(files) if !files.found.is_empty() => {
            let paths = files.found.iter().map(|found| found.file.path());
            return print_paths(printer, paths, &LAYOUT, &files.found);
        }
        Ok(_) => Problem::new(
            ProblemKind::NotFound,
            "No file of Kestra's configuration is known.",
            "No `--file` names one, nor does `config-file` of the context, and none lies where Kestra looks by itself.",
            "Name one with `--file`, or as `config-file` of the context.",
        ),
        Err(problem) => problem,
    };
    let expected = expected(target, environment, named);
    print_paths(
        printer,
        expected.iter().map(|(file, _)| file.as_path()),
        &EXPECTED,
        &expected,
    )?;
    Err(missing.into())
}

/// Paths alone, one a line, or whole rows in the other forms.
fn print_paths<'a, T>(
    printer: &mut Printer<'_>,
    paths: impl Iterator<Item = &'a Path>,
    layout: &'static Layout<T>,
    rows: &[T],
) -> Result<(), Failure> {
    if printer.format() != Format::Table {
        return printer.whole_list(layout, rows);
    }
    printer.lines(&paths.map(shown).collect::<Vec<_>>())
}
