//! Frames on their way to the terminal.
//!
//! A thread of its own writes them, each with one `write(2)` where the terminal takes it whole. The loop never waits for it:
//! while a frame is on its way no other is drawn, so a slow or stopped terminal costs frames and nothing else.

use std::io;
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Writes to standard output, one piece after the other.
#[derive(Debug)]
pub struct Output {
    frames: Sender<Vec<u8>>,
    written: UnboundedReceiver<io::Result<()>>,
    underway: usize,
}

impl Output {
    /// Starts the thread, which writes by `write`. Fails where none can be had.
    pub fn start(write: fn(&[u8]) -> io::Result<()>) -> io::Result<Self> {
        let (frames, to_write) = channel();
        let (report, written) = unbounded_channel();
        thread::Builder::new()
            .name("terminal output".to_owned())
            .spawn(move || write_each(&to_write, &report, write))?;
        Ok(Self {
            frames,
            written,
            underway: 0,
        })
    }

    /// Whether everything given so far has been taken by the terminal.
    pub fn is_idle(&self) -> bool {
        self.underway == 0
    }

    /// Gives bytes to the terminal, after all that was given before.
    pub fn send(&mut self, bytes: Vec<u8>) {
        // Where the thread is gone, `written` says so.
        self.underway += 1;
        drop(self.frames.send(bytes));
    }

    /// Waits until the terminal has taken one more piece. Fails when it is gone. Never returns while idle.
    pub async fn written(&mut self) -> io::Result<()> {
        if self.is_idle() {
            return std::future::pending().await;
        }
        let outcome = self.written.recv().await;
        self.underway = self.underway.saturating_sub(1);
        outcome.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into()))
    }

    /// Whether one more piece has been taken already; `None` if not.
    pub fn ready(&mut self) -> Option<io::Result<()>> {
        let outcome = self.written.try_recv().ok()?;
        self.underway = self.underway.saturating_sub(1);
        Some(outcome)
    }

    /// Waits until everything has been taken, or nothing will be any more; fails then.
    pub async fn settle(&mut self) -> io::Result<()> {
        while !self.is_idle() {
            self.written().await?;
        }
        Ok(())
    }
}

fn write_each(
    frames: &Receiver<Vec<u8>>,
    report: &UnboundedSender<io::Result<()>>,
    write: fn(&[u8]) -> io::Result<()>,
) {
    while let Ok(bytes) = frames.recv() {
        if report.send(write(&bytes)).is_err() {
            return;
        }
    }
}

/// Writes all of `bytes`, unbuffered, also to a terminal that somebody else switched to non-blocking.
pub fn write_all(to: &impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(to, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                wait_for_room(to, None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Waits until `to` takes more; false where the time is over first.
pub fn wait_for_room(to: &impl AsFd, within: Option<Duration>) -> io::Result<bool> {
    let limit = within.and_then(|within| Timespec::try_from(within).ok());
    match poll(&mut [PollFd::new(to, PollFlags::OUT)], limit.as_ref()) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn everything_is_written_though_the_reader_is_slow() {
        let (mut reader, writer) = io::pipe().unwrap();
        let text = vec![b'x'; 1 << 20];
        let expected = text.clone();
        let writing = thread::spawn(move || write_all(&writer, &text).is_ok());
        let mut got = Vec::new();
        reader.read_to_end(&mut got).unwrap();
        assert!(writing.join().unwrap());
        assert_eq!(got, expected);
    }

    #[test]
    fn a_full_pipe_has_no_room() {
        let (reader, writer) = io::pipe().unwrap();
        assert!(wait_for_room(&writer, Some(Duration::ZERO)).unwrap());
        rustix::fs::fcntl_setfl(&writer, rustix::fs::OFlags::NONBLOCK).unwrap();
        while rustix::io::write(&writer, &[0; 4096]).is_ok() {}
        assert!(!wait_for_room(&writer, Some(Duration::ZERO)).unwrap());
        drop(reader);
        assert!(write_all(&writer, b"x").is_err());
    }
}
