//! What is told: for how long, in whose place, and how often.

use super::*;

#[test]
fn what_was_done_stays_on_screen_before_a_problem_behind_it() {
    let problem = || Problem::new(ProblemKind::Denied, "What.", "Why.", "Next.");
    let said = |messages: &Messages| messages.notice().map(|message| message.text.clone());
    let mut messages = Messages::default();
    messages.tell(0, Level::Done, "a");
    messages.problem_behind(1, problem());
    messages.problem_behind(2, problem());
    assert_eq!(said(&messages).as_deref(), Some("a"));
    assert_eq!((messages.log.len(), messages.deadline()), (2, Some(4_000)));
    let last = |messages: &Messages| messages.last_trouble().map(|message| message.text.clone());
    assert_eq!(last(&messages).as_deref(), Some("What."));
    // A note does not stand before it, until it is read.
    messages.tell(3, Level::Warning, "b");
    messages.expire(9_000);
    assert_eq!(last(&messages).as_deref(), Some("What."));
    messages.read();
    assert_eq!(last(&messages).as_deref(), Some("b"));
    messages.tell(9_000, Level::Done, "a");
    messages.expire(13_000);
    messages.problem_behind(5_000, problem());
    assert_eq!(said(&messages).as_deref(), Some("What."));
}

#[test]
fn an_error_of_the_background_waits_for_what_was_told_before_it() {
    let problem = |what: &str| Problem::new(ProblemKind::Unreachable, what, "Why.", "Next.");
    let said = |messages: &Messages| {
        messages
            .notice()
            .map(|message| message.text.clone())
            .unwrap_or_default()
    };
    let waiting = |cause: Cause| {
        let mut messages = Messages::default();
        messages.tell(0, Level::Done, "a");
        messages.cause = cause;
        messages.problem(1_000, problem("Tenants."));
        messages.problem(2_000, problem("Tenants."));
        assert_eq!((said(&messages).as_str(), messages.log.len()), ("a", 2));
        assert!(messages.last_trouble().is_some_and(|last| last.text == "Tenants."));
        messages
    };
    for cause in [Cause::Look, Cause::Retry] {
        let mut messages = waiting(cause);
        messages.expire(4_000);
        assert_eq!((said(&messages).as_str(), messages.deadline()), ("Tenants.", None));
        messages.dismiss();
        assert_eq!(said(&messages), "");
        // What was dismissed makes room for it, what comes by hand stands before it, and what is over is not said.
        let mut messages = waiting(cause);
        messages.dismiss();
        assert_eq!(said(&messages), "Tenants.");
        let mut messages = waiting(cause);
        messages.cause = Cause::Asked;
        messages.tell(3_000, Level::Done, "b");
        assert_eq!(said(&messages), "b");
        messages.expire(7_000);
        assert_eq!(said(&messages), "Tenants.");
        let mut messages = waiting(cause);
        messages.is_over(ProblemKind::Unreachable);
        messages.expire(4_000);
        assert_eq!(said(&messages), "");
        let mut messages = waiting(cause);
        messages.cause = Cause::Asked;
        messages.problem(3_000, problem("By hand."));
        messages.dismiss();
        assert_eq!(said(&messages), "");
    }
    // One that was dismissed comes again by a look, and not by what is tried again.
    for (cause, expected) in [(Cause::Look, "Tenants."), (Cause::Retry, "")] {
        let mut messages = waiting(cause);
        messages.expire(4_000);
        messages.dismiss();
        messages.problem(14_000, problem("Tenants."));
        assert_eq!(said(&messages), expected, "{cause:?}");
    }
}

#[test]
fn the_same_problem_in_a_row_is_one_message_that_says_how_often_and_when_last() {
    let problem = |what: &str| Problem::new(ProblemKind::Unreachable, what, "Why.", "Next.");
    let mut messages = Messages::default();
    for at in 1..=5 {
        messages.problem(at * 1_000, problem("Tenants."));
        messages.problem(at * 1_000, problem("Runs.").with_detail(format!("request {at}")));
    }
    let lines: Vec<String> = messages.log.iter().map(|message| message.line(0)).collect();
    assert_eq!(lines, ["Tenants. (x 5, last 00:00:05)", "Runs. (x 5, last 00:00:05)"]);
    assert_eq!(messages.log[0].at, 1_000);
    // What was told in between parts them.
    messages.tell(6_000, Level::Done, "b");
    messages.problem(7_000, problem("Runs."));
    messages.problem_behind(8_000, problem("Runs."));
    assert_eq!(messages.log.len(), 4);
    assert_eq!(messages.log[3].times, 2);
}

#[test]
fn notices_go_by_themselves_and_errors_stay() {
    let mut messages = Messages::default();
    messages.tell(0, Level::Done, "a");
    messages.expire(3_999);
    assert!(messages.notice().is_some());
    messages.expire(4_000);
    assert!(messages.notice().is_none());
    messages.tell(4_500, Level::Warning, "b");
    assert_eq!(messages.deadline(), Some(12_500));
    messages.problem(5_000, Problem::new(ProblemKind::Failed, "What.", "Why.", "Next."));
    assert_eq!(messages.deadline(), None);
    messages.expire(9_999_999);
    assert_eq!(messages.notice().map(|message| message.text.as_str()), Some("What."));
    assert!(messages.last_trouble().is_some());
}

#[test]
fn that_an_answer_is_awaited_is_said_until_it_is_not_any_more() {
    let said = |messages: &Messages| messages.notice().map(|message| message.text.clone());
    let mut messages = Messages::default();
    messages.tell_awaited(0, Level::Done, "a", JobId(1));
    messages.expire(30_000);
    assert_eq!((said(&messages).as_deref(), messages.deadline()), (Some("a"), None));
    // What is told meanwhile is read first, and an error of the background comes when nothing is awaited.
    messages.tell(30_000, Level::Warning, "b");
    assert_eq!(said(&messages).as_deref(), Some("b"));
    messages.expire(38_000);
    assert_eq!(said(&messages).as_deref(), Some("a"));
    messages.cause = Cause::Look;
    messages.problem(39_000, Problem::new(ProblemKind::Unreachable, "What.", "Why.", "Next."));
    assert_eq!(said(&messages).as_deref(), Some("a"));
    messages.awaits_no_more(JobId(2));
    assert_eq!(said(&messages).as_deref(), Some("a"));
    messages.awaits_no_more(JobId(1));
    assert_eq!(said(&messages).as_deref(), Some("What."));
    messages.dismiss();
    assert_eq!(said(&messages), None);
}

#[test]
fn each_answer_that_is_awaited_is_said_and_what_is_said_in_passing_stands_before_it() {
    let said = |messages: &Messages| messages.notice().map(|message| message.text.clone());
    let mut messages = Messages::default();
    messages.tell_awaited(0, Level::Done, "a", JobId(1));
    messages.tell_awaited(1, Level::Done, "b", JobId(2));
    assert_eq!(said(&messages).as_deref(), Some("b"));
    messages.say_aside(2, "z does nothing here");
    assert_eq!(messages.aside(), Some("z does nothing here"));
    assert_eq!(said(&messages).as_deref(), Some("b"));
    messages.expire(4_002);
    assert_eq!((messages.aside(), said(&messages).as_deref()), (None, Some("b")));
    // The first one is said again once the other is there, and in whichever order they come.
    let mut other = messages.clone();
    messages.awaits_no_more(JobId(2));
    assert_eq!(said(&messages).as_deref(), Some("a"));
    messages.awaits_no_more(JobId(1));
    assert_eq!(said(&messages), None);
    other.awaits_no_more(JobId(1));
    assert_eq!(said(&other).as_deref(), Some("b"));
    other.tell(5_000, Level::Warning, "c");
    other.say_aside(5_000, "z does nothing here");
    assert_eq!((other.aside(), said(&other).as_deref()), (None, Some("c")));
    other.awaits_no_more(JobId(2));
    other.expire(13_000);
    assert_eq!(said(&other), None);
}

#[test]
fn what_holds_for_a_place_goes_with_it_and_stays_in_the_log() {
    let mut messages = Messages::default();
    messages.tell_here(0, Level::Warning, "a");
    messages.tell(1, Level::Warning, "b");
    messages.leave_place();
    assert_eq!(messages.notice().map(|message| message.text.as_str()), Some("b"));
    messages.tell_here(2, Level::Warning, "c");
    messages.leave_place();
    assert!(messages.notice().is_none());
    assert_eq!(messages.log.len(), 3);
}

#[test]
fn what_is_said_in_passing_is_no_trouble_and_merges_whatever_its_keys_are_called_now() {
    let mut messages = Messages::default();
    messages.tell(0, Level::Warning, "a");
    messages.dismiss();
    for at in 1..=3 {
        messages.say_aside(at, "z does nothing here; <f1> lists the keys");
        messages.name_keys(|written| written.replace("<f1>", "F5"));
        assert_eq!(messages.aside(), Some("z does nothing here; F5 lists the keys"));
    }
    let log: Vec<_> = messages
        .log
        .iter()
        .map(|told| (told.text.as_str(), told.times))
        .collect();
    assert_eq!(log, [("a", 1), ("z does nothing here; F5 lists the keys", 3)]);
    assert!(messages.last_trouble().is_some_and(|last| last.text == "a"));
}
