//! Which permissions exist in which release: resources, the actions on each, and the roles Kestra ships.
//!
//! Source: the enumerations in Kestra EE OpenAPI documents (0.21, 0.23, 0.24.0, 1.0.0, 1.3.26, 2.0.0-SNAPSHOT) and the
//! documentation of permissions; before 0.20 the wire data of Kestra's own tests of October 2023. A live server tells more
//! exactly what roles can hold, and comes first ([`super::assignable`]); this is what is known without asking one.

mod managed;
mod table;

pub use managed::{ManagedRole, managed_role, managed_roles};
pub use table::{Level, ResourceInfo};

use super::permission::{Action, Resource};
use super::release::{PermissionModel, Release, TenantCreators};

/// `CREATE`, `READ`, `UPDATE`, `DELETE`.
static CRUD: [Action; 4] = [
    Action::known("CREATE"),
    Action::known("READ"),
    Action::known("UPDATE"),
    Action::known("DELETE"),
];

/// All actions of 2.0, the most common first.
static RESOURCE_ACTIONS: [Action; 31] = [
    Action::known("VIEW"),
    Action::known("LIST"),
    Action::known("CREATE"),
    Action::known("UPDATE"),
    Action::known("DELETE"),
    Action::known("EXECUTE"),
    Action::known("EXPORT"),
    Action::known("IMPORT"),
    Action::known("DISABLE"),
    Action::known("ENABLE"),
    Action::known("VALIDATE"),
    Action::known("RESTART"),
    Action::known("KILL"),
    Action::known("REPLAY"),
    Action::known("PAUSE"),
    Action::known("RESUME"),
    Action::known("UNQUEUE"),
    Action::known("FORCE_RUN"),
    Action::known("FOLLOW"),
    Action::known("CHANGE_LABELS"),
    Action::known("ACCESS_LOGS"),
    Action::known("ACCESS_OUTPUTS"),
    Action::known("ACCESS_FILES"),
    Action::known("UNLOCK"),
    Action::known("LOCK"),
    Action::known("BACKFILL"),
    Action::known("MANAGE_FILES"),
    Action::known("MANAGE_MEMBERS"),
    Action::known("MANAGE_GROUP_MEMBERSHIP"),
    Action::known("USE"),
    Action::known("IMPERSONATE"),
];

/// The permissions (up to 1.3) or resources (2.0) that exist in a release, in the order a matrix shows them.
pub fn resources(release: Release) -> Vec<&'static ResourceInfo> {
    table::RESOURCES.iter().filter(|info| info.exists_in(release)).collect()
}

/// The resource of a name in a release.
pub fn resource(release: Release, name: &Resource) -> Option<&'static ResourceInfo> {
    table::RESOURCES
        .iter()
        .find(|info| info.name == *name && info.exists_in(release))
}

/// The name of every resource of any release, some more than once.
pub fn all_names() -> impl Iterator<Item = &'static str> {
    table::RESOURCES.iter().map(|info| info.name.as_str())
}

/// Every action of a release, in the order a matrix shows them.
pub fn actions(release: Release) -> &'static [Action] {
    match release.permission_model() {
        PermissionModel::Crud => &CRUD,
        PermissionModel::ResourceActions => &RESOURCE_ACTIONS,
    }
}

/// The actions that exist on a resource in a release, in the order a matrix shows them. None for an unknown resource.
pub fn actions_of(release: Release, name: &Resource) -> Vec<Action> {
    resource(release, name).map_or_else(Vec::new, |info| info.actions().map(Action::known).collect())
}

/// Whether a resource has an action in a release that a role can hold.
pub fn has_action(release: Release, name: &Resource, action: &Action) -> bool {
    resource(release, name).is_some_and(|info| info.assignable && info.has(action.as_str()))
}

/// Where a resource takes effect in a release; [`Level::Instance`] if no role can give it there.
///
/// One that nobody knows is taken as of the whole tenant, which promises less. `TENANT` is of no effect once only
/// superadmins manage tenants (0.20 on), and what only audit logs name never is.
pub fn level(release: Release, name: &Resource) -> Level {
    if name.as_str() == "TENANT" && release.tenant_creators() == TenantCreators::Superadmins {
        return Level::Instance;
    }
    match resource(release, name) {
        None => Level::Tenant,
        Some(info) if !info.assignable => Level::Instance,
        Some(info) => info.level,
    }
}

/// The action that a release takes one for: 2.0 takes `READ`, and gives `VIEW` alone for it. Source: Kestra's 2.0
/// migration guide for its access model.
pub fn meant_by(release: Release, action: &Action) -> &Action {
    static VIEW: Action = Action::known("VIEW");
    match (release.permission_model(), action.as_str()) {
        (PermissionModel::ResourceActions, "READ") => &VIEW,
        _ => action,
    }
}

/// Whether a superadmin (instance owner) needs no role for a resource: they manage tenants, users, groups, roles and
/// access of every tenant and what is of the instance, and neither flows nor what belongs to them. Source: Kestra's
/// documentation of access control, "Super Admin and Admin".
pub fn is_of_superadmins(release: Release, name: &Resource) -> bool {
    const MANAGED: [&str; 8] = [
        "USER",
        "SERVICE_ACCOUNT",
        "GROUP",
        "GROUP_MEMBERSHIP",
        "ROLE",
        "BINDING",
        "INVITATION",
        "TENANT_ACCESS",
    ];
    const OF_INSTANCE: [&str; 3] = ["TENANT", "INFRASTRUCTURE", "AUDITLOG"];
    let name_of = name.as_str();
    MANAGED.contains(&name_of)
        || OF_INSTANCE.contains(&name_of)
        || resource(release, name).is_some_and(|info| info.level == Level::Instance)
}

/// Why no role of a release holds anything on a resource; nothing if one can.
pub fn why_no_role_holds(release: Release, name: &Resource) -> Option<String> {
    match resource(release, name) {
        None => Some(absent(name, release)),
        Some(info) if !info.assignable => Some("is only named in audit logs; no role can hold it".to_owned()),
        Some(_) => None,
    }
}

fn absent(name: &Resource, release: Release) -> String {
    let spans: Vec<&ResourceInfo> = table::RESOURCES.iter().filter(|info| info.name == *name).collect();
    let first = spans.iter().map(|info| info.since).min();
    match first {
        None => "is not a permission of any release".to_owned(),
        Some(since) if release < since => format!("exists from Kestra {since} on"),
        Some(_) => format!("is gone from Kestra {release}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::assignable::Assignable;
    use super::super::permission::Permissions;
    use super::super::problem::FieldMessage;
    use super::*;

    fn validate(permissions: &Permissions, release: Release) -> Vec<FieldMessage> {
        Assignable::of(release).complaints(permissions)
    }

    fn names(release: Release) -> Vec<&'static str> {
        resources(release).iter().map(|info| info.name.as_str()).collect()
    }

    #[test]
    fn each_release_lists_each_resource_once_with_actions_it_knows() {
        for release in Release::KNOWN {
            let all = names(release);
            let mut once = all.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), all.len(), "{release}");
            for info in resources(release) {
                for action in actions_of(release, &info.name) {
                    assert!(
                        actions(release).contains(&action),
                        "{release}: {action} on {}",
                        info.name
                    );
                }
            }
        }
    }

    #[test]
    fn of_the_resources_of_2_0_roles_hold_those_that_documents_name() {
        let release = Release::new(2, 0);
        let all = resources(release);
        let assignable = all.iter().filter(|info| info.assignable).count();
        assert_eq!((all.len(), assignable, actions(release).len()), (37, 26, 31));
    }

    #[test]
    fn what_came_and_went_did_so_when_kestra_says() {
        let has = |release: (u16, u16), name: &str| names(Release::new(release.0, release.1)).contains(&name);
        assert!(has((0, 13), "TENANT") && has((0, 23), "TENANT") && !has((0, 24), "TENANT"));
        assert!(!has((0, 19), "ME") && has((0, 21), "ME") && !has((0, 24), "ME"));
        assert!(!has((0, 22), "TEST") && has((0, 23), "TEST") && !has((2, 0), "TEST"));
        assert!(has((1, 1), "INFRASTRUCTURE") && !has((1, 2), "INFRASTRUCTURE"));
        assert!(!has((1, 2), "CREDENTIAL") && has((1, 3), "CREDENTIAL"));
        assert!(!has((1, 3), "TRIGGER") && has((2, 0), "TRIGGER"));
    }

    #[test]
    fn every_release_before_2_0_has_what_1_3_has_unless_it_is_older() {
        let later = Release::new(1, 4);
        assert_eq!(names(later), names(Release::new(1, 3)));
        for role in managed_roles(later) {
            assert_eq!(validate(&role.permissions, later), [], "{}", role.name);
        }
    }

    #[test]
    fn what_only_audit_logs_name_is_no_permission_of_a_role() {
        let mut permissions = Permissions::default();
        permissions.allow("TENANT_ACCESS".into(), "CREATE".into());
        let messages = validate(&permissions, Release::new(2, 0));
        assert_eq!(
            messages
                .iter()
                .map(|message| message.message.as_str())
                .collect::<Vec<_>>(),
            ["is only named in audit logs; no role can hold it"]
        );
        assert_eq!(validate(&permissions, Release::new(1, 3)), []);
    }

    #[test]
    fn mistakes_in_permissions_are_named() {
        let mut permissions = Permissions::default();
        permissions.allow("FLOW".into(), "READ".into());
        permissions.allow("TRIGGER".into(), "VIEW".into());
        permissions.allow("BINDING".into(), "UPDATE".into());
        permissions.allow("FLWO".into(), "READ".into());
        let messages: Vec<String> = validate(&permissions, Release::new(1, 3))
            .into_iter()
            .map(|m| format!("{} {}", m.path, m.message))
            .collect();
        assert_eq!(
            messages,
            [
                "permissions.TRIGGER exists from Kestra 2.0 on",
                "permissions.BINDING has no UPDATE; it has CREATE, READ, DELETE",
                "permissions.FLWO is not a permission of any release",
            ]
        );
        let messages = validate(&permissions, Release::new(2, 0));
        assert_eq!(messages.len(), 3, "FLOW READ is no action of 2.0: {messages:?}");
    }
}
