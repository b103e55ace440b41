//! Breaking text into lines of a width.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::Columns;

/// Breaks text at spaces into lines at most `width` columns wide, or one character where that is wider; longer words are broken
/// where they must be, between the parts of a path, an address or a list if there are any. A number stays with what it counts, and `--`
/// with what it begins. Line feeds in the text are kept, and so are the
/// indent of a line and the spaces between words of one line. What continues a line with a mark stands under its text, not under
/// the mark.
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
        let mut rest = words;
        while !rest.is_empty() {
            let word = first_word(rest, width.saturating_sub(indent.len()));
            rest = rest.get(word.len()..).unwrap_or_default();
            rest = rest.strip_prefix(' ').unwrap_or(rest);
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
            // Where a part ended in this line, and in which column.
            let mut part = None;
            for grapheme in word.graphemes(true) {
                let columns = grapheme.width();
                while used + columns > width && !is_blank(&line) {
                    let (at, before) = part.take().unwrap_or((line.len(), used));
                    let tail = line.split_off(at);
                    lines.push(std::mem::replace(&mut line, indent.clone()));
                    line.push_str(&tail);
                    used = indent.len() + used - before;
                }
                if used + columns > width {
                    // What has no room beside an indent has the line for itself.
                    line.clear();
                    used = 0;
                }
                line.push_str(grapheme);
                used += columns;
                if matches!(grapheme, "/" | ",") {
                    part = Some((line.len(), used));
                }
            }
            empty = false;
        }
        lines.push(line);
    }
    lines
}

/// Whether nothing but spaces stands in a line.
fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte == b' ')
}

/// The first word of a text, with what follows where it is `--`, or a number, in brackets or not, and that what it counts
/// (`214 flows`, `297 more flows`), or by a count in brackets of what it has (`company.ml (17 flows)`), if that has room in a line.
fn first_word(text: &str, columns: usize) -> &str {
    let end = |from: usize| {
        text.get(from..)
            .and_then(|rest| rest.find(' '))
            .map_or(text.len(), |at| from + at)
    };
    let word = text.get(..end(0)).unwrap_or(text);
    let digits = word.strip_prefix('(').unwrap_or(word);
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    let counts = |at: usize| {
        text.get(at + 1..)
            .is_some_and(|next| next.starts_with(char::is_alphabetic))
    };
    if (is_number || word == "--") && counts(word.len()) {
        let second = end(word.len() + 1);
        let is_more = text.get(word.len() + 1..second) == Some("more") && counts(second);
        let ends = [is_more.then(|| end(second + 1)), Some(second)];
        let parts = ends.into_iter().flatten().filter_map(|end| text.get(..end));
        if let Some(part) = { parts }.find(|part| part.width() <= columns) {
            return part;
        }
    }
    let after = text.get(word.len() + 1..).unwrap_or_default();
    if after.starts_with('(')
        && after
            .get(1..)
            .is_some_and(|count| count.starts_with(|first: char| first.is_ascii_digit()))
    {
        let end = word.len() + 1 + first_word(after, columns).len();
        let both = text.get(..end).filter(|both| both.width() <= columns);
        return both.unwrap_or(word);
    }
    word
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

/// Whether a line has room in so many columns.
pub fn fits(line: &str, columns: usize) -> bool {
    // No character takes more columns than bytes.
    line.len() <= columns || line.width() <= columns
}

/// A line with its indent, and one space between its words.
pub fn closed_up(line: &str) -> String {
    let text = line.trim_start();
    let indent = line.strip_suffix(text).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("{indent}{}", words.join(" "))
}

/// A line cut wherever a row of this many columns ends, with nothing added or left out.
pub fn cut(line: &str, columns: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for grapheme in line.graphemes(true) {
        let width = grapheme.width();
        if used + width > columns {
            rows.push(String::new());
            used = 0;
        }
        used += width;
        if let Some(row) = rows.last_mut() {
            row.push_str(grapheme);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_are_cut_between_what_people_see_as_characters() {
        assert_eq!(cut("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(cut("abc日e\u{301}f", 4), ["abc", "日e\u{301}f"]);
        assert_eq!(cut("👨\u{200d}👩\u{200d}👧abc", 4), ["👨\u{200d}👩\u{200d}👧ab", "c"]);
    }

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

    #[test]
    fn a_path_breaks_between_its_parts() {
        assert_eq!(wrap("/etc/kestra/file.yml", 14), ["/etc/kestra/", "file.yml"]);
        assert_eq!(wrap("in /etc/kestra/file.yml", 14), ["in", "/etc/kestra/", "file.yml"]);
        assert_eq!(
            wrap("  https://host.example/a/b", 16),
            ["  https://", "  host.example/", "  a/b"]
        );
        // A part that is longer than a line is broken where it must be.
        assert_eq!(wrap("/abcdefghij/kl", 5), ["/", "abcde", "fghij", "/kl"]);
        assert_eq!(wrap("日本/語日本/語", 6), ["日本/", "語日本", "/語"]);
        // What is carried on may be as long as a line without what comes next.
        assert_eq!(wrap("/日本a語", 6), ["/", "日本a", "語"]);
        assert_eq!(wrap("  日本", 3), [" 日", " 本"]);
        assert_eq!(wrap(" 日本", 2), ["日", "本"], "an indent has no room beside it");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_none_is_blank_without_need(text in "[ ]{0,9}([-!] |12[.] )?[ab/1日本語é,. \n]{0,40}", width in 2_usize..24) {
            let lines = wrap(&text, width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{lines:?}");
            }
            let blank = |text: &str| text.trim_matches(' ').is_empty();
            let blanks = lines.iter().filter(|line| blank(line)).count();
            prop_assert_eq!(blanks, text.split('\n').filter(|line| blank(line)).count(), "{:?}", lines);
            let bare = |text: &str| text.replace([' ', '\n'], "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }

    #[test]
    fn two_hyphens_alone_stay_with_what_they_begin() {
        assert_eq!(
            wrap("rehearsal kestra -- auths users", 22),
            ["rehearsal kestra", "-- auths users"]
        );
        assert_eq!(
            wrap("kestra -- auths", 5),
            ["kestr", "a --", "auths"],
            "where both have no room"
        );
        assert_eq!(wrap("kestra --", 20), ["kestra --"]);
        assert_eq!(wrap("a --  b", 4), ["a --", "b"], "columns are not words");
    }

    #[test]
    fn a_number_stays_with_what_it_counts() {
        assert_eq!(wrap("there are 1,214 flows", 16), ["there are", "1,214 flows"]);
        assert_eq!(wrap("1,214 flows", 8), ["1,214", "flows"], "where both have no room");
        assert_eq!(wrap("a 214   flows", 10), ["a 214", "flows"], "columns are not words");
        assert_eq!(wrap("is at 214", 7), ["is at", "214"]);
        assert_eq!(wrap("step 12", 7), ["step 12"]);
        assert_eq!(wrap("company.ml (17 flows)", 15), ["company.ml", "(17 flows)"]);
        assert_eq!(wrap("in company.ml (17 flows)", 22), ["in", "company.ml (17 flows)"]);
        assert_eq!(
            wrap("company.ml  297 more namespaces", 22),
            ["company.ml", "297 more namespaces"]
        );
        assert_eq!(wrap("and 2 more than that", 10), ["and 2 more", "than that"]);
    }
}
