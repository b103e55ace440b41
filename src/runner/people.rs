//! Questions about people in the words of the backend.

use crate::app::effect::{Answer, Reply};
use crate::app::people::{PeopleAnswer, PeopleQuestion};
use crate::backend::foresight::{goes_with_account, seen_in, tenants_of};
use crate::backend::{Backend, all_users, superadmins};
use crate::domain::audit::AuditQuery;
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::migration::access_snapshot::AccessSnapshot;
use crate::migration::restoration::{Restoration, restoration};

/// Asks the backend and returns its answer.
pub async fn ask(backend: &dyn Backend, question: PeopleQuestion) -> Reply {
    let answer = match question {
        PeopleQuestion::Users(query) => PeopleAnswer::Users(backend.users(None, &query).await?),
        PeopleQuestion::Account { scope, tenant, user } => {
            let account = backend.account(scope.as_ref(), &user).await?;
            let instance = backend.instance().await?;
            let (mut tenants, mut more) = tenants_of(backend, &account, &instance).await?;
            if let Some(tenant) = tenant {
                let held = tenants.len();
                tenants.retain(|other| *other != tenant);
                // It may have been one of those that are too many.
                more = more.saturating_sub(u64::from(tenants.len() == held));
                tenants.insert(0, tenant);
            }
            let seen = seen_in(backend, tenants).await;
            // Where no tenant could be read for a reason of the moment, what was read before stays on screen.
            let mut problems = seen.iter().filter_map(|(_, access)| access.as_ref().err());
            let is_nothing_read = seen.iter().all(|(_, access)| access.is_err());
            let lost = problems.find(|problem| {
                problem.kind == ProblemKind::Unreachable || is_nothing_read && problem.kind != ProblemKind::Denied
            });
            if let Some(problem) = lost {
                return Err(problem.clone());
            }
            PeopleAnswer::Account(Box::new(account), seen, more)
        }
        PeopleQuestion::Tokens(scope, owner) => PeopleAnswer::Tokens(backend.tokens(scope.as_ref(), &owner).await?),
        PeopleQuestion::Invitations(scope) => PeopleAnswer::Invitations(backend.invitations(&scope).await?),
        PeopleQuestion::Audit { scope, query, username } => {
            PeopleAnswer::Audit(audit(backend, scope.as_ref(), query, username).await?)
        }
        PeopleQuestion::GoesWith(scope, user) => {
            PeopleAnswer::GoesWith(goes_with_account(backend, scope.as_ref(), &user).await?)
        }
        PeopleQuestion::Superadmins => {
            let (users, are_all) = superadmins(backend).await?;
            PeopleAnswer::Superadmins(users, are_all)
        }
        // Where the record is, is known to whoever put the console together; the runner answers that.
        PeopleQuestion::Activity => PeopleAnswer::Activity(Vec::new()),
        PeopleQuestion::Lost(before) => PeopleAnswer::Lost(Box::new(lost(backend, &before).await?)),
    };
    Ok(Answer::People(Box::new(answer)))
}

/// What people held in the default tenant and do not hold any more, as changes that give it back.
///
/// # Errors
/// If it may not be seen who holds what.
pub async fn lost(backend: &dyn Backend, before: &AccessSnapshot) -> Result<Restoration, Problem> {
    let access = backend.access(&TenantScope::Default).await?;
    // Who lost all of it may not be in the tenant any more, and is found among all users, where these may be seen.
    let users = all_users(backend, None).await.unwrap_or_default();
    Ok(restoration(before, &access, &users))
}

async fn audit(
    backend: &dyn Backend,
    scope: Option<&TenantScope>,
    mut query: AuditQuery,
    username: Option<String>,
) -> Result<Page<crate::domain::audit::AuditRow>, Problem> {
    if let Some(name) = username {
        let named = Query::user_named(&name);
        let mut found = backend.users(scope, &named).await?.rows;
        if found.is_empty() {
            // Who did something may have no access any more.
            found = backend
                .users(None, &named)
                .await
                .map_or_else(|_| Vec::new(), |page| page.rows);
        }
        let user = found.into_iter().next().ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                format!("There is no user {name}."),
                "Nobody who may be seen from here signs in by this name.",
                "Look at the name, or filter by text instead.",
            )
        })?;
        query.user = Some(user.id);
    }
    backend.audit(scope, &query).await
}
