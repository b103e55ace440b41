//! Writing down where the operator is, and going on from there at the next start.

use crate::domain::columns::TENANT_COLUMNS;
use crate::domain::deed::Deed;
use crate::domain::query::Sort;
use crate::domain::redact;
use crate::domain::shaped::shaped;
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;

use super::super::choice::{Choice, Choosing};
use super::super::doing::Undoable;
use super::super::effect::Effect;
use super::super::entry::Entry;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::people::Picking;
use super::super::resume::{Draft, EntryDraft, MigrationDraft, PickDraft, Place, Resume, RoleDraft};
use super::super::role_editor::RoleEditor;
use super::super::screen::Screen;
use super::super::tenant_form::TenantForm;
use super::super::wizard::Wizard;
use super::reopening::Begun;
use super::resumed::{Told, Weight};
use super::{
    SAVE_AFTER, comparing, doubts, forms, lists, migration, pages, places, reopening, resumed, roles, standing, wizard,
};

/// Where one is, with what waits from the last time.
fn present(model: &Model) -> Resume {
    let here = here(model);
    match model.resume.as_ref().filter(|resume| resume.is_current()) {
        // The instance has not answered, and the operator has gone on meanwhile.
        Some(untouched) => here.over(untouched.clone()),
        None => Resume {
            kept: model.kept.clone(),
            ..here
        },
    }
}

/// Where one is.
pub fn here(model: &Model) -> Resume {
    let sort = model.tenants.sort.as_ref();
    let mut places = Vec::new();
    let mut stood = Vec::new();
    let mut draft = None;
    let mut role = None;
    let mut over_wizard = None;
    for (at, screen) in model.screens.iter().enumerate() {
        match screen {
            Screen::Tenant(view) => places.push(Place::Tenant {
                id: view.scope.id().map(TenantId::to_string),
                tab: view.tab.title().to_owned(),
            }),
            Screen::RoleEditor(editor) => role = Some(editor.draft()),
            Screen::Form(form) => draft = Some(form.draft()),
            Screen::Run(view) if !view.is_dry => places.push(Place::Run { id: view.run.clone() }),
            Screen::Records(view) => places.push(Place::Records {
                kind: view.kind.clone(),
            }),
            Screen::Access(view) => places.push(Place::Access {
                tenant: view.scope.clone(),
                user: view.user.clone(),
                namespace: view.namespace.line.text().to_owned(),
            }),
            Screen::WhoCan(view) => places.push(Place::WhoCan {
                tenant: view.scope.clone(),
                resource: view.resource.clone(),
                action: view.action.clone(),
                namespace: view.namespace.line.text().to_owned(),
            }),
            Screen::Comparison(view) => places.push(Place::Comparison(Box::new(view.compared.clone()))),
            Screen::Messages(_) => places.push(Place::Messages),
            Screen::Contexts(_) => places.push(Place::Contexts),
            Screen::Connect(form) => places.push(Place::Connect {
                texts: form.kept(),
                at: form.at(),
            }),
            Screen::Runs(_) => places.push(Place::Runs),
            Screen::Wizard => over_wizard = Some(0),
            Screen::Checks(_) | Screen::Run(_) | Screen::Rollback(_) => {}
        }
        if places.len() > stood.len() {
            stood.push(standing::of(model, at));
            over_wizard = over_wizard.map(|above: usize| above + 1);
        }
        if let Some((id, role)) = standing::of_role(model, at) {
            places.push(Place::Role { id: id.to_owned() });
            stood.push(role);
        }
    }
    // What a change was typed or picked for comes back if that fails.
    let doing = model.doing.as_ref();
    let is_on_its_way = doing.is_some() || model.overlays.iter().any(Overlay::asks_about_change);
    let (mut lines, mut lists) = (Vec::new(), Vec::new());
    for overlay in &model.overlays {
        match overlay {
            Overlay::Entry(entry) => lines.push(entry.draft()),
            Overlay::Choice(choice) if choice.sent.as_deref().is_none_or(|deed| !doubts::can_be_seen(deed)) => {
                lists.extend(picks(choice, choice.sent.as_deref()));
            }
            _ => {}
        }
    }
    // What can be looked at keeps it itself.
    if is_on_its_way && doing.is_none_or(|doing| !doubts::can_be_seen(&doing.deed)) {
        lines.extend(model.typed.iter().map(|entry| EntryDraft {
            sent: entry.sent || doing.is_some(),
            ..entry.draft()
        }));
        lists.extend(model.chosen.iter().filter_map(|choice| {
            let sent = doing.map(|doing| &doing.deed);
            picks(choice, sent.or(choice.sent.as_deref()))
        }));
    }
    lines.extend(model.returning.iter().map(|entry| entry.draft()));
    lists.extend(model.wanted_pick.clone());
    let has_sent = role.as_ref().is_some_and(|role: &RoleDraft| role.sent.is_some())
        || draft.as_ref().is_some_and(|draft: &Draft| draft.sent.is_some());
    Resume {
        version: Resume::VERSION,
        words: Some(model.session.command_words.clone()),
        filter: model.tenants.filter.line.text().to_owned(),
        sort: sort.map(sort_word),
        selected: model.tenants.kept_scope().map(|scope| scope.to_string()),
        view: model.tenants.cursor,
        marks: model.tenants.marks.kept(),
        wide: model.columns.wide.clone(),
        focus: model.columns.focus.clone(),
        places,
        stood,
        draft,
        role,
        entry: first(lines, |draft| draft.as_opened),
        pick: first(lists, |draft| draft.as_opened),
        sent: doubts::kept(model),
        sent_at: model.sent_at.filter(|_| has_sent),
        page: pages::kept(model),
        migration: answers(model, over_wizard),
        // These seldom change, and are many; so they are looked at by `undos_changed`.
        undos: Vec::new(),
        redos: Vec::new(),
        history: history(model),
        kept: None,
    }
}

/// The first in which something was typed or picked, or else the first.
fn first<T>(mut drafts: Vec<T>, as_opened: impl Fn(&T) -> bool) -> Option<T> {
    let at = drafts.iter().position(|draft| !as_opened(draft)).unwrap_or(0);
    (at < drafts.len()).then(|| drafts.swap_remove(at))
}

/// Where one is while what was being picked or read is still to be opened again; `None` where nothing is, or something else was opened.
pub fn picked_at(model: &Model) -> Option<(usize, Resume)> {
    if model.wanted_pick.is_none() && model.wanted_page.is_none() {
        return None;
    }
    let is_menu = |overlay: &Overlay| matches!(overlay, Overlay::Menu(_));
    if !model.overlays.iter().all(is_menu) {
        return None;
    }
    let place = Resume {
        history: Vec::new(),
        ..present(model)
    };
    Some((model.screens.len(), place))
}

/// The lines run from the palette, but for those with something in them that looks like a secret.
fn history(model: &Model) -> Vec<String> {
    let lines = model.history.iter();
    lines
        .filter(|line| redact::line(line, &[]) == **line)
        .cloned()
        .collect()
}

/// What is being picked, and what was sent of it while nobody knows what came of that.
pub fn picks(choice: &Choice, sent: Option<&Deed>) -> Option<PickDraft> {
    let (mut typed, mut row) = (choice.line.text(), choice.selected().map(|row| row.key.as_str()));
    let is_touched = sent.is_some() || !typed.is_empty() || !choice.marks.is_empty();
    let (purpose, as_opened) = match &choice.purpose {
        Choosing::People(picking) => match &**picking {
            // Who may do what is read again.
            Picking::Admin(scopes, _) => {
                let picking = Picking::Admin(scopes.clone(), None);
                (Choosing::People(Box::new(picking)), !is_touched)
            }
            Picking::Subjects(..) | Picking::Entrants(_) | Picking::Members(..) => {
                (choice.purpose.clone(), !is_touched)
            }
            // Something was picked before it.
            Picking::Roles(..) | Picking::Places(..) | Picking::Invited(..) => (choice.purpose.clone(), false),
        },
        // Which contexts there are is read by way of what was chosen before.
        Choosing::CompareAt { role, .. } => {
            let (scope, role) = role.origin.clone()?;
            (typed, row) = ("", Some(comparing::AT));
            (Choosing::CompareWith { scope, role }, true)
        }
        other => (other.clone(), true),
    };
    Some(PickDraft {
        purpose,
        typed: typed.to_owned(),
        marks: choice.marks.iter().cloned().collect(),
        row: row.map(str::to_owned),
        cursor: choice.cursor,
        as_opened,
        sent: sent.is_some(),
    })
}

pub fn sort_word(sort: &Sort) -> String {
    format!("{}{}", if sort.descending { "-" } else { "" }, sort.column)
}

pub fn sort_of(word: &str, columns: &[&str]) -> Option<Sort> {
    let (descending, column) = word.strip_prefix('-').map_or((false, word), |column| (true, column));
    columns.contains(&column).then(|| Sort {
        column: column.to_owned(),
        descending,
    })
}

fn kept(changes: &[Undoable]) -> Vec<Undoable> {
    changes.iter().filter_map(Undoable::kept).collect()
}

/// Takes up what was kept when an instance was left: what can be taken back, and behind it what is too long ago for that, but still
/// kept, in case that the clock is wrong.
pub fn take_up(model: &mut Model, kept: &mut Resume) {
    model.doubts.extend(kept.take_sent());
    let wall = model.wall();
    let taken = |changes: &[Undoable]| {
        let kept = changes.iter().filter(|change| !change.is_gone(wall)).cloned();
        let (mut taken, fresh): (Vec<_>, Vec<_>) = kept.partition(|change| change.is_expired(wall));
        taken.extend(fresh);
        taken
    };
    (model.undos, model.redos) = (taken(&kept.undos), taken(&kept.redos));
    // The first thing that is written down has to have them, too.
    model.undos_changed = !model.undos.is_empty() || !model.redos.is_empty();
    model.wizard = kept.migration.as_ref().map(|draft| Box::new(Wizard::restored(draft)));
}

/// What was answered in the wizard, if anything was, or if it is on screen.
fn answers(model: &Model, above: Option<usize>) -> Option<MigrationDraft> {
    let wizard = model.wizard.as_ref()?;
    let is_open = above.is_some();
    (is_open || wizard.is_touched()).then(|| MigrationDraft {
        above: above.unwrap_or_default(),
        ..wizard.draft(is_open)
    })
}

/// Leaves the program: where one was is forgotten; what was answered in the wizard and what can be taken back is not. Nor is
/// anything that waits from the last time because the instance has not answered.
pub fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    // What was left from the last time may not have been taken up yet, or not all of it.
    let is_taken_up = model.resume.is_none();
    let waits = model.resume.take().or_else(|| model.kept.take().map(|kept| *kept));
    let mut left = Resume {
        words: None,
        ..waits.unwrap_or_default()
    };
    // What waited to be asked for is what the next start goes on with, where there is nothing else.
    if !left.is_place()
        && let Some(kept) = left.kept.take()
    {
        left = Resume {
            version: left.version,
            sent: left.sent,
            undos: left.undos,
            redos: left.redos,
            history: left.history,
            migration: left.migration,
            ..*kept
        };
    }
    let wizard = model.wizard.as_ref().filter(|wizard| wizard.is_touched());
    left.migration = wizard.map(|wizard| wizard.draft(false)).or(left.migration);
    left.sent.extend(doubts::kept(model));
    if is_taken_up {
        left.version = Resume::VERSION;
        (left.undos, left.redos) = (kept(&model.undos), kept(&model.redos));
    }
    if is_taken_up || !model.history.is_empty() {
        left.history = history(model);
    }
    effects.push(if left.is_empty() {
        Effect::Forget
    } else {
        Effect::Save(Box::new(left))
    });
    effects.push(Effect::Quit);
}

/// Sets a time to write down where the operator is, if that changed.
pub fn schedule(model: &mut Model) {
    if can_save(model)
        && model.save_due.is_none()
        && (model.undos_changed || model.saved.as_ref() != Some(&present(model)))
    {
        model.save_due = Some(model.now + SAVE_AFTER);
    }
}

/// Writes down where the operator is.
pub fn save_now(model: &mut Model, effects: &mut Vec<Effect>) {
    save(model, true, effects);
}

/// Writes down that what was typed is on its way, before it is: the console may be gone before the answer.
pub fn save_sent(model: &mut Model, effects: &mut Vec<Effect>) {
    if !model.is_sending() {
        return;
    }
    model.sent_at = Some(model.wall());
    model.told_early = None;
    if here(model).is_unsent() {
        let mut first = Vec::new();
        save_now(model, &mut first);
        effects.splice(0..0, first);
    }
}

/// The same where the operator leaves, so that no start needs to come back.
pub fn save_left(model: &mut Model, effects: &mut Vec<Effect>) {
    save(model, false, effects);
}

/// Whether there is something to write down: the instance has answered and what was left from the last time was taken up, or
/// the operator has gone somewhere or typed something before that.
fn can_save(model: &Model) -> bool {
    model.resume.is_none() && model.instance.value().is_some() || reopening::is_touched(model)
}

fn save(model: &mut Model, stays: bool, effects: &mut Vec<Effect>) {
    model.save_due = None;
    // Before what was left from the last time has been taken up, there is nothing better to keep.
    if let Some(untouched) = model.resume.as_ref().filter(|_| !can_save(model)) {
        if !stays {
            let mut left = Resume {
                words: None,
                ..untouched.clone()
            };
            left.sent.extend(doubts::kept(model));
            effects.push(Effect::Save(Box::new(left)));
        }
        return;
    }
    if !can_save(model) {
        return;
    }
    let mut present = present(model);
    if !stays {
        present.words = None;
    }
    if model.undos_changed || model.saved.as_ref() != Some(&present) {
        let mut all = present.clone();
        // Before they are taken up they are among what waits.
        all.undos.extend(kept(&model.undos));
        all.redos.extend(kept(&model.redos));
        effects.push(Effect::Save(Box::new(all)));
        model.saved = Some(present);
        model.undos_changed = false;
    }
}

/// Goes on where the last session was cut off, now that the instance has answered, and looks what came of what was sent.
pub fn restore(model: &mut Model, effects: &mut Vec<Effect>) {
    restore_place(model, effects);
    doubts::take_up(model, effects);
}

fn restore_place(model: &mut Model, effects: &mut Vec<Effect>) {
    let is_touched = reopening::is_touched(model);
    let begun = model.begun.take();
    let kept = model.resume.take().filter(Resume::is_current);
    // Whoever is led elsewhere is told so, also where another console has gone on with what was kept there.
    let led = model.session.came_back.as_ref().map(|_| Resume::default());
    let Some(mut resume) = kept.or(led) else { return };
    let answered = model.wizard.take().filter(|wizard| wizard.is_touched());
    take_up(model, &mut resume);
    model.wizard = answered.or(model.wizard.take());
    if model.history.is_empty() {
        model.history.clone_from(&resume.history);
    }
    match begun {
        Some(begun) if is_touched => reopening::offer(model, &begun, resume),
        begun => go_on(model, resume, begun.as_deref(), effects),
    }
}

/// Opens what was kept and is not open yet, and tells what that is.
pub fn go_on(model: &mut Model, mut resume: Resume, begun: Option<&Begun>, effects: &mut Vec<Effect>) {
    let came_back = model.session.came_back.take();
    let mut words = Told::default();
    words.say(Weight::Context, came_back.clone());
    model.kept = resume.kept.take();
    resumed::say_forms(&mut words, &resume);
    if begun.is_some() {
        doubts::say(model, &resume, &mut words);
    }
    if !model.lists_tenants()
        && !resume.has_form()
        && resume.page.is_none()
        && resume.places.is_empty()
        && resume.migration.is_none()
        && model.kept.is_none()
        && words.is_empty()
    {
        return;
    }
    let filtered = lists::set_tenant_filter(model, &resume.filter, effects);
    if filtered && model.lists_tenants() {
        words.say(Weight::Filter, [format!("filter {}", resume.filter)]);
    }
    if let Some(sort) = resume.sort.as_deref().and_then(|sort| sort_of(sort, TENANT_COLUMNS)) {
        model.tenants.sort = Some(sort);
    }
    if (filtered || resume.sort.is_some()) && model.lists_tenants() {
        lists::search(model, effects);
    }
    if let Some(selected) = &resume.selected {
        let rows = model.size.list_rows();
        model.tenants.want_back(scope_of(selected), resume.view, rows);
    }
    if !model.lists_tenants() {
        resume.marks.clear();
    }
    model.tenants.marks.want_back(&resume.marks);
    words.say(Weight::Marks, resumed::marked(&resume));
    // What lies below something that is open already is opened before it, so that all is opened anew then.
    let open = begun.and_then(Begun::open_first);
    while begun.is_some() && open.is_none() && !model.screens.is_empty() {
        places::close(model, effects);
    }
    for (at, place) in resume.places.iter().enumerate() {
        if at >= open.unwrap_or_default() {
            reopening::open(model, place, resume.stood.get(at), effects);
        }
        // That of the list on screen; among the messages it would be found by itself.
        let is_on_screen = at + 1 == resume.places.len() && !resume.has_form() && *place != Place::Messages;
        let filter = resume.stood.get(at).map(|stood| stood.filter.as_str());
        let filter = filter.filter(|filter| is_on_screen && !filter.is_empty());
        words.say(Weight::Filter, filter.map(|filter| format!("filter {filter}")));
        match place {
            Place::Run { id } => words.runs.push(id.clone()),
            _ => words.say(Weight::Place, reopening::named(place)),
        }
    }
    let instance = model.instance.value().cloned();
    if let (Some(draft), Some(instance)) = (&resume.draft, instance) {
        let before = draft.before.as_ref().and_then(|before| shaped::<Tenant>(before).ok());
        let mut form = match before {
            Some(before) => TenantForm::edit(&instance, before),
            None => TenantForm::create(&instance),
        };
        form.restore(draft);
        form.problem = draft.sent.as_ref().map(|id| doubts::not_known("Tenant", id.as_str()));
        forms::push_form(model, &instance, form, effects);
        forms::reread(model, effects);
    }
    if let Some(draft) = resume
        .migration
        .as_ref()
        .filter(|draft| draft.is_open && model.session.migrates)
    {
        // A run that was begun from these answers, or by somebody else meanwhile, comes before them.
        match migration::at_work(model) {
            Some(run) => {
                words.runs.push(run.clone());
                migration::open_run(model, run);
            }
            None => {
                words.say(Weight::Run, [format!("the wizard, page {}", draft.page.title())]);
                wizard::open(model, effects);
                let at = model.screens.len().saturating_sub(draft.above + 1);
                if let Some(above) = model.screens.get_mut(at..) {
                    above.rotate_right(1);
                }
            }
        }
    }
    if let Some(draft) = resume.role.as_ref()
        && let Some(assignable) = model.assignable(&draft.scope())
    {
        let mut editor = RoleEditor::restored(draft, assignable, model.size.tab_rows());
        editor.problem = draft.sent.as_ref().map(|sent| doubts::not_known("Role", &sent.name));
        roles::push(model, editor);
        roles::read_again(model, effects);
    }
    doubts::leave_to_forms(model, &resume);
    if let Some(draft) = &resume.entry {
        let mut entry = Entry::restored(draft);
        entry.sent = draft.sent;
        entry.error = draft.sent.then(doubts::look_yourself);
        model.overlays.push(Overlay::Entry(Box::new(entry)));
    }
    if let Some(draft) = &resume.pick {
        model.wanted_pick = Some(draft.clone());
    }
    words.say(Weight::Filter, pages::begin(model, resume.page.take()));
    words.say(Weight::Unsent, reopening::beside(model));
    if !words.is_empty() {
        words.back = resumed::way_back(model, &resume, came_back.is_some());
        model.resumed = Some(Box::new(words));
        resumed::tell(model);
    }
}

pub fn scope_of(text: &str) -> TenantScope {
    if text == TenantScope::DEFAULT_WORD {
        TenantScope::Default
    } else {
        TenantScope::Named(TenantId::existing(text))
    }
}
