//! Over HTTP: our client against a rehearsal served by the same process.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark stops at the first surprise"
)]

mod common;

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use common::instance;
use divan::{Bencher, counter::ItemsCount};
use kestra_admin::activity;
use kestra_admin::backend::Backend;
use kestra_admin::backend::http::{Credentials, HttpInstance, HttpSettings};
use kestra_admin::backend::local::{FIRST_USER, LocalInstance};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant};
use kestra_admin::rehearsal::serve::{self, Limits, ServeOptions};

const PASSWORD: &str = "Bench-1-password!";
/// Tenants that the command creates at once.
const PORTION: usize = 500;

fn main() {
    divan::main();
}

/// Serves the instance in a directory on threads of its own, and returns a client of it.
fn client_of(directory: &Path) -> (tokio::runtime::Runtime, HttpInstance) {
    LocalInstance::open(directory, None)
        .unwrap()
        .set_password(FIRST_USER, PASSWORD)
        .unwrap();
    let server = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let bound = server
        .block_on(serve::bind(ServeOptions {
            directory: directory.to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            management: None,
            limits: Limits::default(),
        }))
        .unwrap();
    let address = bound.address();
    server.spawn(bound.run(std::future::pending()));
    let client = HttpInstance::new(HttpSettings {
        base_url: format!("http://{address}"),
        credentials: Credentials::Basic {
            username: FIRST_USER.to_owned(),
            password: PASSWORD.to_owned(),
        },
        headers: Vec::new(),
        ca_file: None,
        client_certificate: None,
        proxy: None,
        timeout: Duration::from_secs(30),
        tenant: None,
        starts: None,
    })
    .unwrap();
    (server, client)
}

fn here() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The first page of the list on a connection that is open, by how many tenants there are.
#[divan::bench(args = [10_000, 1_000_000])]
fn first_page(bencher: Bencher<'_, '_>, tenants: usize) {
    let (_server, client) = client_of(&instance(tenants));
    let here = here();
    here.block_on(client.instance()).unwrap();
    bencher.bench_local(|| here.block_on(client.tenants(&Query::first(100))).unwrap());
}

/// From nothing: finding out what answers, signing in, and the first page.
#[divan::bench(args = [10_000])]
fn first_page_of_a_new_client(bencher: Bencher<'_, '_>, tenants: usize) {
    let directory = instance(tenants);
    let here = here();
    bencher
        .with_inputs(|| client_of(&directory))
        .bench_local_values(|(server, client)| {
            here.block_on(client.tenants(&Query::first(100))).unwrap();
            (server, client)
        });
}

/// Tenants created by one `create_tenants`, in tenants per second.
#[divan::bench(args = [10_000], sample_count = 3, sample_size = 1)]
fn tenants_created(bencher: Bencher<'_, '_>, count: usize) {
    create_tenants(bencher, count, false);
}

/// The same, each noted in the activity record before and after, as every change of the program is.
#[divan::bench(args = [10_000], sample_count = 3, sample_size = 1)]
fn tenants_created_and_noted(bencher: Bencher<'_, '_>, count: usize) {
    create_tenants(bencher, count, true);
}

fn create_tenants(bencher: Bencher<'_, '_>, count: usize, is_noted: bool) {
    let home = tempfile::tempdir().unwrap();
    let here = here();
    let made = Cell::new(0);
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| {
            made.set(made.get() + 1);
            let directory: PathBuf = home.path().join(made.get().to_string());
            LocalInstance::create(&directory, Release::new(1, 3)).unwrap();
            let new: Vec<NewTenant> = (0..count)
                .map(|number| NewTenant {
                    tenant: Tenant::new(format!("tenant-{number}").parse().unwrap(), format!("Tenant {number}")),
                    admin: None,
                })
                .collect();
            let (server, client) = client_of(&directory);
            let client: Arc<dyn Backend> = if is_noted {
                let place = activity::recorded::Place {
                    operator: "ana@jump1".to_owned(),
                    context: "bench".to_owned(),
                    place: "http://localhost".to_owned(),
                    command_words: Vec::new(),
                    within: None,
                };
                let log = activity::log::ActivityLog::in_state(&directory);
                Arc::new(activity::recorded::Recorded::new(Arc::new(client), log, place))
            } else {
                Arc::new(client)
            };
            ((server, client), new)
        })
        .bench_local_values(|((server, client), new)| {
            // As the command does it.
            for portion in new.chunks(PORTION) {
                for created in here.block_on(client.create_tenants(portion)) {
                    created.unwrap();
                }
            }
            (server, client)
        });
}
