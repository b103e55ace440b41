//! `users list`, `users get`, `users service-accounts list`: the accounts of an instance, or those with access to a tenant.

use serde_json::{Value, json};

use super::args::ListFlags;
use super::failure::Failure;
use super::list::ListRequest;
use super::lookup;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::USER_COLUMNS;
use crate::domain::account::Account;
use crate::domain::user::{User, UserKind};

/// How accounts are listed.
pub static LAYOUT: Layout<User> = Layout {
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
    print(session, request, "No user is listed.").await
}

/// `users service-accounts list`
pub async fn list_service_accounts(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, USER_COLUMNS)?.only("type", UserKind::ServiceAccount.word());
    print(session, request, "No service account is listed.").await
}

async fn print(session: &mut Session<'_>, request: ListRequest, nothing: &str) -> Result<(), Failure> {
    let backend = session.open()?;
    let scope = if session.names_tenant() {
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
        session.printer.say(nothing);
    }
    Ok(())
}

/// `users get`
pub async fn get(session: &mut Session<'_>, wanted: &str) -> Result<(), Failure> {
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.named_scope(&instance)?;
    let user = lookup::user(backend.as_ref(), scope.as_ref(), wanted, None).await?;
    let account = backend.account(scope.as_ref(), &user).await?;
    print_account(session, &account)
}

/// Prints all that is known of an account.
pub fn print_account(session: &mut Session<'_>, account: &Account) -> Result<(), Failure> {
    session.printer.object(&fields(account), &account_json(account))
}

fn fields(account: &Account) -> Vec<(String, String)> {
    let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
    let tenants: Vec<&str> = account.tenants.iter().map(|(id, _)| id.as_str()).collect();
    let groups: Vec<String> = account
        .groups
        .iter()
        .map(|group| match &group.tenant {
            Some(tenant) => format!("{} ({tenant})", group.name),
            None => group.name.clone(),
        })
        .collect();
    let mut fields = vec![
        ("id", account.id.clone()),
        ("username", account.username.clone()),
        ("name", account.shown_name()),
        ("type", account.kind.word().to_owned()),
        ("superadmin", yes(account.superadmin)),
        ("tenants", tenants.join(", ")),
        ("groups", groups.join(", ")),
    ];
    match account.kind {
        UserKind::Standard => fields.insert(5, ("password", yes(account.password_id.is_some()))),
        UserKind::ServiceAccount => {
            fields.insert(5, ("description", account.description.clone().unwrap_or_default()));
        }
    }
    if account.restricted {
        fields.push(("restricted", yes(true)));
    }
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// An account as Kestra's API writes it.
pub fn account_json(account: &Account) -> Value {
    let mut value = json!({
        "id": account.id,
        "username": account.username,
        "type": account.kind,
        "superadmin": account.superadmin,
        "restricted": account.restricted,
        "tenants": account.tenants.iter().map(|(id, name)| json!({"id": id, "name": name})).collect::<Vec<_>>(),
        "groups": account.groups.iter().map(|group| json!({
            "tenantId": group.tenant,
            "id": group.id,
            "name": group.name,
            "membership": group.membership,
        })).collect::<Vec<_>>(),
    });
    let texts = [
        ("displayName", &account.display_name),
        ("firstName", &account.first_name),
        ("lastName", &account.last_name),
        ("description", &account.description),
    ];
    if let Some(object) = value.as_object_mut() {
        for (name, text) in texts {
            if let Some(text) = text {
                object.insert(name.to_owned(), Value::from(text.as_str()));
            }
        }
    }
    value
}
