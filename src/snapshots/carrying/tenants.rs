//! The tenants themselves.

use super::{CHANGED, CREATED, Carrier, EXISTS};
use crate::backend::http::Planned;
use crate::domain::bringing::Overwritten;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::redact;
use crate::domain::snapshot::TenantPart;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_change::differing;
use crate::domain::tenant_field;
use serde_json::{Map, Value};

impl Carrier<'_> {
    /// Whether the tenant is there afterwards.
    pub(super) async fn tenant(&mut self, part: &TenantPart) -> Result<bool, Problem> {
        let scope = part.scope();
        let name = scope.to_string();
        let Some(wanted) = &part.tenant else {
            return Ok(true);
        };
        let stored = match self.backend.tenant(&wanted.id).await {
            Ok(stored) => Some(stored),
            Err(problem) if problem.kind == ProblemKind::NotFound => None,
            Err(problem) => return Err(problem),
        };
        let mut after = wanted.clone();
        for key in ["deleted", "logo"] {
            after.rest.shift_remove(key);
        }
        if let Some(stored) = stored {
            let result = if self.mode.change {
                self.change_tenant(after, &stored).await
            } else {
                Ok(EXISTS)
            };
            self.note(&scope, "tenant", &name, result);
            return Ok(true);
        }
        after.rest.retain(|_, value| {
            unmask(value, None);
            !value.is_null()
        });
        let masked = redact::masked_paths(wanted);
        if !masked.is_empty() {
            self.remarks.push(format!(
                "Tenant `{name}` comes without its secrets ({}): set them with `kestra-admin tenants update`.",
                masked.join(", ")
            ));
        }
        let wrong = tenant_field::validate(&after, self.instance.release);
        if let Some(first) = wrong.first() {
            let mut problem = invalid(
                format!("Tenant `{name}` was not created."),
                format!("`{}`: {}.", first.path, first.message),
                "Correct that, and try again.",
            );
            problem.fields = wrong;
            self.note(&scope, "tenant", &name, Err(problem));
            return Ok(false);
        }
        if self.dry_run {
            let planned = Planned {
                method: "POST",
                path: "/api/v1/tenants".to_owned(),
                body: redact::tenant_json(&after),
            };
            self.plan("create", format!("tenant `{name}`"), planned);
            self.note(&scope, "tenant", &name, Ok(CREATED));
            return Ok(false);
        }
        let new = NewTenant {
            tenant: after,
            admin: None,
        };
        let created = match self.goes_on() {
            Ok(()) => self.backend.create_tenant(&new).await,
            Err(problem) => Err(problem),
        };
        let is_there = created.is_ok();
        self.note(&scope, "tenant", &name, created.map(|_| CREATED));
        Ok(is_there)
    }

    pub(super) async fn change_tenant(&mut self, mut wanted: Tenant, stored: &Tenant) -> Result<&'static str, Problem> {
        for (key, value) in &mut wanted.rest {
            unmask(value, stored.rest.get(key));
        }
        let mut after = stored.clone();
        let mut found = Map::new();
        for field in differing(&wanted, stored) {
            let was = match field.as_str() {
                "name" => Some(Value::from(stored.name.as_str())),
                field => stored.rest.get(field).cloned(),
            };
            found.insert(field.clone(), was.unwrap_or_default());
            match wanted.rest.get(&field) {
                _ if field == "name" => after.name.clone_from(&wanted.name),
                Some(value) if !value.is_null() => drop(after.rest.insert(field, value.clone())),
                // What the release of the snapshot did not know is no wish to have it gone.
                _ if self.wanted.release == self.instance.release => drop(after.rest.shift_remove(&field)),
                _ => {}
            }
        }
        if after == *stored {
            return Ok(EXISTS);
        }
        let scope = TenantScope::Named(stored.id.clone());
        if let Some(left) = self.left_since(&scope, "tenant", stored.id.as_str(), Overwritten::Tenant(found)) {
            return left;
        }
        if self.dry_run {
            let planned = Planned {
                method: "PUT",
                path: format!("/api/v1/tenants/{}", stored.id),
                body: redact::tenant_json(&after),
            };
            self.plan("change", format!("tenant `{}`", stored.id), planned);
            return Ok(CHANGED);
        }
        self.goes_on()?;
        self.backend.update_tenant(stored, &after).await.map(|_| CHANGED)
    }
}

/// Puts what is stored in the place of masked secrets; what is not stored becomes nothing.
fn unmask(value: &mut Value, stored: Option<&Value>) {
    match value {
        Value::String(text) if text == redact::MARK => *value = stored.cloned().unwrap_or_default(),
        Value::Object(object) => {
            for (key, inner) in object.iter_mut() {
                unmask(inner, stored.and_then(|stored| stored.get(key)));
            }
            object.retain(|_, inner| !inner.is_null());
            if object.is_empty() && stored.is_none() {
                *value = Value::Null;
            }
        }
        // Which entry of a list a secret belongs to is not known.
        Value::Array(_) if redact::holds_mark(value) => *value = stored.cloned().unwrap_or_default(),
        _ => {}
    }
}
