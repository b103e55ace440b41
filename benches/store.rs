//! The local store with many tenants: pages, filters, opening.
//!
//! Instances are made once, below the target directory, and used again by the next run.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark stops at the first surprise"
)]

mod common;

use common::{instance, runtime};
use divan::Bencher;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::columns::TENANT_COLUMNS;
use kestra_admin::domain::query::Query;

fn main() {
    divan::main();
}

/// The first page and the total under a filter, as the console asks for them at each keystroke.
#[divan::bench(args = ["a", "co", "corp", "corp 77", "id:t-0099", "state:active", "zzz"])]
fn filter_100_000_tenants(bencher: Bencher<'_, '_>, text: &str) {
    let runtime = runtime();
    let backend = LocalInstance::open(&instance(100_000), None).unwrap();
    let query = Query::parse(text, TENANT_COLUMNS, 100).unwrap();
    bencher.bench_local(|| runtime.block_on(backend.tenants(&query)).unwrap());
}

/// A page of 100 out of a million: the first, one in the middle, the last, and by name.
#[divan::bench(args = ["page:1", "page:5000", "page:10000", "sort:name page:1", "sort:-name page:9000"])]
fn page_of_1_000_000_tenants(bencher: Bencher<'_, '_>, text: &str) {
    let runtime = runtime();
    let backend = LocalInstance::open(&instance(1_000_000), None).unwrap();
    let query = Query::parse(text, TENANT_COLUMNS, 100).unwrap();
    bencher.bench_local(|| runtime.block_on(backend.tenants(&query)).unwrap());
}

/// Opening an instance and asking it for its first page.
#[divan::bench(args = [10_000, 1_000_000])]
fn open_and_first_page(bencher: Bencher<'_, '_>, tenants: usize) {
    let runtime = runtime();
    let directory = instance(tenants);
    bencher.bench_local(|| {
        let backend = LocalInstance::open(&directory, None).unwrap();
        runtime.block_on(backend.tenants(&Query::first(100))).unwrap()
    });
}
