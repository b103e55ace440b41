//! Setting values in variables: changing those that are there, adding a missing one as a copy of the one beside it.

use super::key::{Key, boolean, spelled_like};
use super::plan::Refusal;
use super::reading::Reading;
use super::splice::Splice;
use super::variables::{Variable, Variables};

/// The changes that make variables say what is wanted. Missing ones are added only where nothing else could hold them.
pub(super) fn splices(
    reading: &Reading,
    variables: &Variables,
    wanted: &[(Key, bool)],
    is_alone: bool,
) -> Result<Vec<Splice>, Refusal> {
    let mut splices = Vec::new();
    let mut added = Vec::new();
    let sibling = variables.entries.iter().find(|entry| entry.sets.is_some());
    for (key, value) in wanted.iter().copied() {
        let found: Vec<&Variable> = variables.of_key(key).collect();
        let says_so = |entry: &&Variable| entry.raw.as_deref().and_then(boolean) == Some(value);
        match (found.as_slice(), sibling) {
            ([], Some(sibling)) if is_alone => added.push((sibling, copy(reading, sibling, key, value)?)),
            ([], None) if is_alone && variables.last_line.is_some() => {
                splices.push(Splice::AddLines {
                    after: variables.last_line,
                    lines: vec![format!("{}={value}", key.variable())],
                });
            }
            ([], _) => {}
            (all, _) if all.iter().all(says_so) => {}
            ([only], _) => splices.push(replace(reading, only, value)?),
            ([first, .., last], _) => {
                return Err(Refusal::new(
                    Some(first.line),
                    format!("`{}` stands there and again on line {}", key.variable(), last.line),
                ));
            }
        }
    }
    for (sibling, lines) in added {
        splices.push(Splice::AddLines {
            after: Some(reading.lines.at(sibling.whole.end.saturating_sub(1))),
            lines,
        });
    }
    Ok(splices)
}

fn replace(reading: &Reading, entry: &Variable, value: bool) -> Result<Splice, Refusal> {
    let refusal = |why: &str| Refusal::new(Some(entry.line), why);
    let span = entry.value_span.clone().map_err(refusal)?;
    let raw = reading.text.get(span.clone()).unwrap_or_default();
    if boolean(raw).is_none() && !raw.is_empty() {
        return Err(refusal(
            "the value is neither true nor false, so what it means is not certain",
        ));
    }
    if reading
        .lines
        .text(&reading.text, reading.lines.at(span.start))
        .contains('\t')
    {
        return Err(refusal("there are tabs in the line"));
    }
    Ok(Splice::Replace {
        text: spelled_like(raw, value),
        span,
    })
}

/// The lines of a variable with another name and another value.
fn copy(reading: &Reading, sibling: &Variable, key: Key, value: bool) -> Result<Vec<String>, Refusal> {
    let refusal = |why: &str| Refusal::new(Some(sibling.line), why);
    let (text, whole) = (&reading.text, &sibling.whole);
    let value_span = sibling.value_span.clone().map_err(refusal)?;
    let name = &sibling.name_span;
    let odd = || refusal("the variable beside it is written in a way that is not understood");
    let piece = |from: usize, to: usize| text.get(from..to).ok_or_else(odd);
    let (first, second, words) = if name.end <= value_span.start {
        (name.clone(), value_span, [key.variable().to_owned(), value.to_string()])
    } else {
        (value_span, name.clone(), [value.to_string(), key.variable().to_owned()])
    };
    let [first_word, second_word] = words;
    let before = piece(whole.start, first.start)?;
    // What else stands before it belongs to another one.
    let is_own = before
        .trim_start_matches(['\u{feff}', ' '])
        .trim_start_matches("export ")
        .chars()
        .all(|c| matches!(c, ' ' | '-' | '"' | '\'' | '{') || c.is_ascii_lowercase() || c == ':');
    if !is_own || before.contains('\t') {
        return Err(odd());
    }
    let copied = [
        before.trim_start_matches('\u{feff}'),
        &first_word,
        piece(first.end, second.start)?,
        &second_word,
        piece(second.end, whole.end)?,
    ]
    .concat();
    if copied.contains('#') || copied.contains('\t') {
        return Err(odd());
    }
    Ok(copied.lines().map(str::to_owned).collect())
}
