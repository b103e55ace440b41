//! The base URL of a Kestra.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::text::authority;

/// The base URL of a Kestra: `http` or `https`, a host, maybe a port and a path prefix. No slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HostUrl(String);

impl HostUrl {
    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HostUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let rest = text
            .split_once("://")
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
            .map(|(_, rest)| rest)
            .ok_or("a host starts with https:// or http://")?;
        let authority = authority(text).unwrap_or_default();
        if authority.contains('@') {
            return Err("a host carries no credentials; put them in auth".to_owned());
        }
        if authority.is_empty() || authority.starts_with(':') {
            return Err("the host has no name".to_owned());
        }
        if rest.contains(['?', '#']) || rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(
                "a host has neither spaces nor a query; give it like https://kestra.example.com/prefix".to_owned(),
            );
        }
        // A password may have a slash.
        if rest.contains('@') {
            return Err("a host carries no credentials; put them in auth".to_owned());
        }
        let (_, port) = authority.rsplit_once(']').unwrap_or(authority.split_at(0));
        let port = port.rsplit_once(':').map_or(Ok(0), |(_, port)| port.parse::<u16>());
        if port.is_err() || authority.starts_with('[') && !authority.contains(']') {
            return Err("the host and its port cannot be read".to_owned());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl TryFrom<String> for HostUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_taken_and_others_say_why() {
        for (text, expected) in [
            ("https://kestra.example.com", "https://kestra.example.com"),
            ("http://localhost:8080/", "http://localhost:8080"),
            ("https://x/kestra/", "https://x/kestra"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(
                text.parse::<HostUrl>().map(|url| url.to_string()),
                Ok(expected.to_owned())
            );
        }
        for (text, expected) in [
            ("kestra.example.com", "a host starts with https:// or http://"),
            ("ftp://x", "a host starts with https:// or http://"),
            (
                "https://anna:secret@x",
                "a host carries no credentials; put them in auth",
            ),
            (
                "https://anna:1/3secret@x",
                "a host carries no credentials; put them in auth",
            ),
            ("https://x:abc/y", "the host and its port cannot be read"),
            ("https://x:99999", "the host and its port cannot be read"),
            ("http://[::1", "the host and its port cannot be read"),
            ("https:///x", "the host has no name"),
            (
                "https://x?y=1",
                "a host has neither spaces nor a query; give it like https://kestra.example.com/prefix",
            ),
        ] {
            assert_eq!(text.parse::<HostUrl>(), Err(expected.to_owned()), "{text}");
        }
    }
}
