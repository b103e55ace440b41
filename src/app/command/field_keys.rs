//! What keys do in a field. They are no commands: what is typed there is text, and none of them can be put on anything else.

/// Keys that do one thing in fields of a kind.
#[derive(Clone, Copy, Debug)]
pub struct FieldKeys {
    /// The keys, any of them.
    pub keys: &'static [&'static str],
    /// The kind of field.
    pub field: &'static str,
    /// What they do, in a sentence.
    pub doc: &'static str,
}

const fn row(field: &'static str, keys: &'static [&'static str], doc: &'static str) -> FieldKeys {
    FieldKeys { keys, field, doc }
}

/// A field that takes text.
pub const TEXT: &str = "text";
/// One that takes several lines of it.
pub const LINES: &str = "lines";
/// One that has one of a few words.
pub const CHOICE: &str = "choice";
/// One that has any of a few words.
pub const SET: &str = "words";
/// One that is answered by yes or no.
pub const SWITCH: &str = "yes or no";

/// All of them.
pub const FIELD_KEYS: &[FieldKeys] = &[
    row(TEXT, &["left", "right"], "Move by a character."),
    row(TEXT, &["ctrl-left", "ctrl-right"], "Move by a word, in a single line."),
    row(TEXT, &["home", "end"], "Go to an end of the line."),
    row(TEXT, &["ctrl-e"], "Go to its end, in a single line."),
    row(
        TEXT,
        &["backspace", "delete"],
        "Take away the character before, or after.",
    ),
    row(TEXT, &["ctrl-w"], "Take away the word before."),
    row(TEXT, &["ctrl-u", "ctrl-k"], "Take away all before, or all after."),
    row(LINES, &["enter"], "Enter begins a line, Tab goes on."),
    row(LINES, &["up", "down"], "Move by a line."),
    row(LINES, &["ctrl-r"], "Take back what was typed or taken away last."),
    row(CHOICE, &["left", "right", "h", "l", "space"], "Left Right change it."),
    row(CHOICE, &["backspace", "delete"], "Choose none, where that is possible."),
    row(SET, &["left", "right", "h", "l"], "Left Right move."),
    row(SET, &["space"], "Space marks."),
    row(SET, &["backspace", "delete"], "Take all marks off."),
    row(SWITCH, &["left", "right", "h", "l", "space"], "Turn it round."),
    row(SWITCH, &["y"], "Say yes."),
    row(SWITCH, &["n", "backspace", "delete"], "Say no."),
];

/// What keys of a kind of field are there for, for whoever is in one: each sentence that names its keys itself.
pub fn hint(field: &str) -> String {
    let named = |row: &&FieldKeys| {
        let first = row.doc.split(' ').next().unwrap_or_default();
        row.field == field && row.keys.iter().any(|key| key.eq_ignore_ascii_case(first))
    };
    FIELD_KEYS.iter().filter(named).flat_map(|row| [row.doc, " "]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::form_field::Editor;
    use crate::app::input::Key;
    use crate::domain::tenant_field::FieldKind;

    /// Each key of the table means something to the field, and so does no other plain control key.
    #[test]
    fn the_keys_of_a_field_are_those_it_takes() {
        let area = || {
            let mut editor = Editor::for_kind(FieldKind::Map);
            editor.set_text("a b\nc");
            editor
        };
        let one = Editor::for_kind(FieldKind::Text);
        for row in FIELD_KEYS.iter().filter(|row| row.field != SWITCH) {
            for key in row.keys {
                let key: Key = key.parse().unwrap();
                let mut editor = match row.field {
                    TEXT => one.clone(),
                    LINES => area(),
                    CHOICE => Editor::for_kind(FieldKind::Boolean),
                    _ => Editor::for_kind(FieldKind::Choices(&["A", "B"])),
                };
                // The cursor of several lines stands in the last.
                assert!(
                    editor.key(key) || row.field == LINES && key == "down".parse().unwrap(),
                    "{row:?}"
                );
            }
        }
        let listed = |field: &str, key: Key| {
            let rows = FIELD_KEYS.iter().filter(|row| row.field == field || row.field == TEXT);
            rows.flat_map(|row| row.keys).any(|known| known.parse() == Ok(key))
        };
        for letter in 'a'..='z' {
            let key = Key::ctrl(letter);
            assert!(!one.clone().key(key) || listed(TEXT, key), "{key:?}");
            assert!(!area().key(key) || listed(LINES, key), "{key:?}");
        }
    }

    #[test]
    fn hints_are_sentences_of_the_table() {
        assert_eq!(hint(CHOICE), "Left Right change it. ");
        assert_eq!(hint(SET), "Left Right move. Space marks. ");
        assert_eq!(hint(LINES), "Enter begins a line, Tab goes on. ");
        assert_eq!(hint(TEXT), "");
    }
}
