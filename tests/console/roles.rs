//! Changing roles, and what that takes away from whom.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::query::Query;
use kestra_admin::domain::role::Role;
use kestra_admin::domain::tenant::TenantScope;

use crate::screens::tenants::people;
use crate::support::{Console, Setup, session};

pub fn acme() -> TenantScope {
    TenantScope::Named("acme".parse().unwrap())
}

/// The roles of tenant acme, as somebody else finds them.
pub fn roles(console: &mut Console) -> Vec<Role> {
    let of = async |other: &LocalInstance| other.roles(&acme(), &Query::first(100)).await.unwrap().rows;
    console.meanwhile(of)
}

/// A console on the roles of tenant acme: Admin, Operators, Unused.
pub fn console() -> Console {
    let mut console = Setup::default().open(people);
    console.keys("j enter tab");
    console
}

#[test]
fn deleting_a_role_names_who_loses_what_and_takes_its_name() {
    let mut console = console();
    console
        .keys("j D")
        .shows("Delete role Operators")
        .shows("There is no undo.");
    console
        .shows("3 people would lose")
        .shows("Type  Operators  to continue:");
    console.keys("enter").shows("Delete role Operators");
    console.type_text("Operators").keys("enter enter");
    console.shows("Role Operators deleted").lacks("Operators  own");
    assert!(!roles(&mut console).iter().any(|role| role.name == "Operators"));
    console
        .keys("u")
        .shows("nothing has been changed that could be taken back");
}

#[test]
fn a_role_that_kestra_ships_stays() {
    let mut console = console();
    console
        .keys("D")
        .shows("Not now: Kestra ships this role, and it cannot be deleted");
}

#[test]
fn nothing_is_deleted_while_changes_are_locked() {
    let mut console = Setup {
        session: session(|session| session.read_only_context = true),
        ..Setup::default()
    }
    .open(people);
    console.keys("j enter tab j D").shows("Not now: changes are locked");
}

#[test]
fn rows_are_marked_one_by_one_and_all_together() {
    let mut console = console();
    console.keys("space space").shows("2 marked");
    console.keys("*").shows("3 marked").keys("*").lacks("marked");
    console
        .keys("space")
        .shows("1 marked")
        .keys("esc")
        .lacks("marked")
        .shows("[Roles]");
}
