//! Text on a terminal that shows ASCII alone.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::letters::base;

use super::glyphs;

/// A harmless text in ASCII: letters without their marks, control characters like no other one, and everything else by its
/// number, so that what differs looks different.
pub fn in_ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for grapheme in text.graphemes(true) {
        let mut characters = grapheme.chars();
        match characters.next() {
            Some('…') => shown.push_str(glyphs::ASCII.ellipsis),
            Some('\u{2400}'..='\u{2421}') => shown.push('^'),
            // The marks on it are the rest of the grapheme.
            Some(letter) if letter.is_ascii() => shown.push(letter),
            Some(letter) => match base(letter) {
                Some(letters) => shown.push_str(letters),
                None => {
                    for character in grapheme.chars() {
                        // Writing to a text cannot fail.
                        let _ = write!(shown, "<U+{:04X}>", u32::from(character));
                    }
                }
            },
            None => {}
        }
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
            ("東 京", "<U+6771> <U+4EAC>"),
            ("cut…", "cut.."),
            ("\u{241b}[2J", "^[2J"),
        ] {
            assert_eq!(in_ascii(text), expected);
        }
    }
}
