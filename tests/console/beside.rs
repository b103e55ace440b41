//! What stands beside a list on a large screen: all that the selected row cannot show.

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::backend::Backend;
use kestra_admin::domain::invitation::{InvitedRole, NewInvitation};
use kestra_admin::domain::query::Query;

use crate::roles::acme;
use crate::screens::keep;
use crate::screens::tenants::people;
use crate::support::{Console, Setup};

/// A large console on tenant acme.
fn large(keys: &str) -> Console {
    let mut console = Setup {
        size: (200, 60),
        ..Setup::default()
    }
    .open(people);
    console.keys("j").keys(keys);
    console
}

#[test]
fn beside_a_role_stands_who_holds_it_and_what_it_allows() {
    let mut console = large("enter tab / O p e r a t enter");
    console
        .shows("Selected")
        .shows("Held by")
        .shows("in company.team")
        .shows("whole tenant by group Night shift")
        .shows("CREATE UPDATE");
    keep("beside_role", &mut console);
}

#[test]
fn moving_along_a_list_asks_for_nothing() {
    let mut console = large("enter tab");
    let before = console.asked.len();
    console.keys("j j j k tab j j tab j tab j");
    assert_eq!(console.asked.len(), before);
    console.resize(80, 24);
    console.lacks("Selected");
}

#[test]
fn beside_a_binding_stands_through_whom_and_what_it_gives() {
    let mut console = large("p / N i g h t enter");
    console
        .shows("Through the group")
        .shows("bob@example.com")
        .shows("CREATE UPDATE");
}

#[test]
fn beside_a_user_stand_roles_with_their_way_and_groups() {
    let mut console = large("p tab / b o b enter");
    console
        .shows("whole tenant by group Night shift")
        .shows("Superadmin")
        .shows("Groups")
        .shows("member");
    keep("beside_user", &mut console);
}

#[test]
fn beside_a_group_stand_its_roles_and_members() {
    let mut console = large("p tab tab / N i g h t enter");
    console
        .shows("Awake when others sleep.")
        .shows("Operators")
        .shows("bob@example.com");
    console
        .keys("enter")
        .shows("Group Night shift")
        .shows("Selected")
        .shows("Operators");
}

#[test]
fn every_column_leaves_no_room_beside_a_list() {
    let mut console = large("p tab i");
    console.shows("Selected").keys("w").lacks("Selected");
}

#[test]
fn a_change_in_the_audit_log_shows_all_its_fields() {
    let mut console = large("enter H G");
    console.shows("Selected").shows("Tenant").shows("User id");
    console.resize(80, 24);
    console.keys("enter").shows("User id ");
}

/// An instance on which anna is invited with a role of the whole tenant, a narrowed one, and a group.
fn invited(release: &'static str, remote: bool) -> Console {
    let mut console = Setup {
        release,
        size: (200, 60),
        default_tenant: None,
        ..Setup::default()
    }
    .open(|instance, runtime| {
        people(instance, runtime);
        let roles = runtime
            .block_on(instance.roles(&acme(), &Query::first(100)))
            .unwrap()
            .rows;
        let id = |name: &str| roles.iter().find(|role| role.name == name).unwrap().id.clone();
        let groups = runtime
            .block_on(instance.groups(&acme(), &Query::first(100)))
            .unwrap()
            .rows;
        let new = NewInvitation {
            email: "eve@example.com".to_owned(),
            roles: vec![
                InvitedRole {
                    id: id("Unused"),
                    namespaces: Vec::new(),
                },
                InvitedRole {
                    id: id("Operators"),
                    namespaces: vec!["company.team".to_owned()],
                },
            ],
            groups: groups
                .iter()
                .filter(|group| group.name == "Empty")
                .map(|group| group.id.clone())
                .collect(),
            ..NewInvitation::default()
        };
        runtime.block_on(Backend::invite(instance, &acme(), &new)).unwrap();
    });
    console.model.session.remote = remote;
    console.keys("g g / a c m e enter").wait(300).keys("p tab I");
    console
}

#[test]
fn beside_an_invitation_stands_all_that_comes_with_it() {
    let mut console = invited("1.0", false);
    console
        .shows("eve@example.com")
        .shows("Operators in company.team")
        .shows("Groups")
        .shows("Empty")
        .shows("Superadmin");
    console.lacks("not known");
}

#[test]
fn namespaces_that_the_instance_does_not_tell_are_said_to_be_unknown() {
    // Over HTTP, from 0.24 on: what is not told is not said to be the whole tenant.
    let mut console = invited("1.0", true);
    console.shows("Unused (namespaces not known)");
    invited("0.23", true).lacks("not known");
}

#[test]
fn a_page_about_the_selected_row_takes_the_place_of_what_stands_beside_it() {
    // What is selected, opened, and said of it once.
    for (keys, opens, says) in [
        ("k j", "d", "Secrets"),
        ("enter tab", "d", "Held by"),
        ("enter H G", "enter", "Resource"),
        ("p tab", "d", "Superadmin"),
    ] {
        let mut console = large(keys);
        let count = |console: &Console| console.screen().matches(says).count();
        assert_eq!(count(&console), 1, "{}", console.screen());
        let list: Vec<String> = console
            .screen()
            .lines()
            .map(|line| line.chars().take(120).collect())
            .collect();
        console.keys(opens).lacks("Selected");
        assert_eq!(count(&console), 1, "<{keys}> <{opens}>\n{}", console.screen());
        // The list stays as it was, but that it has not the keys.
        for (line, before) in console.screen().lines().zip(&list).take(58).skip(3) {
            let line: String = line.chars().take(120).collect();
            assert_eq!(line.replace('>', " "), before.replace('>', " "), "{}", console.screen());
        }
        console.resize(80, 24).keys("esc").resize(200, 60).shows("Selected");
    }
    // Where nothing stands beside the list it lies over it.
    large("w d").shows("Acme").lacks("Selected");
}

#[test]
fn the_row_that_a_page_beside_the_list_is_about_keeps_its_mark_but_not_the_look_of_having_the_keys() {
    let marked = |console: &Console| -> Vec<String> {
        let screen = console.screen();
        let rows = screen.lines().skip(3).take(55);
        let is_marked = |line: &&str| line.chars().nth(1) == Some('>');
        rows.filter(is_marked)
            .map(|line| line.chars().take(119).collect())
            .collect()
    };
    for (theme, depth, glyphs) in [
        ("default", Depth::Ansi16, Glyphs::Unicode),
        ("mono", Depth::Mono, Glyphs::Unicode),
        ("mono", Depth::Mono, Glyphs::Ascii),
    ] {
        for (keys, opens) in [("k j", "d"), ("enter tab", "d"), ("enter H G", "enter"), ("p tab", "d")] {
            let mut console = large(keys);
            console.look(theme, depth, glyphs);
            let before = marked(&console);
            assert_eq!(before.len(), 1, "{}", console.screen());
            assert!(console.styled().contains("reverse"), "{}", console.styled());
            console.keys(opens).lacks("Selected");
            assert_eq!(marked(&console), before, "<{keys}> <{opens}>\n{}", console.screen());
            assert!(!console.styled().contains("reverse"), "{}", console.styled());
            // Where the page lies over the list there is nothing to tell it by.
            console.resize(110, 40);
            assert_eq!(marked(&console), Vec::<String>::new(), "{}", console.screen());
        }
    }
}

#[test]
fn a_change_in_the_audit_log_is_titled_by_what_was_done() {
    let mut console = large("enter H G enter");
    assert!(
        console.screen().contains("─ CREATE TENANT acme ─"),
        "{}",
        console.screen()
    );
    console.resize(80, 24).shows("CREATE TENANT acme");
}
