//! What the rows of each list say under its columns, on screen and to commands alike: which are in [`crate::domain::columns`].
//!
//! A filter and an order look at a row through these alone, so that they mean the same wherever they are written. How a
//! cell is drawn or printed is said where that is done.

pub mod access;
pub mod contexts;
pub mod records;

use std::borrow::Cow;

fn yes_no(value: bool) -> Cow<'static, str> {
    if value { "yes" } else { "no" }.into()
}
