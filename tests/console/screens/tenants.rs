//! One tenant, and one role.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::backend::local::admin::{ExecutionStub, FlowStub, TriggerStub};
use kestra_admin::domain::binding::NewBinding;
use kestra_admin::domain::binding::SubjectKind;
use kestra_admin::domain::catalogue;
use kestra_admin::domain::permission::{Action, Resource};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::user::Membership;

use super::keep;
use crate::states::unreachable;
use crate::support::{Console, Setup, user, usual};

/// The same with a role of one's own that allows what the Admin of 0.21 does, named Ours.
pub fn with_much_of_ones_own(instance: &LocalInstance, runtime: &tokio::runtime::Runtime) {
    people(instance, runtime);
    let acme = TenantScope::Named("acme".parse().unwrap());
    let admin = catalogue::managed_role(Release::new(0, 21), "Admin").unwrap();
    let ours = NewRole {
        name: "Ours".to_owned(),
        description: None,
        permissions: admin.permissions.clone(),
        is_default: false,
    };
    instance.create_role(&acme, &ours).unwrap();
}

/// People, groups, roles and content in tenant acme.
pub fn people(instance: &LocalInstance, runtime: &tokio::runtime::Runtime) {
    usual(instance, runtime);
    let acme = TenantScope::Named("acme".parse().unwrap());
    for name in [
        "anna@example.com",
        "bob@example.com",
        "carol.with.a.long.name@subsidiary.example.com",
    ] {
        user(instance, name);
        instance.grant_tenant_access(&acme, name).unwrap();
    }
    let role = |name: &str, description: Option<&str>, resource: &'static str| NewRole {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        permissions: [(
            Resource::known(resource),
            vec![Action::known("CREATE"), Action::known("UPDATE")],
        )]
        .into_iter()
        .collect(),
        is_default: false,
    };
    let operators = instance
        .create_role(
            &acme,
            &role(
                "Operators",
                Some("Those who look after flows at night and at weekends."),
                "FLOW",
            ),
        )
        .unwrap();
    instance.create_role(&acme, &role("Unused", None, "SECRET")).unwrap();
    let group = instance
        .create_group(&acme, "Night shift", Some("Awake when others sleep."))
        .unwrap();
    instance.create_group(&acme, "Empty", None).unwrap();
    instance
        .add_member(&acme, &group.id, "bob@example.com", Membership::Member)
        .unwrap();
    let users = runtime.block_on(instance.users(None, &Query::first(100))).unwrap();
    let id = |name: &str| users.rows.iter().find(|user| user.username == name).unwrap().id.clone();
    for (kind, subject, namespace) in [
        (
            SubjectKind::User,
            id("anna@example.com"),
            Some("company.team".to_owned()),
        ),
        (
            SubjectKind::User,
            id("carol.with.a.long.name@subsidiary.example.com"),
            None,
        ),
        (SubjectKind::Group, group.id, None),
    ] {
        let binding = NewBinding {
            subject_kind: kind,
            subject_id: subject,
            role_id: operators.id.clone(),
            namespace,
        };
        instance.create_binding(&acme, &binding).unwrap();
    }
    let flow = |id: usize| FlowStub {
        namespace: "company.team".to_owned(),
        id: format!("flow-{id}"),
        disabled: false,
    };
    instance
        .add_flows(&acme, &(0..1_234).map(flow).collect::<Vec<_>>())
        .unwrap();
    let execution = ExecutionStub {
        id: "one".to_owned(),
        namespace: "company.team".to_owned(),
        flow: "flow-0".to_owned(),
        state: "SUCCESS".to_owned(),
    };
    instance.add_executions(&acme, &[execution]).unwrap();
    let trigger = TriggerStub {
        namespace: "company.team".to_owned(),
        flow: "flow-0".to_owned(),
        id: "daily".to_owned(),
        disabled: false,
    };
    instance.add_triggers(&acme, &[trigger]).unwrap();
}

fn acme() -> Console {
    let mut console = Setup::default().open(people);
    console.keys("j enter");
    console
}

#[test]
fn tabs() {
    let mut console = acme();
    keep("tenant_overview", &mut console);
    keep("tenant_roles", console.keys("tab"));
    keep("tenant_holders", console.keys("tab"));
    keep("tenant_users", console.keys("tab j"));
    keep("tenant_groups", console.keys("tab"));
    keep(
        "tenant_roles_filtered",
        console.keys("tab tab /").type_text("oper").keys("enter"),
    );
    keep(
        "tenant_roles_no_match",
        console.keys("/").type_text("zzz").keys("enter"),
    );
    let mut console = Console::usual();
    keep("tenant_without_holders", console.keys("G p"));
    keep("tenant_without_groups", console.keys("tab tab"));
    keep("tenant_without_admin", console.keys("tab"));
}

#[test]
fn fields() {
    let mut console = Setup {
        release: "2.0",
        ..Setup::default()
    }
    .open(people);
    console
        .keys("e")
        .field("Worker tags")
        .type_text("gpu eu-1")
        .field("Storage type")
        .type_text("s3");
    console
        .keys("tab")
        .type_text("bucket: a-bucket")
        .keys("enter")
        .type_text("accessKey: s3cret");
    console
        .field("Quotas")
        .type_text("PT1H 500 FAIL")
        .field("SDK API token")
        .type_text("s3cret");
    console.keys("ctrl-o enter enter");
    keep("tenant_fields", &mut console);
    keep("tenant_fields_end", console.keys("G"));
}

#[test]
fn just_created_default_and_failing() {
    let mut console = Setup::default().open(people);
    keep("tenant_default", console.keys("enter"));
    console.keys("q n").type_text("Initech GmbH").keys("ctrl-o enter");
    keep("tenant_created", &mut console);
    console
        .keys("q n")
        .type_text("Hooli")
        .field("Admin")
        .keys("ctrl-u ctrl-o enter");
    keep("tenant_created_without_admin", &mut console);
    console
        .keys("q")
        .fail_next("Access", unreachable())
        .fail_next("Tenant(", unreachable());
    console.fail_next("Footprint", unreachable()).keys("g g j enter");
    keep("tenant_error", &mut console);
    console.keys("q enter tab").fail_next("Access", unreachable()).keys("r");
    keep("tenant_stale", &mut console);
    console.keys("q").held = true;
    keep("tenant_loading_2_s", console.keys("enter").wait(2_000));
}

#[test]
fn matrix() {
    let mut console = acme();
    keep("role_matrix", console.keys("tab enter"));
    keep("role_holders", console.keys("tab"));
    keep("role_of_own", console.keys("q j enter"));
    keep("role_of_own_holders", console.keys("tab j"));
    keep("role_without_holders", console.keys("q j enter tab"));
    let mut console = Console::usual();
    keep("role_admin_without_holders", console.keys("G enter tab enter tab"));
}

#[test]
fn matrix_of_2_0() {
    let mut console = Setup {
        release: "2.0",
        ..Setup::default()
    }
    .open(usual);
    keep("role_2_0", console.keys("enter tab enter"));
    keep(
        "role_2_0_right",
        console.keys("l l l l l l l l l l l l l l l l l l l l l l l l l"),
    );
    keep("role_2_0_down", console.keys("G"));
}
