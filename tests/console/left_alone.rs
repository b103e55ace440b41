//! Of several things that are taken back or done again together, those that somebody else changed since are said and left alone.

use kestra_admin::backend::Backend;
use kestra_admin::domain::binding::{Binding, NewBinding, SubjectKind};
use kestra_admin::domain::tenant::TenantScope;

use crate::support::{Console, Setup};
use crate::undoing::{bob_becomes_admin, of_bob, three_and_bob};

/// Somebody else takes the Admin role from Bob in tenant t3, and leaves him the access.
fn bob_is_no_admin_of_t3(console: &Console) {
    console.meanwhile(async |other| {
        let third = TenantScope::Named("t3".parse().unwrap());
        let access = other.access(&third).await.unwrap();
        let bob = access
            .users
            .iter()
            .find(|user| user.username.starts_with("bob"))
            .unwrap();
        let held = access.bindings.iter().find(|binding| bob.has_id(&binding.subject_id));
        other.delete_binding(&third, &held.unwrap().id).unwrap();
    });
}

#[test]
fn an_admin_who_is_none_any_more_in_one_of_several_tenants_is_said_and_keeps_the_access_there() {
    let mut console = three_and_bob();
    bob_becomes_admin(&mut console);
    bob_is_no_admin_of_t3(&console);
    console
        .keys("u")
        .shows("Undo: Take the access of bob@example.com to tenant t1")
        .shows("What changed since is left as it is:")
        .shows("In tenant t3: bob@example.com does not hold role Admin any more.")
        .keys("tab enter");
    assert_eq!(of_bob(&mut console), ["t2", "t3"], "{}", console.screen());
}

fn acme_scope() -> TenantScope {
    TenantScope::Named("acme".parse().unwrap())
}

/// Who holds a role of this name in tenant acme, by name.
fn holders(console: &Console, role: &str) -> Vec<String> {
    let access = console.meanwhile(async |other| other.access(&acme_scope()).await.unwrap());
    let held = access.bindings.iter().filter(|binding| binding.role_name == role);
    let mut names: Vec<String> = held.map(|binding| binding.subject_name.clone()).collect();
    names.sort_unstable();
    names
}

/// A console on the users of tenant acme, four of whom have been given a role.
fn roles_given() -> Console {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console
        .keys("j p tab *")
        .shows("4 marked")
        .keys("b")
        .type_text("Unused");
    console.keys("enter enter").shows("Give 4 roles").keys("tab enter");
    console.shows("4 roles given");
    assert_eq!(holders(&console, "Unused").len(), 4);
    console
}

/// Somebody else takes the role from Anna.
fn anna_loses(console: &Console, role: &str) {
    console.meanwhile(async |other| {
        let access = other.access(&acme_scope()).await.unwrap();
        let mut held = access.bindings.iter();
        let is_it = |binding: &&Binding| binding.role_name == role && binding.subject_name.starts_with("anna");
        other
            .delete_binding(&acme_scope(), &held.find(is_it).unwrap().id)
            .unwrap();
    });
}

#[test]
fn of_roles_that_were_given_those_that_are_still_held_are_taken_back() {
    let mut console = roles_given();
    anna_loses(&console, "Unused");
    console
        .keys("u")
        .shows("Undo: Take away 3 roles")
        .shows("What changed since is left as it is:")
        .shows("anna@example.com does not hold role Unused any more, or by another binding.")
        .lacks("Unused of anna");
    insta::assert_snapshot!("undo_left_alone", console.screen());
    let said = console.linear();
    assert!(
        said.contains("anna@example.com does not hold role Unused any more"),
        "{said}"
    );
    console.keys("tab enter").shows("3 roles taken away");
    assert_eq!(holders(&console, "Unused"), Vec::<String>::new());
    // What was taken back is done again alone.
    console.keys("ctrl-r").shows("Redo: Give 3 roles").keys("tab enter");
    assert_eq!(holders(&console, "Unused").len(), 3);
}

#[test]
fn of_roles_that_were_taken_away_those_that_nobody_gave_back_are_given_back() {
    let mut console = roles_given();
    console.keys("u tab enter").shows("4 roles taken away");
    console.meanwhile(async |other| {
        let access = other.access(&acme_scope()).await.unwrap();
        let anna = access.users.iter().find(|user| user.username.starts_with("anna"));
        let role = access.roles.iter().find(|role| role.name == "Unused");
        let binding = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: anna.unwrap().id.clone(),
            role_id: role.unwrap().id.clone(),
            namespace: None,
        };
        other.create_binding(&acme_scope(), &binding).unwrap();
    });
    console
        .keys("ctrl-r")
        .shows("Redo: Give 3 roles")
        .shows("anna@example.com holds role Unused already.")
        .keys("tab enter");
    assert_eq!(holders(&console, "Unused").len(), 4);
    // Hers is not ours to take back.
    console.keys("u").shows("Undo: Take away 3 roles").keys("tab enter");
    assert_eq!(holders(&console, "Unused"), ["anna@example.com"]);
}

#[test]
fn where_all_of_several_things_changed_since_nothing_is_proposed() {
    let mut console = roles_given();
    console.meanwhile(async |other| {
        let access = other.access(&acme_scope()).await.unwrap();
        for binding in access.bindings.iter().filter(|binding| binding.role_name == "Unused") {
            other.delete_binding(&acme_scope(), &binding.id).unwrap();
        }
    });
    console.keys("u").lacks("Undo:").shows("Not undone: 4 roles given");
    console.keys("u").shows("Not now: there is nothing to take back");
}
