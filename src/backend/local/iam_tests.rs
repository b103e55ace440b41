//! Who may change what over the API, and what a change brings with it, release by release.

use jiff::Timestamp;

use crate::backend::Backend;
use crate::domain::audit::AuditQuery;
use crate::domain::binding::SubjectKind;
use crate::domain::permission::Permissions;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::tenant::{NewTenant, Tenant, TenantScope};
use crate::domain::user::{Membership, UserKind};

use super::admin::NewUser;
use super::{FIRST_USER, LocalInstance, Who};
use crate::domain::account::{Account, Profile};
use crate::domain::binding::NewBinding;
use crate::domain::invitation::{Invited, NewInvitation};
use crate::domain::role::NewRole;
use crate::domain::token::NewToken;

const RELEASES: [Release; 6] = [
    Release::new(0, 13),
    Release::new(0, 21),
    Release::new(0, 23),
    Release::new(1, 0),
    Release::new(1, 3),
    Release::new(2, 0),
];
const BOSS: &str = "boss@example.com";
const ANNA: &str = "anna@example.com";

/// Two tenants: the boss is Admin of `acme`, Anna has no access to either, and the first user is superadmin.
struct Company {
    _home: tempfile::TempDir,
    superadmin: LocalInstance,
    boss: LocalInstance,
    anna: LocalInstance,
    release: Release,
}

impl Company {
    fn new(release: Release) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("lab");
        LocalInstance::create(&directory, release).unwrap();
        let superadmin = LocalInstance::open(&directory, None)
            .unwrap()
            .with_tenancy_on()
            .unwrap();
        for username in [BOSS, ANNA] {
            superadmin
                .create_user(&NewUser {
                    username: username.to_owned(),
                    display_name: None,
                    kind: UserKind::Standard,
                    superadmin: false,
                    tenant: None,
                    groups: Vec::new(),
                })
                .unwrap();
        }
        for (id, admin) in [("acme", Some(BOSS)), ("globex", None)] {
            superadmin
                .create_tenant_by_command(&NewTenant {
                    tenant: Tenant::new(id.parse().unwrap(), id),
                    admin: admin.map(str::to_owned),
                })
                .unwrap();
        }
        Self {
            boss: superadmin.acting_as(BOSS).unwrap(),
            anna: superadmin.acting_as(ANNA).unwrap(),
            superadmin,
            release,
            _home: home,
        }
    }

    fn account(&self, username: &str) -> Account {
        self.superadmin.account_named(username).unwrap()
    }

    /// The permission or the action that reading flows takes.
    fn reader(&self, name: &str) -> NewRole {
        let mut permissions = Permissions::default();
        let action = if self.release.at_least(2, 0) { "VIEW" } else { "READ" };
        permissions.allow("FLOW".into(), action.into());
        NewRole {
            name: name.to_owned(),
            description: None,
            permissions,
            is_default: false,
        }
    }

    fn binding(&self, username: &str, role: &str) -> NewBinding {
        NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: self.account(username).id,
            role_id: role.to_owned(),
            namespace: None,
        }
    }
}

fn acme() -> TenantScope {
    TenantScope::Named("acme".parse().unwrap())
}

fn globex() -> TenantScope {
    TenantScope::Named("globex".parse().unwrap())
}

fn kind<T>(result: Result<T, Problem>) -> Option<ProblemKind> {
    result.err().map(|problem| problem.kind)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn profile(username: &str) -> Profile {
    Profile {
        username: username.to_owned(),
        ..Profile::default()
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

#[test]
fn admins_change_their_own_tenant_and_nobody_else_does() {
    for release in RELEASES {
        let company = Company::new(release);
        let role = company.boss.add_role(&acme(), &company.reader("Reader")).unwrap();
        let group = company.boss.add_group(&acme(), "Readers", None, &[]).unwrap();
        let denied = Some(ProblemKind::Denied);
        for (who, scope) in [(&company.anna, acme()), (&company.boss, globex())] {
            let new = company.reader("Mine");
            assert_eq!(kind(who.add_role(&scope, &new)), denied, "{release}");
            assert_eq!(kind(who.update_role(&scope, &role.id, &new)), denied, "{release}");
            assert_eq!(kind(who.delete_role(&scope, &role.id)), denied, "{release}");
            assert_eq!(
                kind(who.add_bindings(&scope, &[company.binding(ANNA, &role.id)])),
                denied,
                "{release}"
            );
            assert_eq!(kind(who.add_group(&scope, "Mine", None, &[])), denied, "{release}");
            assert_eq!(kind(who.delete_group(&scope, &group.id)), denied, "{release}");
            assert_eq!(kind(who.join_group(&scope, &group.id, "x")), denied, "{release}");
            assert_eq!(kind(who.grant_access(&scope, Who::Username(ANNA))), denied, "{release}");
            assert_eq!(kind(who.invitations(&scope)), denied, "{release}");
        }
        assert_eq!(kind(company.boss.audit_page(None, &AuditQuery::default())), denied);
        assert_eq!(
            kind(
                company
                    .boss
                    .create_account(None, UserKind::Standard, &profile("new@example.com"))
            ),
            denied,
            "{release}"
        );
        let nowhere = TenantScope::Named("nowhere".parse().unwrap());
        assert_eq!(
            kind(company.boss.add_role(&nowhere, &company.reader("Mine"))),
            Some(ProblemKind::NotFound)
        );
    }
}

#[test]
fn roles_that_kestra_ships_stay_and_others_go_with_their_bindings() {
    for release in RELEASES {
        let company = Company::new(release);
        let (boss, scope) = (&company.boss, acme());
        let roles = block_on(boss.roles(&scope, &Query::first(20))).unwrap().rows;
        let admin = roles.iter().find(|role| role.name == "Admin").unwrap();
        for refused in [
            kind(boss.update_role(&scope, &admin.id, &company.reader("Admin"))),
            kind(boss.delete_role(&scope, &admin.id)),
        ] {
            assert_eq!(refused, Some(ProblemKind::Denied), "{release}");
        }
        let mut new = company.reader("Reader");
        new.is_default = true;
        let first = boss.add_role(&scope, &new).unwrap();
        let second = boss.add_role(&scope, &new).unwrap();
        assert_ne!(first.id, second.id, "names are not unique");
        let defaults: Vec<String> = block_on(boss.roles(&scope, &Query::first(20)))
            .unwrap()
            .rows
            .into_iter()
            .filter(|role| role.is_default)
            .map(|role| role.id)
            .collect();
        assert_eq!(
            defaults,
            std::slice::from_ref(&second.id),
            "{release}: one default role"
        );
        company.superadmin.grant_access(&scope, Who::Username(ANNA)).unwrap();
        let (_, held) = boss.assignments(&scope, &company.account(ANNA).id).unwrap();
        assert_eq!(held.len(), 1, "{release}: access brings the default role");
        boss.add_bindings(&scope, &[company.binding(ANNA, &first.id)]).unwrap();
        boss.delete_role(&scope, &first.id).unwrap();
        let (_, held) = boss.assignments(&scope, &company.account(ANNA).id).unwrap();
        assert_eq!(held.len(), 1, "{release}");
        assert_eq!(kind(boss.delete_role(&scope, &first.id)), Some(ProblemKind::NotFound));

        let mut empty = company.reader("Nothing");
        empty.permissions = Permissions::default();
        let refused = boss.add_role(&scope, &empty);
        assert_eq!(refused.is_err(), release.at_least(2, 0), "{release}");
        if let Err(problem) = refused {
            assert_eq!(
                (problem.kind, problem.fields[0].path.as_str()),
                (ProblemKind::Invalid, "permissions")
            );
        }
    }
}

#[test]
fn many_bindings_are_given_together_or_not_at_all() {
    for release in RELEASES {
        let company = Company::new(release);
        let (boss, scope) = (&company.boss, acme());
        company.superadmin.grant_access(&scope, Who::Username(ANNA)).unwrap();
        let role = boss.add_role(&scope, &company.reader("Reader")).unwrap();
        let good = company.binding(ANNA, &role.id);
        let mut bad = good.clone();
        bad.namespace = Some(String::new());
        let before = block_on(boss.bindings(&scope, &Query::first(20))).unwrap().total;
        assert_eq!(
            kind(boss.add_bindings(&scope, &[good.clone(), bad])),
            Some(ProblemKind::Invalid)
        );
        assert_eq!(
            block_on(boss.bindings(&scope, &Query::first(20))).unwrap().total,
            before
        );
        let given = boss.add_bindings(&scope, &[good]).unwrap();
        assert_eq!(boss.binding(&scope, &given[0].id).unwrap(), given[0]);
        boss.remove_binding(&scope, &given[0].id).unwrap();
        assert_eq!(
            kind(boss.binding(&scope, &given[0].id)),
            Some(ProblemKind::NotFound),
            "{release}"
        );
    }
}

#[test]
fn names_of_service_accounts_and_tokens_are_unique_only_where_kestras_are() {
    for release in RELEASES {
        let company = Company::new(release);
        let root = &company.superadmin;
        let new = profile("ci");
        let first = root.create_account(None, UserKind::ServiceAccount, &new).unwrap();
        let second = root.create_account(None, UserKind::ServiceAccount, &new);
        if !release.at_least(0, 22) {
            assert_eq!(kind(second), Some(ProblemKind::Conflict), "{release}");
            continue;
        }
        let second = second.unwrap();
        assert_ne!(first.id, second.id);
        let token = NewToken {
            name: "deploy".to_owned(),
            description: None,
            max_age: None,
            extended: false,
        };
        let tokens =
            [&first, &second, &second].map(|account| root.create_token(None, &account.id, &token, at(0)).unwrap());
        let ids = tokens.each_ref().map(|token| {
            root.sign_in_token(&token.full_token, at(1))
                .unwrap()
                .myself()
                .unwrap()
                .id
        });
        assert_eq!(
            ids,
            [first.id.clone(), second.id.clone(), second.id.clone()],
            "{release}"
        );
        assert_eq!(
            root.account_named("ci").unwrap().id,
            first.id,
            "the first of a name is meant"
        );
        let mut renamed = profile("ci-2");
        renamed.description = Some("builds".to_owned());
        root.update_account(None, &second.id, UserKind::ServiceAccount, &renamed)
            .unwrap();
        assert_eq!(root.account_named("ci-2").unwrap().id, second.id);
        root.delete_account(None, &first.id, UserKind::ServiceAccount).unwrap();
        assert!(root.account_named("ci").is_err(), "{release}");
    }
}

#[test]
fn a_group_takes_in_strangers_up_to_1_3_and_its_owner_looks_after_it() {
    for release in RELEASES {
        let company = Company::new(release);
        let (boss, scope) = (&company.boss, acme());
        let anna = company.account(ANNA).id;
        let group = boss.add_group(&scope, "Readers", Some("who reads"), &[]).unwrap();
        assert_eq!(
            kind(boss.add_group(&scope, "Readers", None, &[])),
            Some(ProblemKind::Conflict)
        );
        let joined = boss.join_group(&scope, &group.id, &anna);
        if release.at_least(2, 0) {
            assert_eq!(kind(joined), Some(ProblemKind::NotFound), "{release}");
            boss.grant_access(&scope, Who::Id(&anna)).unwrap();
            boss.join_group(&scope, &group.id, &anna).unwrap();
        } else {
            assert!(joined.is_ok(), "{release}");
        }
        let conflict = Some(ProblemKind::Conflict);
        assert_eq!(kind(boss.join_group(&scope, &group.id, &anna)), conflict, "{release}");
        let other = company.account(BOSS).id;
        assert_eq!(
            kind(company.anna.join_group(&scope, &group.id, &other)),
            Some(ProblemKind::Denied)
        );
        boss.set_membership(&scope, &group.id, &anna, Membership::Owner)
            .unwrap();
        company.anna.join_group(&scope, &group.id, &other).unwrap();
        company.anna.leave_group(&scope, &group.id, &other).unwrap();
        assert_eq!(
            kind(company.anna.leave_group(&scope, &group.id, &other)),
            conflict,
            "{release}"
        );
        let renamed = boss.update_group(&scope, &group.id, "Writers", None).unwrap();
        assert_eq!((renamed.name.as_str(), renamed.members.len()), ("Writers", 1));
        let role = boss.add_role(&scope, &company.reader("Reader")).unwrap();
        let mut binding = company.binding(ANNA, &role.id);
        (binding.subject_kind, binding.subject_id) = (SubjectKind::Group, group.id.clone());
        boss.add_bindings(&scope, &[binding]).unwrap();
        let (_, held) = boss.assignments(&scope, &anna).unwrap();
        assert_eq!(held[0].group.as_ref(), Some(&group.id), "{release}");
        boss.delete_group(&scope, &group.id).unwrap();
        assert_eq!(boss.assignments(&scope, &anna).unwrap().1, [], "{release}");
        assert_eq!(kind(boss.group(&scope, &group.id)), Some(ProblemKind::NotFound));
    }
}

#[test]
fn access_that_is_taken_away_takes_roles_and_groups_along() {
    for release in RELEASES {
        let company = Company::new(release);
        let (boss, scope) = (&company.boss, acme());
        let anna = company.account(ANNA).id;
        assert!(!boss.grant_access(&scope, Who::Username(ANNA)).unwrap());
        assert!(boss.grant_access(&scope, Who::Id(&anna)).unwrap(), "she had it already");
        assert_eq!(
            kind(boss.grant_access(&scope, Who::Username("nobody@example.com"))),
            Some(ProblemKind::NotFound)
        );
        let role = boss.add_role(&scope, &company.reader("Reader")).unwrap();
        let group = boss
            .add_group(&scope, "Readers", None, std::slice::from_ref(&anna))
            .unwrap();
        boss.add_bindings(&scope, &[company.binding(ANNA, &role.id)]).unwrap();
        let (account, held) = company.anna.assignments(&scope, &anna).unwrap();
        assert_eq!(
            (account.groups.len(), held.len()),
            (1, 1),
            "{release}: everybody may ask about themselves"
        );
        boss.revoke_access(&scope, &anna).unwrap();
        assert_eq!(kind(boss.revoke_access(&scope, &anna)), Some(ProblemKind::NotFound));
        let account = company.account(ANNA);
        assert_eq!((account.groups.len(), account.tenants.len()), (0, 0), "{release}");
        assert_eq!(boss.group(&scope, &group.id).unwrap().members, []);
        boss.grant_access(&scope, Who::Id(&anna)).unwrap();
        assert_eq!(
            boss.assignments(&scope, &anna).unwrap().1,
            [],
            "{release}: nothing comes back"
        );
    }
}

#[test]
fn superadmins_create_and_change_accounts_of_the_instance() {
    for release in RELEASES {
        let company = Company::new(release);
        let root = &company.superadmin;
        let group = company.boss.add_group(&acme(), "Readers", None, &[]).unwrap();
        let new = Profile {
            first_name: Some("Zoë".to_owned()),
            last_name: Some("Müller".to_owned()),
            password: Some("Rehearse-1".to_owned()),
            tenants: Some(vec!["globex".to_owned()]),
            groups: Some(vec![(None, group.id.clone())]),
            ..profile("zoe@example.com")
        };
        let zoe = root.create_account(None, UserKind::Standard, &new).unwrap();
        let tenants: Vec<&str> = zoe.tenants.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(
            (tenants.as_slice(), zoe.groups.len()),
            (["acme", "globex"].as_slice(), 1),
            "{release}"
        );
        let listed = block_on(root.users(None, &Query::first(50))).unwrap().rows;
        let listed = listed.iter().find(|user| user.id == zoe.id).unwrap();
        assert_eq!(listed.display_name.as_deref(), Some("Zoë Müller"), "{release}");
        assert!(root.sign_in_basic("zoe@example.com", "Rehearse-1", at(0)).is_ok());
        assert_eq!(
            kind(root.create_account(None, UserKind::Standard, &new)),
            Some(ProblemKind::Conflict)
        );
        let mut nowhere = profile("other@example.com");
        nowhere.tenants = Some(vec!["nowhere".to_owned()]);
        assert_eq!(
            kind(root.create_account(None, UserKind::Standard, &nowhere)),
            Some(ProblemKind::NotFound)
        );
        assert!(root.account_named("other@example.com").is_err(), "{release}: no trace");
        root.change_password(None, &zoe.id, "Rehearse-2").unwrap();
        assert!(root.sign_in_basic("zoe@example.com", "Rehearse-1", at(1)).is_err());
        assert!(root.sign_in_basic("zoe@example.com", "Rehearse-2", at(1)).is_ok());
        root.make_superadmin(&zoe.id, UserKind::Standard, true).unwrap();
        assert!(company.account("zoe@example.com").superadmin);
        let fewer = Profile {
            tenants: Some(vec!["globex".to_owned()]),
            ..profile("zoe@example.com")
        };
        let zoe = root.update_account(None, &zoe.id, UserKind::Standard, &fewer).unwrap();
        assert_eq!((zoe.tenants.len(), zoe.groups.len()), (1, 0), "{release}");
        root.delete_account(None, &zoe.id, UserKind::Standard).unwrap();
        assert!(root.account_named("zoe@example.com").is_err());
        let me = company.account(FIRST_USER).id;
        assert_eq!(
            kind(root.delete_account(None, &me, UserKind::Standard)),
            Some(ProblemKind::Conflict),
            "{release}: the last superadmin stays"
        );
    }
}

#[test]
fn an_admin_of_a_tenant_gets_no_further_than_the_tenant() {
    for release in RELEASES {
        let company = Company::new(release);
        let (boss, scope) = (&company.boss, acme());
        let root = company.account(FIRST_USER).id;
        let token = NewToken {
            name: "mine".to_owned(),
            ..NewToken::default()
        };
        company.superadmin.grant_access(&scope, Who::Id(&root)).unwrap();
        for owner in [FIRST_USER, ANNA] {
            let owner = company.account(owner).id;
            let refused = kind(boss.create_token(Some(&scope), &owner, &token, at(0)));
            assert!(refused.is_some(), "{release}: a token of somebody else");
        }
        // A superadmin makes tokens for people wherever they are asked for.
        let anna = company.account(ANNA).id;
        let made = company.superadmin.create_token(Some(&scope), &anna, &token, at(0));
        assert!(made.is_ok(), "{release}");
        assert_eq!(
            kind(boss.change_password(Some(&scope), &root, "Rehearse-1")),
            Some(ProblemKind::Denied),
            "{release}"
        );
        let elsewhere = Profile {
            tenants: Some(vec!["globex".to_owned()]),
            ..profile("robot")
        };
        assert_eq!(
            kind(boss.create_account(Some(&scope), UserKind::ServiceAccount, &elsewhere)),
            Some(ProblemKind::Denied),
            "{release}"
        );
        let group = company.superadmin.add_group(&globex(), "Owners", None, &[]).unwrap();
        let in_group = Profile {
            groups: Some(vec![(None, group.id)]),
            ..profile("robot")
        };
        assert_eq!(
            kind(boss.create_account(Some(&scope), UserKind::ServiceAccount, &in_group)),
            Some(ProblemKind::Denied),
            "{release}"
        );
        let powerful = Profile {
            superadmin: Some(true),
            ..profile("robot")
        };
        assert_eq!(
            kind(boss.create_account(Some(&scope), UserKind::ServiceAccount, &powerful)),
            Some(ProblemKind::Denied)
        );
        let machine = boss
            .create_account(Some(&scope), UserKind::ServiceAccount, &profile("robot"))
            .unwrap();
        let made = boss.create_token(Some(&scope), &machine.id, &token, at(0)).unwrap();
        let signed_in = boss.sign_in_token(&made.full_token, at(1)).unwrap();
        assert_eq!(signed_in.myself().unwrap().username, "robot", "{release}");
        let grabbing = Profile {
            superadmin: Some(true),
            tenants: Some(vec!["globex".to_owned()]),
            first_name: Some("Anna".to_owned()),
            ..profile(ANNA)
        };
        let anna = company.anna.update_myself(&grabbing).unwrap();
        assert_eq!(anna.first_name.as_deref(), Some("Anna"));
        assert_eq!((anna.superadmin, anna.tenants.len()), (false, 0), "{release}");
    }
}

#[test]
fn whoever_is_invited_waits_or_has_access_at_once() {
    for release in RELEASES {
        let company = Company::new(release);
        let (boss, scope) = (&company.boss, acme());
        let new = |email: &str, superadmin| NewInvitation {
            email: email.to_owned(),
            superadmin,
            ..NewInvitation::default()
        };
        assert_eq!(boss.invite(&scope, &new(ANNA, false), at(0)).unwrap(), Invited::Granted);
        assert_eq!(
            kind(boss.invite(&scope, &new(ANNA, false), at(0))),
            Some(ProblemKind::Conflict)
        );
        assert_eq!(
            kind(boss.invite(&scope, &new("zoe@example.com", true), at(0))),
            Some(ProblemKind::Denied),
            "{release}"
        );
        assert_eq!(
            kind(boss.invite(&scope, &new("nobody", false), at(0))),
            Some(ProblemKind::Invalid)
        );
        let Invited::Waiting(invitation) = boss.invite(&scope, &new("zoe@example.com", false), at(0)).unwrap() else {
            panic!("{release}: there is no Zoe yet");
        };
        assert_eq!(boss.invitations(&scope).unwrap(), std::slice::from_ref(&invitation));
        assert_eq!(
            kind(boss.invite(&scope, &new("zoe@example.com", false), at(1))),
            Some(ProblemKind::Conflict)
        );
        let id = "acme".parse().unwrap();
        block_on(company.superadmin.delete_tenant(&id)).unwrap();
        block_on(company.superadmin.create_tenant(&NewTenant {
            tenant: Tenant::new(id, "Acme"),
            admin: Some(BOSS.to_owned()),
        }))
        .unwrap();
        assert_eq!(
            boss.invitations(&scope).unwrap(),
            [],
            "{release}: they went with the tenant"
        );
        assert_eq!(
            kind(boss.delete_invitation(&scope, &invitation.id)),
            Some(ProblemKind::NotFound)
        );
    }
}
