//! Which rows a filter lets pass.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::letters;

use super::{Filter, Operator, Term};

/// A row that a filter can look at.
pub trait Row {
    /// The text of a column, or `None` if the row has no such column.
    fn column(&self, name: &str) -> Option<Cow<'_, str>>;
    /// The columns a plain word looks at where a filter does not say.
    fn columns(&self) -> &'static [&'static str];

    /// What a column shows, where that is more than what it is compared by.
    fn shown(&self, name: &str) -> Option<Cow<'_, str>> {
        self.column(name)
    }

    /// What a column says, where it is a time: milliseconds since 1970, UTC.
    fn moment(&self, _name: &str) -> Option<i64> {
        None
    }

    /// Whether any of these columns is such; of none, any that a plain word looks at.
    fn any(&self, columns: &[&'static str], holds: &dyn Fn(&str) -> bool) -> bool {
        let columns = if columns.is_empty() { self.columns() } else { columns };
        let mut columns = columns.iter();
        columns.any(|column| self.shown(column).is_some_and(|text| holds(&text)))
    }
}

impl Filter {
    /// Whether a row passes that has no times.
    pub fn matches(&self, row: &dyn Row) -> bool {
        self.matches_at(row, 0)
    }

    /// Whether a row passes now: at so many milliseconds since 1970.
    pub fn matches_at(&self, row: &dyn Row, now: i64) -> bool {
        let words_in = &self.words_in;
        self.terms.iter().all(|term| term.matches(row, words_in, now))
    }
}

impl Term {
    fn matches(&self, row: &dyn Row, words_in: &[&'static str], now: i64) -> bool {
        let found = match &self.column {
            Some(column) => match (self.age(), row.moment(column)) {
                (Some(age), Some(moment)) => {
                    let distance = now.saturating_sub(moment).saturating_abs();
                    match self.operator {
                        Operator::Less => distance < age,
                        _ => distance > age,
                    }
                }
                // What never was and what never will be is farther than any age, as its word comes after digits.
                (_, moment) => match moment.zip(self.values.as_spans()) {
                    // To write a moment as the row says it takes longer than all else.
                    Some((moment, mut spans)) => spans.any(|span| self.is_at(moment, span)),
                    None => {
                        let holds = |text: Option<Cow<'_, str>>| text.is_some_and(|text| self.holds(&text, moment));
                        holds(row.column(column)) || !self.orders() && holds(row.shown(column))
                    }
                },
            },
            None => row.any(words_in, &|text| self.holds(text, None)),
        };
        found != self.negated
    }

    fn orders(&self) -> bool {
        matches!(self.operator, Operator::Less | Operator::Greater)
    }

    /// The age it compares with, in milliseconds.
    fn age(&self) -> Option<i64> {
        self.values
            .first()
            .filter(|_| self.orders())
            .and_then(|value| age(value))
    }

    /// Whether a text is what it wants, which says this moment if it is a time.
    fn holds(&self, text: &str, moment: Option<i64>) -> bool {
        let text = text.to_lowercase();
        let mut values = self.values.with_spans();
        values.any(|(value, span)| match (moment, span) {
            (Some(moment), Some(span)) => self.is_at(moment, span),
            (Some(_), None) => self.compares(&text, &moment_as_read(value), true),
            (None, _) => self.compares(&text, value, false),
        })
    }

    /// Whether a moment is what it wants of those that one of its values names.
    fn is_at(&self, moment: i64, span: &Range<i64>) -> bool {
        match self.operator {
            Operator::Less => moment < span.start,
            Operator::Greater => moment >= span.end,
            _ => span.contains(&moment),
        }
    }

    fn compares(&self, text: &str, value: &str, is_moment: bool) -> bool {
        match self.operator {
            Operator::Contains => text.contains(value),
            // A day or a minute has many moments.
            Operator::Equals if is_moment && matches!(value.len(), 10 | 16) => text.starts_with(value),
            Operator::Equals => text == value,
            Operator::Less => compare(text, value).is_lt(),
            Operator::Greater => compare(text, value).is_gt(),
        }
    }
}

/// `2026-11-26t11:42z` as rows say it: `2026-11-26 11:42`.
fn moment_as_read(value: &str) -> Cow<'_, str> {
    match value.split_once('t') {
        Some((day, time)) if day.len() == 10 && !time.contains('t') => {
            format!("{day} {}", time.trim_end_matches('z')).into()
        }
        _ => value.into(),
    }
}

/// How two values compare: as numbers where both are, as text otherwise. Both are lower case.
pub fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => letters::compared(a, b),
    }
}

/// An age such as `7d`, in milliseconds.
pub(super) fn age(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let number: i64 = text.get(..text.len() - 1)?.parse().ok()?;
    (number >= 0).then(|| number.saturating_mul(unit * 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[&str] = &["id", "name", "admins", "state"];

    struct Sample;

    impl Row for Sample {
        fn column(&self, name: &str) -> Option<Cow<'_, str>> {
            Some(Cow::Borrowed(match name {
                "id" => "acme",
                "name" => "Acme Corporation: \"EU\"",
                "admins" => "9",
                "state" => "active",
                _ => return None,
            }))
        }

        fn columns(&self) -> &'static [&'static str] {
            COLUMNS
        }
    }

    #[test]
    fn terms_match_as_documented() {
        for (text, expected) in [
            ("", true),
            ("acme", true),
            ("ACME corp", true),
            ("globex", false),
            ("!globex", true),
            ("id:acm", true),
            ("id=acm", false),
            ("id=acme", true),
            ("state:failed,active", true),
            ("!state:failed,active", false),
            ("admins<10", true),
            ("admins>9", false),
            ("admins>8", true),
            ("admins>=9", true),
            ("admins>=10", false),
            ("admins<=9", true),
            ("admins<=8", false),
            ("!admins<=8", true),
            ("admins==9", true),
            ("state!=active", false),
            ("state!=failed,gone", true),
            ("!state!=active", true),
            ("\"corporation: \\\"eu\\\"\"", true),
            ("name:\"acme corp\"", true),
        ] {
            let filter = Filter::parse(text, COLUMNS).unwrap();
            assert_eq!(filter.matches(&Sample), expected, "{text}");
        }
    }

    #[test]
    fn ages_are_how_far_a_time_is_from_now() {
        const DAY: i64 = 86_400_000;
        struct At(Option<i64>);
        impl Row for At {
            fn column(&self, _: &str) -> Option<Cow<'_, str>> {
                Some(self.0.map_or("never", |_| "2026-11-20 10:00").into())
            }
            fn columns(&self) -> &'static [&'static str] {
                &["time"]
            }
            fn moment(&self, _: &str) -> Option<i64> {
                self.0
            }
        }
        let now = 100 * DAY;
        for (text, days, expected) in [
            ("time<7d", -6, true),
            ("time<7d", -8, false),
            ("time<7d", 6, true),
            ("time>7d", 6, false),
            ("time>1w", -8, true),
            ("time<168h", -6, true),
            ("time<10080m", -8, false),
            ("!time<604800s", -8, true),
            ("time<2026-11-21", -8, true),
            ("time=2026-11-20T10:00Z", -8, true),
            ("time<2026-11-20T09:00", -8, false),
            ("time:2026-11-20T10", -8, true),
            ("time>2026-11-21", -8, false),
            ("time<99999999999999999d", -8, true),
        ] {
            let filter = Filter::parse(text, &["time"]).unwrap();
            assert_eq!(filter.matches_at(&At(Some(now + days * DAY)), now), expected, "{text}");
        }
        let never = |text| Filter::parse(text, &["time"]).unwrap().matches_at(&At(None), now);
        assert!(never("time>7d") && !never("time<7d"));
    }

    #[test]
    fn a_moment_is_as_long_as_it_is_written_to() {
        struct At;
        impl Row for At {
            fn column(&self, _: &str) -> Option<Cow<'_, str>> {
                Some("2026-11-28 12:47:12".into())
            }
            fn columns(&self) -> &'static [&'static str] {
                &["time"]
            }
            fn moment(&self, _: &str) -> Option<i64> {
                Some(1_795_870_032_165)
            }
        }
        for (text, expected) in [
            ("time=2026-11-28T12:47:12.165Z", true),
            ("time:2026-11-28T12:47:12.165Z", true),
            ("time=2026-11-28T12:47:12.152Z,2026-11-28T12:47:12.165Z", true),
            ("time:2026-11-28T12:47:12.152Z", false),
            ("time>2026-11-28T12:47:12.152Z", true),
            ("time>2026-11-28T12:47:12.165Z", false),
            ("time>=2026-11-28T12:47:12.165Z", true),
            ("time<2026-11-28T12:47:12.000Z", false),
            ("time<2026-11-28T12:47:12.166Z", true),
            ("time=2026-11-28T14:47:12.165+02:00", true),
            ("time=2026-11-28T14:47+02:00", true),
            ("time=2026-11-28T12:47:12.1", false),
            ("time>2026-11-28T12:47:12.1", true),
            ("time<2026-11-28T12:47:12.2", true),
            ("time=2026-11-28T12:47:12Z", true),
            ("time=\"2026-11-28 12:47:12\"", true),
            ("time>\"2026-11-28 12:47:12\"", false),
            ("time<=\"2026-11-28 12:47:12\"", true),
            ("time>2026-11-28T12:47:11", true),
            ("time=2026-11-28T12:47", true),
            ("time=2026-11-28T12:4", false),
            ("time=2026-11-28", true),
            ("time>2026-11-28", true),
            ("time!=2026-11-28T12:47:12.165Z", false),
        ] {
            let filter = Filter::parse(text, &["time"]).unwrap();
            assert_eq!(filter.matches_at(&At, 0), expected, "{text}");
        }
    }
}
