//! Creating tenants many at a time.
//!
//! What a transaction costs is the flush to the disk at its end. So those who create at the same time share one:
//! whoever comes first creates for all who wait. Each is told only after the transaction is on the disk.

use std::collections::VecDeque;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

    fn take(&self) -> Vec<Wanted> {
        let mut waiting = self.lock();
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }
}

impl LocalInstance {
    /// Creates one, together with those that others create at the same time. Blocks.
    pub(super) fn create_with_others(&self, new: NewTenant) -> Outcome {
        let (answer, outcome) = channel();
        self.core.queue.lock().push_back(Wanted {
            new,
            by: self.clone(),
            answer,
        });
        while !self.core.queue.lock().is_empty() {
            self.create_waiting();
        }
        // Somebody else may have taken it along, and still be at it.
        outcome.recv().unwrap_or_else(|_| {
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
        for (wanted, outcome) in taken.iter().zip(outcomes) {
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
        let outcome = theirs.write(|_| Ok(ours.create_with_others(new.clone()))).unwrap();
        assert!(outcome.unwrap_err().what.contains("stayed locked"));
        assert!(ours.create_with_others(new).is_ok());
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
        let created: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|thread| {
                    let who = if thread == 7 { &anna } else { &superadmin };
                    scope.spawn(move || {
                        // All threads want the first one, and each 20 of its own.
                        let ids = std::iter::once("first".to_owned()).chain((0..20).map(|n| format!("t-{thread}-{n}")));
                        ids.map(|id| {
                            let tenant = Tenant::new(id.parse().unwrap(), "T");
                            (id, who.create_with_others(NewTenant { tenant, admin: None }))
                        })
                        .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
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
