//! Variables that set what a configuration file may set too: in a file of them, in a compose file, in Helm values.

use std::ops::Range;

use super::env_file;
use super::key::{Key, VariableName, variable};
use super::lines::Lines;
use super::tree::{Id, Shape, Style, Tree};

/// A variable that means something to us.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// What it sets; `None` if it looks as if it did and does not.
    pub sets: Option<Key>,
    pub name: String,
    /// Where the name stands.
    pub name_span: Range<usize>,
    /// The value as it stands there; `None` if another place gives it.
    pub raw: Option<String>,
    /// Where the value stands, without quotes; or why it must not be changed there.
    pub value_span: Result<Range<usize>, &'static str>,
    /// From the start of its first line to its end, closing quotes and braces included.
    pub whole: Range<usize>,
    /// From 1.
    pub line: usize,
}

/// Variables that are handed to somebody together.
#[derive(Clone, Debug)]
pub(super) struct Variables {
    /// Where they stand, in words.
    pub place: String,
    /// The services of a compose file that get them.
    pub services: Vec<String>,
    pub entries: Vec<Variable>,
    /// Whether it is used in several places by an alias.
    pub shared_as: Option<String>,
    /// Where a further one may be put at the end: after this line, from 0.
    pub last_line: Option<usize>,
}

impl Variables {
    pub fn of_key(&self, key: Key) -> impl Iterator<Item = &Variable> {
        self.entries.iter().filter(move |entry| entry.sets == Some(key))
    }
}

/// The variables of a text, if it is a file of them.
pub(super) fn of_env_file(text: &str) -> Option<Variables> {
    let entries = env_file::entries(text)?;
    let lines = Lines::of(text);
    let mut last_line = None;
    let mut known = Vec::new();
    for entry in entries {
        let name = text.get(entry.name.clone()).unwrap_or_default();
        if name.starts_with("KESTRA_") || name.starts_with("MICRONAUT_") {
            last_line = Some(lines.at(entry.end.saturating_sub(1)));
        }
        if let Some(VariableName::Sets(_) | VariableName::Misspelled) = variable(name) {
            let raw = text.get(entry.value.clone()).unwrap_or_default();
            known.push(Variable {
                sets: sets(name),
                name: name.to_owned(),
                name_span: entry.name,
                value_span: changeable(raw, entry.value.clone()),
                raw: Some(raw.to_owned()),
                whole: lines.start(entry.line)..entry.end,
                line: entry.line + 1,
            });
        }
    }
    Some(Variables {
        place: "the file".to_owned(),
        services: Vec::new(),
        entries: known,
        shared_as: None,
        last_line,
    })
}

/// What a variable sets, by its name.
pub(super) fn sets(name: &str) -> Option<Key> {
    match variable(name) {
        Some(VariableName::Sets(key)) => Some(key),
        _ => None,
    }
}

/// A value that stands as a scalar under its name.
pub(super) fn of_pair(text: &str, lines: &Lines, tree: &Tree, name: Id, value: Id, whole: &Range<usize>) -> Variable {
    let shown = tree.text(name).unwrap_or_default().to_owned();
    let value_span = if tree.is_alias(value) {
        Err("its value is an alias of another place")
    } else {
        scalar_span(text, tree, value).and_then(|span| changeable(text.get(span.clone()).unwrap_or_default(), span))
    };
    let raw = tree.text(tree.resolved(value)).filter(|_| !tree.is_null(value));
    let first = lines.at(whole.start);
    Variable {
        sets: sets(&shown),
        name_span: scalar_span(text, tree, name).unwrap_or(0..0),
        name: shown,
        raw: raw.map(str::to_owned),
        value_span: if raw.is_none() {
            Err("its value is not given there but taken over from elsewhere")
        } else {
            value_span
        },
        whole: lines.start(first)..whole.end,
        line: first + 1,
    }
}

/// A text `NAME=value` in a list.
pub(super) fn of_item(text: &str, lines: &Lines, tree: &Tree, item: Id) -> Option<Variable> {
    let content = tree.text(item)?;
    let (name, raw) = match content.split_once('=') {
        Some((name, raw)) => (name, Some(raw)),
        None => (content, None),
    };
    variable(name)?;
    let span = scalar_span(text, tree, item);
    let written = span.clone().ok().and_then(|span| text.get(span));
    let start = span.clone().map_or(0, |span| span.start);
    let line = lines.at(tree.span(item).start);
    Some(Variable {
        sets: sets(name),
        name: name.to_owned(),
        name_span: start..start + name.len(),
        raw: raw.map(str::to_owned),
        value_span: match (span, raw) {
            (Ok(span), Some(raw)) if written == Some(content) => changeable(raw, span.start + name.len() + 1..span.end),
            (Ok(_), Some(_)) => Err("it is written with escapes"),
            (Ok(_), None) => Err("its value is not given there but taken over from elsewhere"),
            (Err(why), _) => Err(why),
        },
        whole: lines.start(line)..tree.span(item).end,
        line: line + 1,
    })
}

/// Where a scalar stands, without its quotes; or why it must not be changed.
pub(super) fn scalar_span(text: &str, tree: &Tree, id: Id) -> Result<Range<usize>, &'static str> {
    let Some(Shape::Scalar { text: value, style }) = tree.node(id).map(|node| &node.shape) else {
        return Err("its value is no plain word");
    };
    if tree.is_shared(id) {
        return Err("other places use the same value by an alias");
    }
    let span = tree.span(id);
    let span = match style {
        Style::Plain => span,
        Style::Single | Style::Double => span.start + 1..span.end.saturating_sub(1),
        Style::Literal | Style::Folded => return Err("its value is a block of text"),
    };
    match text.get(span.clone()) {
        Some(written) if written == value => Ok(span),
        _ => Err("its value is written with escapes or over several lines"),
    }
}

/// Lets a value that is a plain word be changed.
pub(super) fn changeable(raw: &str, span: Range<usize>) -> Result<Range<usize>, &'static str> {
    if raw.contains("${") || raw.contains("{{") || raw.starts_with('$') || raw.contains("%{") {
        Err("its value is filled in from elsewhere, by a template or a variable")
    } else if raw.contains(['\n', '\t']) {
        Err("its value is written over several lines or with tabs")
    } else {
        Ok(span)
    }
}
