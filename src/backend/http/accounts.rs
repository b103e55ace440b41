//! Accounts: read whole, created ([`creation`]), deleted; superadmins and passwords.
//!
//! Up to 0.23 users and service accounts are entities of a tenant, or of the instance to a superadmin. From 0.24 on users
//! belong to the instance, and service accounts to a tenant, or from 1.0 on to the instance as well.
//!
//! A password goes into the body of a call and nowhere else: no text of the server is shown before it is looked through
//! for it.

mod creation;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::backend::feature::Feature;
use crate::domain::account::{Account, AccountGroup};
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
use super::echo;
use super::failure::Failure;
use super::people::words;
use super::places::{Done, Make};
use super::refusal::Scrubber;
use super::roles::cannot_tell;
use super::settle::{Look, Settled};
pub(super) use creation::{entity, request};

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
