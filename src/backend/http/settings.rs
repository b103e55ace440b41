//! What reaching a Kestra over HTTP takes: its address, who we are there, and what lies between.
//!
//! Nothing here is read from files or the environment by itself, but for what numbers the machine has, and nothing secret is ever
//! printed.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::Url;

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::redact::MARK;
use crate::domain::text::visible;

/// Who we are.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nobody in particular.
    Nobody,
    /// An API token of a user or a service account.
    Token(String),
    /// A username and its password.
    Basic {
        /// The login name, an e-mail address from 0.20 on.
        username: String,
        /// The password.
        password: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("Nobody"),
            Self::Token(_) => write!(f, "Token({MARK})"),
            Self::Basic { username, .. } => write!(f, "Basic({username:?}, {MARK})"),
        }
    }
}

/// What reaching an instance takes.
#[derive(Clone)]
pub struct HttpSettings {
    /// Address, such as `https://kestra.example.com/kestra`; with or without a path and a slash at its end.
    pub base_url: String,
    /// Who we are.
    pub credentials: Credentials,
    /// Headers sent with every request, such as those a proxy asks for.
    pub headers: Vec<(String, String)>,
    /// Certificates of authorities to trust besides the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// Our own certificate and its key, as PEM.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// The proxy to go through; otherwise what the environment says.
    pub proxy: Option<String>,
    /// How long one request may take.
    pub timeout: Duration,
    /// The tenant to ask in where a release answers only within one (0.13 to 0.23).
    pub tenant: Option<String>,
    /// The command that starts what is to answer, where nothing does: of a rehearsal.
    pub starts: Option<String>,
}

impl HttpSettings {
    /// Settings with nothing but an address and credentials.
    pub fn new(base_url: impl Into<String>, credentials: Credentials) -> Self {
        Self {
            base_url: base_url.into(),
            credentials,
            headers: Vec::new(),
            ca_file: None,
            client_certificate: None,
            proxy: None,
            timeout: Duration::from_secs(30),
            tenant: None,
            starts: None,
        }
    }

    /// How to start what is to answer, where that is known.
    pub(super) fn how_to_start(&self) -> Option<String> {
        let command = self.starts.as_ref()?;
        Some(format!("Start it with `{command}`."))
    }

    /// Everything that must never be seen in a text from the server.
    pub fn secrets(&self) -> Vec<String> {
        // The id of a request is there to be found again in logs.
        let is_secret = |name: &str| !name.eq_ignore_ascii_case(super::transport::REQUEST_ID);
        let headers = self.headers.iter().filter(|(name, _)| is_secret(name));
        let mut secrets: Vec<String> = headers.map(|(_, value)| value.clone()).collect();
        match &self.credentials {
            Credentials::Nobody => {}
            Credentials::Token(token) => secrets.push(token.clone()),
            Credentials::Basic { password, .. } => secrets.push(password.clone()),
        }
        let proxy = self.proxy.as_deref().and_then(proxy_url);
        if let Some(written) = proxy.as_ref().and_then(Url::password) {
            let sent = percent_decode_str(written).decode_utf8_lossy().into_owned();
            if sent != written {
                secrets.push(written.to_owned());
            }
            secrets.push(sent);
        }
        secrets
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| (name, MARK)).collect();
        f.debug_struct("HttpSettings")
            .field("base_url", &without_password(Url::parse(&self.base_url).ok()))
            .field("credentials", &self.credentials)
            .field("headers", &headers)
            .field("ca_file", &self.ca_file)
            .field("client_certificate", &self.client_certificate)
            .field("proxy", &self.proxy.as_deref().map(proxy_url).map(without_password))
            .field("timeout", &self.timeout)
            .field("tenant", &self.tenant)
            .field("starts", &self.starts)
            .finish()
    }
}

/// An address as it may be shown.
fn without_password(address: Option<Url>) -> String {
    match address {
        Some(mut url) => {
            if url.password().is_some() {
                // Only addresses that cannot have a password refuse this.
                _ = url.set_password(Some("hidden"));
            }
            url.to_string()
        }
        // What is no address may be anything.
        None => "(not an address)".to_owned(),
    }
}

/// The address of a proxy, `http` or `https` (the first where none is said), a host, maybe a port, and who signs in there; `None` for
/// any other, which nothing would go by, or in which anything may stand.
pub fn proxy_url(address: &str) -> Option<Url> {
    let scheme = if address.contains("://") { "" } else { "http://" };
    let url = Url::parse(&format!("{scheme}{address}")).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_known = matches!(url.scheme(), "http" | "https") && !address.contains(char::is_whitespace);
    (is_known && is_bare).then_some(url)
}

/// Whether an address leads to a server of this machine that listens there: by a name or number that the machine has for itself
/// alone, or, where the server listens on all, by any of its numbers. What a name means on a network is not asked.
pub fn leads_to(address: &str, listen: SocketAddr) -> bool {
    // Only what is a number of the machine itself can be listened on.
    reaches(address, listen, &|ip| UdpSocket::bind((ip, 0)).is_ok())
}

/// The same, where it is known which numbers the machine has on its networks.
fn reaches(address: &str, listen: SocketAddr, is_own: &dyn Fn(IpAddr) -> bool) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let ip: Option<IpAddr> = if host == "localhost" || host.ends_with(".localhost") {
        Some(Ipv4Addr::LOCALHOST.into())
    } else {
        host.trim_matches(['[', ']']).parse().ok()
    };
    let is_here = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
    let listens = listen.ip().to_canonical();
    url.port_or_known_default() == Some(listen.port())
        && ip.map(|ip| ip.to_canonical()).is_some_and(|ip| {
            ip == listens
                || is_here(ip) && is_here(listens)
                || listens.is_unspecified() && (ip.is_ipv4() || listens.is_ipv6()) && is_own(ip)
        })
}

/// The address of an instance, checked: scheme, host, and a path without a slash at its end.
#[derive(Clone, Debug)]
pub(super) struct Base {
    url: Url,
    text: String,
}

impl Base {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let refused = |why: String| {
            Problem::new(
                ProblemKind::Invalid,
                "The address of the instance cannot be used.",
                why,
                "Write it like `https://kestra.example.com`, without anything behind the path Kestra is served under, and a \
                 host of other letters as DNS has it, `xn--...`.",
            )
        };
        let url = Url::parse(text.trim()).map_err(|error| refused(format!("It is no address: {error}.")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(format!(
                "It begins with `{}:`; Kestra is reached by `http://` or `https://`.",
                visible(url.scheme())
            )));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(refused("It names no host.".to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused(
                "It carries a username or password, which addresses are not for: they are printed and logged."
                    .to_owned(),
            ));
        }
        let mut path = url.path().trim_end_matches('/');
        // What people copy from the browser or from a script.
        for tail in ["/ui", "/api/v1", "/api"] {
            path = path.strip_suffix(tail).unwrap_or(path).trim_end_matches('/');
        }
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let host = url.host_str().unwrap_or_default();
        let text = format!("{}://{host}{port}{path}", url.scheme());
        let url = Url::parse(&text).map_err(|error| refused(format!("It is no address: {error}.")))?;
        Ok(Self { url, text })
    }

    /// The address without a slash at its end.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The host name or address.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port, the usual one where none is named.
    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(80)
    }

    /// Whether it is reached by TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_with_and_without_what_people_add() {
        for (text, expected) in [
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://localhost:8080/", "http://localhost:8080"),
            (" https://kestra.example.com/ ", "https://kestra.example.com"),
            ("https://example.com/tools/kestra//", "https://example.com/tools/kestra"),
            ("https://example.com/tools/ui/", "https://example.com/tools"),
            ("https://example.com/api/v1/", "https://example.com"),
            ("https://[::1]:8443/x", "https://[::1]:8443/x"),
            (
                "https://kestra.xn--mnchen-3ya.example",
                "https://kestra.xn--mnchen-3ya.example",
            ),
        ] {
            assert_eq!(Base::parse(text).unwrap().text(), expected, "{text}");
        }
    }

    #[test]
    fn a_proxy_is_a_host_and_a_port() {
        for (address, url) in [
            ("px", "http://px/"),
            ("px:3128", "http://px:3128/"),
            ("https://px:3128/", "https://px:3128/"),
            ("http://ana:pw@px", "http://ana:pw@px/"),
            ("http://[::1]:3128", "http://[::1]:3128/"),
        ] {
            assert_eq!(proxy_url(address).unwrap().as_str(), url, "{address}");
        }
        for address in [
            "",
            "http://",
            "htpp://px",
            "ftp://px",
            "socks5://px",
            "u:pw",
            "http://u:pw",
            "http://p:99999",
            "http://::::",
            "http://[",
            "http://px/x",
            "px/x",
            "px?x",
            "http://px#x",
            "px:1;x",
            "p%3Fx",
            "x?y://px:1",
            " px",
        ] {
            assert_eq!(proxy_url(address), None, "{address}");
        }
    }

    #[test]
    fn a_machine_has_many_names_for_itself() {
        let is_there = |address: &str, listen: &str| leads_to(address, listen.parse().unwrap());
        for host in [
            "127.0.0.1",
            "127.8.9.1",
            "127.1",
            "127.0.0.1.",
            "localhost",
            "LocalHost.",
            "kestra.localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
        ] {
            for listen in ["127.0.0.1", "0.0.0.0", "[::1]"] {
                let address = format!("http://{host}:81/a/");
                assert!(is_there(&address, &format!("{listen}:81")), "{address} {listen}");
                assert!(!is_there(&address, &format!("{listen}:82")), "{address} {listen}");
                assert!(!is_there(&address, "10.0.0.1:81"), "{address}");
            }
        }
        for (address, listen, leads) in [
            ("http://localhost", "127.0.0.1:80", true),
            ("https://localhost/", "127.0.0.1:443", true),
            ("http://10.0.0.1:81", "10.0.0.1:81", true),
            ("http://10.0.0.2:81", "10.0.0.1:81", false),
            ("http://kestra:81", "127.0.0.1:81", false),
            ("nothing", "127.0.0.1:81", false),
            // Nobody has this number.
            ("http://192.0.2.1:81", "0.0.0.0:81", false),
        ] {
            assert_eq!(is_there(address, listen), leads, "{address} {listen}");
        }
        // On its networks it has these.
        let own: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "fd00::1".parse().unwrap()];
        for (address, listen, leads) in [
            ("http://10.0.0.1:81", "0.0.0.0:81", true),
            ("http://[fd00::1]:81", "[::]:81", true),
            ("http://10.0.0.1:81", "0.0.0.0:82", false),
            ("http://[fd00::1]:81", "0.0.0.0:81", false),
            ("http://10.0.0.2:81", "0.0.0.0:81", false),
            ("http://10.0.0.1:81", "127.0.0.1:81", false),
        ] {
            let is_there = reaches(address, listen.parse().unwrap(), &|ip| own.contains(&ip));
            assert_eq!(is_there, leads, "{address} {listen}");
        }
    }

    #[test]
    fn what_is_no_address_says_why_and_keeps_secrets() {
        for text in [
            "",
            "kestra.example.com",
            "localhost:8080",
            "ftp://example.com",
            "http://",
            "https://me:s3cret@example.com",
            "https://kestra.m\u{fc}nchen.example",
        ] {
            let problem = Base::parse(text).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Invalid, "{text}");
            assert!(!format!("{problem:?}").contains("s3cret"));
            assert!(problem.next.contains("`xn--...`"), "{text}");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let mut settings = HttpSettings::new(
            "https://u:s3cret@h",
            Credentials::Basic {
                username: "anna".to_owned(),
                password: "s3cret".to_owned(),
            },
        );
        settings.headers.push(("X-Proxy".to_owned(), "s3cret".to_owned()));
        settings.proxy = Some("http://p:s3cret@proxy:3128".to_owned());
        let printed = format!("{settings:?} {:?}", Credentials::Token("s3cret".to_owned()));
        assert!(!printed.contains("s3cret"), "{printed}");
        assert!(printed.contains("anna"));
        assert_eq!(settings.secrets(), ["s3cret"; 3]);
        // As it is written in an address, and as it is sent.
        for (proxy, secrets) in [
            ("p:s3cret@proxy:3128", vec!["s3cret"; 3]),
            (
                "http://p:s3cret%40x@proxy",
                vec!["s3cret", "s3cret", "s3cret%40x", "s3cret@x"],
            ),
        ] {
            settings.proxy = Some(proxy.to_owned());
            assert_eq!(settings.secrets(), secrets, "{proxy}");
            assert!(!format!("{settings:?}").contains("s3cret"), "{settings:?}");
        }
    }
}
