//! A connection that was typed becomes a context of the configuration.

use std::path::{Path, PathBuf};

use crate::app::connect::{NewConnection, NewSecret};
use crate::config::edit::{Editing, NewAuth, NewContext, SecretPlace};
use crate::config::private;
use crate::domain::problem::{Problem, ProblemKind};
use crate::migration::plan::shown_command;

/// Writes a connection down as a context, a typed secret into a private file of its own. The first context there is
/// becomes the one that opens where none is named; returns whether it did.
pub fn keep(
    config_file: &Path,
    name: &str,
    new: &NewConnection,
    is_wanted: &dyn Fn() -> bool,
) -> Result<bool, Problem> {
    let mut editing = Editing::locked(config_file)?;
    if editing.has(name) {
        return Err(has_context(name));
    }
    if !is_wanted() {
        // Whoever stopped it or left hears this no more.
        return Err(Problem::new(
            ProblemKind::Failed,
            "Not connected.",
            "It was stopped.",
            "Try again.",
        ));
    }
    // Whoever keeps the first one means to come back to it.
    let is_first = editing.names().is_empty();
    let place = match &new.secret {
        NewSecret::Variable(name) => SecretPlace::Variable(name.clone()),
        NewSecret::File(path) => SecretPlace::File(PathBuf::from(path)),
        NewSecret::Command(words) => SecretPlace::Command(words.clone()),
        NewSecret::Typed(secret) => {
            private::create_directory(&private::secrets_beside(config_file))?;
            let [password, token] = private::typed_secrets(config_file, name);
            let file = if new.username.is_some() { password } else { token };
            let file_name = file.file_name().unwrap_or_default().to_string_lossy();
            if file.symlink_metadata().is_ok() && editing.text().contains(&*file_name) {
                return Err(taken(
                    format!("`{}` is there already.", file.display()),
                    "Another context reads it, so that it is not replaced.",
                ));
            }
            // One that is there otherwise was left by a context of this name that is gone.
            private::replace_file(&file, format!("{secret}\n").as_bytes())?;
            SecretPlace::File(file)
        }
    };
    editing.put(&NewContext {
        name: name.to_owned(),
        host: Some(new.url.clone()),
        auth: Some(match &new.username {
            Some(username) => NewAuth::Basic {
                username: username.clone(),
                password: place,
            },
            None => NewAuth::Token(place),
        }),
        protected: new.protected,
        ..NewContext::default()
    });
    if is_first {
        editing.set_default(name);
    }
    editing.save()?;
    Ok(is_first)
}

/// What is said where a context has the name.
pub fn has_context(name: &str) -> Problem {
    let what = format!("There is a context `{name}` already.");
    taken(what, "A context keeps what it was written down with.")
}

fn taken(what: String, why: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        what,
        why,
        "Choose another name, or leave it empty.",
    )
}

/// The command that writes a connection down as a context.
pub fn added(config_file: &Path, name: &str, new: &NewConnection) -> Vec<String> {
    let mut words = ["contexts", "add", name, "--host", &new.url]
        .map(str::to_owned)
        .to_vec();
    let [password, token] = private::typed_secrets(config_file, name);
    let (flag, typed) = match &new.username {
        Some(username) => {
            words.extend(["--username".to_owned(), username.clone()]);
            ("--password", password)
        }
        None => ("--token", token),
    };
    let (kind, place) = match &new.secret {
        NewSecret::Typed(_) => ("file", typed.display().to_string()),
        NewSecret::Variable(name) => ("env", name.clone()),
        NewSecret::File(path) => ("file", path.clone()),
        NewSecret::Command(command) => ("command", shown_command(command)),
    };
    words.extend([format!("{flag}-{kind}"), place]);
    if new.protected {
        words.push("--protected".to_owned());
    }
    words
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What is left of keeping a typed token as `lab`, in a home with this configuration and an older token of that name.
    fn kept(configuration: &str, is_wanted: bool) -> (Result<bool, Problem>, String, String) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        let token = home.path().join("secrets/lab.token");
        fs::create_dir(home.path().join("secrets")).unwrap();
        fs::write(&token, "old\n").unwrap();
        fs::write(&file, configuration).unwrap();
        let new = NewConnection {
            url: "https://lab".to_owned(),
            username: None,
            secret: NewSecret::Typed("new".to_owned()),
            name: Some("lab".to_owned()),
            protected: false,
        };
        let result = keep(&file, "lab", &new, &|| is_wanted);
        let read = |path| fs::read_to_string(path).unwrap();
        (result, read(&file), read(&token))
    }

    #[test]
    fn the_secret_of_a_context_that_was_removed_makes_room_for_that_of_a_new_one() {
        let (result, written, token) = kept("", true);
        assert_eq!(result, Ok(true));
        assert!(written.contains("[contexts.lab]"), "{written}");
        assert_eq!(token, "new\n");
    }

    #[test]
    fn a_secret_that_another_context_uses_stays() {
        let before = "[contexts.other]\nhost = \"https://x\"\nauth = { token-file = \"secrets/lab.token\" }\n";
        let (result, written, token) = kept(before, true);
        let problem = result.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Conflict);
        assert!(problem.what.ends_with("lab.token` is there already."), "{problem:?}");
        assert_eq!(problem.why, "Another context reads it, so that it is not replaced.");
        assert!(problem.next.starts_with("Choose another name"), "{problem:?}");
        assert_eq!((written.as_str(), token.as_str()), (before, "old\n"));
    }

    #[test]
    fn nothing_is_kept_that_was_stopped_or_has_its_name_taken_meanwhile() {
        let (result, written, token) = kept("", false);
        assert!(result.is_err());
        assert_eq!((written.as_str(), token.as_str()), ("", "old\n"));
        let before = "[contexts.lab]\nstore = \"x\"\n";
        let (result, written, token) = kept(before, true);
        assert_eq!(result.unwrap_err().kind, ProblemKind::Conflict);
        assert_eq!((written.as_str(), token.as_str()), (before, "old\n"));
    }
}
