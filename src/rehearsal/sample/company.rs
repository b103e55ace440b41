//! One company, Nordwind, with its people, groups, roles and flows, and branches in tenants of their own.
//!
//! Who holds what is spread so that each kind of person occurs: admins, superadmins, people with a role of their own, in a
//! namespace or in the whole tenant, people with roles through groups alone, and people with access and nothing else.

use super::SampleSummary;
use super::people::{People, Person};
use super::roles::{AUDITOR, ENGINEER, LONG, ON_CALL, READER, TENANT_CREATOR, Wanted};
use super::stock::Stock;
use super::words::{BRANCHES, DEPARTMENTS, EMPTY_GROUP, GROUPS, LONG_GROUP, REGIONS, pick};
use crate::backend::local::{Batch, LocalInstance};
use crate::domain::account::{Account, Profile};
use crate::domain::binding::NewBinding;
use crate::domain::binding::SubjectKind;
use crate::domain::problem::Problem;
use crate::domain::release::Release;
use crate::domain::role::ADMIN;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::user::{Membership, UserKind};

const DOMAIN: &str = "nordwind.example";
/// Where the company lives if there is no default tenant to live in.
const MAIN: &str = "main";

/// How large a company is.
pub(super) struct Measure {
    /// People of the main tenant.
    people: usize,
    /// People of each branch.
    branch_people: usize,
    /// Groups of the main tenant, but for those that are special.
    groups: usize,
    /// Service accounts.
    service_accounts: usize,
    /// Branches with a tenant of their own, where there are tenants.
    branches: usize,
    /// What lives in the main tenant.
    pub stock: Stock,
    /// What lives in each branch.
    branch_stock: Stock,
}

const BRANCH_STOCK: Stock = Stock {
    root: "branch",
    departments: 2,
    topics: 2,
    flows: 12,
    executions: 150,
};

/// A company of 25.
pub(super) const SMALL: Measure = Measure {
    people: 25,
    branch_people: 3,
    groups: 6,
    service_accounts: 3,
    branches: 4,
    stock: Stock {
        root: "nordwind",
        departments: 4,
        topics: 3,
        flows: 64,
        executions: 2_000,
    },
    branch_stock: BRANCH_STOCK,
};

/// A company of 400.
pub(super) const LARGE: Measure = Measure {
    people: 400,
    branch_people: 8,
    groups: 60,
    service_accounts: 15,
    branches: 12,
    stock: Stock {
        root: "nordwind",
        departments: 15,
        topics: 20,
        flows: 5_000,
        executions: 200_000,
    },
    branch_stock: BRANCH_STOCK,
};

/// Adds the company to an instance, all of it or nothing.
pub(super) fn fill(instance: &LocalInstance, measure: &Measure) -> Result<SampleSummary, Problem> {
    let (release, tenancy) = (instance.release(), instance.tenancy());
    instance.together(|batch| {
        let mut company = Company {
            batch,
            release,
            people: People::default(),
            summary: SampleSummary::default(),
        };
        let home = if tenancy.reaches_default_tenant(release) {
            TenantScope::Default
        } else {
            company.tenant(MAIN, "Nordwind", None)?
        };
        let people = company.headquarters(&home, measure)?;
        if tenancy.enabled {
            for (at, (id, name, has_admin)) in BRANCHES.iter().take(measure.branches).enumerate() {
                company.branch(at, id, name, *has_admin, &people, measure)?;
            }
        }
        Ok(company.summary)
    })
}

struct Company<'a> {
    batch: &'a Batch<'a>,
    release: Release,
    people: People,
    summary: SampleSummary,
}

impl Company<'_> {
    fn tenant(&mut self, id: &str, name: &str, admin: Option<String>) -> Result<TenantScope, Problem> {
        let id = TenantId::existing(id);
        self.batch.create_tenant(&NewTenant {
            tenant: Tenant::new(id.clone(), name),
            admin,
        })?;
        self.summary.tenants += 1;
        Ok(TenantScope::Named(id))
    }

    fn person(&mut self, scope: Option<&TenantScope>, superadmin: bool) -> Result<(Person, Account), Problem> {
        let person = self.people.next(DOMAIN, self.release);
        let profile = Profile {
            username: person.username.clone(),
            first_name: Some(person.first_name.clone()),
            last_name: Some(person.last_name.clone()),
            superadmin: Some(superadmin),
            ..Profile::default()
        };
        let account = self.batch.create_account(scope, UserKind::Standard, &profile)?;
        self.summary.users += 1;
        Ok((person, account))
    }

    /// The id of a role of the company's own; `None` where the release has nothing for it to allow.
    fn role(&mut self, scope: &TenantScope, wanted: &Wanted) -> Result<Option<String>, Problem> {
        let Some(new) = wanted.in_release(self.release) else {
            return Ok(None);
        };
        self.summary.roles += 1;
        Ok(Some(self.batch.create_role(scope, &new)?.id))
    }

    fn managed(&self, scope: &TenantScope, name: &str) -> Result<Option<String>, Problem> {
        let roles = self.batch.roles(scope)?;
        Ok(roles
            .into_iter()
            .find(|role| role.is_managed && role.name == name)
            .map(|role| role.id))
    }

    fn bind(
        &mut self,
        scope: &TenantScope,
        subject_kind: SubjectKind,
        subject: &str,
        role: Option<&String>,
        namespace: Option<String>,
    ) -> Result<(), Problem> {
        let Some(role) = role else {
            return Ok(());
        };
        self.batch.create_binding(
            scope,
            &NewBinding {
                subject_kind,
                subject_id: subject.to_owned(),
                role_id: role.clone(),
                namespace,
            },
        )?;
        self.summary.bindings += 1;
        Ok(())
    }

    fn group(
        &mut self,
        scope: &TenantScope,
        name: &str,
        description: Option<&str>,
        members: &[&Person],
    ) -> Result<String, Problem> {
        let group = self.batch.create_group(scope, name, description)?.id;
        for (at, member) in members.iter().enumerate() {
            let membership = if at == 0 { Membership::Owner } else { Membership::Member };
            self.batch.add_member(scope, &group, &member.username, membership)?;
        }
        self.summary.groups += 1;
        Ok(group)
    }

    fn headquarters(&mut self, home: &TenantScope, measure: &Measure) -> Result<Vec<Person>, Problem> {
        let everybody: Vec<(Person, Account)> = (0..measure.people)
            // Superadmins are few: one of the first, and one in a hundred.
            .map(|at| self.person(Some(home), at == 2 || at % 100 == 99))
            .collect::<Result<_, _>>()?;
        let admin = self.managed(home, ADMIN)?;
        let engineer = self.role(home, &ENGINEER)?;
        let reader = self.role(home, &READER)?;
        let on_call = self.role(home, &ON_CALL)?;
        let auditor = self.role(home, &AUDITOR)?;
        let creator = self.role(home, &TENANT_CREATOR)?;
        self.role(home, &LONG)?;

        for (at, (_, account)) in everybody.iter().enumerate() {
            let namespace = measure.stock.namespace(at);
            let user = SubjectKind::User;
            match at {
                0 | 1 => self.bind(home, user, &account.id, admin.as_ref(), None)?,
                3 => self.bind(home, user, &account.id, auditor.as_ref(), None)?,
                4 => self.bind(home, user, &account.id, creator.as_ref(), None)?,
                // Every fourth has roles through groups alone, every eleventh none at all.
                _ if at % 4 == 1 || at % 11 == 10 => {}
                _ if at % 4 == 2 => self.bind(home, user, &account.id, reader.as_ref(), None)?,
                _ if at % 4 == 3 => self.bind(home, user, &account.id, engineer.as_ref(), Some(namespace))?,
                _ => self.bind(home, user, &account.id, on_call.as_ref(), Some(namespace))?,
            }
        }

        for at in 0..measure.groups {
            let members: Vec<&Person> = everybody
                .iter()
                .enumerate()
                .filter(|(nth, _)| nth % 11 != 10 && (nth % measure.groups == at || nth % 23 == at))
                .map(|(_, (person, _))| person)
                .collect();
            let (name, description) = match GROUPS.get(at) {
                Some((name, description)) => ((*name).to_owned(), *description),
                None => (team(at - GROUPS.len()), None),
            };
            let group = self.group(home, &name, description, &members)?;
            let (role, namespace) = match at % 3 {
                0 => (&engineer, None),
                1 => (&reader, None),
                _ => (&on_call, Some(measure.stock.namespace(at))),
            };
            self.bind(home, SubjectKind::Group, &group, role.as_ref(), namespace)?;
        }
        let empty = self.group(home, EMPTY_GROUP, Some("Nobody is left in it"), &[])?;
        self.bind(home, SubjectKind::Group, &empty, reader.as_ref(), None)?;
        let some: Vec<&Person> = everybody.iter().skip(3).take(2).map(|(person, _)| person).collect();
        self.group(home, LONG_GROUP, None, &some)?;

        for at in 0..measure.service_accounts {
            let name = match at {
                0 => "terraform".to_owned(),
                1 => "nightly-export".to_owned(),
                2 => "github-actions".to_owned(),
                _ => format!("ci-{}-{at}", pick(DEPARTMENTS, at).unwrap_or_default()),
            };
            let profile = Profile {
                username: name,
                description: Some("A program, not a person".to_owned()),
                ..Profile::default()
            };
            let account = self
                .batch
                .create_account(Some(home), UserKind::ServiceAccount, &profile)?;
            self.summary.service_accounts += 1;
            let namespace = (at > 0).then(|| measure.stock.namespace(at));
            self.bind(home, SubjectKind::User, &account.id, engineer.as_ref(), namespace)?;
        }
        measure.stock.write(self.batch, home, 1, &mut self.summary)?;
        Ok(everybody.into_iter().map(|(person, _)| person).collect())
    }

    fn branch(
        &mut self,
        at: usize,
        id: &str,
        name: &str,
        has_admin: bool,
        headquarters: &[Person],
        measure: &Measure,
    ) -> Result<(), Problem> {
        let admin = if has_admin {
            Some(self.person(None, false)?.0.username)
        } else {
            None
        };
        let scope = self.tenant(id, name, admin)?;
        let reader = self.role(&scope, &READER)?;
        let engineer = self.role(&scope, &ENGINEER)?;
        let mut members = Vec::new();
        for nth in 0..measure.branch_people {
            let (person, account) = self.person(Some(&scope), false)?;
            if nth == 0 {
                self.bind(&scope, SubjectKind::User, &account.id, engineer.as_ref(), None)?;
            } else {
                members.push(person);
            }
        }
        // Some of the headquarters look in from time to time: they keep access when the default tenant goes.
        let guests: Vec<&Person> = headquarters.iter().skip(5 + at).step_by(9).take(4).collect();
        for guest in &guests {
            self.batch.grant_tenant_access(&scope, &guest.username)?;
        }
        let members: Vec<&Person> = members.iter().chain(guests.into_iter().take(2)).collect();
        let group = self.group(&scope, "Team", None, &members)?;
        self.bind(&scope, SubjectKind::Group, &group, reader.as_ref(), None)?;
        measure
            .branch_stock
            .write(self.batch, &scope, 100 + at as u64, &mut self.summary)
    }
}

/// The name of a group for part of a department, such as `Finance Iberia`.
fn team(at: usize) -> String {
    let department = pick(DEPARTMENTS, at / REGIONS.len()).unwrap_or_default();
    let mut characters = department.chars();
    let capital = characters.next().map(|first| first.to_ascii_uppercase());
    let region = pick(REGIONS, at).unwrap_or_default();
    capital.into_iter().chain(characters).collect::<String>() + " " + region
}
