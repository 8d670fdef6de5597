//! The floor: areas, the tables in them, what else stands there, and who looks after what.

use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, DecorId, SectionId, StaffId, TableId};

/// A part of the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// As shown.
    pub name: String,
    /// Place among the others, ascending.
    #[serde(default)]
    pub sort: u32,
    /// Width of its plan, in grid units.
    #[serde(default = "plan_width")]
    pub width: f64,
    /// Height of its plan, in grid units.
    #[serde(default = "plan_height")]
    pub height: f64,
    /// No longer there.
    #[serde(default)]
    pub archived: bool,
}

/// Width of a plan that nobody has drawn yet.
pub const PLAN_WIDTH: f64 = 100.0;
/// Height of a plan that nobody has drawn yet.
pub const PLAN_HEIGHT: f64 = 60.0;

fn plan_width() -> f64 {
    PLAN_WIDTH
}

fn plan_height() -> f64 {
    PLAN_HEIGHT
}

/// A table's outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// With corners.
    Rect,
    /// Without.
    Round,
    /// A stretch of the bar.
    Bar,
}

/// A table on the plan. Lengths are grid units of its area's plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Table {
    /// Its id.
    pub id: TableId,
    /// As on the plan.
    pub name: String,
    /// Where it stands.
    pub area: AreaId,
    /// For how many it is laid.
    pub seats: u32,
    /// Its outline.
    pub shape: Shape,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Clockwise, in degrees.
    #[serde(default)]
    pub rotation: f64,
    /// Tables it can be put together with for a larger party; enough when one of two says so.
    #[serde(default)]
    pub combines_with: Vec<TableId>,
    /// No longer there.
    #[serde(default)]
    pub archived: bool,
}

/// What a piece of decor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DecorKind {
    /// Nobody passes.
    Wall,
    /// Green.
    Plant,
    /// Where people come in.
    Door,
    /// Light.
    Window,
    /// The counter.
    Bar,
    /// Words on the plan.
    Text,
    /// Up or down.
    Stairs,
}

/// Something on the plan that is not a table, so that people find their way on it. Lengths are grid units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decor {
    /// Its id.
    pub id: DecorId,
    /// Where it stands.
    pub area: AreaId,
    /// What it is.
    pub kind: DecorKind,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Clockwise, in degrees.
    #[serde(default)]
    pub rotation: f64,
    /// What is written on it.
    #[serde(default)]
    pub label: String,
    /// No longer there.
    #[serde(default)]
    pub archived: bool,
}

/// Tables that one server looks after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Section {
    /// Its id.
    pub id: SectionId,
    /// As shown.
    pub name: String,
    /// `#rrggbb`.
    #[serde(default)]
    pub color: String,
    /// Its tables; of two sections with one table the first by place has it.
    #[serde(default)]
    pub tables: Vec<TableId>,
    /// Who looks after them now.
    #[serde(default)]
    pub server: Option<StaffId>,
    /// Place among the others, ascending.
    #[serde(default)]
    pub sort: u32,
    /// No longer used.
    #[serde(default)]
    pub archived: bool,
}
