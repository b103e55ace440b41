//! Letters with marks: what they are made of, and where they stand in an order.

use std::borrow::Cow;
use std::cmp::Ordering;

/// The letters that those from `U+00C0` to `U+017F` are made of; a dot where that is two letters or none.
const BASES: &str = "AAAAAA.CEEEEIIIIDNOOOOOxOUUUUY..aaaaaa.ceeeeiiiidnooooo/ouuuuy.yAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHh\
                     IiIiIiIiIi..JjKkkLlLlLlLlLlNnNnNnnNnOoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// What parts the letters without marks from the text itself in a key; before anything that is written.
const BREAK: char = '\u{1}';

/// The letters that a Latin one with a mark, or a ligature, is made of.
pub fn base(letter: char) -> Option<&'static str> {
    let two = match letter {
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        'Þ' => "Th",
        'þ' => "th",
        'ß' => "ss",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        _ => {
            let at = usize::try_from(u32::from(letter).checked_sub(0xc0)?).ok()?;
            return BASES.get(at..=at);
        }
    };
    Some(two)
}

/// The characters of a text in lower case as they are put in order: letters without their marks.
fn plain(lower: &str) -> impl Iterator<Item = char> {
    lower.chars().flat_map(|letter| {
        let is_mark = matches!(letter, '\u{300}'..='\u{36f}');
        let base = base(letter).unwrap_or_default();
        let other = (base.is_empty() && !is_mark).then_some(letter);
        base.chars().chain(other)
    })
}

/// How two texts in lower case stand in an order: letters with marks beside those without. Only what is the same is equal.
pub fn compared(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return a.cmp(b);
    }
    plain(a).cmp(plain(b)).then_with(|| a.cmp(b))
}

/// A text in lower case as a key, whose bytes have the order that [`compared`] has.
pub fn key(lower: &str) -> Cow<'_, str> {
    if lower.is_ascii() {
        return Cow::Borrowed(lower);
    }
    let mut key: String = plain(lower).collect();
    key.push(BREAK);
    key.push_str(lower);
    Cow::Owned(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_marks_stand_beside_those_without() {
        assert_eq!(BASES.len(), 0x180 - 0xc0);
        let mut names = [
            "zeta",
            "łódź",
            "lima",
            "lz",
            "élan",
            "elan",
            "e\u{301}lan",
            "ete",
            "straße",
            "strasse",
            "œuvre",
            "ofen",
            "odra",
            "ж",
        ];
        names.sort_by(|a, b| compared(a, b));
        let expected = [
            "elan",
            "e\u{301}lan",
            "élan",
            "ete",
            "lima",
            "łódź",
            "lz",
            "odra",
            "œuvre",
            "ofen",
            "strasse",
            "straße",
            "zeta",
            "ж",
        ];
        assert_eq!(names, expected);
    }

    proptest::proptest! {
        #[test]
        fn keys_have_the_same_order_and_only_what_is_the_same_is_equal(
            a in "[a-cáäłßæ\\x{301}жe ]{0,6}", b in "[a-cáäłßæ\\x{301}жe ]{0,6}"
        ) {
            let order = compared(&a, &b);
            proptest::prop_assert_eq!(order, key(&a).cmp(&key(&b)));
            proptest::prop_assert_eq!(order, compared(&b, &a).reverse());
            proptest::prop_assert_eq!(order.is_eq(), a == b);
        }
    }
}
