//! `users tokens`: listed without their secrets, made and shown once, ended.
//!
//! A new token goes to standard output and nowhere else: not into a log, the activity record or an error.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::args_users::TokensVerb;
use super::failure::Failure;
use super::format::Format;
use super::list::no_rows;
use super::printer::{Column, Layout};
use super::request;
use super::session::Session;
use super::{lookup, losses, moments};
use crate::backend::http::{PlannedRequest, Planner};
use crate::domain::columns::TOKEN_COLUMNS;
use crate::domain::equivalent::shell_quote;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::rows::records::TokenRow;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::token::{self, ApiToken, CreatedToken, NewToken};
use crate::domain::user::User;

static LAYOUT: Layout<ApiToken> = Layout {
    columns: &[
        Column {
            head: "ID",
            cell: |token| token.id.clone(),
        },
        Column {
            head: "NAME",
            cell: |token| token.name.clone(),
        },
        Column {
            head: "PREFIX",
            cell: |token| token.prefix.clone(),
        },
        Column {
            head: "MADE",
            cell: |token| moments::shown(token.issued),
        },
        Column {
            head: "EXPIRES",
            cell: |token| match token.expires {
                Some(expires) => moments::shown(expires),
                None => "never".to_owned(),
            },
        },
        Column {
            head: "USED",
            cell: |token| token.last_used.map(moments::shown).unwrap_or_default(),
        },
        Column {
            head: "STATE",
            cell: |token| token.state(now()).to_owned(),
        },
    ],
    json,
};

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

fn json(token: &ApiToken) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "description": token.description,
        "prefix": token.prefix,
        "iat": moments::shown(token.issued),
        "exp": token.expires.map(moments::shown),
        "lastUsed": token.last_used.map(moments::shown),
        "extended": token.extended,
        "expired": token.is_expired(now()),
    })
}

/// Carries a verb out.
pub async fn run(session: &mut Session<'_>, verb: &TokensVerb) -> Result<(), Failure> {
    let (user, changing) = match verb {
        TokensVerb::List { user, .. } => (user, None),
        TokensVerb::Create { user, changing, .. } | TokensVerb::Delete { user, changing, .. } => {
            (user, Some(*changing))
        }
    };
    if let Some(changing) = changing.filter(|changing| !changing.dry_run) {
        session.allow_change(changing.yes)?;
    }
    let backend = session.open()?;
    let instance = backend.instance().await?;
    let scope = session.named_scope(&instance)?;
    let owner = lookup::user(backend.as_ref(), scope.as_ref(), user, None).await?;
    let (scope, dry_run) = (scope.as_ref(), changing.is_some_and(|changing| changing.dry_run));
    match verb {
        TokensVerb::List { kept, .. } => {
            let keeping = kept.of(TOKEN_COLUMNS, &LAYOUT)?;
            let mut tokens = backend.tokens(scope, &owner).await?;
            tokens.retain(|token| keeping.keeps_as(token, &TokenRow(token, keeping.now())));
            session.printer.whole_list(&LAYOUT, &tokens)?;
            if tokens.is_empty() {
                let words = no_rows(keeping.keeps_all(), "token", || {
                    format!("`{}` has no token.", owner.username)
                });
                session.printer.say(&words);
            }
            Ok(())
        }
        TokensVerb::Create {
            name,
            description,
            max_age,
            extended,
            ..
        } => {
            let max_age = max_age.as_deref().map(age).transpose()?;
            let new = NewToken {
                name: name.clone(),
                description: description.clone(),
                max_age,
                extended: *extended,
            };
            if dry_run {
                let planned = Planner::new(&instance).create_token(scope, &owner, &new);
                let request = PlannedRequest::new("create", format!("token `{name}` of `{}`", owner.username), planned);
                return request::print(session, &request);
            }
            let token = backend.create_token(scope, &owner, &new).await?;
            let printed = print_new(session, &token).and_then(|()| session.printer.flush());
            if let Err(failure) = printed {
                return Err(lost(session, scope, &owner, &token, &failure));
            }
            session.printer.say(&format!(
                "Made token `{}` of `{}`. It is shown this once; keep it where only its user reads it.",
                token.name, owner.username
            ));
            Ok(())
        }
        TokensVerb::Delete { token, confirm, .. } => {
            let found = find(backend.tokens(scope, &owner).await?, &owner, token)?;
            let what = format!("token `{}` of `{}`, id `{}`", found.name, owner.username, found.id);
            if dry_run {
                let planned = Planner::new(&instance).delete_token(scope, &owner, &found.id);
                return request::print(session, &PlannedRequest::new("delete", what, planned));
            }
            let last = found.last_used.map(moments::shown);
            let last = last.map_or_else(|| "was never used".to_owned(), |at| format!("was last used at {at}"));
            let names = [token.as_str(), &found.id, &found.name];
            losses::allow_final(
                session,
                "The token was not ended.",
                confirm.as_deref(),
                &names,
                |printer| {
                    printer.say(&format!(
                        "Warning: Whatever uses {what}, is refused from then on; it {last}."
                    ));
                },
            )?;
            backend.delete_token(scope, &owner, &found.id).await?;
            session
                .printer
                .say(&format!("Token `{}` of `{}` is ended.", found.name, owner.username));
            Ok(())
        }
    }
}

/// Prints the text of a new token, which is all that there ever is of it.
fn print_new(session: &mut Session<'_>, token: &CreatedToken) -> Result<(), Failure> {
    if session.printer.format() == Format::Table {
        return session.printer.lines(&[&token.full_token]);
    }
    session.printer.object(
        &[
            ("id".to_owned(), token.id.clone()),
            ("name".to_owned(), token.name.clone()),
            ("fullToken".to_owned(), token.full_token.clone()),
        ],
        &json!({"id": token.id, "name": token.name, "fullToken": token.full_token}),
    )
}

/// How a command ends that made a token nobody has seen.
fn lost(
    session: &Session<'_>,
    scope: Option<&TenantScope>,
    owner: &User,
    token: &CreatedToken,
    failure: &Failure,
) -> Failure {
    let why = match failure {
        Failure::Unwritten(unwritten) => unwritten.why.as_str(),
        _ => "Whoever was to read the output has gone.",
    };
    let place = match scope {
        Some(scope) => format!(" --tenant {}", shell_quote(&scope.to_string())),
        None if session.of_instance => " --instance".to_owned(),
        None => String::new(),
    };
    let program = session.program();
    let (user, id) = (shell_quote(&owner.username), shell_quote(&token.id));
    // It exists once and reached nobody: that is a failure even where the reader only left early.
    Problem::new(
        ProblemKind::Failed,
        format!(
            "Token `{}` of `{}` was made, but it could not be written, and its text is lost.",
            token.name, owner.username
        ),
        why,
        format!(
            "Delete it with `{program} users tokens delete {user} {id} --confirm {id}{place}`, and make another one where \
             it can be written."
        ),
    )
    .into()
}

/// The token with this id, or the only one of this name.
fn find(tokens: Vec<ApiToken>, owner: &User, wanted: &str) -> Result<ApiToken, Problem> {
    let is_called = |token: &ApiToken| token.name == wanted;
    lookup::one_of(tokens, wanted, |token| &token.id, is_called).map_err(|ids| {
        if ids.is_empty() {
            return Problem::new(
                ProblemKind::NotFound,
                format!("`{}` has no token `{wanted}`.", owner.username),
                "No token of theirs has this id or name.",
                format!(
                    "`kestra-admin users tokens list {}` shows them.",
                    shell_quote(&owner.username)
                ),
            );
        }
        Problem::new(
            ProblemKind::Conflict,
            format!("Several tokens of `{}` are called `{wanted}`.", owner.username),
            "Names of tokens are not unique in Kestra.",
            format!("Name one by its id: {}.", lookup::backticked(&ids)),
        )
    })
}

fn age(text: &str) -> Result<String, Problem> {
    token::max_age(text).ok_or_else(|| {
        Problem::new(
            ProblemKind::Invalid,
            format!(
                "`--max-age {}` is no duration such as 30d (days), 2w (weeks) or 12h (hours).",
                visible(text)
            ),
            "It may also be written as ISO 8601 has it: P, then weeks and days, and T before hours, minutes and seconds.",
            "Write it so, or leave it out for a token without an end.",
        )
    })
}
