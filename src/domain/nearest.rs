//! The known word somebody most likely meant.

/// The candidate closest to `word`, if one is close enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two letters exchanged count as two changes, so a word of four or more may be that far off.
    let far_enough = match word.chars().count() {
        0..=3 => 1,
        length => (length / 3).max(2),
    };
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= far_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, left out or exchanged, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, left) in a.chars().flat_map(char::to_lowercase).enumerate() {
        let mut next = vec![index + 1];
        for (right, (substituted, removed)) in b.iter().zip(row.iter().zip(row.iter().skip(1))) {
            let added = next.last().copied().unwrap_or_default();
            next.push(
                (substituted + usize::from(left != *right))
                    .min(removed + 1)
                    .min(added + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_its_word_and_nonsense_none() {
        let words = ["token-env", "token-file", "username", "host"];
        for (word, expected) in [
            ("token_env", Some("token-env")),
            ("user-name", Some("username")),
            ("Host", Some("host")),
            ("hots", Some("host")),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }
}
