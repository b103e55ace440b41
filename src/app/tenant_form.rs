//! The form that creates a tenant, or edits one: its fields, what is wrong with them, and the review before it is sent.

mod keeping;
mod reviewing;

use crate::domain::instance::Instance;
use crate::domain::problem::{FieldMessage, Problem};
use crate::domain::redact;
use crate::domain::release::Release;
use crate::domain::sorting;
use crate::domain::tenant::{NewTenant, Tenant};
use crate::domain::tenant_field::{self};
use crate::domain::tenant_id::{IdWarning, TenantId};

use super::effect::JobId;
use super::form_field::{Editor, FormField, Note};
use super::line_edit::LineEdit;
use super::remote::Remote;
pub use keeping::is_asked;
pub use reviewing::{changes, shown};

/// Path of the input that names the tenant's first Admin. No field of a tenant is called so.
pub const ADMIN: &str = "admin";

/// The title of the command by which Kestra itself creates the tenant.
pub const KESTRA_COMMAND: &str = "Kestra's command line";

/// Where the keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// To an input, by position.
    Field(usize),
    /// To the button that goes on to the review.
    Review,
    /// To the button that leaves.
    Cancel,
}

/// The review before sending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// First line in view.
    pub scroll: usize,
    /// Whether the button that sends has the focus, rather than the one that goes back.
    pub send: bool,
}

/// A line of the review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewLine {
    /// Opens a part.
    Heading(String),
    /// Something to be read.
    Text(String),
    /// Something to be copied or compared, letter by letter.
    Code(String),
    /// Something to think about.
    Warning(String),
    /// An empty line.
    Blank,
}

/// A lookup on the instance of what a field holds.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// What was looked up.
    pub text: String,
    /// What came of it.
    pub found: Remote<bool>,
    /// When to look up what has been typed since.
    pub due: Option<u64>,
}

/// The form.
#[derive(Clone, Debug)]
pub struct TenantForm {
    /// The tenant as it was read, if one is edited.
    pub before: Option<Tenant>,
    /// The inputs.
    pub fields: Vec<FormField>,
    /// Where the keys go.
    pub focus: Focus,
    /// The review, while it is open.
    pub review: Option<Review>,
    /// Whether the id exists already.
    pub id_lookup: Lookup,
    /// Whether the admin exists.
    pub admin_lookup: Lookup,
    /// Why sending failed the last time.
    pub problem: Option<Problem>,
    /// What somebody else changed since the form was opened, a line for each field; empty where nobody did.
    pub theirs: Vec<String>,
    /// The question under which it was sent.
    pub sent: Option<JobId>,
    /// The id of the tenant it was sent as, until it is known what came of that.
    pub doubt: Option<TenantId>,
    /// The inputs as they were then, as somebody may type meanwhile. A secret that was not kept is to be typed again in them, but
    /// for one that was there before.
    pub was_sent: Vec<FormField>,
    /// The command that is recorded of what was sent, in which is no secret.
    pub command: String,
    /// The tenant, read again because it changed meanwhile, the form was taken up later, or it is not known what came of it.
    pub reread: Remote<Tenant>,
    /// The question who may do what in the tenant that came of it.
    pub admins: Option<JobId>,
    /// Namespaces of the default tenant, with which an id can collide.
    pub default_namespaces: Remote<Vec<String>>,
    /// Whether secrets were typed in it that were not kept. Which of them were typed again nobody knows, so that it stays so.
    pub lacks_secrets: bool,
    release: Release,
    superadmin: Option<&'static str>,
    id_proposed: String,
    initial: Vec<String>,
    /// Whether it was taken up from a draft and has not been compared with the instance since.
    is_kept: bool,
}

impl TenantForm {
    /// An empty form on this instance. Where the creator would not become Admin, the creator is proposed as one.
    pub fn create(instance: &Instance) -> Self {
        let mut form = Self::with(instance, None);
        if instance.identity.superadmin
            && let Some(field) = form.field_mut(ADMIN)
        {
            field.editor.set_text(&instance.identity.username);
        }
        form.remember();
        form
    }

    /// A form that holds a tenant as it was read.
    pub fn edit(instance: &Instance, before: Tenant) -> Self {
        let mut form = Self::with(instance, None);
        form.fields.retain(|field| field.path != ADMIN);
        for field in &mut form.fields {
            match field.field {
                Some(known) => {
                    let text = before
                        .value_at(known.path)
                        .map_or_else(String::new, |value| known.print(value));
                    field.editor.set_text(&text);
                }
                None if field.path == "name" => field.editor.set_text(&before.name),
                None => field.editor = Editor::Fixed(before.id.to_string()),
            }
        }
        form.before = Some(before);
        form.remember();
        form
    }

    fn with(instance: &Instance, before: Option<Tenant>) -> Self {
        let own = |path, label, doc| FormField {
            path,
            label,
            section: "Tenant",
            doc,
            field: None,
            editor: Editor::Line(LineEdit::default()),
            touched: false,
            server: None,
        };
        let mut fields = vec![
            own("name", "Name", "The name people see; it can be changed later."),
            own("id", "Id", "Part of every path and link; it cannot be changed later."),
            own(
                ADMIN,
                "Admin",
                "Username of the existing user who holds the new Admin role.",
            ),
        ];
        fields.extend(tenant_field::fields(instance.release).map(|field| FormField {
            path: field.path,
            label: field.label,
            section: field.section,
            doc: field.doc,
            field: Some(field),
            editor: Editor::for_kind(field.kind),
            touched: false,
            server: None,
        }));
        Self {
            before,
            fields,
            focus: Focus::Field(0),
            review: None,
            id_lookup: Lookup::default(),
            admin_lookup: Lookup::default(),
            problem: None,
            theirs: Vec::new(),
            sent: None,
            doubt: None,
            was_sent: Vec::new(),
            command: String::new(),
            admins: None,
            reread: Remote::default(),
            default_namespaces: Remote::default(),
            lacks_secrets: false,
            release: instance.release,
            superadmin: instance.identity.superadmin.then(|| instance.release.a_superadmin()),
            id_proposed: String::new(),
            initial: Vec::new(),
            is_kept: false,
        }
    }

    fn remember(&mut self) {
        self.initial = self.texts();
    }

    fn texts(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.editor.text()).collect()
    }

    /// Whether leaving would lose something.
    pub fn is_dirty(&self) -> bool {
        self.texts() != self.initial
    }

    /// Whether leaving would lose something: what was typed, or the answer to what was sent.
    pub fn would_lose(&self) -> bool {
        self.is_dirty() || self.sent.is_some()
    }

    /// The release whose fields it has.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The input of a path.
    pub fn field(&self, path: &str) -> Option<&FormField> {
        self.fields.iter().find(|field| field.path == path)
    }

    fn field_mut(&mut self, path: &str) -> Option<&mut FormField> {
        self.fields.iter_mut().find(|field| field.path == path)
    }

    /// What an input holds, without the spaces around it.
    pub fn text(&self, path: &str) -> String {
        self.field(path)
            .map_or_else(String::new, |field| field.editor.text().trim().to_owned())
    }

    /// The input that has the focus.
    pub fn focused(&mut self) -> Option<&mut FormField> {
        match self.focus {
            Focus::Field(index) => self.fields.get_mut(index),
            Focus::Review | Focus::Cancel => None,
        }
    }

    /// Path of the input that has the focus.
    pub fn focused_path(&self) -> Option<&'static str> {
        match self.focus {
            Focus::Field(index) => self.fields.get(index).map(|field| field.path),
            Focus::Review | Focus::Cancel => None,
        }
    }

    /// Moves the focus by one place, on or back, going round and passing over what cannot be changed. What was left is found
    /// fault with from now on.
    pub fn step(&mut self, back: bool) {
        if let Some(field) = self.focused() {
            field.touched = true;
        }
        let count = self.fields.len();
        let at = match self.focus {
            Focus::Field(index) => index,
            Focus::Review => count,
            Focus::Cancel => count + 1,
        };
        let places = count + 2;
        let to = if back {
            (at + places - 1) % places
        } else {
            (at + 1) % places
        };
        self.focus = match to {
            to if to < count => Focus::Field(to),
            to if to == count => Focus::Review,
            _ => Focus::Cancel,
        };
        if self.focused().is_some_and(|field| field.editor.is_fixed()) {
            self.step(back);
        }
    }

    /// Follows up on a change of the focused input: proposes the id from the name until an id is typed.
    pub fn changed(&mut self) {
        self.problem = None;
        let path = self.focused_path();
        if let Some(field) = self.focused() {
            field.touched = true;
            field.server = None;
        }
        if path == Some("name") && self.before.is_none() && self.text("id") == self.id_proposed {
            let proposal = TenantId::propose(&self.text("name"));
            self.id_proposed.clone_from(&proposal);
            if let Some(id) = self.field_mut("id") {
                id.editor.set_text(&proposal);
                id.server = None;
                id.touched = true;
            }
        }
    }

    /// Reasons to think twice about the id.
    pub fn id_warnings(&self) -> Vec<IdWarning> {
        let namespaces = self.default_namespaces.value().map_or(&[][..], Vec::as_slice);
        match self.text("id").parse::<TenantId>() {
            Ok(id) if self.before.is_none() => id.warnings(self.release, namespaces.iter().map(String::as_str)),
            _ => Vec::new(),
        }
    }

    /// What to say beside an input.
    pub fn note(&self, field: &FormField) -> Option<Note> {
        if let Some(message) = &field.server {
            return Some(Note::Error(message.clone()));
        }
        let text = field.editor.text();
        if let Some(value) = field.value() {
            return value.err().filter(|_| field.touched).map(Note::Error);
        }
        match field.path {
            "name" => (field.touched && text.trim().is_empty()).then(|| Note::Error("a name is required".to_owned())),
            "id" if self.before.is_none() => self.id_note(field.touched, text.trim()),
            ADMIN => self.admin_note(text.trim()),
            _ => None,
        }
    }

    fn id_note(&self, touched: bool, text: &str) -> Option<Note> {
        if let Err(error) = text.parse::<TenantId>() {
            return touched.then(|| Note::Error(error.to_string()));
        }
        let lookup = &self.id_lookup;
        match lookup.found.value() {
            Some(true) if lookup.text == text => {
                return Some(Note::Error("a tenant of this id exists already".to_owned()));
            }
            Some(false) if lookup.text == text => {}
            _ if lookup.due.is_some() || lookup.found.job().is_some() => return Some(Note::Checking("checking id")),
            _ => {}
        }
        if let Some(warning) = self.id_warnings().first() {
            return Some(Note::Warning(warning.words()));
        }
        (lookup.text == text && lookup.found.value() == Some(&false)).then(|| Note::Fine("free".to_owned()))
    }

    fn admin_note(&self, text: &str) -> Option<Note> {
        if text.is_empty() {
            return self
                .superadmin
                .map(|word| Note::Warning(format!("nobody would hold Admin: {word} gets no role by creating")));
        }
        let lookup = &self.admin_lookup;
        match lookup.found.value() {
            Some(false) if lookup.text == text => Some(Note::Error("there is no user of this name".to_owned())),
            Some(true) if lookup.text == text => Some(Note::Fine("will hold Admin".to_owned())),
            _ if lookup.due.is_some() || lookup.found.job().is_some() => Some(Note::Checking("checking user")),
            _ => None,
        }
    }

    /// The tenant as the inputs have it.
    ///
    /// # Errors
    /// One message for each input that keeps it from being sent.
    pub fn build(&self) -> Result<NewTenant, Vec<FieldMessage>> {
        let mut messages = Vec::new();
        let mut refuse = |path: &str, message: String| {
            messages.push(FieldMessage {
                path: path.to_owned(),
                message,
            });
        };
        let id = match (&self.before, self.text("id").parse::<TenantId>()) {
            (Some(before), _) => before.id.clone(),
            (None, Ok(id)) => id,
            (None, Err(error)) => {
                refuse("id", error.to_string());
                TenantId::existing("")
            }
        };
        let mut tenant = self.before.clone().unwrap_or_else(|| Tenant::new(id, ""));
        tenant.name = self.text("name");
        for (field, initial) in self.fields.iter().zip(&self.initial) {
            let Some(known) = field.field else { continue };
            let text = field.editor.text();
            match field.value().unwrap_or(Ok(None)) {
                // What was not touched stays as it was read, even where it would print and parse into another shape.
                Ok(_) if text == *initial => {}
                Ok(value) => tenant.set_at(known.path, value),
                Err(message) => refuse(known.path, message),
            }
        }
        for field in &self.fields {
            if field.field.is_none()
                && let Some(Note::Error(message)) = self.note(field)
                && field.server.is_none()
            {
                refuse(field.path, message);
            }
        }
        if tenant.name.is_empty() && !messages.iter().any(|message| message.path == "name") {
            messages.push(FieldMessage {
                path: "name".to_owned(),
                message: "a name is required".to_owned(),
            });
        }
        sorting::by_key(&mut messages, |message| {
            self.fields.iter().position(|field| field.path == message.path)
        });
        if messages.is_empty() {
            let admin = Some(self.text(ADMIN)).filter(|admin| !admin.is_empty());
            Ok(NewTenant { tenant, admin })
        } else {
            Err(messages)
        }
    }

    /// Marks every input as seen, puts the instance's messages at their fields, and moves the focus to the first.
    pub fn refuse(&mut self, messages: &[FieldMessage], by_server: bool) {
        for field in &mut self.fields {
            field.touched = true;
            if by_server && let Some(message) = messages.iter().find(|message| message.path == field.path) {
                field.server = Some(message.message.clone());
            }
        }
        let first = self
            .fields
            .iter()
            .position(|field| messages.iter().any(|message| message.path == field.path));
        if let Some(index) = first {
            self.focus = Focus::Field(index);
            self.review = None;
        }
    }

    /// Takes the edited tenant as it is now. Inputs that were not touched follow it, the others keep what was typed.
    ///
    /// Returns what somebody else changed, a line for each field.
    pub fn rebase(&mut self, now: Tenant) -> Vec<String> {
        let Some(before) = &self.before else { return Vec::new() };
        // A form taken up later was kept without its secrets, so that these are no difference.
        let changed = if std::mem::take(&mut self.is_kept) {
            changes(before, &redact::tenant(&now), self.release)
        } else {
            changes(before, &now, self.release)
        };
        for (field, initial) in self.fields.iter_mut().zip(&mut self.initial) {
            let text = match field.field {
                Some(known) => now
                    .value_at(known.path)
                    .map_or_else(String::new, |value| known.print(value)),
                None if field.path == "name" => now.name.clone(),
                None => continue,
            };
            if field.editor.text() == *initial {
                field.editor.set_text(&text);
            } else if let Some(known) = field.field {
                field.uncover(now.value_at(known.path));
            }
            *initial = text;
        }
        self.before = Some(now);
        self.review = None;
        changed
    }

    /// Whether a tenant is as it was read, as far as that was kept.
    pub fn is_as_before(&self, now: &Tenant) -> bool {
        self.before
            .as_ref()
            .is_some_and(|before| before == now || self.is_kept && redact::tenant(before) == redact::tenant(now))
    }

    /// In what a tenant as it is now is not what this form sends, a line each. What was not typed may be as it likes, and so
    /// may be secrets that were not kept.
    pub fn lost(&self, now: &Tenant) -> Vec<String> {
        let mut there = self.clone();
        there.before.get_or_insert_with(|| now.clone());
        there.admin_lookup = Lookup::default();
        there.rebase(now.clone());
        match there.build() {
            Ok(new) => changes(now, &new.tenant, self.release),
            Err(messages) => messages.into_iter().map(|message| message.message).collect(),
        }
    }

    /// Whether a secret was typed.
    pub fn has_secret(&self) -> bool {
        let mut fields = self.fields.iter().zip(&self.initial);
        fields.any(|(field, initial)| is_secret(field) && field.editor.text() != *initial)
    }
}

fn is_secret(field: &FormField) -> bool {
    matches!(field.editor, Editor::Secret(_))
}
