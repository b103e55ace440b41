//! Bad days: the real program against a rehearsal, with a proxy between them that breaks things.
//!
//! Each fault has words and an exit code of its own. None of them doubles a write, hangs, or shows a secret; what is
//! done is known afterwards, or said not to be.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and uses of the shared parts what it needs"
)]

mod accounts;
mod answers;
mod assignable;
mod certificates;
mod desk;
mod people;
mod proxies;
mod transport;
mod writes;

#[path = "../support/mod.rs"]
mod support;
