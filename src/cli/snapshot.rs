//! Snapshots on the command line: which file, and which tenants of it.

use std::path::Path;

use super::session::{Session, existing_id};
use super::tenant_file;
use crate::domain::bringing::Wanted;
use crate::domain::problem::Problem;
use crate::domain::snapshot::Snapshot;
use crate::snapshots::file;

/// A snapshot from a file, or from standard input for `-`.
pub fn of_file(session: &mut Session<'_>, path: &Path) -> Result<Snapshot, Problem> {
    let text = tenant_file::read_text(path, &mut session.input)?;
    file::of_text(&text, &tenant_file::name(path))
}

/// The tenants that flags name, each `A` or `A=B`, which calls it otherwise.
pub fn wanted(flags: &[String]) -> Result<Vec<Wanted>, Problem> {
    let one = |text: &String| match text.split_once('=') {
        Some((from, to)) => Ok((from.to_owned(), Some(existing_id(to)?))),
        None => Ok((text.clone(), None)),
    };
    flags.iter().map(one).collect()
}
