//! A snapshot on its way from a file to an instance, as the console keeps it between asking and doing.
//!
//! What is to be done is worked out by `crate::snapshots`, which also does it. The snapshot itself goes along, so that what
//! was shown is what is done, whatever becomes of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::equivalent::Line;
use super::loss::{Loss, Removal, Severity};
use super::role::Role;
use super::snapshot::Snapshot;
use super::tenant::TenantScope;
use super::tenant_id::TenantId;
use super::user::Membership;

/// A tenant of a snapshot, and the id that it is to have if that is another one.
pub type Wanted = (String, Option<TenantId>);

/// How far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only what is missing is created.
    Import,
    /// What differs is changed as well.
    Apply,
    /// What the file does not have is deleted as well.
    Prune,
}

impl Reach {
    /// What it does, as it begins a title or stands on a button.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Import => "Import",
            Self::Apply | Self::Prune => "Apply",
        }
    }
}

/// What a file says, and what it would change.
#[derive(Clone, PartialEq, Eq)]
pub struct Bringing {
    /// The file.
    pub file: String,
    /// Which tenants of it; all where none is named.
    pub tenants: Vec<Wanted>,
    /// How far it goes.
    pub reach: Reach,
    /// The name of the context it is brought to.
    pub context: String,
    /// What the file holds, in a sentence.
    pub holds: String,
    /// What it says; nothing once it was done.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What is to be done, or was, a line each; what is deleted comes first.
    pub items: Vec<String>,
    /// How many things are there already, and stay.
    pub stays: usize,
    /// How many things cannot be done; the remarks say which.
    pub impossible: usize,
    /// What is to be said of it.
    pub remarks: Vec<String>,
    /// What it takes away from whom; `None` where that may not be seen.
    pub loss: Option<Loss>,
    /// What may be changed and taken away, as it was found.
    pub allowed: Allowed,
    /// Whether anything is deleted.
    pub deletes: bool,
}

/// What was shown and confirmed of what is there already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// What is created or changed, in the words of its plan, and what is overwritten by it; `None` of what is created.
    pub changes: BTreeMap<String, Option<Overwritten>>,
    /// What is taken away, as it was found.
    pub removals: Vec<(TenantScope, Removal)>,
    /// What goes with the roles and groups that are deleted, as it was found: ids of bindings, and of members.
    pub going: Vec<Going>,
}

/// What goes with a role or a group of a tenant that is deleted.
pub type Going = (TenantScope, Removal, BTreeSet<String>);

/// What a change overwrites, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overwritten {
    /// The fields of a tenant that are changed.
    Tenant(Map<String, Value>),
    /// A role.
    Role(Box<Role>),
    /// A group, by its id, with its description.
    Group(String, Option<String>),
    /// A place in a group, by the ids of the group and the user.
    Member(String, String, Membership),
}

impl fmt::Debug for Bringing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bringing")
            .field("file", &self.file)
            .field("reach", &self.reach)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}

impl Bringing {
    /// The command that does the same. `context` are words that lead to the same instance.
    pub fn command(&self, context: &[String]) -> String {
        let mut line = Line::default();
        line.words(match self.reach {
            Reach::Import => "import snapshot",
            Reach::Apply | Reach::Prune => "apply",
        });
        line.value(&self.file);
        for (from, to) in &self.tenants {
            let word = to.as_ref().map_or_else(|| from.clone(), |to| format!("{from}={to}"));
            line.flag("--tenant", &word);
        }
        if self.reach == Reach::Prune {
            line.words("--prune");
        }
        // What the command wants to have repeated.
        let is_dangerous = self.loss.as_ref().and_then(Loss::worst) == Some(Severity::Danger);
        if self.reach == Reach::Prune || (self.reach == Reach::Apply && is_dangerous) {
            line.flag("--confirm", &self.context);
        }
        line.in_context(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_repeats_the_context_where_it_wants_that() {
        for (reach, severity, ending) in [
            (Reach::Import, Severity::Danger, "import snapshot a.json"),
            (Reach::Apply, Severity::Warning, "apply a.json"),
            (Reach::Apply, Severity::Danger, "apply a.json --confirm prod"),
            (Reach::Prune, Severity::Notice, "apply a.json --prune --confirm prod"),
        ] {
            let bringing = Bringing {
                file: "a.json".to_owned(),
                tenants: Vec::new(),
                reach,
                context: "prod".to_owned(),
                holds: String::new(),
                snapshot: None,
                items: Vec::new(),
                stays: 0,
                impossible: 0,
                remarks: Vec::new(),
                loss: Some(Loss::of(severity)),
                allowed: Allowed::default(),
                deletes: false,
            };
            assert_eq!(bringing.command(&[]), format!("kestra-admin {ending}"));
        }
    }
}
