//! One instance behind its address: sends calls in our name, again where that helps, and turns every outcome into
//! either an answer of Kestra or a [`Failure`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use crate::backend::trace;
use crate::domain::problem::{Problem, ProblemKind};

use super::call::{Call, Path};
use super::detect::Known;
use super::error_body::ErrorBody;
use super::failure::{Failure, Reached, seconds};
use super::refusal::{Circumstances, not_understood, refused, trace_line};
use super::retry::Retries;
use super::session::{Remedy, Session};
use super::settings::HttpSettings;
use super::transport::{Answer, Transport};

/// Who waited as long for nothing is told what for.
const LONG: Duration = Duration::from_secs(5);

/// What all parts of the backend share.
pub(super) struct Core {
    pub settings: HttpSettings,
    pub transport: Transport,
    pub session: Session,
    pub retries: Retries,
    /// What the instance is, once found out; held while finding out.
    pub known: tokio::sync::Mutex<Option<Arc<Known>>>,
}

impl Core {
    pub(super) fn new(settings: HttpSettings) -> Result<Self, Problem> {
        Ok(Self {
            transport: Transport::new(&settings)?,
            session: Session::new(&settings),
            retries: Retries::default(),
            known: tokio::sync::Mutex::default(),
            settings,
        })
    }

    /// The address of the instance.
    pub(super) fn url(&self) -> &str {
        self.transport.base().text()
    }

    /// Carries out a call and returns its answer, which is a success.
    pub(super) async fn call(&self, call: &Call) -> Result<Answer, Failure> {
        // On the heap, because the futures of whoever joins several calls would grow by all of this otherwise.
        let (begun, tries) = (Instant::now(), AtomicUsize::new(0));
        let outcome = self.retries.run(call.reads, || {
            tries.fetch_add(1, Ordering::Relaxed);
            Box::pin(self.attempt(call))
        });
        outcome.await.map_err(|mut failure| {
            let (tries, waited) = (tries.into_inner(), begun.elapsed());
            if tries > 1 && waited >= LONG && failure.problem.kind == ProblemKind::Unreachable {
                let all = format!(" It was tried {tries} times, for {} in all.", seconds(waited));
                failure.problem.why.push_str(&all);
            }
            failure
        })
    }

    /// Carries out a call and returns the JSON of its answer. A success without a body is `null`.
    pub(super) async fn json(&self, call: &Call) -> Result<Value, Failure> {
        let answer = self.call(call).await?;
        self.json_of(call, &answer)
    }

    /// The JSON of an answer.
    pub(super) fn json_of(&self, call: &Call, answer: &Answer) -> Result<Value, Failure> {
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer.body).map_err(|_| self.not_understood(call, answer))
    }

    /// The failure of an answer that does not have the form it should.
    pub(super) fn not_understood(&self, call: &Call, answer: &Answer) -> Failure {
        self.around(|around| not_understood(call, answer, around))
    }

    /// The failure of JSON that does not have the form it should.
    pub(super) fn misshapen(&self, call: &Call) -> Failure {
        let problem = Problem::new(
            ProblemKind::Failed,
            format!("It was not possible to {}.", call.doing),
            format!("`{}` answered in a form this program does not know.", self.url()),
            "Check that the address is Kestra's; a newer kestra-admin may know the form.",
        );
        Failure {
            reached: Reached::Answered(200),
            ..Failure::known(problem.with_detail(call.line()))
        }
    }

    fn around<T>(&self, words: impl FnOnce(&Circumstances<'_>) -> T) -> T {
        let scrubber = self.session.scrubber(&self.settings);
        let who = self.session.who();
        let known = self.known_so_far();
        words(&Circumstances {
            url: self.url(),
            who: who.as_deref(),
            superadmin: known.as_ref().is_some_and(|known| known.me.superadmin),
            verified: false,
            dialect: known.map(|known| known.dialect),
            scrubber: &scrubber,
            now: Timestamp::now(),
        })
    }

    fn known_so_far(&self) -> Option<Arc<Known>> {
        // While the instance is being found out nobody knows.
        self.known.try_lock().ok()?.clone()
    }

    /// Carries out a call once, but for what has to be settled about who we are.
    async fn attempt(&self, call: &Call) -> Result<Answer, Failure> {
        if call.target().is_none() {
            return Err(nowhere(call));
        }
        let turn = if call.as_somebody {
            self.session.turn().await?
        } else {
            None
        };
        let (mut answer, number) = self.send(call).await?;
        if answer.status == 401 && call.as_somebody {
            // Before the place is given up, or the next request would be refused, too.
            let _doubt = self.session.doubt();
            drop(turn);
            answer = self.settle(call, answer, number).await?;
        } else {
            drop(turn);
        }
        if answer.status == 403 && is_about_csrf(call, &answer) && self.session.forget_csrf() {
            answer = self.send(call).await?.0;
        }
        if answer.is_success() {
            if call.as_somebody {
                self.session.has_worked();
            }
            return Ok(answer);
        }
        Err(self.around(|around| refused(call, &answer, around)))
    }

    /// Sends a call once, whatever the answer, and says with which login.
    async fn send(&self, call: &Call) -> Result<(Answer, u64), Failure> {
        if self.session.lacks_csrf(call) {
            let page = Call::get(Path::root("ui").folder(), "open the start page");
            let (proof, _) = self.session.proof(&page);
            // Without it the call is refused, which says what is wrong.
            if let Ok(answer) = self.transport.send(&page, &proof).await {
                self.session.take_csrf(&answer);
            }
        }
        let (proof, number) = self.session.proof(call);
        let sent = self.transport.send(call, &proof).await;
        if call.as_somebody && !call.method.is_safe() {
            trace::note(|| self.around(|around| trace_line(call, sent.as_ref(), around)));
        }
        sent.map(|answer| (answer, number))
            .map_err(|broken| Failure::broken(call, &broken, self.transport.base(), &self.settings))
    }

    /// Finds out what it means that a call was refused as coming from nobody the server knows; the answer in the end.
    async fn settle(&self, call: &Call, answer: Answer, number: u64) -> Result<Answer, Failure> {
        let _one_at_a_time = self.session.settling.lock().await;
        if let Some(problem) = self.session.refused() {
            return Err(Failure::known(problem));
        }
        let again = match self.session.remedy(number, call) {
            Remedy::Again => self.send(call).await?.0,
            Remedy::LogIn => {
                self.log_in().await?;
                self.send(call).await?.0
            }
            Remedy::Verify(me) => {
                let (proof, _) = self.send(&Call::get(me, "see who you are")).await?;
                if proof.is_success() {
                    // We are known: it is about this call alone, as of one in a tenant that does not exist.
                    return Err(self.around(|around| {
                        let verified = Circumstances {
                            verified: true,
                            ..*around
                        };
                        refused(call, &answer, &verified)
                    }));
                }
                proof
            }
            Remedy::None => answer,
        };
        if again.status == 401 {
            return Err(self.final_refusal(&again));
        }
        Ok(again)
    }

    async fn log_in(&self) -> Result<(), Failure> {
        let Some(call) = self.session.login_call() else {
            return Ok(());
        };
        let (answer, _) = self.send(&call).await?;
        if answer.status >= 500 || matches!(answer.status, 423 | 429) {
            return Err(self.around(|around| refused(&call, &answer, around)));
        }
        if self.session.take_login(&answer) {
            Ok(())
        } else {
            Err(self.final_refusal(&answer))
        }
    }

    fn final_refusal(&self, answer: &Answer) -> Failure {
        Failure {
            reached: Reached::Answered(401),
            ..Failure::known(self.session.refuse(self.url(), answer))
        }
    }
}

/// Whether a change was refused for want of what protects a login.
fn is_about_csrf(call: &Call, answer: &Answer) -> bool {
    call.as_somebody && !call.method.is_safe() && ErrorBody::parse(&answer.body).mentions("csrf")
}

/// A call whose path would mean something else, because a part of it is empty or made of dots.
fn nowhere(call: &Call) -> Failure {
    let what = match &call.object {
        Some(object) => format!("There is no {object}."),
        None => format!("It was not possible to {}.", call.doing),
    };
    Failure::known(Problem::new(
        ProblemKind::NotFound,
        what,
        "No id is spelled like this.",
        "Check the name.",
    ))
}
