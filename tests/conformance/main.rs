//! The rehearsal's answers and the client's requests against Kestra's own OpenAPI documents.
//!
//! Every operation of every document is either walked, as a superadmin, and its request and answer checked, or listed
//! in [`differences::NOT_OFFERED`] with the reason. What the client sends is checked while it does all it can. What
//! differs from a document on purpose is in [`differences::DIFFERENCES`]; an entry that is not needed any more fails.
//!
//! The documents are not part of the repository; where they are not beside it, each test says so and is skipped.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    dead_code,
    reason = "a test stops at the first surprise, and uses of the shared parts what it needs"
)]

mod client;
mod differences;
mod planned;
#[path = "../support/mod.rs"]
mod support;
mod walk;

use std::collections::BTreeSet;

use kestra_admin::domain::release::Release;
use support::exchange::Exchange;
use support::spec::Spec;

/// A document and the release it describes.
const DOCUMENTS: [(&str, Release); 6] = [
    ("kestra-ee-0.21.yaml", Release::new(0, 21)),
    ("kestra-ee-0.23.yaml", Release::new(0, 23)),
    ("kestra-ee-0.24.0.yaml", Release::new(0, 24)),
    ("kestra-ee-1.0.0.yaml", Release::new(1, 0)),
    ("kestra-ee-1.3.26.yaml", Release::new(1, 3)),
    ("kestra-ee-2.0.0-SNAPSHOT.yaml", Release::new(2, 0)),
];

/// Findings over all documents, each with its release, less those that are on purpose.
#[derive(Default)]
struct Judgement {
    surprises: BTreeSet<String>,
    used: BTreeSet<usize>,
    checked: usize,
}

impl Judgement {
    fn add(&mut self, spec: &Spec, release: Release, exchange: &Exchange) {
        self.checked += 1;
        for finding in spec.findings(exchange) {
            match differences::on_purpose(release, &finding) {
                Some(index) => {
                    self.used.insert(index);
                }
                None => {
                    self.surprises.insert(format!("{release} {finding}"));
                }
            }
        }
    }

    fn announce(&self) {
        assert!(self.checked > 0, "nothing was checked");
        assert!(
            self.surprises.is_empty(),
            "{} findings in {} exchanges:\n{}",
            self.surprises.len(),
            self.checked,
            self.surprises.iter().cloned().collect::<Vec<_>>().join("\n")
        );
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn who_logs_in_is_in_the_audit_log() {
    runtime().block_on(async {
        let rehearsal = support::rehearsal::Rehearsal::of(Release::new(2, 0)).await;
        let login = async |password: &str| {
            let body = serde_json::json!({"username": support::rehearsal::USERNAME, "password": password});
            let content = ("application/json", body.to_string());
            rehearsal.send("POST", "/login", Some(content)).await.status
        };
        let rows = || {
            let rows = rehearsal.local.audit_log(100).unwrap().into_iter();
            let about_logins = rows.filter(|row| row.action.starts_with("LOGIN"));
            about_logins
                .map(|row| (row.actor, row.action, row.resource))
                .collect::<Vec<_>>()
        };
        assert_eq!(login(support::rehearsal::PASSWORD).await, 200);
        assert_eq!(login("wrong").await, 401);
        let entry = |action: &str| {
            let actor = support::rehearsal::USERNAME.to_owned();
            (actor, action.to_owned(), "USER".to_owned())
        };
        assert_eq!(rows(), [entry("LOGIN_FAILURE"), entry("LOGIN")]);
    });
}

#[test]
fn every_answer_is_what_kestra_documents() {
    let (mut judgement, mut documents) = (Judgement::default(), 0);
    let mut unexplained = BTreeSet::new();
    let mut not_offered = BTreeSet::new();
    for (file, release) in DOCUMENTS {
        let Some(spec) = Spec::load(file) else { continue };
        documents += 1;
        let exchanges = runtime().block_on(walk::walk(&spec, release));
        for (operation, exchange) in &exchanges {
            let name = format!("{} {}", operation.method, operation.template);
            if exchange.status >= 400 {
                match differences::not_offered(release, &name) {
                    Some(index) => {
                        not_offered.insert(index);
                    }
                    None => {
                        unexplained.insert(format!(
                            "{release} {exchange}\n    {}",
                            String::from_utf8_lossy(&exchange.answer)
                        ));
                    }
                }
            }
            judgement.add(&spec, release, exchange);
        }
    }
    if documents == 0 {
        return;
    }
    assert!(
        unexplained.is_empty(),
        "{} operations are refused:\n{}",
        unexplained.len(),
        unexplained.into_iter().collect::<Vec<_>>().join("\n")
    );
    judgement.announce();
    if documents == DOCUMENTS.len() {
        for (index, entry) in differences::NOT_OFFERED.iter().enumerate() {
            assert!(not_offered.contains(&index), "`{}` is offered by now", entry.operation);
        }
        for (index, difference) in differences::DIFFERENCES.iter().enumerate() {
            assert!(
                judgement.used.contains(&index) || difference.of_the_client,
                "no answer differs in `{}` any more",
                difference.finding
            );
        }
    }
}

#[test]
fn every_request_is_what_kestra_documents() {
    let (mut judgement, mut documents) = (Judgement::default(), 0);
    for (file, release) in DOCUMENTS {
        let Some(spec) = Spec::load(file) else { continue };
        documents += 1;
        for exchange in runtime().block_on(client::everything(release)) {
            judgement.add(&spec, release, &exchange);
        }
    }
    if documents > 0 {
        judgement.announce();
    }
}
