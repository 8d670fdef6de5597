//! Sealed backups of hubs: taken from who is enrolled, handed out to who holds the recovery key. Nobody here can open them.

use std::cmp::Reverse;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use futures_util::StreamExt;
use jiff::Timestamp;
use maitred_link::deposit::{Deposit, FETCH, HASH, HUB, PATH, SIGNATURE, fetch_hash, of_hex, to_hex};
use tokio::io::AsyncWriteExt;
use tower_http::services::ServeFile;

use crate::app::App;
use crate::limits::{
    BACKUP_AGE_MAX, BACKUP_BYTES_MAX, BACKUP_SILENCE_MAX, BACKUPS_BYTES_MAX, BACKUPS_PER_VENUE_MAX,
};
use crate::problem::Problem;
use crate::storage::EnrolledHub;
use maitred_process::clock;

const ENDING: &str = ".age";
/// Says of a token which venue's backups it is for.
const TOKENS: &str = "tokens";

/// Routes without the limits of the others: a backup is long, and may take long.
pub fn router() -> Router<App> {
    Router::new().route(PATH, put(keep).get(hand_out))
}

/// Takes a backup of a hub.
async fn keep(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<StatusCode, Problem> {
    let (folder, _place) = place(&app)?;
    let (deposit, hub) = deposit(&app, &headers).await?;
    let folder = folder.join(hub.venue.to_string());
    let name =
        format!("{}-{:016x}-{:.8}{ENDING}", to_hex(deposit.fetch), millis(app.now()), hub.hub.to_string());
    let unfinished = folder.join(format!("{:032x}.part", u128::from_be_bytes(clock::random())));
    tokio::fs::create_dir_all(&folder).await.map_err(|error| refused(&error))?;
    let taken = take(body, &deposit, &unfinished).await;
    if let Err(problem) = taken {
        // It may never have been made.
        let _ = tokio::fs::remove_file(&unfinished).await;
        return Err(problem);
    }
    let now = app.now();
    let settled =
        tokio::task::spawn_blocking(move || settle(&folder, &unfinished, &name, &deposit, now)).await;
    settled.map_err(|error| Problem::internal(&error))?.map_err(|error| refused(&error))?;
    tracing::info!(hub = %hub.hub, venue = %hub.venue, bytes = deposit.bytes, "a backup was taken");
    Ok(StatusCode::NO_CONTENT)
}

/// Where backups are kept, and a turn there.
fn place(app: &App) -> Result<(PathBuf, tokio::sync::OwnedSemaphorePermit), Problem> {
    let folder = app.storage.backups();
    let folder = folder.ok_or_else(|| Problem::new("no-backups", "it has a database of several nodes"))?;
    let turn = app.deposits.clone().try_acquire_owned();
    let turn =
        turn.map_err(|_| Problem::new("busy", "too many backups at once").with("retry_after_secs", 60))?;
    Ok((folder, turn))
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

/// Writes the body to `file`, when it is what was signed for.
async fn take(body: Body, deposit: &Deposit, file: &Path) -> Result<(), Problem> {
    let broken = || Problem::new("malformed-body", "it is not what was signed for");
    let mut out = tokio::fs::File::create(file).await.map_err(|error| refused(&error))?;
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

/// Gives a backup its name, and lets old ones go.
fn settle(folder: &Path, unfinished: &Path, name: &str, deposit: &Deposit, now: Timestamp) -> io::Result<()> {
    let tokens = folder.with_file_name(TOKENS);
    fs::create_dir_all(&tokens)?;
    let venue = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    fs::write(tokens.join(to_hex(deposit.fetch)), venue)?;
    fs::rename(unfinished, folder.join(name))?;
    fs::File::open(folder)?.sync_all()?;
    let found = list(folder)?;
    let gone = expired(&found, now);
    for old in gone {
        fs::remove_file(folder.join(&old.name))?;
        let is_last = !list(folder)?.iter().any(|other| other.fetch() == old.fetch());
        if is_last {
            fs::remove_file(tokens.join(old.fetch()))?;
        }
    }
    Ok(())
}

/// A backup that is kept: its name says who may fetch it, when it came, and of which hub it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    name: String,
    bytes: u64,
}

impl Found {
    fn part(&self, place: usize) -> &str {
        self.name.split('-').nth(place).unwrap_or_default()
    }

    fn fetch(&self) -> &str {
        self.part(0)
    }

    fn millis(&self) -> i64 {
        i64::from_str_radix(self.part(1), 16).unwrap_or_default()
    }
}

/// Every backup in a folder, the newest first.
fn list(folder: &Path) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(ENDING) {
            found.push(Found { name, bytes: entry.metadata()?.len() });
        }
    }
    found.sort_by_key(|it| Reverse(it.millis()));
    Ok(found)
}

/// Which of `found`, the newest first, are too many, too long together, or too old. The newest stays.
fn expired(found: &[Found], now: Timestamp) -> Vec<Found> {
    let oldest = millis(now - BACKUP_AGE_MAX);
    let mut bytes = 0;
    let mut gone = Vec::new();
    for (place, it) in found.iter().enumerate() {
        bytes += it.bytes;
        let is_too_much = place >= BACKUPS_PER_VENUE_MAX || bytes > BACKUPS_BYTES_MAX;
        if place > 0 && (is_too_much || it.millis() < oldest) {
            gone.push(it.clone());
        }
    }
    gone
}

fn millis(at: Timestamp) -> i64 {
    at.as_millisecond().max(0)
}

/// Hands out the newest backup to who holds its recovery key.
async fn hand_out(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (folder, _turn) = place(&app)?;
    let said = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = said.and_then(|said| said.strip_prefix("Bearer "));
    let token =
        token.ok_or_else(|| Problem::new("unauthenticated", "the recovery key says what to ask for"))?;
    let fetch = to_hex(fetch_hash(token));
    let file = tokio::task::spawn_blocking(move || newest(&folder, &fetch)).await;
    let file = file.map_err(|error| Problem::internal(&error))?.map_err(|error| refused(&error))?;
    let file = file.ok_or_else(|| Problem::new("not-found", "no backup is kept for this recovery key"))?;
    let answer = ServeFile::new(file).try_call(request).await.map_err(|error| refused(&error))?;
    Ok(answer.map(Body::new).into_response())
}

fn newest(folder: &Path, fetch: &str) -> io::Result<Option<PathBuf>> {
    let venue = match fs::read_to_string(folder.join(TOKENS).join(fetch)) {
        Ok(venue) => folder.join(venue),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let found = list(&venue)?.into_iter().find(|it| it.fetch() == fetch);
    Ok(found.map(|it| venue.join(it.name)))
}

fn refused(error: &io::Error) -> Problem {
    tracing::error!(%error, "a backup cannot be kept, or read");
    Problem::new("unhealthy", "the relay's log says what")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn found(days: impl IntoIterator<Item = i64>, bytes: u64) -> Vec<Found> {
        let one = |day: i64| {
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
            Found { name: format!("ff-{:016x}-ab{ENDING}", millis(at)), bytes }
        };
        days.into_iter().map(one).collect()
    }

    fn gone(found: &[Found], day: i64) -> usize {
        expired(found, Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)).len()
    }

    #[test]
    fn backups_go_when_they_are_too_old_too_many_or_too_long_but_for_the_newest() {
        assert_eq!(gone(&found((960..=1_000).rev(), 1), 1_000), 10);
        assert_eq!(gone(&found([0], 1), 1_000), 0);
        let many = std::iter::repeat_n(1_000, BACKUPS_PER_VENUE_MAX + 3);
        assert_eq!(gone(&found(many, 1), 1_000), 3);
        assert_eq!(gone(&found([1_000, 999, 998], BACKUPS_BYTES_MAX), 1_000), 2);
    }
}
