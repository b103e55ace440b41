//! What Kestra says in the body of an answer that refuses: a JSON error up to 1.3, a problem of RFC 9457 from 2.0.
//!
//! Both are read by their keys, whatever the release, because pre-releases of 2.0 still speak like 1.3.

use serde_json::Value;

/// What was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorBody {
    /// The sentence, if there is one.
    pub message: Option<String>,
    /// The last part of the problem's type, such as `entity-already-exists`.
    pub slug: Option<String>,
    /// Messages for fields: the path in Kestra's spelling, empty where none is named, and the message.
    pub fields: Vec<(String, String)>,
    /// Whether the body was one of the two forms at all.
    pub is_kestras: bool,
}

impl ErrorBody {
    pub(super) fn parse(body: &[u8]) -> Self {
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let slug = text("type").and_then(|kind| {
            let last = kind.trim_end_matches('/').rsplit('/').next()?.to_owned();
            (!last.is_empty() && last != "about:blank").then_some(last)
        });
        let message = text("detail").or_else(|| text("message")).or_else(|| text("title"));
        let embedded = object.get("_embedded").and_then(|embedded| embedded.get("errors"));
        let errors = match object.get("errors").or(embedded) {
            Some(Value::Array(errors)) => errors.iter().collect(),
            // Micronaut can be set to leave out the list where there is one.
            Some(error @ Value::Object(_)) => vec![error],
            _ => Vec::new(),
        };
        let fields = errors.into_iter().filter_map(field).collect();
        Self {
            is_kestras: message.is_some(),
            message,
            slug,
            fields,
        }
    }

    /// Whether it says that the thing exists already.
    pub(super) fn says_it_exists(&self) -> bool {
        let words = |text: &str| {
            let text = text.to_lowercase();
            [
                "already exist",
                "already in use",
                "already taken",
                "duplicate",
                "must be unique",
            ]
            .iter()
            .any(|words| text.contains(words))
        };
        self.slug.as_deref() == Some("entity-already-exists")
            || self.message.as_deref().is_some_and(words)
            || self.fields.iter().any(|(_, message)| words(message))
    }

    /// Whether any text in it contains `word`, in any case.
    pub(super) fn mentions(&self, word: &str) -> bool {
        let holds = |text: &String| text.to_lowercase().contains(word);
        self.message.as_ref().is_some_and(holds) || self.slug.as_ref().is_some_and(holds)
    }
}

fn field(error: &Value) -> Option<(String, String)> {
    let text = |key: &str| error.get(key).and_then(Value::as_str);
    let message = text("message").or_else(|| text("detail")).or_else(|| text("title"))?;
    let path = match (text("pointer"), text("path").or_else(|| text("field"))) {
        (Some(pointer), _) if pointer.trim_start_matches('#').len() > 1 => from_pointer(pointer),
        (_, Some(path)) => from_method_path(path),
        _ => String::new(),
    };
    Some((path, message.to_owned()))
}

/// `#/quotas/0/limit` is `quotas.0.limit`.
fn from_pointer(pointer: &str) -> String {
    let parts: Vec<String> = pointer
        .trim_start_matches('#')
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    parts.join(".")
}

/// `create.tenant.id` is `id`: Kestra puts the method and its parameter in front.
fn from_method_path(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        [_, _, rest @ ..] if !rest.is_empty() => rest.join("."),
        [_, last] => (*last).to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(body: &Value) -> ErrorBody {
        ErrorBody::parse(body.to_string().as_bytes())
    }

    #[test]
    fn both_forms_say_the_same() {
        let old = parse(&json!({
            "message": "Invalid entity: create.tenant.id: must match \"^[a-z0-9]\"",
            "_links": {"self": [{"href": "/api/v1/tenants", "templated": false}]},
            "_embedded": {"errors": [{"message": "must match", "path": "create.tenant.id"}]}
        }));
        let new = parse(&json!({
            "type": "https://kestra.io/docs/api-reference/problems/validation-failed", "title": "Validation failed",
            "status": 422, "detail": "Not valid.", "instance": "/api/v1/tenants",
            "errors": [{"detail": "must match", "pointer": "#/id", "path": "create.tenant.id"}]
        }));
        let fields = vec![("id".to_owned(), "must match".to_owned())];
        assert_eq!((&old.fields, &new.fields), (&fields, &fields));
        assert_eq!(new.slug.as_deref(), Some("validation-failed"));
        assert_eq!(old.slug, None);
        assert!(old.is_kestras && new.is_kestras);
    }

    #[test]
    fn fields_are_named_as_in_the_object() {
        for (error, path) in [
            (
                json!({"message": "m", "path": "create.tenant.workerGroup.key"}),
                "workerGroup.key",
            ),
            (json!({"message": "m", "path": "searchRoles.size"}), "size"),
            (json!({"message": "m", "path": "id"}), "id"),
            (json!({"message": "m"}), ""),
            (json!({"detail": "m", "pointer": "#/quotas/0/limit"}), "quotas.0.limit"),
            (
                json!({"detail": "m", "pointer": "#", "path": "create.role.name"}),
                "name",
            ),
        ] {
            let single = parse(&json!({"message": "x", "_embedded": {"errors": error}}));
            assert_eq!(single.fields, [(path.to_owned(), "m".to_owned())]);
        }
    }

    #[test]
    fn what_is_no_such_form_says_nothing() {
        for body in ["", "<html>", "[1]", "\"text\"", "{}", "{\"type\": \"about:blank\"}"] {
            assert_eq!(ErrorBody::parse(body.as_bytes()), ErrorBody::default(), "{body}");
        }
    }

    #[test]
    fn what_exists_already_is_recognised_in_any_release() {
        for body in [
            json!({"message": "Invalid entity: tenant with id 'acme' already exists"}),
            json!({"type": "https://kestra.io/problems/entity-already-exists", "title": "Conflict"}),
            json!({"message": "x", "_embedded": {"errors": [{"message": "Duplicate id", "path": "id"}]}}),
        ] {
            assert!(parse(&body).says_it_exists(), "{body}");
        }
        assert!(!parse(&json!({"message": "must match"})).says_it_exists());
    }
}
