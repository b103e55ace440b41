//! Which columns of a list are on screen where there is little room, and how much of it each has.

use crate::screens::tenants::people;
use crate::support::{Console, Setup, tenants};

/// The line of the screen with a word in it.
fn row_with(console: &Console, word: &str) -> String {
    let screen = console.screen();
    let row = screen.lines().find(|line| line.contains(word));
    row.unwrap_or_else(|| panic!("no `{word}` on\n{screen}")).to_owned()
}

#[test]
fn a_lesser_column_goes_before_a_name_is_cut_to_a_stump() {
    let mut console = Setup {
        size: (60, 20),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let list = [("a-shorter-id", "Acme Corporation, London"), ("b", "Billing")];
        tenants(instance, runtime, &list);
    });
    let row = row_with(&console, "a-shorter-id");
    assert!(row.contains("Acme Corporation, Lo"), "{row}");
    console.lacks("SECRETS").shows("STATE");
    // Where there is room again, what went comes back.
    console.resize(80, 24).shows("SECRETS").shows("Acme Corporation");
    // On the smallest screen nothing stands but what tells rows apart, and how they are.
    console.resize(40, 12).shows("[ID] STATE").lacks("NAME").lacks("ADMINS");
    console.resize(59, 20).shows("[ID] STATE");
}

#[test]
fn no_text_of_any_list_is_a_stump_beside_a_column_that_could_have_gone() {
    let mut console = Setup {
        size: (60, 20),
        ..Setup::default()
    }
    .open(people);
    for keys in ["7", "6", "L", "c", "1 j j enter tab", "tab", "tab", "tab"] {
        console.keys(keys);
        for width in [60, 64, 70, 76, 80, 90, 100] {
            console.resize(width, 20);
            let screen = console.screen();
            for line in screen.lines().filter(|line| line.starts_with('│')) {
                for cell in line.trim_matches('│').split("  ").filter(|cell| cell.ends_with('…')) {
                    let columns = cell.trim().chars().count();
                    assert!(columns >= 16, "<{keys}> {width}: `{cell}` in\n{screen}");
                }
            }
        }
    }
}
