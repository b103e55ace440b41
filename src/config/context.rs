//! A context: a named way to reach an instance, as the configuration describes it.

use std::fmt;
use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Deserialize;

use super::auth::Auth;
use super::interface::ContextColor;
use crate::domain::host_url::HostUrl;
use crate::domain::text::without_user;

/// Seconds an answer of a host may take, unless said otherwise.
pub const TIMEOUT_SECONDS: u32 = 30;
/// Seconds a restarted instance may take to become healthy, unless said otherwise.
pub const HEALTH_TIMEOUT_SECONDS: u32 = 300;

/// A context as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ContextTable {
    /// URL of a Kestra.
    pub host: Option<HostUrl>,
    /// Name or directory of a local instance.
    pub store: Option<String>,
    /// Where tenant-scoped screens and commands start.
    pub tenant: Option<String>,
    /// Who we are there.
    pub auth: Option<Auth>,
    /// Whether it starts locked.
    pub protected: bool,
    /// Whether nothing may be changed through it; `None` leaves that to the option for all contexts.
    pub read_only: Option<bool>,
    /// The colour that marks it.
    pub color: Option<ContextColor>,
    /// Headers sent with every request.
    pub headers: IndexMap<String, HeaderValue>,
    /// Certificate authority to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Certificate we show.
    pub client_cert: Option<PathBuf>,
    /// The key to it.
    pub client_key: Option<PathBuf>,
    /// Proxy to go through.
    pub proxy: Option<String>,
    /// Seconds an answer may take.
    pub timeout_seconds: Option<u32>,
    /// What a migration may touch.
    pub server: Server,
}

/// The value of a header.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write a header as a text or as { env = \"NAME\" }")]
pub enum HeaderValue {
    /// The value itself; treated as a secret, because most such headers are.
    Literal(String),
    /// The value of an environment variable.
    Variable(HeaderVariable),
}

/// A header's value that lies in the environment.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderVariable {
    /// Name of the environment variable.
    pub env: String,
}

impl HeaderValue {
    /// Where the value comes from, without showing it.
    pub fn words(&self) -> String {
        match self {
            Self::Literal(_) => "a literal value".to_owned(),
            Self::Variable(variable) => format!("environment variable {}", variable.env),
        }
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

/// The servers behind a context: what a migration reads, edits and runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Server {
    /// Kestra's configuration: a plain file, a compose file or Helm values.
    pub config_file: Option<PathBuf>,
    /// Runs the `kestra` command with the servers' version and configuration: program and arguments.
    pub kestra_command: Vec<String>,
    /// Restarts the servers.
    pub restart_command: Vec<String>,
    /// Stops the servers, where something has to be done while none runs (0.23 and later).
    pub stop_command: Vec<String>,
    /// Starts them again.
    pub start_command: Vec<String>,
    /// Dumps the database.
    pub backup_command: Vec<String>,
    /// URL that says whether the servers are healthy.
    pub health_url: Option<HostUrl>,
    /// Seconds to wait for that.
    pub health_timeout_seconds: u32,
    /// Seconds a command may take.
    pub command_timeout_seconds: Option<u32>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            config_file: None,
            kestra_command: Vec::new(),
            restart_command: Vec::new(),
            stop_command: Vec::new(),
            start_command: Vec::new(),
            backup_command: Vec::new(),
            health_url: None,
            health_timeout_seconds: HEALTH_TIMEOUT_SECONDS,
            command_timeout_seconds: None,
        }
    }
}

/// How a host is spoken to.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// Headers sent with every request.
    pub headers: IndexMap<String, HeaderValue>,
    /// Certificate authority to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Certificate we show, and the key to it.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// Proxy to go through; may hold a password.
    pub proxy: Option<String>,
    /// Seconds an answer may take.
    pub timeout_seconds: u32,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            headers: IndexMap::new(),
            ca_file: None,
            client_certificate: None,
            proxy: None,
            timeout_seconds: TIMEOUT_SECONDS,
        }
    }
}

impl Connection {
    /// Whether it holds a secret: a literal header, or a password in the URL of the proxy.
    pub fn holds_secret(&self) -> bool {
        let literal = |value: &HeaderValue| matches!(value, HeaderValue::Literal(_));
        self.headers.values().any(literal) || self.proxy.as_ref().is_some_and(|proxy| proxy.contains('@'))
    }

    /// The proxy without who signs in.
    pub fn shown_proxy(&self) -> Option<String> {
        self.proxy.as_deref().map(without_user)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("headers", &self.headers)
            .field("ca_file", &self.ca_file)
            .field("client_certificate", &self.client_certificate)
            .field("proxy", &self.shown_proxy())
            .field("timeout_seconds", &self.timeout_seconds)
            .finish()
    }
}

/// What a context reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextReach {
    /// A Kestra, over HTTP.
    Host {
        /// Its base URL.
        url: HostUrl,
        /// How it is spoken to.
        connection: Box<Connection>,
    },
    /// A local instance, by name or directory.
    Store(String),
}

/// A named way to reach an instance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ContextTable")]
pub struct Context {
    /// Where it leads.
    pub reach: ContextReach,
    /// Where tenant-scoped screens and commands start.
    pub tenant: Option<String>,
    /// Who we are there.
    pub auth: Option<Auth>,
    /// Whether it starts locked.
    pub protected: bool,
    /// Whether nothing may be changed through it; `None` leaves that to the option for all contexts.
    pub read_only: Option<bool>,
    /// The colour that marks it.
    pub color: Option<ContextColor>,
    /// What a migration may touch.
    pub server: Server,
}

impl Context {
    /// Whether its description holds a secret.
    pub fn holds_secret(&self) -> bool {
        match &self.reach {
            ContextReach::Host { connection, .. } => connection.holds_secret(),
            ContextReach::Store(_) => false,
        }
    }
}

impl TryFrom<ContextTable> for Context {
    type Error = String;

    fn try_from(table: ContextTable) -> Result<Self, Self::Error> {
        let only_for_hosts = [
            ("headers", !table.headers.is_empty()),
            ("ca-file", table.ca_file.is_some()),
            ("client-cert", table.client_cert.is_some()),
            ("client-key", table.client_key.is_some()),
            ("proxy", table.proxy.is_some()),
            ("timeout-seconds", table.timeout_seconds.is_some()),
        ];
        let client_certificate = match (table.client_cert, table.client_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err("client-cert and client-key go together".to_owned()),
        };
        if table.timeout_seconds == Some(0) {
            return Err("timeout-seconds is at least 1".to_owned());
        }
        let reach = match (table.host, table.store) {
            (Some(_), Some(_)) => return Err("a context has a host or a store, not both".to_owned()),
            (None, None) => {
                return Err("a context needs a host (a URL) or a store (the name of a local instance)".to_owned());
            }
            (Some(url), None) => {
                if let Some(Auth::Username(_)) = table.auth {
                    return Err("a username needs password-env, password-file or password-command".to_owned());
                }
                ContextReach::Host {
                    url,
                    connection: Box::new(Connection {
                        headers: table.headers,
                        ca_file: table.ca_file,
                        client_certificate,
                        proxy: table.proxy,
                        timeout_seconds: table.timeout_seconds.unwrap_or(TIMEOUT_SECONDS),
                    }),
                }
            }
            (None, Some(store)) => {
                if let Some((option, _)) = only_for_hosts.iter().find(|(_, given)| *given) {
                    return Err(format!(
                        "{option} has a meaning for a host only, and this context is a store"
                    ));
                }
                if matches!(table.auth, Some(Auth::Token(_) | Auth::Basic { .. })) {
                    return Err("a store asks for no secret; auth may name a username and nothing else".to_owned());
                }
                if store.trim().is_empty() {
                    return Err("the store has no name".to_owned());
                }
                ContextReach::Store(store)
            }
        };
        Ok(Self {
            reach,
            tenant: table.tenant.filter(|tenant| !tenant.is_empty()),
            auth: table.auth,
            protected: table.protected,
            read_only: table.read_only,
            color: table.color,
            server: table.server,
        })
    }
}
