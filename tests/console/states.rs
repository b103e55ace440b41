//! What is shown while something is awaited, when it fails, when it is out of date, and when there is no room.

use kestra_admin::app::msg::Msg;
use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::support::{Console, Setup, create, session, usual};

pub fn unreachable() -> Problem {
    Problem::new(
        ProblemKind::Unreachable,
        "`kestra.example.com` does not answer.",
        "The connection was refused.",
        "Check that Kestra runs, and the address of this context.",
    )
    .with_detail("connect: connection refused (os error 111)")
}

/// A console that waits for its first answers.
pub fn waiting() -> Console {
    let mut console = Setup {
        hold: true,
        ..Setup::default()
    }
    .open(usual);
    console.lacks("reading").lacks("connecting");
    console
}

#[test]
fn waiting_says_nothing_at_first_then_a_word_then_the_seconds() {
    let mut console = waiting();
    console.wait(149).lacks("reading tenants");
    console.wait(1).shows("reading tenants").shows("connecting");
    console.wait(1_850).shows("reading tenants 2 s").shows("Esc cancels");
    console.wait(3_000).shows("reading tenants 5 s");
    console.answer().shows("3 tenants").lacks("reading");
    assert_eq!(console.model.running(), 0);
}

#[test]
fn with_reduced_motion_what_is_awaited_is_said_with_its_seconds() {
    let mut console = Setup {
        hold: true,
        session: session(|session| session.reduced_motion = true),
        ..Setup::default()
    }
    .open(usual);
    console.wait(2_000).shows("reading tenants 2 s").wait(60_000);
    console.shows("reading tenants 62 s");
    let wakes = |console: &mut Console| {
        let mut wakes = 0;
        while console.model.next_deadline().is_some_and(|due| due <= 72_000) {
            let due = console.model.next_deadline().unwrap();
            console.wait(due - console.model.now);
            wakes += 1;
        }
        wakes
    };
    assert_eq!(wakes(&mut console), 10, "once a second");
    console.answer().lacks("reading tenants");
    console.wait(60_000);
    assert_eq!(console.model.next_deadline(), None);
}

#[test]
fn nothing_ticks_while_nothing_moves() {
    let mut console = Console::usual();
    console.keys("j enter tab enter q q ? esc : esc").wait(10_000);
    assert_eq!(console.model.next_deadline(), None);
}

#[test]
fn the_last_problem_in_full_is_not_hidden_by_a_key_that_is_refused() {
    let mut console = waiting();
    for question in ["Instance", "Tenants"] {
        console.fail_next(question, unreachable());
    }
    console.answer().shows("does not answer");
    console.keys("n").shows("Not now: the instance has not answered yet");
    console.keys("!").shows("os error 111").keys("esc");
    // It was read; what was refused is the last that was said.
    console.keys("n !").shows("the instance has not answered yet");
    console.lacks("os error 111");
}

#[test]
fn a_first_answer_that_fails_says_why_and_what_to_do_and_can_be_tried_again() {
    let mut console = waiting();
    for question in ["Instance", "Tenants", "Instance", "Tenants"] {
        console.fail_next(question, unreachable());
    }
    console.answer().shows("! `kestra.example.com` does not answer.");
    console
        .shows("The connection was refused.")
        .shows("Check that Kestra runs")
        .shows("! no answer");
    console.shows("r tries again");
    console.keys("!").shows("Problem").shows("os error 111").keys("esc");
    console.keys("n").shows("Not now: the instance has not answered yet");
    console.keys("r").shows("does not answer").keys("r").shows("3 tenants");
    console.lacks("no answer").keys("n").shows("New tenant");
}

#[test]
fn a_list_of_which_nothing_could_be_read_is_not_ordered() {
    let mut console = waiting();
    for question in ["Instance", "Tenants"] {
        console.fail_next(question, unreachable());
    }
    console
        .answer()
        .shows("does not answer")
        .lacks("/ filter")
        .lacks("s sort");
    for key in ["s", "S"] {
        console
            .keys(key)
            .shows("Not now: nothing could be read; r tries again")
            .lacks("filter:");
    }
    // What is out of date still can be.
    console.keys("r").shows("3 tenants");
    for question in ["Instance", "Tenants"] {
        console.fail_next(question, unreachable());
    }
    console
        .keys("r")
        .shows("as of")
        .keys("/")
        .type_text("acme")
        .shows("filter: acme")
        .keys("esc s");
    console.lacks("Not now");
    // Within a tenant, too.
    console
        .keys("esc")
        .keys("g g j")
        .fail_next("Access", unreachable())
        .keys("enter tab")
        .shows("does not answer");
    console.keys("s").shows("Not now: nothing could be read");
}

/// Letters that are commands in every list.
const LETTERS: &str = "qDuser";

#[test]
fn what_is_typed_at_a_filter_is_no_command_where_nothing_could_be_read() {
    for (question, keys) in [
        ("Access", "j enter tab"),
        ("Access", "j enter tab tab tab"),
        ("People", "7"),
        ("People", "8"),
        ("Contexts", "c"),
    ] {
        let mut console = Setup {
            release: "1.0",
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        console.fail_next(question, unreachable());
        console.keys(keys).shows("does not answer").lacks("/ filter");
        let place = console.model.screens.len();
        console.keys("/").type_text(LETTERS).lacks("Not now");
        console.shows(&format!("filter: {LETTERS}"));
        assert!(!console.has_quit && console.model.overlays.is_empty(), "{keys}");
        assert_eq!(console.model.screens.len(), place, "{keys}");
        // It holds for what is read after.
        console.keys("enter r").shows(&format!("filter: {LETTERS}"));
        console.lacks("! `kestra").keys("esc").lacks("filter:");
    }
}

#[test]
fn what_is_typed_after_a_filter_that_is_refused_is_no_command() {
    let refused = "text is dropped up to Enter or Esc";
    for end in ["enter", "esc", "down"] {
        let mut console = Console::usual();
        console.keys("j enter").shows("[Overview]");
        console.keys("/").shows("Not now: this tab is no list").shows(refused);
        console.type_text(LETTERS).keys("backspace");
        console.paste("q").shows("[Overview]");
        assert!(!console.has_quit && console.model.overlays.is_empty());
        assert_eq!(console.model.screens.len(), 1);
        // What ends it does nothing else, and keys are commands again.
        console.keys(end).shows("[Overview]").keys("q").lacks("[Overview]");
    }
    let mut console = Setup {
        enabled: Some(false),
        size: (120, 30),
        ..Setup::default()
    }
    .open(usual);
    console.keys("/").shows("Not now: multi-tenancy is off").shows(refused);
    console.type_text("q");
    assert!(!console.has_quit);
    // Whoever has gone on by another key is not in the middle of typing.
    console.keys("ctrl-l L").shows("Messages");
}

fn remote() -> Console {
    Setup {
        hold: true,
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(usual)
}

#[test]
fn the_header_says_how_long_the_last_answer_over_a_network_took() {
    let mut console = remote();
    console.wait(41).answer().shows("EE 0.21.0").shows("ok 41ms");
    console.held = true;
    console.keys("r").wait(1_250).answer().shows("ok 1.2s");
    // Nothing counts while nothing is asked, and on this machine nothing is said of it.
    console.wait(30_000);
    assert_eq!(console.model.next_deadline(), None);
    console.shows("ok 1.2s");
    let mut local = waiting();
    local.wait(41).answer().shows("ok").lacks("ok 41ms");
}

/// A local instance has its rows in the first frame; of a network nobody knows when they come.
#[test]
fn the_first_frame_waits_for_rows_that_are_there_in_a_moment_and_for_nothing_else() {
    assert_eq!(remote().model.first_rows_by(), None);
    let mut local = waiting();
    assert_eq!(local.model.first_rows_by(), Some(10));
    local.answer_first("Instance").answer_first("Tenants");
    assert_eq!(local.model.first_rows_by(), None);
    // One that cannot be read has a problem to show, and one without tenants says that.
    let mut broken = waiting();
    broken.fail_next("Tenants", unreachable()).answer();
    assert_eq!(broken.model.first_rows_by(), None);
    let mut single = Setup {
        enabled: Some(false),
        hold: true,
        ..Setup::default()
    }
    .open(|_, _| {});
    single.answer();
    assert_eq!(single.model.first_rows_by(), None);
}

#[test]
fn what_is_read_again_over_a_network_without_an_answer_is_said_to_be_waited_for() {
    let mut console = remote();
    console.wait(41).answer();
    console.held = true;
    console.keys("r").wait(900).shows("ok 41ms");
    console.wait(200).shows("waiting").lacks("ok 41ms");
    console.wait(2_000).shows("waiting 3 s").shows("Acme Corporation");
    console.answer().shows("ok 3.1s").lacks("waiting");
}

#[test]
fn why_an_instance_cannot_be_reached_stays_to_be_read_while_it_is_tried_again() {
    let mut console = remote();
    console
        .fail_next("Instance", unreachable())
        .fail_next("Tenants", unreachable())
        .answer();
    console.shows("does not answer").shows("c other context");
    console.held = true;
    console
        .keys("r")
        .wait(3_000)
        .shows("does not answer")
        .lacks("reading tenants");
    console.answer().shows("3 tenants").lacks("does not answer.");
}

#[test]
fn a_problem_that_was_dismissed_stays_so_while_it_is_tried_again() {
    let mut console = Console::usual();
    console.keys("j enter").shows("Tenant acme");
    let fail = |console: &mut Console| {
        for question in ["Instance", "Tenant", "Access", "Footprint"] {
            console.fail_next(question, unreachable());
        }
    };
    fail(&mut console);
    console.keys("r").shows("error");
    console.keys("esc").lacks("error");
    fail(&mut console);
    let before = console.asked.len();
    console.wait(30_000).lacks("error");
    assert!(console.asked.len() > before, "it was tried again");
    // Esc has its own meaning again, and what is done by hand is told.
    fail(&mut console);
    console.keys("r").shows("error").keys("esc esc").shows("3 tenants");
}

#[test]
fn what_fails_to_be_read_because_somebody_changed_something_lets_what_was_done_be_read_first() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(usual);
    console.wait(9_000).send(Msg::Copied("Copied with `xclip`".to_owned()));
    console.shows("ok Copied with `xclip`");
    console.meanwhile(async |other| create(other, "aaa", "First").await);
    console
        .fail_next("Tenants", unreachable())
        .fail_next("Tenants", unreachable());
    console.wait(1_500).shows("ok Copied with `xclip`").lacks("error ");
    // It is kept away no longer than that.
    console.wait(2_600).shows("error `kestra.example.com` does not answer");
}

#[test]
fn what_fails_to_be_read_again_after_a_change_lets_the_change_be_read_first() {
    let mut console = Console::usual();
    console.keys("j e").type_text("!").keys("ctrl-o");
    for _ in 0..4 {
        console.fail_next("Tenants", unreachable());
    }
    console.keys("enter");
    console
        .shows("ok Tenant acme updated")
        .shows("! no answer")
        .lacks("error ");
    console.wait(4_100).shows("error `kestra.example.com` does not answer");
    // So it is within a tenant.
    let mut console = Console::usual();
    console.keys("j enter e").type_text("!").keys("ctrl-o");
    for _ in 0..4 {
        for question in ["Tenant", "Access", "Footprint", "Tenants"] {
            console.fail_next(question, unreachable());
        }
    }
    console.keys("enter").shows("ok Tenant acme updated").lacks("error ");
    console.wait(4_100).shows("error `kestra.example.com` does not answer");
}

#[test]
fn an_instance_that_answers_again_is_seen_behind_a_dialog() {
    let mut console = Console::usual();
    console
        .fail_next("Instance", unreachable())
        .fail_next("Tenants", unreachable())
        .keys("r esc n");
    console
        .type_text("x")
        .keys("esc")
        .shows("Leave the form")
        .shows("! no answer");
    console.wait(30_000).shows("Leave the form").lacks("! no answer");
}

#[test]
fn admins_that_cannot_be_counted_again_stay_as_they_were() {
    let mut console = remote();
    console.answer().shows("active");
    console
        .fail_next("AdminCounts", unreachable())
        .keys("r")
        .shows("active")
        .shows("! no admin");
}

#[test]
fn what_to_do_about_a_problem_is_seen_on_the_smallest_screen() {
    let mut console = remote();
    console.resize(40, 12);
    console
        .fail_next("Instance", unreachable())
        .fail_next("Tenants", unreachable())
        .answer();
    console
        .keys("esc")
        .shows("! `kestra.example.com` does not")
        .shows("Check")
        .shows("r tries again");
}

#[test]
fn a_refusal_is_an_answer_and_the_header_says_so() {
    let denied = || {
        Problem::new(
            ProblemKind::Denied,
            "Kestra does not know `ana@example.com` by this password.",
            "It answered 401.",
            "Look at the credentials of this context.",
        )
    };
    let mut console = remote();
    console.fail_next("Instance", denied()).fail_next("Tenants", denied());
    console.answer().shows("! refused").lacks("no answer");
    console
        .keys("n")
        .shows("Not now: the instance refused to answer; ! says why");
    console.keys("!").shows("by this password").keys("esc");
    console.keys("r").shows("ok 0ms").lacks("refused");
    let odd = Problem::new(
        ProblemKind::Failed,
        "This is no Kestra.",
        "It is a web page.",
        "Check it.",
    );
    console
        .fail_next("Instance", odd)
        .keys("r")
        .shows("! failed")
        .lacks("no answer");
}

#[test]
fn a_change_that_nobody_answered_shows_in_the_header_until_something_is_answered() {
    let mut console = remote();
    console.answer().fail_next("Create", unreachable());
    console.keys("n").type_text("Initech").keys("ctrl-o enter");
    console.shows("does not answer").shows("! no answer").lacks("ok 0ms");
    console
        .keys("esc esc tab enter")
        .keys("r")
        .shows("ok 0ms")
        .lacks("no answer");
}

#[test]
fn rows_that_cannot_be_read_again_stay_and_say_that_they_are_old() {
    let mut console = Console::usual();
    console.wait(120_000).fail_next("Tenants", unreachable()).keys("r");
    console
        .shows("as of 2 min ago, r reads again")
        .shows("Acme Corporation");
    console
        .shows("error `kestra.example.com` does not answer.")
        .shows("! details");
    // Dismissing the error makes the rows no newer; reading them again does, which happens by itself.
    console
        .shows("! no answer, trying again")
        .keys("esc")
        .lacks("does not answer");
    console
        .shows("r reads again")
        .wait(3_000)
        .lacks("r reads again")
        .lacks("no answer");
}

#[test]
fn rows_stay_as_old_as_they_are_while_they_are_read_again() {
    let mut console = remote();
    console
        .answer()
        .wait(60_000)
        .fail_next("Tenants", unreachable())
        .keys("r");
    console.shows("as of 1 min ago");
    console.held = true;
    console.keys("r").shows("as of 1 min ago, r reads again");
    console.answer().lacks("as of");
}

#[test]
fn the_first_line_stays_where_it_is_whatever_the_last_answer_took() {
    let mut console = Setup {
        hold: true,
        session: session(|session| {
            session.remote = true;
            session.color = Some("red");
        }),
        ..Setup::default()
    }
    .open(usual);
    let name = |console: &Console| {
        let screen = console.screen();
        screen.lines().next().unwrap().find("default [red]")
    };
    console.wait(9).answer();
    for width in 60..=110 {
        console.resize(width, 24);
        let mut at = Vec::new();
        for took in [9, 13, 999, 1_250, 12_000] {
            console.held = true;
            console.keys("r").wait(took).answer();
            at.push(name(&console));
        }
        at.dedup();
        assert_eq!(at.len(), 1, "{width}: {at:?}");
    }
}

#[test]
fn a_tenant_that_is_not_there_offers_nothing_that_is_done_with_one() {
    let mut console = Console::usual();
    console.keys(":").type_text("tenant ac").keys("enter");
    console.shows("There is no tenant `ac`");
    for hint in ["Enter open", "e edit", "D delete"] {
        console.resize(200, 50).lacks(hint);
    }
    console
        .resize(80, 24)
        .keys("e")
        .shows("Not now: there is no such tenant");
    console.keys("D").lacks("Delete tenant");
}

#[test]
fn an_overview_offers_nothing_that_is_done_with_rows() {
    let mut console = Console::usual();
    console.resize(200, 50).keys("j enter").shows("[Overview]");
    let footer = footer(&console);
    for hint in ["Enter open", "/ filter", "s sort"] {
        assert!(!footer.contains(hint), "{footer}");
    }
    console.keys("enter").shows("[Overview]").lacks("Role Admin");
    console.keys(":").type_text("open").lacks("roles get ROLE");
    console.keys("esc tab").shows("[Roles]");
    let footer = self::footer(&console);
    for hint in ["Enter open", "/ filter", "s sort"] {
        assert!(footer.contains(hint), "{footer}");
    }
}

#[test]
fn a_tenant_that_is_gone_says_so() {
    let mut console = Console::usual();
    console.meanwhile(async |other| {
        use kestra_admin::backend::Backend;
        other.delete_tenant(&"acme".parse().unwrap()).await.unwrap();
    });
    console
        .keys("j enter")
        .shows("! There is no tenant `acme`")
        .keys("tab enter tab");
    console.keys("q r").shows("2 tenants");
}

#[test]
fn the_parts_of_a_tenant_fail_each_by_itself() {
    let mut console = Console::usual();
    console.fail_next("Access", unreachable()).keys("j enter");
    console.shows("Name Acme Corporation").shows("Flows 0").keys("tab");
    console
        .shows("! `kestra.example.com` does not answer.")
        .keys("esc r")
        .shows("Admin managed");
    console.fail_next("Access", unreachable()).keys("r");
    console
        .shows("as of a moment ago, r reads again")
        .shows("Admin managed");
    // What is not known is not said to be nothing.
    let mut console = Console::usual();
    console.fail_next("Footprint", unreachable()).keys("j D");
    console.shows("It cannot be counted").lacks("0 flows");
}

#[test]
fn where_there_is_nothing_the_list_says_what_to_do() {
    let mut console = Setup {
        default_tenant: Some(false),
        ..Setup::default()
    }
    .open(|_, _| {});
    console
        .shows("No tenants on default that you may see. n creates one;")
        .shows("0 tenants");
    console.keys("j k G enter d y i").shows("0 tenants");
    console.keys("n").shows("New tenant");
}

#[test]
fn a_terminal_that_is_too_small_says_so_and_loses_nothing() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").resize(39, 11);
    console
        .shows("terminal is 39x11; kestra-admin needs 40x12.")
        .lacks("New tenant");
    for (width, height) in [(10, 3), (8, 1), (39, 1), (20, 2), (7, 1), (10, 2)] {
        console.resize(width, height).shows("q quits");
    }
    for (width, height) in [(1, 1), (0, 0), (39, 24), (200, 11), (2, 50)] {
        console.resize(width, height).screen();
    }
    console.resize(40, 12).shows("Name New").resize(80, 24).shows("Id new");
    // Nothing is done that cannot be seen, but for leaving, which loses nothing.
    console
        .resize(32, 9)
        .type_text("x")
        .keys("ctrl-u esc enter")
        .paste("y")
        .resize(80, 24)
        .shows("Name New");
    console.resize(20, 5).keys("q");
    assert!(console.has_quit);
    console.start_again().resize(80, 24).shows("Name New");
    let mut console = Console::usual();
    console
        .keys("j")
        .resize(20, 5)
        .keys("D n")
        .resize(80, 24)
        .lacks("Delete tenant")
        .lacks("New tenant");
    console.resize(20, 5).keys("ctrl-c ctrl-c");
    assert!(console.has_quit);
}

#[test]
fn every_place_can_be_worked_in_at_the_smallest_size() {
    let mut console = Console::usual();
    console
        .resize(40, 12)
        .shows("acme")
        .keys("j enter")
        .shows("acme")
        .keys("tab enter");
    console.shows("CREATE on FLOW: allowed").keys("q q");
    console
        .keys("D")
        .shows("permanently deletes")
        .shows("Type acme to continue:");
    console
        .shows("Cancel")
        .shows("Delete )")
        .type_text("acme")
        .shows("matches")
        .keys("esc");
    console
        .keys("n")
        .type_text("New")
        .shows(">Name New")
        .keys("ctrl-o")
        .shows("[ Send ]");
    console.keys("enter").shows("Created just now");
}

#[test]
fn what_is_told_meanwhile_does_not_move_the_selection_to_another_message() {
    let mut console = Console::usual();
    let other = Problem::new(ProblemKind::Failed, "Something else failed.", "Why.", "Next.");
    console
        .fail_next("Tenants", other.clone())
        .keys("r")
        .fail_next("Tenants", unreachable())
        .keys("r");
    console.keys("L j");
    assert!(
        console.selected_row().contains("Something else failed"),
        "{}",
        console.screen()
    );
    // One more comes, and then the selected one once more, which puts it in front.
    console.send(Msg::Copied("Copied".to_owned()));
    assert!(
        console.selected_row().contains("Something else failed"),
        "{}",
        console.screen()
    );
    console.send(Msg::NotSaved(unreachable())).send(Msg::NotSaved(other));
    assert!(
        console.selected_row().contains("Something else failed"),
        "{}",
        console.screen()
    );
}

#[test]
fn messages_are_kept_and_can_be_read_in_full() {
    let mut console = Console::usual();
    console.keys("L").shows("Nothing to report.").keys("q");
    let long = Problem::new(
        ProblemKind::Failed,
        format!(
            "The instance refused this: {} and so on to the end of it.",
            "word ".repeat(40)
        ),
        "It is long.",
        "Read it.",
    );
    console.fail_next("Tenants", long).keys("r W W L").shows("3 messages");
    console
        .shows("00:00:00 ok Changes are unlocked")
        .keys("/")
        .type_text("level:error")
        .keys("enter");
    console
        .shows("1 of 3 messages")
        .keys("enter")
        .shows("and so on to the end of it.")
        .shows("Read it.");
    console.keys("esc q").shows("Tenants");
}

#[test]
fn the_same_problem_again_is_one_message_with_how_often_and_when_last() {
    let mut console = Console::usual();
    for _ in 0..3 {
        console.wait(1_000).fail_next("Tenants", unreachable()).keys("r");
    }
    console.keys("L").shows("1 message").shows("x 3, last 00:00:03");
    console.keys("enter").shows("x 3, last 00:00:03");
}

#[test]
fn a_problem_in_the_background_takes_no_key_from_what_is_typed() {
    let mut console = Console::usual();
    console.held = true;
    console.fail_next("Tenants", unreachable()).keys("r :").type_text("sor");
    console.answer().type_text("t").shows("does not answer").shows(": sort");
    console.keys("esc ! esc").shows("3 tenants");
}

#[test]
fn the_log_says_under_which_request_ids_a_change_was_sent() {
    let mut console = Console::usual();
    console.keys("j e").type_text("!").keys("ctrl-o");
    console.sent = vec!["PUT /api/v1/tenants/acme: status 200, request id 7f3a".to_owned()];
    console.keys("enter").shows("updated");
    console
        .keys("L enter")
        .shows("kestra-admin tenants update acme")
        .shows("PUT /api/v1/tenants/acme: status 200, request id 7f3a");
    // They belong to that change alone.
    console
        .keys("esc q e")
        .type_text("?")
        .keys("ctrl-o enter")
        .shows("updated");
    console.keys("L enter").shows("tenants update acme").lacks("7f3a");
}

#[test]
fn a_list_that_is_refused_since_multi_tenancy_was_turned_off_is_no_error() {
    let refused = || {
        Problem::new(
            ProblemKind::Denied,
            "You may not list the tenants.",
            "It is refused.",
            "Ask.",
        )
    };
    let mut console = Console::usual();
    console.restart_without_tenants().fail_next("Tenants", refused());
    console
        .keys("/ a")
        .shows("Multi-tenancy is off on this instance.")
        .lacks("You may not list the tenants.");
    console.keys("esc L").lacks("You may not list the tenants.");
    let mut console = Console::usual();
    console.fail_next("Tenants", refused());
    console.keys("/ a").shows("You may not list the tenants.");
}

/// The footer of the screen.
fn footer(console: &Console) -> String {
    console.screen().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn the_footer_offers_what_can_be_done_where_there_is_nothing_to_act_on() {
    let empty = || {
        Setup {
            default_tenant: Some(false),
            ..Setup::default()
        }
        .open(|_, _| {})
    };
    let failed = || {
        let mut console = waiting();
        console.fail_next("Tenants", unreachable());
        console.answer();
        console
    };
    let places: [(&str, &dyn Fn() -> Console); 3] = [("empty", &empty), ("loading", &waiting), ("failed", &failed)];
    for (what, place) in places {
        let mut console = place();
        for (width, height) in [(60, 20), (40, 12)] {
            console.resize(width, height);
            let footer = footer(&console);
            for hint in [
                "Enter open",
                "e edit",
                "D delete",
                "p who holds",
                "Space mark",
                "x actions",
            ] {
                assert!(!footer.contains(hint), "{what}: {footer}");
            }
            assert!(footer.ends_with("? help"), "{what}: {footer}");
        }
    }
    let mut console = empty();
    console.resize(60, 20);
    assert!(footer(&console).contains("n new"), "{}", footer(&console));
    let mut console = Console::usual();
    console.resize(60, 20);
    let hints = footer(&console).replace("...", "");
    assert_eq!(
        hints.trim().split("  ").filter(|hint| !hint.is_empty()).count(),
        4,
        "{hints}"
    );
}

#[test]
fn the_first_line_begins_with_the_name_of_the_program() {
    let mut console = Console::usual();
    for (width, height) in [(80, 24), (120, 30), (200, 50)] {
        let screen = console.resize(width, height).screen();
        assert!(screen.starts_with(" kestra-admin  default  RW"), "{screen}");
        let first = screen.lines().next().unwrap();
        assert!(first.contains("(superadmin)") && first.contains("EE 0.21"), "{first}");
    }
}
