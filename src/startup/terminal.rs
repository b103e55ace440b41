//! What `doctor` says of the terminal: the same that the console goes by. The terminal itself is not asked anything.

use crate::domain::check::{Check, Outcome};
use crate::term::caps::{Caps, Depth, Glyphs, Multiplexer};
use crate::term::clipboard;

/// The smallest screen that shows everything, in columns and rows.
const REFERENCE: (u16, u16) = (80, 24);

/// What is known of the terminal. `size` is in columns and rows, and there where output goes to one.
pub fn checks(caps: Caps, term: Option<&str>, size: Option<(u16, u16)>) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.push(match term {
        None => Check::new("terminal", Outcome::Warn, "`TERM` is not set.")
            .with_next("Set it to what your terminal is, such as xterm-256color."),
        Some("dumb") => Check::new(
            "terminal",
            Outcome::Warn,
            "`TERM` is dumb, so the console prints lines instead of drawing.",
        )
        .with_next("Set it to what your terminal is, such as xterm-256color, unless that is what you want."),
        Some(term) => Check::new("terminal", Outcome::Pass, term),
    });
    checks.push(match caps.glyphs {
        Glyphs::Unicode => Check::new("locale", Outcome::Pass, "UTF-8"),
        Glyphs::Ascii if term == Some("linux") => {
            Check::new("locale", Outcome::Pass, "ASCII, which is what this terminal can show")
        }
        Glyphs::Ascii => Check::new("locale", Outcome::Warn, "It is not UTF-8, so lines are drawn in ASCII.")
            .with_next("Set `LANG` to a UTF-8 locale, such as C.UTF-8."),
    });
    checks.push(Check::new(
        "colours",
        Outcome::Pass,
        match caps.depth {
            Depth::Mono => "none",
            Depth::Ansi16 => "16",
            Depth::Ansi256 => "256",
            Depth::TrueColor => "24 bits",
        },
    ));
    checks.push(match size {
        None => Check::new("size", Outcome::Skipped, "output does not go to a terminal"),
        Some((columns, rows)) if columns < REFERENCE.0 || rows < REFERENCE.1 => Check::new(
            "size",
            Outcome::Warn,
            format!("{columns}x{rows} is small, and some columns are left out."),
        )
        .with_next(format!("Make it {}x{} or larger.", REFERENCE.0, REFERENCE.1)),
        Some((columns, rows)) => Check::new("size", Outcome::Pass, format!("{columns}x{rows}")),
    });
    match caps.multiplexer {
        Multiplexer::None => {}
        Multiplexer::Tmux => checks.push(
            Check::new("multiplexer", Outcome::Pass, "tmux")
                .with_next("To copy through it, its configuration needs `set -g set-clipboard on`."),
        ),
        Multiplexer::TmuxElsewhere => checks.push(
            Check::new("multiplexer", Outcome::Pass, "tmux, on another machine").with_next(
                "To copy through it, its configuration there needs `set -g set-clipboard on` or `set -g allow-passthrough on`.",
            ),
        ),
        Multiplexer::Screen => checks.push(
            Check::new(
                "multiplexer",
                Outcome::Pass,
                "GNU screen, which shows 256 colours at most",
            )
            .with_next("Copying goes through it to the terminal; where that takes nothing, set `clipboard-command` in the configuration."),
        ),
        Multiplexer::Nested => checks.push(
            Check::new("multiplexer", Outcome::Pass, "tmux and GNU screen, one in the other")
                .with_next("Copying asks tmux which is the inner one; what GNU screen cannot take, tmux keeps."),
        ),
        Multiplexer::ScreenOrTmux => checks.push(
            Check::new("multiplexer", Outcome::Pass, "GNU screen or tmux, on another machine")
                .with_next(format!(
                    "To copy through it, a tmux there needs `set -g set-clipboard on` in its configuration. More than {} bytes \
                     are shown on a plain page instead, unless `clipboard-command` is set.",
                    clipboard::LONGEST_UNKNOWN
                )),
        ),
    }
    if caps.ssh {
        checks.push(Check::new("session", Outcome::Pass, "over SSH"));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: Caps = Caps {
        depth: Depth::Ansi256,
        glyphs: Glyphs::Unicode,
        only_ascii: false,
        linear: false,
        multiplexer: Multiplexer::None,
        has_clipboard: true,
        ssh: false,
    };

    fn outcomes(caps: Caps, term: Option<&str>, size: Option<(u16, u16)>) -> Vec<(&'static str, Outcome)> {
        let checks = checks(caps, term, size);
        assert!(
            checks
                .iter()
                .all(|check| check.outcome != Outcome::Warn || check.next.is_some())
        );
        checks.into_iter().map(|check| (check.name, check.outcome)).collect()
    }

    #[test]
    fn a_good_terminal_passes_and_a_poor_one_is_told_what_to_do() {
        use Outcome::{Pass, Skipped, Warn};
        assert_eq!(
            outcomes(CAPS, Some("xterm-256color"), Some((80, 24))),
            [("terminal", Pass), ("locale", Pass), ("colours", Pass), ("size", Pass)]
        );
        let poor = Caps {
            glyphs: Glyphs::Ascii,
            multiplexer: Multiplexer::Screen,
            ssh: true,
            ..CAPS
        };
        assert_eq!(
            outcomes(poor, Some("dumb"), Some((60, 24))),
            [
                ("terminal", Warn),
                ("locale", Warn),
                ("colours", Pass),
                ("size", Warn),
                ("multiplexer", Pass),
                ("session", Pass)
            ]
        );
        let elsewhere = Caps {
            multiplexer: Multiplexer::TmuxElsewhere,
            ..CAPS
        };
        let said = checks(elsewhere, Some("tmux-256color"), None).pop().unwrap();
        assert_eq!(said.found, "tmux, on another machine");
        assert!(said.next.unwrap().contains("allow-passthrough on"));
        assert_eq!(outcomes(CAPS, None, None).last(), Some(&("size", Skipped)));
        assert_eq!(outcomes(poor, Some("linux"), None)[1], ("locale", Pass));
    }
}
