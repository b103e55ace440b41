//! Breaking text into lines of a width.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Breaks text at spaces into lines at most `width` columns wide; longer words are broken where they must be. Line feeds
/// in the text are kept, and so are the indent of a line and the spaces between words of one line. What continues a line with
/// a mark stands under its text, not under the mark.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let words = paragraph.trim_start_matches(' ');
        let indent = (paragraph.len() - words.len()).min(width / 2);
        let mut line = " ".repeat(indent);
        let mut used = indent;
        let indent = " ".repeat((indent + mark(words)).min(width / 2));
        let mut empty = true;
        let mut spaces = 0;
        for word in words.split(' ') {
            if word.is_empty() {
                spaces += 1;
                continue;
            }
            let length = word.width();
            if !empty {
                spaces += 1;
                if used + spaces + length > width {
                    lines.push(std::mem::replace(&mut line, indent.clone()));
                    used = indent.len();
                } else {
                    line.extend(std::iter::repeat_n(' ', spaces));
                    used += spaces;
                }
            }
            spaces = 0;
            for grapheme in word.graphemes(true) {
                let columns = grapheme.width();
                if used + columns > width && used > indent.len() {
                    lines.push(std::mem::replace(&mut line, indent.clone()));
                    used = indent.len();
                }
                line.push_str(grapheme);
                used += columns;
            }
            empty = false;
        }
        lines.push(line);
    }
    lines
}

/// The columns of what marks a line: `! ` for attention, `- ` or a number for one of several.
fn mark(line: &str) -> usize {
    let first = line.split(' ').next().unwrap_or_default();
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if matches!(first, "!" | "-") || first.strip_suffix('.').is_some_and(is_number) {
        first.len() + 1
    } else {
        0
    }
}

/// A line cut wherever a row of this many columns ends, with nothing added or left out.
pub fn cut(line: &str, columns: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for character in line.chars() {
        let width = character.width().unwrap_or(0);
        if used + width > columns {
            rows.push(String::new());
            used = 0;
        }
        used += width;
        if let Some(row) = rows.last_mut() {
            row.push(character);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_at_spaces_and_long_words_where_they_must() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(wrap("  one two three", 9), ["  one two", "  three"]);
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("a   b  c", 8), ["a   b  c"], "what stands in columns stays there");
        assert_eq!(wrap("a   b  c", 5), ["a   b", "c"]);
        assert_eq!(wrap("   ", 8), ["   "]);
        assert_eq!(wrap("! one two three", 9), ["! one two", "  three"]);
        assert_eq!(
            wrap("  12. one two", 9),
            ["  12. one", "    two"],
            "half of the line at most"
        );
        assert_eq!(wrap("- one\n-2 two three", 9), ["- one", "-2 two", "three"]);
    }
}
