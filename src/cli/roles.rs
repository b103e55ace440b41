//! `roles list` and `roles get`.

use serde_json::Value;

use super::args::ListFlags;
use super::failure::Failure;
use super::list::{ListRequest, no_rows};
use super::listing::Listing;
use super::printer::{Column, Layout};
use super::session::Session;
use super::{access, format::Format, lookup};
use crate::domain::columns::{COUNTED_ROLE_COLUMNS, ROLE_WORDS};
use crate::domain::mapping;
use crate::domain::permission::Permissions;
use crate::domain::role::Role;
use crate::domain::shaped::value_of;

/// How a list of roles is printed.
pub static LAYOUT: Layout<Role> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |role| role.id.clone(),
        },
        Column {
            head: "NAME",
            cell: |role| role.name.clone(),
        },
        Column {
            head: "MANAGED",
            cell: |role| yes(role.is_managed),
        },
        Column {
            head: "DEFAULT",
            cell: |role| yes(role.is_default),
        },
        Column {
            head: "PERMISSIONS",
            cell: |role| role.permissions.count().to_string(),
        },
        Column {
            head: "DESCRIPTION",
            cell: |role| role.description.clone().unwrap_or_default(),
        },
    ],
    json: |role| json(role),
};

/// One line of what a role allows.
struct Allowed {
    resource: String,
    actions: String,
}

static PERMISSION_LAYOUT: Layout<Allowed> = Layout {
    columns: &[
        Column {
            head: "RESOURCE",
            cell: |allowed| allowed.resource.clone(),
        },
        Column {
            head: "ACTIONS",
            cell: |allowed| allowed.actions.clone(),
        },
    ],
    json: |_| Value::Null,
};

/// `roles list`
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, COUNTED_ROLE_COLUMNS, ROLE_WORDS)?;
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.scope(&instance)?;
    let mut listing = Listing::new(backend.as_ref(), &scope);
    let is_unfiltered = request.is_unfiltered();
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| listing.roles(query).await)
        .await?;
    if total == 0 {
        let words = no_rows(is_unfiltered, "role", || {
            format!("There is no role in tenant `{scope}`.")
        });
        session.printer.say(&words);
        access::say_if_it_waits_for_sync(session, backend.as_ref(), &instance, &scope).await;
    }
    Ok(())
}

/// `roles get`
pub async fn get(session: &mut Session<'_>, wanted: &str, as_2_0: bool) -> Result<(), Failure> {
    let backend = session.open()?;
    let scope = session.scope(&backend.instance().await?)?;
    let mut role = lookup::role(backend.as_ref(), &scope, wanted).await?;
    let mut remarks = Vec::new();
    if as_2_0 {
        let translation = mapping::in_2_0(&role);
        remarks = translation.remarks();
        role.permissions = translation.permissions;
    }
    match session.printer.format() {
        Format::Table | Format::Csv => {
            let allowed = allowed(&role.permissions);
            session.printer.whole_list(&PERMISSION_LAYOUT, &allowed)?;
            let kind = if role.is_managed { "managed, " } else { "" };
            let becomes = if as_2_0 { " in Kestra 2.0" } else { "" };
            session.printer.say(&format!(
                "Role `{}` of tenant `{scope}`{becomes}: {kind}id `{}`, {} permissions.",
                role.name,
                role.id,
                role.permissions.count()
            ));
        }
        _ => session.printer.object(&[], &json(&role))?,
    }
    for remark in &remarks {
        session.printer.say(remark);
    }
    Ok(())
}

fn allowed(permissions: &Permissions) -> Vec<Allowed> {
    permissions
        .iter()
        .map(|(resource, actions)| Allowed {
            resource: resource.to_string(),
            actions: actions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        })
        .collect()
}

/// A role as Kestra's API writes it.
pub fn json(role: &Role) -> Value {
    value_of(role).unwrap_or_default()
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "" }.to_owned()
}
