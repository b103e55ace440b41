//! What a screen says is whole, true where it stands, and said once.

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::domain::check::{Check, Outcome};
use kestra_admin::migration::step::Step;

use crate::contexts::examined;
use crate::migration::following::running;
use crate::screens::tenants::people;
use crate::support::{Console, Setup, session, tenants, user, usual};

fn at(width: u16, height: u16) -> Console {
    Setup {
        size: (width, height),
        ..Setup::default()
    }
    .open(people)
}

/// The last row of the screen, with what can be done.
fn footer(console: &Console) -> String {
    console.screen().lines().last().unwrap_or_default().to_owned()
}

/// A console in a tenant in which somebody with a long name holds something.
fn somebody(width: u16, height: u16) -> Console {
    let mut console = at(width, height);
    console.keys("j p tab /").type_text("carol").keys("enter");
    console
}

#[test]
fn of_several_tenants_that_are_deleted_the_same_is_said_as_of_one() {
    let mut console = at(80, 24);
    console.keys("j D");
    let facts = [
        "1,234 flows, 1 namespace, 1 trigger, 3 roles, 4 bindings, 2 groups",
        "4 users lose access to it.",
        "Kept in the database, but out of reach: 1 execution with logs.",
    ];
    for fact in facts {
        console.shows(fact);
    }
    console
        .keys("esc space space D")
        .resize(200, 60)
        .shows("deletes 2 tenants");
    for fact in facts {
        console.shows(fact);
    }
    console
        .shows("billing, and with it: 1 role, 1 binding")
        .shows("1 user loses access to it.");
}

#[test]
fn of_what_there_is_none_of_nothing_is_said_to_go_with_a_tenant() {
    let mut console = at(80, 24);
    // Of what stays nobody says that it goes.
    console
        .keys("j D")
        .shows("deletes tenant acme on default, and with it:");
    console.lacks("everything in it");
    console
        .keys("esc j j D")
        .shows("deletes tenant globex on default, and with it:");
    console
        .shows("and with it: 1 role There is no undo")
        .lacks("Kept in the database");
}

#[test]
fn of_a_long_name_so_much_is_cut_that_the_tenant_stays() {
    let mut console = somebody(60, 20);
    console.keys("a").shows("may do in tenant acme");
    console.keys("q i").shows("whole tenant acme");
    let mut console = somebody(80, 24);
    console.keys("i").shows("whole tenant acme");
}

#[test]
fn what_is_marked_below_the_lines_in_view_is_said_with_the_key_that_leads_there() {
    let mut console = examined();
    let pass = |at: usize| Check::new(["one", "two", "three"][at % 3], Outcome::Pass, "as it should be");
    console.checks = (0..12).map(pass).collect();
    console
        .checks
        .push(Check::new("clock", Outcome::Warn, "Kestra's clock is 7 minutes ahead"));
    console.keys("r").resize(60, 20).shows("1 warning below, j scrolls");
    console.keys("G").lacks("warning below");
}

#[test]
fn a_notice_about_a_place_goes_when_it_is_left() {
    let mut console = Console::usual();
    let notice = "This is the first screen";
    console.keys("esc").shows(notice).keys("j").shows(notice);
    console.keys("enter").lacks(notice).keys("q").lacks(notice);
    let mut console = Console::usual();
    console.keys("esc").shows(notice).keys("?").lacks(notice);
    // What was done stays said wherever one goes.
    let mut console = Console::usual();
    console
        .keys("j j j A enter")
        .shows("is Admin of tenant globex now")
        .keys("enter")
        .shows("is Admin of tenant globex now");
}

#[test]
fn the_footer_offers_nothing_that_cannot_be_done_or_is_done() {
    let mut console = at(200, 60);
    console.keys("j enter tab enter t").shows("as in Kestra 2.0");
    assert!(footer(&console).contains("t as it is"), "{}", footer(&console));
    console.keys("t");
    assert!(footer(&console).contains("t as in 2.0"), "{}", footer(&console));

    // A list without rows is neither filtered nor ordered; one whose rows are hidden by a filter is.
    let mut console = at(200, 60);
    console.keys("j j p tab tab").shows("No groups in this tenant.");
    let offers = |console: &Console, hint: &str| footer(console).contains(hint);
    assert!(
        !offers(&console, "/ filter") && !offers(&console, "s sort"),
        "{}",
        footer(&console)
    );
    console.keys("shift-tab");
    assert!(
        offers(&console, "/ filter") && offers(&console, "s sort"),
        "{}",
        footer(&console)
    );
    console
        .keys("/")
        .type_text("nobody")
        .keys("enter")
        .shows("Nothing matches nobody");
    assert!(offers(&console, "/ filter"), "{}", footer(&console));

    let mut console = at(200, 60);
    console
        .keys("n")
        .type_text("new")
        .keys("ctrl-o")
        .shows("Review before sending");
    assert!(offers(&console, "Esc back to the form"), "{}", footer(&console));
    assert!(
        !offers(&console, "q back") && !offers(&console, "r refresh"),
        "{}",
        footer(&console)
    );

    let mut console = running(Some(Step::SyncAccess));
    console.keys("o");
    assert!(footer(&console).starts_with(" o steps"), "{}", footer(&console));
}

#[test]
fn under_a_dialog_the_tab_that_is_shown_is_not_lit() {
    let mut console = at(80, 24);
    console.keys("j p tab");
    let lit = |console: &Console| console.styled().matches("reverse").count();
    assert_eq!(lit(&console), 1, "the row:\n{}", console.styled());
    assert!(console.styled().contains("bold+underline"), "the tab");
    console.keys("x");
    assert_eq!(lit(&console), 1, "{}", console.styled());
    assert!(!console.styled().contains("bold+underline"), "{}", console.styled());
}

#[test]
fn words_under_what_lies_over_them_do_not_touch_its_frame() {
    for keys in ["j x", "j d", "j D", "j p b", "y", "c", "s s"] {
        let mut console = at(200, 60);
        console.keys(keys);
        for line in console.screen().lines() {
            let cells: Vec<char> = line.chars().collect();
            for (at, corner) in cells.iter().enumerate().filter(|(_, cell)| "│┌┐└┘".contains(**cell)) {
                let around = [at.checked_sub(1).and_then(|at| cells.get(at)), cells.get(at + 1)];
                let touches = around
                    .into_iter()
                    .flatten()
                    .filter(|cell| cell.is_alphanumeric())
                    .count();
                assert_eq!(touches, 0, "{keys}: {corner} touches a word in\n{}", console.screen());
            }
        }
    }
}

#[test]
fn beside_the_tenants_stands_all_that_their_rows_say() {
    let mut console = at(200, 60);
    console
        .keys("j")
        .shows("State active")
        .shows("Storage global")
        .shows("Secrets global");
    console
        .keys("j j")
        .shows("Nobody holds the Admin role")
        .lacks("State ! no admin");
    // A member and what they are stand in one line, and what is not there is said.
    console.keys("k k p tab tab /").type_text("night").keys("enter");
    console.shows("bob@example.com member");
    console
        .keys("esc /")
        .type_text("nobody")
        .keys("enter")
        .shows("Nothing is selected.");
}

#[test]
fn that_it_is_kestra_gives_way_to_who_we_are() {
    let mut console = Setup {
        size: (60, 20),
        session: session(|session| "staging-of-europe".clone_into(&mut session.context)),
        ..Setup::default()
    }
    .open(usual);
    console.shows("admin@kestra.local EE 0.21.0");
    console.resize(200, 60).shows("Kestra EE 0.21.0");
}

#[test]
fn why_a_key_of_a_sequence_does_nothing_is_read_in_full() {
    let mut console = at(60, 20);
    console
        .keys("j y")
        .shows("u copy URL not now: a local instance has no web interface");
}

#[test]
fn a_sign_is_explained_where_there_is_one() {
    let mut console = somebody(80, 24);
    console
        .keys("a")
        .lacks("in some namespaces")
        .shows("anywhere in the tenant");
    let mut console = at(80, 24);
    console
        .keys("j p tab /")
        .type_text("anna")
        .keys("enter a")
        .shows("n = in some namespaces");
}

#[test]
fn taking_lines_is_called_by_what_it_does() {
    for (keys, verb) in [
        ("p tab n", "Ctrl-o create"),
        ("p tab j j j P", "Ctrl-o set"),
        ("p tab tab n", "Ctrl-o create"),
        ("p tab tab j e", "Ctrl-o change"),
        ("E", "Ctrl-o save"),
    ] {
        let mut console = at(80, 24);
        console.keys("j").keys(keys);
        assert!(footer(&console).contains(verb), "{keys}: {}", console.screen());
    }
}

#[test]
fn keys_that_the_last_line_has_are_not_said_in_the_border_too() {
    let mut console = at(80, 24);
    for (keys, doubled) in [
        ("j d", "Enter close"),
        ("esc x", "Enter runs"),
        ("esc :", "Enter runs"),
        ("esc ?", "Esc closes"),
        ("esc p b", "Enter chooses"),
        ("esc C", "Enter takes it"),
    ] {
        console.keys(keys).lacks(doubled);
    }
}

#[test]
fn in_ascii_names_keep_their_letters_and_their_columns_and_are_told_from_those_without_marks() {
    let mut console = Setup::default().open(|instance, runtime| {
        tenants(
            instance,
            runtime,
            &[
                ("ebro", "Compañía del Ebro"),
                ("kyoto", "京都支社"),
                ("sud", "Muller Sud"),
                ("sued", "Müller Süd"),
                ("tokyo", "東京支社"),
            ],
        );
        user(instance, "zoe@example.com");
    });
    console.look("default", Depth::Ansi16, Glyphs::Ascii);
    console.look.only_ascii = true;
    console
        .shows("Compan~i~a del Ebro")
        .shows("Mu~ller Su~d")
        .shows("Muller Sud");
    console.resize(200, 60);
    let screen = console.screen();
    let rows: Vec<&str> = screen.lines().filter(|line| line.contains("active")).collect();
    let names: std::collections::BTreeSet<&str> = rows.iter().filter_map(|row| row.get(9..30)).collect();
    assert_eq!(names.len(), 5, "{screen}");
    let columns: std::collections::BTreeSet<usize> = rows.iter().filter_map(|row| row.find("active")).collect();
    assert_eq!(columns.len(), 1, "{screen}");
}
