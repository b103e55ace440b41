//! What a change takes away from whom; and the tenants in which an account may hold something that goes with it.

use std::collections::BTreeSet;

use super::Backend;
use super::feature::Feature;
use crate::domain::access::TenantAccess;
use crate::domain::account::{Account, GoesWithAccount};
use crate::domain::binding::SubjectKind;
use crate::domain::count::counted;
use crate::domain::instance::Instance;
use crate::domain::loss::{Loss, Removal, Severity, Topic, loss};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::user::User;

/// Tenants that are looked at for one user; more would only be read over.
const MOST_TENANTS: u32 = 20;

/// The tenants in which an account may hold something, at most so many, and how many more there are.
pub async fn tenants_of(
    backend: &dyn Backend,
    account: &Account,
    instance: &Instance,
) -> Result<(Vec<TenantScope>, u64), Problem> {
    let mut scopes: Vec<TenantScope> = account
        .tenants
        .iter()
        .map(|(id, _)| TenantScope::Named(TenantId::existing(id.clone())))
        .collect();
    if instance.tenancy.reaches_default_tenant(instance.release) {
        scopes.push(TenantScope::Default);
    }
    let mut more = 0;
    // Up to 0.23 a role is all that lets somebody in, and an account does not tell where it holds one.
    if instance.tenancy.enabled && !instance.release.at_least(0, 24) {
        let page = backend.tenants(&Query::first(MOST_TENANTS)).await?;
        more = page.total.saturating_sub(page.rows.len() as u64);
        for row in page.rows {
            let scope = TenantScope::Named(row.tenant.id);
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
    }
    more += (scopes.len() as u64).saturating_sub(u64::from(MOST_TENANTS));
    scopes.truncate(MOST_TENANTS as usize);
    Ok((scopes, more))
}

/// Who may do what in these tenants, or why it cannot be seen. A tenant that somebody has deleted meanwhile is left out:
/// nothing is held in it any more.
pub async fn seen_in(
    backend: &dyn Backend,
    scopes: Vec<TenantScope>,
) -> Vec<(TenantScope, Result<TenantAccess, Problem>)> {
    let read = backend.accesses(&scopes).await;
    let mut all = Vec::with_capacity(scopes.len());
    for (scope, access) in scopes.into_iter().zip(read) {
        match access {
            Err(problem) if problem.kind == ProblemKind::NotFound && is_gone(backend, &scope).await => {}
            access => all.push((scope, access)),
        }
    }
    all
}

/// The same where all has to be known but what may not be seen, which is `None`.
pub async fn held_in(
    backend: &dyn Backend,
    scopes: Vec<TenantScope>,
) -> Result<Vec<(TenantScope, Option<TenantAccess>)>, Problem> {
    let seen = seen_in(backend, scopes).await.into_iter();
    seen.map(|(scope, access)| match access {
        Ok(access) => Ok((scope, Some(access))),
        Err(problem) if problem.kind == ProblemKind::Denied => Ok((scope, None)),
        Err(problem) => Err(problem),
    })
    .collect()
}

async fn is_gone(backend: &dyn Backend, scope: &TenantScope) -> bool {
    match scope {
        TenantScope::Named(id) => {
            let found = backend.tenant(id).await;
            found.is_err_and(|problem| problem.kind == ProblemKind::NotFound)
        }
        TenantScope::Default => false,
    }
}

/// What goes with an account, with a word where not every tenant was looked at. `scope` is in whose name it is asked; `None`
/// is the whole instance.
pub async fn goes_with_account(
    backend: &dyn Backend,
    scope: Option<&TenantScope>,
    user: &User,
) -> Result<GoesWithAccount, Problem> {
    let instance = backend.instance().await?;
    let account = backend.account(scope, user).await?;
    let (scopes, more) = tenants_of(backend, &account, &instance).await?;
    let mut told = Vec::new();
    let (mut roles, mut is_all) = (0, more == 0);
    if user.id == instance.identity.id {
        told.push("This is your own account.".to_owned());
    }
    let removals = [Removal::User(user.id.clone())];
    let asked = scopes.len();
    let held = held_in(backend, scopes).await?;
    let gone = asked - held.len();
    for (scope, access) in held {
        let Some(access) = access else {
            is_all = false;
            told.push(format!(
                "What goes with it in tenant `{scope}` is not known: you may not see who may do what there."
            ));
            continue;
        };
        let own = access
            .bindings
            .iter()
            .filter(|binding| binding.subject_kind == SubjectKind::User && binding.subject_id == user.id);
        roles += own.map(|binding| &binding.role_id).collect::<BTreeSet<_>>().len();
        let loss = loss(&access, &removals, Some(&instance.identity.id), instance.release);
        let worse = loss.warnings.iter().filter(|warning| {
            // The other tenants are looked at here, each by itself.
            warning.severity >= Severity::Warning && warning.topic != Topic::OtherTenants
        });
        told.extend(worse.map(|warning| format!("In tenant `{scope}`: {}", warning.sentence)));
    }
    if more > 0 {
        told.push(format!("Not looked at: {}.", counted(more, "more tenant")));
    }
    let tokens = match backend.tokens(scope, user).await {
        Ok(tokens) => Some(tokens.len()),
        Err(_) if Feature::ApiTokens.require(instance.release, "").is_err() => Some(0),
        Err(problem) => {
            told.push(format!("How many API tokens go with it is not known: {}", problem.what));
            None
        }
    };
    let least = if is_all { "" } else { "at least " };
    let (tenants, groups) = (account.tenants.len().saturating_sub(gone), account.groups.len());
    let number = |count: usize, what: &str| counted(count as u64, what);
    let parts = [
        (
            usize::from(account.superadmin),
            format!("the rights of {}", instance.release.a_superadmin()),
        ),
        (tenants, format!("access to {}", number(tenants, "tenant"))),
        (roles, format!("{least}{} held directly", number(roles, "role"))),
        (groups, format!("membership in {}", number(groups, "group"))),
        (tokens.unwrap_or(0), number(tokens.unwrap_or(0), "API token")),
    ];
    let held = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part);
    let held: Vec<String> = held.collect();
    Ok(GoesWithAccount {
        held: match held.as_slice() {
            [] if is_all && tokens.is_some() => "It holds no access, role, group or token.".to_owned(),
            [] => "Of what was looked at, nothing goes with it.".to_owned(),
            parts => format!("With it: {}.", parts.join(", ")),
        },
        warnings: told,
    })
}

/// What these would take away in a tenant; `None` where we may not see who may do what there.
pub async fn foresee(
    backend: &dyn Backend,
    scope: &TenantScope,
    removals: &[Removal],
    instance: &Instance,
) -> Result<Option<Loss>, Problem> {
    foresee_after(backend, scope, |_| {}, removals, instance).await
}

/// The same where something else is done before.
pub async fn foresee_after(
    backend: &dyn Backend,
    scope: &TenantScope,
    before: impl FnOnce(&mut TenantAccess) + Send,
    removals: &[Removal],
    instance: &Instance,
) -> Result<Option<Loss>, Problem> {
    match backend.access(scope).await {
        Ok(mut access) => {
            before(&mut access);
            let me = Some(instance.identity.id.as_str());
            Ok(Some(loss(&access, removals, me, instance.release)))
        }
        Err(problem) if problem.kind == ProblemKind::Denied => Ok(None),
        Err(problem) => Err(problem),
    }
}
