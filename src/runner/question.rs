//! Each question in the words of the backend.

use crate::app::doing::Turn;
use crate::app::effect::{Answer, Reply, Request};
use crate::backend::Backend;
use crate::domain::deed::Deed;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::deeds::Course;

/// Asks the backend and returns its answer. A change of several things takes its course.
pub async fn ask(backend: &dyn Backend, request: Request, course: &Course) -> Reply {
    Ok(match request {
        Request::Instance => Answer::Instance(Box::new(backend.instance().await?)),
        Request::Tenants(query) => Answer::Tenants(backend.tenants(&query).await?),
        Request::Tenant(id) => Answer::Tenant(Box::new(backend.tenant(&id).await?)),
        Request::IdTaken(id) => Answer::IdTaken(found(backend.tenant(&id).await)?),
        Request::UserExists(name) => {
            let page = backend.users(None, &Query::user_named(&name)).await?;
            Answer::UserExists(page.total > 0)
        }
        Request::AdminCount(scope) => Answer::AdminCount(backend.admin_count(&scope).await?),
        Request::AdminCounts(ids) => {
            let scopes: Vec<TenantScope> = ids.iter().cloned().map(TenantScope::Named).collect();
            Answer::AdminCounts(counted(ids, backend.admin_counts(&scopes).await)?)
        }
        Request::Footprint(scope) => Answer::Footprint(backend.footprint(&scope).await?),
        Request::CountAgain(ids) => Answer::CountedAgain(super::deeds::count_again(backend, &ids).await?),
        Request::Namespaces(scope) => Answer::Namespaces(backend.namespaces(&scope).await?),
        Request::Access(scope) => Answer::Access(Box::new(backend.access(&scope).await?)),
        Request::Assignable(scope) => Answer::Assignable(Box::new(backend.assignable(&scope).await?)),
        Request::Role(scope, id) => Answer::Role(Box::new(backend.role(&scope, &id).await?)),
        Request::Roles(scope) => Answer::Roles(backend.roles(&scope, &Query::first(Query::MAX_SIZE)).await?),
        Request::Create(new) => Answer::Created(Box::new(backend.create_tenant(&new).await?)),
        Request::Update { before, after } => Answer::Updated(Box::new(backend.update_tenant(&before, &after).await?)),
        Request::People(question) => return super::people::ask(backend, *question).await,
        Request::Do(deed, _, turn) => match *deed {
            Deed::Bring(bringing) => super::snapshots::bring(backend, &bringing, course).await?,
            deed if turn != Turn::Forth => {
                Answer::Done(super::deeds::carry_out_unless_more_goes(backend, &deed, turn, course).await)
            }
            deed => Answer::Done(super::deeds::carry_out(backend, &deed, course).await),
        },
        Request::Look(deed) => return super::deeds::look(backend, &deed).await,
        Request::SaveSnapshot(scopes, file) => super::snapshots::save(backend, &scopes, &file).await?,
        Request::CompareSnapshot(scope, file) => super::snapshots::compare(backend, scope.as_ref(), &file).await?,
        Request::PlanSnapshot(file, tenants, reach) => super::snapshots::plan(backend, &file, tenants, reach).await?,
        Request::ChangeStamp => Answer::ChangeStamp(backend.change_stamp().await?),
        // These are about other instances than this one, or about migrations; the runner answers them itself.
        Request::Contexts
        | Request::Reach(_)
        | Request::Elsewhere(..)
        | Request::Switch(_)
        | Request::Examine(_)
        | Request::Connect(_)
        | Request::Rehearse
        | Request::Survey
        | Request::StartRun(_)
        | Request::Runs
        | Request::ControlRun(..) => {
            return Err(crate::app::update::cannot());
        }
    })
}

/// What could be counted. Where an instance does not answer, nothing is known of what it was asked: what was counted before
/// still is the best there is.
fn counted(ids: Vec<TenantId>, counts: Vec<Result<u64, Problem>>) -> Result<Vec<(TenantId, u64)>, Problem> {
    let mut known = Vec::with_capacity(ids.len());
    for (id, count) in ids.into_iter().zip(counts) {
        match count {
            Ok(count) => known.push((id, count)),
            Err(problem) if problem.kind == ProblemKind::Unreachable => return Err(problem),
            Err(_) => {}
        }
    }
    Ok(known)
}

/// Whether something was found; that it was not is an answer, any other problem is a problem.
fn found<T>(result: Result<T, Problem>) -> Result<bool, Problem> {
    match result {
        Ok(_) => Ok(true),
        Err(problem) if problem.kind == ProblemKind::NotFound => Ok(false),
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_no_count_and_a_refusal_leaves_only_its_own_tenant_out() {
        let ids = || vec!["a".parse().unwrap(), "b".parse().unwrap()];
        let failed = |kind| Err(Problem::new(kind, "What.", "Why.", "Next."));
        assert_eq!(
            counted(ids(), vec![failed(ProblemKind::Denied), Ok(2)]).unwrap(),
            [("b".parse().unwrap(), 2)]
        );
        assert!(counted(ids(), vec![Ok(1), failed(ProblemKind::Unreachable)]).is_err());
    }
}
