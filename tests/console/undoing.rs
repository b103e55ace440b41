//! Changes are taken back and done again, after a look at whether things still are as they were left.

use kestra_admin::app::doing::Undoable;
use kestra_admin::app::effect::Request;
use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::own_keys::KeyRow;
use kestra_admin::app::resume::Resume;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::invitation::{InvitedRole, NewInvitation};
use kestra_admin::domain::permission::Permissions;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::{Tenant, TenantScope};
use kestra_admin::domain::user::NewGroup;

use crate::support::{Console, Setup, session, tenants, user, usual};

const DAY: u64 = 24 * 60 * 60 * 1000;

async fn acme(instance: &LocalInstance) -> Tenant {
    instance.tenant(&"acme".parse().unwrap()).await.unwrap()
}

async fn rename(instance: &LocalInstance, name: &str) {
    let before = acme(instance).await;
    let after = Tenant {
        name: name.to_owned(),
        ..before.clone()
    };
    instance.update_tenant(&before, &after).await.unwrap();
}

/// A console in which the name of tenant acme was changed.
pub fn renamed() -> Console {
    let mut console = Console::usual();
    console
        .keys("j e")
        .type_text(" Ltd")
        .keys("ctrl-o enter")
        .shows("Tenant acme updated; u takes it back");
    console
}

#[test]
fn a_key_that_leads_elsewhere_here_is_not_named() {
    let mut console = Console::usual();
    let row = KeyRow {
        command: "undo".to_owned(),
        keys: vec!["y".to_owned(), "ctrl-t".to_owned()],
        ..KeyRow::default()
    };
    // In the list of tenants y begins what is copied.
    console.model.keymap = Keymap::with(std::slice::from_ref(&row)).0;
    console
        .keys("j e")
        .type_text(" Ltd")
        .keys("ctrl-o enter")
        .shows("Tenant acme updated; Ctrl-t takes it back");
    console.keys("j D").lacks(" y undoes it").keys("esc");
    let only = KeyRow {
        keys: vec!["y".to_owned()],
        ..row
    };
    console.model.keymap = Keymap::with(&[only]).0;
    console
        .keys("k e")
        .type_text(".")
        .keys("ctrl-o enter")
        .shows("Tenant acme updated; :undo takes it back");
}

#[test]
fn fields_of_a_tenant_are_given_back_and_changed_again() {
    let mut console = renamed();
    console
        .keys("u")
        .shows("Undo: Change tenant acme")
        .shows("name: Acme Corporation Ltd -> Acme Corporation")
        .shows("[ Cancel ] ( Undo )");
    // Cancel has the focus.
    console.keys("enter").lacks("Undo:");
    console
        .keys("u tab enter")
        .shows("Tenant acme changed")
        .shows("acme Acme Corporation 1");
    console
        .keys("u")
        .shows("Not now: nothing is left to take back; Ctrl-r does the last again");
    console
        .keys("ctrl-r")
        .shows("Redo: Change tenant acme")
        .shows("name: Acme Corporation -> Acme Corporation Ltd")
        .shows("[ Cancel ] ( Redo )")
        .keys("tab enter")
        .shows("Tenant acme changed; u takes it back")
        .shows("Acme Corporation Ltd");
    console
        .keys("ctrl-r")
        .shows("Not now: nothing has been taken back that could be done again");
    console.keys("u").shows("Undo: Change tenant acme");
}

#[test]
fn what_somebody_changed_since_is_said_and_stays() {
    let mut console = renamed();
    console.meanwhile(async |other| rename(other, "Acme Inc").await);
    console
        .keys("u")
        .lacks("Undo:")
        .shows("Not undone: Tenant acme updated.");
    console
        .keys("!")
        .shows("name is Acme Inc now, and was left as Acme Corporation Ltd.")
        .shows("Nothing was changed.")
        .keys("esc");
    // What was read for that is on screen.
    console.shows("acme Acme Inc").lacks("Acme Corporation Ltd");
    assert_eq!(console.meanwhile(async |other| acme(other).await).name, "Acme Inc");
    // It does not stand in the way of what was done before it.
    console.keys("u").shows("there is nothing to take back");
}

#[test]
fn what_somebody_changes_while_the_review_is_open_stays_too() {
    let mut console = renamed();
    console.keys("u").shows("Undo: Change tenant acme");
    console.meanwhile(async |other| rename(other, "Acme Inc").await);
    console.keys("tab enter").shows("Tenant `acme` was not changed.");
    assert_eq!(console.meanwhile(async |other| acme(other).await).name, "Acme Inc");
}

#[test]
fn an_instance_out_of_reach_keeps_what_can_be_taken_back() {
    let mut console = renamed();
    let problem = Problem::new(
        ProblemKind::Unreachable,
        "It does not answer.",
        "No route.",
        "Try again.",
    );
    console.fail_next("Look", problem);
    console.keys("u").lacks("Undo:").shows("It does not answer.");
    console.keys("u").shows("Undo: Change tenant acme");
}

#[test]
fn a_tenant_is_never_taken_back_by_deleting_it_and_what_was_before_it_can_be() {
    let mut console = renamed();
    console
        .keys("n")
        .type_text("New")
        .keys("ctrl-o enter")
        .shows("Tenant new created");
    console
        .keys("u")
        .lacks("Undo:")
        .shows("Not undone: Tenant new created; only deleting")
        .shows("! all");
    console
        .keys("!")
        .shows(
            "only deleting the tenant would take that back; D asks for it. u again takes back what was done before it",
        )
        .keys("esc");
    console.keys("u").shows("Undo: Change tenant acme");
    assert!(
        console
            .meanwhile(async |other| other.tenant(&"new".parse().unwrap()).await)
            .is_ok()
    );
}

#[test]
fn whoever_was_made_admin_is_none_any_more() {
    let globex = TenantScope::Named("globex".parse().unwrap());
    let count = |console: &Console| console.meanwhile(async |other| other.admin_count(&globex).await.unwrap());
    let mut console = Console::usual();
    console.keys("G").shows("! no admin").keys("A enter");
    assert_eq!(count(&console), 1, "{}", console.screen());
    console
        .shows("is Admin of tenant globex now; u takes it back")
        .keys("u")
        .shows("Undo: Take the access of")
        .shows("Nobody would be Admin of this tenant any more");
    // As where several tenants are left without an Admin.
    console.type_text("globex").keys("tab enter");
    assert_eq!(count(&console), 0, "{}", console.screen());
    console.keys("ctrl-r").shows("Redo:").keys("tab enter");
    assert_eq!(count(&console), 1, "{}", console.screen());
}

/// The program is started again after it was left in this way, a while later.
fn again(console: &mut Console, later: u64) -> Console {
    let saved = console.saved.take().expect("something was kept");
    let resume: Resume = serde_json::from_str(&serde_json::to_string(&saved).unwrap()).unwrap();
    Setup {
        resume: Some(resume),
        session: session(|session| session.started_at = later),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        usual(instance, runtime);
        runtime.block_on(rename(instance, "Acme Corporation Ltd"));
    })
}

#[test]
fn it_can_be_taken_back_after_a_restart_for_a_day() {
    let mut lost = renamed();
    lost.send(Msg::Ended);
    again(&mut lost, DAY - 1000)
        .keys("u")
        .shows("name: Acme Corporation Ltd -> Acme Corporation");
    let mut left = renamed();
    left.keys("q");
    assert!(left.has_quit);
    let mut next = again(&mut left, 1000);
    next.keys("u")
        .shows("Undo: Change tenant acme")
        .keys("tab enter")
        .shows("Tenant acme changed");
    next.keys("q");
    let mut third = again(&mut next, 2000);
    third.keys("ctrl-r").shows("Not done again: Tenant acme updated.");
    let mut late = renamed();
    late.keys("q");
    again(&mut late, DAY + 1000)
        .keys("u")
        .shows("there is nothing to take back");
}

#[test]
fn a_clock_that_is_wrong_for_one_start_loses_nothing() {
    let nothing = "there is nothing to take back";
    let start = |before: &mut Console, later: u64| {
        let mut console = again(before, later);
        console.keys("u");
        console
    };
    let quit: fn(&mut Console) = |console| _ = console.keys("q");
    let cut_off: fn(&mut Console) = |console| _ = console.send(Msg::Ended);
    for end in [quit, cut_off] {
        let mut left = renamed();
        end(&mut left);
        let mut ahead = start(&mut left, DAY + 1000);
        end(ahead.shows(nothing));
        let mut right = start(&mut ahead, 2000);
        end(right.shows("Undo: Change tenant acme").keys("esc"));
        // What is older than a week is gone for good.
        let mut late = start(&mut right, 7 * DAY + 1000);
        end(late.shows(nothing));
        assert!(late.saved.as_ref().is_none_or(|saved| saved.undos.is_empty()));
    }
}

#[test]
fn a_locked_context_takes_nothing_back() {
    let mut console = renamed();
    console.keys("W u").lacks("Undo:").shows("Not now: changes are locked");
}

/// Three tenants, and Bob, who is Admin of the second.
pub fn three_and_bob() -> Console {
    three_and_bob_on(Setup::default().release)
}

fn three_and_bob_on(release: &'static str) -> Console {
    let setup = Setup {
        release,
        ..Setup::default()
    };
    setup.open(|instance, runtime| {
        tenants(instance, runtime, &[("t1", "One"), ("t2", "Two"), ("t3", "Three")]);
        user(instance, "bob@example.com");
        let second = TenantScope::Named("t2".parse().unwrap());
        runtime
            .block_on(instance.ensure_admin(&second, "bob@example.com"))
            .unwrap();
    })
}

/// The tenants of which Bob is Admin, or has access to.
pub fn of_bob(console: &mut Console) -> Vec<&'static str> {
    console.meanwhile(async |other| {
        let mut held = Vec::new();
        for id in ["t1", "t2", "t3"] {
            let Ok(access) = other.access(&TenantScope::Named(id.parse().unwrap())).await else {
                continue;
            };
            if access.users.iter().any(|user| user.username.starts_with("bob")) {
                held.push(id);
            }
        }
        held
    })
}

pub fn bob_becomes_admin(console: &mut Console) {
    console.keys("* A").type_text("bob");
    console.keys("enter").shows("Make bob@example.com Admin of 3 tenants");
    console.shows("u undoes it.").keys("tab enter");
    console.shows("is Admin of 3 tenants now, of 1 already; u takes it back");
    // He was of one of them already.
    console.shows("done already: bob@example.com in tenant t2").keys("esc");
}

#[test]
fn an_admin_of_several_tenants_is_made_one_of_none_but_those_before() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    assert_eq!(of_bob(&mut console), ["t1", "t2", "t3"]);
    console
        .keys("u")
        .shows("Undo: Make bob@example.com Admin of 2 tenants no more")
        .shows("bob@example.com in tenant t1, and the access to it")
        .lacks("in tenant t2");
    // Cancel has the focus.
    console.keys("enter").lacks("Undo:");
    assert_eq!(of_bob(&mut console), ["t1", "t2", "t3"]);
    console.keys("u tab enter").shows("Admin of 2 tenants no more");
    assert_eq!(of_bob(&mut console), ["t2"]);
    console
        .keys("ctrl-r")
        .shows("Redo: Make bob@example.com Admin of 2 tenants")
        .keys("tab enter");
    assert_eq!(of_bob(&mut console), ["t1", "t2", "t3"]);
    console.shows("u takes it back");
}

#[test]
fn an_admin_whose_access_somebody_took_since_in_one_of_several_tenants_is_left_alone() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    console.meanwhile(async |other| {
        let third = TenantScope::Named("t3".parse().unwrap());
        let access = other.access(&third).await.unwrap();
        let bob = access.users.iter().find(|user| user.username.starts_with("bob"));
        other.take_access(&third, bob.unwrap()).await.unwrap();
    });
    console
        .keys("u")
        .shows("Undo: Take the access of bob@example.com to tenant t1")
        .shows("In tenant t3: bob@example.com has no access to the tenant any more.")
        .keys("tab enter");
    assert_eq!(of_bob(&mut console), ["t2"]);
}

fn role(name: &str, is_default: bool) -> NewRole {
    NewRole {
        name: name.to_owned(),
        description: None,
        permissions: Permissions::default(),
        is_default,
    }
}

#[test]
fn what_others_gave_since_to_an_admin_who_was_let_in_stays() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    console.meanwhile(async |other| {
        let [first, third] = ["t1", "t3"].map(|id| TenantScope::Named(id.parse().unwrap()));
        let access = other.access(&third).await.unwrap();
        let bob = access.users.iter().find(|user| user.username.starts_with("bob"));
        let bob = bob.unwrap().id.clone();
        let binding = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: bob.clone(),
            role_id: other.create_role(&third, &role("Ops", false)).unwrap().id,
            namespace: None,
        };
        other.create_binding(&third, &binding).unwrap();
        let group = NewGroup {
            name: "Night".to_owned(),
            description: None,
            members: vec![bob],
        };
        Backend::create_group(other, &first, &group).await.unwrap();
    });
    console.keys("u").lacks("Undo:").shows("Not undone: bob@example.com is");
    console
        .keys("!")
        .shows("In tenant t3: bob@example.com holds")
        .shows("now");
    assert_eq!(of_bob(&mut console), ["t1", "t2", "t3"]);
}

/// Somebody else gives Bob a role in tenant t1 that is called so, and is made for it where there is none.
fn bob_is_given(console: &Console, name: &str) {
    console.meanwhile(async |other| {
        let first = TenantScope::Named("t1".parse().unwrap());
        let access = other.access(&first).await.unwrap();
        let bob = access.users.iter().find(|user| user.username.starts_with("bob"));
        let role_id = match access.roles.iter().find(|role| role.name == name) {
            Some(role) => role.id.clone(),
            None => other.create_role(&first, &role(name, false)).unwrap().id,
        };
        let binding = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: bob.unwrap().id.clone(),
            role_id,
            namespace: None,
        };
        other.create_binding(&first, &binding).unwrap();
    });
}

#[test]
fn what_others_gave_since_to_an_admin_of_one_tenant_stays() {
    let mut console = three_and_bob();
    console.keys("g g j A").type_text("bob").keys("enter tab enter");
    console.shows("bob@example.com is Admin of tenant t1 now; u takes it back");
    console
        .keys("u")
        .shows("Undo: Take the access of bob@example.com to tenant t1")
        .keys("esc");
    bob_is_given(&console, "Ops");
    console.keys("u").lacks("Undo:").shows("Not undone: bob@example.com is");
    console
        .keys("!")
        .shows("In tenant t1: bob@example.com holds role Ops now, too.");
    assert_eq!(of_bob(&mut console), ["t1", "t2"]);
}

#[test]
fn what_others_gave_since_to_somebody_who_was_let_in_stays_also_if_it_is_admin() {
    for given in ["Ops", "Admin"] {
        let mut console = three_and_bob_on("0.24");
        console.keys("g g p tab A").type_text("bob").keys("enter");
        console.shows("bob@example.com let into tenant t1; u takes it back");
        bob_is_given(&console, given);
        console
            .keys("u")
            .lacks("Undo:")
            .shows("Not undone: bob@example.com let into tenant t1");
        console
            .keys("!")
            .shows(&format!("bob@example.com holds role {given} now, too."));
        assert_eq!(of_bob(&mut console), ["t1", "t2"]);
    }
}

/// Somebody else gives in tenant t1 the new role to Bob, and a role to the new group, with whichever of them there is.
fn what_is_new_is_given(console: &Console) {
    console.meanwhile(async |other| {
        let first = TenantScope::Named("t1".parse().unwrap());
        other.grant_tenant_access(&first, "bob@example.com").unwrap();
        let access = other.access(&first).await.unwrap();
        let bob = access.users.iter().find(|user| user.username.starts_with("bob"));
        let new = access.roles.iter().find(|role| role.name == "Ops4");
        let (subject_kind, subject_id) = match access.groups.first() {
            Some(group) => (SubjectKind::Group, group.id.clone()),
            None => (SubjectKind::User, bob.unwrap().id.clone()),
        };
        let binding = NewBinding {
            subject_kind,
            subject_id,
            role_id: new.unwrap_or(&access.roles[0]).id.clone(),
            namespace: None,
        };
        other.create_binding(&first, &binding).unwrap();
    });
}

/// How many bindings there are in tenant t1.
fn held(console: &Console) -> usize {
    console.meanwhile(async |other| {
        let first = TenantScope::Named("t1".parse().unwrap());
        other.access(&first).await.unwrap().bindings.len()
    })
}

/// A console in which a role or a group was made in tenant t1, with the name of it and what is said of it once somebody has
/// something of it.
fn newly_made(is_role: bool) -> (Console, &'static str, &'static str) {
    let mut console = three_and_bob();
    if is_role {
        console
            .keys("g g j enter tab n")
            .type_text("Ops4")
            .keys("enter A ctrl-o ctrl-o");
        console.shows("Role Ops4 created in tenant t1; u takes it back");
        (console, "Ops4", "Role Ops4 is held by `bob@example.com` now.")
    } else {
        console.keys("g g j p tab tab n").type_text("Night").keys("ctrl-o");
        console.shows("Group Night created; u takes it back");
        (console, "Night", "Group Night holds `")
    }
}

/// Taking a role or a group back would take away what it was given, or who was given it, with it.
#[test]
fn what_others_gave_since_with_a_new_role_or_to_a_new_group_stays() {
    for is_role in [true, false] {
        let (mut console, name, said) = newly_made(is_role);
        console.keys("u").shows("Undo: Delete ").keys("esc");
        what_is_new_is_given(&console);
        let count = held(&console);
        console.keys("u").lacks("Undo:").shows("Not undone: ").shows(name);
        console.keys("!").shows(said).keys("esc");
        assert_eq!(held(&console), count);
    }
}

#[test]
fn so_does_what_was_given_while_it_was_asked_whether_to_take_that_back() {
    for is_role in [true, false] {
        let (mut console, name, said) = newly_made(is_role);
        console.keys("u").shows("Undo: Delete ");
        what_is_new_is_given(&console);
        let count = held(&console);
        console.type_text(name).keys("tab enter");
        console
            .lacks("deleted")
            .shows("Nothing was taken back.")
            .keys("!")
            .shows(said)
            .shows("Look at it; asking again shows what is left of it.")
            .keys("esc");
        assert_eq!(held(&console), count);
        console.keys("u").lacks("Undo:").shows("Not undone: ");
    }
    let mut console = three_and_bob_on("0.24");
    console.keys("g g p tab A").type_text("bob").keys("enter");
    console
        .shows("bob@example.com let into tenant t1; u takes it back")
        .keys("u")
        .shows("Undo:");
    bob_is_given(&console, "Ops");
    console.keys("tab enter").shows("Nothing was taken back.");
    assert_eq!(of_bob(&mut console), ["t1", "t2"]);
    let mut console = three_and_bob();
    console.keys("g g j A").type_text("bob").keys("enter tab enter");
    console
        .shows("bob@example.com is Admin of tenant t1 now; u takes it back")
        .keys("u")
        .shows("Undo:");
    bob_is_given(&console, "Ops");
    console.keys("tab enter").shows("Nothing was taken back.");
    assert_eq!(of_bob(&mut console), ["t1", "t2"]);
}

#[test]
fn what_is_left_of_several_things_is_taken_back_once_that_was_seen() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    console
        .keys("u")
        .shows("Undo: Make bob@example.com Admin of 2 tenants no more");
    bob_is_given(&console, "Ops");
    console
        .keys("tab enter")
        .shows("Nothing was taken back.")
        .shows("bob@example.com holds role Ops now, too.")
        .keys("esc");
    assert_eq!(of_bob(&mut console), ["t1", "t2", "t3"]);
    console.keys("u").shows("Undo:").keys("tab enter");
    assert_eq!(of_bob(&mut console), ["t1", "t2"]);
}

#[test]
fn an_invitation_that_brings_a_new_role_or_group_keeps_it() {
    for (is_role, said) in [
        (true, "Role Ops4 comes with the invitation of `eve@example.com` now."),
        (false, "Group Night comes with the invitation of `eve@example.com` now."),
    ] {
        let (mut console, ..) = newly_made(is_role);
        console.meanwhile(async |other| {
            let first = TenantScope::Named("t1".parse().unwrap());
            let access = other.access(&first).await.unwrap();
            let is_new = |name: &str| name == "Ops4" || name == "Night";
            let new = NewInvitation {
                email: "eve@example.com".to_owned(),
                roles: access
                    .roles
                    .iter()
                    .filter(|role| is_new(&role.name))
                    .map(|role| InvitedRole {
                        id: role.id.clone(),
                        namespaces: Vec::new(),
                    })
                    .collect(),
                groups: access.groups.iter().map(|group| group.id.clone()).collect(),
                ..NewInvitation::default()
            };
            Backend::invite(other, &first, &new).await.unwrap();
        });
        console
            .keys("u")
            .lacks("Undo:")
            .shows("Not undone: ")
            .keys("!")
            .shows(said);
    }
}

/// Somebody else makes Bob Admin of tenant t1 and does with t3 what is said.
fn meanwhile_in_t1(console: &Console, deletes_third: bool) {
    console.meanwhile(async |other| {
        let [first, third] = ["t1", "t3"].map(|id| TenantScope::Named(id.parse().unwrap()));
        other.ensure_admin(&first, "bob@example.com").await.unwrap();
        match third.id() {
            Some(id) if deletes_third => other.delete_tenant(id).await.unwrap(),
            _ => {
                other.ensure_admin(&third, "bob@example.com").await.unwrap();
            }
        }
    });
}

#[test]
fn what_is_so_already_when_it_is_done_again_is_done_with() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    console.keys("u tab enter").shows("Admin of 2 tenants no more");
    meanwhile_in_t1(&console, false);
    console
        .keys("ctrl-r tab enter")
        .shows("bob@example.com was Admin of 2 tenants already");
    console
        .keys("ctrl-r")
        .shows("Not now: nothing has been taken back that could be done again");
    console.keys("u").shows("Not now: there is nothing to take back");
}

#[test]
fn what_others_did_is_not_taken_back_with_what_could_not_be_done_again() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    console.keys("u tab enter").shows("Admin of 2 tenants no more");
    meanwhile_in_t1(&console, true);
    console
        .keys("ctrl-r tab enter")
        .shows("1 of 2 could not be done")
        .keys("esc");
    console
        .keys("u")
        .lacks("Undo:")
        .shows("Not now: nothing is left to take back; Ctrl-r does the last again");
    assert_eq!(of_bob(&mut console), ["t1", "t2"]);
}

#[test]
fn what_was_taken_back_in_part_says_of_how_many_and_what_is_done_again() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    let problem = || Problem::new(ProblemKind::Failed, "It failed.", "A lock.", "Try again.");
    console.fail_item("tenant t3", problem());
    console
        .keys("u tab enter")
        .shows("1 of 2 could not be done")
        .keys("esc esc");
    // The command beside it is of that alone, and not of what is left.
    let command = console.keys("L j").copy("y c");
    assert!(command.contains(" t1") && !command.contains(" t3"), "{command}");
    console
        .keys("enter")
        .shows("bob@example.com is Admin of 1 tenant no more; 1 of 2 taken back")
        .keys("esc")
        .keys("q")
        .wait(1_000);
    let kept = console.saved.clone().unwrap();
    let words = |entries: &[Undoable]| entries.last().map(|entry| entry.words.clone());
    assert_eq!(
        (words(&kept.undos).as_deref(), words(&kept.redos).as_deref()),
        (
            Some("bob@example.com is Admin of 3 tenants now, of 1 already"),
            Some("Make bob@example.com Admin of tenant t1")
        )
    );
    // The rest is told as a part, wherever it is taken up.
    console.start_again();
    console.keys("u").shows("Undo: ").keys("tab enter");
    let aims = console.asked.iter().filter_map(|request| match request {
        Request::Do(_, aim, _) => Some(aim.as_str()),
        _ => None,
    });
    assert_eq!(aims.collect::<Vec<_>>(), ["", "undo: ", "undo of 1 of 2: "]);
    console.shows("to tenant t3 taken away; 2 of 2 taken back");
    assert_eq!(of_bob(&mut console), ["t2"]);
    // What is done again is as much as was taken back each time.
    console
        .keys("ctrl-r")
        .shows("Redo: Make bob@example.com Admin of tenant t3");
    console
        .keys("tab enter")
        .shows("is Admin of tenant t3 now; u takes it back");
    console.wait(1_000);
    let kept = console.saved.clone().unwrap();
    assert_eq!(
        words(&kept.undos).as_deref(),
        Some("bob@example.com is Admin of tenant t3 now")
    );
}

#[test]
fn what_is_passed_over_after_it_was_taken_back_in_part_says_so() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    let problem = Problem::new(ProblemKind::Failed, "It failed.", "A lock.", "Try again.");
    console.fail_item("tenant t3", problem);
    console.keys("u tab enter esc esc");
    console.meanwhile(async |other| other.delete_tenant(&"t3".parse().unwrap()).await.unwrap());
    console
        .keys("u !")
        .shows("Not undone: bob@example.com is Admin of 3 tenants now, of 1 already; 1 of 2 taken back.");
}

#[test]
fn what_is_given_to_everybody_who_is_let_in_does_not_keep_an_admin_there() {
    let mut console = Setup::default().open(|instance, runtime| {
        tenants(instance, runtime, &[("t1", "One"), ("t2", "Two")]);
        user(instance, "bob@example.com");
        let first = TenantScope::Named("t1".parse().unwrap());
        instance.create_role(&first, &role("Everybody", true)).unwrap();
    });
    console.keys("* A").type_text("bob").keys("enter tab enter");
    console.shows("is Admin of 2 tenants now; u takes it back");
    console
        .keys("u")
        .shows("Undo: Make bob@example.com Admin of 2 tenants no more");
}

#[test]
fn the_last_admin_of_several_tenants_is_taken_away_only_after_a_warning() {
    let mut console = Setup::default().open(|instance, runtime| {
        tenants(instance, runtime, &[("t1", "One!"), ("t2", "Two!")]);
        user(instance, "bob@example.com");
    });
    console.keys("* A").type_text("bob").keys("enter tab enter");
    console.shows("is Admin of 2 tenants now; u takes it back");
    // What it takes away is looked at anew, also after a restart.
    console.wait(1_000).start_again();
    console
        .keys("u")
        .shows("Undo: Make bob@example.com Admin of 2 tenants no more")
        .shows("Tenant `t1`: Nobody would be Admin of this tenant any more")
        .shows("Type default to continue");
    console
        .type_text("default")
        .keys("tab enter")
        .shows("Admin of 2 tenants no more");
}

#[test]
fn where_somebody_was_admin_of_several_already_there_is_nothing_to_take_back() {
    let mut console = renamed();
    console.keys("u tab enter").shows("Tenant acme changed");
    console.keys("g g j space space A enter tab enter");
    console.shows("admin@kestra.local was Admin of 2 tenants already");
    console
        .keys("u")
        .shows("Not now: nothing is left to take back; Ctrl-r does the last again");
    console.keys("ctrl-r").shows("Redo: Change tenant acme");
}

#[test]
fn what_was_deleted_stays_so_and_nothing_is_said_to_come_before_it_that_does_not() {
    let mut console = three_and_bob();
    console
        .keys("j D")
        .type_text("t1")
        .keys("tab enter")
        .shows("Tenant t1 deleted");
    console.lacks("takes it back").keys("u").keys("!");
    console
        .shows("Not undone: Tenant t1 deleted; what was deleted is gone for good")
        .lacks("again takes back");
}

#[test]
fn what_is_answered_about_a_change_is_not_taken_for_one_that_came_after() {
    let mut console = renamed();
    console.held = true;
    console.keys("u");
    // Something else is changed before it is known whether that can be undone.
    console.keys("k n").type_text("Umbrella").keys("ctrl-o");
    console.answer_but("Look").keys("enter");
    console.answer_but("Look").shows("Tenant umbrella created");
    console
        .answer()
        .shows("Nothing was taken back, as something else was changed meanwhile")
        .lacks("Undo: Change tenant acme");
    console.held = false;
    console.keys("u").shows("Not undone: Tenant umbrella created");
    let mut console = renamed();
    console.keys("u tab enter");
    console.held = true;
    console.keys("ctrl-r").keys("k n").type_text("Umbrella").keys("ctrl-o");
    console.answer_but("Look").keys("enter");
    console.answer_but("Look").shows("Tenant umbrella created");
    console
        .answer()
        .shows("Nothing was done again, as something else was changed meanwhile");
}
