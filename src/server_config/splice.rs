//! Changes of a text as values: words put in the place of others, lines put after a line.
//!
//! Every byte outside of them stays. Nothing here knows YAML.

use std::ops::Range;

use super::lines::Lines;
use super::reading::{Sheet, Stands};
use crate::domain::sorting;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Splice {
    /// Puts a text in the place of another one.
    Replace { span: Range<usize>, text: String },
    /// Puts lines after a line; at the very start if there is none.
    AddLines { after: Option<usize>, lines: Vec<String> },
}

impl Splice {
    /// A change of a sheet as a change of the file it stands in; `None` if there is no safe way.
    pub fn outside(self, sheet: &Sheet) -> Option<Self> {
        let block = match &sheet.stands {
            Stands::Whole => return Some(self),
            Stands::InBlock(block) => block,
            Stands::Quoted(..) => return None,
        };
        Some(match self {
            Self::Replace { span, text } => Self::Replace {
                span: block.outside(&span)?,
                text,
            },
            Self::AddLines { after, lines } => Self::AddLines {
                after: Some(block.first_line + after?),
                lines: lines.iter().map(|line| " ".repeat(block.indent) + line).collect(),
            },
        })
    }

    fn place(&self, lines: &Lines) -> (usize, usize) {
        match self {
            Self::Replace { span, .. } => (span.start, span.end),
            Self::AddLines { after, .. } => {
                let at = after.map_or(0, |line| lines.next(line));
                (at, at)
            }
        }
    }
}

/// The text with its changes; `None` if they overlap or lie outside of it.
pub(super) fn apply(text: &str, lines: &Lines, mut splices: Vec<Splice>) -> Option<String> {
    sorting::by_key(&mut splices, |splice| splice.place(lines));
    let mut changed = String::with_capacity(text.len() + 256);
    let mut from = 0;
    for splice in &splices {
        let (start, end) = splice.place(lines);
        changed.push_str(text.get(from..start)?);
        from = end;
        match splice {
            Splice::Replace { text, .. } => changed.push_str(text),
            Splice::AddLines {
                after: None,
                lines: added,
            } => {
                if text.starts_with('\u{feff}') {
                    return None;
                }
                for line in added {
                    changed.push_str(line);
                    changed.push_str(lines.ending_for(text, 0));
                }
            }
            Splice::AddLines {
                after: Some(line),
                lines: added,
            } => {
                let ending = lines.ending_for(text, *line);
                let is_open = lines.ending(text, *line).is_empty();
                for added in added {
                    if is_open {
                        changed.push_str(ending);
                    }
                    changed.push_str(added);
                    if !is_open {
                        changed.push_str(ending);
                    }
                }
            }
        }
    }
    changed.push_str(text.get(from..)?);
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_changes() {
        let text = "a: 1\r\nb: 2";
        let lines = Lines::of(text);
        let add = |after, line: &str| Splice::AddLines {
            after,
            lines: vec![line.to_owned()],
        };
        let replace = |span, text: &str| Splice::Replace {
            span,
            text: text.to_owned(),
        };
        for (splices, expected) in [
            (vec![add(Some(0), "x"), replace(3..4, "7")], Some("a: 7\r\nx\r\nb: 2")),
            (vec![add(Some(1), "x")], Some("a: 1\r\nb: 2\r\nx")),
            (vec![add(None, "x")], Some("x\r\na: 1\r\nb: 2")),
            (vec![], Some(text)),
            (vec![replace(0..4, ""), replace(2..3, "")], None),
            (vec![replace(90..91, "")], None),
        ] {
            assert_eq!(apply(text, &lines, splices).as_deref(), expected);
        }
    }
}
