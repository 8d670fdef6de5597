//! The floor: areas and the tables in them.

use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, TableId};

/// A part of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// As shown.
    pub name: String,
    /// Place among the others, ascending.
    #[serde(default)]
    pub sort: u32,
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

/// A table on the plan. Lengths are grid units of its area's plan of 100 x 60.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// No longer there.
    #[serde(default)]
    pub archived: bool,
}
