//! API tokens of users and service accounts.

use jiff::Timestamp;

use crate::domain::account::is_account_name;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::tenant::TenantScope;
use crate::domain::text::visible;
use crate::domain::token::{ApiToken, CreatedToken, NewToken, lifetime};
use crate::domain::user::UserKind;

use super::LocalInstance;
use super::failure::Failure;
use super::ids::new_id;
use super::semantics::{Actor, Session};
use super::sign_in::{digest_of, random};

impl LocalInstance {
    /// Makes a token for a user, or for a service account of a tenant. Everybody may for themselves; for others it
    /// takes a superadmin, or in a tenant the right to change its service accounts.
    pub fn create_token(
        &self,
        scope: Option<&TenantScope>,
        owner: &str,
        new: &NewToken,
        now: Timestamp,
    ) -> Result<CreatedToken, Problem> {
        self.write(|session| {
            let owner = session.token_owner(scope, owner)?;
            session.create_token(&owner, new, now)
        })
    }

    /// The tokens of a user or service account, by name.
    pub fn tokens(&self, scope: Option<&TenantScope>, owner: &str) -> Result<Vec<ApiToken>, Problem> {
        self.read(|session| {
            let owner = session.token_owner(scope, owner)?;
            session.tokens(owner.key)
        })
    }

    /// Ends a token.
    pub fn delete_token(&self, scope: Option<&TenantScope>, owner: &str, id: &str) -> Result<(), Problem> {
        self.write(|session| {
            let owner = session.token_owner(scope, owner)?;
            let deleted = session
                .db
                .prepare_cached("DELETE FROM api_tokens WHERE user = ?1 AND id = ?2")?
                .execute((owner.key, id))?;
            if deleted == 0 {
                return Err(Problem::new(
                    ProblemKind::NotFound,
                    format!("There is no token `{}`.", visible(id)),
                    format!("`{}` has no token of this id.", visible(&owner.username)),
                    "List the tokens to see which there are.",
                )
                .into());
            }
            session.audit("UPDATE", "USER", &owner.id, "")
        })
    }
}

impl Session<'_> {
    fn token_owner(&self, scope: Option<&TenantScope>, owner: &str) -> Result<Actor, Failure> {
        let user = self.user_of_id(owner)?;
        let is_own = self.actor.as_ref().is_some_and(|actor| actor.id == owner);
        if !is_own {
            // Those of people are asked for on the whole instance, wherever one is.
            let of_program =
                |scope: &&TenantScope| self.account_in(Some(scope), owner, UserKind::ServiceAccount).is_ok();
            let is_superadmin = self.actor.as_ref().is_some_and(|actor| actor.superadmin);
            match scope.filter(|scope| !is_superadmin || of_program(scope)) {
                Some(scope) => {
                    self.require_service_accounts(scope, "UPDATE")?;
                    // Whoever looks after the service accounts of a tenant makes tokens for those and nobody else.
                    self.account_in(Some(scope), owner, UserKind::ServiceAccount)?;
                    self.require_may_change(&user)?;
                }
                None => self.require_superadmin("the tokens of others")?,
            }
        }
        Ok(user)
    }

    fn create_token(&self, owner: &Actor, new: &NewToken, now: Timestamp) -> Result<CreatedToken, Failure> {
        let refused = |kind, why: String, field: &'static str, message: &str| {
            Problem::new(
                kind,
                format!("Token `{}` was not made.", visible(&new.name)),
                why,
                "Correct that, then try again.",
            )
            .with_field(field, message)
        };
        if !is_account_name(&new.name) {
            let why = "Its name is not made of small letters, digits and single hyphens, 63 at most.".to_owned();
            return Err(refused(ProblemKind::Invalid, why, "name", ACCOUNT_NAME_RULE).into());
        }
        let lifetime = match &new.max_age {
            None => None,
            Some(text) => Some(lifetime(text).ok_or_else(|| {
                let why = format!("`{}` is no ISO 8601 duration.", visible(text));
                refused(ProblemKind::Invalid, why, "maxAge", "is no duration such as P30D")
            })?),
        };
        let secret: [u8; 32] = random()?;
        let (prefix, rest) = (new_id(), hex(&secret));
        let prefix = prefix.get(..8).unwrap_or(&prefix).to_owned();
        let full_token = format!("{prefix}{rest}");
        let id = new_id();
        let issued = now.as_millisecond();
        self.db
            .prepare_cached(
                "INSERT INTO api_tokens (id, user, name, description, prefix, digest, issued, expires, lifetime)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((
                &id,
                owner.key,
                &new.name,
                &new.description,
                &prefix,
                digest_of(&full_token),
                issued,
                lifetime.map(|lifetime| issued.saturating_add(lifetime)),
                lifetime.filter(|_| new.extended),
            ))?;
        self.audit("UPDATE", "USER", &owner.id, "")?;
        Ok(CreatedToken {
            id,
            name: new.name.clone(),
            full_token,
        })
    }

    fn tokens(&self, user: i64) -> Result<Vec<ApiToken>, Failure> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, name, description, prefix, issued, expires, last_used, lifetime IS NOT NULL
             FROM api_tokens WHERE user = ?1 ORDER BY name, issued, id",
        )?;
        let tokens = statement.query_map([user], |row| {
            Ok(ApiToken {
                id: row.get(0)?,
                name: row.get(1)?,
                description: row.get(2)?,
                prefix: row.get(3)?,
                issued: row.get(4)?,
                expires: row.get(5)?,
                last_used: row.get(6)?,
                extended: row.get(7)?,
            })
        })?;
        Ok(tokens.collect::<Result<_, _>>()?)
    }
}

/// What names of service accounts and tokens look like, as Kestra writes it.
pub(super) const ACCOUNT_NAME_RULE: &str = r#"must match "^(?=.{1,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$""#;

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::local::{FIRST_USER, SignInRefusal};
    use crate::domain::release::Release;

    #[test]
    fn a_token_signs_in_until_it_expires_or_is_deleted() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("instance");
        LocalInstance::create(&directory, Release::new(1, 3)).unwrap();
        let local = LocalInstance::open(&directory, None).unwrap();
        let me = local.account_named(FIRST_USER).unwrap().id;
        let at = |days: i64| Timestamp::from_second(1_700_000_000 + days * 86_400).unwrap();
        let new = |name: &str, max_age: Option<&str>, extended| NewToken {
            name: name.to_owned(),
            description: None,
            max_age: max_age.map(str::to_owned),
            extended,
        };
        let month = local
            .create_token(None, &me, &new("month", Some("P30D"), false), at(0))
            .unwrap();
        let moving = local
            .create_token(None, &me, &new("moving", Some("P30D"), true), at(0))
            .unwrap();
        let ever = local.create_token(None, &me, &new("ever", None, false), at(0)).unwrap();
        assert!(local.sign_in_token(&month.full_token, at(29)).is_ok());
        assert!(local.sign_in_token(&moving.full_token, at(29)).is_ok());
        assert_eq!(
            local.sign_in_token(&month.full_token, at(31)).err(),
            Some(SignInRefusal::Wrong)
        );
        assert!(local.sign_in_token(&moving.full_token, at(50)).is_ok());
        assert!(local.sign_in_token(&ever.full_token, at(5000)).is_ok());
        local.delete_token(None, &me, &ever.id).unwrap();
        assert!(local.sign_in_token(&ever.full_token, at(1)).is_err());
        assert!(local.sign_in_token("nonsense", at(1)).is_err());
        for (name, age) in [
            ("Bad", None),
            ("a--b", None),
            ("", None),
            ("ok", Some("30 days")),
            ("ok", Some("P0D")),
        ] {
            let problem = local
                .create_token(None, &me, &new(name, age, false), at(0))
                .err()
                .unwrap();
            assert_eq!(problem.kind, ProblemKind::Invalid, "{name} {age:?}");
        }
    }
}
