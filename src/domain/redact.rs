//! Keeping secrets of tenants out of everything that is shown, printed or kept.
//!
//! Secret are the fields of [`super::tenant_field`] that say so, and the keys of dedicated storage and secret managers
//! that are named like a secret, because those settings are free maps that hold whatever a plugin needs.

use serde_json::{Map, Value};

use super::tenant::Tenant;
use super::tenant_field::{FIELDS, FieldKind};
use super::text::without_user;

/// What stands where a secret would stand.
pub const MARK: &str = "(hidden)";

/// What stands where a secret was typed that was not kept, and is to be typed again.
pub const AGAIN: &str = "(type it again)";

/// Parts of a key that make its value a secret, in lower case and without separators.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passphrase",
    "secret",
    "token",
    "credential",
    "privatekey",
    "accesskey",
    "apikey",
    "accountkey",
    "sharedkey",
    "connectionstring",
    "serviceaccount",
    "saskey",
];

/// Whether the value at a path such as `sdkDefaultAuthentication.apiToken` must never be shown.
pub fn is_secret(path: &str) -> bool {
    if FIELDS.iter().any(|field| field.path == path) {
        return FIELDS.iter().any(|field| field.path == path && field.is_secret());
    }
    match free_key(path) {
        Some(key) => is_secret_key(key),
        // Of what no release is known to have, the name is all there is to go by.
        None => {
            let is_above = |field: &super::tenant_field::TenantField| {
                field.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
            };
            !FIELDS.iter().any(is_above) && is_secret_key(path.rsplit('.').next().unwrap_or(path))
        }
    }
}

/// The part of a path below a field that is a free map: `accessKey` of `storageConfiguration.accessKey`.
fn free_key(path: &str) -> Option<&str> {
    FIELDS
        .iter()
        .filter(|field| field.kind == FieldKind::Map)
        .find_map(|field| path.strip_prefix(field.path)?.strip_prefix('.'))
}

/// Whether the text of a setting of a free map is not shown for its name. Any plugin may be behind it, so that more names count
/// than those of which no value is taken as an argument.
fn is_telling(key: &str) -> bool {
    const WORDS: [&str; 7] = ["auth", "header", "jwt", "pem", "pwd", "signature", "certificate"];
    let plain = key.to_ascii_lowercase();
    let last = plain.rsplit('.').next().unwrap_or(&plain);
    matches!(last, "key" | "pass") || is_signature(key) || WORDS.iter().any(|word| last.contains(word))
}

/// Whether a name is that of a signature by which an address lets in whoever has it, such as `sig` or `X-Amz-Signature`: not one
/// in which these letters are part of a word, nor one that says more of it.
fn is_signature(name: &str) -> bool {
    let last = name
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    // `blobSig` and `blobSIG` end in a word of its own, and so does a name in capitals alone.
    let capitals = last.trim_end_matches(|c: char| c.is_ascii_uppercase()).len();
    let word = match last.rfind(|c: char| c.is_ascii_uppercase()) {
        Some(start) if last.contains(|c: char| c.is_ascii_lowercase()) => {
            last.get(start.min(capitals)..).unwrap_or_default()
        }
        _ => last,
    };
    matches!(word.to_ascii_lowercase().as_str(), "sig" | "signature")
}

/// Whether a parameter of an address has a secret. More names count than elsewhere, for what stands there is said to a server.
fn is_secret_parameter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "auth" | "jwt" | "key" | "pass" | "passwd" | "pwd" | "sas"
    )
}

/// Whether a text has a secret in it, whatever it is called: a password in an address, `token=...`, a private key.
pub fn has_secret(text: &str) -> bool {
    has_key_block(text) || line(text, &[]) != text
}

/// Whether the lines of a text are those of a private key or a certificate.
pub fn has_key_block(text: &str) -> bool {
    text.contains("-----BEGIN")
}

/// Whether something in the value at a path is not shown, or is masked already.
pub fn hides(path: &str, value: &Value) -> bool {
    holds_mark(&self::value(path, value))
}

/// Whether the name of a single setting, such as `password` or `access-key-id`, is that of a secret.
pub fn is_secret_key(key: &str) -> bool {
    has_secret_word(key) || is_signature(key)
}

/// Whether a name says by itself, in whatever text it stands, that a secret follows.
fn has_secret_word(key: &str) -> bool {
    let plain: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_WORDS.iter().any(|word| plain.contains(word))
}

/// A tenant with its secrets masked.
pub fn tenant(tenant: &Tenant) -> Tenant {
    let mut masked = tenant.clone();
    mask_in(&mut masked.rest, "");
    masked
}

/// The JSON object of a tenant with its secrets masked.
pub fn tenant_json(tenant: &Tenant) -> Value {
    self::tenant(tenant).to_json()
}

/// The value at a path of a tenant, with its secrets masked.
pub fn value(path: &str, value: &Value) -> Value {
    let mut masked = value.clone();
    mask(path, &mut masked);
    masked
}

/// Whether a masked value hides something.
pub fn holds_mark(value: &Value) -> bool {
    holds(value, &[MARK])
}

/// Whether one of these texts stands somewhere in a value.
pub fn holds(value: &Value, texts: &[&str]) -> bool {
    match value {
        Value::String(text) => texts.contains(&text.as_str()),
        Value::Array(items) => items.iter().any(|item| holds(item, texts)),
        Value::Object(object) => object.values().any(|item| holds(item, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether secrets differ between two states of a tenant.
pub fn secrets_differ(one: &Tenant, other: &Tenant) -> bool {
    [(one, other), (other, one)].into_iter().any(|(one, other)| {
        let masked = tenant_json(one);
        let mut asked = masked.clone();
        ask_again(&mut asked, &one.to_json(), Some(&other.to_json()));
        asked != masked
    })
}

/// Puts [`AGAIN`] where something is masked that is not what is there now. A list is compared as a whole; where it
/// differs, each entry that is masked is asked for.
pub fn ask_again(masked: &mut Value, typed: &Value, now: Option<&Value>) {
    match (masked, typed) {
        (Value::Object(masked), Value::Object(typed)) => {
            for (key, masked) in masked {
                if let Some(typed) = typed.get(key) {
                    ask_again(masked, typed, now.and_then(|now| now.get(key)));
                }
            }
        }
        (masked, typed) if now != Some(typed) => ask_for_all(masked),
        _ => {}
    }
}

/// Puts [`AGAIN`] wherever something is masked.
pub fn ask_for_all(masked: &mut Value) {
    match masked {
        Value::String(text) if text == MARK => AGAIN.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(ask_for_all),
        Value::Object(object) => object.values_mut().for_each(ask_for_all),
        _ => {}
    }
}

/// Paths of a tenant whose value is a mark itself, or a list that holds one: a masked copy that would overwrite a secret if it were sent.
pub fn masked_paths(tenant: &Tenant) -> Vec<String> {
    fn walk(path: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if text == MARK || text == AGAIN => found.push(path.to_owned()),
            Value::Object(object) => {
                for (key, inner) in object {
                    walk(&joined(path, key), inner, found);
                }
            }
            Value::Array(_) if holds(value, &[MARK, AGAIN]) => found.push(path.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (key, value) in &tenant.rest {
        walk(key, value, &mut found);
    }
    found
}

/// A line that some program wrote, with secrets hidden: those that are known, and what stands behind the name of one.
///
/// Hidden are values of `password=…` and the like, in addresses also of `?sig=…` and `&key=…`, of `Bearer …` and `Basic …`, and passwords in addresses.
pub fn line(text: &str, known: &[String]) -> String {
    let mut line = text.to_owned();
    for secret in known.iter().filter(|secret| secret.len() >= SHORTEST) {
        line = line.replace(secret.as_str(), MARK);
    }
    hide_userinfo(&hide_values(&line))
}

/// What was typed as the name of something, as it is said back: it may be an address instead, with who signs in.
pub fn name(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => without_user(text),
        _ => line(text, &[]),
    }
}

/// Characters that a value must have to be hidden wherever it stands.
const SHORTEST: usize = 4;

/// What may stand around the sign that parts a value from its name.
const BLANKS: [char; 2] = [' ', '\t'];

/// What is said of the value behind a word such as `password:`.
fn hide_values(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['=', ':', ' ', '\t']) {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        // JSON in JSON has `\"`, and `\\\"` further in.
        let before = before.trim_end_matches(['"', '\'', '\\']);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let name_start = before
            .char_indices()
            .rev()
            .find(|(_, c)| !is_name(*c) && !matches!(c, '"' | '\''))
            .map_or(0, |(index, c)| index + c.len_utf8());
        let (ahead, name) = before.split_at(name_start);
        // JSON of Go has `&` in this way.
        let escaped = name.strip_prefix("u0026").filter(|_| ahead.ends_with('\\'));
        let is_parameter = escaped.is_some() || ahead.ends_with(['?', '&']) || ahead.ends_with("&amp;");
        let name = escaped.unwrap_or(name).trim_matches(['"', '\'']);
        // Blanks before a sign go with it.
        let sign = from.trim_start_matches(BLANKS);
        let hides = if sign.starts_with(['=', ':']) {
            let is_assigned = sign.starts_with('=');
            has_secret_word(name) && !sign.starts_with("://")
                || is_assigned && (is_signature(name) || is_parameter && is_secret_parameter(name))
        } else {
            matches!(name, "Bearer" | "bearer" | "Basic" | "basic")
        };
        if !hides {
            let first = from.chars().next().map_or(0, char::len_utf8);
            shown.push_str(from.get(..first).unwrap_or_default());
            rest = from.get(first..).unwrap_or_default();
            continue;
        }
        let (opening, value) = from.split_at(opening(from));
        shown.push_str(opening);
        let (value, after) = value.split_at(value_end(opening, value));
        rest = after;
        if matches!(value, "Bearer" | "bearer" | "Basic" | "basic") {
            // The secret is the word after it.
            shown.push_str(value);
            let token = after.trim_start();
            let end = token.find(|c: char| c.is_whitespace() || c == '"');
            let (token, after) = token.split_at(end.unwrap_or(token.len()));
            if !token.is_empty() {
                shown.push_str(rest.get(..rest.len() - rest.trim_start().len()).unwrap_or_default());
                shown.push_str(MARK);
                rest = after;
            }
        } else if !value.is_empty() {
            shown.push_str(MARK);
        }
    }
    shown.push_str(rest);
    shown
}

/// How long what stands before a value is, from the end of its name: blanks, the sign between them, and quotes, which may be escaped.
fn opening(from: &str) -> usize {
    let plain = |text: &str| text.len() - text.trim_start_matches([' ', '\t', '"', '\'']).len();
    let sign = from.trim_start_matches(BLANKS);
    let after = sign.strip_prefix(['=', ':']).unwrap_or(sign);
    let mut end = from.len() - after.len() + plain(after);
    loop {
        let rest = from.get(end..).unwrap_or_default();
        let quoted = rest.trim_start_matches('\\');
        if quoted.len() == rest.len() || !quoted.starts_with(['"', '\'']) {
            return end;
        }
        end += rest.len() - quoted.len() + plain(quoted);
    }
}

/// How many backslashes a text ends in.
fn escapes(text: &str) -> usize {
    text.len() - text.trim_end_matches('\\').len()
}

/// Where a value ends that stands behind this: in quotes with those that close them, which are escaped as often, if there are any.
fn value_end(opening: &str, value: &str) -> usize {
    let quote = opening.chars().last().filter(|last| matches!(last, '"' | '\''));
    // Two quotes and nothing after them are all there is; CSV has two where another text has one.
    let is_empty = opening.matches(['"', '\'']).count() > 1 && value.starts_with([',', '}', ' ']);
    if let Some(quote) = quote.filter(|_| !is_empty) {
        let depth = opening.get(..opening.len() - 1).map_or(0, escapes);
        let mut ends = value
            .match_indices(quote)
            .map(|(at, _)| (at, escapes(value.get(..at).unwrap_or_default())));
        // Twice as many are backslashes of the value.
        if let Some((at, found)) = ends.find(|(_, found)| found % (2 * depth + 2) <= depth) {
            return at - found.min(depth);
        }
    }
    // What stands behind `&amp;` goes with it, as behind `&`.
    let ends = |(index, c): &(usize, char)| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | ',' | '}')
            || *c == ';' && !value.get(..*index).is_some_and(|value| value.ends_with("&amp"))
    };
    let end = value.char_indices().find(ends);
    end.map_or(value.len(), |(index, c)| match c {
        '"' | '\'' => value.get(..index).unwrap_or_default().trim_end_matches('\\').len(),
        _ => index,
    })
}

/// Hides the password of `scheme://name:password@host`.
fn hide_userinfo(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\''))
            .unwrap_or(after.len());
        let authority = after.get(..end).unwrap_or_default();
        match authority.rsplit_once('@') {
            Some((user, host)) => {
                match user.split_once(':') {
                    Some((name, _)) => {
                        shown.push_str(name);
                        shown.push(':');
                        shown.push_str(MARK);
                    }
                    None => shown.push_str(user),
                }
                shown.push('@');
                shown.push_str(host);
            }
            None => shown.push_str(authority),
        }
        rest = after.get(end..).unwrap_or_default();
    }
    shown.push_str(rest);
    shown
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn mask(path: &str, value: &mut Value) {
    let is_hidden = |text: &str| free_key(path).is_some_and(|key| is_telling(key) || has_secret(text));
    if value == AGAIN {
        return;
    }
    if is_secret(path) {
        if !value.is_null() {
            *value = Value::from(MARK);
        }
    } else if (value.as_str()).map_or_else(|| value.is_number() && is_hidden(""), is_hidden) {
        *value = Value::from(MARK);
    } else if let Value::Object(object) = value {
        mask_in(object, path);
    } else if let Value::Array(items) = value {
        for item in items {
            mask(path, item);
        }
    }
}

fn mask_in(object: &mut Map<String, Value>, path: &str) {
    for (key, value) in object.iter_mut() {
        mask(&joined(path, key), value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_of_plugins_lose_secrets_under_any_name_and_inside_of_texts() {
        let path = "secretConfiguration";
        let settings = json!({
            "address": "https://u:pw@vault", "url": "jdbc:x://db/k?user=a&password=b", "key": "k", "pwd": "p", "jwt": "j",
            "basicAuth": "u:p", "proxyAuthorization": "Basic x", "headers": "a: b", "pemCertificate": "x",
            "content": "-----BEGIN PRIVATE KEY-----", "inner": {"auth": "x"}, "headers2": ["a: b"], "pin.pwd": 1234
        });
        let Value::Object(masked) = value(path, &settings) else {
            panic!("no object");
        };
        for (key, value) in &masked {
            let is_masked = holds_mark(value);
            assert!(is_masked, "{key}: {value}");
        }
        let plain = json!({"address": "https://vault.example.com:8200", "region": "eu-west-1", "bucket": "a=b", "keyring": "x"});
        assert_eq!(value(path, &plain), plain);
    }

    #[test]
    fn of_a_list_each_entry_that_is_hidden_is_asked_for_again_and_none_is_taken() {
        let path = "secretConfiguration.hosts";
        let typed = json!(["https://u:pw@a", "b", {"password": "x"}]);
        let mut masked = value(path, &typed);
        let kept = masked.clone();
        ask_again(&mut masked, &typed, Some(&typed));
        assert_eq!(masked, kept);
        ask_again(&mut masked, &typed, Some(&json!(["https://u:pw@a"])));
        assert_eq!(masked, json!([AGAIN, "b", {"password": AGAIN}]));
        assert_eq!(value(path, &masked), masked);
        let tenant = |hosts: Value| {
            serde_json::from_value(json!({"id": "a", "name": "A", "secretConfiguration": {"hosts": hosts}}))
        };
        for hosts in [masked, kept, json!([[AGAIN]])] {
            assert_eq!(masked_paths(&tenant(hosts).unwrap()), [path]);
        }
    }

    #[test]
    fn lines_of_programs_lose_their_secrets_and_nothing_else() {
        let known = ["hunter22".to_owned(), "ab".to_owned()];
        for (text, shown) in [
            ("nothing to hide: at all", "nothing to hide: at all"),
            ("the word hunter22 anywhere", "the word (hidden) anywhere"),
            ("password=abc next", "password=(hidden) next"),
            ("KESTRA_PASSWORD: \"a b\" x", "KESTRA_PASSWORD: \"(hidden)\" x"),
            (
                "{\"apiToken\":\"xyz\",\"id\":1}",
                "{\"apiToken\":\"(hidden)\",\"id\":1}",
            ),
            ("Authorization: Bearer eyJhbGciOi", "Authorization: Bearer (hidden)"),
            (
                "jdbc:postgresql://kestra:pw@db:5432/kestra",
                "jdbc:postgresql://kestra:(hidden)@db:5432/kestra",
            ),
            // In JSON that is text in JSON, however often.
            (
                r#"{"body":"{\"token\":\"x\",\"id\":1}"}"#,
                r#"{"body":"{\"token\":\"(hidden)\",\"id\":1}"}"#,
            ),
            (
                r#"{\\\"apiToken\\\": \\\"x\\\",\\\"id\\\":1}"#,
                r#"{\\\"apiToken\\\": \\\"(hidden)\\\",\\\"id\\\":1}"#,
            ),
            (
                r#"{\"header\":\"Bearer ey\",\"text\":\"password=x\"}"#,
                r#"{\"header\":\"Bearer (hidden)\",\"text\":\"password=(hidden)\"}"#,
            ),
            // With all that stands in its quotes.
            (
                r#"{"password":"a\"b, c}d","id":1}"#,
                r#"{"password":"(hidden)","id":1}"#,
            ),
            (
                r#"{\"password\":\"a\\\"b'c\\\\\",\"id\":1}"#,
                r#"{\"password\":\"(hidden)\",\"id\":1}"#,
            ),
            (r#"{\"token\":\"\",\"id\":1}"#, r#"{\"token\":\"\",\"id\":1}"#),
            (
                r#""{""token"":""x"",""id"":""""}""#,
                r#""{""token"":""(hidden)"",""id"":""""}""#,
            ),
            (r#"password="a,b} c"#, r#"password="(hidden),b} c"#),
            (r"password=\a\b next", r"password=(hidden) next"),
            // With blanks before the sign, too.
            (
                r#"{ "token" : "x y", "id" : 1 }"#,
                r#"{ "token" : "(hidden)", "id" : 1 }"#,
            ),
            (
                r#"{\"token\"  :  \"x\",\"id\" : 1}"#,
                r#"{\"token\"  :  \"(hidden)\",\"id\" : 1}"#,
            ),
            ("kestra.password = abc next", "kestra.password = (hidden) next"),
            ("password\t:\tabc next", "password\t:\t(hidden) next"),
            ("a token and : x = y", "a token and : x = y"),
            ("token :", "token :"),
            ("token:", "token:"),
            ("12:01:02,003 INFO done", "12:01:02,003 INFO done"),
            ("kestra.secret.type: jdbc", "kestra.secret.type: (hidden)"),
            ("Größe: 3 Ünïcode=1", "Größe: 3 Ünïcode=1"),
        ] {
            assert_eq!(line(text, &known), shown);
        }
    }

    #[test]
    fn addresses_lose_what_lets_in_whoever_has_them() {
        for (text, shown) in [
            (
                "https://x.blob.core.windows.net/c?sv=2020&sig=a%2Fb%3D",
                "https://x.blob.core.windows.net/c?sv=2020&sig=(hidden)",
            ),
            (
                "GET /o?X-Amz-Date=1&X-Amz-Signature=0a1b HTTP/1.1",
                "GET /o?X-Amz-Date=1&X-Amz-Signature=(hidden) HTTP/1.1",
            ),
            (
                "https://s/o?X-Goog-Signature=0a",
                "https://s/o?X-Goog-Signature=(hidden)",
            ),
            ("https://s/o?access_token=x", "https://s/o?access_token=(hidden)"),
            ("https://s/o?a=1&api_key=x", "https://s/o?a=1&api_key=(hidden)"),
            ("https://s/o?key=AIza", "https://s/o?key=(hidden)"),
            (
                "jdbc:mysql://db/k?user=a&pwd=b",
                "jdbc:mysql://db/k?user=a&pwd=(hidden)",
            ),
            (
                "BLOB_SIG=x blobSig=y sig=z blobSIG=v",
                "BLOB_SIG=(hidden) blobSig=(hidden) sig=(hidden) blobSIG=(hidden)",
            ),
            // As JSON of Go and as XML have them.
            (
                r#"{"url":"https://s/c?sv=1\u0026sig=abc"}"#,
                r#"{"url":"https://s/c?sv=1\u0026sig=(hidden)"}"#,
            ),
            (r"https://s/o?a=1\u0026key=k", r"https://s/o?a=1\u0026key=(hidden)"),
            (
                r"https://s/o?a=1\\u0026X-Amz-Signature=k",
                r"https://s/o?a=1\\u0026X-Amz-Signature=(hidden)",
            ),
            ("https://s/o?a=1&amp;key=k", "https://s/o?a=1&amp;key=(hidden)"),
            (
                "https://s/o?token=t&amp;key=k&amp;b=1 next",
                "https://s/o?token=(hidden) next",
            ),
        ] {
            assert_eq!(line(text, &[]), shown);
            assert!(has_secret(text), "{text}");
            assert_eq!(
                value("secretConfiguration", &json!({"endpoint": text})),
                json!({"endpoint": MARK})
            );
        }
        for text in [
            "https://s/o?signal=9&design=flat&assign=me&sigma=1&sign=x",
            "https://s/o?keys=a&keyword=b&monkey=c&author=anna&passed=1&compass=n",
            "signal=9 design=x sigs=1 DESIG=x key=a auth=none pass=3 of 4",
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60&signatureVersion=v4&signature_version=v4",
            "a bad signature: expected 3, sig: 15",
            r"https://s/o?a=1\u0026keys=a&amp;author=anna&amp;design=flat\u0026sigma=1 camp;key=x blobDESIG=y",
        ] {
            assert_eq!(line(text, &[]), text);
            assert!(!has_secret(text), "{text}");
        }
    }

    #[test]
    fn names_of_signatures_are_those_of_secrets() {
        for name in [
            "sig",
            "Sig",
            "SIG",
            "blobSig",
            "blobSIG",
            "sas_sig",
            "X-Amz-Signature",
            "signature",
            "sas.sig",
            "accessToken",
            "api_key",
        ] {
            assert!(is_secret_key(name), "{name}");
            assert!(is_secret(&format!("storageConfiguration.{name}")), "{name}");
            assert_eq!(value("storageConfiguration", &json!({name: "x"})), json!({name: MARK}));
        }
        for name in [
            "signal",
            "design",
            "designSystem",
            "assign",
            "signer",
            "sigma",
            "DESIG",
            "signatureVersion",
        ] {
            assert!(!is_secret_key(name), "{name}");
            assert!(!is_secret(&format!("storageConfiguration.{name}")), "{name}");
        }
    }

    #[test]
    fn secrets_are_masked_and_everything_else_stays() {
        let tenant: Tenant = serde_json::from_value(json!({
            "id": "a", "name": "A token",
            "sdkDefaultAuthentication": {"apiToken": "s1", "username": "anna", "password": null},
            "storageType": "s3",
            "storageConfiguration": {"bucket": "b", "accessKey": "s2", "secret-key": "s3", "auth": {"clientSecret": "s4", "id": "x"}},
            "secretConfiguration": {"address": "https://v", "token": ["s5"]},
            "secretType": "vault", "secretReadOnly": true,
        }))
        .unwrap();
        let masked = tenant_json(&tenant);
        assert_eq!(
            masked,
            json!({
                "id": "a", "name": "A token",
                "sdkDefaultAuthentication": {"apiToken": MARK, "username": "anna", "password": null},
                "storageType": "s3",
                "storageConfiguration": {"bucket": "b", "accessKey": MARK, "secret-key": MARK, "auth": {"clientSecret": MARK, "id": "x"}},
                "secretConfiguration": {"address": "https://v", "token": MARK},
                "secretType": "vault", "secretReadOnly": true,
            })
        );
        let copy: Tenant = serde_json::from_value(masked).unwrap();
        assert_eq!(masked_paths(&tenant), Vec::<String>::new());
        assert_eq!(
            masked_paths(&copy),
            [
                "sdkDefaultAuthentication.apiToken",
                "storageConfiguration.accessKey",
                "storageConfiguration.secret-key",
                "storageConfiguration.auth.clientSecret",
                "secretConfiguration.token"
            ]
        );
        assert_eq!(
            value("storageConfiguration", &json!({"accessKey": "x"})),
            json!({"accessKey": MARK})
        );
    }
}
