//! The lines of a text: where each starts, how each ends. Knows nothing of what they say.

use std::ops::Range;

/// The lines of a text, counted from 0. A text that ends with a line break has no further, empty line.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// Start and end of each line, and where the next one starts.
    lines: Vec<(usize, usize, usize)>,
}

impl Lines {
    pub fn of(text: &str) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let next = start + line.len();
            let bare = line.strip_suffix('\n').unwrap_or(line);
            let bare = bare.strip_suffix('\r').unwrap_or(bare);
            lines.push((start, start + bare.len(), next));
            start = next;
        }
        Self { lines }
    }

    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// The line that a byte is on; the last one for what lies behind.
    pub fn at(&self, offset: usize) -> usize {
        self.lines
            .partition_point(|(start, ..)| *start <= offset)
            .saturating_sub(1)
    }

    /// Where a line lies, without its end.
    pub fn span(&self, line: usize) -> Range<usize> {
        self.lines.get(line).map_or(0..0, |(start, end, _)| *start..*end)
    }

    pub fn start(&self, line: usize) -> usize {
        self.span(line).start
    }

    /// Where the line after this one starts.
    pub fn next(&self, line: usize) -> usize {
        self.lines.get(line).map_or(0, |(_, _, next)| *next)
    }

    /// The text of a line, without its end and without a byte order mark before it.
    pub fn text<'t>(&self, text: &'t str, line: usize) -> &'t str {
        let bare = text.get(self.span(line)).unwrap_or_default();
        if line == 0 {
            bare.trim_start_matches('\u{feff}')
        } else {
            bare
        }
    }

    /// How a line ends: nothing for a last one that is not ended.
    pub fn ending<'t>(&self, text: &'t str, line: usize) -> &'t str {
        self.lines
            .get(line)
            .and_then(|(_, end, next)| text.get(*end..*next))
            .unwrap_or_default()
    }

    /// How a line that is put after `line` has to end.
    pub fn ending_for<'t>(&self, text: &'t str, line: usize) -> &'t str {
        match self.ending(text, line) {
            "" => match line.checked_sub(1).map(|before| self.ending(text, before)) {
                Some("\r\n") => "\r\n",
                _ => "\n",
            },
            ending => ending,
        }
    }
}

/// How far a line is indented, in blanks.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_where_they_start_and_how_they_end() {
        let text = "\u{feff}a\r\n\n b";
        let lines = Lines::of(text);
        assert_eq!(lines.count(), 3);
        assert_eq!([0, 1, 2].map(|line| lines.text(text, line)), ["a", "", " b"]);
        assert_eq!([0, 1, 2].map(|line| lines.ending(text, line)), ["\r\n", "\n", ""]);
        assert_eq!([0, 5, 6, 7, 99].map(|offset| lines.at(offset)), [0, 0, 1, 2, 2]);
        assert_eq!((lines.start(2), lines.next(2)), (7, 9));
        assert_eq!(lines.ending_for(text, 2), "\n");
        assert_eq!(
            (Lines::of("").count(), Lines::of("").at(0), Lines::of("").next(3)),
            (0, 0, 0)
        );
        assert_eq!(indent("   x"), 3);
    }
}
