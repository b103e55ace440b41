//! Snapshots in files: which file, which tenants, and what came of it.

use crate::domain::count::counted;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::{TenantId, TenantIdError};

use super::super::effect::{Answer, ComparedSnapshot, Effect, JobId, Reply, Request};
use super::super::entry::{Entry, EntryField};
use super::super::messages::Level;
use super::super::model::{Model, Screen};
use super::super::overlay::{Overlay, Page};
use super::super::people::Entering;
use super::command_lines::{comparing_with, exporting};
use super::entries::{self, FILE, TENANT, TENANTS};

/// Asks into which file a snapshot goes.
pub fn open(model: &mut Model) {
    let scopes = model.acted_on();
    let about = "Tenants with their roles, groups, people and bindings; no secrets and no flows.";
    let fields = vec![
        EntryField::new(
            FILE,
            "A new file; only you can read it.",
            &proposed(&model.session.context, &scopes),
        ),
        EntryField::new(
            TENANTS,
            "Ids, parted by spaces; nothing means every tenant.",
            &words(&scopes),
        ),
    ];
    entries::open(model, Entry::new("Save a snapshot", about, fields, Entering::Snapshot));
}

/// A name for the file: that of the tenant, or of the context where there are several.
fn proposed(context: &str, scopes: &[TenantScope]) -> String {
    let name = match scopes {
        [TenantScope::Named(id)] => id.as_str(),
        _ => context,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
    format!("{}.json", plain.trim_matches(['.', '-']))
}

fn words(scopes: &[TenantScope]) -> String {
    let words: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    words.join(" ")
}

/// The tenants that were typed, or which of them is none.
pub fn scopes(text: &str) -> Result<Vec<TenantScope>, String> {
    let mut scopes: Vec<TenantScope> = Vec::new();
    for word in text.split_whitespace() {
        let scope = match word.parse::<TenantId>() {
            _ if word == TenantScope::DEFAULT_WORD => TenantScope::Default,
            Ok(id) => TenantScope::Named(id),
            // Kestra itself knows no such limit, so there may be one.
            Err(TenantIdError::TooLong { .. }) => TenantScope::Named(TenantId::existing(word)),
            Err(_) => return Err(format!("{word} is not the id of a tenant.")),
        };
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

/// Asks with which file a tenant, or the whole instance, is compared.
pub fn open_comparison(model: &mut Model) {
    let scopes = model.acted_on();
    let one = if scopes.len() == 1 { scopes.as_slice() } else { &[] };
    let about = "A file that was saved before, or that export snapshot wrote. Nothing is changed.";
    let fields = vec![
        EntryField::new(FILE, "The file.", &proposed(&model.session.context, one)),
        EntryField::new(TENANT, "Its id; nothing means the whole instance.", &words(one)),
    ];
    entries::open(
        model,
        Entry::new("Compare with a snapshot", about, fields, Entering::Compared),
    );
}

/// Has a snapshot written or compared. What was typed comes back if that fails.
pub fn ask(model: &mut Model, request: Request, entry: Box<Entry>, effects: &mut Vec<Effect>) {
    if (model.snapshot.as_ref()).is_some_and(|(job, _)| model.asked_at(*job).is_some()) {
        entries::back(model, *entry, "Another snapshot is at work; wait until it is told.");
        return;
    }
    let text = match request {
        Request::CompareSnapshot(..) => "Comparing with a snapshot; <ctrl-c> stops it",
        _ => "Taking a snapshot; <ctrl-c> stops it",
    };
    let (job, effect) = model.ask(request);
    model.snapshot = Some((job, entry));
    model.messages.tell(model.now, Level::Done, text);
    effects.push(effect);
}

/// Takes the answer, if it is about a snapshot.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let Some((_, entry)) = model.snapshot.take_if(|(asked, _)| *asked == job) else {
        return false;
    };
    match reply {
        Ok(Answer::SnapshotSaved(saved)) => {
            let secrets = match saved.secrets {
                0 => String::new(),
                count => format!("; {} left out", counted(count as u64, "secret")),
            };
            let text = format!("Saved a snapshot of {} in {}{secrets}", saved.counts, saved.path);
            let scopes = scopes(entry.value(TENANTS)).unwrap_or_default();
            model
                .messages
                .done(model.now, text, exporting(model, &scopes, &saved.path));
        }
        Ok(Answer::SnapshotCompared(compared)) => show(model, compared, &entry),
        Ok(_) => {}
        Err(problem) => failed(model, problem, *entry),
    }
    true
}

/// Shows in what they differ, unless the operator went on to something else.
fn show(model: &mut Model, compared: &ComparedSnapshot, entry: &Entry) {
    let scope = scopes(entry.value(TENANT)).unwrap_or_default().pop();
    let rows = &compared.differences.rows;
    let verdict = match rows.len() {
        0 => format!("{} says what is there now", compared.path),
        count => format!(
            "{} between {} and what is there now",
            counted(count as u64, "difference"),
            compared.path
        ),
    };
    let command = comparing_with(model, &compared.path, scope.as_ref());
    model.messages.done(model.now, &verdict, command);
    if !is_free(model) {
        return;
    }
    let when = compared.taken.as_deref().unwrap_or("at a time it does not say");
    let text = format!(
        "{verdict}.\n\nThe file was written from Kestra {}, {when}.\n{}",
        compared.release,
        compared.differences.text("in the file", "now")
    );
    model
        .overlays
        .push(Overlay::Page(Page::new("Compared with a snapshot", text)));
}

/// Whether nobody is in the middle of something that would lose keys to what is put over it.
fn is_free(model: &Model) -> bool {
    let is_kept = model.screens.last().is_some_and(Screen::is_kept) || model.types_tenant();
    model.overlays.is_empty() && !is_kept && !model.filter().is_some_and(|filter| filter.editing)
}

/// What is wrong with the file is told where it was typed, unless the operator went on to something else.
fn failed(model: &mut Model, problem: &Problem, mut entry: Entry) {
    let is_file = matches!(
        problem.kind,
        ProblemKind::Conflict | ProblemKind::NotFound | ProblemKind::Invalid
    );
    if is_file && is_free(model) {
        let error = format!("{} {}", problem.what, problem.why);
        // It is asked for first.
        entry.focus = 0;
        entries::back(model, entry, &error);
    } else {
        model.messages.problem(model.now, problem.clone());
    }
}
