//! Changing a tenant, also while somebody else does.

use kestra_admin::app::effect::Request;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::tenant::Tenant;

use crate::support::Console;

async fn change(instance: &LocalInstance, change: impl FnOnce(&mut Tenant)) {
    let before = instance.tenant(&"acme".parse().unwrap()).await.unwrap();
    let mut after = before.clone();
    change(&mut after);
    instance.update_tenant(&before, &after).await.unwrap();
}

async fn acme(instance: &LocalInstance) -> Tenant {
    instance.tenant(&"acme".parse().unwrap()).await.unwrap()
}

#[test]
fn a_change_is_reviewed_and_saved() {
    let mut console = Console::usual();
    console
        .keys("j e")
        .shows("Edit tenant acme")
        .shows("acme cannot be changed");
    console
        .lacks("Admin ")
        .type_text(" Ltd")
        .field("Worker group")
        .type_text("gpu");
    console
        .keys("ctrl-o")
        .shows("name: Acme Corporation -> Acme Corporation Ltd");
    console
        .shows("workerGroup.key: (not set) -> gpu")
        .shows("PUT /api/v1/tenants/acme");
    console
        .shows("[ Send ]")
        .keys("enter")
        .shows("Tenant acme updated")
        .shows("Acme Corporation Ltd");
    assert!(console.selected_row().starts_with("acme"), "{}", console.screen());
    let now = console.meanwhile(async |other| acme(other).await);
    assert_eq!(now.value_at("workerGroup.key"), Some(&"gpu".into()));
}

#[test]
fn from_the_tenant_it_goes_back_to_the_tenant() {
    let mut console = Console::usual();
    console.keys("j enter e").type_text("!").keys("ctrl-o enter");
    console
        .shows("Name Acme Corporation!")
        .shows("Tenant acme")
        .shows("[Overview]");
    console.keys("q").shows("Acme Corporation!");
}

#[test]
fn nothing_changed_is_nothing_sent() {
    let mut console = Console::usual();
    console
        .keys("j e ctrl-o")
        .shows("Nothing has been changed.")
        .keys("enter");
    console.shows("Nothing has been changed, so nothing is sent");
    assert!(
        !console
            .asked
            .iter()
            .any(|request| matches!(request, Request::Update { .. }))
    );
    console.keys("esc esc").shows("3 tenants");
}

#[test]
fn what_somebody_else_changed_meanwhile_is_told_and_nothing_typed_is_lost() {
    let mut console = Console::usual();
    console.keys("j e").field("Worker group").type_text("gpu");
    console.meanwhile(async |other| change(other, |tenant| tenant.name = "Acme Inc".to_owned()).await);
    console.keys("ctrl-o enter").lacks("Review before");
    console.shows("! Somebody else changed this tenant meanwhile; what you typed is kept.");
    console.shows("name: Acme Corporation -> Acme Inc");
    console.shows("Name Acme Inc").shows("Worker group gpu");
    // It can be looked at again as long as the form is open.
    console
        .type_text("2")
        .shows("! Changed on the instance meanwhile; Ctrl-t shows the difference");
    console
        .keys("ctrl-t")
        .shows("Changed on the instance")
        .shows("name: Acme Corporation -> Acme Inc")
        .keys("esc backspace")
        .shows("Worker group gpu")
        .shows("Ctrl-t difference");
    console
        .keys("ctrl-o")
        .lacks("name: Acme Inc")
        .shows("workerGroup.key: (not set) -> gpu")
        .keys("enter");
    console.shows("Tenant acme updated").shows("Acme Inc");
}

#[test]
fn where_both_changed_the_same_field_what_was_typed_stays_and_the_review_shows_over_what() {
    let mut console = Console::usual();
    console.keys("j e").type_text(" Ltd");
    console.meanwhile(async |other| change(other, |tenant| tenant.name = "Acme Inc".to_owned()).await);
    console.keys("ctrl-o enter").shows("Name Acme Corporation Ltd");
    console
        .keys("ctrl-o")
        .shows("name: Acme Inc -> Acme Corporation Ltd")
        .keys("enter");
    console.shows("Tenant acme updated").shows("Acme Corporation Ltd");
}

#[test]
fn fields_this_program_does_not_know_survive() {
    let mut console = Console::usual();
    console.meanwhile(async |other| {
        change(other, |tenant| tenant.set_at("storageType", Some("s3".into()))).await;
    });
    console
        .keys("r j e")
        .type_text("!")
        .keys("ctrl-o")
        .shows(r#""storageType": "s3""#)
        .keys("enter");
    let now = console.meanwhile(async |other| acme(other).await);
    assert_eq!(
        (now.name.as_str(), now.value_at("storageType")),
        ("Acme Corporation!", Some(&"s3".into()))
    );
}

#[test]
fn a_tenant_deleted_meanwhile_is_said_to_be_gone_and_what_was_typed_stays() {
    let mut console = Console::usual();
    console.keys("j e").type_text(" Ltd");
    console.meanwhile(async |other| other.delete_tenant(&"acme".parse().unwrap()).await.unwrap());
    console.keys("ctrl-o enter").shows("There is no tenant `acme`");
    console.keys("esc").shows("Name Acme Corporation Ltd");
}

#[test]
fn a_failure_to_save_keeps_the_review_open_to_try_again() {
    let mut console = Console::usual();
    console.keys("j e").type_text(" Ltd").keys("ctrl-o");
    let down = Problem::new(
        ProblemKind::Unreachable,
        "The instance does not answer.",
        "The connection was refused.",
        "Try again.",
    );
    console
        .fail_next("Update", down)
        .keys("enter")
        .shows("error The instance does not answer. ! details");
    console
        .shows("[ Send ]")
        .keys("!")
        .shows("The connection was refused.")
        .keys("esc enter");
    console.shows("Tenant acme updated");
}

#[test]
fn a_name_is_required_and_spaces_are_none() {
    let mut console = Console::usual();
    console
        .keys("j e ctrl-u")
        .shows("! a name is required")
        .type_text("   ")
        .keys("ctrl-o");
    console.shows("Name: a name is required").lacks("Review before");
}

/// A secret is not kept to be given back, which is said where other things are.
#[test]
fn what_is_taken_back_but_for_the_secrets_says_so() {
    let mut console = Console::usual();
    for typed in ["accessKey: first", "accessKey: second", "bucket: b"] {
        console
            .keys("g g j e")
            .type_text(".")
            .field("Storage type")
            .keys("ctrl-u")
            .type_text("s3");
        console.field("Storage settings").keys("ctrl-u").type_text(typed);
        console.keys("ctrl-o enter");
        console.shows("Tenant acme updated; u takes it back, but for the secrets");
    }
    console.keys("e").type_text(".").keys("ctrl-o enter");
    console
        .shows("Tenant acme updated; u takes it back")
        .lacks("but for the secrets");
    // So does what asks about it, also of one who comes back.
    let stay = "Secrets that were changed with it stay as they are now.";
    console.keys("u").shows("Undo:").lacks(stay).keys("tab enter");
    console
        .keys("q")
        .start_again()
        .keys("u")
        .shows("Undo:")
        .shows(stay)
        .keys("tab enter");
    console.keys("ctrl-r").shows("Redo:").shows(stay);
}
