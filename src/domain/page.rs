//! One page of a longer list.

/// Some rows of a list, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows of this page, in order.
    pub rows: Vec<T>,
    /// How many rows the whole list has under the same filter.
    pub total: u64,
    /// Whether plain words were not looked for in each column that they may be in, as that would take a question for each of too
    /// many rows.
    pub leaves_out: bool,
}

impl<T> Page<T> {
    /// A page of a list that was searched as it was asked for.
    pub fn new(rows: Vec<T>, total: u64) -> Self {
        Self {
            rows,
            total,
            leaves_out: false,
        }
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(turn).collect(),
            total: self.total,
            leaves_out: self.leaves_out,
        }
    }
}
