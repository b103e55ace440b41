//! The form, its review, and dialogs.

use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::tenant::Tenant;

use super::keep;
use super::tenants::people;
use crate::support::{Console, Setup, session};

fn console(release: &'static str) -> Console {
    Setup {
        release,
        ..Setup::default()
    }
    .open(people)
}

#[test]
fn form() {
    let mut console = console("0.21");
    keep("form_empty", console.keys("n"));
    keep("form_typing", console.type_text("Initech GmbH"));
    keep(
        "form_errors",
        console
            .keys("tab ctrl-u")
            .type_text("acme")
            .field("Worker group")
            .type_text("-")
            .keys("ctrl-o"),
    );
    keep(
        "form_area",
        console
            .keys("ctrl-u")
            .field("Storage settings")
            .paste("bucket: b\nport: 9000\nregion"),
    );
    keep("form_buttons", console.field("Secrets settings").keys("tab"));
    keep("form_warning", console.field("Id").keys("ctrl-u").type_text("flows"));
    keep("form_nobody", console.field("Admin").keys("ctrl-u"));
    keep(
        "form_long",
        console.field("Name").type_text(&" and a very long name".repeat(12)),
    );
}

#[test]
fn form_of_other_releases() {
    keep("form_0_13", console("0.13").keys("n"));
    let mut console = console("2.0");
    keep(
        "form_choice",
        console.keys("n").type_text("New").field("Tags match").keys("space"),
    );
    keep(
        "form_set",
        console.field("Storage denied to").keys("space right right space right"),
    );
    keep("form_secret", console.field("SDK API token").type_text("s3cret"));
}

#[test]
fn refused_and_conflict() {
    let mut console = console("0.21");
    console
        .keys("n")
        .type_text("New")
        .field("Worker group")
        .type_text("gpu")
        .keys("ctrl-o");
    let refusal = Problem::new(
        ProblemKind::Invalid,
        "The tenant was not created.",
        "The instance found one of its fields not valid and wrote nothing.",
        "Correct the field and send it again.",
    )
    .with_field("workerGroup.key", "there is no worker group `gpu`");
    keep("form_refused", console.fail_next("Create", refusal).keys("enter"));
    console.keys("esc tab enter j e").type_text(" Ltd");
    console.meanwhile(async |other| {
        use kestra_admin::backend::Backend;
        let before = other.tenant(&"acme".parse().unwrap()).await.unwrap();
        let mut after = Tenant {
            name: "Acme Incorporated".to_owned(),
            ..before.clone()
        };
        after.set_at("storageType", Some("gcs".into()));
        other.update_tenant(&before, &after).await.unwrap();
    });
    keep("form_conflict", console.keys("ctrl-o enter"));
}

#[test]
fn review() {
    let mut console = console("0.21");
    console
        .keys("n")
        .type_text("Initech GmbH")
        .field("Storage type")
        .type_text("s3")
        .keys("tab");
    console.paste("bucket: b\nport: 9000").keys("ctrl-o");
    keep("review_create", &mut console);
    keep("review_create_end", console.keys("G tab"));
    keep("review_leave", console.keys("1"));
    console.keys("esc").held = true;
    keep("review_sending", console.keys("g g tab enter").wait(3_000));
    console.answer().keys("q g g j e").type_text(" Ltd").keys("ctrl-o");
    keep("review_edit", &mut console);
    console.keys("esc ctrl-u").type_text("Acme Corporation").keys("ctrl-o");
    keep("review_edit_nothing", &mut console);
    console
        .keys("esc esc n")
        .type_text("Flows")
        .field("Admin")
        .keys("ctrl-u ctrl-o");
    keep("review_warnings", &mut console);
}

#[test]
fn dialogs() {
    let mut console = console("0.21");
    keep("dialog_delete", console.keys("j D"));
    keep("dialog_delete_matching", console.type_text("acme").keys("tab"));
    console.held = true;
    keep(
        "dialog_deleting",
        console.keys("enter").answer_first("CountAgain").wait(2_000),
    );
    console.answer().keys("n").type_text("New");
    keep("dialog_discard", console.keys("esc"));
    keep("dialog_quit", console.keys("esc ctrl-o : q enter"));
}

#[test]
fn protected() {
    let mut console = Setup {
        session: session(|session| {
            session.context = "prod-eu".to_owned();
            session.protected = true;
        }),
        ..Setup::default()
    }
    .open(people);
    keep("protected_locked", console.keys("j D"));
    keep("dialog_unlock", console.keys("W"));
    keep("dialog_unlock_mismatch", console.type_text("prod").keys("enter"));
    console.type_text("-eu").keys("tab enter").wait(10_000);
    keep(
        "dialog_delete_protected",
        console.keys("D").type_text("acme prod-eu").keys("tab"),
    );
}
