//! Who may import what: the table of `ARCHITECTURE.md`, held against the sources.
//!
//! Every path is looked at, not only those in `use` lines; comments and texts are not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A module, the modules of ours that it may name, and what else it must not name.
struct Rule {
    module: &'static str,
    ours: &'static [&'static str],
    never: &'static [&'static str],
}

/// Files, clocks, the environment: what a pure part never touches.
const WORLD: [&str; 8] = [
    "std::time",
    "SystemTime",
    "Instant",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
];

const RULES: &[Rule] = &[
    Rule {
        module: "domain",
        ours: &[],
        never: &["tokio", "ratatui", "crossterm", "rusqlite", "uuid", "tempfile", "clap"],
    },
    Rule {
        module: "activity",
        ours: &["backend", "config", "domain"],
        never: &["ratatui", "crossterm", "rusqlite", "clap", "reqwest"],
    },
    Rule {
        module: "backend",
        ours: &["domain"],
        never: &["ratatui", "crossterm", "clap"],
    },
    Rule {
        module: "rehearsal",
        ours: &["backend", "domain"],
        never: &["ratatui", "crossterm", "rusqlite", "clap", "reqwest"],
    },
    Rule {
        module: "migration",
        ours: &["domain"],
        never: &["ratatui", "crossterm", "rusqlite", "clap", "tokio"],
    },
    Rule {
        module: "migration/engine",
        ours: &["backend", "domain", "migration", "server_config"],
        never: &["ratatui", "crossterm", "rusqlite", "clap", "reqwest"],
    },
    Rule {
        module: "app",
        ours: &["domain", "migration"],
        never: &["tokio", "ratatui", "crossterm", "rusqlite", "uuid", "tempfile", "clap"],
    },
    Rule {
        module: "ui",
        ours: &["app", "domain", "migration"],
        never: &[
            "tokio",
            "crossterm",
            "rusqlite",
            "&mut Model",
            "ratatui_textarea",
            "clap",
        ],
    },
    Rule {
        module: "runner",
        ours: &["app", "backend", "domain", "migration", "snapshots"],
        never: &["ratatui", "crossterm", "clap"],
    },
    Rule {
        module: "snapshots",
        ours: &["backend", "config", "domain"],
        never: &["ratatui", "crossterm", "rusqlite", "clap", "reqwest"],
    },
    Rule {
        module: "term",
        ours: &["app", "domain", "runner"],
        never: &["rusqlite", "clap"],
    },
    Rule {
        module: "config",
        ours: &["domain"],
        never: &["ratatui", "crossterm", "rusqlite", "tokio"],
    },
    Rule {
        module: "server_config",
        ours: &["domain"],
        never: &[
            "std::time",
            "SystemTime",
            "Instant",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "ratatui",
            "crossterm",
            "rusqlite",
            "tokio",
            "clap",
            "uuid",
        ],
    },
    Rule {
        module: "cli",
        ours: &[
            "activity",
            "backend",
            "config",
            "connect",
            "domain",
            "migration",
            "migrations",
            "rehearsal",
            "runner",
            "server_config",
            "snapshots",
        ],
        never: &["ratatui", "crossterm", "rusqlite"],
    },
];

/// Modules that do nothing in the world.
const PURE: [&str; 4] = ["domain", "migration", "app", "ui"];

/// Files of those that do all the same.
const IMPURE: [&str; 2] = ["src/migration/journal.rs", "src/migration/runs.rs"];

/// The files of a module. A module within another one that has a rule of its own is not a part of that one.
fn files_of(module: &str) -> Vec<PathBuf> {
    let folder = format!("src/{module}");
    let mut files = sources(&folder);
    let own = PathBuf::from(format!("{folder}.rs"));
    if own.exists() {
        files.push(own);
    }
    let within = format!("{module}/");
    for inner in RULES
        .iter()
        .map(|rule| rule.module)
        .filter(|other| other.starts_with(&within))
    {
        let inner = PathBuf::from(format!("src/{inner}"));
        files.retain(|file| !file.starts_with(&inner) && *file != inner.with_extension("rs"));
    }
    files
}

/// Libraries that only some files may name: the library, and the folders and files that may.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("axum", &["src/rehearsal/"]),
    ("crossterm", &["src/term/"]),
    ("granit_parser", &["src/server_config/tree.rs"]),
    ("ratatui", &["src/ui/", "src/term/", "src/console.rs"]),
    ("ratatui_textarea", &["src/app/edit_area.rs"]),
    ("reqwest", &["src/backend/http/"]),
    ("rusqlite", &["src/backend/local/"]),
];

#[test]
fn modules_name_only_what_they_may() {
    let mut broken = Vec::new();
    for rule in RULES {
        let files = files_of(rule.module);
        assert!(
            !files.is_empty(),
            "there is no module `{}` any more; mend the rule",
            rule.module
        );
        for file in files {
            let code = code_of(&file);
            for named in ours_named_in(&file, &code) {
                if named != rule.module && !rule.ours.contains(&named.as_str()) {
                    broken.push(format!("{} names `{named}`", file.display()));
                }
            }
            let pure = PURE.contains(&rule.module) && !IMPURE.contains(&file.to_str().unwrap());
            let world = pure.then_some(WORLD).into_iter().flatten();
            for never in rule.never.iter().copied().chain(world) {
                if names(&code, never) {
                    broken.push(format!("{} names `{never}`", file.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn libraries_are_named_only_where_they_belong() {
    let mut broken = Vec::new();
    for file in sources("src") {
        let (code, path) = (code_of(&file), file.to_string_lossy().into_owned());
        for (library, places) in ONLY_IN {
            if names(&code, library) && !places.iter().any(|place| path.starts_with(place)) {
                broken.push(format!("{path} names `{library}`"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Where a rule is missing, a new module would be bound by none.
#[test]
fn every_module_has_a_rule() {
    // What puts the parts together may name all of them.
    let together = ["connect", "console", "lib", "main", "migrations", "startup"];
    for name in top_level_modules() {
        assert!(
            together.contains(&name.as_str()) || RULES.iter().any(|rule| rule.module == name),
            "module `{name}` has no rule"
        );
    }
}

#[test]
fn every_file_says_what_it_is() {
    for file in sources("src") {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} opens without a word", file.display());
    }
}

#[test]
fn names_are_found_whole_and_comments_are_not_code() {
    assert!(names("use ratatui::Frame;", "ratatui"));
    assert!(!names("use ratatui_textarea::TextArea;", "ratatui"));
    assert!(!names("my_ratatui", "ratatui"));
    let code = stripped("a(\"crossterm // x\"); // tokio\nlet c = '\"'; use std::fs; /* Instant */ \"b\\\"ratatui\"");
    for hidden in ["crossterm", "tokio", "Instant", "ratatui"] {
        assert!(!names(&code, hidden), "{hidden} in {code}");
    }
    assert!(names(&code, "std::fs"));
    let found = ours_named_in(
        Path::new("src/app/update/forms.rs"),
        "crate::domain::x; use crate::{ui::a, term}; use super::super::super::runner; super::super::cli",
    );
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["domain", "runner", "term", "ui"]
    );
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn top_level_modules() -> BTreeSet<String> {
    std::fs::read_dir("src")
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

fn code_of(file: &Path) -> String {
    stripped(&std::fs::read_to_string(file).unwrap())
}

/// Code without comments and without what stands in quotes.
fn stripped(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if rest.starts_with("r#\"") {
            rest.find("\"#").map_or(rest.len(), |at| at + 2)
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\\"'") {
            4
        } else if first == '"' {
            end_of_text(rest)
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        rest = &rest[skipped..];
    }
    code
}

/// The end of the text that begins with the quote `rest` begins with.
fn end_of_text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Whether a path or name stands in the code as a whole.
fn names(code: &str, wanted: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(wanted).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + wanted.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// The modules of this crate that a file names, from the crate's root or by going up to it.
fn ours_named_in(file: &Path, code: &str) -> BTreeSet<String> {
    let mut heads: Vec<&str> = code.split("crate::").skip(1).collect();
    let depth = file.with_extension("").components().count() - 1;
    let to_root = if file.file_stem().is_some_and(|stem| stem == "mod") {
        depth - 1
    } else {
        depth
    };
    let up = "super::".repeat(to_root);
    for part in code.split(&up).skip(1).filter(|part| !part.starts_with("super::")) {
        heads.push(part);
    }
    let modules = top_level_modules();
    let word = |text: &str| -> String {
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        text[..end.unwrap_or(text.len())].to_owned()
    };
    let mut found = BTreeSet::new();
    for head in heads {
        match head.strip_prefix('{') {
            Some(group) => {
                let group = &group[..group.find(';').unwrap_or(group.len())];
                found.extend(group.split(',').map(|part| word(part.trim_start())));
            }
            None => {
                found.insert(word(head));
            }
        }
    }
    found.retain(|name| modules.contains(name));
    found
}
