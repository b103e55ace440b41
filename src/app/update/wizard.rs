//! The wizard: turning its pages, answering, typing tenants, starting the run.

use std::collections::BTreeSet;

use crate::migration::choices::{BackupChoice, DefaultTenantChoice};

use super::super::command::CommandId;
use super::super::cursor::Motion;
use super::super::effect::{Answer, Effect, JobId, Reply, Request};
use super::super::input::Key;
use super::super::line_edit::LineEdit;
use super::super::messages::Level;
use super::super::model::Model;
use super::super::overlay::{Dialog, Overlay, Question, Then};
use super::super::page_line::{ShownLine, broken, scrolled_to};
use super::super::run::RunView;
use super::super::run::text::attach;
use super::super::screen::Screen;
use super::super::tenant_view::scrolled;
use super::super::wizard::tenant_row::TenantRow;
use super::super::wizard::{Wizard, WizardPage, text};
use super::{copy, deeds, keys, migration, places, resuming};

/// Opens the wizard where it was left, and looks at everything anew.
pub fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    model.screens.retain(|screen| !matches!(screen, Screen::Wizard));
    model.screens.push(Screen::Wizard);
    let wizard = model.wizard.get_or_insert_with(Box::default);
    if wizard.survey.value().is_none() {
        survey(model, effects);
    }
    check_users(model, effects);
}

/// The wizard, if it is on screen.
pub fn on_screen(model: &mut Model) -> Option<&mut Wizard> {
    match model.screens.last() {
        Some(Screen::Wizard) => model.wizard.as_deref_mut(),
        _ => None,
    }
}

/// Looks at everything, anew if that was done before.
pub fn survey(model: &mut Model, effects: &mut Vec<Effect>) {
    let before = model.wizard.as_mut().and_then(|wizard| wizard.survey.give_up());
    if let Some(job) = before {
        effects.extend(model.cancel(job));
    }
    let (job, effect) = model.ask(Request::Survey);
    let now = model.now;
    if let Some(wizard) = &mut model.wizard {
        wizard.survey = super::super::remote::Remote::default();
        wizard.survey.ask(job, now);
        wizard.looking_at.clear();
        effects.push(effect);
    }
}

/// Takes what a survey looks at.
pub fn surveying(model: &mut Model, job: JobId, what: String) {
    if let Some(wizard) = &mut model.wizard
        && wizard.survey.job() == Some(job)
    {
        wizard.looking_at.push(what);
    }
}

/// Takes an answer that the wizard waits for, and says whether it was one.
pub fn settle(model: &mut Model, job: JobId, reply: &Reply, effects: &mut Vec<Effect>) -> bool {
    let now = model.now;
    let Some(wizard) = &mut model.wizard else { return false };
    if wizard.survey.job() == Some(job) {
        let answer = match reply {
            Ok(Answer::Surveyed(surveyed)) => Ok((**surveyed).clone()),
            Ok(_) => return true,
            Err(problem) => Err(problem.clone()),
        };
        let problem = answer.as_ref().err().cloned();
        wizard.survey.settle(job, now, answer);
        match problem {
            Some(problem) => model.messages.problem(now, problem),
            None => {
                wizard.users.clear();
                wizard.found();
            }
        }
        check_users(model, effects);
        arrange(model);
        return true;
    }
    if let Some(asked) = wizard.users.values_mut().find(|asked| asked.job() == Some(job)) {
        let answer = match reply {
            Ok(Answer::UserExists(is_there)) => Ok(*is_there),
            Ok(_) => return true,
            // Whoever may not list users finds out when the tenant is created.
            Err(problem) => Err(problem.clone()),
        };
        asked.settle(job, now, answer);
        wizard.work_out();
        arrange(model);
        return true;
    }
    if wizard.starting != Some(job) {
        return false;
    }
    wizard.starting = None;
    match reply {
        Ok(Answer::RunStarted(run)) => started(model, run.clone(), effects),
        Ok(_) => {}
        Err(problem) => model.messages.problem(now, problem.clone()),
    }
    true
}

/// Asks whether those exist who are to be Admin of a tenant.
fn check_users(model: &mut Model, effects: &mut Vec<Effect>) {
    let unchecked = model
        .wizard
        .as_ref()
        .map_or_else(BTreeSet::new, |wizard| wizard.unchecked());
    for name in unchecked {
        let (job, effect) = model.ask(Request::UserExists(name.clone()));
        let now = model.now;
        if let Some(wizard) = &mut model.wizard {
            wizard.users.entry(name).or_default().ask(job, now);
            effects.push(effect);
        }
    }
}

/// The run takes the place of the wizard, whose answers have done their work.
fn started(model: &mut Model, run: String, effects: &mut Vec<Effect>) {
    let was_on_screen = matches!(model.screens.last(), Some(Screen::Wizard));
    model.wizard = None;
    model.screens.retain(|screen| !matches!(screen, Screen::Wizard));
    let command = attach(model);
    model.messages.done(model.now, format!("Run {run} has begun"), command);
    if was_on_screen {
        model.overlays.clear();
        migration::open_run(model, run);
    }
    // Whoever comes after a crash shall not find the wizard at the start once more.
    resuming::save_now(model, effects);
    migration::ask_runs(model, effects);
}

/// Lines of the page on screen as they are shown, and how many are in view.
fn shown(model: &Model, wizard: &Wizard) -> (Vec<ShownLine>, usize) {
    let (columns, rows) = text::room(model, wizard);
    (broken(&text::lines(model, wizard), columns), rows)
}

/// Keeps what has the keys in view.
pub fn arrange(model: &mut Model) {
    let Some(wizard) = model.wizard.as_deref() else { return };
    let (lines, rows) = shown(model, wizard);
    let scroll = if wizard.choice_count() > 0 {
        scrolled_to(&lines, wizard.at, wizard.scroll, rows)
    } else {
        wizard.scroll.min(lines.len().saturating_sub(rows))
    };
    if let Some(wizard) = &mut model.wizard {
        wizard.scroll = scroll;
    }
}

/// Moves the choice, or the text where there is none.
pub fn go(model: &mut Model, motion: Motion) {
    let Some(wizard) = model.wizard.as_deref() else { return };
    let count = wizard.choice_count();
    let moves_choice = count > 0 && matches!(motion, Motion::Up | Motion::Down | Motion::First | Motion::Last);
    if moves_choice {
        let at = match motion {
            Motion::Up => wizard.at.saturating_sub(1),
            Motion::Down => wizard.at + 1,
            Motion::First => 0,
            _ => count,
        };
        if let Some(wizard) = &mut model.wizard {
            wizard.at = at.min(count.saturating_sub(1));
        }
        arrange(model);
        return;
    }
    let (lines, rows) = shown(model, wizard);
    let scroll = scrolled(wizard.scroll, motion, lines.len(), rows);
    if let Some(wizard) = &mut model.wizard {
        wizard.scroll = scroll;
    }
}

fn tell(model: &mut Model, text: impl AsRef<str>) {
    model.messages.tell(model.now, Level::Warning, text);
}

/// Answers the question of the page with what has the keys, and goes on.
pub fn next(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(wizard) = on_screen(model) else { return };
    if wizard.surveyed().is_none() {
        let text = if wizard.survey.job().is_some() {
            "It is still being looked at; <esc> goes back"
        } else {
            "It could not be looked at; <r> tries again"
        };
        tell(model, text);
        return;
    }
    match wizard.page {
        WizardPage::Backup => {
            wizard.backup = Some(match wizard.at {
                0 => BackupChoice::All,
                1 => BackupChoice::Elsewhere,
                _ => BackupChoice::Nothing,
            });
        }
        WizardPage::Tenants if wizard.moves() && wizard.tenants.is_empty() => {
            add_tenant(model);
            return;
        }
        WizardPage::Check | WizardPage::Restart | WizardPage::Tenants => {}
        WizardPage::DefaultTenant if wizard.at == 1 => {
            if wizard.needs_confirmation() {
                ask_disable(model);
                return;
            }
            wizard.default_tenant = Some(DefaultTenantChoice::Disable);
        }
        WizardPage::DefaultTenant => keep_default(wizard),
        WizardPage::Plan => {
            keys::command(model, CommandId::StartMigration, "", effects);
            return;
        }
    }
    forward(model, effects);
}

fn keep_default(wizard: &mut Wizard) {
    wizard.default_tenant = Some(DefaultTenantChoice::Keep);
    wizard.confirmed = None;
    wizard.work_out();
}

/// Goes to the page after this one; its question keeps its answer.
pub fn forward(model: &mut Model, effects: &mut Vec<Effect>) {
    turn(model, 1, effects);
}

/// Goes to the page before this one.
pub fn backward(model: &mut Model, effects: &mut Vec<Effect>) {
    turn(model, -1, effects);
}

fn turn(model: &mut Model, by: isize, effects: &mut Vec<Effect>) {
    let Some(wizard) = on_screen(model) else { return };
    let at = wizard.position().saturating_sub(1).saturating_add_signed(by);
    if let Some(page) = wizard.pages().get(at).copied().filter(|page| *page != wizard.page) {
        wizard.turn_to(page);
    }
    check_users(model, effects);
    arrange(model);
}

/// Asks for the confirmation without which the default tenant is not disabled.
fn ask_disable(model: &mut Model) {
    let expected = model
        .wizard
        .as_ref()
        .and_then(|wizard| wizard.surveyed())
        .map(|surveyed| surveyed.context.clone());
    let dialog = Dialog::new(Question::DisableDefault, expected);
    model.overlays.push(Overlay::Dialog(Box::new(dialog)));
}

/// The operator typed the name and pressed the button: the default tenant is to be disabled.
pub fn disable_confirmed(model: &mut Model, effects: &mut Vec<Effect>) {
    model.overlays.pop();
    let Some(wizard) = on_screen(model) else { return };
    wizard.confirmed = wizard.surveyed().map(|surveyed| surveyed.context.clone());
    wizard.default_tenant = Some(DefaultTenantChoice::Disable);
    wizard.work_out();
    if wizard.page == WizardPage::DefaultTenant {
        forward(model, effects);
    }
    arrange(model);
}

/// The operator did not go on: what was answered stays, and Enter disables nothing.
pub fn disable_left(model: &mut Model) {
    if let Some(wizard) = on_screen(model).filter(|wizard| wizard.page == WizardPage::DefaultTenant) {
        wizard.at = 0;
    }
    arrange(model);
}

/// The operator chose to keep it instead.
pub fn disable_declined(model: &mut Model) {
    if let Some(wizard) = on_screen(model) {
        keep_default(wizard);
        let page = wizard.page;
        wizard.turn_to(page);
    }
    arrange(model);
}

/// Opens an empty row to type a tenant in.
pub fn add_tenant(model: &mut Model) {
    if let Some(wizard) = on_screen(model) {
        let admin = wizard
            .surveyed()
            .map_or_else(String::new, |surveyed| surveyed.inspection.identity.username.clone());
        wizard.row = Some(TenantRow::new(if wizard.moves() { "" } else { &admin }));
    }
}

/// Opens the selected tenant to be changed.
pub fn edit_tenant(model: &mut Model) {
    if let Some(wizard) = on_screen(model) {
        let at = wizard.at;
        wizard.row = wizard.tenants.get(at).map(|tenant| TenantRow::of(tenant, at));
    }
}

/// Takes the selected tenant out again.
pub fn remove_tenant(model: &mut Model) {
    if let Some(wizard) = on_screen(model)
        && wizard.at < wizard.tenants.len()
    {
        wizard.tenants.remove(wizard.at);
        wizard.at = wizard.at.min(wizard.tenants.len().saturating_sub(1));
        wizard.work_out();
    }
    arrange(model);
}

/// The row being typed, if it is on screen.
pub fn row_mut(model: &mut Model) -> Option<&mut TenantRow> {
    on_screen(model).and_then(|wizard| wizard.row.as_mut())
}

/// Gives a key to the field that has the keys.
pub fn typed(model: &mut Model, key: Key) -> bool {
    let Some(row) = row_mut(model) else { return false };
    let taken = row.line_mut().is_some_and(|line| line.key(key));
    row.error.take_if(|_| taken);
    taken
}

/// Puts pasted text into the field that has the keys, and says whether all of it had room.
pub fn pasted(model: &mut Model, text: &str) -> bool {
    let Some(row) = row_mut(model) else { return true };
    row.error = None;
    row.line_mut().is_none_or(|line| line.insert(text))
}

/// Answers the field that has the keys with a whole text; the last one takes the tenant in.
pub fn fill(model: &mut Model, text: &str, effects: &mut Vec<Effect>) {
    let Some(row) = row_mut(model) else { return };
    if let Some(line) = row.line_mut() {
        *line = LineEdit::new(text.trim());
    }
    step(model, true, effects);
}

/// Goes on from a field. Whoever answers one, and does not only pass by, hears at once what is wrong with it.
fn step(model: &mut Model, answers: bool, effects: &mut Vec<Effect>) {
    let Some(wizard) = on_screen(model) else { return };
    let Some(row) = &wizard.row else { return };
    let refused = (answers && row.at == 0).then(|| row.id(wizard).err()).flatten();
    match (refused, &mut wizard.row) {
        (Some(error), _) => refuse(model, error),
        (None, Some(row)) if answers && row.is_at_end() => take_row(model, effects),
        (None, Some(row)) => {
            row.error.take_if(|_| answers);
            row.step(false);
        }
        (None, None) => {}
    }
}

/// Says at the field what is wrong, which is the id, and goes back to it.
fn refuse(model: &mut Model, error: String) {
    if let Some(row) = row_mut(model) {
        row.at = 0;
        row.error = Some(error);
    }
}

/// Carries out a command of forms, and says whether it was one for the row being typed.
pub fn run(model: &mut Model, id: CommandId, effects: &mut Vec<Effect>) -> bool {
    let enter = model.last_key_was_enter();
    let Some(row) = row_mut(model) else { return false };
    match id {
        CommandId::FormNext => step(model, enter, effects),
        CommandId::FormPrevious => row.step(true),
        CommandId::FormReview => take_row(model, effects),
        CommandId::FormLeave if row.would_lose() => places::ask_discard(model, Then::Stay),
        CommandId::FormLeave => drop_row(model),
        _ => return false,
    }
    true
}

/// Lets go of the row being typed, if it is on screen.
pub fn drop_row(model: &mut Model) {
    if let Some(wizard) = on_screen(model) {
        wizard.row = None;
    }
}

fn take_row(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(wizard) = on_screen(model) else { return };
    let Some(row) = &wizard.row else { return };
    let (built, replaces) = (row.build(wizard), row.replaces);
    match built {
        Ok(tenant) => {
            match replaces.and_then(|index| wizard.tenants.get_mut(index)) {
                Some(before) => *before = tenant,
                None => {
                    wizard.tenants.push(tenant);
                    wizard.at = wizard.tenants.len() - 1;
                }
            }
            wizard.row = None;
            // Who was not there may be by now.
            wizard.users.retain(|_, asked| asked.value() != Some(&false));
            wizard.work_out();
            check_users(model, effects);
        }
        Err(error) => refuse(model, error),
    }
    arrange(model);
}

/// Copies the plan as Markdown.
pub fn copy_plan(model: &mut Model, effects: &mut Vec<Effect>) {
    let plan = model.wizard.as_ref().and_then(|wizard| wizard.plan());
    if let Some(text) = plan.map(crate::migration::plan_text::markdown) {
        copy::send(model, "plan", text, effects);
    }
}

/// Shows what a run would do.
pub fn dry_run(model: &mut Model) {
    let now = model.now;
    let plan = model.wizard.as_ref().and_then(|wizard| wizard.plan());
    if let Some(view) = plan.map(|plan| RunView::dry(plan, now)) {
        model.screens.push(Screen::Run(Box::new(view)));
    }
}

/// Asks whether the run shall be started, or what it takes before.
pub fn start(model: &mut Model) {
    let Some(plan) = on_screen(model).and_then(|wizard| wizard.plan()) else {
        return;
    };
    if plan.lacks_confirmation() {
        ask_disable(model);
    } else if model.wizard.as_ref().is_some_and(|wizard| wizard.is_checking_users()) {
        tell(
            model,
            "Not yet: it is being asked whether those exist who are to be Admin",
        );
    } else {
        let dialog = Dialog::new(Question::StartRun, None);
        model.overlays.push(Overlay::Dialog(Box::new(dialog)));
    }
}

/// Hands the plan over to be carried out.
pub fn send(model: &mut Model, effects: &mut Vec<Effect>) {
    if deeds::is_locked(model) {
        return;
    }
    let plan = model
        .wizard
        .as_ref()
        .filter(|wizard| wizard.starting.is_none())
        .and_then(|wizard| wizard.plan().cloned());
    let Some(plan) = plan else { return };
    let (job, effect) = model.ask(Request::StartRun(Box::new(plan)));
    if let Some(wizard) = &mut model.wizard {
        wizard.starting = Some(job);
    }
    effects.push(effect);
}

/// The wizard was left; what was answered stays.
pub fn left(model: &mut Model) {
    let is_touched = model.wizard.as_ref().is_some_and(|wizard| wizard.is_touched());
    if is_touched {
        let text = "The answers are kept; <m> goes on with them";
        model.messages.tell(model.now, Level::Done, text);
    }
}

/// Selects the choice whose number was pressed, or is named.
pub fn select(model: &mut Model, argument: &str) {
    let pressed = model.last_key.and_then(Key::typed).and_then(|digit| digit.to_digit(10));
    let number = argument.parse().ok().or(pressed).map_or(0, |number| number as usize);
    let Some(wizard) = on_screen(model) else { return };
    if (1..=wizard.choice_count()).contains(&number) {
        wizard.at = number - 1;
        arrange(model);
    } else {
        tell(model, format!("There is no choice {number} here"));
    }
}

/// Selects the choice of this number, from 1, and goes on with it.
pub fn choose(model: &mut Model, number: usize, effects: &mut Vec<Effect>) {
    let Some(wizard) = on_screen(model) else { return };
    let count = wizard.choice_count();
    match wizard.page {
        WizardPage::Plan if number == 2 => {
            places::back(model, effects);
            return;
        }
        WizardPage::Plan if number == 1 && wizard.plan().is_none() => {
            backward(model, effects);
            return;
        }
        WizardPage::Tenants if (1..=count).contains(&number) => {
            wizard.at = number - 1;
            edit_tenant(model);
            return;
        }
        page if number > count.max(usize::from(page == WizardPage::Plan)) || number == 0 => {
            tell(model, format!("There is no choice {number} here"));
            return;
        }
        _ => wizard.at = number - 1,
    }
    next(model, effects);
}
