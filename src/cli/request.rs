//! `--dry-run` of changes to roles, access and people: what would be sent, and what would come of it.

use serde_json::{Value, json};

use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::domain::tenant::TenantScope;

/// One request that would be made.
pub struct Request {
    /// What would come of it: `create`, `leave unchanged`, ...
    pub would: &'static str,
    /// What it is about, for people.
    pub what: String,
    /// The method and the path, where they are the same in every release.
    pub route: Option<(&'static str, String)>,
    /// The body, without secrets.
    pub body: Value,
}

static LAYOUT: Layout<Request> = Layout {
    columns: &[
        Column {
            head: "WOULD",
            cell: |request| request.would.to_owned(),
        },
        Column {
            head: "WHAT",
            cell: |request| request.what.clone(),
        },
        Column {
            head: "REQUEST",
            cell: |request| match &request.route {
                Some((method, path)) => format!("{method} {path}"),
                None => String::new(),
            },
        },
        Column {
            head: "BODY",
            cell: |request| match &request.body {
                Value::Null => String::new(),
                body => body.to_string(),
            },
        },
    ],
    json,
};

fn json(request: &Request) -> Value {
    let mut value = json!({"would": request.would, "what": request.what});
    if let (Some(object), Some((method, path))) = (value.as_object_mut(), &request.route) {
        object.insert("method".to_owned(), json!(method));
        object.insert("path".to_owned(), json!(path));
    }
    if let (Some(object), false) = (value.as_object_mut(), request.body.is_null()) {
        object.insert("body".to_owned(), request.body.clone());
    }
    value
}

/// The path of something that lives in a tenant, such as `roles/ID`. Without an id a tenant is not part of it.
pub fn path_in(scope: &TenantScope, rest: &str) -> String {
    match scope.id() {
        Some(id) => format!("/api/v1/{id}/{rest}"),
        None => format!("/api/v1/{rest}"),
    }
}

/// Prints one request that would be made.
pub fn print(session: &mut Session<'_>, request: &Request) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&LAYOUT, std::slice::from_ref(request))?,
        _ => session.printer.object(&[], &json(request))?,
    }
    session.printer.say("Nothing was sent.");
    Ok(())
}

/// Prints requests that would be made, as a list.
pub fn print_all(session: &mut Session<'_>, requests: &[Request]) -> Result<(), Failure> {
    session.printer.whole_list(&LAYOUT, requests)?;
    session.printer.say("Nothing was sent.");
    Ok(())
}
