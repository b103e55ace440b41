//! What was typed, picked or read over a place and is kept with it.

use serde::{Deserialize, Serialize};

use crate::domain::permission::{Action, Permissions, Resource};
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;
use crate::migration::choices::{BackupChoice, DefaultTenantChoice, WantedTenant};

use super::super::choice::Choosing;
use super::super::cursor::Cursor;
use super::super::form_field::hidden;
use super::super::people::Entering;
use super::super::role_editor::RoleFocus;
use super::super::wizard::WizardPage;
use super::how_sent;

/// Lines that were being typed over the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDraft {
    /// The title.
    pub title: String,
    /// What to know before typing.
    pub about: String,
    /// What it is for.
    pub purpose: Entering,
    /// The lines.
    pub fields: Vec<EntryText>,
    /// Which of them was typed in.
    pub focus: usize,
    /// Whether it is as it was opened, so that nothing of it is unsent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_opened: bool,
    /// Whether they were sent, and it is not known what came of that.
    #[serde(default)]
    pub sent: bool,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryText {
    /// What it is called.
    pub label: String,
    /// What may be typed.
    pub doc: String,
    /// What was typed; `None` where it is hidden and not kept.
    pub text: Option<String>,
    /// Whether it is a switch.
    #[serde(default)]
    pub switch: bool,
}

/// Something that was being picked from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickDraft {
    /// What for, with what was picked before.
    pub purpose: Choosing,
    /// What was typed.
    pub typed: String,
    /// What was marked.
    pub marks: Vec<String>,
    /// The key of the row that was selected.
    #[serde(default)]
    pub row: Option<String>,
    /// Which row that was, and which was the first in view.
    #[serde(default)]
    pub cursor: Cursor,
    /// Whether it is as it was opened, so that nothing of it is unsent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_opened: bool,
    /// Whether it was sent, and it is not known what came of that.
    #[serde(default)]
    pub sent: bool,
}

/// A page of text that was over the screen. The text is read again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct PageDraft {
    /// Its title.
    pub title: String,
    /// The name of the command that showed it, and what that was run with; `None` where none shows the same again.
    pub command: Option<(String, String)>,
    /// The id of the row that was selected beneath it.
    pub row: Option<String>,
    /// Its first line in view.
    pub scroll: usize,
}

/// The answers of a wizard. What was typed to confirm is never among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct MigrationDraft {
    /// Whether it was on screen.
    pub is_open: bool,
    /// How many of the places that were open were opened from it.
    pub above: usize,
    /// The page that was shown.
    pub page: WizardPage,
    /// What is backed up.
    pub backup: Option<BackupChoice>,
    /// Which tenants are created.
    pub tenants: Vec<WantedTenant>,
    /// What becomes of the default tenant.
    pub default_tenant: Option<DefaultTenantChoice>,
    /// The choice or row of the page that had the keys.
    pub at: Option<usize>,
    /// Its first line in view.
    pub scroll: usize,
    /// The tenant that was being typed: id, name, admin.
    pub typing: Option<[String; 3]>,
    /// Which of its fields had the keys.
    pub typing_at: usize,
    /// The row it takes the place of.
    pub replaces: Option<usize>,
}

/// An unsent form, field by field as it was typed. Fields that hold secrets are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Draft {
    /// The tenant being edited, as it was read; `None` for a new one.
    pub before: Option<serde_json::Value>,
    /// Path of each field and what was typed.
    pub fields: Vec<(String, String)>,
    /// Paths of those that were left as they are, so that what is wrong with them is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<String>,
    /// Whether secrets were typed, which are not kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secrets: bool,
    /// Path of the one that had the keys.
    pub at: Option<String>,
    /// Whether it is as it was opened, so that nothing of it is unsent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub as_opened: bool,
    /// Whether its review was open, which is made anew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reviewed: bool,
    /// The id of the tenant it was sent as, while it is not known what came of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<TenantId>,
    /// As `fields`, of what was sent then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent_fields: Vec<(String, String)>,
    /// The command that is recorded of that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub command: String,
}

impl Draft {
    /// The id of the tenant, as far as it was typed.
    pub fn id(&self) -> &str {
        let before = self.before.as_ref().and_then(|before| before.get("id")?.as_str());
        before.unwrap_or_else(|| self.text("id"))
    }

    /// What was typed in a field.
    pub fn text(&self, path: &str) -> &str {
        let mut fields = self.fields.iter();
        fields.find(|field| field.0 == path).map_or("", |field| &field.1)
    }

    /// The fields as they were sent, to be held against what is there: no secret is asked for in them.
    pub fn as_sent(&self) -> Vec<(String, String)> {
        let sent = self.sent_fields.iter();
        sent.map(|(path, text)| (path.clone(), hidden(path, text))).collect()
    }

    /// What it is, and whether it was sent.
    pub fn words(&self) -> String {
        let words = draft_words("tenant", self.id(), self.sent.is_some());
        if self.secrets {
            words + " without secrets"
        } else {
            words
        }
    }
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
    /// Where the keys went.
    pub focus: RoleFocus,
    /// The selected cell.
    pub cell: Option<(Resource, Action)>,
    /// Whether it is as it was opened, so that nothing of it is unsent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub as_opened: bool,
    /// Whether its review was open, which is made anew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reviewed: bool,
    /// As what it was sent, while it is not known what came of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<NewRole>,
    /// What each of the last steps turned around, the last one last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Permissions>,
}

impl RoleDraft {
    /// Its tenant.
    pub fn scope(&self) -> TenantScope {
        let named = |id: &str| TenantScope::Named(TenantId::existing(id));
        self.tenant.as_deref().map_or(TenantScope::Default, named)
    }

    /// Whether nothing was changed in it since it was sent.
    pub fn is_as_sent(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| {
            (&sent.name, &sent.description, sent.is_default) == (&self.name, &self.description, self.is_default)
                && sent.permissions == self.permissions
        })
    }

    /// What it is, and whether it was sent.
    pub fn words(&self) -> String {
        draft_words("role", &self.name, self.sent.is_some())
    }
}

fn draft_words(what: &str, name: &str, is_sent: bool) -> String {
    if is_sent {
        format!("{what} {name}, {}", how_sent(true))
    } else {
        format!("unsent {what} {name}")
    }
}
