//! The application: a model, closed messages, and one `update` that returns effects as data.
//!
//! It does no I/O, reads no clock and names no terminal; it never imports a backend. Start at [`model`], then [`update`].

pub mod effect;
pub mod input;
pub mod msg;
pub mod resume;
