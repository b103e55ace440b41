//! The list of tenants.

use kestra_admin::domain::problem::{Problem, ProblemKind};

use super::keep;
use crate::states::{unreachable, waiting};
use crate::support::{Console, Setup, session, tenants, usual};

/// Enough tenants to fill the largest screen, with what makes columns differ.
fn many() -> Console {
    Setup::default().open(|instance, runtime| {
        usual(instance, runtime);
        let names: Vec<(String, String)> = (0..120)
            .map(|index| {
                (
                    format!("team-{index:03}"),
                    format!("Team {index} of the Example Company"),
                )
            })
            .collect();
        let list: Vec<(&str, &str)> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        tenants(instance, runtime, &list);
        tenants(
            instance,
            runtime,
            &[
                (
                    "a-tenant-with-an-id-that-is-as-long-as-an-id-may-be-0123456789",
                    "日本語の長い名前のテナント",
                ),
                (
                    "a-tenant-with-a-long-name",
                    "The department for the administration of long names!",
                ),
            ],
        );
    })
}

#[test]
fn rows() {
    keep("tenants", &mut Console::usual());
    let mut console = many();
    keep("tenants_many", console.keys("j j"));
    keep("tenants_last", console.keys("G"));
}

#[test]
fn ordered_and_filtered() {
    let mut console = many();
    keep("tenants_order_by", console.keys("s s"));
    keep("tenants_sorted", console.keys("enter S j"));
    keep("tenants_filter_typing", console.keys("/").type_text("team-01"));
    keep("tenants_filtered", console.keys("enter j j"));
    keep("tenants_filter_wrong", console.keys("/").type_text(" nme:x"));
    keep(
        "tenants_no_match",
        console.keys("ctrl-u").type_text("zzz").keys("enter"),
    );
    keep(
        "tenants_filter_long",
        console
            .keys("/")
            .type_text(" id:a-rather-long-word,another-rather-long-word !state:active"),
    );
}

#[test]
fn marks_and_what_is_done_about_them() {
    let mut console = many();
    console.keys("j space j j v");
    keep("tenants_marked", &mut console);
    keep("tenants_delete_many", console.keys("* D"));
    console.keys("esc esc g g j space j space D").type_text("2 tenants");
    let failure = Problem::new(
        ProblemKind::Conflict,
        "It could not be deleted.",
        "A flow runs in it.",
        "Wait.",
    );
    keep(
        "tenants_each_result",
        console.fail_item("acme", failure).keys("tab enter"),
    );
}

#[test]
fn columns() {
    let mut console = many();
    keep("tenants_columns", console.keys("C j space"));
    console.keys("J enter w");
    keep("tenants_wide", &mut console);
}

#[test]
fn empty_and_off() {
    let mut console = Setup {
        default_tenant: Some(false),
        ..Setup::default()
    }
    .open(|_, _| {});
    keep("tenants_empty", &mut console);
    let mut console = Setup {
        enabled: None,
        default_tenant: None,
        ..Setup::default()
    }
    .open(|_, _| {});
    keep("tenants_off", &mut console);
    keep("tenants_off_refused", console.keys("n"));
}

#[test]
fn awaited_failed_and_old() {
    let mut console = waiting();
    keep("tenants_loading_at_once", &mut console);
    keep("tenants_loading_150_ms", console.wait(150));
    keep("tenants_loading_2_s", console.wait(1_850));
    for question in ["Instance", "Tenants"] {
        console.fail_next(question, unreachable());
    }
    keep("tenants_error", console.answer());
    let mut console = Console::usual();
    console.keys("j").wait(180_000).fail_next("Tenants", unreachable());
    keep("tenants_stale", console.keys("r"));
}

#[test]
fn read_only() {
    let mut console = Setup {
        session: session(|session| {
            session.read_only_flag = true;
            session.context = "production-in-the-european-union".to_owned();
        }),
        ..Setup::default()
    }
    .open(usual);
    keep("tenants_read_only", console.keys("j"));
    keep("tenants_read_only_refused", console.keys("D"));
}

#[test]
fn messages() {
    let mut console = Console::usual();
    keep("messages_empty", console.keys("L"));
    console
        .keys("q")
        .fail_next("Tenants", unreachable())
        .keys("r W")
        .wait(65_000);
    console
        .keys("W n")
        .type_text("Initech")
        .keys("ctrl-o enter")
        .wait(10_000);
    keep("messages", console.keys("L"));
    keep("message_done", console.keys("enter"));
    keep("message_problem", console.keys("esc G enter"));
    keep(
        "messages_filtered",
        console.keys("esc /").type_text("level:ok").keys("enter"),
    );
}
