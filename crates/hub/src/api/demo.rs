//! The demo's virtual printers.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maitred_device::virtual_printer::{Fault, VirtualPrinter};
use maitred_domain::ids::PrinterId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::demo::lines::Line;
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::{FaultProblems, PublicIdProblems, ReadProblems};
use crate::problem::Problem;
use crate::views::PrinterHealth;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(demo_printers))
        .routes(routes!(break_demo_printer))
        .routes(routes!(demo_slip))
        .routes(routes!(demo_lines))
        .routes(routes!(cut_demo_line))
}

/// A piece of paper.
#[derive(Serialize, ToSchema)]
struct DemoSlip {
    /// Counts from 0.
    index: u64,
    /// When it was first seen.
    at: Timestamp,
    /// What stands on it.
    text: String,
    /// Address of its picture.
    png: String,
    /// Off; otherwise it still hangs out.
    cut: bool,
}

/// A virtual printer.
#[derive(Serialize, ToSchema)]
struct DemoPrinter {
    /// Its id among the printers.
    id: PrinterId,
    /// As shown.
    name: String,
    /// Where it listens.
    address: String,
    /// What its panel shows.
    health: PrinterHealth,
    /// Its papers, oldest first.
    slips: Vec<DemoSlip>,
}

/// The demo's printers with their papers; none when the hub runs no demo.
#[utoipa::path(get, path = "/demo/printers", tag = "demo",
    responses((status = 200, body = Vec<DemoPrinter>), ReadProblems))]
async fn demo_printers(State(app): State<App>, _: Actor) -> axum::Json<Vec<DemoPrinter>> {
    let catalogue = app.store.catalogue();
    let view = |(id, printer): (PrinterId, &VirtualPrinter)| {
        let slips = app.demo.slips(id, app.now()).into_iter().map(|(slip, at)| DemoSlip {
            index: slip.index,
            at,
            png: format!("/api/v1/demo/printers/{id}/slips/{}", slip.index),
            text: slip.text,
            cut: slip.is_cut,
        });
        DemoPrinter {
            id,
            name: catalogue.printers.get(&id).map(|printer| printer.name.clone()).unwrap_or_default(),
            address: printer.address(),
            health: printer.health().into(),
            slips: slips.collect(),
        }
    };
    let mut printers: Vec<DemoPrinter> = app.demo.iter().map(view).collect();
    printers.sort_by(|a, b| a.name.cmp(&b.name));
    axum::Json(printers)
}

/// What is to go wrong.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DemoFault {
    /// No paper.
    PaperOut,
    /// Little paper.
    PaperNearEnd,
    /// The cover is open.
    CoverOpen,
    /// Switched off-line.
    Offline,
    /// Nothing passes.
    CutCable,
    /// Off and on.
    PowerCycle,
    /// A new roll, the cover closed, the cable in.
    None,
}

/// Something that goes wrong.
#[derive(Deserialize, ToSchema)]
struct BreakDemoPrinter {
    /// What.
    fault: DemoFault,
    /// Only `paper_out`: after so many more lines, in mid-ticket.
    #[serde(default)]
    after_lines: Option<u32>,
}

impl From<BreakDemoPrinter> for Fault {
    fn from(BreakDemoPrinter { fault, after_lines }: BreakDemoPrinter) -> Self {
        match fault {
            DemoFault::PaperOut => after_lines.map_or(Self::PaperOut, |lines| Self::PaperOutAfter { lines }),
            DemoFault::PaperNearEnd => Self::PaperNearEnd,
            DemoFault::CoverOpen => Self::CoverOpen,
            DemoFault::Offline => Self::Offline,
            DemoFault::CutCable => Self::CutCable,
            DemoFault::PowerCycle => Self::PowerCycle,
            DemoFault::None => Self::None,
        }
    }
}

fn printer(app: &App, id: PrinterId) -> Result<&VirtualPrinter, Problem> {
    app.demo.get(id).ok_or_else(|| Problem::unknown("virtual printer"))
}

/// Breaks a virtual printer, or repairs it.
#[utoipa::path(post, path = "/demo/printers/{id}/fault", tag = "demo",
    params(("id" = PrinterId, Path), IdempotencyKey), request_body = BreakDemoPrinter,
    responses((status = 204), FaultProblems))]
async fn break_demo_printer(
    State(app): State<App>,
    _: Actor,
    _: IdempotencyKey,
    Path(id): Path<PrinterId>,
    Json(body): Json<BreakDemoPrinter>,
) -> Result<StatusCode, Problem> {
    printer(&app, id)?.fault(body.into());
    Ok(StatusCode::NO_CONTENT)
}

/// A line of the demo to somebody else.
#[derive(Serialize, ToSchema)]
struct DemoLine {
    /// Which.
    line: Line,
    /// It is not cut here.
    is_whole: bool,
}

/// The demo's lines: to the relay, to other hubs, as far as it has any; none when the hub runs no demo.
#[utoipa::path(get, path = "/demo/lines", tag = "demo",
    responses((status = 200, body = Vec<DemoLine>), ReadProblems))]
async fn demo_lines(State(app): State<App>, _: Actor) -> Result<axum::Json<Vec<DemoLine>>, Problem> {
    let internet = app.relay.as_ref().map(|_| Line::Internet);
    let others = app.store.hubs()?.into_iter().filter(|hub| !hub.removed).count() > 1;
    let lines = internet.into_iter().chain(others.then_some(Line::Lan)).filter(|_| app.is_demo);
    Ok(axum::Json(lines.map(|line| DemoLine { line, is_whole: app.lines.is_whole(line) }).collect()))
}

/// What is to become of a line.
#[derive(Deserialize, ToSchema)]
struct CutDemoLine {
    /// Which.
    line: Line,
    /// `false` cuts it, `true` mends it.
    is_whole: bool,
}

/// Cuts a line of the demo, or mends it.
#[utoipa::path(post, path = "/demo/lines", tag = "demo", params(IdempotencyKey), request_body = CutDemoLine,
    responses((status = 204), FaultProblems))]
async fn cut_demo_line(
    State(app): State<App>,
    _: Actor,
    _: IdempotencyKey,
    Json(CutDemoLine { line, is_whole }): Json<CutDemoLine>,
) -> Result<StatusCode, Problem> {
    if !app.is_demo {
        return Err(Problem::unknown("line"));
    }
    app.lines.set(line, is_whole);
    Ok(StatusCode::NO_CONTENT)
}

/// A paper of a virtual printer as a picture. It needs no token, so that a page can show it.
#[utoipa::path(get, path = "/demo/printers/{id}/slips/{index}", tag = "demo", security(()),
    params(("id" = PrinterId, Path), ("index" = u64, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>), PublicIdProblems))]
async fn demo_slip(
    State(app): State<App>,
    Path((id, index)): Path<(PrinterId, u64)>,
) -> Result<Response, Problem> {
    let slips = printer(&app, id)?.slips();
    let slip = slips.into_iter().find(|slip| slip.index == index).ok_or_else(|| Problem::unknown("slip"))?;
    let png = app.read(move |_| slip.png().map_err(|error| Problem::internal(&error))).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}
