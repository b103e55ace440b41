//! A YAML text as a tree whose nodes know where they stand in it.
//!
//! The events and places come from the parser that the reading of YAML stands on anyway; nothing is resolved here that
//! the text does not say, so aliases and merge keys stay what they are.

use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

/// A node of a tree.
pub(super) type Id = usize;

/// How a text is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Scalar {
        text: String,
        style: Style,
    },
    Mapping {
        flow: bool,
        entries: Vec<(Id, Id)>,
    },
    Sequence {
        items: Vec<Id>,
    },
    /// Stands for another node.
    Alias(Id),
}

/// A node.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub shape: Shape,
    /// Where it stands: quotes and braces included, anchor and tag not.
    pub span: Range<usize>,
    /// Its name, if it has an anchor.
    pub anchor: Option<String>,
    /// Whether it has a tag.
    pub tagged: bool,
}

/// A document of a text.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Its root; `None` if there is nothing in it.
    pub root: Option<Id>,
    /// Where it ends.
    pub end: usize,
}

/// A text as a tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    pub documents: Vec<Document>,
}

/// Why a text is no YAML.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    /// The line, from 1.
    pub line: usize,
    /// What the parser says.
    pub why: String,
}

impl Tree {
    pub fn of(text: &str) -> Result<Self, Broken> {
        let options = granit_parser::options! { emit_anchor_events: true, emit_comments: false };
        let mut building = Building::default();
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| Broken {
                line: error.marker().line(),
                why: error.info(),
            })?;
            let range = span.byte_range().unwrap_or(0..0);
            building.take(event, range);
        }
        Ok(building.tree)
    }

    pub fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// The node that an alias stands for, or the node itself.
    pub fn resolved(&self, id: Id) -> Id {
        match self.node(id).map(|node| &node.shape) {
            Some(Shape::Alias(target)) => *target,
            _ => id,
        }
    }

    pub fn span(&self, id: Id) -> Range<usize> {
        self.node(id).map_or(0..0, |node| node.span.clone())
    }

    pub fn is_alias(&self, id: Id) -> bool {
        matches!(self.node(id).map(|node| &node.shape), Some(Shape::Alias(_)))
    }

    /// Whether a node has an anchor that some alias uses.
    pub fn is_shared(&self, id: Id) -> bool {
        self.node(id).is_some_and(|node| node.anchor.is_some())
            && self
                .nodes
                .iter()
                .any(|other| matches!(other.shape, Shape::Alias(target) if target == id))
    }

    pub fn scalar(&self, id: Id) -> Option<(&str, Style)> {
        match &self.node(id)?.shape {
            Shape::Scalar { text, style } => Some((text, *style)),
            _ => None,
        }
    }

    pub fn text(&self, id: Id) -> Option<&str> {
        self.scalar(id).map(|(text, _)| text)
    }

    /// The entries of a mapping, or of the mapping that an alias stands for; none of anything else.
    pub fn entries(&self, id: Id) -> &[(Id, Id)] {
        match self.node(self.resolved(id)).map(|node| &node.shape) {
            Some(Shape::Mapping { entries, .. }) => entries,
            _ => &[],
        }
    }

    pub fn items(&self, id: Id) -> &[Id] {
        match self.node(self.resolved(id)).map(|node| &node.shape) {
            Some(Shape::Sequence { items }) => items,
            _ => &[],
        }
    }

    pub fn is_mapping(&self, id: Id) -> bool {
        matches!(
            self.node(self.resolved(id)).map(|node| &node.shape),
            Some(Shape::Mapping { .. })
        )
    }

    pub fn is_flow(&self, id: Id) -> bool {
        matches!(
            self.node(id).map(|node| &node.shape),
            Some(Shape::Mapping { flow: true, .. })
        )
    }

    /// Whether the text ends within a block of text.
    pub fn ends_in_block(&self, end: usize) -> bool {
        self.nodes.iter().any(|node| {
            let is_block = matches!(
                node.shape,
                Shape::Scalar {
                    style: Style::Literal | Style::Folded,
                    ..
                }
            );
            is_block && node.span.end >= end
        })
    }

    /// Whether nothing is there: an empty place, `~` or `null`.
    pub fn is_null(&self, id: Id) -> bool {
        self.scalar(id)
            .is_some_and(|(text, style)| style == Style::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The value under a key of this very spelling. Of several the last one counts.
    pub fn get(&self, mapping: Id, key: &str) -> Option<Id> {
        self.entries(mapping)
            .iter()
            .rev()
            .find(|(name, _)| self.text(*name) == Some(key))
            .map(|(_, value)| *value)
    }

    /// What the merge keys of a mapping bring in, nearest first.
    pub fn merged(&self, mapping: Id) -> Vec<Id> {
        let mut brought = Vec::new();
        for (key, value) in self.entries(mapping) {
            if self.text(*key) == Some("<<") {
                let target = self.resolved(*value);
                if self.is_mapping(target) {
                    brought.push(target);
                }
                brought.extend(self.items(target).iter().map(|item| self.resolved(*item)));
            }
        }
        brought
    }
}

#[derive(Default)]
struct Building {
    tree: Tree,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Id>,
}

struct Open {
    id: Id,
    key: Option<Id>,
}

impl Building {
    fn take(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::DocumentStart(..) => self.tree.documents.push(Document {
                root: None,
                end: span.end,
            }),
            Event::DocumentEnd => {
                if let Some(document) = self.tree.documents.last_mut() {
                    document.end = span.start;
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                // The parser fills an empty place with `~`.
                let text = if span.is_empty() && style == ScalarStyle::Plain {
                    String::new()
                } else {
                    text.into_owned()
                };
                let style = match style {
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                    ScalarStyle::Plain => Style::Plain,
                };
                self.add(Shape::Scalar { text, style }, span, anchor, tag.is_some());
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied().unwrap_or_default();
                self.add(Shape::Alias(target), span, 0, false);
            }
            Event::Anchor(_, name) => {
                if let Some(node) = self.tree.nodes.last_mut() {
                    node.anchor = Some(name.into_owned());
                }
            }
            Event::MappingStart(style, anchor, tag) => {
                let shape = Shape::Mapping {
                    flow: style == StructureStyle::Flow,
                    entries: Vec::new(),
                };
                let id = self.add(shape, span, anchor, tag.is_some());
                self.open.push(Open { id, key: None });
            }
            Event::SequenceStart(_, anchor, tag) => {
                let id = self.add(Shape::Sequence { items: Vec::new() }, span, anchor, tag.is_some());
                self.open.push(Open { id, key: None });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(open) = self.open.pop()
                    && let Some(node) = self.tree.nodes.get_mut(open.id)
                {
                    node.span.end = span.end;
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, shape: Shape, span: Range<usize>, anchor: usize, tagged: bool) -> Id {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            shape,
            span,
            anchor: None,
            tagged,
        });
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        match self.open.last_mut() {
            None => {
                if let Some(document) = self.tree.documents.last_mut() {
                    document.root = Some(id);
                }
            }
            Some(open) => match self.tree.nodes.get_mut(open.id).map(|node| &mut node.shape) {
                Some(Shape::Sequence { items }) => items.push(id),
                Some(Shape::Mapping { entries, .. }) => match open.key.take() {
                    None => open.key = Some(id),
                    Some(key) => entries.push((key, id)),
                },
                _ => {}
            },
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_know_where_they_stand() {
        let text = "a: &x\n  b: 'q' # c\n  <<: *y\nc: [*x, {d: }]\n".replace("  <<: *y\n", "");
        let tree = Tree::of(&text).unwrap();
        let root = tree.documents[0].root.unwrap();
        let a = tree.get(root, "a").unwrap();
        let b = tree.get(a, "b").unwrap();
        assert_eq!(&text[tree.span(b)], "'q'");
        assert_eq!(tree.node(a).unwrap().anchor.as_deref(), Some("x"));
        assert!(tree.is_shared(a) && !tree.is_shared(b));
        let items = tree.items(tree.get(root, "c").unwrap());
        assert_eq!(tree.resolved(items[0]), a);
        assert!(tree.is_null(tree.get(items[1], "d").unwrap()));
        assert_eq!(tree.documents[0].end, text.len());
        assert!(Tree::of("a: [").is_err() && Tree::of("a: *nobody").is_err());
        assert!(Tree::of("").unwrap().documents.is_empty());
    }

    #[test]
    fn an_alias_may_stand_for_what_it_is_in() {
        let tree = Tree::of("a: &x\n  <<: *x\n  b: *x\n").unwrap();
        let a = tree.get(tree.documents[0].root.unwrap(), "a").unwrap();
        assert_eq!(tree.merged(a), [a]);
    }
}
