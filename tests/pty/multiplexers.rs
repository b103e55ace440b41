//! Inside real multiplexers: where a copy goes, what is said of it, and what is left on the screen.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::bare::{Bare, wait_until};
use crate::{ARGUMENTS, program, sample};

/// A tmux and a GNU screen of their own, which see nothing else of this machine.
struct Nest {
    home: TempDir,
}

/// Nobody waits for less, and `F` copies as much: more than GNU screen takes.
const IN_TMUX_ALONE: &str = "note: Copied to tmux (prefix ] pastes it)";
/// What the encoded text of `F` is made of.
const ENCODED: &str = "eHh4eHh4";

impl Nest {
    /// `None`, and says so, where one of these is not on this machine.
    fn of(programs: &[&str]) -> Option<Self> {
        for wanted in programs {
            // GNU screen knows no such flag and ends as well.
            if Command::new(wanted).arg("-V").output().is_err() {
                println!("skipped: there is no {wanted} on this machine");
                return None;
            }
        }
        let nest = Self {
            home: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(nest.path("sockets")).unwrap();
        // GNU screen takes no directory that others can look into.
        std::fs::set_permissions(nest.path("sockets"), PermissionsExt::from_mode(0o700)).unwrap();
        std::fs::write(nest.path("screenrc"), "startup_message off\n").unwrap();
        std::fs::write(nest.path("tmux.conf"), "set -g set-clipboard on\n").unwrap();
        Some(nest)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The words that run something in a new GNU screen.
    fn screen(&self) -> Vec<String> {
        vec![
            "screen".to_owned(),
            "-c".to_owned(),
            self.path("screenrc").display().to_string(),
        ]
    }

    /// The words before those of any command of this tmux.
    fn tmux(&self) -> Vec<String> {
        ["tmux", "-S", &self.path("tmux").display().to_string(), "-f"]
            .map(str::to_owned)
            .into_iter()
            .chain([self.path("tmux.conf").display().to_string()])
            .collect()
    }

    /// The words that run something in a new session of it.
    fn session(&self) -> Vec<String> {
        [
            self.tmux(),
            vec!["new-session".to_owned(), "-s".to_owned(), "copy".to_owned()],
        ]
        .concat()
    }

    fn command(&self, words: &[String]) -> Command {
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.home.path())
            .env("LANG", "C.UTF-8")
            .env("PS1", "shell% ")
            .env("SCREENDIR", self.path("sockets"))
            .env("SYSSCREENRC", "/dev/null")
            .env("SHELL", "/bin/sh")
            .env(sample::VARIABLE, "screen");
        command
    }

    /// Starts it on a terminal that names itself so.
    fn start(&self, term: &str, words: &[String]) -> Bare {
        let mut command = self.command(words);
        command.env("TERM", term);
        Bare::start_command(80, 24, command)
    }

    /// What this tmux answers.
    fn ask(&self, words: &[&str]) -> Output {
        let words = [self.tmux(), words.iter().map(|word| (*word).to_owned()).collect()].concat();
        self.command(&words).output().unwrap()
    }

    /// What was copied to it.
    fn buffer(&self) -> String {
        String::from_utf8(self.ask(&["show-buffer"]).stdout).unwrap()
    }
}

impl Drop for Nest {
    fn drop(&mut self) {
        // What is not there needs no end.
        if self.path("tmux").exists() {
            drop(self.ask(&["kill-server"]));
        }
        for entry in std::fs::read_dir(self.path("sockets")).into_iter().flatten().flatten() {
            let name = entry.file_name().display().to_string();
            let words = ["screen", "-S", &name, "-X", "quit"].map(str::to_owned);
            drop(self.command(&words).output());
        }
    }
}

/// The words that start the sample program, with these before them.
fn sample_after(words: &[&str]) -> Vec<String> {
    let words = words.iter().map(|word| (*word).to_owned());
    words
        .chain([program().display().to_string()])
        .chain(ARGUMENTS.map(str::to_owned))
        .collect()
}

#[test]
fn in_gnu_screen_the_prompt_comes_below_what_was_drawn() {
    let Some(nest) = Nest::of(&["screen"]) else { return };
    prompts_on_the_last_line(&nest, &nest.screen());
}

#[test]
fn in_a_tmux_without_another_screen_the_prompt_comes_below_what_was_drawn() {
    let Some(nest) = Nest::of(&["tmux"]) else { return };
    std::fs::write(
        nest.path("tmux.conf"),
        "set -g status off\nset -g alternate-screen off\n",
    )
    .unwrap();
    prompts_on_the_last_line(&nest, &nest.session());
}

/// Leaves in all ways in a shell that these words start, and looks where the shell goes on.
fn prompts_on_the_last_line(nest: &Nest, words: &[String]) {
    let words = [words, &["/bin/sh".to_owned(), "-i".to_owned()]].concat();
    let mut shell = nest.start("xterm-256color", &words);
    shell.wait_screen("shell%");
    let run = format!("{}\r", sample_after(&[]).join(" "));
    for (key, says) in [("q", ""), ("P", "as wanted"), ("\x1a", "Stopped")] {
        shell.send(b"clear\r");
        while shell.contents().contains("tenant-") {
            shell.wait_more();
        }
        shell.send(run.as_bytes());
        shell.wait_screen("tenant-17");
        shell.send(key.as_bytes());
        let is_back = |shell: &Bare| {
            let (at, row) = shell.cursor()?;
            let told = shell.contents().contains(says);
            (told && row.starts_with("shell% ")).then_some(at)
        };
        let mut at = is_back(&shell);
        while at.is_none() {
            shell.wait_more();
            at = is_back(&shell);
        }
        let text = shell.contents();
        assert_eq!(at, Some((7, 23)), "{key:?}:\n{text}");
        assert!(text.contains("tenant-1"), "{key:?}:\n{text}");
    }
    shell.send(b"kill %1\rexit\r");
}

/// What was copied is in its buffer, and goes to the terminal outside if that takes it; else nothing is said of it.
#[test]
fn tmux_says_whether_its_terminal_is_sent_a_copy() {
    for (term, key, said, is_sent) in [
        (
            "xterm-256color",
            b"Y",
            "note: Copied to tmux and sent to your terminal",
            true,
        ),
        ("vt220", b"Y", IN_TMUX_ALONE, false),
        (
            "xterm-256color",
            b"L",
            "note: Copied to tmux; too long for your terminal (60000 of 56244 bytes)",
            false,
        ),
    ] {
        let Some(nest) = Nest::of(&["tmux"]) else { return };
        let mut console = nest.start(term, &[nest.session(), sample_after(&[])].concat());
        console.wait_screen("tenant-17");
        console.send(key);
        let written = console.wait_for("Copied to tmux");
        console.wait_screen(said);
        assert_eq!(written.contains("\x1b]52;"), is_sent, "{term}: {written:?}");
        assert_eq!(nest.buffer().len(), if key == b"Y" { 4 } else { 60_000 });
    }
}

/// Where the program finds no tmux to call, as in a container, tmux takes what is written to it.
#[test]
fn a_tmux_that_cannot_be_called_takes_what_is_written() {
    let Some(nest) = Nest::of(&["tmux"]) else { return };
    let words = [nest.session(), sample_after(&["env", "PATH=/nonexistent"])].concat();
    let mut console = nest.start("xterm-256color", &words);
    console.wait_screen("tenant-17");
    console.send(b"Y");
    console.wait_screen("note: Sent to your terminal (OSC 52)");
    wait_until(|| nest.buffer() == "acme");
}

/// As over SSH from within tmux: what it does not hand on, as that is not allowed by default, it swallows.
#[test]
fn from_another_machine_a_copy_is_in_the_buffer_of_tmux_and_nothing_of_it_on_the_screen() {
    let Some(nest) = Nest::of(&["tmux"]) else { return };
    let there = sample_after(&["env", "-u", "TMUX", "TERM=tmux-256color"]);
    let mut console = nest.start("xterm-256color", &[nest.session(), there].concat());
    console.wait_screen("tenant-17");
    console.send(b"Y");
    console.wait_screen("note: Sent to your terminal (OSC 52)");
    wait_until(|| nest.buffer() == "acme");
    let pane = nest.ask(&["capture-pane", "-p", "-t", "copy"]);
    let shown = String::from_utf8(pane.stdout).unwrap();
    assert!(shown.contains("tenant-17") && !shown.contains("YWNtZQ"), "{shown}");
}

#[test]
fn tmux_in_gnu_screen_keeps_a_copy_to_itself() {
    let Some(nest) = Nest::of(&["screen", "tmux"]) else {
        return;
    };
    let words = [nest.screen(), nest.session(), sample_after(&[])].concat();
    let mut console = nest.start("xterm-256color", &words);
    console.wait_screen("tenant-17");
    for (key, length) in [(b"Fz", 50_000), (b"Yy", 4)] {
        console.send(&key[..1]);
        console.wait_screen(IN_TMUX_ALONE);
        wait_until(|| nest.buffer().len() == length);
        // What is on the screen by then has passed GNU screen.
        console.send(&key[1..]);
        console.wait_screen(if length == 4 { "keys: z y" } else { "keys: z" });
        assert!(!console.contents().contains(ENCODED), "{}", console.contents());
    }
}

#[test]
fn gnu_screen_in_tmux_is_told_apart_also_where_that_tmux_is_gone() {
    for variables in [&[][..], &["env", "TMUX=/nonexistent/tmux,1,0", "TMUX_PANE=%0"]] {
        let Some(nest) = Nest::of(&["screen", "tmux"]) else {
            return;
        };
        let screen = [nest.screen(), sample_after(variables)].concat();
        let words = if variables.is_empty() {
            [nest.session(), screen].concat()
        } else {
            screen
        };
        let mut console = nest.start("xterm-256color", &words);
        console.wait_screen("tenant-17");
        console.send(b"F");
        console.wait_screen("note: Sent to your terminal (OSC 52)");
        console.send(b"z");
        console.wait_screen("keys: z");
        let text = console.contents();
        assert!(!text.contains(ENCODED) && !text.contains("tmux;"), "{text}");
    }
}
