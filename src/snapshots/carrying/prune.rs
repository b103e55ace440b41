//! What the snapshot does not have is taken away.

use std::collections::BTreeSet;

use super::{Carrier, changed_since};
use crate::domain::binding::Binding;
use crate::domain::bringing::Going;
use crate::domain::loss::Removal;
use crate::domain::problem::Problem;
use crate::domain::role::Role;
use crate::domain::snapshot::difference::{binding_words, bindings};
use crate::domain::snapshot::{Snapshot, TenantPart};
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Group, Membership, is_same_username};

impl Carrier<'_> {
    /// Takes away what the snapshot does not have. What goes with a role or a group is not deleted by itself.
    pub(super) async fn prune(&mut self, part: &TenantPart, here: &Snapshot) {
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
        let mut now: Option<Result<TenantPart, Problem>> = None;
        for (what, name, removal) in removals {
            let about = (scope.clone(), removal.clone());
            if self
                .allowed
                .as_ref()
                .is_some_and(|allowed| !allowed.removals.contains(&about))
            {
                self.remarks.push(format!(
                    "The {what} `{name}` of tenant `{scope}` is new since it was asked, and was left."
                ));
                continue;
            }
            self.pruned = true;
            let going = goes_with(there, &removal);
            if going.is_some() && now.is_none() && !self.dry_run {
                // Others may have given it to somebody since.
                let access = self.backend.access(&scope).await;
                now = Some(access.map(|access| TenantPart::new(None, access)));
            }
            let unchanged = match (&going, &now) {
                (Some(found), Some(now)) => self.not_given_since(&scope, (what, &name, &removal), found, now),
                _ => Ok(()),
            };
            self.going
                .extend(going.map(|going| (scope.clone(), removal.clone(), going)));
            let result = match unchanged {
                Ok(()) => self.remove(&scope, &removal).await,
                Err(problem) => Err(problem),
            };
            self.removals.push((scope.clone(), removal));
            self.note(&scope, what, &name, result.map(|()| "deleted"));
        }
    }

    /// Refuses to delete a role or a group with which more would go than was shown, or found where nothing was.
    fn not_given_since(
        &mut self,
        scope: &TenantScope,
        (what, name, removal): (&str, &str, &Removal),
        found: &BTreeSet<String>,
        now: &Result<TenantPart, Problem>,
    ) -> Result<(), Problem> {
        let going = now.as_ref().map_err(Clone::clone)?;
        let shown = self.allowed.as_ref().map(|allowed| {
            let of_it = |going: &&Going| going.0 == *scope && going.1 == *removal;
            allowed.going.iter().find(of_it).map(|(_, _, going)| going)
        });
        let known = shown.map_or(Some(found), |shown| shown);
        let is_known = |id: &String| known.is_some_and(|known| known.contains(id));
        if goes_with(going, removal).iter().flatten().all(is_known) {
            return Ok(());
        }
        self.remarks.push(format!(
            "The {what} `{name}` of tenant `{scope}` was given to somebody since it was asked, and was left."
        ));
        Err(changed_since())
    }

    pub(super) async fn remove(&mut self, scope: &TenantScope, removal: &Removal) -> Result<(), Problem> {
        if !self.dry_run {
            self.goes_on()?;
        }
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
                return backend.set_membership(scope, group, user, None, false).await;
            }
            _ => Vec::new(),
        };
        self.planned.extend(requests);
        Ok(())
    }
}

/// What goes with a role or a group: the ids of bindings, and of members.
fn goes_with(part: &TenantPart, removal: &Removal) -> Option<BTreeSet<String>> {
    let bindings = |is_of_it: &dyn Fn(&Binding) -> bool| -> BTreeSet<String> {
        let of_it = part.bindings.iter().filter(|binding| is_of_it(binding));
        of_it.map(|binding| binding.id.clone()).collect()
    };
    match removal {
        Removal::Role(id) => Some(bindings(&|binding| binding.role_id == *id)),
        Removal::Group(id) => {
            let group = part.groups.iter().find(|group| group.id == *id);
            let members = group.into_iter().flat_map(|group| &group.members);
            let mut going = bindings(&|binding| binding.subject_id == *id);
            going.extend(members.map(|member| member.user_id.clone()));
            Some(going)
        }
        _ => None,
    }
}
