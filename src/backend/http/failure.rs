//! What went wrong with a call, for the program: how far it got, and the [`Problem`] to show.
//!
//! Here are the words for calls that got no answer; those for answers that refuse are in [`super::refusal`].

use std::time::Duration;

use crate::domain::problem::{Problem, ProblemKind};

use super::call::Call;
use super::settings::{Base, HttpSettings};
use super::transport::{Broken, Trouble};

/// How far a call got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// It surely never arrived.
    Nobody,
    /// It may have arrived, and may have been carried out.
    Perhaps,
    /// It was answered with this status.
    Answered(u16),
}

/// A call that did not do what it should.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// How far it got.
    pub reached: Reached,
    /// Whether the same call may well succeed in a moment.
    pub passing: bool,
    /// How long the server asks to wait.
    pub wait: Option<Duration>,
    /// Whether the server has no such route, rather than no such object.
    pub no_route: bool,
    /// The problem to show.
    pub problem: Problem,
}

impl Failure {
    /// A failure that was found without asking.
    pub(super) fn known(problem: Problem) -> Self {
        Self {
            reached: Reached::Nobody,
            passing: false,
            wait: None,
            no_route: false,
            problem,
        }
    }

    /// A call that got no answer.
    pub(super) fn broken(call: &Call, broken: &Broken, base: &Base, settings: &HttpSettings) -> Self {
        let passing = matches!(
            broken.trouble,
            Trouble::Refused
                | Trouble::Name
                | Trouble::Network
                | Trouble::ConnectTimeout
                | Trouble::Timeout
                | Trouble::Closed
                | Trouble::CutOff
                | Trouble::Other
        );
        Self {
            reached: if broken.may_have_arrived {
                Reached::Perhaps
            } else {
                Reached::Nobody
            },
            passing,
            wait: None,
            no_route: false,
            problem: words(broken, base, settings).with_detail(format!("{}\n{}", call.line(), broken.detail)),
        }
    }

    /// Whether a write of which this is the outcome may have been carried out.
    pub(super) fn may_be_done(&self) -> bool {
        match self.reached {
            Reached::Nobody => false,
            Reached::Perhaps => true,
            // A gateway says so when it does not know what became of it, a server when it broke down over it.
            Reached::Answered(status) => status >= 500,
        }
    }

    /// Whether such a write may still be carried out after a look that did not find it: nobody said that it has ended.
    pub(super) fn may_come(&self) -> bool {
        matches!(self.reached, Reached::Perhaps | Reached::Answered(504))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::known(problem)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        failure.problem
    }
}

/// A number of seconds in words.
pub(super) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds, duration.subsec_millis()) {
        (0, milliseconds) => format!("{milliseconds} ms"),
        (1, _) => "1 second".to_owned(),
        (60, _) => "1 minute".to_owned(),
        (seconds, _) if seconds > 90 => format!("{} minutes", seconds.div_ceil(60)),
        (seconds, _) => format!("{seconds} seconds"),
    }
}

fn words(broken: &Broken, base: &Base, settings: &HttpSettings) -> Problem {
    let timeout = settings.timeout;
    let starts = settings.how_to_start();
    let (url, host, port) = (base.text(), base.host(), base.port());
    let unreachable = |what: String, why: String, next: &str| Problem::new(ProblemKind::Unreachable, what, why, next);
    let not_reached = format!("`{url}` cannot be reached.");
    let not_trusted = format!("`{url}` cannot be trusted.");
    match broken.trouble {
        Trouble::Refused => unreachable(
            not_reached,
            format!("Nothing listens on port {port} of `{host}`: the connection was refused."),
            starts
                .as_deref()
                .unwrap_or("Check that Kestra is running, and that the port is right."),
        ),
        Trouble::Name => unreachable(
            not_reached,
            format!("The name `{host}` is not known here."),
            "Check the spelling, and whether a VPN is needed to resolve it.",
        ),
        Trouble::Network => unreachable(
            not_reached,
            format!("There is no way from here to `{host}`."),
            "Check the network, the VPN, and the proxy if there is one.",
        ),
        Trouble::ConnectTimeout => unreachable(
            not_reached,
            if base.is_secure() {
                format!("No TLS connection to port {port} of `{host}` came about in time.")
            } else {
                format!("`{host}` did not take a connection on port {port} in time.")
            },
            if base.is_secure() {
                "Check the port, whether it speaks TLS, and whether a firewall or a VPN lies between."
            } else {
                "Check the port, and whether a firewall or a VPN lies between."
            },
        ),
        Trouble::Timeout => unreachable(
            format!("`{url}` did not answer."),
            format!("There was no answer within {}.", seconds(timeout)),
            "Try again, or allow more time with `timeout-seconds` of the context.",
        ),
        Trouble::Closed => unreachable(
            format!("`{url}` did not answer."),
            "The connection was closed before the answer came, or reset.".to_owned(),
            "Try again; if it happens again, look at the log of Kestra and of what stands before it.",
        ),
        Trouble::CutOff => unreachable(
            format!("The answer of `{url}` broke off."),
            "The connection was closed half-way through it.".to_owned(),
            "Try again; if it happens again, look at the log of Kestra and of what stands before it.",
        ),
        Trouble::TooLarge => unreachable(
            format!("The answer of `{url}` was not read."),
            format!("It is larger than anything Kestra sends: {}.", broken.detail),
            "Check that the address is Kestra's.",
        ),
        Trouble::CertificateTime => unreachable(
            not_trusted,
            "Its certificate has expired or is not valid yet.".to_owned(),
            "Have the certificate renewed; if it is valid, check the clock of this computer.",
        ),
        Trouble::CertificateName => unreachable(
            not_trusted,
            format!("Its certificate is for another host than `{host}`."),
            "Use the name the certificate is for, or have one issued for this name.",
        ),
        Trouble::CertificateIssuer => unreachable(
            not_trusted,
            "Its certificate is not signed by an authority this computer trusts.".to_owned(),
            "Name the certificate of your authority with `ca-file` of the context.",
        ),
        Trouble::ClientCertificate => unreachable(
            format!("`{url}` does not let us in."),
            "It asks for a client certificate, or does not take the one it was shown.".to_owned(),
            "Set `client-cert` and `client-key` of the context.",
        ),
        Trouble::NotTls => unreachable(
            not_reached,
            format!("What listens on port {port} of `{host}` does not speak TLS."),
            "Try the address with `http://`, or check the port.",
        ),
        Trouble::Tls => unreachable(
            not_reached,
            "No encrypted connection came about.".to_owned(),
            "Look at the cause in the details; the server may only offer TLS older than 1.2.",
        ),
        Trouble::Proxy => unreachable(
            not_reached,
            "The proxy on the way cannot be reached, or did not open the way.".to_owned(),
            "Check the proxy, and what it asks for: its address, a name, a password.",
        ),
        Trouble::NotHttp => unreachable(
            not_reached,
            format!("What listens on port {port} of `{host}` does not speak HTTP."),
            "Check the port; if it expects TLS, write the address with `https://`.",
        ),
        Trouble::Other => unreachable(
            not_reached,
            "The request could not be sent, or its answer not be read.".to_owned(),
            "Look at the cause in the details, then try again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::Credentials;
    use super::super::call::Path;
    use super::*;

    #[test]
    fn every_trouble_has_its_own_words() {
        let base = Base::parse("https://kestra.example.com").unwrap();
        let call = Call::get(Path::api("configs"), "ask");
        let settings = HttpSettings::new("https://kestra.example.com", Credentials::Nobody);
        let mut seen = HashSet::new();
        for trouble in [
            Trouble::Refused,
            Trouble::Name,
            Trouble::Network,
            Trouble::CertificateTime,
            Trouble::CertificateName,
            Trouble::CertificateIssuer,
            Trouble::ClientCertificate,
            Trouble::NotTls,
            Trouble::Tls,
            Trouble::Proxy,
            Trouble::ConnectTimeout,
            Trouble::Timeout,
            Trouble::Closed,
            Trouble::CutOff,
            Trouble::TooLarge,
            Trouble::NotHttp,
            Trouble::Other,
        ] {
            let broken = Broken {
                trouble,
                may_have_arrived: false,
                detail: "cause".to_owned(),
            };
            let failure = Failure::broken(&call, &broken, &base, &settings);
            assert_eq!(failure.problem.kind, ProblemKind::Unreachable);
            assert!(seen.insert(failure.problem.why.clone()), "{trouble:?}");
            assert!(failure.problem.detail.unwrap().contains("GET /api/v1/configs"));
        }
    }

    #[test]
    fn of_a_rehearsal_that_does_not_run_it_is_said_how_to_start_it() {
        let base = Base::parse("http://127.0.0.1:9").unwrap();
        let settings = HttpSettings {
            starts: Some("kestra-admin rehearsal start lab".to_owned()),
            ..HttpSettings::new("http://127.0.0.1:9", Credentials::Nobody)
        };
        let next = |trouble| {
            let broken = Broken {
                trouble,
                may_have_arrived: false,
                detail: String::new(),
            };
            words(&broken, &base, &settings).next
        };
        assert_eq!(
            next(Trouble::Refused),
            "Start it with `kestra-admin rehearsal start lab`."
        );
        assert!(!next(Trouble::Timeout).contains("rehearsal"));
    }

    #[test]
    fn durations_are_said_in_words() {
        for (milliseconds, words) in [
            (300, "300 ms"),
            (1_000, "1 second"),
            (30_000, "30 seconds"),
            (60_000, "1 minute"),
            (1_800_000, "30 minutes"),
            (91_000, "2 minutes"),
        ] {
            assert_eq!(seconds(Duration::from_millis(milliseconds)), words);
        }
    }
}
