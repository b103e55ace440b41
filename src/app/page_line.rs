//! Pages of text with something to choose on them, decided once for the model, which scrolls, and the views, which draw.

use crate::domain::check::{Check, Outcome};
use crate::domain::text::visible_lines;

use super::wrap::wrap;

/// What a part of a line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something to be read.
    Plain,
    /// A heading, or what matters most.
    Strong,
    /// Said by the way.
    Muted,
    /// Something to be copied or compared letter by letter.
    Code,
    /// As it should be.
    Good,
    /// Something to think about.
    Warning,
    /// What does not work, or cannot be.
    Danger,
    /// A line that comes into a file.
    Added,
    /// A line that goes out of a file.
    Removed,
}

impl Tone {
    /// What a line of a diff means.
    pub fn of_diff(line: &str) -> Self {
        match line.as_bytes().first() {
            Some(b'+') => Self::Added,
            Some(b'-') => Self::Removed,
            _ => Self::Muted,
        }
    }
}

/// A line of a page before it is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageLine {
    /// Text, so many columns from the left.
    Text(Tone, usize, String),
    /// How a look went: a word, what was looked at, what was found.
    Row {
        /// What the word means.
        tone: Tone,
        /// A word of at most five letters.
        word: &'static str,
        /// What was looked at.
        name: String,
        /// What was found.
        text: String,
    },
    /// A part of something in short: which, and what becomes of it.
    Fact(&'static str, String),
    /// Something that can be chosen, by its place among the choices.
    Choice {
        /// Its place.
        index: usize,
        /// What it is.
        title: String,
        /// What it means.
        text: String,
    },
    /// An empty line.
    Blank,
}

impl PageLine {
    /// Something to be read.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text(Tone::Plain, 0, text.into())
    }

    /// A heading.
    pub fn strong(text: impl Into<String>) -> Self {
        Self::Text(Tone::Strong, 0, text.into())
    }

    /// Something by the way.
    pub fn muted(text: impl Into<String>) -> Self {
        Self::Text(Tone::Muted, 0, text.into())
    }

    /// Something to think about, with its mark.
    pub fn warning(text: impl AsRef<str>) -> Self {
        Self::Text(Tone::Warning, 0, format!("! {}", text.as_ref()))
    }

    /// A line of a diff.
    pub fn diff(line: &str, indent: usize) -> Self {
        Self::Text(Tone::of_diff(line), indent, line.to_owned())
    }

    /// A look, and below it what to do next.
    pub fn check(check: &Check) -> Vec<Self> {
        let (tone, word) = match check.outcome {
            Outcome::Pass => (Tone::Good, "pass"),
            Outcome::Warn => (Tone::Warning, "warn"),
            Outcome::Fail => (Tone::Danger, "fail"),
            Outcome::Skipped => (Tone::Muted, "skip"),
        };
        let mut lines = vec![Self::Row {
            tone,
            word,
            name: check.name.to_owned(),
            text: check.found.clone(),
        }];
        lines.extend(check.next.iter().map(|next| Self::Row {
            tone: Tone::Plain,
            word: "",
            name: String::new(),
            text: next.clone(),
        }));
        lines
    }
}

/// A line that fits, part by part from the left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownLine {
    /// Column, meaning and text of each part.
    pub parts: Vec<(usize, Tone, String)>,
    /// The choice it belongs to.
    pub choice: Option<usize>,
}

impl ShownLine {
    /// Whether it begins something to think about or that does not work.
    pub fn is_marked(&self) -> bool {
        self.parts.first().is_some_and(|(at, tone, text)| {
            *at == 0 && matches!(tone, Tone::Warning | Tone::Danger) && text.starts_with('!')
        })
    }

    /// What it says, from left to right.
    pub fn text(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|(_, _, text)| text.as_str()).collect();
        parts.join(" ")
    }
}

/// Columns of the word, its mark included, and of the name of a look.
const WORD: usize = 8;
const NAME: usize = 20;
/// Columns of the name of a fact.
const FACT: usize = 16;

/// A page broken into lines of a width, harmless.
pub fn broken(lines: &[PageLine], columns: usize) -> Vec<ShownLine> {
    let mut shown = Vec::new();
    let pieces = |text: &str, columns: usize| wrap(&visible_lines(text), columns.max(8));
    for line in lines {
        match line {
            PageLine::Blank => shown.push(ShownLine::default()),
            PageLine::Text(tone, indent, text) => {
                shown.extend(pieces(text, columns.saturating_sub(*indent)).into_iter().map(|piece| {
                    let parts = vec![(*indent, *tone, piece)];
                    ShownLine { parts, choice: None }
                }));
            }
            PageLine::Row { tone, word, name, text } => {
                // Where there is little room the name has a line of its own.
                let is_narrow = columns < 56;
                let at = if is_narrow { WORD } else { WORD + NAME };
                let has_head = !word.is_empty();
                let mark = if matches!(tone, Tone::Warning | Tone::Danger) {
                    "! "
                } else {
                    "  "
                };
                let head = (0, *tone, format!("{mark}{word}"));
                let found = if has_head { Tone::Plain } else { Tone::Warning };
                if is_narrow && has_head {
                    shown.push(ShownLine {
                        parts: vec![head.clone(), (WORD, Tone::Strong, name.clone())],
                        choice: None,
                    });
                }
                for (index, piece) in pieces(text, columns.saturating_sub(at)).into_iter().enumerate() {
                    let mut parts = Vec::new();
                    if index == 0 && !is_narrow && has_head {
                        parts.push(head.clone());
                        parts.push((WORD, Tone::Plain, name.clone()));
                    }
                    parts.push((at, found, piece));
                    shown.push(ShownLine { parts, choice: None });
                }
            }
            PageLine::Fact(name, text) => {
                // As for a look: the name goes before the text where there is no room for columns.
                let (at, text) = if columns < 56 {
                    (2, format!("{name}: {text}"))
                } else {
                    (FACT, text.clone())
                };
                for (index, piece) in pieces(&text, columns.saturating_sub(at)).into_iter().enumerate() {
                    let mut parts = Vec::new();
                    if index == 0 && at == FACT {
                        parts.push((0, Tone::Muted, (*name).to_owned()));
                    }
                    let from = if index == 0 && at < FACT { 0 } else { at };
                    parts.push((from, Tone::Plain, piece));
                    shown.push(ShownLine { parts, choice: None });
                }
            }
            PageLine::Choice { index, title, text } => {
                let number = format!("{}. ", index + 1);
                let hang = 2 + number.len();
                for (at, piece) in pieces(title, columns.saturating_sub(hang)).into_iter().enumerate() {
                    let part = if at == 0 {
                        (2, Tone::Strong, format!("{number}{piece}"))
                    } else {
                        (hang, Tone::Strong, piece)
                    };
                    shown.push(ShownLine {
                        parts: vec![part],
                        choice: Some(*index),
                    });
                }
                if !text.is_empty() {
                    shown.extend(
                        pieces(text, columns.saturating_sub(5))
                            .into_iter()
                            .map(|piece| ShownLine {
                                parts: vec![(5, Tone::Plain, piece)],
                                choice: Some(*index),
                            }),
                    );
                }
            }
        }
    }
    shown
}

/// The first line in view, so that the whole of a choice is, as far as it fits, and nothing is scrolled without need.
pub fn scrolled_to(lines: &[ShownLine], choice: usize, scroll: usize, height: usize) -> usize {
    let height = height.max(1);
    let first = lines.iter().position(|line| line.choice == Some(choice));
    let last = lines.iter().rposition(|line| line.choice == Some(choice));
    let (Some(first), Some(last)) = (first, last) else {
        return scroll.min(lines.len().saturating_sub(height));
    };
    // From the first choice on one comes back to what stands above.
    // Where it does not fit, a page still opens at its question.
    if choice == 0 && (last < height || scroll == 0 && first < height) {
        return 0;
    }
    let lowest = (last + 1).saturating_sub(height).min(first);
    scroll
        .clamp(lowest, first)
        .min(lines.len().saturating_sub(height).max(lowest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_and_harmless_and_a_chosen_one_comes_into_view() {
        let mut lines = vec![PageLine::warning("one two three four five six seven \u{1b}[2J")];
        lines.extend((0..5).map(|index| PageLine::Choice {
            index,
            title: format!("choice {index}"),
            text: "what it means in some words".to_owned(),
        }));
        let shown = broken(&lines, 20);
        assert!(
            shown
                .iter()
                .all(|line| line.parts.iter().all(|(_, _, text)| !text.contains('\u{1b}')))
        );
        assert_eq!(shown[0].parts[0].2, "! one two three four");
        assert!(shown[1].parts[0].2.starts_with("  five"));
        for choice in 0..5 {
            let top = scrolled_to(&shown, choice, 0, 5);
            let seen = shown
                .iter()
                .skip(top)
                .take(5)
                .filter(|line| line.choice == Some(choice))
                .count();
            let all = shown.iter().filter(|line| line.choice == Some(choice)).count();
            if choice == 0 {
                // A page opens at its question; of the first answer its beginning is in view.
                assert_eq!((top, seen > 0), (0, true));
            } else {
                assert_eq!(seen, all, "{choice}");
            }
        }
        assert_eq!(scrolled_to(&shown, 0, 7, shown.len()), 0);
    }
}
