//! What is on screen, as far as others ask for it: its scopes, its review, its form, its rows.

use super::Model;
use crate::app::command::Scope;
use crate::app::effect::JobId;
use crate::app::filter_edit::FilterEdit;
use crate::app::messages::{Message, ShownMessage};
use crate::app::overlay::Overlay;
use crate::app::overview::overview_on_screen;
use crate::app::role_editor::RoleFocus;
use crate::app::screen::Screen;
use crate::app::tab_list::order;
use crate::app::tenant_form::{Review, TenantForm};
use crate::app::tenant_view::TenantView;
use crate::app::welcome::Welcome;
use crate::domain::query::Row;

impl Model {
    /// The scopes of the place on screen, innermost first.
    pub fn scopes(&self) -> Vec<Scope> {
        let scope = match self.overlays.last() {
            Some(Overlay::Menu(_) | Overlay::Choice(_)) => Scope::Menu,
            Some(Overlay::Dialog(_)) => Scope::Dialog,
            Some(Overlay::Entry(_)) => Scope::Form,
            Some(Overlay::Columns(menu)) if menu.sorts => Scope::Sorting,
            Some(Overlay::Columns(_)) => Scope::Columns,
            // It is shown whole, and there is nothing to move through.
            Some(Overlay::Token(_)) => return vec![Scope::Page, Scope::Everywhere],
            Some(Overlay::Page(page)) if page.search.field.editing => Scope::Filter,
            Some(Overlay::Page(_)) => Scope::Page,
            None => self.screen_scope(),
        };
        let text = self
            .search()
            .filter(|search| !search.field.editing)
            .map(|_| Scope::Text);
        let scopes = text.into_iter().chain([scope]).chain(scope.around().iter().copied());
        scopes.collect()
    }

    /// A text that names keys in angle brackets, as it is shown in the place that has the keys.
    pub fn keyed(&self, text: &str) -> String {
        self.keymap.shown(&self.scopes(), text)
    }

    /// Whether a message has how each of several things went, and that is not on screen.
    pub fn has_results_of(&self, message: &Message) -> bool {
        let is_shown =
            |results: &String| matches!(self.overlays.last(), Some(Overlay::Page(page)) if page.text == *results);
        message.results.as_ref().is_some_and(|results| !is_shown(results))
    }

    /// The same on the screen below whatever lies over it.
    pub fn keyed_below(&self, text: &str) -> String {
        self.keymap.shown(&self.scopes_below(), text)
    }

    /// What Esc does where a filter leaves no row of the list on screen: it stops a search before it clears the filter.
    pub fn filter_ends(&self) -> &'static str {
        match self.screens.last() {
            Some(Screen::Records(view)) if view.is_searching() && !view.list.filter.editing => "<esc> stops reading.",
            _ => "<esc> clears the filter.",
        }
    }

    /// The scopes of the screen below whatever lies over it, innermost first.
    pub(in crate::app) fn scopes_below(&self) -> Vec<Scope> {
        let scope = self.screen_scope();
        [scope].into_iter().chain(scope.around().iter().copied()).collect()
    }

    fn screen_scope(&self) -> Scope {
        if self.filter().is_some_and(|filter| filter.editing) {
            return Scope::Filter;
        }
        match self.screens.last() {
            None if self.welcome_on_screen().is_some() => Scope::Welcome,
            None => Scope::Tenants,
            Some(Screen::Tenant(view)) if view.role.is_some() => Scope::Role,
            Some(Screen::Tenant(view)) => view.tab.scope(),
            Some(Screen::Messages(_)) => Scope::Messages,
            Some(Screen::Contexts(_)) => Scope::Contexts,
            Some(Screen::Checks(_)) => Scope::Checks,
            Some(_) if self.review().is_some() => Scope::Review,
            Some(Screen::RoleEditor(editor)) if editor.focus == RoleFocus::Matrix => Scope::RoleEdit,
            Some(Screen::Comparison(_)) => Scope::Comparison,
            Some(Screen::Access(_)) => Scope::Access,
            Some(Screen::WhoCan(_)) => Scope::WhoCan,
            Some(Screen::Form(_) | Screen::RoleEditor(_) | Screen::Connect(_)) => Scope::Form,
            Some(Screen::Wizard) if self.types_tenant() => Scope::Form,
            Some(Screen::Wizard) => Scope::Wizard,
            Some(Screen::Runs(_)) => Scope::Runs,
            Some(Screen::Run(_)) => Scope::Run,
            Some(Screen::Rollback(_)) => Scope::Rollback,
            Some(Screen::Records(view)) => view.kind.scope(),
        }
    }

    /// Whether a tenant is being typed in the wizard on screen.
    pub fn types_tenant(&self) -> bool {
        matches!(self.screens.last(), Some(Screen::Wizard))
            && self.wizard.as_ref().is_some_and(|wizard| wizard.typing().is_some())
    }

    /// The review on screen: of the form, or of the editor of a role.
    pub fn review(&self) -> Option<&Review> {
        match self.screens.last() {
            Some(Screen::Form(form)) => form.review.as_ref(),
            Some(Screen::RoleEditor(editor)) => editor.review.as_ref(),
            _ => None,
        }
    }

    pub(in crate::app) fn review_mut(&mut self) -> Option<&mut Review> {
        match self.screens.last_mut() {
            Some(Screen::Form(form)) => form.review.as_mut(),
            Some(Screen::RoleEditor(editor)) => editor.review.as_mut(),
            _ => None,
        }
    }

    /// How much is open over one another, and what else says where `<esc>` leads: a review, marks, a filter. What holds for the place
    /// alone goes when it is left; where that was said of the rows of tenants, also when these are others.
    pub(in crate::app) fn place(&mut self) -> (usize, usize, [bool; 3], usize) {
        let is_filtered = self.filter().is_some_and(FilterEdit::is_active);
        let leads_elsewhere = [self.review_mut().is_some(), self.has_marks(), is_filtered];
        let of_rows = if self.messages.are_of_rows() {
            self.tenants.changes
        } else {
            0
        };
        (self.screens.len(), self.overlays.len(), leads_elsewhere, of_rows)
    }

    /// The question under which what is reviewed was sent.
    pub fn review_sent(&self) -> Option<JobId> {
        match self.screens.last() {
            Some(Screen::Form(form)) => form.sent,
            Some(Screen::RoleEditor(editor)) => editor.sent,
            _ => None,
        }
    }

    /// The form, if one is on screen.
    pub fn form(&self) -> Option<&TenantForm> {
        match self.screens.last() {
            Some(Screen::Form(form)) => Some(form),
            _ => None,
        }
    }

    pub(in crate::app) fn form_mut(&mut self) -> Option<&mut TenantForm> {
        match self.screens.last_mut() {
            Some(Screen::Form(form)) => Some(form),
            _ => None,
        }
    }

    /// The form that was sent under a question, wherever it is among the screens.
    pub(in crate::app) fn sent_form(&self, job: JobId) -> Option<&TenantForm> {
        self.screens.iter().find_map(|screen| match screen {
            Screen::Form(form) if form.sent == Some(job) => Some(&**form),
            _ => None,
        })
    }

    pub(in crate::app) fn sent_form_mut(&mut self, job: JobId) -> Option<&mut TenantForm> {
        self.screens.iter_mut().find_map(|screen| match screen {
            Screen::Form(form) if form.sent == Some(job) => Some(&mut **form),
            _ => None,
        })
    }

    /// The tenant screen, if it is on screen.
    pub fn tenant_view(&self) -> Option<&TenantView> {
        match self.screens.last() {
            Some(Screen::Tenant(view)) => Some(view),
            _ => None,
        }
    }

    pub(in crate::app) fn tenant_view_mut(&mut self) -> Option<&mut TenantView> {
        match self.screens.last_mut() {
            Some(Screen::Tenant(view)) => Some(view),
            _ => None,
        }
    }

    /// The panel of the first start, while it lies over the list: as long as there is no tenant.
    pub fn welcome_on_screen(&self) -> Option<Welcome> {
        let is_empty = !self.lists_tenants() || self.tenants.total() == Some(0) && !self.tenants.filter.is_active();
        let is_known = self.instance.value().is_some();
        self.welcome.filter(|_| self.screens.is_empty() && is_known && is_empty)
    }

    /// The messages that pass the filter of their screen, newest first unless they are ordered otherwise.
    pub fn visible_messages(&self) -> Vec<&Message> {
        let Some(Screen::Messages(view)) = self.screens.last() else {
            return Vec::new();
        };
        let newest = self.messages.log.iter().rev();
        let started_at = self.session.started_at;
        let passes = |message: &&Message| view.filter.passes(&ShownMessage(message, started_at));
        let mut rows: Vec<_> = newest.filter(passes).collect();
        if let Some(sort) = &view.sort {
            order(&mut rows, sort, |message, column| message.column(column));
        }
        rows
    }

    /// Lines of the overview of the tenant on screen.
    pub fn overview_lines(&self) -> usize {
        self.tenant_view()
            .map_or(0, |view| overview_on_screen(self, view).0.len())
    }
}
