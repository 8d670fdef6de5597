//! Printers, which are settings.

use std::net::SocketAddr;

use axum::extract::State;
use axum::http::StatusCode;
use maitred_device::discovery::{Found, Search, discover};
use maitred_device::profile::profile_of_model;
use maitred_domain::address::{Address, Caller};
use maitred_domain::catalogue::{Catalogue, EntityChanged, Printer, PrinterRole};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{IdSource, PrinterId, StationId};
use maitred_domain::paper::PaperSource;
use maitred_domain::permission::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::{AskProblems, BodyProblems, ChangeProblems, ReadProblems};
use crate::printing;
use crate::problem::Problem;
use crate::views::{PaperViews, PrintJobView, PrinterView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(printers, add_printer))
        .routes(routes!(change_printer))
        .routes(routes!(test_printer))
        .routes(routes!(found_printers))
        .routes(routes!(asking_addresses))
}

/// Printers and how they are.
#[utoipa::path(get, path = "/printers", tag = "printing",
    responses((status = 200, body = Vec<PrinterView>), ReadProblems))]
async fn printers(State(app): State<App>, _: Actor) -> Result<axum::Json<Vec<PrinterView>>, Problem> {
    let printers = app.read(|app| {
        let views = app.views();
        let mut printers: Vec<PrinterView> = views
            .catalogue
            .printers
            .values()
            .filter(|printer| !printer.archived)
            .map(|printer| views.printer(printer, &app.printers))
            .collect();
        printers.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(printers)
    });
    Ok(axum::Json(printers.await?))
}

/// A printer as one sets it up.
#[derive(Deserialize, ToSchema)]
struct PrinterInput {
    /// As shown.
    name: String,
    /// `tcp://host:port`, `usb:/dev/usb/lp0`, `serial:/dev/ttyUSB0?baud=38400`, `cloudprnt:00:11:62:0a:0b:0c` or
    /// `epson:id`.
    address: String,
    /// What it is for.
    role: PrinterRole,
    /// Stations whose tickets it prints; empty means every station.
    #[serde(default)]
    stations: Option<Vec<StationId>>,
    /// Who prints when this one cannot.
    #[serde(default)]
    backup: Option<PrinterId>,
    /// Name of its profile; nothing leaves it as it is.
    #[serde(default)]
    profile: Option<String>,
}

impl PrinterInput {
    fn over(self, before: Printer) -> Result<Printer, Problem> {
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            return Err(invalid("a printer has a name"));
        }
        if let Err(error) = self.address.parse::<Address>() {
            return Err(invalid(&error.to_string()));
        }
        let stations = self.stations.unwrap_or(before.stations);
        let profile = self.profile.unwrap_or(before.profile);
        let (address, role, backup) = (self.address, self.role, self.backup);
        Ok(Printer { name, address, role, stations, backup, profile, ..before })
    }
}

fn invalid(problem: &str) -> Problem {
    Refusal::InvalidEntity { kind: "printer", problem: problem.to_owned() }.into()
}

async fn edit(
    app: &App,
    actor: &Actor,
    key: &IdempotencyKey,
    before: Option<&Printer>,
    after: &Printer,
) -> Result<PrinterView, Problem> {
    let changes: Vec<EntityChanged> = EntityChanged::between(before, after).into_iter().collect();
    actor.allow(Permission::EditSettings)?;
    if !changes.is_empty() {
        app.command(actor, key, Command::Edit { changes }).await?;
    }
    let views = app.views();
    let printer = views.catalogue.printers.get(&after.id).ok_or_else(|| Problem::unknown("printer"))?;
    Ok(views.printer(printer, &app.printers))
}

/// Sets up a printer.
#[utoipa::path(post, path = "/printers", tag = "printing", params(IdempotencyKey), request_body = PrinterInput,
    responses((status = 201, body = PrinterView), BodyProblems))]
async fn add_printer(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<PrinterInput>,
) -> Result<(StatusCode, axum::Json<PrinterView>), Problem> {
    let blank = Printer {
        id: IdSource::new(&format!("printer/{}", key.of(actor.staff))).make(),
        name: String::new(),
        address: String::new(),
        role: body.role,
        stations: Vec::new(),
        areas: Vec::new(),
        copies: 1,
        backup: None,
        profile: String::new(),
        archived: false,
    };
    let printer = body.over(blank)?;
    let view = edit(&app, &actor, &key, None, &printer).await?;
    Ok((StatusCode::CREATED, axum::Json(view)))
}

fn printer(app: &App, id: PrinterId) -> Result<Printer, Problem> {
    let catalogue = app.store.catalogue();
    let printer = catalogue.printers.get(&id).filter(|printer| !printer.archived);
    printer.cloned().ok_or_else(|| Problem::unknown("printer"))
}

/// Changes a printer.
#[utoipa::path(put, path = "/printers/{id}", tag = "printing", params(("id" = PrinterId, Path), IdempotencyKey),
    request_body = PrinterInput, responses((status = 200, body = PrinterView), ChangeProblems))]
async fn change_printer(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<PrinterId>,
    Json(body): Json<PrinterInput>,
) -> Result<axum::Json<PrinterView>, Problem> {
    let before = printer(&app, id)?;
    let after = body.over(before.clone())?;
    Ok(axum::Json(edit(&app, &actor, &key, Some(&before), &after).await?))
}

/// Where printers ask that fetch their papers.
#[derive(Serialize, ToSchema)]
struct AskingAddresses {
    /// Star `CloudPRNT`: a path of this hub.
    cloudprnt: String,
    /// Epson Server Direct Print: a path of this hub.
    epson: String,
}

/// What to type into printers that fetch their papers, behind the hub's own address.
#[utoipa::path(get, path = "/printers/asking", tag = "printing",
    responses((status = 200, body = AskingAddresses), ReadProblems))]
async fn asking_addresses(
    State(app): State<App>,
    actor: Actor,
) -> Result<axum::Json<AskingAddresses>, Problem> {
    actor.allow(Permission::EditSettings)?;
    Ok(axum::Json(AskingAddresses {
        cloudprnt: printing::cloudprnt_path(&app.pins),
        epson: printing::epson_path(&app.pins),
    }))
}

/// A printer in the network.
#[derive(Serialize, ToSchema)]
struct FoundPrinter {
    /// `tcp://host:port`, or what a printer that asks calls itself.
    address: String,
    /// What it announces itself as; its model otherwise.
    name: String,
    /// What it says that it is.
    model: Option<String>,
    /// Its hardware address.
    mac: Option<String>,
    /// The profile of its model; empty is the usual one.
    profile: String,
    /// The printer of the settings that has this address.
    printer: Option<PrinterId>,
}

/// Looks for printers in the network, for three seconds, and for those that asked of late. Nothing is printed.
#[utoipa::path(get, path = "/printers/found", tag = "printing",
    responses((status = 200, body = Vec<FoundPrinter>), ReadProblems))]
async fn found_printers(
    State(app): State<App>,
    actor: Actor,
) -> Result<axum::Json<Vec<FoundPrinter>>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let catalogue = app.store.catalogue();
    let standing = catalogue.printers.values().filter(|printer| !printer.archived);
    let at: Vec<(PrinterId, SocketAddr)> = standing
        .filter_map(|printer| match printer.address.parse() {
            Ok(Address::Tcp(host)) => Some((printer.id, host.parse().ok()?)),
            Ok(Address::Usb(_) | Address::Serial(_) | Address::Caller(_)) | Err(_) => None,
        })
        .collect();
    let known = at.iter().map(|(_, address)| *address).collect();
    let found = discover(&Search { known, ..Search::everywhere() }).await;
    let view = |found: Found| {
        let profile = found.model.as_deref().and_then(profile_of_model);
        let address: Option<SocketAddr> = found.address.trim_start_matches("tcp://").parse().ok();
        FoundPrinter {
            printer: at.iter().find(|(_, known)| Some(*known) == address).map(|(id, _)| *id),
            profile: profile.map(|profile| profile.name.clone()).unwrap_or_default(),
            address: found.address,
            name: found.name,
            model: found.model,
            mac: found.mac,
        }
    };
    let callers = app.printers.callers.lately(app.now());
    let asked = callers.into_iter().map(|caller| asked_view(&caller, &catalogue));
    Ok(axum::Json(found.into_iter().map(view).chain(asked).collect()))
}

/// A printer that asks, as one that was found.
fn asked_view(caller: &Caller, catalogue: &Catalogue) -> FoundPrinter {
    let (name, model, mac) = match caller {
        Caller::CloudPrnt(mac) => ("Star".to_owned(), "CloudPRNT", Some(mac.clone())),
        Caller::Epson(id) => (id.clone(), "Epson Server Direct Print", None),
    };
    let is_it = |printer: &&Printer| printer.address.parse() == Ok(Address::Caller(caller.clone()));
    let mut standing = catalogue.printers.values().filter(|printer| !printer.archived);
    let printer = standing.find(is_it).map(|printer| printer.id);
    let model = Some(model.to_owned());
    FoundPrinter { address: caller.to_string(), name, model, mac, profile: String::new(), printer }
}

/// Prints a test.
#[utoipa::path(post, path = "/printers/{id}/test", tag = "printing",
    params(("id" = PrinterId, Path), IdempotencyKey),
    responses((status = 202, body = PrintJobView), AskProblems))]
async fn test_printer(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<PrinterId>,
) -> Result<(StatusCode, axum::Json<PrintJobView>), Problem> {
    actor.allow(Permission::Print)?;
    let printer = printer(&app, id)?;
    let key = format!("asked/test/{}", key.of(actor.staff));
    let job = app.store.queue_job(key, printer.id, PaperSource::Test, false).await?;
    app.queued(&job);
    Ok((StatusCode::ACCEPTED, axum::Json(app.views().print_job(&job))))
}
