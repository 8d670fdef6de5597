//! `GS I`: what a printer says that it is.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::decode::{Decoder, Reply};

/// `GS I 66` asks for the maker, `GS I 67` for the model; both print nothing and are answered in order.
const QUESTIONS: [u8; 6] = [0x1d, 0x49, 66, 0x1d, 0x49, 67];
const NAME_CHARS_MAX: usize = 64;

/// What a printer says that it is; as much of it as it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Who made it.
    pub maker: Option<String>,
    /// Its model, as the maker calls it.
    pub model: Option<String>,
}

/// Asks a printer who it is. A printer without paper, or one that another speaks to, does not answer.
pub async fn identify(address: SocketAddr, within: Duration) -> Identity {
    let mut identity = Identity::default();
    // What came before the time was over counts.
    timeout(within, ask(address, &mut identity)).await.ok();
    identity
}

async fn ask(address: SocketAddr, identity: &mut Identity) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&QUESTIONS).await?;
    let (mut decoder, mut bytes) = (Decoder::default(), [0; 256]);
    while identity.model.is_none() {
        let length = stream.read(&mut bytes).await?;
        if length == 0 {
            break;
        }
        for reply in decoder.push(&bytes[..length]) {
            if let Reply::Named(name) = reply {
                let slot = if identity.maker.is_none() { &mut identity.maker } else { &mut identity.model };
                *slot = Some(name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect());
            }
        }
    }
    stream.shutdown().await
}
