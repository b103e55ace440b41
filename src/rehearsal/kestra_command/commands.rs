//! The commands there are, release by release, with their options.
//!
//! Source: the help texts in Kestra's documentation of its command line and of backups, and its migration guides.

use super::{Stop, Work, auths, backups, configs, migrate, tenants};
use crate::domain::release::Release;

/// An option of a command.
#[derive(Debug)]
pub(super) struct Opt {
    /// All its names, the one it is asked for by first.
    pub names: &'static [&'static str],
    /// What its value is called, if it has one.
    pub value: Option<&'static str>,
    /// Whether nothing can be done without it.
    pub required: bool,
    /// What it is for.
    about: &'static str,
    since: Release,
    /// The release it is gone from.
    until: Option<Release>,
}

/// An argument without a name.
pub(super) struct Positional {
    /// What it is called.
    pub name: &'static str,
    /// Whether nothing can be done without it.
    pub required: bool,
}

/// A command.
pub(super) struct Command {
    /// Its words after `kestra`.
    pub path: &'static [&'static str],
    /// What it does.
    pub about: &'static str,
    /// Its own options.
    pub options: &'static [Opt],
    /// Its arguments.
    pub positionals: &'static [Positional],
    /// Does it.
    pub run: fn(&mut Work<'_, '_>) -> Result<(), Stop>,
    since: Release,
    /// The release it is gone from.
    until: Option<Release>,
}

const FIRST: Release = Release::new(0, 13);

const fn flag(names: &'static [&'static str], about: &'static str) -> Opt {
    Opt {
        names,
        value: None,
        required: false,
        about,
        since: FIRST,
        until: None,
    }
}

const fn valued(names: &'static [&'static str], value: &'static str, about: &'static str) -> Opt {
    Opt {
        value: Some(value),
        ..flag(names, about)
    }
}

const fn required(name: &'static str) -> Positional {
    Positional { name, required: true }
}

/// Options that every command takes.
pub(super) const COMMON: &[Opt] = &[
    flag(&["--help", "-h"], "print this help"),
    flag(&["--version", "-V"], "print the version"),
    flag(&["--verbose", "-v"], "more log lines"),
    valued(&["--log-level", "-l"], "level", "TRACE, DEBUG, INFO, WARN or ERROR"),
    flag(&["--internal-log"], "log lines of libraries, too; there are none here"),
    valued(&["--config", "-c"], "file", "without effect: the instance has its own"),
    valued(&["--plugins", "-p"], "path", "without effect: there are no plugins"),
];

/// All commands that are imitated.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        path: &["auths", "users", "create"],
        about: "create a user",
        options: &[
            valued(
                &["--groups"],
                "group",
                "the name of a group to put it into; may be repeated",
            ),
            valued(&["--tenant"], "id", "the tenant it gets access to"),
            flag(&["--admin"], "give it the Admin role of the tenant"),
            Opt {
                since: Release::new(0, 16),
                ..flag(&["--superadmin"], "make it a superadmin")
            },
            Opt {
                since: Release::new(2, 0),
                ..flag(&["--instance-owner"], "make it an instance owner")
            },
            Opt {
                since: Release::new(1, 0),
                ..flag(&["--if-not-exists"], "do nothing if it exists")
            },
        ],
        positionals: &[
            required("username"),
            Positional {
                name: "password",
                required: false,
            },
        ],
        run: auths::create,
        since: FIRST,
        until: None,
    },
    Command {
        path: &["auths", "users", "create-basic-auth"],
        about: "give a user a password, or another one",
        options: &[],
        positionals: &[required("username"), required("password")],
        run: auths::create_basic_auth,
        since: Release::new(1, 0),
        until: None,
    },
    Command {
        path: &["auths", "users", "refresh"],
        about: "write all users anew, to compute what is new about them",
        options: &[],
        positionals: &[],
        run: auths::refresh,
        since: Release::new(0, 23),
        until: None,
    },
    Command {
        path: &["auths", "users", "set-instance-owner"],
        about: "make a user an instance owner, or a common user again",
        options: &[],
        positionals: &[required("username"), required("true|false")],
        run: auths::set_superadmin,
        since: Release::new(2, 0),
        until: None,
    },
    Command {
        path: &["auths", "users", "set-superadmin"],
        about: "make a user a superadmin, or a common user again",
        options: &[],
        positionals: &[required("username"), required("true|false")],
        run: auths::set_superadmin,
        since: Release::new(0, 23),
        until: None,
    },
    Command {
        path: &["auths", "users", "set-type"],
        about: "make a user a superadmin, or a common user again",
        options: &[],
        positionals: &[required("username"), required("STANDARD|SUPER_ADMIN")],
        run: auths::set_type,
        since: FIRST,
        until: Some(Release::new(0, 23)),
    },
    Command {
        path: &["auths", "users", "sync-access"],
        about: "attach users, groups, roles and bindings to the default tenant",
        options: &[],
        positionals: &[],
        run: auths::sync_access,
        since: FIRST,
        until: None,
    },
    Command {
        path: &["backups", "create"],
        about: "back up the instance or a tenant",
        options: &[
            valued(&["--tenant"], "id", "the tenant, for TENANT"),
            valued(
                &["--encryption-key"],
                "key",
                "without effect: copies here are not encrypted",
            ),
            flag(&["--no-encryption"], "do not encrypt"),
            Opt {
                since: Release::new(0, 22),
                ..flag(&["--include-data"], "executions and audit logs, too")
            },
        ],
        positionals: &[required("FULL|TENANT")],
        run: backups::create,
        since: Release::new(0, 19),
        until: None,
    },
    Command {
        path: &["configs", "properties"],
        about: "print the settings in effect",
        options: &[],
        positionals: &[],
        run: configs::properties,
        since: FIRST,
        until: None,
    },
    Command {
        path: &["migrate", "default-tenant"],
        about: "move everything without a tenant into one",
        options: &[
            Opt {
                required: true,
                ..valued(&["--tenant-id"], "id", "the tenant, which is created unless it exists")
            },
            Opt {
                required: true,
                ..valued(&["--tenant-name"], "name", "its name")
            },
            flag(&["--dry-run"], "tell what would be moved, and move nothing"),
        ],
        positionals: &[],
        run: migrate::default_tenant,
        since: Release::new(0, 23),
        until: None,
    },
    Command {
        path: &["tenants", "create"],
        about: "create a tenant",
        options: &[
            valued(&["--admin-username"], "user", "an existing user who becomes its admin"),
            valued(&["--name"], "name", "its name; without it, its id"),
            Opt {
                required: true,
                ..valued(&["--tenant"], "id", "its id")
            },
        ],
        positionals: &[],
        run: tenants::create,
        since: FIRST,
        until: None,
    },
];

/// Commands of Kestra that are not imitated.
pub(super) const NOT_IMITATED: &[&[&str]] = &[
    &["auths", "users", "email-replace-username"],
    &["backups", "restore"],
    &["flow"],
    &["migrate"],
    &["namespace"],
    &["plugins"],
    &["server"],
    &["sys"],
    &["sys-ee"],
    &["template"],
];

impl Opt {
    /// The name it is asked for by.
    pub(super) fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// How it is written.
    pub(super) fn shown(&self) -> String {
        match self.value {
            Some(value) => format!("{}=<{value}>", self.name()),
            None => self.name().to_owned(),
        }
    }

    /// Whether a release has it.
    pub(super) fn exists_in(&self, release: Release) -> bool {
        self.since <= release && self.until.is_none_or(|until| release < until)
    }
}

impl Command {
    /// Whether a release has it.
    pub(super) fn exists_in(&self, release: Release) -> bool {
        self.since <= release && self.until.is_none_or(|until| release < until)
    }

    /// How it is written in a release.
    pub(super) fn usage(&self, release: Release) -> String {
        let mut head = format!("Usage: kestra {} [options]", self.path.join(" "));
        for positional in self.positionals {
            let (before, after) = if positional.required {
                (" <", ">")
            } else {
                (" [<", ">]")
            };
            head.extend([before, positional.name, after]);
        }
        let mut lines = vec![head, String::new(), format!("  {}", self.about), String::new()];
        let options = self.options.iter().filter(|option| option.exists_in(release));
        lines.extend(options.chain(COMMON).map(|option| {
            let short = option.names.get(1).map_or("   ", |short| short);
            format!("  {short:<3} {:<28} {}", option.shown(), option.about)
        }));
        lines.join("\n")
    }
}
