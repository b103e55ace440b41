//! However the program ends, the terminal is as it was, and what was typed is kept.

use rustix::process::Signal;

use crate::bare::{Bare, wait_until};
use crate::sample;

/// What the last bytes of every end are: the last line is empty where there is no other screen; then the main screen again, and
/// a cursor on it.
const GIVEN_BACK: &str = "\x1b[9999;1H\x1b[2K\x1b[?1049l\x1b[?25h";

#[test]
fn quitting_leaves_the_modes_as_they_were() {
    let mut terminal = Bare::start(80, 24, &[]);
    terminal.wait_screen("sample 80x24");
    let (raw, before) = terminal.modes();
    assert_ne!(raw, before);
    terminal.send(b"q");
    assert_eq!(terminal.wait_exit().code(), Some(0));
    let (after, before) = terminal.modes();
    assert_eq!(after, before);
    terminal.wait_for(GIVEN_BACK);
}

#[test]
fn signals_save_and_give_the_terminal_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let home = tempfile::tempdir().unwrap();
        let resume = home.path().join("resume.json");
        let mut terminal = Bare::start(80, 24, &[(sample::RESUME, resume.to_str().unwrap())]);
        terminal.send(b"abc");
        terminal.wait_screen("typed 6");
        terminal.signal(signal);
        assert_eq!(terminal.wait_exit().code(), Some(code), "{signal:?}");
        let (after, before) = terminal.modes();
        assert_eq!(after, before, "{signal:?}");
        terminal.wait_for(GIVEN_BACK);
        let kept = std::fs::read_to_string(&resume).unwrap();
        assert!(kept.contains("a b c"), "{kept}");
    }
}

#[test]
fn a_query_that_hangs_keeps_nobody() {
    let mut terminal = Bare::start(80, 24, &[]);
    terminal.send(b"B");
    terminal.wait_screen("note: asked");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait_exit().code(), Some(143));

    let mut terminal = Bare::start(80, 24, &[]);
    terminal.send(b"B");
    terminal.wait_screen("note: asked");
    terminal.send(b"q");
    assert_eq!(terminal.wait_exit().code(), Some(0));

    let mut terminal = Bare::start(80, 24, &[]);
    terminal.send(b"B");
    terminal.wait_screen("note: asked");
    terminal.send(b"P");
    assert_eq!(terminal.wait_exit().code(), Some(101));
}

#[test]
fn a_terminal_that_takes_nothing_keeps_nobody() {
    let home = tempfile::tempdir().unwrap();
    let resume = home.path().join("resume.json");
    let mut terminal = Bare::start(200, 60, &[(sample::RESUME, resume.to_str().unwrap())]);
    terminal.send(b"abc");
    terminal.wait_screen("typed 6");
    terminal.stall();
    // More than a terminal takes unread; the program keeps its state each time it has sent some.
    terminal.send(b"FFF");
    wait_until(|| resume.exists());
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait_exit().code(), Some(143));
    let (after, before) = terminal.modes();
    assert_eq!(after, before);
    assert!(std::fs::read_to_string(&resume).unwrap().contains("a b c"));
}

#[test]
fn a_panic_is_reported_on_a_terminal_in_order() {
    let mut terminal = Bare::start(80, 24, &[]);
    terminal.wait_screen("sample 80x24");
    terminal.send(b"P");
    terminal.wait_for(GIVEN_BACK);
    let report = terminal.wait_for("as wanted");
    assert!(!report.contains("\x1b[?2026h"), "{report:?}");
    assert_eq!(terminal.wait_exit().code(), Some(101));
    let (after, before) = terminal.modes();
    assert_eq!(after, before);
    assert!(!terminal.rest().contains("\x1b[?1049"));
}

#[test]
fn a_panic_in_a_task_is_an_answer_and_the_screen_stays() {
    let mut terminal = Bare::start(120, 24, &[]);
    terminal.wait_screen("sample 120x24");
    terminal.send(b"X");
    let until_answered = terminal.wait_for("miscounted");
    assert!(!until_answered.contains("\x1b[?1049l"), "{until_answered:?}");
    terminal.wait_screen("cut short by a fault in this program");
    terminal.send(b"q");
    assert_eq!(terminal.wait_exit().code(), Some(0));
}
