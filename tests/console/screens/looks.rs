//! A few screens in every look: themes, without colours, in ASCII; and where there is no room.

use std::fmt::Write;

use kestra_admin::app::appearance::{Depth, Glyphs};

use super::kept;
use super::tenants::people;
use crate::states::unreachable;
use crate::support::{Console, Setup, session, tenants, usual};

/// What the looks are shown on: the keys that lead there, and a name.
const SCREENS: [(&str, &str); 7] = [
    ("j", "the list"),
    ("tab enter l", "a role"),
    ("esc esc ?", "the help"),
    ("esc D", "a dialog"),
    ("esc q n", "a form"),
    ("ctrl-o", "a form with an error"),
    ("esc /", "a filter"),
];

fn keep(name: &str, theme: &str, depth: Depth, glyphs: Glyphs) {
    let mut console = Setup::default().open(people);
    console.fail_next("Tenants", unreachable()).keys("r");
    console.look(theme, depth, glyphs);
    let mut text = String::new();
    for (keys, what) in SCREENS {
        // The role is in the tenant.
        if what == "a role" {
            console.keys("enter");
        }
        writeln!(text, "{what}\n{}\n", console.keys(keys).styled()).unwrap();
    }
    kept(name, &text);
}

#[test]
fn themes() {
    keep("look_default", "default", Depth::Ansi16, Glyphs::Unicode);
    keep("look_dark", "dark", Depth::TrueColor, Glyphs::Unicode);
    keep("look_light", "light", Depth::Ansi256, Glyphs::Unicode);
    keep("look_high_contrast", "high-contrast", Depth::Ansi16, Glyphs::Unicode);
    keep("look_mono", "default", Depth::Mono, Glyphs::Unicode);
    keep("look_ascii", "mono", Depth::Mono, Glyphs::Ascii);
}

#[test]
fn too_small() {
    let mut console = Console::usual();
    let mut text = String::new();
    for (width, height) in [(39, 11), (39, 24), (200, 11), (20, 5), (7, 3), (1, 1)] {
        writeln!(text, "{width}x{height}\n{}\n", console.resize(width, height).screen()).unwrap();
    }
    kept("too_small", &text);
}

#[test]
fn without_lines_a_dialog_is_set_off_by_empty_ones() {
    let mut console = Setup::default().open(|instance, runtime| {
        let ids: Vec<String> = (1..=30).map(|number| format!("t{number:02}")).collect();
        let list: Vec<(&str, &str)> = ids
            .iter()
            .map(|id| (id.as_str(), "A name as long as the row of a list is wide, or so"))
            .collect();
        tenants(instance, runtime, &list);
    });
    console.look.borders = false;
    console.keys("j D").shows("Type");
    let screen = console.screen();
    let rows: Vec<&str> = screen.lines().collect();
    let at = |words: &str| rows.iter().position(|row| row.contains(words)).unwrap();
    let (title, keys) = (at("Delete tenant"), at("Esc: Cancel"));
    assert!(
        !rows[title - 1].contains("A name") && !rows[keys + 1].contains("A name"),
        "{screen}"
    );
    assert!(screen.contains("A name"), "{screen}");
}

/// The looks of a part of a line of the screen, as [`Console::styled`] says them.
fn looks_of(console: &Console, part: &str) -> Vec<String> {
    let said = console.styled();
    let (screen, styles) = said.split_once("\n---\n").unwrap();
    let (y, line) = screen
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(part))
        .unwrap();
    let at = line.split(part).next().unwrap().chars().count();
    let runs = styles
        .lines()
        .find_map(|line| line.trim().strip_prefix(&format!("{y}: ")));
    let looks = runs.unwrap_or_default().split(", ").filter_map(|run| {
        let (place, look) = run.split_once(' ')?;
        let (start, end) = place.split_once('-')?;
        let is_there = (start.parse::<usize>().ok()?..=end.parse().ok()?).contains(&(at + 1));
        is_there.then(|| look.to_owned())
    });
    looks.collect()
}

#[test]
fn the_open_tab_looks_like_no_selected_row() {
    for (theme, depth, glyphs) in [
        ("default", Depth::Ansi16, Glyphs::Unicode),
        ("mono", Depth::Mono, Glyphs::Unicode),
        ("light", Depth::Ansi256, Glyphs::Unicode),
        ("high-contrast", Depth::Ansi16, Glyphs::Ascii),
    ] {
        let mut console = Setup::default().open(people);
        console.keys("j enter tab");
        console.look(theme, depth, glyphs);
        let tab = looks_of(&console, "[Roles]").concat();
        let row = looks_of(&console, "> Admin").concat();
        assert!(
            tab.contains("bold+underline") && !tab.contains("reverse"),
            "{theme}: {tab}"
        );
        assert!(row.contains("reverse") || row.contains("on-"), "{theme}: {row}");
        assert_ne!(tab, row, "{theme}");
    }
}

#[test]
fn that_nothing_may_be_changed_is_seen_as_a_warning_is() {
    for (theme, depth) in [
        ("default", Depth::Ansi16),
        ("mono", Depth::Mono),
        ("light", Depth::Ansi256),
    ] {
        let mut console = Setup {
            session: session(|session| session.read_only_flag = true),
            ..Setup::default()
        }
        .open(usual);
        console.look(theme, depth, Glyphs::Unicode);
        let warning = looks_of(&console, "! no admin");
        assert!(!warning.is_empty());
        assert_eq!(looks_of(&console, "RO  "), warning, "{theme}");
    }
}

#[test]
fn the_name_of_the_program_is_not_dropped_for_a_single_column() {
    let mut console = Setup {
        session: session(|session| {
            session.remote = true;
            session.context = "staging".to_owned();
        }),
        ..Setup::default()
    }
    .open(usual);
    console.wait(1_000);
    let first = console.screen().lines().next().unwrap().to_owned();
    assert!(first.starts_with(" kestra-admin  staging  RW"), "{first}");
    assert!(first.contains("(superadmin)  EE 0.21.0 "), "{first}");
}
