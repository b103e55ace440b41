//! The console itself on a pseudo-terminal, over a local instance in a temporary directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::session::Session;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::console::{self, Start};
use kestra_admin::domain::tenant::{NewTenant, Tenant};
use kestra_admin::term::caps::{Surroundings, Wishes, detect};
use rustix::process::Signal;
use rustix::termios::isatty;
use tempfile::TempDir;

use crate::bare::Bare;
use crate::sample;

/// Where the child finds its instance.
const HOME: &str = "KESTRA_ADMIN_SAMPLE_HOME";

/// Runs the console; does not return.
pub fn run() {
    color_eyre::install().unwrap();
    let home = PathBuf::from(std::env::var_os(HOME).unwrap());
    let surroundings = Surroundings {
        variable: &|name| std::env::var(name).ok(),
        stdin_is_terminal: isatty(std::io::stdin()),
        stdout_is_terminal: isatty(std::io::stdout()),
    };
    let exit = console::run(Start {
        backend: Arc::new(LocalInstance::open(&home.join("instance"), None).unwrap()),
        session: Session::new("default"),
        keymap: Keymap::default(),
        theme: "default".to_owned(),
        caps: detect(Wishes::default(), &surroundings),
        mouse: false,
        copy_command: Vec::new(),
        resume_file: home.join("resume.json"),
        fresh: false,
    });
    match exit {
        Ok(exit) => std::process::exit(exit.code().into()),
        Err(problem) => {
            eprintln!("{problem}");
            std::process::exit(1)
        }
    }
}

/// A directory with an instance of these tenants.
fn home(names: &[&str]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("instance");
    LocalInstance::create(&path, "0.21".parse().unwrap()).unwrap();
    let settings = "kestra:\n  ee:\n    tenants:\n      enabled: true\n      default-tenant: false\n";
    std::fs::write(path.join("application.yml"), settings).unwrap();
    let instance = LocalInstance::open(&path, None).unwrap();
    let new: Vec<NewTenant> = (0_u32..)
        .zip(names)
        .map(|(number, name)| NewTenant {
            tenant: Tenant::new(format!("tenant-{number:03}").parse().unwrap(), *name),
            admin: None,
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for created in runtime.block_on(instance.create_tenants(&new)) {
        created.unwrap();
    }
    home
}

fn many() -> TempDir {
    home(&["Some Company of a usual length"; 100])
}

/// The console on a terminal of this size, with its list on screen.
fn start(home: &Path, columns: u16, rows: u16, variables: &[(&str, &str)]) -> Bare {
    let mut all = vec![
        (sample::VARIABLE, "console"),
        (HOME, home.to_str().unwrap()),
        ("LANG", "C.UTF-8"),
    ];
    all.extend(variables);
    Bare::start(columns, rows, &all)
}

const FRAME_END: &str = "\x1b[?2026l";

#[test]
fn one_step_down_the_list_is_one_small_frame() {
    let home = many();
    for (columns, rows, most) in [(80, 24, 250), (200, 60, 500)] {
        for variables in [&[][..], &[("COLORTERM", "truecolor")], &[("NO_COLOR", "1")]] {
            let mut console = start(home.path(), columns, rows, variables);
            console.wait_screen("tenant-010");
            for step in 1..4 {
                console.send(b"j");
                let selected = format!("tenant-{step:03}");
                let mut frame = console.wait_for(FRAME_END);
                // Answers that come late are drawn in frames of their own.
                while !frame.contains(&selected) {
                    frame = console.wait_for(FRAME_END);
                }
                assert!(frame.len() < most, "{columns}x{rows}: {} bytes: {frame:?}", frame.len());
            }
            console.send(b"q");
            assert_eq!(console.wait_exit().code(), Some(0));
        }
    }
}

#[test]
fn without_colours_the_selection_is_still_seen() {
    let home = many();
    let mut console = start(home.path(), 80, 24, &[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]);
    console.wait_screen("tenant-010");
    assert!(console.row_style("tenant-000").contains("reverse"));
    assert!(!console.row_style("tenant-001").contains("reverse"));
    assert!(!console.has_colours());
}

#[test]
fn a_name_with_escape_sequences_is_only_text() {
    let home = home(&["\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}evil", "Good"]);
    let mut console = start(home.path(), 120, 24, &[]);
    console.wait_screen("Good");
    console.wait_screen("␛[2J␛]0;owned␇<U+202E>evil");
}

#[test]
fn what_was_typed_survives_the_loss_of_the_terminal() {
    let home = many();
    let mut console = start(home.path(), 80, 24, &[]);
    console.wait_screen("tenant-010");
    console.send(b"n");
    console.wait_screen("New tenant");
    console.send(b"Initech GmbH");
    console.wait_screen("Initech GmbH");
    console.hang_up();
    assert_eq!(console.wait_exit().code(), Some(129));

    let mut console = start(home.path(), 80, 24, &[]);
    console.wait_screen("Initech GmbH");
    console.signal(Signal::TERM);
    assert_eq!(console.wait_exit().code(), Some(143));
    let (after, before) = console.modes();
    assert_eq!(after, before);
}

#[test]
fn it_lives_in_any_size() {
    let home = many();
    for (columns, rows) in [(1, 1), (2, 1), (39, 11), (40, 12), (300, 100)] {
        let mut console = start(home.path(), columns, rows, &[]);
        console.wait_for(FRAME_END);
        console.send(b"j");
        console.signal(Signal::TERM);
        assert_eq!(console.wait_exit().code(), Some(143), "{columns}x{rows}");
        assert!(!console.rest().contains("panicked"), "{columns}x{rows}");
    }
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let home = home(&["Acme", "Globex"]);
    let mut console = start(home.path(), 80, 24, &[("TERM", "dumb")]);
    let mut text = console.wait_for("Globex");
    text += &console.wait_for("> ");
    let (now, before) = console.modes();
    assert_eq!(now, before);
    console.send(b"q\n");
    assert_eq!(console.wait_exit().code(), Some(0));
    text += &console.rest();
    assert!(!text.contains('\x1b'), "{text:?}");
}
