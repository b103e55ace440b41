//! Which columns of a list are on screen where there is little room, and how much of it each has.

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::app::contexts::{ContextRow, Leads};
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::activity::{Activity, ActivityResult};
use kestra_admin::domain::binding::{NewBinding, SubjectKind};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::tenant::TenantScope;
use kestra_admin::domain::user::{Entrant, Membership, UserKind};

use crate::roles::acme;
use crate::screens::tenants::people;
use crate::support::{Console, Setup, tenants, user, usual};

/// The line of the screen with a word in it.
fn row_with(console: &Console, word: &str) -> String {
    let screen = console.screen();
    let row = screen.lines().find(|line| line.contains(word));
    row.unwrap_or_else(|| panic!("no `{word}` on\n{screen}")).to_owned()
}

#[test]
fn a_lesser_column_goes_before_a_name_is_cut_to_a_stump() {
    let mut console = Setup {
        size: (60, 20),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let list = [("a-shorter-id", "Acme Corporation, London"), ("b", "Billing")];
        tenants(instance, runtime, &list);
    });
    let row = row_with(&console, "a-shorter-id");
    assert!(row.contains("Acme Corporation, Lo"), "{row}");
    console.lacks("SECRETS").shows("STATE");
    // Where there is room again, what went comes back.
    console.resize(80, 24).shows("SECRETS").shows("Acme Corporation");
    // On the smallest screen nothing stands but what tells rows apart, and how they are.
    console.resize(40, 12).shows("[ID] STATE").lacks("NAME").lacks("ADMINS");
    console.resize(59, 20).shows("[ID] STATE");
}

#[test]
fn no_text_of_any_list_is_a_stump_beside_a_column_that_could_have_gone() {
    let mut console = Setup {
        size: (60, 20),
        ..Setup::default()
    }
    .open(people);
    for keys in ["7", "6", "L", "c", "1 j j enter tab", "tab", "tab", "tab"] {
        console.keys(keys);
        for width in [60, 64, 70, 76, 80, 90, 100] {
            console.resize(width, 20);
            let screen = console.screen();
            for line in screen.lines().filter(|line| line.starts_with('│')) {
                for cell in line.trim_matches('│').split("  ").filter(|cell| cell.ends_with('…')) {
                    let columns = cell.trim().chars().count();
                    assert!(columns >= 16, "<{keys}> {width}: `{cell}` in\n{screen}");
                }
            }
        }
    }
}

#[test]
fn who_did_something_is_not_cut_in_the_audit_log_where_other_columns_have_room_to_give() {
    for who in [
        "grace@example.com",
        "dana.w@kestra.example",
        "dana.wh@kestra.example",
        "dana.whit@kestra.example",
    ] {
        for keys in ["8", "p H"] {
            let mut console = Setup {
                release: "1.0",
                default_tenant: None,
                ..Setup::default()
            }
            .open(people);
            console.meanwhile(async |other: &LocalInstance| {
                let superadmin = NewUser {
                    username: who.to_owned(),
                    display_name: None,
                    kind: UserKind::Standard,
                    superadmin: true,
                    tenant: None,
                    groups: Vec::new(),
                };
                LocalInstance::create_user(other, &superadmin).unwrap();
                for at in 0..20 {
                    user(other, &format!("guest{at}@example.com"));
                }
            });
            console.meanwhile_as(who, async |other: &LocalInstance| {
                for at in 0..20 {
                    let new = Entrant::Named(format!("guest{at}@example.com"));
                    other.give_access(&acme(), &new).await.unwrap();
                }
            });
            console.keys(keys);
            for (width, height) in [(80, 24), (100, 30)] {
                console
                    .resize(width, height)
                    .shows("TIME")
                    .shows("ACTION")
                    .shows("RESOURCE");
                let row = console.selected_row();
                assert!(row.contains(who), "{}", console.screen());
                // In which tenant is said by the title, where the log is of one.
                let column = if keys == "8" { "TENANT" } else { "acme" };
                console.shows(column);
            }
            console.resize(60, 20).shows("TIME").shows("ACTION").shows("RESOURCE");
            let row = console.selected_row();
            assert!(
                row.contains(who.get(..16).unwrap()) && row.contains("TENANT_AC"),
                "{}",
                console.screen()
            );
        }
    }
}

/// A tenant in which many hold a role, of whom those with long names come last.
fn holders(instance: &LocalInstance, runtime: &tokio::runtime::Runtime) {
    people(instance, runtime);
    let acme = TenantScope::Named("acme".parse().unwrap());
    let names = (0..30).map(|at| format!("a{at:02}@example.com"));
    for name in names.chain(["zz.maria.da.silva.e.sousa@subsidiary.nordwind.example".to_owned()]) {
        user(instance, &name);
        instance.grant_tenant_access(&acme, &name).unwrap();
        let users = runtime
            .block_on(instance.users(None, &Query::user_named(&name)))
            .unwrap();
        let roles = runtime.block_on(instance.roles(&acme, &Query::first(100))).unwrap();
        let role = roles.rows.iter().find(|role| role.name == "Operators").unwrap();
        let binding = NewBinding {
            subject_kind: SubjectKind::User,
            subject_id: users.rows[0].id.clone(),
            role_id: role.id.clone(),
            namespace: Some("company.team".to_owned()),
        };
        instance.create_binding(&acme, &binding).unwrap();
    }
}

#[test]
fn which_columns_are_shown_does_not_depend_on_the_rows_in_view() {
    let mut console = Setup::default().open(holders);
    console.keys("j p").shows("[Holders]");
    let titles = |console: &Console| -> Vec<String> {
        let words = row_with(console, "ROLE");
        words.split_whitespace().map(str::to_owned).collect()
    };
    for width in [40, 50, 60, 70, 80, 90, 100] {
        console.resize(width, 20).keys("g g");
        let (first, line) = (titles(&console), row_with(&console, "ROLE"));
        // Where a right holds is left out on the smallest screens alone, as <D> takes it away.
        assert_eq!(
            first.contains(&"NAMESPACE".to_owned()),
            width >= 60,
            "{width}: {first:?}"
        );
        console.keys("G");
        assert_eq!(titles(&console), first, "{width}\n{}", console.screen());
        assert_eq!(row_with(&console, "ROLE"), line, "{width}");
    }
    let long = format!("an-id-that-is-{}", "long-".repeat(8));
    let mut console = Setup::default().open(|instance, runtime| {
        let ids: Vec<String> = (0..40)
            .map(|at| format!("a{at:02}"))
            .chain([long.clone() + "z"])
            .collect();
        let list: Vec<_> = ids.iter().map(|id| (id.as_str(), "Short")).collect();
        tenants(instance, runtime, &list);
    });
    for width in [60, 80, 100] {
        console.resize(width, 20).keys("g g");
        let first = row_with(&console, "STATE");
        console.keys("G");
        let last = row_with(&console, "STATE");
        let words = |row: &str| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&last), words(&first), "{width}");
    }
}

#[test]
fn a_key_that_shows_more_columns_does_so_or_says_that_there_is_no_room() {
    let mut console = Console::usual();
    console.lacks("WORKER GROUP").keys("w").shows("WORKER GROUP");
    console.keys("w").lacks("WORKER GROUP");
    console
        .resize(60, 20)
        .lacks("SECRETS")
        .keys("w")
        .shows("SECRETS")
        .keys("w")
        .lacks("SECRETS");
    console.resize(77, 24).keys("w").lacks("WORKER GROUP");
    console.shows("There is no room for more columns");
    // It is those on screen that count, not those that were chosen.
    let mut console = Console::usual();
    console
        .resize(60, 20)
        .keys("L")
        .lacks("COMMAND")
        .keys("w")
        .lacks("COMMAND");
    console
        .shows("There is no room for more columns")
        .lacks("no other columns");
    console.resize(200, 60).keys("w w").shows("COMMAND");
    console.shows("This list has no other columns than those on screen");
}

#[test]
fn columns_asked_for_leave_as_much_of_a_name_as_tells_it_from_others() {
    let mut console = Setup {
        size: (60, 20),
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let names = [
            ("archive-2019", "Archive of the acquired firms"),
            ("energy-trading", "Energy trading desk"),
            ("logistics", "Nordwind Logistics"),
            ("overseas", "Nordwind Overseas"),
        ];
        tenants(instance, runtime, &names);
    });
    console.shows("Nordwind Logistics").shows("Nordwind Overseas");
    for width in [60, 70, 80] {
        console.resize(width, 20).keys("w");
        console.shows("Nordwind L").shows("Nordwind O");
        console.keys("w");
    }
    console.resize(60, 20).lacks("SECRETS").keys("w").lacks("SECRETS");
    console.shows("There is no room for more columns");
}

#[test]
fn of_addresses_what_they_share_is_cut() {
    let names = [
        "francoise.moreau@subsidiary.nordwind.example",
        "francois.moreau@subsidiary.nordwind.example",
        "a.person.of.a.very.long.name.indeed.one@nordwind.example",
        "a.person.of.a.very.long.name.indeed.two@nordwind.example",
    ];
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        let acme = TenantScope::Named("acme".parse().unwrap());
        for name in names {
            user(instance, name);
            instance.grant_tenant_access(&acme, name).unwrap();
        }
    });
    console.keys("j p tab").resize(60, 20);
    console
        .shows("francoise.moreau@")
        .shows("francois.moreau@")
        .lacks("nordwind.example");
    console.shows("indeed.one@ ").shows("indeed.two@ ");
    console.look("default", Depth::Ansi16, Glyphs::Ascii);
    console.shows("francoise.moreau@").shows("francois.moreau@");
}

#[test]
fn a_column_that_is_ticked_and_has_no_room_says_so() {
    const WORDS: &str = "no room at this width";
    let mut console = Console::usual();
    console.keys("C").lacks(WORDS).resize(60, 20);
    console.shows("[x] SECRETS no room at this width");
    console.shows("[x] STATE").lacks("[ ] WORKER GROUP no room");
    // What is ticked in place of others may have room, and is said before it is taken.
    console
        .keys("j j space j space")
        .shows("[ ] ADMINS")
        .shows("[ ] STORAGE");
    console.keys("j").lacks("SECRETS no room");
    console.keys("enter").shows("SECRETS");
    // Words that would be cut are fewer.
    console.resize(40, 12).keys("C").shows("[x] SECRETS no room");
    console.resize(200, 60).lacks("no room");
    console.keys("esc s s").resize(60, 20).lacks("no room");
}

#[test]
fn what_kind_of_holder_a_row_is_about_is_seen_on_a_small_screen_too() {
    let mut console = Setup::default().open(holders);
    console.keys("j p").resize(60, 20);
    let row = row_with(&console, "Operators");
    assert!(row.contains(" user "), "{row}");
    console.keys("/").type_text("Night").keys("enter");
    console.shows("Night shift group Operators whole tenant");
}

#[test]
fn how_a_role_is_held_is_not_cut_for_a_name_that_the_title_says() {
    let name = "amelie.castellanos@subsidiary.example.com";
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        let acme = TenantScope::Named("acme".parse().unwrap());
        user(instance, name);
        instance.grant_tenant_access(&acme, name).unwrap();
        let groups = runtime.block_on(instance.groups(&acme, &Query::first(100))).unwrap();
        let group = groups.rows.iter().find(|group| group.name == "Night shift").unwrap();
        instance.add_member(&acme, &group.id, name, Membership::Member).unwrap();
    });
    console.keys("7 /").type_text("amelie").keys("enter enter");
    console.shows("by group Night shift, whole tenant acme");
    let title = row_with(&console, "┌─ amelie");
    assert!(title.contains(name), "{title}");
}

#[test]
fn no_column_of_a_log_moves_by_scrolling() {
    let mut console = Console::usual();
    let change = |at: u32| Activity {
        time: format!("2026-01-31T12:{at:02}:00Z"),
        account: "ana@jump1".to_owned(),
        context: if at < 20 { "lab" } else { "production-of-europe" }.to_owned(),
        place: "https://kestra.example.com".to_owned(),
        identity: None,
        about: Some(format!("create tenant {}", "t".repeat(1 + at as usize))),
        command: "kestra-admin --context prod tenants create".to_owned(),
        result: ActivityResult::Done,
        problem: None,
        id: None,
    };
    console.activity = (0..40).map(change).collect();
    console.keys("6");
    for size in [(60, 20), (80, 24), (120, 30), (200, 36)] {
        console.resize(size.0, size.1).keys("g g");
        let first = row_with(&console, "RESULT");
        for _ in 0..3 {
            console.keys("ctrl-d");
            assert_eq!(row_with(&console, "RESULT"), first, "{size:?}\n{}", console.screen());
        }
    }
}

#[test]
fn when_something_was_done_and_how_it_went_is_seen_whole_beside_long_names() {
    let mut console = Console::usual();
    let change = |result| Activity {
        time: "2026-01-31T12:05:00Z".to_owned(),
        account: "ana@jump1".to_owned(),
        context: "prod".to_owned(),
        place: "https://kestra.example.com".to_owned(),
        identity: Some("amelie.castellanos@subsidiary.example.com".to_owned()),
        about: Some("give role Operators to somebody@subsidiary.example.com".to_owned()),
        command: "kestra-admin --context prod bindings create".to_owned(),
        result,
        problem: None,
        id: None,
    };
    console.activity = vec![change(ActivityResult::Unchanged), change(ActivityResult::Done)];
    console.keys("6");
    for width in [60, 64, 70, 76, 80, 90] {
        console.resize(width, 20);
        console
            .shows("[TIME (UTC)]")
            .shows("2026-01-31 12:05")
            .shows("unchanged");
        console.keys("w").shows("2026-01-31 12:05").shows("unchanged").keys("w");
    }
    // Where it was done is seen, too, as soon as there is room.
    console.resize(80, 24).shows("CONTEXT").shows(" prod ");
    // On the smallest screens there is nothing but what was done and how it went.
    console.resize(40, 12).lacks("TIME").shows("unchanged");
}

#[test]
fn through_what_somebody_may_is_not_cut_before_what_addresses_share() {
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        let scope = TenantScope::Named("acme".parse().unwrap());
        for name in ["gustavo", "wilhelmina"] {
            let name = format!("{name}.rossi-moretti@nordwind.example");
            user(instance, &name);
            let query = Query::user_named(&name);
            let user = runtime.block_on(instance.users(None, &query)).unwrap().rows.remove(0);
            let groups = runtime
                .block_on(instance.groups(&scope, &Query::first(50)))
                .unwrap()
                .rows;
            let night = groups.iter().find(|group| group.name == "Night shift").unwrap();
            let member = Some(Membership::Member);
            let set = Backend::set_membership(instance, &scope, &night.id, &user.id, member, false);
            runtime.block_on(set).unwrap();
        }
    });
    console.keys("j enter tab j enter w").shows("Who can CREATE FLOW");
    console
        .shows("Operators by group Night shift")
        .shows("gustavo.rossi-moretti");
    console.resize(60, 20).shows("Operators by group");
}

#[test]
fn an_answer_is_not_cut_for_a_word_that_says_less() {
    let row = |name: &str| ContextRow {
        name: name.to_owned(),
        leads: Leads::Host(format!("https://{name}.example.com")),
        place: String::new(),
        read_only: false,
        who: "token".to_owned(),
        changes: "RW",
        is_default: false,
        ..ContextRow::default()
    };
    let refused = "The token was taken back.";
    let mut console = Console::usual();
    let problem = Problem::new(ProblemKind::Denied, "It refuses.", refused, "Make one.");
    console.contexts = vec![(row("lab"), Ok("EE 0.21.0".to_owned())), (row("prod"), Err(problem))];
    console.keys("c").wait(200).resize(60, 20);
    console.shows(refused).lacks(" USE ");
    // Where all is short there is room for both.
    console.contexts.pop();
    console.keys("q c").wait(200).shows("ok, EE 0.21.0").shows(" USE ");
}

#[test]
fn a_column_is_moved_no_further_than_there_are_places_and_says_so() {
    let mut console = Console::usual();
    console.keys("C K").shows("Not now: it is the first column already");
    console.keys("J").shows("> [x] ID").keys("G J");
    console.shows("Not now: it is the last column already").keys("K");
    console.shows("> [ ] WORKER GROUP [x] STATE");
}

/// In ASCII the sign for what is cut takes two columns, and is not left out where there is one.
#[test]
fn an_address_that_is_cut_has_the_sign_for_it_in_ascii_too() {
    let mut console = Setup::default().open(|instance, runtime| {
        usual(instance, runtime);
        for length in 8..24 {
            user(
                instance,
                &format!("{}@nordwind.example", "amelie.beaumont.de.la.tour".split_at(length).0),
            );
        }
    });
    console.keys("7").look("default", Depth::Ansi16, Glyphs::Ascii);
    for width in 40..100 {
        console.resize(width, 20);
        let screen = console.screen();
        let rows: Vec<&str> = screen.lines().filter(|row| row.contains("amel")).collect();
        assert!(rows.len() > 1, "{width}: {screen}");
        for row in rows {
            let word = row.split(' ').find(|word| word.contains("amel")).unwrap();
            let word = word.trim_start_matches(['|', '>']);
            let is_whole = word.ends_with(".example");
            assert!(is_whole || word.contains(".."), "{width}: {row}");
        }
    }
}

/// What stands for a character that is hidden is whole or not there.
#[test]
fn the_mark_of_a_hidden_character_is_not_cut_in_the_middle_of_a_name() {
    for name in [
        "begin\u{202e}of a name and its end",
        "begin of a name that is long and its\u{202e}nd",
    ] {
        let mut console = Setup::default().open(|instance, runtime| {
            usual(instance, runtime);
            instance.create_group(&acme(), name, None).unwrap();
        });
        console.line("tenant acme").line("groups");
        for width in 40..100 {
            console.resize(width, 20);
            let screen = console.screen();
            let rows: Vec<&str> = screen.lines().filter(|row| row.contains("begi")).collect();
            assert!(!rows.is_empty(), "{width}: {screen}");
            for row in rows {
                let rest = row.replace("<U+202E>", "");
                assert!(!rest.contains(['<', '+', '2']), "{width}: {row}");
            }
        }
    }
}
