//! Points in time on the command line: RFC 3339, a date, or how long ago.

use jiff::{SignedDuration, Timestamp};

use crate::domain::moment::{self, Edge};
use crate::domain::problem::{Problem, invalid};

/// The moment a text means, seen from `now`.
///
/// # Errors
/// If it is none of the forms that are understood.
pub fn parse(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    let named = moment::read(text, Edge::Beginning);
    let meant = named.or_else(|| now.checked_sub(ago(text)?).ok());
    meant.ok_or_else(|| {
        invalid(
            format!("`{text}` is no time."),
            format!("`{flag}` takes a moment, a date, or how long ago."),
            "Write it like 2026-01-31T12:00:00Z, 2026-01-31, 30m, 12h or 7d.",
        )
    })
}

fn ago(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().next_back()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number >= 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    Some(SignedDuration::from_secs(number.checked_mul(seconds)?))
}

/// A time in milliseconds since 1970 as people and Kestra write it.
pub fn shown(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_dates_and_how_long_ago() {
        let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-01-30T10:00:00+02:00", "2026-01-30T08:00:00Z"),
            ("2026-01-30", "2026-01-30T00:00:00Z"),
            ("30m", "2026-01-31T11:30:00Z"),
            ("7d", "2026-01-24T12:00:00Z"),
        ] {
            assert_eq!(parse("--since", text, now).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", "yesterday", "-3d", "9999999999999999d", "3é", "2026-13-01"] {
            assert!(parse("--since", text, now).is_err(), "{text}");
        }
    }
}
