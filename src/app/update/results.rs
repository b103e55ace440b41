//! What came of a change: told, shown for each of several things, taken over by the screens, and remembered to be taken back.
//!
//! Whoever wants to know what came of a change looks at [`settled`].

use crate::domain::binding::Binding;
use crate::domain::count::thousands;
use crate::domain::deed::{AdminBy, Deed, Given, Made, Tally};
use crate::domain::leading::{leading, led};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant_id::TenantId;
use crate::domain::text::visible;
use crate::domain::user::Entrant;

use super::super::doing::{Doing, Turn};
use super::super::effect::{Answer, Effect, JobId, Reply};
use super::super::model::Model;
use super::super::overlay::{Overlay, Page, Question};
use super::super::screen::Screen;
use super::deeds::{loss_of, read_again};
use super::{deleting, doubts, lists, marks, places, replies, roles, undoing};

/// Takes the answer to the change that was sent, and says whether it was.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    if model.doing.as_ref().is_none_or(|doing| doing.job != job) {
        return false;
    }
    let Some(mut doing) = model.doing.take() else {
        return false;
    };
    let mut results = None;
    if doing.counts_again() {
        let Some((counted, not_begun)) = deleting::settle(model, doing, reply, effects) else {
            if model.doing.is_none() {
                close_leaving(model);
            }
            return true;
        };
        (doing, results) = (counted, Some(not_begun));
    }
    let is_own = |overlay: &Overlay| {
        matches!(overlay, Overlay::Dialog(dialog)
            if matches!(dialog.question, Question::Deed { sent, .. } if sent == Some(job)))
    };
    let overlays = model.overlays.len();
    model.overlays.retain(|overlay| !is_own(overlay));
    // Of several things nobody has more to watch than how far they are.
    let is_free = places::is_free(model);
    let is_watched = model.overlays.len() < overlays || doing.deed.goes_item_by_item() && is_free;
    close_leaving(model);
    let lead = &model.messages.lead;
    let results = results.unwrap_or_else(|| match reply {
        Ok(Answer::Done(results)) => results.clone(),
        Ok(Answer::Brought(came, remarks)) => {
            let remarks: Vec<String> = remarks.iter().map(|remark| leading(remark, lead)).collect();
            doing.deed.brought(came, &remarks)
        }
        Ok(_) => vec![Err(no_answer())],
        Err(problem) => vec![Err(problem.clone()); doing.deed.len()],
    });
    let results: Vec<_> = (results.into_iter())
        .map(|result| result.map_err(|problem| led(problem, lead)))
        .collect();
    // The last that was sent says whether anything answers, unless no more was sent because nothing did.
    if results.iter().any(|result| is_left(result) && is_silent(result)) {
        model.contact.is_silent = true;
    } else if let Some(last) = results.iter().rev().find(|result| !is_left(result)) {
        model.contact.is_silent = is_silent(last);
    }
    // Whoever went on to something else is not disturbed; the messages have it.
    let is_told_there = matches!(doing.deed, Deed::Restore(..));
    let (is_bulk, is_brought) = (results.len() > 1, matches!(doing.deed, Deed::Bring(_)));
    // Where all went alike, what is told says enough, and where each of them is.
    let opens = is_brought || is_bulk && !went_alike(&results);
    let page = (is_bulk || is_brought).then(|| each_result(&doing, &results));
    tell(model, &doing, &results, page.as_ref());
    let page = page.filter(|_| opens && is_watched && !is_told_there);
    model.overlays.extend(page.map(Overlay::Page));
    unmark(model, &doing.deed, &results);
    marks::doubt(model, not_found(&doing.deed, &results), effects);
    for made in results.iter().flatten() {
        if let Made::Tenant(tenant) = made {
            replies::show_tenant(model, tenant);
        }
    }
    if results.iter().any(Result::is_ok) {
        let gone = deleted(&doing.deed, &results);
        let is_gone = |screen: &Screen| matches!(screen, Screen::Tenant(view) if view.scope.id().is_some_and(|id| gone.contains(id)));
        model.screens.retain(|screen| !is_gone(screen));
        for id in &gone {
            model.trail.forget(id);
        }
        model.tenants.forget(&gone);
        model.taken_away = taken_away(&doing.deed);
    }
    if results.iter().any(may_have_changed) {
        read_again(model, doing.deed.scope(), effects);
        lists::refresh(model, true, effects);
    }
    let comes_back = doubts::is_edited(model, job);
    settled(model, &doing, &results, effects);
    let comes_back = comes_back | come_back(model, &doing, &results, is_free);
    if !comes_back {
        doubts::keep(model, &doing, &results);
    }
    true
}

/// Brings the lines or the list back that a change came from which was not done, and says whether it did.
fn come_back(model: &mut Model, doing: &Doing, results: &[Result<Made, Problem>], is_free: bool) -> bool {
    let mut comes_back = false;
    match (model.typed.take(), results) {
        // What was refused can be mended without being typed anew.
        (Some(mut entry), [Err(problem)])
            if problem.kind != ProblemKind::Partly && !matches!(doing.deed, Deed::Bring(_)) =>
        {
            entry.blame(problem);
            super::entries::back(model, *entry, &format!("{} {}", problem.what, problem.why));
            comes_back = true;
        }
        _ => {}
    }
    let chosen = model.chosen.take();
    if let Some(mut choice) = chosen.filter(|_| is_free && results.iter().all(is_silent)) {
        if results
            .iter()
            .any(|result| result.as_ref().is_err_and(|problem| problem.is_unknown))
        {
            choice.sent = Some(Box::new(doing.deed.clone()));
        }
        // Below what tells how each of them went.
        model.overlays.insert(0, Overlay::Choice(choice));
        comes_back = true;
    }
    comes_back
}

/// Takes away what was asked about leaving while a change was under way or a rehearsal was made: that has no more meaning.
pub(super) fn close_leaving(model: &mut Model) {
    let asks_to_leave = |overlay: &Overlay| matches!(overlay, Overlay::Dialog(dialog) if matches!(dialog.question, Question::Discard { .. }));
    let goes_on = model.is_sending() || model.is_rehearsing();
    if model.overlays.last().is_some_and(asks_to_leave) && !goes_on && !places::loses(model) {
        model.overlays.pop();
    }
}

/// Whether something on the instance may be otherwise than it is shown: something was done, if only in part or perhaps, or
/// somebody else did something before.
pub(super) fn may_have_changed(result: &Result<Made, Problem>) -> bool {
    let is_untouched = |problem: &Problem| {
        matches!(
            problem.kind,
            ProblemKind::Invalid | ProblemKind::Denied | ProblemKind::Unconfirmed | ProblemKind::Unreachable
        )
    };
    !result
        .as_ref()
        .is_err_and(|problem| is_untouched(problem) && !problem.is_unknown)
}

/// Whether it was not begun.
fn is_left(result: &Result<Made, Problem>) -> bool {
    result.as_ref().is_err_and(|problem| problem.is_left)
}

/// Whether nothing answered.
fn is_silent(result: &Result<Made, Problem>) -> bool {
    result
        .as_ref()
        .is_err_and(|problem| problem.kind == ProblemKind::Unreachable)
}

/// Whether all was done, or all had been done before.
fn went_alike(results: &[Result<Made, Problem>]) -> bool {
    let already = results.iter().filter(|result| **result == Ok(Made::Already)).count();
    results.iter().all(Result::is_ok) && (already == 0 || already == results.len())
}

/// How a change of several things ended before its end, if it did: because of what, and how each went in numbers.
fn stopped(results: &[Result<Made, Problem>], done: &str) -> Option<String> {
    let left = results.iter().find(|result| is_left(result))?;
    let why = if is_silent(left) { "nothing answers; " } else { "" };
    Some(format!("Stopped: {why}{}.", Tally::of(results).words(done)))
}

/// The tenants that are not there any more.
fn deleted(deed: &Deed, results: &[Result<Made, Problem>]) -> Vec<TenantId> {
    let Deed::DeleteTenants(ids) = deed else {
        return Vec::new();
    };
    let pairs = ids.iter().zip(results);
    pairs
        .filter(|(_, result)| result.is_ok())
        .map(|(id, _)| id.clone())
        .collect()
}

/// The ids of the rows that a change takes away, or may take away with what it is about.
fn taken_away(deed: &Deed) -> Vec<String> {
    /// Whoever holds no other role may be gone with it.
    fn of_binding(binding: &Binding) -> [&String; 2] {
        [&binding.id, &binding.subject_id]
    }
    let ids = match deed {
        Deed::DeleteTenants(ids) => return ids.iter().map(ToString::to_string).collect(),
        Deed::DeleteRole(_, role) => vec![&role.id],
        Deed::DeleteGroup(_, group) => vec![&group.id],
        Deed::DeleteAccount(_, user) => vec![&user.id],
        Deed::DeleteToken(_, _, token) => vec![&token.id],
        Deed::DeleteInvitation(_, invitation) => vec![&invitation.id],
        Deed::Revoke(_, bindings) => bindings.iter().flat_map(of_binding).collect(),
        Deed::TakeBack(_, given) => {
            let ids = given.iter().flat_map(|given| match given {
                Given::Binding(binding) => of_binding(binding),
                Given::Member { user, .. } => [&user.id, &user.id],
            });
            ids.collect()
        }
        Deed::TakeAdmin(tenants, _) => {
            let ids = tenants.iter().flat_map(|(_, by)| match by {
                AdminBy::Binding(binding) => of_binding(binding),
                AdminBy::LetIn(user) => [&user.id, &user.id],
            });
            ids.collect()
        }
        Deed::SetMembership { users, .. } | Deed::TakeAccess(_, users) => users.iter().map(|user| &user.id).collect(),
        _ => Vec::new(),
    };
    ids.into_iter().cloned().collect()
}

/// The tenants in which something was not found, which may have been the tenant itself.
fn not_found(deed: &Deed, results: &[Result<Made, Problem>]) -> Vec<TenantId> {
    let Deed::EnsureAdmin(scopes, _) = deed else {
        return Vec::new();
    };
    let is_missing = |result: &Result<Made, Problem>| {
        let problem = result.as_ref().err();
        problem.is_some_and(|problem| problem.kind == ProblemKind::NotFound)
    };
    let missing = scopes.iter().zip(results).filter(|(_, result)| is_missing(result));
    missing.filter_map(|(scope, _)| scope.id().cloned()).collect()
}

/// How each item of a change went, as a page. That it was stopped before its end is said first.
pub fn each_result(doing: &Doing, results: &[Result<Made, Problem>]) -> Page {
    let deed = &doing.deed;
    let (title, done) = match deed {
        Deed::Restore(..) => ("What was given back", "given back"),
        _ => ("How each of them went", "done"),
    };
    let items = deed.items();
    let (failed, well): (Vec<_>, Vec<_>) = items.iter().zip(results).partition(|(_, result)| result.is_err());
    let line = |(item, result): &(&String, &Result<Made, Problem>)| match result {
        Ok(Made::Already) => format!("{done} already: {item}"),
        Ok(_) => format!("{done}: {item}"),
        Err(problem) => {
            let how = match (problem.is_left, problem.is_unknown) {
                (true, _) => "not begun".to_owned(),
                (_, true) => "not known".to_owned(),
                _ => format!("not {done}"),
            };
            format!("! {how}: {item}. {} {}", problem.what, problem.why)
        }
    };
    let (already, well): (Vec<_>, Vec<_>) = well.iter().partition(|(_, result)| **result == Ok(Made::Already));
    // What is left to do comes first, then what somebody else did.
    let items = failed
        .iter()
        .chain(already.iter().copied())
        .chain(well.iter().copied())
        .map(line);
    let before = if went_alike(results) || !failed.is_empty() {
        String::new()
    } else {
        format!(", {} of them already", thousands(already.len() as u64))
    };
    let come = stopped(results, done).unwrap_or_else(|| format!("{}{before}.", Tally::of(results).words(done)));
    let remarks = match deed {
        Deed::Bring(bringing) => bringing.remarks.as_slice(),
        _ => &[],
    };
    // Each is a line, whatever the name in it has.
    let lines = items
        .chain(remarks.iter().cloned())
        .map(|line| visible(&line).into_owned());
    let text = lines.collect::<Vec<_>>().join("\n");
    Page::new(title.to_owned(), format!("{come}\n\n{text}"))
}

/// Whatever a screen does about a change once it is known how it went.
fn settled(model: &mut Model, doing: &Doing, results: &[Result<Made, Problem>], effects: &mut Vec<Effect>) {
    super::people::settled(model, doing, results, effects);
    roles::settled(model, doing, results, effects);
}

/// Tells what was done, or not, and remembers how it can be taken back. How each thing went stays with what is told last.
fn tell(model: &mut Model, doing: &Doing, results: &[Result<Made, Problem>], page: Option<&Page>) {
    let now = model.now;
    let Some(release) = model.instance.value().map(|instance| instance.release) else {
        return;
    };
    let problems: Vec<&Problem> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    let words = doing.deed.done_words(results, release);
    if problems.len() < results.len() {
        let part = undoing::part(model, doing, results);
        let can_be_undone = undoing::note(model, doing, results, &words, release);
        let loss = loss_of(model, &doing.deed).filter(|_| doing.turn == Turn::Forth);
        let is_lost_to_oneself = loss.is_some_and(|loss| loss.is_lost_to_oneself());
        let hint = undoing::hint(model, can_be_undone, is_lost_to_oneself);
        // What is left to be done is not beside what was done.
        let are_done: Vec<bool> = results.iter().map(Result::is_ok).collect();
        let done = doing.deed.only(&are_done).unwrap_or_else(|| doing.deed.clone());
        let command = done.command(model.session.lead_words(), release);
        let each = page.filter(|_| problems.is_empty()).map(|page| page.text.clone());
        let text = format!("{words}{}{part}{hint}", Doing::how_seen(doing.is_seen));
        model.messages.done_each(now, text, command, each);
    }
    match problems.as_slice() {
        [] => {}
        [problem] if results.len() == 1 && !matches!(doing.deed, Deed::Bring(_)) => {
            model.messages.problem(now, (*problem).clone());
        }
        [first, ..] => {
            let detail = page.map_or("", |page| page.text.as_str());
            let [failed, all] = [problems.len(), results.len()].map(|number| thousands(number as u64));
            let tally = Tally::of(results);
            let what = stopped(results, "done").unwrap_or_else(|| match tally.unknown {
                0 => format!("{failed} of {all} could not be done."),
                _ => format!("{}.", tally.words("done")),
            });
            let kind = if problems.len() == results.len() {
                first.kind
            } else {
                ProblemKind::Partly
            };
            let next = match doing.deed {
                Deed::Bring(_) => "Do it again for what is left: what is there by then stays.",
                _ if tally.unknown + tally.left > 0 => {
                    "Those that are not known to be done stay marked, where they were, so that they can be tried again."
                }
                _ => "Those that failed stay marked, where they were, so that they can be tried again.",
            };
            let why = match first.kind {
                ProblemKind::Unreachable => &first.why,
                _ => &first.what,
            };
            model
                .messages
                .problem(now, Problem::new(kind, what, why, next).with_detail(detail));
        }
    }
}

/// The ids of the rows that each item of a change of people is about.
pub(super) fn rows_of(deed: &Deed) -> Vec<&str> {
    match deed {
        Deed::Grant(_, bindings) => bindings.iter().map(|binding| binding.new.subject_id.as_str()).collect(),
        Deed::Revoke(_, bindings) => bindings.iter().map(|binding| binding.id.as_str()).collect(),
        Deed::GiveAccess(_, users) => users.iter().map(Entrant::key).collect(),
        Deed::SetMembership { users, .. } | Deed::TakeAccess(_, users) => {
            users.iter().map(|user| user.id.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

/// Takes the marks off what was done, so that what failed is left, to be tried again.
fn unmark(model: &mut Model, deed: &Deed, results: &[Result<Made, Problem>]) {
    if let Deed::EnsureAdmin(scopes, _) = deed {
        for (scope, _) in scopes.iter().zip(results).filter(|(_, result)| result.is_ok()) {
            if let Some(id) = scope.id() {
                model.tenants.marks.unmark(id);
            }
        }
    }
    let ids = rows_of(deed);
    // Somebody may be there more than once, with several roles, of which one may have failed.
    let failed: Vec<&str> = ids
        .iter()
        .zip(results)
        .filter(|(_, result)| result.is_err())
        .map(|(id, _)| *id)
        .collect();
    for screen in &mut model.screens {
        for id in ids.iter().filter(|id| !failed.contains(id)) {
            match screen {
                Screen::Tenant(view) if Some(&view.scope) == deed.scope() => view.lists.unmark(id),
                Screen::Records(view) => view.list.unmark(id),
                _ => {}
            }
        }
    }
}

fn no_answer() -> Problem {
    Problem::new(
        ProblemKind::Failed,
        "The instance answered something else than was asked.",
        "This is a defect of this program.",
        "Refresh to see what is true now, and report it.",
    )
}
