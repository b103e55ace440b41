//! How a dialog is laid out, and how much of it is in view. Where there is little room its text scrolls; the line to type in and
//! the buttons stay.

use crate::domain::text::{Columns, visible};

use super::dialog_text::{DialogText, Tone};
use super::geometry::Size;
use super::wrap::{cut, wrap};

/// How a dialog is laid out on a screen, between the header and what is told below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogLayout {
    /// Columns of the dialog, borders included.
    pub columns: u16,
    /// Rows of it, borders included.
    pub rows: u16,
    /// The text, broken into lines.
    pub lines: Vec<(Tone, String)>,
    /// What has to be typed, below a line that says so; whole, in as many lines as that takes.
    pub prompt: Vec<String>,
    /// How many of the lines are in view.
    pub in_view: usize,
    /// Whether there is room for empty lines between the parts.
    pub is_airy: bool,
}

impl DialogLayout {
    /// The layout of a text on a screen, with what has to be typed.
    pub fn new(text: &DialogText, expected: Option<&str>, size: Size) -> Self {
        // A narrow margin would only show stumps of what is underneath.
        let columns = if size.width < 100 { size.width } else { 76 };
        let inner = usize::from(columns.saturating_sub(4)).max(1);
        let mut lines: Vec<(Tone, String)> = text
            .paragraphs
            .iter()
            .flat_map(|(tone, text)| evenly(&visible(text), inner).into_iter().map(|line| (*tone, line)))
            .collect();
        let (borders, buttons) = (2, 1);
        let most = usize::from(size.body_height());
        let mut prompt = expected.map_or_else(Vec::new, |expected| prompt(expected, inner));
        // What fits into no dialog is read where the text scrolls.
        if prompt.len() + borders + buttons + 2 > most && prompt.len() > 1 {
            lines.extend(prompt.drain(1..).map(|line| (Tone::Strong, line)));
        }
        let types = prompt.len() + usize::from(!prompt.is_empty());
        let fixed = borders + buttons + types;
        let air = if types > 0 { 2 } else { 1 };
        let is_airy = lines.len() + fixed + air <= most;
        let rows = (lines.len() + fixed + if is_airy { air } else { 0 }).min(most);
        let taken = fixed + if is_airy { air } else { 0 };
        Self {
            columns,
            rows: u16::try_from(rows).unwrap_or(size.height),
            in_view: rows.saturating_sub(taken).min(lines.len()),
            lines,
            prompt,
            is_airy,
        }
    }

    /// The first line in view after scrolling by pages.
    pub fn first_line(&self, scroll: usize) -> usize {
        scroll.min(self.lines.len().saturating_sub(self.in_view))
    }

    /// Whether not all of the text is in view.
    pub fn scrolls(&self) -> bool {
        self.in_view < self.lines.len()
    }
}

/// Lines of a width, of which the last is no lone short word where the others could end earlier for it.
fn evenly(text: &str, columns: usize) -> Vec<String> {
    const LONE: usize = 6;
    let lines = wrap(text, columns);
    let is_lone = |lines: &[String]| {
        let last = lines.last().map_or("", |line| line.trim());
        lines.len() > 1 && !last.contains(' ') && last.width() <= LONE
    };
    if !is_lone(&lines) {
        return lines;
    }
    let narrower = (columns.saturating_sub(2 * LONE)..columns)
        .rev()
        .map(|columns| wrap(text, columns));
    // No word is broken for it.
    let words = |lines: &[String]| lines.iter().map(|line| line.split_whitespace().count()).sum::<usize>();
    let is_as_whole = |narrower: &Vec<String>| narrower.len() == lines.len() && words(narrower) == words(&lines);
    let mut as_many = narrower.take_while(is_as_whole);
    as_many.find(|narrower| !is_lone(narrower)).unwrap_or(lines)
}

/// The lines that ask to type something: one if that fits, and otherwise what is to be typed below, cut nowhere.
fn prompt(expected: &str, columns: usize) -> Vec<String> {
    let expected = visible(expected);
    let whole = format!("Type  {expected}  to continue:");
    let short = format!("Type  {expected}:");
    match [whole, short].into_iter().find(|line| line.width() <= columns) {
        Some(line) => vec![line],
        None => std::iter::once("Type this:".to_owned())
            .chain(cut(&expected, columns))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long_text() -> DialogText {
        DialogText {
            title: "T".to_owned(),
            paragraphs: vec![(Tone::Plain, "word ".repeat(60))],
            confirm: "Yes",
            cancel: "No",
        }
    }

    #[test]
    fn what_has_no_room_scrolls_and_the_rest_stays() {
        let text = long_text();
        let roomy = DialogLayout::new(&text, Some("acme"), Size::new(80, 24));
        assert!(roomy.is_airy && !roomy.scrolls());
        assert_eq!(usize::from(roomy.rows), roomy.lines.len() + 7);
        let tight = DialogLayout::new(&text, Some("acme"), Size::new(40, 12));
        assert!(!tight.is_airy && tight.scrolls());
        assert_eq!((tight.columns, tight.rows, tight.in_view), (40, 9, 4));
        assert_eq!(tight.first_line(99), tight.lines.len() - 4);
        let none = DialogLayout::new(&text, Some("acme"), Size::new(1, 1));
        assert_eq!((none.rows, none.in_view), (0, 0));
    }

    #[test]
    fn no_short_word_ends_a_paragraph_alone() {
        assert_eq!(evenly("one two three four it:", 18), ["one two three", "four it:"]);
        assert_eq!(evenly("one two three four", 18), ["one two three four"]);
        assert_eq!(evenly("abcdefghijkl it:", 12), ["abcdefghijkl", "it:"]);
    }

    #[test]
    fn what_is_to_be_typed_is_never_cut() {
        let text = long_text();
        for length in [3, 30, 60, 64, 100, 255, 600, 2_000] {
            let expected: String = "abcdefghij".chars().cycle().take(length).collect();
            for size in [Size::new(40, 12), Size::new(80, 24), Size::new(200, 60)] {
                let layout = DialogLayout::new(&text, Some(&expected), size);
                let prompt = layout.prompt.join("");
                let scrolled: String = layout.lines.iter().map(|(_, line)| line.as_str()).collect();
                assert!(prompt.contains(&expected) || scrolled.contains(&expected), "{length}");
                assert!(
                    layout
                        .prompt
                        .iter()
                        .all(|line| line.len() <= usize::from(layout.columns) - 4)
                );
                let fixed = layout.prompt.len() + 1 + 3;
                assert!(layout.in_view + fixed <= usize::from(layout.rows), "{length}");
                assert!(layout.rows <= size.height && (prompt.contains(&expected) || layout.scrolls()));
            }
        }
    }
}
