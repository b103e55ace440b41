//! What the borders of lists say: which rows are in view, what a sign means, what can be done where there are none.

use kestra_admin::app::contexts::{ContextRow, Leads};
use kestra_admin::domain::check::{Check, Outcome};

use crate::screens::tenants::{people, with_much_of_ones_own};
use crate::states::unreachable;
use crate::support::{Console, Setup, context, session, tenants, user, usual};

/// A console on forty tenants beside the default tenant, and as many users of the instance.
fn forty(width: u16, height: u16) -> Console {
    Setup {
        size: (width, height),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let names: Vec<String> = (0..40).map(|number| format!("t{number:02}")).collect();
        let list: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "Company")).collect();
        tenants(instance, runtime, &list);
        for name in &names {
            user(instance, &format!("{name}@example.com"));
        }
    })
}

/// The last row of the frame.
fn border(console: &Console) -> String {
    let screen = console.screen();
    let border = screen.lines().find(|line| line.starts_with('└'));
    border.unwrap().split('┘').next().unwrap().to_owned()
}

#[test]
fn where_not_all_tenants_are_in_view_the_border_says_which_are() {
    for (width, height, first, last) in [
        (60, 20, "1-12 of 40 tenants", "28-40 of 40 tenants"),
        (80, 24, "1-16 of 40 tenants", "24-40 of 40 tenants"),
        (200, 60, "─ 40 tenants", "─ 40 tenants"),
    ] {
        let mut console = forty(width, height);
        assert!(border(&console).contains(first), "{}", console.screen());
        // Within the page nothing changes there.
        let before = border(&console);
        console.keys("j j j");
        assert_eq!(border(&console), before);
        console.keys("G");
        assert!(border(&console).contains(last), "{}", console.screen());
        console.keys("/").type_text("id:t3").keys("enter");
        assert!(border(&console).contains("─ 10 of 40 tenants"), "{}", console.screen());
    }
    let mut console = forty(60, 20);
    console.keys("/").type_text("id:t1,t2").keys("enter");
    assert!(
        border(&console).contains("─ 1-13 of 20 (of 40 tenants)  filter: id:t1,t2"),
        "{}",
        console.screen()
    );
}

#[test]
fn where_not_all_records_are_in_view_the_border_says_which_are() {
    let mut console = forty(60, 20);
    console
        .keys("7")
        .shows("1-13 of 41 users")
        .keys("G")
        .shows("29-41 of 41 users");
    console.resize(200, 60).lacks("of 41 users").shows("41 users");
    let mut console = forty(60, 20);
    console.keys("1 j enter tab tab").shows("1 binding").lacks("1-1 of");
}

#[test]
fn the_context_in_use_is_marked_at_every_size() {
    let mut console = Console::usual();
    let row = |name: &str| ContextRow {
        leads: Leads::Host(format!("https://{name}.example.com/with/a/rather/long/path")),
        place: String::new(),
        read_only: false,
        ..context(name)
    };
    console.contexts = ["default", "other"]
        .map(|name| (row(name), Ok("EE 1.3.26".to_owned())))
        .to_vec();
    for (width, height) in [(40, 12), (60, 20), (80, 24), (200, 60)] {
        console.resize(width, height).keys("1 c");
        console.shows(">*default").shows("2 contexts * in use").lacks("*other");
        console.keys("j").shows("*default").shows("> other");
    }
    console.keys("/").type_text("name:other").lacks("* in use");
}

#[test]
fn how_much_of_a_way_is_in_view_is_said_where_there_is_little_room_too() {
    let mut console = Console::usual();
    console.with_contexts(["far"]);
    console.checks = (0..12)
        .map(|_| Check {
            name: "settings in effect",
            outcome: Outcome::Warn,
            found: "Something that takes a few words to say, so that it is broken into several lines.".to_owned(),
            next: None,
        })
        .collect();
    console.keys("c t").resize(60, 20);
    console.shows("warnings below, j scrolls 1-13 of ");
    console
        .resize(80, 24)
        .shows("It can be used; look at what is marked. 3 warnings below 1-17 of ");
}

#[test]
fn beside_a_list_that_could_not_be_read_nothing_is_said_to_open() {
    let mut console = Setup {
        hold: true,
        size: (200, 60),
        ..Setup::default()
    }
    .open(|_, _| {});
    console.lacks("Enter opens it");
    console.fail_next("Instance", unreachable());
    console.fail_next("Tenants", unreachable());
    console.answer();
    console
        .shows("Nothing is selected, for nothing could be read.")
        .shows("r tries again")
        .lacks("Enter opens it");
}

#[test]
fn two_keys_that_filter_are_called_by_two_names() {
    let mut console = forty(80, 24);
    console.keys("j H").shows("f filter on server").shows("/ filter q back");
}

#[test]
fn a_filter_is_whole_on_the_smallest_screen_before_the_word_for_what_is_counted() {
    let mut console = forty(40, 12);
    console.keys("/").type_text("state:active").keys("enter");
    assert!(
        border(&console).contains("  filter: state:active ─"),
        "{}",
        console.screen()
    );
    let mut console = Console::usual();
    console.resize(40, 12).keys("/").type_text("state:active").keys("enter");
    assert!(
        border(&console).contains("─ 2 of 3  filter: state:active ─"),
        "{}",
        console.screen()
    );
    // What has no room even so is cut with a sign, and the count stays.
    console
        .keys("/ ctrl-u")
        .type_text("state:active name:corporation")
        .keys("enter");
    assert!(
        border(&console).contains("─ 1 of 3 tenants  filter: "),
        "{}",
        console.screen()
    );
    assert!(border(&console).contains('…'), "{}", console.screen());
}

#[test]
fn which_columns_of_a_matrix_are_in_view_is_said_where_no_title_stands() {
    let mut console = Setup {
        release: "2.0",
        size: (60, 20),
        default_tenant: None,
        ..Setup::default()
    }
    .open(people);
    console.keys("p tab / b o b enter a");
    console.shows("columns 1-4 of 5 VIEW LIST CREATE UPDATE … OTHERS");
    console
        .keys("l l l l")
        .shows("columns 2-5 of 5 LIST CREATE UPDATE DELETE OTHERS");
    console.resize(80, 24).lacks("columns");
    console
        .resize(40, 12)
        .keys("h h h h")
        .shows("column 1 of 5 VIEW … OTHERS");
    // What marks the focus stands before a row alone.
    for (width, height) in [(40, 12), (60, 20)] {
        let screen = console.resize(width, height).screen();
        let within = screen.lines().filter(|line| line.starts_with('│'));
        let marks: usize = within.map(|line| line.matches(['>', '<']).count()).sum();
        assert_eq!(marks, 1, "{screen}");
    }
}

#[test]
fn an_editor_of_a_role_says_which_rows_are_in_view() {
    let mut console = Setup {
        size: (60, 20),
        ..Setup::default()
    }
    .open(people);
    console.keys("j enter tab n").type_text("Ops").keys("enter");
    console.shows("0 rights 1-11 of 21 resources");
    let before = border(&console);
    console.keys("j j");
    assert_eq!(border(&console), before);
    console.keys("G").shows("-21 of 21 resources");
    console.resize(200, 60).shows("0 rights 21 resources");
}

#[test]
fn what_a_role_loses_leaves_most_of_a_small_screen_to_its_matrix() {
    let mut console = Setup {
        size: (60, 20),
        ..Setup::default()
    }
    .open(with_much_of_ones_own);
    console.keys("j enter tab /").type_text("Ours").keys("enter enter t");
    console.shows("8 remarks: d shows");
    console.shows("1-8 of 26").lacks("TEMPLATE");
    console
        .resize(80, 24)
        .shows("TEMPLATE CREATE, READ, UPDATE, DELETE are lost");
}

#[test]
fn the_key_that_chooses_is_named_on_a_small_screen_too() {
    let mut console = crate::migration::console(crate::support::migrations::grown());
    console
        .keys("m enter")
        .resize(60, 20)
        .shows("page 2 of 6 lines 1-13 of 14 j k choose");
}

#[test]
fn where_not_all_rows_of_a_matrix_are_in_view_the_border_says_which_are() {
    let mut console = Setup {
        release: "2.0",
        default_tenant: None,
        ..Setup::default()
    }
    .open(people);
    console.keys("p tab / b o b enter a");
    console.shows("1-9 of 26 anywhere in the tenant");
    let before = border(&console);
    console.keys("j j j");
    assert_eq!(border(&console), before);
    console.keys("G").shows("18-26 of 26 anywhere");
    console.resize(60, 20).shows(" of 26 anywhere");
    console.resize(200, 60).lacks(" of 26");
}

#[test]
fn what_is_beside_a_list_says_that_a_key_opens_it_only_where_that_key_goes_there() {
    let mut console = Console::usual();
    console.resize(200, 60).keys("j").shows("Enter opens it");
    console
        .keys("D")
        .lacks("Enter opens it")
        .keys("esc")
        .shows("Enter opens it");
    console.keys("?").lacks("Enter opens it").keys("esc /");
    console.lacks("Enter opens it").keys("enter").shows("Enter opens it");
}

#[test]
fn words_that_were_not_looked_for_among_the_admins_of_many_tenants_say_so() {
    let mut console = Setup {
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let ids: Vec<String> = (0..501).map(|number| format!("t{number:03}")).collect();
        let list: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "Company")).collect();
        tenants(instance, runtime, &list);
    });
    console.leaves_out = true;
    console.keys("/").type_text("no").keys("enter").wait(300);
    console
        .shows("No tenant matches no.")
        .shows("Words are not looked for in ADMINS and STATE where more than 500 tenants are left")
        .shows("not in ADMINS, STATE");
    let said = console.linear();
    assert!(said.contains("Words are not looked for in ADMINS and STATE"), "{said}");
    // Where few of the many are left by other columns, all of them were counted.
    console.leaves_out = false;
    for filter in ["zzz", "name:no", "storage:s3 12"] {
        console.keys("esc /").paste(filter).keys("enter").wait(300);
        console.shows("No tenant matches").lacks("not in ADMINS");
    }
}

#[test]
fn a_long_name_of_a_context_leaves_its_mode_and_its_colour_on_screen() {
    let mut console = Setup {
        session: session(|session| {
            session.context = "arn:aws:eks:eu-central-1:123456789012:cluster/kestra-prod-of-all-of-them".to_owned();
            session.color = Some("yellow");
            session.read_only_flag = true;
        }),
        ..Setup::default()
    }
    .open(usual);
    for (width, height) in [(80, 24), (70, 24), (60, 20)] {
        console.resize(width, height);
        let screen = console.screen();
        let head = screen.lines().next().unwrap_or_default();
        assert!(head.contains("[yellow]  RO"), "{head}");
        assert!(head.starts_with(" arn:aws:eks"), "{head}");
    }
}

#[test]
fn beside_a_filter_that_cannot_be_read_no_rows_of_another_are_counted() {
    let mut console = Setup::default().open(usual);
    console.keys("/").type_text("foo:bar").keys("enter");
    console.shows("no column `foo`").lacks("of 3 tenants");
    let mut console = Setup::default().open(people);
    console.keys("j enter tab tab tab").shows("[Users]");
    console.keys("/").type_text("foo:bar").keys("enter");
    console.shows("no column `foo`").lacks("0 of ");
}

#[test]
fn that_words_were_not_looked_for_everywhere_stands_beside_marks() {
    let mut console = Setup {
        session: session(|session| {
            session.remote = true;
            session.refresh_seconds = 10;
        }),
        ..Setup::default()
    }
    .open(usual);
    console.leaves_out = true;
    console.keys("/").type_text("c").keys("enter").wait(300);
    console.shows("not in ADMINS, STATE").keys("*");
    console.shows("marked").shows("not in ADMINS, STATE");
    console.keys("S").shows("not in ADMINS, STATE");
}
