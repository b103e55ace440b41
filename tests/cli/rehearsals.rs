//! Rehearsals as processes: the real binary starts, restarts, stops and deletes real servers on free ports.
//!
//! `start` and `stop` wait by themselves, so nothing here does.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::columns::TENANT_COLUMNS;
use kestra_admin::domain::query::Query;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::desk::Desk;

/// A desk whose rehearsals are stopped when it is left, whatever happened on it.
struct Stage {
    desk: Desk,
    names: Vec<&'static str>,
}

impl Stage {
    fn with(names: &[&'static str]) -> Self {
        Self {
            desk: Desk::new(),
            names: names.to_vec(),
        }
    }

    fn run(&self, line: &str) -> Output {
        self.desk.run(&format!("kestra-admin {line}"))
    }

    /// What a command prints as JSON.
    #[track_caller]
    fn json(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} -o json"));
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{line}: {words}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Ends a server as a power cut does, and waits until it is gone for good, which it is when its lock is.
    fn kill(&self, name: &str, rehearsal: &Value) {
        let pid = Pid::from_raw(rehearsal["pid"].as_i64().unwrap().try_into().unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        let lock = fs::File::open(self.desk.instance_directory(name).join("serve.lock")).unwrap();
        lock.lock().unwrap();
    }

    /// The words of a command, with its exit code.
    fn words(&self, line: &str) -> (Option<i32>, String) {
        let output = self.run(line);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for name in &self.names {
            drop(self.run(&format!("rehearsal stop {name}")));
        }
    }
}

fn is_listening(host: &Value) -> bool {
    let address = host.as_str().unwrap().strip_prefix("http://").unwrap();
    TcpStream::connect(address).is_ok()
}

#[test]
fn a_rehearsal_from_up_to_delete() {
    let stage = Stage::with(&["lab"]);
    let up = stage.json("rehearsal up lab --release 0.21");
    let keys: Vec<&String> = up.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "name",
            "release",
            "host",
            "health",
            "pid",
            "username",
            "passwordFile",
            "configFile",
            "store"
        ]
    );
    assert_eq!((&up["name"], &up["release"]), (&"lab".into(), &"0.21".into()));
    assert!(is_listening(&up["host"]));
    let password = up["passwordFile"].as_str().unwrap();
    assert_eq!(fs::metadata(password).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(password).unwrap().trim_end().len(), 24);

    // What a migration runs is in the context, and runs from anywhere.
    let written = fs::read_to_string(stage.desk.path(".config/kestra-admin/config.toml")).unwrap();
    let written: toml::Value = toml::from_str(&written).unwrap();
    let server = &written["contexts"]["lab"]["server"];
    let command = |name: &str| -> Vec<&str> {
        let words = server[name].as_array().unwrap();
        words.iter().map(|word| word.as_str().unwrap()).collect()
    };
    let kestra = command("kestra-command");
    let output = stage
        .desk
        .program()
        .args(&kestra[1..])
        .arg("--version")
        .output()
        .unwrap();
    assert!(output.status.success(), "{kestra:?}: {output:?}");
    assert_eq!(command("restart-command")[1..], ["rehearsal", "restart", "lab"]);

    // The context leads there, over HTTP, and again does nothing.
    assert_eq!(
        stage.json("--context lab users list username=admin@kestra.local")["total"],
        1
    );
    let again = stage.json("rehearsal up lab --release 0.21");
    assert_eq!(again, up);
    assert!(
        stage
            .words("rehearsal start lab")
            .1
            .contains("`lab` is running already.")
    );

    // Whoever looks at the way there is led to that instance and to no other.
    for (line, column) in [("contexts test lab", "results"), ("--context lab doctor", "results")] {
        let looked = stage.json(line);
        let steps = looked[column].as_array().unwrap();
        let next = steps
            .iter()
            .find_map(|step| step["next"].as_str().filter(|next| next.contains("migrate plan")));
        assert!(
            next.is_some_and(|next| next.contains("`kestra-admin --context lab migrate plan`")),
            "{looked}"
        );
    }

    // Settings are read at a start, and addresses stay.
    fs::write(
        up["configFile"].as_str().unwrap(),
        "kestra: {ee: {tenants: {enabled: true, default-tenant: true}}}\n",
    )
    .unwrap();
    let (code, words) = stage.words("--context lab tenants create --tenant a");
    assert_eq!(code, Some(3), "{words}");
    for command in [
        "`kestra-admin --context lab migrate run`",
        "`kestra-admin --context lab config set-tenancy --enabled true --default-tenant true`",
        " rehearsal restart lab`",
    ] {
        assert!(words.contains(command), "{words}");
    }
    let restarted = stage.json("rehearsal restart lab");
    assert_eq!(restarted["host"], up["host"]);
    assert_eq!(restarted["health"], up["health"]);
    assert_ne!(restarted["pid"], up["pid"]);
    assert!(stage.run("--context lab tenants create --tenant a").status.success());

    let test = stage.json("contexts test lab");
    let steps = test["results"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["outcome"] != "fail"), "{test}");
    assert!(
        steps
            .iter()
            .any(|step| step["name"] == "release" && step["outcome"] == "pass")
    );
    assert!(stage.run("--context lab doctor").status.success());
    let host = up["host"].as_str().unwrap();
    let stranger = stage.desk.run(&format!(
        "KESTRA_ADMIN_USERNAME=nobody@example.com KESTRA_ADMIN_PASSWORD=wrong kestra-admin --host {host} contexts test"
    ));
    assert_eq!(stranger.status.code(), Some(3), "{stranger:?}");

    assert_eq!(
        stage.words("rehearsal stop lab"),
        (Some(0), "`lab` is stopped.\n".to_owned())
    );
    assert!(!is_listening(&up["host"]));
    assert_eq!(stage.words("rehearsal stop lab").1, "`lab` was not running.\n");
    let stopped = stage.json("rehearsal status lab");
    assert_eq!((&stopped["pid"], &stopped["host"]), (&Value::Null, &up["host"]));
    let (code, words) = stage.words("contexts test lab");
    assert_eq!(code, Some(9), "{words}");
    assert_eq!(words.lines().count(), 3, "{words}");
    let doctor = stage.run("--context lab doctor");
    assert_eq!(doctor.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&doctor.stdout).contains("Start it with `kestra-admin rehearsal start lab`."),
        "{doctor:?}"
    );

    // To another port, and the context follows.
    let moved = stage.json("rehearsal start lab --listen 127.0.0.1:0");
    assert!(stage.run("--context lab tenants get a").status.success());
    assert_eq!(stage.json("rehearsal status")["results"][0], moved);

    let kept = stage.run("rehearsal delete lab");
    assert_eq!(kept.status.code(), Some(7));
    assert!(stage.run("rehearsal delete lab --dry-run").status.success());
    assert!(is_listening(&moved["host"]));
    let (code, words) = stage.words("rehearsal delete lab --confirm lab");
    assert_eq!(
        (code, words.as_str()),
        (Some(0), "`lab` is deleted.\nContext `lab` went with it.\n")
    );
    assert!(!is_listening(&moved["host"]));
    assert!(!stage.desk.instance_directory("lab").exists());
    assert_eq!(stage.json("contexts list")["total"], 0);
}

#[test]
fn a_chosen_user_signs_in_with_a_chosen_password() {
    let stage = Stage::with(&["eu"]);
    stage.desk.file("password", "Chosen-Passw0rd\n");
    let up = stage.json("rehearsal up eu --release 1.3 --username ana@example.com --password-file password");
    assert_eq!(up["username"], "ana@example.com");
    assert_eq!(up["passwordFile"], stage.desk.path("password").display().to_string());
    assert!(stage.run("--context eu tenants list").status.success());
    // A killed server leaves nothing behind that would keep the next one from starting.
    stage.kill("eu", &up);
    assert_eq!(stage.json("rehearsal status eu")["pid"], Value::Null);
    assert_eq!(stage.json("rehearsal start eu")["host"], up["host"]);
}

#[test]
fn many_tenants_are_all_there_once_although_the_server_died_half_way() {
    const MANY: usize = 3000;
    let stage = Stage::with(&["lab"]);
    let up = stage.json("rehearsal up lab --release 1.3");
    let tenants: Vec<Value> = (0..MANY)
        .map(|number| json!({"id": format!("t-{number:04}"), "name": format!("Tenant {number}")}))
        .collect();
    stage.desk.file("tenants.json", &Value::from(tenants).to_string());
    let admin = up["username"].as_str().unwrap();
    let create = &format!("--context lab tenants create --from tenants.json --admin-username {admin}");
    let total = || {
        stage.json("--context lab tenants list --size 1")["total"]
            .as_u64()
            .unwrap()
    };
    let before = total();

    let command = stage
        .desk
        .program()
        .args(create.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while total() < before + 200 {}
    stage.kill("lab", &up);
    let output = command.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{words}");
    assert!(words.contains("what is done already stays as it is"), "{words}");

    stage.json("rehearsal start lab");
    let half = total() - before;
    assert!((200..3000).contains(&half), "{half}");
    let (code, words) = stage.words(create);
    assert_eq!(code, Some(0), "{words}");
    // Those that were made but had not got their Admin yet get it now.
    let made = 3000 - half;
    let summary = words.lines().last().unwrap();
    assert!(summary.starts_with(&format!("{made} created, ")), "{words}");
    assert!(summary.ends_with(" unchanged, 0 failed."), "{words}");
    assert_eq!(total(), before + 3000);
    let (code, words) = stage.words(create);
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(
        words.lines().last(),
        Some("0 created, 3000 unchanged, 0 failed."),
        "{words}"
    );
    let orphans = LocalInstance::open(&stage.desk.instance_directory("lab"), None).unwrap();
    let query = Query::parse("id:t-0,t-1,t-2 name:Tenant admins=0", TENANT_COLUMNS, 10).unwrap();
    let here = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(here.block_on(orphans.tenants(&query)).unwrap().total, 0);
}

#[test]
fn whoever_interrupts_is_told_what_is_done() {
    let stage = Stage::with(&["lab"]);
    stage.json("rehearsal up lab --release 1.3");
    let tenants: Vec<Value> = (0..20_000)
        .map(|number| json!({"id": format!("t-{number}"), "name": "Tenant"}))
        .collect();
    stage.desk.file("tenants.json", &Value::from(tenants).to_string());
    let total = || {
        stage.json("--context lab tenants list --size 1")["total"]
            .as_u64()
            .unwrap()
    };
    let before = total();
    let command = stage
        .desk
        .program()
        .args("--context lab tenants create --from tenants.json".split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while total() < before + 100 {}
    kill_process(
        Pid::from_raw(i32::try_from(command.id()).unwrap()).unwrap(),
        Signal::INT,
    )
    .unwrap();
    let output = command.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{words}");
    let created = words.split("So far: ").nth(1).unwrap().split(' ').next().unwrap();
    let created: u64 = created.parse().unwrap();
    assert_eq!(created, total() - before, "{words}");
    assert!(words.contains("Repeat it to do the rest"), "{words}");
}

#[test]
fn nobody_is_ended_who_is_not_that_server() {
    let stage = Stage::with(&[]);
    assert!(stage.run("rehearsal create lab").status.success());
    let directory = stage.desk.instance_directory("lab");
    // Somebody holds the lock, and what is remembered is a process that has only the number in common: this one.
    let lock = fs::File::create(directory.join("serve.lock")).unwrap();
    lock.lock().unwrap();
    let file = directory.join("serve.json");
    let mut remembered: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    remembered["process"] = json!({"pid": std::process::id(), "started": 1});
    fs::write(&file, remembered.to_string()).unwrap();
    let (code, words) = stage.words("rehearsal stop lab");
    assert_eq!(code, Some(1), "{words}");
    assert!(words.starts_with("`lab` was not stopped.\n"), "{words}");
}

#[test]
fn a_server_in_the_foreground_says_where_it_is_and_ends_when_told() {
    let stage = Stage::with(&["lab"]);
    assert!(stage.run("rehearsal create lab").status.success());
    let mut server = stage
        .desk
        .program()
        .args(["rehearsal", "serve", "lab", "--listen", "0.0.0.0:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut words = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let said: Vec<String> = words.by_ref().take(3).collect();
    let host = said[0].strip_prefix("`lab` answers at ").unwrap().trim_end_matches('.');
    assert!(host.starts_with("http://127.0.0.1:"), "{said:?}");
    assert!(said[1].starts_with("Other machines can reach it too"), "{said:?}");
    assert_eq!(said[2], "Stop it with Ctrl-C.");
    assert!(is_listening(&host.into()));
    assert_eq!(stage.json("rehearsal status lab")["pid"], server.id());
    let pid = Pid::from_raw(server.id().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(words.collect::<Vec<_>>(), ["`lab` is stopped."]);
    assert!(server.wait().unwrap().success());
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let stage = Stage::with(&["lab"]);
    assert!(stage.run("rehearsal create lab").status.success());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, words) = stage.words(&format!("rehearsal start lab --listen {}", taken.local_addr().unwrap()));
    assert_eq!(code, Some(1));
    assert!(
        words.starts_with("`lab` was not started.\nSomething else listens there already.\n"),
        "{words}"
    );
}

#[test]
fn what_is_not_whole_leaves_nothing_behind() {
    let stage = Stage::with(&[]);
    stage.desk.file("weak", "weak\n");
    let line = "rehearsal create lab --username ana@example.com --password-file weak";
    let (code, words) = stage.words(line);
    assert_ne!(code, Some(0), "{words}");
    let left: Vec<_> = fs::read_dir(stage.desk.instance_directory("")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What destroys a rehearsal, and what makes it another one.
const CHANGES: [&str; 2] = [
    "rehearsal upgrade lab --release 0.22",
    "rehearsal delete lab --confirm lab",
];

/// What a migration runs on its Kestra's host, by the names that the context of a rehearsal has for it.
const ON_ITS_HOST: [&str; 4] = [
    "rehearsal kestra --name lab -- configs properties",
    "rehearsal kestra --name lab -- auths users sync-access",
    "rehearsal dump lab",
    "rehearsal stop lab",
];

#[test]
fn a_rehearsal_that_a_read_only_context_leads_to_stays_as_it_is_under_any_name() {
    let stage = Stage::with(&["lab"]);
    stage.json("rehearsal create lab --release 0.21 --sample 1");
    let configured = |text: &str| {
        let file = stage.desk.path(".config/kestra-admin/config.toml");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    let refused = |line: &str, by: &str| {
        let (code, words) = stage.words(line);
        assert!(code == Some(7) && words.contains(by), "{line}: {code:?} {words}");
    };
    // As on the host of any Kestra, whoever may run its commands there does; the flag alone says no.
    let go_on = || {
        for line in ON_ITS_HOST {
            let (code, words) = stage.words(line);
            assert_eq!(code, Some(0), "{line}: {words}");
            refused(&format!("--read-only {line}"), "`--read-only` says so");
        }
    };
    configured("[contexts.look]\nstore = \"lab\"\nread-only = true\nprotected = true\n");
    for line in CHANGES.into_iter().chain(["rehearsal up lab"]) {
        refused(line, "`contexts.look.read-only` says so");
        refused(&format!("--context look {line}"), "`contexts.look.read-only` says so");
    }
    go_on();
    // Its settings lie in the rehearsal, whatever it is called by.
    let store = stage.json("rehearsal status lab")["store"].as_str().unwrap().to_owned();
    configured(&format!(
        "[contexts.look]\nhost = \"http://127.0.0.1:9\"\nread-only = true\nserver = {{ config-file = \"{store}/application.yml\" }}\n"
    ));
    refused(CHANGES[0], "`contexts.look.read-only` says so");
    // Served once, it is known by where it listened, which this machine has other names for.
    let served = stage.desk.instance_directory("lab").join("serve.json");
    fs::write(&served, r#"{"listen":"127.0.0.1:9"}"#).unwrap();
    configured("[contexts.look]\nhost = \"http://LOCALHOST.:9/a\"\nread-only = true\n");
    for line in CHANGES.into_iter().chain(["rehearsal up lab"]) {
        refused(line, "`contexts.look.read-only` says so");
    }
    fs::remove_file(served).unwrap();
    // The whole configuration refuses what the flag refuses, but for what a context says otherwise.
    configured("read-only = true\n\n[contexts.prod]\nhost = \"https://kestra.example.com\"\n");
    for line in CHANGES.into_iter().chain([
        "rehearsal up more",
        "rehearsal create more",
        "contexts add other --store lab",
        "contexts use prod",
        "contexts remove prod --yes",
        "contexts import-kestractl /nowhere",
    ]) {
        refused(line, "`read-only` says so");
    }
    go_on();
    assert_eq!(stage.words("rehearsal delete lab --dry-run").0, Some(0));
    // Where one may write and another only looks, too.
    configured("[contexts.lab]\nstore = \"lab\"\n\n[contexts.look]\nstore = \"lab\"\nread-only = true\n");
    for line in CHANGES.into_iter().chain(["rehearsal up lab", "rehearsal create lab"]) {
        refused(line, "`contexts.look.read-only` says so");
        refused(&format!("--context lab {line}"), "`contexts.look.read-only` says so");
    }
    assert_eq!(stage.json("rehearsal status lab")["release"], "0.21");
    configured("read-only = true\n\n[contexts.lab]\nstore = \"lab\"\nread-only = false\n");
    assert_eq!(stage.words(CHANGES[0]).0, Some(0));
}

#[test]
fn what_is_done_to_rehearsals_and_contexts_is_noted() {
    let stage = Stage::with(&["lab"]);
    for line in [
        "rehearsal create lab --release 0.21 --sample 1",
        "contexts add other --store lab --username ana@example.com",
        "contexts use other --dry-run",
        "contexts use other",
        "contexts use nosuch",
        "contexts add far --host https://kestra.example.com --token-file token --dry-run",
        "contexts add far --host https://kestra.example.com --token-file token",
        "contexts add far --host https://kestra.example.com --token-env TOKEN --replace",
        "contexts add far --host https://kestra.example.com --username ana --password-file=password --replace",
        "contexts add far --host https://kestra.example.com --token-command 'show s3cret' --replace",
        "rehearsal upgrade lab --release 0.22",
        "rehearsal stop lab",
        "rehearsal stop lab --dry-run",
        "rehearsal stop nowhere",
        "rehearsal delete nowhere --confirm nowhere",
        "--read-only rehearsal stop lab",
        "rehearsal delete lab --confirm la",
        "rehearsal delete lab --confirm lab",
        "contexts remove other --yes",
        "contexts remove other --yes",
    ] {
        stage.words(line);
    }
    let rows = stage.json("activity list")["results"].clone();
    let rows: Vec<String> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let of = |field: &str| row[field].as_str().unwrap();
            format!("{} {}: {}: {}", of("result"), of("context"), of("about"), of("command"))
        })
        .collect();
    assert_eq!(
        rows,
        [
            "DONE lab: create rehearsal lab: kestra-admin rehearsal create lab --release 0.21 --sample 1",
            "DONE other: add context other: kestra-admin contexts add other --store lab --username ana@example.com",
            "DONE other: use context other: kestra-admin contexts use other",
            "REFUSED nosuch: use context nosuch: kestra-admin contexts use nosuch",
            "DONE far: add context far: kestra-admin contexts add far --host https://kestra.example.com --token-file token",
            "DONE far: add context far: kestra-admin contexts add far --host https://kestra.example.com --token-env TOKEN --replace",
            "DONE far: add context far: kestra-admin contexts add far --host https://kestra.example.com --username ana \
             --password-file=password --replace",
            "DONE far: add context far: kestra-admin contexts add far --host https://kestra.example.com --token-command \
             (hidden) --replace",
            "DONE lab: upgrade rehearsal lab: kestra-admin rehearsal upgrade lab --release 0.22",
            "DONE lab: stop rehearsal lab: kestra-admin rehearsal stop lab",
            "REFUSED nowhere: stop rehearsal nowhere: kestra-admin rehearsal stop nowhere",
            "REFUSED nowhere: delete rehearsal nowhere: kestra-admin rehearsal delete nowhere --confirm nowhere",
            "REFUSED lab: delete rehearsal lab: kestra-admin rehearsal delete lab --confirm la",
            "DONE lab: delete rehearsal lab: kestra-admin rehearsal delete lab --confirm lab",
            "DONE other: remove context other: kestra-admin contexts remove other --yes",
            "REFUSED other: remove context other: kestra-admin contexts remove other --yes",
        ]
    );
}

#[test]
fn what_is_no_address_of_a_host_is_noted_nowhere() {
    let stage = Stage::with(&[]);
    for host in [
        "--host ana:hunter2@kestra.example.com",
        "--host //ana:hunter2@kestra.example.com",
        "--host=http:ana:hunter2@kestra.example.com",
        "--host http://kestra.example.com/#hunter2",
        "--host http://ana:hunter2@kestra.example.com",
        "--host=https://kestra.example.com/?hunter2",
    ] {
        let (code, words) = stage.words(&format!("contexts add far {host} --tenant dev"));
        assert_eq!(code, Some(2), "{host}: {words}");
        let rows = stage.json("activity list")["results"].clone();
        let flag = host.split_inclusive(['=', ' ']).next().unwrap();
        assert_eq!(
            rows[rows.as_array().unwrap().len() - 1]["command"],
            format!("kestra-admin contexts add far {flag}(hidden) --tenant dev")
        );
    }
    stage.words("contexts add far --host https://kestra.example.com/a --tenant dev=Dev:ana@example.com");
    let noted = stage.run("activity list -o ndjson").stdout;
    let noted = String::from_utf8(noted).unwrap();
    assert!(!noted.contains("hunter2"), "{noted}");
    assert!(
        noted.contains("--host https://kestra.example.com/a --tenant dev=Dev:ana@example.com\""),
        "{noted}"
    );
}

#[test]
fn an_address_where_a_name_belongs_is_not_said_back_with_who_signs_in() {
    let stage = Stage::with(&[]);
    for (line, said) in [
        (
            "rehearsal up --host http://ana:hunter2@127.0.0.1:9",
            "`http://127.0.0.1:9` cannot be the name of a rehearsal",
        ),
        (
            "rehearsal up --store ana:hunter2@kestra",
            "`kestra` cannot be the name of a rehearsal",
        ),
        (
            "rehearsal stop --context http://s3cret@kestra",
            "`http://kestra` cannot be",
        ),
        (
            "rehearsal kestra --name http://ana:hunter2@kestra -- tenants list",
            "`http://kestra` cannot be",
        ),
        (
            "tenants list --context http://ana:hunter2@kestra",
            "no context `http://kestra`",
        ),
        ("contexts show ana:hunter2@kestra", "no context `kestra`"),
        ("contexts use http://ana:hunter2@kestra", "no context `http://kestra`"),
        ("contexts use ana:hunter2@kestra", "no context `kestra`"),
        ("contexts use http://ana:1/hunter2@kestra", "no context `http://kestra`"),
        (
            "tenants list --store ana:hunter2@kestra",
            "no local instance at `kestra`",
        ),
        (
            "contexts use nosuch --context ana:hunter2@kestra",
            "no context `nosuch`",
        ),
        (
            "contexts use nosuch --store=http://s3cret@kestra",
            "no context `nosuch`",
        ),
        (
            "contexts remove http://s3cret@kestra --yes",
            "no context `http://kestra`",
        ),
        ("contexts show ana@example.com", "no context `ana@example.com`"),
        (
            "contexts add z --host http://127.0.0.1:1 --proxy ana:hunter2@px:3128",
            "The proxy carries credentials",
        ),
        (
            "contexts add z --host http://127.0.0.1:1 --proxy=//ana:hunter2@px",
            "The proxy carries credentials",
        ),
        (
            "contexts add z --host http://127.0.0.1:1 --proxy http://px:3128/#s3cret",
            "is no host and port",
        ),
        (
            "contexts add z --host http://127.0.0.1:1 --proxy http://px:3128/s3cret",
            "is no host and port",
        ),
        (
            "contexts add z --host http://127.0.0.1:1 --proxy x?token=hunter2://px:1",
            "is no host and port",
        ),
        (
            "contexts add z --host http://127.0.0.1:1 --proxy http://u:s3cret",
            "is no host and port",
        ),
        (
            "contexts add x:hunter2@k --host http://127.0.0.1:1",
            "Context `k` was not added",
        ),
        (
            "contexts add z --host http://127.0.0.1:1 --header X-Api=hunter2",
            "not written as NAME=env:VARIABLE",
        ),
    ] {
        let (_, words) = stage.words(line);
        assert!(words.contains(said), "{line}: {words}");
        assert!(
            !words.contains("hunter2") && !words.contains("s3cret"),
            "{line}: {words}"
        );
    }
    let (_, words) = stage.words("rehearsal up --host http://127.0.0.1:9");
    assert!(words.contains("is named, not addressed"), "{words}");
    let noted = fs::read_to_string(stage.desk.path(".local/state/kestra-admin/activity.ndjson")).unwrap();
    assert!(!noted.contains("hunter2") && !noted.contains("s3cret"), "{noted}");
    for command in [
        "contexts use kestra\"",
        "contexts use http://kestra\"",
        "contexts remove http://kestra --yes\"",
        "contexts use nosuch --context kestra\"",
        "contexts use nosuch --store=http://kestra\"",
    ] {
        assert!(noted.contains(command), "{command}: {noted}");
    }
}

#[test]
fn which_rehearsal_is_meant_is_said_by_the_flags_that_name_an_instance_too() {
    let stage = Stage::with(&[]);
    assert_eq!(stage.words("rehearsal create lab").0, Some(0));
    for flag in ["--store", "--context"] {
        let (code, words) = stage.words(&format!("rehearsal kestra {flag} lab --dry-run -- tenants list"));
        assert_eq!(code, Some(0), "{flag}: {words}");
        let (code, words) = stage.words(&format!("rehearsal kestra {flag} nosuch --dry-run -- tenants list"));
        assert!(code != Some(0) && words.contains("nosuch"), "{flag}: {words}");
    }
}
