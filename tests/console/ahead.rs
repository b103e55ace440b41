//! What is typed about rows that are still read: kept, and done up to what cannot be.

use kestra_admin::app::effect::Request;
use kestra_admin::backend::Backend;

use crate::support::{Console, Setup, session, tenants, usual};

/// A slow instance, locked or not.
fn slow(protected: bool) -> Console {
    let session = session(|session| {
        session.remote = true;
        session.protected = protected;
    });
    Setup {
        session,
        ..Setup::default()
    }
    .open(usual)
}

#[test]
fn what_follows_a_command_that_turns_out_refused_is_dropped() {
    for (protected, before) in [(false, ""), (true, ""), (false, "j "), (true, "j ")] {
        let mut console = slow(protected);
        console.resize(100, 24).held = true;
        console.keys("/").type_text("nosuch").keys("enter");
        console.keys(&format!("{before}D")).type_text("menu").keys("enter");
        let kept = if before.is_empty() { 6 } else { 7 };
        console.shows(&format!("Typed ahead: {kept} keys"));
        console.wait(300).answer().shows("0 of 3 tenants");
        let why = if protected {
            "changes are locked; W unlocks them"
        } else {
            "nothing is selected"
        };
        console.shows(&format!("Not now: {why}; what was typed after it is dropped"));
        assert!(console.model.overlays.is_empty() && console.model.screens.is_empty());
    }
    // Where nothing follows there is nothing to say of it.
    let mut console = slow(false);
    console.held = true;
    console.keys("/").type_text("nosuch").keys("enter D").wait(300).answer();
    console.shows("Not now: nothing is selected").lacks("dropped");
}

#[test]
fn contexts_and_runs_that_are_read_for_the_first_time_are_awaited() {
    let mut console = Console::usual();
    console.with_contexts(["default", "far", "prod"]);
    console.held = true;
    console.keys("c j j enter").shows("Typed ahead: 3 keys");
    console.answer_first("Contexts").lacks("Typed ahead");
    assert!(console.asked.contains(&Request::Switch("prod".to_owned())));

    let mut console = Setup {
        hold: true,
        ..Setup::default()
    }
    .open(usual);
    console.keys(":").type_text("runs").keys("enter j enter");
    console.shows("Typed ahead: 2 keys").answer().lacks("Typed ahead");
}

/// A slow instance of so many tenants, of which the first hundred are there.
fn long(count: usize) -> Console {
    let ids: Vec<String> = (0..count).map(|at| format!("t-{at:03}")).collect();
    let rows: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "Tenant")).collect();
    let mut console = Setup {
        session: session(|session| session.remote = true),
        default_tenant: Some(false),
        ..Setup::default()
    }
    .open(|instance, runtime| tenants(instance, runtime, &rows));
    console.shows("> t-000").held = true;
    console
}

#[test]
fn what_acts_on_a_row_that_is_still_read_waits_for_it_and_is_about_that_one() {
    for (keys, comes) in [
        ("G enter", "Tenants > t-349"),
        ("G e", "Edit tenant t-349"),
        ("G D", "deletes tenant t-349"),
        ("G A", "Who becomes Admin of tenant t-349"),
        ("G d", "\"id\": \"t-349\""),
        // To move on is not kept from it, and what acts is about where that led.
        ("G k k enter", "Tenants > t-347"),
        ("G pgup enter", "Tenants > t-332"),
        // What comes after is done after it.
        ("G enter L", "Messages"),
        ("G D t", "[ t"),
    ] {
        let mut console = long(350);
        console.keys(keys).shows("Typed ahead: ").lacks("Not now");
        assert!(console.model.overlays.is_empty() && console.model.screens.is_empty());
        console.answer().shows(comes).lacks("Typed ahead");
    }
    let mut console = long(350);
    console.keys("G y i").shows("Typed ahead: 1 key").answer();
    assert_eq!(console.copied, ["t-349"]);
    let mut console = long(350);
    console.keys("G k space").shows("Typed ahead: 1 key").lacks("marked");
    console.answer().shows("1 marked").keys("esc");
    assert!(console.selected_row().contains("t-349"), "{}", console.screen());
}

#[test]
fn what_needs_no_row_that_is_still_read_does_not_wait_for_it() {
    // Nor does it look different while it does.
    let mut console = long(350);
    console.keys("G");
    let before = console.screen();
    assert!(before.contains("> ..."), "{before}");
    console.keys("*").lacks("Typed ahead").shows("marking");
    let mut console = long(350);
    console.keys("space G v").lacks("Typed ahead").shows("marking");
    let mut console = long(350);
    console
        .keys("space G D")
        .lacks("Typed ahead")
        .shows("deletes tenant t-000");
    // A page that is read around what is in view keeps nobody from a row that is there.
    let mut console = long(350);
    console
        .keys("pgdn pgdn pgdn pgdn enter")
        .lacks("Typed ahead")
        .shows("Tenants > t-0");
}

#[test]
fn what_waits_for_a_row_that_is_still_read_is_dropped_by_hand_and_where_the_row_cannot_be_read() {
    for key in ["esc", "ctrl-c"] {
        let mut console = long(350);
        console.keys("G D").type_text("t-3").keys(key);
        console.shows("What was typed before the rows were there is dropped");
        console.answer().shows("> t-349");
        assert!(console.model.overlays.is_empty() && !console.has_quit);
    }
    let mut console = long(350);
    console
        .keys("G enter L")
        .fail_next("Tenants", crate::states::unreachable());
    console.answer_first("Tenants").lacks("Typed ahead").shows("no answer");
    console.shows("What was typed is dropped: the rows it was for could not be read");
    assert!(console.model.screens.is_empty());
    console
        .keys("enter")
        .lacks("Typed ahead")
        .shows("Not now: the selected row was not read; r reads it");
    // Nor is one waited for that nobody reads any more.
    let mut console = long(350);
    console
        .keys("G ctrl-c enter")
        .lacks("Typed ahead")
        .shows("Not now: the selected row was not read; r reads it");
    // A tenant fewer there is the last row another one; the list says so, and it is that one.
    let mut console = long(301);
    console.keys("G enter");
    console.meanwhile(async |other| {
        other.delete_tenant(&"t-300".parse().unwrap()).await.unwrap();
    });
    console.answer().shows("Tenants > t-299");
}

#[test]
fn by_lines_a_row_that_is_still_read_is_waited_for() {
    let mut console = long(350);
    console.line("G").line("350");
    assert_eq!(console.model.typed_ahead(), Some((1, false)));
    console.answer().shows("Tenants > t-349");
    let mut console = long(350);
    console.line("G").line("345 e").answer().shows("Edit tenant t-344");
}

#[test]
fn a_filter_that_has_found_nothing_yet_is_waited_for_in_lists_that_are_read_by_pages() {
    let mut console = crate::long_lists::log(900, 100);
    console.keys("/").type_text("group-5").keys("enter enter");
    console.shows("Typed ahead: 1 key");
    crate::long_lists::read(&mut console, 900);
    console.lacks("Typed ahead").shows("CREATE GROUP group-599");
    // Where nothing is found it is refused as ever.
    let mut console = crate::long_lists::log(900, 100);
    console.keys("/").type_text("nobody").keys("enter enter L");
    crate::long_lists::read(&mut console, 900);
    console.shows("Not now: nothing is selected; what was typed after it is dropped");
    assert_eq!(console.model.screens.len(), 1);
    // To move is not about a row there.
    let mut console = crate::long_lists::log(900, 100);
    console
        .keys("/")
        .type_text("group-5")
        .keys("enter j j")
        .lacks("Typed ahead");
}

#[test]
fn a_number_is_about_the_row_of_that_number_whatever_else_would_be_selected() {
    // One that stood at another time, and is still read.
    let mut console = crate::long_lists::log(5_000, 400);
    console.keys("k k k").wait(1_000).start_again();
    crate::long_lists::read_one(&mut console, 5_000);
    console.line("3");
    crate::long_lists::read(&mut console, 5_000);
    console.shows("CREATE GROUP group-4997");
    // Rows of another filter than the one in effect have none.
    let mut console = long(350);
    console.keys("/").type_text("t-34").keys("enter");
    console
        .line("2 e")
        .shows("Not now: the tenants that match are still awaited");
    console.wait(300).answer();
    assert!(console.model.screens.is_empty());
    // Where reading was stopped, a number reads on as a move does.
    let mut console = long(350);
    console.keys("G ctrl-c").line("349").answer().shows("Tenants > t-348");
}

#[test]
fn what_is_about_a_tenant_that_was_selected_is_done_to_no_other_that_stands_in_its_place() {
    // It is not among the first once the filter is gone, and is looked for.
    let mut console = long(350);
    console.held = false;
    console
        .keys("/")
        .type_text("t-345")
        .keys("enter")
        .wait(300)
        .shows("> t-345")
        .keys("k");
    console.held = true;
    console
        .keys("esc enter L")
        .shows("Typed ahead: 2 keys")
        .wait(300)
        .answer();
    console.shows("Tenants > t-345 > Overview > Messages");
    // At another start it is not where it stood, which is on a page that is read later.
    let mut console = long(350);
    console.held = false;
    console.keys("G k").shows("> t-348").wait(1_000);
    console.meanwhile(async |other| other.delete_tenant(&"t-348".parse().unwrap()).await.unwrap());
    console.held = true;
    console.start_again().answer_first("Instance");
    console.keys("enter").shows("Typed ahead: 1 key").answer();
    assert!(console.model.screens.is_empty(), "{}", console.screen());
    console
        .shows("What was typed is dropped: the tenant it was for is not there")
        .keys("L")
        .shows("Tenant t-348, which was selected, is gone");
}

/// The last of many tenants is selected, under a filter that lets all of them through and whose first rows are there.
fn filtered() -> Console {
    let mut console = long(350);
    console.held = false;
    console
        .keys("G")
        .shows("> t-349")
        .keys("/")
        .type_text("tenant")
        .wait(300);
    console.held = true;
    console
}

#[test]
fn what_acts_on_a_tenant_that_is_looked_for_under_a_filter_waits_until_it_is_found() {
    for (key, comes) in [
        ("D", "deletes tenant t-349"),
        ("enter", "Tenants > t-349"),
        ("e", "Edit tenant t-349"),
        ("space", "1 marked"),
        ("v", "1 marked"),
    ] {
        let mut console = filtered();
        console.keys("enter").keys(key).shows("Typed ahead: 1 key");
        console
            .answer_first("IdTaken")
            .shows("looking for t-349")
            .shows("Typed ahead");
        console.answer().shows(comes).lacks("Typed ahead").lacks("was selected");
        assert!(!console.screen().contains("*t-000"), "{}", console.screen());
    }
    // To move gives it up, of which nothing is said; so does what drops what was typed.
    for (keys, id) in [("j D", "t-001"), ("D esc D", "t-000")] {
        let mut console = filtered();
        console.keys("enter").keys(keys).shows(&format!("deletes tenant {id}"));
        console.answer().shows(&format!("deletes tenant {id}"));
        console.keys("esc").lacks("t-349");
    }
    // All rows are about no row of them.
    filtered().keys("enter *").shows("marking");
    let mut console = filtered();
    console.keys("enter D");
    console.meanwhile(async |other| other.delete_tenant(&"t-349".parse().unwrap()).await.unwrap());
    console
        .answer()
        .shows("What was typed is dropped: the tenant it was for is not there");
    assert!(console.model.overlays.is_empty(), "{}", console.screen());
}

#[test]
fn a_filter_behind_what_is_gone_to_waits_for_it_and_is_never_that_of_another_list() {
    let mut console = long(350);
    console.held = false;
    console.wait(1_000);
    console.held = true;
    console.start_again().answer_first("Instance");
    console.keys(":").type_text("roles /adm").keys("enter");
    console.shows("Typed ahead: 2 keys").lacks("filter: adm").answer();
    console.shows("> Roles").shows("filter: adm");
    // Where there is no tenant it is refused, and with it the filter.
    let mut console = Setup {
        default_tenant: Some(false),
        ..Setup::default()
    }
    .open(|_, _| ());
    console
        .line(":roles /adm")
        .shows("Not now: no tenant has been looked at yet");
    console.lacks("filter: adm");
}
