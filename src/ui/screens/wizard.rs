//! The wizard: a page at a time, and the tenant being typed.

use ratatui::layout::Rect;

use crate::app::model::Model;
use crate::app::page_line::{PageLine, broken};
use crate::app::pointer::{Hit, steps};
use crate::app::wizard::tenant_row::TenantRow;
use crate::app::wizard::{Wizard, WizardPage, text};

use super::super::canvas::{Canvas, width};
use super::super::chrome::{is_covered, waiting};
use super::super::look::Meaning;
use super::form::label_of;
use super::{beside, inset, pages, paragraphs};

/// Columns of the labels of a tenant being typed.
const LABEL: u16 = 8;

/// Draws the page on screen.
pub fn draw(model: &Model, wizard: &Wizard, area: Rect, canvas: &mut Canvas<'_>) {
    let (columns, rows) = text::room(model, wizard);
    let lines = broken(&text::lines(model, wizard), columns);
    let page = wizard.page.title();
    let title = format!("Migration of {}: {}", model.session.context, page.to_lowercase());
    // Where there is no room for both, the breadcrumbs say for which instance it is.
    let is_whole = width(&title) + 6 <= usize::from(area.width);
    let title = if is_whole { title } else { page.to_owned() };
    let below = below(model, wizard, lines.len(), [rows, usize::from(area.width)]);
    let area = match text::beside(model, wizard) {
        Some((title, lines)) => with(model, area, title, &lines, canvas),
        None => area,
    };
    if let Some(row) = wizard.typing() {
        let inside = inset(canvas.frame(area, &title, &below));
        typing(wizard, row, inside, canvas);
        return;
    }
    let page = pages::Page {
        title: &title,
        lines,
        scroll: wizard.scroll,
        rows,
        selected: (wizard.choice_count() > 0).then_some(wizard.at),
        search: &wizard.search,
        keymap: &model.keymap,
    };
    page.draw(area, below, !is_covered(model), canvas);
}

/// Draws what stands beside the page, and returns the place that is left for the page itself.
fn with(model: &Model, area: Rect, title: &str, lines: &[PageLine], canvas: &mut Canvas<'_>) -> Rect {
    let (left, right) = beside(model, area);
    if let Some(right) = right {
        let (columns, rows) = model.size.right().page();
        let lines = broken(lines, columns);
        let below = if lines.len() > rows {
            "the page of the plan says the rest"
        } else {
            ""
        };
        let inside = inset(canvas.frame(right, title, below));
        pages::draw(inside, &lines, 0, None, false, canvas);
    }
    left
}

/// What the lower border says of a page of so many lines, of which so many rows are in view, on a screen of so many columns.
fn below(model: &Model, wizard: &Wizard, length: usize, [rows, columns]: [usize; 2]) -> String {
    let starting = wizard.starting.and_then(|job| model.asked_at(job));
    if let Some(word) = starting.and_then(|since| waiting(model, since, "starting")) {
        return word;
    }
    if wizard.surveyed().is_none() {
        return wizard
            .survey
            .waiting_since()
            .and_then(|since| waiting(model, since, "looking"))
            .unwrap_or_default();
    }
    let mut parts = vec![text::below(wizard)];
    let is_plan = wizard.page == WizardPage::Plan;
    if is_plan && wizard.plan().is_some() && wizard.starting.is_none() {
        // The page says what unlocks it.
        let word = model.session.refusal().map_or("<enter> asks to start", |_| "locked");
        parts.push(model.keyed_below(word));
    }
    parts.extend(pages::in_view(
        model,
        wizard.scroll,
        length,
        rows,
        wizard.choice_count() > 1,
    ));
    // How it is read on comes before what the last line and the place say, too.
    while is_plan && parts.len() > 1 && width(&parts.join("  ")) + 6 > columns {
        parts.remove(parts.len() - 2);
    }
    parts.join("  ")
}

fn typing(wizard: &Wizard, row: &TenantRow, inside: Rect, canvas: &mut Canvas<'_>) {
    let mut y = inside.y;
    let title = if row.replaces.is_some() {
        "Change a tenant that is asked for"
    } else if wizard.moves() {
        "The tenant that everything moves into"
    } else {
        "A tenant to create"
    };
    canvas.text(inside.x, y, inside.width, Meaning::Title, title);
    y += if inside.height > 8 { 2 } else { 1 };
    for (index, (label, line)) in row.fields().enumerate() {
        if y >= inside.bottom() {
            return;
        }
        let focused = index == row.at;
        canvas.hit(Rect { y, height: 1, ..inside }, Hit::Field(steps(row.at, index)));
        canvas.text(inside.x, y, 2, Meaning::Text, if focused { ">" } else { " " });
        canvas.text(inside.x + 2, y, LABEL, label_of(focused), label);
        let place = Rect {
            x: inside.x + 2 + LABEL,
            y,
            width: inside.width.saturating_sub(2 + LABEL),
            height: 1,
        };
        canvas.edit_line(place, line.text(), line.before_cursor(), focused, false);
        y += 1;
    }
    let errors = row.error.iter().map(|error| (Meaning::Danger, format!("! {error}")));
    let doc = (Meaning::Muted, row.field().1.to_owned());
    let warnings = row.warnings(wizard).into_iter();
    let warnings = warnings.map(|words| (Meaning::Attention, format!("! {words}")));
    let notes: Vec<_> = errors.chain([doc]).chain(warnings).collect();
    let gap = u16::from(inside.height > 8);
    let place = Rect {
        y: (y + gap).min(inside.bottom()),
        height: inside.bottom().saturating_sub(y + gap),
        ..inside
    };
    paragraphs(place, &notes, canvas);
}
