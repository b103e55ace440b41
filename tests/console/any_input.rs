//! Whatever is pressed, pasted, answered or resized, in whatever order: the console stands.

use kestra_admin::app::input::{Key, parse_sequence};
use kestra_admin::app::msg::Msg;
use kestra_admin::app::pointer::{Act, Pointer};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

use crate::support::{Setup, session, usual};

#[derive(Clone, Debug)]
enum Event {
    Keys(&'static str),
    Type(char),
    Paste(String),
    Line(String),
    Resize(u16, u16),
    Wait(u64),
    Sleep(u64),
    Hold,
    Answer,
    Fail(&'static str),
    Copied(bool),
    Resumed,
    /// A run goes on as far as it can.
    Go,
    /// A run is killed.
    Kill,
    /// A mouse does something somewhere.
    Point(Act, u16, u16),
}

/// Keys that go somewhere, so that chance gets beyond the list.
const WAYS: [&str; 81] = [
    "j p",
    "j p tab",
    "j p tab tab",
    "A",
    "b",
    "6",
    "H",
    "f",
    "X",
    "O",
    "P",
    "I",
    "j p tab N c i ctrl-o",
    "tab n x enter space ctrl-o",
    "N",
    "o",
    "f",
    "f enter enter",
    "a",
    "A",
    "w",
    "w enter enter",
    "u",
    "*",
    "tab enter",
    "tab D",
    "j enter tab e",
    "y j",
    "m",
    "3",
    "P",
    "R",
    "b",
    "o",
    "t",
    "m enter enter enter n x ctrl-o enter",
    "3 enter",
    "j",
    "k",
    "enter",
    "esc",
    "tab",
    "shift-tab",
    "g g",
    "G",
    "pgdn",
    "pgup",
    "ctrl-d",
    "ctrl-u",
    "h",
    "l",
    "left",
    "right",
    "up",
    "down",
    "home",
    "end",
    "n",
    "e",
    "D",
    "d",
    "p",
    "/",
    "s",
    "S",
    "r",
    "L",
    "!",
    "W",
    ":",
    "?",
    "y i",
    "y c",
    "y t",
    "y",
    "ctrl-o",
    "ctrl-g",
    "ctrl-c",
    "space",
    "backspace",
    "delete",
];

const QUESTIONS: [&str; 17] = [
    "People",
    "Do",
    "Role",
    "Survey",
    "StartRun",
    "Runs",
    "ControlRun",
    "Instance",
    "Tenants",
    "Tenant(",
    "Access",
    "Footprint",
    "Create",
    "Update",
    "Delete",
    "IdTaken",
    "UserExists",
];

fn pointer_act() -> impl Strategy<Value = Act> {
    prop::sample::select(&[Act::Press, Act::Release, Act::WheelUp, Act::WheelDown][..])
}

fn event() -> impl Strategy<Value = Event> {
    let text =
        "(?s)[ -~]{0,6}|[\\x00-\\x1f\u{7f}-\u{9f}]{0,3}|[\u{200b}-\u{202e}日👩\u{301}\u{1f1eb}]{0,4}|acme|default";
    prop_oneof![
        30 => prop::sample::select(&WAYS[..]).prop_map(Event::Keys),
        6 => any::<char>().prop_map(Event::Type),
        4 => prop::sample::select(vec!['a', 'c', 'm', 'e', '1', 'q']).prop_map(Event::Type),
        4 => text.prop_map(Event::Paste),
        2 => text.prop_map(Event::Line),
        4 => (0u16..220, 0u16..70).prop_map(|(width, height)| Event::Resize(width, height)),
        2 => Just(Event::Resize(80, 24)),
        3 => (0u64..5_000).prop_map(Event::Wait),
        1 => (0u64..2_000_000).prop_map(Event::Sleep),
        2 => Just(Event::Hold),
        4 => Just(Event::Answer),
        3 => prop::sample::select(&QUESTIONS[..]).prop_map(Event::Fail),
        1 => any::<bool>().prop_map(Event::Copied),
        1 => Just(Event::Resumed),
        2 => Just(Event::Go),
        1 => Just(Event::Kill),
        6 => (pointer_act(), 0u16..80, 0u16..24).prop_map(|(act, column, row)| Event::Point(act, column, row)),
    ]
}

proptest! {
    #![proptest_config(Config {
        cases: 64,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    })]

    #[test]
    fn the_console_stands(
        events in prop::collection::vec(event(), 1..50),
        protected in any::<bool>(),
        hold in any::<bool>(),
        release in prop::sample::select(vec!["0.13", "0.21", "1.3", "2.0"]),
    ) {
        let mut console = Setup {
            release,
            hold,
            session: session(|session| {
                session.protected = protected;
                session.remote = hold;
                session.refresh_seconds = 10;
            }),
            ..Setup::default()
        }
        .open(usual);
        for event in events {
            match event {
                Event::Keys(keys) => {
                    for key in parse_sequence(keys).unwrap() {
                        console.send(Msg::Key(key));
                    }
                }
                Event::Type(character) => {
                    console.send(Msg::Key(Key::char(character)));
                }
                Event::Paste(text) => {
                    console.paste(&text);
                }
                Event::Line(line) => {
                    console.line(&line);
                }
                Event::Resize(width, height) => {
                    console.resize(width, height);
                }
                Event::Wait(milliseconds) => {
                    console.wait(milliseconds);
                }
                Event::Sleep(milliseconds) => {
                    console.sleep(milliseconds);
                    console.send(Msg::Deadline);
                }
                Event::Hold => console.held = true,
                Event::Answer => {
                    console.answer();
                }
                Event::Fail(question) => {
                    let problem = Problem::new(ProblemKind::Conflict, "What.", "Why.", "Next.").with_field("id", "x");
                    console.fail_next(question, problem);
                }
                Event::Copied(worked) => {
                    console.send(if worked {
                        Msg::Copied("yes".to_owned())
                    } else {
                        Msg::NotCopied {
                            words: "no".to_owned(),
                            text: "a long text\nof two lines".repeat(40),
                        }
                    });
                }
                Event::Go => {
                    if console.fake.is_at_work() {
                        console.fake.go(None);
                    }
                    console.news();
                }
                Event::Point(act, column, row) => {
                    let hit = console.drawn().hits.at(column, row);
                    let pointer = Pointer { act, column, row, hit };
                    console.send(Msg::Pointer(pointer));
                }
                Event::Kill => {
                    console.fake.kill();
                    console.news();
                }
                Event::Resumed => {
                    console.send(Msg::Resumed);
                }
            }
            let drawn = console.drawn();
            let size = console.model.size;
            if let Some((x, y)) = drawn.cursor {
                prop_assert!(x < size.width && y < size.height, "the cursor is at {x},{y} of {size:?}");
            }
            console.linear();
            if let Some(deadline) = console.model.next_deadline() {
                prop_assert!(deadline > console.model.now, "{deadline} is not after {}", console.model.now);
            }
            prop_assert!(console.model.tenants.cursor.at() <= console.model.tenants.length());
            if console.has_quit {
                break;
            }
        }
        // Whatever happened, it comes to rest, and can be left.
        console.answer().resize(80, 24);
        console.held = false;
        if !console.has_quit {
            for _ in 0..12 {
                console.keys("esc");
                if let Some(kestra_admin::app::overlay::Overlay::Dialog(_)) = console.model.overlays.last() {
                    console.keys("tab enter");
                }
            }
            console.keys("ctrl-c ctrl-c ctrl-c");
            prop_assert!(console.has_quit, "it cannot be left\n{}", console.screen());
        }
    }
}
