//! Two roles side by side, a role in another tenant, and in another release.

use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::tenant::TenantScope;

use crate::roles::{allow, console, of_2_0, roles_of};
use crate::support::context;

#[test]
fn a_role_is_copied_to_another_tenant_and_then_made_the_same_there() {
    let mut console = console();
    let billing = TenantScope::Named("billing".parse().unwrap());
    console
        .keys("j o")
        .shows("Copy role Operators to tenant")
        .shows("billing")
        .lacks("acme Acme");
    console
        .type_text("bill")
        .keys("enter")
        .shows("Role Operators created in tenant billing");
    let copied = roles_of(&console, &billing);
    assert!(
        copied
            .iter()
            .any(|role| role.name == "Operators" && role.permissions.count() == 2)
    );
    console
        .keys("o")
        .type_text("bill")
        .keys("enter")
        .shows("Role Operators is the same in tenant billing already");
    console.meanwhile(async |other| allow(other, "Operators", "SECRET", "READ").await);
    console.keys("r o").type_text("bill").keys("enter");
    console
        .shows("Change role Operators")
        .shows("In tenant billing on default")
        .shows("+SECRET:READ");
    console.keys("tab enter").shows("Role Operators changed");
    assert!(
        roles_of(&console, &billing)
            .iter()
            .any(|role| role.permissions.count() == 3)
    );
    console
        .keys("k o")
        .shows("this role is Kestra's own; every tenant has it");
}

#[test]
fn two_marked_roles_are_compared_cell_by_cell() {
    let mut console = console();
    console
        .keys("j space space f")
        .shows("A Operators B Unused")
        .shows("CREATE on FLOW: Operators alone");
    console.shows("`Operators` alone has 2 rights, `Unused` alone has 2 rights; they share 0 rights.");
    console
        .lacks("NAMESPACE")
        .keys("a")
        .shows("NAMESPACE")
        .shows("all rows")
        .keys("a")
        .lacks("NAMESPACE");
    console
        .keys("q")
        .shows("[Roles]")
        .shows("2 marked")
        .keys("* f")
        .shows("3 roles are marked; mark two");
}

#[test]
fn a_role_is_compared_with_another_one_also_elsewhere_and_of_another_release() {
    let mut console = console();
    console
        .keys("f")
        .shows("Compare role Admin with")
        .type_text("another")
        .keys("enter");
    console
        .shows("Compare role Admin with the one in tenant")
        .type_text("glob")
        .keys("enter");
    console
        .shows("A Admin in acme B Admin in globex")
        .shows("allow the same");
    console.keys("q f").type_text("2.0").keys("enter");
    console.shows("`Admin` is shown as what it becomes in 2.0.");
    console
        .keys("q j f")
        .type_text("another")
        .keys("enter")
        .type_text("glob")
        .keys("enter");
    console.shows("Tenant globex has no role Operators");
}

#[test]
fn an_old_role_is_shown_as_what_it_becomes_in_2_0() {
    let mut console = console();
    console.keys("j enter").shows("Role Operators: permissions").keys("t");
    console
        .shows("Role Operators as in Kestra 2.0")
        .shows("VIEW on FLOW")
        .keys("l l")
        .shows("CREATE on FLOW: allowed");
    console.keys("t").shows("Role Operators: permissions");
    let mut console = of_2_0();
    console
        .keys("enter t")
        .shows("Not now: it is a role of 2.0 or later already");
}

#[test]
fn a_role_is_compared_with_the_one_in_a_tenant_of_another_context() {
    let mut console = console();
    let away = Problem::new(ProblemKind::Unreachable, "It is away.", "Nobody answers.", "Start it.");
    console
        .with_contexts(["default", "lab"])
        .contexts
        .push((context("away"), Err(away)));
    console.keys("f").type_text("another context").keys("enter");
    console
        .shows("Compare role Admin with the one in context")
        .shows("lab.example.com")
        .lacks("default.example.com");
    let gone = || Problem::new(ProblemKind::Unreachable, "It is gone.", "Nobody answers.", "Start it.");
    // What nobody answers leaves what was chosen and typed as it was.
    console.fail_next("Elsewhere", gone()).type_text("lab").keys("enter");
    console
        .shows("It is gone.")
        .shows("Compare role Admin with the one in context")
        .shows("/ lab")
        .lacks("local away")
        .keys("enter");
    console
        .shows("Compare role Admin with the one of lab in tenant")
        .shows("acme")
        .type_text("glob");
    console.fail_next("Elsewhere", gone()).keys("enter");
    console
        .shows("It is gone.")
        .shows("/ glob")
        .shows("globex")
        .lacks("acme the")
        .keys("enter");
    console
        .shows("A Admin in acme of default B Admin in globex of lab")
        .shows("allow the same");
    console.keys("y c");
    assert!(
        console.copied[0].ends_with("--tenant acme --tenant-b globex --context-b lab"),
        "{:?}",
        console.copied
    );
    console
        .keys("q j f")
        .type_text("another context")
        .keys("enter")
        .type_text("lab")
        .keys("enter");
    console
        .type_text("glob")
        .keys("enter")
        .shows("Tenant globex of lab has no role Operators");
    console
        .keys("f")
        .type_text("another context")
        .keys("enter")
        .type_text("away")
        .keys("enter");
    console.shows("It is away.");
}

#[test]
fn whoever_went_on_to_something_else_is_not_called_back_to_a_comparison() {
    let mut console = console();
    console.keys("f").type_text("another tenant");
    console.held = true;
    console.keys("enter");
    console.held = false;
    console.shows("with the one in tenant").type_text("glob");
    console.held = true;
    console.keys("enter").keys(":").type_text("he");
    console.answer();
    console.shows(": he").lacks("Admin in globex");
    console.keys("esc").lacks("Admin in globex");
}
