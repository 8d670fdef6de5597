//! What a person should look at, derived from how things are: nothing of it is stored, and nothing of it is lost.

mod boxes;
mod checks;
mod printing;
mod wired;

use jiff::Timestamp;
use maitred_domain::ids::{ChangeId, CheckId, DeviceId, JobId, PrinterId, TableId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;
use crate::views::Params;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// A line had no station and went to the catch-all, or nowhere: `names`, and `station` if one has it.
    UnroutedLine,
    /// Some of a paper may be printed, or none: `paper`, its kind; `check`, `table`, `printer`, `problem`.
    PrintFailed,
    /// A paper is too old to be printed by itself: the same.
    PrintExpired,
    /// A printer cannot print: `printer`, its `health`, how many papers wait in `count`; `moved` others came out at `backup`.
    PrinterDown,
    /// A cash drawer is left open: `printer`, `minutes`.
    DrawerOpen,
    /// A party paid too much: `check`, `amount_minor`.
    RefundDue,
    /// A check is open for very long: `check`, `hours`.
    CheckOpenLong,
    /// Two parties were seated at one table: `table`, `checks`.
    DoubleSeated,
    /// A line was moved to two checks at once, and stands on both: `name`, `checks`.
    LineTwice,
    /// Two hubs fired the same lines, which are to be made once: `names`; `check`, `table`.
    FiredTwice,
    /// Something came beside the close of a check, which is open again: `check`, `amount_minor` to pay.
    CheckReopened,
    /// Another replica wrote what does not fit, and it could not be said again: `facts`, their names.
    EntrySetAside,
    /// A hub of a newer version says what this one does not know: it waits until this one is updated, `count` times.
    NewerVersion,
    /// Two hubs printed one paper, and neither knew of the other: `paper`, its kind; `check`, `table`, `printer`.
    PrintedTwice,
    /// More was sold than there was: `name`, how many too many in `count`.
    StockNegative,
    /// A probe is too warm or too cold for too long: `device`, `standing`, `milli_celsius` when it was raised,
    /// `limit_milli_celsius`, and what was done about it in `action`.
    ProbeAlarm,
    /// A table calls: `table`, `what` (`service` or `bill`).
    TableCall,
    /// A device of the settings is not there: `device`, its `kind` and `state`.
    DeviceGone,
    /// The hub cannot write: `problem`.
    Unhealthy,
    /// The database is damaged: `problems`.
    Damaged,
    /// The database's write-ahead log grows and grows: `mib`.
    LogLarge,
    /// What is acknowledged is on this hub's disk alone, though the venue has others.
    HubAlone,
    /// This hub fetches what another knows, and does not act before it has: `basis_points` of it are here.
    CatchingUp,
    /// Two hubs know a journal otherwise: one was restored or copied.
    HubsDisagree,
    /// Screens show a code, and wait to be let in: `count`.
    PairingWaits,
    /// No backup is made any more: `place` (`folder` or `relay`), its `fault`, and the same in full as `problem`; `hours`
    /// since the last one, if there was one.
    BackupFailed,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be known.
    Info,
    /// To be looked at.
    Warning,
    /// Now.
    Alarm,
}

/// Something a person should look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttentionItem {
    /// The same for the same matter.
    pub id: String,
    /// What is wrong.
    pub kind: AttentionKind,
    /// How bad it is.
    pub severity: Severity,
    /// In short, in English, for whoever does not know `kind`.
    pub title: String,
    /// What more there is to say.
    pub detail: String,
    /// What the words of `kind` are about; each kind says what.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub params: Params,
    /// The check it is about.
    pub check_id: Option<CheckId>,
    /// The printer it is about.
    pub printer_id: Option<PrinterId>,
    /// The print job it is about.
    pub job_id: Option<JobId>,
    /// The device it is about.
    pub device_id: Option<DeviceId>,
    /// The table it is about, of a call.
    pub table_id: Option<TableId>,
    /// The call it is about.
    pub call_id: Option<ChangeId>,
    /// Since when.
    pub since: Timestamp,
}

impl AttentionItem {
    fn new(kind: AttentionKind, severity: Severity, of: &str, since: Timestamp, title: String) -> Self {
        let id = serde_json::to_value(kind).ok().and_then(|kind| Some(format!("{}/{of}", kind.as_str()?)));
        Self {
            id: id.unwrap_or_default(),
            kind,
            severity,
            title,
            detail: String::new(),
            params: Params::new(),
            check_id: None,
            printer_id: None,
            job_id: None,
            device_id: None,
            table_id: None,
            call_id: None,
            since,
        }
    }
}

/// What a person should look at, the worst first.
pub(crate) fn items(app: &App) -> Result<Vec<AttentionItem>, Problem> {
    let views = app.views();
    let checks = app.kitchen_checks()?;
    let mut items: Vec<AttentionItem> =
        checks.iter().flat_map(|check| checks::of_check(&views, check)).collect();
    items.extend(checks::double_seated(&views));
    items.extend(checks::stock(&views));
    items.extend(printing::jobs(app, &views)?);
    items.extend(printing::printers(app, &views));
    items.extend(printing::drawers(app, &views));
    items.extend(wired::probes(app, &views));
    items.extend(wired::calls(&views));
    items.extend(wired::devices(app, &views));
    items.extend(boxes::database(app, views.now));
    items.extend(boxes::backups(app, views.now));
    items.extend(boxes::hubs(app, views.now)?);
    items.extend(boxes::set_aside(app)?);
    items.extend(boxes::pairings(app, views.now));
    items.extend(printing::printed_twice(app, &views)?);
    items.sort_by_key(|item| (std::cmp::Reverse(item.severity), item.since));
    Ok(items)
}
