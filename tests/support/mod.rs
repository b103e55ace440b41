//! What tests of the wire share. Each test names it by its path, and uses of it what it needs.

pub mod exchange;
pub mod fault_proxy;
pub mod recorder;
pub mod rehearsal;
pub mod spec;
