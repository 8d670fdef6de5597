//! The floor.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use maitred_domain::catalogue::{Area, Shape, Table};
use maitred_domain::check::{Check, CheckState};
use maitred_domain::ids::{AreaId, TableId};
use maitred_domain::table::TableStatus;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CheckSummary, Views};

/// The floor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorView {
    /// Its areas, in order.
    pub areas: Vec<AreaView>,
}

/// A part of the room.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaView {
    /// Its id.
    pub id: AreaId,
    /// As shown.
    pub name: String,
    /// Its tables, by name.
    pub tables: Vec<TableView>,
}

/// A table. Lengths are grid units of its area's plan of 100 x 60.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableView {
    /// Its id.
    pub id: TableId,
    /// As on the plan.
    pub name: String,
    /// For how many it is laid.
    pub seats: u32,
    /// Where it stands.
    pub area_id: AreaId,
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
    pub rotation: f64,
    /// What it is, to somebody who looks for one.
    pub state: TableStatus,
    /// Its open checks, oldest first.
    pub checks: Vec<CheckSummary>,
}

impl Views<'_> {
    /// The floor with these states and checks.
    pub fn floor<C: Borrow<Check>>(
        &self,
        states: &BTreeMap<TableId, TableStatus>,
        checks: &[C],
    ) -> FloorView {
        let mut areas: Vec<&Area> = self.catalogue.areas.values().collect();
        areas.sort_by_key(|area| (area.sort, area.id));
        let area = |area: &Area| AreaView {
            id: area.id,
            name: area.name.clone(),
            tables: self.tables_of(area.id, states, checks),
        };
        FloorView { areas: areas.into_iter().map(area).collect() }
    }

    fn tables_of<C: Borrow<Check>>(
        &self,
        area: AreaId,
        states: &BTreeMap<TableId, TableStatus>,
        checks: &[C],
    ) -> Vec<TableView> {
        let tables = self.catalogue.tables.values().filter(|table| table.area == area && !table.archived);
        let mut tables: Vec<TableView> =
            tables.map(|table| self.table(table, states.get(&table.id).copied(), checks)).collect();
        tables.sort_by(|a, b| place(&a.name).cmp(&place(&b.name)));
        tables
    }

    /// One table with its open checks among `checks`.
    pub fn table<C: Borrow<Check>>(
        &self,
        table: &Table,
        status: Option<TableStatus>,
        checks: &[C],
    ) -> TableView {
        let at_it = |check: &&Check| check.table == Some(table.id) && check.state() == CheckState::Open;
        let checks = checks.iter().map(Borrow::borrow).filter(at_it);
        TableView {
            id: table.id,
            name: table.name.clone(),
            seats: table.seats,
            area_id: table.area,
            shape: table.shape,
            x: table.x,
            y: table.y,
            width: table.width,
            height: table.height,
            rotation: table.rotation,
            state: status.unwrap_or(TableStatus::Free),
            checks: checks.map(|check| self.summary(check)).collect(),
        }
    }
}

/// Sorts "2" before "10".
fn place(name: &str) -> (usize, &str) {
    (name.chars().count(), name)
}
