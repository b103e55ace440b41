//! After a lost connection a plain start comes back to where one was; a console that is still there keeps what is its own.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kestra_admin::backend::local::LocalInstance;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::bare::{Bare, wait_until};
use crate::begin_tenant;

/// A home with two contexts, of which the first opens by itself.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.configure(&["here", "there"]);
        for name in ["here", "there"] {
            let path = home.0.path().join(name);
            LocalInstance::create(&path, "0.21".parse().unwrap()).unwrap();
            let settings = "kestra:\n  ee:\n    tenants:\n      enabled: true\n";
            std::fs::write(path.join("application.yml"), settings).unwrap();
        }
        home
    }

    fn configure(&self, names: &[&str]) {
        let directory = self.0.path().join(".config/kestra-admin");
        std::fs::create_dir_all(&directory).unwrap();
        let mut text = String::from("default-context = \"here\"\n");
        for name in names {
            let store = self.0.path().join(name);
            writeln!(text, "[contexts.{name}]\nstore = \"{}\"", store.display()).unwrap();
        }
        std::fs::write(directory.join("config.toml"), text).unwrap();
    }

    fn start(&self, arguments: &[&str]) -> Bare {
        Bare::start_command(100, 24, self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
        command
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("HOME", self.0.path())
            .args(arguments);
        command
    }

    /// The files from which starts go on, and what is in them.
    fn kept(&self) -> Vec<(PathBuf, String)> {
        let directory = self.0.path().join(".local/state/kestra-admin/resume");
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .filter_map(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)))
            .collect()
    }

    fn wait_kept(&self, text: &str) {
        wait_until(|| self.kept().iter().any(|(_, kept)| kept.contains(text)));
    }
}

fn quit(console: &mut Bare) {
    console.send(b":q\r");
    assert_eq!(console.wait_exit().code(), Some(0));
}

fn kill(console: &mut Bare) {
    console.signal(Signal::KILL);
    assert_eq!(console.wait_exit().code(), None);
}

/// Goes to the other context, and waits until that is written down.
fn switch(home: &Home, console: &mut Bare) {
    console.wait_screen("here > Tenants");
    console.send(b":ctx th");
    console.wait_screen(": ctx th");
    // Which contexts there are is read meanwhile.
    let completed = |screen: &str| screen.contains(": ctx there").then_some(());
    while console
        .look(Instant::now() + Duration::from_millis(100), completed)
        .is_none()
    {
        console.send(b"\t");
    }
    console.send(b" tenants /storage:s3");
    console.wait_screen(": ctx there tenants /storage:s3");
    console.send(b"\r");
    console.wait_screen("there > Tenants");
    console.wait_screen("filter: storage:s3");
    home.wait_kept("\"words\":[\"--context\",\"there\"]");
}

#[test]
fn a_plain_start_comes_back_to_the_context_that_was_switched_to() {
    let home = Home::new();
    for signal in [Signal::KILL, Signal::HUP] {
        let mut console = home.start(&[]);
        switch(&home, &mut console);
        console.signal(signal);
        console.wait_exit();
        let mut console = home.start(&[]);
        console.wait_screen("Resumed: filter storage:s3, context there. Esc clears the filter");
        console.wait_screen("there > Tenants");
        quit(&mut console);
        // Who left does not come back.
        let mut console = home.start(&[]);
        console.wait_screen("here > Tenants");
        quit(&mut console);
    }
}

#[test]
fn what_is_chosen_or_begun_anew_is_not_led_elsewhere() {
    let home = Home::new();
    let mut console = home.start(&[]);
    switch(&home, &mut console);
    kill(&mut console);
    let mut console = home.start(&["--context", "here"]);
    console.wait_screen("here > Tenants");
    quit(&mut console);
    let mut console = home.start(&["--fresh"]);
    console.wait_screen("here > Tenants");
    quit(&mut console);
    // And what was left aside once does not come up later.
    let mut console = home.start(&[]);
    console.wait_screen("here > Tenants");
    quit(&mut console);
}

#[test]
fn a_script_and_credentials_of_the_environment_are_not_led_elsewhere() {
    let home = Home::new();
    let mut console = home.start(&[]);
    switch(&home, &mut console);
    kill(&mut console);
    let script = home.command(&["--linear"]).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(script.stdout).unwrap();
    assert!(
        said.contains("Tenants on here, ") && !said.contains("context there"),
        "{said}"
    );
    let mut command = home.command(&[]);
    command.env("KESTRA_ADMIN_USERNAME", "admin@kestra.local");
    let mut console = Bare::start_command(100, 24, command);
    console.wait_screen("here > Tenants");
    quit(&mut console);
    let mut console = home.start(&[]);
    console.wait_screen("there > Tenants");
    quit(&mut console);
}

#[test]
fn interrupting_it_by_lines_is_leaving_it() {
    let home = Home::new();
    let mut console = home.start(&["--linear"]);
    console.wait_for("> ");
    console.send(b":ctx there\n");
    console.wait_for("Switched to there");
    home.wait_kept("\"words\":[\"--context\",\"there\"]");
    console.signal(Signal::INT);
    console.wait_for("Ctrl-c again leaves");
    console.signal(Signal::INT);
    assert_eq!(console.wait_exit().code(), Some(0));
    let mut console = home.start(&[]);
    console.wait_screen("here > Tenants");
    quit(&mut console);
}

#[test]
fn a_fresh_start_leaves_to_the_next_what_was_not_sent() {
    let home = Home::new();
    let mut console = home.start(&[]);
    console.wait_screen("0 tenants");
    begin_tenant(&mut console);
    console.send(b"Globex");
    home.wait_kept("Globex");
    kill(&mut console);
    let mut console = home.start(&["--fresh"]);
    console.wait_screen("here > Tenants");
    quit(&mut console);
    let mut console = home.start(&[]);
    console.wait_screen("Globex");
    kill(&mut console);
}

#[test]
fn a_context_that_is_gone_is_told_and_what_opens_by_itself_opens() {
    let home = Home::new();
    let mut console = home.start(&[]);
    switch(&home, &mut console);
    kill(&mut console);
    home.configure(&["here"]);
    let mut console = home.start(&[]);
    console.wait_screen("You were cut off in context there, which is not there any more");
    console.wait_screen("here > Tenants");
    quit(&mut console);
}

/// What keeps it locked is not waited for before the console is there.
#[test]
fn a_locked_context_is_come_back_to_with_a_console_that_can_be_left() {
    let home = Home::new();
    let mut console = home.start(&[]);
    switch(&home, &mut console);
    kill(&mut console);
    let database = rusqlite::Connection::open(home.0.path().join("there/instance.db")).unwrap();
    database
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")
        .unwrap();
    let mut console = home.start(&[]);
    console.wait_screen("there > Tenants");
    assert!(!console.contents().contains("storage:s3 0"), "{}", console.contents());
    quit(&mut console);
}

/// Where it turns out only after a while that it cannot be opened, the console ends with that, and the next start is not led
/// there again.
#[test]
fn a_context_that_turns_out_broken_is_not_come_back_to_again() {
    let home = Home::new();
    let mut console = home.start(&[]);
    switch(&home, &mut console);
    kill(&mut console);
    let file = home.0.path().join("there/instance.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")
        .unwrap();
    let mut console = home.start(&[]);
    console.wait_screen("there > Tenants");
    std::fs::write(&file, [b'x'; 8192]).unwrap();
    drop(database);
    assert_eq!(console.wait_exit().code(), Some(1));
    let mut console = home.start(&[]);
    console.wait_screen("here > Tenants");
    quit(&mut console);
}

/// A store is come back to from whatever directory the next start is made, a URL is only told, for what the environment says
/// of credentials may be meant for another one by then.
#[test]
fn a_store_is_come_back_to_and_a_url_is_told_once() {
    let home = Home::new();
    let mut command = home.command(&["--store", "./there"]);
    command.current_dir(home.0.path());
    let mut console = Bare::start_command(100, 24, command);
    console.wait_screen("0 tenants");
    begin_tenant(&mut console);
    console.send(b"launch");
    home.wait_kept("\"launch\"");
    kill(&mut console);
    let there = home.0.path().join("there");
    let mut console = home.start(&[]);
    console.wait_screen("unsent tenant launch, store ");
    console.wait_screen(&format!("{} > Tenants > New tenant", there.display()));
    kill(&mut console);
    let aside = home.0.path().join("aside");
    std::fs::rename(&there, &aside).unwrap();
    let mut console = home.start(&[]);
    console.wait_screen("which is not there any more");
    console.wait_screen("here > Tenants");
    quit(&mut console);

    std::fs::rename(&aside, &there).unwrap();
    let mut console = home.start(&[]);
    switch(&home, &mut console);
    kill(&mut console);
    for (file, kept) in home.kept() {
        let url = "\"words\":[\"--host\",\"https://kestra.example.com\"]";
        std::fs::write(file, kept.replace("\"words\":[\"--context\",\"there\"]", url)).unwrap();
    }
    let mut console = home.start(&[]);
    console.wait_screen("You were cut off at https://kestra.example.com; what you were at is kept");
    console.wait_screen("here > Tenants");
    quit(&mut console);
    let mut console = home.start(&[]);
    console.wait_screen("here > Tenants");
    let seen = console.look(Instant::now(), |screen| Some(screen.to_owned()));
    assert!(seen.is_some_and(|screen| !screen.contains("cut off")));
    quit(&mut console);
}

#[test]
fn a_console_that_is_still_there_keeps_its_context_and_its_draft() {
    let home = Home::new();
    let mut first = home.start(&["--context", "there"]);
    first.wait_screen("(default)");
    begin_tenant(&mut first);
    first.send(b"Initech");
    home.wait_kept("Initech");
    // A plain start is not led to where somebody else is.
    let mut other = home.start(&[]);
    other.wait_screen("here > Tenants");
    quit(&mut other);
    // A second one there starts plainly, keeps something of its own, and leaves.
    let mut second = home.start(&["--context", "there"]);
    second.wait_screen("there > Tenants");
    second.wait_screen("(default)");
    assert!(!second.contents().contains("Resumed"), "{}", second.contents());
    begin_tenant(&mut second);
    second.send(b"Globex");
    home.wait_kept("Globex");
    second.send(b"\x1b");
    second.wait_screen("would be lost");
    second.send(b"\t\r");
    second.wait_screen("there > Tenants");
    quit(&mut second);
    // The first is cut off, and the next one goes on with what was typed there.
    kill(&mut first);
    let mut next = home.start(&[]);
    next.wait_screen("unsent tenant initech");
    next.wait_screen("there > Tenants > New tenant");
    kill(&mut next);
}

#[test]
fn two_that_are_cut_off_come_back_one_after_the_other() {
    let home = Home::new();
    let mut consoles = ["Initech", "Globex"].map(|name| {
        let mut console = home.start(&["--context", "there"]);
        console.wait_screen("(default)");
        begin_tenant(&mut console);
        console.send(name.as_bytes());
        home.wait_kept(name);
        console
    });
    for console in &mut consoles {
        kill(console);
    }
    let mut found = Vec::new();
    let mut again = Vec::new();
    for _ in 0..2 {
        let mut console = home.start(&[]);
        console.wait_screen("unsent tenant");
        for name in ["Initech", "Globex"] {
            if console.contents().contains(name) {
                found.push(name);
            }
        }
        again.push(console);
    }
    found.sort_unstable();
    assert_eq!(found, ["Globex", "Initech"]);
}

#[test]
fn the_local_instance_is_a_context_called_default() {
    let home = Home::new();
    let mut console = home.start(&["--context", "default"]);
    console.wait_screen("default > Tenants");
    console.wait_screen("Multi-tenancy is off");
    quit(&mut console);
}
