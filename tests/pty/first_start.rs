//! The first start of the real binary, with a home in which there is nothing.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::LIMIT;
use crate::bare::Bare;

/// An empty home. Whatever is served from it ends with it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn binary(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kestra-admin"));
        command
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("HOME", self.path());
        command
    }

    fn console(&self) -> Bare {
        Bare::start_command(80, 24, self.binary())
    }

    fn said(&self, words: &[&str]) -> String {
        let output = self.binary().args(words).output().unwrap();
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.said(&["rehearsal", "stop"]);
    }
}

#[test]
fn the_panel_comes_until_it_is_sent_away() {
    let home = Home::new();
    let mut console = home.console();
    console.wait_screen("First start");
    console.send(b"q");
    console.wait_exit();
    // Nobody said how to go on.
    let mut console = home.console();
    console.wait_screen("First start");
    console.send(b"G\r");
    console.wait_screen("Multi-tenancy is off");
    console.send(b"q");
    console.wait_exit();
    let mut console = home.console();
    console.wait_screen("Multi-tenancy is off");
    console.send(b"q");
    console.wait_exit();
}

#[test]
fn practising_makes_a_rehearsal_and_works_on_it_and_the_local_instance_is_still_there() {
    let home = Home::new();
    let mut console = home.console();
    console.wait_screen("First start");
    console.send(b"j\r");
    console.wait_screen("Switched to rehearsal; the next start opens it, too");
    console.wait_screen("rehearsal > Tenants");
    console.wait_screen("tenants");
    assert!(home.said(&["rehearsal", "status"]).contains("running"));
    assert!(home.said(&["contexts", "list"]).contains("rehearsal"));
    // And back, by the name of the local instance.
    console.send(b":context default\r");
    console.wait_screen("Switched to default");
    console.send(b"T");
    console.wait_screen("the console switches to it");
    console.send(b"\t\r");
    console.wait_screen("Switched to rehearsal");
    console.send(b"q");
    console.wait_exit();
    // The server outlives the console, and a configuration is there: no panel any more.
    assert!(home.said(&["rehearsal", "status"]).contains("running"));
    let mut console = home.console();
    console.wait_screen("rehearsal > Tenants");
    console.wait_screen("tenants");
    console.send(b"q");
    console.wait_exit();
}

#[test]
fn of_two_that_practise_at_once_both_open_the_one_rehearsal() {
    let home = Home::new();
    let mut consoles = [home.console(), home.console()];
    for console in &mut consoles {
        console.wait_screen("First start");
    }
    for console in &mut consoles {
        console.send(b"T");
    }
    for console in &mut consoles {
        console.wait_screen("rehearsal > Tenants");
        console.send(b"q");
        console.wait_exit();
    }
}

#[test]
fn the_first_connection_that_is_kept_opens_at_the_next_start_and_the_local_instance_stays_in_reach() {
    let home = Home::new();
    home.said(&["rehearsal", "create", "rehearsal", "--sample", "small"]);
    home.said(&["rehearsal", "start", "rehearsal"]);
    let shown = home.said(&["rehearsal", "status", "rehearsal", "-o", "json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();

    let mut console = home.console();
    console.wait_screen("First start");
    console.send(b"n");
    console.wait_screen("Connect to a Kestra");
    // The secret stays in its file, and changes are to be unlocked first.
    let fields = [
        text("host"),
        text("username"),
        "\x1b[C\x1b[C".to_owned(),
        text("passwordFile"),
        "prod".to_owned(),
        "\x1b[C".to_owned(),
    ];
    console.send(fields.join("\t").as_bytes());
    console.wait_screen("< yes >");
    console.send(b"\r");
    console.wait_screen("Connected to prod; rights: Tenants cannot be managed");
    console.wait_screen("RO");
    console.send(b"q");
    console.wait_exit();

    let file = home.path().join(".config/kestra-admin/config.toml");
    let written = std::fs::read_to_string(file).unwrap();
    for line in ["default-context = \"prod\"", "protected = true", "password-file"] {
        assert!(written.contains(line), "no `{line}` in\n{written}");
    }
    assert!(!home.path().join(".config/kestra-admin/secrets").exists());

    let mut console = home.console();
    console.wait_screen("prod > Tenants");
    console.send(b"c");
    console.wait_screen("local default");
    console.send(b"q:context default\r");
    console.wait_screen("Switched to default");
    console.wait_screen("Multi-tenancy is off");
    console.send(b"q");
    console.wait_exit();
}

#[test]
fn an_instance_that_cannot_be_opened_is_told_once_the_terminal_is_given_back() {
    let home = Home::new();
    home.said(&["rehearsal", "create", "broken"]);
    let instances = home.path().join(".local/share/kestra-admin/instances");
    std::fs::write(
        instances.join("broken/instance.db"),
        "This is no database. ".repeat(500),
    )
    .unwrap();
    for (name, code, words) in [
        ("nowhere", 4, "There is no local instance at"),
        ("broken", 1, "broken/instance.db"),
    ] {
        let mut command = home.binary();
        command.args(["--store", name]);
        let mut console = Bare::start_command(200, 24, command);
        assert_eq!(console.wait_exit().code(), Some(code), "{name}");
        let (after, before) = console.modes();
        assert_eq!(after, before, "{name}");
        let text = console.rest();
        let told = text.rfind(words).unwrap_or_else(|| panic!("{text:?}"));
        assert!(text.rfind('\x1b').is_none_or(|last| last < told), "{text:?}");
    }
    // Nothing is kept of a name that was mistyped.
    let kept = std::fs::read_dir(home.path().join(".local/state/kestra-admin/resume"));
    let kept: Vec<_> = kept.into_iter().flatten().flatten().collect();
    let is_of_it = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().contains("nowhere");
    assert!(!kept.iter().any(is_of_it), "{kept:?}");
}

#[test]
fn a_kestra_whose_secret_is_missing_is_a_problem_on_screen_until_it_is_mended() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let configuration = home.path().join(".config/kestra-admin");
    std::fs::create_dir_all(&configuration).unwrap();
    let secret = configuration.join("far.token");
    let text = format!("[contexts.far]\nhost = \"http://127.0.0.1:9\"\nauth = {{ token-file = {secret:?} }}\n");
    std::fs::write(configuration.join("config.toml"), text).unwrap();
    let mut command = home.binary();
    command.args(["--context", "far"]);
    // Where nobody sits at a terminal it ends the console, as it ends a command.
    let output = home
        .binary()
        .args(["--context", "far"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");

    let mut console = Bare::start_command(80, 24, command);
    console.wait_screen("far > Tenants");
    console.wait_screen("There is no file");
    console.send(b"c");
    console.wait_screen("127.0.0.1:9");
    console.send(b"q");
    console.wait_screen("There is no file");
    std::fs::write(&secret, "made since\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    console.send(b"r");
    // Nothing listens there, but that is known only to who could ask.
    console.wait_screen("cannot be reached");
    console.send(b"q");
    console.wait_exit();
}

#[test]
fn a_context_whose_local_instance_is_gone_opens_with_the_way_to_others() {
    let home = Home::new();
    let configuration = home.path().join(".config/kestra-admin");
    std::fs::create_dir_all(&configuration).unwrap();
    std::fs::write(configuration.join("config.toml"), "[contexts.gone]\nstore = \"gone\"\n").unwrap();
    // Where nobody sits at a terminal it ends the console, as it ends a command.
    let output = home
        .binary()
        .args(["--context", "gone"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let mut command = home.binary();
    command.args(["--context", "gone"]);
    let mut console = Bare::start_command(80, 24, command);
    console.wait_screen("There is no local instance at");
    console.wait_screen("c other context");
    console.send(b"c");
    console.wait_screen("Contexts");
    console.send(b"q");
    home.said(&["rehearsal", "create", "gone"]);
    console.send(b"r");
    console.wait_screen("gone > Tenants");
    console.wait_screen("Kestra EE");
    console.send(b"q");
    console.wait_exit();
}

#[test]
fn while_an_instance_is_locked_the_console_is_there_and_can_be_left() {
    let home = Home::new();
    home.said(&["tenants", "list"]);
    let file = home
        .path()
        .join(".local/share/kestra-admin/instances/default/instance.db");
    let database = rusqlite::Connection::open(file).unwrap();
    database
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")
        .unwrap();
    let mut console = home.console();
    console.wait_screen("default > Tenants");
    let screen = console.contents();
    assert!(
        !screen.contains("Multi-tenancy is off"),
        "nothing is known yet: {screen}"
    );
    console.send(b"q");
    assert!(console.wait_exit().success());
    let (after, before) = console.modes();
    assert_eq!(after, before);
}

#[test]
fn a_command_that_gives_a_secret_has_no_terminal_while_the_console_is_on_the_screen() {
    let home = Home::new();
    home.said(&["tenants", "list"]);
    let store = home.path().join(".local/share/kestra-admin/instances/default");
    // It would ask there, and tells whether it could.
    let script = "if (echo Passphrase: >/dev/tty) 2>/dev/null; then how=drawn; else how=apart; fi; echo $how$GPG_TTY >$HOME/how; exit 3";
    let text = format!(
        "default-context = \"here\"\n[contexts.here]\nstore = {store:?}\n[contexts.far]\nhost = \"http://127.0.0.1:9\"\nauth = {{ token-command = [\"sh\", \"-c\", {script:?}] }}\n"
    );
    let configuration = home.path().join(".config/kestra-admin");
    std::fs::create_dir_all(&configuration).unwrap();
    std::fs::write(configuration.join("config.toml"), text).unwrap();
    for arguments in [&["--fresh"][..], &["--fresh", "--linear"]] {
        let how = home.path().join("how");
        drop(std::fs::remove_file(&how));
        // A terminal that is the console's own, unlike a bare one.
        let mut terminal = termlens::Terminal::builder()
            .size(80, 24)
            .args(arguments)
            .env_clear()
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("HOME", home.path())
            .env("GPG_TTY", "/dev/pts/0")
            .timeout(LIMIT)
            .spawn(env!("CARGO_BIN_EXE_kestra-admin"))
            .unwrap();
        let begun = |screen: &termlens::Screen| screen.contains("here > Tenants") || screen.contains("Tenants on here");
        terminal.wait_until(begun).unwrap();
        terminal.send_str(":context far\r").unwrap();
        terminal.wait_until(|screen| screen.contains("gave no secret")).unwrap();
        assert_eq!(std::fs::read_to_string(how).unwrap(), "apart\n", "{arguments:?}");
    }
}
