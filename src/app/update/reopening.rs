//! Opening again what was on screen when the last session was cut off: at once what needs no instance, the rest once that has
//! answered. Where the operator has gone somewhere or typed something by then, it is offered, and opened by a command.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::deed::Made;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::super::access_view::AccessView;
use super::super::command::Scope;
use super::super::comparison_view::ComparisonView;
use super::super::connect::ConnectForm;
use super::super::cursor::Cursor;
use super::super::doing::Doubt;
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::records::RecordsKind;
use super::super::resume::{Place, Resume};
use super::super::screen::Screen;
use super::super::stood::Stood;
use super::super::tabs::Tab;
use super::resumed::{self, Told, Weight};
use super::{access, contexts, doubts, marks, messages, migration, places, records, resuming, standing};

/// What was opened of what was kept before the instance answered, and where one was then.
#[derive(Clone, Debug)]
pub struct Begun {
    /// For each place that was kept, whether it is open.
    opened: Vec<bool>,
    /// How many screens that are.
    depth: usize,
    /// Where one was then.
    at: Resume,
    /// Whether it was told what is open and what waits.
    is_told: bool,
}

impl Begun {
    /// How many of the places are open already, from the outermost on; `None` where one is open and not one below it.
    pub fn open_first(&self) -> Option<usize> {
        let first = self.opened.iter().take_while(|opened| **opened).count();
        let is_all = !self.opened.iter().skip(first).any(|opened| *opened);
        is_all.then_some(first)
    }
}

/// Opens what needs no instance, before that has answered.
pub fn begin(model: &mut Model, effects: &mut Vec<Effect>) {
    let sent = model.resume.as_mut().filter(|resume| resume.is_current());
    model.doubts.extend(sent.into_iter().flat_map(Resume::take_sent));
    let kept = model.resume.as_ref().filter(|resume| resume.is_current());
    let (kept, stood) = kept.map_or_else(Default::default, |resume| (resume.places.clone(), resume.stood.clone()));
    if let Some(kept) = model.resume.as_ref().filter(|resume| resume.is_current()) {
        model.columns.wide.clone_from(&kept.wide);
        model.columns.focus.clone_from(&kept.focus);
    }
    let is_local = |place: &Place| match place {
        Place::Run { .. } | Place::Messages | Place::Contexts | Place::Connect { .. } | Place::Runs => true,
        Place::Records { kind } => *kind == RecordsKind::Activity,
        Place::Tenant { .. }
        | Place::Role { .. }
        | Place::Access { .. }
        | Place::WhoCan { .. }
        | Place::Comparison(_) => false,
    };
    let opened: Vec<bool> = kept.iter().map(is_local).collect();
    for (at, place) in kept.iter().enumerate() {
        if opened.get(at) == Some(&true) {
            open(model, place, stood.get(at), effects);
        }
    }
    model.begun = Some(Box::new(Begun {
        opened,
        depth: model.screens.len(),
        at: whereabouts(model),
        is_told: false,
    }));
}

/// Where one is, but for what changes by itself and for what was only looked at.
fn whereabouts(model: &Model) -> Resume {
    let mut here = resuming::here(model);
    for stood in &mut here.stood {
        *stood = Stood {
            filter: std::mem::take(&mut stood.filter),
            sort: stood.sort.take(),
            ..Stood::default()
        };
    }
    Resume {
        selected: None,
        view: Cursor::default(),
        history: Vec::new(),
        wide: BTreeSet::new(),
        focus: BTreeMap::new(),
        ..here
    }
}

/// Whether the operator has gone somewhere or typed something before the instance answered.
pub fn is_touched(model: &Model) -> bool {
    let types_secret = matches!(model.screens.last(), Some(Screen::Connect(form)) if form.has_secret());
    model.begun.as_ref().is_some_and(|begun| {
        !model.overlays.is_empty()
            || model.filter().is_some_and(|filter| filter.editing)
            || types_secret
            || model.ahead.is_some()
            || !model.pending.is_empty()
            || model.has_marks()
            || model.screens.len() != begun.depth
            || whereabouts(model) != begun.at
    })
}

/// Tells what is open of what was kept, and what waits, once it is known that the instance does not answer: in front of that.
pub fn tell_waiting(model: &mut Model) {
    let is_known = model.instance.job().is_none() && model.tenants.waiting_since().is_none();
    if !is_known || model.instance.problem().is_none() {
        return;
    }
    let Some(begun) = model.begun.as_mut().filter(|begun| !begun.is_told) else {
        return;
    };
    begun.is_told = true;
    let Some(resume) = model.resume.as_ref().filter(|resume| resume.is_current()) else {
        return;
    };
    let of = |wanted: bool| {
        resume
            .places
            .iter()
            .zip(&begun.opened)
            .filter(move |(_, opened)| **opened == wanted)
    };
    let open: Vec<String> = of(true).filter_map(|(place, _)| named(place)).collect();
    let mut waiting = summary(resume, of(false).map(|(place, _)| place));
    doubts::say(model, resume, &mut waiting);
    let waiting = waiting.words();
    let mut parts = Vec::new();
    if !waiting.is_empty() {
        parts.push(format!("Waits for the instance: {waiting}"));
    }
    if !open.is_empty() {
        parts.push(format!("Resumed: {}. {}", open.join(", "), resumed::escapes(model)));
    }
    if !parts.is_empty() {
        model.messages.tell_before(model.now, Level::Warning, &parts.join(". "));
    }
}

/// What was typed and waits for the instance to answer, in words.
pub fn waits_for_answer(model: &Model) -> Option<String> {
    let resume = model.resume.as_ref()?;
    let mut told = summary(resume, [].iter());
    doubts::say(model, resume, &mut told);
    (resume.is_current() && (resume.is_unsent() || !model.doubts.is_empty())).then(|| told.words())
}

/// Offers what was kept instead of opening it over what the operator is at.
pub fn offer(model: &mut Model, begun: &Begun, resume: Resume) {
    doubts::tell(model);
    let mut is_open = begun.opened.iter().copied().chain(std::iter::repeat(false));
    let mut stood = resume.stood.into_iter();
    let places = resume
        .places
        .into_iter()
        .map(|place| (place, stood.next().unwrap_or_default()));
    let (places, stood) = places.filter(|_| !is_open.next().unwrap_or_default()).unzip();
    let kept = Resume {
        words: None,
        places,
        stood,
        ..resume
    }
    .only_place();
    let is_empty = summary(&kept, kept.places.iter()).is_empty();
    model.kept = if is_empty { kept.kept } else { Some(Box::new(kept)) };
    if !is_empty {
        tell_kept(model);
    }
}

/// Says how what was kept is opened, if something was.
pub fn tell_kept(model: &mut Model) {
    let Some(kept) = &model.kept else { return };
    let words = summary(kept, kept.places.iter()).words();
    // Where text is typed a command is not.
    let text = if model.scopes().first() == Some(&Scope::Form) {
        format!("<f1>, `:kept` opens what was kept: {words}")
    } else {
        format!("`:kept` opens what was kept: {words}")
    };
    let text = resumed::with_notices(model, text);
    model.messages.tell(model.now, Level::Warning, text);
}

/// What is still kept beside what was opened, in words.
pub fn beside(model: &Model) -> Option<String> {
    let kept = model.kept.as_ref()?;
    let words = summary(kept, kept.places.iter()).words();
    Some(format!("more by `:kept` ({words})"))
}

/// Opens what was offered in place of what is on screen. What is typed or picked there is kept in turn.
pub fn take_up(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(reason) = why_not_kept(model) {
        model.messages.not_now(model.now, reason);
        return;
    }
    let here = resuming::here(model).only_place();
    let loses = here.is_unsent() || here.marked() > 0 || places::loses(model);
    let Some(mut kept) = model.kept.take() else { return };
    doubts::leave(model);
    if loses {
        kept.kept = Some(Box::new(Resume {
            kept: kept.kept.take(),
            ..here
        }));
        while model.screens.iter().any(Screen::would_lose) {
            places::close(model, effects);
        }
    }
    // Lines in which nothing was typed are of what was on screen, too.
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Entry(_) | Overlay::Choice(_)));
    places::go_to_tenants(model, effects);
    marks::clear(model, effects);
    resuming::go_on(model, *kept, None, effects);
    doubts::take_up(model, effects);
}

/// Takes it that what a form of what was kept sent is there as `made`, or is not there, so that it is unsent. A place goes with its
/// form where nothing else is in it.
pub fn settle_sent(model: &mut Model, doubt: &Doubt, made: Option<&Made>) {
    let goes = |kept: &mut Box<Resume>| kept.settle_sent(doubt, made) && summary(kept, kept.places.iter()).is_empty();
    let mut place = &mut model.kept;
    while place.is_some() {
        if let Some(gone) = place.take_if(goes) {
            *place = gone.kept;
        } else if let Some(kept) = place {
            place = &mut kept.kept;
        }
    }
}

/// Why what is typed or awaited on screen cannot be kept while something else is opened, and what to press; `None` if it can.
fn why_not_kept(model: &Model) -> Option<&'static str> {
    let types_secret = |screen: &Screen| match screen {
        Screen::Connect(form) => form.has_secret(),
        Screen::Form(form) => form.has_secret(),
        _ => false,
    };
    let hides = |overlay: &Overlay| matches!(overlay, Overlay::Entry(entry) if entry.has_hidden());
    let awaits = |overlay: &Overlay| matches!(overlay, Overlay::Entry(entry) if entry.ahead.is_some());
    if model.is_sending() {
        Some("what was sent is awaited; ask again after that")
    } else if model.overlays.iter().any(awaits) {
        Some("the review of a snapshot is awaited; <esc> stops it")
    } else if model.types_tenant() && places::loses(model) {
        Some("a tenant is being typed; take it by <ctrl-o> or leave it by <esc> first")
    } else if model.screens.iter().any(types_secret) || model.overlays.iter().any(hides) {
        Some("secrets are never kept; send this or leave it by <esc> first")
    } else {
        None
    }
}

/// What was kept, in words; of the places these. A run is told by its id alone.
fn summary<'a>(resume: &Resume, places: impl Iterator<Item = &'a Place>) -> Told {
    let mut told = Told::default();
    resumed::say_forms(&mut told, resume);
    if let Some(draft) = resume.migration.as_ref().filter(|draft| draft.is_open) {
        told.say(Weight::Run, [format!("the wizard, page {}", draft.page.title())]);
    }
    told.say(Weight::Marks, resumed::marked(resume));
    told.say(Weight::Place, places.filter_map(named));
    if !resume.filter.is_empty() {
        told.say(Weight::Filter, [format!("filter {}", resume.filter)]);
    }
    told
}

/// What a place is called, where it is worth a word.
pub fn named(place: &Place) -> Option<String> {
    Some(match place {
        Place::Tenant { id, .. } => format!("tenant {}", id.as_deref().unwrap_or(TenantScope::DEFAULT_WORD)),
        Place::Run { id } => format!("run {id}"),
        Place::Records { kind } => kind.title(),
        Place::Access { user, .. } => format!("what {} may do", user.username),
        Place::WhoCan { resource, action, .. } => format!("who can {action} {resource}"),
        Place::Comparison(compared) => {
            let [a, b] = &**compared;
            format!("{} beside {}", a.name, b.name)
        }
        Place::Contexts => "the contexts".to_owned(),
        Place::Connect { .. } => "connecting to a Kestra, not tried".to_owned(),
        Place::Runs => "the runs".to_owned(),
        Place::Messages => "the messages".to_owned(),
        Place::Role { .. } => return None,
    })
}

/// Opens a screen again that was open, to stand as it stood where that is known.
pub fn open(model: &mut Model, place: &Place, stood: Option<&Stood>, effects: &mut Vec<Effect>) {
    match place {
        Place::Tenant { id, tab } => {
            let scope = id
                .as_deref()
                .map_or(TenantScope::Default, |id| TenantScope::Named(TenantId::existing(id)));
            let tab = Tab::titled(tab).unwrap_or_default();
            places::open_tenant(model, scope, tab, effects);
        }
        Place::Run { id } => migration::open_run(model, id.clone()),
        Place::Role { id } => {
            if let Some(view) = model.tenant_view_mut() {
                view.wanted_role = Some(id.clone());
            }
            if let Some(stood) = stood {
                standing::begin_role(model, stood);
            }
            return;
        }
        Place::Records { kind } => records::open(model, kind.clone(), effects),
        Place::Access {
            tenant,
            user,
            namespace,
        } => {
            let mut view = AccessView::new(tenant.clone(), user.clone());
            view.namespace.set(namespace, &[], &[]);
            model.screens.push(Screen::Access(Box::new(view)));
        }
        Place::WhoCan {
            tenant,
            resource,
            action,
            namespace,
        } => {
            access::push_who_can(model, tenant.clone(), resource.clone(), action.clone(), effects);
            if let Some(Screen::WhoCan(view)) = model.screens.last_mut() {
                view.namespace.set(namespace, &[], &[]);
            }
        }
        Place::Comparison(compared) => {
            let [a, b] = &**compared;
            model
                .screens
                .push(Screen::Comparison(Box::new(ComparisonView::new(a, b))));
        }
        Place::Messages => messages::open(model),
        Place::Contexts => contexts::open(model, effects),
        Place::Connect { texts, at } => {
            let form = ConnectForm::restored(texts, *at);
            model.screens.push(Screen::Connect(Box::new(form)));
        }
        Place::Runs => migration::open_runs(model, effects),
    }
    if let Some(stood) = stood {
        standing::begin(model, stood);
    }
}
