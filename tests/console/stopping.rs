//! Ctrl-C: what is stopped stays stopped until it is asked for, and the screen says so.

use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::domain::check::{Check, Outcome};
use kestra_admin::domain::deed::Tally;
use kestra_admin::domain::problem::{Problem, ProblemKind};

use crate::states::waiting;
use crate::support::{Console, Setup, session, usual};

fn lists(console: &Console) -> usize {
    let asked = console.asked.iter();
    asked.filter(|request| matches!(request, Request::Tenants(_))).count()
}

/// A console over a network.
fn remote() -> Console {
    Setup {
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(usual)
}

#[test]
fn a_list_that_was_stopped_is_not_read_until_it_is_asked_for() {
    let mut console = waiting();
    let asked = console.asked.len();
    console
        .keys("ctrl-c")
        .shows("Reading tenants was stopped. r reads again.");
    console.shows("Stopped reading").shows("not asked").lacks("0 tenants");
    insta::assert_snapshot!("stopped-80x24", console.screen());
    // Whatever else happens, nobody reads it.
    console.wait(60_000).keys("L q").resize(100, 30).wait(60_000);
    assert_eq!(console.asked.len(), asked);
    assert_eq!(console.model.running(), 0);
    assert_eq!(console.model.next_deadline(), None, "nothing ticks");
    assert!(
        console.linear().contains("stopped, r reads again"),
        "{}",
        console.linear()
    );
    console
        .answer()
        .keys("r")
        .shows("3 tenants")
        .lacks("stopped.")
        .lacks("not asked");
}

#[test]
fn a_move_reads_a_stopped_list_on() {
    let mut console = waiting();
    console
        .keys("ctrl-c")
        .answer()
        .keys("j")
        .shows("3 tenants")
        .lacks("not asked");
    assert!(
        console.model.instance.value().is_some(),
        "and what the list needs besides"
    );
}

#[test]
fn a_search_on_the_server_can_be_stopped_before_and_after_it_is_sent() {
    let mut console = remote();
    console.held = true;
    console.keys("/").type_text("acme").wait(300).shows("searching server");
    console
        .keys("ctrl-c")
        .shows("stopped, r reads again")
        .lacks("searching server");
    let asked = lists(&console);
    console.wait(30_000).shows("stopped, r reads again");
    assert_eq!(lists(&console), asked, "it is not sent again");
    console
        .answer()
        .keys("enter r")
        .shows("1 of 3 tenants")
        .lacks("stopped");

    // Before the pause after typing has passed.
    let mut console = remote();
    let asked = lists(&console);
    console
        .keys("/")
        .type_text("acme")
        .wait(100)
        .keys("ctrl-c")
        .wait(30_000);
    assert_eq!(lists(&console), asked, "it is not sent at all");
    console
        .shows("stopped, r reads again")
        .type_text("x")
        .wait(300)
        .lacks("stopped");
    console.keys("backspace").wait(300).shows("1 of 3 tenants");

    // A move wants the rows of the filter, not more of the old ones.
    let mut console = remote();
    console.keys("/").type_text("acme").wait(100).keys("ctrl-c enter j");
    console.shows("1 of 3 tenants").lacks("stopped");
}

#[test]
fn the_parts_of_a_tenant_say_that_they_were_stopped() {
    let mut console = Console::usual();
    console.held = true;
    console
        .keys("j enter ctrl-c")
        .shows("Reading the rest was stopped. r reads again.");
    console.keys("tab").shows("Reading access was stopped. r reads again.");
    insta::assert_snapshot!("stopped-roles-80x24", console.screen());
    assert!(console.linear().contains("was stopped"), "{}", console.linear());
    console.answer().keys("r").shows("Admin managed").lacks("stopped. r");
}

#[test]
fn trying_again_ends_when_it_is_stopped() {
    let mut console = Console::usual();
    for question in ["Instance", "Tenants", "AdminCount"] {
        console.fail_next(question, crate::states::unreachable());
    }
    console.keys("r").shows("! no answer, trying again");
    console.held = true;
    console
        .wait(2_500)
        .keys("ctrl-c")
        .shows("! no answer")
        .lacks("trying again")
        .shows("stopped, r reads again");
    let asked = console.asked.len();
    console.wait(120_000);
    assert_eq!(console.asked.len(), asked);
    console.answer().keys("r").lacks("no answer").shows("3 tenants");
}

#[test]
fn an_examination_that_was_stopped_has_no_verdict() {
    let mut console = Console::usual();
    console.with_contexts(["default"]);
    console.keys("c");
    console.held = true;
    console.keys("t ctrl-c").shows("stopped, r looks again");
    console.checks = vec![Check::new("release", Outcome::Pass, "1.3.26")];
    console
        .answer()
        .keys("r")
        .shows("Everything is as it should be.")
        .keys("esc");
    console.held = true;
    console.keys("r ctrl-c").answer().shows("1 context").lacks("asking");
}

#[test]
fn a_change_under_way_cannot_be_stopped_and_ctrl_c_says_so() {
    let mut console = Console::usual();
    console.keys("n").type_text("Initech").keys("ctrl-o");
    console.held = true;
    console
        .keys("enter ctrl-c")
        .shows("A change is under way and cannot be stopped");
    console.lacks("Nothing is going on");
    console.answer().shows("Tenant initech created");

    let mut console = Console::usual();
    console.keys("j D").type_text("acme");
    console.held = true;
    console
        .keys("tab enter")
        .answer_first("CountAgain")
        .keys("ctrl-c")
        .shows("A change is under way and cannot be stopped");
    console.keys("ctrl-c ctrl-c");
    assert!(!console.has_quit);
    // Its dialog is closed; what is being read besides can still be stopped.
    console
        .keys("r ctrl-c")
        .shows("Stopped reading; the change goes on, and its outcome will be told");
    console.answer().shows("Tenant acme deleted").shows("2 tenants");
}

#[test]
fn of_a_change_of_several_things_those_are_left_that_were_not_sent() {
    let mut console = Console::usual();
    console.keys("j *").shows("3 marked").keys("D").type_text("3 tenants");
    console.held = true;
    console.keys("tab enter").answer_first("CountAgain").lacks("sending");
    let job = console.model.doing().unwrap().job;
    console
        .send(Msg::Progress(job, done(1), false))
        .wait(150)
        .shows("sending: 1 of 3 done; Ctrl-c stops before the next");
    console
        .keys("q")
        .shows("So far: 1 of 3 done.")
        .shows("Leaving sends no more of them");
    let said = console.linear();
    assert!(
        said.contains("So far: 1 of 3 done.") && said.contains("Type yes to leave;"),
        "{said}"
    );
    console.keys("esc");
    console
        .keys("ctrl-c")
        .shows("Nothing more is sent; what was sent is waited for")
        .wait(9_000)
        .shows("1 of 3 done; no more are sent");
    console.answer();
    console
        .shows("Stopped: 0 done, 3 not begun.")
        .shows("! not begun: acme. It was not sent.")
        .keys("esc")
        .shows("3 marked");
    // They are still to be tried again.
    console.is_stopped = false;
    console
        .keys("D")
        .type_text("3 tenants")
        .keys("tab enter")
        .shows("0 tenants with an id");
}

/// So many that are done, and no others.
fn done(number: usize) -> Tally {
    Tally {
        done: number,
        ..Tally::default()
    }
}

#[test]
fn how_far_a_change_is_counts_apart_what_failed_and_the_header_says_that_nothing_answers() {
    let mut console = remote();
    console.keys("j *").keys("D").type_text("3 tenants");
    console.held = true;
    console
        .keys("tab enter")
        .answer_first("CountAgain")
        .wait(150)
        .shows("ok 0ms");
    let job = console.model.doing().unwrap().job;
    let come = Tally { failed: 1, ..done(1) };
    console
        .send(Msg::Progress(job, come, true))
        .shows("sending: 1 done, 1 failed, of 3; Ctrl-c stops before the next")
        .shows("! no answer")
        .send(Msg::Progress(job, come, false))
        .shows("ok 0ms");
}

#[test]
fn a_change_of_several_things_that_nothing_answers_says_what_was_done_and_keeps_the_rest_marked() {
    let mut console = remote();
    console.keys("j *").keys("D").type_text("3 tenants");
    let silent = |what: &str| {
        Problem::new(
            ProblemKind::Unreachable,
            what,
            "Nothing listens on port 8080.",
            "Start it.",
        )
    };
    console.fail_item(
        "billing",
        silent("It is not known whether tenant `billing` was deleted.").unknown(),
    );
    console.fail_item("globex", silent("It was not sent.").left());
    console.keys("tab enter");
    console
        .shows("Stopped: nothing answers; 1 done, 1 not known, 1 not begun.")
        .shows("! not known: billing. It is not known whether")
        .shows("! not begun: globex.")
        .shows("done: acme");
    console
        .keys("esc")
        .shows("2 marked")
        .keys("!")
        .shows("Nothing listens on port 8080.");
    // One of them may still be deleted; so nothing is sent before that cannot come any more.
    console.keys("esc D").lacks("Type 2 tenants to continue");
    console.wait(40_000).keys("r D").shows("Type 2 tenants to continue");
}

/// Whoever wants to leave all the same is asked once more where a form waits for its answer.
#[test]
fn twice_ctrl_c_during_a_change_asks_before_it_leaves() {
    let mut console = Console::usual();
    console.keys("n").type_text("Initech").keys("ctrl-o");
    console.held = true;
    console
        .keys("enter ctrl-c ctrl-c")
        .shows("It has been sent, and the answer is awaited.");
    assert!(!console.has_quit);
}

#[test]
fn esc_stops_what_is_waited_for_where_there_is_nothing_else_to_leave() {
    let mut console = waiting();
    console.wait(2_500).shows("Esc cancels").keys("esc");
    console.shows("Reading tenants was stopped. r reads again.");
    console.keys("esc").shows("This is the first screen");
}

#[test]
fn esc_stops_the_rest_of_an_overview_where_it_says_so_and_then_goes_back() {
    let mut console = remote();
    console.held = true;
    console.keys("j enter").wait(1_000).lacks("Esc cancels");
    console.wait(3_000).shows("reading the rest 4 s Esc cancels");
    console
        .keys("esc")
        .shows("[Overview]")
        .shows("Reading the rest was stopped.");
    console.shows("Stopped reading").keys("esc").lacks("[Overview]");
    // So it is where rows are awaited.
    let mut console = remote();
    console.held = true;
    console.keys("j enter tab").wait(3_000).shows("Esc cancels");
    console.keys("esc").shows("Reading access was stopped.");
}

/// What is typed in a form is no key, so that none is named that would be a letter there.
#[test]
fn reading_that_is_stopped_in_a_form_names_no_key_that_types() {
    let mut console = remote();
    console.held = true;
    console.keys("n").type_text("Initech").wait(1_000);
    console
        .keys("ctrl-c")
        .lacks("r reads again")
        .shows("Stopped reading; what is typed from now on is looked up again");
    let mut console = remote();
    console.keys("j enter tab tab tab n");
    console.held = true;
    console.keys("ctrl-c").lacks("r reads again");
}
