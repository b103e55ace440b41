//! What is known of a rehearsal: its directory, where it listens, whether it runs.
//!
//! Everything lies in the directory of its local instance, so that it goes with it: `serve.json` remembers the addresses
//! and the process, `serve.lock` is held for as long as a server runs and is the sign of life, whatever the file says.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::failure::invalid;
use crate::config::paths::Paths;
use crate::config::private;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;

const STATE: &str = "serve.json";
const LOCK: &str = "serve.lock";
/// What a server in the background says.
pub const LOG: &str = "serve.log";
/// The password of the first superadmin.
pub const PASSWORD: &str = "password";

/// What is remembered of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Remembered {
    /// Where the API listens, and will again.
    pub listen: Option<SocketAddr>,
    /// Where health is told.
    pub management: Option<SocketAddr>,
    /// The process, while it runs.
    pub pid: Option<u32>,
    /// The first superadmin.
    pub username: Option<String>,
    /// Where the password of the first superadmin lies, if not beside this file.
    pub password_file: Option<PathBuf>,
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
                format!("`{}` cannot be the name of a rehearsal.", visible(name)),
                "A name has letters, digits, `-`, `_` and `.`, and starts with none of the last.",
                "Choose another name, such as `lab`.",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            directory: paths.instances().join(name),
        })
    }

    /// Whether there is a local instance.
    pub fn exists(&self) -> bool {
        self.directory.join("instance.db").is_file()
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
        fs::read_to_string(self.directory.join(STATE))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Remembers.
    pub fn remember(&self, remembered: &Remembered) -> Result<(), Problem> {
        let file = self.directory.join(STATE);
        let failed = |error: std::io::Error| private::io_problem("written", &file, &error);
        let mut new = tempfile::Builder::new()
            .prefix(".serve-")
            .tempfile_in(&self.directory)
            .map_err(failed)?;
        let text = serde_json::to_string_pretty(remembered).unwrap_or_default();
        new.write_all(text.as_bytes()).map_err(failed)?;
        new.persist(&file).map_err(|error| failed(error.error))?;
        Ok(())
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

    /// Takes the place of the server; `None` where one runs already. It is given up with the file.
    pub fn take(&self) -> Result<Option<File>, Problem> {
        let file = self.lock_file()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(private::io_problem("locked", &self.directory.join(LOCK), &error)),
        }
    }

    /// Whether a server runs.
    pub fn is_running(&self) -> bool {
        self.exists() && matches!(self.take(), Ok(None))
    }

    /// Waits until no server runs.
    pub fn wait_for_end(&self) -> Result<(), Problem> {
        let file = self.lock_file()?;
        file.lock()
            .map_err(|error| private::io_problem("locked", &self.directory.join(LOCK), &error))
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
        assert!(!place.is_running());
        place.wait_for_end().unwrap();
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
            pid: Some(7),
            ..Remembered::default()
        };
        place.remember(&remembered).unwrap();
        assert_eq!(place.remembered(), remembered);
    }
}
