//! Our own configuration: where it lies, what is in it, and which layer wins.
//!
//! Never prints, prompts or reaches an instance. Start at [`layers`], which makes a [`target::Target`] out of flags,
//! environment, file and defaults; [`mod@file`] reads `config.toml`, [`paths`] knows our directories. Kestra's own
//! configuration files are no business of this module.

pub mod auth;
pub mod context;
pub mod context_rows;
pub mod edit;
pub mod environment;
pub mod file;
pub mod interface;
pub mod layers;
pub mod paths;
pub mod private;
pub mod secret;
pub mod target;

pub use crate::domain::nearest::nearest;
