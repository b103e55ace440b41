//! Values as text, JSON or YAML.
//!
//! Text from servers can hold characters that move a cursor or forge a line. Tables show them as marks; JSON and YAML
//! write them as escapes, so that nothing is lost. CSV has no escapes: it is exact in a file or a pipe, and shows marks on
//! a terminal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::text::is_hidden;

/// `value` as JSON on one line.
pub fn json_line(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    write_json(value, Escaping(CompactFormatter, json_escape), out)
}

/// `value` as JSON over several lines.
pub fn json_lines(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    write_json(value, Escaping(PrettyFormatter::new(), json_escape), out)
}

fn write_json(value: &Value, formatter: impl Formatter, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, formatter);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// `value` as YAML, its lines parted and without the last line feed.
///
/// YAML has no escapes outside of double quotes, and the library leaves some invisible characters as they are; a value
/// that holds one is written as JSON, which is YAML too but for the escapes of what lies beyond 16 bits.
pub fn yaml(value: &Value) -> io::Result<String> {
    if holds_hidden(value) {
        let mut line = Vec::new();
        write_json(value, Escaping(CompactFormatter, yaml_escape), &mut line)?;
        return String::from_utf8(line).map_err(io::Error::other);
    }
    let text = serde_saphyr::to_string(value).map_err(io::Error::other)?;
    // One line feed only: those before it may belong to a text at the end.
    Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

fn holds_hidden(value: &Value) -> bool {
    let hidden = |text: &str| text.chars().any(|c| is_hidden(c) && c != '\n');
    match value {
        Value::String(text) => hidden(text),
        Value::Array(items) => items.iter().any(holds_hidden),
        Value::Object(object) => object.iter().any(|(key, value)| hidden(key) || holds_hidden(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Writes the escape of a character.
type Escape = fn(char, &mut dyn Write) -> io::Result<()>;

fn json_escape(character: char, out: &mut dyn Write) -> io::Result<()> {
    let mut units = [0; 2];
    let mut units = character.encode_utf16(&mut units).iter();
    units.try_for_each(|unit| write!(out, "\\u{unit:04x}"))
}

/// YAML has no surrogate pairs.
fn yaml_escape(character: char, out: &mut dyn Write) -> io::Result<()> {
    match u32::from(character) {
        code @ ..=0xffff => write!(out, "\\u{code:04x}"),
        code => write!(out, "\\U{code:08x}"),
    }
}

/// JSON in which every character that could harm a terminal is an escape.
struct Escaping<F>(F, Escape);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, mut writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in fragment.char_indices().filter(|(_, c)| is_hidden(*c)) {
            writer.write_all(fragment.get(plain..at).unwrap_or_default().as_bytes())?;
            (self.1)(character, &mut writer)?;
            plain = at + character.len_utf8();
        }
        writer.write_all(fragment.get(plain..).unwrap_or_default().as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn line(value: &Value) -> String {
        let mut out = Vec::new();
        json_line(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_escapes_what_could_harm_a_terminal() {
        let value = json!({"name": "a\u{1b}[2J\u{9b}m\u{202e}x\u{e0041}\n日本"});
        assert_eq!(line(&value), r#"{"name":"a\u001b[2J\u009bm\u202ex\udb40\udc41\n日本"}"#);
    }

    #[test]
    fn plain_yaml_reads_like_yaml() {
        let value =
            json!({"id": "a", "name": "A: b", "tags": ["x"], "limit": 2, "none": null, "text": "a\nb", "end": "\n"});
        let text = yaml(&value).unwrap() + "\n";
        assert!(text.starts_with("id: a\n"), "{text}");
        assert_eq!(serde_saphyr::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn yaml_has_no_surrogate_pairs() {
        let value = json!({"name": "a\u{e0041}\u{1b}b"});
        let text = yaml(&value).unwrap();
        assert_eq!(text, r#"{"name":"a\U000e0041\u001bb"}"#);
        assert_eq!(yaml_serde::from_str::<Value>(&text).unwrap(), value);
    }

    proptest! {
        #[test]
        fn every_text_survives_and_none_is_hidden(text in "(?s).{0,30}") {
            let value = json!({"id": "a", "name": text});
            let printed = line(&value);
            prop_assert!(!printed.chars().any(is_hidden));
            prop_assert_eq!(&serde_json::from_str::<Value>(&printed).unwrap(), &value);
            let printed = yaml(&value).unwrap() + "\n";
            prop_assert!(!printed.chars().any(|c| is_hidden(c) && c != '\n'), "{}", printed);
            prop_assert_eq!(&serde_saphyr::from_str::<Value>(&printed).unwrap(), &value, "{}", printed);
            prop_assert_eq!(&yaml_serde::from_str::<Value>(&printed).unwrap(), &value, "{}", printed);
        }
    }
}
