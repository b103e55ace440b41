//! `config.toml`: read if it is there, checked at the edge, and never written by this module.
//!
//! `config.example.toml` at the top of the repository shows every option; tests below keep the two together.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use super::context::Context;
use super::environment::Environment;
use super::interface::{ColorDepth, Glyphs, Interface, KeyBinding, Theme};
use super::paths::DEFAULT_INSTANCE;
use super::secret::SecretSource;
use super::{nearest, private};
use crate::domain::problem::{Problem, ProblemKind};

/// The file as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct ConfigurationTable {
    default_context: Option<String>,
    read_only: Option<bool>,
    contexts: IndexMap<String, Context>,
    theme: Option<Theme>,
    glyphs: Option<Glyphs>,
    borders: Option<bool>,
    reduced_motion: Option<bool>,
    mouse: Option<bool>,
    color_depth: Option<ColorDepth>,
    clipboard_command: Option<Vec<String>>,
    refresh_seconds: Option<u32>,
    keys: Vec<Spanned<KeyBinding>>,
}

/// Options that stand above all tables; written below one, they would belong to it.
const TOP_LEVEL: &[&str] = &[
    "default-context",
    "read-only",
    "theme",
    "glyphs",
    "borders",
    "reduced-motion",
    "mouse",
    "color-depth",
    "clipboard-command",
    "refresh-seconds",
];

/// What the configuration file says, or nothing where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The file, whether it is there or not.
    pub file: PathBuf,
    /// Whether it is there.
    pub exists: bool,
    /// The context used when none is named.
    pub default_context: Option<String>,
    /// Whether every context that does not say otherwise is read-only.
    pub read_only: bool,
    /// Contexts by name.
    pub contexts: IndexMap<String, Context>,
    /// How the console looks and behaves.
    pub interface: Interface,
}

impl Configuration {
    /// Nothing configured.
    pub fn empty(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            exists: false,
            default_context: None,
            read_only: false,
            contexts: IndexMap::new(),
            interface: Interface::default(),
        }
    }

    /// Reads the file. One that is not there is an empty configuration, unless it was `named` by somebody.
    ///
    /// # Errors
    /// If it cannot be read, is not valid, or holds a secret that others may read.
    pub fn read(file: &Path, named: bool) -> Result<Self, Problem> {
        let Some((text, mode)) = private::read(file)? else {
            if named {
                return Err(Problem::new(
                    ProblemKind::NotFound,
                    format!("There is no configuration file `{}`.", file.display()),
                    "It was named by `--config` or `KESTRA_ADMIN_CONFIG`.",
                    "Check the path, or leave it out to use the usual file.",
                ));
            }
            return Ok(Self::empty(file));
        };
        let configuration = Self::parse(&text, file)?;
        if configuration.contexts.values().any(Context::holds_secret) {
            private::refuse_if_shared(file, mode)?;
        }
        Ok(configuration)
    }

    /// Parses the text of a configuration file.
    ///
    /// # Errors
    /// What is wrong, with its line and the nearest word that would be right.
    pub fn parse(text: &str, file: &Path) -> Result<Self, Problem> {
        let table: ConfigurationTable = toml::from_str(text).map_err(|error| invalid(file, text, &error))?;
        if let Some(name) = &table.default_context
            && !table.contexts.contains_key(name)
            // The local instance can be named like a context.
            && name != DEFAULT_INSTANCE
        {
            let names = table.contexts.keys().map(String::as_str);
            return Err(Problem::new(
                ProblemKind::Invalid,
                format!("The configuration `{}` is not valid.", file.display()),
                format!("`default-context` is `{name}`, and there is no such context."),
                suggestion(name, &names.collect::<Vec<_>>()),
            ));
        }
        let usual = Interface::default();
        Ok(Self {
            file: file.to_owned(),
            exists: true,
            default_context: table.default_context,
            read_only: table.read_only.unwrap_or_default(),
            contexts: table.contexts,
            interface: Interface {
                theme: table.theme.unwrap_or(usual.theme),
                glyphs: table.glyphs.unwrap_or(usual.glyphs),
                borders: table.borders.unwrap_or(usual.borders),
                reduced_motion: table.reduced_motion.unwrap_or(usual.reduced_motion),
                mouse: table.mouse.unwrap_or(usual.mouse),
                color_depth: table.color_depth.unwrap_or(usual.color_depth),
                clipboard_command: table.clipboard_command.unwrap_or(usual.clipboard_command),
                refresh_seconds: table.refresh_seconds.unwrap_or(usual.refresh_seconds),
                keys: table
                    .keys
                    .into_iter()
                    .map(|row| KeyBinding {
                        line: line_of(text, row.span().start),
                        ..row.into_inner()
                    })
                    .collect(),
            },
        })
    }

    /// The directory that relative paths in the file start from.
    pub fn directory(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// A path of the file: `~/` is the home directory, and a relative one starts beside the file.
    pub fn path(&self, path: &Path, environment: &Environment) -> PathBuf {
        self.directory().join(expand_home(&path.to_string_lossy(), environment))
    }

    /// Whether a command that names nothing opens the local instance `default`.
    pub fn opens_local(&self) -> bool {
        match &self.default_context {
            Some(name) => name == DEFAULT_INSTANCE && !self.contexts.contains_key(name),
            None => true,
        }
    }

    /// Where a secret lies, with the path of a file as it is meant.
    pub fn secret_source(&self, source: &SecretSource, environment: &Environment) -> SecretSource {
        match source {
            SecretSource::File(path) => SecretSource::File(self.path(path, environment)),
            other => other.clone(),
        }
    }
}

/// A text with `~/` at its start replaced by the home directory.
pub fn expand_home(text: &str, environment: &Environment) -> String {
    match (text.strip_prefix("~/"), environment.get("HOME")) {
        (Some(rest), Some(home)) => format!("{}/{rest}", home.trim_end_matches('/')),
        _ => text.to_owned(),
    }
}

/// What to do about a word that is not known: the nearest known one, or all of them.
pub(super) fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if known.is_empty() => "Define it, or leave it out.".to_owned(),
        None => format!(
            "Known are {}.",
            known
                .iter()
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// The line, from 1, on which a byte of the text stands.
fn line_of(text: &str, at: usize) -> Option<usize> {
    text.get(..at).map(|before| before.matches('\n').count() + 1)
}

fn invalid(file: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().and_then(|span| line_of(text, span.start));
    let place = line.map_or_else(String::new, |line| format!("Line {line}: "));
    // The parser's own rendering quotes the line, which may hold a secret; its message does not.
    let message = error.message().trim().replace('\n', ", ");
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (why, next) = match quoted.next() {
        Some(word) if message.starts_with("unknown field") => (
            format!("{place}there is no option `{word}` here."),
            if TOP_LEVEL.contains(&word) {
                format!("Move `{word}` to the top of the file, above the first line in brackets.")
            } else {
                suggestion(word, &quoted.collect::<Vec<_>>())
            },
        ),
        Some(word) if message.starts_with("unknown variant") => (
            format!("{place}`{word}` is not a value of this option."),
            suggestion(word, &quoted.collect::<Vec<_>>()),
        ),
        _ => {
            let stands = line.and_then(|line| text.lines().nth(line - 1)).unwrap_or_default();
            match of_another_kind(&message, stands.trim()) {
                Some((why, next)) => (format!("{place}{why}"), next),
                None => (
                    format!("{place}{message}."),
                    "Mend that line; `config.example.toml` shows every option.".to_owned(),
                ),
            }
        }
    };
    Problem::new(
        ProblemKind::Invalid,
        format!("The configuration `{}` is not valid.", file.display()),
        why,
        next,
    )
}

/// What is wrong where a table or a list is written as something else on the line, and how it is written; nothing where the
/// parser's words will do.
fn of_another_kind(message: &str, line: &str) -> Option<(String, String)> {
    let (found, expected) = message.strip_prefix("invalid type: ")?.rsplit_once(", expected ")?;
    let name = line.trim_start_matches('[').split([']', '=']).next()?.trim();
    let (why, next) = match expected {
        "a sequence" if found == "map" && (name == "keys" || name.starts_with("keys.")) => (
            "there may be many rows of keys, and each begins with `[[keys]]`.",
            "Write `[[keys]]` there, in two pairs of brackets.",
        ),
        _ if line.starts_with("[[") => {
            let (reason, right) = if name == "contexts" {
                ("each context has a name of its own", "contexts.NAME")
            } else {
                ("there is one of it", name)
            };
            return Some((
                format!("`{name}` stands in two pairs of brackets, and {reason}."),
                format!("Write `[{right}]` there, in one pair of brackets."),
            ));
        }
        "a sequence" => (
            "this option is a list.",
            "Write it in brackets, each part in quotes: [\"one\", \"two\"].",
        ),
        "struct ContextTable" => (
            "a context has lines of its own.",
            "Write `[contexts.NAME]`, and its host or store on a line below.",
        ),
        "struct AuthTable" => (
            "auth says where the secret is, and never what it is.",
            "Write it as auth = { token-env = \"NAME\" }; `config.example.toml` shows every way.",
        ),
        _ => return None,
    };
    Some((why.to_owned(), next.to_owned()))
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
