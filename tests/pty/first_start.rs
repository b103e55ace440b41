//! The first start of the real binary, with a home in which there is nothing.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::bare::Bare;

/// An empty home. Whatever is served from it ends with it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn binary(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
        command
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("HOME", self.path());
        command
    }

    fn console(&self) -> Bare {
        Bare::start_command(80, 24, self.binary())
    }

    fn said(&self, words: &[&str]) -> String {
        let output = self.binary().args(words).output().unwrap();
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.said(&["rehearsal", "stop"]);
    }
}

#[test]
fn the_panel_comes_until_it_is_sent_away() {
    let home = Home::new();
    let mut console = home.console();
    console.wait_screen("First start");
    console.send(b"q");
    console.wait_exit();
    // Nobody said how to go on.
    let mut console = home.console();
    console.wait_screen("First start");
    console.send(b"G\r");
    console.wait_screen("Multi-tenancy is off");
    console.send(b"q");
    console.wait_exit();
    let mut console = home.console();
    console.wait_screen("Multi-tenancy is off");
    console.send(b"q");
    console.wait_exit();
}

#[test]
fn practising_makes_a_rehearsal_and_works_on_it_and_the_local_instance_is_still_there() {
    let home = Home::new();
    let mut console = home.console();
    console.wait_screen("First start");
    console.send(b"j\r");
    console.wait_screen("Switched to rehearsal");
    console.wait_screen("rehearsal > Tenants");
    console.wait_screen("tenants");
    assert!(home.said(&["rehearsal", "status"]).contains("running"));
    assert!(home.said(&["contexts", "list"]).contains("rehearsal"));
    // And back, by the name of the local instance.
    console.send(b":context default\r");
    console.wait_screen("Switched to default");
    console.send(b"T");
    console.wait_screen("Switched to rehearsal");
    console.send(b"q");
    console.wait_exit();
    // The server outlives the console, and a configuration is there: no panel any more.
    assert!(home.said(&["rehearsal", "status"]).contains("running"));
    let mut console = home.console();
    console.wait_screen("default > Tenants");
    console.wait_screen("Multi-tenancy is off");
    console.send(b"q");
    console.wait_exit();
}
