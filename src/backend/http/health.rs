//! The health endpoint of a Kestra's management port: `/health` and its kin. It needs no credentials.

use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks a health endpoint once.
///
/// # Errors
/// Why the servers are not healthy, in words.
pub async fn is_healthy(url: &str) -> Result<(), String> {
    // Whoever came first has installed the same.
    _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|_| "the health address cannot be asked".to_owned())?;
    match client.get(url).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!(
            "the servers say that they are not healthy (status {})",
            answer.status().as_u16()
        )),
        Err(error) if error.is_timeout() => Err("the health address does not answer in time".to_owned()),
        Err(_) => Err("the health address does not answer".to_owned()),
    }
}

/// Whether nothing listens at an address any more, not even something that answers with an error.
///
/// # Errors
/// What is there instead, in words.
pub async fn is_refused(url: &str) -> Result<(), String> {
    let parsed = reqwest::Url::parse(url).map_err(|_| "the address cannot be understood".to_owned())?;
    let host = parsed
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let port = parsed.port_or_known_default().unwrap_or(80);
    let connecting = tokio::net::TcpStream::connect((host, port));
    match tokio::time::timeout(PATIENCE, connecting).await {
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Ok(()),
        Ok(Ok(_)) => Err("something still listens there".to_owned()),
        Ok(Err(_)) | Err(_) => Err("whether something listens there cannot be told".to_owned()),
    }
}
