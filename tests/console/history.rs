//! Going back and forward through the places one was at.

use kestra_admin::app::effect::Request;

use crate::screens::tenants::people;
use crate::support::{Console, Setup};

fn console() -> Console {
    Setup::default().open(people)
}

#[test]
fn places_are_gone_through_backward_and_forward_as_they_were_left() {
    let mut console = console();
    console.keys("[").shows("Not now: you were nowhere before");
    console
        .keys("/")
        .type_text("id:acme,billing")
        .keys("enter l s")
        .shows("sort: name ^");
    let list = console.selected_row();
    console
        .keys("enter tab /")
        .type_text("managed:no")
        .keys("enter j")
        .shows("2 of 3 roles");
    let role = console.selected_row();
    console.keys("enter").shows("Role");
    console
        .keys("L")
        .shows("Messages")
        .keys("6")
        .shows("Activity of this program");
    console.keys("[").shows("Messages");
    console.keys("[").shows("Role Unused: permissions");
    console.keys("[").shows("2 of 3 roles").shows("filter: managed:no");
    assert_eq!(console.selected_row(), role);
    console
        .keys("[")
        .shows("[Overview]")
        .keys("[")
        .shows("filter: id:acme,billing")
        .shows("sort: name ^");
    assert_eq!(console.selected_row(), list);
    console.keys("[").shows("Not now: you were nowhere before");
    console.keys("] ]").shows("2 of 3 roles").keys("] ]").shows("Messages");
    console.keys("]").shows("Activity of this program");
    console.keys("]").shows("Not now: you did not come back from anywhere");
}

#[test]
fn the_last_view_is_one_key_away_either_way() {
    let mut console = console();
    console.keys("-").shows("Not now: you were nowhere else yet");
    console.keys("j p").shows("[Holders]").keys("5").shows("Contexts");
    console
        .keys("-")
        .shows("[Holders]")
        .keys("-")
        .shows("Contexts")
        .keys("-")
        .shows("[Holders]");
    // A new way from here ends what lay forward.
    console
        .keys("[ L ]")
        .shows("Not now: you did not come back from anywhere");
    // What <q> does is as it was.
    console.keys("q q").lacks("Messages");
}

#[test]
fn what_was_read_of_a_tenant_one_stays_in_is_not_read_again() {
    let mut console = console();
    console.keys("j enter tab tab");
    let asked = console.asked.len();
    console
        .keys("[")
        .shows("[Roles]")
        .keys("[")
        .shows("[Overview]")
        .keys("] ]")
        .shows("[Holders]");
    assert_eq!(console.asked.len(), asked);
    console.keys("1 [").shows("[Holders]");
    assert!(
        console.asked[asked..]
            .iter()
            .any(|request| matches!(request, Request::Access(_)))
    );
}

#[test]
fn a_tenant_that_was_deleted_is_no_place_to_come_back_to() {
    let mut console = console();
    console
        .keys("j enter tab D esc tab tab tab tab D")
        .shows("Delete tenant");
    console.type_text("acme").keys("tab enter").shows("Tenant acme deleted");
    console.keys("L [").shows("Tenants").lacks("> acme");
    console.keys("[").shows("Not now: you were nowhere before");
}

#[test]
fn a_selection_is_found_again_though_rows_came_before_it_meanwhile() {
    let mut console = console();
    console.keys("G");
    let row = console.selected_row();
    console.keys("L");
    console.meanwhile(async |other| crate::support::create(other, "aaa", "First").await);
    console.keys("[ r");
    assert_eq!(console.selected_row(), row);
}

#[test]
fn marks_are_there_when_one_comes_back() {
    let mut console = console();
    console.keys("j enter tab space space").shows("2 marked");
    console.keys("3 [").shows("[Roles]").shows("2 marked");
    console.keys("3 -").shows("[Roles]").shows("2 marked");
    console.keys("esc").lacks("marked");
}

/// What was gone through in a context is gone back through when one comes back to it.
#[test]
fn the_places_of_a_context_come_back_with_it() {
    let mut console = console();
    console.with_contexts(["r13", "r21"]);
    let switch = |console: &mut Console, name: &str| {
        console.keys(":").type_text(&format!("ctx {name}")).keys("enter");
        assert_eq!(console.model.session.context, name);
    };
    switch(&mut console, "r13");
    console
        .keys("7")
        .shows("Users of the instance")
        .keys("6")
        .shows("Activity of this program");
    switch(&mut console, "r21");
    console.keys("[").shows("Not now: you were nowhere before");
    switch(&mut console, "r13");
    console.keys("[").shows("Activity of this program");
    console.keys("[").shows("4 users").keys("[").shows("3 tenants");
    // Each has its own.
    console.keys("[").shows("Not now: you were nowhere before");
    console.keys("]").shows("4 users");
}
