//! `--dry-run` of changes to roles, access and people: what would be sent, and what would come of it.

use serde_json::{Value, json};

use super::failure::Failure;
use super::format::Format;
use super::printer::{Column, Layout};
use super::session::Session;
use crate::backend::http::Planned;
use crate::domain::binding::NewBinding;
use crate::domain::tenant::TenantScope;

/// One request that would be made.
pub struct Request {
    /// What would come of it: `create`, `leave unchanged`, ...
    pub would: &'static str,
    /// What it is about, for people.
    pub what: String,
    /// The method and the path.
    pub route: (&'static str, String),
    /// The body, without secrets.
    pub body: Value,
}

impl Request {
    /// One that was made up for the release of the instance.
    pub fn new(would: &'static str, what: String, planned: Planned) -> Self {
        Self {
            would,
            what,
            route: (planned.method, planned.path),
            body: planned.body,
        }
    }
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
            cell: |request| format!("{} {}", request.route.0, request.route.1),
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
    let (method, path) = &request.route;
    let mut value = json!({"would": request.would, "what": request.what, "method": method, "path": path});
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

/// What a new binding is asked for with.
pub fn binding_body(new: &NewBinding) -> Value {
    json!({
        "type": new.subject_kind,
        "externalId": new.subject_id,
        "roleId": new.role_id,
        "namespaceId": new.namespace,
    })
}

/// Prints one request that would be made.
pub fn print(session: &mut Session<'_>, request: &Request) -> Result<(), Failure> {
    print_warned(session, request, &[])
}

/// The same with what is said of it beside, for programs to read as well.
pub fn print_warned(session: &mut Session<'_>, request: &Request, warnings: &[String]) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&LAYOUT, std::slice::from_ref(request))?,
        _ => {
            let mut value = json(request);
            if let (Some(object), false) = (value.as_object_mut(), warnings.is_empty()) {
                object.insert("warnings".to_owned(), json!(warnings));
            }
            session.printer.object(&[], &value)?;
        }
    }
    session.printer.say("Nothing was sent.");
    Ok(())
}

/// Prints one request as it is, and several as a list.
pub fn print_any(session: &mut Session<'_>, requests: &[Request]) -> Result<(), Failure> {
    match requests {
        [request] => print(session, request),
        requests => print_all(session, requests),
    }
}

/// Prints requests that would be made, as a list.
pub fn print_all(session: &mut Session<'_>, requests: &[Request]) -> Result<(), Failure> {
    session.printer.whole_list(&LAYOUT, requests)?;
    session.printer.say("Nothing was sent.");
    Ok(())
}
