//! How a target becomes a backend. Where the two ways to reach an instance meet, for commands and console alike.

use std::path::Path;
use std::sync::Arc;

use crate::backend::Backend;
use crate::backend::local::LocalInstance;
use crate::config::paths::Paths;
use crate::config::private;
use crate::config::target::{Reach, Target};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;

/// An instance that is open.
pub struct Opened {
    /// The instance.
    pub backend: Arc<dyn Backend>,
    /// Remarks for the operator, a sentence each.
    pub notes: Vec<String>,
}

/// Opens the instance that a target names. The local instance `default` is made where there is none.
///
/// # Errors
/// If there is no such instance, or if it cannot be opened in the name of the user asked for.
pub fn open(target: &Target, paths: &Paths) -> Result<Opened, Problem> {
    let acting_as = target.acting_as.as_ref().map(|username| username.value.as_str());
    match &target.reach.value {
        Reach::Store(directory) => {
            let instance = if target.created_on_first_use {
                private::create_directory(&paths.instances())?;
                LocalInstance::open_or_create(directory, Release::DEFAULT, acting_as)?
            } else {
                LocalInstance::open(directory, acting_as).map_err(|problem| name_others(problem, directory, paths))?
            };
            Ok(Opened {
                notes: instance.notes().to_vec(),
                backend: Arc::new(instance),
            })
        }
        Reach::Host { url, .. } => Err(Problem::new(
            ProblemKind::Failed,
            format!("`{url}` cannot be reached by this version."),
            "It opens local instances only; it does not speak to a Kestra over HTTP.",
            "Use `--store NAME`, or a context with a `store`.",
        )),
    }
}

/// Says which local instances there are, to somebody who named one that is not there.
fn name_others(problem: Problem, directory: &Path, paths: &Paths) -> Problem {
    if problem.kind != ProblemKind::NotFound {
        return problem;
    }
    let names: Vec<String> = paths
        .instance_names()
        .into_iter()
        .map(|name| format!("`{name}`"))
        .collect();
    Problem {
        next: if names.is_empty() {
            "Check the name; without `--store`, the instance `default` is made on first use.".to_owned()
        } else {
            format!(
                "Check the name; there are {} in `{}`.",
                names.join(", "),
                paths.instances().display()
            )
        },
        what: format!("There is no local instance at `{}`.", directory.display()),
        ..problem
    }
}
