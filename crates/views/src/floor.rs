//! The floor.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::catalogue::{Area, Decor, DecorKind, Section, Shape, Table};
use maitred_domain::check::{Check, CheckState};
use maitred_domain::ids::{AreaId, DecorId, SectionId, StaffId, TableId};
use maitred_domain::table::TableStatus;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CheckSummary, Views};

/// The floor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorView {
    /// Its areas, in order.
    pub areas: Vec<AreaView>,
    /// Who looks after which tables, in order.
    pub sections: Vec<SectionView>,
}

/// Tables that one server looks after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SectionView {
    /// Its id.
    pub id: SectionId,
    /// As shown.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// Its tables.
    pub tables: Vec<TableId>,
    /// Who looks after them now.
    pub server_id: Option<StaffId>,
    /// The same, as shown.
    pub server: Option<String>,
}

/// Something on the plan that is not a table. Lengths are grid units.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecorView {
    /// Its id.
    pub id: DecorId,
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
    pub rotation: f64,
    /// What is written on it.
    pub label: String,
}

impl From<&Decor> for DecorView {
    fn from(decor: &Decor) -> Self {
        let Decor { id, kind, x, y, width, height, rotation, label, .. } = decor.clone();
        Self { id, kind, x, y, width, height, rotation, label }
    }
}

/// A part of the room.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaView {
    /// Its id.
    pub id: AreaId,
    /// As shown.
    pub name: String,
    /// Width of its plan, in grid units.
    pub width: f64,
    /// Height of its plan, in grid units.
    pub height: f64,
    /// Its tables, by name.
    pub tables: Vec<TableView>,
    /// What else stands there.
    pub decor: Vec<DecorView>,
}

/// A table. Lengths are grid units of its area's plan.
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
    /// Tables it can be put together with.
    pub combines_with: Vec<TableId>,
    /// The section it belongs to.
    pub section_id: Option<SectionId>,
    /// What it is, to somebody who looks for one.
    pub state: TableStatus,
    /// Tables that a party here sits at too: its checks stand on each of them.
    pub joined: Vec<TableId>,
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
        let mut areas: Vec<&Area> = self.catalogue.areas.values().filter(|it| !it.archived).collect();
        areas.sort_by_key(|area| (area.sort, area.id));
        let area = |area: &Area| AreaView {
            id: area.id,
            name: area.name.clone(),
            width: area.width,
            height: area.height,
            tables: self.tables_of(area.id, states, checks),
            decor: self.decor_of(area.id),
        };
        FloorView { areas: areas.into_iter().map(area).collect(), sections: self.sections() }
    }

    fn decor_of(&self, area: AreaId) -> Vec<DecorView> {
        let decor = self.catalogue.decor.values().filter(|decor| decor.area == area && !decor.archived);
        decor.map(DecorView::from).collect()
    }

    fn sections(&self) -> Vec<SectionView> {
        let section = |section: &Section| SectionView {
            id: section.id,
            name: section.name.clone(),
            color: section.color.clone(),
            tables: section.tables.clone(),
            server_id: section.server,
            server: section.server.map(|server| self.staff_name(server)),
        };
        self.catalogue.sections_in_order().into_iter().map(section).collect()
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
        let at_it = |check: &&Check| check.tables().contains(&table.id) && check.state() == CheckState::Open;
        let checks: Vec<&Check> = checks.iter().map(Borrow::borrow).filter(at_it).collect();
        let party: BTreeSet<TableId> = checks.iter().flat_map(|check| check.tables()).collect();
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
            combines_with: self.catalogue.neighbours(table.id).into_iter().collect(),
            section_id: self.catalogue.section_of(table.id).map(|section| section.id),
            state: status.unwrap_or(TableStatus::Free),
            joined: party.into_iter().filter(|other| *other != table.id).collect(),
            checks: checks.into_iter().map(|check| self.summary(check)).collect(),
        }
    }
}

/// Sorts "2" before "10".
fn place(name: &str) -> (usize, &str) {
    (name.chars().count(), name)
}
