//! Epson's question to every printer in the network, by UDP.
//!
//! `EPSONQ 03 00 00 01 00 00 00 00`; who answers says `EPSONq`, its hardware address at 14 and its name at 56. Many clones answer,
//! too.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    net::UdpSocket,
    time::{Instant, timeout_at},
};

use super::{FOUND_MAX, Heard};

/// Where it is asked.
pub const PORT: u16 = 3289;
/// What is asked.
pub const QUESTION: [u8; 14] = *b"EPSONQ\x03\x00\x00\x01\x00\x00\x00\x00";
/// What an answer begins with.
pub const ANSWER: [u8; 6] = *b"EPSONq";
const MAC_AT: usize = 14;
const NAME_AT: usize = 56;
const ANSWER_BYTES_MAX: usize = 1_024;
const NAME_CHARS_MAX: usize = 64;

/// Asks `everybody` and gives who answers within a while.
pub(super) async fn ask(everybody: &[SocketAddr], within: Duration) -> Vec<(IpAddr, Heard)> {
    match collect(everybody, within).await {
        Ok(heard) => heard,
        Err(error) => {
            tracing::warn!(%error, "printers are not asked for");
            Vec::new()
        }
    }
}

async fn collect(everybody: &[SocketAddr], within: Duration) -> io::Result<Vec<(IpAddr, Heard)>> {
    if everybody.is_empty() {
        return Ok(Vec::new());
    }
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    socket.set_broadcast(true)?;
    for address in everybody {
        if let Err(error) = socket.send_to(&QUESTION, address).await {
            tracing::debug!(%error, %address, "a network was not asked");
        }
    }
    let ends_at = Instant::now() + within;
    let (mut heard, mut bytes) = (Vec::new(), [0; ANSWER_BYTES_MAX]);
    while heard.len() < FOUND_MAX {
        // An error is of one that was asked, not of those that answer.
        match timeout_at(ends_at, socket.recv_from(&mut bytes)).await {
            Ok(Ok((length, from))) => {
                heard.extend(read(&bytes[..length]).map(|answer| (from.ip(), answer)));
            }
            Ok(Err(error)) => tracing::debug!(%error, "an answer was not heard"),
            Err(_) => break,
        }
    }
    Ok(heard)
}

/// Who answered; `None` when it is no answer.
fn read(bytes: &[u8]) -> Option<Heard> {
    let rest = bytes.strip_prefix(&ANSWER)?;
    let mac = rest.get(MAC_AT - ANSWER.len()..MAC_AT - ANSWER.len() + 6);
    let mac = mac
        .filter(|mac| mac.iter().any(|byte| *byte != 0))
        .map(|mac| mac.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"));
    let name = bytes.get(NAME_AT..).unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
    let name: String =
        String::from_utf8_lossy(name).chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    let model = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    Some(Heard { model, mac, ..Heard::default() })
}

/// What a printer with this hardware address and name answers.
pub fn answer(mac: [u8; 6], name: &str) -> Vec<u8> {
    const LENGTH: usize = 184;
    let mut bytes = vec![0; LENGTH];
    bytes[..6].copy_from_slice(&ANSWER);
    bytes[MAC_AT..MAC_AT + 6].copy_from_slice(&mac);
    let name = &name.as_bytes()[..name.len().min(LENGTH - NAME_AT - 1)];
    bytes[NAME_AT..NAME_AT + name.len()].copy_from_slice(name);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_says_who_it_is() {
        let heard = read(&answer([0x00, 0x26, 0xab, 0x12, 0x34, 0x56], "TM-T88VI")).unwrap();
        assert_eq!(heard.mac.as_deref(), Some("00:26:AB:12:34:56"));
        assert_eq!(heard.model.as_deref(), Some("TM-T88VI"));
        let short = read(b"EPSONq\x03").unwrap();
        assert_eq!((short.mac, short.model), (None, None));
        assert!(read(&QUESTION).is_none(), "our own question comes back on a broadcast");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), answers: bool) {
            let start: &[u8] = if answers { &ANSWER } else { &[] };
            if let Some(heard) = read(&[start, &bytes].concat()) {
                prop_assert!(heard.model.is_none_or(|model| model.chars().count() <= NAME_CHARS_MAX));
            }
        }
    }
}
