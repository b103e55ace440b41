//! Text on a terminal that shows ASCII alone.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::letters::base;

use super::glyphs;

/// Stands after a letter that is not shown as it is.
const MARKED: char = '~';

/// A harmless text in ASCII: letters without their marks and a sign after them in their place, control characters like no other
/// one, and everything else by its number, so that what differs looks different. Numbers that follow each other share their
/// brackets (`<6771.4EAC>`), so that more of a name is seen where it is cut.
pub fn in_ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut is_open = false;
    for grapheme in text.graphemes(true) {
        let letters = match grapheme.chars().next() {
            Some('…') => Some(glyphs::ASCII.ellipsis),
            Some('\u{2400}'..='\u{2421}') => Some("^"),
            // The marks on it are the rest of the grapheme.
            Some(letter) if letter.is_ascii() => grapheme.get(..1),
            Some(letter) => base(letter),
            None => Some(""),
        };
        if let Some(letters) = letters {
            if std::mem::take(&mut is_open) {
                shown.push('>');
            }
            shown.push_str(letters);
            if letters.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !grapheme.is_ascii() {
                shown.push(MARKED);
            }
            continue;
        }
        for character in grapheme.chars() {
            let before = if is_open { '.' } else { '<' };
            // Writing to a text cannot fail.
            let _ = write!(shown, "{before}{:X}", u32::from(character));
            is_open = true;
        }
    }
    if is_open {
        shown.push('>');
    }
    shown
}

/// Where a harmless text is cut that would be cut at `end`: before the mark of something hidden (`<U+202E>`) that would not be whole.
pub fn before_mark(shown: &str, end: usize) -> usize {
    let begun = shown.get(..end).and_then(|head| head.rfind('<'));
    let is_cut = |at: &usize| {
        let is_mark = shown.get(*at..).is_some_and(|rest| rest.starts_with("<U+"));
        is_mark && shown.get(*at..end).is_some_and(|mark| !mark.contains('>'))
    };
    begun.filter(is_cut).unwrap_or(end)
}

/// A text of [`in_ascii`] that is too long for so many columns, which is more than it has room for: what can be read keeps its
/// room before numbers do, of which the first of those in brackets stays (`<6771..> (Tokyo)`), and no number is cut in two.
pub fn cut_ascii(shown: &str, columns: usize) -> String {
    let mut shown = shown.to_owned();
    let cut = glyphs::ASCII.ellipsis;
    let numbers = |shown: &str| {
        let run = |(at, _)| {
            let inside = shown.get(at + 1..)?;
            let end = inside.find(|sign: char| !matches!(sign, '0'..='9' | 'A'..='F' | '.'))?;
            (inside.get(end..)?.starts_with('>')).then_some((at + 1, at + 1 + end))
        };
        shown.match_indices('<').filter_map(run).collect::<Vec<_>>()
    };
    let within = |runs: &[(usize, usize)], at: usize| runs.iter().any(|(from, until)| (*from..*until).contains(&at));
    let runs = numbers(&shown);
    let mut signs = shown.char_indices();
    let is_readable = signs.any(|(at, sign)| sign.is_ascii_alphanumeric() && !within(&runs, at));
    // The last first, as what comes before says more.
    for (from, until) in runs.iter().rev().copied().filter(|_| is_readable) {
        let Some(run) = shown.get(from..until).map(str::to_owned) else {
            continue;
        };
        let parts: Vec<&str> = run.split('.').collect();
        let shorter = (1..parts.len()).rev().map(|kept| {
            let kept = parts.iter().take(kept).copied().collect::<Vec<_>>();
            format!("{}{cut}", kept.join("."))
        });
        for shorter in shorter.filter(|shorter| shorter.len() < run.len()) {
            if shown.len() <= columns {
                return shown;
            }
            let after = shown
                .get(from..)
                .and_then(|rest| rest.find('>'))
                .map_or(from, |at| from + at);
            shown.replace_range(from..after, &shorter);
        }
    }
    if shown.len() <= columns {
        return shown;
    }
    let mut end = columns.saturating_sub(cut.len()).min(shown.len());
    if let Some((from, _)) = numbers(&shown)
        .into_iter()
        .find(|(from, until)| (*from..*until).contains(&end))
    {
        let whole = shown.get(from..end).and_then(|begun| begun.rfind('.'));
        let is_whole = shown.get(end..).is_some_and(|rest| rest.starts_with('.'));
        end = match whole {
            _ if is_whole => end,
            Some(at) => from + at,
            None => from - 1,
        };
    }
    shown.truncate(before_mark(&shown, end));
    shown.push_str(cut.get(..cut.len().min(columns)).unwrap_or_default());
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_a_sign_for_their_marks_and_what_differs_looks_different() {
        for (text, expected) in [
            ("Müller, Muller", "Mu~ller, Muller"),
            ("Compañía del Ebro", "Compan~i~a del Ebro"),
            ("Straße, Łódź, Œuvre, İş, ſ", "Strass~e, L~o~dz~, OE~uvre, I~s~, s~"),
            ("ÀÖØöøÿ Āſ Žž", "A~O~O~o~o~y~ A~s~ Z~z~"),
            ("e\u{301}", "e~"),
            ("東 京", "<6771> <4EAC>"),
            ("東京支社 (Tokyo)", "<6771.4EAC.652F.793E> (Tokyo)"),
            ("a東é京", "a<6771>e~<4EAC>"),
            ("Мир", "<41C.438.440>"),
            ("cut…", "cut.."),
            ("\u{241b}[2J", "^[2J"),
        ] {
            assert_eq!(in_ascii(text), expected);
        }
    }

    #[test]
    fn what_is_cut_keeps_what_can_be_read_and_numbers_whole() {
        let cut = |text: &str, columns| {
            let cut = cut_ascii(&in_ascii(text), columns);
            assert!(cut.len() <= columns, "{cut}");
            cut
        };
        let office = "東京支社 (Tokyo branch)";
        assert_eq!(cut(office, 34), "<6771.4EAC.652F..> (Tokyo branch)");
        assert_eq!(cut(office, 29), "<6771.4EAC..> (Tokyo branch)");
        assert_eq!(cut(office, 24), "<6771..> (Tokyo branch)");
        assert_eq!(cut(office, 19), "<6771..> (Tokyo b..");
        assert_eq!(cut("東京支社", 19), "<6771.4EAC.652F..");
        assert_eq!(cut("東京支社", 16), "<6771.4EAC..");
        assert_eq!(cut("東京支社", 7), "<6771..");
        assert_eq!(cut("東京支社", 6), "..");
        assert_eq!(cut("東京支社", 1), ".");
        assert_eq!(cut("Tokyo 東京支社", 18), "Tokyo <6771..>");
        assert_eq!(cut("Énergies du <Léman>", 15), "E~nergies du ..");
        let marked = "a<U+202E>evil<U+202C>";
        for (columns, expected) in [
            (20, "a<U+202E>evil.."),
            (15, "a<U+202E>evil.."),
            (10, "a.."),
            (4, "a.."),
        ] {
            assert_eq!(cut(marked, columns), expected);
        }
        assert_eq!(cut("a <b c>", 6), "a <b..");
    }
}
