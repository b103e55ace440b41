//! Our own activity record: what this program did to which instance, by whom, when, and with what result.
//!
//! One file, one line of JSON for each change, only ever appended to, private to the account. [`recorded::Recorded`]
//! writes it around any backend, so that commands, console and migrations leave the same rows; [`entry::Entry`] is a row for what
//! this program does around that, such as a run; [`log::ActivityLog`] is the file, [`names::Names`] what a row calls the things that its command has ids of. Nothing here makes a change fail: what cannot be written is told once.

pub mod entry;
pub mod log;
pub mod names;
pub mod recorded;
