//! Points in time as journals write them, and how long something took or has taken, in words. No clock of its own.

use jiff::Timestamp;

/// Milliseconds since 1970 of a point in time as RFC 3339 writes it.
pub fn milliseconds(text: &str) -> Option<u64> {
    let at: Timestamp = text.parse().ok()?;
    u64::try_from(at.as_millisecond()).ok()
}

/// Seconds from one point in time to another. A clock that was set back makes none.
pub fn seconds_between(from: &str, to: &str) -> Option<u64> {
    Some(milliseconds(to)?.saturating_sub(milliseconds(from)?) / 1000)
}

/// The time of day of milliseconds since 1970: `11:42:07`.
pub fn time_of_day(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000 % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// How long something took: `0:09`, `1:12`, `2:03:04`.
pub fn span(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// How long something has taken, roughly: `40 s`, `3 min`, `5 h`, `3 days`.
pub fn roughly(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A point in time to the minute, as people read it: `2026-11-26 11:42`.
pub fn minute(text: &str) -> String {
    to_the(MINUTE, text)
}

/// The same to the second: `2026-11-26 11:42:07`.
pub fn second(text: &str) -> String {
    to_the(SECOND, text)
}

/// How long a point in time to the minute is.
pub const MINUTE: usize = 16;
/// And to the second.
pub const SECOND: usize = 19;

fn to_the(length: usize, text: &str) -> String {
    text.get(..length)
        .map_or_else(|| text.to_owned(), |text| text.replace('T', " "))
}

/// The same with its time zone, where no column names that: `2026-11-26 11:42:07 UTC`.
pub fn second_utc(text: &str) -> String {
    match text.get(..SECOND) {
        Some(_) => format!("{} UTC", second(text)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_shortly_and_a_clock_set_back_makes_none_negative() {
        assert_eq!(span(9), "0:09");
        assert_eq!(span(72), "1:12");
        assert_eq!(span(7_384), "2:03:04");
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (200, "3 min"),
            (7_200, "2 h"),
            (259_200, "3 days"),
        ] {
            assert_eq!(roughly(seconds), words);
        }
        let (early, late) = ("2026-11-26T11:42:00Z", "2026-11-26T12:42:09+01:00");
        assert_eq!(seconds_between(early, late), Some(9));
        assert_eq!(seconds_between("2026-11-26T12:00:00Z", early), Some(0));
        assert_eq!(seconds_between("yesterday", early), None);
        assert_eq!(minute(early), "2026-11-26 11:42");
        assert_eq!(second(early), "2026-11-26 11:42:00");
        assert_eq!(minute("?"), "?");
        assert_eq!(second_utc("2026-11-26T11:42:07.123Z"), "2026-11-26 11:42:07 UTC");
    }
}
