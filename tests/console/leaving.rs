//! Going back and leaving, and that nothing typed is lost on the way without a question.

use kestra_admin::app::msg::Msg;

use crate::support::{Console, Setup, usual};

#[test]
fn esc_closes_what_is_over_the_screen_then_the_filter_then_the_screen_and_never_quits() {
    let mut console = Console::usual();
    console
        .keys("/")
        .type_text("billing")
        .keys("enter")
        .shows("filter: billing");
    console.keys("enter tab").shows("Tenant billing");
    console.keys("/").type_text("adm").keys("enter ?").shows("Help");
    console.keys("esc").lacks("Help:").shows("filter: adm");
    console.keys("esc").lacks("filter: adm").shows("[Roles]");
    console.keys("enter").shows("Role Admin").keys("esc").shows("[Roles]");
    console
        .keys("esc")
        .shows("filter: billing")
        .keys("esc")
        .lacks("filter: billing");
    console
        .keys("esc")
        .shows("This is the first screen; q leaves the program");
    console.wait(8_000).keys("esc esc esc").lacks("first screen");
    assert!(!console.has_quit);
    console.keys("q");
    assert!(console.has_quit);
    assert!(console.saved.is_none());
}

#[test]
fn a_form_in_which_something_was_typed_is_not_left_without_a_question() {
    let mut console = Console::usual();
    console.keys("n esc").lacks("Leave the form").shows("3 tenants");
    console.keys("n").type_text("New").keys("esc").shows("Leave the form");
    console
        .shows("( Discard )")
        .shows("[ Stay ]")
        .keys("enter")
        .shows("Name New");
    console.keys("esc esc").shows("Name New");
    // Through the button it is the same.
    for _ in 0..10 {
        console.keys("tab");
    }
    console.shows("[ Leave ]").keys("enter").shows("Leave the form");
    console.keys("right enter").shows("3 tenants");
    // What was typed and taken back again is nothing.
    console
        .keys("n")
        .type_text("x")
        .keys("backspace esc")
        .shows("3 tenants");
}

#[test]
fn no_way_out_of_a_form_loses_it_without_a_question() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").keys("ctrl-o");
    console
        .keys("1")
        .shows("Leave the form")
        .keys("esc")
        .shows("Review before");
    console.keys(":").type_text("tenant acme").keys("enter");
    console.shows("Leave the form").keys("esc").shows("Review before");
    // With another screen over it, too.
    console.keys("L").shows("Messages");
    console.keys(":").type_text("tenant acme").keys("enter");
    console.shows("Leave the form").keys("esc").shows("Messages");
    console.keys("1").shows("Leave the form").keys("esc");
    console
        .keys(":")
        .type_text("q")
        .keys("enter")
        .shows("Leave the program");
    console.shows("Closing the terminal instead keeps it").keys("esc");
    assert!(!console.has_quit);
    console
        .keys("ctrl-c ctrl-c")
        .shows("Leave the program")
        .keys("tab enter");
    assert!(console.has_quit);
}

#[test]
fn ctrl_c_closes_then_says_so_and_leaves_only_the_second_time_in_a_row() {
    let mut console = Console::usual();
    console
        .keys("j D")
        .shows("Delete tenant")
        .keys("ctrl-c")
        .lacks("Delete tenant");
    console
        .keys("ctrl-c")
        .shows("Nothing is going on; Ctrl-c again leaves")
        .keys("k ctrl-c");
    assert!(!console.has_quit, "another key came between");
    console.keys("ctrl-c");
    assert!(console.has_quit);
}

#[test]
fn ctrl_c_stops_reading() {
    let mut console = Console::usual();
    console.held = true;
    console
        .keys("r")
        .wait(2_000)
        .keys("ctrl-c")
        .shows("Stopped reading; r reads again");
    assert!(!console.has_quit);
    console.answer().keys("r").shows("3 tenants").keys("enter");
    console.shows("Tenant (default)");
}

#[test]
fn while_a_filter_is_typed_letters_are_letters() {
    let mut console = Console::usual();
    console
        .keys("/")
        .type_text("qD1")
        .shows("filter: qD1")
        .shows("No tenant matches qD1");
    console.keys("esc").shows("3 tenants");
    assert!(!console.has_quit);
}

/// Also before the instance has answered, what was typed is kept for the next start where somebody leaves by insisting.
#[test]
fn ctrl_c_loses_no_typed_line_before_the_instance_has_answered() {
    let mut console = Setup {
        hold: true,
        ..Setup::default()
    }
    .open(usual);
    console
        .keys("c n")
        .type_text("https://lab")
        .keys("ctrl-c ctrl-c ctrl-c")
        .shows("Ctrl-c again leaves the program");
    assert!(!console.has_quit);
    console.keys("ctrl-c");
    assert!(console.has_quit);
    console.start_again();
    console.shows("Connect").shows("https://lab");
}

/// Whoever insists over typed lines leaves, as anywhere else, and loses none of them.
#[test]
fn ctrl_c_on_the_question_that_ctrl_c_asked_leaves_and_keeps_what_was_typed() {
    let mut console = Console::usual();
    console
        .keys("j E")
        .type_text("x")
        .keys("ctrl-c")
        .shows("Leave the form");
    console
        .shows("Ctrl-c again leaves the program")
        .keys("esc ctrl-c")
        .shows("Leave the form");
    assert!(!console.has_quit, "another key came between");
    console.keys("ctrl-c");
    assert!(console.has_quit, "{}", console.screen());
    assert!(console.saved.as_ref().is_some_and(|saved| saved.entry.is_some()));
    // A form of its own is asked about once, too.
    let mut console = Console::usual();
    console
        .keys("n")
        .type_text("New")
        .keys("ctrl-c ctrl-c")
        .shows("Leave the program");
    assert!(!console.has_quit);
    console.keys("ctrl-c");
    assert!(console.has_quit, "{}", console.screen());
    assert!(console.saved.as_ref().is_some_and(|saved| saved.draft.is_some()));
}

#[test]
fn from_a_form_commands_that_only_look_work_and_the_form_is_kept_or_asked_about() {
    let mut console = Console::usual();
    console.keys("j enter e").type_text("!").shows("Edit tenant acme");
    for (line, title) in [
        ("messages", "Messages"),
        ("contexts", "Contexts"),
        ("roles", "[Roles]"),
        ("runs", "Runs"),
    ] {
        console.line(&format!(":{line}")).shows(title).lacks("Edit tenant acme");
        console.keys("q").shows("Edit tenant acme").shows("Acme Corporation!");
    }
    console.send(Msg::Noted("Something to think about".to_owned()));
    console
        .line(":problem")
        .shows("Something to think about")
        .keys("esc")
        .shows("Acme Corporation!");
    console
        .line(":tenants")
        .shows("Leave the form")
        .keys("enter")
        .shows("Acme Corporation!");
    console
        .line(":tenants")
        .keys("tab enter")
        .shows("3 tenants")
        .lacks("Edit tenant acme");
    // The list of what can be done offers them, too.
    console
        .keys("e f1")
        .type_text("messages")
        .keys("enter")
        .shows("Messages");
    console.keys("q esc");
    // Lines over the screen are left first, or asked about.
    console
        .keys("E")
        .shows("Save a snapshot")
        .send(Msg::Run("messages".to_owned()))
        .shows("Messages")
        .lacks("Save a snapshot");
    console.keys("q E").type_text("x");
    console
        .send(Msg::Run("messages".to_owned()))
        .shows("would be lost")
        .keys("enter")
        .shows("Save a snapshot");
    console
        .send(Msg::Run("delete".to_owned()))
        .shows("There is no command `delete` here");
}
