//! Other contexts: which there are, opening one, going the way to it.
//!
//! What a context is and how it is opened is not the runner's business; it is handed in. Everything here may block, so
//! it is called where it holds nothing up.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::connect::NewConnection;
use crate::app::contexts::{ContextFacts, ContextRow};
use crate::app::list_columns::ListKind;
use crate::backend::Backend;
use crate::domain::activity::Activity;
use crate::domain::check::Check;
use crate::domain::problem::Problem;

use super::migrations::Migrations;

/// A context that is open.
pub struct OpenedContext {
    /// The instance it leads to.
    pub backend: Arc<dyn Backend>,
    /// Its migrations, where they can be carried out from here.
    pub migrations: Option<Arc<dyn Migrations>>,
    /// What the console takes over.
    pub facts: ContextFacts,
}

/// The contexts of the configuration.
pub trait Contexts: Send + Sync {
    /// Which there are.
    fn list(&self) -> Result<Vec<ContextRow>, Problem>;

    /// Opens one. Nothing is asked of the instance yet.
    fn open(&self, name: &str) -> Result<OpenedContext, Problem>;

    /// Opens one to read in it. Nothing is made for that: `None` is an instance that is made once it is worked on.
    fn look(&self, name: &str) -> Result<Option<OpenedContext>, Problem> {
        self.open(name).map(Some)
    }

    /// The words that lead a command to one.
    fn leads(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    /// Goes the way to one, and reports each step.
    fn examine(&self, name: &str, report: &mut (dyn FnMut(Check) + Send)) -> Result<(), Problem>;

    /// Goes the way to a Kestra that no context leads to, and reports each step. If it can be used it is opened, and kept
    /// as a context if it was given a name, unless that is not wanted any more by then.
    fn connect(
        &self,
        new: &NewConnection,
        is_wanted: &dyn Fn() -> bool,
        report: &mut (dyn FnMut(Check) + Send),
    ) -> Result<OpenedContext, Problem>;

    /// Makes a rehearsal if there is none, starts it if it does not run, reports each step, and opens it. Once that is not wanted any
    /// more it goes no further, and what it started does not go on running.
    fn rehearse(
        &self,
        is_wanted: &dyn Fn() -> bool,
        report: &mut (dyn FnMut(Check) + Send),
    ) -> Result<OpenedContext, Problem>;

    /// What this program did, the oldest first.
    fn activity(&self) -> Result<Vec<Activity>, Problem> {
        Ok(Vec::new())
    }

    /// Notes what became of what this program did and did not know the outcome of, by the commands that do the same.
    fn found(&self, _: &[String], _: bool) -> Result<(), Problem> {
        Ok(())
    }

    /// Keeps which columns of a list were chosen, by their names in order; `None` is as they come. Returns what is to be said of
    /// what was kept before.
    fn keep_columns(&self, _: ListKind, _: Option<Vec<String>>) -> Result<Option<String>, Problem> {
        Ok(Option::None)
    }

    /// Notes that the panel of the first start is not to be shown again.
    fn welcomed(&self);

    /// Where the place in a context is kept for the next start.
    fn resume_file(&self, name: &str) -> Option<PathBuf>;
}

/// Where there is no configuration to read.
pub struct None;

impl Contexts for None {
    fn list(&self) -> Result<Vec<ContextRow>, Problem> {
        Err(crate::app::update::cannot())
    }

    fn open(&self, _: &str) -> Result<OpenedContext, Problem> {
        Err(crate::app::update::cannot())
    }

    fn examine(&self, _: &str, _: &mut (dyn FnMut(Check) + Send)) -> Result<(), Problem> {
        Err(crate::app::update::cannot())
    }

    fn connect(
        &self,
        _: &NewConnection,
        _: &dyn Fn() -> bool,
        _: &mut (dyn FnMut(Check) + Send),
    ) -> Result<OpenedContext, Problem> {
        Err(crate::app::update::cannot())
    }

    fn rehearse(&self, _: &dyn Fn() -> bool, _: &mut (dyn FnMut(Check) + Send)) -> Result<OpenedContext, Problem> {
        Err(crate::app::update::cannot())
    }

    fn welcomed(&self) {}

    fn resume_file(&self, _: &str) -> Option<PathBuf> {
        Option::None
    }
}
