//! What the terminal can do, told from the environment alone. Nothing here asks the terminal or reads a file.
//!
//! Depth and glyphs that the operator configured win over everything; then `NO_COLOR` (<https://no-color.org>) and
//! `CLICOLOR`, then what `COLORTERM` and `TERM` say. SSH does not forward `COLORTERM`, so what is unknown has 16 colours.

pub use crate::app::appearance::{Depth, Glyphs};

/// What sits between the program and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    /// Nothing that shows.
    None,
    /// tmux.
    Tmux,
    /// tmux on another machine, out of reach of its own command.
    TmuxElsewhere,
    /// GNU screen.
    Screen,
    /// One of them on another machine, as both give their terminals the same name.
    ScreenOrTmux,
    /// Both, one in the other or left long ago: each hands on the variable of the other. tmux can say whether it is the inner one.
    Nested,
}

/// What the terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Colours.
    pub depth: Depth,
    /// Characters.
    pub glyphs: Glyphs,
    /// Whether text from outside has to be shown in ASCII, too, because the locale has nothing else.
    pub only_ascii: bool,
    /// Lines of text and a prompt in place of a full screen.
    pub linear: bool,
    /// What sits in between.
    pub multiplexer: Multiplexer,
    /// Whether what is sent to the terminal can get onto a clipboard.
    pub has_clipboard: bool,
    /// Whether the connection is a remote one, where frames are dearer.
    pub ssh: bool,
}

/// What the operator asked for, on the command line or in the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Colours, whatever the environment says.
    pub depth: Option<Depth>,
    /// Characters, whatever the environment says.
    pub glyphs: Option<Glyphs>,
    /// `--linear`.
    pub linear: bool,
}

/// Where the program runs, as far as detection looks at it.
pub struct Surroundings<'a> {
    /// The value of an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether keys come from a terminal.
    pub stdin_is_terminal: bool,
    /// Whether output goes to a terminal.
    pub stdout_is_terminal: bool,
}

impl Surroundings<'_> {
    /// A variable that is set to something. An empty one counts as unset, as the conventions for all of these say.
    fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

/// Tells what the terminal can do.
pub fn detect(wishes: Wishes, surroundings: &Surroundings<'_>) -> Caps {
    let term = surroundings.set("TERM").unwrap_or_default();
    let asked_for_lines = wishes.linear
        || surroundings
            .set("KESTRA_ADMIN_LINEAR")
            .is_some_and(|value| value != "0" && value != "false");
    let glyphs = wishes.glyphs.unwrap_or_else(|| glyphs(&term, surroundings));
    Caps {
        depth: wishes.depth.unwrap_or_else(|| depth(&term, surroundings)),
        glyphs,
        only_ascii: glyphs == Glyphs::Ascii && !is_utf8(surroundings),
        linear: asked_for_lines
            || term == "dumb"
            || !surroundings.stdin_is_terminal
            || !surroundings.stdout_is_terminal,
        multiplexer: multiplexer(&term, surroundings),
        has_clipboard: multiplexer(&term, surroundings) != Multiplexer::None || has_clipboard(&term),
        ssh: ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]
            .into_iter()
            .any(|name| surroundings.set(name).is_some()),
    }
}

/// Terminals that name themselves in `TERM` and are known to show 24-bit colour, even where `COLORTERM` was lost on the way.
const TRUE_COLOR_TERMS: &[&str] = &[
    "xterm-kitty",
    "xterm-ghostty",
    "alacritty",
    "foot",
    "wezterm",
    "contour",
];
/// Terminals without colour, by the start of their name.
const MONOCHROME_TERMS: &[&str] = &["dumb", "vt52", "vt100", "vt102", "vt220", "vt320"];

fn depth(term: &str, surroundings: &Surroundings<'_>) -> Depth {
    let refused = surroundings.set("NO_COLOR").is_some() || surroundings.set("CLICOLOR").as_deref() == Some("0");
    if refused || MONOCHROME_TERMS.iter().any(|name| term.starts_with(name)) {
        return Depth::Mono;
    }
    let colorterm = surroundings.set("COLORTERM").unwrap_or_default().to_lowercase();
    let is_true = matches!(colorterm.as_str(), "truecolor" | "24bit")
        || term.ends_with("-direct")
        || TRUE_COLOR_TERMS.iter().any(|name| {
            term.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
    // GNU screen hands on what its terminal said in `COLORTERM` but shows no more than 256 colours.
    match (is_true, multiplexer(term, surroundings)) {
        (true, Multiplexer::Screen | Multiplexer::Nested) => Depth::Ansi256,
        (true, _) => Depth::TrueColor,
        (false, _) if term.contains("256color") => Depth::Ansi256,
        (false, _) => Depth::Ansi16,
    }
}

/// Whether the locale has every character; without it, a terminal shows ASCII alone.
fn is_utf8(surroundings: &Surroundings<'_>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| surroundings.set(name))
        .unwrap_or_default()
        .to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn glyphs(term: &str, surroundings: &Surroundings<'_>) -> Glyphs {
    if is_utf8(surroundings) && term != "linux" && term != "dumb" {
        Glyphs::Unicode
    } else {
        Glyphs::Ascii
    }
}

/// Whether a terminal of this name can have a clipboard: neither a console of a system nor what knows no more than a VT220 does.
fn has_clipboard(term: &str) -> bool {
    let without = ["vt1", "vt2", "cons"];
    !matches!(term, "" | "linux" | "dumb") && !without.iter().any(|name| term.starts_with(name))
}

/// What sits in between. Over SSH only `TERM` tells: GNU screen alone puts its name before that of its terminal, and tmux alone
/// has terminals of its own name.
fn multiplexer(term: &str, surroundings: &Surroundings<'_>) -> Multiplexer {
    let [tmux, screen] = ["TMUX", "STY"].map(|name| surroundings.set(name).is_some());
    let is_of_tmux = term == "tmux" || term.starts_with("tmux-");
    if tmux && screen && !is_of_tmux {
        Multiplexer::Nested
    } else if tmux {
        Multiplexer::Tmux
    } else if screen || term.starts_with("screen.") {
        Multiplexer::Screen
    } else if term == "screen" || term.starts_with("screen-") {
        Multiplexer::ScreenOrTmux
    } else if is_of_tmux {
        Multiplexer::TmuxElsewhere
    } else {
        Multiplexer::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps_with(wishes: Wishes, terminal: bool, variables: &[(&str, &str)]) -> Caps {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let surroundings = Surroundings {
            variable: &variable,
            stdin_is_terminal: terminal,
            stdout_is_terminal: true,
        };
        detect(wishes, &surroundings)
    }

    fn caps(variables: &[(&str, &str)]) -> Caps {
        caps_with(Wishes::default(), true, variables)
    }

    #[test]
    fn depth_follows_the_conventions() {
        for (variables, expected) in [
            (&[][..], Depth::Ansi16),
            (&[("TERM", "xterm")], Depth::Ansi16),
            (&[("TERM", "xterm-256color")], Depth::Ansi256),
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")],
                Depth::TrueColor,
            ),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "yes")], Depth::Ansi256),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Depth::Ansi256),
            (&[("TERM", "xterm-256color"), ("CLICOLOR", "0")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("CLICOLOR", "1")], Depth::Ansi256),
            (&[("TERM", "xterm-kitty")], Depth::TrueColor),
            (&[("TERM", "foot-extra")], Depth::TrueColor),
            (&[("TERM", "footloose")], Depth::Ansi16),
            (&[("TERM", "xterm-direct")], Depth::TrueColor),
            (&[("TERM", "vt220")], Depth::Mono),
            (&[("TERM", "linux")], Depth::Ansi16),
            (
                &[("TERM", "screen-256color"), ("STY", "1.a"), ("COLORTERM", "truecolor")],
                Depth::Ansi256,
            ),
            (
                &[
                    ("TERM", "screen"),
                    ("STY", "1.a"),
                    ("TMUX", "/t,1,0"),
                    ("COLORTERM", "truecolor"),
                ],
                Depth::Ansi256,
            ),
            (
                &[
                    ("TERM", "tmux-256color"),
                    ("TMUX", "/t,1,0"),
                    ("COLORTERM", "truecolor"),
                ],
                Depth::TrueColor,
            ),
        ] {
            assert_eq!(caps(variables).depth, expected, "{variables:?}");
        }
    }

    #[test]
    fn what_is_configured_wins() {
        let wishes = Wishes {
            depth: Some(Depth::Ansi16),
            glyphs: Some(Glyphs::Unicode),
            linear: false,
        };
        let caps = caps_with(wishes, true, &[("NO_COLOR", "1"), ("TERM", "linux")]);
        assert_eq!((caps.depth, caps.glyphs), (Depth::Ansi16, Glyphs::Unicode));
    }

    #[test]
    fn box_lines_need_a_utf_8_locale() {
        for (variables, expected) in [
            (&[][..], Glyphs::Ascii),
            (&[("LANG", "C")], Glyphs::Ascii),
            (&[("LANG", "C.UTF-8")], Glyphs::Unicode),
            (&[("LANG", "de_DE.utf8")], Glyphs::Unicode),
            (&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "POSIX")], Glyphs::Ascii),
            (&[("LANG", "C"), ("LC_CTYPE", "en_US.UTF-8")], Glyphs::Unicode),
            (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "")], Glyphs::Unicode),
            (&[("LANG", "en_US.UTF-8"), ("TERM", "linux")], Glyphs::Ascii),
        ] {
            assert_eq!(caps(variables).glyphs, expected, "{variables:?}");
        }
    }

    #[test]
    fn lines_where_a_screen_cannot_be_drawn_or_was_not_wanted() {
        assert!(!caps(&[("TERM", "xterm")]).linear);
        assert!(caps(&[("TERM", "dumb")]).linear);
        assert!(caps(&[("KESTRA_ADMIN_LINEAR", "1")]).linear);
        assert!(!caps(&[("KESTRA_ADMIN_LINEAR", "0")]).linear);
        assert!(caps_with(Wishes::default(), false, &[("TERM", "xterm")]).linear);
        let asked = Wishes {
            linear: true,
            ..Wishes::default()
        };
        assert!(caps_with(asked, true, &[("TERM", "xterm")]).linear);
    }

    #[test]
    fn what_lies_in_between_is_noticed() {
        assert_eq!(caps(&[]).multiplexer, Multiplexer::None);
        assert_eq!(
            caps(&[("TMUX", "/tmp/tmux-0/default,1,0")]).multiplexer,
            Multiplexer::Tmux
        );
        assert_eq!(caps(&[("STY", "12.pts-0")]).multiplexer, Multiplexer::Screen);
        for (term, expected) in [
            ("screen.xterm-256color", Multiplexer::Screen),
            ("screen", Multiplexer::ScreenOrTmux),
            ("screen-256color", Multiplexer::ScreenOrTmux),
            ("screenlike", Multiplexer::None),
            ("tmux-256color", Multiplexer::TmuxElsewhere),
            ("tmux", Multiplexer::TmuxElsewhere),
            ("tmuxlike", Multiplexer::None),
        ] {
            assert_eq!(caps(&[("TERM", term)]).multiplexer, expected, "{term}");
            assert_eq!(
                caps(&[("TERM", term), ("TMUX", "/t,1,0")]).multiplexer,
                Multiplexer::Tmux
            );
            assert_eq!(
                caps(&[("TERM", term), ("STY", "12.pts-0")]).multiplexer,
                Multiplexer::Screen
            );
            let both = match expected {
                Multiplexer::TmuxElsewhere => Multiplexer::Tmux,
                _ => Multiplexer::Nested,
            };
            let variables = [("TERM", term), ("TMUX", "/t,1,0"), ("STY", "12.pts-0")];
            assert_eq!(caps(&variables).multiplexer, both, "{term}");
        }
        assert!(caps(&[("SSH_TTY", "/dev/pts/3")]).ssh);
        assert!(!caps(&[]).ssh);
    }

    #[test]
    fn consoles_and_old_terminals_have_no_clipboard_but_behind_a_multiplexer() {
        for term in ["linux", "vt100", "vt102", "vt220", "cons25", "dumb", ""] {
            assert!(!caps(&[("TERM", term)]).has_clipboard, "{term}");
            assert!(caps(&[("TERM", term), ("TMUX", "/t,1,0")]).has_clipboard, "{term}");
            assert!(caps(&[("TERM", term), ("STY", "1.a")]).has_clipboard, "{term}");
        }
        for term in ["xterm", "vte", "linux-16color-x", "tmux-256color", "konsole", "vt340"] {
            assert!(caps(&[("TERM", term)]).has_clipboard, "{term}");
        }
    }
}
