//! Migrations from beginning to end, on local instances whose servers are scripts, and what becomes of them when they are
//! killed, refused, kept waiting, or undone.
//!
//! Scenarios are files in `scenarios/`; what holds for every moment is in `killed`, and of undoing in `undone`. The real
//! program at work is in `processes`; in `consoles` and `closed` it is on a terminal.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::similar_names,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at the first surprise"
)]

mod closed;
mod commands;
mod consoles;
mod desk;
mod killed;
mod processes;
mod scenarios;
mod stage;
mod undone;

#[path = "../support/bare.rs"]
#[allow(dead_code, reason = "others use more of it")]
mod bare;
