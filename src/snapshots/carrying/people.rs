//! Accounts, and the tenants they are let into.

use std::collections::BTreeSet;

use super::{CREATED, Carrier, Deed, EXISTS, missing, several};
use crate::domain::account::Profile;
use crate::domain::problem::Problem;
use crate::domain::snapshot::{NoMatch, Person, TenantPart, only};
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Entrant, User, UserKind, is_same_username};

impl Carrier<'_> {
    pub(super) async fn person(&mut self, person: &Person, accounts: &[User], parts: &[&TenantPart]) {
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
                (created.as_ref().map(|_| CREATED).map_err(Clone::clone), created)
            }
            _ => {
                let problem = several(&format!("{what} `{}`", user.username));
                (Err(problem.clone()), Err(problem))
            }
        };
        self.keep(Deed {
            tenant: String::new(),
            what,
            name: user.username.clone(),
            result,
            planned: Vec::new(),
        });
        self.people.insert(user.id.clone(), now);
    }

    pub(super) async fn create_person(&mut self, person: &Person, home: Option<TenantScope>) -> Result<User, Problem> {
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
            let planned = self.planner.create_account(scope.as_ref(), user.kind, &profile);
            self.planned.extend(planned);
            return Ok(User {
                id: format!("{{id of {}}}", user.username),
                ..user.clone()
            });
        }
        self.goes_on()?;
        let account = self.backend.create_account(scope.as_ref(), user.kind, &profile).await?;
        Ok(account.as_user())
    }

    pub(super) fn user(&self, id: &str, name: &str) -> Result<User, Problem> {
        self.people
            .get(id)
            .cloned()
            .unwrap_or_else(|| Err(missing(&format!("account `{name}`"))))
    }

    /// Access to tenants, where that is a thing of its own.
    pub(super) async fn access(&mut self, part: &TenantPart, here: &TenantPart) {
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
                self.planned.push(planned);
                Ok(CREATED)
            } else {
                let given = match self.goes_on() {
                    Ok(()) => self.backend.give_access(&scope, &who).await,
                    Err(problem) => Err(problem),
                };
                given.map(|was_given| if was_given { CREATED } else { EXISTS })
            };
            self.note(&scope, "access", name, result);
        }
    }
}
