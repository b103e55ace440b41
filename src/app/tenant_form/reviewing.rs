//! What will be sent, as it is reviewed: what it comes to, the request, and the same in the words of other tools.

use super::{KESTRA_COMMAND, ReviewLine, TenantForm};
use crate::app::session::Session;
use crate::domain::equivalent;
use crate::domain::redact;
use crate::domain::release::Release;
use crate::domain::tenant::{NewTenant, Tenant};
use crate::domain::tenant_field::{self, TenantField};
use crate::domain::terraform;

impl TenantForm {
    /// What will be sent and what it comes to, in full.
    pub fn review_lines(&self, new: &NewTenant, session: &Session) -> Vec<ReviewLine> {
        let tenant = equivalent::redacted(&new.tenant);
        let (method, path) = match &self.before {
            None => ("POST", "/api/v1/tenants".to_owned()),
            Some(_) => ("PUT", format!("/api/v1/tenants/{}", tenant.id)),
        };
        let mut lines = Vec::new();
        let code = |lines: &mut Vec<ReviewLine>, text: &str| {
            lines.extend(text.lines().map(|line| ReviewLine::Code(line.to_owned())));
        };
        match &self.before {
            Some(before) => {
                lines.push(ReviewLine::Heading("Changes".to_owned()));
                let changes = changes(before, &new.tenant, self.release);
                if changes.is_empty() {
                    lines.push(ReviewLine::Text("Nothing has been changed.".to_owned()));
                }
                lines.extend(changes.into_iter().map(ReviewLine::Code));
            }
            None => {
                lines.push(ReviewLine::Heading("Admin role".to_owned()));
                lines.push(match (&new.admin, self.superadmin) {
                    (Some(admin), _) => ReviewLine::Text(format!("{admin} will hold it.")),
                    (None, Some(word)) => ReviewLine::Warning(format!("Nobody will hold it: you are {word}.")),
                    (None, None) => ReviewLine::Text("You will hold it, as its creator.".to_owned()),
                });
                lines.extend(
                    self.id_warnings()
                        .iter()
                        .map(|warning| ReviewLine::Warning(format!("{} {}.", tenant.id, warning.words()))),
                );
            }
        }
        lines.push(ReviewLine::Blank);
        let heading = if session.remote {
            "What will be sent"
        } else {
            "What a Kestra would be sent"
        };
        lines.push(ReviewLine::Heading(heading.to_owned()));
        lines.push(ReviewLine::Code(format!("{method} {path}")));
        code(
            &mut lines,
            &serde_json::to_string_pretty(&tenant.to_json()).unwrap_or_default(),
        );
        if let (None, Some(admin), true) = (&self.before, &new.admin, session.remote) {
            let text = format!(
                "Then {admin} is given the Admin role, by requests that follow: curl and Terraform below create the tenant alone."
            );
            lines.push(ReviewLine::Text(text));
        }
        for (title, command) in self.commands(new, session) {
            lines.push(ReviewLine::Blank);
            lines.push(ReviewLine::Heading(title.to_owned()));
            code(&mut lines, &command);
        }
        lines
    }

    /// The same in other tools' words: a title and the text for each.
    pub fn commands(&self, new: &NewTenant, session: &Session) -> Vec<(&'static str, String)> {
        let tenant = &new.tenant;
        let context = session.lead_words();
        let curl = |method, path| equivalent::curl_command(method, path, tenant, session.by_password);
        match &self.before {
            None => vec![
                ("kestra-admin", equivalent::own_command(context, new, self.release)),
                (KESTRA_COMMAND, equivalent::kestra_command(new)),
                ("curl", curl("POST", "/api/v1/tenants")),
                ("Terraform", terraform::tenant(tenant)),
            ],
            Some(before) => {
                let path = format!("/api/v1/tenants/{}", tenant.id);
                vec![
                    (
                        "kestra-admin",
                        equivalent::own_update_command(context, before, tenant, self.release),
                    ),
                    ("curl", curl("PUT", &path)),
                    ("Terraform", terraform::tenant(tenant)),
                ]
            }
        }
    }
}

/// A value as it may be shown.
pub fn shown(field: &TenantField, value: &serde_json::Value) -> String {
    field.print(&redact::value(field.path, value))
}

/// What differs between two states of a tenant, a line for each field; secrets stay hidden.
pub fn changes(before: &Tenant, after: &Tenant, release: Release) -> Vec<String> {
    let mut lines = Vec::new();
    if before.name != after.name {
        lines.push(format!("name: {} -> {}", before.name, after.name));
    }
    for field in tenant_field::fields(release) {
        let (old, new) = (before.value_at(field.path), after.value_at(field.path));
        if old != new {
            let print = |value: Option<&serde_json::Value>| match value {
                None => "(not set)".to_owned(),
                Some(value) => shown(field, value).replace('\n', "; "),
            };
            lines.push(format!("{}: {} -> {}", field.path, print(old), print(new)));
        }
    }
    lines
}
