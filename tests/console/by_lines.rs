//! By lines what is hidden is said to be, and every word that messages print does what it says.

use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::own_keys::KeyRow;
use kestra_admin::domain::tenant::TenantScope;

use crate::screens::tenants::people;
use crate::support::{Console, Setup, tenants, user, usual};

#[track_caller]
pub fn says(console: &Console, words: &str) {
    let text = console.linear();
    assert!(text.contains(words), "no `{words}` in\n{text}");
}

#[track_caller]
pub fn lacks(console: &Console, words: &str) {
    let text = console.linear();
    assert!(!text.contains(words), "`{words}` in\n{text}");
}

/// A tenant to which many people have access, and one that is called like nobody else.
pub fn crowded() -> Console {
    Setup::default().open(|instance, runtime| {
        usual(instance, runtime);
        let acme = TenantScope::Named("acme".parse().unwrap());
        for number in 1..=35 {
            let name = format!("person{number:02}@example.com");
            user(instance, &name);
            instance.grant_tenant_access(&acme, &name).unwrap();
        }
        user(instance, "zoe@example.com");
        instance.grant_tenant_access(&acme, "zoe@example.com").unwrap();
    })
}

#[test]
fn a_list_to_choose_from_says_how_many_there_are_and_how_to_see_them() {
    let mut console = crowded();
    console.line("tenant acme").line("holders").line("b");
    says(&console, "16. person");
    lacks(&console, "17. person");
    says(&console, "1 to 16 of ");
    says(&console, "PgDn and PgUp show more.");
    // What was not shown is not taken.
    console.line("30");
    says(&console, "Row 30 has not been shown yet; PgDn shows more");
    console.line("PgDn");
    says(&console, "17. person");
    says(&console, "17 to 32 of ");
    console.line("?");
    says(&console, "17 to 32 of ");
    console.line("pgup");
    says(&console, "1 to 16 of ");
    // What is called like nobody says so, and nothing else.
    console.line("qqqq");
    says(&console, "Nothing is called so.");
    lacks(&console, "Nobody has access");
    console.line("zoe");
    says(&console, "1 of 37 has zoe");
    says(&console, "1. zoe@example.com");
    console.line("-");
    says(&console, "16. person");
    console.line("Esc");
    says(&console, "Tenant acme, tab Holders");
}

#[test]
fn a_filter_is_named_wherever_it_hides_something() {
    let mut console = Setup::default().open(people);
    for (tab, word, some, thing) in [
        ("holders", "anna", "1 of ", "bindings match anna"),
        ("users", "anna", "1 of ", "users match anna"),
        ("roles", "Operators", "1 of ", "roles match Operators"),
    ] {
        console.line("tenant acme").line(tab).line(&format!("/{word}"));
        says(&console, some);
        says(&console, thing);
        console.line("/qqqq");
        says(&console, "Nothing matches qqqq. Esc clears the filter.");
        lacks(&console, "There is nothing here.");
        console.line("Esc");
        lacks(&console, "match");
    }
    for (place, thing) in [("users", "users match"), ("messages", "messages match")] {
        console.line("tenants").line(place).line("/qqqq");
        says(&console, thing);
        says(&console, "Nothing matches qqqq. Esc clears the filter.");
        console.line("<esc>");
        lacks(&console, "qqqq.");
    }
}

#[test]
fn a_list_longer_than_what_is_said_says_how_to_see_more() {
    let mut console = crowded();
    for place in ["tenant acme", "tenants"] {
        console.line(place);
        lacks(&console, "show more");
        console.line("users");
        says(&console, "PgDn and PgUp show more.");
    }
    let mut console = Setup::default().open(|instance, runtime| {
        let ids: Vec<String> = (1..=30).map(|number| format!("t{number:02}")).collect();
        let list: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), id.as_str())).collect();
        tenants(instance, runtime, &list);
    });
    says(&console, "PgDn and PgUp show more.");
    console.line("/t0");
    lacks(&console, "show more");
}

#[test]
fn words_that_messages_print_are_those_keys() {
    let mut console = Console::usual();
    console.line("/acme").line("ESC");
    says(&console, "3 tenants with an id");
    console.line("tenant acme").line("Tab");
    says(&console, "Tenant acme, tab Roles");
    console.line("<shift-tab>").line("<tab>");
    says(&console, "Tenant acme, tab Roles");
    console.line("Esc");
    says(&console, "3 tenants with an id");
    console.line("/").line("Esc");
    says(&console, "3 tenants with an id");
    console.line("?").line("Esc");
    says(&console, "3 tenants with an id");
    console.line("j").line("D").line("Esc");
    says(&console, "3 tenants with an id");
    lacks(&console, "does not match");
}

#[test]
fn in_a_form_the_printed_word_is_the_key_and_can_be_a_value() {
    let mut console = Console::usual();
    console.line("n").line("New");
    console.line("Esc");
    says(&console, "Type yes to discard;");
    console.line("no").line("Shift-Tab");
    says(&console, "Name: New");
    console.line(r"\Esc").line("Shift-Tab");
    says(&console, "Name: Esc");
    says(
        &console,
        r"Esc, Tab, Shift-Tab, Ctrl and a letter are keys here, in any case; \Esc is a value.",
    );
    lacks(&console, "Commands: ");
    console
        .line("<tab>")
        .line("<shift-tab>")
        .line(r"\esc")
        .line("SHIFT-TAB");
    says(&console, "Name: esc");
    // What no hint names may well be meant as it is.
    for word in ["Home", "F2", "down"] {
        console.line(word).line("shift-tab");
        says(&console, &format!("Name: {word}"));
    }
    console.line("esc");
    says(&console, "Type yes to discard;");
    console.line("no").line("New").line("new").line("Ctrl-O");
    says(&console, "Review before sending");
    console.line("Esc");
    says(&console, "New tenant");
    console.line(":form-leave").line("yes").line("E").line("Esc");
    says(&console, "3 tenants with an id");
    console.line("E").line(r"\x").line("Shift-Tab");
    says(&console, r": \x");
}

#[test]
fn a_command_in_a_review_is_one_line() {
    let mut console = Console::usual();
    let name = "A name that is longer than what has room in one line of a screen of eighty columns";
    console.line("n").line(name).line("long").line(":form-review");
    says(&console, &format!("--name '{name}'"));
    console.line("esc").line(":form-leave").line("yes");
    console
        .line("tenant acme")
        .line("roles")
        .line("n")
        .line(name)
        .line(":form-review");
    says(&console, &format!("'{name}'"));
}

#[test]
fn what_help_lists_is_done_where_it_is_listed() {
    let mut console = Console::usual();
    console.line("?").line("n");
    says(&console, "New tenant");
    console.line("esc").line("?").line("<n>");
    says(&console, "New tenant");
    console.line(":form-leave").line("?").line("new-tenant");
    says(&console, "New tenant");
}

#[test]
fn help_lists_a_key_only_where_it_does_that() {
    let mut console = Console::usual();
    console.line("?");
    says(&console, ". rehearse");
    says(&console, ". copy-id (y i): ");
    lacks(&console, "<s>");
    console.line("?");
    says(&console, "What can be done");
    console.line("esc").line("activity").line("?");
    says(&console, ". connect: ");
    console.line("n");
    says(&console, "There is no command `n` here");
}

#[test]
fn an_order_and_the_columns_that_are_shown_are_said() {
    let mut console = crowded();
    console.line("users");
    lacks(&console, "Ordered by");
    let row = |console: &Console| {
        let text = console.linear();
        text.lines().find(|line| line.starts_with("1. ")).unwrap().to_owned()
    };
    assert_eq!(row(&console), "1. admin@kestra.local, user, superadmin yes");
    console.line("s").line("S");
    says(&console, "Ordered by username, from the last");
    console.line("Home");
    assert!(row(&console).starts_with("1. zoe@example.com"), "{}", row(&console));
    console.line("C").line("4").line("");
    assert_eq!(row(&console), "1. zoe@example.com, user");
    console.line("wide");
    assert!(
        row(&console).starts_with("1. zoe@example.com, user, superadmin no, id "),
        "{}",
        row(&console)
    );
}

#[test]
fn a_colon_alone_asks_what_there_is() {
    let mut console = Console::usual();
    console.line(":");
    says(&console, "What can be done");
    console.line("").line("n").line(":");
    says(&console, "Field 1 of 9");
    lacks(&console, "There is no command");
}

#[test]
fn a_row_of_a_role_is_said_whole_and_the_example_is_one_of_this_release() {
    let example = "`FLOW ";
    for release in ["1.3", "2.0"] {
        let mut console = Setup {
            release,
            ..Setup::default()
        }
        .open(usual);
        console
            .line("tenant acme")
            .line("roles")
            .line("n")
            .line("New")
            .line("")
            .line("");
        says(&console, example);
        let text = console.linear();
        let hint = text.split(example).nth(1).unwrap();
        let action = hint.split('`').next().unwrap().to_owned();
        let cell = format!("{}{action}", example.trim_matches('`'));
        console.line(&cell);
        lacks(&console, "There is no");
        says(&console, ": allowed");
        lacks(&console, "not nothing");
        says(&console, "FLOW allows ");
        let text = console.linear();
        let row = text.lines().find(|line| line.starts_with("FLOW allows ")).unwrap();
        for word in row
            .replace([',', '.'], " ")
            .split(' ')
            .filter(|word| word.chars().all(char::is_uppercase))
        {
            if word != "FLOW" && !word.is_empty() && !cell.ends_with(word) {
                console.line(&format!("FLOW {word}"));
            }
        }
        lacks(&console, "not nothing");
        says(&console, "FLOW allows all of ");
    }
}

/// What a signal from the terminal does: it stops or cancels what there is, and at rest leaves the second time.
#[test]
fn an_interruption_cancels_first_and_leaves_the_second_time() {
    use kestra_admin::app::msg::Msg;
    let mut console = Console::usual();
    console.send(Msg::Interrupt);
    says(&console, "Nothing is going on; Ctrl-c again leaves");
    assert!(!console.has_quit);
    console.send(Msg::Interrupt);
    assert!(console.has_quit);
    // An empty form is left, one with something in it asks.
    let mut console = Console::usual();
    console.line("n").send(Msg::Interrupt);
    says(&console, "3 tenants with an id");
    console.line("n").line("New").send(Msg::Interrupt);
    says(&console, "Type yes to discard;");
    says(&console, "Ctrl-c again leaves the program");
    assert!(!console.has_quit);
    console.send(Msg::Interrupt);
    assert!(console.has_quit);
    // A dialog and lines to type are left.
    let mut console = Console::usual();
    console.line("j").line("D").send(Msg::Interrupt);
    says(&console, "3 tenants with an id");
    console.line("E").send(Msg::Interrupt);
    says(&console, "3 tenants with an id");
    assert!(!console.has_quit);
    // So is the review of a form, to the form.
    console.line("n").line("New").line(":form-review").send(Msg::Interrupt);
    says(&console, "New tenant");
}

/// While a change hangs there may be no line by which to leave: after the end of the input there is none.
#[test]
fn an_interruption_during_a_change_says_so_and_the_second_asks_whether_to_leave() {
    use kestra_admin::app::msg::Msg;
    let mut console = Console::usual();
    console.line("2 delete-tenant");
    console.held = true;
    console.line("acme").answer_first("CountAgain").send(Msg::Interrupt);
    says(&console, "A change is under way and cannot be stopped");
    assert!(!console.has_quit);
    console.send(Msg::Interrupt);
    says(&console, "It has been sent, and the answer is awaited.");
    says(&console, "Type yes to leave;");
    says(&console, "Ctrl-c again leaves the program");
    assert!(!console.has_quit);
    // Whatever else is typed stays, and begins to count anew.
    console.line("esc").send(Msg::Interrupt);
    says(&console, "A change is under way and cannot be stopped");
    console.send(Msg::Interrupt).send(Msg::Interrupt);
    assert!(console.has_quit);
}

#[test]
fn a_name_that_is_that_of_a_key_is_typed_as_it_is() {
    let mut console = Setup::default().open(|instance, runtime| {
        tenants(
            instance,
            runtime,
            &[("del", "Del"), ("home", "Home"), ("other", "Other")],
        );
    });
    console.line("2 delete-tenant").line("delete");
    says(&console, "`delete` does not match what was to be typed");
    says(&console, "3 tenants with an id");
    console.line("2 delete-tenant").line(" del ");
    says(&console, "2 tenants with an id");
    for word in ["Home", "home", "/Home"] {
        console.keys("/").line(word);
        says(&console, &format!("that matches {}", word.trim_start_matches('/')));
    }
    for word in ["Esc", "<esc>", "esc", "/esc", ""] {
        console.line("/home").keys("/").line(word);
        says(&console, "2 tenants with an id");
        lacks(&console, "matches home");
    }
}

#[test]
fn keys_that_were_given_others_are_named_as_they_are_now() {
    let given = [
        ("page-down", "f8"),
        ("escape", "f9"),
        ("column-later", "f10"),
        ("open", "f11"),
        ("new-tenant", "f6"),
    ];
    let rows = given.map(|(command, key)| KeyRow {
        command: command.to_owned(),
        keys: vec![key.to_owned()],
        ..KeyRow::default()
    });
    let mut console = Setup::default().open(|instance, runtime| {
        let names: Vec<String> = (0..40).map(|number| format!("t{number:02}")).collect();
        let rows: Vec<_> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
        tenants(instance, runtime, &rows);
    });
    let (keymap, reports) = Keymap::with(&rows);
    assert!(reports.iter().all(|report| !report.left_out), "{reports:?}");
    console.model.keymap = keymap;
    says(&console, "F8 and PgUp show more.");
    console.line("/qqqq");
    says(&console, "No tenant matches. F9 clears the filter.");
    console.line("f9");
    says(&console, "40 tenants with an id");
    console.line("tenant t00").line("roles").line("/qqqq");
    says(&console, "Nothing matches qqqq. F9 clears the filter.");
    let mut console = Console::usual();
    let (keymap, _) = Keymap::with(&rows);
    console.model.keymap = keymap;
    console.line("columns").shows("F10 K move");
}

#[test]
fn every_tab_that_a_tenant_names_can_be_typed() {
    let mut console = Setup::default().open(people);
    console.line("tenant acme");
    for tab in ["groups", "Overview", "users", "holders", "roles", "USERS", "overview"] {
        console.line(tab);
        let title = tab.to_ascii_lowercase();
        let title = title.replacen(&title[..1], &title[..1].to_ascii_uppercase(), 1);
        says(&console, &format!("Tenant acme, tab {title}"));
        lacks(&console, "no command");
    }
    let repaints = console.repaints;
    console.line("overview");
    says(&console, "Tenant acme, tab Overview");
    assert_eq!(console.repaints, repaints + 1, "what is on screen is said again");
    // The command of the same name is still there.
    console.line(":users");
    lacks(&console, "Tenant acme");
    says(&console, "Users of");
}

/// Whoever is sent back to lines hears on which they are, and what is sent again takes what it took the first time.
#[test]
fn what_was_refused_is_mended_from_the_line_that_is_to_blame() {
    let mut console = crowded();
    console
        .line("tenant acme")
        .line("Users")
        .line("n")
        .line("zoe@example.com");
    for _ in 0..4 {
        console.line("");
    }
    says(&console, "Line 1 of 5, Username: zoe@example.com");
    says(&console, "Error: User `zoe@example.com` was not created. ");
    console.line("");
    says(&console, "Line 2 of 5, First name: empty");
    lacks(&console, "Error: ");
    console.line("").line("").line("");
    says(&console, "Line 5 of 5, ");
    lacks(&console, "Error: ");
    console.line(":form-leave").line("yes").line("messages");
    says(&console, "1. error: User `zoe@example.com` was not created");
    lacks(&console, "2. error: ");
}

#[test]
fn how_many_are_marked_is_said_and_how_many_of_them_are_hidden() {
    let said = |console: &Console| {
        let text = console.linear();
        let line = text.lines().find(|line| {
            line.contains(" marked") && line.ends_with(['d', 'n']) && !line.contains(':') && !line.contains(". ")
        });
        line.unwrap_or_default().to_owned()
    };
    let mut console = crate::lists::five();
    assert_eq!(said(&console), "");
    console.keys("*");
    assert_eq!(said(&console), "5 marked");
    console.keys("/").type_text("id:t3").keys("enter");
    assert_eq!(said(&console), "5 marked, 4 hidden");
    console.keys("esc");
    assert_eq!(said(&console), "5 marked");
    let mut console = Setup::default().open(people);
    console.keys("j enter tab tab tab").shows("[Users]").keys("space");
    assert_eq!(said(&console), "1 marked");
}
