//! What a terminal can show, as far as drawing depends on it.

/// How many colours there are, fewest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, underline and reverse video only.
    Mono,
    /// The terminal's own 16.
    Ansi16,
    /// The palette of 256.
    Ansi256,
    /// Red, green and blue of 8 bits each.
    TrueColor,
}

/// Which characters lines and marks are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Box lines.
    Unicode,
    /// `+`, `-` and `|`.
    Ascii,
}
