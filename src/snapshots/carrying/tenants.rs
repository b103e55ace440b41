//! The tenants themselves.

use super::{CHANGED, CREATED, Carrier, EXISTS};
use crate::backend::http::Planned;
use crate::domain::binding::{Binding, SubjectKind};
use crate::domain::bringing::Overwritten;
use crate::domain::catalogue::managed_roles;
use crate::domain::instance::Right;
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact;
use crate::domain::role::Role;
use crate::domain::snapshot::TenantPart;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::tenant_change::{differing, refuse, wrong_when_changed, wrong_when_created};
use crate::domain::tenant_id::TenantId;
use serde_json::{Map, Value};

/// What is to become of a tenant, as it was found before anything was sent.
pub(super) enum Fate {
    /// It stays as it is.
    Stays,
    /// It is there, and is made like this.
    Changes(Tenant, Box<Tenant>),
    /// It is created.
    Comes(Tenant),
    /// It cannot be created.
    Fails(Problem),
}

/// What came of a tenant.
pub(super) enum Came {
    /// It is there.
    There,
    /// It would be there.
    Planned,
    /// It is not there, and so nothing is done in it.
    Missing,
}

impl Carrier<'_> {
    /// Finds out what is to become of a tenant. Reads, and never writes.
    pub(super) async fn fate(&mut self, part: &TenantPart) -> Result<Fate, Problem> {
        let Some(wanted) = &part.tenant else {
            return Ok(Fate::Stays);
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
            return Ok(if self.mode.change {
                Fate::Changes(after, Box::new(stored))
            } else {
                Fate::Stays
            });
        }
        after.rest.retain(|_, value| {
            unmask(value, None);
            !value.is_null()
        });
        let can = (self.may(&self.instance.rights.create_tenant, &wanted.id, "created"))
            .and_then(|()| refuse(&wanted.id, "created", wrong_when_created(&after, self.instance.release)));
        if let Err(problem) = can {
            return Ok(Fate::Fails(problem));
        }
        let masked = redact::masked_paths(wanted);
        if !masked.is_empty() {
            self.remarks.push(format!(
                "Tenant `{}` comes without its secrets ({}): set them with `kestra-admin tenants update`.",
                wanted.id,
                masked.join(", ")
            ));
        }
        Ok(Fate::Comes(after))
    }

    /// Refuses what the instance says we have no right to.
    fn may(&self, right: &Right, id: &TenantId, done: &str) -> Result<(), Problem> {
        let what = format!("Tenant `{id}` was not {done}.");
        self.instance.require(right, what, self.turn_on)
    }

    /// Does what is to be done with a tenant.
    pub(super) async fn tenant(&mut self, part: &TenantPart, fate: Fate) -> Came {
        let scope = part.scope();
        let name = scope.to_string();
        let new = match fate {
            Fate::Stays => {
                if part.tenant.is_some() {
                    self.note(&scope, "tenant", &name, Ok(EXISTS));
                }
                return Came::There;
            }
            Fate::Changes(after, stored) => {
                let result = self.change_tenant(after, &stored).await;
                self.note(&scope, "tenant", &name, result);
                return Came::There;
            }
            Fate::Fails(problem) => {
                self.note(&scope, "tenant", &name, Err(problem));
                return Came::Missing;
            }
            Fate::Comes(tenant) => NewTenant { tenant, admin: None },
        };
        if self.dry_run {
            self.planned.push(Planned {
                method: "POST",
                path: "/api/v1/tenants".to_owned(),
                body: redact::tenant_json(&new.tenant),
            });
            self.note(&scope, "tenant", &name, Ok(CREATED));
            return Came::Planned;
        }
        let created = match self.goes_on() {
            Ok(()) => self.backend.create_tenant(&new).await,
            Err(problem) => Err(problem),
        };
        let came = if created.is_ok() { Came::There } else { Came::Missing };
        self.note(&scope, "tenant", &name, created.map(|_| CREATED));
        came
    }

    /// What a tenant comes with: the roles that Kestra ships, and whoever creates it as its Admin, unless that is a superadmin.
    pub(super) fn coming(&self) -> TenantPart {
        let mut part = TenantPart::default();
        for shipped in managed_roles(self.instance.release) {
            part.roles.push(Role {
                id: format!("{{id of {}}}", shipped.name),
                name: shipped.name.to_owned(),
                description: None,
                permissions: Permissions::default(),
                is_default: false,
                is_managed: true,
            });
        }
        let me = &self.instance.identity;
        if !me.superadmin {
            part.access.push(me.id.clone());
            let admin = part.roles.iter().find(|role| role.is_admin());
            part.bindings.extend(admin.map(|role| Binding {
                id: String::new(),
                subject_kind: SubjectKind::User,
                subject_id: me.id.clone(),
                subject_name: me.username.clone(),
                role_id: role.id.clone(),
                role_name: role.name.clone(),
                namespace: None,
            }));
        }
        part
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
        let (rights, release) = (&self.instance.rights, self.instance.release);
        self.may(&rights.update_tenant, &stored.id, "changed")?;
        refuse(&stored.id, "changed", wrong_when_changed(stored, &after, release))?;
        let scope = TenantScope::Named(stored.id.clone());
        if let Some(left) = self.left_since(&scope, "tenant", stored.id.as_str(), Overwritten::Tenant(found)) {
            return left;
        }
        if self.dry_run {
            self.planned.push(Planned {
                method: "PUT",
                path: format!("/api/v1/tenants/{}", stored.id),
                body: redact::tenant_json(&after),
            });
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
