//! Copying: the operator's own command, tmux, or the terminal itself (OSC 52).
//!
//! A terminal never says whether it took what it was sent, so the operator is told that it was sent and not that it was
//! copied. What becomes of it comes back in words, ready to be shown.

use std::io::{self, Read, Seek, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::caps::Multiplexer;
use tmux::Way;

mod tmux;

/// The longest text, once encoded, that common terminals take (xterm's limit), in bytes.
const LONGEST_ENCODED: usize = 74_994;
/// The same before it is encoded.
const LONGEST: usize = LONGEST_ENCODED / 4 * 3;
/// GNU screen hands through pieces of fewer than 256 bytes, since 2014 of 768, and shows what is longer as text.
const SCREEN_PIECE: usize = 240;
/// A command that takes longer has hung.
const PATIENCE: Duration = Duration::from_secs(3);

/// The ways there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The operator's own command, which gets the text on its standard input. Empty if there is none.
    pub command: Vec<String>,
    /// What sits between the program and the terminal.
    pub multiplexer: Multiplexer,
    /// Whether what is sent to the terminal can get onto a clipboard.
    pub has_terminal: bool,
}

/// What became of copying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copied {
    /// Some command took it, or the operator's own did not; in words.
    Said(Result<String, String>),
    /// It is the terminal's turn: this has to be written to it.
    ForTerminal(String),
    /// It is too long for the terminal.
    TooLong,
    /// It is too long for what may be in between, and nobody knows whether that is there.
    MayBeShown,
    /// The terminal has no clipboard.
    NoWay,
}

/// A text and what became of copying it.
type Outcome = (String, Copied);

/// Copies in the background, one outcome for each text.
#[derive(Debug)]
pub struct Clipboard {
    ways: Ways,
    sender: UnboundedSender<Outcome>,
    receiver: UnboundedReceiver<Outcome>,
    underway: usize,
}

impl Clipboard {
    /// A clipboard that is reached in these ways.
    pub fn new(ways: Ways) -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            ways,
            sender,
            receiver,
            underway: 0,
        }
    }

    /// Starts copying a text. Within a tokio runtime only.
    pub fn start(&mut self, text: String) {
        self.underway += 1;
        let (ways, sender) = (self.ways.clone(), self.sender.clone());
        tokio::task::spawn_blocking(move || {
            let copied = copy(&ways, &text);
            // The loop may be gone by now.
            drop(sender.send((text, copied)));
        });
    }

    /// Whether no outcome is still to come.
    pub fn is_idle(&self) -> bool {
        self.underway == 0
    }

    /// The next outcome. Never returns while nothing is being copied.
    pub async fn next(&mut self) -> Outcome {
        match self.receiver.recv().await {
            Some(outcome) => {
                self.underway = self.underway.saturating_sub(1);
                outcome
            }
            // Its own sender keeps the channel open.
            None => std::future::pending().await,
        }
    }

    /// An outcome that is there already, if there is one.
    pub fn ready(&mut self) -> Option<Outcome> {
        let outcome = self.receiver.try_recv().ok()?;
        self.underway = self.underway.saturating_sub(1);
        Some(outcome)
    }
}

/// Tries the commands there are; what they can't do is left to the terminal. Waits for them, at most a few seconds.
fn copy(ways: &Ways, text: &str) -> Copied {
    if let Some((program, arguments)) = ways.command.split_first() {
        return Copied::Said(match run(program, arguments, text) {
            Ok(()) => Ok(format!("Copied with `{program}`")),
            Err(reason) => Err(format!("Not copied: `{program}` failed: {reason}")),
        });
    }
    let asks = matches!(ways.multiplexer, Multiplexer::Tmux | Multiplexer::Nested);
    let answers = asks.then(tmux::ask).flatten();
    let multiplexer = match tmux::way(ways.multiplexer, answers.as_ref(), text.len()) {
        Way::Terminal(multiplexer) => multiplexer,
        Way::Tmux { sends, words } => {
            let mut arguments = vec!["load-buffer".to_owned(), "-".to_owned()];
            if sends {
                arguments.insert(1, "-w".to_owned());
            }
            // Before 3.2 it knows no `-w`; its terminal is tried then.
            if run("tmux", &arguments, text).is_ok() {
                return Copied::Said(Ok(words));
            }
            Multiplexer::Tmux
        }
    };
    if !ways.has_terminal {
        return Copied::NoWay;
    }
    match escape_sequence(text, multiplexer) {
        Some(sequence) => Copied::ForTerminal(sequence),
        None if encoded(text) > LONGEST_ENCODED => Copied::TooLong,
        None => Copied::MayBeShown,
    }
}

/// How long a text is once encoded: four characters for each three bytes begun.
fn encoded(text: &str) -> usize {
    text.len().div_ceil(3) * 4
}

/// What tells a terminal to put `text` on the clipboard; `None` if it is too long for that, or for what may be in between.
fn escape_sequence(text: &str, multiplexer: Multiplexer) -> Option<String> {
    if encoded(text) > LONGEST_ENCODED {
        return None;
    }
    let mut plain = String::new();
    // Writing to a String does not fail.
    CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain).ok()?;
    Some(match multiplexer {
        // Either way needs to be allowed in its configuration: the first by `set-clipboard on`, the second by `allow-passthrough`. What
        // is not, it swallows.
        Multiplexer::Tmux | Multiplexer::TmuxElsewhere => plain.clone() + &through_tmux(&plain),
        Multiplexer::Screen => through_screen(&plain),
        // What one of them makes nothing of is for the other; but screen shows the rest of what is too long for it.
        Multiplexer::ScreenOrTmux | Multiplexer::Nested if plain.len() > SCREEN_PIECE => return None,
        Multiplexer::ScreenOrTmux | Multiplexer::Nested => through_screen(&plain) + &plain,
        Multiplexer::None => plain,
    })
}

/// The same sequence as tmux hands it through: after `ESC P tmux ;`, each ESC in it twice.
fn through_tmux(plain: &str) -> String {
    format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b"))
}

/// The same sequence as GNU screen hands it through: in pieces that stand between `ESC P` and `ESC \`, so that the end inside
/// must be the other one, BEL.
fn through_screen(plain: &str) -> String {
    let inner = plain
        .strip_suffix("\x1b\\")
        .or(plain.strip_suffix('\x07'))
        .unwrap_or(plain);
    let mut wrapped = String::new();
    let mut rest = inner;
    while !rest.is_empty() {
        // All of it is ASCII, so any place is a boundary.
        let (piece, after) = rest.split_at(rest.len().min(SCREEN_PIECE));
        let end = if after.is_empty() { "\x07" } else { "" };
        wrapped.extend(["\x1bP", piece, end, "\x1b\\"]);
        rest = after;
    }
    wrapped
}

/// The words for what could not be sent because the terminal has no clipboard.
pub const NO_WAY: &str = "Not copied: no clipboard";

/// The longest text that may be sent where GNU screen or tmux is in between, and nobody knows which, in bytes.
pub const LONGEST_UNKNOWN: usize = 171;

/// The words for what was not sent because it may be shown instead of copied.
pub fn may_be_shown(text: &str) -> String {
    format!(
        "Not copied: {} bytes are more than GNU screen takes, which may be in between ({LONGEST_UNKNOWN}); no \
         `clipboard-command` is configured",
        text.len()
    )
}

/// The words for what could not be sent because it is too long.
pub fn too_long(text: &str) -> String {
    format!(
        "Not copied: {} bytes are more than terminals take ({LONGEST})",
        text.len()
    )
}

/// Runs a command with `text` on its standard input. The error is in words.
fn run(program: &str, arguments: &[String], text: &str) -> Result<(), String> {
    // A file rather than a pipe: clipboard commands stay behind with their standard error open.
    let mut complaints = tempfile::tempfile().map_err(|error| error.to_string())?;
    let for_child = complaints.try_clone().map_err(|error| error.to_string())?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(for_child)
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        let text = text.to_owned();
        // Ends with the child, which may be killed below, at the latest. A child that reads nothing may still succeed.
        thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
    }
    let status = wait(&mut child)?;
    if status.success() {
        return Ok(());
    }
    Err(first_line(&mut complaints).unwrap_or_else(|_| status.to_string()))
}

/// Waits for a command, but not for ever. The error is in words.
fn wait(child: &mut Child) -> Result<ExitStatus, String> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Err(error) => return Err(error.to_string()),
            Ok(None) if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                // It may have ended by itself just now.
                drop(child.kill());
                drop(child.wait());
                return Err(format!("it did not end within {} seconds", PATIENCE.as_secs()));
            }
        }
    }
}

fn first_line(complaints: &mut (impl Read + Seek)) -> io::Result<String> {
    let mut bytes = Vec::new();
    complaints.rewind()?;
    complaints.take(1000).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().find(|line| !line.trim().is_empty());
    line.map(|line| line.trim().to_owned())
        .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_command(words: &[&str]) -> Ways {
        Ways {
            command: words.iter().map(|word| (*word).to_owned()).collect(),
            multiplexer: Multiplexer::None,
            has_terminal: true,
        }
    }

    #[test]
    fn the_terminal_is_sent_the_text() {
        let ways = with_command(&[]);
        assert_eq!(
            copy(&ways, "acme"),
            Copied::ForTerminal("\x1b]52;c;YWNtZQ==\x1b\\".to_owned())
        );
        assert_eq!(copy(&ways, &"x".repeat(56_244)), {
            let sequence = escape_sequence(&"x".repeat(56_244), Multiplexer::None).unwrap();
            assert!(sequence.len() >= 74_992);
            Copied::ForTerminal(sequence)
        });
        assert_eq!(copy(&ways, &"x".repeat(56_248)), Copied::TooLong);
        assert!(too_long(&"x".repeat(60_000)).contains("60000 bytes"));
    }

    #[test]
    fn a_terminal_without_a_clipboard_is_sent_nothing() {
        let ways = Ways {
            has_terminal: false,
            ..with_command(&[])
        };
        assert_eq!(copy(&ways, "acme"), Copied::NoWay);
        let ways = Ways {
            command: with_command(&["true"]).command,
            ..ways
        };
        assert!(matches!(copy(&ways, "acme"), Copied::Said(Ok(_))));
    }

    #[test]
    fn screen_hands_it_through_in_pieces() {
        let text = "x".repeat(1000);
        let plain = escape_sequence(&text, Multiplexer::None).unwrap();
        let wrapped = escape_sequence(&text, Multiplexer::Screen).unwrap();
        let pieces: Vec<&str> = wrapped
            .split_terminator("\x1b\\")
            .map(|piece| piece.strip_prefix("\x1bP").unwrap())
            .collect();
        assert!(pieces.len() > 4 && pieces.iter().all(|piece| piece.len() <= SCREEN_PIECE + 1));
        let joined = pieces.concat();
        assert_eq!(
            joined.strip_suffix('\x07').unwrap(),
            plain.strip_suffix("\x1b\\").unwrap()
        );
    }

    #[test]
    fn tmux_takes_it_or_hands_it_through() {
        let [plain, wrapped] = [
            "\x1b]52;c;YWNtZQ==\x1b\\",
            "\x1bPtmux;\x1b\x1b]52;c;YWNtZQ==\x1b\x1b\\\x1b\\",
        ];
        assert_eq!(
            escape_sequence("acme", Multiplexer::Tmux),
            Some([plain, wrapped].concat())
        );
        // Where it runs on another machine no command is tried: one here would be about another tmux.
        let ways = Ways {
            multiplexer: Multiplexer::TmuxElsewhere,
            ..with_command(&[])
        };
        assert_eq!(copy(&ways, "acme"), Copied::ForTerminal([plain, wrapped].concat()));
        // In one piece, however long it is.
        let long = escape_sequence(&"x".repeat(3000), Multiplexer::Tmux).unwrap();
        assert_eq!(long.matches("\x1bPtmux;").count(), 1);
        assert_eq!(long.matches("eHh4").count(), 2000);
    }

    #[test]
    fn where_it_may_be_either_both_are_told_what_screen_does_not_show() {
        let sent = |text: &str| escape_sequence(text, Multiplexer::ScreenOrTmux).unwrap();
        assert_eq!(
            sent("acme"),
            "\x1bP\x1b]52;c;YWNtZQ==\x07\x1b\\\x1b]52;c;YWNtZQ==\x1b\\"
        );
        let ways = Ways {
            multiplexer: Multiplexer::ScreenOrTmux,
            ..with_command(&[])
        };
        assert_eq!(escape_sequence("acme", Multiplexer::Nested), Some(sent("acme")));
        assert_eq!(
            escape_sequence(&"x".repeat(LONGEST_UNKNOWN + 1), Multiplexer::Nested),
            None
        );
        let longest = "x".repeat(LONGEST_UNKNOWN);
        assert_eq!(copy(&ways, &longest), Copied::ForTerminal(sent(&longest)));
        assert_eq!(sent(&longest).matches("\x1bP").count(), 1);
        // Whoever sits in screen would see the rest of it, so nothing is sent.
        for longer in [LONGEST_UNKNOWN + 1, 3000] {
            assert_eq!(copy(&ways, &"x".repeat(longer)), Copied::MayBeShown);
        }
        assert_eq!(copy(&ways, &"x".repeat(60_000)), Copied::TooLong);
        assert!(may_be_shown(&"x".repeat(3000)).starts_with("Not copied: 3000 bytes are more"));
    }

    #[test]
    fn the_operators_own_command_comes_first() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let into_file = format!("cat > '{}'", file.path().display());
        assert_eq!(
            copy(&with_command(&["sh", "-c", &into_file]), "acme\n"),
            Copied::Said(Ok("Copied with `sh`".to_owned()))
        );
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), "acme\n");
    }

    #[test]
    fn a_command_that_fails_is_quoted() {
        assert_eq!(
            copy(&with_command(&["sh", "-c", "echo; echo no display >&2; exit 1"]), "x"),
            Copied::Said(Err("Not copied: `sh` failed: no display".to_owned()))
        );
        let Copied::Said(Err(words)) = copy(&with_command(&["no-such-command-here"]), "x") else {
            panic!("it fails");
        };
        assert!(words.starts_with("Not copied: `no-such-command-here` failed: "));
        // Far more than a pipe holds, to a command that reads nothing.
        let Copied::Said(outcome) = copy(&with_command(&["true"]), &"x".repeat(1 << 20)) else {
            panic!("in words");
        };
        assert!(outcome.is_ok());
    }
}
