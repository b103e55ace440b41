//! Rows of lists by lines: what does not say itself what it is carries the word of its column.

use kestra_admin::app::list_columns::ListKind;
use kestra_admin::backend::local::admin::NewUser;
use kestra_admin::domain::user::UserKind;

use crate::roles::acme;
use crate::screens::tenants::people;
use crate::support::{Console, Setup, session, usual};

/// The row of this number.
#[track_caller]
fn row(console: &Console, number: usize) -> String {
    let (text, start) = (console.linear(), format!("{number}. "));
    let found = text.lines().find_map(|line| line.strip_prefix(&start));
    found.unwrap_or_else(|| panic!("no row {number} in\n{text}")).to_owned()
}

/// A row with `D` for each date and `T` for each time of day.
#[track_caller]
fn undated(console: &Console, number: usize) -> String {
    let row = row(console, number);
    let stamp = |word: &str| match (word.len(), word.chars().all(|c| c.is_ascii_digit() || "-:".contains(c))) {
        (10, true) => "D".to_owned(),
        (5 | 8, true) if word.contains(':') => "T".to_owned(),
        _ => word.to_owned(),
    };
    let parts = row.split(", ");
    let parts = parts.map(|part| part.split(' ').map(stamp).collect::<Vec<_>>().join(" "));
    parts.collect::<Vec<_>>().join(", ")
}

#[test]
fn of_people_what_is_no_name_is_said_with_the_word_of_its_column() {
    let mut console = Setup::default().open(people);
    console.line("users");
    assert_eq!(row(&console, 1), "admin@kestra.local, user, superadmin yes");
    console.line("wide");
    assert!(row(&console, 2).starts_with("anna@example.com, user, superadmin no, id "));
}

#[test]
fn a_time_is_said_with_what_comes_then() {
    let mut console = Setup::default().open(people);
    console.line("tenant acme").line("users").line("1 tokens").line("n");
    console.line("ci").line("For builds").line("").line("Esc").line("Esc");
    let said = undated(&console, 1);
    let (name, rest) = said.split_once(", begins with ").unwrap();
    assert_eq!(name, "ci");
    let (_, rest) = rest.split_once(", ").unwrap();
    assert_eq!(rest, "made D T, ends D T, last used never, description For builds");
    console
        .line("back")
        .line("invitations")
        .line("n")
        .line("new@example.com");
    console.line("Operators").line("1").line("1").line("1");
    assert_eq!(
        undated(&console, 1),
        "new@example.com, roles Operators, ends D T, sent D T"
    );
}

#[test]
fn what_was_done_is_said_with_who_did_it_to_what() {
    let mut console = Setup::default().open(people);
    console.line("tenant acme").line("audit");
    let said = undated(&console, 1);
    assert!(said.starts_with("D T UTC, user "), "{said}");
    for word in [", action ", ", resource ", ", object ", ", tenant acme"] {
        assert!(said.contains(word), "no {word} in {said}");
    }
    console.line("back").line("nonsense").line("messages");
    assert_eq!(
        undated(&console, 1),
        "note: There is no command `nonsense` here; ? lists what there is, T UTC"
    );
}

#[test]
fn each_row_under_a_tab_says_what_its_columns_would() {
    let mut console = Setup::default().open(people);
    console.line("tenant acme").line("roles");
    let rows = |console: &Console, count| (1..=count).map(|number| row(console, number)).collect::<Vec<_>>();
    assert_eq!(
        rows(&console, 3),
        [
            "Admin, managed by Kestra, 72 rights, 1 holder, description Everything in its tenant.",
            "Operators, 2 rights, 3 holders, description Those who look after flows at night and at weekends.",
            "Unused, 2 rights, 0 holders"
        ]
    );
    console.line("Holders");
    assert_eq!(
        row(&console, 2),
        "user anna@example.com holds Operators in namespace company.team"
    );
    console.line("Users");
    assert_eq!(
        rows(&console, 3),
        [
            "admin@kestra.local, user, rights from Admin, superadmin yes",
            "anna@example.com, user, rights from Operators",
            "bob@example.com, user, rights from Operators by Night shift"
        ]
    );
    console.line("Groups");
    assert_eq!(
        rows(&console, 2),
        [
            "Empty, 0 members",
            "Night shift, 1 member, description Awake when others sleep."
        ]
    );
}

#[test]
fn a_superadmin_without_a_role_is_said_to_be_one_once() {
    let mut console = Setup::default().open(|instance, runtime| {
        people(instance, runtime);
        let superadmin = NewUser {
            username: "root@example.com".to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: true,
            tenant: Some(acme()),
            groups: Vec::new(),
        };
        instance.create_user(&superadmin).unwrap();
    });
    console.line("tenant acme").line("Users").line("filter root").line("");
    assert_eq!(row(&console, 1), "root@example.com, user, rights from superadmin");
}

#[test]
fn of_a_tenant_is_said_what_it_has_of_its_own() {
    let console = Setup::default().open(usual);
    assert_eq!(row(&console, 1), "(default) tenant without an id, no admin");
    assert_eq!(row(&console, 2), "acme, Acme Corporation, 1 admin");
}

#[test]
fn a_row_says_the_columns_that_were_chosen_in_their_order() {
    let choose = |console: &mut Console, list, names: &str| {
        let names = names.split(' ').map(str::to_owned).collect();
        console.model.columns.put(list, Some(names));
    };
    let mut console = Setup::default().open(usual);
    console.line("C").line("2").line("");
    assert_eq!(row(&console, 1), "(default), no admin");
    assert_eq!(row(&console, 2), "acme, 1 admin");
    for (names, acme, globex) in [
        ("id name", "acme, Acme Corporation", "globex, Globex"),
        ("admins id", "1 admin, acme", "0 admins, globex"),
        ("state id", "acme", "no admin, globex"),
        ("name", "acme, Acme Corporation", "globex, Globex"),
    ] {
        choose(&mut console, ListKind::Tenants, names);
        assert_eq!((row(&console, 2).as_str(), row(&console, 4).as_str()), (acme, globex));
    }
    let mut console = Setup::default().open(people);
    choose(&mut console, ListKind::Roles, "holders name");
    choose(&mut console, ListKind::Holders, "name role");
    choose(&mut console, ListKind::Users, "username type");
    choose(&mut console, ListKind::Messages, "level text");
    console.line("tenant acme").line("roles");
    assert_eq!(row(&console, 1), "1 holder, Admin");
    console.line("Holders");
    assert_eq!(row(&console, 2), "anna@example.com, role Operators");
    console.line("Users");
    assert_eq!(row(&console, 1), "admin@kestra.local, user");
    console.line("nonsense").line("messages");
    assert_eq!(
        row(&console, 1),
        "note, There is no command `nonsense` here; ? lists what there is"
    );
}

#[test]
fn of_a_context_is_said_where_it_leads_and_as_whom() {
    let mut console = Setup {
        session: session(|_| {}),
        ..Setup::default()
    }
    .open(usual);
    console.with_contexts(["prod", "test"]).line("contexts");
    assert_eq!(
        row(&console, 1),
        "prod, changes RW, leads to https://prod.example.com, ok, EE 1.3.26, 0 ms, as ana@example.com"
    );
}

/// A row that is left over by a filter stands elsewhere among all of them.
#[test]
fn of_rows_that_are_left_over_those_are_marked_that_were_marked() {
    let mut console = Setup::default().open(people);
    console.line("tenant acme").line("Users").line("1 mark").line("/anna");
    assert!(!row(&console, 1).contains("marked"), "{}", row(&console, 1));
    console.line("1 mark");
    assert!(row(&console, 1).ends_with(", marked"), "{}", row(&console, 1));
}

#[test]
fn a_number_without_a_row_moves_nothing() {
    let at = |console: &Console| -> String {
        let text = console.linear();
        text.lines()
            .find(|line| line.starts_with("At "))
            .unwrap_or_default()
            .to_owned()
    };
    let mut console = Console::usual();
    for place in ["tenants", "contexts", "tenant acme", "users"] {
        console.line(place);
        let before = at(&console);
        for line in ["99 D", "77 y j", "40", "0 D", "99"] {
            console.line(line);
            assert_eq!(at(&console), before, "{place}: {line}");
        }
    }
    console.line("tenants").line("2 y j").line("99 D");
    assert!(at(&console).starts_with("At 2 of "), "{}", at(&console));
    assert!(console.linear().contains("There is no row 99 here"));
}
