//! By lines each answer is taken for what it is, or it is said what would be one.

use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::own_keys::KeyRow;
use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::by_lines::{lacks, says};
use crate::screens::tenants::people;
use crate::support::{Console, Setup, session};

#[test]
fn a_field_that_cannot_be_changed_is_said_and_not_asked_for() {
    let mut console = Console::usual();
    console.line("2 e");
    says(&console, "Edit tenant acme\nId: acme (cannot change)\nField 1 of ");
    console.line("");
    says(&console, "Field 2 of ");
    let second = console.linear();
    console.line("shift-tab");
    says(&console, "Name: Acme Corporation");
    console.line("Acme Ltd");
    assert_eq!(console.linear(), second, "the next one that can be answered");
    console.line(":form-review");
    says(&console, "Acme Ltd");
    console.line("ctrl-o").line("tenants");
    says(&console, "2. acme, Acme Ltd");
}

#[test]
fn to_leave_the_program_over_a_new_token_is_asked_once_more() {
    for quit in [":q", ":quit", "quit", "exit"] {
        let mut console = Setup::default().open(people);
        for line in ["users", "3 t", "n", "deploy", "", ""] {
            console.line(line);
        }
        says(&console, "this is the only time it is shown");
        console.line(quit);
        says(
            &console,
            "It was not copied and is not shown again: y copies it, Esc once more closes it",
        );
        assert!(!console.has_quit, "{quit}");
        console.line(quit);
        assert!(console.has_quit, "{quit}");
    }
}

#[test]
fn lines_over_any_place_are_left_by_the_command_that_leaves_the_program() {
    for place in ["tenants", "tenant acme", "roles"] {
        let mut console = Setup::default().open(people);
        console.line(place).line("E");
        says(&console, "Line 1 of 2");
        console.line("x.json").line(":q");
        says(&console, "Leave the program");
        says(&console, "Type yes to ");
        assert!(!console.has_quit, "{place}");
        console.line("no");
        says(&console, "Line 2 of 2");
        console.line(":q").line("yes");
        assert!(console.has_quit, "{place}");
    }
}

#[test]
fn what_a_dialog_takes_beside_the_name_is_done_and_it_stays() {
    let copies = [
        "ctrl-y",
        "Ctrl-y",
        "<ctrl-y>",
        "y c",
        "<y c>",
        "copy-command",
        ":copy-command",
    ];
    for line in copies {
        let mut console = Console::usual();
        console.line("2 D");
        says(&console, "Ctrl-y copies the command.");
        console.line(line);
        assert_eq!(
            console.copied,
            ["kestra-admin tenants delete acme --confirm acme"],
            "{line}"
        );
        says(&console, "Type acme to continue;");
        lacks(&console, "does not match");
        console.line("acme");
        says(&console, "ok: Tenant acme deleted");
    }
    for line in ["?", "PgDn", "ctrl-l"] {
        let mut console = Console::usual();
        console.line("2 D").line(line);
        assert_eq!(console.repaints, 1, "{line}");
        says(&console, "Type acme to continue;");
        lacks(&console, "does not match");
    }
    // No key presses a button there.
    for line in ["Enter", "Tab", "y", "yes", "help", "quit"] {
        let mut console = Console::usual();
        console.line("2 D").line(line);
        says(
            &console,
            &format!("`{line}` does not match what was to be typed; nothing was done: it takes `acme`"),
        );
        says(&console, "3 tenants with an id");
    }
}

#[test]
fn what_is_neither_yes_nor_no_is_told() {
    let asks = |line: &str| {
        let mut console = Console::usual();
        console.line("n").line("New").line(":q");
        says(&console, "Leave the program");
        console.line(line);
        assert!(!console.has_quit);
        says(&console, "New tenant");
        console
    };
    for line in ["y", "ja", "1"] {
        let console = asks(line);
        says(
            &console,
            "That does not match what was to be typed; nothing was done: it takes `yes`",
        );
    }
    for line in ["no", "n", "", "esc"] {
        lacks(&asks(line), "does not match");
    }
    // To practise is asked, too.
    let mut console = Console::usual();
    console.line("contexts").line("T");
    says(&console, "Type yes to ");
    console.line("sure");
    says(&console, "That does not match what was to be typed");
}

#[test]
fn what_was_sent_is_not_said_to_be_undone() {
    let mut console = Console::usual();
    console.line("2 D");
    console.held = true;
    console.line("acme").answer_first("CountAgain");
    says(&console, "It has been sent, and the answer is awaited.");
    console.line("what");
    lacks(&console, "nothing was done");
    console.answer();
    says(&console, "ok: Tenant acme deleted");
}

#[test]
fn a_command_that_is_not_for_forms_says_what_it_waits_for() {
    let told = "Not now: a form is open; Esc leaves it, and `tenant` can be done then";
    let mut console = Setup {
        release: "1.3",
        ..Setup::default()
    }
    .open(people);
    console.line("n").line("New").line(":tenant acme");
    says(&console, "Field 2 of ");
    says(&console, told);
    console.line(":form-leave").line("yes").line("E").line(":tenant acme");
    says(&console, "Line 1 of 2");
    says(&console, told);
    console
        .line(":form-leave")
        .line("contexts")
        .line("n")
        .line(":tenant acme");
    says(&console, "Line 1 of ");
    says(&console, told);
}

#[test]
fn a_review_says_its_commands_once() {
    let mut console = Setup::default().open(people);
    console
        .line("tenant acme")
        .line("roles")
        .line("n")
        .line("New")
        .line(":form-review");
    says(&console, "Review before sending");
    assert_eq!(
        console.linear().matches("Commands: ").count(),
        1,
        "{}",
        console.linear()
    );
}

#[test]
fn lists_to_choose_from_are_turned_over_by_the_keys_that_were_given() {
    let rows = [
        ("menu-page-down", "f8"),
        ("menu-page-up", "f9"),
        ("page-down", "f8"),
        ("page-up", "f9"),
    ];
    let rows = rows.map(|(command, key)| KeyRow {
        command: command.to_owned(),
        keys: vec![key.to_owned()],
        ..KeyRow::default()
    });
    let mut console = crate::by_lines::crowded();
    let (keymap, reports) = Keymap::with(&rows);
    assert!(reports.iter().all(|report| !report.left_out), "{reports:?}");
    console.model.keymap = keymap;
    console.line("tenant acme").line("holders").line("b");
    says(&console, "F8 and F9 show more.");
    let first = console.linear();
    console.line("F8");
    assert_ne!(console.linear(), first);
    console.line("f9");
    assert_eq!(console.linear(), first);
}

#[test]
fn an_error_that_is_over_is_with_the_messages() {
    let mut console = Setup {
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(people);
    let problem = || Problem::new(ProblemKind::Unreachable, "It is away.", "Refused.", "Wait.");
    console.fail_next("Instance", problem()).fail_next("Tenants", problem());
    console.line("r");
    says(&console, "It is away.");
    console.line("r");
    says(&console, "ok: default answers again");
    console.line("messages");
    says(&console, "1. ok: default answers again");
}

#[test]
fn a_letter_without_a_meaning_is_like_no_command() {
    for letter in ["P", "Z", "y"] {
        let mut console = crate::migration::console(crate::support::migrations::grown());
        console.line("m").line(letter);
        says(
            &console,
            &format!("There is no command `{letter}` here; ? lists what there is"),
        );
    }
}

/// What only shows what a role allows selects a cell, and says that it turns none around.
#[test]
fn cells_that_are_only_shown_are_said_to_be() {
    let mut console = Setup::default().open(people);
    console.line("tenant acme").line("roles").line("1");
    console.line("FLOW READ");
    says(&console, "FLOW READ is selected; here it is only shown");
    // Who is selected among its holders is said where the keys are about that.
    lacks(&console, "At 1 of ");
    console.line("Tab");
    says(&console, "At 1 of 1: ");
    console.line("Tab");
    lacks(&console, "At 1 of ");
}
