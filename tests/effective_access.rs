//! What is said of effective access against what a rehearsal in fact allows: each user tries, over HTTP.
//!
//! The people are those of the sample company, and some more who hold roles drawn by lot: directly or through a group, in
//! the whole tenant or in a namespace. Each tries every request that is guarded by a permission; whether it is allowed has
//! to be what [`can`] and [`who_can`] say of the same tenant. Superadmins are left out: no role binds them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    dead_code,
    reason = "a test stops at the first surprise, and uses of the shared parts what it needs"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::access::TenantAccess;
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::effective_access::{can, roles_of, who_can};
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::release::{PermissionModel, Release};
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{Membership, User, UserKind};
use kestra_admin::rehearsal::sample::{SampleSize, fill};
use serde_json::{Value, json};
use support::rehearsal::Served;

/// People of the company who try: as many as hold different roles, up to this.
const OF_THE_COMPANY: usize = 10;
/// People whose roles are drawn by lot.
const BY_LOT: usize = 10;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Try {
    SearchRoles,
    CreateRole,
    SearchBindings,
    CreateBinding,
    DeleteBinding,
    SearchGroups,
    CreateGroup,
    SearchPeople,
    SearchFlows,
    SearchExecutions,
    SearchNamespaces,
    ReadAuditLog,
}

const ALL: [Try; 12] = [
    Try::SearchRoles,
    Try::CreateRole,
    Try::SearchBindings,
    Try::CreateBinding,
    Try::DeleteBinding,
    Try::SearchGroups,
    Try::CreateGroup,
    Try::SearchPeople,
    Try::SearchFlows,
    Try::SearchExecutions,
    Try::SearchNamespaces,
    Try::ReadAuditLog,
];

impl Try {
    /// The permission that guards it.
    fn pair(self, release: Release) -> (Resource, Action) {
        let list = match release.permission_model() {
            PermissionModel::Crud => "READ",
            PermissionModel::ResourceActions => "LIST",
        };
        let people = if release.at_least(0, 24) && !release.at_least(2, 0) {
            "TENANT_ACCESS"
        } else {
            "USER"
        };
        let (resource, action) = match self {
            Self::SearchRoles => ("ROLE", list),
            Self::CreateRole => ("ROLE", "CREATE"),
            Self::SearchBindings => ("BINDING", list),
            Self::CreateBinding => ("BINDING", "CREATE"),
            Self::DeleteBinding => ("BINDING", "DELETE"),
            Self::SearchGroups => ("GROUP", list),
            Self::CreateGroup => ("GROUP", "CREATE"),
            Self::SearchPeople => (people, list),
            Self::SearchFlows => ("FLOW", list),
            Self::SearchExecutions => ("EXECUTION", list),
            Self::SearchNamespaces => ("NAMESPACE", list),
            Self::ReadAuditLog => ("AUDITLOG", list),
        };
        (Resource::known(resource), Action::known(action))
    }

    /// Whether it is about what lives in namespaces, so that it is asked for one as well.
    fn is_in_namespaces(self) -> bool {
        matches!(
            self,
            Self::SearchFlows | Self::SearchExecutions | Self::SearchNamespaces
        )
    }
}

/// A rehearsal of the sample company.
struct Stage {
    release: Release,
    scope: TenantScope,
    local: LocalInstance,
    prefix: String,
    client: reqwest::Client,
    tokens: BTreeMap<String, String>,
    /// Somebody who gets what others may give.
    target: User,
    /// A role of no consequence.
    role: String,
    tried: std::cell::Cell<u32>,
    _server: Served,
    _home: tempfile::TempDir,
}

/// Numbers that look drawn by lot and are the same every time.
struct Lot(u64);

impl Lot {
    fn draw(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

impl Stage {
    fn of(release: Release) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, release).unwrap();
        let local = LocalInstance::open(&directory, None)
            .unwrap()
            .with_tenancy_on()
            .unwrap();
        fill(&local, SampleSize::Small).unwrap();
        let scope = if release.has_default_tenant() {
            TenantScope::Default
        } else {
            TenantScope::Named("main".parse().unwrap())
        };
        let server = Served::over(&directory);
        let tenant = scope.id().map(|id| format!("/{id}")).unwrap_or_default();
        let reading = Try::SearchFlows.pair(release);
        let mut stage = Self {
            release,
            prefix: format!("http://{}/api/v1{tenant}", server.address()),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            tokens: BTreeMap::new(),
            target: User {
                id: String::new(),
                username: String::new(),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
            },
            role: String::new(),
            tried: std::cell::Cell::new(0),
            scope,
            local,
            _server: server,
            _home: home,
        };
        stage.target = stage.user("target@nordwind.example");
        stage.role = stage.new_role("Of no consequence", &[reading]);
        stage.draw();
        stage
    }

    fn user(&self, username: &str) -> User {
        self.local
            .create_user(&NewUser {
                username: username.to_owned(),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
                tenant: Some(self.scope.clone()),
                groups: Vec::new(),
            })
            .unwrap()
    }

    fn new_role(&self, name: &str, pairs: &[(Resource, Action)]) -> String {
        let mut permissions = Permissions::default();
        for (resource, action) in pairs {
            permissions.allow(resource.clone(), action.clone());
        }
        let new = NewRole {
            name: name.to_owned(),
            description: None,
            permissions,
            is_default: false,
        };
        self.local.create_role(&self.scope, &new).unwrap().id
    }

    fn bind(&self, kind: SubjectKind, subject: &str, role: &str, namespace: Option<&str>) -> String {
        let new = NewBinding {
            subject_kind: kind,
            subject_id: subject.to_owned(),
            role_id: role.to_owned(),
            namespace: namespace.map(str::to_owned),
        };
        self.local.create_binding(&self.scope, &new).unwrap().id
    }

    /// People who hold two roles each, drawn by lot.
    fn draw(&self) {
        let mut lot = Lot(7);
        let namespaces = self.namespaces_with_flows();
        for number in 0..BY_LOT {
            let user = self.user(&format!("lot{number}@nordwind.example"));
            for half in ["a", "b"] {
                let mut pairs: Vec<_> = (0..3).map(|_| ALL[lot.draw(ALL.len())].pair(self.release)).collect();
                pairs.dedup();
                let role = self.new_role(&format!("Lot {number}{half}"), &pairs);
                let namespace = (lot.draw(2) == 0).then(|| namespaces[lot.draw(namespaces.len())].clone());
                if lot.draw(2) == 0 {
                    self.bind(SubjectKind::User, &user.id, &role, namespace.as_deref());
                } else {
                    let group = self
                        .local
                        .create_group(&self.scope, &format!("Lot {number}{half}"), None)
                        .unwrap();
                    self.local
                        .add_member(&self.scope, &group.id, &user.username, Membership::Member)
                        .unwrap();
                    self.bind(SubjectKind::Group, &group.id, &role, namespace.as_deref());
                }
            }
        }
    }

    fn namespaces_with_flows(&self) -> Vec<String> {
        let query = kestra_admin::backend::local::StockQuery {
            text: None,
            namespace: None,
            offset: 0,
            size: 1000,
        };
        let flows = self.local.flows(&self.scope, &query).unwrap();
        let all: BTreeSet<String> = flows.rows.into_iter().map(|flow| flow.namespace).collect();
        all.into_iter().collect()
    }

    /// The people who try: of those who hold the same roles in the same places one.
    fn people(access: &TenantAccess) -> Vec<User> {
        let mut seen = BTreeSet::new();
        let mut company = Vec::new();
        let mut by_lot = Vec::new();
        for user in access.users.iter().filter(|user| !user.superadmin) {
            if user.username.starts_with("lot") {
                by_lot.push(user.clone());
                continue;
            }
            let held: BTreeSet<_> = roles_of(access, &user.id)
                .into_iter()
                .map(|held| (held.role_name, held.namespace, held.via_group.is_some()))
                .collect();
            if seen.insert(held) && company.len() < OF_THE_COMPANY {
                company.push(user.clone());
            }
        }
        company.extend(by_lot);
        company
    }

    fn token(&mut self, user: &User) -> String {
        let new = NewToken {
            name: "try".to_owned(),
            ..NewToken::default()
        };
        let local = &self.local;
        self.tokens
            .entry(user.id.clone())
            .or_insert_with(|| {
                let made = local
                    .create_token(None, &user.id, &new, jiff::Timestamp::now())
                    .unwrap();
                made.full_token
            })
            .clone()
    }

    /// Sends a request in the name of a user; its status and its answer.
    async fn send(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self
            .client
            .request(method.parse().unwrap(), format!("{}/{path}", self.prefix))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request
                .header("Content-Type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null);
        (status, value)
    }

    /// Whether a user may do something, found out by doing it.
    async fn does(&self, token: &str, what: Try, namespace: Option<&str>) -> bool {
        self.tried.set(self.tried.get() + 1);
        let number = self.tried.get();
        let reading = Try::SearchFlows.pair(self.release).1;
        let people = if self.release.at_least(0, 24) {
            "tenant-access"
        } else {
            "users/search"
        };
        let search = |noun: &str| ("GET", format!("{noun}?page=1&size=10"), None);
        let stock = |noun: &str| {
            let parameter = if self.release.at_least(0, 23) {
                "filters[namespace][EQUALS]"
            } else {
                "namespace"
            };
            let within = namespace
                .map(|namespace| format!("&{parameter}={namespace}"))
                .unwrap_or_default();
            ("GET", format!("{noun}/search?page=1&size=100{within}"), None)
        };
        let (method, path, body) = match what {
            Try::SearchRoles => search("roles/search"),
            Try::SearchBindings => search("bindings/search"),
            Try::SearchGroups => search("groups/search"),
            Try::SearchPeople => search(people),
            Try::ReadAuditLog => search("auditlogs/search"),
            Try::SearchFlows => stock("flows"),
            Try::SearchExecutions => stock("executions"),
            Try::SearchNamespaces => ("GET", "namespaces/search?page=1&size=500".to_owned(), None),
            Try::CreateRole => {
                let body = json!({"name": format!("Try {number}"), "permissions": {"FLOW": [reading.as_str()]}});
                ("POST", "roles".to_owned(), Some(body))
            }
            Try::CreateGroup => (
                "POST",
                "groups".to_owned(),
                Some(json!({"name": format!("Try {number}")})),
            ),
            Try::CreateBinding => {
                let body = json!({
                    "type": "USER", "externalId": self.target.id, "roleId": self.role,
                    "namespaceId": format!("try.n{number}"),
                });
                ("POST", "bindings".to_owned(), Some(body))
            }
            Try::DeleteBinding => {
                let namespace = format!("try.n{number}");
                let id = self.bind(SubjectKind::User, &self.target.id, &self.role, Some(&namespace));
                ("DELETE", format!("bindings/{id}"), None)
            }
        };
        let (status, answer) = self.send(token, method, &path, body).await;
        assert!(
            (200..300).contains(&status) || status == 403,
            "{what:?} {status} {answer}"
        );
        if status == 403 {
            return false;
        }
        if !what.is_in_namespaces() {
            return true;
        }
        // Lists show what lies where one may look: nothing elsewhere.
        let rows = answer["results"].as_array().unwrap();
        let field = if what == Try::SearchNamespaces {
            "id"
        } else {
            "namespace"
        };
        rows.iter()
            .any(|row| namespace.is_none_or(|namespace| row[field].as_str() == Some(namespace)))
    }
}

async fn compare(release: Release) {
    let mut stage = Stage::of(release);
    // What the company is, before anybody tries anything.
    let access = stage.local.access(&stage.scope).await.unwrap();
    let namespaces = stage.namespaces_with_flows();
    let people = Stage::people(&access);
    let (mut allowed, mut refused, mut through_groups, mut in_namespaces) = (0, 0, 0, 0);
    for user in &people {
        let token = stage.token(user);
        for what in ALL {
            let mut places = vec![None];
            if what.is_in_namespaces() {
                // One in which the user holds something, and two others.
                let held = roles_of(&access, &user.id)
                    .into_iter()
                    .filter_map(|held| held.namespace);
                let own = held.filter(|namespace| namespaces.contains(namespace)).take(1);
                let others = namespaces.iter().step_by(namespaces.len() / 2).cloned();
                places.extend(own.chain(others).map(Some));
            }
            for place in places {
                let (resource, action) = what.pair(release);
                let grants = can(&access, &user.id, &resource, &action, place.as_deref(), release);
                let said = !grants.is_empty();
                let done = stage.does(&token, what, place.as_deref()).await;
                let probe = format!("{release}: `{}`, {action} on {resource} in {place:?}", user.username);
                assert_eq!(said, done, "{probe} by {grants:#?}");
                let who = who_can(&access, &resource, &action, place.as_deref(), release);
                assert_eq!(who.iter().any(|(other, _)| other.id == user.id), said, "{probe}");
                if said {
                    allowed += 1;
                } else {
                    refused += 1;
                }
                through_groups += u32::from(grants.iter().any(|grant| grant.held.via_group.is_some()));
                in_namespaces += u32::from(grants.iter().any(|grant| grant.held.namespace.is_some()));
            }
        }
    }
    eprintln!(
        "{release}: {} people, {allowed} allowed ({through_groups} through groups, {in_namespaces} in namespaces), \
         {refused} refused",
        people.len()
    );
    assert!(
        allowed > 40 && refused > 40 && through_groups > 10 && in_namespaces > 5,
        "{release}"
    );
}

#[test]
fn effective_access_is_what_each_user_can_do_over_http() {
    let begun = Instant::now();
    // Only the first in a process can do this, and one is enough.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for release in [Release::new(0, 21), Release::new(1, 3), Release::new(2, 0)] {
        runtime.block_on(compare(release));
    }
    // Far more than it takes; a hint that something became slow.
    assert!(begun.elapsed() < Duration::from_mins(2));
}
