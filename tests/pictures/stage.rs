//! The homes that the scenes play in: sample data made by the program itself.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use termlens::Terminal;

use crate::svg::{DARK, LIGHT, Paper};

/// A way to look at it.
pub struct Look {
    pub name: &'static str,
    pub paper: Paper,
    settings: &'static str,
    variable: (&'static str, &'static str),
}

const TRUE_COLOUR: (&str, &str) = ("COLORTERM", "truecolor");

impl Look {
    pub const ALL: [Self; 5] = [
        Self {
            name: "dark",
            paper: DARK,
            settings: "theme = \"dark\"\n",
            variable: TRUE_COLOUR,
        },
        Self {
            name: "light",
            paper: LIGHT,
            settings: "theme = \"light\"\n",
            variable: TRUE_COLOUR,
        },
        Self {
            name: "mono",
            paper: LIGHT,
            settings: "",
            variable: ("NO_COLOR", "1"),
        },
        Self {
            name: "ascii",
            paper: DARK,
            settings: "glyphs = \"ascii\"\n",
            variable: ("LC_ALL", "C"),
        },
        // What a terminal with dark letters on white shows where nothing is configured.
        Self {
            name: "default-on-white",
            paper: LIGHT,
            settings: "",
            variable: ("CLICOLOR", "1"),
        },
    ];
}

/// The program that is pictured.
fn program() -> OsString {
    std::env::var_os("KESTRA_ADMIN_PICTURES_OF").unwrap_or_else(|| env!("CARGO_BIN_EXE_kestra-admin").into())
}

/// Homes in a temporary directory; what is served from there ends with it.
pub struct Stage(TempDir);

impl Stage {
    /// Makes everything: an instance with tenants in two releases, one before its migration, one after it and one halfway.
    pub fn set() -> Self {
        let stage = Self(tempfile::tempdir().unwrap());
        for home in ["empty", "full"] {
            fs::create_dir(stage.0.path().join(home)).unwrap();
        }
        for words in [
            "rehearsal create prod-eu --release 0.22 --sample large",
            "rehearsal create prod-us --release 1.3 --sample large",
            "rehearsal up staging --release 0.21 --sample large",
            "rehearsal up moved --release 0.21",
            "migrate run --context moved --yes --tenant dev=Development --tenant prod=Production",
            "rehearsal up half --release 0.21",
            "migrate run --context half --yes --tenant dev=Development --until restart",
            "--context prod-eu tenants create --tenant initech --name Initech --yes",
        ] {
            stage.run(words);
        }
        stage
    }

    fn command(&self, home: &str) -> Command {
        let mut command = Command::new(program());
        command.env_clear().env("HOME", self.0.path().join(home));
        command
    }

    fn run(&self, words: &str) {
        let output = self.command("full").args(words.split(' ')).output().unwrap();
        if words.starts_with("rehearsal create") {
            let name = words.split(' ').nth(2).unwrap();
            let path = self.settings();
            let kept = fs::read_to_string(&path).unwrap_or_default();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{kept}[contexts.{name}]\nstore = \"{name}\"\n\n")).unwrap();
        }
        // A run that waits or was to stop halfway says so with its code.
        let is_fine = output.status.success() || words.starts_with("migrate");
        assert!(is_fine, "{words}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn settings(&self) -> PathBuf {
        self.0.path().join("full/.config/kestra-admin/config.toml")
    }

    /// The console in one of the homes, on a terminal.
    pub fn open(&self, home: &str, look: &Look, (columns, rows): (u16, u16), words: &[&str]) -> Terminal {
        let settings = fs::read_to_string(self.settings()).unwrap();
        let others = "\n[contexts.payments]\nstore = \"prod-us\"\nprotected = true\n\
                      \n[contexts.gone]\nhost = \"http://127.0.0.1:9\"\n";
        let path = self.0.path().join(format!("{}.toml", look.name));
        fs::write(&path, format!("{}{settings}{others}", look.settings)).unwrap();
        // What was answered in the wizard by the look before outlives `--fresh`.
        let kept = self.0.path().join(home).join(".local/state/kestra-admin/resume");
        drop(fs::remove_dir_all(kept));
        let mut builder = Terminal::builder()
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("HOME", self.0.path().join(home))
            .env(look.variable.0, look.variable.1)
            .timeout(Duration::from_secs(10))
            .args(words);
        // A first start is one without a configuration; the look is that of the environment then.
        if home != "empty" {
            builder = builder.env("KESTRA_ADMIN_CONFIG", &path);
        }
        let small = words.is_empty() && home == "full";
        let (columns, rows) = if small { (36, 10) } else { (columns, rows) };
        builder.size(columns, rows).spawn(program()).unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for name in ["staging", "moved", "half"] {
            self.command("full").args(["rehearsal", "stop", name]).output().unwrap();
        }
    }
}
