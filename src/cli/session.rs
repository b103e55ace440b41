//! What every command works with: the target, the way to reach it, the printer, and who may be asked.

use std::path::PathBuf;
use std::sync::Arc;

use super::printer::Printer;
use super::prompt::{self, Input};
use crate::backend::Backend;
use crate::config::environment::Environment;
use crate::config::layers::{self, Flags};
use crate::config::paths::Paths;
use crate::config::target::{Origin, Reach, Setting, Target};
use crate::connect::Opened;
use crate::domain::equivalent::program;
use crate::domain::instance::{Instance, Right};
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::{TenantId, TenantIdError};
use crate::domain::text::sentence;
use crate::migration::plan::shown_command;
use crate::migrations::Desk;

/// How a target is opened; put together in `lib.rs`.
pub type Connect<'a> = dyn Fn(&Target) -> Result<Opened, Problem> + 'a;

/// One command at work.
pub struct Session<'a> {
    /// The instance it is about.
    pub target: Target,
    /// Whether the whole instance is meant, whatever tenant the target names.
    pub of_instance: bool,
    /// Environment variables.
    pub environment: &'a Environment,
    /// Our directories.
    pub paths: &'a Paths,
    /// Words that make another command mean the same target.
    pub words: Vec<String>,
    /// The configuration file that a flag names.
    pub config: Option<PathBuf>,
    /// Where everything is printed.
    pub printer: Printer<'a>,
    /// Where answers and files called `-` come from.
    pub input: Input<'a>,
    /// How the instance is reached.
    pub connect: &'a Connect<'a>,
    /// Remarks of the instance, said after all went well: an error is three lines and nothing else.
    pub notes: Vec<String>,
    /// The instance, once it is open.
    pub backend: Option<Arc<dyn Backend>>,
}

impl Session<'_> {
    /// Opens the instance, and keeps its remarks.
    pub fn open(&mut self) -> Result<Arc<dyn Backend>, Problem> {
        let Opened { backend, notes } = (self.connect)(&self.target)?;
        self.notes = notes;
        self.backend = Some(Arc::clone(&backend));
        Ok(backend)
    }

    /// Opens the instance of another context of the same configuration, to look at it.
    pub fn open_context(&self, name: &str) -> Result<Arc<dyn Backend>, Problem> {
        let flags = Flags {
            context: Some(name.to_owned()),
            config: self.config.clone(),
            ..Flags::default()
        };
        let configuration = layers::read_configuration(&flags, self.environment, self.paths)?;
        let target = layers::resolve(&flags, self.environment, &configuration, self.paths)?;
        (self.connect)(&target).map(|opened| opened.backend)
    }

    /// Migrations of the target.
    pub fn desk(&self) -> Desk {
        Desk::new(
            self.target.clone(),
            self.paths.clone(),
            self.environment.clone(),
            self.words.clone(),
        )
    }

    /// This program, with the words that lead another command to the same target.
    pub fn program(&self) -> String {
        program(&self.words)
    }

    /// Lets a change pass, or says why not. Called before anything is opened, so that nothing can have been sent.
    ///
    /// A read-only target refuses every change. A protected one wants `--yes`, or its name typed.
    pub fn allow_change(&mut self, yes: bool) -> Result<(), Problem> {
        let name = self.target.name.clone();
        if self.target.read_only.value {
            return Err(Problem::new(
                ProblemKind::Unconfirmed,
                format!("Nothing was changed on `{name}`."),
                format!(
                    "It is read-only for this command: `{}` says so.",
                    self.target.read_only.origin
                ),
                "Leave that out to change something, or look with `--dry-run` first.",
            ));
        }
        if !self.target.protected.value || yes {
            return Ok(());
        }
        let question = format!("`{name}` is protected. Type its name to change it:");
        match prompt::typed(&mut self.input, &mut self.printer, &question, &name) {
            Some(true) => Ok(()),
            Some(false) => Err(Problem::new(
                ProblemKind::Unconfirmed,
                format!("Nothing was changed on `{name}`."),
                "It is protected, and what was typed is not its name.",
                "Run the command again, and type the name or add `--yes`.",
            )),
            None => Err(Problem::new(
                ProblemKind::Unconfirmed,
                format!("Nothing was changed on `{name}`."),
                "It is protected, and there is no terminal to unlock it at.",
                "Add `--yes` to change it all the same.",
            )),
        }
    }

    /// Lets a change pass that the instance says we have the right to make.
    pub fn require(&self, right: &Right, what: String, instance: &Instance) -> Result<(), Problem> {
        instance.require(right, what, &self.how_to_turn_on())
    }

    /// What to do to have tenants, in a sentence of commands to copy.
    pub fn how_to_turn_on(&self) -> String {
        let program = self.program();
        let (file, then) = match (&self.target.reach.value, &self.target.server.config_file) {
            (Reach::Store(_), _) => ("", "; the next command reads it".to_owned()),
            (Reach::Host { .. }, file) => {
                let restart = match self.target.server.restart_command.as_slice() {
                    [] => ", then restart the servers".to_owned(),
                    command => format!(", then `{}`", shown_command(command)),
                };
                (if file.is_some() { "" } else { " --file FILE" }, restart)
            }
        };
        format!(
            "To have tenants, run `{program} migrate run`; or by hand `{program} config set-tenancy --enabled true \
             --default-tenant true{file}`{then}."
        )
    }

    /// Whether the command line names a tenant, rather than the context or the environment.
    pub fn names_tenant(&self) -> bool {
        self.target
            .tenant
            .as_ref()
            .is_some_and(|tenant| matches!(tenant.origin, Origin::Flag(_)))
    }

    fn named_tenant(&self) -> Option<&Setting<String>> {
        self.target.tenant.as_ref().filter(|_| !self.of_instance)
    }

    /// The tenant that is named anywhere, or the instance.
    pub fn named_scope(&self, instance: &Instance) -> Result<Option<TenantScope>, Problem> {
        let named = self.named_tenant();
        named.map(|_| self.scope(instance)).transpose()
    }

    /// Which tenant is meant: the one named, else the default tenant where it can be reached. Whoever means the whole
    /// instance means none.
    pub fn scope(&self, instance: &Instance) -> Result<TenantScope, Problem> {
        if self.of_instance {
            return Err(invalid(
                "No tenant was named.",
                "`--instance` means the whole instance, and this is about one tenant.",
                "Name it with `--tenant ID` instead; `kestra-admin tenants list` shows them.",
            ));
        }
        match self.named_tenant() {
            Some(tenant) if tenant.value == TenantScope::DEFAULT_WORD => Ok(TenantScope::Default),
            Some(tenant) => Ok(TenantScope::Named(TenantId::existing(tenant.value.clone()))),
            None if instance.tenancy.reaches_default_tenant(instance.release) => Ok(TenantScope::Default),
            None => Err(invalid(
                "No tenant was named.",
                format!(
                    "Roles and access live in a tenant, and `{}` has no default tenant to fall back on.",
                    self.target.name
                ),
                "Add `--tenant ID`; `kestra-admin tenants list` shows them.",
            )),
        }
    }
}

/// The id of a tenant that should exist. What can be no id in any release is refused without asking the instance.
pub fn existing_id(text: &str) -> Result<TenantId, Problem> {
    match text.parse::<TenantId>() {
        Ok(id) => Ok(id),
        // Kestra itself knows no such limit, so there may be one.
        Err(TenantIdError::TooLong { .. }) => Ok(TenantId::existing(text)),
        Err(error) => Err(invalid(
            format!("`{text}` is not the id of a tenant."),
            match error {
                TenantIdError::Start(_) => format!("It {error}."),
                TenantIdError::Empty => "It is empty.".to_owned(),
                TenantIdError::Character { .. } | TenantIdError::TooLong { .. } => sentence(&error.to_string()),
            },
            "Check the id; `kestra-admin tenants list` shows them.",
        )),
    }
}
