//! Kestra's JSON read by its shape: every spelling of every release, side by side.
//!
//! What cannot be read is `None`; nothing here knows a release but where a username alone tells what an account is,
//! or where the catalogue says what roles can hold. What several of them take, and what stands alone, is here; accounts and
//! groups are in [`people`], roles and bindings in [`rights`], who we are in [`mod@me`].

mod me;
mod people;
mod rights;

use serde_json::{Map, Value};

use crate::domain::audit::AuditRow;
use crate::domain::invitation::{Invitation, InvitedRole};
use crate::domain::tenant::Tenant;
use crate::domain::tenant_id::TenantId;
use crate::domain::token::ApiToken;

pub(super) use me::{Me, me, superadmin};
pub(super) use people::is_superadmin;
use people::username;
pub(super) use people::{account, group, member, user};
pub(super) use rights::{assignable, binding, role, templates};

/// A text that is there and not empty.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    text_in(value, key).map(str::to_owned)
}

/// The same, where it stands.
fn text_in<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    let text = value.get(key).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
}

fn is_set(value: &Value, keys: &[&str]) -> bool {
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

/// What the rows of a list are. One that cannot be read must not be taken for one that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    Tenants,
    Roles,
    Bindings,
    Groups,
    Members,
    Users,
    Invitations,
    /// What is read of them may be missing.
    Any,
}

impl Rows {
    /// What they are called.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Tenants => "tenants",
            Self::Roles => "roles",
            Self::Bindings => "bindings",
            Self::Groups => "groups",
            Self::Members => "members",
            Self::Users => "users",
            Self::Invitations => "invitations",
            Self::Any => "rows",
        }
    }

    /// Whether it can be read what a row is, which is looked at for each row of a list of any length.
    pub(super) fn are_such(self, row: &Value) -> bool {
        let has_id = || text_in(row, "id").is_some();
        match self {
            Self::Tenants | Self::Roles | Self::Groups | Self::Invitations => has_id(),
            Self::Users | Self::Members => has_id() && username(row).is_some(),
            Self::Bindings => rights::is_binding(row),
            Self::Any => true,
        }
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

/// A time in milliseconds since 1970 UTC, from a text, or from a number of seconds or milliseconds.
fn time(value: &Value, key: &str) -> Option<i64> {
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
        actor: user
            .and_then(username)
            .map(str::to_owned)
            .or_else(|| user_id.clone())
            .unwrap_or_default(),
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

/// How many triggers the usages of a tenant add up to; `None` where they say nothing of triggers.
pub(super) fn triggers(usages: &Value) -> Option<u64> {
    let types = usages.get("flows")?.get("triggerTypeCount")?.as_object()?;
    types.values().map(Value::as_u64).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
