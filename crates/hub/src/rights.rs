//! Which permission each operation wants: one table, which the `OpenAPI` document, the docs and the tests read.
//!
//! Who has a permission is the venue's to decide, role by role; what it is needed for is decided here.

use std::fmt::Write;

use maitred_domain::permission::{Permission, Role};
use serde_json::{Value, json};
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, PathItem};

use Permission as P;
use Rule::{Device, May, Open, Printer, SignedIn};

/// Says of every operation in the document what it wants.
pub const EXTENSION: &str = "x-permission";

/// What an operation wants of whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing.
    Open,
    /// The venue's token in the address, which printers that fetch their papers are told.
    Printer,
    /// A paired device.
    Device,
    /// Somebody who is signed in there.
    SignedIn,
    /// One of these permissions: which of several depends on what is asked for.
    May(&'static [Permission]),
}

impl Rule {
    /// The rule of an operation; `None` when there is none.
    pub fn of(operation: &str) -> Option<Self> {
        RULES.iter().find(|(id, _)| *id == operation).map(|(_, rule)| *rule)
    }

    /// Whether somebody of `role` gets past the door where nobody decided otherwise.
    pub fn lets(self, role: Role) -> bool {
        match self {
            Open | Printer | Device | SignedIn => true,
            May(permissions) => permissions.iter().any(|it| role.may_as_delivered(*it)),
        }
    }

    fn as_json(self) -> Value {
        match self {
            Open => json!("open"),
            Printer => json!("printer"),
            Device => json!("device"),
            SignedIn => json!("signed_in"),
            May(permissions) => json!(permissions),
        }
    }
}

/// The rule of every operation, by its id.
const RULES: [(&str, Rule); 130] = [
    ("accept_pairing", May(&[P::EditSettings])),
    ("acknowledge", Printer),
    ("add_device", May(&[P::EditSettings])),
    ("add_lines", May(&[P::Order])),
    ("add_printer", May(&[P::EditSettings])),
    ("alive", Open),
    ("all_day_counts", SignedIn),
    ("answer_alarm", May(&[P::Bump])),
    ("answer_call", May(&[P::Seat])),
    ("approve", SignedIn),
    ("ask_for_code", Open),
    ("asking_addresses", May(&[P::EditSettings])),
    ("attention", SignedIn),
    ("audit", May(&[P::ViewAudit])),
    ("authority", Open),
    ("authority_certificate", Open),
    ("back_up_now", May(&[P::EditSettings])),
    ("backups", May(&[P::EditSettings])),
    ("break_demo_printer", SignedIn),
    ("bump_ticket", May(&[P::Bump])),
    ("catalogue", May(&[P::EditMenu, P::EditFloor, P::EditSettings, P::EditStaff])),
    ("change_catalogue", May(&[P::EditMenu, P::EditFloor, P::EditSettings, P::EditStaff])),
    ("change_device", May(&[P::EditSettings])),
    ("change_line", May(&[P::Order])),
    ("change_printer", May(&[P::EditSettings])),
    ("change_terminal", May(&[P::EditSettings])),
    ("check", SignedIn),
    ("check_catalogue", May(&[P::EditMenu, P::EditFloor, P::EditSettings, P::EditStaff])),
    ("check_history", SignedIn),
    ("checks", SignedIn),
    ("claim_pairing", Open),
    ("close_check", May(&[P::TakePayment])),
    ("close_day", May(&[P::CloseDay])),
    ("closed_day", May(&[P::ViewReports])),
    ("closed_days", May(&[P::ViewReports])),
    ("comp_line", May(&[P::Comp])),
    ("cut_demo_line", SignedIn),
    ("day", May(&[P::ViewReports])),
    ("demo_devices", SignedIn),
    ("demo_lines", SignedIn),
    ("demo_printers", SignedIn),
    ("demo_slip", Device),
    ("devices", SignedIn),
    ("direct_print", Printer),
    ("discount_check", May(&[P::Discount])),
    ("dismiss_job", May(&[P::Print])),
    ("dismiss_printed_twice", May(&[P::Print])),
    ("dismiss_set_aside", May(&[P::EditSettings])),
    ("erase_name", May(&[P::EditStaff])),
    ("events", SignedIn),
    ("export_menu", May(&[P::EditMenu])),
    ("export_table", May(&[P::ViewReports, P::ViewAudit])),
    ("fetch", Printer),
    ("fire", May(&[P::Fire])),
    ("floor", SignedIn),
    ("forget_lockout", May(&[P::EditStaff])),
    ("found_printers", May(&[P::EditSettings])),
    ("give_pager", May(&[P::Seat])),
    ("hold_course", May(&[P::Fire])),
    ("hubs", SignedIn),
    ("import_menu", May(&[P::EditMenu])),
    ("issue_token", May(&[P::EditSettings])),
    ("join_tables", May(&[P::Seat])),
    ("keys_made_with", SignedIn),
    ("login", Device),
    ("logout", SignedIn),
    ("make_recovery_key", May(&[P::EditSettings])),
    ("mark_table", May(&[P::Seat])),
    ("me", SignedIn),
    ("menu", SignedIn),
    ("merge_checks", May(&[P::Transfer])),
    ("move_cash", May(&[P::Drawer])),
    ("move_lines", May(&[P::Transfer])),
    ("open_check", May(&[P::Seat])),
    ("open_drawer", May(&[P::Drawer])),
    ("page", May(&[P::Seat])),
    ("pairings", May(&[P::EditSettings])),
    ("part_tables", May(&[P::Seat])),
    ("permissions", SignedIn),
    ("plan_backups", May(&[P::EditSettings])),
    ("poll", Printer),
    ("print_closed_day", May(&[P::ViewReports])),
    ("print_day_report", May(&[P::ViewReports])),
    ("print_jobs", SignedIn),
    ("print_probe_log", May(&[P::Print])),
    ("print_receipt", May(&[P::Print])),
    ("printers", SignedIn),
    ("probe_log", SignedIn),
    ("probe_log_csv", SignedIn),
    ("progress_line", May(&[P::Bump])),
    ("prove_venue", Open),
    ("put_logo", May(&[P::EditSettings])),
    ("ready", Open),
    ("recall_line", May(&[P::Bump])),
    ("recall_ticket", May(&[P::Bump])),
    ("receipt_text", SignedIn),
    ("refire_line", May(&[P::Fire])),
    ("refund_tender", May(&[P::Refund])),
    ("remove_hub", May(&[P::EditSettings])),
    ("remove_logo", May(&[P::EditSettings])),
    ("reopen_check", May(&[P::Reopen])),
    ("report", May(&[P::ViewReports])),
    ("reprint_job", May(&[P::Print])),
    ("revoke_terminal", May(&[P::EditSettings])),
    ("rush_check", May(&[P::Fire])),
    ("rush_ticket", May(&[P::Bump])),
    ("search_checks", SignedIn),
    ("search_menu", SignedIn),
    ("serve_course", May(&[P::Serve])),
    ("set_availability", May(&[P::EightySix])),
    ("set_pin", May(&[P::EditStaff])),
    ("set_service", May(&[P::Discount])),
    ("set_tip", May(&[P::TakePayment])),
    ("set_up", Open),
    ("setup_state", Device),
    ("show_metrics", Device),
    ("show_on_display", May(&[P::Order])),
    ("split_check", May(&[P::Transfer])),
    ("staff_tiles", Device),
    ("sync", SignedIn),
    ("take_tender", May(&[P::TakePayment])),
    ("terminals", May(&[P::EditSettings])),
    ("test_device", May(&[P::EditSettings])),
    ("test_printer", May(&[P::Print])),
    ("this_device", Device),
    ("tickets", SignedIn),
    ("touch_demo_device", SignedIn),
    ("transfer_check", May(&[P::Transfer])),
    ("venue", SignedIn),
    ("void_line", May(&[P::Void])),
];

/// Writes the rules into the document.
pub fn note(document: &mut Document) {
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let rule = operation.operation_id.as_deref().and_then(Rule::of);
        let Some(rule) = rule else { continue };
        let extension = Extensions::builder().add(EXTENSION, rule.as_json()).build();
        operation.extensions.get_or_insert_default().merge(extension);
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = path;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// The matrix as a page: what `document` says, and who may as delivered.
pub fn page(document: &Value) -> String {
    let mut page = String::from(HEAD);
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let Some(rule) = operation["operationId"].as_str().and_then(Rule::of) else { continue };
            let wants = match rule {
                Open => "nothing".to_owned(),
                Printer => "the token of the venue's printers".to_owned(),
                Device => "a paired device".to_owned(),
                SignedIn => "somebody signed in".to_owned(),
                May(permissions) => {
                    permissions.iter().map(|it| format!("`{}`", it.as_str())).collect::<Vec<_>>().join(" or ")
                }
            };
            let may = Role::ALL.map(|role| if rule.lets(role) { "yes" } else { "-" }).join(" | ");
            let _ = writeln!(page, "| {} | `{path}` | {wants} | {may} |", method.to_uppercase());
        }
    }
    page
}

const HEAD: &str = "# Who may do what

Made from the table of `crates/hub/src/rights.rs`, and true of every hub: a test asks each call as each role. The roles are as \
delivered; a venue decides otherwise at *Manager > Staff > Rights*, and `GET /api/v1/permissions` says how. Where several \
permissions are named, what is asked for decides which of them is wanted. A terminal that serves one role lets nobody do more \
than that role.

Of `void`, `void_sent`, `comp`, `discount`, `refund` and `reopen`, whoever may do it can let somebody else do it once: with \
their PIN, at that person's screen, by `POST /api/v1/auth/approve` ([ADR 27](adr/0027-an-approval-is-of-one-key.md)).

| | Call | Wants | Manager | Host | Waiter | Kitchen |
|---|---|---|---|---|---|---|
";
