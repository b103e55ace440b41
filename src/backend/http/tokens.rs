//! API tokens of users and service accounts: listed, made, ended.
//!
//! The token itself is in one answer and in what is returned, and nowhere else: an answer that cannot be read is not
//! shown, as others are.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::backend::NO_TOKENS;
use crate::backend::feature::Feature;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::sorting;
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::token::{ApiToken, CreatedToken, NewToken};
use crate::domain::user::{User, UserKind};

use super::call::{Call, Path};
use super::core::Core;
use super::decode;
use super::detect::Known;
use super::failure::Failure;
use super::places::{Done, Make};
use super::roles::cannot_tell;
use super::settle::Settled;

impl Core {
    /// The tokens of an account, by name.
    pub(super) async fn tokens(&self, scope: Option<&TenantScope>, owner: &User) -> Result<Vec<ApiToken>, Failure> {
        let known = self.tokens_known(scope).await?;
        self.tokens_of(&known, scope, owner).await
    }

    /// What the instance is, if it has tokens.
    async fn tokens_known(&self, scope: Option<&TenantScope>) -> Result<std::sync::Arc<Known>, Failure> {
        let known = self.known().await?;
        Feature::ApiTokens.require(known.dialect.release(), NO_TOKENS)?;
        if let Some(scope) = scope {
            known.enter(scope)?;
        }
        Ok(known)
    }

    async fn tokens_of(
        &self,
        known: &Known,
        scope: Option<&TenantScope>,
        owner: &User,
    ) -> Result<Vec<ApiToken>, Failure> {
        let make = |path: Path| Call::get(path, "list the tokens of others").about(of(owner));
        let done = self.at_tokens(known, scope, owner, &make).await?;
        let (rows, _) = decode::page(done.value()).ok_or_else(|| self.misshapen(&make(done.root.clone())))?;
        let mut tokens: Vec<ApiToken> = rows.iter().filter_map(decode::token).collect();
        sorting::by(&mut tokens, |a, b| {
            (&a.name, a.issued, &a.id).cmp(&(&b.name, b.issued, &b.id))
        });
        Ok(tokens)
    }

    /// Carries out a call where the tokens of an account lie: one's own are below oneself.
    async fn at_tokens(
        &self,
        known: &Known,
        scope: Option<&TenantScope>,
        owner: &User,
        make: Make<'_>,
    ) -> Result<Done, Failure> {
        if owner.id == known.me.id {
            return self
                .at_places(vec![known.me_path.clone().join("api-tokens")], make)
                .await;
        }
        let is_program = owner.kind == UserKind::ServiceAccount && known.dialect.has_tenant_access();
        let roots = if is_program {
            if scope.is_none() {
                Feature::InstanceServiceAccounts.require(known.dialect.release(), NO_TOKENS)?;
            }
            known.dialect.service_accounts(scope, known.me.superadmin)
        } else {
            known.dialect.users(scope, known.me.superadmin)
        };
        let paths = roots
            .into_iter()
            .map(|root| root.segment(&owner.id).join("api-tokens"))
            .collect();
        match (self.at_places(paths, make).await, scope) {
            (Err(failure), Some(scope)) if !failure.may_be_done() => Err(self.explained(known, scope, failure).await),
            (other, _) => other,
        }
    }

    /// Makes a token.
    pub(super) async fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        new: &NewToken,
    ) -> Result<CreatedToken, Failure> {
        let known = self.tokens_known(scope).await?;
        let shown = visible(&new.name).into_owned();
        // Names may repeat: a token that came is one that was not there before.
        let before: Option<BTreeSet<String>> = self
            .tokens_of(&known, scope, owner)
            .await
            .ok()
            .map(|tokens| tokens.into_iter().map(|token| token.id).collect());
        let body = body_of(new);
        let make = |path: Path| Call::post(path, body.clone(), "make tokens for others").about(of(owner));
        let failure = match self.at_tokens(&known, scope, owner, &make).await {
            Ok(done) => match created(&done.value(), new) {
                Some(token) => return Ok(token),
                None => Failure::known(without_secret(&shown)),
            },
            Err(failure) if failure.may_be_done() => failure,
            Err(failure) => return Err(failure),
        };
        let came = match before {
            Some(before) => self.tokens_of(&known, scope, owner).await.map(|tokens| {
                tokens
                    .into_iter()
                    .any(|token| token.name == new.name && !before.contains(&token.id))
            }),
            None => Err(cannot_tell()),
        };
        let thing = format!("token `{shown}`");
        let problem = match came {
            Ok(true) => without_secret(&shown),
            Ok(false) => Settled::NotDone.problem_of(&failure, &thing, "made"),
            Err(_) => Settled::Unknown.problem_of(&failure, &thing, "made"),
        };
        Err(Failure { problem, ..failure })
    }

    /// Ends a token.
    pub(super) async fn delete_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &User,
        id: &str,
    ) -> Result<(), Failure> {
        let known = self.tokens_known(scope).await?;
        let thing = format!("token `{}`", visible(id));
        let make = |path: Path| Call::delete(path.segment(id), "end the tokens of others").about(thing.clone());
        let look = async {
            let tokens = self.tokens_of(&known, scope, owner).await?;
            let found = tokens.into_iter().find(|token| token.id == id);
            found.ok_or_else(|| {
                Failure::known(Problem::new(
                    ProblemKind::NotFound,
                    format!("There is no {thing}."),
                    format!("`{}` has no token of this id.", visible(&owner.username)),
                    "List the tokens to see which there are.",
                ))
            })
        };
        match self.at_tokens(&known, scope, owner, &make).await {
            Ok(_) => Ok(()),
            Err(failure) if failure.may_be_done() => self.settled_delete(failure, &thing, look).await,
            Err(failure) => Err(self.not_there_after_all(failure, look).await),
        }
    }
}

fn of(owner: &User) -> String {
    format!("{} `{}`", owner.kind.word(), visible(&owner.username))
}

pub(super) fn body_of(new: &NewToken) -> Value {
    let mut body = Map::new();
    body.insert("name".to_owned(), Value::from(new.name.as_str()));
    for (name, text) in [("description", &new.description), ("maxAge", &new.max_age)] {
        if let Some(text) = text {
            body.insert(name.to_owned(), Value::from(text.as_str()));
        }
    }
    body.insert("extended".to_owned(), Value::Bool(new.extended));
    Value::Object(body)
}

fn created(answer: &Value, new: &NewToken) -> Option<CreatedToken> {
    Some(CreatedToken {
        id: decode::text(answer, "id")?,
        name: decode::text(answer, "name").unwrap_or_else(|| new.name.clone()),
        full_token: decode::text(answer, "fullToken")?,
    })
}

/// The problem of a token that nobody will ever see.
fn without_secret(shown: &str) -> Problem {
    Problem::new(
        ProblemKind::Partly,
        format!("Token `{shown}` was made, but did not arrive."),
        "Kestra shows a token once, and that answer was lost.",
        "Delete this token and make another.",
    )
}
