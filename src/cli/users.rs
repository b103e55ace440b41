//! `users list`, `users get`, `users service-accounts list`: the accounts of an instance, or those with access to a tenant.

use serde_json::{Value, json};

use super::access_ask::path_json;
use super::args::ListFlags;
use super::failure::Failure;
use super::format::Format;
use super::list::{ListRequest, no_rows};
use super::listing::Listing;
use super::lookup;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::foresight::{held_in, tenants_of};
use crate::domain::account::Account;
use crate::domain::columns::{TENANT_USER_COLUMNS, TENANT_USER_WORDS, USER_WORDS};
use crate::domain::count::counted;
use crate::domain::effective_access::{self, HeldRole};
use crate::domain::problem::invalid;
use crate::domain::shaped::value_of;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
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
    json: |user| value_of(user).unwrap_or_default(),
};

/// `users list`: those of the tenant that is named, or all of the instance.
pub async fn list(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request = ListRequest::new(flags, TENANT_USER_COLUMNS, TENANT_USER_WORDS)?;
    print(session, request, "user").await
}

/// `users service-accounts list`
pub async fn list_service_accounts(session: &mut Session<'_>, flags: &ListFlags) -> Result<(), Failure> {
    let request =
        ListRequest::new(flags, TENANT_USER_COLUMNS, TENANT_USER_WORDS)?.only("type", UserKind::ServiceAccount.word());
    print(session, request, "service account").await
}

async fn print(session: &mut Session<'_>, mut request: ListRequest, thing: &str) -> Result<(), Failure> {
    let is_unfiltered = request.is_unfiltered();
    let backend = session.open()?;
    let scope = session.named_scope(&backend.instance().await?)?;
    if scope.is_none() {
        request = request.with_words_in(USER_WORDS);
    }
    if scope.is_none() && request.looks_at("rights") {
        return Err(invalid(
            "`rights` is a column of the users of a tenant.",
            "Where rights come from is told for one tenant at a time, and none is named.",
            "Name one with `--tenant`, or leave `rights` out of the filter.",
        )
        .into());
    }
    let mut listing = scope.as_ref().map(|scope| Listing::new(backend.as_ref(), scope));
    let total = request
        .print(&mut session.printer, &LAYOUT, async |query| match &mut listing {
            Some(listing) => listing.users(query).await,
            None => backend.users(None, query).await,
        })
        .await?;
    if total == 0 {
        let words = no_rows(is_unfiltered, thing, || format!("There is no {thing}."));
        session.printer.say(&words);
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
    // The context says where we are, and not that nothing else matters.
    let (scopes, more) = match &scope {
        Some(scope) if session.names_tenant() => (vec![scope.clone()], 0),
        _ => tenants_of(backend.as_ref(), &account, &instance).await?,
    };
    let mut held = Vec::new();
    for (scope, access) in held_in(backend.as_ref(), scopes).await? {
        match access {
            Some(access) => {
                let mut roles = effective_access::roles_of(&access, &account.id);
                sorting::by(&mut roles, |a, b| a.order().cmp(&b.order()));
                // A tenant that they are not known to be in is of interest only if they hold something there.
                let is_in = scope
                    .id()
                    .is_some_and(|id| account.tenants.iter().any(|(own, _)| own == id.as_str()));
                if is_in || !roles.is_empty() || session.names_tenant() {
                    held.push((scope, roles));
                }
            }
            None => session.printer.say(&format!(
                "Which roles they hold in tenant `{scope}` is not known: you may not see who may do what there."
            )),
        }
    }
    if more > 0 {
        let more = counted(more, "more tenant");
        session
            .printer
            .say(&format!("Not looked at for roles: {more}. Name one with `--tenant`."));
    }
    if let Some(scope) = scope.as_ref().filter(|_| session.names_tenant()) {
        session.printer.say(&format!(
            "Roles are shown of tenant `{scope}` alone; without `--tenant`, of each tenant."
        ));
    }
    let mut value = account_json(&account);
    let roles: Vec<Value> = held
        .iter()
        .flat_map(|(scope, roles)| roles.iter().map(|held| role_json(scope, held)))
        .collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("roles".to_owned(), Value::from(roles));
    }
    let mut fields = fields(&account);
    if session.printer.format() == Format::Csv {
        let all = held.iter().flat_map(|(scope, roles)| {
            let words = roles.iter().map(role_in_words);
            words.map(move |words| format!("{words} ({scope})"))
        });
        fields.push(("roles".to_owned(), all.collect::<Vec<_>>().join(", ")));
    } else {
        fields.extend(held.iter().map(|(scope, roles)| {
            let words: Vec<String> = roles.iter().map(role_in_words).collect();
            let words = if words.is_empty() {
                "none".to_owned()
            } else {
                words.join(", ")
            };
            (format!("roles in {scope}"), words)
        }));
    }
    session.printer.object(&fields, &value)
}

/// A role and through what it is held: `Viewer in prod through group ops`.
fn role_in_words(held: &HeldRole) -> String {
    let place = held.namespace.iter().map(|namespace| format!(" in {namespace}"));
    let group = held
        .via_group
        .iter()
        .map(|group| format!(" through group {}", group.name));
    std::iter::once(held.role_name.clone())
        .chain(place)
        .chain(group)
        .collect()
}

fn role_json(scope: &TenantScope, held: &HeldRole) -> Value {
    let mut path = path_json(held);
    if let Some(object) = path.as_object_mut() {
        object.insert("tenantId".to_owned(), json!(scope.id()));
    }
    path
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
