//! Puts rows in order, stably.
//!
//! The standard library makes its sort anew for each type of row and each order, 6 kB each time, and the program has
//! some fifty of them. Here it is made once, of places: the rows are moved when their places are known.

use std::cmp::Ordering;

/// Puts `rows` in `order`; what is equal stays as it came.
pub fn by<T>(rows: &mut [T], mut order: impl FnMut(&T, &T) -> Ordering) {
    let mut places = sorted(rows.len(), &mut |a, b| match (rows.get(a), rows.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    arrange(&mut places, &mut |a, b| rows.swap(a, b));
}

/// Puts `rows` in the order of a key that is made of each; what is equal stays as it came.
pub fn by_key<T, K: Ord>(rows: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(rows, |a, b| key(a).cmp(&key(b)));
}

/// The places of rows, in the order of the rows.
fn sorted(count: usize, order: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| order(*a, *b));
    places
}

/// Moves to each place what belongs there, by swaps.
fn arrange(places: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut at = start;
        while let Some(place) = places.get_mut(at) {
            let from = std::mem::replace(place, at);
            if from == start {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_put_in_order_as_the_standard_library_does(rows in prop::collection::vec((0_u8..6, any::<u8>()), 0..60)) {
            let mut expected = rows.clone();
            expected.sort_by_key(|(key, _)| *key);
            let mut found = rows.clone();
            by_key(&mut found, |(key, _)| *key);
            prop_assert_eq!(&found, &expected);
            expected.sort_by_key(|row| std::cmp::Reverse(row.0));
            by(&mut found, |a, b| b.0.cmp(&a.0));
            prop_assert_eq!(&found, &expected);
        }
    }
}
