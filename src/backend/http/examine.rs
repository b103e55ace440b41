//! The steps by which a connection is examined, each shown as soon as it is done.
//!
//! A step that fails says what to do next, and those that need it are skipped. Everything is asked anew; nothing that
//! was found out before counts.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use crate::domain::check::{Check, MAINTENANCE, Outcome};
use crate::domain::count::counted;
use crate::domain::problem::Problem;
use crate::domain::text::visible;

use super::HttpInstance;
use super::call::{Call, Path};
use super::core::Core;
use super::decode;
use super::detect::{Found, Known, is_open_source, open_source, release};
use super::dialect::MaintenanceSource;
use super::failure::{Failure, Reached, seconds};

/// The clocks may differ by so many seconds before it is said.
const CLOCKS_DIFFER: i64 = 60;
/// Days before its end from which on a licence is spoken of.
const LICENCE_ENDS_SOON: i64 = 30;
/// How long one address may take to be connected to.
const CONNECT: Duration = Duration::from_secs(5);

const NAME: &str = "name resolution";
const CONNECTION: &str = "connection";
const TLS: &str = "TLS";
const KESTRA: &str = "answers as Kestra";
const RELEASE: &str = "release";
const EDITION: &str = "edition";
const IDENTITY: &str = "identity";
const RIGHTS: &str = "rights";
const CLOCK: &str = "clock";
const LICENCE: &str = "licence";

/// All steps in their order.
const STEPS: [&str; 11] = [
    NAME,
    CONNECTION,
    TLS,
    KESTRA,
    RELEASE,
    EDITION,
    IDENTITY,
    RIGHTS,
    CLOCK,
    LICENCE,
    MAINTENANCE,
];

type Report<'a> = &'a mut (dyn FnMut(Check) + Send);

/// The end of an examination: the steps after this one are skipped.
struct Stopped(&'static str);

impl HttpInstance {
    /// Examines the connection step by step, from the name of the host to what we may do. Each step is reported once.
    pub async fn examine(&self, report: &mut (dyn FnMut(Check) + Send)) {
        let core = &self.0;
        if let Err(Stopped(at)) = core.examine(report).await {
            for step in STEPS.into_iter().skip_while(|step| *step != at).skip(1) {
                report(Check::new(
                    step,
                    Outcome::Skipped,
                    format!("not looked at: {at} failed"),
                ));
            }
        }
    }
}

fn pass(name: &'static str, found: impl Into<String>) -> Check {
    Check::new(name, Outcome::Pass, found)
}

fn failed(name: &'static str, problem: &Problem) -> Check {
    Check::new(name, Outcome::Fail, format!("{} {}", problem.what, problem.why)).with_next(problem.next.clone())
}

fn stop(report: Report<'_>, name: &'static str, problem: &Problem) -> Stopped {
    report(failed(name, problem));
    Stopped(name)
}

impl Core {
    async fn examine(&self, report: Report<'_>) -> Result<(), Stopped> {
        if self.transport.is_proxied() {
            for step in [NAME, CONNECTION] {
                report(Check::new(step, Outcome::Skipped, "the proxy sees to it"));
            }
        } else {
            let addresses = self.resolve(report).await?;
            self.connect(report, &addresses).await?;
        }
        let found = self.answers(report).await?;
        let known = self.is_kestra(report, &found).await?;
        report_rights(report, &known);
        report_clock(report, &found);
        report(self.licence().await);
        report(self.maintenance(&known).await);
        Ok(())
    }

    async fn resolve(&self, report: Report<'_>) -> Result<Vec<SocketAddr>, Stopped> {
        let base = self.transport.base();
        // An IPv6 address stands in brackets in a URL, and nowhere else.
        let host = base.host().trim_start_matches('[').trim_end_matches(']');
        let found = match timeout(CONNECT, lookup_host((host, base.port()))).await {
            Ok(found) => found.map(Iterator::collect::<Vec<_>>).unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        if found.is_empty() {
            let check = Check::new(NAME, Outcome::Fail, format!("`{}` is not known here.", visible(host)));
            report(check.with_next("Check the spelling, and whether a VPN is needed to resolve it."));
            return Err(Stopped(NAME));
        }
        let shown: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
        report(pass(NAME, shown.join(", ")));
        Ok(found)
    }

    async fn connect(&self, report: Report<'_>, addresses: &[SocketAddr]) -> Result<(), Stopped> {
        let mut cause = "no answer in time".to_owned();
        for address in addresses {
            match timeout(CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(_)) => {
                    report(pass(CONNECTION, address.to_string()));
                    return Ok(());
                }
                Ok(Err(error)) => cause = error.to_string(),
                Err(_) => {}
            }
        }
        let port = self.transport.base().port();
        let check = Check::new(
            CONNECTION,
            Outcome::Fail,
            format!("Nobody takes a connection on port {port}: {cause}."),
        );
        let usual = "Check that Kestra is running, the port, and whether a firewall lies between.";
        let starts = self.settings.how_to_start();
        report(check.with_next(starts.as_deref().unwrap_or(usual)));
        Err(Stopped(CONNECTION))
    }

    /// The first answer, which takes TLS where the address says so.
    async fn answers(&self, report: Report<'_>) -> Result<Found, Stopped> {
        let base = self.transport.base();
        let is_local = matches!(base.host(), "localhost" | "[::1]") || base.host().starts_with("127.");
        let found = self.find().await;
        if base.is_secure() {
            match &found {
                Err(failure) if failure.reached == Reached::Nobody && self.session.refused().is_none() => {
                    return Err(stop(report, TLS, &failure.problem));
                }
                _ => report(pass(TLS, "the certificate is trusted")),
            }
        } else if is_local || !self.has_credentials() {
            report(Check::new(TLS, Outcome::Skipped, "the address is not encrypted"));
        } else {
            report(
                Check::new(
                    TLS,
                    Outcome::Warn,
                    "What is sent there, secrets included, can be read on the way.",
                )
                .with_next("Use an address with `https://` if there is one."),
            );
        }
        match found {
            Ok(found) => {
                report(pass(KESTRA, self.url()));
                Ok(found)
            }
            Err(_) if self.session.refused().is_some() => {
                report(pass(KESTRA, format!("{}, to those it knows", self.url())));
                for step in [RELEASE, EDITION] {
                    report(Check::new(step, Outcome::Skipped, "told only to those it knows"));
                }
                let problem = self.session.refused();
                Err(match problem {
                    Some(problem) => stop(report, IDENTITY, &problem),
                    None => Stopped(IDENTITY),
                })
            }
            Err(failure) => Err(stop(report, KESTRA, &failure.problem)),
        }
    }

    async fn is_kestra(&self, report: Report<'_>, found: &Found) -> Result<Known, Stopped> {
        let version = decode::text(&found.configs, "version");
        let shown = version.as_deref().map(visible).unwrap_or_default().into_owned();
        match release(found) {
            Ok(Some(release)) if shown.starts_with(&release.to_string()) => report(pass(RELEASE, shown)),
            Ok(Some(release)) => report(pass(RELEASE, format!("{shown}, taken for {release}"))),
            Ok(None) => report(
                Check::new(RELEASE, Outcome::Warn, "It does not say; it is told by how it answers.")
                    .with_next("Look whether a proxy leaves something out of its answers."),
            ),
            Err(failure) => return Err(stop(report, RELEASE, &failure.problem)),
        }
        if is_open_source(found) {
            return Err(stop(report, EDITION, &open_source(self.url())));
        }
        report(pass(EDITION, "Enterprise"));
        match self.identify(found).await {
            Ok(known) => {
                let word = if known.me.superadmin {
                    known.dialect.release().superadmin_word()
                } else {
                    "user"
                };
                report(pass(IDENTITY, format!("`{}`, {word}", visible(&known.me.username))));
                Ok(known)
            }
            Err(failure) => Err(stop(report, IDENTITY, &failure.problem)),
        }
    }

    /// The licence.
    pub(super) async fn licence(&self) -> Check {
        let call = Call::get(Path::api("license-info"), "look at the licence");
        match self.json(&call).await {
            Ok(licence) => licence_check(&licence, Timestamp::now()),
            Err(failure) => not_told(LICENCE, &failure),
        }
    }

    /// Whether it is in maintenance.
    pub(super) async fn maintenance(&self, known: &Known) -> Check {
        let told = match known.dialect.maintenance() {
            MaintenanceSource::Nowhere => None,
            MaintenanceSource::Configs => known.configs.get("inMaintenance").and_then(Value::as_bool),
            MaintenanceSource::Status => {
                let call = Call::get(Path::api("instance/maintenance/status"), "look for maintenance");
                match self.json(&call).await {
                    Ok(status) => status.get("maintenance").and_then(Value::as_bool),
                    Err(failure) => return not_told(MAINTENANCE, &failure),
                }
            }
        };
        match told {
            Some(false) => pass(MAINTENANCE, "off"),
            Some(true) => Check::new(
                MAINTENANCE,
                Outcome::Warn,
                "It is in maintenance: executions wait until that ends.",
            )
            .with_next("End it in Kestra when the work is done."),
            None => Check::new(MAINTENANCE, Outcome::Skipped, "this Kestra does not tell"),
        }
    }
}

/// A question that is not for everybody, or not for every release.
fn not_told(name: &'static str, failure: &Failure) -> Check {
    match failure.reached {
        Reached::Answered(403 | 404 | 501) => Check::new(name, Outcome::Skipped, "not told to us"),
        _ => failed(name, &failure.problem),
    }
}

fn report_rights(report: Report<'_>, known: &Known) {
    let rights = known.rights();
    let denied: Vec<String> = [rights.create_tenant, rights.update_tenant, rights.delete_tenant]
        .into_iter()
        .filter_map(Result::err)
        .collect();
    let what = if denied.len() < 3 {
        "Not all can be done with tenants"
    } else {
        "Tenants cannot be managed"
    };
    report(match denied.first() {
        None => pass(RIGHTS, "may create, change and delete tenants"),
        Some(reason) => Check::new(RIGHTS, Outcome::Warn, format!("{what}: {reason}.")).with_next(
            if known.dialect.tenancy().enabled {
                format!("Use the account of {}.", known.dialect.release().a_superadmin())
            } else {
                "Turn multi-tenancy on first: `kestra-admin migrate plan`, or `m` on the console's screen of tenants, leads through it."
                    .to_owned()
            },
        ),
    });
}

fn report_clock(report: Report<'_>, found: &Found) {
    report(clock_check(found.clock, Timestamp::now().as_second()));
}

fn clock_check(server: Option<i64>, ours: i64) -> Check {
    let Some(server) = server else {
        return Check::new(CLOCK, Outcome::Skipped, "the server does not tell the time");
    };
    let apart = (server - ours).unsigned_abs();
    let shown = seconds(Duration::from_secs(apart));
    if apart <= CLOCKS_DIFFER.unsigned_abs() {
        return pass(CLOCK, "both clocks agree");
    }
    let direction = if server > ours { "ahead of" } else { "behind" };
    Check::new(
        CLOCK,
        Outcome::Warn,
        format!("The server's clock is {shown} {direction} ours."),
    )
    .with_next("Set both clocks by time servers; logins and tokens depend on them.")
}

fn licence_check(licence: &Value, now: Timestamp) -> Check {
    let kind = decode::text(licence, "type").map_or_else(
        || "there is one".to_owned(),
        |kind| visible(&kind.to_lowercase()).into_owned(),
    );
    let end = ["expiry", "gracePeriod"].map(|key| decode::text(licence, key));
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
    let (expiry, grace) = (day(&end[0]), day(&end[1]));
    let date = |at: Timestamp| at.to_string().chars().take(10).collect::<String>();
    let expired =
        licence.get("expired").and_then(Value::as_bool).unwrap_or(false) || expiry.is_some_and(|expiry| expiry < now);
    if expired {
        let found = match (expiry, grace) {
            (_, Some(grace)) if grace > now => format!("It has expired; Kestra bears with it until {}.", date(grace)),
            (Some(expiry), _) => format!("It expired on {}.", date(expiry)),
            _ => "It has expired.".to_owned(),
        };
        let outcome = if grace.is_some_and(|grace| grace > now) {
            Outcome::Warn
        } else {
            Outcome::Fail
        };
        return Check::new(LICENCE, outcome, found).with_next("Renew the licence of this instance.");
    }
    match expiry {
        Some(expiry) => {
            let days = expiry.duration_since(now).as_secs() / 86_400;
            if days < LICENCE_ENDS_SOON {
                let left = counted(days.unsigned_abs(), "day");
                return Check::new(
                    LICENCE,
                    Outcome::Warn,
                    format!("It ends in {left}, on {}.", date(expiry)),
                )
                .with_next("Renew the licence of this instance.");
            }
            pass(LICENCE, format!("{kind}, until {}", date(expiry)))
        }
        None => pass(LICENCE, kind),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_licence_is_spoken_of_before_it_ends() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        for (licence, outcome, found) in [
            (
                json!({"type": "ENTERPRISE", "expiry": "2027-01-31T00:00:00Z", "expired": false}),
                Outcome::Pass,
                "enterprise, until 2027-01-31",
            ),
            (
                json!({"expiry": "2026-06-11T12:00:00Z"}),
                Outcome::Warn,
                "It ends in 10 days, on 2026-06-11.",
            ),
            (
                json!({"expiry": "2026-05-31T00:00:00Z"}),
                Outcome::Fail,
                "It expired on 2026-05-31.",
            ),
            (
                json!({"expired": true, "gracePeriod": "2026-07-01T00:00:00Z"}),
                Outcome::Warn,
                "It has expired; Kestra bears with it until 2026-07-01.",
            ),
            (json!({}), Outcome::Pass, "there is one"),
        ] {
            let check = licence_check(&licence, now);
            assert_eq!((check.outcome, check.found.as_str()), (outcome, found));
            assert_eq!(check.next.is_some(), outcome != Outcome::Pass);
        }
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        for (server, outcome) in [
            (None, Outcome::Skipped),
            (Some(1_000_060), Outcome::Pass),
            (Some(999_940), Outcome::Pass),
            (Some(1_000_061), Outcome::Warn),
            (Some(996_400), Outcome::Warn),
        ] {
            assert_eq!(clock_check(server, 1_000_000).outcome, outcome, "{server:?}");
        }
        assert!(
            clock_check(Some(996_400), 1_000_000)
                .found
                .contains("60 minutes behind")
        );
    }
}
