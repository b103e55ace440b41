//! Setting values in a text of Kestra's configuration: changing what is there, adding what is missing beside it.
//!
//! Only places whose meaning is certain are touched. Aliases, merge keys, keys that stand twice, values that come from
//! elsewhere and tabs are refused.

use std::ops::Range;

use super::key::{Key, PARENTS, boolean, parts, spelled_like};
use super::lines::indent;
use super::plan::Refusal;
use super::reading::Sheet;
use super::search::{Found, Search, Through};
use super::splice::Splice;
use super::tree::{Id, Style};
use super::variables::{changeable, scalar_span};

/// The changes that make a sheet say what is wanted.
pub(super) fn splices(sheet: &Sheet, wanted: &[(Key, bool)]) -> Result<Vec<Splice>, Refusal> {
    let editing = Editing {
        sheet,
        search: sheet.search(),
    };
    let mut splices = Vec::new();
    let mut missing = Vec::new();
    for (key, value) in wanted.iter().copied() {
        let found: Vec<&Found> = editing.search.of_key(key).collect();
        let says_so = |found: &&Found| {
            let tree = &sheet.tree;
            tree.text(tree.resolved(found.value)).and_then(boolean) == Some(value)
        };
        match found.as_slice() {
            [] => missing.push((key, value)),
            all if all.iter().all(says_so) => {}
            [only] => splices.extend(editing.replace(only, value)?),
            [first, .., last] => {
                let line = sheet.line(sheet.tree.span(first.key).start);
                let (name, last) = (key.name(), sheet.line(sheet.tree.span(last.key).start));
                return Err(Refusal::new(
                    Some(line),
                    format!("`{name}` stands there and again on line {last}"),
                ));
            }
        }
    }
    if !missing.is_empty() {
        splices.extend(editing.add(&missing)?);
    }
    Ok(splices)
}

struct Editing<'s> {
    sheet: &'s Sheet,
    search: Search,
}

impl Editing<'_> {
    fn refusal(&self, at: Id, why: impl Into<String>) -> Refusal {
        Refusal::new(Some(self.sheet.line(self.sheet.tree.span(at).start)), why)
    }

    fn line_of(&self, offset: usize) -> usize {
        self.sheet.lines.at(offset)
    }

    /// Lets a key be touched whose place is its own.
    fn allow(&self, found: &Found) -> Result<(), Refusal> {
        let tree = &self.sheet.tree;
        match found.through {
            Through::Merge => return Err(self.refusal(found.key, "the key is brought in by a merge key (`<<`)")),
            Through::Alias => return Err(self.refusal(found.key, "the key is brought in by an alias")),
            Through::Keys => {}
        }
        let on_the_way = self.search.parents.iter().map(|(_, found)| found);
        let mut all = on_the_way.chain(self.search.leaves.iter().map(|(_, found)| found));
        if let Some(lost) = all.find(|found| found.lost) {
            return Err(self.refusal(lost.key, "the key, or one above it, stands twice"));
        }
        if let Some(shared) = found.chain.iter().find(|id| tree.is_shared(**id)) {
            return Err(self.refusal(
                *shared,
                "other places use these lines by an alias, and would change with them",
            ));
        }
        if tree.span(found.key).is_empty() || tree.is_alias(found.key) {
            return Err(self.refusal(found.key, "the key is written in a way that is not understood"));
        }
        let line = self.line_of(tree.span(found.key).start);
        if self.sheet.lines.text(&self.sheet.text, line).contains('\t') {
            return Err(self.refusal(found.key, "there are tabs in the line"));
        }
        Ok(())
    }

    /// Puts another value in the place of the one that is there.
    fn replace(&self, found: &Found, value: bool) -> Result<Vec<Splice>, Refusal> {
        self.allow(found)?;
        let (tree, text) = (&self.sheet.tree, &self.sheet.text);
        if tree.is_alias(found.value) {
            return Err(self.refusal(found.value, "the value is an alias of another place"));
        }
        let span = tree.span(found.value);
        if span.is_empty() {
            let node = tree.node(found.value);
            if node.is_some_and(|node| node.anchor.is_some() || node.tagged) {
                return Err(self.refusal(found.key, "there is an anchor or a tag and no value"));
            }
            let at = self.after_colon(found.key)?;
            let word = spelled_like("", value);
            return Ok(vec![Splice::Replace {
                span: at..at,
                text: format!(" {word}"),
            }]);
        }
        let span = scalar_span(text, tree, found.value).map_err(|why| self.refusal(found.value, why))?;
        let raw = text.get(span.clone()).unwrap_or_default();
        let span = changeable(raw, span.clone()).map_err(|why| self.refusal(found.value, why))?;
        if boolean(raw).is_none() && !tree.is_null(found.value) && !raw.is_empty() {
            return Err(self.refusal(
                found.value,
                "the value is neither true nor false, so what it means is not certain",
            ));
        }
        Ok(vec![Splice::Replace {
            text: spelled_like(raw, value),
            span,
        }])
    }

    /// Where the colon after a key ends.
    fn after_colon(&self, key: Id) -> Result<usize, Refusal> {
        let end = self.sheet.tree.span(key).end;
        let rest = self.sheet.text.get(end..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        if rest.get(blanks..).is_some_and(|rest| rest.starts_with(':')) {
            Ok(end + blanks + 1)
        } else {
            Err(self.refusal(key, "the key is written in a way that is not understood"))
        }
    }

    /// Adds settings beside what is there.
    fn add(&self, missing: &[(Key, bool)]) -> Result<Vec<Splice>, Refusal> {
        if let Some((_, sibling)) = self.search.leaves.first() {
            return self.add_beside(sibling, missing);
        }
        let deepest = self.search.parents.iter().map(|(depth, _)| *depth).max();
        let Some(deepest) = deepest else {
            return self.add_to_root(missing);
        };
        let mut candidates = self.search.parents.iter().filter(|(depth, _)| *depth == deepest);
        match (candidates.next(), candidates.next()) {
            (Some((depth, only)), None) => self.add_below(*depth, only, missing),
            (Some((_, first)), Some((_, second))) => Err(self.refusal(
                first.key,
                format!(
                    "`{}` stands there and again on line {}",
                    first.spelling,
                    self.sheet.line(self.sheet.tree.span(second.key).start)
                ),
            )),
            (None, _) => self.add_to_root(missing),
        }
    }

    /// Adds settings after the one that is there, spelled as that one is.
    fn add_beside(&self, sibling: &Found, missing: &[(Key, bool)]) -> Result<Vec<Splice>, Refusal> {
        self.allow(sibling)?;
        let (tree, text) = (&self.sheet.tree, &self.sheet.text);
        let key_span = tree.span(sibling.key);
        let value_span = tree.span(sibling.value);
        let name = tree.text(sibling.key).unwrap_or_default();
        let before = name.rsplit_once('.').map_or("", |(before, _)| before);
        let quotes = self.quotes(sibling.key, &key_span)?;
        let value_quotes = match tree.scalar(sibling.value).map(|(_, style)| style) {
            Some(Style::Single) => "'",
            Some(Style::Double) => "\"",
            _ => "",
        };
        let pairs: Vec<String> = missing
            .iter()
            .map(|(key, value)| {
                let dot = if before.is_empty() { "" } else { "." };
                format!(
                    "{quotes}{before}{dot}{}{quotes}: {value_quotes}{value}{value_quotes}",
                    key.leaf()
                )
            })
            .collect();
        let holder = sibling.chain.last().copied().unwrap_or_default();
        if tree.is_flow(holder) {
            return self.add_in_flow(holder, &pairs);
        }
        let column = self.own_line(sibling.key)?;
        let line = self.line_of(key_span.start.max(value_span.end.saturating_sub(1)));
        if line != self.line_of(key_span.start) && !value_span.is_empty() {
            return Err(self.refusal(sibling.key, "the value beside it is written over several lines"));
        }
        let line = self.line_of(key_span.start);
        if text.get(value_span).is_none() {
            return Err(self.refusal(sibling.key, "the value beside it is not understood"));
        }
        Ok(vec![Splice::AddLines {
            after: Some(line),
            lines: pairs.into_iter().map(|pair| " ".repeat(column) + &pair).collect(),
        }])
    }

    /// Adds settings at the end of a flow mapping that is not empty.
    fn add_in_flow(&self, mapping: Id, pairs: &[String]) -> Result<Vec<Splice>, Refusal> {
        let tree = &self.sheet.tree;
        let span = tree.span(mapping);
        let last = tree.entries(mapping).last().map(|(_, value)| tree.span(*value));
        let line = self.sheet.lines.text(&self.sheet.text, self.line_of(span.start));
        if line.contains('\t') {
            return Err(self.refusal(mapping, "there are tabs in the line"));
        }
        match last {
            Some(last) if !last.is_empty() => Ok(vec![Splice::Replace {
                span: last.end..last.end,
                text: format!(", {}", pairs.join(", ")),
            }]),
            _ => Err(self.refusal(mapping, "the braces end with a key without a value")),
        }
    }

    /// Adds settings, and what is missing on the way to them, below a key.
    fn add_below(&self, depth: usize, parent: &Found, missing: &[(Key, bool)]) -> Result<Vec<Splice>, Refusal> {
        self.allow(parent)?;
        let (tree, sheet) = (&self.sheet.tree, self.sheet);
        if tree.is_alias(parent.value) {
            return Err(self.refusal(parent.value, "what stands below the key is an alias of another place"));
        }
        if tree.is_shared(parent.value) {
            return Err(self.refusal(
                parent.key,
                "other places use these lines by an alias, and would change with them",
            ));
        }
        let rest: Vec<&str> = sheet.path.get(depth..).unwrap_or_default().to_vec();
        if tree.is_mapping(parent.value) && !tree.entries(parent.value).is_empty() {
            return if tree.is_flow(parent.value) {
                self.add_in_flow(parent.value, &self.in_flow(parent.value, &rest, missing)?)
            } else {
                self.add_first_child(parent, &rest, missing)
            };
        }
        let node = tree.node(parent.value);
        let is_bare = node.is_some_and(|node| node.anchor.is_none() && !node.tagged);
        let is_empty = tree.is_null(parent.value) || tree.is_mapping(parent.value);
        if !is_bare || !is_empty {
            return Err(self.refusal(parent.key, "what stands below the key is no mapping"));
        }
        if parent.chain.iter().any(|id| tree.is_flow(*id)) {
            return Err(self.refusal(parent.key, "there is nothing in the braces to add it to"));
        }
        let column = self.own_line(parent.key)?;
        let mut splices = Vec::new();
        let value = tree.span(parent.value);
        let line = self.line_of(tree.span(parent.key).start);
        if !value.is_empty() {
            let colon = self.after_colon(parent.key)?;
            if self.line_of(value.end.saturating_sub(1)) != line {
                return Err(self.refusal(parent.key, "the empty braces stand on another line"));
            }
            splices.push(Splice::Replace {
                span: colon..value.end,
                text: String::new(),
            });
        }
        let step = self.step();
        splices.push(Splice::AddLines {
            after: Some(line),
            lines: nested(column + step, step, &rest, missing),
        });
        Ok(splices)
    }

    /// Adds settings before the first key below another one.
    fn add_first_child(&self, parent: &Found, rest: &[&str], missing: &[(Key, bool)]) -> Result<Vec<Splice>, Refusal> {
        let tree = &self.sheet.tree;
        let own = self.own_line(parent.key)?;
        let first = tree
            .entries(parent.value)
            .first()
            .map(|(key, _)| *key)
            .unwrap_or_default();
        let column = self.own_line(first)?;
        let line = self.line_of(tree.span(parent.key).start);
        if self.line_of(tree.span(first).start) <= line || column <= own {
            return Err(self.refusal(
                parent.key,
                "what stands below it is written in a way that is not understood",
            ));
        }
        Ok(vec![Splice::AddLines {
            after: Some(line),
            lines: nested(column, column - own, rest, missing),
        }])
    }

    /// Adds settings to a text that knows nothing of Kestra yet.
    fn add_to_root(&self, missing: &[(Key, bool)]) -> Result<Vec<Splice>, Refusal> {
        let (sheet, tree) = (self.sheet, &self.sheet.tree);
        let (text, lines) = (&sheet.text, &sheet.lines);
        if sheet.before() > 0 {
            return Err(Refusal::new(None, format!("{} is not there", sheet.place)));
        }
        // An anchor, a tag or a `~` in the place of all there is.
        let whole = tree.documents.first().and_then(|document| document.root);
        if let (None, Some(node)) = (sheet.root, whole.and_then(|root| tree.node(root)))
            && (node.tagged || node.anchor.is_some() || !node.span.is_empty())
        {
            return Err(Refusal::new(None, "it says in so many words that it holds nothing"));
        }
        if let Some(root) = sheet.root
            && tree.is_flow(root)
        {
            if tree.entries(root).is_empty() {
                return Err(self.refusal(root, "there is nothing in the braces to add it to"));
            }
            return self.add_in_flow(root, &self.in_flow(root, &sheet.path, missing)?);
        }
        let end = tree.documents.first().map_or(text.len(), |document| document.end);
        let limit = if text.get(end..).is_some_and(|rest| rest.starts_with("...")) {
            lines.at(end)
        } else {
            lines.count()
        };
        let after = (0..limit).rev().find(|line| !lines.text(text, *line).trim().is_empty());
        // The end of an unended block is the one place where a line break would change a value.
        if tree.ends_in_block(text.len()) && !text.ends_with('\n') {
            return Err(Refusal::new(
                None,
                "the file ends in a block of text without a line break, which a new line would change",
            ));
        }
        let column = match sheet.root.and_then(|root| tree.entries(root).first()) {
            Some((key, _)) => self.own_line(*key)?,
            None => 0,
        };
        let dotted = sheet.root.is_some_and(|root| {
            let heads = tree.entries(root).iter().filter_map(|(key, _)| tree.text(*key));
            heads
                .map(parts)
                .any(|parts| parts.len() > 1 && parts.first().is_some_and(|part| part == "kestra"))
        });
        let new = if dotted {
            missing
                .iter()
                .map(|(key, value)| format!("{}{}: {value}", " ".repeat(column), key.name()))
                .collect()
        } else {
            nested(column, self.step(), &PARENTS, missing)
        };
        Ok(vec![Splice::AddLines { after, lines: new }])
    }

    /// The column of a key that begins its line.
    fn own_line(&self, key: Id) -> Result<usize, Refusal> {
        let start = self.sheet.tree.span(key).start;
        let line = self.line_of(start);
        let shown = self.sheet.lines.text(&self.sheet.text, line);
        let column = (start + shown.len()).checked_sub(self.sheet.lines.span(line).end);
        match column {
            Some(column) if column == indent(shown) && !shown.contains('\t') => Ok(column),
            _ => Err(self.refusal(key, "the key does not begin its line")),
        }
    }

    /// The quotes around a key.
    fn quotes(&self, key: Id, span: &Range<usize>) -> Result<&'static str, Refusal> {
        let written = self.sheet.text.get(span.clone()).unwrap_or_default();
        let name = self.sheet.tree.text(key).unwrap_or_default();
        match self.sheet.tree.scalar(key).map(|(_, style)| style) {
            Some(Style::Plain) if written == name => Ok(""),
            Some(Style::Single) if written == format!("'{name}'") => Ok("'"),
            Some(Style::Double) if written == format!("\"{name}\"") => Ok("\""),
            _ => Err(self.refusal(key, "the key is written with escapes")),
        }
    }

    /// What is missing as an entry of a flow mapping, with its keys quoted as the last one there is.
    fn in_flow(&self, mapping: Id, rest: &[&str], missing: &[(Key, bool)]) -> Result<Vec<String>, Refusal> {
        let last = self
            .sheet
            .tree
            .entries(mapping)
            .last()
            .map(|(key, _)| *key)
            .unwrap_or_default();
        let quotes = self.quotes(last, &self.sheet.tree.span(last))?;
        let leaves: Vec<String> = missing
            .iter()
            .map(|(key, value)| format!("{quotes}{}{quotes}: {value}", key.leaf()))
            .collect();
        let Some((outer, inner)) = rest.split_first() else {
            return Ok(leaves);
        };
        let mut text = leaves.join(", ");
        for part in inner.iter().rev() {
            text = format!("{quotes}{part}{quotes}: {{{text}}}");
        }
        Ok(vec![format!("{quotes}{outer}{quotes}: {{{text}}}")])
    }

    /// How far this text indents what is below a key.
    fn step(&self) -> usize {
        let tree = &self.sheet.tree;
        let root = self.sheet.root.unwrap_or_default();
        let columns = |id: Id| -> Option<usize> {
            let (key, _) = tree.entries(id).first()?;
            self.own_line(*key).ok()
        };
        let outer = columns(root).unwrap_or_default();
        tree.entries(root)
            .iter()
            .filter(|(_, value)| !tree.is_flow(*value) && !tree.is_alias(*value))
            .find_map(|(_, value)| {
                columns(*value)?
                    .checked_sub(outer)
                    .filter(|step| (1..=8).contains(step))
            })
            .unwrap_or(2)
    }
}

/// Keys below one another, and the settings below the last.
pub(super) fn nested(column: usize, step: usize, parts: &[&str], leaves: &[(Key, bool)]) -> Vec<String> {
    let at = |depth: usize| " ".repeat(column + depth * step);
    let mut lines: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(depth, part)| format!("{}{part}:", at(depth)))
        .collect();
    lines.extend(
        leaves
            .iter()
            .map(|(key, value)| format!("{}{}: {value}", at(parts.len()), key.leaf())),
    );
    lines
}
