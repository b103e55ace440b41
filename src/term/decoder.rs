//! Bytes from the terminal into keys and pastes.
//!
//! It knows what terminals send in their legacy encoding, which is all the program turns on, and drops what it does not
//! know. It reads nothing itself ([`super::input`] does) and depends on no clock: a lone escape byte at the end of what was
//! read is the Escape key, at once.
//!
//! The program does its own decoding because crossterm 0.29 waits on edges: of more than a kilobyte typed ahead, the rest
//! stays unread until the next key (crossterm-rs/crossterm#1057), and a paste whose end is lost swallows the keyboard for
//! good (crossterm-rs/crossterm#1060). Sequences: <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>.

use crate::app::input::{Key, KeyCode};
use crate::app::msg::Msg;
use crate::app::pointer::{Act, Pointer};

const ESCAPE: u8 = 0x1b;
const CTRL_C: u8 = 0x03;
const PASTE_END: &[u8] = b"\x1b[201~";
/// No sequence a terminal sends is longer; what is, is no sequence.
const LONGEST_SEQUENCE: usize = 64;
/// More than this of one paste is not kept, in bytes.
pub const LONGEST_PASTE: usize = 4 * 1024 * 1024;

/// Turns bytes into messages, however they were cut into pieces.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The start of a sequence or character whose rest has not come yet.
    pending: Vec<u8>,
    /// What was pasted so far, while a paste goes on.
    paste: Option<Vec<u8>>,
}

/// What the start of some bytes is.
enum Step {
    /// This many bytes are one key, or nothing of interest.
    Took(usize, Option<Key>),
    /// This many bytes say what a mouse did.
    Pointer(usize, Pointer),
    /// This many bytes start a paste.
    Paste(usize),
    /// More bytes are needed to tell.
    Incomplete,
}

impl Decoder {
    /// Decodes what was read. `more` says that further bytes can be read at once, so that an escape byte at the end need not
    /// be the Escape key.
    pub fn feed(&mut self, bytes: &[u8], more: bool) -> Vec<Msg> {
        let mut messages = Vec::new();
        if self.paste.is_some() && bytes == [CTRL_C] {
            // A paste whose end never came must not swallow the keyboard for good; a hand on it sends single bytes.
            self.end_paste(&mut messages);
        }
        self.pending.extend_from_slice(bytes);
        let buffer = std::mem::take(&mut self.pending);
        let mut rest = buffer.as_slice();
        while !rest.is_empty() {
            if self.paste.is_some() {
                rest = self.take_paste(rest, &mut messages);
                continue;
            }
            match step(rest, more) {
                Step::Took(count, key) => {
                    messages.extend(key.map(Msg::Key));
                    rest = rest.get(count..).unwrap_or_default();
                }
                Step::Pointer(count, pointer) => {
                    messages.push(Msg::Pointer(pointer));
                    rest = rest.get(count..).unwrap_or_default();
                }
                Step::Paste(count) => {
                    self.paste = Some(Vec::new());
                    rest = rest.get(count..).unwrap_or_default();
                }
                Step::Incomplete => {
                    self.pending = rest.to_vec();
                    break;
                }
            }
        }
        messages
    }

    /// Takes what belongs to the paste from the start of `bytes` and returns what follows it.
    fn take_paste<'a>(&mut self, bytes: &'a [u8], messages: &mut Vec<Msg>) -> &'a [u8] {
        if let Some(end) = find(bytes, PASTE_END) {
            self.keep_pasted(bytes.get(..end).unwrap_or_default());
            self.end_paste(messages);
            return bytes.get(end + PASTE_END.len()..).unwrap_or_default();
        }
        // The end marker may be cut in two: what could be its start waits for the rest.
        let held = (1..PASTE_END.len())
            .rev()
            .find(|length| PASTE_END.get(..*length).is_some_and(|start| bytes.ends_with(start)))
            .unwrap_or(0);
        let (text, start) = bytes.split_at(bytes.len() - held);
        self.keep_pasted(text);
        self.pending = start.to_vec();
        &[]
    }

    fn keep_pasted(&mut self, bytes: &[u8]) {
        if let Some(paste) = &mut self.paste {
            let room = LONGEST_PASTE.saturating_sub(paste.len());
            paste.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
        }
    }

    fn end_paste(&mut self, messages: &mut Vec<Msg>) {
        if let Some(mut paste) = self.paste.take() {
            paste.append(&mut self.pending);
            messages.push(Msg::Paste(plain_lines(&String::from_utf8_lossy(&paste))));
        }
    }
}

/// The same text with every line ended by a line feed alone; terminals send carriage returns for the ends of pasted lines.
fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// What `bytes`, which are not empty, start with.
fn step(bytes: &[u8], more: bool) -> Step {
    match bytes {
        [ESCAPE] if more => Step::Incomplete,
        [ESCAPE, b'[', rest @ ..] => control_sequence(rest),
        [] | [ESCAPE, b'O'] => Step::Incomplete,
        [ESCAPE, b'O', last, ..] => match letter_key(*last) {
            Some(code) => Step::Took(3, Some(Key::plain(code))),
            // Not a function key: Escape was typed, and then a capital O.
            None => Step::Took(1, Some(Key::plain(KeyCode::Esc))),
        },
        // No key here is Escape and another together, so Escape typed ahead of a key stays two keys.
        [ESCAPE, ..] => Step::Took(1, Some(Key::plain(KeyCode::Esc))),
        [byte @ (0x00..=0x1f | 0x7f), ..] => Step::Took(1, Some(control_key(*byte))),
        [byte @ 0x20..=0x7e, ..] => Step::Took(1, Some(Key::char(char::from(*byte)))),
        _ => character(bytes),
    }
}

/// The key behind a control byte. `ctrl-h`, `ctrl-i`, `ctrl-j` and `ctrl-m` are no keys of their own.
fn control_key(byte: u8) -> Key {
    match byte {
        0x00 => Key::ctrl(' '),
        0x08 | 0x7f => Key::plain(KeyCode::Backspace),
        b'\t' => Key::plain(KeyCode::Tab),
        b'\n' | b'\r' => Key::plain(KeyCode::Enter),
        ESCAPE => Key::plain(KeyCode::Esc),
        0x01..=0x1a => Key::ctrl(char::from(byte + 0x60)),
        _ => Key::ctrl(char::from(byte.saturating_add(0x40))),
    }
}

/// A character beyond ASCII. Bytes that are not UTF-8 are dropped, and so are C1 controls, which no key types.
fn character(bytes: &[u8]) -> Step {
    let length = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return Step::Took(1, None),
    };
    let candidate = bytes.get(..length).unwrap_or(bytes);
    match std::str::from_utf8(candidate) {
        Ok(text) => {
            let typed = text.chars().next().filter(|character| !character.is_control());
            Step::Took(length, typed.map(Key::char))
        }
        Err(error) if error.error_len().is_none() => Step::Incomplete,
        Err(error) => Step::Took(error.error_len().unwrap_or(1), None),
    }
}

/// A control sequence; `rest` is what follows `ESC [`.
fn control_sequence(rest: &[u8]) -> Step {
    const PREFIX: usize = 2;
    // The Linux console sends its first five function keys as `ESC [ [ A` and on.
    if let [b'[', tail @ ..] = rest {
        return match tail.first() {
            None => Step::Incomplete,
            Some(letter @ b'A'..=b'E') => {
                Step::Took(PREFIX + 2, Some(Key::plain(KeyCode::Function(letter - b'A' + 1))))
            }
            Some(_) => Step::Took(PREFIX + 1, None),
        };
    }
    let Some(length) = rest.iter().position(|byte| !matches!(byte, 0x20..=0x3f)) else {
        return if rest.len() > LONGEST_SEQUENCE {
            Step::Took(PREFIX + rest.len(), None)
        } else {
            Step::Incomplete
        };
    };
    let parameters = rest.get(..length).unwrap_or_default();
    let last = rest.get(length).copied().unwrap_or_default();
    let taken = PREFIX + length + 1;
    match (parameters, last) {
        (b"200", b'~') => Step::Paste(taken),
        // A mouse report in the oldest encoding carries three bytes that would otherwise be taken for keys.
        ([], b'M') if rest.len() < 4 => Step::Incomplete,
        ([], b'M') => Step::Took(taken + 3, None),
        ([b'<', report @ ..], b'M' | b'm') => match pointer(report, last == b'm') {
            Some(pointer) => Step::Pointer(taken, pointer),
            None => Step::Took(taken, None),
        },
        (_, 0x40..=0x7e) => Step::Took(taken, sequence_key(parameters, last)),
        // A byte that cannot be part of it ends the sequence and counts on its own.
        _ => Step::Took(taken - 1, None),
    }
}

/// What a mouse did, of a report of button, column and row, from 1. Other buttons, and moving about, are of no interest.
fn pointer(report: &[u8], is_release: bool) -> Option<Pointer> {
    let mut numbers = std::str::from_utf8(report).ok()?.split(';').map(str::parse::<u16>);
    let mut next = || numbers.next()?.ok();
    let (button, column, row) = (next()?, next()?, next()?);
    let act = match (button, is_release) {
        (0, false) => Act::Press,
        (0, true) => Act::Release,
        (64, false) => Act::WheelUp,
        (65, false) => Act::WheelDown,
        _ => return None,
    };
    Some(Pointer {
        act,
        column: column.checked_sub(1)?,
        row: row.checked_sub(1)?,
        hit: None,
    })
}

/// The key of a complete control sequence, if it is one and was not released.
fn sequence_key(parameters: &[u8], last: u8) -> Option<Key> {
    let text = std::str::from_utf8(parameters).ok()?;
    let mut fields = text.split(';');
    let first = fields.next().unwrap_or_default();
    let mut modifier_fields = fields.next().unwrap_or_default().split(':');
    let modifiers = modifier_fields
        .next()
        .and_then(|number| number.parse::<u8>().ok())
        .unwrap_or(1)
        .saturating_sub(1);
    let is_release = modifier_fields.next() == Some("3");
    let (shift, ctrl) = (modifiers & 1 != 0, modifiers & 4 != 0);
    let code = match last {
        b'~' => numbered_key(first.parse().ok()?)?,
        b'u' => coded_key(first.split(':').next()?.parse().ok()?)?,
        b'Z' => KeyCode::BackTab,
        // A cursor position report also ends in `R`; its first number is a row, and rows below the first are no key.
        b'R' if first != "1" && !first.is_empty() => return None,
        // Mouse reports end in `M` or `m`; answers to questions start with one of these signs.
        b'M' | b'm' => return None,
        _ if text.starts_with(['<', '=', '>', '?']) => return None,
        letter => letter_key(letter)?,
    };
    let code = if code == KeyCode::Tab && shift {
        KeyCode::BackTab
    } else {
        code
    };
    (!is_release).then_some(Key { code, ctrl })
}

fn letter_key(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::Function(letter - b'P' + 1),
        _ => return None,
    })
}

fn numbered_key(number: u8) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        4 | 8 => KeyCode::End,
        3 => KeyCode::Delete,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::Function(number - 10),
        17..=21 => KeyCode::Function(number - 11),
        23..=26 => KeyCode::Function(number - 12),
        28..=29 => KeyCode::Function(number - 13),
        31..=34 => KeyCode::Function(number - 14),
        _ => return None,
    })
}

/// A key that a terminal was set up to send by its character's number (`CSI 97 ; 5 u`).
fn coded_key(number: u32) -> Option<KeyCode> {
    Some(match number {
        8 | 127 => KeyCode::Backspace,
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        _ => KeyCode::Char(char::from_u32(number).filter(|character| !character.is_control())?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8]) -> Vec<Msg> {
        Decoder::default().feed(bytes, false)
    }

    fn printed(messages: &[Msg]) -> String {
        let words: Vec<String> = messages
            .iter()
            .map(|message| match message {
                Msg::Key(key) => key.to_string(),
                Msg::Paste(text) => format!("{text:?}"),
                other => format!("{other:?}"),
            })
            .collect();
        words.join(" ")
    }

    #[test]
    fn keys_are_told_apart() {
        for (bytes, expected) in [
            (&b"jG "[..], "j G space"),
            (b"\r\n", "enter enter"),
            (b"\x08\x7f", "backspace backspace"),
            (b"\t\x1b[Z", "tab shift-tab"),
            (b"\x1b", "esc"),
            (b"\x1bj", "esc j"),
            (b"\x1b\x1b", "esc esc"),
            (b"\x1b\x1b[A", "esc up"),
            (b"\x1b[A\x1b[B\x1b[C\x1b[D", "up down right left"),
            (b"\x1bOA\x1bOB\x1bOH\x1bOF", "up down home end"),
            (
                b"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~",
                "home end home end home end",
            ),
            (b"\x1b[3~\x1b[5~\x1b[6~", "delete pgup pgdn"),
            (b"\x1bOP\x1bOS\x1b[15~\x1b[24~\x1b[[A", "f1 f4 f5 f12 f1"),
            (b"\x01\x04\x1a\x00\x1c", "ctrl-a ctrl-d ctrl-z ctrl-space ctrl-\\"),
            (b"\x1b[1;5A\x1b[3;5~\x1b[1;2B", "ctrl-up ctrl-delete down"),
            (b"\x1b[97;5u\x1b[9;2u\x1b[27u", "ctrl-a shift-tab esc"),
            (b"\x1b[1;1:3A\x1b[1;1:2A", "up"),
            ("é日".as_bytes(), "é 日"),
            (b"\x1bOx", "esc O x"),
        ] {
            assert_eq!(printed(&decode(bytes)), expected, "{bytes:?}");
        }
    }

    #[test]
    fn reports_and_rubbish_are_dropped() {
        for bytes in [
            &b"\x1b[I\x1b[O"[..],
            b"\x1b[<2;10;5M\x1b[<35;10;5M\x1b[<0;0;5M\x1b[<0;10M\x1b[<;1;1M",
            b"\x1b[32;10;5M",
            b"\x1b[M !!",
            b"\x1b[?62;22c",
            b"\x1b[24;80R",
            b"\x1b[201~",
            b"\xff\xfe\xc0",
            b"\xc2\x9b",
            b"\x1b[2~",
        ] {
            assert_eq!(decode(bytes), [], "{bytes:?}");
        }
        assert_eq!(printed(&decode(b"\x1b[12\rj")), "enter j");
        let endless = [b"\x1b[".as_slice(), &[b'1'; 100], b"j"].concat();
        assert_eq!(printed(&decode(&endless)), "");
    }

    #[test]
    fn a_mouse_presses_lets_go_and_turns_its_wheel() {
        let messages = decode(b"\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M\x1b[<65;1;1Mj");
        let acts: Vec<Act> = messages
            .iter()
            .filter_map(|message| match message {
                Msg::Pointer(pointer) => Some(pointer.act),
                _ => None,
            })
            .collect();
        assert_eq!(acts, [Act::Press, Act::Release, Act::WheelUp, Act::WheelDown]);
        let Some(Msg::Pointer(first)) = messages.first() else {
            panic!("a press first")
        };
        assert_eq!((first.column, first.row), (9, 4));
        assert_eq!(messages.last(), Some(&Msg::Key(Key::char('j'))));
    }

    #[test]
    fn an_escape_byte_with_more_to_come_waits() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b", true), []);
        assert_eq!(printed(&decoder.feed(b"[A", false)), "up");
        assert_eq!(printed(&decoder.feed(b"\x1b", false)), "esc");
    }

    #[test]
    fn a_paste_is_one_message_with_its_escapes_and_plain_lines() {
        assert_eq!(
            printed(&decode(b"a\x1b[200~x\r\ny\rz\x1b[31m\x1b\x1b[201~b")),
            r#"a "x\ny\nz\u{1b}[31m\u{1b}" b"#
        );
        assert_eq!(printed(&decode(b"\x1b[200~\x1b[201~")), r#""""#);
    }

    #[test]
    fn a_paste_that_never_ends_gives_the_keyboard_back() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b[200~half\x1b[20", false), []);
        assert_eq!(decoder.feed(b"more", false), []);
        assert_eq!(printed(&decoder.feed(b"\x03", false)), r#""half\u{1b}[20more" ctrl-c"#);
        assert_eq!(printed(&decoder.feed(b"j", false)), "j");
    }

    #[test]
    fn a_paste_beyond_bounds_is_cut() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b[200~", false), []);
        let half = vec![b'x'; LONGEST_PASTE - 1];
        assert_eq!(decoder.feed(&half, false), []);
        assert_eq!(decoder.feed(&half, false), []);
        let messages = decoder.feed(b"\x1b[201~j", false);
        let [Msg::Paste(text), Msg::Key(_)] = messages.as_slice() else {
            panic!("a paste and a key");
        };
        assert_eq!(text.len(), LONGEST_PASTE);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_input_is_cut(
            pieces in proptest::collection::vec(prop_oneof![
                Just(b"\x1b[A".to_vec()), Just(b"\x1b[1;5C".to_vec()), Just(b"\x1bOP".to_vec()), Just(b"j".to_vec()),
                Just("é日".as_bytes().to_vec()), Just(b"\x1b[200~p\x1b[2\r\n\x1b[201~".to_vec()), Just(b"\x1b[3~".to_vec()),
            ], 1..12),
            cuts in proptest::collection::vec(1_usize..7, 1..20),
        ) {
            let bytes = pieces.concat();
            let mut decoder = Decoder::default();
            let mut messages = Vec::new();
            let (mut rest, mut cuts) = (bytes.as_slice(), cuts.into_iter().cycle());
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(cuts.next().unwrap().min(rest.len()));
                messages.extend(decoder.feed(piece, !after.is_empty()));
                rest = after;
            }
            prop_assert_eq!(messages, decode(&bytes));
        }

        #[test]
        fn nothing_breaks_it(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..8)) {
            let mut decoder = Decoder::default();
            for piece in &pieces {
                for message in decoder.feed(piece, false) {
                    if let Msg::Key(Key { code: KeyCode::Char(character), .. }) = message {
                        prop_assert!(!character.is_control());
                    }
                }
            }
        }
    }
}
