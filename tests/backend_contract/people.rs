//! Roles, bindings, groups, accounts, access, tokens, invitations and the audit log: changed, and read as they then are.

use kestra_admin::backend::Backend;
use kestra_admin::domain::account::{Account, Profile};
use kestra_admin::domain::audit::{AuditQuery, AuditRow};
use kestra_admin::domain::binding::{Binding, NewBinding, SubjectKind};
use kestra_admin::domain::invitation::{Invited, InvitedRole, NewInvitation};
use kestra_admin::domain::permission::{Action, Permissions, Resource};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::token::NewToken;
use kestra_admin::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};

use super::Reach;
use super::stage::Stage;

const ANNA: &str = "anna@example.com";
const BOB: &str = "bob@example.com";

fn all() -> Query {
    Query::first(1000)
}

fn called(username: &str) -> Entrant {
    Entrant::Named(username.to_owned())
}

fn kind<T>(outcome: Result<T, Problem>) -> ProblemKind {
    outcome.map(drop).unwrap_err().kind
}

fn permissions(pairs: &[(&'static str, &'static str)]) -> Permissions {
    let mut permissions = Permissions::default();
    for (resource, action) in pairs {
        permissions.allow(Resource::known(resource), Action::known(action));
    }
    permissions
}

fn new_role(name: &str, pairs: &[(&'static str, &'static str)]) -> NewRole {
    NewRole {
        name: name.to_owned(),
        description: Some("What it is for".to_owned()),
        permissions: permissions(pairs),
        is_default: false,
    }
}

fn binding(kind: SubjectKind, subject: &str, role: &str, namespace: Option<&str>) -> NewBinding {
    NewBinding {
        subject_kind: kind,
        subject_id: subject.to_owned(),
        role_id: role.to_owned(),
        namespace: namespace.map(str::to_owned),
    }
}

fn group(name: &str, members: &[&User]) -> NewGroup {
    NewGroup {
        name: name.to_owned(),
        description: Some("Who they are".to_owned()),
        members: members.iter().map(|user| user.id.clone()).collect(),
    }
}

async fn bindings(backend: &dyn Backend, scope: &TenantScope) -> Vec<Binding> {
    backend.bindings(scope, &all()).await.unwrap().rows
}

async fn people(backend: &dyn Backend, scope: &TenantScope) -> Vec<String> {
    let page = backend.users(Some(scope), &all()).await.unwrap();
    page.rows.into_iter().map(|user| user.username).collect()
}

async fn the_group(backend: &dyn Backend, scope: &TenantScope, id: &str) -> Group {
    let page = backend.groups(scope, &all()).await.unwrap();
    page.rows.into_iter().find(|group| group.id == id).unwrap()
}

fn places(group: &Group) -> Vec<(&str, Membership)> {
    group
        .members
        .iter()
        .map(|member| (member.username.as_str(), member.membership))
        .collect()
}

pub async fn roles_are_created_changed_and_deleted(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let backend = stage.superadmin();
    let reading = stage.flow_reader();
    let made = backend.create_role(&acme, &new_role("Reader", &reading)).await.unwrap();
    assert_eq!(
        (made.name.as_str(), made.is_managed, made.is_default),
        ("Reader", false, false)
    );
    assert_eq!(made.description.as_deref(), Some("What it is for"));
    assert_eq!(made.permissions, permissions(&reading));
    assert_eq!(backend.role(&acme, &made.id).await.unwrap(), made);
    // Names are not unique.
    let twin = backend.create_role(&acme, &new_role("Reader", &reading)).await.unwrap();
    assert_ne!(twin.id, made.id);

    let mut more = reading.clone();
    more.push(("FLOW", "DELETE"));
    let after = NewRole {
        name: "Cleaner".to_owned(),
        description: None,
        is_default: true,
        ..new_role("", &more)
    };
    let changed = backend.update_role(&acme, &made, &after).await.unwrap();
    assert_eq!(
        (changed.id.as_str(), changed.name.as_str()),
        (made.id.as_str(), "Cleaner")
    );
    assert_eq!((changed.description.as_deref(), changed.is_default), (None, true));
    assert_eq!(changed.permissions, permissions(&more));
    assert_eq!(backend.role(&acme, &made.id).await.unwrap(), changed);
    // What was shown is not there any more.
    let problem = backend
        .update_role(&acme, &made, &new_role("Other", &reading))
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict, "{problem}");
    assert!(problem.why.contains("what it allows"), "{problem}");
    assert_eq!(backend.role(&acme, &made.id).await.unwrap(), changed);
    // A right is taken away as well as given.
    let narrowed = backend
        .update_role(&acme, &changed, &new_role("Reader", &reading))
        .await
        .unwrap();
    assert_eq!(narrowed.permissions, permissions(&reading));

    assert_eq!(
        kind(backend.create_role(&acme, &new_role("x", &[("FLWO", "DELETE")])).await),
        ProblemKind::Invalid
    );
    assert_eq!(
        kind(backend.create_role(&acme, &new_role("", &reading)).await),
        ProblemKind::Invalid
    );
    if release.at_least(2, 0) {
        // Kestra takes READ for VIEW alone, without a word.
        let old = new_role("x", &[("FLOW", "READ")]);
        assert_eq!(kind(backend.create_role(&acme, &old).await), ProblemKind::Invalid);
        assert_eq!(
            kind(backend.create_role(&acme, &new_role("x", &[])).await),
            ProblemKind::Invalid
        );
    }
    let listed = backend.roles(&acme, &all()).await.unwrap();
    let admin = listed.rows.iter().find(|role| role.is_admin()).unwrap();
    let kept = backend
        .update_role(&acme, admin, &new_role("Boss", &reading))
        .await
        .unwrap_err();
    assert_eq!(kept.kind, ProblemKind::Denied, "{kept}");
    assert_eq!(kind(backend.delete_role(&acme, &admin.id).await), ProblemKind::Denied);

    let anna = stage.user(ANNA, Some(&acme));
    stage.bind(&acme, &anna, &twin, None);
    backend.delete_role(&acme, &twin.id).await.unwrap();
    assert_eq!(kind(backend.role(&acme, &twin.id).await), ProblemKind::NotFound);
    assert_eq!(bindings(&*backend, &acme).await, [], "bindings go with the role");
    assert_eq!(kind(backend.delete_role(&acme, &twin.id).await), ProblemKind::NotFound);
    let gone = Role { ..twin };
    assert_eq!(
        kind(backend.update_role(&acme, &gone, &new_role("x", &reading)).await),
        ProblemKind::NotFound
    );
}

pub async fn many_bindings_are_made_and_each_has_its_own_outcome(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let (anna, bob) = (stage.user(ANNA, Some(&acme)), stage.user(BOB, Some(&acme)));
    let role = stage.role(&acme, "Reader", &stage.flow_reader());
    let backend = stage.superadmin();
    let crew = backend.create_group(&acme, &group("Crew", &[])).await.unwrap();
    let robot = Profile {
        username: "robot".to_owned(),
        ..Profile::default()
    };
    let robot = backend
        .create_account(Some(&acme), UserKind::ServiceAccount, &robot)
        .await
        .unwrap();
    let (user, team) = (SubjectKind::User, SubjectKind::Group);
    let wanted = [
        binding(user, &anna.id, &role.id, None),
        binding(user, &anna.id, &role.id, Some("company.team")),
        binding(user, &anna.id, &role.id, None),
        binding(user, &bob.id, "no-such-role", None),
        binding(team, &crew.id, &role.id, None),
        binding(team, "no-such-group", &role.id, None),
        binding(user, "no-such-user", &role.id, None),
        binding(user, &bob.id, &role.id, Some(" ")),
        binding(user, &robot.id, &role.id, None),
    ];
    let made = backend.create_bindings(&acme, &wanted).await;
    let outcomes: Vec<_> = made
        .iter()
        .map(|made| made.as_ref().map_err(|problem| problem.kind))
        .collect();
    let kinds: Vec<_> = outcomes.iter().map(|outcome| outcome.err()).collect();
    let (conflict, not_found, invalid) = (ProblemKind::Conflict, ProblemKind::NotFound, ProblemKind::Invalid);
    assert_eq!(
        kinds,
        [
            None,
            None,
            Some(conflict),
            Some(not_found),
            None,
            Some(not_found),
            Some(not_found),
            Some(invalid),
            None
        ]
    );
    let narrowed = outcomes[1].unwrap();
    assert_eq!(
        (narrowed.subject_name.as_str(), narrowed.role_name.as_str()),
        (ANNA, "Reader")
    );
    assert_eq!(narrowed.namespace.as_deref(), Some("company.team"));
    assert_eq!(outcomes[0].unwrap().namespace, None);
    assert_eq!(
        (
            outcomes[4].unwrap().subject_kind,
            outcomes[4].unwrap().subject_name.as_str()
        ),
        (team, "Crew")
    );
    assert_eq!(
        (
            outcomes[8].unwrap().subject_kind,
            outcomes[8].unwrap().subject_name.as_str()
        ),
        (user, "robot")
    );
    assert_eq!(bindings(&*backend, &acme).await.len(), 4);
    // What is there already is said to be.
    assert_eq!(
        kind(backend.create_binding(&acme, &wanted[1]).await),
        ProblemKind::Conflict
    );
    backend.delete_binding(&acme, &narrowed.id).await.unwrap();
    assert_eq!(
        kind(backend.delete_binding(&acme, &narrowed.id).await),
        ProblemKind::NotFound
    );
    let again = backend.create_binding(&acme, &wanted[1]).await.unwrap();
    assert_ne!(again.id, narrowed.id);
    assert_eq!(bindings(&*backend, &acme).await.len(), 4);
    assert!(backend.create_bindings(&acme, &[]).await.is_empty());
}

pub async fn a_role_or_a_group_opens_the_tenant_until_1_3(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let (anna, bob) = (stage.user(ANNA, None), stage.user(BOB, None));
    let role = stage.role(&acme, "Reader", &stage.flow_reader());
    let backend = stage.superadmin();
    let wanted = binding(SubjectKind::User, &anna.id, &role.id, None);
    let bound = backend.create_binding(&acme, &wanted).await;
    let crew = backend.create_group(&acme, &group("Crew", &[])).await.unwrap();
    let joined = backend
        .set_membership(&acme, &crew.id, &bob.id, Some(Membership::Member), false)
        .await;
    if !release.at_least(2, 0) {
        bound.unwrap();
        joined.unwrap();
        assert_eq!(people(&*backend, &acme).await, [ANNA, BOB]);
        return;
    }
    for problem in [bound.unwrap_err(), joined.unwrap_err()] {
        assert_eq!(problem.kind, ProblemKind::NotFound, "{problem}");
        assert!(problem.why.contains("access to the tenant comes first"), "{problem}");
    }
    assert!(backend.give_access(&acme, &called(ANNA)).await.unwrap());
    backend.create_binding(&acme, &wanted).await.unwrap();
    let refused = backend
        .create_group(&acme, &group("Guests", &[&bob]))
        .await
        .unwrap_err();
    assert!(refused.why.contains("access to the tenant comes first"), "{refused}");
    assert_eq!(backend.groups(&acme, &all()).await.unwrap().total, 1);
}

pub async fn groups_have_members_and_owners(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let (anna, bob) = (stage.user(ANNA, Some(&acme)), stage.user(BOB, Some(&acme)));
    let carol = stage.user("carol@example.com", None);
    let backend = stage.superadmin();
    let crew = backend.create_group(&acme, &group("Crew", &[&anna])).await.unwrap();
    assert_eq!(
        (crew.name.as_str(), crew.description.as_deref()),
        ("Crew", Some("Who they are"))
    );
    assert_eq!(places(&crew), [(ANNA, Membership::Member)]);
    assert_eq!(the_group(&*backend, &acme, &crew.id).await, crew);
    assert_eq!(
        kind(backend.create_group(&acme, &group("Crew", &[])).await),
        ProblemKind::Conflict
    );
    assert_eq!(
        kind(backend.create_group(&acme, &group("", &[])).await),
        ProblemKind::Invalid
    );

    let owner = backend
        .set_membership(&acme, &crew.id, &bob.id, Some(Membership::Owner), false)
        .await;
    if release.at_least(0, 23) {
        owner.unwrap();
        assert_eq!(
            places(&the_group(&*backend, &acme, &crew.id).await),
            [(ANNA, Membership::Member), (BOB, Membership::Owner)]
        );
    } else {
        assert!(owner.unwrap_err().why.contains("0.23"));
    }
    if release.at_least(0, 23) {
        for place in [Membership::Member, Membership::Owner] {
            backend
                .set_membership(&acme, &crew.id, &bob.id, Some(place), true)
                .await
                .unwrap();
            let now = the_group(&*backend, &acme, &crew.id).await;
            assert_eq!(places(&now), [(ANNA, Membership::Member), (BOB, place)]);
            // Who is not in it is not put into it.
            let refused = backend
                .set_membership(&acme, &crew.id, &carol.id, Some(place), true)
                .await;
            assert_eq!(kind(refused), ProblemKind::Conflict);
            assert_eq!(the_group(&*backend, &acme, &crew.id).await, now);
        }
    }
    // A second time changes nothing.
    for _ in 0..2 {
        backend
            .set_membership(&acme, &crew.id, &bob.id, Some(Membership::Member), false)
            .await
            .unwrap();
        let now = the_group(&*backend, &acme, &crew.id).await;
        assert_eq!(places(&now), [(ANNA, Membership::Member), (BOB, Membership::Member)]);
    }
    for stays in [false, true] {
        backend
            .set_membership(&acme, &crew.id, &anna.id, None, stays)
            .await
            .unwrap();
        let now = the_group(&*backend, &acme, &crew.id).await;
        assert_eq!(places(&now), [(BOB, Membership::Member)]);
    }
    // Whoever leaves the last group leaves the tenant, in the releases that say so.
    let closes = release.at_least(0, 24) && !release.at_least(2, 0);
    let expected: &[&str] = if closes { &[BOB] } else { &[ANNA, BOB] };
    assert_eq!(people(&*backend, &acme).await, expected);
    let member = Some(Membership::Member);
    for outcome in [
        backend
            .set_membership(&acme, "no-such-group", &anna.id, member, false)
            .await,
        backend
            .set_membership(&acme, &crew.id, "no-such-user", member, false)
            .await,
        backend.delete_group(&acme, "no-such-group").await,
    ] {
        assert_eq!(kind(outcome), ProblemKind::NotFound);
    }

    let after = NewGroup {
        name: "Night crew".to_owned(),
        ..NewGroup::default()
    };
    let changed = backend.update_group(&acme, &crew, &after).await.unwrap();
    assert_eq!(
        (changed.name.as_str(), changed.description.as_deref()),
        ("Night crew", None)
    );
    assert_eq!(places(&changed), [(BOB, Membership::Member)], "members stay");
    let problem = backend.update_group(&acme, &crew, &after).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict, "{problem}");
    assert!(problem.why.contains("its name and its description"), "{problem}");
    let other = backend.create_group(&acme, &group("Other", &[])).await.unwrap();
    assert_eq!(
        kind(backend.update_group(&acme, &other, &after).await),
        ProblemKind::Conflict
    );

    let role = stage.role(&acme, "Reader", &stage.flow_reader());
    stage.bind_id(&acme, SubjectKind::Group, &crew.id, &role.id, None);
    backend.delete_group(&acme, &crew.id).await.unwrap();
    assert_eq!(bindings(&*backend, &acme).await, [], "bindings go with the group");
    assert_eq!(
        kind(backend.update_group(&acme, &changed, &after).await),
        ProblemKind::NotFound
    );
}

fn profile(username: &str) -> Profile {
    Profile {
        username: username.to_owned(),
        first_name: Some("Carla".to_owned()),
        last_name: Some("Diaz".to_owned()),
        ..Profile::default()
    }
}

fn group_ids(account: &Account) -> Vec<(Option<&str>, &str, &str, Membership)> {
    account
        .groups
        .iter()
        .map(|group| {
            (
                group.tenant.as_deref(),
                group.id.as_str(),
                group.name.as_str(),
                group.membership,
            )
        })
        .collect()
}

pub async fn accounts_are_created_and_deleted(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let backend = stage.superadmin();
    let crew = backend.create_group(&acme, &group("Crew", &[])).await.unwrap();
    let carla = Profile {
        password: Some("Old-password-1".to_owned()),
        groups: Some(vec![(Some("acme".to_owned()), crew.id.clone())]),
        ..profile("carla@example.com")
    };
    assert!(!format!("{carla:?}").contains("Old-password"));
    let made = backend
        .create_account(Some(&acme), UserKind::Standard, &carla)
        .await
        .unwrap();
    assert_eq!(
        (made.username.as_str(), made.kind),
        ("carla@example.com", UserKind::Standard)
    );
    assert_eq!(
        (made.first_name.as_deref(), made.last_name.as_deref()),
        (Some("Carla"), Some("Diaz"))
    );
    assert!(!made.superadmin && !made.restricted && made.password_id.is_some());
    assert_eq!(made.tenants, [("acme".to_owned(), "Tenant acme".to_owned())]);
    assert_eq!(
        group_ids(&made),
        [(Some("acme"), crew.id.as_str(), "Crew", Membership::Member)]
    );
    let user = made.as_user();
    assert_eq!(backend.account(Some(&acme), &user).await.unwrap(), made);
    assert_eq!(backend.account(None, &user).await.unwrap().username, made.username);
    assert_eq!(people(&*backend, &acme).await, ["carla@example.com"]);
    let now = jiff::Timestamp::now();
    assert!(
        stage
            .local
            .sign_in_basic("carla@example.com", "Old-password-1", now)
            .is_ok()
    );
    backend.set_password(None, &user, "New-password-2").await.unwrap();
    assert!(
        stage
            .local
            .sign_in_basic("carla@example.com", "New-password-2", now)
            .is_ok()
    );
    backend
        .set_password(Some(&acme), &user, "New-password-3")
        .await
        .unwrap();
    assert!(
        stage
            .local
            .sign_in_basic("carla@example.com", "New-password-3", now)
            .is_ok()
    );
    let problem = backend.set_password(None, &user, "weak").await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Invalid, "{problem}");
    assert!(!format!("{problem:?}").contains("`weak`"), "{problem:?}");

    assert_eq!(
        kind(
            backend
                .create_account(Some(&acme), UserKind::Standard, &profile("carla@example.com"))
                .await
        ),
        ProblemKind::Conflict
    );
    let alone = backend
        .create_account(None, UserKind::Standard, &profile("dan@example.com"))
        .await
        .unwrap();
    assert!(alone.tenants.is_empty() && alone.groups.is_empty());

    backend.set_superadmin(&user, true).await.unwrap();
    assert!(backend.account(None, &user).await.unwrap().superadmin);
    backend.set_superadmin(&user, false).await.unwrap();
    assert!(!backend.account(None, &user).await.unwrap().superadmin);
    let first = backend.instance().await.unwrap().identity;
    let me = User {
        id: first.id,
        username: first.username,
        display_name: None,
        kind: UserKind::Standard,
        superadmin: true,
    };
    let problem = backend.set_superadmin(&me, false).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Conflict, "the last one stays: {problem}");

    backend.delete_account(None, &user).await.unwrap();
    assert_eq!(kind(backend.account(None, &user).await), ProblemKind::NotFound);
    assert_eq!(kind(backend.delete_account(None, &user).await), ProblemKind::NotFound);
    assert_eq!(
        kind(backend.set_password(None, &user, "New-password-4").await),
        ProblemKind::NotFound
    );
    assert_eq!(kind(backend.set_superadmin(&user, true).await), ProblemKind::NotFound);
    assert_eq!(people(&*backend, &acme).await, [] as [&str; 0]);
    assert!(places(&the_group(&*backend, &acme, &crew.id).await).is_empty());
}

pub async fn service_accounts_are_accounts_of_their_own(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let backend = stage.superadmin();
    let crew = backend.create_group(&acme, &group("Crew", &[])).await.unwrap();
    let robot = Profile {
        username: "robot".to_owned(),
        description: Some("Deploys".to_owned()),
        groups: Some(vec![(None, crew.id.clone())]),
        ..Profile::default()
    };
    let program = UserKind::ServiceAccount;
    let made = backend.create_account(Some(&acme), program, &robot).await.unwrap();
    assert_eq!((made.username.as_str(), made.kind), ("robot", program));
    assert_eq!(made.description.as_deref(), Some("Deploys"));
    assert_eq!(
        group_ids(&made),
        [(Some("acme"), crew.id.as_str(), "Crew", Membership::Member)]
    );
    let user = made.as_user();
    assert_eq!(backend.account(Some(&acme), &user).await.unwrap(), made);
    let listed = backend.users(Some(&acme), &all()).await.unwrap();
    assert_eq!(listed.rows.iter().map(|user| user.kind).collect::<Vec<_>>(), [program]);
    let bad = Profile {
        username: "Not a name".to_owned(),
        ..Profile::default()
    };
    assert_eq!(
        kind(backend.create_account(Some(&acme), program, &bad).await),
        ProblemKind::Invalid
    );
    let again = backend
        .create_account(Some(&acme), program, &Profile { groups: None, ..robot })
        .await;
    match again {
        Ok(twin) if release.at_least(0, 22) => assert_ne!(twin.id, made.id),
        Err(problem) if !release.at_least(0, 22) => assert_eq!(problem.kind, ProblemKind::Conflict),
        other => panic!("{other:?}"),
    }
    let of_the_instance = Profile {
        username: "everywhere".to_owned(),
        tenants: release.at_least(0, 24).then(|| vec!["acme".to_owned()]),
        ..Profile::default()
    };
    if release.at_least(1, 0) {
        let made = backend.create_account(None, program, &of_the_instance).await.unwrap();
        assert_eq!(made.tenants, [("acme".to_owned(), "Tenant acme".to_owned())]);
        let user = made.as_user();
        backend.set_superadmin(&user, true).await.unwrap();
        assert!(backend.account(None, &user).await.unwrap().superadmin);
        backend.delete_account(None, &user).await.unwrap();
        assert_eq!(kind(backend.account(None, &user).await), ProblemKind::NotFound);
    }
    backend.delete_account(Some(&acme), &user).await.unwrap();
    assert_eq!(kind(backend.account(Some(&acme), &user).await), ProblemKind::NotFound);
    assert_eq!(
        kind(backend.delete_account(Some(&acme), &user).await),
        ProblemKind::NotFound
    );
}

pub async fn access_is_given_and_taken_with_everything(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let (acme, globex) = (stage.tenant("acme"), stage.tenant("globex"));
    let anna = stage.user(ANNA, None);
    let backend = stage.superadmin();
    let given = backend.give_access(&acme, &called(ANNA)).await;
    if release.at_least(0, 24) {
        assert!(given.unwrap());
        assert!(!backend.give_access(&acme, &called(ANNA)).await.unwrap());
    } else {
        // Whoever holds a role is in, and nobody else.
        let problem = given.unwrap_err();
        assert!(problem.why.contains("came with Kestra 0.24"), "{problem}");
    }
    assert_eq!(
        kind(backend.give_access(&acme, &called("nobody@example.com")).await),
        ProblemKind::NotFound
    );
    let role = stage.role(&acme, "Reader", &stage.flow_reader());
    stage.bind(&acme, &anna, &role, None);
    assert!(!backend.give_access(&acme, &called(ANNA)).await.unwrap());
    let elsewhere = stage.role(&globex, "Reader", &stage.flow_reader());
    stage.local.grant_tenant_access(&globex, ANNA).unwrap();
    stage.bind(&globex, &anna, &elsewhere, None);
    stage.bind(&acme, &anna, &role, Some("company"));
    let crew = backend.create_group(&acme, &group("Crew", &[&anna])).await.unwrap();
    assert_eq!(people(&*backend, &acme).await, [ANNA]);
    backend.take_access(&acme, &anna).await.unwrap();
    assert_eq!(bindings(&*backend, &acme).await, []);
    assert!(places(&the_group(&*backend, &acme, &crew.id).await).is_empty());
    assert_eq!(
        bindings(&*backend, &globex).await.len(),
        1,
        "other tenants are left alone"
    );
    if release.at_least(0, 24) {
        assert_eq!(people(&*backend, &acme).await, [] as [&str; 0]);
        assert_eq!(kind(backend.take_access(&acme, &anna).await), ProblemKind::NotFound);
    }
    let nobody = User {
        id: "nobody".to_owned(),
        ..anna
    };
    assert_eq!(kind(backend.take_access(&acme, &nobody).await), ProblemKind::NotFound);
}

pub async fn access_goes_to_the_account_that_was_meant(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let (acme, globex) = (stage.tenant("acme"), stage.tenant("globex"));
    let backend = stage.superadmin();
    let program = Profile {
        username: "ci".to_owned(),
        ..Profile::default()
    };
    let mut twins = Vec::new();
    for _ in 0..2 {
        let made = backend
            .create_account(Some(&globex), UserKind::ServiceAccount, &program)
            .await;
        twins.push(made.unwrap().as_user());
    }
    let ids = async || -> Vec<String> {
        let page = backend.users(Some(&acme), &all()).await.unwrap();
        page.rows.into_iter().map(|user| user.id).collect()
    };
    for number in [1, 0] {
        let who = Entrant::Known(twins[number].clone());
        assert!(backend.give_access(&acme, &who).await.unwrap());
        assert!(!backend.give_access(&acme, &who).await.unwrap(), "given already");
        assert!(ids().await.contains(&twins[number].id));
        assert_eq!(ids().await.len(), 2 - number);
    }
    backend.take_access(&acme, &twins[1]).await.unwrap();
    assert_eq!(ids().await, [twins[0].id.as_str()]);
}

pub async fn tokens_are_shown_once(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let (anna, bob) = (stage.user(ANNA, Some(&acme)), stage.user(BOB, Some(&acme)));
    let backend = stage.superadmin();
    let new = NewToken {
        name: "night-job".to_owned(),
        description: Some("For a script".to_owned()),
        max_age: Some("P30D".to_owned()),
        extended: true,
    };
    if !release.at_least(0, 15) {
        for problem in [
            backend.tokens(None, &anna).await.map(drop).unwrap_err(),
            backend.create_token(None, &anna, &new).await.map(drop).unwrap_err(),
            backend.delete_token(None, &anna, "x").await.unwrap_err(),
        ] {
            assert!(problem.why.contains("came with Kestra 0.15"), "{problem}");
        }
        return;
    }
    let made = backend.create_token(None, &anna, &new).await.unwrap();
    assert_eq!(made.name, "night-job");
    assert!(
        stage
            .local
            .sign_in_token(&made.full_token, jiff::Timestamp::now())
            .is_ok()
    );
    // Names may repeat.
    let twin = backend.create_token(None, &anna, &new).await.unwrap();
    assert_ne!((&twin.id, &twin.full_token), (&made.id, &made.full_token));
    let listed = backend.tokens(None, &anna).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(
        !format!("{listed:?}").contains(&made.full_token),
        "a token is told once"
    );
    let token = listed.iter().find(|token| token.id == made.id).unwrap();
    assert_eq!(
        (token.name.as_str(), token.description.as_deref()),
        ("night-job", Some("For a script"))
    );
    assert!(token.extended && made.full_token.starts_with(&token.prefix));
    assert_eq!(
        token.expires.map(|expires| (expires - token.issued) / 86_400_000),
        Some(30)
    );
    backend.delete_token(None, &anna, &twin.id).await.unwrap();
    assert_eq!(
        kind(backend.delete_token(None, &anna, &twin.id).await),
        ProblemKind::NotFound
    );
    assert_eq!(backend.tokens(None, &anna).await.unwrap().len(), 1);
    for bad in [
        NewToken {
            name: "Not a name".to_owned(),
            ..NewToken::default()
        },
        NewToken {
            max_age: Some("a month".to_owned()),
            ..new.clone()
        },
    ] {
        assert_eq!(
            kind(backend.create_token(None, &anna, &bad).await),
            ProblemKind::Invalid
        );
    }
    // Everybody has tokens of their own, and nobody those of others.
    let as_anna = stage.as_user(ANNA);
    let own = NewToken {
        name: "own".to_owned(),
        ..NewToken::default()
    };
    let made = as_anna.create_token(None, &anna, &own).await.unwrap();
    assert!(
        stage
            .local
            .sign_in_token(&made.full_token, jiff::Timestamp::now())
            .is_ok()
    );
    let tokens = as_anna.tokens(None, &anna).await.unwrap();
    assert_eq!(
        tokens.iter().map(|token| token.name.as_str()).collect::<Vec<_>>(),
        ["night-job", "own"]
    );
    assert_eq!(kind(as_anna.create_token(None, &bob, &own).await), ProblemKind::Denied);
    as_anna.delete_token(None, &anna, &made.id).await.unwrap();

    let robot = Profile {
        username: "robot".to_owned(),
        ..Profile::default()
    };
    let robot = backend
        .create_account(Some(&acme), UserKind::ServiceAccount, &robot)
        .await
        .unwrap();
    let robot = robot.as_user();
    let made = backend.create_token(Some(&acme), &robot, &own).await.unwrap();
    assert!(
        stage
            .local
            .sign_in_token(&made.full_token, jiff::Timestamp::now())
            .is_ok()
    );
    assert_eq!(backend.tokens(Some(&acme), &robot).await.unwrap()[0].id, made.id);
    backend.delete_token(Some(&acme), &robot, &made.id).await.unwrap();
    assert!(backend.tokens(Some(&acme), &robot).await.unwrap().is_empty());
}

pub async fn invitations_wait_or_let_in_at_once(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let backend = stage.superadmin();
    let role = stage.role(&acme, "Reader", &stage.flow_reader());
    let crew = backend.create_group(&acme, &group("Crew", &[])).await.unwrap();
    let new = |email: &str, namespaces: &[&str]| NewInvitation {
        email: email.to_owned(),
        roles: vec![InvitedRole {
            id: role.id.clone(),
            namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
        }],
        groups: vec![crew.id.clone()],
        ..NewInvitation::default()
    };
    if !release.at_least(0, 20) {
        for problem in [
            backend.invitations(&acme).await.map(drop).unwrap_err(),
            backend
                .invite(&acme, &new("new@example.com", &[]))
                .await
                .map(drop)
                .unwrap_err(),
            backend.delete_invitation(&acme, "x").await.unwrap_err(),
        ] {
            assert!(problem.why.contains("came with Kestra 0.20"), "{problem}");
        }
        return;
    }
    let Invited::Waiting(waiting) = backend.invite(&acme, &new("new@example.com", &[])).await.unwrap() else {
        panic!("nobody is called so yet");
    };
    assert_eq!(
        (waiting.email.as_str(), waiting.tenant.as_deref()),
        ("new@example.com", Some("acme"))
    );
    assert_eq!(
        (waiting.roles[0].id.as_str(), &waiting.groups),
        (role.id.as_str(), &vec![crew.id.clone()])
    );
    assert!(waiting.expires > waiting.sent && !waiting.superadmin);
    assert_eq!(
        backend.invitations(&acme).await.unwrap(),
        std::slice::from_ref(&waiting)
    );
    assert_eq!(
        kind(backend.invite(&acme, &new("new@example.com", &[])).await),
        ProblemKind::Conflict
    );
    assert_eq!(
        kind(backend.invite(&acme, &new("no address", &[])).await),
        ProblemKind::Invalid
    );
    backend.delete_invitation(&acme, &waiting.id).await.unwrap();
    assert_eq!(backend.invitations(&acme).await.unwrap(), []);
    assert_eq!(
        kind(backend.delete_invitation(&acme, &waiting.id).await),
        ProblemKind::NotFound
    );

    stage.user(ANNA, None);
    assert_eq!(
        backend.invite(&acme, &new(ANNA, &["company"])).await.unwrap(),
        Invited::Granted
    );
    let held = bindings(&*backend, &acme).await;
    assert_eq!(
        (held[0].subject_name.as_str(), held[0].namespace.as_deref()),
        (ANNA, Some("company"))
    );
    assert_eq!(
        places(&the_group(&*backend, &acme, &crew.id).await),
        [(ANNA, Membership::Member)]
    );
    assert_eq!(backend.invitations(&acme).await.unwrap(), []);

    let at_once = NewInvitation {
        create_user: true,
        ..new("other@example.com", &[])
    };
    let created = backend.invite(&acme, &at_once).await;
    if release.at_least(0, 24) {
        assert_eq!(created.unwrap(), Invited::Granted);
        assert_eq!(people(&*backend, &acme).await, [ANNA, "other@example.com"]);
    } else {
        assert!(created.unwrap_err().why.contains("0.24"));
    }
    let above_all = NewInvitation {
        superadmin: true,
        ..new("boss@example.com", &[])
    };
    match backend.invite(&acme, &above_all).await {
        Ok(Invited::Waiting(waiting)) if release.at_least(0, 23) => assert!(waiting.superadmin),
        Err(problem) if !release.at_least(0, 23) => assert!(problem.why.contains("0.23"), "{problem}"),
        other => panic!("{other:?}"),
    }
}

pub async fn the_audit_log_is_filtered_and_paged(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let (acme, globex) = (stage.tenant("acme"), stage.tenant("globex"));
    let backend = stage.superadmin();
    let mut made = Vec::new();
    for number in 0..5 {
        let new = new_role(&format!("Role {number}"), &stage.flow_reader());
        made.push(backend.create_role(&acme, &new).await.unwrap().id);
    }
    backend.delete_role(&acme, &made[4]).await.unwrap();
    let crew = backend.create_group(&acme, &group("Crew", &[])).await.unwrap();
    backend
        .create_role(&globex, &new_role("Other", &stage.flow_reader()))
        .await
        .unwrap();
    let query = AuditQuery {
        size: 100,
        ..AuditQuery::default()
    };
    let read = async |query: &AuditQuery| backend.audit(Some(&acme), query).await.unwrap();
    let what = |rows: &[AuditRow]| -> Vec<(String, String, String)> {
        rows.iter()
            .map(|row| (row.action.clone(), row.resource.clone(), row.object.clone()))
            .collect()
    };
    let roles = AuditQuery {
        resources: vec!["ROLE".to_owned()],
        ..query.clone()
    };
    let all_roles = read(&roles).await;
    assert_eq!(all_roles.total, 6);
    assert_eq!(
        what(&all_roles.rows)[0],
        ("DELETE".to_owned(), "ROLE".to_owned(), made[4].clone())
    );
    let me = backend.instance().await.unwrap().identity;
    for row in &all_roles.rows {
        assert_eq!(
            (row.actor.as_str(), row.user_id.as_deref()),
            (me.username.as_str(), Some(me.id.as_str()))
        );
        assert_eq!(row.tenant, "acme");
        assert!(!row.id.is_empty() && row.time > 1_600_000_000_000);
    }
    // Pages of any start, each row once.
    let mut paged = Vec::new();
    for (offset, size) in [(0, 2), (2, 3), (5, 4)] {
        let page = read(&AuditQuery {
            offset,
            size,
            ..roles.clone()
        })
        .await;
        assert_eq!(page.total, 6);
        paged.extend(page.rows);
    }
    assert_eq!(paged, all_roles.rows);
    assert!(
        read(&AuditQuery {
            offset: 50,
            ..roles.clone()
        })
        .await
        .rows
        .is_empty()
    );
    let mut backwards = all_roles.rows.clone();
    backwards.reverse();
    let oldest_first = AuditQuery {
        oldest_first: true,
        ..roles.clone()
    };
    assert_eq!(read(&oldest_first).await.rows, backwards);
    for (narrower, total) in [
        (
            AuditQuery {
                action: Some("DELETE".to_owned()),
                ..roles.clone()
            },
            1,
        ),
        (
            AuditQuery {
                resources: vec!["GROUP".to_owned(), "ROLE".to_owned()],
                ..query.clone()
            },
            7,
        ),
        (
            AuditQuery {
                resources: vec!["BINDING".to_owned()],
                ..query.clone()
            },
            0,
        ),
        (
            AuditQuery {
                text: Some(crew.id.clone()),
                ..query.clone()
            },
            1,
        ),
        (
            AuditQuery {
                text: Some("no such text".to_owned()),
                ..query.clone()
            },
            0,
        ),
        (
            AuditQuery {
                user: Some(me.id.clone()),
                ..roles.clone()
            },
            6,
        ),
        (
            AuditQuery {
                user: Some("nobody".to_owned()),
                ..query.clone()
            },
            0,
        ),
        (
            AuditQuery {
                from: Some(all_roles.rows[5].time),
                ..roles.clone()
            },
            6,
        ),
        (
            AuditQuery {
                from: Some(all_roles.rows[0].time + 60_000),
                ..query.clone()
            },
            0,
        ),
        (
            AuditQuery {
                until: Some(all_roles.rows[5].time - 60_000),
                ..roles.clone()
            },
            0,
        ),
    ] {
        assert_eq!(read(&narrower).await.total, total, "{narrower:?}");
    }
    let instance = backend.audit(None, &roles).await;
    if release.at_least(1, 0) {
        let page = instance.unwrap();
        assert_eq!(page.total, 7, "of all tenants");
        assert_eq!(page.rows[0].tenant, "globex");
        stage.user(ANNA, Some(&acme));
        assert_eq!(kind(stage.as_user(ANNA).audit(None, &query).await), ProblemKind::Denied);
    } else {
        assert!(instance.unwrap_err().why.contains("came with Kestra 1.0"));
    }
}

/// Somebody who is in the tenant and may do nothing there.
pub async fn nothing_is_done_for_somebody_without_the_right(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let (anna, bob) = (stage.user(ANNA, Some(&acme)), stage.user(BOB, Some(&acme)));
    let role = stage.role(&acme, "Reader", &stage.flow_reader());
    let held = stage.bind(&acme, &bob, &role, None);
    let superadmin = stage.superadmin();
    let crew = superadmin.create_group(&acme, &group("Crew", &[&bob])).await.unwrap();
    let before = superadmin.access(&acme).await.unwrap();
    let backend = stage.as_user(ANNA);
    let own = new_role("Mine", &stage.flow_reader());
    let admin = binding(SubjectKind::User, &anna.id, &role.id, None);
    let token = NewToken {
        name: "theirs".to_owned(),
        ..NewToken::default()
    };
    let mut refused = vec![
        ("create a role", backend.create_role(&acme, &own).await.map(drop)),
        ("change a role", backend.update_role(&acme, &role, &own).await.map(drop)),
        ("delete a role", backend.delete_role(&acme, &role.id).await),
        ("bind", backend.create_binding(&acme, &admin).await.map(drop)),
        ("unbind", backend.delete_binding(&acme, &held.id).await),
        (
            "create a group",
            backend.create_group(&acme, &group("Mine", &[])).await.map(drop),
        ),
        (
            "change a group",
            backend.update_group(&acme, &crew, &group("Mine", &[])).await.map(drop),
        ),
        ("delete a group", backend.delete_group(&acme, &crew.id).await),
        (
            "join a group",
            backend
                .set_membership(&acme, &crew.id, &anna.id, Some(Membership::Member), false)
                .await,
        ),
        ("see an account", backend.account(Some(&acme), &bob).await.map(drop)),
        (
            "see an account of the instance",
            backend.account(None, &bob).await.map(drop),
        ),
        (
            "create a user",
            backend
                .create_account(Some(&acme), UserKind::Standard, &profile("eve@example.com"))
                .await
                .map(drop),
        ),
        (
            "create a user of the instance",
            backend
                .create_account(None, UserKind::Standard, &profile("eve@example.com"))
                .await
                .map(drop),
        ),
        (
            "create a service account",
            backend
                .create_account(
                    Some(&acme),
                    UserKind::ServiceAccount,
                    &Profile {
                        username: "robot".to_owned(),
                        ..Profile::default()
                    },
                )
                .await
                .map(drop),
        ),
        ("delete a user", backend.delete_account(None, &bob).await),
        ("rise", backend.set_superadmin(&anna, true).await),
        (
            "set a password",
            backend.set_password(None, &bob, "New-password-2").await,
        ),
        (
            "set a password in a tenant",
            backend.set_password(Some(&acme), &bob, "New-password-2").await,
        ),
        ("give access", backend.give_access(&acme, &called(BOB)).await.map(drop)),
        ("take access", backend.take_access(&acme, &bob).await),
        (
            "read the audit log",
            backend
                .audit(
                    Some(&acme),
                    &AuditQuery {
                        size: 10,
                        ..AuditQuery::default()
                    },
                )
                .await
                .map(drop),
        ),
    ];
    if release.at_least(0, 15) {
        refused.push(("see tokens", backend.tokens(None, &bob).await.map(drop)));
        refused.push(("make a token", backend.create_token(None, &bob, &token).await.map(drop)));
        refused.push(("end a token", backend.delete_token(None, &bob, "x").await));
    }
    if release.at_least(0, 20) {
        let new = NewInvitation {
            email: "eve@example.com".to_owned(),
            ..NewInvitation::default()
        };
        refused.push(("see invitations", backend.invitations(&acme).await.map(drop)));
        refused.push(("invite", backend.invite(&acme, &new).await.map(drop)));
        refused.push(("withdraw an invitation", backend.delete_invitation(&acme, "x").await));
    }
    for (what, outcome) in refused {
        match outcome {
            Err(problem) => assert_eq!(problem.kind, ProblemKind::Denied, "{what}: {problem}"),
            Ok(()) => panic!("{what}: done"),
        }
    }
    assert_eq!(superadmin.access(&acme).await.unwrap(), before, "and nothing changed");
}

/// Somebody whose role allows to administer the tenant, and who is no superadmin.
pub async fn an_admin_of_a_tenant_does_what_a_superadmin_does_there(reach: &dyn Reach, release: Release) {
    let stage = Stage::new(reach, release);
    let acme = stage.tenant("acme");
    let (anna, bob) = (stage.user(ANNA, Some(&acme)), stage.user(BOB, Some(&acme)));
    assert!(stage.superadmin().ensure_admin(&acme, ANNA).await.unwrap());
    let backend = stage.as_user(ANNA);
    let role = backend
        .create_role(&acme, &new_role("Reader", &stage.flow_reader()))
        .await
        .unwrap();
    let changed = backend
        .update_role(&acme, &role, &new_role("Other", &stage.flow_reader()))
        .await
        .unwrap();
    let bound = backend
        .create_binding(&acme, &binding(SubjectKind::User, &bob.id, &changed.id, None))
        .await
        .unwrap();
    backend.delete_binding(&acme, &bound.id).await.unwrap();
    let crew = backend.create_group(&acme, &group("Crew", &[&bob])).await.unwrap();
    backend
        .set_membership(&acme, &crew.id, &anna.id, Some(Membership::Member), false)
        .await
        .unwrap();
    backend
        .set_membership(&acme, &crew.id, &anna.id, None, false)
        .await
        .unwrap();
    backend.update_group(&acme, &crew, &group("Crew 2", &[])).await.unwrap();
    let seen = backend.account(Some(&acme), &bob).await.unwrap();
    assert_eq!(
        group_ids(&seen),
        [(Some("acme"), crew.id.as_str(), "Crew 2", Membership::Member)]
    );
    backend.delete_group(&acme, &crew.id).await.unwrap();
    backend.delete_role(&acme, &role.id).await.unwrap();
    let robot = Profile {
        username: "robot".to_owned(),
        ..Profile::default()
    };
    let robot = backend
        .create_account(Some(&acme), UserKind::ServiceAccount, &robot)
        .await
        .unwrap();
    let robot = robot.as_user();
    if release.at_least(0, 24) {
        let token = NewToken {
            name: "own".to_owned(),
            ..NewToken::default()
        };
        let made = backend.create_token(Some(&acme), &robot, &token).await.unwrap();
        assert_eq!(backend.tokens(Some(&acme), &robot).await.unwrap().len(), 1);
        backend.delete_token(Some(&acme), &robot, &made.id).await.unwrap();
        stage.user("carl@example.com", None);
        assert!(backend.give_access(&acme, &called("carl@example.com")).await.unwrap());
        assert!(!backend.give_access(&acme, &called("carl@example.com")).await.unwrap());
    }
    backend.delete_account(Some(&acme), &robot).await.unwrap();
    if release.at_least(0, 20) {
        let new = NewInvitation {
            email: "new@example.com".to_owned(),
            ..NewInvitation::default()
        };
        assert!(matches!(
            backend.invite(&acme, &new).await.unwrap(),
            Invited::Waiting(_)
        ));
        assert_eq!(backend.invitations(&acme).await.unwrap().len(), 1);
    }
    let query = AuditQuery {
        size: 10,
        ..AuditQuery::default()
    };
    assert!(backend.audit(Some(&acme), &query).await.unwrap().total > 5);
    backend.take_access(&acme, &bob).await.unwrap();
    assert_eq!(kind(backend.set_superadmin(&anna, true).await), ProblemKind::Denied);
}
