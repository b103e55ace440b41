//! Snapshots in files, as the console asks for them.

use crate::app::effect::{Answer, ComparedSnapshot, Reply, SavedSnapshot};
use crate::backend::Backend;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::snapshot::difference::differences;
use crate::domain::tenant::TenantScope;
use crate::snapshots::{file, taking};

use super::blocking;

/// Takes a snapshot and writes it into a new file.
pub async fn save(backend: &dyn Backend, scopes: &[TenantScope], typed: &str) -> Reply {
    let path = file::path(typed);
    // Before anything is read for it, which may take long.
    file::refuse_existing(&path)?;
    let snapshot = taking::now(backend, scopes).await?;
    let saved = SavedSnapshot {
        path: path.display().to_string(),
        counts: snapshot.counts(),
        secrets: snapshot.redacted.len(),
    };
    blocking(move || file::write(&path, &snapshot)).await?;
    Ok(Answer::SnapshotSaved(saved))
}

/// Compares the snapshot of a file with a tenant that is there, or with all of them.
pub async fn compare(backend: &dyn Backend, scope: Option<&TenantScope>, typed: &str) -> Reply {
    let path = file::path(typed);
    let shown = path.display().to_string();
    let mut kept = blocking(move || file::read(&path)).await?;
    if let Some(scope) = scope.filter(|scope| kept.part(scope).is_none()) {
        return Err(Problem::new(
            ProblemKind::NotFound,
            format!("`{shown}` has no tenant {scope}."),
            format!("It holds {}.", kept.counts()),
            "Name a tenant that is in it, or none to compare all.",
        ));
    }
    let present = taking::now(backend, scope.map(std::slice::from_ref).unwrap_or_default()).await?;
    if let Some(scope) = scope {
        kept.narrow(scope);
    }
    Ok(Answer::SnapshotCompared(Box::new(ComparedSnapshot {
        path: shown,
        differences: differences(&kept, &present),
        taken: kept.taken,
        release: kept.release,
    })))
}
