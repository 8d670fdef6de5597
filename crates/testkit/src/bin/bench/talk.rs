//! Two stores tell each other over loopback what each lacks, each on a thread of its own as two hubs would.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use maitred_store::Store;
use maitred_sync::{Delivery, Output, Session, Vector};

use crate::Outcome;

const REALM: [u8; 16] = [1; 16];

/// What it took until both had everything on their disks and knew that of each other.
#[derive(Default)]
pub struct Told {
    pub took: Duration,
    /// What both said.
    pub frames: u64,
    pub bytes: u64,
}

/// Lets two stores tell each other everything; `heard` is shown what either is about to take.
pub fn meet(one: &Store, other: &Store, heard: impl Fn(&Delivery) + Sync) -> Outcome<Told> {
    let mut wanted = one.vector()?;
    wanted.merge(&other.vector()?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let started = Instant::now();
    let end = |store, stream: io::Result<TcpStream>| {
        let said = stream.map_err(Into::into).and_then(|stream| talk(store, stream, &wanted, &heard));
        said.map_err(|e: Box<dyn std::error::Error>| e.to_string())
    };
    let said = thread::scope(|scope| {
        let there = scope.spawn(|| end(other, listener.accept().map(|(stream, _)| stream)));
        let here = end(one, TcpStream::connect(address));
        [here, there.join().expect("an end panicked")]
    });
    let mut told = Told { took: started.elapsed(), ..Told::default() };
    for said in said {
        let (frames, bytes) = said?;
        told.frames += frames;
        told.bytes += bytes;
    }
    Ok(told)
}

/// Holds one end until both have what is `wanted`; returns how many frames and bytes it said.
fn talk(
    store: &Store,
    mut stream: TcpStream,
    wanted: &Vector,
    heard: &(impl Fn(&Delivery) + Sync),
) -> Outcome<(u64, u64)> {
    stream.set_nodelay(true)?;
    let (to_say, said) = mpsc::channel::<Vec<u8>>();
    let mut mouth = stream.try_clone()?;
    let saying = thread::spawn(move || {
        said.iter()
            .try_fold((0, 0), |(frames, bytes), frame| Ok((frames + 1, bytes + say(&mut mouth, &frame)?)))
    });
    let (session, hello) = store.open_session(REALM)?;
    to_say.send(hello)?;
    let mut end =
        End { store, session, to_say, heard, has_all: store.vector()?.covers(wanted), told_all: false };
    while !(end.has_all && end.told_all) {
        end.take(&hear(&mut stream)?, wanted)?;
    }
    drop(end);
    let said: io::Result<(u64, u64)> = saying.join().expect("a writer panicked");
    Ok(said?)
}

struct End<'a, H> {
    store: &'a Store,
    session: Session,
    to_say: mpsc::Sender<Vec<u8>>,
    heard: &'a H,
    /// What is wanted is here.
    has_all: bool,
    /// What is wanted is known to be there.
    told_all: bool,
}

impl<H: Fn(&Delivery)> End<'_, H> {
    fn take(&mut self, frame: &[u8], wanted: &Vector) -> Outcome<()> {
        for output in self.store.receive(&mut self.session, frame)? {
            match output {
                Output::Send(frame) => self.to_say.send(frame)?,
                Output::Store(delivery) => {
                    (self.heard)(&delivery);
                    let number = delivery.number;
                    let vector = self.store.deliver_blocking(delivery)?;
                    self.has_all = vector.covers(wanted);
                    self.to_say.send(self.session.stored(number, &vector))?;
                }
                Output::Agreed { knows: there, .. } | Output::Acknowledged(there) => {
                    self.told_all |= there.covers(wanted);
                }
                alarm => return Err(format!("the hubs do not agree: {alarm:?}").into()),
            }
        }
        while let Some(frame) = self.store.next_frame(&mut self.session)? {
            self.to_say.send(frame)?;
        }
        Ok(())
    }
}

fn say(stream: &mut TcpStream, frame: &[u8]) -> io::Result<u64> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), frame].concat())?;
    Ok(u64::from(length))
}

fn hear(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut frame)?;
    Ok(frame)
}
