//! The loop of the full screen: what happened goes to the application, what it wants done is done, and then it is drawn.
//!
//! It waits in this order: what ends the program, messages from the runner, input, deadlines. Everything that is ready is
//! handled before a frame is drawn, so keys typed ahead are never lost and never cost a frame each. A frame is drawn only
//! when something happened, the one before is old enough, and the terminal has taken it. While nothing happens, nothing
//! wakes up.
//!
//! The loop knows an application only as [`Application`], and keeps the one clock there is.

use std::io;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use rustix::termios::tcgetwinsize;
use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout};

use crate::app::effect::{Effect, Millis};
use crate::app::msg::Msg;
use crate::app::pointer::{Act, Hit, HitMap, Pointer};
use crate::domain::problem::{Problem, ProblemKind};
use crate::runner::Runner;

use super::caps::Caps;
use super::clipboard::{self, Clipboard, Copied, Ways};
use super::guard::{GIVES_BACK_WITHIN, Guard, write_frame};
use super::input::{Input, InputReader};
use super::output::Output;
use super::pace::Pace;
use super::screen::Screen;
use super::signals::{Exit, Notice, Signals};

/// What the loop runs. All that changes changes in [`update`](Self::update); drawing changes nothing.
pub trait Application: Draw {
    /// Something happened at this time. Returns what is to be done about it.
    fn update(&mut self, now: Millis, msg: Msg) -> Vec<Effect>;
    /// When [`Msg::Deadline`] is wanted next, if nothing else happens before.
    fn next_deadline(&self) -> Option<Millis>;
    /// Until when the first frame can wait for what it is to show; `None` once that is there, or where nobody can say when.
    fn first_frame_by(&self) -> Option<Millis>;
}

/// What can be put on a screen.
pub trait Draw {
    /// Draws everything, and says where the terminal's cursor belongs.
    fn draw(&self, frame: &mut ratatui::Frame<'_>) -> Drawn;
}

/// Where the terminal's cursor is after a frame, and what can be clicked in it. Screen readers and magnifiers follow it; while
/// a frame is drawn it is hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Column and row, from 0; `None` where it does not matter.
    pub cursor: Option<(u16, u16)>,
    /// Whether it shows. Without a place it never does.
    pub cursor_visible: bool,
    /// What a mouse can hit.
    pub hits: HitMap,
    /// The rows whose text goes on in the next one, for the terminal to know both as one line, and how many columns of text
    /// each has. They fill the width of the screen.
    pub wraps: Vec<(u16, u16)>,
    /// Whether text is to be selected with the mouse, which the terminal therefore does not report.
    pub selects: bool,
}

/// How the loop runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the terminal can do.
    pub caps: Caps,
    /// Whether the terminal is to report the mouse.
    pub mouse: bool,
    /// The operator's own command for copying; empty if there is none.
    pub copy_command: Vec<String>,
}

impl Options {
    pub(super) fn ways(&self) -> Ways {
        Ways {
            command: self.copy_command.clone(),
            multiplexer: self.caps.multiplexer,
            has_terminal: self.caps.has_clipboard,
        }
    }
}

/// How long the program waits when it leaves, for saving and for the last output together.
pub(super) const LEAVING: Duration = Duration::from_millis(500);
/// Whoever takes the terminal away finds the program gone within a second; what is left of it is for the system.
const _: () = assert!(LEAVING.saturating_add(GIVES_BACK_WITHIN).as_millis() <= 700);
/// How long the last output is waited for before the program is suspended.
const LAST_OUTPUT: Duration = Duration::from_millis(200);
/// How many events are handled before the clock is looked at again.
const BATCH: usize = 1000;

/// Runs the application on the terminal until it ends, and gives the terminal back.
///
/// `inbox` is where the runner's messages arrive. What the runner is to do before the first message, such as loading the first
/// list, is `first`. Fails where the terminal cannot be taken or read.
pub async fn run<A: Application>(
    app: &mut A,
    runner: &mut Runner,
    inbox: &mut UnboundedReceiver<Msg>,
    first: Vec<Effect>,
    options: &Options,
) -> Result<Exit, Problem> {
    // A local instance reads while the terminal is taken.
    for effect in first {
        runner.start(effect);
    }
    yield_now().await;
    let mut console = Console::open(app, runner, inbox, options).map_err(|error| unusable(&error))?;
    let outcome = console.run().await;
    console.close().await;
    outcome.map_err(|error| unusable(&error))
}

/// Runs a future on a runtime of its own, on this thread, and leaves behind whatever still blocks when it is done.
///
/// Dropping a runtime waits for its blocking work; a query that hangs must not keep the program from leaving, be it by a
/// panic.
pub fn block_on<T>(future: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unusable(&error))?;
    // Nothing of the future is looked at after a panic, which goes on once the runtime is out of its way.
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(future)));
    runtime.shutdown_background();
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

pub(super) fn unusable(error: &io::Error) -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "The terminal cannot be used.",
        format!("The system says: {error}."),
        "Try another terminal, or `--linear` for plain lines.",
    )
}

/// Time since the program started, in the application's milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { start: Instant::now() }
    }

    pub(super) fn now(self) -> Millis {
        Millis::try_from(self.start.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    /// The moment of a deadline; one too far away to name is never.
    pub(super) fn at(self, deadline: Millis) -> Option<Instant> {
        self.start.checked_add(Duration::from_millis(deadline))
    }
}

/// Waits until a moment; for ever where there is none.
pub(super) async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// One thing that happened.
enum Event {
    Signal(Notice),
    Message(Msg),
    Input(Input),
    Copied(String, Copied),
    Written(io::Result<()>),
    Deadline,
    FrameDue,
}

struct Console<'a, A> {
    app: &'a mut A,
    runner: &'a mut Runner,
    inbox: &'a mut UnboundedReceiver<Msg>,
    clipboard: Clipboard,
    clock: Clock,
    signals: Signals,
    screen: Screen,
    /// Something happened since the last frame.
    dirty: bool,
    /// A frame has been drawn.
    is_shown: bool,
    /// Where the pointer was pressed on the frame on screen, if nothing else has happened since.
    pressed: Option<[u16; 2]>,
    pace: Pace,
    last_deadline: Option<Instant>,
    suspend: bool,
    exit: Option<Exit>,
    // Dropped in this order: nobody reads or writes any more when the terminal is given back.
    input: InputReader,
    output: Output,
    guard: Guard,
}

impl<'a, A: Application> Console<'a, A> {
    fn open(
        app: &'a mut A,
        runner: &'a mut Runner,
        inbox: &'a mut UnboundedReceiver<Msg>,
        options: &Options,
    ) -> io::Result<Self> {
        // Signals first: from here on none of them ends the program with the terminal still taken.
        let signals = Signals::all()?;
        let guard = Guard::take(options.mouse)?;
        let (columns, rows) = size_of(&io::stdout());
        let mut console = Self {
            app,
            runner,
            inbox,
            clipboard: Clipboard::new(options.ways()),
            clock: Clock::start(),
            signals,
            screen: Screen::new(columns, rows, options.mouse)?,
            dirty: true,
            is_shown: false,
            pressed: None,
            pace: Pace::new(
                Duration::from_millis(if options.caps.ssh { 33 } else { 16 }),
                options.caps.ssh,
            ),
            last_deadline: None,
            suspend: false,
            exit: None,
            input: InputReader::start()?,
            output: Output::start(write_frame)?,
            guard,
        };
        console.update(Msg::Resize(columns, rows));
        Ok(console)
    }

    async fn run(&mut self) -> io::Result<Exit> {
        loop {
            self.draw_if_due()?;
            let event = self.wait().await;
            self.handle(event);
            for _ in 0..BATCH {
                if self.exit.is_some() || self.suspend {
                    break;
                }
                let Some(event) = self.ready() else { break };
                self.handle(event);
            }
            if std::mem::take(&mut self.suspend) && self.exit.is_none() {
                self.stop().await;
            }
            if let Some(exit) = self.exit {
                return Ok(exit);
            }
        }
    }

    async fn wait(&mut self) -> Event {
        let deadline = self.deadline();
        let frame = if self.dirty && self.output.is_idle() {
            Some(self.frame_due().unwrap_or_else(Instant::now))
        } else {
            None
        };
        tokio::select! {
            biased;
            notice = self.signals.next() => Event::Signal(notice),
            Some(message) = self.inbox.recv() => Event::Message(message),
            (text, copied) = self.clipboard.next() => Event::Copied(text, copied),
            input = self.input.next() => Event::Input(input),
            written = self.output.written() => Event::Written(written),
            () = until(deadline) => Event::Deadline,
            () = until(frame) => Event::FrameDue,
        }
    }

    /// What has happened already, in the same order, if anything has.
    fn ready(&mut self) -> Option<Event> {
        if let Some(notice) = self.signals.ready() {
            return Some(Event::Signal(notice));
        }
        if let Ok(message) = self.inbox.try_recv() {
            return Some(Event::Message(message));
        }
        if let Some((text, copied)) = self.clipboard.ready() {
            return Some(Event::Copied(text, copied));
        }
        if let Some(input) = self.input.ready() {
            return Some(Event::Input(input));
        }
        if let Some(written) = self.output.ready() {
            return Some(Event::Written(written));
        }
        self.deadline()
            .is_some_and(|deadline| deadline <= Instant::now())
            .then_some(Event::Deadline)
    }

    /// When the application wants to be told the time; no more often than frames are drawn, whatever it says.
    fn deadline(&self) -> Option<Instant> {
        let wanted = self.clock.at(self.app.next_deadline()?)?;
        let earliest = self.last_deadline.map(|last| last + self.pace.interval());
        Some(earliest.map_or(wanted, |earliest| wanted.max(earliest)))
    }

    /// From when on a frame may be drawn; `None` is at once.
    fn frame_due(&self) -> Option<Instant> {
        if self.is_shown {
            self.pace.due()
        } else {
            self.clock.at(self.app.first_frame_by()?)
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Signal(Notice::End(exit)) => self.end(exit),
            Event::Signal(Notice::Stop) => self.suspend = true,
            Event::Signal(Notice::Continued) => self.take_again(),
            Event::Signal(Notice::Resized) => self.fit(),
            Event::Message(message) => self.update(message),
            Event::Input(Input::Messages(messages)) => {
                for message in messages {
                    // What was typed after leaving is for nobody here.
                    if self.exit.is_some() {
                        break;
                    }
                    match message {
                        Msg::Pointer(pointer) => self.point(pointer),
                        message => self.update(message),
                    }
                }
            }
            Event::Input(Input::Lost) | Event::Written(Err(_)) => self.end(Exit::HungUp),
            Event::Copied(text, copied) => self.copied(&text, copied),
            Event::Deadline => {
                self.last_deadline = Some(Instant::now());
                self.update(Msg::Deadline);
            }
            Event::Written(Ok(())) | Event::FrameDue => {}
        }
    }

    fn update(&mut self, message: Msg) {
        let effects = self.app.update(self.clock.now(), message);
        self.dirty = true;
        self.pressed = None;
        for effect in effects {
            self.carry_out(effect);
        }
    }

    /// A press is about the frame on screen. Where something has happened since that was drawn, it may be about something
    /// that is no longer there, and is left aside; unless nothing has happened but a click at the same place, of which this is
    /// the second, on a row or a cell.
    fn point(&mut self, mut pointer: Pointer) {
        let place = [pointer.column, pointer.row];
        let hit = self.screen.hits().at(pointer.column, pointer.row);
        let goes_on = self.pressed == Some(place);
        let is_second = goes_on && matches!(hit, Some(Hit::Row(_) | Hit::Cell(..)));
        if self.dirty && pointer.act == Act::Press && !is_second {
            return;
        }
        // What was pressed is let go on the same thing only if nothing has come between.
        pointer.hit = hit.filter(|_| !self.dirty || goes_on);
        let is_click = matches!(pointer.act, Act::Press | Act::Release);
        self.update(Msg::Pointer(pointer));
        self.pressed = Some(place).filter(|_| is_click);
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Copy(text) => self.clipboard.start(text),
            Effect::Suspend => self.suspend = true,
            Effect::Repaint => {
                self.screen.invalidate();
                self.dirty = true;
            }
            Effect::Quit => self.exit = self.exit.or(Some(Exit::Quit)),
            Effect::Ask(..)
            | Effect::Cancel(_)
            | Effect::Save(_)
            | Effect::Forget
            | Effect::Enter(_)
            | Effect::Stop(_)
            | Effect::Watch(_)
            | Effect::Unwatch(_)
            | Effect::Reopen
            | Effect::ExpectFilter
            | Effect::KeepColumns(..)
            | Effect::Found(..)
            | Effect::Welcomed => {
                self.runner.start(effect);
            }
        }
    }

    fn copied(&mut self, text: &str, copied: Copied) {
        let not_copied = |words| Msg::NotCopied {
            words,
            text: text.to_owned(),
        };
        let msg = match copied {
            Copied::Said(Ok(words)) => Msg::Copied(words),
            Copied::Said(Err(words)) => not_copied(words),
            Copied::TooLong => not_copied(clipboard::too_long(text)),
            Copied::MayBeShown => not_copied(clipboard::may_be_shown(text)),
            Copied::NoWay => not_copied(clipboard::NO_WAY.to_owned()),
            Copied::ForTerminal(sequence) => {
                self.output.send(sequence.into_bytes());
                Msg::Copied("Sent to your terminal (OSC 52), which may not take it".to_owned())
            }
        };
        self.update(msg);
    }

    /// The process ends: the application says what it wants kept.
    fn end(&mut self, exit: Exit) {
        if self.exit.is_none() {
            self.update(Msg::Ended);
        }
        self.exit = Some(exit);
    }

    /// Gives the terminal back, stops the job, and goes on where it was when it is continued.
    async fn stop(&mut self) {
        // A terminal that takes nothing any more is left as it is.
        drop(timeout(LAST_OUTPUT, self.output.settle()).await);
        self.input.pause();
        self.guard.give_back();
        let notice = self.signals.stop_job().await;
        if let Notice::End(exit) = notice {
            self.end(exit);
            return;
        }
        self.take_again();
    }

    /// The process was stopped and goes on; a shell may have had the terminal meanwhile. A terminal that goes away sends the same
    /// signal beside the one that says so, in any order; then there is nothing to take.
    fn take_again(&mut self) {
        self.input.pause();
        let taken = self.guard.take_again().and_then(|()| self.input.resume());
        if taken.is_err() {
            self.end(Exit::HungUp);
            return;
        }
        self.screen.invalidate();
        self.fit();
        self.update(Msg::Resumed);
    }

    /// Fits the screen to the terminal, which nobody told us about while we were stopped.
    fn fit(&mut self) {
        let (columns, rows) = size_of(&io::stdout());
        // A resize may have come and gone; what is on the screen is unknown even where the size is the same again.
        self.screen.resize(columns, rows);
        self.update(Msg::Resize(columns, rows));
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let is_due = self.frame_due().is_none_or(|due| due <= Instant::now());
        if !self.dirty || !self.output.is_idle() || !is_due {
            return Ok(());
        }
        self.dirty = false;
        let bytes = self.screen.draw(self.app)?;
        self.is_shown = true;
        if !bytes.is_empty() {
            self.pace.drawn(Instant::now(), bytes.len());
            self.output.send(bytes);
        }
        Ok(())
    }

    /// Sees to it that what was to be kept is kept, and gives the terminal back.
    async fn close(mut self) {
        let leaving = async {
            self.runner.finish().await;
            drop(self.output.settle().await);
        };
        // Somebody whose disk hangs still wants to leave, and a terminal that takes nothing any more is left as it is.
        drop(timeout(LEAVING, leaving).await);
        self.input.pause();
        self.guard.give_back();
    }
}

/// Columns and rows of the terminal; the classic size where it does not know its own.
fn size_of(terminal: &impl AsFd) -> (u16, u16) {
    match tcgetwinsize(terminal) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        _ => (80, 24),
    }
}
