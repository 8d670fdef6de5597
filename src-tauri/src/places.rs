//! Where hubs may be that the window could show.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use maitred_hub::peer::{Neighbour, look_around};
use maitred_hub::peers::PeerUrl;
use tauri::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cli::Settings;

/// How long a hub may take to say that it is ready.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(1);
/// How long hubs are looked for in the network: they answer in a fraction of it.
const LOOK_TIME: Duration = Duration::from_secs(2);

/// Origins that the window may show; shared with the window.
#[derive(Clone, Default)]
pub struct Origins(Arc<Mutex<BTreeSet<String>>>);

impl Origins {
    /// Whether the window may go there.
    pub fn hold(&self, url: &Url) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&url.origin().ascii_serialization())
    }

    fn add(&self, url: &PeerUrl) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(url.to_string());
    }
}

/// Where hubs may be, in the order in which they are asked.
pub struct Places {
    known: Vec<PeerUrl>,
    looks_around: bool,
    origins: Origins,
}

impl Places {
    /// This box, what it stands by for, and what the settings name.
    pub fn of(settings: &Settings) -> Self {
        let here = format!("http://127.0.0.1:{}", settings.hub.listen.port());
        let here = here.parse().expect("an address of this box");
        let named = settings.hub.standby_of.iter().chain(&settings.hubs).cloned();
        let known = std::iter::once(here).chain(named).collect();
        Self { known, looks_around: settings.hub.discovers, origins: Origins::default() }
    }

    /// What the window may show.
    pub fn origins(&self) -> Origins {
        self.origins.clone()
    }

    /// The first that is ready: of those that are known, else of those that are found in the network.
    pub async fn any_that_answers(&self) -> Option<PeerUrl> {
        if let Some(ready) = self.first_ready(&self.known).await {
            return Some(ready);
        }
        if !self.looks_around {
            return None;
        }
        let found = of_one_venue(look_around(LOOK_TIME).await);
        self.first_ready(&found).await
    }

    async fn first_ready(&self, urls: &[PeerUrl]) -> Option<PeerUrl> {
        let asked: Vec<_> = urls.iter().cloned().map(|url| tokio::spawn(answers(url))).collect();
        for (url, answer) in urls.iter().zip(asked) {
            if answer.await.unwrap_or(false) {
                self.origins.add(url);
                return Some(url.clone());
            }
        }
        None
    }
}

/// Two venues in one network are somebody's neighbours: which is ours, a person must say.
fn of_one_venue(found: Vec<Neighbour>) -> Vec<PeerUrl> {
    let venues: BTreeSet<&str> = found.iter().map(|hub| hub.venue.as_str()).collect();
    if venues.len() > 1 {
        tracing::warn!(venues = venues.len(), "hubs of several venues are near: name ours as one of `hubs`");
        return Vec::new();
    }
    found.into_iter().map(|hub| hub.url).collect()
}

/// Whether a hub is ready at an address.
async fn answers(url: PeerUrl) -> bool {
    let asked = tokio::time::timeout(ANSWER_TIME_MAX, ask(&url)).await;
    asked.is_ok_and(|answer| answer.is_ok_and(|status| status.starts_with(b"HTTP/1.1 200")))
}

async fn ask(url: &PeerUrl) -> std::io::Result<[u8; 12]> {
    let url = Url::parse(&url.to_string()).map_err(std::io::Error::other)?;
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let question = format!("GET /readyz HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(venue: &str, url: &str) -> Neighbour {
        Neighbour { venue: venue.to_owned(), url: url.parse().unwrap() }
    }

    #[test]
    fn the_neighbours_hub_is_not_taken_for_ours() {
        let ours = [hub("a", "http://10.0.0.1:8080"), hub("a", "http://10.0.0.2:8080")];
        assert_eq!(of_one_venue(ours.to_vec()).len(), 2);
        assert!(of_one_venue([&ours[..], &[hub("b", "http://10.0.0.3:8080")]].concat()).is_empty());
    }

    #[test]
    fn the_window_goes_only_where_a_hub_has_answered() {
        let origins = Origins::default();
        origins.add(&"http://10.0.0.1:8080".parse().unwrap());
        let may = |url: &str| origins.hold(&Url::parse(url).unwrap());
        assert!(may("http://10.0.0.1:8080/kitchen/grill?x"));
        assert!(
            !may("http://10.0.0.1:9090/") && !may("https://10.0.0.1:8080/") && !may("file:///etc/passwd")
        );
    }
}
