//! What users see who are no superadmins: what they may, and why not.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::binding::NewBinding;
use kestra_admin::domain::binding::SubjectKind;
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::TenantScope;

use crate::support::{Console, Setup, tenants, user};

const ANNA: &str = "anna@example.com";

/// An instance that anna works on, who holds a role of these permissions in the default tenant.
fn as_anna(release: &'static str, permissions: &[(&'static str, &[&'static str])]) -> Console {
    let permissions: Permissions = permissions
        .iter()
        .map(|(resource, actions)| {
            let actions = actions.iter().map(|action| Action::known(action)).collect();
            (Resource::known(resource), actions)
        })
        .collect();
    Setup {
        release,
        acting_as: Some(ANNA),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        tenants(instance, runtime, &[("acme", "Acme"), ("globex", "Globex")]);
        user(instance, ANNA);
        runtime.block_on(bind(instance, permissions));
        let acme = TenantScope::Named("acme".parse().unwrap());
        instance.grant_tenant_access(&acme, ANNA).unwrap();
    })
}

async fn bind(instance: &LocalInstance, permissions: Permissions) {
    let scope = TenantScope::Default;
    let role = instance
        .create_role(
            &scope,
            &NewRole {
                name: "Tenant creator".to_owned(),
                description: None,
                permissions,
                is_default: false,
            },
        )
        .unwrap();
    let users = instance.users(None, &Query::first(100)).await.unwrap();
    let anna = users.rows.into_iter().find(|user| user.username == ANNA).unwrap();
    instance
        .create_binding(
            &scope,
            &NewBinding {
                subject_kind: SubjectKind::User,
                subject_id: anna.id,
                role_id: role.id,
                namespace: None,
            },
        )
        .unwrap();
}

#[test]
fn up_to_0_19_whoever_may_create_tenants_does_and_becomes_admin() {
    let mut console = as_anna("0.19", &[("TENANT", &["CREATE", "READ"]), ("USER", &["READ"])]);
    console
        .shows("anna@example.com")
        .lacks("superadmin")
        .lacks("globex")
        .shows("acme");
    console.keys("n").type_text("New").lacks("nobody would hold Admin");
    console
        .keys("ctrl-o")
        .shows("You will hold it, as its creator.")
        .keys("enter");
    console.shows("Tenant new created; anna@example.com holds its Admin role");
    console
        .keys("tab enter tab")
        .shows("anna@example.com directly whole tenant");
    // Creating is all that was given.
    console.keys("q q D").shows("Not now: ").lacks("Delete tenant");
}

#[test]
fn from_0_20_only_superadmins_create_and_the_reason_is_given_before_a_form_opens() {
    let mut console = as_anna("0.21", &[("TENANT", &["CREATE", "READ"])]);
    console
        .keys("n")
        .lacks("New tenant")
        .shows("Not now: ")
        .shows("superadmin");
    console
        .keys(":")
        .type_text("new-tenant")
        .shows("Not now: ")
        .shows("superadmin")
        .keys("esc");
    for keys in ["j e", "D"] {
        console.keys(keys).shows("Not now: ").shows("superadmin");
    }
    console.lacks("Delete tenant").lacks("Edit tenant");
}

#[test]
fn what_may_not_be_read_says_which_right_is_missing() {
    let mut console = as_anna("0.21", &[("FLOW", &["READ"])]);
    console.keys("G").keys("enter tab");
    console
        .shows("allows READ on ROLE")
        .shows("Ask an admin of the tenant for such a role.");
    console.keys("q").shows("Tenants");
}

#[test]
fn in_2_0_superadmins_are_called_instance_owners() {
    let mut console = Setup {
        release: "2.0",
        ..Setup::default()
    }
    .open(|instance, runtime| tenants(instance, runtime, &[("acme", "Acme")]));
    console.shows("(instance owner)").lacks("superadmin");
    console.keys("n").type_text("New").field("Admin").keys("ctrl-u");
    console.shows("an instance owner gets no role by creating");
    console
        .keys("ctrl-o")
        .shows("! Nobody will hold it: you are an instance owner.");
}
