//! Points in time as people write them: RFC 3339, or a day.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_beginning_or_its_end() {
        let read = |text, edge| read(text, edge).map(Timestamp::as_millisecond);
        assert_eq!(read("1970-01-02", Edge::Beginning), Some(86_400_000));
        assert_eq!(read("1970-01-01", Edge::End), Some(86_399_999));
        assert_eq!(read("1970-01-01T00:00:01Z", Edge::End), Some(1_000));
        assert_eq!(read("yesterday", Edge::Beginning), None);
    }
}
