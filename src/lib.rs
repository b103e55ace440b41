//! Administration of Kestra Enterprise multi-tenancy from a terminal.
//!
//! The map of the crate is in `ARCHITECTURE.md`; what each module may import is checked by `tests/architecture.rs`.

pub mod activity;
pub mod app;
pub mod backend;
pub mod cli;
pub mod config;
pub mod connect;
pub mod console;
pub mod domain;
pub mod migration;
pub mod migrations;
pub mod rehearsal;
pub mod runner;
pub mod server_config;
pub mod snapshots;
mod startup;
pub mod term;
pub mod ui;

pub use startup::run;
