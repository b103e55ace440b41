//! A few screens in every look: themes, without colours, in ASCII; and where there is no room.

use std::fmt::Write;

use kestra_admin::app::appearance::{Depth, Glyphs};

use super::kept;
use super::tenants::people;
use crate::states::unreachable;
use crate::support::{Console, Setup, tenants};

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
