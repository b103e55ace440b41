//! Points in time as people write them: RFC 3339, or a day.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;

/// Which moment of a day it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Its first.
    Beginning,
    /// Its last.
    End,
}

/// The moment that a text names, or that edge of the day it names in UTC.
pub fn read(text: &str, edge: Edge) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let date: Date = text.parse().ok()?;
    let time = match edge {
        Edge::Beginning => "00:00:00Z",
        Edge::End => "23:59:59.999Z",
    };
    format!("{date}T{time}").parse().ok()
}

/// The milliseconds since 1970 that a text names, as many as it leaves open: one, or those of a second. Where it names no
/// offset, it is in UTC. `None` of a time to the minute without an offset, and of what is no moment.
pub fn span(text: &str) -> Option<Range<i64>> {
    let time = text.get(11..)?;
    let (clock, offset) = time.split_at(time.find(['z', 'Z', '+', '-']).unwrap_or(time.len()));
    let length = match (clock.len(), offset) {
        (5, offset) if offset.starts_with(['+', '-']) => 60_000,
        (8, _) => 1_000,
        // Zeros at the end are not written.
        (10.., _) => 1,
        _ => return None,
    };
    let moment: Timestamp = match offset {
        "" => format!("{text}Z").parse().ok()?,
        _ => text.parse().ok()?,
    };
    let start = moment.as_millisecond();
    Some(start..start + length)
}

/// Whether a moment is written like this, in lower case, or begins so, from its year on.
pub fn begins(text: &str) -> bool {
    const FORM: &str = "0000-00-00 00:00:00";
    let bare = text.strip_suffix('z').unwrap_or(text);
    let fits = |(c, form): (char, char)| match form {
        '0' => c.is_ascii_digit(),
        ' ' => matches!(c, ' ' | 't'),
        _ => c == form,
    };
    let is_form = (4..=FORM.len()).contains(&bare.len()) && bare.chars().zip(FORM.chars()).all(fits);
    let is_day = |day: &str| day.parse::<Date>().is_ok();
    is_form && bare.get(..10).is_none_or(is_day) || span(text).is_some()
}

/// Milliseconds since 1970 as people read them: `2026-11-26 11:42:07`, in UTC.
pub fn to_the_second(milliseconds: i64) -> String {
    to_the(19, milliseconds)
}

/// The same to the minute: `2026-11-26 11:42`.
pub fn to_the_minute(milliseconds: i64) -> String {
    to_the(16, milliseconds)
}

fn to_the(length: usize, milliseconds: i64) -> String {
    let written = Timestamp::from_millisecond(milliseconds).map(|time| time.to_string());
    let written = written.unwrap_or_default();
    written
        .get(..length)
        .map_or_else(String::new, |text| text.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_to_the_second_or_the_minute() {
        assert_eq!(to_the_second(1_795_000_000_123), "2026-11-18 11:06:40");
        assert_eq!(to_the_minute(1_795_000_000_123), "2026-11-18 11:06");
        assert_eq!(to_the_minute(i64::MAX), "");
    }

    #[test]
    fn a_date_is_its_beginning_or_its_end() {
        let read = |text, edge| read(text, edge).map(Timestamp::as_millisecond);
        assert_eq!(read("1970-01-02", Edge::Beginning), Some(86_400_000));
        assert_eq!(read("1970-01-01", Edge::End), Some(86_399_999));
        assert_eq!(read("1970-01-01T00:00:01Z", Edge::End), Some(1_000));
        assert_eq!(read("yesterday", Edge::Beginning), None);
    }
}
