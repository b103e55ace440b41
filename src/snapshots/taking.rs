//! A snapshot of an instance, which is read page by page, a page of tenants at a time. Reads, and never writes.

use std::collections::HashSet;

use crate::backend::Backend;
use crate::domain::access::TenantAccess;
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::redact;
use crate::domain::snapshot::{Person, Snapshot, TenantPart, VERSION};
use crate::domain::sorting;
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::user::User;
use futures_util::stream::{self, StreamExt};

/// Accounts that are read at once.
const READ_AT_ONCE: usize = 8;
/// What the program knows of an instance that is not asked for by tenant.
const ALL: &[TenantScope] = &[];

/// The same, of an instance that is asked what it is, and with the time.
pub async fn now(backend: &dyn Backend, scopes: &[TenantScope]) -> Result<Snapshot, Problem> {
    let instance = backend.instance().await?;
    let mut taken = of_instance(backend, &instance, scopes).await?;
    taken.taken = Some(jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    Ok(taken)
}

/// A snapshot of an instance: of these tenants, or of all where none is named. Secrets are masked.
pub async fn of_instance(
    backend: &dyn Backend,
    instance: &Instance,
    scopes: &[TenantScope],
) -> Result<Snapshot, Problem> {
    let mut snapshot = Snapshot {
        version: VERSION,
        release: instance.release,
        taken: None,
        redacted: Vec::new(),
        tenants: Vec::new(),
        users: Vec::new(),
    };
    let mut seen: Vec<User> = Vec::new();
    if scopes == ALL {
        if instance.tenancy.reaches_default_tenant(instance.release) {
            add(backend, &mut snapshot, &mut seen, vec![None]).await?;
        }
        if !instance.is_single_tenant() {
            let mut query = Query::first(Query::MAX_SIZE);
            loop {
                let page = backend.tenants(&query).await?;
                let is_last = page.rows.len() < query.size as usize;
                let tenants = page.rows.into_iter().map(|row| Some(row.tenant)).collect();
                add(backend, &mut snapshot, &mut seen, tenants).await?;
                if is_last {
                    break;
                }
                query.page += 1;
            }
        }
    } else {
        let mut tenants = Vec::with_capacity(scopes.len());
        for scope in scopes {
            tenants.push(match scope {
                TenantScope::Default => None,
                TenantScope::Named(id) => Some(backend.tenant(id).await?),
            });
        }
        add(backend, &mut snapshot, &mut seen, tenants).await?;
    }
    sorting::by_key(&mut snapshot.tenants, TenantPart::scope);
    add_people(backend, &mut snapshot, seen, scopes == ALL).await?;
    Ok(snapshot)
}

/// Reads who may do what in these, and adds them.
async fn add(
    backend: &dyn Backend,
    snapshot: &mut Snapshot,
    seen: &mut Vec<User>,
    tenants: Vec<Option<Tenant>>,
) -> Result<(), Problem> {
    let scope = |tenant: &Option<Tenant>| match tenant {
        Some(tenant) => TenantScope::Named(tenant.id.clone()),
        None => TenantScope::Default,
    };
    let scopes: Vec<TenantScope> = tenants.iter().map(scope).collect();
    let accesses = backend.accesses(&scopes).await;
    for (tenant, access) in tenants.into_iter().zip(accesses) {
        let access: TenantAccess = access?;
        seen.extend(access.users.iter().cloned());
        let masked = tenant.as_ref().map(redact::tenant);
        if let Some(masked) = &masked {
            let paths = redact::masked_paths(masked);
            let told = paths.into_iter().map(|path| format!("{}: {path}", masked.id));
            snapshot.redacted.extend(told);
        }
        snapshot.tenants.push(TenantPart::new(masked, access));
    }
    Ok(())
}

/// Adds the accounts: all of the instance where it was asked for and we may see them, else those of its tenants.
async fn add_people(
    backend: &dyn Backend,
    snapshot: &mut Snapshot,
    mut seen: Vec<User>,
    of_all: bool,
) -> Result<(), Problem> {
    let named: HashSet<String> = (snapshot.tenants.iter())
        .flat_map(TenantPart::people)
        .map(str::to_owned)
        .collect();
    if let Some(all) = accounts(backend).await? {
        seen.extend(all.into_iter().filter(|user| of_all || named.contains(&user.id)));
    }
    sorting::by(&mut seen, |a, b| {
        (a.kind.word(), &a.username, &a.id).cmp(&(b.kind.word(), &b.username, &b.id))
    });
    seen.dedup_by(|a, b| a.id == b.id);
    let scopes: Vec<TenantScope> = snapshot.tenants.iter().map(TenantPart::scope).collect();
    let homes: Vec<Option<TenantScope>> = (seen.iter())
        .map(|user| {
            let home = snapshot
                .tenants
                .iter()
                .position(|part| part.people().any(|id| id == user.id));
            home.and_then(|at| scopes.get(at).cloned())
        })
        .collect();
    let people: Vec<Result<Person, Problem>> = stream::iter(seen.into_iter().zip(homes))
        .map(|(user, home)| person(backend, user, home))
        .buffered(READ_AT_ONCE)
        .collect()
        .await;
    snapshot.users = people.into_iter().collect::<Result<_, _>>()?;
    Ok(())
}

/// All accounts of the instance; `None` where we may not see them.
pub async fn accounts(backend: &dyn Backend) -> Result<Option<Vec<User>>, Problem> {
    let mut all = Vec::new();
    let mut query = Query::first(Query::MAX_SIZE);
    loop {
        let page = match backend.users(None, &query).await {
            Err(problem) if problem.kind == ProblemKind::Denied => return Ok(None),
            page => page?,
        };
        let is_last = page.rows.len() < query.size as usize;
        all.extend(page.rows);
        if is_last {
            return Ok(Some(all));
        }
        query.page += 1;
    }
}

/// All that is kept of an account. Where it may not be looked at, it is what lists have of it.
async fn person(backend: &dyn Backend, user: User, home: Option<TenantScope>) -> Result<Person, Problem> {
    let lacks = |problem: &Problem| matches!(problem.kind, ProblemKind::Denied | ProblemKind::NotFound);
    let mut account = backend.account(None, &user).await;
    if account.as_ref().is_err_and(lacks)
        && let Some(home) = &home
    {
        account = backend.account(Some(home), &user).await;
    }
    match account {
        Ok(account) => Ok(Person {
            user,
            ..Person::from(account)
        }),
        Err(problem) if lacks(&problem) => Ok(Person::from(user)),
        Err(problem) => Err(problem),
    }
}
