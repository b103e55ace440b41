//! The application: a model, closed messages, and one `update` that returns effects as data.
//!
//! It does no I/O, reads no clock and names no terminal; it never imports a backend. Start at [`model`], then [`update`].

pub mod access_view;
pub mod appearance;
pub mod choice;
pub mod clock;
pub mod command;
pub mod comparison_view;
pub mod connect;
pub mod contact;
pub mod contexts;
pub mod cursor;
pub mod dialog_text;
pub mod doing;
pub mod edit_area;
pub mod effect;
pub mod filter_edit;
pub mod form_field;
pub mod geometry;
pub mod input;
pub mod key_words;
pub mod keymap;
pub mod line_edit;
pub mod linear;
pub mod matrix;
pub mod messages;
pub mod model;
pub mod msg;
pub mod overlay;
pub mod overview;
pub mod page_line;
pub mod remote;
pub mod resume;
pub mod role_editor;
pub mod run;
pub mod safety;
pub mod session;
pub mod tabs;
pub mod tenant_form;
pub mod tenant_list;
pub mod tenant_view;
pub mod update;
pub mod welcome;
pub mod wizard;
pub mod wrap;
