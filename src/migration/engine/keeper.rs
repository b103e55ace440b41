//! The process that runs one command of a run and keeps what it writes and how it ends.
//!
//! It leads a session of its own, so that neither a lost terminal nor the death of the run takes the command with it:
//! whoever resumes the run finds the outcome in a file. What is written passes through here and loses its secrets.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};

use super::super::runs::{io_problem, is_locked, lock_for_good, write_file};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::text::visible;

/// How often a command that runs is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long a command that is told to end may take.
const FAREWELL: Duration = Duration::from_secs(10);
/// How long what a command left running may hold its output open.
const LEFTOVERS: Duration = Duration::from_secs(1);
/// Bytes of one line that are kept.
const LONGEST_LINE: u64 = 64 * 1024;

/// A command to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Program and arguments.
    pub words: Vec<String>,
    /// Seconds it may take.
    pub limit_seconds: u64,
    /// Where it is run; where its keeper is if nothing is said.
    #[serde(default)]
    pub directory: Option<String>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Its exit code; 128 and the number where a signal ended it.
    pub exit_code: i32,
    /// Seconds it took.
    pub seconds: u64,
    /// Whether it took longer than it may, and was ended.
    pub timed_out: bool,
}

/// The files of one command.
#[derive(Clone, Debug)]
pub struct Kept {
    directory: PathBuf,
    name: String,
}

impl Kept {
    /// The files of a command in the output directory of a run.
    pub fn new(directory: &Path, name: &str) -> Self {
        Self {
            directory: directory.to_owned(),
            name: name.to_owned(),
        }
    }

    fn file(&self, end: &str) -> PathBuf {
        self.directory.join(format!("{}.{end}", self.name))
    }

    /// What it wrote.
    pub fn log(&self) -> PathBuf {
        self.file("log")
    }

    /// Writes down what is to be run.
    pub fn order(&self, order: &Order) -> Result<(), Problem> {
        let json = serde_json::to_vec(order).unwrap_or_default();
        write_file(&self.file("order"), &json)
    }

    /// How it ended, if it has.
    pub fn ended(&self) -> Option<Ended> {
        serde_json::from_slice(&fs::read(self.file("ended")).ok()?).ok()
    }

    /// Whether a keeper took the order, and so may have run it.
    pub fn was_begun(&self) -> bool {
        self.file("lock").exists() && !self.file("order").exists()
    }

    /// Takes the order back, so that a keeper that comes late runs nothing. `false` if one was or is at work on it.
    ///
    /// # Errors
    /// If that cannot be told.
    pub fn withdraw(&self) -> Result<bool, Problem> {
        let lock_file = self.file("lock");
        let had_keeper = lock_file.exists();
        let Some(_lock) = lock_for_good(&lock_file)? else {
            return Ok(false);
        };
        let order_file = self.file("order");
        let had_order = match fs::remove_file(&order_file) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(io_problem("removed", &order_file, &error)),
        };
        let is_withdrawn = had_order || !had_keeper;
        if is_withdrawn {
            // As if there never had been one.
            let _ = fs::remove_file(&lock_file);
        }
        Ok(is_withdrawn)
    }

    /// Whether a keeper is at work on it.
    pub fn is_running(&self) -> bool {
        is_locked(&self.file("lock")) || self.child_lives()
    }

    /// Writes down which process the command is, so that it is known although its keeper dies.
    fn note_child(&self, pid: u32) {
        if let Some(started) = started_at(pid) {
            // Without it a command that outlives its keeper is not noticed.
            let _ = write_file(&self.file("child"), format!("{pid} {started}").as_bytes());
        }
    }

    /// Whether the command itself goes on, whatever became of its keeper.
    fn child_lives(&self) -> bool {
        let noted = fs::read_to_string(self.file("child")).unwrap_or_default();
        let mut words = noted.split(' ');
        let mut number = || words.next()?.parse::<u64>().ok();
        match (number(), number()) {
            (Some(pid), Some(started)) => u32::try_from(pid).ok().and_then(started_at) == Some(started),
            _ => false,
        }
    }

    /// The end of what it wrote, without empty lines.
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let text = fs::read(self.log()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines
            .iter()
            .skip(lines.len().saturating_sub(count))
            .map(|line| (*line).to_owned())
            .collect()
    }

    /// The last line that begins so, or has it after the noise of a log.
    pub fn line_with(&self, beginning: &str) -> Option<String> {
        let text = fs::read(self.log()).ok()?;
        String::from_utf8_lossy(&text)
            .lines()
            .rev()
            .find_map(|line| line.find(beginning).and_then(|at| line.get(at..)).map(str::to_owned))
    }
}

/// When a process was started, in the system's own ticks: a number that the next process of the same id does not have.
/// `None` if there is none, or only what is left of one, or if the system does not tell.
fn started_at(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = text.rsplit(") ").next()?.split(' ');
    let state = fields.next()?;
    (state != "Z").then_some(())?;
    fields.nth(18)?.parse().ok()
}

/// Runs a command to its end. The values to be hidden come on standard input, as a JSON array.
///
/// # Errors
/// If its files cannot be used. A command that fails is no error: how it ended is written down.
pub fn keep(directory: &Path, name: &str, input: &mut dyn Read) -> Result<(), Problem> {
    // Whoever leads a session already cannot, and need not.
    let _ = rustix::process::setsid();
    let kept = Kept::new(directory, name);
    let Some(_lock) = lock_for_good(&kept.file("lock"))? else {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!("`{name}` is kept already."),
            "Another process is at work on it.",
            "Wait for it.",
        ));
    };
    let mut secrets = String::new();
    let read = input.read_to_string(&mut secrets);
    let parsed = serde_json::from_slice::<Vec<String>>(secrets.as_bytes());
    let (Ok(_), Ok(secrets)) = (read, parsed) else {
        // Whoever ordered it is gone; nothing is run whose words could not be kept clean.
        return Err(Problem::new(
            ProblemKind::Failed,
            format!("`{name}` was not run."),
            "Nobody said what has to be hidden of what it writes.",
            "Resume the run.",
        ));
    };
    let order_file = kept.file("order");
    let order: Order = fs::read(&order_file)
        .and_then(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::from))
        .map_err(|error| io_problem("read", &order_file, &error))?;
    // From here on it counts as begun. The words may hold secrets of the operator's, too, and nobody needs them any more.
    fs::remove_file(&order_file).map_err(|error| io_problem("removed", &order_file, &error))?;
    let log_file = kept.log();
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&log_file)
        .map_err(|error| io_problem("made", &log_file, &error))?;
    let began = Instant::now();
    let (exit_code, timed_out) = run(&order, log, secrets, &kept);
    let ended = Ended {
        exit_code,
        seconds: began.elapsed().as_secs(),
        timed_out,
    };
    write_file(&kept.file("ended"), &serde_json::to_vec(&ended).unwrap_or_default())
}

fn run(order: &Order, log: File, secrets: Vec<String>, kept: &Kept) -> (i32, bool) {
    let log = Arc::new(Mutex::new(log));
    let secrets = Arc::new(secrets);
    let say = |words: &str| {
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk keeps words from being kept; the command goes on.
        let _ = writeln!(log, "{words}");
    };
    let Some((program, arguments)) = order.words.split_first() else {
        say("there is no command");
        return (127, false);
    };
    let mut command = Command::new(program);
    if let Some(directory) = &order.directory {
        command.current_dir(directory);
    }
    let spawned = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            let place = order
                .directory
                .as_deref()
                .filter(|directory| !Path::new(directory).is_dir())
                .map_or_else(String::new, |directory| {
                    format!("; there is no directory `{}`", visible(directory))
                });
            say(&format!("`{}` could not be run: {error}{place}", visible(program)));
            return (127, false);
        }
    };
    kept.note_child(child.id());
    let (done, readers) = mpsc::channel::<()>();
    if let Some(output) = child.stdout.take() {
        copy(output, Arc::clone(&log), Arc::clone(&secrets), done.clone());
    }
    if let Some(errors) = child.stderr.take() {
        copy(errors, Arc::clone(&log), Arc::clone(&secrets), done.clone());
    }
    drop(done);
    let (code, timed_out) = wait(&mut child, Duration::from_secs(order.limit_seconds));
    // Ends when both have read everything, or when something left behind keeps them from it.
    let _ = readers.recv_timeout(LEFTOVERS);
    if timed_out {
        say(&format!(
            "ended after {} seconds, which is as long as it may take",
            order.limit_seconds
        ));
    }
    (code, timed_out)
}

/// Copies lines into the log as they come, harmless and without secrets.
fn copy(from: impl Read + Send + 'static, log: Arc<Mutex<File>>, secrets: Arc<Vec<String>>, done: mpsc::Sender<()>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            line.clear();
            match (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
            let text = String::from_utf8_lossy(&line);
            let text = redact::line(text.trim_end_matches(['\r', '\n']), &secrets);
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            // A full disk keeps words from being kept; the command goes on.
            let _ = writeln!(log, "{}", visible(&text));
        }
        drop(done);
    });
}

fn wait(child: &mut Child, limit: Duration) -> (i32, bool) {
    let deadline = Instant::now() + limit;
    let mut told = None;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
                return (code.unwrap_or(-1), told.is_some());
            }
            Ok(None) => {}
            Err(_) => return (-1, told.is_some()),
        }
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        match (told, group) {
            (None, Some(group)) if Instant::now() >= deadline => {
                told = Some(Instant::now());
                // It may have ended just now.
                let _ = rustix::process::kill_process_group(group, Signal::TERM);
            }
            (Some(since), Some(group)) if since.elapsed() >= FAREWELL => {
                let _ = rustix::process::kill_process_group(group, Signal::KILL);
            }
            _ => {}
        }
        thread::sleep(LOOK);
    }
}
