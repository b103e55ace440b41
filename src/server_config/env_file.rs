//! A file of variables: `NAME=value` a line, as shells, systemd and Docker Compose read it.
//!
//! Only what all of them read the same way is understood; a file with any other line is no such file.

use std::ops::Range;

use super::lines::Lines;

/// A variable of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: Range<usize>,
    /// The value without its quotes.
    pub value: Range<usize>,
    /// The line on which it starts, from 0.
    pub line: usize,
    /// Where it ends, with its closing quote.
    pub end: usize,
}

/// The variables of a text; `None` if it is something else.
pub(super) fn entries(text: &str) -> Option<Vec<Entry>> {
    let lines = Lines::of(text);
    let mut entries = Vec::new();
    let mut line = 0;
    while line < lines.count() {
        let bare = lines.text(text, line);
        let trimmed = bare.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            line += 1;
            continue;
        }
        let entry = entry(text, &lines, line)?;
        line = lines.at(entry.end.saturating_sub(1).max(entry.name.start)) + 1;
        entries.push(entry);
    }
    (!entries.is_empty()).then_some(entries)
}

fn entry(text: &str, lines: &Lines, line: usize) -> Option<Entry> {
    let span = lines.span(line);
    let bare = lines.text(text, line);
    let offset = span.end - bare.len();
    let mut at = bare.len() - bare.trim_start().len();
    if let Some(rest) = bare.get(at..)?.strip_prefix("export ") {
        at = bare.len() - rest.trim_start().len();
    }
    let rest = bare.get(at..)?;
    let (name, value) = rest.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if !is_name {
        return None;
    }
    let name_start = offset + at;
    let value_start = name_start + name.len() + 1;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (value, end) = match quote {
        Some(quote) => {
            let inner = text.get(value_start + 1..)?;
            let length = closing(inner, quote)?;
            let end = value_start + 1 + length;
            let after = text.get(end + 1..lines.span(lines.at(end)).end)?.trim();
            if !after.is_empty() && !after.starts_with('#') {
                return None;
            }
            (value_start + 1..end, end + 1)
        }
        None => {
            let bare = value.split(" #").next().unwrap_or(value).trim_end();
            (value_start..value_start + bare.len(), value_start + bare.len())
        }
    };
    Some(Entry {
        name: name_start..name_start + name.len(),
        value,
        line,
        end,
    })
}

/// Where a quoted value ends.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' && quote == '"' {
            escaped = true;
        } else if character == quote {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(&str, &str, usize)>> {
        Some(
            entries(text)?
                .into_iter()
                .map(|entry| (&text[entry.name], &text[entry.value], entry.line))
                .collect(),
        )
    }

    #[test]
    fn variables_are_read_with_their_quotes_and_comments_left_out() {
        let text = "\u{feff}A=1\r\n# c\n\nexport  B = x\n";
        assert_eq!(read(text), None);
        let text = "\u{feff}A=1\r\n# c\n\nexport  B='a b' # c\nC=\"x\ny\\\"\"\n  D=\nE=v # w\nF=a#b";
        let expected = [
            ("A", "1", 0),
            ("B", "a b", 3),
            ("C", "x\ny\\\"", 4),
            ("D", "", 6),
            ("E", "v", 7),
            ("F", "a#b", 8),
        ];
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn anything_else_is_no_file_of_variables() {
        for text in [
            "",
            "# only\n",
            "a: b\n",
            "A=1\nb: c\n",
            "A='x\n",
            "A='x'y\n",
            "1A=x\n",
            "- A=b\n",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
