//! Where our own files lie: the configuration, the local instances, and the state of runs and drafts.
//!
//! The platform decides, through `directories`; this is the only place that asks it. Making the directories is left to
//! whoever writes into them, with [`super::private`].

use std::fs;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::domain::problem::{Problem, ProblemKind};

/// The name of the local instance that is opened when nothing else is named.
pub const DEFAULT_INSTANCE: &str = "default";

/// Our directories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The configuration file, where nothing names another.
    pub config_file: PathBuf,
    /// Data: local instances.
    pub data: PathBuf,
    /// State: runs, drafts, log, activity.
    pub state: PathBuf,
}

impl Paths {
    /// The directories of the account that runs this.
    ///
    /// # Errors
    /// If the account has no home directory.
    pub fn of_this_account() -> Result<Self, Problem> {
        let project = ProjectDirs::from("", "", "kestra-admin").ok_or_else(|| {
            Problem::new(
                ProblemKind::Failed,
                "There is no place for the files of this program.",
                "The account has no home directory.",
                "Set `HOME` to a directory and try again.",
            )
        })?;
        Ok(Self {
            config_file: project.config_dir().join("config.toml"),
            data: project.data_dir().to_owned(),
            state: project
                .state_dir()
                .map_or_else(|| project.data_local_dir().join("state"), Path::to_owned),
        })
    }

    /// All of them below one directory.
    pub fn below(directory: &Path) -> Self {
        Self {
            config_file: directory.join("config/config.toml"),
            data: directory.join("data"),
            state: directory.join("state"),
        }
    }

    /// The directory that holds the local instances.
    pub fn instances(&self) -> PathBuf {
        self.data.join("instances")
    }

    /// The directory that holds the runs of the instance at a place: a URL or a directory.
    pub fn runs(&self, place: &str) -> PathBuf {
        self.state.join("runs").join(file_name_of(place))
    }

    /// The directory of the files that keep where consoles were.
    pub fn resume_directory(&self) -> PathBuf {
        self.state.join("resume")
    }

    /// The file that keeps where the console was at a place.
    pub fn resume_file(&self, place: &str) -> PathBuf {
        self.resume_directory().join(format!("{}.json", file_name_of(place)))
    }

    /// The names of the local instances there are, in order.
    pub fn instance_names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.instances())
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            // One that is just being made has a hidden name until it is whole.
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort_unstable();
        names
    }

    /// The directory that `--store` or the `store` of a context means.
    ///
    /// A plain name is a local instance of ours. What has a path separator is a directory, and so is a plain name that
    /// is an existing directory here while no instance is called so. `base` is what a relative path starts from.
    ///
    /// # Errors
    /// If nothing is named.
    pub fn store_directory(&self, store: &str, base: &Path) -> Result<PathBuf, Problem> {
        if store.trim().is_empty() {
            return Err(Problem::new(
                ProblemKind::Invalid,
                "The store has no name.",
                "An empty text names neither a local instance nor a directory.",
                "Name a local instance, such as `default`, or a directory.",
            ));
        }
        let named = self.instances().join(store);
        let is_path = store.contains(std::path::is_separator) || matches!(store, "." | "..");
        let here = base.join(store);
        if is_path || (!named.is_dir() && here.is_dir()) {
            Ok(here)
        } else {
            Ok(named)
        }
    }
}

/// A place as the name of a file.
fn file_name_of(place: &str) -> String {
    let mut name = String::new();
    for byte in place.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') {
            name.push(char::from(byte));
        } else {
            name.push('+');
        }
    }
    // File systems take 255 bytes; the end of a path says more than its beginning.
    let start = name.len().saturating_sub(200);
    name.split_off(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_name_or_a_directory() {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path().join("here");
        let paths = Paths::below(directory.path());
        fs::create_dir_all(here.join("lab")).unwrap();
        fs::create_dir_all(here.join("default")).unwrap();
        fs::create_dir_all(paths.instances().join("default")).unwrap();
        fs::create_dir_all(paths.instances().join(".new-instance-x")).unwrap();
        let of = |store: &str| paths.store_directory(store, &here).unwrap();
        assert_eq!(of("default"), paths.instances().join("default"));
        assert_eq!(of("lab"), here.join("lab"));
        assert_eq!(of("other"), paths.instances().join("other"));
        assert_eq!(of("./other"), here.join("./other"));
        assert_eq!(of("/x/y"), Path::new("/x/y"));
        assert_eq!(of("."), here.join("."));
        assert_eq!(
            paths.store_directory(" ", &here).unwrap_err().kind,
            ProblemKind::Invalid
        );
        assert_eq!(paths.instance_names(), ["default"]);
    }
}
