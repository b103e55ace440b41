//! Carries a snapshot to an instance, in the order in which things need each other: tenants, roles, groups, people,
//! memberships, bindings; and only then takes away what shall go.
//!
//! Tenants are matched by id, everything else by name; a name that several have is refused, never guessed. Each thing is
//! tried, and how it went is kept. A dry run goes the same way, and keeps the requests instead of sending them.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::failure::invalid;
use super::request::Request;
use super::role_create::refuse_wrong;
use super::snapshot;
use crate::backend::Backend;
use crate::backend::http::{Planned, Planner};
use crate::domain::account::Profile;
use crate::domain::assignable::Assignable;
use crate::domain::binding::{NewBinding, SubjectKind};
use crate::domain::instance::Instance;
use crate::domain::loss::Removal;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::role::{NewRole, Role};
use crate::domain::snapshot::difference::{binding_words, bindings, is_same_role};
use crate::domain::snapshot::{NoMatch, Person, Snapshot, TenantPart, only};
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_change::differing;
use crate::domain::tenant_field;
use crate::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind, is_same_username};

/// How far it goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mode {
    /// Changes what is there and differs.
    pub change: bool,
    /// Deletes what the snapshot does not have.
    pub prune: bool,
}

/// How it went with one thing.
pub struct Deed {
    /// The tenant; empty for accounts.
    pub tenant: String,
    /// What kind of thing.
    pub what: &'static str,
    /// What it is called.
    pub name: String,
    /// `created`, `changed`, `deleted`, `exists`, or why not.
    pub result: Result<&'static str, Problem>,
}

const EXISTS: &str = "exists";

/// One snapshot on its way to one instance.
pub struct Carrier<'b> {
    backend: &'b dyn Backend,
    instance: &'b Instance,
    wanted: &'b Snapshot,
    mode: Mode,
    planner: Planner,
    /// Whether requests are only made up.
    pub dry_run: bool,
    /// How it went, in order.
    pub deeds: Vec<Deed>,
    /// What would be sent, in order.
    pub requests: Vec<Request>,
    /// What is to be said of it.
    pub remarks: Vec<String>,
    /// Accounts here by their ids in the snapshot.
    people: HashMap<String, Result<User, Problem>>,
    /// What roles can hold in the tenant that was worked on last.
    assignable: Option<(TenantScope, Assignable)>,
    removals: Vec<(TenantScope, Removal)>,
    /// What may be deleted, where that was shown and confirmed before.
    pub allowed: Option<Vec<(TenantScope, Removal)>>,
    pruned: bool,
}

impl<'b> Carrier<'b> {
    /// One that is about to start.
    pub fn new(backend: &'b dyn Backend, instance: &'b Instance, wanted: &'b Snapshot, mode: Mode) -> Self {
        Self {
            backend,
            instance,
            wanted,
            mode,
            planner: Planner::new(instance),
            dry_run: false,
            deeds: Vec::new(),
            requests: Vec::new(),
            remarks: Vec::new(),
            people: HashMap::new(),
            assignable: None,
            removals: Vec::new(),
            allowed: None,
            pruned: false,
        }
    }

    /// What is taken away, by tenant.
    pub fn removals(&self) -> Vec<(TenantScope, Vec<Removal>)> {
        let mut all: Vec<(TenantScope, Vec<Removal>)> = Vec::new();
        for (scope, removal) in &self.removals {
            match all.last_mut().filter(|(last, _)| last == scope) {
                Some((_, removals)) => removals.push(removal.clone()),
                None => all.push((scope.clone(), vec![removal.clone()])),
            }
        }
        all
    }

    /// Everything that is taken away, as it was found.
    pub fn all_removals(&self) -> &[(TenantScope, Removal)] {
        &self.removals
    }

    /// Whether anything is deleted.
    pub fn prunes(&self) -> bool {
        self.pruned
    }

    /// Does all of it.
    pub async fn carry(&mut self) -> Result<(), Problem> {
        let wanted = self.wanted;
        if wanted.tenants.iter().any(|part| part.tenant.is_none())
            && !self.instance.tenancy.reaches_default_tenant(self.instance.release)
        {
            return Err(invalid(
                "Nothing was changed.",
                "The snapshot has the default tenant, and this instance has none.",
                format!("Import it as another one: `--tenant '{}=ID'`.", TenantScope::Default),
            ));
        }
        let mut scopes = Vec::new();
        for part in &wanted.tenants {
            if self.tenant(part).await? {
                scopes.push(part.scope());
            }
        }
        let here = if scopes.is_empty() {
            None
        } else {
            Some(snapshot::of_instance(self.backend, self.instance, &scopes).await?)
        };
        let accounts = match snapshot::accounts(self.backend).await? {
            Some(mut accounts) => {
                // Who is known from a tenant is there, even where the instance does not list them.
                for person in here.iter().flat_map(|here| &here.users) {
                    if accounts.iter().all(|account| account.id != person.user.id) {
                        accounts.push(person.user.clone());
                    }
                }
                accounts
            }
            None => (here.iter().flat_map(|here| &here.users))
                .map(|person| person.user.clone())
                .collect(),
        };
        let empty = TenantPart::default();
        let there = |part: &TenantPart| {
            here.as_ref()
                .and_then(|here| here.part(&part.scope()))
                .unwrap_or(&empty)
        };
        // In a dry run a tenant that would be created has nothing in it yet, and still everything is planned.
        let parts: Vec<&TenantPart> = (wanted.tenants.iter())
            .filter(|part| self.dry_run || scopes.contains(&part.scope()))
            .collect();
        let mut roles = Vec::with_capacity(parts.len());
        for part in &parts {
            roles.push(self.roles(part, there(part)).await);
        }
        let mut groups = Vec::with_capacity(parts.len());
        for part in &parts {
            groups.push(self.groups(part, there(part)).await);
        }
        for person in &wanted.users {
            self.person(person, &accounts, &parts).await;
        }
        for (part, groups) in parts.iter().zip(&groups) {
            self.access(part, there(part)).await;
            self.members(part, groups).await;
        }
        for ((part, roles), groups) in parts.iter().zip(&roles).zip(&groups) {
            self.bindings(part, there(part), roles, groups).await;
        }
        if let (true, Some(here)) = (self.mode.prune, &here) {
            for part in &parts {
                if self.has_failed(&part.scope()) {
                    // What was to take the place of what is deleted may not be there.
                    self.remarks.push(format!(
                        "Nothing was deleted in tenant `{}`, because not everything else could be done.",
                        part.scope()
                    ));
                } else {
                    self.prune(part, here).await;
                }
            }
        }
        Ok(())
    }

    /// Whether anything of a tenant, or of accounts, was not done.
    fn has_failed(&self, scope: &TenantScope) -> bool {
        let name = scope.to_string();
        let is_of_it = |deed: &&Deed| deed.tenant.is_empty() || deed.tenant == name;
        self.deeds.iter().filter(is_of_it).any(|deed| deed.result.is_err())
    }

    fn note(&mut self, tenant: &TenantScope, what: &'static str, name: &str, result: Result<&'static str, Problem>) {
        if self.dry_run && result == Ok(EXISTS) {
            let about = format!("{what} `{name}` of tenant `{tenant}`");
            self.requests.push(Request::unchanged(about));
        }
        self.deeds.push(Deed {
            tenant: tenant.to_string(),
            what,
            name: name.to_owned(),
            result,
        });
    }

    fn plan(&mut self, would: &'static str, what: String, planned: Planned) {
        self.requests.push(Request::new(would, what, planned));
    }

    /// Whether the tenant is there afterwards.
    async fn tenant(&mut self, part: &TenantPart) -> Result<bool, Problem> {
        let scope = part.scope();
        let name = scope.to_string();
        let Some(wanted) = &part.tenant else {
            return Ok(true);
        };
        let stored = match self.backend.tenant(&wanted.id).await {
            Ok(stored) => Some(stored),
            Err(problem) if problem.kind == ProblemKind::NotFound => None,
            Err(problem) => return Err(problem),
        };
        let mut after = wanted.clone();
        for key in ["deleted", "logo"] {
            after.rest.shift_remove(key);
        }
        if let Some(stored) = stored {
            let result = if self.mode.change {
                self.change_tenant(after, &stored).await
            } else {
                Ok(EXISTS)
            };
            self.note(&scope, "tenant", &name, result);
            return Ok(true);
        }
        after.rest.retain(|_, value| {
            unmask(value, None);
            !value.is_null()
        });
        let masked = redact::masked_paths(wanted);
        if !masked.is_empty() {
            self.remarks.push(format!(
                "Tenant `{name}` comes without its secrets ({}): set them with `kestra-admin tenants update`.",
                masked.join(", ")
            ));
        }
        let wrong = tenant_field::validate(&after, self.instance.release);
        if let Some(first) = wrong.first() {
            let mut problem = invalid(
                format!("Tenant `{name}` was not created."),
                format!("`{}`: {}.", first.path, first.message),
                "Correct that, and try again.",
            );
            problem.fields = wrong;
            self.note(&scope, "tenant", &name, Err(problem));
            return Ok(false);
        }
        if self.dry_run {
            let planned = Planned {
                method: "POST",
                path: "/api/v1/tenants".to_owned(),
                body: redact::tenant_json(&after),
            };
            self.plan("create", format!("tenant `{name}`"), planned);
            self.note(&scope, "tenant", &name, Ok("created"));
            return Ok(false);
        }
        let new = NewTenant {
            tenant: after,
            admin: None,
        };
        let created = self.backend.create_tenant(&new).await;
        let is_there = created.is_ok();
        self.note(&scope, "tenant", &name, created.map(|_| "created"));
        Ok(is_there)
    }

    async fn change_tenant(&mut self, mut wanted: Tenant, stored: &Tenant) -> Result<&'static str, Problem> {
        for (key, value) in &mut wanted.rest {
            unmask(value, stored.rest.get(key));
        }
        let mut after = stored.clone();
        for field in differing(&wanted, stored) {
            match wanted.rest.get(&field) {
                _ if field == "name" => after.name.clone_from(&wanted.name),
                Some(value) if !value.is_null() => drop(after.rest.insert(field, value.clone())),
                // What the release of the snapshot did not know is no wish to have it gone.
                _ if self.wanted.release == self.instance.release => drop(after.rest.shift_remove(&field)),
                _ => {}
            }
        }
        if after == *stored {
            return Ok(EXISTS);
        }
        if self.dry_run {
            let planned = Planned {
                method: "PUT",
                path: format!("/api/v1/tenants/{}", stored.id),
                body: redact::tenant_json(&after),
            };
            self.plan("change", format!("tenant `{}`", stored.id), planned);
            return Ok("changed");
        }
        self.backend.update_tenant(stored, &after).await.map(|_| "changed")
    }

    /// Ids here of the roles of a part, by their ids in it.
    async fn roles(&mut self, part: &TenantPart, here: &TenantPart) -> HashMap<String, Result<String, Problem>> {
        let scope = part.scope();
        let mut ids = HashMap::new();
        for role in &part.roles {
            let found = only(&here.roles, |other| {
                other.name == role.name && other.is_managed == role.is_managed
            });
            let twice = only(&part.roles, |other| {
                other.name == role.name && other.is_managed == role.is_managed
            });
            let what = format!("role `{}`", role.name);
            let id = match (found, twice) {
                (Err(NoMatch::Several), _) | (_, Err(NoMatch::Several)) => Err(several(&what)),
                (Ok(found), _) if role.is_managed => Ok(found.id.clone()),
                (Ok(found), _) => {
                    let result = self.change_role(&scope, role, found).await;
                    self.note(&scope, "role", &role.name, result);
                    ids.insert(role.id.clone(), Ok(found.id.clone()));
                    continue;
                }
                (Err(_), _) if role.is_managed && self.dry_run => Ok(format!("{{id of {}}}", role.name)),
                (Err(_), _) if role.is_managed => Err(missing(&what)),
                (Err(_), _) => {
                    let has_default = here.roles.iter().any(|role| role.is_default);
                    let created = self.create_role(&scope, role, has_default).await;
                    self.note(
                        &scope,
                        "role",
                        &role.name,
                        created.as_ref().map(|_| "created").map_err(Clone::clone),
                    );
                    ids.insert(role.id.clone(), created);
                    continue;
                }
            };
            if let (Err(problem), false) = (&id, role.is_managed) {
                self.note(&scope, "role", &role.name, Err(problem.clone()));
            }
            ids.insert(role.id.clone(), id);
        }
        ids
    }

    /// What roles of a tenant can hold, asked for once while it is worked on.
    async fn assignable(&mut self, scope: &TenantScope) -> Result<&Assignable, Problem> {
        let told = match self.assignable.take() {
            Some(known) if known.0 == *scope => known,
            _ => match self.backend.assignable(scope).await {
                Ok(told) => (scope.clone(), told),
                // In a dry run the tenant is not there yet.
                Err(problem) if self.dry_run && problem.kind == ProblemKind::NotFound => {
                    (scope.clone(), Assignable::of_instance(self.instance.release))
                }
                Err(problem) => return Err(problem),
            },
        };
        Ok(&self.assignable.insert(told).1)
    }

    async fn create_role(&mut self, scope: &TenantScope, role: &Role, has_default: bool) -> Result<String, Problem> {
        let mut new = NewRole::from(role);
        if new.is_default && has_default && !self.mode.change {
            // What is there is not to change, and a tenant has one default role.
            new.is_default = false;
            self.remarks.push(format!(
                "Role `{}` is not made the default of tenant `{scope}`, which has one.",
                role.name
            ));
        }
        let removals = Removal::by_creation(&new).into_iter();
        self.removals.extend(removals.map(|removal| (scope.clone(), removal)));
        refuse_wrong(left(&new), &new, None, self.assignable(scope).await?)?;
        if self.dry_run {
            let planned = self.planner.create_role(scope, &new);
            self.plan("create", format!("role `{}` in tenant `{scope}`", role.name), planned);
            return Ok(format!("{{id of {}}}", role.name));
        }
        self.backend.create_role(scope, &new).await.map(|role| role.id)
    }

    async fn change_role(&mut self, scope: &TenantScope, role: &Role, found: &Role) -> Result<&'static str, Problem> {
        if !self.mode.change || is_same_role(role, found) {
            return Ok(EXISTS);
        }
        let after = NewRole::from(role);
        refuse_wrong(left(&after), &after, Some(found), self.assignable(scope).await?)?;
        let removals = Removal::by_update(found, &after).into_iter();
        self.removals.extend(removals.map(|removal| (scope.clone(), removal)));
        if self.dry_run {
            let planned = self.planner.update_role(scope, &found.id, &after);
            self.plan("change", format!("role `{}` of tenant `{scope}`", role.name), planned);
            return Ok("changed");
        }
        self.backend.update_role(scope, found, &after).await.map(|_| "changed")
    }

    /// Groups here, by their ids in the part.
    async fn groups(&mut self, part: &TenantPart, here: &TenantPart) -> HashMap<String, Result<Group, Problem>> {
        let scope = part.scope();
        let mut found = HashMap::new();
        for group in &part.groups {
            let new = NewGroup {
                name: group.name.clone(),
                description: group.description.clone(),
                members: Vec::new(),
            };
            let there = here.groups.iter().find(|other| other.name == group.name);
            let (result, now) = match there {
                Some(there) => (self.change_group(&scope, there, &new).await, Ok(there.clone())),
                None => {
                    let created = self.create_group(&scope, &new).await;
                    (created.as_ref().map(|_| "created").map_err(Clone::clone), created)
                }
            };
            self.note(&scope, "group", &group.name, result);
            found.insert(group.id.clone(), now);
        }
        found
    }

    async fn create_group(&mut self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem> {
        if self.dry_run {
            let planned = self.planner.create_group(scope, new);
            self.plan("create", format!("group `{}` in tenant `{scope}`", new.name), planned);
            return Ok(Group {
                id: format!("{{id of {}}}", new.name),
                name: new.name.clone(),
                description: None,
                members: Vec::new(),
            });
        }
        self.backend.create_group(scope, new).await
    }

    async fn change_group(
        &mut self,
        scope: &TenantScope,
        there: &Group,
        new: &NewGroup,
    ) -> Result<&'static str, Problem> {
        if !self.mode.change
            || there.description.as_deref().unwrap_or_default() == new.description.as_deref().unwrap_or_default()
        {
            return Ok(EXISTS);
        }
        if self.dry_run {
            let planned = self.planner.update_group(scope, &there.id, new);
            self.plan("change", format!("group `{}` of tenant `{scope}`", new.name), planned);
            return Ok("changed");
        }
        self.backend.update_group(scope, there, new).await.map(|_| "changed")
    }

    async fn person(&mut self, person: &Person, accounts: &[User], parts: &[&TenantPart]) {
        let user = &person.user;
        let what = user.kind.word();
        let is_it = |other: &User| other.kind == user.kind && is_same_username(&other.username, &user.username);
        let twice = self.wanted.named(user.kind, &user.username) == Err(NoMatch::Several);
        let found = only(accounts, |other| is_it(other));
        let (result, now) = match found {
            Ok(found) if !twice => (Ok(EXISTS), Ok(found.clone())),
            Err(NoMatch::Missing) if !twice => {
                let home = parts.iter().find(|part| part.people().any(|id| id == user.id));
                let created = self.create_person(person, home.map(|part| part.scope())).await;
                (created.as_ref().map(|_| "created").map_err(Clone::clone), created)
            }
            _ => {
                let problem = several(&format!("{what} `{}`", user.username));
                (Err(problem.clone()), Err(problem))
            }
        };
        if self.dry_run && result == Ok(EXISTS) {
            self.requests
                .push(Request::unchanged(format!("{what} `{}`", user.username)));
        }
        self.deeds.push(Deed {
            tenant: String::new(),
            what,
            name: user.username.clone(),
            result,
        });
        self.people.insert(user.id.clone(), now);
    }

    async fn create_person(&mut self, person: &Person, home: Option<TenantScope>) -> Result<User, Problem> {
        let user = &person.user;
        let profile = Profile {
            username: user.username.clone(),
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            description: person.description.clone(),
            ..Profile::default()
        };
        if user.superadmin {
            self.remarks.push(format!(
                "`{0}` was a superadmin, and is created as a common user: `kestra-admin users superadmin {0} on` changes \
                 that.",
                user.username
            ));
        }
        // Before 1.0 a service account belongs to the tenant in which it is made.
        let lives_in_tenant = user.kind == UserKind::ServiceAccount && !self.instance.release.at_least(1, 0);
        let scope = home.filter(|_| lives_in_tenant);
        if self.dry_run {
            let what = format!("{} `{}`", user.kind.word(), user.username);
            let planned = self.planner.create_account(scope.as_ref(), user.kind, &profile);
            for (at, planned) in planned.into_iter().enumerate() {
                self.plan(if at == 0 { "create" } else { "change" }, what.clone(), planned);
            }
            return Ok(User {
                id: format!("{{id of {}}}", user.username),
                ..user.clone()
            });
        }
        let account = self.backend.create_account(scope.as_ref(), user.kind, &profile).await?;
        Ok(account.as_user())
    }

    fn user(&self, id: &str, name: &str) -> Result<User, Problem> {
        self.people
            .get(id)
            .cloned()
            .unwrap_or_else(|| Err(missing(&format!("account `{name}`"))))
    }

    /// Access to tenants, where that is a thing of its own.
    async fn access(&mut self, part: &TenantPart, here: &TenantPart) {
        let scope = part.scope();
        // Whoever is in a group or holds a role has to be let in first, superadmins among them.
        let people: BTreeSet<&str> = part.people().collect();
        for id in people {
            let wanted = self.wanted;
            let Some(person) = wanted.person(id) else { continue };
            let name = &person.user.username;
            let Ok(user) = self.user(id, name) else { continue };
            let who = Entrant::Known(user.clone());
            let Some(planned) = self.planner.give_access(&scope, &who) else {
                continue;
            };
            let result = if here.access.contains(&user.id) {
                Ok(EXISTS)
            } else if self.dry_run {
                self.plan("give", format!("access to tenant `{scope}` to `{name}`"), planned);
                Ok("created")
            } else {
                let given = self.backend.give_access(&scope, &who).await;
                given.map(|was_given| if was_given { "created" } else { EXISTS })
            };
            self.note(&scope, "access", name, result);
        }
    }

    async fn members(&mut self, part: &TenantPart, groups: &HashMap<String, Result<Group, Problem>>) {
        let scope = part.scope();
        for group in &part.groups {
            let Some(Ok(there)) = groups.get(&group.id) else {
                continue;
            };
            for member in &group.members {
                let name = format!("{} in {}", member.username, group.name);
                let user = match self.user(&member.user_id, &member.username) {
                    Ok(user) => user,
                    Err(problem) => {
                        self.note(&scope, "member", &name, Err(problem));
                        continue;
                    }
                };
                let now = there.membership_of(&user.id);
                let ids = (there.id.as_str(), user.id.as_str());
                let mut place = member.membership;
                // Not every release has a way to make owners; whoever is one there is a member at least.
                if now != Some(place) && self.planner.set_membership(&scope, ids, now, Some(place)).is_err() {
                    place = Membership::Member;
                    self.remarks.push(format!(
                        "`{}` becomes a member of group `{}` in tenant `{scope}`: Kestra {} has no way to make owners.",
                        member.username, group.name, self.instance.release
                    ));
                }
                let result = self.member(&scope, there, &user, now, place).await;
                self.note(&scope, "member", &name, result);
            }
        }
    }

    async fn member(
        &mut self,
        scope: &TenantScope,
        group: &Group,
        user: &User,
        now: Option<Membership>,
        wanted: Membership,
    ) -> Result<&'static str, Problem> {
        if now == Some(wanted) || (now.is_some() && !self.mode.change) {
            return Ok(EXISTS);
        }
        let done = if now.is_some() { "changed" } else { "created" };
        if now == Some(Membership::Owner) {
            let removal = Removal::by_membership(group, &user.id, Some(wanted));
            self.removals.extend(removal.map(|removal| (scope.clone(), removal)));
        }
        if self.dry_run {
            let what = format!("`{}` in group `{}` of tenant `{scope}`", user.username, group.name);
            let ids = (group.id.as_str(), user.id.as_str());
            for planned in self.planner.set_membership(scope, ids, now, Some(wanted))? {
                self.plan("add", what.clone(), planned);
            }
            return Ok(done);
        }
        let set = self
            .backend
            .set_membership(scope, &group.id, &user.id, Some(wanted))
            .await;
        set.map(|()| done)
    }

    async fn bindings(
        &mut self,
        part: &TenantPart,
        here: &TenantPart,
        roles: &HashMap<String, Result<String, Problem>>,
        groups: &HashMap<String, Result<Group, Problem>>,
    ) {
        let scope = part.scope();
        let mut to_do = Vec::new();
        for binding in &part.bindings {
            let words = binding_words(self.wanted, binding);
            let subject = match binding.subject_kind {
                SubjectKind::User => self
                    .user(&binding.subject_id, &binding.subject_name)
                    .map(|user| user.id),
                SubjectKind::Group => groups
                    .get(&binding.subject_id)
                    .cloned()
                    .unwrap_or_else(|| Err(missing(&format!("group `{}`", binding.subject_name))))
                    .map(|group| group.id),
            };
            let role = roles
                .get(&binding.role_id)
                .cloned()
                .unwrap_or_else(|| Err(missing(&format!("role `{}`", binding.role_name))));
            let new = subject.and_then(|subject_id| {
                role.map(|role_id| NewBinding {
                    subject_kind: binding.subject_kind,
                    subject_id,
                    role_id,
                    namespace: binding.namespace.clone(),
                })
            });
            match new {
                Err(problem) => self.note(&scope, "binding", &words, Err(problem)),
                Ok(new) if here.bindings.iter().any(|held| held.gives(&new)) => {
                    self.note(&scope, "binding", &words, Ok(EXISTS));
                }
                Ok(new) if self.dry_run => {
                    let planned = self.planner.create_binding(&scope, &new);
                    self.plan("grant", format!("{words}, in tenant `{scope}`"), planned);
                    self.note(&scope, "binding", &words, Ok("created"));
                }
                Ok(new) => to_do.push((words, new)),
            }
        }
        if to_do.is_empty() {
            return;
        }
        let (words, new): (Vec<String>, Vec<NewBinding>) = to_do.into_iter().unzip();
        let results = self.backend.create_bindings(&scope, &new).await;
        for (words, result) in words.into_iter().zip(results) {
            let result = match result {
                Err(problem) if problem.kind == ProblemKind::Conflict => Ok(EXISTS),
                other => other.map(|_| "created"),
            };
            self.note(&scope, "binding", &words, result);
        }
    }

    /// Takes away what the snapshot does not have. What goes with a role or a group is not deleted by itself.
    async fn prune(&mut self, part: &TenantPart, here: &Snapshot) {
        let scope = part.scope();
        let Some(there) = here.part(&scope) else { return };
        let kept = bindings(self.wanted, part);
        let role_names: BTreeSet<&str> = part.own_roles().map(|role| role.name.as_str()).collect();
        let mut removals: Vec<(&'static str, String, Removal)> = Vec::new();
        let roles: Vec<&Role> = there
            .own_roles()
            .filter(|role| !role_names.contains(role.name.as_str()))
            .collect();
        let groups: Vec<&Group> = (there.groups.iter())
            .filter(|group| !part.groups.iter().any(|other| other.name == group.name))
            .collect();
        for binding in &there.bindings {
            let words = binding_words(here, binding);
            let goes_anyway = roles.iter().any(|role| role.id == binding.role_id)
                || groups.iter().any(|group| group.id == binding.subject_id);
            if !goes_anyway && !kept.contains(&words) {
                removals.push(("binding", words, Removal::Binding(binding.id.clone())));
            }
        }
        for group in &there.groups {
            let Some(wanted) = part.groups.iter().find(|other| other.name == group.name) else {
                continue;
            };
            for member in &group.members {
                let is_it = |other: &str| is_same_username(other, &member.username);
                if !wanted.members.iter().any(|other| is_it(&other.username)) {
                    let name = format!("{} in {}", member.username, group.name);
                    let removal = Removal::by_membership(group, &member.user_id, None);
                    removals.extend(removal.map(|removal| ("member", name, removal)));
                }
            }
        }
        let group = |group: &&Group| ("group", group.name.clone(), Removal::Group(group.id.clone()));
        let role = |role: &&Role| ("role", role.name.clone(), Removal::Role(role.id.clone()));
        removals.extend(groups.iter().map(group));
        removals.extend(roles.iter().map(role));
        for (what, name, removal) in removals {
            let about = (scope.clone(), removal.clone());
            if self.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&about)) {
                self.remarks.push(format!(
                    "The {what} `{name}` of tenant `{scope}` is new since it was asked, and was left."
                ));
                continue;
            }
            self.pruned = true;
            let result = self.remove(&scope, what, &name, &removal).await;
            self.removals.push((scope.clone(), removal));
            self.note(&scope, what, &name, result.map(|()| "deleted"));
        }
    }

    async fn remove(
        &mut self,
        scope: &TenantScope,
        what: &'static str,
        name: &str,
        removal: &Removal,
    ) -> Result<(), Problem> {
        let (backend, plan) = (self.backend, &self.planner);
        let requests = match (removal, self.dry_run) {
            (Removal::Binding(id), true) => vec![plan.delete_binding(scope, id)],
            (Removal::Binding(id), false) => return backend.delete_binding(scope, id).await,
            (Removal::Group(id), true) => vec![plan.delete_group(scope, id)],
            (Removal::Group(id), false) => return backend.delete_group(scope, id).await,
            (Removal::Role(id), true) => vec![plan.delete_role(scope, id)],
            (Removal::Role(id), false) => return backend.delete_role(scope, id).await,
            (Removal::Member { group, user }, true) => {
                plan.set_membership(scope, (group, user), Some(Membership::Member), None)?
            }
            (Removal::Member { group, user }, false) => {
                return backend.set_membership(scope, group, user, None).await;
            }
            _ => Vec::new(),
        };
        for planned in requests {
            self.plan("delete", format!("{what} `{name}` of tenant `{scope}`"), planned);
        }
        Ok(())
    }
}

/// What is said of a role that this Kestra cannot take.
fn left(new: &NewRole) -> String {
    format!("Role `{}` was left as it is.", new.name)
}

fn missing(what: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no {what}."),
        "It is neither here nor in the snapshot, or could not be created.",
        "Create it, and repeat the command.",
    )
}

fn several(what: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("It is not clear which {what} is meant."),
        "Several are called so, here or in the snapshot.",
        "Call them differently, or make this change by hand.",
    )
}

/// Puts what is stored in the place of masked secrets; what is not stored becomes nothing.
fn unmask(value: &mut Value, stored: Option<&Value>) {
    match value {
        Value::String(text) if text == redact::MARK => *value = stored.cloned().unwrap_or_default(),
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                unmask(inner, stored.and_then(|stored| stored.get(key)));
            }
            object.retain(|_, inner| !inner.is_null());
            if object.is_empty() && stored.is_none() {
                *value = Value::Null;
            }
        }
        // Which entry of a list a secret belongs to is not known.
        Value::Array(_) if redact::holds_mark(value) => *value = stored.cloned().unwrap_or_default(),
        _ => {}
    }
}
