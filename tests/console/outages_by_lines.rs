//! By lines an outage is told once in each place, and what is printed once it is over is true.

use kestra_admin::domain::problem::Problem;
use kestra_admin::ui::linear;

use crate::on_its_way::over_a_network;
use crate::screens::tenants::people;
use crate::states::unreachable;
use crate::support::{Console, Setup, session};

/// A console over a network, whose answers are held back.
fn remote() -> Console {
    let mut console = over_a_network(people);
    console.held = true;
    console
}

/// Answers everything there is, or nothing of it; that nobody can tell cheaply whether anything changed is known without asking.
pub fn answers(console: &mut Console, problem: Option<&Problem>) {
    while let Some((_, request)) = console.waiting.front() {
        let name = format!("{request:?}");
        let name = name.split([' ', '(']).next().unwrap_or_default().to_owned();
        let name: &'static str = String::leak(name);
        if let Some(problem) = problem.filter(|_| name != "ChangeStamp") {
            console.fail_next(name, problem.clone());
        }
        console.answer_first(name);
    }
}

fn out(console: &mut Console) {
    answers(console, Some(&unreachable()));
}

#[track_caller]
fn is_told_once(console: &Console) {
    let text = console.linear();
    assert_eq!(text.matches("does not answer").count(), 1, "{text}");
}

#[test]
fn in_a_tenant_an_outage_is_told_once() {
    let mut console = remote();
    console.line("2");
    out(&mut console);
    is_told_once(&console);
    for tab in ["roles", "holders", "users", "groups", "overview"] {
        console.line(tab);
        is_told_once(&console);
        for _ in 0..12 {
            console.wait(1_000);
            is_told_once(&console);
            out(&mut console);
            is_told_once(&console);
        }
    }
    // So it is in the list of tenants, once that could not be read.
    console.line("tenants").line("r");
    out(&mut console);
    is_told_once(&console);
    assert!(
        console.linear().contains("Tenants on default, RW"),
        "{}",
        console.linear()
    );
}

#[test]
fn what_one_comes_back_to_after_an_outage_is_read_first() {
    let mut console = remote();
    console.line("r");
    out(&mut console);
    is_told_once(&console);
    console.line("messages");
    console.line("tenant acme");
    out(&mut console);
    is_told_once(&console);
    // It answers again while one is elsewhere.
    for _ in 0..12 {
        console.wait(1_000);
        answers(&mut console, None);
    }
    assert!(!console.linear().contains("does not answer"), "{}", console.linear());
    console.line("tenants");
    answers(&mut console, None);
    let text = console.linear();
    assert!(text.contains("2. acme") && !text.contains("does not answer"), "{text}");
    console.line("messages");
    let text = console.linear();
    assert!(text.contains("ok: default answers again"), "{text}");
}

#[test]
fn an_instance_that_was_never_reached_is_named() {
    let mut console = Setup {
        session: session(|session| {
            session.remote = true;
            session.context = "prod-eu".to_owned();
            session.color = Some("red");
        }),
        hold: true,
        ..Setup::default()
    }
    .open(people);
    out(&mut console);
    let text = console.linear();
    assert!(text.starts_with("Tenants on prod-eu [red], RW\n"), "{text}");
    is_told_once(&console);
}

/// What was asked for at once is answered bit by bit, and all of it fails alike.
#[test]
fn what_was_asked_for_at_once_fails_once() {
    let mut console = remote();
    let news = |console: &Console| linear::notice(&console.model, "").map(|(news, ..)| news);
    let before = news(&console);
    let mut last = before;
    for line in ["2", "r", "tenants", "r"] {
        console.line(line);
        let mut told = Vec::new();
        while !console.waiting.is_empty() {
            console.sleep(1);
            let name = format!("{:?}", console.waiting[0].1);
            let name: &'static str = String::leak(name.split([' ', '(']).next().unwrap().to_owned());
            console.fail_next(name, unreachable()).answer_first(name);
            told.extend(news(&console).filter(|news| Some(*news) != last));
            last = news(&console);
        }
        assert!(told.len() <= 1, "{line}: {told:?}");
        assert!(line != "r" || told.len() == 1, "{line}: who asks is told");
    }
}

/// What takes long to answer the first time is said to, once more.
#[test]
fn an_instance_that_does_not_answer_is_said_to_be_waited_for() {
    let mut console = Setup {
        session: session(|session| session.remote = true),
        hold: true,
        ..Setup::default()
    }
    .open(people);
    let connecting = console.linear();
    let line = "Tenants on default, RW: connecting";
    assert!(connecting.contains(line), "{connecting}");
    console.wait(4_000);
    assert_eq!(console.linear(), connecting);
    console.wait(1_000);
    let more = format!("{line}\nThere is no answer after 5 seconds; it is waited for");
    let waits = connecting.replace(line, &more);
    assert_eq!(console.linear(), waits);
    console.wait(9_000);
    assert_eq!(console.linear(), waits);
}

/// What reads no list is looked at as often as those, so that what is said of the connection holds.
#[test]
fn an_outage_is_noticed_where_no_list_is_read() {
    let on: fn() -> Console = || over_a_network(people);
    let off: fn() -> Console = || {
        let setup = Setup {
            enabled: None,
            default_tenant: None,
            session: session(|session| {
                session.remote = true;
                session.refresh_seconds = 10;
            }),
            ..Setup::default()
        };
        let mut console = setup.open(|_, _| {});
        console.stampless = true;
        console
    };
    for (open, lines) in [
        (off, &[][..]),
        (off, &["open"]),
        (on, &["tenant acme"]),
        (on, &["tenant acme", "holders"]),
        (on, &["1"]),
        (on, &["messages"]),
        (on, &["contexts"]),
        (on, &["1 edit"]),
    ] {
        let mut console = open();
        console.wait(61_000);
        for line in lines {
            console.line(line);
        }
        console.wait(9_000).shows(" ok ");
        console.held = true;
        // Not while something lies over it.
        console.line("help").wait(20_000);
        answers(&mut console, None);
        assert_eq!(console.waiting.len(), 0);
        console.shows(" ok ").line("");
        for _ in 0..11 {
            console.wait(1_000);
            out(&mut console);
        }
        console.shows("! no answer");
        for _ in 0..40 {
            console.wait(1_000);
            answers(&mut console, None);
        }
        console.shows(" ok ");
    }
}
