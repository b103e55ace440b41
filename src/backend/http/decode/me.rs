//! Who we are, in either form that Kestra has told it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::domain::permission::Permissions;
use crate::domain::tenant::Tenant;

use super::people::{is_superadmin, username};
use super::rights;
use super::{tenant, text};

/// Who we are.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Me {
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
pub(in super::super) fn superadmin(body: &[u8]) -> Option<Me> {
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
pub(in super::super) fn me(value: &Value) -> Option<Me> {
    let old = value.get("user").filter(|user| user.is_object());
    let user = old.unwrap_or(value);
    let profile = value.get("profile").unwrap_or(user);
    let mut permissions = Permissions::default();
    for entry in value.get("roles").and_then(Value::as_array).into_iter().flatten() {
        if text(entry, "namespaceId").is_some() {
            continue;
        }
        let role = entry.get("role").unwrap_or(entry);
        for (resource, actions) in rights::permissions(role.get("permissions")).iter() {
            for action in actions {
                permissions.allow(resource.clone(), action.clone());
            }
        }
    }
    let tenants = value.get("tenants").and_then(Value::as_array);
    Some(Me {
        id: text(user, "id")?,
        username: username(profile)
            .or_else(|| username(user))
            .unwrap_or_default()
            .to_owned(),
        superadmin: is_superadmin(user) || is_superadmin(value),
        tenants: tenants.into_iter().flatten().filter_map(tenant).collect(),
        permissions,
        is_old_form: old.is_some(),
        names_owner: value.get("instanceOwner").is_some(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
}
