//! The command that stands for a change, in the activity record and to be copied, is one that the command line takes.

use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::cli::{Invocation, parse};
use kestra_admin::domain::account::{Account, Profile};
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::change::Change;
use kestra_admin::domain::invitation::{Invited, InvitedRole, NewInvitation};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

use crate::desk::{Desk, words};

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
        tenant: Tenant::new("dev".parse().unwrap(), "-x 'q' $HOME \"d\""),
        admin: Some("-ana@example.com".to_owned()),
    };
    let renamed = Tenant::new("dev".parse().unwrap(), "- z");
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
        Change::GiveAccess(&scope, &Entrant::Named("ana@example.com".to_owned())),
        Change::GiveAccess(&scope, &Entrant::Known(program.clone())),
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

/// What takes something away, where it is as dangerous as can be: nobody is left to ask, and the command has to do.
#[test]
fn the_command_of_each_removal_carries_the_confirmation_that_it_takes() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let desk = Desk::with_tenants("1.3");
    for id in ["dev", "beta", "gone"] {
        assert!(
            desk.run(&format!("kestra-admin tenants create --tenant {id}"))
                .status
                .success()
        );
    }
    let local = LocalInstance::open(&desk.instance_directory("default"), Some("admin@kestra.local")).unwrap();
    let backend: &dyn Backend = &local;
    let scope = |id: &str| TenantScope::Named(id.parse().unwrap());
    let (dev, beta, gone) = (scope("dev"), scope("beta"), scope("gone"));
    let user_of = |account: &Account| User {
        id: account.id.clone(),
        username: account.username.clone(),
        display_name: None,
        kind: account.kind,
        superadmin: account.superadmin,
    };
    let create = |kind, username: &str| {
        let profile = Profile {
            username: username.to_owned(),
            ..Profile::default()
        };
        let scope = (kind == UserKind::ServiceAccount).then_some(&dev);
        user_of(&runtime.block_on(backend.create_account(scope, kind, &profile)).unwrap())
    };
    let does = |change: Change<'_>| {
        let command = change.command(&[], Release::new(1, 3));
        let output = desk.run(&command);
        assert!(output.status.success(), "{command}\n{output:?}");
    };
    let (anna, bob) = (
        create(UserKind::Standard, "anna@example.com"),
        create(UserKind::Standard, "bob@example.com"),
    );
    let (ci, twin) = (
        create(UserKind::ServiceAccount, "ci"),
        create(UserKind::ServiceAccount, "ci"),
    );
    let token = NewToken {
        name: "deploy".to_owned(),
        ..NewToken::default()
    };
    let token = runtime.block_on(backend.create_token(Some(&dev), &ci, &token)).unwrap();
    does(Change::DeleteToken(Some(&dev), &ci, &token.id));

    // Each of these takes the last admin away.
    let made = |scope: &TenantScope| {
        assert!(runtime.block_on(backend.ensure_admin(scope, &anna.username)).unwrap());
        let bindings = runtime.block_on(backend.bindings(scope, &Query::first(10))).unwrap();
        bindings.rows[0].clone()
    };
    does(Change::DeleteBinding(&dev, &made(&dev).id));
    let admin = made(&beta);
    does(Change::TakeAccess(&beta, &anna));
    let crew = NewGroup {
        name: "crew".to_owned(),
        members: vec![bob.id.clone()],
        ..NewGroup::default()
    };
    let crew = runtime.block_on(backend.create_group(&beta, &crew)).unwrap();
    let held = NewBinding {
        subject_kind: SubjectKind::Group,
        subject_id: crew.id.clone(),
        role_id: admin.role_id,
        namespace: None,
    };
    runtime.block_on(backend.create_binding(&beta, &held)).unwrap();
    does(Change::SetMembership {
        scope: &beta,
        group: &crew.id,
        user: &bob.id,
        wanted: None,
    });
    does(Change::DeleteGroup(&beta, &crew.id));

    // Of two of one name the one that was meant.
    does(Change::GiveAccess(&beta, &Entrant::Known(twin.clone())));
    let there = runtime.block_on(backend.users(Some(&beta), &Query::first(10))).unwrap();
    assert_eq!(there.rows.iter().map(|user| &user.id).collect::<Vec<_>>(), [&twin.id]);
    does(Change::TakeAccess(&beta, &twin));
    does(Change::SetSuperadmin(&twin, true));
    does(Change::SetSuperadmin(&twin, false));

    let role = NewRole {
        name: "Ops".to_owned(),
        description: None,
        permissions: [("FLOW".into(), vec!["READ".into(), "UPDATE".into()])]
            .into_iter()
            .collect(),
        is_default: true,
    };
    let before = runtime.block_on(backend.create_role(&dev, &role)).unwrap();
    let after = NewRole {
        permissions: [("FLOW".into(), vec!["READ".into()])].into_iter().collect(),
        is_default: false,
        ..role
    };
    does(Change::UpdateRole {
        scope: &dev,
        before: &before,
        after: &after,
    });
    does(Change::DeleteRole(&dev, &before.id));
    let invitation = NewInvitation {
        email: "carl@example.com".to_owned(),
        ..NewInvitation::default()
    };
    match runtime.block_on(backend.invite(&dev, &invitation)).unwrap() {
        Invited::Waiting(invitation) => does(Change::DeleteInvitation(&dev, &invitation.id)),
        Invited::Granted => panic!("nobody was there to be let in"),
    }
    does(Change::DeleteAccount(Some(&dev), &ci));
    does(Change::DeleteTenant(gone.id().unwrap()));

    // One's own right goes last.
    does(Change::SetSuperadmin(&bob, true));
    let me = runtime.block_on(backend.instance()).unwrap().identity;
    let me = User {
        id: me.id,
        username: me.username,
        superadmin: true,
        ..anna
    };
    does(Change::SetSuperadmin(&me, false));
}

/// A command that is named can be run from any directory.
#[test]
fn a_directory_and_a_configuration_file_are_named_from_the_root_on() {
    let desk = Desk::with_tenants("0.21");
    LocalInstance::create(&desk.path("lab"), Release::DEFAULT).unwrap();
    desk.file("own.toml", "");
    let said = |line: &str| {
        let output = desk.run(line);
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    };
    let home = desk.path("").display().to_string();
    let home = home.trim_end_matches('/');
    let named = said("kestra-admin --config own.toml --store ./lab migrate status");
    let expected = format!("`kestra-admin --config {home}/own.toml --store {home}/./lab migrate check`");
    assert!(named.contains(&expected.replace("/./", "/")), "{named}");
    let other = said("kestra-admin --store lab migrate status");
    assert!(
        other.contains(&format!("`kestra-admin --store {home}/lab migrate check`")),
        "{other}"
    );
    // The name of a local instance means the same everywhere.
    let by_name = said("kestra-admin --store default migrate status");
    assert!(
        by_name.contains("`kestra-admin --store default migrate check`"),
        "{by_name}"
    );
}
