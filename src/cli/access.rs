//! `access list`: who holds which role in a tenant.

use super::args::ListFlags;
use super::failure::Failure;
use super::list::ListRequest;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::BINDING_COLUMNS;
use crate::domain::binding::Binding;

/// How bindings are listed.
pub static LAYOUT: Layout<Binding> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |binding| binding.id.clone(),
        },
        Column {
            head: "TYPE",
            cell: |binding| binding.subject_kind.word().to_owned(),
        },
        Column {
            head: "NAME",
            cell: |binding| binding.subject_name.clone(),
        },
        Column {
            head: "ROLE",
            cell: |binding| binding.role_name.clone(),
        },
        Column {
            head: "NAMESPACE",
            cell: |binding| binding.namespace.clone().unwrap_or_default(),
        },
    ],
    json: |binding| serde_json::to_value(binding).unwrap_or_default(),
};

/// `access list`
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, BINDING_COLUMNS)?;
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let unfiltered = request.is_unfiltered();
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| {
            backend.bindings(&scope, query).await
        })
        .await?;
    if total == 0 {
        session.printer.say(&if unfiltered {
            format!("Nobody holds a role in tenant `{scope}`.")
        } else {
            "No binding matches the filter.".to_owned()
        });
    }
    Ok(())
}
