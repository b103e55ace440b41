//! The command line as people and scripts meet it: the real binary, its output, its words and its exit codes.
//!
//! A transcript is a file of commands and of what they print; see [`desk`]. What needs a terminal, a broken pipe or an
//! instance that misbehaves is in [`in_process`] and [`pipes`].

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod applying;
mod completing;
mod desk;
mod dry_runs;
mod equivalents;
mod exit_codes;
mod in_process;
mod linear;
mod linear_tasks;
mod manual;
mod mistakes;
mod pipes;
mod rehearsals;
mod restoring;
mod snapshots;
mod transcripts;
