//! Who may create, change and delete tenants, release by release, with the reason where somebody may not.

use crate::domain::instance::{Right, Rights};
use crate::domain::permission::{Action, Resource};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::TenantCreators;
use crate::domain::text::{sentence, visible};

use super::failure::Failure;
use super::semantics::{Actor, Session, Space};
use super::settings::ENABLED;

/// A change to tenants themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TenantChange {
    Create,
    Update,
    Delete,
}

impl TenantChange {
    fn verb(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "change",
            Self::Delete => "delete",
        }
    }

    fn action(self) -> Action {
        Action::known(match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        })
    }
}

impl Session<'_> {
    /// What the actor may do with tenants.
    pub(super) fn rights(&self) -> Result<Rights, Failure> {
        Ok(Rights {
            create_tenant: self.right(TenantChange::Create)?,
            update_tenant: self.right(TenantChange::Update)?,
            delete_tenant: self.right(TenantChange::Delete)?,
        })
    }

    /// Refuses a change to tenants that the actor may not make.
    pub(super) fn require_right(&self, change: TenantChange) -> Result<(), Failure> {
        self.right(change)?.map_err(|reason| {
            let next = if self.world.tenancy.enabled {
                format!("Ask {}.", self.world.release.a_superadmin())
            } else {
                format!(
                    "Set `{ENABLED}` to true in `{}`, then close and open the instance.",
                    self.settings_file()
                )
            };
            let what = format!("You may not {} tenants here.", change.verb());
            Problem::new(ProblemKind::Denied, what, sentence(&reason), next).into()
        })
    }

    fn right(&self, change: TenantChange) -> Result<Right, Failure> {
        let release = self.world.release;
        if !self.world.tenancy.enabled {
            return Ok(Err(format!(
                "multi-tenancy is off: `{ENABLED}` is false in `{}`",
                self.settings_file()
            )));
        }
        let Some(actor) = self.actor.as_ref().filter(|_| !self.is_unbound()) else {
            return Ok(Ok(()));
        };
        let (verb, who) = (change.verb(), visible(&actor.username));
        match release.tenant_creators() {
            TenantCreators::Superadmins => {
                let word = release.a_superadmin();
                Ok(Err(format!(
                    "in Kestra {release} only {word} may {verb} tenants, and `{who}` is none"
                )))
            }
            TenantCreators::PermissionHolders => {
                let action = change.action();
                if self.holds_on_tenants(actor, &action)? {
                    return Ok(Ok(()));
                }
                Ok(Err(format!(
                    "in Kestra {release} to {verb} tenants takes {action} on TENANT, and no role of `{who}` allows it"
                )))
            }
        }
    }

    /// Whether a role in any tenant the user can enter allows `action` on tenants.
    fn holds_on_tenants(&self, actor: &Actor, action: &Action) -> Result<bool, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT tenant FROM bindings WHERE user = ?1 UNION SELECT tenant FROM group_members WHERE user = ?1",
        )?;
        let tenants: Vec<String> = statement
            .query_map([actor.key], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let tenant = Resource::known("TENANT");
        for name in tenants {
            if name.is_empty() && !self.world.tenancy.reaches_default_tenant(self.world.release) {
                continue;
            }
            let space = Space {
                tenant: name,
                attributed: self.world.tenancy.enabled,
            };
            if self.has_access(&space, actor.key)?
                && self
                    .held(&space, actor)?
                    .iter()
                    .any(|held| held.namespace.is_none() && held.permissions.allows(&tenant, action))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses what only a superadmin may see.
    pub(super) fn require_superadmin(&self, what: &str) -> Result<(), Failure> {
        if self.is_unbound() {
            return Ok(());
        }
        let word = self.world.release.a_superadmin();
        Err(Problem::new(
            ProblemKind::Denied,
            format!("You may not see {what}."),
            format!("Only {word} may, and `{}` is none.", visible(self.actor_name())),
            format!("Ask {word}."),
        )
        .into())
    }
}
