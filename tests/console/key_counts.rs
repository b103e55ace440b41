//! How many keys the commonest tasks take from a fresh start, as the README says it: pressed, and counted.

use kestra_admin::app::input::parse_sequence;

use crate::screens::tenants::people;
use crate::support::{Console, Setup};

const README: &str = include_str!("../../README.md");

/// A console right after its start, in one of two contexts.
fn fresh() -> Console {
    let mut console = Setup::default().open(people);
    console.with_contexts(["default", "lab"]);
    console
}

/// Presses keys, of which words in quotes are typed, and holds the README to them and to their number. Typing counts nothing.
#[track_caller]
fn press(console: &mut Console, task: &str, keys: &str, count: usize) {
    let mut pressed = 0;
    for word in keys.split(' ') {
        match word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
            Some(text) => {
                console.type_text(text);
            }
            None => {
                pressed += parse_sequence(word).unwrap().len();
                console.keys(word);
            }
        }
    }
    assert_eq!(pressed, count, "{task}");
    let shown: Vec<String> = keys
        .split(' ')
        .map(|word| match word.strip_prefix('"') {
            Some(_) => "text".to_owned(),
            None => format!("`{word}`"),
        })
        .collect();
    let row = format!("| {task} | {} | {count} |", shown.join(" "));
    assert!(README.contains(&row), "README.md has no row that begins with\n{row}");
}

#[test]
fn a_tenant_is_found() {
    let mut console = fresh();
    press(&mut console, "find a tenant", "/ \"globex\" enter", 2);
    console.shows("1 of 3 tenants");
    assert!(console.selected_row().starts_with("globex"), "{}", console.screen());
}

#[test]
fn a_tenant_is_created() {
    let mut console = fresh();
    press(&mut console, "create one", "n \"Initech\" ctrl-o ctrl-o", 3);
    console.shows("Tenant initech created");
}

#[test]
fn who_is_admin_here_is_seen() {
    let mut console = fresh();
    console.keys("j");
    press(&mut console, "who is admin here", "p", 1);
    console.shows("[Holders]").shows("Admin");
}

#[test]
fn two_roles_are_compared() {
    let mut console = fresh();
    console.keys("j");
    press(&mut console, "compare two roles", "enter tab space space f", 5);
    console.shows("Admin").shows("differ");
}

#[test]
fn the_command_is_copied() {
    let mut console = fresh();
    console.keys("j");
    press(&mut console, "copy the command for it", "y c", 2);
    assert_eq!(console.copied.len(), 1);
    assert!(console.copied[0].ends_with("tenants get acme"), "{}", console.copied[0]);
}

#[test]
fn another_instance_is_switched_to() {
    let mut console = fresh();
    press(&mut console, "switch to another instance", "c j enter", 3);
    console.shows("lab").shows("Switched to lab");
}

#[test]
fn the_last_change_is_undone() {
    let mut console = fresh();
    console.keys("j p G D");
    if console.screen().contains("( Take away )") {
        console.keys("tab enter");
    }
    console.shows("taken away");
    press(&mut console, "undo", "u tab enter", 3);
    console.shows("given");
}
