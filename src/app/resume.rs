//! What is kept across a lost connection, so that the next start goes on where this one was cut off.

use serde::{Deserialize, Serialize};

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
