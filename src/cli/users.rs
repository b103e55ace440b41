//! `users list`: all users of an instance, or those with access to a tenant.

use super::args::ListFlags;
use super::failure::Failure;
use super::list::ListRequest;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::USER_COLUMNS;
use crate::config::target::Origin;
use crate::domain::user::User;

static LAYOUT: Layout<User> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |user| user.id.clone(),
        },
        Column {
            head: "USERNAME",
            cell: |user| user.username.clone(),
        },
        Column {
            head: "NAME",
            cell: |user| user.display_name.clone().unwrap_or_default(),
        },
        Column {
            head: "TYPE",
            cell: |user| user.kind.word().to_owned(),
        },
        Column {
            head: "SUPERADMIN",
            cell: |user| if user.superadmin { "yes" } else { "" }.to_owned(),
        },
    ],
    json: |user| serde_json::to_value(user).unwrap_or_default(),
};

/// `users list`. A tenant narrows it only where the command line names one: users belong to the instance.
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, USER_COLUMNS)?;
    let backend = session.open()?;
    let named = session
        .target
        .tenant
        .as_ref()
        .is_some_and(|tenant| matches!(tenant.origin, Origin::Flag(_)));
    let scope = if named {
        Some(session.scope(&backend.instance().await?)?)
    } else {
        None
    };
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| {
            backend.users(scope.as_ref(), query).await
        })
        .await?;
    if total == 0 {
        session.printer.say("No user is listed.");
    }
    Ok(())
}
