//! A home with an instance in it and the real program at work there: commands, consoles on terminals, and what the journal
//! says meanwhile.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use kestra_admin::app::resume::Resume;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::release::Release;
use kestra_admin::migration::journal::Follower;
use kestra_admin::migration::record::{Event, Halt, Record};
use kestra_admin::migration::runs::Runs;
use kestra_admin::migration::step::Step;
use kestra_admin::rehearsal::sample::{self, SampleSize};
use rustix::process::{Pid, Signal};

use crate::bare::Bare;
use crate::stage::{CONTEXT, PROGRAM};

/// For `env`: tests that are themselves run by something that does not hear a hang-up, such as `nohup`, do not pass that on.
pub const DEAF_NO_MORE: &str = "--default-signal=HUP";

/// Longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// Between looks at something that tells nobody when it changes.
const LOOK: Duration = Duration::from_millis(1);

/// Holds a command back until it is let go. It is called with a directory and the words of the command.
const GATE: &str = "touch \"$0/entered\"; until [ -e \"$0/open\" ]; do sleep 0.02; done; \
                    rm \"$0/entered\" \"$0/open\"; exec \"$@\"";

pub struct Desk {
    home: tempfile::TempDir,
    /// Words that lead a command to the instance.
    words: [&'static str; 2],
    is_served: bool,
}

impl Desk {
    /// A local instance.
    pub fn new() -> Self {
        let desk = Self {
            home: tempfile::tempdir().unwrap(),
            words: ["--store", CONTEXT],
            is_served: false,
        };
        std::fs::create_dir_all(desk.directory().parent().unwrap()).unwrap();
        LocalInstance::create(&desk.directory(), Release::new(0, 21)).unwrap();
        sample::fill(
            &LocalInstance::open(&desk.directory(), None).unwrap(),
            SampleSize::Small,
        )
        .unwrap();
        desk
    }

    /// A rehearsal that is served, and stopped in the end.
    pub fn served() -> Self {
        let desk = Self {
            home: tempfile::tempdir().unwrap(),
            words: ["--context", CONTEXT],
            is_served: true,
        };
        let up = desk.output(&["rehearsal", "up", CONTEXT, "--sample", "small"]);
        assert!(up.status.success(), "{}", said(&up));
        desk
    }

    /// The same, each of whose commands is held back until it is let go.
    pub fn gated() -> Self {
        let desk = Self::served();
        desk.configure(|written| {
            let server = &mut written["contexts"][CONTEXT]["server"];
            for name in ["kestra-command", "restart-command"] {
                let words = server[name].as_array_mut().unwrap();
                let gate = ["sh", "-c", GATE, desk.home.path().to_str().unwrap()];
                for (at, word) in gate.into_iter().enumerate() {
                    words.insert(at, word);
                }
            }
        });
        desk
    }

    /// Changes the configuration of the program.
    pub fn configure(&self, change: impl FnOnce(&mut toml_edit::DocumentMut)) {
        let file = self.home.path().join(".config/kestra-admin/config.toml");
        let mut written: toml_edit::DocumentMut = std::fs::read_to_string(&file).unwrap().parse().unwrap();
        change(&mut written);
        std::fs::write(&file, written.to_string()).unwrap();
    }

    pub fn directory(&self) -> PathBuf {
        self.home
            .path()
            .join(".local/share/kestra-admin/instances")
            .join(CONTEXT)
    }

    fn prepared(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8");
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = self.prepared(Command::new(PROGRAM));
        command.args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// The program on the instance, without a terminal.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.prepared(Command::new(PROGRAM));
        command.args(self.words).args(arguments).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The console on the instance.
    pub fn console(&self) -> Bare {
        let mut command = self.prepared(Command::new(PROGRAM));
        command.args(self.words);
        Bare::start_command(80, 24, command)
    }

    /// The program on a terminal that controls it, so that it is told when that is closed; the console without arguments.
    pub fn controlled(&self, arguments: &[&str]) -> Bare {
        let mut command = self.prepared(Command::new("setsid"));
        command
            .args(["--ctty", "--wait", "env", DEAF_NO_MORE, PROGRAM])
            .args(self.words)
            .args(arguments);
        Bare::start_command(80, 24, command)
    }

    fn state(&self) -> PathBuf {
        self.home.path().join(".local/state/kestra-admin")
    }

    /// The runs of the instance, once there are any.
    pub fn runs(&self) -> Option<Runs> {
        let instance = std::fs::read_dir(self.state().join("runs")).ok()?.next()?.ok()?.path();
        Some(Runs::in_directory(instance))
    }

    /// The journal of the newest run, once there is one.
    pub fn journal(&self) -> Option<PathBuf> {
        self.runs()?.list().first().map(|(run, _)| run.journal())
    }

    pub fn records(&self) -> Vec<Record> {
        self.journal()
            .and_then(|path| Follower::new(&path).read().ok())
            .unwrap_or_default()
    }

    /// Waits until the journal says something.
    pub fn wait_for(&self, what: &str, is_there: impl Fn(&[Record]) -> bool) -> Vec<Record> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let records = self.records();
            if is_there(&records) {
                return records;
            }
            assert!(Instant::now() < deadline, "{what} never came: {records:#?}");
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until nobody is at work any more, and says whether the newest run is fulfilled.
    pub fn wait_fulfilled(&self) -> bool {
        let ended = self.wait_for("the end", is_halted);
        let runs = self.runs().unwrap();
        wait_until("the lock is given back", || runs.at_work().is_none());
        is_fulfilled(&ended)
    }

    /// The process at work.
    pub fn worker(records: &[Record]) -> Option<u32> {
        records.iter().rev().find_map(|record| match record.event {
            Event::Began { pid, .. } => Some(pid),
            _ => None,
        })
    }

    /// Holds the process at work still within a step: before its command, if it has one, else as soon as the journal says
    /// that it has begun. `None` where the step went by before it could be held.
    pub fn hold(&self, worker: u32, step: Step) -> Option<Hold> {
        let deadline = Instant::now() + PATIENCE;
        let waits = self.is_served
            && matches!(
                step,
                Step::Backup | Step::Restart | Step::SyncAccess | Step::RestartAgain
            );
        let entered = self.home.path().join("entered");
        loop {
            assert!(Instant::now() < deadline, "{step} never came: {:#?}", self.records());
            if waits {
                let progress = Progress::of(&self.records(), step);
                if progress == Progress::UnderWay && entered.exists() {
                    return Some(Hold::Command(self.home.path().join("open")));
                }
                assert_ne!(progress, Progress::Over, "{step} ran no command");
                std::thread::sleep(LOOK);
                continue;
            }
            send(worker, Signal::STOP);
            wait_until("it holds still", || {
                !matches!(stat(worker, 0).as_deref(), Some("R" | "S" | "D"))
            });
            match Progress::of(&self.records(), step) {
                Progress::UnderWay => return Some(Hold::Process(worker)),
                progress => {
                    send(worker, Signal::CONT);
                    if progress == Progress::Over {
                        return None;
                    }
                }
            }
            std::thread::sleep(LOOK);
        }
    }

    pub fn is_under_way(&self, step: Step) -> bool {
        Progress::of(&self.records(), step) == Progress::UnderWay
    }

    pub fn settings(&self) -> String {
        std::fs::read_to_string(self.directory().join("application.yml")).unwrap()
    }

    /// What the console kept for its next start, if anything.
    pub fn kept(&self) -> Option<Resume> {
        let files = std::fs::read_dir(self.state().join("resume")).ok()?;
        files
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|end| end == "json"))
            .find_map(|entry| serde_json::from_slice(&std::fs::read(entry.path()).ok()?).ok())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if self.is_served {
            self.output(&["rehearsal", "stop", CONTEXT]);
        }
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Pending,
    UnderWay,
    Over,
}

impl Progress {
    fn of(records: &[Record], wanted: Step) -> Self {
        let said = records.iter().rev().find_map(|record| match record.event {
            Event::StepBegan { step } if step == wanted => Some(Self::UnderWay),
            Event::StepEnded { step, .. } if step == wanted => Some(Self::Over),
            _ => None,
        });
        said.unwrap_or(Self::Pending)
    }
}

/// Something that is held still.
pub enum Hold {
    /// A command, until this file is there.
    Command(PathBuf),
    /// A process.
    Process(u32),
}

impl Hold {
    /// Lets it go on.
    pub fn release(self) {
        match self {
            Self::Command(open) => std::fs::write(open, "").unwrap(),
            Self::Process(pid) => send(pid, Signal::CONT),
        }
    }
}

fn wait_until(what: &str, happened: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < deadline, "it was waited in vain until {what}");
        std::thread::sleep(LOOK);
    }
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn kill(pid: u32) {
    send(pid, Signal::KILL);
}

/// Sends a signal to a process, which may be gone already.
fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    let _ = rustix::process::kill_process(pid, signal);
}

/// What the system tells of a process: its state, its parent, its group, its session.
pub fn stat(pid: u32, field: usize) -> Option<String> {
    let text = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    text.rsplit(") ").next()?.split(' ').nth(field).map(str::to_owned)
}

pub fn is_halted(records: &[Record]) -> bool {
    matches!(records.last().map(|record| &record.event), Some(Event::Halted { .. }))
}

pub fn is_fulfilled(records: &[Record]) -> bool {
    let last = records.last().map(|record| &record.event);
    matches!(
        last,
        Some(Event::Halted {
            halt: Halt::Fulfilled,
            ..
        })
    )
}
