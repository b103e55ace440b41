//! `export terraform` and `export snapshot`.

use super::args_snapshot::{ExportVerb, Exported};
use super::failure::Failure;
use super::format::Format;
use super::role_content::scope_named;
use super::session::Session;
use crate::domain::count::counted;
use crate::domain::snapshot::Snapshot;
use crate::domain::terraform;
use crate::snapshots::{file, taking};

/// Carries a verb out.
pub async fn run(session: &mut Session<'_>, verb: &ExportVerb) -> Result<(), Failure> {
    match verb {
        ExportVerb::Terraform(flags) => {
            let snapshot = take(session, flags).await?;
            session.printer.text(terraform::document(&snapshot).as_bytes())?;
            session.printer.say(&format!("Wrote {} as HCL.", snapshot.counts()));
            Ok(())
        }
        ExportVerb::Snapshot(flags) => {
            let snapshot = take(session, flags).await?;
            print(session, &snapshot)?;
            session
                .printer
                .say(&format!("Wrote a snapshot of {}.", snapshot.counts()));
            if !snapshot.redacted.is_empty() {
                session.printer.say(&format!(
                    "{} left out; `redacted` names them.",
                    counted(snapshot.redacted.len() as u64, "secret")
                ));
            }
            Ok(())
        }
    }
}

async fn take(session: &mut Session<'_>, flags: &Exported) -> Result<Snapshot, Failure> {
    let scopes = flags.tenant.iter().map(|text| scope_named(text));
    let scopes = scopes.collect::<Result<Vec<_>, _>>()?;
    let backend = session.open()?;
    Ok(taking::now(backend.as_ref(), &scopes).await?)
}

/// One document is one object; a table of it would be none.
fn print(session: &mut Session<'_>, snapshot: &Snapshot) -> Result<(), Failure> {
    if matches!(session.printer.format(), Format::Table | Format::Csv) {
        return session.printer.text(&file::text(snapshot)?);
    }
    session.printer.object(&[], &file::value(snapshot)?)
}
