//! Whether a key arrives when it is pressed: what terminals send, and what is kept on the way by others.

use crate::app::input::{Key, KeyCode};

/// Whether a key arrives as itself, and why not.
#[derive(Clone, Copy)]
pub(super) enum Arrival {
    /// It does.
    Sure,
    /// Somebody may keep it before it reaches the program.
    Doubtful(&'static str),
    /// No terminal sends it, or not as a key of its own.
    Never(&'static str),
}

impl Arrival {
    /// That of one key.
    pub(super) fn of(key: Key) -> Self {
        match (key.ctrl, key.code) {
            (true, KeyCode::Char('i') | KeyCode::Tab) => Self::Never("is the same as <tab> to a terminal"),
            (true, KeyCode::Char('m' | 'j') | KeyCode::Enter) => Self::Never("is the same as <enter> to a terminal"),
            (true, KeyCode::Char('[') | KeyCode::Esc) => Self::Never("is the same as <esc> to a terminal"),
            (true, KeyCode::Char('h' | '?') | KeyCode::Backspace) => {
                Self::Never("is the same as <backspace> to a terminal")
            }
            (true, KeyCode::Char('A'..='Z')) => {
                Self::Never("is the same with and without Shift to a terminal; write the letter small")
            }
            (true, KeyCode::Char('b')) => Self::Doubtful("tmux keeps it unless told otherwise"),
            (true, KeyCode::Char('a')) => Self::Doubtful("screen keeps it unless told otherwise"),
            (true, KeyCode::Char(' ')) => Self::Doubtful("tmux and input methods often keep it"),
            (true, KeyCode::Char('s' | 'q')) => Self::Doubtful("flow control may keep it"),
            (false, KeyCode::Char('~')) => Self::Doubtful("ssh keeps it at the start of a line"),
            (true, KeyCode::Char('a'..='z' | '\\' | ']' | '^' | '_')) => Self::Sure,
            (true, KeyCode::Char(_)) => Self::Never("is not sent by terminals"),
            _ => Self::Sure,
        }
    }

    /// Why some of these keys never arrives.
    pub(super) fn none_of(keys: &[Key]) -> Option<&'static str> {
        keys.iter().find_map(|key| match Self::of(*key) {
            Self::Never(why) => Some(why),
            Self::Sure | Self::Doubtful(_) => None,
        })
    }

    /// Why some of these keys may not arrive.
    pub(super) fn doubt_of(keys: &[Key]) -> Option<&'static str> {
        keys.iter().find_map(|key| match Self::of(*key) {
            Self::Doubtful(why) => Some(why),
            Self::Sure | Self::Never(_) => None,
        })
    }
}
