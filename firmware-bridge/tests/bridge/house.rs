//! A broker, a bridge, and strangers.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use maitred_wire::{Action, DeviceEnd, Event, Hello, Outcome};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use serde_json::Value;

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A process that ends with the test.
pub struct Running(pub Child);

impl Running {
    pub fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Mosquitto, with a session for each client that wants one.
pub struct Broker {
    pub port: u16,
    folder: tempfile::TempDir,
    process: Option<Running>,
}

impl Broker {
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let mut broker = Self { port, folder, process: None };
        broker.again();
        broker
    }

    pub fn again(&mut self) {
        let here = self.folder.path();
        let conf = here.join("mosquitto.conf");
        let text = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\nuser root\nset_tcp_nodelay true\n",
            self.port,
            here.display()
        );
        std::fs::write(&conf, text).unwrap();
        let program =
            if Path::new("/usr/sbin/mosquitto").exists() { "/usr/sbin/mosquitto" } else { "mosquitto" };
        let mut command = Command::new(program);
        command.arg("-c").arg(conf).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(Running(command.spawn().expect("mosquitto is installed: scripts/setup test")));
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the broker does not listen");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops it in good order, so that it keeps what it has.
    pub fn stop(&mut self) {
        let mut process = self.process.take().unwrap();
        process.signal("-TERM");
        process.0.wait().unwrap();
    }

    /// Destroys it with everything that it kept.
    pub fn destroy(&mut self) {
        self.process = None;
        let _ = std::fs::remove_file(self.folder.path().join("mosquitto.db"));
    }

    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    pub fn publish(&self, topic: &str, payload: &str) {
        self.publish_with(topic, &["-m", payload]);
    }

    /// Takes out what the broker keeps there.
    pub fn forget(&self, topic: &str) {
        self.publish_with(topic, &["-r", "-n"]);
    }

    fn publish_with(&self, topic: &str, what: &[&str]) {
        let port = self.port.to_string();
        let status = Command::new("mosquitto_pub")
            .args(["-h", "127.0.0.1", "-p", &port, "-q", "1", "-t", topic])
            .args(what)
            .status()
            .unwrap();
        assert!(status.success());
    }
}

/// Somebody who listens with `mosquitto_sub`.
pub struct Stranger {
    lines: Receiver<(String, String)>,
    _process: Running,
}

impl Stranger {
    /// With a session that outlives connections.
    pub fn listen(broker: &Broker, name: &str, topics: &[&str]) -> Self {
        let port = broker.port.to_string();
        let mut command = Command::new("mosquitto_sub");
        command.args(["-h", "127.0.0.1", "-p", &port, "-q", "1", "-c", "-i", name, "-F", "%t %p"]);
        for topic in topics {
            command.args(["-t", topic]);
        }
        // A word of its own, by which it is known that it listens.
        command.args(["-t", "hush"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let ((tell, lines), (hush, hushes)) = (channel(), channel());
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let (topic, payload) = line.split_once(' ').unwrap_or((&line, ""));
                let line = (topic.to_owned(), payload.to_owned());
                // Nobody waits for one of them any more.
                let _ = if topic == "hush" { hush.send(line) } else { tell.send(line) };
            }
        });
        let stranger = Self { lines, _process: Running(child) };
        let begun = Instant::now();
        loop {
            broker.publish("hush", "");
            if hushes.recv_timeout(Duration::from_millis(200)).is_ok() {
                return stranger;
            }
            assert!(begun.elapsed() < PATIENCE, "the stranger does not listen");
        }
    }

    /// Waits until all of these are ready, in whatever order.
    pub fn hear_ready(&self, devices: &[&str]) {
        let mut missing: Vec<String> = devices.iter().map(|it| format!("homie/5/{it}/$state")).collect();
        while !missing.is_empty() {
            let (topic, payload) = self.lines.recv_timeout(PATIENCE).expect("all get ready");
            if payload == "ready" {
                missing.retain(|it| *it != topic);
            }
        }
    }

    pub fn next_within(&self, time: Duration) -> Option<(String, String)> {
        self.lines.recv_timeout(time).ok()
    }

    /// Waits for that, and forgets what came before.
    pub fn hear(&self, topic: &str, payload: &str) {
        self.hear_where(topic, |it| it == payload);
    }

    pub fn hear_where(&self, topic: &str, fits: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        let mut last = String::new();
        while begun.elapsed() < PATIENCE {
            match self.lines.recv_timeout(PATIENCE) {
                Ok((at, payload)) if at == topic && fits(&payload) => return payload,
                Ok((at, payload)) => last = format!("{at} {payload}"),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        panic!("{topic} was not heard; the last was {last}");
    }

    pub fn json(&self, topic: &str) -> Value {
        serde_json::from_str(&self.hear_where(topic, |_| true)).unwrap()
    }

    pub fn hears_nothing_of(&self, topic: &str, within: Duration) {
        let until = Instant::now() + within;
        while let Ok((at, payload)) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            assert_ne!(at, topic, "{payload}");
        }
    }
}

/// The binary.
pub struct Bridge {
    pub process: Running,
    pub controls: Option<u16>,
}

impl Bridge {
    pub fn start(broker: &Broker, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_maitred-bridge"))
            .args(["serve", "--broker", &broker.url(), "--name", "test", "--controls", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.rsplit_once("127.0.0.1:").and_then(|(_, rest)| rest.split('/').next()?.parse().ok());
        Self { process: Running(child), controls: port }
    }

    /// Asks the controls of simulated devices: status and body.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.controls.unwrap())).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    pub fn post(&self, path: &str, body: &str) {
        let (status, _) = self.ask("POST", &format!("/simulated/{path}"), body);
        assert_eq!(status, 204, "{path}");
    }

    /// What a simulated device shows.
    pub fn simulated(&self, id: &str) -> Value {
        let (_, body) = self.ask("GET", "/simulated", "");
        let all: Vec<Value> = serde_json::from_str(&body).unwrap();
        all.into_iter().find(|device| device["id"] == id).unwrap()
    }
}

/// A pseudo-terminal: the device's end, and the path at which a bridge opens the other.
pub struct Pty {
    pub device: File,
    pub path: PathBuf,
    _held: OwnedFd,
}

impl Pty {
    pub fn open() -> Self {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let path = PathBuf::from(ptsname(&end, Vec::new()).unwrap().into_string().unwrap());
        let held =
            rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        let mut attributes = tcgetattr(&held).unwrap();
        attributes.make_raw();
        tcsetattr(&held, OptionalActions::Now, &attributes).unwrap();
        Self { device: File::from(end), path, _held: held }
    }

    pub fn text(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

/// A microcontroller of this test, which lives on when the bridge does not.
pub struct Board {
    pub path: PathBuf,
    end: Arc<Mutex<DeviceEnd<256>>>,
    is_on: Arc<AtomicBool>,
    is_mute: Arc<AtomicBool>,
}

impl Board {
    pub fn on(hello: Hello) -> Self {
        let pty = Pty::open();
        let path = pty.path.clone();
        let end = Arc::new(Mutex::new(DeviceEnd::new(hello)));
        let is_on = Arc::new(AtomicBool::new(true));
        let is_mute = Arc::new(AtomicBool::new(false));
        let (shared, on, mute) = (Arc::clone(&end), Arc::clone(&is_on), Arc::clone(&is_mute));
        thread::spawn(move || run(pty, &shared, &on, &mute));
        Self { path, end, is_on, is_mute }
    }

    pub fn press(&self, code: u16) {
        self.end.lock().unwrap().push(Event::Key { code }).unwrap();
    }

    /// As with a loose wire: nothing that it says arrives.
    pub fn mute(&self, is_mute: bool) {
        self.is_mute.store(is_mute, Ordering::Relaxed);
    }

    pub fn waiting(&self) -> usize {
        self.end.lock().unwrap().waiting()
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.is_on.store(false, Ordering::Relaxed);
    }
}

fn run(mut pty: Pty, end: &Mutex<DeviceEnd<256>>, is_on: &AtomicBool, is_mute: &AtomicBool) {
    let begun = Instant::now();
    let mut receiver = maitred_wire::Receiver::default();
    let mut incoming = VecDeque::new();
    while is_on.load(Ordering::Relaxed) {
        let mut fds =
            [rustix::event::PollFd::from_borrowed_fd(pty.device.as_fd(), rustix::event::PollFlags::IN)];
        let step = rustix::event::Timespec { tv_sec: 0, tv_nsec: 2_000_000 };
        if rustix::event::poll(&mut fds, Some(&step)).is_ok_and(|ready| ready > 0) {
            let mut bytes = [0; 256];
            let length = pty.device.read(&mut bytes).unwrap_or(0);
            incoming.extend(&bytes[..length]);
        }
        let now = u64::try_from(begun.elapsed().as_millis()).unwrap();
        let mut end = end.lock().unwrap();
        for byte in incoming.drain(..) {
            if let Some(Ok(frame)) = receiver.push(byte)
                && let Some(asked) = end.received(now, frame)
            {
                let can = matches!(asked.action, Action::Sound { .. });
                end.answer(if can { Outcome::Done } else { Outcome::Refused });
            }
        }
        while let Some(frame) = end.poll(now) {
            if !is_mute.load(Ordering::Relaxed) {
                pty.device.write_all(&frame.packet()).unwrap();
            }
        }
    }
}

/// A pipe with a name.
pub fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("keys");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}
