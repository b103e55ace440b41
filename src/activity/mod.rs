//! Our own activity record: what this program did to which instance, by whom, when, and with what result.
//!
//! One file, one line of JSON for each change, only ever appended to, private to the account. [`recorded::Recorded`]
//! writes it around any backend, so that commands, console and migrations leave the same rows; [`log::ActivityLog`] is the
//! file. Nothing here makes a change fail: what cannot be written is told once.

pub mod log;
pub mod recorded;
