//! Accounts: read whole, created, deleted; superadmins and passwords.
//!
//! Up to 0.23 users and service accounts are entities of a tenant, or of the instance to a superadmin. From 0.24 on users
//! belong to the instance, and service accounts to a tenant, or from 1.0 on to the instance as well.
//!
//! A password goes into the body of a call and nowhere else: no text of the server is shown before it is looked through
//! for it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::backend::feature::Feature;
use crate::backend::username_taken;
use crate::domain::account::{Account, AccountGroup, Profile};
use crate::domain::problem::{FieldMessage, Problem, ProblemKind};
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::user::{User, UserKind};

use super::call::{Call, Path};
use super::core::Core;
use super::decode::{self, Rows};
use super::detect::Known;
use super::dialect::Dialect;
use super::echo;
use super::failure::Failure;
use super::people::words;
use super::places::{Done, Make};
use super::refusal::Scrubber;
use super::roles::cannot_tell;
use super::settle::{Look, Settled};

impl Core {
    /// All that is known of an account.
    pub(super) async fn account(&self, scope: Option<&TenantScope>, user: &User) -> Result<Account, Failure> {
        let known = self.known().await?;
        if let Some(scope) = scope {
            known.enter(scope)?;
        }
        self.account_of(&known, scope, user).await
    }

    async fn account_of(&self, known: &Known, scope: Option<&TenantScope>, user: &User) -> Result<Account, Failure> {
        let own = |value: &Value, kind: Option<UserKind>| decode::account(value, kind, known.dialect.release());
        let call = |root: Path| {
            Call::get(root.segment(&user.id), "read accounts").about(format!("account `{}`", visible(&user.username)))
        };
        if !known.dialect.has_tenant_access() {
            let done = self.at_accounts(known, scope, user.kind, &call).await?;
            let mut account = own(&done.value(), None).ok_or_else(|| self.misshapen(&call(done.root.clone())))?;
            self.name_groups(known, &mut account).await;
            account.tenants = self.tenants_of(known, scope, &account).await;
            return Ok(account);
        }
        let is_program = user.kind == UserKind::ServiceAccount;
        if let (Some(scope), false) = (scope, is_program) {
            // The instance tells superadmins alone, and would tell of people who are not in the tenant.
            let seen = self.seen_in(known, scope, user).await?;
            if !known.me.superadmin {
                return Ok(seen);
            }
        }
        let done = self.at_accounts(known, scope, user.kind, &call).await?;
        let kind = Some(user.kind);
        let mut account = own(&done.value(), kind).ok_or_else(|| self.misshapen(&call(done.root.clone())))?;
        if is_program {
            self.complete_program(known, scope, &mut account).await;
        }
        self.name_groups(known, &mut account).await;
        Ok(account)
    }

    /// Carries out a call below the places where accounts of a kind lie.
    async fn at_accounts(
        &self,
        known: &Known,
        scope: Option<&TenantScope>,
        kind: UserKind,
        make: Make<'_>,
    ) -> Result<Done, Failure> {
        let is_program = kind == UserKind::ServiceAccount && known.dialect.has_tenant_access();
        let roots = if is_program {
            if scope.is_none() {
                let what = "Service accounts of the instance cannot be looked at or changed.";
                Feature::InstanceServiceAccounts.require(known.dialect.release(), what)?;
            }
            known.dialect.service_accounts(scope, known.me.superadmin)
        } else {
            known.dialect.users(scope, known.me.superadmin)
        };
        match (self.at_places(roots, make).await, scope) {
            (Err(failure), Some(scope)) if !failure.may_be_done() => Err(self.explained(known, scope, failure).await),
            (other, _) => other,
        }
    }

    /// What a tenant tells of somebody with access to it.
    async fn seen_in(&self, known: &Known, scope: &TenantScope, user: &User) -> Result<Account, Failure> {
        let call = |root: Path| {
            Call::get(
                root.join("tenant-access").segment(&user.id),
                format!("see who has access to {}", words(scope)),
            )
            .about(format!("user `{}` in {}", visible(&user.username), words(scope)))
        };
        let done = self.in_tenant(known, scope, &call).await?;
        let mut value = done.value();
        if let Some(object) = value.as_object_mut()
            && let Some(id) = object.get("userId").cloned()
        {
            object.insert("id".to_owned(), id);
        }
        let account = decode::account(&value, Some(user.kind), known.dialect.release());
        let mut account = account.ok_or_else(|| self.misshapen(&call(done.root.clone())))?;
        let tenant = scope.id().map(ToString::to_string);
        for group in &mut account.groups {
            group.tenant.clone_from(&tenant);
        }
        if let Some(id) = scope.id() {
            let own = known.me.tenants.iter().find(|tenant| tenant.id == *id);
            let name = own.map_or_else(|| id.to_string(), |tenant| tenant.name.clone());
            account.tenants = vec![(id.to_string(), name)];
        }
        Ok(account)
    }

    /// A service account of the instance tells its tenants and not its groups, one of a tenant the reverse.
    async fn complete_program(&self, known: &Known, scope: Option<&TenantScope>, account: &mut Account) {
        if let Some(scope) = scope {
            for group in &mut account.groups {
                group.tenant = scope.id().map(ToString::to_string);
            }
            account.tenants = self.tenants_of(known, Some(scope), account).await;
            return;
        }
        for (id, _) in account.tenants.clone() {
            let scope = TenantScope::Named(TenantId::existing(id.as_str()));
            let call = |root: Path| Call::get(root.segment(&account.id), "read accounts");
            let found = self
                .at_accounts(known, Some(&scope), UserKind::ServiceAccount, &call)
                .await;
            let seen = found
                .ok()
                .and_then(|done| decode::account(&done.value(), None, known.dialect.release()));
            for group in seen.into_iter().flat_map(|seen| seen.groups) {
                account.groups.push(AccountGroup {
                    tenant: Some(id.clone()),
                    ..group
                });
            }
        }
    }

    /// The tenants of an account that does not tell them: the one asked for, and those of its groups.
    async fn tenants_of(&self, known: &Known, scope: Option<&TenantScope>, account: &Account) -> Vec<(String, String)> {
        let asked = scope.and_then(TenantScope::id).map(ToString::to_string);
        let of_groups = account.groups.iter().filter_map(|group| group.tenant.clone());
        let ids: BTreeSet<String> = asked.into_iter().chain(of_groups).collect();
        let mut tenants = Vec::new();
        for id in ids {
            let own = known.me.tenants.iter().find(|tenant| tenant.id.as_str() == id);
            let name = match own {
                Some(tenant) => Some(tenant.name.clone()),
                None if known.me.superadmin => {
                    let stored = self.stored(&TenantId::existing(id.as_str())).await;
                    stored.ok().map(|(tenant, _)| tenant.name)
                }
                None => None,
            };
            tenants.push((id.clone(), name.unwrap_or(id)));
        }
        tenants
    }

    /// Names of the groups of an account, and what it is in them, where answers do not tell. What may not be read is left.
    async fn name_groups(&self, known: &Known, account: &mut Account) {
        let mut of_tenants: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
        for group in &account.groups {
            of_tenants
                .entry(group.tenant.clone())
                .or_default()
                .push(group.id.clone());
        }
        for (tenant, ids) in of_tenants {
            let scope = tenant
                .as_deref()
                .map_or(TenantScope::Default, |id| TenantScope::Named(TenantId::existing(id)));
            let listed = self.all_in(known, &scope, "groups/search", Rows::Groups, &[]).await;
            let Ok((rows, root)) = listed else { continue };
            for named in rows.iter().filter_map(decode::group) {
                for group in account.groups.iter_mut().filter(|group| group.id == named.id) {
                    group.name.clone_from(&named.name);
                }
            }
            if known.dialect.writes_entities() {
                continue;
            }
            for id in ids {
                let members = self.members_at(&root, &scope, &id, "the group").await;
                let place = members
                    .ok()
                    .and_then(|members| members.into_iter().find(|member| member.user_id == account.id));
                for group in account.groups.iter_mut().filter(|group| group.id == id) {
                    if let Some(place) = &place {
                        group.membership = place.membership;
                    }
                }
            }
        }
        sorting::by(&mut account.groups, |a, b| {
            (&a.tenant, &a.name).cmp(&(&b.tenant, &b.name))
        });
    }

    /// Creates a user or a service account.
    pub(super) async fn create_account(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Failure> {
        let outcome = self.create_account_with(scope, kind, profile).await;
        outcome.map_err(|failure| match &profile.password {
            Some(password) => without(failure, password),
            None => failure,
        })
    }

    async fn create_account_with(
        &self,
        scope: Option<&TenantScope>,
        kind: UserKind,
        profile: &Profile,
    ) -> Result<Account, Failure> {
        let known = self.known().await?;
        if let Some(scope) = scope {
            known.enter(scope)?;
        }
        refuse_what_cannot_be(&known, scope, kind, profile)?;
        let thing = format!("{} `{}`", kind.word(), visible(&profile.username));
        // Whoever may not list accounts creates one without knowing which there are.
        let before = self.accounts_called(&known, scope, kind, &profile.username).await.ok();
        // Names of service accounts may repeat. A user who is there is never taken for the one that was to come: what is
        // missing of that one would be done to them.
        if kind == UserKind::Standard && before.iter().flatten().any(|user| user.kind == kind) {
            return Err(username_taken(&profile.username).into());
        }
        let body = if known.dialect.writes_entities() {
            entity(known.dialect, scope, kind, profile)
        } else {
            request(known.dialect, scope, kind, profile)
        };
        let make = |root: Path| {
            let is_old_program = kind == UserKind::ServiceAccount && known.dialect.writes_entities();
            let root = if is_old_program {
                root.join("service-accounts")
            } else {
                root
            };
            Call::post(root, body.clone(), format!("create {}s", kind.word())).about("such tenant or group")
        };
        let done = self.at_accounts(&known, scope, kind, &make).await;
        let look = || -> Look<'_, User> {
            Box::pin(self.account_that_came(&known, scope, kind, before.as_deref(), &profile.username))
        };
        let user = match done {
            Ok(done) => match decode::user(&done.value(), Some(kind), known.dialect.release()) {
                Some(user) => user,
                // 0.24 and 1.0 answer without a body.
                None => match self.looked_for(&look).await? {
                    Some(user) => user,
                    None => return Err(self.misshapen(&make(done.root))),
                },
            },
            Err(failure) if failure.may_be_done() => self.settled(failure, &thing, "created", &look).await?,
            Err(failure) => return Err(failure),
        };
        self.complete(&known, scope, &user, profile, &thing).await
    }

    /// What a creation does not take at once: passwords and superadmins up to 0.23, further tenants of a service account.
    async fn complete(
        &self,
        known: &Known,
        scope: Option<&TenantScope>,
        user: &User,
        profile: &Profile,
        thing: &str,
    ) -> Result<Account, Failure> {
        let half_done = |what: &str, failure: Failure| -> Failure {
            let problem = Problem::new(
                ProblemKind::Partly,
                format!("{} was created, but {what}.", super::settle::capitalised(thing)),
                failure.problem.why,
                "The account is there; do what is missing, or delete it.",
            );
            problem.with_detail(failure.problem.what).into()
        };
        if known.dialect.writes_entities() {
            if let Some(password) = &profile.password {
                let set = self.send_password(known, scope, user, password).await;
                set.map_err(|failure| half_done("it has no password", failure))?;
            }
            if profile.superadmin == Some(true) {
                let set = self.send_superadmin(known, user, true).await;
                let what = format!("it is no {}", known.dialect.release().superadmin_word());
                set.map_err(|failure| half_done(&what, failure))?;
            }
        } else if user.kind == UserKind::ServiceAccount && scope.is_some() {
            let own = scope.and_then(TenantScope::id).map(ToString::to_string);
            for id in profile.tenants.iter().flatten().filter(|id| Some(*id) != own.as_ref()) {
                let further = TenantScope::Named(TenantId::existing(id.as_str()));
                let given = self.grant(known, &further, &user.id).await;
                let what = format!("it has no access to tenant `{}`", visible(id));
                given.map_err(|failure| half_done(&what, failure))?;
            }
        }
        let account = match self.account_of(known, scope, user).await {
            Ok(account) => account,
            Err(failure) => return Err(half_done("it cannot be read", failure)),
        };
        let lost = not_kept(known, scope, profile, &account);
        if lost.is_empty() {
            return Ok(account);
        }
        Err(echo::dropped_of(thing, "created", &lost).into())
    }

    /// The accounts of a name. Those of a name that users have are looked for on the whole instance, where we see it.
    async fn accounts_called(
        &self,
        known: &Known,
        scope: Option<&TenantScope>,
        kind: UserKind,
        name: &str,
    ) -> Result<Vec<User>, Failure> {
        if kind == UserKind::Standard && known.me.superadmin {
            return Ok(self.user_named(known, name).await?.into_iter().collect());
        }
        let mut users = match scope {
            Some(scope) => self.people_in(known, scope).await?,
            None => self.everybody(known).await?,
        };
        users.retain(|user| user.has_username(name));
        Ok(users)
    }

    /// The account that a creation brought: one that was not there before.
    async fn account_that_came(
        &self,
        known: &Known,
        scope: Option<&TenantScope>,
        kind: UserKind,
        before: Option<&[User]>,
        name: &str,
    ) -> Result<Option<User>, Failure> {
        let before = before.ok_or_else(cannot_tell)?;
        let users = self.accounts_called(known, scope, kind, name).await?;
        let came = users
            .into_iter()
            .find(|user| before.iter().all(|old| old.id != user.id));
        Ok(came.map(|user| User { kind, ..user }))
    }

    /// Deletes an account.
    pub(super) async fn delete_account(&self, scope: Option<&TenantScope>, user: &User) -> Result<(), Failure> {
        let known = self.known().await?;
        if let Some(scope) = scope {
            known.enter(scope)?;
        }
        let thing = format!("{} `{}`", user.kind.word(), visible(&user.username));
        let make = |root: Path| {
            Call::delete(root.segment(&user.id), format!("delete {}s", user.kind.word())).about(thing.clone())
        };
        match self.at_accounts(&known, scope, user.kind, &make).await {
            Ok(_) => Ok(()),
            Err(failure) if failure.may_be_done() => {
                let look = self.account_of(&known, scope, user);
                self.settled_delete(failure, &thing, look).await
            }
            Err(failure) => Err(self
                .not_there_after_all(failure, self.account_of(&known, scope, user))
                .await),
        }
    }

    /// Makes an account a superadmin, or a common one again.
    pub(super) async fn set_superadmin(&self, user: &User, superadmin: bool) -> Result<(), Failure> {
        let known = self.known().await?;
        self.send_superadmin(&known, user, superadmin).await
    }

    async fn send_superadmin(&self, known: &Known, user: &User, superadmin: bool) -> Result<(), Failure> {
        let release = known.dialect.release();
        let thing = format!("{} `{}`", user.kind.word(), visible(&user.username));
        let doing = format!("say who is {}", release.a_superadmin());
        let sent = if known.dialect.has_tenant_access() {
            let mut sent = Err(cannot_tell());
            for (route, field) in known.dialect.superadmin_routes() {
                let make = |root: Path| {
                    let body = json!({ *field: superadmin });
                    Call::patch(root.segment(&user.id).join(route), body, doing.clone()).about(thing.clone())
                };
                sent = self.at_accounts(known, None, user.kind, &make).await;
                match &sent {
                    // A route that 2.0 does not have may look like a refusal.
                    Err(failure) if failure.no_route => {}
                    Err(failure) if failure.problem.kind == ProblemKind::Denied && known.me.superadmin => {}
                    _ => break,
                }
            }
            sent
        } else {
            let make = |root: Path| {
                Call::put(
                    root.segment(&user.id).join("set-superadmin"),
                    Some(Value::Bool(superadmin)),
                    doing.clone(),
                )
                .about(thing.clone())
            };
            self.at_places(vec![Path::api("tenants/users")], &make).await
        };
        let look = || -> Look<'_, ()> {
            Box::pin(async {
                let account = self.account_of(known, None, user).await?;
                Ok((account.superadmin == superadmin).then_some(()))
            })
        };
        match sent {
            Ok(_) => match self.looked_for(&look).await {
                Ok(None) => {
                    let word = known.dialect.superadmin_field().to_owned();
                    Err(echo::dropped_of(&thing, "changed", &[word]).into())
                }
                _ => Ok(()),
            },
            Err(failure) if failure.may_be_done() => self.settled(failure, &thing, "changed", &look).await,
            Err(failure) => Err(failure),
        }
    }

    /// Gives a user another password.
    pub(super) async fn set_password(
        &self,
        scope: Option<&TenantScope>,
        user: &User,
        password: &str,
    ) -> Result<(), Failure> {
        let known = self.known().await?;
        if let Some(scope) = scope {
            known.enter(scope)?;
        }
        let sent = self.send_password(&known, scope, user, password).await;
        sent.map_err(|failure| without(failure, password))
    }

    async fn send_password(
        &self,
        known: &Known,
        scope: Option<&TenantScope>,
        user: &User,
        password: &str,
    ) -> Result<(), Failure> {
        let is_old = known.dialect.writes_entities();
        let body = json!({ "password": password });
        let thing = format!("the password of `{}`", visible(&user.username));
        let make = |root: Path| {
            let path = root.segment(&user.id).join("password");
            let doing = "change passwords of others";
            let call = if is_old {
                Call::put(path, Some(body.clone()), doing)
            } else {
                Call::patch(path, body.clone(), doing)
            };
            call.about(format!("user `{}`", visible(&user.username)))
        };
        match self.at_accounts(known, scope, UserKind::Standard, &make).await {
            Ok(_) => Ok(()),
            // Nobody can read which one it is now.
            Err(failure) if failure.may_be_done() => {
                let problem = Settled::Unknown.problem_of(&failure, &thing, "changed");
                let next = "Set it again; a second time does no harm.".to_owned();
                Err(Failure {
                    problem: Problem { next, ..problem },
                    ..failure
                })
            }
            Err(failure) => Err(failure),
        }
    }
}

/// A failure in whose texts a password does not stand, although the server may have repeated it.
fn without(failure: Failure, password: &str) -> Failure {
    let scrubber = Scrubber::new([password.to_owned()]);
    let problem = failure.problem;
    let fields = problem.fields.into_iter().map(|field| FieldMessage {
        path: scrubber.scrub(&field.path),
        message: scrubber.scrub(&field.message),
    });
    Failure {
        problem: Problem {
            kind: problem.kind,
            what: scrubber.scrub(&problem.what),
            why: scrubber.scrub(&problem.why),
            next: problem.next,
            detail: problem.detail.map(|detail| scrubber.scrub(&detail)),
            fields: fields.collect(),
            is_left: problem.is_left,
            is_unknown: problem.is_unknown,
        },
        ..failure
    }
}

/// Ids of the tenants an account shall have access to, that of the request among them.
fn tenants_wanted(scope: Option<&TenantScope>, profile: &Profile) -> Vec<String> {
    let own = scope.and_then(TenantScope::id).map(ToString::to_string);
    let mut wanted: Vec<String> = own
        .into_iter()
        .chain(profile.tenants.iter().flatten().cloned())
        .collect();
    let mut seen = BTreeSet::new();
    wanted.retain(|id| seen.insert(id.clone()));
    wanted
}

fn groups_wanted(profile: &Profile) -> Vec<&str> {
    profile.groups.iter().flatten().map(|(_, id)| id.as_str()).collect()
}

/// An account as it is sent from 0.24 on.
pub(super) fn request(dialect: Dialect, scope: Option<&TenantScope>, kind: UserKind, profile: &Profile) -> Value {
    let mut body = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let superadmin = profile.superadmin.filter(|wanted| *wanted).map(Value::Bool);
    set(dialect.superadmin_field(), superadmin);
    let groups = groups_wanted(profile);
    if kind == UserKind::Standard {
        set("email", Some(Value::from(profile.username.as_str())));
        set("firstName", text(&profile.first_name));
        set("lastName", text(&profile.last_name));
        set("password", text(&profile.password));
        set("restricted", profile.restricted.map(Value::Bool));
        set("tenants", Some(json!(tenants_wanted(scope, profile))));
        set("groups", Some(json!(groups)));
        return Value::Object(body);
    }
    set("name", Some(Value::from(profile.username.as_str())));
    set("description", text(&profile.description));
    if scope.is_some() {
        let groups: Vec<Value> = groups.into_iter().map(|id| json!({ "id": id })).collect();
        set("groups", Some(Value::Array(groups)));
    } else {
        set("tenants", Some(json!(tenants_wanted(scope, profile))));
    }
    Value::Object(body)
}

/// An account as it is sent up to 0.23: as the entity it is.
pub(super) fn entity(dialect: Dialect, scope: Option<&TenantScope>, kind: UserKind, profile: &Profile) -> Value {
    let own = scope.and_then(TenantScope::id).map(ToString::to_string);
    let groups: Vec<Value> = profile
        .groups
        .iter()
        .flatten()
        .map(|(tenant, id)| {
            let mut place = Map::new();
            if let Some(tenant) = tenant.as_ref().or(own.as_ref()) {
                place.insert("tenantId".to_owned(), Value::from(tenant.as_str()));
            }
            place.insert("groupId".to_owned(), Value::from(id.as_str()));
            place.insert("membership".to_owned(), Value::from("MEMBER"));
            Value::Object(place)
        })
        .collect();
    let mut body = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let name = Value::from(profile.username.as_str());
    set("groupList", Some(Value::Array(groups)));
    set("description", text(&profile.description));
    match kind {
        UserKind::Standard => {
            let email = profile.username.contains('@').then(|| name.clone());
            set("username", Some(name));
            set("email", email);
            set("type", Some(Value::from("STANDARD")));
            set("firstName", text(&profile.first_name));
            set("lastName", text(&profile.last_name));
        }
        UserKind::ServiceAccount => set(dialect.service_account_name(), Some(name)),
    }
    Value::Object(body)
}

/// Refuses what no call of this release can do.
fn refuse_what_cannot_be(
    known: &Known,
    scope: Option<&TenantScope>,
    kind: UserKind,
    profile: &Profile,
) -> Result<(), Problem> {
    let what = format!(
        "{} `{}` was not created.",
        super::settle::capitalised(kind.word()),
        visible(&profile.username)
    );
    let own = scope.and_then(TenantScope::id).map(ToString::to_string);
    let further = profile.tenants.iter().flatten().any(|id| Some(id) != own.as_ref());
    if further {
        Feature::TenantAccess.require(known.dialect.release(), what.as_str())?;
    }
    let has_groups = profile.groups.as_ref().is_some_and(|groups| !groups.is_empty());
    if kind == UserKind::ServiceAccount && scope.is_none() && has_groups && known.dialect.has_tenant_access() {
        return Err(Problem::new(
            ProblemKind::Invalid,
            what,
            "Kestra takes the groups of a service account only where it is created in their tenant.",
            "Create it without groups, and add it to them afterwards.",
        )
        .with_field("groups", "belong to a tenant"));
    }
    Ok(())
}

/// What was sent and is not there. Of what an answer does not tell nothing is concluded.
fn not_kept(known: &Known, scope: Option<&TenantScope>, sent: &Profile, stored: &Account) -> Vec<String> {
    let mut lost = Vec::new();
    let is_told = known.me.superadmin || !known.dialect.has_tenant_access();
    let differs = |wanted: &Option<String>, there: &Option<String>| {
        wanted
            .as_ref()
            .is_some_and(|wanted| !wanted.is_empty() && there.as_ref() != Some(wanted))
    };
    if stored.kind == UserKind::Standard && is_told {
        for (name, wanted, there) in [
            ("firstName", &sent.first_name, &stored.first_name),
            ("lastName", &sent.last_name, &stored.last_name),
        ] {
            if differs(wanted, there) {
                lost.push(name.to_owned());
            }
        }
    }
    if stored.kind == UserKind::ServiceAccount && differs(&sent.description, &stored.description) {
        lost.push("description".to_owned());
    }
    if sent.superadmin.is_some_and(|wanted| wanted != stored.superadmin) {
        lost.push(known.dialect.superadmin_field().to_owned());
    }
    if is_told && known.dialect.has_tenant_access() {
        let there: BTreeSet<&str> = stored.tenants.iter().map(|(id, _)| id.as_str()).collect();
        let is_whole = stored.kind == UserKind::Standard || scope.is_none();
        if is_whole
            && tenants_wanted(scope, sent)
                .iter()
                .any(|id| !there.contains(id.as_str()))
        {
            lost.push("tenants".to_owned());
        }
    }
    let there: BTreeSet<&str> = stored.groups.iter().map(|group| group.id.as_str()).collect();
    if is_told && groups_wanted(sent).iter().any(|id| !there.contains(id)) {
        lost.push("groups".to_owned());
    }
    lost
}
