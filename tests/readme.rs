//! What the README says about keys and commands is what the program does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fmt::Write;

use kestra_admin::app::command::field_keys::FIELD_KEYS;
use kestra_admin::app::command::{COMMANDS, Safety, Scope};
use kestra_admin::app::key_words::key_name;

const README: &str = include_str!("../README.md");

/// The part of the README between two marks.
fn part(name: &str) -> &'static str {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let after = README
        .split_once(&start)
        .unwrap_or_else(|| panic!("README.md has no `{start}`"))
        .1;
    after
        .split_once(&end)
        .unwrap_or_else(|| panic!("README.md has no `{end}`"))
        .0
}

#[test]
fn the_key_table_is_the_table_of_commands() {
    let mut expected = String::from("| keys | command | where | what it does |\n|---|---|---|---|\n");
    for command in COMMANDS {
        let keys: Vec<String> = command
            .keys
            .iter()
            .map(|key| format!("`{}`", key.replace('|', "\\|")))
            .collect();
        let names = std::iter::once(&command.name).chain(command.also);
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let scopes: Vec<&str> = command.scopes.iter().copied().map(Scope::word).collect();
        let mark = match command.safety {
            Safety::Observe => "",
            Safety::Change => " (changes)",
            Safety::Destroy => " (destroys)",
        };
        writeln!(
            expected,
            "| {} | {} | {} | {}{mark} |",
            keys.join(" "),
            names.join(" "),
            scopes.join(", "),
            command.doc
        )
        .unwrap();
    }
    assert_eq!(
        part("keys"),
        expected,
        "put this between the marks of README.md:\n{expected}"
    );
}

#[test]
fn the_keys_of_fields_are_all_there() {
    let mut expected = String::from("| keys | in a field of | what they do |\n|---|---|---|\n");
    for row in FIELD_KEYS {
        let keys: Vec<String> = row.keys.iter().map(|key| format!("`{key}`")).collect();
        writeln!(expected, "| {} | {} | {} |", keys.join(" "), row.field, row.doc).unwrap();
    }
    assert_eq!(
        part("keys of fields"),
        expected,
        "put this between the marks of README.md:\n{expected}"
    );
    // The help says the same, in words.
    let help = include_str!("../assets/help/getting-around.md").replace('\n', " ");
    for key in FIELD_KEYS.iter().flat_map(|row| row.keys) {
        assert!(help.contains(&key_name(key)), "{key}");
    }
}

#[test]
fn the_first_two_commands_run_and_test() {
    let commands: Vec<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .take(2)
        .collect();
    assert_eq!(commands, ["cargo run --release", "cargo test"]);
}
