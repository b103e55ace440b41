//! Linear mode: lines in, lines out, and not one escape sequence.

use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::bare::Bare;
use crate::{ARGUMENTS, program, sample};

fn piped(input: &str) -> Output {
    let mut child = Command::new(program())
        .args(ARGUMENTS)
        .env_clear()
        .env(sample::VARIABLE, "linear")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_script_gets_every_place_it_passes_and_the_answers_to_its_questions() {
    let output = piped("a\nX\nb\n\x1b[2Jc\n");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let places: Vec<&str> = text.split("\n> ").collect();
    let expected = [
        "sample\nkeys: \nline: \nnote: ",
        "keys: a ",
        "miscounted",
        "keys: a b ",
        "line: ␛[2Jc",
    ];
    assert_eq!(places.len(), expected.len() + 1, "{text}");
    for (place, expected) in places.iter().zip(expected) {
        assert!(place.contains(expected), "{expected:?} in {place:?}");
    }
    assert!(!text.contains('\x1b'));
}

#[test]
fn where_input_has_ended_the_last_place_is_said_once_with_its_answer() {
    let output = piped("X\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("miscounted") && !text.contains("asked"), "{text}");
}

#[test]
fn quitting_and_the_end_of_input_both_end_it() {
    for input in ["q\na\n", ""] {
        let output = piped(input);
        assert_eq!(output.status.code(), Some(0));
        assert!(!String::from_utf8_lossy(&output.stdout).contains("keys: a"));
    }
}

#[test]
fn on_a_terminal_nothing_is_switched() {
    let home = tempfile::tempdir().unwrap();
    let resume = home.path().join("resume.json");
    let variables = [
        (sample::VARIABLE, "linear"),
        (sample::RESUME, resume.to_str().unwrap()),
        ("TERM", "dumb"),
    ];
    let mut terminal = Bare::start(80, 24, &variables);
    let mut text = terminal.wait_for("> ");
    let (modes, before) = terminal.modes();
    assert_eq!(modes, before);
    terminal.send(b"a\n");
    text += &terminal.wait_for("keys: a");
    text += &terminal.wait_for("> ");
    terminal.send(b"Y\n");
    text += &terminal.wait_for("acme");
    text += &terminal.wait_for("Printed above");
    text += &terminal.wait_for("> ");
    // A person who presses Ctrl-C is asked first what to stop.
    terminal.signal(Signal::INT);
    text += &terminal.wait_for("note: interrupted");
    text += &terminal.wait_for("> ");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait_exit().code(), Some(143));
    assert!(std::fs::read_to_string(&resume).unwrap().contains("\"a\""));
    text += &terminal.rest();
    assert!(!text.contains('\x1b'), "{text:?}");
}

#[test]
fn from_a_pipe_an_interruption_ends_it() {
    let mut child = Command::new(program())
        .args(ARGUMENTS)
        .env_clear()
        .env(sample::VARIABLE, "linear")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (input, mut output) = (child.stdin.take(), child.stdout.take().unwrap());
    let mut said = Vec::new();
    while !said.ends_with(b"\n> ") {
        let mut byte = [0];
        output.read_exact(&mut byte).unwrap();
        said.extend(byte);
    }
    let id = Pid::from_child(&child);
    kill_process(id, Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(input);
}

#[test]
fn without_a_locale_that_has_them_letters_are_said_in_ascii() {
    let home = tempfile::tempdir().unwrap();
    for (locale, is_ascii) in [("C", true), ("C.UTF-8", false)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kestra-admin"))
            .args(["--linear", "--fresh"])
            .env_clear()
            .env("LANG", locale)
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = "1\nhttp://127.0.0.1:9\nJosé…\n:form-previous\n";
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        let text = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(text.is_ascii(), is_ascii, "{text}");
        assert!(text.contains(if is_ascii { "Jose~.." } else { "José…" }), "{text}");
    }
}

#[test]
fn what_is_secret_is_not_shown_while_it_is_typed() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
    command
        .arg("--linear")
        .env_clear()
        .env("TERM", "dumb")
        .env("LANG", "C.UTF-8")
        .env("HOME", home.path());
    let mut terminal = Bare::start_command(80, 24, command);
    let mut text = terminal.wait_for("1. Connect to a Kestra");
    text += &terminal.wait_for("> ");
    let before = terminal.modes().0;
    for (line, answer) in [
        ("1", "URL: not set"),
        ("http://127.0.0.1:9", "Username: not set"),
        ("ana", "Secret: typed here"),
        ("", "Password or token: not set"),
    ] {
        terminal.send(format!("{line}\n").as_bytes());
        text += &terminal.wait_for(answer);
        text += &terminal.wait_for("> ");
    }
    assert_ne!(terminal.modes().0, before);
    terminal.send(b"s3cret\n");
    text += &terminal.wait_for("Keep as context");
    text += &terminal.wait_for("> ");
    assert_eq!(terminal.modes().0, before);
    terminal.send(b"shown\n");
    text += &terminal.wait_for("Protect it: no");
    text += &terminal.wait_for("> ");
    terminal.signal(Signal::INT);
    text += &terminal.wait_for("Ctrl-c again leaves the program");
    text += &terminal.wait_for("> ");
    terminal.signal(Signal::INT);
    assert_eq!(terminal.wait_exit().code(), Some(0));
    text += &terminal.rest();
    assert!(text.contains("shown") && !text.contains("s3cret"), "{text}");
}
