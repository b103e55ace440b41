//! Marks on rows: one by one, from the last mark to here, and all that pass the filter.

use crate::domain::count::thousands;

use super::super::cursor::Motion;
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::{Model, Screen};
use super::super::tabs::TabList;
use super::super::tenant_marks::{Range, TenantMarks};

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
            let text = "Only a tenant with an id can be marked, once it was read";
            model.messages.tell(model.now, Level::Warning, text);
        }
        return;
    }
    with_list(model, |list, rows| {
        list.toggle_selected();
        list.go(Motion::Down, rows);
    });
}

/// Marks all rows from the one that was marked last to the selected one.
pub fn range(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.screens.is_empty() {
        if let Some(range) = model.tenants.range_to_here() {
            mark_tenants(model, range, effects);
        }
        return;
    }
    with_list(model, |list, _| list.mark_range());
}

/// Marks every row that passes the filter, or none if all are.
pub fn toggle_all(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.screens.is_empty() {
        if let Some(range) = model.tenants.whole_range() {
            mark_tenants(model, range, effects);
        }
        return;
    }
    with_list(model, |list, _| list.toggle_marks());
}

/// Marks tenants. Where not all rows are held, they are read for it; then there is a bound to how many.
fn mark_tenants(model: &mut Model, range: Range, effects: &mut Vec<Effect>) {
    if model.tenants.mark_held(range) {
        return;
    }
    let most = u64::from(TenantMarks::AT_ONCE);
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
            "Only the first {} of {} are marked at once; filter for others",
            thousands(most),
            thousands(range.to - range.from + 1)
        );
        model.messages.tell(model.now, Level::Warning, text);
    }
}

/// Takes rows that were read to be marked, and says whether they were.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let Some(range) = model.tenants.marks.answered(job) else {
        return false;
    };
    match reply {
        Ok(Answer::Tenants(page)) => model.tenants.mark_read(range, page),
        Ok(_) => {}
        Err(problem) => model.messages.problem(model.now, problem.clone()),
    }
    true
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
