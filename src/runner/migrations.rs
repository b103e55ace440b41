//! Migrations as the console reaches them: by a trait, so that the runner knows nothing of processes and files.

use std::sync::Arc;

use crate::backend::Backend;
use crate::domain::problem::Problem;
use crate::migration::plan::Plan;
use crate::migration::run_summary::{Control, Controlled, RunSummary, Surveyed};

pub use crate::migration::run_summary::RunNews;

/// A run that is being watched. Reads only.
pub trait RunWatch: Send {
    /// What is new. Does not wait; the caller comes again.
    fn news(&mut self) -> Result<RunNews, Problem>;

    /// Which commands wrote the lines of the last news: the number of the record that began each, and how many lines in a row
    /// are its own.
    fn writers(&self) -> Vec<(u64, usize)>;
}

/// Migrations of the instance that the console works on. Every method may block.
pub trait Migrations: Send + Sync {
    /// Looks at everything, and changes nothing. `progress` is told what is being looked at.
    fn survey(&self, progress: &mut (dyn FnMut(String) + Send)) -> Result<Surveyed, Problem>;

    /// The instance opened anew, where its settings are read when it is opened; `None` where servers have read them.
    fn reopen(&self) -> Result<Option<Arc<dyn Backend>>, Problem> {
        Ok(None)
    }

    /// Begins to carry a plan out, in a process of its own; gives the id of the run.
    fn start(&self, plan: &Plan) -> Result<String, Problem>;

    /// The runs of this instance, the newest first.
    fn runs(&self) -> Result<Vec<RunSummary>, Problem>;

    /// Watches a run from its beginning.
    fn watch(&self, run: &str) -> Result<Box<dyn RunWatch>, Problem>;

    /// Asks something of a run; gives what was done, in a sentence.
    fn control(&self, run: &str, control: Control) -> Result<Controlled, Problem>;

    /// Who we are as records say it, account and machine, so that a run carried out by somebody else is known as theirs.
    fn operator(&self) -> Option<String> {
        None
    }
}
