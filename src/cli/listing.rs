//! Lists by columns that take more than the list itself: how many hold a role, and where the rights of a user come from.
//!
//! What they take is read where a filter or an order looks at them, once for all pages, and the rows are those of the
//! console. All else is asked of the backend as it is, and so it is where only a plain word looks at them, and what they
//! take may not be read.

use super::lookup::all_rows;
use crate::backend::Backend;
use crate::domain::access::TenantAccess;
use crate::domain::binding::Binding;
use crate::domain::page::Page;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::{Query, answer};
use crate::domain::role::Role;
use crate::domain::rows::access::{counted_roles, users_by};
use crate::domain::tenant::TenantScope;
use crate::domain::user::User;

/// What a column takes beside its list.
enum Taken<T> {
    /// Nothing asked for it.
    NotYet,
    /// It may not be read, and only a plain word looks at the column.
    Refused,
    /// What was read.
    Known(T),
}

/// The lists of a tenant, and what has been read for them.
pub struct Listing<'b> {
    backend: &'b dyn Backend,
    scope: &'b TenantScope,
    held: Taken<(Vec<Role>, Vec<Binding>)>,
    access: Taken<TenantAccess>,
}

impl<'b> Listing<'b> {
    /// The lists of a tenant.
    pub fn new(backend: &'b dyn Backend, scope: &'b TenantScope) -> Self {
        Self {
            backend,
            scope,
            held: Taken::NotYet,
            access: Taken::NotYet,
        }
    }

    /// A page of the roles, by [`COUNTED_ROLE_COLUMNS`](crate::domain::columns::COUNTED_ROLE_COLUMNS).
    pub async fn roles(&mut self, query: &Query) -> Result<Page<Role>, Problem> {
        let Self { backend, scope, .. } = *self;
        if !query.looks_at("holders") {
            return backend.roles(scope, query).await;
        }
        if matches!(self.held, Taken::NotYet) {
            self.held = taken(query, "holders", self.read_held().await)?;
        }
        let Taken::Known((roles, bindings)) = &self.held else {
            return backend.roles(scope, query).await;
        };
        let page = answer(counted_roles(roles, bindings), query, "name")?;
        let roles = page.rows.into_iter().map(|role| role.0.clone());
        Ok(Page::new(roles.collect(), page.total))
    }

    async fn read_held(&self) -> Result<(Vec<Role>, Vec<Binding>), Problem> {
        let Self { backend, scope, .. } = *self;
        let everything = || Query::first(Query::MAX_SIZE);
        Ok((
            all_rows(everything(), async |query| backend.roles(scope, query).await).await?,
            all_rows(everything(), async |query| backend.bindings(scope, query).await).await?,
        ))
    }

    /// A page of the users, by [`TENANT_USER_COLUMNS`](crate::domain::columns::TENANT_USER_COLUMNS).
    pub async fn users(&mut self, query: &Query) -> Result<Page<User>, Problem> {
        let Self { backend, scope, .. } = *self;
        if !query.looks_at("rights") {
            return backend.users(Some(scope), query).await;
        }
        if matches!(self.access, Taken::NotYet) {
            self.access = taken(query, "rights", backend.access(scope).await)?;
        }
        let Taken::Known(access) = &self.access else {
            return backend.users(Some(scope), query).await;
        };
        let page = answer(users_by(access, &query.filter), query, "username")?;
        let users = page.rows.into_iter().map(|user| user.0.clone());
        Ok(Page::new(users.collect(), page.total))
    }
}

/// What came of reading what a column takes.
fn taken<T>(query: &Query, column: &str, read: Result<T, Problem>) -> Result<Taken<T>, Problem> {
    match read {
        Err(problem) if problem.kind == ProblemKind::Denied && !query.names(column) => Ok(Taken::Refused),
        read => read.map(Taken::Known),
    }
}
