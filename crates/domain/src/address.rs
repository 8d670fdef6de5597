//! Where a printer is, as settings say it: in the network, at a USB port, at a serial line, or wherever it asks from.

use std::{fmt, path::PathBuf, str::FromStr};

use thiserror::Error;

/// Where raw printing listens when an address names no port.
pub const PORT_DEFAULT: u16 = 9100;
/// What most serial receipt printers leave the factory with.
pub const BAUD_DEFAULT: u32 = 38_400;
const BAUD_MIN: u32 = 300;
const BAUD_MAX: u32 = 4_000_000;

/// Where a printer is.
///
/// Written as `tcp://host:9100` (scheme and port may be left out), `usb:/dev/usb/lp0`,
/// `serial:/dev/ttyUSB0?baud=38400&parity=none&flow=hardware` (each of the settings may be left out),
/// `cloudprnt:00:11:62:0a:0b:0c` or `epson:bar`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `host:port`, as a resolver takes it.
    Tcp(String),
    /// A device of the kernel's printer driver.
    Usb(PathBuf),
    /// A serial line, also one through a USB adapter.
    Serial(SerialLine),
    /// Nowhere: it comes and asks.
    Caller(Caller),
}

/// A printer that fetches its papers over HTTP, by what it calls itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// Star's `CloudPRNT`: its hardware address, six pairs of lower-case digits between colons.
    CloudPrnt(String),
    /// Epson's Server Direct Print: the ID that it was given, 1 to 30 letters, digits, `-`, `_` and `.`.
    Epson(String),
}

/// The longest ID of an Epson printer that asks.
pub const CALLER_ID_CHARS_MAX: usize = 30;

impl Caller {
    /// By a hardware address, however its pairs are divided.
    ///
    /// # Errors
    /// [`AddressError::Caller`] when it is none.
    pub fn cloudprnt(mac: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError::Caller(mac.to_owned());
        let digits: String = mac.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
        if digits.len() != 12 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let digits = digits.to_ascii_lowercase();
        let pairs: Vec<&str> = (0..6).map(|pair| &digits[pair * 2..pair * 2 + 2]).collect();
        Ok(Self::CloudPrnt(pairs.join(":")))
    }

    /// By the ID that somebody set in it.
    ///
    /// # Errors
    /// [`AddressError::Caller`] when it will not do.
    pub fn epson(id: &str) -> Result<Self, AddressError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if (1..=CALLER_ID_CHARS_MAX).contains(&id.len()) && id.chars().all(is_plain) {
            Ok(Self::Epson(id.to_owned()))
        } else {
            Err(AddressError::Caller(id.to_owned()))
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CloudPrnt(mac) => write!(f, "cloudprnt:{mac}"),
            Self::Epson(id) => write!(f, "epson:{id}"),
        }
    }
}

/// A serial device and how it is set. Eight data bits, one stop bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialLine {
    /// The device.
    pub path: PathBuf,
    /// Bits per second.
    pub baud: u32,
    /// Of every byte.
    pub parity: Parity,
    /// How the printer says that its buffer is full.
    pub flow: Flow,
}

/// A check bit behind every byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Parity {
    /// None.
    #[default]
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// How the printer says that its buffer is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// By the wires RTS and CTS.
    #[default]
    Hardware,
    /// By the bytes XON and XOFF.
    Software,
    /// Not at all: only for little data on slow lines.
    None,
}

/// The text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Nothing between scheme and port.
    #[error("no host")]
    NoHost,
    /// Not a number from 1 to 65535.
    #[error("no such port: {0}")]
    Port(String),
    /// A device is named by its whole path.
    #[error("no device: {0}")]
    Device(String),
    /// Not `name=value` with a name and a value that are known.
    #[error("no such setting of a serial line: {0}")]
    Setting(String),
    /// Neither a hardware address nor an ID, as its kind of printer has it.
    #[error("no printer calls itself so: {0}")]
    Caller(String),
    /// Neither `tcp`, `usb`, `serial`, `cloudprnt` nor `epson`.
    #[error("no such kind of connection: {0}")]
    Scheme(String),
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("usb:") {
            return Ok(Self::Usb(device(path)?));
        }
        if let Some(line) = text.strip_prefix("serial:") {
            return serial(line).map(Self::Serial);
        }
        if let Some(mac) = text.strip_prefix("cloudprnt:") {
            return Caller::cloudprnt(mac).map(Self::Caller);
        }
        if let Some(id) = text.strip_prefix("epson:") {
            return Caller::epson(id).map(Self::Caller);
        }
        match text.split_once("://") {
            Some(("tcp", host)) => network(host),
            Some((scheme, _)) => Err(AddressError::Scheme(scheme.to_owned())),
            None => network(text),
        }
        .map(Self::Tcp)
    }
}

/// The port is optional; an IPv6 address stands in brackets when it has one.
fn network(text: &str) -> Result<String, AddressError> {
    let bare = text.trim_end_matches('/');
    let is_address = |text: &str| !text.is_empty() && !text.contains(['/', '@', '?', ' ']);
    let (host, port) = match bare.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (bare, None),
    };
    if !is_address(host) {
        return Err(AddressError::NoHost);
    }
    let Some(port) = port else { return Ok(format!("{host}:{PORT_DEFAULT}")) };
    match port.parse::<u16>() {
        Ok(1..) => Ok(format!("{host}:{port}")),
        Ok(0) | Err(_) => Err(AddressError::Port(port.to_owned())),
    }
}

/// Whether it is a device shows when it is opened: the cable may be out now.
fn device(path: &str) -> Result<PathBuf, AddressError> {
    let is_whole = path.starts_with('/') && !path.ends_with('/');
    if is_whole { Ok(path.into()) } else { Err(AddressError::Device(path.to_owned())) }
}

fn serial(text: &str) -> Result<SerialLine, AddressError> {
    let (path, settings) = text.split_once('?').unwrap_or((text, ""));
    let mut line = SerialLine {
        path: device(path)?,
        baud: BAUD_DEFAULT,
        parity: Parity::default(),
        flow: Flow::default(),
    };
    for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
        line.set(setting).ok_or_else(|| AddressError::Setting(setting.to_owned()))?;
    }
    Ok(line)
}

impl SerialLine {
    fn set(&mut self, setting: &str) -> Option<()> {
        match setting.split_once('=')? {
            ("baud", baud) => {
                self.baud = baud.parse().ok().filter(|baud| (BAUD_MIN..=BAUD_MAX).contains(baud))?;
            }
            ("parity", "none") => self.parity = Parity::None,
            ("parity", "even") => self.parity = Parity::Even,
            ("parity", "odd") => self.parity = Parity::Odd,
            ("flow", "hardware") => self.flow = Flow::Hardware,
            ("flow", "software") => self.flow = Flow::Software,
            ("flow", "none") => self.flow = Flow::None,
            _ => return None,
        }
        Some(())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host) => write!(f, "tcp://{host}"),
            Self::Usb(path) => write!(f, "usb:{}", path.display()),
            Self::Serial(line) => write!(f, "serial:{line}"),
            Self::Caller(caller) => caller.fmt(f),
        }
    }
}

impl fmt::Display for SerialLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}?baud={}", self.path.display(), self.baud)?;
        match self.parity {
            Parity::None => {}
            Parity::Even => f.write_str("&parity=even")?,
            Parity::Odd => f.write_str("&parity=odd")?,
        }
        match self.flow {
            Flow::Hardware => Ok(()),
            Flow::Software => f.write_str("&flow=software"),
            Flow::None => f.write_str("&flow=none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_address() -> impl Strategy<Value = Address> {
        let host = ("[a-z][a-z0-9.-]{0,20}", 1..=u16::MAX).prop_map(|(host, port)| format!("{host}:{port}"));
        let line = (
            "/dev/[a-zA-Z0-9/]{0,20}[a-zA-Z0-9]",
            BAUD_MIN..=BAUD_MAX,
            prop_oneof![Just(Parity::None), Just(Parity::Even), Just(Parity::Odd)],
            prop_oneof![Just(Flow::Hardware), Just(Flow::Software), Just(Flow::None)],
        );
        let line =
            line.prop_map(|(path, baud, parity, flow)| SerialLine { path: path.into(), baud, parity, flow });
        prop_oneof![
            host.prop_map(Address::Tcp),
            "/dev/usb/lp[0-9]".prop_map(|path| Address::Usb(path.into())),
            line.prop_map(Address::Serial),
        ]
    }

    proptest! {
        #[test]
        fn an_address_that_is_written_down_is_the_same_when_it_is_read(address in any_address()) {
            prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
        }
    }

    fn tcp(text: &str) -> Address {
        Address::Tcp(text.to_owned())
    }

    #[test]
    fn an_address_may_leave_out_scheme_and_port() {
        for (text, host) in [
            ("tcp://192.0.2.7:9101/", "192.0.2.7:9101"),
            ("printer.local", "printer.local:9100"),
            ("[2001:db8::7]:9100", "[2001:db8::7]:9100"),
            ("[2001:db8::7]", "[2001:db8::7]:9100"),
        ] {
            assert_eq!(text.parse(), Ok(tcp(host)), "{text}");
        }
    }

    #[test]
    fn a_device_is_named_with_its_settings() {
        assert_eq!("usb:/dev/usb/lp0".parse(), Ok(Address::Usb("/dev/usb/lp0".into())));
        let line = SerialLine {
            path: "/dev/ttyUSB0".into(),
            baud: 9_600,
            parity: Parity::Even,
            flow: Flow::Software,
        };
        let text = "serial:/dev/ttyUSB0?baud=9600&parity=even&flow=software";
        assert_eq!(text.parse(), Ok(Address::Serial(line)));
        let Ok(Address::Serial(line)) = "serial:/dev/ttyS0".parse() else { panic!("it names a line") };
        assert_eq!((line.baud, line.parity, line.flow), (BAUD_DEFAULT, Parity::None, Flow::Hardware));
    }

    #[test]
    fn a_printer_that_asks_is_named_by_what_it_calls_itself() {
        let star = Address::Caller(Caller::CloudPrnt("00:11:62:0a:0b:0c".into()));
        for text in ["cloudprnt:00:11:62:0a:0b:0c", "cloudprnt:0011620A0B0C", "cloudprnt:00-11-62-0A-0B-0C"] {
            assert_eq!(text.parse(), Ok(star.clone()), "{text}");
        }
        assert_eq!(star.to_string(), "cloudprnt:00:11:62:0a:0b:0c");
        assert_eq!("epson:bar-2".parse(), Ok(Address::Caller(Caller::Epson("bar-2".into()))));
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        let setting = |text: &str| Err(AddressError::Setting(text.to_owned()));
        for (text, error) in [
            ("tcp://", Err(AddressError::NoHost)),
            ("tcp://x y:1", Err(AddressError::NoHost)),
            ("tcp://printer:0", Err(AddressError::Port("0".into()))),
            ("tcp://printer:port", Err(AddressError::Port("port".into()))),
            ("http://printer", Err(AddressError::Scheme("http".into()))),
            ("usb:lp0", Err(AddressError::Device("lp0".into()))),
            ("serial:/dev/", Err(AddressError::Device("/dev/".into()))),
            ("serial:/dev/ttyS0?baud=1", setting("baud=1")),
            ("serial:/dev/ttyS0?speed=9600", setting("speed=9600")),
            ("cloudprnt:0011", Err(AddressError::Caller("0011".into()))),
            ("cloudprnt:é01162aabbcc", Err(AddressError::Caller("é01162aabbcc".into()))),
            ("epson:", Err(AddressError::Caller(String::new()))),
            ("epson:a b", Err(AddressError::Caller("a b".into()))),
        ] {
            assert_eq!(text.parse::<Address>(), error, "{text}");
        }
    }
}
