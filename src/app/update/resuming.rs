//! Writing down where the operator is, and going on from there at the next start.

use crate::domain::columns::TENANT_COLUMNS;
use crate::domain::query::Sort;
use crate::domain::redact;
use crate::domain::tenant::{Tenant, TenantScope};
use crate::domain::tenant_id::TenantId;

use super::super::doing::Undoable;
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::{Model, Screen};
use super::super::resume::{MigrationDraft, Place, Resume};
use super::super::role_editor::RoleEditor;
use super::super::tabs::Tab;
use super::super::tenant_form::TenantForm;
use super::super::wizard::Wizard;
use super::{SAVE_AFTER, forms, lists, migration, places, roles, wizard};

/// Version of the format.
const VERSION: u32 = 1;

fn present(model: &Model) -> Resume {
    let sort = model.tenants.sort.as_ref();
    let mut places = Vec::new();
    let mut draft = None;
    let mut role = None;
    for screen in &model.screens {
        match screen {
            Screen::Tenant(view) => {
                places.push(Place::Tenant {
                    id: view.scope.id().map(TenantId::to_string),
                    tab: view.tab.title().to_owned(),
                });
                if let Some(role) = &view.role {
                    places.push(Place::Role { id: role.id.clone() });
                }
            }
            Screen::RoleEditor(editor) if editor.is_dirty() => role = Some(editor.draft()),
            Screen::Form(form) if form.is_dirty() => draft = Some(form.draft()),
            Screen::Run(view) if !view.is_dry => places.push(Place::Run { id: view.run.clone() }),
            _ => {}
        }
    }
    Resume {
        version: VERSION,
        filter: model.tenants.filter.line.text().to_owned(),
        sort: sort.map(|sort| format!("{}{}", if sort.descending { "-" } else { "" }, sort.column)),
        selected: model.tenants.selected_scope().map(|scope| scope.to_string()),
        places,
        draft,
        role,
        migration: answers(model),
        undos: kept(&model.undos),
        redos: kept(&model.redos),
        history: history(model),
    }
}

/// The lines run from the palette, but for those with something in them that looks like a secret.
fn history(model: &Model) -> Vec<String> {
    let lines = model.history.iter();
    lines
        .filter(|line| redact::line(line, &[]) == **line)
        .cloned()
        .collect()
}

fn kept(changes: &[Undoable]) -> Vec<Undoable> {
    changes.iter().filter_map(Undoable::kept).collect()
}

/// Takes up what was kept when an instance was left: what can be taken back, as far as it is not too long ago.
pub fn take_up(model: &mut Model, kept: &Resume) {
    let wall = model.wall();
    let fresh = |changes: &[Undoable]| {
        let fresh = changes.iter().filter(|change| !change.is_expired(wall));
        fresh.cloned().collect::<Vec<_>>()
    };
    (model.undos, model.redos) = (fresh(&kept.undos), fresh(&kept.redos));
    model.wizard = kept.migration.as_ref().map(|draft| Box::new(Wizard::restored(draft)));
}

/// What was answered in the wizard, if anything was, or if it is on screen.
fn answers(model: &Model) -> Option<MigrationDraft> {
    let is_open = model.screens.iter().any(|screen| matches!(screen, Screen::Wizard));
    let wizard = model.wizard.as_ref()?;
    (is_open || wizard.is_touched()).then(|| wizard.draft(is_open))
}

/// Leaves the program: where one was is forgotten; what was answered in the wizard and what can be taken back is not.
pub fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    // What was left from the last time may not have been taken up yet.
    let untouched = model.resume.take();
    let wizard = model.wizard.as_ref().filter(|wizard| wizard.is_touched());
    let kept = match untouched {
        Some(kept) => Resume {
            version: VERSION,
            migration: wizard.map(|wizard| wizard.draft(false)).or(kept.migration),
            undos: kept.undos,
            redos: kept.redos,
            history: if model.history.is_empty() {
                kept.history
            } else {
                history(model)
            },
            ..Resume::default()
        },
        None => Resume {
            version: VERSION,
            migration: wizard.map(|wizard| wizard.draft(false)),
            undos: kept(&model.undos),
            redos: kept(&model.redos),
            history: history(model),
            ..Resume::default()
        },
    };
    let is_empty =
        kept.migration.is_none() && kept.undos.is_empty() && kept.redos.is_empty() && kept.history.is_empty();
    effects.push(if is_empty {
        Effect::Forget
    } else {
        Effect::Save(Box::new(kept))
    });
    effects.push(Effect::Quit);
}

/// Sets a time to write down where the operator is, if that changed.
pub fn schedule(model: &mut Model) {
    let settled = model.resume.is_none() && model.instance.value().is_some();
    if settled && model.save_due.is_none() && model.saved.as_ref() != Some(&present(model)) {
        model.save_due = Some(model.now + SAVE_AFTER);
    }
}

/// Writes down where the operator is.
pub fn save_now(model: &mut Model, effects: &mut Vec<Effect>) {
    model.save_due = None;
    // Before what was left from the last time has been taken up, there is nothing better to keep.
    if model.resume.is_some() || model.instance.value().is_none() {
        return;
    }
    let present = present(model);
    if model.saved.as_ref() != Some(&present) {
        effects.push(Effect::Save(Box::new(present.clone())));
        model.saved = Some(present);
    }
}

/// Goes on where the last session was cut off.
pub fn restore(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(resume) = model.resume.take() else { return };
    if resume.version != VERSION {
        return;
    }
    let mut words = Vec::new();
    take_up(model, &resume);
    if model.history.is_empty() {
        model.history.clone_from(&resume.history);
    }
    if !model.lists_tenants()
        && resume.draft.is_none()
        && resume.role.is_none()
        && resume.places.is_empty()
        && resume.migration.is_none()
    {
        return;
    }
    let filtered = model.tenants.filter.set(&resume.filter, TENANT_COLUMNS);
    if let Some(sort) = &resume.sort {
        let (descending, column) = sort
            .strip_prefix('-')
            .map_or((false, sort.as_str()), |column| (true, column));
        if TENANT_COLUMNS.contains(&column) {
            model.tenants.sort = Some(Sort {
                column: column.to_owned(),
                descending,
            });
        }
    }
    if (filtered || resume.sort.is_some()) && model.lists_tenants() {
        lists::search(model, effects);
    }
    if let Some(selected) = &resume.selected {
        let rows = model.size.list_rows();
        model.tenants.want(scope_of(selected), rows);
    }
    for place in &resume.places {
        match place {
            Place::Tenant { id, tab } => {
                let scope = id
                    .as_deref()
                    .map_or(TenantScope::Default, |id| TenantScope::Named(TenantId::existing(id)));
                words.push(format!("tenant {scope}"));
                places::open_tenant(model, scope, Tab::titled(tab).unwrap_or_default(), effects);
            }
            Place::Run { id } => {
                words.push(format!("run {id}"));
                migration::open_run(model, id.clone());
            }
            Place::Role { id } => {
                if let Some(view) = model.tenant_view_mut() {
                    view.wanted_role = Some(id.clone());
                }
            }
        }
    }
    let instance = model.instance.value().cloned();
    if let (Some(draft), Some(instance)) = (&resume.draft, instance) {
        let before = draft
            .before
            .clone()
            .and_then(|before| serde_json::from_value::<Tenant>(before).ok());
        let mut form = match before {
            Some(before) => TenantForm::edit(&instance, before),
            None => TenantForm::create(&instance),
        };
        form.restore(draft);
        words.push(format!("unsent form of tenant {}", form.text("id")));
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
                words.push(format!("run {run}"));
                migration::open_run(model, run);
            }
            None => {
                words.push(format!("the wizard, page {}", draft.page.title()));
                wizard::open(model, effects);
            }
        }
    }
    let release = model.instance.value().map(|instance| instance.release);
    if let Some((draft, release)) = resume.role.as_ref().zip(release) {
        let editor = RoleEditor::restored(draft, release);
        words.push(format!("unsent role {}", draft.name));
        let before = editor
            .before
            .as_ref()
            .map(|role| (editor.scope.clone(), role.id.clone()));
        roles::push(model, editor);
        if let Some((scope, id)) = before {
            roles::read_again(model, scope, id, effects);
        }
    }
    if !words.is_empty() {
        let text = format!("Resumed where you left off: {}; <esc> goes back", words.join(", "));
        model.messages.tell(model.now, Level::Done, text);
    }
}

pub fn scope_of(text: &str) -> TenantScope {
    if text == TenantScope::DEFAULT_WORD {
        TenantScope::Default
    } else {
        TenantScope::Named(TenantId::existing(text))
    }
}
