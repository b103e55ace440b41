//! The same creation of a tenant, said in other tools' words: ours, Kestra's command line, `curl`.
//!
//! Secrets never appear; what stands in their place says where to get them from. Terraform's words are in
//! [`super::terraform`].

use serde_json::{Map, Value};

use super::redact;
use super::release::Release;
use super::tenant::{NewTenant, Tenant};
use super::tenant_field;

pub use super::redact::MARK as HIDDEN;

/// What a value of `--set` begins with that lies in a file or a variable. Twice it is part of the value.
pub const ELSEWHERE: [&str; 2] = ["@", "env:"];

/// Quotes a word for a POSIX shell.
pub fn shell_quote(word: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '=' | ',' | '+' | '%');
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The words of a command: parted by blanks, unless quotes keep them together. There is no shell that would expand them.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn words_of(text: &str) -> Result<Vec<String>, (&'static str, &'static str)> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if matches!(c, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            Some(_) | None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() {
        return Err(("A quote in the command is never closed.", "Close it."));
    }
    if words.is_empty() {
        return Err(("The command is empty.", "Name the program and its arguments."));
    }
    Ok(words)
}

pub use super::redact::tenant as redacted;

/// Paths and values of all fields that this release's table knows and that the tenant has set.
fn set_fields(tenant: &Tenant, release: Release) -> impl Iterator<Item = (&'static tenant_field::TenantField, &Value)> {
    tenant_field::fields(release).filter_map(|field| tenant.value_at(field.path).map(|value| (field, value)))
}

/// A flag with its value, as they stand in a command for a POSIX shell. A value that begins with a hyphen would be read as a flag
/// if it stood by itself.
pub fn flag(flag: &str, value: &str) -> String {
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!("{flag}{between}{}", shell_quote(value))
}

/// A command line of this program in the making: words of our own and from outside, quoted where a shell needs it.
#[derive(Default)]
pub struct Line {
    text: String,
    /// Words that come last, where they cannot be taken for flags.
    last: String,
    /// Whether what looks like a secret in a text of the operator is hidden.
    hides: bool,
}

impl Line {
    /// One without words. `hides` says whether what looks like a secret in a text of the operator is hidden.
    pub fn new(hides: bool) -> Self {
        Self {
            hides,
            ..Self::default()
        }
    }

    /// The whole command; `context` are the words that lead this program to an instance.
    pub fn in_context(self, context: &[String]) -> String {
        let mut line = Self::new(self.hides);
        "kestra-admin".clone_into(&mut line.text);
        for word in context {
            line.word(&line.shown(word));
        }
        let text = line.text + &self.text;
        if self.last.is_empty() {
            return text;
        }
        format!("{text} --{}", self.last)
    }

    /// Words of our own, as they are.
    pub fn words(&mut self, words: &str) -> &mut Self {
        self.text.push(' ');
        self.text.push_str(words);
        self
    }

    /// A word that is one of ours or is known to be in its place.
    pub fn word(&mut self, word: &str) -> &mut Self {
        self.words(&shell_quote(word))
    }

    /// A word that has its place. One that begins with a hyphen goes to the end with those after it.
    pub fn value(&mut self, value: &str) -> &mut Self {
        let value = &self.shown(value);
        if self.last.is_empty() && !value.starts_with('-') {
            return self.word(value);
        }
        self.last.push(' ');
        self.last.push_str(&shell_quote(value));
        self
    }

    /// A flag with its value.
    pub fn flag(&mut self, name: &str, value: &str) {
        self.words(&flag(name, value));
    }

    /// A flag with a text that somebody wrote.
    pub fn text(&mut self, flag: &str, text: &str) {
        self.flag(flag, &self.shown(text));
    }

    fn shown(&self, text: &str) -> String {
        if self.hides {
            redact::line(text, &[])
        } else {
            text.to_owned()
        }
    }
}

/// This program, with the words that lead it to an instance: what every command about that begins with.
pub fn program(context: &[String]) -> String {
    Line::default().in_context(context)
}

/// The command of this program that does the same.
pub fn own_command(context: &[String], new: &NewTenant, release: Release) -> String {
    let mut line = Line::default();
    line.words("tenants create").flag("--tenant", new.tenant.id.as_str());
    line.flag("--name", &new.tenant.name);
    if let Some(admin) = &new.admin {
        line.flag("--admin-username", admin);
    }
    for (field, value) in set_fields(&new.tenant, release) {
        push_set(&mut line, field, value, None);
    }
    line.in_context(context)
}

/// The command of this program that makes the same change to a tenant.
pub fn own_update_command(context: &[String], before: &Tenant, after: &Tenant, release: Release) -> String {
    let mut line = Line::default();
    line.words("tenants update").value(after.id.as_str());
    if before.name != after.name {
        line.flag("--name", &after.name);
    }
    for field in tenant_field::fields(release) {
        match (before.value_at(field.path), after.value_at(field.path)) {
            (old, new) if old == new => {}
            (old, Some(value)) => push_set(&mut line, field, value, old),
            (_, None) => line.flag("--unset", field.path),
        }
    }
    line.in_context(context)
}

/// Sets a field that was `old`: settings with a secret among them one by one, so that what went is taken out by itself.
fn push_set(line: &mut Line, field: &tenant_field::TenantField, value: &Value, old: Option<&Value>) {
    let mut push = |path: &str, value: &Value, text: String| {
        // No secret is an argument: the command line reads it from a file that the operator names.
        let text = if redact::hides(path, value) {
            "@FILE".to_owned()
        } else {
            let sign = ELSEWHERE.into_iter().find(|sign| text.starts_with(sign));
            sign.unwrap_or_default().to_owned() + &text
        };
        line.flag("--set", &format!("{path}={text}"));
    };
    match value {
        Value::Object(map)
            if map
                .iter()
                .any(|(key, value)| redact::hides(&format!("{}.{key}", field.path), value)) =>
        {
            let was = |key: &str| old.and_then(|old| old.get(key));
            for (key, value) in map.iter().filter(|(key, value)| was(key) != Some(value)) {
                push(&format!("{}.{key}", field.path), value, tenant_field::map_value(value));
            }
            let gone = old.and_then(Value::as_object).into_iter().flat_map(Map::keys);
            for key in gone.filter(|key| !map.contains_key(*key)) {
                line.flag("--unset", &format!("{}.{key}", field.path));
            }
        }
        value => push(field.path, value, field.print(value)),
    }
}

/// Kestra's own command, which knows id, name and admin alone. Must run where Kestra's configuration and database are.
pub fn kestra_command(new: &NewTenant) -> String {
    let mut words = vec!["kestra tenants create".to_owned()];
    words.extend(new.admin.as_ref().map(|admin| flag("--admin-username", admin)));
    words.push(flag("--tenant", new.tenant.id.as_str()));
    words.push(flag("--name", &new.tenant.name));
    words.join(" ")
}

/// The HTTP request by `curl`: a `POST` to `/tenants` or a `PUT` to `/tenants/ID`. Address and token, or name and password,
/// come from the environment.
pub fn curl_command(method: &str, path: &str, tenant: &Tenant, by_password: bool) -> String {
    let who = if by_password {
        "-u \"$KESTRA_ADMIN_USERNAME:$KESTRA_ADMIN_PASSWORD\""
    } else {
        "-H \"Authorization: Bearer $KESTRA_ADMIN_TOKEN\""
    };
    let body = redacted(tenant).to_json().to_string();
    format!(
        "curl --fail-with-body -X {method} \"$KESTRA_ADMIN_HOST{path}\" {who} -H 'Content-Type: application/json' -d {}",
        shell_quote(&body)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::terraform;

    #[test]
    fn a_command_is_parted_by_blanks_outside_of_quotes() {
        for (text, words) in [
            ("pass show kestra/token", &["pass", "show", "kestra/token"][..]),
            ("  a   b ", &["a", "b"]),
            ("printf '%s\n' \"a b\"", &["printf", "%s\n", "a b"]),
            ("a --b='c d'e ''", &["a", "--b=c de", ""]),
        ] {
            assert_eq!(words_of(text).unwrap(), words, "{text}");
        }
        assert!(words_of("a 'b").is_err());
        assert!(words_of(" ").is_err());
    }

    #[test]
    fn settings_of_plugins_hide_their_secrets_too() {
        let mut new = sample();
        new.tenant
            .set_at("storageConfiguration.accessKey", Some(json!("s3cret")));
        let own = own_command(&[], &new, Release::new(1, 3));
        assert!(own.contains("--set storageConfiguration.bucket=b --set storageConfiguration.port=9000 --set storageConfiguration.accessKey=@FILE"), "{own}");
        for text in [
            own,
            curl_command("POST", "/", &new.tenant, true),
            terraform::tenant(&new.tenant),
        ] {
            assert!(!text.contains("s3cret"), "{text}");
        }
    }

    #[test]
    fn an_update_takes_out_the_settings_that_went_beside_a_secret() {
        let before = sample().tenant;
        let mut after = before.clone();
        let settings = json!({"token": "s3cret", "address": "https://w", "password": "n3w"});
        after.set_at("secretConfiguration", Some(settings));
        after.set_at("storageConfiguration", Some(json!({"accessKey": "s3cret"})));
        let update = |after: &Tenant| own_update_command(&[], &before, after, Release::new(1, 3));
        assert_eq!(
            update(&after),
            "kestra-admin tenants update dev --set storageConfiguration.accessKey=@FILE --unset storageConfiguration.bucket \
             --unset storageConfiguration.port --set secretConfiguration.address=https://w --set secretConfiguration.password=@FILE"
        );
        after.set_at("secretConfiguration", Some(json!({"password": "s3cret"})));
        assert!(update(&after).ends_with(
            " --set secretConfiguration.password=@FILE --unset secretConfiguration.address --unset secretConfiguration.token"
        ));
    }

    #[test]
    fn a_value_that_says_where_one_lies_is_not_read_from_there() {
        let before = sample().tenant;
        let mut after = before.clone();
        after.set_at("workerGroup.key", Some("@gpu".into()));
        after.set_at(
            "storageConfiguration",
            Some(json!({"accessKey": "@s3cret", "bucket": "env:HOME", "region": ""})),
        );
        let update = own_update_command(&[], &before, &after, Release::new(1, 3));
        for set in [
            "workerGroup.key=@@gpu",
            "storageConfiguration.accessKey=@FILE",
            "storageConfiguration.bucket=env:env:HOME",
            "'storageConfiguration.region=\"\"'",
        ] {
            assert!(update.contains(&format!("--set {set}")), "{update}");
        }
    }

    fn sample() -> NewTenant {
        NewTenant {
            tenant: serde_json::from_value(json!({
                "id": "dev", "name": "O'Neill ${x} \"dev\"",
                "workerGroup": {"key": "gpu", "fallback": "WAIT"},
                "storageType": "s3", "storageConfiguration": {"bucket": "b", "port": 9000},
                "secretType": "vault", "secretConfiguration": {"address": "https://v", "token": "s3cret"},
                "requireExistingNamespace": true,
                "sdkDefaultAuthentication": {"apiToken": "s3cret"},
                "appCatalogConfig": {"title": "T"},
            }))
            .unwrap(),
            admin: Some("john@doe.com".to_owned()),
        }
    }

    #[test]
    fn no_equivalent_shows_a_secret() {
        let (new, release) = (sample(), Release::new(1, 3));
        let all = [
            own_command(&["--context".to_owned(), "prod".to_owned()], &new, release),
            kestra_command(&new),
            curl_command("POST", "/api/v1/tenants", &new.tenant, false),
            terraform::tenant(&new.tenant),
            redacted(&new.tenant).to_json().to_string(),
        ];
        for text in &all {
            assert!(!text.contains("s3cret"), "{text}");
        }
    }

    #[test]
    fn curl_signs_in_as_the_context_does_and_names_variables_only() {
        let tenant = sample().tenant;
        let token = curl_command("POST", "/api/v1/tenants", &tenant, false);
        let password = curl_command("POST", "/api/v1/tenants", &tenant, true);
        assert!(
            token.contains(r#"-H "Authorization: Bearer $KESTRA_ADMIN_TOKEN""#),
            "{token}"
        );
        assert!(
            password.contains(r#"-u "$KESTRA_ADMIN_USERNAME:$KESTRA_ADMIN_PASSWORD""#),
            "{password}"
        );
        assert!(!password.contains("Bearer"), "{password}");
    }

    #[test]
    fn commands_survive_a_shell() {
        let new = sample();
        assert_eq!(
            kestra_command(&new),
            r#"kestra tenants create --admin-username john@doe.com --tenant dev --name 'O'\''Neill ${x} "dev"'"#
        );
        assert_eq!(
            own_command(
                &["--context".to_owned(), "my prod".to_owned()],
                &new,
                Release::new(0, 13)
            ),
            r#"kestra-admin --context 'my prod' tenants create --tenant dev --name 'O'\''Neill ${x} "dev"' --admin-username john@doe.com"#
        );
        assert!(
            own_command(&[], &new, Release::new(1, 3)).contains("--set 'storageConfiguration=bucket: b\nport: 9000'")
        );
        assert_eq!(shell_quote(""), "''");
    }

    #[test]
    fn a_value_that_begins_with_a_hyphen_is_no_flag() {
        let mut new = sample();
        (new.tenant.name, new.admin) = ("- z".to_owned(), Some("-a".to_owned()));
        assert_eq!(
            own_command(&[], &new, Release::new(0, 13)),
            "kestra-admin tenants create --tenant dev --name='- z' --admin-username=-a"
        );
        assert_eq!(
            kestra_command(&new),
            "kestra tenants create --admin-username=-a --tenant dev --name='- z'"
        );
        assert_eq!(
            own_update_command(&[], &sample().tenant, &new.tenant, Release::new(1, 3)),
            "kestra-admin tenants update dev --name='- z'"
        );
    }
}
