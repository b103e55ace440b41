//! Users, service accounts, and groups with who is in them.
//!
//! A username alone tells what an account is where nothing else does, which depends on the release.

use serde_json::Value;

use crate::domain::account::{Account, AccountGroup};
use crate::domain::release::Release;
use crate::domain::user::{Group, GroupMember, Membership, User, UserKind};

use super::{is_set, text, text_in};

/// Whether an account is above all tenants, in any of the words Kestra has had for that.
pub(in super::super) fn is_superadmin(value: &Value) -> bool {
    is_set(
        value,
        &["superAdmin", "isSuperAdmin", "instanceOwner", "isInstanceOwner"],
    ) || value.get("type").and_then(Value::as_str) == Some("SUPER_ADMIN")
}

/// Login name of an account; service accounts have had it as their name from 0.22 on.
pub(super) fn username(value: &Value) -> Option<&str> {
    ["username", "name", "email"]
        .into_iter()
        .find_map(|key| text_in(value, key))
}

/// What kind of account it is. Where nothing says so, a username that is no e-mail address does.
fn kind(value: &Value, username: &str, release: Release) -> UserKind {
    match value.get("type").and_then(Value::as_str) {
        Some("SERVICE_ACCOUNT") => UserKind::ServiceAccount,
        None if release.usernames_are_emails() && !username.contains('@') => UserKind::ServiceAccount,
        _ => UserKind::Standard,
    }
}

/// An account from a list of users, of people with access, or of service accounts. `known` is what the list holds.
pub(in super::super) fn user(value: &Value, known: Option<UserKind>, release: Release) -> Option<User> {
    let username = username(value)?.to_owned();
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
pub(in super::super) fn account(value: &Value, known: Option<UserKind>, release: Release) -> Option<Account> {
    let username = username(value)?.to_owned();
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

/// A group without its members.
pub(in super::super) fn group(value: &Value) -> Option<Group> {
    Some(Group {
        id: text(value, "id")?,
        name: text(value, "name").unwrap_or_default(),
        description: text(value, "description"),
        members: Vec::new(),
    })
}

/// A member of the group `group`.
pub(in super::super) fn member(value: &Value, group: &str) -> Option<GroupMember> {
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
        username: username(value)?.to_owned(),
        membership: membership(said.as_deref()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NEW: Release = Release::new(1, 3);

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
}
