//! Waiting for servers: until they report settings, until they answer, until they do not.

use std::time::{Duration, Instant};

use super::site::Site;
use crate::backend::http::is_healthy;
use crate::domain::instance::Tenancy;
use crate::domain::problem::{Problem, ProblemKind};

/// The first pause between two looks; each is longer than the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What a look at the servers says.
pub(super) enum Look {
    /// It is as it has to be: in a sentence.
    Ready(String),
    /// It is not yet: in a sentence.
    NotYet(String),
    /// It will not be by waiting.
    Refused(Box<Problem>),
}

/// Pauses between looks, until the time is up.
pub(super) struct Patience {
    deadline: Instant,
    pause: Duration,
}

impl Patience {
    pub(super) fn new(site: &Site) -> Self {
        Self {
            deadline: Instant::now() + Duration::from_secs(u64::from(site.means.health_timeout_seconds)),
            pause: FIRST_PAUSE,
        }
    }

    /// Waits for the next look; `false` when the time is up.
    pub(super) async fn wait(&mut self) -> bool {
        if Instant::now() >= self.deadline {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 3 / 2).min(LONGEST_PAUSE);
        true
    }
}

/// Whether the instance reports the settings.
pub(super) async fn reports(site: &Site, wanted: Tenancy) -> Look {
    if let Some(why) = unhealthy(site).await {
        return Look::NotYet(why);
    }
    match look(site).await {
        Ok((version, tenancy)) if tenancy == wanted => {
            Look::Ready(format!("Kestra {version} reports {}", words(tenancy)))
        }
        Ok((_, tenancy)) => Look::NotYet(format!("the instance still reports {}", words(tenancy))),
        // Asking again with what was refused could lock the account out.
        Err(problem) if problem.kind == ProblemKind::Denied => Look::Refused(Box::new(problem)),
        Err(problem) => Look::NotYet(problem.what),
    }
}

/// Whether the instance answers.
pub(super) async fn is_up(site: &Site) -> Look {
    if let Some(why) = unhealthy(site).await {
        return Look::NotYet(why);
    }
    match look(site).await {
        Ok((version, _)) => Look::Ready(format!("Kestra {version} answers")),
        Err(problem) if problem.kind == ProblemKind::Denied => Look::Refused(Box::new(problem)),
        Err(problem) => Look::NotYet(problem.what),
    }
}

/// Whether nothing answers any more.
pub(super) async fn is_down(site: &Site) -> Look {
    if site.means.local {
        return Look::Ready("a local instance has no servers".to_owned());
    }
    match look(site).await {
        Err(problem) if problem.kind == ProblemKind::Unreachable => Look::Ready("nothing answers any more".to_owned()),
        _ => Look::NotYet("the instance still answers".to_owned()),
    }
}

async fn unhealthy(site: &Site) -> Option<String> {
    let url = site.means.health_url.as_deref()?;
    is_healthy(url).await.err()
}

async fn look(site: &Site) -> Result<(String, Tenancy), Problem> {
    let backend = (site.open)()?;
    let instance = backend.instance().await?;
    Ok((instance.version, instance.tenancy))
}

fn words(tenancy: Tenancy) -> String {
    crate::migration::plan_text::settings(tenancy)
}
