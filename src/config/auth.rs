//! The `auth` of a context: who we are to an instance, and where the secret to it lies.

use std::path::PathBuf;

use serde::Deserialize;

use super::secret::SecretSource;

/// `auth` as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct AuthTable {
    /// Environment variable with an API token.
    pub token_env: Option<String>,
    /// File with an API token.
    pub token_file: Option<PathBuf>,
    /// Command that prints an API token.
    pub token_command: Option<Vec<String>>,
    /// Login name.
    pub username: Option<String>,
    /// Environment variable with the password.
    pub password_env: Option<String>,
    /// File with the password.
    pub password_file: Option<PathBuf>,
    /// Command that prints the password.
    pub password_command: Option<Vec<String>>,
}

/// Who we are to an instance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "AuthTable")]
pub enum Auth {
    /// Whoever an API token belongs to.
    Token(SecretSource),
    /// A user with a password.
    Basic {
        /// Login name.
        username: String,
        /// Where the password lies.
        password: SecretSource,
    },
    /// A user of a local instance, which asks for no password.
    Username(String),
}

impl TryFrom<AuthTable> for Auth {
    type Error = String;

    fn try_from(table: AuthTable) -> Result<Self, Self::Error> {
        let token = one_source("token", table.token_env, table.token_file, table.token_command)?;
        let password = one_source(
            "password",
            table.password_env,
            table.password_file,
            table.password_command,
        )?;
        match (token, table.username, password) {
            (Some(token), None, None) => Ok(Self::Token(token)),
            (Some(_), _, _) => Err("a token stands alone: leave out username and password".to_owned()),
            (None, Some(username), _) if username.trim().is_empty() => Err("the username is empty".to_owned()),
            (None, Some(username), Some(password)) => Ok(Self::Basic { username, password }),
            (None, Some(username), None) => Ok(Self::Username(username)),
            (None, None, Some(_)) => Err("a password needs a username beside it".to_owned()),
            (None, None, None) => Err(
                "name one of token-env, token-file, token-command, or username with password-env, password-file or \
                 password-command"
                    .to_owned(),
            ),
        }
    }
}

fn one_source(
    what: &str,
    variable: Option<String>,
    file: Option<PathBuf>,
    command: Option<Vec<String>>,
) -> Result<Option<SecretSource>, String> {
    if command.as_ref().is_some_and(Vec::is_empty) {
        return Err(format!(
            "{what}-command is empty; write it as [\"program\", \"argument\"]"
        ));
    }
    let mut sources = [
        variable.map(SecretSource::Variable),
        file.map(SecretSource::File),
        command.map(SecretSource::Command),
    ]
    .into_iter()
    .flatten();
    match (sources.next(), sources.next()) {
        (source, None) => Ok(source),
        _ => Err(format!(
            "keep one of {what}-env, {what}-file and {what}-command, not several"
        )),
    }
}
