//! What is answered, and how it looks in each release: results, refusals, and nothing at all.
//!
//! Up to 1.3 a refusal is Micronaut's `JsonError`; 2.0 answers with problem documents (RFC 9457). Sources: Kestra's open
//! source error handlers of both generations.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::domain::problem::{FieldMessage, Problem, ProblemKind};
use crate::domain::release::Release;

/// What is answered where nothing went wrong.
#[derive(Debug)]
pub enum Reply {
    /// JSON under this status.
    Json(StatusCode, Value),
    /// A status without a body.
    Empty(StatusCode),
    /// Anything else, ready to be sent.
    Raw(Response<Body>),
}

impl Reply {
    /// JSON under 200.
    pub fn ok(value: Value) -> Self {
        Self::Json(StatusCode::OK, value)
    }
}

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No credentials, or wrong ones.
    Unauthenticated,
    /// The account is locked for a while.
    Locked,
    /// Credentials that do not suffice.
    Forbidden(String),
    /// Nothing of this kind is there.
    NotFound(String),
    /// No route is.
    NoRoute,
    /// The route is, for other methods.
    MethodNotAllowed,
    /// It cannot be done as things are.
    Conflict(String),
    /// A thing with this id or name exists.
    Exists(String),
    /// The body is not JSON.
    InvalidJson(String),
    /// The body is JSON of another shape.
    InvalidShape(String),
    /// There is no body.
    NoBody,
    /// The body is of a type that is not read here.
    UnsupportedType,
    /// An argument of the query is out of range.
    Argument(String),
    /// A filter is not known.
    Filters(String),
    /// Fields of the object break a rule; the word is what the object is called in paths, such as `tenant`.
    Fields(String, Vec<FieldMessage>),
    /// The body is larger than is read.
    TooLarge,
    /// It failed in a way that is not the client's.
    Internal(String),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let message = format!("{} {}", problem.what, problem.why);
        match problem.kind {
            ProblemKind::NotFound => Self::NotFound(message),
            ProblemKind::Denied => Self::Forbidden(message),
            ProblemKind::Conflict if problem.fields.iter().any(|field| field.message == "is taken") => {
                Self::Exists(message)
            }
            ProblemKind::Conflict => Self::Conflict(message),
            ProblemKind::Invalid => Self::Fields(message, problem.fields),
            _ => Self::Internal(message),
        }
    }
}

/// A refusal as the tables of both generations have it.
struct Form {
    status: StatusCode,
    /// Last part of the type of a problem document.
    slug: &'static str,
    /// Its title.
    title: &'static str,
    /// How the message of a `JsonError` begins.
    reason: &'static str,
    /// What follows it.
    text: Option<String>,
    fields: Vec<FieldMessage>,
}

impl Refusal {
    fn form(self) -> Form {
        let form = |status, slug, title, reason, text| Form {
            status,
            slug,
            title,
            reason,
            text,
            fields: Vec::new(),
        };
        match self {
            Self::Unauthenticated => form(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Unauthenticated",
                "Unauthorized",
                None,
            ),
            Self::Locked => form(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Unauthenticated",
                "Unauthorized",
                Some("the account is locked after too many failures".to_owned()),
            ),
            Self::Forbidden(text) => form(StatusCode::FORBIDDEN, "forbidden", "Forbidden", "Forbidden", Some(text)),
            Self::NotFound(text) => form(StatusCode::NOT_FOUND, "not-found", "Not found", "Not Found", Some(text)),
            Self::NoRoute => form(StatusCode::NOT_FOUND, "not-found", "Not found", "Not Found", None),
            Self::MethodNotAllowed => form(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
                "Method Not Allowed",
                None,
            ),
            Self::Conflict(text) => form(
                StatusCode::CONFLICT,
                "conflict",
                "Conflict",
                "Illegal state",
                Some(text),
            ),
            Self::Exists(text) => form(
                StatusCode::CONFLICT,
                "entity-already-exists",
                "Entity already exists",
                "Conflict",
                Some(text),
            ),
            Self::InvalidJson(text) => form(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-json",
                "Invalid JSON",
                "Invalid json",
                Some(text),
            ),
            Self::InvalidShape(text) => form(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-request-body",
                "Invalid request body",
                "Invalid json mapping",
                Some(text),
            ),
            Self::NoBody => form(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-request-body",
                "Invalid request body",
                "Invalid route params",
                Some("a body is required".to_owned()),
            ),
            Self::UnsupportedType => form(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Unsupported media type",
                "Unsupported Media Type",
                None,
            ),
            Self::Argument(text) => form(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-argument",
                "Invalid argument",
                "Illegal argument",
                Some(text),
            ),
            Self::Filters(text) => form(
                StatusCode::BAD_REQUEST,
                "invalid-query-filters",
                "Invalid query filters",
                "Invalid query filters",
                Some(text),
            ),
            Self::Fields(text, fields) => Form {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                slug: if fields.is_empty() {
                    "invalid-entity"
                } else {
                    "validation-failed"
                },
                title: if fields.is_empty() {
                    "Invalid entity"
                } else {
                    "Validation failed"
                },
                reason: "Invalid entity",
                text: Some(text),
                fields,
            },
            Self::TooLarge => form(
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload-too-large",
                "Payload too large",
                "Request Entity Too Large",
                None,
            ),
            Self::Internal(text) => form(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal-error",
                "Internal error",
                "Internal server error",
                Some(text),
            ),
        }
    }

    /// The answer of a release to a request for `path`.
    pub fn into_response(self, release: Release, path: &str) -> Response<Body> {
        let (is_route, asks_to_sign_in) = (
            self != Self::NoRoute,
            matches!(self, Self::Unauthenticated | Self::Locked),
        );
        let form = self.form();
        if release.at_least(2, 0) {
            let mut response = json_response(form.status, "application/problem+json", &problem_document(&form, path));
            if form.status == StatusCode::NOT_FOUND {
                let headers = response.headers_mut();
                headers.insert("X-Kestra-Edition", HeaderValue::from_static("EE"));
                let matched = if is_route { "true" } else { "false" };
                headers.insert("X-Kestra-Route-Matched", HeaderValue::from_static(matched));
            }
            return response;
        }
        if asks_to_sign_in {
            // Up to 1.3 without a body.
            let mut response = empty_response(form.status);
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"Kestra\""),
            );
            return response;
        }
        json_response(form.status, "application/json", &json_error(&form, path))
    }
}

/// RFC 9457, as 2.0 writes it.
fn problem_document(form: &Form, path: &str) -> Value {
    let mut document = Map::new();
    let kind = format!("https://kestra.io/docs/api-reference/problems/{}", form.slug);
    document.insert("type".to_owned(), json!(kind));
    document.insert("title".to_owned(), json!(form.title));
    document.insert("status".to_owned(), json!(form.status.as_u16()));
    if let Some(text) = &form.text {
        document.insert("detail".to_owned(), json!(text));
    }
    document.insert("instance".to_owned(), json!(path));
    if !form.fields.is_empty() {
        let errors: Vec<Value> = form
            .fields
            .iter()
            .map(|field| {
                let pointer = format!("#/{}", field.path.replace('.', "/"));
                json!({"detail": field.message, "pointer": pointer, "path": field.path})
            })
            .collect();
        document.insert("errors".to_owned(), Value::Array(errors));
    }
    Value::Object(document)
}

/// Micronaut's error with links, as releases up to 1.3 write it.
fn json_error(form: &Form, path: &str) -> Value {
    let message = match &form.text {
        Some(text) => format!("{}: {text}", form.reason),
        None => form.reason.to_owned(),
    };
    let mut error = Map::new();
    error.insert("message".to_owned(), json!(message));
    error.insert(
        "_links".to_owned(),
        json!({"self": [{"href": path, "templated": false}]}),
    );
    if !form.fields.is_empty() {
        let errors: Vec<Value> = form
            .fields
            .iter()
            .map(|field| json!({"message": field.message, "path": field.path}))
            .collect();
        error.insert("_embedded".to_owned(), json!({"errors": errors}));
    }
    Value::Object(error)
}

/// A status without a body.
pub fn empty_response(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A JSON body.
pub fn json_response(status: StatusCode, content_type: &'static str, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_becomes_a_refusal_of_its_kind() {
        let problem = |kind| Problem::new(kind, "What.", "Why.", "Next.");
        let status = |problem: Problem| Refusal::from(problem).form().status.as_u16();
        assert_eq!(status(problem(ProblemKind::NotFound)), 404);
        assert_eq!(status(problem(ProblemKind::Denied)), 403);
        assert_eq!(status(problem(ProblemKind::Conflict)), 409);
        assert_eq!(status(problem(ProblemKind::Invalid)), 422);
        assert_eq!(status(problem(ProblemKind::Failed)), 500);
    }

    #[test]
    fn both_generations_name_the_field() {
        let refusal = Refusal::from(
            Problem::new(ProblemKind::Invalid, "Not created.", "Bad id.", "Mend it.")
                .with_field("id", "starts with a hyphen"),
        );
        let form = refusal.form();
        let old = json_error(&form, "/api/v1/tenants");
        assert_eq!(old["_embedded"]["errors"][0]["path"], "id");
        assert_eq!(old["message"], "Invalid entity: Not created. Bad id.");
        assert_eq!(old["_links"]["self"][0]["href"], "/api/v1/tenants");
        let new = problem_document(&form, "/api/v1/tenants");
        assert_eq!(new["errors"][0]["pointer"], "#/id");
        assert_eq!(new["status"], 422);
        assert!(new["type"].as_str().unwrap().ends_with("/validation-failed"));
    }
}
