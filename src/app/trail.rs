//! Where the operator was: the places gone through, each with its filter, its order and its selection.
//!
//! A place is kept without what was read for it, which is read again when one comes back.

use crate::domain::query::Sort;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::contexts::ContextsView;
use super::cursor::Cursor;
use super::model::Model;
use super::records::RecordsView;
use super::run::RunView;
use super::run::list::RunsView;
use super::screen::Screen;
use super::session::Session;
use super::tenant_view::TenantView;

/// A place as it was left.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The filter of the list of tenants.
    pub filter: String,
    /// Its order.
    pub sort: Option<Sort>,
    /// The tenant that was selected in it.
    pub selected: Option<TenantScope>,
    /// Which row that was, and which was the first in view.
    pub view: Cursor,
    /// The screens above it, innermost last, without what was read for them.
    pub screens: Vec<Screen>,
}

impl Visit {
    /// The place on screen; `None` where something is being typed or examined, which is no place to come back to.
    pub fn of(model: &Model) -> Option<Self> {
        Some(Self {
            filter: model.tenants.filter.line.text().to_owned(),
            sort: model.tenants.sort.clone(),
            selected: model.tenants.kept_scope(),
            view: model.tenants.cursor,
            screens: model
                .screens
                .iter()
                .map(|screen| left(screen, model))
                .collect::<Option<_>>()?,
        })
    }

    /// Whether two are the same place, whatever is selected there.
    fn is_at(&self, other: &Self) -> bool {
        self.screens.len() == other.screens.len() && self.screens.iter().zip(&other.screens).all(|(a, b)| is_same(a, b))
    }

    /// Whether it is in a tenant.
    fn is_in(&self, id: &TenantId) -> bool {
        self.screens
            .iter()
            .any(|screen| matches!(screen, Screen::Tenant(view) if view.scope.id() == Some(id)))
    }
}

/// The context that was left for the present one.
#[derive(Clone, Debug)]
pub struct Former {
    /// Its name.
    pub context: String,
    /// The place in it, as far as nothing of what was read there goes with it.
    pub place: Option<Visit>,
    /// Whether it is to be come back to, with that place.
    pub returns: bool,
}

impl Former {
    /// What is left for another context. `None` where no context of that name leads back, as from an instance that is named
    /// by its store or its address.
    pub fn of(model: &Model) -> Option<Self> {
        let context = named_context(&model.session)?.to_owned();
        let place = Visit::of(model).map(|visit| Visit {
            screens: visit.screens.into_iter().take_while(is_light).collect(),
            ..visit
        });
        Some(Self {
            context,
            place,
            returns: false,
        })
    }
}

/// The name of the context that is worked on, where one of that name leads back to it.
pub fn named_context(session: &Session) -> Option<&str> {
    entered_context(session).filter(|_| !session.strays())
}

/// The name of the context that is worked on, where it was entered by that, wherever that leads by now.
pub fn entered_context(session: &Session) -> Option<&str> {
    match session.command_words.as_slice() {
        [.., flag, name] if flag == "--context" && *name == session.context => Some(name),
        _ => None,
    }
}

/// Whether a screen holds nothing of what was read for it.
fn is_light(screen: &Screen) -> bool {
    !matches!(
        screen,
        Screen::Messages(_) | Screen::Access(_) | Screen::WhoCan(_) | Screen::Comparison(_)
    )
}

/// A screen without what was read for it.
fn left(screen: &Screen, model: &Model) -> Option<Screen> {
    Some(match screen {
        Screen::Tenant(view) => Screen::Tenant(Box::new(TenantView {
            lists: view.lists.left(),
            scroll: view.scroll,
            role: view.role.clone(),
            ..TenantView::new(view.scope.clone(), view.tab)
        })),
        Screen::Records(view) => Screen::Records(Box::new(RecordsView {
            list: view.list.left(),
            ..RecordsView::new(view.kind.clone())
        })),
        Screen::Contexts(view) => Screen::Contexts(Box::new(ContextsView {
            list: view.list.left(),
            ..ContextsView::default()
        })),
        Screen::Runs(view) => Screen::Runs(Box::new(RunsView { list: view.list.left() })),
        Screen::Run(view) if !view.is_dry => Screen::Run(Box::new(RunView::new(view.run.clone(), model.now))),
        Screen::Messages(_) | Screen::Access(_) | Screen::WhoCan(_) | Screen::Comparison(_) => screen.clone(),
        Screen::Run(_)
        | Screen::Form(_)
        | Screen::RoleEditor(_)
        | Screen::Checks(_)
        | Screen::Connect(_)
        | Screen::Wizard
        | Screen::Rollback(_) => return None,
    })
}

fn is_same(a: &Screen, b: &Screen) -> bool {
    match (a, b) {
        (Screen::Tenant(a), Screen::Tenant(b)) => {
            let role = |view: &TenantView| view.role.as_ref().map(|role| role.id.clone());
            a.scope == b.scope && a.tab == b.tab && role(a) == role(b)
        }
        (Screen::Records(a), Screen::Records(b)) => a.kind.title() == b.kind.title(),
        (Screen::Run(a), Screen::Run(b)) => a.run == b.run,
        (Screen::Access(a), Screen::Access(b)) => a.scope == b.scope && a.user.id == b.user.id,
        (Screen::WhoCan(a), Screen::WhoCan(b)) => {
            a.scope == b.scope && a.resource == b.resource && a.action == b.action
        }
        (Screen::Comparison(a), Screen::Comparison(b)) => a.comparison == b.comparison,
        (Screen::Messages(_), Screen::Messages(_))
        | (Screen::Contexts(_), Screen::Contexts(_))
        | (Screen::Runs(_), Screen::Runs(_)) => true,
        _ => false,
    }
}

/// Which way one goes along it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To where one was before.
    Back,
    /// To where one was before going back.
    Forward,
    /// To where one was last, either way.
    Last,
}

/// The last place that is elsewhere; those after it are forgotten.
fn pop(places: &mut Vec<Visit>, is_elsewhere: impl Fn(&Visit) -> bool) -> Option<Visit> {
    while let Some(place) = places.pop() {
        if is_elsewhere(&place) {
            return Some(place);
        }
    }
    None
}

/// The places gone through.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    back: Vec<Visit>,
    forward: Vec<Visit>,
    last: Option<Visit>,
    /// The place on screen, as it was when it was last looked at.
    at: Option<Visit>,
}

impl Trail {
    /// How many places are kept.
    pub const KEPT: usize = 50;

    /// Looks where the operator is now, and remembers where they were if that is elsewhere.
    pub fn look(&mut self, now: Option<Visit>) {
        let Some(now) = now else { return };
        if let Some(before) = self.at.replace(now)
            && self.at.as_ref().is_some_and(|now| !now.is_at(&before))
        {
            self.last = Some(before.clone());
            self.back.push(before);
            self.tidy();
            let surplus = self.back.len().saturating_sub(Self::KEPT);
            self.back.drain(..surplus);
            self.forward.clear();
        }
    }

    /// Whether there is a place that way.
    pub fn leads(&self, way: Way) -> bool {
        let is_elsewhere = |visit: &Visit| self.at.as_ref().is_none_or(|here| !here.is_at(visit));
        match way {
            Way::Back => self.back.iter().any(is_elsewhere),
            Way::Forward => self.forward.iter().any(is_elsewhere),
            Way::Last => self.last.is_some(),
        }
    }

    /// The place that way, and remembers the one that is left for it.
    pub fn go(&mut self, way: Way) -> Option<Visit> {
        let here = self.at.clone();
        let is_elsewhere = |visit: &Visit| here.as_ref().is_none_or(|here| !here.is_at(visit));
        let to = match way {
            Way::Back => pop(&mut self.back, is_elsewhere),
            Way::Forward => pop(&mut self.forward, is_elsewhere),
            Way::Last => self.last.take(),
        }?;
        if let Some(here) = self.at.replace(to.clone()) {
            self.last = Some(here.clone());
            match way {
                Way::Back => self.forward.push(here),
                Way::Forward => self.back.push(here),
                Way::Last => {
                    self.back.push(here);
                    self.forward.clear();
                }
            }
        }
        Some(to)
    }

    /// Forgets places in a tenant that is gone.
    pub fn forget(&mut self, id: &TenantId) {
        self.back.retain(|visit| !visit.is_in(id));
        self.forward.retain(|visit| !visit.is_in(id));
        self.last = self.last.take().filter(|visit| !visit.is_in(id));
        self.at = self.at.take().filter(|visit| !visit.is_in(id));
        self.tidy();
    }

    /// The same for another time, without places that hold what was read.
    pub fn lightened(mut self) -> Self {
        let is_light = |visit: &Visit| visit.screens.iter().all(is_light);
        self.back.retain(is_light);
        self.forward.retain(is_light);
        self.at = self.at.filter(is_light);
        self.tidy();
        // The list of contexts is the way out; one comes back to what stands below it.
        let is_way_out = |visit: &Visit| matches!(visit.screens.last(), Some(Screen::Contexts(_)));
        // Who comes back was last in the context that they come from, wherever they arrive here.
        self.back.extend(self.at.take().filter(|at| !is_way_out(at)));
        self.last = None;
        self
    }

    /// Takes places out that have become neighbours of themselves.
    fn tidy(&mut self) {
        self.back.dedup_by(|a, b| a.is_at(b));
        self.forward.dedup_by(|a, b| a.is_at(b));
    }
}
