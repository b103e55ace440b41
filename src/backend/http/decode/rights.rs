//! What roles can hold, roles themselves, and who holds them.

use serde_json::Value;

use crate::domain::assignable::Assignable;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::catalogue;
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::release::Release;
use crate::domain::role::Role;

use super::{is_set, text, text_in};

/// What roles can hold: an object of lists of actions, or a list of names beside a list of actions that go for all of
/// them; those of the release where there is none.
pub(in super::super) fn assignable(
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
pub(in super::super) fn templates(value: &Value) -> Option<Vec<(String, Permissions)>> {
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
pub(super) fn permissions(value: Option<&Value>) -> Permissions {
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
pub(in super::super) fn role(value: &Value) -> Option<Role> {
    Some(Role {
        id: text(value, "id")?,
        name: text(value, "name").unwrap_or_default(),
        description: text(value, "description"),
        permissions: permissions(value.get("permissions")),
        is_default: is_set(value, &["isDefault", "default"]),
        is_managed: is_set(value, &["isManaged", "managed"]),
    })
}

/// What a row says of a binding, flat or in parts, where it stands.
struct Said<'v> {
    id: &'v str,
    subject_kind: SubjectKind,
    subject_id: &'v str,
    subject_name: Option<&'v str>,
    role_id: &'v str,
    role_name: Option<&'v str>,
    namespace: Option<&'v str>,
}

impl<'v> Said<'v> {
    /// `None` where it is no binding.
    fn by(value: &'v Value) -> Option<Self> {
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
        Some(Self {
            id: text_in(own, "id")?,
            subject_kind,
            subject_id: subject
                .and_then(|subject| text_in(subject, "id"))
                .or_else(|| text_in(own, "externalId"))?,
            subject_name: subject.and_then(|subject| text_in(subject, "username").or_else(|| text_in(subject, "name"))),
            role_id: role
                .and_then(|role| text_in(role, "id"))
                .or_else(|| text_in(own, "roleId"))?,
            role_name: role.and_then(|role| text_in(role, "name")),
            namespace: text_in(own, "namespaceId").or_else(|| text_in(own, "namespace")),
        })
    }
}

/// Whether a row is a binding.
pub(super) fn is_binding(value: &Value) -> bool {
    Said::by(value).is_some()
}

/// A binding. Who and what has no name in it is called by its id.
pub(in super::super) fn binding(value: &Value) -> Option<Binding> {
    let said = Said::by(value)?;
    Some(Binding {
        id: said.id.to_owned(),
        subject_kind: said.subject_kind,
        subject_id: said.subject_id.to_owned(),
        subject_name: said.subject_name.unwrap_or(said.subject_id).to_owned(),
        role_name: said.role_name.unwrap_or(said.role_id).to_owned(),
        role_id: said.role_id.to_owned(),
        namespace: said.namespace.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        for (row, is_one) in [(&old, true), (&new, true), (&json!({"id": "b", "roleId": "r"}), false)] {
            assert_eq!((is_binding(row), binding(row).is_some()), (is_one, is_one), "{row}");
        }
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
}
