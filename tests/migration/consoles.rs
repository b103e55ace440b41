//! The console on a terminal, through the wizard by keys and into the run, and killed on the way: the next one goes on from
//! what was kept, or with the run, and each change is made once.
//!
//! `KILLS` says how many moments are looked at, `SEED` which.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kestra_admin::app::resume::Place;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::migration::action::Outcome;
use kestra_admin::migration::journal::Follower;
use kestra_admin::migration::record::{Event, Record};
use kestra_admin::migration::step::Step;
use rustix::process::Signal;

use crate::bare::Bare;
use crate::desk::{Desk, PATIENCE, is_halted, kill};
use crate::killed::{End, end_of};

/// What stands on the screen, and the keys of whoever wants a tenant `dev` and the default tenant disabled. What comes first
/// counts: a dialog before its page.
const ANSWERS: [(&str, &[u8]); 17] = [
    (CONFIRMATION, b"lab\t\r"),
    ("( Start )", b"\t\r"),
    (FULFILLED, b""),
    (CUT_SHORT, b"P"),
    (AT_WORK, b""),
    // Whatever was typed already.
    ("A tenant to create", b"\x15dev\x0f"),
    (NO_TENANTS, b"n"),
    ("Which tenants are created?", b"\r"),
    ("What is backed up before", b"\r"),
    ("How the servers are restarted", b"\r"),
    ("What becomes of the default tenant", b"2\r"),
    ("Enter goes on to a few questions", b"\r"),
    // The page is there before the plan is, and a key that comes too early is only answered with words.
    ("Enter asks to start", b"\r"),
    // The run came to its end before anybody looked.
    ("Already multi-tenant", b"3"),
    ("> Runs", b"\r"),
    (RUN_IN_PROGRESS, b"m"),
    (FIRST_SCREEN, b"m"),
];
const FIRST_SCREEN: &str = "To turn it on: m";
const RUN_IN_PROGRESS: &str = "m shows it";
const NO_TENANTS: &str = "None so far.";
const CONFIRMATION: &str = "Disable the default tenant of lab";
const AT_WORK: &str = "You may close this window";
const CUT_SHORT: &str = "It was cut short";
const FULFILLED: &str = "The plan is fulfilled in";

/// How many answers it takes from the first screen until the run begins.
pub const UNTIL_BEGUN: usize = 11;

/// Answers what is on the screen again and again, until so many answers were given or the plan is fulfilled. Returns what
/// was seen.
pub fn answer(console: &mut Bare, most: usize) -> Vec<&'static str> {
    let mut seen: Vec<&str> = Vec::new();
    while seen.len() < most {
        // A page that was answered stays until the next one is there.
        let last = seen.last().copied();
        let next = console.look(Instant::now() + PATIENCE, |screen| {
            let shown = ANSWERS.iter().find(|(text, _)| screen.contains(text));
            shown.filter(|(text, _)| Some(*text) != last)
        });
        let Some((text, keys)) = next else {
            panic!("nothing new after {seen:?}\n{}", console.contents());
        };
        console.send(keys);
        seen.push(text);
        if *text == FULFILLED {
            break;
        }
    }
    seen
}

/// Numbers that look random and follow from the first (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn number_in(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// What is the same however it came to be.
fn end(desk: &Desk) -> End {
    let instance = LocalInstance::open(&desk.directory(), None).unwrap();
    end_of(&instance, &desk.directory().join("application.yml"), &["dev"])
}

/// A moment to kill the console at.
#[derive(Debug)]
struct Moment {
    /// After so many answers.
    answers: usize,
    /// And when the journal has so many records.
    records: usize,
    /// And then after so long.
    delay: Duration,
    /// Whether the process at work is killed with it, as when the machine goes down.
    all: bool,
}

/// How it ends when nobody is killed, and how many records that takes.
fn undisturbed() -> (End, usize) {
    let desk = Desk::served();
    let mut console = desk.console();
    let seen = answer(&mut console, usize::MAX);
    assert_eq!(
        seen.iter().position(|text| *text == AT_WORK),
        Some(UNTIL_BEGUN),
        "{seen:?}"
    );
    assert!(desk.wait_fulfilled());
    let end = end(&desk);
    (end, desk.records().len())
}

fn killed_at(moment: &Moment, expected: &End) {
    let desk = Desk::served();
    let mut console = desk.console();
    answer(&mut console, moment.answers);
    let records = desk.wait_for("the record", |journal| {
        journal.len() >= moment.records || is_halted(journal)
    });
    std::thread::sleep(moment.delay);
    console.signal(Signal::KILL);
    if let Some(worker) = Desk::worker(&records).filter(|_| moment.all) {
        kill(worker);
    }
    console.wait_exit();
    let kept = desk.kept();

    let mut again = desk.console();
    let seen = answer(&mut again, usize::MAX);
    again.signal(Signal::TERM);
    again.wait_exit();
    // What was kept is there again, and nothing that was answered is asked once more.
    if let Some(kept) = kept {
        let draft = kept.migration.unwrap_or_default();
        let was_run = kept.places.iter().any(|place| matches!(place, Place::Run { .. }));
        if was_run {
            assert!(
                [RUN_IN_PROGRESS, AT_WORK, CUT_SHORT, FULFILLED].contains(&seen[0]),
                "{seen:?}"
            );
        }
        assert!(!draft.is_open || seen[0] != FIRST_SCREEN, "{seen:?}");
        assert!(draft.tenants.is_empty() || !seen.contains(&NO_TENANTS), "{seen:?}");
    }
    assert!(desk.wait_fulfilled());
    assert_eq!(&end(&desk), expected);
    each_change_once(&desk);
}

/// One run made changes, each of them once, and reported; one that was killed before it did more than look may be beside it.
fn each_change_once(desk: &Desk) {
    let runs = desk.runs().unwrap();
    let (mut fulfilled, looked): (Vec<_>, Vec<_>) = runs.list().into_iter().partition(|(_, state)| state.is_finished());
    assert_eq!(fulfilled.len(), 1);
    assert!(looked.iter().all(|(_, state)| state.has_only_looked()), "{looked:?}");
    let (run, _) = fulfilled.remove(0);
    let usual = runs.usual().map(|(run, _)| run.id);
    assert_eq!(
        usual.as_ref(),
        Some(&run.id),
        "the run that is meant where none is named"
    );
    let mut changed = Vec::new();
    for Record { event, .. } in Follower::new(&run.journal()).read().unwrap() {
        if let Event::Outcome {
            step,
            action,
            outcome: Outcome::Done { .. },
        } = event
            && !action.is_read()
        {
            assert!(!changed.contains(&(step, action.clone())), "{step}: {action:?}");
            changed.push((step, action));
        }
    }
    assert!(changed.len() >= 7, "{changed:?}");
    let report = std::fs::read_to_string(run.directory().join("report.md")).unwrap();
    assert!(report.contains("The plan is fulfilled."), "{report}");
    assert!(runs.take(&run).is_ok(), "the lock was left");
}

#[test]
fn a_console_that_is_killed_at_any_moment_is_gone_on_from() {
    // Every moment takes long; each submission looks at some of them.
    let kills = number_in("KILLS").unwrap_or(5);
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let seed = number_in("SEED").unwrap_or_else(|| nanoseconds.into());
    let mut random = Random(seed);
    let (expected, records) = undisturbed();
    // Each part of the way has its share: the questions, the start, every record of the run.
    let moments = (UNTIL_BEGUN + records) as u64;
    for number in 0..kills {
        let (from, to) = (number * moments / kills, (number + 1) * moments / kills);
        let at = usize::try_from(from + random.below((to - from).max(1))).unwrap();
        let moment = Moment {
            answers: (at + 1).min(UNTIL_BEGUN),
            records: (at + 1).saturating_sub(UNTIL_BEGUN),
            delay: Duration::from_millis(random.below(if at < UNTIL_BEGUN { 1_200 } else { 40 })),
            all: random.below(3) == 0,
        };
        let told = format!("SEED={seed}, kill {number} of {kills}: {moment:?}");
        let outcome = std::panic::catch_unwind(|| killed_at(&moment, &expected));
        assert!(outcome.is_ok(), "{told}");
        eprintln!("{told}");
    }
}

#[test]
fn what_is_read_only_by_configuration_is_migrated_whole_once_it_was_unlocked() {
    let desk = Desk::served();
    desk.configure(|written| {
        written["read-only"] = true.into();
        written["contexts"]["lab"]["read-only"] = true.into();
    });
    let mut console = desk.console();
    console.wait_screen(" RO");
    console.send(b"W");
    console.wait_screen(" RW");
    answer(&mut console, usize::MAX);
    assert!(desk.wait_fulfilled());
}

#[test]
fn a_console_that_is_left_during_a_run_says_that_it_goes_on_once_the_terminal_is_given_back() {
    let desk = Desk::gated();
    let mut console = desk.console();
    answer(&mut console, UNTIL_BEGUN);
    let records = desk.wait_for("the worker", |journal| Desk::worker(journal).is_some());
    let worker = Desk::worker(&records).unwrap();
    let held = desk.hold(worker, Step::Backup).unwrap();
    console.wait_screen("[>] backup ");
    console.send(b"qq");
    console.wait_for("\x1b[?1049l");
    let said = console.wait_for("follows it again.");
    assert!(
        said.contains("goes on by itself; `kestra-admin --context lab migrate attach`"),
        "{said}"
    );
    assert_eq!(console.wait_exit().code(), Some(0));
    held.release();
    for step in [Step::Restart, Step::SyncAccess, Step::RestartAgain] {
        desk.hold(worker, step).unwrap().release();
    }
    assert!(desk.wait_fulfilled());
}
