//! Numbers of things in words for people.

/// A number of things in words: `1 role`, `1,204 roles`.
pub fn counted(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// The same for a number that may not be known: `an unknown number of roles`.
pub fn counted_if_known(number: Option<u64>, thing: &str) -> String {
    number.map_or_else(
        || format!("an unknown number of {thing}s"),
        |number| counted(number, thing),
    )
}

/// A number with its thousands parted.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut parted = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// Up to three names in backticks, and how many more: see [`listed_up_to`].
pub fn listed<N: AsRef<str>>(names: &[N]) -> String {
    listed_up_to(3, names)
}

/// So many names in backticks, and how many more: "`a`, `b`, `c` and 4 more", "`a` and `b`". Empty for none.
pub fn listed_up_to<N: AsRef<str>>(most: usize, names: &[N]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .take(most)
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match (quoted.split_last(), names.len().saturating_sub(most)) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => last.clone(),
        (Some((last, others)), 0) => format!("{} and {last}", others.join(", ")),
        (Some(_), more) => format!("{} and {} more", quoted.join(", "), thousands(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_thousands_are_parted() {
        for (number, text) in [
            (0, "0 flows"),
            (1, "1 flow"),
            (999, "999 flows"),
            (1_000, "1,000 flows"),
            (1_234_567, "1,234,567 flows"),
        ] {
            assert_eq!(counted(number, "flow"), text);
        }
    }

    #[test]
    fn three_names_are_listed_and_the_others_counted() {
        for (names, text) in [
            (&[][..], ""),
            (&["a"], "`a`"),
            (&["a", "b"], "`a` and `b`"),
            (&["a", "b", "c"], "`a`, `b` and `c`"),
            (&["a", "b", "c", "d", "e"], "`a`, `b`, `c` and 2 more"),
        ] {
            assert_eq!(listed(names), text);
        }
    }
}
