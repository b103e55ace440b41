//! The migration of an instance from one default tenant to multi-tenancy.
//!
//! What is found is an [`inspection`], what is wanted are [`choices`]; together they make a [`plan`]. A run carries a
//! plan out: its [`journal`] holds [`record`]s, which add up to a [`state`], and [`machine`] says what comes next. All
//! that is pure. [`engine`] alone acts; it writes down what it is about to do before it does it, and what came of it
//! after. [`runs`] keeps the directories of runs. Nothing here draws or prints.

pub mod access_snapshot;
pub mod action;
pub mod choices;
pub mod engine;
pub mod findings;
pub mod inspection;
pub mod journal;
mod leading;
pub mod machine;
pub mod plan;
pub mod plan_text;
pub mod record;
pub mod report;
pub mod restoration;
pub mod run_summary;
pub mod runs;
pub mod state;
pub mod step;
pub mod warning;
