//! Where hubs may be that the window could show.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use maitred_hub::peer::{Neighbour, look_around};
use maitred_hub::peers::PeerUrl;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;
use tauri::Url;

use crate::cli::Settings;
use crate::trust::Trust;

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
    trust: Arc<Trust>,
    client: Client,
}

/// Where a hub speaks TLS, and whose certificate it shows there.
#[derive(Deserialize)]
struct Authority {
    pem: String,
    urls: Vec<PeerUrl>,
}

impl Places {
    /// This box, what it stands by for, and what the settings name.
    ///
    /// # Errors
    /// When nothing can be asked, or what is kept of the venue cannot be read.
    pub fn of(settings: &Settings) -> Result<Self> {
        let here = format!("http://127.0.0.1:{}", settings.hub.listen.port());
        let here = here.parse().expect("an address of this box");
        let named = settings.hub.standby_of.iter().chain(&settings.hubs).cloned();
        let client =
            Client::builder().timeout(ANSWER_TIME_MAX).redirect(Policy::none()).no_proxy().build()?;
        let kept = &settings.look.kept;
        let trust = Trust::kept_in(kept).with_context(|| format!("cannot read {}", kept.display()))?;
        Ok(Self {
            known: std::iter::once(here).chain(named).collect(),
            looks_around: settings.hub.discovers,
            origins: Origins::default(),
            trust: Arc::new(trust),
            client,
        })
    }

    /// What the window may show.
    pub fn origins(&self) -> Origins {
        self.origins.clone()
    }

    /// Whose certificates the window believes.
    pub fn trust(&self) -> Arc<Trust> {
        Arc::clone(&self.trust)
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
        let ask = |url| tokio::spawn(ask(self.client.clone(), url));
        let asked: Vec<_> = urls.iter().cloned().map(ask).collect();
        for (url, answer) in urls.iter().zip(asked) {
            let Ok(Some(answer)) = answer.await else { continue };
            if let Some(shown) = self.admit(url, &answer) {
                self.origins.add(&shown);
                return Some(shown);
            }
        }
        None
    }

    /// Where the window is to see a hub that answered: over TLS where it speaks that, and on this box as it is.
    fn admit(&self, url: &PeerUrl, answer: &Answer) -> Option<PeerUrl> {
        let (shown, pem) = match answer {
            Answer::OfThisBox => return Some(url.clone()),
            Answer::Plain => (url.clone(), None),
            Answer::Secure { port, pem } => (url.secured(*port), Some(pem.as_str())),
        };
        match self.trust.admits(pem) {
            Ok(true) => Some(shown),
            Ok(false) => {
                tracing::warn!(%url, "the hub there is not of the venue that this window knows");
                None
            }
            Err(error) => {
                tracing::error!(%error, "what the venue's certificates are made with cannot be kept");
                None
            }
        }
    }
}

/// How a hub that is ready wants to be seen.
enum Answer {
    OfThisBox,
    Plain,
    Secure { port: u16, pem: String },
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

/// Asks whether a hub is ready at an address, and where it speaks TLS.
async fn ask(client: Client, url: PeerUrl) -> Option<Answer> {
    client.get(format!("{url}/readyz")).send().await.ok()?.error_for_status().ok()?;
    if url.host().parse().is_ok_and(|address: IpAddr| address.is_loopback()) {
        return Some(Answer::OfThisBox);
    }
    let asked = client.get(format!("{url}/api/v1/authority")).send().await.ok()?;
    let authority: Authority = asked.json().await.ok()?;
    let Some(secure) = authority.urls.first() else { return Some(Answer::Plain) };
    let secure = Url::parse(&secure.to_string()).ok()?;
    Some(Answer::Secure { port: secure.port_or_known_default()?, pem: authority.pem })
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
