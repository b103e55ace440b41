//! What takes a change back, and when there is nothing that does.

use serde_json::json;

use super::super::account::Profile;
use super::super::binding::{Binding, SubjectKind};
use super::super::invitation::{Invitation, InvitedRole, NewInvitation};
use super::super::permission::Permissions;
use super::super::problem::ProblemKind;
use super::super::role::Role;
use super::super::tenant::TenantScope;
use super::super::user::{Entrant, UserKind, somebody as user};
use super::*;

fn tenant(value: Value) -> Tenant {
    serde_json::from_value(value).unwrap()
}

fn scope() -> TenantScope {
    TenantScope::Named("acme".parse().unwrap())
}

fn group(members: &[(&str, Membership)]) -> Group {
    let members = members.iter().map(|(name, membership)| GroupMember {
        user_id: format!("u-{name}"),
        username: (*name).to_owned(),
        membership: *membership,
    });
    Group {
        id: "g".to_owned(),
        name: "Ops".to_owned(),
        description: None,
        members: members.collect(),
    }
}

fn access(group: Group) -> Found {
    Found::Access(Box::new(TenantAccess {
        groups: vec![group],
        ..TenantAccess::default()
    }))
}

#[test]
fn only_the_fields_that_were_changed_are_given_back_and_secrets_never() {
    let before = tenant(json!({"id": "acme", "name": "Acme", "color": "#000",
        "storageConfiguration": {"aws.region": "eu", "secretKey": "old"}, "logo": "x"}));
    let sent = tenant(json!({"id": "acme", "name": "Acme Ltd",
        "storageConfiguration": {"aws.region": "us", "secretKey": "new", "bucket": "b"}, "logo": "x"}));
    // Somebody else changes what nobody of us did.
    let now = tenant(json!({"id": "acme", "name": "Acme Ltd",
        "storageConfiguration": {"aws.region": "us", "secretKey": "new", "bucket": "b"}, "logo": "y"}));
    let back = Deed::tenant_back(&before, &sent, &sent).unwrap();
    let text = serde_json::to_string(&back).unwrap();
    assert!(!text.contains("old") && !text.contains("new"), "{text}");
    assert_eq!(
        back.held_against(&Found::Tenant(Some(Box::new(now.clone()))))
            .differences,
        Vec::<String>::new()
    );
    let Deed::UpdateTenant { before: left, after } = &back else {
        panic!("{back:?}")
    };
    assert_eq!(
        rebased(left, after, &now).unwrap(),
        tenant(json!({"id": "acme", "name": "Acme",
            "storageConfiguration": {"aws.region": "eu", "secretKey": "new"}, "logo": "y", "color": "#000"}))
    );
    assert_eq!(
        field_lines(left, after),
        [
            "color: (not set) -> #000",
            "name: Acme Ltd -> Acme",
            "storageConfiguration.aws.region: us -> eu",
            "storageConfiguration.bucket: b -> (not set)"
        ]
    );
    let secrets = tenant(json!({"id": "acme", "name": "Acme", "color": "#000",
        "storageConfiguration": {"aws.region": "eu", "secretKey": "new"}, "logo": "x"}));
    assert_eq!(Deed::tenant_back(&before, &secrets, &secrets), None);
}

#[test]
fn a_field_that_somebody_changed_since_is_told() {
    let before = tenant(json!({"id": "acme", "name": "Acme"}));
    let sent = tenant(json!({"id": "acme", "name": "Acme Ltd"}));
    let back = Deed::tenant_back(&before, &sent, &sent).unwrap();
    let now = tenant(json!({"id": "acme", "name": "Acme Inc"}));
    assert_eq!(
        back.held_against(&Found::Tenant(Some(Box::new(now)))).differences,
        ["name is Acme Inc now, and was left as Acme Ltd."]
    );
    assert_eq!(
        back.held_against(&Found::Tenant(None)).differences,
        ["Tenant acme is gone."]
    );
}

#[test]
fn what_somebody_gave_since_keeps_a_role_and_a_group() {
    let held = |id: &str, kind, subject: &str, role: &str| Binding {
        id: id.to_owned(),
        subject_kind: kind,
        subject_id: subject.to_owned(),
        subject_name: subject.to_owned(),
        role_id: role.to_owned(),
        role_name: role.to_owned(),
        namespace: None,
    };
    let role = Role {
        id: "Ops4".to_owned(),
        name: "Ops4".to_owned(),
        description: None,
        permissions: Permissions::default(),
        is_default: false,
        is_managed: false,
    };
    let access = |bindings: &[Binding]| {
        Box::new(TenantAccess {
            roles: vec![role.clone()],
            groups: vec![group(&[])],
            bindings: bindings.to_vec(),
            ..TenantAccess::default()
        })
    };
    let invited = Invitation {
        id: "i".to_owned(),
        tenant: Some("acme".to_owned()),
        email: "eve@example.com".to_owned(),
        superadmin: false,
        roles: vec![InvitedRole {
            id: "Ops4".to_owned(),
            namespaces: Vec::new(),
        }],
        groups: Vec::new(),
        sent: 0,
        expires: 0,
    };
    let all = [
        held("1", SubjectKind::User, "anna", "Ops4"),
        held("2", SubjectKind::Group, "g", "Other"),
        held("3", SubjectKind::Group, "g", "Ops4"),
        held("4", SubjectKind::User, "anna", "Ops4"),
        held("5", SubjectKind::User, "g", "Mine"),
    ];
    let is_all = Found::Bringing(access(&all), vec![invited.clone()]);
    let gone = Deed::DeleteRole(scope(), role.clone());
    let looked = gone.held_against(&is_all);
    assert_eq!(
        looked.differences,
        [
            "Role Ops4 is held by `anna` and `g` now.",
            "Role Ops4 comes with the invitation of `eve@example.com` now."
        ]
    );
    assert_eq!(looked.left, None);
    let group_gone = Deed::DeleteGroup(scope(), group(&[]));
    let looked = group_gone.held_against(&is_all);
    assert_eq!(looked.differences, ["Group Ops holds `Ops4` and `Other` now."]);
    assert_eq!(looked.left, None);
    // What nobody gave is taken back as before, and what is changed again keeps what others gave.
    let others = Found::Bringing(access(&all[4..]), Vec::new());
    let all = Found::Access(access(&all));
    let kept = Deed::UpdateRole {
        scope: scope(),
        before: role.clone(),
        after: NewRole::from(&role),
    };
    for (deed, found) in [(&gone, &others), (&group_gone, &others), (&kept, &all)] {
        assert_eq!(deed.held_against(found).differences, Vec::<String>::new());
    }
}

#[test]
fn places_in_groups_are_given_back_and_back_again() {
    let deed = Deed::SetMembership {
        scope: scope(),
        group: group(&[("anna", Membership::Owner)]),
        users: vec![user("anna")],
        wanted: None,
    };
    let back = deed.inverse(&[Ok(Made::Done)]).unwrap();
    assert!(back.held_against(&access(group(&[]))).differences.is_empty());
    assert_eq!(
        back.held_against(&access(group(&[("anna", Membership::Member)])))
            .differences,
        ["anna is member of group Ops now."]
    );
    let again = back.inverse(&[Ok(Made::Done)]).unwrap();
    let Deed::SetMembership { wanted, .. } = &again else {
        panic!("{again:?}")
    };
    assert_eq!(*wanted, None);
    assert!(
        again
            .held_against(&access(group(&[("anna", Membership::Owner)])))
            .differences
            .is_empty()
    );
    assert_eq!(
        again.held_against(&access(group(&[]))).differences,
        ["anna is not in group Ops any more."]
    );
}

#[test]
fn what_was_given_back_after_a_migration_is_taken_away_again_all_of_it() {
    let member = Restored::Member {
        group: group(&[]),
        user: user("bob"),
    };
    let binding = Binding {
        id: "b".to_owned(),
        subject_kind: SubjectKind::User,
        subject_id: "u-anna".to_owned(),
        subject_name: "anna".to_owned(),
        role_id: "r".to_owned(),
        role_name: "Ops".to_owned(),
        namespace: None,
    };
    let deed = Deed::Restore(scope(), vec![Restored::Binding((&binding).into()), member.clone()]);
    let results = [Ok(Made::Binding(Box::new(binding))), Ok(Made::Done)];
    let back = deed.inverse(&results).unwrap();
    assert_eq!(back.items(), ["role Ops of anna", "bob in group Ops"]);
    assert_eq!(back.inverse(&[Ok(Made::Done), Ok(Made::Done)]), Some(deed));
    assert_eq!(
        back.held_against(&access(group(&[("bob", Membership::Owner)])))
            .differences,
        [
            "anna does not hold role Ops any more, or by another binding.",
            "bob is owner of group Ops now."
        ]
    );
}

#[test]
fn what_holds_a_secret_is_not_kept_and_all_else_can_be_written() {
    let profile = Profile {
        password: Some("s3cret".to_owned()),
        ..Profile::default()
    };
    let secret = Deed::CreateAccount(None, UserKind::Standard, profile);
    assert!(!secret.is_kept() && !serde_json::to_string(&secret).unwrap().contains("s3cret"));
    let hidden = super::super::deed::Hidden("s3cret".to_owned());
    let secret = Deed::SetPassword(None, user("anna"), hidden);
    assert!(!secret.is_kept() && serde_json::to_string(&secret).is_err());
    let role = Role {
        id: "1".to_owned(),
        name: "Ops".to_owned(),
        description: None,
        permissions: Permissions::default(),
        is_default: false,
        is_managed: false,
    };
    let back = Deed::CreateRole(scope(), NewRole::from(&role)).inverse(&[Ok(Made::Role(Box::new(role)))]);
    let back = back.unwrap();
    assert!(back.is_kept());
    let text = serde_json::to_string(&back).unwrap();
    assert_eq!(serde_json::from_str::<Deed>(&text).unwrap(), back);
}

#[test]
fn what_is_final_for_its_number_says_which_number_is_not() {
    let scopes = vec![TenantScope::Default; Deed::MOST_ADMINS + 1];
    let deed = Deed::EnsureAdmin(scopes, "ana".to_owned());
    let because = deed.lasts_because();
    assert!(
        because.contains(&format!("at most {} at a time", Deed::MOST_ADMINS)),
        "{because}"
    );
}

#[test]
fn only_those_whose_access_was_taken_back_are_let_in_again() {
    let of = |names: &[&str]| names.iter().map(|name| user(name)).collect::<Vec<User>>();
    let let_in = Deed::GiveAccess(scope(), of(&["a", "b", "c"]).into_iter().map(Entrant::Known).collect());
    let taken = Deed::TakeAccess(scope(), of(&["a", "c"]));
    let failed = Problem::new(ProblemKind::Failed, "What.", "Why.", "Next.");
    let again = let_in.clone().of_what_was_taken(&taken, &[Ok(Made::Done), Err(failed)]);
    let expected = Deed::GiveAccess(scope(), vec![Entrant::Known(user("a"))]);
    assert_eq!(again, Some(expected));
    assert_eq!(
        let_in.of_what_was_taken(&taken, &[Ok(Made::Already), Ok(Made::Already)]),
        None
    );
}

#[test]
fn what_was_made_anew_is_named_by_its_id_alone() {
    let ids = BTreeMap::from([("r", "r2"), ("g", "g2"), ("color", "x")]);
    let invite = |role: &str, group: &str| {
        let role = InvitedRole {
            id: role.to_owned(),
            namespaces: vec!["r".to_owned()],
        };
        let new = NewInvitation {
            email: "eve@example.com".to_owned(),
            roles: vec![role],
            groups: vec!["u".to_owned(), group.to_owned()],
            ..NewInvitation::default()
        };
        Deed::Invite(scope(), new)
    };
    assert_eq!(invite("r", "g").renamed(&ids), Some(invite("r2", "g2")));
    assert_eq!(invite("r3", "g").renamed(&ids), Some(invite("r3", "g2")));
    assert_eq!(invite("r3", "g3").renamed(&ids), None);
    let of_group = |group: Group| Deed::DeleteGroup(scope(), group);
    let named = |id: &str| Group {
        id: id.to_owned(),
        description: Some("the \"g\" of all".to_owned()),
        ..group(&[("ann", Membership::Owner)])
    };
    assert_eq!(of_group(named("g")).renamed(&ids), Some(of_group(named("g2"))));
    assert_eq!(of_group(named("h")).renamed(&ids), None);
    // What a tenant has in its fields is no id.
    let before = tenant(json!({"id": "acme", "name": "Acme", "color": "r"}));
    let after = tenant(json!({"id": "acme", "name": "Acme"}));
    assert_eq!(Deed::UpdateTenant { before, after }.renamed(&ids), None);
}
