//! Tenants.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::binding::Binding;
use super::columns::{TENANT_WORDS, WORKER_GROUP};
use super::query::Row;
use super::role::Role;
use super::tenant_id::TenantId;

/// Which tenant something lives in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TenantScope {
    /// The default tenant, the one without an id (0.13 to 0.22).
    Default,
    /// A tenant with an id.
    Named(TenantId),
}

impl TenantScope {
    /// What stands for the default tenant where an id would stand. No id can be spelled like this.
    pub const DEFAULT_WORD: &'static str = "(default)";

    /// The id, if it has one.
    pub fn id(&self) -> Option<&TenantId> {
        match self {
            Self::Default => None,
            Self::Named(id) => Some(id),
        }
    }
}

impl fmt::Display for TenantScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.pad(Self::DEFAULT_WORD),
            Self::Named(id) => f.pad(id.as_str()),
        }
    }
}

/// A tenant as Kestra's API writes it.
///
/// Only the id and the name are common to all releases. Everything else stays in `rest` under Kestra's own names, so that
/// an update keeps what this program has never heard of. What the fields are is in [`super::tenant_field`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// The id, which cannot be changed.
    pub id: TenantId,
    /// Name for people; not unique.
    #[serde(default)]
    pub name: String,
    /// All other fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Tenant {
    /// A tenant with nothing but id and name.
    pub fn new(id: TenantId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            rest: Map::new(),
        }
    }

    /// The JSON object that Kestra's API would carry.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), Value::from(self.id.as_str()));
        object.insert("name".to_owned(), Value::from(self.name.as_str()));
        object.extend(self.rest.iter().map(|(key, value)| (key.clone(), value.clone())));
        Value::Object(object)
    }

    /// The value at a path such as `workerGroup.key`, in `rest`.
    pub fn value_at(&self, path: &str) -> Option<&Value> {
        let (first, deeper) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
        let mut value = self.rest.get(first)?;
        for part in deeper.into_iter().flat_map(|path| path.split('.')) {
            value = value.get(part)?;
        }
        Some(value)
    }

    /// The key of the worker group that runs what no flow puts elsewhere; empty where none does.
    pub fn worker_group(&self) -> &str {
        let key = self.value_at("workerGroup.key").and_then(Value::as_str);
        key.unwrap_or_default()
    }

    /// Puts a value at a path such as `workerGroup.key`, or removes it; objects left empty go with it.
    pub fn set_at(&mut self, path: &str, value: Option<Value>) {
        let parts: Vec<&str> = path.split('.').collect();
        self.set_in(&parts, value);
    }

    /// The same by the keys from the outside in, which may have dots in them.
    pub fn set_in(&mut self, keys: &[&str], value: Option<Value>) {
        set_in(&mut self.rest, keys, value);
    }
}

fn set_in(object: &mut Map<String, Value>, parts: &[&str], value: Option<Value>) {
    match (parts, value) {
        ([], _) => {}
        ([last], Some(value)) => {
            object.insert((*last).to_owned(), value);
        }
        ([last], None) => {
            object.shift_remove(*last);
        }
        ([first, rest @ ..], value) => {
            if value.is_none() && !object.get(*first).is_some_and(Value::is_object) {
                return;
            }
            let inner = object
                .entry((*first).to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            let emptied = inner.as_object_mut().is_some_and(|inner| {
                set_in(inner, rest, value);
                inner.is_empty()
            });
            if emptied {
                object.shift_remove(*first);
            }
        }
    }
}

/// A row of the list of tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRow {
    /// The tenant.
    pub tenant: Tenant,
    /// How many users hold its Admin role, directly or through a group. `None` where nobody counted.
    pub admins: Option<u64>,
}

/// What the columns of storage and secrets say of a tenant without its own.
pub const GLOBAL: &str = "global";
/// What the column of the state says of a tenant that somebody administers.
pub const ACTIVE: &str = "active";
/// What it says of one that nobody administers.
pub const NO_ADMIN: &str = "no admin";

/// What nobody counted matches nothing.
impl Row for TenantRow {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        let own = |path: &str| {
            let named = self.tenant.value_at(path).and_then(Value::as_str);
            Cow::Borrowed(named.filter(|name| !name.is_empty()).unwrap_or(GLOBAL))
        };
        match name {
            "id" => Some(self.tenant.id.as_str().into()),
            "name" => Some(self.tenant.name.as_str().into()),
            "admins" => self.admins.map(|admins| admins.to_string().into()),
            "storage" => Some(own("storageType")),
            "secrets" => Some(own("secretType")),
            WORKER_GROUP => Some(self.tenant.worker_group().into()),
            "state" => self
                .admins
                .map(|admins| if admins == 0 { NO_ADMIN } else { ACTIVE }.into()),
            _ => None,
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        TENANT_WORDS
    }
}

/// What stands in the state column of the default tenant.
pub const DEFAULT_STATE: &str = "default";
/// What stands in the name column of the default tenant.
pub const DEFAULT_NAME: &str = "tenant without an id";

/// The default tenant as a row for the filter.
pub struct DefaultRow {
    /// How many Admins it has, if they were counted.
    pub admins: Option<u64>,
}

impl Row for DefaultRow {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "id" => Some(TenantScope::DEFAULT_WORD.into()),
            "name" => Some(DEFAULT_NAME.into()),
            "admins" => self.admins.map(|admins| admins.to_string().into()),
            "storage" | "secrets" => Some(GLOBAL.into()),
            "state" => Some(DEFAULT_STATE.into()),
            WORKER_GROUP => Some("".into()),
            _ => None,
        }
    }

    fn columns(&self) -> &'static [&'static str] {
        TENANT_WORDS
    }
}

/// A tenant to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    /// The tenant itself.
    pub tenant: Tenant,
    /// Username of the existing user who shall hold its Admin role. `None` leaves it to Kestra: the creator, or nobody
    /// where the creator is a superadmin.
    pub admin: Option<String>,
}

/// A tenant as created, with what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTenant {
    /// The tenant as the instance stored it.
    pub tenant: Tenant,
    /// Its Admin role, where it can be read.
    pub admin_role: Option<Role>,
    /// Who holds that role. Empty means nobody can administer the tenant but a superadmin.
    pub admins: Vec<Binding>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_fields_survive_a_round_trip() {
        let wire = json!({"id": "a", "name": "A", "deleted": false, "futureField": {"x": [1, 2]}});
        let tenant: Tenant = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(tenant.to_json(), wire);
        assert_eq!(serde_json::to_value(&tenant).unwrap(), wire);
    }

    #[test]
    fn values_are_set_and_removed_by_path() {
        let mut tenant = Tenant::new("a".parse().unwrap(), "A");
        tenant.set_at("workerGroup.key", Some(json!("gpu")));
        tenant.set_at("workerGroup.fallback", Some(json!("WAIT")));
        assert_eq!(tenant.value_at("workerGroup.key"), Some(&json!("gpu")));
        tenant.set_at("workerGroup.key", None);
        tenant.set_at("secretIsolation.enabled", None);
        assert_eq!(
            tenant.to_json(),
            json!({"id": "a", "name": "A", "workerGroup": {"fallback": "WAIT"}})
        );
        tenant.set_at("workerGroup.fallback", None);
        assert_eq!(tenant.to_json(), json!({"id": "a", "name": "A"}));
    }
}
