//! Making text from servers, files and people harmless to a terminal, and visible.
//!
//! Control characters, bidirectional controls and invisible characters are replaced by visible marks, so that they can
//! neither move the cursor nor forge what is on screen. Everything shown or printed goes through [`visible`].

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a context can be made by this name, which may be empty: letters, digits, `-`, `_` and `.`, and no dot first.
pub fn is_context_name(name: &str) -> bool {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    !name.starts_with('.') && name.chars().all(is_plain)
}

/// What of an address names the host, and who signs in there: `ana@kestra:8080` of `https://ana@kestra:8080/prefix`. `None` where
/// there is no scheme before it.
pub fn authority(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}

/// An address without all that may say who signs in: what stands before its last `@`, whether the rest can be read as an address
/// or not. Of that a scheme of HTTP stays, in small letters; any other word there may be a password.
pub fn without_user(address: &str) -> String {
    let Some((_, host)) = address.rsplit_once('@') else {
        return address.to_owned();
    };
    let mut schemes = ["http://", "https://"].into_iter();
    let scheme = schemes.find(|scheme| {
        let begun = address.trim_start().get(..scheme.len());
        begun.is_some_and(|begun| begun.eq_ignore_ascii_case(scheme))
    });
    scheme.unwrap_or_default().to_owned() + host
}

/// `text` with everything invisible or dangerous made visible. Borrowed where there is nothing to do.
///
/// C0 controls become their control pictures (`␛`), C1 controls, bidirectional controls, zero-width and other format
/// characters become `<U+202E>`, and so do blanks that look like a space and are none, and marks without a letter to stand on.
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_plain = |character| !is_hidden(character) && has_width(character);
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    // The pictograph that can be joined to the next, and whether it is joined to the one before.
    let mut base = None;
    let mut is_joined = false;
    let mut on_letter = false;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let hides = is_hidden(character) || !has_width(character) && !on_letter;
        let joins = |mut after: std::str::Chars<'_>| base.is_some() && after.next().is_some_and(is_pictograph);
        let belongs = match character {
            ZERO_WIDTH_JOINER => joins(rest.clone()),
            EMOJI_SELECTOR if base.is_some_and(is_made_emoji) => {
                let mut after = rest.clone();
                is_joined || after.next() == Some(ZERO_WIDTH_JOINER) && joins(after)
            }
            _ => false,
        };
        if hides && !belongs {
            push_mark(&mut shown, character);
        } else {
            shown.push(character);
        }
        // A mark stands on the letter that the one before it stands on.
        on_letter = !hides && (character.is_alphanumeric() || !has_width(character));
        // Only the one right after a joiner is joined.
        is_joined =
            character == ZERO_WIDTH_JOINER && belongs || is_joined && base.is_none() && is_pictograph(character);
        base = Some(character).filter(|sign| is_pictograph(*sign) || belongs && *sign == EMOJI_SELECTOR);
    }
    Cow::Owned(shown)
}

/// Columns of a terminal.
pub trait Columns {
    /// How many it takes.
    fn width(&self) -> usize;
}

impl Columns for str {
    /// As Unicode's table has it, in which the sound marks of half-width kana take one each, as on terminals. ratatui counts
    /// those twice, so that cells with one say themselves how wide they are.
    fn width(&self) -> usize {
        UnicodeWidthStr::width(self)
    }
}

/// How many columns of a terminal a character takes.
pub fn columns_of(character: char) -> usize {
    if is_sound_mark(character) {
        1
    } else {
        UnicodeWidthChar::width(character).unwrap_or(0)
    }
}

/// Whether it is one of the sound marks that follow half-width kana.
pub fn is_sound_mark(character: char) -> bool {
    matches!(character, '\u{ff9e}' | '\u{ff9f}')
}

/// Whether a character takes a column of its own.
fn has_width(character: char) -> bool {
    character.width() != Some(0)
}

/// The same for text that may have several lines: line feeds stay, everything else as in [`visible`].
pub fn visible_lines(text: &str) -> String {
    let lines: Vec<_> = text
        .split('\n')
        .map(|line| visible(line.strip_suffix('\r').unwrap_or(line)))
        .collect();
    lines.join("\n")
}

/// `text` without what goes beyond so many characters, which an ellipsis stands for.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Makes an emoji of the sign before it.
const EMOJI_SELECTOR: char = '\u{fe0f}';

/// Whether a character is a pictograph. Between two of them a zero-width joiner is legitimate, which makes one emoji of two;
/// so is what makes an emoji of the first, or of one that is joined to another. Elsewhere both are hidden.
fn is_pictograph(character: char) -> bool {
    matches!(u32::from(character), 0x2190..=0x2bff | 0x1f000..=0x1faff) && !is_hidden(character)
}

/// Whether a sign is an emoji, and as wide as one, only with [`EMOJI_SELECTOR`] after it.
fn is_made_emoji(sign: char) -> bool {
    columns_of(sign) == 1 && Columns::width(&*String::from_iter([sign, EMOJI_SELECTOR])) == 2
}

/// Whether a character has no shape of its own, looks like a space and is none, or changes how others are laid out.
pub fn is_hidden(character: char) -> bool {
    matches!(u32::from(character),
        0x00..=0x1f | 0x7f..=0x9f          // C0, DEL, C1
        | 0x00a0 | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f // spaces of other kinds; U+3000 is as wide as its letters
        | 0x2800 | 0x1d159 | 0x13441..=0x13442 | 0x16fe4      // blanks: Braille, music, Egyptian, Khitan
        | 0x00ad                           // soft hyphen
        | 0x034f                           // combining grapheme joiner
        | 0x061c                           // Arabic letter mark
        | 0x115f..=0x1160 | 0x3164 | 0xffa0 // Hangul fillers
        | 0x17b4..=0x17b5                  // Khmer inherent vowels
        | 0x180b..=0x180f                  // Mongolian selectors
        | 0x200b..=0x200f                  // zero width, marks
        | 0x2028..=0x202e                  // separators, embeddings, overrides
        | 0x2060..=0x206f                  // word joiner, isolates, deprecated
        | 0xfe00..=0xfe0f                  // variation selectors
        | 0xfeff                           // byte order mark
        | 0xfff0..=0xfffb                  // specials
        | 0x13430..=0x13440                // Egyptian format controls
        | 0x1bca0..=0x1bca3                // shorthand format controls
        | 0x1d173..=0x1d17a                // musical format controls
        | 0xe0000..=0xe0fff                // tags, variation selectors supplement
    ) || is_noncharacter_or_private(character)
}

fn is_noncharacter_or_private(character: char) -> bool {
    let code = u32::from(character);
    (code & 0xfffe) == 0xfffe || matches!(code, 0xfdd0..=0xfdef | 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff)
}

fn push_mark(shown: &mut String, character: char) {
    let code = u32::from(character);
    let picture = match code {
        0x00..=0x1f => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => None,
    };
    match picture {
        Some(picture) => shown.push(picture),
        // Writing to a String cannot fail.
        None => drop(write!(shown, "<U+{code:04X}>")),
    }
}

/// Bytes in hexadecimal, two digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;

    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A clause as a sentence.
pub fn sentence(clause: &str) -> String {
    let end = if clause.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{end}", capital(clause))
}

/// The text as it begins a sentence, with a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// The text as it goes on in a sentence, with a small letter.
pub fn small(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_who_signs_in() {
        for (address, shown) in [
            ("kestra:8080", "kestra:8080"),
            ("socks5://proxy", "socks5://proxy"),
            ("https://ana:s3/cr@t@kestra/base", "https://kestra/base"),
            (" HTTP://s3cret@kestra", "http://kestra"),
            ("ana:s3cret@kestra", "kestra"),
            ("ana:s3cret://x@kestra", "kestra"),
            ("s3cret://x@kestra", "kestra"),
        ] {
            assert_eq!(without_user(address), shown);
        }
    }

    #[test]
    fn plain_text_is_left_alone() {
        for text in ["", "Acme", "Überall 日本\u{3000}é e\u{301}\u{323} 👩‍💻 ❤ न\u{94d}", "a b"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_could_harm_becomes_visible() {
        for (text, shown) in [
            ("\u{1b}[2J", "␛[2J"),
            ("a\tb\r\nc", "a␉b␍␊c"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("abc\u{202e}cba", "abc<U+202E>cba"),
            ("ad\u{200b}min", "ad<U+200B>min"),
            ("ad\u{200d}min", "ad<U+200D>min"),
            ("\u{7f}", "␡"),
            ("\u{feff}x", "<U+FEFF>x"),
            ("\u{e0041}", "<U+E0041>"),
            ("a\u{a0}b\u{2009}c\u{202f}d", "a<U+00A0>b<U+2009>c<U+202F>d"),
            ("\u{1680}\u{205f}\u{2800}", "<U+1680><U+205F><U+2800>"),
            ("❤\u{fe0f}", "❤<U+FE0F>"),
            ("❤\u{fe0f}\u{200d}a", "❤<U+FE0F><U+200D>a"),
            ("👩\u{fe0f}\u{200d}💻", "👩<U+FE0F><U+200D>💻"),
            ("→\u{fe0f}\u{200d}→", "→<U+FE0F><U+200D>→"),
            ("🏳\u{fe0f}\u{fe0f}\u{200d}🌈", "🏳<U+FE0F><U+FE0F><U+200D>🌈"),
            ("a\u{fe0f}\u{200d}🌈", "a<U+FE0F><U+200D>🌈"),
            ("👩\u{200d}💻❤\u{fe0f}", "👩\u{200d}💻❤<U+FE0F>"),
            ("\u{1d173}\u{1d17a}", "<U+1D173><U+1D17A>"),
            ("\u{301}a \u{301}", "<U+0301>a <U+0301>"),
            ("a\u{202e}\u{301}", "a<U+202E><U+0301>"),
        ] {
            assert_eq!(visible(text), shown, "{text:?}");
        }
        assert_eq!(visible_lines("a\r\nb\u{1b}\nc"), "a\nb␛\nc");
    }

    #[test]
    fn an_emoji_of_several_signs_stays_one_that_is_two_columns_wide() {
        for text in [
            "👩\u{200d}👩\u{200d}👧\u{200d}👦",
            "🏳\u{fe0f}\u{200d}🌈",
            "❤\u{fe0f}\u{200d}🔥",
            "🏴\u{200d}☠\u{fe0f}",
            "🏳\u{fe0f}\u{200d}⚧\u{fe0f}",
        ] {
            assert_eq!(visible(text), text);
            assert_eq!(Columns::width(text), 2, "{text:?}");
        }
    }

    #[test]
    fn sound_marks_of_half_width_kana_take_columns() {
        for (text, columns) in [
            ("ﾊﾟｰﾄﾅｰ", 6),
            ("ﾊﾞﾝｸ", 4),
            ("ハ゛", 4),
            ("e\u{301}", 1),
            ("日本", 4),
            ("abc", 3),
        ] {
            assert_eq!(Columns::width(text), columns, "{text}");
        }
        assert_eq!(columns_of('ﾞ'), 1);
    }

    proptest::proptest! {
        #[test]
        fn nothing_hidden_survives(text in "(?s).{0,40}") {
            let shown = visible(&text);
            proptest::prop_assert!(!shown.chars().any(char::is_control));
            let hidden = shown.chars().any(|c| is_hidden(c) && c != ZERO_WIDTH_JOINER && c != EMOJI_SELECTOR);
            proptest::prop_assert!(!hidden);
            proptest::prop_assert_eq!(visible(&shown).into_owned(), shown.into_owned());
        }

        #[test]
        fn what_is_shown_has_a_width_and_no_blank_but_a_space(
            text in "[\\p{M}\\p{Z}\\p{Cf}\\x{2800}\\x{3164}\\x{1F469}\\x{200D}a-c0-2é ]{0,30}"
        ) {
            let shown = visible(&text);
            let mut on_letter = false;
            for character in shown.chars().filter(|c| *c != ZERO_WIDTH_JOINER && *c != EMOJI_SELECTOR) {
                let is_mark = character.width() == Some(0);
                proptest::prop_assert!(!is_mark || on_letter, "{:?} in {:?}", character, shown);
                on_letter = character.is_alphanumeric() || is_mark;
                let is_blank = character.is_whitespace() || character == '\u{2800}';
                proptest::prop_assert!(!is_blank || matches!(character, ' ' | '\u{3000}'), "{:?}", character);
            }
        }
    }
}
