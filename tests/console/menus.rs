//! The palette and the help: finding a command, running it, and why it cannot be run.

use crate::support::{Console, Setup, session, usual};

#[test]
fn the_palette_finds_by_letters_in_order_and_runs_what_is_selected() {
    let mut console = Console::usual();
    console
        .keys(":")
        .type_text("nwtn")
        .shows(">~ n new-tenant")
        .keys("enter");
    console.shows("New tenant").shows("field 1 of 9").keys("esc");
    console.keys(":").type_text("messages").keys("enter").shows("Messages");
    console.keys("q").shows("3 tenants");
}

#[test]
fn a_command_takes_its_argument_after_its_name() {
    let mut console = Console::usual();
    console
        .keys(":")
        .type_text("tenant billing")
        .keys("enter")
        .shows("Tenant billing");
    console
        .keys(":")
        .type_text("tenant (default)")
        .keys("enter")
        .shows("Tenant (default)");
    console.keys("q").shows("3 tenants");
    console
        .keys(":")
        .type_text("filter name:b")
        .keys("enter")
        .shows("2 match filter: name:b");
    console
        .keys(":")
        .type_text("sort -admins")
        .keys("enter")
        .shows("sort: admins v");
    console
        .keys(":")
        .type_text("sort color")
        .keys("enter")
        .shows("there is no column `color`");
    console
        .keys(":")
        .type_text("tenant")
        .keys("enter")
        .shows("Write the id of a tenant after it");
    console
        .keys(":")
        .type_text("tenant nobody")
        .keys("enter")
        .shows("There is no tenant `nobody`");
    console.keys("q").shows("2 match");
}

#[test]
fn tab_completes_names_and_then_ids_and_columns() {
    let mut console = Console::usual();
    console.keys(":").type_text("tenant").keys("tab").shows(": tenant ");
    console
        .type_text("gl")
        .keys("tab")
        .shows(": tenant globex")
        .keys("enter")
        .shows("Tenant globex");
    console.keys("q").keys(":").type_text("sort st").keys("tab");
    console.shows(": sort storage").keys("tab").shows(": sort storage");
    console.keys("enter").shows("sort: storage ^");
    // What was typed is never taken away.
    console
        .keys(":")
        .type_text("tenant zzz")
        .keys("tab")
        .shows(": tenant zzz");
}

#[test]
fn going_up_brings_back_what_was_run_before() {
    let mut console = Console::usual();
    console.keys(":").type_text("sort name").keys("enter");
    console.keys(":").type_text("filter a").keys("enter");
    console.keys(": up").shows(": filter a").keys("up").shows(": sort name");
    console.keys("up").shows(": sort name").keys("down").shows(": filter a");
    console.keys("down").lacks(": filter a").keys("esc");
    console.keys("esc").lacks("filter: a");
    console.keys(": up up enter").shows("sort: name ^");
}

#[test]
fn an_unknown_command_is_answered_with_the_nearest_one_of_this_place() {
    let mut console = Console::usual();
    for (typed, nearest) in [
        ("fliter", "did you mean `filter`?"),
        ("tennant acme", "did you mean `tenant`?"),
        ("qiut", "did you mean `quit`?"),
    ] {
        console.keys(":").type_text(typed).keys("enter").shows(nearest);
        console.keys("esc");
    }
    console
        .keys(":")
        .type_text("xyzzy")
        .shows("Nothing is called so.")
        .keys("enter");
    console.shows("There is no command `xyzzy` here; ? lists what there is");
    assert!(!console.has_quit);
    console.keys("esc").keys(":").type_text("q").keys("enter");
    assert!(console.has_quit);
}

#[test]
fn help_lists_what_this_place_has_and_runs_it() {
    let mut console = Console::usual();
    console.keys("?").shows("new-tenant Create a tenant.").lacks("ctrl-o");
    console
        .type_text("who holds")
        .shows("holders")
        .keys("enter")
        .shows("Tenant (default)");
    console.shows("[Holders]").keys("? esc q");
    console.keys("?").type_text("ctrl-l").shows("repaint");
}

#[test]
fn help_is_there_while_a_form_is_filled_in_as_its_footer_says() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").shows("Ctrl-g help");
    console.keys("ctrl-g").shows("Help").shows("form-review");
    console.type_text("review").keys("enter").shows("Review before sending");
    console.keys("esc f1").shows("Help").keys("esc").shows("Name New");
    // Letters that are commands elsewhere are letters here.
    console.type_text("?:!q/").shows("New?:!q/");
}

#[test]
fn a_command_that_cannot_be_run_is_listed_with_its_reason() {
    let mut console = Console::usual();
    console
        .keys("?")
        .type_text("edit")
        .shows("Not now: the default tenant is no object and cannot be edited");
    console
        .keys("enter")
        .shows("Not now: the default tenant is no object and cannot be edited");
    let mut console = Setup {
        session: session(|session| session.read_only_flag = true),
        ..Setup::default()
    }
    .open(usual);
    console
        .keys(":")
        .type_text("new")
        .shows("Not now: changes are locked: it was started with --read-only")
        .keys("enter");
    console.shows("Not now: changes are locked: it was started with --read-only");
}

#[test]
fn the_footer_says_what_each_key_does_where_it_is_pressed() {
    let mut console = Console::usual();
    console.shows("q quit").keys("enter").shows("q back").keys("q");
    console.keys("/").shows("Esc clear").keys("esc").keys("n");
    console.shows("Tab next field").keys("esc");
    console.keys("D").lacks("Delete tenant").keys("j D").shows("Esc cancel");
}

#[test]
fn a_sequence_shows_what_can_follow_and_is_given_up_by_esc() {
    let mut console = Console::usual();
    console
        .keys("y")
        .shows("y then")
        .shows("i copy id")
        .shows("c copy command");
    console.keys("esc").lacks("y then").shows("3 tenants");
    console.keys("y z").shows("y z has no meaning here");
    // Ctrl-c gives it up, too, and says nothing about keys without a meaning.
    console.keys("y ctrl-c").lacks("y then").lacks("<y ctrl-c>");
    assert!(!console.has_quit);
    assert_eq!(console.keys("j").copy("y i"), "acme");
    assert_eq!(console.copy("y c"), "kestra-admin tenants get acme");
    assert_eq!(console.copy("y n"), "Acme Corporation");
    assert!(console.copy("y j").contains("\"name\": \"Acme Corporation\""));
    assert!(console.copy("y t").starts_with("resource \"kestra_tenant\" \"acme\" {"));
    console.keys("k y j").shows("There is nothing to copy here");
    console.keys("d").shows("The default tenant is no object");
}

#[test]
fn pasted_text_runs_no_command() {
    let mut console = Console::usual();
    console
        .paste("D\nacme\n\nq")
        .shows("Pasted text was left aside")
        .lacks("Delete tenant");
    console
        .keys(":")
        .paste("quit\n")
        .shows(": quit")
        .keys("esc")
        .keys("j D")
        .paste("acme\n");
    console.shows("matches").shows("( Delete )").keys("esc");
    console
        .keys("n")
        .paste("Two\nlines\n")
        .shows("Name Two lines")
        .shows("two-lines");
    assert!(!console.has_quit);
}
