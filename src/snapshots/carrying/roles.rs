//! Roles, matched by name; managed ones are only looked for.

use std::collections::HashMap;

use super::{CHANGED, CREATED, Carrier, EXISTS, missing, several};
use crate::domain::assignable::Assignable;
use crate::domain::bringing::Overwritten;
use crate::domain::loss::Removal;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::{NewRole, Role};
use crate::domain::snapshot::difference::is_same_role;
use crate::domain::snapshot::{NoMatch, TenantPart, only};
use crate::domain::tenant::TenantScope;

impl Carrier<'_> {
    /// Ids here of the roles of a part, by their ids in it.
    pub(super) async fn roles(
        &mut self,
        part: &TenantPart,
        here: &TenantPart,
    ) -> HashMap<String, Result<String, Problem>> {
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
                (Err(_), _) if role.is_managed => Err(missing(&what)),
                (Err(_), _) => {
                    let has_default = here.roles.iter().any(|role| role.is_default);
                    let created = self.create_role(&scope, role, has_default).await;
                    self.note(
                        &scope,
                        "role",
                        &role.name,
                        created.as_ref().map(|_| CREATED).map_err(Clone::clone),
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
    pub(super) async fn assignable(&mut self, scope: &TenantScope) -> Result<&Assignable, Problem> {
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

    pub(super) async fn create_role(
        &mut self,
        scope: &TenantScope,
        role: &Role,
        has_default: bool,
    ) -> Result<String, Problem> {
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
        self.assignable(scope).await?.refuse_wrong(left(&new), &new, None)?;
        if self.dry_run {
            let planned = self.planner.create_role(scope, &new);
            self.planned.push(planned);
            return Ok(format!("{{id of {}}}", role.name));
        }
        self.goes_on()?;
        self.backend.create_role(scope, &new).await.map(|role| role.id)
    }

    pub(super) async fn change_role(
        &mut self,
        scope: &TenantScope,
        role: &Role,
        found: &Role,
    ) -> Result<&'static str, Problem> {
        if !self.mode.change || is_same_role(role, found) {
            return Ok(EXISTS);
        }
        let after = NewRole::from(role);
        self.assignable(scope)
            .await?
            .refuse_wrong(left(&after), &after, Some(found))?;
        let overwritten = Overwritten::Role(Box::new(found.clone()));
        if let Some(left) = self.left_since(scope, "role", &role.name, overwritten) {
            return left;
        }
        let removals = Removal::by_update(found, &after);
        self.removals
            .extend(removals.into_iter().map(|removal| (scope.clone(), removal)));
        if self.dry_run {
            let planned = self.planner.update_role(scope, &found.id, &after);
            self.planned.push(planned);
            return Ok(CHANGED);
        }
        self.goes_on()?;
        self.backend.update_role(scope, found, &after).await.map(|_| CHANGED)
    }
}

/// What is said of a role that this Kestra cannot take.
fn left(new: &NewRole) -> String {
    format!("Role `{}` was left as it is.", new.name)
}
