//! Groups, and who is in them.

use std::collections::HashMap;

use super::{CHANGED, CREATED, Carrier, EXISTS, several};
use crate::domain::bringing::Overwritten;
use crate::domain::loss::Removal;
use crate::domain::problem::Problem;
use crate::domain::snapshot::{NoMatch, TenantPart, only};
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Group, Membership, NewGroup, User};

impl Carrier<'_> {
    /// Groups here, by their ids in the part.
    pub(super) async fn groups(
        &mut self,
        part: &TenantPart,
        here: &TenantPart,
    ) -> HashMap<String, Result<Group, Problem>> {
        let scope = part.scope();
        let mut found = HashMap::new();
        for group in &part.groups {
            let new = NewGroup {
                name: group.name.clone(),
                description: group.description.clone(),
                members: Vec::new(),
            };
            let [there, twice] = [here, part].map(|part| only(&part.groups, |other| other.name == group.name));
            let (result, now) = match (there, twice) {
                (Err(NoMatch::Several), _) | (_, Err(NoMatch::Several)) => {
                    let problem = several(&format!("group `{}`", group.name));
                    (Err(problem.clone()), Err(problem))
                }
                (Ok(there), _) => (self.change_group(&scope, there, &new).await, Ok(there.clone())),
                (Err(_), _) => {
                    let created = self.create_group(&scope, &new).await;
                    (created.as_ref().map(|_| CREATED).map_err(Clone::clone), created)
                }
            };
            self.note(&scope, "group", &group.name, result);
            found.insert(group.id.clone(), now);
        }
        found
    }

    pub(super) async fn create_group(&mut self, scope: &TenantScope, new: &NewGroup) -> Result<Group, Problem> {
        if self.dry_run {
            let planned = self.planner.create_group(scope, new);
            self.planned.push(planned);
            return Ok(Group {
                id: format!("{{id of {}}}", new.name),
                name: new.name.clone(),
                description: None,
                members: Vec::new(),
            });
        }
        self.goes_on()?;
        self.backend.create_group(scope, new).await
    }

    pub(super) async fn change_group(
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
        let overwritten = Overwritten::Group(there.id.clone(), there.description.clone());
        if let Some(left) = self.left_since(scope, "group", &new.name, overwritten) {
            return left;
        }
        if self.dry_run {
            let planned = self.planner.update_group(scope, &there.id, new);
            self.planned.push(planned);
            return Ok(CHANGED);
        }
        self.goes_on()?;
        self.backend.update_group(scope, there, new).await.map(|_| CHANGED)
    }

    pub(super) async fn members(&mut self, part: &TenantPart, groups: &HashMap<String, Result<Group, Problem>>) {
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
                let result = self.member(&scope, (there, &name), &user, now, place).await;
                self.note(&scope, "member", &name, result);
            }
        }
    }

    pub(super) async fn member(
        &mut self,
        scope: &TenantScope,
        (group, name): (&Group, &str),
        user: &User,
        now: Option<Membership>,
        wanted: Membership,
    ) -> Result<&'static str, Problem> {
        if now == Some(wanted) || (now.is_some() && !self.mode.change) {
            return Ok(EXISTS);
        }
        let done = if now.is_some() { CHANGED } else { CREATED };
        if let Some(now) = now {
            let overwritten = Overwritten::Member(group.id.clone(), user.id.clone(), now);
            if let Some(left) = self.left_since(scope, "member", name, overwritten) {
                return left;
            }
            let removal = Removal::by_membership(group, &user.id, Some(wanted));
            self.removals.extend(removal.map(|removal| (scope.clone(), removal)));
        }
        if self.dry_run {
            let ids = (group.id.as_str(), user.id.as_str());
            let planned = self.planner.set_membership(scope, ids, now, Some(wanted))?;
            self.planned.extend(planned);
            return Ok(done);
        }
        self.goes_on()?;
        let set = self
            .backend
            .set_membership(scope, &group.id, &user.id, Some(wanted), false)
            .await;
        set.map(|()| done)
    }
}
