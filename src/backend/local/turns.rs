//! Work on a local instance, one piece after another in one thread.
//!
//! There is one connection. Threads that all want it would only wait for each other, and each of them costs more to start
//! than what it reads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{self, Receiver, Sender};
use tokio::task::spawn_blocking;

/// Something to do. What comes of it the task keeps to itself.
pub(super) type Task = Box<dyn FnOnce() + Send>;

/// Work that waits for its turn, and the thread that does it while there is any. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<Line>>);

#[derive(Default)]
struct Line {
    waiting: VecDeque<(Task, Sender<()>)>,
    /// Whether a thread is at it.
    is_served: bool,
}

impl Turns {
    /// Puts a task at the end. The receiver hears when it is done, and an error where it will never be. One that nobody waits
    /// for any more when its turn comes is left out.
    pub(super) fn take(&self, task: Task) -> Receiver<()> {
        let (done, end) = oneshot::channel();
        let is_served = {
            let mut line = self.line();
            line.waiting.push_back((task, done));
            std::mem::replace(&mut line.is_served, true)
        };
        if !is_served {
            let mut server = Server {
                turns: self.clone(),
                is_over: false,
            };
            spawn_blocking(move || server.serve());
        }
        end
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever does the work. A runtime that ends may never let it begin.
struct Server {
    turns: Turns,
    is_over: bool,
}

impl Server {
    fn serve(&mut self) {
        while let Some((task, done)) = self.next() {
            if !done.is_closed() {
                // A panic has been told by then, and leaves no answer.
                drop(catch_unwind(AssertUnwindSafe(task)));
                let _ = done.send(());
            }
        }
    }

    fn next(&mut self) -> Option<(Task, Sender<()>)> {
        let mut line = self.turns.line();
        let next = line.waiting.pop_front();
        line.is_served = next.is_some();
        self.is_over = next.is_none();
        next
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.is_over {
            let mut line = self.turns.line();
            line.is_served = false;
            line.waiting.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn tasks_are_done_in_order_by_one_thread_also_after_one_that_panics() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let turns = Turns::default();
        let (say, said) = channel();
        runtime.block_on(async {
            let ends: Vec<_> = (0..5)
                .map(|number| {
                    let say = say.clone();
                    turns.take(Box::new(move || {
                        assert_ne!(number, 1, "a task that ends early, as this test wants");
                        say.send((number, std::thread::current().id())).unwrap();
                    }))
                })
                .collect();
            for end in ends {
                end.await.unwrap();
            }
        });
        drop(say);
        let all: Vec<_> = said.iter().collect();
        assert_eq!(all.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 2, 3, 4]);
        assert!(all.iter().all(|(_, thread)| *thread == all[0].1));
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_left_out() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let turns = Turns::default();
        let (go, gone) = channel::<()>();
        let (say, said) = channel();
        runtime.block_on(async {
            let held = turns.take(Box::new(move || gone.recv().unwrap()));
            for (name, is_wanted) in [("left", false), ("wanted", true)] {
                let say = say.clone();
                let end = turns.take(Box::new(move || say.send(name).unwrap()));
                if is_wanted {
                    go.send(()).unwrap();
                    end.await.unwrap();
                }
            }
            held.await.unwrap();
        });
        drop(say);
        assert_eq!(said.iter().collect::<Vec<_>>(), ["wanted"]);
    }

    #[test]
    fn a_runtime_that_has_ended_holds_nobody_up() {
        let turns = Turns::default();
        let ended = Builder::new_current_thread().build().unwrap();
        let handle = ended.handle().clone();
        ended.shutdown_background();
        let end = {
            let _within = handle.enter();
            turns.take(Box::new(|| ()))
        };
        assert!(end.blocking_recv().is_err());
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async { turns.take(Box::new(|| ())).await }).unwrap();
    }
}
