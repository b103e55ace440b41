//! A form that is kept for later, and taken up again.

use super::super::form_field::{asked_again, asks, hidden};
use super::super::resume::Draft;
use super::{Focus, FormField, TenantForm, is_secret};
use serde_json::Value;

use crate::domain::redact;
use crate::domain::tenant_id::TenantId;

/// What a kept form calls its buttons, beside the paths of its inputs.
const REVIEW: &str = "button:review";
const CANCEL: &str = "button:cancel";

impl TenantForm {
    /// What was typed, without secrets, to go on with later.
    pub fn draft(&self) -> Draft {
        let fields = texts(&self.fields, |field| self.text_to_keep(field));
        Draft {
            before: self.before.as_ref().map(redact::tenant_json),
            secrets: self.lacks_secrets || self.has_secret() || is_asked(&fields),
            fields,
            passed: self
                .fields
                .iter()
                .filter(|field| field.touched)
                .map(|field| field.path.to_owned())
                .collect(),
            at: match self.focus {
                Focus::Field(_) => self.focused_path(),
                Focus::Review => Some(REVIEW),
                Focus::Cancel => Some(CANCEL),
            }
            .map(str::to_owned),
            as_opened: !self.would_lose() && !self.lacks_secrets,
            reviewed: self.review.is_some(),
            sent: self.doubt.clone(),
            command: self.doubt.as_ref().map_or_else(String::new, |_| self.command.clone()),
            sent_fields: if self.doubt.is_some() {
                texts(&self.was_sent, |field| field.text_to_keep(self.read(field)))
            } else {
                Vec::new()
            },
        }
    }

    /// What was typed in a field. A secret that was sent and may have arrived is not asked for again.
    fn text_to_keep(&self, field: &FormField) -> String {
        let mut sent = self.was_sent.iter().filter(|_| self.doubt.is_some());
        if sent.any(|sent| sent.path == field.path && hidden(sent.path, &sent.editor.text()) == field.editor.text()) {
            return field.open_text();
        }
        field.text_to_keep(self.read(field))
    }

    fn read(&self, field: &FormField) -> Option<&Value> {
        self.before.as_ref()?.value_at(field.path)
    }

    /// Whether what came of secrets and nothing else that it sent is not known.
    pub fn sent_secrets_alone(&self) -> bool {
        if self.doubt.is_none() || self.before.is_none() {
            return false;
        }
        let sent = Self {
            fields: self.as_sent(),
            ..self.clone()
        };
        !sent.is_dirty()
    }

    /// The inputs as they were sent, to be held against what is there: no secret is asked for in them.
    pub fn as_sent(&self) -> Vec<FormField> {
        let mut sent = self.was_sent.clone();
        for field in &mut sent {
            let text = field.editor.text();
            if asks(field.path, &text) {
                field.editor.set_text(&hidden(field.path, &text));
            }
        }
        sent
    }

    /// Asks for the secrets again that were sent and did not arrive, where they were not kept.
    pub fn ask_again(&mut self) {
        for (field, sent) in self.fields.iter_mut().zip(&self.was_sent) {
            let text = field.editor.text();
            let asked = asked_again(field.path, &text, &sent.editor.text());
            if asked != text {
                field.editor.set_text(&asked);
            }
        }
    }

    /// Fills in what was typed before. Fields that this release does not have are left out.
    pub fn restore(&mut self, draft: &Draft) {
        self.fill(&draft.sent_fields, draft);
        self.was_sent.clone_from(&self.fields);
        self.fill(&draft.fields, draft);
        if draft.sent_fields.is_empty() {
            self.was_sent.clone_from(&self.fields);
        }
        self.id_proposed = TenantId::propose(&self.text("name"));
        let at = self
            .fields
            .iter()
            .position(|field| Some(field.path) == draft.at.as_deref());
        self.focus = match draft.at.as_deref() {
            Some(REVIEW) => Focus::Review,
            Some(CANCEL) => Focus::Cancel,
            _ => Focus::Field(at.unwrap_or_default()),
        };
        self.is_kept = true;
        self.lacks_secrets = draft.secrets;
        self.doubt.clone_from(&draft.sent);
        self.command.clone_from(&draft.command);
    }

    fn fill(&mut self, texts: &[(String, String)], draft: &Draft) {
        for (path, text) in texts {
            if let Some(field) = self.field_mut(path) {
                field.touched = !text.is_empty() || draft.passed.contains(path);
                field.editor.set_text(text);
            }
        }
    }

    /// Takes over what was typed in another form since that was sent, where it can be typed here, too.
    pub fn type_since(&mut self, typed: &[FormField], sent: &[FormField]) {
        for (typed, sent) in typed.iter().zip(sent) {
            if let Some(field) = self.field_mut(typed.path)
                && typed.editor.text() != sent.editor.text()
                && !field.editor.is_fixed()
            {
                *field = typed.clone();
            }
        }
    }
}

/// Whether a secret is to be typed again in one of these texts.
pub fn is_asked(fields: &[(String, String)]) -> bool {
    fields.iter().any(|(path, text)| asks(path, text))
}

/// Paths and texts of inputs that hold no secrets.
fn texts(fields: &[FormField], text: impl Fn(&FormField) -> String) -> Vec<(String, String)> {
    let open = fields.iter().filter(|field| !is_secret(field));
    open.map(|field| (field.path.to_owned(), text(field))).collect()
}
