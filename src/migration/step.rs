//! The steps of a migration. Their ids are stable: they stand in journals, in `--until` and `--from`, and in reports.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::release::Release;

/// One step of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Look at everything, change nothing.
    Inspect,
    /// Back up what can be backed up, and copy the files that will be edited.
    Backup,
    /// Write `enabled: true` and `default-tenant: true`.
    Enable,
    /// Restart the servers and wait until they report the settings.
    Restart,
    /// `kestra auths users sync-access`.
    SyncAccess,
    /// Compare who holds what with what was seen before.
    VerifyAccess,
    /// Create the tenants asked for, each with its admin.
    CreateTenants,
    /// Write `default-tenant: false`.
    DisableDefault,
    /// Restart once more.
    RestartAgain,
    /// Stop the servers (0.23 and later).
    Stop,
    /// `kestra migrate default-tenant --dry-run`.
    DryRun,
    /// `kestra migrate default-tenant`.
    Migrate,
    /// What has to be moved by hand in the internal storage.
    Storage,
    /// Start the servers again.
    Start,
    /// `kestra auths users refresh`.
    RefreshUsers,
    /// Compare the end state with the plan.
    Verify,
    /// Write down what was done.
    Report,
}

/// Which plan a release needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Releases 0.13 to 0.22: two settings, and a default tenant beside the named ones.
    Settings,
    /// Releases 0.23 and later: what has no tenant is moved into one.
    Move,
}

impl Route {
    /// The route of a release.
    pub fn of(release: Release) -> Self {
        if release.has_default_tenant() {
            Self::Settings
        } else {
            Self::Move
        }
    }

    /// Its steps, in order.
    pub fn steps(self) -> &'static [Step] {
        match self {
            Self::Settings => &[
                Step::Inspect,
                Step::Backup,
                Step::Enable,
                Step::Restart,
                Step::SyncAccess,
                Step::VerifyAccess,
                Step::CreateTenants,
                Step::DisableDefault,
                Step::RestartAgain,
                Step::Verify,
                Step::Report,
            ],
            Self::Move => &[
                Step::Inspect,
                Step::Backup,
                Step::Stop,
                Step::DryRun,
                Step::Migrate,
                Step::Storage,
                Step::Start,
                Step::RefreshUsers,
                Step::Verify,
                Step::Report,
            ],
        }
    }

    /// The place of a step in it, from 0; `None` if the route has no such step.
    pub fn position(self, step: Step) -> Option<usize> {
        self.steps().iter().position(|it| *it == step)
    }
}

impl Step {
    const ALL: [Self; 17] = [
        Self::Inspect,
        Self::Backup,
        Self::Enable,
        Self::Restart,
        Self::SyncAccess,
        Self::VerifyAccess,
        Self::CreateTenants,
        Self::DisableDefault,
        Self::RestartAgain,
        Self::Stop,
        Self::DryRun,
        Self::Migrate,
        Self::Storage,
        Self::Start,
        Self::RefreshUsers,
        Self::Verify,
        Self::Report,
    ];

    /// Its id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Backup => "backup",
            Self::Enable => "enable",
            Self::Restart => "restart",
            Self::SyncAccess => "sync-access",
            Self::VerifyAccess => "verify-access",
            Self::CreateTenants => "create-tenants",
            Self::DisableDefault => "disable-default",
            Self::RestartAgain => "restart-again",
            Self::Stop => "stop",
            Self::DryRun => "dry-run",
            Self::Migrate => "migrate",
            Self::Storage => "storage",
            Self::Start => "start",
            Self::RefreshUsers => "refresh-users",
            Self::Verify => "verify",
            Self::Report => "report",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|step| step.id() == text)
            .ok_or_else(|| format!("there is no step `{text}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back_and_are_those_of_the_journal() {
        for step in Step::ALL {
            assert_eq!(step.id().parse(), Ok(step));
            assert_eq!(serde_json::to_value(step).unwrap(), step.id());
        }
        assert!("no-such".parse::<Step>().is_err());
    }

    #[test]
    fn each_route_begins_with_a_look_and_ends_with_a_report() {
        for release in Release::KNOWN {
            let steps = Route::of(release).steps();
            assert_eq!(steps.first(), Some(&Step::Inspect));
            assert_eq!(steps.last(), Some(&Step::Report));
        }
        assert_eq!(Route::of(Release::new(0, 22)).position(Step::Enable), Some(2));
        assert_eq!(Route::of(Release::new(0, 23)).position(Step::Enable), None);
    }
}
