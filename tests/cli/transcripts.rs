//! The transcripts, each with what has to be on the desk before it is played.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use clap::{CommandFactory, Parser};
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::backend::local::admin::{ExecutionStub, FlowStub, NewUser};
use kestra_admin::cli::args::Arguments;
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::user::UserKind;

use crate::desk::Desk;
use crate::dry_runs::leaves;

const PEOPLE: [&str; 2] = ["anna@example.com", "bob@example.com"];

fn with_people(desk: &Desk) {
    let instance = desk.open();
    for username in PEOPLE {
        instance
            .create_user(&NewUser {
                username: username.to_owned(),
                display_name: None,
                kind: UserKind::Standard,
                superadmin: false,
                tenant: None,
                groups: Vec::new(),
            })
            .unwrap();
    }
}

/// A desk with multi-tenancy on and people to become Admin.
fn desk_with_people(release: &str) -> Desk {
    let desk = Desk::with_tenants(release);
    with_people(&desk);
    desk
}

/// Whether the instance `default` has a tenant, asked behind the command line's back.
fn tenant_ids(desk: &Desk) -> Vec<String> {
    let output = desk.run("kestra-admin tenants list -o ndjson");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let tenant: serde_json::Value = serde_json::from_str(line).unwrap();
            tenant["id"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn with_nothing_configured_the_local_instance_default_is_made() {
    let desk = Desk::new();
    desk.plays("first_use.txt");
    for (path, mode) in [("", 0o700), ("default", 0o700), ("default/instance.db", 0o600)] {
        let path = desk.instance_directory(path);
        let found = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}", path.display());
    }
}

#[test]
fn tenants_are_created_listed_and_shown() {
    desk_with_people("0.21").plays("tenants.txt");
}

#[test]
fn every_form_of_output() {
    desk_with_people("0.21").plays("forms.txt");
}

#[test]
fn filters_orders_and_pages() {
    let desk = desk_with_people("0.21");
    desk.file(
        "many.yaml",
        &(1..=7).fold(String::new(), |text, number| {
            let name = if number % 2 == 0 { "Even" } else { "Odd" };
            text + &format!("- id: t{number}\n  name: {name} {number}\n")
        }),
    );
    desk.plays("pages.txt");
}

#[test]
fn ids_that_cannot_be() {
    desk_with_people("0.21").plays("ids.txt");
}

#[test]
fn hostile_and_huge_names() {
    let desk = desk_with_people("0.21");
    desk.file(
        "huge.json",
        &serde_json::json!({"id": "huge", "name": "x".repeat(200)}).to_string(),
    );
    desk.file(
        "hostile.json",
        r#"{"id": "hostile", "name": "a\u001b[2J\u009b31m\u202egnp.\u200b\nb"}"#,
    );
    desk.plays("names.txt");
    let output = desk.run("kestra-admin tenants list");
    assert!(!output.stdout.contains(&0x1b));
}

#[test]
fn fields_of_a_release() {
    let desk = desk_with_people("1.3");
    desk.file("token.txt", "s3cret-token\n");
    desk.file_with_mode("open.txt", "s3cret-token\n", 0o644);
    desk.file("bad.yaml", "- id: ok\n- id: Bad\n- id: ok\n- {id: x, quotas: [], color: red}\n- {name: nameless}\n- {id: roles}\n- {id: users}\n");
    desk.plays("fields.txt");
}

#[test]
fn many_tenants_at_once() {
    let desk = desk_with_people("0.21");
    desk.file(
        "two.yaml",
        "- id: a\n  name: A\n  admin: anna@example.com\n- id: b\n  adminUsername: bob@example.com\n",
    );
    desk.file(
        "other.json",
        r#"{"results": [{"id": "a", "name": "Other"}, {"id": "c"}], "total": 2}"#,
    );
    desk.file(
        "clash.json",
        r#"[{"id": "a", "name": "Other"}, {"id": "b", "name": "Other"}]"#,
    );
    desk.file("admin.yaml", "id: b\nadmin: anna@example.com\n");
    desk.file(
        "nobody.ndjson",
        "{\"id\": \"d\", \"admin\": \"carol@example.com\"}\n{\"id\": \"e\"}\n",
    );
    desk.file("bad.yaml", "- id: ok\n- id: Bad\n- id: ok\n- {id: x, quotas: [], color: red}\n- {name: nameless}\n- {id: roles}\n- {id: 7, name: true}\n");
    desk.file("words.txt", "just words\n").file("empty.yaml", "# nothing\n");
    desk.plays("bulk.txt");
    assert_eq!(tenant_ids(&desk), ["a", "b", "c", "e"]);
}

#[test]
fn a_tenant_is_changed() {
    let desk = desk_with_people("1.3");
    desk.file(
        "dev.yaml",
        "id: dev\nname: From a file\nworkerGroup:\n  fallback: WAIT\nstorageType: null\n",
    );
    desk.file("other.yaml", "id: other\nname: X\n");
    desk.file("admin.yaml", "admin: anna@example.com\n");
    desk.file("two.yaml", "- id: dev\n- id: other\n");
    desk.file("token.txt", "s3cret-token\n");
    desk.plays("update.txt");
}

#[test]
fn a_tenant_is_deleted_only_when_its_id_is_repeated() {
    let desk = desk_with_people("0.21");
    assert!(
        desk.run("kestra-admin tenants create --tenant dev --name Dev --admin-username anna@example.com")
            .status
            .success()
    );
    let scope = TenantScope::Named("dev".parse().unwrap());
    let flows = ["company.team", "company.etl"].map(|namespace| FlowStub {
        namespace: namespace.to_owned(),
        id: "flow".to_owned(),
        disabled: false,
    });
    let executions = [1, 2, 3].map(|number| ExecutionStub {
        id: number.to_string(),
        namespace: "company.team".to_owned(),
        flow: "flow".to_owned(),
        state: "SUCCESS".to_owned(),
    });
    desk.open().add_flows(&scope, &flows).unwrap();
    desk.open().add_executions(&scope, &executions).unwrap();
    desk.plays("delete.txt");
    assert!(tenant_ids(&desk).is_empty());
}

#[test]
fn roles_access_and_users() {
    let desk = desk_with_people("0.21");
    let instance = desk.open();
    for name in ["Twin", "Twin", "Single"] {
        let role = NewRole {
            name: name.to_owned(),
            description: Some(format!("Is called {name}")),
            permissions: [("FLOW".into(), vec!["READ".into(), "CREATE".into()])]
                .into_iter()
                .collect(),
            is_default: false,
        };
        instance.create_role(&TenantScope::Default, &role).unwrap();
    }
    desk.plays("roles.txt");
}

/// A desk with a tenant `dev` of a release, administered by anna, and another one, `beta`.
fn desk_with_dev(release: &str) -> Desk {
    let desk = desk_with_people(release);
    for tenant in ["dev", "beta"] {
        let line = format!("kestra-admin tenants create --tenant {tenant} --admin-username anna@example.com");
        assert!(desk.run(&line).status.success());
    }
    desk
}

#[test]
fn roles_are_created_changed_copied_compared_and_deleted() {
    let desk = desk_with_dev("1.3");
    desk.file(
        "operator.yaml",
        "name: Operator\ndescription: From a file\nisManaged: true\npermissions:\n  FLOW: [READ, UPDATE]\n  EXECUTION: [READ]\n",
    );
    desk.file("wrong.yaml", "name: Wrong\npermission: {FLOW: [READ]}\n");
    desk.file("two.yaml", "- name: A\n- name: B\n");
    desk.instance("new", "2.0", "");
    desk.file(".config/kestra-admin/config.toml", "[contexts.new]\nstore = \"new\"\n");
    assert!(
        desk.run("kestra-admin --context new tenants create --tenant dev")
            .status
            .success()
    );
    desk.plays("role_changes.txt");
}

#[test]
fn many_roles_and_what_is_there_already() {
    let desk = desk_with_dev("1.3");
    desk.file(
        "roles.yaml",
        "- name: Flows\n  permissions: {FLOW: ['*']}\n- name: Readers\n  permissions: {'*': [READ], EXECUTION: '*'}\n",
    );
    desk.file(
        "changed.json",
        r#"[{"name": "Flows", "permissions": {"FLOW": ["READ"]}}, {"name": "Third"}]"#,
    );
    desk.file(
        "wrong_many.yaml",
        "- name: Good\n- permissions: {FLOW: [READ]}\n- {name: Bad, permissions: {FLWO: ['*']}}\n",
    );
    let name = "A role whose name is longer than anybody would like it to be";
    let scope = TenantScope::Named("dev".parse().unwrap());
    let instance = desk.open();
    let new = NewRole {
        name: name.to_owned(),
        description: None,
        permissions: [("FLOW".into(), vec!["READ".into()])].into_iter().collect(),
        is_default: false,
    };
    instance.create_role(&scope, &new).unwrap();
    for number in 1..=12 {
        let username = format!("holder{number:02}@example.com");
        let user = NewUser {
            username: username.clone(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
            tenant: None,
            groups: Vec::new(),
        };
        instance.create_user(&user).unwrap();
        let line = format!("kestra-admin access grant --user {username} --role '{name}' --tenant dev");
        assert!(desk.run(&line).status.success());
    }
    desk.plays("role_many.txt");
}

#[test]
fn roles_are_given_taken_and_explained() {
    desk_with_dev("1.3").plays("access.txt");
}

#[test]
fn one_of_several_that_is_not_there_stops_no_other() {
    desk_with_dev("1.3").plays("several.txt");
}

#[test]
fn a_namespace_that_is_not_there_is_told() {
    let desk = desk_with_dev("1.3");
    let flow = FlowStub {
        namespace: "company.team".to_owned(),
        id: "flow".to_owned(),
        disabled: false,
    };
    let scope = TenantScope::Named("dev".parse().unwrap());
    desk.open().add_flows(&scope, &[flow]).unwrap();
    desk.plays("namespaces.txt");
}

#[test]
fn a_tenant_that_waits_for_access_sync_says_so() {
    let desk = Desk::new();
    desk.instance("default", "0.21", "");
    with_people(&desk);
    assert!(
        desk.run("kestra-admin access grant --user anna@example.com --role Admin")
            .status
            .success()
    );
    fs::write(
        desk.instance_directory("default/application.yml"),
        "kestra: {ee: {tenants: {enabled: true, default-tenant: true}}}\n",
    )
    .unwrap();
    desk.plays("unsynced.txt");
}

#[test]
fn what_belongs_to_the_instance_is_in_no_role() {
    desk_with_dev("2.0").plays("instance_rights.txt");
}

#[test]
fn accounts_of_one_name_are_told_apart() {
    desk_with_dev("1.3").plays("same_names.txt");
}

#[test]
fn a_name_that_a_group_has_too_is_not_guessed_at() {
    desk_with_dev("1.3").plays("subjects.txt");
}

#[test]
fn what_comes_with_an_invitation_is_listed() {
    for (release, fields, brought) in [
        (
            "1.3",
            &[
                "id",
                "tenantId",
                "email",
                "status",
                "sentAt",
                "expiredAt",
                "superAdmin",
                "roles",
                "groups",
            ][..],
            serde_json::json!([{"name": "Admin"}, {"name": "Flows", "namespaces": ["prod"]}]),
        ),
        (
            "0.22",
            &[
                "id",
                "tenantId",
                "email",
                "status",
                "sentAt",
                "expiredAt",
                "bindings",
                "groupIds",
            ][..],
            serde_json::json!([
                {"type": "USER", "externalId": "new@example.com"},
                {"type": "USER", "externalId": "new@example.com", "namespaceId": "prod"},
            ]),
        ),
    ] {
        let desk = desk_with_dev(release);
        for line in [
            "users groups create ops --tenant dev",
            "roles create --name Flows --allow FLOW:READ --tenant dev",
            "users invitations create new@example.com --role Admin --role Flows@prod --group ops --tenant dev",
            "users invitations create bare@example.com --tenant dev",
        ] {
            let output = desk.run(&format!("kestra-admin {line}"));
            assert!(output.status.success(), "{line}: {output:?}");
        }
        let csv = desk.run("kestra-admin users invitations list --filter roles:flows --tenant dev -o csv");
        let csv = String::from_utf8(csv.stdout).unwrap();
        assert!(
            csv.starts_with("id,email,sent,expires,state,superadmin,roles,groups\n"),
            "{csv}"
        );
        assert!(csv.ends_with(",pending,,Admin; Flows in prod,ops\n"), "{csv}");
        let list = desk
            .run("kestra-admin users invitations list --tenant dev -o json")
            .stdout;
        let list: serde_json::Value = serde_json::from_slice(&list).unwrap();
        let of = |email: &str| {
            let mut all = list["results"].as_array().unwrap().iter();
            all.find(|one| one["email"] == email)
                .unwrap()
                .as_object()
                .unwrap()
                .clone()
        };
        let (full, bare) = (of("new@example.com"), of("bare@example.com"));
        assert_eq!(full.keys().collect::<Vec<_>>(), fields, "{list}");
        // What comes with none is not said to be none: Kestra does not always tell.
        assert_eq!(bare.keys().collect::<Vec<_>>(), &fields[..fields.len() - 2], "{list}");
        let mut told = full[fields[fields.len() - 2]].clone();
        for one in told.as_array_mut().unwrap() {
            let one = one.as_object_mut().unwrap();
            one.retain(|name, _| name != "id" && name != "roleId");
        }
        assert_eq!(told, brought, "{list}");
    }
}

#[test]
fn people_groups_service_accounts_tokens_and_invitations() {
    let desk = desk_with_dev("1.3");
    desk.file("password", "s3cret-Passw0rd\n");
    desk.file_with_mode("open", "s3cret-Passw0rd\n", 0o644);
    desk.plays("people.txt");
    let token = desk.run("kestra-admin users tokens create ci --name again --tenant dev");
    let token = String::from_utf8(token.stdout).unwrap();
    let token = token.trim_end();
    assert!(token.len() > 40 && !token.contains(char::is_whitespace), "{token}");
    let kept = fs::read_to_string(desk.path(".local/state/kestra-admin/activity.ndjson")).unwrap();
    assert!(kept.contains("users tokens create"), "{kept}");
    for secret in [token, "s3cret"] {
        assert!(!kept.contains(secret), "{kept}");
    }
}

#[test]
fn a_tenant_without_an_admin_gets_one() {
    let desk = desk_with_people("1.3");
    assert!(desk.run("kestra-admin tenants create --tenant dev").status.success());
    desk.plays("repair_admin.txt");
}

#[test]
fn what_was_done_is_in_the_audit_log_and_in_the_activity_record() {
    let desk = desk_with_people("1.3");
    desk.plays("records.txt");
    let csv = |line: &str| String::from_utf8(desk.run(line).stdout).unwrap();
    let activity = csv("kestra-admin activity list -o csv");
    let lines: Vec<&str> = activity.lines().collect();
    assert_eq!(lines.len(), 4, "{activity}");
    assert!(
        lines[1].contains(",admin@kestra.local,ana@")
            && lines[1].contains(",default,done,create tenant dev,kestra-admin "),
        "{activity}"
    );
    assert!(lines[2].contains(",refused,"), "{activity}");
    assert!(
        lines[3].contains("--allow SECRET:READ --tenant dev") && !activity.contains("abc123"),
        "{activity}"
    );
    // Programs are told all of it, by name and uncut.
    let last = csv("kestra-admin activity list 'roles create' -o ndjson");
    let last: serde_json::Value = serde_json::from_str(&last).unwrap();
    for (field, value) in [
        ("operator", "admin@kestra.local"),
        ("identity", "admin@kestra.local"),
        ("context", "default"),
        ("about", "create role Ops"),
        ("result", "DONE"),
    ] {
        assert_eq!(last[field], value, "{last}");
    }
    assert!(
        last["account"].as_str().unwrap().starts_with("ana@")
            && last["place"].as_str().unwrap().ends_with("instances/default"),
        "{last}"
    );
    assert!(last["command"].as_str().unwrap().ends_with("--tenant dev"), "{last}");
    assert!(
        activity.starts_with("time,operator,account,context,result,about,command,problem,id\n"),
        "{activity}"
    );
    let id = last["id"].as_str().unwrap();
    let shown = csv(&format!("kestra-admin activity get {id}"));
    assert!(
        shown.contains("about     create role Ops") && shown.contains("\naccount   ana@"),
        "{shown}"
    );
    let again = csv(&format!("kestra-admin activity get {id} -o ndjson"));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&again).unwrap(), last);
    let missing = desk.run("kestra-admin activity get nothing");
    assert_eq!(missing.status.code(), Some(4));
    let audit = csv("kestra-admin audit list --tenant dev --resource role --action create -o csv");
    assert!(audit.contains(",admin@kestra.local,CREATE,ROLE,"), "{audit}");
    let id = audit.lines().nth(1).unwrap().rsplit(',').next().unwrap();
    let entry = csv(&format!("kestra-admin audit get {id} --tenant dev"));
    assert!(
        entry.contains("resource  ROLE\n") && entry.contains("action    CREATE\n"),
        "{entry}"
    );
    let entry = csv(&format!("kestra-admin audit get {id} --tenant dev -o json"));
    let entry: serde_json::Value = serde_json::from_str(&entry).unwrap();
    assert_eq!(entry["id"], id, "{entry}");
    assert_eq!(entry["detail"]["resource"], "ROLE", "{entry}");
    let missing = desk.run("kestra-admin audit get nothing --tenant dev");
    assert_eq!(missing.status.code(), Some(4));
    let whole = csv("kestra-admin audit list --since 1h --user admin@kestra.local -o csv");
    assert!(whole.lines().count() > audit.lines().count(), "{whole}");
    let file = desk.path(".local/state/kestra-admin/activity.ndjson");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // What cannot be noted fails nothing, and is told once.
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let output = desk.run("kestra-admin tenants create --tenant unnoted");
    assert!(output.status.success());
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(words.matches("activity record").count(), 1, "{words}");
}

#[test]
fn the_whole_instance_is_not_the_default_tenant() {
    desk_with_people("0.21").plays("whole_instance.txt");
}

#[test]
fn without_a_default_tenant_a_tenant_has_to_be_named() {
    desk_with_people("1.3").plays("scope.txt");
}

#[test]
fn those_who_may_not() {
    let desk = desk_with_people("0.21");
    assert!(
        desk.run("kestra-admin tenants create --tenant dev --admin-username anna@example.com")
            .status
            .success()
    );
    desk.plays("denied.txt");
}

#[test]
fn nothing_is_changed_under_read_only() {
    let desk = desk_with_people("0.21");
    assert!(desk.run("kestra-admin tenants create --tenant dev").status.success());
    desk.file(
        ".config/kestra-admin/config.toml",
        "[contexts.locked]\nstore = \"default\"\nread-only = true\n\n[contexts.guarded]\nstore = \"default\"\nprotected = true\n",
    );
    desk.plays("read_only.txt");
    assert_eq!(tenant_ids(&desk), ["a", "dev"]);
}

#[test]
fn dry_runs_send_nothing() {
    let desk = desk_with_people("0.21");
    assert!(
        desk.run("kestra-admin tenants create --tenant dev --name Dev")
            .status
            .success()
    );
    desk.file(
        "two.yaml",
        "- id: a\n  admin: anna@example.com\n- id: dev\n  name: Dev\n- id: dev2\n",
    );
    let before = fs::read(desk.instance_directory("default/instance.db")).unwrap();
    let log = desk.open().audit_log(1000).unwrap().len();
    desk.plays("dry_run.txt");
    assert_eq!(desk.open().audit_log(1000).unwrap().len(), log);
    assert_eq!(
        fs::read(desk.instance_directory("default/instance.db")).unwrap(),
        before
    );
}

#[test]
fn the_local_instance_is_named_like_a_context() {
    let desk = Desk::with_tenants("0.21");
    desk.instance("lab", "0.21", "kestra.ee.tenants.enabled: true\n");
    desk.file(
        ".config/kestra-admin/config.toml",
        "default-context = \"default\"\n\n[contexts.lab]\nstore = \"lab\"\n",
    );
    desk.plays("contexts_default.txt");
}

#[test]
fn contexts_and_where_settings_come_from() {
    let desk = Desk::with_tenants("0.21");
    desk.instance("lab", "0.21", "kestra.ee.tenants.enabled: true\n");
    desk.plays("contexts_none.txt");
    desk.file(
        ".config/kestra-admin/config.toml",
        r#"default-context = "lab"

[contexts.prod]
host = "https://kestra.example.com/"
tenant = "main"
auth = { token-file = "~/token" }
protected = true
color = "red"
headers = { "X-Proxy-Auth" = "s3cret", "X-Team" = { env = "TEAM" } }
proxy = "http://anna:s3cret@proxy:3128"

[contexts.lab]
store = "lab"
auth = { username = "admin@kestra.local" }
read-only = true
"#,
    );
    desk.plays("contexts.txt");
}

#[test]
fn contexts_are_added_used_and_removed() {
    let desk = Desk::new();
    desk.instance("lab", "0.21", "kestra.ee.tenants.enabled: true\n");
    desk.instance("here/own", "0.21", "");
    let file = desk.path(".config/kestra-admin/config.toml");
    let secrets = desk.path(".config/kestra-admin/secrets");
    fs::create_dir_all(&secrets).unwrap();
    fs::set_permissions(file.parent().unwrap(), Permissions::from_mode(0o700)).unwrap();
    fs::write(secrets.join("prod.password"), "typed to connect\n").unwrap();
    desk.plays("contexts_edit.txt");
    for (path, mode) in [(file.as_path(), 0o600), (file.parent().unwrap(), 0o700)] {
        let found = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}", path.display());
    }
}

#[test]
fn contexts_of_kestractl_are_taken_over() {
    let desk = Desk::new();
    desk.file(
        ".config/kestra-admin/config.toml",
        "# ours\n[contexts.prod]\nstore = \"lab\" # keep\n",
    );
    desk.file_with_mode(
        ".kestractl/config.yaml",
        "contexts:\n  prod: {host: 'https://kestra.example.com', tenant: main, auth_method: token, token: s3cret-1}\n  \
         dev:\n    host: http://localhost:8080/\n    tenant: dev\n    auth_method: basicAuth\n    username: \
         ana@example.com\n    password: s3cret-2\n  open: {host: 'http://localhost:8081'}\n  ../up: {host: \
         'http://localhost:8082', token: s3cret-3}\n  bare: {host: localhost, token: s3cret-4}\n  inside: {host: \
         'https://ana:s3cret-5/@kestra.example.com/x?token=s3cret-6'}\n  plain: {host: 'ana:s3cret-7@kestra'}\n  odd: {host: 'ana:s3cret-8://x@kestra'}\ndefault_context: dev\n",
        0o644,
    );
    desk.file(".kestra/config.yaml", "kestra: {ee: {}}\n");
    desk.plays("contexts_import.txt");
    let shown = desk
        .run("kestra-admin contexts import-kestractl --dry-run -o json")
        .stdout;
    let shown = String::from_utf8(shown).unwrap();
    assert!(
        shown.contains("kestra.example.com/x") && !shown.contains("s3cret"),
        "{shown}"
    );
    let text = fs::read_to_string(desk.path(".config/kestra-admin/config.toml")).unwrap();
    assert!(!text.contains("s3cret"), "{text}");
    let secrets = desk.path(".config/kestra-admin/secrets");
    for (path, content) in [("dev.password", "s3cret-2\n"), ("prod.token", "s3cret-1\n")] {
        let path = secrets.join(path);
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::read_dir(&secrets).unwrap().count(), 2);
}

#[test]
fn the_way_to_a_local_instance_is_looked_at() {
    let desk = Desk::with_tenants("0.21");
    desk.instance("damaged", "0.21", "");
    fs::write(
        desk.instance_directory("damaged/instance.db"),
        "this is no database, and long enough to be read as one".repeat(100),
    )
    .unwrap();
    desk.file(
        ".config/kestra-admin/config.toml",
        "[contexts.gone]\nhost = \"http://localhost:1\"\nauth = { token-file = \"~/token\" }\n\n[contexts.command]\nhost = \"http://localhost:1\"\nauth = { token-command = [\"false\"] }\n",
    );
    fs::set_permissions(desk.path(".config/kestra-admin"), Permissions::from_mode(0o700)).unwrap();
    desk.plays("checks.txt");
}

/// A desk with Kestra's configuration in each form, and contexts that lead to some of it.
fn desk_with_server_files() -> Desk {
    let desk = Desk::new();
    desk.instance(
        "lab",
        "0.21",
        "# of the lab\nkestra:\n  ee:\n    tenants:\n      enabled: false\n      default-tenant: true\n",
    );
    desk.file(
        "kestra/application.yml",
        "datasources:\n  postgres:\n    password: hunter2\nkestra:\n  ee:\n    tenants:\n      enabled: false # INC-12\n",
    );
    desk.file(
        "compose/docker-compose.yml",
        "services:\n  kestra:\n    image: kestra-ee\n    environment:\n      KESTRA_CONFIGURATION: |\n        kestra:\n          \
         ee:\n            tenants:\n              enabled: true\n              default-tenant: true\n          secret: \
         hunter2\n",
    );
    desk.file(
        "compose/off.yml",
        "services: {k: {image: x, environment: {KESTRA_EE_TENANTS_ENABLED: \"false\"}}}\n",
    );
    desk.file(
        "odd.yml",
        "kestra:\n  ee:\n    tenants: &t\n      enabled: false\nother: *t\npassword: hunter2\n",
    );
    desk.file(
        "kestra.env",
        "export KESTRA_EE_TENANTS_ENABLED='false'\nTOKEN=hunter2\n",
    );
    desk.file("misspelled.yml", "kestra:\n  tenants:\n    enabled: true\n");
    desk.file(
        ".config/kestra-admin/config.toml",
        "[contexts.prod]\nhost = \"https://kestra.example.com\"\n[contexts.prod.server]\nconfig-file = \
         \"~/kestra/application.yml\"\n\n[contexts.bare]\nhost = \"https://kestra.example.com\"\n\n[contexts.locked]\nhost = \
         \"https://kestra.example.com\"\nread-only = true\nserver = { config-file = \"~/kestra/application.yml\" }\n",
    );
    desk
}

#[test]
fn what_sets_multi_tenancy_is_shown() {
    desk_with_server_files().plays("config_show.txt");
}

#[test]
fn multi_tenancy_is_set_in_the_files() {
    let desk = desk_with_server_files();
    desk.plays("config_set.txt");
    let read = |path: &str| fs::read_to_string(desk.path(path)).unwrap();
    assert_eq!(
        read("kestra/application.yml"),
        "datasources:\n  postgres:\n    password: hunter2\nkestra:\n  ee:\n    tenants:\n      enabled: true # INC-12\n      \
         default-tenant: true\n"
    );
    let copies = fs::read_dir(desk.path("kestra")).unwrap().count();
    assert_eq!(copies, 2, "one copy and the file");
    assert!(read("odd.yml").contains("enabled: false"));
}

#[test]
fn rehearsals_without_a_server() {
    let desk = Desk::new();
    desk.file("password", "Chosen-Passw0rd\n");
    desk.file_with_mode("open", "Chosen-Passw0rd\n", 0o644);
    desk.plays("rehearsals.txt");
}

#[test]
fn a_configuration_that_is_broken() {
    let desk = Desk::new();
    desk.file("typo.toml", "[contexts.prod]\nhots = \"https://x\"\n");
    desk.file("syntax.toml", "[contexts.prod\n");
    desk.file("both.toml", "[contexts.prod]\nhost = \"https://x\"\nstore = \"y\"\n");
    desk.file_with_mode(
        "secret.toml",
        "[contexts.prod]\nhost = \"https://x\"\nheaders = { A = \"s3cret\" }\n",
        0o644,
    );
    desk.plays("broken_configuration.txt");
}

#[test]
fn stores_that_cannot_be_opened() {
    let desk = Desk::with_tenants("0.21");
    desk.instance("remark", "1.3", "kestra.ee.tenants.enabled: true\n");
    for name in ["newer", "damaged", "settings"] {
        desk.instance(name, "0.21", "kestra.ee.tenants.enabled: true\n");
    }
    let newer = rusqlite::Connection::open(desk.instance_directory("newer/instance.db")).unwrap();
    newer.pragma_update(None, "user_version", 999).unwrap();
    drop(newer);
    fs::write(
        desk.instance_directory("damaged/instance.db"),
        "this is no database, and long enough to be read as one".repeat(100),
    )
    .unwrap();
    fs::write(desk.instance_directory("settings/application.yml"), "kestra: [").unwrap();
    desk.plays("stores.txt");
}

#[test]
fn usage_mistakes() {
    Desk::new().plays("usage.txt");
}

#[test]
fn the_keys_of_the_console() {
    let desk = Desk::new();
    let output = desk.run("kestra-admin keys -o json");
    let keys: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let new = keys["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["command"] == "new-tenant")
        .unwrap();
    assert_eq!(new["keys"], serde_json::json!(["n"]));
    desk.file("own.toml", "[[keys]]\ncommand = \"new-tenant\"\nkeys = [\"ctrl-n\"]\n");
    let output = desk.run("kestra-admin --config own.toml keys");
    let text = String::from_utf8(output.stdout).unwrap();
    let row = text.lines().find(|line| line.starts_with("new-tenant ")).unwrap();
    assert_eq!(row.split_whitespace().nth(1), Some("ctrl-n"));
}

#[test]
fn keys_of_the_operator_and_what_is_wrong_with_them() {
    let desk = Desk::new();
    desk.file(
        "keys.toml",
        r#"theme = "dark"

[[keys]]
command = "new-tennant"
keys = ["n"]

[[keys]]
command = "refresh"
keys = ["ctrl-i"]

[[keys]]
command = "new-tenant"
keys = ["r"]

[[keys]]
command = "dialog-close"
keys = []

[[keys]]
command = "messages"
keys = ["g g"]
scope = "list"
"#,
    );
    desk.file("good.toml", "[[keys]]\ncommand = \"new-tenant\"\nkeys = [\"z z\"]\n");
    desk.plays("keys.txt");
    let doctor = desk.run("kestra-admin --config keys.toml doctor");
    let text = String::from_utf8(doctor.stdout).unwrap();
    let row = text.lines().find(|line| line.contains("`[[keys]]`"));
    assert!(
        row.is_some_and(|row| row.contains("4 rows") && row.contains("keys --check")),
        "{text}"
    );
}

#[test]
fn the_command_lines_of_the_table_of_commands_are_ones_that_there_are() {
    let desk = Desk::new();
    for command in kestra_admin::app::command::COMMANDS {
        let Ok(line) = command.cli else { continue };
        let words: Vec<&str> = line.split(' ').collect();
        let is_flag = |word: &&str| word.starts_with("--");
        let verbs = words
            .iter()
            .take_while(|word| word.chars().all(|c| c.is_lowercase() || c == '-') && !is_flag(word));
        let verbs: Vec<&str> = verbs.copied().collect();
        let output = desk.run(&format!("{} --help", verbs.join(" ")));
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(
            help.contains(&format!("Usage: {} [OPTIONS]", verbs.join(" "))),
            "{line}: {help}"
        );
        for flag in words.iter().filter(|word| is_flag(word)) {
            assert!(help.contains(flag), "{line} has no {flag}: {help}");
        }
    }
}

#[test]
fn completions_and_manual_pages() {
    let desk = Desk::new();
    for (shell, mark) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef kestra-admin"),
        ("fish", "complete -c kestra-admin"),
    ] {
        let output = desk.run(&format!("kestra-admin completions {shell}"));
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains(mark), "{shell}: {script}");
    }
    let whole = String::from_utf8(desk.run("kestra-admin man").stdout).unwrap();
    let create = String::from_utf8(desk.run("kestra-admin man tenants create").stdout).unwrap();
    for (page, text) in [
        (&whole, ".TH KESTRA\\-ADMIN"),
        (&whole, "admin\\-username"),
        (&create, ".TH KESTRA\\-ADMIN\\-TENANTS\\-CREATE"),
        (&create, "admin\\-username"),
    ] {
        let plain = |text: &str| text.replace('\\', "").to_uppercase();
        assert!(plain(page).contains(&plain(text)), "{text} in {page}");
    }
    // What only this program runs is nobody's to read about.
    for inner in ["MIGRATE WORK", "MIGRATE KEEP", "MIGRATE ON-STORE"] {
        assert!(!whole.contains(inner), "{inner}");
    }
}

#[test]
fn every_command_and_group_has_help_with_examples_that_parse() {
    let desk = Desk::new();
    let mut commands = BTreeMap::new();
    leaves(&Arguments::command(), "", &mut commands);
    let (whole, mut groups_of) = (Arguments::command(), BTreeMap::new());
    groups(&whole, "", &mut groups_of);
    commands.extend(groups_of.clone());
    commands.retain(|_, command| !command.is_hide_set());
    assert!(commands.len() > 85, "{}", commands.len());
    for words in [""].into_iter().chain(commands.keys().map(String::as_str)) {
        let output = desk.run(&format!("kestra-admin {words} --help"));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{words}");
        assert!(
            text.contains("Example") && text.contains(&format!("kestra-admin {words}")),
            "{words}: {text}"
        );
        // What is printed is broken where lines end.
        let command = commands.get(words).unwrap_or(&whole);
        let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let mut count = 0;
        for line in examples
            .lines()
            .filter_map(|line| line.find("kestra-admin").map(|at| &line[at..]))
        {
            // What a shell does with its output is not for us.
            let ends = [" | ", " > ", " && ", " < "].map(|end| line.find(end).unwrap_or(line.len()));
            let own = &line[..ends.into_iter().min().unwrap()];
            let parsed = Arguments::try_parse_from(crate::desk::words(own));
            assert!(parsed.is_ok(), "{words}: `{own}`: {}", parsed.unwrap_err());
            count += 1;
        }
        let is_group = groups_of.contains_key(words);
        assert!(count >= if is_group { 2 } else { 1 }, "{words}: {text}");
    }
}

/// The commands that have others below them, by their words.
fn groups(command: &clap::Command, before: &str, found: &mut BTreeMap<String, clap::Command>) {
    for verb in command.get_subcommands().filter(|verb| verb.has_subcommands()) {
        let words = format!("{before} {}", verb.get_name()).trim_start().to_owned();
        groups(verb, &words, found);
        found.insert(words, verb.clone());
    }
}

#[test]
fn the_readme_names_every_command() {
    let block = include_str!("../../README.md")
        .split("Everything the screens do is also a command:")
        .nth(1)
        .and_then(|text| text.split("```").nth(1))
        .unwrap()
        // A line that goes on belongs to the one before.
        .replace("\n   ", " ");
    let lines: Vec<Vec<&str>> = block.lines().map(|line| line.split_whitespace().collect()).collect();
    let mut commands = BTreeMap::new();
    leaves(&Arguments::command(), "", &mut commands);
    commands.retain(|_, command| !command.is_hide_set());
    for words in commands.keys() {
        let names_it = |line: &Vec<&str>| words.split(' ').all(|word| line.contains(&word));
        assert!(lines.iter().any(names_it), "`{words}`");
    }
}

#[test]
fn a_store_whose_files_are_read_only_can_still_be_read_or_says_why() {
    let desk = desk_with_people("0.21");
    let directory = desk.instance_directory("default");
    let all = |mode: u32| {
        for file in fs::read_dir(&directory).unwrap() {
            fs::set_permissions(file.unwrap().path(), Permissions::from_mode(mode & 0o666)).unwrap();
        }
        fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
    };
    all(0o500);
    let output = desk.run("kestra-admin tenants create --tenant dev");
    let words = String::from_utf8(output.stderr).unwrap();
    all(0o700);
    // Root may write everywhere, and then there is nothing to see.
    if !output.status.success() {
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(words.lines().count(), 3, "{words}");
    }
    assert!(LocalInstance::open(&directory, None).is_ok());
}
