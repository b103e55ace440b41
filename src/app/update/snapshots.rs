//! Snapshots in files: which file, which tenants, and what came of it.

use crate::domain::bringing::{Bringing, Wanted};
use crate::domain::count::counted;
use crate::domain::deed::Deed;
use crate::domain::leading::leading;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::{TenantId, TenantIdError};

use super::super::command::{CommandId, Scope};
use super::super::effect::{Answer, ComparedSnapshot, Effect, JobId, Reply, Request};
use super::super::entry::{Entry, EntryField};
use super::super::input::Key;
use super::super::key_words::key_names;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Overlay, Page};
use super::super::people::Entering;
use super::command_lines::{comparing_with, exporting};
use super::entries::{self, DELETE, FILE, TENANT, TENANTS};
use super::places::is_free;
use super::{deeds, keys, people};

/// Asks into which file a snapshot goes; `file` was named already, unless it is empty.
pub fn open(model: &mut Model, file: &str) {
    let scopes = model.acted_on();
    let about = "Tenants with their roles, groups, people and bindings; no secrets and no flows.";
    let fields = vec![
        EntryField::new(FILE, "A new file; only you can read it.", &named(model, file, &scopes)),
        EntryField::new(
            TENANTS,
            "Ids, parted by spaces; nothing means every tenant.",
            &words(&scopes),
        ),
    ];
    entries::open(model, Entry::new("Save a snapshot", about, fields, Entering::Snapshot));
}

/// The file that was named, or a name for it.
fn named(model: &Model, file: &str, scopes: &[TenantScope]) -> String {
    match file {
        "" => proposed(&model.session.context, scopes),
        file => file.to_owned(),
    }
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
pub fn open_comparison(model: &mut Model, file: &str) {
    let scopes = model.acted_on();
    let one = if scopes.len() == 1 { scopes.as_slice() } else { &[] };
    let about = "A file that was saved before, or that export snapshot wrote. Nothing is changed.";
    let fields = vec![
        EntryField::new(FILE, "The file.", &named(model, file, one)),
        EntryField::new(TENANT, "Its id; nothing means the whole instance.", &words(one)),
    ];
    entries::open(
        model,
        Entry::new("Compare with a snapshot", about, fields, Entering::Compared),
    );
}

/// What may be typed where tenants of a file are named.
const WHICH: &str = "Ids, parted by spaces; A=B brings A as B; nothing means all.";

/// Asks which file is imported.
pub fn open_import(model: &mut Model, file: &str) {
    let about = "Creates what the file has and this instance has not. What would be done is shown first.";
    let fields = vec![
        EntryField::new(FILE, "A file that was saved before.", &named(model, file, &[])),
        EntryField::new(TENANTS, WHICH, ""),
    ];
    entries::open(
        model,
        Entry::new("Import a snapshot", about, fields, Entering::Imported),
    );
}

/// Asks which file is applied: the one that was compared, where that is on screen.
pub fn open_applying(model: &mut Model, file: &str) {
    let compared = match model.overlays.last_mut() {
        Some(Overlay::Page(page)) => page.compared.take(),
        _ => None,
    };
    let (file, tenants) = match compared {
        Some(compared) => {
            model.overlays.pop();
            let (file, scope) = *compared;
            (file, words(scope.as_slice()))
        }
        None => (named(model, file, &[]), String::new()),
    };
    let about =
        "Makes it as the file says: creates, changes, and deletes if told so. What would be done is shown first.";
    let fields = vec![
        EntryField::new(FILE, "A file that was saved before.", &file),
        EntryField::new(TENANTS, WHICH, &tenants),
        EntryField::switch(
            DELETE,
            "yes deletes roles, groups, members and bindings that the file does not have in its tenants.",
        ),
    ];
    entries::open(model, Entry::new("Apply a snapshot", about, fields, Entering::Applied));
}

/// The tenants of a file that were typed, or which of them is none.
pub fn wanted(text: &str) -> Result<Vec<Wanted>, String> {
    let one = |word: &str| {
        let (from, to) = word.split_once('=').map_or((word, None), |(from, to)| (from, Some(to)));
        let to = match to.map(scopes).transpose()?.as_deref() {
            None => None,
            Some([TenantScope::Named(id)]) => Some(id.clone()),
            Some(_) => return Err(format!("{word} names no tenant to be created.")),
        };
        scopes(from).map(|_| (from.to_owned(), to))
    };
    text.split_whitespace().map(one).collect()
}

/// Has a snapshot written, compared or looked through. What was typed comes back if that fails.
pub fn ask(model: &mut Model, request: Request, entry: Box<Entry>, effects: &mut Vec<Effect>) {
    if (model.snapshot.as_ref()).is_some_and(|(job, _)| model.asked_at(*job).is_some()) {
        entries::back(model, *entry, "Another snapshot is at work; wait until it is told.");
        return;
    }
    let text = match request {
        Request::CompareSnapshot(..) => "Comparing with a snapshot; <ctrl-c> stops it",
        Request::PlanSnapshot(..) => "Finding out what a snapshot would change; <ctrl-c> stops it",
        _ => "Taking a snapshot; <ctrl-c> stops it",
    };
    if let Request::PlanSnapshot(..) = request {
        // It leads to a question, for which what is typed meanwhile is meant.
        let ahead = Some(Vec::new());
        let waiting = Entry {
            ahead,
            ..(*entry).clone()
        };
        model.overlays.push(Overlay::Entry(Box::new(waiting)));
    }
    let (job, effect) = model.ask(request);
    model.snapshot = Some((job, entry));
    model.messages.tell_awaited(model.now, Level::Done, text, job);
    effects.push(effect);
}

/// Stops what is awaited behind the lines on top; they are typed in again.
pub fn stop(model: &mut Model, effects: &mut Vec<Effect>) {
    let asked = model.snapshot.take();
    effects.extend(asked.and_then(|(job, _)| model.cancel(job)));
    if let Some(entry) = entries::entry_mut(model) {
        entry.ahead = None;
    }
    let text = "Stopped; nothing was changed, and <esc> leaves the form";
    model.messages.tell(model.now, Level::Warning, text);
}

/// Takes the lines behind which the answer was awaited off the screen, with what was typed meanwhile.
fn awaited(model: &mut Model) -> Option<Vec<Key>> {
    let waits = |overlay: &Overlay| matches!(overlay, Overlay::Entry(entry) if entry.ahead.is_some());
    let at = model.overlays.iter().position(waits)?;
    match model.overlays.remove(at) {
        Overlay::Entry(entry) => entry.ahead,
        _ => None,
    }
}

/// Takes the answer, if it is about a snapshot.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let Some((_, entry)) = model.snapshot.take_if(|(asked, _)| *asked == job) else {
        return false;
    };
    let ahead = awaited(model);
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
        Ok(Answer::SnapshotPlanned(planned)) => {
            let ahead = ahead.unwrap_or_default();
            review(model, (**planned).clone(), entry, &ahead, effects);
        }
        Ok(_) => {}
        Err(problem) => failed(model, problem, *entry, ahead.as_deref()),
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
    let key = model.keymap.key_of(CommandId::ApplySnapshot, &[Scope::Page]);
    let applies = key.filter(|_| !rows.is_empty()).map_or_else(String::new, |key| {
        format!("\n{} makes it as the file says, after a review.\n", key_names(&key))
    });
    let text = format!(
        "{verdict}.\n{applies}\nThe file was written from Kestra {}, {when}.\n{}",
        compared.release,
        compared.differences.text("in the file", "now")
    );
    let mut page = Page::new("Compared with a snapshot", text);
    page.compared = Some(Box::new((compared.path.clone(), scope)));
    model.overlays.push(Overlay::Page(page));
}

/// Shows what a file would change, to be confirmed, unless the operator went on to something else.
fn review(model: &mut Model, mut planned: Bringing, entry: Box<Entry>, ahead: &[Key], effects: &mut Vec<Effect>) {
    planned.context.clone_from(&model.session.context);
    for remark in &mut planned.remarks {
        *remark = leading(remark, &model.messages.lead);
    }
    let (now, file) = (model.now, planned.file.clone());
    if planned.items.is_empty() {
        nothing_to_do(model, &planned, ahead);
    } else if is_free(model) {
        if let Some(reason) = people::refusal(model) {
            let aside = if ahead.is_empty() { "" } else { LEFT_ASIDE };
            entries::back(model, *entry, &format!("Not now: {reason}{aside}"));
            return;
        }
        deeds::propose(model, Deed::Bring(Box::new(planned)), effects);
        if matches!(model.overlays.last(), Some(Overlay::Dialog(_))) {
            model.typed = Some(entry);
            keys::replay(model, ahead, effects);
        }
    } else {
        let text = format!("{file} was looked through, and nothing was done; ask again to see what it would change");
        model.messages.tell(now, Level::Warning, text);
        // Below what lies over it now.
        model.overlays.insert(0, Overlay::Entry(entry));
    }
}

/// What is said where nothing came that what was typed meanwhile could go to.
const LEFT_ASIDE: &str = "; what was typed meanwhile did nothing";

/// Says that nothing of a file is to be done, or can be. What is to be said of it is in the messages, too.
fn nothing_to_do(model: &mut Model, planned: &Bringing, ahead: &[Key]) {
    let (file, there) = (&planned.file, stays(planned.stays));
    let (level, mut text, why) = match planned.impossible {
        0 => (
            Level::Done,
            format!("Nothing of {file} is to be done: {there} there already"),
            "What the file says is there already.",
        ),
        count => (
            Level::Warning,
            format!(
                "Nothing of {file} can be done: {} cannot, {there} there already",
                counted(count as u64, "thing")
            ),
            "What the file says is there already, or cannot be done here.",
        ),
    };
    if !ahead.is_empty() {
        text.push_str(LEFT_ASIDE);
    }
    let remarks = planned.remarks.join("\n");
    if remarks.is_empty() {
        model.messages.tell(model.now, level, text);
        return;
    }
    if is_free(model) {
        let title = format!("{} {file}", planned.reach.verb());
        let page = Page::new(title, format!("{text}.\n\n{remarks}"));
        model.overlays.push(Overlay::Page(page));
    }
    let next = "What is to be said of it follows.";
    let problem = Problem::new(ProblemKind::Invalid, format!("{text}."), why, next).with_detail(remarks);
    model.messages.problem_of(model.now, level, problem);
}

/// `3 things are`, as they were found.
pub fn stays(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count as u64, "thing"))
}

/// What is wrong with the file, or with what of it is wanted, is told where it was typed, and whatever else went wrong leaves
/// what was typed on screen, too; unless the operator went on to something else. Lines that are still there stay.
fn failed(model: &mut Model, problem: &Problem, mut entry: Entry, ahead: Option<&[Key]>) {
    let aside = match ahead {
        None | Some([]) => "",
        Some(_) => " What was typed meanwhile did nothing.",
    };
    let is_file = matches!(
        problem.kind,
        ProblemKind::Conflict | ProblemKind::NotFound | ProblemKind::Invalid
    );
    if is_file && is_free(model) {
        let error = format!("{} {}{aside}", problem.what, problem.why);
        let is_wrong = |field: &EntryField| {
            let mut wrong = problem.fields.iter();
            wrong.any(|wrong| wrong.path.eq_ignore_ascii_case(&field.label))
        };
        // The file is asked for first.
        entry.focus = entry.fields.iter().position(is_wrong).unwrap_or(0);
        entries::back(model, entry, &error);
    } else {
        let is_free = is_free(model);
        model.messages.problem(model.now, problem.clone());
        if is_free {
            entries::back(model, entry, &format!("{}{aside}", problem.what));
        } else {
            entry.error = Some(format!("{}{aside}", problem.what));
            if ahead.is_some() {
                model.overlays.insert(0, Overlay::Entry(Box::new(entry)));
            } else {
                model.returning = Some(Box::new(entry));
            }
        }
    }
}

/// Shows lines again that could not be taken while somebody was in the middle of something else, once nobody is.
pub fn come_back(model: &mut Model) {
    if model.returning.is_some() && is_free(model) {
        model.overlays.extend(model.returning.take().map(Overlay::Entry));
    }
}
