//! Roles, bindings and groups changed in the name of whoever is signed in, as Kestra's API does.
//!
//! Each asks first whether they may, then does what the file of the noun does. What Kestra's own command line does, with
//! no rights asked for, is in [`super::admin`].

use crate::domain::binding::Binding;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::role::Role;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::user::{Group, Membership};

use super::LocalInstance;
use super::failure::Failure;
use super::semantics::{Actor, Reading, Session, Space};
use crate::domain::binding::NewBinding;
use crate::domain::role::NewRole;

impl LocalInstance {
    /// Creates a role, in the name of whoever is signed in.
    pub fn add_role(&self, scope: &TenantScope, new: &NewRole) -> Result<Role, Problem> {
        self.write(|session| {
            session.enter_with(scope, "ROLE", "CREATE")?;
            session.create_role(scope, new)
        })
    }

    /// Replaces a role that Kestra did not ship.
    pub fn update_role(&self, scope: &TenantScope, id: &str, new: &NewRole) -> Result<Role, Problem> {
        self.write(|session| {
            let space = session.enter_with(scope, "ROLE", "UPDATE")?;
            session.update_role(&space, id, new)
        })
    }

    /// Deletes a role that Kestra did not ship, with the bindings to it.
    pub fn delete_role(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.enter_with(scope, "ROLE", "DELETE")?;
            session.delete_role(&space, id)
        })
    }

    /// The roles of these ids, those that there are; for things that name them and may be read.
    pub fn roles_by_id(&self, scope: &TenantScope, ids: &[String]) -> Result<Vec<Role>, Problem> {
        self.read(|session| {
            let space = session.enter(scope)?;
            let mut wanted = ids.to_vec();
            wanted.sort_unstable();
            wanted.dedup();
            let mut roles = Vec::with_capacity(wanted.len());
            for id in wanted {
                match session.role_in(&space, &id) {
                    Ok(role) => roles.push(role),
                    Err(Failure::Problem(problem)) if problem.kind == ProblemKind::NotFound => {}
                    Err(failure) => return Err(failure),
                }
            }
            Ok(roles)
        })
    }

    /// Gives roles, all or none.
    pub fn add_bindings(&self, scope: &TenantScope, new: &[NewBinding]) -> Result<Vec<Binding>, Problem> {
        self.write(|session| {
            session.enter_with(scope, "BINDING", "CREATE")?;
            new.iter().map(|new| session.create_binding(scope, new)).collect()
        })
    }

    /// One binding.
    pub fn binding(&self, scope: &TenantScope, id: &str) -> Result<Binding, Problem> {
        self.read(|session| {
            let space = session.enter_to_read(scope, "BINDING", Reading::One)?;
            session.binding_in(&space, id)
        })
    }

    /// Takes a role away.
    pub fn remove_binding(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        self.write(|session| {
            session.enter_with(scope, "BINDING", "DELETE")?;
            session.delete_binding(scope, id)
        })
    }

    /// Creates a group with members, by the ids of users.
    pub fn add_group(
        &self,
        scope: &TenantScope,
        name: &str,
        description: Option<&str>,
        members: &[String],
    ) -> Result<Group, Problem> {
        self.write(|session| {
            let space = session.enter_with(scope, "GROUP", "CREATE")?;
            let group = session.create_group(scope, name, description)?;
            for id in members {
                let user = session.user_of_id(id)?;
                session.require_or_give_access(&space, scope, &user)?;
                session.join(&space, &group.id, &user, false)?;
            }
            session.group_in(&space, &group.id)
        })
    }

    /// One group with its members.
    pub fn group(&self, scope: &TenantScope, id: &str) -> Result<Group, Problem> {
        self.read(|session| {
            let space = session.enter_to_read(scope, "GROUP", Reading::One)?;
            session.group_in(&space, id)
        })
    }

    /// Gives a group another name and description.
    pub fn update_group(
        &self,
        scope: &TenantScope,
        id: &str,
        name: &str,
        description: Option<&str>,
    ) -> Result<Group, Problem> {
        self.write(|session| {
            let space = session.enter_with(scope, "GROUP", "UPDATE")?;
            session.update_group(&space, id, name, description)
        })
    }

    /// Deletes a group with the bindings to it.
    pub fn delete_group(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.enter_with(scope, "GROUP", "DELETE")?;
            session.group_name(&space, id)?;
            session
                .db
                .prepare_cached("DELETE FROM groups WHERE tenant = ?1 AND id = ?2")?
                .execute((&space.tenant, id))?;
            session.audit("DELETE", "GROUP", id, &space.tenant)
        })
    }

    /// Puts a user into a group. Who is in it already is a conflict.
    pub fn join_group(&self, scope: &TenantScope, group: &str, user: &str) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.require_members(scope, Some(group), "CREATE")?;
            session.group_name(&space, group)?;
            let user = session.user_of_id(user)?;
            session.require_or_give_access(&space, scope, &user)?;
            if session.is_member(&space, group, &user)? {
                return Err(not_done(&user, "is in the group already").into());
            }
            session.join(&space, group, &user, false)
        })
    }

    /// Makes a member of a group its owner, or an owner a member.
    pub fn set_membership(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        membership: Membership,
    ) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.require_members(scope, Some(group), "UPDATE")?;
            let user = session.member(&space, group, user)?;
            session.join(&space, group, &user, membership == Membership::Owner)
        })
    }

    /// Sees to it that a user has this place in a group, or none.
    pub fn set_place_in_group(
        &self,
        scope: &TenantScope,
        group: &str,
        user: &str,
        wanted: Option<Membership>,
    ) -> Result<(), Problem> {
        let is_in = self
            .group(scope, group)?
            .members
            .into_iter()
            .find(|member| member.user_id == user)
            .map(|member| member.membership);
        match (is_in, wanted) {
            (is_in, wanted) if is_in == wanted => Ok(()),
            (_, None) => self.leave_group(scope, group, user),
            (None, Some(wanted)) => {
                self.join_group(scope, group, user)?;
                if wanted == Membership::Owner {
                    self.set_membership(scope, group, user, wanted)?;
                }
                Ok(())
            }
            (Some(_), Some(wanted)) => self.set_membership(scope, group, user, wanted),
        }
    }

    /// Takes a user out of a group. Who is not in it is a conflict.
    pub fn leave_group(&self, scope: &TenantScope, group: &str, user: &str) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.require_members(scope, Some(group), "DELETE")?;
            let user = session.member(&space, group, user)?;
            session.leave(&space, group, &user)?;
            session.close_without_group(&space, &user)
        })
    }
}

fn not_done(user: &Actor, why: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "The group was not changed.",
        format!("`{}` {why}.", visible(&user.username)),
        "Read the members of the group to see who is in it.",
    )
}

impl Session<'_> {
    /// Lets pass whoever may do this with the members of groups: the owners of the group may always.
    pub(super) fn require_members(
        &self,
        scope: &TenantScope,
        group: Option<&str>,
        action: &'static str,
    ) -> Result<Space, Failure> {
        let space = self.enter(scope)?;
        if let (Some(group), Some(actor)) = (group, &self.actor) {
            let is_owner = self
                .db
                .prepare_cached(
                    "SELECT 1 FROM group_members WHERE tenant = ?1 AND group_id = ?2 AND user = ?3 AND owner",
                )?
                .exists((&space.tenant, group, actor.key))?;
            if is_owner {
                return Ok(space);
            }
        }
        let release = self.world.release;
        if release.at_least(2, 0) {
            self.enter_with(scope, "GROUP", "MANAGE_MEMBERS")
        } else if release.at_least(0, 24) {
            self.enter_with(scope, "GROUP_MEMBERSHIP", action)
        } else {
            self.enter_with(scope, "GROUP", "UPDATE")
        }
    }

    fn is_member(&self, space: &Space, group: &str, user: &Actor) -> Result<bool, Failure> {
        Ok(self
            .db
            .prepare_cached("SELECT 1 FROM group_members WHERE tenant = ?1 AND group_id = ?2 AND user = ?3")?
            .exists((&space.tenant, group, user.key))?)
    }

    fn member(&self, space: &Space, group: &str, user: &str) -> Result<Actor, Failure> {
        self.group_name(space, group)?;
        let user = self.user_of_id(user)?;
        if self.is_member(space, group, &user)? {
            Ok(user)
        } else {
            Err(not_done(&user, "is not in the group").into())
        }
    }
}
