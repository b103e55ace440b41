//! The pointer of a mouse: what it can hit on a screen, and what it did. Nothing can be done by it that keys cannot do.
//!
//! A view says of each part of its frame what a click there comes to, in steps from where the selection or focus is: so a
//! click is carried out by the commands that keys have, and no screen knows of a mouse.

use super::command::CommandId;

/// What a click on a part of the screen comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Selects the row so many below the selected one; a second click opens it.
    Row(i32),
    /// Selects the cell so many rows below and columns right of the selected one; a second click is Enter.
    Cell(i32, i32),
    /// Gives the focus to the field so many further on.
    Field(i32),
    /// Gives the focus to the button so many further on, and presses it when let go there.
    Button(i32),
    /// Shows the tab so many further on.
    Tab(i32),
    /// Goes back until so many screens are left above the list of tenants.
    Place {
        /// How many.
        screens: usize,
        /// Whether the role that is open within the last of them stays open.
        role: bool,
    },
    /// Runs a command.
    Command(CommandId),
}

/// What a pointer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The first button went down.
    Press,
    /// It was let go.
    Release,
    /// The wheel was turned away from the hand.
    WheelUp,
    /// The wheel was turned towards the hand.
    WheelDown,
}

/// Something a pointer did, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// What it did.
    pub act: Act,
    /// Column, from 0.
    pub column: u16,
    /// Row, from 0.
    pub row: u16,
    /// What is there in the frame on screen; filled in by who drew it.
    pub hit: Option<Hit>,
}

/// What can be hit on a frame, later parts over earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HitMap {
    /// Columns and rows, each from its first to the one behind its last.
    parts: Vec<([u16; 2], [u16; 2], Hit)>,
}

impl HitMap {
    /// Notes what a part of the frame is: its first column and row, and how many of each.
    pub fn add(&mut self, [x, y]: [u16; 2], [columns, rows]: [u16; 2], hit: Hit) {
        self.parts
            .push(([x, x.saturating_add(columns)], [y, y.saturating_add(rows)], hit));
    }

    /// Forgets everything, for something lies over it.
    pub fn clear(&mut self) {
        self.parts.clear();
    }

    /// What is at a column and row.
    pub fn at(&self, column: u16, row: u16) -> Option<Hit> {
        let within = |[start, end]: [u16; 2], at: u16| (start..end).contains(&at);
        let part = self
            .parts
            .iter()
            .rev()
            .find(|(columns, rows, _)| within(*columns, column) && within(*rows, row));
        part.map(|(_, _, hit)| *hit)
    }
}

/// How many steps lead from one position to another; negative is back.
pub fn steps(from: usize, to: usize) -> i32 {
    let distance = i32::try_from(to.abs_diff(from)).unwrap_or(i32::MAX);
    if to < from { -distance } else { distance }
}
