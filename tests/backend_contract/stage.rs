//! Instances made ready for a case.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::backend::local::{FIRST_USER, LocalInstance};
use kestra_admin::domain::binding::NewBinding;
use kestra_admin::domain::binding::{Binding, SubjectKind};
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::release::{PermissionModel, Release};
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::role::Role;
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::domain::user::{User, UserKind};

use super::Reach;

/// A local instance and a way to reach it.
pub struct Stage<'a> {
    home: tempfile::TempDir,
    reach: &'a dyn Reach,
    release: Release,
    /// The instance itself, to prepare what the trait cannot.
    pub local: LocalInstance,
}

impl<'a> Stage<'a> {
    /// A new instance with multi-tenancy on, and with the default tenant where the release has one.
    pub fn new(reach: &'a dyn Reach, release: Release) -> Self {
        let mut stage = Self::untouched(reach, release);
        stage.restart(true, true);
        stage
    }

    /// A new instance with the settings it came with.
    pub fn untouched(reach: &'a dyn Reach, release: Release) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("instance");
        LocalInstance::create(&directory, release).unwrap();
        let local = LocalInstance::open(&directory, None).unwrap();
        Self {
            home,
            reach,
            release,
            local,
        }
    }

    /// Edits the settings file and restarts the instance. Backends from before see nothing of it.
    pub fn restart(&mut self, enabled: bool, default_tenant: bool) {
        self.edit(enabled, default_tenant);
        self.local = LocalInstance::open(self.local.directory(), None).unwrap();
    }

    /// Edits the settings file.
    pub fn edit(&self, enabled: bool, default_tenant: bool) {
        let text =
            format!("kestra:\n  ee:\n    tenants:\n      enabled: {enabled}\n      default-tenant: {default_tenant}\n");
        std::fs::write(self.local.settings_file(), text).unwrap();
    }

    /// The backend in the name of the first superadmin.
    pub fn superadmin(&self) -> Box<dyn Backend> {
        self.as_user(FIRST_USER)
    }

    /// The backend in the name of a user.
    pub fn as_user(&self, username: &str) -> Box<dyn Backend> {
        assert!(self.home.path().exists());
        self.reach.backend(self.local.directory(), username)
    }

    /// A new user with access to a tenant or to none.
    pub fn user(&self, username: &str, tenant: Option<&TenantScope>) -> User {
        self.local
            .create_user(&NewUser {
                username: username.to_owned(),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
                tenant: tenant.cloned(),
                groups: Vec::new(),
            })
            .unwrap()
    }

    /// A new tenant without an admin.
    pub fn tenant(&self, id: &str) -> TenantScope {
        self.local.create_tenant_by_command(&new_tenant(id)).unwrap();
        named(id)
    }

    /// The pairs of a role that reads flows. 2.0 takes no role that allows nothing.
    pub fn flow_reader(&self) -> Vec<(&'static str, &'static str)> {
        self.reading().iter().map(|action| ("FLOW", *action)).collect()
    }

    /// A new role that allows these pairs.
    pub fn role(&self, scope: &TenantScope, name: &str, pairs: &[(&'static str, &'static str)]) -> Role {
        let mut permissions = Permissions::default();
        for (resource, action) in pairs {
            permissions.allow(Resource::known(resource), Action::known(action));
        }
        if pairs.is_empty() && self.release.permission_model() == PermissionModel::ResourceActions {
            // 2.0 wants a role to allow something.
            permissions.allow(Resource::known("SUPPORT"), Action::known("VIEW"));
        }
        self.local
            .create_role(
                scope,
                &NewRole {
                    name: name.to_owned(),
                    description: None,
                    permissions,
                    is_default: false,
                },
            )
            .unwrap()
    }

    /// Gives a role to a user.
    pub fn bind(&self, scope: &TenantScope, user: &User, role: &Role, namespace: Option<&str>) -> Binding {
        self.bind_id(scope, SubjectKind::User, &user.id, &role.id, namespace)
    }

    /// Gives a role to a subject of either kind.
    pub fn bind_id(
        &self,
        scope: &TenantScope,
        subject_kind: SubjectKind,
        subject: &str,
        role: &str,
        namespace: Option<&str>,
    ) -> Binding {
        self.local
            .create_binding(
                scope,
                &NewBinding {
                    subject_kind,
                    subject_id: subject.to_owned(),
                    role_id: role.to_owned(),
                    namespace: namespace.map(str::to_owned),
                },
            )
            .unwrap()
    }

    /// The actions that reading takes in the release.
    pub fn reading(&self) -> &'static [&'static str] {
        match self.release.permission_model() {
            PermissionModel::Crud => &["READ"],
            PermissionModel::ResourceActions => &["LIST", "VIEW"],
        }
    }
}

/// A tenant of an id, named after it.
pub fn new_tenant(id: &str) -> NewTenant {
    NewTenant {
        tenant: Tenant::new(id.parse().unwrap(), format!("Tenant {id}")),
        admin: None,
    }
}

/// The scope of an id.
pub fn named(id: &str) -> TenantScope {
    TenantScope::Named(id.parse().unwrap())
}
