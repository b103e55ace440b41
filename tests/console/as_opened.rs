//! What was opened and not filled in yet is open again at the next start, where the keys went, and is not said to be unsent.

use crate::support::{Console, Setup};

/// Presses keys in a console with people, and has the program started again a second later.
fn cut_off_after(release: &'static str, keys: &str) -> (String, Console) {
    let mut console = Setup {
        release,
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.with_contexts(["default", "prod"]);
    console.keys(keys).wait(1_000);
    let before = place(&console);
    console.start_again();
    (before, console)
}

/// All that is on screen, but for what is told, with where the cursor of the terminal is.
fn place(console: &Console) -> String {
    let screen = console.screen();
    let lines: Vec<&str> = screen.lines().skip(1).collect();
    let lines = &lines[..lines.len() - 2];
    format!("{}\n{:?}", lines.join("\n"), console.drawn().cursor)
}

#[test]
fn forms_in_which_nothing_was_typed_are_open_again() {
    for (keys, told) in [
        ("n", "Resumed: the form of a new tenant. Esc goes back"),
        ("n tab tab", "Resumed: the form of a new tenant. Esc goes back"),
        ("j e tab", "Resumed: the form of tenant billing. Esc goes back"),
        (
            "enter tab n tab",
            "Resumed: the editor of a new role, tenant acme. Esc goes back",
        ),
        (
            "enter tab / O p e r a t o r s enter e tab",
            "Resumed: the editor of role Operators, tenant acme. Esc goes back",
        ),
        (
            "c n tab",
            "Resumed: the contexts, connecting to a Kestra, not tried. Esc goes back",
        ),
        ("p tab n tab", "Resumed: New user, tenant acme. Esc goes back"),
        ("p tab tab n", "Resumed: New group, tenant acme. Esc goes back"),
        (
            "p tab tab j e tab",
            "Resumed: Change group Night shift, tenant acme. Esc goes back",
        ),
        ("p tab I n", "Resumed: "),
        ("8 f tab", "Resumed: "),
    ] {
        let (before, mut again) = cut_off_after("1.3", keys);
        assert_eq!(place(&again), before, "{keys}\n{}", again.screen());
        again.shows(told).lacks("not sent").lacks("unsent").keys("esc");
        again.lacks("Discard").lacks("> Esc");
        assert!(again.model.overlays.is_empty(), "{keys}");
        again.wait(1_000).start_again();
        assert_ne!(place(&again), before, "{keys}: it was closed");
    }
}

/// A form opened on what a tenant was is one on what it is now.
#[test]
fn a_form_as_it_was_opened_shows_what_somebody_else_changed_meanwhile() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j e").shows("Name Acme Corporation").wait(1_000);
    console.meanwhile(async |other| {
        use kestra_admin::backend::Backend;
        let before = other.tenant(&"acme".parse().unwrap()).await.unwrap();
        let mut after = before.clone();
        after.name = "Acme Ltd".to_owned();
        other.update_tenant(&before, &after).await.unwrap();
    });
    console.start_again();
    console.shows("Name Acme Ltd").keys("esc").shows("3 tenants");
}

/// What asks for a word of confirmation does not come back, and nothing is done by it.
#[test]
fn questions_do_not_come_back() {
    for keys in [
        "j D",
        "p tab D",
        "p D",
        "p tab tab j D",
        "enter tab / O p e r a t o r s enter D",
    ] {
        let mut console = Setup {
            release: "1.3",
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        console.keys(keys);
        assert!(!console.model.overlays.is_empty(), "{keys}\n{}", console.screen());
        console.wait(1_000).start_again();
        assert!(console.model.overlays.is_empty(), "{keys}\n{}", console.screen());
    }
}

/// A password is no more than asked for: nothing of it was kept.
#[test]
fn a_line_that_is_hidden_is_asked_for_again() {
    let mut console = Setup {
        release: "1.3",
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.keys("7 j P").shows("assword").type_text("s3cret").wait(1_000);
    assert!(!serde_json::to_string(&console.saved).unwrap().contains("s3cret"));
    console.start_again();
    console.shows("Resumed: ").lacks("*").shows("assword");
    console.keys("esc").lacks("Discard");
}

/// Also where nothing was typed or marked: the list is open again on the row that was selected.
#[test]
fn lists_to_pick_from_are_open_again_on_the_row_that_was_selected() {
    for keys in [
        "A",
        "A down",
        "p b",
        "p b down down",
        "p b tab down",
        "p b a n down",
        "p b c tab backspace down",
        "p b down enter",
        "p b down enter down tab down",
        "p b down enter down enter",
        "p b down enter down enter down",
        "p tab A",
        "p tab A tab down",
        "p tab j b down",
        "p tab tab j enter A down",
        "j space j space A",
    ] {
        let (before, mut again) = cut_off_after("1.3", keys);
        assert!(before.contains(" / "), "{keys}\n{before}");
        assert_eq!(place(&again), before, "{keys}\n{}", again.screen());
        again.shows("Resumed: ");
    }
    let (_, mut again) = cut_off_after("1.3", "p b down");
    again
        .shows("Resumed: a choice, tenant acme. Esc goes back")
        .keys("esc")
        .shows("> acme > Holders");
    assert!(again.model.overlays.is_empty());
    let (_, mut again) = cut_off_after("1.3", "p b tab");
    again.shows("Resumed: a choice, not sent, tenant acme. Esc discards it");
}

/// The same of those that are about roles and rights: they are no change, and so nothing in them is unsent.
#[test]
fn lists_of_roles_rights_and_tenants_are_open_again() {
    for keys in [
        "j p w",
        "j p w f l down",
        "j p w enter",
        "j p w down enter down",
        "enter tab f",
        "enter tab f down down",
        "enter tab j f d e",
        "enter tab f i n tab enter",
        "enter tab f i n tab enter b down",
        "enter tab j j j j o",
        "enter tab j j j j o b i",
        "enter tab j j j j enter o down",
        "enter tab n N tab tab tab t",
        "enter tab n N tab tab tab t v i down",
        "enter tab / O p e r a t o r s enter e t down",
    ] {
        let (before, mut again) = cut_off_after("1.3", keys);
        assert!(before.contains(" / "), "{keys}\n{before}");
        assert_eq!(place(&again), before, "{keys}\n{}", again.screen());
        again
            .shows("a choice")
            .lacks("not sent")
            .shows("Esc goes back")
            .keys("esc");
        assert!(again.model.overlays.is_empty(), "{keys}");
    }
    // Up to 0.23 a user belongs to a tenant.
    let (before, again) = cut_off_after("0.21", "7 n b");
    assert!(before.contains("with access to which tenant"), "{before}");
    assert_eq!(place(&again), before, "{}", again.screen());
}

/// What each leads to is what it led to before.
#[test]
fn what_is_chosen_in_a_list_that_is_open_again_is_done() {
    for (keys, then, shown) in [
        ("j p w enter", "enter", "Who can "),
        ("enter tab f down", "enter", "Roles > Compare"),
        ("enter tab n N tab tab tab t v i", "enter", "New role in tenant acme"),
        (
            "enter tab n R enter A ctrl-o ctrl-o o b i",
            "enter",
            "Role R created in tenant billing",
        ),
    ] {
        let (_, mut again) = cut_off_after("1.3", keys);
        again.keys(then).shows(shown);
        assert!(again.model.overlays.is_empty(), "{keys}\n{}", again.screen());
    }
    // Which contexts there are is asked by what leads to them.
    let (_, mut again) = cut_off_after("1.3", "enter tab f c o n t e x t enter");
    again
        .shows("Compare role")
        .keys("enter")
        .shows("with the one in context");
}

/// Whoever moves or types before the rows are there stays where they are.
#[test]
fn who_moves_in_a_list_to_pick_from_stays_there() {
    let mut console = Setup {
        release: "1.3",
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.keys("p b down enter down enter down").wait(1_000);
    let before = place(&console);
    console.start_again();
    assert_eq!(place(&console), before);
    console
        .wait(1_000)
        .fail_next("Namespaces", crate::states::unreachable());
    console.start_again();
    console.shows("> whole tenant");
}

/// A review says what would be sent now, and so is made anew.
#[test]
fn a_form_under_review_is_open_again_as_the_form_and_that_is_said() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console
        .keys("n")
        .type_text("New")
        .keys("ctrl-o")
        .shows("POST ")
        .wait(1_000);
    console.start_again();
    console
        .shows("Resumed: unsent tenant new, to be reviewed again. Esc asks")
        .shows("Name New")
        .lacks("POST ");
    let (_, mut again) = cut_off_after("1.3", "enter tab n N tab tab tab space ctrl-o");
    again
        .shows("Resumed: unsent role N, to be reviewed again, tenant acme. Esc asks")
        .shows("New role");
}

/// It is the first thing that is told there.
#[test]
fn the_messages_that_are_open_again_are_said_to_be() {
    let (_, mut again) = cut_off_after("1.3", "4");
    again.shows("> Messages").shows("Resumed: the messages. Esc goes back");
}
