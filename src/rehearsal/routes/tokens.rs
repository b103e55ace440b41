//! `api-tokens`, wherever they stand: below oneself, a user, a service account.

use axum::http::{Method, StatusCode};
use jiff::Timestamp;

use super::{Answer, accounts, no_such};
use crate::backend::local::LocalInstance;
use crate::domain::tenant::TenantScope;
use crate::domain::token::NewToken;
use crate::rehearsal::call::Call;
use crate::rehearsal::reply::Reply;
use crate::rehearsal::wire;

/// Whose tokens they are.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    /// One's own.
    Myself,
    /// A user's, by id.
    User(&'a str),
    /// A service account's, by id.
    ServiceAccount(&'a str),
}

pub(super) async fn answer(call: &Call, of: Of<'_>, rest: &[&str]) -> Answer {
    let (owner, scope) = owner(call, of).await?;
    let now = Timestamp::now();
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let tokens = call.instance.run(move |it| it.tokens(scope.as_ref(), &owner)).await?;
            let total = tokens.len() as u64;
            let rows = tokens
                .iter()
                .map(|token| wire::api_token(token, now.as_millisecond()))
                .collect();
            Ok(Reply::ok(wire::page(rows, total)))
        }
        (&Method::POST, []) => {
            let fields = call.object()?;
            let new = NewToken {
                name: fields.text("name")?.unwrap_or_default(),
                description: fields.text("description")?,
                max_age: fields.text("maxAge")?,
                extended: fields.boolean("extended")?.unwrap_or(false),
            };
            let made = call
                .instance
                .run(move |it| it.create_token(scope.as_ref(), &owner, &new, now))
                .await?;
            let status = if matches!(of, Of::User(_)) && call.at_least(1, 1) {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            Ok(Reply::Json(status, wire::created_token(&made)))
        }
        (&Method::DELETE, [id]) => {
            let id = (*id).to_owned();
            call.instance
                .run(move |it| it.delete_token(scope.as_ref(), &owner, &id))
                .await?;
            Ok(if matches!(of, Of::User(_)) && call.at_least(0, 24) {
                Reply::Empty(StatusCode::NO_CONTENT)
            } else {
                accounts::nothing_to_say()
            })
        }
        (_, [] | [_]) => no_such(true),
        _ => no_such(false),
    }
}

/// The id of whose they are, and the tenant whose rights count.
async fn owner(call: &Call, of: Of<'_>) -> Result<(String, Option<TenantScope>), crate::rehearsal::reply::Refusal> {
    Ok(match of {
        Of::Myself => (call.instance.run(LocalInstance::myself).await?.id, None),
        Of::User(id) => (id.to_owned(), None),
        Of::ServiceAccount(id) => (id.to_owned(), call.scope.clone()),
    })
}
