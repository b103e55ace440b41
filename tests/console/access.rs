//! What one user may do, and who may do one thing.

use kestra_admin::backend::Backend;
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;

use crate::roles::acme;
use crate::screens::keep;
use crate::screens::tenants::people;
use crate::support::{Console, Setup, user};

/// A console on the users of tenant acme.
fn users() -> Console {
    let mut console = Setup::default().open(people);
    console.keys("j p tab");
    console
}

#[test]
fn what_stands_beside_the_grid_is_not_said_again_by_the_page_over_it() {
    let mut console = users();
    console.resize(200, 60).keys("/").type_text("bob").keys("enter a");
    let sentences = [
        "may CREATE FLOW in this tenant.",
        "Role `Operators`, held through group `Night shift`",
    ];
    let counts = |console: &Console| sentences.map(|sentence| console.screen().matches(sentence).count());
    assert_eq!(counts(&console), [1, 1], "{}", console.screen());
    // It takes the place of what stands there, and the cell it is about stays marked.
    let grid = |console: &Console| -> Vec<String> {
        let screen = console.screen();
        let lines = screen.lines().skip(2).take(56);
        lines.map(|line| line.chars().take(120).collect()).collect()
    };
    let before = grid(&console);
    assert!(before.iter().any(|line| line.contains(">FLOW") && line.contains("[x]")));
    console.keys("enter").shows("Access of bob@example.com: CREATE FLOW");
    assert_eq!(counts(&console), [1, 1], "{}", console.screen());
    assert_eq!(grid(&console), before);
    // Over the grid, too, it is said once.
    for size in [(110, 40), (80, 24), (60, 20)] {
        console
            .resize(size.0, size.1)
            .shows("Access of bob@example.com: CREATE FLOW");
        assert_eq!(counts(&console)[0], 1, "{}", console.screen());
    }
    console.keys("esc").resize(200, 60);
    assert_eq!(counts(&console), [1, 1]);
}

#[test]
fn what_a_user_may_do_is_a_grid_with_reasons() {
    let mut console = users();
    console.keys("/").type_text("bob").keys("enter a");
    console.shows("What bob@example.com may do in tenant acme");
    console.shows("`bob@example.com` may CREATE FLOW in this tenant.");
    console.shows("Role `Operators`, held through group `Night shift`");
    console.keys("j").shows("may not CREATE EXECUTION");
    console
        .keys("enter")
        .shows("Access of bob@example.com: CREATE EXECUTION")
        .keys("esc q")
        .shows("[Users]");
    console.keys("enter").shows("What bob@example.com may do");
}

#[test]
fn what_holds_in_some_namespaces_only_is_counted_apart_among_the_others() {
    let mut console = Setup {
        release: "2.0",
        default_tenant: None,
        ..Setup::default()
    }
    .open(|instance, runtime| {
        people(instance, runtime);
        let roles = runtime
            .block_on(instance.roles(&acme(), &Query::first(50)))
            .unwrap()
            .rows;
        let anna = runtime
            .block_on(instance.users(None, &Query::user_named("anna@example.com")))
            .unwrap()
            .rows;
        let admin = roles.iter().find(|role| role.is_admin()).unwrap();
        let binding = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: anna[0].id.clone(),
            role_id: admin.id.clone(),
            namespace: Some("company.team".to_owned()),
        };
        instance.create_binding(&acme(), &binding).unwrap();
    });
    console.keys("g g").keys("/").type_text("acme").keys("enter p tab");
    console.keys("/").type_text("anna").keys("enter a");
    console
        .shows("What anna@example.com may do")
        .shows("0+")
        .lacks("5 of 5");
    keep("access_limited_others", &mut console);
}

#[test]
fn a_namespace_narrows_the_question() {
    let mut console = users();
    console.keys("/").type_text("anna").keys("enter a").shows("[n]");
    console
        .shows("may CREATE FLOW")
        .keys("/")
        .type_text("company.team.etl")
        .keys("enter");
    console
        .shows("namespace: company.team.etl")
        .shows("may CREATE FLOW")
        .shows("[x]");
    console.keys("/").keys("ctrl-u").type_text("other").keys("enter");
    console
        .shows("may not CREATE FLOW")
        .shows("but only in `company.team` and below, which `other` is not.");
    console
        .keys("esc")
        .shows("anywhere in the tenant")
        .keys("esc")
        .shows("[Users]");
}

#[test]
fn who_may_do_what_the_selected_cell_says_and_through_what() {
    let mut console = Setup::default().open(people);
    console
        .keys("j enter tab j enter w")
        .shows("Who can CREATE FLOW in tenant acme")
        .shows("4 users");
    console
        .resize(120, 24)
        .shows("bob@example.com Operators by group Night shift whole tenant");
    console
        .shows("anna@example.com Operators company.team")
        .shows("admin@kestra.local Admin whole tenant");
    console
        .keys("/")
        .type_text("other")
        .keys("enter")
        .lacks("anna@example.com")
        .shows("3 users");
    console
        .keys("a")
        .shows("What admin@kestra.local may do")
        .shows("namespace: other");
    console.keys("w").shows("Who can CREATE FLOW");
}

#[test]
fn a_resource_and_an_action_are_chosen_where_no_cell_is_selected() {
    let mut console = Setup::default().open(people);
    console
        .keys("j enter w")
        .shows("Who can do something to")
        .type_text("secr")
        .keys("enter");
    console
        .shows("Who can do what to SECRET")
        .keys("down enter")
        .shows("Who can READ SECRET in tenant acme");
    console.shows("admin@kestra.local");
}

#[test]
fn a_superadmin_may_without_a_role_what_belongs_to_them() {
    let mut console = Setup::default().open(people);
    console.keys("g g G p tab").shows("globex");
    console
        .keys("w")
        .type_text("role")
        .keys("enter enter")
        .shows("Who can CREATE");
}

#[test]
fn superadmins_of_the_whole_instance_are_among_those_who_may_though_they_are_not_in_the_tenant() {
    let opened = || {
        let mut console = Setup::default().open(|instance, runtime| {
            people(instance, runtime);
            user(instance, "boss@example.com");
            instance.set_superadmin("boss@example.com", true).unwrap();
        });
        console.keys("j p tab").lacks("boss");
        console
    };
    let mut console = opened();
    console.held = true;
    console.keys("w").type_text("role").keys("enter enter");
    console
        .shows("Who can CREATE ROLE in tenant acme")
        .shows("admin@kestra.local")
        .lacks("boss");
    console.held = false;
    console.answer().shows("boss@example.com superadmin whole tenant");
    assert!(
        console.linear().contains("boss@example.com, superadmin, whole tenant"),
        "{}",
        console.linear()
    );
    console
        .keys("/")
        .type_text("other")
        .keys("enter")
        .shows("boss@example.com superadmin");
    console
        .keys("esc esc")
        .shows("[Users]")
        .keys("w")
        .type_text("flow")
        .keys("enter enter")
        .lacks("boss");
    let mut console = opened();
    let problem = Problem::new(ProblemKind::Denied, "It may not be seen.", "You may not.", "Ask.");
    console.fail_next("People(Superadmins", problem);
    console.keys("w").type_text("role").keys("enter enter");
    console
        .shows("admin@kestra.local")
        .shows("not every superadmin is known")
        .lacks("boss");
}

#[test]
fn holders_of_a_role_lead_to_what_they_may_do() {
    let mut console = Setup::default().open(people);
    console
        .keys("j enter tab j enter tab j a")
        .shows("What bob@example.com may do");
    console.keys("q q q p").keys("/").type_text("night").keys("enter a");
    console.shows("Not now: no user is selected");
}

#[test]
fn it_is_said_line_by_line() {
    let mut console = users();
    console.line("/bob").line("1");
    let said = console.linear();
    assert!(said.contains("FLOW: CREATE, UPDATE"), "{said}");
    assert!(
        said.contains("`bob@example.com` may CREATE FLOW in this tenant."),
        "{said}"
    );
    console.line("w");
    let said = console.linear();
    assert!(said.contains("Who can CREATE FLOW in tenant acme"), "{said}");
    assert!(
        said.contains("bob@example.com, Operators by group Night shift, whole tenant"),
        "{said}"
    );
}
