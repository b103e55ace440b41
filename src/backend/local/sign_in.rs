//! Signing in to a local instance that is served: passwords and API tokens.
//!
//! Of both only digests are kept. Verifying a password is slow on purpose, and a client sends its own with every
//! request; so an instance that is open remembers, by a keyed digest, which credentials it has verified. From 0.22 on
//! an account is locked for half an hour after ten failures in five minutes, as Kestra's is. Source: Kestra's
//! documentation of brute force protection.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac, pbkdf2};
use rusqlite::OptionalExtension;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;
use crate::domain::user::UserKind;

use super::LocalInstance;
use super::failure::Failure;
use super::ids::new_id;
use super::semantics::{Actor, Session};

const ROUNDS: NonZeroU32 = NonZeroU32::new(20_000).expect("20,000 is not zero");
const DIGEST_LENGTH: usize = digest::SHA256_OUTPUT_LEN;
/// Credentials remembered; more are verified anew.
const REMEMBERED: usize = 10_000;
/// Failures that lock an account, and the time in which they count, in milliseconds.
const FAILURES: i64 = 10;
const WINDOW: i64 = 5 * 60 * 1000;
const LOCKED_FOR: i64 = 30 * 60 * 1000;

/// Why somebody could not sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInRefusal {
    /// Unknown, wrong or expired credentials; which of these is nobody's business.
    Wrong,
    /// Too many failures; the account is locked until then.
    Locked(Timestamp),
    /// It could not be found out.
    Failed(Problem),
}

impl From<Problem> for SignInRefusal {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// Credentials that an open instance has verified.
#[derive(Default)]
pub(super) struct Verified {
    /// Made when it is first needed, which most consoles never do.
    key: OnceLock<hmac::Key>,
    /// For each keyed digest of a username and a password, the stored digest that it fitted.
    seen: Mutex<HashMap<[u8; DIGEST_LENGTH], Vec<u8>>>,
}

impl Verified {
    fn key(&self) -> &hmac::Key {
        self.key.get_or_init(|| {
            let mut secret = [0; DIGEST_LENGTH];
            // Without randomness the key is a constant, and the memory as good as plain digests: it is still in memory only.
            let _ = SystemRandom::new().fill(&mut secret);
            hmac::Key::new(hmac::HMAC_SHA256, &secret)
        })
    }

    fn mark(&self, user: i64, password: &str) -> [u8; DIGEST_LENGTH] {
        let mut context = hmac::Context::with_key(self.key());
        context.update(&user.to_le_bytes());
        context.update(password.as_bytes());
        let mut mark = [0; DIGEST_LENGTH];
        mark.copy_from_slice(context.sign().as_ref());
        mark
    }

    fn knows(&self, mark: &[u8; DIGEST_LENGTH], stored: &[u8]) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(mark).is_some_and(|fitting| fitting == stored)
    }

    fn remember(&self, mark: [u8; DIGEST_LENGTH], stored: Vec<u8>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(mark, stored);
    }
}

/// Random bytes, or a problem where the operating system has none.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| {
        Problem::new(
            ProblemKind::Failed,
            "No secret could be made.",
            "The operating system gave no random numbers.",
            "Try again.",
        )
    })?;
    Ok(bytes)
}

/// The digest that a token is kept as.
pub(super) fn digest_of(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

impl LocalInstance {
    /// Gives a user a password, as an administrator of the machine does; no rights are asked for.
    pub fn set_password(&self, username: &str, password: &str) -> Result<(), Problem> {
        self.command(|session| {
            let user = session.user_named(username)?;
            session.store_password(&user, password)
        })
    }

    /// Notes in the audit log that whoever it is opened in the name of logged in, or could not: `LOGIN`, `LOGIN_FAILURE`.
    pub fn note_login(&self, action: &str) -> Result<(), Problem> {
        self.write(|session| {
            let id = session.actor.as_ref().map_or("", |actor| actor.id.as_str());
            session.audit(action, "USER", id, "")
        })
    }

    /// The same instance in the name of whoever these credentials belong to.
    pub fn sign_in_basic(&self, username: &str, password: &str, now: Timestamp) -> Result<Self, SignInRefusal> {
        struct Stored {
            user: i64,
            salt: Vec<u8>,
            digest: Vec<u8>,
            locked_until: Option<i64>,
            failed: bool,
        }
        let found = self.core.store.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT p.user, p.salt, p.digest, f.locked_until, f.user IS NOT NULL
                     FROM users u JOIN passwords p ON p.user = u.key LEFT JOIN sign_in_failures f ON f.user = u.key
                     WHERE u.username = ?1",
                )?
                .query_row([username], |row| {
                    Ok(Stored {
                        user: row.get(0)?,
                        salt: row.get(1)?,
                        digest: row.get(2)?,
                        locked_until: row.get(3)?,
                        failed: row.get(4)?,
                    })
                })
                .optional()?)
        })?;
        let Some(stored) = found else {
            // As slow as for a user who exists, so that the time does not tell.
            let _ = verify(b"nobody's salt", &[0; DIGEST_LENGTH], password);
            return Err(SignInRefusal::Wrong);
        };
        if let Some(until) = stored.locked_until.filter(|until| *until > now.as_millisecond()) {
            return Err(SignInRefusal::Locked(Timestamp::from_millisecond(until).unwrap_or(now)));
        }
        let mark = self.core.verified.mark(stored.user, password);
        if !self.core.verified.knows(&mark, &stored.digest) {
            if !verify(&stored.salt, &stored.digest, password) {
                if self.release().at_least(0, 22) {
                    self.core.store.write(|db| note_failure(db, stored.user, now))?;
                }
                return Err(SignInRefusal::Wrong);
            }
            self.core.verified.remember(mark, stored.digest);
        }
        if stored.failed {
            self.core
                .store
                .write(|db| Ok(db.execute("DELETE FROM sign_in_failures WHERE user = ?1", [stored.user])?))?;
        }
        Ok(self.in_the_name_of(stored.user))
    }

    /// The same instance in the name of whoever an API token belongs to.
    pub fn sign_in_token(&self, token: &str, now: Timestamp) -> Result<Self, SignInRefusal> {
        struct Stored {
            user: i64,
            id: String,
            expires: Option<i64>,
            lifetime: Option<i64>,
            last_used: Option<i64>,
        }
        let digest = digest_of(token);
        let found = self.core.store.read(|db| {
            Ok(db
                .prepare_cached("SELECT user, id, expires, lifetime, last_used FROM api_tokens WHERE digest = ?1")?
                .query_row([&digest], |row| {
                    Ok(Stored {
                        user: row.get(0)?,
                        id: row.get(1)?,
                        expires: row.get(2)?,
                        lifetime: row.get(3)?,
                        last_used: row.get(4)?,
                    })
                })
                .optional()?)
        })?;
        let now = now.as_millisecond();
        let Some(Stored {
            user,
            id,
            expires,
            lifetime,
            last_used,
        }) = found
        else {
            return Err(SignInRefusal::Wrong);
        };
        if expires.is_some_and(|expires| expires <= now) {
            return Err(SignInRefusal::Wrong);
        }
        // Noted once a minute, not with every request.
        if last_used.is_none_or(|last| now - last > 60_000) {
            let expires = lifetime.map(|lifetime| now + lifetime).or(expires);
            self.core.store.write(|db| {
                Ok(db.execute(
                    "UPDATE api_tokens SET last_used = ?2, expires = ?3 WHERE id = ?1",
                    (&id, now, expires),
                )?)
            })?;
        }
        Ok(self.in_the_name_of(user))
    }

    pub(super) fn in_the_name_of(&self, user: i64) -> Self {
        Self {
            core: std::sync::Arc::clone(&self.core),
            actor: user,
        }
    }
}

fn verify(salt: &[u8], stored: &[u8], password: &str) -> bool {
    pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, password.as_bytes(), stored).is_ok()
}

fn note_failure(db: &rusqlite::Connection, user: i64, now: Timestamp) -> Result<(), Failure> {
    let now = now.as_millisecond();
    db.prepare_cached(
        "INSERT INTO sign_in_failures (user, first, number) VALUES (?1, ?2, 1)
         ON CONFLICT DO UPDATE SET
             number = CASE WHEN ?2 - first > ?3 THEN 1 ELSE number + 1 END,
             first = CASE WHEN ?2 - first > ?3 THEN ?2 ELSE first END,
             locked_until = CASE WHEN ?2 - first <= ?3 AND number + 1 >= ?4 THEN ?2 + ?5 END",
    )?
    .execute((user, now, WINDOW, FAILURES, LOCKED_FOR))?;
    Ok(())
}

impl Session<'_> {
    /// Keeps the digest of a password that is fit to be one.
    pub(super) fn store_password(&self, user: &Actor, password: &str) -> Result<(), Failure> {
        if let Some(why) = weakness(password) {
            return Err(Problem::new(
                ProblemKind::Invalid,
                format!("The password of `{}` was not changed.", visible(&user.username)),
                format!("It {why}."),
                "Choose one of at least 8 characters, with a digit, a small and a capital letter.",
            )
            .with_field("password", why)
            .into());
        }
        let salt: [u8; 16] = random()?;
        let mut digest = [0; DIGEST_LENGTH];
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA256,
            ROUNDS,
            &salt,
            password.as_bytes(),
            &mut digest,
        );
        self.db
            .prepare_cached(
                "INSERT INTO passwords (user, id, salt, digest) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET salt = excluded.salt, digest = excluded.digest",
            )?
            .execute((user.key, new_id(), salt, digest))?;
        self.audit("UPDATE", "USER", &user.id, "")
    }

    /// Refuses a password that is not the user's.
    pub(super) fn check_password(&self, user: &Actor, password: &str) -> Result<(), Failure> {
        let stored: Option<(Vec<u8>, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT salt, digest FROM passwords WHERE user = ?1")?
            .query_row([user.key], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if stored.is_some_and(|(salt, digest)| verify(&salt, &digest, password)) {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::Invalid,
            "The password was not changed.",
            "The old password is another one.",
            "Give the old password, too.",
        )
        .with_field("oldPassword", "is not the password")
        .into())
    }

    /// The id of the password among the ways a user can sign in.
    pub(super) fn password_id(&self, user: i64) -> Result<Option<String>, Failure> {
        Ok(self
            .db
            .prepare_cached("SELECT id FROM passwords WHERE user = ?1")?
            .query_row([user], |row| row.get(0))
            .optional()?)
    }
}

/// What is wrong with a password under the rules that Kestra comes with up to 1.3; `None` where it will do.
///
/// 2.0 also wants a special character unless it is told not to; a rehearsal is told not to.
fn weakness(password: &str) -> Option<&'static str> {
    let has = |test: fn(&char) -> bool| password.chars().any(|c| test(&c));
    if password.chars().count() < 8 {
        Some("has fewer than 8 characters")
    } else if !has(char::is_ascii_digit) {
        Some("has no digit")
    } else if !has(char::is_ascii_lowercase) {
        Some("has no small letter")
    } else if !has(char::is_ascii_uppercase) {
        Some("has no capital letter")
    } else {
        None
    }
}

/// What kind of account may have a password.
pub(super) fn may_have_password(kind: UserKind) -> bool {
    kind == UserKind::Standard
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::local::FIRST_USER;
    use crate::domain::release::Release;

    const PASSWORD: &str = "Rehearse-1";

    fn instance(release: Release) -> (tempfile::TempDir, LocalInstance) {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("instance");
        LocalInstance::create(&directory, release).unwrap();
        let local = LocalInstance::open(&directory, None).unwrap();
        local.set_password(FIRST_USER, PASSWORD).unwrap();
        (home, local)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    #[test]
    fn only_the_password_of_the_user_signs_in() {
        let (_home, local) = instance(Release::new(1, 3));
        assert!(local.sign_in_basic(FIRST_USER, PASSWORD, at(0)).is_ok());
        assert!(local.sign_in_basic(FIRST_USER, PASSWORD, at(1)).is_ok());
        for (username, password) in [
            (FIRST_USER, "Rehearse-2"),
            ("nobody@acme.test", PASSWORD),
            (FIRST_USER, ""),
        ] {
            let refusal = local.sign_in_basic(username, password, at(2)).err();
            assert_eq!(refusal, Some(SignInRefusal::Wrong), "{username}");
        }
        local.set_password(FIRST_USER, "Another-1").unwrap();
        assert!(local.sign_in_basic(FIRST_USER, PASSWORD, at(3)).is_err());
        assert!(local.sign_in_basic(FIRST_USER, "Another-1", at(4)).is_ok());
    }

    #[test]
    fn ten_failures_in_five_minutes_lock_for_half_an_hour_from_0_22_on() {
        for (release, locks) in [
            (Release::new(0, 21), false),
            (Release::new(0, 22), true),
            (Release::new(2, 0), true),
        ] {
            let (_home, local) = instance(release);
            for second in 0..10 {
                assert!(local.sign_in_basic(FIRST_USER, "Wrong-1-word", at(second)).is_err());
            }
            let now = local.sign_in_basic(FIRST_USER, PASSWORD, at(60));
            assert_eq!(matches!(now, Err(SignInRefusal::Locked(_))), locks, "{release}");
            assert!(
                local.sign_in_basic(FIRST_USER, PASSWORD, at(10 + 1800)).is_ok(),
                "{release}"
            );
        }
    }

    #[test]
    fn failures_that_are_far_apart_or_end_in_a_success_do_not_add_up() {
        let (_home, local) = instance(Release::new(1, 3));
        for round in 0..12 {
            assert!(
                local
                    .sign_in_basic(FIRST_USER, "Wrong-1-word", at(round * 301))
                    .is_err()
            );
        }
        for round in 0..12 {
            assert!(
                local
                    .sign_in_basic(FIRST_USER, "Wrong-1-word", at(10_000 + round))
                    .is_err()
            );
            assert!(local.sign_in_basic(FIRST_USER, PASSWORD, at(10_000 + round)).is_ok());
        }
    }

    #[test]
    fn weak_passwords_are_refused_with_the_reason() {
        let (_home, local) = instance(Release::new(1, 3));
        for weak in ["Short-1", "no-digits-Here", "NO-SMALL-1", "no-capital-1"] {
            let problem = local.set_password(FIRST_USER, weak).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Invalid);
            assert!(!problem.to_string().contains(weak));
        }
        assert!(local.sign_in_basic(FIRST_USER, PASSWORD, at(0)).is_ok());
    }
}
