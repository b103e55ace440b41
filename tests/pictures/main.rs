//! Pictures of the program: the real binary on a terminal, over sample data, each screen as an SVG.
//!
//! `KESTRA_ADMIN_PICTURES=DIR cargo test --test pictures every_screen` writes every screen, at each size and in each look;
//! `… readme` those of the README and of `docs/screens.md` alone. Without the variable the tests say so and are skipped. What is pressed, and where
//! a picture is taken, stands in `scenes.txt`. `KESTRA_ADMIN_PICTURES_OF` names another binary, such as one built for release. The sample is the same each time; only times, ids of runs and paths differ.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and says what it skips"
)]

mod stage;
mod svg;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use stage::{Look, Stage};
use termlens::{Screen, Terminal};

const SCENES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures/scenes.txt");
/// Nothing was drawn for so long: the screen is as it stays.
const QUIET: Duration = Duration::from_millis(150);

const SIZES: [(u16, u16); 3] = [(80, 24), (200, 60), (60, 20)];

/// Scenes of `docs/screens.md`, at 80x24 and at 200x60.
const WHO_MAY_WHAT: [&str; 3] = ["role-matrix", "access", "comparison"];

/// Scenes of the README.
const README: [&str; 6] = [
    "tenants",
    "role-matrix",
    "access",
    "comparison",
    "wizard-default",
    "dialog-revoke",
];

fn directory() -> Option<PathBuf> {
    let directory = std::env::var_os("KESTRA_ADMIN_PICTURES").map(PathBuf::from);
    if directory.is_none() {
        eprintln!("skipped: KESTRA_ADMIN_PICTURES names no directory for pictures");
    }
    directory
}

#[test]
fn every_screen() {
    let Some(directory) = directory() else { return };
    let stage = Stage::set();
    for look in &Look::ALL {
        for size in SIZES {
            let name = format!("{}-{}x{}", look.name, size.0, size.1);
            let taken = take(&stage, look, size, &directory.join(&name), |_| true);
            eprintln!("{name}: {taken} pictures");
            assert!(taken > 50);
        }
    }
}

#[test]
fn readme() {
    let Some(directory) = directory() else { return };
    let stage = Stage::set();
    let taken = take(&stage, &Look::ALL[0], SIZES[0], &directory, |name| {
        README.contains(&name)
    });
    assert_eq!(taken, README.len());
    let wide = take(&stage, &Look::ALL[0], SIZES[1], &directory.join("200x60"), |name| {
        WHO_MAY_WHAT.contains(&name)
    });
    assert_eq!(wide, WHO_MAY_WHAT.len());
}

/// Plays the scenes, and keeps the pictures that are wanted; how many these were.
fn take(stage: &Stage, look: &Look, size: (u16, u16), directory: &Path, wanted: impl Fn(&str) -> bool) -> usize {
    fs::create_dir_all(directory).unwrap();
    let scenes = fs::read_to_string(SCENES).unwrap();
    let mut taken = 0;
    let mut surprises = Vec::new();
    for session in scenes.split("\nsession ").skip(1) {
        let (first, steps) = session.split_once('\n').unwrap();
        let is_wanted = |line: &str| line.strip_prefix("shot ").is_some_and(&wanted);
        if !steps.lines().any(is_wanted) {
            continue;
        }
        let mut words = first.split(' ');
        let home = words.next().unwrap();
        let mut terminal = stage.open(home, look, size, &words.collect::<Vec<_>>());
        let mut last = "";
        for step in steps.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match play(&mut terminal, step) {
                Ok(Some(picture)) if wanted(picture.0) => {
                    let path = directory.join(picture.0).with_extension("svg");
                    fs::write(path, svg::svg(&picture.1, &look.paper)).unwrap();
                    taken += 1;
                    last = picture.0;
                }
                Ok(_) => {}
                Err(error) => {
                    surprises.push(format!("{first}, after `{last}`, `{step}`: {error}"));
                    break;
                }
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    taken
}

/// One line of a session; a picture with its name where it takes one.
fn play<'a>(terminal: &mut Terminal, step: &'a str) -> termlens::Result<Option<(&'a str, Screen)>> {
    let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
    match verb {
        "keys" => {
            for key in rest.split(' ') {
                terminal.send_str(&typed(key))?;
            }
        }
        // What is typed into a line may have spaces.
        "type" => terminal.send_str(rest)?,
        "wait" => terminal.wait_until(|screen| screen.contains(rest))?,
        "settle" => drop(settled(terminal)?),
        "shot" => return Ok(Some((rest, settled(terminal)?))),
        _ => panic!("scenes.txt: what is `{step}`?"),
    }
    Ok(None)
}

/// The screen once nothing moves. Unlike a test this cannot know what will be there, so it gives the program time to start.
fn settled(terminal: &mut Terminal) -> termlens::Result<Screen> {
    std::thread::sleep(QUIET);
    terminal.wait_stable(QUIET)
}

/// The bytes of a key, by the names that the program's own keymap has.
fn typed(key: &str) -> String {
    match key {
        "enter" => "\r".to_owned(),
        "esc" => "\x1b".to_owned(),
        "tab" => "\t".to_owned(),
        "space" => " ".to_owned(),
        "shift-tab" => "\x1b[Z".to_owned(),
        "down" => "\x1b[B".to_owned(),
        "up" => "\x1b[A".to_owned(),
        "right" => "\x1b[C".to_owned(),
        "left" => "\x1b[D".to_owned(),
        _ => match key.strip_prefix("ctrl-") {
            Some(letter) => char::from(letter.as_bytes()[0] & 0x1f).to_string(),
            None => key.to_owned(),
        },
    }
}
