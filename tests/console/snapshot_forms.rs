//! The forms of snapshots: what was typed in them, what is typed while one waits, and where the results are afterwards.

use kestra_admin::app::effect::Request;
use kestra_admin::app::messages::Level;
use kestra_admin::app::overlay::Overlay;
use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::snapshots::{has, kept, lacking, look_through, retype};
use crate::support::Console;

/// A console over a review of what an import would do, and the file.
fn reviewed(directory: &tempfile::TempDir) -> Console {
    let file = directory.path().join("all.json");
    let mut console = lacking(&file);
    look_through(&mut console, "I", &file);
    console.shows("create tenant acme");
    console
}

/// A console in which the answer to what an import would do is awaited.
fn planning(directory: &tempfile::TempDir) -> Console {
    let file = directory.path().join("all.json");
    let mut console = lacking(&file);
    console.held = true;
    look_through(&mut console, "I", &file);
    console.shows("Finding out what it would change");
    console
}

#[test]
fn results_of_an_import_are_found_by_whoever_looked_at_something_else_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let mut console = reviewed(&directory);
    console.held = true;
    console.keys("tab enter ?").shows("Help").answer();
    console
        .shows("Help")
        .shows("L each result later")
        .keys("esc L enter")
        .shows("done: create tenant acme")
        .shows("done.");
    // Who looked on has them there, too.
    let directory = tempfile::tempdir().unwrap();
    let mut console = reviewed(&directory);
    console
        .keys("tab enter")
        .shows("How each of them went")
        .keys("esc L enter")
        .shows("done: create tenant acme");
}

#[test]
fn results_of_which_some_failed_are_found_with_the_problem() {
    let directory = tempfile::tempdir().unwrap();
    let mut console = reviewed(&directory);
    console.held = true;
    console.keys("tab enter ctrl-c ?").answer();
    console
        .shows("Help")
        .shows("not begun.")
        .keys("esc !")
        .shows("Stopped: 0 done, ")
        .shows("! not begun: create tenant acme.");
}

#[test]
fn results_take_no_keys_from_a_filter_that_is_typed() {
    let directory = tempfile::tempdir().unwrap();
    let mut console = reviewed(&directory);
    console.held = true;
    console.keys("tab enter /").type_text("bil").answer();
    console
        .type_text("ling")
        .shows("filter: billing")
        .lacks("How each of them went");
}

#[test]
fn that_a_change_was_stopped_stands_first_among_its_results() {
    let directory = tempfile::tempdir().unwrap();
    let mut console = reviewed(&directory);
    console.held = true;
    console.keys("tab enter ctrl-c").answer();
    let words = console.words();
    let (_, page) = words.split_once("How each of them went").unwrap();
    let stopped = page.find("Stopped: ").expect("it is said");
    assert!(stopped < page.find("! not begun: ").unwrap(), "{page}");
    assert!(page.contains("0 done, ") && page.contains(" not begun."), "{page}");
}

#[test]
fn what_is_wrong_with_the_tenants_has_the_focus() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    for (key, lines) in [("I", 2), ("a", 3)] {
        console.keys(key);
        retype(&mut console, file.to_str().unwrap());
        console.keys("tab");
        retype(&mut console, "none");
        console.keys("ctrl-o").shows("The snapshot has no tenant `none`.");
        retype(&mut console, "acme=none");
        console.keys(if lines == 2 { "enter" } else { "enter enter" });
        console.lacks("has no tenant");
        console.keys("esc esc tab enter");
    }
    // Those of a comparison and of a new file, too.
    console.keys("F");
    retype(&mut console, file.to_str().unwrap());
    console.keys("tab");
    retype(&mut console, "none");
    console.keys("enter").shows("has no tenant none.");
    retype(&mut console, "acme");
    console.keys("enter").shows("says what is there now").keys("esc E");
    retype(&mut console, directory.path().join("other.json").to_str().unwrap());
    console.keys("tab");
    retype(&mut console, "none");
    console.keys("enter").shows("! ");
    retype(&mut console, "acme");
    console.keys("enter").shows("Saved a snapshot of 1 tenant");
    // And what is wrong with the file is said at the file.
    console.keys("I");
    retype(&mut console, directory.path().join("gone.json").to_str().unwrap());
    console.keys("enter enter").shows("There is no file");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter enter").shows("is to be done");
}

#[test]
fn what_is_typed_before_the_review_goes_to_it_and_presses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut console = planning(&directory);
    // None of these acts on the list, nor on anything else.
    console.keys("D A q W enter j tab enter");
    assert_eq!(console.model.overlays.len(), 1);
    console.answer();
    console
        .shows("create tenant acme")
        .shows("What was typed before this was shown pressed nothing");
    assert!(!has(&console, "acme"));
    // The button that changes nothing has the focus.
    console.keys("enter").lacks("done: create tenant acme");
    assert!(!has(&console, "acme"));
    // The number that has to be typed is there.
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = lacking(&file);
    console.model.session.protected = true;
    console.model.session.unlock(console.model.now);
    console.held = true;
    look_through(&mut console, "I", &file);
    console.type_text("12").paste("3\n").keys("backspace").answer();
    match console.model.overlays.last() {
        Some(Overlay::Dialog(dialog)) => assert_eq!(dialog.line.text(), "12"),
        other => panic!("{other:?}"),
    }
    console.lacks("pressed nothing");
}

#[test]
fn what_is_typed_where_no_review_comes_is_said_to_have_done_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    console.held = true;
    look_through(&mut console, "I", &file);
    console.keys("D tab").answer();
    console.resize(200, 30).shows("is to be done");
    console.shows("there already; what was typed meanwhile did nothing");
    assert!(console.model.overlays.is_empty());
    // Nor does it go to the lines that come back.
    console.held = true;
    look_through(&mut console, "I", &directory.path().join("gone.json"));
    console.type_text("#%").answer();
    console
        .shows("There is no file")
        .shows("What was typed meanwhile did nothing.")
        .lacks("#%");
    // What is wrong elsewhere is told, and nothing has to be typed anew.
    let gone = Problem::new(ProblemKind::Unreachable, "Nobody answers.", "It is gone.", "Try again.");
    console.fail_next("PlanSnapshot", gone);
    console
        .keys("enter enter")
        .shows("Nobody answers.")
        .shows("Import a snapshot");
}

#[test]
fn finding_out_what_would_change_is_stopped_and_what_was_typed_stays() {
    let directory = tempfile::tempdir().unwrap();
    for key in ["esc", "ctrl-c"] {
        let mut console = planning(&directory);
        console.keys(key).shows("Stopped; nothing was changed");
        console
            .shows("Import a snapshot")
            .lacks("Finding out what it would change");
        console.answer().lacks("create tenant acme");
        console.keys("enter").shows("create tenant acme");
        std::fs::remove_file(directory.path().join("all.json")).unwrap();
    }
}

#[test]
fn that_something_is_being_found_out_is_said_no_longer_than_that_lasts() {
    let directory = tempfile::tempdir().unwrap();
    let said = |console: &Console| console.model.messages.notice().map(|notice| notice.text.clone());
    let is_awaited = |console: &Console, text: &str| said(console).is_some_and(|said| said.starts_with(text));
    let mut console = planning(&directory);
    assert!(is_awaited(&console, "Finding out what a snapshot would change"));
    console.answer().shows("create tenant acme");
    assert_eq!(said(&console), None, "over a review");
    // Where what was typed comes back.
    let gone = directory.path().join("gone.json");
    for (key, text, form) in [
        ("I", "Finding out", "Import a snapshot"),
        ("F", "Comparing with", "Compare with a snapshot"),
        ("E", "Taking a", "Save a snapshot"),
    ] {
        let taken = directory.path().join("all.json");
        let file = if key == "E" { &taken } else { &gone };
        let mut console = Console::usual();
        console.held = true;
        look_through(&mut console, key, file);
        assert!(is_awaited(&console, text), "{key}: {:?}", said(&console));
        if key != "I" {
            console.keys("Z").shows("Z does nothing here").wait(4_000);
            console.shows(text).lacks("Z does nothing");
        }
        console.answer().shows(form);
        assert_eq!(said(&console), None, "{key}");
    }
    // What was said since stays.
    let directory = tempfile::tempdir().unwrap();
    let mut console = planning(&directory);
    let now = console.model.now;
    console.model.messages.tell(now, Level::Warning, "Something else");
    console.answer();
    assert_eq!(said(&console).as_deref(), Some("Something else"));
}

#[test]
fn whatever_lies_over_the_form_when_the_answer_comes_keeps_the_keys() {
    for fails in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let mut console = planning(&directory);
        // No key leads there, but a line does.
        console.line(":help").shows("Help");
        if fails {
            let gone = Problem::new(ProblemKind::Unreachable, "Nobody answers.", "It is gone.", "Try again.");
            console.fail_next("PlanSnapshot", gone);
        }
        console.answer().shows("Help").lacks("create tenant acme").keys("esc");
        console
            .shows("Import a snapshot")
            .lacks("Finding out what it would change");
        console.keys("ctrl-o").shows("create tenant acme");
    }
}

#[test]
fn it_is_said_by_lines_what_is_awaited() {
    let directory = tempfile::tempdir().unwrap();
    let mut console = planning(&directory);
    let said = console.linear();
    assert!(
        said.contains("What it would change is being found out; :form-leave stops that."),
        "{said}"
    );
    console.line("yes").answer();
    let said = console.linear();
    assert!(said.contains("create tenant acme"), "{said}");
    assert!(!has(&console, "acme"));
}

#[test]
fn no_form_in_which_something_was_typed_is_left_without_a_question() {
    let mut console = Console::usual();
    for (key, title) in [
        ("E", "Save a snapshot"),
        ("F", "Compare with a snapshot"),
        ("I", "Import a snapshot"),
        ("a", "Apply a snapshot"),
    ] {
        console.keys("g g j").keys(key).shows(title).keys("esc").lacks(title);
        for leave in ["esc", "ctrl-c"] {
            console.keys(key).type_text("x").keys(leave);
            console
                .shows("Leave the form")
                .shows("What was typed has not been sent and would be lost.");
            console.keys("enter").shows(title).lacks("Leave the form");
            console.keys(leave).keys("tab enter").lacks(title);
        }
        // What was typed and taken back again is nothing.
        console.keys(key).type_text("x").keys("backspace esc").lacks(title);
    }
    assert!(
        !console
            .asked
            .iter()
            .any(|asked| matches!(asked, Request::SaveSnapshot(..)))
    );
    // By lines the question comes before what leads elsewhere.
    console.line("save-snapshot").line("mine.json").line(":migration");
    let said = console.linear();
    assert!(said.contains("would be lost"), "{said}");
    console.line("yes");
    assert!(console.model.overlays.is_empty(), "{}", console.linear());
}

#[test]
fn lines_that_were_kept_are_not_thrown_away_by_one_key() {
    let mut console = Console::usual();
    console.keys("g g j I").type_text("x").wait(1_000);
    console.start_again();
    console.shows("Resumed: ").shows("Import a snapshot");
    console.keys("esc").shows("Leave the form").keys("tab enter");
    assert!(console.model.overlays.is_empty());
    assert_eq!(
        console
            .model
            .messages
            .log
            .iter()
            .filter(|told| told.level == Level::Error)
            .count(),
        0
    );
}
