//! The one place that sends requests: TLS, proxies, time and size limits; and what broke where something did.
//!
//! It neither follows redirects nor keeps cookies, and knows nothing of Kestra.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path as FilePath;
use std::sync::Once;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Identity, Proxy, RequestBuilder};

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::visible;

use super::call::Call;
use super::settings::{Base, HttpSettings, proxy_url};

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// Connections kept open while nothing is asked.
const IDLE_CONNECTIONS: usize = 16;
/// The longest a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The header by which servers and proxies find a request again in their logs.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// What a server answered.
#[derive(Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The id under which the request was sent.
    pub request_id: String,
}

/// Without headers and body, which may hold a login or a token.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({})", self.status)
    }
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The id under which logs on the way have the request: the one that came back, or the one that was sent.
    pub(super) fn request_id(&self) -> &str {
        self.header(REQUEST_ID).unwrap_or(&self.request_id)
    }

    /// Whether it is a page for people.
    pub(super) fn is_html(&self) -> bool {
        let said = self
            .header("content-type")
            .is_some_and(|kind| kind.contains("text/html"));
        let start: Vec<u8> = self
            .body
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .take(5)
            .collect();
        said || start.eq_ignore_ascii_case(b"<html") || start.eq_ignore_ascii_case(b"<!doc")
    }
}

/// What shows who we are.
#[derive(Clone)]
pub(super) enum Proof {
    Nothing,
    Token(String),
    Password {
        username: String,
        password: String,
    },
    /// What a login gave us; the second only where something is changed.
    Cookies {
        jwt: String,
        csrf: Option<String>,
    },
}

/// What broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nobody listens there.
    Refused,
    /// The name of the host is not known.
    Name,
    /// There is no way to the host.
    Network,
    /// The certificate has expired, or is not valid yet.
    CertificateTime,
    /// The certificate is for another host.
    CertificateName,
    /// Nobody we trust has signed the certificate.
    CertificateIssuer,
    /// The server wants a certificate of ours, or another one.
    ClientCertificate,
    /// What answers does not speak TLS.
    NotTls,
    /// TLS failed in another way.
    Tls,
    /// The proxy did not let us through.
    Proxy,
    /// No connection in time.
    ConnectTimeout,
    /// No answer in time.
    Timeout,
    /// The connection was closed before the answer.
    Closed,
    /// It was closed within the answer.
    CutOff,
    /// The answer is larger than anything Kestra sends.
    TooLarge,
    /// What answers does not speak HTTP.
    NotHttp,
    /// Something else.
    Other,
}

/// A request without an answer.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub trouble: Trouble,
    /// Whether the server may have received it.
    pub may_have_arrived: bool,
    /// The id of the request, then the causes, outermost first.
    pub detail: String,
}

/// What sends requests to one instance.
pub(super) struct Transport {
    client: Client,
    base: Base,
    headers: HeaderMap,
    is_proxied: bool,
    largest: usize,
}

impl Transport {
    /// Everything is checked that can be without the network.
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, Problem> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Somebody else may have chosen one already, which is as good.
            _ = rustls::crypto::ring::default_provider().install_default();
        });
        let base = Base::parse(&settings.base_url)?;
        let is_proxied = settings.proxy.is_some() || has_system_proxy(&base);
        let mut builder = Client::builder()
            .user_agent(concat!("kestra-admin/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // A part of the whole, so that it is known which of the two ran out.
            .connect_timeout((settings.timeout * 3 / 4).min(CONNECT_TIMEOUT))
            .timeout(settings.timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tcp_nodelay(true);
        if let Some(proxy) = &settings.proxy {
            let url = proxy_url(proxy).and_then(|url| Proxy::all(url).ok());
            builder = builder.proxy(url.ok_or_else(|| {
                // The cause would print the address with its password.
                let why = "Its address is no host and port, with `http://` or `https://` before it.";
                unusable("The proxy cannot be used.", why.to_owned())
            })?);
        }
        if let Some(file) = &settings.ca_file {
            let certificates = Certificate::from_pem_bundle(&read(file)?)
                .ok()
                .filter(|certificates| !certificates.is_empty())
                .ok_or_else(|| no_pem(file, "certificates"))?;
            builder = builder.tls_certs_merge(certificates);
        } else if !base.is_secure() && !is_proxied {
            // Reading the system's certificates takes time, and can fail, for nothing.
            builder = builder.tls_certs_only([]);
        }
        if let Some((certificate, key)) = &settings.client_certificate {
            let mut pem = read(certificate)?;
            pem.push(b'\n');
            pem.extend(read(key)?);
            let identity = Identity::from_pem(&pem).map_err(|_| no_pem(certificate, "a certificate and its key"))?;
            builder = builder.identity(identity);
        }
        let client = builder.build().map_err(|error| no_client(&causes(&error)))?;
        Ok(Self {
            client,
            base,
            headers: own_headers(settings)?,
            is_proxied,
            largest: LARGEST_ANSWER,
        })
    }

    #[cfg(test)]
    pub(super) fn with_largest_answer(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    pub(super) fn base(&self) -> &Base {
        &self.base
    }

    /// Whether requests go through a proxy, that of the settings or that of the environment.
    pub(super) fn is_proxied(&self) -> bool {
        self.is_proxied
    }

    /// Sends one request, once.
    pub(super) async fn send(&self, call: &Call, proof: &Proof) -> Result<Answer, Broken> {
        let target = call.target().unwrap_or_default();
        let request_id = match self.headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()) {
            Some(of_context) => of_context.to_owned(),
            None => uuid::Uuid::new_v4().simple().to_string(),
        };
        // Headers of the context come last, so that what is set there counts.
        let mut request = self
            .client
            .request(call.method.clone(), format!("{}{target}", self.base.text()))
            .header(REQUEST_ID, &request_id)
            .headers(self.headers.clone());
        request = match proof {
            Proof::Nothing => request,
            Proof::Token(token) => request.bearer_auth(token),
            Proof::Password { username, password } => request.basic_auth(username, Some(password)),
            Proof::Cookies { jwt, csrf } => {
                let mut cookies = format!("JWT={jwt}");
                if let Some(csrf) = csrf {
                    cookies.push_str("; csrfToken=");
                    cookies.push_str(csrf);
                    request = request.header("X-CSRF-TOKEN", csrf);
                }
                request.header(COOKIE, cookies)
            }
        };
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        self.receive(request, request_id.clone())
            .await
            .map_err(|broken| Broken {
                detail: format!("request id {}\n{}", visible(&request_id), broken.detail),
                ..broken
            })
    }

    async fn receive(&self, request: RequestBuilder, request_id: String) -> Result<Answer, Broken> {
        let mut response = request.send().await.map_err(|error| broken(&error, self.is_proxied))?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: Vec::new(),
            request_id,
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| cut_off(&error))? {
            if answer.body.len().saturating_add(chunk.len()) > self.largest {
                return Err(Broken {
                    trouble: Trouble::TooLarge,
                    may_have_arrived: true,
                    detail: format!("more than {} bytes", self.largest),
                });
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

/// Whether the environment names a proxy for this address.
fn has_system_proxy(base: &Base) -> bool {
    let system = hyper_util::client::proxy::matcher::Matcher::from_system();
    base.text()
        .parse()
        .is_ok_and(|address: hyper::Uri| system.intercept(&address).is_some())
}

fn own_headers(settings: &HttpSettings) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("application/json, application/problem+json, */*;q=0.5"),
    );
    for (name, value) in &settings.headers {
        let shown = visible(name);
        let parsed_name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| unusable("A header cannot be sent.", format!("`{shown}` is no name of a header.")))?;
        let mut parsed = HeaderValue::from_str(value).map_err(|_| {
            unusable(
                "A header cannot be sent.",
                format!("The value of `{shown}` has characters that headers cannot have."),
            )
        })?;
        parsed.set_sensitive(true);
        headers.insert(parsed_name, parsed);
    }
    Ok(headers)
}

/// What is said where certificates are in the way.
const TLS: &str = "TLS cannot be set up.";

fn unusable(what: &str, why: String) -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        what,
        why,
        "Correct the settings of this context, then try again.",
    )
}

/// Why nothing can be sent at all: mostly a machine that trusts nobody, as a bare container.
fn no_client(causes: &str) -> Problem {
    if !causes.contains("No CA certificates") {
        return unusable(TLS, format!("{causes}."));
    }
    Problem {
        next: "Install ca-certificates there, or name your authority as `ca-file` in the context.".to_owned(),
        ..unusable(
            TLS,
            "This machine has no certificates of authorities to trust.".to_owned(),
        )
    }
}

fn no_pem(file: &FilePath, wanted: &str) -> Problem {
    unusable(
        TLS,
        format!("`{}` does not hold {wanted} as PEM.", visible(&file.to_string_lossy())),
    )
}

fn read(file: &FilePath) -> Result<Vec<u8>, Problem> {
    std::fs::read(file).map_err(|error| {
        unusable(
            TLS,
            format!("`{}` cannot be read: {error}.", visible(&file.to_string_lossy())),
        )
    })
}

/// The causes of an error in one line, without the address, which may carry parameters.
pub(super) fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for cause in chain(error) {
        let text = match cause.downcast_ref::<reqwest::Error>() {
            // It prints its address, and the rest in its source.
            Some(error) if error.source().is_some() => continue,
            _ => cause.to_string(),
        };
        if !texts.iter().any(|said| said.contains(&text)) {
            texts.push(text);
        }
    }
    visible(&texts.join(": ")).into_owned()
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| next_cause(*error))
}

/// An input/output error hides the one it was made from.
fn next_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    chain(error).find_map(|cause| cause.downcast_ref::<T>())
}

fn broken(error: &reqwest::Error, is_proxied: bool) -> Broken {
    let trouble = match trouble(error) {
        // Where a proxy is on the way, the only connection we make is to it.
        Trouble::Refused | Trouble::Name | Trouble::Network | Trouble::ConnectTimeout if is_proxied => Trouble::Proxy,
        trouble => trouble,
    };
    let before = error.is_connect()
        || error.is_builder()
        || matches!(
            trouble,
            Trouble::CertificateTime
                | Trouble::CertificateName
                | Trouble::CertificateIssuer
                | Trouble::NotTls
                | Trouble::Proxy
        );
    Broken {
        trouble,
        may_have_arrived: !before,
        detail: causes(error),
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    if let Some(tls) = find::<rustls::Error>(error) {
        return tls_trouble(tls);
    }
    if error.is_timeout() {
        return if error.is_connect() {
            Trouble::ConnectTimeout
        } else {
            Trouble::Timeout
        };
    }
    if error.is_dns() {
        return Trouble::Name;
    }
    if error.is_connect() && causes(error).contains("tunnel") {
        return Trouble::Proxy;
    }
    let kind = find::<io::Error>(error).map(io::Error::kind);
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => return Trouble::Refused,
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => return Trouble::Network,
        Some(
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof,
        ) => return Trouble::Closed,
        _ => {}
    }
    match find::<hyper::Error>(error) {
        Some(hyper) if hyper.is_parse() => Trouble::NotHttp,
        Some(hyper) if hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() => Trouble::Closed,
        _ => Trouble::Other,
    }
}

fn tls_trouble(error: &rustls::Error) -> Trouble {
    use rustls::{AlertDescription as Alert, CertificateError as Certificate, Error};

    match error {
        Error::InvalidCertificate(certificate) => match certificate {
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. } => Trouble::CertificateTime,
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => Trouble::CertificateName,
            Certificate::UnknownIssuer | Certificate::BadSignature => Trouble::CertificateIssuer,
            Certificate::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Trouble::CertificateIssuer,
            _ => Trouble::Tls,
        },
        Error::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnknownCA
            | Alert::CertificateUnknown
            | Alert::CertificateExpired
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            // What it could not verify is our signature, or that of the one who signed for us.
            | Alert::DecryptError
            | Alert::AccessDenied,
        ) => Trouble::ClientCertificate,
        Error::InvalidMessage(_) => Trouble::NotTls,
        _ => Trouble::Tls,
    }
}

fn cut_off(error: &reqwest::Error) -> Broken {
    Broken {
        trouble: if error.is_timeout() {
            Trouble::Timeout
        } else {
            Trouble::CutOff
        },
        may_have_arrived: true,
        detail: causes(error),
    }
}
