//! What is new in a text after another, for those who listen.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// What has to be said of a place after another was: all of another place; of the same one the lines that did not stand there
/// before, wherever they stand. Where rows came or went and it does not grow by itself, all of it: rows make sense together.
pub fn news_in<'a>(shown: Option<&str>, place: &'a str, grows: bool) -> Cow<'a, str> {
    // Its first line says which place it is.
    let Some(shown) = shown.filter(|shown| is_same(shown, place)) else {
        return Cow::Borrowed(place);
    };
    let mut before: BTreeMap<Uncounted<'_>, usize> = BTreeMap::new();
    for line in shown.lines() {
        *before.entry(uncounted(line)).or_default() += 1;
    }
    let mut news = Vec::new();
    for line in place.lines() {
        match before.get_mut(&uncounted(line)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => news.push(line),
        }
    }
    let mut gone = before
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|((line, _), _)| *line);
    // A row that says what it said and more is no other row.
    let adds = |before: &str, now: &str| now.strip_prefix(before).is_some_and(|more| more.starts_with(", "));
    let is_other = |line: &&str| is_row(line) && !shown.lines().any(|before| adds(before, line));
    let is_gone = |line: &str| is_row(line) && !place.lines().any(|now| adds(line, now));
    if !grows && (news.iter().any(is_other) || gone.any(is_gone)) {
        return Cow::Borrowed(place);
    }
    Cow::Owned(news.join("\n"))
}

/// A line in two parts, as what stood between them is no news.
type Uncounted<'l> = (&'l str, &'l str);

/// A line without how often and when it was told, such as ` (x 3, last 10:00:05)`.
fn uncounted(line: &str) -> Uncounted<'_> {
    let counted = line.split_once(" (x ").and_then(|(before, rest)| {
        let (count, after) = rest.split_once(')')?;
        let (times, _) = count.split_once(", last ")?;
        times.parse::<usize>().is_ok().then_some((before, after))
    });
    counted.unwrap_or((line, ""))
}

/// The same after an answer, which is asked for again where it was wrong: what is wrong with it is said once more, even if it
/// is what was wrong before, and the line that is asked for where it still holds what it held.
pub fn with_errors(news: &str, place: &str) -> String {
    let is_wrong = place.lines().any(|line| line.starts_with("Error: "));
    let starts = |line: &&str, words: &[&str]| is_wrong && words.iter().any(|word| line.starts_with(word));
    let is_said = |line: &&str| news.lines().any(|said| said == *line);
    let of_place = |words: &'static [&str]| place.lines().filter(move |line| starts(line, words) && !is_said(line));
    let asked = of_place(&["Line ", "Field "]);
    let lines = asked.chain(news.lines()).chain(of_place(&["Error: "]));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_same(shown: &str, place: &str) -> bool {
    !shown.is_empty() && shown.lines().next() == place.lines().next()
}

/// Whether a place is another than the one that was said, or has rows that were not said, so that it is said as a whole.
pub fn begins(shown: Option<&str>, place: &str) -> bool {
    let said = shown.filter(|shown| is_same(shown, place));
    said.is_none_or(|said| news_in(Some(said), place, false) == place)
}

/// Whether a line is a row with its number.
pub fn is_row(line: &str) -> bool {
    let rest = line.trim_start_matches(|sign: char| sign.is_ascii_digit());
    rest.len() < line.len() && rest.starts_with(". ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_place_that_was_said_what_is_new_is_said_wherever_it_stands() {
        for (shown, place, news) in [
            (None, "a\nb", "a\nb"),
            (Some(""), "a\nb", "a\nb"),
            (Some("a"), "a\nb\nc", "b\nc"),
            (Some("a"), "ab", "ab"),
            (Some("a\nb"), "a", ""),
            (Some("a\nb\nz"), "a\nc\nz", "c"),
            (Some("run\na\na"), "run\na\na\na", "a"),
            (Some("run\na\nb"), "run\nb", ""),
            (Some("page\na"), "run\na\nb", "run\na\nb"),
        ] {
            for grows in [false, true] {
                assert_eq!(news_in(shown, place, grows), news, "{shown:?} {place:?}");
            }
        }
    }

    #[test]
    fn what_was_told_once_more_is_no_news() {
        let list = |count: &str, other: &str| {
            format!("Messages\n1. error: It is away.{count}\n2. ok: {other}\nAt 1: It is away.{count}")
        };
        let once = list("", "Done");
        let often = [" (x 2, last 10:00:05)", " (x 3, last 10:00:15), command"].map(|count| list(count, "Done"));
        for grows in [false, true] {
            assert_eq!(news_in(Some(&once), &often[0], grows), "");
            assert_eq!(news_in(Some(&often[0]), &often[0], grows), "");
        }
        assert_eq!(
            news_in(Some(&often[0]), &list(" (x 3, last 10:00:15)", "Done"), false),
            ""
        );
        // Anything else is.
        assert_eq!(news_in(Some(&once), &often[1], false), often[1]);
        for other in [list(" (x 3, last 10:00:15)", "Gone"), list(" (x 3 of 4)", "Done")] {
            assert_eq!(news_in(Some(&once), &other, false), other);
        }
    }

    #[test]
    fn what_is_wrong_again_is_said_again() {
        let place = "form\nId: B\nError: not `B`\nType it";
        assert_eq!(with_errors("Id: B", place), "Id: B\nError: not `B`");
        assert_eq!(with_errors("", place), "Error: not `B`");
        assert_eq!(with_errors(place, place), place);
        assert_eq!(with_errors("", "form\nId: b"), "");
        let asked = "form\nLine 1 of 2, Id: b\nWhat it is.\nError: not `b`";
        assert_eq!(with_errors("", asked), "Line 1 of 2, Id: b\nError: not `b`");
        assert_eq!(
            with_errors("Error: not `b`", asked),
            "Line 1 of 2, Id: b\nError: not `b`"
        );
        assert_eq!(with_errors("", "form\nLine 1 of 2, Id: b"), "");
    }

    #[test]
    fn another_page_of_a_list_is_told_from_what_is_added_to_its_rows() {
        for (shown, place, expected) in [
            (None, "list\n1. a", true),
            (Some("list\n1. a\n2. b"), "list\n3. c\n4. d", true),
            (Some("list\n1. a\n2. b"), "list\n1. a, 1 admin\n2. b", false),
            (Some("list\n1. a"), "list\n1. a\nAt 1", false),
            (Some("list\n1. a"), "list\n1. a", false),
        ] {
            assert_eq!(begins(shown, place), expected, "{shown:?} {place:?}");
        }
    }

    #[test]
    fn rows_are_said_together_unless_they_come_by_themselves() {
        for (shown, place, said, grown) in [
            ("list\n1. a\nAt 1", "list\n1. a\nAt 2", "At 2", "At 2"),
            ("list\n1. a", "list\n1. a\n2. b", "list\n1. a\n2. b", "2. b"),
            ("list\n1. a\n2. b", "list\n1. a", "list\n1. a", ""),
            (
                "list\n1. a\n2. b",
                "list\n1. a, marked\n2. b",
                "1. a, marked",
                "1. a, marked",
            ),
            ("list\n1. a\n2. b", "list\n1. ab\n2. b", "list\n1. ab\n2. b", "1. ab"),
            ("list\n1.5 s", "list\n1.6 s", "1.6 s", "1.6 s"),
        ] {
            assert_eq!(news_in(Some(shown), place, false), said);
            assert_eq!(news_in(Some(shown), place, true), grown);
        }
    }
}
