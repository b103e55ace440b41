//! What a run works with: the instance, its servers, and this program.

use std::path::PathBuf;
use std::sync::Arc;

use crate::backend::Backend;
use crate::domain::problem::Problem;
use crate::migration::plan::Means;

/// Opens the instance anew.
pub type Open = dyn Fn() -> Result<Arc<dyn Backend>, Problem> + Send + Sync;
/// Reads an environment variable.
pub type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// What a run works with.
#[derive(Clone)]
pub struct Site {
    /// What people call the instance.
    pub context: String,
    /// Where it is: a URL or a directory.
    pub place: String,
    /// How its servers are reached.
    pub means: Means,
    /// Opens it, under the settings it has then.
    pub open: Arc<Open>,
    /// Reads the environment.
    pub variable: Arc<Variable>,
    /// Values that must never be written down.
    pub secrets: Vec<String>,
    /// The file of this program, which is also the keeper of commands.
    pub program: PathBuf,
    /// Who is at work: account and machine.
    pub by: String,
}
