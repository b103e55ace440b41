//! The terminal goes away.

use crate::bare::Bare;
use crate::sample;

#[test]
fn a_lost_terminal_without_a_signal_saves_and_ends() {
    let home = tempfile::tempdir().unwrap();
    let resume = home.path().join("resume.json");
    let mut terminal = Bare::start(80, 24, &[(sample::RESUME, resume.to_str().unwrap())]);
    terminal.send(b"abc");
    terminal.wait_screen("typed 6");
    terminal.hang_up();
    assert_eq!(terminal.wait_exit().code(), Some(129));
    assert!(std::fs::read_to_string(&resume).unwrap().contains("a b c"));
}

#[test]
fn a_lost_terminal_ends_a_program_that_was_told_to_ignore_hang_ups() {
    let mut command = std::process::Command::new("/bin/sh");
    command
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(crate::program())
        .args(crate::ARGUMENTS)
        .env_clear()
        .env("TERM", "xterm-256color")
        .env(sample::VARIABLE, "screen");
    let mut terminal = Bare::start_command(80, 24, command);
    terminal.wait_screen("sample 80x24");
    terminal.hang_up();
    assert_eq!(terminal.wait_exit().code(), Some(129));
}

#[test]
fn a_terminal_lost_in_the_middle_of_a_paste_ends_it_too() {
    let mut terminal = Bare::start(80, 24, &[]);
    terminal.wait_screen("sample 80x24");
    terminal.send(b"\x1b[200~half of it");
    terminal.hang_up();
    assert_eq!(terminal.wait_exit().code(), Some(129));
}
