//! The real program: runs that are killed at any moment, two at once, a terminal that goes away.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::release::Release;
use kestra_admin::migration::journal::Follower;
use kestra_admin::migration::record::{Event, Record};
use kestra_admin::rehearsal::sample::{self, SampleSize};

use crate::stage::PROGRAM;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

struct Desk {
    home: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let desk = Self { home };
        std::fs::create_dir_all(desk.directory().parent().unwrap()).unwrap();
        LocalInstance::create(&desk.directory(), Release::new(0, 21)).unwrap();
        sample::fill(
            &LocalInstance::open(&desk.directory(), None).unwrap(),
            SampleSize::Small,
        )
        .unwrap();
        desk
    }

    fn directory(&self) -> PathBuf {
        self.home.path().join(".local/share/kestra-admin/instances/lab")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(["--store", "lab"])
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The journal of the only run, once there is one.
    fn journal(&self) -> Option<PathBuf> {
        let runs = self.home.path().join(".local/state/kestra-admin/runs");
        let instance = std::fs::read_dir(runs).ok()?.next()?.ok()?.path();
        std::fs::read_dir(instance)
            .ok()?
            .flatten()
            .map(|entry| entry.path().join("journal.ndjson"))
            .find(|path| path.is_file())
    }

    fn records(&self) -> Vec<Record> {
        self.journal()
            .and_then(|path| Follower::new(&path).read().ok())
            .unwrap_or_default()
    }

    /// Waits until the journal says something.
    fn wait_for(&self, what: &str, is_there: impl Fn(&[Record]) -> bool) -> Vec<Record> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let records = self.records();
            if is_there(&records) {
                return records;
            }
            assert!(Instant::now() < deadline, "{what} never came: {records:#?}");
            std::thread::yield_now();
        }
    }

    fn worker(records: &[Record]) -> Option<u32> {
        records.iter().rev().find_map(|record| match record.event {
            Event::Began { pid, .. } => Some(pid),
            _ => None,
        })
    }

    fn settings(&self) -> String {
        std::fs::read_to_string(self.directory().join("application.yml")).unwrap()
    }
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // It may be gone already.
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

fn is_halted(records: &[Record]) -> bool {
    matches!(records.last().map(|record| &record.event), Some(Event::Halted { .. }))
}

const RUN: [&str; 9] = [
    "migrate",
    "run",
    "--tenant",
    "dev",
    "--disable-default",
    "--confirm",
    "lab",
    "--no-backup",
    "--yes",
];

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Kills the process at work, and whoever follows it, when its journal has so many records; goes on until it is done.
fn killed_when(records: usize) {
    let desk = Desk::new();
    let mut follower = desk
        .command(&RUN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let seen = desk.wait_for("the record", |journal| journal.len() >= records || is_halted(journal));
    if let Some(pid) = Desk::worker(&seen) {
        kill(pid);
    }
    follower.kill().unwrap();
    follower.wait().unwrap();
    let finished = desk.run(&["migrate", "resume"]);
    let told = said(&finished);
    assert!(
        finished.status.success() || (is_halted(&seen) && told.contains("is at its end")),
        "killed at {records}: {told}"
    );
    assert!(desk.settings().contains("enabled: true"), "killed at {records}");
    assert!(desk.settings().contains("default-tenant: false"), "killed at {records}");
    let listed = desk.run(&["tenants", "list", "-o", "csv"]);
    let rows = String::from_utf8_lossy(&listed.stdout)
        .lines()
        .filter(|row| row.starts_with("dev,"))
        .count();
    assert_eq!(rows, 1, "killed at {records}");
}

#[test]
fn a_run_that_is_killed_at_any_moment_goes_on_to_the_same_end() {
    // Every moment takes long; each submission looks at some of them. `KILLS` looks at as many as you like.
    let kills: usize = std::env::var("KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(6);
    for number in 0..kills {
        killed_when(2 + number * 38 / kills.max(1));
    }
}

#[test]
fn one_run_at_a_time_and_others_may_look() {
    let desk = Desk::new();
    let mut first = desk
        .command(&RUN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let records = desk.wait_for("the worker", |journal| Desk::worker(journal).is_some());
    let stopped = rustix::process::Pid::from_raw(i32::try_from(Desk::worker(&records).unwrap()).unwrap()).unwrap();
    // It holds still, so that it surely is at work when the second one comes.
    rustix::process::kill_process(stopped, rustix::process::Signal::STOP).unwrap();
    let second = desk.run(&RUN);
    assert_eq!(second.status.code(), Some(5), "{}", said(&second));
    assert!(said(&second).contains("at work"), "{}", said(&second));
    let listed = desk.run(&["migrate", "status", "-o", "json"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("\"alive\":true"));
    rustix::process::kill_process(stopped, rustix::process::Signal::CONT).unwrap();
    assert!(first.wait().unwrap().success());
    let attached = desk.run(&["migrate", "attach"]);
    assert!(attached.status.success(), "{}", said(&attached));
    assert!(
        said(&attached).contains("The plan is fulfilled."),
        "{}",
        said(&attached)
    );
}

#[test]
fn a_run_outlives_whoever_started_it() {
    let desk = Desk::new();
    // In a session of its own, which ends as one does when a connection is lost: all of it is told to hang up.
    let mut leader = Command::new("setsid")
        .arg("--wait")
        .arg(PROGRAM)
        .args(["--store", "lab"])
        .args(RUN)
        .env_clear()
        .env("HOME", desk.home.path())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let records = desk.wait_for("the worker", |journal| journal.len() > 3);
    let worker = Desk::worker(&records).unwrap();
    let session = session_of(worker);
    assert_eq!(session, Some(worker), "the worker leads a session of its own");
    leader.kill().unwrap();
    leader.wait().unwrap();
    let ended = desk.wait_for("the end", is_halted);
    assert!(matches!(
        &ended.last().unwrap().event,
        Event::Halted { words, .. } if words == "The plan is fulfilled."
    ));
}

/// The session of a process, as the system tells.
fn session_of(pid: u32) -> Option<u32> {
    let text = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    text.rsplit(") ").next()?.split(' ').nth(3)?.parse().ok()
}

#[test]
fn a_run_is_stopped_and_resumed() {
    let desk = Desk::new();
    let mut first = desk
        .command(&RUN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    desk.wait_for("the worker", |journal| Desk::worker(journal).is_some());
    let answer = desk.run(&["migrate", "stop", "-o", "json"]);
    assert!(answer.status.success(), "{}", said(&answer));
    first.wait().unwrap();
    let resumed = desk.run(&["migrate", "resume"]);
    let told = said(&resumed);
    assert!(resumed.status.success() || told.contains("is at its end"), "{told}");
    assert!(desk.settings().contains("default-tenant: false"));
    let undone = desk.run(&["migrate", "rollback", "--yes"]);
    assert!(undone.status.success(), "{}", said(&undone));
    assert!(desk.settings().contains("enabled: false"));
    let report = desk.run(&["migrate", "report"]);
    let text = String::from_utf8_lossy(&report.stdout).into_owned();
    assert!(text.contains("# Report: migration of lab to multi-tenancy"), "{text}");
    assert!(text.contains("| enable | undone |"), "{text}");
}
