//! `export terraform` and `export snapshot`.

use serde_json::Value;

use super::args_snapshot::{ExportVerb, Exported};
use super::failure::Failure;
use super::format::{self, Format};
use super::role_content::scope_named;
use super::session::Session;
use super::snapshot;
use crate::domain::count::counted;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::snapshot::Snapshot;
use crate::domain::terraform;

/// Carries a verb out.
pub async fn run(session: &mut Session<'_>, verb: &ExportVerb) -> Result<(), Failure> {
    match verb {
        ExportVerb::Terraform(flags) => {
            let snapshot = take(session, flags).await?;
            session.printer.text(terraform::document(&snapshot).as_bytes())?;
            session.printer.say(&format!("Wrote {} as HCL.", told(&snapshot)));
            Ok(())
        }
        ExportVerb::Snapshot(flags) => {
            let snapshot = take(session, flags).await?;
            print(session, &snapshot)?;
            session
                .printer
                .say(&format!("Wrote a snapshot of {}.", told(&snapshot)));
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
    let instance = backend.instance().await?;
    let mut taken = snapshot::of_instance(backend.as_ref(), &instance, &scopes).await?;
    taken.taken = Some(jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    Ok(taken)
}

fn told(snapshot: &Snapshot) -> String {
    format!(
        "{} and {}",
        counted(snapshot.tenants.len() as u64, "tenant"),
        counted(snapshot.users.len() as u64, "account")
    )
}

/// One document is one object; a table of it would be none.
fn print(session: &mut Session<'_>, snapshot: &Snapshot) -> Result<(), Failure> {
    let value: Value = serde_json::to_value(snapshot).map_err(|error| {
        Problem::new(
            ProblemKind::Failed,
            "The snapshot could not be written.",
            format!("The system says: {error}."),
            "Report this.",
        )
    })?;
    if matches!(session.printer.format(), Format::Table | Format::Csv) {
        let mut text = Vec::new();
        format::json_lines(&value, &mut text)?;
        text.push(b'\n');
        return session.printer.text(&text);
    }
    session.printer.object(&[], &value)
}
