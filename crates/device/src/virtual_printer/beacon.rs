//! Answers Epson's question, as printers in a network do.

use std::{io, net::SocketAddr};

use tokio::{
    net::{ToSocketAddrs, UdpSocket},
    task::JoinHandle,
};

use crate::discovery::epson::{QUESTION, answer};

/// Answers until it is dropped.
#[derive(Debug)]
pub struct Beacon {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Beacon {
    /// Answers at `address` as a printer with this hardware address and name.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn bind(address: impl ToSocketAddrs, mac: [u8; 6], name: &str) -> io::Result<Self> {
        let socket = UdpSocket::bind(address).await?;
        let (address, answer) = (socket.local_addr()?, answer(mac, name));
        let task = tokio::spawn(async move {
            let mut bytes = [0; 64];
            loop {
                if let Ok((length, from)) = socket.recv_from(&mut bytes).await
                    && bytes[..length] == QUESTION
                {
                    socket.send_to(&answer, from).await.ok();
                }
            }
        });
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Beacon {
    fn drop(&mut self) {
        self.task.abort();
    }
}
