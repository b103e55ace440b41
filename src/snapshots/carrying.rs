//! Carries a snapshot to an instance, in the order in which things need each other: tenants, roles, groups, people,
//! memberships, bindings; and only then takes away what shall go.
//!
//! Tenants are matched by id, everything else by name; a name that several have is refused, never guessed. Each thing is
//! tried, and how it went is kept. A dry run goes the same way, and keeps the requests instead of sending them.

mod bindings;
mod groups;
mod people;
mod prune;
mod roles;
mod tenants;

use std::collections::{HashMap, HashSet};

use super::taking;
use crate::backend::Backend;
use crate::backend::foresight::foresee;
use crate::backend::http::{Planned, PlannedRequest, Planner};
use crate::domain::assignable::Assignable;
use crate::domain::bringing::{Allowed, Going, Overwritten};
use crate::domain::instance::Instance;
use crate::domain::loss::{Loss, Removal};
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::snapshot::{Snapshot, TenantPart};
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::user::User;
use tenants::Came;

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
    /// What would be sent for it, in a dry run.
    pub planned: Vec<Planned>,
}

impl Deed {
    /// What it is about, in words: `role Ops in tenant acme`.
    pub fn words(&self) -> String {
        match self.tenant.as_str() {
            "" => format!("{} {}", self.what, self.name),
            tenant if self.what == "tenant" => format!("tenant {tenant}"),
            tenant => format!("{} {} in tenant {tenant}", self.what, self.name),
        }
    }

    /// A row for each request that would be sent for it, or one that says why there is none.
    pub fn requests(&self) -> Vec<PlannedRequest> {
        let (name, scope) = (&self.name, &self.tenant);
        let about = match (scope.as_str(), self.what) {
            ("", what) => format!("{what} `{name}`"),
            (_, "tenant") => format!("tenant `{name}`"),
            (_, "access") => format!("access to tenant `{scope}` of `{name}`"),
            (_, "binding") => format!("{name}, in tenant `{scope}`"),
            (_, what) => format!("{what} `{name}` of tenant `{scope}`"),
        };
        let would = match (&self.result, self.what) {
            (Err(problem), _) => return vec![PlannedRequest::failing(about, problem.clone())],
            (Ok(EXISTS), _) => return vec![PlannedRequest::unchanged(about)],
            (Ok(CREATED), "binding") => "grant",
            (Ok(CREATED), "access") => "give",
            (Ok(CREATED), "member") => "add",
            (Ok(CREATED), _) => "create",
            (Ok(CHANGED), _) => "change",
            (Ok(_), _) => "delete",
        };
        let row = |(at, planned): (usize, &Planned)| {
            // What an account is created without is changed right after.
            let would = if at > 0 && would == "create" { "change" } else { would };
            PlannedRequest::new(would, about.clone(), planned.clone())
        };
        self.planned.iter().enumerate().map(row).collect()
    }

    /// Whether it was so already, and nothing was to be done.
    pub fn is_unchanged(&self) -> bool {
        self.result == Ok(EXISTS)
    }
}

/// Whoever watches a snapshot on its way, and may say that it goes no further.
pub trait Watch: Send + Sync {
    /// Asked before anything is sent; a problem is how it goes with that, then, and it is not sent.
    ///
    /// # Errors
    /// If nothing more is sent.
    fn goes_on(&self) -> Result<(), Problem>;
    /// Told after each thing that was sent, with its problem if it has one.
    fn ended(&self, problem: Option<&Problem>);
}

/// What would be done, by the very way that does it, and what that takes away from whom; `None` where we may not see it.
///
/// # Errors
/// If it cannot be found out.
pub async fn plan<'b>(
    backend: &'b dyn Backend,
    instance: &'b Instance,
    wanted: &'b Snapshot,
    mode: Mode,
    turn_on: &'b str,
) -> Result<(Carrier<'b>, Option<Loss>), Problem> {
    let mut plan = Carrier::new(backend, instance, wanted, mode, turn_on);
    plan.dry_run = true;
    plan.carry().await?;
    let mut loss = Some(Loss::default());
    for (scope, removals) in plan.removals() {
        let of_one = foresee(backend, &scope, &removals, instance).await?;
        loss = loss.zip(of_one).map(|(mut all, one)| {
            all.add(&scope, one);
            all
        });
    }
    Ok((plan, loss))
}

const EXISTS: &str = "exists";
const CREATED: &str = "created";
const CHANGED: &str = "changed";

/// One snapshot on its way to one instance.
pub struct Carrier<'b> {
    backend: &'b dyn Backend,
    instance: &'b Instance,
    wanted: &'b Snapshot,
    mode: Mode,
    /// How multi-tenancy is turned on from where that is read, in a sentence.
    turn_on: &'b str,
    planner: Planner,
    /// Whether requests are only made up.
    pub dry_run: bool,
    /// How it went, in order.
    pub deeds: Vec<Deed>,
    /// What would be sent for what is worked on.
    planned: Vec<Planned>,
    /// What is to be said of it.
    pub remarks: Vec<String>,
    /// Accounts here by their ids in the snapshot.
    people: HashMap<String, Result<User, Problem>>,
    /// What roles can hold in the tenant that was worked on last.
    assignable: Option<(TenantScope, Assignable)>,
    removals: Vec<(TenantScope, Removal)>,
    /// What goes with roles and groups that are deleted.
    going: Vec<Going>,
    /// What is changed, in words, and what that overwrites.
    changes: Vec<(String, Option<Overwritten>)>,
    /// What may be taken away and changed, where that was shown and confirmed before.
    pub allowed: Option<Allowed>,
    pruned: bool,
    /// Whether something was sent of which it is not kept yet how it went.
    is_sent: bool,
    /// Who watches it, if anybody does.
    pub watch: Option<&'b dyn Watch>,
}

impl<'b> Carrier<'b> {
    /// One that is about to start, and how multi-tenancy is turned on from where its problems are read, in a sentence.
    pub fn new(
        backend: &'b dyn Backend,
        instance: &'b Instance,
        wanted: &'b Snapshot,
        mode: Mode,
        turn_on: &'b str,
    ) -> Self {
        Self {
            backend,
            instance,
            wanted,
            mode,
            turn_on,
            planner: Planner::new(instance),
            dry_run: false,
            deeds: Vec::new(),
            planned: Vec::new(),
            remarks: Vec::new(),
            people: HashMap::new(),
            assignable: None,
            removals: Vec::new(),
            going: Vec::new(),
            changes: Vec::new(),
            allowed: None,
            pruned: false,
            is_sent: false,
            watch: None,
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

    /// What a plan shows.
    pub fn shown(&self) -> Allowed {
        let created = self.deeds.iter().filter(|deed| deed.result == Ok(CREATED));
        let created = created.map(|deed| (deed.words(), None));
        Allowed {
            changes: sorting::map(created.chain(self.changes.iter().cloned())),
            removals: self.removals.clone(),
            going: self.going.clone(),
        }
    }

    /// How it goes with a change if what it overwrites was not shown so: it is left.
    fn left_since(
        &mut self,
        scope: &TenantScope,
        what: &'static str,
        name: &str,
        found: Overwritten,
    ) -> Option<Result<&'static str, Problem>> {
        let thing = Deed {
            tenant: scope.to_string(),
            what,
            name: name.to_owned(),
            result: Ok(CHANGED),
            planned: Vec::new(),
        };
        let (words, found) = (thing.words(), Some(found));
        let Some(allowed) = &self.allowed else {
            self.changes.push((words, found));
            return None;
        };
        let shown = allowed.changes.get(&words);
        if shown.is_some_and(|shown| *shown == found) {
            return None;
        }
        let is_shown = shown.is_some();
        let thing = match what {
            "tenant" => format!("tenant `{name}`"),
            what => format!("{what} `{name}` of tenant `{scope}`"),
        };
        self.remarks
            .push(format!("The {thing} is different since it was asked, and was left."));
        Some(if is_shown { Err(changed_since()) } else { Ok(EXISTS) })
    }

    /// Whether anything is done, or would be.
    pub fn changes(&self) -> bool {
        self.deeds
            .iter()
            .any(|deed| deed.result.is_ok() && !deed.is_unchanged())
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
        // What cannot be is known before the first of them is sent.
        let mut fates = Vec::with_capacity(wanted.tenants.len());
        for part in &wanted.tenants {
            fates.push(self.fate(part).await?);
        }
        let mut scopes = Vec::new();
        let mut coming = HashMap::new();
        for (part, fate) in wanted.tenants.iter().zip(fates) {
            if self.is_stopped() {
                return Ok(());
            }
            match self.tenant(part, fate).await {
                Came::There => scopes.push(part.scope()),
                Came::Planned => drop(coming.insert(part.scope(), self.coming())),
                Came::Missing => self.remarks.push(format!(
                    "What is only for tenant `{}` was left out, because the tenant is not there.",
                    part.scope()
                )),
            }
        }
        // What is left is found by nobody having said how it went with it.
        if self.is_stopped() {
            return Ok(());
        }
        let here = if scopes.is_empty() {
            None
        } else {
            Some(taking::of_instance(self.backend, self.instance, &scopes).await?)
        };
        let accounts = match taking::accounts(self.backend).await? {
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
            let scope = part.scope();
            let found = here.as_ref().and_then(|here| here.part(&scope));
            found.or_else(|| coming.get(&scope)).unwrap_or(&empty)
        };
        let is_worked_on = |part: &&TenantPart| {
            let scope = part.scope();
            scopes.contains(&scope) || coming.contains_key(&scope)
        };
        let (parts, left_out): (Vec<&TenantPart>, Vec<&TenantPart>) = wanted.tenants.iter().partition(is_worked_on);
        let people_of = |parts: &[&'b TenantPart]| -> HashSet<&'b str> {
            parts.iter().copied().flat_map(TenantPart::people).collect()
        };
        let (met, missed) = (people_of(&parts), people_of(&left_out));
        let mut roles = Vec::with_capacity(parts.len());
        for part in &parts {
            roles.push(self.roles(part, there(part)).await);
        }
        let mut groups = Vec::with_capacity(parts.len());
        for part in &parts {
            groups.push(self.groups(part, there(part)).await);
        }
        for person in &wanted.users {
            let id = person.user.id.as_str();
            if missed.contains(id) && !met.contains(id) {
                continue;
            }
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
        self.keep(Deed {
            tenant: tenant.to_string(),
            what,
            name: name.to_owned(),
            result,
            planned: Vec::new(),
        });
    }

    fn keep(&mut self, mut deed: Deed) {
        deed.planned = std::mem::take(&mut self.planned);
        if let (true, Some(watch)) = (std::mem::take(&mut self.is_sent), self.watch) {
            watch.ended(deed.result.as_ref().err());
        }
        self.deeds.push(deed);
    }

    /// Whether the next request is sent, which it then is.
    fn goes_on(&mut self) -> Result<(), Problem> {
        self.watch.map_or(Ok(()), Watch::goes_on)?;
        self.is_sent = true;
        Ok(())
    }

    /// Whether nothing more is sent.
    fn is_stopped(&self) -> bool {
        self.watch.is_some_and(|watch| watch.goes_on().is_err())
    }
}

fn changed_since() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "It was left.",
        "It is different since it was asked, and what it is now was not shown.",
        "Look through the file again.",
    )
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
