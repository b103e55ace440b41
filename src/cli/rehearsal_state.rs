//! What is known of a rehearsal: its directory, where it listens, whether it runs.
//!
//! Everything lies in the directory of its local instance, so that it comes and goes with it and a copy of the state
//! directory can never speak of an instance that is not there: `serve.json` remembers the addresses and the process,
//! `serve.lock` is held for as long as a server runs and is the only sign of life, whatever the file says.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::backend::local::LocalInstance;
use crate::config::paths::Paths;
use crate::config::private;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::redact;
use crate::domain::shaped::value_of;
use crate::domain::text::visible;

const STATE: &str = "serve.json";
const LOCK: &str = "serve.lock";
/// What a server in the background says.
pub const LOG: &str = "serve.log";
/// The password of the first superadmin.
pub const PASSWORD: &str = "password";
/// How often somebody who waits looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How long a server tries to take a place that somebody only looked at. Looking takes microseconds.
const TAKING: Duration = Duration::from_millis(500);

/// What is remembered of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Remembered {
    /// Where the API listens, and will again.
    pub listen: Option<SocketAddr>,
    /// Where health is told.
    pub management: Option<SocketAddr>,
    /// The process, while it runs.
    pub process: Option<Process>,
    /// The first superadmin.
    pub username: Option<String>,
    /// Where the password of the first superadmin lies, if not beside this file.
    pub password_file: Option<PathBuf>,
}

impl Remembered {
    /// The base URL of the API.
    pub fn host(&self) -> Option<String> {
        self.listen.map(|address| format!("http://{}", reachable(address)))
    }

    /// The URL that tells health.
    pub fn health(&self) -> Option<String> {
        self.management
            .map(|address| format!("http://{}/health", reachable(address)))
    }
}

/// An address to connect to: a server that listens everywhere is reached at this machine's own.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, v6.port()).into(),
        other => other,
    }
}

/// A process, told from a later one that was given the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// When it started, in ticks since the machine did; `None` where the system does not say.
    pub started: Option<u64>,
}

impl Process {
    /// This one.
    pub fn this() -> Self {
        Self::numbered(std::process::id())
    }

    /// The one that has this number now.
    pub fn numbered(pid: u32) -> Self {
        // The name of the program may hold anything, blanks and brackets too; what counts follows its last bracket.
        let started = fs::read_to_string(format!("/proc/{pid}/stat")).ok().and_then(|stat| {
            let (_, after) = stat.rsplit_once(')')?;
            after.split_whitespace().nth(19)?.parse().ok()
        });
        Self { pid, started }
    }

    /// Whether the number still belongs to it, as far as can be told.
    pub fn is_current(&self) -> bool {
        Self::numbered(self.pid) == *self
    }
}

/// The place of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// The directory of its local instance.
    pub directory: PathBuf,
}

impl Place {
    /// The rehearsal of a name, whether it is there or not.
    ///
    /// # Errors
    /// If it could not be the name of a directory.
    pub fn of(name: &str, paths: &Paths) -> Result<Self, Problem> {
        let is_plain = !name.is_empty()
            && !name.starts_with('.')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !is_plain {
            return Err(invalid(
                format!("`{}` cannot be the name of a rehearsal.", visible(&redact::name(name))),
                "A rehearsal is named, not addressed: a name has letters, digits, `-`, `_` and `.`, and starts with none of the last.",
                "Choose another name, such as `lab`.",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            directory: paths.instances().join(name),
        })
    }

    /// All rehearsals there are, by name. Local instances that were never served are none.
    pub fn all(paths: &Paths) -> Vec<Self> {
        paths
            .instance_names()
            .iter()
            .filter_map(|name| Self::of(name, paths).ok())
            .filter(|place| place.exists() && place.directory.join(STATE).is_file())
            .collect()
    }

    /// Whether there is a local instance.
    pub fn exists(&self) -> bool {
        LocalInstance::is_at(&self.directory)
    }

    /// Refuses one that is not there.
    pub fn require(&self) -> Result<(), Problem> {
        if self.exists() {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::NotFound,
            format!("There is no rehearsal `{}`.", self.name),
            format!("There is no local instance in `{}`.", self.directory.display()),
            format!("Make it with `kestra-admin rehearsal up {}`.", self.name),
        ))
    }

    /// The file of the first superadmin's password.
    pub fn password_file(&self, remembered: &Remembered) -> PathBuf {
        remembered
            .password_file
            .clone()
            .unwrap_or_else(|| self.directory.join(PASSWORD))
    }

    /// What is remembered; nothing, where nothing can be read.
    pub fn remembered(&self) -> Remembered {
        fs::read(self.directory.join(STATE))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// Remembers.
    pub fn remember(&self, remembered: &Remembered) -> Result<(), Problem> {
        let file = self.directory.join(STATE);
        let text = value_of(remembered).map_err(|error| private::io_problem("written", &file, &error.into()))?;
        private::replace_file(&file, format!("{text:#}").as_bytes())
    }

    fn lock_file(&self) -> Result<File, Problem> {
        let file = self.directory.join(LOCK);
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&file)
            .map_err(|error| private::io_problem("opened", &file, &error))
    }

    fn locked(&self, result: Result<(), TryLockError>) -> Result<bool, Problem> {
        match result {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(private::io_problem("locked", &self.directory.join(LOCK), &error)),
        }
    }

    /// Takes the place of the server; `None` where one runs already. It is given up with the file.
    pub fn take(&self) -> Result<Option<File>, Problem> {
        let file = self.lock_file()?;
        let deadline = Instant::now() + TAKING;
        while !self.locked(file.try_lock())? {
            // Somebody may be looking at this very moment; a server keeps the place.
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(LOOK_AGAIN);
        }
        Ok(Some(file))
    }

    /// Whether a server runs. Those who look share the lock, so that they are not in each other's way.
    pub fn is_running(&self) -> bool {
        let file = self.directory.join(LOCK);
        // Nothing is made by looking.
        File::open(file).is_ok_and(|file| matches!(self.locked(file.try_lock_shared()), Ok(false)))
    }

    /// Waits until no server runs. `false` if one still does after `limit`.
    pub fn wait_for_end(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while self.is_running() {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(LOOK_AGAIN);
        }
        true
    }

    /// The last lines that a server in the background said.
    pub fn last_words(&self) -> String {
        let text = fs::read_to_string(self.directory.join(LOG)).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_place_is_taken_once() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::below(home.path());
        let place = Place::of("lab", &paths).unwrap();
        assert_eq!(place.require().unwrap_err().kind, ProblemKind::NotFound);
        fs::create_dir_all(&place.directory).unwrap();
        fs::write(place.directory.join("instance.db"), "").unwrap();
        assert!(!place.is_running());
        let held = place.take().unwrap().unwrap();
        assert!(place.is_running());
        assert!(place.take().unwrap().is_none());
        drop(held);
        // A program that another test has just begun may still hold what it was born with.
        assert!(place.wait_for_end(Duration::from_mins(1)));
    }

    #[test]
    fn names_that_would_lead_elsewhere_are_refused() {
        let paths = Paths::below(Path::new("/x"));
        for name in ["", "..", ".hidden", "a/b", "a b", "é"] {
            assert_eq!(
                Place::of(name, &paths).unwrap_err().kind,
                ProblemKind::Invalid,
                "{name}"
            );
        }
        assert!(Place::of("lab-1.3_x", &paths).is_ok());
    }

    #[test]
    fn what_is_remembered_comes_back() {
        let home = tempfile::tempdir().unwrap();
        let place = Place::of("lab", &Paths::below(home.path())).unwrap();
        fs::create_dir_all(&place.directory).unwrap();
        assert_eq!(place.remembered(), Remembered::default());
        let remembered = Remembered {
            listen: Some("127.0.0.1:8080".parse().unwrap()),
            process: Some(Process::this()),
            ..Remembered::default()
        };
        place.remember(&remembered).unwrap();
        assert_eq!(place.remembered(), remembered);
    }

    #[test]
    fn a_process_is_told_from_a_later_one_of_the_same_number() {
        let this = Process::this();
        assert!(this.is_current());
        if let Some(started) = this.started {
            let earlier = Process {
                started: Some(started - 1),
                ..this
            };
            assert!(!earlier.is_current());
        }
    }

    #[test]
    fn a_server_that_listens_everywhere_is_reached_here() {
        for (listen, host) in [
            ("127.0.0.1:1", "http://127.0.0.1:1"),
            ("0.0.0.0:1", "http://127.0.0.1:1"),
            ("[::]:1", "http://[::1]:1"),
            ("192.0.2.7:1", "http://192.0.2.7:1"),
        ] {
            let remembered = Remembered {
                listen: listen.parse().ok(),
                ..Remembered::default()
            };
            assert_eq!(remembered.host().as_deref(), Some(host));
        }
    }
}
