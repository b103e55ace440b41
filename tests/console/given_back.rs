//! What was selected before a filter is selected again once it is gone, in every list.

use kestra_admin::domain::tenant::TenantScope;

use crate::lists::{five, many};
use crate::support::{Console, Setup, session};

/// The first word of the selected row.
fn selected(console: &Console) -> String {
    let row = console.selected_row();
    row.split(' ').next().unwrap().to_owned()
}

/// A console with people, contexts and something done.
fn console() -> Console {
    let mut console = Setup {
        release: "1.3",
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.activity = (10..30).rev().map(crate::stood::done_at).collect();
    console.with_contexts(["default", "prod", "lab"]);
    console
}

/// The keys to each kind of list held in memory, on a row that is not its first.
const LISTS: [&str; 10] = [
    "7 j j",
    "enter tab j j",
    "p j",
    "p tab j j",
    "p tab tab j",
    "7 j enter j",
    "6 j j j",
    "H j j",
    "c j j",
    "L j j",
];

#[test]
fn what_was_selected_before_a_filter_is_selected_again_without_it() {
    for keys in LISTS {
        let mut console = console();
        for told in 0..4 {
            console.keys(":").type_text(&format!("nosuch{told}")).keys("enter esc");
        }
        console.keys(keys);
        let before = (
            console.selected_row(),
            console.screen().lines().nth(5).map(str::to_owned),
        );
        assert!(!before.0.is_empty(), "{keys}\n{}", console.screen());
        let after = |console: &Console| {
            (
                console.selected_row(),
                console.screen().lines().nth(5).map(str::to_owned),
            )
        };
        for clear in ["esc", "/ ctrl-u enter", "/ esc"] {
            // It hides all rows.
            console.keys("/").type_text("zzzz").keys("enter");
            assert_eq!(console.selected_row(), "", "{keys}");
            console.keys(clear);
            assert_eq!(after(&console), before, "{keys}, {clear}\n{}", console.screen());
            // It hides none, letter by letter.
            console.keys("/").type_text("!zzzz");
            assert_eq!(console.selected_row(), before.0, "{keys}");
            console.keys("enter").keys(clear);
            assert_eq!(after(&console), before, "{keys}, {clear}\n{}", console.screen());
        }
        // It is selected as soon as it matches again.
        console
            .keys("/")
            .type_text("zzzz")
            .keys("ctrl-u")
            .type_text("!zzzz")
            .keys("enter");
        assert_eq!(console.selected_row(), before.0, "{keys}");
        console.keys("esc");
        // Whoever moves by hand stays there.
        console.keys("/").type_text("!zzzz").keys("enter g g G");
        let moved = console.selected_row();
        console.keys("/").type_text("zzzz").keys("enter esc");
        assert_eq!(console.selected_row(), moved, "{keys}\n{}", console.screen());
    }
}

#[test]
fn where_a_filter_hides_what_was_selected_its_first_row_is_selected() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    let acme = TenantScope::Named("acme".parse().unwrap());
    console.meanwhile(async |other| {
        for at in 0..30 {
            other.create_group(&acme, &format!("m{at:02}"), None).unwrap();
        }
    });
    console
        .keys("j enter tab tab tab tab")
        .shows("[Groups]")
        .keys("G k k k");
    let (before, screen) = (selected(&console), console.screen());
    assert_eq!(before, "m27", "{screen}");
    console.keys("/").type_text("m0");
    assert_eq!(selected(&console), "m00");
    console.type_text("5");
    assert_eq!(selected(&console), "m05");
    console.keys("backspace");
    assert_eq!(selected(&console), "m00");
    console.keys("backspace");
    assert_eq!(selected(&console), "m27");
    console.type_text("0").keys("enter r");
    assert_eq!(selected(&console), "m00");
    // Its row is that of another screen by then, and comes back all the same.
    console.keys("q").keys("[");
    assert_eq!(selected(&console), "m00", "{}", console.screen());
    console.keys("esc");
    assert_eq!(selected(&console), "m27");
    assert_eq!(
        screen.lines().skip(3).take(15).collect::<Vec<_>>(),
        console.screen().lines().skip(3).take(15).collect::<Vec<_>>()
    );
    // Where it is gone by then, that is said.
    console.keys("/").type_text("m0").keys("enter");
    console.meanwhile(async |other| {
        let access = kestra_admin::backend::Backend::access(other, &acme).await.unwrap();
        let group = access.groups.iter().find(|group| group.name == "m27").unwrap();
        kestra_admin::backend::Backend::delete_group(other, &acme, &group.id)
            .await
            .unwrap();
    });
    console
        .keys("r")
        .lacks("is gone")
        .keys("esc")
        .shows("The group that was selected is gone");
    assert_eq!(selected(&console), "m00");
}

#[test]
fn the_first_row_of_tenants_is_given_back_as_well() {
    for open in [many as fn() -> Console, five] {
        let mut console = open();
        assert_eq!(selected(&console), "(default)");
        console
            .keys("/")
            .type_text("!default")
            .keys("enter")
            .lacks("is selected");
        assert_ne!(selected(&console), "(default)");
        console.keys("esc");
        assert_eq!(selected(&console), "(default)");
        // Whoever moves by hand stays there.
        console.keys("/").type_text("!default").keys("enter j");
        let row = selected(&console);
        console.keys("esc");
        assert_eq!(selected(&console), row);
    }
}

#[test]
fn after_a_start_under_a_filter_it_is_known_how_many_there_are_in_all() {
    for remote in [false, true] {
        let mut console = Setup {
            session: session(|session| session.remote = remote),
            ..Setup::default()
        }
        .open(|instance, runtime| {
            let list = [("t1", "One"), ("t2", "Two"), ("x1", "Other")];
            crate::support::tenants(instance, runtime, &list);
        });
        console.stampless = remote;
        console
            .keys("/")
            .type_text("id:x")
            .keys("enter")
            .wait(2_000)
            .shows("1 of 3 tenants");
        console.start_again().shows("1 of 3 tenants");
        console.wait(10_000).shows("1 of 3 tenants");
    }
}

#[test]
fn a_mark_on_what_is_gone_is_told_in_each_list_and_after_a_start() {
    for (keys, told) in [
        ("enter tab space", "1 role that was marked is gone"),
        ("p space", "1 binding that was marked is gone"),
        ("p tab space", "1 user that was marked is gone"),
        ("p tab tab space", "1 group that was marked is gone"),
        ("p tab j i space", "1 line that was marked is gone"),
        ("p tab tab j enter space", "1 member that was marked is gone"),
    ] {
        let mut console = console();
        console.keys(keys).shows("1 marked").wait(2_000);
        let saved = console.saved.as_mut().unwrap();
        "nobody".clone_into(&mut saved.stood.last_mut().unwrap().marks[0]);
        console.start_again().shows(told).lacks("1 marked");
    }
}
