//! An instance that may still be opening while the console is on the screen already.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, pending, ready};

use crate::backend::Backend;
use crate::domain::problem::Problem;

/// The backend of an instance, once it is open. Clones are the same.
#[derive(Clone)]
pub struct Opening(Shared<BoxFuture<'static, Result<Arc<dyn Backend>, Problem>>>);

impl Opening {
    /// One that is under way. It goes on while somebody waits for it.
    pub fn of(coming: impl Future<Output = Result<Arc<dyn Backend>, Problem>> + Send + 'static) -> Self {
        Self(coming.boxed().shared())
    }

    /// One that is open.
    pub fn done(backend: Arc<dyn Backend>) -> Self {
        Self::of(ready(Ok(backend)))
    }

    /// Waits until it is open.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn backend(&self) -> Result<Arc<dyn Backend>, Problem> {
        self.0.clone().await
    }

    /// Ends with the problem if it cannot be opened, and never otherwise.
    pub async fn failure(&self) -> Problem {
        match self.backend().await {
            Ok(_) => pending().await,
            Err(problem) => problem,
        }
    }
}
