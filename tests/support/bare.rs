//! A pseudo-terminal without an emulator: its modes, its bytes, and its going away.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};

/// Only a hang reaches this.
pub const LIMIT: Duration = Duration::from_secs(30);

/// A program on a pseudo-terminal that is not its controlling one, so that nobody sends it SIGHUP.
pub struct Bare {
    master: Option<OwnedFd>,
    /// Closing the pipe ends the thread that reads what the program writes.
    reader: Option<(PipeWriter, JoinHandle<()>)>,
    output: Receiver<Vec<u8>>,
    /// What was written since the last wait for bytes.
    seen: Vec<u8>,
    /// All of it, as it looks.
    screen: vt100::Parser,
    program: Pid,
    /// How it ended, once it has.
    exit: Receiver<ExitStatus>,
    modes_before: String,
}

impl Bare {
    /// Starts any program.
    pub fn start_command(columns: u16, rows: u16, mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize {
            ws_col: columns,
            ws_row: rows,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let slave = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let modes_before = modes(&master);
        let mut child = command
            .stdin(slave.try_clone().unwrap())
            .stdout(slave.try_clone().unwrap())
            .stderr(slave)
            .process_group(0)
            .spawn()
            .unwrap();
        // The command holds the other end of the terminal too.
        drop(command);
        let program = Pid::from_child(&child);
        let (ended, exit) = channel();
        std::thread::spawn(move || {
            let status = child.wait().unwrap();
            // Nobody waits any more if this fails.
            ended.send(status).unwrap_or_default();
        });
        let (sender, output) = channel();
        let mut terminal = File::from(master.try_clone().unwrap());
        let (stopped, stop) = std::io::pipe().unwrap();
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while is_readable(&terminal, &stopped) {
                match terminal.read(&mut buffer) {
                    Ok(count @ 1..) if sender.send(buffer[..count].to_vec()).is_ok() => {}
                    _ => return,
                }
            }
        });
        Self {
            master: Some(master),
            reader: Some((stop, thread)),
            output,
            seen: Vec::new(),
            screen: vt100::Parser::new(length(rows), length(columns), 0),
            program,
            exit,
            modes_before,
        }
    }

    /// Waits until the program has written this since the last wait, and returns everything up to and with it.
    pub fn wait_for(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self
                .seen
                .windows(text.len())
                .position(|window| window == text.as_bytes())
            {
                let rest = self.seen.split_off(at + text.len());
                let found = std::mem::replace(&mut self.seen, rest);
                return String::from_utf8_lossy(&found).into_owned();
            }
            self.take_output(text);
        }
    }

    /// Waits until this is on the screen and no frame is half drawn. What was written until then counts as seen.
    pub fn wait_screen(&mut self, text: &str) {
        while self.is_within_frame() || !self.screen.screen().contents().contains(text) {
            self.take_output(text);
        }
        self.seen.clear();
    }

    /// Waits until the program has written anything more.
    pub fn wait_more(&mut self) {
        self.take_output("anything more");
        self.seen.clear();
    }

    /// Looks at the screen whenever no frame is half drawn, until a look finds something; `None` where the program ends or
    /// the time comes before.
    pub fn look<T>(&mut self, until: Instant, mut found: impl FnMut(&str) -> Option<T>) -> Option<T> {
        loop {
            if !self.is_within_frame()
                && let Some(found) = found(&self.screen.screen().contents())
            {
                self.seen.clear();
                return Some(found);
            }
            let left = until.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left).ok()?;
            self.take(bytes);
        }
    }

    /// Everything on the screen, as it was when it was last looked at.
    pub fn contents(&self) -> String {
        self.screen.screen().contents()
    }

    /// Column and row of the cursor, from 0, if it is seen, and the row of text it is in.
    pub fn cursor(&self) -> Option<((u16, u16), String)> {
        let screen = self.screen.screen();
        let (row, column) = screen.cursor_position();
        let text = screen.rows(0, screen.size().1.get()).nth(row.into()).unwrap();
        (!screen.hide_cursor()).then_some(((column, row), text))
    }

    /// The attributes of the first character of a text on the screen.
    pub fn row_style(&self, text: &str) -> String {
        let screen = self.screen.screen();
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        let (row, column) = (0..rows)
            .zip(screen.rows(0, columns))
            .find_map(|(row, line)| Some((row, line.find(text)?)))
            .unwrap();
        let cell = screen.cell(row, u16::try_from(column).unwrap()).unwrap();
        let words = [
            (cell.inverse(), "reverse"),
            (cell.bold(), "bold"),
            (cell.underline(), "underline"),
        ];
        let words: Vec<&str> = words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        words.join(" ")
    }

    /// Whether anything on the screen has a colour of its own.
    pub fn has_colours(&self) -> bool {
        let screen = self.screen.screen();
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (row, column)))
            .any(|(row, column)| {
                let cell = screen.cell(row, column).unwrap();
                (cell.fgcolor(), cell.bgcolor()) != (vt100::Color::Default, vt100::Color::Default)
            })
    }

    fn is_within_frame(&self) -> bool {
        let last = |mark: &[u8]| self.seen.windows(mark.len()).rposition(|window| window == mark);
        last(b"\x1b[?2026h") > last(b"\x1b[?2026l")
    }

    fn take_output(&mut self, awaited: &str) {
        match self.output.recv_timeout(LIMIT) {
            Ok(bytes) => self.take(bytes),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let screen = self.screen.screen().contents();
                panic!(
                    "no {awaited:?} in {:?} and on\n{screen}",
                    String::from_utf8_lossy(&self.seen)
                );
            }
        }
    }

    fn take(&mut self, bytes: Vec<u8>) {
        self.screen.process(&bytes);
        self.seen.extend(bytes);
    }

    /// Types.
    pub fn send(&mut self, bytes: &[u8]) {
        let mut master = File::from(self.master().try_clone().unwrap());
        master.write_all(bytes).unwrap();
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        let size = Winsize {
            ws_col: columns,
            ws_row: rows,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(self.master(), size).unwrap();
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.program, signal).unwrap();
    }

    /// The modes of the terminal now, and as they were before anything ran on it.
    pub fn modes(&self) -> (String, &str) {
        (modes(self.master()), &self.modes_before)
    }

    /// Takes nothing more from the program, which will find no room to write some time.
    pub fn stall(&mut self) {
        if let Some((stop, thread)) = self.reader.take() {
            drop(stop);
            thread.join().unwrap();
        }
    }

    /// Closes the terminal while the program runs on it.
    pub fn hang_up(&mut self) {
        self.stall();
        self.master = None;
    }

    /// Waits for the end of the program.
    pub fn wait_exit(&mut self) -> ExitStatus {
        let status = self.exit.recv_timeout(LIMIT).ok();
        status.unwrap_or_else(|| panic!("it does not end; it wrote {:?}", String::from_utf8_lossy(&self.seen)))
    }

    /// Everything written that nobody waited for. After the end of the program only.
    pub fn rest(&mut self) -> String {
        self.seen.extend(self.output.iter().flatten());
        String::from_utf8_lossy(&std::mem::take(&mut self.seen)).into_owned()
    }

    fn master(&self) -> &OwnedFd {
        self.master.as_ref().unwrap()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // A test that failed may leave it running; one that has ended was reaped when its exit was reported.
        if self.exit.try_recv() == Err(TryRecvError::Empty) {
            // It may end at this very moment.
            kill_process(self.program, Signal::KILL).unwrap_or_default();
        }
    }
}

/// Looks again and again for something that shows elsewhere than on a terminal.
pub fn wait_until(mut happened: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !happened() {
        assert!(Instant::now() < end, "it does not happen");
        std::thread::yield_now();
    }
}

fn length(of: u16) -> NonZero<u16> {
    NonZero::new(of).unwrap_or(NonZero::<u16>::MIN.saturating_add(79))
}

/// Waits for something to read; false where reading is over.
fn is_readable(terminal: &File, stopped: &PipeReader) -> bool {
    let mut watched = [
        PollFd::new(stopped, PollFlags::IN),
        PollFd::new(terminal, PollFlags::IN),
    ];
    poll(&mut watched, None).is_ok() && watched[0].revents().is_empty()
}

/// The modes of a terminal, printed; they compare in no other way.
fn modes(terminal: &OwnedFd) -> String {
    format!("{:?}", tcgetattr(terminal).unwrap())
}
