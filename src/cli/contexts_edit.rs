//! `contexts add`, `remove`, `use` and `import-kestractl`: changes to the configuration.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::args::AddContext;
use super::failure::{Failure, invalid};
use super::printer::Printer;
use crate::config::edit::{Editing, NewAuth, NewContext, SecretPlace};
use crate::config::host_url::HostUrl;
use crate::config::layers::Flags;
use crate::config::{nearest, private};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;

/// `contexts add`
pub fn add(printer: &mut Printer<'_>, file: &Path, target: &Flags, flags: &AddContext) -> Result<(), Failure> {
    let mut editing = Editing::of(file)?;
    if editing.has(&flags.name) && !flags.replace {
        return Err(taken(&flags.name).into());
    }
    let context = wanted(target, flags)?;
    editing.put(&context);
    if flags.default {
        editing.set_default(&flags.name);
    }
    write(printer, &editing, flags.dry_run)?;
    if !flags.dry_run {
        printer.say(&format!("Context `{}` is in `{}`.", flags.name, file.display()));
        printer.say(&format!(
            "Try the way to it with `kestra-admin contexts test {}`.",
            flags.name
        ));
    }
    Ok(())
}

fn taken(name: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("There is a context `{name}` already."),
        "A context keeps what it was written down with.",
        "Add `--replace` to put this one in its place, or choose another name.",
    )
}

/// Prints what a change would write, or carries it out.
fn write(printer: &mut Printer<'_>, editing: &Editing, dry_run: bool) -> Result<(), Failure> {
    if !dry_run {
        editing.save()?;
        return Ok(());
    }
    for line in editing.new_lines() {
        printer.text(format!("{}\n", visible(&line)).as_bytes())?;
    }
    printer.say("Nothing was written.");
    Ok(())
}

fn wanted(target: &Flags, flags: &AddContext) -> Result<NewContext, Problem> {
    let refusal = |why: &str, next: &str| {
        let what = format!("Context `{}` was not added.", visible(&flags.name));
        invalid(what, why, next)
    };
    let refused = |why: &str, next: &str| Err(refusal(why, next));
    if flags.name.is_empty() || flags.name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return refused(
            "Its name is empty or has blanks in it.",
            "Choose a plain name, such as `prod`.",
        );
    }
    let (host, store) = match (&target.host, &target.store) {
        (Some(host), None) => {
            if let Err(why) = host.parse::<HostUrl>() {
                return refused(
                    &format!("`{}` is no URL: {why}.", visible(host)),
                    "Write it like https://kestra.example.com.",
                );
            }
            (Some(host.clone()), None)
        }
        (None, Some(store)) => (None, Some(store.clone())),
        _ => {
            return refused(
                "It is not said where it leads.",
                "Add `--host URL` for a Kestra, or `--store NAME` for a local instance.",
            );
        }
    };
    let auth = auth(flags, host.is_some()).map_err(|(why, next)| refusal(why, next))?;
    let mut headers = Vec::new();
    for header in &flags.headers {
        match header.split_once('=') {
            Some((name, variable)) if !name.is_empty() && !variable.is_empty() => {
                headers.push((name.to_owned(), variable.to_owned()));
            }
            _ => {
                return refused(
                    "A header is not written as NAME=VARIABLE.",
                    "Name the environment variable with its value.",
                );
            }
        }
    }
    Ok(NewContext {
        name: flags.name.clone(),
        host,
        store,
        tenant: flags.tenant.clone(),
        auth,
        protected: flags.protected,
        read_only: target.read_only,
        color: flags.color.clone(),
        headers,
        ca_file: flags.ca_file.clone(),
        client_certificate: flags.client_cert.clone().zip(flags.client_key.clone()),
        proxy: flags.proxy.clone(),
        timeout_seconds: flags.timeout_seconds,
        server: None,
    })
}

fn auth(flags: &AddContext, is_host: bool) -> Result<Option<NewAuth>, (&'static str, &'static str)> {
    let words = |text: &String| text.split_whitespace().map(str::to_owned).collect();
    let place = |variable: &Option<String>, file: &Option<PathBuf>, command: &Option<String>| {
        let mut places = [
            variable.clone().map(SecretPlace::Variable),
            file.clone().map(SecretPlace::File),
            command.as_ref().map(|command| SecretPlace::Command(words(command))),
        ]
        .into_iter()
        .flatten();
        (places.next(), places.next().is_some())
    };
    let (token, more) = place(&flags.token_env, &flags.token_file, &flags.token_command);
    let (password, several) = place(&flags.password_env, &flags.password_file, &flags.password_command);
    if more || several {
        return Err((
            "It is said several times where the secret lies.",
            "Keep one of the options.",
        ));
    }
    match (token, &flags.username, password) {
        (None, None, None) => Ok(None),
        (Some(token), None, None) => Ok(Some(NewAuth::Token(token))),
        (Some(_), _, _) => Err(("A token stands alone.", "Leave out the username and the password.")),
        (None, Some(username), Some(password)) => Ok(Some(NewAuth::Basic {
            username: username.clone(),
            password,
        })),
        (None, Some(username), None) if !is_host => Ok(Some(NewAuth::Username(username.clone()))),
        (None, Some(_), None) => Err((
            "A username needs a password.",
            "Add --password-env, --password-file or --password-command; no secret is taken from the command line.",
        )),
        (None, None, Some(_)) => Err(("A password needs a username.", "Add `--username NAME`.")),
    }
}

/// `contexts remove`
pub fn remove(printer: &mut Printer<'_>, file: &Path, name: &str, yes: bool, dry_run: bool) -> Result<(), Failure> {
    let mut editing = Editing::of(file)?;
    let was_default = editing.default_context() == Some(name);
    let Some(lines) = editing.remove(name) else {
        return Err(unknown(name, &editing).into());
    };
    if !yes && !dry_run {
        return Err(Problem::new(
            ProblemKind::Unconfirmed,
            format!("Context `{name}` was not removed."),
            "Removing it has to be meant.",
            "Add `--yes` to remove it, or `--dry-run` to look first.",
        )
        .into());
    }
    for line in lines.lines() {
        printer.text(format!("{}\n", visible(line)).as_bytes())?;
    }
    if dry_run {
        printer.say("Nothing was written.");
        return Ok(());
    }
    editing.save()?;
    printer.say(&format!(
        "Context `{name}` is no longer in `{}`; those were its lines.",
        file.display()
    ));
    if was_default {
        printer.say("It was the default; a command that names none opens the local instance `default` now.");
    }
    Ok(())
}

fn unknown(name: &str, editing: &Editing) -> Problem {
    let names = editing.names();
    let next = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => "List them with `kestra-admin contexts list`.".to_owned(),
    };
    Problem::new(
        ProblemKind::NotFound,
        format!("There is no context `{}`.", visible(name)),
        "The configuration names none like it.",
        next,
    )
}

/// `contexts use`
pub fn use_by_default(printer: &mut Printer<'_>, file: &Path, name: &str) -> Result<(), Failure> {
    let mut editing = Editing::of(file)?;
    if !editing.has(name) {
        return Err(unknown(name, &editing).into());
    }
    editing.set_default(name);
    editing.save()?;
    printer.say(&format!("A command that names no context uses `{name}` now."));
    Ok(())
}

/// The configuration of kestractl, as far as it is about contexts.
#[derive(Deserialize)]
struct Kestractl {
    #[serde(default)]
    contexts: indexmap::IndexMap<String, KestractlContext>,
    #[serde(default, alias = "default-context", alias = "defaultContext")]
    default_context: Option<String>,
}

#[derive(Deserialize)]
struct KestractlContext {
    host: String,
    #[serde(default)]
    tenant: Option<String>,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

/// `contexts import-kestractl`
pub fn import(
    printer: &mut Printer<'_>,
    file: &Path,
    from: Option<&Path>,
    replace: bool,
    dry_run: bool,
) -> Result<(), Failure> {
    let (from, text) = kestractl_file(from)?;
    let theirs: Kestractl = serde_saphyr::from_str(&text).map_err(|_| {
        // The parser would quote the line, which may hold a secret.
        invalid(
            format!("`{}` was not taken over.", from.display()),
            "It is not a configuration of kestractl.",
            "Name the file, or add contexts by hand.",
        )
    })?;
    let mut editing = Editing::of(file)?;
    let secrets = file.parent().unwrap_or(Path::new(".")).join("secrets");
    let mut to_write = Vec::new();
    let (mut taken_over, mut kept) = (Vec::new(), Vec::new());
    for (name, context) in &theirs.contexts {
        if editing.has(name) && !replace {
            kept.push(name.clone());
            continue;
        }
        if context.host.parse::<HostUrl>().is_err() || !is_file_name(name) {
            return Err(invalid(
                format!("`{}` was not taken over.", from.display()),
                format!(
                    "Its context `{}` has no URL, or a name that is none here.",
                    visible(name)
                ),
                "Mend it there, or add contexts by hand.",
            )
            .into());
        }
        let (suffix, secret) = match (&context.token, &context.password) {
            (Some(token), _) => ("token", Some(token)),
            (None, password) => ("password", password.as_ref()),
        };
        let place = secrets.join(format!("{name}.{suffix}"));
        let auth = match (secret, &context.username, suffix) {
            (Some(_), _, "token") => Some(NewAuth::Token(SecretPlace::File(place.clone()))),
            (Some(_), Some(username), _) => Some(NewAuth::Basic {
                username: username.clone(),
                password: SecretPlace::File(place.clone()),
            }),
            _ => None,
        };
        if let (Some(secret), Some(_)) = (secret, &auth) {
            to_write.push((place, secret.clone()));
        }
        editing.put(&NewContext {
            name: name.clone(),
            host: Some(context.host.clone()),
            tenant: context.tenant.clone(),
            auth,
            ..NewContext::default()
        });
        taken_over.push(name.clone());
    }
    if let Some(default) = theirs.default_context.filter(|name| editing.has(name))
        && editing.default_context().is_none()
    {
        editing.set_default(&default);
    }
    if !dry_run && !to_write.is_empty() {
        private::create_directory(&secrets)?;
        for (place, secret) in &to_write {
            if replace {
                // It is written anew below; one that is not there is no matter.
                drop(std::fs::remove_file(place));
            }
            private::write_secret(place, secret)?;
        }
    }
    write(printer, &editing, dry_run)?;
    let list = |names: &[String]| {
        names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if taken_over.is_empty() {
        printer.say("No context was taken over.");
    } else if !dry_run {
        printer.say(&format!("Taken over: {}.", list(&taken_over)));
    }
    if !kept.is_empty() {
        printer.say(&format!("There already, and left as they are: {}.", list(&kept)));
    }
    if !dry_run && !to_write.is_empty() {
        printer.say(&format!("Their secrets lie in `{}`, for you alone.", secrets.display()));
    }
    Ok(())
}

fn is_file_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The file that was named, else that of kestractl, else that of its older versions.
fn kestractl_file(from: Option<&Path>) -> Result<(PathBuf, String), Problem> {
    let candidates = match from {
        Some(file) => vec![file.to_owned()],
        None => {
            let home = directories::BaseDirs::new().map(|base| base.home_dir().to_owned());
            home.into_iter()
                .flat_map(|home| [home.join(".kestractl/config.yaml"), home.join(".kestra/config.yaml")])
                .collect()
        }
    };
    for file in &candidates {
        if let Some((text, _)) = private::read(file)? {
            return Ok((file.clone(), text));
        }
    }
    let looked: Vec<String> = candidates.iter().map(|file| format!("`{}`", file.display())).collect();
    Err(Problem::new(
        ProblemKind::NotFound,
        "There is no configuration of kestractl.",
        format!("There is no file {}.", looked.join(" or ")),
        "Name the file.",
    ))
}
