//! The program under test: a list, a line of what was typed, and a key for each thing that can go wrong.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use kestra_admin::app::effect::{Effect, JobId, Millis, Reply, Request};
use kestra_admin::app::input::{Key, KeyCode};
use kestra_admin::app::msg::Msg;
use kestra_admin::app::resume::Resume;
use kestra_admin::backend::Backend;
use kestra_admin::domain::access::{Footprint, TenantAccess};
use kestra_admin::domain::account::{Account, Profile};
use kestra_admin::domain::assignable::Assignable;
use kestra_admin::domain::audit::{AuditQuery, AuditRow};
use kestra_admin::domain::binding::{Binding, NewBinding};
use kestra_admin::domain::instance::Instance;
use kestra_admin::domain::invitation::{Invitation, Invited, NewInvitation};
use kestra_admin::domain::page::Page;
use kestra_admin::domain::problem::{Problem, ProblemKind};
use kestra_admin::domain::query::Query;
use kestra_admin::domain::role::{NewRole, Role};
use kestra_admin::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use kestra_admin::domain::tenant_id::TenantId;
use kestra_admin::domain::text::visible;
use kestra_admin::domain::token::{ApiToken, CreatedToken, NewToken};
use kestra_admin::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind};
use kestra_admin::runner::Runner;
use kestra_admin::term::caps::{Surroundings, Wishes, detect};
use kestra_admin::term::guard::report_panics_after_giving_back;
use kestra_admin::term::linear::{self, LinearApplication, Said};
use kestra_admin::term::run_loop::{self, Application, Draw, Drawn, Options, block_on};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use tokio::sync::mpsc::unbounded_channel;

use crate::bare::Bare;
use crate::{ARGUMENTS, program};

/// Says that the program is wanted, and which: `screen` or `linear`.
pub const VARIABLE: &str = "KESTRA_ADMIN_SAMPLE";
/// Where it keeps what is to be resumed.
pub const RESUME: &str = "KESTRA_ADMIN_SAMPLE_RESUME";

impl Bare {
    /// Starts it on a terminal of this size.
    pub fn start(columns: u16, rows: u16, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program());
        command
            .args(ARGUMENTS)
            .env_clear()
            .env("TERM", "xterm-256color")
            .env(VARIABLE, "screen")
            .envs(variables.iter().copied());
        Self::start_command(columns, rows, command)
    }
}

/// Runs it; does not return.
pub fn run(mode: &str) {
    color_eyre::install().unwrap();
    report_panics_after_giving_back();
    let surroundings = Surroundings {
        variable: &|name| std::env::var(name).ok(),
        stdin_is_terminal: true,
        stdout_is_terminal: true,
    };
    let options = Options {
        caps: detect(Wishes::default(), &surroundings),
        mouse: false,
        copy_command: Vec::new(),
    };
    let file = std::env::var_os(RESUME).map_or_else(|| PathBuf::from("/nowhere/resume.json"), PathBuf::from);
    let exit = block_on(async {
        let (sender, mut inbox) = unbounded_channel();
        let mut runner = Runner::new(Arc::new(Stuck), sender, file.into());
        let mut sample = Sample::default();
        if mode == "linear" {
            linear::run(&mut sample, &mut runner, &mut inbox, Vec::new(), &options).await
        } else {
            run_loop::run(&mut sample, &mut runner, &mut inbox, Vec::new(), &options).await
        }
    });
    match exit {
        Ok(exit) => std::process::exit(exit.code().into()),
        Err(problem) => {
            eprintln!("{problem}");
            std::process::exit(1)
        }
    }
}

#[derive(Default)]
struct Sample {
    typed: String,
    pasted: Option<String>,
    note: String,
    resumed: usize,
    selected: u16,
    jobs: u64,
    due: Option<Millis>,
}

impl Sample {
    fn key(&mut self, now: Millis, key: Key) -> Vec<Effect> {
        match key {
            Key {
                code: KeyCode::Down, ..
            } => self.selected = self.selected.saturating_add(1),
            Key { code: KeyCode::Up, .. } => self.selected = self.selected.saturating_sub(1),
            _ => {}
        }
        match key.to_string().as_str() {
            "q" => return vec![Effect::Quit],
            "ctrl-z" => return vec![Effect::Suspend],
            "ctrl-l" => return vec![Effect::Repaint],
            "P" => panic!("as wanted"),
            "X" => return self.ask(Request::AdminCount(TenantScope::Default)),
            "B" => return self.ask(Request::Namespaces(TenantScope::Default)),
            "Y" => return vec![Effect::Copy("acme".to_owned())],
            "F" => return vec![Effect::Copy("x".repeat(50_000))],
            "L" => return vec![Effect::Copy("x".repeat(60_000))],
            "T" => self.due = Some(now + 20),
            text => {
                self.typed.push_str(text);
                self.typed.push(' ');
            }
        }
        Vec::new()
    }

    fn ask(&mut self, request: Request) -> Vec<Effect> {
        self.jobs += 1;
        self.note = String::from("asked");
        vec![Effect::Ask(JobId(self.jobs), request)]
    }

    fn save(&self) -> Vec<Effect> {
        vec![Effect::Save(Box::new(Resume {
            filter: self.typed.trim_end().to_owned(),
            ..Resume::default()
        }))]
    }

    fn reply(&mut self, reply: Reply) {
        self.note = match reply {
            Ok(answer) => format!("{answer:?}"),
            Err(problem) => format!("{} {}", problem.what, problem.detail.unwrap_or_default()),
        };
    }

    fn message(&mut self, now: Millis, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => return self.key(now, key),
            Msg::Paste(text) => self.pasted = Some(text),
            Msg::Reply(_, reply) => self.reply(reply),
            Msg::Copied(words) | Msg::NotCopied { words, .. } => {
                self.note = words;
                return self.save();
            }
            Msg::NotSaved(problem) => self.note = problem.what,
            Msg::Resumed => self.resumed += 1,
            Msg::Interrupt => self.note = String::from("interrupted"),
            Msg::Deadline if self.due.take().is_some_and(|due| due <= now) => self.note = String::from("in time"),
            Msg::Ended | Msg::Closed => return self.save(),
            _ => {}
        }
        Vec::new()
    }
}

impl Application for Sample {
    fn update(&mut self, now: Millis, msg: Msg) -> Vec<Effect> {
        self.message(now, msg)
    }

    fn next_deadline(&self) -> Option<Millis> {
        self.due
    }

    fn first_frame_by(&self) -> Option<Millis> {
        None
    }
}

impl Draw for Sample {
    fn draw(&self, frame: &mut ratatui::Frame<'_>) -> Drawn {
        let area = frame.area();
        let tail: String = self.typed.chars().rev().take(60).collect();
        let tail: String = tail.chars().rev().collect();
        let mut lines = vec![
            format!(
                "sample {}x{} resumed {} typed {}",
                area.width,
                area.height,
                self.resumed,
                self.typed.len()
            ),
            format!("keys: {tail}"),
            format!("paste: {}", self.pasted.as_deref().map(visible).unwrap_or_default()),
            format!("note: {}", self.note),
        ];
        lines.extend((0..30).map(|row| format!("  tenant-{row:02}")));
        for (row, text) in (0..area.height).zip(&lines) {
            let line = Rect::new(0, row, area.width, 1);
            let style = if row == self.selected + 4 {
                Style::new()
                    .fg(Color::Red)
                    .add_modifier(Modifier::REVERSED | Modifier::BOLD)
            } else {
                Style::new()
            };
            frame.render_widget(Line::from(text.as_str()), line);
            frame.buffer_mut().set_style(line, style);
        }
        Drawn {
            cursor: Some((0, self.selected + 4)),
            cursor_visible: false,
            ..Drawn::default()
        }
    }
}

impl LinearApplication for Sample {
    fn line(&mut self, now: Millis, line: &str) -> Vec<Effect> {
        let mut keys = line.chars();
        match (keys.next(), keys.next()) {
            (Some(only), None) => self.key(now, Key::char(only)),
            _ => {
                self.pasted = Some(line.to_owned());
                Vec::new()
            }
        }
    }

    fn update(&mut self, now: Millis, msg: Msg) -> Vec<Effect> {
        self.message(now, msg)
    }

    fn say(&self) -> Said {
        let place = format!(
            "sample\nkeys: {}\nline: {}\nnote: {}",
            self.typed,
            self.pasted.as_deref().unwrap_or_default(),
            self.note
        );
        Said {
            place,
            ..Said::default()
        }
    }

    fn next_deadline(&self) -> Option<Millis> {
        self.due
    }
}

/// Blocks for ever where namespaces are asked for, panics where admins are counted, and knows nothing else.
struct Stuck;

fn nothing<T>() -> Result<T, Problem> {
    Err(Problem::new(
        ProblemKind::NotFound,
        "Nothing.",
        "None is here.",
        "Look elsewhere.",
    ))
}

#[async_trait]
impl Backend for Stuck {
    async fn instance(&self) -> Result<Instance, Problem> {
        nothing()
    }

    async fn tenants(&self, _: &Query) -> Result<Page<TenantRow>, Problem> {
        nothing()
    }

    async fn tenant(&self, _: &TenantId) -> Result<Tenant, Problem> {
        nothing()
    }

    async fn admin_count(&self, _: &TenantScope) -> Result<u64, Problem> {
        panic!("miscounted")
    }

    async fn create_tenant(&self, _: &NewTenant) -> Result<CreatedTenant, Problem> {
        nothing()
    }

    async fn ensure_admin(&self, _: &TenantScope, _: &str) -> Result<bool, Problem> {
        nothing()
    }

    async fn update_tenant(&self, _: &Tenant, _: &Tenant) -> Result<Tenant, Problem> {
        nothing()
    }

    async fn delete_tenant(&self, _: &TenantId) -> Result<(), Problem> {
        nothing()
    }

    async fn footprint(&self, _: &TenantScope) -> Result<Footprint, Problem> {
        nothing()
    }

    async fn namespaces(&self, _: &TenantScope) -> Result<Vec<String>, Problem> {
        let blocked = tokio::task::spawn_blocking(|| {
            loop {
                std::thread::park();
            }
        });
        blocked.await.unwrap()
    }

    async fn flow_counts(
        &self,
        _: &TenantScope,
    ) -> Result<Vec<kestra_admin::domain::operation::NamespaceFlows>, Problem> {
        Ok(Vec::new())
    }

    async fn operation(&self) -> Result<kestra_admin::domain::operation::Operation, Problem> {
        Ok(kestra_admin::domain::operation::Operation::default())
    }

    async fn roles(&self, _: &TenantScope, _: &Query) -> Result<Page<Role>, Problem> {
        nothing()
    }

    async fn role(&self, _: &TenantScope, _: &str) -> Result<Role, Problem> {
        nothing()
    }

    async fn assignable(&self, _: &TenantScope) -> Result<Assignable, Problem> {
        nothing()
    }

    async fn bindings(&self, _: &TenantScope, _: &Query) -> Result<Page<Binding>, Problem> {
        nothing()
    }

    async fn users(&self, _: Option<&TenantScope>, _: &Query) -> Result<Page<User>, Problem> {
        nothing()
    }

    async fn groups(&self, _: &TenantScope, _: &Query) -> Result<Page<Group>, Problem> {
        nothing()
    }

    async fn access(&self, _: &TenantScope) -> Result<TenantAccess, Problem> {
        nothing()
    }

    async fn create_role(&self, _: &TenantScope, _: &NewRole) -> Result<Role, Problem> {
        nothing()
    }

    async fn update_role(&self, _: &TenantScope, _: &Role, _: &NewRole) -> Result<Role, Problem> {
        nothing()
    }

    async fn delete_role(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn create_bindings(&self, _: &TenantScope, _: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        vec![nothing()]
    }

    async fn delete_binding(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn create_group(&self, _: &TenantScope, _: &NewGroup) -> Result<Group, Problem> {
        nothing()
    }

    async fn update_group(&self, _: &TenantScope, _: &Group, _: &NewGroup) -> Result<Group, Problem> {
        nothing()
    }

    async fn delete_group(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn set_membership(
        &self,
        _: &TenantScope,
        _: &str,
        _: &str,
        _: Option<Membership>,
        _: bool,
    ) -> Result<(), Problem> {
        nothing()
    }

    async fn account(&self, _: Option<&TenantScope>, _: &User) -> Result<Account, Problem> {
        nothing()
    }

    async fn create_account(&self, _: Option<&TenantScope>, _: UserKind, _: &Profile) -> Result<Account, Problem> {
        nothing()
    }

    async fn delete_account(&self, _: Option<&TenantScope>, _: &User) -> Result<(), Problem> {
        nothing()
    }

    async fn set_superadmin(&self, _: &User, _: bool) -> Result<(), Problem> {
        nothing()
    }

    async fn set_password(&self, _: Option<&TenantScope>, _: &User, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn give_access(&self, _: &TenantScope, _: &Entrant) -> Result<bool, Problem> {
        nothing()
    }

    async fn take_access(&self, _: &TenantScope, _: &User) -> Result<(), Problem> {
        nothing()
    }

    async fn tokens(&self, _: Option<&TenantScope>, _: &User) -> Result<Vec<ApiToken>, Problem> {
        nothing()
    }

    async fn create_token(&self, _: Option<&TenantScope>, _: &User, _: &NewToken) -> Result<CreatedToken, Problem> {
        nothing()
    }

    async fn delete_token(&self, _: Option<&TenantScope>, _: &User, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn invitations(&self, _: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        nothing()
    }

    async fn invite(&self, _: &TenantScope, _: &NewInvitation) -> Result<Invited, Problem> {
        nothing()
    }

    async fn delete_invitation(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        nothing()
    }

    async fn audit(&self, _: Option<&TenantScope>, _: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        nothing()
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        nothing()
    }
}
