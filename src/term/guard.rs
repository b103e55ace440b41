//! Taking the terminal and giving it back as it was.
//!
//! Whatever ends the program or stops it for a while, the terminal is given back first: on return, error and panic, before
//! a suspension, on signals. Giving back never fails loudly and never panics, also where the terminal is gone, and doing it
//! twice does nothing. The modes are switched by `tcsetattr` here rather than by crossterm, which remembers only one state
//! and cannot take a terminal again that a shell has changed meanwhile.

use std::io;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use rustix::process::getpgrp;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

use crate::runner::contained::is_contained;

use super::output::{wait_for_room, write_all};

/// What the terminal was like before it was taken.
#[derive(Clone)]
struct Taken {
    before: Termios,
    mouse: bool,
    by: ThreadId,
}

static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);
/// Held while somebody writes to the terminal.
static PEN: Mutex<()> = Mutex::new(());
/// Whether frames may be written: not after the terminal has been given back.
static OPEN: AtomicBool = AtomicBool::new(false);
/// How long giving back waits for a terminal that takes nothing.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long giving back takes at most: for the pen, and for the room to write.
pub const GIVES_BACK_WITHIN: Duration = PATIENCE.saturating_mul(2);

/// The terminal while it is ours; dropping it gives it back.
#[derive(Debug)]
pub struct Guard {
    mouse: bool,
}

impl Guard {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, no cursor. Whether frames may switch mouse reports on is
    /// `mouse`; they are switched off when it is given back.
    ///
    /// Fails where standard input is no terminal, or is one that cannot be switched.
    pub fn take(mouse: bool) -> io::Result<Self> {
        let guard = Self { mouse };
        guard.take_again()?;
        Ok(guard)
    }

    /// Gives the terminal back for now.
    pub fn give_back(&self) {
        give_back();
    }

    /// Takes the terminal anew, whatever somebody else made of it meanwhile.
    pub fn take_again(&self) -> io::Result<()> {
        let stdin = io::stdin();
        // Where the terminal was never given back, what it was like before is still what it was like at first.
        let before = match lock(&TAKEN).as_ref() {
            Some(taken) => taken.before.clone(),
            None => tcgetattr(&stdin)?,
        };
        let mut raw = before.clone();
        raw.make_raw();
        // In the background this stops the process until it is brought to the foreground, which is as it should be.
        tcsetattr(&stdin, OptionalActions::Now, &raw)?;
        *lock(&TAKEN) = Some(Taken {
            before,
            mouse: self.mouse,
            by: thread::current().id(),
        });
        OPEN.store(true, Ordering::SeqCst);
        let mut bytes = Vec::new();
        queue!(bytes, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        write_frame(&bytes)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Writes to the terminal as long as it is ours; afterwards bytes are dropped in silence.
pub fn write_frame(bytes: &[u8]) -> io::Result<()> {
    let _pen = lock(&PEN);
    if OPEN.load(Ordering::SeqCst) {
        write_all(&io::stdout(), bytes)
    } else {
        Ok(())
    }
}

/// Gives the terminal back if it is ours. Never fails, never panics, never waits long.
pub fn give_back() {
    let Some(taken) = try_lock(&TAKEN).and_then(|mut taken| taken.take()) else {
        return;
    };
    OPEN.store(false, Ordering::SeqCst);
    let pen = wait_for_pen();
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    drop(restoring(&mut bytes, taken.mouse));
    let stdout = io::stdout();
    if wait_for_room(&stdout, Some(PATIENCE)).unwrap_or(false) {
        drop(write_all(&stdout, &bytes));
    }
    drop(pen);
    let stdin = io::stdin();
    // A process in the background must not touch the modes: they are somebody else's now, and it would be stopped for it.
    if tcgetpgrp(&stdin).map_or(true, |foreground| foreground == getpgrp()) {
        tcsetattr(&stdin, OptionalActions::Now, &taken.before).unwrap_or_default();
    }
}

/// Has all rows of the screen scroll again; see [`super::scroll`].
const ALL_ROWS_SCROLL: &[u8] = b"\x1b[r";
/// A row below all that there are; terminals stop at their last.
const LAST_ROW: u16 = 9998;

/// What undoes everything that taking the terminal and drawing may have switched on. The cursor comes last, on the
/// screen that was there before, or on the last line of the only one there is.
fn restoring(bytes: &mut Vec<u8>, mouse: bool) -> io::Result<()> {
    queue!(bytes, EndSynchronizedUpdate, SetAttribute(Attribute::Reset))?;
    // A frame that was cut off may have left rows outside of what scrolls. The cursor is on the first row after this.
    bytes.extend_from_slice(ALL_ROWS_SCROLL);
    if mouse {
        queue!(bytes, DisableMouseCapture)?;
    }
    queue!(bytes, DisableBracketedPaste)?;
    // Where there is no alternate screen, as in GNU screen by default, what was drawn stays, and the prompt comes below it.
    queue!(bytes, MoveTo(0, LAST_ROW), Clear(ClearType::CurrentLine))?;
    queue!(bytes, LeaveAlternateScreen, Show)
}

/// Has panics reported after the terminal was given back. Called once, after the report's own hook was installed.
///
/// A panic in a task of the runner is contained and becomes a reply, and one on another thread becomes an error where it is
/// waited for; neither ends the program, so neither may write over the screen.
pub fn report_panics_after_giving_back() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if is_contained() {
            return;
        }
        let owner = try_lock(&TAKEN).and_then(|taken| taken.as_ref().map(|taken| taken.by));
        if owner.is_some_and(|owner| owner != thread::current().id()) {
            return;
        }
        give_back();
        report(info);
    }));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The pen, unless whoever holds it is stuck with it: a frame underway ends before the terminal is given back.
fn wait_for_pen() -> Option<MutexGuard<'static, ()>> {
    const STEPS: u32 = 20;
    for _ in 0..STEPS {
        if let Some(pen) = try_lock(&PEN) {
            return Some(pen);
        }
        thread::sleep(PATIENCE / STEPS);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn giving_back_what_was_never_taken_does_nothing() {
        give_back();
        give_back();
        assert!(write_frame(b"never shown").is_ok());
    }

    #[test]
    fn everything_that_was_switched_on_is_switched_off() {
        let mut bytes = Vec::new();
        restoring(&mut bytes, true).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for off in ["?2026l", "?1000l", "?1006l", "?2004l", "?1049l"] {
            assert!(text.contains(off), "{off} in {text:?}");
        }
        assert!(text.ends_with("\x1b[?25h"));
        let mut bytes = Vec::new();
        restoring(&mut bytes, false).unwrap();
        assert!(!String::from_utf8(bytes).unwrap().contains("?1000l"));
    }

    /// As in GNU screen and tmux, unless they are told otherwise.
    #[test]
    fn where_there_is_no_other_screen_the_prompt_comes_on_the_last_line_below_what_was_drawn() {
        let length = |of: u16| std::num::NonZero::new(of).unwrap();
        let mut terminal = vt100::Parser::new(length(4), length(20), 0);
        // A frame that was cut off while rows scrolled.
        terminal.process(b"one\r\ntwo\r\nthree\r\nfour\x1b[7m\x1b[1;2r\x1b[2;3H");
        let mut bytes = Vec::new();
        restoring(&mut bytes, true).unwrap();
        let text = String::from_utf8(bytes).unwrap().replace("\x1b[?1049l", "");
        terminal.process(text.as_bytes());
        assert_eq!(terminal.screen().cursor_position(), (3, 0));
        assert_eq!(terminal.screen().contents(), "one\ntwo\nthree");
        terminal.process(b"$ \r\n$ ");
        assert_eq!(terminal.screen().contents(), "two\nthree\n$ \n$ ");
    }
}
