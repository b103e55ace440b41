//! What tmux says of where it runs and is shown, and what becomes of a copy by that.
//!
//! tmux keeps every copy; its terminal is sent one only where that can take it, for GNU screen writes what is too long for it
//! over the console. Where nobody knows whether the terminal takes it, nothing is said of it.

use std::fs;
use std::io::{self, Read, Seek};
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use super::super::caps::Multiplexer;
use super::{LONGEST, LONGEST_UNKNOWN, wait};

/// What tmux says. By default it does not answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Whether its pane is our terminal, so that nothing sits in between.
    is_inner: bool,
    /// `TERM` of the terminal that it is shown on, which GNU screen may be; empty where it is shown on none.
    term: String,
    /// Whether it knows how to put text on the clipboard of that.
    has_clipboard: bool,
}

/// Where a copy goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// To tmux, and to its terminal if it `sends` it, with the words for that.
    Tmux { sends: bool, words: String },
    /// To the terminal, through this.
    Terminal(Multiplexer),
}

/// Asks tmux; `None` where none can be called. Waits for it, at most a few seconds.
pub fn ask() -> Option<Answers> {
    let mut said = tempfile::tempfile().ok()?;
    let place = "#{pane_tty} #{client_name} #{client_termname}";
    let mut child = Command::new("tmux")
        // The second fails where no terminal shows it, once the first was answered.
        .args(["display-message", "-p", place, ";", "show-messages", "-T"])
        .stdin(Stdio::null())
        .stdout(said.try_clone().ok()?)
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    wait(&mut child).ok()?;
    let mut text = String::new();
    said.rewind().ok()?;
    said.read_to_string(&mut text).ok()?;
    Some(Answers::read(&text, is_ours))
}

/// Whether a device is our terminal.
fn is_ours(path: &str) -> bool {
    let ours = rustix::fs::fstat(io::stdout()).map(|ours| ours.st_rdev);
    fs::metadata(path).is_ok_and(|theirs| ours == Ok(theirs.rdev()))
}

impl Answers {
    /// Reads a line with the device of the pane, the name and the `TERM` of its terminal, and after it what each terminal can do.
    fn read(said: &str, is_ours: impl Fn(&str) -> bool) -> Self {
        let mut lines = said.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let [pane, client, term] = [(); 3].map(|()| words.next().unwrap_or_default());
        let heading = format!(" for {client},");
        let begins = |line: &&str| line.starts_with("Terminal ");
        let has_clipboard = lines
            .skip_while(|line| !(begins(line) && line.contains(&heading)))
            .skip(1)
            .take_while(|line| !begins(line))
            .any(|line| line.contains(" Ms: ") && !line.ends_with("[missing]"));
        Self {
            is_inner: is_ours(pane),
            term: term.to_owned(),
            has_clipboard,
        }
    }

    /// The longest text that its terminal may be sent, in bytes. One that calls itself `screen` may be another tmux.
    fn most(&self) -> usize {
        match self.term.as_str() {
            "" => 0,
            term if term.starts_with("screen.") => 0,
            term if term == "screen" || term.starts_with("screen-") => LONGEST_UNKNOWN,
            _ => LONGEST,
        }
    }
}

/// The way of a text of so many bytes, from what the environment and tmux say; `None` is a tmux that cannot be called.
pub fn way(multiplexer: Multiplexer, answers: Option<&Answers>, bytes: usize) -> Way {
    let answers = match (multiplexer, answers) {
        (Multiplexer::Tmux, Some(answers)) => answers,
        (Multiplexer::Nested, Some(answers)) if answers.is_inner => answers,
        (Multiplexer::Nested, Some(_)) => return Way::Terminal(Multiplexer::Screen),
        _ => return Way::Terminal(multiplexer),
    };
    let most = answers.most();
    let is_known = answers.has_clipboard && most == LONGEST;
    let sends = bytes <= most;
    let words = if !is_known {
        "Copied to tmux (prefix ] pastes it)".to_owned()
    } else if sends {
        "Copied to tmux and sent to your terminal".to_owned()
    } else {
        format!("Copied to tmux; too long for your terminal ({bytes} of {LONGEST} bytes)")
    };
    Way::Tmux { sends, words }
}

#[cfg(test)]
mod tests {
    use super::super::super::caps::{Surroundings, Wishes, detect};
    use super::*;

    const PANE: &str = "/dev/pts/3";

    /// What tmux answers: its pane, and the terminal that it is shown on, with a line for its clipboard.
    fn answers(pane: &str, term: &str, clipboard: &str) -> Answers {
        let said = format!(
            "{pane} /dev/pts/1 {term}\n\
             Terminal 0: other for /dev/pts/12, flags=0x20:\n  59: Mr: [missing]\n 192: Ms: (string) \\033]52;%p1%s;%p2%s\\a\n\
             Terminal 1: {term} for /dev/pts/1, flags=0x20:\n 191: Mr: (string) x\n{clipboard}\
             Terminal 2: other for /dev/pts/13, flags=0x20:\n 192: Ms: (string) \\033]52;%p1%s;%p2%s\\a\n"
        );
        Answers::read(&said, |path| path == PANE)
    }

    const KNOWN: &str = " 192: Ms: (string) \\033]52;%p1%s;%p2%s\\a\n";
    const MISSING: &str = " 192: Ms: [missing]\n";
    const SENT: &str = "Copied to tmux and sent to your terminal";
    const ALONE: &str = "Copied to tmux (prefix ] pastes it)";

    fn way_in(variables: &[(&str, &str)], answers: Option<&Answers>, bytes: usize) -> Way {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let surroundings = Surroundings {
            variable: &variable,
            stdin_is_terminal: true,
            stdout_is_terminal: true,
        };
        way(detect(Wishes::default(), &surroundings).multiplexer, answers, bytes)
    }

    #[test]
    fn tmux_sends_what_its_terminal_takes_and_says_what_is_known() {
        for (term, clipboard, bytes, sends, words) in [
            ("xterm-256color", KNOWN, 4, true, SENT),
            ("xterm-256color", KNOWN, LONGEST, true, SENT),
            ("tmux-256color", KNOWN, LONGEST, true, SENT),
            (
                "xterm-256color",
                KNOWN,
                60_000,
                false,
                "Copied to tmux; too long for your terminal (60000 of 56244 bytes)",
            ),
            // An xterm whose clipboard a tmux of another age says in other words may have one all the same.
            ("xterm-256color", "", 4, true, ALONE),
            ("linux", MISSING, 4, true, ALONE),
            ("vt220", MISSING, 60_000, false, ALONE),
            ("screen.xterm-256color", KNOWN, 4, false, ALONE),
            ("screen-256color", KNOWN, LONGEST_UNKNOWN, true, ALONE),
            ("screen-256color", KNOWN, LONGEST_UNKNOWN + 1, false, ALONE),
            ("screen", MISSING, 60_000, false, ALONE),
            ("", "", 4, false, ALONE),
        ] {
            let said = answers(PANE, term, clipboard);
            let expected = Way::Tmux {
                sends,
                words: words.to_owned(),
            };
            let variables = [("TMUX", "/t,1,0"), ("TERM", "tmux-256color")];
            assert_eq!(way_in(&variables, Some(&said), bytes), expected, "{term}, {bytes}");
        }
    }

    #[test]
    fn the_inner_one_of_two_is_told_by_the_terminal_of_the_pane() {
        let both = |term| [("TMUX", "/t,1,0"), ("STY", "12.pts-0"), ("TERM", term)];
        let inner = answers(PANE, "xterm-256color", KNOWN);
        let elsewhere = answers("/dev/pts/9", "xterm-256color", KNOWN);
        let gone = Answers::read("", |path| path == PANE);
        let to_tmux = |way: &Way| matches!(way, Way::Tmux { .. });
        for term in [
            "screen",
            "screen-256color",
            "screen.xterm-256color",
            "xterm-256color",
            "",
        ] {
            assert!(to_tmux(&way_in(&both(term), Some(&inner), 4)), "{term}");
            for outer in [&elsewhere, &gone] {
                let screen = Way::Terminal(Multiplexer::Screen);
                assert_eq!(way_in(&both(term), Some(outer), 4), screen, "{term}");
            }
            // Either of them, and what is too long for GNU screen is shown on a plain page.
            assert_eq!(
                way_in(&both(term), None, 4),
                Way::Terminal(Multiplexer::Nested),
                "{term}"
            );
        }
        // GNU screen never calls itself so.
        assert!(to_tmux(&way_in(&both("tmux-256color"), Some(&elsewhere), 4)));
    }

    #[test]
    fn one_alone_is_what_it_is() {
        let elsewhere = answers("/dev/pts/9", "xterm-256color", KNOWN);
        let tmux = [("TMUX", "/t,1,0"), ("TERM", "screen-256color")];
        // Another terminal may be between it and us, as under `script`.
        assert!(matches!(
            way_in(&tmux, Some(&elsewhere), 4),
            Way::Tmux { sends: true, .. }
        ));
        assert_eq!(way_in(&tmux, None, 4), Way::Terminal(Multiplexer::Tmux));
        for (variables, expected) in [
            (&[("STY", "12.pts-0"), ("TERM", "screen")][..], Multiplexer::Screen),
            (&[("TERM", "screen-256color")], Multiplexer::ScreenOrTmux),
            (&[("TERM", "xterm-256color")], Multiplexer::None),
        ] {
            assert_eq!(way_in(variables, None, 4), Way::Terminal(expected), "{variables:?}");
        }
    }
}
