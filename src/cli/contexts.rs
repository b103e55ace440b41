//! `contexts list` and `contexts show`. Neither reaches an instance, and neither shows a secret.

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::kept::Kept;
use super::list::no_rows;
use super::printer::{Column, Layout, Printer};
use crate::config::auth::Auth;
use crate::config::context::TIMEOUT_SECONDS;
use crate::config::context_rows::row;
use crate::config::file::Configuration;
use crate::config::target::{Origin, Reach, Target};
use crate::domain::columns::{ANSWERS, CONTEXT_COLUMNS};
use crate::domain::problem::invalid;
use crate::domain::rows::contexts::{ContextRow, UsedContext};

static LAYOUT: Layout<ContextRow> = Layout {
    columns: &[
        Column {
            head: "NAME",
            cell: |row| row.name.clone(),
        },
        Column {
            head: "REACHES",
            cell: |row| row.reaches(),
        },
        Column {
            head: "TENANT",
            cell: |row| row.tenant.clone(),
        },
        Column {
            head: "CHANGES",
            cell: |row| row.allows.to_owned(),
        },
        Column {
            head: "DEFAULT",
            cell: |row| if row.is_default { "yes" } else { "" }.to_owned(),
        },
        Column {
            head: "COLOR",
            cell: |row| row.color.to_owned(),
        },
    ],
    json: |row| {
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(row.name));
        let (kind, place) = row.leads.parts();
        object.insert(kind.to_owned(), json!(place));
        if !row.tenant.is_empty() {
            object.insert("tenant".to_owned(), json!(row.tenant));
        }
        object.insert("readOnly".to_owned(), json!(row.read_only));
        object.insert("protected".to_owned(), json!(row.protected));
        object.insert("default".to_owned(), json!(row.is_default));
        if !row.color.is_empty() {
            object.insert("color".to_owned(), json!(row.color));
        }
        Value::Object(object)
    },
};

/// `contexts list`, where a command without more words would use the context of a name.
pub fn list(
    printer: &mut Printer<'_>,
    configuration: &Configuration,
    kept: &Kept,
    present: &str,
) -> Result<(), Failure> {
    let keeping = kept.of(CONTEXT_COLUMNS, &LAYOUT)?;
    if keeping.names(ANSWERS) {
        return Err(invalid(
            "`answers` is no column of this command.",
            "It would take a request to every instance, and a list of contexts sends none; the screen of contexts asks.",
            "Leave it out; `kestra-admin contexts test NAME` asks one of them.",
        )
        .into());
    }
    let rows: Vec<ContextRow> = configuration
        .contexts
        .iter()
        // Where on this machine it leads is nothing that the list says.
        .map(|context| row(context, configuration, false))
        .filter(|row| keeping.keeps_as(row, &UsedContext(row, present)))
        .collect();
    printer.whole_list(&LAYOUT, &rows)?;
    let file = configuration.file.display();
    if rows.is_empty() {
        printer.say(&no_rows(keeping.keeps_all(), "context", || {
            format!("No context is configured in `{file}`.")
        }));
    }
    if configuration.opens_local() {
        printer.say("A command that names none opens the local instance `default`, which has a row on screen alone.");
    }
    Ok(())
}

/// `contexts show`
pub fn show(printer: &mut Printer<'_>, target: &Target) -> Result<(), Failure> {
    let settings = settings(target);
    let mut object = Map::new();
    for setting in &settings {
        object.insert(
            setting.name.clone(),
            json!({"value": setting.value, "origin": setting.origin.to_string()}),
        );
    }
    match printer.format() {
        super::format::Format::Table | super::format::Format::Csv => printer.whole_list(&SETTING_LAYOUT, &settings),
        _ => printer.object(&[], &Value::Object(object)),
    }
}

/// One line of `contexts show`.
struct SettingLine {
    name: String,
    value: String,
    origin: Origin,
}

static SETTING_LAYOUT: Layout<SettingLine> = Layout {
    columns: &[
        Column {
            head: "SETTING",
            cell: |setting| setting.name.clone(),
        },
        Column {
            head: "VALUE",
            cell: |setting| setting.value.clone(),
        },
        Column {
            head: "FROM",
            cell: |setting| setting.origin.to_string(),
        },
    ],
    json: |_| Value::Null,
};

fn settings(target: &Target) -> Vec<SettingLine> {
    let mut rows = Vec::new();
    let mut push = |name: &str, value: String, origin: &Origin| {
        rows.push(SettingLine {
            name: name.to_owned(),
            value,
            origin: origin.clone(),
        });
    };
    let reached = &target.reach.origin;
    let option = |name: &str| match reached {
        Origin::File(reach) => Origin::File(match reach.rsplit_once('.') {
            Some((context, _)) => format!("{context}.{name}"),
            None => name.to_owned(),
        }),
        _ => Origin::Default,
    };
    push("name", target.name.clone(), &target.chosen_by);
    match &target.reach.value {
        Reach::Store(directory) => push("store", directory.display().to_string(), reached),
        Reach::Host { url, auth, connection } => {
            push("host", url.to_string(), reached);
            match auth {
                Some(auth) => push("auth", auth_words(&auth.value), &auth.origin),
                None => push("auth", "nobody".to_owned(), &Origin::Default),
            }
            for (name, value) in &connection.headers {
                push(&format!("headers.{name}"), value.words(), &option("headers"));
            }
            if let Some(proxy) = connection.shown_proxy() {
                push("proxy", proxy, &option("proxy"));
            }
            if let Some(file) = &connection.ca_file {
                push("ca-file", file.display().to_string(), &option("ca-file"));
            }
            if let Some((certificate, key)) = &connection.client_certificate {
                push("client-cert", certificate.display().to_string(), &option("client-cert"));
                push("client-key", key.display().to_string(), &option("client-key"));
            }
            let seconds = connection.timeout_seconds;
            let origin = if seconds == TIMEOUT_SECONDS {
                Origin::Default
            } else {
                option("timeout-seconds")
            };
            push("timeout-seconds", seconds.to_string(), &origin);
        }
    }
    if let Some(username) = &target.acting_as {
        push("username", username.value.clone(), &username.origin);
    }
    if let Some(tenant) = &target.tenant {
        push("tenant", tenant.value.clone(), &tenant.origin);
    }
    push(
        "read-only",
        target.read_only.value.to_string(),
        &target.read_only.origin,
    );
    push(
        "protected",
        target.protected.value.to_string(),
        &target.protected.origin,
    );
    if let Some(color) = target.color {
        push("color", color.word().to_owned(), &option("color"));
    }
    rows
}

fn auth_words(auth: &Auth) -> String {
    match auth {
        Auth::Token(source) => format!("token from {source}"),
        Auth::Basic { username, password } => format!("{username}, password from {password}"),
        Auth::Username(username) => username.clone(),
    }
}
