//! How often frames are drawn: at once after a rest, and in the long run no faster than the eye and the line can use.
//!
//! A key often comes to two frames, the echo and the answer, and a start to three. Those few must not wait for one
//! another; only a stream of frames is held to its pace.

use std::time::Duration;

use tokio::time::Instant;

/// Frames that may be drawn without a pause after a rest.
const BURST: u32 = 8;

/// The pace of frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    interval: Duration,
    /// When all frames drawn so far would have been drawn, had they kept the interval.
    settled: Option<Instant>,
}

impl Pace {
    /// A pace of at least `interval` between frames in the long run.
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            settled: None,
        }
    }

    /// The time between frames in the long run.
    pub(super) fn interval(self) -> Duration {
        self.interval
    }

    /// From when on a frame may be drawn; `None` is at once.
    pub(super) fn due(self) -> Option<Instant> {
        self.settled?.checked_sub(self.interval * (BURST - 1))
    }

    /// Notes that a frame was drawn.
    pub(super) fn drawn(&mut self, now: Instant) {
        self.settled = Some(self.settled.map_or(now, |settled| settled.max(now)) + self.interval);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws as soon as it may, so many times, and returns how long that took.
    fn draw(pace: &mut Pace, start: Instant, frames: u32) -> Duration {
        let mut now = start;
        for _ in 0..frames {
            now = pace.due().map_or(now, |due| due.max(now));
            pace.drawn(now);
        }
        now - start
    }

    #[test]
    fn a_few_frames_are_drawn_at_once_and_a_stream_keeps_its_pace() {
        let interval = Duration::from_millis(16);
        let start = Instant::now();
        let mut pace = Pace::new(interval);
        assert_eq!(draw(&mut pace, start, BURST), Duration::ZERO);
        let more = draw(&mut pace, start, 100);
        assert_eq!(more, interval * 100);
        let rested = start + Duration::from_secs(10);
        assert_eq!(draw(&mut pace, rested, BURST), Duration::ZERO, "after a rest");
    }
}
