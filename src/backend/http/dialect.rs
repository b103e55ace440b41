//! What differs between the dialects of Kestra's API, and nothing else: paths, parameters, what lists leave out.
//!
//! The rest of this folder asks here and compares no release itself. Answers are decoded by their shape, in
//! [`super::decode`], because spellings of several releases occur side by side. Source: Kestra EE OpenAPI documents of
//! 0.21 to 2.0 and the migration guides of 0.23, 0.24 and 2.0.

use crate::domain::instance::Tenancy;
use crate::domain::release::{Release, TenantCreators};
use crate::domain::tenant::TenantScope;
use crate::domain::user::UserKind;

use super::call::Path;

/// The four ways Kestra's API has been spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Generation {
    /// 0.13 to 0.22: every path with and without a tenant in it.
    TenantOptional,
    /// 0.23: a tenant in every path.
    TenantInPath,
    /// 0.24 to 1.3: users and the instance lie outside of tenants.
    InstanceRoutes,
    /// 2.0: lists filter by `filters[...]` alone.
    Filters,
}

/// How a list is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// By `q`.
    Q,
    /// By either, depending on the patch level; each ignores the other.
    Both,
    /// By `filters[q][EQUALS]`.
    Filters,
}

/// What narrows the audit log, apart from parameters that all releases up to 1.3 have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AuditFilters {
    /// One kind of thing, by `permission` (0.13 to 0.24).
    Permission,
    /// One kind of thing, by `resource` (the log of the instance in 1.0).
    Resource,
    /// Several, by `resources`.
    Resources,
    /// `filters[...]` alone (2.0).
    Filters,
}

/// How the audit log of 1.0 to 1.3 spells a kind of thing, and how roles do. Source: the OpenAPI document of 1.3.
const KV_STORE: &str = "KV_STORE";
const KEY_VALUES: &str = "KVSTORE";

impl AuditFilters {
    /// What Kestra calls a kind of thing where the log is narrowed to it.
    pub(super) fn resource(self, named: &str) -> &str {
        match (self, named) {
            (Self::Resource | Self::Resources, KEY_VALUES) => KV_STORE,
            _ => named,
        }
    }
}

/// Where something about maintenance is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MaintenanceSource {
    /// Nowhere.
    Nowhere,
    /// In `configs.inMaintenance`.
    Configs,
    /// At a path of its own.
    Status,
}

/// What differs.
struct Table {
    /// Prefixes of the routes of a named tenant for a superadmin, in the order to try; `*` is the tenant.
    superadmin_roots: &'static [&'static str],
    /// The same for the default tenant.
    superadmin_roots_of_default: &'static [&'static str],
    /// Lists of all users of the instance, in the order to try.
    all_users: &'static [&'static str],
    /// Who has access to a tenant, below its prefix.
    people: &'static str,
    /// Whether the list of roles says what they allow.
    roles_are_whole: bool,
    /// Whether the list of groups says what they are for, where anybody said so.
    groups_are_whole: bool,
    /// Whether access to a tenant is granted apart from roles.
    has_tenant_access: bool,
}

const OPTIONAL: Table = Table {
    superadmin_roots: &["tenants/*", "*"],
    superadmin_roots_of_default: &["", "tenants"],
    all_users: &["tenants/users/instance", "tenants/users/search", "users/search"],
    people: "users/search",
    roles_are_whole: true,
    groups_are_whole: true,
    has_tenant_access: false,
};

const IN_PATH: Table = Table {
    superadmin_roots_of_default: &[],
    all_users: &["tenants/users/instance", "tenants/users/search"],
    ..OPTIONAL
};

const INSTANCE: Table = Table {
    superadmin_roots: &["*"],
    superadmin_roots_of_default: &[],
    all_users: &["users"],
    people: "tenant-access",
    roles_are_whole: false,
    groups_are_whole: false,
    has_tenant_access: true,
};

const FILTERS: Table = Table {
    groups_are_whole: true,
    ..INSTANCE
};

/// The way one instance speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    release: Release,
    tenancy: Tenancy,
}

impl Dialect {
    /// Rows asked for at once where a whole list is read. 2.0 refuses more.
    pub(super) const LARGEST_PAGE: u32 = 1000;

    pub(super) fn new(release: Release, tenancy: Tenancy) -> Self {
        Self { release, tenancy }
    }

    pub(super) fn release(self) -> Release {
        self.release
    }

    pub(super) fn tenancy(self) -> Tenancy {
        self.tenancy
    }

    pub(super) fn generation(self) -> Generation {
        let release = self.release;
        if release.at_least(2, 0) {
            Generation::Filters
        } else if release.at_least(0, 24) {
            Generation::InstanceRoutes
        } else if release.has_default_tenant() {
            Generation::TenantOptional
        } else {
            Generation::TenantInPath
        }
    }

    fn table(self) -> &'static Table {
        match self.generation() {
            Generation::TenantOptional => &OPTIONAL,
            Generation::TenantInPath => &IN_PATH,
            Generation::InstanceRoutes => &INSTANCE,
            Generation::Filters => &FILTERS,
        }
    }

    /// Whether `me` is found without a tenant, and without doubt.
    pub(super) fn has_plain_me(self) -> bool {
        match self.generation() {
            Generation::TenantOptional => !self.tenancy.enabled || self.tenancy.default_tenant,
            Generation::TenantInPath => false,
            Generation::InstanceRoutes | Generation::Filters => true,
        }
    }

    /// Whether `me` is found below a tenant.
    pub(super) fn has_me_in_tenants(self) -> bool {
        self.generation() <= Generation::TenantInPath
    }

    /// Where tenants are.
    pub(super) fn tenants() -> Path {
        Path::api("tenants")
    }

    /// Below which paths roles, bindings, groups and users of a tenant lie, in the order to try.
    pub(super) fn people_roots(self, scope: &TenantScope, superadmin: bool) -> Vec<Path> {
        let table = self.table();
        let roots = match scope {
            TenantScope::Named(_) if superadmin => table.superadmin_roots,
            TenantScope::Named(_) => &["*"],
            TenantScope::Default if superadmin => table.superadmin_roots_of_default,
            TenantScope::Default if self.generation() == Generation::TenantOptional => &[""],
            TenantScope::Default => &[],
        };
        roots.iter().map(|root| Self::placed(root, scope)).collect()
    }

    /// Below which path flows, executions, namespaces and usages of a tenant lie.
    pub(super) fn stock_root(scope: &TenantScope) -> Path {
        match scope {
            TenantScope::Named(id) => Path::api("").tenant(id),
            TenantScope::Default => Path::api(""),
        }
    }

    fn placed(root: &str, scope: &TenantScope) -> Path {
        let mut path = Path::api("");
        for part in root.split('/').filter(|part| !part.is_empty()) {
            path = match (part, scope.id()) {
                ("*", Some(id)) => path.tenant(id),
                _ => path.segment(part),
            };
        }
        path
    }

    /// Lists of all users of the instance, in the order to try.
    pub(super) fn all_users(self) -> Vec<Path> {
        self.table().all_users.iter().map(|path| Path::api(path)).collect()
    }

    /// The list of all service accounts, where they are apart from the users.
    pub(super) fn all_service_accounts(self) -> Option<Path> {
        self.release.at_least(1, 0).then(|| Path::api("service-accounts"))
    }

    /// The list of who has access to a tenant, below [`Self::people_roots`].
    pub(super) fn people(self) -> &'static str {
        self.table().people
    }

    /// Whether access to a tenant is granted apart from roles.
    pub(super) fn has_tenant_access(self) -> bool {
        self.table().has_tenant_access
    }

    /// Whether rows of that list say themselves whether they are service accounts.
    pub(super) fn people_say_what_they_are(self) -> bool {
        !self.table().has_tenant_access
    }

    /// Whether the list of roles says what they allow.
    pub(super) fn roles_are_whole(self) -> bool {
        self.table().roles_are_whole
    }

    /// Whether the list of groups says what they are for.
    pub(super) fn groups_are_whole(self) -> bool {
        self.table().groups_are_whole
    }

    /// Whether roles, groups and people are written as the entities that Kestra stores, with all their fields.
    pub(super) fn writes_entities(self) -> bool {
        !self.table().has_tenant_access
    }

    /// Whether a role or a membership lets the user into the tenant as well.
    pub(super) fn roles_bring_access(self) -> bool {
        self.generation() < Generation::Filters
    }

    /// Where users are read and changed, in the order to try. From 0.24 on they belong to the instance alone.
    pub(super) fn users(self, scope: Option<&TenantScope>, superadmin: bool) -> Vec<Path> {
        match (self.generation(), scope) {
            (Generation::InstanceRoutes | Generation::Filters, _) => vec![Path::api("users")],
            (_, Some(scope)) => self
                .people_roots(scope, superadmin)
                .into_iter()
                .map(|root| root.join("users"))
                .collect(),
            (Generation::TenantOptional, None) => vec![Path::api("tenants/users"), Path::api("users")],
            (Generation::TenantInPath, None) => vec![Path::api("tenants/users")],
        }
    }

    /// Where service accounts are read and changed from 0.24 on; those of the instance from 1.0 on.
    pub(super) fn service_accounts(self, scope: Option<&TenantScope>, superadmin: bool) -> Vec<Path> {
        match scope {
            Some(scope) => self
                .people_roots(scope, superadmin)
                .into_iter()
                .map(|root| root.join("service-accounts"))
                .collect(),
            None => vec![Path::api("service-accounts")],
        }
    }

    /// What the name of a service account is called where one is created.
    pub(super) fn service_account_name(self) -> &'static str {
        if self.release.account_names_repeat() {
            "name"
        } else {
            "username"
        }
    }

    /// What the mark of a superadmin is called in what is sent.
    pub(super) fn superadmin_field(self) -> &'static str {
        if self.generation() == Generation::Filters {
            "instanceOwner"
        } else {
            "superAdmin"
        }
    }

    /// The last parts of the routes that set it from 0.24 on, each with the field of its body, in the order to try.
    /// 2.0 renamed both between its snapshots and its release.
    pub(super) fn superadmin_routes(self) -> &'static [(&'static str, &'static str)] {
        if self.generation() == Generation::Filters {
            &[("instanceowner", "instanceOwner"), ("superadmin", "superAdmin")]
        } else {
            &[("superadmin", "superAdmin")]
        }
    }

    /// Where the audit log is: of a tenant, or of the instance.
    pub(super) fn audit_log(scope: Option<&TenantScope>) -> Path {
        scope
            .map_or_else(|| Path::api(""), Self::stock_root)
            .join("auditlogs/search")
    }

    /// What we call a kind of thing that the audit log names. Releases up to 1.3 spell some otherwise than their roles do.
    pub(super) fn audit_resource(named: &str) -> &str {
        match named {
            KV_STORE => KEY_VALUES,
            other => other,
        }
    }

    /// How the audit log is narrowed.
    pub(super) fn audit_filters(self, of_the_instance: bool) -> AuditFilters {
        if self.generation() == Generation::Filters {
            AuditFilters::Filters
        } else if self.release.at_least(1, 1) || self.release.at_least(1, 0) && !of_the_instance {
            AuditFilters::Resources
        } else if self.release.at_least(1, 0) {
            AuditFilters::Resource
        } else {
            AuditFilters::Permission
        }
    }

    /// Parameters that look for a text in a list of a tenant. Only a hint: what it finds is Kestra's affair, and some
    /// servers ignore it.
    pub(super) fn search(self, text: &str) -> Vec<(String, String)> {
        let by_filter = self.generation() == Generation::Filters;
        let name = if by_filter { "filters[q][EQUALS]" } else { "q" };
        vec![(name.to_owned(), text.to_owned())]
    }

    /// The same in a list of people, which went from one way to the other within 1.3.
    pub(super) fn search_people(self, text: &str) -> Vec<(String, String)> {
        let search = if self.generation() == Generation::Filters {
            Search::Filters
        } else if self.release.at_least(1, 3) {
            Search::Both
        } else {
            Search::Q
        };
        let plain = (search != Search::Filters).then(|| ("q".to_owned(), text.to_owned()));
        let filter = (search != Search::Q).then(|| ("filters[q][EQUALS]".to_owned(), text.to_owned()));
        plain.into_iter().chain(filter).collect()
    }

    /// The parameter that narrows a list of people to one kind.
    pub(super) fn of_kind(self, kind: UserKind) -> (String, String) {
        let name = if self.generation() == Generation::Filters {
            "filters[type][EQUALS]"
        } else {
            "type"
        };
        let value = match kind {
            UserKind::Standard => "STANDARD",
            UserKind::ServiceAccount => "SERVICE_ACCOUNT",
        };
        (name.to_owned(), value.to_owned())
    }

    /// Where it is told that the instance is in maintenance.
    pub(super) fn maintenance(self) -> MaintenanceSource {
        match self.generation() {
            Generation::Filters => MaintenanceSource::Status,
            Generation::InstanceRoutes => MaintenanceSource::Configs,
            _ => MaintenanceSource::Nowhere,
        }
    }

    /// Whether a server of this dialect may refuse a password and still take it at the door, as 2.0 does.
    pub(super) fn may_want_a_login(self) -> bool {
        self.generation() == Generation::Filters
    }

    /// Whether what lies at a path is of the instance, so that no role of a tenant allows it.
    pub(super) fn takes_superadmin(self, path: &Path) -> bool {
        match path.of_instance() {
            Some("tenants") => self.release.tenant_creators() == TenantCreators::Superadmins,
            Some("users" | "service-accounts" | "auditlogs" | "instance") => self.has_tenant_access(),
            _ => false,
        }
    }

    /// Whether a route that does not exist can be answered like one that is not allowed.
    pub(super) fn hides_unknown_routes(self) -> bool {
        self.generation() == Generation::Filters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tenant_id::TenantId;

    fn dialect(major: u16, minor: u16) -> Dialect {
        Dialect::new(
            Release::new(major, minor),
            Tenancy {
                enabled: true,
                default_tenant: true,
            },
        )
    }

    fn roots(dialect: Dialect, scope: &TenantScope, superadmin: bool) -> Vec<String> {
        dialect
            .people_roots(scope, superadmin)
            .into_iter()
            .map(|path| path.join("roles").encoded().unwrap())
            .collect()
    }

    #[test]
    fn what_is_of_the_instance_takes_a_superadmin() {
        let takes = |(major, minor): (u16, u16), path: &str| dialect(major, minor).takes_superadmin(&Path::api(path));
        for (release, path, taken) in [
            ((0, 19), "tenants", false),
            ((0, 21), "tenants/acme", true),
            ((0, 21), "users/search", false),
            ((1, 3), "users", true),
            ((1, 3), "acme/users/1/groups", false),
            ((1, 3), "auditlogs/search", true),
            ((2, 0), "acme/auditlogs/search", false),
            ((2, 0), "service-accounts/1", true),
        ] {
            assert_eq!(takes(release, path), taken, "{release:?} {path}");
        }
        // Nothing keeps a tenant from having the name of a route.
        for name in ["tenants", "users", "service-accounts", "auditlogs", "instance"] {
            let scope = TenantScope::Named(TenantId::existing(name));
            let path = Dialect::stock_root(&scope).join("bindings");
            assert!(!dialect(1, 3).takes_superadmin(&path), "{name}");
        }
    }

    #[test]
    fn each_generation_has_its_own_paths() {
        let (acme, none) = (TenantScope::Named("acme".parse().unwrap()), TenantScope::Default);
        for (release, superadmin, named, default) in [
            (
                (0, 13),
                true,
                &["/api/v1/tenants/acme/roles", "/api/v1/acme/roles"][..],
                &["/api/v1/roles", "/api/v1/tenants/roles"][..],
            ),
            ((0, 22), false, &["/api/v1/acme/roles"], &["/api/v1/roles"]),
            (
                (0, 23),
                true,
                &["/api/v1/tenants/acme/roles", "/api/v1/acme/roles"],
                &[],
            ),
            ((0, 23), false, &["/api/v1/acme/roles"], &[]),
            ((0, 24), true, &["/api/v1/acme/roles"], &[]),
            ((1, 3), false, &["/api/v1/acme/roles"], &[]),
            ((2, 0), true, &["/api/v1/acme/roles"], &[]),
        ] {
            let dialect = dialect(release.0, release.1);
            assert_eq!(roots(dialect, &acme, superadmin), named, "{release:?} {superadmin}");
            assert_eq!(roots(dialect, &none, superadmin), default, "{release:?} {superadmin}");
        }
    }

    #[test]
    fn each_generation_has_its_own_parameters_and_lists() {
        let names =
            |parameters: Vec<(String, String)>| parameters.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        for (release, search, kind, people, whole) in [
            ((0, 21), &["q"][..], "type", "users/search", true),
            ((0, 23), &["q"], "type", "users/search", true),
            ((1, 2), &["q"], "type", "tenant-access", false),
            ((1, 3), &["q", "filters[q][EQUALS]"], "type", "tenant-access", false),
            (
                (2, 0),
                &["filters[q][EQUALS]"],
                "filters[type][EQUALS]",
                "tenant-access",
                false,
            ),
        ] {
            let dialect = dialect(release.0, release.1);
            assert_eq!(names(dialect.search_people("x")), search, "{release:?}");
            assert_eq!(
                names(dialect.search("x")),
                [*search.last().filter(|_| release == (2, 0)).unwrap_or(&"q")]
            );
            assert_eq!(dialect.of_kind(UserKind::Standard).0, kind);
            assert_eq!(dialect.people(), people);
            assert_eq!(dialect.roles_are_whole(), whole);
        }
        assert_eq!(dialect(1, 3).all_users()[0].encoded().unwrap(), "/api/v1/users");
        assert_eq!(
            dialect(0, 21).all_users()[0].encoded().unwrap(),
            "/api/v1/tenants/users/instance"
        );
        assert!(dialect(0, 24).all_service_accounts().is_none());
        assert!(dialect(1, 0).all_service_accounts().is_some());
    }

    #[test]
    fn who_we_are_is_asked_where_it_is_told() {
        assert!(dialect(0, 21).has_plain_me() && dialect(0, 21).has_me_in_tenants());
        let named_only = Tenancy {
            enabled: true,
            default_tenant: false,
        };
        assert!(!Dialect::new(Release::new(0, 22), named_only).has_plain_me());
        assert!(!dialect(0, 23).has_plain_me());
        assert!(dialect(0, 24).has_plain_me() && !dialect(0, 24).has_me_in_tenants());
    }
}
