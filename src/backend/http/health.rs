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
