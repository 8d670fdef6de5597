//! The venue's authority as this window knows it: that of the first hub that it met over TLS, and no other from then on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gtk::gio::prelude::TlsCertificateExt;
use gtk::gio::{NetworkAddress, TlsCertificate, TlsCertificateFlags};
use maitred_hub::peer::keep_secret;

/// The file that keeps it, as PEM.
const KEPT: &str = "authority.pem";
/// A name is looked at without a port; one has to be said.
const ANY_PORT: u16 = 0;

/// Whose certificates are believed.
pub struct Trust {
    file: PathBuf,
    /// Its certificate as PEM; none until a hub was met over TLS.
    authority: Mutex<Option<String>>,
}

impl Trust {
    /// What is kept in that folder.
    ///
    /// # Errors
    /// When something is kept that cannot be read: nothing else is believed instead.
    pub fn kept_in(folder: &Path) -> io::Result<Self> {
        let file = folder.join(KEPT);
        let authority = match fs::read_to_string(&file) {
            Ok(pem) => Some(pem),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Self { file, authority: Mutex::new(authority) })
    }

    /// Whether a hub that shows certificates of that authority, or none at all, is one that this window speaks with. The first
    /// authority is kept; who has met one speaks with nobody over plain http any more.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn admits(&self, pem: Option<&str>) -> io::Result<bool> {
        let mut known = self.authority.lock().unwrap_or_else(PoisonError::into_inner);
        match (known.as_deref(), pem) {
            (None, None) => Ok(true),
            (Some(_), None) => Ok(false),
            (Some(known), Some(pem)) => Ok(known.trim() == pem.trim()),
            (None, Some(pem)) => {
                self.file.parent().map_or(Ok(()), fs::create_dir_all)?;
                keep_secret(&self.file, pem.as_bytes())?;
                tracing::info!(file = %self.file.display(), "the authority of the venue is kept");
                *known = Some(pem.to_owned());
                Ok(true)
            }
        }
    }

    /// Whether the venue's authority says that whoever shows that certificate is `host`, today.
    pub fn vouches(&self, certificate: &TlsCertificate, host: &str) -> bool {
        let known = self.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(authority) = known.as_deref().and_then(|pem| TlsCertificate::from_pem(pem).ok()) else {
            return false;
        };
        let host = NetworkAddress::new(host, ANY_PORT);
        certificate.verify(Some(&host), Some(&authority)) == TlsCertificateFlags::empty()
    }
}

#[cfg(test)]
mod tests {
    use gtk::glib;
    use maitred_hub::tls::{Authority, House};

    use super::*;

    /// A certificate of that authority about `address`, and about a name as each hub has one.
    fn shown(authority: &Authority, address: &str) -> TlsCertificate {
        let house = House::of_box(["maitred.local", address]);
        let until = "2049-01-01T00:00:00Z".parse().unwrap();
        let der = authority.certify(&house, until).unwrap().cert[0].to_vec();
        let text = glib::base64_encode(&der);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        TlsCertificate::from_pem(&pem).unwrap()
    }

    #[test]
    fn a_hub_is_believed_where_the_authority_of_the_venue_says_it_is_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let trust = Trust::kept_in(folder.path()).unwrap();
        let (ours, theirs) = (Authority::of(&[1; 32]), Authority::of(&[2; 32]));
        let certificate = shown(&ours, "10.213.77.1");
        assert!(!trust.vouches(&certificate, "10.213.77.1"), "nobody is known yet");
        assert!(trust.admits(Some(ours.pem())).unwrap());
        assert!(trust.vouches(&certificate, "10.213.77.1"));
        assert!(!trust.vouches(&certificate, "10.213.77.2"));
        assert!(!trust.vouches(&shown(&theirs, "10.213.77.1"), "10.213.77.1"));
    }

    #[test]
    fn the_first_authority_is_the_one_also_after_a_restart_and_plain_http_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("window");
        let trust = Trust::kept_in(&kept).unwrap();
        assert!(trust.admits(None).unwrap());
        assert!(trust.admits(Some("ours")).unwrap());
        for trust in [trust, Trust::kept_in(&kept).unwrap()] {
            assert!(trust.admits(Some("ours\n")).unwrap());
            assert!(!trust.admits(Some("theirs")).unwrap());
            assert!(!trust.admits(None).unwrap());
        }
    }
}
