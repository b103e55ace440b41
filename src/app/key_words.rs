//! Keys as people read them: `Ctrl-c`, `Esc`, `g g`.
//!
//! Texts name keys in angle brackets, so that they can be told from words; on screen the brackets go.

use super::command::Scope;
use super::input::{Key, parse_sequence};

/// A key as people read it.
pub fn key_name(key: &str) -> String {
    match key {
        "enter" => "Enter".to_owned(),
        "esc" => "Esc".to_owned(),
        "tab" => "Tab".to_owned(),
        "shift-tab" => "Shift-Tab".to_owned(),
        "up" => "Up".to_owned(),
        "down" => "Down".to_owned(),
        "left" => "Left".to_owned(),
        "right" => "Right".to_owned(),
        "home" => "Home".to_owned(),
        "end" => "End".to_owned(),
        "pgup" => "PgUp".to_owned(),
        "pgdn" => "PgDn".to_owned(),
        "space" => "Space".to_owned(),
        "backspace" => "Backspace".to_owned(),
        "delete" => "Del".to_owned(),
        other => match other.strip_prefix("ctrl-") {
            Some(letter) => format!("Ctrl-{letter}"),
            None if other.len() > 1 && other.starts_with('f') => other.to_uppercase(),
            None => other.to_owned(),
        },
    }
}

/// The key or keys that a line by itself names as messages print them, in any case: `Esc`, `Ctrl-o`, `PgDn`, `<y c>`. A letter
/// is one only in brackets.
pub fn printed_key(line: &str) -> Option<String> {
    let line = line.trim();
    let bracketed = line.strip_prefix('<').and_then(|line| line.strip_suffix('>'));
    if let Some(keys) = bracketed.filter(|keys| parse_sequence(keys).is_ok()) {
        return Some(keys.to_owned());
    }
    let name = bracketed.unwrap_or(line).to_ascii_lowercase();
    let name = if name == "del" { "delete".to_owned() } else { name };
    (name.chars().count() > 1 && name.parse::<Key>().is_ok()).then_some(name)
}

/// The keys of a sequence as people read them.
pub fn key_names(keys: &str) -> String {
    keys.split_whitespace().map(key_name).collect::<Vec<_>>().join(" ")
}

/// A text whose keys stand in angle brackets, as it is shown. Brackets around anything else stay.
pub fn shown(text: &str) -> String {
    shown_by(text, |_, keys| keys.to_owned())
}

/// The same with other keys in the place of those that are written. Where a text is about another place than the one it is read
/// at, the scope stands before the keys: `<dialog:tab>`.
pub fn shown_by(text: &str, other: impl Fn(Option<Scope>, &str) -> String) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        let named = after
            .split_once('>')
            .and_then(|(named, after)| Some((placed(named)?, after)));
        match named {
            Some(((scope, keys), after)) => {
                shown.push_str(&key_names(&other(scope, keys)));
                rest = after;
            }
            None => {
                shown.push('<');
                rest = after;
            }
        }
    }
    shown.push_str(rest);
    shown
}

/// The keys that stand in angle brackets, and the scope if one is named; `None` if something else does.
pub(super) fn placed(named: &str) -> Option<(Option<Scope>, &str)> {
    let there = named.split_once(':');
    let there = there.and_then(|(word, keys)| Some((Some(Scope::called(word)?), keys)));
    there
        .or(Some((None, named)))
        .filter(|(_, keys)| parse_sequence(keys).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_a_printed_key_is_told_from_words() {
        for (line, key) in [
            ("Esc", "esc"),
            ("ESC", "esc"),
            ("<esc>", "esc"),
            (" PgDn ", "pgdn"),
            ("Ctrl-O", "ctrl-o"),
            ("Shift-Tab", "shift-tab"),
            ("Del", "delete"),
            ("F5", "f5"),
            ("<R>", "R"),
            ("<y c>", "y c"),
        ] {
            assert_eq!(printed_key(line).as_deref(), Some(key), "{line}");
        }
        for line in ["R", "escape", "esc now", "<>", "<acme>", "2 d", ""] {
            assert_eq!(printed_key(line), None, "{line}");
        }
    }

    #[test]
    fn keys_lose_their_brackets_and_nothing_else_does() {
        for (text, expected) in [
            ("Locked; <W> unlocks", "Locked; W unlocks"),
            ("<ctrl-c> again leaves", "Ctrl-c again leaves"),
            ("<y q> has no meaning", "y q has no meaning"),
            ("updated<7d and x>1", "updated<7d and x>1"),
            ("it says <html> and <", "it says <html> and <"),
            ("a < b; <esc> goes back", "a < b; Esc goes back"),
            ("<>", "<>"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }
}
