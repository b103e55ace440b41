//! Kestra's own configuration files, not ours: finding `kestra.ee.tenants.enabled` and `default-tenant` in them, saying
//! which place counts and why, and changing those two values and nothing else.
//!
//! A file is read ([`ConfigFile`]) and understood by its content: Kestra's own configuration, a compose file, Helm values, a
//! file of variables. [`effective()`] explains several of them together. [`plan_edit`] makes a plan, which is pure, and
//! [`apply`] carries it out; [`restore`] takes it back.
//!
//! Must never: change a byte outside of the lines of the two settings, guess where the meaning of a file is not certain,
//! show a value of any other setting, read a clock or the environment.

mod block;
mod by_hand;
mod compose;
mod diff;
mod effective;
mod env_file;
mod file;
mod guard;
mod helm;
mod key;
mod lines;
mod plan;
mod reading;
mod search;
mod sheet_edit;
mod splice;
mod tree;
mod variable_edit;
mod variables;
mod write;

pub use diff::DiffLine;
pub use effective::{Effective, Explained, Override, effective};
pub use file::{ConfigFile, Layer, Misspelled, Occurrence, Role};
pub use key::Key;
pub use plan::{Change, Edit, plan_edit};
pub use reading::Kind;
pub use write::{Applied, apply, copy_name, restore, stamp};
