//! The real binary on a pseudo-terminal, over a local instance in a temporary home.

use std::path::Path;
use std::process::Command;

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::tenant::{NewTenant, Tenant};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::bare::Bare;
use crate::begin_tenant;

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

/// The binary with a home of its own and nothing else of this machine.
fn binary(home: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
    command
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .env("HOME", home);
    command.envs(variables.iter().copied());
    command
}

/// The console on a terminal of this size, over the instance of this home.
fn start(home: &Path, columns: u16, rows: u16, variables: &[(&str, &str)]) -> Bare {
    let mut command = binary(home, variables);
    command.arg("--store").arg(home.join("instance"));
    Bare::start_command(columns, rows, command)
}

const FRAME_END: &str = "\x1b[?2026l";

#[test]
fn one_step_down_the_list_is_one_small_frame() {
    let home = many();
    for (columns, rows, most) in [(80, 24, 250), (200, 60, 500)] {
        for variables in [&[][..], &[("COLORTERM", "truecolor")], &[("NO_COLOR", "1")]] {
            let mut console = start(home.path(), columns, rows, variables);
            console.wait_screen("tenant-010");
            console.wait_screen("EE 0.21.0");
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

/// What cannot be copied is one line for a mouse as well, wherever the terminal breaks it, and nothing is after it.
#[test]
fn a_long_line_that_is_not_copied_is_one_line_to_the_terminal() {
    let letters = "abcdefghij".repeat(9);
    let name = format!("{letters} \x1b[2J 日本{letters}日本日本 é{letters}");
    let home = home(&[&name]);
    let config = home.path().join("config.toml");
    std::fs::write(&config, "clipboard-command = [\"false\"]\n").unwrap();
    for (columns, rows) in [(80, 24), (67, 20), (60, 12)] {
        let variables = [("KESTRA_ADMIN_CONFIG", config.to_str().unwrap())];
        let mut console = start(home.path(), columns, rows, &variables);
        console.wait_screen("tenant-000");
        console.send(b"yn");
        let shown = name.replace('\x1b', "␛");
        console.wait_screen(&shown);
        // Not only at first, and not with what is beside it.
        console.send(b"\x0c");
        console.wait_for("\x1b[2J");
        console.wait_screen(&shown);
        let text = console.contents();
        assert!(text.lines().any(|line| line == shown), "{text}");
        console.send(b"\x1b");
        console.wait_screen("tenant-000");
        assert_eq!(
            console
                .contents()
                .lines()
                .filter(|line| line.chars().count() > columns.into())
                .count(),
            0,
            "{}",
            console.contents()
        );
    }
}

/// The mouse is the terminal's as long as text is to be selected with it, however often the terminal is taken anew.
#[test]
fn the_mouse_is_reported_but_over_what_is_to_be_selected() {
    const ON: &str = "\x1b[?1000h";
    const OFF: &str = "\x1b[?1000l";
    let home = many();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "mouse = true\n").unwrap();
    let variables = [("KESTRA_ADMIN_CONFIG", config.to_str().unwrap()), ("TERM", "vt220")];
    let mut console = start(home.path(), 80, 24, &variables);
    console.wait_for(ON);
    console.wait_screen("tenant-010");
    console.send(b"yn");
    console.wait_for(OFF);
    console.wait_screen("Select it with the mouse. Not copied: no clipboard");
    console.resize(60, 24);
    console.signal(Signal::WINCH);
    assert!(!console.wait_for(OFF).contains(ON));
    console.wait_screen("Select it with the mouse. Not copied: no clipboard");
    // As after a stop.
    console.signal(Signal::CONT);
    console.wait_for("\x1b[?1049h");
    assert!(!console.wait_for(OFF).contains(ON));
    console.send(b"\x1b");
    console.wait_for(ON);
    console.wait_screen("tenant-010");
    console.send(b"q");
    assert!(!console.wait_for("\x1b[?1049l").contains(ON));
}

#[test]
fn what_was_typed_survives_the_loss_of_the_terminal() {
    let home = many();
    let mut console = start(home.path(), 80, 24, &[]);
    console.wait_screen("tenant-010");
    begin_tenant(&mut console);
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

#[test]
fn with_nothing_configured_it_opens_the_local_instance() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Bare::start_command(80, 24, binary(home.path(), &[]));
    console.wait_screen("First start");
    console.send(b"\x1b");
    console.wait_screen("Multi-tenancy is off on this instance.");
    console.wait_screen("To turn it on: m");
    console.send(b"m");
    console.wait_screen("A new instance: multi-tenancy is off");
    console.send(b"q");
    console.wait_screen("To turn it on: m");
    console.send(b"q");
    assert_eq!(console.wait_exit().code(), Some(0));
    let (after, before) = console.modes();
    assert_eq!(after, before);
    assert!(
        home.path()
            .join(".local/share/kestra-admin/instances/default/instance.db")
            .exists()
    );
}

#[test]
fn a_tenant_is_created_and_deleted_by_keyboard_alone() {
    let home = home(&["First"]);
    let mut console = start(home.path(), 80, 24, &[]);
    console.wait_screen("tenant-000");
    begin_tenant(&mut console);
    console.send(b"Acme Corporation");
    console.wait_screen("free");
    console.send(b"\x0f");
    console.wait_screen("POST /api/v1/tenants");
    console.send(b"\r");
    console.wait_screen("holds its Admin role");
    console.send(b"\t");
    console.wait_screen("│> Admin");
    console.send(b"\r");
    console.wait_screen("Role Admin: permissions");
    console.send(b"p");
    console.wait_screen("directly");
    console.send(b"qq");
    console.wait_screen("│> acme-corporation");
    console.send(b"D");
    console.wait_screen("There is no undo");
    console.send(b"acme-corporation");
    console.wait_screen("matches");
    console.send(b"\t\r");
    console.wait_screen("Tenant acme-corporation deleted");
    console.send(b"q");
    assert_eq!(console.wait_exit().code(), Some(0));
}

#[test]
fn a_storm_of_sizes_and_a_paste_do_it_no_harm() {
    let home = many();
    let mut console = start(home.path(), 80, 24, &[]);
    console.wait_screen("tenant-010");
    for step in 0_u16..200 {
        console.resize(1 + step * 7 % 160, 1 + step * 5 % 50);
    }
    // The emulator stays at 80x24 all the time: what was drawn for other sizes is wiped by the last frame.
    console.resize(80, 24);
    console.wait_screen("tenant-010");
    console.send(b"/");
    console.send(b"\x1b[200~tenant-07\r\x1b[31m\x1b[201~");
    console.wait_screen("filter:");
    console.send(b"\x15tenant-077");
    console.wait_screen("1 of ");
    console.signal(Signal::TERM);
    assert_eq!(console.wait_exit().code(), Some(143));
    assert!(!console.rest().contains("panicked"));
}

/// Screen readers and magnifiers follow the cursor, so it is seen on whatever has the keys.
#[test]
fn the_cursor_is_seen_on_what_has_the_keys() {
    let home = home(&["Acme", "Globex"]);
    let mut console = start(home.path(), 80, 24, &[]);
    // The column and the row of text of the cursor.
    let at = |console: &Bare| {
        let ((column, _), text) = console.cursor().expect("it is seen");
        (column, text)
    };
    console.wait_screen("tenant-001");
    console.wait_screen("EE 0.21.0");
    console.send(b"j");
    console.wait_screen("> tenant-001");
    let (column, text) = at(&console);
    assert!(text.contains("│> tenant-001"), "{text}");
    assert_eq!(column, 1);
    // A menu in which one types has it in its line, one without on its row.
    console.send(b":");
    console.wait_screen("Enter run ");
    let (_, text) = at(&console);
    assert!(text.starts_with("│ :"), "{text}");
    console.send(b"\x1bC");
    console.wait_screen("Columns");
    console.send(b"j");
    console.wait_screen("> [x] NAME");
    let (column, text) = at(&console);
    assert_eq!(text.chars().nth(column.into()), Some('>'), "{text}");
    console.send(b"\x1bD");
    console.wait_screen("There is no undo");
    let (_, text) = at(&console);
    assert!(text.contains('['), "{text}");
    console.send(b"\t");
    console.wait_screen("[ Cancel ]");
    let (column, text) = at(&console);
    assert_eq!(text.chars().nth(column.into()), Some('C'), "{text}");
    console.send(b"\x1b/");
    console.wait_screen("filter:");
    console.send(b"tenant-001");
    console.wait_screen("1 of ");
    let (_, text) = at(&console);
    assert!(text.contains("tenant-001"), "{text}");
    console.send(b"\x1b:q\r");
    assert_eq!(console.wait_exit().code(), Some(0));
    console.wait_for("\x1b[?25h");
}

#[test]
fn columns_that_another_release_had_are_said_once() {
    let home = many();
    let state = home.path().join(".local/state/kestra-admin");
    std::fs::create_dir_all(&state).unwrap();
    let file = state.join("columns.json");
    std::fs::write(&file, r#"{"shown": {"runs": ["id", "place", "words"]}}"#).unwrap();
    for is_first in [true, false] {
        let mut console = start(home.path(), 120, 30, &[]);
        console.wait_screen("tenant-010");
        if is_first {
            console.wait_screen("There are no columns `place` of runs and `words` of runs any more");
        } else {
            console.wait_screen("EE 0.21.0");
            assert!(!console.contents().contains("There are no columns"));
        }
        console.send(b"q");
        assert_eq!(console.wait_exit().code(), Some(0));
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains("\"id\"") && !kept.contains("place"), "{kept}");
}
