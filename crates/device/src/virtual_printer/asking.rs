//! The printer as one that asks: it polls a hub over HTTP, prints what it gets, and says so.

use std::{fmt::Write as _, io, sync::Arc, time::Duration};

use maitred_domain::address::Caller;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use super::{Shared, machine::Machine};
use crate::{bitmap::Bitmap, session::Health};

/// A hub that answers later is no hub.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Between looks at a mechanism that prints.
const LOOK: Duration = Duration::from_millis(5);

/// A paper that it has, and has not acknowledged.
struct Held {
    token: String,
    life: u32,
}

/// Asks at `url` every so often, until the printer is dropped.
pub(super) async fn serve(shared: Arc<Shared>, url: String, caller: Caller, every: Duration) {
    let (mut held, mut told) = (None, None);
    loop {
        sleep(every).await;
        if shared.machine().is_cable_cut() {
            continue;
        }
        let life = shared.machine().life;
        held = held.filter(|held: &Held| held.life == life);
        let visit = async {
            match &caller {
                Caller::CloudPrnt(mac) => poll(&shared, &url, mac, &mut held).await,
                Caller::Epson(id) => {
                    request(&shared, &url, id, &mut held).await?;
                    notify(&shared, &url, id, &mut told).await
                }
            }
        };
        if let Err(error) = visit.await {
            tracing::debug!(%error, url, "a virtual printer was not answered");
        }
    }
}

/// `CloudPRNT`: what it holds is acknowledged when the mechanism is done; it goes on by itself with a new roll.
async fn poll(shared: &Shared, url: &str, mac: &str, held: &mut Option<Held>) -> io::Result<()> {
    if let Some(Held { token, .. }) = held.as_ref().filter(|_| is_done(shared)) {
        let path = format!("{url}?code=200%20OK&mac={mac}&token={token}");
        exchange("DELETE", &path, "", &[]).await?;
        *held = None;
    }
    let (health, status) = {
        let machine = shared.machine();
        (machine.health(), hexadecimal(machine.star_status()))
    };
    let code = match health {
        Health::PaperOut => "410",
        Health::CoverOpen => "420",
        Health::PaperLow => "211",
        Health::Error | Health::Unreachable => "400",
        Health::Ready | Health::Printing => "200%20OK",
    };
    let is_at_work = held.is_some();
    let body = format!(
        r#"{{"status":"{status}","printerMAC":"{mac}","statusCode":"{code}","printingInProgress":{is_at_work}}}"#
    );
    let answer = exchange("POST", url, "application/json", body.as_bytes()).await?;
    let answer: serde_json::Value = serde_json::from_slice(&answer.body)?;
    let (true, Some(token), false) = (answer["jobReady"] == true, answer["jobToken"].as_str(), is_at_work)
    else {
        return Ok(());
    };
    let life = shared.machine().life;
    let types = answer["mediaTypes"].as_array().cloned().unwrap_or_default();
    let media_type = types.first().and_then(|media_type| media_type.as_str()).unwrap_or_default();
    let paper = exchange("GET", &format!("{url}?mac={mac}&type={media_type}&token={token}"), "", &[]).await?;
    if paper.status != 200 {
        return Ok(());
    }
    let bytes = if media_type == "image/png" { picture_bytes(&paper)? } else { paper.body };
    shared.machine().load(&bytes);
    shared.mechanism.notify_one();
    *held = Some(Held { token: token.to_owned(), life });
    until_printed(shared).await;
    Ok(())
}

/// `23 86 0 0 ..`
fn hexadecimal(status: [u8; 9]) -> String {
    let mut digits = String::new();
    for byte in status {
        write!(digits, "{byte:x} ").ok();
    }
    digits.trim_end().to_owned()
}

/// As commands of its own: the picture, a cut, the drawer.
fn picture_bytes(paper: &HttpAnswer) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if !paper.body.is_empty() {
        let dots = read_png(&paper.body)?;
        let side = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
        for band in dots.bytes().chunks(dots.stride() * 1_024) {
            bytes.extend([0x1b, 0x1d, 0x53, 0x01]);
            bytes.extend(side(dots.stride()));
            bytes.extend(side(band.len() / dots.stride()));
            bytes.push(0x00);
            bytes.extend(band);
        }
        bytes.extend([0x1b, 0x64, 0x02]);
    }
    if paper.head.to_ascii_lowercase().contains("x-star-cashdrawer: start") {
        bytes.push(0x07);
    }
    Ok(bytes)
}

fn read_png(picture: &[u8]) -> io::Result<Bitmap> {
    let mut reader = png::Decoder::new(io::Cursor::new(picture)).read_info().map_err(io::Error::other)?;
    let mut rows = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let frame = reader.next_frame(&mut rows).map_err(io::Error::other)?;
    for byte in &mut rows {
        *byte = !*byte;
    }
    Ok(Bitmap::from_rows(usize::try_from(frame.width).map_err(io::Error::other)?, &rows))
}

/// Server Direct Print: what cannot be printed is thrown away, and the result says why.
async fn request(shared: &Shared, url: &str, id: &str, held: &mut Option<Held>) -> io::Result<()> {
    if held.is_none() {
        let form = format!("ConnectionType=GetRequest&ID={id}&Name=");
        let answer = exchange("POST", url, "application/x-www-form-urlencoded", form.as_bytes()).await?;
        let xml = String::from_utf8_lossy(&answer.body).into_owned();
        let Some(token) = between(&xml, "<printjobid>", "</printjobid>") else { return Ok(()) };
        let life = shared.machine().life;
        let mut bytes: Vec<u8> = between(&xml, "<command>", "</command>").map(unhex).unwrap_or_default();
        if xml.contains("<pulse") {
            bytes.extend([0x1b, 0x70, 0, 50, 250]);
        }
        shared.machine().load(&bytes);
        shared.mechanism.notify_one();
        *held = Some(Held { token: token.to_owned(), life });
    }
    until_printed(shared).await;
    let Some(Held { token, .. }) = held.as_ref().filter(|held| held.life == shared.machine().life) else {
        return Ok(());
    };
    let (is_success, status) = {
        let mut machine = shared.machine();
        let status = epson_status(&machine);
        machine.throw_away();
        (status & 0x08 == 0, status)
    };
    let xml = format!(
        "<PrintResponseInfo Version=\"2.00\"><ePOSPrint><Parameter><devid>local_printer</devid><printjobid>{token}\
         </printjobid></Parameter><PrintResponse><response success=\"{is_success}\" code=\"\" status=\"{status}\"/>\
         </PrintResponse></ePOSPrint></PrintResponseInfo>"
    );
    let form = form_urlencoded::Serializer::new(format!("ConnectionType=SetResponse&ID={id}&Name="))
        .append_pair("ResponseFile", &xml)
        .finish();
    exchange("POST", url, "application/x-www-form-urlencoded", form.as_bytes()).await?;
    *held = None;
    Ok(())
}

/// Status notification: how it is, whenever that has changed.
async fn notify(shared: &Shared, url: &str, id: &str, told: &mut Option<u32>) -> io::Result<()> {
    let status = epson_status(&shared.machine());
    if *told == Some(status) {
        return Ok(());
    }
    let xml = format!(
        "<statusmonitor Version=\"1.00\"><printerstatus devid=\"local_printer\" asbstatus=\"{status:#010X}\"/></statusmonitor>"
    );
    let form = form_urlencoded::Serializer::new(format!("ConnectionType=SetStatus&ID={id}&Name="))
        .append_pair("Status", &xml)
        .finish();
    exchange("POST", url, "application/x-www-form-urlencoded", form.as_bytes()).await?;
    *told = Some(status);
    Ok(())
}

/// The bits of ePOS-Print: a shut drawer is 4, what was printed 2.
fn epson_status(machine: &Machine) -> u32 {
    let status = match machine.health() {
        Health::PaperOut => 0x0008_0008,
        Health::CoverOpen => 0x0000_0028,
        Health::PaperLow => 0x0002_0002,
        Health::Error | Health::Unreachable => 0x0000_0008,
        Health::Ready | Health::Printing => 0x0000_0002,
    };
    if machine.is_drawer_open { status } else { status | 0x0000_0004 }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(inside, _)| inside)
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn is_done(shared: &Shared) -> bool {
    shared.machine().waiting_bytes() == 0
}

/// Until the mechanism is done, stops, or is switched off.
async fn until_printed(shared: &Shared) {
    let life = shared.machine().life;
    loop {
        let is_over = {
            let machine = shared.machine();
            machine.waiting_bytes() == 0
                || machine.is_stopped()
                || machine.is_cable_cut()
                || machine.life != life
        };
        if is_over {
            return;
        }
        sleep(LOOK).await;
    }
}

struct HttpAnswer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// One request on a connection of its own.
async fn exchange(method: &str, url: &str, kind: &str, body: &[u8]) -> io::Result<HttpAnswer> {
    let bare = url.strip_prefix("http://").unwrap_or(url);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let head = format!(
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let conversation = async {
        let mut stream = TcpStream::connect(host).await?;
        stream.write_all(&[head.as_bytes(), body].concat()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(answer)
    };
    let answer = timeout(ANSWER_MAX, conversation).await.map_err(io::Error::other)??;
    let split = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
    let head = String::from_utf8_lossy(&answer[..split]).into_owned();
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    Ok(HttpAnswer { status: status.unwrap_or(0), head, body: answer[split + 4..].to_vec() })
}
