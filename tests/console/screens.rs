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
fn keep(name: &str, console: &mut Console) {
    let mut text = String::new();
    for (width, height) in SIZES {
        console.resize(width, height);
        let picture = console.pictured();
        writeln!(text, "{width}x{height}\n{picture}\n").unwrap();
    }
    console.resize(80, 24);
    kept(name, &text);
}

fn kept(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
