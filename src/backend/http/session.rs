//! Who we are to the server: what each request shows for it, the login that 2.0 may want, and the end of it all.
//!
//! Kestra locks an account after a few failures, so a refusal is final: what was refused once is not shown again. Only
//! a login that worked and has run out is renewed, once for each time it runs out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::SemaphorePermit;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;

use super::call::{Call, Path};
use super::refusal::Scrubber;
use super::settings::{Credentials, HttpSettings};
use super::transport::{Answer, Proof};

/// The name of the cookie that a login sets.
const JWT: &str = "JWT";
/// The name of the cookie that protects a login from other sites.
const CSRF: &str = "csrfToken";
/// Requests under way that show a password. Kestra locks an account at the tenth failure within five minutes: should
/// the password change meanwhile, this many are refused, and one more that finds out what that means.
const PASSWORDS_AT_ONCE: usize = 7;

/// What a login gave us.
#[derive(Clone)]
struct Login {
    jwt: String,
    csrf: Option<String>,
    /// How many logins there have been.
    number: u64,
    /// Whether it has worked for anything yet.
    has_worked: bool,
}

#[derive(Default)]
struct State {
    login: Option<Login>,
    logins: u64,
    /// Whether the server is one that may refuse a password in a request and take it at the door.
    may_want_a_login: bool,
    /// The problem that ended it.
    refused: Option<Problem>,
    /// Our name, once the server has told it.
    who: Option<String>,
    /// Where the server told it.
    me: Option<Path>,
}

/// Who we are to one server.
pub(super) struct Session {
    credentials: Credentials,
    state: Mutex<State>,
    /// Held while finding out what a refusal means.
    pub(super) settling: tokio::sync::Mutex<()>,
    /// Refusals whose meaning is not known yet. While there are any, nothing new is sent in our name.
    in_doubt: AtomicUsize,
    /// Free places for requests that show a password.
    passwords: tokio::sync::Semaphore,
}

/// A refusal whose meaning is not known yet.
pub(super) struct Doubt<'a>(&'a AtomicUsize);

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What may be done about a request that was refused as coming from nobody we know.
pub(super) enum Remedy {
    /// Send it again: somebody logged in meanwhile.
    Again,
    /// Log in, then send it again.
    LogIn,
    /// Ask who we are, at this path: if that is answered, the refusal is about this request alone.
    Verify(Path),
    /// Nothing.
    None,
}

impl Session {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self {
            credentials: settings.credentials.clone(),
            state: Mutex::default(),
            settling: tokio::sync::Mutex::default(),
            in_doubt: AtomicUsize::new(0),
            passwords: tokio::sync::Semaphore::new(PASSWORDS_AT_ONCE),
        }
    }

    /// Waits until a request in our name may go out: for a free place if it would show a password, and until it is
    /// known what refusals so far mean. The place is free again when what is returned is dropped.
    pub(super) async fn turn(&self) -> Result<Option<SemaphorePermit<'_>>, Problem> {
        let place = match &self.credentials {
            // Nobody closes it.
            Credentials::Basic { .. } if self.state().login.is_none() => self.passwords.acquire().await.ok(),
            _ => None,
        };
        while self.in_doubt.load(Ordering::SeqCst) > 0 {
            drop(self.settling.lock().await);
            tokio::task::yield_now().await;
        }
        match self.refused() {
            Some(problem) => Err(problem),
            None => Ok(place),
        }
    }

    /// Notes a refusal, until it is known what it means.
    pub(super) fn doubt(&self) -> Doubt<'_> {
        self.in_doubt.fetch_add(1, Ordering::SeqCst);
        Doubt(&self.in_doubt)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The problem that ended it, if one did.
    pub(super) fn refused(&self) -> Option<Problem> {
        self.state().refused.clone()
    }

    /// What a request shows, with the number of the login it comes from.
    pub(super) fn proof(&self, call: &Call) -> (Proof, u64) {
        if !call.as_somebody {
            return (Proof::Nothing, 0);
        }
        if let Some(login) = &self.state().login {
            let csrf = (!call.method.is_safe()).then(|| login.csrf.clone()).flatten();
            let jwt = login.jwt.clone();
            return (Proof::Cookies { jwt, csrf }, login.number);
        }
        let proof = match &self.credentials {
            Credentials::Nobody => Proof::Nothing,
            Credentials::Token(token) => Proof::Token(token.clone()),
            Credentials::Basic { username, password } => Proof::Password {
                username: username.clone(),
                password: password.clone(),
            },
        };
        (proof, 0)
    }

    /// Whether a request lacks what protects a login.
    pub(super) fn lacks_csrf(&self, call: &Call) -> bool {
        let unsafe_call = call.as_somebody && !call.method.is_safe();
        unsafe_call && self.state().login.as_ref().is_some_and(|login| login.csrf.is_none())
    }

    /// Takes what protects a login from the answer with the start page: a cookie, or a tag in it.
    pub(super) fn take_csrf(&self, answer: &Answer) {
        let csrf = cookie(answer, CSRF).or_else(|| csrf_in(&String::from_utf8_lossy(&answer.body)));
        if let Some(login) = &mut self.state().login {
            login.csrf = csrf;
        }
    }

    /// Forgets what protects a login, so that it is fetched anew. False where there is none to forget.
    pub(super) fn forget_csrf(&self) -> bool {
        self.state()
            .login
            .as_mut()
            .is_some_and(|login| login.csrf.take().is_some())
    }

    /// Notes that a request was answered in our name.
    pub(super) fn has_worked(&self) {
        if let Some(login) = &mut self.state().login {
            login.has_worked = true;
        }
    }

    /// Notes that the server may want a login.
    pub(super) fn may_want_a_login(&self) {
        self.state().may_want_a_login = true;
    }

    /// Notes who the server says we are, and where it said so.
    pub(super) fn is_known_as(&self, username: &str, me: &Path) {
        let mut state = self.state();
        state.who = Some(username.to_owned());
        state.me = Some(me.clone());
    }

    /// Who we are, once known.
    pub(super) fn who(&self) -> Option<String> {
        self.state().who.clone()
    }

    /// What may be done about a refusal of a request that showed the login of this number.
    pub(super) fn remedy(&self, number: u64, call: &Call) -> Remedy {
        let state = self.state();
        let has_password = matches!(self.credentials, Credentials::Basic { .. });
        match &state.login {
            Some(login) if login.number != number => Remedy::Again,
            Some(login) if login.has_worked && has_password => Remedy::LogIn,
            None if has_password && state.may_want_a_login && state.logins == 0 => Remedy::LogIn,
            _ => match &state.me {
                Some(me) if *me != call.path => Remedy::Verify(me.clone()),
                _ => Remedy::None,
            },
        }
    }

    /// The request that logs in.
    pub(super) fn login_call(&self) -> Option<Call> {
        let Credentials::Basic { username, password } = &self.credentials else {
            return None;
        };
        let body = json!({"username": username, "password": password});
        Some(Call::post(Path::root("login"), body, "log in").for_nobody())
    }

    /// Takes the login from its answer; false where there is none in it.
    pub(super) fn take_login(&self, answer: &Answer) -> bool {
        let mut state = self.state();
        state.logins += 1;
        let number = state.logins;
        let welcome = answer.is_success() || matches!(answer.status, 302 | 303);
        state.login = cookie(answer, JWT).filter(|_| welcome).map(|jwt| Login {
            jwt,
            csrf: None,
            number,
            has_worked: false,
        });
        state.login.is_some()
    }

    /// Ends it: nothing is shown to the server any more. The problem is the same from now on.
    pub(super) fn refuse(&self, url: &str, answer: &Answer) -> Problem {
        let problem = self.refusal(url, answer);
        let mut state = self.state();
        state.login = None;
        state.refused.get_or_insert(problem).clone()
    }

    fn refusal(&self, url: &str, answer: &Answer) -> Problem {
        let once = "It is not tried again, so that nobody is locked out.";
        let locked = super::error_body::ErrorBody::parse(&answer.body).mentions("locked");
        let (what, why, next) = match &self.credentials {
            Credentials::Nobody => (
                format!("`{url}` asks who you are."),
                "It answers only who shows a username and password or an API token.".to_owned(),
                "Set one of them for this context, or with `KESTRA_ADMIN_TOKEN`.".to_owned(),
            ),
            Credentials::Token(_) => (
                format!("`{url}` does not accept the API token."),
                "It is mistyped, expired or deleted, or belongs to another instance.".to_owned(),
                format!("Make a new token in Kestra and set it for this context. {once}"),
            ),
            Credentials::Basic { username, .. } if locked => (
                format!("`{url}` has locked the account `{}`.", visible(username)),
                "There were too many failures within a few minutes.".to_owned(),
                "Wait half an hour, or have a superadmin unlock it.".to_owned(),
            ),
            Credentials::Basic { username, .. } => (
                format!("`{url}` does not accept the password of `{}`.", visible(username)),
                "The username or the password is wrong, the account is locked, or passwords are not taken here."
                    .to_owned(),
                format!("Correct them for this context, or use an API token. {once}"),
            ),
        };
        Problem::new(ProblemKind::Denied, what, why, next).with_detail(format!("status {}", answer.status))
    }

    /// What must not be shown of texts of the server.
    pub(super) fn scrubber(&self, settings: &HttpSettings) -> Scrubber {
        let mut secrets = settings.secrets();
        if let Some(login) = &self.state().login {
            secrets.push(login.jwt.clone());
            secrets.extend(login.csrf.clone());
        }
        Scrubber::new(secrets)
    }
}

/// The value of a cookie that an answer sets.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    answer.headers.get_all("set-cookie").iter().find_map(|header| {
        let first = header.to_str().ok()?.split(';').next()?;
        let (found, value) = first.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (found.trim() == name && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The content of the tag `csrf-token` of a page.
fn csrf_in(page: &str) -> Option<String> {
    let tag = page
        .split('<')
        .find(|tag| tag.starts_with("meta") && tag.contains("csrf-token"))?;
    let (_, rest) = tag.split_once("content=")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest.split(quote).nth(1)?;
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn answer(status: u16, cookies: &[&'static str], body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append("set-cookie", HeaderValue::from_static(cookie));
        }
        Answer {
            status,
            headers,
            body: body.as_bytes().to_vec(),
            request_id: String::new(),
        }
    }

    fn session(credentials: Credentials) -> Session {
        Session::new(&HttpSettings::new("http://localhost", credentials))
    }

    fn basic() -> Credentials {
        Credentials::Basic {
            username: "anna@example.com".to_owned(),
            password: "s3cret-password".to_owned(),
        }
    }

    #[test]
    fn a_login_is_taken_from_its_cookie_only() {
        for (answer, taken) in [
            (answer(200, &["JWT=abc; Path=/; HttpOnly"], ""), true),
            (answer(303, &["x=y", "JWT=\"abc\""], ""), true),
            (answer(200, &[], "{}"), false),
            (answer(401, &["JWT=abc"], ""), false),
            (answer(200, &["JWT=; Max-Age=0"], ""), false),
        ] {
            assert_eq!(session(basic()).take_login(&answer), taken, "{}", answer.status);
        }
    }

    #[test]
    fn what_protects_a_login_is_a_cookie_or_a_tag() {
        for (answer, expected) in [
            (answer(200, &["csrfToken=t1; Path=/"], ""), Some("t1")),
            (
                answer(200, &[], "<html><head><meta name=\"csrf-token\" content=\"t2\"></head>"),
                Some("t2"),
            ),
            (answer(200, &[], "<meta name=\"csrf-token\">"), None),
            (answer(404, &[], ""), None),
        ] {
            let session = session(basic());
            session.take_login(&self::answer(200, &["JWT=abc"], ""));
            let write = Call::delete(Path::api("x"), "x");
            assert!(session.lacks_csrf(&write));
            session.take_csrf(&answer);
            let Proof::Cookies { csrf, .. } = session.proof(&write).0 else {
                panic!("logged in");
            };
            assert_eq!(csrf.as_deref(), expected);
            let Proof::Cookies { csrf, .. } = session.proof(&Call::get(Path::api("x"), "x")).0 else {
                panic!("logged in");
            };
            assert_eq!(csrf, None, "only what changes something needs it");
        }
    }

    #[test]
    fn a_refusal_is_final_and_says_nothing_secret() {
        for credentials in [
            Credentials::Nobody,
            Credentials::Token("s3cret-token".to_owned()),
            basic(),
        ] {
            let session = session(credentials);
            assert!(session.refused().is_none());
            let problem = session.refuse("http://localhost", &answer(401, &[], "s3cret-token s3cret-password"));
            assert_eq!(problem.kind, ProblemKind::Denied);
            assert!(!format!("{problem:?}").contains("s3cret"));
            assert_eq!(session.refused(), Some(problem));
        }
        let locked = session(basic()).refuse(
            "http://localhost",
            &answer(401, &[], "{\"message\": \"Account locked\"}"),
        );
        assert!(locked.what.contains("locked"));
    }

    #[test]
    fn there_is_one_login_unless_it_worked() {
        let call = Call::get(Path::api("configs"), "x");
        let session = session(basic());
        assert!(matches!(session.remedy(0, &call), Remedy::None), "not before 2.0");
        session.may_want_a_login();
        assert!(matches!(session.remedy(0, &call), Remedy::LogIn));
        session.take_login(&answer(200, &["JWT=abc"], ""));
        assert!(matches!(session.remedy(0, &call), Remedy::Again));
        assert!(matches!(session.remedy(1, &call), Remedy::None), "it never worked");
        session.has_worked();
        assert!(matches!(session.remedy(1, &call), Remedy::LogIn), "it ran out");
        session.take_login(&answer(401, &[], ""));
        assert!(matches!(session.remedy(2, &call), Remedy::None));
        session.is_known_as("anna@example.com", &Path::api("me"));
        assert!(matches!(session.remedy(2, &call), Remedy::Verify(_)));
        assert!(matches!(
            session.remedy(2, &Call::get(Path::api("me"), "x")),
            Remedy::None
        ));
    }
}
