//! What a change would send, for whoever wants to see it first. Nothing is sent here, and no instance is asked.
//!
//! Paths are the first that would be tried, and bodies those that would be sent, of one release. What stands in a body is
//! up to the caller: whoever shows it puts something else in the place of a secret.

use serde_json::{Value, json};

use crate::domain::account::Profile;
use crate::domain::instance::Instance;
use crate::domain::invitation::NewInvitation;
use crate::domain::tenant::TenantScope;
use crate::domain::token::NewToken;
use crate::domain::user::{Entrant, User, UserKind};

use super::call::Path;
use super::dialect::Dialect;
use super::{accounts, invitations, tokens};

/// A request that would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its method.
    pub method: &'static str,
    /// Its path, below the address of the instance.
    pub path: String,
    /// Its body; null where it has none.
    pub body: Value,
}

fn planned(method: &'static str, path: &Path, body: Value) -> Planned {
    Planned {
        method,
        path: path.encoded().unwrap_or_default(),
        body,
    }
}

/// What would be sent to one instance.
#[derive(Clone, Debug)]
pub struct Planner {
    dialect: Dialect,
    superadmin: bool,
    me: String,
}

impl Planner {
    /// For an instance, in the name of whom it takes us for.
    pub fn new(instance: &Instance) -> Self {
        Self {
            dialect: Dialect::new(instance.release, instance.tenancy),
            superadmin: instance.identity.superadmin,
            me: instance.identity.id.clone(),
        }
    }

    /// Below which path roles, groups and people of a tenant are.
    fn tenant(&self, scope: &TenantScope) -> Path {
        let mut roots = self.dialect.people_roots(scope, self.superadmin).into_iter();
        roots.next().unwrap_or_else(|| Dialect::stock_root(scope))
    }

    fn accounts(&self, scope: Option<&TenantScope>, kind: UserKind) -> Path {
        let is_program = kind == UserKind::ServiceAccount && self.dialect.has_tenant_access();
        let roots = if is_program {
            self.dialect.service_accounts(scope, self.superadmin)
        } else {
            self.dialect.users(scope, self.superadmin)
        };
        roots.into_iter().next().unwrap_or_else(|| Path::api("users"))
    }

    /// An account is created, and what its creation does not take at once is set afterwards.
    pub fn create_account(&self, scope: Option<&TenantScope>, kind: UserKind, profile: &Profile) -> Vec<Planned> {
        let root = self.accounts(scope, kind);
        if !self.dialect.writes_entities() {
            let body = accounts::request(self.dialect, scope, kind, profile);
            return vec![planned("POST", &root, body)];
        }
        let at = match kind {
            UserKind::ServiceAccount => root.clone().join("service-accounts"),
            UserKind::Standard => root.clone(),
        };
        let mut all = vec![planned(
            "POST",
            &at,
            accounts::entity(self.dialect, scope, kind, profile),
        )];
        // Its id is in the answer.
        let of_new = |root: &Path, last: &str, body| Planned {
            path: format!("{}/{{id}}/{last}", root.encoded().unwrap_or_default()),
            ..planned("PUT", root, body)
        };
        if let Some(password) = &profile.password {
            all.push(of_new(&root, "password", json!({ "password": password })));
        }
        if profile.superadmin == Some(true) {
            all.push(of_new(&Path::api("tenants/users"), "set-superadmin", json!(true)));
        }
        all
    }

    /// An account is deleted.
    pub fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Planned {
        planned(
            "DELETE",
            &self.accounts(scope, user.kind).segment(&user.id),
            Value::Null,
        )
    }

    /// An account becomes a superadmin, or a common one again.
    pub fn set_superadmin(&self, user: &User, superadmin: bool) -> Planned {
        if !self.dialect.has_tenant_access() {
            let path = Path::api("tenants/users").segment(&user.id).join("set-superadmin");
            return planned("PUT", &path, json!(superadmin));
        }
        let (route, field) = self.dialect.superadmin_routes().first().copied().unwrap_or_default();
        let path = self.accounts(None, user.kind).segment(&user.id).join(route);
        planned("PATCH", &path, json!({ field: superadmin }))
    }

    /// A user gets another password.
    pub fn set_password(&self, scope: Option<&TenantScope>, user: &User, password: &str) -> Planned {
        let method = if self.dialect.writes_entities() { "PUT" } else { "PATCH" };
        let path = self
            .accounts(scope, UserKind::Standard)
            .segment(&user.id)
            .join("password");
        planned(method, &path, json!({ "password": password }))
    }

    /// Somebody is let into a tenant. Up to 0.23 there is nothing to send: whoever holds a role is in.
    pub fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Option<Planned> {
        if !self.dialect.has_tenant_access() {
            return None;
        }
        let access = self.tenant(scope).join("tenant-access");
        Some(match who {
            Entrant::Known(user) => planned("PUT", &access.segment(&user.id), Value::Null),
            Entrant::Named(username) => planned("POST", &access, json!({ "email": username })),
        })
    }

    /// A user's access to a tenant is taken away: it itself, then the roles that would be left; up to 0.23 all roles and
    /// memberships. `bindings` and `groups` are ids of what the user has there.
    pub fn take_access(
        &self,
        scope: &TenantScope,
        user: &User,
        bindings: &[String],
        groups: &[String],
    ) -> Vec<Planned> {
        let root = self.tenant(scope);
        let mut all = Vec::new();
        if self.dialect.has_tenant_access() {
            let path = root.clone().join("tenant-access").segment(&user.id);
            all.push(planned("DELETE", &path, Value::Null));
        }
        for id in bindings {
            all.push(planned(
                "DELETE",
                &root.clone().join("bindings").segment(id),
                Value::Null,
            ));
        }
        if !self.dialect.has_tenant_access() {
            for id in groups {
                let path = root
                    .clone()
                    .join("groups")
                    .segment(id)
                    .join("members")
                    .segment(&user.id);
                all.push(planned("DELETE", &path, Value::Null));
            }
        }
        all
    }

    /// Somebody is made Admin of a tenant: let in, where that is a thing of its own, and given the role.
    pub fn make_admin(&self, scope: &TenantScope, user: &User, role: &str) -> Vec<Planned> {
        let body = json!({ "type": "USER", "externalId": user.id, "roleId": role });
        let binding = planned("POST", &self.tenant(scope).join("bindings"), body);
        let access = self.give_access(scope, &Entrant::Known(user.clone()));
        access.into_iter().chain([binding]).collect()
    }

    fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Path {
        let root = if owner.id != self.me {
            self.accounts(scope, owner.kind).segment(&owner.id)
        } else if self.dialect.has_plain_me() {
            Path::api("me")
        } else {
            Dialect::stock_root(scope.unwrap_or(&TenantScope::Default)).join("me")
        };
        root.join("api-tokens")
    }

    /// A token is made.
    pub fn create_token(&self, scope: Option<&TenantScope>, owner: &User, new: &NewToken) -> Planned {
        planned("POST", &self.tokens(scope, owner), tokens::body_of(new))
    }

    /// A token is ended.
    pub fn delete_token(&self, scope: Option<&TenantScope>, owner: &User, id: &str) -> Planned {
        planned("DELETE", &self.tokens(scope, owner).segment(id), Value::Null)
    }

    /// Somebody is invited.
    pub fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Planned {
        let body = if self.dialect.writes_entities() {
            invitations::entity(new)
        } else {
            invitations::request(self.dialect, new)
        };
        planned("POST", &self.tenant(scope).join("invitations"), body)
    }

    /// An invitation is withdrawn.
    pub fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Planned {
        let path = self.tenant(scope).join("invitations").segment(id);
        planned("DELETE", &path, Value::Null)
    }
}
