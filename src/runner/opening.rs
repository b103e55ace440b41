//! An instance that may still be opening while the console is on the screen already.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, pending, ready};

use crate::backend::Backend;
use crate::domain::problem::Problem;

/// The backend of an instance, once it is open, and what is to be said about it, a sentence each.
type Opened = (Arc<dyn Backend>, Vec<String>);

/// Opens an instance once more; it may block.
pub type Again = Arc<dyn Fn() -> Result<Arc<dyn Backend>, Problem> + Send + Sync>;

/// An instance that is opening, or is open. Clones are the same.
#[derive(Clone)]
pub struct Opening {
    coming: Shared<BoxFuture<'static, Result<Opened, Problem>>>,
    /// What opens it once more, where that it cannot be opened is an answer like any other.
    again: Option<Again>,
}

impl Opening {
    /// One that is under way. It goes on while somebody waits for it.
    pub fn of(coming: impl Future<Output = Result<Opened, Problem>> + Send + 'static) -> Self {
        Self {
            coming: coming.boxed().shared(),
            again: None,
        }
    }

    /// The same of one that answers each question with why it cannot be opened, until this opens it.
    pub fn or_again(self, again: Option<Again>) -> Self {
        Self { again, ..self }
    }

    /// One more attempt, where this one is known to have failed and can be made again.
    pub fn retried(&self) -> Option<Self> {
        let again = self
            .again
            .clone()
            .filter(|_| matches!(self.coming.peek(), Some(Err(_))))?;
        let open = Arc::clone(&again);
        let coming = async move { Ok((super::blocking(move || open()).await?, Vec::new())) };
        Some(Self::of(coming).or_again(Some(again)))
    }

    /// One that is open.
    pub fn done(backend: Arc<dyn Backend>) -> Self {
        Self::of(ready(Ok((backend, Vec::new()))))
    }

    /// Waits until it is open; where it cannot be opened, for ever, as [`told`](Self::told) says that, but for one that can be
    /// opened again.
    pub async fn backend(&self) -> Result<Arc<dyn Backend>, Problem> {
        match self.coming.clone().await {
            Ok((backend, _)) => Ok(backend),
            Err(problem) if self.again.is_some() => Err(problem),
            Err(_) => pending().await,
        }
    }

    /// Waits for the end of it: what is to be said, or why there is nothing to work on.
    pub async fn told(&self) -> Result<Vec<String>, Problem> {
        match self.coming.clone().await {
            Ok((_, notes)) => Ok(notes),
            Err(_) if self.again.is_some() => Ok(Vec::new()),
            Err(problem) => Err(problem),
        }
    }
}
