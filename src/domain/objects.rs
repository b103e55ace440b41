//! Objects in a text: tenants and other things as JSON or YAML, one or many, in any of the shapes people have them in.
//!
//! Takes apart; nothing is checked against a release here.

use serde_json::{Map, Value};

use super::problem::{FieldMessage, Problem, ProblemKind};
use super::tenant::{NewTenant, Tenant};
use super::tenant_id::TenantId;

/// One entry of a file: its object, and what to call it in a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counted from 1.
    pub number: usize,
    /// Its fields under Kestra's names, `admin` among them.
    pub object: Map<String, Value>,
}

impl Entry {
    /// How a message names it: by its place, and by its id where it has one.
    pub fn label(&self) -> String {
        match self.object.get("id").and_then(Value::as_str) {
            Some(id) => format!("entry {} (`{id}`)", self.number),
            None => format!("entry {}", self.number),
        }
    }

    /// The tenant it asks for, or everything that is wrong with its shape.
    pub fn tenant(&self) -> Result<NewTenant, Vec<FieldMessage>> {
        let mut rest = self.object.clone();
        let mut messages = Vec::new();
        let mut text = |key: &str| match rest.shift_remove(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(other) => {
                messages.push(message(key, format!("write {other} in quotes: it has to be text")));
                None
            }
        };
        let (id, name) = (text("id"), text("name"));
        let admins = (text("admin"), text("adminUsername"));
        let admin = match admins {
            (Some(_), Some(_)) => {
                messages.push(message("admin", "keep one of `admin` and `adminUsername`".to_owned()));
                None
            }
            (admin, username) => admin.or(username),
        };
        if admin.as_ref().is_some_and(|admin| admin.trim().is_empty()) {
            messages.push(message("admin", "the username is empty".to_owned()));
        }
        let id = id.map(|id| id.parse::<TenantId>());
        let id = match id {
            Some(Ok(id)) => Some(id),
            Some(Err(error)) => {
                messages.push(message("id", error.to_string()));
                None
            }
            None => {
                if !messages.iter().any(|message| message.path == "id") {
                    messages.push(message("id", "an id is required".to_owned()));
                }
                None
            }
        };
        match id {
            Some(id) if messages.is_empty() => {
                let name = name.unwrap_or_else(|| id.to_string());
                Ok(NewTenant {
                    tenant: Tenant { id, name, rest },
                    admin,
                })
            }
            _ => Err(messages),
        }
    }
}

fn message(path: &str, message: String) -> FieldMessage {
    FieldMessage {
        path: path.to_owned(),
        message,
    }
}

/// What a file is about, in the words of messages.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// One of them: `a tenant`.
    pub one: &'static str,
    /// Many: `tenants`.
    pub many: &'static str,
    /// The smallest there is: `id: dev`.
    pub example: &'static str,
}

/// Tenants.
pub const TENANTS: About = About {
    one: "a tenant",
    many: "tenants",
    example: "id: dev",
};

/// The objects of a text, which comes from somewhere with a name.
///
/// # Errors
/// If it holds none.
pub fn of_text(text: &str, name: &str, about: About) -> Result<Vec<Entry>, Problem> {
    let (one, many) = (about.one, about.many);
    let refused =
        |why: String, next: String| Problem::new(ProblemKind::Invalid, format!("{name} holds no {many}."), why, next);
    let entries = entries(text, about).map_err(|why| {
        refused(
            why,
            format!(
                "Give JSON or YAML: one {}, a list of them, `{{\"results\": [...]}}`, or one object a line.",
                bare(one)
            ),
        )
    })?;
    if entries.is_empty() {
        return Err(refused(
            "It is empty.".to_owned(),
            format!("Put {one} in it, such as `{}`.", about.example),
        ));
    }
    Ok(entries)
}

/// Without its article.
fn bare(one: &str) -> &str {
    one.strip_prefix("a ").unwrap_or(one)
}

/// The objects of a text, or why it has none.
fn entries(text: &str, about: About) -> Result<Vec<Entry>, String> {
    let documents = match json(text) {
        Ok(documents) => documents,
        Err(json_error) => yaml(text).map_err(|yaml_error| {
            if text.trim_start().starts_with(['{', '[']) {
                format!("It is not JSON: {json_error}.")
            } else {
                format!("It is neither JSON nor YAML: {yaml_error}.")
            }
        })?,
    };
    let mut objects = Vec::new();
    for document in documents {
        match document {
            Value::Null => {}
            Value::Array(items) => objects.extend(items),
            Value::Object(mut object) => match object.shift_remove("results") {
                Some(Value::Array(items)) if !object.contains_key("id") => objects.extend(items),
                Some(other) => {
                    object.insert("results".to_owned(), other);
                    objects.push(Value::Object(object));
                }
                None => objects.push(Value::Object(object)),
            },
            other => return Err(format!("It holds {}, where {} should be.", kind(&other), about.one)),
        }
    }
    objects
        .into_iter()
        .enumerate()
        .map(|(index, value)| match value {
            Value::Object(object) => Ok(Entry {
                number: index + 1,
                object,
            }),
            other => Err(format!("Entry {} is {}, not an object.", index + 1, kind(&other))),
        })
        .collect()
}

/// One JSON document, or several one after another.
fn json(text: &str) -> Result<Vec<Value>, String> {
    serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'))
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

/// One YAML document, or several.
fn yaml(text: &str) -> Result<Vec<Value>, String> {
    // The library's limits are made for configuration files; ours hold a hundred thousand tenants and more. A large file
    // may have more in it than a small one, but none may grow much when its aliases are followed.
    let size = text.len();
    let budget = serde_saphyr::budget! {
        max_events: 100_000 + size,
        max_nodes: 50_000 + size,
        max_documents: 1_000 + size,
        max_total_scalar_bytes: 1024 * 1024 + size,
        max_aliases: 1_000 + size,
        // One anchor that every tenant refers to is good style.
        enforce_alias_anchor_ratio: false,
    };
    let options = serde_saphyr::options! {
        budget: budget,
        with_snippet: false,
    };
    serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(text: &str) -> Vec<String> {
        entries(text, TENANTS)
            .unwrap()
            .iter()
            .map(|entry| entry.object["id"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_shape_people_have_tenants_in_is_read() {
        for (text, expected) in [
            ("{\"id\": \"a\"}", vec!["a"]),
            ("[{\"id\": \"a\"}, {\"id\": \"b\"}]", vec!["a", "b"]),
            ("{\"results\": [{\"id\": \"a\"}], \"total\": 1}", vec!["a"]),
            ("{\"id\": \"a\"}\n{\"id\": \"b\"}\n", vec!["a", "b"]),
            ("\u{feff}{\"id\": \"a\"}", vec!["a"]),
            ("id: a\nname: A\n", vec!["a"]),
            ("- id: a\n- id: b\n", vec!["a", "b"]),
            ("id: a\n---\nid: b\n---\n", vec!["a", "b"]),
            ("results:\n- id: a\ntotal: 1\n", vec!["a"]),
            ("{id: a}", vec!["a"]),
            ("", vec![]),
            ("# nothing\n", vec![]),
        ] {
            assert_eq!(ids(text), expected, "{text}");
        }
    }

    #[test]
    fn what_holds_no_tenants_says_why() {
        for (text, expected) in [
            ("just words", "It holds a text, where a tenant should be."),
            ("[1]", "Entry 1 is a number, not an object."),
            ("- id: a\n- b", "Entry 2 is a text, not an object."),
            (
                "{\"id\": \"a\",",
                "It is not JSON: EOF while parsing a value at line 1 column 11.",
            ),
        ] {
            assert_eq!(entries(text, TENANTS), Err(expected.to_owned()), "{text}");
        }
        assert!(
            entries("id: a\nid: b", TENANTS).unwrap_err().contains("duplicate"),
            "{:?}",
            entries("id: a\nid: b", TENANTS)
        );
    }

    #[test]
    fn many_tenants_in_yaml_are_no_attack_and_a_bomb_is() {
        use std::fmt::Write;

        // More documents, and more nodes, than the library allows by itself.
        let documents: Vec<String> = (0..1500).map(|number| format!("id: t{number}")).collect();
        assert_eq!(entries(&documents.join("\n---\n"), TENANTS).unwrap().len(), 1500);
        let shared: Vec<String> = (0..500)
            .map(|number| format!("- id: t{number}\n  workerGroup: *g"))
            .collect();
        let shared = format!("- id: t\n  workerGroup: &g {{key: gpu}}\n{}", shared.join("\n"));
        assert_eq!(entries(&shared, TENANTS).unwrap().len(), 501);
        let nodes = "a, ".repeat(260_000);
        assert_eq!(entries(&format!("id: t\nmany: [{nodes}]"), TENANTS).unwrap().len(), 1);
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let inner = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(bomb, "a{level}: &a{level} [{inner}]").unwrap();
        }
        assert!(entries(&bomb, TENANTS).is_err());
    }

    #[test]
    fn an_entry_becomes_a_tenant_or_says_all_that_is_wrong() {
        let entry = |value: Value| Entry {
            number: 3,
            object: value.as_object().unwrap().clone(),
        };
        let good = entry(json!({"id": "a", "admin": "anna", "storageType": "s3"}));
        let new = good.tenant().unwrap();
        assert_eq!(
            new.tenant.to_json(),
            json!({"id": "a", "name": "a", "storageType": "s3"})
        );
        assert_eq!(new.admin.as_deref(), Some("anna"));
        assert_eq!(good.label(), "entry 3 (`a`)");
        for (value, expected) in [
            (json!({}), vec!["id: an id is required"]),
            (
                json!({"id": 42, "name": true}),
                vec![
                    "id: write 42 in quotes: it has to be text",
                    "name: write true in quotes: it has to be text",
                ],
            ),
            (json!({"id": "A"}), vec!["id: must start with a-z or 0-9, not `A`"]),
            (
                json!({"id": "a", "admin": "x", "adminUsername": "y"}),
                vec!["admin: keep one of `admin` and `adminUsername`"],
            ),
            (json!({"id": "a", "admin": " "}), vec!["admin: the username is empty"]),
        ] {
            let messages = entry(value).tenant().unwrap_err();
            let shown: Vec<String> = messages.iter().map(|m| format!("{}: {}", m.path, m.message)).collect();
            assert_eq!(shown, expected);
        }
    }
}
