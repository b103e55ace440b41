//! Text from servers and people that would like to be something else: it is seen, and it breaks nothing.

use kestra_admin::app::appearance::{Depth, Glyphs};
use kestra_admin::app::effect::{Answer, JobId, Reply, Request};
use kestra_admin::app::msg::Msg;
use kestra_admin::domain::access::TenantAccess;
use kestra_admin::domain::binding::{Binding, SubjectKind};
use kestra_admin::domain::page::Page;
use kestra_admin::domain::permission::{Action, Resource};
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::role::Role;
use kestra_admin::domain::tenant::{Tenant, TenantRow};
use kestra_admin::domain::tenant_id::TenantId;
use kestra_admin::domain::text::Columns;
use kestra_admin::domain::user::{Group, User, UserKind};
use serde_json::json;

use crate::support::{Console, Setup, create, usual};

/// Texts that move the cursor, turn the direction of writing, take no room or too much, or are just very long.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "\u{1b}[2J\u{1b}[1;1Hgone",
        "\u{9b}31mred",
        "abc\u{202e}cba\u{2066}x",
        "ad\u{200b}min",
        "a\tb\r\nc\u{7}",
        "日本語テナント",
        "👩‍💻🇫🇷👨‍👩‍👧‍👦",
        "e\u{301}\u{301}\u{301}\u{301}",
        "\u{301}x",
        "ｱﾊﾟｰﾄ",
        "﷽",
        "a\u{fe0f}❤️☠︎",
        "\u{feff}\u{e0041}\u{fff9}",
        "└┐│",
        "",
        " ",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("long ".repeat(300));
    texts.push("日".repeat(400));
    texts.push("x".repeat(1_000));
    texts
}

/// Fails unless the frame of the screen is where it belongs and nothing on it could harm a terminal.
#[track_caller]
fn is_whole(console: &Console) {
    let rows = console.cells();
    let screen = rows.iter().map(|row| row.concat()).collect::<Vec<_>>().join("\n");
    let width = usize::from(console.model.size.width);
    for character in screen.chars() {
        let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}');
        let harms = turns || (character.is_control() && character != '\n');
        assert!(!harms, "{character:?} in\n{screen}");
    }
    for row in &rows {
        assert_eq!(
            row.iter().map(|symbol| symbol.width().max(1)).sum::<usize>(),
            width,
            "{row:?}"
        );
    }
    // Frames close on both sides.
    let head = usize::from(console.model.size.head());
    for row in &rows[head..rows.len() - 2] {
        let (first, end) = (row[0].as_str(), row[row.len() - 1].as_str());
        let whole = [("│", "│"), ("┌", "┐"), ("└", "┘")].contains(&(first, end));
        assert!(whole, "\n{screen}");
    }
}

fn at_all_sizes(console: &mut Console) {
    for (width, height) in [(80, 24), (60, 20), (40, 12), (119, 33)] {
        console.resize(width, height);
        is_whole(console);
    }
    console.resize(80, 24);
}

#[test]
fn names_typed_by_people_are_stored_as_they_are_and_shown_harmless() {
    for text in texts()
        .into_iter()
        .filter(|text| !text.trim().is_empty() && text.len() < 200)
    {
        let mut console = Setup::default().open(|_, _| {});
        console.keys("n").paste(&text);
        at_all_sizes(&mut console);
        console.keys("left left left home right right end");
        at_all_sizes(&mut console);
        console
            .field("Id")
            .keys("ctrl-u")
            .type_text("a")
            .keys("ctrl-o")
            .shows("Review before");
        at_all_sizes(&mut console);
        console.keys("ctrl-o").shows("Tenant a created");
        at_all_sizes(&mut console);
        console.keys("q");
        at_all_sizes(&mut console);
        console.keys("d").shows("\"id\": \"a\"");
        at_all_sizes(&mut console);
        console.keys("esc D");
        at_all_sizes(&mut console);
        console.keys("esc /").paste(&text);
        at_all_sizes(&mut console);
    }
}

/// A console whose instance answers with a text wherever it can.
struct Answered {
    console: Console,
    text: String,
    questions: usize,
}

impl Answered {
    fn with(text: &str) -> Self {
        let console = Setup {
            hold: true,
            ..Setup::default()
        }
        .open(usual);
        let mut answered = Self {
            console,
            text: text.to_owned(),
            questions: 0,
        };
        answered.answer();
        answered
    }

    fn answer(&mut self) {
        while let Some(request) = self.console.asked.get(self.questions).cloned() {
            self.questions += 1;
            // Questions are numbered in the order they are asked.
            let job = JobId(self.questions as u64);
            let reply = reply(&self.console, request, &self.text);
            self.console.send(Msg::Reply(job, reply));
        }
    }

    fn keys(&mut self, keys: &str) -> &mut Console {
        for key in keys.split_whitespace() {
            self.console.keys(key);
            self.answer();
        }
        &mut self.console
    }
}

fn reply(console: &Console, request: Request, text: &str) -> Reply {
    let tenant = || {
        let mut tenant = Tenant::new(TenantId::existing(text), text);
        tenant.set_at("storageType", Some(text.into()));
        tenant.set_at("storageConfiguration", Some(json!({text: text})));
        tenant
    };
    Ok(match request {
        Request::Tenants(_) => Answer::Tenants(Page::new(
            vec![
                TenantRow {
                    tenant: tenant(),
                    admins: Some(u64::MAX),
                },
                TenantRow {
                    tenant: Tenant::new(TenantId::existing("plain"), "Plain"),
                    admins: Some(1),
                },
            ],
            2,
        )),
        Request::Tenant(_) => Answer::Tenant(Box::new(tenant())),
        Request::Access(_) => Answer::Access(Box::new(access(text))),
        Request::Instance => {
            let Ok(Answer::Instance(mut instance)) = console.ask(Request::Instance) else {
                panic!("the instance does not answer");
            };
            text.clone_into(&mut instance.version);
            text.clone_into(&mut instance.identity.username);
            Answer::Instance(instance)
        }
        Request::Do(..) | Request::Create(_) | Request::Update { .. } => {
            return Err(Problem::new(ProblemKind::Failed, text, text, text)
                .with_detail(text)
                .with_field("name", text)
                .with_field(text, text));
        }
        other => return console.ask(other),
    })
}

fn access(text: &str) -> TenantAccess {
    let (text, id) = (text.to_owned(), "role".to_owned());
    let role = Role {
        id: id.clone(),
        name: text.clone(),
        description: Some(text.clone()),
        permissions: [
            (
                Resource::from(text.as_str()),
                vec![Action::from(text.as_str()), Action::known("READ")],
            ),
            (Resource::known("FLOW"), vec![Action::known("READ")]),
        ]
        .into_iter()
        .collect(),
        is_default: true,
        is_managed: false,
    };
    let binding = Binding {
        id: text.clone(),
        subject_kind: SubjectKind::User,
        subject_id: "1".to_owned(),
        subject_name: text.clone(),
        role_id: id,
        role_name: text.clone(),
        namespace: Some(text.clone()),
    };
    let group = Group {
        id: text.clone(),
        name: text.clone(),
        description: Some(text.clone()),
        members: Vec::new(),
    };
    let user = User {
        id: "1".to_owned(),
        username: text.clone(),
        display_name: Some(text),
        kind: UserKind::Standard,
        superadmin: false,
    };
    TenantAccess {
        roles: vec![role],
        bindings: vec![binding],
        groups: vec![group],
        users: vec![user],
    }
}

#[test]
fn whatever_an_instance_calls_its_things_every_screen_stays_whole() {
    for text in texts() {
        let mut answered = Answered::with(&text);
        for steps in [
            "j d j j esc",
            "enter tab d",
            "esc enter l l tab",
            "q tab d",
            "esc tab d",
            "esc tab / esc q",
            "D",
            "esc e ctrl-o j j G",
            "esc esc ?",
            "esc :",
        ] {
            at_all_sizes(answered.keys(steps));
        }
    }
}

#[test]
fn refusals_in_any_words_are_shown_whole() {
    for text in texts() {
        let mut answered = Answered::with(&text);
        let console = answered.keys("j e");
        console.keys("end").type_text("x").keys("ctrl-o");
        console.fail_next("Update", refusal(&text)).held = false;
        console.keys("ctrl-o");
        at_all_sizes(console);
        console.keys("esc tab enter L");
        at_all_sizes(console);
        console.keys("enter");
        at_all_sizes(console);
    }
}

fn refusal(text: &str) -> Problem {
    let mut problem = Problem::new(ProblemKind::Invalid, "What.", "Why.", "Next.");
    for sentence in [&mut problem.what, &mut problem.why, &mut problem.next] {
        text.clone_into(sentence);
    }
    problem.with_detail(text).with_field("name", text)
}

#[test]
fn what_is_hidden_in_a_name_is_seen() {
    let mut console = Console::usual();
    console.meanwhile(async |other| {
        create(other, "one", "ad\u{200b}min").await;
        create(other, "two", "abc\u{202e}fed").await;
        create(other, "three", "\u{1b}[31mred").await;
    });
    console
        .keys("r")
        .shows("ad<U+200B>min")
        .shows("abc<U+202E>fed")
        .shows("␛[31mred");
    let said = console.linear();
    assert!(said.contains("ad<U+200B>min") && said.contains("␛[31mred"), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'));
    // A filter finds it by what can be typed.
    console.keys("/").type_text("name:red").shows("1 of ");
}

#[test]
fn columns_stay_in_line_beside_wide_characters() {
    let mut console = Console::usual();
    console.meanwhile(async |other| {
        create(other, "cjk", "日本語テナント").await;
        create(other, "emoji", "👩‍💻 team").await;
        create(other, "kana", "ﾊﾟｰﾄﾅｰ ｸﾞﾙｰﾌﾟ ﾊﾞﾝｸ").await;
        create(other, "kana2", "ﾊﾟｰﾄﾅｰ ｸﾞﾙｰﾌﾟ ﾊﾞﾝｸ ｷﾞﾝｺｳ ｸﾞﾙｰﾌﾟ").await;
    });
    console.keys("r");
    let column = |row: &str, word: &str| row.find(word).map(|at| row[..at].width());
    let screen = console.screen();
    let rows: Vec<&str> = screen.lines().collect();
    let title = column(rows[3], "STORAGE");
    assert!(title.is_some(), "{screen}");
    for row in &rows[4..12] {
        assert_eq!(column(row, "global"), title, "{screen}");
    }
    // Sound marks of half-width kana have columns of their own, so that nothing is cut without a sign.
    console.shows("ﾊﾟｰﾄﾅｰ ｸﾞﾙｰﾌﾟ ﾊﾞﾝｸ ");
    let long = rows.iter().find(|row| row.contains("kana2")).unwrap();
    assert!(long.contains('…') || long.contains("ｷﾞﾝｺｳ ｸﾞﾙｰﾌﾟ "), "{screen}");
}

#[test]
fn with_ascii_alone_nothing_else_is_drawn() {
    for text in texts() {
        let mut answered = Answered::with(&text);
        let console = answered.keys("j enter tab enter");
        console.look("default", Depth::Ansi16, Glyphs::Ascii);
        console.look.only_ascii = true;
        for keys in ["q", "q", "?", "esc", "j D", "esc", "n", "ctrl-g"] {
            console.keys(keys);
            assert!(console.screen().is_ascii(), "{keys}\n{}", console.screen());
        }
    }
}

#[test]
fn lines_in_ascii_leave_names_as_they_are_where_the_locale_has_them() {
    let mut console =
        Setup::default().open(|instance, runtime| runtime.block_on(create(instance, "arab", "مرحبا a\tb?")));
    console.look("default", Depth::Ansi16, Glyphs::Ascii);
    console.shows("+-").shows("مرحبا a␉b?");
    console.look.only_ascii = true;
    console.resize(200, 60);
    console.shows("<645.631.62D.628.627> a^b?");
}

#[test]
fn names_of_other_scripts_are_told_apart_in_ascii_where_they_are_cut() {
    let names = ["東京支社の名前", "東京支店の名前", "Новый отдел", "Новая почта"];
    let mut console = Setup::default().open(|instance, runtime| {
        for (at, name) in names.iter().enumerate() {
            runtime.block_on(create(instance, &format!("team-{at}"), name));
        }
    });
    console.look("default", Depth::Ansi16, Glyphs::Ascii);
    console.look.only_ascii = true;
    let cells = |console: &Console| -> Vec<String> {
        let screen = console.screen();
        let rows = screen.lines().filter(|line| line.contains("team-"));
        rows.map(|row| {
            row.split_whitespace()
                .find(|word| word.starts_with('<'))
                .unwrap()
                .to_owned()
        })
        .collect()
    };
    let mut seen = cells(&console);
    assert_eq!(seen.len(), names.len());
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), names.len(), "{}", console.screen());
}
