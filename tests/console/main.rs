//! The whole console, keys in and screens out, over a real local instance in a temporary directory.
//!
//! No terminal, no sleeps: time is a number, and every answer has arrived before the next key.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at the first surprise"
)]

mod flows;
mod screens;
mod support;
