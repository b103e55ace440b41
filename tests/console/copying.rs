//! What is copied is named; what cannot be copied is shown so that a mouse can select it.

use kestra_admin::app::msg::Msg;
use kestra_admin::term::clipboard::NO_WAY;

use crate::screens::tenants::people;
use crate::support::{Console, Setup};

#[test]
fn what_cannot_be_copied_fills_the_screen_without_borders_and_nothing_of_it_is_moved() {
    let mut console = Console::usual();
    let text = format!("{}\n  two spaces first", "0123456789".repeat(17));
    console.send(Msg::NotCopied {
        words: "Not copied: 60000 bytes are more than terminals take (56244)".to_owned(),
        text,
    });
    let screen = console.screen();
    let rows: Vec<&str> = screen.lines().skip(2).take(4).collect();
    let full = "0123456789".repeat(8);
    assert_eq!(
        rows,
        [full.as_str(), full.as_str(), "0123456789", "  two spaces first"],
        "{screen}"
    );
    assert!(!screen.contains('│'), "{screen}");
    console.shows("Not copied: 60000 bytes").keys("esc").shows("3 tenants");
    // All of it is in the log, but for the text itself.
    console
        .keys("L enter")
        .shows("Select it with the mouse")
        .lacks("0123456789");
}

/// What to do is read before it is cut, and the mouse is the terminal's meanwhile.
#[test]
fn what_cannot_be_copied_says_in_little_room_what_to_do() {
    for (width, words, told) in [
        (80, NO_WAY, "Select it with the mouse. Not copied: no clipboard"),
        (60, NO_WAY, "Select it with the mouse. Not copied: no clipboard"),
        (
            60,
            "Not copied: `xclip` failed: cannot open display 12",
            "Select it with the mouse. Not copied: `xclip`",
        ),
    ] {
        let mut console = Setup {
            size: (width, 24),
            ..Setup::default()
        }
        .open(people);
        assert!(!console.drawn().selects);
        console.send(Msg::NotCopied {
            words: words.to_owned(),
            text: "acme".to_owned(),
        });
        console.shows(told);
        assert!(console.drawn().selects);
        // Not under what is opened over it.
        console.keys("?");
        assert!(!console.drawn().selects);
        console.keys("esc");
        assert!(console.drawn().selects);
        console.keys("esc");
        assert!(!console.drawn().selects);
    }
}

#[test]
fn what_was_copied_is_said_with_the_way_it_went() {
    let mut console = Console::usual();
    let way = || Msg::Copied("Sent to your terminal (OSC 52), which may not take it".to_owned());
    console.keys("j y i y c");
    console.send(way()).shows("ok Id: sent to your terminal (OSC 52)");
    console
        .send(way())
        .shows("ok Command: sent to your terminal (OSC 52), which may not take it");
    console.send(Msg::Copied("Copied with `xclip`".to_owned()));
    console.shows("ok Copied with `xclip`");
    assert_eq!(console.copied, ["acme", "kestra-admin tenants get acme"]);
}

#[test]
fn kestras_own_command_is_copied_from_the_review_of_a_new_tenant() {
    let mut console = Console::usual();
    console
        .keys("n")
        .type_text("Dev")
        .keys("ctrl-o")
        .shows("Kestra's command line");
    console.keys("y").shows("copy Kestra's command").keys("k");
    assert_eq!(
        console.copied,
        ["kestra tenants create --admin-username admin@kestra.local --tenant dev --name Dev"]
    );
    let mut console = Console::usual();
    console
        .keys("j e")
        .type_text("!")
        .keys("ctrl-o y k")
        .shows("Not now: only new tenants have a command line of Kestra's");
}

/// The command lists what is on screen, and no more.
#[test]
fn the_command_of_a_list_has_its_filter() {
    let mut console = Setup::default().open(people);
    for (way, filter, expected) in [
        ("j p", "role:admin", "access list --tenant acme --filter role:admin"),
        ("7", "anna !zzz", "users list --instance --filter 'anna !zzz'"),
        ("j p tab t", "state:active", "--filter state:active"),
        ("j p tab I", "a", "--tenant acme --filter a"),
    ] {
        console
            .keys("1 g g")
            .keys(way)
            .keys("/")
            .type_text(filter)
            .keys("enter");
        let command = console.copy("y c");
        assert!(command.ends_with(expected), "{command}");
        console.keys("esc");
        assert!(!console.copy("y c").contains("--filter"), "{way}");
    }
}
