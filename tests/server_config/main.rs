//! Kestra's configuration files as operators keep them: a corpus of them with what is found, what counts and what an edit
//! makes of each, and what must hold for any file whatsoever.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod any_file;
mod corpus;
mod explained;
mod files;
mod invariants;
