//! Runs that are followed: each is looked at a few times a second while it is at work, and once a second otherwise: also one that
//! has come to its end may be rolled back from elsewhere. What is new goes out as messages, and nothing does while nothing is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::timeout;

use super::migrations::{Migrations, RunWatch};
use crate::app::msg::Msg;
use crate::domain::problem::Problem;

/// Between looks at a run that is at work.
const AT_WORK: Duration = Duration::from_millis(250);
/// Between looks at one that halted, and may be taken up or rolled back by somebody else.
const HALTED: Duration = Duration::from_secs(1);

/// The runs that are followed.
pub struct Watches {
    messages: UnboundedSender<Msg>,
    /// By run: its task, and what wakes it before its time.
    tasks: HashMap<String, (AbortHandle, Arc<Notify>)>,
}

impl Watches {
    /// Nothing is followed yet.
    pub fn new(messages: UnboundedSender<Msg>) -> Self {
        Self {
            messages,
            tasks: HashMap::new(),
        }
    }

    /// Follows a run; looks at once where it is followed already.
    pub fn watch(&mut self, run: String, migrations: Result<Arc<dyn Migrations>, Problem>) {
        if let Some((_, wake)) = self.tasks.get(&run) {
            wake.notify_one();
            return;
        }
        let migrations = match migrations {
            Ok(migrations) => migrations,
            Err(problem) => return drop(self.messages.send(Msg::RunLost(run, problem))),
        };
        let wake = Arc::new(Notify::new());
        let task = tokio::spawn(follow(
            run.clone(),
            migrations,
            self.messages.clone(),
            Arc::clone(&wake),
        ));
        self.tasks.insert(run, (task.abort_handle(), wake));
    }

    /// Does not follow a run any more.
    pub fn unwatch(&mut self, run: &str) {
        if let Some((task, _)) = self.tasks.remove(run) {
            task.abort();
        }
    }

    /// Follows nothing any more.
    pub fn end(&mut self) {
        for (_, (task, _)) in self.tasks.drain() {
            task.abort();
        }
    }
}

async fn follow(run: String, migrations: Arc<dyn Migrations>, messages: UnboundedSender<Msg>, wake: Arc<Notify>) {
    let mut watch: Option<Box<dyn RunWatch>> = None;
    let mut was_alive = None;
    let mut was_asked = None;
    loop {
        let (migrations, name, taken) = (Arc::clone(&migrations), run.clone(), watch.take());
        let looked = spawn_blocking(move || {
            let mut watch = match taken {
                Some(watch) => watch,
                None => migrations.watch(&name)?,
            };
            let news = watch.news()?;
            let writers = watch.writers();
            Ok::<_, Problem>((watch, news, writers))
        })
        .await;
        let pause = match looked {
            Ok(Ok((looking, news, writers))) => {
                watch = Some(looking);
                let alive = news.alive;
                let is_other = was_alive != Some(alive) || was_asked != news.asked;
                let is_news = !news.records.is_empty() || !news.output.is_empty() || is_other;
                (was_alive, was_asked) = (Some(alive), news.asked);
                let msg = Msg::RunNews(run.clone(), Box::new(news), writers);
                if is_news && messages.send(msg).is_err() {
                    return;
                }
                if alive { AT_WORK } else { HALTED }
            }
            Ok(Err(problem)) => {
                // It is opened anew: what was read is passed over by its number.
                if messages.send(Msg::RunLost(run.clone(), problem)).is_err() {
                    return;
                }
                HALTED
            }
            // The watch panicked; there is none to go on with.
            Err(_) => return,
        };
        // Woken, or not: it is looked at again.
        drop(timeout(pause, wake.notified()).await);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::domain::problem::ProblemKind;
    use crate::migration::plan::Plan;
    use crate::migration::record::{Event, Halt, Record};
    use crate::migration::run_summary::{Control, Controlled, RunNews, RunSummary, Surveyed};

    /// Knows one run, of which it tells these news, the last one first; then nothing.
    #[derive(Clone, Default)]
    struct Told {
        news: Arc<Mutex<Vec<Result<RunNews, Problem>>>>,
        looks: Arc<Mutex<usize>>,
        looked: Arc<Notify>,
    }

    impl RunWatch for Told {
        fn news(&mut self) -> Result<RunNews, Problem> {
            *self.looks.lock().unwrap() += 1;
            self.looked.notify_one();
            let next = self.news.lock().unwrap().pop();
            next.unwrap_or_else(|| {
                Ok(RunNews {
                    alive: true,
                    ..RunNews::default()
                })
            })
        }

        fn writers(&self) -> Vec<(u64, usize)> {
            Vec::new()
        }
    }

    impl Migrations for Told {
        fn survey(&self, _: &mut (dyn FnMut(String) + Send)) -> Result<Surveyed, Problem> {
            Err(gone())
        }

        fn start(&self, _: &Plan) -> Result<String, Problem> {
            Err(gone())
        }

        fn runs(&self) -> Result<Vec<RunSummary>, Problem> {
            Ok(Vec::new())
        }

        fn watch(&self, _: &str) -> Result<Box<dyn RunWatch>, Problem> {
            Ok(Box::new(self.clone()))
        }

        fn control(&self, _: &str, _: Control) -> Result<Controlled, Problem> {
            Err(gone())
        }
    }

    fn gone() -> Problem {
        Problem::new(ProblemKind::NotFound, "It is gone.", "Nobody knows.", "Look again.")
    }

    fn line(line: &str) -> RunNews {
        RunNews {
            output: vec![line.to_owned()],
            alive: true,
            ..RunNews::default()
        }
    }

    #[tokio::test]
    async fn a_run_is_followed_what_is_no_news_is_not_told_and_it_can_be_left() {
        let told = Told::default();
        *told.news.lock().unwrap() = vec![Ok(line("two")), Err(gone()), Ok(line("one"))];
        let (sender, mut messages) = unbounded_channel();
        let mut watches = Watches::new(sender);
        watches.watch("7f3a".to_owned(), Ok(Arc::new(told.clone())));
        // Watching it once more only wakes it.
        watches.watch("7f3a".to_owned(), Ok(Arc::new(told.clone())));
        let mut heard = Vec::new();
        for _ in 0..3 {
            heard.push(match messages.recv().await.unwrap() {
                Msg::RunNews(run, news, _) => format!("{run} {}", news.output.join(" ")),
                Msg::RunLost(run, problem) => format!("{run} {}", problem.what),
                other => panic!("{other:?}"),
            });
        }
        assert_eq!(heard, ["7f3a one", "7f3a It is gone.", "7f3a two"]);
        let before = *told.looks.lock().unwrap();
        while *told.looks.lock().unwrap() < before + 2 {
            told.looked.notified().await;
        }
        assert!(messages.try_recv().is_err(), "nothing new is not told");
        watches.unwatch("7f3a");
        watches.unwatch("7f3a");
        assert!(watches.tasks.is_empty());
    }

    #[tokio::test]
    async fn one_that_has_ended_is_looked_at_again_for_it_may_be_rolled_back_from_elsewhere() {
        let halted = |seq, halt| {
            let (words, problem) = ("It ended.".to_owned(), None);
            let event = Event::Halted { halt, words, problem };
            let at = String::new();
            let records = vec![Record { seq, at, event }];
            let (alive, output, asked) = (false, Vec::new(), None);
            Ok(RunNews {
                records,
                output,
                alive,
                asked,
            })
        };
        let told = Told::default();
        *told.news.lock().unwrap() = vec![halted(12, Halt::RolledBack), halted(9, Halt::Fulfilled)];
        let (sender, mut messages) = unbounded_channel();
        let mut watches = Watches::new(sender);
        watches.watch("7f3a".to_owned(), Ok(Arc::new(told)));
        for wanted in [9, 12] {
            let Some(Msg::RunNews(_, news, _)) = messages.recv().await else {
                panic!("there is news of it");
            };
            assert_eq!(news.records[0].seq, wanted);
        }
        watches.end();
    }

    #[tokio::test]
    async fn where_there_are_no_migrations_a_run_is_lost_at_once() {
        let (sender, mut messages) = unbounded_channel();
        let mut watches = Watches::new(sender);
        watches.watch("7f3a".to_owned(), Err(gone()));
        assert_eq!(messages.recv().await, Some(Msg::RunLost("7f3a".to_owned(), gone())));
    }
}
