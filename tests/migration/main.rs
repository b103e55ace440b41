//! Migrations from beginning to end, on local instances whose servers are scripts, and what becomes of them when they are
//! killed, refused, kept waiting, or undone.
//!
//! Scenarios are files in `scenarios/`; what holds for every moment is in `killed`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::similar_names,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at the first surprise"
)]

mod commands;
mod killed;
mod processes;
mod scenarios;
mod stage;
