//! What is kept across consoles that go, and which of them goes on from it.

use super::*;
use crate::app::resume::Draft;

fn cut_off(filter: &str) -> Resume {
    Resume {
        words: Some(vec!["--context".to_owned(), filter.to_owned()]),
        filter: filter.to_owned(),
        ..Resume::default()
    }
}

fn left(line: &str) -> Resume {
    Resume {
        history: vec![line.to_owned()],
        ..Resume::default()
    }
}

/// Nothing is synced, so that a machine that is lost may leave a file empty or without its end.
#[test]
fn what_cannot_be_read_is_told_and_put_aside_before_anything_is_written_over_it() {
    let directory = tempfile::tempdir().unwrap();
    let first = directory.path().join("x.json");
    let whole = serde_json::to_string(&cut_off("acme")).unwrap();
    let newer = whole.replace("\"version\":0", "\"version\":99");
    assert!(newer.contains("99"));
    let unreadable = ["", &whole[..whole.len() / 2], "\0\0\0\0", &newer];
    for (number, torn) in unreadable.into_iter().enumerate() {
        std::fs::write(&first, torn).unwrap();
        let (mut taken, resume) = ResumeFile::take(&first);
        assert_eq!(resume, None);
        let aside = directory.path().join(format!("x.unread-{}", number + 1));
        let told = taken.unread();
        assert!(told.len() == 1 && told[0].contains(aside.to_str().unwrap()), "{told:?}");
        taken.write(&left("tenants")).unwrap();
        assert_eq!(std::fs::read_to_string(aside).unwrap(), torn);
        assert_eq!(taken.unread(), [""; 0]);
    }
    // The draft of another console that can be read is not lost by it.
    ResumeFile::from(numbered(&first, 2)).write(&cut_off("kept")).unwrap();
    std::fs::write(numbered(&first, 2).with_extension("lock"), "").unwrap();
    std::fs::write(&first, "{").unwrap();
    let (mut taken, resume) = ResumeFile::take(&first);
    assert_eq!(resume.map(|resume| resume.filter), Some("kept".to_owned()));
    assert_eq!(taken.unread().len(), 1);
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with("json")).collect();
    names.sort();
    names
}

#[test]
fn nobody_goes_on_from_a_console_that_is_still_there() {
    let home = tempfile::tempdir().unwrap();
    let first = home.path().join("resume/x.json");
    let (one, nothing) = ResumeFile::take(&first);
    assert_eq!(nothing, None);
    one.write(&cut_off("one")).unwrap();
    let (two, nothing) = ResumeFile::take(&first);
    assert_eq!(nothing, None);
    two.write(&cut_off("two")).unwrap();
    assert_eq!(names(&home.path().join("resume")), ["x.json", "x~2.json"]);
    assert!(one.is_of(&first) && two.is_of(&first));
    assert_eq!(one.read(), Some(cut_off("one")));
    // Both are cut off; each start goes on from one of them.
    drop((one, two));
    let (next, resume) = ResumeFile::take(&first);
    let (other, other_resume) = ResumeFile::take(&first);
    let mut found = [resume.unwrap().filter, other_resume.unwrap().filter];
    found.sort();
    assert_eq!(found, ["one", "two"]);
    drop((next, other));
}

/// A deed of another build, which this one does not know.
const UNKNOWN: &str = r#"{"words": "Tenant acme closed", "at": 3, "deed": {"OpenTenant": ["acme", 7]}, "other": null}"#;
const KNOWN: &str = r#"{"words": "acme is gone", "at": 2, "deed": {"DeleteTenants": ["acme"]}, "other": null}"#;

#[test]
fn changes_of_another_build_are_left_out_and_told_and_all_else_is_read() {
    let home = tempfile::tempdir().unwrap();
    let first = home.path().join("x.json");
    let text = |undos: &str, redos: &str| {
        format!(
            r#"{{"version": 1, "words": ["--context", "prod"], "filter": "acme", "draft": {{"fields": [["name", "New"]]}},
            "undos": [{undos}], "redos": [{redos}], "history": ["tenants"]}}"#
        )
    };
    let known = text(KNOWN, "");
    for (written, unknown) in [
        (text(&format!("{UNKNOWN},{KNOWN}"), ""), "1 change "),
        (text(KNOWN, &format!("{UNKNOWN},{UNKNOWN}")), "2 changes "),
    ] {
        std::fs::write(&first, written).unwrap();
        let (mut taken, resume) = ResumeFile::take(&first);
        assert_eq!(resume, Some(serde_json::from_str(&known).unwrap()));
        let told = taken.unread();
        assert!(told.len() == 1 && told[0].starts_with(unknown), "{told:?}");
        assert_eq!(names(home.path()), ["x.json"]);
    }
    std::fs::write(&first, known).unwrap();
    assert_eq!(ResumeFile::take(&first).0.unread(), [""; 0]);
}

/// Who comes back has the one file there is, and so all that can be taken back.
#[test]
fn what_has_not_been_sent_comes_before_what_is_newer() {
    let home = tempfile::tempdir().unwrap();
    let first = home.path().join("x.json");
    let unsent = Resume {
        draft: Some(Draft::default()),
        ..cut_off("unsent")
    };
    let (one, two) = (ResumeFile::take(&first).0, ResumeFile::take(&first).0);
    one.write(&unsent).unwrap();
    two.write(&cut_off("newer")).unwrap();
    drop((one, two));
    let (mut taken, found) = ResumeFile::take(&first);
    assert_eq!((taken.path(), found), (&*first, Some(unsent.clone())));
    assert!(taken.unread().is_empty());
    // Of two of them the other is told.
    let two = ResumeFile::take(&first).0;
    two.write(&unsent).unwrap();
    drop((taken, two));
    let told = ResumeFile::take(&first).0.unread();
    let one_more = "one more start beside this opens it, or offers it by `:kept`";
    assert!(told.len() == 1 && told[0].ends_with(one_more), "{told:?}");
}

/// A place to come back to comes before what is newer and has none.
#[test]
fn where_nothing_is_unsent_what_one_comes_back_to_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let first = home.path().join("x.json");
    let (one, two) = (ResumeFile::take(&first).0, ResumeFile::take(&first).0);
    one.write(&cut_off("place")).unwrap();
    two.write(&left("newer")).unwrap();
    drop((one, two));
    let found = ResumeFile::take(&first).1.unwrap();
    assert_eq!((found.filter.as_str(), found.history.len()), ("place", 1));
}

/// What was sent at a time, and is not known to be done.
fn sent(at: u64) -> Doubt {
    let change = serde_json::json!({"words": at.to_string(), "at": at, "deed": null, "other": null});
    shaped(&serde_json::json!({"turn": "Forth", "change": change})).unwrap()
}

/// Whoever comes to an instance looks for all that was sent to it, and nobody else does then.
#[test]
fn what_was_sent_is_taken_from_every_file_that_nobody_holds() {
    let home = tempfile::tempdir().unwrap();
    let first = home.path().join("x.json");
    let with = |resume: Resume, at| Resume {
        sent: vec![sent(at)],
        ..resume
    };
    let unsent = || Resume {
        draft: Some(Draft::default()),
        ..cut_off("unsent")
    };
    let held: Vec<_> = (0..4).map(|_| ResumeFile::take(&first).0).collect();
    let left = [
        with(unsent(), 2),
        with(cut_off("seen"), 1),
        with(left("a"), 3),
        with(left("b"), 4),
    ];
    for (file, left) in held.iter().zip(&left) {
        file.write(left).unwrap();
    }
    let mut held = held.into_iter();
    let free = held.by_ref().take(3).collect::<Vec<_>>();
    let there = held.next().unwrap();
    drop(free);
    let (taken, resume) = ResumeFile::take(&first);
    let resume = resume.unwrap();
    assert_eq!(resume.sent, [sent(1), sent(2), sent(3)]);
    assert_eq!(taken.read(), Some(resume));
    // What others keep is theirs, and the place stays that waits.
    assert_eq!(there.read().unwrap().sent, [sent(4)]);
    let (_, resume) = ResumeFile::take(&first);
    assert!(resume.is_some_and(|resume| resume.sent.is_empty() && resume.words.is_some()));
}

#[test]
fn what_several_left_is_put_together_and_what_waits_is_taken_first() {
    let home = tempfile::tempdir().unwrap();
    let first = home.path().join("x.json");
    let held: Vec<_> = (0..3).map(|_| ResumeFile::take(&first).0).collect();
    held[0].write(&left("a")).unwrap();
    held[1].write(&cut_off("waits")).unwrap();
    held[2].write(&left("b")).unwrap();
    drop(held);
    let (taken, resume) = ResumeFile::take(&first);
    let resume = resume.unwrap();
    assert_eq!((resume.filter.as_str(), resume.history.len()), ("waits", 2));
    assert_eq!(taken.read(), Some(resume));
    assert_eq!(names(home.path()), ["x~2.json"]);
}

#[test]
fn the_last_console_that_is_gone_says_where_it_was_until_that_is_forgotten() {
    let home = tempfile::tempdir().unwrap();
    let (one, two) = (home.path().join("one.json"), home.path().join("two.json"));
    let (held, _) = ResumeFile::take(&one);
    held.write(&cut_off("one")).unwrap();
    assert_eq!(ResumeFile::last(home.path(), SystemTime::UNIX_EPOCH, |_| true), None);
    drop(held);
    let (held, _) = ResumeFile::take(&two);
    held.write(&left("quit")).unwrap();
    drop(held);
    let long_ago = SystemTime::UNIX_EPOCH;
    let words = vec!["--context".to_owned(), "one".to_owned()];
    let later = SystemTime::now() + Duration::from_mins(1);
    assert_eq!(ResumeFile::last(home.path(), later, |_| true), None);
    assert_eq!(
        ResumeFile::last(home.path(), long_ago, |_| true),
        Some((one.clone(), words))
    );
    assert_eq!(ResumeFile::last(home.path(), long_ago, |_| false), None);
    ResumeFile::forget_where(home.path(), None);
    assert_eq!(ResumeFile::last(home.path(), long_ago, |_| true), None);
    assert_eq!(read(&one).unwrap().0.filter, "one");
}

#[test]
fn who_only_looks_is_waited_for_and_no_console_is() {
    let home = tempfile::tempdir().unwrap();
    let first = home.path().join("x.json");
    ResumeFile::take(&first).0.write(&cut_off("waits")).unwrap();
    let lock = File::open(first.with_extension("lock")).unwrap();
    lock.lock_shared().unwrap();
    let looker = std::thread::spawn(move || {
        sleep(Duration::from_millis(5));
        drop(lock);
    });
    let (taken, resume) = ResumeFile::take(&first);
    assert_eq!(resume, Some(cut_off("waits")));
    looker.join().unwrap();
    assert!(!is_free(&first));
    drop(taken);
    assert!(is_free(&first));
}

#[test]
fn where_nothing_can_be_made_there_is_one_file() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("state"), "not a directory").unwrap();
    let first = home.path().join("state/x.json");
    let (taken, nothing) = ResumeFile::take(&first);
    assert_eq!((taken.path(), nothing), (first.as_path(), None));
}
