//! Several processes on one local instance, and processes that die in the middle of writing.
//!
//! The processes are this test binary, started again with [`WRITER`] set: they create tenants and print the id of each
//! once it has been acknowledged.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise"
)]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::{FIRST_USER, LocalInstance};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};

/// Set for a process that writes: the prefix of its ids, how many tenants, and how many in one transaction.
const WRITER: &str = "STORE_CONCURRENCY_WRITER";
/// The directory of its instance.
const DIRECTORY: &str = "STORE_CONCURRENCY_DIRECTORY";
/// The test that is a writer when [`WRITER`] is set.
const WRITER_TEST: &str = "writer";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// Not a test of its own: what the processes started by [`start`] do.
#[test]
fn writer() {
    let Ok(task) = std::env::var(WRITER) else { return };
    let directory = std::env::var(DIRECTORY).unwrap();
    let [prefix, count, batch] = task.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let (count, batch): (usize, usize) = (count.parse().unwrap(), batch.parse().unwrap());
    let instance = LocalInstance::open(Path::new(&directory), None).unwrap();
    let new: Vec<_> = (0..count)
        .map(|index| NewTenant {
            tenant: Tenant::new(format!("{prefix}-{index:05}").parse().unwrap(), "Tenant"),
            admin: Some(FIRST_USER.to_owned()),
        })
        .collect();
    // Not through the printing macros, which the test harness captures.
    let mut out = std::io::stdout();
    runtime().block_on(async {
        for batch in new.chunks(batch) {
            for created in instance.create_tenants(batch).await {
                writeln!(out, "\nacknowledged {}", created.unwrap().tenant.id).unwrap();
            }
            out.flush().unwrap();
        }
    });
}

fn start(directory: &Path, prefix: &str, count: usize, batch: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", WRITER_TEST, "--nocapture"])
        .env(WRITER, format!("{prefix} {count} {batch}"))
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The ids a process acknowledges, as they come.
fn acknowledged(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("acknowledged ").map(str::to_owned))
}

/// Ids of all tenants. Each has its Admin role, held by the named user.
fn whole_tenants(directory: &Path) -> HashSet<String> {
    let instance = LocalInstance::open(directory, None).unwrap();
    runtime().block_on(async {
        let mut ids = HashSet::new();
        let mut query = Query::first(Query::MAX_SIZE);
        loop {
            let page = instance.tenants(&query).await.unwrap();
            for row in &page.rows {
                assert_eq!(row.admins, Some(1), "{}", row.tenant.id);
                ids.insert(row.tenant.id.to_string());
            }
            if page.rows.is_empty() {
                assert_eq!(page.total, ids.len() as u64);
                return ids;
            }
            query.page += 1;
        }
    })
}

fn new_instance(home: &tempfile::TempDir) -> std::path::PathBuf {
    let directory = home.path().join("instance");
    LocalInstance::create(&directory, Release::new(1, 0)).unwrap();
    directory
}

fn integrity(directory: &Path) -> String {
    let database = rusqlite::Connection::open(directory.join("instance.db")).unwrap();
    let mut references = database.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(references.query(()).unwrap().next().unwrap().is_none());
    let without_role: i64 = database
        .query_row(
            "SELECT count(*) FROM tenants t WHERE NOT EXISTS (SELECT 1 FROM roles r WHERE r.tenant = t.id)",
            (),
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(without_role, 0);
    database
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap()
}

#[test]
fn two_processes_that_write_at_once_lose_nothing() {
    let home = tempfile::tempdir().unwrap();
    let directory = new_instance(&home);
    let mut writers = [start(&directory, "a", 1000, 1), start(&directory, "b", 1000, 7)];
    let counts = std::thread::scope(|scope| {
        let readers: Vec<_> = writers
            .iter_mut()
            .map(|writer| scope.spawn(|| acknowledged(writer).count()))
            .collect();
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .collect::<Vec<_>>()
    });
    assert_eq!(counts, [1000, 1000]);
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(whole_tenants(&directory).len(), 2000);
    assert_eq!(integrity(&directory), "ok");
}

#[test]
fn a_process_that_is_killed_loses_nothing_it_acknowledged_and_leaves_nothing_half_done() {
    let home = tempfile::tempdir().unwrap();
    let directory = new_instance(&home);
    let mut expected = HashSet::new();
    for round in 0..100 {
        // Sometimes one by one, sometimes many in a transaction; killed after 1 to 30 acknowledgements.
        let batch = [1, 1, 5, 20][round % 4];
        let mut writer = start(&directory, &format!("k{round:03}"), 100_000, batch);
        let mut lines = acknowledged(&mut writer);
        let count = 1 + round * 7 % 30;
        expected.extend(lines.by_ref().take(count));
        writer.kill().unwrap();
        writer.wait().unwrap();
        // What it said before it died, but for a line that was cut off.
        expected.extend(lines.filter(|id| id.len() == "k000-00000".len()));
        if round % 10 == 9 {
            let stored = whole_tenants(&directory);
            let lost: Vec<_> = expected.difference(&stored).collect();
            assert!(lost.is_empty(), "round {round} lost {lost:?}");
        }
    }
    assert_eq!(integrity(&directory), "ok");
}

#[test]
fn a_reader_sees_a_tenant_whole_while_another_process_writes() {
    let home = tempfile::tempdir().unwrap();
    let directory = new_instance(&home);
    let reader = LocalInstance::open(&directory, None).unwrap();
    let mut writer = start(&directory, "w", 300, 1);
    let runtime = runtime();
    for id in acknowledged(&mut writer) {
        let access = runtime
            .block_on(reader.access(&TenantScope::Named(id.parse().unwrap())))
            .unwrap();
        assert_eq!((access.bindings.len(), access.users.len()), (1, 1), "{id}");
    }
    assert!(writer.wait().unwrap().success());
}
