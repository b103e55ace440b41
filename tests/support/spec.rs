//! Kestra's own OpenAPI documents as judges of what goes over the wire.
//!
//! A document is not followed to the letter where it is known to be wrong: [`Spec`] says where, and why. It is held
//! against single exchanges; what differs on purpose is for the caller to say.

use std::path::Path;

use serde_json::Value;

use super::exchange::Exchange;

/// How deep a value may refer to itself before we stop looking.
const DEEPEST: usize = 40;

/// One OpenAPI document.
pub struct Spec {
    document: Value,
    /// Whether its lists of required fields are to be believed. Those of 0.21, 0.23 and 1.0.0 name nearly every field,
    /// which a generator did; servers omit what is null.
    trusts_required: bool,
}

/// An operation of a document.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    /// `GET`, `POST`, ...
    pub method: &'a str,
    /// The path with its parameters in braces.
    pub template: &'a str,
    definition: &'a Value,
}

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Request,
    Answer,
}

impl Spec {
    /// The document of a file beside the checkout, or `None`, said in words, where there is none.
    pub fn load(file: &str) -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/spec").join(file);
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("skipped: {file} is not beside the checkout to compare with");
            return None;
        };
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let trusts_required = !["0.21", "0.23", "1.0.0"].iter().any(|release| file.contains(release));
        Some(Self {
            document,
            trusts_required,
        })
    }

    /// Every operation there is.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let mut operations = Vec::new();
        for (template, methods) in self.document["paths"].as_object().unwrap() {
            for (method, definition) in methods.as_object().unwrap() {
                if let Some(method) = ["GET", "POST", "PUT", "PATCH", "DELETE"]
                    .into_iter()
                    .find(|known| known.eq_ignore_ascii_case(method))
                {
                    operations.push(Operation {
                        method,
                        template,
                        definition,
                    });
                }
            }
        }
        operations
    }

    /// The operation that an exchange is of; where several fit, the one with the earliest literal segments.
    pub fn operation(&self, exchange: &Exchange) -> Option<Operation<'_>> {
        let segments = exchange.segments();
        let fits = |operation: &Operation<'_>| {
            let parts: Vec<&str> = operation.template.split('/').filter(|part| !part.is_empty()).collect();
            operation.method == exchange.method
                && parts.len() == segments.len()
                && parts
                    .iter()
                    .zip(&segments)
                    .all(|(part, segment)| part.starts_with('{') || part == segment)
        };
        self.operations().into_iter().filter(fits).min_by_key(|operation| {
            let places: Vec<bool> = operation
                .template
                .split('/')
                .map(|part| part.starts_with('{'))
                .collect();
            places
        })
    }

    /// What of an exchange the document does not allow, each as one line that starts with the operation.
    ///
    /// Refusals, statuses from 400 on, are in no document; their bodies are not looked at here.
    pub fn findings(&self, exchange: &Exchange) -> Vec<String> {
        let Some(operation) = self.operation(exchange) else {
            return vec![format!("{} {}: no such operation", exchange.method, exchange.path)];
        };
        let name = format!("{} {}", operation.method, operation.template);
        let mut findings = Vec::new();
        self.check_query(operation, exchange, &mut findings);
        // What a server refuses may be wrong on purpose.
        if exchange.status < 400 {
            self.check_request_body(operation, exchange, &mut findings);
            self.check_answer(operation, exchange, &mut findings);
        }
        findings.iter().map(|finding| format!("{name}: {finding}")).collect()
    }

    fn check_query(&self, operation: Operation<'_>, exchange: &Exchange, findings: &mut Vec<String>) {
        let parameters: Vec<&Value> = operation.definition["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| self.resolved(parameter))
            .filter(|parameter| parameter["in"] == "query")
            .collect();
        for (name, value) in &exchange.query {
            let bare = name.split('[').next().unwrap();
            let Some(parameter) = parameters.iter().find(|parameter| parameter["name"] == bare) else {
                findings.push(format!("query parameter `{bare}` is not declared"));
                continue;
            };
            let schema = self.resolved(&parameter["schema"]);
            let at = format!("query `{bare}`");
            match schema["type"].as_str() {
                Some("integer") => match value.parse::<i64>() {
                    Ok(number) => self.check(schema, &Value::from(number), &at, Way::Request, findings, 0),
                    Err(_) => findings.push(format!("{at} is `{value}`, not an integer")),
                },
                Some("boolean") if !["true", "false"].contains(&value.as_str()) => {
                    findings.push(format!("{at} is `{value}`, not a boolean"));
                }
                Some("string") => {
                    self.check(schema, &Value::from(value.as_str()), &at, Way::Request, findings, 0);
                }
                // `filters[field][OPERATOR]=value` is written as the documentation says, which no schema describes; its
                // fields and operators are enumerated in 2.0.
                Some("array") if bare == "filters" => self.check_filter(name, findings),
                _ => {}
            }
        }
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap();
            // Declared as required by the same generator that no client obeys.
            let is_required =
                parameter["required"] == true && name != "filters" && parameter["schema"]["default"].is_null();
            if is_required && !exchange.query.iter().any(|(sent, _)| sent == name) {
                findings.push(format!("query parameter `{name}` is missing"));
            }
        }
    }

    fn check_filter(&self, name: &str, findings: &mut Vec<String>) {
        let parts: Vec<&str> = name.split('[').skip(1).map(|part| part.trim_end_matches(']')).collect();
        let [field, operator] = parts.as_slice() else {
            findings.push(format!("`{name}` is no filter"));
            return;
        };
        let schemas = &self.document["components"]["schemas"];
        let has = |schema: &str, value: &str| {
            schemas[schema]["enum"]
                .as_array()
                .is_none_or(|known| known.iter().any(|known| known == value))
        };
        if !has("QueryFilter.Op", operator) {
            findings.push(format!("filter operator `{operator}` is not known"));
        }
        // Before 2.0 the enumeration lists the names that Java has for the fields, not those on the wire.
        let names_are_those_on_the_wire = schemas["QueryFilter.Field"]["enum"]
            .as_array()
            .is_some_and(|known| known.iter().any(|known| known == "q"));
        if names_are_those_on_the_wire && !has("QueryFilter.Field", field) {
            findings.push(format!("filter field `{field}` is not known"));
        }
    }

    fn check_request_body(&self, operation: Operation<'_>, exchange: &Exchange, findings: &mut Vec<String>) {
        let body = self.resolved(&operation.definition["requestBody"]);
        if body.is_null() {
            if !exchange.request.is_empty() {
                findings.push("a body is sent, and none is declared".to_owned());
            }
            return;
        }
        let sent_type = exchange
            .headers
            .iter()
            .find(|(name, _)| name == "content-type")
            .map(|(_, value)| value.split(';').next().unwrap().trim().to_owned());
        let content = body["content"].as_object().unwrap();
        if exchange.request.is_empty() {
            if body["required"] == true {
                findings.push("a body is missing".to_owned());
            }
            return;
        }
        let Some(media) = sent_type.as_ref().and_then(|sent| content.get(sent)) else {
            findings.push(format!("a body of type {sent_type:?} is not declared"));
            return;
        };
        if sent_type.as_deref() != Some("application/json") {
            return;
        }
        match serde_json::from_slice::<Value>(&exchange.request) {
            Ok(value) => self.check(&media["schema"], &value, "body", Way::Request, findings, 0),
            Err(_) => findings.push("the body is not JSON".to_owned()),
        }
    }

    fn check_answer(&self, operation: Operation<'_>, exchange: &Exchange, findings: &mut Vec<String>) {
        let responses = operation.definition["responses"].as_object().unwrap();
        let Some(response) = responses.get(&exchange.status.to_string()) else {
            let declared: Vec<&String> = responses.keys().collect();
            findings.push(format!("status {} is not declared, {declared:?} are", exchange.status));
            return;
        };
        let media = self
            .resolved(response)
            .get("content")
            .and_then(|content| content.get("application/json").or_else(|| content.get("*/*")));
        let Some(media) = media else {
            return;
        };
        // An empty body stands for an answer whose schema says nothing.
        let schema = self.resolved(&media["schema"]);
        if exchange.answer.is_empty() && schema.get("properties").is_none() && schema.get("allOf").is_none() {
            return;
        }
        match exchange.answer_json() {
            Some(value) => self.check(schema, &value, "answer", Way::Answer, findings, 0),
            None => findings.push("the answer is not JSON".to_owned()),
        }
    }

    /// A schema without its reference.
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.resolved(self.document.pointer(reference.trim_start_matches('#')).unwrap()),
            None => schema,
        }
    }

    /// Names of every property of an object schema, those of its parts included.
    fn properties<'a>(&'a self, schema: &'a Value, into: &mut Vec<(&'a str, &'a Value)>) {
        let schema = self.resolved(schema);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            into.push((name, property));
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.properties(part, into);
        }
    }

    fn required<'a>(&'a self, schema: &'a Value, into: &mut Vec<&'a str>) {
        let schema = self.resolved(schema);
        into.extend(
            schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str),
        );
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.required(part, into);
        }
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, way: Way, findings: &mut Vec<String>, depth: usize) {
        let schema = self.resolved(schema);
        if depth > DEEPEST {
            return;
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let mut least: Option<Vec<String>> = None;
            for choice in choices {
                let mut own = Vec::new();
                self.check(choice, value, at, way, &mut own, depth + 1);
                if least.as_ref().is_none_or(|least| own.len() < least.len()) {
                    least = Some(own);
                }
            }
            findings.extend(least.unwrap_or_default());
            return;
        }
        if value.is_null() {
            // Kestra never sends a null, and reads one as an absence.
            if way == Way::Answer {
                findings.push(format!("{at} is null"));
            }
            return;
        }
        if let Some(known) = schema["enum"].as_array()
            && !known.contains(value)
        {
            findings.push(format!("{at} is {value}, which is not enumerated"));
        }
        Self::check_type(schema, value, at, findings);
        if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
            for value in values {
                self.check(items, value, &format!("{at}[]"), way, findings, depth + 1);
            }
        }
        if let Some(object) = value.as_object() {
            self.check_object(schema, object, at, way, findings, depth);
        }
    }

    fn check_type(schema: &Value, value: &Value, at: &str, findings: &mut Vec<String>) {
        let Some(wanted) = schema["type"].as_str() else {
            return;
        };
        let fits = match wanted {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            // A map of free values is declared as a map of objects; see `check_object`.
            "object" => value.is_object(),
            _ => true,
        };
        if !fits {
            findings.push(format!("{at} is {value}, not of type {wanted}"));
            return;
        }
        if let (Some(least), Some(number)) = (schema["minimum"].as_i64(), value.as_i64())
            && number < least
        {
            findings.push(format!("{at} is {number}, less than {least}"));
        }
        if let (Some(least), Some(text)) = (schema["minLength"].as_u64(), value.as_str())
            && (text.chars().count() as u64) < least
        {
            findings.push(format!("{at} is shorter than {least}"));
        }
        if schema["format"] == "date-time"
            && let Some(text) = value.as_str()
            && text.parse::<jiff::Timestamp>().is_err()
        {
            findings.push(format!("{at} is `{text}`, not a date and time"));
        }
    }

    fn check_object(
        &self,
        schema: &Value,
        object: &serde_json::Map<String, Value>,
        at: &str,
        way: Way,
        findings: &mut Vec<String>,
        depth: usize,
    ) {
        let (mut properties, mut required) = (Vec::new(), Vec::new());
        self.properties(schema, &mut properties);
        self.required(schema, &mut required);
        for (name, value) in object {
            let here = format!("{at}.{name}");
            // The last is the narrowest: parts come after what they extend.
            match properties.iter().rev().find(|(known, _)| known == name) {
                Some((_, property)) => {
                    if is_permission_list(name, property) {
                        self.check_actions(value, &here, findings);
                    } else {
                        self.check(property, value, &here, way, findings, depth + 1);
                    }
                }
                None if schema.get("additionalProperties").is_some() || properties.is_empty() => {
                    // `Map<String, Object>` became a map of objects; any value is meant.
                    let values = self.resolved(&schema["additionalProperties"]);
                    if values["type"] != "object" || values.get("properties").is_some() {
                        self.check(values, value, &format!("{at}.*"), way, findings, depth + 1);
                    }
                }
                None => findings.push(format!("{here} is not declared")),
            }
        }
        if self.trusts_required {
            for name in required {
                if !object.contains_key(name) {
                    findings.push(format!("{at}.{name} is missing"));
                }
            }
        }
    }

    /// Lists of actions are declared without what is in them; the enumeration is elsewhere in the document.
    fn check_actions(&self, value: &Value, at: &str, findings: &mut Vec<String>) {
        let known = self.document["components"]["schemas"]["Action"]["enum"]
            .as_array()
            .unwrap();
        match value.as_array() {
            Some(actions) => findings.extend(
                actions
                    .iter()
                    .filter(|action| !known.contains(action))
                    .map(|action| format!("{at} holds {action}, which is no action")),
            ),
            None => findings.push(format!("{at} is not a list")),
        }
    }
}

/// Whether a property is the list of actions on a resource: named in capitals, with nothing said about what is in it.
/// The document of 0.21 refers to a schema that it does not have.
fn is_permission_list(name: &str, property: &Value) -> bool {
    let says_nothing =
        property["type"] == "array" && property["items"].as_object().is_some_and(serde_json::Map::is_empty);
    let refers_to_nothing = property["$ref"] == "#/components/schemas/List_Action_";
    (says_nothing || refers_to_nothing) && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}
