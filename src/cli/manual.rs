//! What the manual page says that is not made from the flags: exit codes, variables, files.

use crate::config::layers;

/// The variables that are looked at, and what each does.
const VARIABLES: [(&str, &str); 15] = [
    (layers::CONFIG, "The configuration file, as --config."),
    (layers::CONTEXT, "The context, as --context."),
    (layers::HOST, "The URL of a Kestra, as --host. It needs no context."),
    (layers::TENANT, "The tenant, as --tenant."),
    (
        layers::TOKEN,
        "An API token. It takes the place of the credentials of the context, and of a password.",
    ),
    (
        layers::USERNAME,
        "The login name, together with a password. On a local instance it says alone who acts.",
    ),
    (layers::PASSWORD, "The password, together with a login name."),
    (layers::OUTPUT, "The form of what is printed, as -o."),
    (
        "KESTRA_ADMIN_LINEAR",
        "Plain lines in place of the screen, as --linear; 0 and false are no.",
    ),
    (
        "KESTRA_ADMIN_MOTION",
        "0 puts words in place of what moves, as reduced-motion in the configuration.",
    ),
    (
        "NO_COLOR",
        "The screen is drawn without colours, whatever the value is.",
    ),
    ("CLICOLOR", "0 does the same."),
    (
        "COLORTERM",
        "truecolor and 24bit say that the terminal shows all colours.",
    ),
    (
        "TERM",
        "The terminal, by which colours and characters are chosen; dumb means plain lines.",
    ),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "The first that is set says whether letters and lines are UTF-8 or plain characters.",
    ),
];

/// Where our files lie on Linux unless a variable or a flag names another place, and what is in them.
const FILES: [(&str, &str); 7] = [
    (
        "~/.config/kestra-admin/config.toml",
        "Contexts, credentials, theme, keys and more.",
    ),
    (
        "~/.config/kestra-admin/secrets/",
        "Passwords and tokens that were typed to connect, of contexts that were kept.",
    ),
    ("~/.local/share/kestra-admin/instances/", "Local instances."),
    (
        "~/.local/state/kestra-admin/runs/",
        "Migrations: their journals, what their commands wrote, their reports.",
    ),
    (
        "~/.local/state/kestra-admin/resume/",
        "Where the console was, forms that were not sent, and what can be taken back.",
    ),
    (
        "~/.local/state/kestra-admin/activity.ndjson",
        "What this program changed.",
    ),
    (
        "~/.local/state/kestra-admin/columns.json",
        "The columns that were chosen.",
    ),
];

/// The sections, of which the codes stand in the first lines of the help: `Exit codes: 0 done, 1 failed.`
pub fn sections(codes: &str) -> String {
    let codes = codes.trim_start_matches(CODES).trim_end_matches('.').split(", ");
    let codes: Vec<(&str, &str)> = codes.filter_map(|code| code.split_once(' ')).collect();
    let mut page = section("\"EXIT STATUS\"", "", &codes);
    let which = "Flags beat these, which beat the configuration. One that is empty counts as not set.";
    page += &section("ENVIRONMENT", which, &VARIABLES);
    let places = "These are the places on Linux, where XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME lead \
                  elsewhere. What is made is for this account alone, and nothing is kept in a cache.";
    page + &section("FILES", places, &FILES)
}

/// What the exit codes begin with in the help.
pub const CODES: &str = "Exit codes: ";

fn section(title: &str, about: &str, rows: &[(&str, &str)]) -> String {
    let mut text = format!(".SH {title}\n");
    if !about.is_empty() {
        text += &escaped(&format!("{about}\n"));
    }
    for (name, meaning) in rows {
        text.extend([".TP\n\\fB", &escaped(name), "\\fR\n", &escaped(meaning), "\n"]);
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('-', "\\-")
}
