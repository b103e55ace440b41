//! The whole console, keys in and screens out, over a real local instance in a temporary directory.
//!
//! No terminal, no sleeps: time is a number, and every answer has arrived before the next key, unless a test holds it
//! back. What an operator does is told subject by subject; [`screens`] keeps pictures; [`any_input`] presses anything.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod access;
mod ahead;
mod answers_by_lines;
mod any_input;
mod as_opened;
mod assignable;
mod beside;
mod borders;
mod by_lines;
mod cells;
mod columns;
mod columns_by_lines;
mod commands;
mod comparing;
mod contexts;
mod copying;
mod creating;
mod deleting;
mod editing;
mod fields;
mod filters;
mod forms_by_lines;
mod frames;
mod given_back;
mod gone;
mod hints;
mod history;
mod hostile;
mod key_counts;
mod leaving;
mod left_alone;
mod linear_mode;
mod lists;
mod long_lists;
mod made_anew;
mod marks;
mod menus;
mod migration;
mod mouse;
mod not_twice;
mod on_its_way;
mod opening;
mod outages_by_lines;
mod over;
mod pages_again;
mod people;
mod resuming;
mod rights;
mod roles;
mod rows_by_lines;
mod screens;
mod searching;
mod sent;
mod small;
mod snapshot_forms;
mod snapshot_reviews;
mod snapshots;
mod spoken;
mod states;
mod staying;
mod stood;
mod stopping;
mod support;
mod taken_over;
mod telling;
mod typed_since;
mod undoing;
mod welcome;
mod writing;
