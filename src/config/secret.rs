//! Secrets: where one comes from, and how it is read at the moment it is needed.
//!
//! A secret is never kept in the configuration and never taken from the command line.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use rustix::termios::LocalModes;

use super::environment::Environment;
use super::private;
use crate::domain::problem::{Problem, ProblemKind};

/// A secret in memory. It prints as a mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for whoever sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable of this name.
    Variable(String),
    /// A file that nobody else may read.
    File(PathBuf),
    /// What a command prints: program and arguments, no shell.
    Command(Vec<String>),
}

impl SecretSource {
    /// Reads the secret. The end of its last line is not part of it.
    ///
    /// # Errors
    /// If there is none, or if it lies in a file that others may read.
    pub fn read(&self, environment: &Environment) -> Result<Secret, Problem> {
        let text = match self {
            Self::Variable(name) => environment
                .get(name)
                .ok_or_else(|| {
                    Problem::new(
                        ProblemKind::Invalid,
                        format!("There is no secret in `{name}`."),
                        format!("`{name}` is not set, or empty, in the environment."),
                        format!("Export `{name}` and try again."),
                    )
                })?
                .to_owned(),
            Self::File(path) => read_file(path)?,
            Self::Command(words) => run(words)?,
        };
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(Problem::new(
                ProblemKind::Invalid,
                format!("No secret came from {self}."),
                "It is empty.",
                "Put the secret there, or name another place.",
            ));
        }
        Ok(Secret(secret.to_owned()))
    }
}

impl SecretSource {
    /// Reads a secret that we show to an instance or a proxy. Without it nobody is signed in, so that whatever keeps it
    /// from being read is told as a refusal is.
    ///
    /// # Errors
    /// Denied, if there is none, or if it lies in a file that others may read.
    pub fn credential(&self, environment: &Environment) -> Result<Secret, Problem> {
        self.read(environment).map_err(|problem| Problem {
            kind: ProblemKind::Denied,
            ..problem
        })
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "environment variable `{name}`"),
            Self::File(path) => write!(f, "file `{}`", path.display()),
            // Arguments may carry what nobody should read over a shoulder; the program says enough.
            Self::Command(words) => write!(f, "command `{}`", words.first().map_or("", String::as_str)),
        }
    }
}

fn read_file(path: &Path) -> Result<String, Problem> {
    let (text, mode) = private::read(path)?.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            format!("There is no file `{}`.", path.display()),
            "A secret is to be read from it.",
            "Check the path, or name another place for the secret.",
        )
    })?;
    private::refuse_if_shared(path, mode)?;
    Ok(text)
}

/// How long a command may take that cannot ask anybody for anything.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long it may take to end once it is told to.
const FAREWELL: Duration = Duration::from_secs(1);

/// Whose the terminal is while a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Terminal {
    /// Free to be asked something in.
    Free,
    /// The console has it, and reads what is typed: nobody else may draw there or read it.
    Taken,
    /// There is none.
    Missing,
}

/// Whether this program reads lines of its terminal from now on.
static READS_LINES: AtomicBool = AtomicBool::new(false);

/// From now on this program reads what is typed at its terminal, line by line: commands have none.
pub fn keep_terminal() {
    READS_LINES.store(true, Ordering::Relaxed);
}

impl Terminal {
    fn now() -> Self {
        let modes = File::open("/dev/tty").map(|terminal| rustix::termios::tcgetattr(&terminal));
        match modes {
            Ok(Ok(modes)) if modes.local_modes.contains(LocalModes::ICANON) && !READS_LINES.load(Ordering::Relaxed) => {
                Self::Free
            }
            Ok(Ok(_)) => Self::Taken,
            _ => Self::Missing,
        }
    }
}

fn run(words: &[String]) -> Result<String, Problem> {
    let name = words.first().map_or("", String::as_str);
    let terminal = Terminal::now();
    let problem = |why: String| {
        Problem::new(
            ProblemKind::Failed,
            format!("Command `{name}` gave no secret."),
            why,
            if terminal == Terminal::Free {
                "Run the command by hand, mend it, and try again."
            } else {
                "It has no terminal here to ask for anything: run it by hand, see that it asks for nothing, and try again."
            },
        )
    };
    let (program, arguments) = words.split_first().ok_or_else(|| problem("It is empty.".to_owned()))?;
    let mut command = match terminal {
        Terminal::Free | Terminal::Missing => Command::new(program),
        Terminal::Taken => {
            let us = std::env::current_exe().map_err(|error| problem(system_says(&error)))?;
            let mut command = Command::new(us);
            command.args(["apart", "--", program]);
            command
        }
    };
    command.args(arguments);
    let output = match terminal {
        Terminal::Free => command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| system_says(&error)),
        Terminal::Taken => output_within(PATIENCE, &mut command),
        // Its group is told to end as a whole; where it is set apart it leads one by that.
        Terminal::Missing => output_within(PATIENCE, command.process_group(0)),
    }
    .map_err(problem)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(problem(format!("It ended with {}.", output.status)).with_detail(said));
    }
    String::from_utf8(output.stdout).map_err(|_| problem("What it printed is not UTF-8 text.".to_owned()))
}

fn system_says(error: &io::Error) -> String {
    format!("The system says: {error}.")
}

/// What a command wrote that leads a group of its own and may take so long. The error is in words.
fn output_within(limit: Duration, command: &mut Command) -> Result<Output, String> {
    let child = command
        // It names a terminal that others would draw on for it.
        .env_remove("GPG_TTY")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| system_says(&error))?;
    let group = Pid::from_child(&child);
    let (sender, receiver) = mpsc::channel();
    // Ends with the command and all that holds its output open.
    thread::spawn(move || drop(sender.send(child.wait_with_output())));
    if let Ok(output) = receiver.recv_timeout(limit) {
        return output.map_err(|error| system_says(&error));
    }
    // It may have ended just now.
    let _ = rustix::process::kill_process_group(group, Signal::TERM);
    if receiver.recv_timeout(FAREWELL).is_err() {
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
    Err(format!("It did not end within {} seconds.", limit.as_secs()))
}

/// Becomes a command in a session of its own, which has no terminal. Comes back only if that cannot be.
pub fn become_apart(words: &[String]) -> Problem {
    // Whoever leads a session already cannot, and need not.
    let _ = rustix::process::setsid();
    let why = match words.split_first() {
        Some((program, arguments)) => system_says(&Command::new(program).args(arguments).exec()),
        None => "It is empty.".to_owned(),
    };
    let name = words.first().map_or("", String::as_str);
    Problem::new(
        ProblemKind::Failed,
        format!("Command `{name}` was not run."),
        why,
        "Look at its name and mode.",
    )
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_read_from_where_it_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("token");
        fs::write(&file, "from file\n").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let environment: Environment = [("TOKEN", "from variable")].into_iter().collect();
        let echo = ["printf", "from command\r\n"].map(str::to_owned).to_vec();
        for (source, expected) in [
            (SecretSource::Variable("TOKEN".into()), "from variable"),
            (SecretSource::File(file.clone()), "from file"),
            (SecretSource::Command(echo), "from command"),
        ] {
            let secret = source.read(&environment).unwrap();
            assert_eq!(secret.reveal(), expected);
            assert_eq!(format!("{secret:?}"), "Secret(***)");
        }
        let unset = SecretSource::Variable("NOPE".into()).read(&environment).unwrap_err();
        assert!(unset.why.starts_with("`NOPE` is not set"), "{unset}");
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let refused = SecretSource::File(file).read(&environment).unwrap_err();
        assert!(refused.next.starts_with("Run `chmod 600 "), "{refused}");
    }

    #[test]
    fn a_command_that_takes_too_long_is_told_so() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & wait"]);
        let told = output_within(Duration::ZERO, command.process_group(0)).unwrap_err();
        assert_eq!(told, "It did not end within 0 seconds.");
    }

    #[test]
    fn a_missing_secret_says_where_it_was_looked_for() {
        let directory = tempfile::tempdir().unwrap();
        let environment = Environment::default();
        let command = |words: &[&str]| SecretSource::Command(words.iter().map(ToString::to_string).collect());
        for (source, kind, what) in [
            (
                SecretSource::Variable("TOKEN".into()),
                ProblemKind::Invalid,
                "There is no secret in `TOKEN`.",
            ),
            (
                command(&["false"]),
                ProblemKind::Failed,
                "Command `false` gave no secret.",
            ),
            (
                command(&["true"]),
                ProblemKind::Invalid,
                "No secret came from command `true`.",
            ),
            (
                command(&["/nowhere/x", "y"]),
                ProblemKind::Failed,
                "Command `/nowhere/x` gave no secret.",
            ),
        ] {
            let problem = source.read(&environment).unwrap_err();
            assert_eq!((problem.kind, problem.what.as_str()), (kind, what));
            // To whom it would be shown, it is a credential that is missing.
            let denied = source.credential(&environment).unwrap_err();
            assert_eq!((denied.kind, denied.what.as_str()), (ProblemKind::Denied, what));
        }
        let missing = SecretSource::File(directory.path().join("none"));
        assert_eq!(missing.read(&environment).unwrap_err().kind, ProblemKind::NotFound);
    }
}
