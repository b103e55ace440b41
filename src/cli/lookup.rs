//! From what people call things to the things: roles, users and groups by id or by name.
//!
//! Ids win. A name that several have is refused with their ids; nothing is guessed.

use super::printer::Printer;
use crate::backend::Backend;
use crate::config::nearest;
use crate::domain::effective_access::covers;
use crate::domain::equivalent::shell_quote;
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Filter, Operator, Query, Term};
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Group, User, UserKind};

/// The role with this id, or the only one with this name.
pub async fn role(backend: &dyn Backend, scope: &TenantScope, wanted: &str) -> Result<Role, Problem> {
    let missing = match backend.role(scope, wanted).await {
        Err(problem) if problem.kind == ProblemKind::NotFound => problem,
        found => return found,
    };
    let mut ids: Vec<String> = backend
        .roles(scope, &equals("name", wanted))
        .await
        // A tenant that is not there has no roles either; the first answer says so better.
        .map_err(|problem| {
            if problem.kind == ProblemKind::NotFound {
                missing.clone()
            } else {
                problem
            }
        })?
        .rows
        .into_iter()
        .filter(|role| role.name == wanted)
        .map(|role| role.id)
        .collect();
    match (ids.pop(), ids.is_empty()) {
        (Some(id), true) => backend.role(scope, &id).await,
        (Some(last), false) => {
            ids.push(last);
            Err(Problem::new(
                ProblemKind::Conflict,
                format!("Several roles of tenant `{scope}` are called `{wanted}`."),
                "Names of roles are not unique in Kestra.",
                format!("Name one by its id: {}.", backticked(&ids)),
            ))
        }
        (None, _) => Err(missing),
    }
}

/// The group with this name or id.
pub async fn group(backend: &dyn Backend, scope: &TenantScope, wanted: &str) -> Result<Group, Problem> {
    for (column, fits) in [
        ("id", Group::has_id as fn(&Group, &str) -> bool),
        ("name", Group::has_name),
    ] {
        let page = backend.groups(scope, &equals(column, wanted)).await?;
        if let Some(group) = page.rows.into_iter().find(|group| fits(group, wanted)) {
            return Ok(group);
        }
    }
    Err(Problem::new(
        ProblemKind::NotFound,
        format!("There is no group `{wanted}` in tenant `{scope}`."),
        "No group of this tenant has this id or name.",
        format!(
            "`kestra-admin users groups list --tenant {tenant}` shows them.",
            tenant = shell_quote(&scope.to_string())
        ),
    ))
}

/// The user or service account with this id or login name, of a kind if one is given.
///
/// All accounts of the instance are looked through where we may see them, else those of the tenant.
pub async fn user(
    backend: &dyn Backend,
    scope: Option<&TenantScope>,
    wanted: &str,
    kind: Option<UserKind>,
) -> Result<User, Problem> {
    let place = match (backend.users(None, &Query::first(1)).await, scope) {
        (Err(problem), Some(scope)) if problem.kind == ProblemKind::Denied => Some(scope),
        (Err(problem), _) => return Err(problem),
        (Ok(_), _) => None,
    };
    let is_meant = |user: &User| kind.is_none_or(|kind| user.kind == kind);
    for (column, fits) in [
        ("id", User::has_id as fn(&User, &str) -> bool),
        ("username", User::has_username),
    ] {
        let page = backend.users(place, &equals(column, wanted)).await?;
        let found: Vec<User> = page
            .rows
            .into_iter()
            .filter(|user| fits(user, wanted) && is_meant(user))
            .collect();
        match <[User; 1]>::try_from(found) {
            Ok([user]) => return Ok(user),
            Err(found) if found.is_empty() => {}
            Err(found) => {
                let ids = found.into_iter().map(|user| user.id).collect();
                return Err(several_accounts(wanted, ids));
            }
        }
    }
    let (what, list) = match kind {
        Some(UserKind::ServiceAccount) => ("service account", "users service-accounts list"),
        Some(UserKind::Standard) => ("user", "users list"),
        None => ("user or service account", "users list"),
    };
    Err(Problem::new(
        ProblemKind::NotFound,
        format!("There is no {what} `{wanted}`."),
        match place {
            Some(scope) => format!("Nobody with access to tenant `{scope}` has this id or name."),
            None => "Nobody on this instance has this id or name.".to_owned(),
        },
        match place {
            Some(scope) => format!(
                "`kestra-admin {list} --tenant {tenant}` shows them; `users access USER give --tenant {tenant}` lets somebody in.",
                tenant = shell_quote(&scope.to_string())
            ),
            None => format!("`kestra-admin {list}` shows them."),
        },
    ))
}

/// Warns of namespaces that a tenant does not have, nor anything below them. Kestra takes bindings to these, too: they may
/// come yet. Where the namespaces may not be seen, nothing is said.
pub async fn warn_of_namespaces(
    printer: &mut Printer<'_>,
    backend: &dyn Backend,
    scope: &TenantScope,
    wanted: impl IntoIterator<Item = &String>,
) {
    let mut wanted: Vec<&String> = wanted.into_iter().collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return;
    }
    let Ok(there) = backend.namespaces(scope).await else {
        return;
    };
    for name in wanted {
        if there.iter().any(|there| covers(name, there)) {
            continue;
        }
        let near = nearest(name, there.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
        printer.say(&format!(
            "Warning: Tenant `{scope}` has no namespace `{name}` yet{near}. Kestra takes the role for it all the same."
        ));
    }
}

/// Why an account is not taken by its name: others have it, too.
pub fn several_accounts(wanted: &str, mut ids: Vec<String>) -> Problem {
    ids.sort_unstable();
    Problem::new(
        ProblemKind::Conflict,
        format!("Several accounts are called `{wanted}`."),
        "Names of service accounts are not unique in Kestra.",
        format!("Name one by its id: {}.", backticked(&ids)),
    )
}

/// The one of these with this id, or the only one called so; otherwise the ids of all that are.
pub fn one_of<T>(
    rows: Vec<T>,
    wanted: &str,
    id: fn(&T) -> &str,
    is_called: impl Fn(&T) -> bool,
) -> Result<T, Vec<String>> {
    let (mut with_id, others): (Vec<T>, Vec<T>) = rows.into_iter().partition(|row| id(row) == wanted);
    if let Some(row) = with_id.pop() {
        return Ok(row);
    }
    let called: Vec<T> = others.into_iter().filter(is_called).collect();
    <[T; 1]>::try_from(called)
        .map(|[only]| only)
        .map_err(|several| several.iter().map(|row| id(row).to_owned()).collect())
}

/// Every row that a list has, page by page from the first of `query` on.
pub async fn all_rows<T>(
    mut query: Query,
    mut fetch: impl AsyncFnMut(&Query) -> Result<Page<T>, Problem>,
) -> Result<Vec<T>, Problem> {
    let mut rows = Vec::new();
    loop {
        let page = fetch(&query).await?;
        let is_last = page.rows.is_empty();
        rows.extend(page.rows);
        if is_last || rows.len() as u64 >= page.total {
            return Ok(rows);
        }
        query.page += 1;
    }
}

/// A query for rows in which a column is a text.
pub fn equals(column: &str, wanted: &str) -> Query {
    let mut query = Query::first(Query::MAX_SIZE);
    query.filter = Filter {
        terms: vec![Term {
            negated: false,
            column: Some(column.to_owned()),
            operator: Operator::Equals,
            values: vec![wanted.to_lowercase()].into(),
        }],
        ..Filter::default()
    };
    query
}

/// Words in backticks, parted by commas.
pub fn backticked<S: AsRef<str>>(words: &[S]) -> String {
    words
        .iter()
        .map(|word| format!("`{}`", word.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}
