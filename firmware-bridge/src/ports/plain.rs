//! Serial devices that speak no frames.

use std::io::{self, Read, Write};
use std::sync::mpsc::channel;
use std::time::Duration;

use maitred_device::field::DeviceId;
use maitred_device::field::message::{Action, EventId, Happened, Outcome, Pattern};

use super::{FromPort, Line, Met, Profile, ToPort};

/// How long a read waits for bytes.
const READ_TIMEOUT: Duration = Duration::from_millis(10);
/// Characters of a line of a customer display.
const DISPLAY_CHARS: usize = 20;

/// Speaks over the port until it is closed.
pub fn run(line: &Line, profile: Profile, baud: u32, draw: fn() -> u32) -> io::Result<()> {
    let path = line.path.to_string_lossy();
    let mut port = serialport::new(path, baud).timeout(READ_TIMEOUT).open_native()?;
    tracing::info!(port = %line.path.display(), "port open");
    let (to_port, orders) = channel();
    let Some(device) = met(line, profile) else { return Ok(()) };
    line.tell(FromPort::Met { port: line.port, device, to_port });
    let mut id = EventId { boot: draw(), seq: 0 };
    let mut bytes = [0; 64];
    loop {
        match port.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                for code in bytes[..length].iter().filter_map(|byte| key(profile, *byte)) {
                    id.seq += 1;
                    line.tell(FromPort::Happened { port: line.port, id, event: Happened::Key { code } });
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
        while let Ok(order) = orders.try_recv() {
            let ToPort::Do { id, action } = order else { continue };
            let outcome = match written(profile, &action) {
                Some(bytes) => {
                    port.write_all(&bytes)?;
                    Outcome::Done
                }
                None => Outcome::Refused,
            };
            line.tell(FromPort::Answered { id, outcome });
        }
        if line.to_bridge.is_closed() {
            return Ok(());
        }
    }
}

/// What is at the port; it does not say who it is, so it is known by the port's name.
pub fn met(line: &Line, profile: Profile) -> Option<Met> {
    let kind = profile.kind()?;
    let name = line.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Some(Met { id: DeviceId::of(kind, &name), kind, name, firmware: None })
}

/// The key of a byte, at a bump bar.
fn key(profile: Profile, byte: u8) -> Option<u16> {
    let is_key = profile == Profile::AsciiKeys && byte.is_ascii_graphic();
    is_key.then_some(u16::from(byte))
}

/// What makes the device do it, if it can.
fn written(profile: Profile, action: &Action) -> Option<Vec<u8>> {
    match (profile, action) {
        (Profile::AsciiPager, Action::Page { pager, pattern }) => Some(page(*pager, *pattern)),
        (Profile::Lrs(system), Action::Page { pager, pattern }) => Some(lrs(*pager, system, *pattern)),
        (Profile::Cd5220, Action::Show { lines }) => Some(cd5220(lines)),
        (Profile::EscPosDisplay, Action::Show { lines }) => Some(esc_pos(lines)),
        (
            Profile::Frames
            | Profile::AsciiKeys
            | Profile::AsciiPager
            | Profile::Lrs(_)
            | Profile::Cd5220
            | Profile::EscPosDisplay
            | Profile::Keyboard,
            Action::Page { .. } | Action::Show { .. } | Action::Light { .. } | Action::Sound { .. },
        ) => None,
    }
}

/// `P`, four digits, a comma, how, a carriage return; how is 0 to stop, 1 to 4 for short, twice, long and alarm.
fn page(pager: u16, pattern: Pattern) -> Vec<u8> {
    let how = match pattern {
        Pattern::Off => 0,
        Pattern::Short => 1,
        Pattern::Double => 2,
        Pattern::Long => 3,
        Pattern::Alarm => 4,
    };
    format!("P{pager:04},{how}\r").into_bytes()
}

/// `PAGE`, the pager, the system ID and a message, with what overrides the pager's own alert behind `\f`: `F` and `B` flash
/// and beep for so many seconds, `V` vibrates, `v5` how, `C54` cancels the last page. As Long Range Systems documents the
/// T74C232 (paging-systems.readme.io, "Basic Paging", "Alert Overrides" and "Initialization", which has a message end with a
/// carriage return).
fn lrs(pager: u16, system: u8, pattern: Pattern) -> Vec<u8> {
    let alert = match pattern {
        Pattern::Off => "C54",
        Pattern::Short => "F5V",
        Pattern::Double => "F10V",
        Pattern::Long => "F30Vv5",
        Pattern::Alarm => "F60B10V",
    };
    format!("PAGE,{pager},{system},Ready\\f{alert}\r").into_bytes()
}

/// `ESC Q A` and `ESC Q B` write the upper and the lower line up to a carriage return.
fn cd5220(lines: &[String]) -> Vec<u8> {
    let mut bytes = vec![0x0c];
    for (line, name) in lines.iter().zip(*b"AB") {
        bytes.extend([0x1b, b'Q', name]);
        bytes.extend(shown(line));
        bytes.push(b'\r');
    }
    bytes
}

/// `CLR`, then each line where `US $` puts it.
fn esc_pos(lines: &[String]) -> Vec<u8> {
    let mut bytes = vec![0x1b, b'@', 0x0c];
    for (line, row) in lines.iter().zip(1..=2) {
        bytes.extend([0x1f, b'$', 1, row]);
        bytes.extend(shown(line));
    }
    bytes
}

/// What such displays can show: 20 characters of ASCII, and no control among them.
fn shown(line: &str) -> Vec<u8> {
    line.chars().flat_map(|letter| plain(letter).bytes().collect::<Vec<u8>>()).take(DISPLAY_CHARS).collect()
}

/// A letter in ASCII: as people write it where it has no marks.
fn plain(letter: char) -> String {
    let written = match letter {
        '€' => "EUR",
        'Ä' => "Ae",
        'Ö' => "Oe",
        'Ü' => "Ue",
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'À' | 'Á' | 'Â' => "A",
        'È' | 'É' | 'Ê' => "E",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' => "o",
        'ù' | 'ú' | 'û' => "u",
        _ if letter.is_ascii_graphic() => return letter.to_string(),
        _ if letter.is_whitespace() => " ",
        _ => "?",
    };
    written.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_devices_get_the_bytes_of_their_manuals() {
        let page = Action::Page { pager: 12, pattern: Pattern::Long };
        assert_eq!(written(Profile::AsciiPager, &page), Some(b"P0012,3\r".to_vec()));
        assert_eq!(written(Profile::Lrs(4), &page), Some(b"PAGE,12,4,Ready\\fF30Vv5\r".to_vec()));
        let show = Action::Show { lines: vec!["Total €".into(), "12.50".into()] };
        assert_eq!(written(Profile::Cd5220, &show), Some(b"\x0c\x1bQATotal EUR\r\x1bQB12.50\r".to_vec()));
        let expected = b"\x1b@\x0c\x1f$\x01\x01Total EUR\x1f$\x01\x0212.50".to_vec();
        assert_eq!(written(Profile::EscPosDisplay, &show), Some(expected));
        assert_eq!(written(Profile::Cd5220, &page), None);
        assert_eq!(shown("R\u{fc}ckgeld é"), b"Rueckgeld e");
    }

    proptest! {
        #[test]
        fn no_text_brings_a_command_to_a_display(line in ".{0,60}") {
            let shown = shown(&line);
            prop_assert!(shown.len() <= DISPLAY_CHARS);
            prop_assert!(shown.iter().all(|byte| (0x20..0x7f).contains(byte)));
        }
    }
}
