//! The fields of a tenant beyond id and name, as each release has them.
//!
//! One table gives the form its inputs, the command line its `--set`, both their validation, and export its blocks.
//! Source: Kestra EE OpenAPI documents 0.21 to 2.0, and the documentation of tenants where a field is older.

use serde_json::{Map, Value};

use super::problem::FieldMessage;
use super::release::Release;
use super::tenant::Tenant;

/// What kind of value a field takes, and so how it is edited and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// One line of text that is never shown.
    Secret,
    /// A worker group key: letters, digits, `_` and `-`.
    WorkerGroupKey,
    /// `true` or `false`.
    Boolean,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// Any of a few words.
    Choices(&'static [&'static str]),
    /// Several words, at most so many.
    Tags(usize),
    /// A whole number of at least 1.
    Count,
    /// An object of free keys, edited as one `key: value` a line.
    Map,
    /// A list of quotas, edited as `DURATION LIMIT BEHAVIOR` a line.
    Quotas,
    /// A colour as CSS writes it.
    Color,
}

/// One field of a tenant.
#[derive(Debug)]
pub struct TenantField {
    /// Path in Kestra's own spelling, such as `workerGroup.key`.
    pub path: &'static str,
    /// Label for people.
    pub label: &'static str,
    /// The group it is shown in.
    pub section: &'static str,
    /// What it takes.
    pub kind: FieldKind,
    /// The first release that has it.
    pub since: Release,
    /// The last release that has it, if it went away.
    pub until: Option<Release>,
    /// One sentence on what it does.
    pub doc: &'static str,
}

const SERVICES_TO_1_3: &[&str] = &["EXECUTOR", "INDEXER", "SCHEDULER", "WEBSERVER", "WORKER"];
const SERVICES_FROM_2_0: &[&str] = &["CONTROLLER", "EXECUTOR", "INDEXER", "SCHEDULER", "WEBSERVER", "WORKER"];
const WORKER_FALLBACK: &[&str] = &["FAIL", "WAIT", "CANCEL"];
const SELECTOR_FALLBACK: &[&str] = &["FAIL", "WAIT", "CANCEL", "IGNORE"];

const fn field(
    section: &'static str,
    path: &'static str,
    label: &'static str,
    kind: FieldKind,
    since: (u16, u16),
    until: Option<Release>,
    doc: &'static str,
) -> TenantField {
    TenantField {
        path,
        label,
        section,
        kind,
        since: Release::new(since.0, since.1),
        until,
        doc,
    }
}

/// Every field that any release has, in the order forms show them.
#[rustfmt::skip] // a table reads as rows
pub static FIELDS: &[TenantField] = &{
    const TO_1_3: Option<Release> = Some(Release::new(1, 3));
    [
        field("Type", "type", "Tenant type", FieldKind::Choice(&["DEFAULT", "INFRASTRUCTURE"]), (2, 0), None, "INFRASTRUCTURE is seeded with example content."),
        field("Workers", "workerGroup.key", "Worker group", FieldKind::WorkerGroupKey, (0, 18), TO_1_3, "The worker group that runs this tenant's tasks unless a flow names another."),
        field("Workers", "workerGroup.fallback", "If no worker", FieldKind::Choice(WORKER_FALLBACK), (0, 18), TO_1_3, "What happens to a task when the worker group has no worker."),
        field("Workers", "defaultWorkerSelector.tags", "Worker tags", FieldKind::Tags(20), (2, 0), None, "Tags a worker needs to run this tenant's tasks."),
        field("Workers", "defaultWorkerSelector.match", "Tags match", FieldKind::Choice(&["ALL", "ANY"]), (2, 0), None, "Whether a worker needs all the tags or any of them."),
        field("Workers", "defaultWorkerSelector.fallback", "If no worker", FieldKind::Choice(SELECTOR_FALLBACK), (2, 0), None, "What happens to a task when no worker matches."),
        field("Storage", "storageType", "Storage type", FieldKind::Text, (0, 20), None, "Plugin id of a dedicated internal storage, such as s3 or gcs."),
        field("Storage", "storageConfiguration", "Storage settings", FieldKind::Map, (0, 20), None, "Settings of that storage; keys in camelCase, such as projectId."),
        field("Storage", "storageIsolation.enabled", "Isolate storage", FieldKind::Boolean, (0, 23), None, "Whether services can be denied this tenant's storage."),
        field("Storage", "storageIsolation.deniedServices", "Storage denied to", FieldKind::Choices(SERVICES_TO_1_3), (0, 23), TO_1_3, "Services that may not reach this tenant's storage."),
        field("Storage", "storageIsolation.deniedServices", "Storage denied to", FieldKind::Choices(SERVICES_FROM_2_0), (2, 0), None, "Services that may not reach this tenant's storage."),
        field("Secrets", "secretType", "Secrets type", FieldKind::Text, (0, 20), None, "Plugin id of a dedicated secret manager, such as vault."),
        field("Secrets", "secretConfiguration", "Secrets settings", FieldKind::Map, (0, 20), None, "Settings of that secret manager; keys in camelCase."),
        field("Secrets", "secretReadOnly", "Secrets read-only", FieldKind::Boolean, (0, 23), None, "Whether Kestra may only read from the secret manager."),
        field("Secrets", "secretIsolation.enabled", "Isolate secrets", FieldKind::Boolean, (0, 23), None, "Whether services can be denied this tenant's secrets."),
        field("Secrets", "secretIsolation.deniedServices", "Secrets denied to", FieldKind::Choices(SERVICES_TO_1_3), (0, 23), TO_1_3, "Services that may not reach this tenant's secrets."),
        field("Secrets", "secretIsolation.deniedServices", "Secrets denied to", FieldKind::Choices(SERVICES_FROM_2_0), (2, 0), None, "Services that may not reach this tenant's secrets."),
        field("Secrets", "workerSecretManagerMode", "Secrets reach workers", FieldKind::Choice(&["DIRECT", "CONTROLLER", "CONTROLLER_ONLY"]), (2, 0), None, "How workers get at secrets."),
        field("Rules", "requireExistingNamespace", "Existing namespaces only", FieldKind::Boolean, (0, 23), None, "Whether flows may be created only in namespaces that exist."),
        field("Rules", "outputsInInternalStorage", "Outputs in storage", FieldKind::Boolean, (0, 23), None, "Whether task outputs go to the internal storage instead of the database."),
        field("Rules", "concurrency.limit", "Concurrent executions", FieldKind::Count, (2, 0), None, "How many executions of this tenant may run at once."),
        field("Rules", "concurrency.behavior", "If over the limit", FieldKind::Choice(&["QUEUE", "CANCEL", "FAIL"]), (2, 0), None, "What happens to an execution over the limit."),
        field("Rules", "quotas", "Quotas", FieldKind::Quotas, (2, 0), None, "How many executions may start in a duration, one quota a line: PT1H 500 FAIL."),
        field("Apps catalog", "appCatalogConfig.title", "Catalog title", FieldKind::Text, (1, 1), None, "Title of the apps catalog."),
        field("Apps catalog", "appCatalogConfig.titleColor", "Title color", FieldKind::Color, (1, 1), None, "Color of the title, such as #ffffff."),
        field("Apps catalog", "appCatalogConfig.primaryColor", "Primary color", FieldKind::Color, (1, 1), None, "Primary color, such as #8405ff."),
        field("Apps catalog", "appCatalogConfig.backgroundColor", "Background color", FieldKind::Color, (2, 0), None, "Color of the background."),
        field("Apps catalog", "appCatalogConfig.tileColor", "Tile color", FieldKind::Color, (2, 0), None, "Color of the tiles."),
        field("Apps catalog", "appCatalogConfig.buttonTextColor", "Button text color", FieldKind::Color, (2, 0), None, "Color of the text on buttons."),
        field("Dashboards", "settings.dashboard.defaultHomeDashboard", "Home dashboard", FieldKind::Text, (2, 0), None, "Id of the dashboard on the home page."),
        field("Dashboards", "settings.dashboard.defaultFlowOverviewDashboard", "Flow dashboard", FieldKind::Text, (2, 0), None, "Id of the dashboard of flows."),
        field("Dashboards", "settings.dashboard.defaultNamespaceOverviewDashboard", "Namespace dashboard", FieldKind::Text, (2, 0), None, "Id of the dashboard of namespaces."),
        field("SDK credentials", "sdkDefaultAuthentication.apiToken", "SDK API token", FieldKind::Secret, (1, 3), None, "Token that SDK plugins use by default; instead of username and password."),
        field("SDK credentials", "sdkDefaultAuthentication.username", "SDK username", FieldKind::Text, (1, 3), None, "Username that SDK plugins use by default."),
        field("SDK credentials", "sdkDefaultAuthentication.password", "SDK password", FieldKind::Secret, (1, 3), None, "Password to that username."),
    ]
};

/// The fields that tenants of `release` have, in the order forms show them.
pub fn fields(release: Release) -> impl Iterator<Item = &'static TenantField> {
    FIELDS.iter().filter(move |field| field.exists_in(release))
}

/// The field at `path` in `release`.
pub fn find(release: Release, path: &str) -> Option<&'static TenantField> {
    fields(release).find(|field| field.path == path)
}

impl TenantField {
    /// Whether tenants of `release` have this field.
    pub fn exists_in(&self, release: Release) -> bool {
        release >= self.since && self.until.is_none_or(|until| release <= until)
    }

    /// Whether the value must never be shown.
    pub fn is_secret(&self) -> bool {
        self.kind == FieldKind::Secret
    }

    /// Whether the value is edited over several lines.
    pub fn is_multi_line(&self) -> bool {
        matches!(self.kind, FieldKind::Map | FieldKind::Quotas)
    }

    /// Turns what was typed into Kestra's value. Nothing typed is `None`: the field is left unset.
    ///
    /// # Errors
    /// What is wrong with the text and what would be right, in one sentence.
    pub fn parse(&self, text: &str) -> Result<Option<Value>, String> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        let value = match self.kind {
            FieldKind::Text | FieldKind::Secret => Value::from(trimmed),
            FieldKind::WorkerGroupKey => parse_worker_group_key(trimmed)?,
            FieldKind::Boolean => match trimmed {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                other => return Err(format!("`{other}` is neither true nor false")),
            },
            FieldKind::Choice(words) => Value::from(one_of(words, trimmed)?),
            FieldKind::Choices(words) => words_in(trimmed)
                .map(|word| one_of(words, word).map(Value::from))
                .collect::<Result<_, _>>()?,
            FieldKind::Tags(most) => parse_tags(trimmed, most)?,
            FieldKind::Count => match trimmed.parse::<u32>() {
                Ok(number @ 1..) if i32::try_from(number).is_ok() => Value::from(number),
                _ => return Err(format!("`{trimmed}` is not a whole number of at least 1")),
            },
            FieldKind::Map => parse_map(text)?,
            FieldKind::Quotas => parse_quotas(text)?,
            FieldKind::Color => parse_color(trimmed)?,
        };
        Ok(Some(value))
    }

    /// The text that [`parse`](Self::parse) turns back into `value`. Secrets too: the caller masks.
    pub fn print(&self, value: &Value) -> String {
        match (self.kind, value) {
            (_, Value::Null) => String::new(),
            (FieldKind::Choices(_) | FieldKind::Tags(_), Value::Array(items)) => {
                items.iter().map(plain).collect::<Vec<_>>().join(" ")
            }
            (FieldKind::Map, Value::Object(map)) => map
                .iter()
                .map(|(key, value)| format!("{key}: {}", map_value(value)))
                .collect::<Vec<_>>()
                .join("\n"),
            (FieldKind::Quotas, Value::Array(quotas)) => quotas
                .iter()
                .map(|quota| {
                    ["duration", "limit", "behavior"]
                        .map(|key| quota.get(key).map_or_else(String::new, plain))
                        .join(" ")
                })
                .collect::<Vec<_>>()
                .join("\n"),
            (_, value) => plain(value),
        }
    }
}

/// Checks a whole tenant against the fields its release has.
///
/// Unknown fields are reported because servers drop them silently, with status 200.
pub fn validate(tenant: &Tenant, release: Release) -> Vec<FieldMessage> {
    let mut messages = Vec::new();
    if tenant.name.trim().is_empty() {
        messages.push(FieldMessage {
            path: "name".to_owned(),
            message: "a name is required".to_owned(),
        });
    }
    for path in paths(&tenant.rest) {
        if path == "deleted" || path == "logo" {
            continue;
        }
        let message = match find(release, &path) {
            Some(field) => match tenant.value_at(&path) {
                Some(value) => field.parse(&field.print(value)).and_then(|parsed| match parsed {
                    Some(parsed) if &parsed != value && !same_shape(&parsed, value) => {
                        Err(format!("is not what this field takes: {}", field.doc))
                    }
                    _ => Ok(()),
                }),
                None => Ok(()),
            },
            None => match FIELDS.iter().find(|field| field.path == path) {
                Some(field) if release < field.since => Err(format!(
                    "exists from Kestra {} on; {release} would drop it silently",
                    field.since
                )),
                Some(_) => Err(format!("is gone from Kestra {release}, which would drop it silently")),
                None => Err("is no field of a tenant".to_owned()),
            },
        };
        if let Err(message) = message {
            messages.push(FieldMessage { path, message });
        }
    }
    messages
}

/// An empty list or object stands for an unset field.
fn same_shape(parsed: &Value, value: &Value) -> bool {
    match (parsed, value) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// The paths of all leaves, where a leaf is what one field of the table takes.
fn paths(object: &Map<String, Value>) -> Vec<String> {
    fn walk(prefix: &str, object: &Map<String, Value>, found: &mut Vec<String>) {
        for (key, value) in object {
            let path = if prefix.is_empty() {
                key.clone()
            } else {
                format!("{prefix}.{key}")
            };
            let is_group = FIELDS
                .iter()
                .any(|field| field.path.strip_prefix(&path).is_some_and(|rest| rest.starts_with('.')));
            match value {
                Value::Object(inner) if is_group => walk(&path, inner, found),
                Value::Null => {}
                _ => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    walk("", object, &mut found);
    found
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value in a map: text as it is, unless there is none, or it would be read back as something else, or has several lines.
pub(super) fn map_value(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && !text.contains('\n') && parse_map_value(text.trim()) == *value => {
            text.clone()
        }
        other => other.to_string(),
    }
}

/// A value in a map as it was typed: JSON, or text that is none.
pub fn parse_map_value(text: &str) -> Value {
    match serde_json::from_slice::<Value>(text.as_bytes()) {
        Ok(value) => value,
        Err(_) => Value::from(text),
    }
}

fn words_in(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\t', '\n']).filter(|word| !word.is_empty())
}

fn one_of(words: &'static [&'static str], text: &str) -> Result<&'static str, String> {
    words
        .iter()
        .copied()
        .find(|word| word.eq_ignore_ascii_case(text))
        .ok_or_else(|| format!("`{text}` is none of {}", words.join(", ")))
}

fn parse_worker_group_key(text: &str) -> Result<Value, String> {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let goes_on_well = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if starts_well && goes_on_well {
        Ok(Value::from(text))
    } else {
        Err("must start with a letter or digit and have only letters, digits, _ and -".to_owned())
    }
}

fn parse_tags(text: &str, most: usize) -> Result<Value, String> {
    let tags: Vec<&str> = words_in(text).collect();
    if tags.len() > most {
        return Err(format!("{} tags; at most {most} are allowed", tags.len()));
    }
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    for tag in &tags {
        let well_formed =
            tag.len() <= 63 && tag.starts_with(edge) && tag.ends_with(edge) && tag.chars().all(|c| edge(c) || c == '-');
        if !well_formed {
            return Err(format!(
                "`{tag}` is not a tag: a-z, 0-9 and -, at most 63, a letter or digit at both ends"
            ));
        }
    }
    Ok(Value::from(tags))
}

fn parse_map(text: &str) -> Result<Value, String> {
    let mut map = Map::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (key, value) = line
            .split_once(':')
            .ok_or_else(|| format!("line {}: write `key: value`", number + 1))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(format!("line {}: there is no key before the colon", number + 1));
        }
        // An object as JSON or YAML may have it on one line is none of lines.
        if key.starts_with(['{', '[', '"']) {
            return Err(format!("line {}: `{key}` is no key; write `key: value`", number + 1));
        }
        if map.insert(key.to_owned(), parse_map_value(value.trim())).is_some() {
            return Err(format!("line {}: `{key}` is given twice", number + 1));
        }
    }
    Ok(Value::Object(map))
}

fn parse_quotas(text: &str) -> Result<Value, String> {
    let mut quotas = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index + 1;
        let words: Vec<&str> = words_in(line).collect();
        let [duration, limit, behavior] = words.as_slice() else {
            return Err(format!(
                "line {number}: write `DURATION LIMIT BEHAVIOR`, such as PT1H 500 FAIL"
            ));
        };
        if !is_iso_duration(duration) {
            return Err(format!(
                "line {number}: `{duration}` is not an ISO 8601 duration such as PT1H or P1D"
            ));
        }
        let limit: u32 = limit
            .parse()
            .ok()
            .filter(|limit| *limit > 0)
            .ok_or_else(|| format!("line {number}: `{limit}` is not a whole number of at least 1"))?;
        let behavior = one_of(&["FAIL", "CANCEL"], behavior).map_err(|error| format!("line {number}: {error}"))?;
        quotas.push(serde_json::json!({"duration": duration, "limit": limit, "behavior": behavior}));
    }
    Ok(Value::Array(quotas))
}

/// Whether `text` is a positive ISO 8601 duration as Java's `Duration` reads it: `P[nD][T[nH][nM][nS]]`.
fn is_iso_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    let (days, time) = rest
        .split_once('T')
        .map_or((rest, None), |(days, time)| (days, Some(time)));
    let parts = |text: &str, units: &str| -> Option<usize> {
        let mut units = units.chars();
        let mut count = 0;
        let mut digits = 0;
        for character in text.chars() {
            if character.is_ascii_digit() || (character == '.' && digits > 0) {
                digits += 1;
            } else if digits > 0 && units.any(|unit| unit == character) {
                count += 1;
                digits = 0;
            } else {
                return None;
            }
        }
        (digits == 0).then_some(count)
    };
    match (parts(days, "D"), time.map(|time| parts(time, "HMS"))) {
        (Some(days), None) => days > 0,
        (Some(_), Some(Some(time))) => time > 0,
        _ => false,
    }
}

fn parse_color(text: &str) -> Result<Value, String> {
    let hex = text.strip_prefix('#').unwrap_or_default();
    if matches!(hex.len(), 3 | 4 | 6 | 8) && hex.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(Value::from(text))
    } else {
        Err(format!("`{text}` is not a color such as #8405ff"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(release: &str, path: &str) -> &'static TenantField {
        find(release.parse().unwrap(), path).unwrap()
    }

    #[test]
    fn each_release_has_its_fields_once() {
        for release in Release::KNOWN {
            let mut seen: Vec<&str> = fields(release).map(|field| field.path).collect();
            let count = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), count, "{release} has a field twice");
        }
        assert_eq!(fields(Release::new(0, 13)).count(), 0);
        assert!(find(Release::new(1, 3), "workerGroup.key").is_some());
        assert!(find(Release::new(2, 0), "workerGroup.key").is_none());
        assert!(find(Release::new(2, 0), "quotas").is_some());
    }

    #[test]
    fn what_is_typed_becomes_kestras_value_and_back() {
        for (release, path, text, value) in [
            ("0.21", "workerGroup.key", "gpu-1", json!("gpu-1")),
            ("0.21", "workerGroup.fallback", "wait", json!("WAIT")),
            (
                "0.21",
                "storageConfiguration",
                "bucket: b\nport: 9000\nsecure: true\nid: \"42\"",
                json!({"bucket": "b", "port": 9000, "secure": true, "id": "42"}),
            ),
            (
                "0.21",
                "secretConfiguration",
                "key: \"-----BEGIN\\nx\\n\"\nblank: \" x\"",
                json!({"key": "-----BEGIN\nx\n", "blank": " x"}),
            ),
            ("0.23", "secretReadOnly", "true", json!(true)),
            (
                "0.23",
                "storageIsolation.deniedServices",
                "WORKER,executor",
                json!(["WORKER", "EXECUTOR"]),
            ),
            ("2.0", "defaultWorkerSelector.tags", "gpu eu-1", json!(["gpu", "eu-1"])),
            ("2.0", "concurrency.limit", "20", json!(20)),
            (
                "2.0",
                "quotas",
                "PT1H 500 FAIL\nP1D 5000 cancel",
                json!([{"duration": "PT1H", "limit": 500, "behavior": "FAIL"}, {"duration": "P1D", "limit": 5000, "behavior": "CANCEL"}]),
            ),
            ("1.1", "appCatalogConfig.titleColor", "#8405ff", json!("#8405ff")),
        ] {
            let field = at(release, path);
            assert_eq!(field.parse(text), Ok(Some(value.clone())), "{path}");
            assert_eq!(field.parse(&field.print(&value)), Ok(Some(value)), "{path} printed");
            assert_eq!(field.parse("  "), Ok(None));
        }
    }

    #[test]
    fn wrong_values_say_what_would_be_right() {
        for (release, path, text, message) in [
            (
                "0.21",
                "workerGroup.key",
                "-x",
                "must start with a letter or digit and have only letters, digits, _ and -",
            ),
            ("0.21", "workerGroup.fallback", "x", "`x` is none of FAIL, WAIT, CANCEL"),
            ("0.21", "storageConfiguration", "a: 1\nb", "line 2: write `key: value`"),
            (
                "0.21",
                "storageConfiguration",
                "a: 1\na: 2",
                "line 2: `a` is given twice",
            ),
            (
                "0.21",
                "storageConfiguration",
                "{a: 1, b: 2}",
                "line 1: `{a` is no key; write `key: value`",
            ),
            ("0.23", "secretReadOnly", "yes", "`yes` is neither true nor false"),
            (
                "2.0",
                "concurrency.limit",
                "0",
                "`0` is not a whole number of at least 1",
            ),
            (
                "2.0",
                "quotas",
                "1h 5 FAIL",
                "line 1: `1h` is not an ISO 8601 duration such as PT1H or P1D",
            ),
            (
                "2.0",
                "quotas",
                "PT1H 5",
                "line 1: write `DURATION LIMIT BEHAVIOR`, such as PT1H 500 FAIL",
            ),
            (
                "1.1",
                "appCatalogConfig.titleColor",
                "red",
                "`red` is not a color such as #8405ff",
            ),
        ] {
            assert_eq!(at(release, path).parse(text), Err(message.to_owned()), "{path} {text}");
        }
    }

    #[test]
    fn fields_a_release_would_drop_are_named() {
        let tenant = |rest: Value| -> Tenant { serde_json::from_value(rest).unwrap() };
        let wanted = tenant(
            json!({"id": "a", "name": "A", "deleted": false, "quotas": [{"duration": "PT1H", "limit": 5, "behavior": "FAIL"}]}),
        );
        assert_eq!(validate(&wanted, Release::new(2, 0)), []);
        let messages = validate(&wanted, Release::new(1, 3));
        assert_eq!(
            messages.first().map(|m| m.message.as_str()),
            Some("exists from Kestra 2.0 on; 1.3 would drop it silently")
        );
        let typo = tenant(json!({"id": "a", "name": " ", "workergroup": {"key": "x"}}));
        let paths: Vec<_> = validate(&typo, Release::new(0, 21))
            .into_iter()
            .map(|m| m.path)
            .collect();
        assert_eq!(paths, ["name", "workergroup"]);
        let wrong_type = tenant(json!({"id": "a", "name": "A", "secretReadOnly": "true"}));
        assert_eq!(validate(&wrong_type, Release::new(0, 23)).len(), 1);
    }
}
