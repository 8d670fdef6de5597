//! Epson's Server Direct Print: a printer posts a form, gets its paper as ePOS-Print XML in the answer, and posts what
//! became of it (Epson "Server Direct Print User's Manual", `PrintRequestInfo` 2.00).

use std::{borrow::Cow, fmt::Write as _};

use maitred_domain::address::Caller;

use super::{Answer, Ask, AskError, Handed, Told, Verdict};
use crate::{
    paper::DrawerKick,
    session::{Grade, Health},
};

/// The longest form that is read: a result has some hundred bytes.
pub const FORM_BYTES_MAX: usize = 64 * 1_024;
/// How long a printer may take for one paper before it says that it failed.
const TIMEOUT_MS: u32 = 60_000;
/// The token of an answer that only asks how the printer is.
const STATUS_TOKEN: &str = "status";
/// `ESC @`: nothing of an earlier paper is relied on.
const RESET: [u8; 2] = [0x1b, 0x40];

/// Which printer posts, and what it wants; `None` when it wants nothing that matters here.
///
/// # Errors
/// [`AskError`] when it is no such form, or names no printer.
pub fn read_form(body: &[u8]) -> Result<(Caller, Option<Ask>), AskError> {
    if body.len() > FORM_BYTES_MAX {
        return Err(AskError::Form("it is too long"));
    }
    let field =
        |name: &str| form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value);
    let kind = field("ConnectionType").ok_or(AskError::Form("it has no ConnectionType"))?;
    let id = field("ID").filter(|id| !id.is_empty()).or_else(|| field("Name")).unwrap_or_default();
    let caller = Caller::epson(&id)?;
    let ask = match &*kind {
        "GetRequest" => Some(Ask::Take),
        "SetResponse" => {
            let file = field("ResponseFile").ok_or(AskError::Form("it has no ResponseFile"))?;
            Some(read_result(&file))
        }
        "SetStatus" => field("Status").and_then(|status| read_status(&status)),
        _ => return Err(AskError::Form("it is of no kind that is known")),
    };
    Ok((caller, ask))
}

/// `<response success="true" code="" status="251658262" .../>`, with the `<printjobid>` that it is about.
fn read_result(xml: &str) -> Ask {
    let status = attribute(xml, "response", "status").and_then(|status| status.parse().ok());
    let is_success = attribute(xml, "response", "success") == Some("true");
    let verdict = match status {
        Some(status) if is_success && status & PRINTED != 0 => Verdict::Printed(Grade::A),
        _ if is_success => Verdict::Printed(Grade::B),
        _ => Verdict::Failed,
    };
    let told = status.filter(|status| *status != 0).map_or_else(Told::default, told_of);
    let health = told.health.or(is_success.then_some(Health::Ready));
    match token_of(xml) {
        Some(STATUS_TOKEN) => Ask::Tell { told: Told { health: health.or(Some(Health::Error)), ..told } },
        token => Ask::Report { token: token.map(str::to_owned), verdict, told: Told { health, ..told } },
    }
}

/// `<printerstatus asbstatus="0x0F000014" .../>`: decimal, or hexadecimal after `0x`.
fn read_status(xml: &str) -> Option<Ask> {
    let text = attribute(xml, "printerstatus", "asbstatus")?;
    let status = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => text.parse().ok()?,
    };
    Some(Ask::Tell { told: told_of(status) })
}

const NO_RESPONSE: u32 = 0x0000_0001;
const PRINTED: u32 = 0x0000_0002;
/// Pin 3 of the drawer's connector.
const DRAWER_HIGH: u32 = 0x0000_0004;
const OFF_LINE: u32 = 0x0000_0008;
const COVER_OPEN: u32 = 0x0000_0020;
/// Mechanical, cutter, unrecoverable, recovers by itself.
const ERRORS: u32 = 0x0000_6c00;
const PAPER_LOW: u32 = 0x0002_0000;
const PAPER_OUT: u32 = 0x0008_0000;

fn told_of(status: u32) -> Told {
    let is_drawer_high = (status & NO_RESPONSE == 0).then_some(status & DRAWER_HIGH != 0);
    Told { health: Some(health_of(status)), is_drawer_high }
}

fn health_of(status: u32) -> Health {
    let is = |bits: u32| status & bits != 0;
    match () {
        () if is(NO_RESPONSE) => Health::Unreachable,
        () if is(COVER_OPEN) => Health::CoverOpen,
        () if is(PAPER_OUT) => Health::PaperOut,
        () if is(ERRORS | OFF_LINE) => Health::Error,
        () if is(PAPER_LOW) => Health::PaperLow,
        () => Health::Ready,
    }
}

/// The value of an attribute of the first element called `element`.
fn attribute<'a>(xml: &'a str, element: &str, name: &str) -> Option<&'a str> {
    let is_end_of_name = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
    let rest = xml
        .split('<')
        .find_map(|tag| tag.strip_prefix(element).filter(|rest| rest.starts_with(is_end_of_name)))?;
    let tag = rest.split('>').next().unwrap_or_default();
    let start = tag.match_indices(name).find_map(|(at, _)| {
        let is_apart = tag[..at].ends_with(|c: char| c.is_ascii_whitespace());
        tag[at + name.len()..].trim_start().strip_prefix('=').filter(|_| is_apart)
    })?;
    let value = start.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote).map(|(value, _)| value)
}

fn token_of(xml: &str) -> Option<&str> {
    let (_, rest) = xml.split_once("<printjobid>")?;
    rest.split_once("</printjobid>").map(|(token, _)| token.trim()).filter(|token| !token.is_empty())
}

/// The XML of an answer; empty when there is nothing to say.
pub fn write_answer(answer: &Answer) -> String {
    match answer {
        Answer::Paper(handed) => request(&handed.token, &content(handed)),
        Answer::AskStatus => request(STATUS_TOKEN, ""),
        Answer::Nothing | Answer::Heard | Answer::Ready { .. } => String::new(),
    }
}

fn content(handed: &Handed) -> Cow<'static, str> {
    let kick = match handed.drawer {
        Some(DrawerKick::Pin2) => r#"<pulse drawer="drawer_1" time="pulse_200"/>"#,
        Some(DrawerKick::Pin5) => r#"<pulse drawer="drawer_2" time="pulse_200"/>"#,
        None => "",
    };
    if handed.bytes.is_empty() {
        return kick.into();
    }
    let mut hex = String::with_capacity(2 * handed.bytes.len() + 64);
    for byte in RESET.iter().chain(&handed.bytes) {
        write!(hex, "{byte:02x}").ok();
    }
    format!("{kick}<command>{hex}</command>").into()
}

fn request(token: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<PrintRequestInfo Version=\"2.00\"><ePOSPrint><Parameter>\
         <devid>local_printer</devid><timeout>{TIMEOUT_MS}</timeout><printjobid>{token}</printjobid></Parameter>\
         <PrintData><epos-print xmlns=\"http://www.epson-pos.com/schemas/2011/03/epos-print\">{content}</epos-print>\
         </PrintData></ePOSPrint></PrintRequestInfo>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asking::Form;

    fn result(response: &str, token: &str) -> Ask {
        let xml = format!(
            "<?xml version=\"1.0\"?><PrintResponseInfo Version=\"2.00\"><ePOSPrint><Parameter><devid>local_printer</devid>\
             <printjobid>{token}</printjobid></Parameter><PrintResponse><response xmlns=\"http://www.epson-pos.com/\
             schemas/2011/03/epos-print\" {response} battery=\"0\"/></PrintResponse></ePOSPrint></PrintResponseInfo>"
        );
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("ConnectionType", "SetResponse"),
                ("ID", "bar"),
                ("Name", ""),
                ("ResponseFile", &xml),
            ])
            .finish();
        let (caller, ask) = read_form(form.as_bytes()).unwrap();
        assert_eq!(caller, Caller::Epson("bar".into()));
        ask.unwrap()
    }

    /// Its drawer is shut.
    fn is(health: Health) -> Told {
        Told { health: Some(health), is_drawer_high: Some(true) }
    }

    fn report(verdict: Verdict, told: Told) -> Ask {
        Ask::Report { token: Some("00000007".into()), verdict, told }
    }

    #[test]
    fn a_request_is_a_visit_without_a_word_about_the_printer() {
        let form = |body: &str| read_form(body.as_bytes());
        assert_eq!(
            form("ConnectionType=GetRequest&ID=bar&Name="),
            Ok((Caller::Epson("bar".into()), Some(Ask::Take)))
        );
        assert!(matches!(form("ID=bar"), Err(AskError::Form(_))));
        assert!(matches!(form("ConnectionType=GetRequest&ID=&Name=a b"), Err(AskError::Caller(_))));
    }

    #[test]
    fn success_with_the_printed_bit_is_proof_and_without_it_less() {
        let printed = result(r#"success="true" code="" status="251658262""#, "00000007");
        assert_eq!(printed, report(Verdict::Printed(Grade::A), is(Health::Ready)));
        let processed = result(r#"success="true" code="" status="251658260""#, "00000007");
        assert_eq!(processed, report(Verdict::Printed(Grade::B), is(Health::Ready)));
        let failed = result(r#"success="false" code="EPTR_REC_EMPTY" status="252182556""#, "00000007");
        assert_eq!(failed, report(Verdict::Failed, is(Health::PaperOut)));
        let open = result(r#"success="false" code="EPTR_COVER_OPEN" status="251658300""#, "00000007");
        assert_eq!(open, report(Verdict::Failed, is(Health::CoverOpen)));
    }

    #[test]
    fn the_answer_to_a_question_about_its_state_proves_no_paper() {
        let told = result(r#"success="true" code="" status="251658260""#, STATUS_TOKEN);
        assert_eq!(told, Ask::Tell { told: is(Health::Ready) });
        let noted = read_form(b"ConnectionType=SetStatus&ID=bar&Status=%3Cstatusmonitor%3E%3Cprinterstatus+asbstatus%3D%220x0F00003C%22%2F%3E");
        assert_eq!(noted.unwrap().1, Some(Ask::Tell { told: is(Health::CoverOpen) }));
    }

    #[test]
    fn a_status_says_whether_the_drawer_is_open_and_one_without_an_answer_of_the_printer_does_not() {
        let drawer = |status: &str| {
            let xml = format!(r#"<statusmonitor><printerstatus asbstatus="{status}"/></statusmonitor>"#);
            read_status(&xml).and_then(|ask| ask.told().is_drawer_high)
        };
        assert_eq!(drawer("0x0F000014"), Some(true));
        assert_eq!(drawer("0x0F000010"), Some(false));
        assert_eq!(drawer("0x00000001"), None);
    }

    #[test]
    fn a_paper_is_its_bytes_behind_a_reset_and_a_drawer_its_pulse() {
        let handed = |bytes: &[u8], drawer| {
            let bytes = bytes.to_vec();
            write_answer(&Answer::Paper(Handed {
                token: "00000007".into(),
                form: Form::EscPos,
                bytes,
                drawer,
            }))
        };
        let paper = handed(&[0x41, 0x0a], None);
        assert!(paper.contains("<printjobid>00000007</printjobid>"), "{paper}");
        assert!(paper.contains("epos-print\"><command>1b40410a</command></epos-print>"), "{paper}");
        let drawer = handed(&[], Some(DrawerKick::Pin2));
        assert!(
            drawer.contains(r#"epos-print"><pulse drawer="drawer_1" time="pulse_200"/></epos-print>"#),
            "{drawer}"
        );
        assert_eq!(write_answer(&Answer::Nothing), "");
    }
}
