//! Meanings and how they look: themes, depth of colour, signs.
//!
//! A view says what something means; a theme says how that looks; the terminal's depth of colour has the last word. Themes
//! are files in `assets/themes`, built in. A meaning is never carried by colour alone: without colours, bold, underline
//! and reverse remain.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::app::appearance::{self, Depth};

use super::glyphs::{self, Glyphs};

/// What something on screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// Ordinary text.
    Text,
    /// A title or the name of the place.
    Title,
    /// Less important.
    Muted,
    /// To be noticed, without being good or bad.
    Accent,
    /// All is well.
    Ok,
    /// To be thought about.
    Attention,
    /// Wrong or dangerous.
    Danger,
    /// The selected row, where it has the keys.
    Selected,
    /// Not possible now.
    Disabled,
    /// Lines around things.
    Border,
    /// A key to press.
    Key,
    /// A field to type in.
    Field,
    /// A field that is being typed in, or a button with the focus.
    Focused,
    /// The one that is open, of several that could be.
    Open,
}

impl Meaning {
    const ALL: [Self; 14] = [
        Self::Text,
        Self::Title,
        Self::Muted,
        Self::Accent,
        Self::Ok,
        Self::Attention,
        Self::Danger,
        Self::Selected,
        Self::Disabled,
        Self::Border,
        Self::Key,
        Self::Field,
        Self::Focused,
        Self::Open,
    ];
}

/// One meaning in a theme file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Entry {
    fg: Option<String>,
    bg: Option<String>,
    /// The same of the sixteen colors, where there are no others: the nearest one may not be readable on what the theme is for.
    fg16: Option<String>,
    bg16: Option<String>,
    bold: bool,
    dim: bool,
    underline: bool,
    reverse: bool,
}

/// The built-in themes: name and file.
pub const THEMES: [(&str, &str); 5] = [
    ("default", include_str!("../../assets/themes/default.toml")),
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
];

/// How everything looks on this terminal.
#[derive(Clone, Debug)]
pub struct Look {
    styles: [Style; Meaning::ALL.len()],
    /// The signs.
    pub glyphs: Glyphs,
    /// Whether lines are drawn around things.
    pub borders: bool,
    /// Whether the terminal shows nothing but ASCII, so that names, too, have to be shown in it.
    pub only_ascii: bool,
}

impl Look {
    /// A theme on a terminal of this depth. Without colours, the mono theme takes over.
    ///
    /// # Errors
    /// A sentence that names the themes there are, or what is wrong with a theme file.
    pub fn new(theme: &str, depth: Depth, signs: appearance::Glyphs) -> Result<Self, String> {
        let theme = if depth == Depth::Mono { "mono" } else { theme };
        let names = || THEMES.map(|(name, _)| name).join(", ");
        let (_, file) = THEMES
            .iter()
            .find(|(name, _)| *name == theme)
            .ok_or_else(|| format!("there is no theme `{theme}`; themes are {}", names()))?;
        let entries: BTreeMap<Meaning, Entry> =
            toml::from_str(file).map_err(|error| format!("theme `{theme}`: {error}"))?;
        let mut styles = [Style::new(); Meaning::ALL.len()];
        for (style, meaning) in styles.iter_mut().zip(Meaning::ALL) {
            if let Some(entry) = entries.get(&meaning) {
                *style = entry.style(depth)?;
            }
        }
        let glyphs = match signs {
            appearance::Glyphs::Ascii => glyphs::ASCII,
            appearance::Glyphs::Unicode => glyphs::UNICODE,
        };
        Ok(Self {
            styles,
            glyphs,
            borders: true,
            only_ascii: false,
        })
    }

    /// How the name of a context looks that is marked with a colour, where there are colours.
    pub fn tag(&self, color: Option<&str>) -> Style {
        let style = self.style(Meaning::Accent);
        let has_colors = self.style(Meaning::Danger).fg.is_some();
        match color.filter(|_| has_colors).and_then(|color| color.parse().ok()) {
            Some(color) => style.fg(color).add_modifier(Modifier::BOLD),
            None => style,
        }
    }

    /// How a meaning looks.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.styles.get(meaning as usize).copied().unwrap_or_default()
    }
}

impl Entry {
    fn style(&self, depth: Depth) -> Result<Style, String> {
        let mut style = Style::new();
        if depth > Depth::Mono {
            let of_sixteen = |color| if depth == Depth::Ansi16 { color } else { &None };
            if let Some(color) = of_sixteen(&self.fg16).as_ref().or(self.fg.as_ref()) {
                style = style.fg(quantise(parse(color)?, depth));
            }
            if let Some(color) = of_sixteen(&self.bg16).as_ref().or(self.bg.as_ref()) {
                style = style.bg(quantise(parse(color)?, depth));
            }
        }
        for (set, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.underline, Modifier::UNDERLINED),
            (self.reverse, Modifier::REVERSED),
        ] {
            if set {
                style = style.add_modifier(modifier);
            }
        }
        Ok(style)
    }
}

fn parse(color: &str) -> Result<Color, String> {
    color.parse().map_err(|_| format!("`{color}` is not a color"))
}

/// The nearest color that the terminal shows, where it has more than sixteen.
fn quantise(color: Color, depth: Depth) -> Color {
    match (color, depth) {
        (Color::Rgb(red, green, blue), Depth::Ansi256) => nearest_indexed([red, green, blue]),
        (other, _) => other,
    }
}

/// The nearest of xterm's cube and greys; the first sixteen are the operator's own, and may be anything.
fn nearest_indexed(rgb: [u8; 3]) -> Color {
    let nearest = (16..=255).min_by_key(|index| distance(rgb, indexed_rgb(*index)));
    nearest.map_or(Color::Reset, Color::Indexed)
}

fn indexed_rgb(index: u8) -> [u8; 3] {
    if index >= 232 {
        return [8 + (index - 232) * 10; 3];
    }
    let index = index.saturating_sub(16);
    let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
    [level(index / 36), level(index / 6 % 6), level(index % 6)]
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let apart = one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(other)));
    apart.map(|apart| apart.pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_reads_at_every_depth_and_shows_the_selection() {
        for (name, _) in THEMES {
            for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::TrueColor] {
                let look = Look::new(name, depth, appearance::Glyphs::Unicode).unwrap();
                let selected = look.style(Meaning::Selected);
                let text = look.style(Meaning::Text);
                let stands_out = selected.add_modifier.contains(Modifier::REVERSED) || selected.bg != text.bg;
                assert!(stands_out, "{name} at {depth:?}");
            }
        }
        assert!(
            Look::new("pink", Depth::Ansi16, appearance::Glyphs::Unicode)
                .unwrap_err()
                .contains("default, dark")
        );
    }

    /// Palettes of terminals: black, red, green, yellow, blue, magenta, cyan, white, then the same again as they are for bold.
    const PALETTES: [(&str, [u32; 16]); 4] = [
        (
            "xterm",
            [
                0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f,
                0xff_0000, 0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
            ],
        ),
        (
            "VGA",
            [
                0x00_0000, 0xaa_0000, 0x00_aa00, 0xaa_5500, 0x00_00aa, 0xaa_00aa, 0x00_aaaa, 0xaa_aaaa, 0x55_5555,
                0xff_5555, 0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
            ],
        ),
        (
            "GNOME",
            [
                0x17_1421, 0xc0_1c28, 0x26_a269, 0xa2_734c, 0x12_488b, 0xa3_47ba, 0x2a_a1b3, 0xd0_cfcc, 0x5e_5c64,
                0xf6_6151, 0x33_da7a, 0xe9_ad0c, 0x2a_7bde, 0xc0_61cb, 0x33_c7de, 0xff_ffff,
            ],
        ),
        (
            "Tango",
            [
                0x2e_3436, 0xcc_0000, 0x4e_9a06, 0xc4_a000, 0x34_65a4, 0x75_507b, 0x06_989a, 0xd3_d7cf, 0x55_5753,
                0xef_2929, 0x8a_e234, 0xfc_e94f, 0x72_9fcf, 0xad_7fa8, 0x34_e2e2, 0xee_eeec,
            ],
        ),
    ];

    /// The place of one of the sixteen colors in a palette.
    fn place(color: Color) -> usize {
        const PLACES: [Color; 16] = [
            Color::Black,
            Color::Red,
            Color::Green,
            Color::Yellow,
            Color::Blue,
            Color::Magenta,
            Color::Cyan,
            Color::Gray,
            Color::DarkGray,
            Color::LightRed,
            Color::LightGreen,
            Color::LightYellow,
            Color::LightBlue,
            Color::LightMagenta,
            Color::LightCyan,
            Color::White,
        ];
        let place = PLACES.iter().position(|known| *known == color);
        place.unwrap_or_else(|| panic!("{color:?} is none of the sixteen"))
    }

    /// How bright a colour is, from 0 to 1, as the rules for readable web pages (WCAG 2) count it.
    fn luminance(rgb: u32) -> f64 {
        let part = |shift: u32| {
            let value = f64::from((rgb >> shift) & 0xff) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    #[test]
    fn every_theme_is_readable_in_sixteen_colors_on_what_it_is_meant_for() {
        const BLACK: u32 = 0x00_0000;
        const WHITE: u32 = 0xff_ffff;
        for (theme, grounds) in [
            // Without asking which it is.
            ("default", &[BLACK, WHITE][..]),
            ("dark", &[BLACK]),
            ("light", &[WHITE]),
            ("high-contrast", &[BLACK, WHITE]),
            ("mono", &[BLACK, WHITE]),
        ] {
            assert!(THEMES.iter().any(|(name, _)| *name == theme));
            let look = Look::new(theme, Depth::Ansi16, appearance::Glyphs::Unicode).unwrap();
            for meaning in Meaning::ALL {
                let style = look.style(meaning);
                let Some(color) = style.fg else { continue };
                // A bold colour is a brighter one on some terminals, and not on others.
                let at = place(color);
                let is_brightened = style.add_modifier.contains(Modifier::BOLD) && at < 8;
                for (name, palette) in PALETTES {
                    let own = style.bg.map(|color| [palette[place(color)]]);
                    for ground in own.as_ref().map_or(grounds, |own| &own[..]) {
                        for at in [Some(at), is_brightened.then_some(at + 8)].into_iter().flatten() {
                            let [one, other] = [palette[at], *ground].map(|rgb| luminance(rgb) + 0.05);
                            let contrast = one.max(other) / one.min(other);
                            // What the red of the VGA palette has on black.
                            assert!(contrast > 2.5, "{theme}, {meaning:?} in {name}: {contrast}");
                        }
                    }
                }
            }
        }
        let look = Look::new("default", Depth::Ansi16, appearance::Glyphs::Unicode).unwrap();
        assert!(Meaning::ALL.iter().all(|meaning| look.style(*meaning).bg.is_none()));
    }

    #[test]
    fn what_is_to_be_thought_about_has_a_color_of_its_own() {
        for (name, _) in THEMES.into_iter().filter(|(name, _)| *name != "mono") {
            for depth in [Depth::Ansi16, Depth::Ansi256, Depth::TrueColor] {
                let look = Look::new(name, depth, appearance::Glyphs::Ascii).unwrap();
                let attention = look.style(Meaning::Attention).fg;
                for other in [Meaning::Accent, Meaning::Danger, Meaning::Text] {
                    assert_ne!(attention, look.style(other).fg, "{other:?} in {name} at {depth:?}");
                }
            }
        }
    }

    #[test]
    fn without_colors_no_style_has_one() {
        let look = Look::new("dark", Depth::Mono, appearance::Glyphs::Unicode).unwrap();
        for meaning in Meaning::ALL {
            let style = look.style(meaning);
            assert_eq!((style.fg, style.bg), (None, None), "{meaning:?}");
        }
    }

    #[test]
    fn colors_come_down_to_what_the_terminal_shows() {
        assert_eq!(quantise(Color::Rgb(255, 0, 0), Depth::Ansi256), Color::Indexed(196));
        // What xterm has exactly is taken exactly: the steps of its cube are not even, and greys stand beside it.
        for index in 16..=255 {
            let [red, green, blue] = indexed_rgb(index);
            let Color::Indexed(taken) = quantise(Color::Rgb(red, green, blue), Depth::Ansi256) else {
                panic!("{index} is no color of its own");
            };
            assert_eq!(indexed_rgb(taken), [red, green, blue], "{index}");
        }
        assert_eq!(quantise(Color::Blue, Depth::Ansi256), Color::Blue);
    }
}
