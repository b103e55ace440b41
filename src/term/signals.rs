//! Signals as the loop sees them, and stopping the process as Ctrl-Z would.

use std::io;

use futures_util::FutureExt;
use rustix::process::{Signal as Number, getpgrp, getppid, getsid, kill_current_process_group};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Why the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The operator left.
    Quit,
    /// SIGTERM.
    Terminated,
    /// SIGHUP, or the terminal went away without one.
    HungUp,
    /// SIGINT; in raw mode Ctrl-C is a key, and where a person types lines it ends nothing by itself.
    Interrupted,
}

impl Exit {
    /// The exit code: 0, or 128 and the number of the signal.
    pub fn code(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Save and leave.
    End(Exit),
    /// Give the terminal back and stop.
    Stop,
    /// The process was stopped, and goes on.
    Continued,
    /// The terminal has a new size.
    Resized,
}

/// The signals the program listens to.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    /// Those that matter to a full screen only; in linear mode they do what they always do.
    screen: Option<ScreenSignals>,
}

#[derive(Debug)]
struct ScreenSignals {
    stop: Signal,
    continued: Signal,
    resized: Signal,
}

impl Signals {
    /// Listens to what ends the program.
    pub fn ending() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            screen: None,
        })
    }

    /// Listens also to what concerns a full screen.
    pub fn all() -> io::Result<Self> {
        let listen = |number: Number| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self {
            screen: Some(ScreenSignals {
                stop: listen(Number::TSTP)?,
                continued: listen(Number::CONT)?,
                resized: signal(SignalKind::window_change())?,
            }),
            ..Self::ending()?
        })
    }

    /// The next one; what ends the program comes first.
    pub async fn next(&mut self) -> Notice {
        let screen = async {
            match &mut self.screen {
                None => std::future::pending().await,
                Some(ScreenSignals {
                    stop,
                    continued,
                    resized,
                }) => tokio::select! {
                    biased;
                    Some(()) = stop.recv() => Notice::Stop,
                    Some(()) = continued.recv() => Notice::Continued,
                    Some(()) = resized.recv() => Notice::Resized,
                    else => std::future::pending().await,
                },
            }
        };
        tokio::select! {
            biased;
            Some(()) = self.terminate.recv() => Notice::End(Exit::Terminated),
            Some(()) = self.hang_up.recv() => Notice::End(Exit::HungUp),
            Some(()) = self.interrupt.recv() => Notice::End(Exit::Interrupted),
            notice = screen => notice,
        }
    }

    /// One that has come already, if any has.
    pub fn ready(&mut self) -> Option<Notice> {
        self.next().now_or_never()
    }

    /// Stops this process and all of its job, and returns when it was continued, with what came first then.
    ///
    /// Where there is no shell to continue it, it is not stopped, and this returns at once.
    pub async fn stop_job(&mut self) -> Notice {
        // One from an earlier stop would look like the end of this one.
        while let Some(notice) = self.ready() {
            if matches!(notice, Notice::End(_)) {
                return notice;
            }
        }
        if !has_shell() || kill_current_process_group(Number::STOP).is_err() {
            return Notice::Continued;
        }
        loop {
            match self.next().await {
                Notice::Stop | Notice::Resized => {}
                notice @ (Notice::End(_) | Notice::Continued) => return notice,
            }
        }
    }
}

/// Whether somebody controls our job, and would continue it after a stop.
///
/// The kernel answers this for SIGTSTP, but that one is caught here; SIGSTOP in a session without a shell, as in
/// `ssh host kestra-admin`, would freeze the terminal for good.
fn has_shell() -> bool {
    let (Ok(session), Some(parent)) = (getsid(None), getppid()) else {
        return false;
    };
    getpgrp() != session && getsid(Some(parent)) == Ok(session)
}

#[cfg(test)]
mod tests {
    use rustix::process::{getpid, kill_process};

    use super::*;

    #[test]
    fn exit_codes_follow_the_signals() {
        for (exit, signal) in [
            (Exit::HungUp, Number::HUP),
            (Exit::Interrupted, Number::INT),
            (Exit::Terminated, Number::TERM),
        ] {
            assert_eq!(i32::from(exit.code()), 128 + signal.as_raw());
        }
        assert_eq!(Exit::Quit.code(), 0);
    }

    #[tokio::test]
    async fn what_ends_the_program_comes_first() {
        let (mut signals, mut witness) = (Signals::all().unwrap(), Signals::all().unwrap());
        let numbers = [
            (Number::WINCH, Notice::Resized),
            (Number::CONT, Notice::Continued),
            (Number::TSTP, Notice::Stop),
            (Number::TERM, Notice::End(Exit::Terminated)),
        ];
        for (number, notice) in numbers {
            kill_process(getpid(), number).unwrap();
            // Signals take their time; what one listener has got, all have.
            assert_eq!(witness.next().await, notice);
        }
        for expected in [
            Notice::End(Exit::Terminated),
            Notice::Stop,
            Notice::Continued,
            Notice::Resized,
        ] {
            assert_eq!(signals.next().await, expected);
        }
        assert_eq!(signals.ready(), None);
    }
}
