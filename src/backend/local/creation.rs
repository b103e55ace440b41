//! Creating tenants many at a time.
//!
//! What a transaction costs is the flush to the disk at its end. So those who create at the same time share one:
//! whoever comes first creates for all who wait. Each is told only after the transaction is on the disk.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{Sender, channel};

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::{CreatedTenant, NewTenant};

use super::LocalInstance;
use super::failure::Failure;

/// Tenants created in one transaction.
pub(super) const BATCH: usize = 500;

type Outcome = Result<CreatedTenant, Problem>;

/// A tenant somebody waits for.
struct Wanted {
    new: NewTenant,
    by: LocalInstance,
    answer: Sender<Outcome>,
}

/// Tenants that wait for the next transaction.
#[derive(Default)]
pub(super) struct Queue(Mutex<VecDeque<Wanted>>);

impl Queue {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Wanted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next that somebody still waits for.
    fn take(&self) -> Vec<Wanted> {
        let mut waiting = self.lock();
        waiting.retain(|wanted| !wanted.answer.is_closed());
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }
}

impl LocalInstance {
    /// Creates one, together with those that others create at the same time.
    pub(super) async fn create_with_others(&self, new: NewTenant) -> Outcome {
        let (answer, mut outcome) = channel();
        self.core.queue.lock().push_back(Wanted {
            new,
            by: self.clone(),
            answer,
        });
        let turn = |this: &Self| {
            this.create_waiting();
            Ok(())
        };
        // Whoever had a turn before may have taken it along, so that the turn itself says nothing.
        _ = self.run(turn).await;
        outcome.try_recv().unwrap_or_else(|_| {
            Err(Problem::new(
                ProblemKind::Failed,
                "It is not known whether the tenant was created.",
                "The work on the local instance ended early.",
                "Look for the tenant before you try again.",
            )
            .unknown())
        })
    }

    fn create_waiting(&self) {
        if self.core.queue.lock().is_empty() {
            return;
        }
        let mut taken = Vec::new();
        let outcomes = self.core.store.write(|db| {
            // Not before it is our turn to write, so that as many as possible come along.
            taken = self.core.queue.take();
            create_each(taken.iter().map(|wanted| (&wanted.by, &wanted.new)), db)
        });
        let outcomes = outcomes.unwrap_or_else(|problem| {
            if taken.is_empty() {
                // It did not even come to our turn.
                taken = self.core.queue.take();
            }
            vec![Err(problem); taken.len()]
        });
        for (wanted, outcome) in taken.into_iter().zip(outcomes) {
            // Whoever does not listen any more need not know.
            _ = wanted.answer.send(outcome);
        }
    }

    /// Creates up to [`BATCH`], in one transaction. Blocks.
    pub(super) fn create_batch(&self, new: &[NewTenant]) -> Vec<Outcome> {
        self.core
            .store
            .write(|db| create_each(new.iter().map(|new| (self, new)), db))
            .unwrap_or_else(|problem| vec![Err(problem); new.len()])
    }
}

/// One that is refused has written nothing; one that breaks takes the transaction with it.
fn create_each<'a>(
    wanted: impl Iterator<Item = (&'a LocalInstance, &'a NewTenant)>,
    db: &rusqlite::Connection,
) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::new();
    for (by, new) in wanted {
        match by.session(db).and_then(|session| session.create_tenant(new)) {
            Ok(created) => outcomes.push(Ok(created)),
            Err(Failure::Problem(problem)) => outcomes.push(Err(problem)),
            Err(failure @ Failure::Sql(_)) => return Err(failure),
        }
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::pin::pin;

    use tokio::runtime::Builder;

    use crate::domain::release::Release;
    use crate::domain::tenant::Tenant;

    use super::super::admin::NewUser;
    use super::*;

    #[test]
    fn whoever_waits_is_told_when_nothing_can_be_written() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, Release::new(1, 0)).unwrap();
        let (ours, theirs) = (
            LocalInstance::open(&directory, None).unwrap(),
            LocalInstance::open(&directory, None).unwrap(),
        );
        ours.core
            .store
            .read(|db| Ok(db.busy_timeout(std::time::Duration::ZERO)?))
            .unwrap();
        let new = NewTenant {
            tenant: Tenant::new("acme".parse().unwrap(), "Acme"),
            admin: None,
        };
        let runtime = Builder::new_current_thread().build().unwrap();
        let create = || runtime.block_on(ours.create_with_others(new.clone()));
        let outcome = theirs.write(|_| Ok(create())).unwrap();
        assert!(outcome.unwrap_err().what.contains("stayed locked"));
        assert!(create().is_ok());
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_not_created() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, Release::new(1, 0)).unwrap();
        let instance = LocalInstance::open(&directory, None).unwrap();
        let new = |id: &str| NewTenant {
            tenant: Tenant::new(id.parse().unwrap(), "T"),
            admin: None,
        };
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (go, held) = std::sync::mpsc::channel::<()>();
            let mut first = pin!(instance.run(move |_| Ok(held.recv().is_ok())));
            let mut given_up = Box::pin(instance.create_with_others(new("given-up")));
            tokio::select! {
                biased;
                _ = &mut first => panic!("it is held"),
                _ = &mut given_up => panic!("its turn has not come"),
                () = std::future::ready(()) => {}
            }
            drop(given_up);
            go.send(()).unwrap();
            assert!(first.await.unwrap());
            assert!(instance.create_with_others(new("wanted")).await.is_ok());
        });
        assert_eq!(instance.read(|session| session.count("tenants")).unwrap(), 1);
    }

    #[test]
    fn each_of_many_who_create_at_once_gets_their_own_outcome() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, Release::new(1, 0)).unwrap();
        let superadmin = LocalInstance::open(&directory, None).unwrap();
        superadmin
            .create_user(&NewUser {
                username: "anna@example.com".to_owned(),
                display_name: None,
                kind: crate::domain::user::UserKind::Standard,
                superadmin: false,
                tenant: None,
                groups: Vec::new(),
            })
            .unwrap();
        let anna = superadmin.acting_as("anna@example.com").unwrap();
        let runtime = Builder::new_multi_thread().build().unwrap();
        let created = runtime.block_on(async {
            let all = (0..16).map(|caller| {
                let who = if caller == 7 { &anna } else { &superadmin }.clone();
                tokio::spawn(async move {
                    let mut created = Vec::new();
                    // All want the first one, and each 20 of its own.
                    let ids = std::iter::once("first".to_owned()).chain((0..20).map(|n| format!("t-{caller}-{n}")));
                    for id in ids {
                        let tenant = Tenant::new(id.parse().unwrap(), "T");
                        created.push((id, who.create_with_others(NewTenant { tenant, admin: None }).await));
                    }
                    created
                })
            });
            let mut created = Vec::new();
            for one in all.collect::<Vec<_>>() {
                created.extend(one.await.unwrap());
            }
            created
        });
        let mut acknowledged = HashSet::new();
        for (id, outcome) in created {
            match outcome {
                Ok(created) => {
                    assert_eq!(created.tenant.id.as_str(), id);
                    assert!(acknowledged.insert(id), "nothing is created twice");
                }
                Err(problem) if id.starts_with("t-7-") => assert_eq!(problem.kind, ProblemKind::Denied),
                Err(problem) => assert!(id == "first", "{problem}"),
            }
        }
        assert_eq!(acknowledged.len(), 1 + 15 * 20);
        assert_eq!(superadmin.read(|session| session.count("tenants")).unwrap(), 301);
    }
}
