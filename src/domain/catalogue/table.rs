//! The table of resources.

use super::super::permission::Resource;
use super::super::release::Release;

/// Where a permission takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// In namespaces: a binding with a namespace narrows it.
    Namespace,
    /// In the whole tenant only: a binding with a namespace does not give it.
    Tenant,
    /// On the instance: no role of a tenant gives it.
    Instance,
}

/// A permission (up to 1.3) or resource (2.0) of some releases.
#[derive(Debug)]
pub struct ResourceInfo {
    /// Its name as Kestra spells it.
    pub name: Resource,
    /// The first release that has it.
    pub since: Release,
    /// The last release that has it.
    pub until: Release,
    /// Where it takes effect.
    pub level: Level,
    /// Whether a role can hold it; the others only show up in audit logs.
    pub assignable: bool,
    /// What it is about, in a few words.
    pub doc: &'static str,
    actions: &'static str,
}

impl ResourceInfo {
    /// Whether it exists in a release.
    pub fn exists_in(&self, release: Release) -> bool {
        (self.since..=self.until).contains(&release)
    }

    /// Its actions by name, in the order a matrix shows them.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.actions.split(' ').filter(|action| !action.is_empty())
    }

    /// Whether it has an action of this name.
    pub fn has(&self, action: &str) -> bool {
        self.actions().any(|known| known == action)
    }
}

const NAMESPACE: Level = Level::Namespace;
const TENANT: Level = Level::Tenant;
const INSTANCE: Level = Level::Instance;
const CRUD: &str = "CREATE READ UPDATE DELETE";
const VLCUD: &str = "VIEW LIST CREATE UPDATE DELETE";
/// The newest release before 2.0, whichever that will have been: a server may call itself 1.4 before 2.0 is out.
const BEFORE_2_0: (u16, u16) = (1, u16::MAX);
/// Beyond every release there is.
const NEVER: (u16, u16) = (u16::MAX, u16::MAX);

const fn row(
    name: &'static str,
    since: (u16, u16),
    until: (u16, u16),
    level: Level,
    actions: &'static str,
    doc: &'static str,
) -> ResourceInfo {
    ResourceInfo {
        name: Resource::known(name),
        since: Release::new(since.0, since.1),
        until: Release::new(until.0, until.1),
        level,
        assignable: !matches!(level, INSTANCE),
        doc,
        actions,
    }
}

/// Only in audit logs, never in a role.
const fn audited(name: &'static str, level: Level, doc: &'static str) -> ResourceInfo {
    let mut info = row(name, (2, 0), NEVER, level, "", doc);
    info.assignable = false;
    info
}

/// Every resource of every release.
#[rustfmt::skip] // a table reads as rows
pub(super) static RESOURCES: &[ResourceInfo] = &[
    // Before 2.0: the four actions, except where documentation or wire data say that some do not exist.
    row("FLOW", (0, 13), BEFORE_2_0, NAMESPACE, CRUD, "flows"),
    row("EXECUTION", (0, 13), BEFORE_2_0, NAMESPACE, CRUD, "executions; CREATE starts flows"),
    row("NAMESPACE", (0, 13), BEFORE_2_0, NAMESPACE, CRUD, "namespaces and their files"),
    row("TEMPLATE", (0, 13), BEFORE_2_0, NAMESPACE, CRUD, "templates, long deprecated"),
    row("KVSTORE", (0, 18), BEFORE_2_0, NAMESPACE, CRUD, "key-value pairs"),
    row("SECRET", (0, 13), BEFORE_2_0, NAMESPACE, CRUD, "secrets"),
    row("CREDENTIAL", (1, 3), BEFORE_2_0, NAMESPACE, CRUD, "credentials"),
    row("BLUEPRINT", (0, 13), BEFORE_2_0, TENANT, CRUD, "blueprints"),
    row("DASHBOARD", (0, 20), BEFORE_2_0, TENANT, CRUD, "dashboards"),
    row("APP", (0, 20), BEFORE_2_0, TENANT, CRUD, "apps"),
    row("APPEXECUTION", (0, 20), BEFORE_2_0, NAMESPACE, CRUD, "executions of apps"),
    row("TEST", (0, 23), BEFORE_2_0, NAMESPACE, CRUD, "test suites"),
    row("ASSET", (1, 2), BEFORE_2_0, TENANT, CRUD, "assets"),
    row("AI_COPILOT", (1, 3), BEFORE_2_0, TENANT, "READ", "the copilot"),
    row("USER", (0, 13), BEFORE_2_0, TENANT, CRUD, "users; from 0.24 only for SCIM"),
    row("SERVICE_ACCOUNT", (0, 24), BEFORE_2_0, TENANT, CRUD, "service accounts"),
    row("GROUP", (0, 13), BEFORE_2_0, TENANT, CRUD, "groups"),
    row("GROUP_MEMBERSHIP", (0, 24), BEFORE_2_0, TENANT, CRUD, "members of groups"),
    row("ROLE", (0, 13), BEFORE_2_0, TENANT, CRUD, "roles"),
    row("BINDING", (0, 13), BEFORE_2_0, TENANT, "CREATE READ DELETE", "who holds which role; bindings cannot be changed"),
    row("INVITATION", (0, 24), BEFORE_2_0, TENANT, "CREATE READ DELETE", "invitations"),
    row("TENANT_ACCESS", (0, 24), BEFORE_2_0, TENANT, "CREATE READ DELETE", "who has access to the tenant"),
    row("IMPERSONATE", (0, 13), BEFORE_2_0, TENANT, "READ", "acting as somebody else"),
    row("AUDITLOG", (0, 13), BEFORE_2_0, TENANT, "READ", "the audit log"),
    row("SETTING", (0, 13), BEFORE_2_0, TENANT, CRUD, "settings"),
    row("INFRASTRUCTURE", (0, 20), (1, 1), TENANT, CRUD, "workers and services"),
    row("ME", (0, 20), (0, 23), TENANT, "CREATE READ UPDATE", "one's own account"),
    row("APITOKEN", (0, 20), (0, 23), TENANT, CRUD, "one's own API tokens"),
    row("TENANT", (0, 13), (0, 23), TENANT, CRUD, "tenants; of no effect from 0.20 on"),
    // 2.0: actions of its own for each. The pairs are those the official translation of older roles yields, and those
    // the documentation of roles names.
    row("FLOW", (2, 0), NEVER, NAMESPACE, "VIEW LIST CREATE UPDATE DELETE EXECUTE EXPORT IMPORT DISABLE ENABLE VALIDATE", "flows"),
    row("EXECUTION", (2, 0), NEVER, NAMESPACE, "VIEW LIST CREATE UPDATE DELETE EXPORT RESTART KILL REPLAY PAUSE RESUME UNQUEUE FORCE_RUN FOLLOW CHANGE_LABELS ACCESS_LOGS ACCESS_OUTPUTS ACCESS_FILES", "executions"),
    row("TRIGGER", (2, 0), NEVER, NAMESPACE, "VIEW LIST CREATE DELETE EXPORT DISABLE ENABLE RESTART UNLOCK BACKFILL", "triggers"),
    row("NAMESPACE", (2, 0), NEVER, NAMESPACE, "VIEW LIST CREATE UPDATE DELETE MANAGE_FILES", "namespaces"),
    row("KVSTORE", (2, 0), NEVER, NAMESPACE, VLCUD, "key-value pairs"),
    row("REUSABLE_INPUTS", (2, 0), NEVER, NAMESPACE, VLCUD, "reusable inputs"),
    row("SECRET", (2, 0), NEVER, NAMESPACE, VLCUD, "secrets"),
    row("CREDENTIAL", (2, 0), NEVER, NAMESPACE, VLCUD, "credentials"),
    row("TESTSUITE", (2, 0), NEVER, NAMESPACE, VLCUD, "test suites"),
    row("DASHBOARD", (2, 0), NEVER, TENANT, VLCUD, "dashboards"),
    row("BLUEPRINT", (2, 0), NEVER, TENANT, VLCUD, "blueprints"),
    row("APP", (2, 0), NEVER, TENANT, "VIEW LIST CREATE UPDATE DELETE EXECUTE ACCESS_LOGS ACCESS_FILES", "apps"),
    row("ASSET", (2, 0), NEVER, TENANT, VLCUD, "assets"),
    row("COPILOT", (2, 0), NEVER, TENANT, "USE", "the copilot"),
    row("MCP_SERVER", (2, 0), NEVER, TENANT, VLCUD, "MCP servers"),
    row("POLICY", (2, 0), NEVER, TENANT, VLCUD, "policies"),
    row("SUPPORT", (2, 0), NEVER, TENANT, "VIEW LIST", "support"),
    row("USER", (2, 0), NEVER, TENANT, "VIEW LIST CREATE UPDATE DELETE MANAGE_GROUP_MEMBERSHIP IMPERSONATE", "users of the tenant"),
    row("SERVICE_ACCOUNT", (2, 0), NEVER, TENANT, VLCUD, "service accounts"),
    row("GROUP", (2, 0), NEVER, TENANT, "VIEW LIST CREATE UPDATE DELETE MANAGE_MEMBERS", "groups"),
    row("ROLE", (2, 0), NEVER, TENANT, VLCUD, "roles"),
    row("BINDING", (2, 0), NEVER, TENANT, "VIEW LIST CREATE DELETE", "who holds which role; bindings cannot be changed"),
    row("INVITATION", (2, 0), NEVER, TENANT, VLCUD, "invitations"),
    row("AUDITLOG", (2, 0), NEVER, TENANT, "VIEW LIST EXPORT", "the audit log"),
    row("SYSTEM_SETTINGS", (2, 0), NEVER, TENANT, "VIEW UPDATE", "system settings"),
    row("TENANT_SETTINGS", (2, 0), NEVER, TENANT, "VIEW UPDATE", "settings of the tenant"),
    audited("APP_EXECUTION", NAMESPACE, "executions of apps"),
    audited("NAMESPACE_FILE", NAMESPACE, "files of namespaces"),
    audited("TESTSUITE_RUN", NAMESPACE, "runs of test suites"),
    audited("TENANT_ACCESS", TENANT, "who has access to the tenant"),
    audited("SECURITY_INTEGRATION", TENANT, "security integrations"),
    audited("KILL_SWITCH", INSTANCE, "kill switches"),
    audited("TENANT", INSTANCE, "tenants"),
    audited("VERSIONED_PLUGIN", INSTANCE, "versioned plugins"),
    audited("WORKER_GROUP", INSTANCE, "worker groups"),
    audited("WORKER_QUEUE", INSTANCE, "worker queues"),
    audited("INSTANCE", INSTANCE, "the instance"),
];
