//! The list of tenants when it is long: moving, filters, orders, and what stays selected.

use kestra_admin::app::effect::Request;
use kestra_admin::app::msg::Msg;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::deed::Deed;
use kestra_admin::domain::permission::Permissions;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::role::NewRole;
use kestra_admin::domain::tenant::{NewTenant, Tenant, TenantScope};
use kestra_admin::domain::user::UserKind;

use crate::on_its_way::over_a_network;
use crate::support::{Console, Setup, create, session, tenants, user, usual};

/// 1,500 tenants `t0000` to `t1499`, every tenth without an admin.
pub fn many() -> Console {
    Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let new: Vec<NewTenant> = (0..1500)
            .map(|index| NewTenant {
                tenant: Tenant::new(
                    format!("t{index:04}").parse().unwrap(),
                    format!("Tenant {}", 1499 - index),
                ),
                admin: (index % 10 != 0).then(|| "admin@kestra.local".to_owned()),
            })
            .collect();
        for result in runtime.block_on(instance.create_tenants(&new)) {
            result.unwrap();
        }
    })
}

#[track_caller]
fn at(console: &mut Console, keys: &str, id: &str) {
    console.keys(keys);
    let row = console.selected_row();
    assert!(row.split(' ').next() == Some(id), "{keys}: {row}\n{}", console.screen());
}

#[test]
fn a_long_list_is_moved_through_filtered_and_ordered() {
    let mut console = many();
    console.shows("1,500 tenants");
    for (keys, id) in [
        ("G", "t1499"),
        ("k", "t1498"),
        ("g g", "(default)"),
        ("pgdn", "t0016"),
        ("ctrl-d", "t0024"),
        ("ctrl-u", "t0016"),
        ("pgup", "(default)"),
        ("up", "(default)"),
        ("end", "t1499"),
        ("down", "t1499"),
        ("home j", "t0000"),
    ] {
        at(&mut console, keys, id);
    }
    console.keys("/").type_text("admins:0").shows("150 (of 1,500 tenants)");
    console.keys("enter G").shows("t1490 Tenant 9");
    at(&mut console, "k", "t1480");
    console.keys("esc").shows("1,500 tenants");
    console.keys("l s").shows("sort: name ^").shows("[NAME ^]");
    at(&mut console, "g g j", "t1499");
    console.keys("S").shows("sort: name v");
    at(&mut console, "g g j", "t0500");
    console.keys("s enter").shows("sort: admins ^");
    console.shows("[ADMINS ^]").keys("l s").shows("[STORAGE ^]");
}

#[test]
fn only_what_is_near_the_selection_is_asked_for() {
    let mut console = many();
    let asked = |console: &Console| {
        let is_page = |request: &&Request| matches!(request, Request::Tenants(_));
        console.asked.iter().filter(is_page).count()
    };
    assert_eq!(asked(&console), 1);
    console.keys("G");
    assert!(asked(&console) <= 3, "{}", asked(&console));
    console.keys("k k k");
    assert!(asked(&console) <= 3, "{}", asked(&console));
}

#[test]
fn rows_that_are_not_there_yet_say_so_and_to_move_does_not_wait_for_them() {
    let mut console = many();
    console.held = true;
    console.keys("G").shows("> ...").keys("k").lacks("Typed ahead");
    console.answer();
    at(&mut console, "k", "t1497");
}

#[test]
fn the_selection_stays_on_its_tenant_when_others_come_and_go() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(usual);
    at(&mut console, "j j", "billing");
    console.meanwhile(async |other| {
        create(other, "aaa", "First").await;
        create(other, "bbb", "Second").await;
    });
    console.wait(10_000).shows("First").shows("5 tenants");
    at(&mut console, "l", "billing");
    console.meanwhile(async |other| other.delete_tenant(&"aaa".parse().unwrap()).await.unwrap());
    console.wait(10_000).lacks("First");
    at(&mut console, "l", "billing");
}

#[test]
fn what_somebody_else_changed_right_after_the_start_is_seen_at_the_first_look() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(usual);
    console.meanwhile(async |other| create(other, "zeta", "Zeta").await);
    console.lacks("Zeta").wait(10_000).shows("Zeta");
}

#[test]
fn an_open_tenant_shows_what_somebody_else_changed_and_a_form_is_left_alone() {
    let mut console = Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(usual);
    let rename = async |other: &LocalInstance, name: &str| {
        let before = other.tenant(&"acme".parse().unwrap()).await.unwrap();
        let after = Tenant {
            name: name.to_owned(),
            ..before.clone()
        };
        other.update_tenant(&before, &after).await.unwrap();
    };
    console.keys("j enter").shows("Name Acme Corporation");
    console.meanwhile(async |other| rename(other, "Acme Inc").await);
    console.wait(10_000).shows("Name Acme Inc");
    console.keys("e").type_text("!");
    console.meanwhile(async |other| rename(other, "Acme AG").await);
    console.wait(60_000).shows("Name Acme Inc!");
    // Back on the list the change is there at the next look.
    console.keys("esc tab enter q").wait(10_000).shows("Acme AG");
}

#[test]
fn a_filter_that_cannot_be_read_says_why_and_changes_nothing() {
    let mut console = Console::usual();
    console.keys("/").type_text("nme:x");
    console.shows("The filter cannot be read: there is no column `nme` (did you mean `name`?); columns are id, name,");
    console.shows("filter: nme:x ").keys("ctrl-u");
    console
        .type_text("name:b")
        .lacks("there is no column")
        .shows("2 of 3 tenants");
    console
        .type_text(" \"")
        .shows("a quote is not closed")
        .lacks("of 3 tenants")
        .keys("esc");
    console
        .keys("/")
        .type_text("state:\"no admin\"")
        .shows("globex")
        .lacks("acme");
    console
        .keys("ctrl-u")
        .type_text("zzz")
        .shows("No tenant matches zzz. Esc clears the filter.");
    console.keys("esc").shows("3 tenants");
}

#[test]
fn what_the_state_column_says_of_the_default_tenant_finds_it() {
    let mut console = Console::usual();
    console.keys("/").type_text("state:default").keys("enter");
    console.shows("(default)").lacks("Acme");
}

#[test]
fn the_default_tenant_is_counted_by_its_name_where_a_filter_keeps_it() {
    let mut console = Console::usual();
    console.shows("3 tenants").keys("/").type_text("default").keys("enter");
    console.shows("(default) and 0 of 3 tenants");
    console.keys("esc /").type_text("acme").keys("enter");
    console.shows(" 1 of 3 tenants").lacks("and 1 of");
    // Where there is no room for that, the others are counted still.
    let mut console = Setup {
        size: (40, 12),
        ..Setup::default()
    }
    .open(usual);
    console.keys("/").type_text("!billing !acme").keys("enter");
    console.shows("1 of 3 filter: !billing !acme").lacks("and 1 of 3");
}

#[test]
fn typing_a_filter_over_a_network_asks_once_it_rests() {
    let mut console = Setup {
        session: session(|session| session.remote = true),
        ..Setup::default()
    }
    .open(|instance, runtime| tenants(instance, runtime, &[("acme", "Acme"), ("globex", "Globex")]));
    let before = console.asked.len();
    console.keys("/").type_text("id:glo");
    assert_eq!(console.asked.len(), before);
    console.held = true;
    console.wait(250).shows("searching server");
    assert_eq!(console.asked.len(), before + 1);
    console.answer().lacks("Acme").shows("1 of 2 tenants");
}

#[test]
fn what_follows_a_filter_is_about_what_was_looked_for_and_never_about_the_rows_before() {
    let open = || {
        let mut console = Setup {
            session: session(|session| session.remote = true),
            default_tenant: Some(false),
            ..Setup::default()
        }
        .open(|instance, runtime| tenants(instance, runtime, &[("acme", "Acme"), ("globex", "Globex")]));
        console.shows("> acme").held = true;
        console.keys("/").type_text("globex");
        console
    };
    // Enter after Enter opens what is found, whenever it is.
    let mut console = open();
    console
        .keys("enter")
        .shows("searching server")
        .lacks("match")
        .keys("enter")
        .shows("default > Tenants")
        .lacks("Tenant acme");
    console.wait(300).answer().shows("Tenants > globex");
    // Whatever changes something is not done to a row of before, but to what is found.
    for (key, comes) in [
        ("e", "Edit tenant globex"),
        ("D", "deletes tenant globex"),
        ("A", "Who becomes Admin of tenant globex"),
    ] {
        let mut console = open();
        console
            .keys("enter")
            .keys(key)
            .shows("Typed ahead: 1 key, done once the rows are there; Esc drops them");
        assert!(console.model.overlays.is_empty() && console.model.screens.is_empty());
        console.wait(300).answer().shows(comes);
    }
    let mut console = open();
    console.keys("enter y i").wait(300).answer();
    assert_eq!(console.copied, ["globex"]);
    // Marks are not set on rows of before, whatever is typed, but on those that are found.
    for keys in ["enter *", "enter space", "enter v"] {
        let mut console = open();
        console
            .keys(keys)
            .lacks("marked")
            .wait(300)
            .answer()
            .shows("1 of 2 tenants")
            .shows("1 marked");
        assert!(console.selected_row().contains("globex"), "{keys}");
        console.keys("esc esc").wait(300).shows("2 tenants");
    }
    // What comes after is done after it.
    let mut console = open();
    console.keys("enter enter L").wait(300).answer().shows("Messages");
    console.keys("q").shows("Tenants > globex");
}

#[test]
fn what_is_typed_ahead_is_done_in_its_order_once_the_rows_are_there() {
    let open = || {
        let mut console = Setup {
            session: session(|session| session.remote = true),
            default_tenant: Some(false),
            ..Setup::default()
        }
        .open(|instance, runtime| {
            let rows = [
                ("acme", "Acme"),
                ("menu", "Menu"),
                ("menu-2", "Menu"),
                ("menu-3", "Menu"),
            ];
            tenants(instance, runtime, &rows);
        });
        console.held = true;
        console.keys("/").type_text("menu").keys("enter");
        console
    };
    let nothing_happened = |console: &mut Console| {
        assert!(console.model.overlays.is_empty() && console.model.screens.is_empty());
    };
    // Moves, marks and what is done about them.
    let mut console = open();
    console.keys("j space space D").wait(300);
    nothing_happened(&mut console);
    console
        .answer()
        .shows("2 tenants")
        .shows("menu-2")
        .shows("menu-3")
        .lacks("acme");
    // The question that comes takes what was typed for it, and nothing presses its buttons.
    let mut console = open();
    console.keys("D").type_text("menu").keys("tab enter").wait(300);
    nothing_happened(&mut console);
    console
        .answer()
        .shows("deletes tenant menu")
        .shows("[ menu")
        .shows("What was typed before this was shown pressed nothing");
    // What is pasted, too.
    let mut console = open();
    console.keys("D").paste("menu").wait(300).answer().shows("[ menu");
    // The tenant that is opened reads its roles, and what is typed on waits for those.
    let mut console = open();
    console.keys("enter tab enter").wait(300).answer_first("Tenants");
    console.shows("Tenants > menu").lacks("Role Admin");
    console.answer().shows("Role Admin");
    // Esc drops it, and says so; the next one means what it always does.
    for key in ["esc", "ctrl-c"] {
        let mut console = open();
        console.keys("D").type_text("me").keys(key);
        console.shows("What was typed before the rows were there is dropped");
        console.wait(300).answer().shows("> menu");
        nothing_happened(&mut console);
        assert!(!console.has_quit);
        console.keys("m").shows("Migration of default");
    }
    let mut console = open();
    console.keys("D esc esc").wait(300).answer().shows("4 tenants");
    // What failed meanwhile is said before how much waits.
    let mut console = open();
    console
        .keys("D")
        .shows("Typed ahead: 1 key")
        .send(Msg::NotSaved(crate::states::unreachable()));
    console.shows("does not answer").lacks("Typed ahead");
    // It is dropped, too, where the rows could not be read; why comes back after that was said.
    let mut console = open();
    console.keys("* D").wait(300);
    let problem = Problem::new(ProblemKind::Failed, "Broken.", "It broke.", "Mend it.");
    console.fail_next("Tenants", problem).answer();
    console.shows("What was typed is dropped: the rows it was for could not be read");
    nothing_happened(&mut console);
    console.wait(8_100).shows("Broken.");
    // So much is kept, and no more.
    let mut console = open();
    console.keys("space");
    for _ in 0..63 {
        console.keys("space");
    }
    console.lacks("no more are kept").keys("D");
    console.shows("Typed ahead: 64 keys, no more are kept; Esc drops them");
    console
        .wait(300)
        .answer()
        .lacks("deletes tenant")
        .shows("What was typed on was dropped");
}

#[test]
fn what_is_typed_before_the_first_rows_are_there_waits_for_them() {
    let mut console = Console::usual();
    console.keys("s").wait(1_000).held = true;
    console.start_again();
    console
        .keys("G enter")
        .lacks("Tenants >")
        .answer()
        .shows("Tenants > globex");
}

#[test]
fn a_page_of_the_filter_before_is_not_taken_for_one_of_the_filter_in_effect() {
    let mut console = many();
    console.model.session.remote = true;
    console.held = true;
    console.keys("G").shows("...");
    // It answers while the next filter has not been sent.
    console.keys("/").type_text("id:t0007").keys("enter").answer();
    console.keys("D").lacks("deletes tenant");
    console
        .wait(300)
        .shows("1 of 1,500 tenants")
        .shows("deletes tenant t0007");
}

#[test]
fn without_the_filter_and_in_another_order_the_same_one_is_selected() {
    let mut console = Console::usual();
    console.keys("/").type_text("!acme").keys("enter j");
    let selected = console.selected_row();
    assert!(selected.starts_with("billing"), "{selected}");
    console.keys("esc").shows("3 tenants");
    assert_eq!(console.selected_row(), selected);
    console.keys("S").shows("sort: id v");
    assert_eq!(console.selected_row(), selected);
}

#[test]
fn pages_that_are_awaited_say_so() {
    let mut console = many();
    console.held = true;
    console.keys("G").shows("1,500 tenants").lacks("loading");
    console.wait(150).shows("1,500 tenants loading");
    console.wait(2_000).shows("loading 2 s");
    console.answer().lacks("loading");
}

#[test]
fn lists_in_tabs_are_filtered_and_ordered_too() {
    let mut console = Console::usual();
    console.keys("j enter tab").shows("1 role");
    console.keys("/").type_text("managed:no").keys("enter");
    console
        .shows("0 of 1 role")
        .shows("Nothing matches managed:no. Esc clears the filter.");
    console
        .keys("esc l s")
        .shows("sort: managed ^")
        .keys("S")
        .shows("sort: managed v");
    console
        .keys("q enter")
        .shows("[Overview]")
        .keys("s")
        .shows("Not now: this tab is no list");
}

fn sent(console: &Console) -> Vec<&Deed> {
    let deeds = console.asked.iter().filter_map(|request| match request {
        Request::Do(deed, ..) => Some(&**deed),
        _ => None,
    });
    deeds.collect()
}

/// Five tenants `t1` to `t5`.
pub fn five() -> Console {
    Setup {
        session: session(|session| session.refresh_seconds = 10),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let all = ["t1", "t2", "t3", "t4", "t5"].map(|id| (id, id));
        tenants(instance, runtime, &all);
    })
}

#[test]
fn tenants_are_marked_one_by_one_from_the_last_mark_to_here_and_all_that_match() {
    let mut console = five();
    console.keys("space").shows("Only a tenant with an id can be marked");
    console
        .wait(9_000)
        .keys("j space")
        .shows("1 marked")
        .shows("*t1")
        .lacks("*t2");
    at(&mut console, "j", "t3");
    console.keys("j v").shows("4 marked").shows("*t4").lacks("*t5");
    // A range begins at the row that was marked last, and unmarking is no mark.
    console
        .keys("esc")
        .lacks("marked")
        .keys("g g j space k space")
        .lacks("marked");
    console
        .keys("/")
        .type_text("id:t3,t4")
        .keys("enter *")
        .shows("2 marked");
    console
        .keys("esc")
        .shows("2 marked 5 tenants")
        .shows("*t3")
        .shows("*t4");
    console.keys("*").shows("5 marked").keys("*").lacks("marked");
    console.keys("j space").shows("1 marked").keys("esc").lacks("marked");
}

#[test]
fn marks_stay_on_their_tenants_and_nothing_is_read_anew_by_itself_meanwhile() {
    let mut console = five();
    console.keys("j j space").shows("*t2");
    console.meanwhile(async |other| create(other, "t0", "new").await);
    console.wait(60_000).lacks("t0");
    console.keys("r").shows("t0").shows("*t2").shows("1 marked");
    console.keys("esc").wait(10_000).shows("6 tenants");
    console.meanwhile(async |other| create(other, "t00", "newer").await);
    console.wait(10_000).shows("7 tenants");
}

#[test]
fn what_somebody_changes_between_a_look_and_its_answer_is_seen_once_marks_are_off() {
    let mut console = five();
    console.meanwhile(async |other| create(other, "t0", "new").await);
    console.held = true;
    console.wait(10_000).keys("j space").answer();
    console.lacks("t0").keys("esc").wait(10_000).shows("t0");
}

#[test]
fn all_of_a_long_list_are_marked_by_asking_for_them() {
    let mut console = many();
    console.held = true;
    console.keys("*").shows("marking");
    console.answer().shows("1,500 marked 1-16 of 1,500 tenants");
    console.keys("*").lacks("marked");
    // With one page of them marked already they are no less all.
    console.keys("g g j space G v").shows("1,500 marked").keys("space *");
    console.shows("1,500 marked").keys("esc");
    console.keys("G space g g v").shows("1,500 marked").wait(9_000);
    console
        .keys("esc /")
        .type_text("admins:0")
        .keys("enter *")
        .shows("150 marked 1-16 of 150 (of 1,500 tenants)");
    console.keys("*").lacks("marked");
    // Another filter makes what was asked for marks meaningless.
    console.keys("esc").held = true;
    console.keys("* /").type_text("id:t1").keys("enter").answer();
    console.wait(9_000).lacks("marked").lacks("marking");
}

#[test]
fn many_tenants_are_deleted_after_their_number_was_typed_and_those_that_failed_stay_marked() {
    let mut console = five();
    console.keys("j space j space space D");
    console
        .shows("Delete 3 tenants")
        .shows("t1, and with it: ")
        .shows("t4, and with it: ")
        .lacks("t2, and with it: ");
    console
        .shows("There is no undo.")
        .shows("Type 3 tenants to continue")
        .shows("not matching");
    console
        .type_text("3")
        .keys("enter")
        .shows("It does not match yet")
        .type_text(" tenants");
    console.meanwhile(async |other| other.delete_tenant(&"t3".parse().unwrap()).await.unwrap());
    let failure = Problem::new(ProblemKind::Failed, "It is stuck.", "A flow runs.", "Wait.");
    console.fail_item("t4", failure);
    console.keys("tab enter");
    console
        .shows("How each of them went")
        .shows("done: t1")
        .shows("done already: t3");
    console.shows("! not done: t4. It is stuck. A flow runs.");
    assert_eq!(sent(&console).len(), 1);
    console
        .keys("esc")
        .shows("1 marked 3 tenants")
        .shows("*t4")
        .lacks("t1")
        .lacks("t3");
    console
        .keys("L")
        .shows("1 tenant deleted, 1 gone already")
        .shows("1 of 3 could not be done.");
    // The same key again is about what is left.
    console
        .keys("q D")
        .shows("Type t4 to continue")
        .type_text("t4")
        .keys("tab enter");
    console.shows("Tenant t4 deleted").lacks("marked").shows("2 tenants");
}

#[test]
fn a_dialog_of_many_lists_ten_and_says_how_many_more_there_are() {
    let mut console = many();
    console.keys("j *").shows("1,500 marked").keys("D");
    console.shows("Delete 1,500 tenants").shows("There is no undo.");
    console
        .resize(200, 60)
        .shows("t0009, and with it: ")
        .lacks("t0010, and with it: ")
        .resize(80, 24);
    console.keys("pgdn").shows("And 1,490 more, which are not counted: t");
    let counted = |request: &&Request| matches!(request, Request::Footprint(_));
    assert_eq!(console.asked.iter().filter(counted).count(), 10);
    console.resize(40, 12).keys("esc D").shows("PgDn more");
    let pages = (0..25).take_while(|_| !console.keys("pgdn").words().contains("t0010"));
    assert!(pages.count() < 25, "{}", console.screen());
    // At the end there is no more.
    let mut one = Console::usual();
    one.resize(40, 12).keys("j D").shows("PgDn more");
    one.keys("pgdn pgdn pgdn pgdn").lacks("PgDn more").shows("PgUp back");
}

#[test]
fn a_dialog_leaves_the_header_what_is_told_and_the_keys_below_in_view() {
    let mut console = many();
    for (width, height) in [(80, 24), (60, 20), (40, 12), (100, 24)] {
        console.resize(width, height).keys("g g j");
        let before = console.screen();
        let head = if height > 15 { 2 } else { 1 };
        console.keys("* D").shows("Delete 1,500 tenants");
        let screen = console.screen();
        let lines: Vec<&str> = screen.lines().collect();
        for (line, was) in lines.iter().zip(before.lines()).take(head) {
            assert_eq!(line.trim_end(), was.trim_end(), "{width}x{height}");
        }
        // No stumps of what is underneath stand beside it.
        let beside = |line: &&str| width < 100 && !line.starts_with(['│', '┌', '└']);
        let body = &lines[head..usize::from(height) - 2];
        assert!(!body.iter().any(beside), "{screen}");
        assert!(lines[usize::from(height) - 1].ends_with("Esc cancel"), "{screen}");
        console.type_text("wrong").shows("not matching").keys("tab enter");
        console.shows("It does not match yet").shows("! not matching");
        console.shows("Cancel").shows("Delete ]").keys("esc *");
    }
}

#[test]
fn what_was_said_of_a_filter_goes_when_it_is_another_one() {
    let mut console = many();
    let refused = Problem::new(
        ProblemKind::Invalid,
        "The list cannot be filtered by state.",
        "Kestra does not count admins in lists.",
        "Narrow the list.",
    );
    console.fail_next("Tenants", refused.clone()).keys("/").type_text("s");
    console.shows("error The list cannot be filtered by state.");
    console.type_text("t").lacks("cannot be filtered");
    console
        .keys("esc")
        .fail_next("Tenants", refused)
        .keys("/")
        .type_text("s");
    console
        .shows("error The list")
        .keys("esc")
        .lacks("cannot be filtered")
        .shows("1,500 tenants");
}

#[test]
fn a_protected_context_wants_its_name_after_the_number() {
    let mut console = Setup {
        session: session(|session| {
            session.context = "prod-eu".to_owned();
            session.protected = true;
        }),
        ..Setup::default()
    }
    .open(usual);
    console.keys("W").type_text("prod-eu").keys("tab enter j space space D");
    console
        .shows("Type 2 tenants prod-eu to continue")
        .type_text("2 tenants prod-eu")
        .keys("tab");
    console.keys("enter").shows("Wait a moment: this context is protected");
    console.wait(3_000).keys("enter").shows("2 tenants deleted");
}

#[test]
fn somebody_is_made_admin_of_all_that_are_marked() {
    let mut console = five();
    console
        .keys("* A")
        .shows("Who becomes Admin of 5 tenants")
        .keys("enter");
    console
        .shows("Make admin@kestra.local Admin of 5 tenants")
        .shows("admin@kestra.local in tenant t5");
    console.keys("tab enter").lacks("marked");
    console.shows("admin@kestra.local was Admin of 5 tenants already");
}

#[test]
fn what_is_marked_is_copied_and_what_takes_one_says_so() {
    let mut console = five();
    console.keys("j space j space");
    assert_eq!(console.copy("y i"), "t1\nt3");
    assert!(console.copy("y j").starts_with("[\n"));
    assert!(console.copy("y t").contains("resource \"kestra_tenant\" \"t3\""));
    let command = console.copy("y c");
    assert_eq!(command.lines().count(), 2, "{command}");
    assert!(command.lines().all(|line| line.contains("tenants get t")), "{command}");
    for key in ["e", "d", "p", "H"] {
        console.keys(key).shows("Not now: one tenant at a time");
    }
    // One mark is meant wherever the selection is.
    console.keys("esc esc g g j space G e").shows("t1");
}

#[test]
fn a_range_of_marks_in_a_tab_and_copies_of_it() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab tab tab").shows("[Users]").keys("space j v");
    let ids = console.copy("y n");
    assert_eq!(ids.lines().count(), 3, "{ids}\n{}", console.screen());
}

#[test]
fn a_selected_tenant_that_is_gone_is_missed() {
    let mut console = five();
    at(&mut console, "j j j", "t3");
    console.meanwhile(async |other| other.delete_tenant(&"t3".parse().unwrap()).await.unwrap());
    console.wait(10_000).shows("Tenant t3, which was selected, is gone");
    at(&mut console, "l", "t4");
}

#[test]
fn what_was_selected_under_a_filter_is_gone_to_wherever_it_stands_without_it() {
    let pages = |console: &Console| {
        let is_page = |request: &&Request| matches!(request, Request::Tenants(_));
        console.asked.iter().filter(is_page).count()
    };
    let mut console = many();
    console.keys("/").type_text("id:t12").keys("enter j j j");
    let before = pages(&console);
    at(&mut console, "esc", "t1203");
    console.shows("1,500 tenants").lacks("looking for").lacks("elsewhere");
    assert!(pages(&console) <= before + 7, "{} pages", pages(&console) - before);
    at(&mut console, "k", "t1202");
    // By name they are the other way round, and pages are read one after another.
    console.keys("l s").shows("sort: name ^");
    console.keys("/").type_text("id:t03").keys("enter j");
    at(&mut console, "esc", "t0398");
}

#[test]
fn looking_for_what_was_selected_is_given_up_by_esc_and_by_any_move() {
    for (key, id) in [("esc", "(default)"), ("j", "t0000")] {
        let mut console = many();
        console.keys("/").type_text("id:t12").keys("enter j j");
        console.held = true;
        console.keys("esc");
        console.answer_first("Tenants").answer_first("IdTaken");
        console.shows("looking for t1202").keys(key).lacks("looking for");
        console.answer();
        console.lacks("elsewhere").lacks("first screen");
        let row = console.selected_row();
        assert!(row.starts_with(id), "{row}");
    }
}

#[test]
fn looking_at_something_else_does_not_give_up_what_is_looked_for() {
    for look in ["? esc", "L esc", "L j k ctrl-d esc", ": esc", "? j pgdn esc", "c esc"] {
        let mut console = many();
        console.keys("/").type_text("id:t12").keys("enter j j");
        console.held = true;
        console.keys("esc");
        console.answer_first("Tenants").answer_first("IdTaken");
        console.shows("looking for t1202").keys(look);
        console.shows("looking for t1202").answer();
        let row = console.selected_row();
        assert!(row.starts_with("t1202"), "{look}: {row}");
    }
    // What acts on the selected row waits for it, whatever it is run from; whoever moves is not led away.
    for (act, is_led) in [
        ("D", true),
        (": d e l e t e enter", true),
        ("e", true),
        ("? esc j", false),
    ] {
        let mut console = many();
        console.keys("/").type_text("id:t12").keys("enter j j");
        console.held = true;
        console.keys("esc");
        console.answer_first("Tenants").answer_first("IdTaken");
        console.keys(act).answer();
        let has_begun = !console.model.overlays.is_empty() || !console.model.screens.is_empty();
        assert_eq!(has_begun, is_led, "{act}\n{}", console.screen());
        assert_eq!(
            console.screen().contains("t1202"),
            is_led,
            "{act}\n{}",
            console.screen()
        );
    }
}

#[test]
fn what_is_done_before_it_is_known_where_to_look_waits_for_what_was_selected() {
    let mut console = many();
    console.keys("/").type_text("id:t12").keys("enter j j");
    console.held = true;
    console.keys("esc").answer_first("Tenants");
    console
        .keys("e")
        .answer()
        .shows("Edit tenant t1202")
        .keys("esc")
        .lacks("looking for");
}

#[test]
fn reading_a_long_list_again_moves_neither_selection_nor_view() {
    let mut console = many();
    console.keys("G k k k k k k k k k k");
    let view = console.screen();
    console.meanwhile(async |other| create(other, "a1", "First").await);
    console.wait(10_000).shows("1,501 tenants");
    let rows = |screen: &str| screen.lines().skip(3).take(17).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&view), rows(&console.screen()));
    console.keys("G g g pgdn");
    let view = console.screen();
    console.keys("r");
    assert_eq!(rows(&view), rows(&console.screen()));
}

#[test]
fn a_tab_that_is_read_again_keeps_its_row_and_misses_one_that_is_gone() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab tab tab").shows("[Users]").keys("j");
    let selected = console.selected_row();
    let name = selected.split(' ').next().unwrap().to_owned();
    console.meanwhile(async |other| {
        let scope = TenantScope::Named("acme".parse().unwrap());
        other
            .give_access(
                &scope,
                &kestra_admin::domain::user::Entrant::Named("admin@kestra.local".to_owned()),
            )
            .await
            .unwrap();
    });
    console.keys("r");
    assert_eq!(console.selected_row(), selected);
    console.meanwhile(async |other| {
        let scope = TenantScope::Named("acme".parse().unwrap());
        let access = other.access(&scope).await.unwrap();
        let user = access.users.iter().find(|user| user.username == name).unwrap();
        other.take_access(&scope, user).await.unwrap();
    });
    console.keys("r").shows("The user that was selected is gone");
}

#[test]
fn s_opens_the_columns_and_enter_takes_the_next_one() {
    let mut console = Console::usual();
    console
        .shows("[ID] NAME")
        .keys("s")
        .lacks("Order by")
        .shows("[ID ^] NAME");
    console
        .keys("s")
        .shows("Order by")
        .shows("> NAME")
        .shows("WORKER GROUP");
    console
        .keys("s")
        .shows("> ADMINS")
        .keys("k k")
        .shows("> ID")
        .keys("enter");
    console.lacks("Order by").shows("sort: id ^");
    console
        .keys("s")
        .shows("> NAME")
        .shows("ID ^ in effect")
        .keys("esc")
        .shows("sort: id ^");
    console.keys("S").shows("sort: id v").shows("ID v");
    console.keys(":").type_text("sort nme").keys("enter");
    console.shows("there is no column `nme` (did you mean `name`?)");
}

#[test]
fn every_list_with_columns_can_be_ordered_and_says_so() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console
        .keys("j enter tab s")
        .shows("sort: name ^")
        .keys("s")
        .shows("> KIND")
        .keys("s s enter")
        .shows("sort: holders ^");
    console.keys("S g g").shows("sort: holders v");
    assert!(console.selected_row().starts_with("Operators"), "{}", console.screen());
    console.keys("L l s").shows("sort: level ^").keys("q");
    console.keys("5 l s").shows("sort: changes ^").keys("q");
    console.keys("6 l s").shows("sort: result ^").keys("q");
    console.keys("tab tab a s").lacks("Order by");
}

#[test]
fn numbers_are_ordered_by_their_size() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab l l s S g g").shows("sort: rights v");
    assert!(console.selected_row().starts_with("Admin"), "{}", console.screen());
}

#[test]
fn columns_are_chosen_ordered_and_remembered() {
    let mut console = Console::usual();
    console
        .keys("C")
        .shows("Columns")
        .shows("> [x] ID")
        .shows("[ ] WORKER GROUP");
    console.keys("j space j K K enter");
    console
        .lacks("Columns")
        .shows("[ADMINS] ID STORAGE SECRETS STATE")
        .lacks("Acme");
    let kept = console.kept_columns.clone().unwrap();
    assert_eq!(kept.shown["tenants"], ["admins", "id", "storage", "secrets", "state"]);
    console.kept_columns = None;
    console
        .keys("w")
        .shows("WORKER GROUP")
        .shows("Acme")
        .shows("[ADMINS] ID STORAGE");
    assert_eq!(console.kept_columns, None, "wide is for now");
    let text = serde_json::to_string(&console.model.columns).unwrap();
    assert!(!text.contains("wide"), "{text}");
    console.keys("w").lacks("WORKER GROUP");
    console.keys("C j space esc").shows("[ADMINS] ID STORAGE SECRETS STATE");
    console
        .keys("C d enter")
        .shows("[ID] NAME ADMINS STORAGE SECRETS STATE");
    assert_eq!(console.kept_columns.clone().unwrap().shown.len(), 0);
    // What tells rows apart always stays, and each list has its own columns.
    console
        .keys("C space j space j space j space j space j space enter")
        .shows("[ID]")
        .lacks("STATE");
    console.keys("g g j enter tab").shows("[NAME] KIND RIGHTS HOLDERS");
    console
        .keys("C G space enter")
        .shows("[NAME] KIND RIGHTS HOLDERS")
        .keys("w");
    console.shows("Who can do something to");
}

#[test]
fn a_list_shows_everything_it_has_across_a_wide_screen() {
    let mut console = Console::usual();
    console
        .resize(200, 60)
        .shows("Selected")
        .keys("w")
        .lacks("Selected")
        .shows("WORKER GROUP");
}

#[test]
fn every_list_takes_the_same_filter() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console
        .keys("j enter tab /")
        .type_text("holders>0 !admin")
        .keys("enter");
    console
        .shows("1 of 3 roles")
        .shows("filter: holders>0 !admin")
        .lacks("Unused");
    console
        .keys("esc L ] /")
        .type_text("level:note time<5m")
        .keys("enter")
        .shows("1 message");
    console.wait(301_000).keys("l").shows("0 of 1 message");
    console.with_contexts(["lab"]);
    console
        .keys("esc q 5 /")
        .type_text("nme:x")
        .shows("no column `nme` (`name`?)")
        .keys("enter")
        .shows("The filter cannot be read: there is no column `nme`");
}

#[test]
fn ages_in_a_filter_are_counted_from_now() {
    use kestra_admin::domain::activity::{Activity, ActivityResult};
    let mut console = Setup {
        session: session(|session| session.started_at = 1_795_000_000_000),
        ..Setup::default()
    }
    .open(usual);
    let row = |time: &str, command: &str| Activity {
        id: None,
        time: time.to_owned(),
        command: command.to_owned(),
        account: "anna".to_owned(),
        context: "default".to_owned(),
        place: "default".to_owned(),
        identity: None,
        about: None,
        result: ActivityResult::Done,
        problem: None,
    };
    // It is 2026-11-18 11:06:40.
    console.activity = vec![
        row("2026-11-18T11:00:00Z", "late"),
        row("2026-11-10T11:00:00Z", "early"),
    ];
    console
        .keys("6 /")
        .type_text("time<7d")
        .keys("enter")
        .shows("1 of 2 changes")
        .shows("late");
    console
        .keys("/ ctrl-u")
        .type_text("time>7d")
        .keys("enter")
        .shows("early")
        .lacks("late ");
    console
        .wait(60_000)
        .keys("/ ctrl-u")
        .type_text("time<7m")
        .keys("enter")
        .shows("0 of 2");
}

#[test]
fn the_instance_is_told_that_a_filter_comes_before_its_first_letter() {
    let mut console = Console::usual();
    console.keys("/");
    assert_eq!(console.filters_expected, 1);
    // What is listed in a tenant is held already.
    console.keys("esc j enter tab /");
    assert_eq!(console.filters_expected, 1);
    // Of many it knows as soon as they are listed, and once is enough.
    let mut console = many();
    assert_eq!(console.filters_expected, 1);
    console.keys("G g g r");
    assert_eq!(console.filters_expected, 1);
}

#[test]
fn over_a_network_the_list_is_read_again_by_itself_and_each_sixth_time_its_admins_are_counted() {
    let mut console = over_a_network(usual);
    console.wait(1_000).keys("j").asked.clear();
    let asks = |console: &Console, name: &str| {
        let names = console.asked.iter().map(|request| format!("{request:?}"));
        names.filter(|asked| asked.starts_with(name)).count()
    };
    console.wait(30_500);
    assert_eq!(asks(&console, "Tenants"), 3, "{:?}", console.asked);
    assert_eq!(asks(&console, "AdminCounts"), 0);
    console.shows(">").wait(30_500);
    assert_eq!(asks(&console, "Tenants"), 6);
    // Nobody is disturbed who is in the middle of something.
    console.keys("space").wait(40_000);
    assert_eq!(asks(&console, "Tenants"), 6);
}

#[test]
fn over_a_network_other_lists_on_screen_are_read_again_by_themselves_too() {
    for (keys, name, looks) in [
        ("j enter tab tab tab I", "Invitations", 1),
        ("7 enter", "Account", 6),
        ("j enter tab", "Roles", 1),
        ("j enter tab", "Access", 6),
        ("j enter tab tab tab", "Access", 6),
        ("7", "Users", 1),
        ("H", "Audit", 1),
        ("6", "Activity", 1),
    ] {
        let mut console = over_a_network(usual);
        console.wait(1_000).keys(keys).asked.clear();
        console.wait(60_500);
        let asked: Vec<String> = console.asked.iter().map(|request| format!("{request:?}")).collect();
        let reads = asked.iter().filter(|asked| asked.contains(name)).count();
        // Of those with a role before them the thorough look reads all.
        let thorough = usize::from(name == "Roles");
        assert_eq!(reads, 6 / looks - thorough, "{keys}: {asked:?}");
        // Nobody is disturbed who is in the middle of something.
        console.keys("?").wait(60_500);
        let now = console
            .asked
            .iter()
            .filter(|request| format!("{request:?}").contains(name))
            .count();
        assert_eq!(now, reads, "{keys}");
    }
}

#[test]
fn over_a_network_what_is_asked_of_a_log_is_read_again_seldom_as_it_may_take_all_of_it() {
    let mut console = over_a_network(usual);
    console
        .wait(1_000)
        .keys("H f")
        .type_text("group")
        .keys("ctrl-o")
        .asked
        .clear();
    console.wait(40_500).shows("as of ");
    console.wait(20_000);
    let audits = console
        .asked
        .iter()
        .filter(|asked| format!("{asked:?}").contains("Audit"));
    assert_eq!(audits.count(), 1);
}

#[test]
fn over_a_network_a_role_that_somebody_else_makes_is_there_at_the_next_look_and_nothing_moves() {
    let mut console = over_a_network(usual);
    console.wait(1_000).keys("j enter tab");
    // The first look reads everything.
    console.wait(11_000);
    let selected = console.selected_row();
    console.meanwhile(async |other: &LocalInstance| {
        let scope = TenantScope::Named("acme".parse().unwrap());
        let new = NewRole {
            name: "Aaa".to_owned(),
            description: None,
            permissions: Permissions::default(),
            is_default: false,
        };
        other.create_role(&scope, &new).unwrap();
    });
    console.lacks("Aaa").wait(10_000).shows("Aaa").shows("2 roles");
    assert_eq!(console.selected_row(), selected);
    console.shows("holders as of 10 s ago");
    console.keys("r").lacks("as of");
    // One that cannot be read leaves what is held, and says so.
    let stuck = Problem::new(ProblemKind::Failed, "It is stuck.", "Something runs.", "Wait.");
    console.fail_next("Roles", stuck);
    // One of two looks asks for it alone.
    console.wait(21_000).shows("Aaa").shows("r reads again");
}

#[test]
fn over_a_network_rows_say_how_old_they_are_where_not_each_look_reads_them_again() {
    for (keys, counted) in [
        ("j enter tab", "1 role holders"),
        ("j enter tab tab tab tab", "0 groups"),
        ("7 enter", "7 lines"),
    ] {
        let mut console = over_a_network(usual);
        console.wait(1_000).keys(keys).lacks("as of");
        // The first look reads it again.
        console.wait(30_500).shows(&format!("{counted} as of 20 s ago"));
        // What is read again is as new as that.
        console.keys("r").lacks("as of");
        console.keys("/").type_text("a").wait(11_000).shows("filter: a");
    }
    let mut console = over_a_network(usual);
    for keys in ["7", "q j enter H", "q enter tab tab tab I"] {
        console.wait(1_000).keys(keys).wait(30_500).lacks("as of");
    }
    // Where it is told cheaply that nothing changed, nothing is old.
    console.stampless = false;
    console.keys("esc").wait(30_500).lacks("as of");
}

#[test]
fn over_a_network_who_is_in_a_group_is_read_again_each_sixth_time_as_all_access_is_read_for_it() {
    let mut console = over_a_network(usual);
    console.meanwhile(async |other: &LocalInstance| {
        let scope = TenantScope::Named("acme".parse().unwrap());
        other.create_group(&scope, "Team", None).unwrap();
    });
    console
        .wait(1_000)
        .keys("j enter tab tab tab tab enter")
        .shows("Group Team");
    console.asked.clear();
    console
        .lacks("as of")
        .wait(30_500)
        .shows("0 members as of 20 s ago")
        .wait(30_000);
    let reads = console.asked.iter().filter(|asked| matches!(asked, Request::Access(_)));
    assert_eq!(reads.count(), 1, "{:?}", console.asked);
    console.keys("r").lacks("as of");
}

#[test]
fn rows_are_not_taken_for_what_was_looked_for_when_that_was_refused() {
    let mut console = Console::usual();
    let refused = Problem::new(
        ProblemKind::Invalid,
        "The tenants cannot be filtered by admins.",
        "There are too many.",
        "Leave it out.",
    );
    console.fail_next("Tenants", refused);
    console.keys("/").paste("admins<1").keys("enter");
    console
        .shows("cannot be filtered by admins")
        .lacks("Acme Corporation")
        .lacks("match");
    console.keys("*").lacks("marked").keys("esc esc esc").shows("3 tenants");
}

/// Tenants and a user whose names begin alike, each about as long as such names are.
fn alike(size: (u16, u16)) -> Console {
    Setup {
        size,
        ..Setup::default()
    }
    .open(|instance, runtime| {
        runtime.block_on(async {
            for end in ["alpha", "beta", "gamma"] {
                let id = format!("company-europe-production-{end}");
                create(instance, &id, &format!("Company Europe Production {end}")).await;
            }
        });
    })
}

#[test]
fn ids_that_begin_alike_are_told_apart_at_every_size_and_under_every_column() {
    for size in [(80, 24), (60, 20), (40, 12), (200, 50)] {
        for keys in ["", "w"] {
            let mut console = alike(size);
            if !keys.is_empty() {
                console.keys(keys);
            }
            let ends = ["alpha", "beta", "gamma"];
            let screen = console.screen();
            let rows: Vec<&str> = screen.lines().filter(|line| line.contains("compan")).collect();
            assert_eq!(rows.len(), 3, "{screen}");
            for (row, end) in rows.iter().zip(ends) {
                let id = row.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
                let id = id.split(' ').next().unwrap();
                assert!(id.ends_with(end), "{size:?} {keys}: {id}\n{screen}");
                assert!(
                    size.0 < 60 || id == format!("company-europe-production-{end}"),
                    "{size:?} {keys}: {id}\n{screen}"
                );
            }
        }
    }
}

#[test]
fn on_the_smallest_screen_a_list_shows_which_row_it_is_and_how_that_stands() {
    let mut console = Console::usual();
    console.resize(40, 12);
    console
        .shows("ID")
        .shows("STATE")
        .shows("! no admin")
        .lacks("NAME")
        .lacks("ADMINS");
    console.keys("w").shows("NAME");
    console.keys("w").lacks("NAME");
    console.keys("j enter tab").shows("NAME").shows("KIND").lacks("HOLDERS");
    console.keys("tab").shows("NAME").shows("ROLE").lacks("NAMESPACE");
    console.keys("tab").shows("USERNAME").shows("RIGHTS FROM").lacks("TYPE");
}

#[test]
fn how_many_are_marked_is_said_at_every_size_whatever_else_there_is_to_say() {
    let mut console = Console::usual();
    console.keys("j space space S");
    for (width, height) in [(80, 24), (60, 20), (40, 12), (200, 50)] {
        console.resize(width, height).shows("2 marked");
        console.keys("/").type_text("ac").shows("2 marked").keys("esc");
        console.shows("2 marked");
    }
    console
        .resize(40, 12)
        .keys("esc g g j enter tab space")
        .shows("1 marked");
}

#[test]
fn the_focus_goes_from_column_to_column_and_brings_those_into_view_that_had_no_room() {
    let mut console = Console::usual();
    console
        .shows("[ID] NAME ADMINS")
        .keys("h")
        .shows("[ID] NAME")
        .keys("right")
        .shows("ID [NAME] ADMINS")
        .keys("S")
        .shows("sort: id v")
        .keys("s")
        .shows("sort: name ^")
        .shows("[NAME ^]");
    console.resize(40, 12).shows("ID [NAME ^] STATE").keys("l l");
    console.shows("ID [STORAGE] STATE").keys("l l l l s");
    console.shows("ID [STATE ^]").lacks("STORAGE");
    console.keys("s").shows("Order by").keys("esc");
    let said = console.linear();
    assert!(said.contains("Column STATE; s orders by it"), "{said}");
    // The lists under tabs are no different; where there is no list, tabs are gone to.
    console.resize(80, 24).keys("g g j enter l").shows("[Roles]");
    console.shows("[NAME] KIND").keys("l s").shows("sort: managed ^");
    console.shows("[KIND ^]").keys("S").shows("sort: managed v");
    console.keys("s").shows("Order by").keys("esc").shows("[Roles]");
    console.keys("tab").shows("[Holders]").shows("[NAME] TYPE");
    console.keys("shift-tab").shows("[Roles]").shows("[KIND v]");
    console.keys("shift-tab h").shows("[Groups]");
}

#[test]
fn where_rights_come_from_has_the_room_that_the_names_of_two_roles_take() {
    let mut console = Setup::default().open(|instance, runtime| {
        usual(instance, runtime);
        for number in 1..=9 {
            let username = format!("somebody.numbered.{number}@subsidiary.com");
            instance
                .create_user(&NewUser {
                    username: username.clone(),
                    display_name: Some("Somebody Somewhere".to_owned()),
                    kind: UserKind::Standard,
                    superadmin: false,
                    tenant: None,
                    groups: Vec::new(),
                })
                .unwrap();
            let acme = TenantScope::Named("acme".parse().unwrap());
            instance.grant_tenant_access(&acme, &username).unwrap();
        }
    });
    console.keys("j enter tab tab tab").shows("[USERNAME]");
    console.resize(80, 24).shows("TYPE RIGHTS FROM").shows("user nothing");
}

#[test]
fn a_column_that_gives_no_order_says_so() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab tab tab l l l s");
    console.shows("Not by RIGHTS FROM: it gives no order").shows("Order by");
}

#[test]
fn an_order_that_the_server_cannot_give_stands_in_the_menu_with_its_reason() {
    let mut console = many();
    console.model.session.remote = true;
    console.keys("s s").shows("ADMINS not of so many tenants");
    console.keys("enter").shows("sort: name ^").keys("s").shows("> ADMINS");
    console
        .keys("enter")
        .shows("Not now: Kestra lists no admins")
        .shows("Order by");
    let said = console.linear();
    assert!(said.contains("ADMINS, not now: Kestra lists no admins"), "{said}");
    console.keys("esc l s").shows("Order by").shows("Not by ADMINS: ");
    console.keys("esc").shows("sort: name ^");
    console.keys("/").type_text("admins:0").keys("enter").wait(1_000);
    console.keys("s").shows("sort: admins ^");
}

/// What is in a tenant may have become more since it was counted for the question.
#[test]
fn what_came_to_a_tenant_since_it_was_counted_is_shown_before_it_is_deleted() {
    let acme = || TenantScope::Named("acme".parse().unwrap());
    let mut console = Console::usual();
    console.keys("j D").type_text("acme").lacks("group");
    console.meanwhile(async |other| {
        other.create_group(&acme(), "Team", None).unwrap();
    });
    console.keys("tab enter");
    assert!(sent(&console).is_empty(), "nothing is deleted");
    console
        .shows("Nothing was deleted yet, there is more than was shown: acme has 1 group (0 before).")
        .shows("1 group")
        .shows("not matching");
    console.type_text("acme").keys("tab enter").shows("Tenant acme deleted");
    // Of several as of one, and what became less is nothing to ask about.
    console.keys("* D").type_text("2 tenants");
    let billing = || TenantScope::Named("billing".parse().unwrap());
    console.meanwhile(async |other| {
        other.create_group(&billing(), "Team", None).unwrap();
    });
    console.keys("tab enter");
    console
        .shows("Delete 2 tenants")
        .shows("billing has 1 group (0 before)");
    console.keys("esc").shows("2 marked").keys("D").type_text("2 tenants");
    console.meanwhile(async |other| {
        let id = other.access(&billing()).await.unwrap().groups[0].id.clone();
        other.delete_group(&billing(), &id).unwrap();
    });
    console.keys("tab enter").shows("2 tenants deleted");
}

/// Numbers of at least four digits that stand on a screen without their thousands parted.
fn unparted(text: &str) -> Vec<&str> {
    let words = text.split(|sign: char| !sign.is_alphanumeric() && !"/._-:,".contains(sign));
    let is_number = |word: &&str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    words.filter(is_number).collect()
}

#[test]
fn every_count_has_its_thousands_parted() {
    let mut console = many();
    // Names of tenants have numbers, too, which count nothing.
    let says = |console: &mut Console, words: &str| {
        console.shows(words);
        for text in [console.screen(), console.linear()] {
            let text = text.replace("Tenant ", "Tenant-");
            assert_eq!(unparted(&text), Vec::<&str>::new(), "{text}");
        }
    };
    says(console.keys("G"), "1,500 tenants");
    says(console.keys("*"), "1,500 marked");
    says(console.keys("D"), "Delete 1,500 tenants");
    says(console.keys("pgdn"), "And 1,490 more, which are not counted: ");
    console.keys("esc esc / t : esc");
    let failure = || Problem::new(ProblemKind::Conflict, "It failed.", "A flow runs.", "Wait.");
    for id in ["t0000", "t0001"] {
        console.fail_item(id, failure());
    }
    console.keys("* D").type_text("1,500 tenants").keys("tab enter");
    says(&mut console, "2 of 1,500 could not be done.");
    says(console.keys("esc L"), "messages");
}

/// Ids, which no column shows unless it is chosen, are random and hold any two or three letters sooner or later.
#[test]
fn words_look_at_the_columns_on_screen_and_others_are_named() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j enter tab").shows("3 roles");
    let id = |console: &Console| {
        let view = console.model.tenant_view().expect("a tenant is open");
        let list = view.lists.get(view.tab).expect("its tab has a list");
        list.selected_id().expect("a row is selected").to_owned()
    };
    let role = id(&console);
    console.keys("/").type_text(&role).shows("0 of 3 roles");
    console
        .keys("esc /")
        .type_text(&format!("id:{role}"))
        .shows("1 of 3 roles");
    console.keys("enter C G space enter").shows("ID");
    console.keys("/").keys("ctrl-u").type_text(&role).shows("1 of 3 roles");
    console.keys("enter C d enter").shows("0 of 3 roles");
    // What is shown is looked at as it is shown.
    console
        .keys("esc /")
        .type_text("own")
        .shows("2 of 3 roles")
        .keys("esc tab");
    let binding = id(&console);
    console
        .keys("/")
        .type_text(&binding)
        .shows("0 of 4 bindings")
        .keys("esc");
    console
        .keys("/")
        .type_text("\"whole tenant\"")
        .lacks(" 0 of ")
        .keys("esc tab");
    let user = id(&console);
    console.keys("/").type_text(&user).shows("0 of ").keys("esc");
    console.keys("/").type_text("\"by night\"").shows("1 of 4 users");
    console
        .keys("esc /")
        .type_text("rights:night")
        .shows("1 of 4 users")
        .keys("esc tab");
    let group = id(&console);
    console.keys("/").type_text(&group).shows("0 of ").keys("esc");
    // The same of tenants, which are asked for.
    console
        .keys("1 /")
        .type_text("\"acme corp\"")
        .shows("1 of 3 tenants")
        .keys("enter");
    console.keys("C j space enter").shows("No tenant matches");
    console.keys("w").shows("1 of 3 tenants");
}

#[test]
fn words_find_messages_by_their_time_as_shown_and_by_their_command() {
    let mut console = Console::usual();
    console.keys("n").type_text("launch").keys("ctrl-o enter");
    console.keys("L").shows("1 message").shows("00:00:00");
    console
        .keys("/")
        .type_text("\"00:00:0\" \"tenants create\"")
        .shows("1 message filter");
    console
        .keys("esc C G space enter /")
        .type_text("\"tenants create\"")
        .shows("0 of 1 message");
}

#[test]
fn marks_that_a_filter_hides_are_counted_apart_and_said_before_anything_is_done() {
    let mut console = five();
    console
        .keys("j space space space")
        .shows("3 marked 5 tenants refresh paused");
    console.keys("/").type_text("id:t2").keys("enter");
    console.shows("3 marked, 2 hidden");
    console.keys("D").shows("Of the 3 that are marked the filter hides 2.");
    console
        .shows("export snapshot --tenant t1")
        .shows("--tenant t2 --tenant t3");
    console
        .keys("esc A")
        .keys("enter")
        .shows("the filter hides 2.")
        .keys("esc")
        .shows("Who becomes Admin of 3 tenants")
        .keys("esc");
    console.keys("esc").shows("3 marked").lacks("hidden");
    console.keys("esc").lacks("refresh paused");
}

#[test]
fn many_that_are_to_be_deleted_are_named_in_the_command_that_saves_them_or_counted() {
    let mut console = many();
    console.keys("j").keys("space ".repeat(13).trim_end()).keys("D");
    console.resize(200, 60);
    console.shows("--tenant t0009, and --tenant for").shows("3 others");
}

#[test]
fn the_column_that_tells_rows_apart_is_moved_but_never_hidden() {
    let mut console = five();
    console
        .keys("C space")
        .shows("ID stays: it says which row is which. J and K move it")
        .shows("[x] ID");
    console.keys("J enter").shows("[NAME] ID ADMINS");
    console.resize(40, 12).keys("C").shows("Columns, lines 1-6 of 7");
    console.keys("G").shows("Columns, lines 2-7 of 7").shows("WORKER GROUP");
}

#[test]
fn showing_every_column_says_so_where_there_are_no_others() {
    let mut console = five();
    console
        .keys("w")
        .shows("WORKER GROUP")
        .lacks("no other columns")
        .keys("w");
    console
        .resize(200, 60)
        .keys("L w")
        .shows("This list has no other columns");
}

#[test]
fn a_page_that_is_longer_than_the_screen_says_how_much_of_it_is_in_view() {
    let mut console = five();
    console.resize(40, 12);
    let problem = Problem::new(ProblemKind::Failed, "It failed.", "why ".repeat(90), "Go on.");
    console.fail_next("Tenants", problem);
    console.keys("r ! ").shows("lines 1-");
}

/// Tenants that are gone when something is done to them in bulk.
#[test]
fn what_the_instance_says_is_not_there_any_more_loses_its_mark_and_is_named() {
    let mut console = Setup {
        default_tenant: Some(false),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        user(instance, "anna@example.com");
        tenants(instance, runtime, &[("t1", "One"), ("t2", "Two"), ("t3", "Three")]);
    });
    console.keys("*").shows("3 marked");
    let delete = async |other: &LocalInstance| {
        for id in ["t1", "t3"] {
            other.delete_tenant(&id.parse().unwrap()).await.unwrap();
        }
    };
    console.meanwhile(delete);
    console.keys("A").type_text("anna").keys("enter");
    console.keys("tab enter").shows("! not done");
    console
        .keys("esc")
        .lacks("marked 1")
        .shows("t1, t3 are not there any more; their marks are taken off");
    // So they do where it is to be counted what goes with them.
    tenants_again(&console);
    console.keys("r esc esc * r").shows("3 marked");
    console.meanwhile(delete);
    console
        .keys("D")
        .shows("t1 is not there any more")
        .lacks("cannot be counted")
        .keys("esc")
        .shows("1 marked");
}

fn tenants_again(console: &Console) {
    console.meanwhile(async |other| {
        for id in ["t1", "t3"] {
            create(other, id, "Again").await;
        }
    });
}

#[test]
fn under_a_filter_it_is_known_how_many_there_are_in_all_after_some_are_gone() {
    for remote in [false, true] {
        let mut console = Setup {
            session: session(|session| session.remote = remote),
            default_tenant: Some(false),
            ..Setup::default()
        }
        .open(|instance, runtime| {
            let list = [("t1", "One"), ("t2", "Two"), ("x1", "Other")];
            tenants(instance, runtime, &list);
        });
        console.stampless = remote;
        console.keys("/").type_text("id:t").keys("enter").wait(300);
        console
            .shows("2 of 3 tenants")
            .keys("* D")
            .type_text("2 tenants")
            .keys("tab enter");
        console.shows("0 of 1 tenant").wait(9_000);
        // Whoever made one meanwhile.
        console.meanwhile(async |other| other.delete_tenant(&"x1".parse().unwrap()).await.unwrap());
        console.keys("r").shows("0 of 0 tenants");
    }
}

/// What stands above a column is a name of it in the filter, and what it says is what is found.
#[test]
fn worker_groups_kinds_of_roles_and_the_use_of_a_context_are_found_by_a_filter() {
    let mut console = Setup::default().open(|instance, block_on| {
        for (id, group) in [("a", Some("gpu")), ("b", None), ("c", Some("GPU-2"))] {
            let mut tenant = Tenant::new(id.parse().unwrap(), id);
            tenant.set_at("workerGroup.key", group.map(Into::into));
            let new = NewTenant { tenant, admin: None };
            block_on.block_on(instance.create_tenant(&new)).unwrap();
        }
    });
    console
        .keys("/")
        .type_text("worker-group:gpu")
        .keys("enter")
        .shows("2 of 3 tenants");
    console
        .keys("/")
        .keys("ctrl-u")
        .type_text("worker-group=gpu")
        .keys("enter")
        .shows("1 of 3 tenants");
    // So is what it is ordered by.
    console.keys("esc").line(":sort -worker-group");
    console.shows("sort: worker-group v").keys("g g j");
    assert!(console.selected_row().starts_with('c'), "{}", console.screen());

    let mut console = Console::usual();
    console
        .keys("j 2 /")
        .type_text("kind:own")
        .keys("enter")
        .shows("0 of 1 role");
    console
        .keys("/ ctrl-u")
        .type_text("kind:managed")
        .keys("enter")
        .shows("1 role")
        .shows("Admin");

    let mut console = Console::usual();
    console.with_contexts(["far", "default"]).keys("c /");
    console
        .type_text("use:in")
        .keys("enter")
        .shows("1 of 2 contexts")
        .lacks("far");
}
