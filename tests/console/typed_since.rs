//! What is typed in a form while it is not known what came of what that sent: it is no part of that, and is not lost with it.

use kestra_admin::app::form_field::asked_again;
use kestra_admin::app::msg::Msg;
use kestra_admin::backend::Backend;
use kestra_admin::backend::local::LocalInstance;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::on_its_way::{LATE, held_back, is_told, of_release, over_a_network};
use crate::sent::{is_change, sends_nothing};
use crate::states::unreachable;
use crate::support::{Console, usual};

/// What is sent, as what it is told where it came about or not, and what stands in the form since.
type Typed = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const TYPED: [Typed; 2] = [
    (
        "n",
        "New",
        "Tenant new is as you sent it",
        "Tenant new was not created; send it again",
        "Edit tenant new",
        "Newer",
    ),
    (
        "j e",
        " Ltd",
        "Tenant acme updated; it is as you sent it; u takes it back",
        "Tenant acme was not changed; send it again",
        "Edit tenant acme",
        "Acme Corporation Ltder",
    ),
];

fn found(console: &Console) -> Vec<bool> {
    console.found.iter().map(|(_, is_done)| *is_done).collect()
}

#[test]
fn what_was_sent_is_compared_with_what_is_there_whatever_is_typed_since() {
    for (keys, typed, done, not_done, edits, since) in TYPED {
        for arrives in [true, false] {
            for starts in [1, 2] {
                let mut console = over_a_network(usual);
                console.keys(keys).type_text(typed).wait(1_000);
                let late = held_back(&mut console, "ctrl-o ctrl-o");
                console.type_text("er").shows(since).wait(1_000);
                for _ in 1..starts {
                    console.start_again();
                }
                if arrives {
                    console.ask(late).unwrap();
                }
                console.wait(40_000).shows(since).lacks("omebody else");
                assert!(
                    is_told(&console, if arrives { done } else { not_done }),
                    "{}",
                    console.screen()
                );
                assert!(!is_told(&console, "not as you sent it"), "{}", console.screen());
                assert_eq!(found(&console), [arrives], "{}", console.screen());
                assert!(sends_nothing(&console));
                if arrives {
                    // It goes on as an edit of what is there.
                    console.shows(edits).keys("ctrl-o").shows("name").keys("ctrl-o");
                    assert!(!sends_nothing(&console), "{}", console.screen());
                }
            }
        }
    }
}

/// What cannot be typed into what is there is not typed there.
#[test]
fn a_tenant_whose_id_was_typed_anew_is_found_by_the_one_it_was_sent_as() {
    let mut console = over_a_network(usual);
    console.keys("n").type_text("New").wait(1_000);
    let late = held_back(&mut console, "ctrl-o ctrl-o");
    console.keys("tab").type_text("er").shows("newer");
    console.ask(late).unwrap();
    console
        .wait(10_000)
        .shows("Tenant new is as you sent it")
        .lacks("Edit tenant");
    assert_eq!(found(&console), [true]);
}

/// A form that is left is looked at on.
#[test]
fn a_form_that_is_left_is_looked_at_on() {
    for (ready, keys, what, done, _) in LATE.into_iter().take(3) {
        let mut console = ready();
        let late = held_back(&mut console, keys);
        console.keys("esc").shows("What came of it is told once it is known");
        console.keys("tab enter").lacks("It was sent, and");
        console.ask(late).unwrap();
        console.wait(20_000);
        let done = done.replace("updated", "changed");
        assert!(is_told(&console, &done), "{what}: {}", console.screen());
        assert_eq!(found(&console), [true], "{what}");
        assert!(sends_nothing(&console));
    }
}

/// A look right after an answer that was lost tells as little as one after the console was gone.
#[test]
fn what_was_not_answered_is_looked_at_as_after_a_drop() {
    for (ready, keys, what, done, not_done) in LATE.into_iter().take(2) {
        for arrives in [true, false] {
            let mut console = ready();
            console.held = true;
            console.keys(keys);
            let at = console.waiting.iter().position(|(_, request)| is_change(request));
            let (job, late) = console.waiting.remove(at.expect("it was sent")).unwrap();
            console.held = false;
            console.send(Msg::Reply(job, Err(unreachable().unknown())));
            console.asked.clear();
            console.wait(10_000);
            assert!(is_told(&console, &format!("Not there yet, looked at again: {what}")));
            if arrives {
                console.ask(late).unwrap();
            }
            console.wait(30_000);
            assert!(
                is_told(&console, if arrives { done } else { not_done }),
                "{}",
                console.screen()
            );
            assert!(sends_nothing(&console));
        }
    }
}

/// Whoever wants to send it meanwhile is told each time what a look found.
#[test]
fn what_a_look_found_is_told_to_whoever_asks_for_it() {
    for (ready, keys, what, _, not_done) in LATE.into_iter().take(2) {
        let mut console = ready();
        held_back(&mut console, keys);
        let early = format!("Not there yet, looked at again: {what}");
        console.shows(&early);
        for _ in 0..2 {
            console.keys("ctrl-o").shows(&early);
            assert!(sends_nothing(&console));
            let last = console.model.messages.log.iter().rev().take(2);
            let texts: Vec<&str> = last.map(|message| message.text.as_str()).collect();
            assert!(
                texts[0].starts_with(&early) && texts[1].starts_with("It was sent before"),
                "{texts:?}"
            );
        }
        console.wait(30_000);
        assert!(is_told(&console, not_done), "{}", console.screen());
    }
}

/// Stores settings of secrets in a tenant.
fn store(instance: &LocalInstance, runtime: &Runtime, secrets: Value) {
    runtime.block_on(async {
        let before = instance.tenant(&"acme".parse().unwrap()).await.unwrap();
        let mut after = before.clone();
        after.set_at("secretConfiguration", Some(secrets));
        instance.update_tenant(&before, &after).await.unwrap();
    });
}

/// A secret that was sent and did not arrive is asked for again, and what was there before is not taken for it.
#[test]
fn a_secret_that_did_not_arrive_is_to_be_typed_again() {
    let stored = |instance: &LocalInstance, runtime: &Runtime| {
        usual(instance, runtime);
        store(instance, runtime, json!({"password": "hunter2", "token": "hunter3"}));
    };
    let ready = || {
        let mut console = of_release("1.3", stored);
        console.keys("e").type_text(" Ltd").field("Secrets settings");
        console.keys("end").type_text("x").wait(1_000);
        console
    };
    let mut console = ready();
    held_back(&mut console, "ctrl-o ctrl-o");
    console
        .wait(1_000)
        .shows("token: (hidden)")
        .lacks("token: (type it again)");
    // It may still come, though what is kept of the tenant has no secrets.
    assert!(!is_told(&console, "was not changed"), "{}", console.screen());
    console.wait(40_000).field("Secrets settings");
    assert!(
        is_told(&console, "Tenant acme was not changed; send it again"),
        "{}",
        console.screen()
    );
    assert_eq!(found(&console), [false]);
    console
        .shows("token: (type it again)")
        .shows("password: ***")
        .keys("ctrl-o");
    console.shows("! `token` has a secret that is hidden or was not kept; type it again");
    // Likewise where it is offered by then.
    let mut console = ready();
    held_back(&mut console, "ctrl-o ctrl-o");
    console.wait(1_000).held = true;
    console.start_again();
    console.keys("6").answer();
    console.wait(40_000).keys("esc : k e p t enter");
    console.field("Secrets settings").shows("token: (type it again)");
    console.shows("password: ***");
}

/// A list with a secret that was sent is found where it arrived, whether its form is open by then or only offered, and asked for
/// again where it did not.
#[test]
fn a_list_with_a_secret_is_found_as_it_was_sent() {
    for (keys, typed, done) in [
        ("n", "New", TYPED[0].2),
        ("e", " Ltd", "Tenant acme updated; it is as you sent it"),
    ] {
        for is_open in [true, false] {
            for arrives in [true, false] {
                let mut console = of_release("1.3", usual);
                console.keys(keys).type_text(typed).field("Secrets settings");
                console.paste(r#"hosts: ["https://u:pw@a","b"]"#).wait(1_000);
                let late = held_back(&mut console, "ctrl-o ctrl-o");
                if !is_open {
                    console.wait(1_000).held = true;
                    console.start_again();
                    console.keys("6").answer();
                }
                if arrives {
                    console.ask(late).unwrap();
                }
                console.wait(40_000);
                if !is_open {
                    console.keys("esc : k e p t enter").wait(1_000);
                }
                assert_eq!(found(&console), [arrives], "{keys} {is_open}: {}", console.screen());
                let is_said = is_told(&console, done) || !is_open && keys == "n";
                assert!(!arrives || is_said, "{}", console.screen());
                assert!(sends_nothing(&console));
                assert_eq!(console.model.form().is_none(), arrives, "{}", console.screen());
                if !arrives {
                    console.field("Secrets settings");
                    console.shows(r#"hosts: ["(type it again)","b"]"#).keys("ctrl-o");
                    console.shows("! `hosts` has a secret that is hidden or was not kept; type it again");
                }
            }
        }
    }
}

/// Where nothing of it but the secret is another, nobody can see whether that arrived.
#[test]
fn a_list_of_which_only_the_secret_was_changed_is_not_said_to_have_arrived() {
    let stored = |instance: &LocalInstance, runtime: &Runtime| {
        usual(instance, runtime);
        store(instance, runtime, json!({"hosts": ["https://u:pw@a", "b"]}));
    };
    for (from, told) in [
        ("b", "acme was not changed; send it again"),
        ("a", "whether they arrived cannot be seen; type them again"),
    ] {
        let mut console = of_release("1.3", stored);
        console.keys("e").field("Secrets settings").keys("end");
        // Either another entry, or in the one with a secret that.
        let back = if from == "b" { 2 } else { 9 };
        for _ in 0..back {
            console.keys("left");
        }
        console.type_text("x").wait(1_000);
        held_back(&mut console, "ctrl-o ctrl-o");
        // It may still come, and is not sent beside that.
        console.field("Secrets settings").keys("ctrl-o");
        assert!(
            sends_nothing(&console) && !is_told(&console, told),
            "{}",
            console.screen()
        );
        console.wait(40_000);
        let is_changed = is_told(&console, "acme was not changed");
        assert!(
            is_told(&console, told) && is_changed == (from == "b"),
            "{}",
            console.screen()
        );
        assert!(!is_told(&console, "acme updated"), "{}", console.screen());
        console
            .field("Secrets settings")
            .shows("(type it again)")
            .keys("ctrl-o");
        console.shows("! `hosts` has a secret that is hidden or was not kept; type it again");
    }
}

/// Likewise of a field that is a secret, of which a form that was kept has nothing.
#[test]
fn of_a_secret_that_was_sent_alone_nobody_says_more_than_is_known() {
    let mut console = of_release("1.3", usual);
    console.keys("e").field("SDK API token").type_text("s3cret");
    held_back(&mut console, "ctrl-o ctrl-o");
    console.wait(1_000);
    let early = "Nothing but secrets was sent to tenant ";
    assert!(is_told(&console, early), "{}", console.screen());
    console.wait(40_000);
    let told = "whether they arrived cannot be seen; type them again";
    assert!(is_told(&console, told), "{}", console.screen());
    assert!(!is_told(&console, "was not changed"));
}

/// A secret that was typed since is not kept, and not known to be part of what arrived.
#[test]
fn what_was_typed_since_lacks_its_secret_where_what_was_sent_is_found() {
    for is_open in [true, false] {
        let mut console = of_release("1.3", usual);
        console.keys("n").type_text("New").wait(1_000);
        let late = held_back(&mut console, "ctrl-o ctrl-o");
        console.type_text("er").field("SDK API token");
        console.type_text("s3cret").wait(1_000).held = true;
        console.start_again();
        if !is_open {
            console.keys("6");
        }
        console.answer().held = false;
        console.ask(late).unwrap();
        console.wait(40_000);
        assert_eq!(found(&console), [true], "{}", console.screen());
        if is_open {
            console.shows("Edit tenant new").start_again();
        } else {
            console.keys("esc : k e p t enter");
        }
        let told = "unsent tenant new without secrets";
        console.field("Name").shows("Edit tenant new").shows("Newer");
        assert!(is_told(&console, told), "{}", console.screen());
    }
}

/// What asks for no secret stays as it was typed, also where a secret beside it is asked for again.
#[test]
fn what_was_typed_is_not_written_anew_where_nothing_is_asked_for() {
    let sent = "token: (type it again)\nx: 1";
    let ask = |text| asked_again("secretConfiguration", text, sent);
    assert_eq!(ask("x:   2\n\ny: [1,  2]"), "x:   2\n\ny: [1,  2]");
    assert_eq!(ask("x:   2\ntoken: (hidden)"), "x: 2\ntoken: (type it again)");
    let name = asked_again("name", "(hidden)", "(type it again)");
    assert_eq!(name, "(hidden)");
}

/// A name may be what stands elsewhere for a secret.
#[test]
fn only_among_settings_a_secret_is_asked_for() {
    let mut console = of_release("1.3", usual);
    console.keys("e ctrl-u").type_text("(type it again)").wait(1_000);
    let late = held_back(&mut console, "ctrl-o ctrl-o");
    assert!(!console.model.form().unwrap().draft().secrets);
    console.ask(late).unwrap();
    console.wait(40_000);
    assert!(
        is_told(&console, "Tenant acme updated; it is as you sent it"),
        "{}",
        console.screen()
    );
}
