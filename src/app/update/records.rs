//! Screens of records: opening, reading, moving, and what each answer becomes.

use crate::domain::access::TenantAccess;
use crate::domain::audit::AuditQuery;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::query::Query;
use crate::domain::release::Release;
use crate::domain::tenant::TenantScope;
use crate::domain::user::{Group, User, UserKind};

use super::super::detail::stands_beside;
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Overlay, Page};
use super::super::people::{PeopleAnswer, PeopleQuestion};
use super::super::records::{self, ACCOUNTS_PAGE, AUDIT_PAGE, Extent, Item, RecordsKind, RecordsView};
use super::super::screen::Screen;
use super::deeds;

/// The records on screen.
pub fn view(model: &Model) -> Option<&RecordsView> {
    match model.screens.last() {
        Some(Screen::Records(view)) => Some(view),
        _ => None,
    }
}

/// The records on screen, to be changed.
pub fn view_mut(model: &mut Model) -> Option<&mut RecordsView> {
    match model.screens.last_mut() {
        Some(Screen::Records(view)) => Some(view),
        _ => None,
    }
}

/// Opens a screen of records.
pub fn open(model: &mut Model, kind: RecordsKind, effects: &mut Vec<Effect>) {
    model.screens.push(Screen::Records(Box::new(RecordsView::new(kind))));
    read(model, effects);
}

/// In whose name an account is asked about: people by the instance where one may, service accounts by their tenant.
pub fn place_of(model: &Model, tenant: &TenantScope, user: &User) -> Option<TenantScope> {
    let superadmin = model
        .instance
        .value()
        .is_some_and(|instance| instance.identity.superadmin);
    (user.kind == UserKind::ServiceAccount || !superadmin).then(|| tenant.clone())
}

/// Opens everything about somebody.
pub fn open_person(model: &mut Model, tenant: TenantScope, user: User, effects: &mut Vec<Effect>) {
    let scope = place_of(model, &tenant, &user);
    let kind = RecordsKind::Person {
        scope,
        tenant: Some(tenant),
        user,
    };
    open(model, kind, effects);
}

/// Opens who is in a group.
pub fn open_members(model: &mut Model, tenant: TenantScope, group: Group, effects: &mut Vec<Effect>) {
    open(model, RecordsKind::Members { tenant, group }, effects);
}

/// Opens everything about somebody of the whole instance, with what they hold in all tenants.
pub fn open_account(model: &mut Model, user: User, effects: &mut Vec<Effect>) {
    let kind = RecordsKind::Person {
        scope: None,
        tenant: None,
        user,
    };
    open(model, kind, effects);
}

/// Opens Kestra's audit log of a tenant, or of the whole instance.
pub fn open_audit(model: &mut Model, scope: Option<TenantScope>, effects: &mut Vec<Effect>) {
    let query = AuditQuery {
        size: AUDIT_PAGE,
        ..AuditQuery::default()
    };
    let kind = RecordsKind::Audit {
        scope,
        query,
        username: None,
    };
    open(model, kind, effects);
}

/// Reads the records on screen, all that are held.
pub fn read(model: &mut Model, effects: &mut Vec<Effect>) {
    read_as_far(model, Extent::Held, effects);
}

/// Reads as much of the records on screen.
pub fn read_as_far(model: &mut Model, extent: Extent, effects: &mut Vec<Effect>) {
    if let Some(at) = model.screens.len().checked_sub(1) {
        read_at(model, at, extent, effects);
    }
}

fn read_at(model: &mut Model, at: usize, extent: Extent, effects: &mut Vec<Effect>) {
    let rows = model.size.list_rows();
    let Some(Screen::Records(view)) = model.screens.get_mut(at) else {
        return;
    };
    view.begin_again(extent, rows);
    let outdated = [view.rows.give_up(), view.more.take()];
    for job in outdated.into_iter().flatten() {
        effects.extend(model.cancel(job));
    }
    ask(model, at, effects);
}

/// Asks for the records of a screen, or for what is still to be read again of them.
fn ask(model: &mut Model, at: usize, effects: &mut Vec<Effect>) {
    let Some(Screen::Records(view)) = model.screens.get(at) else {
        return;
    };
    let request = question(view);
    let now = model.now;
    let (job, effect) = model.ask(request);
    if let Some(Screen::Records(view)) = model.screens.get_mut(at) {
        view.rows.ask(job, now);
    }
    effects.push(effect);
}

/// A page of the users of the instance, from 1.
fn accounts(page: u64) -> Query {
    Query {
        page,
        ..Query::first(ACCOUNTS_PAGE)
    }
}

fn question(view: &RecordsView) -> Request {
    Request::People(Box::new(match &view.kind {
        RecordsKind::Accounts => PeopleQuestion::Users(accounts(view.again.pages + 1)),
        RecordsKind::Person { scope, tenant, user } => PeopleQuestion::Account {
            scope: scope.clone(),
            tenant: tenant.clone(),
            user: user.clone(),
        },
        RecordsKind::Members { tenant, .. } => return Request::Access(tenant.clone()),
        RecordsKind::Tokens { scope, owner } => PeopleQuestion::Tokens(scope.clone(), owner.clone()),
        RecordsKind::Invitations { tenant } => PeopleQuestion::Invitations(tenant.clone()),
        RecordsKind::Audit { scope, query, username } => PeopleQuestion::Audit {
            scope: scope.clone(),
            query: AuditQuery {
                offset: view.again.pages * u64::from(AUDIT_PAGE),
                ..query.clone()
            },
            username: username.clone(),
        },
        RecordsKind::Activity => PeopleQuestion::Activity,
    }))
}

/// Reads all screens of records again, after something was changed: a log only grew by that.
pub fn read_again(model: &mut Model, effects: &mut Vec<Effect>) {
    for at in 0..model.screens.len() {
        let is_log = |view: &RecordsView| matches!(view.kind, RecordsKind::Audit { .. });
        let extent = match model.screens.get(at) {
            Some(Screen::Records(view)) if is_log(view) => Extent::InView,
            _ => Extent::Held,
        };
        read_at(model, at, extent, effects);
    }
}

/// Takes an answer that a screen of records waits for, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let (now, rows) = (model.now, model.size.list_rows());
    let wall = i64::try_from(model.wall()).unwrap_or(i64::MAX);
    let waits = |screen: &Screen| matches!(screen, Screen::Records(view) if view.rows.job() == Some(job) || view.more == Some(job));
    let Some(at) = model.screens.iter().position(waits) else {
        return false;
    };
    let release = model
        .instance
        .value()
        .map_or(Release::DEFAULT, |instance| instance.release);
    let access = invited_to(model, at);
    // From 0.24 on Kestra's answers leave the namespaces out.
    let tells_places = !model.session.remote || !release.at_least(0, 24);
    let Some(Screen::Records(view)) = model.screens.get_mut(at) else {
        return true;
    };
    let problem = reply.as_ref().err().cloned();
    if view.more == Some(job) && view.list.sort.is_some() {
        // What is read on comes anywhere.
        view.list.begin_anew();
    }
    match reply {
        Ok(answer) => take(view, job, (now, wall), answer, release, (access.as_ref(), tells_places)),
        // What is held stays.
        Err(_) if view.more == Some(job) => view.give_up_more(),
        Err(problem) => {
            view.again = records::Again::default();
            view.give_up_more();
            view.rows.settle(job, now, Err(problem.clone()));
        }
    }
    view.arrange(rows);
    let goes_on = reply.is_ok() && view.goes_on();
    let is_gone = matches!(&view.kind, RecordsKind::Members { .. })
        && view
            .rows
            .problem()
            .is_some_and(|problem| problem.kind == ProblemKind::NotFound);
    if is_gone {
        model.screens.remove(at);
    }
    if let Some(problem) = problem {
        model.messages.problem(now, problem);
    }
    if goes_on {
        ask(model, at, effects);
    }
    true
}

/// The access of the tenant that the invitations of a screen are to, which names what comes with them.
fn invited_to(model: &Model, at: usize) -> Option<TenantAccess> {
    match model.screens.get(at) {
        Some(Screen::Records(view)) => match &view.kind {
            RecordsKind::Invitations { tenant } => deeds::known_access(model, tenant).cloned(),
            _ => None,
        },
        _ => None,
    }
}

fn take(
    view: &mut RecordsView,
    job: JobId,
    (now, wall): (u64, i64),
    answer: &Answer,
    release: Release,
    (invited_to, tells_places): (Option<&TenantAccess>, bool),
) {
    let kind = view.kind.clone();
    let rows = match (&kind, answer) {
        (RecordsKind::Members { group, tenant }, Answer::Access(access)) => {
            let Some(group) = access.groups.iter().find(|known| known.id == group.id) else {
                view.rows.settle(job, now, Err(group_gone(&group.name)));
                return;
            };
            let kind = RecordsKind::Members {
                tenant: tenant.clone(),
                group: group.clone(),
            };
            let rows = records::of_members(&kind, group, access);
            view.kind = kind;
            rows
        }
        (RecordsKind::Person { .. }, Answer::People(answer)) => match &**answer {
            PeopleAnswer::Account(account, held, more) => {
                let rows = records::of_person(&kind, account, held, *more, release);
                view.account = Some(account.clone());
                view.access = held
                    .iter()
                    .filter_map(|(scope, access)| Some((scope.clone(), access.clone().ok()?)))
                    .collect();
                if let RecordsKind::Person { user, .. } = &mut view.kind {
                    *user = account.as_user();
                }
                rows
            }
            _ => return,
        },
        (_, Answer::People(answer)) => match &**answer {
            PeopleAnswer::Tokens(tokens) => records::of_tokens(&kind, tokens.clone(), wall),
            PeopleAnswer::Invitations(all) => {
                records::of_invitations(&kind, all.clone(), invited_to, tells_places, wall)
            }
            PeopleAnswer::Activity(all) => records::of_activity(&kind, all.clone()),
            PeopleAnswer::Audit(page) => {
                let rows = records::of_audit(&kind, page.rows.clone());
                view.take_page(job, now, page.total, rows);
                return;
            }
            PeopleAnswer::Users(page) if kind == RecordsKind::Accounts => {
                let rows = records::of_accounts(&kind, page.rows.clone());
                view.take_page(job, now, page.total, rows);
                return;
            }
            PeopleAnswer::Users(_)
            | PeopleAnswer::Account(..)
            | PeopleAnswer::GoesWith(_)
            | PeopleAnswer::Superadmins(..)
            | PeopleAnswer::Lost(_) => return,
        },
        _ => return,
    };
    view.total = rows.len() as u64;
    view.rows.settle(job, now, Ok(rows));
}

fn group_gone(name: &str) -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        format!("Group {name} is gone."),
        "The tenant has no group of this id any more.",
        "Look at the groups of the tenant again.",
    )
}

/// Asks for the page after those that are held, where the list on screen is to be read on.
pub fn read_on(model: &mut Model, effects: &mut Vec<Effect>) {
    let height = model.size.list_rows();
    let Some(view) = view(model).filter(|view| view.is_to_read_on(height)) else {
        return;
    };
    let question = match &view.kind {
        RecordsKind::Audit { scope, query, username } => PeopleQuestion::Audit {
            scope: scope.clone(),
            query: AuditQuery {
                offset: view.rows.value().map_or(0, Vec::len) as u64,
                ..query.clone()
            },
            username: username.clone(),
        },
        RecordsKind::Accounts => PeopleQuestion::Users(accounts(view.pages + 1)),
        _ => return,
    };
    let (job, effect) = model.ask(Request::People(Box::new(question)));
    if let Some(view) = view_mut(model) {
        view.more = Some(job);
    }
    effects.push(effect);
}

/// Stops the search that is under way in the list on screen, and says whether there was one.
pub fn stop_search(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    let Some(view) = view_mut(model).filter(|view| view.is_searching()) else {
        return false;
    };
    let job = view.more;
    view.stop();
    effects.extend(job.and_then(|job| model.cancel(job)));
    model.messages.tell(model.now, Level::Warning, STOPPED);
    true
}

/// What is said where a search was stopped.
pub const STOPPED: &str = "Stopped reading; <G> looks further";

/// Opens the selected record: a group, or all that it says.
pub fn open_selected(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(view) = view(model) else { return };
    let Some(record) = view.selected() else {
        model
            .messages
            .tell_here(model.now, Level::Warning, "There is nothing to open here");
        return;
    };
    match (&view.kind, &record.item) {
        (RecordsKind::Person { .. }, Item::Group(group)) => {
            let group = (**group).clone();
            if let Some(tenant) = record.tenant.clone() {
                open_members(model, tenant, group, effects);
            }
        }
        (_, Item::Account(user)) => {
            let user = (**user).clone();
            open_account(model, user, effects);
        }
        (RecordsKind::Members { tenant, .. }, Item::Member(user, _)) => {
            let (tenant, user) = (tenant.clone(), (**user).clone());
            open_person(model, tenant, user, effects);
        }
        _ => {
            let page = Page {
                beside: stands_beside(model),
                ..Page::new(records::titled(&view.kind, record), records::in_full(record))
            };
            model.overlays.push(Overlay::Page(page));
        }
    }
}
