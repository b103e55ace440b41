//! What a change says, weighs and leaves of itself, by data.

use super::*;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant_id::TenantId;
use crate::domain::user::somebody as user;

fn scope() -> TenantScope {
    TenantScope::Named(TenantId::existing("acme"))
}

fn role(name: &str) -> Role {
    Role {
        id: "r1".to_owned(),
        name: name.to_owned(),
        description: None,
        permissions: crate::domain::permission::Permissions::default(),
        is_default: false,
        is_managed: false,
    }
}

fn binding(subject: &str) -> Binding {
    Binding {
        id: format!("b-{subject}"),
        subject_kind: SubjectKind::User,
        subject_id: format!("u-{subject}"),
        subject_name: subject.to_owned(),
        role_id: "r1".to_owned(),
        role_name: "Ops".to_owned(),
        namespace: None,
    }
}

fn failed() -> Result<Made, Problem> {
    let kind = ProblemKind::Failed;
    Err(Problem::new(kind, "What.", "Why.", "Next."))
}

#[test]
fn words_before_and_after() {
    let release = Release::new(1, 3);
    let delete = Deed::DeleteRole(scope(), role("Ops"));
    assert_eq!(delete.words(release), "Delete role Ops");
    assert_eq!(delete.done_words(&[Ok(Made::Done)], release), "Role Ops deleted");
    let revoke = Deed::Revoke(scope(), vec![binding("anna"), binding("bob")]);
    assert_eq!(revoke.words(release), "Take away 2 roles");
    let one = Deed::Revoke(scope(), vec![binding("anna")]);
    assert_eq!(one.words(release), "Take away role Ops from anna");
    assert_eq!(
        revoke.done_words(&[Ok(Made::Done), failed()], release),
        "1 role taken away"
    );
    assert_eq!(revoke.items(), ["role Ops of anna", "role Ops of bob"]);
}

#[test]
fn what_was_so_already_is_counted_apart() {
    let release = Release::new(1, 3);
    let (new, old) = (|| Ok(Made::Done), || Ok(Made::Already));
    let scopes = ["a", "b", "c"].map(|id| TenantScope::Named(TenantId::existing(id)));
    let admin = Deed::EnsureAdmin(scopes.to_vec(), "u1".to_owned());
    for (results, words) in [
        ([new(), new(), new()], "u1 is Admin of 3 tenants now"),
        ([old(), new(), old()], "u1 is Admin of 3 tenants now, of 2 already"),
        ([old(), new(), failed()], "u1 is Admin of 2 tenants now, of 1 already"),
        ([old(), old(), failed()], "u1 was Admin of 2 tenants already"),
    ] {
        assert_eq!(admin.done_words(&results, release), words);
    }
    let revoke = Deed::Revoke(scope(), ["anna", "bob", "carol"].map(binding).to_vec());
    for (results, words) in [
        ([new(), new(), failed()], "2 roles taken away"),
        ([old(), new(), failed()], "1 role taken away, 1 gone already"),
        ([old(), old(), failed()], "2 roles were gone already"),
    ] {
        assert_eq!(revoke.done_words(&results, release), words);
    }
    let one = Deed::Revoke(scope(), vec![binding("anna")]);
    assert_eq!(one.done_words(&[old()], release), "Role Ops of anna was gone already");
    let people = ["anna", "bob", "carol"].map(|name| Entrant::Named(name.to_owned()));
    let enter = Deed::GiveAccess(scope(), people.to_vec());
    for (results, words) in [
        ([new(), new(), new()], "3 people let into tenant acme"),
        (
            [old(), new(), failed()],
            "1 person let into tenant acme, 1 was in already",
        ),
        (
            [old(), new(), old()],
            "1 person let into tenant acme, 2 were in already",
        ),
    ] {
        assert_eq!(enter.done_words(&results, release), words);
    }
}

#[test]
fn what_cannot_be_typed_is_typed_by_its_id() {
    assert_eq!(Deed::DeleteRole(scope(), role("Ops")).typed().as_deref(), Some("Ops"));
    assert_eq!(
        Deed::DeleteRole(scope(), role("O\u{202e}ps")).typed().as_deref(),
        Some("r1")
    );
    assert_eq!(Deed::DeleteRole(scope(), role(" ")).typed().as_deref(), Some("r1"));
}

#[test]
fn only_what_was_done_is_taken_back_and_only_what_failed_is_tried_again() {
    let revoke = Deed::Revoke(scope(), vec![binding("anna"), binding("bob")]);
    let results = [Ok(Made::Done), failed()];
    assert_eq!(
        revoke.inverse(&results),
        Some(Deed::Grant(scope(), vec![(&binding("anna")).into()]))
    );
    // What somebody else took away is not given back.
    assert_eq!(
        revoke.inverse(&[Ok(Made::Already), Ok(Made::Done)]),
        Some(Deed::Grant(scope(), vec![(&binding("bob")).into()]))
    );
    assert_eq!(revoke.inverse(&[Ok(Made::Already), Ok(Made::Already)]), None);
    assert_eq!(
        revoke.remaining(&results),
        Some(Deed::Revoke(scope(), vec![binding("bob")]))
    );
    assert_eq!(revoke.remaining(&[Ok(Made::Done), Ok(Made::Done)]), None);
    assert_eq!(Deed::DeleteRole(scope(), role("Ops")).inverse(&[Ok(Made::Done)]), None);
}

#[test]
fn access_that_was_given_is_taken_from_whom_it_was_given_to() {
    let (anna, bob) = (user("anna"), user("bob"));
    let who = vec![
        Entrant::Known(anna.clone()),
        Entrant::Named("carl".to_owned()),
        Entrant::Known(bob),
    ];
    let give = Deed::GiveAccess(scope(), who);
    let inverse = give.inverse(&[Ok(Made::Done), Ok(Made::Done), Ok(Made::Already)]);
    assert_eq!(inverse, Some(Deed::TakeAccess(scope(), vec![anna])));
    let by_name = Deed::GiveAccess(scope(), vec![Entrant::Named("carl".to_owned())]);
    assert!(!by_name.can_be_taken_back());
    assert_eq!(by_name.inverse(&[Ok(Made::Done)]), None);
}

#[test]
fn those_of_one_name_are_told_apart_by_their_ids() {
    let ci = |id: &str| User {
        id: id.to_owned(),
        ..user("ci")
    };
    let take = Deed::TakeAccess(scope(), vec![ci("1"), user("anna"), ci("2")]);
    assert_eq!(take.items(), ["ci (1)", "anna", "ci (2)"]);
}

#[test]
fn making_a_role_the_default_one_is_not_taken_back_by_leaving_none() {
    let (before, now) = (
        role("Ops"),
        Role {
            is_default: true,
            ..role("Ops")
        },
    );
    let update = |before: &Role, after: &Role| Deed::UpdateRole {
        scope: scope(),
        before: before.clone(),
        after: NewRole::from(after),
    };
    let made = |role: &Role| [Ok(Made::Role(Box::new(role.clone())))];
    assert_eq!(update(&before, &now).inverse(&made(&now)), None);
    assert!(!update(&before, &now).can_be_taken_back());
    assert!(!Deed::CreateRole(scope(), NewRole::from(&now)).can_be_taken_back());
    assert_eq!(
        update(&now, &before).inverse(&made(&before)),
        Some(update(&before, &now))
    );
}

#[test]
fn an_owner_who_becomes_a_member_is_told_of_and_taken_back() {
    let member = |name: &str, membership| super::super::user::GroupMember {
        user_id: format!("u-{name}"),
        username: name.to_owned(),
        membership,
    };
    let group = Group {
        id: "g".to_owned(),
        name: "ops".to_owned(),
        description: None,
        members: vec![member("anna", Membership::Owner), member("bob", Membership::Member)],
    };
    let set = |users: &[&str], wanted| Deed::SetMembership {
        scope: scope(),
        group: group.clone(),
        users: users.iter().map(|name| user(name)).collect(),
        wanted,
    };
    let demote = set(&["anna"], Some(Membership::Member));
    let access = super::super::access::TenantAccess {
        groups: vec![group.clone()],
        ..Default::default()
    };
    let lost = super::super::loss::loss(&access, &demote.removals(), None, Release::new(1, 3));
    assert!(
        lost.warning(super::super::loss::Topic::GroupOwners).is_some(),
        "{lost:?}"
    );
    let back = demote.inverse(&[Ok(Made::Done)]);
    assert!(
        matches!(&back, Some(Deed::SetMembership { wanted: Some(Membership::Owner), users, .. }) if *users == [user("anna")]),
        "{back:?}"
    );
    assert_eq!(set(&["bob"], Some(Membership::Owner)).removals(), []);
    assert!(
        !set(&["anna", "bob"], None).can_be_taken_back(),
        "they were different things"
    );
    assert!(!Deed::CreateAccount(None, UserKind::Standard, Profile::default()).can_be_taken_back());
}

#[test]
fn a_password_is_never_printed() {
    let user = user("anna");
    let deed = Deed::SetPassword(None, user, Hidden("s3cret".to_owned()));
    assert!(!format!("{deed:?}").contains("s3cret"));
    let profile = Profile {
        password: Some("s3cret".to_owned()),
        ..Profile::default()
    };
    assert!(!format!("{:?}", Deed::CreateAccount(None, UserKind::Standard, profile)).contains("s3cret"));
}
