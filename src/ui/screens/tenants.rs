//! The list of tenants.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::app::detail::{backend_word, state_word};
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::tenant_list::{DEFAULT_NAME, DEFAULT_STATE, Selected};
use crate::app::update::waits_for_answer;
use crate::domain::columns::LEFT_OUT;
use crate::domain::count::{counted, thousands};
use crate::domain::problem::Problem;
use crate::domain::tenant::{TenantRow, TenantScope};

use super::super::canvas::{Canvas, width};
use super::super::chrome::{is_covered, waiting};
use super::super::look::Meaning;
use super::super::table::{self, Cell, Rows};
use super::{age, detailed, filtered_out, inset, loading_list, paragraphs, problem_panel, say_marks, span, stopped};

/// Draws the list, with details beside it where there is room.
pub fn draw(model: &Model, area: Rect, canvas: &mut Canvas<'_>) {
    if !model.lists_tenants() {
        disabled(model, area, canvas);
        return;
    }
    let is_unread =
        model.tenants.total().is_none() && (model.tenants.problem.is_some() || model.instance.problem().is_some());
    let left = detailed(model, ListKind::Tenants, is_unread, area, canvas);
    list(model, left, canvas);
}

/// Draws why there is nothing to show, and what waits for the instance to answer.
fn refused(model: &Model, area: Rect, problem: &Problem, canvas: &mut Canvas<'_>) {
    match waits_for_answer(model) {
        None => problem_panel(area, problem, canvas),
        Some(waits) => {
            let next = format!("{} Opened once it answers: {waits}.", problem.next);
            problem_panel(
                area,
                &Problem {
                    next,
                    ..problem.clone()
                },
                canvas,
            );
        }
    }
}

fn list(model: &Model, area: Rect, canvas: &mut Canvas<'_>) {
    let tenants = &model.tenants;
    let below = status(model);
    let inside = canvas.frame(area, "Tenants", &below);
    filter_line(model, area, &below, canvas);
    let length = tenants.length();
    match (&tenants.problem, tenants.total()) {
        (Some(problem), None) => refused(model, inside, problem, canvas),
        (None, None) => {
            // What went wrong stays while it is tried again, so that it can be read.
            if let Some(problem) = model.instance.problem() {
                refused(model, inside, problem, canvas);
            } else if let Some(since) = tenants.waiting_since().or(model.instance.waiting_since()) {
                loading_list(model, ListKind::Tenants, inside, since, "tenants", canvas);
            } else if tenants.is_stopped() {
                stopped(model, inside, "tenants", canvas);
            }
        }
        // Nobody knows yet what the filter lets through.
        (_, Some(_)) if length == 0 && tenants.has_other_rows() && !tenants.is_stopped() => {
            let text = if tenants.filter.is_active() {
                format!("Looking for tenants that match {}.", tenants.filter.said())
            } else {
                "Reading tenants.".to_owned()
            };
            paragraphs(inset(inside), &[(Meaning::Muted, text)], canvas);
        }
        (_, Some(_)) if length == 0 && tenants.has_other_rows() => stopped(model, inside, "tenants", canvas),
        (_, Some(_)) if length == 0 => empty(model, inside, canvas),
        (_, Some(_)) => {
            canvas.dim(tenants.is_stale());
            let rows = usize::from(inside.height.saturating_sub(1));
            let top = tenants.cursor.top();
            let cells = (top..length.min(top + rows))
                .map(|index| row(tenants.row(index), model))
                .collect();
            let rows = Rows {
                cells,
                selected: tenants.cursor.at().checked_sub(top).filter(|_| !tenants.is_led_on()),
            };
            let has_keys = !tenants.filter.editing;
            let selected = rows.selected;
            let has_keys = has_keys && !is_covered(model);
            let sort = tenants.sort.as_ref();
            table::draw_list(model, ListKind::Tenants, sort, inside, rows, has_keys, canvas);
            for (y, index) in (inside.y + 1..inside.bottom()).zip(top..length) {
                if let Some(Selected::Tenant(row)) = tenants.row(index)
                    && tenants.marks.has(&row.tenant.id)
                {
                    canvas.mark(inside.x + 1, y);
                }
            }
            if tenants.filter.editing
                && !is_covered(model)
                && let Some(selected) = selected
            {
                // The selection stays visible while the filter has the keys.
                let y = inside.y + 1 + u16::try_from(selected).unwrap_or(0);
                canvas.paint_row(inside, y, Meaning::Selected);
            }
            canvas.dim(false);
        }
    }
}

/// What a row says, a cell for each column.
pub(in super::super) fn row(selected: Option<Selected<'_>>, model: &Model) -> Vec<Cell> {
    let text = |text: &str| (Meaning::Text, text.to_owned());
    match selected {
        None => vec![(Meaning::Muted, "...".to_owned())],
        Some(Selected::Default) => {
            let admins = model
                .tenants
                .default_admins
                .value()
                .map_or_else(String::new, |admins| thousands(*admins));
            vec![
                text(TenantScope::DEFAULT_WORD),
                (Meaning::Muted, DEFAULT_NAME.to_owned()),
                text(&admins),
                text("global"),
                text("global"),
                text(DEFAULT_STATE),
                text(""),
            ]
        }
        Some(Selected::Tenant(row)) => {
            let kind = |path| backend_word(&row.tenant, path).to_owned();
            vec![
                text(row.tenant.id.as_str()),
                text(&row.tenant.name),
                match row.admins {
                    Some(admins) => text(&thousands(admins)),
                    None => (Meaning::Muted, "-".to_owned()),
                },
                (Meaning::Text, kind("storageType")),
                (Meaning::Text, kind("secretType")),
                state(row),
                (Meaning::Muted, row.tenant.worker_group().to_owned()),
            ]
        }
    }
}

fn state(row: &TenantRow) -> Cell {
    let meaning = match row.admins {
        Some(0) => Meaning::Attention,
        Some(_) => Meaning::Text,
        None => Meaning::Muted,
    };
    (meaning, state_word(row).to_owned())
}

/// What the lower border says: how many rows, under which filter and order, how fresh.
fn status(model: &Model) -> String {
    let tenants = &model.tenants;
    let mut parts = Vec::new();
    // Rows of another filter than the one that stands here are not counted for it.
    if let Some(total) = tenants.total().filter(|_| !tenants.has_other_rows()) {
        let is_longer = tenants.length() > model.size.list_rows();
        let words = match tenants.all() {
            _ if !tenants.filter.is_active() && total == 0 && tenants.shows_default() => {
                "0 tenants with an id".to_owned()
            }
            _ if !tenants.filter.is_active() => counted(total, "tenant"),
            Some(all) if all >= total && is_longer => format!("{} (of {})", thousands(total), counted(all, "tenant")),
            Some(all) if all >= total => format!("{} of {}", thousands(total), counted(all, "tenant")),
            _ => format!("{} match", thousands(total)),
        };
        // It is none of those that are counted, and among few its row would contradict the number.
        parts.push(if tenants.filter.is_active() && tenants.shows_default() && !is_longer {
            format!("{} and {words}", TenantScope::DEFAULT_WORD)
        } else {
            in_view(model, words)
        });
    }
    if tenants.leaves_admins_out() {
        // What is said of marks does not come between.
        parts = vec![format!("{}  not in ADMINS, STATE", parts.join("  "))];
    }
    if tenants.marks.is_asking() {
        parts.push("marking".to_owned());
    }
    if (tenants.is_searching() || tenants.has_other_rows() && !tenants.is_stopped()) && tenants.total().is_some() {
        parts.push(if model.session.remote {
            "searching server".to_owned()
        } else {
            "searching".to_owned()
        });
    } else if let Some(since) = tenants
        .loading_since(model.size.list_rows())
        .filter(|_| tenants.total().is_some())
    {
        parts.extend(waiting(model, since, "loading"));
    }
    parts.extend(tenants.sought().map(|sought| format!("looking for {sought}")));
    if tenants.is_stopped() && tenants.total().is_some() {
        parts.push(model.keyed_below("stopped, <r> reads again"));
    }
    if let Some(sort) = &tenants.sort {
        parts.push(table::sort_words(sort));
    }
    if tenants.is_stale() {
        parts.push(format!(
            "as of {}, r reads again",
            tenants.read_at.map_or_else(String::new, |at| age(model, at))
        ));
    }
    if let Some(error) = &tenants.filter.short {
        // What there is of rows is counted for the last one that could be read.
        parts = vec![error.clone()];
    }
    say_marks(model, &mut parts);
    if tenants.filter.is_active() || tenants.filter.editing {
        // The filter stands last, where it can be typed at.
        parts.push("filter: ".to_owned());
    }
    parts.join("  ")
}

/// How many tenants there are, in `words`, after which of them are in view. The default tenant is none of those that are counted.
fn in_view(model: &Model, words: String) -> String {
    let (length, rows) = (model.tenants.length(), model.size.list_rows());
    let default = usize::from(model.tenants.shows_default());
    let top = model.tenants.cursor.top();
    if length <= rows {
        return words;
    }
    let (first, last) = (top.saturating_sub(default), (top + rows).min(length) - default);
    format!("{} of {words}", span(first, last))
}

/// Draws the filter at its place in the lower border.
fn filter_line(model: &Model, area: Rect, below: &str, canvas: &mut Canvas<'_>) {
    let filter = &model.tenants.filter;
    draw_filter(filter, area, below, canvas);
}

/// How many rows there are (`3 of 40 tenants`, in so many columns without the word for what is counted), of what a lower border
/// says where that says nothing else but the order and how old they are; `None` where it says more, or has no room even so.
fn count_alone(said: &str, columns: usize) -> Option<&str> {
    let mut parts = said.split("  ");
    let whole = parts.next()?;
    // How much of a list was looked at stays.
    let first = whole.split(" (").next().filter(|_| !whole.ends_with(" read)"))?;
    let is_count = |text: &str| text.ends_with(|last: char| last.is_ascii_digit());
    let count = if is_count(first) {
        first
    } else {
        first.rsplit_once(' ')?.0
    };
    let is_age = |part: &str| part.contains("as of ") && part.ends_with(" ago");
    let says_more = parts.any(|part| !part.starts_with("sort: ") && !is_age(part)) || !is_count(count);
    let tenants = count.rsplit(" and ").next().unwrap_or(count);
    let mut shorter = [first, count, tenants].into_iter().filter(|_| !says_more);
    shorter.find(|text| width(text) <= columns)
}

/// How many are marked and, in so many columns, how many rows there are, of what a lower border says where it has no room for more
/// than that; `None` where nothing is marked.
fn beside_marks(said: &str, columns: usize) -> Option<Cow<'_, str>> {
    let mut parts = said.split("  ");
    let marks = parts.next()?;
    let rows = parts.next()?.split(" (").next()?;
    let is_marks = marks.ends_with(" marked") || marks.ends_with(" hidden");
    let count = rows.rsplit_once(' ').map_or(rows, |(count, _)| count);
    let left = columns.checked_sub(width(marks) + 2).filter(|_| is_marks)?;
    let count = [rows, count].into_iter().find(|text| width(text) <= left)?;
    Some(format!("{marks}  {count}").into())
}

/// Draws a filter behind the status in the lower border of a list.
pub fn draw_filter(filter: &crate::app::filter_edit::FilterEdit, area: Rect, below: &str, canvas: &mut Canvas<'_>) {
    if !(filter.is_active() || filter.editing) || area.width < 20 {
        return;
    }
    let room = area.width.saturating_sub(6);
    let columns = |text: &str| u16::try_from(width(text)).unwrap_or(u16::MAX);
    let word = if below.ends_with("search: ") {
        "search: "
    } else {
        "filter: "
    };
    let before = below.strip_suffix(word).unwrap_or(below).trim_end();
    let wanted = columns(filter.line.text()) + u16::from(filter.editing);
    // What is typed has at least a quarter of the line, whatever else there is to say.
    let most = room.saturating_sub(room / 4);
    let mut start = columns(below);
    let whole = usize::from(room.saturating_sub(wanted)).checked_sub(word.len() + 2);
    let label = match whole.and_then(|left| count_alone(before, left)) {
        Some(count) if start + wanted > room => Some(format!("{count}  {word}")),
        _ if start > most => {
            let columns = usize::from(most.max(room.saturating_sub(wanted))).saturating_sub(word.len() + 2);
            let kept = canvas.whole_parts(before, columns);
            let shorter = beside_marks(before, columns).filter(|_| !kept.contains("  "));
            let kept = shorter.unwrap_or(kept);
            Some(format!("{kept}  {word}"))
        }
        _ => None,
    };
    if let Some(label) = label {
        start = columns(&label).min(room);
        canvas.text(area.x + 3, area.bottom() - 1, start, Meaning::Muted, &label);
    }
    let place = Rect {
        x: area.x + 3 + start,
        y: area.bottom() - 1,
        width: room.saturating_sub(start).max(1),
        height: 1,
    };
    canvas.rule(Rect {
        width: room.saturating_sub(start) + 1,
        ..place
    });
    let typed = u16::try_from(width(filter.line.text())).unwrap_or(u16::MAX);
    let line = Rect {
        // While it is typed in, it is a field of its own; afterwards it is as long as it says.
        width: if filter.editing {
            place.width
        } else {
            place.width.min(typed)
        },
        ..place
    };
    canvas.fill(line, Meaning::Field);
    canvas.edit_line(
        line,
        filter.line.text(),
        filter.line.before_cursor(),
        filter.editing,
        false,
    );
    canvas.text(line.right(), line.y, 1, Meaning::Text, " ");
}

fn empty(model: &Model, inside: Rect, canvas: &mut Canvas<'_>) {
    let filter = &model.tenants.filter;
    let lines = if filter.is_active() {
        let mut lines = filtered_out(model, filter, "No tenant", "");
        if model.tenants.leaves_admins_out() {
            lines.extend([
                (Meaning::Text, String::new()),
                (Meaning::Attention, LEFT_OUT.to_owned()),
            ]);
        }
        lines
    } else {
        let context = &model.session.context;
        let instance = model.instance.value();
        let ways = match instance.map(|instance| &instance.rights.create_tenant) {
            Some(Err(reason)) => format!("You cannot create one: {reason}."),
            _ => model.keyed_below("<n> creates one; <I> imports those of a snapshot in a file."),
        };
        let text = format!("No tenants on {context} that you may see. {ways}");
        let mut lines = vec![(Meaning::Text, text)];
        let is_hidden = instance.is_some_and(|instance| {
            instance.release.has_default_tenant() && !instance.tenancy.reaches_default_tenant(instance.release)
        });
        if is_hidden {
            let text = "The default tenant is off: what lives in it is out of reach until \
                        `kestra.ee.tenants.default-tenant` is true again, and Kestra restarted.";
            lines.extend([(Meaning::Text, String::new()), (Meaning::Attention, text.to_owned())]);
        }
        lines
    };
    paragraphs(inset(inside), &lines, canvas);
}

/// What is shown instead of rows while multi-tenancy is off.
fn disabled(model: &Model, area: Rect, canvas: &mut Canvas<'_>) {
    let inside = canvas.frame(area, "Tenants", "multi-tenancy is off");
    let source = model
        .instance
        .value()
        .and_then(|instance| instance.settings_source.as_deref());
    let place = source.map_or_else(|| "the server's application.yml".to_owned(), str::to_owned);
    let restart = if model.session.remote {
        "2. Restart every Kestra service."
    } else {
        "2. Restart the instance: leave with <q> and start kestra-admin again."
    };
    let text = |text: &str| (Meaning::Text, model.keyed_below(text));
    let mut lines = vec![
        (Meaning::Attention, "Multi-tenancy is off on this instance.".to_owned()),
        text("Everything lives in the default tenant, the one without an id. <enter> opens it."),
        text(""),
    ];
    if model.session.migrates {
        lines.extend([
            (Meaning::Title, model.keyed_below("To turn it on: <m>")),
            text("It looks at everything, asks a few questions, and shows a plan before anything is changed."),
            text("Then it backs up, edits the settings, restarts, synchronises access, proves that everybody still sees what they saw, and creates the tenants you ask for."),
            text(""),
            text("It can be left on any page, goes on if the connection breaks, and can be rolled back."),
        ]);
    } else {
        lines.extend(by_hand(model, &place, restart));
    }
    if inside.height < 14 {
        lines.retain(|(_, text)| !text.is_empty());
    }
    let end = paragraphs(inset(inside), &lines, canvas);
    canvas.park(inside.x, end.min(inside.bottom().saturating_sub(1)), false);
}

/// How to turn it on where the console cannot.
fn by_hand(model: &Model, place: &str, restart: &str) -> Vec<(Meaning, String)> {
    let text = |text: &str| (Meaning::Text, model.keyed_below(text));
    vec![
        (Meaning::Title, "To turn it on".to_owned()),
        (Meaning::Text, "1. In the settings file".to_owned()),
        (Meaning::Accent, format!("     {place}")),
        text(
            "   set kestra.ee.tenants.enabled to true, and keep default-tenant true: turned off, what exists now would become unreachable.",
        ),
        text(restart),
        text("3. Run `kestra auths users sync-access`, or users who are not superadmin lose their access."),
        text("4. Come back here: <n> creates the first tenant."),
    ]
}
