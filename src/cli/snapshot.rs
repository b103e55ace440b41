//! Snapshots on the command line: which file, and which tenants of it.

use std::collections::HashSet;
use std::path::Path;

use super::failure::invalid;
use super::session::{Session, existing_id};
use super::tenant_file;
use crate::domain::problem::Problem;
use crate::domain::snapshot::{Snapshot, TenantPart};
use crate::domain::tenant::Tenant;
use crate::snapshots::file;

/// A snapshot from a file, or from standard input for `-`.
pub fn of_file(session: &mut Session<'_>, path: &Path) -> Result<Snapshot, Problem> {
    let text = tenant_file::read_text(path, &mut session.input)?;
    file::of_text(&text, &tenant_file::name(path))
}

/// Keeps only these tenants of a snapshot, each `A` or `A=B`, which calls it otherwise. None named keeps all.
pub fn keep(snapshot: &mut Snapshot, wanted: &[String]) -> Result<(), Problem> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(wanted.len());
    for text in wanted {
        let (from, to) = text
            .split_once('=')
            .map_or((text.as_str(), None), |(from, to)| (from, Some(to)));
        let Some(part) = snapshot.tenants.iter().find(|part| part.scope().to_string() == from) else {
            let known: Vec<String> = snapshot.tenants.iter().map(|part| part.scope().to_string()).collect();
            return Err(invalid(
                format!("The snapshot has no tenant `{from}`."),
                format!("`--tenant {text}` asks for it."),
                format!("It has {}.", known.join(", ")),
            ));
        };
        let mut part = part.clone();
        if let Some(to) = to {
            let id = existing_id(to)?;
            match &mut part.tenant {
                Some(tenant) => tenant.id = id,
                none => *none = Some(Tenant::new(id, to)),
            }
        }
        kept.push(part);
    }
    snapshot.tenants = kept;
    file::refuse_twice(snapshot)?;
    let named: HashSet<String> = (snapshot.tenants.iter())
        .flat_map(TenantPart::people)
        .map(str::to_owned)
        .collect();
    snapshot.users.retain(|person| named.contains(&person.user.id));
    Ok(())
}
