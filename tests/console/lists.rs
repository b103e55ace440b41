//! The list of tenants when it is long: moving, filters, orders, and what stays selected.

use kestra_admin::app::effect::Request;
use kestra_admin::backend::Backend;
use kestra_admin::domain::tenant::{NewTenant, Tenant};

use crate::support::{Console, Setup, create, session, tenants, usual};

/// 1,500 tenants `t0000` to `t1499`, every tenth without an admin.
fn many() -> Console {
    Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let new: Vec<NewTenant> = (0..1500)
            .map(|index| NewTenant {
                tenant: Tenant::new(
                    format!("t{index:04}").parse().unwrap(),
                    format!("Tenant {}", 1499 - index),
                ),
                admin: (index % 10 != 0).then(|| "admin@kestra.local".to_owned()),
            })
            .collect();
        for result in runtime.block_on(instance.create_tenants(&new)) {
            result.unwrap();
        }
    })
}

#[track_caller]
fn at(console: &mut Console, keys: &str, id: &str) {
    console.keys(keys);
    let row = console.selected_row();
    assert!(row.split(' ').next() == Some(id), "{keys}: {row}\n{}", console.screen());
}

#[test]
fn a_long_list_is_moved_through_filtered_and_ordered() {
    let mut console = many();
    console.shows("1,500 tenants");
    for (keys, id) in [
        ("G", "t1499"),
        ("k", "t1498"),
        ("g g", "(default)"),
        ("pgdn", "t0016"),
        ("ctrl-d", "t0024"),
        ("ctrl-u", "t0016"),
        ("pgup", "(default)"),
        ("up", "(default)"),
        ("end", "t1499"),
        ("down", "t1499"),
        ("home j", "t0000"),
    ] {
        at(&mut console, keys, id);
    }
    console.keys("/").type_text("admins:0").shows("150 match");
    console.keys("enter G").shows("t1490 Tenant 9");
    at(&mut console, "k", "t1480");
    console.keys("esc").shows("1,500 tenants");
    console.keys("s").shows("sort: name ^").shows("NAME ^");
    at(&mut console, "g g j", "t1499");
    console.keys("S").shows("sort: name v");
    at(&mut console, "g g j", "t0500");
    console.keys("s").shows("sort: admins ^");
}

#[test]
fn only_what_is_near_the_selection_is_asked_for() {
    let mut console = many();
    let asked = |console: &Console| {
        let is_page = |request: &&Request| matches!(request, Request::Tenants(_));
        console.asked.iter().filter(is_page).count()
    };
    assert_eq!(asked(&console), 1);
    console.keys("G");
    assert!(asked(&console) <= 3, "{}", asked(&console));
    console.keys("k k k");
    assert!(asked(&console) <= 3, "{}", asked(&console));
}

#[test]
fn rows_that_are_not_there_yet_say_so_and_keys_do_not_wait_for_them() {
    let mut console = many();
    console.held = true;
    console.keys("G").shows("> ...");
    console
        .keys("e")
        .shows("Not now: nothing is selected")
        .keys("enter")
        .shows("Tenants");
    console.answer();
    at(&mut console, "k", "t1498");
}

#[test]
fn the_selection_stays_on_its_tenant_when_others_come_and_go() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(usual);
    at(&mut console, "j j", "billing");
    console.meanwhile(async |other| {
        create(other, "aaa", "First").await;
        create(other, "bbb", "Second").await;
    });
    console.wait(10_000).shows("First").shows("5 tenants");
    at(&mut console, "l", "billing");
    console.meanwhile(async |other| other.delete_tenant(&"aaa".parse().unwrap()).await.unwrap());
    console.wait(10_000).lacks("First");
    at(&mut console, "l", "billing");
}

#[test]
fn what_somebody_else_changed_right_after_the_start_is_seen_at_the_first_look() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(usual);
    console.meanwhile(async |other| create(other, "zeta", "Zeta").await);
    console.lacks("Zeta").wait(10_000).shows("Zeta");
}

#[test]
fn an_open_tenant_shows_what_somebody_else_changed_and_a_form_is_left_alone() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(usual);
    let rename = async |other: &kestra_admin::backend::local::LocalInstance, name: &str| {
        let before = other.tenant(&"acme".parse().unwrap()).await.unwrap();
        let after = Tenant {
            name: name.to_owned(),
            ..before.clone()
        };
        other.update_tenant(&before, &after).await.unwrap();
    };
    console.keys("j enter").shows("Name Acme Corporation");
    console.meanwhile(async |other| rename(other, "Acme Inc").await);
    console.wait(10_000).shows("Name Acme Inc");
    console.keys("e").type_text("!");
    console.meanwhile(async |other| rename(other, "Acme AG").await);
    console.wait(60_000).shows("Name Acme Inc!");
    // Back on the list the change is there at the next look.
    console.keys("esc tab enter q").wait(10_000).shows("Acme AG");
}

#[test]
fn a_filter_that_cannot_be_read_says_why_and_changes_nothing() {
    let mut console = Console::usual();
    console.keys("/").type_text("nme:x");
    console.shows("The filter cannot be read: there is no column `nme`; columns are id, name, admins, storage,");
    console.shows("filter: nme:x ").keys("ctrl-u");
    console.type_text("name:b").lacks("there is no column").shows("2 match");
    console
        .type_text(" \"")
        .shows("a quote is not closed")
        .shows("2 match")
        .keys("esc");
    console
        .keys("/")
        .type_text("state:\"no admin\"")
        .shows("globex")
        .lacks("acme");
    console
        .keys("ctrl-u")
        .type_text("zzz")
        .shows("No tenant matches zzz. Esc clears the filter.");
    console.keys("esc").shows("3 tenants");
}

#[test]
fn what_the_state_column_says_of_the_default_tenant_finds_it() {
    let mut console = Console::usual();
    console.keys("/").type_text("state:default").keys("enter");
    console.shows("(default)").lacks("Acme");
}

#[test]
fn typing_a_filter_over_a_network_asks_once_it_rests() {
    let mut console = Setup {
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(|instance, runtime| tenants(instance, runtime, &[("acme", "Acme"), ("globex", "Globex")]));
    let before = console.asked.len();
    console.keys("/").type_text("id:glo");
    assert_eq!(console.asked.len(), before);
    console.held = true;
    console.wait(250).shows("searching server");
    assert_eq!(console.asked.len(), before + 1);
    console.answer().lacks("Acme").shows("1 match");
}

#[test]
fn lists_in_tabs_are_filtered_and_ordered_too() {
    let mut console = Console::usual();
    console.keys("j enter tab").shows("1 role");
    console.keys("/").type_text("managed:no").keys("enter");
    console
        .shows("0 roles")
        .shows("Nothing matches managed:no. Esc clears the filter.");
    console
        .keys("esc s")
        .shows("sort: name ^")
        .keys("S")
        .shows("sort: name v");
    console
        .keys("q enter")
        .shows("[Overview]")
        .keys("s")
        .shows("Not now: this tab is no list");
}
