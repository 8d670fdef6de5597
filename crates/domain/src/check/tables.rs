//! Where the party of a check sits: at its table, and at those that were joined to it.

use std::collections::BTreeSet;

use super::{Check, Mark};
use crate::catalogue::Catalogue;
use crate::ids::{ChangeId, TableId};

impl Check {
    pub(super) fn join_tables(&mut self, mark: Mark, join: ChangeId, tables: &[TableId]) {
        self.joins.entry(join).or_insert_with(|| (mark, tables.to_vec()));
    }

    /// Takes tables out of the joins that were known: what another hub joined at the same time stays.
    pub(super) fn part_tables(&mut self, parts: &[(ChangeId, TableId)]) {
        self.parted.extend(parts);
    }

    /// Every joining of a table that holds, in the order they were made.
    fn standing_joins(&self) -> Vec<(ChangeId, TableId)> {
        let mut joins: Vec<_> = self.joins.iter().collect();
        joins.sort_by_key(|(id, (mark, _))| (*mark, **id));
        let joined = joins.into_iter().flat_map(|(id, (_, tables))| tables.iter().map(|table| (*id, *table)));
        joined.filter(|part| !self.parted.contains(part)).collect()
    }

    /// The joinings by which it sits at some of `tables`.
    pub fn joins_of(&self, tables: &[TableId]) -> Vec<(ChangeId, TableId)> {
        self.standing_joins().into_iter().filter(|(_, table)| tables.contains(table)).collect()
    }

    /// Every table it sits at, its own first, then those that were joined in the order they were.
    pub fn tables(&self) -> Vec<TableId> {
        let joined = self.standing_joins().into_iter().map(|(_, table)| table);
        let mut seen = BTreeSet::new();
        self.table.into_iter().chain(joined).filter(|table| seen.insert(*table)).collect()
    }

    /// The names of its tables as people say them, `12+14`; empty for take-away.
    pub fn place(&self, catalogue: &Catalogue) -> String {
        let tables = self.tables();
        let names = tables.iter().filter_map(|id| catalogue.tables.get(id)).map(|table| table.name.as_str());
        names.collect::<Vec<_>>().join("+")
    }
}
