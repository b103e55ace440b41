//! Accounts created: what is sent, what a creation does not take at once, and what of it was not kept.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::call::{Call, Path};
use super::super::core::Core;
use super::super::decode;
use super::super::detect::Known;
use super::super::dialect::Dialect;
use super::super::echo;
use super::super::failure::Failure;
use super::super::roles::cannot_tell;
use super::super::settle::{Look, capitalised};
use super::without;
use crate::backend::feature::Feature;
use crate::backend::username_taken;
use crate::domain::account::{Account, Profile};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::user::{User, UserKind};

impl Core {
    /// Creates a user or a service account.
    pub(in super::super) async fn create_account(
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
                format!("{} was created, but {what}.", capitalised(thing)),
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
pub(in super::super) fn request(
    dialect: Dialect,
    scope: Option<&TenantScope>,
    kind: UserKind,
    profile: &Profile,
) -> Value {
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
pub(in super::super) fn entity(
    dialect: Dialect,
    scope: Option<&TenantScope>,
    kind: UserKind,
    profile: &Profile,
) -> Value {
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
        capitalised(kind.word()),
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
