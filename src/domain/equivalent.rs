//! The same creation of a tenant, said in other tools' words: ours, Kestra's command line, `curl`.
//!
//! Secrets never appear; what stands in their place says where to get them from. Terraform's words are in
//! [`super::terraform`].

use std::fmt::Write;

use serde_json::Value;

use super::redact;
use super::release::Release;
use super::tenant::{NewTenant, Tenant};
use super::tenant_field;

pub use super::redact::MARK as HIDDEN;

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

/// This program, with the words that lead it to an instance: what every command about that begins with.
pub fn program(context: &[String]) -> String {
    let mut command = String::from("kestra-admin");
    for word in context {
        push_word(&mut command, word);
    }
    command
}

/// The command of this program that does the same.
pub fn own_command(context: &[String], new: &NewTenant, release: Release) -> String {
    let mut command = program(context);
    let _ = write!(
        command,
        " tenants create --tenant {}",
        shell_quote(new.tenant.id.as_str())
    );
    let _ = write!(command, " --name {}", shell_quote(&new.tenant.name));
    if let Some(admin) = &new.admin {
        let _ = write!(command, " --admin-username {}", shell_quote(admin));
    }
    for (field, value) in set_fields(&new.tenant, release) {
        push_set(&mut command, field, value);
    }
    command
}

/// The command of this program that makes the same change to a tenant.
pub fn own_update_command(context: &[String], before: &Tenant, after: &Tenant, release: Release) -> String {
    let mut command = program(context);
    let _ = write!(command, " tenants update {}", shell_quote(after.id.as_str()));
    if before.name != after.name {
        let _ = write!(command, " --name {}", shell_quote(&after.name));
    }
    for field in tenant_field::fields(release) {
        match (before.value_at(field.path), after.value_at(field.path)) {
            (old, new) if old == new => {}
            (_, Some(value)) => push_set(&mut command, field, value),
            (_, None) => {
                let _ = write!(command, " --unset {}", field.path);
            }
        }
    }
    command
}

fn push_set(command: &mut String, field: &tenant_field::TenantField, value: &Value) {
    let mut push = |path: &str, value: &Value, text: String| {
        // No secret is an argument: the command line reads it from a file that the operator names.
        let text = if redact::hides(path, value) {
            "@FILE".to_owned()
        } else {
            text
        };
        let _ = write!(command, " --set {}", shell_quote(&format!("{path}={text}")));
    };
    match value {
        Value::Object(map)
            if map
                .iter()
                .any(|(key, value)| redact::hides(&format!("{}.{key}", field.path), value)) =>
        {
            for (key, value) in map {
                push(&format!("{}.{key}", field.path), value, tenant_field::map_value(value));
            }
        }
        value => push(field.path, value, field.print(value)),
    }
}

fn push_word(command: &mut String, word: &str) {
    command.push(' ');
    command.push_str(&shell_quote(word));
}

/// Kestra's own command, which knows id, name and admin alone. Must run where Kestra's configuration and database are.
pub fn kestra_command(new: &NewTenant) -> String {
    let mut command = String::from("kestra tenants create");
    if let Some(admin) = &new.admin {
        let _ = write!(command, " --admin-username {}", shell_quote(admin));
    }
    let _ = write!(
        command,
        " --tenant {} --name {}",
        shell_quote(new.tenant.id.as_str()),
        shell_quote(&new.tenant.name)
    );
    command
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
}
