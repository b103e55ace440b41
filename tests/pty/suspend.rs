//! Ctrl-Z and back, under a shell that controls jobs.

use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::tcgetattr;
use termlens::{Key, Terminal};

use crate::{ARGUMENTS, LIMIT, program, sample};

/// A shell that changes no modes for its prompt, on an emulated terminal.
struct Shell {
    terminal: Terminal,
    device: std::os::fd::OwnedFd,
}

impl Shell {
    /// `None`, and says so, where the modes of its terminal cannot be looked at.
    fn start() -> Option<Self> {
        if !Path::new("/proc/self/task").exists() {
            println!("skipped: there is no /proc to find the shell's terminal and children in");
            return None;
        }
        let words: Vec<String> = std::iter::once(program().display().to_string())
            .chain(ARGUMENTS.map(str::to_owned))
            .map(|word| format!("'{word}'"))
            .collect();
        let mut terminal = Terminal::builder()
            .size(80, 24)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("PS1", "shell% ")
            .env(sample::VARIABLE, "screen")
            .env("RUN", words.join(" "))
            .timeout(LIMIT)
            .args(["-i"])
            .spawn("/bin/sh")
            .unwrap();
        terminal.wait_until(|screen| screen.contains("shell%")).unwrap();
        let path = format!("/proc/{}/fd/0", terminal.pid().unwrap());
        let device = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        Some(Self { terminal, device })
    }

    fn modes(&self) -> String {
        format!("{:?}", tcgetattr(&self.device).unwrap())
    }

    fn enter(&mut self, line: &str) {
        self.terminal.send_str(line).unwrap();
        self.terminal.send(Key::Enter).unwrap();
    }

    fn wait(&mut self, text: &str) {
        self.terminal.wait_until(|screen| screen.contains(text)).unwrap();
    }

    /// Waits until the shell has the terminal again, with the screen it had before.
    fn wait_prompt(&mut self, after: &str) {
        self.wait_prompt_again(after, 1);
    }

    /// Waits so until a text, which stays on the shell's screen, has come so many times.
    fn wait_prompt_again(&mut self, after: &str, times: usize) {
        let is_back = |screen: &termlens::Screen| {
            let text = screen.text();
            !screen.alternate_screen() && screen.cursor_visible() && !screen.bracketed_paste() && {
                let tail = text.rsplit(after).next().unwrap_or_default();
                text.matches(after).count() >= times && tail.contains("shell%")
            }
        };
        self.terminal.wait_until(is_back).unwrap();
    }
}

#[test]
fn suspending_gives_the_terminal_to_the_shell_and_continuing_takes_it_again() {
    let Some(mut shell) = Shell::start() else { return };
    shell.enter("echo begin");
    shell.wait_prompt("begin");
    let before = shell.modes();
    shell.enter("eval \"$RUN\"");
    shell.wait("sample 80x24 resumed 0");
    assert_ne!(shell.modes(), before);
    for round in 1..=3 {
        shell.terminal.send_str("ab").unwrap();
        shell.terminal.send(Key::Ctrl('z')).unwrap();
        shell.wait_prompt_again("Stopped", round.into());
        assert_eq!(shell.modes(), before);
        // The shell gets what is typed now, all of it.
        shell.enter(&format!("echo between-$(({round} + 0))"));
        shell.wait_prompt(&format!("between-{round}"));
        shell.terminal.resize(80 + round, 24).unwrap();
        shell.enter("fg");
        shell.wait(&format!("sample {}x24 resumed {round} typed {}", 80 + round, 4 * round));
        shell.wait("tenant-19");
        assert!(shell.terminal.screen().alternate_screen());
    }
    shell.terminal.send(Key::Char('q')).unwrap();
    shell.wait_prompt("fg");
    shell.enter("echo code-$?");
    shell.wait_prompt("code-0");
    assert_eq!(shell.modes(), before);
    shell.enter("exit");
    assert!(shell.terminal.wait_exit().unwrap().success());
}

#[test]
fn a_stop_from_elsewhere_does_the_same() {
    let Some(mut shell) = Shell::start() else { return };
    let before = shell.modes();
    shell.enter("sh -c 'echo \"pid=$$\"; eval \"exec $RUN\"'");
    shell.wait("sample 80x24");
    let program = only_child(shell.terminal.pid().unwrap());
    kill_process(program, Signal::TSTP).unwrap();
    shell.wait_prompt("Stopped");
    assert_eq!(shell.modes(), before);
    shell.enter("fg");
    shell.wait("resumed 1");
    // A stop that no program can catch leaves the modes to the shell; they are taken again all the same.
    kill_process(program, Signal::STOP).unwrap();
    shell.wait("Stopped (signal)");
    // In the raw mode that is left, only a line feed ends a line.
    shell.terminal.send_str("fg\n").unwrap();
    shell.wait("resumed 2");
    shell.terminal.send(Key::Char('q')).unwrap();
    shell.wait_prompt("fg");
    assert_eq!(shell.modes(), before);
}

#[test]
fn a_stopped_program_that_is_told_to_end_leaves_the_terminal_alone() {
    let Some(mut shell) = Shell::start() else { return };
    shell.enter("eval \"$RUN\"");
    shell.wait("sample 80x24");
    shell.terminal.send(Key::Ctrl('z')).unwrap();
    shell.wait_prompt("Stopped");
    let before = shell.modes();
    shell.enter("kill %1; fg; echo code-$?");
    shell.wait_prompt("code-143");
    assert_eq!(shell.modes(), before);
}

#[test]
fn without_a_shell_there_is_nobody_to_continue_it_so_it_goes_on() {
    let mut terminal = crate::start(crate::builder());
    terminal.send(Key::Ctrl('z')).unwrap();
    terminal.wait_until(|screen| screen.contains("resumed 1")).unwrap();
    assert!(terminal.screen().alternate_screen());
    terminal.send(Key::Char('q')).unwrap();
    assert_eq!(terminal.wait_exit().unwrap().code(), Some(0));
}

/// The one process that this one has started.
fn only_child(parent: u32) -> Pid {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
    Pid::from_raw(children.trim().parse().unwrap()).unwrap()
}
