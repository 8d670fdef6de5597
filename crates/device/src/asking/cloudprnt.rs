//! Star's `CloudPRNT` over HTTP: a printer posts how it is, gets its paper, and deletes it when it is printed
//! (Star `CloudPRNT` Protocol Guide 2.4).

use maitred_domain::address::Caller;
use serde::{Deserialize, Serialize};

use super::{Answer, Ask, AskError, Form, Told, Verdict};
use crate::{
    decode::{Decoder, Reply},
    profile::Dialect,
    session::{Grade, Health},
};

/// What papers can be had as; the first opens drawers alone, too.
pub const MEDIA_TYPES: [&str; 2] = ["application/vnd.star.starprnt", "image/png"];
/// The longest body of a poll that is read: a real one has some hundred bytes.
pub const POLL_BYTES_MAX: usize = 16 * 1_024;

/// The body of a poll, as far as it matters here. Printers leave fields out, or say null.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Poll {
    status: Option<String>,
    status_code: Option<String>,
    #[serde(rename = "printerMAC")]
    printer_mac: Option<String>,
    printing_in_progress: Option<bool>,
}

/// Which printer polls, and how it is.
///
/// # Errors
/// [`AskError`] when it is no poll, or names no printer.
pub fn read_poll(body: &[u8]) -> Result<(Caller, Ask), AskError> {
    if body.len() > POLL_BYTES_MAX {
        return Err(AskError::Poll("it is too long".to_owned()));
    }
    let poll: Poll = serde_json::from_slice(body).map_err(|error| AskError::Poll(error.to_string()))?;
    let caller = Caller::cloudprnt(poll.printer_mac.as_deref().unwrap_or_default())?;
    let health = poll.status_code.as_deref().and_then(read_code).map(health_of);
    let is_drawer_high = poll.status.as_deref().and_then(drawer_of);
    Ok((caller, Ask::Poll { told: Told { health, is_drawer_high }, is_at_work: poll.printing_in_progress }))
}

/// `23 86 0 0 0 0 0 0 0`: what a printer in the network would say by itself, in hexadecimal digits.
fn drawer_of(status: &str) -> Option<bool> {
    let bytes = status.split_whitespace().map(|digits| u8::from_str_radix(digits, 16));
    let bytes = bytes.collect::<Result<Vec<u8>, _>>().ok()?;
    Decoder::new(Dialect::StarPrnt).push(&bytes).into_iter().find_map(|reply| {
        let Reply::Auto(status) = reply else { return None };
        Some(status.is_drawer_high())
    })
}

/// What a printer fetches: `type` and `token` of its query.
///
/// `None` when papers cannot be had as that.
pub fn read_fetch(media_type: &str, token: Option<&str>) -> Option<Ask> {
    let form = match media_type.split(';').next().unwrap_or_default().trim() {
        "application/vnd.star.starprnt" => Form::StarPrnt,
        "image/png" => Form::Png,
        _ => return None,
    };
    Some(Ask::Fetch { token: token.map(str::to_owned), form })
}

/// What a printer says of its paper: `code` and `token` of its query.
pub fn read_report(code: &str, token: Option<&str>) -> Ask {
    let code = read_code(code);
    let verdict = match code {
        Some(200..300) => Verdict::Printed(Grade::A),
        // Not its type, not its version, too large: it did not begin.
        Some(510 | 512 | 521) => Verdict::Untouched,
        _ => Verdict::Failed,
    };
    let health = code.filter(|code| !(500..600).contains(code)).map(health_of);
    let told = Told { health, ..Told::default() };
    Ask::Report { token: token.map(str::to_owned), verdict, told }
}

/// `200 OK`, `200%20OK`, `410`: the number in front, of three or four digits of which the first counts.
fn read_code(text: &str) -> Option<u16> {
    let digits = text.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
    let is_code = (3..=4).contains(&digits.len()) && !digits.starts_with('0');
    is_code.then(|| digits.parse().ok())?
}

/// Printer status codes; a code of four digits is a finer one of its first three.
fn health_of(code: u16) -> Health {
    match if code > 999 { code / 10 } else { code } {
        210..220 => Health::PaperLow,
        220..230 => Health::Printing,
        200..300 => Health::Ready,
        410 => Health::PaperOut,
        420..430 => Health::CoverOpen,
        _ => Health::Error,
    }
}

/// The answer to a poll.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct PollAnswer {
    /// There is a paper.
    pub job_ready: bool,
    /// What it can be had as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<&'static str>,
    /// Names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_token: Option<String>,
    /// How it is acknowledged.
    pub delete_method: &'static str,
}

/// What a poll is answered with.
pub fn answer_poll(answer: Answer) -> PollAnswer {
    let (job_token, media_types) = match answer {
        Answer::Ready { token, is_drawer: true } => (Some(token), MEDIA_TYPES[..1].to_vec()),
        Answer::Ready { token, is_drawer: false } => (Some(token), MEDIA_TYPES.to_vec()),
        Answer::Nothing | Answer::Paper(_) | Answer::AskStatus | Answer::Heard => (None, Vec::new()),
    };
    PollAnswer { job_ready: job_token.is_some(), media_types, job_token, delete_method: "DELETE" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(code: &str) -> Option<Health> {
        let body = format!(r#"{{"statusCode":"{code}","printerMAC":"00:11:62:AA:bb:cc"}}"#);
        match read_poll(body.as_bytes()) {
            Ok((_, Ask::Poll { told, .. })) => told.health,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_poll_says_who_and_how() {
        let body = br#"{"status":"23 6 0 0 0 0 0 0 0","printerMAC":"00:11:62:AA:BB:CC","uniqueID":null,
            "statusCode":"200%20OK","printingInProgress":true,"clientAction":null}"#;
        let caller = Caller::CloudPrnt("00:11:62:aa:bb:cc".into());
        let told = Told { health: Some(Health::Ready), is_drawer_high: Some(true) };
        let ask = Ask::Poll { told, is_at_work: Some(true) };
        assert_eq!(read_poll(body), Ok((caller, ask)));
        assert!(matches!(read_poll(b"{}"), Err(AskError::Caller(_))));
        assert!(matches!(read_poll(b"[1"), Err(AskError::Poll(_))));
    }

    #[test]
    fn status_codes_say_what_the_printer_needs() {
        assert_eq!(health("211 paper low"), Some(Health::PaperLow));
        assert_eq!(health("410"), Some(Health::PaperOut));
        assert_eq!(health("420%20Cover%20open"), Some(Health::CoverOpen));
        assert_eq!(health("411"), Some(Health::Error));
        assert_eq!(health("511"), Some(Health::Error));
        assert_eq!(health("ok"), None);
    }

    #[test]
    fn a_status_says_whether_the_drawer_is_open_and_half_of_one_says_nothing() {
        assert_eq!(drawer_of("23 86 0 0 0 0 0 0 0"), Some(true));
        assert_eq!(drawer_of("23 86 04 00 00 00 00 00 00"), Some(false));
        for nothing in ["", "23 86 4", "23 86 4 0 0 0 0 0 zero", "a printer"] {
            assert_eq!(drawer_of(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn only_an_acknowledgement_proves_and_only_a_refused_format_leaves_the_paper_untouched() {
        let verdict = |code: &str| match read_report(code, Some("7")) {
            Ask::Report { verdict, .. } => verdict,
            other => panic!("{other:?}"),
        };
        assert_eq!(verdict("200 OK"), Verdict::Printed(Grade::A));
        assert_eq!(verdict("510"), Verdict::Untouched);
        for doubtful in ["410", "420", "511", "520", "", "2", "0200", "20000", "\u{0662}00"] {
            assert_eq!(verdict(doubtful), Verdict::Failed, "{doubtful}");
        }
    }

    #[test]
    fn a_paper_is_announced_with_what_it_can_be_had_as() {
        let ready = answer_poll(Answer::Ready { token: "00000007".into(), is_drawer: false });
        let json = serde_json::to_string(&ready).unwrap();
        assert_eq!(
            json,
            r#"{"jobReady":true,"mediaTypes":["application/vnd.star.starprnt","image/png"],"jobToken":"00000007","deleteMethod":"DELETE"}"#
        );
        assert_eq!(
            serde_json::to_string(&answer_poll(Answer::Nothing)).unwrap(),
            r#"{"jobReady":false,"deleteMethod":"DELETE"}"#
        );
    }
}
