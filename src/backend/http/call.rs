//! One request in our own words: method, path, parameters, body, and what it is for.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::Value;

use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;

use super::decode::Rows;

/// What stands for itself in a path segment or a parameter; everything else is encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// A path below the base, as segments that are not encoded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    segments: Vec<String>,
    /// Which segment is the id of a tenant.
    tenant: Option<usize>,
    is_folder: bool,
}

impl Path {
    /// A path below `/api/v1`; the parts are parted by slashes and fixed.
    pub(super) fn api(fixed: &str) -> Self {
        Self::root("api/v1").join(fixed)
    }

    /// A path below the base itself.
    pub(super) fn root(fixed: &str) -> Self {
        let empty = Self {
            segments: Vec::new(),
            tenant: None,
            is_folder: false,
        };
        empty.join(fixed)
    }

    /// The path with further fixed segments, parted by slashes.
    pub(super) fn join(mut self, fixed: &str) -> Self {
        self.segments
            .extend(fixed.split('/').filter(|part| !part.is_empty()).map(str::to_owned));
        self
    }

    /// The path with one further segment, whatever it contains.
    pub(super) fn segment(mut self, segment: &str) -> Self {
        self.segments.push(segment.to_owned());
        self
    }

    /// What kind of thing of the instance it is about: what comes first below `/api/v1`, unless that is a tenant.
    pub(super) fn of_instance(&self) -> Option<&str> {
        self.segments
            .get(2)
            .filter(|_| self.tenant != Some(2))
            .map(String::as_str)
    }

    /// The path with a slash at its end.
    pub(super) fn folder(mut self) -> Self {
        self.is_folder = true;
        self
    }

    /// The path with the id of a tenant.
    pub(super) fn tenant(mut self, id: &TenantId) -> Self {
        self.tenant = Some(self.segments.len());
        self.segment(id.as_str())
    }

    /// The path as it is sent, with a slash in front; `None` where a segment would change what the path means.
    ///
    /// An empty segment, `.` and `..` cannot be encoded: the request would go to another object, or to the whole list.
    pub(super) fn encoded(&self) -> Option<String> {
        let mut path = String::new();
        for segment in &self.segments {
            if matches!(segment.as_str(), "" | "." | "..") {
                return None;
            }
            path.push('/');
            // Dots are left alone within words; a segment of dots alone was refused above.
            for (index, part) in segment.split('.').enumerate() {
                if index > 0 {
                    path.push('.');
                }
                path.extend(utf8_percent_encode(part, ENCODED));
            }
        }
        if self.is_folder {
            path.push('/');
        }
        Some(path)
    }
}

/// One request.
#[derive(Clone)]
pub(super) struct Call {
    pub method: Method,
    pub path: Path,
    /// Parameters, not encoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
    /// What it is for, as it stands behind "You may not": `read the roles of tenant`.
    pub doing: String,
    /// What is missing if the answer is that it is not there, such as a tenant and its id.
    pub object: Option<String>,
    /// Whether it changes nothing, so that it can be sent again.
    pub reads: bool,
    /// Whether it says who we are.
    pub as_somebody: bool,
    /// What the rows are, where it is a list.
    pub rows: Rows,
}

/// Without the body, which may hold a password.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.line())
    }
}

impl Call {
    fn new(method: Method, path: Path, doing: impl Into<String>) -> Self {
        Self {
            reads: method == Method::GET,
            method,
            path,
            query: Vec::new(),
            body: None,
            doing: doing.into(),
            object: None,
            as_somebody: true,
            rows: Rows::Any,
        }
    }

    /// The same list, whose rows have to be these.
    pub(super) fn of(mut self, rows: Rows) -> Self {
        self.rows = rows;
        self
    }

    /// A read.
    pub(super) fn get(path: Path, doing: impl Into<String>) -> Self {
        Self::new(Method::GET, path, doing)
    }

    /// A write that makes something.
    pub(super) fn post(path: Path, body: Value, doing: impl Into<String>) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::POST, path, doing)
        }
    }

    /// A write that replaces something.
    pub(super) fn put(path: Path, body: Option<Value>, doing: impl Into<String>) -> Self {
        Self {
            body,
            ..Self::new(Method::PUT, path, doing)
        }
    }

    /// A write that changes a part of something.
    pub(super) fn patch(path: Path, body: Value, doing: impl Into<String>) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::PATCH, path, doing)
        }
    }

    /// A write that removes something.
    pub(super) fn delete(path: Path, doing: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path, doing)
    }

    /// The same with one more parameter.
    pub(super) fn with(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.query.push((name.into(), format!("{value}")));
        self
    }

    /// The same with several more parameters.
    pub(super) fn with_all(mut self, parameters: impl IntoIterator<Item = (String, String)>) -> Self {
        self.query.extend(parameters);
        self
    }

    /// The same, naming what may be missing.
    pub(super) fn about(mut self, object: impl Into<String>) -> Self {
        self.object = Some(object.into());
        self
    }

    /// The same, although it is sent as a write, changing nothing.
    pub(super) fn that_reads(mut self) -> Self {
        self.reads = true;
        self
    }

    /// The same without saying who we are.
    pub(super) fn for_nobody(mut self) -> Self {
        self.as_somebody = false;
        self
    }

    /// Path and parameters as they are sent.
    pub(super) fn target(&self) -> Option<String> {
        let mut target = self.path.encoded()?;
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.extend(utf8_percent_encode(name, ENCODED));
            target.push('=');
            target.extend(utf8_percent_encode(value, ENCODED));
        }
        Some(target)
    }

    /// The call in one line, for details.
    pub(super) fn line(&self) -> String {
        let target = self.target().unwrap_or_default();
        format!("{} {}", self.method, visible(&target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_segment_is_encoded_and_none_changes_the_path() {
        for (id, expected) in [
            ("acme", Some("/api/v1/tenants/acme")),
            ("a.b-c_d~e", Some("/api/v1/tenants/a.b-c_d~e")),
            ("a/../b?x#y%2e", Some("/api/v1/tenants/a%2F..%2Fb%3Fx%23y%252e")),
            ("日本", Some("/api/v1/tenants/%E6%97%A5%E6%9C%AC")),
            ("", None),
            (".", None),
            ("..", None),
        ] {
            let path = Path::api("tenants").segment(id);
            assert_eq!(path.encoded().as_deref(), expected, "{id:?}");
        }
        assert_eq!(Path::root("/ui").folder().encoded().as_deref(), Some("/ui/"));
    }

    #[test]
    fn parameters_are_encoded() {
        let call = Call::get(Path::api("users"), "list the users")
            .with("page", 1)
            .with("filters[q][EQUALS]", "a b&c=d")
            .with("sort", "name:asc");
        assert_eq!(
            call.target().unwrap(),
            "/api/v1/users?page=1&filters%5Bq%5D%5BEQUALS%5D=a%20b%26c%3Dd&sort=name%3Aasc"
        );
    }
}
