//! The panel of the first start.

use ratatui::layout::Rect;

use crate::app::key_words::key_names;
use crate::app::model::Model;
use crate::app::pointer::{Hit, steps};
use crate::app::welcome::{Way, Welcome};
use crate::app::wrap::wrap;

use super::super::canvas::{Canvas, width};
use super::super::chrome::is_covered;
use super::super::look::Meaning;

/// Draws the panel over the list, which is empty and says nothing while it lies there.
pub fn draw(model: &Model, welcome: Welcome, area: Rect, canvas: &mut Canvas<'_>) {
    let selected = welcome.selected();
    let compact = area.width < 60 || area.height < 14;
    canvas.frame(area, "Tenants", "");
    // A narrow margin would only show stumps of what is underneath.
    let columns = if area.width < 80 { area.width } else { 72 };
    let inner = usize::from(columns.saturating_sub(4)).max(1);
    let context = &model.session.context;
    let intro = format!("Nothing is configured yet. This is the local instance `{context}`, and it is empty.");
    let intro = if compact {
        Vec::new()
    } else {
        wrap(&crate::domain::text::visible(&intro), inner)
    };
    let refusal = model.session.refusal_here();
    let doc = match refusal.filter(|_| selected == Way::Practise) {
        Some(reason) => wrap(&format!("Not now: {reason}."), inner),
        None => wrap(selected.doc(), inner),
    };
    // The longest explanation decides, so that the panel keeps its size.
    let most = Way::ALL
        .iter()
        .map(|way| wrap(way.doc(), inner).len())
        .max()
        .unwrap_or(1);
    let air = if compact { 1 } else { 4 };
    let rows = intro.len() + Way::ALL.len() + most + air + 2;
    let rows = u16::try_from(rows).unwrap_or(u16::MAX).min(area.height);
    let place = canvas.over(area, columns, rows);
    let below = if compact { "" } else { "j k move" };
    let inside = canvas.frame(place, "First start", below);
    let (x, wide) = (inside.x + 1, inside.width.saturating_sub(2));
    let mut y = inside.y + u16::from(!compact);
    let line = |canvas: &mut Canvas<'_>, y: u16, meaning, text: &str| {
        if y < inside.bottom() {
            canvas.text(x, y, wide, meaning, text);
        }
    };
    for text in &intro {
        line(canvas, y, Meaning::Text, text);
        y += 1;
    }
    y += u16::from(!compact);
    let chosen = Way::ALL.iter().position(|way| *way == selected).unwrap_or(0);
    for (index, way) in Way::ALL.into_iter().enumerate() {
        let key = key_of(model, way);
        let gap = " ".repeat(5_usize.saturating_sub(width(&key)));
        let refused = refusal.filter(|_| way == Way::Practise);
        let title = if compact || refused.is_some() {
            way.short_title()
        } else {
            way.title()
        };
        let mut text = [&key, &gap, title].concat();
        let mut meaning = Meaning::Text;
        if let Some(reason) = refused {
            text.extend([": ", reason]);
            meaning = Meaning::Muted;
        }
        let is_selected = way == selected && !is_covered(model);
        let mark = if is_selected { ">" } else { " " };
        if y < inside.bottom() {
            canvas.hit(Rect { y, height: 1, ..inside }, Hit::Row(steps(chosen, index)));
            canvas.text(inside.x, y, 1, Meaning::Text, mark);
            line(canvas, y, meaning, &text);
            if is_selected {
                canvas.paint_row(inside, y, Meaning::Selected);
                canvas.park(inside.x, y, false);
            }
        }
        y += 1;
    }
    y += 1;
    for text in &doc {
        line(canvas, y, Meaning::Muted, text);
        y += 1;
    }
}

/// The key that goes a way, as the keymap has it.
fn key_of(model: &Model, way: Way) -> String {
    use crate::app::command::CommandId;
    let command = match way {
        Way::Connect => CommandId::Connect,
        Way::Practise => CommandId::Rehearse,
        Way::Stay => CommandId::WelcomeClose,
    };
    let key = model.keymap.key_of(command, &model.scopes());
    key.map_or_else(String::new, |key| key_names(&key))
}
