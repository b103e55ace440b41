//! People: who is given what, who is let in, users, groups, tokens, invitations, and what was done.

use kestra_admin::app::command::{CommandId, availability};
use kestra_admin::app::msg::Msg;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::activity::{Activity, ActivityResult};
use kestra_admin::domain::binding::{Binding, NewBinding, SubjectKind};
use kestra_admin::domain::permission::Permissions;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::user::{Group, Membership, User};
use kestra_admin::migration::access_snapshot::Held;

use crate::roles::acme;
use crate::screens::keep;
use crate::screens::tenants::people;
use crate::support::migrations::{Fake, US, grown, plan};
use crate::support::{Console, Setup, session, user};

fn bindings(console: &mut Console, tenant: &str) -> Vec<Binding> {
    let scope = TenantScope::Named(tenant.parse().unwrap());
    console.meanwhile(async move |other: &LocalInstance| other.bindings(&scope, &Query::first(100)).await.unwrap().rows)
}

fn users(console: &mut Console) -> Vec<User> {
    console.meanwhile(async |other: &LocalInstance| other.users(None, &Query::first(100)).await.unwrap().rows)
}

fn groups(console: &mut Console) -> Vec<Group> {
    console.meanwhile(async |other: &LocalInstance| other.groups(&acme(), &Query::first(100)).await.unwrap().rows)
}

fn holds(console: &mut Console, tenant: &str, name: &str, role: &str) -> bool {
    bindings(console, tenant)
        .iter()
        .any(|binding| binding.subject_name == name && binding.role_name == role)
}

/// A console on a tab of tenant acme: `p` leads to the holders, and each `tab` further.
fn on(keys: &str) -> Console {
    let mut console = Setup::default().open(people);
    console.keys("j").keys(keys);
    console
}

const HOLDERS: &str = "p";
const USERS: &str = "p tab";
const GROUPS: &str = "p tab tab";

#[test]
fn a_tenant_that_nobody_administers_gets_an_admin_by_one_key_and_enter() {
    let mut console = Console::usual();
    console.keys("G").shows("! no admin");
    console
        .keys("A")
        .shows("Who becomes Admin of tenant globex")
        .shows("you, who are signed in");
    keep("people_admin", &mut console);
    console
        .keys("enter")
        .shows("admin@kestra.local is Admin of tenant globex now");
    assert!(holds(&mut console, "globex", "admin@kestra.local", "Admin"));
    console.lacks("! no admin");
    console.keys("A").shows("Admin already");
}

#[test]
fn where_changes_are_locked_what_unlocks_them_comes_before_what_makes_an_admin() {
    let locked = |flag: bool| {
        let mut console = Setup {
            session: session(|session| (session.read_only_context, session.read_only_flag) = (!flag, flag)),
            ..Setup::default()
        }
        .open(people);
        console
            .keys("G enter")
            .shows("Nobody holds the Admin role of this tenant.");
        console
    };
    locked(false)
        .shows("W unlocks changes, then A makes somebody")
        .keys("d")
        .shows("W unlocks changes");
    locked(true).lacks("makes somebody Admin");
}

#[test]
fn somebody_else_becomes_admin_by_typing_part_of_a_name_or_all_of_it() {
    let mut console = Setup::default().open(people);
    console.keys("G A").type_text("anna").keys("enter");
    console.shows("anna@example.com is Admin of tenant globex now");
    console
        .keys("A")
        .type_text("nobody@example.com")
        .shows("as typed")
        .keys("enter");
    console.shows("nobody@example.com");
    assert!(holds(&mut console, "globex", "anna@example.com", "Admin"));
}

#[test]
fn another_admin_of_a_tenant_that_has_one_is_asked_about() {
    let mut console = Setup::default().open(people);
    console.keys("j A").type_text("anna").keys("enter");
    console.shows("Make anna@example.com Admin of tenant acme").keys("esc");
    assert!(!holds(&mut console, "acme", "anna@example.com", "Admin"));
}

#[test]
fn what_was_typed_for_a_change_that_is_refused_comes_back_with_the_reason() {
    let mut console = on(USERS);
    let problem = Problem::new(ProblemKind::Denied, "It is not possible.", "You may not.", "Ask.");
    console.fail_next("Do", problem);
    console
        .keys("n")
        .type_text("eve@example.com")
        .keys("ctrl-o")
        .shows("New user")
        .shows("It is not possible. You may not.")
        .shows("eve@example.com");
    console.keys("ctrl-o").shows("User eve@example.com created");
}

#[test]
fn what_was_made_is_selected_so_that_the_next_key_is_about_it() {
    let mut console = on(USERS);
    console
        .keys("n")
        .type_text("eve@example.com")
        .keys("ctrl-o")
        .shows("created");
    assert!(console.selected_row().starts_with("eve@"), "{}", console.screen());
    let mut console = on(GROUPS);
    console.keys("n").type_text("Zebras").keys("ctrl-o").shows("created");
    assert!(console.selected_row().starts_with("Zebras"), "{}", console.screen());
}

#[test]
fn leaving_while_a_change_is_under_way_is_asked_about() {
    let mut console = on(USERS);
    console.held = true;
    console.keys("n").type_text("eve@example.com").keys("ctrl-o q q q q");
    assert!(!console.has_quit);
    console.shows("It has been sent, and the answer is awaited.");
    // What was asked about it has no more meaning once it is answered.
    console.answer().shows("created").lacks("Leave the program");
}

#[test]
fn a_tenant_created_without_an_admin_says_which_key_repairs_that() {
    let mut console = Console::usual();
    console
        .keys("n")
        .type_text("New")
        .field("Admin")
        .keys("ctrl-u ctrl-o enter");
    console.shows("A makes somebody Admin");
    console.keys("A enter").shows("is Admin of tenant new now");
}

#[test]
fn nobody_becomes_admin_while_changes_are_locked() {
    let mut console = Setup {
        session: session(|session| session.read_only_context = true),
        ..Setup::default()
    }
    .open(people);
    console.keys("G A").shows("Not now: changes are locked");
}

#[test]
fn among_the_holders_a_role_is_given_to_those_that_are_marked_and_the_selected_one_is_proposed() {
    let mut console = on(HOLDERS);
    console.keys("/").type_text("anna").keys("enter");
    console.keys("b").shows("Who is given a role in tenant acme");
    console
        .keys("enter")
        .shows("Which role is anna@example.com given")
        .keys("esc k esc");
    // Whoever is marked is not asked for, however many of their roles are.
    console.keys("space b").shows("Which role is anna@example.com given");
    console.keys("esc * b").shows("Which role are these 4 given");
}

#[test]
fn a_role_is_given_to_whoever_is_chosen_in_the_namespaces_that_are_chosen() {
    let mut console = on(HOLDERS);
    console.keys("b").shows("Who is given a role in tenant acme");
    keep("people_grant_who", &mut console);
    console
        .type_text("anna")
        .keys("enter")
        .shows("Which role is anna@example.com given")
        .shows("Admin managed: everything in its tenant.");
    keep("people_grant_role", &mut console);
    console.type_text("Admin").keys("enter").shows("whole tenant");
    keep("people_grant_place", &mut console);
    // Where nothing answers, what was chosen and typed is still there.
    let gone = Problem::new(ProblemKind::Unreachable, "It is gone.", "Nobody answers.", "Start it.");
    console.fail_next("Do", gone).type_text("company.other").keys("enter");
    console.shows("It is gone.").shows("/ company.other").keys("enter");
    console.shows("Role Admin of anna@example.com in company.other given");
    assert!(
        bindings(&mut console, "acme")
            .iter()
            .any(|binding| binding.namespace.as_deref() == Some("company.other"))
    );
    console.keys("u").shows("Undo").keys("tab enter").shows("taken away");
}

#[test]
fn a_role_that_is_held_already_says_so_and_the_first_that_is_not_is_proposed() {
    let mut console = on(HOLDERS);
    console.keys("/").type_text("admin@").keys("enter b enter");
    console.shows("Which role is admin@kestra.local given");
    for (width, height) in [(60, 20), (80, 24), (200, 60)] {
        console.resize(width, height).shows("Admin managed, held already");
        assert_eq!(
            console.screen().matches("held already").count(),
            1,
            "{}",
            console.screen()
        );
    }
    console.resize(80, 24);
    assert!(!console.selected_row().starts_with("Admin"), "{}", console.screen());
    console.keys("esc esc");
    // Of several it is said where only some hold it.
    console.keys("* b").shows("Which role are these").shows("held by some");
    console.lacks("held already");
}

#[test]
fn many_roles_for_many_people_are_reviewed_as_a_list() {
    let mut console = on(USERS);
    console.keys("space space b").shows("Which role are these 2 given");
    console
        .keys("tab tab enter enter")
        .shows("Give 3 roles")
        .shows("role Admin of");
    console.keys("tab enter").shows("3 roles given");
}

#[test]
fn what_was_picked_is_there_again_after_its_review_was_left() {
    let mut console = on(USERS);
    console
        .keys("space space b tab tab enter")
        .type_text("company.a,")
        .keys("tab");
    let places = console.screen();
    for leaves in ["esc", "enter"] {
        console.keys("enter").shows("Give 4 roles").keys(leaves);
        assert_eq!(console.screen(), places, "{leaves}");
    }
    console
        .keys("esc")
        .lacks("Where")
        .keys("b")
        .shows("Which role are these 2 given");
    // Somebody made Admin of several tenants, too.
    let mut console = Console::usual();
    console.keys("* A").type_text("bob@example.com");
    console
        .keys("enter")
        .shows("Make bob@example.com Admin of 3 tenants")
        .keys("esc");
    console
        .shows("Who becomes Admin of 3 tenants")
        .shows("/ bob@example.com");
    console.keys("esc").lacks("Who becomes Admin").shows("3 marked");
}

#[test]
fn a_role_that_is_open_is_given_to_whoever_is_chosen() {
    let mut console = on("enter tab");
    console.keys("/").type_text("Unused").keys("enter enter b");
    console.shows("Who is given role Unused in tenant acme");
    console
        .type_text("bob")
        .keys("enter")
        .shows("whole tenant")
        .keys("enter");
    console.shows("Role Unused of bob@example.com given");
    assert!(holds(&mut console, "acme", "bob@example.com", "Unused"));
    console.keys("tab").shows("bob@example.com directly whole tenant");
}

#[test]
fn what_was_done_stays_said_where_it_took_the_right_to_see_the_list() {
    let mut console = Setup {
        acting_as: Some("anna@example.com"),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        people(instance, runtime);
        let access = runtime.block_on(instance.access(&acme())).unwrap();
        let admin = access.roles.iter().find(|role| role.is_admin()).unwrap();
        let anna = access
            .users
            .iter()
            .find(|user| user.username.starts_with("anna"))
            .unwrap();
        let binding = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: anna.id.clone(),
            role_id: admin.id.clone(),
            namespace: None,
        };
        instance.create_binding(&acme(), &binding).unwrap();
    });
    console.keys("G p /").type_text("name:anna role:Admin").keys("enter D");
    console.shows("Take away").type_text("acme").keys("tab enter");
    console
        .shows("Role Admin of anna@example.com taken away; you cannot take it back yourself")
        .lacks("u takes it back")
        .shows("1 of 5 bindings")
        .shows("as of a moment ago, withheld");
    keep("people_gave_up_admin", &mut console);
    console.keys("!").shows("allows READ on ").keys("esc");
    console
        .keys("L")
        .shows("taken away")
        .shows("This may not be read in tenant");
}

#[test]
fn what_is_held_already_is_not_given_again() {
    let mut console = on(HOLDERS);
    console
        .keys("b")
        .type_text("carol")
        .keys("enter")
        .type_text("Operators")
        .keys("enter enter");
    console.shows("Nothing to change: they hold it there already");
}

#[test]
fn marked_roles_are_taken_away_with_names_of_who_loses_what() {
    let mut console = on(HOLDERS);
    console.keys("*").keys("D").shows("Take away").shows("Admin");
    keep("people_revoke_all", &mut console);
    console.keys("esc esc");
    assert!(holds(&mut console, "acme", "admin@kestra.local", "Admin"));
}

#[test]
fn each_of_many_roles_can_be_read_before_they_are_taken_away_and_given_back() {
    let namespaces: Vec<String> = (0..20).map(|number| format!("area{number:02}")).collect();
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        let access = runtime.block_on(instance.access(&acme())).unwrap();
        let user = access.users.iter().find(|user| user.username.starts_with("anna"));
        for namespace in &namespaces {
            let binding = NewBinding {
                subject_kind: SubjectKind::User,
                subject_id: user.unwrap().id.clone(),
                role_id: access.roles.iter().find(|role| !role.is_managed).unwrap().id.clone(),
                namespace: Some(namespace.clone()),
            };
            instance.create_binding(&acme(), &binding).unwrap();
        }
    });
    console.keys("j p /").type_text("namespace:area").keys("enter * D");
    for dialog in ["Take away 20 roles", "Undo: "] {
        console.shows(dialog).shows("and 10 more, listed at the end");
        let mut read = console.screen();
        for _ in 0..4 {
            read.push_str(&console.keys("pgdn").screen());
        }
        let said = console.linear();
        for namespace in &namespaces {
            assert!(read.contains(namespace.as_str()), "no {namespace} in\n{read}");
            assert!(said.contains(namespace.as_str()), "no {namespace} in\n{said}");
        }
        console.keys("tab enter u");
    }
}

#[test]
fn everything_about_a_user_is_on_one_screen() {
    let mut console = on(USERS);
    console.keys("/").type_text("bob").keys("enter i");
    console
        .shows("by group Night shift, whole tenant acme")
        .shows("superadmin")
        .shows("bob@example.com");
    keep("people_person", &mut console);
    console.keys("q").shows("[Users]");
}

#[test]
fn what_is_said_of_a_line_ends_in_a_sign_where_it_has_no_room() {
    let mut console = on(USERS);
    console
        .keys("n tab tab tab")
        .shows("neither shown nor kept.")
        .lacks("…");
    console
        .resize(40, 12)
        .shows(">Password")
        .shows("It is neither shown no…");
}

#[test]
fn a_user_is_created_and_the_password_is_shown_nowhere() {
    let mut console = on(USERS);
    console.keys("n").shows("New user");
    console.type_text("dora@example.com").keys("tab tab tab");
    console.type_text("S3cret-pass").lacks("S3cret-pass");
    console.keys("enter").type_text("other");
    console.keys("enter").shows("The two are not the same.");
    console.keys("ctrl-u").type_text("S3cret-pass");
    keep("people_new_user", &mut console);
    console.keys("enter").shows("User dora@example.com created");
    assert!(
        users(&mut console)
            .iter()
            .any(|user| user.username == "dora@example.com")
    );
    console.keys("L").lacks("S3cret-pass").wait(1_000);
    let saved = format!("{:?} {:?}", console.saved, console.model.messages);
    assert!(!saved.contains("S3cret-pass"));
    assert!(!format!("{:?}", console.asked).contains("S3cret-pass"));
}

#[test]
fn a_password_is_set_after_a_review() {
    let mut console = on(USERS);
    console
        .keys("/")
        .type_text("anna")
        .keys("enter P")
        .shows("Password of anna@example.com");
    console.keys("enter enter").shows("A password is needed.");
    console
        .type_text("S3cret-pass")
        .keys("enter")
        .type_text("S3cret-pass")
        .keys("enter");
    console
        .shows("Set the password of anna@example.com")
        .lacks("S3cret-pass");
    console
        .keys("tab enter")
        .shows("Password of anna@example.com set")
        .lacks("S3cret-pass");
}

#[test]
fn only_a_superadmin_says_who_is_one() {
    let mut console = on(USERS);
    console.keys("/").type_text("anna").keys("enter O");
    console
        .shows("Make anna@example.com a superadmin")
        .shows("u undoes it.")
        .keys("tab enter");
    console.shows("anna@example.com is now a superadmin");
    assert!(
        users(&mut console)
            .iter()
            .any(|user| user.username == "anna@example.com" && user.superadmin)
    );
    let mut console = Setup {
        release: "0.24",
        acting_as: Some("anna@example.com"),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        people(instance, runtime);
        runtime
            .block_on(instance.ensure_admin(&acme(), "anna@example.com"))
            .unwrap();
    });
    console
        .keys("p tab O")
        .shows("Not now: only a superadmin may say who is a superadmin");
    console
        .keys("n")
        .shows("Not now: only a superadmin may create users in Kestra 0.24");
    console
        .keys("P")
        .shows("Not now: only a superadmin may set passwords of others in Kestra");
    console
        .keys("G t")
        .shows("Not now: only a superadmin may see the tokens of others");
}

#[test]
fn somebody_is_let_in_and_sent_out_again() {
    let mut console = Setup {
        release: "0.24",
        ..Setup::default()
    }
    .open(|instance, runtime| {
        people(instance, runtime);
        user(instance, "eve@example.com");
    });
    console
        .keys(USERS)
        .keys("A")
        .shows("Who is let into tenant acme")
        .shows("eve@example.com");
    console.type_text("eve").keys("enter");
    console.shows("eve@example.com let into tenant acme");
    console
        .keys("/")
        .type_text("eve")
        .keys("enter X")
        .shows("Take the access of eve@example.com");
    console
        .keys("tab enter")
        .shows("Access of eve@example.com to tenant acme taken away");
}

#[test]
fn a_user_is_deleted_once_the_name_is_typed() {
    let mut console = on(USERS);
    console
        .keys("/")
        .type_text("carol")
        .keys("enter D")
        .shows("There is no undo.")
        .shows("With it: access to 1 tenant, 1 role held directly.");
    console
        .type_text("carol.with.a.long.name@subsidiary.example.com")
        .keys("tab enter");
    console.shows("deleted");
    assert!(
        !users(&mut console)
            .iter()
            .any(|user| user.username.starts_with("carol"))
    );
}

#[test]
fn a_group_is_created_renamed_filled_and_deleted() {
    let mut console = Setup {
        release: "0.23",
        ..Setup::default()
    }
    .open(people);
    console.keys(GROUPS);
    console
        .keys("n")
        .type_text("Day shift")
        .keys("ctrl-o")
        .shows("Group Day shift created");
    console
        .keys("/")
        .type_text("day")
        .keys("enter e ctrl-u")
        .type_text("Morning");
    keep("people_rename_group", &mut console);
    console.keys("ctrl-o").shows("Group Day shift changed");
    console
        .keys("esc /")
        .type_text("morning")
        .keys("enter enter")
        .shows("Nobody is in this group");
    console
        .keys("A")
        .type_text("anna")
        .keys("enter")
        .shows("now in group Morning");
    console.shows("anna@example.com").shows("member");
    console.keys("O").shows("owner");
    keep("people_members", &mut console);
    let morning = |groups: Vec<Group>| groups.into_iter().find(|group| group.name == "Morning").unwrap();
    assert_eq!(morning(groups(&mut console)).members[0].membership, Membership::Owner);
    console.keys("X").shows("taken out of group Morning");
    assert!(morning(groups(&mut console)).members.is_empty());
    console
        .keys("q D")
        .type_text("Morning")
        .keys("tab enter")
        .shows("Group Morning deleted");
    assert!(!groups(&mut console).iter().any(|group| group.name == "Morning"));
}

#[test]
fn a_group_that_carries_peoples_only_access_says_so_before_it_is_deleted() {
    let mut console = on(GROUPS);
    console
        .keys("/")
        .type_text("night")
        .keys("enter D")
        .shows("bob@example.com");
    keep("people_delete_group", &mut console);
}

#[test]
fn a_token_is_shown_once_and_kept_nowhere() {
    let mut console = on(USERS);
    console
        .keys("N")
        .type_text("ci")
        .keys("ctrl-o")
        .shows("Service account ci created");
    console
        .keys("/")
        .type_text("ci")
        .keys("enter")
        .keys("t")
        .shows("There is no token");
    console
        .keys("n")
        .type_text("Deploy")
        .keys("ctrl-o")
        .shows("Small letters");
    console
        .keys("ctrl-u")
        .type_text("deploy")
        .keys("ctrl-o")
        .shows("This is the only time it is shown");
    console.keys("enter enter").shows("it is not shown again");
    console.keys("esc").shows("This is the only time it is shown");
    console.keys("y");
    let token = console.copied.pop().unwrap();
    console.shows(&token[..20]);
    console.keys("esc").shows("deploy").lacks(&token);
    keep_tokens(&mut console);
    let kept = format!("{:?} {:?}", console.saved, console.model);
    assert!(!kept.contains(&token));
    console
        .keys("D")
        .type_text("deploy")
        .keys("tab enter")
        .shows("There is no token");
}

#[test]
fn a_token_that_was_not_copied_is_closed_by_a_second_key() {
    let mut console = on(USERS);
    console.keys("N").type_text("ci").keys("ctrl-o");
    console
        .keys("/")
        .type_text("ci")
        .keys("enter t n")
        .type_text("deploy")
        .keys("ctrl-o");
    console
        .keys("esc")
        .shows("was not copied")
        .shows("This is the only time");
    console.keys("esc").lacks("This is the only time");
}

/// Times and secrets differ from run to run, so the list is only looked at.
fn keep_tokens(console: &mut Console) {
    console.shows("NAME").shows("ENDS").shows("never");
}

#[test]
fn somebody_is_invited_and_the_invitation_is_withdrawn() {
    let mut console = on(USERS);
    console
        .keys("I")
        .shows("Nobody is invited")
        .keys("n")
        .type_text("new")
        .keys("enter");
    console.shows("This is no e-mail address.");
    console
        .type_text("@example.com")
        .keys("enter")
        .shows("Which roles come with");
    console
        .type_text("Operators")
        .keys("enter")
        .shows("Where new@example.com holds Operators")
        .shows("whole tenant")
        .type_text("company.team")
        .keys("enter")
        .shows("Which groups come with the invitation")
        .type_text("Night")
        .keys("enter")
        .shows("new@example.com invited");
    console.shows("Operators in company");
    console.keys("enter").shows("Groups Night shift").keys("esc");
    console
        .keys("D")
        .shows("Withdraw")
        .keys("tab enter")
        .shows("Nobody is invited");
}

#[test]
fn an_invitation_may_create_the_user_and_make_a_superadmin_where_the_release_has_it() {
    let invite = |release: &'static str| {
        let mut console = Setup {
            release,
            default_tenant: None,
            ..Setup::default()
        }
        .open(people);
        console.keys("g g").keys("/").type_text("acme").keys("enter p tab I n");
        console
    };
    invite("0.22").shows("Invite").lacks("Superadmin").lacks("Create user");
    invite("0.23").shows("Superadmin").lacks("Create user");
    let mut console = invite("1.0");
    console
        .shows("Create user")
        .shows("Superadmin")
        .type_text("eve@example.com");
    console.keys("tab").shows("< no > yes no").shows("Space changes it.");
    console.keys("space").shows("< yes >").keys("space").shows("< no >");
    console
        .type_text("y")
        .shows("< yes >")
        .type_text("perhaps no")
        .shows("< no >");
    console.paste("perhaps").shows("It is yes or no.").shows("< no >");
    console.keys("tab space").shows("< yes >").keys("enter");
    console
        .type_text("Operators")
        .keys("enter enter enter")
        .shows("Invite eve@example.com")
        .shows("Operators in the whole tenant")
        .shows("a superadmin");
    console.keys("tab enter").shows("eve@example.com invited");
    console.keys("enter").shows("Superadmin yes");
}

#[test]
fn by_lines_a_switch_of_an_invitation_is_answered_by_a_word_that_it_has() {
    let mut console = Setup {
        release: "1.0",
        default_tenant: None,
        ..Setup::default()
    }
    .open(people);
    console.keys("g g").keys("/").type_text("acme").keys("enter p tab I n");
    let said = |console: &mut Console, line: &str, expected: &[&str]| {
        let said = console.line(line).linear();
        for text in expected {
            assert!(said.contains(text), "{text} in {said}");
        }
    };
    said(
        &mut console,
        "eve@example.com",
        &["Line 2 of 3, Create user: no", "One of: yes, no."],
    );
    said(
        &mut console,
        "perhaps",
        &["Line 2 of 3, Create user: no", "It is yes or no."],
    );
    said(&mut console, "y", &["Line 3 of 3, Superadmin: no"]);
    said(&mut console, ":form-previous", &["Line 2 of 3, Create user: yes"]);
}

#[test]
fn releases_before_0_20_have_no_invitations() {
    let mut console = Setup {
        release: "0.19",
        ..Setup::default()
    }
    .open(people);
    console.keys("j").keys(USERS).keys("I");
    console.shows("Not now: invitations came with Kestra 0.20, and this is 0.19");
}

#[test]
fn the_audit_log_is_filtered_and_more_of_it_is_read_at_its_end() {
    let mut console = on(HOLDERS);
    console.keys("H").shows("Audit log of tenant acme").shows("CREATE");
    console.keys("f").shows("Filter the audit log");
    console
        .keys("tab tab")
        .type_text("group")
        .keys("ctrl-o")
        .shows("asked for: GROUP")
        .lacks("BINDING");
    console
        .keys("f tab tab tab tab")
        .type_text("soon")
        .keys("ctrl-o")
        .shows("Write it like");
    console.keys("esc G").keys("enter").shows("Resource GROUP");
}

#[test]
fn a_name_that_hides_something_is_shown_with_it() {
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        instance.create_group(&acme(), "Ni\u{202e}ght", None).unwrap();
    });
    console
        .keys("j")
        .keys(GROUPS)
        .keys("/")
        .type_text("ght")
        .keys("enter G");
    console
        .shows("Ni<U+202E>ght")
        .keys("enter")
        .shows("Group Ni<U+202E>ght");
}

#[test]
fn linear_mode_says_records_and_asks_line_by_line() {
    let mut console = on(GROUPS);
    console.line("n");
    assert!(
        console.linear().contains("Line 1 of 2, Name: empty"),
        "{}",
        console.linear()
    );
    console.line("Day").line("For the day");
    assert!(console.linear().contains("Group Day created"), "{}", console.linear());
    console.line("/night").line("1");
    assert!(
        console.linear().contains("1. bob@example.com, member"),
        "{}",
        console.linear()
    );
}

/// A console on a run before which these people held the role Keepers in the default tenant.
fn after_a_migration(held: &[(&str, Option<&str>)]) -> Console {
    let mut surveyed = grown();
    surveyed.inspection.access.holders = held
        .iter()
        .map(|(name, namespace)| {
            let held = Held {
                role: "Keepers".to_owned(),
                namespace: namespace.map(str::to_owned),
                group: None,
            };
            ((*name).to_owned(), [held].into())
        })
        .collect();
    let fake = Fake::new(surveyed.clone());
    fake.begin(&plan(&surveyed, &["dev"]), US);
    fake.go(None);
    let mut console = Setup {
        fake,
        ..Setup::default()
    }
    .open(|instance, runtime| {
        people(instance, runtime);
        let role = NewRole {
            name: "Keepers".to_owned(),
            description: None,
            permissions: Permissions::default(),
            is_default: false,
        };
        instance.create_role(&TenantScope::Default, &role).unwrap();
    });
    console.keys("3 enter");
    console
}

#[test]
fn what_people_lost_by_a_migration_is_given_back_by_one_key_with_each_result() {
    let mut console = after_a_migration(&[
        ("anna@example.com", Some("company.team")),
        ("bob@example.com", None),
        ("gone@example.com", None),
    ]);
    console
        .keys("A")
        .shows("Give back what was lost")
        .shows("role Keepers of anna@example.com in company.team");
    keep("people_restore", &mut console);
    console
        .keys("tab enter")
        .shows("What was given back")
        .shows("given back: role Keepers of bob@example.com");
    console
        .keys("esc")
        .shows("What stays lost")
        .shows("gone@example.com: Keepers: there is no such user any more");
    let scope = TenantScope::Default;
    let held =
        console.meanwhile(async |other: &LocalInstance| other.bindings(&scope, &Query::first(100)).await.unwrap().rows);
    assert!(
        held.iter()
            .any(|binding| binding.namespace.as_deref() == Some("company.team"))
    );
    let holders = held.len();
    console.keys("esc u").shows("Undo: Take away what was given back");
    console.keys("tab enter").shows("2 of 2 taken away").lacks("taken back");
    let scope = TenantScope::Default;
    let left =
        console.meanwhile(async |other: &LocalInstance| other.bindings(&scope, &Query::first(100)).await.unwrap().rows);
    assert_eq!(left.len(), holders - 2);
}

#[test]
fn a_migration_by_which_nobody_lost_anything_says_so() {
    let mut console = after_a_migration(&[("anna@example.com", None)]);
    console.keys("A tab enter").shows("given back").keys("esc");
    console.keys("A").shows("Everybody holds what they held before the run");
}

#[test]
fn a_change_that_could_not_be_noted_is_told_with_it_until_it_is_dismissed() {
    let problem = || {
        let what = "What was done could not be noted in the activity record.";
        let why = "`/state/activity.ndjson` cannot be written to: No space left on device.";
        Problem::new(ProblemKind::Failed, what, why, "Make room.")
    };
    let mut console = Console::usual();
    console.keys("n").type_text("Umbrella").keys("ctrl-o");
    console.held = true;
    console.keys("enter").send(Msg::NotRecorded(problem()));
    console.answer().resize(160, 24);
    let told = "error Tenant umbrella created; admin@kestra.local holds its Admin role. It could not be noted in the activity record";
    console.shows(told).wait(60_000).shows(told);
    let said = console.linear();
    assert!(said.contains("error: Tenant umbrella created"), "{said}");
    assert!(
        said.contains("could not be noted in the activity record\n`/state/activity.ndjson`"),
        "{said}"
    );
    // On the same disk nothing can be kept either; that comes after it.
    let what = "What you do here is not kept for the next start.";
    let other = Problem::new(ProblemKind::Failed, what, "It is full.", "Make room.");
    console.send(Msg::NotSaved(other)).shows(told);
    console.keys("esc").lacks("could not be noted").shows(what).keys("esc");
    console
        .keys("6")
        .lacks("Nothing was done from here yet.")
        .shows("What was done could not be noted in the activity record. `/state/activity.ndjson` cannot be");
    // Where the change failed, that stays, and this comes after it.
    let mut console = Console::usual();
    console.keys("n").type_text("Umbrella").keys("ctrl-o");
    console.held = true;
    console.keys("enter").send(Msg::NotRecorded(problem()));
    console.fail_next("Create", crate::states::unreachable());
    console.answer().shows("does not answer");
    console.model.messages.dismiss();
    console.shows("What was done could not be noted");
}

#[test]
fn what_this_program_did_is_listed_the_newest_first() {
    let mut console = Console::usual();
    console.keys("6").shows("Nothing was done from here yet.").keys("q");
    console.activity = [
        ("2026-01-31T12:00:00Z", ActivityResult::Done),
        ("2026-01-31T11:00:00Z", ActivityResult::Refused),
        ("2026-01-31T10:00:00Z", ActivityResult::Unknown),
    ]
    .map(|(time, result)| Activity {
        time: time.to_owned(),
        account: "ana@jump1".to_owned(),
        context: "prod".to_owned(),
        place: "https://kestra.example.com".to_owned(),
        identity: None,
        about: Some("make ana Admin of tenant acme".to_owned()),
        command: "kestra-admin --context prod tenants repair-admin acme --admin-username ana".to_owned(),
        result,
        problem: (result == ActivityResult::Refused).then(|| "Access is denied.".to_owned()),
        id: None,
    })
    .to_vec();
    console.keys("6").shows("3 changes").shows("unknown make ana Admin");
    keep("people_activity", &mut console);
    console.keys("j enter").shows("Problem Access is denied.");
    // All of it, uncut.
    for told in [
        "Command kestra-admin --context prod tenants repair-admin acme --admin-username ana",
        "Context prod",
        "Account ana@jump1",
        "Address https://kestra.example.com",
        "--admin-username ana",
    ] {
        console.shows(told);
    }
    console.keys("esc");
    // The whole of it can be run anywhere; the list shows it short.
    let command = "kestra-admin --context prod tenants repair-admin acme --admin-username ana";
    assert_eq!(console.copy("y c"), command);
    console.lacks("--context prod");
    console
        .keys("/")
        .type_text("result:done")
        .keys("enter")
        .shows("1 of 3 changes")
        .lacks("refused");
}

#[test]
fn in_a_protected_context_a_single_role_is_asked_about_and_many_by_their_number() {
    let mut console = Setup {
        session: session(|session| session.protected = true),
        ..Setup::default()
    }
    .open(people);
    console.keys("W").type_text("default").keys("tab enter");
    console
        .keys("j p j D")
        .shows("Take away a role")
        .shows("Take away role Operators from anna@example.com in company.team")
        .keys("esc space j space D")
        .shows("Type 2 to continue");
    // The last Admin among them is worth more than a number.
    console.keys("esc * D").shows("Type acme default to continue");
}

#[test]
fn commands_say_why_they_cannot_be_run() {
    let console = on(HOLDERS);
    for id in [CommandId::Password, CommandId::Superadmin, CommandId::DeleteGroup] {
        let found = availability(&console.model, id);
        assert!(format!("{found:?}").contains("selected"), "{id:?} {found:?}");
    }
}

#[test]
fn of_many_changes_each_result_is_told_and_those_that_failed_are_tried_again_by_the_same_key() {
    let mut console = on(HOLDERS);
    let failure = Problem::new(ProblemKind::Failed, "It is stuck.", "Something runs.", "Wait.");
    console.keys("*").keys("D").fail_item("carol", failure);
    console
        .type_text("acme")
        .keys("tab enter")
        .shows("How each of them went");
    console.shows("! not done: role").shows("It is stuck. Something runs.");
    console
        .keys("esc")
        .shows("1 marked")
        .keys("D")
        .shows("Take away")
        .shows("carol");
}

#[test]
fn a_role_that_somebody_else_took_away_is_done_already_and_is_not_given_back() {
    let mut console = on(HOLDERS);
    console.keys("*").keys("D").type_text("acme");
    console.meanwhile(async |other: &LocalInstance| {
        let held = other.bindings(&acme(), &Query::first(100)).await.unwrap().rows;
        let carols = held.iter().find(|binding| binding.subject_name.starts_with("carol"));
        other.delete_binding(&acme(), &carols.unwrap().id).unwrap();
    });
    let before = bindings(&mut console, "acme").len();
    console.keys("tab enter").shows("How each of them went");
    console.shows("done already: role").lacks("not done");
    console.keys("esc").lacks("marked");
    console
        .keys("L")
        .shows(&format!("{before} roles taken away, 1 gone already"));
    console.keys("q u").lacks("carol").keys("tab enter");
    assert_eq!(bindings(&mut console, "acme").len(), before);
}

#[test]
fn whoever_was_taken_out_of_a_group_meanwhile_is_not_put_back_by_becoming_its_owner() {
    let mut console = Setup {
        release: "0.23",
        ..Setup::default()
    }
    .open(people);
    console.keys(GROUPS).keys("/").type_text("night").keys("enter enter");
    console.shows("bob@example.com");
    console.meanwhile(async |other: &LocalInstance| {
        let group = other.groups(&acme(), &Query::first(100)).await.unwrap().rows;
        let night = group.iter().find(|group| group.name == "Night shift").unwrap();
        let bob = night.members[0].user_id.clone();
        other.leave_group(&acme(), &night.id, &bob).unwrap();
    });
    console
        .keys("O")
        .shows("The group was not changed.")
        .shows("Nobody is in this group");
    console
        .keys("!")
        .shows("`bob@example.com` is not in the group.")
        .shows("Read the members of the group to see who is in it.");
    let night = groups(&mut console)
        .into_iter()
        .find(|group| group.name == "Night shift");
    assert!(night.unwrap().members.is_empty());
}

/// The usual people, one of them with a role in a second tenant.
fn in_two_tenants(instance: &LocalInstance, runtime: &tokio::runtime::Runtime) {
    people(instance, runtime);
    let name = "anna@example.com";
    let billing = TenantScope::Named("billing".parse().unwrap());
    instance.grant_tenant_access(&billing, name).unwrap();
    let users = runtime
        .block_on(instance.users(None, &Query::user_named(name)))
        .unwrap()
        .rows;
    let roles = runtime
        .block_on(instance.roles(&billing, &Query::first(10)))
        .unwrap()
        .rows;
    let binding = NewBinding {
        subject_kind: SubjectKind::User,
        subject_id: users[0].id.clone(),
        role_id: roles[0].id.clone(),
        namespace: None,
    };
    instance.create_binding(&billing, &binding).unwrap();
}

#[test]
fn what_goes_with_an_account_is_said_of_every_tenant() {
    let mut console = Setup::default().open(in_two_tenants);
    console
        .keys("j")
        .keys(USERS)
        .keys("/")
        .type_text("anna")
        .keys("enter D");
    console
        .shows("With it: access to 2 tenants, 2 roles held directly.")
        .lacks("would lose all");
    console.keys("esc");
    let billing = TenantScope::Named("billing".parse().unwrap());
    for binding in bindings(&mut console, "billing") {
        if binding.subject_name == "admin@kestra.local" {
            console.meanwhile(async |other| other.delete_binding(&billing, &binding.id).unwrap());
        }
    }
    console
        .keys("D")
        .shows("! In tenant `billing`: Nobody would be Admin of this tenant any more");
    console.keys("esc");
    let problem = Problem::new(ProblemKind::Denied, "It may not be seen.", "You may not.", "Ask.");
    console.fail_next("People(GoesWith", problem);
    console
        .keys("D")
        .shows("What goes with it is not known: It may not be seen.");
}

#[test]
fn no_more_than_20_tenants_are_looked_at_before_an_account_is_deleted() {
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        let ids: Vec<String> = (0..30).map(|at| format!("tenant-{at:02}")).collect();
        let list: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "One of many")).collect();
        crate::support::tenants(instance, runtime, &list);
    });
    console
        .keys("j")
        .keys(USERS)
        .keys("/")
        .type_text("anna")
        .keys("enter D");
    console.shows("Not looked at:").shows("more tenants.");
}

#[test]
fn a_tenant_that_nobody_administers_has_its_repair_among_the_first_keys() {
    let mut console = Console::usual();
    console.lacks("A make an admin").keys("G").shows("A make an admin");
    console.keys("enter").shows("Overview").shows("A make an admin");
}

#[test]
fn the_users_of_the_whole_instance_are_a_list_to_act_on() {
    let mut console = Setup::default().open(people);
    console
        .keys("7")
        .shows("Users of the instance")
        .shows("SUPERADMIN")
        .shows("4 users");
    keep("people_of_the_instance", &mut console);
    console.keys("y c");
    assert!(
        console.copied[0].ends_with("users list --instance"),
        "{:?}",
        console.copied
    );
    console.keys("/").type_text("anna").keys("enter O tab enter");
    console.shows("anna@example.com is now a superadmin").shows("yes");
    console
        .keys("enter")
        .shows("anna@example.com")
        .shows("superadmin")
        .keys("q");
    console.keys("t").shows("Tokens of anna@example.com").keys("q");
    console
        .keys("D")
        .shows("There is no undo.")
        .type_text("anna@example.com")
        .keys("tab enter");
    console.shows("deleted");
    assert!(
        users(&mut console)
            .iter()
            .all(|user| user.username != "anna@example.com")
    );
    console
        .keys("1")
        .send(Msg::Run("users".to_owned()))
        .shows("Users of the instance");
}

#[test]
fn somebody_of_the_whole_instance_is_shown_with_what_they_hold_in_all_tenants() {
    let mut console = Setup::default().open(in_two_tenants);
    console.keys("7 /").type_text("anna").keys("enter tab enter");
    console
        .shows("tenant acme in company.team, directly")
        .shows("whole tenant billing, directly")
        .lacks("not looked at");
    keep("people_in_all_tenants", &mut console);
    console
        .keys("D")
        .shows("Not now: select a tenant, group or role here; one tenant at a time");
    console.keys("*").keys("D").shows("one tenant at a time").keys("*");
    console.keys("y c");
    assert!(
        console.copied[0].ends_with("users get anna@example.com --instance"),
        "{:?}",
        console.copied
    );
    console.keys("/").type_text("directly whole billing").keys("enter D");
    console.shows("tenant billing").keys("tab enter");
    assert!(
        bindings(&mut console, "billing")
            .iter()
            .all(|it| it.subject_name != "anna@example.com")
    );
    assert!(
        bindings(&mut console, "acme")
            .iter()
            .any(|it| it.subject_name == "anna@example.com")
    );
}

#[test]
fn somebody_of_a_tenant_is_shown_with_what_they_hold_in_all_tenants_too() {
    let mut console = Setup::default().open(in_two_tenants);
    console
        .keys("j")
        .keys(USERS)
        .keys("/")
        .type_text("anna")
        .keys("enter i")
        .shows("tenant acme in company.team, directly")
        .shows("whole tenant billing, directly");
    console.keys("y c");
    assert!(
        console.copied[0].ends_with("users get anna@example.com --instance"),
        "{:?}",
        console.copied
    );
}

#[test]
fn what_is_done_on_a_row_of_somebody_is_done_in_the_tenant_of_that_row() {
    let mut console = Setup::default().open(|instance, runtime| {
        in_two_tenants(instance, runtime);
        let billing = TenantScope::Named("billing".parse().unwrap());
        let group = instance.create_group(&billing, "Payers", None).unwrap();
        instance
            .add_member(&billing, &group.id, "anna@example.com", Membership::Member)
            .unwrap();
    });
    console
        .keys("j")
        .keys(USERS)
        .keys("/")
        .type_text("anna")
        .keys("enter i");
    // What is of no tenant is done in the one that the page was opened from.
    console
        .keys("X")
        .shows("Take the access of anna@example.com to tenant acme")
        .keys("esc");
    console.keys("/").type_text("Billing").keys("enter");
    console
        .keys("b")
        .shows("Which role is anna@example.com given in tenant billing")
        .keys("esc");
    console
        .keys("X")
        .shows("Take the access of anna@example.com to tenant billing")
        .keys("esc esc");
    console.keys("/").type_text("Payers").keys("enter enter");
    console
        .shows("Group Payers")
        .shows("anna@example.com member")
        .keys("q esc");
    console
        .keys("* X")
        .shows("Not now: select a tenant, group or role here; one tenant at a time");
}

#[test]
fn of_somebody_who_may_be_in_many_tenants_it_is_said_how_many_were_not_looked_at() {
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        let ids: Vec<String> = (0..30).map(|at| format!("tenant-{at:02}")).collect();
        let list: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "One of many")).collect();
        crate::support::tenants(instance, runtime, &list);
    });
    console.keys("7 /").type_text("anna").keys("enter tab");
    console.held = true;
    // Keys are taken while it is read.
    console.keys("enter q").shows("Users of the instance");
    console.held = false;
    console.keys("enter").shows("not looked at").shows("14 more tenants");
}

#[test]
fn a_user_of_the_whole_instance_is_created_in_a_tenant_where_the_release_needs_one() {
    let mut console = Setup::default().open(people);
    console.keys("7 n").shows("with access to which tenant");
    console
        .type_text("billing")
        .keys("enter")
        .shows("With access to tenant billing");
    console
        .type_text("eve@example.com")
        .keys("ctrl-o")
        .shows("User eve@example.com created");
    assert!(console.selected_row().starts_with("eve@"), "{}", console.screen());
    let mut console = Setup {
        release: "1.0",
        default_tenant: None,
        ..Setup::default()
    }
    .open(people);
    console.keys("7 n").shows("With access to no tenant yet");
    console
        .type_text("eve@example.com")
        .keys("ctrl-o")
        .shows("User eve@example.com created");
    assert!(console.selected_row().starts_with("eve@"), "{}", console.screen());
}

#[test]
fn more_users_of_the_instance_are_read_at_the_end_of_the_list_and_stay_when_it_is_read_again() {
    let mut console = Setup::default().open(|instance, _| {
        for at in 0..1_010 {
            user(instance, &format!("user-{at:04}@example.com"));
        }
    });
    console.keys("7").shows("1,000 read (of 1,011 users)");
    console.keys("/").type_text("user-1009").keys("enter");
    // It is read on for that.
    assert!(console.selected_row().starts_with("user-1009"), "{}", console.screen());
    console.keys("esc");
    console.keys("G").shows("1,011 users").keys("G");
    assert!(console.selected_row().starts_with("user-1009"), "{}", console.screen());
    console.keys("r").shows("1,011 users");
    assert!(console.selected_row().starts_with("user-1009"), "{}", console.screen());
}

#[test]
fn a_role_of_somebody_of_the_whole_instance_is_not_taken_away_without_saying_what_that_means() {
    let mut console = Setup::default().open(people);
    console.keys("j 7 /").type_text("admin@kestra").keys("enter tab enter");
    console.shows("whole tenant acme, directly");
    console.keys("/").type_text("directly whole acme").keys("enter D");
    console
        .shows("Nobody would be Admin of this tenant any more")
        .shows("Type acme to continue");
    console.keys("esc");
    assert!(holds(&mut console, "acme", "admin@kestra.local", "Admin"));
}

#[test]
fn giving_up_ones_own_superadmin_right_is_said_to_be_for_good_and_wants_ones_name() {
    let mut console = Setup::default().open(people);
    console.keys("7 /").type_text("admin@kestra").keys("enter O");
    console
        .shows("You would be no superadmin any more, and only another superadmin could change that.")
        .shows("You could not take it back yourself.")
        .shows("Type admin@kestra.local to continue");
    console.keys("esc").shows("yes");
}

#[test]
fn what_is_of_the_whole_instance_takes_a_superadmin() {
    let mut console = Setup {
        release: "1.0",
        default_tenant: None,
        acting_as: Some("anna@example.com"),
        ..Setup::default()
    }
    .open(people);
    console
        .keys("7")
        .shows("Not now: only a superadmin may see the users of the whole")
        .keys("!")
        .shows("may see the users of the whole instance")
        .keys("esc");
    console
        .keys("8")
        .shows("Not now: only a superadmin may see the audit log of the whole");
}

#[test]
fn the_audit_log_says_what_was_changed_in_which_tenant_and_to_the_second_as_far_as_there_is_room() {
    let mut console = on(HOLDERS);
    console
        .keys("H")
        .shows("OBJECT")
        .shows("USER")
        .shows("ACTION")
        .shows("RESOURCE");
    let seconds = |console: &Console| {
        let row = console.selected_row();
        let time = row.split_whitespace().nth(1).unwrap().to_owned();
        time.chars().filter(|sign| *sign == ':').count()
    };
    console.resize(110, 24).shows("TENANT").shows("OBJECT");
    assert_eq!(seconds(&console), 2, "{}", console.screen());
    // What was done to what kind of thing is worth more than an id.
    console.resize(60, 20).shows("RESOURCE").shows("ACTION").shows("TIME");
    console.lacks("OBJECT");
    assert_eq!(
        seconds(&console),
        1,
        "a time is never cut in its middle: {}",
        console.screen()
    );
    console.resize(40, 12).shows("RESOUR");
}

#[test]
fn the_audit_log_of_the_whole_instance_came_with_1_0() {
    let mut console = Console::usual();
    console
        .keys("8")
        .shows("Not now: it came with Kestra 1.0, and this is 0.21");
    let mut console = Setup {
        release: "1.0",
        default_tenant: None,
        ..Setup::default()
    }
    .open(people);
    console
        .keys("8")
        .shows("Audit log of the instance")
        .shows("TENANT ")
        .keys("y c");
    assert!(
        console.copied[0].ends_with("audit list --instance"),
        "{:?}",
        console.copied
    );
    console
        .keys("f tab tab")
        .type_text("group")
        .keys("ctrl-o")
        .shows("asked for: GROUP");
}

#[test]
fn what_a_column_shows_is_found_in_it() {
    let mut console = Console::usual();
    console.keys("j p");
    let all = console.screen();
    let count = all.matches("whole tenant").count();
    assert!(count > 0, "{all}");
    for filter in [
        "namespace:whole",
        "namespace:\"whole tenant\"",
        "namespace=\"whole tenant\"",
    ] {
        console.keys("/").type_text(filter).keys("enter");
        assert_eq!(
            console.screen().matches("whole tenant").count(),
            count + filter.matches("whole tenant").count()
        );
        console.keys("esc");
    }
    console
        .keys("/")
        .type_text("!namespace:whole")
        .keys("enter")
        .lacks("whole tenant");
}

/// Whoever goes back from what comes with an invitation finds what was typed for it.
#[test]
fn esc_leads_from_the_roles_of_an_invitation_back_to_what_was_typed_and_so_does_what_interrupts() {
    for key in ["esc", "ctrl-c"] {
        let mut console = Setup {
            release: "1.3",
            ..Setup::default()
        }
        .open(people);
        console.keys("j p tab I n").type_text("dora@example.com").keys("ctrl-o");
        console.shows("Which roles come with the invitation of dora@example.com");
        console.keys(key).shows("Invite").shows("dora@example.com");
        console.keys("ctrl-o").shows("Which roles come with the invitation");
        // Also from what comes after the first list.
        console.keys("down enter").shows("Where dora@example.com holds");
        console.keys(key).shows("Invite").shows("dora@example.com");
        console.keys("ctrl-o").shows("Which roles come with the invitation");
        if key == "esc" {
            console.line("").shows("dora@example.com").lacks("Which roles");
        } else {
            console
                .send(Msg::Interrupt)
                .shows("dora@example.com")
                .lacks("Which roles");
        }
    }
}

#[test]
fn more_changes_than_the_console_reads_are_said_to_be_the_newest() {
    let mut console = Console::usual();
    let row = Activity {
        id: None,
        time: "2026-01-31T12:00:00Z".to_owned(),
        account: "ana@jump1".to_owned(),
        context: "lab".to_owned(),
        place: "https://kestra.example.com".to_owned(),
        identity: None,
        about: Some("create tenant t1".to_owned()),
        command: "kestra-admin --context lab tenants create --tenant t1".to_owned(),
        result: ActivityResult::Done,
        problem: None,
    };
    console.activity = vec![row; kestra_admin::domain::activity::ON_SCREEN];
    console.keys("6").shows("of 20,000 changes, the newest");
    console.keys("/").type_text("nobody").keys("enter");
    console.shows("among the newest 20,000; `kestra-admin activity list` looks at all");
}
