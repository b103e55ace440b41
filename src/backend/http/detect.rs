//! Finding out what answers at an address: release, edition, settings, and who we are there.
//!
//! It is asked, not told: three requests, of which two go out at once. What cannot be parsed counts as the newest.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::instance::{Right, Rights, Tenancy};
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::{Release, ReleaseError, TenantCreators};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::call::{Call, Path};
use super::core::Core;
use super::decode::{self, Me};
use super::dialect::Dialect;
use super::failure::{Failure, Reached};
use super::refusal::{is_no_kestra, no_kestra};
use super::settings::Credentials;

/// The most tenants that are asked one after the other whether a role there allows to create tenants.
const MOST_HOMES: usize = 50;

/// What answers, before we say who we are.
pub(super) struct Found {
    /// The settings it tells everybody, or those who say who they are.
    pub configs: Value,
    /// Whether it has the login page of 2.0.
    pub is_modern: bool,
    /// Its clock, where it tells it, in seconds of the epoch.
    pub clock: Option<i64>,
}

/// An instance as found out.
#[derive(Clone)]
pub(super) struct Known {
    pub dialect: Dialect,
    pub version: String,
    pub configs: Value,
    pub me: Me,
    pub me_path: Path,
    /// What our roles allow to do with tenants themselves (0.13 to 0.19).
    pub on_tenants: Permissions,
    /// The tenant in which they allow it, if not in the default one.
    pub home: Option<TenantId>,
}

impl Core {
    /// What the instance is; asked at the first call and kept.
    pub(super) async fn known(&self) -> Result<std::sync::Arc<Known>, Failure> {
        let mut held = self.known.lock().await;
        if let Some(known) = held.as_ref() {
            return Ok(std::sync::Arc::clone(known));
        }
        let found = self.find().await?;
        let known = std::sync::Arc::new(self.identify(&found).await?);
        *held = Some(std::sync::Arc::clone(&known));
        Ok(known)
    }

    /// The same, found out anew where it was known: servers may have been restarted under other settings, or upgraded.
    pub(super) async fn known_anew(&self) -> Result<std::sync::Arc<Known>, Failure> {
        let was_known = self.known.lock().await.is_some();
        if !was_known {
            return self.known().await;
        }
        // Whoever asks meanwhile goes on with what was known.
        let found = self.find().await?;
        let anew = std::sync::Arc::new(self.identify(&found).await?);
        *self.known.lock().await = Some(std::sync::Arc::clone(&anew));
        Ok(anew)
    }

    /// What answers at the address.
    pub(super) async fn find(&self) -> Result<Found, Failure> {
        let login = Call::get(Path::api("configs/login"), "ask what answers").for_nobody();
        let configs = Call::get(Path::api("configs"), "ask what answers").for_nobody();
        let (login, open) = futures_util::future::join(self.json(&login), self.call(&configs)).await;
        let is_modern = login.is_ok_and(|login| login.is_object());
        if is_modern {
            self.session.may_want_a_login();
        }
        let answer = match open {
            Ok(answer) => answer,
            Err(failure) if !matches!(failure.reached, Reached::Answered(_)) => return Err(failure),
            // 2.0 tells this only to those who say who they are, and so do proxies.
            Err(failure) if is_modern || failure.problem.kind == ProblemKind::Denied => {
                let configs = Call::get(Path::api("configs"), "ask what answers");
                self.call(&configs).await?
            }
            Err(failure) if is_no_kestra(&failure) => {
                let problem = no_kestra(self.url(), failure.problem);
                return Err(Failure { problem, ..failure });
            }
            Err(failure) => return Err(failure),
        };
        let value = self.json_of(&configs, &answer)?;
        if !value.is_object() {
            return Err(self.not_understood(&configs, &answer));
        }
        let clock = answer
            .header("date")
            .and_then(|date| httpdate::parse_http_date(date).ok())
            .and_then(|date| Timestamp::try_from(date).ok())
            .map(Timestamp::as_second);
        Ok(Found {
            configs: value,
            is_modern,
            clock,
        })
    }

    /// Who we are in what answers.
    pub(super) async fn identify(&self, found: &Found) -> Result<Known, Failure> {
        let said = release(found)?;
        if is_open_source(found) {
            return Err(open_source(self.url()).into());
        }
        let version = decode::text(&found.configs, "version").unwrap_or_default();
        let (dialect, me_path, me) = match said {
            Some(release) => {
                let dialect = Dialect::new(release, self.tenancy(release, &found.configs).await);
                if dialect.may_want_a_login() {
                    self.session.may_want_a_login();
                }
                let (path, me) = self.find_me(dialect).await?;
                (dialect, path, me)
            }
            None => self.guess(found).await?,
        };
        self.session.is_known_as(&me.username, &me_path);
        let mut known = Known {
            version: if version.is_empty() {
                dialect.release().to_string()
            } else {
                version
            },
            dialect,
            configs: found.configs.clone(),
            me,
            me_path,
            on_tenants: Permissions::default(),
            home: None,
        };
        self.find_home(&mut known).await;
        Ok(known)
    }

    /// Without a version, who we are tells by its form what answers.
    async fn guess(&self, found: &Found) -> Result<(Dialect, Path, Me), Failure> {
        let path = Path::api("me");
        let release = match self.me_at(&path).await {
            Ok(me) => {
                let release = match (me.is_old_form, found.is_modern || me.names_owner) {
                    (true, _) => Release::new(0, 22),
                    (false, true) => newest(),
                    (false, false) => Release::new(1, 3),
                };
                let dialect = Dialect::new(release, self.tenancy(release, &found.configs).await);
                return Ok((dialect, path, me));
            }
            Err(failure) if failure.reached == Reached::Answered(404) => Release::new(0, 23),
            Err(failure) => return Err(failure),
        };
        let dialect = Dialect::new(release, self.tenancy(release, &found.configs).await);
        let (path, me) = self.find_me(dialect).await?;
        Ok((dialect, path, me))
    }

    /// The settings of multi-tenancy: told in the configuration, or on the setup page of old releases.
    async fn tenancy(&self, release: Release, configs: &Value) -> Tenancy {
        if !release.has_default_tenant() {
            return Tenancy {
                enabled: true,
                default_tenant: false,
            };
        }
        if let Some(tenancy) = configs
            .get("tenants")
            .and_then(|tenants| tenancy_in(tenants, "enabled", "defaultTenant"))
        {
            return tenancy;
        }
        let setup = Call::get(Path::api("setup"), "ask for the settings").for_nobody();
        match self.json(&setup).await {
            Ok(setup) => tenancy_in(&setup, "multiTenancyEnabled", "defaultTenantEnabled"),
            Err(_) => None,
        }
        .unwrap_or_else(|| release.tenancy_defaults())
    }

    /// Who we are, asked at a path.
    pub(super) async fn me_at(&self, path: &Path) -> Result<Me, Failure> {
        let call = Call::get(path.clone(), "see who you are");
        let answer = self.call(&call).await?;
        // The tenants matter of those who are no superadmin; a superadmin may have a million, so they are passed over.
        if let Some(me) = decode::superadmin(&answer.body) {
            return Ok(me);
        }
        decode::me(&self.json_of(&call, &answer)?).ok_or_else(|| self.misshapen(&call))
    }

    /// Who we are, asked wherever this dialect may tell it.
    async fn find_me(&self, dialect: Dialect) -> Result<(Path, Me), Failure> {
        let plain = Path::api("me");
        let named = |id: &str| Path::api("").segment(id).join("me");
        let own = self.settings.tenant.as_deref().map(named);
        if dialect.has_plain_me() {
            return match self.me_at(&plain).await {
                Ok(me) => Ok((plain, me)),
                // A user without access to the default tenant is asked for in another one.
                Err(failure) if dialect.has_me_in_tenants() && self.session.refused().is_none() => match own {
                    Some(own) => Ok((own.clone(), self.me_at(&own).await?)),
                    None => Err(failure),
                },
                Err(failure) => Err(failure),
            };
        }
        let mut places: Vec<Path> = own.into_iter().collect();
        if places.is_empty() {
            // A superadmin sees the tenants; whoever is refused here is none.
            let first = Call::get(Dialect::tenants().join("search"), "list the tenants")
                .with("page", 1)
                .with("size", 1);
            match self.json(&first).await {
                Ok(found) => {
                    let first = decode::page(found).and_then(|(rows, _)| rows.first().and_then(decode::tenant));
                    places.extend(first.map(|tenant| named(tenant.id.as_str())));
                }
                Err(failure) if self.session.refused().is_some() => return Err(failure),
                Err(failure) if !matches!(failure.reached, Reached::Answered(_)) => return Err(failure),
                Err(_) => {}
            }
        }
        places.extend([plain, named("main")]);
        for place in &places {
            match self.me_at(place).await {
                Ok(me) => return Ok((place.clone(), me)),
                Err(failure) if self.session.refused().is_some() => return Err(failure),
                Err(failure) if !matches!(failure.reached, Reached::Answered(_)) => return Err(failure),
                Err(_) => {}
            }
        }
        Err(Problem::new(
            ProblemKind::Denied,
            format!("`{}` does not tell who we are.", self.url()),
            format!(
                "Kestra {} tells it only within a tenant one has access to, and none is known.",
                dialect.release()
            ),
            "Name a tenant with `tenant` of the context or with `KESTRA_ADMIN_TENANT`.",
        )
        .into())
    }

    /// Looks for a role that allows to do something with tenants, as roles could up to 0.19.
    async fn find_home(&self, known: &mut Known) {
        known.on_tenants = on_tenants(&known.me);
        known.home = None;
        let tenancy = known.dialect.tenancy();
        let roles_can = known.dialect.release().tenant_creators() == TenantCreators::PermissionHolders;
        if known.me.superadmin || !roles_can || !tenancy.enabled || !known.on_tenants.is_empty() {
            return;
        }
        for tenant in known.me.tenants.iter().take(MOST_HOMES) {
            let place = Path::api("").tenant(&tenant.id).join("me");
            let Ok(me) = self.me_at(&place).await else {
                continue;
            };
            let allowed = on_tenants(&me);
            if !allowed.is_empty() {
                known.on_tenants = allowed;
                known.home = Some(tenant.id.clone());
                return;
            }
        }
    }

    /// Whether this context shows anything for who we are.
    pub(super) fn has_credentials(&self) -> bool {
        self.settings.credentials != Credentials::Nobody
    }
}

fn on_tenants(me: &Me) -> Permissions {
    let tenant = Resource::known("TENANT");
    let all = me.permissions.iter();
    all.filter(|(resource, _)| **resource == tenant)
        .map(|(resource, actions)| (resource.clone(), actions.to_vec()))
        .collect()
}

fn newest() -> Release {
    Release::KNOWN.last().copied().unwrap_or(Release::DEFAULT)
}

/// The release that the version names; `None` where there is no version.
pub(super) fn release(found: &Found) -> Result<Option<Release>, Failure> {
    let Some(version) = decode::text(&found.configs, "version") else {
        return Ok(None);
    };
    match version.parse::<Release>() {
        Ok(release) => Ok(Some(release)),
        Err(ReleaseError::Malformed(_)) => Ok(Some(newest())),
        Err(error @ ReleaseError::BeforeTenants(_)) => Err(Problem::new(
            ProblemKind::Failed,
            "This Kestra is too old.",
            format!("{error}."),
            "Use an instance of Kestra Enterprise 0.13 or newer.",
        )
        .into()),
    }
}

/// Up to 0.24 the edition is not named, but only Enterprise tells of tenants and secrets.
pub(super) fn is_open_source(found: &Found) -> bool {
    match decode::text(&found.configs, "edition") {
        Some(edition) => edition.eq_ignore_ascii_case("OSS"),
        None => {
            let has_version = found.configs.get("version").is_some();
            let is_enterprise = ["tenants", "secretsEnabled"]
                .iter()
                .any(|key| found.configs.get(*key).is_some());
            has_version && !is_enterprise
        }
    }
}

pub(super) fn open_source(url: &str) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        format!("`{url}` is Kestra Open Source."),
        "It has one tenant and no roles, so there is nothing to administer.",
        "Use an instance of Kestra Enterprise.",
    )
}

fn tenancy_in(value: &Value, enabled: &str, default_tenant: &str) -> Option<Tenancy> {
    Some(Tenancy {
        enabled: value.get(enabled)?.as_bool()?,
        default_tenant: value.get(default_tenant)?.as_bool()?,
    })
}

impl Known {
    /// What we may do with tenants.
    pub(super) fn rights(&self) -> Rights {
        Rights {
            create_tenant: self.right("create", "CREATE"),
            update_tenant: self.right("change", "UPDATE"),
            delete_tenant: self.right("delete", "DELETE"),
        }
    }

    fn right(&self, verb: &str, action: &'static str) -> Right {
        let release = self.dialect.release();
        if !self.dialect.tenancy().enabled {
            return Err("multi-tenancy is off: `kestra.ee.tenants.enabled` is false on the server".to_owned());
        }
        if self.me.superadmin {
            return Ok(());
        }
        let (who, word) = (visible(&self.me.username), release.a_superadmin());
        match release.tenant_creators() {
            TenantCreators::Superadmins => Err(format!(
                "in Kestra {release} only {word} may {verb} tenants, and `{who}` is none"
            )),
            TenantCreators::PermissionHolders
                if self
                    .on_tenants
                    .allows(&Resource::known("TENANT"), &Action::known(action)) =>
            {
                Ok(())
            }
            TenantCreators::PermissionHolders => Err(format!(
                "in Kestra {release} to {verb} tenants takes {action} on TENANT, and no role of `{who}` allows it"
            )),
        }
    }

    /// Where tenants are changed: in the name of a role, in the tenant of that role.
    pub(super) fn tenants_path(&self) -> Path {
        match &self.home {
            Some(home) if !self.me.superadmin => Path::api("").tenant(home).join("tenants"),
            _ => Dialect::tenants(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(configs: Value) -> Found {
        Found {
            configs,
            is_modern: false,
            clock: None,
        }
    }

    #[test]
    fn versions_become_releases_and_what_is_none_the_newest() {
        for (version, expected) in [
            ("0.21.4", Some(Release::new(0, 21))),
            ("2.0.0-SNAPSHOT", Some(Release::new(2, 0))),
            ("develop", Some(Release::new(2, 0))),
            ("", None),
        ] {
            let release = release(&found(json!({"version": version}))).unwrap();
            assert_eq!(release, expected, "{version}");
        }
        assert!(release(&found(json!({"version": "0.12.3"}))).is_err());
    }

    #[test]
    fn open_source_is_recognised_with_and_without_a_name() {
        for (configs, expected) in [
            (json!({"version": "1.3.1", "edition": "EE"}), false),
            (json!({"version": "1.3.1", "edition": "OSS"}), true),
            (json!({"version": "0.21.1", "tenants": {}}), false),
            (json!({"version": "0.21.1", "secretsEnabled": true}), false),
            (json!({"version": "0.21.1"}), true),
            (json!({}), false),
        ] {
            assert_eq!(is_open_source(&found(configs.clone())), expected, "{configs}");
        }
    }
}
