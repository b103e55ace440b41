//! The official translation of roles from before 2.0 to the resources and actions of 2.0.
//!
//! Source: the table in Kestra's 2.0 migration guide for its access model and the tool in its Terraform provider that
//! rewrites roles. Left out are `EXPORT_PLUGIN_DEFAULTS` and `IMPORT_PLUGIN_DEFAULTS`, which 2.0 dropped before its
//! release. A server that is upgraded translates its own roles; this is for roles carried over by hand.

use super::catalogue;
use super::permission::{Action, Permissions, Resource};
use super::release::Release;
use super::role::Role;

/// A permission that has no counterpart in 2.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The old resource.
    pub resource: Resource,
    /// The old actions that are lost.
    pub actions: Vec<Action>,
    /// Why, and what to do instead.
    pub why: &'static str,
}

/// What a role becomes in 2.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// The permissions in 2.0's words.
    pub permissions: Permissions,
    /// What has no counterpart.
    pub dropped: Vec<Dropped>,
    /// What somebody should look at, in sentences.
    pub review: Vec<String>,
}

impl Translation {
    /// Everything that is lost or to be looked at, in sentences: first what is lost, in the order of the role.
    pub fn remarks(&self) -> Vec<String> {
        let lost = self.dropped.iter().map(Dropped::sentence);
        lost.chain(self.review.iter().cloned()).collect()
    }
}

impl Dropped {
    /// The loss in a sentence.
    pub fn sentence(&self) -> String {
        let actions: Vec<&str> = self.actions.iter().map(Action::as_str).collect();
        let are = if actions.len() == 1 { "is" } else { "are" };
        format!("{} {} {are} lost: {}.", self.resource, actions.join(", "), self.why)
    }
}

/// Old name, new names, and what READ, CREATE, UPDATE and DELETE become.
type Row = (&'static str, &'static [&'static str], [&'static str; 4]);

const PLAIN: [&str; 4] = ["VIEW LIST", "CREATE", "UPDATE", "DELETE"];

#[rustfmt::skip] // a table reads as rows
static ROWS: &[Row] = &[
    ("FLOW", &["FLOW"], ["VIEW LIST EXPORT", "CREATE IMPORT", "UPDATE EXECUTE DISABLE ENABLE VALIDATE", "DELETE"]),
    ("EXECUTION", &["EXECUTION"], ["VIEW LIST ACCESS_LOGS ACCESS_OUTPUTS ACCESS_FILES EXPORT FOLLOW", "CREATE", "UPDATE RESTART KILL REPLAY PAUSE RESUME CHANGE_LABELS UNQUEUE FORCE_RUN", "DELETE"]),
    ("TRIGGER", &["TRIGGER"], ["VIEW LIST EXPORT", "CREATE", "UNLOCK RESTART DISABLE ENABLE BACKFILL", "DELETE"]),
    ("NAMESPACE", &["NAMESPACE"], ["VIEW LIST", "CREATE", "UPDATE MANAGE_FILES", "DELETE"]),
    ("APP", &["APP"], ["VIEW LIST", "CREATE", "UPDATE EXECUTE ACCESS_FILES ACCESS_LOGS", "DELETE"]),
    ("APPEXECUTION", &["APP"], ["VIEW LIST", "CREATE", "UPDATE EXECUTE ACCESS_FILES ACCESS_LOGS", "DELETE"]),
    ("USER", &["USER"], ["VIEW LIST", "CREATE", "UPDATE MANAGE_GROUP_MEMBERSHIP", "DELETE"]),
    ("TENANT_ACCESS", &["USER"], ["VIEW LIST", "CREATE", "UPDATE MANAGE_GROUP_MEMBERSHIP", "DELETE"]),
    ("GROUP", &["GROUP"], ["VIEW LIST", "CREATE", "UPDATE MANAGE_MEMBERS", "DELETE"]),
    ("GROUP_MEMBERSHIP", &["GROUP"], ["VIEW LIST", "CREATE", "UPDATE MANAGE_MEMBERS", "DELETE"]),
    ("AUDITLOG", &["AUDITLOG"], ["VIEW LIST EXPORT", "", "", ""]),
    ("SETTING", &["SYSTEM_SETTINGS", "TENANT_SETTINGS"], ["VIEW", "", "UPDATE", ""]),
    ("AI_COPILOT", &["COPILOT"], ["USE", "", "", ""]),
    ("TEST", &["TESTSUITE"], PLAIN),
    ("BINDING", &["BINDING"], ["VIEW LIST", "CREATE", "", "DELETE"]),
    ("KVSTORE", &["KVSTORE"], PLAIN),
    ("SECRET", &["SECRET"], PLAIN),
    ("CREDENTIAL", &["CREDENTIAL"], PLAIN),
    ("BLUEPRINT", &["BLUEPRINT"], PLAIN),
    ("DASHBOARD", &["DASHBOARD"], PLAIN),
    ("ROLE", &["ROLE"], PLAIN),
    ("SERVICE_ACCOUNT", &["SERVICE_ACCOUNT"], PLAIN),
    ("INVITATION", &["INVITATION"], PLAIN),
    ("ASSET", &["ASSET"], PLAIN),
];

/// Why some permissions have no counterpart.
static GONE: &[(&str, &str)] = &[
    (
        "IMPERSONATE",
        "2.0 has it as an action: add USER IMPERSONATE by hand where it is still wanted",
    ),
    ("TEMPLATE", "templates are gone"),
    ("UNKNOWN", "it never allowed anything"),
    ("ME", "one's own account needs no permission any more"),
    ("APITOKEN", "one's own tokens need no permission any more"),
    ("INFRASTRUCTURE", "workers and services belong to the instance owner"),
    ("TENANT", "tenants belong to the instance owner"),
];

/// Whether a role speaks of 2.0 already: of an action or a resource that no earlier release had.
///
/// Kestra's own tool goes by fewer actions. An earlier role knows nothing but CREATE, READ, UPDATE and DELETE, so that
/// every other action tells, and counting them all keeps a role from being translated, and widened, a second time. A role
/// of nothing but CREATE, UPDATE and DELETE on resources of both cannot be told apart and counts as an old one.
pub fn is_translated(permissions: &Permissions) -> bool {
    let new = Release::new(2, 0);
    let is_new_action =
        |action: &Action| catalogue::actions(new).contains(action) && !OLD_ACTIONS.contains(&action.as_str());
    permissions.iter().any(|(resource, actions)| {
        actions.iter().any(is_new_action)
            || (!actions.is_empty() && !is_old(resource) && catalogue::resource(new, resource).is_some())
    })
}

/// The actions of every resource before 2.0.
const OLD_ACTIONS: [&str; 4] = ["READ", "CREATE", "UPDATE", "DELETE"];

/// Whether the official table speaks of a resource by this name.
fn is_old(resource: &Resource) -> bool {
    let name = resource.as_str();
    ROWS.iter().any(|(old, ..)| *old == name) || GONE.iter().any(|(old, _)| *old == name)
}

/// Whether nothing in a role that is not empty tells which model it is of: no READ, no resource of only one of them.
fn is_ambiguous(permissions: &Permissions) -> bool {
    let new = Release::new(2, 0);
    !permissions.is_empty()
        && permissions.pairs().all(|(resource, action)| {
            catalogue::actions_of(new, resource).contains(action) && is_old(resource) && action.as_str() != "READ"
        })
}

/// What a role from before 2.0 is in 2.0: its translation, or, of one that Kestra ships, what 2.0 ships in its place.
pub fn in_2_0(role: &Role) -> Translation {
    as_in_2_0(&role.permissions, role.managed_name())
}

/// The same of what a role allows, and of the name under which Kestra ships it, if it does.
pub fn as_in_2_0(permissions: &Permissions, managed: Option<&str>) -> Translation {
    let shipped = managed.and_then(|name| catalogue::managed_role(Release::new(2, 0), name));
    shipped.map_or_else(
        || to_resource_actions(permissions),
        |shipped| Translation {
            permissions: shipped.permissions.clone(),
            dropped: Vec::new(),
            review: vec![
                "Managed by Kestra: the upgrade to 2.0 replaces it by what that release ships, which is shown here."
                    .to_owned(),
            ],
        },
    )
}

/// Translates a role from before 2.0. One that speaks of 2.0's actions already comes back as it is.
pub fn to_resource_actions(old: &Permissions) -> Translation {
    if is_translated(old) {
        return Translation {
            permissions: old.clone(),
            review: read_left(old),
            ..Translation::default()
        };
    }
    let mut translation = Translation::default();
    for (resource, actions) in old.iter().filter(|(_, actions)| !actions.is_empty()) {
        match ROWS.iter().find(|(name, ..)| *name == resource.as_str()) {
            Some(row) => translate(row, resource, actions, &mut translation),
            None => translation.dropped.push(Dropped {
                resource: resource.clone(),
                actions: actions.to_vec(),
                why: GONE
                    .iter()
                    .find(|(name, _)| *name == resource.as_str())
                    .map_or("2.0 does not know it", |(_, why)| why),
            }),
        }
    }
    let allows = |resource: &str, action: &str| old.allows(&resource.into(), &action.into());
    let names = |resource: &str| {
        old.iter()
            .any(|(name, actions)| name.as_str() == resource && !actions.is_empty())
    };
    if allows("SETTING", "READ") || allows("SETTING", "UPDATE") {
        translation.review.push(
            "SETTING becomes two resources, SYSTEM_SETTINGS and TENANT_SETTINGS: take away the one that is not wanted."
                .to_owned(),
        );
    }
    for (was, is) in [
        ("GROUP_MEMBERSHIP", "GROUP"),
        ("TENANT_ACCESS", "USER"),
        ("APPEXECUTION", "APP"),
    ] {
        if names(was) && !names(is) {
            translation.review.push(format!(
                "{was} becomes {is}: what the role allowed on the one, it allows on the other as a whole."
            ));
        }
    }
    if names("APPEXECUTION") {
        translation.review.push(
            "APP is of the whole tenant in 2.0: a binding that is narrowed to a namespace does not give it any more."
                .to_owned(),
        );
    }
    if is_ambiguous(old) {
        translation.review.push(
            "This role names nothing that only one of the two models has. It was taken as one from before 2.0; if it is \
             one of 2.0 already, keep it as it is."
                .to_owned(),
        );
    }
    if allows("EXECUTION", "CREATE") && !allows("FLOW", "UPDATE") {
        translation.review.push(
            "This role could start flows by EXECUTION CREATE. In 2.0 starting is FLOW EXECUTE, which nothing here \
             gives: add it if the role is to start flows."
                .to_owned(),
        );
    }
    translation
}

/// What to look at in a role that speaks of 2.0 and still of READ, which Kestra takes but does not translate.
fn read_left(permissions: &Permissions) -> Vec<String> {
    let reading: Vec<&str> = permissions
        .iter()
        .filter(|(_, actions)| actions.iter().any(|action| action.as_str() == "READ"))
        .map(|(resource, _)| resource.as_str())
        .collect();
    if reading.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "This role speaks of 2.0 already and is left as it is. Its READ on {} is only VIEW in 2.0: add what else it is \
         to give.",
        reading.join(", ")
    )]
}

fn translate(row: &Row, resource: &Resource, actions: &[Action], translation: &mut Translation) {
    let (_, names, [read, create, update, delete]) = row;
    let mut lost = Vec::new();
    for action in actions {
        let becomes = match action.as_str() {
            "READ" => read,
            "CREATE" => create,
            "UPDATE" => update,
            "DELETE" => delete,
            _ => "",
        };
        if becomes.is_empty() {
            lost.push(action.clone());
        }
        for name in *names {
            let legal = catalogue::actions_of(Release::new(2, 0), &Resource::known(name));
            for new in becomes.split(' ').filter(|new| !new.is_empty()).map(Action::from) {
                if legal.contains(&new) {
                    translation.permissions.allow(Resource::known(name), new);
                }
            }
        }
    }
    if !lost.is_empty() {
        translation.dropped.push(Dropped {
            resource: resource.clone(),
            actions: lost,
            why: match resource.as_str() {
                "BINDING" => "bindings cannot be changed",
                "AUDITLOG" => "audit logs can only be read",
                "AI_COPILOT" => "the copilot can only be used",
                "SETTING" => "settings can only be seen and changed",
                _ => "2.0 has no such action on it",
            },
        });
    }
}

#[cfg(test)]
mod tests;
