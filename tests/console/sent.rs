//! What was on its way when the console went away: the next start says so, looks what came of it, and nothing is sent twice.

use kestra_admin::app::effect::{Effect, JobId, Request};
use kestra_admin::app::input::parse_sequence;
use kestra_admin::app::msg::Msg;
use kestra_admin::app::resume::Resume;
use kestra_admin::app::update::update;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::permission::{Action, Resource};
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::{NewTenant, Tenant};

use crate::roles::{self, acme, roles_of};
use crate::states::unreachable;
use crate::support::{Console, Setup};

pub fn is_change(request: &Request) -> bool {
    matches!(request, Request::Do(..) | Request::Create(_) | Request::Update { .. })
}

/// Presses keys by which something is sent, whose answer never comes: the instance got it or it did not.
pub fn sent(console: &mut Console, keys: &str, arrives: bool) {
    console.held = true;
    console.keys(keys);
    let is_it = |(_, request): &(JobId, Request)| is_change(request);
    let at = console.waiting.iter().position(is_it).expect("it was sent");
    let (_, request) = console.waiting.remove(at).unwrap();
    if arrives {
        console.ask(request).unwrap();
    }
    console.waiting.clear();
    console.held = false;
}

/// The same, after which the console is gone, and started again.
pub fn cut_off(console: &mut Console, keys: &str, arrives: bool) {
    sent(console, keys, arrives);
    console.start_again();
    console.asked.retain(|request| !is_change(request));
}

/// Whether the editor or form came back to be sent again: nothing was sent by itself.
pub fn sends_nothing(console: &Console) -> bool {
    !console.asked.iter().any(is_change)
}

fn called(console: &Console, name: &str) -> usize {
    let roles = roles_of(console, &acme());
    roles.iter().filter(|role| role.name == name).count()
}

/// A new role that is ready to be reviewed.
fn new_role() -> Console {
    let mut console = roles::console();
    console.keys("n").type_text("Ops").keys("enter A");
    console
}

/// A role of the name that is typed, by somebody else.
fn somebody_elses_role(console: &Console) {
    let permissions = [(Resource::known("FLOW"), vec![Action::known("DELETE")])];
    let new = NewRole {
        name: "Ops".to_owned(),
        description: None,
        permissions: permissions.into_iter().collect(),
        is_default: false,
    };
    console.meanwhile(async |other: &LocalInstance| Backend::create_role(other, &acme(), &new).await.unwrap());
}

#[test]
fn a_new_role_that_arrived_is_done_and_made_once() {
    let mut console = new_role();
    cut_off(&mut console, "ctrl-o ctrl-o", true);
    console
        .shows("Role Ops created in tenant acme; it is as you sent it; u takes it back")
        .lacks("New role in tenant")
        .shows("Tenants > acme > Roles");
    assert!(sends_nothing(&console));
    assert_eq!(called(&console, "Ops"), 1);
    console.wait(1_000);
    assert!(console.saved.as_ref().is_some_and(|saved| saved.role.is_none()));
    console.keys("L").shows("role Ops, sent, outcome not known");
}

#[test]
fn a_new_role_that_did_not_arrive_can_be_sent_again() {
    let mut console = new_role();
    cut_off(&mut console, "ctrl-o ctrl-o", false);
    console
        .shows("Role Ops was not created; send it again")
        .shows("New role in tenant acme");
    assert!(sends_nothing(&console));
    console
        .keys("ctrl-o ctrl-o")
        .shows("Role Ops created in tenant acme; u takes it back");
    assert_eq!(called(&console, "Ops"), 1);
}

#[test]
fn a_role_of_that_name_that_is_another_one_is_said() {
    let mut console = new_role();
    sent(&mut console, "ctrl-o ctrl-o", false);
    somebody_elses_role(&console);
    console.start_again();
    console
        .shows("A role Ops is there, but not as you sent it")
        .shows("New role in tenant acme");
    console.keys("ctrl-o").shows("! Tenant acme has a role Ops already");
}

#[test]
fn what_cannot_be_looked_at_is_not_sent_until_it_was() {
    let mut console = new_role();
    sent(&mut console, "ctrl-o ctrl-o", true);
    for _ in 0..2 {
        console.fail_next("Access", unreachable());
    }
    console.start_again();
    console
        .shows("Role Ops was sent, and its outcome is not known")
        .shows("New role in tenant acme");
    // Cut off once more, it is no less open.
    console.wait(1_000);
    for _ in 0..2 {
        console.fail_next("Access", unreachable());
    }
    console.start_again();
    console.shows("Role Ops was sent, and its outcome is not known");
    console.asked.clear();
    console
        .keys("ctrl-o")
        .shows("Role Ops created in tenant acme; it is as you sent it");
    assert!(sends_nothing(&console));
    assert_eq!(called(&console, "Ops"), 1);
}

#[test]
fn a_role_whose_answer_was_lost_is_looked_at_before_it_is_sent_again() {
    let mut console = new_role();
    console.fail_next("Do", unreachable().unknown());
    console.keys("ctrl-o ctrl-o");
    somebody_elses_role(&console);
    console.asked.clear();
    // It is looked for by what was sent, whatever was typed since.
    console.keys("esc tab").type_text("2").keys("ctrl-o");
    console.shows("A role Ops is there, but not as you sent it");
    assert!(sends_nothing(&console));
    console.keys("ctrl-o ctrl-o").shows("Role Ops2 created in tenant acme");
}

#[test]
fn a_changed_role_that_arrived_is_done_and_not_somebody_elses_change() {
    let mut console = roles::console();
    console.keys("j e A");
    cut_off(&mut console, "ctrl-o ctrl-o", true);
    console
        .shows("Role Operators changed; it is as you sent it; u takes it back")
        .lacks("Somebody else")
        .lacks("Edit role");
    assert!(sends_nothing(&console));
    let mut console = roles::console();
    console.keys("j e A");
    cut_off(&mut console, "ctrl-o ctrl-o", false);
    console
        .shows("Role Operators was not changed; send it again")
        .shows("Edit role Operators");
    console
        .keys("ctrl-o ctrl-o")
        .shows("Role Operators changed; u takes it back");
}

#[test]
fn a_second_role_of_a_name_is_warned_of() {
    let mut console = roles::console();
    console.keys("n").type_text("Operators").keys("enter A ctrl-o");
    console.shows("! Tenant acme has a role Operators already");
    // A role that keeps its name is none.
    let mut console = roles::console();
    console.keys("j e A ctrl-o").lacks("already");
}

/// A new tenant that is ready to be reviewed.
fn new_tenant() -> Console {
    let mut console = Console::usual();
    console.keys("n").type_text("New");
    console
}

fn tenant_of_that_id(console: &Console, name: &str) {
    let new = NewTenant {
        tenant: Tenant::new("new".parse().unwrap(), name),
        admin: None,
    };
    console.meanwhile(async |other: &LocalInstance| other.create_tenant(&new).await.unwrap());
}

#[test]
fn a_new_tenant_that_arrived_is_done() {
    let mut console = new_tenant();
    cut_off(&mut console, "ctrl-o ctrl-o", true);
    console
        .shows("Tenant new is as you sent it; admin@kestra.local holds its Admin role")
        .shows("Tenants > new > Overview")
        .lacks("New tenant");
    assert!(sends_nothing(&console));
    console.wait(1_000);
    assert!(console.saved.as_ref().is_some_and(|saved| saved.draft.is_none()));
    console.keys("L").shows("tenant new, sent, outcome not known");
}

#[test]
fn a_new_tenant_whose_admin_was_never_made_says_how_to_mend_it() {
    let mut console = new_tenant();
    sent(&mut console, "ctrl-o ctrl-o", false);
    tenant_of_that_id(&console, "New");
    console.start_again();
    console
        .shows("Tenant new is as you sent it; A makes admin@kestra.local Admin")
        .shows("Tenants > new > Overview");
    console.keys("A").shows("Who becomes Admin of tenant new");
}

#[test]
fn a_new_tenant_that_did_not_arrive_can_be_sent_again() {
    let mut console = new_tenant();
    cut_off(&mut console, "ctrl-o ctrl-o", false);
    console
        .shows("Tenant new was not created; send it again")
        .shows("New tenant");
    assert!(sends_nothing(&console));
    console.keys("ctrl-o ctrl-o").shows("Tenant new created");
}

#[test]
fn a_tenant_of_that_id_that_is_another_one_is_said() {
    let mut console = new_tenant();
    sent(&mut console, "ctrl-o ctrl-o", false);
    tenant_of_that_id(&console, "Theirs");
    console.start_again();
    console
        .shows("A tenant new is there, but not as you sent it")
        .shows("a tenant of this id exists already");
}

#[test]
fn a_tenant_that_cannot_be_looked_at_is_not_sent_until_it_was() {
    let mut console = new_tenant();
    sent(&mut console, "ctrl-o ctrl-o", true);
    console.fail_next("Tenant(", unreachable());
    console.start_again();
    console.shows("Tenant new was sent, and its outcome is not known");
    console.asked.clear();
    console.keys("ctrl-o").shows("Tenant new is as you sent it");
    assert!(sends_nothing(&console));
    // Also where only its answer was lost.
    let mut console = new_tenant();
    console.fail_next("Create", unreachable().unknown());
    console.keys("ctrl-o ctrl-o");
    tenant_of_that_id(&console, "New");
    console.asked.clear();
    console
        .keys("ctrl-o")
        .shows("Tenant new is as you sent it; A makes admin@kestra.local");
    assert!(sends_nothing(&console));
}

#[test]
fn a_changed_tenant_that_arrived_is_done_and_not_somebody_elses_change() {
    let edited = || {
        let mut console = Console::usual();
        console.keys("j e").type_text(" Ltd");
        console
    };
    let mut console = edited();
    cut_off(&mut console, "ctrl-o ctrl-o", true);
    console
        .shows("Tenant acme updated; it is as you sent it; u takes it back")
        .lacks("Somebody else")
        .lacks("Edit tenant");
    assert!(sends_nothing(&console));
    let mut console = edited();
    cut_off(&mut console, "ctrl-o ctrl-o", false);
    console
        .shows("Tenant acme was not changed; send it again")
        .shows("Name Acme Corporation Ltd");
    console
        .keys("ctrl-o ctrl-o")
        .shows("Tenant acme updated; u takes it back");
    // What somebody else changed meanwhile is theirs.
    let mut console = edited();
    sent(&mut console, "ctrl-o ctrl-o", false);
    console.meanwhile(async |other: &LocalInstance| {
        let before = other.tenant(&"acme".parse().unwrap()).await.unwrap();
        let mut after = before.clone();
        after.name = "Theirs".to_owned();
        other.update_tenant(&before, &after).await.unwrap();
    });
    console.start_again();
    console
        .shows("Somebody else changed this tenant")
        .shows("Acme Corporation Ltd");
}

/// A process that is killed right after that has written it.
#[test]
fn that_something_is_on_its_way_is_written_before_it_is_sent() {
    let ready: [fn() -> Console; 5] = [
        || {
            let mut console = new_role();
            console.keys("ctrl-o");
            console
        },
        || {
            let mut console = new_tenant();
            console.keys("ctrl-o");
            console
        },
        || {
            let mut console = Console::usual();
            console.keys("j e").type_text(" Ltd").keys("ctrl-o");
            console
        },
        || {
            let mut console = Console::usual();
            console.keys("j p tab tab n").type_text("Night");
            console
        },
        || {
            let mut console = Console::usual();
            console.keys("j p tab n").type_text("dora@example.com");
            console
        },
    ];
    for console in ready {
        let mut console = console();
        let [key] = parse_sequence("ctrl-o").unwrap()[..] else {
            panic!("one key")
        };
        let effects = update(&mut console.model, 0, Msg::Key(key));
        let place = |is_it: fn(&Effect) -> bool| effects.iter().position(is_it);
        let asked = place(|effect| matches!(effect, Effect::Ask(_, request) if is_change(request)));
        let saved = place(|effect| matches!(effect, Effect::Save(resume) if resume.is_sent() && resume.is_unsent()));
        assert!(asked.is_some() && saved.is_some() && saved < asked, "{effects:?}");
    }
}

/// A role of somebody that is about to be given.
fn picked() -> Console {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j p b a n n a enter A d m i n enter");
    console.shows("Where it is held");
    console
}

#[test]
fn roles_that_were_given_are_done_and_given_once() {
    let mut console = picked();
    cut_off(&mut console, "enter", true);
    console
        .shows("given; it is as you sent it; u takes it back")
        .lacks("Where it is held");
    assert!(sends_nothing(&console));
    console.wait(1_000);
    assert!(console.saved.as_ref().is_some_and(|saved| saved.pick.is_none()));
    console
        .keys("L")
        .shows("Resumed: Give role Admin of anna@example.com, sent");
}

#[test]
fn roles_that_were_not_given_can_be_given_again() {
    let mut console = picked();
    cut_off(&mut console, "enter", false);
    console
        .shows("Not done: Give role Admin of anna@example.com; send it again")
        .shows("Where it is held");
    assert!(sends_nothing(&console));
    console.keys("enter").shows(" given");
}

/// What of it was done is told, and only the rest is left to do.
#[test]
fn of_several_roles_only_those_that_were_not_given_are_given_again() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console
        .keys("j p b tab tab tab enter A d m i n enter")
        .shows("Where it is held");
    console.keys("enter");
    console.held = true;
    console.keys("tab enter");
    let (_, request) = console.waiting.pop_front().unwrap();
    let Request::Do(deed, aim, turn) = request else {
        panic!("{request:?}")
    };
    assert_eq!(deed.len(), 2);
    let first = deed.only(&[true, false]).unwrap();
    console.ask(Request::Do(Box::new(first), aim, turn)).unwrap();
    console.waiting.clear();
    console.held = false;
    console.start_again();
    console.shows("Not done: role Admin of ").shows("Where it is held");
    console.asked.clear();
    console.keys("enter");
    let sent = console.asked.iter().find_map(|request| match request {
        Request::Do(deed, ..) => Some(deed.len()),
        _ => None,
    });
    assert_eq!(sent, Some(1), "{}", console.screen());
    console
        .keys("L")
        .shows("Role Admin of anna@example.com given; it is as you sent i");
}

/// Only its answer was lost: it is told by the next start, and then looked at.
#[test]
fn a_choice_whose_answer_was_lost_is_not_unsent() {
    for arrives in [true, false] {
        let mut console = picked();
        console.held = true;
        console.keys("enter");
        let (job, request) = console.waiting.pop_front().unwrap();
        assert!(is_change(&request));
        if arrives {
            console.ask(request).unwrap();
        }
        console.fail_next("Access", unreachable());
        console.held = false;
        console.send(Msg::Reply(job, Err(unreachable().unknown())));
        console.shows("Where it is held").wait(1_000).start_again();
        let told = if arrives {
            "it is as you sent it"
        } else {
            "Not done: Give role Admin of anna@example.com; send it again"
        };
        console
            .shows(told)
            .keys("esc L")
            .shows("Resumed: Give role Admin of anna@example.com, sent");
    }
}

/// The console stays, and with it what is not known: it is looked at with whatever else is.
#[test]
fn a_change_of_a_dialog_whose_answer_was_lost_is_looked_at() {
    for arrives in [true, false] {
        let mut console = Setup::default().open(crate::screens::tenants::people);
        console.keys("j p / a n n a enter D").shows("[ Cancel ]");
        console.held = true;
        console.keys("tab enter");
        let (job, request) = console
            .waiting
            .pop_front()
            .unwrap_or_else(|| panic!("{}", console.screen()));
        assert!(is_change(&request), "{request:?}");
        if arrives {
            console.ask(request).unwrap();
        }
        console.held = false;
        console.send(Msg::Reply(job, Err(unreachable().unknown())));
        console.asked.clear();
        // It is written down as well, in case that the console goes away.
        console.wait(1_000);
        assert!(console.saved.as_ref().is_some_and(Resume::is_sent));
        console.keys("esc r");
        assert!(sends_nothing(&console));
        let (told, is_done) = if arrives {
            ("it is as you sent it; u takes it back", true)
        } else {
            ("Not done: Take away role Operators from anna@example.com", false)
        };
        console.shows(told);
        let (command, found) = console.found.last().unwrap();
        assert!(
            command.contains("access revoke") && *found == is_done,
            "{command} {found}"
        );
        assert_eq!(console.found.len(), 1);
        console.keys("r r");
        assert_eq!(console.found.len(), 1);
    }
}

/// What was taken back is, too, and can be done again once it is found.
#[test]
fn an_undo_whose_answer_was_lost_is_looked_at() {
    let mut console = Console::usual();
    console.keys("j p tab tab n").type_text("Night").keys("ctrl-o");
    console.shows("Group Night created; u takes it back").keys("u");
    console.type_text("Night").held = true;
    console.keys("tab enter");
    let (job, request) = console.waiting.pop_front().unwrap();
    console.ask(request).unwrap();
    console.held = false;
    console.send(Msg::Reply(job, Err(unreachable().unknown())));
    console.keys("esc r").shows("Group Night deleted");
    console.keys("u").shows("Not now: nothing is left to take back");
    console.keys("ctrl-r").shows("Redo: Create group Night");
}

/// Whatever else is opened meanwhile: it is what was on its way that is told.
#[test]
fn a_choice_on_its_way_is_told_below_another_list() {
    let mut console = picked();
    console.held = true;
    console.keys("enter w").wait(1_000);
    let saved = console.saved.as_ref().unwrap();
    assert!(saved.is_sent() && saved.is_unsent(), "{saved:?}");
}

#[test]
fn whoever_was_let_in_is_looked_for_before_that_is_sent_again() {
    let mut console = Console::usual();
    console.keys("j p tab A").type_text("dora@example.com");
    cut_off(&mut console, "enter", true);
    console
        .shows("Not done: Let dora@example.com into tenant acme; send it again")
        .keys("esc L")
        .shows("Resumed: Let dora@example.com into tenant acme, sent");
    assert!(sends_nothing(&console));
}

/// A Kestra that is behind: what was sent is there only a while after it was looked for.
#[test]
fn a_role_that_comes_later_is_found_before_it_is_made_a_second_time() {
    let late = |typed: &str| {
        let mut console = new_role();
        console.held = true;
        console.keys("ctrl-o ctrl-o");
        let at = console.waiting.iter().position(|(_, request)| is_change(request));
        let (_, request) = console.waiting.remove(at.unwrap()).unwrap();
        console.waiting.clear();
        console.held = false;
        console.start_again();
        console.shows("Role Ops was not created; send it again");
        console.keys("tab").type_text(typed);
        console.ask(request).unwrap();
        console.asked.clear();
        console.keys("ctrl-o");
        console
    };
    let mut console = late("");
    console
        .shows("Role Ops created in tenant acme; it is as you sent it")
        .lacks("New role");
    assert!(sends_nothing(&console));
    // What was typed since is another one.
    let mut console = late("2");
    console
        .shows("Role Ops was created after all")
        .shows("New role in tenant acme")
        .keys("ctrl-o ctrl-o")
        .shows("Role Ops2 created");
    assert_eq!((called(&console, "Ops"), called(&console, "Ops2")), (1, 1));
}

#[test]
fn lines_that_were_on_their_way_are_done_or_can_be_sent_again() {
    let mut console = Console::usual();
    console.keys("j p tab tab n").type_text("Night");
    cut_off(&mut console, "ctrl-o", true);
    console
        .shows("Group Night created; it is as you sent it; u takes it back")
        .lacks("New group");
    assert!(sends_nothing(&console));
    console.keys("L").shows("Create group Night, sent, outcome not known");
    let mut console = Console::usual();
    console.keys("j p tab tab n").type_text("Night");
    cut_off(&mut console, "ctrl-o", false);
    console
        .shows("Not done: Create group Night; send it again")
        .shows("New group");
    console.keys("ctrl-o").shows("Group Night created");
}

#[test]
fn lines_whose_answer_was_lost_are_not_unsent_either() {
    let mut console = Console::usual();
    console.keys("j p tab tab n").type_text("Night");
    console.fail_next("Do", unreachable().unknown());
    console.keys("ctrl-o").shows("Night").wait(1_000);
    for _ in 0..2 {
        console.start_again();
        console.shows("New group, sent, outcome not known").wait(1_000);
    }
}

#[test]
fn what_was_told_of_a_draft_goes_with_it() {
    let mut console = Console::usual();
    console.keys("n").type_text("New").wait(1_000);
    console.start_again();
    console.shows("Resumed: unsent tenant new");
    // In the review Esc leads back to the form.
    console.keys("ctrl-o").lacks("asks whether to discard it");
    console.keys("esc").shows("New tenant");
    console.wait(1_000).start_again();
    console.shows("Resumed: unsent tenant new");
    console.keys("esc tab enter").lacks("Resumed: unsent tenant new");
}

#[test]
fn that_a_draft_waits_is_on_screen_as_long_as_the_instance_does_not_answer() {
    let mut console = new_tenant();
    console.wait(1_000);
    console.held = true;
    console.start_again();
    console.fail_next("Instance", unreachable());
    console.fail_next("Tenants", unreachable());
    console.answer_but("Runs");
    console.sleep(60_000);
    console
        .keys("esc esc")
        .shows("Opened once it answers: unsent tenant new.");
}
