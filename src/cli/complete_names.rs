//! Names of contexts, local instances and tenants, for whoever completes a command line.
//!
//! Nothing is made, changed or asked of a person for it, and whatever goes wrong means no names. An instance has a second to
//! answer. A Kestra is not asked where its credentials come from a command, and a local instance not while somebody has it
//! to themselves, nor before it was brought up to date.

use std::time::Duration;

use super::complete::{Candidate, Line};
use super::session::Connect;
use crate::backend::local::LocalInstance;
use crate::backend::{Backend, TENANT_COLUMNS};
use crate::config::auth::Auth;
use crate::config::context::ContextReach;
use crate::config::environment::Environment;
use crate::config::file::expand_home;
use crate::config::layers::{self, Flags};
use crate::config::paths::{DEFAULT_INSTANCE, Paths};
use crate::config::secret::SecretSource;
use crate::config::target::{Reach, Target};
use crate::connect;
use crate::domain::problem::Problem;
use crate::domain::query::{Operator, Query, Sort, Term};
use crate::domain::tenant::TenantScope;

/// How long an instance has to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What an argument names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A context, or the local instance `default`.
    Contexts,
    /// A context of the configuration.
    Configured,
    /// One side of a comparison: a context, or a file.
    Compared,
    /// A local instance, or a directory.
    Instances,
    /// A tenant with an id.
    Tenants,
    /// A tenant, or the one without an id.
    Scopes,
}

impl Kind {
    /// What an argument of a command names, if it is anything that can be looked up.
    pub fn of(path: &[&str], argument: &str) -> Option<Self> {
        Some(match (path, argument) {
            (["contexts", "show" | "test" | "use"], "name")
            | (["activity", "list"], "where")
            | (["apply"] | ["migrate", _], "confirm")
            | (_, "context") => Self::Contexts,
            (["contexts", "remove"], "name") => Self::Configured,
            (["diff"], _) => Self::Compared,
            (["rehearsal", verb], "name") if *verb != "create" => Self::Instances,
            (_, "store") => Self::Instances,
            (["tenants", "get" | "update" | "delete"], "id") | (["tenants", "delete"], "confirm") => Self::Tenants,
            // What these name need not be there.
            (["contexts" | "import" | "apply" | "migrate", ..], _) => return None,
            (["tenants", "repair-admin"], "id") | (["access", _], "confirm") | (_, "tenant" | "start_tenant") => {
                Self::Scopes
            }
            _ => return None,
        })
    }
}

/// Where names come from.
pub struct Names<'a> {
    /// Environment variables.
    pub environment: &'a Environment,
    /// Our directories.
    pub paths: &'a Paths,
    /// Opens an instance.
    pub connect: &'a Connect<'a>,
}

impl Names<'_> {
    /// The names of a kind, as far as they begin with a word.
    pub fn of(&self, kind: Kind, line: &Line<'_>, word: &str) -> Vec<Candidate> {
        match kind {
            Kind::Contexts | Kind::Compared => self.contexts(line, true),
            Kind::Configured => self.contexts(line, false),
            Kind::Instances => self.paths.instance_names().into_iter().map(bare).collect(),
            Kind::Tenants => self.tenants(line, word, false).unwrap_or_default(),
            Kind::Scopes => self.tenants(line, word, true).unwrap_or_default(),
        }
    }

    /// What the flags on the line say about the instance.
    fn flags(&self, line: &Line<'_>) -> Flags {
        let given = |wanted: &str| {
            let mut given = line.given.iter().rev();
            given
                .find(|(id, _)| *id == wanted)
                .map(|(_, value)| expand_home(value, self.environment))
        };
        Flags {
            config: given("config").map(Into::into),
            context: given("context"),
            store: given("store"),
            host: given("host"),
            ..Flags::default()
        }
    }

    fn contexts(&self, line: &Line<'_>, with_default: bool) -> Vec<Candidate> {
        let configuration = layers::read_configuration(&self.flags(line), self.environment, self.paths);
        let contexts = configuration.map(|configuration| configuration.contexts);
        let mut found: Vec<Candidate> = contexts
            .unwrap_or_default()
            .into_iter()
            .map(|(name, context)| Candidate {
                value: name,
                meaning: match context.reach {
                    ContextReach::Host { url, .. } => url.to_string(),
                    ContextReach::Store(store) => format!("the local instance {store}"),
                },
            })
            .collect();
        if with_default && found.iter().all(|context| context.value != DEFAULT_INSTANCE) {
            found.push(Candidate {
                value: DEFAULT_INSTANCE.to_owned(),
                meaning: "the local instance".to_owned(),
            });
        }
        found
    }

    fn tenants(&self, line: &Line<'_>, word: &str, with_default: bool) -> Result<Vec<Candidate>, Problem> {
        let flags = self.flags(line);
        let configuration = layers::read_configuration(&flags, self.environment, self.paths)?;
        let target = layers::resolve(&flags, self.environment, &configuration, self.paths)?;
        if !is_quick(&target) {
            return Ok(Vec::new());
        }
        let opened = (self.connect)(&target)?;
        let runtime = connect::runtime()?;
        let found = runtime.block_on(async {
            let names = names_of(opened.backend.as_ref(), word, with_default);
            tokio::time::timeout(PATIENCE, names).await
        });
        // A look-up of a name that takes longer must not hold the shell up.
        runtime.shutdown_background();
        found.unwrap_or_else(|_| Ok(Vec::new()))
    }
}

/// Whether an instance can be asked without making it, and without a command that might ask a person.
fn is_quick(target: &Target) -> bool {
    match &target.reach.value {
        Reach::Store(directory) => LocalInstance::is_ready(directory),
        Reach::Host { auth, .. } => !matches!(
            auth.as_ref().map(|auth| &auth.value),
            Some(
                Auth::Token(SecretSource::Command(_))
                    | Auth::Basic {
                        password: SecretSource::Command(_),
                        ..
                    }
            )
        ),
    }
}

async fn names_of(backend: &dyn Backend, word: &str, with_default: bool) -> Result<Vec<Candidate>, Problem> {
    let mut query = Query {
        sort: TENANT_COLUMNS.first().map(|id| Sort {
            column: (*id).to_owned(),
            descending: false,
        }),
        ..Query::first(Query::MAX_SIZE)
    };
    if !word.is_empty() {
        // No filter asks how an id begins, but for those from a word on up to the last that can begin with it.
        let word = word.to_lowercase();
        let term = |negated, operator, value: String| Term {
            negated,
            column: Some("id".to_owned()),
            operator,
            values: vec![value],
        };
        query.filter.terms = vec![
            term(false, Operator::Contains, word.clone()),
            term(true, Operator::Less, word.clone()),
            term(false, Operator::Less, format!("{word}{}", char::MAX)),
        ];
    }
    let page = backend.tenants(&query).await?;
    let mut found: Vec<Candidate> = page
        .rows
        .into_iter()
        .map(|row| Candidate {
            value: row.tenant.id.to_string(),
            meaning: row.tenant.name,
        })
        .collect();
    // The other names are good without it.
    if with_default
        && TenantScope::DEFAULT_WORD.starts_with(word)
        && let Ok(instance) = backend.instance().await
        && instance.tenancy.reaches_default_tenant(instance.release)
    {
        found.push(bare(TenantScope::DEFAULT_WORD.to_owned()));
    }
    Ok(found)
}

/// A name that says all there is to say.
fn bare(name: String) -> Candidate {
    Candidate {
        value: name,
        meaning: String::new(),
    }
}
