//! Where snapshots come from: an instance, or a file.
//!
//! An instance is read page by page, a page of tenants at a time. Reads, and never writes.

use std::collections::HashSet;
use std::path::Path;

use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::failure::invalid;
use super::session::{self, Session};
use super::tenant_file::{self, About};
use crate::backend::Backend;
use crate::domain::access::TenantAccess;
use crate::domain::instance::Instance;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::redact;
use crate::domain::snapshot::{MARK, Person, Snapshot, TenantPart, VERSION};
use crate::domain::sorting;
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::user::User;

/// Accounts that are read at once.
const READ_AT_ONCE: usize = 8;
/// What the program knows of an instance that is not asked for by tenant.
const ALL: &[TenantScope] = &[];

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
        if !session::is_single_tenant(instance) {
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

const SNAPSHOT: About = About {
    one: "a snapshot",
    many: "snapshot",
    example: "kestra-admin-snapshot: 1",
};

/// A snapshot from a file, or from standard input for `-`.
pub fn of_file(session: &mut Session<'_>, file: &Path) -> Result<Snapshot, Problem> {
    let entries = tenant_file::read_about(file, &mut session.input, SNAPSHOT)?;
    let refused = |why: String, next: &str| invalid(format!("`{}` is no snapshot.", file.display()), why, next);
    let written = "Write one with `kestra-admin export snapshot`.";
    let [entry] = entries.as_slice() else {
        return Err(refused(format!("It holds {} objects.", entries.len()), written));
    };
    match entry.object.get(MARK).map(Value::as_u64) {
        Some(Some(version)) if version == u64::from(VERSION) => {}
        Some(version) => {
            let version = version.map_or_else(|| "that is no number".to_owned(), |version| version.to_string());
            return Err(refused(
                format!("Its version is {version}, and this program reads {VERSION}."),
                "Read it with the program that wrote it, or a newer one.",
            ));
        }
        None => return Err(refused(format!("It has no `{MARK}`."), written)),
    }
    let snapshot: Snapshot = serde_json::from_value(Value::Object(entry.object.clone()))
        .map_err(|error| refused(format!("The system says: {error}."), written))?;
    for tenant in snapshot.tenants.iter().filter_map(|part| part.tenant.as_ref()) {
        if let Err(error) = tenant.id.as_str().parse::<TenantId>() {
            return Err(refused(
                format!("`{}` is not the id of a tenant: {error}.", tenant.id),
                "Correct that, and try again.",
            ));
        }
    }
    refuse_twice(&snapshot)?;
    Ok(snapshot)
}

/// Refuses a snapshot that says twice what one tenant is to be.
fn refuse_twice(snapshot: &Snapshot) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    match snapshot.tenants.iter().find(|part| !seen.insert(part.scope())) {
        None => Ok(()),
        Some(twice) => Err(invalid(
            "Nothing was changed.",
            format!("Tenant `{}` is there twice.", twice.scope()),
            "Leave one of them out.",
        )),
    }
}

/// Keeps only these tenants of a snapshot, each `A` or `A=B`, which calls it otherwise. None named keeps all.
pub fn keep(snapshot: &mut Snapshot, wanted: &[String]) -> Result<(), Problem> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(wanted.len());
    for text in wanted {
        let (from, to) = text
            .split_once('=')
            .map_or((text.as_str(), None), |(from, to)| (from, Some(to)));
        let Some(part) = snapshot.tenants.iter().find(|part| part.scope().to_string() == from) else {
            let known: Vec<String> = snapshot.tenants.iter().map(|part| part.scope().to_string()).collect();
            return Err(invalid(
                format!("The snapshot has no tenant `{from}`."),
                format!("`--tenant {text}` asks for it."),
                format!("It has {}.", known.join(", ")),
            ));
        };
        let mut part = part.clone();
        if let Some(to) = to {
            let id = session::existing_id(to)?;
            match &mut part.tenant {
                Some(tenant) => tenant.id = id,
                none => *none = Some(Tenant::new(id, to)),
            }
        }
        kept.push(part);
    }
    snapshot.tenants = kept;
    refuse_twice(snapshot)?;
    let named: HashSet<String> = (snapshot.tenants.iter())
        .flat_map(TenantPart::people)
        .map(str::to_owned)
        .collect();
    snapshot.users.retain(|person| named.contains(&person.user.id));
    Ok(())
}
