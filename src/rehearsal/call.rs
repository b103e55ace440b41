//! One request: where it leads, who makes it, what it carries.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Method;
use serde_json::{Map, Value};

use super::reply::Refusal;
use super::serve::Running;
use crate::backend::local::LocalInstance;
use crate::domain::query::{Filter, Operator, Query, Sort, Term};
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;

/// A request that has been taken apart.
pub struct Call {
    /// The method.
    pub method: Method,
    /// The tenant it is about; `None` is the instance.
    pub scope: Option<TenantScope>,
    /// Names and values of the query, decoded.
    pub parameters: Vec<(String, String)>,
    /// The type of the body, in lower case, without parameters.
    pub content_type: Option<String>,
    /// The body.
    pub body: Bytes,
    /// The instance in the name of whoever is signed in.
    pub instance: LocalInstance,
    /// The server it came to.
    pub running: Arc<Running>,
}

/// What a list reads from a query, and how its columns are called on the wire.
pub struct ListRules {
    /// Names on the wire and columns of ours.
    pub columns: &'static [(&'static str, &'static str)],
    /// The release from which `filters` are read.
    pub filters_since: Release,
}

/// From 2.0 on every list reads `filters`, and none reads `q`.
pub const FILTERS_IN_2_0: Release = Release::new(2, 0);
/// Lists of people read both in 1.3.
pub const FILTERS_IN_1_3: Release = Release::new(1, 3);

impl Call {
    /// The release that is rehearsed.
    pub fn release(&self) -> Release {
        self.instance.release()
    }

    /// Whether the release is `major.minor` or newer.
    pub fn at_least(&self, major: u16, minor: u16) -> bool {
        self.release().at_least(major, minor)
    }

    /// The tenant, on a route that has one.
    pub fn tenant(&self) -> Result<TenantScope, Refusal> {
        self.scope.clone().ok_or(Refusal::NoRoute)
    }

    /// The first value of a parameter that is not empty.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(found, value)| found == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter, those in one text parted by commas.
    pub fn parameter_list(&self, name: &str) -> Vec<String> {
        self.parameters
            .iter()
            .filter(|(found, _)| found == name)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The JSON of the body.
    pub fn json(&self) -> Result<Value, Refusal> {
        if self.body.is_empty() {
            return Err(Refusal::NoBody);
        }
        let is_json = self
            .content_type
            .as_deref()
            .is_none_or(|content_type| content_type == "application/json" || content_type.ends_with("+json"));
        if !is_json {
            return Err(Refusal::UnsupportedType);
        }
        serde_json::from_slice(&self.body).map_err(|error| Refusal::InvalidJson(error.to_string()))
    }

    /// The JSON object of the body.
    pub fn object(&self) -> Result<Fields, Refusal> {
        match self.json()? {
            Value::Object(object) => Ok(Fields(object)),
            _ => Err(Refusal::InvalidShape("an object is expected".to_owned())),
        }
    }

    /// Page and size. A page has ten rows where nothing is said.
    pub fn page(&self) -> Result<(u64, u32), Refusal> {
        let number = |name: &str, otherwise: i64| match self.parameter(name) {
            None => Ok(otherwise),
            Some(text) => text
                .parse::<i64>()
                .map_err(|_| Refusal::Argument(format!("`{name}` is not a number"))),
        };
        let (page, size) = (number("page", 1)?, number("size", 10)?);
        if size < 1 || page < 1 {
            return Err(Refusal::Argument("Unpaged data are not supported".to_owned()));
        }
        if self.at_least(2, 0) && size > i64::from(Query::MAX_SIZE) {
            return Err(Refusal::Argument(format!(
                "size: must be less than or equal to {}",
                Query::MAX_SIZE
            )));
        }
        Ok((page.cast_unsigned(), u32::try_from(size).unwrap_or(u32::MAX)))
    }

    /// What a list is asked for.
    pub fn query(&self, rules: &ListRules) -> Result<Query, Refusal> {
        let (page, size) = self.page()?;
        Ok(Query {
            filter: self.filter(rules)?,
            sort: self.sort(rules.columns)?,
            page,
            size,
        })
    }

    /// The order that is asked for; of several the first counts.
    pub fn sort(&self, columns: &[(&str, &str)]) -> Result<Option<Sort>, Refusal> {
        let Some(text) = self.parameter("sort") else {
            return Ok(None);
        };
        let first = text.split(',').next().unwrap_or(text);
        let Some((name, direction)) = first.split_once(':') else {
            return Err(Refusal::Argument("Invalid sort parameter".to_owned()));
        };
        match columns.iter().find(|(wire, _)| *wire == name) {
            Some((_, column)) => Ok(Some(Sort {
                column: (*column).to_owned(),
                descending: direction != "asc",
            })),
            None => Err(Refusal::Argument(format!(
                "there is nothing to sort by called `{name}`"
            ))),
        }
    }

    /// `q` as it is read up to 1.3, and `filters` from where the list reads them on. What a list does not read is
    /// passed over in silence, as Kestra does.
    fn filter(&self, rules: &ListRules) -> Result<Filter, Refusal> {
        let mut filter = Filter::default();
        if !self.at_least(2, 0)
            && let Some(text) = self.parameter("q")
        {
            filter.terms.push(word(text));
        }
        if self.release() >= rules.filters_since {
            for parsed in self.filters()? {
                filter.terms.extend(parsed.into_terms(rules.columns)?);
            }
        }
        Ok(filter)
    }

    /// The `filters[field][OPERATOR]=value` of a query.
    pub fn filters(&self) -> Result<Vec<WireFilter>, Refusal> {
        let mut filters = Vec::new();
        for (name, value) in &self.parameters {
            let Some(rest) = name.strip_prefix("filters[") else {
                continue;
            };
            let parts: Vec<&str> = rest.split("][").map(|part| part.trim_end_matches(']')).collect();
            let parts = match parts.as_slice() {
                // One level of grouping, of which `and` changes nothing.
                ["and", _, rest @ ..] => rest,
                parts => parts,
            };
            let [field, operator] = parts else {
                return Err(Refusal::Filters(format!("`{name}` is no filter")));
            };
            filters.push(WireFilter {
                field: (*field).to_owned(),
                operator: (*operator).to_owned(),
                value: value.clone(),
            });
        }
        Ok(filters)
    }
}

/// One filter as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireFilter {
    /// The field.
    pub field: String,
    /// The operator, in capitals.
    pub operator: String,
    /// The value; several parted by commas for `IN`.
    pub value: String,
}

impl WireFilter {
    fn into_terms(self, columns: &[(&str, &str)]) -> Result<Vec<Term>, Refusal> {
        let unknown = || {
            Refusal::Filters(format!(
                "field `{}` with operator `{}` is not supported here",
                self.field, self.operator
            ))
        };
        if self.field == "q" {
            return match self.operator.as_str() {
                "EQUALS" => Ok(vec![word(&self.value)]),
                _ => Err(unknown()),
            };
        }
        let Some((_, column)) = columns.iter().find(|(wire, _)| *wire == self.field) else {
            return Err(unknown());
        };
        let (negated, operator) = match self.operator.as_str() {
            "EQUALS" | "IN" => (false, Operator::Equals),
            "NOT_EQUALS" | "NOT_IN" => (true, Operator::Equals),
            "CONTAINS" => (false, Operator::Contains),
            "NOT_CONTAINS" => (true, Operator::Contains),
            _ => return Err(unknown()),
        };
        let values = if self.operator.ends_with("IN") && !self.operator.contains("CONTAIN") {
            self.value.split(',').map(str::to_lowercase).collect()
        } else {
            vec![self.value.to_lowercase()]
        };
        Ok(vec![Term {
            negated,
            column: Some((*column).to_owned()),
            operator,
            values: values.into(),
        }])
    }
}

fn word(text: &str) -> Term {
    Term {
        negated: false,
        column: None,
        operator: Operator::Contains,
        values: vec![text.to_lowercase()].into(),
    }
}

/// The fields of an object that was sent. What nobody asks for is passed over in silence, as Kestra does.
pub struct Fields(pub Map<String, Value>);

impl Fields {
    fn wrong(name: &str, wanted: &str) -> Refusal {
        Refusal::InvalidShape(format!("`{name}` is not {wanted}"))
    }

    /// A text; null is the same as nothing.
    pub fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Self::wrong(name, "a text")),
        }
    }

    /// A text that has to be there.
    pub fn required_text(&self, name: &str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| {
            let message = crate::domain::problem::FieldMessage {
                path: name.to_owned(),
                message: "must not be null".to_owned(),
            };
            Refusal::Fields(format!("{name}: must not be null"), vec![message])
        })
    }

    /// `true` or `false`.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(Self::wrong(name, "a boolean")),
        }
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(values)) => values
                .iter()
                .map(|value| {
                    value
                        .as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| Self::wrong(name, "a list of texts"))
                })
                .collect::<Result<Vec<_>, _>>()
                .map(Some),
            Some(_) => Err(Self::wrong(name, "a list")),
        }
    }

    /// Whether somebody is a superadmin, by any of the names that this had.
    pub fn superadmin(&self) -> Result<Option<bool>, Refusal> {
        for name in ["instanceOwner", "superAdmin", "isSuperAdmin"] {
            if let Some(value) = self.boolean(name)? {
                return Ok(Some(value));
            }
        }
        Ok((self.text("type")?.as_deref() == Some("SUPER_ADMIN")).then_some(true))
    }
}
