//! What is kept across a lost connection, so that the next start goes on where this one was cut off.

use serde::{Deserialize, Serialize};

use crate::domain::permission::Permissions;
use crate::domain::role::Role;
use crate::migration::choices::{BackupChoice, DefaultTenantChoice, WantedTenant};

use super::doing::Undoable;
use super::wizard::WizardPage;

/// Where the operator was, and what was typed and not yet sent. Never holds a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Resume {
    /// Version of this format.
    pub version: u32,
    /// Filter of the list of tenants.
    pub filter: String,
    /// Order of the list of tenants: a column, `-` before it for descending.
    pub sort: Option<String>,
    /// The tenant that was selected.
    pub selected: Option<String>,
    /// The screens that were open above the list, outermost first.
    pub places: Vec<Place>,
    /// The form that was being filled in.
    pub draft: Option<Draft>,
    /// The role that was being edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleDraft>,
    /// What was answered in the wizard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration: Option<MigrationDraft>,
    /// What takes back what was changed, the last one last; kept also when the program is left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undos: Vec<Undoable>,
    /// What does again what was taken back, the last one last; kept likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redos: Vec<Undoable>,
    /// Lines run from the palette, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
}

/// A screen that was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A tenant, by id; `None` is the default tenant. With the tab that was shown.
    Tenant {
        /// The id.
        id: Option<String>,
        /// The tab.
        tab: String,
    },
    /// A role of the tenant below, by id.
    Role {
        /// The id.
        id: String,
    },
    /// A run of a migration, by its id.
    Run {
        /// The id.
        id: String,
    },
}

/// The answers of a wizard. What was typed to confirm is never among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct MigrationDraft {
    /// Whether it was on screen.
    pub is_open: bool,
    /// The page that was shown.
    pub page: WizardPage,
    /// What is backed up.
    pub backup: Option<BackupChoice>,
    /// Which tenants are created.
    pub tenants: Vec<WantedTenant>,
    /// What becomes of the default tenant.
    pub default_tenant: Option<DefaultTenantChoice>,
    /// The tenant that was being typed: id, name, admin.
    pub typing: Option<[String; 3]>,
}

/// An unsent form, field by field as it was typed. Fields that hold secrets are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Draft {
    /// The tenant being edited, as it was read; `None` for a new one.
    pub before: Option<serde_json::Value>,
    /// Path of each field and what was typed.
    pub fields: Vec<(String, String)>,
}

/// An unsent role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct RoleDraft {
    /// Its tenant; `None` is the default tenant.
    pub tenant: Option<String>,
    /// The role as it was read; `None` for a new one.
    pub before: Option<Role>,
    /// Name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether new users of the tenant get it.
    pub is_default: bool,
    /// What it allows.
    pub permissions: Permissions,
}
