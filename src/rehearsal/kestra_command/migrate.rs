//! `kestra migrate default-tenant`, from 0.23 on. The server has to be stopped, which the caller sees to.

use super::tenants::parsed;
use super::{Stop, Work};
use crate::backend::local::TableRows;
use crate::domain::text::visible;

/// `default-tenant --tenant-id <id> --tenant-name <name> [--dry-run]`
pub(super) fn default_tenant(work: &mut Work<'_, '_>) -> Result<(), Stop> {
    let arguments = work.arguments;
    let id = parsed(arguments.value("--tenant-id").unwrap_or_default())?;
    let name = arguments.value("--tenant-name").unwrap_or_default();
    if arguments.has("--dry-run") {
        work.console.say("Dry run: nothing is changed");
        let rows = work.instance.default_tenant_rows()?;
        tell(work, &rows, "row(s) to update");
        return Ok(());
    }
    work.console.inform(
        "migrate",
        &format!("Everything without a tenant goes to '{}' ({})", id, visible(name)),
    );
    let rows = work.instance.move_default_tenant(&id, name)?;
    tell(work, &rows, "row(s) updated");
    work.console.say(&format!("Default tenant migrated to '{id}'"));
    Ok(())
}

fn tell(work: &mut Work<'_, '_>, tables: &[TableRows], what: &str) {
    for table in tables {
        work.console
            .inform("migrate", &format!("{}: {} {what}", table.table, table.rows));
    }
    let total: u64 = tables.iter().map(|table| table.rows).sum();
    work.console.say(&format!("Total: {total} {what}"));
}
