//! Where one stood on a screen, and where the keys went there, is so again at the next start.

use std::collections::BTreeSet;

use kestra_admin::app::screen::Screen;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::activity::{Activity, ActivityResult};
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::user::UserKind;

use crate::support::{Console, Setup, tenants, usual};

/// Presses keys in a console with people, types something, and has the program started again a second later, with what was
/// written down until then.
fn cut_off_after(release: &'static str, keys: &str, typed: &str) -> (String, Console) {
    let mut console = Setup {
        release,
        ..Setup::default()
    }
    .open(crate::screens::tenants::people);
    console.activity = (10..30).rev().map(done_at).collect();
    console.with_contexts(["default", "prod", "lab"]);
    console.keys(keys).type_text(typed).wait(10_000);
    let before = place(&console);
    console.start_again();
    (before, console)
}

/// A change that this program made at a minute.
pub fn done_at(minute: u32) -> Activity {
    Activity {
        time: format!("2026-01-31T12:{minute}:00Z"),
        account: "ana@jump1".to_owned(),
        context: "lab".to_owned(),
        place: "https://kestra.example.com".to_owned(),
        identity: None,
        about: Some(format!("create tenant t{minute}")),
        command: format!("kestra-admin --context lab tenants create --tenant t{minute}"),
        result: ActivityResult::Done,
        problem: None,
        id: None,
    }
}

/// All that is on screen, but for what is told, with where the cursor of the terminal is.
fn place(console: &Console) -> String {
    let screen = console.screen();
    let lines: Vec<&str> = screen.lines().skip(1).collect();
    let (_, lines) = lines.split_last().unwrap();
    let (_, lines) = lines.split_last().unwrap();
    format!("{}\n{:?}", lines.join("\n"), console.drawn().cursor)
}

#[test]
fn every_list_stands_as_it_stood() {
    for keys in [
        // Tenants, and the tabs of one.
        "j j",
        "l s j j",
        "j p tab s S j j",
        "j enter tab j j",
        "j enter / a enter",
        // People.
        "7 j j",
        "7 l s S j",
        "7 / a n n a enter",
        "j p tab i j j",
        "j p tab i l s j",
        "j p tab t j",
        "j p tab I j",
        "j p tab tab enter j",
        "7 j enter j",
        // What was done.
        "8 j j",
        "j H j j",
        "j H l s S j j",
        "6 j j",
        "6 / t 2 enter j",
        // All else.
        "c j j",
        "c G l s",
        "c / p r o enter",
        // Deep down, with others below.
        "j p tab j i j j t",
        "j p tab j w enter enter j a j",
    ] {
        let (before, again) = cut_off_after("1.3", keys, "");
        assert_eq!(place(&again), before, "{keys}\n{}", again.screen());
    }
    // The first of the messages is that they are open again.
    let (_, mut again) = cut_off_after("1.3", "L / R e s u m e d enter", "");
    again.shows("filter: Resumed");
    let (before, again) = cut_off_after("1.3", "L l s S", "");
    for line in before.lines().filter(|line| line.contains("LEVEL")) {
        assert!(place(&again).contains(line), "{line}\n{}", again.screen());
    }
    // What was in view is so again.
    let (before, again) = cut_off_after("1.3", "6 G k k", "");
    assert_eq!(place(&again), before, "{}", again.screen());
}

#[test]
fn cells_of_permissions_are_selected_again() {
    for keys in [
        "j enter tab j enter j j j l",
        "j enter tab j enter G l l l",
        "j enter tab j enter G k k",
        "j enter tab j enter tab j",
        "j enter tab j enter tab j a j j l",
        "j p tab j a j j j j l",
        "j p tab j a G l",
        "j p w enter enter j",
        "j enter tab f down enter a j j j l",
        "j enter tab f down enter j l",
    ] {
        for release in ["0.21", "1.3", "2.0"] {
            let (before, again) = cut_off_after(release, keys, "");
            assert_eq!(place(&again), before, "{release} {keys}\n{}", again.screen());
        }
    }
    let (before, again) = cut_off_after("1.3", "j enter tab j enter t j j", "");
    assert_eq!(place(&again), before, "as in 2.0\n{}", again.screen());
}

#[test]
fn the_editor_of_a_role_has_the_keys_where_they_were() {
    for (keys, typed) in [
        ("j enter tab n", "Night"),
        ("j enter tab n tab", "Of the night"),
        ("j enter tab n tab tab space", ""),
        ("j enter tab n N tab tab tab j j j l space", ""),
        ("j enter tab n N tab tab tab G l l space", ""),
        (
            "/ a c m e enter enter tab / O p e r a t o r s enter e j j l l space",
            "",
        ),
        ("/ a c m e enter enter tab / O p e r a t o r s enter e tab", " Night"),
    ] {
        for release in ["0.21", "1.3"] {
            let (before, mut again) = cut_off_after(release, keys, typed);
            assert_eq!(place(&again), before, "{release} {keys}\n{}", again.screen());
            again.shows("unsent role");
        }
    }
}

#[test]
fn the_form_of_a_tenant_has_the_keys_where_they_were() {
    for field in ["Name", "Id", "Admin", "Secrets settings", "Storage settings"] {
        let setup = Setup {
            release: "1.3",
            ..Setup::default()
        };
        let mut console = setup.open(crate::screens::tenants::people);
        console.keys("n").type_text("New");
        console.field(field).type_text("x").wait(10_000);
        let before = place(&console);
        console.start_again();
        assert_eq!(place(&console), before, "{field}");
    }
    for keys in ["shift-tab", "shift-tab shift-tab"] {
        let mut console = Setup::default().open(crate::screens::tenants::people);
        console.keys("n").type_text("New").keys(keys).wait(10_000);
        let before = place(&console);
        console.start_again();
        assert_eq!(place(&console), before, "{keys}");
    }
}

#[test]
fn it_is_so_on_screens_of_any_size() {
    for size in [(60, 20), (120, 30), (200, 60)] {
        for keys in [
            "6 G k",
            "7 j j",
            "j p tab j",
            "j enter tab j enter G k k",
            "j p tab j a G k k",
        ] {
            let mut console = Setup {
                size,
                ..Setup::default()
            }
            .open(crate::screens::tenants::people);
            console.activity = (10..60).rev().map(done_at).collect();
            console.keys(keys).wait(10_000);
            let before = place(&console);
            console.start_again();
            assert_eq!(place(&console), before, "{size:?} {keys}");
        }
    }
}

/// What is read by pages is read as far as it was.
#[test]
fn a_row_far_down_a_long_log_is_selected_again() {
    let setup = Setup {
        release: "1.3",
        ..Setup::default()
    };
    let mut console = setup.open(|instance, runtime| {
        crate::screens::tenants::people(instance, runtime);
        let acme = TenantScope::Named("acme".parse().unwrap());
        for number in 0..230 {
            instance.create_group(&acme, &format!("Group {number}"), None).unwrap();
        }
    });
    console.keys("8 G G k k").shows("200 of").wait(1_000);
    let before = place(&console);
    console.start_again();
    assert_eq!(place(&console), before);
    // Read again, it stays as long as it was.
    console.keys("r");
    assert_eq!(place(&console), before);
}

/// Rows that cannot be read are there another time, and so is the selection.
#[test]
fn what_could_not_be_read_is_selected_again_another_time() {
    for keys in ["7 j j", "j p tab j", "j enter tab j enter j j l"] {
        let mut console = Setup::default().open(crate::screens::tenants::people);
        console.keys(keys).wait(1_000);
        let before = place(&console);
        for question in ["People", "Access"] {
            console.fail_next(question, crate::states::unreachable());
        }
        console.start_again();
        console.wait(1_000);
        assert_ne!(place(&console), before, "{keys}");
        console.start_again();
        assert_eq!(place(&console), before, "{keys}");
    }
}

#[test]
fn contexts_read_again_leave_the_selection_where_it_is() {
    let mut console = Console::usual();
    console.with_contexts(["default", "prod", "lab"]);
    console.keys("c").shows(">*default").keys("j j").shows("> lab");
    console.keys("r").shows("> lab");
}

/// Nobody is led back who has gone on by then.
#[test]
fn whoever_moves_stays_there() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("7 j").wait(1_000);
    let saved = console.saved.as_mut().unwrap();
    "!anna".clone_into(&mut saved.stood[0].filter);
    console.start_again();
    console.shows("> bob").keys("k").shows("> admin");
    console.keys("esc").shows("anna").shows("> admin");
    console.keys("r").shows("> admin");
}

/// Who was selected may be gone: the selection is on who stands there now, and nothing is said of it.
#[test]
fn what_is_gone_is_not_selected_and_not_waited_for() {
    let (_, mut again) = cut_off_after("1.3", "7 j j", "");
    again.wait(1_000);
    let saved = again.saved.as_mut().unwrap();
    let stood = saved.stood.last_mut().unwrap();
    assert!(stood.row.is_some());
    stood.row = Some("nobody".to_owned());
    again.start_again();
    again.lacks("is gone").shows("> bob").wait(1_000);
    let row = |console: &Console| console.saved.as_ref().unwrap().stood[0].row.clone();
    assert_ne!(row(&again).as_deref(), Some("nobody"));
}

/// A file of a release before this one is gone on from.
#[test]
fn a_file_that_says_less_is_gone_on_from() {
    let kept = r#"{"version":1,"filter":"","sort":null,"selected":"acme","is-sent":false,
        "places":[{"tenant":{"id":"acme","tab":"Users","filter":"anna","sort":"-name","row":"x"}},
            {"records":{"kind":"Accounts","filter":"anna"}},"messages","runs","contexts"],
        "draft":{"before":null,"fields":[["name","New"],["id","new"]]},
        "migration":{"is-open":false,"page":"tenants","backup":null,"tenants":[],"default-tenant":null,
            "typing":["half","",""]}}"#;
    let setup = Setup {
        resume: Some(serde_json::from_str(kept).unwrap()),
        ..Setup::default()
    };
    let mut console = setup.open(crate::screens::tenants::people);
    console.shows("New tenant").shows(">Name New").keys("esc tab enter");
    for place in [
        "> Contexts",
        "> Runs",
        "> Messages",
        "> Users of the instance",
        "> acme > Users",
    ] {
        console.shows(place).keys("q");
    }
    console.shows("Tenants");
}

/// What was resumed is told before the key that leads back from it, which gives way where there is no room.
#[test]
fn what_was_resumed_is_told_whole() {
    let open = |(width, height): (u16, u16), id: &str| {
        let mut console = Setup {
            size: (width, height),
            ..Setup::default()
        }
        .open(usual);
        console.keys("n").type_text(id).wait(1_000).start_again();
        console
    };
    let long = "a-tenant-with-a-long-name-of-europe";
    open((80, 24), long).shows(&format!("Resumed: unsent tenant {long}"));
    open((80, 24), "initech").shows("Resumed: unsent tenant initech. Esc asks whether to discard it");
    open((60, 20), "initech").shows("Resumed: unsent tenant initech. Esc");
    open((60, 20), "initech-europe").shows("Resumed: unsent tenant initech-europe");
}

#[test]
fn who_may_do_something_is_in_view_as_it_was_far_down() {
    for keys in ["G", "G k k", "G ctrl-b j", "ctrl-f j j"] {
        let mut console = Setup::default().open(|instance, runtime| {
            crate::screens::tenants::people(instance, runtime);
            let acme = TenantScope::Named("acme".parse().unwrap());
            let roles = runtime.block_on(instance.access(&acme)).unwrap().roles;
            let operators = roles.iter().find(|role| role.name == "Operators").unwrap();
            for number in 0..50 {
                let user = NewUser {
                    username: format!("u{number:02}@example.com"),
                    display_name: None,
                    kind: UserKind::Standard,
                    superadmin: false,
                    tenant: None,
                    groups: Vec::new(),
                };
                let binding = NewBinding {
                    subject_kind: SubjectKind::User,
                    subject_id: instance.create_user(&user).unwrap().id,
                    role_id: operators.id.clone(),
                    namespace: None,
                };
                instance.create_binding(&acme, &binding).unwrap();
            }
        });
        console.keys("j p w enter enter").keys(keys).shows("> u").wait(1_000);
        let before = place(&console);
        console.start_again();
        assert_eq!(place(&console), before, "{keys}");
    }
}

#[test]
fn tenants_are_in_view_as_they_were() {
    for keys in [
        "G k k",
        "G k k k k g g j",
        "ctrl-f j j j ctrl-b j",
        "G ctrl-b ctrl-b j j",
        "s j j G k k k",
        "ctrl-f ctrl-f j",
    ] {
        let mut console = Setup::default().open(|instance, runtime| {
            let names: Vec<String> = (0..450).map(|number| format!("t{number:03}")).collect();
            let list: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "Tenant")).collect();
            tenants(instance, runtime, &list);
        });
        console.keys(keys).wait(1_000);
        let before = place(&console);
        console.start_again();
        assert_eq!(place(&console), before, "{keys}");
    }
}

#[test]
fn rows_that_were_marked_are_marked_again() {
    for keys in [
        "j space j space",
        "l s * k",
        "enter tab space j space",
        "p space space",
        "p tab * k",
        "p tab tab space",
        "7 j enter space",
        "p tab tab j enter space",
    ] {
        let (before, again) = cut_off_after("1.3", keys, "");
        assert_eq!(place(&again), before, "{keys}\n{}", again.screen());
        assert!(again.model.has_marks(), "{keys}");
        assert!(again.screen().contains(" marked"), "{keys}\n{}", again.screen());
    }
}

#[test]
fn marks_are_told_and_act_and_are_taken_off_as_before() {
    let (_, mut again) = cut_off_after("1.3", "j space space", "");
    again.shows("Resumed: 2 marked. Esc takes the marks off").keys("D");
    again
        .shows("Delete 2 tenants")
        .keys("esc esc")
        .lacks("2 marked 3 tenants");
    assert!(!again.model.has_marks());
    again.wait(1_000).start_again();
    again.lacks("marked");
    // Below another screen they wait.
    let (_, mut again) = cut_off_after("1.3", "j space space enter", "");
    again.shows("Resumed: 2 marked, tenant ").keys("q").shows("2 marked");
    let (_, mut again) = cut_off_after("1.3", "p tab space space", "");
    again
        .shows("Resumed: 2 marked, tenant acme. Esc takes the marks off")
        .keys("esc")
        .shows("> acme > Users");
    assert!(!again.model.has_marks());
}

/// What is told of the way back goes with the key after which it is another one.
#[test]
fn the_way_back_is_told_as_long_as_it_is_true() {
    for (kept, told, keys) in [
        ("j space space", "Resumed: 2 marked. Esc takes the marks off", "esc"),
        ("j space", "Resumed: 1 marked. Esc takes the marks off", "k space"),
        ("p tab space", "Resumed: 1 marked, tenant acme. Esc takes", "esc"),
        ("p tab", "Resumed: tenant acme. Esc goes back", "space"),
        (
            "p tab / a enter",
            "Resumed: tenant acme, filter a. Esc clears the filter",
            "esc",
        ),
        ("/ a enter", "Resumed: filter a. Esc clears the filter", "esc"),
    ] {
        let (_, mut again) = cut_off_after("1.3", kept, "");
        again.shows(told).keys("k").shows(told).keys("j").shows(told);
        again.keys(keys).lacks("Resumed");
    }
}

/// One by one, and no further than to where the editor was opened.
#[test]
fn steps_of_the_editor_of_a_role_are_taken_back_after_a_start() {
    for open in ["enter tab / O p e r a t o r s enter e", "enter tab n N tab tab tab"] {
        let mut screens = Vec::new();
        let mut console = Setup {
            release: "1.3",
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        console.keys(open);
        for key in ["space", "j A", "l a"] {
            screens.push(console.model.screens.last().map(allowed));
            console.keys(key);
        }
        screens.dedup();
        assert!(screens.len() > 1, "{}", console.screen());
        console.wait(1_000).start_again();
        while let Some(before) = screens.pop() {
            console.keys("u");
            assert_eq!(console.model.screens.last().map(allowed), before, "{open}");
            // Once more, and it goes on from there.
            console.wait(1_000).start_again();
        }
        console.keys("u").shows("Not now: ");
    }
}

fn allowed(screen: &Screen) -> BTreeSet<String> {
    let Screen::RoleEditor(editor) = screen else {
        panic!("no editor is on screen")
    };
    let pairs = editor.edit.permissions().pairs();
    pairs.map(|(resource, action)| format!("{resource}:{action}")).collect()
}

#[test]
fn what_is_gone_is_not_marked_again() {
    let mut console = Setup::default().open(crate::screens::tenants::people);
    console.keys("j space space space").shows("3 marked").wait(1_000);
    let saved = console.saved.as_mut().unwrap();
    assert_eq!(saved.marks, ["acme", "billing", "globex"]);
    "gone".clone_into(&mut saved.marks[1]);
    console.start_again();
    console
        .shows("Tenant gone is not there any more; its mark is taken off")
        .shows("2 marked");
    console.wait(1_000);
    assert_eq!(console.saved.as_ref().unwrap().marks, ["acme", "globex"]);
    let (_, mut again) = cut_off_after("1.3", "p tab space space", "");
    again.wait(1_000);
    "nobody".clone_into(&mut again.saved.as_mut().unwrap().stood[0].marks[0]);
    again.start_again().shows("1 marked");
}

#[test]
fn what_is_about_marks_that_are_still_read_waits_for_them() {
    let marked = || {
        let mut console = Setup::default().open(crate::screens::tenants::people);
        console.keys("j space space").wait(1_000);
        console.held = true;
        console.start_again();
        console.answer_first("Instance").answer_first("Tenants");
        assert_eq!(console.model.marked(), (0, 0));
        console
    };
    for (keys, comes) in [
        ("D", "Delete 2 tenants"),
        ("A", "Who becomes Admin of 2 tenants"),
        ("e", "Not now: one tenant at a time"),
        ("space", "3 marked"),
    ] {
        let mut console = marked();
        console.keys(keys).shows("Typed ahead: 1 key").lacks(comes);
        console.answer().shows(comes).lacks("Typed ahead");
    }
    // What is about no marks does not wait.
    let mut console = marked();
    console.keys("j k enter").lacks("Typed ahead").shows("Tenants > ");
    let mut console = marked();
    console.keys("L").shows("Messages");
    // Where they cannot be read, nothing else is taken for them.
    let mut console = marked();
    console.keys("D").fail_next("Tenants", crate::states::unreachable());
    console.answer().lacks("Delete");
    console.shows("What was typed is dropped: the rows that were marked could not be read");
    let refused = "Not now: the marks were not read; r reads, Esc drops them";
    console.keys("D").shows(refused).lacks("Delete tenant");
    console.held = false;
    console.keys("r").shows("2 marked").keys("D").shows("Delete 2 tenants");
    let mut console = marked();
    console.fail_next("Tenants", crate::states::unreachable());
    console.answer().keys("esc esc D").shows("Delete tenant");
}

/// Marks that cannot be set yet are kept, and set as soon as they can be.
#[test]
fn what_was_marked_is_not_lost_where_it_cannot_be_read() {
    let marked = || {
        let mut console = Setup::default().open(crate::screens::tenants::people);
        console.keys("j space space").wait(1_000);
        console.held = true;
        console.start_again();
        console.answer_first("Instance");
        console
    };
    let mut console = marked();
    console.fail_next("Tenants", crate::states::unreachable());
    console.fail_next("Tenants", crate::states::unreachable());
    console.answer().wait(1_000);
    assert_eq!(console.saved.as_ref().unwrap().marks.len(), 2);
    console.held = false;
    console.keys("r").shows("2 marked");
    // Another filter, and marks of others, come in between.
    let mut console = marked();
    console.keys("/").type_text("globex");
    console.held = false;
    console.answer().wait(1_000).keys("enter").shows("2 marked, ");
    // What hides them goes first.
    let (_, mut again) = cut_off_after("1.3", "/ g l o b e x enter *", "");
    again.shows("1 marked, filter globex. Esc clears the filter");
    again.keys("esc").shows("1 marked 3 tenants");
    // Whoever takes them off does not get them back.
    let mut console = marked();
    console.keys("esc");
    console.held = false;
    console.answer().keys("r").shows("3 tenants");
    assert!(!console.model.has_marks());
}

#[test]
fn thousands_of_marks_come_back() {
    let mut console = crate::lists::many();
    console.keys("*").shows("1,500 marked").wait(1_000).start_again();
    console.shows("1,500 marked");
}

#[test]
fn columns_are_shown_and_have_the_focus_as_before() {
    for keys in [
        "w l l",
        "7 l l",
        "p tab l l",
        "8 w l",
        "6 w l l l",
        "c w",
        "j enter tab l l l",
    ] {
        let mut console = Setup {
            release: "1.3",
            size: (120, 30),
            ..Setup::default()
        }
        .open(crate::screens::tenants::people);
        console.activity = (10..30).rev().map(done_at).collect();
        console.with_contexts(["default", "prod", "lab"]);
        let columns = |console: &Console| {
            let words = (console.model.columns.wide.clone(), console.model.columns.focus.clone());
            (place(console), words)
        };
        console.keys(keys).wait(10_000);
        let before = columns(&console);
        console.start_again();
        assert_eq!(columns(&console), before, "{keys}");
    }
}
