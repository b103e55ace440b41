//! Puts rows in order, stably, and into sorted collections.
//!
//! The standard library makes its sort anew for each type of row and each order, 6 kB each time, and the program has
//! some seventy of them. Here it is made once, of places: the rows are moved when their places are known. What is collected
//! into a map or a set is sorted first, too, so here each entry is put in by itself.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

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

/// The same, or the other way round, where a key is worth making once.
pub fn by_cached_key<T, K: Ord>(rows: &mut [T], is_descending: bool, key: impl FnMut(&T) -> K) {
    let keys: Vec<K> = rows.iter().map(key).collect();
    let mut places = sorted(rows.len(), &mut |a, b| {
        let order = keys.get(a).cmp(&keys.get(b));
        if is_descending { order.reverse() } else { order }
    });
    arrange(&mut places, &mut |a, b| rows.swap(a, b));
}

/// A map of these entries; of those with the same key the last one counts.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// The set of these.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
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
            let mut cached = found.clone();
            by(&mut found, |a, b| b.0.cmp(&a.0));
            prop_assert_eq!(&found, &expected);
            by_cached_key(&mut cached, true, |row| row.0);
            prop_assert_eq!(&cached, &expected);
            prop_assert_eq!(map(rows.clone()), rows.iter().copied().collect());
            prop_assert_eq!(set(rows.clone()), rows.into_iter().collect());
        }
    }
}
