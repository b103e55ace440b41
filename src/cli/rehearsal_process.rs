//! The server of a rehearsal as a process: in the foreground, in the background, stopped.
//!
//! A server holds the lock of its place for as long as it lives. Nobody is ended whom the lock and the start time of the
//! process do not show to be that server.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ring::rand::{SecureRandom, SystemRandom};
use rustix::process::{Pid, Signal};

use super::args_rehearsal::Listening;
use super::failure::Failure;
use super::printer::Printer;
use super::rehearsal_state::{LOG, Place, Process, reachable};
use super::request::Deed;
use crate::config::private;
use crate::domain::problem::{Problem, ProblemKind};
use crate::rehearsal::serve::{self, Limits, ServeOptions};

/// How long a server that is told to stop may take: it finishes what is under way for five seconds at most.
const FAREWELL: Duration = Duration::from_secs(15);
/// How long a server that listens may take to say that it is healthy.
const HEALTHY: Duration = Duration::from_secs(30);
/// How often it is asked.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// Length of a random password.
const PASSWORD_LENGTH: usize = 24;
/// The line that a server in the background says once it listens.
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

/// A password of letters and digits, fit for Kestra's rules: each equally likely, and one of each kind at least.
pub fn random_password() -> Result<String, Problem> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    loop {
        let mut bytes = [0_u8; 2 * PASSWORD_LENGTH];
        SystemRandom::new().fill(&mut bytes).map_err(|_| {
            Problem::new(
                ProblemKind::Failed,
                "No password could be made.",
                "The operating system gave no random numbers.",
                "Try again.",
            )
        })?;
        // What falls beyond the letters is dropped rather than folded, which would favour some.
        let password: String = bytes
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 64)))
            .take(PASSWORD_LENGTH)
            .map(|byte| char::from(*byte))
            .collect();
        let has = |test: fn(&char) -> bool| password.chars().any(|c| test(&c));
        if password.len() == PASSWORD_LENGTH
            && has(char::is_ascii_digit)
            && has(char::is_ascii_lowercase)
            && has(char::is_ascii_uppercase)
        {
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

/// What starting or serving would do.
pub fn would_start(place: &Place, listening: &Listening) -> Deed {
    let (listen, management) = addresses(place, listening);
    let at = |address: SocketAddr| match address.port() {
        0 => format!("any free port of {}", address.ip()),
        _ => address.to_string(),
    };
    let name = &place.name;
    (
        "start",
        format!("`{name}` at {}, its health at {}", at(listen), at(management)),
    )
}

/// What stopping would do.
pub fn would_stop(place: &Place) -> Deed {
    let name = &place.name;
    match place.remembered().process.filter(|_| place.is_running()) {
        Some(process) => ("stop", format!("`{name}`, process {}", process.pid)),
        None => ("leave unchanged", format!("`{name}`, which is not running")),
    }
}

/// Refuses where a server runs.
pub fn require_stopped(place: &Place) -> Result<(), Problem> {
    if place.is_running() {
        return Err(runs_already(place));
    }
    Ok(())
}

fn runs_already(place: &Place) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("`{}` is running already.", place.name),
        "One server serves a rehearsal at a time.",
        format!("Stop it with `kestra-admin rehearsal stop {}`.", place.name),
    )
}

/// Serves until told to stop.
pub fn serve(printer: &mut Printer<'_>, place: &Place, listening: &Listening, detached: bool) -> Result<(), Failure> {
    if detached {
        // From here on the terminal that started it can go away. Who leads a session already cannot, and need not.
        let _ = rustix::process::setsid();
    }
    let Some(held) = place.take()? else {
        return Err(runs_already(place).into());
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)?;
    let (listen, management) = addresses(place, listening);
    let result = runtime.block_on(async {
        let server = serve::bind(ServeOptions {
            directory: place.directory.clone(),
            listen,
            management: Some(management),
            limits: Limits::default(),
        })
        .await?;
        let mut remembered = place.remembered();
        remembered.listen = Some(server.address());
        remembered.management = server.management_address();
        remembered.process = Some(Process::this());
        place.remember(&remembered)?;
        let stop = stop_signal()?;
        if detached {
            printer.text(format!("{READY}\n").as_bytes())?;
            printer.flush()?;
        } else {
            say_where(printer, place);
            printer.say("Stop it with Ctrl-C.");
        }
        server.run(stop).await?;
        let mut remembered = place.remembered();
        remembered.process = None;
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

/// Says where a server answers, and who else can reach it there.
pub fn say_where(printer: &mut Printer<'_>, place: &Place) {
    let remembered = place.remembered();
    let Some(host) = remembered.host() else { return };
    printer.say(&format!("`{}` answers at {host}.", place.name));
    let addresses = [remembered.listen, remembered.management];
    if addresses.iter().flatten().any(|address| !address.ip().is_loopback()) {
        printer.say("Other machines can reach it too, without encryption: passwords can be read on the way.");
    }
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

/// Starts a server in the background and waits until it says that it is healthy. `false` where one runs already.
pub fn start(place: &Place, listening: &Listening, program: &Program) -> Result<bool, Problem> {
    if runs(place) {
        return Ok(false);
    }
    let log_file = place.directory.join(LOG);
    // What an earlier server said is of no use to whoever looks why this one did not start.
    let log = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
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
            format!(
                "Look into `{}`, or run `kestra-admin rehearsal serve {}` to watch it.",
                log_file.display(),
                place.name
            ),
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
        // Ends with the line, or with the process; what cannot be read was not said.
        let _ = BufReader::new(output).read_line(&mut line);
    }
    if line.trim_end() != READY {
        // It has ended, or never will say more. Whoever else started one meanwhile has done what was asked for.
        let _ = child.kill();
        let _ = child.wait();
        if runs(place) {
            return Ok(false);
        }
        let words = place.last_words();
        // A problem is three lines, and the second says why.
        let why = words.lines().rev().nth(1).unwrap_or("It ended at once.").to_owned();
        return Err(failed(why).with_detail(words));
    }
    match place.remembered().management {
        Some(address) if !becomes_healthy(reachable(address)) => Err(failed(format!(
            "It listens, and did not say within {} seconds that it is healthy.",
            HEALTHY.as_secs()
        ))
        .with_detail(place.last_words())),
        _ => Ok(true),
    }
}

/// Whether a server runs. One that somebody else is starting is waited for until it has said where it answers.
fn runs(place: &Place) -> bool {
    let deadline = Instant::now() + HEALTHY;
    while place.is_running() {
        if place.remembered().listen.is_some() || Instant::now() >= deadline {
            return true;
        }
        thread::sleep(ASK_AGAIN);
    }
    false
}

fn becomes_healthy(address: SocketAddr) -> bool {
    let deadline = Instant::now() + HEALTHY;
    while !is_healthy(address) {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(ASK_AGAIN);
    }
    true
}

/// One question over plain HTTP; what is asked is a server of our own.
fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, HEALTHY)?;
        stream.set_read_timeout(Some(HEALTHY))?;
        stream.write_all(format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.take(10_000).read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    ask().unwrap_or(false)
}

/// Stops the server and waits until it has gone. `false` where none was running.
pub fn stop(place: &Place) -> Result<bool, Problem> {
    if !place.is_running() {
        return Ok(false);
    }
    let failed = |why: String, next: &str| {
        Problem::new(
            ProblemKind::Failed,
            format!("`{}` was not stopped.", place.name),
            why,
            next,
        )
    };
    // The lock is held, so a server runs; that it is this process is what its start time shows.
    let process = place.remembered().process.filter(Process::is_current).ok_or_else(|| {
        failed(
            "It is only just starting, or stopping.".to_owned(),
            "Try again in a moment.",
        )
    })?;
    let pid = i32::try_from(process.pid)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| failed(format!("`{}` is no process.", process.pid), "Try again in a moment."))?;
    match rustix::process::kill_process(pid, Signal::TERM) {
        // It may have ended by itself just now.
        Ok(()) | Err(rustix::io::Errno::SRCH) => {}
        Err(error) => {
            return Err(failed(
                format!("The system says: {error}."),
                "Ask whoever started it to stop it.",
            ));
        }
    }
    if place.wait_for_end(FAREWELL) {
        return Ok(true);
    }
    Err(failed(
        format!(
            "Process {} was told to end {} seconds ago, and has not ended yet.",
            process.pid,
            FAREWELL.as_secs()
        ),
        "Try again, or look what it is doing.",
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::rehearsal_state::Remembered;
    use super::*;
    use crate::config::paths::Paths;

    #[test]
    fn of_a_server_that_somebody_else_is_starting_it_is_known_where_it_answers() {
        let home = tempfile::tempdir().unwrap();
        let place = Place::of("lab", &Paths::below(home.path())).unwrap();
        std::fs::create_dir_all(&place.directory).unwrap();
        let _held = place.take().unwrap().unwrap();
        let nothing = Program(Path::new("/none").to_owned());
        thread::scope(|scope| {
            let late = scope.spawn(|| {
                let started = start(&place, &Listening::default(), &nothing);
                (started, place.remembered().host())
            });
            thread::sleep(3 * ASK_AGAIN);
            let listen = "127.0.0.1:8080".parse().ok();
            let remembered = Remembered {
                listen,
                ..Remembered::default()
            };
            place.remember(&remembered).unwrap();
            let (started, host) = late.join().unwrap();
            assert_eq!(started, Ok(false));
            assert_eq!(host.as_deref(), Some("http://127.0.0.1:8080"));
        });
    }

    #[test]
    fn random_passwords_are_fit_for_every_release_and_differ() {
        let (one, other) = (random_password().unwrap(), random_password().unwrap());
        assert_ne!(one, other);
        for password in [one, other] {
            assert_eq!(password.len(), PASSWORD_LENGTH);
            assert!(password.chars().all(|c| c.is_ascii_alphanumeric()));
        }
    }
}
