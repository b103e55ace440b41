//! Pages of text over the screen: by which command each was shown, and showing it again after the connection was lost.

use super::super::command::{self, Availability, CommandId, availability};
use super::super::effect::Effect;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;
use super::super::resume::PageDraft;
use super::super::screen::Screen;
use super::super::tab_list::TabList;
use super::run;

/// Notes by which command the page on top was shown, where that shows the same again and does nothing else.
pub fn note(model: &mut Model, id: CommandId, argument: &str) {
    let is_read_only = match id {
        CommandId::Describe
        | CommandId::Reasons
        | CommandId::RunDetails
        | CommandId::RunDiff
        | CommandId::RunReport
        | CommandId::Topic => true,
        // What is told in this session is not in the next.
        CommandId::Open => matches!(model.screens.last(), Some(Screen::Records(_) | Screen::Run(_))),
        _ => false,
    };
    if let Some(Overlay::Page(page)) = model.overlays.last_mut().filter(|_| is_read_only) {
        page.by = Some((id, argument.to_owned()));
    }
}

/// What is kept of the page that is over the screen, or is to be.
pub fn kept(model: &Model) -> Option<PageDraft> {
    let page = model.overlays.iter().rev().find_map(|overlay| match overlay {
        Overlay::Page(page) => Some(page),
        _ => None,
    });
    let Some(page) = page else {
        return model.wanted_page.clone();
    };
    let name = |id: CommandId| command::command(id).map(|command| command.name.to_owned());
    let by = page.by.as_ref();
    Some(PageDraft {
        title: page.title.clone(),
        command: by.and_then(|(id, argument)| Some((name(*id)?, argument.clone()))),
        row: selected(model),
        scroll: page.scroll,
    })
}

fn selected(model: &Model) -> Option<String> {
    match model.screens.last() {
        None => model.tenants.selected_scope().map(|scope| scope.to_string()),
        Some(screen) => screen.list().and_then(TabList::selected_id).map(str::to_owned),
    }
}

/// Has a page shown again once its place stands; says which is not, as nothing shows the same again.
pub fn begin(model: &mut Model, page: Option<PageDraft>) -> Option<String> {
    let page = page?;
    if page.command.is_some() {
        model.wanted_page = Some(page);
        return None;
    }
    Some(format!("the place below the page `{}`", page.title))
}

/// Shows a page again whose place stands as it stood.
pub fn reopen(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(wanted) = model.wanted_page.take() else { return };
    let by = wanted.command.as_ref();
    let Some((known, argument)) = by.and_then(|(name, argument)| Some((command::named(name)?, argument.clone())))
    else {
        return;
    };
    // What is counted of a row is on its page, too.
    let is_counting = model.screens.is_empty() && model.tenants.counting().is_some();
    let stands = model.standing.is_empty() && model.has_read_rows() && !model.awaits_rows() && !is_counting;
    let is_over = !model.overlays.is_empty() || model.wanted_pick.is_some();
    if !stands || is_over || availability(model, known.id) != Availability::Ready {
        model.wanted_page = Some(wanted);
        return;
    }
    if selected(model) == wanted.row {
        run::run(model, known.id, &argument, effects);
        note(model, known.id, &argument);
    }
    let size = model.size;
    match model.overlays.last_mut() {
        Some(Overlay::Page(page)) if page.title == wanted.title => {
            let (lines, height) = page.lines(size);
            page.scroll = wanted.scroll.min(lines.len().saturating_sub(height));
        }
        top => {
            if matches!(top, Some(Overlay::Page(_))) {
                model.overlays.pop();
            }
            let text = format!("What was read is not there any more: {}", wanted.title);
            model.messages.tell_before(model.now, Level::Warning, &text);
        }
    }
}
