//! Which layer wins: flags, then environment, then the configuration file, then defaults.
//!
//! Pure but for looking whether a directory is there. Everything that reads a variable of ours is in this file.

use std::path::{Path, PathBuf};

use super::auth::Auth;
use super::context::{Connection, Context, ContextReach, Server};
use super::environment::Environment;
use super::file::{Configuration, expand_home, suggestion};
use super::paths::{DEFAULT_INSTANCE, Paths};
use super::secret::SecretSource;
use super::target::{Origin, Reach, Setting, Target};
use crate::domain::host_url::HostUrl;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;

/// Names a configuration file.
pub const CONFIG: &str = "KESTRA_ADMIN_CONFIG";
/// Names a context.
pub const CONTEXT: &str = "KESTRA_ADMIN_CONTEXT";
/// Gives the URL of a Kestra.
pub const HOST: &str = "KESTRA_ADMIN_HOST";
/// Gives the tenant to start in.
pub const TENANT: &str = "KESTRA_ADMIN_TENANT";
/// Holds an API token.
pub const TOKEN: &str = "KESTRA_ADMIN_TOKEN";
/// Gives the login name.
pub const USERNAME: &str = "KESTRA_ADMIN_USERNAME";
/// Holds the password.
pub const PASSWORD: &str = "KESTRA_ADMIN_PASSWORD";
/// Gives the form of what is printed.
pub const OUTPUT: &str = "KESTRA_ADMIN_OUTPUT";

/// What the command line says about the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--context`
    pub context: Option<String>,
    /// `--store`
    pub store: Option<String>,
    /// `--host`
    pub host: Option<String>,
    /// `--tenant`
    pub tenant: Option<String>,
    /// `--read-only`
    pub read_only: bool,
}

/// The configuration file that flags, environment or the platform name, and whether somebody named it.
pub fn configuration_file(flags: &Flags, environment: &Environment, paths: &Paths) -> (PathBuf, bool) {
    let named = flags
        .config
        .clone()
        .or_else(|| environment.get(CONFIG).map(PathBuf::from));
    match named {
        Some(file) => (file, true),
        None => (paths.config_file.clone(), false),
    }
}

/// Reads the configuration file that flags, environment or the platform name.
///
/// # Errors
/// As [`Configuration::read`].
pub fn read_configuration(flags: &Flags, environment: &Environment, paths: &Paths) -> Result<Configuration, Problem> {
    let (file, named) = configuration_file(flags, environment, paths);
    Configuration::read(&file, named)
}

/// Says what a run is about.
///
/// # Errors
/// If a context or host that is named makes no sense.
pub fn resolve(
    flags: &Flags,
    environment: &Environment,
    configuration: &Configuration,
    paths: &Paths,
) -> Result<Target, Problem> {
    let layers = Layers {
        environment,
        configuration,
        paths,
    };
    let mut target = layers.choose(flags)?;
    target.config.clone_from(&flags.config);
    if let Some(tenant) = &flags.tenant {
        target.tenant = Some(Setting::new(tenant.clone(), Origin::Flag("--tenant")));
    } else if let Some(tenant) = environment.get(TENANT) {
        target.tenant = Some(Setting::new(tenant.to_owned(), Origin::Variable(TENANT)));
    }
    if let Some(origin) = Origin::of_read_only(flags.read_only, false) {
        target.read_only = Setting::new(true, origin);
    } else if target.read_only.origin == Origin::Default {
        target.read_only = layers.read_only();
    }
    layers.apply_credentials(&mut target)?;
    Ok(target)
}

/// Where a context leads, and what it says itself: neither the command line nor the environment has a say.
///
/// # Errors
/// If there is none of this name, or it makes no sense.
pub fn of_context(
    name: &str,
    environment: &Environment,
    configuration: &Configuration,
    paths: &Paths,
) -> Result<Target, Problem> {
    let layers = Layers {
        environment,
        configuration,
        paths,
    };
    layers.context(name, &Origin::Default)
}

struct Layers<'a> {
    environment: &'a Environment,
    configuration: &'a Configuration,
    paths: &'a Paths,
}

impl Layers<'_> {
    /// Which instance: one choice, made by the first layer that says anything.
    fn choose(&self, flags: &Flags) -> Result<Target, Problem> {
        if let Some(name) = &flags.context {
            return self.context(name, &Origin::Flag("--context"));
        }
        if let Some(store) = &flags.store {
            let directory = self.paths.store_directory(store, Path::new(""))?;
            return Ok(self.store(store, directory, Origin::Flag("--store")));
        }
        if let Some(host) = &flags.host {
            return host_target(host, Origin::Flag("--host"));
        }
        match (self.environment.get(CONTEXT), self.environment.get(HOST)) {
            (Some(_), Some(_)) => Err(Problem::new(
                ProblemKind::Invalid,
                "The environment names two instances.",
                format!("Both `{CONTEXT}` and `{HOST}` are set, and each names one."),
                "Unset one of them, or choose with `--context` or `--host`.",
            )),
            (Some(name), None) => self.context(name, &Origin::Variable(CONTEXT)),
            (None, Some(host)) => host_target(host, Origin::Variable(HOST)),
            (None, None) => match &self.configuration.default_context {
                Some(name) => self.context(name, &Origin::File("default-context".to_owned())),
                None => {
                    let directory = self.paths.instances().join(DEFAULT_INSTANCE);
                    Ok(self.store(DEFAULT_INSTANCE, directory, Origin::Default))
                }
            },
        }
    }

    fn context(&self, name: &str, origin: &Origin) -> Result<Target, Problem> {
        let Some(context) = self.configuration.contexts.get(name) else {
            // The console lists it among the contexts, so that it can be named like one of them.
            if name == DEFAULT_INSTANCE {
                let directory = self.paths.instances().join(DEFAULT_INSTANCE);
                return Ok(self.store(name, directory, origin.clone()));
            }
            let file = self.configuration.file.display();
            let next = if self.configuration.contexts.is_empty() {
                format!("Define it in `{file}`, or use `--store` or `--host`.")
            } else {
                suggestion(
                    name,
                    &self
                        .configuration
                        .contexts
                        .keys()
                        .map(String::as_str)
                        .collect::<Vec<_>>(),
                )
            };
            return Err(Problem::new(
                ProblemKind::NotFound,
                format!("There is no context `{}`.", redact::name(name)),
                match origin {
                    Origin::Flag(_) => format!("The configuration `{file}` does not define it."),
                    _ => format!("`{origin}` names it, and the configuration `{file}` does not define it."),
                },
                next,
            ));
        };
        self.target_of(name, context, origin)
    }

    /// The target a context describes, before any other layer has its say.
    fn target_of(&self, name: &str, context: &Context, chosen_by: &Origin) -> Result<Target, Problem> {
        let option = |option: &str| Origin::File(format!("contexts.{name}.{option}"));
        let from_file = |path: &Path| self.path(path);
        let mut acting_as = None;
        let (reach, created_on_first_use) = match &context.reach {
            ContextReach::Host { url, connection } => {
                let connection = Connection {
                    ca_file: connection.ca_file.as_deref().map(from_file),
                    client_certificate: connection
                        .client_certificate
                        .as_ref()
                        .map(|(certificate, key)| (self.path(certificate), self.path(key))),
                    ..connection.as_ref().clone()
                };
                let auth = context
                    .auth
                    .clone()
                    .map(|auth| Setting::new(self.auth(auth), option("auth")));
                let reach = Reach::Host {
                    url: url.clone(),
                    auth,
                    connection: Box::new(connection),
                };
                (Setting::new(reach, option("host")), false)
            }
            ContextReach::Store(store) => {
                if let Some(Auth::Username(username)) = &context.auth {
                    acting_as = Some(Setting::new(username.clone(), option("auth")));
                }
                let expanded = expand_home(store, self.environment);
                let directory = self.paths.store_directory(&expanded, self.configuration.directory())?;
                let first = self.is_default(&directory);
                (Setting::new(Reach::Store(directory), option("store")), first)
            }
        };
        let switch = |value: bool, name: &str| Setting::new(value, if value { option(name) } else { Origin::Default });
        Ok(Target {
            name: name.to_owned(),
            chosen_by: chosen_by.clone(),
            config: None,
            reach,
            created_on_first_use,
            tenant: context
                .tenant
                .clone()
                .map(|tenant| Setting::new(tenant, option("tenant"))),
            acting_as,
            read_only: match context.read_only {
                Some(read_only) => Setting::new(read_only, option("read-only")),
                None => self.read_only(),
            },
            protected: switch(context.protected, "protected"),
            color: context.color,
            server: Server {
                config_file: context.server.config_file.as_deref().map(from_file),
                ..context.server.clone()
            },
        })
    }

    /// What holds where neither the command line nor a context says whether changes are refused.
    fn read_only(&self) -> Setting<bool> {
        match Origin::of_read_only(false, self.configuration.read_only) {
            Some(origin) => Setting::new(true, origin),
            None => Setting::new(false, Origin::Default),
        }
    }

    fn store(&self, name: &str, directory: PathBuf, origin: Origin) -> Target {
        let created_on_first_use = self.is_default(&directory);
        bare(
            name,
            Setting::new(Reach::Store(directory), origin),
            created_on_first_use,
        )
    }

    fn is_default(&self, directory: &Path) -> bool {
        directory == self.paths.instances().join(DEFAULT_INSTANCE)
    }

    /// The credentials that the environment puts in place of those of the context. A token beats a password.
    fn apply_credentials(&self, target: &mut Target) -> Result<(), Problem> {
        let username = self.environment.get(USERNAME);
        let Reach::Host { auth, .. } = &mut target.reach.value else {
            if let Some(username) = username {
                target.acting_as = Some(Setting::new(username.to_owned(), Origin::Variable(USERNAME)));
            }
            return Ok(());
        };
        let from_environment = if self.environment.get(TOKEN).is_some() {
            Some((Auth::Token(SecretSource::Variable(TOKEN.to_owned())), TOKEN))
        } else {
            match (username, self.environment.get(PASSWORD).is_some()) {
                (Some(username), true) => Some((
                    Auth::Basic {
                        username: username.to_owned(),
                        password: SecretSource::Variable(PASSWORD.to_owned()),
                    },
                    USERNAME,
                )),
                (None, false) => None,
                (Some(_), false) => return Err(half(USERNAME, PASSWORD)),
                (None, true) => return Err(half(PASSWORD, USERNAME)),
            }
        };
        if let Some((value, variable)) = from_environment {
            *auth = Some(Setting::new(value, Origin::Variable(variable)));
        }
        Ok(())
    }

    fn auth(&self, auth: Auth) -> Auth {
        let source = |source: SecretSource| self.configuration.secret_source(&source, self.environment);
        match auth {
            Auth::Token(token) => Auth::Token(source(token)),
            Auth::Basic { username, password } => Auth::Basic {
                username,
                password: source(password),
            },
            Auth::Username(username) => Auth::Username(username),
        }
    }

    fn path(&self, path: &Path) -> PathBuf {
        self.configuration.path(path, self.environment)
    }
}

fn half(set: &str, missing: &str) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "The credentials in the environment are incomplete.",
        format!("`{set}` is set and `{missing}` is not."),
        format!("Set both, or neither, or `{TOKEN}` alone."),
    )
}

fn host_target(host: &str, origin: Origin) -> Result<Target, Problem> {
    let url: HostUrl = host.parse().map_err(|why: String| {
        Problem::new(
            ProblemKind::Invalid,
            format!("`{origin}` does not name a Kestra."),
            format!("Its value is no base URL: {why}."),
            "Give it like `https://kestra.example.com`.",
        )
    })?;
    let name = url.to_string();
    let reach = Reach::Host {
        url,
        auth: None,
        connection: Box::default(),
    };
    Ok(bare(&name, Setting::new(reach, origin), false))
}

/// A target of which nothing but its instance is known.
fn bare(name: &str, reach: Setting<Reach>, created_on_first_use: bool) -> Target {
    Target {
        name: name.to_owned(),
        chosen_by: reach.origin.clone(),
        config: None,
        reach,
        created_on_first_use,
        tenant: None,
        acting_as: None,
        read_only: Setting::new(false, Origin::Default),
        protected: Setting::new(false, Origin::Default),
        color: None,
        server: Server::default(),
    }
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
