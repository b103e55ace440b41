//! Snapshots of tenants with who may do what in them: taken of an instance, and kept in files.
//!
//! What a snapshot is, and how two of them differ, is in [`crate::domain::snapshot`]. Commands and console come here for
//! both, so that a file says the same whoever wrote it.

pub mod carrying;
pub mod file;
pub mod fitting;
pub mod taking;
