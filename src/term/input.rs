//! Waiting for the terminal: keys, pastes, and the terminal's going away.
//!
//! One thread sleeps in `poll(2)`, without a timeout, until there is something to read or the terminal is gone. It is the
//! watchdog too: a lost terminal shows as a hang-up or as an end of input whether or not anybody sends SIGHUP, and the
//! thread then says so once and ends. What bytes mean is in [`super::decoder`].

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::app::msg::Msg;

use super::decoder::Decoder;

/// What came from the terminal.
#[derive(Debug, PartialEq)]
pub enum Input {
    /// Keys and pastes, in order. Never empty.
    Messages(Vec<Msg>),
    /// The terminal is gone; nothing follows.
    Lost,
}

/// Reads standard input, while it is not paused.
#[derive(Debug)]
pub struct InputReader {
    sender: UnboundedSender<Input>,
    receiver: UnboundedReceiver<Input>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    /// Closing this end wakes the thread and ends it.
    stop: PipeWriter,
    thread: JoinHandle<()>,
}

impl InputReader {
    /// Starts reading. Fails where no thread or pipe can be had.
    pub fn start() -> io::Result<Self> {
        let (sender, receiver) = unbounded_channel();
        let mut reader = Self {
            sender,
            receiver,
            running: None,
        };
        reader.resume()?;
        Ok(reader)
    }

    /// What came next, in order. What was read before a pause is still there after it.
    pub async fn next(&mut self) -> Input {
        // The sender lives as long as the receiver, so the channel is never closed.
        self.receiver.recv().await.unwrap_or(Input::Lost)
    }

    /// What has come already, if anything has.
    pub fn ready(&mut self) -> Option<Input> {
        self.receiver.try_recv().ok()
    }

    /// Stops reading, so that somebody else gets the keys. When this returns, no further byte is taken.
    pub fn pause(&mut self) {
        if let Some(Running { stop, thread }) = self.running.take() {
            drop(stop);
            // A thread that panicked has nothing left to stop.
            drop(thread.join());
        }
    }

    /// Reads again after a pause. Half a sequence from before it is forgotten.
    pub fn resume(&mut self) -> io::Result<()> {
        self.pause();
        let (stopped, stop) = io::pipe()?;
        let sender = self.sender.clone();
        let thread = thread::Builder::new()
            .name("terminal input".to_owned())
            .spawn(move || read(&stopped, &sender))?;
        self.running = Some(Running { stop, thread });
        Ok(())
    }
}

impl Drop for InputReader {
    fn drop(&mut self) {
        self.pause();
    }
}

/// Reads until the terminal is gone, the other end of `stopped` is closed, or nobody listens.
fn read(stopped: &PipeReader, sender: &UnboundedSender<Input>) {
    let stdin = io::stdin();
    let mut decoder = Decoder::default();
    let mut buffer = [0_u8; 4096];
    loop {
        match wait(&stdin, stopped) {
            Ok(Wake::Readable) => {}
            Ok(Wake::Stopped) => return,
            Ok(Wake::Nothing) => continue,
            Ok(Wake::Gone) | Err(_) => break,
        }
        let count = match rustix::io::read(&stdin, &mut buffer) {
            // In raw mode a read never ends empty, unless there is no terminal any more.
            Ok(0) => break,
            Ok(count) => count,
            Err(Errno::INTR | Errno::AGAIN) => continue,
            Err(_) => break,
        };
        let more = is_readable_now(&stdin);
        let messages = decoder.feed(buffer.get(..count).unwrap_or_default(), more);
        if !messages.is_empty() && sender.send(Input::Messages(messages)).is_err() {
            return;
        }
    }
    // Nobody listens any more if this fails.
    drop(sender.send(Input::Lost));
}

enum Wake {
    Readable,
    Stopped,
    Gone,
    Nothing,
}

fn wait(stdin: &impl AsFd, stopped: &PipeReader) -> rustix::io::Result<Wake> {
    let mut watched = [PollFd::new(stopped, PollFlags::IN), PollFd::new(stdin, PollFlags::IN)];
    match poll(&mut watched, None) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(Wake::Nothing),
        Err(error) => return Err(error),
    }
    let [stopped, stdin] = &watched;
    Ok(if !stopped.revents().is_empty() {
        Wake::Stopped
    } else if stdin.revents().contains(PollFlags::IN) {
        Wake::Readable
    } else if stdin.revents().is_empty() {
        Wake::Nothing
    } else {
        Wake::Gone
    })
}

fn is_readable_now(stdin: &impl AsFd) -> bool {
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(stdin, PollFlags::IN)], Some(&at_once)).is_ok_and(|ready| ready > 0)
}
