//! The last look at a change before it may be carried out, by other means than those it was made with.
//!
//! The text before and the text after are read by the library that reads all YAML here, and must say the same but for the
//! two settings; and the lines in which they differ must be lines of the settings. Anything else is refused.

use serde_json::Value;

use super::diff::{Changed, changed_lines, is_ours};
use super::env_file;
use super::key::{Key, PARENTS, boolean, parts};
use super::plan::Change;
use super::reading::{Kind, Reading};
use super::variables::sets;

/// Keys that may be added on the way to the settings.
const CHART: [&str; 3] = ["configuration", "configurations", "application"];

/// Lets a change pass, or says why not, a clause.
pub(super) fn check(before: &Reading, after: &str, change: Change) -> Result<(), String> {
    let fails = |what: &str| Err(format!("a look at the result before writing it found that {what}"));
    let Ok(read_again) = Reading::of(after.as_bytes()) else {
        return fails("it could not be read");
    };
    if read_again.kind != before.kind {
        return fails("it would be another kind of file");
    }
    let (Some(old), Some(new)) = (said(before.kind, &before.text), said(before.kind, after)) else {
        return fails("it cannot be read by all readers of YAML");
    };
    if old.others != new.others {
        return fails("other settings would change, too");
    }
    for (key, value) in change.wanted() {
        let mut found = new.ours.iter().filter(|(of, _)| *of == key).peekable();
        if found.peek().is_none() || found.any(|(_, said)| *said != Some(value)) {
            return fails(&format!("`{}` would not be {value}", key.name()));
        }
    }
    for key in Key::ALL.into_iter().filter(|key| change.of(*key).is_none()) {
        let of = |said: &Said| -> Vec<Option<bool>> {
            let ours = said.ours.iter().filter(|(of, _)| *of == key);
            ours.map(|(_, value)| *value).collect()
        };
        if of(&old) != of(&new) {
            return fails(&format!("`{}` would change", key.name()));
        }
    }
    match changed_lines(&before.text, after) {
        Some(changed) if changed.iter().all(|line| is_ours(&line.text)) => {
            let comes_before_tabs =
                |line: &Changed| line.comes && after.lines().nth(line.line + 1).is_some_and(is_tabs);
            if changed.iter().any(comes_before_tabs) {
                return fails("a line of tabs would follow, which not all readers of YAML take for an empty one");
            }
            Ok(())
        }
        _ => fails("lines of other settings would change"),
    }
}

fn is_tabs(line: &str) -> bool {
    line.contains('\t') && line.trim().is_empty()
}

/// What a text says.
struct Said {
    /// What kind of file it is.
    kind: Kind,
    /// The settings, each time it says something about them.
    ours: Vec<(Key, Option<bool>)>,
    /// Everything else.
    others: Vec<(Vec<String>, Value)>,
}

fn said(kind: Kind, text: &str) -> Option<Said> {
    let mut said = Said {
        kind,
        ours: Vec::new(),
        others: Vec::new(),
    };
    if kind == Kind::EnvFile {
        for entry in env_file::entries(text)? {
            let (name, value) = (text.get(entry.name)?, text.get(entry.value)?);
            said.variable(name, value, || (vec![name.to_owned()], Value::String(value.to_owned())));
        }
        return Some(said);
    }
    for document in documents(text)? {
        said.take(&[], &document);
    }
    Some(said)
}

fn documents(text: &str) -> Option<Vec<Value>> {
    use serde_saphyr::options::{DuplicateKeyPolicy, Options};

    let mut options = Options::default();
    options.duplicate_keys = DuplicateKeyPolicy::LastWins;
    options.with_snippet = false;
    serde_saphyr::from_multiple_with_options(text, options).ok()
}

impl Said {
    fn variable(&mut self, name: &str, value: &str, other: impl FnOnce() -> (Vec<String>, Value)) {
        match sets(name) {
            Some(key) => self.ours.push((key, boolean(value))),
            None => self.others.push(other()),
        }
    }

    fn take(&mut self, path: &[String], value: &Value) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                if let (Some(Value::String(name)), Some(value), true) =
                    (map.get("name"), map.get("value"), map.len() == 2)
                    && let Some(key) = sets(name)
                {
                    self.ours.push((key, as_boolean(value)));
                    return;
                }
                for (key, value) in map {
                    self.take(&below(path, key), value);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for item in items {
                    self.take(&below(path, "-"), item);
                }
            }
            // A configuration within the file, which Kestra's own configuration has none of.
            Value::String(text) if self.kind != Kind::Application && text.contains('\n') => {
                match documents(text).as_deref() {
                    Some([document @ Value::Object(_)]) => self.take(&below(path, "|"), document),
                    Some([] | [Value::Null]) if says_nothing(text) => self.take(&below(path, "|"), &Value::Null),
                    _ => self.leaf(path, value),
                }
            }
            Value::String(text) if text.contains('=') && path.last().is_some_and(|last| last == "-") => {
                let (name, rest) = text.split_once('=').unwrap_or((text, ""));
                self.variable(name, rest, || (path.to_vec(), value.clone()));
            }
            leaf => self.leaf(path, leaf),
        }
    }

    fn leaf(&mut self, path: &[String], value: &Value) {
        let flat: Vec<String> = path.iter().flat_map(|key| parts(key)).collect();
        let ends_with = |wanted: &[&str]| {
            let tail = flat.len().checked_sub(wanted.len()).and_then(|from| flat.get(from..));
            tail.is_some_and(|tail| tail.iter().zip(wanted).all(|(part, wanted)| part == wanted))
        };
        for key in Key::ALL {
            let [first, second, third] = PARENTS;
            if ends_with(&[first, second, third, key.leaf()]) || path.last().and_then(|name| sets(name)) == Some(key) {
                self.ours.push((key, as_boolean(value)));
                return;
            }
        }
        // A place that may have been filled: nothing stood on the way to the settings.
        let is_nothing = match value {
            Value::Null => true,
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        let on_the_way = flat.is_empty()
            || flat
                .last()
                .is_some_and(|last| last == "|" || CHART.contains(&last.as_str()))
            || (1..=PARENTS.len()).any(|depth| ends_with(PARENTS.get(..depth).unwrap_or_default()));
        if !(is_nothing && on_the_way) {
            self.others.push((path.to_vec(), value.clone()));
        }
    }
}

/// Whether there is nothing in it but comments.
fn says_nothing(text: &str) -> bool {
    text.lines()
        .map(str::trim_start)
        .all(|line| line.is_empty() || line.starts_with('#'))
}

fn below(path: &[String], key: &str) -> Vec<String> {
    path.iter().cloned().chain([key.to_owned()]).collect()
}

fn as_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(boolean) => Some(*boolean),
        Value::String(text) => boolean(text),
        _ => None,
    }
}
