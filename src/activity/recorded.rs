//! A backend that notes each change it is asked for in the activity record, and hands everything on to another one.
//!
//! Reads pass as they are. A change is noted before it is asked for, and again when its outcome is known, so that a process
//! that ends in between leaves a row. What becomes of a change is never touched by that.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::log::ActivityLog;
use super::names::Names;
use crate::backend::Backend;
use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::{Account, Profile};
use crate::domain::activity::{Activity, ActivityResult, Outcome};
use crate::domain::assignable::Assignable;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, NewBinding};
use crate::domain::change::Change;
use crate::domain::instance::Instance;
use crate::domain::invitation::{Invitation, Invited, NewInvitation};
use crate::domain::operation::{NamespaceFlows, Operation};
use crate::domain::page::Page;
use crate::domain::problem::Problem;
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::token::{ApiToken, CreatedToken, NewToken};
use crate::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

/// Who acts from here, and where: what all rows of one backend have in common.
#[derive(Clone, Debug)]
pub struct Place {
    /// Account and machine: `ana@jump1`.
    pub operator: String,
    /// What people call the instance.
    pub context: String,
    /// Its URL or directory.
    pub place: String,
    /// Words that lead a command to the same instance.
    pub command_words: Vec<String>,
}

/// A backend whose changes are noted.
pub struct Recorded {
    inner: Arc<dyn Backend>,
    log: ActivityLog,
    place: Place,
    /// Release and login name, once the instance told them.
    known: Mutex<Option<(Release, String)>>,
    /// What was read is called so.
    names: Names,
    trouble: Mutex<Trouble>,
    /// When this began, in milliseconds since 1970 and hexadecimal digits.
    started: String,
    /// How many changes were begun.
    begun: AtomicU64,
}

/// What could not be noted. It is told once; a second time would tell nothing new.
#[derive(Default)]
enum Trouble {
    #[default]
    None,
    ToTell(Problem),
    Told,
}

impl Recorded {
    /// A backend that hands everything on to `inner`, and notes changes in `log`.
    pub fn new(inner: Arc<dyn Backend>, log: ActivityLog, place: Place) -> Self {
        Self {
            inner,
            log,
            place,
            known: Mutex::default(),
            names: Names::default(),
            trouble: Mutex::default(),
            started: format!("{:x}", Timestamp::now().as_millisecond()),
            begun: AtomicU64::new(0),
        }
    }

    /// Keeps what things are called that were read.
    fn learnt<T>(&self, read: Result<T, Problem>, learn: impl FnOnce(&Names, &T)) -> Result<T, Problem> {
        read.inspect(|read| learn(&self.names, read))
    }

    /// Notes what is about to be asked for, before it is.
    fn begin(&self, changes: &[Change<'_>]) -> Begun {
        let rows: Vec<Activity> = changes.iter().map(|change| self.row(*change)).collect();
        let is_noted = rows.is_empty() || self.append(|log| log.append(&rows));
        Begun { rows, is_noted }
    }

    /// Notes what came of it. A problem is told by the names of what was read.
    fn note<T>(&self, begun: &Begun, result: Result<T, Problem>) -> Result<T, Problem> {
        let result = result.map_err(|problem| self.names.told(problem));
        self.end(begun, [done(&result)]);
        result
    }

    /// The same where nothing may have been left to do: false says so.
    fn note_if_done(&self, begun: &Begun, result: Result<bool, Problem>) -> Result<bool, Problem> {
        let result = result.map_err(|problem| self.names.told(problem));
        self.end(begun, [done_or_not(&result)]);
        result
    }

    fn end<'p>(&self, begun: &Begun, ends: impl IntoIterator<Item = Result<ActivityResult, &'p Problem>>) {
        let ends = ends.into_iter().map(Outcome::of);
        let outcomes: Vec<(&Activity, Outcome)> = begun.rows.iter().zip(ends).collect();
        if outcomes.is_empty() {
            return;
        }
        self.append(|log| log.end(&outcomes, begun.is_noted));
    }

    /// Writes to the record, and says whether that worked.
    fn append(&self, write: impl FnOnce(&ActivityLog) -> Result<(), Problem>) -> bool {
        let Err(problem) = write(&self.log) else { return true };
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*trouble, Trouble::None) {
            *trouble = Trouble::ToTell(problem);
        }
        false
    }

    fn row(&self, change: Change<'_>) -> Activity {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Which fields of a tenant there are is told by its release; the newest knows most of them.
        let release = known.as_ref().map_or(Release::new(2, 0), |(release, _)| *release);
        Activity {
            time: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            operator: self.place.operator.clone(),
            context: self.place.context.clone(),
            place: self.place.place.clone(),
            identity: known.map(|(_, username)| username),
            about: Some(change.about(&|id| self.names.of(id))),
            command: change.recorded_command(&self.place.command_words, release),
            result: ActivityResult::Unknown,
            problem: None,
            id: Some(self.new_id()),
        }
        .redacted()
    }

    /// An id that no other row has, of whatever process.
    fn new_id(&self) -> String {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        format!("{}-{:x}-{number:x}", self.started, std::process::id())
    }
}

/// Changes that were begun, as they were noted.
struct Begun {
    rows: Vec<Activity>,
    /// Whether they could be noted.
    is_noted: bool,
}

fn done<T>(result: &Result<T, Problem>) -> Result<ActivityResult, &Problem> {
    result.as_ref().map(|_| ActivityResult::Done)
}

fn done_or_not(result: &Result<bool, Problem>) -> Result<ActivityResult, &Problem> {
    result.as_ref().map(|done| {
        if *done {
            ActivityResult::Done
        } else {
            ActivityResult::Unchanged
        }
    })
}

#[async_trait]
impl Backend for Recorded {
    async fn instance(&self) -> Result<Instance, Problem> {
        let instance = self.inner.instance().await?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((instance.release, instance.identity.username.clone()));
        Ok(instance)
    }

    async fn tenants(&self, query: &Query) -> Result<Page<TenantRow>, Problem> {
        self.inner.tenants(query).await
    }

    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem> {
        self.inner.tenant(id).await
    }

    async fn admin_count(&self, scope: &TenantScope) -> Result<u64, Problem> {
        self.inner.admin_count(scope).await
    }

    async fn admin_counts(&self, scopes: &[TenantScope]) -> Vec<Result<u64, Problem>> {
        self.inner.admin_counts(scopes).await
    }

    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        let begun = self.begin(&[Change::CreateTenant(new)]);
        let result = self.inner.create_tenant(new).await;
        self.note(&begun, result)
    }

    async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        let changes: Vec<_> = new.iter().map(Change::CreateTenant).collect();
        let begun = self.begin(&changes);
        let results = self.inner.create_tenants(new).await;
        self.end(&begun, results.iter().map(done));
        results
    }

    async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Problem> {
        let begun = self.begin(&[Change::EnsureAdmin(scope, username)]);
        let result = self.inner.ensure_admin(scope, username).await;
        self.note_if_done(&begun, result)
    }

    async fn ensure_admins(&self, wanted: &[(TenantScope, String)]) -> Vec<Result<bool, Problem>> {
        let changes: Vec<_> = wanted
            .iter()
            .map(|(scope, username)| Change::EnsureAdmin(scope, username))
            .collect();
        let begun = self.begin(&changes);
        let results = self.inner.ensure_admins(wanted).await;
        self.end(&begun, results.iter().map(done_or_not));
        results
    }

    async fn update_tenant(&self, before: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
        let begun = self.begin(&[Change::UpdateTenant { before, after }]);
        let result = self.inner.update_tenant(before, after).await;
        self.note(&begun, result)
    }

    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteTenant(id)]);
        let result = self.inner.delete_tenant(id).await;
        self.note(&begun, result)
    }

    async fn footprint(&self, scope: &TenantScope) -> Result<Footprint, Problem> {
        self.inner.footprint(scope).await
    }

    async fn namespaces(&self, scope: &TenantScope) -> Result<Vec<String>, Problem> {
        self.inner.namespaces(scope).await
    }

    async fn flow_counts(&self, scope: &TenantScope) -> Result<Vec<NamespaceFlows>, Problem> {
        self.inner.flow_counts(scope).await
    }

    async fn operation(&self) -> Result<Operation, Problem> {
        self.inner.operation().await
    }

    async fn roles(&self, scope: &TenantScope, query: &Query) -> Result<Page<Role>, Problem> {
        self.learnt(self.inner.roles(scope, query).await, |names, page| {
            names.roles(&page.rows);
        })
    }

    async fn role(&self, scope: &TenantScope, id: &str) -> Result<Role, Problem> {
        self.learnt(self.inner.role(scope, id).await, |names, role| {
            names.roles(std::slice::from_ref(role));
        })
    }

    async fn assignable(&self, scope: &TenantScope) -> Result<Assignable, Problem> {
        self.inner.assignable(scope).await
    }

    async fn bindings(&self, scope: &TenantScope, query: &Query) -> Result<Page<Binding>, Problem> {
        self.learnt(self.inner.bindings(scope, query).await, |names, page| {
            names.bindings(&page.rows);
        })
    }

    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem> {
        self.learnt(self.inner.users(scope, query).await, |names, page| {
            names.users(&page.rows);
        })
    }

    async fn groups(&self, scope: &TenantScope, query: &Query) -> Result<Page<Group>, Problem> {
        self.learnt(self.inner.groups(scope, query).await, |names, page| {
            names.groups(&page.rows);
        })
    }

    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem> {
        self.learnt(self.inner.access(scope).await, Names::access)
    }

    async fn accesses(&self, scopes: &[TenantScope]) -> Vec<Result<TenantAccess, Problem>> {
        self.inner.accesses(scopes).await
    }

    async fn create_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        let begun = self.begin(&[Change::CreateRole(scope, new)]);
        let result = self.learnt(self.inner.create_role(scope, new).await, |names, role| {
            names.roles(std::slice::from_ref(role));
        });
        self.note(&begun, result)
    }

    async fn update_role(&self, scope: &TenantScope, before: &Role, after: &NewRole) -> Result<Role, Problem> {
        let begun = self.begin(&[Change::UpdateRole { scope, before, after }]);
        let result = self.inner.update_role(scope, before, after).await;
        self.note(&begun, result)
    }

    async fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteRole(scope, id)]);
        let result = self.inner.delete_role(scope, id).await;
        self.note(&begun, result)
    }

    async fn create_bindings(&self, scope: &TenantScope, new: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        let changes: Vec<_> = new.iter().map(|new| Change::CreateBinding(scope, new)).collect();
        let begun = self.begin(&changes);
        let results = self.inner.create_bindings(scope, new).await;
        let results: Vec<_> = results
            .into_iter()
            .map(|result| result.map_err(|problem| self.names.told(problem)))
            .collect();
        for binding in results.iter().flatten() {
            self.names.bindings(std::slice::from_ref(binding));
        }
        self.end(&begun, results.iter().map(done));
        results
    }

    async fn delete_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteBinding(scope, id)]);
        let result = self.inner.delete_binding(scope, id).await;
        self.note(&begun, result)
    }

    async fn create_group(&self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem> {
        let begun = self.begin(&[Change::CreateGroup(scope, new)]);
        let result = self.learnt(self.inner.create_group(scope, new).await, |names, group| {
            names.groups(std::slice::from_ref(group));
        });
        self.note(&begun, result)
    }

    async fn update_group(&self, scope: &TenantScope, before: &Group, after: &NewGroup) -> Result<Group, Problem> {
        let begun = self.begin(&[Change::UpdateGroup { scope, before, after }]);
        let result = self.inner.update_group(scope, before, after).await;
        self.note(&begun, result)
    }

    async fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteGroup(scope, id)]);
        let result = self.inner.delete_group(scope, id).await;
        self.note(&begun, result)
    }

    async fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
    ) -> Result<(), Problem> {
        let begun = self.begin(&[Change::SetMembership {
            scope,
            group,
            user,
            wanted,
        }]);
        let result = self.inner.set_membership(scope, group, user, wanted).await;
        self.note(&begun, result)
    }

    async fn account(&self, scope: Option<&TenantScope>, user: &User) -> Result<Account, Problem> {
        self.inner.account(scope, user).await
    }

    async fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        let begun = self.begin(&[Change::CreateAccount(scope, kind, profile)]);
        let result = self.inner.create_account(scope, kind, profile).await;
        self.note(&begun, result)
    }

    async fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteAccount(scope, user)]);
        let result = self.inner.delete_account(scope, user).await;
        self.note(&begun, result)
    }

    async fn set_superadmin(&self, user: &User, superadmin: bool) -> Result<(), Problem> {
        let begun = self.begin(&[Change::SetSuperadmin(user, superadmin)]);
        let result = self.inner.set_superadmin(user, superadmin).await;
        self.note(&begun, result)
    }

    async fn set_password(&self, scope: Option<&TenantScope>, user: &User, password: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::SetPassword(scope, user)]);
        let result = self.inner.set_password(scope, user, password).await;
        self.note(&begun, result)
    }

    async fn give_access(&self, scope: &TenantScope, who: &Entrant) -> Result<bool, Problem> {
        let begun = self.begin(&[Change::GiveAccess(scope, who)]);
        let result = self.inner.give_access(scope, who).await;
        self.note_if_done(&begun, result)
    }

    async fn take_access(&self, scope: &TenantScope, user: &User) -> Result<(), Problem> {
        let begun = self.begin(&[Change::TakeAccess(scope, user)]);
        let result = self.inner.take_access(scope, user).await;
        self.note(&begun, result)
    }

    async fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Result<Vec<ApiToken>, Problem> {
        self.learnt(self.inner.tokens(scope, owner).await, |names, tokens| {
            names.learn(tokens.iter().map(|token| (&token.id, token.name.clone())));
        })
    }

    async fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        new: &NewToken,
    ) -> Result<CreatedToken, Problem> {
        let begun = self.begin(&[Change::CreateToken(scope, owner, new)]);
        let result = self.inner.create_token(scope, owner, new).await;
        self.note(&begun, result)
    }

    async fn delete_token(&self, scope: Option<&TenantScope>, owner: &User, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteToken(scope, owner, id)]);
        let result = self.inner.delete_token(scope, owner, id).await;
        self.note(&begun, result)
    }

    async fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        self.learnt(self.inner.invitations(scope).await, |names, all| {
            names.learn(all.iter().map(|invitation| (&invitation.id, invitation.email.clone())));
        })
    }

    async fn invite(&self, scope: &TenantScope, new: &NewInvitation) -> Result<Invited, Problem> {
        let begun = self.begin(&[Change::Invite(scope, new)]);
        let result = self.inner.invite(scope, new).await;
        self.note(&begun, result)
    }

    async fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        let begun = self.begin(&[Change::DeleteInvitation(scope, id)]);
        let result = self.inner.delete_invitation(scope, id).await;
        self.note(&begun, result)
    }

    async fn audit(&self, scope: Option<&TenantScope>, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        self.inner.audit(scope, query).await
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        self.inner.change_stamp().await
    }

    async fn expect_filter(&self) -> Result<(), Problem> {
        self.inner.expect_filter().await
    }

    fn unrecorded(&self) -> Option<Problem> {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut *trouble) {
            Trouble::None => None,
            Trouble::ToTell(problem) => {
                *trouble = Trouble::Told;
                Some(problem)
            }
            Trouble::Told => {
                *trouble = Trouble::Told;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::local::LocalInstance;

    /// A local instance of 1.3 behind a record, with what the record says.
    fn recorded(home: &std::path::Path) -> (Recorded, ActivityLog) {
        let directory = home.join("instance");
        LocalInstance::create(&directory, Release::new(1, 3)).unwrap();
        let log = ActivityLog::in_state(&home.join("state"));
        let place = Place {
            operator: "ana@jump1".to_owned(),
            context: "lab".to_owned(),
            place: "/lab".to_owned(),
            command_words: vec!["--store".to_owned(), "lab".to_owned()],
        };
        let inner = Arc::new(LocalInstance::open(&directory, None).unwrap());
        (Recorded::new(inner, log.clone(), place), log)
    }

    #[tokio::test]
    async fn changes_are_noted_with_their_results_and_reads_are_not() {
        let home = tempfile::tempdir().unwrap();
        let (backend, log) = recorded(home.path());
        let identity = backend.instance().await.unwrap().identity.username;
        let id: TenantId = "dev".parse().unwrap();
        let new = NewTenant {
            tenant: Tenant::new(id.clone(), "Dev"),
            admin: None,
        };
        backend.create_tenant(&new).await.unwrap();
        backend.create_tenant(&new).await.unwrap_err();
        let scope = TenantScope::Named(id);
        backend.ensure_admin(&scope, &identity).await.unwrap();
        backend.ensure_admin(&scope, &identity).await.unwrap();
        backend.roles(&scope, &Query::first(10)).await.unwrap();
        let mut rows = Vec::new();
        log.read(|row| rows.push(row)).unwrap();
        let shown: Vec<String> = rows
            .iter()
            .map(|row| format!("{} {}", row.result.word(), row.command))
            .collect();
        let admin = format!("kestra-admin --store lab tenants repair-admin dev --admin-username {identity} --yes");
        assert_eq!(
            shown,
            [
                "done kestra-admin --store lab tenants create --tenant dev --name Dev".to_owned(),
                "refused kestra-admin --store lab tenants create --tenant dev --name Dev".to_owned(),
                format!("done {admin}"),
                format!("unchanged {admin}"),
            ]
        );
        assert_eq!(rows[0].identity.as_deref(), Some(identity.as_str()));
        assert_eq!(rows[0].about.as_deref(), Some("create tenant dev"));
        assert!(rows[1].problem.as_ref().unwrap().contains("dev"));
        assert!(backend.unrecorded().is_none());
    }

    #[tokio::test]
    async fn rows_name_people_and_roles_that_were_read() {
        let home = tempfile::tempdir().unwrap();
        let (backend, log) = recorded(home.path());
        let me = backend.instance().await.unwrap().identity;
        let new = NewTenant {
            tenant: Tenant::new("dev".parse().unwrap(), "Dev"),
            admin: Some(me.username.clone()),
        };
        backend.create_tenant(&new).await.unwrap();
        let scope = TenantScope::Named("dev".parse().unwrap());
        let bindings = backend.bindings(&scope, &Query::first(10)).await.unwrap().rows;
        backend.delete_binding(&scope, &bindings[0].id).await.unwrap();
        backend.delete_binding(&scope, "unread").await.unwrap_err();
        let new = NewBinding {
            subject_kind: crate::domain::binding::SubjectKind::User,
            subject_id: me.id.clone(),
            role_id: bindings[0].role_id.clone(),
            namespace: Some("prod".to_owned()),
        };
        backend.create_binding(&scope, &new).await.unwrap();
        let mut rows = Vec::new();
        log.read(|row| rows.push(row.about.unwrap())).unwrap();
        let me = &me.username;
        assert_eq!(
            rows,
            [
                "create tenant dev".to_owned(),
                format!("take role Admin of {me}"),
                "take binding unread".to_owned(),
                format!("give role Admin to {me} in prod")
            ]
        );
    }

    #[tokio::test]
    async fn what_fails_names_people_by_name_and_by_id_where_names_repeat() {
        let home = tempfile::tempdir().unwrap();
        let (backend, log) = recorded(home.path());
        let id: TenantId = "dev".parse().unwrap();
        backend
            .create_tenant(&NewTenant {
                tenant: Tenant::new(id.clone(), "Dev"),
                admin: None,
            })
            .await
            .unwrap();
        let scope = TenantScope::Named(id);
        let named = |username: &str| Profile {
            username: username.to_owned(),
            ..Profile::default()
        };
        for (kind, name) in [
            (UserKind::Standard, "bob@example.com"),
            (UserKind::ServiceAccount, "ci"),
            (UserKind::ServiceAccount, "ci"),
        ] {
            backend.create_account(None, kind, &named(name)).await.unwrap();
        }
        let users = backend.users(None, &Query::first(10)).await.unwrap().rows;
        let role = backend.roles(&scope, &Query::first(1)).await.unwrap().rows.remove(0);
        for (name, told_by_name) in [("bob@example.com", true), ("ci", false)] {
            let user = users.iter().find(|user| user.username == name).unwrap();
            // Somebody else is faster.
            backend.inner.delete_account(None, user).await.unwrap();
            let new = NewBinding {
                subject_kind: crate::domain::binding::SubjectKind::User,
                subject_id: user.id.clone(),
                role_id: role.id.clone(),
                namespace: None,
            };
            let called = if told_by_name { name } else { user.id.as_str() };
            let problem = backend
                .create_bindings(&scope, std::slice::from_ref(&new))
                .await
                .remove(0)
                .unwrap_err();
            assert_eq!(problem.what, format!("There is no user `{called}`."));
            let problem = backend.create_binding(&scope, &new).await.unwrap_err();
            assert_eq!(problem.what, format!("There is no user `{called}`."));
        }
        let mut said = Vec::new();
        log.read(|row| said.extend(row.problem)).unwrap();
        assert!(said.iter().any(|said| said.contains("bob@example.com")), "{said:?}");
    }

    #[tokio::test]
    async fn a_record_that_cannot_be_written_fails_no_change_and_is_told_once() {
        let home = tempfile::tempdir().unwrap();
        let (backend, log) = recorded(home.path());
        std::fs::create_dir_all(log.file()).unwrap();
        let new = |id: &str| NewTenant {
            tenant: Tenant::new(id.parse().unwrap(), "x"),
            admin: None,
        };
        backend.create_tenant(&new("a")).await.unwrap();
        assert!(backend.unrecorded().is_some());
        backend.create_tenant(&new("b")).await.unwrap();
        assert!(backend.unrecorded().is_none());
    }

    #[tokio::test]
    async fn a_change_whose_end_nobody_saw_is_unknown() {
        let home = tempfile::tempdir().unwrap();
        let (backend, log) = recorded(home.path());
        let id: TenantId = "dev".parse().unwrap();
        let begun = backend.begin(&[Change::DeleteTenant(&id), Change::DeleteTenant(&id)]);
        // The process is killed here, or another one reads meanwhile.
        let results = |log: &ActivityLog| {
            let mut results = Vec::new();
            log.read(|row| results.push((row.result, row.problem.is_some())))
                .unwrap();
            results
        };
        let unknown = (ActivityResult::Unknown, true);
        assert_eq!(results(&log), [unknown, unknown]);
        backend.end(&begun, [Ok(ActivityResult::Done)]);
        assert_eq!(results(&log), [(ActivityResult::Done, false), unknown]);
    }

    #[tokio::test]
    async fn a_record_that_can_be_written_again_has_the_whole_row() {
        let home = tempfile::tempdir().unwrap();
        let (backend, log) = recorded(home.path());
        std::fs::create_dir_all(log.file()).unwrap();
        let id: TenantId = "dev".parse().unwrap();
        let begun = backend.begin(&[Change::DeleteTenant(&id)]);
        std::fs::remove_dir(log.file()).unwrap();
        backend.end(&begun, [Ok(ActivityResult::Done)]);
        let mut rows = Vec::new();
        log.read(|row| rows.push(row)).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].result, ActivityResult::Done);
    }
}
