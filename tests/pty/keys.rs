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

/// Inside a real tmux the text is in its buffer, and is sent on to the terminal outside.
#[test]
fn inside_tmux_a_copy_is_in_its_buffer() {
    copies_inside_tmux(&[], "note: Copied to tmux and sent to your terminal");
}

/// Where the program finds no tmux to call, as in a container, tmux takes what is written to it.
#[test]
fn inside_tmux_a_copy_is_in_its_buffer_although_no_tmux_can_be_called() {
    copies_inside_tmux(&["env", "PATH=/nonexistent"], "note: Sent to your terminal (OSC 52)");
}

/// As over SSH from within tmux: what it does not hand on, as that is not allowed by default, it swallows.
#[test]
fn from_another_machine_a_copy_is_in_the_buffer_of_tmux_and_nothing_of_it_on_the_screen() {
    let words = ["env", "-u", "TMUX", "TERM=tmux-256color"];
    copies_inside_tmux(&words, "note: Sent to your terminal (OSC 52)");
}

/// Copies in a program begun by these words, and looks into the buffer once this is said.
fn copies_inside_tmux(words: &[&str], said: &str) {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("tmux");
    let configuration = home.path().join("tmux.conf");
    std::fs::write(&configuration, "set -g set-clipboard on\n").unwrap();
    let tmux = |arguments: &[&str]| {
        std::process::Command::new("tmux")
            .arg("-S")
            .arg(&socket)
            .arg("-f")
            .arg(&configuration)
            .args(arguments)
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env(crate::sample::VARIABLE, "screen")
            .output()
    };
    if tmux(&["-V"]).is_err() {
        eprintln!("not tried: there is no tmux on this machine");
        return;
    }
    let program = crate::program();
    let mut start = vec!["new-session", "-d", "-s", "copy", "-x", "80", "-y", "24"];
    start.extend(words);
    start.push(program.to_str().unwrap());
    start.extend(crate::ARGUMENTS);
    let started = tmux(&start).unwrap();
    assert!(started.status.success(), "{started:?}");
    let screen = || String::from_utf8(tmux(&["capture-pane", "-p", "-t", "copy"]).unwrap().stdout).unwrap();
    crate::bare::wait_until(|| screen().contains("sample"));
    tmux(&["send-keys", "-t", "copy", "Y"]).unwrap();
    crate::bare::wait_until(|| screen().contains(said));
    let buffer = tmux(&["show-buffer"]).unwrap();
    assert_eq!(String::from_utf8(buffer.stdout).unwrap(), "acme");
    assert!(!screen().contains("YWNtZQ"), "{}", screen());
    tmux(&["kill-session", "-t", "copy"]).unwrap();
}
