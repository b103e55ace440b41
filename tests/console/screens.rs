//! Pictures of every screen in every state. Each file holds one state: at the sizes people have, or in the looks there are.
//!
//! To see a change: `INSTA_UPDATE=always cargo test --test console screens`, then read the difference.

mod lists;
mod looks;
mod menus;
mod roles;
pub mod tenants;
mod writing;

use std::fmt::Write;

use crate::support::Console;

/// The sizes every state is drawn at: the reference, a large terminal, half a screen, and the smallest there is.
const SIZES: [(u16, u16); 4] = [(80, 24), (200, 50), (60, 20), (40, 12)];

/// Draws a state at every size, and keeps it under a name.
#[track_caller]
pub fn keep(name: &str, console: &mut Console) {
    let mut text = String::new();
    for (width, height) in SIZES {
        console.resize(width, height);
        let picture = console.pictured();
        writeln!(text, "{width}x{height}\n{picture}\n").unwrap();
    }
    console.resize(80, 24);
    kept(name, &text);
}

/// The text with ids made at random as crosses.
fn without_ids(text: &str) -> String {
    const LENGTH: usize = 22;
    let is_word = |c: char| c.is_ascii_alphanumeric();
    text.split_inclusive(|c| !is_word(c))
        .map(|part| {
            let word = part.trim_end_matches(|c| !is_word(c));
            let has = |kind: fn(&char) -> bool| word.chars().any(|c| kind(&c));
            let is_id = word.len() == LENGTH
                && (has(char::is_ascii_digit) || (has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase)));
            if is_id {
                part.replacen(word, &"x".repeat(LENGTH), 1)
            } else {
                part.to_owned()
            }
        })
        .collect()
}

fn kept(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, without_ids(text)));
}
