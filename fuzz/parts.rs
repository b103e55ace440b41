//! The parts of kestra-admin that are fuzzed, under its name.

#[path = "../src/domain/mod.rs"]
pub mod domain;
#[path = "../src/server_config/mod.rs"]
pub mod server_config;
