//! What people lost by a migration is given back: a run that was carried out, then losses behind its back.

use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::user::UserKind;
use serde_json::Value;

use crate::desk::Desk;

/// Runs a command; its exit code, what it prints, and its words.
fn run(desk: &Desk, line: &str) -> (i32, String, String) {
    let output = desk.run(&format!("kestra-admin {line}"));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn done(desk: &Desk, line: &str) -> String {
    let (code, output, words) = run(desk, line);
    assert_eq!(code, 0, "{line}: {words}");
    output
}

/// Who holds what in the default tenant.
fn held(desk: &Desk) -> Vec<String> {
    let rows = done(desk, "access list -o ndjson");
    let row = |line: &str| {
        let binding: Value = serde_json::from_str(line).unwrap();
        format!(
            "{} {}",
            binding["name"].as_str().unwrap(),
            binding["roleName"].as_str().unwrap()
        )
    };
    rows.lines().map(row).collect()
}

#[test]
fn what_people_lost_since_a_run_is_given_back() {
    let desk = Desk::new();
    desk.instance("default", "0.21", "");
    for line in [
        "users create bob@example.com",
        "users create eve@example.com",
        "users groups create data --member eve@example.com",
        "roles create --name Gone --allow FLOW:READ",
        "access grant --user bob@example.com --role Admin",
        "access grant --user bob@example.com --role Gone",
        "access grant --group data --role Admin --namespace prod",
    ] {
        done(&desk, line);
    }
    let (code, _, words) = run(&desk, "access restore");
    assert_eq!(code, 4, "there is no run yet: {words}");
    done(&desk, "migrate run --yes --no-backup");
    let before = held(&desk);
    let (code, _, words) = run(&desk, "access restore --yes");
    assert_eq!(code, 0);
    assert!(words.contains("everybody holds what they held"), "{words}");

    let bobs = done(&desk, "access list name=bob@example.com role=Admin -o csv");
    let id = bobs.lines().nth(1).unwrap().split(',').next().unwrap();
    done(&desk, &format!("access revoke {id} --yes"));
    done(&desk, "users groups remove data eve@example.com --yes");
    done(&desk, "roles delete Gone --confirm Gone");

    let plan: Value = serde_json::from_str(&done(&desk, "access restore --dry-run -o json")).unwrap();
    let requests: Vec<(&str, &str)> = plan["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| (request["method"].as_str().unwrap(), request["what"].as_str().unwrap()))
        .collect();
    assert_eq!(
        requests,
        [
            ("POST", "role Admin of bob@example.com"),
            ("PUT", "eve@example.com in group data")
        ]
    );
    let (code, output, words) = run(&desk, "access restore");
    assert_eq!((code, output.as_str()), (7, ""), "{words}");
    for told in [
        "role Admin of bob@example.com",
        "Gone cannot be given back",
        "add `--yes`",
    ] {
        assert!(words.contains(told), "{words}");
    }
    let (code, _, words) = run(&desk, "access restore --tenant dev --yes");
    assert_eq!(code, 2, "{words}");
    let (code, _, words) = run(&desk, "--read-only access restore --yes");
    assert_eq!(code, 7, "{words}");
    let (code, _, words) = run(&desk, "access restore zzzz --yes");
    assert_eq!(code, 4, "{words}");

    let (code, output, words) = run(&desk, "access restore --yes -o csv");
    assert_eq!(code, 6, "{words}");
    assert_eq!(
        output,
        "what,result,reason\nrole Admin of bob@example.com,given back,\neve@example.com in group data,given back,\n\
         bob@example.com: Gone,not possible,It cannot be given back by itself. There is no role Gone any more.\n"
    );
    let now = held(&desk);
    assert_eq!(
        before
            .into_iter()
            .filter(|row| !row.ends_with("Gone"))
            .collect::<Vec<_>>(),
        now
    );
    let members = done(&desk, "users groups get data -o csv");
    assert!(members.contains("eve@example.com"), "{members}");
    // What is left cannot be done at all.
    assert_eq!(run(&desk, "access restore --yes").0, 4);
}

#[test]
fn who_lost_all_of_it_is_found_among_any_number_of_users() {
    let desk = Desk::new();
    desk.instance("default", "0.21", "");
    done(&desk, "users create zed@example.com");
    done(&desk, "access grant --user zed@example.com --role Admin");
    done(&desk, "migrate run --yes --no-backup");
    done(&desk, "users access zed@example.com take --yes");
    let instance = desk.open();
    for number in 0..Query::MAX_SIZE {
        let user = NewUser {
            username: format!("user{number}@example.com"),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
            tenant: None,
            groups: Vec::new(),
        };
        instance.create_user(&user).unwrap();
    }
    let output = done(&desk, "access restore --yes -o csv");
    assert_eq!(
        output,
        "what,result,reason\nrole Admin of zed@example.com,given back,\n"
    );
}
