//! The command that stands for a change, in the activity record and to be copied, is one that the command line takes.

use kestra_admin::cli::{Invocation, parse};
use kestra_admin::domain::account::Profile;
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::change::Change;
use kestra_admin::domain::invitation::{InvitedRole, NewInvitation};
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{Group, Membership, NewGroup, User, UserKind};

use crate::desk::words;

#[test]
fn the_command_of_each_change_is_one_that_the_command_line_takes() {
    let scope = TenantScope::Named("dev".parse().unwrap());
    let user = |kind| User {
        id: "u1".to_owned(),
        username: "ana@example.com".to_owned(),
        display_name: None,
        kind,
        superadmin: false,
    };
    let (person, program) = (user(UserKind::Standard), user(UserKind::ServiceAccount));
    let tenant = NewTenant {
        tenant: Tenant::new("dev".parse().unwrap(), "It's -dev"),
        admin: Some("ana@example.com".to_owned()),
    };
    let renamed = Tenant::new("dev".parse().unwrap(), "Other");
    let role = NewRole {
        name: "-Ops".to_owned(),
        description: Some("on call".to_owned()),
        permissions: [("FLOW".into(), vec!["READ".into(), "UPDATE".into()])]
            .into_iter()
            .collect(),
        is_default: true,
    };
    let before = Role {
        id: "r1".to_owned(),
        name: "Ops".to_owned(),
        description: None,
        permissions: [("SECRET".into(), vec!["READ".into()])].into_iter().collect(),
        is_default: false,
        is_managed: false,
    };
    let binding = NewBinding {
        subject_kind: SubjectKind::Group,
        subject_id: "g1".to_owned(),
        role_id: "r1".to_owned(),
        namespace: Some("prod".to_owned()),
    };
    let group = NewGroup {
        name: "ops".to_owned(),
        description: Some("on call".to_owned()),
        members: vec!["u1".to_owned()],
    };
    let old_group = Group {
        id: "g1".to_owned(),
        name: "old".to_owned(),
        description: None,
        members: Vec::new(),
    };
    let person_profile = Profile {
        username: "ana@example.com".to_owned(),
        first_name: Some("Ana".to_owned()),
        last_name: Some("Lima".to_owned()),
        password: Some("s3cret".to_owned()),
        groups: Some(vec![(None, "g1".to_owned())]),
        superadmin: Some(true),
        ..Profile::default()
    };
    let program_profile = Profile {
        username: "ci".to_owned(),
        description: Some("deploys".to_owned()),
        ..Profile::default()
    };
    let token = NewToken {
        name: "deploy".to_owned(),
        description: Some("deploys".to_owned()),
        max_age: Some("P30D".to_owned()),
        extended: true,
    };
    let invitation = NewInvitation {
        email: "ana@example.com".to_owned(),
        create_user: true,
        superadmin: true,
        roles: vec![InvitedRole {
            id: "r1".to_owned(),
            namespaces: vec!["prod".to_owned()],
        }],
        groups: vec!["g1".to_owned()],
    };
    let set = |wanted| Change::SetMembership {
        scope: &scope,
        group: "g1",
        user: "u1",
        wanted,
    };
    let id = "dev".parse().unwrap();
    for change in [
        Change::CreateTenant(&tenant),
        Change::UpdateTenant {
            before: &tenant.tenant,
            after: &renamed,
        },
        Change::DeleteTenant(&id),
        Change::EnsureAdmin(&TenantScope::Default, "ana@example.com"),
        Change::CreateRole(&scope, &role),
        Change::UpdateRole {
            scope: &scope,
            before: &before,
            after: &role,
        },
        Change::DeleteRole(&scope, "r1"),
        Change::CreateBinding(&scope, &binding),
        Change::DeleteBinding(&scope, "b1"),
        Change::CreateGroup(&scope, &group),
        Change::UpdateGroup {
            scope: &scope,
            before: &old_group,
            after: &group,
        },
        Change::DeleteGroup(&scope, "g1"),
        set(Some(Membership::Owner)),
        set(Some(Membership::Member)),
        set(None),
        Change::CreateAccount(None, UserKind::Standard, &person_profile),
        Change::CreateAccount(Some(&scope), UserKind::ServiceAccount, &program_profile),
        Change::DeleteAccount(None, &person),
        Change::DeleteAccount(Some(&scope), &program),
        Change::SetSuperadmin(&person, true),
        Change::SetSuperadmin(&person, false),
        Change::SetPassword(None, &person),
        Change::GiveAccess(&scope, "ana@example.com"),
        Change::TakeAccess(&scope, &person),
        Change::CreateToken(Some(&scope), &program, &token),
        Change::DeleteToken(None, &person, "t1"),
        Change::Invite(&scope, &invitation),
        Change::DeleteInvitation(&scope, "i1"),
    ] {
        let command = change.command(&["--context".to_owned(), "prod".to_owned()], Release::new(1, 3));
        assert!(!command.contains("s3cret"), "{command}");
        match parse(words(&command).into_iter().map(Into::into)) {
            Invocation::Command(..) => {}
            other => panic!("{command}\n{other:?}"),
        }
    }
}
