//! Changes from a list that were on their way when the console went away, and what comes about only a while after it was looked for.

use kestra_admin::app::effect::{Effect, Request};
use kestra_admin::app::input::parse_sequence;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::update::update;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::account::Profile;
use kestra_admin::domain::user::UserKind;

use crate::sent::{cut_off, is_change, sends_nothing, sent};
use crate::support::{Console, Setup, session, usual};

/// A console on an instance that is reached over a network, and does not tell cheaply whether anything changed.
pub fn over_a_network(fill: impl FnOnce(&LocalInstance, &tokio::runtime::Runtime)) -> Console {
    of_release("0.21", fill)
}

/// The same of another release.
pub fn of_release(release: &'static str, fill: impl FnOnce(&LocalInstance, &tokio::runtime::Runtime)) -> Console {
    let session = session(|session| {
        session.remote = true;
        session.refresh_seconds = 10;
    });
    let setup = Setup {
        release,
        session,
        ..Setup::default()
    };
    let mut console = setup.open(fill);
    console.stampless = true;
    console
}

/// Something is sent that is held back on the way, the console is gone and is started again.
pub fn held_back(console: &mut Console, keys: &str) -> Request {
    console.held = true;
    console.keys(keys);
    let at = console.waiting.iter().position(|(_, request)| is_change(request));
    let (_, request) = console.waiting.remove(at.expect("it was sent")).unwrap();
    console.waiting.clear();
    console.held = false;
    console.start_again();
    console.asked.retain(|request| !is_change(request));
    request
}

/// What is to be sent, by which keys, what it is called, and what is told where it came about, or did not.
pub type Late = (fn() -> Console, &'static str, &'static str, &'static str, &'static str);

pub const LATE: [Late; 4] = [
    (
        || {
            let mut console = over_a_network(usual);
            console.keys("n").type_text("New").wait(1_000);
            console
        },
        "ctrl-o ctrl-o",
        "Tenant new",
        "Tenant new is as you sent it",
        "Tenant new was not created; send it again",
    ),
    (
        || {
            let mut console = over_a_network(usual);
            console.keys("j e").type_text(" Ltd").wait(1_000);
            console
        },
        "ctrl-o ctrl-o",
        "Tenant acme",
        "Tenant acme updated; it is as you sent it; u takes it back",
        "Tenant acme was not changed; send it again",
    ),
    (
        || {
            let mut console = over_a_network(crate::screens::tenants::people);
            console
                .keys("j enter tab n")
                .type_text("Ops")
                .keys("enter A")
                .wait(1_000);
            console
        },
        "ctrl-o ctrl-o",
        "Role Ops",
        "Role Ops created in tenant acme; it is as you sent it; u takes it back",
        "Role Ops was not created; send it again",
    ),
    (
        || {
            let mut console = over_a_network(crate::screens::tenants::people);
            console.keys("j p / a n n a enter D tab").shows("Take away");
            console
        },
        "enter",
        "Take away ",
        "it is as you sent it; u takes it back",
        "Not done: Take away ",
    ),
];

#[test]
fn what_is_not_there_yet_is_looked_at_again_until_it_cannot_come_any_more() {
    for (ready, keys, what, done, not_done) in LATE {
        let mut console = ready();
        let late = held_back(&mut console, keys);
        console
            .shows(&format!("Not there yet, looked at again: {what}"))
            .lacks("send it again");
        console.ask(late).unwrap();
        console.wait(10_000).shows(done);
        assert!(sends_nothing(&console), "{what}");
        // What is recorded of it is put right, once.
        let found = |console: &Console| console.found.iter().map(|(_, is_done)| *is_done).collect::<Vec<_>>();
        assert_eq!(found(&console), [true], "{what}: {:?}", console.found);
        let mut console = ready();
        held_back(&mut console, keys);
        console.wait(20_000).lacks("send it again");
        console.wait(10_000).shows(not_done);
        assert!(sends_nothing(&console), "{what}");
        assert_eq!(found(&console), [false], "{what}: {:?}", console.found);
    }
}

/// A context that awaits answers for longer may have them come about for as long.
#[test]
fn what_is_awaited_for_longer_may_come_for_longer() {
    for (ready, keys, what, _, not_done) in LATE {
        let mut console = ready();
        console.model.session.timeout = 120_000;
        held_back(&mut console, keys);
        console.wait(110_000).lacks("send it again");
        console.wait(10_000).shows(not_done);
        assert!(sends_nothing(&console), "{what}");
    }
}

#[test]
fn a_form_that_was_sent_is_not_said_to_be_unsent_as_it_is_left() {
    for (ready, keys, what, ..) in LATE.into_iter().take(3) {
        let mut console = ready();
        held_back(&mut console, keys);
        console
            .keys("esc")
            .shows("It was sent, and it is not known yet what came of that.")
            .lacks("has not been sent");
        assert!(sends_nothing(&console), "{what}");
    }
}

/// By hand, and after another start, too.
#[test]
fn what_is_not_there_yet_is_looked_at_when_the_list_is_read_again() {
    let (ready, keys, ..) = LATE[3];
    let mut console = ready();
    let late = held_back(&mut console, keys);
    console.wait(1_000).start_again();
    console.shows("Not there yet, looked at again: Take away ");
    console.ask(late).unwrap();
    console.keys("r").shows("it is as you sent it; u takes it back");
    console.keys("u").shows("Undo: Give ");
}

fn people() -> Console {
    Setup::default().open(crate::screens::tenants::people)
}

/// A process that is killed right after that has written it.
#[test]
fn a_change_from_a_list_is_written_before_it_is_sent() {
    let mut console = people();
    console.keys("j p / a n n a enter D tab");
    let key = parse_sequence("enter").unwrap().remove(0);
    let effects = update(&mut console.model, 0, Msg::Key(key));
    let place = |is_it: fn(&Effect) -> bool| effects.iter().position(is_it);
    let asked = place(|effect| matches!(effect, Effect::Ask(_, request) if is_change(request)));
    let saved = place(|effect| matches!(effect, Effect::Save(resume) if resume.is_sent() && resume.is_unsent()));
    assert!(asked.is_some() && saved.is_some() && saved < asked, "{effects:?}");
}

#[test]
fn a_role_taken_away_from_a_list_is_told_with_its_undo() {
    let mut console = people();
    console.keys("j p / a n n a enter D tab");
    cut_off(&mut console, "enter", true);
    console.shows("it is as you sent it; u takes it back");
    assert!(sends_nothing(&console));
    console.keys("L").shows("Resumed: Take away role Operators from anna");
    console.keys("esc u").shows("Undo: Give ");
    // An undo that was on its way is one, too.
    sent(&mut console, "tab enter", true);
    console.start_again();
    console
        .shows("it is as you sent it")
        .keys("ctrl-r")
        .shows("Redo: Take away ");
    console.keys("esc");
    let mut console = people();
    console.keys("j p / a n n a enter D tab");
    cut_off(&mut console, "enter", false);
    console.shows("Not done: Take away ").keys("u").lacks("Undo");
}

#[test]
fn of_many_things_those_that_are_done_are_told_and_those_that_are_not() {
    let mut console = people();
    console.keys("j p / O p e r enter * D tab");
    console.held = true;
    console.keys("enter");
    let at = console
        .waiting
        .iter()
        .position(|(_, request)| is_change(request))
        .unwrap();
    let (_, request) = console.waiting.remove(at).unwrap();
    let Request::Do(deed, aim, turn) = request else {
        panic!("a deed")
    };
    let first: Vec<bool> = (0..deed.len()).map(|at| at == 0).collect();
    console
        .ask(Request::Do(Box::new(deed.only(&first).unwrap()), aim, turn))
        .unwrap();
    console.waiting.clear();
    console.held = false;
    console.start_again();
    console
        .shows("Not done: role Operators of ")
        .keys("L")
        .shows("Role Operators of anna@example.com in company.team taken");
}

#[test]
fn a_tenant_that_was_being_deleted_is_told() {
    for arrives in [true, false] {
        let mut console = Console::usual();
        console.keys("j D").type_text("acme").keys("tab");
        console.held = true;
        console.keys("enter").answer_first("CountAgain");
        let at = console.waiting.iter().position(|(_, request)| is_change(request));
        let (_, request) = console.waiting.remove(at.expect("it was sent")).unwrap();
        if arrives {
            console.ask(request).unwrap();
        }
        console.waiting.clear();
        console.held = false;
        console.start_again();
        console.asked.retain(|request| !is_change(request));
        if arrives {
            console
                .shows("Tenant acme deleted; it is as you sent it")
                .lacks("Acme Corporation");
            console.keys("u").shows("what was deleted is gone for good");
        } else {
            console
                .shows("Not done: Delete tenant acme; send it again")
                .shows("Acme Corporation");
        }
        assert!(sends_nothing(&console));
    }
}

#[test]
fn the_value_of_a_token_that_went_with_the_console_is_said_to_be_lost() {
    let token = || {
        let mut console = people();
        console
            .keys("j p tab N")
            .type_text("ci")
            .keys("ctrl-o /")
            .type_text("ci")
            .keys("enter t n");
        console.type_text("deploy");
        console
    };
    let mut console = token();
    console
        .keys("ctrl-o")
        .shows("This is the only time it is shown")
        .wait(1_000);
    console.start_again();
    console.shows("Token deploy was made: its value is not kept; end it");
    // It is said once, and not where the value was read.
    console.wait(1_000).start_again();
    console.lacks("its value is not kept");
    let mut console = token();
    console.keys("ctrl-o esc esc").wait(1_000);
    console.start_again();
    console.lacks("its value is not kept");
}

/// What is counted by itself is waited for.
#[test]
fn a_page_about_a_tenant_says_who_is_admin_as_the_list_does() {
    let mut console = over_a_network(usual);
    console.uncounted = true;
    console.keys("r G").shows("! no admin");
    console.keys("d").shows("! Nobody holds the Admin role").wait(1_000);
    console.start_again();
    console.shows("! Nobody holds the Admin role").lacks("not counted");
}

pub fn is_told(console: &Console, text: &str) -> bool {
    console.model.messages.log.iter().any(|told| told.text.contains(text))
}

/// Whatever is sent after it, and however the console is left.
#[test]
fn what_is_not_known_yet_is_kept_beside_what_is_sent_after_it() {
    let first = || {
        let mut console = over_a_network(crate::screens::tenants::people);
        console.keys("j p / a n n a enter D tab");
        let first = held_back(&mut console, "enter");
        console.shows("Not there yet, looked at again: Take away ");
        (console, first)
    };
    let group = |console: &mut Console| {
        console.keys("tab tab n").type_text("Night");
        held_back(console, "ctrl-o")
    };
    for arrives in [true, false] {
        let (mut console, one) = first();
        let other = group(&mut console);
        console
            .keys("L")
            .shows("Take away role Operators from anna")
            .shows("Create group Night, sent,")
            .keys("esc");
        if arrives {
            console.ask(one).unwrap();
            console.ask(other).unwrap();
        }
        console.wait(40_000);
        let told: [&str; 2] = if arrives {
            [
                "in company.team taken away; it is as you sent it",
                "Group Night created; it is as you sent it",
            ]
        } else {
            ["Not done: Take away ", "Not done: Create group Night"]
        };
        for text in told {
            assert!(is_told(&console, text), "{text}: {}", console.screen());
        }
        assert!(sends_nothing(&console));
    }
    // Left in so many words, it waits for the next start.
    let (mut console, one) = first();
    console.keys("esc q q q");
    assert!(console.has_quit, "{}", console.screen());
    console.start_again();
    console.shows("Not there yet, looked at again: Take away ");
    console.ask(one).unwrap();
    console.wait(10_000).shows("it is as you sent it; u takes it back");
    console.keys("q q q");
    assert!(console.has_quit);
    assert!(console.saved.as_ref().is_some_and(|saved| !saved.is_sent()));
}

#[test]
fn that_a_form_is_not_there_yet_is_said_once() {
    for (ready, keys, what, ..) in LATE {
        let mut console = ready();
        held_back(&mut console, keys);
        console.wait(25_000);
        let early = console.model.messages.log.iter();
        let early = early.filter(|told| told.text.starts_with("Not there yet"));
        assert_eq!(early.map(|told| told.times).sum::<u32>(), 1, "{what}");
    }
}

#[test]
fn a_user_who_was_on_the_way_is_looked_for() {
    let user = || {
        let mut console = people();
        console
            .keys("j p tab n")
            .type_text("dora@example.com")
            .keys("tab tab tab");
        console.type_text("Secret-1234").keys("tab").type_text("Secret-1234");
        console
    };
    let mut console = user();
    cut_off(&mut console, "ctrl-o", true);
    console
        .shows("User dora@example.com created; it is as you sent it")
        .lacks("New user");
    assert!(sends_nothing(&console));
    let mut console = user();
    console.held = true;
    console.keys("ctrl-o");
    let kept = serde_json::to_string(console.saved.as_ref().unwrap()).unwrap();
    assert!(!kept.contains("Secret-1234"), "{kept}");
    let mut console = user();
    cut_off(&mut console, "ctrl-o", false);
    console
        .shows("Not done: Create user dora@example.com; send it again")
        .shows("New user");
    // Somebody else's user of that name is another one.
    let mut console = people();
    console
        .keys("j p tab n")
        .type_text("dora@example.com")
        .keys("tab")
        .type_text("Dora");
    sent(&mut console, "ctrl-o", false);
    console.meanwhile(async |other: &LocalInstance| {
        let profile = Profile {
            username: "dora@example.com".to_owned(),
            first_name: Some("Theodora".to_owned()),
            ..Profile::default()
        };
        Backend::create_account(other, None, UserKind::Standard, &profile)
            .await
            .unwrap();
    });
    console.start_again();
    assert!(is_told(&console, "There is a user dora@example.com already."));
}

/// A token that nobody has the value of is good for nothing but to be found by somebody else.
#[test]
fn a_token_whose_value_was_never_shown_is_said_to_be_there() {
    let token = || {
        let mut console = people();
        console
            .keys("j p tab N")
            .type_text("ci")
            .keys("ctrl-o /")
            .type_text("ci")
            .keys("enter t n");
        console.type_text("deploy").keys("ctrl-o esc esc n").type_text("deploy");
        console
    };
    let mut console = token();
    cut_off(&mut console, "ctrl-o", true);
    console
        .shows("Token deploy of ci was made, and its value was never shown")
        .lacks("New token");
    // It stays until it was read.
    console.keys("j k").shows("its value was never shown").keys("!");
    console.shows("End it with D among the tokens of ci, and make another.");
    assert!(sends_nothing(&console));
    // The other one of its name is not taken for it.
    let mut console = token();
    cut_off(&mut console, "ctrl-o", false);
    console
        .shows("Not done: Make token deploy of ci; send it again")
        .lacks("its value was never shown");
}

/// An undo that is looked at takes no other change for the one that it takes back.
#[test]
fn an_undo_on_its_way_is_of_its_own_change() {
    let mut console = people();
    console.keys("j p / a n n a enter D tab enter").shows("u takes it back");
    console.keys("u").shows("Undo: Give ");
    sent(&mut console, "tab enter", true);
    let saved = console.saved.as_mut().expect("it was kept");
    let mut others = saved.undos.last().cloned().expect("it is still there");
    others.words = "Group Theirs created".to_owned();
    others.at += 1;
    saved.undos.push(others);
    console.start_again();
    console.shows("it is as you sent it");
    console.wait(1_000);
    let undos = &console.saved.as_ref().unwrap().undos;
    let words: Vec<&str> = undos.iter().map(|change| change.words.as_str()).collect();
    assert_eq!(words, ["Group Theirs created"]);
    console.keys("ctrl-r").shows("Redo: Take away ");
}
