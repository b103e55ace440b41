//! Lines of standard input, for [`super::linear`].

use std::io::{self, BufRead, Read};
use std::thread;

use tokio::sync::mpsc::{Receiver, channel};

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

fn without_end(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    text.strip_suffix('\r').unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
