//! Kestra's JSON read by its shape: every spelling of every release, side by side.
//!
//! What cannot be read is `None`; nothing here knows a release but where a username alone tells what an account is.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::domain::account::{Account, AccountGroup};
use crate::domain::assignable::Assignable;
use crate::domain::audit::AuditRow;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::catalogue;
use crate::domain::invitation::{Invitation, InvitedRole};
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::release::Release;
use crate::domain::role::Role;
use crate::domain::tenant::Tenant;
use crate::domain::tenant_id::TenantId;
use crate::domain::token::ApiToken;
use crate::domain::user::{Group, GroupMember, Membership, User, UserKind};

/// A text that is there and not empty.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    value
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

pub(super) fn is_set(value: &Value, keys: &[&str]) -> bool {
    keys.iter()
        .any(|key| value.get(key).and_then(Value::as_bool).unwrap_or(false))
}

/// A page of a list: its rows, and how many there are in all. A list without pages is a page of its own.
pub(super) fn page(value: Value) -> Option<(Vec<Value>, u64)> {
    match value {
        Value::Array(rows) => {
            let total = rows.len() as u64;
            Some((rows, total))
        }
        Value::Object(mut object) => {
            let Some(Value::Array(rows)) = object.remove("results") else {
                return None;
            };
            let total = object.get("total").and_then(Value::as_u64).unwrap_or(rows.len() as u64);
            Some((rows, total))
        }
        _ => None,
    }
}

/// What tells a row of a list from all others.
pub(super) fn id_of(row: &Value) -> Option<&str> {
    let direct = row.get("id").and_then(Value::as_str);
    direct.or_else(|| row.get("binding")?.get("id")?.as_str())
}

/// A tenant. Pictures are no part of it: they come with some answers and not with others.
pub(super) fn tenant(value: &Value) -> Option<Tenant> {
    let object = value.as_object()?;
    let id = text(value, "id")?;
    let rest: Map<String, Value> = object
        .iter()
        .filter(|(key, value)| !matches!(key.as_str(), "id" | "name" | "logo") && !value.is_null())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Some(Tenant {
        id: TenantId::existing(id),
        name: text(value, "name").unwrap_or_default(),
        rest,
    })
}

/// What roles can hold: an object of lists of actions, or a list of names beside a list of actions that go for all of
/// them; those of the release where there is none.
pub(super) fn assignable(
    value: &Value,
    actions: Option<&Value>,
    release: Release,
) -> Option<Vec<(Resource, Vec<Action>)>> {
    let rows = match value {
        Value::Object(object) => {
            let row = |(name, own): (&String, &Value)| Some((Resource::from(name.as_str()), actions_in(own)?));
            object.iter().map(row).collect::<Option<Vec<_>>>()?
        }
        Value::Array(names) => {
            let names = names.iter().map(|name| name.as_str().map(Resource::from));
            let own = actions.and_then(actions_in).filter(|own| !own.is_empty());
            let own = own.unwrap_or_else(|| catalogue::actions(release).to_vec());
            Assignable::pairs(release, names.collect::<Option<Vec<_>>>()?, &own)
        }
        _ => return None,
    };
    // That roles can hold nothing at all is no answer.
    (!rows.is_empty()).then_some(rows)
}

/// What roles can start from, by the names of managed roles.
pub(super) fn templates(value: &Value) -> Option<Vec<(String, Permissions)>> {
    let object = value.as_object().filter(|object| !object.is_empty())?;
    let template = |(name, own): (&String, &Value)| own.is_object().then(|| (name.clone(), permissions(Some(own))));
    object.iter().map(template).collect()
}

/// A list of names of actions.
fn actions_in(value: &Value) -> Option<Vec<Action>> {
    value
        .as_array()?
        .iter()
        .map(|name| name.as_str().map(Action::from))
        .collect()
}

/// Permissions: an object of lists, or of lists that are objects themselves.
fn permissions(value: Option<&Value>) -> Permissions {
    let actions = |value: &Value| -> Vec<Action> {
        let names: Vec<&str> = match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            Value::Object(object) => object
                .iter()
                .filter(|(_, allowed)| allowed.as_bool().unwrap_or(false))
                .map(|(name, _)| name.as_str())
                .collect(),
            _ => Vec::new(),
        };
        names.into_iter().map(Action::from).collect()
    };
    match value {
        Some(Value::Object(object)) => object
            .iter()
            .map(|(resource, allowed)| (Resource::from(resource.as_str()), actions(allowed)))
            .collect(),
        Some(Value::Array(entries)) => entries
            .iter()
            .filter_map(|entry| {
                let resource = text(entry, "permission").or_else(|| text(entry, "resource"))?;
                Some((Resource::from(resource.as_str()), actions(entry.get("actions")?)))
            })
            .collect(),
        _ => Permissions::default(),
    }
}

/// A role, whole or in short.
pub(super) fn role(value: &Value) -> Option<Role> {
    Some(Role {
        id: text(value, "id")?,
        name: text(value, "name").unwrap_or_default(),
        description: text(value, "description"),
        permissions: permissions(value.get("permissions")),
        is_default: is_set(value, &["isDefault", "default"]),
        is_managed: is_set(value, &["isManaged", "managed"]),
    })
}

/// A binding, flat or in parts.
pub(super) fn binding(value: &Value) -> Option<Binding> {
    let own = value.get("binding").unwrap_or(value);
    let part = |key: &str| value.get(key).filter(|part| part.is_object());
    let subject_kind = match (own.get("type").and_then(Value::as_str), part("group")) {
        (Some("GROUP"), _) | (None, Some(_)) => SubjectKind::Group,
        _ => SubjectKind::User,
    };
    let subject = part(match subject_kind {
        SubjectKind::Group => "group",
        SubjectKind::User => "user",
    });
    let role = part("role");
    let subject_id = subject
        .and_then(|subject| text(subject, "id"))
        .or_else(|| text(own, "externalId"))?;
    let subject_name = subject
        .and_then(|subject| text(subject, "username").or_else(|| text(subject, "name")))
        .unwrap_or_else(|| subject_id.clone());
    let role_id = role.and_then(|role| text(role, "id")).or_else(|| text(own, "roleId"))?;
    Some(Binding {
        id: text(own, "id")?,
        subject_kind,
        subject_id,
        subject_name,
        role_name: role
            .and_then(|role| text(role, "name"))
            .unwrap_or_else(|| role_id.clone()),
        role_id,
        namespace: text(own, "namespaceId").or_else(|| text(own, "namespace")),
    })
}

/// Whether an account is above all tenants, in any of the words Kestra has had for that.
pub(super) fn is_superadmin(value: &Value) -> bool {
    is_set(
        value,
        &["superAdmin", "isSuperAdmin", "instanceOwner", "isInstanceOwner"],
    ) || value.get("type").and_then(Value::as_str) == Some("SUPER_ADMIN")
}

/// Login name of an account; service accounts have had it as their name from 0.22 on.
pub(super) fn username(value: &Value) -> Option<String> {
    text(value, "username")
        .or_else(|| text(value, "name"))
        .or_else(|| text(value, "email"))
}

/// What kind of account it is. Where nothing says so, a username that is no e-mail address does.
pub(super) fn kind(value: &Value, username: &str, release: Release) -> UserKind {
    match value.get("type").and_then(Value::as_str) {
        Some("SERVICE_ACCOUNT") => UserKind::ServiceAccount,
        None if release.usernames_are_emails() && !username.contains('@') => UserKind::ServiceAccount,
        _ => UserKind::Standard,
    }
}

/// An account from a list of users, of people with access, or of service accounts. `known` is what the list holds.
pub(super) fn user(value: &Value, known: Option<UserKind>, release: Release) -> Option<User> {
    let username = username(value)?;
    let kind = known.unwrap_or_else(|| kind(value, &username, release));
    let whole = [text(value, "firstName"), text(value, "lastName")];
    let whole: Vec<String> = whole.into_iter().flatten().collect();
    let display_name = text(value, "displayName")
        .or_else(|| (!whole.is_empty()).then(|| whole.join(" ")))
        .filter(|name| *name != username)
        // Service accounts have no name for people, but say what they are for.
        .or_else(|| text(value, "description").filter(|_| kind == UserKind::ServiceAccount));
    Some(User {
        id: text(value, "id")?,
        display_name,
        kind,
        superadmin: is_superadmin(value),
        username,
    })
}

/// All that an answer says of an account. Groups without a name are called by their ids.
pub(super) fn account(value: &Value, known: Option<UserKind>, release: Release) -> Option<Account> {
    let username = username(value)?;
    let kind = known.unwrap_or_else(|| kind(value, &username, release));
    let list = |key: &str| value.get(key).and_then(Value::as_array).into_iter().flatten();
    let places = if value.get("groupList").is_some() {
        list("groupList")
    } else {
        list("groups")
    };
    let groups = places.filter_map(|place| {
        let id = text(place, "groupId").or_else(|| text(place, "id"))?;
        Some(AccountGroup {
            tenant: text(place, "tenantId"),
            name: text(place, "name").unwrap_or_else(|| id.clone()),
            membership: membership(text(place, "membership").as_deref()),
            id,
        })
    });
    let password = list("auths").find(|auth| {
        let says = |key: &str, word: &str| text(auth, key).is_some_and(|said| said.contains(word));
        says("type", "BASIC") || says("name", "BASIC")
    });
    let tenants = list("tenants").filter_map(|tenant| {
        let id = text(tenant, "id")?;
        let name = text(tenant, "name").unwrap_or_else(|| id.clone());
        Some((id, name))
    });
    Some(Account {
        id: text(value, "id")?,
        display_name: text(value, "displayName").filter(|name| *name != username),
        first_name: text(value, "firstName"),
        last_name: text(value, "lastName"),
        description: text(value, "description"),
        kind,
        superadmin: is_superadmin(value),
        restricted: is_set(value, &["restricted"]),
        password_id: password.and_then(|auth| text(auth, "id").or_else(|| text(auth, "uid"))),
        tenants: tenants.collect(),
        groups: groups.collect(),
        username,
    })
}

fn membership(word: Option<&str>) -> Membership {
    match word {
        Some("OWNER") => Membership::Owner,
        _ => Membership::Member,
    }
}

/// A time in milliseconds since 1970 UTC, from a text, or from a number of seconds or milliseconds.
pub(super) fn time(value: &Value, key: &str) -> Option<i64> {
    match value.get(key)? {
        Value::String(text) => Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond()),
        Value::Number(number) => {
            let number = number.as_f64()?;
            // Jackson can be set to write seconds with nanoseconds behind the point.
            let milliseconds = if number.abs() < 1e11 { number * 1000.0 } else { number };
            #[expect(clippy::cast_possible_truncation, reason = "times are far from the limits")]
            Some(milliseconds as i64)
        }
        _ => None,
    }
}

/// A token without its secret.
pub(super) fn token(value: &Value) -> Option<ApiToken> {
    Some(ApiToken {
        id: text(value, "id")?,
        name: text(value, "name").unwrap_or_default(),
        description: text(value, "description"),
        prefix: text(value, "prefix").unwrap_or_default(),
        issued: time(value, "iat").unwrap_or_default(),
        expires: time(value, "exp"),
        last_used: time(value, "lastUsed"),
        extended: is_set(value, &["extended"]),
    })
}

/// An invitation that may still be accepted or has expired; one that was accepted is none any more.
pub(super) fn invitation(value: &Value) -> Option<Invitation> {
    if text(value, "status").as_deref() == Some("ACCEPTED") {
        return None;
    }
    let list = |key: &str| value.get(key).and_then(Value::as_array).into_iter().flatten();
    let mut roles: Vec<InvitedRole> = list("roles")
        .filter_map(|role| {
            let namespaces = role.get("namespaces").and_then(Value::as_array).into_iter().flatten();
            Some(InvitedRole {
                id: text(role, "id")?,
                namespaces: namespaces.filter_map(Value::as_str).map(str::to_owned).collect(),
            })
        })
        .collect();
    for binding in list("bindings") {
        let Some(id) = text(binding, "roleId") else { continue };
        let namespace = text(binding, "namespaceId");
        match roles
            .iter_mut()
            .find(|role| role.id == id && !role.namespaces.is_empty())
        {
            Some(role) if namespace.is_some() => role.namespaces.extend(namespace),
            _ => roles.push(InvitedRole {
                id,
                namespaces: namespace.into_iter().collect(),
            }),
        }
    }
    let groups = list("groups").filter_map(|group| text(group, "id"));
    let group_ids = list("groupIds").filter_map(Value::as_str).map(str::to_owned);
    let mark = text(value, "userType").as_deref() == Some("SUPER_ADMIN");
    Some(Invitation {
        id: text(value, "id")?,
        tenant: text(value, "tenantId"),
        email: text(value, "email").unwrap_or_default(),
        superadmin: mark || is_superadmin(value),
        roles,
        groups: groups.chain(group_ids).collect(),
        sent: time(value, "sentAt").unwrap_or_default(),
        expires: time(value, "expiredAt").unwrap_or_default(),
    })
}

/// A change in the audit log; `tenant` is the one asked for, where the row names none.
pub(super) fn audit_row(value: &Value, tenant: &str) -> Option<AuditRow> {
    let own = value.get("auditLog").unwrap_or(value);
    let detail = own.get("detail").unwrap_or(&Value::Null);
    let user = value.get("user").filter(|user| user.is_object());
    let user_id = text(own, "userId");
    let named = ["resource", "resourceType", "permission"]
        .iter()
        .find_map(|key| text(detail, key))
        .filter(|named| named != "UNKNOWN");
    Some(AuditRow {
        id: text(own, "id")?,
        time: time(own, "date").unwrap_or_default(),
        actor: user.and_then(username).or_else(|| user_id.clone()).unwrap_or_default(),
        user_id: user.and_then(|user| text(user, "id")),
        action: text(own, "type").unwrap_or_default(),
        resource: named
            .or_else(|| text(detail, "type").map(|kind| kind.to_uppercase()))
            .unwrap_or_default(),
        object: text(detail, "id").unwrap_or_default(),
        tenant: text(own, "tenantId").unwrap_or_else(|| tenant.to_owned()),
        address: text(own, "ipAddress"),
        impersonated_by: text(own, "impersonatedBy"),
        detail: detail.as_object().cloned().unwrap_or_default(),
        changes: own
            .get("appliedPatch")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default(),
    })
}

/// A group without its members.
pub(super) fn group(value: &Value) -> Option<Group> {
    Some(Group {
        id: text(value, "id")?,
        name: text(value, "name").unwrap_or_default(),
        description: text(value, "description"),
        members: Vec::new(),
    })
}

/// A member of the group `group`.
pub(super) fn member(value: &Value, group: &str) -> Option<GroupMember> {
    let places = value.get("groups").or_else(|| value.get("groupList"));
    let place = places.and_then(Value::as_array).and_then(|places| {
        places.iter().find(|place| {
            let id = text(place, "groupId").or_else(|| text(place, "id"));
            id.as_deref() == Some(group)
        })
    });
    let said = place
        .and_then(|place| text(place, "membership"))
        .or_else(|| text(value, "membership"));
    Some(GroupMember {
        user_id: text(value, "id")?,
        username: username(value)?,
        membership: membership(said.as_deref()),
    })
}

/// Who we are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Me {
    pub id: String,
    pub username: String,
    pub superadmin: bool,
    /// The tenants we have access to.
    pub tenants: Vec<Tenant>,
    /// What our roles allow in the whole of the tenant that was asked in; only told up to 0.23.
    pub permissions: Permissions,
    /// Whether it had the form of 0.13 to 0.23.
    pub is_old_form: bool,
    /// Whether it named an instance owner, as 2.0 does.
    pub names_owner: bool,
}

/// Who we are if that is a superadmin, without the tenants; `None` for everybody else and for what is no such answer.
pub(super) fn superadmin(body: &[u8]) -> Option<Me> {
    #[derive(Deserialize)]
    struct WithoutTenants {
        #[serde(default, rename = "tenants")]
        _tenants: IgnoredAny,
        #[serde(flatten)]
        rest: Map<String, Value>,
    }
    let answer: WithoutTenants = serde_json::from_slice(body).ok()?;
    me(&Value::Object(answer.rest)).filter(|me| me.superadmin)
}

/// Who we are, in either form.
pub(super) fn me(value: &Value) -> Option<Me> {
    let old = value.get("user").filter(|user| user.is_object());
    let user = old.unwrap_or(value);
    let profile = value.get("profile").unwrap_or(user);
    let mut permissions = Permissions::default();
    for entry in value.get("roles").and_then(Value::as_array).into_iter().flatten() {
        if text(entry, "namespaceId").is_some() {
            continue;
        }
        let role = entry.get("role").unwrap_or(entry);
        for (resource, actions) in self::permissions(role.get("permissions")).iter() {
            for action in actions {
                permissions.allow(resource.clone(), action.clone());
            }
        }
    }
    let tenants = value.get("tenants").and_then(Value::as_array);
    Some(Me {
        id: text(user, "id")?,
        username: username(profile).or_else(|| username(user)).unwrap_or_default(),
        superadmin: is_superadmin(user) || is_superadmin(value),
        tenants: tenants.into_iter().flatten().filter_map(tenant).collect(),
        permissions,
        is_old_form: old.is_some(),
        names_owner: value.get("instanceOwner").is_some(),
    })
}

/// How many triggers the usages of a tenant add up to; `None` where they say nothing of triggers.
pub(super) fn triggers(usages: &Value) -> Option<u64> {
    let types = usages.get("flows")?.get("triggerTypeCount")?.as_object()?;
    types.values().map(Value::as_u64).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NEW: Release = Release::new(1, 3);

    #[test]
    fn pages_and_plain_lists_are_pages() {
        assert_eq!(
            page(json!({"results": [1, 2], "total": 9})),
            Some((vec![json!(1), json!(2)], 9))
        );
        assert_eq!(page(json!([1, 2])).unwrap().1, 2);
        assert_eq!(page(json!({"results": [1]})).unwrap().1, 1);
        for other in [json!({}), json!("x"), json!(null), json!({"results": 3})] {
            assert_eq!(page(other), None);
        }
    }

    #[test]
    fn a_tenant_keeps_what_is_unknown_and_nothing_that_is_null_or_a_picture() {
        let read =
            tenant(&json!({"id": "a", "name": "A", "deleted": false, "logo": "data:", "x": null, "y": {"z": 1}}));
        assert_eq!(
            read.unwrap().to_json(),
            json!({"id": "a", "name": "A", "deleted": false, "y": {"z": 1}})
        );
        assert!(tenant(&json!({"name": "A"})).is_none());
    }

    #[test]
    fn superadmins_are_recognised_in_every_spelling() {
        for spelling in [
            json!({"superAdmin": true}),
            json!({"isSuperAdmin": true, "superAdmin": false}),
            json!({"instanceOwner": true}),
            json!({"type": "SUPER_ADMIN"}),
        ] {
            assert!(is_superadmin(&spelling), "{spelling}");
        }
        assert!(!is_superadmin(&json!({"type": "STANDARD", "superAdmin": false})));
    }

    #[test]
    fn bindings_of_all_releases_are_the_same() {
        let old = json!({
            "binding": {"id": "b", "type": "USER", "externalId": "u", "roleId": "r", "namespaceId": "company", "deleted": false},
            "role": {"id": "r", "name": "Reader", "permissions": {}},
            "user": {"id": "u", "username": "anna@example.com", "type": "STANDARD"}
        });
        let new = json!({
            "id": "b", "type": "USER", "namespace": "company", "role": {"id": "r", "name": "Reader"},
            "user": {"id": "u", "username": "anna@example.com", "displayName": "Anna"}, "group": null
        });
        let bare = json!({"id": "b", "type": "GROUP", "externalId": "g", "roleId": "r", "namespaceId": ""});
        assert_eq!(binding(&old), binding(&new));
        assert_eq!(binding(&old).unwrap().namespace.as_deref(), Some("company"));
        let bare = binding(&bare).unwrap();
        assert_eq!((bare.subject_kind, bare.namespace), (SubjectKind::Group, None));
        assert_eq!((bare.subject_name, bare.role_name), ("g".to_owned(), "r".to_owned()));
    }

    #[test]
    fn roles_list_permissions_as_objects_or_as_entries() {
        let object =
            role(&json!({"id": "r", "name": "R", "isManaged": true, "permissions": {"FLOW": ["READ", "READ"]}}));
        let entries = role(&json!({
            "id": "r", "name": "R", "isManaged": true, "permissions": [{"resource": "FLOW", "actions": ["READ"]}]
        }));
        assert_eq!(object, entries);
        assert_eq!(object.unwrap().permissions.count(), 1);
        assert!(role(&json!({"id": "r", "name": "R"})).unwrap().permissions.is_empty());
    }

    #[test]
    fn accounts_of_all_lists_are_read() {
        for (value, known, username, display, kind) in [
            (
                json!({"id": "1", "username": "a@b.c", "type": "STANDARD", "firstName": "A", "lastName": "B"}),
                None,
                "a@b.c",
                Some("A B"),
                UserKind::Standard,
            ),
            (
                json!({"id": "1", "username": "a@b.c", "displayName": "a@b.c"}),
                None,
                "a@b.c",
                None,
                UserKind::Standard,
            ),
            (
                json!({"id": "1", "name": "robot", "description": "Deploys"}),
                Some(UserKind::ServiceAccount),
                "robot",
                Some("Deploys"),
                UserKind::ServiceAccount,
            ),
            (
                json!({"id": "1", "username": "robot"}),
                None,
                "robot",
                None,
                UserKind::ServiceAccount,
            ),
            (
                json!({"id": "1", "username": "robot", "type": "SERVICE_ACCOUNT"}),
                None,
                "robot",
                None,
                UserKind::ServiceAccount,
            ),
        ] {
            let read = user(&value, known, NEW).unwrap();
            assert_eq!(read.username, username);
            assert_eq!((read.display_name.as_deref(), read.kind), (display, kind), "{value}");
        }
        let early = user(&json!({"id": "1", "username": "anna"}), None, Release::new(0, 18));
        assert_eq!(early.unwrap().kind, UserKind::Standard);
    }

    #[test]
    fn owners_of_groups_are_told_in_both_forms() {
        for value in [
            json!({"id": "u", "username": "a", "groupList": [{"tenantId": "t", "groupId": "g", "membership": "OWNER"}]}),
            json!({"id": "u", "username": "a", "groups": [{"id": "x", "membership": "MEMBER"}, {"id": "g", "membership": "OWNER"}]}),
        ] {
            assert_eq!(member(&value, "g").unwrap().membership, Membership::Owner);
            assert_eq!(member(&value, "y").unwrap().membership, Membership::Member);
        }
    }

    #[test]
    fn who_we_are_is_read_in_both_forms() {
        let old = me(&json!({
            "user": {"id": "u", "username": "anna", "type": "SUPER_ADMIN"},
            "roles": [
                {"role": {"id": "r", "name": "R", "permissions": {"TENANT": ["CREATE"]}}},
                {"role": {"id": "s", "name": "S", "permissions": {"TENANT": ["DELETE"]}}, "namespaceId": "company"}
            ],
            "tenants": [{"id": "acme", "name": "Acme", "logo": "data:"}]
        }))
        .unwrap();
        assert!(old.superadmin && old.is_old_form);
        assert_eq!(old.permissions.count(), 1, "what is held in a namespace says nothing");
        assert_eq!(old.tenants[0].name, "Acme");
        let new = me(&json!({
            "id": "u", "instanceOwner": true, "profile": {"username": "anna@example.com"}, "tenants": []
        }))
        .unwrap();
        assert!(new.superadmin && new.names_owner && !new.is_old_form);
        assert_eq!(new.username, "anna@example.com");
        assert!(me(&json!({"message": "x"})).is_none());

        let body = |superadmin: bool| {
            let tenants = json!([{"id": "acme", "name": "Acme"}]);
            json!({"id": "1", "tenants": tenants, "superAdmin": superadmin, "profile": {"username": "anna"}})
                .to_string()
        };
        let skipped = superadmin(body(true).as_bytes()).unwrap();
        assert_eq!((skipped.username.as_str(), skipped.tenants.len()), ("anna", 0));
        assert!(superadmin(body(false).as_bytes()).is_none());
    }

    #[test]
    fn accounts_are_read_whole_in_both_forms() {
        let old = account(
            &json!({
                "id": "1", "username": "a@b.c", "type": "SUPER_ADMIN", "firstName": "A",
                "groupList": [{"tenantId": "t", "groupId": "g", "membership": "OWNER"}],
                "auths": [{"uid": "p", "type": "BASIC_AUTH", "name": "BASIC"}]
            }),
            None,
            NEW,
        )
        .unwrap();
        let new = account(
            &json!({
                "id": "1", "username": "a@b.c", "displayName": "a@b.c", "firstName": "A", "instanceOwner": true,
                "groups": [{"tenantId": "t", "id": "g", "membership": "OWNER"}], "tenants": [{"id": "t", "name": "T"}],
                "auths": [{"id": "x", "type": "OIDC"}, {"id": "p", "type": "BASIC_AUTH", "name": "BASIC"}]
            }),
            None,
            NEW,
        )
        .unwrap();
        assert_eq!(new.tenants, [("t".to_owned(), "T".to_owned())]);
        let tenants = new.tenants.clone();
        assert_eq!(Account { tenants, ..old }, new);
        assert_eq!(new.password_id.as_deref(), Some("p"));
        assert_eq!(new.groups[0].membership, Membership::Owner);
    }

    #[test]
    fn times_are_texts_or_numbers() {
        for value in [
            json!("2023-11-14T22:13:20Z"),
            json!("2023-11-14T22:13:20.000000001Z"),
            json!(1_700_000_000),
            json!(1_700_000_000.000_000_1),
            json!(1_700_000_000_000_i64),
        ] {
            assert_eq!(time(&json!({ "t": value }), "t"), Some(1_700_000_000_000), "{value}");
        }
        for value in [json!(null), json!("soon"), json!([])] {
            assert_eq!(time(&json!({ "t": value }), "t"), None);
        }
    }

    #[test]
    fn changes_name_their_thing_in_the_words_of_any_release() {
        for (detail, resource) in [
            (
                json!({"type": "role", "id": "r", "permission": "ROLE", "cls": "x.Role"}),
                "ROLE",
            ),
            (json!({"type": "tenant", "id": "r", "permission": "UNKNOWN"}), "TENANT"),
            (json!({"type": "role", "id": "r", "resourceType": "ROLE"}), "ROLE"),
            (json!({"type": "role", "id": "r", "resource": "ROLE"}), "ROLE"),
        ] {
            let row = json!({
                "auditLog": {"id": "7T2", "type": "CREATE", "detail": detail, "date": "2023-11-14T22:13:20Z", "userId": "u"},
                "user": {"id": "u", "username": "anna@example.com"}
            });
            let row = audit_row(&row, "acme").unwrap();
            assert_eq!(
                (row.resource.as_str(), row.object.as_str(), row.tenant.as_str()),
                (resource, "r", "acme")
            );
            assert_eq!(
                (row.actor.as_str(), row.user_id.as_deref()),
                ("anna@example.com", Some("u"))
            );
        }
        // Somebody who is not there any more is told by id.
        let gone = audit_row(&json!({"auditLog": {"id": "1", "userId": "u", "tenantId": "t"}}), "").unwrap();
        assert_eq!(
            (gone.actor.as_str(), gone.user_id, gone.tenant.as_str()),
            ("u", None, "t")
        );
    }

    #[test]
    fn invitations_bring_the_same_in_both_forms() {
        let old = json!({
            "id": "i", "email": "a@b.c", "status": "PENDING", "groupIds": ["g"],
            "bindings": [{"roleId": "r", "namespaceId": "a"}, {"roleId": "r", "namespaceId": "b"}, {"roleId": "s"}]
        });
        let new = json!({
            "id": "i", "email": "a@b.c", "status": "EXPIRED", "groups": [{"id": "g", "name": "G"}],
            "roles": [{"id": "r", "namespaces": ["a", "b"]}, {"id": "s", "name": "S"}]
        });
        assert_eq!(invitation(&old), invitation(&new));
        assert_eq!(invitation(&new).unwrap().roles[0].namespaces, ["a", "b"]);
        assert!(invitation(&json!({"id": "i", "email": "a@b.c", "status": "ACCEPTED"})).is_none());
    }

    #[test]
    fn a_row_of_the_audit_log_keeps_all_that_is_told_of_a_change() {
        let told = json!({
            "auditLog": {
                "id": "a", "type": "UPDATE", "date": "2026-01-31T12:00:00Z", "userId": "u",
                "detail": {"type": "roles", "permission": "ROLE", "id": "r", "name": "Ops"},
                "ipAddress": "192.0.2.7", "impersonatedBy": "boss",
                "appliedPatch": [{"op": "replace", "path": "/name", "value": "Ops"}],
            },
            "user": {"id": "u", "username": "ana@example.com"},
        });
        let row = audit_row(&told, "acme").unwrap();
        assert_eq!((row.resource.as_str(), row.object.as_str()), ("ROLE", "r"));
        assert_eq!(row.address.as_deref(), Some("192.0.2.7"));
        assert_eq!(row.impersonated_by.as_deref(), Some("boss"));
        assert_eq!(row.detail["name"], "Ops");
        assert_eq!(row.changes[0]["path"], "/name");
        let bare = audit_row(&json!({"id": "a"}), "acme").unwrap();
        assert_eq!(
            (bare.address, bare.impersonated_by, bare.changes.len()),
            (None, None, 0)
        );
    }

    #[test]
    fn triggers_are_added_up_over_their_types() {
        assert_eq!(
            triggers(&json!({"flows": {"triggerTypeCount": {"a": 2, "b": 3}}})),
            Some(5)
        );
        assert_eq!(triggers(&json!({"flows": {"triggerTypeCount": {}}})), Some(0));
        assert_eq!(triggers(&json!({"flows": {}})), None);
    }
}
