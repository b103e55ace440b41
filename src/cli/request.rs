//! `--dry-run` of changes to roles, access and people: what would be sent, and what would come of it.

use serde_json::{Map, Value, json};

use super::failure::{Failure, ending_of_many, problem_json, reason};
use super::format::Format;
use super::printer::{Column, Layout, Printer};
use super::session::Session;
use crate::backend::http::{Planned, PlannedRequest};
use crate::domain::problem::Problem;

static LAYOUT: Layout<PlannedRequest> = Layout {
    columns: &[
        Column {
            head: "WOULD",
            cell: |request| request.would.to_owned(),
        },
        Column {
            head: "WHAT",
            cell: |request| match &request.problem {
                Some(problem) => format!("{}: {}", request.what, reason(problem)),
                None => request.what.clone(),
            },
        },
        Column {
            head: "REQUEST",
            cell: |request| match &request.planned {
                Some(planned) => format!("{} {}", planned.method, planned.path),
                None => String::new(),
            },
        },
        Column {
            head: "BODY",
            cell: |request| match request.planned.as_ref().map(|planned| &planned.body) {
                None | Some(Value::Null) => String::new(),
                Some(body) => body.to_string(),
            },
        },
    ],
    json,
};

fn json(request: &PlannedRequest) -> Value {
    let mut value = json!({"would": request.would, "what": request.what});
    if let (Some(object), Some(planned)) = (value.as_object_mut(), &request.planned) {
        object.extend(planned_json(planned));
    }
    if let (Some(object), Some(problem)) = (value.as_object_mut(), &request.problem) {
        object.insert("problem".to_owned(), problem_json(problem));
    }
    value
}

/// Something that would be done on this machine, where no request is sent: `start`, and what.
pub type Deed = (&'static str, String);

static DEEDS: Layout<Deed> = Layout {
    columns: &[
        Column {
            head: "WOULD",
            cell: |(would, _)| (*would).to_owned(),
        },
        Column {
            head: "WHAT",
            cell: |(_, what)| what.clone(),
        },
    ],
    json: |(would, what)| json!({"would": would, "what": what}),
};

/// Prints what would be done on this machine.
pub fn print_deeds(printer: &mut Printer<'_>, deeds: &[Deed]) -> Result<(), Failure> {
    printer.whole_list(&DEEDS, deeds)?;
    printer.say("Nothing was done.");
    Ok(())
}

/// Method, path and body of a request, where it has one.
pub fn planned_json(planned: &Planned) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("method".to_owned(), Value::from(planned.method));
    object.insert("path".to_owned(), Value::from(planned.path.as_str()));
    if !planned.body.is_null() {
        object.insert("body".to_owned(), planned.body.clone());
    }
    object
}

/// Prints one request that would be made.
pub fn print(session: &mut Session<'_>, request: &PlannedRequest) -> Result<(), Failure> {
    print_warned(session, request, &[])
}

/// The same with what is said of it beside, for programs to read as well.
pub fn print_warned(session: &mut Session<'_>, request: &PlannedRequest, warnings: &[String]) -> Result<(), Failure> {
    let more = (!warnings.is_empty()).then(|| ("warnings".to_owned(), json!(warnings)));
    print_more(session, request, more.into_iter().collect())
}

/// The same with more of it for programs.
pub fn print_more(
    session: &mut Session<'_>,
    request: &PlannedRequest,
    more: Map<String, Value>,
) -> Result<(), Failure> {
    match session.printer.format() {
        Format::Table | Format::Csv => session.printer.whole_list(&LAYOUT, std::slice::from_ref(request))?,
        _ => {
            let mut value = json(request);
            if let Some(object) = value.as_object_mut() {
                object.extend(more);
            }
            session.printer.object(&[], &value)?;
        }
    }
    session.printer.say("Nothing was sent.");
    Ok(())
}

/// Prints one request as it is, and several as a list.
pub fn print_any(session: &mut Session<'_>, requests: &[PlannedRequest]) -> Result<(), Failure> {
    match requests {
        [request] if request.problem.is_none() => print(session, request),
        requests => print_all(session, requests),
    }
}

/// Prints requests that would be made, as a list, and nothing more.
pub fn print_rows(session: &mut Session<'_>, requests: &[PlannedRequest]) -> Result<(), Failure> {
    session.printer.whole_list(&LAYOUT, requests)
}

/// What to do about some of many that would fail.
pub const WOULD_FAIL: &str = "Correct them, or leave them out; the others are tried all the same.";

/// Prints requests that would be made, as a list, and ends as it would if they were.
pub fn print_all(session: &mut Session<'_>, requests: &[PlannedRequest]) -> Result<(), Failure> {
    print_rows(session, requests)?;
    let failed: Vec<&Problem> = requests.iter().filter_map(|request| request.problem.as_ref()).collect();
    if failed.is_empty() {
        session.printer.say("Nothing was sent.");
    }
    let summary = format!("Nothing was sent; {} of {} would fail.", failed.len(), requests.len());
    Ok(ending_of_many(&failed, requests.len(), summary, WOULD_FAIL)?)
}
