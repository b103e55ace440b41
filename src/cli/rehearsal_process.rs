//! The server of a rehearsal as a process: in the foreground, in the background, stopped.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use rustix::process::{Pid, Signal};

use super::args::Listening;
use super::failure::Failure;
use super::printer::Printer;
use super::rehearsal_state::{LOG, Place};
use crate::config::private;
use crate::domain::problem::{Problem, ProblemKind};
use crate::rehearsal::serve::{self, ServeOptions};

/// How long a server that is told to stop may take: it finishes what is under way for five seconds at most.
const FAREWELL: Duration = Duration::from_secs(15);
/// Length of a random password.
const PASSWORD_LENGTH: usize = 24;
/// The line that a server in the background says once it answers.
const READY: &str = "ready";

/// This program, to be run once more.
pub struct Program(PathBuf);

impl Program {
    /// The file that this process runs from.
    pub fn this() -> Result<Self, Problem> {
        std::env::current_exe().map(Self).map_err(|error| {
            Problem::new(
                ProblemKind::Failed,
                "The server cannot be started in the background.",
                "The system does not say which file this program is.",
                "Run `kestra-admin rehearsal serve` in a terminal of its own.",
            )
            .with_detail(error)
        })
    }

    /// A command line of this program with the same configuration.
    pub fn words(&self, config: Option<&Path>, words: &[&str]) -> Vec<String> {
        let mut all = vec![self.0.display().to_string()];
        if let Some(file) = config {
            all.extend(["--config".to_owned(), file.display().to_string()]);
        }
        all.extend(words.iter().map(|word| (*word).to_owned()));
        all
    }
}

/// A password of letters and digits, fit for Kestra's rules.
pub fn random_password() -> Result<String, Problem> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789Zz";
    loop {
        let mut bytes = [0_u8; PASSWORD_LENGTH];
        SystemRandom::new().fill(&mut bytes).map_err(|_| {
            Problem::new(
                ProblemKind::Failed,
                "No password could be made.",
                "The operating system gave no random numbers.",
                "Try again.",
            )
        })?;
        let password: String = bytes
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 64)))
            .map(|byte| char::from(*byte))
            .collect();
        let has = |test: fn(&char) -> bool| password.chars().any(|c| test(&c));
        if has(char::is_ascii_digit) && has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) {
            return Ok(password);
        }
    }
}

/// Where to listen: as asked, else as before, else on any free port of this machine.
fn addresses(place: &Place, listening: &Listening) -> (SocketAddr, SocketAddr) {
    let remembered = place.remembered();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    (
        listening.listen.or(remembered.listen).unwrap_or(any),
        listening.management.or(remembered.management).unwrap_or(any),
    )
}

/// Serves until told to stop.
pub fn serve(printer: &mut Printer<'_>, place: &Place, listening: &Listening, detached: bool) -> Result<(), Failure> {
    if detached {
        // From here on the terminal that started it can go away. Who leads a session already cannot, and need not.
        let _ = rustix::process::setsid();
    }
    let Some(held) = place.take()? else {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!("`{}` is running already.", place.name),
            "One server serves a rehearsal at a time.",
            format!("Stop it with `kestra-admin rehearsal stop {}`.", place.name),
        )
        .into());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)?;
    let (listen, management) = addresses(place, listening);
    let result = runtime.block_on(async {
        let server = serve::bind(ServeOptions {
            directory: place.directory.clone(),
            listen,
            management: Some(management),
        })
        .await?;
        let mut remembered = place.remembered();
        remembered.listen = Some(server.address());
        remembered.management = server.management_address();
        remembered.pid = Some(std::process::id());
        place.remember(&remembered)?;
        if detached {
            printer.text(format!("{READY}\n").as_bytes())?;
            printer.flush()?;
        } else {
            printer.say(&format!("`{}` answers at http://{}.", place.name, server.address()));
            if !server.is_loopback() {
                printer.say("Other machines can reach it: whoever knows a password of the sample can sign in.");
            }
            printer.say("Stop it with Ctrl-C.");
        }
        let stop = stop_signal()?;
        server.run(stop).await?;
        let mut remembered = place.remembered();
        remembered.pid = None;
        place.remember(&remembered)?;
        Ok(())
    });
    runtime.shutdown_background();
    drop(held);
    if result.is_ok() && !detached {
        printer.say(&format!("`{}` is stopped.", place.name));
    }
    result
}

/// Comes when the process is asked to end.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}

/// Starts a server in the background and waits until it answers. `false` where one runs already.
pub fn start(place: &Place, listening: &Listening, program: &Program) -> Result<bool, Problem> {
    if place.is_running() {
        return Ok(false);
    }
    let log_file = place.directory.join(LOG);
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&log_file)
        .map_err(|error| private::io_problem("opened", &log_file, &error))?;
    let mut command = Command::new(&program.0);
    command.args(["rehearsal", "serve", &place.name, "--detached"]);
    if let Some(address) = listening.listen {
        command.arg("--listen").arg(address.to_string());
    }
    if let Some(address) = listening.management {
        command.arg("--management").arg(address.to_string());
    }
    let failed = |why: String| {
        Problem::new(
            ProblemKind::Failed,
            format!("`{}` was not started.", place.name),
            why,
            format!("Run `kestra-admin rehearsal serve {}` to see more.", place.name),
        )
    };
    let mut child = command
        .current_dir(&place.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .map_err(|error| failed(format!("The system says: {error}.")))?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        // Ends with the line, or with the process.
        let _ = BufReader::new(output).read_line(&mut line);
    }
    if line.trim_end() == READY {
        return Ok(true);
    }
    // Nobody else will: it has ended, or never will say more.
    let _ = child.wait();
    let words = place.last_words();
    let why = words.lines().rev().nth(1).unwrap_or("It ended at once.").to_owned();
    Err(failed(why).with_detail(words))
}

/// Stops the server and waits until it has gone. `false` where none was running.
pub fn stop(place: &Place) -> Result<bool, Problem> {
    if !place.is_running() {
        return Ok(false);
    }
    let failed = |why: String| {
        Problem::new(
            ProblemKind::Failed,
            format!("`{}` was not stopped.", place.name),
            why,
            "Look which process serves it, and end that.",
        )
    };
    let pid = place
        .remembered()
        .pid
        .and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?))
        .ok_or_else(|| failed("It is not known which process it is.".to_owned()))?;
    rustix::process::kill_process(pid, Signal::TERM).map_err(|error| failed(format!("The system says: {error}.")))?;
    let (ended, end) = mpsc::channel();
    let waited_for = place.clone();
    std::thread::spawn(move || drop(ended.send(waited_for.wait_for_end())));
    match end.recv_timeout(FAREWELL) {
        Ok(outcome) => outcome.map(|()| true),
        Err(_) => Err(failed(format!("Process {pid:?} was told to, and has not ended yet."))),
    }
}
