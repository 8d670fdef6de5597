//! Printers that ask: they fetch their papers over HTTP, and say what became of them.
//!
//! *Invariant:* nothing here listens. Who serves HTTP reads a request into an [`Ask`], hands it over as a [`Visit`] and
//! sends what the [`Answer`] says; no byte of a paper is in an answer before its attempt was committed.

pub mod cloudprnt;
mod counter;
pub mod epson;
mod worker;

use maitred_domain::address::AddressError;
use thiserror::Error;
use tokio::sync::oneshot;

pub use counter::{Counter, Reply};
pub use worker::run_asking;

use crate::{
    paper::DrawerKick,
    session::{Grade, Health},
};

/// Why a request of a printer cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AskError {
    /// Not JSON with the fields of a poll.
    #[error("that is no poll: {0}")]
    Poll(String),
    /// Not a form of Server Direct Print.
    #[error("that is no form of a printer: {0}")]
    Form(&'static str),
    /// Nobody could say which printer it is.
    #[error(transparent)]
    Caller(#[from] AddressError),
}

/// What a printer says of itself, as far as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// How it is.
    pub health: Option<Health>,
    /// The switch of its drawer, as [`PrinterState`](crate::worker::PrinterState) has it.
    pub is_drawer_high: Option<bool>,
}

/// What a printer wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// It says how it is, and asks whether there is a paper.
    Poll {
        /// How it is.
        told: Told,
        /// Whether it is printing, if it says so.
        is_at_work: Option<bool>,
    },
    /// It fetches the paper that it was told of.
    Fetch {
        /// Which; old printers do not say it.
        token: Option<String>,
        /// What it wants it as.
        form: Form,
    },
    /// It takes the next paper, if there is one, and says nothing of itself.
    Take,
    /// It says how it is, and wants nothing.
    Tell {
        /// How.
        told: Told,
    },
    /// It says what became of a paper.
    Report {
        /// Which; old printers do not say it.
        token: Option<String>,
        /// What.
        verdict: Verdict,
        /// How it is.
        told: Told,
    },
}

impl Ask {
    /// What the printer says of itself.
    pub fn told(&self) -> Told {
        match self {
            Self::Poll { told, .. } | Self::Tell { told } | Self::Report { told, .. } => *told,
            Self::Fetch { .. } | Self::Take => Told::default(),
        }
    }
}

/// What a paper is handed over as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// ESC/POS bytes.
    EscPos,
    /// Star's own language.
    StarPrnt,
    /// A one-bit PNG: every printer that asks can print one.
    Png,
}

/// What became of a paper, as the printer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is on paper.
    Printed(Grade),
    /// Nothing of it was printed, and nothing will be.
    Untouched,
    /// It did not end well; some of it may be on paper.
    Failed,
}

/// What a printer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// There is nothing.
    Nothing,
    /// A paper can be fetched.
    Ready {
        /// Names this attempt.
        token: String,
        /// It opens the drawer, and nothing is printed.
        is_drawer: bool,
    },
    /// The paper.
    Paper(Handed),
    /// It is to say how it is, and to print nothing.
    AskStatus,
    /// It was heard.
    Heard,
}

/// A paper on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Names this attempt.
    pub token: String,
    /// What [`Self::bytes`] are.
    pub form: Form,
    /// The paper; empty when only a drawer is opened.
    pub bytes: Vec<u8>,
    /// Opened together with it, where the bytes cannot say so.
    pub drawer: Option<DrawerKick>,
}

/// A request of a printer, and where its answer goes.
#[derive(Debug)]
pub struct Visit {
    /// What it wants.
    pub ask: Ask,
    /// Answered once; nobody answers when the printer's worker is gone.
    pub answer: oneshot::Sender<Answer>,
}
