//! A terminal that is closed during any step: what runs on it is told to hang up, and the run goes on by itself.

use std::collections::BTreeSet;
use std::process::Command;

use kestra_admin::migration::step::{Route, Step};
use rustix::process::Signal;

use crate::consoles::{UNTIL_BEGUN, answer};
use crate::desk::{DEAF_NO_MORE, Desk, stat};

/// How a program ends that was told to hang up.
const HUNG_UP: i32 = 129;
/// How often a step may go by before it could be held.
const TRIES: usize = 5;

/// Whether a terminal can be made the one that controls what runs on it.
fn can_control() -> bool {
    let has_session = Command::new("setsid").arg("--version").output().is_ok();
    let hears = Command::new("env").args([DEAF_NO_MORE, "true"]).output();
    let can = has_session && hears.is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("skipped: there is no `setsid`, or no `env {DEAF_NO_MORE}`, to start a session with");
    }
    can
}

/// One run, during each step of which the console that shows it loses its terminal. Returns in which of the wanted ones
/// that was seen.
fn consoles_closed_in(wanted: &BTreeSet<Step>) -> BTreeSet<Step> {
    let desk = Desk::gated();
    let mut console = Some(desk.controlled(&[]));
    answer(console.as_mut().unwrap(), UNTIL_BEGUN);
    let records = desk.wait_for("the worker", |journal| Desk::worker(journal).is_some());
    let worker = Desk::worker(&records).unwrap();
    let mut closed = BTreeSet::new();
    for step in Route::Settings.steps().iter().copied() {
        let Some(held) = desk.hold(worker, step) else { continue };
        if wanted.contains(&step) {
            // The one that began it, or the next one, which finds it.
            let mut console = console.take().unwrap_or_else(|| desk.controlled(&[]));
            console.wait_screen(&format!("[>] {step} "));
            console.hang_up();
            assert_eq!(console.wait_exit().code(), Some(HUNG_UP), "{step}");
            assert!(desk.is_under_way(step), "{step} ended although it was held");
            closed.insert(step);
        }
        held.release();
    }
    drop(console);
    assert!(desk.wait_fulfilled());
    assert!(desk.settings().contains("default-tenant: false"));
    let mut console = desk.console();
    console.wait_screen("The plan is fulfilled in");
    console.signal(Signal::TERM);
    console.wait_exit();
    closed
}

#[test]
fn a_console_whose_terminal_is_closed_during_any_step_leaves_the_run_to_itself() {
    if !can_control() {
        return;
    }
    let mut left: BTreeSet<Step> = Route::Settings.steps().iter().copied().collect();
    for _ in 0..TRIES {
        left = &left - &consoles_closed_in(&left);
        if left.is_empty() {
            return;
        }
    }
    panic!("never held within {left:?}");
}

/// Closes the terminal of `migrate run` within a step; `false` where the step went by before.
fn run_closed_in(step: Step) -> bool {
    let desk = Desk::new();
    let mut terminal = desk.controlled(&[
        "migrate",
        "run",
        "--tenant",
        "dev",
        "--disable-default",
        "--confirm",
        "lab",
        "--yes",
    ]);
    let records = desk.wait_for("the worker", |journal| Desk::worker(journal).is_some());
    let worker = Desk::worker(&records).unwrap();
    let Some(held) = desk.hold(worker, step) else {
        return false;
    };
    let session = stat(worker, 3);
    assert_eq!(
        session,
        Some(worker.to_string()),
        "the worker leads a session of its own"
    );
    terminal.wait_screen(&format!("[>] {step}"));
    terminal.hang_up();
    terminal.wait_exit();
    assert!(desk.is_under_way(step), "{step} ended although it was held");
    held.release();
    assert!(desk.wait_fulfilled(), "{step}");
    assert!(desk.settings().contains("default-tenant: false"), "{step}");
    let mut console = desk.console();
    console.wait_screen("1 tenant");
    console.send(b"3");
    console.wait_screen("The plan is fulfilled");
    console.signal(Signal::TERM);
    console.wait_exit();
    true
}

#[test]
fn a_run_whose_terminal_is_closed_during_any_step_goes_on() {
    if !can_control() {
        return;
    }
    for step in Route::Settings.steps().iter().copied() {
        assert!((0..TRIES).any(|_| run_closed_in(step)), "never held within {step}");
    }
}
