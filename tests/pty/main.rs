//! The loop on a real pseudo-terminal: keys, sizes, signals, and the terminal as it is left behind.
//!
//! What runs in there is this test binary again, as the small program of [`sample`], or the real one ([`console`]). No test
//! sleeps: each waits for text on the screen or for the end of the process, with a limit that only a hang reaches.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test stops at the first surprise"
)]

mod coming_back;
mod console;
mod first_start;
mod keys;
mod leaving;
mod linear;
mod lost;
mod multiplexers;
mod sample;
mod suspend;

#[path = "../support/bare.rs"]
#[allow(dead_code, reason = "others use more of it")]
mod bare;

use termlens::{Terminal, TerminalBuilder};

use bare::Bare;
pub(crate) use bare::LIMIT;

/// Begins a new tenant, once the instance has said what it is, and with that whether one can be created.
pub(crate) fn begin_tenant(console: &mut Bare) {
    console.wait_screen("EE 0.21.0");
    console.send(b"n");
    console.wait_screen("New tenant");
}

/// Name of the entry below, as the test binary knows it.
pub(crate) const ENTRY: &str = "sample_program";

/// Does nothing by itself; started by another test with the variable set, it is the program under test.
#[test]
fn sample_program() {
    if let Ok(mode) = std::env::var(sample::VARIABLE) {
        sample::run(&mode);
    }
}

/// The path of this test binary.
pub(crate) fn program() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

/// Words that make this test binary the sample program.
pub(crate) const ARGUMENTS: [&str; 3] = [ENTRY, "--exact", "--nocapture"];

/// The sample program on an emulated terminal, yet to be started.
pub(crate) fn builder() -> TerminalBuilder {
    Terminal::builder()
        .size(80, 24)
        .env_clear()
        .env("LANG", "C.UTF-8")
        .env(sample::VARIABLE, "screen")
        .timeout(LIMIT)
        .args(ARGUMENTS)
}

/// Starts it and waits for its first frame.
pub(crate) fn start(builder: TerminalBuilder) -> Terminal {
    let mut terminal = builder.spawn(program()).unwrap();
    terminal.wait_until(|screen| screen.contains("sample")).unwrap();
    terminal
}
