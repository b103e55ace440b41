//! What a run is about: one instance, how to reach it, and where each part of that came from.

use std::fmt;
use std::path::{Path, PathBuf};

use super::auth::Auth;
use super::context::{Connection, Server};
use super::interface::ContextColor;
use crate::domain::host_url::HostUrl;

/// The layer a value came from. An earlier layer beats a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// The configuration file: which option.
    File(String),
    /// Nothing said so.
    Default,
}

impl Origin {
    /// What refuses changes of everything, if something does: the flag, or else the setting of the whole configuration.
    pub fn of_read_only(flag: bool, setting: bool) -> Option<Self> {
        if flag {
            Some(Self::Flag("--read-only"))
        } else {
            setting.then(|| Self::File("read-only".to_owned()))
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.pad(flag),
            Self::Variable(name) => f.pad(name),
            Self::File(option) => f.pad(option),
            Self::Default => f.pad("default"),
        }
    }
}

/// A value that knows where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The layer that gave it.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value of a layer.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// How the instance is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A local instance in this directory.
    Store(PathBuf),
    /// A Kestra, over HTTP.
    Host {
        /// Its base URL.
        url: HostUrl,
        /// Who we are there; nobody, if nothing says so.
        auth: Option<Setting<Auth>>,
        /// How it is spoken to.
        connection: Box<Connection>,
    },
}

/// The words of a command for the configuration file that `--config` named, from the root on, and for what is chosen by a flag.
pub fn words_to(config: Option<&Path>, chosen: Option<(&str, &str)>) -> Vec<String> {
    let file = config.map(|file| {
        std::path::absolute(file)
            .unwrap_or_else(|_| file.to_owned())
            .display()
            .to_string()
    });
    let file = file.as_deref().map(|file| ("--config", file));
    let words = file.into_iter().chain(chosen);
    words
        .flat_map(|(flag, name)| [flag.to_owned(), name.to_owned()])
        .collect()
}

/// What a run is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What people call it: the context, the local instance, or the host.
    pub name: String,
    /// The layer that chose it.
    pub chosen_by: Origin,
    /// The configuration file that `--config` named.
    pub config: Option<PathBuf>,
    /// The instance.
    pub reach: Setting<Reach>,
    /// Whether a local instance that is not there yet is made on first use: `default` alone.
    pub created_on_first_use: bool,
    /// Where tenant-scoped screens and commands start.
    pub tenant: Option<Setting<String>>,
    /// The user we act as on a local instance; its first superadmin, if nothing says so.
    pub acting_as: Option<Setting<String>>,
    /// Whether every change is refused.
    pub read_only: Setting<bool>,
    /// Whether changes have to be unlocked first.
    pub protected: Setting<bool>,
    /// The colour that marks it.
    pub color: Option<ContextColor>,
    /// What a migration may touch.
    pub server: Server,
}

impl Target {
    /// The words that make another command mean the same instance, such as `--context prod`: whatever variables and the default
    /// context are there, and from whatever directory it is run. What opens by itself where nothing was chosen has none but its file.
    pub fn command_words(&self) -> Vec<String> {
        let chosen = match (&self.chosen_by, &self.reach.value) {
            (Origin::Default, _) => None,
            // What is no name of a local instance is a directory.
            (Origin::Flag("--store"), Reach::Store(directory)) if *directory == Path::new(&self.name) => {
                Some(("--store", self.place()))
            }
            (Origin::Flag("--store"), _) => Some(("--store", self.name.clone())),
            (Origin::Flag("--host") | Origin::Variable(super::layers::HOST), _) => Some(("--host", self.place())),
            _ => Some(("--context", self.name.clone())),
        };
        words_to(
            self.config.as_deref(),
            chosen.as_ref().map(|(flag, name)| (*flag, name.as_str())),
        )
    }

    /// Where the instance is, in one text: its URL, or its directory from the root on.
    pub fn place(&self) -> String {
        match &self.reach.value {
            Reach::Store(directory) => std::path::absolute(directory)
                .unwrap_or_else(|_| directory.clone())
                .display()
                .to_string(),
            Reach::Host { url, .. } => url.to_string(),
        }
    }
}
