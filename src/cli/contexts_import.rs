//! `contexts import-kestractl`: contexts of Kestra's own API client become contexts of ours.
//!
//! That program keeps secrets in its configuration. Here each goes into a private file of its own, and no secret is ever
//! printed. The file of kestractl stays as it is.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::json;

use super::failure::Failure;
use super::printer::{Column, Layout, Printer};
use crate::config::edit::{Editing, NewAuth, NewContext, SecretPlace};
use crate::config::environment::Environment;
use crate::config::private;
use crate::domain::host_url::HostUrl;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::redact;
use crate::domain::text::without_user;

/// The configuration of kestractl, as far as it is about contexts. Other options of it are of no use here.
#[derive(Deserialize)]
struct Kestractl {
    contexts: IndexMap<String, KestractlContext>,
    #[serde(default)]
    default_context: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct KestractlContext {
    host: Option<String>,
    tenant: Option<String>,
    auth_method: Option<String>,
    token: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

/// What is asked for.
pub struct Import<'a> {
    /// The file of kestractl, if it was named.
    pub from: Option<&'a Path>,
    /// Whether contexts of the same names are replaced.
    pub replace: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// What becomes of one context.
struct Row {
    name: String,
    host: String,
    secret: Option<PathBuf>,
    /// Added, replaced, kept or skipped.
    result: &'static str,
    why: Option<String>,
}

static LAYOUT: Layout<Row> = Layout {
    columns: &[
        Column {
            head: "NAME",
            cell: |row| row.name.clone(),
        },
        Column {
            head: "HOST",
            cell: |row| row.host.clone(),
        },
        Column {
            head: "RESULT",
            cell: |row| match &row.why {
                Some(why) => format!("{}: {why}", row.result),
                None => row.result.to_owned(),
            },
        },
        Column {
            head: "SECRET",
            cell: |row| {
                row.secret
                    .as_ref()
                    .map(|file| file.display().to_string())
                    .unwrap_or_default()
            },
        },
    ],
    json: |row| {
        json!({
            "name": row.name,
            "host": row.host,
            "result": row.result,
            "why": row.why,
            "secretFile": row.secret,
        })
    },
};

/// `contexts import-kestractl`
pub fn import(
    printer: &mut Printer<'_>,
    file: &Path,
    environment: &Environment,
    asked: &Import<'_>,
) -> Result<(), Failure> {
    let (from, text, mode) = kestractl_file(asked.from, environment)?;
    let theirs: Kestractl = serde_saphyr::from_str(&text).map_err(|_| {
        // The parser would quote the line, which may hold a secret.
        invalid(
            format!("Nothing was taken over from `{}`.", from.display()),
            "It is not a configuration of kestractl: there is no list of contexts in it.",
            "Name the file, or add contexts with `kestra-admin contexts add`.",
        )
    })?;
    let mut editing = if asked.dry_run {
        Editing::of(file)?
    } else {
        Editing::locked(file)?
    };
    // Beside the file, wherever that is, and from there by its whole path.
    let beside = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let secrets = beside.parent().unwrap_or(Path::new("")).join("secrets");
    let mut rows = Vec::with_capacity(theirs.contexts.len());
    let mut to_write = Vec::new();
    for (name, context) in &theirs.contexts {
        let there = editing.has(name);
        let mut row = Row {
            name: name.clone(),
            host: redact::line(&without_user(context.host.as_deref().unwrap_or_default()), &[]),
            secret: None,
            result: if there { "replaced" } else { "added" },
            why: None,
        };
        if there && !asked.replace {
            (row.result, row.why) = ("kept", Some("there is one of this name already".to_owned()));
        } else {
            match translate(name, context, &secrets) {
                Ok((new, secret)) => {
                    row.secret = secret.as_ref().map(|(file, _)| file.clone());
                    to_write.extend(secret);
                    editing.put(&new);
                }
                Err(why) => (row.result, row.why) = ("skipped", Some(why)),
            }
        }
        rows.push(row);
    }
    let done = rows.iter().any(|row| matches!(row.result, "added" | "replaced"));
    if done && !asked.dry_run {
        write_secrets(&secrets, &to_write)?;
        editing.save()?;
    }
    printer.whole_list(&LAYOUT, &rows)?;
    if asked.dry_run {
        printer.say("Nothing was written.");
    } else if !done {
        printer.say(&format!("Nothing was taken over from `{}`.", from.display()));
    } else {
        printer.say(&format!("What was taken over is in `{}`.", file.display()));
    }
    if mode & 0o077 != 0 && theirs.contexts.values().any(KestractlContext::holds_secret) {
        let shown = from.display();
        printer.say(&format!(
            "`{shown}` holds secrets and is not private; `chmod 600 {shown}` mends that."
        ));
    }
    if let Some(default) = theirs.default_context.filter(|name| editing.has(name))
        && editing.default_context().is_none()
    {
        printer.say(&format!(
            "The default of kestractl is `{default}`; `kestra-admin contexts use {default}` makes it ours."
        ));
    }
    let skipped = rows.iter().filter(|row| row.result == "skipped").count();
    if skipped > 0 {
        return Err(Problem::new(
            ProblemKind::Partly,
            "Not every context was taken over.",
            format!("{skipped} of {} could not be written down here.", rows.len()),
            "The list says why; mend them there, or add them with `kestra-admin contexts add`.",
        )
        .into());
    }
    Ok(())
}

impl KestractlContext {
    fn holds_secret(&self) -> bool {
        self.token.is_some() || self.password.is_some()
    }

    /// Its token, unless it says that it uses a password; within one source kestractl lets a token win too.
    fn token(&self) -> Option<&str> {
        let by_password = self.auth_method.as_deref() == Some("basicAuth");
        filled(self.token.as_ref()).filter(|_| !by_password)
    }
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

/// A secret, and the file it goes to.
type SecretFile = (PathBuf, String);

/// A context as ours, with the secret that has to be written for it. The error is a clause.
fn translate(
    name: &str,
    context: &KestractlContext,
    secrets: &Path,
) -> Result<(NewContext, Option<SecretFile>), String> {
    let is_file_name = !name.is_empty()
        && !name.starts_with('.')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_file_name {
        return Err("its name has other characters than letters, digits, `-`, `_` and `.`".to_owned());
    }
    let host: HostUrl = filled(context.host.as_ref()).ok_or("it names no host")?.parse()?;
    let (auth, secret) = match (
        context.token(),
        filled(context.username.as_ref()),
        filled(context.password.as_ref()),
    ) {
        (Some(token), _, _) => {
            let file = secrets.join(format!("{name}.token"));
            let auth = NewAuth::Token(SecretPlace::File(file.clone()));
            (Some(auth), Some((file, token.to_owned())))
        }
        (None, Some(username), Some(password)) => {
            let file = secrets.join(format!("{name}.password"));
            let auth = NewAuth::Basic {
                username: username.to_owned(),
                password: SecretPlace::File(file.clone()),
            };
            (Some(auth), Some((file, password.to_owned())))
        }
        (None, None, None) => (None, None),
        (None, _, _) => return Err("it has half of a username and password".to_owned()),
    };
    let new = NewContext {
        name: name.to_owned(),
        host: Some(host.to_string()),
        tenant: filled(context.tenant.as_ref()).map(str::to_owned),
        auth,
        ..NewContext::default()
    };
    new.check()?;
    Ok((new, secret))
}

/// Writes the secrets before the configuration names them. What is written twice is the same.
fn write_secrets(directory: &Path, secrets: &[SecretFile]) -> Result<(), Problem> {
    if secrets.is_empty() {
        return Ok(());
    }
    private::create_directory(directory)?;
    for (file, secret) in secrets {
        private::replace_file(file, format!("{secret}\n").as_bytes())?;
    }
    Ok(())
}

/// The file that was named, else that of kestractl, else that of its older versions: where it lies, what is in it, and
/// its mode.
fn kestractl_file(from: Option<&Path>, environment: &Environment) -> Result<(PathBuf, String, u32), Problem> {
    let home = environment.get("HOME").map(Path::new);
    let candidates: Vec<PathBuf> = match (from, home) {
        (Some(file), _) => vec![file.to_owned()],
        (None, Some(home)) => [".kestractl/config.yaml", ".kestra/config.yaml"]
            .iter()
            .map(|path| home.join(path))
            .collect(),
        (None, None) => Vec::new(),
    };
    for file in &candidates {
        // The older place is also where Kestra's server looks for its own; what is no file of kestractl is told later.
        if fs::metadata(file).is_ok()
            && let Some((text, mode)) = private::read(file)?
        {
            return Ok((file.clone(), text, mode));
        }
    }
    let looked: Vec<String> = candidates.iter().map(|file| format!("`{}`", file.display())).collect();
    Err(Problem::new(
        ProblemKind::NotFound,
        "There is no configuration of kestractl.",
        if looked.is_empty() {
            "`HOME` is not set, so nothing was looked at.".to_owned()
        } else {
            format!("There is no file {}.", looked.join(" or "))
        },
        "Name the file: `kestra-admin contexts import-kestractl FILE`.",
    ))
}
