//! Marks on rows: one by one, from the last mark to here, and all that pass the filter.

use crate::domain::count::thousands;
use crate::domain::deed::Deed;
use crate::domain::tenant::TenantScope;
use crate::domain::tenant_id::TenantId;

use super::super::command::{Command, CommandId, Scope, command};
use super::super::cursor::Motion;
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::screen::Screen;
use super::super::tab_list::TabList;
use super::super::tenant_marks::{Range, TenantMarks};
use super::ahead;

/// Does something to the list on screen that fits in memory.
fn with_list<T>(model: &mut Model, act: impl FnOnce(&mut TabList, usize) -> T) -> Option<T> {
    let size = model.size;
    let screen = model.screens.last_mut()?;
    let rows = match screen {
        Screen::Tenant(_) => size.tab_rows(),
        _ => size.list_rows(),
    };
    screen.list_mut().map(|list| act(list, rows))
}

/// Marks or unmarks the selected row, and goes on to the next.
pub fn toggle(model: &mut Model) {
    if model.screens.is_empty() {
        if !model.tenants.toggle_mark(model.size.list_rows()) {
            tell_unmarkable(model);
        }
        return;
    }
    with_list(model, |list, rows| {
        list.toggle_selected();
        list.go(Motion::Down, rows);
    });
}

fn tell_unmarkable(model: &mut Model) {
    let text = "Only a tenant with an id can be marked, once it was read";
    model.messages.tell(model.now, Level::Warning, text);
}

/// Marks all rows from the one that was marked last to the selected one.
pub fn range(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.screens.is_empty() {
        if let Some(range) = model.tenants.range_to_here() {
            mark_tenants(model, range, effects);
        } else {
            tell_unmarkable(model);
        }
        return;
    }
    with_list(model, |list, _| list.mark_range());
}

/// Marks every row that passes the filter, or takes their marks off if all have one; what the filter hides keeps its mark. Of a filter that cannot be read nobody knows which those are.
pub fn toggle_all(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(error) = model.filter().and_then(|filter| filter.short.clone()) {
        let text = format!("Nothing marked, as the filter cannot be read: {error}; </> changes it");
        model.messages.tell(model.now, Level::Warning, text);
        return;
    }
    let (before, _) = model.marked();
    if !model.screens.is_empty() {
        with_list(model, |list, _| list.toggle_marks());
    } else if let Some(range) = model.tenants.whole_range() {
        mark_tenants(model, range, effects);
    }
    tell_hidden(model, before);
}

/// Says how many marks stay where those of all rows were taken off, of which there were so many marked before, and how to be rid of them.
fn tell_hidden(model: &mut Model, before: usize) {
    let (marked, hidden) = model.marked();
    if marked < before && hidden > 0 {
        let hidden = thousands(hidden as u64);
        let text = format!("{hidden} that the filter hides stay marked; <esc> twice takes them off");
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Marks tenants. Where not all rows are held, they are read for it; then there is a bound to how many.
fn mark_tenants(model: &mut Model, range: Range, effects: &mut Vec<Effect>) {
    if model.tenants.mark_held(range) {
        return;
    }
    let most = TenantMarks::AT_ONCE;
    for job in model.tenants.marks.give_up() {
        effects.extend(model.cancel(job));
    }
    let bounded = Range {
        to: range.to.min(range.from + most - 1),
        ..range
    };
    for (query, part) in model.tenants.questions_for(bounded) {
        let (job, effect) = model.ask(Request::Tenants(query));
        model.tenants.marks.ask(job, part);
        effects.push(effect);
    }
    if bounded != range {
        let text = format!(
            "Of {} only the first {} are taken at once; filter for the others",
            thousands(range.to - range.from + 1),
            thousands(most)
        );
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Takes rows that were read to be marked, and says whether they were.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let Some(range) = model.tenants.marks.answered(job) else {
        return false;
    };
    let (before, _) = model.marked();
    match reply {
        Ok(Answer::Tenants(page)) => {
            model.tenants.mark_read(range, page);
            tell_hidden(model, before);
            let gone = model.tenants.marks.not_found();
            tell_gone(model, &gone);
        }
        Ok(_) => {}
        Err(problem) => {
            model.messages.problem(model.now, problem.clone());
            // Some of them are not known, so that none of the others is taken for all.
            for job in model.tenants.marks.give_up() {
                effects.extend(model.cancel(job));
            }
            model.tenants.marks.hold();
            ahead::drop(
                model,
                "What was typed is dropped: the rows that were marked could not be read",
            );
        }
    }
    true
}

/// Asks about marked tenants that a change did not find, or that are not among the rows, whether they are there still.
pub fn doubt(model: &mut Model, ids: Vec<TenantId>, effects: &mut Vec<Effect>) {
    let marked = ids.into_iter().filter(|id| model.tenants.marks.has(id));
    for id in marked.take(TenantMarks::DOUBTED).collect::<Vec<_>>() {
        let (job, effect) = model.ask(Request::IdTaken(id.clone()));
        model.tenants.marks.doubt(job, id);
        effects.push(effect);
    }
}

/// Takes the answer to that, and says whether it was one. Those that are gone lose their marks.
pub fn settle_doubted(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let is_gone = *reply == Ok(Answer::IdTaken(false));
    let Some(gone) = model.tenants.marks.settle_doubted(job, is_gone) else {
        return false;
    };
    tell_gone(model, &gone);
    true
}

/// Takes the marks off tenants that are not there any more, and says so.
pub fn unmark_gone(model: &mut Model, ids: Vec<TenantId>) {
    let is_marked = |id: &TenantId| model.tenants.marks.has(id);
    let gone: Vec<TenantId> = ids.into_iter().filter(is_marked).collect();
    for id in &gone {
        model.tenants.marks.unmark(id);
    }
    tell_gone(model, &gone);
}

fn tell_gone(model: &mut Model, gone: &[TenantId]) {
    let text = match gone {
        [] => return,
        [one] => format!("Tenant {one} is not there any more; its mark is taken off"),
        _ => {
            let names: Vec<&str> = gone.iter().map(TenantId::as_str).collect();
            format!("{} are not there any more; their marks are taken off", names.join(", "))
        }
    };
    model.messages.tell_before(model.now, Level::Warning, &text);
    model.taken_away.extend(gone.iter().map(ToString::to_string));
}

/// Whether a command is about what is marked in the list of tenants, where anything is.
pub fn acts_on_marks(model: &Model, id: CommandId) -> bool {
    use CommandId::{ApplySnapshot, ImportSnapshot, Mark, MarkAll, MarkRange, Migration, Open};

    let is_here = |command: &Command| command.scopes.contains(&Scope::Tenants) && !command.beside;
    let acts = match id {
        Mark | MarkAll | MarkRange => true,
        Open | Migration | ImportSnapshot | ApplySnapshot => false,
        _ => command(id).is_some_and(is_here),
    };
    acts && model.screens.is_empty()
}

/// Why what is about marks that were not read is not begun.
pub const UNREAD: &str = "the marks were not read; <r> reads, <esc> drops them";

/// Why marks that are awaited neither come nor go.
pub const AWAITED: &str = "the marks stay until it is known how the change went; those that fail can be tried again";

/// Whether marks of the list on screen are those of a change of several things that is under way: what fails of it stays marked.
pub fn are_awaited(model: &Model) -> bool {
    let Some(deed) = model.doing().map(|doing| &doing.deed).filter(|deed| deed.len() > 1) else {
        return false;
    };
    let Some(screen) = model.screens.last() else {
        let marks = &model.tenants.marks;
        return match deed {
            Deed::EnsureAdmin(scopes, _) => scopes.iter().filter_map(TenantScope::id).any(|id| marks.has(id)),
            Deed::DeleteTenants(ids) => ids.iter().any(|id| marks.has(id)),
            _ => false,
        };
    };
    let marks = screen.list().map(TabList::marks);
    marks.is_some_and(|marks| super::results::rows_of(deed).into_iter().any(|id| marks.contains(id)))
}

/// Takes all marks off the list on screen, and says whether there were any.
pub fn clear(model: &mut Model, effects: &mut Vec<Effect>) -> bool {
    if model.screens.is_empty() {
        let (had, asked) = model.tenants.marks.clear();
        for job in asked {
            effects.extend(model.cancel(job));
        }
        return had;
    }
    with_list(model, |list, _| {
        let had = !list.marks().is_empty();
        list.clear_marks();
        had
    })
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use crate::domain::page::Page;
    use crate::domain::tenant::{Tenant, TenantRow};

    use super::super::super::geometry::Size;
    use super::super::super::keymap::Keymap;
    use super::super::super::session::Session;
    use super::*;

    #[test]
    fn of_more_than_can_be_marked_at_once_the_first_are_and_it_is_said_how_many() {
        let mut model = Model::new(Session::new("default"), Keymap::default(), Size::new(80, 24));
        let page = |from: u64, size: u64| {
            Page::new(
                (from..from + size)
                    .map(|index| TenantRow {
                        tenant: Tenant::new(format!("t{index:05}").parse().unwrap(), "T"),
                        admins: None,
                    })
                    .collect(),
                12_345,
            )
        };
        let (job, _) = model.ask(Request::ChangeStamp);
        model.tenants.ask(job, 0, 0);
        model.tenants.settle(job, 0, 10, Ok(page(0, 100)));
        for (marked, turn) in [(10_000, "on"), (0, "off")] {
            let mut effects = Vec::new();
            toggle_all(&mut model, &mut effects);
            let message = model.messages.notice().unwrap();
            assert!(
                message.text.contains("Of 12,345 only the first 10,000"),
                "{}",
                message.text
            );
            let questions: Vec<(JobId, u64)> = effects
                .into_iter()
                .map(|effect| match effect {
                    Effect::Ask(job, Request::Tenants(query)) => (job, query.offset()),
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(questions.len(), 10);
            for (job, offset) in questions {
                let answer = Answer::Tenants(page(offset, 1000));
                assert!(settle(&mut model, job, &Ok(answer), &mut Vec::new()));
            }
            assert_eq!(model.tenants.marks.len(), marked, "{turn}");
        }
    }
}
