//! The console by lines: everything is said, and a line is an answer.

use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::by_lines::says;
use crate::support::{Console, Setup, session, tenants, usual};

#[test]
fn the_main_path_goes_by_lines_alone() {
    let mut console = Setup::default().open(|_, _| {});
    says(&console, "Tenants on default, RW, admin@kestra.local, Kestra EE 0.21.0");
    says(&console, "1. (default) tenant without an id");
    console.line("n");
    says(&console, "New tenant\nField 1 of 9, Name: not set");
    console.line("Initech GmbH");
    says(&console, "Field 2 of 9, Id: initech-gmbh");
    console.line("");
    says(&console, "Field 3 of 9, Admin: admin@kestra.local");
    console.line(":form-review");
    says(&console, "admin@kestra.local will hold it.");
    says(&console, "POST /api/v1/tenants");
    console.line("ctrl-o");
    says(&console, "Created just now with the role Admin.");
    says(&console, "Held by: admin@kestra.local");
    says(
        &console,
        "ok: Tenant initech-gmbh created; admin@kestra.local holds its Admin role",
    );
    console.line("tab").line("1");
    says(&console, "Role Admin of tenant initech-gmbh, managed by Kestra");
    says(&console, "FLOW: CREATE, READ, UPDATE, DELETE");
    says(&console, "Held by admin@kestra.local");
    console.line("back").line("back");
    says(&console, "2. initech-gmbh, Initech GmbH, 1 admin");
    console.line("D");
    says(
        &console,
        "This permanently deletes tenant initech-gmbh on default, and with it:",
    );
    console.line("initech-gmb");
    says(
        &console,
        "`initech-gmb` does not match what was to be typed; nothing was done",
    );
    says(&console, "1 tenant with an id");
    console.line("delete-tenant").line("initech-gmbh");
    says(&console, "ok: Tenant initech-gmbh deleted");
    says(&console, "0 tenants with an id");
    console.line("q");
    assert!(console.has_quit);
}

#[test]
fn a_key_after_the_number_of_a_row_is_taken_as_it_is_printed() {
    for (mark, range) in [
        ("2 Space", "4 v"),
        ("2 SPACE", "4 <v>"),
        ("2 <space>", "4 mark-range"),
        ("2 space", "4 v"),
    ] {
        let mut console = Console::usual();
        console.line(mark);
        says(&console, "2. acme, Acme Corporation, 1 admin, marked");
        console.line(range);
        for row in ["2. acme", "3. billing", "4. globex"] {
            let said = console.linear();
            let is_marked = |line: &str| line.starts_with(row) && line.ends_with(", marked");
            assert!(said.lines().any(is_marked), "{row} after {range} in\n{said}");
        }
    }
    let mut console = Console::usual();
    console.line("2 Nothing");
    says(&console, "There is no command `Nothing` here");
    console.line("2 Enter");
    says(&console, "Tenant acme, tab Overview");
}

#[test]
fn where_multi_tenancy_is_off_it_says_so() {
    let mut console = Setup {
        enabled: None,
        default_tenant: None,
        ..Setup::default()
    }
    .open(|_, _| {});
    says(&console, "Multi-tenancy is off on this instance.");
    says(&console, "The command `migration` leads through turning it on.");
    console.line("open");
    says(&console, "Tenant (default), tab Overview");
}

#[test]
fn a_wrong_answer_is_asked_for_again() {
    let mut console = Console::usual();
    console.line("n").line("New").line("-x");
    says(&console, "Field 2 of 9, Id: -x");
    says(&console, "Error: must start with a-z or 0-9, not `-`");
    console.line("acme");
    says(&console, "note: Id: a tenant of this id exists already");
    console.keys("shift-tab");
    says(&console, "Error: a tenant of this id exists already");
    console.line("new").line("").line("gpu");
    says(&console, "If no worker: not set");
    says(&console, "One of: FAIL WAIT CANCEL.");
    console.line("perhaps");
    says(&console, "If no worker: not set");
    says(&console, "`perhaps` is none of FAIL, WAIT, CANCEL");
    console.line("fail wait");
    says(&console, "If no worker: not set");
    says(&console, "`fail wait` is none of FAIL, WAIT, CANCEL");
    console.line("wait");
    says(&console, "Storage type");
    console.line(":form-review");
    says(&console, "\"fallback\": \"WAIT\"");
}

#[test]
fn several_words_of_a_set_are_one_answer_and_a_dash_clears() {
    let mut console = Setup {
        release: "0.23",
        ..Setup::default()
    }
    .open(usual);
    console.line("n").line("New");
    for _ in 0..20 {
        if console.linear().contains("Storage denied to") {
            break;
        }
        console.line("");
    }
    console.line("worker nobody");
    says(&console, "`nobody` is none of");
    console.line("worker executor").keys("shift-tab");
    says(&console, "Storage denied to: EXECUTOR WORKER");
    console.line("-").keys("shift-tab");
    says(&console, "Storage denied to: not set");
}

#[test]
fn a_secret_is_not_repeated() {
    let mut console = Setup {
        release: "1.3",
        ..Setup::default()
    }
    .open(usual);
    console
        .line("n")
        .line("New")
        .field("SDK API token")
        .line("s3cret")
        .keys("shift-tab");
    says(&console, "SDK API token: hidden");
    assert!(!console.linear().contains("s3cret"));
}

#[test]
fn filters_commands_and_numbers_are_lines() {
    let mut console = Console::usual();
    console.line("/ id:acme");
    says(&console, "1 tenant with an id that matches id:acme");
    console.line("1");
    says(&console, "Tenant acme, tab Overview");
    console.line("tenants").line("filter name:zzz");
    says(&console, "No tenant matches");
    console.line("esc").line("99");
    says(&console, "note: There is no row 99 here");
    console.line("tenant globex");
    says(&console, "Nobody holds the Admin role of this tenant.");
    console.line("fliter");
    says(&console, "did you mean `filter`?");
    console.line("?");
    says(&console, "What can be done");
    console.line("holders");
    says(&console, "Tenant globex, tab Holders");
    says(&console, "There is nothing here.");
}

#[test]
fn a_protected_context_can_be_worked_in_by_lines() {
    let mut console = Setup {
        session: session(|session| {
            session.context = "prod-eu".to_owned();
            session.protected = true;
        }),
        ..Setup::default()
    }
    .open(usual);
    console.line("j").line("D");
    says(&console, "note: Not now: changes are locked");
    console.line("W").line("prod-eu");
    says(&console, "Tenants on prod-eu, RW*");
    console.line("D").line("acme prod-eu");
    says(&console, "Wait a moment: this context is protected");
    console.wait(3_000).line("acme prod-eu");
    says(&console, "ok: Tenant acme deleted");
}

#[test]
fn a_form_with_something_in_it_is_left_only_with_a_yes() {
    let mut console = Console::usual();
    console.line("n").line("New").line(":form-leave");
    says(&console, "Type yes to discard;");
    console.line("no");
    says(&console, "Field 2 of 9");
    console.line(":form-leave").line("yes");
    says(&console, "3 tenants with an id");
}

#[test]
fn problems_are_said_whole() {
    let mut console = Console::usual();
    console.fail_next("Tenants", crate::states::unreachable()).line("r");
    says(
        &console,
        "`kestra.example.com` does not answer.\nThe connection was refused.\nCheck that Kestra runs",
    );
    assert_eq!(
        console.linear().matches("does not answer").count(),
        1,
        "{}",
        console.linear()
    );
}

#[test]
fn a_slash_alone_asks_what_to_look_for_and_the_next_line_is_that() {
    let mut console = Console::usual();
    console.line("/");
    says(
        &console,
        "Type what to look for, such as acme or !globex; an empty line shows all rows.",
    );
    console.line("globex");
    says(&console, "1 tenant with an id that matches globex");
    console.line("/").line("/acme");
    says(&console, "1 tenant with an id that matches acme");
    console.line("/").line("");
    says(&console, "3 tenants with an id");
}

#[test]
fn numbers_open_rows_so_that_no_command_is_said_to_have_one_as_its_key() {
    let mut console = Console::usual();
    console.line("?");
    let help = console.linear();
    assert!(help.contains("runs: "), "{help}");
    assert!(!help.contains("(3)"), "{help}");
}

#[test]
fn what_can_be_done_is_numbered_like_other_choices() {
    let mut console = Console::usual();
    console.line("?");
    says(&console, "type a number or a name to do it");
    let help = console.linear();
    let row = help
        .lines()
        .find(|line| line.contains(". new-tenant ("))
        .expect("a row");
    let number = row.split('.').next().unwrap().to_owned();
    console.line("999");
    console.shows("There is no row 999 here");
    console.line(&number);
    says(&console, "New tenant");
}

#[test]
fn a_page_on_is_another_page_of_the_list() {
    let mut console = Setup::default().open(|instance, runtime| {
        let ids: Vec<String> = (1..=60).map(|number| format!("t{number:02}")).collect();
        let list: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), id.as_str())).collect();
        tenants(instance, runtime, &list);
    });
    let rows = |console: &Console| -> Vec<String> {
        let text = console.linear();
        let rows = text.lines().filter(|line| line.contains(". ") && line.contains(", t"));
        rows.map(str::to_owned).collect()
    };
    let before = rows(&console);
    console.line("pgdn");
    let after = rows(&console);
    assert!(
        !before.is_empty() && before.len().abs_diff(after.len()) <= 1,
        "{before:?} {after:?}"
    );
    assert!(after.iter().all(|row| !before.contains(row)), "{before:?} {after:?}");
}

#[test]
fn a_question_mark_says_again_what_a_form_asks_for() {
    let mut console = Console::usual();
    console.line("n");
    let said = console.linear();
    let repaints = console.repaints;
    console.line("?");
    assert_eq!((console.linear(), console.repaints), (said, repaints + 1));
    // So does a line to type, and the tenant that the wizard asks for.
    console.line(":form-leave").line("E");
    let said = console.linear();
    console.line("?");
    assert_eq!((console.linear(), console.repaints), (said.clone(), repaints + 2));
}

#[test]
fn a_command_is_one_in_every_form_and_a_value_can_begin_with_a_colon() {
    let mut console = Console::usual();
    console.line("n").line("::q");
    says(&console, "Field 2 of 9, Id");
    console.line(":form-previous");
    says(&console, "Name: :q");
    console.line("??").line(":form-previous");
    says(&console, "Name: ?");
    console.line("--").line(":form-previous");
    says(&console, "Name: -");
    says(&console, "A value that begins with : is typed with ::.");
    console.line(":nonsense");
    says(&console, "There is no command `nonsense` here");
    console.line(":q");
    says(&console, "Leave the program");
    console.line("no").line(":form-leave").line("yes");
    // In a line to type it is one, too, and what leads elsewhere leaves the line first.
    console.line("E").line(":nonsense");
    says(&console, "There is no command `nonsense` here");
    says(&console, "Line 1 of ");
    console.line(":migration");
    says(&console, "Migration of default");
    console.line("q").line("E").line(":q");
    assert!(console.has_quit);
}

#[test]
fn what_is_secret_is_never_told_as_a_command_that_is_not_there() {
    let mut console = Setup {
        release: "1.3",
        ..Setup::default()
    }
    .open(usual);
    console.line("n").line("New").field("SDK API token").line(":s3cret");
    assert!(!console.linear().contains("s3cret"), "{}", console.linear());
    console.keys("shift-tab");
    says(&console, "SDK API token: hidden");
    console.line(":form-leave");
    says(&console, "Type yes to discard;");
}

#[test]
fn after_a_file_that_is_none_the_file_is_asked_for_again() {
    for key in ["E", "F"] {
        let mut console = Console::usual();
        let question = if key == "E" { "SaveSnapshot" } else { "CompareSnapshot" };
        let problem = Problem::new(
            ProblemKind::Invalid,
            "That is no file.",
            "It is a directory.",
            "Name another.",
        );
        console.fail_next(question, problem);
        console.line("1 open").line(key).line("/tmp").line("");
        says(&console, "Line 1 of 2, File: /tmp");
        says(&console, "Error: That is no file. It is a directory.");
    }
}

/// Twice in a row means by lines, too, that nothing else was typed between.
#[test]
fn interrupting_twice_in_a_row_leaves_by_lines_as_well() {
    let mut console = Console::usual();
    console.line("interrupt").line("messages").line("interrupt");
    assert!(!console.has_quit, "another line came between");
    console.line("99").line("interrupt");
    assert!(!console.has_quit, "another line came between");
    console.line("interrupt");
    assert!(console.has_quit);
    let mut console = Console::usual();
    console.line("E").line("x").line(":interrupt");
    says(&console, "Type yes to discard;");
    says(&console, "Ctrl-c again leaves the program");
    console.line(":interrupt");
    assert!(console.has_quit);
}

#[test]
fn the_program_is_left_from_every_question_by_its_name() {
    for lines in [
        &["E"][..],
        &["A"],
        &["D"],
        &["?"],
        &["C"],
        &["h"],
        &["/"],
        &["describe"],
        &["j", "open", "tab", "b"],
    ] {
        for quit in [":quit", ":q"] {
            let mut console = Console::usual();
            console.line("j");
            for line in lines {
                console.line(line);
            }
            console.line(quit);
            assert!(console.has_quit, "{lines:?} {quit}\n{}", console.linear());
        }
    }
    // Where something would be lost that is asked first.
    for quit in [":quit", ":q"] {
        let mut console = Console::usual();
        console.line("n").line("New").line(quit);
        says(&console, "Leave the program");
        assert!(!console.has_quit);
        console.line("no").line(":form-leave").line("yes");
        console.line("E").line("x").line(quit);
        says(&console, "Type yes to discard;");
        assert!(!console.has_quit);
    }
}

/// A line that leads elsewhere stops what is awaited and leaves the lines to type; what it names is not done below them.
#[test]
fn no_command_is_run_below_lines_behind_which_an_answer_is_awaited() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = crate::snapshots::lacking(&file);
    console.held = true;
    console
        .line(&format!("import-snapshot {}", file.display()))
        .line("")
        .line("");
    says(&console, "What it would change is being found out");
    console.line(":migration");
    assert!(console.model.overlays.is_empty(), "{}", console.linear());
    says(&console, "Migration of default");
    // Where something was typed nothing else is done than to ask about that.
    console.line("q").line("I").line(&file.display().to_string()).line("");
    says(&console, "What it would change is being found out");
    console.line(":migration");
    says(&console, "Type yes to discard;");
    console.line("no");
    says(&console, "Import a snapshot");
}
