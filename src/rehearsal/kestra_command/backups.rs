//! `kestra backups create`: a copy of the database, in the storage of the instance.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::auths::scope_of;
use super::{Stop, Work};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

/// The directory of the instance that stands for Kestra's internal storage.
const STORAGE: &str = "storage";

/// `create FULL|TENANT`
pub(super) fn create(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    let arguments = work.arguments;
    let (only, folder) = match arguments.positional(0) {
        Some("FULL") => (None, "full"),
        Some("TENANT") => {
            let named = arguments.value("--tenant").map(|id| scope_of(id, work));
            (Some(named.unwrap_or(TenantScope::Default)), "tenant")
        }
        other => {
            return Err(Stop::Usage(format!(
                "Invalid value: '{}' is none of FULL and TENANT",
                visible(other.unwrap_or_default())
            )));
        }
    };
    if !arguments.has("--no-encryption") {
        work.console.warn(
            "backups",
            "A rehearsal does not encrypt: the file is for this account alone",
        );
    }
    let started = Timestamp::now();
    let (uri, file) = free_place(work, folder, started);
    let counts = work
        .instance
        .back_up(only.as_ref(), arguments.has("--include-data"), &file)?;
    let summary: Vec<String> = counts
        .iter()
        .map(|backed_up| format!("{}: {}", backed_up.kind, backed_up.number))
        .collect();
    work.console
        .inform("create", &format!("Backup summary: [{}]", summary.join(", ")));
    let elapsed = Timestamp::now().duration_since(started).as_millis();
    work.console.inform("create", &format!("Backup took {elapsed} ms"));
    work.console.say(&format!("Backup created: {uri}"));
    Ok(())
}

/// A name that no other backup has: the second it was begun in, or the next that is free.
fn free_place(work: &Work<'_, '_>, folder: &str, started: Timestamp) -> (String, PathBuf) {
    let mut time = started;
    loop {
        let name = format!("backups/{folder}/backup-{}.kestra", time.strftime("%Y%m%d%H%M%S"));
        let file = work.instance.directory().join(STORAGE).join(&name);
        let later = time.checked_add(SignedDuration::from_secs(1));
        match later {
            Ok(later) if file.exists() => time = later,
            _ => return (format!("kestra:///{name}"), file),
        }
    }
}
