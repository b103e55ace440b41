//! Instances with many tenants, made once below the target directory.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "not every benchmark uses all of it"
)]

use std::path::PathBuf;

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::{FIRST_USER, LocalInstance};
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant};

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The directory of an instance that holds so many tenants, multi-tenancy on.
pub fn instance(tenants: usize) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("instance-{tenants}"));
    let complete = directory.join("complete");
    if !complete.exists() {
        eprintln!("making an instance of {tenants} tenants");
        drop(std::fs::remove_dir_all(&directory));
        LocalInstance::create(&directory, Release::DEFAULT).unwrap();
        let settings = "kestra:\n  ee:\n    tenants:\n      enabled: true\n      default-tenant: true\n";
        std::fs::write(directory.join("application.yml"), settings).unwrap();
        let backend = LocalInstance::open(&directory, None).unwrap();
        let runtime = runtime();
        let numbers: Vec<usize> = (0..tenants).collect();
        for chunk in numbers.chunks(5_000) {
            let new: Vec<NewTenant> = chunk.iter().map(|number| tenant(*number)).collect();
            for result in runtime.block_on(backend.create_tenants(&new)) {
                result.unwrap();
            }
        }
        std::fs::write(complete, "").unwrap();
    }
    directory
}

fn tenant(number: usize) -> NewTenant {
    const WORDS: [&str; 8] = [
        "Acme", "Globex", "Initech", "Umbrella", "Hooli", "Vandelay", "Stark", "Wayne",
    ];
    const KINDS: [&str; 5] = ["Corporation", "Logistics", "Finance", "Research", "Media"];
    let word = WORDS[number % WORDS.len()];
    let kind = KINDS[number / WORDS.len() % KINDS.len()];
    NewTenant {
        tenant: Tenant::new(
            format!("t-{number:07}").parse().unwrap(),
            format!("{word} {kind} {number}"),
        ),
        admin: (!number.is_multiple_of(10)).then(|| FIRST_USER.to_owned()),
    }
}
