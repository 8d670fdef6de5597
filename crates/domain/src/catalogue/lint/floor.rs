//! Areas, tables, decor, sections.

use std::collections::BTreeMap;

use super::{Findings, NAME_CHARS_MAX, names_differ, table_name};
use crate::catalogue::{Area, Catalogue, EntityKind as K, Shape, Table};
use crate::ids::{AreaId, TableId};

/// The longest side of a plan, in grid units.
const PLAN_MAX: f64 = 1_000.0;
/// The most seats of a table.
const SEATS_MAX: i64 = 200;
/// How far over an edge a table may stand, in grid units: what a hand does not see.
const SLACK: f64 = 0.25;

pub(super) fn check(catalogue: &Catalogue, found: &mut Findings) {
    let areas = || catalogue.areas.values().filter(|area| !area.archived);
    for area in areas() {
        found.name(area, &area.name);
        for (field, length) in [("width", area.width), ("height", area.height)] {
            if !(1.0..=PLAN_MAX).contains(&length) {
                found.error(area, field, "out-of-range", format!("1 to {PLAN_MAX}"));
            }
        }
    }
    names_differ(found, areas().map(|it| (it, it.name.as_str())), "areas");
    let tables: Vec<&Table> = catalogue.tables.values().filter(|table| !table.archived).collect();
    for table in &tables {
        one_table(catalogue, table, found);
    }
    names_differ(found, tables.iter().map(|it| (*it, it.name.as_str())), "tables");
    overlaps(&tables, found);
    decor(catalogue, found);
    sections(catalogue, found);
}

fn one_table(catalogue: &Catalogue, table: &Table, found: &mut Findings) {
    found.name(table, &table.name);
    found.range(table, "seats", i64::from(table.seats), 1..=SEATS_MAX);
    let area = standing(catalogue, table.area);
    if area.is_none() {
        let detail = format!("table {} is in no area: nobody sees it", table.name);
        found.error(table, "area", "area-unknown", detail).about_id(K::Area, table.area.0);
    }
    let outline = Outline::of(table);
    if !outline.is_real() {
        found.error(table, "width", "out-of-range", "a table has a place and a size");
    } else if area.is_some_and(|area| !outline.lies_on(area)) {
        let detail = format!("table {} stands outside its plan", table.name);
        found.warning(table, "x", "outside-plan", detail);
    }
    for other in &table.combines_with {
        let detail = format!("table {} cannot be put together with that one", table.name);
        match catalogue.tables.get(other) {
            None => found.error(table, "combines_with", "table-unknown", detail).about_id(K::Table, other.0),
            Some(other) if other.id == table.id => {
                found.error(table, "combines_with", "table-itself", detail).about(other);
            }
            Some(other) if other.area != table.area && !other.archived => {
                let detail = format!("{} and {} are in different areas", table.name, other.name);
                found.warning(table, "combines_with", "combines-apart", detail).about(other);
            }
            Some(_) => {}
        }
    }
}

fn standing(catalogue: &Catalogue, area: AreaId) -> Option<&Area> {
    catalogue.areas.get(&area).filter(|area| !area.archived)
}

fn overlaps(tables: &[&Table], found: &mut Findings) {
    let mut by_area: BTreeMap<AreaId, Vec<(&Table, Outline)>> = BTreeMap::new();
    for table in tables {
        by_area.entry(table.area).or_default().push((table, Outline::of(table)));
    }
    for tables in by_area.values() {
        for (place, (table, outline)) in tables.iter().enumerate() {
            for (other, _) in tables[..place].iter().filter(|(_, other)| outline.meets(other)) {
                let detail = format!("table {} stands on table {}", table.name, other.name);
                found.warning(*table, "x", "overlap", detail).about(*other);
            }
        }
    }
}

fn decor(catalogue: &Catalogue, found: &mut Findings) {
    for decor in catalogue.decor.values().filter(|decor| !decor.archived) {
        found.length(decor, "label", &decor.label, NAME_CHARS_MAX);
        if standing(catalogue, decor.area).is_none() {
            let detail = "decor stands in an area";
            found.error(decor, "area", "area-unknown", detail).about_id(K::Area, decor.area.0);
        }
        let outline = Outline::new([decor.x, decor.y, decor.width, decor.height], decor.rotation);
        if !outline.is_real() {
            found.error(decor, "width", "out-of-range", "decor has a place and a size");
        }
    }
}

fn sections(catalogue: &Catalogue, found: &mut Findings) {
    let sections = catalogue.sections_in_order();
    let mut taken: BTreeMap<TableId, &str> = BTreeMap::new();
    for section in &sections {
        found.name(*section, &section.name);
        found.color(*section, &section.color);
        for table in &section.tables {
            if !catalogue.tables.contains_key(table) {
                let detail = format!("section {} has a table that is not there", section.name);
                found.error(*section, "tables", "table-unknown", detail).about_id(K::Table, table.0);
            } else if let Some(other) = taken.insert(*table, &section.name) {
                let detail = format!("table {} is in {other} already", table_name(catalogue, *table));
                found
                    .warning(*section, "tables", "table-in-two-sections", detail)
                    .about_id(K::Table, table.0);
            }
        }
        let server = section.server.map(|id| (id, catalogue.staff.get(&id)));
        if let Some((id, None)) = server {
            let detail = format!("nobody of that id looks after {}", section.name);
            found.error(*section, "server", "staff-unknown", detail).about_id(K::Staff, id.0);
        } else if let Some((_, Some(staff))) = server.filter(|(_, it)| it.is_some_and(|it| it.archived)) {
            let detail = format!("{} no longer works here", staff.name);
            found.warning(*section, "server", "staff-gone", detail).about(staff);
        }
    }
    names_differ(found, sections.iter().map(|it| (*it, it.name.as_str())), "sections");
}

/// A rectangle on a plan, turned about its middle.
struct Outline {
    corners: [(f64, f64); 4],
    /// Round ones are smaller than their corners say.
    round: Option<(f64, f64, f64)>,
}

impl Outline {
    fn of(table: &Table) -> Self {
        let [x, y, width, height] = [table.x, table.y, table.width, table.height];
        let outline = Self::new([x, y, width, height], table.rotation);
        let round = (table.shape == Shape::Round)
            .then(|| (x + width / 2.0, y + height / 2.0, width.max(height) / 2.0));
        Self { round, ..outline }
    }

    fn new([x, y, width, height]: [f64; 4], degrees: f64) -> Self {
        let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
        let (sin, cos) = degrees.to_radians().sin_cos();
        let corner = |(side, end): (f64, f64)| {
            let (dx, dy) = (side * width / 2.0, end * height / 2.0);
            (middle_x + dx * cos - dy * sin, middle_y + dx * sin + dy * cos)
        };
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(corner);
        Self { corners, round: None }
    }

    fn is_real(&self) -> bool {
        let [first, next, _, last] = self.corners;
        let length = |from: (f64, f64), to: (f64, f64)| (from.0 - to.0).hypot(from.1 - to.1);
        self.corners.iter().all(|(x, y)| x.is_finite() && y.is_finite())
            && [length(first, next), length(first, last)].iter().all(|side| (0.1..=PLAN_MAX).contains(side))
    }

    fn lies_on(&self, area: &Area) -> bool {
        let (wide, high) = (area.width.max(1.0) + SLACK, area.height.max(1.0) + SLACK);
        let is_in = |(x, y): (f64, f64)| (-SLACK..=wide).contains(&x) && (-SLACK..=high).contains(&y);
        match self.round {
            Some((x, y, radius)) => is_in((x - radius, y - radius)) && is_in((x + radius, y + radius)),
            None => self.corners.into_iter().all(is_in),
        }
    }

    /// Whether they share more than an edge: two outlines do not when a line along a side of one parts them.
    fn meets(&self, other: &Self) -> bool {
        if let (Some((x1, y1, r1)), Some((x2, y2, r2))) = (self.round, other.round) {
            return (x1 - x2).hypot(y1 - y2) + SLACK < r1 + r2;
        }
        self.axes().into_iter().chain(other.axes()).all(|axis| {
            let (low, high) = self.span(axis);
            let (other_low, other_high) = other.span(axis);
            low + SLACK < other_high && other_low + SLACK < high
        })
    }

    fn axes(&self) -> [(f64, f64); 2] {
        let [first, next, _, last] = self.corners;
        let unit = |from: (f64, f64), to: (f64, f64)| {
            let (x, y) = (to.0 - from.0, to.1 - from.1);
            let length = x.hypot(y).max(f64::MIN_POSITIVE);
            (x / length, y / length)
        };
        [unit(first, next), unit(first, last)]
    }

    fn span(&self, axis: (f64, f64)) -> (f64, f64) {
        if let Some((x, y, radius)) = self.round {
            let middle = x * axis.0 + y * axis.1;
            return (middle - radius, middle + radius);
        }
        let along = self.corners.map(|(x, y)| x * axis.0 + y * axis.1);
        along
            .into_iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    }
}
