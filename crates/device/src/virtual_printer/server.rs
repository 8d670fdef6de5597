//! One connection at a time, as real printers have it; the mechanism runs beside it.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::{Shared, machine::Step};

/// Commands in a row before others may run.
const STEPS_BETWEEN_YIELDS: u32 = 64;

/// Prints what is in the buffer, whoever is connected.
pub(super) async fn run_mechanism(shared: Arc<Shared>) {
    let mut steps = 0_u32;
    loop {
        let (step, line_time) = {
            let mut machine = shared.machine();
            (machine.step(), machine.line_time)
        };
        steps = steps.wrapping_add(1);
        match step {
            Step::Idle => {
                shared.server.notify_one();
                shared.mechanism.notified().await;
            }
            Step::Printed if line_time > Duration::ZERO => {
                shared.server.notify_one();
                sleep(line_time).await;
            }
            Step::Printed | Step::Worked if steps.is_multiple_of(STEPS_BETWEEN_YIELDS) => {
                tokio::task::yield_now().await;
            }
            Step::Printed | Step::Worked => {}
        }
    }
}

/// Accepts one connection after the other.
pub(super) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let address = listener.local_addr();
    let mut listener = Some(listener);
    loop {
        if shared.machine().is_cable_cut() {
            listener = None;
            shared.server.notified().await;
            continue;
        }
        let Some(listening) = &listener else {
            listener = match &address {
                Ok(address) => TcpListener::bind(address).await.ok(),
                Err(_) => None,
            };
            if listener.is_none() {
                sleep(Duration::from_millis(10)).await;
            }
            continue;
        };
        tokio::select! {
            accepted = listening.accept() => {
                if let Ok((stream, _)) = accepted {
                    listener = converse(&shared, stream, listener.take()).await;
                }
            }
            () = shared.server.notified() => {}
        }
    }
}

/// One connection; gives the listener back unless the cable was cut meanwhile. A second client is turned away.
async fn converse(
    shared: &Shared,
    mut stream: TcpStream,
    mut listener: Option<TcpListener>,
) -> Option<TcpListener> {
    let life = shared.machine().connected();
    stream.set_nodelay(true).ok();
    let mut bytes = vec![0; 4_096];
    loop {
        let (is_cut, is_dead, room, replies) = {
            let mut machine = shared.machine();
            let is_cut = machine.is_cable_cut();
            let replies = if is_cut { Vec::new() } else { machine.take_replies() };
            (is_cut, machine.life != life, machine.room(), replies)
        };
        if is_dead {
            stream.set_zero_linger().ok();
            return listener;
        }
        if is_cut {
            listener = None;
            shared.server.notified().await;
            continue;
        }
        if !replies.is_empty() && stream.write_all(&replies).await.is_err() {
            return listener;
        }
        let room = room.min(bytes.len());
        tokio::select! {
            read = stream.read(&mut bytes[..room]), if room > 0 => match read {
                Ok(n) if n > 0 => {
                    shared.machine().receive(&bytes[..n]);
                    shared.mechanism.notify_one();
                }
                _ => return listener,
            },
            second = turn_away(listener.as_ref()) => drop(second),
            () = shared.server.notified() => {}
        }
    }
}

async fn turn_away(listener: Option<&TcpListener>) -> Option<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.ok().map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}
