//! What is typed, pasted and resized arrives, in order and in full.

use termlens::Key;

use crate::bare::Bare;
use crate::{builder, start};

#[test]
fn keys_arrive_and_leaving_gives_the_terminal_back() {
    let mut terminal = start(builder());
    assert!(terminal.screen().alternate_screen() && terminal.screen().bracketed_paste());
    for key in [
        Key::Char('a'),
        Key::Up,
        Key::Esc,
        Key::Enter,
        Key::Backspace,
        Key::PageDown,
    ] {
        terminal.send(key).unwrap();
    }
    terminal.send(Key::Ctrl('d')).unwrap();
    terminal
        .wait_until(|screen| screen.contains("keys: a up esc enter backspace pgdn ctrl-d"))
        .unwrap();
    terminal.send(Key::Char('q')).unwrap();
    assert_eq!(terminal.wait_exit().unwrap().code(), Some(0));
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste() && screen.cursor_visible());
    assert!(screen.unsupported().is_empty(), "{:?}", screen.unsupported());
}

#[test]
fn what_is_typed_ahead_is_never_lost() {
    let mut terminal = start(builder());
    // Three reads' worth in one piece, and nothing after it that would wake anybody.
    terminal.send_str(&"j".repeat(3000)).unwrap();
    terminal.wait_until(|screen| screen.contains("typed 6000")).unwrap();
}

#[test]
fn a_paste_is_text_whatever_is_in_it() {
    let mut terminal = start(builder());
    terminal.paste("a\r\nb\u{1b}[2Jc\u{1b}q\u{3}d").unwrap();
    terminal
        .wait_until(|screen| screen.contains("paste: a␊b␛[2Jc␛q␃d"))
        .unwrap();
    terminal.send(Key::Char('q')).unwrap();
    assert_eq!(terminal.wait_exit().unwrap().code(), Some(0));
}

#[test]
fn two_hundred_resizes_end_at_the_last_size() {
    let mut terminal = start(builder());
    for step in 0..200_u16 {
        terminal.resize(20 + step % 90, 5 + step % 40).unwrap();
    }
    terminal.resize(100, 30).unwrap();
    terminal
        .wait_until(|screen| screen.contains("sample 100x30") && screen.contains("tenant-25"))
        .unwrap();
    terminal.send(Key::Char('q')).unwrap();
    assert_eq!(terminal.wait_exit().unwrap().code(), Some(0));
}

#[test]
fn one_cell_is_enough_to_live_in() {
    let mut terminal = Bare::start(1, 1, &[]);
    terminal.wait_for("\x1b[?2026l");
    terminal.send(b"jq");
    assert_eq!(terminal.wait_exit().code(), Some(0));
}

#[test]
fn a_terminal_that_does_not_know_its_size_has_the_classic_one() {
    let mut terminal = Bare::start(0, 0, &[]);
    terminal.wait_screen("sample 80x24");
}

#[test]
fn one_step_down_is_one_small_frame() {
    let mut terminal = Bare::start(80, 24, &[]);
    terminal.wait_for("\x1b[?2026l");
    terminal.send(b"\x1b[B");
    let frame = terminal.wait_for("\x1b[?2026l");
    assert!(frame.len() < 250, "{} bytes: {frame:?}", frame.len());
    assert_eq!(frame.matches("\x1b[?2026h").count(), 1);
}

#[test]
fn no_color_keeps_the_selection_in_reverse_video() {
    let mut terminal = start(builder().env("NO_COLOR", "1"));
    let screen = terminal.snapshot_after(|screen| screen.contains("tenant-19")).unwrap();
    let (row, column) = screen.find("tenant-00").unwrap();
    for column in [0, column, 79] {
        let style = screen.cell(row, column).unwrap().style();
        assert!(style.reverse && style.bold, "column {column}");
    }
    assert!(!screen.cell(row + 1, column).unwrap().style().reverse);
}

#[test]
fn deadlines_come_in_time() {
    let mut terminal = start(builder());
    terminal.send(Key::Char('T')).unwrap();
    terminal.wait_until(|screen| screen.contains("note: in time")).unwrap();
}

#[test]
fn a_copy_goes_to_the_terminal_and_says_so() {
    let mut terminal = start(builder());
    terminal.send(Key::Char('Y')).unwrap();
    terminal
        .wait_until(|screen| screen.contains("note: Sent to your terminal (OSC 52)"))
        .unwrap();
    assert_eq!(
        terminal.screen().clipboard().and_then(|copied| copied.text()),
        Some("acme")
    );
}

#[test]
fn a_repaint_draws_everything_again() {
    let mut terminal = Bare::start(80, 24, &[]);
    terminal.wait_for("\x1b[?2026l");
    terminal.send(b"\x0c");
    let frame = terminal.wait_for("\x1b[?2026l");
    assert!(frame.contains("\x1b[2J") && frame.contains("tenant-19"), "{frame:?}");
}
