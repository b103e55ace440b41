//! Invitations to a tenant. They are kept and listed; nobody is sent a message by a local instance.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row};

use crate::domain::invitation::{Invitation, Invited, InvitedRole, NewInvitation};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;

use super::LocalInstance;
use super::failure::Failure;
use super::ids::new_id;
use super::semantics::{Session, Space, damaged};

/// How long an invitation is good for where nothing else is configured: `kestra.security.invitations.expireAfter`.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

impl LocalInstance {
    /// Invites somebody. Who is a user already is given access at once.
    pub fn invite(&self, scope: &TenantScope, new: &NewInvitation, now: Timestamp) -> Result<Invited, Problem> {
        self.write(|session| {
            let space = session.require_invitations(scope, "CREATE")?;
            session.invite(scope, &space, new, now)
        })
    }

    /// The invitations of a tenant, the newest first.
    pub fn invitations(&self, scope: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        self.read(|session| {
            let space = session.require_invitations(scope, "READ")?;
            let mut statement = session.db.prepare_cached(
                "SELECT id, tenant, email, superadmin, roles, groups, sent, expires FROM invitations
                 WHERE tenant = ?1 ORDER BY sent DESC, id",
            )?;
            let mut rows = statement.query([&space.tenant])?;
            let mut invitations = Vec::new();
            while let Some(row) = rows.next()? {
                invitations.push(invitation_of(row)?);
            }
            Ok(invitations)
        })
    }

    /// One invitation.
    pub fn invitation(&self, scope: &TenantScope, id: &str) -> Result<Invitation, Problem> {
        self.read(|session| {
            let space = session.require_invitations(scope, "READ")?;
            session.invitation(&space, id)
        })
    }

    /// Withdraws an invitation.
    pub fn delete_invitation(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.require_invitations(scope, "DELETE")?;
            session.invitation(&space, id)?;
            session
                .db
                .prepare_cached("DELETE FROM invitations WHERE tenant = ?1 AND id = ?2")?
                .execute((&space.tenant, id))?;
            session.audit("DELETE", "INVITATION", id, &space.tenant)
        })
    }
}

impl Session<'_> {
    fn require_invitations(&self, scope: &TenantScope, action: &'static str) -> Result<Space, Failure> {
        let resource = if self.world.release.at_least(0, 24) {
            "INVITATION"
        } else {
            "USER"
        };
        self.enter_with(scope, resource, action)
    }

    fn invitation(&self, space: &Space, id: &str) -> Result<Invitation, Failure> {
        let found = self
            .db
            .prepare_cached(
                "SELECT id, tenant, email, superadmin, roles, groups, sent, expires FROM invitations
                 WHERE tenant = ?1 AND id = ?2",
            )?
            .query_row((&space.tenant, id), |row| Ok(invitation_of(row)))
            .optional()?;
        found.ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                format!("There is no invitation `{}`.", visible(id)),
                "No invitation of this tenant has this id.",
                "List the invitations of the tenant to see which there are.",
            )
        })?
    }

    fn invite(
        &self,
        scope: &TenantScope,
        space: &Space,
        new: &NewInvitation,
        now: Timestamp,
    ) -> Result<Invited, Failure> {
        let refused = |kind, why: &str, next: &str| {
            let what = format!("`{}` was not invited.", visible(&new.email));
            Problem::new(kind, what, why, next)
        };
        if !new.email.contains('@') || new.email.chars().any(char::is_whitespace) {
            let why = "That is no e-mail address.";
            return Err(refused(ProblemKind::Invalid, why, "Give one.")
                .with_field("email", "is no e-mail address")
                .into());
        }
        if new.superadmin {
            self.require_superadmin("who is one")?;
        }
        for role in &new.roles {
            self.role_in(space, &role.id)?;
        }
        for group in &new.groups {
            self.group_name(space, group)?;
        }
        if let Some(user) = self.find_user(&new.email)? {
            if self.has_access(space, user.key)? {
                let why = "This user has access to the tenant already.";
                return Err(refused(ProblemKind::Conflict, why, "Nothing is left to do.").into());
            }
            self.give_access(space, &user)?;
            for role in &new.roles {
                self.bind_invited(scope, &user.id, role)?;
            }
            for group in &new.groups {
                self.join(space, group, &user, false)?;
            }
            return Ok(Invited::Granted);
        }
        if new.create_user {
            let user = self.create_user(&super::users::NewUser {
                username: new.email.clone(),
                display_name: None,
                kind: crate::domain::user::UserKind::Standard,
                superadmin: new.superadmin,
                tenant: Some(scope.clone()),
                groups: Vec::new(),
            })?;
            for role in &new.roles {
                self.bind_invited(scope, &user.id, role)?;
            }
            let user = self.user_of_id(&user.id)?;
            for group in &new.groups {
                self.join(space, group, &user, false)?;
            }
            return Ok(Invited::Granted);
        }
        let waiting = self
            .db
            .prepare_cached("SELECT 1 FROM invitations WHERE tenant = ?1 AND email = ?2 AND expires > ?3")?
            .exists((&space.tenant, &new.email, now.as_millisecond()))?;
        if waiting {
            let why = "There is an invitation for this address that waits to be accepted.";
            return Err(refused(ProblemKind::Conflict, why, "Delete it to make another.").into());
        }
        let json = |value: serde_json::Result<String>| value.map_err(|error| Failure::from(damaged(&error)));
        let id = new_id();
        self.db
            .prepare_cached(
                "INSERT INTO invitations (tenant, id, email, superadmin, roles, groups, sent, expires)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                &space.tenant,
                &id,
                &new.email,
                new.superadmin,
                json(serde_json::to_string(&new.roles))?,
                json(serde_json::to_string(&new.groups))?,
                now.as_millisecond(),
                now.saturating_add(GOOD_FOR).unwrap_or(now).as_millisecond(),
            ))?;
        self.audit("CREATE", "INVITATION", &id, &space.tenant)?;
        Ok(Invited::Waiting(self.invitation(space, &id)?))
    }

    fn bind_invited(&self, scope: &TenantScope, user: &str, role: &InvitedRole) -> Result<(), Failure> {
        let everywhere = role.namespaces.is_empty().then_some(None);
        for namespace in role.namespaces.iter().cloned().map(Some).chain(everywhere) {
            self.create_binding(
                scope,
                &crate::domain::binding::NewBinding {
                    subject_kind: crate::domain::binding::SubjectKind::User,
                    subject_id: user.to_owned(),
                    role_id: role.id.clone(),
                    namespace,
                },
            )?;
        }
        Ok(())
    }
}

fn invitation_of(row: &Row<'_>) -> Result<Invitation, Failure> {
    let tenant: String = row.get(1)?;
    let (roles, groups): (String, String) = (row.get(4)?, row.get(5)?);
    Ok(Invitation {
        id: row.get(0)?,
        tenant: (!tenant.is_empty()).then_some(tenant),
        email: row.get(2)?,
        superadmin: row.get(3)?,
        roles: serde_json::from_slice(roles.as_bytes()).map_err(|error| damaged(&error))?,
        groups: serde_json::from_slice(groups.as_bytes()).map_err(|error| damaged(&error))?,
        sent: row.get(6)?,
        expires: row.get(7)?,
    })
}
