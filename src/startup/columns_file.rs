//! The file that says which columns of each list were chosen. All consoles of an account share it.
//!
//! Several may choose at once. So each changes only what it is about, in what the file says then, under a lock on another file
//! beside it, which the system takes back however the process ends.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::app::list_columns::ColumnChoices;
use crate::config::private;
use crate::domain::problem::Problem;
use crate::domain::shaped::value_of;
use crate::runner::resume_file::put_aside;

/// The file.
#[derive(Clone, Debug)]
pub struct ColumnsFile(PathBuf);

impl ColumnsFile {
    /// The one in a directory of state.
    pub fn in_state(state: &Path) -> Self {
        Self(state.join("columns.json"))
    }

    /// What was chosen; of a file that is damaged also where it lies from now on, in a sentence.
    ///
    /// # Errors
    /// If there is something that cannot be read at all.
    pub fn read(&self) -> Result<(ColumnChoices, Option<String>), Problem> {
        match fs::read(&self.0) {
            Ok(text) => Ok(match serde_json::from_slice(&text) {
                Ok(choices) => (choices, None),
                Err(_) => (ColumnChoices::default(), Some(self.set_aside())),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((ColumnChoices::default(), None)),
            Err(error) => Err(private::io_problem("read", &self.0, &error)),
        }
    }

    fn set_aside(&self) -> String {
        let place = put_aside(&self.0);
        let place = place.as_deref().unwrap_or(&self.0).display();
        format!("The columns that were chosen cannot be read; the file lies in {place}")
    }

    /// Changes what was chosen, in what the file says now. Returns what [`ColumnsFile::read`] says of a damaged one.
    ///
    /// # Errors
    /// If it cannot be kept: it holds until the program ends.
    pub fn change(&self, change: impl FnOnce(&mut ColumnChoices)) -> Result<Option<String>, Problem> {
        self.changed(change).map_err(|problem| {
            Problem::new(
                problem.kind,
                "The columns that you chose are not kept for the next start.",
                format!("{} {}", problem.what, problem.why),
                "They stay until you leave. Mend that file or its directory, then choose again.",
            )
        })
    }

    fn changed(&self, change: impl FnOnce(&mut ColumnChoices)) -> Result<Option<String>, Problem> {
        if let Some(directory) = self.0.parent() {
            private::create_directory(directory)?;
        }
        let _lock = private::lock(&self.0)?;
        let (mut choices, words) = self.read()?;
        change(&mut choices);
        let text = value_of(&choices).map_or_else(|_| String::new(), |choices| format!("{choices:#}"));
        private::replace_file(&self.0, text.as_bytes())?;
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::list_columns::ListKind;

    /// The names of columns.
    fn names(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn consoles_that_are_open_at_once_keep_each_what_the_other_chose() {
        let state = tempfile::tempdir().unwrap();
        let (one, other) = [(); 2]
            .map(|()| ColumnsFile::in_state(&state.path().join("deep")))
            .into();
        one.change(|kept| kept.put(ListKind::Tenants, Some(names("id admins"))))
            .unwrap();
        let words = other.change(|kept| kept.put(ListKind::Roles, Some(names("name managed"))));
        assert_eq!(words, Ok(None));
        let (kept, _) = one.read().unwrap();
        assert_eq!(kept.shown["tenants"], names("id admins"));
        assert_eq!(kept.shown["roles"], names("name managed"));
        other.change(|kept| kept.put(ListKind::Tenants, None)).unwrap();
        let (kept, _) = one.read().unwrap();
        assert_eq!(kept.shown.len(), 1, "{kept:?}");
    }

    #[test]
    fn of_many_choices_at_once_none_is_lost() {
        let state = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for kind in ListKind::ALL {
                let file = ColumnsFile::in_state(state.path());
                scope.spawn(move || file.change(|kept| kept.put(kind, Some(names("x")))).unwrap());
            }
        });
        let (kept, _) = ColumnsFile::in_state(state.path()).read().unwrap();
        assert_eq!(kept.shown.len(), ListKind::ALL.len());
    }

    #[test]
    fn a_choice_that_cannot_be_kept_is_a_problem() {
        let state = tempfile::tempdir().unwrap();
        let file = ColumnsFile::in_state(state.path());
        fs::create_dir(state.path().join("columns.json")).unwrap();
        let problem = file.change(|kept| kept.put(ListKind::Roles, None)).unwrap_err();
        assert_eq!(
            problem.what,
            "The columns that you chose are not kept for the next start."
        );
        assert!(problem.why.contains("columns.json` could not be read."), "{problem}");
        assert_eq!(
            problem.next,
            "They stay until you leave. Mend that file or its directory, then choose again."
        );
    }

    #[test]
    fn a_damaged_file_is_put_aside_and_said() {
        let state = tempfile::tempdir().unwrap();
        let file = ColumnsFile::in_state(state.path());
        fs::write(state.path().join("columns.json"), "{\"shown\": {\"ten").unwrap();
        let words = file
            .change(|kept| kept.put(ListKind::Roles, Some(names("name"))))
            .unwrap();
        let aside = state.path().join("columns.unread-1");
        assert_eq!(
            words,
            Some(format!(
                "The columns that were chosen cannot be read; the file lies in {}",
                aside.display()
            ))
        );
        assert_eq!(fs::read_to_string(aside).unwrap(), "{\"shown\": {\"ten");
        assert_eq!(file.read().unwrap().0.shown["roles"], names("name"));
    }
}
