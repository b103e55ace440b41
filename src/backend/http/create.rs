//! Creating tenants, one or many, and making somebody Admin of them.
//!
//! Kestra takes three steps for what is one here, so the second half can fail: then the problem says that the tenant
//! is there, and what is missing.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use futures_util::future::join;
use serde_json::Value;

use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::{ADMIN, Role};
use crate::domain::sorting;
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantScope};
use crate::domain::tenant_change::{message, refuse, taken, wrong_when_created};
use crate::domain::text::visible;
use crate::domain::user::User;

use super::bindings;
use super::call::{Call, Path};
use super::core::Core;
use super::decode;
use super::detect::Known;
use super::echo;
use super::failure::{Failure, Reached};
use super::lists::{Work, in_turn};
use super::people::words;
use super::settle::Settled;
use super::tenants::sent_form;

/// Tenants that are created at once.
const CREATED_AT_ONCE: usize = 16;

/// How much is told of a tenant after it was created.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// Its Admin role and who holds it.
    All,
    /// Only what is known anyway: of many tenants, each further question costs as much as the tenant.
    OnlyKnown,
}

/// A tenant as it is sent: Kestra's documents and its own clients say of a new one that it is not deleted.
fn with_deleted(tenant: &Tenant) -> Value {
    let mut object = tenant.to_json();
    if let Some(object) = object.as_object_mut() {
        object.entry("deleted").or_insert(Value::Bool(false));
    }
    object
}

/// What is said of a tenant whose turn came after the instance had gone.
fn not_tried(tenant: &Tenant, problem: &Problem) -> Failure {
    Problem {
        what: format!("Tenant `{}` was not tried.", visible(tenant.id.as_str())),
        why: format!("{} {}", problem.what, problem.why),
        ..problem.clone()
    }
    .into()
}

/// The problem of a user that is not there.
pub(super) fn nobody_called(username: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no user `{}`.", visible(username)),
        "No user of this instance that you may see is called so.",
        "Check the name; `kestra-admin users list` shows them.",
    )
}

/// The users that shall become Admin, by name as it was given.
type Admins = HashMap<String, Result<Option<User>, Problem>>;

impl Core {
    /// Creates a tenant.
    pub(super) async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Failure> {
        let known = self.known().await?;
        let admins = self.admins_of(&known, std::slice::from_ref(new)).await;
        self.create(&known, new, &admins, Telling::All).await
    }

    /// Creates many, several at once; the outcomes are in the order of what was asked for.
    ///
    /// Once nobody answers any more, and the retries of a call are used up, the rest is not tried: of ten thousand
    /// tenants, each would wait for its own retries.
    pub(super) async fn create_tenants(&self, new: &[NewTenant]) -> Vec<Result<CreatedTenant, Problem>> {
        let known = match self.known().await {
            Ok(known) => known,
            Err(failure) => return vec![Err(failure.problem); new.len()],
        };
        let admins = self.admins_of(&known, new).await;
        // A superadmin who names nobody knows that nobody is Admin.
        let telling = if known.me.superadmin {
            Telling::OnlyKnown
        } else {
            Telling::All
        };
        // Of tenants of one id the first is created; the others come after it, so that it is the first that succeeds.
        let mut ids = HashSet::new();
        let (first, repeated): (Vec<usize>, Vec<usize>) =
            (0..new.len()).partition(|index| new.get(*index).is_some_and(|new| ids.insert(&new.tenant.id)));
        let mut outcomes: Vec<(usize, Result<CreatedTenant, Failure>)> = Vec::with_capacity(new.len());
        let out_of_reach = OnceLock::new();
        for indices in [first, repeated] {
            let (known, admins, out_of_reach) = (&known, &admins, &out_of_reach);
            let make = |index: usize| -> Option<Work<'_, _>> {
                let new = new.get(index)?;
                Some(Box::pin(async move {
                    if let Some(problem) = out_of_reach.get() {
                        return Err(not_tried(&new.tenant, problem));
                    }
                    let outcome = self.create(known, new, admins, telling).await;
                    if let Err(failure) = &outcome
                        && failure.reached == Reached::Nobody
                        && failure.problem.kind == ProblemKind::Unreachable
                    {
                        out_of_reach.get_or_init(|| failure.problem.clone());
                    }
                    outcome
                }))
            };
            let created = in_turn(CREATED_AT_ONCE, &indices, &make).await;
            outcomes.extend(indices.into_iter().zip(created));
        }
        sorting::by_key(&mut outcomes, |(index, _)| *index);
        outcomes
            .into_iter()
            .map(|(_, outcome)| outcome.map_err(Problem::from))
            .collect()
    }

    /// Looks up each user who shall become Admin, once.
    async fn admins_of(&self, known: &Known, new: &[NewTenant]) -> Admins {
        self.users_named(known, new.iter().filter_map(|new| new.admin.as_ref()))
            .await
    }

    async fn users_named<'a>(&self, known: &Known, names: impl Iterator<Item = &'a String>) -> Admins {
        let mut users = Admins::new();
        for name in names {
            if !users.contains_key(name) {
                let found = self.user_named(known, name).await.map_err(Problem::from);
                users.insert(name.clone(), found);
            }
        }
        users
    }

    async fn create(
        &self,
        known: &Known,
        new: &NewTenant,
        admins: &Admins,
        telling: Telling,
    ) -> Result<CreatedTenant, Failure> {
        let tenant = sent_form(&new.tenant);
        let shown = visible(tenant.id.as_str()).into_owned();
        if !known.dialect.tenancy().enabled {
            return Err(Problem::new(
                ProblemKind::Denied,
                "You may not create tenants here.",
                "Multi-tenancy is off: `kestra.ee.tenants.enabled` is false on the server.",
                "Turn it on in the settings of the server.",
            )
            .into());
        }
        let mut messages = wrong_when_created(&tenant, known.dialect.release());
        let admin = match new.admin.as_ref().and_then(|name| Some((name, admins.get(name)?))) {
            None => None,
            Some((_, Err(problem))) => return Err(problem.clone().into()),
            Some((_, Ok(Some(user)))) => Some(user),
            Some((name, Ok(None))) => {
                messages.push(message(
                    "admin",
                    format!("no user of this instance is called `{}`", visible(name)),
                ));
                None
            }
        };
        refuse(&tenant.id, "created", messages)?;

        let call = Call::post(
            known.tenants_path(),
            with_deleted(&tenant),
            format!("create tenant `{shown}`"),
        );
        let stored = match self.call(&call).await {
            Ok(answer) => match decode::tenant(&self.json_of(&call, &answer).unwrap_or(Value::Null)) {
                Some(stored) => stored,
                None => self.just_created(&tenant).await.unwrap_or_else(|_| tenant.clone()),
            },
            Err(failure) if failure.problem.kind == ProblemKind::Conflict => {
                return Err(Failure {
                    problem: Problem {
                        detail: failure.problem.detail.clone(),
                        ..taken(&tenant.id)
                    },
                    ..failure
                });
            }
            Err(failure) if failure.may_be_done() => self.settle_creation(failure, &tenant).await?,
            Err(failure) => return Err(failure),
        };
        let lost = echo::missing(&tenant, &stored);
        let created = match admin {
            Some(user) => self.make_admin(known, stored, user).await?,
            None if telling == Telling::All => self.tell(known, stored).await,
            None => CreatedTenant {
                tenant: stored,
                admin_role: None,
                admins: Vec::new(),
            },
        };
        if lost.is_empty() {
            return Ok(created);
        }
        Err(echo::dropped(&tenant.id, "created", &lost).into())
    }

    /// A tenant that was created a moment ago: 2.0 may show it only after another moment.
    async fn just_created(&self, tenant: &Tenant) -> Result<Tenant, Failure> {
        let look = || async { self.stored(&tenant.id).await };
        let read = self
            .retries
            .look(look, |failure| failure.problem.kind == ProblemKind::NotFound);
        Ok(read.await?.0)
    }

    /// Looks whether a tenant came about although no answer said so.
    async fn settle_creation(&self, failure: Failure, tenant: &Tenant) -> Result<Tenant, Failure> {
        match self.just_created(tenant).await {
            Ok(stored) if echo::missing(tenant, &stored).is_empty() => Ok(stored),
            Ok(stored) => Err(Problem {
                detail: Some(crate::domain::tenant_change::differences(tenant, &stored)),
                why: "It is not known whether it came about by this, and it is not what was sent.".to_owned(),
                ..taken(&tenant.id)
            }
            .into()),
            Err(read) if read.problem.kind == ProblemKind::NotFound && !read.no_route => {
                Err(Settled::NotDone.problem(&failure, &tenant.id, "created").into())
            }
            Err(_) => Err(Settled::Unknown.problem(&failure, &tenant.id, "created").into()),
        }
    }

    /// The Admin role of a tenant as the list of roles has it.
    async fn listed_admin_role(&self, known: &Known, scope: &TenantScope) -> Result<Option<Role>, Failure> {
        let find = |roles: Vec<Role>| roles.into_iter().find(Role::is_admin);
        let hinted = self.roles_like(known, scope, Some(ADMIN)).await?;
        match find(hinted) {
            Some(role) => Ok(Some(role)),
            None => Ok(find(self.roles_like(known, scope, None).await?)),
        }
    }

    /// The Admin role of a tenant, whole.
    async fn admin_role(&self, known: &Known, scope: &TenantScope) -> Result<Option<Role>, Failure> {
        match self.listed_admin_role(known, scope).await? {
            Some(role) if !known.dialect.roles_are_whole() => Ok(Some(self.role_in(known, scope, &role.id).await?)),
            other => Ok(other),
        }
    }

    /// What came with a tenant, where it can be read.
    async fn tell(&self, known: &Known, tenant: Tenant) -> CreatedTenant {
        let scope = TenantScope::Named(tenant.id.clone());
        let (role, bindings) = join(self.admin_role(known, &scope), self.bindings_in(known, &scope)).await;
        let admin_role = role.ok().flatten();
        let admins = match (&admin_role, bindings) {
            (Some(role), Ok(bindings)) => bindings
                .into_iter()
                .filter(|binding| binding.role_id == role.id && binding.namespace.is_none())
                .collect(),
            _ => Vec::new(),
        };
        CreatedTenant {
            tenant,
            admin_role,
            admins,
        }
    }

    /// Gives the Admin role of a new tenant to a user.
    async fn make_admin(&self, known: &Known, tenant: Tenant, user: &User) -> Result<CreatedTenant, Failure> {
        let scope = TenantScope::Named(tenant.id.clone());
        let half_done = |problem: Problem| {
            let detail = match &problem.detail {
                Some(detail) => format!("{}\n{detail}", problem.what),
                None => problem.what.clone(),
            };
            Problem::new(
                ProblemKind::Partly,
                format!(
                    "Tenant `{}` was created, but `{}` is not its admin.",
                    visible(tenant.id.as_str()),
                    visible(&user.username)
                ),
                problem.why,
                "Give the role Admin to the user in this tenant; the tenant itself is complete.",
            )
            .with_detail(detail)
        };
        let role = match self.admin_role(known, &scope).await {
            Ok(Some(role)) => role,
            Ok(None) => {
                return Err(half_done(Problem::new(
                    ProblemKind::NotFound,
                    "The tenant has no role Admin.",
                    "Kestra did not make the role Admin with the tenant.",
                    "",
                ))
                .into());
            }
            Err(failure) => return Err(half_done(failure.problem).into()),
        };
        match self.bind(known, &scope, user, &role).await {
            Ok(binding) => Ok(CreatedTenant {
                tenant,
                admin_role: Some(role),
                admins: vec![binding],
            }),
            Err(failure) => Err(half_done(failure.problem).into()),
        }
    }

    /// Sees to it that a user of this name is Admin of a tenant; true if the role had to be given.
    pub(super) async fn ensure_admin(&self, scope: &TenantScope, username: &str) -> Result<bool, Failure> {
        let known = self.known().await?;
        known.enter(scope)?;
        let user = self.user_for(&known, scope, username).await?;
        self.ensure(&known, scope, &user).await
    }

    /// The user who shall get a role in a tenant: whoever may not see everybody looks among the people of that tenant.
    pub(super) async fn user_for(&self, known: &Known, scope: &TenantScope, username: &str) -> Result<User, Failure> {
        let found = if known.me.superadmin {
            None
        } else {
            let people = self.people_in(known, scope).await?;
            people.into_iter().find(|user| user.has_username(username))
        };
        match found {
            Some(user) => Ok(user),
            None => {
                let user = self.user_named(known, username).await?;
                user.ok_or_else(|| nobody_called(username).into())
            }
        }
    }

    /// The same for many, several at once; each user is looked up once.
    pub(super) async fn ensure_admins(&self, wanted: &[(TenantScope, String)]) -> Vec<Result<bool, Problem>> {
        let known = match self.known().await {
            Ok(known) => known,
            Err(failure) => return vec![Err(failure.problem); wanted.len()],
        };
        // Who sees everybody finds all of them at once; anybody else has to look in each tenant.
        let users = if known.me.superadmin {
            self.users_named(&known, wanted.iter().map(|(_, username)| username))
                .await
        } else {
            Admins::new()
        };
        let pieces: Vec<usize> = (0..wanted.len()).collect();
        let (known, users) = (&known, &users);
        let make = |index: usize| -> Option<Work<'_, _>> {
            let (scope, username) = wanted.get(index)?;
            Some(Box::pin(async move {
                match users.get(username) {
                    Some(Ok(Some(user))) => self.ensure(known, scope, user).await.map_err(Problem::from),
                    Some(Err(problem)) => Err(problem.clone()),
                    Some(Ok(None)) => Err(nobody_called(username)),
                    None => self.ensure_admin(scope, username).await.map_err(Problem::from),
                }
            }))
        };
        in_turn(CREATED_AT_ONCE, &pieces, &make).await
    }

    async fn ensure(&self, known: &Known, scope: &TenantScope, user: &User) -> Result<bool, Failure> {
        let (role, bindings) = join(self.listed_admin_role(known, scope), self.bindings_in(known, scope)).await;
        let Some(role) = role? else {
            return Err(Problem::new(
                ProblemKind::NotFound,
                format!("Nobody can be made Admin of {}.", words(scope)),
                "It has no role Admin any more.",
                "Give another role that allows everything.",
            )
            .into());
        };
        let held: Vec<Binding> = bindings?
            .into_iter()
            .filter(|binding| binding.role_id == role.id && binding.namespace.is_none())
            .collect();
        let is_theirs = |binding: &Binding| binding.subject_kind == SubjectKind::User && binding.subject_id == user.id;
        let mut is_admin = held.iter().any(is_theirs);
        for group in held.iter().filter(|binding| binding.subject_kind == SubjectKind::Group) {
            if is_admin {
                break;
            }
            let members = self.members_of(known, scope, &group.subject_id).await?;
            is_admin = members.iter().any(|member| member.user_id == user.id);
        }
        if is_admin {
            return self.let_admin_in(known, scope, user).await;
        }
        self.bind(known, scope, user, &role).await?;
        Ok(true)
    }

    /// Lets in whoever holds the Admin role and has no access, which makes nobody Admin: a role may be left when access is
    /// taken away. True if it had to be done.
    async fn let_admin_in(&self, known: &Known, scope: &TenantScope, user: &User) -> Result<bool, Failure> {
        if !known.dialect.has_tenant_access() {
            return Ok(false);
        }
        match self.has_access(known, scope, &user.id).await {
            Ok(true) => Ok(false),
            Ok(false) => self.grant(known, scope, &user.id).await.map(|()| true),
            // Whoever may not look may not give it either.
            Err(failure) if failure.problem.kind == ProblemKind::Denied => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Gives a role to a user in the whole of a tenant, with access to it where that is apart.
    async fn bind(&self, known: &Known, scope: &TenantScope, user: &User, role: &Role) -> Result<Binding, Failure> {
        let root = known.people_root(scope)?;
        let mut has_access = false;
        if known.dialect.has_tenant_access() {
            let path = root.clone().join("tenant-access").segment(&user.id);
            let grant = Call::put(path, None, "give access to the tenant");
            match self.call(&grant).await {
                Err(failure) if failure.problem.kind == ProblemKind::Denied => return Err(failure),
                // They may have it already; what else is wrong shows when the role is given.
                granted => has_access = granted.is_ok(),
            }
        }
        let given = self.give_admin(known, scope, user, role, root).await;
        given.map_err(|failure| {
            if has_access {
                let_in_alone(user, scope, failure)
            } else {
                failure
            }
        })
    }

    async fn give_admin(
        &self,
        known: &Known,
        scope: &TenantScope,
        user: &User,
        role: &Role,
        root: Path,
    ) -> Result<Binding, Failure> {
        let wanted = bindings::of_user(&user.id, &role.id);
        let body = bindings::body_of(known.dialect, &wanted);
        let call = Call::post(root.join("bindings"), body, "give the role Admin to the user");
        let answered = self.call(&call).await;
        let told = match &answered {
            Ok(answer) => decode::binding(&self.json_of(&call, answer).unwrap_or(Value::Null)),
            Err(failure) if failure.may_be_done() || failure.problem.kind == ProblemKind::Conflict => None,
            Err(failure) => return Err(failure.clone()),
        };
        if let Some(binding) = told {
            return Ok(Binding {
                subject_name: user.username.clone(),
                role_name: role.name.clone(),
                ..binding
            });
        }
        // No binding in the answer, or no answer: a look shows whether it is there.
        let found = self.bindings_in(known, scope).await.unwrap_or_default();
        match (found.into_iter().find(|binding| binding.gives(&wanted)), answered) {
            (Some(binding), _) => Ok(binding),
            (None, Err(failure)) => Err(failure),
            (None, Ok(_)) => Err(self.misshapen(&call)),
        }
    }
}

/// Why somebody who was let in is not Admin.
fn let_in_alone(user: &User, scope: &TenantScope, failure: Failure) -> Failure {
    let what = format!(
        "`{}` has access to {} now, but not the role Admin.",
        visible(&user.username),
        words(scope)
    );
    let next = "Try again to give the role, or take the access away.";
    let problem = Problem::new(ProblemKind::Partly, what, failure.problem.why, next);
    problem.with_detail(failure.problem.what).into()
}
