//! What is typed about rows that are still read: kept, and done up to what cannot be.

use kestra_admin::app::effect::Request;

use crate::support::{Console, Setup, session, usual};

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
