//! What a change is made for, and which requests it took: noted by the backend that sends them, for whoever wants to find them in
//! a server's logs.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// How many requests of one change are kept; of the others only how many there were.
const KEPT: usize = 20;

/// The requests that one piece of work sent, in the order of their answers, without reads.
#[derive(Default)]
struct Trace {
    /// What the work is for, as it stands before what is done, such as `undo: ` or `undo of 1 of 2: `; usually nothing.
    aim: String,
    lines: Vec<String>,
    /// How many more there were.
    more: usize,
}

tokio::task_local! {
    static NOTED: Arc<Mutex<Trace>>;
}

/// Does the work, which has an `aim` (`undo: `, or usually nothing), and tells which requests it sent that may have changed something: a line each, ready to be shown, of the
/// first twenty. Work that it hands to other tasks is not seen.
pub async fn traced<T>(aim: impl Into<String>, work: impl Future<Output = T>) -> (T, Vec<String>) {
    let noted = Arc::new(Mutex::new(Trace {
        aim: aim.into(),
        ..Trace::default()
    }));
    let done = NOTED.scope(Arc::clone(&noted), work).await;
    let Trace { mut lines, more, .. } = std::mem::take(&mut *noted.lock().unwrap_or_else(PoisonError::into_inner));
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    (done, lines)
}

/// What the work is for that is done here; nothing where nobody traces.
pub fn aim() -> String {
    let aim = NOTED.try_with(|noted| noted.lock().unwrap_or_else(PoisonError::into_inner).aim.clone());
    aim.unwrap_or_default()
}

/// Notes a request that may have changed something. Where nobody traces, nothing is kept.
pub(super) fn note(line: impl FnOnce() -> String) {
    // Without a trace there is nothing to do.
    let _untraced = NOTED.try_with(|noted| {
        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.lines.len() < KEPT {
            noted.lines.push(line());
        } else {
            noted.more += 1;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_are_kept_up_to_a_number_and_only_while_they_are_traced() {
        note(|| unreachable!("nobody traces"));
        let (answer, lines) = traced("", async {
            (0..KEPT + 3).for_each(|number| note(|| format!("PUT /{number}")));
            7
        })
        .await;
        assert_eq!((answer, lines.len()), (7, KEPT + 1));
        assert_eq!(lines.first().map(String::as_str), Some("PUT /0"));
        assert_eq!(lines.last().map(String::as_str), Some("and 3 more"));
    }
}
