use std::sync::Arc;

use maitred_link::handshake::{Caller, HandshakeError};
use maitred_link::{ConnectError, Identity, Trust, connect};
use maitred_process::clock;
use maitred_relay::serve::{Relay, Settings};
use maitred_relay::storage::sqlite::Sqlite;
use maitred_relay::tenants;

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_speaks_over_tls_with_the_relay_whose_certificate_and_key_it_knows_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, issued.cert.pem()).unwrap();
    std::fs::write(&key, issued.signing_key.serialize_pem()).unwrap();
    let settings = Settings {
        storage: Arc::new(Sqlite::open(folder.path()).unwrap()),
        cloud: Some(folder.path().join("venues")),
        nats: None,
        listen: "127.0.0.1:0".parse().unwrap(),
        tls: Some((certificate.clone(), key)),
        pages: None,
        clock: clock::system(),
    };
    let relay = Relay::start(settings).await.unwrap();
    let app = relay.app().clone();
    let token = tenants::issue(&*app.storage, &app.clock, "Ada", "Aurora").unwrap();
    let url = format!("wss://localhost:{}/api/v1/peer", relay.address.port());
    let hub = Identity::of_seed(&[1; 32]);
    let caller = || Caller::new(&hub, clock::random(), Some(token.clone()), None).unwrap();

    let stranger = connect(&url, &Trust::new(None).unwrap(), &hub, caller(), None).await;
    assert!(matches!(stranger, Err(ConnectError::Unreachable(_))), "the certificate is not known");
    let trust = Trust::new(Some(&certificate)).unwrap();
    let (_socket, relay_key, _) = connect(&url, &trust, &hub, caller(), None).await.unwrap();
    connect(&url, &trust, &hub, caller(), Some(relay_key)).await.unwrap();
    let other = Some(hub.public());
    let refused = connect(&url, &trust, &hub, caller(), other).await;
    let Err(ConnectError::Handshake(HandshakeError::OtherKey(key))) = refused else { panic!() };
    assert_eq!(key, relay_key);
    relay.stop().await;
}
