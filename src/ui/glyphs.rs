//! The few signs that are not letters, in a set for any Unicode terminal and one for ASCII alone.
//!
//! No emoji, no private-use icons, nothing of ambiguous width.

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Whether every character must be ASCII.
    pub ascii: bool,
    /// Horizontal line.
    pub horizontal: char,
    /// Vertical line.
    pub vertical: char,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [char; 4],
    /// What stands for what was cut off.
    pub ellipsis: &'static str,
    /// Ascending order.
    pub ascending: &'static str,
    /// Descending order.
    pub descending: &'static str,
    /// More in this direction: left, right, up, down.
    pub more: [&'static str; 4],
    /// What covers a secret.
    pub mask: &'static str,
    /// An allowed action in a matrix.
    pub allowed: &'static str,
    /// An action that is not allowed.
    pub denied: &'static str,
}

/// For terminals that show Unicode.
pub const UNICODE: Glyphs = Glyphs {
    ascii: false,
    horizontal: '─',
    vertical: '│',
    corners: ['┌', '┐', '└', '┘'],
    ellipsis: "…",
    ascending: "^",
    descending: "v",
    more: ["<", ">", "^", "v"],
    mask: "*",
    allowed: "x",
    denied: "·",
};

/// For terminals that show ASCII alone.
pub const ASCII: Glyphs = Glyphs {
    ascii: true,
    horizontal: '-',
    vertical: '|',
    corners: ['+', '+', '+', '+'],
    ellipsis: "..",
    ascending: "^",
    descending: "v",
    more: ["<", ">", "^", "v"],
    mask: "*",
    allowed: "x",
    denied: ".",
};
