//! Rehearsals: a local instance served over Kestra's HTTP API, to practise on without a Kestra.
//!
//! [`serve`] listens; [`answer`] takes a request apart, lets in who may come in, and hands it to the file of its noun in
//! [`routes`]; [`wire`] writes objects and [`reply`] answers as the release does. What is not established about Kestra,
//! and what is answered here, is in `docs/kestra-unknowns.md`.

mod answer;
mod call;
pub mod kestra_command;
mod place;
mod reply;
mod routes;
pub mod sample;
pub mod serve;
mod sign_in;
mod wire;
