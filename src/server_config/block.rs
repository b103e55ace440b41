//! A literal block, `|`, that holds a text of its own, and where each of its lines stands in the file.
//!
//! What is edited inside has to be put back at the right place outside, so nothing is taken here that does not read back
//! exactly as the parser read it.

use std::ops::Range;

use super::lines::{Lines, indent};
use super::tree::{Id, Style, Tree};

/// The text in a literal block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The text, with the line endings of the file and without its indentation there.
    pub text: String,
    /// How far its lines are indented in the file.
    pub indent: usize,
    /// The line of the file on which it starts, from 0.
    pub first_line: usize,
    /// The places in the file and in the text at which each line starts.
    starts: Vec<(usize, usize)>,
}

impl Block {
    /// The block that a scalar is; `None` if it is none, or is written in a way that is not understood.
    pub fn of(text: &str, lines: &Lines, tree: &Tree, scalar: Id) -> Option<Self> {
        let (value, Style::Literal) = tree.scalar(scalar)? else {
            return None;
        };
        let span = tree.span(scalar);
        let first_line = lines.at(span.start);
        let columns = span.start.checked_sub(lines.start(first_line))?;
        // The first line may have more blanks than the block; the parser has left them in the value.
        let own = indent(value.trim_start_matches('\n'));
        let columns = columns.saturating_sub(if text.get(span.start..)?.starts_with(' ') {
            0
        } else {
            own
        });
        let mut block = Self {
            text: String::new(),
            indent: columns,
            first_line,
            starts: Vec::new(),
        };
        for line in first_line..lines.count() {
            let raw = text.get(lines.span(line))?;
            let is_blank = raw.trim_matches(' ').is_empty();
            if lines.start(line) >= span.end || (!is_blank && indent(raw) < columns) {
                break;
            }
            let inner = raw.get(columns.min(raw.len())..)?;
            block
                .starts
                .push((lines.start(line) + columns.min(raw.len()), block.text.len()));
            block.text.push_str(inner);
            block.text.push_str(lines.ending(text, line));
        }
        let plain = |text: &str| text.replace("\r\n", "\n").trim_matches('\n').to_owned();
        let same_lines = |left: &str, right: &str| {
            left.lines().map(str::trim_end).eq(right.lines().map(str::trim_end)) && left.trim_end() == right.trim_end()
        };
        same_lines(plain(&block.text).trim_end(), plain(value).trim_end()).then_some(block)
    }

    /// Where a range of the text stands in the file. It must not go over the end of a line.
    pub fn outside(&self, inner: &Range<usize>) -> Option<Range<usize>> {
        let line = self
            .starts
            .partition_point(|(_, start)| *start <= inner.start)
            .checked_sub(1)?;
        let (outer, start) = self.starts.get(line)?;
        if self.starts.get(line + 1).is_some_and(|(_, next)| inner.end > *next) {
            return None;
        }
        Some(outer + (inner.start - start)..outer + (inner.end - start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_of(text: &str) -> Option<Block> {
        let tree = Tree::of(text).unwrap();
        let scalar = tree.get(tree.documents[0].root.unwrap(), "a").unwrap();
        Block::of(text, &Lines::of(text), &tree, scalar)
    }

    #[test]
    fn a_block_is_read_without_its_indentation_and_knows_its_places() {
        for (text, inner, indent) in [
            ("a: |\n  b:\n    c: 1\nd: 2\n", "b:\n  c: 1\n", 2),
            (
                "a: |-\r\n    b: 1\r\n\r\n    c: 2\r\n  # outside\r\nd: 2\r\n",
                "b: 1\r\n\r\nc: 2\r\n",
                4,
            ),
            ("a: |+\n  b: 1\n\n\nd: 2\n", "b: 1\n\n\n", 2),
            ("a: |2\n    b: 1\n  c: 2", "  b: 1\nc: 2", 2),
            ("a: |\n\n  b: 1 \n  # in\n", "b: 1 \n# in\n", 2),
            ("a: &x |\n  é: 1", "é: 1", 2),
        ] {
            let block = block_of(text).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!((block.text.as_str(), block.indent), (inner, indent), "{text:?}");
            for (at, character) in inner.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
                let end = at + character.len_utf8();
                assert_eq!(&text[block.outside(&(at..end)).unwrap()], &inner[at..end], "{text:?}");
            }
        }
        assert!(block_of("a: >\n  b\n").is_none() && block_of("a: 'x'\n").is_none());
        let block = block_of("a: |\n  b:\n    c: 1\n").unwrap();
        assert_eq!(block.outside(&(0..5)), None);
    }
}
