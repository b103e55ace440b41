//! Objects as each release writes them. Up to 0.23 the API answers with its entities; from 0.24 on with views of them.
//!
//! Nothing is ever null: what has no value is left out, as Kestra's serialisation does.

use serde_json::{Map, Value, json};

use crate::domain::account::Account;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::invitation::Invitation;
use crate::domain::release::{PermissionModel, Release};
use crate::domain::role::Role;
use crate::domain::tenant::Tenant;
use crate::domain::token::{ApiToken, CreatedToken};
use crate::domain::user::{Group, Membership, UserKind};

/// An object under construction, in which what has no value is left out.
#[derive(Default)]
pub struct Object(Map<String, Value>);

impl Object {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a field.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a field, if it has a value.
    pub fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with a field from a release on.
    pub fn since(self, now: bool, name: &str, value: impl Into<Value>) -> Self {
        if now { self.with(name, value) } else { self }
    }

    /// The object.
    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// A page of a list.
pub fn page(results: Vec<Value>, total: u64) -> Value {
    Object::new().with("results", results).with("total", total).done()
}

/// A time in milliseconds since 1970 UTC, as ISO 8601.
pub fn time(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |time| time.to_string())
}

/// What the flag of a superadmin is called: 2.0 renamed it between its snapshots and its release.
pub fn superadmin_field(release: Release) -> &'static str {
    if release.at_least(2, 0) {
        "instanceOwner"
    } else {
        "superAdmin"
    }
}

/// A tenant.
pub fn tenant(tenant: &Tenant) -> Value {
    let mut object = Object::new()
        .with("id", tenant.id.as_str())
        .with("name", tenant.name.as_str())
        .with("deleted", false);
    for (name, value) in &tenant.rest {
        object = object.with(name, value.clone());
    }
    object.done()
}

fn permissions(role: &Role) -> Value {
    let mut map = Map::new();
    for (resource, actions) in role.permissions.iter() {
        let actions: Vec<&str> = actions.iter().map(crate::domain::permission::Action::as_str).collect();
        map.insert(resource.to_string(), json!(actions));
    }
    Value::Object(map)
}

/// A role with its permissions, as the view of one.
pub fn role_detail(role: &Role) -> Value {
    role_head(role)
        .with_some("description", role.description.clone())
        .with("permissions", permissions(role))
        .done()
}

fn role_head(role: &Role) -> Object {
    Object::new()
        .with("id", role.id.as_str())
        .with("name", role.name.as_str())
        .with("isDefault", role.is_default)
        .with("isManaged", role.is_managed)
}

/// A role as the entity it is.
pub fn role_entity(role: &Role) -> Value {
    role_head(role)
        .with_some("description", role.description.clone())
        .with("permissions", permissions(role))
        .with("deleted", false)
        .done()
}

/// A role in a list from 0.24 on.
pub fn role_summary(release: Release, role: &Role) -> Value {
    role_head(role)
        .since(release.at_least(2, 0), "permissionCount", role.permissions.count())
        .done()
}

/// A role as it is answered alone.
pub fn role(release: Release, role: &Role) -> Value {
    if release.at_least(0, 24) {
        role_detail(role)
    } else {
        role_entity(role)
    }
}

/// A binding with its role and its subject. `account` is that of a user, where it is one.
pub fn binding(release: Release, binding: &Binding, role: Option<&Role>, account: Option<&Account>) -> Value {
    let kind = match binding.subject_kind {
        SubjectKind::User => "USER",
        SubjectKind::Group => "GROUP",
    };
    if !release.at_least(0, 24) {
        let entity = Object::new()
            .with("id", binding.id.as_str())
            .with("type", kind)
            .with("externalId", binding.subject_id.as_str())
            .with("roleId", binding.role_id.as_str())
            .with_some("namespaceId", binding.namespace.clone())
            .with("deleted", false)
            .done();
        return Object::new()
            .with("binding", entity)
            .with_some("role", role.map(role_entity))
            .with_some("user", account.map(|account| user_entity(release, account)))
            .with_some("group", group_of_binding(binding))
            .done();
    }
    let role = json!({"id": binding.role_id, "name": binding.role_name});
    Object::new()
        .with("id", binding.id.as_str())
        .with("type", kind)
        .with_some("namespace", binding.namespace.clone())
        .with("role", role)
        .with_some("group", group_of_binding(binding))
        .with_some(
            "user",
            account.map(|account| {
                json!({
                    "id": account.id,
                    "username": account.username,
                    "displayName": account.shown_name(),
                    "type": kind_word(account.kind),
                })
            }),
        )
        .done()
}

fn group_of_binding(binding: &Binding) -> Option<Value> {
    (binding.subject_kind == SubjectKind::Group)
        .then(|| json!({"id": binding.subject_id, "name": binding.subject_name}))
}

/// A group as it is answered alone.
pub fn group(release: Release, group: &Group) -> Value {
    Object::new()
        .with("id", group.id.as_str())
        .with("name", group.name.as_str())
        .with_some("description", group.description.clone())
        .since(!release.at_least(0, 24), "deleted", false)
        .done()
}

/// A group in a list.
pub fn group_summary(release: Release, group: &Group) -> Value {
    if !release.at_least(0, 24) {
        return self::group(release, group);
    }
    Object::new()
        .with("id", group.id.as_str())
        .with("name", group.name.as_str())
        .with_some(
            "description",
            group.description.clone().filter(|_| release.at_least(2, 0)),
        )
        .done()
}

fn kind_word(kind: UserKind) -> &'static str {
    match kind {
        UserKind::Standard => "STANDARD",
        UserKind::ServiceAccount => "SERVICE_ACCOUNT",
    }
}

fn membership_word(membership: Membership) -> &'static str {
    match membership {
        Membership::Owner => "OWNER",
        Membership::Member => "MEMBER",
    }
}

fn email(account: &Account) -> Option<String> {
    (account.kind == UserKind::Standard).then(|| account.username.clone())
}

/// A user as the entity it is (0.13 to 0.23).
pub fn user_entity(release: Release, account: &Account) -> Value {
    let knows_flag = release.at_least(0, 23);
    let kind = match account.kind {
        UserKind::Standard if account.superadmin && !knows_flag => "SUPER_ADMIN",
        kind => kind_word(kind),
    };
    let groups: Vec<Value> = account
        .groups
        .iter()
        .map(|group| {
            Object::new()
                .with_some("tenantId", group.tenant.clone())
                .with("groupId", group.id.as_str())
                .with("membership", membership_word(group.membership))
                .since(knows_flag, "managedExternally", false)
                .done()
        })
        .collect();
    let auths: Vec<Value> = account
        .password_id
        .iter()
        .map(|id| json!({"uid": id, "type": "BASIC_AUTH", "name": "BASIC"}))
        .collect();
    // The entity has no name for people but in parts.
    let first_name = account.first_name.clone().or_else(|| account.display_name.clone());
    Object::new()
        .with("id", account.id.as_str())
        .with("username", account.username.as_str())
        .with("type", kind)
        .with("groupList", groups)
        .with_some("firstName", first_name)
        .with_some("lastName", account.last_name.clone())
        .with_some("email", email(account))
        .with_some("description", account.description.clone())
        .with("auths", auths)
        .since(knows_flag, "superAdmin", account.superadmin)
        .since(knows_flag, "isSuperAdmin", account.superadmin)
        .done()
}

fn tenants(account: &Account) -> Vec<Value> {
    account
        .tenants
        .iter()
        .map(|(id, name)| json!({"id": id, "name": name}))
        .collect()
}

fn auths_with_id(account: &Account) -> Vec<Value> {
    account
        .password_id
        .iter()
        .map(|id| json!({"id": id, "name": "BASIC", "type": "BASIC_AUTH"}))
        .collect()
}

/// Ways to sign in, without ids.
pub fn auths(account: &Account) -> Vec<Value> {
    account
        .password_id
        .iter()
        .map(|_| json!({"name": "BASIC", "type": "BASIC_AUTH"}))
        .collect()
}

/// A user in a list of the instance (from 0.24).
pub fn user_summary(release: Release, account: &Account) -> Object {
    Object::new()
        .with("id", account.id.as_str())
        .with("username", account.username.as_str())
        .with("displayName", account.shown_name())
        .with("tenants", tenants(account))
        .with("auths", auths_with_id(account))
        .with(superadmin_field(release), account.superadmin)
}

/// A user alone (from 0.24).
pub fn user(release: Release, account: &Account) -> Value {
    let groups: Vec<Value> = account
        .groups
        .iter()
        .map(|group| {
            Object::new()
                .with("id", group.id.as_str())
                .with_some("tenantId", group.tenant.clone())
                .done()
        })
        .collect();
    user_summary(release, account)
        .with_some("firstName", account.first_name.clone())
        .with_some("lastName", account.last_name.clone())
        .with_some("email", email(account))
        .with("groups", groups)
        .with("restricted", account.restricted)
        .done()
}

/// The groups of an account in one tenant, with or without what it is there.
fn groups_in(account: &Account, tenant: Option<&str>, with_membership: bool) -> Vec<Value> {
    account
        .groups
        .iter()
        .filter(|group| group.tenant.as_deref() == tenant)
        .map(|group| {
            Object::new()
                .with("id", group.id.as_str())
                .with("name", group.name.as_str())
                .with("external", false)
                .since(with_membership, "membership", membership_word(group.membership))
                .done()
        })
        .collect()
}

/// A member of a group.
pub fn group_member(release: Release, account: &Account, tenant: Option<&str>) -> Value {
    if !release.at_least(0, 24) {
        return user_entity(release, account);
    }
    json!({
        "id": account.id,
        "username": account.username,
        "displayName": account.shown_name(),
        "groups": groups_in(account, tenant, true),
    })
}

/// Somebody with access to a tenant (from 0.24).
pub fn tenant_access(account: &Account, tenant: Option<&str>) -> Value {
    Object::new()
        .with("id", account.id.as_str())
        .with("username", account.username.as_str())
        .with("displayName", account.shown_name())
        .with_some("description", account.description.clone())
        .with("groups", groups_in(account, tenant, false))
        .with("auths", auths(account))
        .done()
}

/// What somebody may do in a tenant (from 0.24): the roles, each with where it comes from.
pub fn access_detail(release: Release, account: &Account, tenant: Option<&str>, roles: Vec<Value>) -> Value {
    Object::new()
        .with_some("tenantId", tenant)
        .with("userId", account.id.as_str())
        .with("username", account.username.as_str())
        .with("displayName", account.shown_name())
        .with("groups", groups_in(account, tenant, false))
        .with("roles", roles)
        .with(superadmin_field(release), account.superadmin)
        .done()
}

/// The permissions of a role as a list of pairs.
pub fn permission_list(release: Release, role: &Role) -> Vec<Value> {
    let name = match release.permission_model() {
        PermissionModel::Crud => "permission",
        PermissionModel::ResourceActions => "resource",
    };
    role.permissions
        .iter()
        .map(|(resource, actions)| {
            let actions: Vec<&str> = actions.iter().map(crate::domain::permission::Action::as_str).collect();
            Object::new()
                .with(name, resource.as_str())
                .with("actions", actions)
                .done()
        })
        .collect()
}

/// A service account: of a tenant with its groups there, of the instance with its tenants.
pub fn service_account(release: Release, account: &Account, tenant: Option<&str>) -> Value {
    if !release.at_least(0, 24) {
        let name = if release.at_least(0, 22) { "name" } else { "username" };
        let groups: Vec<Value> = account
            .groups
            .iter()
            .map(|group| {
                Object::new()
                    .with_some("tenantId", group.tenant.clone())
                    .with("groupId", group.id.as_str())
                    .with("membership", membership_word(group.membership))
                    .since(release.at_least(0, 23), "managedExternally", false)
                    .done()
            })
            .collect();
        return Object::new()
            .with("id", account.id.as_str())
            .with(name, account.username.as_str())
            .with_some("description", account.description.clone())
            .with("groupList", groups)
            .done();
    }
    let object = Object::new()
        .with("id", account.id.as_str())
        .with("name", account.username.as_str())
        .with_some("description", account.description.clone())
        .with(superadmin_field(release), account.superadmin);
    match tenant {
        None => object.with("tenants", tenants(account)).done(),
        Some(_) => {
            let groups: Vec<Value> = account
                .groups
                .iter()
                .filter(|group| group.tenant.as_deref() == tenant)
                .map(|group| json!({"id": group.id}))
                .collect();
            object.with("groups", groups).done()
        }
    }
}

/// A token as it is shown once.
pub fn created_token(token: &CreatedToken) -> Value {
    json!({"id": token.id, "name": token.name, "fullToken": token.full_token})
}

/// A token without its secret.
pub fn api_token(token: &ApiToken, now: i64) -> Value {
    Object::new()
        .with("id", token.id.as_str())
        .with("name", token.name.as_str())
        .with_some("description", token.description.clone())
        .with("prefix", token.prefix.as_str())
        .with("iat", time(token.issued))
        .with_some("exp", token.expires.map(time))
        .with_some("lastUsed", token.last_used.map(time))
        .with("extended", token.extended)
        .with("expired", token.expires.is_some_and(|expires| expires <= now))
        .done()
}

/// An invitation. `roles` and `groups` are those it brings, resolved.
pub fn invitation(release: Release, invitation: &Invitation, roles: &[Role], groups: &[Group], now: i64) -> Value {
    let expired = invitation.expires <= now;
    let head = Object::new()
        .with("id", invitation.id.as_str())
        .with_some("tenantId", invitation.tenant.clone())
        .with("email", invitation.email.as_str())
        .with("sentAt", time(invitation.sent))
        .with("expiredAt", time(invitation.expires));
    let status = if expired && release.at_least(0, 23) {
        "EXPIRED"
    } else {
        "PENDING"
    };
    if !release.at_least(0, 24) {
        return head
            .with("status", status)
            .with("bindings", invited_bindings(invitation))
            .with("groupIds", invitation.groups.clone())
            .with("isExpired", expired)
            .with("deleted", false)
            .since(release.at_least(0, 23), "superAdmin", invitation.superadmin)
            .done();
    }
    let roles: Vec<Value> = roles.iter().map(|role| role_summary(release, role)).collect();
    let groups: Vec<Value> = groups.iter().map(|group| group_summary(release, group)).collect();
    head.with("status", status)
        .with("roles", roles)
        .with("groups", groups)
        .with(superadmin_field(release), invitation.superadmin)
        .done()
}

/// An invitation of somebody who was a user already, and was let in at once (0.20 to 0.23).
pub fn accepted_invitation(release: Release, invitation: &Invitation) -> Value {
    let mut value = self::invitation(release, invitation, &[], &[], invitation.sent);
    if let Some(object) = value.as_object_mut() {
        object.insert("status".to_owned(), json!("ACCEPTED"));
        object.insert("acceptedAt".to_owned(), json!(time(invitation.sent)));
        object.insert("isExpired".to_owned(), json!(false));
    }
    value
}

/// The roles an invitation brings as bindings, which are those of nobody before it is accepted (0.20 to 0.23).
fn invited_bindings(invitation: &Invitation) -> Vec<Value> {
    let mut bindings = Vec::new();
    for role in &invitation.roles {
        let everywhere = role.namespaces.is_empty().then_some(None);
        for namespace in role.namespaces.iter().cloned().map(Some).chain(everywhere) {
            let binding = Object::new()
                .with("type", "USER")
                .with("externalId", invitation.email.as_str())
                .with("roleId", role.id.as_str())
                .with_some("namespaceId", namespace)
                .with("deleted", false)
                .done();
            bindings.push(binding);
        }
    }
    bindings
}
