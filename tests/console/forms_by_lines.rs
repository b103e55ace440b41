//! Forms by lines: what they name as keys are keys, a wrong answer is asked for again, and nothing is sent or closed but by what
//! is said to do so.

use kestra_admin::app::keymap::Keymap;
use kestra_admin::app::own_keys::KeyRow;
use kestra_admin::backend::Backend;
use kestra_admin::domain::tenant::{NewTenant, Tenant};

use crate::by_lines::{lacks, says};
use crate::on_its_way::{held_back, of_release};
use crate::screens::tenants::people;
use crate::support::{Console, Setup, session, usual};

#[test]
fn every_form_names_the_keys_that_it_takes_and_no_other() {
    for (form, asked) in [("n", "Name: not set"), ("connect", "URL: not set")] {
        let mut console = Console::usual();
        console.line("tenant acme").line("roles").line(form);
        says(&console, asked);
        says(&console, "Esc, Tab, Shift-Tab, Ctrl and a letter are keys here");
        lacks(&console, "Commands: ");
        console.line("esc");
        says(&console, "Tenant acme, tab Roles");
    }
}

/// A key that was given to a command of forms is the one that is named and taken, and the former one is a value.
#[test]
fn a_form_names_and_takes_the_keys_that_are_bound() {
    let given = [
        ("form-leave", "f10"),
        ("form-next", "down"),
        ("review-back", "f9"),
        ("dialog-close", "f8"),
        ("dialog-next", "f7"),
    ];
    let rows = given.map(|(command, key)| KeyRow {
        command: command.to_owned(),
        keys: vec![key.to_owned()],
        ..KeyRow::default()
    });
    let (keymap, reports) = Keymap::with(&rows);
    assert!(reports.iter().all(|report| !report.left_out), "{reports:?}");
    for leave in ["f10", "F10", "<f10>", ":form-leave"] {
        let mut console = Console::usual();
        console.model.keymap = keymap.clone();
        console.line("n");
        says(
            &console,
            r"F10, Down, Shift-Tab, Ctrl and a letter are keys here, in any case; \F10 is a value.",
        );
        console.line("Esc").line("Shift-Tab");
        says(&console, "Name: Esc");
        // An empty line goes on whatever the key for it is, and so does the key.
        console.line("");
        says(&console, "Field 2 of 9, Id: esc");
        console.line("Shift-Tab").line("DOWN");
        says(&console, "Field 2 of 9, Id: esc");
        console.line(":form-review");
        says(&console, "F9 goes back to the form.");
        console.line("f9").line(leave);
        says(&console, "Type yes to discard;");
        console.line("no");
        says(&console, "New tenant");
        console.line(leave).line("yes");
        says(&console, "3 tenants with an id");
    }
    // So does what the terminal sends to interrupt.
    let mut console = Console::usual();
    console.model.keymap = keymap;
    console.line("n").send(kestra_admin::app::msg::Msg::Interrupt);
    says(&console, "3 tenants with an id");
}

/// A switch takes yes and no, and says so to whoever types something else.
#[test]
fn whether_a_role_is_given_to_new_users_is_yes_or_no() {
    let mut console = Console::usual();
    console.line("tenant acme").line("roles").line("n").line("Ops").line("");
    says(
        &console,
        "Default, given to new users of the tenant: no\nOne of: yes, no.",
    );
    for word in ["banana", "true", "FLOW READ, UPDATE"] {
        console.line(word);
        says(&console, "Default, given to new users of the tenant: no");
        says(&console, "note: It is yes or no");
    }
    console.line("Y").line("shift-tab");
    says(&console, "Default, given to new users of the tenant: yes");
}

/// Where Back has the focus, no key alone sends what was reviewed by lines either: the button has to be named, or gone to.
#[test]
fn in_a_protected_context_the_button_that_sends_is_named() {
    let mut console = Setup {
        session: session(|session| {
            session.context = "prod-eu".to_owned();
            session.protected = true;
        }),
        ..Setup::default()
    }
    .open(usual);
    console.line("W").line("prod-eu");
    for (places, name, goes_back) in [
        (&["tenants"][..], "Another", "New tenant"),
        (&["tenant acme", "roles"], "Ops", "New role"),
    ] {
        for place in places {
            console.line(place);
        }
        console.line("n").line(name).line(":form-review");
        says(
            &console,
            "Commands: send sends it, as no key alone does here; Esc goes back to the form.",
        );
        for key in ["ctrl-o", "Ctrl-O", "f2", ""] {
            console.line(key);
            says(&console, "Review before sending");
        }
        // Nor does one lead to where a key sends.
        for key in ["ctrl-o", "Tab", ":review-switch", "ctrl-o", "<tab>", "ctrl-o"] {
            console.line(key);
            says(&console, "Review before sending");
            says(&console, "Not now: no key sends it here; the word send does");
        }
        // What lists all that can be done sends nothing either, and says what does.
        console.line("x");
        let told = "no key sends it here; back in the review the word send does";
        says(&console, &format!("send: not now, {told}"));
        let menu = console.linear();
        let row = menu.lines().find_map(|line| line.split_once(". send: ")).unwrap().0;
        for line in ["send", "ctrl-o", row] {
            console.line(line);
            says(&console, &format!("Not now: {told}"));
            says(&console, "What can be done");
        }
        console.line("");
        says(&console, "Review before sending");
        console.line("Esc");
        says(&console, goes_back);
        console.line(":form-review").line("send");
        lacks(&console, "Review before sending");
        says(&console, "created");
    }
}

/// A key that was pressed in the line comes as its name; what has one beside other text, or something hidden, is no answer.
#[test]
fn a_line_with_a_key_among_its_text_is_not_taken() {
    let refusal = "A line with a key or a hidden character among its text is not taken";
    let mut console = Console::usual();
    console.line("n");
    for line in [
        "\u{1b}\u{1b}",
        "ac\u{1b}me",
        "a\tb",
        "\u{1b}[Aacme",
        "a\u{7f}",
        "\u{85}",
    ] {
        console.line(line);
        says(&console, refusal);
        says(&console, "Field 1 of 9, Name: not set");
    }
    console.line("esc").line("ten\u{1b}[Dants");
    says(&console, refusal);
    says(&console, "3 tenants with an id");
    console.line("tenant acme").line("groups").line("n").line("a\u{1b}b");
    says(&console, refusal);
    says(&console, "Line 1 of 2, Name: empty");
}

/// What is said to be a key there is never a value, whether it does anything or not.
#[test]
fn a_key_without_a_command_is_no_value() {
    let rows = [KeyRow {
        command: "form-review".to_owned(),
        keys: vec!["f5".to_owned()],
        ..KeyRow::default()
    }];
    let mut console = Console::usual();
    console.model.keymap = Keymap::with(&rows).0;
    for form in ["n", "connect"] {
        console.line(form);
        let before = console.linear();
        for key in ["ctrl-k", "Ctrl-O", "<f9>", "<ctrl-x>"] {
            console.line(key);
            says(
                &console,
                r"note: That key does nothing here; with a \ before it, it is a value",
            );
            assert!(console.linear().starts_with(&before), "{key}");
        }
        console.line(r"\ctrl-k").line("shift-tab");
        says(&console, ": ctrl-k");
        console.line(r"\<f9>").line("<up>");
        says(&console, ": <f9>");
        console.line("-").line("esc");
    }
}

/// What is said of a new token is what happens: it is closed by Esc alone, and where it was not copied by the second one.
#[test]
fn a_new_token_is_closed_as_it_says() {
    let mut console = Setup::default().open(people);
    let another = |console: &mut Console| {
        console
            .line("users")
            .line("3 t")
            .line("n")
            .line("deploy")
            .line("")
            .line("");
    };
    another(&mut console);
    says(
        &console,
        "y copies it, and Esc closes it; where it was not copied, the second Esc does.",
    );
    for word in ["yes", "", "Enter", "close"] {
        console.line(word);
        says(&console, "this is the only time it is shown");
    }
    console.line("Esc");
    says(
        &console,
        "It was not copied and is not shown again: y copies it, Esc once more closes it",
    );
    says(&console, "y copies it, and Esc closes it.");
    console.line("yes");
    says(&console, "this is the only time it is shown");
    console.line("esc");
    lacks(&console, "this is the only time it is shown");
    another(&mut console);
    console.line("y").line("esc");
    lacks(&console, "this is the only time it is shown");
}

/// A tenant whose storage takes three settings, one of them of several lines, and which has two quotas.
fn settled() -> Console {
    Setup {
        release: "2.0",
        ..Setup::default()
    }
    .open(|instance, runtime| {
        let rest = serde_json::json!({
            "id": "acme", "name": "Acme", "storageType": "s3",
            "storageConfiguration": {"bucket": "b", "path": r"C:\new", "region": "eu\nus"},
            "secretType": "vault",
            "secretConfiguration": {"address": "https://v", "auth": {"clientSecret": "hunter3", "id": "x"}, "password": "hunter2"},
            "quotas": [{"duration": "PT1H", "limit": 500, "behavior": "FAIL"}, {"duration": "P1D", "limit": 5, "behavior": "FAIL"}],
        });
        let tenant: Tenant = serde_json::from_value(rest).unwrap();
        let new = NewTenant { tenant, admin: None };
        runtime.block_on(instance.create_tenant(&new)).unwrap();
    })
}

#[test]
fn a_field_of_several_lines_is_typed_in_one_as_it_is_said() {
    let mut console = settled();
    console.line("1 e").field("Quotas");
    says(&console, r"Quotas: PT1H 500 FAIL\nP1D 5 FAIL");
    says(&console, r"Here \n stands between lines, and \\ for a \.");
    console.line(r"PT1H 7 FAIL\nP1D 9 FAIL\nPT2H 8 CANCEL");
    lacks(&console, "Error: ");
    console.line("Shift-Tab");
    says(&console, r"Quotas: PT1H 7 FAIL\nP1D 9 FAIL\nPT2H 8 CANCEL");
    console.line(":form-review");
    for limit in ["7", "9", "8"] {
        says(&console, &format!("\"limit\": {limit}"));
    }
}

#[test]
fn what_is_said_of_a_field_of_several_lines_changes_nothing_when_it_is_typed_back() {
    let mut console = settled();
    console.line("1 e").field("Storage settings");
    let said = r#"bucket: b\npath: C:\\new\nregion: "eu\\nus""#;
    says(&console, &format!("Storage settings: {said}\n"));
    console.line(said).line(":form-review").line("ctrl-o");
    says(&console, "Nothing has been changed, so nothing is sent");
    // One of them is another, and the rest stays.
    console.line("esc").field("Storage settings");
    console
        .line(&said.replace("bucket: b", "bucket: n"))
        .line(":form-review");
    says(&console, "\"bucket\": \"n\"");
    says(&console, r#""path": "C:\\new""#);
    says(&console, r#""region": "eu\nus""#);
}

#[test]
fn a_secret_among_settings_is_not_said_and_stays_where_it_is_said_to_be_hidden() {
    let mut console = settled();
    console.line("1 e").field("Secrets settings");
    let said = r#"address: https://v\nauth: {"clientSecret":"(hidden)","id":"x"}\npassword: (hidden)"#;
    says(&console, &format!("Secrets settings: {said}\n"));
    says(&console, "(hidden) typed back keeps what is there.");
    says(&console, "What is typed here is not shown.");
    assert!(kestra_admin::app::linear::hides(&console.model));
    lacks(&console, "hunter");
    console.line(said).line(":form-review").line("ctrl-o");
    says(&console, "Nothing has been changed, so nothing is sent");
    console.line("esc").field("Secrets settings");
    // What was typed here stays as well, and what is not there is none.
    console.line(
        &said
            .replace("//v", "//w")
            .replace("password: (hidden)", "password: hunter4"),
    );
    console.line("Shift-Tab").line(r"token: (hidden)");
    says(
        &console,
        "Secrets settings: `token` has a secret that is hidden or was not kept; type it again; nothing was changed",
    );
    console.line(&said.replace("//v", "//w").replace("\"x\"", "\"y\""));
    lacks(&console, "hunter");
    console.line(":form-review").line("ctrl-o");
    let tenant = console.meanwhile(async |other| other.tenant(&"acme".parse().unwrap()).await.unwrap());
    let secrets = tenant.value_at("secretConfiguration").unwrap();
    let kept = serde_json::json!({"address": "https://w", "auth": {"clientSecret": "hunter3", "id": "y"}, "password": "hunter4"});
    assert_eq!(*secrets, kept);
}

/// Which of a list is which is not known: it stays as a whole, or is typed as a whole.
#[test]
fn a_list_with_a_secret_that_is_typed_back_otherwise_is_not_lost() {
    let mut console = settled();
    console.line("1 e").field("Secrets settings");
    console.line(r#"hosts: ["https://u:pw@a","b"]"#).line("Shift-Tab");
    says(&console, r#"Secrets settings: hosts: ["(hidden)","b"]"#);
    console.line(r#"hosts: ["(hidden)","c"]"#);
    says(
        &console,
        "Secrets settings: `hosts` has a secret that is hidden or was not kept; type it again; nothing was changed",
    );
    console
        .line(r#"hosts: ["(hidden)","b"]\nx: y"#)
        .line(":form-review")
        .line("ctrl-o");
    let tenant = console.meanwhile(async |other| other.tenant(&"acme".parse().unwrap()).await.unwrap());
    let secrets = tenant.value_at("secretConfiguration").unwrap();
    assert_eq!(
        *secrets,
        serde_json::json!({"hosts": ["https://u:pw@a", "b"], "x": "y"})
    );
}

/// What is to be typed again is said to be, and is not said to stay.
#[test]
fn a_secret_that_is_to_be_typed_again_is_said_so() {
    let mut console = settled();
    console.line("1 e").field("Secrets settings");
    console.line(r#"auth: {"clientSecret":"hunter4"}"#).wait(1_000);
    console.start_again();
    console.field("Secrets settings");
    says(
        &console,
        r#"Secrets settings: auth: {"clientSecret":"(type it again)"}"#,
    );
    lacks(&console, "typed back keeps what is there");
    console.shows(r#"auth: {"clientSecret":"(type it again)"}"#);
}

/// While it is not known whether it arrived it is neither there nor asked for.
#[test]
fn a_secret_that_was_sent_and_may_have_arrived_is_not_said_to_stay() {
    let mut console = of_release("1.3", usual);
    console.line("1 e").field("Secrets settings");
    console.line(r"token: hunter4").wait(1_000);
    console.line(":form-review");
    held_back(&mut console, "ctrl-o");
    console.field("Secrets settings");
    says(&console, "Secrets settings: token: (hidden)");
    says(
        &console,
        "Error: `token` has a secret that is hidden or was not kept; type it again",
    );
    lacks(&console, "typed back keeps what is there");
    console.line("token: (hidden)");
    says(&console, "type it again; nothing was changed");
}

#[test]
fn of_a_field_of_several_lines_what_is_refused_changes_nothing_and_is_told() {
    let mut console = settled();
    for (field, held, typed, told) in [
        (
            "Quotas",
            r"PT1H 500 FAIL\nP1D 5 FAIL",
            r"PT1H 500 FAIL\nP1D",
            "Quotas: line 2: write `DURATION LIMIT BEHAVIOR`, such as PT1H 500 FAIL; nothing was changed",
        ),
        (
            "Storage settings",
            "bucket: b",
            "{bucket: a, region: eu}",
            "Storage settings: line 1: `{bucket` is no key; write `key: value`; nothing was changed",
        ),
        (
            "Storage settings",
            "bucket: b",
            r"bucket: a\nC:\new",
            "Storage settings: line 3: write `key: value`; nothing was changed",
        ),
    ] {
        console.line("1 e").field(field);
        console.line(typed);
        says(&console, &format!("{field}: {held}"));
        says(&console, told);
        lacks(&console, "Error: ");
        console.line(":form-leave");
    }
}
