//! Records, lines to type, and a token, as lines of text.

use crate::app::entry::{Entry, SWITCH};
use crate::app::list_columns::ListKind;
use crate::app::model::Model;
use crate::app::overlay::ShownToken;
use crate::app::records::RecordsView;
use crate::domain::count::{counted, thousands};

use super::linear::{say_filter, say_rows, typing};
use super::linear_rows;

/// Says the records in view, numbered.
pub fn say_records(model: &Model, view: &RecordsView, lines: &mut Vec<String>) {
    lines.push(view.kind.title());
    if let Some(problem) = view.rows.problem() {
        lines.extend([problem.what.clone(), problem.why.clone(), problem.next.clone()]);
    }
    if view.rows.was_given_up() {
        lines.push(model.keyed("Reading was stopped. <r> reads again."));
    }
    let Some(records) = view.rows.value() else { return };
    let (held, thing) = (records.len(), view.kind.thing());
    if view.total > held as u64 {
        let held = thousands(held as u64);
        let further = match (view.is_searching(), view.is_narrowed()) {
            (true, _) => ". Searching.",
            (false, true) => "; <G> looks further",
            (false, false) => "",
        };
        let words = format!("{} in all, {held} of them read{further}", counted(view.total, thing));
        lines.push(model.keyed(&words));
    }
    say_filter(model, &view.list.filter, view.list.visible().len(), held, thing, lines);
    if view.list.visible().is_empty() {
        if !view.list.filter.is_active() {
            lines.push(view.kind.empty(model.messages.record_lacks.as_ref()).into_owned());
        }
        return;
    }
    let kind = ListKind::of_records(&view.kind);
    let mut rows = Vec::new();
    let in_view = view.list.visible().iter().enumerate();
    for (offset, at) in in_view.skip(view.list.cursor.top()).take(model.size.list_rows()) {
        let Some(record) = records.get(*at) else { continue };
        let cells: Vec<&str> = record.cells.iter().map(String::as_str).collect();
        let said = linear_rows::row(model, kind, "", &cells);
        let mark = if view.list.marks().contains(&record.id) {
            ", marked"
        } else {
            ""
        };
        rows.push((offset, format!("{said}{mark}")));
    }
    say_rows(model, rows, view.list.cursor.at(), view.list.visible().len(), lines);
    lines.push("A number opens a line.".to_owned());
}

/// Says which line is asked for.
pub fn say_entry(model: &Model, entry: &Entry, lines: &mut Vec<String>) {
    lines.push(entry.title.clone());
    lines.push(entry.about.clone());
    if let Some(field) = entry.focused() {
        let value = match (field.line.is_empty(), field.hidden) {
            (true, _) => "empty",
            (false, true) => "hidden",
            (false, false) => field.line.text(),
        };
        let options = if field.switch {
            format!(" One of: {}.", SWITCH.join(", "))
        } else {
            String::new()
        };
        lines.push(format!(
            "Line {} of {}, {}: {value}",
            entry.focus + 1,
            entry.fields.len(),
            field.label
        ));
        lines.push(format!("{}{options}", field.doc));
    }
    lines.extend(entry.error.as_ref().map(|error| format!("Error: {error}")));
    if entry.ahead.is_some() {
        lines.push("What it would change is being found out; :form-leave stops that.".to_owned());
        return;
    }
    lines.push(typing(
        model,
        ":form-previous goes back a line, :form-leave leaves. After the last line it is taken.",
    ));
}

/// Says a token this once.
pub fn say_token(model: &Model, shown: &ShownToken, lines: &mut Vec<String>) {
    let token = &shown.token;
    lines.push(format!("Token {}; this is the only time it is shown:", token.name));
    lines.push(token.full_token.clone());
    lines.push(model.keyed(if shown.may_go {
        "<y> copies it, and <esc> closes it."
    } else {
        "<y> copies it, and <esc> closes it; where it was not copied, the second <esc> does."
    }));
}
