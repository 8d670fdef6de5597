//! Sealed backups of hubs: taken from who is enrolled, handed out to who holds the recovery key. Nobody here can open them.

use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use futures_util::StreamExt;
use maitred_link::deposit::{Deposit, FETCH, HASH, HUB, PATH, SIGNATURE, fetch_hash, of_hex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::limits::{BACKUP_BYTES_MAX, BACKUP_SILENCE_MAX};
use crate::problem::Problem;
use crate::storage::backups::Sealed;
use crate::storage::{EnrolledHub, StorageError};

/// What is sent at once, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// Routes without the limits of the others: a backup is long, and may take long.
pub fn router() -> Router<App> {
    Router::new().route(PATH, put(keep).get(hand_out))
}

/// Takes a backup of a hub.
async fn keep(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<StatusCode, Problem> {
    let _turn = turn(&app)?;
    let (deposit, hub) = deposit(&app, &headers).await?;
    let draft = stored(app.with_storage(|app| app.storage.draft()).await)?;
    let file = draft.as_file().try_clone().map_err(|error| refused(&error))?;
    take(body, &deposit, file.into()).await?;
    let Deposit { fetch, bytes, .. } = deposit;
    let sealed = Sealed { fetch, venue: hub.venue, hub: hub.hub, at: app.now(), bytes };
    stored(app.with_storage(move |app| app.storage.keep_backup(&sealed, draft)).await)?;
    tracing::info!(hub = %hub.hub, venue = %hub.venue, bytes, "a backup was taken");
    Ok(StatusCode::NO_CONTENT)
}

/// One of a few that are brought or fetched at once.
fn turn(app: &App) -> Result<OwnedSemaphorePermit, Problem> {
    let turn = app.deposits.clone().try_acquire_owned();
    turn.map_err(|_| Problem::new("busy", "too many backups at once").with("retry_after_secs", 60))
}

/// What the storage answered.
fn stored<T>(answer: Option<Result<T, StorageError>>) -> Result<T, Problem> {
    let answer = answer.ok_or_else(|| Problem::new("internal", "the relay's log says what"))?;
    answer.map_err(|error| refused(&error))
}

/// What a request deposits, when an enrolled hub signed for it.
async fn deposit(app: &App, headers: &HeaderMap) -> Result<(Deposit, EnrolledHub), Problem> {
    let nobody = || Problem::new("unauthenticated", "an enrolled hub signs for its backup");
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or_else(nobody);
    let length = text(header::CONTENT_LENGTH.as_str())?.parse().map_err(|_| nobody())?;
    let digits = |name: &str| of_hex(text(name)?).map_err(|_| nobody());
    let deposit = Deposit { hash: digits(HASH)?, bytes: length, fetch: digits(FETCH)? };
    let key = text(HUB)?.parse().map_err(|_| nobody())?;
    if !deposit.is_signed(key, text(SIGNATURE)?) {
        return Err(nobody());
    }
    let found = app.with_storage(move |app| app.storage.hub(key)).await;
    let found = found.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??;
    let hub = found.filter(|hub| !hub.is_revoked).ok_or_else(nobody)?;
    if deposit.bytes > BACKUP_BYTES_MAX {
        return Err(Problem::new("too-large", "a backup is too long").with("bytes_max", BACKUP_BYTES_MAX));
    }
    Ok((deposit, hub))
}

/// Writes the body to `out`, when it is what was signed for.
async fn take(body: Body, deposit: &Deposit, mut out: tokio::fs::File) -> Result<(), Problem> {
    let broken = || Problem::new("malformed-body", "it is not what was signed for");
    let (mut chunks, mut hasher, mut bytes) = (body.into_data_stream(), Box::<blake3::Hasher>::default(), 0);
    loop {
        let next = tokio::time::timeout(BACKUP_SILENCE_MAX, chunks.next()).await;
        let Some(chunk) = next.map_err(|_| broken())? else { break };
        let chunk = chunk.map_err(|_| broken())?;
        bytes += chunk.len() as u64;
        if bytes > deposit.bytes {
            return Err(broken());
        }
        hasher.update(&chunk);
        out.write_all(&chunk).await.map_err(|error| refused(&error))?;
    }
    if bytes != deposit.bytes || hasher.finalize().as_bytes() != &deposit.hash {
        return Err(broken());
    }
    out.sync_all().await.map_err(|error| refused(&error))
}

/// Hands out the newest backup to who holds its recovery key.
async fn hand_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let turn = turn(&app)?;
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = said.and_then(|said| said.strip_prefix("Bearer "));
    let token =
        token.ok_or_else(|| Problem::new("unauthenticated", "the recovery key says what to ask for"))?;
    let fetch = fetch_hash(token);
    let file = stored(app.with_storage(move |app| app.storage.newest_backup(fetch)).await)?;
    let file = file.ok_or_else(|| Problem::new("not-found", "no backup is kept for this recovery key"))?;
    let bytes = file.metadata().map_err(|error| refused(&error))?.len();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, bytes.into()),
    ];
    // The turn lasts as long as there is something to send.
    let pieces =
        futures_util::stream::try_unfold((tokio::fs::File::from(file), turn), |(mut file, turn)| async {
            let mut piece = Vec::with_capacity(PIECE_BYTES);
            let length = (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut piece).await?;
            Ok::<_, io::Error>((length > 0).then_some((piece, (file, turn))))
        });
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn refused(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a backup cannot be kept, or read");
    Problem::new("unhealthy", "the relay's log says what")
}
