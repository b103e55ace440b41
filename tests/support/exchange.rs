//! One request and its answer, as they went over the wire.

use std::fmt;

use serde_json::Value;

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// Names and values of the query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers of the request; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body of the request.
    pub request: Vec<u8>,
    /// Status of the answer.
    pub status: u16,
    /// `Content-Type` of the answer.
    pub content_type: Option<String>,
    /// Body of the answer.
    pub answer: Vec<u8>,
}

impl Exchange {
    /// The body of the answer as JSON, if it is any.
    pub fn answer_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.answer).ok()
    }

    /// The segments of the path, decoded.
    pub fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| {
                percent_encoding::percent_decode_str(segment)
                    .decode_utf8_lossy()
                    .into_owned()
            })
            .collect()
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {}", self.method, self.path, self.status)
    }
}

/// Names and values of a query string, decoded.
pub fn query_of(text: &str) -> Vec<(String, String)> {
    let decoded = |part: &str| {
        percent_encoding::percent_decode_str(&part.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}
