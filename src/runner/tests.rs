//! The runner against a small backend of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::app::connect::{NewConnection, NewSecret};
use crate::app::contexts::{ContextFacts, ContextRow};
use crate::app::doing::Turn;
use crate::app::effect::{Answer, Reply};
use crate::app::list_columns::ListKind;
use crate::app::records::{RecordsKind, of_person};
use crate::app::resume::Resume;
use crate::backend::local::LocalInstance;
use crate::backend::trace;
use crate::domain::access::{Footprint, TenantAccess};
use crate::domain::account::{Account, Profile};
use crate::domain::assignable::Assignable;
use crate::domain::audit::{AuditQuery, AuditRow};
use crate::domain::binding::{Binding, NewBinding, SubjectKind};
use crate::domain::check::Check;
use crate::domain::deed::{Deed, Made, NamedBinding, Tally};
use crate::domain::instance::Instance;
use crate::domain::invitation::{Invitation, Invited, NewInvitation};
use crate::domain::page::Page;
use crate::domain::permission::Permissions;
use crate::domain::query::{Operator, Query};
use crate::domain::role::{NewRole, Role};
use crate::domain::tenant::{CreatedTenant, NewTenant, Tenant, TenantRow, TenantScope};
use crate::domain::tenant_id::TenantId;
use crate::domain::token::{ApiToken, CreatedToken, NewToken};
use crate::domain::user::{Entrant, Group, Membership, NewGroup, User, UserKind, somebody};
use crate::migration::plan::Plan;
use crate::migration::run_summary::{Control, Controlled, RunSummary, Surveyed};

/// Knows tenant `acme` and user `anna@example.com`; counting panics, namespaces never come.
#[derive(Default)]
struct Small {
    asked_for_namespaces: Notify,
    dropped: Arc<Notify>,
    /// What is to be there by the time that a tenant is created.
    file: Option<PathBuf>,
    /// What it says of itself, if it does.
    instance: Option<Instance>,
}

/// Says when it is dropped.
struct Witness(Arc<Notify>);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

fn not_here<T>() -> Result<T, Problem> {
    Err(Problem::new(ProblemKind::Denied, "No.", "Not here.", "Ask elsewhere."))
}

/// What names a command about the instance.
fn off<T>() -> Result<T, Problem> {
    let next = "`kestra-admin migrate plan`";
    Err(Problem::new(ProblemKind::Denied, "No.", "It is off.", next))
}

#[async_trait]
impl Backend for Small {
    async fn instance(&self) -> Result<Instance, Problem> {
        self.instance.clone().map_or_else(not_here, Ok)
    }

    async fn tenants(&self, _: &Query) -> Result<Page<TenantRow>, Problem> {
        Ok(Page::new(Vec::new(), 7))
    }

    async fn tenant(&self, id: &TenantId) -> Result<Tenant, Problem> {
        match id.as_str() {
            "acme" => Ok(Tenant::new(id.clone(), "Acme")),
            "secret" => not_here(),
            _ => Err(Problem::new(
                ProblemKind::NotFound,
                "None.",
                "No such tenant.",
                "List them.",
            )),
        }
    }

    async fn admin_count(&self, _: &TenantScope) -> Result<u64, Problem> {
        panic!("miscounted")
    }

    async fn create_tenant(&self, new: &NewTenant) -> Result<CreatedTenant, Problem> {
        if let Some(file) = &self.file {
            assert!(file.exists(), "it is asked before that is written");
        }
        Ok(CreatedTenant {
            tenant: new.tenant.clone(),
            admin_role: None,
            admins: Vec::new(),
        })
    }

    async fn ensure_admin(&self, _: &TenantScope, _: &str) -> Result<bool, Problem> {
        not_here()
    }

    async fn update_tenant(&self, _: &Tenant, after: &Tenant) -> Result<Tenant, Problem> {
        Ok(after.clone())
    }

    async fn delete_tenant(&self, id: &TenantId) -> Result<(), Problem> {
        if id.as_str().starts_with("dead") {
            let what = format!("It is not known whether tenant `{id}` was deleted.");
            return Err(Problem::new(ProblemKind::Unreachable, what, "Nothing listens.", "Look.").unknown());
        }
        Ok(())
    }

    async fn footprint(&self, _: &TenantScope) -> Result<Footprint, Problem> {
        Ok(Footprint {
            flows: Some(3),
            ..Footprint::default()
        })
    }

    async fn namespaces(&self, _: &TenantScope) -> Result<Vec<String>, Problem> {
        let witness = Witness(Arc::clone(&self.dropped));
        self.asked_for_namespaces.notify_one();
        std::future::pending::<()>().await;
        drop(witness);
        Ok(Vec::new())
    }

    async fn flow_counts(&self, _: &TenantScope) -> Result<Vec<crate::domain::operation::NamespaceFlows>, Problem> {
        Ok(Vec::new())
    }

    async fn operation(&self) -> Result<crate::domain::operation::Operation, Problem> {
        Ok(crate::domain::operation::Operation::default())
    }

    async fn roles(&self, _: &TenantScope, _: &Query) -> Result<Page<Role>, Problem> {
        not_here()
    }

    async fn role(&self, _: &TenantScope, _: &str) -> Result<Role, Problem> {
        not_here()
    }

    async fn assignable(&self, _: &TenantScope) -> Result<Assignable, Problem> {
        not_here()
    }

    async fn bindings(&self, _: &TenantScope, _: &Query) -> Result<Page<Binding>, Problem> {
        not_here()
    }

    async fn users(&self, scope: Option<&TenantScope>, query: &Query) -> Result<Page<User>, Problem> {
        assert!(scope.is_none(), "users are looked for on the whole instance");
        let [term] = query.filter.terms.as_slice() else {
            panic!("one condition");
        };
        assert_eq!(
            (term.column.as_deref(), term.operator),
            (Some("username"), Operator::Equals)
        );
        let anna = User {
            id: "1".to_owned(),
            username: "anna@example.com".to_owned(),
            display_name: None,
            kind: UserKind::Standard,
            superadmin: false,
        };
        let rows: Vec<User> = term
            .values
            .contains(&anna.username)
            .then_some(anna)
            .into_iter()
            .collect();
        let total = rows.len() as u64;
        Ok(Page::new(rows, total))
    }

    async fn groups(&self, _: &TenantScope, _: &Query) -> Result<Page<Group>, Problem> {
        not_here()
    }

    async fn access(&self, scope: &TenantScope) -> Result<TenantAccess, Problem> {
        match scope.to_string().as_str() {
            "secret" => not_here(),
            "broken" => Err(Problem::new(ProblemKind::Failed, "No.", "It is broken.", "Mend it.")),
            _ => Ok(TenantAccess::default()),
        }
    }

    async fn create_role(&self, _: &TenantScope, _: &NewRole) -> Result<Role, Problem> {
        not_here()
    }

    async fn update_role(&self, _: &TenantScope, _: &Role, _: &NewRole) -> Result<Role, Problem> {
        not_here()
    }

    async fn delete_role(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        not_here()
    }

    async fn create_bindings(&self, _: &TenantScope, new: &[NewBinding]) -> Vec<Result<Binding, Problem>> {
        new.iter().map(|_| not_here()).collect()
    }

    async fn delete_binding(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        not_here()
    }

    async fn create_group(&self, _: &TenantScope, _: &NewGroup) -> Result<Group, Problem> {
        not_here()
    }

    async fn update_group(&self, _: &TenantScope, _: &Group, _: &NewGroup) -> Result<Group, Problem> {
        not_here()
    }

    async fn delete_group(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        not_here()
    }

    async fn set_membership(
        &self,
        _: &TenantScope,
        _: &str,
        _: &str,
        _: Option<Membership>,
        _: bool,
    ) -> Result<(), Problem> {
        not_here()
    }

    async fn account(&self, _: Option<&TenantScope>, user: &User) -> Result<Account, Problem> {
        let tenants = ["acme", "broken", "secret"].map(|id| (id.to_owned(), String::new()));
        Ok(Account {
            id: user.id.clone(),
            username: user.username.clone(),
            display_name: None,
            first_name: None,
            last_name: None,
            description: None,
            kind: user.kind,
            superadmin: false,
            restricted: false,
            password_id: None,
            tenants: tenants.to_vec(),
            groups: Vec::new(),
        })
    }

    async fn create_account(&self, _: Option<&TenantScope>, _: UserKind, _: &Profile) -> Result<Account, Problem> {
        not_here()
    }

    async fn delete_account(&self, _: Option<&TenantScope>, _: &User) -> Result<(), Problem> {
        not_here()
    }

    async fn set_superadmin(&self, user: &User, _: bool) -> Result<(), Problem> {
        let what = format!("{}{}", trace::aim(), user.username);
        Err(Problem::new(ProblemKind::Denied, what, "Not here.", "Ask elsewhere."))
    }

    async fn set_password(&self, _: Option<&TenantScope>, _: &User, _: &str) -> Result<(), Problem> {
        not_here()
    }

    async fn give_access(&self, _: &TenantScope, _: &Entrant) -> Result<bool, Problem> {
        not_here()
    }

    async fn take_access(&self, _: &TenantScope, _: &User) -> Result<(), Problem> {
        not_here()
    }

    async fn tokens(&self, _: Option<&TenantScope>, _: &User) -> Result<Vec<ApiToken>, Problem> {
        not_here()
    }

    async fn create_token(&self, _: Option<&TenantScope>, _: &User, _: &NewToken) -> Result<CreatedToken, Problem> {
        not_here()
    }

    async fn delete_token(&self, _: Option<&TenantScope>, _: &User, _: &str) -> Result<(), Problem> {
        not_here()
    }

    async fn invitations(&self, _: &TenantScope) -> Result<Vec<Invitation>, Problem> {
        not_here()
    }

    async fn invite(&self, _: &TenantScope, _: &NewInvitation) -> Result<Invited, Problem> {
        not_here()
    }

    async fn delete_invitation(&self, _: &TenantScope, _: &str) -> Result<(), Problem> {
        not_here()
    }

    async fn audit(&self, _: Option<&TenantScope>, _: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        not_here()
    }

    async fn change_stamp(&self) -> Result<Option<u64>, Problem> {
        Ok(Some(5))
    }
}

fn runner(backend: Arc<Small>, file: &Path) -> (Runner, UnboundedReceiver<Msg>) {
    let (sender, receiver) = unbounded_channel();
    (Runner::new(backend, sender, file.to_owned().into()), receiver)
}

/// Whether this is what the runner asks now.
fn works_on(runner: &Runner, backend: &Arc<Small>) -> bool {
    let now = held(&runner.place).backend.clone();
    let open = now.backend().now_or_never().unwrap().unwrap();
    std::ptr::addr_eq(Arc::as_ptr(&open), Arc::as_ptr(backend))
}

fn connect() -> Request {
    Request::Connect(Box::new(NewConnection {
        url: "https://lab".to_owned(),
        username: None,
        secret: NewSecret::Variable("LAB_TOKEN".to_owned()),
        name: None,
        protected: false,
    }))
}

/// What ends an opening, one way or the other.
type Open = tokio::sync::oneshot::Sender<Result<Arc<dyn Backend>, Problem>>;

/// A runner whose instance opens when something is sent, and what it says.
fn opening() -> (Runner, Open, UnboundedReceiver<Msg>) {
    let (open, opened) = tokio::sync::oneshot::channel::<Result<Arc<dyn Backend>, Problem>>();
    let (sender, messages) = unbounded_channel();
    let coming = Opening::of(async move { Ok((opened.await.unwrap()?, vec!["Odd.".to_owned()])) });
    let runner = Runner::opening(coming, sender, Path::new("unused").to_owned().into());
    (runner, open, messages)
}

#[tokio::test]
async fn what_is_asked_while_the_instance_is_opening_waits_for_it() {
    let (mut runner, open, mut messages) = opening();
    runner.start(Effect::Ask(JobId(1), Request::ChangeStamp));
    tokio::task::yield_now().await;
    assert!(messages.try_recv().is_err(), "nothing is known yet");
    drop(open.send(Ok(Arc::new(Small::default()))));
    let mut heard = [messages.recv().await.unwrap(), messages.recv().await.unwrap()];
    heard.sort_by_key(|msg| matches!(msg, Msg::Noted(_)));
    assert!(matches!(&heard[0], Msg::Reply(JobId(1), Ok(_))), "{heard:?}");
    assert!(matches!(&heard[1], Msg::Noted(words) if words == "Odd."), "{heard:?}");
}

#[tokio::test]
async fn an_instance_that_cannot_be_opened_is_told_once_and_answers_nothing() {
    let (mut runner, open, mut messages) = opening();
    runner.start(Effect::Ask(JobId(1), Request::ChangeStamp));
    let problem = not_here::<()>().unwrap_err();
    drop(open.send(Err(problem.clone())));
    match messages.recv().await {
        Some(Msg::NotOpened(heard)) => assert_eq!(heard, problem),
        other => panic!("{other:?}"),
    }
    tokio::task::yield_now().await;
    assert!(messages.try_recv().is_err());
}

#[tokio::test]
async fn one_that_can_be_opened_again_answers_why_it_is_not_and_is_tried_by_the_next_look_at_what_it_is() {
    let (sender, mut messages) = unbounded_channel();
    let problem = not_here::<()>().unwrap_err();
    let mends = Mutex::new(vec![Ok(Arc::new(Small::default()) as Arc<dyn Backend>), not_here()]);
    let again: opening::Again = Arc::new(move || held(&mends).pop().unwrap());
    let coming = Opening::of(std::future::ready(Err(problem.clone()))).or_again(Some(again));
    let mut runner = Runner::opening(coming, sender, Path::new("unused").to_owned().into());
    // The first look is part of the first attempt; other questions try nothing.
    for (job, request, works) in [
        (1, Request::Instance, false),
        (2, Request::ChangeStamp, false),
        (3, Request::Instance, false),
        (4, Request::ChangeStamp, false),
        (5, Request::Instance, true),
        (6, Request::ChangeStamp, true),
    ] {
        let asks_what_it_is = request == Request::Instance;
        runner.start(Effect::Ask(JobId(job), request));
        match messages.recv().await {
            Some(Msg::Reply(heard, Err(why))) if !works => assert_eq!((heard, why), (JobId(job), problem.clone())),
            Some(Msg::Reply(heard, reply)) if works => {
                assert!(heard == JobId(job) && (asks_what_it_is || reply.is_ok()));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn who_has_gone_on_to_another_place_hears_no_more_of_the_first() {
    let (runner, open, mut messages) = opening();
    let mut runner = runner.with_contexts(Arc::new(Lab::default()));
    runner.start(Effect::Ask(JobId(4), connect()));
    match messages.recv().await {
        Some(Msg::Reply(JobId(4), Ok(Answer::Switched(_)))) => {}
        other => panic!("{other:?}"),
    }
    runner.start(Effect::Enter("lab".to_owned()));
    drop(open.send(Err(not_here::<()>().unwrap_err())));
    runner.start(Effect::Ask(JobId(5), Request::ChangeStamp));
    match messages.recv().await {
        Some(Msg::Reply(JobId(5), _)) => {}
        other => panic!("{other:?}"),
    }
    tokio::task::yield_now().await;
    assert!(messages.try_recv().is_err());
}

/// Migrations of an instance that opens anew when it is let, and only that.
struct Reopens {
    open: Mutex<std::sync::mpsc::Receiver<Option<Arc<Small>>>>,
}

impl Migrations for Reopens {
    fn reopen(&self) -> Result<Option<Arc<dyn Backend>>, Problem> {
        let opened = held(&self.open).recv_timeout(std::time::Duration::from_secs(5));
        match opened.or_else(|_| not_here())? {
            Some(backend) => Ok(Some(backend)),
            None => not_here(),
        }
    }

    fn survey(&self, _: &mut (dyn FnMut(String) + Send)) -> Result<Surveyed, Problem> {
        not_here()
    }

    fn start(&self, _: &Plan) -> Result<String, Problem> {
        not_here()
    }

    fn runs(&self) -> Result<Vec<RunSummary>, Problem> {
        not_here()
    }

    fn watch(&self, _: &str) -> Result<Box<dyn migrations::RunWatch>, Problem> {
        not_here()
    }

    fn control(&self, _: &str, _: Control) -> Result<Controlled, Problem> {
        not_here()
    }
}

#[tokio::test]
async fn an_instance_opens_anew_beside_the_loop_and_stays_as_it_was_where_it_cannot() {
    let (open, opened) = std::sync::mpsc::channel();
    let (first, second) = (Arc::new(Small::default()), Arc::new(Small::default()));
    let (runner, mut messages) = runner(Arc::clone(&first), Path::new("unused"));
    let mut runner = runner.with_migrations(Some(Arc::new(Reopens {
        open: Mutex::new(opened),
    })));
    for (job, next, asked) in [(1, None, &first), (2, Some(Arc::clone(&second)), &second)] {
        runner.start(Effect::Reopen);
        runner.start(Effect::Ask(JobId(job), Request::ChangeStamp));
        tokio::task::yield_now().await;
        assert!(messages.try_recv().is_err(), "what is asked waits for it");
        open.send(next).unwrap();
        assert!(matches!(messages.recv().await, Some(Msg::Reply(..))));
        assert!(works_on(&runner, asked));
    }
}

fn id(text: &str) -> TenantId {
    text.parse().unwrap()
}

async fn reply_to(request: Request) -> Reply {
    let (mut runner, mut messages) = runner(Arc::default(), Path::new("unused"));
    runner.start(Effect::Ask(JobId(4), request));
    match messages.recv().await {
        Some(Msg::Reply(JobId(4), reply)) => reply,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_question_gets_its_answer() {
    let acme = Tenant::new(id("acme"), "Acme");
    let new = NewTenant {
        tenant: acme.clone(),
        admin: None,
    };
    let created = CreatedTenant {
        tenant: acme.clone(),
        admin_role: None,
        admins: Vec::new(),
    };
    let footprint = Footprint {
        flows: Some(3),
        ..Footprint::default()
    };
    let no_rows = Page::new(Vec::new(), 7);
    for (request, answer) in [
        (Request::Tenants(Query::first(10)), Answer::Tenants(no_rows)),
        (Request::Tenant(id("acme")), Answer::Tenant(Box::new(acme.clone()))),
        (Request::IdTaken(id("acme")), Answer::IdTaken(true)),
        (Request::IdTaken(id("globex")), Answer::IdTaken(false)),
        (
            Request::UserExists("Anna@Example.com".to_owned()),
            Answer::UserExists(true),
        ),
        (Request::UserExists("anna".to_owned()), Answer::UserExists(false)),
        (Request::Footprint(TenantScope::Default), Answer::Footprint(footprint)),
        (Request::Access(TenantScope::Default), Answer::Access(Box::default())),
        (Request::Create(Box::new(new)), Answer::Created(Box::new(created))),
        (
            Request::Update {
                before: Box::new(acme.clone()),
                after: Box::new(acme.clone()),
            },
            Answer::Updated(Box::new(acme)),
        ),
        (
            Request::Do(
                Box::new(Deed::DeleteTenants(vec![id("acme")])),
                String::new(),
                Turn::Forth,
            ),
            Answer::Done(vec![Ok(Made::Done)]),
        ),
        (Request::ChangeStamp, Answer::ChangeStamp(Some(5))),
    ] {
        let asked = format!("{request:?}");
        assert_eq!(reply_to(request).await, Ok(answer), "{asked}");
    }
}

/// Knows the context `lab`, which leads to a [`Small`].
#[derive(Default)]
struct Lab {
    /// How often it was opened.
    opened: AtomicUsize,
    /// How often columns were to be kept.
    kept: AtomicUsize,
    /// Holds the first way to it up until it is told to go on, and then tells whether that is still wanted.
    slow: Mutex<Option<(std::sync::mpsc::Receiver<()>, UnboundedSender<bool>)>>,
    /// Where what is kept of each context lies, if anywhere.
    files: Option<PathBuf>,
    /// What answers there says of itself, if it does.
    instance: Option<Instance>,
}

impl Lab {
    /// Opens it in the end, also where that is not wanted any more.
    fn open_slowly(&self, is_wanted: &dyn Fn() -> bool) -> Result<OpenedContext, Problem> {
        let slow = held(&self.slow).take();
        if let Some((go_on, told)) = slow {
            go_on.recv().unwrap();
            // Whoever does not want to know has gone.
            let _ = told.send(is_wanted());
        }
        self.open("lab")
    }
}

impl Contexts for Lab {
    fn list(&self) -> Result<Vec<ContextRow>, Problem> {
        not_here()
    }

    fn open(&self, name: &str) -> Result<OpenedContext, Problem> {
        match name {
            "lab" | "default" => {}
            "far" => return off(),
            _ => return not_here(),
        }
        self.opened.fetch_add(1, Ordering::Relaxed);
        Ok(OpenedContext {
            backend: Arc::new(Small {
                instance: self.instance.clone(),
                ..Small::default()
            }),
            migrations: None,
            facts: ContextFacts {
                name: name.to_owned(),
                ..ContextFacts::default()
            },
        })
    }

    fn leads(&self, name: &str) -> Vec<String> {
        vec!["--context".to_owned(), name.to_owned()]
    }

    fn examine(&self, _: &str, _: &mut (dyn FnMut(Check) + Send)) -> Result<(), Problem> {
        off()
    }

    fn connect(
        &self,
        _: &NewConnection,
        is_wanted: &dyn Fn() -> bool,
        _: &mut (dyn FnMut(Check) + Send),
    ) -> Result<OpenedContext, Problem> {
        self.open_slowly(is_wanted)
    }

    fn rehearse(
        &self,
        is_wanted: &dyn Fn() -> bool,
        _: &mut (dyn FnMut(Check) + Send),
    ) -> Result<OpenedContext, Problem> {
        self.open_slowly(is_wanted)
    }

    fn keep_columns(&self, _: ListKind, _: Option<Vec<String>>) -> Result<Option<String>, Problem> {
        // Only the third time it works.
        if self.kept.fetch_add(1, Ordering::Relaxed) != 2 {
            return off();
        }
        Ok(Some("What was kept lies elsewhere".to_owned()))
    }

    fn welcomed(&self) {}

    fn resume_file(&self, name: &str) -> Option<PathBuf> {
        Some(self.files.as_ref()?.join(format!("{name}.json")))
    }
}

#[tokio::test]
async fn another_context_is_asked_without_going_there() {
    let here = Arc::new(Small::default());
    let (runner, mut messages) = runner(Arc::clone(&here), Path::new("unused"));
    let lab = Arc::new(Lab::default());
    let mut runner = runner.with_contexts(lab.clone());
    let there = || ("lab", Ok(Answer::Access(Box::default())));
    for (name, expected) in [there(), ("nowhere", not_here()), there()] {
        let question = Box::new(Request::Access(TenantScope::Default));
        runner.start(Effect::Ask(JobId(4), Request::Elsewhere(name.to_owned(), question)));
        match messages.recv().await {
            Some(Msg::Reply(JobId(4), reply)) => assert_eq!(reply, expected, "{name}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(lab.opened.load(Ordering::Relaxed), 1, "what was opened is kept");
    assert!(works_on(&runner, &here));
}

#[tokio::test]
async fn what_another_context_says_names_commands_that_lead_there() {
    let (runner, mut messages) = runner(Arc::default(), Path::new("unused"));
    let mut runner = runner.with_contexts(Arc::new(Lab::default()));
    let there = || "far".to_owned();
    for request in [
        Request::Reach(there()),
        Request::Elsewhere(there(), Box::new(Request::Instance)),
        Request::Switch(there()),
        Request::Examine(there()),
    ] {
        runner.start(Effect::Ask(JobId(4), request.clone()));
        match messages.recv().await {
            Some(Msg::Reply(JobId(4), Err(problem))) => {
                assert_eq!(problem.next, "`kestra-admin --context far migrate plan`", "{request:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_was_opened_is_worked_on_once_it_is_entered_and_not_before() {
    let here = Arc::new(Small::default());
    let (runner, mut messages) = runner(Arc::clone(&here), Path::new("unused"));
    let mut runner = runner.with_contexts(Arc::new(Lab::default()));
    runner.start(Effect::Ask(JobId(4), connect()));
    assert!(matches!(
        messages.recv().await,
        Some(Msg::Reply(JobId(4), Ok(Answer::Switched(_))))
    ));
    assert!(works_on(&runner, &here), "the application may have been told to stay");
    runner.start(Effect::Enter("elsewhere".to_owned()));
    assert!(works_on(&runner, &here));
    runner.start(Effect::Ask(JobId(5), connect()));
    assert!(matches!(
        messages.recv().await,
        Some(Msg::Reply(JobId(5), Ok(Answer::Switched(_))))
    ));
    runner.start(Effect::Enter("lab".to_owned()));
    assert!(!works_on(&runner, &here));
}

#[tokio::test]
async fn a_connection_is_wanted_until_it_is_stopped_asked_for_anew_or_left() {
    for (end, is_wanted) in [("", true), ("stop", false), ("anew", false), ("leave", false)] {
        let (runner, _messages) = runner(Arc::default(), Path::new("unused"));
        let lab = Arc::new(Lab::default());
        let (go_on, waits) = std::sync::mpsc::channel();
        let (tell, mut told) = unbounded_channel();
        *held(&lab.slow) = Some((waits, tell));
        let mut runner = runner.with_contexts(lab.clone());
        runner.start(Effect::Ask(JobId(4), connect()));
        while held(&lab.slow).is_some() {
            tokio::task::yield_now().await;
        }
        match end {
            "stop" => runner.start(Effect::Cancel(JobId(4))),
            "anew" => runner.start(Effect::Ask(JobId(4), Request::ChangeStamp)),
            "leave" => runner.finish().await,
            _ => {}
        }
        go_on.send(()).unwrap();
        assert_eq!(told.recv().await, Some(is_wanted), "{end}");
    }
}

/// A console in the context `default` that makes a rehearsal, which waits to be told to go on.
async fn rehearsing(files: &Path) -> (Runner, UnboundedReceiver<Msg>, std::sync::mpsc::Sender<()>) {
    let (sender, messages) = unbounded_channel();
    let (file, _) = ResumeFile::take(&files.join("default.json"));
    let (go_on, waits) = std::sync::mpsc::channel();
    let lab = Arc::new(Lab {
        files: Some(files.to_owned()),
        instance: Some(said_by_an_instance().await),
        slow: Mutex::new(Some((waits, unbounded_channel().0))),
        ..Lab::default()
    });
    let mut runner = Runner::new(Arc::<Small>::default(), sender, file).with_contexts(lab.clone());
    runner.start(Effect::Ask(JobId(4), Request::Rehearse));
    while held(&lab.slow).is_some() {
        tokio::task::yield_now().await;
    }
    (runner, messages, go_on)
}

async fn opened(messages: &mut UnboundedReceiver<Msg>) -> Box<ContextFacts> {
    match messages.recv().await {
        Some(Msg::Reply(_, Ok(Answer::Switched(facts)))) => facts,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_rehearsal_that_is_made_holds_no_file_and_is_judged_by_where_one_is_once_it_is_ready() {
    let files = tempfile::tempdir().unwrap();
    let (mut runner, mut messages, go_on) = rehearsing(files.path()).await;
    for name in ["lab", "default", "lab"] {
        runner.start(Effect::Ask(JobId(5), Request::Switch(name.to_owned())));
        assert!(!opened(&mut messages).await.is_here);
        runner.start(Effect::Enter(name.to_owned()));
        let file = files.path().join(format!("{name}.json"));
        assert_eq!(held(runner.saver.file()).path(), file);
    }
    go_on.send(()).unwrap();
    assert!(opened(&mut messages).await.is_here, "it leads to `lab`");
}

#[tokio::test]
async fn what_is_ready_and_not_entered_is_free_again() {
    for is_stopped in [false, true] {
        let files = tempfile::tempdir().unwrap();
        let file = files.path().join("lab.json");
        let (mut runner, mut messages, go_on) = rehearsing(files.path()).await;
        let is_free = || ResumeFile::take(&file).0.path() == file;
        assert!(is_free());
        if is_stopped {
            runner.start(Effect::Stop(JobId(4)));
        }
        go_on.send(()).unwrap();
        opened(&mut messages).await;
        assert_eq!(is_free(), is_stopped, "nobody enters what was stopped");
        runner.start(Effect::Cancel(JobId(4)));
        assert!(is_free());
    }
}

#[tokio::test]
async fn a_change_is_made_knowing_whether_it_takes_another_back() {
    for aim in ["", "undo of 1 of 2: ", "redo: "] {
        let deed = Deed::SetSuperadmin(somebody("eve"), true);
        let reply = reply_to(Request::Do(Box::new(deed), aim.to_owned(), Turn::Forth)).await;
        let Ok(Answer::Done(results)) = reply else {
            panic!("{reply:?}")
        };
        assert_eq!(results[0].as_ref().unwrap_err().what, format!("{aim}eve"));
    }
}

#[tokio::test]
async fn problems_come_back_as_they_are() {
    for request in [Request::Instance, Request::IdTaken(id("secret"))] {
        assert_eq!(reply_to(request).await.unwrap_err().kind, ProblemKind::Denied);
    }
}

#[tokio::test]
async fn a_panic_is_a_reply_and_the_program_goes_on() {
    let problem = reply_to(Request::AdminCount(TenantScope::Default)).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Failed);
    assert_eq!(problem.detail.as_deref(), Some("miscounted"));
    assert!(!contained::is_contained());
}

#[tokio::test]
async fn a_cancelled_question_is_dropped_and_never_answered() {
    let backend = Arc::new(Small::default());
    let (mut runner, mut messages) = runner(Arc::clone(&backend), Path::new("unused"));
    runner.start(Effect::Ask(JobId(1), Request::Namespaces(TenantScope::Default)));
    backend.asked_for_namespaces.notified().await;
    runner.start(Effect::Cancel(JobId(1)));
    backend.dropped.notified().await;
    runner.start(Effect::Cancel(JobId(1)));
    runner.start(Effect::Ask(JobId(2), Request::ChangeStamp));
    assert!(matches!(messages.recv().await, Some(Msg::Reply(JobId(2), Ok(_)))));
    assert!(messages.try_recv().is_err());
}

#[tokio::test]
async fn finishing_drops_what_is_underway() {
    let backend = Arc::new(Small::default());
    let (mut runner, _messages) = runner(Arc::clone(&backend), Path::new("unused"));
    runner.start(Effect::Ask(JobId(1), Request::Namespaces(TenantScope::Default)));
    backend.asked_for_namespaces.notified().await;
    runner.finish().await;
    backend.dropped.notified().await;
}

fn resume(filter: &str) -> Effect {
    Effect::Save(Box::new(Resume {
        filter: filter.to_owned(),
        ..Resume::default()
    }))
}

#[tokio::test]
async fn the_latest_state_is_on_disk_for_this_user_alone() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("state/kestra-admin/resume.json");
    let (mut runner, _messages) = runner(Arc::default(), &file);
    for filter in ["a", "ac", "acme"] {
        runner.start(resume(filter));
    }
    runner.finish().await;
    let kept: Resume = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept.filter, "acme");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert_eq!(
        std::fs::read_dir(file.parent().unwrap()).unwrap().count(),
        1,
        "no temporary file stays"
    );

    runner.start(Effect::Forget);
    runner.start(Effect::Forget);
    runner.finish().await;
    assert!(!file.exists());
}

#[tokio::test]
async fn that_a_change_is_on_its_way_is_on_disk_before_it_is() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("resume.json");
    let small = Small {
        file: Some(file.clone()),
        ..Small::default()
    };
    let (mut runner, mut messages) = runner(Arc::new(small), &file);
    runner.start(resume("a"));
    let new = NewTenant {
        tenant: Tenant::new(id("new"), "New"),
        admin: None,
    };
    runner.start(Effect::Ask(JobId(1), Request::Create(Box::new(new))));
    let reply = messages.recv().await;
    assert!(
        matches!(reply, Some(Msg::Reply(_, Ok(Answer::Created(_))))),
        "{reply:?}"
    );
}

#[tokio::test]
async fn a_failure_to_save_is_said_once_until_it_worked_again() {
    let home = tempfile::tempdir().unwrap();
    let blocker = home.path().join("state");
    std::fs::write(&blocker, "not a directory").unwrap();
    let file = blocker.join("resume.json");
    let (mut runner, mut messages) = runner(Arc::default(), &file);
    for _ in 0..2 {
        runner.start(resume("a"));
        runner.finish().await;
    }
    let Some(Msg::NotSaved(problem)) = messages.recv().await else {
        panic!("it is said");
    };
    assert!(problem.why.contains("resume.json"), "{problem}");
    assert!(messages.try_recv().is_err(), "and only once");

    std::fs::remove_file(&blocker).unwrap();
    runner.start(resume("b"));
    runner.finish().await;
    assert!(messages.try_recv().is_err());
    std::fs::remove_dir_all(&blocker).unwrap();
    std::fs::write(&blocker, "not a directory").unwrap();
    runner.start(resume("c"));
    runner.finish().await;
    assert!(matches!(messages.recv().await, Some(Msg::NotSaved(_))));
}

#[tokio::test]
async fn columns_that_cannot_be_kept_are_said_once_until_it_worked_again() {
    let home = tempfile::tempdir().unwrap();
    let (runner, mut messages) = runner(Arc::default(), &home.path().join("resume.json"));
    let mut runner = runner.with_contexts(Arc::new(Lab::default()));
    for _ in 0..4 {
        runner.start(Effect::KeepColumns(ListKind::Roles, None));
    }
    runner.finish().await;
    let said: Vec<Msg> = std::iter::from_fn(|| messages.try_recv().ok()).collect();
    assert!(
        matches!(said.as_slice(), [Msg::NotSaved(_), Msg::Noted(_), Msg::NotSaved(_)]),
        "{said:?}"
    );
}

#[tokio::test]
async fn of_several_things_no_further_one_is_begun_once_that_is_stopped() {
    let deed = Deed::DeleteTenants((0..20).map(|number| id(&format!("t{number}"))).collect());
    let told = Arc::new(AtomicUsize::new(0));
    let tell = Arc::clone(&told);
    let course = Course::told(move |tally, _| {
        tell.store(tally.done, Ordering::Relaxed);
    });
    let results = deeds::carry_out(&Small::default(), &deed, &course).await;
    assert_eq!((results.len(), told.load(Ordering::Relaxed)), (20, 20));
    course.stop();
    let results = deeds::carry_out(&Small::default(), &deed, &course).await;
    let not_sent = |result: &Result<Made, Problem>| {
        let problem = result.as_ref().err();
        problem.is_some_and(|problem| problem.is_left && problem.kind == ProblemKind::Unconfirmed)
    };
    assert!(results.iter().all(not_sent), "{results:?}");
    assert_eq!(told.load(Ordering::Relaxed), 20);
}

#[tokio::test]
async fn giving_many_roles_tells_how_far_it_is_and_can_be_stopped() {
    let role = Role {
        id: "r1".to_owned(),
        name: "Ops".to_owned(),
        description: None,
        permissions: Permissions::default(),
        is_default: false,
        is_managed: false,
    };
    let given = |number: usize| NamedBinding::new(SubjectKind::User, (&format!("u{number}"), "anna"), &role, None);
    let deed = Deed::Grant(TenantScope::Default, (0..20).map(given).collect());
    assert!(deed.goes_item_by_item());
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let course = Course::told(move |tally, _| tell.lock().unwrap().push(tally));
    let results = deeds::carry_out(&Small::default(), &deed, &course).await;
    assert_eq!((results.len(), told.lock().unwrap().len()), (20, 20));
    assert_eq!(told.lock().unwrap().last(), Some(&Tally::of(&results)));
    course.stop();
    let results = deeds::carry_out(&Small::default(), &deed, &course).await;
    assert_eq!(Tally::of(&results).left, 20);
}

#[tokio::test]
async fn of_several_things_no_further_one_is_begun_once_several_in_a_row_got_no_answer() {
    let answering = (0..7).map(|number| format!("t{number}"));
    let silent = (0..50).map(|number| format!("dead{number}"));
    let deed = Deed::DeleteTenants(answering.chain(silent).map(|name| id(&name)).collect());
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let course = Course::told(move |tally, is_silent| tell.lock().unwrap().push((tally, is_silent)));
    let results = deeds::carry_out(&Small::default(), &deed, &course).await;
    let tally = Tally::of(&results);
    assert_eq!((tally.done, tally.failed), (7, 0));
    assert!((5..=8).contains(&tally.unknown), "{tally:?}");
    assert_eq!(tally.left, 50 - tally.unknown);
    let left = results.last().unwrap().as_ref().unwrap_err();
    assert!(left.is_left && left.kind == ProblemKind::Unreachable, "{left:?}");
    // They are told apart on the way, too, and that nothing answers.
    let told = told.lock().unwrap();
    assert_eq!(
        told[6],
        (
            Tally {
                done: 7,
                ..Tally::default()
            },
            false
        )
    );
    let so_far = Tally {
        done: 7,
        unknown: 1,
        ..Tally::default()
    };
    assert_eq!(told[7], (so_far, true));
}

#[tokio::test]
async fn making_somebody_admin_of_many_tenants_tells_how_far_it_is_and_can_be_stopped() {
    let scopes = vec![TenantScope::Default; Deed::MOST_ADMINS + 1];
    let deed = Deed::EnsureAdmin(scopes, "anna".to_owned());
    assert!(deed.goes_item_by_item());
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let course = Course::told(move |tally, _| tell.lock().unwrap().push(tally));
    let results = deeds::carry_out(&Small::default(), &deed, &course).await;
    assert_eq!((results.len(), told.lock().unwrap().len()), (101, 101));
    assert_eq!(told.lock().unwrap().last(), Some(&Tally::of(&results)));
    course.stop();
    let results = deeds::carry_out(&Small::default(), &deed, &course).await;
    assert_eq!(Tally::of(&results).left, 101);
}

/// What a local instance of 1.3 says of itself.
async fn said_by_an_instance() -> Instance {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lab");
    LocalInstance::create(&path, "1.3".parse().unwrap()).unwrap();
    Backend::instance(&LocalInstance::open(&path, None).unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn one_tenant_that_cannot_be_read_leaves_the_rest_of_the_page_of_a_person() {
    let instance = said_by_an_instance().await;
    let release = instance.release;
    let backend = Small {
        instance: Some(instance),
        ..Small::default()
    };
    let named = |id: &str| Some(TenantScope::Named(id.parse().unwrap()));
    for tenant in [None, named("acme"), named("broken")] {
        let (scope, user) = (tenant.clone(), somebody("anna"));
        let question = PeopleQuestion::Account {
            scope: scope.clone(),
            tenant: tenant.clone(),
            user: user.clone(),
        };
        let answer = people::ask(&backend, question).await.unwrap();
        let Answer::People(answer) = answer else {
            panic!("{answer:?}")
        };
        let PeopleAnswer::Account(account, held, more) = *answer else {
            panic!("{answer:?}")
        };
        let kind = RecordsKind::Person { scope, tenant, user };
        let rows = of_person(&kind, &account, &held, more, release);
        let roles = rows
            .iter()
            .filter(|row| row.cells[0] == "role" && row.cells[1] == "not known");
        let mut places: Vec<&str> = roles.map(|row| row.cells[2].as_str()).collect();
        places.sort_unstable();
        let expected = ["in tenant broken: No.", "the access of tenant secret may not be read"];
        assert_eq!(places, expected);
    }
}
