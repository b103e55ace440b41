//! The palette and the help: finding a command, running it, and why it cannot be run.

use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::overlay::Overlay;
use kestra_admin::app::own_keys::KeyRow;
use kestra_admin::app::topics::TOPICS;
use kestra_admin::app::update::start;

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
        .shows("2 of 3 tenants filter: name:b");
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
    console.keys("q").shows("2 of 3 tenants");
}

#[test]
fn what_follows_a_command_that_takes_nothing_is_not_passed_over() {
    let mut console = Console::usual();
    console.keys(":").type_text("delete-tenant billing").keys("enter");
    console
        .shows("Not done: `delete-tenant` takes nothing after it; it is about what is se")
        .shows(": delete-tenant billing")
        .lacks("Delete tenant acme");
    console.keys("esc esc").line(":help me");
    console.shows("Not done: `help` takes nothing after it");
    console.lacks("about what is selected");
}

#[test]
fn enter_runs_what_is_selected_though_a_name_is_typed_whole() {
    let mut console = Console::usual();
    console
        .keys(":")
        .type_text("messages")
        .keys("enter")
        .shows("Messages")
        .keys("q");
    // Another one that resembles it is gone down to.
    console.keys(":").type_text("roles").keys("down");
    let screen = console.screen();
    let selected = screen.lines().find(|line| line.contains("> ")).unwrap().to_owned();
    assert!(!selected.contains(" roles "), "{screen}");
    console.keys("enter").lacks(": roles");
    console.lacks("acme > Roles");
}

#[test]
fn other_names_of_a_command_are_found_first() {
    for (name, listed) in [
        ("h", "help"),
        ("q!", "quit"),
        ("ctx", "context"),
        ("migrate", "migration"),
    ] {
        let mut console = Console::usual();
        console.keys(":").type_text(name);
        let screen = console.screen();
        let first = screen.lines().find(|line| line.contains("│>")).unwrap();
        assert!(first.contains(&format!(" {listed} ")), "{name}: {screen}");
    }
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
    // Of other places there are more than of this one.
    let elsewhere = "There is no command `new-role` here; it belongs to `roles`";
    console.keys("esc").keys(":").type_text("new-role").shows(elsewhere);
    console.keys("enter").shows(elsewhere);
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
    console.keys("esc").lacks("y then").lacks("note").shows("3 tenants");
    // What cannot be done says why there and then.
    console
        .keys("y")
        .shows("u copy URL not now: a local instance has no web interface")
        .keys("esc");
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

#[test]
fn what_is_lost_of_a_role_is_behind_the_key_that_the_operator_has() {
    let row = KeyRow {
        command: "describe".to_owned(),
        keys: vec!["z d".to_owned()],
        ..KeyRow::default()
    };
    let mut console = Setup {
        release: "0.21",
        ..Setup::default()
    }
    .open(crate::screens::tenants::with_much_of_ones_own);
    console.keys("j enter tab /").type_text("Ours").keys("enter enter t");
    console.shows("remarks: d shows");
    console.model.keymap = Keymap::with(&[row]).0;
    console.shows("remarks: z d shows");
}

#[test]
fn a_sequence_of_the_operator_shows_what_can_follow_too() {
    let row = KeyRow {
        command: "new-tenant".to_owned(),
        keys: vec!["z n".to_owned()],
        ..KeyRow::default()
    };
    let wrong = KeyRow {
        command: "nwe-tenant".to_owned(),
        ..KeyRow::default()
    };
    let mut console = Console::usual();
    console.model.keymap = Keymap::with(&[row, wrong]).0;
    console
        .keys("z")
        .shows("z then")
        .shows("n new")
        .keys("n")
        .shows("New tenant");
    let effects = start(&mut console.model, 0);
    assert!(!effects.is_empty());
    console
        .shows("The key of `nwe-tenant` is left out: `nwe-tenant` is not")
        .shows("L all later");
}

#[test]
fn actions_are_what_can_be_done_with_what_is_selected() {
    let mut console = Console::usual();
    console
        .keys("j x")
        .shows("Actions: Acme Corporation")
        .shows("edit-tenant")
        .shows("delete-tenant");
    console
        .lacks("new-tenant")
        .lacks("sort")
        .shows("As a command: kestra-admin tenants get ID");
    console
        .type_text("delete")
        .keys("enter")
        .shows("Delete tenant")
        .keys("esc");
    // What is not possible is there, with its reason.
    console
        .keys("k x")
        .type_text("edit")
        .shows("Not now: the default tenant is no object")
        .keys("esc");
    console.keys("j p x").shows("revoke").shows("user-access").keys("esc");
    console.keys("c x").shows("switch").shows("test-context").keys("esc");
}

#[test]
fn help_has_pages_to_read_and_says_where_our_files_are() {
    let mut console = Setup {
        session: session(|session| {
            session.program = vec![("kestra-admin", "9.9.9".to_owned()), ("state", "/s".to_owned())];
        }),
        ..Setup::default()
    }
    .open(usual);
    console
        .keys("?")
        .type_text("osc 52")
        .shows("page copying")
        .shows("Copying, also over SSH")
        .keys("enter");
    console
        .shows("set-clipboard")
        .shows("y c the command line")
        .keys("esc")
        .shows("3 tenants");
    console
        .keys(":")
        .type_text("topic this")
        .keys("tab enter")
        .shows("kestra-admin: 9.9.9")
        .shows("state: /s")
        .keys("esc");
    console
        .keys(":")
        .type_text("topic copyin")
        .keys("enter")
        .shows("did you mean `copying`?");
    for topic in &TOPICS {
        console.keys("?").type_text(topic.name).shows(topic.title()).keys("esc");
        console
            .send(Msg::Run(format!("topic {}", topic.name)))
            .shows(topic.title());
        assert!(console.linear().contains(topic.title()));
        console.keys("esc");
    }
    for word in ["version", "paths"] {
        console.keys("?").type_text(word).shows("page this-program").keys("esc");
    }
    console.keys("?").send(Msg::Resize(200, 60));
    console.shows("Here").shows("Everywhere").keys("tab").shows(">");
    console.keys("enter");
}

#[test]
fn a_line_leads_to_a_target_with_a_filter() {
    let mut console = Console::usual();
    console
        .keys("L :")
        .type_text("tenants /name:acme")
        .keys("enter")
        .shows("1 of 3 tenants filter: name:acme");
    console.keys(":").type_text("tenants /").keys("enter");
    console
        .keys("esc :")
        .type_text("tenants /name:b")
        .keys("enter")
        .shows("filter: name:b");
    console
        .keys("esc :")
        .type_text("tenant acme /x")
        .keys("enter")
        .shows("Tenant acme");
    console.shows("this tab is no list");
    console.keys(":").type_text("ctx prod").keys("enter");
}

#[test]
fn a_line_leads_to_a_place_in_another_context() {
    let mut console = Console::usual();
    console.with_contexts(["default", "prod"]);
    console.keys(":").type_text("ctx pr").keys("tab").shows(": ctx prod");
    console
        .type_text(" tenants")
        .keys("tab")
        .shows(": ctx prod tenants")
        .type_text(" /name:acme")
        .keys("enter");
    console.shows("prod > Tenants").shows("filter: name:acme");
    console
        .keys(":")
        .type_text("ctx default messages")
        .keys("enter")
        .shows("default > Tenants > Messages");
    // It comes back with all that belongs to it.
    console.keys(": up up").shows(": ctx prod tenants /name:acme");
}

#[test]
fn a_paste_that_is_cut_says_so() {
    let mut console = Console::usual();
    for keys in [":", "/"] {
        console.keys(keys).paste(&"x".repeat(20_000));
        console.shows("What was pasted is cut: a line takes 10,000 characters");
        console.keys("ctrl-u esc").wait(60_000).lacks("is cut");
    }
}

#[test]
fn a_paste_that_is_cut_in_a_form_says_so_too() {
    let check = |console: &mut Console, keys: &str| {
        console.keys(keys).paste(&"x".repeat(20_000));
        console.shows("What was pasted is cut: a line takes 10,000 characters");
    };
    // A tenant, a role, a way to a Kestra, a group, and a tenant of a migration.
    for keys in ["n", "j enter tab n", "5 n"] {
        check(&mut Console::usual(), keys);
    }
    check(
        &mut Setup::default().open(crate::screens::tenants::people),
        "j p tab tab n",
    );
    check(
        &mut crate::migration::console(crate::support::migrations::grown()),
        "m enter enter enter n",
    );
}

#[test]
fn names_in_the_palette_may_stand_in_quotes() {
    let mut console = Console::usual();
    console.with_contexts(["default", "prod eu"]);
    console
        .keys(":")
        .type_text("tenant \"acme\"")
        .keys("enter")
        .shows("Tenant acme");
    console
        .keys(":")
        .type_text("ctx prod")
        .keys("tab")
        .shows(": ctx \"prod eu\"");
    console
        .type_text(" tenants")
        .keys("tab")
        .shows(": ctx \"prod eu\" tenants")
        .type_text(" /name:acme")
        .keys("enter");
    console.shows("prod eu > Tenants").shows("filter: name:acme");
    console.keys(":").type_text("ctx \"default\"").keys("enter");
    console.shows("default > Tenants");
}

#[test]
fn what_was_run_is_there_again_after_a_restart_unless_it_looks_like_a_secret() {
    let mut console = Console::usual();
    console.keys(":").type_text("sort name").keys("enter");
    console
        .keys(":")
        .type_text("filter password=hunter22hunter22")
        .keys("enter");
    console.keys("esc :").type_text("q").keys("enter");
    let kept = console.saved.clone().unwrap();
    assert_eq!(kept.history, ["sort name", "q"]);
    let mut console = Setup {
        resume: Some(kept),
        ..Setup::default()
    }
    .open(usual);
    console.lacks("Resumed").keys(": up up").shows(": sort name");
}

#[test]
fn two_leads_to_the_roles_of_the_tenant_looked_at_last() {
    let mut console = Console::usual();
    console.keys("j 2").shows("Tenant acme").shows("[Roles]").keys("q");
    // The one that was open, wherever the selection is now.
    console
        .keys("k 2")
        .shows("Tenant acme")
        .keys("tab enter")
        .keys("2")
        .shows("[Roles]");
    let mut console = Setup {
        session: session(|session| session.tenant = Some("billing".to_owned())),
        ..Setup::default()
    }
    .open(usual);
    console.keys("L 2").shows("Tenant billing").shows("[Roles]");
}

#[test]
fn the_address_in_the_web_interface_is_that_of_the_tenant() {
    let mut console = Setup {
        session: session(|session| session.url = Some("https://kestra.example.com/base/".to_owned())),
        ..Setup::default()
    }
    .open(usual);
    assert_eq!(console.copy("y u"), "https://kestra.example.com/base/ui/flows");
    assert_eq!(console.copy("j y u"), "https://kestra.example.com/base/ui/acme/flows");
    assert_eq!(
        console.copy("p tab a y u"),
        "https://kestra.example.com/base/ui/acme/flows"
    );
}

#[test]
fn a_mistyped_command_runs_nothing_else_and_the_nearest_one_is_named() {
    for (typed, near) in [("tenent", "tenant"), ("refersh", "refresh"), ("qiut", "quit")] {
        let mut console = Console::usual();
        let before = console.screen();
        console
            .keys(":")
            .type_text(typed)
            .shows(&format!("Did you mean `{near}`?"));
        console.keys("enter").shows(&format!("did you mean `{near}`?"));
        assert!(!console.has_quit);
        console.wait(9_000).keys("esc");
        assert_eq!(console.screen(), before, "{typed}");
    }
}

#[test]
fn home_and_end_go_through_the_rows_where_the_cursor_has_nowhere_to_go() {
    let mut console = Console::usual();
    for open in ["?", ":", "x"] {
        console.keys("g g j").keys(open);
        let first = console.selected_row();
        console.keys("end");
        let last = console.selected_row();
        assert_ne!(last, first, "<{open}>");
        console.keys("down");
        assert_eq!(console.selected_row(), last, "<{open}> it is the last");
        console.keys("home");
        assert_eq!(console.selected_row(), first, "<{open}>");
        console.keys("esc");
    }
    // In what was typed they go to its ends first, and what is selected stays.
    console.keys("?").type_text("o").keys("down");
    let row = console.selected_row();
    console.keys("home");
    assert_eq!(console.selected_row(), row);
    console.keys("end");
    assert_eq!(console.selected_row(), row);
    console.keys("end down");
    assert_ne!(console.selected_row(), row);
}

#[test]
fn the_help_names_no_key_that_means_something_else_here() {
    let mut console = Console::usual();
    console.resize(200, 60).keys("?").shows("new-tenant").shows("connect");
    let screen = console.screen();
    assert!(screen.contains("~ n     ") && !screen.contains("  n     "), "{screen}");
}

#[test]
fn what_is_described_says_what_the_overview_says() {
    let mut console = Console::usual();
    console
        .keys("j enter d")
        .shows("Admins: 1")
        .shows("Bindings: 1")
        .shows("\"id\": \"acme\"");
    console.keys("esc q d").shows("Admins: 1").shows("\"id\": \"acme\"");
    // Of several nothing is said but what each of them is.
    console.keys("esc space d").lacks("Admins: ");
}

/// Whoever reads a page is in reach of all there is, and what is typed after the colon is no key.
#[test]
fn the_palette_opens_over_a_page_which_what_is_of_the_place_below_closes() {
    let mut console = Console::usual();
    console.keys("j d :").type_text("messages").keys("enter");
    assert!(console.model.overlays.is_empty());
    console
        .shows("Messages")
        .keys("q j d :")
        .type_text("delete")
        .keys("enter");
    console
        .shows("Delete tenant")
        .keys("esc d :")
        .type_text("uit")
        .keys("esc");
    // What covers it for a moment does not close it, nor does what is none.
    assert!(matches!(console.model.overlays[..], [Overlay::Page(_)]));
    console.keys(":").type_text("help").keys("enter esc");
    assert!(matches!(console.model.overlays[..], [Overlay::Page(_)]));
    console.keys(":").type_text("q").keys("enter");
    assert!(console.has_quit);
}
