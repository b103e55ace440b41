//! Lists by columns that take more than the list itself: how many hold a role, and where the rights of a user come from.
//!
//! What they take is read where a filter or an order looks at them, once for all pages, and the rows are those of the
//! console. All else is asked of the backend as it is.

use super::lookup::all_rows;
use crate::backend::Backend;
use crate::backend::http::answer;
use crate::domain::access::TenantAccess;
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::role::Role;
use crate::domain::rows::access::{counted_roles, users_by};
use crate::domain::tenant::TenantScope;
use crate::domain::user::User;

/// The lists of a tenant, and what has been read for them.
pub struct Listing<'b> {
    backend: &'b dyn Backend,
    scope: &'b TenantScope,
    access: Option<TenantAccess>,
}

impl<'b> Listing<'b> {
    /// The lists of a tenant.
    pub fn new(backend: &'b dyn Backend, scope: &'b TenantScope) -> Self {
        Self {
            backend,
            scope,
            access: None,
        }
    }

    /// A page of the roles, by [`COUNTED_ROLE_COLUMNS`](crate::domain::columns::COUNTED_ROLE_COLUMNS).
    pub async fn roles(&mut self, query: &Query) -> Result<Page<Role>, Problem> {
        let Self { backend, scope, access } = self;
        if !query.looks_at("holders") {
            return backend.roles(scope, query).await;
        }
        let known = match access.take() {
            Some(known) => known,
            None => TenantAccess {
                roles: all_rows(everything(), async |query| backend.roles(scope, query).await).await?,
                bindings: all_rows(everything(), async |query| backend.bindings(scope, query).await).await?,
                ..TenantAccess::default()
            },
        };
        let page = answer(counted_roles(access.insert(known)), query, "name")?;
        let roles = page.rows.into_iter().map(|role| role.0.clone());
        Ok(Page::new(roles.collect(), page.total))
    }

    /// A page of the users, by [`TENANT_USER_COLUMNS`](crate::domain::columns::TENANT_USER_COLUMNS).
    pub async fn users(&mut self, query: &Query) -> Result<Page<User>, Problem> {
        let Self { backend, scope, access } = self;
        if !query.looks_at("rights") {
            return backend.users(Some(scope), query).await;
        }
        let known = match access.take() {
            Some(known) => known,
            None => backend.access(scope).await?,
        };
        let page = answer(users_by(access.insert(known), &query.filter), query, "username")?;
        let users = page.rows.into_iter().map(|user| user.0.clone());
        Ok(Page::new(users.collect(), page.total))
    }
}

fn everything() -> Query {
    Query::first(Query::MAX_SIZE)
}
