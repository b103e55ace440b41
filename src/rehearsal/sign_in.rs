//! Who makes a request: by password, by API token, or by the cookie of a login.
//!
//! Up to 1.3 a password may come with every request. Whether it may in 2.0 is not established; here it may. A cookie is
//! a signed name and a time, good for a day and for this run of the server.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use ring::hmac;

use super::reply::Refusal;
use crate::backend::local::{LocalInstance, SignInRefusal};

/// Seconds that a login is good for.
pub const GOOD_FOR: i64 = 24 * 60 * 60;

/// How somebody says who they are.
pub enum Credentials<'a> {
    /// Nobody says so.
    None,
    /// Login name and password.
    Basic(String, String),
    /// An API token.
    Token(&'a str),
    /// The cookie of a login.
    Cookie(&'a str),
}

/// The credentials of a request. A header counts before a cookie.
pub fn credentials(headers: &HeaderMap) -> Credentials<'_> {
    if let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
        if scheme.eq_ignore_ascii_case("bearer") {
            return Credentials::Token(rest.trim());
        }
        if scheme.eq_ignore_ascii_case("basic")
            && let Some((username, password)) = decoded(rest.trim())
        {
            return Credentials::Basic(username, password);
        }
        // Something that is none is not nothing: it must not pass as a cookie's request.
        return Credentials::Token("");
    }
    cookie(headers, "JWT").map_or(Credentials::None, Credentials::Cookie)
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// The instance in the name of whoever these credentials belong to. Blocks.
pub fn sign_in(
    instance: &LocalInstance,
    key: &hmac::Key,
    credentials: &Credentials<'_>,
    now: Timestamp,
) -> Result<LocalInstance, Refusal> {
    match credentials {
        Credentials::None => Err(Refusal::Unauthenticated),
        Credentials::Basic(username, password) => instance.sign_in_basic(username, password, now).map_err(refused),
        Credentials::Token(token) => instance.sign_in_token(token, now).map_err(refused),
        Credentials::Cookie(value) => {
            let username = name_in(key, value, now).ok_or(Refusal::Unauthenticated)?;
            instance.acting_as(&username).map_err(|_| Refusal::Unauthenticated)
        }
    }
}

/// The same for whoever asks for a cookie, which Kestra notes in its audit log; from 0.23 on also where it refuses. A log that
/// cannot be written to keeps nobody out.
pub fn log_in(
    instance: &LocalInstance,
    key: &hmac::Key,
    credentials: &Credentials<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let entered = sign_in(instance, key, credentials, now);
    let noted = match (&entered, credentials) {
        (Ok(entered), _) => entered.note_login("LOGIN"),
        (Err(Refusal::Unauthenticated), Credentials::Basic(username, _)) if instance.release().at_least(0, 23) => {
            let of_somebody = instance.acting_as(username);
            of_somebody.and_then(|of_somebody| of_somebody.note_login("LOGIN_FAILURE"))
        }
        (Err(_), _) => Ok(()),
    };
    drop(noted);
    entered.map(drop)
}

fn refused(refusal: SignInRefusal) -> Refusal {
    match refusal {
        SignInRefusal::Wrong => Refusal::Unauthenticated,
        SignInRefusal::Locked(_) => Refusal::Locked,
        SignInRefusal::Failed(problem) => problem.into(),
    }
}

/// The value of a cookie that says who signed in.
pub fn cookie_for(key: &hmac::Key, username: &str, now: Timestamp) -> String {
    let head = format!("{}.{}", hex(username.as_bytes()), now.as_second() + GOOD_FOR);
    let signature = hmac::sign(key, head.as_bytes());
    format!("{head}.{}", hex(signature.as_ref()))
}

fn name_in(key: &hmac::Key, value: &str, now: Timestamp) -> Option<String> {
    let (head, signature) = value.rsplit_once('.')?;
    hmac::verify(key, head.as_bytes(), &unhex(signature)?).ok()?;
    let (name, until) = head.split_once('.')?;
    let until: i64 = until.parse().ok()?;
    if until <= now.as_second() {
        return None;
    }
    String::from_utf8(unhex(name)?).ok()
}

/// Bytes as text.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

/// Name and password of `Basic` credentials, which are Base64.
fn decoded(text: &str) -> Option<(String, String)> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len());
    let (mut gathered, mut bits) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == byte)?;
        gathered = gathered << 6 | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((gathered >> bits & 0xff).try_into().ok()?);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    let (username, password) = text.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_read_with_colons_in_the_password() {
        assert_eq!(
            decoded("YW5hQGFjbWUudGVzdDphOmI="),
            Some(("ana@acme.test".to_owned(), "a:b".to_owned()))
        );
        for bad in ["", "!!!!", "YW5h", "gICA"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_cookie_is_good_for_a_day_and_cannot_be_made_up() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let at = |second| Timestamp::from_second(second).unwrap();
        let value = cookie_for(&key, "ana@acme.test", at(1_000));
        assert_eq!(name_in(&key, &value, at(1_001)).as_deref(), Some("ana@acme.test"));
        assert_eq!(name_in(&key, &value, at(1_000 + GOOD_FOR)), None);
        let other = hmac::Key::new(hmac::HMAC_SHA256, b"other");
        assert_eq!(name_in(&other, &value, at(1_001)), None);
        let forged = value.replacen(&hex(b"ana"), &hex(b"bob"), 1);
        assert_eq!(name_in(&key, &forged, at(1_001)), None);
    }

    #[test]
    fn a_header_counts_before_a_cookie() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=b; JWT=value; c=d".parse().unwrap());
        assert!(matches!(credentials(&headers), Credentials::Cookie("value")));
        headers.insert(header::AUTHORIZATION, "Bearer token".parse().unwrap());
        assert!(matches!(credentials(&headers), Credentials::Token("token")));
        headers.insert(header::AUTHORIZATION, "Digest x".parse().unwrap());
        assert!(matches!(credentials(&headers), Credentials::Token("")));
    }
}
