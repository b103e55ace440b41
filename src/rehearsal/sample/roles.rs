//! Roles that a company makes for itself, in the words of its release.

use crate::domain::catalogue;
use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::release::Release;
use crate::domain::role::NewRole;

/// How much of a resource a role allows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Looking.
    Read,
    /// Everything.
    All,
}

type Line = (&'static str, Extent);

/// A role that Kestra does not ship: its name, what it is for, what it allows.
pub(super) struct Wanted {
    name: &'static str,
    description: Option<&'static str>,
    lines: &'static [Line],
}

/// Builds flows. Groups hold it.
pub(super) const ENGINEER: Wanted = Wanted {
    name: "Data engineer",
    description: Some("Builds flows and looks after what they need"),
    lines: &[
        ("FLOW", Extent::All),
        ("EXECUTION", Extent::All),
        ("TRIGGER", Extent::All),
        ("KVSTORE", Extent::All),
        ("SECRET", Extent::Read),
        ("NAMESPACE", Extent::Read),
        ("DASHBOARD", Extent::All),
    ],
};

/// Looks and touches nothing.
pub(super) const READER: Wanted = Wanted {
    name: "Reader",
    description: Some("Looks, and changes nothing"),
    lines: &[
        ("FLOW", Extent::Read),
        ("EXECUTION", Extent::Read),
        ("NAMESPACE", Extent::Read),
        ("DASHBOARD", Extent::Read),
    ],
};

/// Restarts what has failed.
pub(super) const ON_CALL: Wanted = Wanted {
    name: "Bereitschaft / on call",
    description: Some("Restarts what has failed, at night and on weekends"),
    lines: &[
        ("FLOW", Extent::Read),
        ("EXECUTION", Extent::All),
        ("NAMESPACE", Extent::Read),
    ],
};

/// Sees who may do what.
pub(super) const AUDITOR: Wanted = Wanted {
    name: "Access auditor",
    description: None,
    lines: &[
        ("USER", Extent::Read),
        ("TENANT_ACCESS", Extent::Read),
        ("GROUP", Extent::Read),
        ("ROLE", Extent::Read),
        ("BINDING", Extent::Read),
        ("AUDITLOG", Extent::Read),
    ],
};

/// Creates tenants, where it takes no superadmin.
pub(super) const TENANT_CREATOR: Wanted = Wanted {
    name: "Tenant creator",
    description: Some("Opens tenants for new branches"),
    lines: &[("TENANT", Extent::All)],
};

/// A name that does not fit any column; nobody holds it.
pub(super) const LONG: Wanted = Wanted {
    name: "Release manager for the regional operations and continuous improvement office, with the right to start \
           everything and to stop nothing",
    description: None,
    lines: &[("FLOW", Extent::Read), ("EXECUTION", Extent::All)],
};

impl Wanted {
    /// The role in a release; `None` where the release knows nothing of what it would allow.
    pub(super) fn in_release(&self, release: Release) -> Option<NewRole> {
        let mut permissions = Permissions::default();
        for (name, extent) in self.lines {
            let resource = Resource::known(name);
            if catalogue::resource(release, &resource).is_none_or(|info| !info.assignable) {
                continue;
            }
            for action in catalogue::actions_of(release, &resource) {
                if *extent == Extent::All || reads(&action) {
                    permissions.allow(resource.clone(), action);
                }
            }
        }
        (!permissions.is_empty()).then(|| NewRole {
            name: self.name.to_owned(),
            description: self.description.map(str::to_owned),
            permissions,
            is_default: false,
        })
    }
}

fn reads(action: &Action) -> bool {
    matches!(action.as_str(), "READ" | "VIEW" | "LIST" | "FOLLOW" | "ACCESS_LOGS")
}
