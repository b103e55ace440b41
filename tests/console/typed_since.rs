//! What is typed in a form while it is not known what came of what that sent: it is no part of that, and is not lost with it.

use kestra_admin::app::msg::Msg;
use kestra_admin::backend::Backend;

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

/// A secret that was sent and did not arrive is asked for again, and what was there before is not taken for it.
#[test]
fn a_secret_that_did_not_arrive_is_to_be_typed_again() {
    let stored = |instance: &kestra_admin::backend::local::LocalInstance, runtime: &tokio::runtime::Runtime| {
        usual(instance, runtime);
        runtime.block_on(async {
            let before = instance.tenant(&"acme".parse().unwrap()).await.unwrap();
            let mut after = before.clone();
            let secrets = serde_json::json!({"password": "hunter2", "token": "hunter3"});
            after.set_at("secretConfiguration", Some(secrets));
            instance.update_tenant(&before, &after).await.unwrap();
        });
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
    console.shows("! `token` is a secret that was not kept; type it again");
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
