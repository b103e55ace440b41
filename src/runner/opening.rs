//! An instance that may still be opening while the console is on the screen already.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, pending, ready};

use crate::backend::Backend;
use crate::domain::problem::Problem;

/// The backend of an instance, once it is open, and what is to be said about it, a sentence each.
type Opened = (Arc<dyn Backend>, Vec<String>);

/// An instance that is opening, or is open. Clones are the same.
#[derive(Clone)]
pub struct Opening(Shared<BoxFuture<'static, Result<Opened, Problem>>>);

impl Opening {
    /// One that is under way. It goes on while somebody waits for it.
    pub fn of(coming: impl Future<Output = Result<Opened, Problem>> + Send + 'static) -> Self {
        Self(coming.boxed().shared())
    }

    /// One that is open.
    pub fn done(backend: Arc<dyn Backend>) -> Self {
        Self::of(ready(Ok((backend, Vec::new()))))
    }

    /// Waits until it is open; for ever where it cannot be opened, which [`told`](Self::told) says.
    pub async fn backend(&self) -> Arc<dyn Backend> {
        match self.0.clone().await {
            Ok((backend, _)) => backend,
            Err(_) => pending().await,
        }
    }

    /// Waits for the end of it: what is to be said, or why it cannot be opened.
    pub async fn told(&self) -> Result<Vec<String>, Problem> {
        let (_, notes) = self.0.clone().await?;
        Ok(notes)
    }
}
