//! `contexts`: its verbs and flags, with their help.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::kept::Kept;

/// `contexts`
#[derive(Debug, Args)]
pub struct Contexts {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: ContextsVerb,
}

/// What can be done with contexts.
#[derive(Debug, Subcommand)]
pub enum ContextsVerb {
    /// List the contexts of the configuration
    #[command(
        after_help = "Columns: name, changes, place (or reaches), use, who, tenant, default, color. What a context answers is asked by \
                      `contexts test` and on screen.\n\n\
                      Examples:\n  kestra-admin contexts list\n  kestra-admin contexts list --filter changes:protected -o json"
    )]
    List(Kept),
    /// Show which instance a command would reach, and where each setting comes from
    #[command(after_help = "Examples:\n  kestra-admin contexts show\n  kestra-admin contexts show prod")]
    Show {
        /// The context; without one, what a command without flags would use
        #[arg(conflicts_with_all = ["context", "store", "host"])]
        name: Option<String>,
    },
    /// Write a context into the configuration: `--host URL` or `--store NAME` says where it leads
    #[command(
        group = clap::ArgGroup::new("secret").args([
            "token_env", "token_file", "token_command", "password_env", "password_file", "password_command",
        ]),
        after_help = "No secret is taken from the command line: name the variable, the private file or the command that \
                      holds it. Relative paths start in the working directory.\n\n\
                      Examples:\n  \
                      kestra-admin contexts add prod --host https://kestra.example.com --token-env KESTRA_TOKEN\n  \
                      kestra-admin contexts add prod --host https://kestra.example.com --token-command 'pass show \
                      kestra' --replace\n  \
                      kestra-admin contexts add lab --store lab --default\n  \
                      kestra-admin contexts add eu --host https://eu.example.com --username ana@example.com \
                      --password-file ~/.secrets/eu --protected --color red"
    )]
    Add(Box<AddContext>),
    /// Take a context out of the configuration; its lines are printed, so that they can be put back
    #[command(
        after_help = "Its secret stays where it is: a file, a variable or what a command reads.\n\n\
                      Examples:\n  \
                      kestra-admin contexts remove lab --dry-run\n  \
                      kestra-admin contexts remove lab --yes"
    )]
    Remove(RemoveContext),
    /// Use a context where none is named
    #[command(name = "use", after_help = "Examples:\n  kestra-admin contexts use prod")]
    Use {
        /// The context
        name: String,
        /// Print the line, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Go the way to an instance step by step, and say what is found
    #[command(after_help = "Examples:\n  kestra-admin contexts test prod\n  kestra-admin contexts test prod -o json")]
    Test {
        /// The context; without one, what a command without flags would use
        #[arg(conflicts_with_all = ["context", "store", "host"])]
        name: Option<String>,
    },
    /// Take over the contexts of kestractl; secrets go into private files of their own
    #[command(after_help = "Examples:\n  \
                      kestra-admin contexts import-kestractl\n  \
                      kestra-admin contexts import-kestractl ~/.kestractl/config.yaml --dry-run")]
    ImportKestractl {
        /// The file; without one, the usual places are looked at
        file: Option<PathBuf>,
        /// Put them in the place of contexts of the same names
        #[arg(long)]
        replace: bool,
        /// Say what would be written, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// A context to be written down.
#[derive(Debug, Args)]
pub struct AddContext {
    /// Its name
    pub name: String,
    /// Where commands and screens of a tenant start
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Login name; for a local instance, whom to act as
    #[arg(long, conflicts_with_all = ["token_env", "token_file", "token_command"])]
    pub username: Option<String>,
    /// Environment variable with an API token
    #[arg(long, value_name = "VARIABLE")]
    pub token_env: Option<String>,
    /// File with an API token
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Command that prints an API token: program and arguments in one text, no shell
    #[arg(long, value_name = "COMMAND")]
    pub token_command: Option<String>,
    /// Environment variable with the password
    #[arg(long, value_name = "VARIABLE")]
    pub password_env: Option<String>,
    /// File with the password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Command that prints the password: program and arguments in one text, no shell
    #[arg(long, value_name = "COMMAND")]
    pub password_command: Option<String>,
    /// Start locked: changes have to be unlocked first
    #[arg(long)]
    pub protected: bool,
    /// Refuse every change through it
    // An id of its own: `--read-only` is another flag, which refuses the command.
    #[arg(long = "context-read-only", id = "context_read_only")]
    pub read_only: bool,
    /// The color that marks it on screen
    #[arg(long)]
    pub color: Option<String>,
    /// A header sent with every request, and the environment variable with its value
    #[arg(long = "header", value_name = "NAME=env:VARIABLE")]
    pub headers: Vec<String>,
    /// A certificate authority to trust
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// A certificate to show
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// The key to it
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// A proxy to go through
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Seconds an answer may take
    #[arg(long, value_name = "SECONDS")]
    pub timeout_seconds: Option<u32>,
    /// Use it where none is named
    #[arg(long)]
    pub default: bool,
    /// Put it in the place of a context of the same name
    #[arg(long)]
    pub replace: bool,
    /// Print the lines, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `contexts remove`
#[derive(Debug, Args)]
pub struct RemoveContext {
    /// The context
    pub name: String,
    /// Do it without asking
    #[arg(long)]
    pub yes: bool,
    /// Print what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}
