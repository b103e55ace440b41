//! Lines of standard input, for [`super::linear`].

use std::io::{self, BufRead, Read};
use std::thread;

use tokio::sync::mpsc::{Receiver, channel};

use crate::app::msg::Msg;

use super::decoder::Decoder;

/// A longer line is handed over in pieces of so many bytes.
const LONGEST_LINE: u64 = 64 * 1024;

/// What came from standard input.
pub(super) enum Typed {
    Line(String),
    End,
    Lost,
}

/// Reads standard input on a thread of its own, which stays behind when the program ends. It reads ahead a little only, as input
/// may have no end.
pub(super) fn read_lines() -> io::Result<Receiver<Typed>> {
    let (sender, receiver) = channel(1);
    thread::Builder::new().name("line input".to_owned()).spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut bytes = Vec::new();
            let typed = match stdin.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
                Ok(0) => Typed::End,
                Ok(_) => Typed::Line(without_end(&bytes)),
                Err(_) => Typed::Lost,
            };
            let is_last = !matches!(typed, Typed::Line(_));
            if sender.blocking_send(typed).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(receiver)
}

/// A line without its end. One key that was pressed instead of typed is its name in brackets.
fn without_end(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.starts_with(char::is_control)
        && let [Msg::Key(key)] = *Decoder::default().feed(text.as_bytes(), false)
        && key.typed().is_none()
    {
        return format!("<{key}>");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_alone_is_its_name_and_among_text_what_it_was() {
        for (bytes, line) in [
            (&b"\x1b\n"[..], "<esc>"),
            (b"\x1b[A\n", "<up>"),
            (b"\x1bOB\r\n", "<down>"),
            (b"\x0f\n", "<ctrl-o>"),
            (b"\t\n", "<tab>"),
            (b"\x7f\n", "<backspace>"),
            (b"\x1b\x1b\n", "\x1b\x1b"),
            (b"ab\x1b\n", "ab\x1b"),
            (b"\x1bacme\n", "\x1bacme"),
            (b"\x1b[999~a\n", "\x1b[999~a"),
            ("\u{85}\n".as_bytes(), "\u{85}"),
        ] {
            assert_eq!(without_end(bytes), line);
        }
    }

    #[test]
    fn lines_lose_their_end_and_nothing_else() {
        for (bytes, line) in [
            (&b"1\n"[..], "1"),
            (b"1\r\n", "1"),
            (b" a b ", " a b "),
            (b"\n", ""),
            (b"\xff\n", "\u{fffd}"),
        ] {
            assert_eq!(without_end(bytes), line);
        }
    }
}
