//! What a change would send, for whoever wants to see it first. Nothing is sent here, and no instance is asked.
//!
//! Paths are the first that would be tried, and bodies those that would be sent, of one release. What stands in a body is
//! up to the caller: whoever shows it puts something else in the place of a secret.

use serde_json::{Value, json};

use crate::domain::account::Profile;
use crate::domain::binding::NewBinding;
use crate::domain::instance::Instance;
use crate::domain::invitation::NewInvitation;
use crate::domain::problem::Problem;
use crate::domain::role::NewRole;
use crate::domain::tenant::TenantScope;
use crate::domain::token::NewToken;
use crate::domain::user::{Entrant, Membership, NewGroup, User, UserKind};

use super::call::Path;
use super::dialect::Dialect;
use super::groups::Step;
use super::{accounts, bindings, groups, invitations, roles, tokens};

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

/// One request that would be made.
pub struct PlannedRequest {
    /// What would come of it: `create`, `leave unchanged`, ...
    pub would: &'static str,
    /// What it is about, for people.
    pub what: String,
    /// The request, without secrets; none where nothing would be sent.
    pub planned: Option<Planned>,
    /// Why nothing would be sent, where it cannot be done.
    pub problem: Option<Problem>,
}

impl PlannedRequest {
    /// One that was made up for the release of the instance.
    pub fn new(would: &'static str, what: String, planned: Planned) -> Self {
        Self {
            would,
            what,
            planned: Some(planned),
            problem: None,
        }
    }

    /// What is as it shall be already.
    pub fn unchanged(what: String) -> Self {
        Self {
            would: "leave unchanged",
            what,
            planned: None,
            problem: None,
        }
    }

    /// What cannot be done, and why.
    pub fn failing(what: String, problem: Problem) -> Self {
        Self {
            would: "fail",
            what,
            planned: None,
            problem: Some(problem),
        }
    }
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

    /// A user's access to a tenant is taken away, and Kestra takes the roles with it; up to 0.23 it is all roles and
    /// memberships. `bindings` and `groups` are ids of what the user has there.
    pub fn take_access(
        &self,
        scope: &TenantScope,
        user: &User,
        bindings: &[String],
        groups: &[String],
    ) -> Vec<Planned> {
        if self.dialect.has_tenant_access() {
            let path = self.tenant(scope).join("tenant-access").segment(&user.id);
            return vec![planned("DELETE", &path, Value::Null)];
        }
        let bindings = bindings.iter().map(|id| self.delete_binding(scope, id));
        let out_of = |id: &String| {
            let path = groups::member_of(self.tenant(scope), id, &user.id);
            planned("DELETE", &path, Value::Null)
        };
        bindings.chain(groups.iter().map(out_of)).collect()
    }

    /// Somebody is made Admin of a tenant: let in, where that is a thing of its own, and given the role.
    pub fn make_admin(&self, scope: &TenantScope, user: &User, role: &str) -> Vec<Planned> {
        let binding = self.create_binding(scope, &bindings::of_user(&user.id, role));
        let access = self.give_access(scope, &Entrant::Known(user.clone()));
        access.into_iter().chain([binding]).collect()
    }

    /// A role is given.
    pub fn create_binding(&self, scope: &TenantScope, new: &NewBinding) -> Planned {
        let path = self.tenant(scope).join("bindings");
        planned("POST", &path, bindings::body_of(self.dialect, new))
    }

    /// A role is taken away.
    pub fn delete_binding(&self, scope: &TenantScope, id: &str) -> Planned {
        let path = self.tenant(scope).join("bindings").segment(id);
        planned("DELETE", &path, Value::Null)
    }

    /// A group is created.
    pub fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Planned {
        let path = self.tenant(scope).join("groups");
        planned("POST", &path, groups::body_of(self.dialect, new))
    }

    /// A group is called otherwise. The body is what is laid over the group as it is stored.
    pub fn update_group(&self, scope: &TenantScope, id: &str, after: &NewGroup) -> Planned {
        let path = self.tenant(scope).join("groups").segment(id);
        planned("PUT", &path, Value::Object(groups::names_of(after)))
    }

    /// A group is deleted.
    pub fn delete_group(&self, scope: &TenantScope, id: &str) -> Planned {
        let path = self.tenant(scope).join("groups").segment(id);
        planned("DELETE", &path, Value::Null)
    }

    /// A user becomes a member or owner of a group, or leaves it; `now` is what they are in it.
    pub fn set_membership(
        &self,
        scope: &TenantScope,
        (group, user): (&str, &str),
        now: Option<Membership>,
        wanted: Option<Membership>,
    ) -> Result<Vec<Planned>, Problem> {
        let one = |step| {
            let root = self.tenant(scope);
            match step {
                Step::Put(is_in) => {
                    let method = if is_in { "PUT" } else { "DELETE" };
                    planned(method, &groups::member_of(root, group, user), Value::Null)
                }
                Step::Place(place) => {
                    let mut placed = planned("PUT", &groups::place_of(root, group, user), Value::Null);
                    placed.path = format!("{}?{}={}", placed.path, groups::MEMBERSHIP, groups::word(place));
                    placed
                }
            }
        };
        let steps = groups::steps(self.dialect.release(), now, wanted)?;
        Ok(steps.into_iter().map(one).collect())
    }

    /// A role is created.
    pub fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Planned {
        let path = self.tenant(scope).join("roles");
        planned("POST", &path, roles::body_of(self.dialect, new))
    }

    /// A role is changed. The body is what is laid over the role as it is stored.
    pub fn update_role(&self, scope: &TenantScope, id: &str, after: &NewRole) -> Planned {
        let path = self.tenant(scope).join("roles").segment(id);
        planned("PUT", &path, Value::Object(roles::fields_of(after)))
    }

    /// A role is deleted.
    pub fn delete_role(&self, scope: &TenantScope, id: &str) -> Planned {
        let path = self.tenant(scope).join("roles").segment(id);
        planned("DELETE", &path, Value::Null)
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
