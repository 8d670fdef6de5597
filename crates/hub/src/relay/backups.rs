//! Sealed backups at the relay: brought by this hub, and fetched by a new box that knows nothing but the recovery key.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use maitred_link::deposit::{Deposit, FETCH, HASH, HUB, PATH, SIGNATURE, of_hex, to_hex};
use maitred_link::{BadKey, Trust, TrustError};
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Client, Response};
use serde::Deserialize;

use super::Relay;
use crate::backup::{Sealed, SealingKey};
use crate::limits::{BACKUP_SILENCE_MAX, PEER_GREETING_TIME_MAX};
use crate::peers::PeerUrl;

/// Why the relay has no backup, or does not hand it out.
#[derive(Debug, thiserror::Error)]
pub enum BroughtError {
    /// It cannot be asked.
    #[error("the relay is not reached")]
    Unreachable(#[from] reqwest::Error),
    /// It will not.
    #[error("the relay refuses: {0}")]
    Refused(String),
    /// Certificates cannot be used.
    #[error("cannot use the certificates of the relay")]
    Trust(#[from] TrustError),
    /// The sealing key is none.
    #[error("the sealing key is damaged")]
    Key(#[from] BadKey),
    /// The file cannot be read or written.
    #[error("cannot use the file of the backup")]
    Io(#[from] io::Error),
}

impl Relay {
    /// Brings the file that measures `sealed` to the relay.
    ///
    /// # Errors
    /// [`BroughtError`] when the relay does not have it.
    pub async fn keep_backup(
        &self,
        file: &Path,
        sealed: Sealed,
        key: &SealingKey,
    ) -> Result<(), BroughtError> {
        let deposit = Deposit { hash: sealed.hash, bytes: sealed.bytes, fetch: of_hex(&key.fetch)? };
        let body = tokio::fs::File::open(file).await?;
        let request = client(&self.trust)?
            .put(format!("{}{PATH}", self.url()))
            .header(HUB, self.identity.public().to_string())
            .header(HASH, to_hex(deposit.hash))
            .header(FETCH, to_hex(deposit.fetch))
            .header(SIGNATURE, deposit.sign(&self.identity))
            .header(CONTENT_LENGTH, deposit.bytes)
            .body(body);
        accepted(request.send().await?).await?;
        tracing::info!(bytes = deposit.bytes, url = %self.url(), "a backup is at the relay");
        Ok(())
    }
}

/// Fetches the newest backup that is handed out for `token` from the relay at `url` into the file `to`.
///
/// # Errors
/// [`BroughtError`] when it is not there as a whole.
pub async fn fetch_backup(
    url: &PeerUrl,
    token: &str,
    certificates: Option<&Path>,
    to: &Path,
) -> Result<(), BroughtError> {
    let client = client(&Trust::new(certificates)?)?;
    let answer = client.get(format!("{url}{PATH}")).bearer_auth(token).send().await?;
    let mut answer = accepted(answer).await?;
    let mut file = File::create(to)?;
    while let Some(chunk) = answer.chunk().await? {
        file.write_all(&chunk)?;
    }
    Ok(file.sync_all()?)
}

fn client(trust: &Trust) -> Result<Client, reqwest::Error> {
    Client::builder()
        .tls_backend_preconfigured(trust.config())
        .connect_timeout(PEER_GREETING_TIME_MAX)
        .read_timeout(BACKUP_SILENCE_MAX)
        .build()
}

/// What a relay says when it refuses.
#[derive(Default, Deserialize)]
struct Refusal {
    title: String,
    detail: String,
}

async fn accepted(answer: Response) -> Result<Response, BroughtError> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    let said: Refusal = answer.json().await.unwrap_or_default();
    Err(BroughtError::Refused(match said.title.as_str() {
        "" => status.to_string(),
        title => format!("{title} ({})", said.detail),
    }))
}
