//! Whether a terminal shows what is typed into it, where lines are read.

use std::io;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Whether the terminal shows what is typed. It does again when this is dropped.
#[derive(Debug, Default)]
pub struct Echo {
    /// The modes as they were, while it does not.
    before: Option<Termios>,
}

impl Echo {
    /// Has it show nothing, or again what is typed.
    pub fn hide(&mut self, hides: bool) {
        match (hides, &self.before) {
            (true, None) => {
                let Ok(before) = tcgetattr(io::stdin()) else { return };
                let mut modes = before.clone();
                modes.local_modes.remove(LocalModes::ECHO);
                // The end of the line is no secret.
                modes.local_modes.insert(LocalModes::ECHONL);
                if tcsetattr(io::stdin(), OptionalActions::Now, &modes).is_ok() {
                    self.before = Some(before);
                }
            }
            (false, Some(before)) => {
                // A terminal that went away needs no modes.
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
                self.before = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.hide(false);
    }
}
