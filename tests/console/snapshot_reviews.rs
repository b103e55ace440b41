//! What is shown of a snapshot before it is brought, and that nothing else is done.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use kestra_admin::app::messages::Level;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::tenant_id::TenantId;
use kestra_admin::domain::user::{Group, Membership, NewGroup};
use kestra_admin::snapshots::carrying::{Carrier, Mode, Watch};
use kestra_admin::snapshots::taking;
use serde_json::Value;

use crate::snapshots::{kept, kept_of, look_through, retype};
use crate::support::{Console, Setup, session, user, usual};

fn acme() -> TenantScope {
    TenantScope::Named(TenantId::existing("acme"))
}

/// A role that allows these actions on flows.
fn role(name: &str, description: &str, actions: &[&str]) -> NewRole {
    let actions = actions.iter().map(|action| Action::from(*action)).collect();
    NewRole {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        permissions: Permissions::from_iter([(Resource::from("FLOW"), actions)]),
        is_default: false,
    }
}

async fn role_named(instance: &LocalInstance, name: &str) -> Role {
    let page = Backend::roles(instance, &acme(), &Query::first(100)).await.unwrap();
    page.rows.into_iter().find(|role| role.name == name).unwrap()
}

async fn put(instance: &LocalInstance, after: &NewRole) {
    let before = role_named(instance, &after.name).await;
    Backend::update_role(instance, &acme(), &before, after).await.unwrap();
}

/// A console over an instance of which a file says more or less than is there.
fn with_roles(file: &Path, roles: &[NewRole]) -> Console {
    let console = Console::usual();
    console.meanwhile(async |instance| {
        for role in roles {
            Backend::create_role(instance, &acme(), role).await.unwrap();
        }
        let group = group("as it was");
        Backend::create_group(instance, &acme(), &group).await.unwrap();
    });
    kept(console, file)
}

fn group(description: &str) -> NewGroup {
    NewGroup {
        name: "Desk".to_owned(),
        description: Some(description.to_owned()),
        members: Vec::new(),
    }
}

#[test]
fn what_became_different_after_it_was_shown_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let narrow = role("Narrow", "", &["READ"]);
    let told = role("Told", "as it was", &["READ"]);
    let mut console = with_roles(&file, &[narrow, told]);
    console.meanwhile(async |instance| put(instance, &role("Told", "otherwise", &["READ"])).await);
    look_through(&mut console, "a", &file);
    console
        .keys("enter")
        .shows("change role Told in tenant acme")
        .lacks("role Narrow")
        .lacks("Desk");
    console.meanwhile(async |instance| {
        put(instance, &role("Narrow", "", &["READ", "CREATE"])).await;
        put(instance, &role("Told", "otherwise", &["READ", "CREATE"])).await;
        let groups = Backend::groups(instance, &acme(), &Query::first(100)).await.unwrap();
        let desk = groups.rows.iter().find(|group| group.name == "Desk").unwrap();
        let after = group("otherwise");
        Backend::update_group(instance, &acme(), desk, &after).await.unwrap();
        let id = TenantId::existing("billing");
        let before = instance.tenant(&id).await.unwrap();
        let mut after = before.clone();
        "Later".clone_into(&mut after.name);
        Backend::update_tenant(instance, &before, &after).await.unwrap();
    });
    console
        .keys("tab enter")
        .shows("! not done: change role Told in tenant acme. It was left.")
        .shows("The role `Narrow` of tenant `acme` is different since it was asked, and was left.")
        .shows("The role `Told` of tenant `acme` is different since it was asked, and was left.")
        .shows("The group `Desk` of tenant `acme` is different since it was asked, and was left.")
        .shows("The tenant `billing` is different since it was asked, and was left.");
    for name in ["Narrow", "Told"] {
        let now = console.meanwhile(async |instance| role_named(instance, name).await);
        assert_eq!(now.permissions.count(), 2, "{name}");
    }
}

#[test]
fn a_name_of_several_lines_forges_no_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = with_roles(&file, &[role("Reader\n202 things are there already", "", &["READ"])]);
    console.meanwhile(async |instance| {
        let role = role_named(instance, "Reader\n202 things are there already").await;
        Backend::delete_role(instance, &acme(), &role.id).await.unwrap();
    });
    let one_line = "role Reader␊202 things are there already in tenant acme";
    look_through(&mut console, "I", &file);
    console.shows(&format!("create {one_line}"));
    console.keys("tab enter").shows("Reader␊202");
}

#[test]
fn all_that_a_file_changes_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    console.meanwhile(async |instance| {
        for number in 10..25 {
            let role = role(&format!("Role {number}"), "", &["READ"]);
            Backend::create_role(instance, &acme(), &role).await.unwrap();
        }
    });
    look_through(&mut console, "a", &file);
    retype(&mut console, "yes");
    console.keys("enter").shows("delete role Role 10").lacks("and 5 more");
    console.shows("delete role Role 24");
}

#[test]
fn a_review_that_cannot_be_shown_now_is_typed_no_second_time() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    console.meanwhile(async |instance| {
        instance.delete_tenant(&TenantId::existing("acme")).await.unwrap();
    });
    console.keys("I");
    retype(&mut console, file.to_str().unwrap());
    console.held = true;
    console.keys("enter enter");
    console.model.session.lock();
    console.answer();
    console
        .shows("Import a snapshot")
        .shows("Not now: changes are locked; W unlocks them")
        .lacks("create tenant acme");
    console.keys("esc tab enter W I");
    retype(&mut console, file.to_str().unwrap());
    console.keys("enter enter").shows("create tenant acme");
}

#[test]
fn what_was_compared_is_applied_by_lines() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = kept(Console::usual(), &file);
    console.meanwhile(async |instance| {
        instance.delete_tenant(&TenantId::existing("acme")).await.unwrap();
    });
    for line in ["a", "apply-snapshot", ":apply-snapshot"] {
        console.line("compare-snapshot");
        console.line(file.to_str().unwrap()).line("-");
        let lines = console.linear();
        assert!(lines.contains("a makes it as the file says"), "{lines}");
        console.line(line);
        let lines = console.linear();
        assert!(
            lines.contains("Apply a snapshot") && lines.contains("all.json"),
            "{line}: {lines}"
        );
        console.keys("esc");
    }
    console.line("compare-snapshot");
    console.line(file.to_str().unwrap()).line("-").line("anything");
    assert!(!console.linear().contains("Apply a snapshot"), "{}", console.linear());
}

/// Watches a snapshot that is stopped after so many things.
struct Stopping {
    after: usize,
    done: AtomicUsize,
}

impl Watch for Stopping {
    fn goes_on(&self) -> Result<(), Problem> {
        if self.done.load(Ordering::Relaxed) < self.after {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Unconfirmed,
            "It was not sent.",
            "Stopped.",
            "Again.",
        ))
    }

    fn ended(&self, _: Option<&Problem>) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn only_what_was_sent_is_counted_and_nothing_is_read_for_what_is_not_sent() {
    let console = Console::usual();
    console.meanwhile(async |instance| {
        let all: Vec<NewRole> = ["One", "Two", "Three"].map(|name| role(name, "", &["READ"])).into();
        for role in &all {
            Backend::create_role(instance, &acme(), role).await.unwrap();
        }
        let taken = taking::now(instance, &[acme()]).await.unwrap();
        for role in &all {
            let id = role_named(instance, &role.name).await.id;
            Backend::delete_role(instance, &acme(), &id).await.unwrap();
        }
        let told = Backend::instance(instance).await.unwrap();
        for (after, deeds) in [(1, Some(3)), (0, None)] {
            let watch = Stopping {
                after,
                done: AtomicUsize::new(0),
            };
            let mut carrier = Carrier::new(instance, &told, &taken, Mode::default(), "");
            carrier.watch = Some(&watch);
            carrier.carry().await.unwrap();
            assert_eq!(watch.done.load(Ordering::Relaxed), after);
            let roles = carrier.deeds.iter().filter(|deed| deed.what == "role").count();
            assert_eq!((roles, carrier.deeds.is_empty()), (deeds.unwrap_or(0), deeds.is_none()));
        }
    });
}

#[test]
fn what_cannot_be_done_is_no_success_and_can_be_read_later() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = with_roles(&file, &[role("Twice", "", &["READ"])]);
    let mut snapshot: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    for part in snapshot["tenants"].as_array_mut().unwrap() {
        let roles = part["roles"].as_array_mut().unwrap();
        if let Some(mut twice) = roles.iter().find(|role| role["name"] == "Twice").cloned() {
            twice["id"] = "another".into();
            roles.push(twice);
        }
    }
    fs::write(&file, snapshot.to_string()).unwrap();
    look_through(&mut console, "I", &file);
    console
        .shows("can be done: 2 things cannot")
        .shows("! Cannot be done: role Twice in tenant acme.");
    let told = console.model.messages.notice().unwrap();
    assert_eq!(told.level, Level::Warning);
    // It is in the messages, too.
    console.keys("esc I");
    retype(&mut console, file.to_str().unwrap());
    console.held = true;
    console.keys("enter enter ?").answer();
    console
        .keys("esc L enter")
        .shows("! Cannot be done: role Twice in tenant acme.");
}

#[test]
fn commands_in_what_is_said_of_a_file_lead_to_the_instance_on_screen() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let setup = Setup {
        session: session(|session| session.command_words = ["--context", "prod"].map(str::to_owned).to_vec()),
        ..Setup::default()
    };
    let mut console = kept(setup.open(usual), &file);
    let mut snapshot: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let mut acme = snapshot["tenants"][1].clone();
    acme["tenant"]["id"] = "copy".into();
    acme["tenant"]["secretType"] = "vault".into();
    acme["tenant"]["secretConfiguration"] = serde_json::json!({"address": "https://v", "token": "(hidden)"});
    snapshot["tenants"].as_array_mut().unwrap().push(acme);
    let users = snapshot["users"].as_array_mut().unwrap();
    let root = users.iter_mut().find(|user| user["superadmin"] == true).unwrap();
    root["username"] = "old-root".into();
    fs::write(&file, snapshot.to_string()).unwrap();
    let remarks = [
        "`kestra-admin --context prod users superadmin",
        "`kestra-admin --context prod tenants update`",
    ];
    console.resize(200, 60);
    look_through(&mut console, "I", &file);
    for remark in remarks {
        console.shows(remark);
    }
    // Where all is done they are said once more, and kept.
    console.keys("tab enter").shows("How each of them went");
    for remark in remarks {
        console.shows(remark);
    }
    console.keys("esc L enter");
    for remark in remarks {
        console.shows(remark);
    }
}

async fn group_named(instance: &LocalInstance, name: &str) -> Group {
    let page = Backend::groups(instance, &acme(), &Query::first(100)).await.unwrap();
    page.rows.into_iter().find(|group| group.name == name).unwrap()
}

async fn make_bob(instance: &LocalInstance, wanted: Option<Membership>) {
    let group = group_named(instance, "Desk").await;
    let users = Backend::users(instance, None, &Query::user_named("bob@example.com")).await;
    let bob = users.unwrap().rows.remove(0);
    Backend::set_membership(instance, &acme(), &group.id, &bob.id, wanted, false)
        .await
        .unwrap();
}

/// What Bob is in the group, if he is in it.
fn bob_is(console: &Console) -> Option<Membership> {
    console.meanwhile(async |instance| {
        let group = group_named(instance, "Desk").await;
        group.members.first().map(|member| member.membership)
    })
}

/// A console over an instance in which Bob is this in a group, as a file says.
fn with_bob(file: &Path, wanted: Option<Membership>) -> Console {
    let setup = Setup {
        // The first with owners of groups and no default tenant.
        release: "0.24",
        ..Setup::default()
    };
    let console = setup.open(usual);
    console.meanwhile(async |instance| {
        user(instance, "bob@example.com");
        let group = group("as it was");
        Backend::create_group(instance, &acme(), &group).await.unwrap();
        make_bob(instance, wanted).await;
    });
    kept_of(console, file, 3)
}

#[test]
fn a_place_in_a_group_that_became_another_after_it_was_shown_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let owner = Some(Membership::Owner);
    let left = "The member `bob@example.com in Desk` of tenant `acme` is different since it was asked, and was left.";
    for found in [None, owner] {
        let mut console = with_bob(&file, owner);
        console.meanwhile(async |instance| {
            make_bob(instance, found).await;
            let id = TenantId::existing("billing");
            instance.delete_tenant(&id).await.unwrap();
        });
        look_through(&mut console, "a", &file);
        console.keys("enter").shows("create tenant billing");
        let (item, member) = ("create member bob@example.com in Desk", Some(Membership::Member));
        if found.is_none() {
            console.shows(item);
        } else {
            console.lacks("bob@example.com in Desk");
        }
        console.meanwhile(async |instance| make_bob(instance, member).await);
        console.keys("tab enter").shows(left);
        if found.is_none() {
            console.shows(&format!("! not done: {item} in tenant acme. It was left."));
        } else {
            console.lacks("! not done");
        }
        assert_eq!(bob_is(&console), member);
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn whoever_became_a_member_after_it_was_shown_stays_one_where_others_are_taken_out() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = with_bob(&file, None);
    console.meanwhile(async |instance| {
        let role = role("Later", "", &["READ"]);
        Backend::create_role(instance, &acme(), &role).await.unwrap();
    });
    look_through(&mut console, "a", &file);
    retype(&mut console, "yes");
    console
        .keys("enter")
        .shows("delete role Later")
        .lacks("bob@example.com");
    console.meanwhile(async |instance| make_bob(instance, Some(Membership::Member)).await);
    console.type_text("default").keys("tab enter");
    console.shows("The member `bob@example.com in Desk` of tenant `acme` is new since it was asked, and was left.");
    assert_eq!(bob_is(&console), Some(Membership::Member));
}

#[test]
fn a_role_or_group_that_was_given_to_somebody_after_it_was_shown_is_not_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = with_bob(&file, None);
    console.meanwhile(async |instance| {
        for name in ["Given", "Later"] {
            let role = role(name, "", &["READ"]);
            Backend::create_role(instance, &acme(), &role).await.unwrap();
        }
        let team = NewGroup {
            name: "Team".to_owned(),
            ..NewGroup::default()
        };
        Backend::create_group(instance, &acme(), &team).await.unwrap();
    });
    look_through(&mut console, "a", &file);
    retype(&mut console, "yes");
    console
        .keys("enter")
        .shows("delete role Given")
        .shows("delete role Later")
        .shows("delete group Team");
    console.meanwhile(async |instance| {
        let users = Backend::users(instance, None, &Query::user_named("bob@example.com")).await;
        let bob = users.unwrap().rows.remove(0);
        let given = role_named(instance, "Given").await;
        let team = group_named(instance, "Team").await;
        let bindings = [NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: bob.id.clone(),
            role_id: given.id,
            namespace: None,
        }];
        for given in Backend::create_bindings(instance, &acme(), &bindings).await {
            given.unwrap();
        }
        let member = Some(Membership::Member);
        Backend::set_membership(instance, &acme(), &team.id, &bob.id, member, false)
            .await
            .unwrap();
    });
    console.type_text("default").keys("tab enter");
    console
        .shows("! not done: delete role Given in tenant acme. It was left.")
        .shows("! not done: delete group Team in tenant acme. It was left.")
        .shows("done: delete role Later in tenant acme");
    console.shows("The role `Given` of tenant `acme` was given to somebody since it was asked, and was left.");
    let names = console.meanwhile(async |instance| {
        let access = Backend::access(instance, &acme()).await.unwrap();
        let roles = access.roles.into_iter().filter(|role| !role.is_managed);
        roles.map(|role| role.name).collect::<Vec<_>>()
    });
    assert_eq!(names, ["Given"]);
}

#[test]
fn a_role_that_was_to_lose_something_and_was_widened_since_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = with_roles(&file, &[role("Told", "", &["READ"])]);
    console.meanwhile(async |instance| put(instance, &role("Told", "", &["READ", "CREATE"])).await);
    look_through(&mut console, "a", &file);
    console.keys("enter").shows("change role Told in tenant acme");
    console.meanwhile(async |instance| put(instance, &role("Told", "", &["READ", "CREATE", "DELETE"])).await);
    console
        .keys("tab enter")
        .shows("! not done: change role Told in tenant acme. It was left.");
    let now = console.meanwhile(async |instance| role_named(instance, "Told").await);
    assert_eq!(now.permissions.count(), 3);
}

#[test]
fn groups_of_one_name_are_refused_like_roles_and_none_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.json");
    let mut console = with_bob(&file, Some(Membership::Member));
    let mut snapshot: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    for part in snapshot["tenants"].as_array_mut().unwrap() {
        let groups = part["groups"].as_array_mut().unwrap();
        if let Some(mut twice) = groups.first().cloned() {
            twice["id"] = "another".into();
            twice["description"] = "another one".into();
            twice["members"] = Value::Array(Vec::new());
            groups.push(twice);
        }
    }
    fs::write(&file, snapshot.to_string()).unwrap();
    look_through(&mut console, "a", &file);
    retype(&mut console, "yes");
    console
        .keys("enter")
        .shows("can be done: 2 things cannot")
        .shows("! Cannot be done: group Desk in tenant acme. It is not clear which group `Desk` is meant.");
    assert_eq!(bob_is(&console), Some(Membership::Member));
}
