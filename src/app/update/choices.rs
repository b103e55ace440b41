//! Lists over the screen from which one thing is chosen: narrowing them down, moving, and what choosing leads to.

use super::super::choice::{Choice, Choosing};
use super::super::cursor::Motion;
use super::super::effect::{Effect, JobId, Reply};
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::Overlay;

/// Opens a list.
pub fn open(model: &mut Model, choice: Choice) {
    model.overlays.push(Overlay::Choice(Box::new(choice)));
}

fn choice_mut(model: &mut Model) -> Option<&mut Choice> {
    match model.overlays.last_mut() {
        Some(Overlay::Choice(choice)) => Some(choice),
        _ => None,
    }
}

/// Follows up on a change of what is typed.
pub fn changed(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(choice) = choice_mut(model) {
        choice.narrow();
    }
    read_more(model, effects);
    super::people::typed(model, effects);
}

/// Asks the instance for rows that match what is typed, where not all are held.
fn read_more(model: &mut Model, effects: &mut Vec<Effect>) {
    let _ = (model, effects);
}

/// Takes rows that were read, and says whether they were.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply) -> bool {
    let _ = (model, job, reply);
    false
}

/// Moves the selection.
pub fn go(model: &mut Model, motion: Motion) {
    let height = Choice::rows_in_view(model.size);
    if let Some(choice) = choice_mut(model) {
        choice.cursor.go(motion, choice.visible.len(), height);
    }
}

/// Marks the selected row where several can be chosen, and otherwise goes on to the next.
pub fn mark(model: &mut Model) {
    let height = Choice::rows_in_view(model.size);
    match choice_mut(model) {
        Some(choice) if choice.takes_many => choice.toggle_mark(height),
        _ => go(model, Motion::Down),
    }
}

/// Selects a row by its number from 0 among those that match, and takes it.
pub fn choose(model: &mut Model, index: usize, effects: &mut Vec<Effect>) {
    let height = Choice::rows_in_view(model.size);
    let Some(choice) = choice_mut(model) else { return };
    let length = choice.visible.len();
    if index >= length {
        let text = format!("There is no row {} here", index + 1);
        model.messages.tell(model.now, Level::Warning, text);
        return;
    }
    choice.cursor.select(index, length, height);
    take(model, effects);
}

/// Takes the selected row.
pub fn take(model: &mut Model, effects: &mut Vec<Effect>) {
    let now = model.now;
    let Some(choice) = choice_mut(model) else { return };
    let Some(row) = choice.selected().cloned() else {
        model
            .messages
            .tell(now, Level::Warning, "Nothing is selected; <esc> goes back");
        return;
    };
    if let Some(reason) = row.disabled {
        model.messages.tell(now, Level::Warning, format!("Not now: {reason}"));
        return;
    }
    if let Choosing::People(picking) = choice.purpose.clone() {
        let rows: Vec<_> = choice.taken().into_iter().cloned().collect();
        model.overlays.pop();
        super::people::picked(model, *picking, &rows, effects);
        return;
    }
    let purpose = choice.purpose.clone();
    model.overlays.pop();
    chosen(model, purpose, &row.key, effects);
}

/// What choosing leads to.
fn chosen(model: &mut Model, purpose: Choosing, key: &str, effects: &mut Vec<Effect>) {
    match purpose {
        Choosing::People(_) => {}
        Choosing::CopyRoleTo { .. } => {
            let _ = (model, key, effects);
        }
    }
}
