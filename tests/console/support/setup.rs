//! What there is before the console opens: an instance, its tenants and users, and a session.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::app::contexts::{ContextRow, Leads};
use kestra_admin::app::geometry::Size;
use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::model::Model;
use kestra_admin::app::resume::Resume;
use kestra_admin::app::session::Session;
use kestra_admin::app::update::start;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant};
use kestra_admin::domain::user::UserKind;
use kestra_admin::ui::look::Look;

use super::Console;
use super::migrations::{Fake, grown};

/// The row of a context: at an address of its own, open to changes.
pub fn context(name: &str) -> ContextRow {
    ContextRow {
        name: name.to_owned(),
        leads: Leads::Host(format!("https://{name}.example.com")),
        place: String::new(),
        read_only: false,
        who: "ana@example.com".to_owned(),
        changes: "RW",
        is_default: false,
        ..ContextRow::default()
    }
}

/// What an instance is made of before the console opens it.
pub struct Setup {
    pub release: &'static str,
    pub enabled: Option<bool>,
    pub default_tenant: Option<bool>,
    pub size: (u16, u16),
    pub session: Session,
    pub acting_as: Option<&'static str>,
    pub resume: Option<Resume>,
    /// Whether the first questions wait until [`Console::answer`].
    pub hold: bool,
    /// Whether migrations can be carried out.
    pub migrates: bool,
    /// What a survey finds, and which runs there are.
    pub fake: Arc<Fake>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            release: "0.21",
            enabled: Some(true),
            default_tenant: Some(true),
            size: (80, 24),
            session: Session::new("default"),
            acting_as: None,
            resume: None,
            hold: false,
            migrates: true,
            fake: Fake::new(grown()),
        }
    }
}

impl Setup {
    /// A console over the instance, after `fill` has put things into it.
    pub fn open(self, fill: impl FnOnce(&LocalInstance, &tokio::runtime::Runtime)) -> Console {
        let directory = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let path = directory.path().join("instance");
        let release: Release = self.release.parse().unwrap();
        LocalInstance::create(&path, release).unwrap();
        write_settings(&path, Some(true), Some(true));
        let before = LocalInstance::open(&path, None).unwrap();
        fill(&before, &runtime);
        drop(before);
        write_settings(&path, self.enabled, self.default_tenant);
        let backend = Arc::new(LocalInstance::open(&path, self.acting_as).unwrap());
        let mut session = self.session;
        session.migrates = self.migrates;
        session.operator = Some(super::migrations::US.to_owned());
        let mut model = Model::new(session, Keymap::default(), Size::new(self.size.0, self.size.1));
        model.resume = self.resume;
        let mut console = Console {
            model,
            look: Look::new("default", Depth::Ansi16, Glyphs::Unicode).unwrap(),
            copied: Vec::new(),
            saved: None,
            has_quit: false,
            repaints: 0,
            is_stopped: false,
            asked: Vec::new(),
            failures: VecDeque::new(),
            failing_items: Vec::new(),
            assignable: None,
            held: self.hold,
            journals_wait: false,
            waiting: VecDeque::new(),
            entered: None,
            files: BTreeMap::new(),
            activity: Vec::new(),
            welcomed: false,
            stampless: false,
            leaves_out: false,
            uncounted: false,
            filters_expected: 0,
            sent: Vec::new(),
            kept_columns: None,
            found: Vec::new(),
            reopened: 0,
            contexts: Vec::new(),
            checks: Vec::new(),
            begins_in: None,
            fake: self.fake,
            watches: BTreeMap::new(),
            backend,
            runtime,
            directory,
            now: 0,
            drawn: Mutex::default(),
        };
        let effects = start(&mut console.model, 0);
        console.carry_out(effects);
        console
    }
}

/// A session in the usual context, changed a little.
pub fn session(change: impl FnOnce(&mut Session)) -> Session {
    let mut session = Session::new("default");
    change(&mut session);
    session
}

pub(super) fn write_settings(path: &std::path::Path, enabled: Option<bool>, default_tenant: Option<bool>) {
    let mut text = String::from("kestra:\n  ee:\n    tenants:\n      # as a test wants it\n");
    for (key, value) in [("enabled", enabled), ("default-tenant", default_tenant)] {
        if let Some(value) = value {
            writeln!(text, "      {key}: {value}").unwrap();
        }
    }
    std::fs::write(path.join("application.yml"), text).unwrap();
}

/// Creates tenants `id: name`, each with an Admin unless the name ends with `!`.
pub fn tenants(instance: &LocalInstance, runtime: &tokio::runtime::Runtime, list: &[(&str, &str)]) {
    let new: Vec<NewTenant> = list
        .iter()
        .map(|(id, name)| NewTenant {
            tenant: Tenant::new(id.parse().unwrap(), name.trim_end_matches('!')),
            admin: (!name.ends_with('!')).then(|| "admin@kestra.local".to_owned()),
        })
        .collect();
    for result in runtime.block_on(instance.create_tenants(&new)) {
        result.unwrap();
    }
}

/// Creates one more tenant, whose Admin is the first user.
pub async fn create(instance: &LocalInstance, id: &str, name: &str) {
    let new = NewTenant {
        tenant: Tenant::new(id.parse().unwrap(), name),
        admin: Some("admin@kestra.local".to_owned()),
    };
    instance.create_tenant(&new).await.unwrap();
}

/// Creates a user who is no superadmin.
pub fn user(instance: &LocalInstance, username: &str) {
    instance
        .create_user(&NewUser {
            username: username.to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
            tenant: None,
            groups: Vec::new(),
        })
        .unwrap();
}

/// Fills the usual instance.
pub fn usual(instance: &LocalInstance, runtime: &tokio::runtime::Runtime) {
    tenants(
        instance,
        runtime,
        &[
            ("acme", "Acme Corporation"),
            ("billing", "Billing"),
            ("globex", "Globex!"),
        ],
    );
}
