//! The terminal: what it can do, how it is taken and given back, what comes from it and what goes to it.
//!
//! This is the only module that names crossterm, and the only one that reads keys or writes frames. It decides nothing about
//! the application; it never asks the terminal a question, and nothing in it ticks while nothing moves.
//! Start at [`run_loop`] for the full screen and at [`linear`] for lines.
//!
//! Threads: the loop runs on one; [`input`] waits for keys on a second and [`output`] writes frames on a third, so that a
//! terminal that sends half a sequence, or takes no more output, cannot keep the program from saving and leaving.

pub mod caps;
pub mod clipboard;
pub mod decoder;
mod difference;
mod echo;
pub mod encoder;
pub mod guard;
pub mod input;
pub mod linear;
mod lines;
mod memory;
mod news;
pub mod output;
mod pace;
pub mod run_loop;
pub mod screen;
#[cfg(test)]
mod screen_tests;
mod scroll;
pub mod signals;
