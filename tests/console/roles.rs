//! Changing roles, and what that takes away from whom.

use kestra_admin::app::effect::Request;
use kestra_admin::app::input::parse_sequence;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::session::Session;
use kestra_admin::app::tabs::Tab;
use kestra_admin::app::tenant_view::RolePane;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::catalogue;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::release::Release;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::role_edit::Change;
use kestra_admin::domain::tenant::TenantScope;

use crate::screens::tenants::people;
use crate::support::{Console, Setup, session};

pub fn acme() -> TenantScope {
    TenantScope::Named("acme".parse().unwrap())
}

/// The roles of a tenant, as somebody else finds them.
pub fn roles_of(console: &Console, scope: &TenantScope) -> Vec<Role> {
    console.meanwhile(async |other: &LocalInstance| other.roles(scope, &Query::first(100)).await.unwrap().rows)
}

fn role(console: &Console, name: &str) -> Option<Role> {
    roles_of(console, &acme()).into_iter().find(|role| role.name == name)
}

/// A console on the roles of tenant acme: Admin, Operators, Unused.
pub fn console() -> Console {
    of(Setup::default())
}

fn of(setup: Setup) -> Console {
    let mut console = setup.open(people);
    console.send(Msg::Run("tenant acme".to_owned())).keys("tab");
    console
}

pub fn of_2_0() -> Console {
    of(Setup {
        release: "2.0",
        ..Setup::default()
    })
}

/// Presses keys and counts them.
fn count(console: &mut Console, keys: &str) -> usize {
    console.keys(keys);
    parse_sequence(keys).unwrap().len()
}

#[test]
fn a_role_like_viewer_takes_fewer_than_15_keys() {
    let release = Release::new(2, 0);
    let viewer = catalogue::managed_role(release, "Viewer").unwrap();

    // From the template that Kestra ships.
    let mut console = of_2_0();
    let keys = count(&mut console, "n O p s enter t v i enter ctrl-o enter");
    console.shows("Role Ops created in tenant acme; u takes it back");
    let ops = role(&console, "Ops").unwrap();
    assert!(Change::between(&viewer.permissions, &ops.permissions, release).is_empty());
    assert_eq!(keys, 11);

    // By hand: see and list everything.
    let mut console = of_2_0();
    let keys = count(&mut console, "n O p s enter A l A ctrl-o enter");
    let ops = role(&console, "Ops").unwrap();
    for info in catalogue::resources(release).into_iter().filter(|info| info.assignable) {
        for action in ["VIEW", "LIST"] {
            assert_eq!(
                ops.permissions.allows(&info.name, &action.into()),
                info.has(action),
                "{}",
                info.name
            );
        }
    }
    assert_eq!(keys, 10);
}

#[test]
fn cells_rows_and_columns_are_set_and_steps_taken_back() {
    let mut console = of_2_0();
    console.keys("n").type_text("Ops").keys("enter");
    console.shows("VIEW on FLOW: not allowed").keys("space");
    console.shows("VIEW on FLOW: allowed").shows("1 right");
    console
        .keys("a")
        .shows("11 rights")
        .keys("a")
        .shows("0 rights")
        .keys("u")
        .shows("11 rights")
        .keys("u")
        .shows("1 right");
    console.keys("u").shows("0 rights");
    console
        .keys("u")
        .shows("Not now: nothing has been set that could be taken back");
    // Going right skips what a resource does not have.
    console.keys("G l l l l l").shows("UPDATE on TENANT_SETTINGS");
    console.keys("G h g g h k").keys("space");
}

#[test]
fn what_cannot_be_set_says_so() {
    let mut console = of_2_0();
    console.keys("n").type_text("Ops").keys("enter l G space");
    console.shows("LIST on TENANT_SETTINGS: no such action");
    console
        .shows("There is no such action on this resource")
        .shows("0 rights");
}

#[test]
fn an_edit_is_told_by_signs_and_words_reviewed_and_taken_back() {
    let mut console = console();
    let before = role(&console, "Operators").unwrap();
    console
        .keys("j e")
        .shows("Edit role Operators")
        .shows("CREATE on FLOW: allowed");
    console.keys("space").shows("will not be allowed any more").shows("[-]");
    console
        .keys("j space")
        .shows("CREATE on EXECUTION: will be allowed")
        .shows("+1 -1");
    console
        .keys("ctrl-o")
        .shows("Review before sending")
        .shows("+ EXECUTION: CREATE")
        .shows("- FLOW: CREATE");
    console.shows("3 people would lose some of what they may do");
    console
        .shows("kestra-admin roles update")
        .shows("--allow EXECUTION:CREATE --deny FLOW:CREATE --confirm acme --tenant acme");
    console
        .keys("enter")
        .shows("Role Operators changed; u takes it back")
        .shows("[Roles]");
    assert_ne!(role(&console, "Operators").unwrap().permissions, before.permissions);
    console
        .keys("u")
        .shows("Undo: Change role Operators")
        .shows("+FLOW:CREATE -EXECUTION:CREATE");
    console
        .keys("enter")
        .lacks("Undo:")
        .keys("u tab enter")
        .shows("Role Operators changed");
    let after = role(&console, "Operators").unwrap();
    assert!(Change::between(&before.permissions, &after.permissions, Release::new(0, 21)).is_empty());
    console.keys("u").shows("nothing is left to take back");
}

#[test]
fn names_descriptions_and_the_default_flag_are_edited_above_the_matrix() {
    let mut console = console();
    console
        .keys("j j e tab")
        .keys("ctrl-u")
        .type_text("Vault")
        .keys("tab")
        .type_text("Keeps keys");
    console.keys("tab space").shows("Default [yes]").keys("ctrl-o");
    console
        .shows("name: Unused -> Vault")
        .shows("description: Keeps keys")
        .shows("becomes the default role");
    console.keys("enter").shows("Role Unused changed");
    let vault = role(&console, "Vault").unwrap();
    assert_eq!(
        (vault.description.as_deref(), vault.is_default),
        (Some("Keeps keys"), true)
    );
    assert!(console.selected_row().starts_with("Vault"), "{}", console.screen());
    // Another that becomes the default one says which stops being it.
    console.keys("g g j e tab tab tab space ctrl-o");
    console
        .shows("becomes the default role: new users of the tenant are given it")
        .shows("New users of this tenant would be given `Operators`, and `Vault` no longer.");
    console
        .keys("esc esc")
        .shows("would be lost")
        .keys("tab enter")
        .shows("[Roles]")
        .keys("G");
    // Taking the flag away again is warned of.
    console.keys("e tab tab tab space ctrl-o");
    console
        .shows("! New users of this tenant would be given no role")
        .shows("[ Back ]");
}

#[test]
fn a_role_without_a_name_or_in_2_0_without_a_right_is_not_sent() {
    let mut console = of_2_0();
    console
        .keys("n ctrl-o")
        .shows("a name is required")
        .lacks("Review before");
    console
        .type_text("Ops")
        .keys("ctrl-o")
        .shows("at least one permission is required");
    console.keys("space ctrl-o").shows("Review before sending");
}

pub async fn allow(other: &LocalInstance, name: &str, resource: &'static str, action: &'static str) {
    let roles = other.roles(&acme(), &Query::first(100)).await.unwrap().rows;
    let before = roles.into_iter().find(|role| role.name == name).unwrap();
    let mut after = NewRole::from(&before);
    after.permissions.allow(resource.into(), action.into());
    Backend::update_role(other, &acme(), &before, &after).await.unwrap();
}

#[test]
fn what_somebody_else_changed_meanwhile_is_told_and_what_was_set_stays() {
    let mut console = console();
    console.keys("j e space");
    console.meanwhile(async |other| allow(other, "Operators", "SECRET", "READ").await);
    console.keys("ctrl-o enter").lacks("Review before");
    console
        .shows("! Somebody else changed this role meanwhile; what you set is kept.")
        .shows("+SECRET:READ");
    // It can be looked at again as long as the editor is open.
    console
        .keys("ctrl-t")
        .shows("Changed on the instance")
        .shows("+SECRET:READ")
        .keys("esc");
    console
        .keys("j space")
        .shows("! Changed on the instance meanwhile; Ctrl-t shows the difference")
        .keys("space k");
    console
        .shows("[-]")
        .keys("ctrl-o")
        .lacks("SECRET: READ")
        .shows("- FLOW: CREATE")
        .keys("enter");
    console.shows("Role Operators changed");
    let now = role(&console, "Operators").unwrap();
    assert!(now.permissions.allows(&"SECRET".into(), &"READ".into()));
    assert!(!now.permissions.allows(&"FLOW".into(), &"CREATE".into()));
}

#[test]
fn a_failure_keeps_the_review_open_to_try_again() {
    let mut console = console();
    console.keys("j e space ctrl-o");
    let down = Problem::new(
        ProblemKind::Unreachable,
        "It does not answer.",
        "Refused.",
        "Try again.",
    );
    console
        .fail_next("Do", down)
        .keys("enter")
        .shows("error It does not answer.")
        .shows("[ Send ]");
    console.keys("enter").shows("Role Operators changed");
}

#[test]
fn nothing_set_is_nothing_sent_and_what_is_set_is_not_lost_by_esc() {
    let mut console = console();
    console
        .keys("j e ctrl-o")
        .shows("Nothing has been changed.")
        .keys("enter");
    console.shows("Nothing has been changed, so nothing is sent");
    assert!(!console.asked.iter().any(|request| matches!(request, Request::Do(..))));
    console
        .keys("esc space esc")
        .shows("What was typed has not been sent and would be lost.");
    console
        .keys("enter")
        .shows("Edit role Operators")
        .keys("esc tab enter")
        .shows("[Roles]");
}

#[test]
fn an_unsent_role_survives_a_lost_terminal() {
    let mut console = console();
    console
        .keys("n")
        .type_text("Ops")
        .keys("enter space j space")
        .wait(1_000);
    let mut again = Setup {
        resume: console.saved.clone(),
        ..Setup::default()
    }
    .open(people);
    again
        .shows("unsent role Ops")
        .shows("New role in tenant acme")
        .shows("2 rights");
    again
        .keys("ctrl-o")
        .shows("+ EXECUTION: CREATE")
        .shows("+ FLOW: CREATE")
        .keys("enter");
    assert!(role(&again, "Ops").is_some());
}

#[test]
fn a_role_that_is_gone_when_its_edit_is_taken_up_is_said_to_be_and_what_was_set_stays() {
    let mut console = console();
    console.keys("j e space j space").wait(1_000);
    let mut again = Setup {
        resume: console.saved.clone(),
        ..Setup::default()
    }
    .open(people);
    again
        .shows("Edit role Operators")
        .shows("+1 -1")
        .shows("There is no role");
}

#[test]
fn a_role_that_kestra_ships_stays_and_lends_itself_to_a_new_one() {
    let mut console = console();
    console.keys("D").shows("Not now: this role is Kestra's own; it stays");
    console
        .keys("e")
        .shows("this role is Kestra's own; N makes one like it");
    console
        .keys("N")
        .shows("Admin copy")
        .keys("enter space ctrl-o enter")
        .shows("Role Admin copy created");
    let admin = role(&console, "Admin").unwrap();
    let copy = role(&console, "Admin copy").unwrap();
    assert_eq!(copy.permissions.count() + 1, admin.permissions.count());
    assert!(!copy.is_managed);
}

#[test]
fn deleting_a_role_names_who_loses_what_and_takes_its_name() {
    let mut console = console();
    console
        .keys("j D")
        .shows("Delete role Operators")
        .shows("There is no undo.");
    console.shows("3 people would lose all they may do in this tenant");
    console
        .shows("Type Operators to continue:")
        .keys("tab enter")
        .shows("It does not match yet");
    console
        .type_text("Operators")
        .keys("tab enter")
        .shows("Role Operators deleted");
    assert!(role(&console, "Operators").is_none());
    console
        .keys("u")
        .shows("Not undone: Role Operators deleted; what was deleted is gone for")
        .keys("!")
        .shows("what was deleted is gone for good");
}

#[test]
fn in_a_protected_context_the_context_is_typed_too_and_the_button_waits() {
    let mut console = of(Setup {
        session: session(|session| session.protected = true),
        ..Setup::default()
    });
    console
        .keys("j D")
        .shows("changes are locked")
        .keys("W")
        .type_text("default")
        .keys("tab enter");
    console
        .keys("D")
        .type_text("Unused")
        .keys("enter")
        .shows("It does not match yet");
    console
        .keys("esc j D")
        .type_text("Unused default")
        .keys("tab enter")
        .shows("Wait a moment");
    console.wait(3_000).keys("enter").shows("Role Unused deleted");
}

#[test]
fn nothing_is_changed_while_changes_are_locked() {
    let mut console = of(Setup {
        session: session(|session: &mut Session| session.read_only_context = true),
        ..Setup::default()
    });
    for key in ["D", "e", "n", "N", "o"] {
        console
            .keys("j")
            .keys(key)
            .shows("Not now: changes are locked")
            .keys("k");
    }
}

#[test]
fn a_new_role_is_taken_back_by_deleting_it() {
    let mut console = console();
    console
        .keys("n")
        .type_text("Ops")
        .keys("enter space ctrl-o enter u")
        .shows("Undo: Delete role Ops");
    console.type_text("Ops").keys("tab enter").shows("Role Ops deleted");
    assert!(role(&console, "Ops").is_none());
}

#[test]
fn what_is_done_to_a_role_is_done_to_the_one_that_is_marked_or_to_none_of_several() {
    let mut console = console();
    console.keys("g g j space k D").shows("Delete role");
    let marked = console
        .model
        .tenant_view()
        .unwrap()
        .lists
        .get(Tab::Roles)
        .unwrap()
        .marks()
        .clone();
    let named = roles_of(&console, &acme())
        .into_iter()
        .find(|role| marked.contains(&role.id))
        .unwrap()
        .name;
    console.shows(&format!("Delete role {named}")).keys("esc *");
    for key in ["D", "e", "N", "o"] {
        console.keys(key).shows("Not now: one role at a time");
    }
}

#[test]
fn rows_are_marked_one_by_one_and_all_together() {
    let mut console = console();
    console.keys("space space").shows("2 marked");
    console.keys("*").shows("3 marked").keys("*").lacks("marked");
    console
        .keys("space")
        .shows("1 marked")
        .keys("esc")
        .lacks("marked")
        .shows("[Roles]");
}

#[test]
fn hostile_names_of_roles_are_made_visible_and_deleted_by_their_id() {
    let mut console = console();
    console.meanwhile(async |other| {
        let mut new = NewRole::from(&other.roles(&acme(), &Query::first(9)).await.unwrap().rows[1]);
        new.name = "Op\u{202e}s\u{1b}[2J".to_owned();
        other.create_role(&acme(), &new).unwrap();
    });
    // Words look among ids, too, and ids are random.
    console.keys("r /").type_text("name:op").keys("enter G");
    let id = roles_of(&console, &acme())
        .into_iter()
        .find(|role| role.name.contains('\u{202e}'))
        .unwrap()
        .id;
    console
        .keys("D")
        .shows("Op<U+202E>s")
        .shows(&format!("Type {id} to continue:"));
    console.type_text(&id).keys("tab enter").shows("deleted");
    assert_eq!(roles_of(&console, &acme()).len(), 3);
}

#[test]
fn the_editor_is_said_line_by_line() {
    let mut console = console();
    console.line("2").line("esc").line("n");
    assert!(console.linear().contains("Name: not set"), "{}", console.linear());
    console.line("Ops").line("").line("yes");
    assert!(
        console.linear().contains("CREATE on FLOW: not allowed"),
        "{}",
        console.linear()
    );
    console.line("space");
    assert!(
        console.linear().contains("Changes: +FLOW:CREATE"),
        "{}",
        console.linear()
    );
    console.line("ctrl-o");
    assert!(
        console.linear().contains("becomes the default role"),
        "{}",
        console.linear()
    );
    console.line("ctrl-o").shows("Role Ops created");
    console.line("D");
    assert!(
        console.linear().contains("Type Ops to continue"),
        "{}",
        console.linear()
    );
    console.line("Ops").shows("Role Ops deleted");
}

#[test]
fn the_footer_of_a_role_that_is_kestras_own_offers_one_like_it() {
    let mut console = console();
    console.shows("N new like it").lacks("e edit").keys("j").shows("e edit");
    console.keys("enter").shows("t as in 2.0");
    let mut console = of_2_0();
    console
        .keys("enter")
        .shows("N new like it")
        .lacks("t as in 2.0")
        .lacks("e edit");
}

#[test]
fn a_role_that_is_kestras_own_is_shown_as_2_0_ships_it_which_is_what_the_upgrade_makes_of_it() {
    let mut console = console();
    console
        .keys("enter t")
        .shows("Role Admin as in Kestra 2.0")
        .shows("1 remark");
    console
        .shows("Managed by Kestra: the upgrade to 2.0 replaces it by what that release ships, which is shown here.")
        .lacks("by hand");
    let role = console.model.tenant_view().and_then(|view| view.open_role()).unwrap();
    let shipped = &catalogue::managed_role(Release::new(2, 0), "Admin")
        .unwrap()
        .permissions;
    assert_eq!(&kestra_admin::domain::mapping::in_2_0(role).permissions, shipped);
}

#[test]
fn from_the_roles_one_key_leads_to_the_matrix_and_one_to_who_holds_the_role() {
    let pane = |keys: &str| {
        let mut opened = console();
        opened.keys(keys);
        let role = opened.model.tenant_view().and_then(|view| view.role.as_ref());
        role.map(|role| role.pane)
    };
    assert_eq!(pane("p"), Some(RolePane::Matrix));
    assert_eq!(pane("b"), Some(RolePane::Holders));
    // Who holds what in the whole tenant is the next tab, and a command.
    let mut console = console();
    console.keys("tab").shows("[Holders]");
    console
        .keys("2")
        .send(Msg::Run("holders".to_owned()))
        .shows("[Holders]");
}
