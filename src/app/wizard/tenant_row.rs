//! A tenant asked for, while it is typed: id, name, admin.

use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::migration::choices::WantedTenant;

use super::super::line_edit::LineEdit;
use super::super::resume::MigrationDraft;
use super::Wizard;

/// The labels of its fields, and what each is for.
pub const FIELDS: [(&str, &str); 3] = [
    ("Id", "Part of every path and link; it cannot be changed later."),
    ("Name", "The name people see; empty: the id."),
    (
        "Admin",
        "Username of an existing user who becomes its admin; empty: whoever runs this.",
    ),
];

/// The fields, and where the keys go.
#[derive(Clone, Debug, Default)]
pub struct TenantRow {
    lines: [LineEdit; 3],
    /// What stood in them before anything was typed.
    before: [String; 3],
    /// The field that has the keys.
    pub at: usize,
    /// The row that is changed; `None` adds one.
    pub replaces: Option<usize>,
    /// What is wrong with it, once that was asked.
    pub error: Option<String>,
}

impl TenantRow {
    /// An empty row, with an admin proposed.
    pub fn new(admin: &str) -> Self {
        Self::typed("", "", admin)
    }

    /// A row with something in it.
    pub fn typed(id: &str, name: &str, admin: &str) -> Self {
        Self {
            lines: [id, name, admin].map(LineEdit::new),
            before: [id, name, admin].map(str::to_owned),
            ..Self::default()
        }
    }

    /// The row as it was left, if one was typed; what stands in it would be lost.
    pub fn restored(draft: &MigrationDraft) -> Option<Self> {
        let [id, name, admin] = draft.typing.as_ref()?;
        Some(Self {
            before: Default::default(),
            at: draft.typing_at.min(FIELDS.len() - 1),
            replaces: draft.replaces,
            ..Self::typed(id, name, admin)
        })
    }

    /// A tenant that was asked for, to be changed.
    pub fn of(tenant: &WantedTenant, index: usize) -> Self {
        let name = if tenant.name == tenant.id.as_str() {
            ""
        } else {
            &tenant.name
        };
        Self {
            replaces: Some(index),
            ..Self::typed(tenant.id.as_str(), name, tenant.admin.as_deref().unwrap_or_default())
        }
    }

    /// What was typed.
    pub fn texts(&self) -> [String; 3] {
        self.lines.each_ref().map(|line| line.text().to_owned())
    }

    /// Whether leaving it would lose something that was typed.
    pub fn would_lose(&self) -> bool {
        self.texts() != self.before
    }

    /// The fields with their lines.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &LineEdit)> {
        FIELDS.iter().map(|(label, _)| *label).zip(&self.lines)
    }

    /// The line that has the keys.
    pub fn line_mut(&mut self) -> Option<&mut LineEdit> {
        self.lines.get_mut(self.at)
    }

    /// Label and purpose of the field that has the keys.
    pub fn field(&self) -> (&'static str, &'static str) {
        FIELDS.get(self.at).copied().unwrap_or_default()
    }

    /// Whether the keys go to the last field.
    pub fn is_at_end(&self) -> bool {
        self.at + 1 == FIELDS.len()
    }

    /// Gives the keys to the next field, or the one before.
    pub fn step(&mut self, back: bool) {
        let count = FIELDS.len();
        self.at = if back { self.at + count - 1 } else { self.at + 1 } % count;
    }

    /// The id, if a tenant can be asked for by it.
    pub fn id(&self, wizard: &Wizard) -> Result<TenantId, String> {
        let [id, ..] = self.texts();
        let id = id.trim();
        let parsed: TenantId = id.parse().map_err(|error| format!("Id: {error}"))?;
        let is_twice = wizard
            .tenants
            .iter()
            .enumerate()
            .any(|(index, tenant)| tenant.id == parsed && Some(index) != self.replaces);
        if is_twice {
            return Err(format!("Id: `{id}` is asked for already"));
        }
        Ok(parsed)
    }

    /// The tenant, if it can be asked for; all that can be wrong with it is its id.
    pub fn build(&self, wizard: &Wizard) -> Result<WantedTenant, String> {
        let [id, name, admin] = self.texts().map(|text| text.trim().to_owned());
        Ok(WantedTenant {
            id: self.id(wizard)?,
            name: if name.is_empty() { id } else { name },
            admin: (!admin.is_empty()).then_some(admin),
        })
    }

    /// What to think twice about, a sentence each; nothing while the id is none.
    pub fn warnings(&self, wizard: &Wizard) -> Vec<String> {
        let [id, ..] = self.texts();
        id.trim()
            .parse()
            .map_or_else(|_| Vec::new(), |id| warnings_of(&id, wizard))
    }
}

/// What to think twice about an id, a sentence each.
pub fn warnings_of(id: &TenantId, wizard: &Wizard) -> Vec<String> {
    let Some(surveyed) = wizard.surveyed() else {
        return Vec::new();
    };
    let inspection = &surveyed.inspection;
    let namespaces = inspection.namespaces.iter().map(|namespace| namespace.id.as_str());
    let mut words: Vec<String> = id
        .warnings(inspection.release, namespaces)
        .iter()
        .map(|warning| format!("`{id}` {}.", warning.words()))
        .collect();
    if inspection.has_tenant(id) {
        words.push(format!(
            "Tenant `{}` exists already and stays as it is.",
            visible(id.as_str())
        ));
    }
    words
}
