//! A desk in a temporary directory: a home of its own, local instances, files, and a shell that plays transcripts.
//!
//! In a transcript a line after `$ ` is a command. What it prints on standard output follows as it is; lines of standard
//! error have `! ` before them; an exit code other than 0 is in brackets. Words are parted by blanks and may be quoted,
//! `NAME=value` before the command sets a variable, `< FILE` gives standard input. `NAME=$(kestra-admin …)` keeps the `id` of
//! the first object that a command prints, for later commands to name as `$NAME`. The home directory shows as `~`, and
//! ids made by chance as `<id>`, times of log lines as `<time>`, that of a copy as `<stamp>`. `TRANSCRIPTS=write cargo test --test cli` writes what is printed into the files, to be
//! read before it is committed.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use kestra_admin::backend::local::LocalInstance;
use kestra_admin::domain::release::Release;
use tempfile::TempDir;

pub struct Desk {
    home: TempDir,
}

impl Desk {
    /// A desk with nothing on it.
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// A desk with a local instance `default` of a release, multi-tenancy on, the default tenant kept where there is one.
    pub fn with_tenants(release: &str) -> Self {
        let desk = Self::new();
        let settings = if release.parse::<Release>().unwrap().has_default_tenant() {
            "kestra: {ee: {tenants: {enabled: true, default-tenant: true}}}\n"
        } else {
            ""
        };
        desk.instance("default", release, settings);
        desk
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// Makes a local instance under settings of its own.
    pub fn instance(&self, name: &str, release: &str, settings: &str) {
        let directory = self.instance_directory(name);
        LocalInstance::create(&directory, release.parse().unwrap()).unwrap();
        fs::write(directory.join("application.yml"), settings).unwrap();
    }

    pub fn instance_directory(&self, name: &str) -> PathBuf {
        self.path(".local/share/kestra-admin/instances").join(name)
    }

    /// Opens the instance `default`, to put something into it.
    pub fn open(&self) -> LocalInstance {
        LocalInstance::open(&self.instance_directory("default"), None).unwrap()
    }

    /// Puts a file into the home directory, readable for its owner alone.
    pub fn file(&self, path: &str, content: &str) -> &Self {
        self.file_with_mode(path, content, 0o600)
    }

    pub fn file_with_mode(&self, path: &str, content: &str, mode: u32) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        self
    }

    /// The program, ready to be run from this desk with an environment of its own.
    pub fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .current_dir(self.home.path());
        command
    }

    /// Runs one command line of a transcript.
    pub fn run(&self, line: &str) -> Output {
        let words = words(line);
        let mut command = self.program();
        let program = words.iter().position(|word| word == "kestra-admin").unwrap();
        for assignment in &words[..program] {
            let (name, value) = assignment.split_once('=').unwrap();
            command.env(name, value);
        }
        let mut arguments = words[program + 1..].to_vec();
        let mut input = Vec::new();
        if let Some(at) = arguments.iter().position(|word| word == "<") {
            input = fs::read(self.path(&arguments[at + 1])).unwrap();
            arguments.truncate(at);
        }
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that is refused early reads nothing, and that is fine.
        let _ = child.stdin.take().unwrap().write_all(&input);
        child.wait_with_output().unwrap()
    }

    /// Plays a transcript, and compares.
    #[track_caller]
    pub fn plays(&self, name: &str) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/cli/transcripts")
            .join(name);
        let expected = fs::read_to_string(&file).unwrap();
        let mut played = String::new();
        let mut ids: Vec<(String, String)> = Vec::new();
        for line in expected.lines() {
            if line.starts_with('#') {
                writeln!(played, "{line}").unwrap();
            } else if let Some(command) = line.strip_prefix("$ ") {
                if !played.is_empty() {
                    played.push('\n');
                }
                writeln!(played, "{line}").unwrap();
                let mut known = command.to_owned();
                for (name, id) in &ids {
                    known = known.replace(&format!("${name}"), id);
                }
                match known
                    .split_once("=$(")
                    .and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)))
                {
                    Some((name, asked)) => ids.push((name.to_owned(), self.first_id(asked))),
                    None => played.push_str(&self.shown(&self.run(&known))),
                }
            }
        }
        if std::env::var_os("TRANSCRIPTS").is_some_and(|value| value == "write") {
            fs::write(&file, played).unwrap();
        } else {
            assert_eq!(played, expected, "\n{name} played:\n{played}");
        }
    }

    /// The `id` of the first object that a command prints.
    fn first_id(&self, line: &str) -> String {
        let output = self.run(line).stdout;
        let first = output.split(|byte| *byte == b'\n').next().unwrap();
        let object: serde_json::Value =
            serde_json::from_slice(first).unwrap_or_else(|_| panic!("`{line}` gives no object"));
        object["id"].as_str().unwrap().to_owned()
    }

    fn shown(&self, output: &Output) -> String {
        let mut shown = String::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        for line in text(&output.stdout).lines() {
            writeln!(shown, "{line}").unwrap();
        }
        for line in text(&output.stderr).lines() {
            writeln!(shown, "! {line}").unwrap();
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => writeln!(shown, "[{code}]").unwrap(),
            None => writeln!(shown, "[{}]", output.status).unwrap(),
        }
        without_ids(&without_times(&without_stamps(
            &shown.replace(&self.home.path().display().to_string(), "~"),
        )))
    }
}

/// Copies of files have the time in their name, such as `application.yml.20260131T120000Z.bak`.
fn without_stamps(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(".bak") {
        match before.rsplit_once('.') {
            Some((name, stamp)) if stamp.len() == 16 && stamp.ends_with('Z') => {
                write!(shown, "{name}.<stamp>.bak").unwrap();
            }
            _ => write!(shown, "{before}.bak").unwrap(),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Log lines of Kestra begin with the time, such as `2026-01-31 12:00:00,000`.
fn without_times(text: &str) -> String {
    const LIKE: &str = "0000-00-00 00:00:00,000";
    let mut shown = String::new();
    for line in text.lines() {
        let is_time = |start: &str| {
            start.chars().zip(LIKE.chars()).all(|(c, like)| match like {
                '0' => c.is_ascii_digit(),
                like => c == like,
            })
        };
        match line.get(..LIKE.len()) {
            Some(start) if is_time(start) => writeln!(shown, "<time>{}", &line[LIKE.len()..]).unwrap(),
            _ => writeln!(shown, "{line}").unwrap(),
        }
    }
    shown
}

/// Ids that Kestra makes by chance are 22 letters and digits.
fn without_ids(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        shown.push_str(before);
        shown.push_str(if word.len() == 22 { "<id>" } else { word });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The words of a command line: parted by blanks, quotes keep blanks, `\e` in double quotes is ESC.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => {
                let quoted: String = characters.by_ref().take_while(|c| *c != '\'').collect();
                word.get_or_insert_default().push_str(&quoted);
            }
            '"' => {
                let quoted: String = characters.by_ref().take_while(|c| *c != '"').collect();
                word.get_or_insert_default()
                    .push_str(&quoted.replace("\\e", "\u{1b}").replace("\\n", "\n"));
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
