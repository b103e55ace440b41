//! What is kept across a lost connection, so that the next start goes on where this one was cut off.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::deed::{Deed, Made};
use crate::domain::permission::{Action, Resource};
use crate::domain::redact;
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::user::User;

use super::comparison_view::Compared;
use super::cursor::Cursor;
use super::doing::{Doubt, Undoable};
use super::effect::Millis;
use super::form_field::asked_again;
use super::records::RecordsKind;
use super::stood::Stood;
use super::tenant_form::{ADMIN, is_asked};
pub use drafts::{Draft, EntryDraft, EntryText, MigrationDraft, PageDraft, PickDraft, RoleDraft};

mod drafts;

/// What became of what was typed or picked, as far as that is known.
pub fn how_sent(is_sent: bool) -> &'static str {
    if is_sent { "sent, outcome not known" } else { "not sent" }
}

/// Where the operator was, and what was typed and not yet sent. Never holds a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Resume {
    /// Version of this format.
    pub version: u32,
    /// The words that lead a command to the instance, such as `--context prod`, while a console is in it. Whoever finds them
    /// after that console is gone comes back to it; who leaves takes them away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<String>>,
    /// Filter of the list of tenants.
    pub filter: String,
    /// Order of the list of tenants: a column, `-` before it for descending.
    pub sort: Option<String>,
    /// The tenant that was selected.
    pub selected: Option<String>,
    /// Which row that was, and which was the first in view.
    pub view: Cursor,
    /// The ids of the tenants that were marked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// The lists that showed everything they have.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub wide: BTreeSet<String>,
    /// The column of each list that was gone to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub focus: BTreeMap<String, String>,
    /// The screens that were open above the list, outermost first.
    pub places: Vec<Place>,
    /// How each of them stood, in the same order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stood: Vec<Stood>,
    /// The form that was being filled in.
    pub draft: Option<Draft>,
    /// The role that was being edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleDraft>,
    /// The lines that were being typed over the screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryDraft>,
    /// What was being picked over the screen.
    #[serde(rename = "choice", skip_serializing_if = "Option::is_none")]
    pub pick: Option<PickDraft>,
    /// What was sent and not found yet, in the order in which it was; written before it is sent. It is of the instance, and looked for
    /// as soon as that is open; none of it is in what was [kept](Self::kept) before.
    #[serde(rename = "doubts", skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Doubt>,
    /// When a form or an editor above was sent of which it is not known what came of it, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Millis>,
    /// The page of text that was over the screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageDraft>,
    /// What was answered in the wizard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration: Option<MigrationDraft>,
    /// What takes back what was changed, the last one last; kept also when the program is left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undos: Vec<Undoable>,
    /// What does again what was taken back, the last one last; kept likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redos: Vec<Undoable>,
    /// Lines run from the palette, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// What was kept before that and has not been opened yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Box<Resume>>,
}

impl Resume {
    /// The version of this format that is written.
    pub const VERSION: u32 = 1;

    /// Whether it is of the version that is written.
    pub fn is_current(&self) -> bool {
        self.version == Self::VERSION
    }

    /// Whether a form, lines or a list to pick from were open.
    pub fn has_form(&self) -> bool {
        self.draft.is_some() || self.role.is_some() || self.entry.is_some() || self.pick.is_some()
    }

    /// Whether something was typed or picked in them.
    pub fn is_typed(&self) -> bool {
        let opened = [
            self.draft.as_ref().map(|draft| draft.as_opened),
            self.role.as_ref().map(|draft| draft.as_opened),
            self.entry.as_ref().map(|draft| draft.as_opened),
            self.pick.as_ref().map(|draft| draft.as_opened),
        ];
        opened.contains(&Some(false))
    }

    /// Whether something was typed or picked that has not been sent.
    pub fn is_unsent(&self) -> bool {
        self.is_typed() || !self.sent.is_empty() || self.kept.as_ref().is_some_and(|kept| kept.is_unsent())
    }

    /// What they are called, and whether something was typed or picked in each.
    pub fn forms(&self) -> Vec<(String, bool)> {
        let how = |as_opened: bool, is_sent: bool, title: &str| {
            if as_opened {
                title.to_owned()
            } else {
                format!("{title}, {}", how_sent(is_sent))
            }
        };
        let under_review = |reviewed: bool| if reviewed { ", to be reviewed again" } else { "" };
        let mut forms = Vec::new();
        if let Some(draft) = &self.draft {
            let words = match (draft.as_opened, &draft.before) {
                (false, _) => draft.words() + under_review(draft.reviewed),
                (true, Some(_)) => format!("the form of tenant {}", draft.id()),
                (true, None) => "the form of a new tenant".to_owned(),
            };
            forms.push((words, !draft.as_opened));
        }
        if let Some(draft) = &self.role {
            let words = match (draft.as_opened, &draft.before) {
                (false, _) => draft.words() + under_review(draft.reviewed),
                (true, Some(_)) => format!("the editor of role {}", draft.name),
                (true, None) => "the editor of a new role".to_owned(),
            };
            forms.push((words, !draft.as_opened));
        }
        if let Some(draft) = &self.entry {
            forms.push((how(draft.as_opened, draft.sent, &draft.title), !draft.as_opened));
        }
        if let Some(draft) = &self.pick {
            forms.push((how(draft.as_opened, draft.sent, "a choice"), !draft.as_opened));
        }
        forms
    }

    /// Whether something of it was sent, so that it may have been done; written before it is.
    pub fn is_sent(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.sent.is_some())
            || self.role.as_ref().is_some_and(|draft| draft.sent.is_some())
            || self.entry.as_ref().is_some_and(|draft| draft.sent)
            || self.pick.as_ref().is_some_and(|draft| draft.sent)
            || !self.sent.is_empty()
    }

    /// How many rows were marked, of all its lists.
    pub fn marked(&self) -> usize {
        self.marks.len() + self.stood.iter().map(|stood| stood.marks.len()).sum::<usize>()
    }

    /// Takes out what was sent, which is no part of a place.
    pub fn take_sent(&mut self) -> Vec<Doubt> {
        let mut sent = std::mem::take(&mut self.sent);
        sent.extend(self.kept.iter_mut().flat_map(|kept| kept.take_sent()));
        sent
    }

    /// Whether it is what a form or an editor of this place sent.
    pub fn has_sent(&self, doubt: &Doubt) -> bool {
        let id = match (&doubt.change.deed, &doubt.tenant) {
            (Some(Deed::CreateRole(scope, new) | Deed::UpdateRole { scope, after: new, .. }), _) => {
                let is_it = |draft: &RoleDraft| draft.sent.as_ref() == Some(new) && draft.scope() == *scope;
                return self.role.as_ref().is_some_and(is_it);
            }
            (Some(Deed::UpdateTenant { after, .. }), _) => Some(&after.id),
            (None, Some(new)) => new.sent.as_ref(),
            _ => None,
        };
        let sent = self.draft.as_ref().and_then(|draft| draft.sent.as_ref());
        id.is_some() && sent == id
    }

    /// Takes it that what a form or an editor of this place sent is there as `made`, or is not there. Where it is, the form goes, or
    /// is an edit of it where more was typed since. Whether it went.
    pub fn settle_sent(&mut self, doubt: &Doubt, made: Option<&Made>) -> bool {
        if !self.has_sent(doubt) {
            return false;
        }
        if let Some(Deed::CreateRole(..) | Deed::UpdateRole { .. }) = doubt.change.deed {
            let Some(draft) = &mut self.role else { return false };
            let is_all = made.is_some() && draft.is_as_sent();
            draft.sent = None;
            if let Some(Made::Role(now)) = made {
                draft.before = Some((**now).clone());
            }
            return self.role.take_if(|_| is_all).is_some();
        }
        let Some(draft) = &mut self.draft else { return false };
        draft.sent = None;
        let as_sent = draft.as_sent();
        let sent = std::mem::take(&mut draft.sent_fields);
        if let Some(Made::Tenant(now)) = made {
            let is_new = |field: &(String, String)| !["id", ADMIN].contains(&field.0.as_str());
            draft.fields.retain(|field| is_new(field) && !as_sent.contains(field));
            draft.before = Some(redact::tenant_json(now));
        } else {
            for (path, text) in &mut draft.fields {
                if let Some(sent) = sent.iter().find(|sent| sent.0 == *path) {
                    *text = asked_again(path, text, &sent.1);
                }
            }
        }
        draft.secrets |= is_asked(&draft.fields);
        self.draft
            .take_if(|draft| made.is_some() && draft.fields.is_empty())
            .is_some()
    }

    /// Where one was and what was typed there, without what holds for the whole instance.
    #[must_use]
    pub fn only_place(self) -> Self {
        Self {
            words: None,
            sent: Vec::new(),
            migration: self.migration.filter(|draft| draft.is_open),
            undos: Vec::new(),
            redos: Vec::new(),
            history: Vec::new(),
            ..self
        }
    }

    /// Whether it leads somewhere, without what was kept before it.
    pub fn is_place(&self) -> bool {
        let here = Self {
            kept: None,
            ..self.clone().only_place()
        };
        !here.is_empty()
    }

    /// The same, with what was kept before it.
    #[must_use]
    pub fn over(self, before: Self) -> Self {
        Self {
            migration: self.migration.or_else(|| {
                let draft = before.migration.clone()?;
                Some(MigrationDraft {
                    is_open: false,
                    ..draft
                })
            }),
            sent: before.sent.iter().cloned().chain(self.sent).collect(),
            undos: before.undos.clone(),
            redos: before.redos.clone(),
            history: before.history.iter().cloned().chain(self.history).collect(),
            kept: Some(Box::new(before.only_place())),
            ..self
        }
    }

    /// Whether a start has something to go on with here that is not to be put together with anything else.
    pub fn waits(&self) -> bool {
        self.words.is_some() || self.is_unsent()
    }

    /// Whether there is nothing in it that anybody could go on with.
    pub fn is_empty(&self) -> bool {
        *self
            == Self {
                version: self.version,
                ..Self::default()
            }
    }

    /// What stays of it where nobody goes on from it: what was sent, what can be taken back, what was answered in the wizard, the
    /// lines that were run, and what was typed, to be asked for.
    #[must_use]
    pub fn left(self) -> Self {
        let kept = if self.is_typed() {
            Some(Box::new(self.clone().only_place()))
        } else {
            self.kept
        };
        Self {
            version: self.version,
            kept,
            migration: self.migration.map(|draft| MigrationDraft {
                is_open: false,
                ..draft
            }),
            sent: self.sent,
            undos: self.undos,
            redos: self.redos,
            history: self.history,
            ..Self::default()
        }
    }

    /// Adds what another console of the same instance left for all: what can be taken back, what was answered in the
    /// wizard, and the lines it ran.
    pub fn join(&mut self, other: Self) {
        self.undos.extend(other.undos);
        sorting::by_key(&mut self.undos, |change| change.at);
        // What was taken back last is done again first; what was taken back here comes before what was elsewhere.
        self.redos.splice(0..0, other.redos);
        for changes in [&mut self.undos, &mut self.redos] {
            changes.drain(..changes.len().saturating_sub(Undoable::KEPT));
        }
        self.migration = self.migration.take().or(other.migration);
        self.kept = self.kept.take().or(other.kept);
        let known = std::mem::take(&mut self.history);
        self.history = other.history.into_iter().filter(|line| !known.contains(line)).collect();
        self.history.extend(known);
    }
}

/// A screen that was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A tenant, by id; `None` is the default tenant. With the tab that was shown.
    Tenant {
        /// The id.
        id: Option<String>,
        /// The tab.
        tab: String,
    },
    /// A role of the tenant below, by id.
    Role {
        /// The id.
        id: String,
    },
    /// A run of a migration, by its id.
    Run {
        /// The id.
        id: String,
    },
    /// Records about people, or of what was done.
    Records {
        /// Which.
        kind: RecordsKind,
    },
    /// What one user may do in a tenant.
    Access {
        /// The tenant.
        tenant: TenantScope,
        /// The user.
        user: User,
        /// The namespace it is about.
        namespace: String,
    },
    /// Who may do one thing in a tenant.
    WhoCan {
        /// The tenant.
        tenant: TenantScope,
        /// What is acted on.
        resource: Resource,
        /// What is done to it.
        action: Action,
        /// The namespace it is about.
        namespace: String,
    },
    /// Two roles side by side.
    Comparison(Box<[Compared; 2]>),
    /// The messages, of which those of this session are all there are.
    Messages,
    /// The contexts.
    Contexts,
    /// The form that connects to a Kestra.
    Connect {
        /// What was typed in it, but the secret.
        texts: Vec<String>,
        /// Which of its fields had the keys.
        at: usize,
    },
    /// The runs of migrations.
    Runs,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(times: impl IntoIterator<Item = u64>) -> Vec<Undoable> {
        let change = |at: u64| Undoable {
            words: at.to_string(),
            at,
            deed: None,
            other: None,
            because: String::new(),
            part: None,
        };
        times.into_iter().map(change).collect()
    }

    #[test]
    fn what_two_consoles_left_is_put_together_in_the_order_of_time() {
        let answers = |name: &str| {
            Some(MigrationDraft {
                typing: Some([name.to_owned(), String::new(), String::new()]),
                ..MigrationDraft::default()
            })
        };
        let mut one = Resume {
            undos: changes([1, 4]),
            redos: changes([9, 7]),
            history: vec!["tenants".to_owned(), "keys".to_owned()],
            ..Resume::default()
        };
        one.join(Resume {
            undos: changes([2, 3, 5]),
            redos: changes([8]),
            history: vec!["runs".to_owned(), "keys".to_owned()],
            migration: answers("theirs"),
            ..Resume::default()
        });
        assert_eq!(one.undos, changes([1, 2, 3, 4, 5]));
        // The last of these is done again first: what was taken back here comes before what was elsewhere.
        assert_eq!(one.redos, changes([8, 9, 7]));
        assert_eq!(one.history, ["runs", "tenants", "keys"]);
        assert_eq!(one.migration, answers("theirs"));
        one.join(Resume {
            undos: changes(100..100 + Undoable::KEPT as u64),
            migration: answers("others"),
            ..Resume::default()
        });
        assert_eq!(one.undos, changes(100..100 + Undoable::KEPT as u64), "the oldest go");
        assert_eq!(one.migration, answers("theirs"), "what is here comes first");
    }

    #[test]
    fn what_is_left_of_it_leads_nowhere() {
        let kept = Resume {
            words: Some(Vec::new()),
            filter: "x".to_owned(),
            draft: Some(Draft::default()),
            undos: changes([1]),
            migration: Some(MigrationDraft {
                is_open: true,
                ..MigrationDraft::default()
            }),
            ..Resume::default()
        };
        assert!(kept.waits() && !kept.is_empty());
        let left = kept.left();
        // What was typed is there to be asked for.
        assert!(left.words.is_none() && left.draft.is_none() && left.filter.is_empty());
        let typed = left.kept.as_ref().unwrap();
        assert!(typed.draft.is_some() && typed.undos.is_empty() && typed.filter == "x");
        assert_eq!(
            (left.undos.len(), left.migration.map(|draft| draft.is_open)),
            (1, Some(false))
        );
        assert!(Resume::default().left().is_empty());
    }
}
