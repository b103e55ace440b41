//! Keys as people read them: `Ctrl-c`, `Esc`, `g g`.
//!
//! Texts name keys in angle brackets, so that they can be told from words; on screen the brackets go.

use super::input::parse_sequence;

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

/// A text whose keys stand in angle brackets, as it is shown. Brackets around anything else stay.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        match after.split_once('>').filter(|(keys, _)| parse_sequence(keys).is_ok()) {
            Some((keys, after)) => {
                let names: Vec<String> = keys.split_whitespace().map(key_name).collect();
                shown.push_str(&names.join(" "));
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

#[cfg(test)]
mod tests {
    use super::*;

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
