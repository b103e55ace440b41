//! What the console looks like: functions of the model that only draw.
//!
//! Views never change the model, never wait, and name meanings instead of colours. Only visible rows are built. Every text
//! from outside passes through [`canvas::Canvas`], which makes hostile characters visible.

mod ascii;
pub mod canvas;
pub mod chrome;
mod columns;
mod entries;
pub mod glyphs;
pub mod hints;
pub mod linear;
mod linear_access;
mod linear_contexts;
mod linear_migration;
mod linear_overlays;
mod linear_people;
mod linear_rows;
mod linear_tenants;
pub mod look;
mod menu;
mod overlays;
mod screens;
mod table;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::pointer::HitMap;
use crate::app::screen::Screen;
use crate::app::wrap;

pub use ascii::in_ascii;
use canvas::Canvas;
use look::{Look, Meaning};

/// Where the terminal's cursor belongs after a frame, and what a mouse can hit in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Column and row. Screen readers and magnifiers follow it, so it is parked and seen on the selection; where nothing has
    /// the keys there is none.
    pub cursor: Option<(u16, u16)>,
    /// Whether text is being typed there.
    pub typing: bool,
    /// What a mouse can hit.
    pub hits: HitMap,
    /// The rows whose text goes on in the next one, from the first column of the screen to its last, and how many columns of text
    /// each has.
    pub wraps: Vec<(u16, u16)>,
    /// Whether text is to be selected with the mouse.
    pub selects: bool,
}

/// Draws the whole screen.
pub fn view(model: &Model, look: &Look, frame: &mut Frame<'_>) -> Drawn {
    let area = frame.area();
    let mut canvas = Canvas::new(frame.buffer_mut(), look);
    if model.size.is_too_small() {
        too_small(area, &mut canvas);
        return Drawn::default();
    }
    let head = model.size.head();
    let body = Rect {
        y: area.y + head,
        height: model.size.body_height(),
        ..area
    };
    chrome::head(model, area, &mut canvas);
    match model.screens.last() {
        None => match model.welcome_on_screen() {
            Some(welcome) => screens::welcome::draw(model, welcome, body, &mut canvas),
            None => screens::tenants::draw(model, body, &mut canvas),
        },
        Some(Screen::Tenant(view)) if view.role.is_some() => screens::role::draw(model, view, body, &mut canvas),
        Some(Screen::Tenant(view)) => screens::tenant::draw(model, view, body, &mut canvas),
        Some(Screen::Form(form)) if form.review.is_some() => {
            screens::review::draw(model, body, &mut canvas);
        }
        Some(Screen::RoleEditor(editor)) if editor.review.is_some() => {
            screens::review::draw(model, body, &mut canvas);
        }
        Some(Screen::RoleEditor(editor)) => screens::role_editor::draw(model, editor, body, &mut canvas),
        Some(Screen::Comparison(view)) => screens::comparison::draw(model, view, body, &mut canvas),
        Some(Screen::Access(view)) => screens::access::draw(model, view, body, &mut canvas),
        Some(Screen::WhoCan(view)) => screens::access::draw_who_can(model, view, body, &mut canvas),
        Some(Screen::Form(form)) => screens::form::draw(model, form, body, &mut canvas),
        Some(Screen::Messages(view)) => screens::messages::draw(model, view, body, &mut canvas),
        Some(Screen::Contexts(view)) => screens::contexts::draw(model, view, body, &mut canvas),
        Some(Screen::Checks(view)) => screens::checks::draw(model, view, body, &mut canvas),
        Some(Screen::Connect(form)) => screens::connect::draw(model, form, body, &mut canvas),
        Some(Screen::Wizard) => {
            if let Some(wizard) = &model.wizard {
                screens::wizard::draw(model, wizard, body, &mut canvas);
            }
        }
        Some(Screen::Runs(view)) => screens::runs::draw(model, view, body, &mut canvas),
        Some(Screen::Run(view)) => screens::run::draw(model, view, body, &mut canvas),
        Some(Screen::Rollback(view)) => screens::rollback::draw(model, view, body, &mut canvas),
        Some(Screen::Records(view)) => screens::records::draw(model, view, body, &mut canvas),
    }
    chrome::foot(model, area, &mut canvas);
    match model.overlays.last() {
        None => {}
        Some(Overlay::Menu(menu)) => menu::menu(model, menu, area, &mut canvas),
        Some(Overlay::Choice(choice)) => overlays::choice(model, choice, area, &mut canvas),
        Some(Overlay::Entry(entry)) => entries::entry(model, entry, area, &mut canvas),
        Some(Overlay::Token(token)) => entries::token(model, &token.token, area, &mut canvas),
        Some(Overlay::Dialog(dialog)) => overlays::dialog(model, dialog, body, &mut canvas),
        Some(Overlay::Columns(menu)) => columns::draw(model, menu, area, &mut canvas),
        Some(Overlay::Page(page)) => overlays::page(model, page, area, &mut canvas),
    }
    if !model.pending.is_empty() {
        hints::continuations(model, area, &mut canvas);
    }
    canvas.into_drawn()
}

/// What is the matter, in as many words as there is room for; how to leave stays the longest.
fn too_small(area: Rect, canvas: &mut Canvas<'_>) {
    let columns = usize::from(area.width.max(1));
    let size = format!(
        "terminal is {}x{}; kestra-admin needs 40x12. q quits",
        area.width, area.height
    );
    let texts = [
        &format!("{size}. Runs continue."),
        size.as_str(),
        "q quits; needs 40x12",
        "q quits",
    ];
    let is_whole = |text: &&&str| {
        let words = text.split(' ').all(|word| word.len() <= columns);
        words && wrap::wrap(text, columns).len() <= usize::from(area.height)
    };
    let lines = wrap::wrap(texts.iter().find(is_whole).unwrap_or(&"q quits"), columns);
    for (row, line) in (area.y..area.bottom()).zip(&lines) {
        canvas.text(area.x, row, area.width, Meaning::Attention, line);
    }
}
