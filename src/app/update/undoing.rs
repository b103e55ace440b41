//! Taking changes back, and doing them again.
//!
//! Before anything is proposed the instance is asked whether things still are as the change left them. What differs is said and
//! left alone; where nothing is left of the change it is passed over.

use std::collections::BTreeMap;

use crate::domain::deed::{Deed, Made};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::release::Release;

use super::super::command::CommandId;
use super::super::doing::{Doing, Mark, Turn, Undoable, part_words};
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::messages::Level;
use super::super::model::Model;
use super::keys::key_below;
use super::{deeds, doubts, places};

/// The last change, with what takes it back.
pub fn last_undo(model: &Model) -> Option<&Undoable> {
    last(model, Turn::Back)
}

/// The last change that was taken back, with what does it again.
pub fn last_redo(model: &Model) -> Option<&Undoable> {
    last(model, Turn::Again)
}

fn last(model: &Model, turn: Turn) -> Option<&Undoable> {
    let entries = match turn {
        Turn::Again => &model.redos,
        Turn::Forth | Turn::Back => &model.undos,
    };
    entries.last().filter(|last| !last.is_expired(model.wall()))
}

fn entries(model: &mut Model, turn: Turn) -> &mut Vec<Undoable> {
    model.undos_changed = true;
    match turn {
        Turn::Again => &mut model.redos,
        Turn::Forth | Turn::Back => &mut model.undos,
    }
}

/// Which of them a change takes back or does again, whatever was done after that.
fn position(entries: &[Undoable], of: Option<&Mark>) -> Option<usize> {
    let of = of?;
    entries.iter().rposition(|entry| entry.mark() == *of)
}

fn entry_of<'m>(model: &'m Model, turn: Turn, of: Option<&Mark>) -> Option<&'m Undoable> {
    let entries = match turn {
        Turn::Forth => return None,
        Turn::Back => &model.undos,
        Turn::Again => &model.redos,
    };
    entries.get(position(entries, of)?)
}

/// What is not taken back of the change that it is asked about whether to take it back, or to do it again; empty where all of it is.
pub fn leaves(model: &Model, turn: Turn) -> &str {
    entry_of(model, turn, model.undo_of.as_ref()).map_or("", |entry| &entry.because)
}

/// Takes the last change back, or does the one again that was taken back last: looks whether that can be done.
pub fn begin(model: &mut Model, turn: Turn, effects: &mut Vec<Effect>) {
    let Some(last) = last(model, turn) else { return };
    let Some(deed) = last.deed.clone() else {
        let text = format!("Not undone: {}; {}", last.words, last.because);
        entries(model, turn).pop();
        let further = match self::last(model, turn) {
            Some(_) => ". <u> again takes back what was done before it",
            None => "",
        };
        model.messages.tell(model.now, Level::Warning, text + further);
        return;
    };
    let mark = last.mark();
    if deeds::is_refused(model) || doubts::bars(model, &deed, Some(&mark), effects) {
        return;
    }
    let (job, effect) = model.ask(Request::Look(Box::new(deed.clone())));
    model.looking_back = Some((job, turn, deed));
    effects.push(effect);
}

/// Takes the answer to whether things still are as a change left them, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let Some((_, turn, deed)) = model.looking_back.take_if(|(asked, ..)| *asked == job) else {
        return false;
    };
    let now = model.now;
    let Some(last) = last(model, turn)
        .filter(|last| last.deed.as_ref() == Some(&deed))
        .cloned()
    else {
        let past = turn.past();
        let text = format!("Nothing was {past}, as something else was changed meanwhile; ask again to see that");
        model.messages.tell(now, Level::Warning, text);
        return true;
    };
    match reply {
        Ok(Answer::Looked(looked)) => match &looked.left {
            Some(_) if !places::is_free(model) => {
                let past = turn.past();
                let text = format!("Nothing was {past}, as you went on to something else; ask again to see it");
                model.messages.tell(now, Level::Warning, text);
            }
            Some(left) => {
                model.undo_of = Some(last.mark());
                deeds::propose_turn(model, left.clone(), turn, looked.differences.clone(), effects);
            }
            None => pass_over(model, &last, turn, &looked.differences, effects),
        },
        Ok(_) => {}
        Err(problem) => model.messages.problem(now, problem.clone()),
    }
    true
}

/// Says why nothing of a change can be taken back or done again, and passes it over.
fn pass_over(model: &mut Model, last: &Undoable, turn: Turn, differences: &[String], effects: &mut Vec<Effect>) {
    entries(model, turn).pop();
    let what = match turn {
        Turn::Again => format!("Not done again: {}.", last.words),
        Turn::Forth | Turn::Back => {
            let part = last.part.map_or_else(String::new, |part| part_words(part, turn));
            format!("Not undone: {}{part}.", last.words)
        }
    };
    let next = "Nothing was changed. Look at it, and change it by hand; it is passed over from now on.";
    let problem = Problem::new(ProblemKind::Conflict, what, differences.join(" "), next);
    model.messages.problem(model.now, problem);
    // What is on screen is as old as what was left.
    deeds::read_again(model, last.deed.as_ref().and_then(Deed::scope), effects);
    places::refresh_view(model, effects);
}

/// What stands before a change where it is recorded: that it takes back how much of another one, or does it again.
pub fn aim(model: &Model, doing: &Doing) -> String {
    let all = entry_of(model, doing.turn, doing.of.as_ref()).map_or(0, Undoable::all);
    doing.turn.aim(doing.deed.len(), all)
}

/// How many things of how many a change has taken back or done again, behind what was done; nothing where it was all at once, or
/// where the words of what was done say it themselves.
pub fn part(model: &Model, doing: &Doing, results: &[Result<Made, Problem>]) -> String {
    let turn = doing.turn;
    let Some(entry) = entry_of(model, turn, doing.of.as_ref()) else {
        return String::new();
    };
    let (done, all) = (done(results), entry.all());
    let is_said = doing.deed.says_of_how_many() && doing.deed.len() == all;
    if done < all && !is_said {
        part_words(entry.come(done), turn)
    } else {
        String::new()
    }
}

/// Takes out what a change takes back or does again, and says where it stood.
fn take(model: &mut Model, doing: &Doing) -> Option<(usize, Undoable)> {
    if doing.turn == Turn::Forth {
        return None;
    }
    let entries = entries(model, doing.turn);
    let at = position(entries, doing.of.as_ref())?;
    Some((at, entries.remove(at)))
}

fn done(results: &[Result<Made, Problem>]) -> usize {
    results.iter().filter(|result| result.is_ok()).count()
}

/// Remembers a change of which something was done, and says whether it can be taken back. `words` are those of what was done.
pub fn note(
    model: &mut Model,
    doing: &Doing,
    results: &[Result<Made, Problem>],
    words: &str,
    release: Release,
) -> bool {
    if results.iter().all(|result| *result == Ok(Made::Already)) {
        // It is as it was to be, and somebody else's.
        take(model, doing);
        return false;
    }
    let inverse = doing.deed.inverse(results);
    let at = model.wall();
    match doing.turn {
        Turn::Forth => {
            let because = inverse.as_ref().map_or(doing.deed.lasts_because(), |_| "");
            remember(model, words, inverse, Some(doing.deed.clone()), because)
        }
        Turn::Back | Turn::Again => {
            let Some((place, mut entry)) = take(model, doing) else {
                return false;
            };
            let is_whole = done(results) >= entry.all();
            // What could not be done waits for another try.
            if let Some(left) = doing.deed.remaining(results) {
                let rest = Undoable {
                    words: match doing.turn {
                        Turn::Again => left.words(release),
                        Turn::Forth | Turn::Back => entry.words.clone(),
                    },
                    deed: Some(left),
                    part: Some(entry.come(done(results))),
                    ..entry.clone()
                };
                entries(model, doing.turn).insert(place, rest);
            }
            if let (Some(was), Some(back)) = (&entry.other, &inverse) {
                renew(model, &back.renewed(was));
            }
            // What has a way back of its own may have had nothing to do that is ours.
            let other = entry.other.take().filter(|_| !doing.deed.can_be_taken_back());
            let other = other.and_then(|other| other.of_what_was_taken(&doing.deed, results));
            entry.deed = inverse.or(other);
            entry.other = Some(doing.deed.clone());
            entry.at = at;
            entry.part = None;
            match (doing.turn, &entry.deed) {
                // What is done again is no more than what was taken back.
                (Turn::Back, Some(again)) if !is_whole => entry.words = again.words(release),
                (Turn::Again, _) => words.clone_into(&mut entry.words),
                _ => {}
            }
            let other_way = if doing.turn == Turn::Back {
                Turn::Again
            } else {
                Turn::Back
            };
            let can = entry.deed.is_some();
            if can {
                push(entries(model, other_way), entry);
            }
            can && doing.turn == Turn::Again
        }
    }
}

/// What else can be taken back or done again names what was made anew by the ids that it has now.
fn renew(model: &mut Model, ids: &BTreeMap<&str, &str>) {
    if ids.is_empty() {
        return;
    }
    for entry in model.undos.iter_mut().chain(&mut model.redos) {
        for deed in [&mut entry.deed, &mut entry.other].into_iter().flatten() {
            if let Some(renamed) = deed.renamed(ids) {
                *deed = renamed;
            }
        }
    }
}

/// Remembers what was done, with what takes it back, and says whether there is such a thing. `because` says why not, or what of it is
/// not taken back.
pub fn remember(model: &mut Model, words: &str, back: Option<Deed>, done: Option<Deed>, because: &str) -> bool {
    let can = back.is_some();
    // What was taken back before belongs to a past that is no more.
    model.redos.clear();
    let entry = Undoable {
        words: words.to_owned(),
        at: model.wall(),
        deed: back,
        other: done.filter(|_| can),
        because: because.to_owned(),
        part: None,
    };
    push(entries(model, Turn::Back), entry);
    can
}

/// How it is taken back, to be said after what was done, or that it took from whoever did it what that would need.
pub fn hint(model: &Model, can: bool, is_lost_to_oneself: bool) -> String {
    if is_lost_to_oneself {
        return "; you cannot take it back yourself".to_owned();
    }
    if can {
        format!("; {} takes it back", key_below(model, CommandId::Undo))
    } else {
        String::new()
    }
}

fn push(entries: &mut Vec<Undoable>, entry: Undoable) {
    entries.push(entry);
    let surplus = entries.len().saturating_sub(Undoable::KEPT);
    entries.drain(..surplus);
}
