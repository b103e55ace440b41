//! What a term compares with: texts, and the moments that they name. A list may be long, so that those are read once.

use std::ops::{Deref, Range};

use crate::domain::moment::span;

/// Texts in lower case, and the milliseconds since 1970 that each names, if it names a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    texts: Vec<String>,
    spans: Vec<Option<Range<i64>>>,
}

impl From<Vec<String>> for Values {
    fn from(texts: Vec<String>) -> Self {
        let spans = texts.iter().map(|text| span(text)).collect();
        Self { texts, spans }
    }
}

impl Deref for Values {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.texts
    }
}

impl Values {
    /// Each, with the moment that it names.
    pub(super) fn with_spans(&self) -> impl Iterator<Item = (&str, Option<&Range<i64>>)> {
        self.texts
            .iter()
            .map(String::as_str)
            .zip(self.spans.iter().map(Option::as_ref))
    }

    /// The moments that they name, if all of them do.
    pub(super) fn as_spans(&self) -> Option<impl Iterator<Item = &Range<i64>>> {
        let are_all = self.spans.iter().all(Option::is_some);
        are_all.then(|| self.spans.iter().flatten())
    }
}
