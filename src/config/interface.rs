//! How the console looks and behaves, as far as it can be configured.

use serde::Deserialize;

/// A palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// The terminal's own colours.
    #[default]
    Default,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// Strong contrast.
    HighContrast,
    /// No colours at all.
    Mono,
}

/// Which characters draw lines and marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Glyphs {
    /// `Ascii` where the locale or the terminal asks for it, `Unicode` elsewhere.
    #[default]
    Auto,
    /// Box-drawing characters.
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// How many colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum ColorDepth {
    /// What the environment says, 16 where it says nothing.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// None.
    #[serde(rename = "mono")]
    Mono,
    /// The 16 of the terminal.
    #[serde(rename = "16")]
    Sixteen,
    /// The palette of 256.
    #[serde(rename = "256")]
    Palette,
    /// 24 bits.
    #[serde(rename = "truecolor")]
    TrueColor,
}

/// The colour that marks a context on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContextColor {
    /// Red.
    Red,
    /// Green.
    Green,
    /// Yellow.
    Yellow,
    /// Blue.
    Blue,
    /// Magenta.
    Magenta,
    /// Cyan.
    Cyan,
    /// White.
    White,
    /// Gray.
    Gray,
}

impl ContextColor {
    /// The colour as the configuration spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Magenta => "magenta",
            Self::Cyan => "cyan",
            Self::White => "white",
            Self::Gray => "gray",
        }
    }
}

/// A key, or several, put on a command of the console in place of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KeyBinding {
    /// Id of the command, as `kestra-admin keys` prints it.
    pub command: String,
    /// Key sequences; none takes the keys of the command away.
    pub keys: Vec<String>,
    /// Where they work; everywhere the command does, if left out.
    #[serde(default)]
    pub scope: Option<String>,
    /// The line of the file on which it begins, from 1.
    #[serde(skip)]
    pub line: Option<usize>,
}

/// Settings of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Palette.
    pub theme: Theme,
    /// Characters for lines and marks.
    pub glyphs: Glyphs,
    /// Whether borders are drawn.
    pub borders: bool,
    /// Whether spinners become words.
    pub reduced_motion: bool,
    /// Whether the mouse is used; it then no longer selects text by itself.
    pub mouse: bool,
    /// How many colours.
    pub color_depth: ColorDepth,
    /// Program and arguments that take copied text on standard input; empty for the terminal's own clipboard.
    pub clipboard_command: Vec<String>,
    /// Seconds between two looks at the instance; 0 for none.
    pub refresh_seconds: u32,
    /// Keys changed by the operator.
    pub keys: Vec<KeyBinding>,
}

impl Default for Interface {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            glyphs: Glyphs::default(),
            borders: true,
            reduced_motion: false,
            mouse: false,
            color_depth: ColorDepth::default(),
            clipboard_command: Vec::new(),
            refresh_seconds: 10,
            keys: Vec::new(),
        }
    }
}
