//! API tokens of users and service accounts.

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Serialize};

/// The milliseconds of how long a token is good for, such as `P30D`: an ISO 8601 duration of weeks, days, hours, minutes and seconds.
pub fn lifetime(text: &str) -> Option<i64> {
    // The library would read `30 days` as well, which Kestra does not.
    let span: Span = text.starts_with('P').then(|| text.parse().ok())??;
    // A day has 24 hours here; years and months have no length of their own.
    let length: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    i64::try_from(length.as_millis()).ok().filter(|length| *length > 0)
}

/// How long a token is good for as Kestra takes it: `30d`, `2w`, `12h` and `15m` by ISO 8601, and what is of that
/// already as it is; `None` if it is neither.
pub fn max_age(text: &str) -> Option<String> {
    if text.starts_with('P') {
        return lifetime(text).map(|_| text.to_owned());
    }
    let unit = text.chars().next_back()?;
    let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
    let time = match unit {
        'd' | 'w' => "",
        'h' | 'm' => "T",
        _ => return None,
    };
    Some(format!("P{time}{number}{}", unit.to_ascii_uppercase())).filter(|age| lifetime(age).is_some())
}

/// A token to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// Name, which others of its owner may have, too: small letters, digits and single hyphens, at most 63.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// How long it is good for, an ISO 8601 duration such as `P30D`; `None` is for ever.
    pub max_age: Option<String>,
    /// Whether each use moves the expiry on.
    pub extended: bool,
}

/// A token as it is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct CreatedToken {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The token itself.
    pub full_token: String,
}

/// A token without its secret. Times are in milliseconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The start of the token, to tell it by.
    pub prefix: String,
    /// When it was made.
    pub issued: i64,
    /// When it ends.
    pub expires: Option<i64>,
    /// When it was last used, to the minute.
    pub last_used: Option<i64>,
    /// Whether each use moves the expiry on.
    pub extended: bool,
}

impl ApiToken {
    /// Whether it has ended by a time.
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// The same in a word.
    pub fn state(&self, now: i64) -> &'static str {
        if self.is_expired(now) { "expired" } else { "active" }
    }
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedToken")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_written_in_a_word_or_as_iso_8601_has_it() {
        for (text, expected) in [
            ("30d", Some("P30D")),
            ("2w", Some("P2W")),
            ("12h", Some("PT12H")),
            ("15m", Some("PT15M")),
            ("P7D", Some("P7D")),
            ("P1Y", None),
            ("0d", None),
            ("30", None),
            ("d", None),
            ("3é", None),
            ("-3d", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(max_age(text).as_deref(), expected, "{text}");
        }
    }
}
