//! Printers and print jobs.

use jiff::Timestamp;
use jiff::civil::Date;
use maitred_domain::catalogue::{Printer, PrinterRole};
use maitred_domain::ids::{CheckId, JobId, PrinterId, StationId, TicketId};
use maitred_domain::paper::PaperSource;
use maitred_store::{JobState, PrintGrade, PrintJob};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Views;
use crate::printing::{heading, language};

/// What a printer says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrinterHealth {
    /// Waits for work.
    Ready,
    /// At work.
    Printing,
    /// Little paper left.
    PaperLow,
    /// No paper.
    PaperOut,
    /// Its cover is open.
    CoverOpen,
    /// Something a person must look at.
    Error,
    /// It does not answer.
    Unreachable,
    /// Nobody asked it yet.
    #[default]
    Unknown,
}

impl PrinterHealth {
    /// It cannot print as it is.
    pub fn is_down(self) -> bool {
        match self {
            Self::PaperOut | Self::CoverOpen | Self::Error | Self::Unreachable => true,
            Self::Ready | Self::Printing | Self::PaperLow | Self::Unknown => false,
        }
    }
}

/// A printer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrinterView {
    /// Its id.
    pub id: PrinterId,
    /// As shown.
    pub name: String,
    /// `tcp://host:port`, `usb:/dev/usb/lp0`, `serial:/dev/ttyUSB0?baud=38400`, `cloudprnt:00:11:62:0a:0b:0c` or
    /// `epson:id`.
    pub address: String,
    /// What it is for.
    pub role: PrinterRole,
    /// Stations whose tickets it prints; empty means every station.
    pub stations: Vec<StationId>,
    /// Who prints when this one cannot.
    pub backup: Option<PrinterId>,
    /// What it says of itself.
    pub health: PrinterHealth,
    /// Jobs that wait for it.
    pub queued: u32,
    /// Since when the oldest waits.
    pub oldest_queued_at: Option<Timestamp>,
}

/// What kind of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the kinds of the domain's paper sources")]
pub enum JobKind {
    Ticket,
    Receipt,
    Report,
    Drawer,
    Test,
}

/// How certain a print is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Grade {
    /// Printed.
    A,
    /// Processed.
    B,
    /// Spooled.
    C,
}

impl From<PrintGrade> for Grade {
    fn from(grade: PrintGrade) -> Self {
        match grade {
            PrintGrade::A => Self::A,
            PrintGrade::B => Self::B,
            PrintGrade::C => Self::C,
        }
    }
}

/// Where a print job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
#[expect(missing_docs, reason = "the states of the store's jobs")]
pub enum JobStateView {
    Queued,
    Attempting,
    Sent,
    Confirmed,
    Indeterminate,
    Reprinted,
    Expired,
    Dismissed,
}

macro_rules! same_states {
    ($($state:ident),+) => {
        impl From<JobState> for JobStateView {
            fn from(state: JobState) -> Self {
                match state { $(JobState::$state => Self::$state),+ }
            }
        }
        impl From<JobStateView> for JobState {
            fn from(state: JobStateView) -> Self {
                match state { $(JobStateView::$state => Self::$state),+ }
            }
        }
    };
}
same_states!(Queued, Attempting, Sent, Confirmed, Indeterminate, Reprinted, Expired, Dismissed);

/// What a paper is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaperAbout {
    /// A ticket that tells its station not to make something.
    pub is_void: bool,
    /// What people call the check.
    pub check_number: Option<String>,
    /// Its table.
    pub place: Option<String>,
    /// The course of a ticket.
    pub course: Option<u8>,
    /// The day of a report; of one without, the open day.
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<Date>,
}

/// A print job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrintJobView {
    /// Its id.
    pub id: JobId,
    /// Where it is printed now.
    pub printer: PrinterId,
    /// That printer's name.
    pub printer_name: String,
    /// What kind of paper.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobStateView,
    /// How certain it is; never called printed when it is not.
    pub grade: Option<Grade>,
    /// Attempts begun.
    pub attempts: u32,
    /// The check it is about.
    pub check_id: Option<CheckId>,
    /// The ticket it is about.
    pub ticket_id: Option<TicketId>,
    /// What it is, in words.
    pub title: String,
    /// The same for words of another language.
    pub about: PaperAbout,
    /// What its first line says when it may be there twice.
    pub heading: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub settled_at: Option<Timestamp>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// Print jobs and printers.
pub trait PaperViews {
    /// A print job.
    fn print_job(&self, job: &PrintJob) -> PrintJobView;
    /// A printer that says `health` of itself.
    fn printer(&self, printer: &Printer, health: PrinterHealth) -> PrinterView;
}

impl PaperViews for Views<'_> {
    fn print_job(&self, job: &PrintJob) -> PrintJobView {
        let kind = match &job.source {
            PaperSource::Ticket { .. } | PaperSource::VoidSlip { .. } => JobKind::Ticket,
            PaperSource::Receipt { .. } => JobKind::Receipt,
            PaperSource::Report { .. } => JobKind::Report,
            PaperSource::Drawer { .. } => JobKind::Drawer,
            PaperSource::Test => JobKind::Test,
        };
        let about = about(self, &job.source);
        let printer = self.catalogue.printers.get(&job.printer);
        PrintJobView {
            id: job.id,
            printer: job.printer,
            printer_name: printer.map_or_else(|| "?".to_owned(), |printer| printer.name.clone()),
            kind,
            state: job.state.into(),
            grade: job.grade.map(Grade::from),
            attempts: job.attempts,
            check_id: job.source.check(),
            ticket_id: job.source.ticket(),
            title: title(kind, &about),
            about,
            heading: heading(self, job).text(language(&self.catalogue)),
            created_at: job.created_at,
            settled_at: job.settled_at,
            problem: job.problem.clone(),
        }
    }

    fn printer(&self, printer: &Printer, health: PrinterHealth) -> PrinterView {
        let (queued, oldest_queued_at) = self.store.waiting_jobs(printer.id).unwrap_or_else(|error| {
            tracing::error!(printer = %printer.id, %error, "a printer's queue cannot be read");
            (0, None)
        });
        PrinterView {
            id: printer.id,
            name: printer.name.clone(),
            address: printer.address.clone(),
            role: printer.role,
            stations: printer.stations.clone(),
            backup: printer.backup,
            health,
            queued,
            oldest_queued_at,
        }
    }
}

fn about(views: &Views<'_>, source: &PaperSource) -> PaperAbout {
    let check = source.check().and_then(|id| views.check(id));
    let ticket = source.ticket().and_then(|id| check.as_ref()?.ticket(id));
    let is_void = matches!(source, PaperSource::VoidSlip { .. });
    PaperAbout {
        is_void,
        check_number: check.as_ref().map(|check| check.number.clone()),
        place: check.as_ref().and_then(|check| views.place(check)),
        course: ticket.map(|ticket| ticket.course),
        date: if let PaperSource::Report { date } = source { *date } else { None },
    }
}

fn title(kind: JobKind, about: &PaperAbout) -> String {
    let PaperAbout { is_void, check_number, place, course, date } = about;
    let mut title = match kind {
        JobKind::Ticket if *is_void => "Void".to_owned(),
        JobKind::Ticket => "Ticket".to_owned(),
        JobKind::Receipt => "Receipt".to_owned(),
        JobKind::Report => date.map_or_else(|| "Report".to_owned(), |date| format!("Report of {date}")),
        JobKind::Drawer => "Drawer".to_owned(),
        JobKind::Test => "Test".to_owned(),
    };
    let of = |what: &str, it: Option<String>| it.map_or_else(String::new, |it| format!(", {what} {it}"));
    title += &of("check", check_number.clone());
    title += &of("table", place.clone());
    title += &of("course", course.map(|course| course.to_string()));
    title
}
