//! Names of contexts, local instances, tenants and roles, for whoever completes a command line.
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
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

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
    /// The same on the other side, where a line names two.
    ScopesThere,
    /// A role of the tenant that is named by `--tenant`.
    Roles,
    /// A role of the tenant that another option names, if it is given.
    RolesThere,
}

impl Kind {
    /// What an argument of a command names, if it is anything that can be looked up.
    pub fn of(path: &[&str], argument: &str) -> Option<Self> {
        Some(match (path, argument) {
            (["contexts", "show" | "test" | "use"], "name")
            | (["activity", "list"], "where")
            | (["apply"] | ["migrate", _], "confirm")
            | (["roles", "diff"], "context_b")
            | (_, "context") => Self::Contexts,
            (["contexts", "remove"], "name") => Self::Configured,
            (["diff"], _) => Self::Compared,
            (["rehearsal", verb], "name") if *verb != "create" => Self::Instances,
            (["rehearsal", "delete"], "confirm") | (_, "store") => Self::Instances,
            (["tenants", "get" | "update" | "delete"], "id") | (["tenants", "delete"], "confirm") => Self::Tenants,
            (
                ["roles", "get" | "update" | "delete" | "copy"]
                | ["access", "grant" | "replace"]
                | ["users", "invitations", "create"],
                "role",
            )
            | (["roles", "delete"], "confirm")
            | (["roles", "diff"], "a") => Self::Roles,
            (["roles", "diff"], "b") | (["roles", ..], "from_role") => Self::RolesThere,
            // What these name need not be there.
            (["contexts" | "migrate", ..], _) => return None,
            (["tenants", "repair-admin"], "id")
            | (["access", _] | ["roles", "update"], "confirm")
            | (["roles", "copy"], "to")
            | (_, "tenant" | "start_tenant") => Self::Scopes,
            (["roles", ..], "tenant_b" | "from_tenant") => Self::ScopesThere,
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
            Kind::Compared if word.contains('/') => self.tenants_of_context(line, word).unwrap_or_default(),
            Kind::Contexts | Kind::Compared => self.contexts(line, true),
            Kind::Configured => self.contexts(line, false),
            Kind::Instances => self.paths.instance_names().into_iter().map(bare).collect(),
            Kind::Tenants => self.tenants(&self.flags(line), word, false).unwrap_or_default(),
            Kind::Scopes => self.tenants(&self.flags(line), word, true).unwrap_or_default(),
            Kind::ScopesThere => self.tenants(&self.flags_there(line), word, true).unwrap_or_default(),
            Kind::Roles => self.roles(&self.flags(line), word).unwrap_or_default(),
            Kind::RolesThere => self.roles(&self.flags_there(line), word).unwrap_or_default(),
        }
    }

    fn given(&self, line: &Line<'_>, wanted: &[&str]) -> Option<String> {
        let mut given = line.given.iter().rev();
        given
            .find(|(id, _)| wanted.contains(id))
            .map(|(_, value)| expand_home(value, self.environment))
    }

    /// What the flags on the line say about the instance.
    fn flags(&self, line: &Line<'_>) -> Flags {
        let given = |wanted: &str| self.given(line, &[wanted]);
        Flags {
            config: given("config").map(Into::into),
            context: given("context"),
            store: given("store"),
            host: given("host"),
            tenant: given("tenant"),
            ..Flags::default()
        }
    }

    /// The same of the other side, where the line names two.
    fn flags_there(&self, line: &Line<'_>) -> Flags {
        let flags = self.flags(line);
        let tenant = self.given(line, &["tenant_b", "from_tenant"]).or(flags.tenant.clone());
        match self.given(line, &["context_b"]) {
            Some(context) => Flags {
                config: flags.config,
                context: Some(context),
                tenant,
                ..Flags::default()
            },
            None => Flags { tenant, ..flags },
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

    fn tenants(&self, flags: &Flags, word: &str, with_default: bool) -> Result<Vec<Candidate>, Problem> {
        self.ask(flags, async |_, backend| names_of(backend, word, with_default).await)
    }

    /// The tenants of the context before the slash, with it.
    fn tenants_of_context(&self, line: &Line<'_>, word: &str) -> Result<Vec<Candidate>, Problem> {
        let (context, word) = word.split_once('/').unwrap_or_default();
        let flags = Flags {
            config: self.flags(line).config,
            context: Some(context.to_owned()),
            ..Flags::default()
        };
        let mut found = self.tenants(&flags, word, true)?;
        for tenant in &mut found {
            tenant.value.insert_str(0, &format!("{context}/"));
        }
        Ok(found)
    }

    fn roles(&self, flags: &Flags, word: &str) -> Result<Vec<Candidate>, Problem> {
        self.ask(flags, async |target, backend| {
            let tenant = target.tenant.map(|tenant| tenant.value);
            roles_of(backend, tenant, word).await
        })
    }

    /// Asks the instance, if it can be asked at all and for as long as it may take.
    fn ask(
        &self,
        flags: &Flags,
        question: impl AsyncFnOnce(Target, &dyn Backend) -> Result<Vec<Candidate>, Problem>,
    ) -> Result<Vec<Candidate>, Problem> {
        let configuration = layers::read_configuration(flags, self.environment, self.paths)?;
        let target = layers::resolve(flags, self.environment, &configuration, self.paths)?;
        if !is_quick(&target) {
            return Ok(Vec::new());
        }
        let opened = (self.connect)(&target)?;
        let runtime = connect::runtime()?;
        let found =
            runtime.block_on(async { tokio::time::timeout(PATIENCE, question(target, opened.backend.as_ref())).await });
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
        query.filter.terms = vec![
            term(false, "id", Operator::Contains, word.clone()),
            term(true, "id", Operator::Less, word.clone()),
            term(false, "id", Operator::Less, format!("{word}{}", char::MAX)),
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

/// The roles of a tenant by their names, or by their ids where several have one.
async fn roles_of(backend: &dyn Backend, tenant: Option<String>, word: &str) -> Result<Vec<Candidate>, Problem> {
    let scope = match tenant.as_deref() {
        Some(id) if id != TenantScope::DEFAULT_WORD => TenantScope::Named(TenantId::existing(id)),
        _ => TenantScope::Default,
    };
    let mut query = Query::first(Query::MAX_SIZE);
    if !word.is_empty() {
        query.filter.terms = vec![term(false, "name", Operator::Contains, word.to_lowercase())];
    }
    let rows = backend.roles(&scope, &query).await?.rows;
    let is_one_of_several = |name: &str| rows.iter().filter(|role| role.name == name).count() > 1;
    let candidate = |role: &Role| {
        if is_one_of_several(&role.name) {
            return Candidate {
                value: role.id.clone(),
                meaning: role.name.clone(),
            };
        }
        Candidate {
            value: role.name.clone(),
            meaning: role.description.clone().unwrap_or_default(),
        }
    };
    Ok(rows.iter().map(candidate).collect())
}

fn term(negated: bool, column: &str, operator: Operator, value: String) -> Term {
    Term {
        negated,
        column: Some(column.to_owned()),
        operator,
        values: vec![value].into(),
    }
}

/// A name that says all there is to say.
fn bare(name: String) -> Candidate {
    Candidate {
        value: name,
        meaning: String::new(),
    }
}
