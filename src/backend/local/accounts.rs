//! Users and service accounts with all that is known of them, created and changed in the name of whoever is signed in.
//!
//! What the lists show is in [`super::users`]; who may do what here is [`Session::require_people`] and its neighbours.

use rusqlite::{OptionalExtension, Row};

use crate::domain::account::{Account, AccountGroup, Assignment, Profile, is_account_name};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::user::{Membership, UserKind};

use super::LocalInstance;
use super::failure::Failure;
use super::semantics::{Actor, Session, Space, user_at};
use super::sign_in::may_have_password;
use super::tokens::ACCOUNT_NAME_RULE;
use super::users::{NewUser, no_user};

impl LocalInstance {
    /// Who is signed in.
    pub fn myself(&self) -> Result<Account, Problem> {
        self.read(|session| match &session.actor {
            Some(actor) => session.account(actor.key),
            None => Err(no_user("").into()),
        })
    }

    /// The account of a login name; no rights are asked for.
    pub fn account_named(&self, username: &str) -> Result<Account, Problem> {
        self.read(|session| {
            let user = session.user_named(username)?;
            session.account(user.key)
        })
    }

    /// The accounts of these ids, those that there are, in their order; for rows of a list that may be read.
    pub fn accounts(&self, ids: &[String]) -> Result<Vec<Account>, Problem> {
        self.read(|session| {
            let mut accounts = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(user) = session.find_user_of_id(id)? {
                    accounts.push(session.account(user.key)?);
                }
            }
            Ok(accounts)
        })
    }

    /// One account. `scope` is the tenant of the request, `None` the instance.
    pub fn account(&self, scope: Option<&TenantScope>, id: &str, kind: UserKind) -> Result<Account, Problem> {
        self.read(|session| {
            session.require_accounts(scope, kind, "READ")?;
            let user = session.account_in(scope, id, kind)?;
            session.account(user.key)
        })
    }

    /// Creates a user or service account. In a tenant it gets access to that tenant.
    pub fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        self.write(|session| {
            session.require_accounts(scope, kind, "CREATE")?;
            session.create_account(scope, kind, profile)
        })
    }

    /// Replaces what is known of an account.
    pub fn update_account(
        &self,
        scope: Option<&TenantScope>,
        id: &str,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Problem> {
        self.write(|session| {
            session.require_accounts(scope, kind, "UPDATE")?;
            let user = session.account_in(scope, id, kind)?;
            session.require_may_change(&user)?;
            session.update_account(scope, &user, kind, profile)
        })
    }

    /// Changes one's own names. Nobody gives themselves access, groups or rights this way: those are left as they are.
    pub fn update_myself(&self, profile: &Profile) -> Result<Account, Problem> {
        self.write(|session| {
            let Some(actor) = session.actor.clone() else {
                return Err(no_user("").into());
            };
            let names = Profile {
                username: profile.username.clone(),
                first_name: profile.first_name.clone(),
                last_name: profile.last_name.clone(),
                description: profile.description.clone(),
                ..Profile::default()
            };
            session.update_account(None, &actor, UserKind::Standard, &names)
        })
    }

    /// Changes one's own password.
    pub fn change_my_password(&self, old: &str, new: &str) -> Result<(), Problem> {
        self.write(|session| {
            let Some(actor) = session.actor.clone() else {
                return Err(no_user("").into());
            };
            session.check_password(&actor, old)?;
            session.store_password(&actor, new)
        })
    }

    /// Gives an account another password.
    pub fn change_password(&self, scope: Option<&TenantScope>, id: &str, password: &str) -> Result<Account, Problem> {
        self.write(|session| {
            session.require_accounts(scope, UserKind::Standard, "UPDATE")?;
            let user = session.account_in(scope, id, UserKind::Standard)?;
            session.require_may_change(&user)?;
            session.store_password(&user, password)?;
            session.account(user.key)
        })
    }

    /// Takes the password away by its id among the ways to sign in.
    pub fn delete_password(
        &self,
        scope: Option<&TenantScope>,
        id: &str,
        password_id: &str,
    ) -> Result<Account, Problem> {
        self.write(|session| {
            session.require_accounts(scope, UserKind::Standard, "UPDATE")?;
            let user = session.account_in(scope, id, UserKind::Standard)?;
            session.require_may_change(&user)?;
            let deleted = session
                .db
                .prepare_cached("DELETE FROM passwords WHERE user = ?1 AND id = ?2")?
                .execute((user.key, password_id))?;
            if deleted == 0 {
                return Err(Problem::new(
                    ProblemKind::NotFound,
                    format!("There is no way to sign in `{}`.", visible(password_id)),
                    format!("`{}` has none of this id.", visible(&user.username)),
                    "Read the user to see which there are.",
                )
                .into());
            }
            session.account(user.key)
        })
    }

    /// Deletes an account with its access and bindings.
    pub fn delete_account(&self, scope: Option<&TenantScope>, id: &str, kind: UserKind) -> Result<(), Problem> {
        self.write(|session| {
            session.require_accounts(scope, kind, "DELETE")?;
            let user = session.account_in(scope, id, kind)?;
            session.require_may_change(&user)?;
            if user.superadmin {
                // The last one stays: this refuses it.
                session.set_superadmin(&user, false)?;
            }
            session
                .db
                .prepare_cached("DELETE FROM users WHERE key = ?1")?
                .execute([user.key])?;
            session.audit("DELETE", resource_of(kind), &user.id, "")
        })
    }

    /// Makes an account a superadmin, or a common one again.
    pub fn make_superadmin(&self, id: &str, kind: UserKind, superadmin: bool) -> Result<Account, Problem> {
        self.write(|session| {
            session.require_superadmin("who is one")?;
            let user = session.account_in(None, id, kind)?;
            session.set_superadmin(&user, superadmin)?;
            session.account(user.key)
        })
    }

    /// The roles somebody has in a tenant, directly and through groups. Everybody may ask about themselves.
    pub fn assignments(&self, scope: &TenantScope, id: &str) -> Result<(Account, Vec<Assignment>), Problem> {
        self.read(|session| {
            let is_own = session.actor.as_ref().is_some_and(|actor| actor.id == id);
            let space = if is_own {
                session.enter(scope)?
            } else {
                session.require_people(scope, "READ")?
            };
            let user = session.user_of_id(id)?;
            if !user.superadmin && !session.has_access(&space, user.key)? {
                return Err(no_user(id).into());
            }
            Ok((session.account(user.key)?, session.assignments(&space, &user)?))
        })
    }

    /// Gives somebody access to a tenant, by e-mail address or by id. Whether they had it already is told.
    pub fn grant_access(&self, scope: &TenantScope, who: Who<'_>) -> Result<bool, Problem> {
        self.write(|session| {
            let space = session.require_people(scope, "CREATE")?;
            let user = session.user_who(who)?;
            let had = session.has_access(&space, user.key)?;
            session.give_access(&space, &user)?;
            Ok(had)
        })
    }

    /// Whether somebody has access to a tenant.
    pub(super) fn has_access(&self, scope: &TenantScope, who: Who<'_>) -> Result<bool, Problem> {
        self.read(|session| {
            let space = session.require_people(scope, "CREATE")?;
            let user = session.user_who(who)?;
            session.has_access(&space, user.key)
        })
    }

    /// Takes access to a tenant away, with the bindings and memberships there.
    pub fn revoke_access(&self, scope: &TenantScope, id: &str) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.require_people(scope, "DELETE")?;
            let user = session.user_of_id(id)?;
            if !session.has_access(&space, user.key)? {
                return Err(Problem::new(
                    ProblemKind::NotFound,
                    "Nothing was taken away.",
                    format!("`{}` has no access to this tenant.", visible(&user.username)),
                    "`kestra-admin users list` shows who has.",
                )
                .into());
            }
            for table in ["bindings", "group_members", "tenant_access"] {
                session
                    .db
                    .prepare_cached(&format!("DELETE FROM {table} WHERE tenant = ?1 AND user = ?2"))?
                    .execute((&space.tenant, user.key))?;
            }
            session.audit("DELETE", "TENANT_ACCESS", &user.id, &space.tenant)
        })
    }

    /// Puts a user into exactly these groups of a tenant.
    pub fn set_groups(&self, scope: &TenantScope, id: &str, groups: &[String]) -> Result<(), Problem> {
        self.write(|session| {
            let space = session.require_members(scope, None, "UPDATE")?;
            let user = session.user_of_id(id)?;
            session.require_or_give_access(&space, scope, &user)?;
            session.set_groups(&space, &user, groups)
        })
    }
}

/// Whom a request names.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// By login name.
    Username(&'a str),
    /// By id.
    Id(&'a str),
}

fn resource_of(kind: UserKind) -> &'static str {
    match kind {
        UserKind::Standard => "USER",
        UserKind::ServiceAccount => "SERVICE_ACCOUNT",
    }
}

impl Session<'_> {
    /// Lets pass whoever may do this with people of a tenant: tenant access was a resource of its own from 0.24 to 1.3.
    pub(super) fn require_people(&self, scope: &TenantScope, action: &'static str) -> Result<Space, Failure> {
        self.enter_with(scope, self.people_resource(), action)
    }

    /// Lets pass whoever may do this with the service accounts of a tenant.
    pub(super) fn require_service_accounts(&self, scope: &TenantScope, action: &'static str) -> Result<Space, Failure> {
        let resource = if self.world.release.at_least(0, 24) {
            "SERVICE_ACCOUNT"
        } else {
            "USER"
        };
        self.enter_with(scope, resource, action)
    }

    /// Lets pass whoever may do this with accounts: those of a tenant, or as a superadmin those of the instance.
    fn require_accounts(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        action: &'static str,
    ) -> Result<(), Failure> {
        match (scope, kind) {
            (None, _) => self.require_superadmin("the accounts of the instance"),
            // From 0.24 on people are accounts of the instance, wherever they have access.
            (Some(scope), UserKind::Standard) if self.world.release.at_least(0, 24) && action != "READ" => {
                self.enter(scope)?;
                self.require_superadmin("the accounts of the instance")
            }
            (Some(scope), UserKind::Standard) => self.require_people(scope, action).map(drop),
            (Some(scope), UserKind::ServiceAccount) => self.require_service_accounts(scope, action).map(drop),
        }
    }

    /// The user of an id.
    pub(super) fn find_user_of_id(&self, id: &str) -> Result<Option<Actor>, Failure> {
        let key: Option<i64> = self
            .db
            .prepare_cached("SELECT key FROM users WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        key.map_or(Ok(None), |key| user_at(self.db, key))
    }

    /// The user whom a request names, who must exist.
    fn user_who(&self, who: Who<'_>) -> Result<Actor, Failure> {
        match who {
            Who::Username(username) => self.user_named(username),
            Who::Id(id) => self.user_of_id(id),
        }
    }

    /// The user of an id, who must exist.
    pub(super) fn user_of_id(&self, id: &str) -> Result<Actor, Failure> {
        self.find_user_of_id(id)?.ok_or_else(|| no_user(id).into())
    }

    /// Refuses a change to the account of a superadmin by anybody else than one: a password or a token of theirs would
    /// open the whole instance.
    pub(super) fn require_may_change(&self, user: &Actor) -> Result<(), Failure> {
        if !user.superadmin || self.is_unbound() {
            return Ok(());
        }
        let word = self.world.release.a_superadmin();
        Err(Problem::new(
            ProblemKind::Denied,
            format!("`{}` was not changed.", visible(&user.username)),
            format!(
                "The account belongs to {word}, and `{}` is none.",
                visible(self.actor_name())
            ),
            format!("Ask {word}."),
        )
        .into())
    }

    /// Lets pass whoever may do this with people of another tenant than the one of the request.
    fn require_elsewhere(
        &self,
        request: Option<&TenantScope>,
        space: &Space,
        action: &'static str,
    ) -> Result<(), Failure> {
        let scope = scope_of(space);
        if self.is_unbound() || request == Some(&scope) {
            return Ok(());
        }
        self.require_people(&scope, action).map(drop)
    }

    /// An account of a kind; in a tenant one that has access to it.
    pub(super) fn account_in(&self, scope: Option<&TenantScope>, id: &str, kind: UserKind) -> Result<Actor, Failure> {
        let user = self.user_of_id(id)?;
        let found: String = self
            .db
            .prepare_cached("SELECT kind FROM users WHERE key = ?1")?
            .query_row([user.key], |row| row.get(0))?;
        // Up to 0.23 service accounts are users of the same routes.
        let fits = kind == UserKind::Standard && !self.world.release.at_least(0, 24)
            || (found == "SERVICE_ACCOUNT") == (kind == UserKind::ServiceAccount);
        let is_there = match scope {
            Some(scope) => user.superadmin || self.has_access(&self.space(scope)?, user.key)?,
            None => true,
        };
        if fits && is_there {
            Ok(user)
        } else {
            Err(no_user(id).into())
        }
    }

    /// All that is known of an account.
    pub(super) fn account(&self, key: i64) -> Result<Account, Failure> {
        let mut account = self
            .db
            .prepare_cached(
                "SELECT id, username, display_name, first_name, last_name, description, kind, superadmin, restricted
                 FROM users WHERE key = ?1",
            )?
            .query_row([key], account_of)?;
        account.password_id = self.password_id(key)?;
        account.tenants = self
            .db
            .prepare_cached(
                "SELECT t.id, t.name FROM tenant_access a JOIN tenants t ON t.id = a.tenant
                 WHERE a.user = ?1 AND a.attributed = 1 ORDER BY t.id",
            )?
            .query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        account.groups = self
            .db
            .prepare_cached(
                "SELECT m.tenant, g.id, g.name, m.owner
                 FROM group_members m JOIN groups g ON g.tenant = m.tenant AND g.id = m.group_id
                 WHERE m.user = ?1 AND g.attributed >= ?2 ORDER BY m.tenant, g.name",
            )?
            .query_map((key, self.world.tenancy.enabled), |row| {
                let tenant: String = row.get(0)?;
                Ok(AccountGroup {
                    tenant: (!tenant.is_empty()).then_some(tenant),
                    id: row.get(1)?,
                    name: row.get(2)?,
                    membership: if row.get(3)? {
                        Membership::Owner
                    } else {
                        Membership::Member
                    },
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(account)
    }

    /// Creates a user or service account with its profile; no rights are asked for but those beyond the request.
    pub(super) fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Failure> {
        if kind == UserKind::ServiceAccount {
            check_account_name(&profile.username)?;
        }
        let superadmin = profile.superadmin.unwrap_or(false);
        if superadmin {
            self.require_superadmin("who is one")?;
        }
        let created = self.create_user(&NewUser {
            username: profile.username.clone(),
            display_name: None,
            kind,
            superadmin,
            tenant: scope.cloned(),
            groups: Vec::new(),
        })?;
        let user = self.user_of_id(&created.id)?;
        self.write_profile(scope, &user, kind, profile)?;
        self.account(user.key)
    }

    fn update_account(
        &self,
        scope: Option<&TenantScope>,
        user: &Actor,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Failure> {
        if profile.username != user.username {
            if kind == UserKind::ServiceAccount {
                check_account_name(&profile.username)?;
            }
            self.check_username(&NewUser {
                username: profile.username.clone(),
                display_name: None,
                kind,
                superadmin: false,
                tenant: None,
                groups: Vec::new(),
            })?;
            self.db
                .prepare_cached("UPDATE users SET username = ?2 WHERE key = ?1")?
                .execute((user.key, &profile.username))?;
        }
        if let Some(superadmin) = profile.superadmin.filter(|wanted| *wanted != user.superadmin) {
            self.require_superadmin("who is one")?;
            self.set_superadmin(user, superadmin)?;
        }
        self.write_profile(scope, user, kind, profile)?;
        self.audit("UPDATE", resource_of(kind), &user.id, "")?;
        self.account(user.key)
    }

    /// Writes what an account has besides its name.
    fn write_profile(
        &self,
        scope: Option<&TenantScope>,
        user: &Actor,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<(), Failure> {
        // A name given in parts replaces one given as a whole.
        self.db
            .prepare_cached(
                "UPDATE users SET first_name = ?2, last_name = ?3, description = ?4,
                     restricted = coalesce(?5, restricted),
                     display_name = CASE WHEN ?2 IS NULL AND ?3 IS NULL THEN display_name END
                 WHERE key = ?1",
            )?
            .execute((
                user.key,
                &profile.first_name,
                &profile.last_name,
                &profile.description,
                profile.restricted,
            ))?;
        if let Some(password) = profile.password.as_ref().filter(|_| may_have_password(kind)) {
            self.store_password(user, password)?;
        }
        for id in profile.tenants.iter().flatten() {
            let space = self.space(&TenantScope::Named(TenantId::existing(id.clone())))?;
            self.require_elsewhere(scope, &space, "CREATE")?;
            self.give_access(&space, user)?;
        }
        if let Some(tenants) = &profile.tenants {
            let mut kept: Vec<String> = tenants.clone();
            kept.push(String::new());
            let given = self.account(user.key)?.tenants;
            for (id, _) in given.iter().filter(|(id, _)| !kept.contains(id)) {
                let space = self.space(&TenantScope::Named(TenantId::existing(id.clone())))?;
                self.require_elsewhere(scope, &space, "DELETE")?;
                for table in ["bindings", "group_members", "tenant_access"] {
                    self.db
                        .prepare_cached(&format!("DELETE FROM {table} WHERE tenant = ?1 AND user = ?2"))?
                        .execute((id, user.key))?;
                }
            }
        }
        for (tenant, group) in profile.groups.iter().flatten() {
            let named = tenant.clone().map(|id| TenantScope::Named(TenantId::existing(id)));
            let asked = named.as_ref().or(scope).unwrap_or(&TenantScope::Default);
            // An id of a group says in which tenant it is, where the request does not.
            let space = match (&named, self.tenant_of_group(group)?) {
                (None, Some(tenant)) => Space {
                    tenant,
                    attributed: self.world.tenancy.enabled,
                },
                _ => self.space(asked)?,
            };
            self.group_name(&space, group)?;
            self.require_elsewhere(scope, &space, "CREATE")?;
            self.give_access(&space, user)?;
            self.join(&space, group, user, false)?;
        }
        Ok(())
    }

    fn tenant_of_group(&self, group: &str) -> Result<Option<String>, Failure> {
        Ok(self
            .db
            .prepare_cached("SELECT tenant FROM groups WHERE id = ?1")?
            .query_row([group], |row| row.get(0))
            .optional()?)
    }

    fn set_groups(&self, space: &Space, user: &Actor, groups: &[String]) -> Result<(), Failure> {
        for group in groups {
            self.group_name(space, group)?;
        }
        let present: Vec<String> = self
            .db
            .prepare_cached("SELECT group_id FROM group_members WHERE tenant = ?1 AND user = ?2")?
            .query_map((&space.tenant, user.key), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for group in present.iter().filter(|group| !groups.contains(group)) {
            self.leave(space, group, user)?;
        }
        for group in groups.iter().filter(|group| !present.contains(group)) {
            self.join(space, group, user, false)?;
        }
        self.close_without_group(space, user)
    }

    fn assignments(&self, space: &Space, user: &Actor) -> Result<Vec<Assignment>, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT b.id, b.role_id, b.namespace, b.group_id FROM bindings b
             WHERE b.tenant = ?1 AND b.attributed >= ?2 AND (b.user = ?3 OR b.group_id IN
                 (SELECT g.id FROM group_members m JOIN groups g ON g.tenant = m.tenant AND g.id = m.group_id
                  WHERE m.user = ?3 AND m.tenant = ?1 AND g.attributed >= ?2))
             ORDER BY b.id",
        )?;
        let assignments = statement.query_map((&space.tenant, space.attributed, user.key), |row| {
            Ok(Assignment {
                binding: row.get(0)?,
                role_id: row.get(1)?,
                namespace: row.get(2)?,
                group: row.get(3)?,
            })
        })?;
        Ok(assignments.collect::<Result<_, _>>()?)
    }
}

fn scope_of(space: &Space) -> TenantScope {
    if space.tenant.is_empty() {
        TenantScope::Default
    } else {
        TenantScope::Named(TenantId::existing(space.tenant.clone()))
    }
}

fn check_account_name(name: &str) -> Result<(), Failure> {
    if is_account_name(name) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::Invalid,
        format!("Service account `{}` was not stored.", visible(name)),
        "Its name is not made of small letters, digits and single hyphens, 63 at most.",
        "Choose another name.",
    )
    .with_field("name", ACCOUNT_NAME_RULE)
    .into())
}

fn account_of(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        display_name: row.get(2)?,
        first_name: row.get(3)?,
        last_name: row.get(4)?,
        description: row.get(5)?,
        kind: if row.get_ref(6)?.as_str()? == "SERVICE_ACCOUNT" {
            UserKind::ServiceAccount
        } else {
            UserKind::Standard
        },
        superadmin: row.get(7)?,
        restricted: row.get(8)?,
        password_id: None,
        tenants: Vec::new(),
        groups: Vec::new(),
    })
}
