//! Text on a terminal that shows ASCII alone.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::letters::base;

use super::glyphs;

/// A harmless text in ASCII: letters without their marks, control characters like no other one, and everything else by its
/// number, so that what differs looks different. Numbers that follow each other share their brackets (`<6771.4EAC>`), so that
/// more of a name is seen where it is cut.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lose_their_marks_and_what_differs_looks_different() {
        for (text, expected) in [
            ("Compañía del Ebro", "Compania del Ebro"),
            ("Straße, Łódź, Œuvre, İş, ſ", "Strasse, Lodz, OEuvre, Is, s"),
            ("ÀÖØöøÿ Āſ Žž", "AOOooy As Zz"),
            ("e\u{301}", "e"),
            ("東 京", "<6771> <4EAC>"),
            ("東京支社 (Tokyo)", "<6771.4EAC.652F.793E> (Tokyo)"),
            ("a東é京", "a<6771>e<4EAC>"),
            ("Мир", "<41C.438.440>"),
            ("cut…", "cut.."),
            ("\u{241b}[2J", "^[2J"),
        ] {
            assert_eq!(in_ascii(text), expected);
        }
    }
}
