//! `contexts add`, `remove` and `use`: changes to the configuration.
//!
//! What is written or taken out goes to standard output, so that it can be looked at before and put back afterwards.
//! No secret passes through here: a context names where one lies. How the file is changed is in [`crate::config::edit`].

use std::path::{Path, PathBuf};

use serde_json::json;

use super::args_contexts::{AddContext, RemoveContext};
use super::failure::Failure;
use super::format::Format;
use super::printer::Printer;
use super::prompt::{self, Input};
use crate::backend::http::proxy_url;
use crate::config::edit::{Editing, NewAuth, NewContext, SecretPlace, default_line};
use crate::config::layers::Flags;
use crate::config::nearest;
use crate::config::paths::{DEFAULT_INSTANCE, Paths};
use crate::config::private;
use crate::domain::equivalent::words_of;
use crate::domain::host_url::HostUrl;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::redact;
use crate::domain::text::{is_context_name, sentence, visible, visible_lines};

/// `contexts add`
pub fn add(
    printer: &mut Printer<'_>,
    file: &Path,
    paths: &Paths,
    target: &Flags,
    flags: &AddContext,
) -> Result<(), Failure> {
    let name = &flags.name;
    let mut context = NewContext::default();
    carry_out(printer, file, name, flags.dry_run, &mut |editing| {
        if editing.has(name) && !flags.replace {
            return Err(Problem::new(
                ProblemKind::Conflict,
                format!("There is a context `{}` already.", visible(name)),
                "A context keeps what it was written down with.",
                "Add `--replace` to put this one in its place, or choose another name.",
            ));
        }
        context = wanted(paths, target, flags)?;
        editing.put(&context);
        if !flags.default {
            return Ok(context.lines());
        }
        editing.set_default(name);
        Ok(format!("{}\n{}", default_line(name), context.lines()))
    })?;
    if let (Some(store), None) = (&context.store, &target.host)
        && !paths.store_directory(store, Path::new(""))?.is_dir()
    {
        printer.say(&format!(
            "There is no local instance `{store}` yet; `kestra-admin rehearsal create {store}` makes one."
        ));
    }
    if !flags.dry_run {
        printer.say(&format!("Context `{name}` is in `{}`.", file.display()));
        printer.say(&format!("Try the way to it with `kestra-admin contexts test {name}`."));
    }
    Ok(())
}

/// Shows the lines a change is about, and writes the file unless it is a dry run. What is refused leaves nothing behind, so it is
/// tried before the file is locked, and then made of what the file says by then.
fn carry_out(
    printer: &mut Printer<'_>,
    file: &Path,
    name: &str,
    dry_run: bool,
    change: &mut dyn FnMut(&mut Editing) -> Result<String, Problem>,
) -> Result<(), Failure> {
    let mut lines = change(&mut Editing::of(file)?)?;
    if !dry_run {
        let mut editing = Editing::locked(file)?;
        lines = change(&mut editing)?;
        editing.save()?;
    }
    show_lines(printer, file, name, &lines, !dry_run)?;
    if dry_run {
        printer.say("Nothing was written.");
    }
    Ok(())
}

/// Shows lines of the configuration: as they are in a table, as a text of an object in every other form.
pub fn show_lines(
    printer: &mut Printer<'_>,
    file: &Path,
    name: &str,
    lines: &str,
    written: bool,
) -> Result<(), Failure> {
    if printer.format() == Format::Table {
        return printer.text(visible_lines(lines).as_bytes());
    }
    let object = json!({"name": name, "file": file, "lines": lines, "written": written});
    let fields = [
        ("name", name.to_owned()),
        ("file", file.display().to_string()),
        ("lines", lines.to_owned()),
        ("written", written.to_string()),
    ]
    .map(|(field, value)| (field.to_owned(), value));
    printer.object(&fields, &object)
}

/// Whether an address of a proxy is one, without who signs in there.
pub(super) fn is_proxy(address: &str) -> bool {
    !address.contains('@') && proxy_url(address).is_some()
}

fn wanted(paths: &Paths, target: &Flags, flags: &AddContext) -> Result<NewContext, Problem> {
    let refused = |why: String, next: &str| {
        let what = format!("Context `{}` was not added.", redact::name(&flags.name));
        invalid(what, why, next)
    };
    if flags.name.is_empty() || !is_context_name(&flags.name) {
        return Err(refused(
            "Its name is empty, begins with a dot, or has other than letters, digits, `-`, `_` and `.` in it."
                .to_owned(),
            "Choose a plain name, such as `prod`.",
        ));
    }
    let (host, store) = match (&target.host, &target.store) {
        (Some(host), _) => {
            let url: HostUrl = host.parse().map_err(|why: String| {
                refused(
                    format!("The value of `--host` is no base URL: {why}."),
                    "Give it like `https://kestra.example.com`.",
                )
            })?;
            (Some(url.to_string()), None)
        }
        (None, Some(store)) => (None, Some(store_text(paths, store)?)),
        (None, None) => {
            return Err(refused(
                "It is not said where it leads.".to_owned(),
                "Add `--host URL` for a Kestra, or `--store NAME` for a local instance.",
            ));
        }
    };
    if flags.proxy.as_ref().is_some_and(|proxy| proxy.contains('@')) {
        return Err(refused(
            "The proxy carries credentials, and no secret is taken from the command line.".to_owned(),
            "Write that option into the file by hand, and make the file private.",
        ));
    }
    if !flags.proxy.as_deref().is_none_or(is_proxy) {
        return Err(refused(
            "The address of the proxy is no host and port, with `http://` or `https://` before it.".to_owned(),
            "Give it like `http://proxy.example.com:3128`.",
        ));
    }
    let mut headers = Vec::new();
    for header in &flags.headers {
        let parts = header
            .split_once('=')
            .and_then(|(name, value)| Some((name, value.strip_prefix("env:")?)));
        match parts {
            Some((name, variable)) if !name.is_empty() && !variable.is_empty() => {
                headers.push((name.to_owned(), variable.to_owned()));
            }
            // What was typed may be the secret itself.
            _ => {
                return Err(refused(
                    "A header is not written as NAME=env:VARIABLE.".to_owned(),
                    "Put its value into an environment variable, and name that.",
                ));
            }
        }
    }
    let context = NewContext {
        name: flags.name.clone(),
        host,
        store,
        tenant: flags.tenant.clone(),
        auth: auth(flags).map_err(|(why, next)| refused(why.to_owned(), next))?,
        protected: flags.protected,
        read_only: flags.read_only,
        color: flags.color.clone(),
        headers,
        ca_file: flags.ca_file.as_deref().map(absolute),
        client_certificate: flags
            .client_cert
            .as_deref()
            .map(absolute)
            .zip(flags.client_key.as_deref().map(absolute)),
        proxy: flags.proxy.clone(),
        timeout_seconds: flags.timeout_seconds,
        server: None,
    };
    context
        .check()
        .map_err(|why| refused(sentence(&why), "Change that option; `--help` shows them all."))?;
    Ok(context)
}

/// A path as it is meant from everywhere: in the file a relative one would start beside the file.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A local instance of ours by its name, any other by its whole path.
fn store_text(paths: &Paths, store: &str) -> Result<String, Problem> {
    let directory = paths.store_directory(store, Path::new(""))?;
    Ok(if directory == paths.instances().join(store) {
        store.to_owned()
    } else {
        absolute(&directory).display().to_string()
    })
}

fn auth(flags: &AddContext) -> Result<Option<NewAuth>, (&'static str, &'static str)> {
    let place = |variable: &Option<String>, file: &Option<PathBuf>, command: &Option<String>| {
        Ok::<_, (&str, &str)>(match (variable, file, command) {
            (Some(variable), _, _) => Some(SecretPlace::Variable(variable.clone())),
            (_, Some(file), _) => Some(SecretPlace::File(absolute(file))),
            (_, _, Some(command)) => Some(SecretPlace::Command(words_of(command)?)),
            (None, None, None) => None,
        })
    };
    let token = place(&flags.token_env, &flags.token_file, &flags.token_command)?;
    let password = place(&flags.password_env, &flags.password_file, &flags.password_command)?;
    match (token, &flags.username, password) {
        (None, None, None) => Ok(None),
        (Some(token), _, _) => Ok(Some(NewAuth::Token(token))),
        (None, Some(username), Some(password)) => Ok(Some(NewAuth::Basic {
            username: username.clone(),
            password,
        })),
        (None, Some(username), None) => Ok(Some(NewAuth::Username(username.clone()))),
        (None, None, Some(_)) => Err(("A password needs a username.", "Add `--username NAME`.")),
    }
}

/// `contexts remove`
pub fn remove(
    printer: &mut Printer<'_>,
    input: &mut Input<'_>,
    file: &Path,
    flags: &RemoveContext,
) -> Result<(), Failure> {
    let name = &flags.name;
    let (mut was_default, mut has_secret) = (false, false);
    let mut change = |editing: &mut Editing| {
        was_default = editing.default_context() == Some(name);
        let removed = editing.remove(name).ok_or_else(|| unknown(name, file, editing))?;
        has_secret = removed.contains("auth");
        Ok(removed)
    };
    change(&mut Editing::of(file)?)?;
    if !flags.yes && !flags.dry_run {
        let question = format!("Type `{name}` to remove this context:");
        let why = match prompt::typed(input, printer, &question, name) {
            Some(true) => None,
            Some(false) => Some("What was typed is not its name."),
            None => Some("There is no terminal to confirm it at."),
        };
        if let Some(why) = why {
            return Err(Problem::new(
                ProblemKind::Unconfirmed,
                format!("Context `{name}` was not removed."),
                why,
                "Add `--yes` to remove it, or `--dry-run` to look first.",
            )
            .into());
        }
    }
    carry_out(printer, file, name, flags.dry_run, &mut change)?;
    if flags.dry_run {
        return Ok(());
    }
    printer.say(&format!(
        "Context `{name}` is no longer in `{}`; these were its lines.",
        file.display()
    ));
    for secret in private::typed_secrets(file, name)
        .iter()
        .filter(|secret| secret.exists())
    {
        has_secret = false;
        printer.say(&format!(
            "The secret that was typed for it stays in `{}`; delete it where nothing else needs it.",
            secret.display()
        ));
    }
    if has_secret {
        printer.say("The secret that they name stays where it is.");
    }
    if was_default {
        printer.say("It was the default; a command that names none opens the local instance `default` now.");
    }
    Ok(())
}

fn unknown(name: &str, file: &Path, editing: &Editing) -> Problem {
    let names = editing.names();
    let next = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if names.is_empty() => "Write one with `kestra-admin contexts add`.".to_owned(),
        None => "List them with `kestra-admin contexts list`.".to_owned(),
    };
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no context `{}`.", visible(&redact::name(name))),
        format!("The configuration `{}` does not define it.", file.display()),
        next,
    )
}

/// `contexts use`
pub fn use_by_default(printer: &mut Printer<'_>, file: &Path, name: &str, dry_run: bool) -> Result<(), Failure> {
    carry_out(printer, file, name, dry_run, &mut |editing| {
        if !editing.has(name) && name != DEFAULT_INSTANCE {
            return Err(unknown(name, file, editing));
        }
        editing.set_default(name);
        Ok(default_line(name))
    })?;
    if !dry_run {
        printer.say(&format!("A command that names no context uses `{name}` now."));
    }
    Ok(())
}
