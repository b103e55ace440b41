//! `users` in all its places, and service accounts.
//!
//! Up to 0.23 users are administered in a tenant, or by a superadmin on the instance; from 0.24 on the instance alone.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, no_such, tokens};
use crate::backend::Backend;
use crate::domain::account::{Account, Profile};
use crate::domain::query::{Operator, Query, Term};
use crate::domain::tenant::TenantScope;
use crate::domain::user::{User, UserKind};
use crate::rehearsal::call::{Call, FILTERS_IN_1_3, Fields, ListRules};
use crate::rehearsal::reply::{Refusal, Reply};
use crate::rehearsal::wire;

const RULES: ListRules = ListRules {
    columns: &[
        ("id", "id"),
        ("username", "username"),
        ("email", "username"),
        ("name", "name"),
        ("displayName", "name"),
        ("type", "type"),
    ],
    filters_since: FILTERS_IN_1_3,
};
/// The name of a service account is its login name.
const SERVICE_ACCOUNT_RULES: ListRules = ListRules {
    columns: &[
        ("id", "id"),
        ("username", "username"),
        ("name", "username"),
        ("displayName", "name"),
        ("type", "type"),
    ],
    filters_since: FILTERS_IN_1_3,
};
/// People offered while somebody types.
const OFFERED: u32 = 50;

/// A page of accounts, with all that is known of each.
pub(super) async fn page_of(
    call: &Call,
    scope: Option<&TenantScope>,
    kind: Option<UserKind>,
    show: impl Fn(&Account) -> Value,
) -> Answer {
    let rules = match kind {
        Some(UserKind::ServiceAccount) => &SERVICE_ACCOUNT_RULES,
        _ => &RULES,
    };
    let mut query = call.query(rules)?;
    for term in &mut query.filter.terms {
        if term.column.as_deref() == Some("type") {
            let words = term.values.iter().map(|value| in_words(value).to_owned());
            term.values = words.collect::<Vec<_>>().into();
        }
    }
    if let Some(kind) = kind {
        query.filter.terms.push(of_kind(kind));
    }
    let page = call.instance.users(scope, &query).await?;
    let rows = accounts(call, page.rows).await?.iter().map(show).collect();
    Ok(Reply::ok(wire::page(rows, page.total)))
}

/// What a query asks for by the kind of account.
pub(super) fn kind_asked(call: &Call) -> Result<Option<UserKind>, Refusal> {
    match call.parameter("type") {
        None => Ok(None),
        Some("STANDARD" | "SUPER_ADMIN") => Ok(Some(UserKind::Standard)),
        Some("SERVICE_ACCOUNT") => Ok(Some(UserKind::ServiceAccount)),
        Some(_) => Err(Refusal::Argument("`type` is not a kind of user".to_owned())),
    }
}

/// A kind of account as the store calls it; what is none is found nowhere.
fn in_words(value: &str) -> &str {
    match value {
        "standard" => UserKind::Standard.word(),
        "service_account" => UserKind::ServiceAccount.word(),
        other => other,
    }
}

fn of_kind(kind: UserKind) -> Term {
    Term {
        negated: false,
        column: Some("type".to_owned()),
        operator: Operator::Equals,
        values: vec![kind.word().to_owned()].into(),
    }
}

async fn accounts(call: &Call, users: Vec<User>) -> Result<Vec<Account>, Refusal> {
    let ids: Vec<String> = users.into_iter().map(|user| user.id).collect();
    Ok(call.instance.run(move |it| it.accounts(&ids)).await?)
}

/// Accounts whose names contain what was typed, and those of the ids asked for.
pub(super) async fn offered(call: &Call, scope: Option<&TenantScope>, show: impl Fn(&Account) -> Value) -> Answer {
    let fields = call.object()?;
    let text = match fields.text("username")? {
        Some(username) => username,
        None => fields.text("q")?.unwrap_or_default(),
    };
    let mut query = Query::first(OFFERED);
    if !text.is_empty() {
        query.filter.terms.push(Term {
            negated: false,
            column: Some("username".to_owned()),
            operator: Operator::Contains,
            values: vec![text.to_lowercase()].into(),
        });
    }
    let mut found = accounts(call, call.instance.users(scope, &query).await?.rows).await?;
    let ids = fields.texts("ids")?.unwrap_or_default();
    let asked = call.instance.run(move |it| it.accounts(&ids)).await?;
    for account in asked {
        if found.iter().all(|known| known.id != account.id) {
            found.push(account);
        }
    }
    Ok(Reply::ok(Value::Array(found.iter().map(show).collect())))
}

/// The profile of a user in a body of either generation.
fn profile(call: &Call, fields: &Fields) -> Result<Profile, Refusal> {
    let email = fields.text("email")?;
    let username = match fields.text("username")? {
        // From 0.24 on the e-mail address is the only name; before, it stands in where no other is given.
        Some(username) if !call.at_least(0, 24) => username,
        _ => email.unwrap_or_default(),
    };
    let groups = if call.at_least(0, 24) {
        fields
            .texts("groups")?
            .map(|ids| ids.into_iter().map(|id| (None, id)).collect())
    } else {
        group_list(fields)?
    };
    Ok(Profile {
        username,
        first_name: fields.text("firstName")?,
        last_name: fields.text("lastName")?,
        description: fields.text("description")?,
        password: fields.text("password")?,
        tenants: fields.texts("tenants")?,
        groups,
        superadmin: fields.superadmin()?,
        restricted: fields.boolean("restricted")?,
    })
}

/// Groups, each with the tenant that it is in where that is said.
type Groups = Vec<(Option<String>, String)>;

fn group_list(fields: &Fields) -> Result<Option<Groups>, Refusal> {
    let Some(Value::Array(list)) = fields.0.get("groupList") else {
        return Ok(None);
    };
    let mut groups = Vec::new();
    for entry in list {
        let Value::Object(entry) = entry else {
            return Err(Refusal::InvalidShape("`groupList` is not a list of objects".to_owned()));
        };
        let entry = Fields(entry.clone());
        groups.push((entry.text("tenantId")?, entry.required_text("groupId")?));
    }
    Ok(Some(groups))
}

fn service_account_profile(fields: &Fields) -> Result<Profile, Refusal> {
    let name = match fields.text("name")? {
        Some(name) => name,
        None => fields.text("username")?.unwrap_or_default(),
    };
    let groups = match fields.0.get("groups") {
        Some(Value::Array(list)) => Some(
            list.iter()
                .filter_map(|entry| entry.get("id").and_then(Value::as_str))
                .map(|id| (None, id.to_owned()))
                .collect(),
        ),
        _ => group_list(fields)?,
    };
    Ok(Profile {
        username: name,
        description: fields.text("description")?,
        tenants: fields.texts("tenants")?,
        groups,
        superadmin: fields.superadmin()?,
        ..Profile::default()
    })
}

/// `users` up to 0.23, in a tenant or for superadmins on the instance.
pub(super) async fn old_users(call: &Call, rest: &[&str]) -> Answer {
    let release = call.release();
    let scope = call.scope.clone();
    let show = |account: &Account| wire::user_entity(release, account);
    match (&call.method, rest) {
        (&Method::GET, ["search"]) => page_of(call, scope.as_ref(), kind_asked(call)?, show).await,
        (&Method::GET, ["instance"]) => page_of(call, None, kind_asked(call)?, show).await,
        (&Method::POST, ["autocomplete"]) => offered(call, scope.as_ref(), show).await,
        (&Method::POST, []) => {
            let profile = profile(call, &call.object()?)?;
            let account = call
                .instance
                .run(move |it| it.create_account(scope.as_ref(), UserKind::Standard, &profile))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::POST, ["service-accounts"]) => {
            let profile = service_account_profile(&call.object()?)?;
            let account = call
                .instance
                .run(move |it| it.create_account(scope.as_ref(), UserKind::ServiceAccount, &profile))
                .await?;
            Ok(Reply::ok(wire::service_account(release, &account, None)))
        }
        (&Method::PUT, ["service-accounts", id]) => {
            let (profile, id) = (service_account_profile(&call.object()?)?, (*id).to_owned());
            let account = call
                .instance
                .run(move |it| it.update_account(scope.as_ref(), &id, UserKind::ServiceAccount, &profile))
                .await?;
            Ok(Reply::ok(wire::service_account(release, &account, None)))
        }
        (&Method::PUT, [id, "set-superadmin"]) => {
            let Value::Bool(superadmin) = call.json()? else {
                return Err(Refusal::InvalidShape("true or false is expected".to_owned()));
            };
            let id = (*id).to_owned();
            let account = call
                .instance
                .run(move |it| it.make_superadmin(&id, UserKind::Standard, superadmin))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::PUT, [id, "password"]) => {
            let account = new_password(call, scope, id).await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::DELETE, [id, "refresh-token"]) => {
            let account = one(call, scope, id, UserKind::Standard).await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::DELETE, [id, "auths", auth]) => {
            let (id, auth) = ((*id).to_owned(), (*auth).to_owned());
            let account = call
                .instance
                .run(move |it| it.delete_password(scope.as_ref(), &id, &auth))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (_, [id, "api-tokens", after @ ..]) => tokens::answer(call, tokens::Of::User(id), after).await,
        (&Method::GET, [id]) => Ok(Reply::ok(show(&one(call, scope, id, UserKind::Standard).await?))),
        (&Method::PUT, [id]) => {
            let (profile, id) = (profile(call, &call.object()?)?, (*id).to_owned());
            let account = call
                .instance
                .run(move |it| it.update_account(scope.as_ref(), &id, UserKind::Standard, &profile))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::DELETE, [id]) => delete(call, scope, id, UserKind::Standard, StatusCode::NO_CONTENT).await,
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

async fn one(call: &Call, scope: Option<TenantScope>, id: &str, kind: UserKind) -> Result<Account, Refusal> {
    let id = id.to_owned();
    Ok(call
        .instance
        .run(move |it| it.account(scope.as_ref(), &id, kind))
        .await?)
}

async fn delete(call: &Call, scope: Option<TenantScope>, id: &str, kind: UserKind, done: StatusCode) -> Answer {
    let id = id.to_owned();
    call.instance
        .run(move |it| it.delete_account(scope.as_ref(), &id, kind))
        .await?;
    Ok(Reply::Empty(done))
}

async fn new_password(call: &Call, scope: Option<TenantScope>, id: &str) -> Result<Account, Refusal> {
    let (id, password) = (id.to_owned(), call.object()?.required_text("password")?);
    Ok(call
        .instance
        .run(move |it| it.change_password(scope.as_ref(), &id, &password))
        .await?)
}

/// `users` of the instance from 0.24 on.
pub(super) async fn users(call: &Call, rest: &[&str]) -> Answer {
    let release = call.release();
    let show = |account: &Account| wire::user(release, account);
    match (&call.method, rest) {
        (&Method::GET, []) => {
            page_of(call, None, Some(UserKind::Standard), |account| {
                wire::user_summary(release, account).done()
            })
            .await
        }
        (&Method::POST, []) => {
            let profile = profile(call, &call.object()?)?;
            let account = call
                .instance
                .run(move |it| it.create_account(None, UserKind::Standard, &profile))
                .await?;
            Ok(if call.at_least(1, 1) {
                Reply::Json(StatusCode::CREATED, show(&account))
            } else {
                Reply::Empty(StatusCode::CREATED)
            })
        }
        (_, [id, "api-tokens", after @ ..]) => tokens::answer(call, tokens::Of::User(id), after).await,
        (&Method::PATCH, [id, "password"]) => Ok(Reply::ok(show(&new_password(call, None, id).await?))),
        (&Method::PATCH, [id, flag @ ("superadmin" | "instanceowner")])
            if *flag == "superadmin" || call.at_least(2, 0) =>
        {
            make_superadmin(call, id, UserKind::Standard).await
        }
        (&Method::PATCH, [id, "restricted"]) => {
            let restricted = call.object()?.boolean("restricted")?;
            let account = one(call, None, id, UserKind::Standard).await?;
            let profile = Profile {
                restricted,
                ..kept(&account)
            };
            let id = account.id;
            call.instance
                .run(move |it| it.update_account(None, &id, UserKind::Standard, &profile))
                .await?;
            Ok(Reply::Empty(StatusCode::OK))
        }
        (&Method::DELETE, [id, "refresh-token"]) => {
            one(call, None, id, UserKind::Standard).await?;
            Ok(Reply::Empty(StatusCode::NO_CONTENT))
        }
        (&Method::DELETE, [id, "auths", auth]) => {
            let (id, auth) = ((*id).to_owned(), (*auth).to_owned());
            let account = call
                .instance
                .run(move |it| it.delete_password(None, &id, &auth))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::GET, [id]) => Ok(Reply::ok(show(&one(call, None, id, UserKind::Standard).await?))),
        (&Method::PUT, [id]) => {
            let (profile, id) = (profile(call, &call.object()?)?, (*id).to_owned());
            let account = call
                .instance
                .run(move |it| it.update_account(None, &id, UserKind::Standard, &profile))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::PATCH, [id]) => {
            let account = one(call, None, id, UserKind::Standard).await?;
            let profile = changed(&account, &call.object()?)?;
            let id = account.id;
            let account = call
                .instance
                .run(move |it| it.update_account(None, &id, UserKind::Standard, &profile))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::DELETE, [id]) => delete(call, None, id, UserKind::Standard, StatusCode::NO_CONTENT).await,
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

/// An account as it is, as a profile that changes nothing.
fn kept(account: &Account) -> Profile {
    Profile {
        username: account.username.clone(),
        first_name: account.first_name.clone(),
        last_name: account.last_name.clone(),
        description: account.description.clone(),
        ..Profile::default()
    }
}

/// A profile in which only what was sent differs.
pub(super) fn changed(account: &Account, fields: &Fields) -> Result<Profile, Refusal> {
    let before = kept(account);
    Ok(Profile {
        username: fields.text("email")?.unwrap_or(before.username),
        first_name: fields.text("firstName")?.or(before.first_name),
        last_name: fields.text("lastName")?.or(before.last_name),
        ..Profile::default()
    })
}

async fn make_superadmin(call: &Call, id: &str, kind: UserKind) -> Answer {
    let superadmin = call
        .object()?
        .superadmin()?
        .ok_or_else(|| Refusal::InvalidShape(format!("`{}` is missing", wire::superadmin_field(call.release()))))?;
    let id = id.to_owned();
    call.instance
        .run(move |it| it.make_superadmin(&id, kind, superadmin))
        .await?;
    Ok(Reply::Empty(StatusCode::OK))
}

/// `users/{id}/groups` of a tenant from 0.24 on.
pub(super) async fn groups_of(call: &Call, rest: &[&str]) -> Answer {
    let scope = call.tenant()?;
    match (&call.method, rest) {
        (&Method::PUT, [id, "groups"]) => {
            let (id, groups) = ((*id).to_owned(), call.object()?.texts("groupIds")?.unwrap_or_default());
            call.instance.run(move |it| it.set_groups(&scope, &id, &groups)).await?;
            Ok(Reply::Empty(StatusCode::NO_CONTENT))
        }
        _ => no_such(false),
    }
}

/// `service-accounts` of a tenant from 0.24, and of the instance from 1.0 on.
pub(super) async fn service_accounts(call: &Call, rest: &[&str]) -> Answer {
    let (release, scope) = (call.release(), call.scope.clone());
    if scope.is_none() && !call.at_least(1, 0) {
        return no_such(false);
    }
    let tenant = scope.as_ref().and_then(TenantScope::id).map(ToString::to_string);
    let show = |account: &Account| wire::service_account(release, account, tenant.as_deref());
    match (&call.method, rest) {
        (&Method::GET, []) => match &scope {
            Some(within) if call.at_least(1, 3) => {
                page_of(call, Some(within), Some(UserKind::ServiceAccount), |account| {
                    wire::tenant_access(account, tenant.as_deref())
                })
                .await
            }
            Some(_) => no_such(true),
            None => page_of(call, None, Some(UserKind::ServiceAccount), show).await,
        },
        (&Method::POST, []) => {
            let profile = service_account_profile(&call.object()?)?;
            let account = call
                .instance
                .run(move |it| it.create_account(scope.as_ref(), UserKind::ServiceAccount, &profile))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (_, [id, "api-tokens", after @ ..]) => tokens::answer(call, tokens::Of::ServiceAccount(id), after).await,
        (&Method::PATCH, [id, flag @ ("superadmin" | "instanceowner")])
            if scope.is_none() && (*flag == "superadmin" || call.at_least(2, 0)) =>
        {
            make_superadmin(call, id, UserKind::ServiceAccount).await
        }
        (&Method::GET, [id]) => Ok(Reply::ok(show(&one(call, scope, id, UserKind::ServiceAccount).await?))),
        (method, [id]) if *method == if scope.is_some() { Method::PUT } else { Method::PATCH } => {
            let (mut profile, id) = (service_account_profile(&call.object()?)?, (*id).to_owned());
            profile.superadmin = None;
            let account = call
                .instance
                .run(move |it| it.update_account(scope.as_ref(), &id, UserKind::ServiceAccount, &profile))
                .await?;
            Ok(Reply::ok(show(&account)))
        }
        (&Method::DELETE, [id]) => {
            let done = if scope.is_some() {
                StatusCode::OK
            } else {
                StatusCode::NO_CONTENT
            };
            delete(call, scope, id, UserKind::ServiceAccount, done).await
        }
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

/// The answer to having changed something that has nothing to say.
pub(super) fn nothing_to_say() -> Reply {
    Reply::ok(json!({}))
}
