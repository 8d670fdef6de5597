//! The venue's own authority: what a device believes that belongs to the venue.
//!
//! It follows from the pepper to the last byte, so that every hub of the venue has the same one without being told: its key
//! is derived, its certificate says nothing that changes, and it is signed in the way of RFC 6979, which draws no random bits.

use std::fmt::Write;
use std::io::Read;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SignatureAlgorithm,
    date_time_ymd,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use super::house::{self, House};

/// From when on all certificates are good: long ago, so that a hub whose clock is ahead is believed by devices whose clocks
/// are right. Before July 2019, since Apple's devices want of later ones that they are good for 825 days at most.
const SINCE: (i32, u8, u8) = (2019, 6, 1);
/// Until when the authority is good.
const UNTIL: (i32, u8, u8) = (2049, 12, 31);
/// How many bytes of the hash of its key tell the authority from those of other venues.
const NAMED_BY_BYTES: usize = 4;

/// The venue's authority.
#[derive(Clone)]
pub struct Authority {
    key: Arc<AuthorityKey>,
    params: CertificateParams,
    certificate: CertificateDer<'static>,
    pem: Arc<str>,
}

impl Authority {
    /// That of the venue with this pepper.
    ///
    /// # Panics
    /// Never: what is signed does not depend on anything that comes from outside.
    pub fn of(pepper: &[u8; 32]) -> Self {
        let key = Arc::new(AuthorityKey::of(pepper));
        let mut params = CertificateParams::default();
        params.distinguished_name = called(&format!("Maitred venue {}", key.short_name()));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        params.name_constraints = Some(house::limits());
        params.not_before = date_time_ymd(SINCE.0, SINCE.1, SINCE.2);
        params.not_after = date_time_ymd(UNTIL.0, UNTIL.1, UNTIL.2);
        let certificate = params.self_signed(&*key).expect("all that is in it is written here");
        Self { key, params, certificate: certificate.der().clone(), pem: certificate.pem().into() }
    }

    /// What a device installs, in DER.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The same as text.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// SHA-256 of the certificate, as devices show it: pairs of hexadecimal digits with colons between them.
    pub fn fingerprint(&self) -> String {
        let hash = digest(&SHA256, &self.certificate);
        let pairs: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// A new key and its certificate about `house`, good until the day of `until` begins.
    ///
    /// # Errors
    /// When a name is none.
    pub fn certify(&self, house: &House, until: Timestamp) -> Result<CertifiedKey, rcgen::Error> {
        let key = KeyPair::generate()?;
        let day = until.to_zoned(TimeZone::UTC).date();
        let mut params = CertificateParams::new(house.names.iter().cloned().collect::<Vec<_>>())?;
        params.subject_alt_names.extend(house.addresses.iter().copied().map(SanType::IpAddress));
        params.distinguished_name = called("Maitred hub");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = date_time_ymd(SINCE.0, SINCE.1, SINCE.2);
        params.not_after =
            date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs());
        let signed = params.signed_by(&key, &Issuer::from_params(&self.params, &*self.key))?;
        let secret = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let secret = any_ecdsa_type(&secret).expect("a key of this kind was made just now");
        Ok(CertifiedKey::new(vec![signed.der().clone()], secret))
    }
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

struct AuthorityKey {
    secret: SigningKey,
    public: Box<[u8]>,
}

impl AuthorityKey {
    fn of(pepper: &[u8; 32]) -> Self {
        let mut bits =
            blake3::Hasher::new_derive_key("maitred 2026 authority of a venue").update(pepper).finalize_xof();
        let mut draw = || {
            let mut bytes = [0; 32];
            bits.read_exact(&mut bytes).expect("there are bits without end");
            SigningKey::from_slice(&bytes).ok()
        };
        // One number in four thousand million is no key.
        let secret = std::iter::repeat_with(&mut draw).flatten().next().expect("the others are");
        let public = secret.verifying_key().to_encoded_point(false).to_bytes();
        Self { secret, public }
    }

    fn short_name(&self) -> String {
        let hash = digest(&SHA256, &self.public);
        hash.as_ref().iter().take(NAMED_BY_BYTES).fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02X}");
            name
        })
    }
}

impl PublicKeyData for AuthorityKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for AuthorityKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature: Signature = self.secret.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::{ServerName, UnixTime};

    use super::*;

    #[test]
    fn hubs_of_one_venue_have_the_same_authority_to_the_last_byte_and_other_venues_another() {
        let (one, again, other) = (Authority::of(&[7; 32]), Authority::of(&[7; 32]), Authority::of(&[8; 32]));
        assert_eq!(one.certificate(), again.certificate());
        assert_eq!(one.fingerprint(), again.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_eq!(one.fingerprint().len(), 32 * 3 - 1);
    }

    /// What a device that believes `authority` thinks of `certified` where it wanted `name`.
    fn believes(authority: &Authority, certified: &CertifiedKey, name: &str) -> Result<(), rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.certificate().clone())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_hours(500_000));
        let name = ServerName::try_from(name).unwrap();
        verifier.verify_server_cert(&certified.cert[0], &[], &name, &[], now).map(drop)
    }

    #[test]
    fn an_authority_that_was_stolen_is_believed_about_nothing_of_the_internet() {
        let authority = Authority::of(&[7; 32]);
        let until = Timestamp::from_second(1_900_000_000).unwrap();
        let certified = |name: &str| {
            let mut about = House::default();
            match name.parse() {
                Ok(address) => drop(about.addresses.insert(address)),
                Err(_) => drop(about.names.insert(name.to_owned())),
            }
            authority.certify(&about, until).unwrap()
        };
        for own in ["box.local", "localhost", "hub.lan", "192.168.1.20", "10.9.8.7", "fd00::7", "127.0.0.1"] {
            believes(&authority, &certified(own), own).unwrap();
        }
        for foreign in ["bank.example", "evil-local", "8.8.8.8", "172.32.0.1", "2001:db8::1"] {
            assert!(believes(&authority, &certified(foreign), foreign).is_err(), "{foreign}");
        }
        assert!(believes(&Authority::of(&[8; 32]), &certified("box.local"), "box.local").is_err());
        assert!(believes(&authority, &certified("box.local"), "other.local").is_err());
    }

    #[test]
    fn the_authority_of_a_venue_never_changes() {
        // Devices have it installed: another one would be a stranger to all of them.
        let fingerprint = Authority::of(&[7; 32]).fingerprint();
        assert_eq!(
            fingerprint,
            "03:74:D0:83:7B:41:AD:74:AC:C7:EC:D9:D7:62:5A:C1:11:3E:24:43:F6:63:E1:E5:2B:94:7D:1F:03:3C:45:CC"
        );
    }
}
