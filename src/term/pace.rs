//! How often frames are drawn: at once after a rest, and in the long run no faster than the eye and the line can use.
//!
//! A key often comes to two frames, the echo and the answer, and a start to three. Those few must not wait for one
//! another; only a stream of frames is held to its pace. Over SSH what is written is taken at once and waits on the way, so that
//! a slow line shows by nothing: there, bytes are counted, too.

use std::time::Duration;

use tokio::time::Instant;

/// Frames that may be drawn without a pause after a rest.
const BURST: u32 = 8;
/// Bytes of frames that may be on a slow line at once.
const BYTES_AHEAD: u64 = 16 * 1024;
/// Bytes a second that a slow line takes.
const BYTES_A_SECOND: u64 = 25_000;

/// How long a slow line takes for so many bytes.
fn on_the_line(bytes: u64) -> Duration {
    Duration::from_millis(bytes.saturating_mul(1_000) / BYTES_A_SECOND)
}

/// The pace of frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    interval: Duration,
    /// When all frames drawn so far would have been drawn, had they kept the interval.
    settled: Option<Instant>,
    /// Whether the line may be slow.
    may_be_slow: bool,
    /// When a slow line would have taken all that was drawn so far.
    taken: Option<Instant>,
}

impl Pace {
    /// A pace of at least `interval` between frames in the long run, and of what a slow line takes where it may be one.
    pub(super) fn new(interval: Duration, may_be_slow: bool) -> Self {
        Self {
            interval,
            settled: None,
            may_be_slow,
            taken: None,
        }
    }

    /// The time between frames in the long run.
    pub(super) fn interval(self) -> Duration {
        self.interval
    }

    /// From when on a frame may be drawn; `None` is at once.
    pub(super) fn due(self) -> Option<Instant> {
        let by_frames = self.settled?.checked_sub(self.interval * (BURST - 1));
        let by_bytes = self.taken.and_then(|taken| taken.checked_sub(on_the_line(BYTES_AHEAD)));
        by_frames.max(by_bytes)
    }

    /// Notes that a frame of so many bytes was drawn.
    pub(super) fn drawn(&mut self, now: Instant, bytes: usize) {
        let after = |moment: Option<Instant>| moment.map_or(now, |moment| moment.max(now));
        self.settled = Some(after(self.settled) + self.interval);
        self.taken = self.may_be_slow.then(|| after(self.taken) + on_the_line(bytes as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws as soon as it may, so many times, and returns how long that took.
    fn draw(pace: &mut Pace, start: Instant, frames: u32) -> Duration {
        draw_bytes(pace, start, frames, 100)
    }

    /// The same by frames of so many bytes.
    fn draw_bytes(pace: &mut Pace, start: Instant, frames: u32, bytes: usize) -> Duration {
        let mut now = start;
        for _ in 0..frames {
            now = pace.due().map_or(now, |due| due.max(now));
            pace.drawn(now, bytes);
        }
        now - start
    }

    #[test]
    fn a_few_frames_are_drawn_at_once_and_a_stream_keeps_its_pace() {
        let interval = Duration::from_millis(16);
        let start = Instant::now();
        let mut pace = Pace::new(interval, false);
        assert_eq!(draw(&mut pace, start, BURST), Duration::ZERO);
        let more = draw(&mut pace, start, 100);
        assert_eq!(more, interval * 100);
        let rested = start + Duration::from_secs(10);
        assert_eq!(draw(&mut pace, rested, BURST), Duration::ZERO, "after a rest");
    }

    #[test]
    fn over_a_line_that_may_be_slow_no_more_is_on_its_way_than_a_moment_of_it() {
        let interval = Duration::from_millis(33);
        let start = Instant::now();
        let mut pace = Pace::new(interval, true);
        // What a key changes on a small screen is as quick as elsewhere.
        let small = |may_be_slow| draw_bytes(&mut Pace::new(interval, may_be_slow), start, 120, 700);
        assert_eq!(small(true), small(false));
        let took = draw_bytes(&mut pace, start, 100, 4_000);
        let written = 100 * 4_000;
        assert!(took >= on_the_line(written - BYTES_AHEAD - 4_000), "{took:?}");
        assert!(took <= on_the_line(written), "{took:?}");
        // After a rest a whole screen and the next key wait for nothing.
        let rested = start + Duration::from_mins(1);
        assert_eq!(draw_bytes(&mut pace, rested, 2, 15_000), Duration::ZERO);
    }
}
