//! What is typed about rows that are still awaited: kept in order, and done once they are there.

use crate::domain::tenant::TenantScope;

use super::command::CommandId;
use super::input::Key;

/// One thing that was done ahead.
#[derive(Clone, Debug)]
pub enum Typed {
    /// A command about the rows, with its argument.
    Command(CommandId, String),
    /// A key that came after it.
    Key(Key),
    /// Text that was pasted after it.
    Pasted(String),
}

/// What was typed before the rows were there that it is about.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// All of it, oldest first; at most [`Ahead::MOST`].
    pub typed: Vec<Typed>,
    /// Where: how many screens and overlays there were.
    pub place: (usize, usize),
    /// The tenant that it is about, where that was selected and is looked for.
    pub about: Option<TenantScope>,
    /// Whether there was more than is kept.
    pub is_full: bool,
}

impl Ahead {
    /// How much is kept.
    pub const MOST: usize = 64;

    /// Keeps one more thing.
    pub fn push(&mut self, typed: Typed) {
        self.is_full |= self.typed.len() >= Self::MOST;
        if !self.is_full {
            self.typed.push(typed);
        }
    }
}
