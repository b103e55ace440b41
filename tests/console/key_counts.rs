//! How many keys the commonest tasks take from a fresh start, as the README says it: pressed, and counted.

use kestra_admin::app::input::parse_sequence;
use kestra_admin::rehearsal::sample::{self, SampleSize};

use crate::screens::tenants::people;
use crate::support::{Console, Setup, session};

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
    console.keys("j p").shows("[Holders]").shows("Admin");
    // Where many hold something, they are found by their role.
    let large = Setup {
        release: "1.3",
        enabled: None,
        default_tenant: None,
        ..Setup::default()
    };
    let mut console = large.open(|instance, _| {
        sample::fill(instance, SampleSize::Large).unwrap();
    });
    console.keys("/").type_text("id=main").keys("enter");
    press(&mut console, "who is admin here", "p / \"role:admin\" enter", 3);
    console.shows("[Holders]").shows("filter: role:admin");
    let screen = console.screen();
    let holders: Vec<&str> = screen.lines().filter(|line| line.contains("whole tenant")).collect();
    assert!(!holders.is_empty(), "{screen}");
    assert!(holders.iter().all(|line| line.contains("Admin")), "{screen}");
}

#[test]
fn in_a_protected_context_it_takes_one_key_more_to_create() {
    let keys = "`n` text `ctrl-o` `tab` `ctrl-o`";
    assert!(README.contains(keys));
    let mut console = Setup {
        session: session(|session| session.protected = true),
        ..Setup::default()
    }
    .open(people);
    console.keys("W").type_text("default").keys("tab enter").shows("RW*");
    console
        .keys("n")
        .type_text("Initech")
        .keys("ctrl-o ctrl-o")
        .lacks("Tenant initech created");
    console.keys("tab ctrl-o").shows("Tenant initech created");
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

/// The section on the first five minutes, from where multi-tenancy is on: what its keys do, in its order.
#[test]
fn the_first_five_minutes_go_as_they_are_told() {
    let section = README.split_once("## The first five minutes").unwrap().1;
    let section = section.split_once("\n## ").unwrap().0;
    let told = section.split_once("Then ").unwrap().1;
    let told: Vec<&str> = told.split('`').skip(1).step_by(2).collect();
    let mut console = Setup::default().open(|_, _| {});
    let walk = [
        ("n", "New tenant"),
        ("Ctrl-o", "Review before sending"),
        ("Enter", "Created just now with the role Admin."),
        ("Tab", "[Roles]"),
        ("Enter", "Role Admin: permissions"),
        ("Tab", "who holds it"),
        ("q q", "five-min Five min"),
        ("D", "This permanently deletes tenant five-min"),
        ("?", "Help"),
    ];
    assert_eq!(told, walk.map(|(keys, _)| keys));
    for (keys, shown) in walk {
        if keys == "?" {
            console.type_text("five-min").keys("tab enter");
            console.shows("Tenant five-min deleted");
        }
        let name = if keys.len() > 1 {
            keys.to_lowercase()
        } else {
            keys.to_owned()
        };
        console.keys(&name).shows(shown);
        if keys == "n" {
            console.type_text("Five min").shows("five-min");
        }
    }
}
